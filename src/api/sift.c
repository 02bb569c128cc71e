#include "api/sift.h"

#include "base/limits.h"

#include <stdlib.h>

void sift_add(struct arena *a, struct sift *s, struct sift_row row) {
    *vec_push(a, s) = row;
}

/* ---- order ---- */

static int compare_text(struct str a, struct str b) {
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        unsigned char x = (unsigned char)char_lower(a.ptr[i]),
                      y = (unsigned char)char_lower(b.ptr[i]);
        if (x != y) {
            return x < y ? -1 : 1;
        }
    }
    return a.len == b.len ? 0 : a.len < b.len ? -1 : 1;
}

static int ascending(const void *x, const void *y) {
    const struct sift_row *a = x, *b = y;
    if (a->number != b->number) {
        return a->number < b->number ? -1 : 1;
    }
    int order = compare_text(a->text, b->text);
    return order != 0 ? order : a->id == b->id ? 0 : a->id < b->id ? -1 : 1;
}

static int descending_order(const void *x, const void *y) {
    return ascending(y, x);
}

void sift_order(struct sift *s, bool descending) {
    if (s->len == 0) {
        return;
    }
    qsort(s->ptr, s->len, sizeof *s->ptr, descending ? descending_order : ascending);
    size_t kept = 1;
    for (size_t i = 1; i < s->len; i++) {
        if (s->ptr[i].id != s->ptr[kept - 1].id) {
            s->ptr[kept++] = s->ptr[i];
        }
    }
    s->len = kept;
}

/* ---- pages ---- */

struct window api_window(const struct api_call *call) {
    const struct arg *offset = api_arg(call, "offset");
    int64_t n = api_arg(call, "per_page")->n;
    return (struct window){ offset->is_given ? offset->n : (api_arg(call, "page")->n - 1) * n, n };
}

bool api_total(struct api_answer *answer, int64_t total) {
    int64_t page = api_arg(answer->call, "page")->n;
    int64_t per_page = api_arg(answer->call, "per_page")->n;
    answer->is_list = true;
    answer->total = total;
    answer->pages = total > 0 ? (total - 1) / per_page + 1 : 0;
    if (answer->is_strict && page > 1 && page > answer->pages &&
        !api_arg(answer->call, "offset")->is_given) {
        (void)api_fail(answer, 400, "rest_post_invalid_page_number",
                       STR("There are not so many pages; X-WP-TotalPages says how many."));
        return false;
    }
    return true;
}

struct ids sift_page(struct api_answer *answer, const struct sift *s) {
    VEC(int64_t) ids = { 0 };
    struct window window = api_window(answer->call);
    if (api_total(answer, (int64_t)s->len)) {
        for (int64_t i = window.offset; i < (int64_t)s->len && (int64_t)ids.len < window.n; i++) {
            *vec_push(answer->pass->arena, &ids) = s->ptr[i].id;
        }
    }
    return (struct ids){ ids.ptr, ids.len };
}

enum status api_too_broad(struct api_answer *answer, const char *remedy) {
    return api_fail(answer, 400, "rest_too_broad",
                    arena_printf(answer->pass->arena, "This would look at more than %d things. %s",
                                 LIMIT_API_WALK, remedy));
}

/* ---- filters ---- */

bool sift_wants(struct ids ids, int64_t id) {
    return ids.len == 0 || sift_place(ids, id) < (int64_t)ids.len;
}

int64_t sift_place(struct ids ids, int64_t id) {
    size_t i = 0;
    while (i < ids.len && ids.ptr[i] != id) {
        i++;
    }
    return (int64_t)i;
}

int64_t sift_word_place(struct words words, struct str word) {
    size_t i = 0;
    while (i < words.len && !str_eq(words.ptr[i], word)) {
        i++;
    }
    return (int64_t)i;
}

bool api_is(const struct api_call *call, const char *name, const char *value) {
    return str_eq(api_arg(call, name)->text, str_of(value));
}

bool api_descends(const struct api_call *call) {
    return api_is(call, "order", "desc");
}
