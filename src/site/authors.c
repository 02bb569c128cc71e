#include "site/authors.h"

#include "site/cards.h"
#include "text/url.h"

static enum status byline_of(struct pass *pass, int64_t id, struct author *ret_author,
                             struct view_author *ret, struct err *err) {
    enum status status = store_author(pass->reader, pass->arena, id, ret_author, err);
    if (status != STATUS_OK) {
        return status;
    }
    *ret = (struct view_author){ .id = id, .href = ret_author->path, .label = ret_author->name };
    return card_image(pass, ret_author->media_id, &ret->image, err);
}

/* Blank lines part the paragraphs. */
static struct list paragraphs_of(struct arena *a, struct str text) {
    VEC(struct str) paragraphs = { 0 };
    struct str line, paragraph = STR("");
    while (str_split(&text, '\n', &line)) {
        line = str_trim(line);
        if (line.len == 0 && paragraph.len > 0) {
            *vec_push(a, &paragraphs) = paragraph;
            paragraph = STR("");
        } else if (line.len > 0) {
            paragraph = paragraph.len == 0
                            ? line
                            : arena_printf(a, "%.*s %.*s", STR_FMT(paragraph), STR_FMT(line));
        }
    }
    if (paragraph.len > 0) {
        *vec_push(a, &paragraphs) = paragraph;
    }
    return LIST_OF(paragraphs);
}

/* The host of an address stands for it. Imports bring any text: only the web's addresses are
 * shown. */
static bool link_of(struct str href, struct view_link *ret) {
    struct url url;
    if (!url_is_web(href) || !url_parse(href, &url)) {
        return false;
    }
    struct str host = url.host;
    if (str_starts_nocase(host, STR("www."))) {
        host = str_from(host, 4);
    }
    *ret = (struct view_link){ .href = href, .label = host };
    return true;
}

/* His website first. */
static enum status read_links(struct pass *pass, int64_t id, struct list *ret, struct err *err) {
    static const char *const keys[] = { AUTHOR_WEBSITE, AUTHOR_CAP_WEBSITE, AUTHOR_PROFILE };
    struct settings metas;
    VEC(struct view_link) links = { 0 };
    enum status status = store_metas(pass->reader, pass->arena, META_AUTHOR, id, &metas, err);
    for (size_t k = 0; status == STATUS_OK && k < COUNT_OF(keys); k++) {
        bool has_website = k == 1 && links.len > 0;
        for (size_t i = 0; i < metas.len && !has_website; i++) {
            struct view_link link;
            if (str_eq(metas.ptr[i].key, str_of(keys[k])) &&
                link_of(str_trim(metas.ptr[i].value), &link)) {
                *vec_push(pass->arena, &links) = link;
            }
        }
    }
    *ret = LIST_OF(links);
    return status;
}

enum status author_read(struct pass *pass, int64_t id, struct view_author *ret, struct err *err) {
    struct author author = { 0 };
    enum status status = byline_of(pass, id, &author, ret, err);
    if (status != STATUS_OK) {
        return status;
    }
    ret->biography = paragraphs_of(pass->arena, author.biography);
    return read_links(pass, id, &ret->links, err);
}

/* "A, B and C" */
static void set_between(struct pass *pass, struct view_author *authors, size_t n) {
    struct str *names = arena_array(pass->arena, 2 * n + 1, sizeof *names), *between = names + n;
    for (size_t i = 0; i < n; i++) {
        names[i] = authors[i].label;
    }
    language_between(pass->language, pass->arena, names, n, between);
    for (size_t i = 0; i < n; i++) {
        authors[i].after = between[i];
    }
}

enum status author_byline(struct pass *pass, struct ids ids, struct list *ret, struct err *err) {
    VEC(struct view_author) authors = { 0 };
    for (size_t i = 0; i < ids.len; i++) {
        struct author author;
        struct view_author view;
        struct err lost = { 0 };
        enum status status = byline_of(pass, ids.ptr[i], &author, &view, &lost);
        if (status == STATUS_OK) {
            *vec_push(pass->arena, &authors) = view;
        } else if (status != STATUS_NOT_FOUND) {
            return err_set(err, status, "%s", lost.message);
        }
    }
    set_between(pass, authors.ptr, authors.len);
    *ret = LIST_OF(authors);
    return STATUS_OK;
}

enum status author_fediverse(struct pass *pass, struct ids ids, struct str *ret, struct err *err) {
    enum status status = STATUS_OK;
    *ret = STR("");
    for (size_t i = 0; status == STATUS_OK && ret->len == 0 && i < ids.len; i++) {
        struct str value;
        status = store_meta(pass->reader, pass->arena, META_AUTHOR, ids.ptr[i],
                            STR(AUTHOR_FEDIVERSE), &value, err);
        if (status == STATUS_OK && value.ptr != NULL) {
            *ret = str_trim(value);
        }
    }
    return status;
}
