/* The plan of one run: what the log says, what was touched since, and what is to be done about it.
 * Shared by static_past.c, static_plan.c, static_sweep.c, static_compact.c and static_export.c, all
 * on the planning thread. */
#ifndef TRANSFER_STATIC_PLAN_H
#define TRANSFER_STATIC_PLAN_H

#include "transfer/static_run.h"

#define STATIC_LOG_NAME STATIC_OWN_FOLDER "/log"

/* Since the last session that ended; with more, all is made again. */
enum { STATIC_SESSIONS_MAX = 64 };

struct static_session {
    int64_t seq;
    uint64_t fingerprint;
    uint64_t begin; /* where its records begin */
    bool is_ended;
    bool is_good; /* its records may be kept */
    bool same_boot;
    bool has_failed; /* something was left for the next run */
};

struct static_plan {
    struct static_run *run;
    struct err *err;
    struct static_session sessions[STATIC_SESSIONS_MAX]; /* from the last that ended on */
    size_t n_sessions;
    bool has_log, too_many;
    uint64_t log_end; /* of what is good in the file */
    struct str site;  /* the site's folder */
    char boot[64];
    struct keys touched_keys;
    struct u32_set touched, touched_fragments, known_fragments, used;
    struct arena arena;
};

/* STATUS_IO with errno's text. */
enum status static_io_failed(const char *doing, const char *path, struct err *err);
/* The log's path, to be freed. */
char *static_log_path(const struct static_run *run);

/* ---- static_past.c: the log and the journal ---- */

/* Into the run's tables, all that the log says from there on; its sessions. Cuts off a torn end. */
NODISCARD enum status static_past_read(struct static_plan *plan, uint64_t from);
/* Which sessions' records may be kept, which keys were touched since, whether the run is whole. */
NODISCARD enum status static_past_judge(struct static_plan *plan);
/* Call `each` with every record that counts, and where it stands. */
typedef enum status static_past_each(void *ctx, const struct static_record *r,
                                     struct static_entry *e, uint64_t offset);
NODISCARD enum status static_past_for_each(struct static_plan *plan, static_past_each *each,
                                           void *ctx);
/* Does a record still hold? The fragments have been judged before the pages that have them. */
bool static_past_is_kept(struct static_plan *plan, const struct static_record *r, uint64_t offset);
/* Is what is on the disk what this record says? Not if a run was killed after it was written. */
bool static_past_is_trusted(const struct static_plan *plan, uint64_t offset);
bool static_past_is_clean(const struct static_plan *plan); /* the last session has ended */

/* ---- static_plan.c ---- */

/* Find out what is to be made, and have the workers make it all. */
NODISCARD enum status static_plan_work(struct static_plan *plan);

/* ---- static_sweep.c ---- */

/* After a whole run: remove what the log knows and the walk did not come to. */
NODISCARD enum status static_sweep_vanished(struct static_plan *plan);
/* Remove fragments that no page has any more, and variants that no page would ask for. */
NODISCARD enum status static_sweep_fragments(struct static_plan *plan);
/* Remove files of fragments that no record speaks of. */
NODISCARD enum status static_sweep_strays(struct static_plan *plan);

/* ---- static_compact.c ---- */

/* Write the log anew if most of it does not count any more. seq: the journal's, of this run. */
NODISCARD enum status static_compact(struct static_plan *plan, int64_t seq);

#endif
