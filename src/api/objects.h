/* The handlers of the routes, by what they answer with. */
#ifndef API_OBJECTS_H
#define API_OBJECTS_H

#include "api/call.h"

api_handler api_index, api_namespace;
api_handler api_types, api_type, api_statuses, api_status, api_taxonomies, api_taxonomy;
api_handler api_posts, api_post, api_pages, api_page_object;
api_handler api_categories, api_category, api_tags, api_tag;
api_handler api_users, api_user;
api_handler api_media_list, api_media;
api_handler api_comments, api_comment;
api_handler api_search;

/* A list of stories, as objects. */
enum status api_posts_of(struct api_answer *answer, struct ids ids, struct err *err);
/* All stories and pages that a search finds, as far as searches count. */
NODISCARD enum status api_search_all(struct api_answer *answer, struct str words, bool newest_first,
                                     struct ids *ret, struct err *err);
/* What "wp:" in the names of links stands for. */
void api_put_curies(json_t *object);
#endif
