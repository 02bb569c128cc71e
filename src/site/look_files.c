#include "base/embed.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/limits.h"
#include "site/look_private.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

struct str look_place(struct arena *a, struct str text, size_t at) {
    size_t line = 1, column = 1;
    for (size_t i = 0; i < at && i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        line += c == '\n';
        column = c == '\n' ? 1 : column + ((c & 0xc0) != 0x80);
    }
    return arena_printf(a, "%zu:%zu", line, column);
}

static void add_file(struct look *look, const struct theme_file *file) {
    for (size_t i = 0; i < look->files.len; i++) {
        /* The site's wording completes the theme's; every other file takes its place. */
        if (str_eq(look->files.ptr[i].name, file->name) &&
            !str_starts(file->name, STR("strings/"))) {
            look->files.ptr[i] = *file;
            return;
        }
    }
    *vec_push(&look->arena, &look->files) = *file;
}

bool look_is_plain_name(struct str name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!char_is_alnum(c) && c != '-' && c != '_' && c != '.') {
            return false;
        }
    }
    return name.len > 0 && name.ptr[0] != '.';
}

static enum status add_folder(struct look *look, const char *dir, const char *sub,
                              struct err *err) {
    struct arena *a = &look->arena;
    struct str folder = arena_printf(a, "%s/%s", dir, sub);
    DIR *d = opendir(folder.ptr);
    if (d == NULL) {
        return STATUS_OK; /* a site without a theme of its own */
    }
    enum status status = STATUS_OK;
    struct dirent *entry;
    while (status == STATUS_OK && (entry = readdir(d)) != NULL) {
        struct str base = str_of(entry->d_name);
        if (!look_is_plain_name(base) || entry->d_type == DT_DIR) {
            continue;
        }
        struct str path = arena_printf(a, "%s%s", folder.ptr, entry->d_name);
        struct buf bytes;
        buf_init(&bytes, LIMIT_THEME_FILE_BYTES);
        status = io_read_file(path.ptr, &bytes, err);
        if (status == STATUS_OK) {
            add_file(look, &(struct theme_file){ arena_printf(a, "%s%s", sub, entry->d_name), path,
                                                 arena_str(a, buf_str(&bytes)), true });
        }
        buf_done(&bytes);
    }
    closedir(d);
    return status;
}

const char *const look_folders[] = { "", "partials/", "strings/", "assets/" };
const size_t look_folders_len = COUNT_OF(look_folders);

enum status look_find_files(struct look *look, const char *dir, struct err *err) {
    for (const struct embed_file *f = embed_files; f->path != NULL; f++) {
        struct str path = str_of(f->path);
        if (str_starts(path, STR(LOOK_EMBEDDED))) {
            add_file(look, &(struct theme_file){ str_from(path, sizeof LOOK_EMBEDDED - 1), path,
                                                 str_make(f->begin, (size_t)(f->end - f->begin)),
                                                 false });
        }
    }
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && dir != NULL && i < look_folders_len; i++) {
        status = add_folder(look, dir, look_folders[i], err);
    }
    return status;
}

uint64_t look_stamp(const char *dir) {
    uint64_t stamp = 0;
    for (size_t i = 0; i < look_folders_len; i++) {
        char path[PATH_MAX];
        (void)snprintf(path, sizeof path, "%s/%s", dir, look_folders[i]);
        DIR *d = opendir(path);
        struct dirent *entry;
        while (d != NULL && (entry = readdir(d)) != NULL) {
            struct stat st;
            if (entry->d_name[0] == '.' || fstatat(dirfd(d), entry->d_name, &st, 0) != 0 ||
                !S_ISREG(st.st_mode)) {
                continue;
            }
            int64_t facts[] = { (int64_t)i, (int64_t)st.st_ino, (int64_t)st.st_size,
                                (int64_t)st.st_mtim.tv_sec, (int64_t)st.st_mtim.tv_nsec };
            /* A sum, since a folder has no order. */
            stamp += hash_content(str_make((const char *)facts, sizeof facts)) ^
                     hash_content(str_of(entry->d_name));
        }
        if (d != NULL) {
            closedir(d);
        }
    }
    return stamp;
}
