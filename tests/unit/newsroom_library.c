#include "newsroom/library.h"

#include "base/io.h"
#include "newsroom/library_care.h"
#include "tests/pictures.h"
#include "tests/store_site.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW INT64_C(1647246000000000)

static enum status take_bytes(const struct library *l, struct store_site *site, struct str bytes,
                              const char *name, const struct media *given,
                              struct library_taken *ret, struct err *err) {
    struct media_file f;
    enum status status = media_file_begin(&f, store_dir(l->store), 1 << 20, err);
    if (status == STATUS_OK) {
        status = media_file_put(&f, bytes, err);
    }
    if (status == STATUS_OK) {
        status = media_file_seal(&f, err);
    }
    if (status == STATUS_OK) {
        status = library_take(l, &site->arena, &f, str_of(name), given, NOW, ret, err);
    }
    media_file_done(&f);
    return status;
}

/* Files below media/, and leftovers of copies. */
static int files_in(struct store_site *site) {
    char command[700];
    int n = -1;
    snprintf(command, sizeof command, "find '%s/media' -type f ! -name .lock | wc -l", site->dir);
    FILE *f = popen(command, "re");
    CHECK(f != NULL && fscanf(f, "%d", &n) == 1);
    pclose(f);
    return n;
}

static int64_t last_media(struct store_site *site) {
    int64_t id = 0;
    struct err end = { 0 };
    struct store_reader *r = store_site_read(site);
    while (store_media_next(r, id, &id, &end) == STATUS_OK) {
    }
    return id;
}

TEST(library_reads_what_a_picture_says) {
    REQUIRE_CORPUS(dir);
    struct store_site site;
    struct library_taken taken;
    store_site_open(&site);
    struct library l = { .store = site.store, .decoder = pictures_decoder() };
    const struct media given = { .caption = STR("Given"), .focal_x = 250, .focal_y = 700 };
    int fd = pictures_open(dir, "told.jpg");
    OK(library_take_file(&l, &site.arena, fd, STR("dir/told.jpg"), &given, NOW, &taken, &site.err));
    struct media m;
    OK(store_media(store_site_read(&site), &site.arena, taken.id, &m, &site.err));
    CHECK(!taken.was_there && m.probed);
    CHECK_INT(m.width, 320);
    CHECK_INT(m.height, 200);
    CHECK_INT(m.frames, 1);
    CHECK_INT(m.orientation, 1);
    CHECK_INT(m.created_us, NOW);
    CHECK(m.placeholder.len > 0 && m.hash.len == 64);
    CHECK_STR(m.mime, "image/jpeg");
    CHECK_STR(m.title, "A title");
    CHECK_STR(m.caption, "Given"); /* what people say wins */
    CHECK_STR(m.credit, "Agency");
    CHECK_STR(m.byline, "Photographer Seven");
    CHECK_STR(m.taken, "2022-03-14T09:26:53+01:00");
    CHECK_STR(m.place, "Paris");
    CHECK_INT(m.focal_x, 250);
    CHECK_STR(m.path, arena_printf(&site.arena, "/media/%.*s", STR_FMT(m.file)).ptr);
    /* The same again: one row, one file; what was empty is filled in. */
    const struct media more = { .alt = STR("Alt"), .caption = STR("Other") };
    CHECK_INT(lseek(fd, 0, SEEK_SET), 0);
    OK(library_take_file(&l, &site.arena, fd, STR("x.jpg"), &more, NOW + 1, &taken, &site.err));
    CHECK(taken.was_there && taken.id == m.id);
    CHECK_STR(taken.media.alt, "Alt");
    CHECK_STR(taken.media.caption, "Given");
    CHECK_INT(files_in(&site), 1);
    close(fd);
    decoder_free(l.decoder);
    store_site_close(&site);
}

TEST(library_stores_no_place_to_the_metre_and_no_camera) {
    REQUIRE_CORPUS(dir);
    struct store_site site;
    struct library_taken taken;
    store_site_open(&site);
    struct library l = { .store = site.store, .decoder = pictures_decoder() };
    int fd = pictures_open(dir, "told.jpg");
    OK(library_take_file(&l, &site.arena, fd, STR("told.jpg"), NULL, NOW, &taken, &site.err));
    close(fd);
    struct str found = pictures_shell(
        &site.arena, "sqlite3 '%s/site.db' .dump 2>&1 | grep -cE 'SN12345|48\\.85|2\\.35'",
        site.dir);
    struct str rows = pictures_shell(
        &site.arena, "sqlite3 '%s/site.db' .dump 2>&1 | grep -c 'Photographer Seven'", site.dir);
    if (str_eq(rows, STR("0"))) {
        test_skip("sqlite3 is missing");
    } else {
        CHECK_STR(found, "0");
    }
    decoder_free(l.decoder);
    store_site_close(&site);
}

TEST(library_turns_pictures) {
    REQUIRE_CORPUS(dir);
    struct store_site site;
    struct library_taken taken;
    store_site_open(&site);
    struct library l = { .store = site.store, .decoder = pictures_decoder() };
    struct str said = pictures_shell(
        &site.arena, "exiftool -q -n -o %s/turned.jpg -Orientation=6 %s/base.jpg 2>&1 && echo made",
        site.dir, dir);
    CHECK_STR(said, "made");
    int fd = pictures_open(site.dir, "turned.jpg");
    OK(library_take_file(&l, &site.arena, fd, STR("turned.jpg"), NULL, NOW, &taken, &site.err));
    close(fd);
    CHECK_INT(taken.media.orientation, 6);
    CHECK_INT(taken.media.width, 200);
    CHECK_INT(taken.media.height, 320);
    CHECK_STR(taken.media.title, "turned");
    decoder_free(l.decoder);
    store_site_close(&site);
}

TEST(library_refuses_and_leaves_nothing) {
    REQUIRE_CORPUS(dir);
    struct store_site site;
    struct library_taken taken;
    store_site_open(&site);
    struct library l = { .store = site.store, .decoder = pictures_decoder() };
    struct str jpeg = pictures_read(&site.arena, dir, "base.jpg");
    const struct {
        struct str bytes;
        const char *name, *why;
    } cases[] = {
        { jpeg, "x.png", "its name says that it is a PNG" },
        { str_slice(jpeg, 0, jpeg.len / 2), "x.jpg", "damaged" },
        { STR("<html>"), "x.txt", "a web page" },
        { STR(""), "x.jpg", "empty" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err err = { 0 };
        CHECK_INT(take_bytes(&l, &site, cases[i].bytes, cases[i].name, NULL, &taken, &err),
                  STATUS_INVALID);
        CHECK(str_find(str_of(err.message), str_of(cases[i].why), 0) != STR_NPOS);
    }
    CHECK_INT(files_in(&site), 0);
    CHECK_INT(last_media(&site), 0);
    l.by_content = true;
    OK(take_bytes(&l, &site, jpeg, "x.png", NULL, &taken, &site.err));
    CHECK_STR(taken.media.mime, "image/jpeg");
    decoder_free(l.decoder);
    store_site_close(&site);
}

TEST(library_keeps_pictures_that_nobody_can_look_into) {
    REQUIRE_CORPUS(dir);
    struct store_site site;
    struct library_taken taken;
    store_site_open(&site);
    struct library l = { .store = site.store };
    struct str jpeg = pictures_read(&site.arena, dir, "base.jpg");
    OK(take_bytes(&l, &site, jpeg, "x.jpg", NULL, &taken, &site.err));
    CHECK(!taken.media.probed && taken.unprobed.status == STATUS_FORBIDDEN);
    CHECK_INT(taken.media.width, 320); /* its first bytes say it */
    /* Later somebody can: the same file again fills it in. */
    l.decoder = pictures_decoder();
    OK(take_bytes(&l, &site, jpeg, "x.jpg", NULL, &taken, &site.err));
    CHECK(taken.was_there && taken.media.probed && taken.unprobed.status == STATUS_OK);
    CHECK(taken.media.placeholder.len > 0);
    /* And a look that cannot be taken takes nothing away. */
    decoder_free(l.decoder);
    l.decoder = NULL;
    OK(take_bytes(&l, &site, jpeg, "x.jpg", NULL, &taken, &site.err));
    CHECK(taken.media.probed && taken.media.placeholder.len > 0);
    store_site_close(&site);
}

/* ---- care ---- */

struct heard {
    int faults, orphans;
    struct str last; /* in the site's arena */
    struct arena *a;
};

static void on_fault(void *ctx, const struct library_fault *f) {
    struct heard *h = ctx;
    h->faults++;
    h->last = arena_printf(h->a, "%d %.*s %zu", (int)f->kind, STR_FMT(f->file), f->media.len);
}

static void on_orphan(void *ctx, const struct library_orphan *o) {
    struct heard *h = ctx;
    h->orphans++;
    h->last = arena_str(h->a, o->file);
}

static void path_of(struct store_site *site, struct str file, char path[700]) {
    snprintf(path, 700, "%s/media/%.*s", site->dir, STR_FMT(file));
}

TEST(library_check_names_what_is_damaged_or_missing) {
    struct store_site site;
    struct library_taken one, two;
    struct library_progress done;
    char path[700];
    store_site_open(&site);
    struct library l = { .store = site.store };
    struct heard heard = { .a = &site.arena };
    const struct library_listener listener = { on_fault, NULL, &heard };
    OK(take_bytes(&l, &site, STR("first text"), "a.txt", NULL, &one, &site.err));
    OK(take_bytes(&l, &site, STR("second text"), "b.txt", NULL, &two, &site.err));
    /* Another row of the same file. */
    struct media twin = one.media;
    twin.id = 0;
    twin.path = STR("/wp-content/uploads/a.txt");
    OK(store_media_put(store_site_write(&site), &twin, &twin.id, &site.err));
    store_site_commit(&site);
    OK(library_check(site.store, &listener, &done, &site.err));
    CHECK_INT(heard.faults, 0);
    CHECK_INT(done.files, 2);
    CHECK_INT(done.bytes, 21);
    path_of(&site, one.media.file, path);
    OK(io_write_file(path, STR("first texT"), &site.err));
    OK(library_check(site.store, &listener, &done, &site.err));
    CHECK_INT(heard.faults, 1);
    CHECK_STR(
        heard.last,
        arena_printf(&site.arena, "%d %.*s 2", (int)LIBRARY_DAMAGED, STR_FMT(one.media.file)).ptr);
    OK(take_bytes(&l, &site, STR("first text"), "a.txt", NULL, &one, &site.err)); /* heals it */
    path_of(&site, two.media.file, path);
    CHECK_INT(unlink(path), 0);
    OK(library_check(site.store, &listener, &done, &site.err));
    CHECK_INT(heard.faults, 2);
    CHECK_STR(
        heard.last,
        arena_printf(&site.arena, "%d %.*s 1", (int)LIBRARY_MISSING, STR_FMT(two.media.file)).ptr);
    store_site_close(&site);
}

TEST(library_gc_finds_true_orphans_only) {
    struct store_site site;
    struct library_taken one, gone;
    char path[700];
    store_site_open(&site);
    struct library l = { .store = site.store };
    struct heard heard = { .a = &site.arena };
    OK(take_bytes(&l, &site, STR("stays"), "a.txt", NULL, &one, &site.err));
    OK(take_bytes(&l, &site, STR("goes"), "b.txt", NULL, &gone, &site.err));
    struct media m = gone.media;
    m.file = STR("");
    OK(store_media_put(store_site_write(&site), &m, &m.id, &site.err));
    store_site_commit(&site);
    path_of(&site, STR("ab/other-people.txt"), path); /* nobody's here */
    *strrchr(path, '/') = '\0';
    OK(io_make_dirs(path, &site.err));
    path_of(&site, STR("ab/other-people.txt"), path);
    OK(io_write_file(path, STR("x"), &site.err));
    path_of(&site, STR(".incoming-dead00"), path);
    OK(io_write_file(path, STR("half"), &site.err));
    OK(library_gc(site.store, &(struct library_collector){ on_orphan, &heard, false }, &site.err));
    CHECK_INT(heard.orphans, 1);
    CHECK_STR(heard.last, gone.media.file.ptr);
    CHECK_INT(files_in(&site), 4);
    OK(library_gc(site.store, &(struct library_collector){ on_orphan, &heard, true }, &site.err));
    CHECK_INT(heard.orphans, 2);
    CHECK_INT(files_in(&site), 2);
    OK(library_gc(site.store, &(struct library_collector){ on_orphan, &heard, true }, &site.err));
    CHECK_INT(heard.orphans, 2);
    store_site_close(&site);
}

struct taking {
    struct store_site *site;
    pthread_t thread;
    int refused;
};

/* The file is an orphan each time before it is taken: its row is put out of the way. */
static void *take_on(void *arg) {
    struct taking *t = arg;
    struct arena a = { 0 };
    struct library l = { .store = t->site->store };
    for (int i = 0; i < 60; i++) {
        char bytes[32], name[MEDIA_FILE_NAME_MAX];
        struct library_taken taken;
        struct media_file f;
        struct err err = { 0 };
        int keeping;
        snprintf(bytes, sizeof bytes, "text %d", i);
        /* As if a process had died between keeping and writing its row. */
        OK(media_files_keep_begin(store_dir(l.store), &keeping, &err));
        OK(media_file_begin(&f, store_dir(l.store), 1000, &err));
        OK(media_file_put(&f, str_of(bytes), &err));
        OK(media_file_seal(&f, &err));
        OK(media_file_keep(&f, ".txt", name, &err));
        media_file_done(&f);
        close(keeping);
        /* And now in earnest, the file being there already. */
        OK(media_file_begin(&f, store_dir(l.store), 1000, &err));
        OK(media_file_put(&f, str_of(bytes), &err));
        OK(media_file_seal(&f, &err));
        t->refused += library_take(&l, &a, &f, STR("x.txt"), NULL, NOW, &taken, &err) != STATUS_OK;
        media_file_done(&f);
    }
    arena_done(&a);
    return NULL;
}

TEST(library_gc_beside_uploads_takes_none_of_them) {
    struct store_site site;
    struct library_progress done;
    store_site_open(&site);
    struct heard heard = { .a = &site.arena };
    struct taking taking = { .site = &site };
    CHECK_INT(pthread_create(&taking.thread, NULL, take_on, &taking), 0);
    for (int i = 0; i < 30; i++) {
        struct err err = { 0 };
        enum status status =
            library_gc(site.store, &(struct library_collector){ on_orphan, &heard, true }, &err);
        CHECK(status == STATUS_OK || status == STATUS_BUSY);
    }
    pthread_join(taking.thread, NULL);
    CHECK_INT(taking.refused, 0);
    const struct library_listener listener = { on_fault, NULL, &heard };
    OK(library_check(site.store, &listener, &done, &site.err));
    CHECK_INT(heard.faults, 0);
    CHECK_INT(done.files, 60);
    store_site_close(&site);
}
