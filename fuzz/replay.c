/* Without libFuzzer, a fuzz target becomes a test: every file named on the command line, and every
 * file of the folders named, is fed to it once. Prints how many. */
#include "base/io.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t inputs;

static void replay_file(const char *path) {
    struct err err = { 0 };
    struct buf bytes;
    buf_init(&bytes, 256u << 20);
    if (io_read_file(path, &bytes, &err) != STATUS_OK) {
        fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
    /* Exactly as long as the input, so that a read past its end is seen by ASan. */
    uint8_t *exact = malloc(bytes.len ? bytes.len : 1);
    check(exact != NULL);
    if (bytes.len > 0) {
        memcpy(exact, bytes.ptr, bytes.len);
    }
    LLVMFuzzerTestOneInput(exact, bytes.len);
    free(exact);
    buf_done(&bytes);
    inputs++;
}

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
        struct stat st;
        if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode)) {
            DIR *dir = opendir(argv[i]);
            check(dir != NULL);
            for (struct dirent *e; (e = readdir(dir)) != NULL;) {
                char path[PATH_MAX];
                snprintf(path, sizeof path, "%s/%s", argv[i], e->d_name);
                if (e->d_name[0] != '.') {
                    replay_file(path);
                }
            }
            closedir(dir);
        } else {
            replay_file(argv[i]);
        }
    }
    printf("%s: %zu inputs replayed\n", argv[0], inputs);
    return inputs > 0 ? 0 : 1;
}
