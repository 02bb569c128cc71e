#include "generator/formats.h"

#include "base/clock.h"
#include "generator/chance.h"
#include "generator/words.h"
#include "text/json.h"

/* ---- bodies ---- */

/* How a kind of block is written; `wp` is WordPress's name of it. */
static const struct {
    const char *wp, *open, *close;
} tags[] = {
    [BLOCK_PARAGRAPH] = { "paragraph", "<p>", "</p>" },
    [BLOCK_HEADING] = { "heading", "<h2>", "</h2>" },
    [BLOCK_LIST] = { "list", "<ul>", "</ul>" },
    [BLOCK_QUOTE] = { "quote", "<blockquote><p>", "</p></blockquote>" },
};

/* Only what the body subset escapes: our texts have nothing else. */
static void put_escaped(struct buf *out, struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        switch (text.ptr[i]) {
        case '&': buf_put(out, STR("&amp;")); break;
        case '<': buf_put(out, STR("&lt;")); break;
        case '>': buf_put(out, STR("&gt;")); break;
        case '"': buf_put(out, STR("&quot;")); break;
        default: buf_put_char(out, text.ptr[i]);
        }
    }
}

static bool is_own(struct str href) {
    return str_starts(href, STR("/"));
}

static void put_html_text(struct buf *out, const struct block *b, struct str url) {
    if (b->kind == BLOCK_LIST) {
        struct str rest = b->text, item;
        while (str_split(&rest, '\n', &item)) {
            buf_put(out, STR("<li>"));
            put_escaped(out, item);
            buf_put(out, STR("</li>"));
        }
        return;
    }
    put_escaped(out, str_slice(b->text, 0, b->link_from));
    if (b->href.len > 0) {
        buf_put(out, STR("<a href=\""));
        buf_put(out, is_own(b->href) ? url : STR(""));
        put_escaped(out, b->href);
        buf_put(out, STR("\">"));
        put_escaped(out, str_slice(b->text, b->link_from, b->link_to));
        buf_put(out, STR("</a>"));
    }
    put_escaped(out, str_from(b->text, b->link_to));
}

/* url: before addresses of the site's own. */
static void put_html(const struct archive_story *s, struct str url, bool wp_comments,
                     struct buf *out) {
    for (size_t i = 0; i < s->n_blocks; i++) {
        const struct block *b = &s->blocks[i];
        if (i > 0) {
            buf_put(out, wp_comments ? STR("\n\n") : STR("\n"));
        }
        if (wp_comments) {
            buf_printf(out, "<!-- wp:%s -->\n", tags[b->kind].wp);
        }
        buf_put(out, str_of(tags[b->kind].open));
        put_html_text(out, b, url);
        buf_put(out, str_of(tags[b->kind].close));
        if (wp_comments) {
            buf_printf(out, "\n<!-- /wp:%s -->", tags[b->kind].wp);
        }
    }
}

void format_html(const struct archive_story *s, struct buf *out) {
    put_html(s, STR(""), false, out);
}

static void put_markdown(const struct archive_story *s, struct buf *out) {
    for (size_t i = 0; i < s->n_blocks; i++) {
        const struct block *b = &s->blocks[i];
        if (b->kind == BLOCK_LIST) {
            struct str rest = b->text, item;
            while (str_split(&rest, '\n', &item)) {
                buf_printf(out, "- %.*s\n", STR_FMT(item));
            }
            buf_put_char(out, '\n');
            continue;
        }
        buf_put(out, b->kind == BLOCK_HEADING ? STR("## ")
                     : b->kind == BLOCK_QUOTE ? STR("> ")
                                              : STR(""));
        buf_put(out, str_slice(b->text, 0, b->link_from));
        if (b->href.len > 0) {
            buf_printf(out, "[%.*s](%.*s)", STR_FMT(str_slice(b->text, b->link_from, b->link_to)),
                       STR_FMT(b->href));
        }
        buf_put(out, str_from(b->text, b->link_to));
        buf_put(out, STR("\n\n"));
    }
}

/* ---- WXR ---- */

/* Ids of WordPress: each kind from 1 on; a story's picture has the number after the story's. */
static int64_t post_id(const struct archive_story *s) {
    return 2 * s->number + 1;
}

enum { COMMENTS_MAX = 4 };

static void put_date(struct buf *out, const char *name, int64_t us) {
    struct civil c = civil_of_us(us);
    buf_printf(out,
               "<wp:%s><![CDATA[%04d-%02d-%02d %02d:%02d:%02d]]></wp:%s>\n<wp:%s_gmt><![CDATA["
               "%04d-%02d-%02d %02d:%02d:%02d]]></wp:%s_gmt>\n",
               name, c.year, c.month, c.day, c.hour, c.minute, c.second, name, name, c.year,
               c.month, c.day, c.hour, c.minute, c.second, name);
}

static void put_rfc822(struct buf *out, int64_t us) {
    char http[CLOCK_HTTP_LEN + 1]; /* ends with "GMT" */
    clock_format_http(us, http);
    buf_printf(out, "<pubDate>%.*s +0000</pubDate>\n", CLOCK_HTTP_LEN - 4, http);
}

/* Nothing that is made up has "]]>" in it. */
static void put_cdata(struct buf *out, const char *name, struct str text) {
    buf_printf(out, "<%s><![CDATA[%.*s]]></%s>", name, STR_FMT(text), name);
}

void format_wxr_begin(const struct format_wxr *x, struct arena *a, struct buf *out) {
    buf_printf(out,
               "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<rss version=\"2.0\"\n"
               "\txmlns:excerpt=\"http://wordpress.org/export/1.2/excerpt/\"\n"
               "\txmlns:content=\"http://purl.org/rss/1.0/modules/content/\"\n"
               "\txmlns:wfw=\"http://wellformedweb.org/CommentAPI/\"\n"
               "\txmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n"
               "\txmlns:wp=\"http://wordpress.org/export/1.2/\">\n<channel>\n"
               "<title>A made-up archive</title>\n<link>%.*s</link>\n"
               "<description>%lld stories that never happened</description>\n",
               STR_FMT(x->url), (long long)x->archive->stories);
    put_rfc822(out,
               civil_to_us((struct civil){ ARCHIVE_FIRST_YEAR + ARCHIVE_YEARS, 1, 1, 0, 0, 0, 0 }));
    buf_printf(
        out,
        "<language>en</language>\n<wp:wxr_version>1.2</wp:wxr_version>\n"
        "<wp:base_site_url>%.*s</wp:base_site_url>\n<wp:base_blog_url>%.*s</wp:base_blog_url>\n",
        STR_FMT(x->url), STR_FMT(x->url));
    for (size_t i = 0; i < ARCHIVE_AUTHORS; i++, arena_reset(a)) {
        struct archive_term author = archive_author(x->archive, a, i);
        buf_printf(out, "<wp:author><wp:author_id>%zu</wp:author_id>", i + 2);
        put_cdata(out, "wp:author_login", author.slug);
        put_cdata(out, "wp:author_email", arena_printf(a, "author-%zu@news.invalid", i));
        put_cdata(out, "wp:author_display_name", author.name);
        put_cdata(out, "wp:author_first_name", STR(""));
        put_cdata(out, "wp:author_last_name", STR(""));
        buf_put(out, STR("</wp:author>\n"));
    }
    for (size_t i = 0; i < ARCHIVE_SECTIONS; i++) {
        struct archive_section section = archive_section(i);
        const char *parent = section.parent == i ? "" : archive_section(section.parent).slug;
        buf_printf(out, "<wp:category><wp:term_id>%zu</wp:term_id>", i + 2);
        put_cdata(out, "wp:category_nicename", str_of(section.slug));
        put_cdata(out, "wp:category_parent", str_of(parent));
        put_cdata(out, "wp:cat_name", str_of(section.name));
        buf_put(out, STR("</wp:category>\n"));
    }
    for (size_t i = 0; i < ARCHIVE_TAGS; i++, arena_reset(a)) {
        struct archive_term tag = archive_tag(x->archive, a, i);
        buf_printf(out, "<wp:tag><wp:term_id>%zu</wp:term_id>", ARCHIVE_SECTIONS + i + 2);
        put_cdata(out, "wp:tag_slug", tag.slug);
        put_cdata(out, "wp:tag_name", tag.name);
        buf_put(out, STR("</wp:tag>\n"));
    }
    buf_put(out, STR("<generator>https://wordpress.org/?v=6.1</generator>\n"));
}

void format_wxr_end(struct buf *out) {
    buf_put(out, STR("</channel>\n</rss>\n"));
}

/* An item of a post type, up to its own elements. */
struct item {
    struct str title, path, slug, excerpt;
    int64_t id, parent;
    const char *type, *status;
    const struct archive_story *body; /* NULL: none */
};

static void put_item(const struct format_wxr *x, const struct archive_story *s, struct str author,
                     const struct item *item, struct buf *out) {
    buf_put(out, STR("<item>\n"));
    put_cdata(out, "title", item->title);
    buf_printf(out, "\n<link>%.*s%.*s</link>\n", STR_FMT(x->url), STR_FMT(item->path));
    put_rfc822(out, s->published_us);
    put_cdata(out, "dc:creator", author);
    buf_printf(out,
               "\n<guid isPermaLink=\"false\">%.*s/?p=%lld</guid>\n<description></description>\n"
               "<content:encoded><![CDATA[",
               STR_FMT(x->url), (long long)item->id);
    if (item->body != NULL) {
        put_html(item->body, x->url, true, out);
    }
    buf_put(out, STR("]]></content:encoded>\n"));
    put_cdata(out, "excerpt:encoded", item->excerpt);
    buf_printf(out, "\n<wp:post_id>%lld</wp:post_id>\n", (long long)item->id);
    put_date(out, "post_date", s->published_us);
    put_date(out, "post_modified", s->updated_us);
    const char *comments = x->comments ? "open" : "closed";
    put_cdata(out, "wp:comment_status", str_of(comments));
    put_cdata(out, "wp:ping_status", STR("closed"));
    put_cdata(out, "wp:post_name", item->slug);
    put_cdata(out, "wp:status", str_of(item->status));
    buf_printf(out, "\n<wp:post_parent>%lld</wp:post_parent><wp:menu_order>0</wp:menu_order>",
               (long long)item->parent);
    put_cdata(out, "wp:post_type", str_of(item->type));
    put_cdata(out, "wp:post_password", STR(""));
    buf_put(out, STR("<wp:is_sticky>0</wp:is_sticky>\n"));
}

static void put_meta(struct buf *out, const char *key, struct str value) {
    buf_put(out, STR("<wp:postmeta>"));
    put_cdata(out, "wp:meta_key", str_of(key));
    put_cdata(out, "wp:meta_value", value);
    buf_put(out, STR("</wp:postmeta>\n"));
}

static void put_category(struct buf *out, const char *domain, struct str slug, struct str name) {
    buf_printf(out, "<category domain=\"%s\" nicename=\"%.*s\"><![CDATA[%.*s]]></category>\n",
               domain, STR_FMT(slug), STR_FMT(name));
}

static void put_comments(const struct format_wxr *x, const struct archive_story *s,
                         struct buf *out) {
    struct chance c = chance_of(x->archive->seed + 1, (uint64_t)s->number);
    const struct writing w = { .topic = chance_below(&c, WORDS_TOPICS), .topical = 0.2 };
    size_t comments = chance_below(&c, COMMENTS_MAX + 1);
    for (size_t i = 0; i < comments; i++) {
        buf_printf(out, "<wp:comment><wp:comment_id>%lld</wp:comment_id>",
                   (long long)(s->number * COMMENTS_MAX + (int64_t)i + 1));
        buf_put(out, STR("<wp:comment_author><![CDATA["));
        words_put_name(out, 500 + chance_below(&c, 20000));
        buf_put(out, STR("]]></wp:comment_author>\n"));
        put_date(out, "comment_date",
                 s->published_us + (int64_t)chance_below(&c, 86400) * US_PER_SECOND);
        buf_put(out, STR("<wp:comment_content><![CDATA["));
        words_put_sentences(out, &c, &w, 5 + chance_below(&c, 60));
        buf_put(out, STR("]]></wp:comment_content><wp:comment_approved>1</wp:comment_approved>"
                         "<wp:comment_type>comment</wp:comment_type>"
                         "<wp:comment_parent>0</wp:comment_parent></wp:comment>\n"));
    }
}

void format_wxr_story(const struct format_wxr *x, struct arena *a, const struct archive_story *s,
                      struct buf *out) {
    struct str author = archive_author(x->archive, a, s->author).slug;
    put_item(x, s, author,
             &(struct item){ .title = s->headline,
                             .path = s->path,
                             .slug = s->slug,
                             .excerpt = s->standfirst,
                             .id = post_id(s),
                             .type = "post",
                             .status = "publish",
                             .body = s },
             out);
    for (size_t i = 0; i < s->n_sections; i++) {
        struct archive_section section = archive_section(s->sections[i]);
        put_category(out, "category", str_of(section.slug), str_of(section.name));
    }
    for (size_t i = 0; i < s->n_tags; i++) {
        struct archive_term tag = archive_tag(x->archive, a, s->tags[i]);
        put_category(out, "post_tag", tag.slug, tag.name);
    }
    if (s->picture.len > 0) {
        put_meta(out, "_thumbnail_id", arena_printf(a, "%lld", (long long)(post_id(s) + 1)));
    }
    if (x->comments) {
        put_comments(x, s, out);
    }
    buf_put(out, STR("</item>\n"));
    if (s->picture.len > 0) {
        struct str slug = arena_printf(a, "%.*s-picture", STR_FMT(s->slug));
        put_item(
            x, s, author,
            &(struct item){ .title = slug,
                            .path = arena_printf(a, "%.*s%.*s/", STR_FMT(s->path), STR_FMT(slug)),
                            .slug = slug,
                            .excerpt = s->picture_alt,
                            .id = post_id(s) + 1,
                            .parent = post_id(s),
                            .type = "attachment",
                            .status = "inherit" },
            out);
        put_cdata(out, "wp:attachment_url",
                  arena_printf(a, "%.*s%.*s", STR_FMT(x->url), STR_FMT(s->picture)));
        put_meta(out, "_wp_attached_file", str_from(s->picture, strlen("/wp-content/uploads/")));
        put_meta(out, "_wp_attachment_image_alt", s->picture_alt);
        buf_put(out, STR("</item>\n"));
    }
}

/* ---- JSON, Markdown ---- */

static struct str rfc3339(struct arena *a, int64_t us) {
    char text[CLOCK_RFC3339_LEN + 1];
    clock_format_rfc3339(us, text);
    return arena_str(a, str_of(text));
}

static void put_sections(struct json *j, const struct archive_story *s) {
    json_open(j, '[');
    for (size_t i = 0; i < s->n_sections; i++) {
        json_str(j, str_of(archive_section(s->sections[i]).slug));
    }
    json_close(j, ']');
}

/* With those above them: Hugo's lists have what is written down and no more, ours have the stories
 * of all that is below. */
static void put_sections_and_above(struct json *j, const struct archive_story *s) {
    size_t all[2 * COUNT_OF(s->sections)], n = s->n_sections;
    memcpy(all, s->sections, n * sizeof *all);
    for (size_t i = 0; i < s->n_sections; i++) {
        size_t above = archive_section(s->sections[i]).parent;
        bool is_there = false;
        for (size_t k = 0; k < n; k++) {
            is_there = is_there || all[k] == above;
        }
        if (!is_there) {
            all[n++] = above;
        }
    }
    json_open(j, '[');
    for (size_t i = 0; i < n; i++) {
        json_str(j, str_of(archive_section(all[i]).slug));
    }
    json_close(j, ']');
}

static void put_tags(struct json *j, const struct archive *x, struct arena *a,
                     const struct archive_story *s) {
    json_open(j, '[');
    for (size_t i = 0; i < s->n_tags; i++) {
        json_str(j, archive_tag(x, a, s->tags[i]).slug);
    }
    json_close(j, ']');
}

void format_json(const struct archive *x, struct arena *a, const struct archive_story *s,
                 struct buf *out) {
    struct archive_term author = archive_author(x, a, s->author);
    struct buf body;
    struct json j;
    buf_init(&body, ARCHIVE_STORY_BYTES);
    format_html(s, &body);
    json_init(&j, out);
    json_open(&j, '{');
    json_field_i64(&j, STR("id"), s->number);
    json_field_str(&j, STR("slug"), s->slug);
    json_field_str(&j, STR("url"), s->path);
    json_field_str(&j, STR("headline"), s->headline);
    json_field_str(&j, STR("standfirst"), s->standfirst);
    json_key(&j, STR("sections"));
    put_sections(&j, s);
    json_key(&j, STR("tags"));
    put_tags(&j, x, a, s);
    json_field_str(&j, STR("author"), author.slug);
    json_field_str(&j, STR("author_name"), author.name);
    json_field_str(&j, STR("published"), rfc3339(a, s->published_us));
    json_field_str(&j, STR("modified"), rfc3339(a, s->updated_us));
    if (s->picture.len > 0) {
        json_field_str(&j, STR("picture"), s->picture);
        json_field_str(&j, STR("picture_alt"), s->picture_alt);
    }
    json_field_str(&j, STR("body_html"), buf_str(&body));
    json_close(&j, '}');
    buf_put_char(out, '\n');
    buf_done(&body);
}

static void put_yaml(struct buf *out, const char *key, struct str value) {
    buf_printf(out, "%s: ", key);
    json_put_str(out, value);
    buf_put_char(out, '\n');
}

void format_markdown(const struct archive *x, struct arena *a, const struct archive_story *s,
                     struct buf *out) {
    struct archive_term author = archive_author(x, a, s->author);
    struct json j;
    buf_put(out, STR("---\n"));
    put_yaml(out, "title", s->headline);
    put_yaml(out, "slug", s->slug);
    put_yaml(out, "url", s->path);
    buf_printf(out, "date: %.*s\nlastmod: %.*s\n", STR_FMT(rfc3339(a, s->published_us)),
               STR_FMT(rfc3339(a, s->updated_us)));
    put_yaml(out, "description", s->standfirst);
    buf_put(out, STR("sections: "));
    json_init(&j, out);
    put_sections_and_above(&j, s);
    buf_put(out, STR("\ntags: "));
    json_init(&j, out);
    put_tags(&j, x, a, s);
    buf_put(out, STR("\nauthors: ["));
    json_put_str(out, author.slug);
    buf_put(out, STR("]\n"));
    put_yaml(out, "author_name", author.name);
    int day = archive_day(s->published_us);
    buf_printf(out, "years: [\"%04d\"]\nmonths: [\"%04d-%02d\"]\ndays: [\"%04d-%02d-%02d\"]\n",
               day / 10000, day / 10000, day / 100 % 100, day / 10000, day / 100 % 100, day % 100);
    if (s->picture.len > 0) {
        put_yaml(out, "image", s->picture);
        put_yaml(out, "image_alt", s->picture_alt);
    }
    buf_put(out, STR("---\n"));
    put_markdown(s, out);
}
