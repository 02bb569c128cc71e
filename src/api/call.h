/* One call of the API: which route, with what, by whom; and what comes back.
 *
 * A target below /wp-json (or "?rest_route=" at "/") is taken apart on the event loop by
 * api_target: purely, without the store. An anonymous GET becomes a page key, and its answer a page
 * of the fragment table as any other; a call that cannot be right is answered at once.
 *
 * Handlers build whole objects as jansson trees, with every field and link. What all answers share
 * is done to the tree afterwards (api/answer.h): the context, `_fields`, `_embed`, `_envelope`,
 * `_jsonp`. */
#ifndef API_CALL_H
#define API_CALL_H

#include "api/args.h"
#include "site/pass.h"

#include <jansson.h>

#define API_ROOT STR("/wp-json")

/* In which an object is shown: each field belongs to some of them. */
enum api_context { API_VIEW = 1, API_EMBED = 2, API_EDIT = 4 };

enum { API_ARGS_MAX = 40, API_IDS_MAX = 2 };

struct api_answer;

/* Fill *answer. OK also for an error that the caller made: api_fail says which. */
typedef enum status api_handler(struct api_answer *answer, struct err *err);

struct api_field {
    const char *name;
    const char *type; /* of JSON Schema: "integer", "string", "object"… */
    unsigned contexts;
    bool is_read_only;
    const char *meaning;
};
struct api_schema {
    const char *title; /* "post" */
    const struct api_field *fields;
    size_t fields_len;
};

struct api_route {
    const char *pattern; /* "/wp/v2/posts/{id}"; {id}: digits, {name}: a word */
    api_handler *get;
    const struct arg_def *args;
    size_t args_len;
    const struct api_schema *schema; /* NULL: an object of no fixed shape */
    const char *meaning;
};

extern const struct api_route api_routes[];
extern const size_t api_routes_len;

struct api_call {
    const struct api_route *route;
    struct str path; /* "/wp/v2/posts/7" */
    int64_t id;      /* of {id} */
    struct str name; /* of {name} */
    struct arg args[API_ARGS_MAX];
    /* What every route takes. */
    enum api_context context;
    struct words fields; /* none: all */
    bool is_embedding;
    struct words embed; /* none: all that can be */
    bool is_enveloped;
    struct str jsonp; /* empty: none */
};

struct api_error {
    int status;
    const char *code;
    struct str message;
    struct arg_faults faults;
};

enum api_target_kind {
    API_TARGET_NONE,  /* not of the API */
    API_TARGET_PAGE,  /* *ret_key is the page that answers */
    API_TARGET_ERROR, /* *ret_error is the answer */
};
/* path: canonical. Strings live in `a`. */
enum api_target_kind api_target(struct arena *a, struct str path, struct str query,
                                struct str *ret_key, struct api_error *ret_error);
/* The call of a page key; or of a link's path and query below the root. */
enum api_target_kind api_call_read(struct arena *a, struct str target, struct api_call *ret,
                                   struct api_error *ret_error);
/* Its key: the one spelling. */
struct str api_call_spell(struct arena *a, const struct api_call *call);
/* The argument of that name, which the route declares. */
const struct arg *api_arg(const struct api_call *call, const char *name);

/* What comes back, being made. */
struct api_answer {
    struct pass *pass;
    const struct api_call *call;
    json_t *body; /* owned */
    struct api_error error;
    bool is_list;
    int64_t total, pages;
};

/* The caller's error: the answer is this. message: one sentence. Returns OK. */
enum status api_fail(struct api_answer *answer, int status, const char *code, struct str message);

/* ---- for handlers ---- */

/* A string; invalid UTF-8 becomes U+FFFD. */
json_t *api_str(struct str s);
json_t *api_ids(struct ids ids);
/* {"rendered": …} */
json_t *api_rendered(struct html html);
/* "2022-03-14T09:00:00" in the site's zone; null for 0. */
json_t *api_date(struct pass *pass, int64_t us);
json_t *api_date_gmt(struct pass *pass, int64_t us);
/* The instant of an ARG_TIME. */
int64_t api_time(struct pass *pass, struct str text);
/* Set a field. Takes the value. */
void api_set(json_t *object, const char *name, json_t *value);
/* "https://…/wp-json" and the path. */
struct str api_url(struct pass *pass, const char *fmt, ...) PRINTF(2, 3);
/* Add a link to the object's _links; returns it, for more. Borrowed. */
json_t *api_link(json_t *object, const char *rel, struct str href);
/* The same, which _embed follows. */
json_t *api_link_embeddable(json_t *object, const char *rel, struct str href);

#endif
