#include "app/find.h"

#include "text/url.h"

enum status find_story(struct cli *cli, struct store_reader *r, const char *text,
                       struct story *ret) {
    struct url url;
    struct str path = str_of(text), canonical = path;
    if (url_parse(path, &url) && url.has_authority) {
        path = url.has_query
                   ? arena_printf(&cli->arena, "%.*s?%.*s", STR_FMT(url.path), STR_FMT(url.query))
                   : url.path;
        canonical = path;
    }
    struct address address;
    enum status status = STATUS_NOT_FOUND;
    if (str_find_char(path, '?', 0) != STR_NPOS ||
        url_path_canonical(&cli->arena, path, &canonical)) {
        status = store_address(r, &cli->arena, canonical, &address, &cli->err);
    }
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && address.kind != ADDRESS_STORY)) {
        cli->err = (struct err){ 0 };
        return err_set(&cli->err, STATUS_NOT_FOUND, "no story answers at '%s'", text);
    }
    return status == STATUS_OK ? store_story(r, &cli->arena, address.id, STORY_CARD, ret, &cli->err)
                               : status;
}
