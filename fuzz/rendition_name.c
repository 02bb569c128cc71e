/* An address that is read as a rendition's is the one that is written for it. */
#include "picture/rendition_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str address = str_make((const char *)data, size);
    struct rendition_name name;
    if (rendition_name_parse(address, &name)) {
        struct arena a = { 0 };
        check(str_eq(rendition_address(&a, &name), address));
        int width = rendition_width_for(name.width, 1000, &name.crop, name.width);
        check(width > 0 && width <= name.width);
        arena_done(&a);
    }
    return 0;
}
