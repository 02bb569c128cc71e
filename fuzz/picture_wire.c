/* A message that is taken is written again as the same bytes. */
#include "base/limits.h"
#include "picture/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str bytes = str_make((const char *)data, size);
    struct wire_message m;
    if (wire_get(bytes, &m)) {
        struct buf again;
        buf_init(&again, LIMIT_PICTURE_MESSAGE_BYTES);
        wire_put(&again, &m);
        check(again.status == STATUS_OK && str_eq(buf_str(&again), bytes));
        buf_done(&again);
    }
    return 0;
}
