#include "tests/town.h"

#include "picture/rendition_name.h"

#include "tests/harness.h"

#include "base/arena.h"
#include "base/clock.h"

#include <stdarg.h>

enum { STORIES_FIRST = 26, EPOCH_2022_S = 1640995200 };

static void know(struct town *t, struct str path) {
    for (size_t i = 0; i < t->n_addresses; i++) {
        if (str_eq(path, str_of(t->addresses[i]))) {
            return;
        }
    }
    if (t->n_addresses < TOWN_ADDRESSES_MAX) {
        t->addresses[t->n_addresses] = strndup(path.ptr, path.len);
        check(t->addresses[t->n_addresses] != NULL);
        t->n_addresses++;
    }
}

static void knowf(struct town *t, const char *fmt, ...) PRINTF(2, 3);
static void knowf(struct town *t, const char *fmt, ...) {
    char path[200];
    va_list args;
    va_start(args, fmt);
    vsnprintf(path, sizeof path, fmt, args);
    va_end(args);
    know(t, str_of(path));
}

static const char *const words[] = { "ferry", "harbour", "fog",    "gull",  "lantern", "mayor",
                                     "tide",  "pudding", "chapel", "crane", "net",     "storm" };

static const char *word(struct town *t) {
    return words[test_below(&t->rng, COUNT_OF(words))];
}

static struct str text(struct town *t, struct arena *a, size_t n) {
    struct str s = STR("");
    for (size_t i = 0; i < n; i++) {
        s = arena_printf(a, "%.*s%s%s", STR_FMT(s), i ? " " : "", word(t));
    }
    return s;
}

static int64_t pick(struct town *t, const int64_t *ids, size_t n) {
    return ids[test_below(&t->rng, n)];
}

/* A body with a link by identity and an also-read card to other stories. */
static struct html random_body(struct town *t, struct arena *a) {
    int64_t linked = t->n_stories ? pick(t, t->stories, t->n_stories) : 0;
    int64_t card = t->n_stories ? pick(t, t->stories, t->n_stories) : 0;
    struct str s = arena_printf(a, "<p>%.*s</p>", STR_FMT(text(t, a, 20)));
    if (linked != 0 && test_below(&t->rng, 2)) {
        s = arena_printf(a, "%.*s<p>See <a href=\"/\" data-story=\"%lld\">this</a>.</p>",
                         STR_FMT(s), (long long)linked);
    }
    if (card != 0 && test_below(&t->rng, 2)) {
        s = arena_printf(a,
                         "%.*s<div data-card=\"also-read\" data-story=\"%lld\" "
                         "data-label=\"ALSO READ:\"></div>",
                         STR_FMT(s), (long long)card);
    }
    switch (test_below(&t->rng, 6)) {
    case 0:
        s = arena_printf(a, "%.*s<p><img src=\"/wp-content/uploads/picture%zu.png\" alt=\"\"></p>",
                         STR_FMT(s), test_below(&t->rng, COUNT_OF(t->media)));
        break;
    case 1:
        s = arena_printf(a,
                         "%.*s<figure><img src=\"/wp-content/uploads/picture%zu.png\" "
                         "alt=\"A pier\"><figcaption>A pier.</figcaption></figure>",
                         STR_FMT(s), test_below(&t->rng, COUNT_OF(t->media)));
        break;
    default: break;
    }
    return (struct html){ arena_printf(a, "%.*s<p>%.*s</p>", STR_FMT(s),
                                       STR_FMT(text(t, a, 20 + test_below(&t->rng, 200)))) };
}

static int day_of(int64_t us) {
    struct civil c = civil_of_us(us);
    return c.year * 10000 + c.month * 100 + c.day;
}

static void set_sections(struct town *t, struct arena *a, struct story *s) {
    int64_t *ids = arena_array(a, 2, sizeof *ids);
    ids[0] = s->section_id = pick(t, t->sections, COUNT_OF(t->sections));
    ids[1] = pick(t, t->sections, COUNT_OF(t->sections));
    s->sections = (struct ids){ ids, ids[0] == ids[1] ? 1 : 2 };
}

static void new_story(struct town *t, struct store_writer *w, struct arena *a) {
    struct story s = { .state = STORY_PUBLISHED };
    /* Mostly the newest; sometimes in the middle of the archive. */
    t->minutes += 600 + (int64_t)test_below(&t->rng, 5000);
    int64_t minutes = test_below(&t->rng, 4) ? t->minutes
                                             : (int64_t)test_below(&t->rng, (size_t)t->minutes);
    s.published_us = s.updated_us = s.created_us = (EPOCH_2022_S + minutes * 60) * US_PER_SECOND;
    s.local_day = day_of(s.published_us);
    s.headline = text(t, a, 4);
    s.standfirst = text(t, a, 9);
    s.body = random_body(t, a);
    s.slug = t->n_stories % 4 ? arena_printf(a, "s%zu-%s", t->n_stories, word(t))
                              : arena_printf(a, "s%zu", test_below(&t->rng, 10));
    s.path = arena_printf(a, "/%d/%02d/%02d/n%zu-%.*s/", s.local_day / 10000,
                          s.local_day / 100 % 100, s.local_day % 100, t->n_stories,
                          STR_FMT(s.slug));
    set_sections(t, a, &s);
    int64_t *tag = ARENA_NEW(a, int64_t), *author = ARENA_NEW(a, int64_t);
    *tag = pick(t, t->tags, COUNT_OF(t->tags));
    *author = pick(t, t->authors, COUNT_OF(t->authors));
    s.tags = (struct ids){ tag, test_below(&t->rng, 2) };
    s.authors = (struct ids){ author, 1 };
    s.lead_media_id = test_below(&t->rng, 2) ? pick(t, t->media, COUNT_OF(t->media)) : 0;
    switch (test_below(&t->rng, 10)) {
    case 0: s.visibility = STORY_PRIVATE; break;
    case 1: s.visibility = STORY_PASSWORD, s.password = STR("marmalade"); break;
    case 2: s.state = STORY_SCHEDULED; break;
    case 3: s.state = STORY_DRAFT; break;
    default: break;
    }
    MUST(store_story_put(w, &s, &t->stories[t->n_stories], &err));
    t->n_stories++;
    know(t, s.path);
    if (t->n_stories % 6 == 1) {
        knowf(t, "/_view/%lld.gif", (long long)t->stories[t->n_stories - 1]);
    }
    if (t->n_stories % 3 == 0) {
        knowf(t, "%.*sfeed/", STR_FMT(s.path));
    }
    knowf(t, "/%d/", s.local_day / 10000);
    knowf(t, "/%d/%02d/", s.local_day / 10000, s.local_day / 100 % 100);
    knowf(t, "/%d/%02d/%02d/", s.local_day / 10000, s.local_day / 100 % 100, s.local_day % 100);
    knowf(t, "/?name=%.*s", STR_FMT(s.slug));
    if (t->n_stories % 5 == 0) {
        knowf(t, "/%d/%02d/%02d/feed/", s.local_day / 10000, s.local_day / 100 % 100,
              s.local_day % 100);
    }
    snprintf(t->last, sizeof t->last, "new story %lld state %d",
             (long long)t->stories[t->n_stories - 1], s.state);
}

enum write {
    WRITE_NEW,
    WRITE_BODY,
    WRITE_RETITLE,
    WRITE_MOVE,
    WRITE_WITHDRAW,
    WRITE_PUBLISH,
    WRITE_SLOT,
    WRITE_PATH,
    WRITE_TAGS,
    WRITE_DATE,
    WRITE_SECTION,
    WRITE_AUTHOR,
    WRITE_TAG,
    WRITE_MEDIA,
    WRITE_MENU,
    WRITE_SETTING,
    WRITE_COMMENT,
    WRITE_DUE,
    WRITE_PAGE,
    WRITE_CORRECT,
    WRITE_NEWS,
    WRITE_NOINDEX,
    WRITES
};

static void write_section(struct town *t, struct store_writer *w, struct arena *a, size_t i) {
    static const char *const names[] = { "Harbour", "Town Hall", "Weather", "Food", "Ferries" };
    struct section s = { .id = t->sections[i] };
    s.name = arena_printf(a, "%s%s", names[i], s.id && test_below(&t->rng, 2) ? " & Co" : "");
    s.slug = arena_printf(a, "sec%zu", i);
    s.parent_id = i == 4 ? t->sections[0] : 0;
    s.path = arena_printf(a, "/category/sec%zu/", i);
    s.description = text(t, a, 3);
    MUST(store_section_put(w, &s, &t->sections[i], &err));
    know(t, s.path);
    knowf(t, "/category/sec%zu/page/2/", i);
    knowf(t, "/category/sec%zu/feed/%s", i, i % 2 ? "atom/" : "");
}

static void write_tag(struct town *t, struct store_writer *w, struct arena *a, size_t i) {
    struct tag tag = { .id = t->tags[i] };
    tag.name = arena_printf(a, "tag %s", word(t));
    tag.slug = arena_printf(a, "tag%zu", i);
    tag.path = arena_printf(a, "/tag/tag%zu/", i);
    MUST(store_tag_put(w, &tag, &t->tags[i], &err));
    know(t, tag.path);
    knowf(t, "/tag/tag%zu/feed/%s", i, i % 2 ? "json/" : "");
}

static void write_author(struct town *t, struct store_writer *w, struct arena *a, size_t i) {
    struct author author = { .id = t->authors[i] };
    author.name = arena_printf(a, "The %s Clerk", word(t));
    author.slug = arena_printf(a, "clerk%zu", i);
    author.path = arena_printf(a, "/author/clerk%zu/", i);
    author.biography = text(t, a, test_below(&t->rng, 5));
    author.media_id = test_below(&t->rng, 2) ? t->media[test_below(&t->rng, COUNT_OF(t->media))]
                                             : 0;
    MUST(store_author_put(w, &author, &t->authors[i], &err));
    struct setting metas[] = {
        { STR("website"), arena_printf(a, "https://%s.example/", word(t)) },
        { STR("fediverse"), arena_printf(a, "@%s@example.social", word(t)) },
    };
    MUST(store_metas_put(w, META_AUTHOR, t->authors[i], metas,
                         test_below(&t->rng, COUNT_OF(metas) + 1), &err));
    know(t, author.path);
    knowf(t, "/author/clerk%zu/feed/%s", i, i % 2 ? "atom/" : "json/");
}

static void write_media(struct town *t, struct store_writer *w, struct arena *a, size_t i) {
    struct media m = { .id = t->media[i], .mime = STR("image/png"), .width = 640, .height = 480 };
    /* Mostly one of two files by the name of their content, which the decoder has seen. */
    char digit = (char)('1' + test_below(&t->rng, 2));
    struct str hash = arena_printf(a, "aa%c%017zu%044d", digit, i, 0);
    m.file = test_below(&t->rng, 4) == 0
                 ? arena_printf(a, "aa/picture%zu.png", i)
                 : arena_printf(a, "aa/%.*s.png", STR_FMT(str_from(hash, 2)));
    m.probed = test_below(&t->rng, 4) != 0;
    m.frames = 1;
    m.colour = (unsigned)test_below(&t->rng, 0x1000000);
    m.placeholder = test_below(&t->rng, 2) ? STR("UklGRg==") : STR("");
    m.decorative = test_below(&t->rng, 4) == 0;
    m.unsyndicated = test_below(&t->rng, 4) == 0;
    m.focal_x = m.focal_y = (int)test_below(&t->rng, 3) * 300;
    m.path = arena_printf(a, "/wp-content/uploads/picture%zu%s.png", i,
                          m.id && test_below(&t->rng, 4) == 0 ? "-2" : "");
    m.alt = text(t, a, 3);
    m.caption = text(t, a, 5);
    m.credit = STR("Drawing: the harbour");
    MUST(store_media_put(w, &m, &t->media[i], &err));
    know(t, m.path);
    for (int focal = 300; focal <= 600; focal += 300) {
        struct rendition_name name = { .id = t->media[i],
                                       .hash = str_slice(hash, 0, RENDITION_HASH_DIGITS),
                                       .width = 480,
                                       .format = PICTURE_AVIF };
        know(t, rendition_address(a, &name));
        name.crop = (struct picture_crop){ 16, 9, focal, focal };
        know(t, rendition_address(a, &name));
    }
    knowf(t, "/wp-content/uploads/picture%zu-300x300.png", i);
}

void town_write(struct town *t) {
    struct arena a = { 0 };
    struct store_writer *w = NULL;
    MUST(store_write_begin(t->store, &w, &err));
    enum write kind = (enum write)test_below(&t->rng, WRITES);
    if (kind == WRITE_NEW && t->n_stories == TOWN_STORIES_MAX) {
        kind = WRITE_RETITLE;
    }
    int64_t id = pick(t, t->stories, t->n_stories);
    struct store_reader *r = store_writer_reader(w);
    struct story s;
    MUST(store_story(r, &a, id, STORY_FULL, &s, &err));
    int64_t now_us = (EPOCH_2022_S + t->minutes * 60) * US_PER_SECOND;
    snprintf(t->last, sizeof t->last, "write kind %d on story %lld (%.*s)", kind, (long long)id,
             STR_FMT(s.path));
    int64_t ignored;
    switch (kind) {
    case WRITE_NEW: new_story(t, w, &a); break;
    case WRITE_BODY:
        s.body = random_body(t, &a);
        s.updated_us += (int64_t)test_below(&t->rng, 2) * 7200 * US_PER_SECOND;
        MUST(store_story_put(w, &s, &ignored, &err));
        break;
    case WRITE_RETITLE:
        s.headline = text(t, &a, 5);
        MUST(store_story_put(w, &s, &ignored, &err));
        break;
    case WRITE_MOVE:
        set_sections(t, &a, &s);
        MUST(store_story_put(w, &s, &ignored, &err));
        break;
    case WRITE_WITHDRAW: MUST(store_story_withdraw(w, id, now_us, &err)); break;
    case WRITE_PUBLISH: {
        int64_t at_us = s.published_us ? s.published_us : now_us;
        MUST(store_story_publish(w, id, at_us, day_of(at_us), INT64_MAX / 2, &err));
        break;
    }
    case WRITE_SLOT: {
        int64_t ids[3];
        for (size_t i = 0; i < 3; i++) {
            ids[i] = pick(t, t->stories, t->n_stories);
        }
        static const char *const names[] = { "dont-miss", "most-read", "lead", "secondaries",
                                             "section-sec1" };
        struct str name = str_of(names[test_below(&t->rng, COUNT_OF(names))]);
        size_t n = ids[0] != ids[1] ? 2 : 1;
        MUST(store_slot_put(w, name, (struct ids){ ids, n }, &err));
        break;
    }
    case WRITE_PATH:
        s.path = arena_printf(&a, "/moved/m%zu-%lld/", test_below(&t->rng, 5), (long long)id);
        MUST(store_story_put(w, &s, &ignored, &err));
        know(t, s.path);
        break;
    case WRITE_TAGS: {
        int64_t ids[2] = { t->tags[0], pick(t, t->tags + 1, COUNT_OF(t->tags) - 1) };
        s.tags = (struct ids){ ids, test_below(&t->rng, 3) };
        int64_t by[2] = { t->authors[0], t->authors[1 + test_below(&t->rng, 2)] };
        s.authors = (struct ids){ by, 1 + test_below(&t->rng, 2) };
        MUST(store_story_put(w, &s, &ignored, &err));
        break;
    }
    case WRITE_DATE:
        s.published_us = (EPOCH_2022_S + (int64_t)test_below(&t->rng, (size_t)t->minutes) * 60) *
                         US_PER_SECOND;
        s.local_day = day_of(s.published_us);
        MUST(store_story_put(w, &s, &ignored, &err));
        break;
    case WRITE_SECTION: write_section(t, w, &a, test_below(&t->rng, 5)); break;
    case WRITE_AUTHOR: write_author(t, w, &a, test_below(&t->rng, 3)); break;
    case WRITE_TAG: write_tag(t, w, &a, test_below(&t->rng, 4)); break;
    case WRITE_MEDIA: write_media(t, w, &a, test_below(&t->rng, 3)); break;
    case WRITE_MENU: {
        struct menu_item items[] = {
            { .label = text(t, &a, 1), .target = MENU_STORY, .target_id = id, .parent = -1 },
            { .label = text(t, &a, 1), .url = STR("/elsewhere/"), .parent = -1 },
            { .label = STR("Harbour"),
              .target = MENU_SECTION,
              .target_id = t->sections[0],
              .parent = -1 },
        };
        struct menu menu = { items, 1 + test_below(&t->rng, 3) };
        MUST(store_menu_put(w, STR("primary"), &menu, &err));
        break;
    }
    case WRITE_SETTING: {
        static const char *const settings[][3] = { { "title", "The Quay Lantern", "The Lantern" },
                                                   { "neighbours", "site", "section" },
                                                   { "stories_per_page", "10", "7" },
                                                   { "views", "beacon", "off" },
                                                   { "house_credit", "", "reports {site}" },
                                                   { "discourage_crawlers", "off", "on" },
                                                   { "ads_txt", "", "example.org, 1, DIRECT" },
                                                   { "feed_content", "full", "summary" },
                                                   { "websub_hub", "", "https://hub.example/" },
                                                   { "logo", "",
                                                     "/wp-content/uploads/picture0.png" },
                                                   { "tagline", "", "News by every tide" },
                                                   { "front_page", "", "/about1/" } };
        size_t i = test_below(&t->rng, COUNT_OF(settings));
        MUST(store_setting_put(w, str_of(settings[i][0]),
                               str_of(settings[i][1 + test_below(&t->rng, 2)]), &err));
        break;
    }
    case WRITE_COMMENT: {
        struct comment c = { .story_id = id, .author = STR("A reader"), .kind = STR("comment") };
        c.state = test_below(&t->rng, 3) ? COMMENT_APPROVED : COMMENT_HELD;
        c.body = (struct html){ arena_printf(&a, "<p>%s indeed</p>", word(t)) };
        c.created_us = now_us;
        MUST(store_comment_put(w, &c, &ignored, &err));
        break;
    }
    case WRITE_DUE: {
        size_t published;
        MUST(store_publish_due(w, now_us, &published, &ignored, &err));
        break;
    }
    case WRITE_PAGE: {
        struct story page = { .kind = STORY_PAGE, .state = STORY_PUBLISHED };
        struct address address;
        char name[32];
        snprintf(name, sizeof name, "/about%zu/", test_below(&t->rng, 3));
        struct err none = { 0 };
        if (store_address(r, &a, str_of(name), &address, &none) == STATUS_OK) {
            MUST(store_story(r, &a, address.id, STORY_FULL, &page, &err));
            page.state = test_below(&t->rng, 4) ? STORY_PUBLISHED : STORY_DRAFT;
        }
        page.headline = text(t, &a, 2);
        page.body = random_body(t, &a);
        page.slug = str_slice(str_of(name), 1, strlen(name) - 1);
        page.path = str_of(name);
        page.published_us = page.updated_us = page.created_us = now_us;
        page.local_day = day_of(now_us);
        MUST(store_story_put(w, &page, &ignored, &err));
        know(t, page.path);
        break;
    }
    case WRITE_CORRECT: {
        struct correction correction = { now_us, text(t, &a, 6) };
        s.corrections = (struct corrections){ &correction, test_below(&t->rng, 2) };
        MUST(store_story_put(w, &s, &ignored, &err));
        break;
    }
    case WRITE_NEWS:
        MUST(store_news_since_put(
            w, now_us - (int64_t)test_below(&t->rng, (size_t)t->minutes) * 60 * US_PER_SECOND,
            &err));
        break;
    case WRITE_NOINDEX:
        s.noindex = !s.noindex;
        MUST(store_story_put(w, &s, &ignored, &err));
        break;
    case WRITES: break;
    }
    MUST(store_write_commit(w, &err));
    arena_done(&a);
}

void town_make(struct town *t, uint64_t seed) {
    *t = (struct town){ .rng = seed, .minutes = 1000 };
    char dir[512];
    snprintf(dir, sizeof dir, "%s/site", test_tmp_dir());
    MUST(store_create(dir, &err));
    MUST(store_open(dir, &t->store, &err));
    struct arena a = { 0 };
    struct store_writer *w = NULL;
    MUST(store_write_begin(t->store, &w, &err));
    MUST(store_setting_put(w, STR("title"), STR("The Quay Lantern"), &err));
    MUST(store_setting_put(w, STR("url"), STR("https://example.org"), &err));
    for (size_t i = 0; i < COUNT_OF(t->sections); i++) {
        write_section(t, w, &a, i);
    }
    for (size_t i = 0; i < COUNT_OF(t->tags); i++) {
        write_tag(t, w, &a, i);
    }
    for (size_t i = 0; i < COUNT_OF(t->media); i++) {
        write_media(t, w, &a, i);
    }
    for (size_t i = 0; i < COUNT_OF(t->authors); i++) {
        write_author(t, w, &a, i);
    }
    for (size_t i = 0; i < STORIES_FIRST; i++) {
        new_story(t, w, &a);
    }
    MUST(store_write_commit(w, &err));
    arena_done(&a);
    static const char *const fixed[] = {
        "/", "/page/2/", "/page/3/", "/feed/", "/nowhere/", "/feed/atom/", "/feed/json/",
        "/feed/rdf/", "/comments/feed/", "/comments/feed/atom/", "error:404", "error:503",
        "/robots.txt", "/_view/999.gif", "/tag/none/", "/sitemap.xml", "/sitemap-news.xml",
        "/sitemap-stories-1.xml", "/sitemap-pages-1.xml", "/sitemap-sections-1.xml",
        "/sitemap-tags-1.xml", "/sitemap-authors-1.xml", "/sitemap-tags-2.xml", "/wp-sitemap.xml",
        "/manifest.webmanifest", "/humans.txt", "/ads.txt", "/opensearch.xml", "/search/",
        "/search/?q=harbour", "/search/?q=tide&sort=newest", "/search/?q=fe%2A&page=2",
        "/search/?q=mayor+-ferry&section=2", "/search/?q=harbour&author=1", "/search/?q=zymurgy",
        "/search/?q=harbour&from=2022-01-01&to=2022-01-01", "/search/harbour/",
        /* asked for before there are such pages */
        "/about0/", "/about1/", "/about2/", "/About1/", "/?author_name=clerk1", "/Author/Clerk2/",
        /* WordPress's other spellings */
        "/page/1/", "/?paged=1", "/?category_name=sec4", "/?tag=tag1&feed=rss2", "/?name=s7",
        "/?pagename=about1", "/?year=2022&monthnum=1", "/index.php/about2/", "/about0/amp/",
        "/category/sec1/?feed=rss2", "/2022/1/", "/2023/feed/",
        /* the API */
        "/wp-json", "/wp-json/wp/v2/posts", "/wp-json/wp/v2/posts?page=2&_embed=",
        "/wp-json/wp/v2/posts?categories=2&per_page=3&_fields=id,title,_links",
        "/wp-json/wp/v2/posts?tags=1&order=asc", "/wp-json/wp/v2/posts?author=2&offset=1",
        "/wp-json/wp/v2/posts?search=harbour", "/wp-json/wp/v2/posts?slug=s7,s12",
        "/wp-json/wp/v2/posts?include=3,5,9&orderby=include",
        "/wp-json/wp/v2/posts?after=2022-01-02T00:00:00&before=2022-02-01T00:00:00",
        "/wp-json/wp/v2/posts/1?_embed=", "/wp-json/wp/v2/posts/7?_embed=author,wp:term",
        "/wp-json/wp/v2/posts/20", "/wp-json/wp/v2/posts/55?_embed=", "/wp-json/wp/v2/pages/30",
        "/wp-json/wp/v2/categories", "/wp-json/wp/v2/categories/2",
        "/wp-json/wp/v2/categories?post=7", "/wp-json/wp/v2/tags?post=3",
        "/wp-json/wp/v2/tags?include=1,2,3", "/wp-json/wp/v2/tags/2", "/wp-json/wp/v2/users/1",
        "/wp-json/wp/v2/users/3", "/wp-json/wp/v2/media/1", "/wp-json/wp/v2/media/2",
        "/wp-json/wp/v2/comments?per_page=3", "/wp-json/wp/v2/comments?post=3",
        "/wp-json/wp/v2/types", "options:/wp-json/wp/v2/posts", "/wp-json/wp/v2/pages",
        "/wp-json/wp/v2/pages?orderby=menu_order&order=asc", "/wp-json/wp/v2/media",
        "/wp-json/wp/v2/media?parent=3", "/wp-json/wp/v2/users", "/wp-json/wp/v2/users?slug=clerk1",
        "/wp-json/wp/v2/tags?per_page=2&page=2",
        "/wp-json/wp/v2/tags?orderby=count&order=desc&hide_empty=true",
        "/wp-json/wp/v2/tags?hide_empty=true", "/wp-json/wp/v2/tags?slug=tag2",
        "/wp-json/wp/v2/posts?categories=2&tags=1", "/wp-json/wp/v2/posts?tags_exclude=1",
        "/wp-json/wp/v2/posts?categories=1&tags=2&tax_relation=OR",
        "/wp-json/wp/v2/posts?orderby=title&order=asc", "/wp-json/wp/v2/posts?sticky=true",
        "/wp-json/wp/v2/posts?orderby=modified&modified_after=2022-01-10T00:00:00",
        "/wp-json/wp/v2/comments/3", "/wp-json/wp/v2/search?search=tide",
        "/wp-json/wp/v2/search?page=2", "/wp-json/wp/v2/search?type=term&search=tag"
    };
    for (size_t i = 0; i < COUNT_OF(fixed); i++) {
        know(t, str_of(fixed[i]));
    }
}

void town_done(struct town *t) {
    store_close(t->store);
    for (size_t i = 0; i < t->n_addresses; i++) {
        free(t->addresses[i]);
    }
}
