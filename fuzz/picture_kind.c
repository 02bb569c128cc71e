/* The walks over a file's own structure end, and stay inside it. */
#include "base/arena.h"
#include "base/limits.h"
#include "picture/kind.h"
#include "picture/webp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a;
    struct err err = { 0 };
    enum picture_format format;
    const char *what;
    arena_init(&a);
    char *copy = arena_alloc(&a, size + 1);
    memcpy(copy, data, size);
    struct str file = str_make(copy, size);
    (void)kind_of(file, &what);
    if (kind_admit(file, STR(""), &format, &err) == STATUS_OK) {
        check(err.status == STATUS_OK && format != PICTURE_NONE);
        (void)kind_ends(file, format);
        check(kind_held_bytes(file, format, 1000, 1000) >= 0);
    } else {
        check(err.message[0] != '\0');
    }
    size_t len = webp_strip(copy, size);
    check(len <= size);
    arena_done(&a);
    return 0;
}
