/* Which routes there are and what each takes: the one table of them. What they answer with is in
 * api/fields.c. */
#include "api/fields.h"
#include "api/objects.h"

#define ARGS_PAGES                                                                                 \
    { "page", ARG_INTEGER, 1, 1000000000, .fallback = "1", .meaning = "Which page of the list." }, \
    {                                                                                              \
        "per_page", ARG_INTEGER, 1, 100, .fallback = "10", .meaning = "How many are on a page."    \
    }

#define ARG_SEARCH                                                                                 \
    { "search", ARG_TEXT, .meaning = "Those that are found with these words." }

#define ARGS_IDS                                                                                   \
    { "exclude", ARG_IDS, .meaning = "All but these." }, {                                         \
        "include", ARG_IDS, .meaning = "None but these."                                           \
    }

#define ARG_OFFSET                                                                                 \
    { "offset", ARG_INTEGER, 0, 1000000000, .meaning = "How many to leave out, instead of a page." }

#define ARG_ORDER(standard)                                                                        \
    {                                                                                              \
        "order", ARG_CHOICE, .choices = "asc|desc", .fallback = (standard),                        \
                             .meaning = "Whether the first or the last comes first."               \
    }

#define ARG_ORDERBY(list, standard)                                                                \
    {                                                                                              \
        "orderby", ARG_CHOICE, .choices = (list), .fallback = (standard),                          \
                               .meaning = "By what they are ordered."                              \
    }

#define ARG_SLUG                                                                                   \
    { "slug", ARG_WORDS, .meaning = "Those with one of these slugs." }

#define ARG_STATUS(list, standard)                                                                 \
    {                                                                                              \
        "status", ARG_CHOICES, .choices = (list), .fallback = (standard),                          \
                               .meaning = "Those in one of these states."                          \
    }

#define STATUSES "publish|future|draft|pending|private|trash|any"

#define ARGS_CONTENT(orders)                                                                       \
    ARGS_PAGES, ARG_SEARCH, { "after", ARG_TIME, .meaning = "Those published later." },            \
        { "modified_after", ARG_TIME, .meaning = "Those changed later." },                         \
        { "author", ARG_IDS, .meaning = "Those by one of these authors." },                        \
        { "author_exclude", ARG_IDS, .meaning = "Those by none of these authors." },               \
        { "before", ARG_TIME, .meaning = "Those published earlier." },                             \
        { "modified_before", ARG_TIME, .meaning = "Those changed earlier." }, ARGS_IDS,            \
        ARG_OFFSET, ARG_ORDER("desc"), ARG_ORDERBY(orders, "date")

#define ORDERS "author|date|id|include|modified|parent|relevance|slug|include_slugs|title"

static const struct arg_def posts_args[] = {
    ARGS_CONTENT(ORDERS),
    ARG_SLUG,
    ARG_STATUS(STATUSES, "publish"),
    { "tax_relation", ARG_CHOICE, .choices = "AND|OR",
      .meaning = "Whether categories and tags both have to fit, or one of them." },
    { "categories", ARG_IDS, .meaning = "Those in one of these categories, or below it." },
    { "categories_exclude", ARG_IDS, .meaning = "Those in none of these categories." },
    { "tags", ARG_IDS, .meaning = "Those with one of these tags." },
    { "tags_exclude", ARG_IDS, .meaning = "Those with none of these tags." },
    { "sticky", ARG_BOOLEAN, .meaning = "Those that stay at the top, or those that do not." },
};

static const struct arg_def pages_args[] = {
    ARGS_CONTENT(ORDERS "|menu_order"),
    { "menu_order", ARG_INTEGER, .meaning = "Those at this place." },
    { "parent", ARG_IDS, .meaning = "Those right below one of these; 0: those at the top." },
    { "parent_exclude", ARG_IDS, .meaning = "Those right below none of these." },
    ARG_SLUG,
    ARG_STATUS(STATUSES, "publish"),
};

static const struct arg_def media_args[] = {
    ARGS_PAGES,
    ARG_SEARCH,
    { "after", ARG_TIME, .meaning = "Those that came later." },
    { "before", ARG_TIME, .meaning = "Those that came earlier." },
    ARGS_IDS,
    ARG_OFFSET,
    ARG_ORDER("desc"),
    ARG_ORDERBY("date|id|include|parent|title", "date"),
    { "parent", ARG_IDS, .meaning = "Those that came with one of these stories." },
    { "media_type", ARG_CHOICE, .choices = "image|video|text|application|audio",
      .meaning = "Those of this type." },
    { "mime_type", ARG_TEXT, .meaning = "Those of exactly this type." },
    { "modified_after", ARG_TIME, .meaning = "Those changed later." },
    { "modified_before", ARG_TIME, .meaning = "Those changed earlier." },
    { "parent_exclude", ARG_IDS, .meaning = "Those that came with none of these stories." },
    ARG_SLUG,
    ARG_STATUS("inherit|private|trash", "inherit"),
};

#define ORDERS_OF_TERMS "id|include|name|slug|include_slugs|term_group|description|count"
#define ARGS_TERMS                                                                                 \
    ARG_ORDER("asc"), ARG_ORDERBY(ORDERS_OF_TERMS, "name"),                                        \
        { "hide_empty", ARG_BOOLEAN, .fallback = "false", .meaning = "Those that have stories." }, \
        { "post", ARG_INTEGER, .meaning = "Those of this story." }, ARG_SLUG

static const struct arg_def categories_args[] = {
    ARGS_PAGES,
    ARG_SEARCH,
    ARGS_IDS,
    { "parent", ARG_INTEGER, .meaning = "Those right below this one; 0: those at the top." },
    ARGS_TERMS,
};

static const struct arg_def tags_args[] = { ARGS_PAGES, ARG_SEARCH, ARGS_IDS, ARG_OFFSET,
                                            ARGS_TERMS };

static const struct arg_def users_args[] = {
    ARGS_PAGES,
    ARG_SEARCH,
    ARGS_IDS,
    ARG_OFFSET,
    ARG_ORDER("asc"),
    ARG_ORDERBY("id|include|name|registered_date|slug|include_slugs|email", "name"),
    ARG_SLUG,
    { "roles", ARG_WORDS, .meaning = "For those who are signed in." },
    { "capabilities", ARG_WORDS, .meaning = "For those who are signed in." },
    { "who", ARG_TEXT, .meaning = "For those who are signed in." },
    { "has_published_posts", ARG_TEXT, .meaning = "All of them have some." },
};

static const struct arg_def comments_args[] = {
    ARGS_PAGES,
    ARG_SEARCH,
    { "after", ARG_TIME, .meaning = "Those written later." },
    { "before", ARG_TIME, .meaning = "Those written earlier." },
    ARGS_IDS,
    ARG_OFFSET,
    ARG_ORDER("desc"),
    ARG_ORDERBY("date|date_gmt|id|include|post|parent|type", "date_gmt"),
    { "parent", ARG_IDS, .meaning = "Those that answer one of these." },
    { "post", ARG_IDS, .meaning = "Those on one of these stories." },
    { "parent_exclude", ARG_IDS, .meaning = "Those that answer none of these." },
    { "author", ARG_IDS, .meaning = "For those who are signed in." },
    { "author_exclude", ARG_IDS, .meaning = "For those who are signed in." },
    { "author_email", ARG_TEXT, .meaning = "For those who are signed in." },
    { "status", ARG_TEXT, .fallback = "approve", .meaning = "Others are for who is signed in." },
    { "type", ARG_TEXT, .fallback = "comment", .meaning = "Others are for who is signed in." },
};

static const struct arg_def search_args[] = {
    ARGS_PAGES,
    ARG_SEARCH,
    { "type", ARG_CHOICE, .choices = "post|term|post-format", .fallback = "post",
      .meaning = "Stories and pages, or categories and tags." },
    { "subtype", ARG_CHOICES, .choices = "post|page|category|post_tag|any", .fallback = "any",
      .meaning = "Which of those." },
    ARGS_IDS,
};

#define ARGS(list) .args = (list), .args_len = COUNT_OF(list)

const struct api_route api_routes[] = {
    { "", api_index, .meaning = "What there is." },
    { "/wp/v2", api_namespace, .meaning = "The routes." },
    { "/wp/v2/posts", api_posts, ARGS(posts_args), &fields_post, "Stories." },
    { "/wp/v2/posts/{id}", api_post, .schema = &fields_post, .meaning = "A story." },
    { "/wp/v2/posts/{parent}/revisions", .meaning = "What a story was before.",
      .denied = "rest_cannot_read" },
    { "/wp/v2/posts/{parent}/revisions/{id}", .meaning = "One of them.",
      .denied = "rest_cannot_read" },
    { "/wp/v2/posts/{id}/autosaves", .meaning = "What an editor is yet to save.",
      .denied = "rest_cannot_read" },
    { "/wp/v2/pages", api_pages, ARGS(pages_args), &fields_page, "Pages." },
    { "/wp/v2/pages/{id}", api_page_object, .schema = &fields_page, .meaning = "A page." },
    { "/wp/v2/pages/{parent}/revisions", .meaning = "What a page was before.",
      .denied = "rest_cannot_read" },
    { "/wp/v2/pages/{parent}/revisions/{id}", .meaning = "One of them.",
      .denied = "rest_cannot_read" },
    { "/wp/v2/pages/{id}/autosaves", .meaning = "What an editor is yet to save.",
      .denied = "rest_cannot_read" },
    { "/wp/v2/media", api_media_list, ARGS(media_args), &fields_media, "Pictures and files." },
    { "/wp/v2/media/{id}", api_media, .schema = &fields_media, .meaning = "A file." },
    { "/wp/v2/categories", api_categories, ARGS(categories_args), &fields_category, "Sections." },
    { "/wp/v2/categories/{id}", api_category, .schema = &fields_category, .meaning = "A section." },
    { "/wp/v2/tags", api_tags, ARGS(tags_args), &fields_tag, "Tags." },
    { "/wp/v2/tags/{id}", api_tag, .schema = &fields_tag, .meaning = "A tag." },
    { "/wp/v2/users", api_users, ARGS(users_args), &fields_user, "Authors who have stories." },
    { "/wp/v2/users/me", .meaning = "Who is signed in.", .denied = "rest_not_logged_in" },
    { "/wp/v2/users/{id}", api_user, .schema = &fields_user, .meaning = "An author." },
    { "/wp/v2/comments", api_comments, ARGS(comments_args), &fields_comment, "What readers said." },
    { "/wp/v2/comments/{id}", api_comment, .schema = &fields_comment, .meaning = "A comment." },
    { "/wp/v2/types", api_types, .schema = &fields_type, .meaning = "Types of content.",
      .denied_edit = "rest_cannot_view" },
    { "/wp/v2/types/{type}", api_type, .schema = &fields_type, .meaning = "One of them." },
    { "/wp/v2/taxonomies", api_taxonomies, .schema = &fields_taxonomy,
      .meaning = "Ways to sort it.", .denied_edit = "rest_cannot_view" },
    { "/wp/v2/taxonomies/{taxonomy}", api_taxonomy, .schema = &fields_taxonomy,
      .meaning = "One of them." },
    { "/wp/v2/statuses", api_statuses, .schema = &fields_status, .meaning = "States of content.",
      .denied_edit = "rest_cannot_view" },
    { "/wp/v2/statuses/{status}", api_status, .schema = &fields_status, .meaning = "One of them." },
    { "/wp/v2/search", api_search, ARGS(search_args), &fields_found, "Everything of that name.",
      .has_no_edit = true },
    { "/wp/v2/settings", .meaning = "The site's settings.", .denied = "rest_forbidden" },
    { "/wp/v2/menus", .meaning = "Navigation lists.", .denied = "rest_cannot_view" },
    { "/wp/v2/menus/{id}", .meaning = "One of them.", .denied = "rest_cannot_view" },
    { "/wp/v2/menu-items", .meaning = "What is in them.", .denied = "rest_cannot_view" },
    { "/wp/v2/menu-items/{id}", .meaning = "One of that.", .denied = "rest_cannot_view" },
    { "/wp/v2/menu-locations", .meaning = "Where they stand.", .denied = "rest_cannot_view" },
    { "/wp/v2/menu-locations/{location}", .meaning = "One place.", .denied = "rest_cannot_view" },
};
const size_t api_routes_len = COUNT_OF(api_routes);
