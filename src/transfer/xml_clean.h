/* A filter before the XML parser, so that one bad byte does not lose a file of a million posts.
 *
 * WordPress writes what its database holds: control characters from word processors, bytes of
 * another encoding, an `&nbsp;` outside CDATA, blank lines that a plugin printed before the XML
 * declaration. A conforming parser must stop at each of these. This filter repairs them, and says
 * so, with the line:
 *
 *   invalid UTF-8                                U+FFFD, one for each maximal wrong part
 *   characters that XML 1.0 forbids              dropped, also as &#27;
 *   a bare "&", entities that XML does not have  "&amp;" (kept as text)
 *   white space or a BOM before "<?xml"          dropped
 *   ISO-8859-1, Windows-1252 by declaration      turned into UTF-8
 *   CR LF, CR                                    LF, as a parser makes of them
 *
 * Lines stay lines, so that a parser's line numbers are right (`line_offset` counts the dropped
 * ones). What comes out is UTF-8, whatever the declaration says. */
#ifndef TRANSFER_XML_CLEAN_H
#define TRANSFER_XML_CLEAN_H

#include "base/buf.h"

typedef void xml_clean_warn(void *ctx, long line, const char *what);

struct xml_clean {
    struct buf in;  /* bytes that wait for more before they can be judged, then the new ones */
    struct buf out; /* what the last feed gave */
    xml_clean_warn *warn;
    void *ctx;
    long line;        /* of the input, from 1 */
    long line_offset; /* line feeds dropped before the declaration */
    enum xml_clean_state {
        XML_CLEAN_START,
        XML_CLEAN_TEXT,
        XML_CLEAN_CDATA,
        XML_CLEAN_COMMENT,
        XML_CLEAN_STATES
    } state;
    bool is_plain[XML_CLEAN_STATES][256]; /* bytes that need no look */
    bool single_byte;                     /* the input is Windows-1252 */
};

void xml_clean_init(struct xml_clean *c, xml_clean_warn *warn, void *ctx);
/* c may be zeroed or NULL. */
void xml_clean_done(struct xml_clean *c);

/* Filter the next bytes; `last` gives what was held back. *ret is valid until the next call.
 * Errors: INVALID (an encoding that is not read), TOO_LARGE, NO_MEMORY. */
NODISCARD enum status xml_clean_feed(struct xml_clean *c, struct str bytes, bool last,
                                     struct str *ret, struct err *err);

#endif
