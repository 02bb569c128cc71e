#include "render/template_code.h"

enum status template_check(struct theme *theme, uint32_t index, struct err *err) {
    (void)theme, (void)index, (void)err;
    return STATUS_OK;
}
