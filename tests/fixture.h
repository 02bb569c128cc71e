/* A small paper in a temporary folder, for tests of everything above the store.
 *
 * "The Test Courier", in three sections (World, with its sub-section Europe; Harbour; and Empty),
 * has 14 public stories, one a day from 2022-03-01 at 09:00 UTC, besides one of each kind that
 * readers may not see. Story n (from 1) is named "Headline n", lives at
 * /2022/03/<day>/headline-<n>/, and has 120 words of body, numbered: "w1 … w120"; odd ones stand in
 * World, even ones in Harbour, every fourth in Europe too. */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include "site/site.h"

enum { FIXTURE_STORIES = 14 };

struct fixture {
    struct store *store;
    struct site *site; /* fixture_reopen makes it anew */
    struct render_source source;
    void *thread;
    struct arena arena; /* of what fixture_get returns */
    int64_t world, europe, harbour, empty;
    int64_t anna, tom; /* authors: Anna Vex, a guest; Tom Brill */
    int64_t tag;       /* "ferries" */
    int64_t image;     /* with a local file */
    int64_t stories[FIXTURE_STORIES + 1];
    int64_t locked, private, draft, scheduled, withdrawn; /* "Secret <kind>" */
    int64_t about, about_child;                           /* pages */
};

/* Stops the program when something fails: a test cannot go on without it. */
void fixture_open(struct fixture *f);
void fixture_close(struct fixture *f);
/* Open site and thread again, for a changed theme or settings. */
void fixture_reopen(struct fixture *f);

/* Write one thing in a transaction of its own. */
int64_t fixture_put(struct fixture *f, const struct story *story);
void fixture_set(struct fixture *f, const char *key, const char *value);
void fixture_slot(struct fixture *f, const char *name, const int64_t *ids, size_t n);
/* The whole story, to be changed and put again; in the arena. */
struct story fixture_story(struct fixture *f, int64_t id);

/* A page with its fragments in place, as the server puts it together. */
struct fixture_answer {
    int status;
    struct str head;
    struct str body;
    struct str file;
    struct keys keys; /* of the page itself, without its fragments' */
};
/* In the arena; keys_done the keys. */
void fixture_get(struct fixture *f, const char *key, struct fixture_answer *ret);
/* Only the body. */
struct str fixture_body(struct fixture *f, const char *key);
/* Only the status. */
int fixture_status(struct fixture *f, const char *key);
/* What a reader of <main> reads, in the order of the HTML, white space collapsed. */
struct str fixture_text(struct fixture *f, struct str html);
/* The value of Location; empty if there is none. */
struct str fixture_location(struct fixture *f, const char *key);

/* What an address answers; `location` is empty unless it leads on. */
struct fixture_case {
    const char *key;
    int status;
    const char *location;
};
/* A failure of the test for each that answers something else. */
void fixture_check(struct fixture *f, const struct fixture_case *cases, size_t n_cases);

/* The numbers of the stories whose headlines are links behind the first `from`, up to the next
 * `to`, in order; room for 2 * FIXTURE_STORIES. */
size_t fixture_linked(struct str html, const char *from, const char *to, int *ret);

#endif
