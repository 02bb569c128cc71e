#include "app/reload.h"

void reload_init(struct reload *r, struct site *site, struct cache *cache) {
    *r = (struct reload){ .site = site, .cache = cache, .stamp = site_theme_stamp(site) };
    pthread_mutex_init(&r->lock, NULL);
}

void reload_done(struct reload *r) {
    pthread_mutex_destroy(&r->lock);
}

struct showing {
    struct site *site;
    struct look *look;
};

static void show(void *ctx) {
    struct showing *s = ctx;
    site_theme_show(s->site, s->look);
}

/* Lock held. The stamp is taken first: a file that changes while the theme is read counts as
 * changed the next time. */
static enum status read_theme(struct reload *r, uint64_t stamp, struct err *err) {
    struct showing s = { .site = r->site };
    r->stamp = stamp;
    r->err = (struct err){ 0 };
    enum status status = site_theme_open(r->site, &s.look, &r->err);
    if (status == STATUS_OK) {
        cache_renew(r->cache, show, &s);
        return STATUS_OK;
    }
    return err_set(err, status, "%s", r->err.message);
}

enum status reload_now(struct reload *r, struct err *err) {
    pthread_mutex_lock(&r->lock);
    enum status status = read_theme(r, site_theme_stamp(r->site), err);
    pthread_mutex_unlock(&r->lock);
    return status;
}

enum status reload_if_changed(struct reload *r, struct err *err) {
    pthread_mutex_lock(&r->lock);
    uint64_t stamp = site_theme_stamp(r->site);
    enum status status = STATUS_OK;
    if (stamp != r->stamp) {
        status = read_theme(r, stamp, err);
    } else if (r->err.message[0] != '\0') {
        status = err_set(err, STATUS_INVALID, "%s", r->err.message);
    }
    pthread_mutex_unlock(&r->lock);
    return status;
}
