/* What the API says of itself: namespaces, routes, types, statuses, taxonomies. */
#include "api/objects.h"

static json_t *route_object(const struct api_route *route) {
    json_t *object = json_object(), *methods = json_pack("[s]", "GET");
    json_t *args = json_object();
    for (size_t i = 0; i < route->args_len; i++) {
        json_t *arg = json_object();
        api_set(arg, "description", api_str(str_of(route->args[i].meaning)));
        api_set(arg, "required", json_false());
        api_set(args, route->args[i].name, arg);
    }
    json_t *endpoint = json_object(), *endpoints = json_array();
    api_set(endpoint, "methods", json_incref(methods));
    api_set(endpoint, "args", args);
    json_array_append_new(endpoints, endpoint);
    api_set(object, "namespace",
            json_string(str_starts(str_of(route->pattern), STR("/wp/v2")) ? "wp/v2" : ""));
    api_set(object, "methods", methods);
    api_set(object, "endpoints", endpoints);
    return object;
}

static json_t *all_routes(void) {
    json_t *routes = json_object();
    for (size_t i = 0; i < api_routes_len; i++) {
        const char *pattern = api_routes[i].pattern;
        api_set(routes, pattern[0] ? pattern : "/", route_object(&api_routes[i]));
    }
    return routes;
}

enum status api_index(struct api_answer *answer, struct err *err) {
    (void)err;
    struct pass *pass = answer->pass;
    json_t *object = answer->body = json_object();
    struct civil local = dates_civil(pass->dates, 0);
    api_set(object, "name", api_str(pass->settings.title));
    api_set(object, "description", api_str(pass->settings.tagline));
    api_set(object, "url", api_str(pass->settings.url));
    api_set(object, "home", api_str(pass->settings.url));
    api_set(object, "gmt_offset", json_integer(local.hour)); /* of 1970: see timezone_string */
    api_set(object, "timezone_string", api_str(pass->settings.timezone));
    api_set(object, "namespaces", json_pack("[s]", "wp/v2"));
    api_set(object, "authentication", json_object());
    api_set(object, "routes", all_routes());
    api_set(object, "site_logo", json_integer(0));
    api_set(object, "site_icon", json_integer(0));
    return STATUS_OK;
}

enum status api_namespace(struct api_answer *answer, struct err *err) {
    (void)err;
    answer->body = json_object();
    api_set(answer->body, "namespace", json_string("wp/v2"));
    api_set(answer->body, "routes", all_routes());
    return STATUS_OK;
}

/* ---- types, statuses, taxonomies ---- */

struct named {
    const char *name, *label, *route;
    bool is_tree;
};

static const struct named types[] = {
    { "post", "Posts", "posts", false },
    { "page", "Pages", "pages", true },
    { "attachment", "Media", "media", false },
};
static const struct named taxonomies[] = {
    { "category", "Categories", "categories", true },
    { "post_tag", "Tags", "tags", false },
};

static json_t *type_object(struct pass *pass, const struct named *t, bool is_type) {
    json_t *object = json_object();
    api_set(object, "description", json_string(""));
    api_set(object, "hierarchical", json_boolean(t->is_tree));
    api_set(object, "name", json_string(t->label));
    api_set(object, "slug", json_string(t->name));
    api_set(object, "rest_base", json_string(t->route));
    api_set(object, "rest_namespace", json_string("wp/v2"));
    if (is_type) {
        api_set(object, "has_archive", json_false());
        api_set(object, "taxonomies",
                strcmp(t->name, "post") == 0 ? json_pack("[ss]", "category", "post_tag")
                                             : json_array());
    } else {
        api_set(object, "types", json_pack("[s]", "post"));
    }
    api_link(object, "collection", api_url(pass, is_type ? "/wp/v2/types" : "/wp/v2/taxonomies"));
    api_link(object, "wp:items", api_url(pass, "/wp/v2/%s", t->route));
    api_put_curies(object);
    return object;
}

static enum status named_all(struct api_answer *answer, const struct named *all, size_t n,
                             bool is_type) {
    answer->body = json_object();
    for (size_t i = 0; i < n; i++) {
        api_set(answer->body, all[i].name, type_object(answer->pass, &all[i], is_type));
    }
    return STATUS_OK;
}

static enum status named_one(struct api_answer *answer, const struct named *all, size_t n,
                             bool is_type, const char *code) {
    for (size_t i = 0; i < n; i++) {
        if (str_eq(answer->call->name, str_of(all[i].name))) {
            answer->body = type_object(answer->pass, &all[i], is_type);
            return STATUS_OK;
        }
    }
    return api_fail(answer, 404, code, STR("There is none of that name."));
}

enum status api_types(struct api_answer *answer, struct err *err) {
    (void)err;
    return named_all(answer, types, COUNT_OF(types), true);
}

enum status api_type(struct api_answer *answer, struct err *err) {
    (void)err;
    return named_one(answer, types, COUNT_OF(types), true, "rest_type_invalid");
}

enum status api_taxonomies(struct api_answer *answer, struct err *err) {
    (void)err;
    return named_all(answer, taxonomies, COUNT_OF(taxonomies), false);
}

enum status api_taxonomy(struct api_answer *answer, struct err *err) {
    (void)err;
    return named_one(answer, taxonomies, COUNT_OF(taxonomies), false, "rest_taxonomy_invalid");
}

static json_t *publish_object(struct pass *pass) {
    json_t *object = json_object();
    api_set(object, "name", json_string("Published"));
    api_set(object, "public", json_true());
    api_set(object, "queryable", json_true());
    api_set(object, "slug", json_string("publish"));
    api_set(object, "date_floating", json_false());
    api_link(object, "archives", api_url(pass, "/wp/v2/posts"));
    return object;
}

enum status api_statuses(struct api_answer *answer, struct err *err) {
    (void)err;
    answer->body = json_object();
    api_set(answer->body, "publish", publish_object(answer->pass));
    return STATUS_OK;
}

enum status api_status(struct api_answer *answer, struct err *err) {
    (void)err;
    if (!str_eq(answer->call->name, STR("publish"))) {
        return api_fail(answer, 404, "rest_status_invalid", STR("There is no such status."));
    }
    answer->body = publish_object(answer->pass);
    return STATUS_OK;
}
