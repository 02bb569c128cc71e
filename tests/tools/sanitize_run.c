/* Reads a JSON array of HTML texts, writes the array of what the sanitiser makes of them:
 * usage: sanitize_run < in.json > out.json. Driven by tests/sanitize.mjs. */
#include "text/sanitize.h"

#include <jansson.h>
#include <stdio.h>

int main(void) {
    json_error_t at;
    json_t *inputs = json_loadf(stdin, JSON_ALLOW_NUL, &at), *outputs = json_array();
    if (!json_is_array(inputs)) {
        fprintf(stderr, "sanitize_run: %s\n", at.text);
        return 2;
    }
    struct sanitize_options options = { .base_url = STR("https://example.com") };
    size_t i;
    json_t *input;
    json_array_foreach(inputs, i, input) {
        struct arena a = { 0 };
        struct err err = { 0 };
        struct html out = { STR("") };
        struct str html = str_make(json_string_value(input), json_string_length(input));
        if (sanitize_html(&a, html, &options, &out, &err) != STATUS_OK) {
            fprintf(stderr, "sanitize_run: %s\n", err.message);
            return 1;
        }
        json_array_append_new(outputs, json_stringn(out.raw.ptr, out.raw.len));
        arena_done(&a);
    }
    json_dumpf(outputs, stdout, 0);
    json_decref(outputs);
    json_decref(inputs);
    return 0;
}
