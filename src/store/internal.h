/* What the store's own files share. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include "store/sql.h"
#include "store/store.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/queue.h>

struct store_reader {
    struct store *store;
    struct sql *sql; /* &own, or the writer's */
    struct sql own;
    struct keys *keys; /* where reads note; NULL: nowhere */
    bool is_open;      /* within a snapshot */
};

/* Whose changes a transaction's are (audit.c). */
struct audit_by {
    bool is_known;
    bool is_audited;
    int64_t user_id, now_us;
    const char *way;
    char who[64], address[48];
};

/* held.c */
struct held {
    struct held_entry *entries;
    struct held_relation *relations;
    size_t n_entries, cap_entries;
    size_t n_relations, cap_relations;
    bool leaves; /* a story leaves a list */
};

struct store_writer {
    struct store *store;
    struct sql *sql;
    struct store_reader reader; /* sees this transaction */
    struct keys touched;
    int64_t journal_seq; /* 0: nothing was written there */
    bool touches_all;    /* "site" is among them: no other key says more */
    bool is_bulk;        /* many stories: what held.c holds back is written with the commit */
    struct held held;
    int64_t indexed_id;   /* the last story that the search index has heard of; 0: not asked yet */
    struct arena scratch; /* of the verb that runs */
    bool is_joined;       /* a savepoint within the group's transaction */
    struct audit_by by;   /* who writes */
    /* Of one that waits for its group, under the store's lock. */
    STAILQ_ENTRY(store_writer) others;
    bool is_settled;
    enum status status;
    struct err err;
};

struct store {
    char *dir;
    const struct backend *backend;
    struct sql_texts texts;

    /* The writers of this process, one at a time (write.c). A flag under a condition, not a held
     * mutex, so that another thread may commit. */
    pthread_mutex_t lock;
    pthread_cond_t turn, settled;
    bool is_writing;
    bool is_handed; /* the turn is for one of those that wait */
    size_t waiting; /* for their turn */
    struct sql writer_sql;
    STAILQ_HEAD(, store_writer) group; /* those whose transaction is yet to be committed */
    size_t group_len;
    int64_t group_begun_us;
    bool is_group_open; /* its transaction */
    bool is_lazy;       /* what writer_sql commits is not durable at once: nobody joins that */
    bool is_bulk;       /* and its transactions are large */

    /* What was committed and what the listener knows of it (journal.c). */
    pthread_mutex_t hearing; /* all that follows, the listener's calls included */
    pthread_cond_t heard;
    struct sql poll_sql;
    int64_t polled_version;
    int64_t own_seq;           /* the listener has heard of this process's commits up to here */
    _Atomic int64_t heard_seq; /* and of everybody's up to here */
    store_listener *listener;
    void *listener_ctx;
    _Atomic bool is_listened;

    _Atomic int64_t committed_us; /* when the last one that was not lazy was */
    /* store_upkeep. */
    _Atomic int64_t kept_seq; /* there is nothing more to do for commits up to here */
    size_t pieces;            /* in a row */
    int64_t origin;           /* marks this process's rows in the journal */
};

/* store_write_begin without waiting for other processes or, unless `patient`, for anybody: BUSY.
 * Its commit need not be durable before one that is. */
NODISCARD enum status write_try(struct store *s, bool patient, struct store_writer **ret,
                                struct err *err);
/* The beginning of every write verb: the scratch arena is empty, the connection. */
struct sql *writer_verb(struct store_writer *w);

/* ---- migrate.c ---- */

/* Bring the database to the newest version, keeping a copy if it was not empty. INVALID: it is
 * newer than this program. */
NODISCARD enum status migrate(const struct backend *backend, struct db *db, struct err *err);
/* The same with these scripts, the n-th of which leads to version n. */
NODISCARD enum status migrate_with(const struct backend *backend, struct db *db,
                                   const struct str *scripts, int n, struct err *err);

/* ---- journal.c ---- */

/* Write this transaction's keys down for the other processes. */
void journal_write(struct store_writer *w);
/* A group was committed: tell the listener, and whoever waits for that. */
void journal_tell(struct store *s);
/* Wait until the listener has heard of all commits up to this one, which is committed. */
NODISCARD enum status journal_wait(struct store *s, int64_t seq, struct err *err);

/* ---- audit.c ---- */

/* Before a commit: leave an entry if a change by somebody has none. */
void audit_commit(struct store_writer *w);

/* ---- touching ---- */

void touch(struct store_writer *w, struct str key);
/* keys_add_name's key. */
void touch_name(struct store_writer *w, struct str prefix, struct str name);
void touchf(struct store_writer *w, const char *fmt, ...) PRINTF(2, 3);

/* ---- address.c ---- */

/* May this target answer itself at `path` ("" needs no address)? INVALID, CONFLICT. */
NODISCARD enum status address_may_have(struct sql *db, struct str path, enum address_kind kind,
                                       int64_t id, struct err *err);
/* The target's own address was `old` ("" none) and is `path` now: the old one redirects. */
void address_move(struct store_writer *w, enum address_kind kind, int64_t id, struct str old,
                  struct str path);

/* ---- lists_put.c ---- */

/* A story's part in the lists: where it stands, and in which it is. Sorted, without doubles. */
struct membership {
    bool is_listed; /* else the rest does not count */
    int day;
    int64_t us;
    int64_t changed_us;
    int64_t id;
    struct ids sections; /* those above them included */
    struct ids tags;
    struct ids authors;
};
struct membership membership_of(struct sql *db, struct arena *a, const struct story *s);
/* Enter, leave and move in lists, counts and touched keys. */
void lists_update(struct store_writer *w, const struct membership *was,
                  const struct membership *now);
/* A section with all it holds comes from below one section to below another (0: the top). */
void lists_reparent(struct store_writer *w, int64_t section_id, int64_t old_parent_id,
                    int64_t new_parent_id);
/* The section and those above it, at most LIMIT_SECTION_DEPTH + 1. */
struct ids sections_above(struct sql *db, struct arena *a, int64_t section_id);

/* ---- held.c ---- */

/* A story enters a list at this place (by 1) or leaves it (-1): its entry, the counts and the
 * sitemap follow. changed_us: of the story. */
void held_list(struct store_writer *w, struct list_id list, int day, int64_t us, int64_t story_id,
               int64_t changed_us, int by);
/* It has this section, tag or author, as the n-th. */
void held_relation(struct store_writer *w, enum list_kind kind, int64_t story_id, size_t position,
                   int64_t id);
/* The end of a verb that holds rows back: only a bulk writer goes on doing so, with what is new. */
void held_end(struct store_writer *w);
/* Write down what is held back. */
void held_write(struct store_writer *w);
void held_done(struct held *h);

/* ---- sitemap.c ---- */

/* Keep the sitemap's files and the news up to a story's save. */
void sitemap_story_saved(struct store_writer *w, const struct story *was, const struct story *now);
/* A list has got its first story, has lost its last one, or has changed otherwise. at_us: of the
 * story's last change. */
enum sitemap_change { SITEMAP_LIST_FILLED, SITEMAP_LIST_EMPTIED, SITEMAP_LIST_MOVED };
void sitemap_list_changed(struct store_writer *w, struct list_id list, enum sitemap_change what,
                          int64_t at_us);
/* The address of a section, tag or author was `old` and is `path` now. */
void sitemap_path_changed(struct store_writer *w, struct list_id list, struct str old,
                          struct str path);
/* The address of a picture is another one. */
void sitemap_picture_changed(struct store_writer *w, int64_t media_id);

/* ---- story.c ---- */

/* Read without noting; false: there is none, or the connection failed. */
bool story_load(struct sql *db, struct arena *a, int64_t id, enum story_part part,
                struct story *ret);

/* ---- comparing ---- */

bool ids_equal(struct ids a, struct ids b);
bool ids_has(struct ids ids, int64_t id);
void ids_turn_round(struct ids ids);
/* Those of the first column: `n` at most, behind the first `skip`. Ends the rows. */
struct ids rows_ids(struct rows *rows, struct arena *a, int64_t skip, int64_t n);

#endif
