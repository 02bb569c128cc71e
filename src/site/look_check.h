/* Everything that is wrong with a theme's folder, for those who make one. */
#ifndef SITE_LOOK_CHECK_H
#define SITE_LOOK_CHECK_H

#include "base/status.h"
#include "site/look.h"

struct look_fault {
    struct str file;  /* as in messages: "mysite/theme/latest.hbs" */
    struct str place; /* "line:column", or empty */
    struct str message;
};

struct look_faults {
    const struct look_fault *ptr; /* by file and place */
    size_t len;
    size_t files; /* that were looked at */
};

/* Of a template, its first fault: what stands behind it may not mean what it seems to.
 * entries, helpers: as for look_open. Errors: NOT_FOUND (no such folder), IO. */
NODISCARD enum status look_check(struct arena *a, const char *dir,
                                 const struct template_entry *entries, size_t entries_len,
                                 const struct helper *helpers, struct look_faults *ret,
                                 struct err *err);

#endif
