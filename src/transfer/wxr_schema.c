#include "transfer/wxr_schema.h"

#include "transfer/wxr.h"

#define AUTHOR(name, type, member)                                                                 \
    { PLACE_AUTHOR, NS_WP, STR_INIT(name), type, offsetof(struct wxr_author, member) }
#define TERM(name, type, member)                                                                   \
    { PLACE_TERM, NS_WP, STR_INIT(name), type, offsetof(struct wxr_term, member) }
#define ITEM(ns, name, type, member)                                                               \
    { PLACE_ITEM, ns, STR_INIT(name), type, offsetof(struct wxr_item, member) }
#define COMMENT(name, type, member)                                                                \
    { PLACE_COMMENT, NS_WP, STR_INIT(name), type, offsetof(struct wxr_comment, member) }
#define META(place)                                                                                \
    { place, NS_WP, STR_INIT("meta_key"), FIELD_STR, offsetof(struct wxr_meta, key) }, {           \
        place, NS_WP, STR_INIT("meta_value"), FIELD_STR, offsetof(struct wxr_meta, value)          \
    }

static const struct wxr_field fields[] = {
    AUTHOR("author_id", FIELD_INT, id),
    AUTHOR("author_login", FIELD_STR, login),
    AUTHOR("author_email", FIELD_STR, email),
    AUTHOR("author_display_name", FIELD_STR, display_name),
    AUTHOR("author_first_name", FIELD_STR, first_name),
    AUTHOR("author_last_name", FIELD_STR, last_name),
    TERM("term_id", FIELD_INT, id),
    TERM("term_taxonomy", FIELD_STR, taxonomy),
    TERM("category_nicename", FIELD_STR, slug),
    TERM("category_parent", FIELD_STR, parent),
    TERM("cat_name", FIELD_STR, name),
    TERM("category_description", FIELD_STR, description),
    TERM("tag_slug", FIELD_STR, slug),
    TERM("tag_name", FIELD_STR, name),
    TERM("tag_description", FIELD_STR, description),
    TERM("term_slug", FIELD_STR, slug),
    TERM("term_parent", FIELD_STR, parent),
    TERM("term_name", FIELD_STR, name),
    TERM("term_description", FIELD_STR, description),
    META(PLACE_TERM_META),
    ITEM(NS_NONE, "title", FIELD_STR, title),
    ITEM(NS_NONE, "link", FIELD_STR, link),
    ITEM(NS_NONE, "guid", FIELD_STR, guid),
    ITEM(NS_NONE, "description", FIELD_STR, description),
    ITEM(NS_NONE, "pubDate", FIELD_STR, pub_date),
    ITEM(NS_DC, "creator", FIELD_STR, creator),
    ITEM(NS_CONTENT, "encoded", FIELD_STR, content),
    ITEM(NS_EXCERPT, "encoded", FIELD_STR, excerpt),
    ITEM(NS_WP, "post_id", FIELD_INT, id),
    ITEM(NS_WP, "post_type", FIELD_STR, type),
    ITEM(NS_WP, "status", FIELD_STR, status),
    ITEM(NS_WP, "post_date", FIELD_STR, date),
    ITEM(NS_WP, "post_date_gmt", FIELD_STR, date_gmt),
    ITEM(NS_WP, "post_modified", FIELD_STR, modified),
    ITEM(NS_WP, "post_modified_gmt", FIELD_STR, modified_gmt),
    ITEM(NS_WP, "post_name", FIELD_STR, slug),
    ITEM(NS_WP, "post_password", FIELD_STR, password),
    ITEM(NS_WP, "post_parent", FIELD_INT, parent),
    ITEM(NS_WP, "menu_order", FIELD_INT, menu_order),
    ITEM(NS_WP, "is_sticky", FIELD_BOOL, sticky),
    ITEM(NS_WP, "attachment_url", FIELD_STR, attachment_url),
    ITEM(NS_WP, "comment_status", FIELD_STR, comment_status),
    ITEM(NS_WP, "ping_status", FIELD_STR, ping_status),
    META(PLACE_ITEM_META),
    COMMENT("comment_id", FIELD_INT, id),
    COMMENT("comment_parent", FIELD_INT, parent),
    COMMENT("comment_user_id", FIELD_INT, user_id),
    COMMENT("comment_author", FIELD_STR, author),
    COMMENT("comment_author_email", FIELD_STR, author_email),
    COMMENT("comment_author_url", FIELD_STR, author_url),
    COMMENT("comment_author_IP", FIELD_STR, author_ip),
    COMMENT("comment_date", FIELD_STR, date),
    COMMENT("comment_date_gmt", FIELD_STR, date_gmt),
    COMMENT("comment_content", FIELD_STR, content),
    COMMENT("comment_approved", FIELD_STR, approved),
    COMMENT("comment_type", FIELD_STR, type),
    META(PLACE_COMMENT_META),
};

/* Elements that hold others: where they stand, and what they open. */
static const struct {
    enum wxr_place in;
    enum wxr_ns ns;
    struct str name;
    enum wxr_place opens;
} containers[] = {
    { PLACE_CHANNEL, NS_WP, STR_INIT("author"), PLACE_AUTHOR },
    { PLACE_CHANNEL, NS_WP, STR_INIT("category"), PLACE_TERM },
    { PLACE_CHANNEL, NS_WP, STR_INIT("tag"), PLACE_TERM },
    { PLACE_CHANNEL, NS_WP, STR_INIT("term"), PLACE_TERM },
    { PLACE_CHANNEL, NS_NONE, STR_INIT("item"), PLACE_ITEM },
    { PLACE_TERM, NS_WP, STR_INIT("termmeta"), PLACE_TERM_META },
    { PLACE_ITEM, NS_WP, STR_INIT("postmeta"), PLACE_ITEM_META },
    { PLACE_ITEM, NS_WP, STR_INIT("comment"), PLACE_COMMENT },
    { PLACE_COMMENT, NS_WP, STR_INIT("commentmeta"), PLACE_COMMENT_META },
};

enum wxr_ns wxr_ns_of_uri(struct str uri) {
    if (str_starts_nocase(uri, STR("https://"))) {
        uri = str_from(uri, 8);
    } else if (str_starts_nocase(uri, STR("http://"))) {
        uri = str_from(uri, 7);
    }
    if (str_starts(uri, STR("wordpress.org/export/"))) {
        return str_find(uri, STR("/excerpt"), 0) != STR_NPOS ? NS_EXCERPT : NS_WP;
    }
    if (str_starts(uri, STR("purl.org/rss/1.0/modules/content"))) {
        return NS_CONTENT;
    }
    if (str_starts(uri, STR("purl.org/dc/elements/"))) {
        return NS_DC;
    }
    return uri.len == 0 ? NS_NONE : NS_OTHER;
}

enum wxr_place wxr_container(enum wxr_place in, enum wxr_ns ns, struct str name) {
    for (size_t i = 0; i < COUNT_OF(containers); i++) {
        if (containers[i].in == in && containers[i].ns == ns && str_eq(name, containers[i].name)) {
            return containers[i].opens;
        }
    }
    return PLACE_UNKNOWN;
}

const struct wxr_field *wxr_field(enum wxr_place in, enum wxr_ns ns, struct str name) {
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        if (fields[i].in == in && fields[i].ns == ns && str_eq(name, fields[i].name)) {
            return &fields[i];
        }
    }
    return NULL;
}
