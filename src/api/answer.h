/* What all answers of the API share, done to the tree that a handler made. */
#ifndef API_ANSWER_H
#define API_ANSWER_H

#include "api/call.h"

/* {"code", "message", "data": {"status", …}}: WordPress's error object. */
json_t *answer_error(const struct api_error *error);

/* The body as it is sent; *ret_type its media type. Takes `body`. head: pairs of names and values
 * for the envelope. */
void answer_put(const struct api_call *call, int status, json_t *head, json_t *body,
                struct buf *out, const char **ret_type);

/* Run a call: the body is made, shaped and with what it embeds. *answer is the caller's to free
 * (body). */
NODISCARD enum status answer_make(struct pass *pass, const struct api_call *call,
                                  struct api_answer *answer, struct err *err);

#endif
