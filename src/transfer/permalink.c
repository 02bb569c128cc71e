#include "transfer/permalink.h"

#include "base/buf.h"
#include "base/limits.h"
#include "text/url.h"

#include <stdio.h>

/* The same slug, however it is encoded. */
static bool same_slug(struct arena *a, struct str x, struct str y) {
    return str_eq(x, y) ||
           (x.len > 0 && y.len > 0 && str_eq(url_decode(a, x, false), url_decode(a, y, false)));
}

static bool is_number(struct str s, int width, int64_t value) {
    int64_t number;
    return (width == 0 || s.len == (size_t)width) && str_to_i64(s, &number) && number == value;
}

/* The tag that a whole path segment stands for; ptr NULL: it is a word. Year, month and day come in
 * this order, so that 10/10 is month and day. */
static struct str tag_of(struct arena *a, struct str segment, const struct permalink_facts *facts,
                         unsigned *taken) {
    const struct {
        const char *tag;
        bool is;
    } tags[] = {
        { "%postname%", same_slug(a, segment, facts->slug) },
        { "%year%", is_number(segment, 4, facts->date.year) },
        { "%monthnum%", is_number(segment, 2, facts->date.month) },
        { "%day%", is_number(segment, 2, facts->date.day) },
        { "%post_id%", is_number(segment, 0, facts->id) },
        { "%hour%", is_number(segment, 2, facts->date.hour) },
        { "%minute%", is_number(segment, 2, facts->date.minute) },
        { "%second%", is_number(segment, 2, facts->date.second) },
        { "%author%", same_slug(a, segment, facts->author) && segment.len > 0 },
    };
    for (unsigned i = 0; i < COUNT_OF(tags); i++) {
        if (tags[i].is && !(*taken & 1u << i)) {
            *taken |= 1u << i;
            return str_of(tags[i].tag);
        }
    }
    return (struct str){ 0 };
}

struct str permalink_guess(struct arena *a, struct str path, const struct permalink_facts *facts,
                           const struct map *categories) {
    size_t question = str_find_char(path, '?', 0);
    if (question != STR_NPOS) {
        bool plain = str_starts(str_from(path, question), STR("?p="));
        return plain ? arena_printf(a, "%.*s?p=%%post_id%%", (int)question, path.ptr) : STR("");
    }
    struct buf shape;
    buf_init(&shape, LIMIT_PATH_BYTES * 2);
    struct str rest = str_from(path, 1);
    struct str segment;
    unsigned taken = 0;
    bool in_category = false;
    while (str_split(&rest, '/', &segment)) {
        buf_put_char(&shape, '/');
        bool last = rest.ptr == NULL || rest.len == 0;
        bool category = categories != NULL && map_has(categories, segment) && !last;
        if (category && in_category) {
            buf_truncate(&shape, shape.len - 1);
            continue;
        }
        in_category = category;
        struct str tag = tag_of(a, segment, facts, &taken);
        buf_put(&shape, category ? STR("%category%") : tag.ptr != NULL ? tag : segment);
    }
    struct str result = arena_str(a, buf_str(&shape));
    buf_done(&shape);
    return result;
}

bool permalink_is_usable(struct str shape) {
    return str_find(shape, STR("%postname%"), 0) != STR_NPOS ||
           str_find(shape, STR("%post_id%"), 0) != STR_NPOS;
}

static void put_tag(struct buf *out, struct str tag, const struct permalink_facts *f) {
    const struct {
        const char *tag;
        int width;
        int64_t number;
    } numbers[] = {
        { "%year%", 4, f->date.year },     { "%monthnum%", 2, f->date.month },
        { "%day%", 2, f->date.day },       { "%hour%", 2, f->date.hour },
        { "%minute%", 2, f->date.minute }, { "%second%", 2, f->date.second },
        { "%post_id%", 1, f->id },
    };
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        if (str_eq(tag, str_of(numbers[i].tag))) {
            buf_printf(out, "%0*lld", numbers[i].width, (long long)numbers[i].number);
            return;
        }
    }
    if (str_eq(tag, STR("%postname%"))) {
        buf_put(out, f->slug);
    } else if (str_eq(tag, STR("%author%"))) {
        buf_put(out, f->author.len > 0 ? f->author : STR("author"));
    } else if (str_eq(tag, STR("%category%"))) {
        buf_put(out, f->category.len > 0 ? f->category : STR("uncategorized"));
    } else {
        buf_put(out, tag);
    }
}

struct str permalink_make(struct arena *a, struct str shape, const struct permalink_facts *facts) {
    struct buf out;
    buf_init(&out, LIMIT_PATH_BYTES * 2);
    for (size_t at = 0; at < shape.len;) {
        size_t end = shape.ptr[at] == '%' ? str_find_char(shape, '%', at + 1) : STR_NPOS;
        if (end == STR_NPOS) {
            buf_put_char(&out, shape.ptr[at++]);
        } else {
            put_tag(&out, str_slice(shape, at, end + 1), facts);
            at = end + 1;
        }
    }
    struct str result = arena_str(a, buf_str(&out));
    buf_done(&out);
    return result;
}
