#include "site/site.h"

#include "base/limits.h"
#include "site/blocks.h"
#include "site/pass.h"
#include "site/route.h"
#include "site/site_private.h"

#include <stdio.h>
#include <stdlib.h>

enum status site_open(struct store *store, const char *theme_dir, struct site **ret,
                      struct err *err) {
    struct site *site = calloc(1, sizeof *site);
    if (site == NULL) {
        return err_set(err, STATUS_NO_MEMORY, "no memory for the site");
    }
    site->store = store;
    pthread_mutex_init(&site->lock, NULL);
    char *dir = NULL;
    check((theme_dir != NULL ? asprintf(&dir, "%s", theme_dir)
                             : asprintf(&dir, "%s/theme", store_dir(store))) > 0);
    site->theme_dir = dir;
    enum status status = site_theme_open(site, &site->look, err);
    if (status != STATUS_OK) {
        site_close(site);
        return status;
    }
    *ret = site;
    return STATUS_OK;
}

void site_close(struct site *site) {
    if (site != NULL) {
        look_close(site->look);
        pthread_mutex_destroy(&site->lock);
        free(site->theme_dir);
        free(site);
    }
}

/* ---- the theme ---- */

enum status site_theme_open(const struct site *site, struct look **ret, struct err *err) {
    return look_open(site->theme_dir, &pass_rules, ret, err);
}

void site_theme_show(struct site *site, struct look *look) {
    pthread_mutex_lock(&site->lock);
    struct look *old = site->look;
    site->look = look;
    atomic_fetch_add(&site->theme_version, 1);
    pthread_mutex_unlock(&site->lock);
    look_close(old);
}

uint64_t site_theme_version(const struct site *site) {
    return atomic_load(&site->theme_version);
}

uint64_t site_theme_stamp(const struct site *site) {
    return look_stamp(site->theme_dir);
}

const char *site_theme_dir(const struct site *site) {
    return site->theme_dir;
}

/* ---- rendering threads ---- */

static void thread_close(void *opened) {
    struct site_thread *thread = opened;
    if (thread != NULL) {
        pass_release(thread);
        store_reader_close(thread->reader);
        look_close(thread->look);
        dates_free(thread->dates);
        language_free(thread->language);
        buf_done(&thread->dates_of);
        free(thread);
    }
}

static enum status thread_open(void *ctx, void **ret_thread, struct err *err) {
    struct site *site = ctx;
    struct site_thread *thread = calloc(1, sizeof *thread);
    if (thread == NULL) {
        return err_set(err, STATUS_NO_MEMORY, "no memory for a rendering thread");
    }
    thread->site = site;
    buf_init(&thread->dates_of, 1 * KIB);
    enum status status = store_reader_open(site->store, &thread->reader, err);
    if (status != STATUS_OK) {
        thread_close(thread);
        return status;
    }
    *ret_thread = thread;
    return STATUS_OK;
}

static enum status render_page(struct site_thread *thread, struct str key, struct str password,
                               struct page_build *page, struct err *err) {
    struct pass pass;
    enum status status = pass_begin(thread, page->arena, page->keys, &pass, err);
    if (status != STATUS_OK) {
        return status;
    }
    page->surrogate_keys = pass.settings.surrogate_keys;
    status = route_page(&pass, key, password, page, err);
    pass_end(&pass);
    return status;
}

enum status site_page(void *thread, struct str key, struct page_build *page, struct err *err) {
    return render_page(thread, key, (struct str){ NULL, 0 }, page, err);
}

bool site_is_made_up(struct str key) {
    return route_is_made_up(key);
}

enum status site_unlock(void *thread, struct str key, struct str password, struct page_build *page,
                        struct err *err) {
    return render_page(thread, key, password, page, err);
}

static enum status source_fragment(void *thread, struct str key, struct fragment_build *fragment,
                                   struct err *err) {
    struct pass pass;
    enum status status = pass_begin(thread, fragment->arena, fragment->keys, &pass, err);
    if (status != STATUS_OK) {
        return status;
    }
    fragment->surrogate_keys = pass.settings.surrogate_keys;
    status = blocks_render(&pass, key, fragment, err);
    pass_end(&pass);
    return status;
}

enum status site_hold(void *thread, struct err *err) {
    return pass_hold(thread, err);
}

void site_release(void *thread) {
    pass_release(thread);
}

void site_share(void *opened, struct site_memo *memo) {
    struct site_thread *thread = opened;
    check(thread->held != NULL);
    thread->memo = memo;
}

struct store_reader *site_held_reader(void *thread) {
    return ((struct site_thread *)thread)->reader;
}

enum status site_fragment_memory(void *thread, size_t *ret_bytes, struct err *err) {
    struct arena arena = { 0 };
    struct pass pass;
    enum status status = pass_begin(thread, &arena, NULL, &pass, err);
    if (status == STATUS_OK) {
        *ret_bytes = (size_t)pass.settings.fragment_memory_mib * MIB;
        pass_end(&pass);
    }
    arena_done(&arena);
    return status;
}

bool site_fragment_varies(struct str key) {
    return blocks_varies(key);
}

struct render_source site_source(struct site *site) {
    return (struct render_source){
        .ctx = site,
        .thread_open = thread_open,
        .thread_close = thread_close,
        .page = site_page,
        .is_made_up = site_is_made_up,
        .fragment = source_fragment,
    };
}
