#include "api/answer.h"

#include "api/schema.h"
#include "base/limits.h"

/* ---- fields ---- */

/* The fields of the context, in the order of the table, then the links. */
static void keep_context(const struct api_call *call, json_t *object) {
    const struct api_schema *schema = call->route->schema;
    static const char *const last[] = { "_links", "_embedded" };
    json_t *kept = json_object();
    for (size_t i = 0; i < schema->fields_len; i++) {
        json_t *value = json_object_get(object, schema->fields[i].name);
        if (value != NULL && (schema->fields[i].contexts & (unsigned)call->context)) {
            json_object_set(kept, schema->fields[i].name, value);
        }
    }
    for (size_t i = 0; i < COUNT_OF(last); i++) {
        json_t *value = json_object_get(object, last[i]);
        if (value != NULL) {
            json_object_set(kept, last[i], value);
        }
    }
    json_object_clear(object);
    json_object_update(object, kept);
    json_decref(kept);
}

/* Whether `_fields` asks for this path or for something in it or around it. */
static bool is_asked(struct words fields, struct str path, bool *ret_whole) {
    bool asked = false;
    *ret_whole = false;
    for (size_t i = 0; i < fields.len; i++) {
        struct str f = fields.ptr[i];
        if (str_eq(f, path) ||
            (str_starts(path, f) && path.len > f.len && path.ptr[f.len] == '.')) {
            *ret_whole = true;
            return true;
        }
        asked = asked || (str_starts(f, path) && f.len > path.len && f.ptr[path.len] == '.');
    }
    return asked;
}

enum { FIELD_DEPTH_MAX = 8 };

static void keep_fields(struct arena *a, struct words fields, struct str above, json_t *object,
                        int depth) {
    const char *name;
    json_t *value;
    void *next;
    json_object_foreach_safe(object, next, name, value) {
        struct str path = above.len > 0 ? arena_printf(a, "%.*s.%s", STR_FMT(above), name)
                                        : arena_str(a, str_of(name));
        bool whole;
        if (!is_asked(fields, path, &whole)) {
            json_object_del(object, name);
        } else if (!whole && json_is_object(value) && depth < FIELD_DEPTH_MAX) {
            keep_fields(a, fields, path, value, depth + 1);
        }
    }
}

/* `_embedded` comes with the links. */
static struct words with_embedded(struct arena *a, struct words fields) {
    VEC(struct str) all = { 0 };
    for (size_t i = 0; i < fields.len; i++) {
        *vec_push(a, &all) = fields.ptr[i];
        if (str_eq(fields.ptr[i], STR("_links"))) {
            *vec_push(a, &all) = STR("_embedded");
        }
    }
    return (struct words){ all.ptr, all.len };
}

/* ---- what is embedded ---- */

static bool wants_rel(const struct api_call *call, const char *rel) {
    bool all = call->embed.len == 0;
    for (size_t i = 0; i < call->embed.len && !all; i++) {
        all = str_eq(call->embed.ptr[i], str_of(rel));
    }
    return all;
}

/* One thing behind a link, as it is embedded; *seen remembers those that were made. */
static enum status embed_one(struct api_answer *answer, struct str href, json_t *seen, json_t **ret,
                             struct err *err) {
    struct arena *a = answer->pass->arena;
    json_t *known = json_object_getn(seen, href.ptr, href.len);
    if (known != NULL) {
        *ret = json_incref(known);
        return STATUS_OK;
    }
    struct str root = api_url(answer->pass, "%s", "");
    check(str_starts(href, root));
    struct str target =
        arena_printf(a, "%.*s%.*s", STR_FMT(API_ROOT), STR_FMT(str_from(href, root.len)));
    struct api_call *call = ARENA_NEW(a, struct api_call);
    struct api_answer one = { .pass = answer->pass, .call = call };
    enum status status = STATUS_OK;
    if (api_call_read(a, target, call, &one.error) == API_TARGET_PAGE) {
        call->context = API_EMBED;
        status = answer_make(answer->pass, call, &one, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    *ret = one.error.status != 0 ? answer_error(&one.error) : one.body;
    json_object_setn(seen, href.ptr, href.len, *ret);
    return STATUS_OK;
}

static enum status embed_in(struct api_answer *answer, json_t *object, json_t *seen,
                            struct err *err) {
    enum status status = STATUS_OK;
    json_t *links = json_object_get(object, "_links"), *list, *link;
    json_t *embedded = json_object();
    const char *rel;
    json_object_foreach(links, rel, list) {
        size_t i;
        json_t *things = json_array();
        bool is_something = false; /* what leads to empty lists alone is left out */
        json_array_foreach(list, i, link) {
            if (status != STATUS_OK || !json_is_true(json_object_get(link, "embeddable")) ||
                !wants_rel(answer->call, rel)) {
                continue;
            }
            json_t *one = NULL;
            status = embed_one(answer, str_of(json_string_value(json_object_get(link, "href"))),
                               seen, &one, err);
            if (status == STATUS_OK) {
                is_something = is_something || !json_is_array(one) || json_array_size(one) > 0;
                json_array_append_new(things, one);
            }
        }
        if (is_something) {
            json_object_set(embedded, rel, things);
        }
        json_decref(things);
    }
    if (json_object_size(embedded) > 0) {
        json_object_set(object, "_embedded", embedded);
    }
    json_decref(embedded);
    return status;
}

static enum status embed(struct api_answer *answer, struct err *err) {
    json_t *seen = json_object(), *object;
    enum status status = STATUS_OK;
    if (answer->is_list) {
        size_t i;
        json_array_foreach(answer->body, i, object) {
            if (status == STATUS_OK) {
                status = embed_in(answer, object, seen, err);
            }
        }
    } else {
        status = embed_in(answer, answer->body, seen, err);
    }
    json_decref(seen);
    return status;
}

/* ---- an answer ---- */

static void shape(const struct api_answer *answer, json_t *object) {
    const struct api_call *call = answer->call;
    if (call->route->schema != NULL) {
        keep_context(call, object);
    }
    if (call->fields.len > 0) {
        keep_fields(answer->pass->arena, with_embedded(answer->pass->arena, call->fields), STR(""),
                    object, 0);
    }
}

enum status answer_make(struct pass *pass, const struct api_call *call, struct api_answer *answer,
                        struct err *err) {
    *answer = (struct api_answer){ .pass = pass, .call = call };
    if (call->is_options) {
        answer->body = schema_route(pass, call->route);
        if (call->route->schema != NULL) {
            api_set(answer->body, "schema", schema_object(call->route->schema));
        }
        return STATUS_OK;
    }
    enum status status = call->route->get(answer, err);
    if (status == STATUS_OK && answer->error.status == 0 && call->is_embedding) {
        status = embed(answer, err);
    }
    if (status != STATUS_OK || answer->error.status != 0) {
        json_decref(answer->body);
        answer->body = NULL;
        return status;
    }
    json_t *object;
    if (answer->is_list) {
        size_t i;
        json_array_foreach(answer->body, i, object) {
            shape(answer, object);
        }
    } else if (answer->is_map) {
        const char *name;
        json_object_foreach(answer->body, name, object) {
            shape(answer, object);
        }
    } else {
        shape(answer, answer->body);
    }
    return STATUS_OK;
}

/* {"name": "why", …} and the same at length; of what is missing only the names. */
static void put_faults(json_t *data, const struct api_error *error) {
    json_t *params = json_object(), *details = json_object(), *missing = json_array();
    for (size_t i = 0; i < error->faults.len; i++) {
        const struct arg_fault *fault = &error->faults.ptr[i];
        if (fault->code[0] == '\0') {
            json_array_append_new(missing, json_string(fault->name));
            continue;
        }
        json_t *detail = json_object();
        api_set(detail, "code", api_str(str_of(fault->code)));
        api_set(detail, "message", api_str(fault->message));
        api_set(detail, "data",
                strcmp(fault->code, "rest_invalid_type") == 0
                    ? json_pack("{ss}", "param", fault->name)
                    : json_null());
        api_set(params, fault->name, api_str(fault->message));
        api_set(details, fault->name, detail);
    }
    if (json_array_size(missing) > 0) {
        api_set(data, "params", missing);
        json_decref(params);
        json_decref(details);
        return;
    }
    api_set(data, "params", params);
    api_set(data, "details", details);
    json_decref(missing);
}

json_t *answer_error(const struct api_error *error) {
    json_t *object = json_object(), *data = json_object();
    api_set(object, "code", api_str(str_of(error->code)));
    api_set(object, "message", api_str(error->message));
    api_set(data, "status", json_integer(error->status));
    if (error->faults.len > 0) {
        put_faults(data, error);
    }
    api_set(object, "data", data);
    return object;
}

static int put_bytes(const char *bytes, size_t n, void *out) {
    buf_put(out, str_make(bytes, n));
    return 0;
}

void answer_put(const struct api_call *call, int status, json_t *head, json_t *body,
                struct buf *out, const char **ret_type) {
    if (call->is_enveloped) {
        json_t *envelope = json_object();
        api_set(envelope, "body", body);
        api_set(envelope, "status", json_integer(status));
        api_set(envelope, "headers", json_incref(head));
        body = envelope;
    }
    bool is_script = call->jsonp.len > 0;
    if (is_script) {
        buf_printf(out, "/**/%.*s(", STR_FMT(call->jsonp));
    }
    json_dump_callback(body, put_bytes, out, JSON_COMPACT | JSON_ENCODE_ANY);
    if (is_script) {
        buf_put_char(out, ')');
    }
    json_decref(body);
    *ret_type = is_script ? "application/javascript; charset=utf-8"
                          : "application/json; charset=utf-8";
}
