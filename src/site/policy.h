/* The Content-Security-Policy of a page: the operator's, with leave for the theme's own script. */
#ifndef SITE_POLICY_H
#define SITE_POLICY_H

#include "base/arena.h"

/* policy: as in the settings. source: "'sha256-…'", or empty: the theme has no script. A policy
 * that speaks of scripts already is completed, unless it allows every inline script
 * ('unsafe-inline' ends where a hash begins) or none on purpose ('none', script-src-elem). */
struct str policy_with_script(struct arena *a, struct str policy, struct str source);

#endif
