#include "site/style.h"

#include "base/buf.h"
#include "base/limits.h"
#include "site/markup.h"

enum { FAULTS_MAX = 100 }; /* what comes after so many is noise */

struct sheet {
    struct arena *arena;
    struct str css;
    const struct style_options *options;
    struct buf out;
    size_t at;
    VEC(size_t) open; /* offsets of the brackets that are open */
    size_t faults;
};

static void fault(struct sheet *s, size_t at, bool fatal, struct str message) {
    struct style_fault f = { at, fatal, message };
    if (++s->faults > FAULTS_MAX) {
        s->at = s->css.len;
        return;
    }
    s->options->fault(s->options->ctx, &f);
}

static char byte(const struct sheet *s, size_t at) {
    return at < s->css.len ? s->css.ptr[at] : '\0';
}

/* ---- url(…) ---- */

static void put_url(struct sheet *s, size_t at, struct str url) {
    if (markup_is_external(url)) {
        fault(s, at, false,
              arena_printf(s->arena,
                           "\"%.*s\" is a request to another site: put the file into assets/",
                           STR_FMT(url)));
    }
    bool is_file = url.len > 0 && !markup_is_external(url) && url.ptr[0] != '/' &&
                   url.ptr[0] != '#' && !str_starts_nocase(url, STR("data:"));
    if (!is_file) {
        buf_put(&s->out, url);
        return;
    }
    struct str name = str_slice(url, 0, str_find_char(url, '#', 0));
    struct str place = str_from(url, name.len);
    name = str_starts(name, STR("assets/")) ? str_from(name, strlen("assets/")) : name;
    struct str path = s->options->asset(s->options->ctx, name);
    if (path.ptr == NULL) {
        fault(s, at, true,
              arena_printf(s->arena, "there is no file \"%.*s\" in assets/", STR_FMT(name)));
        path = url;
    }
    buf_put(&s->out, path);
    buf_put(&s->out, place);
}

/* At "url(": its address, with or without quotes. */
static void copy_url(struct sheet *s) {
    size_t bracket = s->at + strlen("url"), begin = bracket + 1;
    while (char_is_space(byte(s, begin))) {
        begin++;
    }
    char quote = byte(s, begin) == '"' || byte(s, begin) == '\'' ? byte(s, begin) : ')';
    begin += quote != ')';
    size_t end = str_find_char(s->css, quote, begin);
    buf_put(&s->out, quote == ')' ? STR("url(") : STR("url(\""));
    if (end == STR_NPOS) {
        fault(s, s->at, true, STR("url( has no end"));
        s->at = s->css.len;
        return;
    }
    put_url(s, begin, str_trim(str_slice(s->css, begin, end)));
    buf_put(&s->out, quote == ')' ? STR("") : STR("\""));
    s->at = quote == ')' ? end : end + 1; /* at its bracket */
    *vec_push(s->arena, &s->open) = bracket;
}

/* ---- the rest ---- */

static bool starts_word(const struct sheet *s, const char *word) {
    char before = s->at > 0 ? s->css.ptr[s->at - 1] : ' ';
    return str_starts_nocase(str_from(s->css, s->at), str_of(word)) && !char_is_alnum(before) &&
           before != '-' && before != '_';
}

static void copy_string(struct sheet *s) {
    size_t begin = s->at;
    char quote = byte(s, s->at++);
    while (s->at < s->css.len && byte(s, s->at) != quote && byte(s, s->at) != '\n') {
        s->at += byte(s, s->at) == '\\' ? 2 : 1;
    }
    if (byte(s, s->at) != quote) {
        fault(s, begin, true, STR("a string has no end"));
    }
    s->at = s->at < s->css.len ? s->at + 1 : s->css.len;
    buf_put(&s->out, str_slice(s->css, begin, s->at));
}

static void skip_comment(struct sheet *s) {
    size_t end = str_find(s->css, STR("*/"), s->at + 2);
    if (end == STR_NPOS) {
        fault(s, s->at, true, STR("a comment has no end"));
    }
    s->at = end == STR_NPOS ? s->css.len : end + 2;
}

/* The last byte so far; an escaped one ("\\:") stands for itself. */
static char last_byte(const struct sheet *s) {
    size_t n = s->out.len;
    return n == 0 ? '{' : n > 1 && s->out.ptr[n - 2] == '\\' ? 'x' : s->out.ptr[n - 1];
}

/* White space means nothing beside brackets, commas and semicolons, nor behind the colon of a
 * declaration. In front of a colon it is the descendant's: "p :is(a)". */
static void copy_space(struct sheet *s) {
    if (strchr(" {};,:", last_byte(s)) == NULL) {
        buf_put_char(&s->out, ' ');
    }
}

static void copy_mark(struct sheet *s, char c) {
    char last = last_byte(s);
    if ((last == ' ' && (c == '{' || c == '}')) || (last == ';' && c == '}')) {
        s->out.len--;
    } else if (last == ':' && c == ';') {
        buf_put_char(&s->out, ' '); /* "--x: ;" has a value */
    }
    buf_put_char(&s->out, c);
}

static void note_bracket(struct sheet *s, char c) {
    static const char pairs[] = "{}()[]";
    const char *at = strchr(pairs, c);
    if ((at - pairs) % 2 == 0) {
        *vec_push(s->arena, &s->open) = s->at;
        return;
    }
    char opener = s->open.len > 0 ? s->css.ptr[s->open.ptr[s->open.len - 1]] : '\0';
    if (opener == at[-1]) {
        s->open.len--;
    } else {
        fault(s, s->at, true, arena_printf(s->arena, "a '%c' too many", c));
    }
}

struct str style_make(struct arena *a, struct str css, const struct style_options *options) {
    struct sheet s = { .arena = a, .css = css, .options = options };
    buf_init(&s.out, 2 * (size_t)LIMIT_THEME_FILE_BYTES);
    size_t ends = str_find_nocase(css, STR("</style"), 0);
    if (ends != STR_NPOS) {
        fault(&s, ends, true, STR("a style sheet cannot contain '</style'"));
    }
    while (s.at < css.len) {
        char c = css.ptr[s.at];
        if (c == '"' || c == '\'') {
            copy_string(&s);
        } else if (c == '/' && byte(&s, s.at + 1) == '*') {
            skip_comment(&s);
        } else if (starts_word(&s, "url(")) {
            copy_url(&s);
        } else {
            if (starts_word(&s, "@import")) {
                fault(&s, s.at, false, STR("@import makes readers wait: put its rules here"));
            }
            if (c != '\0' && strchr("{}()[]", c) != NULL) {
                note_bracket(&s, c);
            }
            if (char_is_space(c)) {
                copy_space(&s);
            } else {
                copy_mark(&s, c);
            }
            s.at++;
        }
    }
    for (size_t i = 0; i < s.open.len && s.faults < FAULTS_MAX; i++) {
        fault(&s, s.open.ptr[i], true, STR("is never closed"));
    }
    struct str made = arena_str(a, buf_str(&s.out));
    buf_done(&s.out);
    return made;
}
