/* Everything that is wrong with a theme's folder, for those who make one. */
#ifndef SITE_LOOK_CHECK_H
#define SITE_LOOK_CHECK_H

#include "base/buf.h"
#include "base/status.h"
#include "site/look.h"

struct look_fault {
    struct str file;  /* as in messages: "mysite/theme/latest.hbs" */
    struct str place; /* "line:column", or empty */
    struct str message;
    struct str
        caller;    /* "file:line:column" that called the partial where this is wrong; or empty */
    bool is_error; /* the theme would not be shown, or readers would see that it is wrong */
};

struct look_faults {
    const struct look_fault *ptr; /* by file and place */
    size_t len, errors;
    size_t files; /* that were looked at */
};

/* "file:line:column: message" and a line's end, as compilers write it: editors jump to the place.
 */
void look_fault_put(struct buf *out, const struct look_fault *fault);

/* All that is wrong, but of a template with a fault in its syntax, what stands behind that: it may
 * not mean what it seems to. rules: as for look_open. Errors: NOT_FOUND (no such folder), IO. */
NODISCARD enum status look_check(struct arena *a, const char *dir,
                                 const struct template_rules *rules, struct look_faults *ret,
                                 struct err *err);

#endif
