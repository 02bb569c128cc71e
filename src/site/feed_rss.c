/* RSS 2.0 (rssboard.org/rss-specification), with the modules that readers of WordPress feeds know:
 * content (the full text), dc (one dc:creator a byline), atom (rel=self). Everything in it follows
 * from the stories: lastBuildDate is the newest change that the feed shows. */
#include "site/pages.h"

#include "base/limits.h"
#include "site/cards.h"
#include "site/story_body.h"
#include "text/utf8.h"

struct str feed_rss_path(struct arena *a, struct str base) {
    if (str_find_char(base, '?', 0) != STR_NPOS) {
        return arena_printf(a, "%.*s&feed=rss2", STR_FMT(base));
    }
    return str_ends(base, STR("/")) ? arena_printf(a, "%.*sfeed/", STR_FMT(base))
                                    : arena_printf(a, "%.*s/feed", STR_FMT(base));
}

/* ---- XML ---- */

/* XML 1.0, production 2: not every code point is a character. */
static bool is_xml_char(uint32_t c) {
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xd7ff) ||
           (c >= 0xe000 && c <= 0xfffd) || c >= 0x10000;
}

static void put_text(struct buf *out, struct str text) {
    for (size_t at = 0; at < text.len;) {
        uint32_t c = utf8_next(text, &at);
        switch (c) {
        case '&': buf_put(out, STR("&amp;")); break;
        case '<': buf_put(out, STR("&lt;")); break;
        case '>': buf_put(out, STR("&gt;")); break;
        case '"': buf_put(out, STR("&quot;")); break;
        default:
            if (is_xml_char(c)) {
                utf8_put(out, c);
            }
        }
    }
}

static void put_element(struct buf *out, const char *name, struct str text) {
    buf_printf(out, "<%s>", name);
    put_text(out, text);
    buf_printf(out, "</%s>\n", name);
}

/* "]]>" ends a CDATA section: it is cut in two there. */
static void put_cdata(struct buf *out, struct str text) {
    buf_put(out, STR("<![CDATA["));
    size_t brackets = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = utf8_next(text, &at);
        if (c == '>' && brackets >= 2) {
            buf_put(out, STR("]]><![CDATA["));
        }
        brackets = c == ']' ? brackets + 1 : 0;
        if (is_xml_char(c)) {
            utf8_put(out, c);
        }
    }
    buf_put(out, STR("]]>"));
}

/* ---- items ---- */

static void put_names(struct buf *out, const char *element, struct list links) {
    const struct view_link *link = links.items;
    for (size_t i = 0; i < links.len; i++) {
        buf_printf(out, "<%s>", element);
        put_cdata(out, link[i].label);
        buf_printf(out, "</%s>\n", element);
    }
}

/* What the story was called in feeds before it came here, so that nobody gets it twice; else a name
 * that stays when the address changes. */
static enum status put_guid(struct pass *pass, struct buf *out, const struct story *story,
                            struct err *err) {
    struct str guid;
    enum status status =
        store_meta(pass->reader, pass->arena, META_STORY, story->id, STR("_wp_guid"), &guid, err);
    if (status == STATUS_OK) {
        buf_put(out, STR("<guid isPermaLink=\"false\">"));
        put_text(out, guid.ptr != NULL && guid.len > 0
                          ? guid
                          : arena_printf(pass->arena, "%.*s/#story-%lld",
                                         STR_FMT(pass->settings.url), (long long)story->id));
        buf_put(out, STR("</guid>\n"));
    }
    return status;
}

static enum status put_enclosure(struct pass *pass, struct buf *out, const struct story *story,
                                 struct err *err) {
    const struct view_image *image;
    enum status status = card_image(pass, story->lead_media_id, &image, err);
    if (status != STATUS_OK || image == NULL) {
        return status;
    }
    struct media media;
    status = store_media(pass->reader, pass->arena, story->lead_media_id, &media, err);
    if (status == STATUS_OK && media.size_bytes > 0) {
        buf_put(out, STR("<enclosure url=\""));
        put_text(out, pass_absolute(pass, image->src));
        buf_printf(out, "\" length=\"%lld\" type=\"", (long long)media.size_bytes);
        put_text(out, media.mime);
        buf_put(out, STR("\"/>\n"));
    }
    return status;
}

static enum status put_item(struct pass *pass, struct buf *out, const struct story *story,
                            struct err *err) {
    struct list authors, sections, tags;
    struct html body = { STR("") };
    enum status status = card_links(pass, ADDRESS_AUTHOR, story->authors, &authors, err);
    if (status == STATUS_OK) {
        status = card_links(pass, ADDRESS_SECTION, story->sections, &sections, err);
    }
    if (status == STATUS_OK) {
        status = card_links(pass, ADDRESS_TAG, story->tags, &tags, err);
    }
    if (status == STATUS_OK) {
        status = story_body(pass, story->body, true, &body, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    buf_put(out, STR("<item>\n"));
    put_element(out, "title", card_headline(pass, story));
    put_element(out, "link", pass_absolute(pass, story->path));
    put_names(out, "dc:creator", authors);
    put_element(out, "pubDate", dates_rfc822(pass->dates, pass->arena, story->published_us));
    put_names(out, "category", sections);
    put_names(out, "category", tags);
    status = put_guid(pass, out, story, err);
    buf_put(out, STR("<description>"));
    put_cdata(out, story->standfirst);
    buf_put(out, STR("</description>\n<content:encoded>"));
    put_cdata(out, body.raw);
    buf_put(out, STR("</content:encoded>\n"));
    if (status == STATUS_OK) {
        status = put_enclosure(pass, out, story, err);
    }
    buf_put(out, STR("</item>\n"));
    return status;
}

/* ---- the feed ---- */

static void put_channel(struct pass *pass, struct buf *out, struct list_id list,
                        const struct list_name *name, struct str base, int64_t changed_us) {
    struct str title = pass->settings.title;
    if (list.kind != LIST_LATEST) {
        title = arena_printf(pass->arena, "%.*s – %.*s", STR_FMT(name->title), STR_FMT(title));
    }
    struct str description = list.kind == LIST_LATEST ? pass->settings.tagline : name->description;
    put_element(out, "title", title);
    put_element(out, "link", pass_absolute(pass, base));
    put_element(out, "description", description.len > 0 ? description : title);
    put_element(out, "language", pass->settings.language);
    if (changed_us > 0) {
        put_element(out, "lastBuildDate", dates_rfc822(pass->dates, pass->arena, changed_us));
    }
    buf_put(out, STR("<atom:link href=\""));
    put_text(out, pass_absolute(pass, feed_rss_path(pass->arena, base)));
    buf_put(out, STR("\" rel=\"self\" type=\"application/rss+xml\"/>\n"));
}

static enum status put_feed(struct pass *pass, struct buf *out, struct list_id list,
                            struct str base, struct err *err) {
    struct list_name name;
    struct ids ids;
    enum status status = page_list_name(pass, list, &name, err);
    if (status == STATUS_OK) {
        status = store_newest(pass->reader, pass->arena, list, (size_t)pass->settings.feed_stories,
                              (struct ids){ NULL, 0 }, &ids, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    struct story *stories = arena_array(pass->arena, ids.len + 1, sizeof *stories);
    int64_t changed_us = 0;
    for (size_t i = 0; i < ids.len; i++) {
        status = store_story(pass->reader, pass->arena, ids.ptr[i], STORY_FULL, &stories[i], err);
        if (status != STATUS_OK) {
            return status;
        }
        int64_t at_us = stories[i].updated_us > stories[i].published_us ? stories[i].updated_us
                                                                        : stories[i].published_us;
        changed_us = at_us > changed_us ? at_us : changed_us;
    }
    buf_put(out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                     "<rss version=\"2.0\""
                     " xmlns:content=\"http://purl.org/rss/1.0/modules/content/\""
                     " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
                     " xmlns:atom=\"http://www.w3.org/2005/Atom\">\n<channel>\n"));
    put_channel(pass, out, list, &name, base, changed_us);
    for (size_t i = 0; status == STATUS_OK && i < ids.len; i++) {
        status = put_item(pass, out, &stories[i], err);
    }
    buf_put(out, STR("</channel>\n</rss>\n"));
    return status;
}

enum status feed_rss(struct pass *pass, struct list_id list, struct str base,
                     struct page_build *page, struct err *err) {
    struct buf out;
    buf_init(&out, LIMIT_RENDER_BYTES);
    enum status status = put_feed(pass, &out, list, base, err);
    if (status == STATUS_OK && out.status != STATUS_OK) {
        status = err_set(err, out.status, "a feed is too large");
    }
    if (status == STATUS_OK) {
        page_own(page, arena_str(pass->arena, buf_str(&out)));
        pass_head(pass, page, "Content-Type", STR("application/rss+xml; charset=utf-8"));
    }
    buf_done(&out);
    return status;
}
