/* What the commands on users share. */
#ifndef APP_CMD_USER_H
#define APP_CMD_USER_H

#include "app/commands.h"
#include "base/clock.h"
#include "newsroom/identity.h"

/* One line of standard input; a secret one without echo when a person types it. */
bool cmd_user_line(const char *prompt, bool is_secret, char line[LIMIT_PASSWORD_BYTES + 2]);
/* A new password, typed twice by a person; the exit code, EXIT_DONE when there is one. */
int cmd_user_new_password(struct cli *cli, char password[LIMIT_PASSWORD_BYTES + 2]);
/* The user whose login is the first argument. */
NODISCARD enum status cmd_user_find(struct cli *cli, struct store_reader *r, struct user *ret);
/* "" for 0. */
void cmd_user_time(int64_t us, char out[CLOCK_RFC3339_LEN + 1]);
/* A line; or as JSON the login and `done`. Returns the exit code. */
int cmd_user_say(struct cli *cli, const char *said, const char *done);

#endif
