/* HTML that is safe to send: a type of its own, to which a str does not convert. */
#ifndef TEXT_HTML_H
#define TEXT_HTML_H

#include "base/buf.h"

struct html {
    struct str raw;
};

#endif
