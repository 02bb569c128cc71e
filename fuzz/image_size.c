/* A size is within its limits, and stays the same however much of the file follows. */
#include "text/image_size.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str head = str_make((const char *)data, size);
    int width = -1, height = -1;
    bool found = image_size(head, &width, &height);
    check(found ? width > 0 && height > 0 && width <= LIMIT_IMAGE_SIDE && height <= LIMIT_IMAGE_SIDE
                : width == -1 && height == -1);
    int cut_width, cut_height;
    if (image_size(str_slice(head, 0, size / 2), &cut_width, &cut_height)) {
        check(found && cut_width == width && cut_height == height);
    }
    return 0;
}
