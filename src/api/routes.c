/* Which routes there are, what each takes and what it answers with: the one table of them. */
#include "api/objects.h"

enum { ALL = API_VIEW | API_EMBED | API_EDIT, SEEN = API_VIEW | API_EDIT };

/* ---- what objects have ---- */

static const struct api_field post_fields[] = {
    { "id", "integer", ALL, true, "Its number." },
    { "date", "string", ALL, false, "When it was published, in the site's time zone." },
    { "date_gmt", "string", SEEN, false, "The same in UTC." },
    { "guid", "object", SEEN, true, "A name that stays." },
    { "modified", "string", SEEN, true, "When it was last changed." },
    { "modified_gmt", "string", SEEN, true, "The same in UTC." },
    { "slug", "string", ALL, false, "The last part of its address." },
    { "status", "string", SEEN, false, "Its state." },
    { "type", "string", ALL, true, "post or page." },
    { "link", "string", ALL, true, "Its address." },
    { "title", "object", ALL, false, "The headline." },
    { "content", "object", SEEN, false, "The body." },
    { "excerpt", "object", ALL, false, "The standfirst, or the first words." },
    { "author", "integer", ALL, false, "The first author." },
    { "featured_media", "integer", ALL, false, "The lead picture; 0 for none." },
    { "parent", "integer", SEEN, false, "The page above." },
    { "menu_order", "integer", SEEN, false, "Its place among the pages beside it." },
    { "comment_status", "string", SEEN, false, "open or closed." },
    { "ping_status", "string", SEEN, false, "closed." },
    { "sticky", "boolean", SEEN, false, "Whether it stays at the top." },
    { "template", "string", SEEN, false, "Always empty." },
    { "format", "string", SEEN, false, "Always standard." },
    { "meta", "object", SEEN, false, "Further values." },
    { "categories", "array", SEEN, false, "Its sections." },
    { "tags", "array", SEEN, false, "Its tags." },
    { "class_list", "array", SEEN, true, "Class names for its element." },
};
static const struct api_schema post_schema = { "post", post_fields, COUNT_OF(post_fields) };

static const struct api_field term_fields[] = {
    { "id", "integer", ALL, true, "Its number." },
    { "count", "integer", SEEN, true, "How many stories it has." },
    { "description", "string", SEEN, false, "What it is about." },
    { "link", "string", ALL, true, "Its address." },
    { "name", "string", ALL, false, "Its name." },
    { "slug", "string", ALL, false, "The last part of its address." },
    { "taxonomy", "string", ALL, true, "category or post_tag." },
    { "parent", "integer", SEEN, false, "The category above." },
    { "meta", "object", SEEN, false, "Further values." },
};
static const struct api_schema term_schema = { "term", term_fields, COUNT_OF(term_fields) };

static const struct api_field user_fields[] = {
    { "id", "integer", ALL, true, "Its number." },
    { "name", "string", ALL, false, "The name that readers see." },
    { "url", "string", ALL, false, "A site of his own." },
    { "description", "string", ALL, false, "The biography." },
    { "link", "string", ALL, true, "The author's address here." },
    { "slug", "string", ALL, false, "The last part of it." },
    { "avatar_urls", "object", ALL, true, "Portraits by their width." },
    { "meta", "object", SEEN, false, "Further values." },
};
static const struct api_schema user_schema = { "user", user_fields, COUNT_OF(user_fields) };

static const struct api_field comment_fields[] = {
    { "id", "integer", ALL, true, "Its number." },
    { "post", "integer", SEEN, false, "The story that it is on." },
    { "parent", "integer", ALL, false, "The comment that it answers." },
    { "author", "integer", ALL, false, "The user who wrote it; 0 for a reader." },
    { "author_name", "string", ALL, false, "The name given." },
    { "author_url", "string", ALL, false, "The site given." },
    { "date", "string", ALL, false, "When, in the site's time zone." },
    { "date_gmt", "string", SEEN, false, "The same in UTC." },
    { "content", "object", ALL, false, "What it says." },
    { "link", "string", ALL, true, "Its address." },
    { "status", "string", SEEN, false, "approved." },
    { "type", "string", ALL, true, "comment." },
    { "author_avatar_urls", "object", ALL, true, "None." },
    { "meta", "object", SEEN, false, "Further values." },
};
static const struct api_schema comment_schema = { "comment", comment_fields,
                                                  COUNT_OF(comment_fields) };

static const struct api_field media_fields[] = {
    { "id", "integer", ALL, true, "Its number." },
    { "date", "string", ALL, false, "When it came." },
    { "date_gmt", "string", SEEN, false, "The same in UTC." },
    { "guid", "object", SEEN, true, "A name that stays." },
    { "modified", "string", SEEN, true, "When it was changed." },
    { "modified_gmt", "string", SEEN, true, "The same in UTC." },
    { "slug", "string", ALL, false, "The name of the file." },
    { "status", "string", SEEN, true, "inherit." },
    { "type", "string", ALL, true, "attachment." },
    { "link", "string", ALL, true, "Its address." },
    { "title", "object", ALL, false, "What it is called." },
    { "author", "integer", ALL, false, "Who brought it; 0 if nobody knows." },
    { "featured_media", "integer", ALL, false, "0." },
    { "comment_status", "string", SEEN, false, "closed." },
    { "ping_status", "string", SEEN, false, "closed." },
    { "template", "string", SEEN, false, "Always empty." },
    { "meta", "object", SEEN, false, "Further values." },
    { "description", "object", SEEN, false, "Always empty." },
    { "caption", "object", ALL, false, "What stands below it." },
    { "alt_text", "string", ALL, false, "What it shows, for those who do not see it." },
    { "media_type", "string", ALL, true, "image or file." },
    { "mime_type", "string", ALL, true, "Its media type." },
    { "media_details", "object", ALL, true, "Width, height, sizes." },
    { "post", "integer", SEEN, false, "The story that it came with." },
    { "source_url", "string", ALL, true, "The file's address." },
};
static const struct api_schema media_schema = { "attachment", media_fields,
                                                COUNT_OF(media_fields) };

/* ---- what routes take ---- */

#define ARG_PAGING                                                                                 \
    { .name = "page", ARG_INTEGER, 1, 1000000000, .fallback = "1", .meaning = "Which page." }, {   \
        .name = "per_page", ARG_INTEGER, 1, 100, .fallback = "10",                                 \
        .meaning = "How many there are on a page."                                                 \
    }

static const struct arg_def posts_args[] = {
    ARG_PAGING,
    { .name = "search", ARG_TEXT, .meaning = "Those with these words." },
    { .name = "include", ARG_IDS, .meaning = "Those with these numbers." },
    { .name = "slug", ARG_WORDS, .meaning = "Those with these slugs." },
    { .name = "author", ARG_IDS, .meaning = "Those by this author." },
    { .name = "categories", ARG_IDS, .meaning = "Those in this category." },
    { .name = "tags", ARG_IDS, .meaning = "Those with this tag." },
    { .name = "after", ARG_TIME, .meaning = "Those published later." },
    { .name = "before", ARG_TIME, .meaning = "Those published earlier." },
    { .name = "offset", ARG_INTEGER, 0, 1000000000, .meaning = "Leave out so many." },
    { .name = "order",
      ARG_CHOICE,
      .choices = "desc|asc",
      .fallback = "desc",
      .meaning = "The last first, or the first." },
    { .name = "orderby",
      ARG_CHOICE,
      .choices = "date|include|relevance",
      .fallback = "date",
      .meaning = "In which order." },
};
static const struct arg_def terms_args[] = {
    ARG_PAGING,
    { .name = "search", ARG_TEXT, .meaning = "Those with this in their name." },
    { .name = "include", ARG_IDS, .meaning = "Those with these numbers." },
    { .name = "exclude", ARG_IDS, .meaning = "But not these." },
    { .name = "slug", ARG_WORDS, .meaning = "Those with these slugs." },
    { .name = "parent", ARG_INTEGER, .meaning = "Those below this one." },
    { .name = "post", ARG_INTEGER, .meaning = "Those of this story." },
};
static const struct arg_def comments_args[] = {
    ARG_PAGING,
    { .name = "post", ARG_IDS, .meaning = "Those on this story." },
};

#define ARGS(list) .args = (list), .args_len = COUNT_OF(list)

const struct api_route api_routes[] = {
    { "", api_index, .meaning = "What there is." },
    { "/wp/v2", api_namespace, .meaning = "The routes." },
    { "/wp/v2/posts", api_posts, ARGS(posts_args), &post_schema, "Stories." },
    { "/wp/v2/posts/{id}", api_post, .schema = &post_schema, .meaning = "A story." },
    { "/wp/v2/pages/{id}", api_page_object, .schema = &post_schema, .meaning = "A page." },
    { "/wp/v2/categories", api_categories, ARGS(terms_args), &term_schema, "Sections." },
    { "/wp/v2/categories/{id}", api_category, .schema = &term_schema, .meaning = "A section." },
    { "/wp/v2/tags", api_tags, ARGS(terms_args), &term_schema, "Tags." },
    { "/wp/v2/tags/{id}", api_tag, .schema = &term_schema, .meaning = "A tag." },
    { "/wp/v2/users/{id}", api_user, .schema = &user_schema, .meaning = "An author." },
    { "/wp/v2/media/{id}", api_media, .schema = &media_schema, .meaning = "A file." },
    { "/wp/v2/comments", api_comments, ARGS(comments_args), &comment_schema, "What readers said." },
    { "/wp/v2/types", api_types, .meaning = "Types of content." },
    { "/wp/v2/types/{name}", api_type, .meaning = "One of them." },
    { "/wp/v2/taxonomies", api_taxonomies, .meaning = "Ways to sort it." },
    { "/wp/v2/taxonomies/{name}", api_taxonomy, .meaning = "One of them." },
    { "/wp/v2/statuses", api_statuses, .meaning = "States of content." },
    { "/wp/v2/statuses/{name}", api_status, .meaning = "One of them." },
};
const size_t api_routes_len = COUNT_OF(api_routes);
