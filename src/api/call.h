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

#define API_ROOT    STR("/wp-json")
/* Before the key of what a route is, and not of what it has. */
#define API_OPTIONS STR("options:")

/* In which an object is shown: each field belongs to some of them. */
enum api_context { API_VIEW = 1, API_EMBED = 2, API_EDIT = 4 };

enum { API_ARGS_MAX = 40 };

struct api_answer;

/* Fill *answer. OK also for an error that the caller made: api_fail says which. */
typedef enum status api_handler(struct api_answer *answer, struct err *err);

struct api_field {
    const char *name;
    const char *type; /* of JSON Schema: "integer", "string", "object"; "string|null" */
    unsigned contexts;
    bool is_read_only;
    const char *meaning;
    const char *parts; /* of an object, "raw|rendered"; NULL: not said */
};
struct api_schema {
    const char *title; /* "post" */
    const struct api_field *fields;
    size_t fields_len;
};

struct api_route {
    const char *pattern; /* "/wp/v2/posts/{id}"; {id} and {parent}: digits, others: a word */
    api_handler *get;    /* NULL: only who is signed in gets anything, see `denied` */
    const struct arg_def *args;
    size_t args_len;
    const struct api_schema *schema; /* NULL: an object of no fixed shape */
    const char *meaning;
    /* What those hear who are not signed in: the error's code. Of the route (NULL: it is open), and
     * of its context=edit (NULL: "rest_forbidden_context"). */
    const char *denied, *denied_edit;
    bool has_no_edit; /* there is no context=edit for anybody */
};

/* "context", which every route takes. */
extern const struct arg_def *const api_context_arg;

/* These, which all routes take: context, _fields… */
extern const struct arg_def *const api_metas;
extern const size_t api_metas_len;

extern const struct api_route api_routes[];
extern const size_t api_routes_len;

struct api_call {
    const struct api_route *route;
    bool is_options; /* what the route is, and not what it has */
    struct str path; /* "/wp/v2/posts/7" */
    int64_t id;      /* of {id} */
    int64_t parent;  /* of {parent} */
    struct str name; /* of {type}, {status}… */
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
    int status; /* 0: none */
    const char *code;
    struct str message;
    struct arg_faults faults;
};

enum api_target_kind {
    API_TARGET_NONE,  /* not of the API */
    API_TARGET_PAGE,  /* *ret_key is the page that answers */
    API_TARGET_ERROR, /* *ret_error is the answer */
};
/* method: "GET"; that of `_method` counts for more than a POST's own. path: canonical. Strings live
 * in `a`. */
enum api_target_kind api_target(struct arena *a, struct str method, struct str path,
                                struct str query, struct str *ret_key, struct api_error *ret_error);
/* The call of a page key; or of a link's path and query below the root. */
enum api_target_kind api_call_read(struct arena *a, struct str target, struct api_call *ret,
                                   struct api_error *ret_error);
/* Its key: the one spelling. */
struct str api_call_spell(struct arena *a, const struct api_call *call);
/* The argument of that name; one that was not given if the route does not declare it. */
const struct arg *api_arg(const struct api_call *call, const char *name);

/* What comes back, being made. */
struct api_answer {
    struct pass *pass;
    const struct api_call *call;
    json_t *body; /* owned */
    struct api_error error;
    bool is_list;   /* of objects */
    bool is_map;    /* of objects, by their names */
    bool is_strict; /* a page past the last is an error; else it is empty */
    int64_t total, pages;
    struct str alternate; /* the page for readers that shows the same; empty: none */
};

/* The caller's error: the answer is this. message: one sentence. Returns OK. */
enum status api_fail(struct api_answer *answer, int status, const char *code, struct str message);
/* The same of one argument: 400 rest_invalid_param. */
enum status api_fail_arg(struct api_answer *answer, const char *name, const char *code,
                         struct str message);

/* ---- for handlers ---- */

/* A string; invalid UTF-8 becomes U+FFFD. */
json_t *api_str(struct str s);
json_t *api_ids(struct ids ids);
/* Plain text where HTML is expected: "&", "<" and ">" escaped and nothing else. */
struct html api_html(struct pass *pass, struct str text);
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
