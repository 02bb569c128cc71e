/* What a writer of many stories holds back comes out as if each story had been saved alone. */
#include "tests/harness.h"
#include "tests/import_site.h"
#include "tests/store_world.h"

#include "base/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All rows, but for the search index: it numbers its documents as they come. */
static void dump(const char *dir, struct buf *out) {
    struct buf all;
    buf_init(&all, 256 * MIB);
    import_site_dump(dir, &all);
    struct str rest = buf_str(&all), line;
    while (str_split(&rest, '\n', &line)) {
        if (!str_starts(line, STR("search_"))) {
            buf_put(out, line);
            buf_put_char(out, '\n');
        }
    }
    buf_done(&all);
}

/* A random newsroom after so many writes, `together` in a transaction. */
static void run(uint64_t seed, int steps, size_t together, struct buf *out) {
    struct store_site site;
    struct world *w = malloc(sizeof *w);
    check(w != NULL);
    store_site_open(&site);
    world_open(w, &site, seed, WORLD_STORIES_MAX);
    site.together = together;
    for (int i = 0; i < steps; i++) {
        world_step(w);
    }
    site.together = 0;
    store_site_commit(&site);
    OK(store_search_fill(site.store, NULL, NULL, &site.err));
    CHECK_INT(store_site_faults(&site), 0);
    char path[600];
    snprintf(path, sizeof path, "%s-%zu", site.dir, together);
    CHECK(rename(site.dir, path) == 0);
    store_site_close(&site);
    dump(path, out);
    free(w);
}

TEST(store_many_at_once_are_as_one_by_one) {
    for (uint64_t round = 0; round < 4; round++) {
        struct buf single, many;
        buf_init(&single, 256 * MIB);
        buf_init(&many, 256 * MIB);
        uint64_t seed = test_seed() + round;
        int steps = 60 + (int)round * 150;
        run(seed, steps, 0, &single);
        run(seed, steps, round % 2 == 0 ? 1000 : 7 + (size_t)round, &many);
        import_site_same(&single, &many, "many at once");
        CHECK(single.len > 1000);
        buf_done(&single);
        buf_done(&many);
    }
}
