/* The API as an OpenAPI 3.1 document, made from the table of routes. */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H

#include "base/str.h"

#include <jansson.h>

/* version: of the program. The caller's (json_decref). */
json_t *openapi_document(struct str version);

#endif
