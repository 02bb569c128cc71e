#include "store/media_file.h"

#include "base/io.h"
#include "base/limits.h"
#include "tests/store_site.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* BLAKE2b-256 of "abc". */
#define ABC_HASH "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"
#define ABC_NAME "bd/dd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319.txt"

/* Of the present test. */
static const char *dir;

/* Names in media/ but for the lock. */
static size_t names(void) {
    char path[600];
    size_t n = 0;
    snprintf(path, sizeof path, "%s/media", dir);
    DIR *d = opendir(path);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
             strcmp(e->d_name, ".lock") != 0;
    }
    if (d != NULL) {
        closedir(d);
    }
    return n;
}

static enum status take(struct str bytes, char name[MEDIA_FILE_NAME_MAX], struct err *err) {
    struct media_file f;
    enum status status = media_file_begin(&f, dir, 1000, err);
    if (status == STATUS_OK) {
        status = media_file_put(&f, bytes, err);
    }
    if (status == STATUS_OK) {
        status = media_file_seal(&f, err);
    }
    if (status == STATUS_OK) {
        CHECK_STR(buf_str(&f.head), bytes.ptr);
        CHECK_INT(f.size_bytes, bytes.len);
        status = media_file_keep(&f, ".txt", name, err);
    }
    media_file_done(&f);
    return status;
}

TEST(media_file_is_kept_by_content) {
    dir = test_tmp_dir();
    char name[MEDIA_FILE_NAME_MAX], hash[MEDIA_FILE_HASH_DIGITS + 1];
    struct err err = { 0 };
    int fd;
    int64_t bytes;
    for (int i = 0; i < 2; i++) { /* again: the same */
        OK(take(STR("abc"), name, &err));
        CHECK_STR(str_of(name), ABC_NAME);
        CHECK_INT(names(), 1);
    }
    CHECK_STR(media_file_hash(str_of(name), hash), ABC_HASH);
    OK(media_file_open(dir, str_of(name), &fd, &bytes, &err));
    CHECK_INT(bytes, 3);
    close(fd);
}

TEST(media_file_heals_what_was_damaged) {
    dir = test_tmp_dir();
    char name[MEDIA_FILE_NAME_MAX], path[700];
    struct err err = { 0 };
    struct buf now;
    OK(take(STR("abc"), name, &err));
    snprintf(path, sizeof path, "%s/media/%s", dir, name);
    OK(io_write_file(path, STR("abX"), &err));
    OK(take(STR("abc"), name, &err));
    buf_init(&now, 100);
    OK(io_read_file(path, &now, &err));
    CHECK_STR(buf_str(&now), "abc");
    buf_done(&now);
}

TEST(media_file_leaves_nothing_of_what_is_not_kept) {
    dir = test_tmp_dir();
    struct media_file f = { 0 };
    struct err err = { 0 };
    media_file_done(&f); /* zeroed */
    OK(media_file_begin(&f, dir, 1000, &err));
    CHECK_INT(names(), 1);
    media_file_done(&f);
    media_file_done(&f);
    CHECK_INT(names(), 0);
    OK(media_file_begin(&f, dir, 3, &err));
    OK(media_file_put(&f, STR("abc"), &err));
    CHECK_INT(media_file_put(&f, STR("d"), &err), STATUS_TOO_LARGE);
    media_file_done(&f);
    CHECK_INT(names(), 0);
    err = (struct err){ 0 };
    CHECK_INT(media_file_begin(&f, "/dev/null", 1000, &err), STATUS_IO);
}

TEST(media_file_takes_regular_files_only) {
    dir = test_tmp_dir();
    char path[700];
    struct media_file f;
    struct err err = { 0 };
    snprintf(path, sizeof path, "%s/pipe", dir);
    CHECK_INT(mkfifo(path, 0600), 0);
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    OK(media_file_begin(&f, dir, 1000, &err));
    CHECK_INT(media_file_put_file(&f, fd, "pipe", &err), STATUS_INVALID);
    close(fd);
    err = (struct err){ 0 };
    snprintf(path, sizeof path, "%s/long", dir);
    OK(io_write_file(path, STR("0123456789"), &err));
    f.max_bytes = 9;
    fd = open(path, O_RDONLY);
    CHECK_INT(media_file_put_file(&f, fd, "long", &err), STATUS_TOO_LARGE);
    close(fd);
    media_file_done(&f);
}

TEST(media_file_names_stay_inside) {
    dir = test_tmp_dir();
    char hash[MEDIA_FILE_HASH_DIGITS + 1], path[700];
    const char *const bad[] = { "",           "/etc/passwd", "../site.db", "ab/../../site.db",
                                "ab/missing", "link" };
    struct err none = { 0 };
    OK(io_make_dirs(dir, &none));
    snprintf(path, sizeof path, "%s/media", dir);
    OK(io_make_dirs(path, &none));
    snprintf(path, sizeof path, "%s/media/link", dir);
    CHECK_INT(symlink("/etc/hostname", path), 0);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct err err = { 0 };
        int fd;
        int64_t bytes;
        CHECK(media_file_open(dir, str_of(bad[i]), &fd, &bytes, &err) != STATUS_OK);
        CHECK_INT(media_file_hash(str_of(bad[i]), hash).len, 0);
    }
    CHECK_INT(media_file_hash(STR(ABC_NAME), hash).len, 64);
    CHECK_INT(media_file_hash(str_slice(STR(ABC_NAME), 0, 65), hash).len, 64);
    CHECK_INT(media_file_hash(str_slice(STR(ABC_NAME), 0, 64), hash).len, 0);
    CHECK_INT(media_file_hash(
                  STR("BD/DD813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"), hash)
                  .len,
              0);
}

TEST(media_files_sweep_spares_the_living) {
    dir = test_tmp_dir();
    struct media_file alive;
    struct err err = { 0 };
    char path[700];
    OK(media_file_begin(&alive, dir, 1000, &err));
    snprintf(path, sizeof path, "%s/media/.incoming-dead00", dir);
    OK(io_write_file(path, STR("half"), &err));
    CHECK_INT(names(), 2);
    media_files_sweep(dir);
    CHECK_INT(names(), 1);
    OK(media_file_put(&alive, STR("abc"), &err));
    OK(media_file_seal(&alive, &err));
    char name[MEDIA_FILE_NAME_MAX];
    OK(media_file_keep(&alive, "", name, &err));
    media_file_done(&alive);
    media_files_sweep("/nowhere/at/all");
}

struct sweeping {
    bool stop;
    pthread_t thread;
};

static void *sweep_on(void *arg) {
    struct sweeping *s = arg;
    while (!__atomic_load_n(&s->stop, __ATOMIC_RELAXED)) {
        media_files_sweep(dir);
    }
    return NULL;
}

TEST(media_files_are_kept_beside_a_sweep) {
    dir = test_tmp_dir();
    struct sweeping s = { 0 };
    struct err err = { 0 };
    CHECK_INT(pthread_create(&s.thread, NULL, sweep_on, &s), 0);
    for (int i = 0; i < 200; i++) {
        char bytes[16], name[MEDIA_FILE_NAME_MAX];
        snprintf(bytes, sizeof bytes, "%d", i);
        OK(take(str_of(bytes), name, &err));
    }
    __atomic_store_n(&s.stop, true, __ATOMIC_RELAXED);
    pthread_join(s.thread, NULL);
}

TEST(media_files_are_not_removed_while_one_is_kept) {
    dir = test_tmp_dir();
    struct err err = { 0 };
    int keeping, again, removing;
    OK(media_files_keep_begin(dir, &keeping, &err));
    OK(media_files_keep_begin(dir, &again, &err));
    CHECK_INT(media_files_remove_begin(dir, &removing, &err), STATUS_BUSY);
    close(keeping);
    err = (struct err){ 0 };
    CHECK_INT(media_files_remove_begin(dir, &removing, &err), STATUS_BUSY);
    close(again);
    err = (struct err){ 0 };
    OK(media_files_remove_begin(dir, &removing, &err));
    close(removing);
}
