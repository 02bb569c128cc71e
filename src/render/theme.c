/* A theme's making: all templates are parsed and compiled, then each entry is followed with its
 * types through all that it calls. */
#include "base/limits.h"
#include "render/template_code.h"
#include "text/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Tables ------------------------------------------------------------------------------------- */

enum status theme_error(const struct theme *theme, const struct program *program, size_t op,
                        struct err *err, const char *fmt, ...) {
    char message[ERR_MESSAGE_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(message, sizeof message, fmt, args);
    va_end(args);
    const struct template *t = &theme->templates.ptr[program->template];
    return source_error(&t->source, theme_place(theme, program, op), err, "%s", message);
}

size_t theme_place(const struct theme *theme, const struct program *program, size_t op) {
    return op < program->ops_len ? theme->places.ptr[program->op + op] : 0;
}

const struct helper_arg *template_argument(const struct invocation *invocation, size_t at) {
    const struct helper *h = invocation->helper;
    if (at < invocation->args_len) {
        return &h->args[at];
    }
    struct str name = invocation->names[at - invocation->args_len];
    for (size_t i = 0; i < HELPER_ARGS_MAX && h->named[i].name != NULL; i++) {
        if (str_eq(str_of(h->named[i].name), name)) {
            return &h->named[i];
        }
    }
    return NULL;
}

const char *template_kind_words(enum value_kind kind) {
    switch (kind) {
    case VALUE_BOOL: return "true or false";
    case VALUE_INT:
    case VALUE_FLOAT: return "a number";
    case VALUE_STR: return "text";
    case VALUE_HTML: return "safe HTML";
    case VALUE_LIST: return "a list";
    case VALUE_OBJECT: return "an object";
    case VALUE_NONE:
    case VALUE_NULL:
    case VALUE_ANY: break;
    }
    return "nothing";
}

int theme_find(const struct theme *theme, struct str name) {
    for (size_t i = 0; i < theme->templates.len; i++) {
        if (str_eq(theme->templates.ptr[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

/* {{> card}} is "card", or "partials/card". */
static int find_partial_template(const struct theme *theme, struct str name) {
    int template = theme_find(theme, name);
    if (template <0) {
        struct buf path;
        buf_init(&path, LIMIT_TEMPLATE_BYTES);
        buf_put(&path, STR("partials/"));
        buf_put(&path, name);
        template = theme_find(theme, buf_str(&path));
        buf_done(&path);
    }
    return template;
}

uint32_t theme_symbol(struct theme *theme, struct str name) {
    uintptr_t known = (uintptr_t)map_get(&theme->symbol_by_name, name);
    if (known > 0) {
        return (uint32_t)(known - 1);
    }
    *vec_push(&theme->arena, &theme->symbols) =
        (struct symbol){ arena_str(&theme->arena, name), find_partial_template(theme, name) };
    map_put(&theme->symbol_by_name, name, (void *)(uintptr_t)theme->symbols.len);
    return (uint32_t)theme->symbols.len - 1;
}

struct str theme_name(struct theme *theme, struct str name) {
    const char *known = map_get(&theme->name_by_name, name);
    if (known == NULL) {
        known = arena_str(&theme->arena, name).ptr;
        map_put(&theme->name_by_name, name, (void *)(uintptr_t)known);
    }
    return str_make(known, name.len);
}

/* Compiling ---------------------------------------------------------------------------------- */

static enum status check_source(const struct theme *theme, const struct template_source *from,
                                struct str file, struct err *err) {
    if (from->text.len > LIMIT_TEMPLATE_BYTES) {
        return err_set(err, STATUS_TOO_LARGE, "%.*s: a template of more than %u bytes",
                       STR_FMT(file), LIMIT_TEMPLATE_BYTES);
    }
    if (!utf8_valid(from->text) || str_find_char(from->text, '\0', 0) != STR_NPOS) {
        return err_set(err, STATUS_INVALID, "%.*s: not UTF-8 text", STR_FMT(file));
    }
    if (theme_find(theme, from->name) >= 0) {
        return err_set(err, STATUS_INVALID, "%.*s: there are two templates \"%.*s\"", STR_FMT(file),
                       STR_FMT(from->name));
    }
    return STATUS_OK;
}

static enum status add_source(struct theme *theme, const struct template_source *from,
                              struct err *err) {
    struct arena *a = &theme->arena;
    struct str file = from->file.len > 0 ? from->file : from->name;
    enum status good = check_source(theme, from, file, err);
    enum status status = theme_fault(theme, true, good, err);
    if (status == STATUS_OK) {
        *vec_push(a, &theme->templates) = (struct template){
            .source = { good == STATUS_OK ? arena_str(a, from->text) : STR(""),
                        arena_str(a, file) },
            .name = arena_str(a, from->name),
        };
    }
    return status;
}

static enum status add_entry(struct theme *theme, const struct template_entry *entry,
                             struct err *err) {
    int template = theme_find(theme, str_of(entry->name));
    if (template <0) {
        struct nearest nearest;
        nearest_init(&nearest, str_of(entry->name));
        for (size_t i = 0; i < theme->templates.len; i++) {
            nearest_offer(&nearest, theme->templates.ptr[i].name);
        }
        return err_set(err, STATUS_INVALID, "the theme has no template \"%s\"%s", entry->name,
                       nearest_text(&nearest));
    }
    theme->templates.ptr[template].entry = entry;
    return STATUS_OK;
}

enum status theme_fault(struct theme *theme, bool is_syntax, enum status status, struct err *err) {
    if (status == STATUS_OK || theme->say == NULL || ++theme->said > LIMIT_THEME_FAULTS) {
        return status;
    }
    theme->say(theme->say_ctx, is_syntax, err->message);
    *err = (struct err){ 0 };
    return STATUS_OK;
}

static struct theme *theme_new(const struct template_rules *rules) {
    struct theme *theme = calloc(1, sizeof *theme);
    check(theme != NULL);
    arena_init(&theme->arena);
    map_init(&theme->symbol_by_name);
    map_init(&theme->name_by_name);
    theme->rules = *rules;
    return theme;
}

static enum status theme_make(struct theme *theme, const struct template_source *sources,
                              size_t sources_len, struct err *err) {
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < sources_len; i++) {
        status = add_source(theme, &sources[i], err);
    }
    const struct template_entry *entry = theme->rules.entries;
    for (; status == STATUS_OK && entry->name != NULL; entry++) {
        status = theme_fault(theme, false, add_entry(theme, entry, err), err);
    }
    for (size_t i = 0; status == STATUS_OK && i < theme->templates.len; i++) {
        theme_symbol(theme, theme->templates.ptr[i].name);
        status = template_compile(theme, (uint32_t)i, err);
    }
    for (size_t i = 0; status == STATUS_OK && i < theme->templates.len; i++) {
        entry = theme->templates.ptr[i].entry;
        if (entry != NULL && entry->root != &type_any) {
            status = template_check(theme, (uint32_t)i, err);
        }
    }
    return status;
}

enum status theme_compile(const struct template_source *sources, size_t sources_len,
                          const struct template_rules *rules, struct theme **ret_theme,
                          struct err *err) {
    struct theme *theme = theme_new(rules);
    enum status status = theme_make(theme, sources, sources_len, err);
    if (status != STATUS_OK) {
        theme_free(theme);
        return status;
    }
    *ret_theme = theme;
    return STATUS_OK;
}

void theme_check(const struct template_source *sources, size_t sources_len,
                 const struct template_rules *rules, theme_fault_fn *say, void *ctx) {
    struct theme *theme = theme_new(rules);
    struct err err = { 0 };
    theme->say = say;
    theme->say_ctx = ctx;
    if (theme_make(theme, sources, sources_len, &err) != STATUS_OK) {
        say(ctx, false, err.message);
    }
    theme_free(theme);
}

void theme_free(struct theme *theme) {
    if (theme != NULL) {
        map_done(&theme->symbol_by_name);
        map_done(&theme->name_by_name);
        arena_done(&theme->arena);
        free(theme);
    }
}
