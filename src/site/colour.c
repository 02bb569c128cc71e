#include "site/colour.h"

#include <math.h>

bool colour_parse(struct str text, struct colour *ret) {
    int digits[6];
    if ((text.len != 4 && text.len != 7) || text.ptr[0] != '#') {
        return false;
    }
    for (size_t i = 0; i < 6; i++) {
        digits[i] = char_hex(text.ptr[1 + (text.len == 4 ? i / 2 : i)]);
        if (digits[i] < 0) {
            return false;
        }
    }
    *ret = (struct colour){ (uint8_t)(digits[0] * 16 + digits[1]),
                            (uint8_t)(digits[2] * 16 + digits[3]),
                            (uint8_t)(digits[4] * 16 + digits[5]) };
    return true;
}

static double linear(uint8_t channel) {
    double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(struct colour c) {
    return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}

double colour_contrast(struct colour a, struct colour b) {
    double la = luminance(a), lb = luminance(b);
    return (fmax(la, lb) + 0.05) / (fmin(la, lb) + 0.05);
}

static uint8_t between(uint8_t from, uint8_t to, int step, int steps) {
    return (uint8_t)((from * (steps - step) + to * step + steps / 2) / steps);
}

struct colour colour_readable(struct colour wanted, struct colour towards, struct colour ground,
                              double ratio) {
    enum { STEPS = 100 };
    struct colour c = wanted;
    for (int i = 0; i <= STEPS; i++) {
        c = (struct colour){ between(wanted.r, towards.r, i, STEPS),
                             between(wanted.g, towards.g, i, STEPS),
                             between(wanted.b, towards.b, i, STEPS) };
        if (colour_contrast(c, ground) >= ratio) {
            break;
        }
    }
    return c;
}
