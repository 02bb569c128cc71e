#include "transfer/wp_seo.h"

#include "base/buf.h"
#include "base/limits.h"
#include "text/html.h"

#include <stddef.h>

/* Where a plugin keeps its text, and what its variables stand between. */
struct source {
    const char *key;
    const char *open, *close; /* close "": the name ends with its last letter */
};

static const struct source titles[] = {
    { "_yoast_wpseo_title", "%%", "%%" }, { "rank_math_title", "%", "%" },
    { "_aioseo_title", "#", "" },         { "_seopress_titles_title", "%%", "%%" },
    { "_aioseop_title", "%", "%" },
};

static const struct source descriptions[] = {
    { "_yoast_wpseo_metadesc", "%%", "%%" }, { "rank_math_description", "%", "%" },
    { "_aioseo_description", "#", "" },      { "_seopress_titles_desc", "%%", "%%" },
    { "_aioseop_description", "%", "%" },
};

#define VALUE(name, member)                                                                        \
    { name, offsetof(struct wp_seo_values, member) }
static const struct {
    const char *name;
    size_t offset;
} variables[] = {
    VALUE("title", title),
    VALUE("post_title", title),
    VALUE("sitename", site_title),
    VALUE("sitetitle", site_title),
    VALUE("site_title", site_title),
    VALUE("blog_title", site_title),
    VALUE("sitedesc", tagline),
    VALUE("tagline", tagline),
    VALUE("excerpt", excerpt),
    VALUE("excerpt_only", excerpt),
    VALUE("post_excerpt", excerpt),
    VALUE("category", category),
    VALUE("primary_category", category),
    VALUE("categories", category),
    VALUE("_category_title", category),
};

static bool is_name(char c) {
    return char_is_alnum(c) || c == '_';
}

/* The value of a variable; false: not known, or empty. */
static bool value_of(struct str name, const struct wp_seo_values *values, struct str *ret) {
    if (str_eq(name, STR("sep")) || str_eq(name, STR("separator_sa"))) {
        *ret = STR("-");
        return true;
    }
    if (str_eq(name, STR("page"))) { /* "Page 2 of 3": of the first page nothing */
        *ret = STR("");
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(variables); i++) {
        if (str_eq(name, str_of(variables[i].name))) {
            memcpy(ret, (const char *)values + variables[i].offset, sizeof *ret);
            return ret->len > 0;
        }
    }
    return false;
}

static bool resolve(struct str text, const struct source *source,
                    const struct wp_seo_values *values, struct buf *out) {
    struct str open = str_of(source->open);
    struct str close = str_of(source->close);
    for (size_t at = 0; at < text.len;) {
        size_t name = at + open.len;
        size_t end = name;
        while (str_starts(str_from(text, at), open) && end < text.len && is_name(text.ptr[end])) {
            end++;
        }
        if (end == name || !str_starts(str_from(text, end), close)) {
            buf_put_char(out, text.ptr[at++]);
            continue;
        }
        struct str value;
        if (!value_of(str_slice(text, name, end), values, &value)) {
            return false;
        }
        buf_put(out, value);
        at = end + close.len;
    }
    return true;
}

/* One line: white space collapsed, no separator at an end. */
static struct str tidy(struct arena *a, struct str text) {
    text = html_text(a, (struct html){ text });
    while (str_starts(text, STR("- "))) {
        text = str_trim(str_from(text, 2));
    }
    while (str_ends(text, STR(" -"))) {
        text = str_trim(str_slice(text, 0, text.len - 2));
    }
    return text;
}

static struct str find(struct arena *a, const struct wxr_metas *metas,
                       const struct wp_seo_values *values, const struct source *sources, size_t n) {
    for (size_t i = 0; i < n; i++) {
        struct str text = str_trim(wxr_meta_get(metas, sources[i].key));
        if (text.len == 0) {
            continue;
        }
        struct buf out;
        buf_init(&out, 64 * KIB);
        struct str result = STR("");
        if (resolve(text, &sources[i], values, &out) && out.status == STATUS_OK) {
            result = tidy(a, arena_str(a, buf_str(&out)));
        }
        buf_done(&out);
        return result;
    }
    return STR("");
}

struct str wp_seo_title(struct arena *a, const struct wxr_metas *metas,
                        const struct wp_seo_values *values) {
    return find(a, metas, values, titles, COUNT_OF(titles));
}

struct str wp_seo_description(struct arena *a, const struct wxr_metas *metas,
                              const struct wp_seo_values *values) {
    return find(a, metas, values, descriptions, COUNT_OF(descriptions));
}

bool wp_seo_noindex(const struct wxr_metas *metas) {
    return str_eq(wxr_meta_get(metas, "_yoast_wpseo_meta-robots-noindex"), STR("1")) ||
           str_find(wxr_meta_get(metas, "rank_math_robots"), STR("\"noindex\""), 0) != STR_NPOS ||
           str_eq(wxr_meta_get(metas, "_seopress_robots_index"), STR("yes")) ||
           str_eq(wxr_meta_get(metas, "_aioseop_noindex"), STR("on"));
}
