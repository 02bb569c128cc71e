#include "text/phrases.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/map.h"
#include "text/utf8.h"

#include <jansson.h>
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/uloc.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

static const char *const categories[] = { "zero", "one", "two", "few", "many", "other" };
enum { OTHER = 5, CATEGORIES = 6, LOCALE_MAX = 160 };

struct phrase {
    struct str forms[CATEGORIES]; /* ptr NULL: no such form; a plain phrase has OTHER only */
    bool is_plural;
};

struct phrases {
    struct arena arena;
    struct map by_key;    /* struct phrase */
    VEC(struct str) keys; /* in the file's order */
    UPluralRules *rules;
    bool is_rtl;
};

/* Every '{' has its '}' with a name between. */
static bool wording_valid(struct str text) {
    for (size_t at = 0; (at = str_find_char(text, '{', at)) != STR_NPOS;) {
        size_t end = str_find_char(text, '}', at);
        if (end == STR_NPOS || end == at + 1) {
            return false;
        }
        at = end;
    }
    return true;
}

static enum status read_form(struct phrases *p, struct phrase *phrase, size_t category,
                             const json_t *value, const char *key, struct err *err) {
    if (!json_is_string(value)) {
        return err_set(err, STATUS_INVALID, "\"%s\" is neither a text nor plural forms", key);
    }
    struct str text = str_make(json_string_value(value), json_string_length(value));
    if (!wording_valid(text)) {
        return err_set(err, STATUS_INVALID, "\"%s\" has a '{' without a name and '}'", key);
    }
    phrase->forms[category] = arena_str(&p->arena, text);
    return STATUS_OK;
}

static enum status read_phrase(struct phrases *p, const char *key, json_t *value, struct err *err) {
    struct phrase *phrase = ARENA_NEW(&p->arena, struct phrase);
    map_put(&p->by_key, str_of(key), phrase);
    *vec_push(&p->arena, &p->keys) = arena_str(&p->arena, str_of(key));
    if (!json_is_object(value)) {
        return read_form(p, phrase, OTHER, value, key, err);
    }
    phrase->is_plural = true;
    const char *name;
    json_t *form;
    json_object_foreach(value, name, form) {
        size_t category = 0;
        while (category < CATEGORIES && strcmp(categories[category], name) != 0) {
            category++;
        }
        if (category == CATEGORIES) {
            return err_set(
                err, STATUS_INVALID,
                "\"%s\": \"%s\" is no plural category (zero, one, two, few, many, other)", key,
                name);
        }
        enum status status = read_form(p, phrase, category, form, key, err);
        if (status != STATUS_OK) {
            return status;
        }
    }
    if (phrase->forms[OTHER].ptr == NULL) {
        return err_set(err, STATUS_INVALID, "\"%s\" has no form \"other\"", key);
    }
    return STATUS_OK;
}

enum status phrases_parse(struct str json, const char *locale, struct str file_name,
                          struct phrases **ret, struct err *err) {
    json_error_t at;
    json_t *root = json_loadb(json.ptr, json.len, JSON_REJECT_DUPLICATES, &at);
    if (!json_is_object(root)) {
        json_decref(root);
        return root == NULL ? err_set(err, STATUS_INVALID, "%.*s:%d:%d: %s", STR_FMT(file_name),
                                      at.line, at.column, at.text)
                            : err_set(err, STATUS_INVALID, "%.*s:1:1: not a JSON object",
                                      STR_FMT(file_name));
    }
    struct phrases *p = calloc(1, sizeof *p);
    check(p != NULL);
    UErrorCode icu = U_ZERO_ERROR;
    char icu_locale[LOCALE_MAX];
    uloc_forLanguageTag(locale, icu_locale, LOCALE_MAX, NULL, &icu);
    p->rules = uplrules_open(icu_locale, &icu);
    p->is_rtl = uloc_isRightToLeft(icu_locale);
    enum status status = STATUS_OK;
    if (U_FAILURE(icu)) {
        status = err_set(err, STATUS_INVALID, "no plural rules for \"%s\"", locale);
    }
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value) {
        if (status == STATUS_OK) {
            status = read_phrase(p, key, value, err);
        }
    }
    json_decref(root);
    if (status != STATUS_OK) {
        err_prefix(err, "%.*s", STR_FMT(file_name));
        phrases_free(p);
        return status;
    }
    *ret = p;
    return STATUS_OK;
}

void phrases_free(struct phrases *p) {
    if (p != NULL) {
        map_done(&p->by_key);
        uplrules_close(p->rules);
        arena_done(&p->arena);
        free(p);
    }
}

bool phrases_has(const struct phrases *p, struct str key) {
    return map_has(&p->by_key, key);
}

static size_t category_of(const struct phrases *p, int64_t number) {
    UErrorCode status = U_ZERO_ERROR;
    UChar units[16];
    char name[16];
    int32_t len = uplrules_select(p->rules, (double)number, units, COUNT_OF(units), &status);
    if (U_FAILURE(status) || len >= (int32_t)sizeof name) {
        return OTHER;
    }
    u_UCharsToChars(units, name, len);
    for (size_t i = 0; i < CATEGORIES; i++) {
        if (str_eq(str_make(name, (size_t)len), str_of(categories[i]))) {
            return i;
        }
    }
    return OTHER;
}

static struct str choose_form(const struct phrases *p, const struct phrase *phrase,
                              const struct phrase_arg *args, size_t n) {
    const struct phrase_arg *count = NULL;
    for (size_t i = 0; i < n; i++) {
        if (args[i].is_number && (count == NULL || str_eq(args[i].name, STR("n")))) {
            count = &args[i];
        }
    }
    struct str form = count ? phrase->forms[category_of(p, count->number)] : phrase->forms[OTHER];
    return form.ptr ? form : phrase->forms[OTHER];
}

/* Is the first letter with a direction one of the other direction? */
static bool runs_against(const struct phrases *p, struct str text) {
    for (size_t i = 0; i < text.len;) {
        switch (u_charDirection((UChar32)utf8_next(text, &i))) {
        case U_LEFT_TO_RIGHT: return p->is_rtl;
        case U_RIGHT_TO_LEFT:
        case U_RIGHT_TO_LEFT_ARABIC: return !p->is_rtl;
        default: break;
        }
    }
    return false;
}

static void put_arg(const struct phrases *p, struct buf *out, const struct phrase_arg *arg) {
    if (arg->is_number && arg->text.ptr == NULL) {
        buf_put_i64(out, arg->number);
        return;
    }
    bool isolate = !arg->is_number && runs_against(p, arg->text);
    buf_put(out, isolate ? STR("\u2068") : STR(""));
    buf_put(out, arg->text);
    buf_put(out, isolate ? STR("\u2069") : STR(""));
}

struct str phrases_format(const struct phrases *p, struct arena *a, struct str key,
                          const struct phrase_arg *args, size_t n) {
    const struct phrase *phrase = map_get(&p->by_key, key);
    if (phrase == NULL) {
        return key;
    }
    struct str form = choose_form(p, phrase, args, n);
    struct buf out;
    buf_init(&out, LIMIT_RENDER_BYTES);
    for (size_t at = 0; at < form.len;) {
        size_t open = str_find_char(form, '{', at);
        buf_put(&out, str_slice(form, at, open));
        if (open == STR_NPOS) {
            break;
        }
        size_t close = str_find_char(form, '}', open);
        struct str name = str_slice(form, open + 1, close);
        const struct phrase_arg *arg = NULL;
        for (size_t i = 0; i < n && arg == NULL; i++) {
            arg = str_eq(args[i].name, name) ? &args[i] : NULL;
        }
        if (arg == NULL) {
            buf_put(&out, str_slice(form, open, close + 1));
        } else {
            put_arg(p, &out, arg);
        }
        at = close + 1;
    }
    struct str result = arena_str(a, buf_str(&out));
    buf_done(&out);
    return result;
}

/* ---- checking a translation ---- */

/* The next {name} at or after *at; false when there is none. */
static bool next_name(struct str form, size_t *at, struct str *ret) {
    size_t open = str_find_char(form, '{', *at);
    if (open == STR_NPOS) {
        return false;
    }
    size_t close = str_find_char(form, '}', open);
    *ret = str_slice(form, open + 1, close);
    *at = close + 1;
    return true;
}

static bool shows_name(struct str form, struct str name) {
    struct str shown;
    for (size_t at = 0; next_name(form, &at, &shown);) {
        if (str_eq(shown, name)) {
            return true;
        }
    }
    return false;
}

/* How many whole numbers the language puts into each category, of those that tell the rules of all
 * languages apart; 2 stands for many. */
static void count_categories(const struct phrases *p, int ret_counts[CATEGORIES]) {
    memset(ret_counts, 0, CATEGORIES * sizeof *ret_counts);
    for (int64_t n = 0; n <= 1001; n++) {
        int *count = &ret_counts[category_of(p, n)];
        *count += *count < 2;
    }
    ret_counts[category_of(p, 1000000)] = 2;
    ret_counts[OTHER] = 2;
}

struct checking {
    phrases_say_fn *say;
    void *ctx;
    int counts[CATEGORIES]; /* of the translation's language */
};

static void check_form(const struct checking *c, struct str key, const struct phrase *model,
                       struct str form, bool single) {
    struct str name;
    for (size_t at = 0; next_name(model->forms[OTHER], &at, &name);) {
        if (!shows_name(form, name) && !(single && str_eq(name, STR("n")))) {
            c->say(c->ctx, PHRASES_NO_NAME, key, name);
        }
    }
    for (size_t at = 0; next_name(form, &at, &name);) {
        if (!shows_name(model->forms[OTHER], name)) {
            c->say(c->ctx, PHRASES_UNKNOWN_NAME, key, name);
        }
    }
    size_t reference = str_find_char(form, '&', 0);
    if (str_find_char(form, '<', 0) != STR_NPOS ||
        (reference != STR_NPOS && str_find_char(form, ';', reference) != STR_NPOS)) {
        c->say(c->ctx, PHRASES_MARKUP, key, form);
    }
}

static void check_phrase(const struct checking *c, struct str key, const struct phrase *model,
                         const struct phrase *phrase) {
    bool is_plural = model->is_plural || phrase->is_plural;
    for (size_t i = 0; i < CATEGORIES; i++) {
        struct str form = phrase->forms[i];
        bool wanted = i == OTHER || (is_plural && c->counts[i] > 0);
        if (form.ptr == NULL && wanted) {
            c->say(c->ctx, PHRASES_NO_FORM, key, str_of(categories[i]));
        }
        if (form.ptr != NULL && !wanted) {
            c->say(c->ctx, PHRASES_NEEDLESS_FORM, key, str_of(categories[i]));
        }
        if (form.ptr != NULL) {
            check_form(c, key, model, form, is_plural && c->counts[i] == 1);
        }
    }
}

void phrases_check(const struct phrases *p, const struct phrases *model, phrases_say_fn *say,
                   void *ctx) {
    struct checking c = { .say = say, .ctx = ctx };
    count_categories(p, c.counts);
    for (size_t i = 0; i < model->keys.len; i++) {
        struct str key = model->keys.ptr[i];
        const struct phrase *phrase = map_get(&p->by_key, key);
        if (phrase == NULL) {
            say(ctx, PHRASES_MISSING, key, STR(""));
        } else {
            check_phrase(&c, key, map_get(&model->by_key, key), phrase);
        }
    }
    for (size_t i = 0; i < p->keys.len; i++) {
        if (!map_has(&model->by_key, p->keys.ptr[i])) {
            say(ctx, PHRASES_UNKNOWN, p->keys.ptr[i], STR(""));
        }
    }
}
