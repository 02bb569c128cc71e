#include "tests/harness.h"

#include "site/policy.h"

TEST(policy_lets_the_theme_s_script_in_and_nothing_else) {
    static const struct {
        const char *policy, *expected;
    } cases[] = {
        { "", "" },
        { "default-src 'none'", "default-src 'none'; script-src 'sha256-x'" },
        { "default-src 'none'; script-src 'self'; img-src *",
          "default-src 'none'; script-src 'self' 'sha256-x'; img-src *" },
        { "Script-Src 'self'", "Script-Src 'self' 'sha256-x'" },
        { "script-src 'unsafe-inline'", "script-src 'unsafe-inline'" },
        { "script-src 'none'; img-src *", "script-src 'none'; img-src *" },
        { "script-src-elem 'self'; script-src *", "script-src-elem 'self'; script-src *" },
        { "script-src-attr 'none'", "script-src-attr 'none'; script-src 'sha256-x'" },
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_STR(policy_with_script(&a, str_of(cases[i].policy), STR("'sha256-x'")),
                  cases[i].expected);
        CHECK_STR(policy_with_script(&a, str_of(cases[i].policy), STR("")), cases[i].policy);
    }
    arena_done(&a);
}
