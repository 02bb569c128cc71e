#include "tests/harness.h"

#include "base/io.h"
#include "transfer/static_spare.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int open_dir(void) {
    int folder = open(test_tmp_dir(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    check(folder >= 0);
    (void)mkdirat(folder, ".broadsheet", 0755);
    return folder;
}

static void put(int folder, const char *name, const char *text) {
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    struct iovec part = { (void *)(uintptr_t)text, strlen(text) };
    check(fd >= 0 && io_write_parts(fd, &part, 1) && close(fd) == 0);
}

static const char *read_fd(int fd) {
    static char bytes[100];
    ssize_t n = pread(fd, bytes, sizeof bytes - 1, 0);
    check(n >= 0);
    bytes[n] = '\0';
    return bytes;
}

static const char *get(int folder, const char *name) {
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
    check(fd >= 0);
    const char *text = read_fd(fd);
    close(fd);
    return text;
}

static bool replace(struct static_spares *s, const char *name, const char *text) {
    size_t half = strlen(text) / 2;
    struct iovec parts[] = { { (void *)(uintptr_t)text, half },
                             { (void *)(uintptr_t)(text + half), strlen(text) - half } };
    return static_spares_replace(s, name, parts, 2);
}

static ino_t inode_of(int folder, const char *name) {
    struct stat st;
    check(fstatat(folder, name, &st, 0) == 0);
    return st.st_ino;
}

/* Longer than a spare has to wait. */
static void wait_enough(void) {
    struct timespec t = { .tv_nsec = 150000000 };
    nanosleep(&t, NULL);
}

TEST(static_spare_files_change_places) {
    int folder = open_dir();
    struct static_spares s;
    static_spares_init(&s, folder, 0);
    put(folder, "a", "the first of a, which is long");
    put(folder, "b", "the first of b");
    ino_t first = inode_of(folder, "a");
    if (!replace(&s, "a", "the second")) {
        test_skip("files cannot change places here");
        close(folder);
        return;
    }
    CHECK_STR(str_of(get(folder, "a")), "the second");
    CHECK(inode_of(folder, "a") != first);
    wait_enough();
    REQUIRE(replace(&s, "b", "the second of b"));
    CHECK(inode_of(folder, "b") == first);
    CHECK_STR(str_of(get(folder, "b")), "the second of b"); /* nothing is left of what was longer */
    CHECK(!replace(&s, "c", "there is none"));
    static_spares_clear(folder);
    CHECK(faccessat(folder, STATIC_SPARE_FOLDER, F_OK, 0) != 0);
    CHECK_STR(str_of(get(folder, "a")), "the second");
    close(folder);
}

TEST(static_spare_files_leave_what_somebody_reads) {
    int folder = open_dir();
    struct static_spares s;
    static_spares_init(&s, folder, 0);
    put(folder, "a", "the first");
    put(folder, "b", "the first of b");
    int reader = openat(folder, "a", O_RDONLY | O_CLOEXEC);
    REQUIRE(reader >= 0);
    if (!replace(&s, "a", "the second")) {
        test_skip("files cannot change places here");
        close(folder);
        return;
    }
    CHECK_STR(str_of(read_fd(reader)), "the first");
    wait_enough();
    for (int i = 0; i < 3; i++) {
        REQUIRE(replace(&s, "b", "the next of b"));
        CHECK_STR(str_of(read_fd(reader)), "the first");
        wait_enough();
    }
    CHECK_STR(str_of(get(folder, "a")), "the second");
    close(reader);
    static_spares_clear(folder);
    close(folder);
}

/* A picture of the export may be the very file of the site. */
TEST(static_spare_files_are_no_links) {
    int folder = open_dir();
    struct static_spares s;
    static_spares_init(&s, folder, 0);
    put(folder, "original", "a picture");
    REQUIRE(linkat(folder, "original", folder, "a", 0) == 0);
    CHECK(!replace(&s, "a", "a page"));
    REQUIRE(symlinkat("original", folder, "b") == 0);
    CHECK(!replace(&s, "b", "a page"));
    put(folder, "c", "the first");
    if (!replace(&s, "c", "the second")) {
        test_skip("files cannot change places here");
        close(folder);
        return;
    }
    /* Linked to only afterwards: by a backup, say. */
    REQUIRE(linkat(folder, STATIC_SPARE_FOLDER "/0-0", folder, "backup", 0) == 0);
    wait_enough();
    REQUIRE(replace(&s, "c", "the third"));
    CHECK_STR(str_of(get(folder, "backup")), "the first");
    CHECK_STR(str_of(get(folder, "original")), "a picture");
    CHECK_STR(str_of(get(folder, "c")), "the third");
    static_spares_clear(folder);
    close(folder);
}
