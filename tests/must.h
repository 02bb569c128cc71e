#ifndef TESTS_MUST_H
#define TESTS_MUST_H

#include "base/status.h"

#include <stdio.h>
#include <stdlib.h>

/* For calls that cannot fail in these tests; `err` is theirs. */
#define MUST(call)                                                                                 \
    do {                                                                                           \
        struct err err = { 0 };                                                                    \
        if ((call) != STATUS_OK) {                                                                 \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, err.message);            \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
