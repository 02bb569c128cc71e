#include "newsroom/authors.h"

#include "text/url.h"

enum status authors_find(struct store_reader *r, struct arena *a, struct str slug,
                         struct author *ret, struct err *err) {
    int64_t id = 0;
    enum status status = store_author_next(r, id, &id, err);
    while (status == STATUS_OK) {
        status = store_author(r, a, id, ret, err);
        if (status == STATUS_OK && str_eq(ret->slug, slug)) {
            return STATUS_OK;
        }
        if (status == STATUS_OK) {
            status = store_author_next(r, id, &id, err);
        }
    }
    return status == STATUS_NOT_FOUND ? err_set(err, status, "there is no author '%.*s'",
                                                (int)(slug.len < 100 ? slug.len : 100), slug.ptr)
                                      : status;
}

/* "@name@host" */
static bool is_fediverse(struct str s) {
    size_t second = str_find_char(s, '@', 1);
    for (size_t i = 0; i < s.len; i++) {
        if (!char_is_alnum(s.ptr[i]) && strchr("@._-", s.ptr[i]) == NULL) {
            return false;
        }
    }
    return str_starts(s, STR("@")) && second != STR_NPOS && second > 1 && second + 1 < s.len &&
           str_find_char(s, '@', second + 1) == STR_NPOS;
}

static enum status validate(const struct author_change *change, struct err *err) {
    if (change->name.ptr != NULL && str_trim(change->name).len == 0) {
        return err_set(err, STATUS_INVALID, "an author needs a name");
    }
    if (change->website.len > 0 && !url_is_web(change->website)) {
        return err_set(err, STATUS_INVALID,
                       "the website must be an address such as https://example.org/");
    }
    struct str rest = change->profiles, url;
    while (str_split(&rest, ' ', &url)) {
        if (url.len > 0 && !url_is_web(url)) {
            return err_set(err, STATUS_INVALID,
                           "profiles must be addresses such as https://example.org/me, with "
                           "blanks between");
        }
    }
    if (change->fediverse.len > 0 && !is_fediverse(change->fediverse)) {
        return err_set(err, STATUS_INVALID,
                       "a name in the fediverse is one such as @desk@example.social");
    }
    return STATUS_OK;
}

/* ---- what is kept beside the row ---- */

struct metas {
    struct setting *ptr;
    size_t len, cap;
};

/* All values of the key give way to these. A website takes the place of an imported one. */
static void replace(struct arena *a, struct metas *metas, struct str key, struct str values,
                    char separator) {
    bool is_website = str_eq(key, STR(AUTHOR_WEBSITE));
    size_t kept = 0;
    if (values.ptr == NULL) {
        return;
    }
    for (size_t i = 0; i < metas->len; i++) {
        struct str at = metas->ptr[i].key;
        if (!str_eq(at, key) && !(is_website && str_eq(at, STR(AUTHOR_CAP_WEBSITE)))) {
            metas->ptr[kept++] = metas->ptr[i];
        }
    }
    metas->len = kept;
    struct str value;
    while (str_split(&values, separator, &value)) {
        if (value.len > 0) {
            *vec_push(a, metas) = (struct setting){ key, value };
        }
    }
}

static enum status change_metas(struct store_writer *w, struct arena *a, int64_t id,
                                const struct author_change *change, struct err *err) {
    struct settings now;
    struct metas metas = { 0 };
    enum status status = store_metas(store_writer_reader(w), a, META_AUTHOR, id, &now, err);
    if (status != STATUS_OK) {
        return status;
    }
    for (size_t i = 0; i < now.len; i++) {
        *vec_push(a, &metas) = now.ptr[i];
    }
    replace(a, &metas, STR(AUTHOR_WEBSITE), change->website, '\0');
    replace(a, &metas, STR(AUTHOR_PROFILE), change->profiles, ' ');
    replace(a, &metas, STR(AUTHOR_FEDIVERSE), change->fediverse, '\0');
    return store_metas_put(w, META_AUTHOR, id, metas.ptr, metas.len, err);
}

enum status authors_change(struct store_writer *w, int64_t id, const struct author_change *change,
                           struct err *err) {
    struct arena a = { 0 };
    struct author author;
    enum status status = validate(change, err);
    if (status == STATUS_OK) {
        status = store_author(store_writer_reader(w), &a, id, &author, err);
    }
    if (status == STATUS_OK) {
        author.name = change->name.ptr != NULL ? str_trim(change->name) : author.name;
        author.biography = change->biography.ptr != NULL ? str_trim(change->biography)
                                                         : author.biography;
        author.media_id = change->has_media ? change->media_id : author.media_id;
        status = store_author_put(w, &author, &id, err);
    }
    if (status == STATUS_OK) {
        status = change_metas(w, &a, id, change, err);
    }
    arena_done(&a);
    return status;
}
