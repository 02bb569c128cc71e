/* The template language: any bytes as a template, compiled and run on fixed data. A byte 0x01
 * separates the template from a partial "p", and that from a layout "q". */
#include "render/template.h"
#include "base/limits.h"

#include <jansson.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char fixed_data[] = "{\"a\":\"A<\",\"b\":{\"c\":\"deep\",\"list\":[1,[2,null],{\"a\":"
                                 "3}]},\"list\":[1,\"two\",{\"a\":\"in\"}],"
                                 "\"s\":\"str\\u00e9\",\"n\":1.5,\"zero\":0,\"no\":false,\"yes\":"
                                 "true,\"nil\":null,\"empty\":\"\"}";

struct root {
    struct str a;
    struct list list;
    const struct root *b;
    bool yes;
    struct html html;
    int64_t n;
};

static const struct type root_type;
static const struct field root_fields[] = {
    FIELD_STR(struct root, a),
    FIELD_LIST(struct root, list, &root_type),
    FIELD_OBJECT(struct root, b, &root_type),
    FIELD_BOOL(struct root, yes),
    FIELD_HTML(struct root, html),
    FIELD_INT(struct root, n),
};
static const struct type root_type = TYPE("root", struct root, root_fields);

static enum status take_arg(void *ctx, struct template_call *call, struct err *err) {
    (void)ctx, (void)err;
    struct value v = template_arg(call, 0);
    if (v.kind == VALUE_STR) {
        buf_put(call->out, v.str);
    }
    return STATUS_OK;
}

static const struct helper helpers[] = {
    { .name = "text",
      .run = take_arg,
      .returns = VALUE_STR,
      .args = { { .name = "text", .kind = VALUE_STR } },
      .named_open = true },
    { .name = NULL },
};

static void slot(void *ctx, struct str kind, const struct fragment_param *params,
                 size_t params_len) {
    (void)ctx, (void)params, (void)params_len;
    check(kind.len > 0);
}

static void count_fault(void *ctx, bool is_syntax, const char *message) {
    (void)is_syntax;
    check(message[0] != '\0');
    ++*(size_t *)ctx;
}

static void see_mention(void *ctx, enum template_mention kind, struct str helper, struct str name,
                        const char *place) {
    (void)ctx, (void)kind;
    check(helper.ptr != NULL && name.ptr != NULL && place[0] != '\0');
}

static void see_piece(void *ctx, enum template_piece piece, size_t from, size_t to) {
    (void)piece;
    size_t *at = ctx;
    check(from == *at && to > from); /* in order, and nothing is left out */
    *at = to;
}

/* What is told of a source without running it. */
static void look(const struct template_source *sources, size_t len,
                 const struct template_rules *rules, bool compiles) {
    size_t faults = 0;
    theme_check(sources, len, rules, count_fault, &faults);
    check((faults == 0) == compiles);
    for (size_t i = 0; i < len; i++) {
        size_t at = 0;
        template_mentions(sources[i].text, see_mention, NULL);
        template_pieces(sources[i].text, see_piece, &at);
        check(at <= sources[i].text.len);
    }
}

static void run(const struct template_source *sources, size_t len, const struct type *type,
                const void *root) {
    struct template_entry entries[] = { { .name = "main", .root = type }, { .name = NULL } };
    struct template_rules rules = { .entries = entries, .helpers = helpers };
    struct theme *theme = NULL;
    struct err err = { 0 };
    bool compiles = theme_compile(sources, len, &rules, &theme, &err) == STATUS_OK;
    look(sources, len, &rules, compiles);
    if (!compiles) {
        check(err.status != STATUS_OK && err.message[0] != '\0');
        return;
    }
    struct buf out;
    buf_init(&out, 64 * KIB);
    struct template_sink sink = { .out = &out, .fragment = slot, .steps_max = 100000 };
    if (template_run(theme, 0, root, NULL, &sink, &err) != STATUS_OK) {
        check(err.status != STATUS_OK && err.message[0] != '\0');
    }
    buf_done(&out);
    theme_free(theme);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static json_t *json;
    if (json == NULL) {
        json = json_loads(fixed_data, 0, NULL);
        check(json != NULL);
    }
    struct template_source sources[3] = { { .name = STR_INIT("main") },
                                          { .name = STR_INIT("p") },
                                          { .name = STR_INIT("q") } };
    size_t len = 0;
    struct str rest = str_make((const char *)data, size);
    while (len < 3 && str_split(&rest, '\x01', &sources[len].text)) {
        len++;
    }
    len = len > 0 ? len : 1;
    run(sources, len, &type_any, json);
    static struct root leaves[] = { { .a = STR_INIT("leaf"), .n = 7 }, { .yes = true } };
    static struct root root = { .a = STR_INIT("root"), .list = { leaves, 2 }, .b = leaves };
    run(sources, len, &root_type, &root);
    return 0;
}
