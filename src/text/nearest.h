/* "did you mean …?" for a name that is none. */
#ifndef TEXT_NEAREST_H
#define TEXT_NEAREST_H

#include "base/str.h"

/* The nearest of a set of names: offer them one by one, then ask for the words. */
struct nearest {
    struct str wanted;
    struct str best;
    size_t distance;
    char text[120];
};
void nearest_init(struct nearest *nearest, struct str wanted);
void nearest_offer(struct nearest *nearest, struct str name);
/* "; did you mean \"…\"?", or "". */
const char *nearest_text(struct nearest *nearest);

#endif
