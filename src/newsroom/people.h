/* Staff: who may sign in. */
#ifndef NEWSROOM_PEOPLE_H
#define NEWSROOM_PEOPLE_H

#include "base/limits.h"
#include "store/store.h"

/* Add a user, and the author that readers see; an imported author of that login becomes the user's.
 * password: hashed (newsroom/password.h); "" makes a user who cannot sign in. Errors: INVALID
 * (login not [a-z0-9._-]{1,60}, password_rules, no name), CONFLICT (login taken). Effects: within
 * the transaction of `w`. */
NODISCARD enum status people_add(struct store_writer *w, struct str login, struct str name,
                                 struct str email, enum user_role role, struct str password,
                                 int64_t *ret_id, struct err *err);

#endif
