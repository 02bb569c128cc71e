#include "app/commands.h"

int main(int argc, char **argv) {
    static const struct cli_command *const commands[] = {
        &cmd_new,  &cmd_import_wordpress, &cmd_serve, &cmd_set, &cmd_get,
        &cmd_slot, &cmd_user_add,         &cmd_check,
    };
    return cli_main(commands, COUNT_OF(commands), argc, argv);
}
