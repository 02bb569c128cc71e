#include "transfer/php_value.h"

#include "base/buf.h"
#include "base/limits.h"
#include "tests/harness.h"

TEST(php_value_reads_arrays) {
    struct arena a = { 0 };
    struct php_value v;
    REQUIRE(php_value_parse(&a,
                            STR("a:4:{s:5:\"width\";i:640;s:4:\"name\";s:3:\"a\"b\";i:7;s:2:\"12\";"
                                "s:1:\"n\";a:2:{i:0;b:1;i:1;d:1.5;}}"),
                            &v));
    CHECK_INT(php_value_int(php_value_get(&v, "width")), 640);
    CHECK_STR(php_value_str(php_value_get(&v, "name")), "a\"b");
    CHECK_INT(php_value_int(php_value_get(&v, "7")), 12);
    CHECK_INT(php_value_int(php_value_get(php_value_get(&v, "n"), "0")), 1);
    CHECK(php_value_get(&v, "missing") == NULL);
    CHECK_STR(php_value_str(php_value_get(NULL, "x")), "");
    arena_done(&a);
}

TEST(php_value_refuses_the_rest) {
    static const char *const wrong[] = {
        "",
        "x",
        "i:1",
        "i:x;",
        "s:5:\"ab\";",
        "s:-1:\"\";",
        "s:99999999999999999999:\"\";",
        "a:2:{i:0;i:1;}",
        "a:1:{i:0;i:1;",
        "a:1:{a:0:{}i:1;}",
        "i:1;i:2;",
        "a:99999999:{}",
        "N:",
        "b:;",
    };
    struct arena a = { 0 };
    struct php_value v;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        if (php_value_parse(&a, str_of(wrong[i]), &v)) {
            test_fail(__FILE__, __LINE__, "taken: %s", wrong[i]);
        }
    }
    CHECK(php_value_parse(&a, STR("O:3:\"Foo\":1:{s:1:\"a\";N;}"), &v));
    CHECK_INT(v.kind, PHP_OTHER);
    arena_done(&a);
}

TEST(php_value_is_bounded) {
    struct arena a = { 0 };
    struct php_value v;
    struct buf deep;
    buf_init(&deep, MIB);
    for (int i = 0; i < 1000; i++) {
        buf_put(&deep, STR("a:1:{i:0;"));
    }
    CHECK(!php_value_parse(&a, buf_str(&deep), &v));
    buf_done(&deep);
    arena_done(&a);
}
