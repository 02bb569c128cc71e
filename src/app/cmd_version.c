/* `broadsheet version`. */
#include "app/commands.h"
#include "text/json.h"

static int run(struct cli *cli) {
    struct buf out;
    struct json j;
    buf_init(&out, 4096);
    if (cli->json) {
        cli_json_open(&j, &out);
        json_field_str(&j, STR("version"), STR(BROADSHEET_VERSION));
        cli_json_close(&j);
    } else {
        buf_put(&out, STR("broadsheet " BROADSHEET_VERSION "\n"));
    }
    return cli_print(cli, &out);
}

const struct cli_command cmd_version = {
    .name = "version",
    .arguments = "",
    .summary = "which version this is",
    .examples = "  broadsheet version\n"
                "  broadsheet version --json | jq -r .version",
    .min_args = 0,
    .max_args = 0,
    .options = { CLI_JSON_OPTION },
    .run = run,
};
