#include "generator/desk.h"

#include "base/clock.h"
#include "generator/formats.h"
#include "generator/must.h"
#include "text/words.h"

#include <inttypes.h>

static void report(void *ctx, bool is_error, const char *message) {
    (void)ctx;
    if (is_error) {
        fprintf(stderr, "error: %s\n", message);
    }
}

static int64_t stories_of(struct desk *d, struct store_reader *r, struct list_id list) {
    struct list_page page;
    MUST(store_list_page(r, &d->arena, list, 1, 1, &page, &err));
    return page.total;
}

/* The largest first. */
static void find_sections(struct desk *d, struct store_reader *r) {
    struct sections all;
    MUST(store_sections(r, &d->arena, &all, &err));
    if (all.len == 0) {
        fprintf(stderr, "%s has no sections\n", d->dir);
        exit(1);
    }
    size_t largest = 0;
    int64_t most = -1;
    for (size_t i = 0; i < all.len; i++) {
        int64_t n = stories_of(d, r, (struct list_id){ LIST_SECTION, all.ptr[i].id });
        if (n > most) {
            most = n;
            largest = i;
        }
    }
    for (size_t i = 0; i < DESK_EDITORS_MAX; i++) {
        const struct section *s = &all.ptr[(largest + i) % all.len];
        d->sections[i] = (struct desk_term){ s->id, s->path };
    }
}

static void find_addresses(struct desk *d, struct store_reader *r) {
    struct chance c = chance_of(ARCHIVE_SEED, 1);
    struct ids newest;
    MUST(store_newest(r, &d->arena, (struct list_id){ LIST_LATEST, 0 }, 1, (struct ids){ NULL, 0 },
                      &newest, &err));
    check(newest.len == 1);
    for (size_t i = 0; i < DESK_ADDRESSES;) {
        struct story s;
        int64_t id = (int64_t)chance_below(&c, (size_t)newest.ptr[0]);
        MUST(store_story_next(r, id, &id, &err));
        MUST(store_story(r, &d->arena, id, STORY_CARD, &s, &err));
        if (s.state == STORY_PUBLISHED && s.visibility == STORY_PUBLIC && s.path.len > 0) {
            d->addresses[i++] = s.path;
        }
    }
}

static struct desk_term make_tag(struct desk *d, struct store_writer *w, const char *name) {
    struct tag s = { .name = str_of(name), .slug = str_of(name) };
    struct desk_term term = { .path = arena_printf(&d->arena, "/tag/%s/", name) };
    s.path = term.path;
    struct address address;
    if (store_address(store_writer_reader(w), &d->arena, s.path, &address, NULL) == STATUS_OK) {
        s.id = address.id;
    }
    MUST(store_tag_put(w, &s, &term.id, &err));
    return term;
}

static struct desk_term make_author(struct desk *d, struct store_writer *w, const char *name) {
    struct author s = { .name = str_of(name), .slug = str_of(name) };
    struct desk_term term = { .path = arena_printf(&d->arena, "/author/%s/", name) };
    s.path = term.path;
    struct address address;
    if (store_address(store_writer_reader(w), &d->arena, s.path, &address, NULL) == STATUS_OK) {
        s.id = address.id;
    }
    MUST(store_author_put(w, &s, &term.id, &err));
    return term;
}

void desk_open(struct desk *d, const char *dir) {
    *d = (struct desk){ .dir = dir, .next_number = clock_now_us() / 1000 % INT64_C(100000000000) };
    MUST(store_open(dir, &d->store, &err));
    struct store_reader *r = NULL;
    MUST(store_reader_open(d->store, &r, &err));
    MUST(store_read_begin(r, NULL, &err));
    d->stories = stories_of(d, r, (struct list_id){ LIST_LATEST, 0 });
    find_sections(d, r);
    find_addresses(d, r);
    store_read_end(r);
    store_reader_close(r);
    struct store_writer *w = NULL;
    MUST(store_write_begin(d->store, &w, &err));
    for (size_t i = 0; i < DESK_EDITORS_MAX; i++) {
        char name[32];
        snprintf(name, sizeof name, "desk-%zu", i);
        d->tags[i] = make_tag(d, w, name);
        d->authors[i] = make_author(d, w, name);
    }
    MUST(store_write_commit(w, &err));
    struct server_options options = { .report = report };
    MUST(server_start(d->store, &options, &d->server, &err));
    d->port = server_port(d->server);
}

void desk_close(struct desk *d) {
    server_stop(d->server);
    store_close(d->store);
    arena_done(&d->arena);
}

void desk_story(struct desk *d, struct arena *a, size_t editor, struct story *ret) {
    const struct archive archive = { .seed = ARCHIVE_SEED, .stories = d->stories };
    int64_t number = d->next_number++, now_us = clock_now_us();
    struct archive_story *made = ARENA_NEW(a, struct archive_story);
    archive_story_at(&archive, a, d->stories + number % 1000000, now_us, made);
    struct buf body;
    buf_init(&body, ARCHIVE_STORY_BYTES);
    format_html(made, &body);
    struct html html = { arena_str(a, buf_str(&body)) };
    buf_done(&body);
    struct str slug = arena_printf(a, "desk-%" PRId64, number);
    *ret = (struct story){
        .state = STORY_PUBLISHED,
        .published_us = now_us,
        .updated_us = now_us,
        .created_us = now_us,
        .local_day = archive_day(now_us),
        .headline = made->headline,
        .standfirst = made->standfirst,
        .body = html,
        .slug = slug,
        .path = arena_printf(a, "/%d/%.*s/", archive_day(now_us) / 10000, STR_FMT(slug)),
        .section_id = d->sections[editor].id,
        .sections = { &d->sections[editor].id, 1 },
        .tags = { &d->tags[editor].id, 1 },
        .authors = { &d->authors[editor].id, 1 },
        .word_count = (unsigned)words_count(html_text(a, html), "en"),
    };
}

int64_t desk_save(struct desk *d, const struct story *s) {
    struct store_writer *w = NULL;
    int64_t id = 0;
    MUST(store_write_begin(d->store, &w, &err));
    MUST(store_story_put(w, s, &id, &err));
    MUST(store_write_commit(w, &err));
    return id;
}
