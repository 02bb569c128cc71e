/* What Exif, IPTC and XMP give is valid UTF-8 within its limit, whatever the block holds; the first
 * byte says which of them it is. */
#include "base/limits.h"
#include "picture/metadata.h"
#include "text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static void (*const readers[])(struct arena *, struct str,
                                   struct picture_texts *) = { exif_read, iptc_read, xmp_read };
    if (size == 0) {
        return 0;
    }
    struct arena a;
    struct picture_texts texts;
    arena_init(&a);
    for (size_t i = 0; i < PICTURE_TEXT_END; i++) {
        texts.text[i] = STR("");
    }
    /* A copy of exactly so many bytes: what reads beyond it is caught. */
    struct str block = arena_str(&a, str_make((const char *)data + 1, size - 1));
    readers[data[0] % COUNT_OF(readers)](&a, block, &texts);
    for (size_t i = 0; i < PICTURE_TEXT_END; i++) {
        struct str text = texts.text[i];
        check(text.len <= LIMIT_PICTURE_TEXT_BYTES && utf8_valid(text));
        check(memchr(text.ptr, '\0', text.len) == NULL && memchr(text.ptr, 0x1B, text.len) == NULL);
    }
    arena_done(&a);
    return 0;
}
