/* Media types by file name. */
#ifndef HTTP_MIME_H
#define HTTP_MIME_H

#include "base/str.h"

/* By the extension, in any case; text types carry "; charset=utf-8". Unknown or none:
 * "application/octet-stream". */
struct str http_mime(struct str filename);

#endif
