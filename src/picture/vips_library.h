/* libvips, loaded by the worker when it starts and by nobody else: linked in, its hundred libraries
 * would cost every command of the program 30 ms, and lie in the address space of the server. The
 * functions are declared by vips' own header, so that each call is checked against it. */
#ifndef PICTURE_VIPS_LIBRARY_H
#define PICTURE_VIPS_LIBRARY_H

#include "base/status.h"

#include <vips/vips.h>

#define VIPS_LIBRARY_FUNCTIONS(X)                                                                  \
    X(vips_init)                                                                                   \
    X(vips_version)                                                                                \
    X(vips_type_find)                                                                              \
    X(vips_concurrency_set)                                                                        \
    X(vips_cache_set_max)                                                                          \
    X(vips_operation_block_set)                                                                    \
    X(vips_block_untrusted_set)                                                                    \
    X(vips_error_buffer)                                                                           \
    X(vips_error_clear)                                                                            \
    X(vips_area_unref)                                                                             \
    X(vips_array_double_new)                                                                       \
    X(vips_jpegload_buffer)                                                                        \
    X(vips_pngload_buffer)                                                                         \
    X(vips_gifload_buffer)                                                                         \
    X(vips_webpload_buffer)                                                                        \
    X(vips_heifload_buffer)                                                                        \
    X(vips_image_get_width)                                                                        \
    X(vips_image_get_height)                                                                       \
    X(vips_image_get_bands)                                                                        \
    X(vips_image_get_interpretation)                                                               \
    X(vips_image_get_format)                                                                       \
    X(vips_image_get_n_pages)                                                                      \
    X(vips_image_get_page_height)                                                                  \
    X(vips_image_get_orientation)                                                                  \
    X(vips_image_get_typeof)                                                                       \
    X(vips_image_get_blob)                                                                         \
    X(vips_image_get_array_int)                                                                    \
    X(vips_image_get_int)                                                                          \
    X(vips_image_hasalpha)                                                                         \
    X(vips_image_set_int)                                                                          \
    X(vips_image_set_array_int)                                                                    \
    X(vips_image_new_from_memory_copy)                                                             \
    X(vips_image_write_to_memory)                                                                  \
    X(vips_copy)                                                                                   \
    X(vips_extract_area)                                                                           \
    X(vips_thumbnail_image)                                                                        \
    X(vips_cast)                                                                                   \
    X(vips_region_new)                                                                             \
    X(vips_region_prepare)                                                                         \
    X(vips_jpegsave_buffer)                                                                        \
    X(vips_pngsave_buffer)                                                                         \
    X(vips_webpsave_buffer)                                                                        \
    X(vips_heifsave_buffer)                                                                        \
    X(g_object_ref)                                                                                \
    X(g_object_unref)                                                                              \
    X(g_free)                                                                                      \
    X(g_log_set_default_handler)

struct vips_library {
#define X(name) __typeof__(&name) name;
    VIPS_LIBRARY_FUNCTIONS(X)
#undef X
};

/* Filled by vips_library_load. */
extern struct vips_library vips;

/* Load the library and start it with the loaders that untrusted files may meet, and no other. To be
 * called once, before the process is confined: what libraries open, they open here.
 * Errors: NOT_FOUND (it is not installed: the message says what to install), IO. */
NODISCARD enum status vips_library_load(struct err *err);

#endif
