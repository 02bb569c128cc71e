/* The private half of import.h: what the modules import_*.c share during one import. */
#ifndef TRANSFER_IMPORT_RUN_H
#define TRANSFER_IMPORT_RUN_H

#include "base/hash.h"
#include "store/store.h"
#include "text/date.h"
#include "text/slug.h"
#include "transfer/import.h"
#include "transfer/permalink.h"
#include "transfer/wp_body.h"
#include "transfer/wxr.h"

/* The readings of the files, in order. */
enum import_pass {
    PASS_SCAN,   /* writes nothing: counts, votes, reusable blocks */
    PASS_BASE,   /* settings, authors, terms, files, guest authors */
    PASS_PUBLIC, /* what readers see: it has the first choice of addresses */
    PASS_HIDDEN, /* drafts, scheduled, private, trashed */
    PASS_COUNT,
};

struct shape_vote {
    struct str shape;
    int64_t votes;
};
struct import_votes {
    struct shape_vote *ptr;
    size_t len, cap;
};

/* A menu's item as the export has it. */
struct import_menu_item {
    int64_t id, parent, order, object_id;
    struct str menu; /* slug */
    struct str title, type, object, url;
};

struct import_menu_name {
    struct str slug, name;
};

/* An attachment and what it was uploaded to. */
struct import_child {
    int64_t parent, order, id;
};

/* A sticky story that is new here, and its task. */
struct import_sticky {
    int64_t seq, story_id, published_us;
    int local_day;
};

/* A channel's fields as they come. */
struct import_channel {
    struct str title, link, description, language, base_site_url, base_blog_url, pub_date;
};

/* One site that the files come from; most imports have one. */
struct import_site {
    struct str base_url; /* "https://example.org/blog", may be empty */
    struct str source;   /* the identity under which things are remembered */
    struct str title, tagline, language;
    struct map categories; /* slugs */
    struct map tags;       /* slugs */
    struct import_votes shapes, category_bases, tag_bases;
    struct str permalink; /* decided after the scan */
    struct str category_base, tag_base;
    struct map blocks; /* id in decimal -> struct str * */
    size_t blocks_bytes;
    struct {
        struct import_child *ptr;
        size_t len, cap;
    } children;
    VEC(struct import_menu_item) menu_items;
    VEC(struct import_menu_name) menus; /* in the order of the export */
    struct map known_ids;               /* of run_known_id */
    bool has_hidden;
    bool marked;         /* import_settle has something to do */
    int64_t exported_us; /* the channel's pubDate; 0: unknown */
};

struct id_set;       /* import.c */
struct import_ready; /* import_ready.h */
struct import_files; /* import_files.h */

struct import_skip {
    const char *file;
    long line;
};

struct import_notice {
    long line;
    const char *what; /* static */
};

struct import_run {
    struct store *store;
    const struct import_options *options;
    struct import_report *report;
    struct arena arena; /* the whole run */
    struct arena item;  /* one event */
    struct map sites;   /* source -> struct import_site * */
    VEC(struct import_site *) site_list;
    VEC(struct import_skip) skips; /* items found broken in the scan */
    size_t next_skip;
    VEC(struct import_notice) notices; /* of the filter, waiting for their item */
    int64_t attachments;               /* in all files */
    int64_t file_bytes;                /* of all files */
    struct id_set *ids;                /* post ids of the file that is scanned */
    struct import_progress progress;
    int64_t begin_us;
    int64_t settled; /* tasks */
    int64_t told_us; /* when progress was last told */
    int64_t now_us;
    struct dates *dates; /* of the site's zone */
    struct str locale;
    struct slug_style slugs;    /* for what comes without one */
    struct import_files *files; /* on their way; NULL: none are taken */

    struct store_reader *reader;
    bool reading; /* a snapshot is open */
    struct store_writer *writer;
    int64_t batch_items;
    int64_t batch_begin_us;

    /* where we are */
    enum import_pass pass;
    const char *file;
    const struct import_ready *ready; /* what was made of the item already; NULL: nothing */
    struct import_site *site;         /* NULL until the channel is known */
    struct import_site *file_site;    /* the file's, after the scan */
    VEC(struct import_site *) file_sites;
    VEC(struct import_sticky) stickies;
    struct map terms_seen;         /* of this file */
    struct import_channel channel; /* its fields while they come */
    long line;
    int64_t post_id;
};

/* ---- report ---- */
void report_count(struct import_report *report, struct str type, struct str status);
void report_warn(struct import_report *report, const char *file, long line, int64_t post_id,
                 const char *fmt, ...) PRINTF(5, 6);
/* True the first time that `what` is asked for. */
bool report_first(struct import_report *report, struct str what);

/* A warning at the present place. */
#define run_warn(run, ...)                                                                         \
    report_warn((run)->report, (run)->file, (run)->line, (run)->post_id, __VA_ARGS__)

/* ---- import_batch.c: transactions ---- */

/* The reader: of the open transaction, or of a snapshot. */
NODISCARD enum status run_reader(struct import_run *run, struct store_reader **ret,
                                 struct err *err);
/* The open transaction, begun if there is none. */
NODISCARD enum status run_writer(struct import_run *run, struct store_writer **ret,
                                 struct err *err);
/* Commit what is open, if the batch is full or `force`. */
NODISCARD enum status run_commit(struct import_run *run, bool force, struct err *err);
/* Undo what is open. */
void run_rollback(struct import_run *run);

/* A run for another thread, that only reads: with an arena and a reader of its own.
 * import_shadow_done also after a failure. */
NODISCARD enum status import_shadow(const struct import_run *run, struct import_site *site,
                                    struct import_run *ret, struct err *err);
void import_shadow_done(struct import_run *shadow);

/* What a source id became; *ret is zeroed when nothing is known of it. */
NODISCARD enum status run_known(struct import_run *run, const char *kind, struct str source_id,
                                struct import_entry *ret, struct err *err);
/* The id alone, of what never becomes another thing; 0: nothing is known of it. What stories refer
 * to is asked for again and again: the answers are kept in memory. */
NODISCARD enum status run_known_id(struct import_run *run, const char *kind, struct str source_id,
                                   int64_t *ret, struct err *err);
NODISCARD enum status run_remember(struct import_run *run, const char *kind, struct str source_id,
                                   int64_t id, uint64_t hash, struct err *err);
/* A path that nothing else answers at, the program's own pages (site/reserved.h) included: `path`,
 * or it with "-2", "-3"… *ret lives in run->item. */
NODISCARD enum status run_free_path(struct import_run *run, struct str path, enum address_kind kind,
                                    int64_t id, struct str *ret, struct err *err);
/* A redirect; does nothing where something answers already, another redirect stands, or none could
 * be followed. */
NODISCARD enum status run_redirect(struct import_run *run, struct str path, enum address_kind kind,
                                   int64_t id, struct err *err);
/* A thing that differs from what was imported: may this export replace it? False: what we have
 * comes from a newer export. */
NODISCARD enum status run_is_newer(struct import_run *run, const char *kind, struct str source_id,
                                   bool *ret, struct err *err);
/* Remember which export a thing came from. */
NODISCARD enum status run_remember_export(struct import_run *run, const char *kind,
                                          struct str source_id, struct err *err);
struct str run_decimal(struct import_run *run, int64_t n);
/* The canonical path, with its query if `keep_query`, of an address of the present site; false: it
 * leads elsewhere. */
bool run_own_path(struct import_run *run, struct str url, bool keep_query, struct str *ret);

/* ---- the kinds of things ---- */

/* import_site.c */
/* The site of the channel that was read; made in the scan. */
NODISCARD enum status import_begin_site(struct import_run *run, struct err *err);
/* What the scan learns from a term and an item, and the decisions after it. */
void import_scan_term(struct import_run *run, const struct wxr_term *term);
void import_scan_item(struct import_run *run, const struct wxr_item *item);
void import_decide(struct import_run *run, struct import_site *site);
/* What words and slugs go by, from the settings. */
NODISCARD enum status import_language(struct import_run *run, struct err *err);
/* Title, tagline, language, address and permalink shape, where the site has none. */
NODISCARD /* A page was the site's front page: so it is here, unless the setting was ever set. */
    enum status
    import_front_page(struct import_run *run, struct str path, struct err *err);
enum status import_settings(struct import_run *run, struct err *err);

/* import_terms.c */
NODISCARD enum status import_author(struct import_run *run, const struct wxr_author *author,
                                    struct err *err);
NODISCARD enum status import_guest_author(struct import_run *run, const struct wxr_item *item,
                                          struct err *err);
NODISCARD enum status import_term(struct import_run *run, const struct wxr_term *term,
                                  struct err *err);
/* Ids of what an item refers to; made if the export does not list it. 0: it has none. */
NODISCARD enum status import_author_of(struct import_run *run, struct str login, int64_t *ret,
                                       struct err *err);
NODISCARD enum status import_byline_of(struct import_run *run, const struct wxr_term_ref *ref,
                                       int64_t *ret, struct err *err);
NODISCARD enum status import_term_of(struct import_run *run, const struct wxr_term_ref *ref,
                                     int64_t *ret, struct err *err);
/* Taxonomies that label nothing for readers. */
bool import_taxonomy_is_internal(struct str taxonomy);

/* import_media.c */
NODISCARD enum status import_attachment(struct import_run *run, const struct wxr_item *item,
                                        struct err *err);
bool import_find_media(void *ctx, struct arena *a, int64_t id, struct wp_media *ret);

/* import_story.c */
NODISCARD enum status import_story(struct import_run *run, const struct wxr_item *item,
                                   struct err *err);
/* Does this item, as a story, come in PASS_PUBLIC? */
bool import_story_is_public(const struct import_run *run, const struct wxr_item *item);
enum import_role {
    ROLE_STORY,
    ROLE_PAGE,
    ROLE_KEPT,
    ROLE_ATTACHMENT,
    ROLE_MENU_ITEM,
    ROLE_GUEST,
    ROLE_NONE
};
enum import_role import_role_of(const struct import_run *run, const struct wxr_item *item);

/* import_metas.c */
struct import_metas {
    struct setting *ptr;
    size_t len, cap;
};
/* Nothing, if the value is empty or 0. */
void metas_add(struct import_run *run, struct import_metas *metas, struct str key,
               struct str value);
void metas_add_id(struct import_run *run, struct import_metas *metas, struct str key, int64_t id);
/* All but those that have a field here; the list ends with NULL, or is NULL. */
void metas_add_all(struct import_run *run, struct import_metas *metas, const struct wxr_metas *from,
                   const char *const *understood);
/* What an item of any type has beside its metas, and we have no field for. */
void metas_add_item(struct import_run *run, struct import_metas *metas,
                    const struct wxr_item *item);
uint64_t metas_hash(uint64_t hash, const struct wxr_metas *metas);
/* Keep the metas of a term or an author, remembered as `memory`: they replace those of the same
 * keys, unless those come from a newer export; the others stay, as an export may be the shorter
 * one, and an author is made of several things. */
NODISCARD enum status metas_put(struct import_run *run, const char *memory, struct str source_id,
                                enum meta_kind kind, int64_t id, const struct import_metas *metas,
                                struct err *err);

/* import_front.c */
/* A story that is here for the first time: queue it for the front page, if it is sticky. */
NODISCARD enum status import_queue_sticky(struct import_run *run, const struct story *story,
                                          struct err *err);
/* Take note of what was queued; the task stays until import_front. */
NODISCARD enum status import_take_sticky(struct import_run *run, const struct import_task *task,
                                         struct err *err);
/* Put them on top of the front page. */
NODISCARD enum status import_front(struct import_run *run, struct err *err);

/* import_menu.c */
void import_menu_item(struct import_run *run, const struct wxr_item *item);
NODISCARD enum status import_menus(struct import_run *run, struct err *err);

/* import.c */
/* Is this the pass in which the item is taken care of? */
bool import_is_due(const struct import_run *run, const struct wxr_item *item,
                   enum import_role role);
void run_tell_progress(struct import_run *run, bool force);

/* import_links.c */
/* Settle the links of the stories in the queue up to number `end`. */
NODISCARD enum status import_settle_links(struct import_run *run, bool retry_open, int64_t end,
                                          struct err *err);

/* import_settle.c */
/* Where a link leads: a link_resolver (links.h) whose ctx is a run. */
struct link_target;
NODISCARD enum status import_resolve(void *ctx, struct arena *a, struct str url, bool is_resource,
                                     struct link_target *ret, struct err *err);
/* A story's part of the settling was done. */
void import_settle_progress(struct import_run *run);
NODISCARD enum status import_settle(struct import_run *run, struct err *err);

/* ---- small things ---- */

/* A hash over fields, in order. */
static inline uint64_t hash_field(uint64_t hash, struct str s) {
    return hash_mix(hash, hash_content(s));
}
static inline uint64_t hash_number(uint64_t hash, int64_t n) {
    return hash_mix(hash, (uint64_t)n);
}
/* The site's address in one spelling, whatever the scheme: what identities begin with. */
struct str run_source_of(struct arena *a, struct str base_url);
/* What a reader would read of a text that may hold HTML and references. */
struct str run_plain_text(struct import_run *run, struct str text);

#endif
