#include "api/schema.h"

#include "base/limits.h"

struct str schema_pattern(struct arena *a, const struct api_route *route) {
    struct buf out;
    buf_init(&out, LIMIT_API_KEY_BYTES);
    struct str rest = str_of(route->pattern), segment;
    for (bool is_first = true; str_split(&rest, '/', &segment); is_first = false) {
        buf_put(&out, is_first ? STR("") : STR("/"));
        if (!str_starts(segment, STR("{"))) {
            buf_put(&out, segment);
            continue;
        }
        struct str name = str_slice(segment, 1, segment.len - 1);
        bool is_number = str_eq(name, STR("id")) || str_eq(name, STR("parent"));
        buf_printf(&out, "(?P<%.*s>%s)", STR_FMT(name), is_number ? "[\\d]+" : "[\\w-]+");
    }
    struct str pattern = arena_str(a, out.len > 0 ? buf_str(&out) : STR("/"));
    buf_done(&out);
    return pattern;
}

/* ---- arguments ---- */

static bool is_list(enum arg_kind kind) {
    return kind == ARG_IDS || kind == ARG_CHOICES || kind == ARG_WORDS;
}

static json_t *choices_list(const char *choices) {
    json_t *list = json_array();
    struct str rest = str_of(choices), choice;
    while (str_split(&rest, '|', &choice)) {
        json_array_append_new(list, json_stringn(choice.ptr, choice.len));
    }
    return list;
}

static json_t *fallback_value(const struct arg_def *def) {
    struct str text = str_of(def->fallback);
    int64_t n;
    if (def->kind == ARG_INTEGER && str_to_i64(text, &n)) {
        return json_integer(n);
    }
    if (def->kind == ARG_BOOLEAN) {
        return json_boolean(str_eq(text, STR("true")));
    }
    return json_stringn(text.ptr, text.len);
}

/* The type of one value. */
static void put_type(json_t *object, const struct arg_def *def) {
    static const char *const types[] = {
        [ARG_INTEGER] = "integer", [ARG_BOOLEAN] = "boolean", [ARG_TEXT] = "string",
        [ARG_CHOICE] = "string",   [ARG_TIME] = "string",     [ARG_IDS] = "integer",
        [ARG_CHOICES] = "string",  [ARG_WORDS] = "string",
    };
    api_set(object, "type", json_string(types[def->kind]));
    if (def->kind == ARG_TIME) {
        api_set(object, "format", json_string("date-time"));
    }
    if (def->choices != NULL) {
        api_set(object, "enum", choices_list(def->choices));
    }
}

json_t *schema_arg(const struct arg_def *def) {
    json_t *object = json_object();
    api_set(object, "description", json_string(def->meaning));
    if (is_list(def->kind)) {
        json_t *items = json_object();
        put_type(items, def);
        api_set(object, "type", json_string("array"));
        api_set(object, "items", items);
    } else {
        put_type(object, def);
    }
    if (def->fallback != NULL) {
        api_set(object, "default", fallback_value(def));
    } else if (def->kind == ARG_IDS) {
        api_set(object, "default", json_array());
    }
    if (def->kind == ARG_INTEGER && def->max > 0) {
        api_set(object, "minimum", json_integer(def->min));
        api_set(object, "maximum", json_integer(def->max));
    }
    api_set(object, "required", json_boolean(def->is_required));
    return object;
}

/* ---- objects ---- */

static json_t *contexts_list(unsigned contexts) {
    static const struct {
        enum api_context context;
        const char *name;
    } names[] = { { API_VIEW, "view" }, { API_EDIT, "edit" }, { API_EMBED, "embed" } };
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (contexts & (unsigned)names[i].context) {
            json_array_append_new(list, json_string(names[i].name));
        }
    }
    return list;
}

/* "string|null" is a list of both. */
static json_t *type_of(const char *type) {
    return strchr(type, '|') != NULL ? choices_list(type) : json_string(type);
}

static json_t *parts_of(const struct api_field *field) {
    json_t *parts = json_object();
    struct str rest = str_of(field->parts), name;
    while (str_split(&rest, '|', &name)) {
        bool is_raw = str_eq(name, STR("raw"));
        bool is_flag = str_eq(name, STR("protected"));
        json_t *part = json_object();
        api_set(part, "type", json_string(is_flag ? "boolean" : "string"));
        api_set(part, "context", contexts_list(is_raw ? API_EDIT : field->contexts));
        json_object_setn_new(parts, name.ptr, name.len, part);
    }
    return parts;
}

json_t *schema_object(const struct api_schema *schema) {
    json_t *object = json_object(), *properties = json_object();
    for (size_t i = 0; i < schema->fields_len; i++) {
        const struct api_field *field = &schema->fields[i];
        json_t *property = json_object();
        api_set(property, "description", json_string(field->meaning));
        api_set(property, "type", type_of(field->type));
        api_set(property, "context", contexts_list(field->contexts));
        if (field->is_read_only) {
            api_set(property, "readonly", json_true());
        }
        if (field->parts != NULL) {
            api_set(property, "properties", parts_of(field));
        }
        api_set(properties, field->name, property);
    }
    api_set(object, "$schema", json_string("http://json-schema.org/draft-04/schema#"));
    api_set(object, "title", json_string(schema->title));
    api_set(object, "type", json_string("object"));
    api_set(object, "properties", properties);
    return object;
}

/* ---- routes ---- */

/* "wp/v2" of "/wp/v2/posts"; "" of the index. */
static struct str namespace_of(const struct api_route *route) {
    struct str pattern = str_from(str_of(route->pattern), 1);
    size_t slash = str_find_char(pattern, '/', 0);
    size_t end = slash == STR_NPOS ? pattern.len : str_find_char(pattern, '/', slash + 1);
    return str_slice(pattern, 0, end);
}

static const struct arg_def id_arg = { .name = "id", ARG_INTEGER, .meaning = "Its number." };
static const struct arg_def parent_arg = { .name = "parent",
                                           ARG_INTEGER,
                                           .meaning = "The number of what it belongs to." };

static json_t *all_args(const struct api_route *route) {
    json_t *args = json_object();
    if (strstr(route->pattern, "{parent}") != NULL) {
        api_set(args, "parent", schema_arg(&parent_arg));
    }
    if (strstr(route->pattern, "{id}") != NULL) {
        api_set(args, "id", schema_arg(&id_arg));
    }
    api_set(args, "context", schema_arg(api_context_arg));
    for (size_t i = 0; i < route->args_len; i++) {
        api_set(args, route->args[i].name, schema_arg(&route->args[i]));
    }
    return args;
}

json_t *schema_route(struct pass *pass, const struct api_route *route) {
    json_t *object = json_object(), *endpoint = json_object();
    struct str namespace = namespace_of(route);
    api_set(endpoint, "methods", json_pack("[s]", "GET"));
    api_set(endpoint, "args", all_args(route));
    api_set(object, "namespace", api_str(namespace));
    api_set(object, "methods", json_pack("[s]", "GET"));
    api_set(object, "endpoints", json_pack("[o]", endpoint));
    if (strchr(route->pattern, '{') == NULL) {
        (void)api_link(object, "self",
                       api_url(pass, "%s", route->pattern[0] ? route->pattern : "/"));
    }
    return object;
}

json_t *schema_routes(struct pass *pass, struct str below) {
    json_t *routes = json_object();
    for (size_t i = 0; i < api_routes_len; i++) {
        struct str pattern = str_of(api_routes[i].pattern);
        if (str_starts(pattern, below)) {
            api_set(routes, schema_pattern(pass->arena, &api_routes[i]).ptr,
                    schema_route(pass, &api_routes[i]));
        }
    }
    return routes;
}
