/* Looking into pictures that came when nobody could: those of earlier versions, and what was taken
 * in where no picture may be decoded. Until then they have no renditions, and are sent as they
 * came.
 */
#ifndef NEWSROOM_LIBRARY_PROBE_H
#define NEWSROOM_LIBRARY_PROBE_H

#include "newsroom/library.h"

struct library_probed {
    int64_t looked_into, damaged, missing;
};

struct library_prober {
    struct store *store;
    struct decoder *decoder;
    /* Each picture that cannot be looked into: why. */
    void (*fault)(void *ctx, int64_t media_id, const char *why);
    void (*progress)(void *ctx, const struct library_probed *so_far); /* may be NULL */
    bool (*goes_on)(void *ctx);                                       /* may be NULL: yes */
    void *ctx;
};

/* All of them, one after the other, each in a transaction of its own. Their texts stay as they are
 * where an import might still change them: title, alt, caption, credit, licence.
 * Errors: FORBIDDEN and NOT_FOUND (nothing can be decoded here), the store's. */
NODISCARD enum status library_probe(const struct library_prober *prober, struct library_probed *ret,
                                    struct err *err);

/* The same on a thread of its own, from now on until it is done. */
struct library_probing;
typedef void library_report(void *ctx, bool is_error, const char *message);
struct library_probing *library_probing_start(struct store *store, struct decoder *decoder,
                                              library_report *report, void *ctx);
/* Ends it; the decoder may be stopped before. NULL is accepted. */
void library_probing_stop(struct library_probing *p);

#endif
