#include "tests/harness.h"

#include "text/json.h"

#include <jansson.h>

TEST(json_writer_minds_the_commas) {
    struct buf b;
    struct json j;
    buf_init(&b, 4096);
    json_init(&j, &b);
    json_open(&j, '{');
    json_field_str(&j, STR("title"), STR("a \"b\" </script>\n\\ \x01"));
    json_key(&j, STR("list"));
    json_open(&j, '[');
    json_i64(&j, -1);
    json_bool(&j, true);
    json_nil(&j);
    json_open(&j, '{');
    json_close(&j, '}');
    json_close(&j, ']');
    json_field_i64(&j, STR("n"), 42);
    json_close(&j, '}');
    CHECK_STR(buf_str(&b), "{\"title\":\"a \\\"b\\\" \\u003c/script\\u003e\\n\\\\ \\u0001\","
                           "\"list\":[-1,true,null,{}],\"n\":42}");
    buf_done(&b);
}

TEST(json_strings_come_back_through_another_reader) {
    uint64_t rng = test_seed();
    struct buf b;
    buf_init(&b, 1 << 16);
    for (int i = 0; i < 500; i++) {
        char text[40];
        for (size_t k = 0; k < sizeof text; k++) {
            text[k] = (char)(1 + test_below(&rng, 127));
        }
        buf_reset(&b);
        json_put_str(&b, str_make(text, sizeof text));
        json_t *back = json_loadb(b.ptr, b.len, JSON_DECODE_ANY, NULL);
        CHECK(json_is_string(back) &&
              str_eq(str_make(json_string_value(back), json_string_length(back)),
                     str_make(text, sizeof text)));
        json_decref(back);
    }
    buf_reset(&b);
    json_put_str(&b, STR("\xff\xe2\x80\xa8&"));
    CHECK_STR(buf_str(&b), "\"\xef\xbf\xbd\\u2028\\u0026\"");
    buf_done(&b);
}
