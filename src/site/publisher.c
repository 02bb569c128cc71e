#include "site/publisher.h"

#include "picture/rendition_name.h"
#include "site/cards.h"
#include "text/image_size.h"

/* An asset's own bytes say how large it is; of an SVG nobody needs to know. */
static struct view_image asset_image(const struct asset *asset) {
    struct view_image image = { .src = asset->path, .mime = asset->mime };
    int width, height;
    if (image_size(asset->bytes, &width, &height)) {
        image.width = width;
        image.height = height;
    }
    return image;
}

static enum status upload_image(struct pass *pass, struct str path, const struct view_image **ret,
                                struct err *err) {
    struct address address;
    struct err lost = { 0 };
    struct rendition_name name;
    if (rendition_name_parse(path, &name)) {
        return card_image(pass, name.id, ret, err);
    }
    enum status status = store_address(pass->reader, pass->arena, path, &address, &lost);
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && address.kind != ADDRESS_MEDIA)) {
        return STATUS_OK;
    }
    return status == STATUS_OK ? card_image(pass, address.id, ret, err)
                               : err_set(err, status, "%s", lost.message);
}

enum status publisher_logo(struct pass *pass, const struct view_image **ret, struct err *err) {
    struct str name = str_trim(pass->settings.logo);
    const struct view_image *found = NULL;
    enum status status = STATUS_OK;
    *ret = NULL;
    if (str_starts(name, STR("/"))) {
        status = upload_image(pass, name, &found, err);
    }
    const struct asset *asset = name.len > 0 ? look_asset(pass->look, name) : NULL;
    if (status != STATUS_OK || (found == NULL && asset == NULL)) {
        return status;
    }
    struct view_image *logo = ARENA_NEW(pass->arena, struct view_image);
    *logo = found != NULL ? *found : asset_image(asset);
    logo->alt = pass->settings.title;
    *ret = logo;
    return STATUS_OK;
}
