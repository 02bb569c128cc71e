/* Dependency keys: the names by which data, cached fragments and purges meet.
 *
 * Every read of the store notes in a `struct keys` what it looked at; every committed write reports
 * the keys that it touched. A fragment is stale when the two sets meet: nothing else is declared
 * anywhere. The same names go to edges as Surrogate-Key and to other processes in the change table.
 *
 *   key              noted by reading                              touched by
 *   site             (every fragment, by the renderer)             a setting
 *   theme            (every fragment, by the renderer)             a template, style or phrase
 *   path:<p>         what answers at an address                    an address made, moved, removed
 *   slug:<s>         the published story with that slug            one published, withdrawn, named
 *   story:<id>       a story's row, relations, corrections         any save of it
 *   row:section:<id> a section's name, slug, parent, address       a save of it
 *   row:tag:<id>     the same of a tag                             a save of it
 *   row:author:<id>  the same of an author                         a save of it
 *   media:<id>       a picture's data                              a save of it
 *   pages            which pages stand at the top                   a page's save
 *   pages:<id>       which pages stand below that one               the same
 *   sections         which sections there are                      a section made or removed
 *   menu:<name>      a navigation list                             a save of it
 *   slot:<name>      a curated list                                a save of it
 *   comments:<id>    a story's comments                            a save of one
 *   all-comments     the newest comments of the site               a save of an approved one
 *   sitemap:<kind>:<n>  one file of the sitemap                    a change of what it says
 *   sitemaps         which files there are, and how new they are   the same, when it makes it newer
 *   roll:<name>      a roll: all pages, media, tags, tags with     one that comes, goes or is
 *                    stories, authors with stories                 called otherwise
 *   tag-sizes        which tags have the most stories              a story that gets or loses a tag
 *   times            which stories of a list lie between moments   another time of publication,
 *                                                                  also where no place changes
 *   news             the stories after the news horizon            one of them, or the horizon
 *   search           what a search finds                           a public story's or page's
 *                                                                  headline, text, date, sections
 *                                                                  or authors; its coming and going
 * The metas of a thing count as a part of its row, those of a comment as a part of the comment.
 * And the lists, touched when a published story enters, leaves or changes its place in them:
 *   latest           all stories
 *   section:<id>     a section's stories, those of its sub-sections included
 *   tag:<id>, author:<id>
 *   year:<yyyy>, month:<yyyymm>, day:<yyyymmdd>   also which months and days there are in them
 *   after:<id>, before:<id>                       the next and the previous of a story in `latest`
 *   after:<id>/section:<n>, before:<id>/section:<n>   the same within a section
 *
 * A path (or a slot's or menu's name) that is longer than KEY_BYTES_MAX allows or holds a byte that
 * is no visible character is named by a hash, "path:#<16 hex digits>", so that a key never contains
 * white space and a list of keys can be a header field.
 *
 * A commit that touches more than KEYS_TOUCHED_MAX keys is reported as the one key "site". */
#ifndef STORE_KEYS_H
#define STORE_KEYS_H

#include "base/arena.h"
#include "base/map.h"

#define KEY_BYTES_MAX    200
#define KEYS_TOUCHED_MAX 2000

/* A set of keys in the order of their first appearance. */
struct keys {
    struct arena arena;
    struct map seen;
    VEC(struct str) list;
};

void keys_init(struct keys *k);
/* k may be zeroed or NULL. */
void keys_done(struct keys *k);
void keys_reset(struct keys *k);

/* Add a key; k may be NULL (nobody listens). Nothing happens if it is there already. */
void keys_add(struct keys *k, struct str key);
void keys_addf(struct keys *k, const char *fmt, ...) PRINTF(2, 3);
/* "<prefix><name>", or the hashed form for an unwieldy name; prefix ends in a colon. */
struct str keys_name(char out[KEY_BYTES_MAX + 1], struct str prefix, struct str name);
void keys_add_name(struct keys *k, struct str prefix, struct str name);
void keys_add_path(struct keys *k, struct str path);
bool keys_has(const struct keys *k, struct str key);

/* The same for what a read looked at: nothing happens when keys_ignore names the key. */
void keys_note(struct keys *k, struct str key);
void keys_notef(struct keys *k, const char *fmt, ...) PRINTF(2, 3);
void keys_note_name(struct keys *k, struct str prefix, struct str name);

/* Whether a write that touched these keys made what noted those stale. */
bool keys_meet(const struct keys *touched, const struct keys *noted);

/* For the tests that prove that each note counts: while set, keys that start with `prefix` are not
 * noted. NULL ends it. For the whole process. */
void keys_ignore(const char *prefix);

#endif
