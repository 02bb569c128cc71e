#include "transfer/uploads.h"

#include "base/io.h"
#include "tests/harness.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t files_in(const char *dir) {
    size_t n = 0;
    DIR *d = opendir(dir);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        n += e->d_name[0] != '.' || (e->d_name[1] != '\0' && e->d_name[1] != '.');
    }
    if (d != NULL) {
        closedir(d);
    }
    return n;
}

TEST(upload_copy_names_by_content) {
    struct arena a = { 0 };
    struct err err = { 0 };
    struct upload one;
    struct upload two;
    char up[600];
    char media[600];
    char path[700];
    snprintf(up, sizeof up, "%s/up", test_tmp_dir());
    snprintf(media, sizeof media, "%s/media", test_tmp_dir());
    CHECK_INT(io_make_dirs(up, &err), STATUS_OK);
    snprintf(path, sizeof path, "%s/a.JPG", up);
    CHECK_INT(io_write_file(path, STR("same"), &err), STATUS_OK);
    snprintf(path, sizeof path, "%s/b.jpg", up);
    CHECK_INT(io_write_file(path, STR("same"), &err), STATUS_OK);
    CHECK_INT(upload_copy(&a, up, STR("a.JPG"), media, &one, &err), STATUS_OK);
    CHECK_INT(upload_copy(&a, up, STR("b.jpg"), media, &two, &err), STATUS_OK);
    CHECK(str_eq(one.file, two.file));
    CHECK_INT(one.size_bytes, 4);
    CHECK_INT(files_in(media), 1); /* no temporary file stays behind */
    arena_done(&a);
}

TEST(upload_copy_stays_inside) {
    struct arena a = { 0 };
    struct upload upload;
    char up[600];
    char media[600];
    char path[700];
    struct err err = { 0 };
    snprintf(up, sizeof up, "%s/up", test_tmp_dir());
    snprintf(media, sizeof media, "%s/media", test_tmp_dir());
    CHECK_INT(io_make_dirs(up, &err), STATUS_OK);
    snprintf(path, sizeof path, "%s/link", up);
    CHECK_INT(symlink("/etc/hostname", path), 0);
    snprintf(path, sizeof path, "%s/pipe", up);
    CHECK_INT(mkfifo(path, 0600), 0);
    static const struct str wrong[] = { STR_INIT("../../../../etc/passwd"), STR_INIT("link"),
                                        STR_INIT("pipe"), STR_INIT("."), STR_INIT("a\0b") };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct err why = { 0 };
        enum status status = upload_copy(&a, up, wrong[i], media, &upload, &why);
        CHECK(status == STATUS_INVALID || status == STATUS_NOT_FOUND);
        CHECK(why.message[0] != '\0');
    }
    CHECK_INT(files_in(media), 0);
    arena_done(&a);
}

TEST(uploads_sweep_removes_what_the_dead_left) {
    char dead[600];
    char living[600];
    char kept[600];
    struct err err = { 0 };
    const char *dir = test_tmp_dir();
    snprintf(dead, sizeof dead, "%s/.incoming-aaaaaa", dir);
    snprintf(living, sizeof living, "%s/.incoming-bbbbbb", dir);
    snprintf(kept, sizeof kept, "%s/picture.jpg", dir);
    CHECK_INT(io_write_file(dead, STR("half a pic"), &err), STATUS_OK);
    CHECK_INT(io_write_file(living, STR("half a pic"), &err), STATUS_OK);
    CHECK_INT(io_write_file(kept, STR("a picture"), &err), STATUS_OK);
    int fd = open(living, O_RDONLY | O_CLOEXEC);
    CHECK_INT(flock(fd, LOCK_EX), 0);
    uploads_sweep(dir);
    CHECK(access(dead, F_OK) != 0);
    CHECK(access(living, F_OK) == 0);
    CHECK(access(kept, F_OK) == 0);
    close(fd);
    uploads_sweep("/nowhere/at/all");
}
