/* Runs templates for tests/templates.mjs. On standard input a JSON array of cases:
 *
 *   { "template": "…", "partials": { "name": "…" }, "data": … }
 *
 * and on standard output as many results, { "output": "…" } or { "error": "…" }. The data is
 * dynamic, and the helpers below are the same as those in templates.mjs. */
#include "base/limits.h"
#include "render/template.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static enum status upper(void *ctx, struct template_call *call, struct err *err) {
    (void)ctx, (void)err;
    struct str text = template_arg(call, 0).str;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        buf_put_char(call->out, c >= 'a' && c <= 'z' ? (char)(c - 32) : c);
    }
    return STATUS_OK;
}

static enum status eq(void *ctx, struct template_call *call, struct err *err) {
    (void)ctx, (void)err;
    call->result = value_bool(value_same(call->args[0], call->args[1]));
    return STATUS_OK;
}

static enum status concat(void *ctx, struct template_call *call, struct err *err) {
    (void)ctx, (void)err;
    struct value separator = template_named(call, "sep");
    for (size_t i = 0; i < call->args_len; i++) {
        if (i > 0 && !value_absent(separator)) {
            value_string(call->out, separator);
        }
        if (!value_absent(call->args[i])) {
            value_string(call->out, call->args[i]);
        }
    }
    return STATUS_OK;
}

/* Safe HTML. */
static enum status bold(void *ctx, struct template_call *call, struct err *err) {
    (void)ctx, (void)err;
    buf_put(call->out, STR("<b>"));
    if (!value_absent(template_arg(call, 0))) {
        value_string(call->out, template_arg(call, 0));
    }
    buf_put(call->out, STR("</b>"));
    return STATUS_OK;
}

/* The value that it is given. */
static enum status same(void *ctx, struct template_call *call, struct err *err) {
    (void)ctx, (void)err;
    call->result = template_arg(call, 0);
    return STATUS_OK;
}

static const struct helper helpers[] = {
    { .name = "upper",
      .run = upper,
      .returns = VALUE_STR,
      .args = { { .name = "text", .kind = VALUE_STR } },
      .args_min = 1 },
    { .name = "eq",
      .run = eq,
      .returns = VALUE_BOOL,
      .args = { { .name = "a", .kind = VALUE_ANY }, { .name = "b", .kind = VALUE_ANY } },
      .args_min = 2 },
    { .name = "concat",
      .run = concat,
      .returns = VALUE_STR,
      .args = { { .name = "a", .kind = VALUE_ANY },
                { .name = "b", .kind = VALUE_ANY },
                { .name = "c", .kind = VALUE_ANY },
                { .name = "d", .kind = VALUE_ANY } },
      .named = { { .name = "sep", .kind = VALUE_ANY } } },
    { .name = "bold",
      .run = bold,
      .returns = VALUE_HTML,
      .args = { { .name = "text", .kind = VALUE_ANY } } },
    { .name = "same",
      .run = same,
      .returns = VALUE_ANY,
      .args = { { .name = "value", .kind = VALUE_ANY } },
      .args_min = 1 },
    { .name = NULL },
};

static struct str text_of(const json_t *json) {
    return str_make(json_string_value(json), json_string_length(json));
}

static enum status run_case(json_t *test, struct buf *out, struct err *err) {
    struct template_source sources[64] = { { .name = STR_INIT("main") } };
    size_t sources_len = 1;
    sources[0].text = text_of(json_object_get(test, "template"));
    const char *name;
    json_t *text;
    json_object_foreach(json_object_get(test, "partials"), name, text) {
        check(sources_len < COUNT_OF(sources));
        sources[sources_len].name = str_of(name);
        sources[sources_len++].text = text_of(text);
    }
    const struct template_entry entries[] = { { .name = "main", .root = &type_any },
                                              { .name = NULL } };
    const struct template_rules rules = { .entries = entries, .helpers = helpers };
    struct theme *theme = NULL;
    enum status status = theme_compile(sources, sources_len, &rules, &theme, err);
    if (status == STATUS_OK) {
        struct template_sink sink = { .out = out };
        status = template_run(theme, theme_find(theme, STR("main")), json_object_get(test, "data"),
                              NULL, &sink, err);
        theme_free(theme);
    }
    return status;
}

int main(void) {
    json_error_t error;
    json_t *cases = json_loadf(stdin, JSON_ALLOW_NUL, &error);
    if (!json_is_array(cases)) {
        fprintf(stderr, "not a JSON array of cases: %s\n", error.text);
        return 1;
    }
    json_t *results = json_array();
    size_t i;
    json_t *test;
    json_array_foreach(cases, i, test) {
        struct buf out;
        struct err err = { 0 };
        buf_init(&out, LIMIT_RENDER_BYTES);
        json_t *result;
        if (run_case(test, &out, &err) == STATUS_OK) {
            struct str s = buf_str(&out);
            result = json_pack("{s:o}", "output", json_stringn_nocheck(s.ptr, s.len));
        } else {
            result = json_pack("{s:s}", "error", err.message);
        }
        json_array_append_new(results, result);
        buf_done(&out);
    }
    json_dumpf(results, stdout, JSON_COMPACT);
    json_decref(results);
    json_decref(cases);
    return 0;
}
