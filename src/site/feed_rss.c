/* RSS 2.0 (rssboard.org/rss-specification), with the modules that readers of WordPress feeds know:
 * content (the full text), dc (one dc:creator a byline), atom (rel=self). Everything in it follows
 * from the stories: lastBuildDate is the newest change that the feed shows. */
#include "site/pages.h"

#include "base/limits.h"
#include "site/cards.h"
#include "site/story_body.h"
#include "text/xml.h"

struct str feed_rss_path(struct arena *a, struct str base) {
    if (str_find_char(base, '?', 0) != STR_NPOS) {
        return arena_printf(a, "%.*s&feed=rss2", STR_FMT(base));
    }
    return str_ends(base, STR("/")) ? arena_printf(a, "%.*sfeed/", STR_FMT(base))
                                    : arena_printf(a, "%.*s/feed", STR_FMT(base));
}

/* ---- items ---- */

static void put_names(struct xml *x, const char *element, struct list links) {
    const struct view_link *link = links.items;
    for (size_t i = 0; i < links.len; i++) {
        xml_element_cdata(x, element, link[i].label);
    }
}

/* What the story was called in feeds before it came here, so that nobody gets it twice; else a name
 * that stays when the address changes. */
static enum status put_guid(struct pass *pass, struct xml *x, const struct story *story,
                            struct err *err) {
    struct str guid;
    enum status status =
        store_meta(pass->reader, pass->arena, META_STORY, story->id, STR("_wp_guid"), &guid, err);
    if (status == STATUS_OK) {
        xml_open(x, "guid");
        xml_attr(x, "isPermaLink", STR("false"));
        xml_text(x, guid.ptr != NULL && guid.len > 0
                        ? guid
                        : arena_printf(pass->arena, "%.*s/#story-%lld", STR_FMT(pass->settings.url),
                                       (long long)story->id));
        xml_close(x);
    }
    return status;
}

static enum status put_enclosure(struct pass *pass, struct xml *x, const struct story *story,
                                 struct err *err) {
    const struct view_image *image;
    enum status status = card_image(pass, story->lead_media_id, &image, err);
    if (status != STATUS_OK || image == NULL) {
        return status;
    }
    struct media media;
    status = store_media(pass->reader, pass->arena, story->lead_media_id, &media, err);
    if (status == STATUS_OK && media.size_bytes > 0) {
        xml_open(x, "enclosure");
        xml_attr(x, "url", pass_absolute(pass, image->src));
        xml_attr_i64(x, "length", media.size_bytes);
        xml_attr(x, "type", media.mime);
        xml_close(x);
    }
    return status;
}

static enum status put_item(struct pass *pass, struct xml *x, const struct story *story,
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
    xml_open(x, "item");
    xml_element(x, "title", card_headline(pass, story));
    xml_element(x, "link", pass_absolute(pass, story->path));
    put_names(x, "dc:creator", authors);
    xml_element(x, "pubDate", dates_rfc822(pass->dates, pass->arena, story->published_us));
    put_names(x, "category", sections);
    put_names(x, "category", tags);
    status = put_guid(pass, x, story, err);
    xml_element_cdata(x, "description", story->standfirst);
    xml_element_cdata(x, "content:encoded", body.raw);
    if (status == STATUS_OK) {
        status = put_enclosure(pass, x, story, err);
    }
    xml_close(x);
    return status;
}

/* ---- the feed ---- */

static void put_channel(struct pass *pass, struct xml *x, struct list_id list,
                        const struct list_name *name, struct str base, int64_t changed_us) {
    struct str title = pass->settings.title;
    if (list.kind != LIST_LATEST) {
        title = arena_printf(pass->arena, "%.*s – %.*s", STR_FMT(name->title), STR_FMT(title));
    }
    struct str description = list.kind == LIST_LATEST ? pass->settings.tagline : name->description;
    xml_element(x, "title", title);
    xml_element(x, "link", pass_absolute(pass, base));
    xml_element(x, "description", description.len > 0 ? description : title);
    xml_element(x, "language", pass->settings.language);
    if (changed_us > 0) {
        xml_element(x, "lastBuildDate", dates_rfc822(pass->dates, pass->arena, changed_us));
    }
    xml_open(x, "atom:link");
    xml_attr(x, "href", pass_absolute(pass, feed_rss_path(pass->arena, base)));
    xml_attr(x, "rel", STR("self"));
    xml_attr(x, "type", STR("application/rss+xml"));
    xml_close(x);
}

static enum status put_feed(struct pass *pass, struct xml *x, struct list_id list, struct str base,
                            struct err *err) {
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
    xml_open(x, "rss");
    xml_attr(x, "version", STR("2.0"));
    xml_attr(x, "xmlns:content", STR("http://purl.org/rss/1.0/modules/content/"));
    xml_attr(x, "xmlns:dc", STR("http://purl.org/dc/elements/1.1/"));
    xml_attr(x, "xmlns:atom", STR("http://www.w3.org/2005/Atom"));
    xml_open(x, "channel");
    put_channel(pass, x, list, &name, base, changed_us);
    for (size_t i = 0; status == STATUS_OK && i < ids.len; i++) {
        status = put_item(pass, x, &stories[i], err);
    }
    xml_close(x);
    xml_close(x);
    return status;
}

enum status feed_rss(struct pass *pass, struct list_id list, struct str base,
                     struct page_build *page, struct err *err) {
    struct buf out;
    struct xml x;
    buf_init(&out, LIMIT_RENDER_BYTES);
    xml_init(&x, &out);
    enum status status = put_feed(pass, &x, list, base, err);
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
