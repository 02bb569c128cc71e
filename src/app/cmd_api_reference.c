/* `broadsheet api reference`: the API as an OpenAPI document, told by the table of its routes. */
#include "api/openapi.h"
#include "app/commands.h"
#include "base/limits.h"

#include <stdlib.h>

static int run(struct cli *cli) {
    struct buf out;
    json_t *document = openapi_document(STR(BROADSHEET_VERSION));
    char *text = json_dumps(document, JSON_INDENT(1));
    check(text != NULL);
    buf_init(&out, 4 * MIB);
    buf_put(&out, str_of(text));
    buf_put_char(&out, '\n');
    free(text);
    json_decref(document);
    return cli_print(cli, &out);
}

const struct cli_command cmd_api_reference = {
    .name = "api reference",
    .arguments = "",
    .summary = "print the API as an OpenAPI 3.1 document",
    .details =
        "Every route with what it takes and gives. docs/api.md explains them, docs/openapi.json "
        "is what\nthis prints.",
    .examples = "  broadsheet api reference | jq '.paths | keys'",
    .max_args = 0,
    .run = run,
};
