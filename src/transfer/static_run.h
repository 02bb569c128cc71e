/* What the parts of a static export share. Private to src/transfer/static_*.c. */
#ifndef TRANSFER_STATIC_RUN_H
#define TRANSFER_STATIC_RUN_H

#include "base/map.h"
#include "picture/renditions.h"
#include "site/site.h"
#include "transfer/static_export.h"
#include "transfer/static_file.h"
#include "transfer/static_log.h"

#include <pthread.h>
#include <stdatomic.h>

/* ---- sets of 32-bit numbers ---- */

struct u32_set {
    uint32_t *slots; /* 0: free */
    size_t cap, len;
    bool has_zero;
};
void u32_set_done(struct u32_set *s);
void u32_set_add(struct u32_set *s, uint32_t n);
bool u32_set_has(const struct u32_set *s, uint32_t n);
bool u32_set_has_any(const struct u32_set *s, const uint32_t *numbers, size_t n);

/* ---- what the log says of each key ---- */

enum entry_state {
    ENTRY_OLD,   /* of an earlier run, to be looked at */
    ENTRY_KEPT,  /* nothing that it depends on was touched */
    ENTRY_TAKEN, /* handed to the workers */
};

/* One for each address and fragment: 24 bytes, so that a million stories take 50 MB. */
struct static_entry {
    uint64_t key; /* hash; 0: free */
    uint64_t content;
    uint32_t place; /* of its last record: the offset / 8 */
    uint8_t kind, form, state, is_trusted;
};

struct static_table {
    struct static_entry *slots;
    size_t cap, len;
};
void static_table_done(struct static_table *t);
uint64_t static_table_key(struct str key);
/* NULL: there is none. */
struct static_entry *static_table_find(const struct static_table *t, uint64_t key);
/* The entry, new (kind 0) if there is none; good until the next put. */
struct static_entry *static_table_put(struct static_table *t, uint64_t key);

/* ---- fragments ---- */

struct static_fragment {
    struct str key;
    uint64_t content; /* of the last record or rendering */
    bool is_variant;
    bool is_known;        /* has a record in the log */
    bool is_current;      /* that record still holds */
    bool is_rendered;     /* in this run */
    _Atomic bool is_used; /* by a page that was rendered in this run */
    bool is_trusted;      /* what is on the disk is what the record says */
    bool is_busy;
    struct ids vary;  /* when rendered; sorted, on the heap */
    struct str bytes; /* when rendered and flat; on the heap */
};

/* ---- work ---- */

enum { BATCH_ITEMS = 32, QUEUE_BATCHES = 64 };

struct static_item {
    bool is_fragment;
    struct str key;
    struct static_entry old; /* kind 0: none */
};

struct static_batch {
    struct arena arena;
    size_t n;
    struct static_item items[BATCH_ITEMS];
};

struct static_run;

struct static_worker {
    struct static_run *run;
    void *thread; /* of the site's source, held */
    pthread_t id;
    struct static_files files;
    struct arena arena, base_arena, fragment_arena;
    struct keys keys, base_keys, fragment_keys;
    struct buf log;   /* records that are not in the file yet */
    struct map ready; /* fragments that it has had before, to struct static_fragment * */
    struct static_report counts;
};

struct static_run {
    const struct static_options *options;
    struct store *store;
    struct site *site;
    struct render_source source;
    struct decoder *decoder;
    struct renditions *renditions;
    struct site_memo *memo; /* of all workers */
    int folder;             /* descriptors */
    int log;
    bool is_whole;
    uint64_t fingerprint;

    pthread_mutex_t lock; /* all down to the next line */
    pthread_cond_t work, room, fragment_done;
    struct static_batch *queue[QUEUE_BATCHES];
    size_t head, len;
    size_t in_work; /* batches */
    bool ending;
    enum status status; /* the first failure */
    struct err err;
    struct map fragments; /* by key, to struct static_fragment * */
    /* ---- */

    _Atomic int64_t done;
    _Atomic bool maps_changed; /* redirects, or what is gone */
    size_t n_workers;
    struct static_worker *workers;

    /* Of the planning thread. */
    void *thread;
    struct static_table table;
    struct static_batch *batch; /* being filled */
    int64_t total, began_us, shown_us;
    struct static_report counts;
};

void static_warn(struct static_run *run, const char *fmt, ...) PRINTF(2, 3);

/* What depends on this key is tried again in each run. */
#define STATIC_AGAIN STR("again")

/* ---- static_page.c: on a worker ---- */

/* Make what stands at the item's key and write its record. Errors are those that end the run. */
NODISCARD enum status static_make(struct static_worker *w, const struct static_item *item,
                                  struct err *err);
/* The fragment of that key; made if there is none. Lock held. */
struct static_fragment *static_fragment_get(struct static_run *run, struct str key);
/* "latest/section:7" of "latest/section:7/except:42"; other keys are their own. */
struct str static_fragment_base(struct str key);
/* Say in the log what is about to be made, so that a run which follows a killed one finds it. */
NODISCARD enum status static_announce(struct static_worker *w, const struct static_batch *batch,
                                      struct err *err);
/* Append to the log what the worker has for it. */
NODISCARD enum status static_flush(struct static_worker *w, struct err *err);
/* Whether a record of this kind has a file. */
bool static_has_file(const struct static_run *run, enum static_kind kind);

/* ---- static_work.c: the workers and their queue ---- */

NODISCARD enum status static_work_start(struct static_run *run, struct err *err);
/* Hand out an item; waits for room. Errors: the run's. */
NODISCARD enum status static_work_add(struct static_run *run, const struct static_item *item,
                                      struct err *err);
/* Wait until all is done. */
NODISCARD enum status static_work_wait(struct static_run *run, struct err *err);
void static_work_stop(struct static_run *run);

/* ---- static_server.c: what web servers read ---- */

/* Call `each` with every record that counts. */
typedef enum status static_server_record(void *arg, const struct static_record *r, struct err *err);
typedef enum status static_server_walk(void *ctx, static_server_record *each, void *arg,
                                       struct err *err);
/* Write .broadsheet/http.conf, .broadsheet/server.conf and _redirects as far as they changed. */
NODISCARD enum status static_server_files(struct static_run *run, static_server_walk *walk,
                                          void *ctx, struct err *err);

#endif
