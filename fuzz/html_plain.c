/* What the parser for plain markup takes, it parses as the HTML parser does. */
#include "tests/html_trees.h"
#include "text/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = str_make((const char *)data, size);
    bool taken;
    if (utf8_valid(text) && !trees_same(text, &taken)) {
        abort();
    }
    return 0;
}
