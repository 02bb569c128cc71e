/* Telling the world what changed: a WebSub hub of each feed, IndexNow's search engines of each
 * story.
 *
 * One thread reads the store's journal, where every commit of any process has left its keys, from a
 * place that it keeps in the store: what was committed before the process was killed is announced
 * when it runs again. Nobody waits for it; a hub that fails is asked again later and later, and
 * given up after about a day and a half. Something may be announced twice, nothing is left out. */
#ifndef NEWSROOM_ANNOUNCE_H
#define NEWSROOM_ANNOUNCE_H

#include "store/store.h"

struct announce_news {
    struct str hub;                                               /* empty: none */
    struct str indexnow_endpoint, indexnow_key, indexnow_key_url; /* key empty: nobody */
    struct str host;
    const struct str *feeds;
    size_t feeds_len;
    const struct str *stories;
    size_t stories_len;
};

/* What keys of the journal mean (NULL: only the settings are wanted), within the reader's snapshot.
 * forgotten: the journal has lost some. */
typedef enum status announce_look(struct store_reader *r, struct arena *a,
                                  const struct keys *touched, bool forgotten,
                                  struct announce_news *ret, struct err *err);

/* Called on the announcing thread; one line for a log. */
typedef void announce_report(void *ctx, bool is_error, const char *message);

struct announce;

NODISCARD enum status announce_start(struct store *store, announce_look *look,
                                     announce_report *report, void *ctx, struct announce **ret,
                                     struct err *err);
/* Something was committed. From any thread, at any time; does not wait. NULL is accepted. */
void announce_wake(struct announce *an);
/* Ends the thread, at once, whatever a hub is doing. NULL is accepted. */
void announce_stop(struct announce *an);

#endif
