/* Writing JSON (RFC 8259). Reading is jansson's. */
#ifndef TEXT_JSON_H
#define TEXT_JSON_H

#include "base/buf.h"

/* A quoted, escaped string; invalid UTF-8 becomes U+FFFD. Also safe inside <script>: < > & and
 * U+2028/9 are written as \u escapes. */
void json_put_str(struct buf *b, struct str s);

/* A writer that minds the commas:
 *
 *   struct json j;
 *   json_init(&j, &out);
 *   json_open(&j, '{');
 *   json_key(&j, STR("counts")), json_i64(&j, 42);
 *   json_close(&j, '}');
 */
enum { JSON_DEPTH_MAX = 63 };

struct json {
    struct buf *out;
    uint64_t has_items; /* bit d: something stands at depth d already */
    unsigned depth;
    bool after_key;
};

void json_init(struct json *j, struct buf *out);
/* '{' or '['; at most JSON_DEPTH_MAX deep. */
void json_open(struct json *j, char bracket);
/* '}' or ']'. */
void json_close(struct json *j, char bracket);
void json_key(struct json *j, struct str key);
void json_str(struct json *j, struct str value);
void json_i64(struct json *j, int64_t value);
void json_bool(struct json *j, bool value);
/* null; jansson has the obvious name. */
void json_nil(struct json *j);
/* Bytes that are JSON already. */
void json_raw(struct json *j, struct str json);
/* key + value. */
void json_field_str(struct json *j, struct str key, struct str value);
void json_field_i64(struct json *j, struct str key, int64_t value);
void json_field_bool(struct json *j, struct str key, bool value);

#endif
