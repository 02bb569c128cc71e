/* Things that people name on the command line. */
#ifndef APP_FIND_H
#define APP_FIND_H

#include "app/cli.h"

/* A story or page by its address: a path, or a URL of which the path counts; old addresses lead to
 * it, too, and a missing last slash or "?utm_source=x" behind are no matter, as on the site.
 * Errors: NOT_FOUND, in cli->err. */
NODISCARD enum status find_story(struct cli *cli, struct store_reader *r, const char *text,
                                 struct story *ret);

#endif
