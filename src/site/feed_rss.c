/* RSS 2.0 (rssboard.org/rss-specification), with the modules that readers of WordPress's feeds
 * know: content (the full text), dc (one dc:creator a byline), media (the lead picture with caption
 * and credit), slash and wfw (how many comments, and their feed), sy (how often to ask), atom
 * (rel=self, rel=hub). */
#include "site/feed.h"

#include "text/xml.h"

static void put_atom_link(struct xml *x, const char *rel, const char *type, struct str href) {
    xml_open(x, "atom:link");
    xml_attr(x, "href", href);
    xml_attr(x, "rel", str_of(rel));
    if (type != NULL) {
        xml_attr(x, "type", str_of(type));
    }
    xml_close(x);
}

static void put_size(struct xml *x, int64_t width, int64_t height) {
    if (width > 0) {
        xml_attr_i64(x, "width", width);
        xml_attr_i64(x, "height", height);
    }
}

static void put_plain(struct xml *x, const char *name, struct str text) {
    if (text.len > 0) {
        xml_open(x, name);
        xml_attr(x, "type", STR("plain"));
        xml_text(x, text);
        xml_close(x);
    }
}

static void put_picture(struct xml *x, const struct feed_picture *p) {
    xml_open(x, "media:content");
    xml_attr(x, "url", p->url);
    xml_attr(x, "type", p->mime);
    xml_attr(x, "medium", STR("image"));
    put_size(x, p->width, p->height);
    put_plain(x, "media:title", p->title);
    put_plain(x, "media:description", p->caption.len > 0 ? p->caption : p->alt);
    if (p->credit.len > 0) {
        xml_element(x, "media:credit", p->credit);
    }
    if (p->licence.len > 0) {
        xml_element(x, "media:copyright", p->licence);
    }
    xml_open(x, "media:thumbnail");
    xml_attr(x, "url", p->thumbnail_url);
    put_size(x, p->thumbnail_width, p->thumbnail_height);
    xml_close(x);
    xml_close(x);
    if (p->size_bytes > 0) { /* an enclosure must say its length */
        xml_open(x, "enclosure");
        xml_attr(x, "url", p->url);
        xml_attr_i64(x, "length", p->size_bytes);
        xml_attr(x, "type", p->mime);
        xml_close(x);
    }
}

static void put_item(struct pass *pass, struct xml *x, const struct feed_item *item) {
    const struct feed_author *authors = item->authors.items;
    const struct str *categories = item->categories.items;
    xml_open(x, "item");
    xml_element(x, "title", item->title);
    xml_element(x, "link", item->url);
    if (item->has_comments) {
        xml_element(x, "comments", arena_printf(pass->arena, "%.*s#comments", STR_FMT(item->url)));
    }
    for (size_t i = 0; i < item->authors.len; i++) {
        xml_element_cdata(x, "dc:creator", authors[i].name);
    }
    xml_element(x, "pubDate", dates_rfc822(pass->dates, pass->arena, item->published_us));
    for (size_t i = 0; i < item->categories.len; i++) {
        xml_element_cdata(x, "category", categories[i]);
    }
    xml_open(x, "guid");
    xml_attr(x, "isPermaLink", STR("false"));
    xml_text(x, item->id);
    xml_close(x);
    /* Readers take a description for HTML. */
    xml_element_cdata(x, "description", html_of_text(pass->arena, item->summary).raw);
    if (item->content.raw.len > 0) {
        xml_element_cdata(x, "content:encoded", item->content.raw);
    }
    if (item->has_comments) {
        xml_element(x, "wfw:commentRss",
                    pass_absolute(pass, feed_path(pass->arena, item->comments_base, FEED_RSS)));
        xml_element_i64(x, "slash:comments", item->comments);
    }
    if (item->picture != NULL) {
        put_picture(x, item->picture);
    }
    xml_close(x);
}

void feed_rss_put(struct pass *pass, const struct feed *feed, struct buf *out) {
    static const char *const spaces[][2] = {
        { "xmlns:content", "http://purl.org/rss/1.0/modules/content/" },
        { "xmlns:wfw", "http://wellformedweb.org/CommentAPI/" },
        { "xmlns:dc", "http://purl.org/dc/elements/1.1/" },
        { "xmlns:atom", "http://www.w3.org/2005/Atom" },
        { "xmlns:sy", "http://purl.org/rss/1.0/modules/syndication/" },
        { "xmlns:slash", "http://purl.org/rss/1.0/modules/slash/" },
        { "xmlns:media", "http://search.yahoo.com/mrss/" },
    };
    struct xml x;
    xml_init(&x, out);
    xml_open(&x, "rss");
    xml_attr(&x, "version", STR("2.0"));
    for (size_t i = 0; i < COUNT_OF(spaces); i++) {
        xml_attr(&x, spaces[i][0], str_of(spaces[i][1]));
    }
    xml_open(&x, "channel");
    xml_element(&x, "title", feed->title);
    put_atom_link(&x, "self", "application/rss+xml", feed->self);
    if (feed->hub.len > 0) {
        put_atom_link(&x, "hub", NULL, feed->hub);
    }
    xml_element(&x, "link", feed->home);
    xml_element(&x, "description", feed->description.len > 0 ? feed->description : feed->title);
    if (feed->updated_us > 0) {
        xml_element(&x, "lastBuildDate", dates_rfc822(pass->dates, pass->arena, feed->updated_us));
    }
    xml_element(&x, "language", feed->language);
    xml_element(&x, "sy:updatePeriod", STR("hourly"));
    xml_element(&x, "sy:updateFrequency", STR("1"));
    const struct feed_item *items = feed->items.items;
    for (size_t i = 0; i < feed->items.len; i++) {
        put_item(pass, &x, &items[i]);
    }
    xml_close(&x);
    xml_close(&x);
}
