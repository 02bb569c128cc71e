#include "newsroom/throttle.h"

#include "base/clock.h"
#include "base/hash.h"
#include "newsroom/net.h"

#include <pthread.h>
#include <stdlib.h>

enum bucket { BUCKET_PAIR, BUCKET_ACCOUNT, BUCKET_NET, BUCKET_DEVICE, BUCKETS };

static const struct {
    unsigned free;
    int64_t most_us;
} policies[BUCKETS] = {
    [BUCKET_PAIR] = { 5, 15 * 60 * US_PER_SECOND },
    [BUCKET_ACCOUNT] = { 20, 30 * US_PER_SECOND },
    [BUCKET_NET] = { 50, 60 * US_PER_SECOND },
    [BUCKET_DEVICE] = { 10, 15 * 60 * US_PER_SECOND },
};

enum { WAYS = 8 };
#define HALF_US      (30 * 60 * US_PER_SECOND)
#define FAILURES_MAX 1000u

struct entry {
    uint64_t key; /* 0: free */
    int64_t last_us;
    unsigned failures;
};

struct throttle {
    pthread_mutex_t lock;
    struct entry entries[LIMIT_THROTTLE_ENTRIES];
};

_Static_assert(LIMIT_THROTTLE_ENTRIES % WAYS == 0, "whole sets");

struct throttle *throttle_new(void) {
    struct throttle *t = calloc(1, sizeof *t);
    check(t != NULL);
    pthread_mutex_init(&t->lock, NULL);
    return t;
}

void throttle_free(struct throttle *t) {
    if (t != NULL) {
        pthread_mutex_destroy(&t->lock);
        free(t);
    }
}

static uint64_t key_of(enum bucket bucket, struct str account, struct str other) {
    uint64_t key = hash_mix(hash_mix(hash_table(account), hash_table(other)), bucket);
    return key ? key : 1;
}

/* What is left of the failures. */
static unsigned failures_at(const struct entry *e, int64_t now_us) {
    int64_t halves = now_us > e->last_us ? (now_us - e->last_us) / HALF_US : 0;
    return halves < 31 ? e->failures >> halves : 0;
}

/* The entry of a key; NULL: none, or with `make` one that took the place of the weakest. */
static struct entry *find(struct throttle *t, uint64_t key, int64_t now_us, bool make) {
    struct entry *set = &t->entries[key % (LIMIT_THROTTLE_ENTRIES / WAYS) * WAYS];
    struct entry *weakest = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].key == key) {
            return &set[i];
        }
        unsigned failures = failures_at(&set[i], now_us), least = failures_at(weakest, now_us);
        if (failures < least || (failures == least && set[i].last_us < weakest->last_us)) {
            weakest = &set[i];
        }
    }
    if (!make) {
        return NULL;
    }
    *weakest = (struct entry){ .key = key, .last_us = now_us };
    return weakest;
}

/* Failures beyond the free ones wait 1, 2, 4… seconds. */
static int64_t wait_us(enum bucket bucket, const struct entry *e, int64_t now_us) {
    unsigned failures = failures_at(e, now_us), spare = policies[bucket].free;
    if (failures < spare) {
        return 0;
    }
    unsigned doublings = failures - spare < 30 ? failures - spare : 30;
    int64_t delay_us = US_PER_SECOND << doublings;
    delay_us = delay_us < policies[bucket].most_us ? delay_us : policies[bucket].most_us;
    return e->last_us + delay_us > now_us ? e->last_us + delay_us - now_us : 0;
}

struct buckets {
    enum bucket kind[BUCKETS];
    uint64_t key[BUCKETS];
    size_t len;
};

static void add(struct buckets *b, enum bucket kind, struct str account, struct str other) {
    b->kind[b->len] = kind;
    b->key[b->len++] = key_of(kind, account, other);
}

static struct buckets buckets_of(const struct throttle_who *who) {
    struct buckets b = { .len = 0 };
    char text[NET_TEXT_MAX];
    if (who->device.len > 0) {
        add(&b, BUCKET_DEVICE, who->account, who->device);
        return b;
    }
    add(&b, BUCKET_ACCOUNT, who->account, STR(""));
    if (who->address.len > 0) {
        struct str net = net_of(who->address, text);
        add(&b, BUCKET_PAIR, who->account, net);
        add(&b, BUCKET_NET, STR(""), net);
    }
    return b;
}

int64_t throttle_try_us(struct throttle *t, const struct throttle_who *who, int64_t now_us) {
    struct buckets b = buckets_of(who);
    int64_t longest_us = 0;
    pthread_mutex_lock(&t->lock);
    for (size_t i = 0; i < b.len; i++) {
        const struct entry *e = find(t, b.key[i], now_us, false);
        int64_t us = e != NULL ? wait_us(b.kind[i], e, now_us) : 0;
        longest_us = us > longest_us ? us : longest_us;
    }
    for (size_t i = 0; longest_us == 0 && i < b.len; i++) {
        struct entry *e = find(t, b.key[i], now_us, true);
        unsigned failures = failures_at(e, now_us);
        e->failures = failures < FAILURES_MAX ? failures + 1 : failures;
        e->last_us = now_us;
    }
    pthread_mutex_unlock(&t->lock);
    return longest_us;
}

void throttle_pass(struct throttle *t, const struct throttle_who *who, int64_t now_us) {
    struct buckets b = buckets_of(who);
    pthread_mutex_lock(&t->lock);
    for (size_t i = 0; i < b.len; i++) {
        struct entry *e = find(t, b.key[i], now_us, false);
        if (e != NULL && b.kind[i] == BUCKET_NET) {
            /* Only its own: who has an account must not clear his guesses at others'. */
            e->failures = failures_at(e, now_us);
            e->failures -= e->failures > 0;
            e->last_us = now_us;
        } else if (e != NULL) {
            *e = (struct entry){ 0 };
        }
    }
    pthread_mutex_unlock(&t->lock);
}

unsigned throttle_failures(struct throttle *t, struct str account, int64_t now_us) {
    pthread_mutex_lock(&t->lock);
    const struct entry *e = find(t, key_of(BUCKET_ACCOUNT, account, STR("")), now_us, false);
    unsigned failures = e != NULL ? failures_at(e, now_us) : 0;
    pthread_mutex_unlock(&t->lock);
    return failures >= policies[BUCKET_ACCOUNT].free ? failures : 0;
}

void throttle_restore(struct throttle *t, struct str account, unsigned failures, int64_t last_us) {
    pthread_mutex_lock(&t->lock);
    struct entry *e = find(t, key_of(BUCKET_ACCOUNT, account, STR("")), last_us, true);
    e->failures = failures < FAILURES_MAX ? failures : FAILURES_MAX;
    e->last_us = last_us;
    pthread_mutex_unlock(&t->lock);
}
