#include "tests/store_site.h"

#include <stdio.h>
#include <stdlib.h>

static struct err *present_err;

void test_ok(const char *file, int line, const char *what, enum status status) {
    if (status != STATUS_OK) {
        test_fail(file, line, "%s: %s (%s)", what, status_text(status),
                  present_err ? present_err->message : "");
        if (present_err != NULL) {
            *present_err = (struct err){ 0 };
        }
    }
}

static void listen(void *ctx, const struct keys *touched) {
    struct store_site *site = ctx;
    struct buf text;
    buf_init(&text, SIZE_MAX / 2);
    for (size_t i = 0; i < touched->list.len; i++) {
        if (i > 0) {
            buf_put_char(&text, ' ');
        }
        buf_put(&text, touched->list.ptr[i]);
    }
    free(site->touched_owned);
    site->touched_owned = buf_take(&text, NULL);
    site->touched = str_of(site->touched_owned);
}

void store_site_open(struct store_site *site) {
    *site = (struct store_site){ .touched = STR("") };
    snprintf(site->dir, sizeof site->dir, "%s/site", test_tmp_dir());
    present_err = &site->err;
    OK(store_create(site->dir, &site->err));
    OK(store_open(site->dir, &site->store, &site->err));
    check(site->store != NULL);
    OK(store_reader_open(site->store, &site->reader, &site->err));
    store_listen(site->store, listen, site);
}

static void end_reading(struct store_site *site) {
    if (site->is_reading) {
        store_read_end(site->reader);
        site->is_reading = false;
    }
}

void store_site_close(struct store_site *site) {
    store_write_rollback(site->writer);
    end_reading(site);
    store_reader_close(site->reader);
    store_close(site->store);
    keys_done(&site->noted);
    arena_done(&site->arena);
    free(site->touched_owned);
    present_err = NULL;
}

struct store_reader *store_site_read(struct store_site *site) {
    if (!site->is_reading) {
        keys_reset(&site->noted);
        OK(store_read_begin(site->reader, &site->noted, &site->err));
        site->is_reading = true;
    }
    return site->reader;
}

struct store_writer *store_site_write(struct store_site *site) {
    if (site->writer == NULL) {
        OK(site->together == 0 ? store_write_begin(site->store, &site->writer, &site->err)
                               : store_write_begin_many(site->store, &site->writer, &site->err));
        check(site->writer != NULL);
    }
    return site->writer;
}

void store_site_commit(struct store_site *site) {
    if (site->together != 0 && ++site->commits % site->together != 0) {
        return;
    }
    end_reading(site);
    site->touched = STR("");
    OK(store_write_commit(store_site_write(site), &site->err));
    site->writer = NULL;
}

static void print_fault(void *ctx, struct str what) {
    (void)ctx;
    printf("  fault: %.*s\n", STR_FMT(what));
}

size_t store_site_faults(struct store_site *site) {
    size_t faults = 0;
    OK(store_check(store_site_read(site), print_fault, NULL, &faults, &site->err));
    return faults;
}

int64_t store_site_section(struct store_site *site, int64_t parent_id, const char *name,
                           const char *path) {
    struct section s = { .parent_id = parent_id, .name = str_of(name), .path = str_of(path) };
    int64_t id = 0;
    OK(store_section_put(store_site_write(site), &s, &id, &site->err));
    store_site_commit(site);
    return id;
}

int64_t store_site_tag(struct store_site *site, const char *name, const char *path) {
    struct tag t = { .name = str_of(name), .path = str_of(path) };
    int64_t id = 0;
    OK(store_tag_put(store_site_write(site), &t, &id, &site->err));
    store_site_commit(site);
    return id;
}

int64_t store_site_author(struct store_site *site, const char *name, const char *path) {
    struct author a = { .name = str_of(name), .path = str_of(path) };
    int64_t id = 0;
    OK(store_author_put(store_site_write(site), &a, &id, &site->err));
    store_site_commit(site);
    return id;
}
