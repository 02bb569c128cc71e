#include "app/find.h"

#include "site/key.h"
#include "text/url.h"

/* The key under which the site would look for what was named. Parameters count only where they are
 * all there is: "/?p=238". */
static bool read_key(struct arena *a, struct str text, struct str *ret) {
    struct url url;
    struct str path;
    if (!url_parse(text, &url) ||
        !url_path_canonical(a, url.has_authority && url.path.len == 0 ? STR("/") : url.path,
                            &path) ||
        site_page_key(a, path, url.query, ret) != PAGE_KEY_OK) {
        return false;
    }
    if (!str_starts(*ret, STR("/?"))) {
        *ret = path;
    }
    return true;
}

static enum status look_up(struct cli *cli, struct store_reader *r, struct str key,
                           struct address *ret) {
    cli->err = (struct err){ 0 };
    return store_address(r, &cli->arena, key, ret, &cli->err);
}

enum status find_story(struct cli *cli, struct store_reader *r, const char *text,
                       struct story *ret) {
    struct str key;
    struct address address;
    enum status status = STATUS_NOT_FOUND;
    if (read_key(&cli->arena, str_of(text), &key)) {
        status = look_up(cli, r, key, &address);
        if (status == STATUS_NOT_FOUND && !str_ends(key, STR("/"))) {
            status = look_up(cli, r, arena_printf(&cli->arena, "%.*s/", STR_FMT(key)), &address);
        }
    }
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && address.kind != ADDRESS_STORY)) {
        cli->err = (struct err){ 0 };
        return err_set(&cli->err, STATUS_NOT_FOUND, "no story answers at '%s'", text);
    }
    return status == STATUS_OK ? store_story(r, &cli->arena, address.id, STORY_CARD, ret, &cli->err)
                               : status;
}
