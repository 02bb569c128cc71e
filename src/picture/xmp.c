/* XMP (ISO 16684-1): properties of rdf:Description, as attributes, as elements with text, or as
 * elements with a list (rdf:Seq, rdf:Bag, rdf:Alt) of rdf:li. Namespaces are resolved by expat.
 *
 * No document type is let in, so that there are no entities to be expanded. */
#include "picture/metadata.h"

#include "base/buf.h"
#include "base/limits.h"

#include <expat.h>

#define NS_DC        "http://purl.org/dc/elements/1.1/"
#define NS_PHOTOSHOP "http://ns.adobe.com/photoshop/1.0/"
#define NS_IPTC      "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
#define NS_IPTC_EXT  "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
#define NS_RIGHTS    "http://ns.adobe.com/xap/1.0/rights/"
#define NS_EXIF      "http://ns.adobe.com/exif/1.0/"
#define NS_RDF       "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
#define NS_XML       "http://www.w3.org/XML/1998/namespace"
/* Between namespace and name, as expat is asked to write them. */
#define SEPARATOR    ' '

static const struct property {
    const char *name;
    enum picture_text field;
} properties[] = {
    { NS_DC " title", PICTURE_TITLE },
    { NS_PHOTOSHOP " Headline", PICTURE_HEADLINE },
    { NS_DC " description", PICTURE_CAPTION },
    { NS_IPTC " AltTextAccessibility", PICTURE_ALT },
    { NS_DC " creator", PICTURE_BYLINE },
    { NS_PHOTOSHOP " Credit", PICTURE_CREDIT },
    { NS_PHOTOSHOP " Source", PICTURE_SOURCE },
    { NS_DC " rights", PICTURE_COPYRIGHT },
    { NS_RIGHTS " UsageTerms", PICTURE_USAGE },
    { NS_RIGHTS " WebStatement", PICTURE_LICENCE },
    { NS_IPTC " Location", PICTURE_PLACE },
    { NS_PHOTOSHOP " City", PICTURE_CITY },
    { NS_PHOTOSHOP " Country", PICTURE_COUNTRY },
    { NS_IPTC_EXT " PersonInImage", PICTURE_PEOPLE },
    { NS_PHOTOSHOP " DateCreated", PICTURE_TAKEN },
    { NS_EXIF " DateTimeOriginal", PICTURE_TAKEN },
};

struct reader {
    XML_Parser parser;
    struct arena *arena;
    struct picture_texts *texts;
    struct buf text;                /* of the property or item that is open */
    const struct property *open;    /* NULL: none */
    unsigned depth, property_depth; /* where it was opened */
    bool is_default;                /* this item of alternatives is the one to take */
    bool has_item;
    struct str joined; /* the items so far */
};

static const struct property *find(const char *name) {
    for (size_t i = 0; i < COUNT_OF(properties); i++) {
        if (strcmp(properties[i].name, name) == 0) {
            return &properties[i];
        }
    }
    return NULL;
}

static void put(struct reader *r, const struct property *property, struct str value) {
    if (property->field == PICTURE_TAKEN) {
        metadata_put_taken(r->arena, r->texts, value, STR(""), STR(""));
    } else {
        metadata_put(r->arena, r->texts, property->field, value);
    }
}

static bool is_list_of_names(const struct property *property) {
    return property->field == PICTURE_BYLINE || property->field == PICTURE_PEOPLE;
}

static void add_item(struct reader *r) {
    struct str item = metadata_text(r->arena, buf_str(&r->text));
    if (item.len == 0) {
        return;
    }
    if (r->joined.len == 0 || (r->is_default && !is_list_of_names(r->open))) {
        r->joined = item;
    } else if (is_list_of_names(r->open) &&
               r->joined.len + item.len + 2 <= LIMIT_PICTURE_TEXT_BYTES) {
        r->joined = arena_printf(r->arena, "%.*s; %.*s", STR_FMT(r->joined), STR_FMT(item));
    }
}

static void XMLCALL begin(void *ctx, const char *name, const char **attrs) {
    struct reader *r = ctx;
    if (++r->depth > LIMIT_XMP_DEPTH) {
        XML_StopParser(r->parser, XML_FALSE);
        return;
    }
    if (r->open != NULL && strcmp(name, NS_RDF " li") == 0) {
        buf_reset(&r->text);
        r->has_item = true;
        r->is_default = false;
        for (size_t i = 0; attrs[i] != NULL; i += 2) {
            r->is_default |= strcmp(attrs[i], NS_XML " lang") == 0 &&
                             strcmp(attrs[i + 1], "x-default") == 0;
        }
    } else if (strcmp(name, NS_RDF " Description") == 0 && r->open == NULL) {
        for (size_t i = 0; attrs[i] != NULL; i += 2) {
            const struct property *property = find(attrs[i]);
            if (property != NULL) {
                put(r, property, str_of(attrs[i + 1]));
            }
        }
    } else if (r->open == NULL && (r->open = find(name)) != NULL) {
        r->property_depth = r->depth;
        r->has_item = false;
        r->joined = STR("");
        buf_reset(&r->text);
    }
}

static void XMLCALL end(void *ctx, const char *name) {
    struct reader *r = ctx;
    if (r->open != NULL && strcmp(name, NS_RDF " li") == 0) {
        add_item(r);
        buf_reset(&r->text);
    } else if (r->open != NULL && r->depth == r->property_depth) {
        put(r, r->open, r->has_item ? r->joined : buf_str(&r->text));
        r->open = NULL;
    }
    r->depth--;
}

static void XMLCALL characters(void *ctx, const char *bytes, int n) {
    struct reader *r = ctx;
    if (r->open != NULL) {
        /* What is beyond the limit is cut off later in any case. */
        struct str s = str_make(bytes, (size_t)n);
        buf_put(&r->text, str_slice(s, 0, r->text.max - r->text.len));
    }
}

static void XMLCALL doctype(void *ctx, const char *name, const char *system, const char *public,
                            int has_subset) {
    (void)name, (void)system, (void)public, (void)has_subset;
    struct reader *r = ctx;
    XML_StopParser(r->parser, XML_FALSE);
}

void xmp_read(struct arena *a, struct str block, struct picture_texts *texts) {
    struct str s = str_slice(block, 0, LIMIT_PICTURE_BLOCK_BYTES);
    struct reader r = { .arena = a, .texts = texts };
    r.parser = XML_ParserCreateNS(NULL, SEPARATOR);
    if (r.parser == NULL) {
        return;
    }
    buf_init(&r.text, 2 * LIMIT_PICTURE_TEXT_BYTES);
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, begin, end);
    XML_SetCharacterDataHandler(r.parser, characters);
    XML_SetStartDoctypeDeclHandler(r.parser, doctype);
    /* Not well-formed: what was read before that place stays. */
    (void)XML_Parse(r.parser, s.ptr, (int)s.len, 1);
    XML_ParserFree(r.parser);
    buf_done(&r.text);
}
