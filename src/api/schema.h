/* Routes, arguments and objects as JSON describes them: for the index and for OPTIONS. */
#ifndef API_SCHEMA_H
#define API_SCHEMA_H

#include "api/call.h"

/* "/wp/v2/posts/(?P<id>[\d]+)": the pattern as WordPress's index has it, which clients match. */
struct str schema_pattern(struct arena *a, const struct api_route *route);
/* {"description", "type", "default", "enum"…} of one argument. */
json_t *schema_arg(const struct arg_def *def);
/* JSON Schema of the objects. */
json_t *schema_object(const struct api_schema *schema);
/* {"namespace", "methods", "endpoints"}, and where it stands. */
json_t *schema_route(struct pass *pass, const struct api_route *route);
/* All routes that begin with that, by their patterns. */
json_t *schema_routes(struct pass *pass, struct str below);

#endif
