/* A site served by this process, and its newsroom: what a benchmark publishes, and the addresses
 * that readers ask for meanwhile. Stops the program when something fails. */
#ifndef GENERATOR_DESK_H
#define GENERATOR_DESK_H

#include "app/server.h"
#include "generator/archive.h"
#include "generator/chance.h"
#include "store/store.h"

enum { DESK_EDITORS_MAX = 64, DESK_ADDRESSES = 4000 };

struct desk {
    const char *dir;
    struct store *store;
    struct server *server;
    int port;
    int64_t stories;
    /* A section for each editor, the largest for the first one; tags and authors of their own. */
    struct desk_term {
        int64_t id;
        struct str path;
    } sections[DESK_EDITORS_MAX], tags[DESK_EDITORS_MAX], authors[DESK_EDITORS_MAX];
    struct str addresses[DESK_ADDRESSES]; /* of stories of any age */
    struct arena arena;
    _Atomic int64_t next_number;
};

/* The server is started with the program's own threads beside it: clock, upkeep, views. */
void desk_open(struct desk *d, const char *dir);
void desk_close(struct desk *d);

/* A new story of an editor, published now; one thread an editor. Its strings are in `a`. */
void desk_story(struct desk *d, struct arena *a, size_t editor, struct story *ret);
/* Save it in a transaction of its own, as the API does; its id. */
int64_t desk_save(struct desk *d, const struct story *s);

#endif
