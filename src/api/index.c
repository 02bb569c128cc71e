/* What the API says of itself: namespaces, routes, types, statuses, taxonomies. */
#include "api/objects.h"
#include "api/schema.h"

/* The offset of the zone's winter half: an answer depends on no clock. timezone_string says all. */
static json_t *offset_hours(struct pass *pass) {
    const struct civil january = { .year = 2025, .month = 1, .day = 1 };
    int64_t us = dates_to_us(pass->dates, january);
    int64_t minutes = (civil_to_us(january) - us) / (60 * US_PER_SECOND);
    return minutes % 60 == 0 ? json_integer(minutes / 60) : json_real((double)minutes / 60);
}

enum status api_index(struct api_answer *answer, struct err *err) {
    (void)err;
    struct pass *pass = answer->pass;
    json_t *object = answer->body = json_object();
    api_set(object, "name", api_str(pass->settings.title));
    api_set(object, "description", api_str(pass->settings.tagline));
    api_set(object, "url", api_str(pass->settings.url));
    api_set(object, "home", api_str(pass->settings.url));
    api_set(object, "gmt_offset", offset_hours(pass));
    api_set(object, "timezone_string", api_str(pass->settings.timezone));
    api_set(object, "namespaces", json_pack("[s]", "wp/v2"));
    api_set(object, "authentication", json_array());
    api_set(object, "routes", schema_routes(pass, STR("")));
    api_set(object, "site_logo", json_integer(0));
    api_set(object, "site_icon", json_integer(0));
    api_set(object, "site_icon_url", json_string(""));
    return STATUS_OK;
}

enum status api_namespace(struct api_answer *answer, struct err *err) {
    (void)err;
    struct str name = str_from(answer->call->path, 1);
    answer->body = json_object();
    api_set(answer->body, "namespace", api_str(name));
    api_set(answer->body, "routes", schema_routes(answer->pass, answer->call->path));
    (void)api_link(answer->body, "up", api_url(answer->pass, "/"));
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
    api_set(object, "icon", json_null());
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
    answer->is_map = true;
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
    answer->is_map = true;
    api_set(answer->body, "publish", publish_object(answer->pass));
    return STATUS_OK;
}

enum status api_status(struct api_answer *answer, struct err *err) {
    (void)err;
    static const char *const others[] = { "future",  "draft", "pending",
                                          "private", "trash", "inherit" };
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        if (str_eq(answer->call->name, str_of(others[i]))) {
            return api_fail(answer, 401, "rest_cannot_read_status",
                            STR("This status is for those who are signed in."));
        }
    }
    if (!str_eq(answer->call->name, STR("publish"))) {
        return api_fail(answer, 404, "rest_status_invalid", STR("There is no such status."));
    }
    answer->body = publish_object(answer->pass);
    return STATUS_OK;
}
