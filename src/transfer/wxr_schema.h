/* Which elements of an export are read, and what they fill. */
#ifndef TRANSFER_WXR_SCHEMA_H
#define TRANSFER_WXR_SCHEMA_H

#include "base/str.h"

enum wxr_ns { NS_NONE, NS_WP, NS_CONTENT, NS_EXCERPT, NS_DC, NS_OTHER };

enum wxr_place {
    PLACE_UNKNOWN,
    PLACE_FIELD, /* within an element whose text is taken */
    PLACE_ROOT,
    PLACE_CHANNEL,
    PLACE_AUTHOR,
    PLACE_TERM,
    PLACE_TERM_META,
    PLACE_ITEM,
    PLACE_ITEM_META,
    PLACE_COMMENT,
    PLACE_COMMENT_META,
};

enum wxr_field_type { FIELD_STR, FIELD_INT, FIELD_BOOL };

struct wxr_field {
    enum wxr_place in;
    enum wxr_ns ns;
    struct str name;
    enum wxr_field_type type;
    size_t offset;
};

/* The version and http or https do not matter. */
enum wxr_ns wxr_ns_of_uri(struct str uri);
/* What an element opens that holds others; PLACE_UNKNOWN: it does not. */
enum wxr_place wxr_container(enum wxr_place in, enum wxr_ns ns, struct str name);
/* The member that an element fills, or NULL. */
const struct wxr_field *wxr_field(enum wxr_place in, enum wxr_ns ns, struct str name);

#endif
