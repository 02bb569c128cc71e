#include "app/commands.h"
#include "picture/worker.h"

int main(int argc, char **argv) {
    static const struct cli_command *const commands[] = {
        &cmd_new,           &cmd_import_wordpress,
        &cmd_export_static, &cmd_serve,
        &cmd_set,           &cmd_get,
        &cmd_slot,          &cmd_story_withdraw,
        &cmd_story_publish, &cmd_user_add,
        &cmd_user_list,     &cmd_user_role,
        &cmd_user_disable,  &cmd_user_remove,
        &cmd_user_password, &cmd_user_totp,
        &cmd_user_sessions, &cmd_user_app_password,
        &cmd_user_token,    &cmd_audit,
        &cmd_author,        &cmd_media_add,
        &cmd_media_list,    &cmd_media_check,
        &cmd_media_probe,   &cmd_media_gc,
        &cmd_views,         &cmd_check,
        &cmd_theme_check,   &cmd_theme_export,
        &cmd_theme_new,     &cmd_theme_reference,
        &cmd_theme_apply,   &cmd_api_reference,
        &cmd_version,
    };
    if (argc == 2 && strcmp(argv[1], WORKER_ARGUMENT) == 0) {
        return worker_main(); /* started by picture/decoder.c */
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        argv[1] += 2; /* the habit of other programs */
    }
    return cli_main(commands, COUNT_OF(commands), argc, argv);
}
