#include "site/feed.h"

#include "base/limits.h"
#include "site/cards.h"
#include "site/image.h"
#include "site/pages.h"
#include "site/story_body.h"
#include "text/url.h"
#include "text/words.h"

#include <stdlib.h>

enum {
    /* Looked at for the site's feed of comments: some may stand under stories that readers may not
     * see. */
    COMMENTS_LOOKED_AT = 200,
    COMMENT_SUMMARY_WORDS = 40,
};

static const struct {
    const char *path, *param, *mime, *name;
    void (*put)(struct pass *pass, const struct feed *feed, struct buf *out);
} formats[FEED_FORMATS] = {
    [FEED_RSS] = { "feed", "rss2", "application/rss+xml", "RSS", feed_rss_put },
    [FEED_ATOM] = { "feed/atom", "atom", "application/atom+xml", "Atom", feed_atom_put },
    [FEED_JSON] = { "feed/json", "json", "application/feed+json", "JSON Feed", feed_json_put },
};

/* ---- addresses ---- */

struct str feed_path(struct arena *a, struct str base, enum feed_format format) {
    check(format > FEED_NONE && format < FEED_FORMATS);
    if (str_find_char(base, '?', 0) != STR_NPOS) {
        return arena_printf(a, "%.*s&feed=%s", STR_FMT(base), formats[format].param);
    }
    return str_ends(base, STR("/"))
               ? arena_printf(a, "%.*s%s/", STR_FMT(base), formats[format].path)
               : arena_printf(a, "%.*s/%s", STR_FMT(base), formats[format].path);
}

/* The last part of an address that asks for a feed. */
static const struct {
    struct str word;
    enum feed_format format;
    bool alone; /* does so without "feed/" before it, too */
} words[] = {
    { STR_INIT("feed"), FEED_RSS, true },        { STR_INIT("rss2"), FEED_RSS, true },
    { STR_INIT("rss"), FEED_RSS, true },         { STR_INIT("rdf"), FEED_RSS, true },
    { STR_INIT("atom"), FEED_ATOM, true },       { STR_INIT("json"), FEED_JSON, false },
    { STR_INIT("feed.xml"), FEED_RSS, true },    { STR_INIT("rss.xml"), FEED_RSS, true },
    { STR_INIT("index.xml"), FEED_RSS, true },   { STR_INIT("atom.xml"), FEED_ATOM, true },
    { STR_INIT("feed.json"), FEED_JSON, true },  { STR_INIT("wp-feed.php"), FEED_RSS, true },
    { STR_INIT("wp-rss2.php"), FEED_RSS, true }, { STR_INIT("wp-rss.php"), FEED_RSS, true },
    { STR_INIT("wp-rdf.php"), FEED_RSS, true },  { STR_INIT("wp-atom.php"), FEED_ATOM, true },
};

/* "/a/b/" and "/a/b" are "/a/" and "b". */
static struct str cut_last(struct str path, struct str *ret_last) {
    if (path.len > 1 && str_ends(path, STR("/"))) {
        path.len--;
    }
    size_t slash = str_rfind_char(path, '/');
    *ret_last = str_from(path, slash + 1);
    return str_slice(path, 0, slash + 1);
}

enum feed_format feed_split(struct str path, struct str *ret_base) {
    struct str last, word, before = cut_last(path, &last), above = cut_last(before, &word);
    /* But "/category/feed/feed/" is the feed of a section of that name. */
    bool is_below_feed = str_eq(word, STR("feed")) &&
                         (above.len == 1 || !str_eq(last, STR("feed")));
    if (str_eq(path, STR("/wp-commentsrss2.php"))) {
        *ret_base = FEED_COMMENTS_BASE;
        return FEED_RSS;
    }
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (str_eq(last, words[i].word) && (words[i].alone || is_below_feed)) {
            *ret_base = is_below_feed ? above : before;
            return words[i].format;
        }
    }
    return FEED_NONE;
}

enum feed_format feed_of_param(struct str value, bool *ret_comments) {
    *ret_comments = str_starts(value, STR("comments-"));
    value = str_from(value, *ret_comments ? sizeof "comments-" - 1 : 0);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (str_eq(value, words[i].word) && str_find_char(value, '.', 0) == STR_NPOS) {
            return words[i].format;
        }
    }
    return FEED_NONE;
}

struct str feed_param(struct str value) {
    static const struct str spellings[FEED_FORMATS][2] = {
        [FEED_NONE] = { STR_INIT(""), STR_INIT("") },
        [FEED_RSS] = { STR_INIT("rss2"), STR_INIT("comments-rss2") },
        [FEED_ATOM] = { STR_INIT("atom"), STR_INIT("comments-atom") },
        [FEED_JSON] = { STR_INIT("json"), STR_INIT("comments-json") },
    };
    bool is_comments;
    enum feed_format format = feed_of_param(value, &is_comments);
    return spellings[format][is_comments];
}

struct list feed_links(struct pass *pass, struct str title, struct str base) {
    VEC(struct view_feed) links = { 0 };
    for (enum feed_format f = FEED_RSS; f < FEED_FORMATS; f++) {
        *vec_push(pass->arena, &links) = (struct view_feed){
            .type = str_of(formats[f].mime),
            .title = arena_printf(pass->arena, "%.*s – %s", STR_FMT(title), formats[f].name),
            .href = feed_path(pass->arena, base, f),
        };
    }
    return LIST_OF(links);
}

/* ---- identities ---- */

static bool is_uri(struct str text) {
    struct url url;
    return url_parse(text, &url) && url.scheme.len > 0 && str_find_char(text, '"', 0) == STR_NPOS;
}

/* A tag URI (RFC 4151): the name under which the site made the thing, and the day. */
static struct str tag_uri(struct pass *pass, const char *what, int64_t id, int64_t made_us) {
    struct url url;
    check(url_parse(pass->settings.url, &url));
    struct civil day = civil_of_us(made_us);
    struct str host = url.host.ptr[0] == '[' ? STR("localhost") : url.host;
    return arena_printf(pass->arena, "tag:%.*s,%04d-%02d-%02d:%s-%lld", STR_FMT(host), day.year,
                        day.month, day.day, what, (long long)id);
}

/* What the story was called in feeds before it came here, so that nobody gets it twice; else a name
 * that stays when the address changes. */
static enum status story_uri(struct pass *pass, const struct story *story, struct str *ret,
                             struct err *err) {
    struct str guid;
    enum status status =
        store_meta(pass->reader, pass->arena, META_STORY, story->id, STR("_wp_guid"), &guid, err);
    if (status == STATUS_OK) {
        *ret = guid.ptr != NULL && is_uri(guid)
                   ? guid
                   : tag_uri(pass, "story", story->id, story->created_us);
    }
    return status;
}

/* ---- what belongs to an item ---- */

static enum status read_picture(struct pass *pass, int64_t media_id,
                                const struct feed_picture **ret, struct err *err) {
    const struct view_image *image;
    *ret = NULL;
    enum status status = card_image(pass, media_id, &image, err);
    if (status != STATUS_OK || image == NULL) {
        return status;
    }
    struct media media;
    status = store_media(pass->reader, pass->arena, media_id, &media, err);
    if (status == STATUS_OK && !media.unsyndicated) {
        struct image_file thumbnail =
            image_file(pass, image, rendition_shapes[0], IMAGE_THUMBNAIL_WIDTH);
        struct feed_picture *picture = ARENA_NEW(pass->arena, struct feed_picture);
        *picture = (struct feed_picture){
            .url = pass_absolute(pass, image->src),
            .mime = image->mime,
            .thumbnail_url = pass_absolute(pass, thumbnail.href),
            .thumbnail_width = thumbnail.width,
            .thumbnail_height = thumbnail.height,
            .title = media.title,
            .alt = image->alt,
            .caption = image->caption,
            .credit = image->credit,
            .licence = image->licence,
            .size_bytes = image->media == NULL ? media.size_bytes : 0,
            .width = image->width,
            .height = image->height,
        };
        *ret = picture;
    }
    return status;
}

static enum status read_authors(struct pass *pass, struct ids ids, struct list *ret,
                                struct err *err) {
    VEC(struct feed_author) authors = { 0 };
    for (size_t i = 0; i < ids.len; i++) {
        struct author author;
        const struct view_image *portrait;
        enum status status = store_author(pass->reader, pass->arena, ids.ptr[i], &author, err);
        if (status == STATUS_OK) {
            status = card_image(pass, author.media_id, &portrait, err);
        }
        if (status != STATUS_OK) {
            return status;
        }
        if (author.name.len == 0) {
            continue;
        }
        *vec_push(pass->arena, &authors) = (struct feed_author){
            .name = author.name,
            .url = author.path.len > 0 ? pass_absolute(pass, author.path) : STR(""),
            .avatar = portrait ? pass_absolute(pass, portrait->src) : STR(""),
        };
    }
    *ret = LIST_OF(authors);
    return STATUS_OK;
}

/* The names of sections and tags, each once. */
static enum status read_categories(struct pass *pass, const struct story *story, struct list *ret,
                                   struct err *err) {
    struct list kinds[2];
    enum status status = card_links(pass, ADDRESS_SECTION, story->sections, &kinds[0], err);
    if (status == STATUS_OK) {
        status = card_links(pass, ADDRESS_TAG, story->tags, &kinds[1], err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    VEC(struct str) names = { 0 };
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        const struct view_link *links = kinds[k].items;
        for (size_t i = 0; i < kinds[k].len; i++) {
            bool is_there = links[i].label.len == 0;
            for (size_t n = 0; n < names.len && !is_there; n++) {
                is_there = str_eq(names.ptr[n], links[i].label);
            }
            if (!is_there) {
                *vec_push(pass->arena, &names) = links[i].label;
            }
        }
    }
    *ret = LIST_OF(names);
    return STATUS_OK;
}

static enum status read_summary(struct pass *pass, const struct story *story, struct str *ret,
                                struct err *err) {
    *ret = str_trim(story->standfirst);
    return ret->len > 0
               ? STATUS_OK
               : card_excerpt(pass, story->id, pass->settings.list_excerpt_words, ret, NULL, err);
}

/* ---- stories ---- */

static enum status read_story(struct pass *pass, int64_t id, size_t *room_bytes,
                              struct feed_item *ret, struct err *err) {
    struct story story;
    enum status status = store_story(pass->reader, pass->arena, id, STORY_FULL, &story, err);
    if (status != STATUS_OK) {
        return status;
    }
    check(story_is_public(&story)); /* lists hold nothing else */
    *ret = (struct feed_item){
        .url = pass_absolute(pass, story.path),
        .title = card_headline(pass, &story),
        .content = { STR("") },
        .published_us = story.published_us,
        .updated_us = story.updated_us > story.published_us ? story.updated_us : story.published_us,
        .comments_base = story.path,
    };
    status = story_uri(pass, &story, &ret->id, err);
    if (status == STATUS_OK) {
        status = read_summary(pass, &story, &ret->summary, err);
    }
    if (status == STATUS_OK && pass->settings.feed_is_full && story.body.raw.len < *room_bytes) {
        status = story_body(pass, story.body, ret->url, &ret->content, err);
        *room_bytes -= story.body.raw.len;
    }
    if (status == STATUS_OK) {
        status = read_authors(pass, story.authors, &ret->authors, err);
    }
    if (status == STATUS_OK) {
        status = read_categories(pass, &story, &ret->categories, err);
    }
    if (status == STATUS_OK) {
        status = read_picture(pass, story.lead_media_id, &ret->picture, err);
    }
    if (status == STATUS_OK) {
        status = store_comment_count(pass->reader, id, &ret->comments, err);
        ret->has_comments = story.comments_open || ret->comments > 0;
    }
    return status;
}

/* There are exports in which stories share a guid: the oldest keeps it. */
static void part_twins(struct pass *pass, struct ids ids, const struct feed_item *items,
                       struct str *uris) {
    for (size_t i = 0; i < ids.len; i++) {
        uris[i] = items[i].id;
        for (size_t k = 0; k < ids.len; k++) {
            if (ids.ptr[k] < ids.ptr[i] && str_eq(items[k].id, items[i].id)) {
                uris[i] = arena_printf(pass->arena, "%.*s#story-%lld", STR_FMT(items[i].id),
                                       (long long)ids.ptr[i]);
            }
        }
    }
}

static enum status read_stories(struct pass *pass, struct list_id list, struct list *ret,
                                struct err *err) {
    struct ids ids;
    enum status status = store_newest(pass->reader, pass->arena, list,
                                      (size_t)pass->settings.feed_stories, (struct ids){ NULL, 0 },
                                      &ids, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct feed_item *items = arena_array(pass->arena, ids.len + 1, sizeof *items);
    size_t room_bytes = LIMIT_FEED_BODIES_BYTES;
    for (size_t i = 0; status == STATUS_OK && i < ids.len; i++) {
        status = read_story(pass, ids.ptr[i], &room_bytes, &items[i], err);
    }
    struct str *uris = arena_array(pass->arena, ids.len + 1, sizeof *uris);
    part_twins(pass, ids, items, uris);
    for (size_t i = 0; i < ids.len; i++) {
        items[i].id = uris[i];
    }
    *ret = (struct list){ items, ids.len };
    return status;
}

/* A list has a feed in each format, and they are asked for one behind the other by whoever walks
 * over the site: what the first has read, the others take. */
struct feed_memo {
    struct list_id list;
    struct list items; /* in the arena */
    struct keys keys;  /* what reading them noted */
    struct arena arena;
    bool is_good;
};

void feed_memo_free(struct feed_memo *memo) {
    if (memo != NULL) {
        keys_done(&memo->keys);
        arena_done(&memo->arena);
        free(memo);
    }
}

static struct feed_memo *take_memo(struct site_thread *thread) {
    if (thread->feed == NULL) {
        thread->feed = calloc(1, sizeof *thread->feed);
        check(thread->feed != NULL);
        keys_init(&thread->feed->keys);
    }
    return thread->feed;
}

static enum status take_stories(struct pass *pass, struct list_id list, struct list *ret,
                                struct err *err) {
    if (pass->thread->memo == NULL) {
        return read_stories(pass, list, ret, err);
    }
    struct feed_memo *memo = take_memo(pass->thread);
    struct keys *outer = store_read_noting(pass->reader);
    enum status status = STATUS_OK;
    if (!memo->is_good || memo->list.kind != list.kind || memo->list.id != list.id) {
        keys_reset(&memo->keys);
        arena_reset(&memo->arena);
        struct pass apart = *pass;
        apart.arena = &memo->arena;
        (void)store_read_note(pass->reader, &memo->keys);
        status = read_stories(&apart, list, &memo->items, err);
        (void)store_read_note(pass->reader, outer);
        memo->list = list;
        memo->is_good = status == STATUS_OK;
    }
    for (size_t i = 0; i < memo->keys.list.len; i++) {
        keys_add(outer, memo->keys.list.ptr[i]);
    }
    *ret = memo->items;
    return status;
}

/* ---- comments ---- */

static struct str comment_title(struct pass *pass, struct str author, const struct story *story,
                                bool of_site) {
    struct phrase_arg args[] = { { .name = STR("author"), .text = author },
                                 { .name = STR("story"), .text = card_headline(pass, story) } };
    return of_site ? pass_phrase(pass, "comment_on", args, 2)
                   : pass_phrase(pass, "comment_by", args, 1);
}

static enum status read_comment(struct pass *pass, const struct comment *c,
                                const struct story *story, bool of_site, struct feed_item *ret,
                                struct err *err) {
    struct feed_author *author = ARENA_NEW(pass->arena, struct feed_author);
    author->name = c->author.len > 0 ? c->author : pass_phrase(pass, "anonymous", NULL, 0);
    *ret = (struct feed_item){
        .id = tag_uri(pass, "comment", c->id, c->created_us),
        .title = comment_title(pass, author->name, story, of_site),
        .summary = words_first(pass->arena, html_text(pass->arena, c->body), COMMENT_SUMMARY_WORDS),
        .published_us = c->created_us,
        .updated_us = c->created_us,
        .authors = { author, 1 },
        .parent_url = pass_absolute(pass, story->path),
    };
    ret->url =
        arena_printf(pass->arena, "%.*s#comment-%lld", STR_FMT(ret->parent_url), (long long)c->id);
    enum status status = story_uri(pass, story, &ret->parent_id, err);
    if (status == STATUS_OK) {
        status = story_body(pass, c->body, ret->parent_url, &ret->content, err);
    }
    return status;
}

/* Of one story, which readers may see; or of the site, those under stories that readers may see. */
static enum status read_comments(struct pass *pass, const struct story *only, struct list *ret,
                                 struct err *err) {
    size_t max = (size_t)pass->settings.feed_stories;
    struct comments all;
    enum status status = store_newest_comments(pass->reader, pass->arena, only ? only->id : 0,
                                               only ? max : COMMENTS_LOOKED_AT, &all, err);
    VEC(struct feed_item) items = { 0 };
    for (size_t i = 0; status == STATUS_OK && i < all.len && items.len < max; i++) {
        struct story story;
        if (only == NULL) {
            status = store_story(pass->reader, pass->arena, all.ptr[i].story_id, STORY_CARD, &story,
                                 err);
            if (status != STATUS_OK || !story_is_public(&story)) {
                continue;
            }
        }
        status = read_comment(pass, &all.ptr[i], only ? only : &story, only == NULL,
                              vec_push(pass->arena, &items), err);
    }
    *ret = LIST_OF(items);
    return status;
}

/* ---- the feed ---- */

static struct feed feed_begin(struct pass *pass, struct str base, enum feed_format format) {
    return (struct feed){
        .home = pass_absolute(pass, base),
        .self = pass_absolute(pass, feed_path(pass->arena, base, format)),
        .site = pass_absolute(pass, STR("/")),
        .language = pass->settings.language,
        .icon = pass_absolute(pass, pass->view.touch_icon),
        .favicon = pass_absolute(pass, pass->view.icon),
        .hub = pass->settings.websub_hub,
    };
}

/* A feed without items is as old as the site, or, as sites from before that was kept do not know,
 * as its newest story. */
static enum status empty_since(struct pass *pass, int64_t *ret_us, struct err *err) {
    struct str made;
    struct ids newest;
    struct story story = { 0 };
    enum status status = store_setting(pass->reader, pass->arena, STR("made_us"), &made, err);
    *ret_us = 0;
    if (status != STATUS_OK || str_to_i64(made, ret_us)) {
        return status;
    }
    status = store_newest(pass->reader, pass->arena, section_list(0), 1, (struct ids){ NULL, 0 },
                          &newest, err);
    if (status == STATUS_OK && newest.len > 0) {
        status = store_story(pass->reader, pass->arena, newest.ptr[0], STORY_CARD, &story, err);
    }
    *ret_us = story.published_us;
    return status;
}

static enum status answer(struct pass *pass, struct feed *feed, enum feed_format format,
                          struct page_build *page, struct err *err) {
    const struct feed_item *items = feed->items.items;
    for (size_t i = 0; i < feed->items.len; i++) {
        feed->updated_us = items[i].updated_us > feed->updated_us ? items[i].updated_us
                                                                  : feed->updated_us;
    }
    enum status status = STATUS_OK;
    if (feed->items.len == 0) {
        status = empty_since(pass, &feed->updated_us, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    struct buf out;
    buf_init(&out, LIMIT_RENDER_BYTES);
    formats[format].put(pass, feed, &out);
    status = out.status == STATUS_OK ? STATUS_OK : err_set(err, out.status, "a feed is too large");
    if (status == STATUS_OK) {
        page_own(page, arena_str(pass->arena, buf_str(&out)));
        page->is_dated = true;
        pass_head(pass, page, "Content-Type",
                  arena_printf(pass->arena, "%s%s", formats[format].mime,
                               format == FEED_JSON ? "" : "; charset=utf-8"));
        pass_head(pass, page, "X-Content-Type-Options", STR("nosniff"));
        if (feed->hub.len > 0) { /* WebSub: subscribers look here first */
            pass_head(pass, page, "Link",
                      arena_printf(pass->arena, "<%.*s>; rel=\"hub\", <%.*s>; rel=\"self\"",
                                   STR_FMT(feed->hub), STR_FMT(feed->self)));
        }
    }
    buf_done(&out);
    return status;
}

enum status feed_stories(struct pass *pass, struct list_id list, struct str base,
                         enum feed_format format, struct page_build *page, struct err *err) {
    struct feed feed = feed_begin(pass, base, format);
    struct list_name name;
    enum status status = page_list_name(pass, list, &name, err);
    if (status == STATUS_OK) {
        status = take_stories(pass, list, &feed.items, err);
    }
    if (status != STATUS_OK) {
        return status;
    }
    struct str site = pass->settings.title;
    feed.title = site;
    feed.description = pass->settings.tagline;
    if (list.kind != LIST_LATEST) {
        feed.title = arena_printf(pass->arena, "%.*s – %.*s", STR_FMT(name.title), STR_FMT(site));
        feed.description = name.description;
    }
    if (list.kind == LIST_YEAR || list.kind == LIST_MONTH || list.kind == LIST_DAY) {
        feed.hub = STR(""); /* nobody waits for news of the past: no hub is told (site/changes.c) */
    }
    return answer(pass, &feed, format, page, err);
}

enum status feed_comments(struct pass *pass, const struct story *story, enum feed_format format,
                          struct page_build *page, struct err *err) {
    struct feed feed = feed_begin(pass, story ? story->path : FEED_COMMENTS_BASE, format);
    enum status status = read_comments(pass, story, &feed.items, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct phrase_arg arg = { .name = STR("story"),
                              .text = story ? card_headline(pass, story) : pass->settings.title };
    feed.title = pass_phrase(pass, "comments_on", &arg, 1);
    if (story == NULL) {
        feed.home = feed.site;
    }
    return answer(pass, &feed, format, page, err);
}
