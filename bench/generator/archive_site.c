#include "generator/archive_site.h"

#include "base/clock.h"
#include "generator/chance.h"
#include "generator/formats.h"
#include "generator/must.h"
#include "generator/times.h"
#include "newsroom/upkeep.h"
#include "store/store.h"
#include "text/words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

enum { BATCH = 2000, SAY_EVERY = 20000 };

/* What a made-up story's sections, tags and authors are in the site; 0: it has none such. */
struct terms {
    int64_t sections[ARCHIVE_SECTIONS], tags[ARCHIVE_TAGS], authors[ARCHIVE_AUTHORS];
};

/* ---- making ---- */

static void make_terms(struct store *store, const struct archive *x, struct terms *t) {
    struct store_writer *w = NULL;
    struct arena a = { 0 };
    MUST(store_write_begin(store, &w, &err));
    MUST(store_setting_put(w, STR("title"), STR("A made-up archive"), &err));
    MUST(store_setting_put(w, STR("url"), STR("http://localhost:8080"), &err));
    struct str paths[ARCHIVE_SECTIONS];
    for (size_t i = 0; i < ARCHIVE_SECTIONS; i++) {
        struct archive_section made = archive_section(i);
        bool is_below = made.parent != i; /* those above come first */
        struct str above = is_below ? paths[made.parent] : STR("/category/");
        paths[i] = arena_printf(&a, "%.*s%s/", STR_FMT(above), made.slug);
        struct section s = { .parent_id = is_below ? t->sections[made.parent] : 0,
                             .name = str_of(made.name),
                             .slug = str_of(made.slug),
                             .path = paths[i] };
        MUST(store_section_put(w, &s, &t->sections[i], &err));
    }
    for (size_t i = 0; i < ARCHIVE_TAGS; i++) {
        struct archive_term made = archive_tag(x, &a, i);
        struct tag s = { .name = made.name, .slug = made.slug };
        s.path = arena_printf(&a, "/tag/%.*s/", STR_FMT(made.slug));
        MUST(store_tag_put(w, &s, &t->tags[i], &err));
    }
    for (size_t i = 0; i < ARCHIVE_AUTHORS; i++) {
        struct archive_term made = archive_author(x, &a, i);
        struct author s = { .name = made.name, .slug = made.slug };
        s.path = arena_printf(&a, "/author/%.*s/", STR_FMT(made.slug));
        MUST(store_author_put(w, &s, &t->authors[i], &err));
    }
    MUST(store_write_commit(w, &err));
    arena_done(&a);
}

/* Into an open transaction. `body` is emptied and filled. */
static void put_story(struct store_writer *w, struct arena *a, struct buf *body,
                      const struct terms *t, const struct archive_story *made) {
    int64_t sections[COUNT_OF(made->sections)], tags[COUNT_OF(made->tags)], id;
    size_t n_tags = 0;
    for (size_t i = 0; i < made->n_sections; i++) {
        sections[i] = t->sections[made->sections[i]];
    }
    for (size_t i = 0; i < made->n_tags; i++) {
        if (t->tags[made->tags[i]] != 0) {
            tags[n_tags++] = t->tags[made->tags[i]];
        }
    }
    buf_reset(body);
    format_html(made, body);
    struct html html = { buf_str(body) };
    struct story s = {
        .state = STORY_PUBLISHED,
        .published_us = made->published_us,
        .updated_us = made->updated_us,
        .created_us = made->published_us,
        .local_day = archive_day(made->published_us),
        .headline = made->headline,
        .standfirst = made->standfirst,
        .body = html,
        .slug = made->slug,
        .path = made->path,
        .section_id = sections[0],
        .sections = { sections, made->n_sections },
        .tags = { tags, n_tags },
        .authors = { &t->authors[made->author], 1 },
        .word_count = (unsigned)words_count(html_text(a, html), "en"),
    };
    MUST(store_story_put(w, &s, &id, &err));
}

void archive_site_make(const char *dir, const struct archive *x) {
    struct store *store = NULL;
    struct store_writer *w = NULL;
    struct arena a = { 0 };
    struct buf body;
    struct terms *t = calloc(1, sizeof *t);
    struct archive_story *made = calloc(1, sizeof *made);
    check(t != NULL && made != NULL);
    buf_init(&body, ARCHIVE_STORY_BYTES);
    MUST(store_create(dir, &err));
    MUST(store_open(dir, &store, &err));
    make_terms(store, x, t);
    int64_t begun_us = clock_mono_us();
    for (int64_t i = 0; i < x->stories; i++, arena_reset(&a)) {
        if (i % BATCH == 0) {
            if (w != NULL) {
                MUST(store_write_commit(w, &err));
            }
            MUST(store_write_begin(store, &w, &err));
        }
        archive_story(x, &a, i, made);
        put_story(w, &a, &body, t, made);
        if ((i + 1) % SAY_EVERY == 0) {
            fprintf(stderr, "%" PRId64 " stories, %.0f a second\n", i + 1,
                    (double)(i + 1) * 1e3 / times_since_ms(begun_us));
        }
    }
    if (w != NULL) {
        MUST(store_write_commit(w, &err));
    }
    store_close(store);
    buf_done(&body);
    arena_done(&a);
    free(made);
    free(t);
}

/* ---- publishing ---- */

static void report(void *ctx, bool is_error, const char *message) {
    (void)ctx;
    fprintf(stderr, "%s%s\n", is_error ? "error: " : "", message);
}

/* What there is in a site that was made some time ago, perhaps by an import, whose ids are others.
 */
static void find_terms(struct store *store, const struct archive *x, struct terms *t) {
    struct store_reader *r = NULL;
    struct arena a = { 0 };
    MUST(store_reader_open(store, &r, &err));
    MUST(store_read_begin(r, NULL, &err));
    struct sections sections;
    MUST(store_sections(r, &a, &sections, &err));
    size_t n_authors = 0;
    for (int64_t id = 0; n_authors < ARCHIVE_AUTHORS; n_authors++) {
        if (store_author_next(r, id, &id, NULL) != STATUS_OK) {
            break;
        }
        t->authors[n_authors] = id;
    }
    if (sections.len == 0 || n_authors == 0) {
        fprintf(stderr, "the site has no sections or no authors to publish stories of\n");
        exit(1);
    }
    for (size_t i = 0; i < ARCHIVE_SECTIONS; i++) {
        t->sections[i] = sections.ptr[i % sections.len].id;
    }
    for (size_t i = n_authors; i < ARCHIVE_AUTHORS; i++) {
        t->authors[i] = t->authors[i % n_authors];
    }
    for (size_t i = 0; i < ARCHIVE_TAGS; i++) {
        struct address address;
        struct str slug = archive_tag(x, &a, i).slug;
        struct str path = arena_printf(&a, "/tag/%.*s/", STR_FMT(slug));
        if (store_address(r, &a, path, &address, NULL) == STATUS_OK &&
            address.kind == ADDRESS_TAG) {
            t->tags[i] = address.id;
        }
    }
    store_read_end(r);
    store_reader_close(r);
    arena_done(&a);
}

static int64_t count_stories(struct store *store) {
    struct store_reader *r = NULL;
    struct arena a = { 0 };
    struct list_page all;
    MUST(store_reader_open(store, &r, &err));
    MUST(store_read_begin(r, NULL, &err));
    MUST(store_list_page(r, &a, (struct list_id){ LIST_LATEST, 0 }, 1, 1, &all, &err));
    store_read_end(r);
    store_reader_close(r);
    arena_done(&a);
    return all.total;
}

static void wait_s(double seconds) {
    struct timespec t = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };
    while (nanosleep(&t, &t) != 0) {
    }
}

void archive_site_publish(const char *dir, uint64_t seed, int64_t n, double every_s) {
    struct store *store = NULL;
    struct arena a = { 0 };
    struct buf body;
    struct terms *t = calloc(1, sizeof *t);
    struct archive_story *made = calloc(1, sizeof *made);
    double *put_ms = calloc((size_t)n, sizeof *put_ms), *all_ms = calloc((size_t)n, sizeof *all_ms);
    check(t != NULL && made != NULL && put_ms != NULL && all_ms != NULL);
    buf_init(&body, ARCHIVE_STORY_BYTES);
    MUST(store_open(dir, &store, &err));
    struct upkeep *upkeep = NULL; /* as in a server */
    MUST(upkeep_start(store, report, NULL, &upkeep, &err));
    struct archive x = { .seed = seed, .stories = count_stories(store) };
    find_terms(store, &x, t);
    /* The same site may be published into again: no story may come a second time. */
    int64_t first = x.stories + clock_now_us() / 1000 % 1000000000 * 1000;
    for (int64_t i = 0; i < n; i++, arena_reset(&a)) {
        struct store_writer *w = NULL;
        archive_story_at(&x, &a, first + i, clock_now_us(), made);
        int64_t begun_us = clock_mono_us();
        MUST(store_write_begin(store, &w, &err));
        put_story(w, &a, &body, t, made);
        put_ms[i] = times_since_ms(begun_us);
        MUST(store_write_commit(w, &err));
        all_ms[i] = times_since_ms(begun_us);
        if (every_s > 0) {
            printf("published %" PRId64 "\n", i + 1);
            fflush(stdout);
            wait_s(every_s);
        }
    }
    times_print("publish, without commit", put_ms, (size_t)n);
    times_print("publish, durable", all_ms, (size_t)n);
    upkeep_stop(upkeep);
    store_close(store);
    buf_done(&body);
    arena_done(&a);
    free(put_ms);
    free(all_ms);
    free(made);
    free(t);
}

/* ---- addresses ---- */

/* All ids in their order, and of these some: each id stays with the chance that makes `n` of them
 * in all (Knuth's selection sampling, TAOCP 3.4.2 S). */
void archive_site_addresses(const char *dir, uint64_t seed, int64_t n) {
    struct store *store = NULL;
    struct store_reader *r = NULL;
    struct arena a = { 0 };
    MUST(store_open(dir, &store, &err));
    int64_t left = count_stories(store);
    MUST(store_reader_open(store, &r, &err));
    MUST(store_read_begin(r, NULL, &err));
    struct chance c = chance_of(seed, 0);
    for (int64_t id = 0; n > 0 && left > 0; arena_reset(&a)) {
        struct story s;
        MUST(store_story_next(r, id, &id, &err));
        MUST(store_story(r, &a, id, STORY_CARD, &s, &err));
        if (s.kind != STORY_STORY || s.state != STORY_PUBLISHED || s.visibility != STORY_PUBLIC) {
            continue;
        }
        if (chance_share(&c) * (double)left < (double)n) {
            printf("%.*s\n", STR_FMT(s.path));
            n--;
        }
        left--;
    }
    store_read_end(r);
    store_reader_close(r);
    store_close(store);
    arena_done(&a);
}
