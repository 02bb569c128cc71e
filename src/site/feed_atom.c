/* Atom (RFC 4287), with the threads of RFC 4685: where the comments are, and what a comment is on.
 */
#include "site/feed.h"

#include "text/xml.h"

static void put_link(struct xml *x, const char *rel, const char *type, struct str href) {
    xml_open(x, "link");
    xml_attr(x, "rel", str_of(rel));
    if (type != NULL) {
        xml_attr(x, "type", str_of(type));
    }
    xml_attr(x, "href", href);
    xml_close(x);
}

static void put_author(struct xml *x, struct str name, struct str url) {
    xml_open(x, "author");
    xml_element(x, "name", name);
    if (url.len > 0) {
        xml_element(x, "uri", url);
    }
    xml_close(x);
}

static void put_enclosure(struct xml *x, const struct feed_picture *p) {
    xml_open(x, "link");
    xml_attr(x, "rel", STR("enclosure"));
    xml_attr(x, "type", p->mime);
    if (p->size_bytes > 0) {
        xml_attr_i64(x, "length", p->size_bytes);
    }
    if (p->caption.len > 0) {
        xml_attr(x, "title", p->caption);
    }
    xml_attr(x, "href", p->url);
    xml_close(x);
}

static void put_replies(struct pass *pass, struct xml *x, const struct feed_item *item) {
    xml_open(x, "link");
    xml_attr(x, "rel", STR("replies"));
    xml_attr(x, "type", STR("application/atom+xml"));
    xml_attr(x, "href",
             pass_absolute(pass, feed_path(pass->arena, item->comments_base, FEED_ATOM)));
    xml_attr_i64(x, "thr:count", item->comments);
    xml_close(x);
    xml_element_i64(x, "thr:total", item->comments);
}

static void put_parent(struct xml *x, const struct feed_item *item) {
    xml_open(x, "thr:in-reply-to");
    xml_attr(x, "ref", item->parent_id);
    xml_attr(x, "type", STR("text/html"));
    xml_attr(x, "href", item->parent_url);
    xml_close(x);
}

static void put_entry(struct pass *pass, struct xml *x, const struct feed_item *item) {
    const struct feed_author *authors = item->authors.items;
    const struct str *categories = item->categories.items;
    xml_open(x, "entry");
    xml_element(x, "id", item->id);
    xml_element(x, "title", item->title);
    xml_element(x, "updated", dates_rfc3339(pass->dates, pass->arena, item->updated_us));
    xml_element(x, "published", dates_rfc3339(pass->dates, pass->arena, item->published_us));
    for (size_t i = 0; i < item->authors.len; i++) {
        put_author(x, authors[i].name, authors[i].url);
    }
    put_link(x, "alternate", "text/html", item->url);
    for (size_t i = 0; i < item->categories.len; i++) {
        xml_open(x, "category");
        xml_attr(x, "term", categories[i]);
        xml_close(x);
    }
    if (item->summary.len > 0) {
        xml_element(x, "summary", item->summary);
    }
    if (item->content.raw.len > 0) {
        xml_open(x, "content");
        xml_attr(x, "type", STR("html"));
        xml_cdata(x, item->content.raw);
        xml_close(x);
    }
    if (item->picture != NULL) {
        put_enclosure(x, item->picture);
    }
    if (item->has_comments) {
        put_replies(pass, x, item);
    }
    if (item->parent_id.len > 0) {
        put_parent(x, item);
    }
    xml_close(x);
}

void feed_atom_put(struct pass *pass, const struct feed *feed, struct buf *out) {
    struct xml x;
    xml_init(&x, out);
    xml_open(&x, "feed");
    xml_attr(&x, "xmlns", STR("http://www.w3.org/2005/Atom"));
    xml_attr(&x, "xmlns:thr", STR("http://purl.org/syndication/thread/1.0"));
    xml_attr(&x, "xml:lang", feed->language);
    xml_element(&x, "id", feed->self);
    xml_element(&x, "title", feed->title);
    if (feed->description.len > 0) {
        xml_element(&x, "subtitle", feed->description);
    }
    /* Required, whatever is known. */
    xml_element(&x, "updated", dates_rfc3339(pass->dates, pass->arena, feed->updated_us));
    /* Entries without a byline are the paper's. */
    put_author(&x, pass->settings.title, feed->site);
    put_link(&x, "self", "application/atom+xml", feed->self);
    put_link(&x, "alternate", "text/html", feed->home);
    if (feed->hub.len > 0) {
        put_link(&x, "hub", NULL, feed->hub);
    }
    xml_element(&x, "icon", feed->favicon);
    const struct feed_item *items = feed->items.items;
    for (size_t i = 0; i < feed->items.len; i++) {
        put_entry(pass, &x, &items[i]);
    }
    xml_close(&x);
}
