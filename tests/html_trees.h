/* Are two parse trees the same, in all that anybody reads? For the unit test and the fuzz target of
 * html_plain.c. */
#ifndef TESTS_HTML_TREES_H
#define TESTS_HTML_TREES_H

#include "text/html_parse.h"
#include "text/html_plain.h"

#include <string.h>

static inline bool attributes_same(const GumboVector *plain, const GumboVector *full) {
    bool same = plain->length == full->length;
    for (unsigned i = 0; same && i < plain->length; i++) {
        const GumboAttribute *p = plain->data[i], *f = full->data[i];
        same = p->attr_namespace == f->attr_namespace && strcmp(p->name, f->name) == 0 &&
               strcmp(p->value, f->value) == 0;
    }
    return same;
}

/* No deeper than what html_plain_parse takes. */
static inline bool nodes_same(const GumboNode *plain, const GumboNode *full) {
    if (plain->type != full->type) {
        return false;
    }
    if (plain->type != GUMBO_NODE_ELEMENT) {
        return strcmp(plain->v.text.text, full->v.text.text) == 0;
    }
    const GumboElement *p = &plain->v.element, *f = &full->v.element;
    bool same = p->tag == f->tag && p->tag_namespace == f->tag_namespace &&
                attributes_same(&p->attributes, &f->attributes) &&
                p->children.length == f->children.length;
    for (unsigned i = 0; same && i < p->children.length; i++) {
        same = nodes_same(p->children.data[i], f->children.data[i]);
    }
    return same;
}

/* Valid UTF-8 is parsed alike by both, or refused by html_plain_parse: *ret_taken. */
static inline bool trees_same(struct str text, bool *ret_taken) {
    struct arena a = { 0 };
    const GumboNode *plain = NULL, *full = NULL;
    *ret_taken = html_plain_parse(&a, text, &plain);
    bool same = !*ret_taken ||
                (html_parse(&a, text, &full, NULL) == STATUS_OK && nodes_same(plain, full));
    arena_done(&a);
    return same;
}

#endif
