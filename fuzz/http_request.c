/* The request reader: whatever the bytes, and however they are cut, the outcome is the same, and
 * what comes out of it keeps the promises of http/request.h. */
#include "tests/http_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t piece_by_seed(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (size_t)(*state >> 60) + 1;
}

static void check_promises(struct str bytes) {
    struct http_reader r;
    http_reader_init(&r);
    if (http_reader_feed(&r, bytes.ptr, bytes.len) != HTTP_READ_DONE) {
        return;
    }
    const struct http_request *req = &r.req;
    check(r.head_len <= bytes.len && r.head_len >= 18);
    check(str_eq(str_slice(bytes, r.head_len - 4, r.head_len), STR("\r\n\r\n")));
    check(req->path.len > 0 && (req->path.ptr[0] == '/' || str_eq(req->path, STR("*"))));
    check(req->host.len > 0 || req->minor == 0);
    check(!req->chunked || req->content_length == 0);
    check(str_find_char(req->path, ' ', 0) == STR_NPOS &&
          str_find_char(req->path, 0, 0) == STR_NPOS);
    for (size_t i = 0; i < req->n_fields; i++) {
        struct str value = req->fields[i].value;
        check(req->fields[i].name.len > 0);
        check(str_find_char(value, '\r', 0) == STR_NPOS &&
              str_find_char(value, '\n', 0) == STR_NPOS);
        check(str_find_char(value, 0, 0) == STR_NPOS);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = str_make((const char *)data, size);
    size_t (*const pieces[])(uint64_t *) = { message_whole, message_bytewise, piece_by_seed };
    struct buf out[COUNT_OF(pieces)];
    int status[COUNT_OF(pieces)];
    uint64_t state = size;
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        buf_init(&out[i], 1 * MIB);
        status[i] = message_read(bytes, pieces[i], &state, &out[i]);
        check(status[i] == status[0] && str_eq(buf_str(&out[i]), buf_str(&out[0])));
    }
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        buf_done(&out[i]);
    }
    check_promises(bytes);
    return 0;
}
