#include "tests/fixture.h"

#include "base/clock.h"
#include "base/limits.h"
#include "tests/harness.h"
#include "tests/must.h"

#include <gumbo.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- writing ---- */

static int64_t put_section(struct store_writer *w, const char *name, const char *path,
                           int64_t parent) {
    int64_t id;
    struct section section = { .name = str_of(name),
                               .path = str_of(path),
                               .parent_id = parent,
                               .slug = str_of(name),
                               .description = parent ? STR("") : STR("All of it.") };
    MUST(store_section_put(w, &section, &id, &err));
    return id;
}

static int64_t put_author(struct store_writer *w, const char *name, const char *slug) {
    int64_t id;
    char path[64];
    (void)snprintf(path, sizeof path, "/author/%s/", slug);
    struct author author = { .name = str_of(name), .slug = str_of(slug), .path = str_of(path) };
    MUST(store_author_put(w, &author, &id, &err));
    return id;
}

static int64_t day_us(int day) {
    return civil_to_us((struct civil){ .year = 2022, .month = 3, .day = day, .hour = 9 });
}

/* <p>w1 … w120</p> */
static struct html numbered_body(struct arena *a) {
    struct buf out;
    buf_init(&out, 4 * KIB);
    buf_put(&out, STR("<p>w1"));
    for (int i = 2; i <= 120; i++) {
        buf_printf(&out, " w%d", i);
    }
    buf_put(&out, STR("</p>"));
    struct html body = { arena_str(a, buf_str(&out)) };
    buf_done(&out);
    return body;
}

static struct story numbered_story(struct fixture *f, int n) {
    struct arena *a = &f->arena;
    int64_t *sections = arena_array(a, 2, sizeof *sections);
    sections[0] = n % 2 ? f->world : f->harbour;
    sections[1] = f->europe;
    return (struct story){
        .state = STORY_PUBLISHED,
        .slug = arena_printf(a, "headline-%d", n),
        .path = arena_printf(a, "/2022/03/%02d/headline-%d/", n, n),
        .headline = arena_printf(a, "Headline %d", n),
        .standfirst = arena_printf(a, "Standfirst of %d.", n),
        .body = numbered_body(a),
        .published_us = day_us(n),
        .updated_us = day_us(n),
        .created_us = day_us(n),
        .local_day = 20220300 + n,
        .section_id = sections[0],
        .sections = { sections, n % 4 == 0 ? 2 : 1 },
        .authors = { &f->tom, 1 },
        .lead_media_id = n % 3 == 0 ? f->image : 0,
        .word_count = 120,
    };
}

static int64_t put_hidden(struct fixture *f, struct store_writer *w, const char *kind,
                          enum story_state state, enum story_visibility visibility) {
    struct story story = numbered_story(f, 20);
    int64_t id;
    story.slug = arena_printf(&f->arena, "secret-%s", kind);
    story.path = arena_printf(&f->arena, "/2022/03/20/secret-%s/", kind);
    story.headline = arena_printf(&f->arena, "Secret %s", kind);
    story.standfirst = arena_printf(&f->arena, "Hush %s", kind);
    story.body.raw = arena_printf(&f->arena, "<p>Hush body %s.</p>", kind);
    story.state = state;
    story.visibility = visibility;
    if (visibility == STORY_PASSWORD) {
        story.password = STR("sesame");
    }
    if (state == STORY_SCHEDULED) {
        story.published_us = INT64_C(4102444800) * US_PER_SECOND; /* 2100 */
        story.local_day = 21000101;
    }
    MUST(store_story_put(w, &story, &id, &err));
    return id;
}

static int64_t put_page(struct fixture *f, struct store_writer *w, const char *headline,
                        const char *path, int64_t parent) {
    int64_t id;
    struct story page = {
        .kind = STORY_PAGE,
        .state = STORY_PUBLISHED,
        .slug = str_of(headline),
        .path = str_of(path),
        .headline = str_of(headline),
        .body = { arena_printf(&f->arena, "<p>Text of %s.</p>", headline) },
        .published_us = day_us(1),
        .updated_us = day_us(1),
        .created_us = day_us(1),
        .local_day = 20220301,
        .parent_id = parent,
    };
    MUST(store_story_put(w, &page, &id, &err));
    return id;
}

static void put_terms(struct fixture *f, struct store_writer *w) {
    f->world = put_section(w, "World & Sea", "/category/world/", 0);
    f->europe = put_section(w, "Europe", "/category/world/europe/", f->world);
    f->harbour = put_section(w, "Harbour", "/category/harbour/", 0);
    f->empty = put_section(w, "Empty", "/category/empty/", 0);
    f->anna = put_author(w, "Anna Vex", "anna");
    f->tom = put_author(w, "Tom Brill", "tom");
    struct tag tag = { .name = STR("ferries"),
                       .slug = STR("ferries"),
                       .path = STR("/tag/ferries/") };
    MUST(store_tag_put(w, &tag, &f->tag, &err));
    struct media image = { .file = STR("ab/ferry.jpg"),
                           .path = STR("/wp-content/uploads/ferry.jpg"),
                           .mime = STR("image/jpeg"),
                           .size_bytes = 1234,
                           .width = 1200,
                           .height = 800,
                           .alt = STR("A ferry"),
                           .caption = STR("The ferry, alongside."),
                           .credit = STR("Ida Quay") };
    MUST(store_media_put(w, &image, &f->image, &err));
}

static void put_settings(struct store_writer *w) {
    static const char *const settings[][2] = {
        { "title", "The Test Courier" },
        { "tagline", "All that is tested" },
        { "url", "https://courier.example" },
        { "timezone", "UTC" },
        { "language", "en" },
    };
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        MUST(store_setting_put(w, str_of(settings[i][0]), str_of(settings[i][1]), &err));
    }
}

static void put_all(struct fixture *f, struct store_writer *w) {
    put_settings(w);
    put_terms(f, w);
    for (int n = 1; n <= FIXTURE_STORIES; n++) {
        struct story story = numbered_story(f, n);
        MUST(store_story_put(w, &story, &f->stories[n], &err));
    }
    f->locked = put_hidden(f, w, "locked", STORY_PUBLISHED, STORY_PASSWORD);
    f->private = put_hidden(f, w, "private", STORY_PUBLISHED, STORY_PRIVATE);
    f->draft = put_hidden(f, w, "draft", STORY_DRAFT, STORY_PUBLIC);
    f->scheduled = put_hidden(f, w, "scheduled", STORY_SCHEDULED, STORY_PUBLIC);
    f->withdrawn = put_hidden(f, w, "withdrawn", STORY_WITHDRAWN, STORY_PUBLIC);
    f->about = put_page(f, w, "About", "/about/", 0);
    f->about_child = put_page(f, w, "Staff", "/about/staff/", f->about);
}

/* ---- opening ---- */

static void open_site(struct fixture *f) {
    MUST(site_open(f->store, NULL, &f->site, &err));
    f->source = site_source(f->site);
    MUST(f->source.thread_open(f->source.ctx, &f->thread, &err));
}

static void close_site(struct fixture *f) {
    f->source.thread_close(f->thread);
    site_close(f->site);
}

void fixture_reopen(struct fixture *f) {
    close_site(f);
    open_site(f);
}

void fixture_open(struct fixture *f) {
    *f = (struct fixture){ 0 };
    arena_init(&f->arena);
    struct str dir = arena_printf(&f->arena, "%s/site", test_tmp_dir());
    MUST(store_create(dir.ptr, &err));
    MUST(store_open(dir.ptr, &f->store, &err));
    struct store_writer *w;
    MUST(store_write_begin(f->store, &w, &err));
    put_all(f, w);
    MUST(store_write_commit(w, &err));
    open_site(f);
}

void fixture_close(struct fixture *f) {
    close_site(f);
    store_close(f->store);
    arena_done(&f->arena);
}

/* ---- changing ---- */

int64_t fixture_put(struct fixture *f, const struct story *story) {
    struct store_writer *w;
    int64_t id;
    MUST(store_write_begin(f->store, &w, &err));
    MUST(store_story_put(w, story, &id, &err));
    MUST(store_write_commit(w, &err));
    return id;
}

void fixture_set(struct fixture *f, const char *key, const char *value) {
    struct store_writer *w;
    MUST(store_write_begin(f->store, &w, &err));
    MUST(store_setting_put(w, str_of(key), str_of(value), &err));
    MUST(store_write_commit(w, &err));
}

void fixture_slot(struct fixture *f, const char *name, const int64_t *ids, size_t n) {
    struct store_writer *w;
    MUST(store_write_begin(f->store, &w, &err));
    MUST(store_slot_put(w, str_of(name), (struct ids){ ids, n }, &err));
    MUST(store_write_commit(w, &err));
}

struct story fixture_story(struct fixture *f, int64_t id) {
    struct store_reader *r;
    struct story story;
    MUST(store_reader_open(f->store, &r, &err));
    MUST(store_read_begin(r, NULL, &err));
    MUST(store_story(r, &f->arena, id, STORY_FULL, &story, &err));
    store_read_end(r);
    store_reader_close(r);
    return story;
}

/* ---- asking ---- */

static bool varies(struct ids vary, int64_t id) {
    for (size_t i = 0; i < vary.len; i++) {
        if (vary.ptr[i] == id) {
            return true;
        }
    }
    return false;
}

static struct fragment_build get_fragment(struct fixture *f, struct str key) {
    struct keys keys;
    keys_init(&keys);
    struct fragment_build fragment = { .arena = &f->arena, .keys = &keys };
    buf_init(&fragment.out, LIMIT_RENDER_BYTES);
    MUST(f->source.fragment(f->thread, key, &fragment, &err));
    keys_done(&keys);
    fragment.keys = NULL;
    return fragment;
}

static void put_slot(struct fixture *f, struct buf *out, const struct page_part *part) {
    struct fragment_build fragment = get_fragment(f, part->bytes);
    if (part->except_id != 0 && varies(fragment.vary, part->except_id)) {
        buf_done(&fragment.out);
        fragment = get_fragment(f, arena_printf(&f->arena, "%.*s/except:%lld", STR_FMT(part->bytes),
                                                (long long)part->except_id));
    }
    buf_put(out, buf_str(&fragment.out));
    buf_done(&fragment.out);
}

static void assemble(struct fixture *f, struct page_build *page, struct fixture_answer *ret) {
    struct buf out;
    buf_init(&out, LIMIT_RENDER_BYTES);
    for (size_t i = 0; i < page->parts.len; i++) {
        const struct page_part *part = &page->parts.ptr[i];
        if (part->is_slot) {
            put_slot(f, &out, part);
        } else {
            buf_put(&out, part->bytes);
        }
    }
    ret->status = page->status;
    ret->head = page->head;
    ret->file = page->file;
    ret->body = arena_str(&f->arena, buf_str(&out));
    buf_done(&out);
}

void fixture_get(struct fixture *f, const char *key, struct fixture_answer *ret) {
    *ret = (struct fixture_answer){ 0 };
    keys_init(&ret->keys);
    struct page_build page = { .arena = &f->arena, .keys = &ret->keys, .status = 200 };
    MUST(f->source.page(f->thread, str_of(key), &page, &err));
    if (page.alias.len > 0) {
        struct page_build shared = { .arena = &f->arena, .keys = &ret->keys, .status = 200 };
        MUST(f->source.page(f->thread, page.alias, &shared, &err));
        page = shared;
    }
    assemble(f, &page, ret);
}

struct str fixture_body(struct fixture *f, const char *key) {
    struct fixture_answer answer;
    fixture_get(f, key, &answer);
    keys_done(&answer.keys);
    return answer.body;
}

int fixture_status(struct fixture *f, const char *key) {
    struct fixture_answer answer;
    fixture_get(f, key, &answer);
    keys_done(&answer.keys);
    return answer.status;
}

struct str fixture_location(struct fixture *f, const char *key) {
    struct fixture_answer answer;
    fixture_get(f, key, &answer);
    keys_done(&answer.keys);
    size_t at = str_find(answer.head, STR("Location: "), 0);
    if (at == STR_NPOS) {
        return STR("");
    }
    at += sizeof "Location: " - 1;
    return str_slice(answer.head, at, str_find(answer.head, STR("\r\n"), at));
}

void fixture_check(struct fixture *f, const struct fixture_case *cases, size_t n_cases) {
    for (size_t i = 0; i < n_cases; i++) {
        int status = fixture_status(f, cases[i].key);
        struct str location = fixture_location(f, cases[i].key);
        if (status != cases[i].status || !str_eq(location, str_of(cases[i].location))) {
            test_fail(__FILE__, __LINE__, "%s answers %d '%.*s', not %d '%s'", cases[i].key, status,
                      STR_FMT(location), cases[i].status, cases[i].location);
        }
    }
}

size_t fixture_linked(struct str html, const char *from, const char *to, int *ret) {
    size_t at = str_find(html, str_of(from), 0);
    size_t end = at == STR_NPOS ? at : str_find(html, str_of(to), at);
    size_t n = 0;
    while (at != STR_NPOS && n < 2 * FIXTURE_STORIES) {
        at = str_find(html, STR("><a href=\"/2022/03/"), at);
        if (at == STR_NPOS || at > end) {
            break;
        }
        at = str_find(html, STR("headline-"), at) + sizeof "headline-" - 1;
        int number = 0;
        for (; char_is_digit(html.ptr[at]); at++) {
            number = number * 10 + (html.ptr[at] - '0');
        }
        ret[n++] = number;
    }
    return n;
}

/* ---- reading ---- */

static void put_text(struct buf *out, const GumboNode *node, bool in_main) {
    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE) {
        for (const char *c = node->v.text.text; in_main && *c != '\0'; c++) {
            bool space = char_is_space(*c);
            if (!space || (out->len > 0 && out->ptr[out->len - 1] != ' ')) {
                buf_put_char(out, space ? ' ' : *c);
            }
        }
    } else if (node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_DOCUMENT) {
        const GumboVector *children = node->type == GUMBO_NODE_DOCUMENT ? &node->v.document.children
                                                                        : &node->v.element.children;
        bool is_main = node->type == GUMBO_NODE_ELEMENT && node->v.element.tag == GUMBO_TAG_MAIN;
        for (unsigned i = 0; i < children->length; i++) {
            put_text(out, children->data[i], in_main || is_main);
        }
    }
}

struct str fixture_text(struct fixture *f, struct str html) {
    GumboOutput *parsed = gumbo_parse_with_options(&kGumboDefaultOptions, html.ptr, html.len);
    struct buf out;
    buf_init(&out, LIMIT_RENDER_BYTES);
    put_text(&out, parsed->document, false);
    gumbo_destroy_output(&kGumboDefaultOptions, parsed);
    struct str text = arena_str(&f->arena, str_trim(buf_str(&out)));
    buf_done(&out);
    return text;
}
