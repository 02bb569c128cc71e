#include "site/head.h"

#include "base/limits.h"
#include "text/json.h"
#include "text/words.h"

enum { DESCRIPTION_WORDS = 40 };

struct str head_title(struct pass *pass, struct str title) {
    if (title.len == 0 || str_eq(title, pass->settings.title)) {
        return pass->settings.title;
    }
    return arena_printf(pass->arena, "%.*s – %.*s", STR_FMT(title), STR_FMT(pass->settings.title));
}

struct view_head head_plain(struct pass *pass, struct str title, struct str description,
                            struct str path) {
    return (struct view_head){
        .title = head_title(pass, title),
        .description = description,
        .canonical = pass_absolute(pass, path),
        .og_type = STR("website"),
        .og_title = title.len > 0 ? title : pass->settings.title,
    };
}

/* ---- JSON-LD (schema.org NewsArticle) ---- */

static void json_named(struct json *j, struct str type, struct str name, struct str url) {
    json_open(j, '{');
    json_field_str(j, STR("@type"), type);
    json_field_str(j, STR("name"), name);
    if (url.len > 0) {
        json_field_str(j, STR("url"), url);
    }
    json_close(j, '}');
}

static struct html json_ld(struct pass *pass, const struct view_head *head,
                           const struct view_story *view) {
    struct buf out;
    buf_init(&out, 64 * KIB);
    struct json j;
    json_init(&j, &out);
    json_open(&j, '{');
    json_field_str(&j, STR("@context"), STR("https://schema.org"));
    json_field_str(&j, STR("@type"), STR("NewsArticle"));
    json_field_str(&j, STR("headline"), view->headline);
    if (head->description.len > 0) {
        json_field_str(&j, STR("description"), head->description);
    }
    json_field_str(&j, STR("mainEntityOfPage"), head->canonical);
    json_field_str(&j, STR("datePublished"), head->published);
    json_field_str(&j, STR("dateModified"), head->modified);
    json_field_str(&j, STR("inLanguage"), pass->settings.language);
    if (head->section.len > 0) {
        json_field_str(&j, STR("articleSection"), head->section);
    }
    if (head->image.len > 0) {
        json_key(&j, STR("image"));
        json_open(&j, '[');
        json_str(&j, head->image);
        json_close(&j, ']');
    }
    if (view->authors.len > 0) {
        const struct view_link *authors = view->authors.items;
        json_key(&j, STR("author"));
        json_open(&j, '[');
        for (size_t i = 0; i < view->authors.len; i++) {
            json_named(&j, STR("Person"), authors[i].label, pass_absolute(pass, authors[i].href));
        }
        json_close(&j, ']');
    }
    json_key(&j, STR("publisher"));
    json_named(&j, STR("Organization"), pass->settings.title, pass_absolute(pass, STR("/")));
    json_close(&j, '}');
    struct html json = { arena_str(pass->arena, buf_str(&out)) };
    if (out.status != STATUS_OK) {
        json.raw = STR(""); /* a page without it is better than half of it */
    }
    buf_done(&out);
    return json;
}

struct view_head head_story(struct pass *pass, const struct story *story,
                            const struct view_story *view) {
    struct str title = story->seo_title.len > 0 ? story->seo_title : view->headline;
    struct str description = story->seo_description.len > 0
                                 ? story->seo_description
                                 : words_first(pass->arena, story->standfirst, DESCRIPTION_WORDS);
    struct view_head head = head_plain(pass, title, description, story->path);
    head.og_type = STR("article");
    head.og_title = view->headline;
    head.published = dates_rfc3339(pass->dates, pass->arena, story->published_us);
    head.modified = dates_rfc3339(pass->dates, pass->arena,
                                  story->updated_us > story->published_us ? story->updated_us
                                                                          : story->published_us);
    if (view->sections.len > 0) {
        head.section = ((const struct view_link *)view->sections.items)[0].label;
    }
    const struct view_link *tags = view->tags.items;
    struct str *names = arena_array(pass->arena, view->tags.len + 1, sizeof *names);
    for (size_t i = 0; i < view->tags.len; i++) {
        names[i] = tags[i].label;
    }
    head.tags = (struct list){ names, view->tags.len };
    if (view->image != NULL) {
        head.image = pass_absolute(pass, view->image->src);
        head.image_alt = view->image->alt;
        head.image_width = view->image->width;
        head.image_height = view->image->height;
    }
    head.json_ld = json_ld(pass, &head, view);
    return head;
}
