/* Pictures and other files. */
#include "api/objects.h"

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

enum status api_media(struct api_answer *answer, struct err *err) {
    struct pass *pass = answer->pass;
    struct media m;
    struct err lost = { 0 };
    enum status status = store_media(pass->reader, pass->arena, answer->call->id, &m, &lost);
    if (status == STATUS_NOT_FOUND) {
        return api_fail(answer, 404, "rest_post_invalid_id", STR("There is no such file."));
    }
    if (status != STATUS_OK) {
        return err_set(err, status, "%s", lost.message);
    }
    struct arena *a = pass->arena;
    struct str url = m.path.len > 0 ? pass_absolute(pass, m.path) : m.remote_url;
    size_t slash = str_rfind_char(url, '/');
    struct str file = slash == STR_NPOS ? url : str_from(url, slash + 1);
    size_t dot = str_rfind_char(file, '.');
    bool is_image = str_starts(m.mime, STR("image/"));
    json_t *object = answer->body = json_object();
    struct html caption = api_html(pass, m.caption);
    struct str paragraph =
        m.caption.len > 0 ? arena_printf(a, "<p>%.*s</p>\n", STR_FMT(caption.raw)) : STR("");
    api_set(object, "id", json_integer(m.id));
    api_set(object, "date", api_date(pass, m.created_us));
    api_set(object, "date_gmt", api_date_gmt(pass, m.created_us));
    api_set(object, "guid", api_rendered(api_html(pass, url)));
    api_set(object, "modified", api_date(pass, m.created_us));
    api_set(object, "modified_gmt", api_date_gmt(pass, m.created_us));
    api_set(object, "slug", api_str(str_slice(file, 0, dot)));
    api_set(object, "status", json_string("inherit"));
    api_set(object, "type", json_string("attachment"));
    api_set(object, "link", api_str(url));
    api_set(object, "title", api_rendered(api_html(pass, m.title)));
    api_set(object, "author", json_integer(0));
    api_set(object, "featured_media", json_integer(0));
    api_set(object, "comment_status", json_string("closed"));
    api_set(object, "ping_status", json_string("closed"));
    api_set(object, "template", json_string(""));
    api_set(object, "meta", json_array());
    api_set(object, "description", api_rendered((struct html){ STR("") }));
    api_set(object, "caption", api_rendered((struct html){ paragraph }));
    api_set(object, "alt_text", api_str(m.alt));
    api_set(object, "media_type", json_string(is_image ? "image" : "file"));
    api_set(object, "mime_type", api_str(m.mime));
    json_t *details = json_object(), *classes = json_array();
    json_array_append_new(classes, api_str(arena_printf(a, "post-%lld", (long long)m.id)));
    json_array_append_new(classes, json_string("attachment"));
    json_array_append_new(classes, json_string("type-attachment"));
    json_array_append_new(classes, json_string("status-inherit"));
    json_array_append_new(classes, json_string("hentry"));
    api_set(object, "class_list", classes);
    if (is_image && m.width > 0) {
        json_t *sizes = json_object();
        api_set(sizes, "full", size_object(&m, url, file));
        api_set(details, "width", json_integer(m.width));
        api_set(details, "height", json_integer(m.height));
        api_set(details, "sizes", sizes);
        api_set(details, "image_meta", json_object());
    }
    api_set(details, "file", api_str(file));
    api_set(details, "filesize", json_integer(m.size_bytes));
    api_set(object, "media_details", details);
    api_set(object, "post", m.parent_story_id != 0 ? json_integer(m.parent_story_id) : json_null());
    api_set(object, "source_url", api_str(url));
    api_link(object, "self", api_url(pass, "/wp/v2/media/%lld", (long long)m.id));
    api_link(object, "collection", api_url(pass, "/wp/v2/media"));
    api_link(object, "about", api_url(pass, "/wp/v2/types/attachment"));
    return STATUS_OK;
}
