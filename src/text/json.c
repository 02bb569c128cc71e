#include "text/json.h"

#include "text/utf8.h"

/* What does not stand for itself, one byte each: '"', '&', '<', '>', '\\', controls, and what is
 * not ASCII. A bit for each byte. */
static const uint64_t special[4] = { UINT64_C(0x50000044ffffffff), UINT64_C(0x8000000010000000),
                                     UINT64_MAX, UINT64_MAX };

static bool is_plain(char c) {
    unsigned char at = (unsigned char)c;
    return (special[at / 64] >> (at % 64) & 1) == 0;
}

void json_put_str(struct buf *b, struct str s) {
    buf_put_char(b, '"');
    for (size_t at = 0; at < s.len;) {
        size_t from = at;
        while (at < s.len && is_plain(s.ptr[at])) {
            at++;
        }
        if (at > from) {
            buf_put(b, str_slice(s, from, at));
            continue;
        }
        uint32_t c = utf8_next(s, &at);
        switch (c) {
        case '"': buf_put(b, STR("\\\"")); break;
        case '\\': buf_put(b, STR("\\\\")); break;
        case '\n': buf_put(b, STR("\\n")); break;
        case '\r': buf_put(b, STR("\\r")); break;
        case '\t': buf_put(b, STR("\\t")); break;
        case '<': buf_put(b, STR("\\u003c")); break;
        case '>': buf_put(b, STR("\\u003e")); break;
        case '&': buf_put(b, STR("\\u0026")); break;
        case UTF8_REPLACEMENT: utf8_put(b, c); break; /* perhaps of a bad byte */
        default:
            if (c < 0x20 || c == 0x7f || c == 0x2028 || c == 0x2029) {
                buf_printf(b, "\\u%04x", (unsigned)c);
            } else {
                buf_put(b, str_slice(s, from, at));
            }
        }
    }
    buf_put_char(b, '"');
}

void json_init(struct json *j, struct buf *out) {
    *j = (struct json){ .out = out };
}

static void before_value(struct json *j) {
    uint64_t bit = UINT64_C(1) << j->depth;
    if (!j->after_key && (j->has_items & bit)) {
        buf_put_char(j->out, ',');
    }
    j->has_items |= bit;
    j->after_key = false;
}

void json_open(struct json *j, char bracket) {
    check(bracket == '{' || bracket == '[');
    check(j->depth < JSON_DEPTH_MAX);
    before_value(j);
    buf_put_char(j->out, bracket);
    j->depth++;
    j->has_items &= ~(UINT64_C(1) << j->depth);
}

void json_close(struct json *j, char bracket) {
    check((bracket == '}' || bracket == ']') && j->depth > 0 && !j->after_key);
    j->depth--;
    buf_put_char(j->out, bracket);
}

void json_key(struct json *j, struct str key) {
    check(!j->after_key);
    before_value(j);
    json_put_str(j->out, key);
    buf_put_char(j->out, ':');
    j->after_key = true;
}

void json_str(struct json *j, struct str value) {
    before_value(j);
    json_put_str(j->out, value);
}

void json_i64(struct json *j, int64_t value) {
    before_value(j);
    buf_put_i64(j->out, value);
}

void json_bool(struct json *j, bool value) {
    json_raw(j, value ? STR("true") : STR("false"));
}

void json_nil(struct json *j) {
    json_raw(j, STR("null"));
}

void json_raw(struct json *j, struct str json) {
    before_value(j);
    buf_put(j->out, json);
}

void json_field_str(struct json *j, struct str key, struct str value) {
    json_key(j, key);
    json_str(j, value);
}

void json_field_i64(struct json *j, struct str key, int64_t value) {
    json_key(j, key);
    json_i64(j, value);
}

void json_field_bool(struct json *j, struct str key, bool value) {
    json_key(j, key);
    json_bool(j, value);
}
