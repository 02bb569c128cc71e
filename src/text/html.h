/* HTML that is safe to send: a type of its own, to which a str does not convert. */
#ifndef TEXT_HTML_H
#define TEXT_HTML_H

#include "base/arena.h"
#include "base/buf.h"

struct html {
    struct str raw;
};

/* Escaped for text and for quoted attribute values, as Handlebars escapes:
 * & < > " ' ` = become &amp; &lt; &gt; &quot; &#x27; &#x60; &#x3D; */
void html_escape(struct buf *b, struct str text);
void html_put(struct buf *b, struct html html);
struct html html_of_text(struct arena *a, struct str text);

/* Character references replaced, as in text: named (all of HTML's, also those that may lack their
 * ';') and numeric. Borrows `s` when it has none. */
struct str html_unescape(struct arena *a, struct str s);

/* What a reader reads, as plain text: tags dropped, a block's ends and <br> become one space,
 * references replaced, white space collapsed and trimmed. Left out: captions of figures, <script>
 * and <style>, the readings of ruby, and elements with a data-card attribute (they show other
 * stories' words). */
struct str html_text(struct arena *a, struct html html);

#endif
