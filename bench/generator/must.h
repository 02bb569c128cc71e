/* The benchmarks' programs stop at the first failure and say what failed. */
#ifndef GENERATOR_MUST_H
#define GENERATOR_MUST_H

#include "base/status.h"

#include <stdio.h>
#include <stdlib.h>

/* `call` names an `err` that is declared here: MUST(store_open(dir, &store, &err)). */
#define MUST(call)                                                                                 \
    do {                                                                                           \
        struct err err = { 0 };                                                                    \
        if ((call) != STATUS_OK) {                                                                 \
            fprintf(stderr, "%s: %s\n", #call, err.message);                                       \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#endif
