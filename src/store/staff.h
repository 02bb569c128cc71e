/* The store's verbs for the staff: users, their sessions, keys and second factors, and the audit.
 * A part of store/store.h, whose rules about errors and transactions hold here too. Nothing here
 * notes or touches a key, except removing a user (row:author:<id> of those whom readers see):
 * readers see none of it. Hashes are made by newsroom/identity.c; for the store they are texts. */
#ifndef STORE_STAFF_H
#define STORE_STAFF_H

#include "store/store.h"

/* ---- users (store_user, store_user_put: store/store.h) ---- */

/* NOT_FOUND. */
NODISCARD enum status store_user_get(struct store_reader *r, struct arena *a, int64_t id,
                                     struct user *ret, struct err *err);
/* The smallest id > after; NOT_FOUND at the end. */
NODISCARD enum status store_user_next(struct store_reader *r, int64_t after, int64_t *ret_id,
                                      struct err *err);
/* The author whom readers see in the user's place; the first, if there are several. NOT_FOUND.
 * Notes row:author:<id>. */
NODISCARD enum status store_author_of_user(struct store_reader *r, struct arena *a, int64_t user_id,
                                           struct author *ret, struct err *err);
/* With sessions, keys, locks and autosaves; the authors whom readers see stay, as guests.
 * NOT_FOUND.
 */
NODISCARD enum status store_user_remove(struct store_writer *w, int64_t id, struct err *err);

/* ---- sessions ---- */

struct session {
    int64_t id;
    int64_t user_id;
    struct str hash;
    int64_t created_us;
    int64_t seen_us;    /* to the hour or so */
    int64_t expires_us; /* in any case */
    struct str address; /* shortened */
    struct str agent;
};
struct sessions {
    const struct session *ptr;
    size_t len;
};
/* Begin one; those of the user that have expired end, and of more than LIMIT_SESSIONS the oldest.
 */
NODISCARD enum status store_session_put(struct store_writer *w, const struct session *session,
                                        int64_t *ret_id, struct err *err);
/* Expired ones too. NOT_FOUND. */
NODISCARD enum status store_session(struct store_reader *r, struct arena *a, struct str hash,
                                    struct session *ret, struct err *err);
/* A user's, newest first. */
NODISCARD enum status store_sessions(struct store_reader *r, struct arena *a, int64_t user_id,
                                     struct sessions *ret, struct err *err);
NODISCARD enum status store_session_seen(struct store_writer *w, int64_t id, int64_t now_us,
                                         struct err *err);
/* NOT_FOUND: the user has no such session. */
NODISCARD enum status store_session_end(struct store_writer *w, int64_t user_id, int64_t id,
                                        struct err *err);
/* All of the user but that one (0: all). */
NODISCARD enum status store_sessions_end(struct store_writer *w, int64_t user_id, int64_t except_id,
                                         int64_t *ret_ended, struct err *err);

/* ---- application passwords, access tokens, links for a new password ---- */

enum access_kind { ACCESS_PASSWORD = 1, ACCESS_TOKEN = 2, ACCESS_RESET = 3 };

struct access_key {
    int64_t id;
    int64_t user_id;
    enum access_kind kind;
    struct str hash;
    struct str uuid;
    struct str app_id; /* of the program that asked for it, as it says; "" */
    struct str name;
    unsigned scopes;
    int64_t created_us;
    int64_t expires_us; /* 0: never */
    int64_t used_us;    /* to the day; 0: never */
    struct str used_from;
};
struct access_keys {
    const struct access_key *ptr;
    size_t len;
};
/* A new one. TOO_LARGE: the user has LIMIT_ACCESS_KEYS of the kind. */
NODISCARD enum status store_access_put(struct store_writer *w, const struct access_key *key,
                                       int64_t *ret_id, struct err *err);
/* Expired ones too. NOT_FOUND. */
NODISCARD enum status store_access(struct store_reader *r, struct arena *a, struct str hash,
                                   struct access_key *ret, struct err *err);
/* A user's, oldest first. */
NODISCARD enum status store_access_keys(struct store_reader *r, struct arena *a, int64_t user_id,
                                        enum access_kind kind, struct access_keys *ret,
                                        struct err *err);
/* NOT_FOUND. */
NODISCARD enum status store_access_rename(struct store_writer *w, int64_t user_id, int64_t id,
                                          struct str name, struct err *err);
NODISCARD enum status store_access_used(struct store_writer *w, int64_t id, int64_t now_us,
                                        struct str address, struct err *err);
/* NOT_FOUND. */
NODISCARD enum status store_access_remove(struct store_writer *w, int64_t user_id, int64_t id,
                                          struct err *err);
NODISCARD enum status store_access_remove_all(struct store_writer *w, int64_t user_id,
                                              enum access_kind kind, int64_t *ret_removed,
                                              struct err *err);

/* ---- the second factor ---- */

struct second_factor {
    struct str secret;    /* sealed */
    int64_t confirmed_us; /* 0: being set up, and asked for by nobody yet */
    int64_t last_step;    /* of the last code taken */
    int64_t codes_left;   /* recovery codes; only read */
};
/* NOT_FOUND. */
NODISCARD enum status store_second_factor(struct store_reader *r, struct arena *a, int64_t user_id,
                                          struct second_factor *ret, struct err *err);
NODISCARD enum status store_second_factor_put(struct store_writer *w, int64_t user_id,
                                              const struct second_factor *factor, struct err *err);
/* A code of this step was taken. CONFLICT: one of it, or of a later one, was before. */
NODISCARD enum status store_second_factor_step(struct store_writer *w, int64_t user_id,
                                               int64_t step, struct err *err);
/* With the recovery codes. NOT_FOUND. */
NODISCARD enum status store_second_factor_remove(struct store_writer *w, int64_t user_id,
                                                 struct err *err);
/* These in place of the old ones. */
NODISCARD enum status store_recovery_put(struct store_writer *w, int64_t user_id,
                                         const struct str *hashes, size_t n, struct err *err);
/* Use one up. NOT_FOUND. */
NODISCARD enum status store_recovery_use(struct store_writer *w, int64_t user_id, struct str hash,
                                         struct err *err);

/* ---- throttled accounts ---- */

struct sign_in_guard {
    struct str login;
    unsigned failures;
    int64_t last_us;
};
struct sign_in_guards {
    const struct sign_in_guard *ptr;
    size_t len;
};
/* failures 0: forget it. */
NODISCARD enum status store_guard_put(struct store_writer *w, int64_t user_id, unsigned failures,
                                      int64_t last_us, struct err *err);
/* All, but at most `max`. */
NODISCARD enum status store_guards(struct store_reader *r, struct arena *a, size_t max,
                                   struct sign_in_guards *ret, struct err *err);

/* ---- the audit ---- */

/* Who writes. */
struct audit_actor {
    int64_t user_id; /* 0: the command line */
    struct str who;  /* the login; of the command line the system's user */
    const char *way; /* "session", "application password", "token", "command line" */
    struct str address;
    int64_t now_us;
};
/* What this transaction does is done by `actor`. If it changes anything that readers could see and
 * store_audit is not called, the commit leaves an entry of its own, "change", that names the
 * touched keys: no change by somebody is without one. Copies what it needs. */
void store_write_as(struct store_writer *w, const struct audit_actor *actor);

/* Leave an entry: what was done ("publish") to what ("story", 42), and in short what it was and is.
 * By nobody in particular (a clock) without store_write_as: nothing happens. Entries older than the
 * setting "audit_days" are removed, a few with each new one. */
NODISCARD enum status store_audit(struct store_writer *w, const char *action, const char *kind,
                                  int64_t object_id, struct str summary, struct err *err);

#define STORE_AUDIT_DAYS 400 /* unless set */

struct audit_entry {
    int64_t id;
    int64_t at_us;
    int64_t user_id;
    struct str who, way, address, action, object_kind;
    int64_t object_id;
    struct str summary;
};
struct audit_entries {
    const struct audit_entry *ptr;
    size_t len;
};
struct audit_filter {
    int64_t user_id;        /* 0: anybody's */
    struct str object_kind; /* with object_id; "": any. Not together with user_id */
    int64_t object_id;
    int64_t before_id; /* only older ones than this entry; 0: from the newest */
};
/* Newest first, at most n (LIMIT_AUDIT_PAGE). */
NODISCARD enum status store_audit_read(struct store_reader *r, struct arena *a,
                                       const struct audit_filter *filter, size_t n,
                                       struct audit_entries *ret, struct err *err);

#endif
