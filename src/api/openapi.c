#include "api/openapi.h"

#include "api/fields.h"
#include "api/schema.h"

static json_t *ref(const char *kind, const char *name) {
    return json_pack("{so}", "$ref", json_sprintf("#/components/%s/%s", kind, name));
}

/* ---- parameters ---- */

/* An argument's description of itself, as OpenAPI has it. */
static json_t *parameter(const char *name, const char *place, json_t *schema) {
    json_t *object = json_object();
    bool is_required = json_is_true(json_object_get(schema, "required"));
    bool is_list = json_object_get(schema, "items") != NULL;
    api_set(object, "name", json_string(name));
    api_set(object, "in", json_string(place));
    api_set(object, "description", json_incref(json_object_get(schema, "description")));
    if (is_required || strcmp(place, "path") == 0) {
        api_set(object, "required", json_true());
    }
    if (is_list) { /* "3,7" */
        api_set(object, "explode", json_false());
        json_t *fallback = json_object_get(schema, "default");
        if (json_is_string(fallback)) {
            api_set(schema, "default", json_pack("[O]", fallback));
        }
    }
    json_object_del(schema, "description");
    json_object_del(schema, "required");
    api_set(object, "schema", schema);
    return object;
}

static void put_path_parameters(json_t *list, const struct api_route *route) {
    struct str rest = str_of(route->pattern), segment;
    while (str_split(&rest, '/', &segment)) {
        if (!str_starts(segment, STR("{"))) {
            continue;
        }
        bool is_number = str_eq(segment, STR("{id}")) || str_eq(segment, STR("{parent}"));
        json_t *name = json_stringn(segment.ptr + 1, segment.len - 2);
        json_t *schema = json_pack("{ssss}", "type", is_number ? "integer" : "string",
                                   "description", is_number ? "Its number." : "Its name.");
        json_array_append_new(list, parameter(json_string_value(name), "path", schema));
        json_decref(name);
    }
}

static json_t *parameters(const struct api_route *route) {
    json_t *list = json_array();
    put_path_parameters(list, route);
    for (size_t i = 0; i < api_metas_len && route->get != NULL; i++) {
        json_array_append_new(list, ref("parameters", api_metas[i].name));
    }
    for (size_t i = 0; i < route->args_len; i++) {
        const struct arg_def *def = &route->args[i];
        json_array_append_new(list, parameter(def->name, "query", schema_arg(def)));
    }
    return list;
}

/* ---- answers ---- */

static json_t *content(json_t *schema) {
    return json_pack("{s{so}}", "application/json", "schema", schema);
}

static json_t *answers(const struct api_route *route) {
    json_t *all = json_object(), *good = json_object();
    if (route->denied == NULL) {
        json_t *schema = route->schema ? ref("schemas", route->schema->title)
                                       : json_pack("{ss}", "type", "object");
        bool is_list = route->args_len > 0;
        if (is_list) {
            schema = json_pack("{ssso}", "type", "array", "items", schema);
            api_set(good, "headers",
                    json_pack("{soso}", "X-WP-Total", ref("headers", "Total"), "X-WP-TotalPages",
                              ref("headers", "TotalPages")));
        }
        api_set(good, "description", json_string(route->meaning));
        api_set(good, "content", content(schema));
        api_set(all, "200", good);
    } else {
        json_decref(good);
    }
    api_set(all, "default", ref("responses", "error"));
    return all;
}

static json_t *path_item(const struct api_route *route) {
    json_t *get = json_object();
    api_set(get, "summary", json_string(route->meaning));
    if (route->denied != NULL) {
        api_set(get, "description",
                json_sprintf("Who is not signed in hears 401 %s.", route->denied));
    }
    api_set(get, "parameters", parameters(route));
    api_set(get, "responses", answers(route));
    return json_pack("{so}", "get", get);
}

/* ---- what they share ---- */

static json_t *types_of(const char *type) {
    json_t *list = json_array();
    struct str rest = str_of(type), one;
    while (str_split(&rest, '|', &one)) {
        json_array_append_new(list, json_stringn(one.ptr, one.len));
    }
    if (json_array_size(list) > 1) {
        return list;
    }
    json_t *single = json_incref(json_array_get(list, 0));
    json_decref(list);
    return single;
}

static json_t *object_schema(const struct api_schema *schema) {
    json_t *properties = json_object();
    for (size_t i = 0; i < schema->fields_len; i++) {
        const struct api_field *f = &schema->fields[i];
        bool is_meta = strcmp(f->name, "meta") == 0; /* empty, it is a list */
        json_t *property = json_object();
        api_set(property, "description", json_string(f->meaning));
        api_set(property, "type", types_of(is_meta ? "object|array" : f->type));
        if (f->is_read_only) {
            api_set(property, "readOnly", json_true());
        }
        api_set(properties, f->name, property);
    }
    return json_pack("{ssso}", "type", "object", "properties", properties);
}

static json_t *error_schema(void) {
    return json_pack("{sss{s{ss}s{ss}s{sss{s{ss}s{ss}s{ss}}}}}", "type", "object", "properties",
                     "code", "type", "string", "message", "type", "string", "data", "type",
                     "object", "properties", "status", "type", "integer", "params", "type",
                     "object", "details", "type", "object");
}

static json_t *components(void) {
    static const struct api_schema *const schemas[] = {
        &fields_post, &fields_page,     &fields_media,   &fields_category,
        &fields_tag,  &fields_user,     &fields_comment, &fields_found,
        &fields_type, &fields_taxonomy, &fields_status,
    };
    json_t *objects = json_object(), *shared = json_object();
    for (size_t i = 0; i < COUNT_OF(schemas); i++) {
        api_set(objects, schemas[i]->title, object_schema(schemas[i]));
    }
    api_set(objects, "error", error_schema());
    for (size_t i = 0; i < api_metas_len; i++) {
        api_set(shared, api_metas[i].name,
                parameter(api_metas[i].name, "query", schema_arg(&api_metas[i])));
    }
    json_t *error = json_object();
    api_set(error, "description", json_string("What was wrong with the call."));
    api_set(error, "content", content(ref("schemas", "error")));
    json_t *all = json_object();
    api_set(all, "schemas", objects);
    api_set(all, "parameters", shared);
    api_set(all, "headers",
            json_pack("{s{sss{ss}}s{sss{ss}}}", "Total", "description", "How many there are.",
                      "schema", "type", "integer", "TotalPages", "description",
                      "How many pages they fill.", "schema", "type", "integer"));
    api_set(all, "responses", json_pack("{so}", "error", error));
    return all;
}

json_t *openapi_document(struct str version) {
    json_t *document = json_object(), *paths = json_object();
    for (size_t i = 0; i < api_routes_len; i++) {
        const char *pattern = api_routes[i].pattern;
        api_set(paths, pattern[0] ? pattern : "/", path_item(&api_routes[i]));
    }
    api_set(document, "openapi", json_string("3.1.0"));
    api_set(document, "info",
            json_pack("{ssso}", "title", "Broadsheet", "version", api_str(version)));
    api_set(document, "servers", json_pack("[{ss}]", "url", "/wp-json"));
    api_set(document, "paths", paths);
    api_set(document, "components", components());
    return document;
}
