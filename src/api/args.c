#include "api/args.h"

#include "base/limits.h"
#include "text/url.h"

/* ---- finding the values ---- */

/* "name", "name[]", "name[3]". */
static bool is_named(struct str key, struct str name, bool is_list) {
    if (!str_starts(key, name)) {
        return false;
    }
    struct str rest = str_from(key, name.len);
    if (rest.len == 0) {
        return true;
    }
    if (!is_list || rest.ptr[0] != '[' || rest.ptr[rest.len - 1] != ']') {
        return false;
    }
    for (size_t i = 1; i + 1 < rest.len; i++) {
        if (!char_is_digit(rest.ptr[i])) {
            return false;
        }
    }
    return true;
}

static bool kind_is_list(enum arg_kind kind) {
    return kind == ARG_IDS || kind == ARG_CHOICES || kind == ARG_WORDS;
}

struct values {
    VEC(struct str) list;
    bool is_given;
};

static void add_parts(struct arena *a, struct values *v, struct str text) {
    struct str part;
    while (str_split(&text, ',', &part)) {
        part = str_trim(part);
        if (part.len > 0 && v->list.len <= LIMIT_API_LIST) {
            *vec_push(a, &v->list) = part;
        }
    }
}

static struct values find_values(struct arena *a, const struct arg_def *def, struct str query) {
    struct values v = { 0 };
    bool is_list = kind_is_list(def->kind);
    struct str pair;
    while (str_split(&query, '&', &pair)) {
        size_t equals = str_find_char(pair, '=', 0);
        struct str key = url_decode(a, str_slice(pair, 0, equals), true);
        if (!is_named(key, str_of(def->name), is_list)) {
            continue;
        }
        struct str value = equals == STR_NPOS ? STR("")
                                              : url_decode(a, str_from(pair, equals + 1), true);
        bool is_one_of_several = key.len > strlen(def->name);
        if (!is_one_of_several) {
            v.list.len = 0;
        }
        v.is_given = true;
        if (is_list) {
            add_parts(a, &v, value);
        } else {
            *vec_push(a, &v.list) = value;
        }
    }
    return v;
}

/* ---- checking them ---- */

static struct arg_fault fault(const struct arg_def *def, const char *code, struct str message) {
    return (struct arg_fault){ def->name, code, message };
}

/* Index of the choice, or -1. */
static int64_t choice_of(const char *choices, struct str value) {
    struct str rest = str_of(choices), choice;
    for (int64_t i = 0; str_split(&rest, '|', &choice); i++) {
        if (str_eq(choice, value)) {
            return i;
        }
    }
    return -1;
}

static struct str choices_text(struct arena *a, const char *choices) {
    struct buf b;
    buf_init(&b, 4 * KIB);
    struct str rest = str_of(choices), choice;
    while (str_split(&rest, '|', &choice)) {
        buf_put(&b, b.len > 0 ? STR(", ") : STR(""));
        buf_put(&b, choice);
    }
    struct str text = arena_str(a, buf_str(&b));
    buf_done(&b);
    return text;
}

static struct str not_a_choice(struct arena *a, const struct arg_def *def, struct str value) {
    return arena_printf(a, "%s cannot be \"%.*s\"; it is one of %.*s.", def->name,
                        STR_FMT(str_slice(value, 0, 100)), STR_FMT(choices_text(a, def->choices)));
}

/* "2022-03-14T09:00:00", with "Z" or "+01:00" behind it, or a day alone. */
static bool is_time(struct str s) {
    static const char shape[] = "dddd-dd-ddTdd:dd:dd";
    if (s.len != 10 && s.len < sizeof shape - 1) {
        return false;
    }
    for (size_t i = 0; i < (s.len == 10 ? 10 : sizeof shape - 1); i++) {
        bool good = shape[i] == 'd'   ? char_is_digit(s.ptr[i])
                    : shape[i] == 'T' ? s.ptr[i] == 'T' || s.ptr[i] == ' '
                                      : s.ptr[i] == shape[i];
        if (!good) {
            return false;
        }
    }
    int64_t month = 0, day = 0, hour = 0;
    bool good = str_to_i64(str_slice(s, 5, 7), &month) && str_to_i64(str_slice(s, 8, 10), &day) &&
                (s.len == 10 || str_to_i64(str_slice(s, 11, 13), &hour));
    if (!good || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23) {
        return false;
    }
    struct str rest = str_from(s, sizeof shape - 1);
    if (rest.len > 1 && rest.ptr[0] == '.') { /* a fraction of a second */
        size_t i = 1;
        while (i < rest.len && char_is_digit(rest.ptr[i])) {
            i++;
        }
        rest = str_from(rest, i);
    }
    return rest.len == 0 || str_eq(rest, STR("Z")) ||
           (rest.len == 6 && (rest.ptr[0] == '+' || rest.ptr[0] == '-') &&
            char_is_digit(rest.ptr[1]) && char_is_digit(rest.ptr[2]) && rest.ptr[3] == ':' &&
            char_is_digit(rest.ptr[4]) && char_is_digit(rest.ptr[5]));
}

/* True: taken; else *ret_fault says why not. */
static bool read_one(struct arena *a, const struct arg_def *def, struct str value, struct arg *ret,
                     struct arg_fault *ret_fault) {
    ret->text = value;
    switch (def->kind) {
    case ARG_INTEGER:
        if (!str_to_i64(value, &ret->n)) {
            *ret_fault = fault(def, "rest_invalid_type",
                               arena_printf(a, "%s is not a whole number.", def->name));
            return false;
        }
        if (def->max > 0 && (ret->n < def->min || ret->n > def->max)) {
            *ret_fault = fault(def, "rest_out_of_bounds",
                               arena_printf(a, "%s has to be from %lld to %lld.", def->name,
                                            (long long)def->min, (long long)def->max));
            return false;
        }
        return true;
    case ARG_BOOLEAN: {
        bool yes = str_eq(value, STR("1")) || str_eq_nocase(value, STR("true"));
        bool no = str_eq(value, STR("0")) || str_eq_nocase(value, STR("false")) || value.len == 0;
        ret->n = yes;
        if (!yes && !no) {
            *ret_fault = fault(def, "rest_invalid_type",
                               arena_printf(a, "%s is neither true nor false.", def->name));
        }
        return yes || no;
    }
    case ARG_CHOICE:
        ret->n = choice_of(def->choices, value);
        if (ret->n < 0) {
            *ret_fault = fault(def, "rest_not_in_enum", not_a_choice(a, def, value));
        }
        return ret->n >= 0;
    case ARG_TIME:
        if (!is_time(value)) {
            *ret_fault =
                fault(def, "rest_invalid_date",
                      arena_printf(a, "%s is no time as \"2022-03-14T09:00:00\".", def->name));
            return false;
        }
        return true;
    case ARG_TEXT: return true;
    case ARG_IDS:
    case ARG_CHOICES:
    case ARG_WORDS: break;
    }
    check(false);
}

static bool read_list(struct arena *a, const struct arg_def *def, const struct values *values,
                      struct arg *ret, struct arg_fault *ret_fault) {
    if (values->list.len > LIMIT_API_LIST) {
        *ret_fault =
            fault(def, "rest_too_many_items",
                  arena_printf(a, "%s has more than %d values.", def->name, (int)LIMIT_API_LIST));
        return false;
    }
    int64_t *ids = arena_array(a, values->list.len + 1, sizeof *ids);
    for (size_t i = 0; i < values->list.len; i++) {
        struct str value = values->list.ptr[i];
        if (def->kind == ARG_IDS && !str_to_i64(value, &ids[i])) {
            *ret_fault =
                fault(def, "rest_invalid_type",
                      arena_printf(a, "%s has to be numbers with commas between them.", def->name));
            return false;
        }
        if (def->kind == ARG_CHOICES && choice_of(def->choices, value) < 0) {
            *ret_fault = fault(def, "rest_not_in_enum", not_a_choice(a, def, value));
            return false;
        }
    }
    ret->ids = (struct ids){ ids, def->kind == ARG_IDS ? values->list.len : 0 };
    ret->words = (struct words){ values->list.ptr, values->list.len };
    return true;
}

static bool read_values(struct arena *a, const struct arg_def *def, const struct values *values,
                        struct arg *ret, struct arg_fault *ret_fault) {
    return kind_is_list(def->kind)
               ? read_list(a, def, values, ret, ret_fault)
               : read_one(a, def, values->list.ptr[values->list.len - 1], ret, ret_fault);
}

bool args_read(struct arena *a, const struct arg_def *defs, size_t n, struct str query,
               struct arg *ret, struct arg_faults *ret_faults) {
    VEC(struct arg_fault) faults = { 0 };
    for (size_t i = 0; i < n; i++) {
        struct arg_fault why;
        struct values values = find_values(a, &defs[i], query);
        ret[i] = (struct arg){ .is_given = values.is_given, .text = STR("") };
        if (!values.is_given && defs[i].fallback != NULL) {
            if (kind_is_list(defs[i].kind)) {
                add_parts(a, &values, str_of(defs[i].fallback));
            } else {
                *vec_push(a, &values.list) = str_of(defs[i].fallback);
            }
        }
        if (!values.is_given && defs[i].is_required) {
            *vec_push(a, &faults) =
                fault(&defs[i], "", arena_printf(a, "%s is missing.", defs[i].name));
        } else if ((values.is_given || defs[i].fallback != NULL) &&
                   !read_values(a, &defs[i], &values, &ret[i], &why)) {
            *vec_push(a, &faults) = why;
        }
    }
    *ret_faults = (struct arg_faults){ faults.ptr, faults.len };
    return faults.len == 0;
}

/* ---- one spelling ---- */

static void spell_value(const struct arg_def *def, const struct arg *arg, struct buf *out) {
    if (def->kind == ARG_INTEGER) {
        buf_put_i64(out, arg->n);
    } else if (def->kind == ARG_BOOLEAN) {
        buf_put(out, arg->n ? STR("true") : STR("false"));
    } else if (!kind_is_list(def->kind)) {
        url_encode(out, arg->text);
    }
    for (size_t i = 0; i < arg->words.len; i++) {
        buf_put(out, i > 0 ? STR(",") : STR(""));
        url_encode(out, arg->words.ptr[i]);
    }
}

void args_spell(const struct arg_def *defs, size_t n, const struct arg *args, struct buf *out) {
    bool is_first = true;
    for (size_t i = 0; i < n; i++) {
        if (!args[i].is_given) {
            continue;
        }
        size_t before = out->len;
        buf_put(out, is_first ? STR("") : STR("&"));
        buf_put(out, str_of(defs[i].name));
        buf_put_char(out, '=');
        size_t value = out->len;
        spell_value(&defs[i], &args[i], out);
        if (defs[i].fallback != NULL &&
            str_eq(str_from(buf_str(out), value), str_of(defs[i].fallback))) {
            buf_truncate(out, before);
        } else {
            is_first = false;
        }
    }
}
