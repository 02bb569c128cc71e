/* All renditions of one picture, as an upload makes them: each width as AVIF, WebP and JPEG, on as
 * many workers as there are threads. Prints the time, and the most memory that a worker had.
 *
 *   pictures FILE [ROUNDS [THREADS]] */
#include "base/clock.h"
#include "picture/decoder.h"
#include "picture/worker.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static const int widths[] = { 2400, 2000, 1600, 1200, 960, 640, 480, 320 };
static const enum picture_format formats[] = { PICTURE_AVIF, PICTURE_WEBP, PICTURE_JPEG };

struct job {
    struct decoder *decoder;
    const char *path;
    atomic_size_t next;
    atomic_long peak_kib;
    _Atomic int64_t bytes[PICTURE_FORMAT_END];
    _Atomic int64_t took_us[PICTURE_FORMAT_END];
};

static long peak_of(pid_t pid) {
    char path[64], line[256];
    long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "re");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "VmHWM: %ld", &kib) == 1) {
            break;
        }
    }
    if (f != NULL) {
        fclose(f);
    }
    return kib;
}

static void stop(const char *what, const struct err *err) {
    fprintf(stderr, "%s: %s\n", what, err->message);
    exit(1);
}

/* Widths by turns, the largest and dearest first, until none is left. */
static void *work(void *arg) {
    struct job *job = arg;
    struct err err = { 0 };
    struct decoding *d;
    int fd = open(job->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || decoding_begin(job->decoder, fd, STR(""), &d, &err) != STATUS_OK) {
        stop(job->path, &err);
    }
    size_t at;
    while ((at = atomic_fetch_add(&job->next, 1)) < COUNT_OF(widths)) {
        for (size_t f = 0; f < COUNT_OF(formats); f++) {
            struct rendition r = { .format = formats[f], .width = widths[at] };
            struct rendition_made made;
            int out = memfd_create("rendition", MFD_CLOEXEC);
            int64_t from_us = clock_mono_us();
            if (out < 0 || decoding_make(d, &r, out, &made, &err) != STATUS_OK) {
                stop(job->path, &err);
            }
            atomic_fetch_add(&job->bytes[r.format], (int64_t)made.bytes);
            atomic_fetch_add(&job->took_us[r.format], clock_mono_us() - from_us);
            close(out);
        }
    }
    long kib = peak_of(decoding_pid(d)), most = atomic_load(&job->peak_kib);
    while (kib > most && !atomic_compare_exchange_weak(&job->peak_kib, &most, kib)) {
    }
    decoding_end(d);
    close(fd);
    return NULL;
}

int main(int argc, char **argv) {
    enum { THREADS_MAX = 16 };
    if (argc == 2 && strcmp(argv[1], WORKER_ARGUMENT) == 0) {
        return worker_main();
    }
    int rounds = argc > 2 ? atoi(argv[2]) : 5;
    int threads = argc > 3 ? atoi(argv[3]) : 2;
    if (argc < 2 || rounds < 1 || threads < 1 || threads > THREADS_MAX) {
        fprintf(stderr, "usage: pictures FILE [ROUNDS [THREADS]]\n");
        return 2;
    }
    struct decoder *decoder =
        decoder_new(&(struct decoder_options){ .workers = (unsigned)threads });
    for (int round = 0; round < rounds; round++) {
        struct job job = { .decoder = decoder, .path = argv[1] };
        pthread_t ids[THREADS_MAX];
        struct rusage before, after;
        getrusage(RUSAGE_CHILDREN, &before);
        int64_t start_us = clock_mono_us();
        for (int i = 0; i < threads; i++) {
            check(pthread_create(&ids[i], NULL, work, &job) == 0);
        }
        for (int i = 0; i < threads; i++) {
            pthread_join(ids[i], NULL);
        }
        int64_t took_us = clock_mono_us() - start_us;
        getrusage(RUSAGE_CHILDREN, &after);
        int64_t cpu_us = (after.ru_utime.tv_sec - before.ru_utime.tv_sec) * US_PER_SECOND +
                         (after.ru_utime.tv_usec - before.ru_utime.tv_usec) +
                         (after.ru_stime.tv_sec - before.ru_stime.tv_sec) * US_PER_SECOND +
                         (after.ru_stime.tv_usec - before.ru_stime.tv_usec);
        printf("%zu renditions: %.2f s, %.2f s of processors, at most %ld MB a worker",
               COUNT_OF(widths) * COUNT_OF(formats), (double)took_us / 1e6, (double)cpu_us / 1e6,
               atomic_load(&job.peak_kib) / 1024);
        for (size_t f = 0; f < COUNT_OF(formats); f++) {
            printf("; %s %lld KB in %lld ms", picture_format_name(formats[f]),
                   (long long)job.bytes[formats[f]] / 1024,
                   (long long)job.took_us[formats[f]] / 1000);
        }
        printf("\n");
    }
    decoder_free(decoder);
    return 0;
}
