/* The walk through a video's boxes ends, and finds names that lie within the file. */
#include "text/iso_media.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_bytes(void *ctx, int64_t at, char *bytes, size_t n) {
    const struct str *file = ctx;
    check(at >= 0);
    if ((uint64_t)at > file->len || file->len - (size_t)at < n) {
        return false;
    }
    memcpy(bytes, file->ptr + at, n);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str file = str_make((const char *)data, size);
    int64_t at[ISO_MEDIA_BOXES_MAX];
    size_t n = iso_media_private(read_bytes, &file, (int64_t)size, at);
    check(n <= ISO_MEDIA_BOXES_MAX);
    for (size_t i = 0; i < n; i++) {
        check(at[i] >= 4 && (uint64_t)at[i] + 4 <= size && (i == 0 || at[i] > at[i - 1]));
    }
    return 0;
}
