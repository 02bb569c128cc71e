#include "picture/vips_library.h"

#include <dlfcn.h>
#include <gmodule.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIBRARY "libvips.so.42"

struct vips_library vips;

static void quiet(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data) {
    (void)domain, (void)level, (void)message, (void)data;
}

static enum status find(void *handle, const char *name, void **ret, struct err *err) {
    *ret = dlsym(handle, name);
    return *ret != NULL ? STATUS_OK
                        : err_set(err, STATUS_NOT_FOUND, "%s has no function %s", LIBRARY, name);
}

/* Debian keeps HEIF in a module of its own; the other modules there are for formats that we do not
 * read, and are not loaded. Where it is built in there is nothing to do. */
static void load_heif(void *handle) {
    Dl_info place;
    char path[1024];
    __typeof__(&g_module_open) module_open;
    *(void **)&module_open = dlsym(handle, "g_module_open");
    if (module_open == NULL || vips.vips_type_find("VipsOperation", "heifload_buffer") != 0 ||
        dladdr(*(void **)&vips.vips_init, &place) == 0) {
        return;
    }
    const char *slash = strrchr(place.dli_fname, '/');
    int len = snprintf(path, sizeof path, "%.*s/vips-modules-%d.%d/vips-heif.so",
                       slash != NULL ? (int)(slash - place.dli_fname) : 1,
                       slash != NULL ? place.dli_fname : ".", vips.vips_version(0),
                       vips.vips_version(1));
    if (len > 0 && (size_t)len < sizeof path) {
        (void)module_open(path,
                          G_MODULE_BIND_LAZY); /* AVIF fails with a reason if it is not there */
    }
}

/* libheif of later versions loads its coders on first use. */
static void start_heif(void) {
    int (*init)(void *);
    void *heif = dlopen("libheif.so.1", RTLD_LAZY | RTLD_NOLOAD);
    *(void **)&init = heif != NULL ? dlsym(heif, "heif_init") : NULL;
    if (init != NULL) {
        (void)init(NULL);
    }
}

/* Loaders and savers: all shut, then those open that we name. */
static void open_loaders(void) {
    static const char *const open[] = {
        "VipsForeignLoadJpeg", "VipsForeignLoadPng",  "VipsForeignLoadNsgif",
        "VipsForeignLoadWebp", "VipsForeignLoadHeif", "VipsForeignSaveJpeg",
        "VipsForeignSavePng",  "VipsForeignSaveWebp", "VipsForeignSaveHeif",
    };
    vips.vips_operation_block_set("VipsForeignLoad", TRUE);
    vips.vips_operation_block_set("VipsForeignSave", TRUE);
    for (size_t i = 0; i < COUNT_OF(open); i++) {
        vips.vips_operation_block_set(open[i], FALSE);
    }
    vips.vips_block_untrusted_set(TRUE);
}

enum status vips_library_load(struct err *err) {
    void *handle = dlopen(LIBRARY, RTLD_LAZY | RTLD_GLOBAL);
    if (handle == NULL) {
        return err_set(err, STATUS_NOT_FOUND,
                       "pictures cannot be decoded here: install libvips (Debian: libvips42): %s",
                       dlerror());
    }
    enum status status = STATUS_OK;
#define X(name)                                                                                    \
    if (status == STATUS_OK) {                                                                     \
        status = find(handle, #name, (void **)&vips.name, err);                                    \
    }
    VIPS_LIBRARY_FUNCTIONS(X)
#undef X
    if (status != STATUS_OK) {
        return status;
    }
    /* Up to 8.14 its fast loops are machine code made at run time, and no memory of ours will be
     * executable; later versions carry theirs. Where it looks for its modules: nowhere. */
    bool makes_code = vips.vips_version(0) == 8 && vips.vips_version(1) < 15;
    if ((makes_code && setenv("VIPS_NOVECTOR", "1", 1) != 0) ||
        setenv("VIPSHOME", "/nonexistent", 1) != 0 || vips.vips_init("broadsheet") != 0) {
        return err_set(err, STATUS_IO, "libvips does not start: %s", vips.vips_error_buffer());
    }
    vips.g_log_set_default_handler(quiet, NULL);
    vips.vips_concurrency_set(1);
    vips.vips_cache_set_max(0);
    load_heif(handle);
    start_heif();
    open_loaders();
    return STATUS_OK;
}
