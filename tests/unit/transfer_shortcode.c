#include "transfer/shortcode.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

static const struct str names[] = { STR_INIT("x"), STR_INIT("y") };

static struct shortcode_walk walk_of(void) {
    return (struct shortcode_walk){ .names = names, .n_names = COUNT_OF(names) };
}

TEST(shortcode_knows_escapes) {
    struct arena a = { 0 };
    struct shortcode code;
    struct shortcode_walk walk = walk_of();
    REQUIRE(shortcode_next(&a, &walk, STR("a [[x b]] c"), 0, &code));
    CHECK(code.escaped);
    CHECK_INT(code.begin, 2);
    CHECK_INT(code.end, 9);
    walk = walk_of();
    REQUIRE(shortcode_next(&a, &walk, STR("[[x]b[/x]]"), 0, &code));
    CHECK(code.escaped);
    CHECK_INT(code.end, 10);
    walk = walk_of();
    REQUIRE(shortcode_next(&a, &walk, STR("[[x]"), 0, &code));
    CHECK(!code.escaped);
    arena_done(&a);
}

TEST(shortcode_tells_unknown_ones_from_remarks) {
    static const struct {
        const char *text;
        bool is_code;
    } cases[] = {
        { "[form id=\"1\"]", true },   { "[form]a[/form]", true }, { "[contact-form]", true },
        { "[my_code]", true },         { "[form /]", true },       { "[sic]", false },
        { "[Editor's note]", false },  { "[1]", false },           { "[...]", false },
        { "[the mayor said]", false }, { "[x a=\"b\"]", false },   { "[open", false },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct shortcode_walk walk = walk_of();
        struct str name;
        size_t next;
        if (shortcode_unknown(&walk, str_of(cases[i].text), 0, &name, &next) != cases[i].is_code) {
            test_fail(__FILE__, __LINE__, "%s", cases[i].text);
        }
    }
}

TEST(shortcode_walk_is_linear) {
    struct buf text;
    struct arena a = { 0 };
    struct shortcode code;
    struct shortcode_walk walk = walk_of();
    size_t n = 0;
    buf_init(&text, 4 * MIB);
    while (text.len < MIB) {
        buf_put(&text, STR("[x]["));
    }
    for (size_t at = 0; shortcode_next(&a, &walk, buf_str(&text), at, &code); at = code.end) {
        n++;
    }
    CHECK_INT(n, text.len / 4);
    /* Names without end: each look for its bracket would go to the end of the text. */
    buf_reset(&text);
    while (text.len < 3 * MIB) {
        buf_put(&text, STR("[x "));
    }
    int64_t begin_us = clock_mono_us();
    CHECK(!shortcode_next(&a, &walk, buf_str(&text), 0, &code));
    CHECK(clock_mono_us() - begin_us < 30 * US_PER_SECOND);
    buf_done(&text);
    arena_done(&a);
}

static int by_name(const void *x, const void *y) {
    const struct shortcode_attr *a = x;
    const struct shortcode_attr *b = y;
    return str_cmp(a->name, b->name);
}

/* As tests/oracles/shortcode.mjs describes it. */
static void describe(struct arena *a, struct str text, struct buf *out) {
    struct shortcode code;
    struct shortcode_walk walk = walk_of();
    if (!shortcode_next(a, &walk, text, 0, &code)) {
        buf_put(out, STR("none\n"));
        return;
    }
    struct shortcode_attr named[LIMIT_SHORTCODE_ATTRS];
    size_t n = 0;
    for (size_t i = 0; i < code.attrs.len; i++) {
        size_t k = 0;
        while (k < n && !str_eq(named[k].name, code.attrs.ptr[i].name)) {
            k++;
        }
        if (code.attrs.ptr[i].name.len > 0) {
            named[k] = code.attrs.ptr[i]; /* the last of a name counts there */
            n += k == n;
        }
    }
    qsort(named, n, sizeof *named, by_name);
    buf_printf(out, "%zu %zu %.*s\n", code.begin, code.end - code.begin, STR_FMT(code.name));
    for (size_t i = 0; i < n; i++) {
        buf_printf(out, "%.*s=%.*s\n", STR_FMT(named[i].name), STR_FMT(named[i].value));
    }
    struct str value;
    for (size_t i = 0; (value = shortcode_value(&code, i)).ptr != NULL; i++) {
        buf_printf(out, "=%.*s\n", STR_FMT(value));
    }
    if (code.content.ptr != NULL) {
        buf_printf(out, "content %.*s\n", STR_FMT(code.content));
    }
}

TEST(shortcode_agrees_with_wordpress) {
    char command[512];
    unsigned seed = (unsigned)(test_seed() % 1000000) + 1;
    snprintf(command, sizeof command, "node '%s' %u 3000 2>/dev/null",
             test_path("tests/oracles/shortcode.mjs"), seed);
    FILE *pipe = popen(command, "r");
    REQUIRE(pipe != NULL);
    size_t in_len;
    size_t out_len;
    size_t cases = 0;
    while (fscanf(pipe, "%zu %zu", &in_len, &out_len) == 2 && in_len < MIB && out_len < MIB) {
        size_t n = in_len + out_len + 1;
        char *bytes = malloc(n);
        struct arena a = { 0 };
        struct buf actual;
        buf_init(&actual, MIB);
        if (fgetc(pipe) == '\n' && fread(bytes, 1, n, pipe) == n) {
            struct str text = str_make(bytes, in_len);
            struct str expected = str_make(bytes + in_len, out_len);
            describe(&a, text, &actual);
            if (!str_eq(buf_str(&actual), expected)) {
                test_fail(__FILE__, __LINE__,
                          "seed %u\n  text     %.*s\n  expected %.*s\n  actual   %.*s", seed,
                          STR_FMT(text), STR_FMT(expected), STR_FMT(buf_str(&actual)));
            }
            cases++;
        }
        buf_done(&actual);
        arena_done(&a);
        free(bytes);
    }
    int status = pclose(pipe);
    if (cases == 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
        test_skip("node with @wordpress/shortcode is missing: cd tests && npm ci");
        return;
    }
    CHECK(cases > 2000);
}
