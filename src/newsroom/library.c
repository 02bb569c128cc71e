#include "newsroom/library.h"

#include "base/limits.h"
#include "text/image_size.h"

#include <stdlib.h>
#include <unistd.h>

/* ---- looking into it ---- */

static struct str join(struct arena *a, struct str x, struct str y) {
    return y.len == 0 || str_eq(x, y) ? x
           : x.len == 0               ? y
                                      : arena_printf(a, "%.*s, %.*s", STR_FMT(x), STR_FMT(y));
}

static void read_texts(struct arena *a, const struct picture_texts *texts, struct media *m) {
    const struct str *t = texts->text;
    m->title = arena_str(a, t[PICTURE_TITLE].len > 0 ? t[PICTURE_TITLE] : t[PICTURE_HEADLINE]);
    m->alt = arena_str(a, t[PICTURE_ALT]);
    m->caption = arena_str(a, t[PICTURE_CAPTION]);
    m->credit = arena_str(a, t[PICTURE_CREDIT]);
    m->byline = arena_str(a, t[PICTURE_BYLINE]);
    m->licence =
        arena_str(a, t[PICTURE_LICENCE].len > 0 ? t[PICTURE_LICENCE] : t[PICTURE_COPYRIGHT]);
    m->source = arena_str(a, t[PICTURE_SOURCE]);
    m->usage = arena_str(a, t[PICTURE_USAGE]);
    m->taken = arena_str(a, t[PICTURE_TAKEN]);
    m->place =
        arena_str(a, join(a, join(a, t[PICTURE_PLACE], t[PICTURE_CITY]), t[PICTURE_COUNTRY]));
    m->people = arena_str(a, t[PICTURE_PEOPLE]);
}

static struct str base64(struct arena *a, struct str bytes) {
    size_t size = sodium_base64_encoded_len(bytes.len, sodium_base64_VARIANT_ORIGINAL);
    char *text = arena_alloc(a, size);
    sodium_bin2base64(text, size, (const unsigned char *)bytes.ptr, bytes.len,
                      sodium_base64_VARIANT_ORIGINAL);
    return str_make(text, size - 1);
}

static enum status probe(const struct library *l, struct arena *a, const struct media_file *f,
                         struct media *m, struct err *err) {
    struct decoding *work;
    enum status status = decoding_begin(l->decoder, f->read_fd, STR(""), &work, err);
    if (status != STATUS_OK) {
        return status;
    }
    status = decoding_probe(work, err);
    if (status == STATUS_OK) {
        const struct picture_info *info = decoding_info(work);
        m->probed = true;
        m->width = info->width;
        m->height = info->height;
        m->orientation = info->orientation;
        m->frames = info->frames;
        m->has_alpha = info->has_alpha;
        m->colour = info->colour;
        m->placeholder = base64(a, info->placeholder);
        read_texts(a, &info->texts, m);
    }
    decoding_end(work);
    return status;
}

/* Nothing can be decoded here: that is no fault of the picture's. */
static bool is_unconfined(enum status status) {
    return status == STATUS_FORBIDDEN || status == STATUS_NOT_FOUND;
}

enum status library_examine(const struct library *l, struct arena *a, const struct media_file *f,
                            struct str name, struct library_found *ret, struct err *err) {
    struct str head = buf_str(&f->head);
    struct library_found found = { 0 };
    enum status status = l->by_content ? file_type_admit_content(head, name, &found.type, err)
                                       : file_type_admit(head, name, &found.type, err);
    if (status != STATUS_OK) {
        return status;
    }
    struct media *m = &found.media;
    m->mime = str_of(found.type->mime);
    m->size_bytes = f->size_bytes;
    if (found.type->class == FILE_PICTURE) {
        if (l->decoder == NULL) {
            err_set(&found.unprobed, STATUS_FORBIDDEN, "there is no decoder");
        } else {
            status = probe(l, a, f, m, &found.unprobed);
        }
        if (status != STATUS_OK && !is_unconfined(status)) {
            return err_set(err, status, "%s", found.unprobed.message);
        }
        if (!m->probed) {
            (void)image_size(head, &m->width, &m->height);
        }
    }
    *ret = found;
    return STATUS_OK;
}

enum status library_keep(struct arena *a, struct media_file *f, struct library_found *found,
                         struct err *err) {
    char name[MEDIA_FILE_NAME_MAX];
    check(found->type != NULL);
    enum status status = media_file_keep(f, found->type->ending, name, err);
    if (status == STATUS_OK) {
        found->media.file = arena_str(a, str_of(name));
    }
    return status;
}

/* ---- rows ---- */

static void fill_text(struct str *text, struct str found) {
    if (text->len == 0) {
        *text = found;
    }
}

static void fill_texts(struct media *m, const struct media *found) {
    fill_text(&m->title, found->title);
    fill_text(&m->alt, found->alt);
    fill_text(&m->caption, found->caption);
    fill_text(&m->credit, found->credit);
    fill_text(&m->byline, found->byline);
    fill_text(&m->licence, found->licence);
    fill_text(&m->source, found->source);
    fill_text(&m->usage, found->usage);
    fill_text(&m->taken, found->taken);
    fill_text(&m->place, found->place);
    fill_text(&m->people, found->people);
}

void library_fill(struct media *m, const struct media *found) {
    m->mime = found->mime;
    m->size_bytes = found->size_bytes;
    if (found->probed || !m->probed) {
        m->probed = found->probed;
        m->orientation = found->orientation;
        m->frames = found->frames;
        m->has_alpha = found->has_alpha;
        m->colour = found->colour;
        m->placeholder = found->placeholder;
        if (found->width > 0) {
            m->width = found->width;
            m->height = found->height;
        }
    }
    fill_texts(m, found);
}

/* What people said, where the row has nothing. */
static void fill_given(struct media *m, const struct media *given) {
    fill_texts(m, given);
    if (m->focal_x == 0 && m->focal_y == 0) {
        m->focal_x = given->focal_x;
        m->focal_y = given->focal_y;
    }
    m->decorative = m->decorative || given->decorative;
    m->unsyndicated = m->unsyndicated || given->unsyndicated;
}

/* "the-ferry" of "pictures/the-ferry.jpg". */
static struct str stem(struct str name) {
    size_t slash = str_rfind_char(name, '/');
    struct str last = slash == STR_NPOS ? name : str_from(name, slash + 1);
    size_t dot = str_rfind_char(last, '.');
    return dot == STR_NPOS || dot == 0 ? last : str_slice(last, 0, dot);
}

static bool has_file(const char *dir, struct str file) {
    int fd;
    int64_t bytes;
    if (file.len == 0 || media_file_open(dir, file, &fd, &bytes, &(struct err){ 0 }) != STATUS_OK) {
        return false;
    }
    close(fd);
    return true;
}

static enum status write_row(const struct library *l, struct arena *a, const struct media_file *f,
                             struct str name, const struct library_found *found,
                             const struct media *given, int64_t now_us, struct store_writer *w,
                             struct library_taken *ret, struct err *err) {
    struct store_reader *r = store_writer_reader(w);
    int64_t id = 0;
    struct media m = { 0 };
    enum status status = store_media_of_hash(r, str_of(f->hash), 0, &id, err);
    ret->was_there = status == STATUS_OK;
    if (status == STATUS_OK) {
        status = store_media(r, a, id, &m, err);
    } else if (status == STATUS_NOT_FOUND) {
        status = STATUS_OK;
        m.path = arena_printf(a, "/media/%.*s", STR_FMT(found->media.file));
        m.created_us = now_us;
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (!has_file(store_dir(l->store), m.file)) {
        m.file = found->media.file;
    } /* else it may end otherwise, as it did in earlier versions: gc takes the new one away */
    if (given != NULL) {
        fill_given(&m, given);
    }
    library_fill(&m, &found->media);
    fill_text(&m.title, stem(name));
    status = store_media_put(w, &m, &m.id, err);
    m.hash = arena_str(a, str_of(f->hash));
    ret->media = m;
    ret->id = m.id;
    return status;
}

enum status library_take(const struct library *l, struct arena *a, struct media_file *f,
                         struct str name, const struct media *given, int64_t now_us,
                         struct library_taken *ret, struct err *err) {
    struct library_found found = { 0 };
    struct library_taken taken = { 0 };
    struct store_writer *w;
    int keeping = -1;
    enum status status = library_examine(l, a, f, name, &found, err);
    if (status == STATUS_OK) {
        status = media_files_keep_begin(store_dir(l->store), &keeping, err);
    }
    if (status == STATUS_OK) {
        status = library_keep(a, f, &found, err);
    }
    if (status == STATUS_OK) {
        status = store_write_begin(l->store, &w, err);
    }
    if (status == STATUS_OK) {
        status = write_row(l, a, f, name, &found, given, now_us, w, &taken, err);
        if (status == STATUS_OK) {
            status = store_write_commit(w, err);
        } else {
            store_write_rollback(w);
        }
    }
    if (keeping >= 0) {
        close(keeping);
    }
    if (status == STATUS_OK) {
        taken.unprobed = found.unprobed;
        *ret = taken;
    }
    return status;
}

enum status library_take_file(const struct library *l, struct arena *a, int fd, struct str name,
                              const struct media *given, int64_t now_us, struct library_taken *ret,
                              struct err *err) {
    struct media_file f;
    enum status status = media_file_begin(&f, store_dir(l->store), LIMIT_MEDIA_BYTES, err);
    if (status != STATUS_OK) {
        return status;
    }
    status = media_file_put_file(&f, fd, arena_str(a, name).ptr, err);
    if (status == STATUS_OK) {
        status = media_file_seal(&f, err);
    }
    if (status == STATUS_OK) {
        status = library_take(l, a, &f, name, given, now_us, ret, err);
    }
    media_file_done(&f);
    return status;
}
