/* In the order in which WordPress answers with them, so that who reads answers by eye finds
 * things. */
#include "api/fields.h"

enum { ALL = API_VIEW | API_EMBED | API_EDIT, SEEN = API_VIEW | API_EDIT };

#define SCHEMA(name, title)                                                                        \
    const struct api_schema fields_##name = { title, name##_fields, COUNT_OF(name##_fields) }

#define CONTENT_HEAD                                                                                    \
    { "id", "integer", ALL, true, "Its number.", NULL },                                                \
        { "date", "string|null", ALL, false, "When it was published, in the site's time zone.", NULL }, \
        { "date_gmt", "string|null", SEEN, false, "The same in UTC.", NULL },                           \
        { "guid", "object", SEEN, true, "A name that stays.", "raw|rendered" },                         \
        { "modified", "string", SEEN, true, "When it was last changed.", NULL },                        \
        { "modified_gmt", "string", SEEN, true, "The same in UTC.", NULL },                             \
        { "slug", "string", ALL, false, "The last part of its address.", NULL },                        \
        { "status", "string", SEEN, false, "Its state.", NULL },                                        \
        { "type", "string", ALL, true, "post, page or attachment.", NULL },                             \
        { "link", "string", ALL, true, "Its address.", NULL }, {                                        \
        "title", "object", ALL, false, "The headline.", "raw|rendered"                                  \
    }

#define CONTENT_TEXTS                                                                              \
    { "content", "object", SEEN, false, "The body.", "raw|rendered|protected" },                   \
        { "excerpt",                                                                               \
          "object",                                                                                \
          ALL,                                                                                     \
          false,                                                                                   \
          "The standfirst, or the first words.",                                                   \
          "raw|rendered|protected" },                                                              \
        { "author", "integer", ALL, false, "The first author; 0 for none.", NULL }, {              \
        "featured_media", "integer", ALL, false, "The lead picture; 0 for none.", NULL             \
    }

#define CONTENT_TALK                                                                               \
    { "comment_status", "string", SEEN, false, "open or closed.", NULL }, {                        \
        "ping_status", "string", SEEN, false, "Always closed.", NULL                               \
    }

#define CONTENT_CLASSES                                                                            \
    { "class_list", "array", SEEN, true, "Class names for its element.", NULL }

#define META                                                                                       \
    { "meta", "object", SEEN, false, "Further values.", NULL }

static const struct api_field post_fields[] = {
    CONTENT_HEAD,
    CONTENT_TEXTS,
    CONTENT_TALK,
    { "sticky", "boolean", SEEN, false, "Whether it stays at the top.", NULL },
    { "template", "string", SEEN, false, "Always empty.", NULL },
    { "format", "string", SEEN, false, "Always standard.", NULL },
    META,
    { "categories", "array", SEEN, false, "Its sections.", NULL },
    { "tags", "array", SEEN, false, "Its tags.", NULL },
    CONTENT_CLASSES,
};
SCHEMA(post, "post");

static const struct api_field page_fields[] = {
    CONTENT_HEAD,
    CONTENT_TEXTS,
    { "parent", "integer", SEEN, false, "The page above; 0 at the top.", NULL },
    { "menu_order", "integer", SEEN, false, "Its place among the pages beside it.", NULL },
    CONTENT_TALK,
    { "template", "string", SEEN, false, "Always empty.", NULL },
    META,
    CONTENT_CLASSES,
};
SCHEMA(page, "page");

static const struct api_field media_fields[] = {
    CONTENT_HEAD,
    { "author", "integer", ALL, false, "Who brought it; 0 if nobody knows.", NULL },
    { "featured_media", "integer", ALL, false, "Always 0.", NULL },
    CONTENT_TALK,
    { "template", "string", SEEN, false, "Always empty.", NULL },
    META,
    CONTENT_CLASSES,
    { "description", "object", SEEN, false, "What is told of it.", "raw|rendered" },
    { "caption", "object", ALL, false, "What stands below it.", "raw|rendered" },
    { "alt_text", "string", ALL, false, "What it shows, for those who do not see it.", NULL },
    { "media_type", "string", ALL, true, "image or file.", NULL },
    { "mime_type", "string", ALL, true, "Its media type.", NULL },
    { "media_details", "object", ALL, true, "Width, height, sizes.", NULL },
    { "post", "integer|null", SEEN, false, "The story that it came with.", NULL },
    { "source_url", "string", ALL, true, "The file's address.", NULL },
};
SCHEMA(media, "attachment");

#define TERM_HEAD                                                                                  \
    { "id", "integer", ALL, true, "Its number.", NULL },                                           \
        { "count", "integer", SEEN, true, "How many stories it has.", NULL },                      \
        { "description", "string", SEEN, false, "What it is about.", NULL },                       \
        { "link", "string", ALL, true, "Its address.", NULL },                                     \
        { "name", "string", ALL, false, "Its name.", NULL },                                       \
        { "slug", "string", ALL, false, "The last part of its address.", NULL }, {                 \
        "taxonomy", "string", ALL, true, "category or post_tag.", NULL                             \
    }

static const struct api_field category_fields[] = {
    TERM_HEAD,
    { "parent", "integer", SEEN, false, "The category above; 0 at the top.", NULL },
    META,
};
SCHEMA(category, "category");

static const struct api_field tag_fields[] = { TERM_HEAD, META };
SCHEMA(tag, "tag");

static const struct api_field user_fields[] = {
    { "id", "integer", ALL, true, "Its number.", NULL },
    { "name", "string", ALL, false, "The name that readers see.", NULL },
    { "url", "string", ALL, false, "A site of the author's own.", NULL },
    { "description", "string", ALL, false, "The biography.", NULL },
    { "link", "string", ALL, true, "The author's address here.", NULL },
    { "slug", "string", ALL, false, "The last part of it.", NULL },
    { "avatar_urls", "object", ALL, true, "Portraits by their width.", "24|48|96" },
    META,
};
SCHEMA(user, "user");

static const struct api_field comment_fields[] = {
    { "id", "integer", ALL, true, "Its number.", NULL },
    { "post", "integer", SEEN, false, "The story that it is on.", NULL },
    { "parent", "integer", ALL, false, "The comment that it answers.", NULL },
    { "author", "integer", ALL, false, "Always 0: readers have no accounts.", NULL },
    { "author_name", "string", ALL, false, "The name given.", NULL },
    { "author_url", "string", ALL, false, "The site given.", NULL },
    { "date", "string", ALL, false, "When, in the site's time zone.", NULL },
    { "date_gmt", "string", SEEN, false, "The same in UTC.", NULL },
    { "content", "object", ALL, false, "What it says.", "raw|rendered" },
    { "link", "string", ALL, true, "Its address.", NULL },
    { "status", "string", SEEN, false, "approved.", NULL },
    { "type", "string", ALL, true, "comment.", NULL },
    { "author_avatar_urls", "object", ALL, true, "Empty: readers have no portraits.", NULL },
    META,
};
SCHEMA(comment, "comment");

static const struct api_field found_fields[] = {
    { "id", "integer|string", API_VIEW | API_EMBED, true, "Its number.", NULL },
    { "title", "string", API_VIEW | API_EMBED, true, "Its headline or name.", NULL },
    { "url", "string", API_VIEW | API_EMBED, true, "Its address.", NULL },
    { "type", "string", API_VIEW | API_EMBED, true, "post, category or post_tag.", NULL },
    { "subtype", "string", API_VIEW | API_EMBED, true, "Of a post: post or page.", NULL },
};
SCHEMA(found, "search-result");

static const struct api_field type_fields[] = {
    { "description", "string", SEEN, true, "Always empty.", NULL },
    { "hierarchical", "boolean", SEEN, true, "Whether there are some below others.", NULL },
    { "has_archive", "string|boolean", SEEN, true, "Always false.", NULL },
    { "name", "string", ALL, true, "What they are called.", NULL },
    { "slug", "string", ALL, true, "Its name for programs.", NULL },
    { "icon", "string|null", ALL, true, "Always null.", NULL },
    { "taxonomies", "array", SEEN, true, "What they are sorted by.", NULL },
    { "rest_base", "string", ALL, true, "Their route.", NULL },
    { "rest_namespace", "string", ALL, true, "What that stands below.", NULL },
};
SCHEMA(type, "type");

static const struct api_field taxonomy_fields[] = {
    { "name", "string", ALL, true, "What they are called.", NULL },
    { "slug", "string", ALL, true, "Its name for programs.", NULL },
    { "description", "string", SEEN, true, "Always empty.", NULL },
    { "types", "array", SEEN, true, "What they sort.", NULL },
    { "hierarchical", "boolean", SEEN, true, "Whether there are some below others.", NULL },
    { "rest_base", "string", ALL, true, "Their route.", NULL },
    { "rest_namespace", "string", ALL, true, "What that stands below.", NULL },
};
SCHEMA(taxonomy, "taxonomy");

static const struct api_field status_fields[] = {
    { "name", "string", ALL, true, "What it is called.", NULL },
    { "public", "boolean", SEEN, true, "Whether readers see such stories.", NULL },
    { "queryable", "boolean", SEEN, true, "Whether they can be asked for.", NULL },
    { "slug", "string", ALL, true, "Its name for programs.", NULL },
    { "date_floating", "boolean", SEEN, true, "Whether the date is yet to be set.", NULL },
};
SCHEMA(status, "status");
