/* JSON Feed 1.1 (jsonfeed.org/version/1.1). */
#include "site/feed.h"

#include "text/json.h"

/* What is not known is left out. */
static void put(struct json *j, struct str key, struct str value) {
    if (value.len > 0) {
        json_field_str(j, key, value);
    }
}

static void put_author(struct json *j, const struct feed_author *author) {
    json_open(j, '{');
    json_field_str(j, STR("name"), author->name);
    put(j, STR("url"), author->url);
    put(j, STR("avatar"), author->avatar);
    json_close(j, '}');
}

static void put_authors(struct json *j, struct list list) {
    const struct feed_author *authors = list.items;
    if (list.len > 0) {
        json_key(j, STR("authors"));
        json_open(j, '[');
        for (size_t i = 0; i < list.len; i++) {
            put_author(j, &authors[i]);
        }
        json_close(j, ']');
    }
}

static void put_picture(struct json *j, const struct feed_picture *p) {
    json_field_str(j, STR("image"), p->url);
    json_key(j, STR("attachments"));
    json_open(j, '[');
    json_open(j, '{');
    json_field_str(j, STR("url"), p->url);
    json_field_str(j, STR("mime_type"), p->mime);
    put(j, STR("title"), p->caption);
    if (p->size_bytes > 0) {
        json_field_i64(j, STR("size_in_bytes"), p->size_bytes);
    }
    json_close(j, '}');
    json_close(j, ']');
}

static void put_item(struct pass *pass, struct json *j, const struct feed_item *item) {
    const struct str *categories = item->categories.items;
    json_open(j, '{');
    json_field_str(j, STR("id"), item->id);
    json_field_str(j, STR("url"), item->url);
    json_field_str(j, STR("title"), item->title);
    put(j, STR("summary"), item->summary);
    if (item->content.raw.len > 0) {
        json_field_str(j, STR("content_html"), item->content.raw);
    } else { /* one of the two is required */
        json_field_str(j, STR("content_text"), item->summary);
    }
    json_field_str(j, STR("date_published"),
                   dates_rfc3339(pass->dates, pass->arena, item->published_us));
    json_field_str(j, STR("date_modified"),
                   dates_rfc3339(pass->dates, pass->arena, item->updated_us));
    put_authors(j, item->authors);
    if (item->categories.len > 0) {
        json_key(j, STR("tags"));
        json_open(j, '[');
        for (size_t i = 0; i < item->categories.len; i++) {
            json_str(j, categories[i]);
        }
        json_close(j, ']');
    }
    if (item->picture != NULL) {
        put_picture(j, item->picture);
    }
    json_close(j, '}');
}

void feed_json_put(struct pass *pass, const struct feed *feed, struct buf *out) {
    struct json j;
    json_init(&j, out);
    json_open(&j, '{');
    json_field_str(&j, STR("version"), STR("https://jsonfeed.org/version/1.1"));
    json_field_str(&j, STR("title"), feed->title);
    json_field_str(&j, STR("home_page_url"), feed->home);
    json_field_str(&j, STR("feed_url"), feed->self);
    put(&j, STR("description"), feed->description);
    json_field_str(&j, STR("icon"), feed->icon);
    json_field_str(&j, STR("favicon"), feed->favicon);
    struct feed_author paper = { .name = pass->settings.title, .url = feed->site };
    put_authors(&j, (struct list){ &paper, 1 });
    json_field_str(&j, STR("language"), feed->language);
    if (feed->hub.len > 0) {
        json_key(&j, STR("hubs"));
        json_open(&j, '[');
        json_open(&j, '{');
        json_field_str(&j, STR("type"), STR("WebSub"));
        json_field_str(&j, STR("url"), feed->hub);
        json_close(&j, '}');
        json_close(&j, ']');
    }
    json_key(&j, STR("items"));
    json_open(&j, '[');
    const struct feed_item *items = feed->items.items;
    for (size_t i = 0; i < feed->items.len; i++) {
        put_item(pass, &j, &items[i]);
    }
    json_close(&j, ']');
    json_close(&j, '}');
    buf_put_char(out, '\n');
}
