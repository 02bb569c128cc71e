/* Pictures and other files. */
#include "api/objects.h"
#include "api/sift.h"

#include "base/limits.h"
#include "site/cards.h"

static json_t *size_object(const struct media *m, struct str url, struct str file) {
    json_t *size = json_object();
    api_set(size, "file", api_str(file));
    api_set(size, "width", json_integer(m->width));
    api_set(size, "height", json_integer(m->height));
    api_set(size, "mime_type", api_str(m->mime));
    api_set(size, "source_url", api_str(url));
    return size;
}

static void make_media(struct pass *pass, const struct media *m, json_t **ret) {
    struct arena *a = pass->arena;
    struct str url = m->path.len > 0 ? pass_absolute(pass, m->path) : m->remote_url;
    size_t slash = str_rfind_char(url, '/');
    struct str file = slash == STR_NPOS ? url : str_from(url, slash + 1);
    size_t dot = str_rfind_char(file, '.');
    bool is_image = str_starts(m->mime, STR("image/"));
    json_t *object = json_object();
    *ret = object;
    struct html caption = api_html(pass, m->caption);
    struct str paragraph =
        m->caption.len > 0 ? arena_printf(a, "<p>%.*s</p>\n", STR_FMT(caption.raw)) : STR("");
    api_set(object, "id", json_integer(m->id));
    api_set(object, "date", api_date(pass, m->created_us));
    api_set(object, "date_gmt", api_date_gmt(pass, m->created_us));
    api_set(object, "guid", api_rendered(api_html(pass, url)));
    api_set(object, "modified", api_date(pass, m->created_us));
    api_set(object, "modified_gmt", api_date_gmt(pass, m->created_us));
    api_set(object, "slug", api_str(str_slice(file, 0, dot)));
    api_set(object, "status", json_string("inherit"));
    api_set(object, "type", json_string("attachment"));
    api_set(object, "link", api_str(url));
    api_set(object, "title", api_rendered(api_html(pass, m->title)));
    api_set(object, "author", json_integer(0));
    api_set(object, "featured_media", json_integer(0));
    api_set(object, "comment_status", json_string("closed"));
    api_set(object, "ping_status", json_string("closed"));
    api_set(object, "template", json_string(""));
    api_set(object, "meta", json_array());
    api_set(object, "description", api_rendered((struct html){ STR("") }));
    api_set(object, "caption", api_rendered((struct html){ paragraph }));
    api_set(object, "alt_text", api_str(m->alt));
    api_set(object, "media_type", json_string(is_image ? "image" : "file"));
    api_set(object, "mime_type", api_str(m->mime));
    json_t *details = json_object(), *classes = json_array();
    json_array_append_new(classes, api_str(arena_printf(a, "post-%lld", (long long)m->id)));
    json_array_append_new(classes, json_string("attachment"));
    json_array_append_new(classes, json_string("type-attachment"));
    json_array_append_new(classes, json_string("status-inherit"));
    json_array_append_new(classes, json_string("hentry"));
    api_set(object, "class_list", classes);
    if (is_image && m->width > 0) {
        json_t *sizes = json_object();
        api_set(sizes, "full", size_object(m, url, file));
        api_set(details, "width", json_integer(m->width));
        api_set(details, "height", json_integer(m->height));
        api_set(details, "sizes", sizes);
        api_set(details, "image_meta", json_object());
    }
    api_set(details, "file", api_str(file));
    api_set(details, "filesize", json_integer(m->size_bytes));
    api_set(object, "media_details", details);
    api_set(object, "post",
            m->parent_story_id != 0 ? json_integer(m->parent_story_id) : json_null());
    api_set(object, "source_url", api_str(url));
    api_link(object, "self", api_url(pass, "/wp/v2/media/%lld", (long long)m->id));
    api_link(object, "collection", api_url(pass, "/wp/v2/media"));
    api_link(object, "about", api_url(pass, "/wp/v2/types/attachment"));
    api_link_embeddable(object, "replies",
                        api_url(pass, "/wp/v2/comments?post=%lld", (long long)m->id));
}

/* A file that came with a story is seen by those who may see the story. */
static enum status find_media(struct pass *pass, int64_t id, struct media *ret, bool *ret_found,
                              bool *ret_readable, struct err *err) {
    struct err lost = { 0 };
    struct story story;
    *ret_found = *ret_readable = false;
    enum status status = store_media(pass->reader, pass->arena, id, ret, &lost);
    if (status == STATUS_OK) {
        *ret_found = *ret_readable = true;
        if (ret->parent_story_id != 0) {
            status = store_story(pass->reader, pass->arena, ret->parent_story_id, STORY_CARD,
                                 &story, &lost);
            *ret_readable = status == STATUS_OK && story.state == STORY_PUBLISHED &&
                            story.visibility != STORY_PRIVATE;
        }
    }
    return status == STATUS_OK || status == STATUS_NOT_FOUND
               ? STATUS_OK
               : err_set(err, status, "%s", lost.message);
}

enum status api_media(struct api_answer *answer, struct err *err) {
    struct media m;
    bool found, readable;
    enum status status = find_media(answer->pass, answer->call->id, &m, &found, &readable, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (!found) {
        return api_fail(answer, 404, "rest_post_invalid_id", STR("There is no such file."));
    }
    if (!readable) {
        return api_fail(answer, 401, "rest_forbidden",
                        STR("The story of this file is not published."));
    }
    make_media(answer->pass, &m, &answer->body);
    return STATUS_OK;
}

/* ---- several ---- */

static enum status put_all(struct api_answer *answer, struct ids ids, struct err *err) {
    answer->body = json_array();
    for (size_t i = 0; i < ids.len; i++) {
        struct media m;
        bool found, readable;
        enum status status = find_media(answer->pass, ids.ptr[i], &m, &found, &readable, err);
        if (status != STATUS_OK) {
            return status;
        }
        if (readable) {
            json_t *object;
            make_media(answer->pass, &m, &object);
            json_array_append_new(answer->body, object);
        }
    }
    return STATUS_OK;
}

/* The name of the file. */
static struct str slug_of(const struct media *m) {
    struct str url = m->path.len > 0 ? m->path : m->remote_url;
    size_t slash = str_rfind_char(url, '/');
    struct str file = slash == STR_NPOS ? url : str_from(url, slash + 1);
    return str_slice(file, 0, str_rfind_char(file, '.'));
}

static bool is_of_type(const struct api_call *call, struct str mime) {
    struct str type = api_arg(call, "media_type")->text, exact = api_arg(call, "mime_type")->text;
    return (type.len == 0 ||
            (str_starts(mime, type) && mime.len > type.len && mime.ptr[type.len] == '/')) &&
           (exact.len == 0 || str_eq(mime, exact));
}

static bool is_in_time(struct api_answer *answer, const char *from, const char *to, int64_t us) {
    const struct arg *after = api_arg(answer->call, from), *before = api_arg(answer->call, to);
    return (!after->is_given || us > api_time(answer->pass, after->text)) &&
           (!before->is_given || us < api_time(answer->pass, before->text));
}

static bool is_media_asked(struct api_answer *answer, const struct media *m) {
    const struct api_call *call = answer->call;
    struct ids exclude = api_arg(call, "exclude")->ids;
    struct ids parents_not = api_arg(call, "parent_exclude")->ids;
    struct words slugs = api_arg(call, "slug")->words;
    struct str search = api_arg(call, "search")->text;
    return sift_wants(api_arg(call, "include")->ids, m->id) &&
           (exclude.len == 0 || !ids_have(exclude, m->id)) &&
           sift_wants(api_arg(call, "parent")->ids, m->parent_story_id) &&
           is_of_type(call, m->mime) && is_in_time(answer, "after", "before", m->created_us) &&
           is_in_time(answer, "modified_after", "modified_before", m->created_us) &&
           !(parents_not.len > 0 && ids_have(parents_not, m->parent_story_id)) &&
           (slugs.len == 0 || sift_word_place(slugs, slug_of(m)) < (int64_t)slugs.len) &&
           (search.len == 0 || str_find_nocase(m->title, search, 0) != STR_NPOS ||
            str_find_nocase(m->caption, search, 0) != STR_NPOS ||
            str_find_nocase(m->path, search, 0) != STR_NPOS);
}

static struct sift_row media_row(const struct api_call *call, const struct media *m) {
    struct sift_row row = { .id = m->id, .number = m->created_us };
    if (api_is(call, "orderby", "id")) {
        row.number = 0;
    } else if (api_is(call, "orderby", "title")) {
        row = (struct sift_row){ .id = m->id, .text = m->title };
    } else if (api_is(call, "orderby", "parent")) {
        row.number = m->parent_story_id;
    } else if (api_is(call, "orderby", "include")) {
        row.number = sift_place(api_arg(call, "include")->ids, m->id);
    }
    return row;
}

static enum status sift_media(struct api_answer *answer, struct ids candidates, struct err *err) {
    struct sift found = { 0 };
    for (size_t i = 0; i < candidates.len; i++) {
        struct media m;
        bool exists, readable;
        enum status status =
            find_media(answer->pass, candidates.ptr[i], &m, &exists, &readable, err);
        if (status != STATUS_OK) {
            return status;
        }
        if (readable && is_media_asked(answer, &m)) {
            sift_add(answer->pass->arena, &found, media_row(answer->call, &m));
        }
    }
    bool as_asked = api_is(answer->call, "orderby", "include");
    sift_order(&found, !as_asked && api_descends(answer->call));
    struct ids page = sift_page(answer, &found);
    return answer->error.status == 0 ? put_all(answer, page, err) : STATUS_OK;
}

/* The files that came with the stories of `parent`. */
static enum status media_of(struct pass *pass, struct ids parents, struct ids *ret,
                            struct err *err) {
    VEC(int64_t) all = { 0 };
    for (size_t i = 0; i < parents.len; i++) {
        struct ids some;
        enum status status = store_media_of_story(pass->reader, pass->arena, parents.ptr[i],
                                                  LIMIT_API_WALK + 1, &some, err);
        if (status != STATUS_OK) {
            return status;
        }
        for (size_t k = 0; k < some.len; k++) {
            *vec_push(pass->arena, &all) = some.ptr[k];
        }
    }
    *ret = (struct ids){ all.ptr, all.len };
    return STATUS_OK;
}

/* All of them by their time, any page of any number; other orders and filters look at all that the
 * times leave. */
static enum status all_media(struct api_answer *answer, struct err *err) {
    struct pass *pass = answer->pass;
    const struct api_call *call = answer->call;
    const struct arg *after = api_arg(call, "after"), *before = api_arg(call, "before");
    struct roll_part part = {
        .roll = ROLL_MEDIA,
        .last_first = api_descends(call),
        .from_us = after->is_given ? api_time(pass, after->text) + 1 : INT64_MIN,
        .to_us = before->is_given ? api_time(pass, before->text) : INT64_MAX,
    };
    static const char *const others[] = { "exclude",        "search",
                                          "media_type",     "mime_type",
                                          "modified_after", "modified_before",
                                          "parent_exclude", "slug" };
    bool is_plain = api_is(call, "orderby", "date");
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        is_plain = is_plain && !api_arg(call, others[i])->is_given;
    }
    struct window window = { 0, LIMIT_API_WALK };
    if (is_plain) {
        window = api_window(call);
    }
    struct list_page all;
    enum status status =
        store_roll_part(pass->reader, pass->arena, &part, window.offset, window.n, &all, err);
    if (status != STATUS_OK) {
        return status;
    }
    if (is_plain) {
        return api_total(answer, all.total) ? put_all(answer, all.ids, err) : STATUS_OK;
    }
    return all.total > LIMIT_API_WALK
               ? api_too_broad(answer, "Narrow it with after, before, include or parent.")
               : sift_media(answer, all.ids, err);
}

enum status api_media_list(struct api_answer *answer, struct err *err) {
    const struct api_call *call = answer->call;
    struct ids include = api_arg(call, "include")->ids, parents = api_arg(call, "parent")->ids;
    struct ids found = include;
    answer->is_strict = true;
    struct words statuses = api_arg(call, "status")->words;
    if (statuses.len > 1 || !(statuses.len == 0 || str_eq(statuses.ptr[0], STR("inherit")))) {
        return api_fail_arg(answer, "status", "rest_forbidden_status",
                            STR("This status is for those who are signed in."));
    }
    if (api_is(call, "orderby", "include") && include.len == 0) {
        return api_fail(answer, 400, "rest_orderby_include_missing_include",
                        STR("An order as in include needs an include."));
    }
    if (include.len == 0 && parents.len == 0) {
        return all_media(answer, err);
    }
    if (include.len == 0) {
        enum status status = media_of(answer->pass, parents, &found, err);
        if (status != STATUS_OK || found.len > LIMIT_API_WALK) {
            return status != STATUS_OK ? status : api_too_broad(answer, "Name fewer parents.");
        }
    }
    return sift_media(answer, found, err);
}
