#include "newsroom/library_renditions.h"

#include "base/map.h"
#include "picture/renditions.h"
#include "store/media_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>

/* The originals of one folder of media/, which is read once for all renditions of its like. */
struct originals {
    const char *dir; /* the site's */
    char folder[3];  /* "3f"; empty: none yet */
    struct map known;
    struct arena arena;
};

static void forget(struct originals *o) {
    map_done(&o->known);
    arena_reset(&o->arena);
    map_init(&o->known);
}

static enum status read_folder(struct originals *o, struct str hash, struct err *err) {
    char path[PATH_MAX];
    char digits[MEDIA_FILE_HASH_DIGITS + 1];
    forget(o);
    (void)snprintf(o->folder, sizeof o->folder, "%.2s", hash.ptr);
    (void)snprintf(path, sizeof path, "%s/media/%s", o->dir, o->folder);
    DIR *dir = opendir(path);
    if (dir == NULL) {
        return errno == ENOENT ? STATUS_OK
                               : err_set(err, STATUS_IO, "%s: %s", path, strerror(errno));
    }
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        struct str file = arena_printf(&o->arena, "%s/%s", o->folder, e->d_name);
        struct str whole = media_file_hash(file, digits);
        if (whole.len >= RENDITION_HASH_DIGITS) {
            struct str key = arena_str(&o->arena, str_slice(whole, 0, RENDITION_HASH_DIGITS));
            map_put(&o->known, key, o);
        }
    }
    closedir(dir);
    return STATUS_OK;
}

static enum status is_known(void *ctx, struct str hash, bool *ret, struct err *err) {
    struct originals *o = ctx;
    enum status status = STATUS_OK;
    if (!str_starts(hash, str_of(o->folder)) || o->folder[0] == '\0') {
        status = read_folder(o, hash, err);
    }
    *ret = map_has(&o->known, hash);
    return status;
}

enum status library_renditions_gc(const char *dir, int64_t *ret_removed, struct err *err) {
    char path[PATH_MAX];
    struct originals o = { .dir = dir };
    map_init(&o.known);
    (void)snprintf(path, sizeof path, "%s/" RENDITIONS_DIR, dir);
    enum status status = renditions_sweep(path, is_known, &o, ret_removed, err);
    map_done(&o.known);
    arena_done(&o.arena);
    return status;
}
