/* Every sub-command, one a file: cmd_<name>.c. */
#ifndef APP_COMMANDS_H
#define APP_COMMANDS_H

#include "app/cli.h"

/* The folder of --theme DIR; NULL: not given. NOT_FOUND: given, but not there. */
NODISCARD enum status cmd_theme_dir(struct cli *cli, const char **ret);

extern const struct cli_command cmd_new;
extern const struct cli_command cmd_import_wordpress;
extern const struct cli_command cmd_export_static;
extern const struct cli_command cmd_serve;
extern const struct cli_command cmd_set;
extern const struct cli_command cmd_get;
extern const struct cli_command cmd_slot;
extern const struct cli_command cmd_story_withdraw;
extern const struct cli_command cmd_story_publish;
extern const struct cli_command cmd_user_add;
extern const struct cli_command cmd_user_list;
extern const struct cli_command cmd_user_role;
extern const struct cli_command cmd_user_disable;
extern const struct cli_command cmd_user_remove;
extern const struct cli_command cmd_user_password;
extern const struct cli_command cmd_user_totp;
extern const struct cli_command cmd_user_sessions;
extern const struct cli_command cmd_user_app_password;
extern const struct cli_command cmd_user_token;
extern const struct cli_command cmd_audit;
extern const struct cli_command cmd_author;
extern const struct cli_command cmd_media_add;
extern const struct cli_command cmd_media_list;
extern const struct cli_command cmd_media_check;
extern const struct cli_command cmd_media_probe;
extern const struct cli_command cmd_media_gc;
extern const struct cli_command cmd_views;
extern const struct cli_command cmd_check;
extern const struct cli_command cmd_theme_check;
extern const struct cli_command cmd_theme_export;
extern const struct cli_command cmd_theme_new;
extern const struct cli_command cmd_theme_reference;
extern const struct cli_command cmd_theme_apply;
extern const struct cli_command cmd_api_reference;
extern const struct cli_command cmd_version;

#endif
