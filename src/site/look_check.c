/* How a theme is checked: the steps of look_open, each of which goes on after a fault. Where a file
 * is so wrong that nothing can be said of what depends on it, the default's stands in for it. */
#include "site/look_check.h"

#include "base/limits.h"
#include "base/map.h"
#include "site/look_private.h"
#include "site/markup.h"
#include "site/style.h"
#include "text/date.h"
#include "text/nearest.h"
#include "text/utf8.h"

#include <stdlib.h>

struct checker {
    struct arena *arena;
    struct look *look; /* what could be read */
    const struct template_rules *rules;
    VEC(struct look_fault) faults;
    struct map places; /* of faults of templates: each is told of once */
    struct map used;   /* partials that some template calls by name */
    size_t files, errors;
    struct theme_file *file; /* that is being looked at */
};

enum severity { WARNING, ERROR };

/* Nobody reads more, and to find the place of each in a large file would take for ever. */
static bool is_enough(const struct checker *c) {
    return c->faults.len >= LIMIT_THEME_FAULTS;
}

static struct look_fault *fault(struct checker *c, enum severity severity, struct str file,
                                struct str place, struct str message) {
    struct look_fault *f = vec_push(c->arena, &c->faults);
    *f = (struct look_fault){ .file = arena_str(c->arena, file),
                              .place = arena_str(c->arena, place),
                              .message = arena_str(c->arena, message),
                              .caller = STR(""),
                              .is_error = severity == ERROR };
    c->errors += severity == ERROR;
    return f;
}

/* Of the file at hand. */
static void fault_at(struct checker *c, enum severity severity, size_t at, struct str message) {
    if (is_enough(c)) {
        return;
    }
    fault(c, severity, c->file->shown, look_place(c->arena, c->file->bytes, at), message);
}

/* "file:line:column: message" of an error, where it is so. */
static struct look_fault *fault_of_message(struct checker *c, struct str file, struct str message) {
    struct str rest = message, part;
    if (str_starts(rest, file) && rest.len > file.len && rest.ptr[file.len] == ':') {
        rest = str_from(rest, file.len + 1);
    }
    size_t len = 0;
    struct str numbers = rest;
    for (int i = 0; i < 2 && str_split(&numbers, ':', &part); i++) {
        int64_t number;
        len = str_to_i64(part, &number) ? len + part.len + 1 : 0;
        if (len == 0) {
            break;
        }
    }
    struct str place = len > 0 ? str_slice(rest, 0, len - 1) : STR("");
    return fault(c, ERROR, file, place, str_trim(str_from(rest, len)));
}

/* ---- what lies in the folder ---- */

static void check_name(struct checker *c, const struct look_entry *entry) {
    struct str name = str_of(entry->name), none = STR("");
    if (!look_is_plain_name(name)) {
        fault(c, WARNING, entry->shown, none,
              STR("is not read: names have letters, digits, dots, hyphens and underlines"));
    } else if (str_eq(entry->sub, STR("partials/")) && !str_ends(name, STR(".hbs"))) {
        fault(c, WARNING, entry->shown, none, STR("is not read: partials/ has templates, *.hbs"));
    } else if (str_eq(entry->sub, STR("strings/")) && !str_ends(name, STR(".json"))) {
        fault(c, WARNING, entry->shown, none,
              STR("is not read: strings/ has wording, <language>.json"));
    } else if (str_eq(entry->sub, STR("assets/")) && str_ends(name, STR(".hbs"))) {
        fault(c, WARNING, entry->shown, none,
              STR("would be served as it is: templates stand above or in partials/"));
    }
}

static enum status check_entry(void *ctx, const struct look_entry *entry, struct err *err) {
    (void)err;
    struct checker *c = ctx;
    struct str name = str_of(entry->name);
    if (S_ISDIR(entry->st.st_mode)) {
        if (entry->sub.len > 0 || !look_is_folder(name)) {
            fault(
                c, WARNING, entry->shown, STR(""),
                STR("is not read: a theme has partials/, strings/ and assets/, without folders in "
                    "them"));
        }
        return STATUS_OK;
    }
    if (S_ISLNK(entry->st.st_mode) && entry->sub.len == 0 && look_is_folder(name)) {
        fault(c, ERROR, entry->shown, STR(""), STR("is a link: a theme holds its files itself"));
        return STATUS_OK;
    }
    struct err failed = { 0 };
    c->files++;
    check_name(c, entry);
    if (look_is_plain_name(name) && look_add_file(c->look, entry, &failed) != STATUS_OK) {
        fault_of_message(c, entry->shown, str_of(failed.message));
    }
    return STATUS_OK;
}

/* ---- templates ---- */

static struct str default_bytes(struct checker *c, struct str name) {
    struct look *plain = look_new();
    struct str bytes = STR("");
    look_add_default(plain);
    for (size_t i = 0; i < plain->files.len; i++) {
        if (str_eq(plain->files.ptr[i].name, name)) {
            bytes = arena_str(c->arena, plain->files.ptr[i].bytes);
        }
    }
    look_close(plain);
    return bytes;
}

/* The file that a message begins with. */
static struct theme_file *file_of_message(struct checker *c, struct str message) {
    struct theme_file *best = NULL;
    for (size_t i = 0; i < c->look->files.len; i++) {
        struct theme_file *f = &c->look->files.ptr[i];
        if (str_starts(message, f->shown) && message.len > f->shown.len &&
            message.ptr[f->shown.len] == ':' && (best == NULL || f->shown.len > best->shown.len)) {
            best = f;
        }
    }
    return best;
}

struct templates {
    struct checker *c;
    bool again; /* the default stands in for a template now: there may be more to say */
};

/* One in a partial of the default theme is the caller's: of what it was called with. */
static struct look_fault *fault_of_caller(struct checker *c, const struct theme_file *caller,
                                          struct str place, struct str message) {
    struct look_fault *said = fault_of_message(c, caller->shown, place);
    said->message = arena_printf(c->arena, "%.*s", STR_FMT(message));
    return said;
}

static void template_fault(void *ctx, bool is_syntax, const char *text) {
    struct templates *t = ctx;
    struct checker *c = t->c;
    if (is_enough(c)) {
        return;
    }
    struct str message = str_of(text), rest = message, called = STR("");
    if (str_split(&rest, '\n', &message) && rest.ptr != NULL) {
        called = rest;
    }
    struct theme_file *f = file_of_message(c, message), *caller = file_of_message(c, called);
    struct str file = f ? f->shown : STR("theme");
    bool is_own_caller = caller != NULL && caller->own;
    struct look_fault *said = is_own_caller && f != NULL && !f->own
                                  ? fault_of_caller(c, caller, called, message)
                                  : fault_of_message(c, file, message);
    if (is_own_caller && f != NULL && f->own) {
        said->caller = arena_str(c->arena, str_slice(called, 0, str_find(called, STR(": "), 0)));
    }
    struct str key = arena_printf(c->arena, "%s:%s", said->file.ptr, said->place.ptr);
    if (map_has(&c->places, key)) {
        c->faults.len--; /* on another way to the same partial, or the round before */
        c->errors--;
        return;
    }
    map_put(&c->places, key, c);
    if (is_syntax && f != NULL && f->own) {
        f->bytes = default_bytes(c, f->name);
        f->shown = arena_printf(c->arena, LOOK_EMBEDDED "%.*s", STR_FMT(f->name));
        f->own = false;
        t->again = true;
    }
}

static void check_templates(struct checker *c) {
    struct templates t = { .c = c };
    do {
        const struct template_source *sources;
        size_t len;
        t.again = false;
        look_templates(c->look, &sources, &len);
        theme_check(sources, len, c->rules, template_fault, &t);
    } while (t.again);
}

static bool is_entry(const struct checker *c, struct str name) {
    for (const struct template_entry *e = c->rules->entries; e->name != NULL; e++) {
        if (str_eq(str_of(e->name), name)) {
            return true;
        }
    }
    return false;
}

static void note_use(void *ctx, enum template_mention kind, struct str helper, struct str name,
                     const char *place) {
    (void)helper, (void)place;
    struct checker *c = ctx;
    if (kind == MENTION_PARTIAL) {
        map_put(&c->used, name, c);
    }
}

/* A template that nothing runs is mostly one whose name was misspelt. */
static void check_use(struct checker *c, const struct theme_file *f) {
    struct str name = str_slice(f->name, 0, f->name.len - strlen(".hbs"));
    struct str prefix = STR("partials/");
    struct str short_name = str_from(name, str_starts(name, prefix) ? prefix.len : 0);
    if (!is_entry(c, name) && !map_has(&c->used, name) && !map_has(&c->used, short_name)) {
        struct nearest nearest;
        nearest_init(&nearest, name);
        for (const struct template_entry *e = c->rules->entries; e->name != NULL; e++) {
            nearest_offer(&nearest, str_of(e->name));
        }
        fault(c, WARNING, f->shown, STR(""),
              arena_printf(c->arena, "no page and no template uses it%s", nearest_text(&nearest)));
    }
}

static void markup_fault(void *ctx, const struct markup_fault *f) {
    fault_at(ctx, f->is_error ? ERROR : WARNING, f->at, f->message);
}

/* ---- wording ---- */

static const struct phrases *wording_of(const struct checker *c, struct str language, bool own) {
    for (size_t i = 0; i < c->look->wordings.len; i++) {
        const struct wording *w = &c->look->wordings.ptr[i];
        if (w->own == own && str_eq_nocase(w->language, language)) {
            return w->phrases;
        }
    }
    return NULL;
}

static bool phrase_known(const struct checker *c, struct str key) {
    const struct phrases *own = wording_of(c, STR("en"), true);
    const struct phrases *theme = wording_of(c, STR("en"), false);
    return (own != NULL && phrases_has(own, key)) || (theme != NULL && phrases_has(theme, key));
}

static void offer_phrase(void *ctx, enum phrases_fault kind, struct str key, struct str detail) {
    (void)detail;
    if (kind == PHRASES_UNKNOWN) {
        nearest_offer(ctx, key);
    }
}

/* Of all phrases, those that an empty wording does not know. */
static const char *nearest_phrase(struct checker *c, struct nearest *nearest, struct str key) {
    struct phrases *empty = NULL;
    nearest_init(nearest, key);
    if (phrases_parse(STR("{}"), "en", STR(""), &empty, NULL) == STATUS_OK) {
        for (int own = 0; own < 2; own++) {
            const struct phrases *p = wording_of(c, STR("en"), own != 0);
            if (p != NULL) {
                phrases_check(p, empty, offer_phrase, nearest);
            }
        }
        phrases_free(empty);
    }
    return nearest_text(nearest);
}

static void check_mention(void *ctx, enum template_mention kind, struct str helper, struct str name,
                          const char *place) {
    struct checker *c = ctx;
    struct nearest nearest;
    if (kind != MENTION_ARGUMENT || is_enough(c)) {
        return;
    }
    if (str_eq(helper, STR("t")) && !phrase_known(c, name)) {
        fault(c, ERROR, c->file->shown, str_of(place),
              arena_printf(c->arena, "there is no phrase \"%.*s\"%s", STR_FMT(name),
                           nearest_phrase(c, &nearest, name)));
    }
    struct image_offer offer;
    const char *message;
    if (str_eq(helper, STR("picture")) && !image_offer_read(name, &offer, &message)) {
        fault(c, ERROR, c->file->shown, str_of(place),
              arena_printf(c->arena, "\"%.*s\": %s", STR_FMT(name), message));
    }
    if (str_eq(helper, STR("asset")) && look_asset(c->look, name) == NULL) {
        fault(c, ERROR, c->file->shown, str_of(place),
              arena_printf(c->arena, "there is no file \"%.*s\" in assets/", STR_FMT(name)));
    }
}

struct wording_check {
    struct checker *c;
    bool is_new_language; /* the default theme does not speak it */
    bool is_second;       /* against the theme's own English: only of what that adds */
    bool is_english;      /* its new phrases are what the others are measured by */
};

/* Where the file at hand words it. */
static struct str phrase_place(struct checker *c, struct str key) {
    struct str quoted = arena_printf(c->arena, "\"%.*s\"", STR_FMT(key)), text = c->file->bytes;
    for (size_t at = 0; (at = str_find(text, quoted, at)) != STR_NPOS; at += quoted.len) {
        if (str_starts(str_trim(str_from(text, at + quoted.len)), STR(":"))) {
            return look_place(c->arena, text, at);
        }
    }
    return STR("");
}

static void check_phrase(void *ctx, enum phrases_fault kind, struct str key, struct str detail) {
    static const char *const words[] = {
        [PHRASES_MISSING] = "is missing: readers get the English wording",
        [PHRASES_UNKNOWN] = "is a phrase that English does not have",
        [PHRASES_NO_FORM] = "lacks the plural form",
        [PHRASES_NEEDLESS_FORM] = "has a plural form that the language has not:",
        [PHRASES_NO_NAME] = "does not show",
        [PHRASES_UNKNOWN_NAME] = "shows what nobody gives it:",
        [PHRASES_MARKUP] = "has markup, but is plain text:",
    };
    struct wording_check *w = ctx;
    struct checker *c = w->c;
    if (is_enough(c)) {
        return;
    }
    const struct phrases *theme = wording_of(c, STR("en"), false);
    bool is_old = phrases_has(theme, key);
    if ((w->is_second && is_old) ||
        (kind == PHRASES_MISSING && (w->is_english || (is_old && !w->is_new_language))) ||
        (kind == PHRASES_UNKNOWN && (w->is_english || phrase_known(c, key)))) {
        return;
    }
    fault(c, kind == PHRASES_UNKNOWN_NAME ? ERROR : WARNING, c->file->shown, phrase_place(c, key),
          arena_printf(c->arena, "\"%.*s\" %s%s%.*s", STR_FMT(key), words[kind],
                       detail.len > 0 ? " " : "", STR_FMT(detail)));
}

static void check_wording(struct checker *c, struct theme_file *f) {
    const size_t prefix = strlen("strings/"), suffix = strlen(".json");
    struct str language = arena_str(c->arena, str_slice(f->name, prefix, f->name.len - suffix));
    struct phrases *phrases = NULL;
    struct err err = { 0 };
    if (!locale_valid(language.ptr)) {
        fault(c, WARNING, f->shown, STR(""), STR("its name is no language, such as en or pt-BR"));
        return;
    }
    if (phrases_parse(f->bytes, language.ptr, f->shown, &phrases, &err) != STATUS_OK) {
        fault_of_message(c, f->shown, str_of(err.message));
        return;
    }
    struct str main_language = str_slice(language, 0, str_find_char(language, '-', 0));
    struct wording_check w = {
        .c = c,
        .is_new_language = wording_of(c, language, false) == NULL &&
                           wording_of(c, main_language, false) == NULL,
        .is_english = str_eq_nocase(main_language, STR("en")),
    };
    const struct phrases *models[] = { wording_of(c, STR("en"), false),
                                       wording_of(c, STR("en"), true) };
    c->file = f;
    for (size_t i = 0; i < COUNT_OF(models); i++) {
        if (models[i] != NULL && !(i == 1 && w.is_english)) {
            w.is_second = i == 1;
            phrases_check(phrases, models[i], check_phrase, &w);
        }
    }
    phrases_free(phrases);
}

/* ---- the style sheet ---- */

static struct str style_asset(void *ctx, struct str name) {
    const struct asset *asset = look_asset(((struct checker *)ctx)->look, name);
    return asset ? asset->path : (struct str){ NULL, 0 };
}

static void style_fault(void *ctx, const struct style_fault *f) {
    fault_at(ctx, f->fatal ? ERROR : WARNING, f->at, f->message);
}

/* Of a sheet that no page has, mostly the name was misspelt. */
static void check_sheet_name(struct checker *c, const struct theme_file *sheet) {
    struct str name = str_slice(sheet->name, 0, sheet->name.len - strlen(".css"));
    struct str always[] = { STR("style"), STR("custom") };
    struct nearest nearest;
    nearest_init(&nearest, name);
    for (size_t i = 0; i < COUNT_OF(always); i++) {
        nearest_offer(&nearest, always[i]);
    }
    for (const struct template_entry *e = c->rules->entries; e->name != NULL; e++) {
        if (!e->no_fragments) { /* a page */
            nearest_offer(&nearest, str_of(e->name));
        }
    }
    if (nearest.distance > 0) {
        fault(c, WARNING, sheet->shown, STR(""),
              arena_printf(c->arena,
                           "is in no page: sheets are style.css, custom.css and those "
                           "named as a page's template%s",
                           nearest_text(&nearest)));
    }
}

static void check_style(struct checker *c, const struct theme_file *sheet) {
    const struct style_options options = { style_asset, style_fault, c };
    (void)style_make(c->arena, sheet->bytes, &options);
}

/* ---- the whole ---- */

/* Controls would move a terminal's cursor, and others turn the line around: C0, DEL, C1, line
 * separators, marks of direction. What is no UTF-8 is a replacement character. */
static bool is_printable(uint32_t c) {
    return c >= ' ' && !(c >= 0x7f && c < 0xa0) && !(c >= 0x2028 && c <= 0x202e) &&
           !(c >= 0x2066 && c <= 0x2069) && c != UTF8_REPLACEMENT;
}

/* Names are those of whoever made the folder: none is to look like a line of its own. */
static void put_printable(struct buf *out, struct str text) {
    for (size_t at = 0, begin = 0; at < text.len; begin = at) {
        bool printable = is_printable(utf8_next(text, &at));
        for (size_t i = begin; i < at; i++) {
            if (printable) {
                buf_put_char(out, text.ptr[i]);
            } else {
                buf_printf(out, "\\x%02x", (unsigned char)text.ptr[i]);
            }
        }
    }
}

void look_fault_put(struct buf *out, const struct look_fault *f) {
    put_printable(out, f->file);
    buf_printf(out, "%s%.*s: %s", f->place.len > 0 ? ":" : "", STR_FMT(f->place),
               f->is_error ? "" : "warning: ");
    put_printable(out, f->message);
    if (f->caller.len > 0) {
        buf_put(out, STR(" (called from "));
        put_printable(out, f->caller);
        buf_put_char(out, ')');
    }
    buf_put_char(out, '\n');
}

static int by_place(const void *a, const void *b) {
    const struct look_fault *x = a, *y = b;
    size_t shorter = x->file.len < y->file.len ? x->file.len : y->file.len;
    int order = memcmp(x->file.ptr, y->file.ptr, shorter);
    order = order != 0 ? order : (x->file.len > y->file.len) - (x->file.len < y->file.len);
    long at[2][2] = { { 0 } };
    const struct look_fault *both[] = { x, y };
    for (size_t i = 0; order == 0 && i < 2; i++) {
        char *end = NULL;
        at[i][0] = strtol(both[i]->place.ptr, &end, 10);
        at[i][1] = *end == ':' ? strtol(end + 1, NULL, 10) : 0;
    }
    for (size_t i = 0; order == 0 && i < 2; i++) {
        order = (at[0][i] > at[1][i]) - (at[0][i] < at[1][i]);
    }
    return order;
}

/* Its templates, wording and sheets are looked at after this: what can be opened, is. */
static void open_rest(struct checker *c) {
    struct err err = { 0 };
    for (size_t i = 0; i < c->look->files.len; i++) {
        struct err ignored = { 0 }; /* check_wording tells of it */
        (void)!look_parse_wording(c->look, &c->look->files.ptr[i], &ignored);
    }
    if (look_collect(c->look, &err) != STATUS_OK) {
        struct theme_file *f = file_of_message(c, str_of(err.message));
        if (f == NULL || !look_is_sheet(c->look, f->name)) { /* a sheet's faults all come below */
            fault_of_message(c, f ? f->shown : STR("theme"), str_of(err.message));
        }
    }
}

static void check_files(struct checker *c) {
    struct look *look = c->look;
    open_rest(c);
    for (size_t i = 0; i < look->files.len; i++) {
        if (str_ends(look->files.ptr[i].name, STR(".hbs"))) {
            template_mentions(look->files.ptr[i].bytes, note_use, c);
        }
    }
    for (size_t i = 0; i < look->files.len; i++) {
        struct theme_file *f = &look->files.ptr[i];
        struct str ending = str_from(f->name, str_rfind_char(f->name, '.'));
        c->file = f;
        if (!f->own) {
            continue;
        }
        if (str_ends(f->name, STR(".hbs"))) {
            template_mentions(f->bytes, check_mention, c);
            markup_check(c->arena, f->bytes, markup_fault, c);
            check_use(c, f);
        } else if (str_starts(f->name, STR("strings/")) && str_ends(f->name, STR(".json"))) {
            check_wording(c, f);
        } else if (str_ends(f->name, STR(".css")) && str_find_char(f->name, '/', 0) == STR_NPOS) {
            check_sheet_name(c, f);
            check_style(c, f);
        } else if (str_eq_nocase(ending, STR(".css"))) { /* that a template links to */
            check_style(c, f);
        } else if (str_eq_nocase(ending, STR(".svg"))) {
            markup_check_svg(c->arena, f->bytes, markup_fault, c);
        }
    }
    check_templates(c);
}

enum status look_check(struct arena *a, const char *dir, const struct template_rules *rules,
                       struct look_faults *ret, struct err *err) {
    struct checker c = { .arena = a, .look = look_new(), .rules = rules };
    map_init(&c.places);
    map_init(&c.used);
    look_add_default(c.look);
    enum status status = look_walk(a, dir, check_entry, &c, err);
    if (status == STATUS_OK) {
        check_files(&c);
    }
    look_close(c.look);
    map_done(&c.places);
    map_done(&c.used);
    if (c.faults.len > 1) {
        qsort(c.faults.ptr, c.faults.len, sizeof *c.faults.ptr, by_place);
    }
    *ret = (struct look_faults){ c.faults.ptr, c.faults.len, c.errors, c.files };
    return status;
}
