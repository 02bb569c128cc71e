#include "text/phrases.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/map.h"

#include <jansson.h>
#include <stdlib.h>
#include <unicode/uloc.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

static const char *const categories[] = { "zero", "one", "two", "few", "many", "other" };
enum { OTHER = 5, CATEGORIES = 6, LOCALE_MAX = 160 };

struct phrase {
    struct str forms[CATEGORIES]; /* ptr NULL: no such form; a plain phrase has OTHER only */
};

struct phrases {
    struct arena arena;
    struct map by_key; /* struct phrase */
    UPluralRules *rules;
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
    if (!json_is_object(value)) {
        return read_form(p, phrase, OTHER, value, key, err);
    }
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
        } else if (arg->is_number) {
            buf_put_i64(&out, arg->number);
        } else {
            buf_put(&out, arg->text);
        }
        at = close + 1;
    }
    struct str result = arena_str(a, buf_str(&out));
    buf_done(&out);
    return result;
}
