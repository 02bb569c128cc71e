/* The files of a theme's folder. Whoever may write there decides what readers see, but not which
 * other files of the machine they see: links are not followed, and what is no plain file (a pipe
 * would keep the server waiting) is not opened twice. */
#include "site/look_private.h"

#include "base/embed.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct str look_place(struct arena *a, struct str text, size_t at) {
    size_t line = 1, column = 1;
    for (size_t i = 0; i < at && i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        line += c == '\n';
        column = c == '\n' ? 1 : column + ((c & 0xc0) != 0x80);
    }
    return arena_printf(a, "%zu:%zu", line, column);
}

/* ---- walking ---- */

static const struct str folders[] = { STR_INIT(""), STR_INIT("partials/"), STR_INIT("strings/"),
                                      STR_INIT("assets/") };

bool look_is_folder(struct str name) {
    for (size_t i = 1; i < COUNT_OF(folders); i++) {
        if (str_eq(str_slice(folders[i], 0, folders[i].len - 1), name)) {
            return true;
        }
    }
    return false;
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

static int by_name(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum status walk_folder(struct arena *a, struct str shown, struct str sub, DIR *d,
                               look_entry_fn *f, void *ctx, struct err *err) {
    VEC(const char *) names = { 0 };
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        if (entry->d_name[0] != '.') {
            if (names.len >= LIMIT_THEME_FILES) {
                return err_set(err, STATUS_TOO_LARGE, "%s has more than %d files", shown.ptr,
                               LIMIT_THEME_FILES);
            }
            *vec_push(a, &names) = arena_str(a, str_of(entry->d_name)).ptr;
        }
    }
    if (names.len > 1) {
        qsort(names.ptr, names.len, sizeof *names.ptr, by_name);
    }
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < names.len; i++) {
        struct look_entry entry = { .folder = dirfd(d),
                                    .name = names.ptr[i],
                                    .sub = sub,
                                    .shown = arena_printf(a, "%s%s", shown.ptr, names.ptr[i]) };
        if (fstatat(entry.folder, entry.name, &entry.st, AT_SYMLINK_NOFOLLOW) == 0) {
            status = f(ctx, &entry, err);
        }
    }
    return status;
}

enum status look_walk(struct arena *a, const char *dir, look_entry_fn *f, void *ctx,
                      struct err *err) {
    enum status status = STATUS_OK;
    int top = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (top < 0) {
        return err_set(err, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, "cannot open %s: %s",
                       dir, strerror(errno));
    }
    for (size_t i = 0; status == STATUS_OK && i < COUNT_OF(folders); i++) {
        const char *name = i == 0 ? "." : folders[i].ptr;
        char bare[16] = "."; /* a slash at its end would follow a link */
        if (i > 0) {
            *(char *)mempcpy(bare, name, folders[i].len - 1) = '\0';
        }
        int fd = openat(top, bare, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
        if (d != NULL) {
            struct str shown = arena_printf(a, "%s/%s", dir, folders[i].ptr);
            status = walk_folder(a, shown, folders[i], d, f, ctx, err);
            closedir(d);
        }
    }
    close(top);
    return status;
}

/* ---- reading ---- */

/* "footer.hbs" is "broadsheet/footer.hbs" besides, and "partials/card.hbs" is
 * "partials/broadsheet/card.hbs", so that a template which takes the place of one calls that. */
static struct str second_name(struct arena *a, struct str name) {
    struct str folder = str_starts(name, STR("partials/")) ? STR("partials/") : STR("");
    return arena_printf(a, "%s" LOOK_DEFAULT "%.*s", folder.ptr,
                        STR_FMT(str_from(name, folder.len)));
}

void look_add_default(struct look *look) {
    for (const struct embed_file *f = embed_files; f->path != NULL; f++) {
        struct str path = str_of(f->path);
        if (!str_starts(path, STR(LOOK_EMBEDDED))) {
            continue;
        }
        struct theme_file file = { str_from(path, sizeof LOOK_EMBEDDED - 1), path,
                                   str_make(f->begin, (size_t)(f->end - f->begin)), false };
        *vec_push(&look->arena, &look->files) = file;
        if (str_ends(file.name, STR(".hbs"))) {
            file.name = second_name(&look->arena, file.name);
            *vec_push(&look->arena, &look->files) = file;
        }
    }
}

static void replace_file(struct look *look, const struct theme_file *file) {
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

static enum status read_bytes(const struct look_entry *entry, struct buf *out, struct err *err) {
    int fd = openat(entry->folder, entry->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    enum status status;
    if (fd < 0) {
        return err_set(err, STATUS_IO, "%s: cannot be opened: %s", entry->shown.ptr,
                       strerror(errno));
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        status = err_set(err, STATUS_INVALID, "%s: is no file", entry->shown.ptr);
    } else if (st.st_size > LIMIT_THEME_FILE_BYTES) {
        status = err_set(err, STATUS_TOO_LARGE, "%s: has more than %u bytes", entry->shown.ptr,
                         LIMIT_THEME_FILE_BYTES);
    } else {
        status = io_read_all(fd, entry->shown.ptr, out, err);
    }
    close(fd);
    return status;
}

enum status look_add_file(struct look *look, const struct look_entry *entry, struct err *err) {
    struct arena *a = &look->arena;
    struct buf bytes;
    if (S_ISLNK(entry->st.st_mode)) {
        return err_set(err, STATUS_INVALID, "%s: is a link: a theme holds its files itself",
                       entry->shown.ptr);
    }
    if (!S_ISREG(entry->st.st_mode)) {
        return err_set(err, STATUS_INVALID, "%s: is no file", entry->shown.ptr);
    }
    buf_init(&bytes, LIMIT_THEME_FILE_BYTES);
    enum status status = read_bytes(entry, &bytes, err);
    if (status == STATUS_OK &&
        (look->own_bytes + bytes.len > LIMIT_THEME_BYTES || look->own_files >= LIMIT_THEME_FILES)) {
        status = err_set(err, STATUS_TOO_LARGE, "%s: the theme has more than %d files or %u bytes",
                         entry->shown.ptr, LIMIT_THEME_FILES, LIMIT_THEME_BYTES);
    }
    if (status == STATUS_OK) {
        struct str name = arena_printf(a, "%s%s", entry->sub.ptr, entry->name);
        replace_file(look, &(struct theme_file){ name, arena_str(a, entry->shown),
                                                 arena_str(a, buf_str(&bytes)), true });
        look->own_files++;
        look->own_bytes += bytes.len;
    }
    buf_done(&bytes);
    return status;
}

/* ---- has it changed? ---- */

static enum status add_stamp(void *ctx, const struct look_entry *entry, struct err *err) {
    (void)err;
    uint64_t *stamp = ctx;
    int64_t facts[] = { (int64_t)entry->st.st_ino, (int64_t)entry->st.st_size,
                        (int64_t)entry->st.st_mtim.tv_sec, (int64_t)entry->st.st_mtim.tv_nsec };
    if (!S_ISDIR(entry->st.st_mode)) {
        *stamp = hash_mix(*stamp, hash_content(str_make((const char *)facts, sizeof facts)));
        *stamp = hash_mix(*stamp, hash_content(entry->shown));
    }
    return STATUS_OK;
}

uint64_t look_stamp(const char *dir) {
    struct arena a = { 0 };
    struct err ignored = { 0 };
    uint64_t stamp = 0;
    if (look_walk(&a, dir, add_stamp, &stamp, &ignored) != STATUS_OK) {
        stamp = ignored.status;
    }
    arena_done(&a);
    return stamp;
}
