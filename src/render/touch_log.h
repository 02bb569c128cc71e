/* Private to src/render: which keys were touched lately, and when: whether what began to be
 * rendered at one generation of the cache may show less than what is committed now. All under the
 * cache's lock. */
#ifndef RENDER_TOUCH_LOG_H
#define RENDER_TOUCH_LOG_H

#include "store/keys.h"

enum { TOUCH_LOG_LEN = 8192 };

struct touch {
    uint64_t generation;
    uint64_t hash; /* of the key; 0: everything */
};

/* Zeroed: empty. */
struct touch_log {
    struct touch at[TOUCH_LOG_LEN];
    uint64_t len;       /* ever */
    uint64_t forgotten; /* highest generation that fell out */
};

/* hash: hash_table of the key, or 0: everything. Generations never go down. */
void touch_log_add(struct touch_log *log, uint64_t generation, uint64_t hash);
/* Whether one of the keys was touched after `generation`, or may have been: the log is bounded. */
bool touch_log_has(const struct touch_log *log, uint64_t generation, const struct keys *keys);

#endif
