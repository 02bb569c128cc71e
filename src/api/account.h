/* The calls of the API by which people sign in, and look after what they sign in by:
 *
 *   GET POST DELETE  /broadsheet/v1/session        who am I (with a fresh nonce); sign in; sign out
 *   GET DELETE       /broadsheet/v1/sessions       where I am signed in; sign out everywhere else
 *   POST             /broadsheet/v1/password       set it, by the old one or by a link's key
 *   GET              /wp/v2/users/me
 *   GET POST DELETE  /wp/v2/users/me/application-passwords[/{uuid}]
 *
 * They run on threads of their own, so that neither the loops nor those who render for readers ever
 * wait for a password's hash. Their answers are kept by nobody. */
#ifndef API_ACCOUNT_H
#define API_ACCOUNT_H

#include "base/arena.h"
#include "http/request.h"
#include "store/store.h"

struct account;

/* Starts the threads. The site's key is read or made with the first call. */
NODISCARD enum status account_open(struct store *s, struct account **ret, struct err *err);
/* After the last call was answered. NULL is accepted. */
void account_close(struct account *account);

/* One call. req and what it points to, arena, ctx: live until done is called. */
struct account_call {
    const struct http_request *req;
    struct arena *arena;
    struct str address; /* of the client */
    bool is_tls;
    void (*done)(struct account_call *call); /* on one of the threads */
    void *ctx;
    /* The answer. */
    int status;
    struct str head, body;
    struct account_call *next;
};

/* Whether a request is one of these. Pure. An anonymous GET of /wp/v2/users/me is not: it is
 * answered as any page. */
bool account_is_call(const struct http_request *req);
/* False: LIMIT_ACCOUNT_QUEUE of them wait, or LIMIT_PASSWORD_QUEUE of those that hash. Else done is
 * called, once. */
NODISCARD bool account_run(struct account *account, struct account_call *call);

#endif
