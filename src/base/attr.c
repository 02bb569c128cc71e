#include "base/attr.h"

#include <stdio.h>
#include <stdlib.h>

void check_failed(const char *expr, const char *file, int line) {
    fprintf(stderr, "broadsheet: %s:%d: check failed: %s\n", file, line, expr);
    abort();
}
