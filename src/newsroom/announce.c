/* Two outlets, WebSub and IndexNow, work alike: each has its own place in the journal and a set of
 * addresses that are to be told. The place is moved on in the store only when the set is empty, so
 * that a process that dies with a full one begins again where it was filled; and the journal is
 * read on only while the set has room: it is the queue, and it is on the disk.
 *
 * An outlet that nobody has configured keeps no place. Once configured, it begins with the next
 * commit: nobody wants to be told of the archive. */
#include "newsroom/announce.h"

#include "base/clock.h"
#include "base/limits.h"
#include "newsroom/poster.h"
#include "text/json.h"
#include "text/url.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    BACKOFF_FIRST_S = 1, /* then four times as long each time… */
    BACKOFF_MAX_S = 3600,
    TRIES_MAX = 40,
    RETRY_AFTER_MAX_S = 86400,
    LOOK_AGAIN_MS = 1000, /* after a failure of our own */
    SLEEP_MAX_MS = 60000,
    HEARING_MS = 20,     /* until the listener has heard of a commit (store_journal_since) */
    IDLE_COMMITS = 1000, /* with nothing to tell: then the place is kept all the same */
};

struct entry {
    unsigned tries;
    int64_t again_us; /* clock_mono_us */
};

struct announce;

struct outlet {
    const char *name; /* of its place in the journal */
    bool is_indexnow;
    bool has_place;
    int64_t seq, kept_seq; /* read to here; what the store knows of it */
    bool has_told;         /* since kept_seq */
    struct map entries;    /* address to struct entry * */
};

struct announce {
    struct store *store;
    struct store_reader *reader;
    announce_look *look;
    announce_report *report;
    void *ctx;
    struct poster *poster;
    struct outlet outlets[2];
    pthread_t thread;
    _Atomic bool stop, changed;
};

/* ---- the set ---- */

static void outlet_add(struct outlet *o, struct str address) {
    if (!map_has(&o->entries, address)) {
        struct entry *entry = calloc(1, sizeof *entry);
        check(entry != NULL);
        map_put(&o->entries, address, entry);
    }
}

static void outlet_remove(struct outlet *o, struct str address) {
    free(map_remove(&o->entries, address));
}

static void outlet_clear(struct outlet *o) {
    struct map_entry *e;
    for (size_t i = 0; (e = map_next(&o->entries, &i)) != NULL;) {
        free(e->value);
    }
    map_done(&o->entries);
}

/* ---- reading the journal ---- */

static bool is_wanted(const struct outlet *o, const struct announce_news *news) {
    return o->is_indexnow ? news->indexnow_key.len > 0 : news->hub.len > 0;
}

static void add_news(struct outlet *o, const struct announce_news *news) {
    const struct str *addresses = o->is_indexnow ? news->stories : news->feeds;
    size_t n = o->is_indexnow ? news->stories_len : news->feeds_len;
    for (size_t i = 0; i < n; i++) {
        outlet_add(o, addresses[i]);
    }
}

/* Read on while there is room. *ret_more: there is more, which the listener will hear of any
 * moment. */
static enum status read_journal(struct announce *an, struct outlet *o, bool *ret_more,
                                struct err *err) {
    int64_t last = 0;
    bool at_end = false;
    enum status status = store_journal_last(an->reader, &last, err);
    while (status == STATUS_OK && !at_end && o->entries.len < LIMIT_ANNOUNCED &&
           !atomic_load(&an->stop)) {
        struct arena a = { 0 };
        struct keys keys;
        struct announce_news news = { 0 };
        int64_t seq = o->seq;
        bool forgotten = false;
        keys_init(&keys);
        status = store_journal_since(an->reader, o->seq, &keys, &seq, &forgotten, err);
        at_end = seq == o->seq;
        if (status == STATUS_OK && !at_end) {
            status = an->look(an->reader, &a, &keys, forgotten, &news, err);
        }
        if (status == STATUS_OK && !at_end) {
            add_news(o, &news);
            o->seq = seq;
        }
        keys_done(&keys);
        arena_done(&a);
    }
    *ret_more = o->seq < last;
    return status;
}

/* Where it was, or where the journal is now. */
static enum status find_place(struct announce *an, struct outlet *o, struct err *err) {
    struct err lost = { 0 };
    enum status status = store_cursor(an->reader, str_of(o->name), &o->seq, &lost);
    o->kept_seq = o->seq;
    if (status == STATUS_NOT_FOUND) {
        status = store_journal_last(an->reader, &o->seq, err);
        o->kept_seq = -1;
    } else if (status != STATUS_OK) {
        return err_set(err, status, "%s", lost.message);
    }
    o->has_place = status == STATUS_OK;
    return status;
}

static enum status keep_place(struct announce *an, struct outlet *o, int64_t seq, struct err *err) {
    struct store_writer *w = NULL;
    enum status status = store_write_begin(an->store, &w, err);
    if (status != STATUS_OK) {
        return status;
    }
    status = store_cursor_put(w, str_of(o->name), seq, err);
    if (status != STATUS_OK) {
        store_write_rollback(w);
        return status;
    }
    status = store_write_commit(w, err);
    if (status == STATUS_OK) {
        o->kept_seq = seq;
        o->has_told = false;
    }
    return status;
}

/* Nobody is to be told any more, and nobody shall be told later of what happens meanwhile. */
static enum status outlet_close(struct announce *an, struct outlet *o, bool has_place,
                                struct err *err) {
    outlet_clear(o);
    o->has_place = false;
    return has_place ? keep_place(an, o, -1, err) : STATUS_OK;
}

/* ---- telling ---- */

static void reportf(struct announce *an, bool is_error, const char *fmt, ...) PRINTF(3, 4);
static void reportf(struct announce *an, bool is_error, const char *fmt, ...) {
    char line[ERR_MESSAGE_MAX + 512];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    an->report(an->ctx, is_error, line);
}

static int64_t backoff_us(unsigned tries, int64_t asked_s) {
    int64_t wait_s = BACKOFF_FIRST_S;
    for (unsigned i = 1; i < tries && wait_s < BACKOFF_MAX_S; i++) {
        wait_s *= 4;
    }
    wait_s = wait_s > BACKOFF_MAX_S ? BACKOFF_MAX_S : wait_s;
    asked_s = asked_s > RETRY_AFTER_MAX_S ? RETRY_AFTER_MAX_S : asked_s;
    return (asked_s > wait_s ? asked_s : wait_s) * US_PER_SECOND;
}

struct due {
    const struct str *addresses;
    size_t len;
};

static struct due find_due(const struct outlet *o, struct arena *a, size_t max) {
    VEC(struct str) due = { 0 };
    int64_t now_us = clock_mono_us();
    const struct map_entry *e;
    for (size_t i = 0; due.len < max && (e = map_next(&o->entries, &i)) != NULL;) {
        const struct entry *entry = e->value;
        if (entry->again_us <= now_us) {
            *vec_push(a, &due) = arena_str(a, e->key);
        }
    }
    return (struct due){ due.ptr, due.len };
}

/* What becomes of these addresses after one attempt to tell them. */
static void settle(struct announce *an, struct outlet *o, struct due told,
                   enum poster_outcome outcome, int64_t after_s, struct str whom,
                   const struct err *err) {
    if (outcome == POSTER_STOPPED) {
        return;
    }
    int64_t now_us = clock_mono_us();
    size_t lost = 0;
    int64_t wait_us = 0;
    for (size_t i = 0; i < told.len; i++) {
        struct entry *entry = map_get(&o->entries, told.addresses[i]);
        entry->tries++;
        if (outcome == POSTER_DONE) {
            outlet_remove(o, told.addresses[i]);
        } else if (outcome == POSTER_REFUSED || entry->tries >= TRIES_MAX) {
            outlet_remove(o, told.addresses[i]);
            lost++;
        } else {
            wait_us = backoff_us(entry->tries, after_s);
            entry->again_us = now_us + wait_us;
        }
    }
    o->has_told = true;
    if (lost > 0) {
        reportf(an, true, "%.*s was not told of %zu changed addresses, and will not be: %s",
                STR_FMT(whom), lost, err->message);
    } else if (outcome != POSTER_DONE) {
        reportf(an, true, "%.*s was not told of %zu changed addresses: %s; again in %lld s",
                STR_FMT(whom), told.len, err->message, (long long)(wait_us / US_PER_SECOND));
    }
}

/* A feed a request: hubs agree on no way to name several. */
static void tell_hub(struct announce *an, struct outlet *o, const struct announce_news *news,
                     struct arena *a) {
    struct due due = find_due(o, a, LIMIT_ANNOUNCED);
    for (size_t i = 0; i < due.len && !atomic_load(&an->stop); i++) {
        struct buf body;
        struct err err = { 0 };
        int64_t after_s;
        buf_init(&body, due.addresses[i].len * 3 + 64);
        buf_put(&body, STR("hub.mode=publish&hub.url="));
        url_encode(&body, due.addresses[i]);
        check(body.status == STATUS_OK);
        enum poster_outcome outcome = poster_send(an->poster, news->hub,
                                                  "application/x-www-form-urlencoded",
                                                  buf_str(&body), &after_s, &err);
        buf_done(&body);
        /* When nobody is there, the others need not be tried. */
        bool is_down = outcome == POSTER_NO_WAY;
        settle(an, o, (struct due){ &due.addresses[i], is_down ? due.len - i : 1 }, outcome,
               after_s, news->hub, &err);
        if (is_down) {
            break;
        }
    }
}

static void put_indexnow(struct buf *out, const struct announce_news *news, struct due due) {
    struct json j;
    json_init(&j, out);
    json_open(&j, '{');
    json_field_str(&j, STR("host"), news->host);
    json_field_str(&j, STR("key"), news->indexnow_key);
    json_field_str(&j, STR("keyLocation"), news->indexnow_key_url);
    json_key(&j, STR("urlList"));
    json_open(&j, '[');
    for (size_t i = 0; i < due.len; i++) {
        json_str(&j, due.addresses[i]);
    }
    json_close(&j, ']');
    json_close(&j, '}');
}

static void tell_indexnow(struct announce *an, struct outlet *o, const struct announce_news *news,
                          struct arena *a) {
    struct due due;
    while (!atomic_load(&an->stop) && (due = find_due(o, a, LIMIT_INDEXNOW_URLS)).len > 0) {
        struct buf body;
        struct err err = { 0 };
        int64_t after_s;
        buf_init(&body, SIZE_MAX / 2);
        put_indexnow(&body, news, due);
        check(body.status == STATUS_OK);
        enum poster_outcome outcome = poster_send(an->poster, news->indexnow_endpoint,
                                                  "application/json; charset=utf-8", buf_str(&body),
                                                  &after_s, &err);
        buf_done(&body);
        settle(an, o, due, outcome, after_s, news->indexnow_endpoint, &err);
    }
}

/* ---- the thread ---- */

static int64_t next_due_us(const struct outlet *o) {
    int64_t next_us = INT64_MAX;
    const struct map_entry *e;
    for (size_t i = 0; (e = map_next(&o->entries, &i)) != NULL;) {
        const struct entry *entry = e->value;
        next_us = entry->again_us < next_us ? entry->again_us : next_us;
    }
    return next_us;
}

/* What the settings say, and the outlet's place if it is wanted. */
static enum status outlet_open(struct announce *an, struct outlet *o, struct arena *a,
                               struct announce_news *ret_news, struct err *err) {
    bool had_place = false;
    enum status status = store_read_begin(an->reader, NULL, err);
    if (status != STATUS_OK) {
        return status;
    }
    status = an->look(an->reader, a, NULL, false, ret_news, err);
    if (status == STATUS_OK && is_wanted(o, ret_news)) {
        status = o->has_place ? STATUS_OK : find_place(an, o, err);
    } else if (status == STATUS_OK) {
        int64_t seq;
        struct err lost = { 0 };
        had_place = store_cursor(an->reader, str_of(o->name), &seq, &lost) == STATUS_OK;
    }
    store_read_end(an->reader);
    if (status != STATUS_OK) {
        return status;
    }
    if (!is_wanted(o, ret_news)) {
        return outlet_close(an, o, had_place, err);
    }
    /* From the beginning on, so that nothing is lost before the first is told. */
    return o->kept_seq < 0 ? keep_place(an, o, o->seq, err) : STATUS_OK;
}

static enum status outlet_round(struct announce *an, struct outlet *o, bool *ret_more,
                                struct err *err) {
    struct arena a = { 0 };
    struct announce_news news = { 0 };
    enum status status = outlet_open(an, o, &a, &news, err);
    if (status == STATUS_OK && is_wanted(o, &news)) {
        status = store_read_begin(an->reader, NULL, err);
        if (status == STATUS_OK) {
            status = read_journal(an, o, ret_more, err);
            store_read_end(an->reader);
        }
        (o->is_indexnow ? tell_indexnow : tell_hub)(an, o, &news, &a);
        bool is_behind = o->has_told || o->seq - o->kept_seq > IDLE_COMMITS;
        if (status == STATUS_OK && is_behind && o->entries.len == 0 && !atomic_load(&an->stop)) {
            status = keep_place(an, o, o->seq, err);
        }
    }
    arena_done(&a);
    return status;
}

/* Returns how long to sleep. */
static int64_t do_round(struct announce *an) {
    int64_t sleep_ms = SLEEP_MAX_MS;
    for (size_t i = 0; i < COUNT_OF(an->outlets) && !atomic_load(&an->stop); i++) {
        struct outlet *o = &an->outlets[i];
        struct err err = { 0 };
        bool more = false;
        if (outlet_round(an, o, &more, &err) != STATUS_OK) {
            reportf(an, true, "announcing what changed: %s", err.message);
            sleep_ms = LOOK_AGAIN_MS;
        }
        int64_t next_us = next_due_us(o);
        int64_t wait_ms = next_us == INT64_MAX ? SLEEP_MAX_MS
                                               : (next_us - clock_mono_us()) / 1000 + 1;
        more = more && o->entries.len < LIMIT_ANNOUNCED;
        wait_ms = more && wait_ms > HEARING_MS ? HEARING_MS : wait_ms;
        sleep_ms = wait_ms < sleep_ms ? wait_ms : sleep_ms;
    }
    return sleep_ms < 0 ? 0 : sleep_ms;
}

static void *announce_main(void *arg) {
    struct announce *an = arg;
    while (!atomic_load(&an->stop)) {
        atomic_store(&an->changed, false);
        int64_t sleep_ms = do_round(an);
        /* A wake may have ended a wait for an answer meanwhile: it must not be forgotten. */
        if (!atomic_load(&an->changed) && !atomic_load(&an->stop)) {
            poster_sleep(an->poster, sleep_ms);
        }
    }
    return NULL;
}

static void announce_free(struct announce *an) {
    for (size_t i = 0; i < COUNT_OF(an->outlets); i++) {
        outlet_clear(&an->outlets[i]);
    }
    poster_free(an->poster);
    store_reader_close(an->reader);
    free(an);
}

enum status announce_start(struct store *store, announce_look *look, announce_report *report,
                           void *ctx, struct announce **ret, struct err *err) {
    struct announce *an = calloc(1, sizeof *an);
    check(an != NULL);
    *an = (struct announce){ .store = store, .look = look, .report = report, .ctx = ctx };
    an->outlets[0] = (struct outlet){ .name = "websub" };
    an->outlets[1] = (struct outlet){ .name = "indexnow", .is_indexnow = true };
    enum status status = store_reader_open(store, &an->reader, err);
    if (status == STATUS_OK) {
        status = poster_new(&an->stop, "Broadsheet/" BROADSHEET_VERSION, &an->poster, err);
    }
    if (status != STATUS_OK) {
        announce_free(an);
        return status;
    }
    /* Here and not on the thread: what is committed when this has returned is announced. If it
     * fails the thread tries again: a site must be served though nobody can be told of it. */
    for (size_t i = 0; i < COUNT_OF(an->outlets); i++) {
        struct arena a = { 0 };
        struct announce_news news = { 0 };
        struct err lost = { 0 };
        if (outlet_open(an, &an->outlets[i], &a, &news, &lost) != STATUS_OK) {
            reportf(an, true, "announcing what changed: %s", lost.message);
        }
        arena_done(&a);
    }
    /* Signals are the main thread's business. */
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    check(pthread_create(&an->thread, NULL, announce_main, an) == 0);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    *ret = an;
    return STATUS_OK;
}

void announce_wake(struct announce *an) {
    if (an != NULL) {
        atomic_store(&an->changed, true);
        poster_wake(an->poster);
    }
}

void announce_stop(struct announce *an) {
    if (an != NULL) {
        atomic_store(&an->stop, true);
        poster_wake(an->poster);
        pthread_join(an->thread, NULL);
        announce_free(an);
    }
}
