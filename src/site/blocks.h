/* The fragments that pages share. Private to src/site.
 *
 *   style                            the style sheet, in <head>
 *   masthead, footer                 around every page
 *   latest/section:N[/except:ID]     the newest stories of a section (0: of the site)
 *   dont-miss/section:N[/except:ID]  picked stories that `latest` of the same page does not show */
#ifndef SITE_BLOCKS_H
#define SITE_BLOCKS_H

#include "site/pass.h"

/* Those above, for templates; the last name is NULL. */
extern const struct template_fragment blocks_fragments[];
/* Whether the key is of a kind that has variants. */
bool blocks_varies(struct str key);

/* Errors: NOT_FOUND (no such kind, parameters or section). */
NODISCARD enum status blocks_render(struct pass *pass, struct str key,
                                    struct fragment_build *fragment, struct err *err);

#endif
