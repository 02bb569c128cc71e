/* What objects have: the one table of their fields. */
#ifndef API_FIELDS_H
#define API_FIELDS_H

#include "api/call.h"

extern const struct api_schema fields_post, fields_page, fields_media, fields_category, fields_tag,
    fields_user, fields_comment, fields_found, fields_type, fields_taxonomy, fields_status;

#endif
