#include "tests/harness.h"

#include "transfer/static_log.h"

#include <stdlib.h>

static const char *write_log(const char *name, struct str bytes) {
    static char path[600];
    snprintf(path, sizeof path, "%s/%s", test_tmp_dir(), name);
    FILE *f = fopen(path, "wb");
    check(f != NULL && fwrite(bytes.ptr, 1, bytes.len, f) == bytes.len && fclose(f) == 0);
    return path;
}

static void put_some(struct buf *out) {
    static const uint32_t keys[] = { 1, 0xffffffff, 3 }, slots[] = { 7, 8 };
    static_record_put(out, &(struct static_record){ .kind = STATIC_BEGIN,
                                                    .seq = INT64_C(1) << 40,
                                                    .content = 99,
                                                    .key = STR("/srv/site") });
    static_record_put(out, &(struct static_record){ .kind = STATIC_FILE,
                                                    .form = FORM_HTML,
                                                    .content = UINT64_MAX,
                                                    .key = STR("/2022/the-ferry/"),
                                                    .keys = keys,
                                                    .n_keys = 3,
                                                    .slots = slots,
                                                    .n_slots = 2 });
    static_record_put(out, &(struct static_record){
                               .kind = STATIC_REDIRECT, .key = STR("/old"), .text = STR("/new/") });
    static_record_put(out, &(struct static_record){ .kind = STATIC_END });
}

TEST(static_log_gives_back_what_was_put) {
    struct buf out;
    buf_init(&out, 1 << 20);
    put_some(&out);
    struct static_log_reader r;
    struct err err = { 0 };
    REQUIRE(static_log_open(&r, write_log("log", buf_str(&out)), &err) == STATUS_OK);
    struct static_record record;
    uint64_t offset;
    REQUIRE(static_log_next(&r, &record, &offset));
    CHECK_INT(record.kind, STATIC_BEGIN);
    CHECK_INT(record.seq, INT64_C(1) << 40);
    CHECK_STR(record.key, "/srv/site");
    CHECK_INT(offset, 0);
    REQUIRE(static_log_next(&r, &record, &offset));
    CHECK(record.content == UINT64_MAX && record.form == FORM_HTML && offset > 0);
    CHECK_INT(record.n_keys, 3);
    CHECK(record.keys[1] == 0xffffffff && record.slots[1] == 8);
    CHECK_STR(record.key, "/2022/the-ferry/");
    REQUIRE(static_log_next(&r, &record, &offset));
    CHECK_STR(record.text, "/new/");
    REQUIRE(static_log_next(&r, &record, &offset));
    CHECK_INT(record.kind, STATIC_END);
    CHECK(!static_log_next(&r, &record, &offset));
    CHECK_INT(r.at, out.len);
    static_log_close(&r);
    CHECK_INT(static_log_open(&r, "/nonexistent/log", &err), STATUS_NOT_FOUND);
    buf_done(&out);
}

/* Cut anywhere, or with any byte changed, it ends at the last whole record before. */
TEST(static_log_ends_where_it_is_damaged) {
    struct buf out;
    buf_init(&out, 1 << 20);
    put_some(&out);
    for (size_t cut = 0; cut < 2 * out.len; cut++) {
        struct buf damaged;
        buf_init(&damaged, 1 << 20);
        buf_put(&damaged, buf_str(&out));
        size_t at = cut % out.len;
        if (cut < out.len) {
            buf_truncate(&damaged, at);
        } else {
            damaged.ptr[at] ^= 0x10;
        }
        struct static_log_reader r;
        struct err err = { 0 };
        REQUIRE(static_log_open(&r, write_log("damaged", buf_str(&damaged)), &err) == STATUS_OK);
        struct static_record record;
        uint64_t offset;
        while (static_log_next(&r, &record, &offset)) {
        }
        CHECK(r.at <= at);
        static_log_close(&r);
        buf_done(&damaged);
    }
    buf_done(&out);
}
