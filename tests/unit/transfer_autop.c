#include "transfer/autop.h"

#include "base/limits.h"
#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

static struct buf out;

static struct str made(struct str text) {
    buf_done(&out);
    buf_init(&out, 64 * MIB);
    autop(text, &out);
    return buf_str(&out);
}

TEST(autop_marks_paragraphs_and_lines) {
    CHECK_STR(made(STR("one\ntwo\n\nthree")), "<p>one<br />\ntwo</p>\n<p>three</p>\n");
    CHECK_STR(made(STR(" \n ")), "");
    CHECK_STR(made(STR("a\r\n\r\nb")), "<p>a</p>\n<p>b</p>\n");
}

TEST(autop_leaves_blocks_alone) {
    CHECK_STR(made(STR("<h2>a</h2>\nb")), "<h2>a</h2>\n<p>b</p>\n");
    CHECK_STR(made(STR("a<hr />b")), "<p>a</p>\n<hr />\n<p>b</p>\n");
    CHECK_STR(made(STR("<pre>a\n\nb</pre>")), "<pre>a\n\nb</pre>\n");
    CHECK_STR(made(STR("<script>\na\n\nb\n</script>")),
              "<p><script>\na</p>\n<p>b\n</script></p>\n");
}

/* Each of these would take hours if a step looked ahead anew at each byte. */
TEST(autop_is_linear) {
    static const char *const units[] = { "<p",     "<p><li",  "<p>",     "<pre>",          "<!--",
                                         "<p>\n ", "<option", "\n ",     "<p><blockquote", "<br",
                                         "</pre>", "<script", " <object" };
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        struct buf text;
        buf_init(&text, MIB);
        while (text.len < 256 * KIB) {
            buf_put(&text, str_of(units[i]));
        }
        made(buf_str(&text));
        CHECK_INT(out.status, STATUS_OK);
        buf_done(&text);
    }
    buf_done(&out);
}

/* JavaScript's `$` is the end only; PHP's, which WordPress runs, also stands before a last "\n". */
static struct str without_last_break(struct str s, struct buf *scratch) {
    buf_reset(scratch);
    for (size_t at = 0; at < s.len; at++) {
        if (s.ptr[at] != '\n' || !str_starts(str_from(s, at + 1), STR("</p>\n"))) {
            buf_put_char(scratch, s.ptr[at]);
        }
    }
    return buf_str(scratch);
}

TEST(autop_agrees_with_wordpress) {
    char command[512];
    unsigned seed = (unsigned)(test_seed() % 1000000) + 1;
    snprintf(command, sizeof command, "node '%s' %u 3000 2>/dev/null",
             test_path("tests/oracles/autop.mjs"), seed);
    FILE *pipe = popen(command, "r");
    REQUIRE(pipe != NULL);
    size_t in_len;
    size_t out_len;
    size_t cases = 0;
    struct buf scratch[2];
    buf_init(&scratch[0], MIB);
    buf_init(&scratch[1], MIB);
    while (fscanf(pipe, "%zu %zu", &in_len, &out_len) == 2 && in_len < MIB && out_len < MIB) {
        char *bytes = malloc(in_len + out_len + 2);
        if (fgetc(pipe) != '\n' ||
            fread(bytes, 1, in_len + out_len + 1, pipe) != in_len + out_len + 1) {
            free(bytes);
            break;
        }
        struct str input = str_make(bytes, in_len);
        struct str expected = without_last_break(str_make(bytes + in_len, out_len), &scratch[0]);
        struct str actual = without_last_break(made(input), &scratch[1]);
        if (!str_eq(actual, expected)) {
            test_fail(__FILE__, __LINE__,
                      "seed %u, case %zu\n  input    %.*s\n  expected %.*s\n  actual   %.*s", seed,
                      cases, STR_FMT(input), STR_FMT(expected), STR_FMT(actual));
        }
        cases++;
        free(bytes);
    }
    buf_done(&scratch[0]);
    buf_done(&scratch[1]);
    buf_done(&out);
    int status = pclose(pipe);
    if (cases == 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
        test_skip("node with @wordpress/autop is missing: cd tests && npm ci");
        return;
    }
    CHECK(cases > 3250);
}
