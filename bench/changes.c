/* What each kind of change costs, in archives of different sizes.
 *
 *   build/release/bench/changes [--times N] SITE...
 *
 * The sites (folders; they are written to) are served by this process and take turns: each kind of
 * change is made once in each, --times times, a transaction each. It prints the medians, in
 * milliseconds from the editor's request to its being durable and every page dropped that it
 * touches, how many times that of the first site the last one's is, and how many SQL statements ran
 * and keys were touched, which must not depend on the size at all. */
#include "base/clock.h"
#include "generator/desk.h"
#include "generator/must.h"
#include "generator/times.h"

#include <stdlib.h>
#include <string.h>

enum { SITES_MAX = 8, TIMES_MAX = 200, TAGS = 200 };

struct site {
    struct desk desk;
    struct store_reader *reader;
    struct chance chance;
    int64_t tags[TAGS];
};

/* One change within a transaction; what it needs to know was read before. */
struct change {
    struct site *site;
    struct store_writer *w;
    struct arena a;
    struct story story;
};

/* ---- the kinds ---- */

static void new_story(struct change *c) {
    desk_story(&c->site->desk, &c->a, 0, &c->story);
}

static void new_with_tags(struct change *c) {
    new_story(c);
    c->story.tags = (struct ids){ c->site->tags, TAGS };
}

static void new_of_long_ago(struct change *c) {
    new_story(c);
    struct civil day = { .year = 2013 + (int)chance_below(&c->site->chance, 6),
                         .month = 1 + (int)chance_below(&c->site->chance, 12),
                         .day = 1 + (int)chance_below(&c->site->chance, 28),
                         .hour = 12 };
    c->story.published_us = civil_to_us(day);
    c->story.local_day = archive_day(c->story.published_us);
}

/* Any public story of the archive. */
static void old_story(struct change *c) {
    struct site *s = c->site;
    do {
        int64_t id = (int64_t)chance_below(&s->chance, (size_t)s->desk.stories);
        MUST(store_story_next(s->reader, id, &id, &err));
        MUST(store_story(s->reader, &c->a, id, STORY_FULL, &c->story, &err));
    } while (c->story.state != STORY_PUBLISHED || c->story.kind != STORY_STORY);
    c->story.updated_us = clock_now_us();
}

static void edit_headline(struct change *c) {
    old_story(c);
    c->story.headline = arena_printf(&c->a, "%.*s, edited", STR_FMT(c->story.headline));
}

static void edit_body(struct change *c) {
    old_story(c);
    c->story.body.raw = arena_printf(&c->a, "%.*s<p>One more.</p>", STR_FMT(c->story.body.raw));
}

static void change_address(struct change *c) {
    old_story(c);
    c->story.slug = arena_printf(&c->a, "moved-%lld", (long long)c->site->desk.next_number++);
    c->story.path = arena_printf(&c->a, "/moved/%.*s/", STR_FMT(c->story.slug));
}

static void change_section(struct change *c) {
    old_story(c);
    const struct desk_term *to = &c->site->desk.sections[1 + chance_below(&c->site->chance, 8)];
    c->story.section_id = to->id;
    c->story.sections = (struct ids){ &to->id, 1 };
}

static void change_date(struct change *c) {
    old_story(c);
    c->story.published_us -= 400 * US_PER_DAY;
    c->story.local_day = archive_day(c->story.published_us);
}

static void withdraw(struct change *c) {
    old_story(c);
    c->story.state = STORY_WITHDRAWN;
}

static void withdraw_newest(struct change *c) {
    struct ids newest;
    MUST(store_newest(c->site->reader, &c->a, (struct list_id){ LIST_LATEST, 0 }, 1,
                      (struct ids){ NULL, 0 }, &newest, &err));
    MUST(store_story(c->site->reader, &c->a, newest.ptr[0], STORY_FULL, &c->story, &err));
    c->story.state = STORY_WITHDRAWN;
}

static void rename_section(struct change *c) {
    struct section s;
    int64_t id = c->site->desk.sections[0].id;
    MUST(store_section(store_writer_reader(c->w), &c->a, id, &s, &err));
    s.name = arena_printf(&c->a, "News %lld", (long long)c->site->desk.next_number++);
    MUST(store_section_put(c->w, &s, &id, &err));
}

/* Of the first story: most in the archive are by few. */
static void rename_author(struct change *c) {
    struct author s;
    int64_t id = 1;
    MUST(store_author(store_writer_reader(c->w), &c->a, id, &s, &err));
    s.name = arena_printf(&c->a, "Author %lld", (long long)c->site->desk.next_number++);
    MUST(store_author_put(c->w, &s, &id, &err));
}

static const struct kind {
    const char *name;
    void (*prepare)(struct change *c); /* the story to be saved */
    void (*write)(struct change *c);   /* or what else to write */
} kinds[] = {
    { "a new story", new_story, NULL },
    { "a new story with 200 tags", new_with_tags, NULL },
    { "a new story in the middle of the archive", new_of_long_ago, NULL },
    { "an old story's headline", edit_headline, NULL },
    { "an old story's text", edit_body, NULL },
    { "an old story's address", change_address, NULL },
    { "an old story into another section", change_section, NULL },
    { "an old story's date", change_date, NULL },
    { "an old story is withdrawn", withdraw, NULL },
    { "the newest story is withdrawn", withdraw_newest, NULL },
    { "the largest section's name", NULL, rename_section },
    { "an author's name", NULL, rename_author },
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* ---- making them ---- */

struct figures {
    double ms[TIMES_MAX], statements[TIMES_MAX], keys[TIMES_MAX];
    size_t n;
};

static void make(struct site *s, const struct kind *kind, struct figures *f) {
    struct change c = { .site = s };
    if (kind->prepare != NULL) {
        MUST(store_read_begin(s->reader, NULL, &err));
        kind->prepare(&c);
        store_read_end(s->reader);
    }
    int64_t begun_us = clock_mono_us(), id;
    MUST(store_write_begin(s->desk.store, &c.w, &err));
    uint64_t before = store_reader_statements(store_writer_reader(c.w));
    if (kind->prepare != NULL) {
        MUST(store_story_put(c.w, &c.story, &id, &err));
    } else {
        kind->write(&c);
    }
    f->statements[f->n] = (double)(store_reader_statements(store_writer_reader(c.w)) - before);
    f->keys[f->n] = (double)store_write_touched(c.w)->list.len;
    MUST(store_write_commit(c.w, &err));
    f->ms[f->n++] = times_since_ms(begun_us);
    arena_done(&c.a);
}

static void open_site(struct site *s, const char *dir) {
    struct store_writer *w = NULL;
    struct arena a = { 0 };
    desk_open(&s->desk, dir);
    s->chance = chance_of(ARCHIVE_SEED, 5);
    MUST(store_reader_open(s->desk.store, &s->reader, &err));
    MUST(store_write_begin(s->desk.store, &w, &err));
    for (size_t i = 0; i < TAGS; i++) {
        struct tag tag = { 0 };
        struct address address;
        tag.name = tag.slug = arena_printf(&a, "one-of-many-%zu", i);
        tag.path = arena_printf(&a, "/tag/%.*s/", STR_FMT(tag.slug));
        if (store_address(store_writer_reader(w), &a, tag.path, &address, NULL) == STATUS_OK) {
            tag.id = address.id;
        }
        MUST(store_tag_put(w, &tag, &s->tags[i], &err));
    }
    MUST(store_write_commit(w, &err));
    arena_done(&a);
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t n) {
    qsort(values, n, sizeof *values, compare);
    return values[n / 2];
}

static void print_kind(const char *name, struct figures *of_sites[SITES_MAX], size_t kind,
                       size_t n) {
    double first = 0, last = 0;
    printf("%-42s", name);
    for (size_t i = 0; i < n; i++) {
        struct figures *f = &of_sites[i][kind];
        last = median(f->ms, f->n);
        first = i == 0 ? last : first;
        printf(" %8.2f", last);
    }
    printf(" %7.2f ×   ", last / first);
    for (size_t i = 0; i < n; i++) {
        struct figures *f = &of_sites[i][kind];
        printf(" %5.0f %4.0f", median(f->statements, f->n), median(f->keys, f->n));
    }
    printf("\n");
}

int main(int argc, char **argv) {
    struct site *sites = calloc(SITES_MAX, sizeof *sites);
    struct figures *figures[SITES_MAX];
    size_t n = 0, times = 40;
    check(sites != NULL);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--times") == 0 && i + 1 < argc) {
            times = strtoul(argv[++i], NULL, 10);
        } else if (n < SITES_MAX && argv[i][0] != '-') {
            figures[n] = calloc(KINDS, sizeof *figures[n]);
            check(figures[n] != NULL);
            open_site(&sites[n++], argv[i]);
        }
    }
    if (n == 0 || times < 1 || times > TIMES_MAX) {
        fprintf(stderr, "changes [--times N] SITE...\n");
        return 2;
    }
    for (size_t t = 0; t < times; t++) {
        for (size_t k = 0; k < KINDS; k++) {
            for (size_t i = 0; i < n; i++) {
                make(&sites[i], &kinds[k], &figures[i][k]);
            }
        }
    }
    printf("%-42s", "ms, median; statements and keys");
    for (size_t i = 0; i < n; i++) {
        printf(" %8lld", (long long)sites[i].desk.stories);
    }
    printf("\n");
    for (size_t k = 0; k < KINDS; k++) {
        print_kind(kinds[k].name, figures, k, n);
    }
    for (size_t i = 0; i < n; i++) {
        store_reader_close(sites[i].reader);
        desk_close(&sites[i].desk);
        free(figures[i]);
    }
    free(sites);
    return 0;
}
