#include "base/embed.h"

struct str embed_get(const char *path) {
    for (const struct embed_file *f = embed_files; f->path != NULL; f++) {
        if (strcmp(f->path, path) == 0) {
            return str_make(f->begin, (size_t)(f->end - f->begin));
        }
    }
    return (struct str){ NULL, 0 };
}
