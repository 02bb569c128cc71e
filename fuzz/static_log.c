/* The log of a static export: whatever stands in it, what is read is within it, and what is put
 * again reads the same. Once as it is, and once with the right sums, which no chance would find. */
#include "transfer/static_log.h"

#include "base/hash.h"
#include "base/limits.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static FILE *open_bytes(const void *bytes, size_t size) {
    FILE *file = size > 0 ? fmemopen((void *)(uintptr_t)bytes, size, "rb")
                          : fopen("/dev/null", "rb");
    check(file != NULL);
    return file;
}

static struct static_log_reader reader_of(const void *bytes, size_t size) {
    struct static_log_reader r = { .file = open_bytes(bytes, size) };
    buf_init(&r.payload, LIMIT_STATIC_RECORD_BYTES);
    return r;
}

static bool same_numbers(const uint32_t *a, size_t n_a, const uint32_t *b, size_t n_b) {
    return n_a == n_b && (n_a == 0 || memcmp(a, b, n_a * sizeof *a) == 0);
}

static void put_again(const struct static_record *record) {
    struct buf out;
    buf_init(&out, LIMIT_STATIC_RECORD_BYTES);
    static_record_put(&out, record);
    check(out.status == STATUS_OK);
    struct static_log_reader r = reader_of(out.ptr, out.len);
    struct static_record again;
    uint64_t offset;
    check(static_log_next(&r, &again, &offset) && offset == 0 && r.at == out.len);
    check(again.kind == record->kind && again.form == record->form && again.seq == record->seq);
    check(again.content == record->content && str_eq(again.key, record->key));
    check(str_eq(again.text, record->text));
    check(same_numbers(again.keys, again.n_keys, record->keys, record->n_keys));
    check(same_numbers(again.slots, again.n_slots, record->slots, record->n_slots));
    static_log_close(&r);
    buf_done(&out);
}

static void read_all(const void *bytes, size_t size) {
    struct static_log_reader r = reader_of(bytes, size);
    struct static_record record;
    uint64_t offset, end = 0;
    while (static_log_next(&r, &record, &offset)) {
        check(offset == end && r.at > offset && r.at <= size);
        end = r.at;
        put_again(&record);
    }
    static_log_close(&r);
}

/* A record begins with its size and the sum of all behind these eight bytes. */
static void set_sums(uint8_t *bytes, size_t size) {
    enum { BEFORE = 8 };
    uint32_t len;
    for (size_t at = 0; size - at >= BEFORE; at += len) {
        memcpy(&len, bytes + at, sizeof len);
        if (len < BEFORE || len > size - at) {
            break;
        }
        struct str summed = str_make((const char *)bytes + at + BEFORE, len - BEFORE);
        uint32_t sum = (uint32_t)hash_content(summed);
        memcpy(bytes + at + sizeof len, &sum, sizeof sum);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    read_all(data, size);
    uint8_t *bytes = malloc(size + 1);
    check(bytes != NULL);
    memcpy(bytes, data, size);
    set_sums(bytes, size);
    read_all(bytes, size);
    free(bytes);
    return 0;
}
