/* Writing XML 1.0. Reading is expat's.
 *
 *   struct xml x;
 *   xml_init(&x, &out);                          <?xml version="1.0" encoding="UTF-8"?>
 *   xml_open(&x, "urlset");                      <urlset xmlns="…">
 *   xml_attr(&x, "xmlns", STR("…"));
 *   xml_element(&x, "loc", url);                 <loc>https://example.com/?a=1&amp;b=2</loc>
 *   xml_close(&x);                               </urlset>
 *
 * Text and values are escaped, invalid UTF-8 becomes U+FFFD, and what is no character of XML is
 * left out: whatever the strings hold, the result is well-formed. Names are the program's own and
 * are written as they are. Each element ends its line; an element without content is "<name/>". */
#ifndef TEXT_XML_H
#define TEXT_XML_H

#include "base/buf.h"

enum { XML_DEPTH_MAX = 16 };

struct xml {
    struct buf *out;
    const char *open[XML_DEPTH_MAX]; /* the elements that are not closed yet */
    unsigned depth;
    bool in_tag; /* "<name" is written, its ">" is not */
};

/* Begin a document. */
void xml_init(struct xml *x, struct buf *out);

void xml_open(struct xml *x, const char *name);
/* Of the element just opened. */
void xml_attr(struct xml *x, const char *name, struct str value);
void xml_attr_i64(struct xml *x, const char *name, int64_t value);
void xml_text(struct xml *x, struct str text);
/* The same text, unescaped between CDATA's brackets: shorter where it is markup itself. */
void xml_cdata(struct xml *x, struct str text);
/* The element opened last. */
void xml_close(struct xml *x);

/* open + text + close. */
void xml_element(struct xml *x, const char *name, struct str text);
void xml_element_cdata(struct xml *x, const char *name, struct str text);
void xml_element_i64(struct xml *x, const char *name, int64_t value);

#endif
