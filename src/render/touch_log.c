#include "render/touch_log.h"

#include "base/hash.h"

void touch_log_add(struct touch_log *log, uint64_t generation, uint64_t hash) {
    struct touch *t = &log->at[log->len++ % TOUCH_LOG_LEN];
    if (log->len > TOUCH_LOG_LEN) {
        log->forgotten = t->generation;
    }
    *t = (struct touch){ generation, hash };
}

bool touch_log_has(const struct touch_log *log, uint64_t generation, const struct keys *keys) {
    if (log->forgotten > generation) {
        return true;
    }
    for (uint64_t i = log->len; i > 0 && log->len - i < TOUCH_LOG_LEN; i--) {
        const struct touch *t = &log->at[(i - 1) % TOUCH_LOG_LEN];
        if (t->generation <= generation) {
            return false;
        }
        if (t->hash == 0) {
            return true;
        }
        for (size_t k = 0; k < keys->list.len; k++) {
            if (hash_table(keys->list.ptr[k]) == t->hash) {
                return true;
            }
        }
    }
    return false;
}
