#include "newsroom/poster.h"

#include "base/arena.h"
#include "base/limits.h"

#include <curl/curl.h>
#include <stdlib.h>

struct poster {
    CURLM *multi; /* its wake-up is what makes waiting end */
    CURL *easy;   /* keeps its connection for the next request */
    const _Atomic bool *stop;
    size_t read_bytes; /* of the present answer */
};

/* An endless answer is cut. */
static size_t throw_away(char *bytes, size_t size, size_t n, void *ctx) {
    (void)bytes;
    struct poster *p = ctx;
    p->read_bytes += size * n;
    return p->read_bytes <= LIMIT_POST_ANSWER_BYTES ? size * n : 0;
}

enum status poster_new(const _Atomic bool *stop, const char *agent, struct poster **ret,
                       struct err *err) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return err_set(err, STATUS_NO_MEMORY, "libcurl cannot be set up");
    }
    struct poster *p = calloc(1, sizeof *p);
    check(p != NULL);
    p->stop = stop;
    p->multi = curl_multi_init();
    p->easy = curl_easy_init();
    if (p->multi == NULL || p->easy == NULL) {
        poster_free(p);
        return err_set(err, STATUS_NO_MEMORY, "libcurl cannot be set up");
    }
    CURL *c = p->easy;
    bool good = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
                curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
                curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
                /* Do not wait at the end for a name that is still being looked up. */
                curl_easy_setopt(c, CURLOPT_QUICK_EXIT, 1L) == CURLE_OK &&
                curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)LIMIT_POST_CONNECT_MS) ==
                    CURLE_OK &&
                curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)LIMIT_POST_MS) == CURLE_OK &&
                curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, throw_away) == CURLE_OK &&
                curl_easy_setopt(c, CURLOPT_WRITEDATA, p) == CURLE_OK &&
                curl_easy_setopt(c, CURLOPT_USERAGENT, agent) == CURLE_OK;
    if (!good) {
        poster_free(p);
        return err_set(err, STATUS_INVALID, "this libcurl cannot do what is asked of it");
    }
    *ret = p;
    return STATUS_OK;
}

void poster_free(struct poster *p) {
    if (p != NULL) {
        curl_easy_cleanup(p->easy);
        curl_multi_cleanup(p->multi);
        free(p);
    }
}

/* Run the one transfer to its end. False: stopped. */
static bool run(struct poster *p, CURLcode *ret_code) {
    *ret_code = CURLE_FAILED_INIT;
    for (;;) {
        int running = 0, left = 0;
        if (atomic_load(p->stop)) {
            return false;
        }
        CURLMcode code = curl_multi_perform(p->multi, &running);
        const CURLMsg *message = curl_multi_info_read(p->multi, &left);
        if (message != NULL && message->msg == CURLMSG_DONE) {
            *ret_code = message->data.result;
            return true;
        }
        if (code != CURLM_OK || running == 0 ||
            curl_multi_poll(p->multi, NULL, 0, 1000, NULL) != CURLM_OK) {
            return true;
        }
    }
}

static enum poster_outcome outcome_of(CURL *c, CURLcode code, int64_t *ret_after_s,
                                      struct err *err) {
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
        (void)err_set(err, STATUS_INVALID, "%s", curl_easy_strerror(code));
        return POSTER_REFUSED;
    }
    /* An answer that is too long has its status all the same. */
    long http = 0;
    (void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &http);
    if (code != CURLE_OK && !(code == CURLE_WRITE_ERROR && http != 0)) {
        (void)err_set(err, STATUS_IO, "%s", curl_easy_strerror(code));
        return POSTER_NO_WAY;
    }
    if (http >= 200 && http < 300) {
        return POSTER_DONE;
    }
    curl_off_t after_s = 0;
    (void)curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &after_s);
    *ret_after_s = (int64_t)after_s;
    (void)err_set(err, STATUS_IO, "it answered %ld", http);
    return http == 408 || http == 425 || http == 429 || http >= 500 ? POSTER_LATER : POSTER_REFUSED;
}

enum poster_outcome poster_send(struct poster *p, struct str url, const char *content_type,
                                struct str body, int64_t *ret_after_s, struct err *err) {
    struct arena a = { 0 };
    CURL *c = p->easy;
    CURLcode code = CURLE_FAILED_INIT;
    enum poster_outcome outcome = POSTER_NO_WAY;
    struct curl_slist *fields =
        curl_slist_append(NULL, arena_printf(&a, "Content-Type: %s", content_type).ptr);
    p->read_bytes = 0;
    *ret_after_s = 0;
    bool good =
        fields != NULL && curl_easy_setopt(c, CURLOPT_URL, arena_str(&a, url).ptr) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_POST, 1L) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.len) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.ptr) == CURLE_OK &&
        curl_easy_setopt(c, CURLOPT_HTTPHEADER, fields) == CURLE_OK &&
        curl_multi_add_handle(p->multi, c) == CURLM_OK;
    if (!good) {
        (void)err_set(err, STATUS_NO_MEMORY, "no memory for a request");
    } else if (!run(p, &code)) {
        outcome = POSTER_STOPPED;
    } else {
        outcome = outcome_of(c, code, ret_after_s, err);
    }
    (void)curl_multi_remove_handle(p->multi, c);
    (void)curl_easy_setopt(c, CURLOPT_HTTPHEADER, NULL);
    (void)curl_easy_setopt(c, CURLOPT_POSTFIELDS, NULL);
    curl_slist_free_all(fields);
    arena_done(&a);
    return outcome;
}

void poster_sleep(struct poster *p, int64_t timeout_ms) {
    (void)curl_multi_poll(p->multi, NULL, 0, (int)timeout_ms, NULL);
}

void poster_wake(struct poster *p) {
    (void)curl_multi_wakeup(p->multi);
}
