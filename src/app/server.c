/* From a request to an answer, on an event loop:
 *
 *   request line → page key (site_page_key: pure) → cache_answer
 *     READY    → one writev of the answer's parts (or 304, or a file from the renderers)
 *     PENDING  → the exchange is deferred; the renderer that fills the cell resumes it, and the
 *                whole begins again from the key
 *     BUSY     → 503, from a page that is kept ready
 *
 * The loop is "online" for the table (render/cache.h) from waking up to going to sleep, so that an
 * answer's bytes stay while they are written; what a slow client does not take at once is copied by
 * the HTTP layer. */
#include "app/server.h"

#include "api/account.h"
#include "api/page.h"
#include "app/redirects.h"

#include "app/reload.h"
#include "base/epoch.h"
#include "base/limits.h"
#include "http/form.h"
#include "http/response.h"
#include "http/server.h"
#include "http/tls.h"
#include "http/visit.h"
#include "newsroom/announce.h"
#include "newsroom/clock.h"
#include "newsroom/library_probe.h"
#include "newsroom/upkeep.h"
#include "newsroom/views.h"
#include "picture/renditions.h"
#include "site/changes.h"
#include "site/key.h"
#include "site/look_check.h"
#include "site/pass.h"
#include "site/site.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct server {
    struct store *store;
    struct site *site;
    struct cache *cache;
    struct reload reload;
    bool dev;
    struct http_server *http;
    struct redirects *redirects; /* NULL: none */
    struct tls *tls;             /* NULL: in clear */
    char hsts[64];               /* a field for every answer, or none */
    struct decoder *decoder;
    struct library_probing *probing;
    struct renditions *renditions;
    struct newsroom_clock *clock;
    struct upkeep *upkeep;
    struct account *account;
    struct views *views;                 /* NULL: none are counted */
    _Atomic(struct announce *) announce; /* NULL: not yet */
    _Atomic unsigned privates;           /* under way */
    unsigned waits_max;
    bool fixed_memory;           /* by a flag */
    _Atomic bool memory_is_late; /* the setting may be another than the table has */
    void (*report)(void *ctx, bool is_error, const char *message);
    void *report_ctx;
};

enum { LOOPS_MAX = EPOCH_READERS_MAX }; /* the table knows so many readers */

/* The answers of refused requests; the site has a page for each. */
static const int error_statuses[] = { 400, 404, 405, 408, 413, 414, 417, 431, 500, 501, 503, 505 };

static void reply_error(struct server *s, struct http_exchange *ex, int status, struct str head) {
    char key[32];
    int n = snprintf(key, sizeof key, "error:%d", status);
    struct answer a;
    if (cache_answer(s->cache, http_loop_index(ex), str_make(key, (size_t)n), false, &a, NULL,
                     NULL) != CACHE_READY) {
        http_reply_plain(ex, status);
        return;
    }
    struct arena *arena = http_arena(ex);
    struct http_response r = { .status = status,
                               .head =
                                   arena_printf(arena, "%.*s%.*s", STR_FMT(a.head), STR_FMT(head)),
                               .parts = a.parts,
                               .n_parts = a.n_parts,
                               .body_len = a.body_len };
    http_reply(ex, &r);
}

static void on_refused(void *ctx, struct http_exchange *ex, int status) {
    reply_error(ctx, ex, status, STR(""));
}

static void reply_busy(struct server *s, struct http_exchange *ex) {
    reply_error(s, ex, 503, STR("Retry-After: 1\r\n"));
}

/* ---- deferred exchanges ---- */

static http_handler answer_again;

static void again_busy(void *ctx, struct http_exchange *ex, const struct http_request *req) {
    (void)req;
    reply_busy(ctx, ex);
}

static void again_failed(void *ctx, struct http_exchange *ex, const struct http_request *req) {
    (void)req;
    reply_error(ctx, ex, 500, STR(""));
}

struct wake {
    struct server *server;
    struct http_exchange *ex;
    unsigned waits; /* so far */
};

static void on_wake(void *arg, enum status outcome) {
    struct wake w = *(struct wake *)arg;
    if (outcome == STATUS_OK) {
        http_resume(w.ex, answer_again, arg);
    } else {
        http_resume(w.ex, status_http(outcome) == 503 ? again_busy : again_failed, w.server);
    }
}

/* ---- files ---- */

struct file_job {
    struct rendition_waiter made; /* first: it is found by it */
    struct server *server;
    struct http_exchange *ex;
    struct str name, head, etag;
    int status;
    int fd;
    bool try_later; /* there may be a file soon, or no descriptor is left for it */
    uint64_t size;
};

static void reply_file(void *ctx, struct http_exchange *ex, const struct http_request *req) {
    struct file_job *job = ctx;
    if (job->fd < 0 && job->try_later) {
        reply_busy(job->server, ex);
        return;
    }
    if (job->fd < 0) {
        reply_error(job->server, ex, 404, STR(""));
        return;
    }
    struct http_range range;
    struct str head =
        arena_printf(http_arena(ex), "%.*sAccept-Ranges: bytes\r\n", STR_FMT(job->head));
    switch (http_range(req, job->size, job->etag, 0, &range)) {
    case HTTP_RANGE_NONE: http_reply_file(ex, job->status, head, job->fd, 0, job->size); return;
    case HTTP_RANGE_PART:
        head = arena_printf(http_arena(ex), "%.*sContent-Range: bytes %llu-%llu/%llu\r\n",
                            STR_FMT(head), (unsigned long long)range.first,
                            (unsigned long long)(range.first + range.len - 1),
                            (unsigned long long)job->size);
        http_reply_file(ex, 206, head, job->fd, range.first, range.len);
        return;
    case HTTP_RANGE_UNSATISFIABLE: break;
    }
    close(job->fd);
    struct http_response r = { .status = 416,
                               .head = arena_printf(http_arena(ex),
                                                    "Content-Range: bytes */%llu\r\n",
                                                    (unsigned long long)job->size) };
    http_reply(ex, &r);
}

static void open_path(struct file_job *job, const char *path) {
    struct stat st;
    job->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    job->try_later = job->fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM);
    if (job->fd >= 0 && (fstat(job->fd, &st) != 0 || !S_ISREG(st.st_mode))) {
        close(job->fd);
        job->fd = -1;
    }
    job->size = job->fd >= 0 ? (uint64_t)st.st_size : 0;
}

/* On a thread that makes renditions. An original that is broken has none: not found. */
static void on_made(struct rendition_waiter *waiter, enum status outcome) {
    struct file_job *job = (struct file_job *)waiter;
    struct rendition_order order;
    if (outcome == STATUS_OK && rendition_order_read(job->name, &order)) {
        struct arena *arena = http_arena(job->ex);
        open_path(job, renditions_path(job->server->renditions, arena, &order).ptr);
    } else {
        job->try_later = outcome != STATUS_INVALID && outcome != STATUS_TOO_LARGE;
    }
    http_resume(job->ex, reply_file, job);
}

static void open_rendition(struct file_job *job, const struct rendition_order *order) {
    struct server *s = job->server;
    struct arena *arena = http_arena(job->ex);
    open_path(job, renditions_path(s->renditions, arena, order).ptr);
    if (job->fd >= 0 || job->try_later) {
        http_resume(job->ex, reply_file, job);
        return;
    }
    job->made.done = on_made;
    enum status status = renditions_want(
        s->renditions, arena_printf(arena, "%s/media", store_dir(s->store)).ptr, order, &job->made);
    if (status != STATUS_OK) {
        on_made(&job->made, status);
    }
}

/* On a renderer: opening may wait for the disk. */
static void open_file(void *source_thread, void *arg) {
    (void)source_thread;
    struct file_job *job = arg;
    struct rendition_order order;
    if (rendition_order_read(job->name, &order)) {
        open_rendition(job, &order);
        return;
    }
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/media/%.*s", store_dir(job->server->store), STR_FMT(job->name));
    open_path(job, path);
    http_resume(job->ex, reply_file, job);
}

static void start_file(struct server *s, struct http_exchange *ex, const struct answer *a) {
    struct arena *arena = http_arena(ex);
    struct file_job *job = ARENA_NEW(arena, struct file_job);
    *job = (struct file_job){ .server = s,
                              .ex = ex,
                              .name = arena_str(arena, a->file),
                              .head = arena_str(arena, a->head),
                              .etag = arena_str(arena, a->etag),
                              .status = a->status,
                              .fd = -1 };
    http_defer(ex);
    if (!cache_run(s->cache, open_file, job)) {
        http_resume(ex, again_busy, s);
    }
}

static void count_view(struct server *s, struct http_exchange *ex, const struct http_request *req,
                       int64_t id) {
    if (id != 0 && s->views != NULL && http_is_visit(req)) {
        views_count(s->views, http_loop_index(ex), id);
    }
}

/* ---- pages that are not kept ---- */

/* A protected story for who sent its password, or a page for who has waited too long: each time
 * that it was ready somebody had committed again. Such a page is put together here, all of one
 * snapshot that is taken now: it shows what was committed when it was asked for, and ends. */
struct private_job {
    struct server *server;
    struct http_exchange *ex;
    struct str key, password;
    struct page_build page;
    struct keys keys;
    struct buf body;
    enum status status;
};

static void reply_private(void *ctx, struct http_exchange *ex, const struct http_request *req) {
    struct private_job *job = ctx;
    atomic_fetch_sub(&job->server->privates, 1);
    if (job->status != STATUS_OK) {
        reply_error(job->server, ex, status_http(job->status), STR(""));
    } else if (job->page.alias.len > 0) {
        reply_error(job->server, ex, job->page.status, STR(""));
    } else if (job->page.file.len > 0 && req->method == HTTP_POST) {
        reply_error(job->server, ex, 405, STR("Allow: GET, HEAD\r\n"));
    } else if (job->page.file.len > 0) {
        reply_busy(job->server, ex); /* files change with no commit: it is there the next time */
    } else {
        if (req->method != HTTP_POST) {
            count_view(job->server, ex, req, job->page.view_id);
        }
        struct str body = buf_str(&job->body);
        struct iovec part = { (void *)(uintptr_t)body.ptr, body.len };
        struct http_response r = {
            .status = job->page.status,
            .head = arena_printf(http_arena(ex), "%.*sCache-Control: no-store\r\n",
                                 STR_FMT(job->page.head)),
            .parts = &part,
            .n_parts = 1,
            .body_len = body.len,
        };
        http_reply(ex, &r);
    }
    buf_done(&job->body);
    keys_done(&job->keys);
}

static void render_private(void *source_thread, void *arg) {
    struct private_job *job = arg;
    struct err err = { 0 };
    struct render_source source = site_source(job->server->site);
    keys_init(&job->keys);
    buf_init(&job->body, LIMIT_RENDER_BYTES);
    job->page =
        (struct page_build){ .arena = http_arena(job->ex), .keys = &job->keys, .status = 200 };
    job->status = site_hold(source_thread, &err); /* one theme, too */
    if (job->status == STATUS_OK) {
        job->status = site_unlock(source_thread, job->key, job->password, &job->page, &err);
    }
    if (job->status == STATUS_OK) {
        job->status = page_flatten(&source, source_thread, &job->page, &job->body, &err);
    }
    site_release(source_thread);
    http_resume(job->ex, reply_private, job);
}

/* password.ptr NULL: none. */
static void start_private(struct server *s, struct http_exchange *ex, struct str key,
                          struct str password) {
    struct arena *arena = http_arena(ex);
    struct private_job *job = ARENA_NEW(arena, struct private_job);
    *job = (struct private_job){
        .server = s, .ex = ex, .key = arena_str(arena, key), .password = password
    };
    /* Each renders a page: a flood of them must leave the renderers to others. */
    if (atomic_fetch_add(&s->privates, 1) >= LIMIT_PRIVATE_PAGES) {
        atomic_fetch_sub(&s->privates, 1);
        reply_busy(s, ex);
        return;
    }
    http_defer(ex);
    if (!cache_run(s->cache, render_private, job)) {
        atomic_fetch_sub(&s->privates, 1);
        http_resume(ex, again_busy, s);
    }
}

static void start_unlock(struct server *s, struct http_exchange *ex, const struct http_request *req,
                         struct str key) {
    struct str password = { NULL, 0 };
    if (http_is_form(req)) {
        password = http_pairs_find(req->body, http_arena(ex), STR("post_password"));
    }
    if (password.ptr == NULL) {
        reply_error(s, ex, 405, STR("Allow: GET, HEAD\r\n"));
        return;
    }
    start_private(s, ex, key, password);
}

/* ---- people who sign in ---- */

static void reply_account(void *ctx, struct http_exchange *ex, const struct http_request *req) {
    (void)req;
    const struct account_call *call = ctx;
    struct iovec part = { (void *)(uintptr_t)call->body.ptr, call->body.len };
    struct http_response r = { .status = call->status,
                               .head = call->head,
                               .parts = &part,
                               .n_parts = 1,
                               .body_len = call->body.len };
    http_reply(ex, &r);
}

static void on_account_done(struct account_call *call) {
    http_resume(call->ctx, reply_account, call);
}

/* The client's address; of a proxy on this machine the one that it has seen. */
static struct str client_of(struct http_exchange *ex, const struct http_request *req) {
    struct str address = http_client(ex), list = { NULL, 0 }, field;
    if (!str_starts(address, STR("127.")) && !str_eq(address, STR("::1"))) {
        return address;
    }
    for (size_t i = 0; http_header_next(req, STR("X-Forwarded-For"), &i, &field);) {
        list = field;
    }
    size_t comma = str_rfind_char(list, ',');
    struct str last = str_trim(comma == STR_NPOS ? list : str_from(list, comma + 1));
    return last.len > 0 ? last : address;
}

static void start_account(struct server *s, struct http_exchange *ex,
                          const struct http_request *req) {
    struct account_call *call = ARENA_NEW(http_arena(ex), struct account_call);
    struct str scheme = http_header(req, STR("X-Forwarded-Proto"));
    *call = (struct account_call){ .req = req,
                                   .arena = http_arena(ex),
                                   .address = client_of(ex, req),
                                   .is_tls = s->tls != NULL || str_eq_nocase(scheme, STR("https")),
                                   .done = on_account_done,
                                   .ctx = ex };
    http_defer(ex);
    if (!account_run(s->account, call)) {
        http_resume(ex, again_busy, s);
    }
}

/* ---- requests ---- */

static void reply_answer(struct server *s, struct http_exchange *ex, const struct http_request *req,
                         const struct answer *a) {
    count_view(s, ex, req, a->view_id);
    if (a->status == 200 && a->etag.len > 0 &&
        http_not_modified(req, a->etag, a->modified_us, clock_now_us())) {
        struct http_response r = { .status = 304, .head = a->head };
        http_reply(ex, &r);
        return;
    }
    if (a->file.len > 0) {
        start_file(s, ex, a);
        return;
    }
    struct http_response r = { .status = a->status,
                               .head = a->head,
                               .parts = a->parts,
                               .n_parts = a->n_parts,
                               .body_len = a->body_len };
    http_reply(ex, &r);
}

static void reply_moved(struct http_exchange *ex, struct str location) {
    struct http_response r = {
        .status = 301, .head = arena_printf(http_arena(ex), "Location: %.*s\r\n", STR_FMT(location))
    };
    http_reply(ex, &r);
}

/* A call of the API that cannot be right. */
static void reply_api_error(struct http_exchange *ex, const struct api_error *error) {
    struct str body = api_error_body(http_arena(ex), error);
    struct iovec part = { (void *)(uintptr_t)body.ptr, body.len };
    struct http_response r = { .status = error->status,
                               .head = api_error_head(),
                               .parts = &part,
                               .n_parts = 1,
                               .body_len = body.len };
    http_reply(ex, &r);
}

/* w: how it has waited already; NULL: not yet. */
static void answer(struct server *s, struct http_exchange *ex, const struct http_request *req,
                   struct wake *w) {
    struct str key;
    struct api_error error;
    switch (api_target(http_arena(ex), http_method_name(req->method), req->path, req->query, &key,
                       &error)) {
    case API_TARGET_NONE:
        if (req->method != HTTP_GET && req->method != HTTP_HEAD && req->method != HTTP_POST) {
            reply_error(s, ex, 405, STR("Allow: GET, HEAD\r\n"));
            return;
        }
        switch (site_page_key(http_arena(ex), req->path, req->query, &key)) {
        case PAGE_KEY_OK: break;
        case PAGE_KEY_MOVED: reply_moved(ex, key); return;
        case PAGE_KEY_LONG: reply_error(s, ex, 414, STR("")); return;
        case PAGE_KEY_BAD: reply_error(s, ex, 400, STR("")); return;
        }
        break;
    case API_TARGET_PAGE: break;
    case API_TARGET_ERROR: reply_api_error(ex, &error); return;
    }
    if (req->method == HTTP_POST && !api_is_key(key)) {
        start_unlock(s, ex, req, key);
        return;
    }
    bool gzip = http_accepts_gzip(req);
    size_t loop = http_loop_index(ex);
    struct answer a;
    enum cache_outcome outcome = cache_answer(s->cache, loop, key, gzip, &a, NULL, NULL);
    if (LIKELY(outcome == CACHE_READY)) {
        reply_answer(s, ex, req, &a);
        return;
    }
    if (outcome == CACHE_BUSY) {
        reply_busy(s, ex);
        return;
    }
    if (w == NULL) {
        w = ARENA_NEW(http_arena(ex), struct wake);
        *w = (struct wake){ .server = s, .ex = ex };
    }
    if (w->waits++ >= s->waits_max) {
        start_private(s, ex, key, (struct str){ NULL, 0 });
        return;
    }
    /* From here on somebody may resume it at any moment, so it is deferred first. */
    http_defer(ex);
    outcome = cache_answer(s->cache, loop, key, gzip, &a, on_wake, w);
    if (outcome != CACHE_PENDING) {
        http_resume(ex, outcome == CACHE_BUSY ? again_busy : answer_again,
                    outcome == CACHE_BUSY ? (void *)s : (void *)w);
    }
}

static void answer_request(void *ctx, struct http_exchange *ex, const struct http_request *req) {
    if (account_is_call(req)) {
        start_account(ctx, ex, req);
        return;
    }
    answer(ctx, ex, req, NULL);
}

static void answer_again(void *ctx, struct http_exchange *ex, const struct http_request *req) {
    struct wake *w = ctx;
    answer(w->server, ex, req, w);
}

/* ---- while somebody works on the theme ---- */

struct theme_job {
    struct server *server;
    struct http_exchange *ex;
    struct err err;
    struct str faults; /* all of them, where they can be told */
};

static void reply_fault(void *ctx, struct http_exchange *ex, const struct http_request *req) {
    (void)req;
    struct theme_job *job = ctx;
    struct str text = arena_printf(http_arena(ex), "The theme cannot be shown:\n\n%s\n",
                                   job->faults.len > 0 ? job->faults.ptr : job->err.message);
    struct iovec part = { (void *)(uintptr_t)text.ptr, text.len };
    struct http_response r = { .status = 500,
                               .head = STR("Content-Type: text/plain; charset=utf-8\r\n"
                                           "Cache-Control: no-store\r\n"),
                               .parts = &part,
                               .n_parts = 1,
                               .body_len = text.len };
    http_reply(ex, &r);
}

/* The first fault is known; who works on a theme wants the others, too. */
static struct str tell_faults(struct theme_job *job) {
    struct arena *a = http_arena(job->ex);
    struct look_faults faults;
    struct err ignored = { 0 };
    struct buf text;
    buf_init(&text, 1 * MIB);
    if (look_check(a, site_theme_dir(job->server->site), &pass_rules, &faults, &ignored) ==
        STATUS_OK) {
        for (size_t i = 0; i < faults.len; i++) {
            if (faults.ptr[i].is_error) {
                look_fault_put(&text, &faults.ptr[i]);
            }
        }
    }
    struct str told = arena_str(a, buf_str(&text));
    buf_done(&text);
    return told;
}

static void look_for_changes(void *source_thread, void *arg) {
    (void)source_thread;
    struct theme_job *job = arg;
    if (reload_if_changed(&job->server->reload, &job->err) == STATUS_OK) {
        http_resume(job->ex, answer_request, job->server);
    } else {
        job->faults = tell_faults(job);
        http_resume(job->ex, reply_fault, job);
    }
}

static void on_request(void *ctx, struct http_exchange *ex, const struct http_request *req) {
    struct server *s = ctx;
    if (!s->dev) {
        answer_request(ctx, ex, req);
        return;
    }
    struct theme_job *job = ARENA_NEW(http_arena(ex), struct theme_job);
    *job = (struct theme_job){ .server = s, .ex = ex };
    http_defer(ex);
    if (!cache_run(s->cache, look_for_changes, job)) {
        http_resume(ex, again_busy, s);
    }
}

/* ---- life ---- */

static void on_online(void *ctx, size_t loop) {
    cache_online(((struct server *)ctx)->cache, loop);
}

static void on_offline(void *ctx, size_t loop) {
    cache_offline(((struct server *)ctx)->cache, loop);
}

static void read_memory(void *source_thread, void *arg) {
    struct server *s = arg;
    struct err err = { 0 };
    size_t bytes;
    if (site_fragment_memory(source_thread, &bytes, &err) == STATUS_OK) {
        cache_set_memory(s->cache, bytes);
    } else {
        atomic_store(&s->memory_is_late, true);
    }
}

/* If there is no room in the queue, the next commit tries again. */
static void follow_memory(struct server *s) {
    if (!s->fixed_memory && atomic_exchange(&s->memory_is_late, false) &&
        !cache_run(s->cache, read_memory, s)) {
        atomic_store(&s->memory_is_late, true);
    }
}

static void on_commit(void *ctx, const struct keys *touched) {
    struct server *s = ctx;
    cache_touch(s->cache, touched);
    if (keys_has(touched, STR("site"))) {
        atomic_store(&s->memory_is_late, true);
    }
    follow_memory(s);
    if (keys_has(touched, STR("theme"))) {
        struct err err = { 0 };
        enum status status = reload_now(&s->reload, &err);
        s->report(s->report_ctx, status != STATUS_OK,
                  status == STATUS_OK ? "the theme was read anew" : err.message);
    }
    announce_wake(atomic_load(&s->announce));
}

/* What the site knows of a change, for the newsroom that tells of it. */
static enum status look_at_changes(struct store_reader *r, struct arena *a,
                                   const struct keys *touched, bool forgotten,
                                   struct announce_news *ret, struct err *err) {
    struct site_changes c;
    enum status status = site_changes(r, a, touched, forgotten, &c, err);
    if (status == STATUS_OK) {
        *ret = (struct announce_news){ .hub = c.hub,
                                       .indexnow_endpoint = c.indexnow_endpoint,
                                       .indexnow_key = c.indexnow_key,
                                       .indexnow_key_url = c.indexnow_key_url,
                                       .host = c.host,
                                       .feeds = c.feeds.items,
                                       .feeds_len = c.feeds.len,
                                       .stories = c.stories.items,
                                       .stories_len = c.stories.len };
    }
    return status;
}

static void on_render_failed(void *ctx, const char *message) {
    struct server *s = ctx;
    s->report(s->report_ctx, true, message);
}

static void no_report(void *ctx, bool is_error, const char *message) {
    (void)ctx, (void)is_error, (void)message;
}

static void start_renditions(struct server *s, const struct server_options *options) {
    char dir[PATH_MAX];
    snprintf(dir, sizeof dir, "%s/" RENDITIONS_DIR, store_dir(s->store));
    s->decoder = decoder_new(&(struct decoder_options){ .argument = options->picture_worker });
    s->renditions = renditions_new(&(struct renditions_options){
        .dir = dir, .decoder = s->decoder, .report = s->report, .report_ctx = s->report_ctx });
}

/* So that a refused request gets the site's own look, and gets it at once. */
static void keep_errors(struct server *s) {
    for (size_t i = 0; i < COUNT_OF(error_statuses); i++) {
        char key[32];
        int n = snprintf(key, sizeof key, "error:%d", error_statuses[i]);
        cache_keep(s->cache, str_make(key, (size_t)n));
    }
}

enum status server_start(struct store *store, const struct server_options *options,
                         struct server **ret, struct err *err) {
    struct server *s = calloc(1, sizeof *s);
    check(s != NULL);
    s->store = store;
    s->report = options->report ? options->report : no_report;
    s->report_ctx = options->report_ctx;
    enum status status = STATUS_OK;
    if (options->certificate_file != NULL) {
        status = tls_new(options->certificate_file, options->key_file, &s->tls, err);
    }
    if (options->hsts_days > 0) {
        snprintf(s->hsts, sizeof s->hsts, "Strict-Transport-Security: max-age=%" PRId64 "\r\n",
                 (int64_t)options->hsts_days * 24 * 3600);
    }
    if (status == STATUS_OK) {
        status = site_open(store, options->theme_dir, &s->site, err);
    }
    if (status == STATUS_OK) {
        struct render_source source = api_source(s->site);
        struct cache_options cache = { .memory_max_bytes = options->memory_max_bytes,
                                       .renderers = options->renderers,
                                       .report = on_render_failed,
                                       .report_ctx = s };
        status = cache_new(&source, &cache, &s->cache, err);
    }
    if (status == STATUS_OK) {
        start_renditions(s, options);
        reload_init(&s->reload, s->site, s->cache);
        s->dev = options->dev;
        s->waits_max = options->waits_max ? options->waits_max : LIMIT_WAITS;
        s->fixed_memory = options->memory_max_bytes != 0;
        atomic_store(&s->memory_is_late, true);
        follow_memory(s);
        store_listen(store, on_commit, s);
        keep_errors(s);
    }
    if (status == STATUS_OK && !options->no_clock) {
        status = newsroom_clock_start(store, s->report, s->report_ctx, &s->clock, err);
    }
    if (status == STATUS_OK && !options->no_clock) {
        status = upkeep_start(store, s->report, s->report_ctx, &s->upkeep, err);
    }
    if (status == STATUS_OK && !options->no_clock) {
        s->probing = library_probing_start(store, s->decoder, s->report, s->report_ctx);
    }
    if (status == STATUS_OK && !options->no_clock) {
        struct views_options views = { .loops = LOOPS_MAX,
                                       .write_ms = options->views_write_ms,
                                       .report = s->report,
                                       .report_ctx = s->report_ctx };
        status = views_open(store, &views, &s->views, err);
        if (status == STATUS_OK) {
            views_start(s->views);
        }
    }
    if (status == STATUS_OK && !options->no_clock) {
        struct announce *announce = NULL;
        status = announce_start(store, look_at_changes, s->report, s->report_ctx, &announce, err);
        atomic_store(&s->announce, announce);
    }
    if (status == STATUS_OK) {
        status = account_open(store, &s->account, err);
    }
    if (status == STATUS_OK) {
        struct http_server_options http = { .address = options->address,
                                            .port = options->port,
                                            .tls = s->tls,
                                            .fields = str_of(s->hsts),
                                            .loops = options->loops,
                                            .loops_max = LOOPS_MAX,
                                            .ctx = s,
                                            .handler = on_request,
                                            .error = on_refused,
                                            .loop_start = on_online,
                                            .loop_stop = on_offline,
                                            .loop_sleep = on_offline,
                                            .loop_wake = on_online };
        status = http_server_start(&http, &s->http, err);
    }
    if (status == STATUS_OK && options->redirect_address != NULL) {
        status = redirects_start(options->redirect_address, options->redirect_port, server_port(s),
                                 options->challenges_dir, &s->redirects, err);
    }
    if (status != STATUS_OK) {
        server_stop(s);
        return status;
    }
    *ret = s;
    return STATUS_OK;
}

int server_port(const struct server *s) {
    return http_server_port(s->http);
}

int server_redirect_port(const struct server *s) {
    return s->redirects ? redirects_port(s->redirects) : 0;
}

enum status server_reload(struct server *s, struct err *err) {
    return tls_reload(s->tls, err);
}

size_t server_connections_max(const struct server *s) {
    return http_server_connections_max(s->http);
}

size_t server_loops(const struct server *s) {
    return http_server_loops(s->http);
}

void server_stats(struct server *s, struct cache_stats *ret) {
    cache_stats(s->cache, ret);
}

void server_stop(struct server *s) {
    if (s == NULL) {
        return;
    }
    redirects_stop(s->redirects);
    if (s->renditions != NULL) {
        renditions_stop(s->renditions); /* who waits is told, before the loops wait for him */
    }
    if (s->http != NULL) {
        http_server_stop(s->http);
        http_server_join(s->http);
    }
    account_close(s->account);
    views_close(s->views);
    tls_free(s->tls);
    library_probing_stop(s->probing);
    upkeep_stop(s->upkeep);
    newsroom_clock_stop(s->clock);
    store_listen(s->store, NULL, NULL);
    announce_stop(atomic_load(&s->announce));
    if (s->cache != NULL) {
        reload_done(&s->reload);
    }
    cache_free(s->cache);
    renditions_free(s->renditions);
    decoder_free(s->decoder);
    site_close(s->site);
    free(s);
}
