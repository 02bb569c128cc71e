/* `broadsheet theme reference`: what templates may name, told by the tables that they are compiled
 * against. */
#include "app/commands.h"

#include "base/limits.h"
#include "base/map.h"
#include "site/look_check.h"
#include "site/pass.h"
#include "text/json.h"

/* ---- types ---- */

/* "text", "link", "list of card": what a value is. */
static struct str type_words(struct arena *a, enum value_kind kind, const struct type *type) {
    switch (kind) {
    case VALUE_BOOL: return STR("true or false");
    case VALUE_INT:
    case VALUE_FLOAT: return STR("number");
    case VALUE_STR: return STR("text");
    case VALUE_HTML: return STR("safe HTML");
    case VALUE_OBJECT: return str_of(type->name);
    case VALUE_LIST: return arena_printf(a, "list of %s", type ? type->name : "text");
    default: return STR("anything");
    }
}

static void put_fields(struct json *j, struct arena *a, const struct type *type) {
    json_open(j, '{');
    for (size_t i = 0; i < type->fields_len; i++) {
        const struct field *f = &type->fields[i];
        json_field_str(j, str_of(f->name), type_words(a, f->kind, f->type));
    }
    json_close(j, '}');
}

/* The types that these fields lead to, each once. */
static void put_types(struct json *j, struct arena *a, struct map *known, const struct type *type) {
    for (size_t i = 0; i < type->fields_len; i++) {
        const struct type *of = type->fields[i].type;
        if (of != NULL && !map_has(known, str_of(of->name))) {
            map_put(known, str_of(of->name), known);
            json_key(j, str_of(of->name));
            put_fields(j, a, of);
            put_types(j, a, known, of); /* as deep as view.h is */
        }
    }
}

/* ---- all of it ---- */

static void put_args(struct json *j, struct arena *a, const struct helper_arg *args) {
    json_open(j, '{');
    for (size_t i = 0; i < HELPER_ARGS_MAX && args[i].name != NULL; i++) {
        json_field_str(j, str_of(args[i].name), type_words(a, args[i].kind, args[i].type));
    }
    json_close(j, '}');
}

static void put_reference(struct json *j, struct arena *a) {
    struct map known;
    map_init(&known);
    json_open(j, '{');
    json_key(j, STR("templates"));
    json_open(j, '{');
    for (const struct template_entry *e = pass_rules.entries; e->name != NULL; e++) {
        json_key(j, str_of(e->name));
        put_fields(j, a, e->root);
    }
    json_close(j, '}');
    json_key(j, STR("types"));
    json_open(j, '{');
    for (const struct template_entry *e = pass_rules.entries; e->name != NULL; e++) {
        put_types(j, a, &known, e->root);
    }
    json_close(j, '}');
    json_key(j, STR("helpers"));
    json_open(j, '{');
    for (const struct helper *h = pass_rules.helpers; h->name != NULL; h++) {
        json_key(j, str_of(h->name));
        put_args(j, a, h->args);
    }
    json_close(j, '}');
    json_key(j, STR("fragments"));
    json_open(j, '{');
    for (const struct template_fragment *f = pass_rules.fragments; f->name != NULL; f++) {
        json_key(j, str_of(f->name));
        put_args(j, a, f->params);
    }
    json_close(j, '}');
    json_close(j, '}');
    map_done(&known);
}

static int run_reference(struct cli *cli) {
    struct buf out;
    struct json j;
    buf_init(&out, 1 * MIB);
    json_init(&j, &out);
    put_reference(&j, &cli->arena);
    buf_put_char(&out, '\n');
    return cli_print(cli, &out);
}

const struct cli_command cmd_theme_reference = {
    .name = "theme reference",
    .arguments = "",
    .summary = "print what templates may name, as JSON",
    .details = "Every template with the values that it is given, the types of these, the helpers "
               "and the fragments.\ndocs/themes.md explains them.",
    .examples = "  broadsheet theme reference | jq .types.card\n"
                "  broadsheet theme reference | jq '.templates | keys'",
    .max_args = 0,
    .run = run_reference,
};
