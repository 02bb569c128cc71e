/* A small random newsroom over a test site: one random write at a time, and a plain model in memory
 * of what the store must hold after it. */
#ifndef TESTS_STORE_WORLD_H
#define TESTS_STORE_WORLD_H

#include "tests/store_site.h"

enum {
    WORLD_STORIES_MAX = 64,
    WORLD_SECTIONS = 6,
    WORLD_TAGS = 3,
    WORLD_AUTHORS = 3,
    WORLD_PATHS = 90,
    WORLD_RELATIONS = 3,
};

struct world_story {
    struct story row; /* its strings are static or the world's */
    int64_t sections[WORLD_RELATIONS + 1], tags[WORLD_RELATIONS], authors[WORLD_RELATIONS];
    int path; /* in world.paths; -1 none */
};

struct world_path {
    char text[32];
    struct address address; /* kind NONE: nothing there */
};

struct world {
    struct store_site *site;
    uint64_t rng;
    int64_t now_us;
    struct world_story stories[WORLD_STORIES_MAX]; /* the n-th has id n + 1 */
    size_t stories_len;
    size_t stories_max;
    struct section sections[WORLD_SECTIONS];
    struct tag tags[WORLD_TAGS];
    struct author authors[WORLD_AUTHORS];
    int section_paths[WORLD_SECTIONS];
    struct world_path paths[WORLD_PATHS];
    int64_t shown_comment; /* the last that was saved as approved; 0 none */
    char tag_paths[WORLD_TAGS][24], author_paths[WORLD_AUTHORS][24];
    char texts[64][24]; /* what random fields say */
};

void world_open(struct world *w, struct store_site *site, uint64_t seed, size_t stories_max);
/* One write in a transaction of its own; returns what it was, for messages. */
const char *world_step(struct world *w);

/* Whether the model's story stands in a list, and the model's order: newest first. */
bool world_in_list(const struct world *w, const struct world_story *s, struct list_id list);
/* The ids of a list by the model. */
size_t world_list(const struct world *w, struct list_id list, int64_t ids[WORLD_STORIES_MAX]);

#endif
