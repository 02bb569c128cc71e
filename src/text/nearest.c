#include "text/nearest.h"

#include <stdint.h>
#include <stdio.h>

enum { NAME_MAX_BYTES = 40 };

/* Edits (a letter more, less, another, or two swapped) from one name to the other. */
static size_t edit_distance(struct str a, struct str b) {
    size_t rows[3][NAME_MAX_BYTES + 1];
    if (a.len > NAME_MAX_BYTES || b.len > NAME_MAX_BYTES) {
        return SIZE_MAX;
    }
    for (size_t j = 0; j <= b.len; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            bool equal = char_lower(a.ptr[i - 1]) == char_lower(b.ptr[j - 1]);
            size_t best = above[j - 1] + !equal;
            best = above[j] + 1 < best ? above[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            bool swapped = i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] &&
                           a.ptr[i - 2] == b.ptr[j - 1];
            if (swapped && second[j - 2] + 1 < best) {
                best = second[j - 2] + 1;
            }
            row[j] = best;
        }
    }
    return rows[a.len % 3][b.len];
}

void nearest_init(struct nearest *nearest, struct str wanted) {
    *nearest = (struct nearest){ .wanted = wanted, .distance = SIZE_MAX };
}

void nearest_offer(struct nearest *nearest, struct str name) {
    size_t distance = edit_distance(nearest->wanted, name);
    size_t enough = 1 + nearest->wanted.len / 3;
    if (distance <= enough && distance < nearest->distance) {
        nearest->distance = distance;
        nearest->best = name;
    }
}

const char *nearest_text(struct nearest *nearest) {
    nearest->text[0] = '\0';
    if (nearest->distance != SIZE_MAX) {
        snprintf(nearest->text, sizeof nearest->text, "; did you mean \"%.*s\"?",
                 STR_FMT(nearest->best));
    }
    return nearest->text;
}
