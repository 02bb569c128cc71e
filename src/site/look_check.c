#include "site/look_check.h"

#include "base/limits.h"
#include "site/look_private.h"
#include "site/style.h"
#include "text/date.h"
#include "text/nearest.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

struct checker {
    struct arena *arena;
    struct look *look; /* found and, as far as it goes, opened */
    const struct template_entry *entries;
    size_t entries_len;
    VEC(struct look_fault) faults;
    size_t files;
    struct theme_file *file; /* that is being looked at */
};

static void fault(struct checker *c, struct str file, struct str place, struct str message) {
    *vec_push(c->arena, &c->faults) = (struct look_fault){ arena_str(c->arena, file),
                                                           arena_str(c->arena, place),
                                                           arena_str(c->arena, message) };
}

/* "file:line:column: message" of an error, where it is so. */
static void fault_of_err(struct checker *c, struct str file, const struct err *err) {
    struct str rest = str_of(err->message), part;
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
    fault(c, file, place, str_trim(str_from(rest, len)));
}

/* ---- what lies in the folder ---- */

static bool is_read_folder(struct str name) {
    for (size_t i = 0; i < look_folders_len; i++) {
        struct str folder = str_of(look_folders[i]);
        if (folder.len == name.len + 1 && str_starts(folder, name)) {
            return true;
        }
    }
    return false;
}

static void check_name(struct checker *c, struct str sub, struct str name, struct str path,
                       const struct stat *st) {
    struct str none = STR("");
    c->files++;
    if (!look_is_plain_name(name)) {
        fault(c, path, none,
              STR("is not read: names have letters, digits, dots, hyphens and underlines"));
    } else if (st->st_size > LIMIT_THEME_FILE_BYTES) {
        fault(c, path, none,
              arena_printf(c->arena, "has more than %u bytes", LIMIT_THEME_FILE_BYTES));
    } else if (str_eq(sub, STR("partials/")) && !str_ends(name, STR(".hbs"))) {
        fault(c, path, none, STR("is not read: partials/ has templates, *.hbs"));
    } else if (str_eq(sub, STR("strings/")) && !str_ends(name, STR(".json"))) {
        fault(c, path, none, STR("is not read: strings/ has wording, <language>.json"));
    } else if (str_eq(sub, STR("assets/")) && str_ends(name, STR(".hbs"))) {
        fault(c, path, none,
              STR("would be served as it is: templates stand above or in partials/"));
    }
}

/* *ret_readable: no file is too large. */
static enum status check_folder(struct checker *c, const char *dir, const char *sub,
                                bool *ret_readable, struct err *err) {
    struct str folder = arena_printf(c->arena, "%s/%s", dir, sub);
    DIR *d = opendir(folder.ptr);
    if (d == NULL) {
        return sub[0] != '\0' || errno == ENOENT
                   ? sub[0] != '\0' ? STATUS_OK
                                    : err_set(err, STATUS_NOT_FOUND, "there is no folder %s", dir)
                   : err_set(err, STATUS_IO, "%s cannot be read: %s", dir, strerror(errno));
    }
    for (struct dirent *entry; (entry = readdir(d)) != NULL;) {
        struct str name = arena_str(c->arena, str_of(entry->d_name));
        struct str path = arena_printf(c->arena, "%s%s", folder.ptr, name.ptr);
        struct stat st;
        if (name.ptr[0] == '.' || fstatat(dirfd(d), name.ptr, &st, 0) != 0) {
            continue;
        }
        if (!S_ISDIR(st.st_mode)) {
            check_name(c, str_of(sub), name, path, &st);
            *ret_readable = *ret_readable && st.st_size <= LIMIT_THEME_FILE_BYTES;
        } else if (sub[0] != '\0' || !is_read_folder(name)) {
            fault(c, path, STR(""),
                  STR("is not read: a theme has partials/, strings/ and assets/, without folders "
                      "in them"));
        }
    }
    closedir(d);
    return STATUS_OK;
}

/* ---- templates ---- */

static struct str embedded_bytes(struct checker *c, struct str name) {
    struct look plain = { 0 };
    struct err ignored = { 0 };
    struct str bytes = STR("");
    if (look_find_files(&plain, NULL, &ignored) == STATUS_OK) {
        for (size_t i = 0; i < plain.files.len; i++) {
            if (str_eq(plain.files.ptr[i].name, name)) {
                bytes = arena_str(c->arena, plain.files.ptr[i].bytes);
            }
        }
    }
    arena_done(&plain.arena);
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

/* Compile; put the default's template (or nothing) in the place of one that is wrong; again. */
static void check_templates(struct checker *c, const struct helper *helpers) {
    size_t tries = c->look->files.len + 1;
    for (size_t i = 0; i < tries; i++) {
        struct err err = { 0 };
        if (look_compile(c->look, c->entries, c->entries_len, helpers, &err) == STATUS_OK) {
            theme_free(c->look->theme);
            c->look->theme = NULL;
            return;
        }
        struct theme_file *f = file_of_message(c, str_of(err.message));
        if (f == NULL || !f->own) {
            fault_of_err(c, f ? f->shown : STR("theme"), &err);
            return;
        }
        fault_of_err(c, f->shown, &err);
        f->bytes = embedded_bytes(c, f->name);
        f->own = false;
    }
}

static bool is_entry(const struct checker *c, struct str name) {
    for (size_t i = 0; i < c->entries_len; i++) {
        if (str_eq(str_of(c->entries[i].name), name)) {
            return true;
        }
    }
    return false;
}

struct use {
    struct str name; /* "partials/card" */
    bool found;
};

static void note_use(void *ctx, enum template_mention kind, struct str helper, struct str name,
                     const char *place) {
    (void)helper, (void)place;
    struct use *use = ctx;
    struct str prefix = STR("partials/");
    use->found = use->found ||
                 (kind == MENTION_PARTIAL &&
                  (str_eq(name, use->name) || (str_starts(use->name, prefix) &&
                                               str_eq(name, str_from(use->name, prefix.len)))));
}

/* A template that nothing runs is mostly one whose name was misspelt. */
static void check_use(struct checker *c, const struct theme_file *f) {
    struct use use = { .name = str_slice(f->name, 0, f->name.len - strlen(".hbs")) };
    use.found = is_entry(c, use.name);
    for (size_t i = 0; !use.found && i < c->look->files.len; i++) {
        if (str_ends(c->look->files.ptr[i].name, STR(".hbs"))) {
            template_mentions(c->look->files.ptr[i].bytes, note_use, &use);
        }
    }
    if (!use.found) {
        struct nearest nearest;
        nearest_init(&nearest, use.name);
        for (size_t i = 0; i < c->entries_len; i++) {
            nearest_offer(&nearest, str_of(c->entries[i].name));
        }
        fault(c, f->shown, STR(""),
              arena_printf(c->arena, "no page and no template uses it%s", nearest_text(&nearest)));
    }
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
    if (kind != MENTION_ARGUMENT) {
        return;
    }
    if (str_eq(helper, STR("t")) && !phrase_known(c, name)) {
        fault(c, c->file->shown, str_of(place),
              arena_printf(c->arena, "there is no phrase \"%.*s\"%s", STR_FMT(name),
                           nearest_phrase(c, &nearest, name)));
    }
    if (str_eq(helper, STR("asset")) && look_asset(c->look, name) == NULL) {
        fault(c, c->file->shown, str_of(place),
              arena_printf(c->arena, "there is no file \"%.*s\" in assets/", STR_FMT(name)));
    }
}

struct wording_check {
    struct checker *c;
    bool is_new_language; /* the default theme does not speak it */
    bool is_second;       /* against the theme's own English: only of what that adds */
    bool is_english;      /* its new phrases are what the others are measured by */
};

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
    const struct phrases *theme = wording_of(c, STR("en"), false);
    bool is_old = phrases_has(theme, key);
    if ((w->is_second && is_old) ||
        (kind == PHRASES_MISSING && (w->is_english || (is_old && !w->is_new_language))) ||
        (kind == PHRASES_UNKNOWN && (w->is_english || phrase_known(c, key)))) {
        return;
    }
    fault(c, c->file->shown, STR(""),
          arena_printf(c->arena, "\"%.*s\" %s%s%.*s", STR_FMT(key), words[kind],
                       detail.len > 0 ? " " : "", STR_FMT(detail)));
}

static void check_wording(struct checker *c, struct theme_file *f) {
    const size_t prefix = strlen("strings/"), suffix = strlen(".json");
    struct str language = arena_str(c->arena, str_slice(f->name, prefix, f->name.len - suffix));
    struct phrases *phrases = NULL;
    struct err err = { 0 };
    if (!locale_valid(language.ptr)) {
        fault(c, f->shown, STR(""), STR("its name is no language, such as en or pt-BR"));
        return;
    }
    if (phrases_parse(f->bytes, language.ptr, f->shown, &phrases, &err) != STATUS_OK) {
        fault_of_err(c, f->shown, &err);
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
    struct checker *c = ctx;
    fault(c, c->file->shown, look_place(c->arena, c->file->bytes, f->at), f->message);
}

static void check_style(struct checker *c, struct theme_file *sheet) {
    const struct style_options options = { style_asset, style_fault, c };
    c->file = sheet;
    (void)style_make(c->arena, sheet->bytes, &options);
}

/* ---- the whole ---- */

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

static void check_files(struct checker *c, const struct helper *helpers) {
    struct look *look = c->look;
    struct err err = { 0 };
    for (size_t i = 0; i < look->files.len; i++) {
        struct err ignored = { 0 }; /* check_wording tells of it */
        (void)look_parse_wording(look, &look->files.ptr[i], &ignored);
    }
    if (look_collect(look, &err) != STATUS_OK) {
        struct theme_file *f = file_of_message(c, str_of(err.message));
        if (f == NULL || !look_is_sheet(look, f->name)) { /* a sheet's faults all come below */
            fault_of_err(c, f ? f->shown : STR("theme"), &err);
        }
    }
    for (size_t i = 0; i < look->files.len; i++) {
        struct theme_file *f = &look->files.ptr[i];
        c->file = f;
        if (f->own && str_ends(f->name, STR(".hbs"))) {
            template_mentions(f->bytes, check_mention, c);
            check_use(c, f);
        } else if (f->own && str_starts(f->name, STR("strings/")) &&
                   str_ends(f->name, STR(".json"))) {
            check_wording(c, f);
        } else if (f->own && look_is_sheet(look, f->name)) {
            check_style(c, f);
        }
    }
    check_templates(c, helpers);
}

enum status look_check(struct arena *a, const char *dir, const struct template_entry *entries,
                       size_t entries_len, const struct helper *helpers, struct look_faults *ret,
                       struct err *err) {
    struct look *look = calloc(1, sizeof *look);
    check(look != NULL);
    atomic_init(&look->owners, 1);
    struct checker c = { .arena = a, .look = look, .entries = entries, .entries_len = entries_len };
    bool readable = true;
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < look_folders_len; i++) {
        status = check_folder(&c, dir, look_folders[i], &readable, err);
    }
    if (status == STATUS_OK && readable) {
        status = look_find_files(look, dir, err);
        if (status == STATUS_OK) {
            check_files(&c, helpers);
        }
    }
    look_close(look);
    if (c.faults.len > 1) {
        qsort(c.faults.ptr, c.faults.len, sizeof *c.faults.ptr, by_place);
    }
    *ret = (struct look_faults){ c.faults.ptr, c.faults.len, c.files };
    return status;
}
