/* The only storage interface: verbs of the domain over one site's database.
 *
 * A `store` is an opened site folder (site.db, media/). Readers are for one thread each and see one
 * snapshot between begin and end; each read notes its keys (store/keys.h). There is one writer at a
 * time over all processes; a write is a transaction, durable when commit returns OK, and its
 * touched keys reach the listener after that, before commit returns.
 *
 * Errors of every function that can fail: DB, CORRUPT, NO_MEMORY, BUSY (another process held the
 * write lock for STORE_BUSY_MS), beside those it names. After a write verb that failed with one of
 * these the transaction can only be rolled back (commit does that and repeats the error). A verb
 * that answers NOT_FOUND, CONFLICT, INVALID or TOO_LARGE has written and touched nothing: the
 * transaction goes on.
 *
 * Two parts stand apart: store/staff.h (who works here) and store/desk.h (revisions, locks). */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/arena.h"
#include "base/status.h"
#include "store/keys.h"
#include "store/model.h"
#include "text/search_query.h"

#define STORE_BUSY_MS 10000

struct store;
struct store_reader;
struct store_writer;

/* ---- the site folder ---- */

/* Make the folder and an empty, migrated database. Errors: CONFLICT (there is a site already), IO.
 */
NODISCARD enum status store_create(const char *dir, struct err *err);

/* Open it, applying missing migrations in one transaction after keeping a copy of the database
 * beside it (site.db.before-<version>). Errors: NOT_FOUND (no site there), INVALID (made by a newer
 * Broadsheet), IO. */
NODISCARD enum status store_open(const char *dir, struct store **ret, struct err *err);
/* All readers and writers must be closed. NULL is accepted. */
void store_close(struct store *s);

/* The folder, as given; "<dir>/media" holds the files of `struct media`. */
const char *store_dir(const struct store *s);

/* Called with the keys of each commit, before its store_write_commit returns and before any
 * snapshot that shows it is read: it must not read, write, open or close anything here. On one
 * thread at a time, in the order of this process's commits; what other processes committed comes
 * with the next snapshot or store_poll. More than KEYS_TOUCHED_MAX keys come as "site" alone. One
 * listener. */
typedef void store_listener(void *ctx, const struct keys *touched);
void store_listen(struct store *s, store_listener *listener, void *ctx);

/* Do a piece of the work that no commit waits for, writing about so many pages of 4 KiB under the
 * write lock: the words of new stories are counted, by which searches are planned ("search" is
 * touched), the search index's parts are merged, and at the end the log goes into the database's
 * file. *ret_more: there is more to do. Takes no lock when nothing was committed since there was
 * nothing to do, and waits for none, unless it is `patient`, for those of this process: BUSY when
 * another has it. *ret_held_us: how long others had to wait for the lock. Between the reader's
 * transactions; one thread at a time. */
NODISCARD enum status store_upkeep(struct store_reader *r, int64_t pages, bool patient,
                                   int64_t *ret_held_us, bool *ret_more, struct err *err);

/* What waits for store_upkeep, and for how long nobody of this process has written anything else.
 */
struct store_backlog {
    int64_t commits, quiet_us;
};
struct store_backlog store_backlog(struct store *s);

/* Report what other processes committed since the last call (the first call: since open) to the
 * listener; cheap when nothing has changed. When more was missed than the journal keeps, the key is
 * "site". */
NODISCARD enum status store_poll(struct store *s, struct err *err);

/* What was committed, by any process: the journal, for those who must not miss anything even if the
 * process dies. Readers of it keep the number of the last commit that they are done with under a
 * name of their own. */

/* The number of the newest commit; 0: none yet. */
NODISCARD enum status store_journal_last(struct store_reader *r, int64_t *ret_seq, struct err *err);
/* Add the keys of the commits after number `seq` to `keys`, until there are KEYS_TOUCHED_MAX of
 * them or more, or no more commits. *ret_seq is the last of them, `seq` if there is none.
 * *ret_forgotten: the journal does not reach back to `seq`; the keys are those of what it has. */
NODISCARD enum status store_journal_since(struct store_reader *r, int64_t seq, struct keys *keys,
                                          int64_t *ret_seq, bool *ret_forgotten, struct err *err);
/* NOT_FOUND: none was kept. */
NODISCARD enum status store_cursor(struct store_reader *r, struct str name, int64_t *ret_seq,
                                   struct err *err);
/* Keep it; seq -1: remove it. Touches nothing. */
NODISCARD enum status store_cursor_put(struct store_writer *w, struct str name, int64_t seq,
                                       struct err *err);

/* ---- reading ---- */

NODISCARD enum status store_reader_open(struct store *s, struct store_reader **ret,
                                        struct err *err);
void store_reader_close(struct store_reader *r);
/* Begin a snapshot; reads note their keys in `keys` (may be NULL) until the end. The listener has
 * heard of all that it shows. */
NODISCARD enum status store_read_begin(struct store_reader *r, struct keys *keys, struct err *err);
void store_read_end(struct store_reader *r);
/* Send the notes elsewhere within the snapshot (a page and its fragments); returns the old one. */
struct keys *store_read_note(struct store_reader *r, struct keys *keys);
/* Where it notes them now, or NULL. */
struct keys *store_read_noting(const struct store_reader *r);

/* A setting, or ptr NULL. Notes nothing: everything depends on `site`. */
NODISCARD enum status store_setting(struct store_reader *r, struct arena *a, struct str key,
                                    struct str *ret, struct err *err);

struct setting {
    struct str key, value;
};
struct settings {
    const struct setting *ptr;
    size_t len;
};
/* All that were set, by key. */
NODISCARD enum status store_settings(struct store_reader *r, struct arena *a, struct settings *ret,
                                     struct err *err);

/* What answers at a canonical path (with "?query" where an old address is one). NOT_FOUND leaves
 * the key path:<p> noted too. */
NODISCARD enum status store_address(struct store_reader *r, struct arena *a, struct str path,
                                    struct address *ret, struct err *err);
/* The present address of a target (a story's path, a section's…). NOT_FOUND. Notes the row. */
NODISCARD enum status store_path_of(struct store_reader *r, struct arena *a, enum address_kind kind,
                                    int64_t id, struct str *ret, struct err *err);

/* STORY_CARD leaves out body, corrections, tags and SEO texts; its excerpt is store_story_excerpt.
 */
enum story_part { STORY_CARD, STORY_FULL };
/* Any state. NOT_FOUND. Notes story:<id>. */
NODISCARD enum status store_story(struct store_reader *r, struct arena *a, int64_t id,
                                  enum story_part part, struct story *ret, struct err *err);
/* How often it was saved: a number that each save that changes it raises. NOT_FOUND. Notes
 * story:<id>. */
NODISCARD enum status store_story_version(struct store_reader *r, int64_t id, int64_t *ret,
                                          struct err *err);
/* The published story or page with that slug; the oldest, if there are several. NOT_FOUND. Notes
 * "slug:<slug>". */
NODISCARD enum status store_story_named(struct store_reader *r, struct str slug, int64_t *ret_id,
                                        struct err *err);
/* The first words of standfirst + body text as stored at save (STORE_EXCERPT_WORDS of them). */
#define STORE_EXCERPT_WORDS 80
NODISCARD enum status store_story_excerpt(struct store_reader *r, struct arena *a, int64_t id,
                                          struct str *ret, struct err *err);
/* The same of a story that is yet to be saved: whoever saves many makes it elsewhere than where
 * they are written (struct story). */
struct str store_excerpt(struct arena *a, struct str standfirst, struct html body);
/* The neighbours in publication order within `list` (LATEST or a section); 0 = none.
 * Notes after:<id>, before:<id>. */
NODISCARD enum status store_neighbours(struct store_reader *r, struct list_id list, int64_t id,
                                       int64_t *ret_previous, int64_t *ret_next, struct err *err);
/* The newest `n` ids of a list that come after skipping those in `except`. Notes the list. */
NODISCARD enum status store_newest(struct store_reader *r, struct arena *a, struct list_id list,
                                   size_t n, struct ids except, struct ids *ret, struct err *err);

struct list_page {
    struct ids ids;
    int64_t total; /* stories in the list, from the kept counts */
    int64_t pages; /* at least 1 */
};
/* Page `number` (from 1) of `size` stories, newest first. NOT_FOUND past the last page (page 1 of
 * an empty list is found). Found by the counts per list and day: costs the same for every page.
 * Notes the list. */
NODISCARD enum status store_list_page(struct store_reader *r, struct arena *a, struct list_id list,
                                      int64_t number, int64_t size, struct list_page *ret,
                                      struct err *err);

/* A moment, with the day that the site's zone calls it; day 0: none. */
struct list_moment {
    int64_t us;
    int64_t day; /* yyyymmdd */
};
/* What of a list was published in [from, to). */
struct list_part {
    struct list_id list; /* LATEST, a section, tag or author */
    struct list_moment from, to;
    bool oldest_first;
};
/* `n` stories of it after the first `offset`; total: of the part. Costs the same for every offset,
 * but for the stories of two days. Notes the list, and between moments "times". */
NODISCARD enum status store_list_part(struct store_reader *r, struct arena *a,
                                      const struct list_part *part, int64_t offset, int64_t n,
                                      struct list_page *ret, struct err *err);

/* Rolls: all there is of a kind, in one order. */
enum store_roll {
    ROLL_PAGES = 0,     /* public pages, by their publication */
    ROLL_MEDIA = 1,     /* pictures and files, by their coming */
    ROLL_TAGS = 2,      /* tags (of no custom taxonomy), by name */
    ROLL_TAGS_USED = 3, /* those of them that have stories */
    ROLL_AUTHORS = 4,   /* authors who have stories, by name */
};
struct roll_part {
    enum store_roll roll;
    bool last_first;
    struct str begins;      /* of a name: those that begin so; "" all */
    int64_t from_us, to_us; /* of a time: in [from, to); INT64_MIN, INT64_MAX: all */
};
/* `n` ids of it after the first `offset`, and how many there are. Costs the same for every offset.
 * Notes "roll:<name>". */
NODISCARD enum status store_roll_part(struct store_reader *r, struct arena *a,
                                      const struct roll_part *part, int64_t offset, int64_t n,
                                      struct list_page *ret, struct err *err);
/* Those with that slug, at most `max`. Notes "roll:tags", "roll:authors". */
NODISCARD enum status store_tags_named(struct store_reader *r, struct arena *a, struct str slug,
                                       size_t max, struct ids *ret, struct err *err);
NODISCARD enum status store_authors_named(struct store_reader *r, struct arena *a, struct str slug,
                                          size_t max, struct ids *ret, struct err *err);
/* The files that came with a story. Notes "roll:media". */
NODISCARD enum status store_media_of_story(struct store_reader *r, struct arena *a,
                                           int64_t story_id, size_t max, struct ids *ret,
                                           struct err *err);
/* The `max` tags with the most stories, most first. Notes "tag-sizes". */
NODISCARD enum status store_tags_by_size(struct store_reader *r, struct arena *a, size_t max,
                                         struct ids *ret, struct err *err);

/* Whether a story with that publication stands in a list (LATEST, a section, tag or author). Notes
 * the list. */
NODISCARD enum status store_list_has(struct store_reader *r, struct list_id list,
                                     const struct story *story, bool *ret, struct err *err);

/* The months (yyyymm) of a LIST_YEAR that have stories, the days (yyyymmdd) of a LIST_MONTH, in
 * their order; from the kept counts. Notes the list. */
NODISCARD enum status store_dates_within(struct store_reader *r, struct arena *a,
                                         struct list_id list, struct ids *ret, struct err *err);

/* The sitemap's files, each with the things among STORE_SITEMAP_IDS ids: file n of a kind those
 * with the ids from STORE_SITEMAP_IDS * (n - 1) + 1. The front page stands first in the first file
 * of sections. */
#define STORE_SITEMAP_IDS 2000
enum sitemap_kind {
    SITEMAP_STORIES = 0,
    SITEMAP_PAGES = 1,
    SITEMAP_SECTIONS = 2,
    SITEMAP_TAGS = 3,
    SITEMAP_AUTHORS = 4,
    SITEMAP_KINDS
};
struct sitemap {
    enum sitemap_kind kind;
    int64_t number; /* from 1 */
    int64_t changed_us;
};
struct sitemaps {
    const struct sitemap *ptr;
    size_t len;
};
/* "stories", "pages"… */
const char *store_sitemap_name(enum sitemap_kind kind);
/* Those that are not empty, by kind and number; from a kept table. Notes "sitemaps". */
NODISCARD enum status store_sitemaps(struct store_reader *r, struct arena *a, struct sitemaps *ret,
                                     struct err *err);
struct sitemap_entry {
    struct str path;
    struct str image;   /* the lead picture's address; "" none */
    int64_t changed_us; /* of a list: its newest story's publication; 0 not known */
};
struct sitemap_entries {
    const struct sitemap_entry *ptr;
    size_t len;
};
/* What is public in one file, by id: stories and pages that ask not to be indexed and lists without
 * stories are left out. Notes "sitemap:<name>:<number>". */
NODISCARD enum status store_sitemap(struct store_reader *r, struct arena *a, enum sitemap_kind kind,
                                    int64_t number, struct sitemap_entries *ret, struct err *err);

struct news_item {
    struct str path, headline;
    int64_t published_us;
};
struct news {
    const struct news_item *ptr;
    size_t len;
};
/* The newest stories published after the news horizon, at most `max`; none as long as there is no
 * horizon. Notes "news". */
NODISCARD enum status store_news(struct store_reader *r, struct arena *a, size_t max,
                                 struct news *ret, struct err *err);
/* The horizon (INT64_MAX: none yet), and the publication of the oldest story after it (0: none).
 * Notes nothing. */
NODISCARD enum status store_news_oldest(struct store_reader *r, int64_t *ret_since_us,
                                        int64_t *ret_oldest_us, struct err *err);

struct sections {
    const struct section *ptr; /* by name within their parent, parents first */
    size_t len;
};
NODISCARD enum status store_section(struct store_reader *r, struct arena *a, int64_t id,
                                    struct section *ret, struct err *err);
NODISCARD enum status store_sections(struct store_reader *r, struct arena *a, struct sections *ret,
                                     struct err *err);
NODISCARD enum status store_tag(struct store_reader *r, struct arena *a, int64_t id,
                                struct tag *ret, struct err *err);
NODISCARD enum status store_author(struct store_reader *r, struct arena *a, int64_t id,
                                   struct author *ret, struct err *err);
NODISCARD enum status store_media(struct store_reader *r, struct arena *a, int64_t id,
                                  struct media *ret, struct err *err);
/* The slot that the counting of views fills: the most read of the last 24 hours, most first. */
#define STORE_SLOT_MOST_READ STR("most-read")
/* A curated list's story ids in order, published or not; empty if there is no such slot. */
NODISCARD enum status store_slot(struct store_reader *r, struct arena *a, struct str name,
                                 struct ids *ret, struct err *err);

struct menu {
    const struct menu_item *ptr;
    size_t len;
};
NODISCARD enum status store_menu(struct store_reader *r, struct arena *a, struct str name,
                                 struct menu *ret, struct err *err);

struct comments {
    const struct comment *ptr;
    size_t len;
};
/* The approved comments of a story, oldest first, at most `max`. */
NODISCARD enum status store_comments(struct store_reader *r, struct arena *a, int64_t story_id,
                                     size_t max, struct comments *ret, struct err *err);
/* The newest approved comments of a story, newest first, at most `max`; story_id 0: of the site,
 * whether readers may see their stories or not. What other sites sent (pingbacks) is left out.
 * Notes comments:<story_id>, or "all-comments". */
NODISCARD enum status store_newest_comments(struct store_reader *r, struct arena *a,
                                            int64_t story_id, size_t max, struct comments *ret,
                                            struct err *err);
/* One, in any state. NOT_FOUND. Notes "all-comments" and comments:<its story's id>. */
NODISCARD enum status store_comment(struct store_reader *r, struct arena *a, int64_t id,
                                    struct comment *ret, struct err *err);
/* How many of those a story has. Notes comments:<story_id>. */
NODISCARD enum status store_comment_count(struct store_reader *r, int64_t story_id, int64_t *ret,
                                          struct err *err);
/* Published pages at the top (no parent), by menu order, at most `max`. Notes "pages". */
NODISCARD enum status store_top_pages(struct store_reader *r, struct arena *a, size_t max,
                                      struct ids *ret, struct err *err);
/* The same below a page. Notes "pages:<parent_id>". */
NODISCARD enum status store_child_pages(struct store_reader *r, struct arena *a, int64_t parent_id,
                                        size_t max, struct ids *ret, struct err *err);

/* What a reader looks for. */
struct store_search_request {
    struct search_query query;
    int64_t section_id; /* with its sub-sections; 0: all */
    int64_t author_id;  /* 0: all */
    int64_t from_us;    /* publication, inclusive; INT64_MIN: from the first */
    int64_t to_us;      /* exclusive; INT64_MAX: to the last */
    bool newest_first;  /* else the best */
};
struct store_search {
    struct ids ids;  /* of the page: public stories and pages */
    int64_t total;   /* how many were found */
    int64_t pages;   /* at least 1, at most LIMIT_SEARCH_PAGES */
    bool is_more;    /* there are more than `total`, or than the pages show: large archives are not
                      * counted out */
    bool is_relaxed; /* nothing has all the words; these have the rarest of them */
};
/* Page `number` (from 1) of `size` of the stories that a query finds. It costs the same on any
 * archive (search.c says how). NOT_FOUND past the last page (page 1 is always found). Notes
 * `search`, and with a section what store_sections notes. */
NODISCARD enum status store_search(struct store_reader *r, struct arena *a,
                                   const struct store_search_request *req, int64_t number,
                                   int64_t size, struct store_search *ret, struct err *err);
/* The user of a login. NOT_FOUND. Notes nothing. */
NODISCARD enum status store_user(struct store_reader *r, struct arena *a, struct str login,
                                 struct user *ret, struct err *err);
/* When the next scheduled story is due; 0: none. Notes nothing. */
NODISCARD enum status store_next_due(struct store_reader *r, int64_t *ret_us, struct err *err);
/* Values that are kept of a thing and have no field (of an import, mostly): that of a key, the
 * first if there are several, ptr NULL if none; or all, in their order. None of a thing that there
 * is not. Notes the thing's row (story:<id>, row:tag:<id>…), of a comment comments:<its story's
 * id>. */
NODISCARD enum status store_meta(struct store_reader *r, struct arena *a, enum meta_kind kind,
                                 int64_t id, struct str key, struct str *ret, struct err *err);
NODISCARD enum status store_metas(struct store_reader *r, struct arena *a, enum meta_kind kind,
                                  int64_t id, struct settings *ret, struct err *err);

/* Views of stories are counted by the hour since 1970, UTC, and kept for so many hours, the present
 * one included. */
#define STORE_VIEWS_HOURS 24
struct view_count {
    int64_t story_id;
    int64_t count;
};
struct view_counts {
    const struct view_count *ptr;
    size_t len;
};
/* The n public stories with the most views in the hours that end with `hour`; of equals, the newer
 * one first. Reads all that was counted in those hours. Notes nothing: what pages show is the slot
 * STORE_SLOT_MOST_READ. */
NODISCARD enum status store_views_top(struct store_reader *r, struct arena *a, int64_t hour,
                                      size_t n, struct view_counts *ret, struct err *err);

/* ---- writing ---- */

/* Take the write lock. Never two in one thread. Writers that wait for each other are committed
 * together, with one sync of the disk; what one does, fails to do or rolls back is its own. */
NODISCARD enum status store_write_begin(struct store *s, struct store_writer **ret,
                                        struct err *err);
/* For thousands of stories, as in an import: a transaction that writes them faster, leaves them to
 * store_search_fill (store_search_defer), and that nobody joins. Its commit is in order with all
 * others, but durable only after the next store_flush or the next commit of store_write_begin's. */
NODISCARD enum status store_write_begin_many(struct store *s, struct store_writer **ret,
                                             struct err *err);
NODISCARD enum status store_flush(struct store *s, struct err *err);
/* Durable when OK; rolled back otherwise. w is gone in both cases. */
NODISCARD enum status store_write_commit(struct store_writer *w, struct err *err);
void store_write_rollback(struct store_writer *w);
/* A reader that sees the uncommitted state of this transaction; noting nothing. Do not close it. */
struct store_reader *store_writer_reader(struct store_writer *w);
/* The keys touched so far. */
const struct keys *store_write_touched(const struct store_writer *w);
/* Touch a key by hand ("theme"). */
void store_touch(struct store_writer *w, struct str key);

NODISCARD enum status store_setting_put(struct store_writer *w, struct str key, struct str value,
                                        struct err *err);

/* Insert (id 0) or replace, relations included; keeps `path` reachable: a changed path of a story
 * leaves a redirect at the old one. List membership, counts, excerpts and addresses follow from the
 * fields. The primary section comes first in `sections` if it is not among them; doubles are
 * dropped. Saving what is there already changes nothing. A path where only a redirect stands may be
 * taken over. `local_day` of a published or scheduled story must be the day of published_us in some
 * zone. `version` is not looked at. Errors: CONFLICT (the path belongs to something else),
 * NOT_FOUND (id, or a related id), INVALID. */
NODISCARD enum status store_story_put(struct store_writer *w, const struct story *story,
                                      int64_t *ret_id, struct err *err);
/* Only the body and how many words it has (the link pass of an import); raises no version, changes
 * no date. */
NODISCARD enum status store_story_body_put(struct store_writer *w, int64_t id, struct html body,
                                           unsigned word_count, struct err *err);
/* A body with the same text (html_text) as the one that is there: other links. Else as above. */
NODISCARD enum status store_story_links_put(struct store_writer *w, int64_t id, struct html body,
                                            struct err *err);
/* Make a story public at `at_us` (its first publication date is kept if it has one that has come
 * and is not scheduled), or schedule it when at_us > now_us. local_day as in struct story. */
NODISCARD enum status store_story_publish(struct store_writer *w, int64_t id, int64_t at_us,
                                          int local_day, int64_t now_us, struct err *err);
NODISCARD enum status store_story_withdraw(struct store_writer *w, int64_t id, int64_t now_us,
                                           struct err *err);
/* Publish every scheduled story due by now_us, at the times that they name; *ret_published counts,
 * *ret_next_us is when the next is due (0: none). */
NODISCARD enum status store_publish_due(struct store_writer *w, int64_t now_us,
                                        size_t *ret_published, int64_t *ret_next_us,
                                        struct err *err);

/* Move the news horizon. */
NODISCARD enum status store_news_since_put(struct store_writer *w, int64_t since_us,
                                           struct err *err);

NODISCARD enum status store_section_put(struct store_writer *w, const struct section *section,
                                        int64_t *ret_id, struct err *err);
NODISCARD enum status store_tag_put(struct store_writer *w, const struct tag *tag, int64_t *ret_id,
                                    struct err *err);
NODISCARD enum status store_author_put(struct store_writer *w, const struct author *author,
                                       int64_t *ret_id, struct err *err);
/* CONFLICT: the login is taken by another. */
NODISCARD enum status store_user_put(struct store_writer *w, const struct user *user,
                                     int64_t *ret_id, struct err *err);
NODISCARD enum status store_media_put(struct store_writer *w, const struct media *media,
                                      int64_t *ret_id, struct err *err);
NODISCARD enum status store_comment_put(struct store_writer *w, const struct comment *comment,
                                        int64_t *ret_id, struct err *err);
NODISCARD enum status store_slot_put(struct store_writer *w, struct str name, struct ids stories,
                                     struct err *err);
/* Add to the views of `hour`, and forget hours that are too old. What is no public story is not
 * counted. Touches nothing. */
NODISCARD enum status store_views_add(struct store_writer *w, int64_t hour,
                                      struct view_counts counts, struct err *err);
NODISCARD enum status store_menu_put(struct store_writer *w, struct str name,
                                     const struct menu *menu, struct err *err);
/* All metas of a thing, replacing the old ones. NOT_FOUND: there is no such thing. Touches what
 * reading them notes, unless they are the same. */
NODISCARD enum status store_metas_put(struct store_writer *w, enum meta_kind kind, int64_t id,
                                      const struct setting *metas, size_t n, struct err *err);
/* A redirect (or another address) at `path`. An address that something answers at itself is left
 * alone: CONFLICT. Repeating it changes nothing. */
NODISCARD enum status store_address_put(struct store_writer *w, struct str path,
                                        const struct address *address, struct err *err);

/* Let stories that come from now on wait for store_search_fill: many at once are put into the
 * search index many times faster than one by one. Until then they are not found; should the process
 * die, who opens the store next puts them in. Once in each transaction. */
NODISCARD enum status store_search_defer(struct store_writer *w, struct err *err);
/* Put all stories that wait into the search index, on all processors, in transactions of about a
 * second. progress (may be NULL) hears of how many stories are left, from time to time. */
typedef void store_filling(void *ctx, int64_t done, int64_t total);
NODISCARD enum status store_search_fill(struct store *s, store_filling *progress, void *ctx,
                                        struct err *err);

/* Where an imported thing went: (source, kind, source id) → our id, with a hash of what was
 * imported, so that a second run knows what it need not touch. NOT_FOUND. */
struct import_entry {
    int64_t id;
    uint64_t hash;
};
NODISCARD enum status store_import_get(struct store_reader *r, struct str source, struct str kind,
                                       struct str source_id, struct import_entry *ret,
                                       struct err *err);
NODISCARD enum status store_import_put(struct store_writer *w, struct str source, struct str kind,
                                       struct str source_id, struct import_entry entry,
                                       struct err *err);
/* Work that an interrupted import must come back to: a small queue of (source, kind, id, text). */
struct import_task {
    int64_t seq;
    int64_t id;
    struct str kind;
    struct str text;
};
NODISCARD enum status store_import_task_put(struct store_writer *w, struct str source,
                                            struct str kind, int64_t id, struct str text,
                                            struct err *err);
/* The first task with seq > after_seq. NOT_FOUND: none left. */
NODISCARD enum status store_import_task_next(struct store_reader *r, struct arena *a,
                                             struct str source, int64_t after_seq,
                                             struct import_task *ret, struct err *err);
NODISCARD enum status store_import_task_done(struct store_writer *w, int64_t seq, struct err *err);

/* ---- the whole store ---- */

/* Walk all addresses, in order, from after `path` ("" to begin): for `check`, exports and tests.
 * NOT_FOUND at the end. Notes nothing. */
NODISCARD enum status store_address_next(struct store_reader *r, struct arena *a, struct str after,
                                         struct str *ret_path, struct address *ret,
                                         struct err *err);
/* The smallest story id > after, any kind and state; NOT_FOUND at the end. The same for
 * authors and media. */
NODISCARD enum status store_story_next(struct store_reader *r, int64_t after, int64_t *ret_id,
                                       struct err *err);
NODISCARD enum status store_author_next(struct store_reader *r, int64_t after, int64_t *ret_id,
                                        struct err *err);
NODISCARD enum status store_media_next(struct store_reader *r, int64_t after, int64_t *ret_id,
                                       struct err *err);
/* The same of pictures with a file that nobody has looked into (`probed`). Notes nothing. */
NODISCARD enum status store_media_unprobed_next(struct store_reader *r, int64_t after,
                                                int64_t *ret_id, struct err *err);
/* The smallest id > after of the media whose file has that hash; NOT_FOUND at the end. Notes
 * nothing. */
NODISCARD enum status store_media_of_hash(struct store_reader *r, struct str hash, int64_t after,
                                          int64_t *ret_id, struct err *err);

/* The years, months or days (LIST_YEAR, LIST_MONTH, LIST_DAY) on which something public was
 * published, oldest first, with how much. Notes nothing. */
struct list_dates {
    const struct list_date {
        struct list_id list;
        int64_t stories;
    } * ptr;
    size_t len;
};
NODISCARD enum status store_list_dates(struct store_reader *r, struct arena *a, enum list_kind kind,
                                       struct list_dates *ret, struct err *err);
/* How many pages a walk over the whole site will come to, about: the addresses, and the pages of
 * all lists, `page_size` stories on each. Looks at all of them. Notes nothing. */
NODISCARD enum status store_size(struct store_reader *r, int64_t page_size, int64_t *ret,
                                 struct err *err);

/* Each fault of the database itself (integrity, foreign keys, lists and counts that do not agree
 * with the stories, addresses without target) is told to `fault`. Returns OK also when there are
 * faults; *ret_faults counts them. */
typedef void store_fault(void *ctx, struct str what);
NODISCARD enum status store_check(struct store_reader *r, store_fault *fault, void *ctx,
                                  size_t *ret_faults, struct err *err);

/* Statements run by this reader since it was opened, for budgets in tests. */
uint64_t store_reader_statements(const struct store_reader *r);

#endif
