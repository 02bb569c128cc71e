#include "generator/times.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

double times_since_ms(int64_t begun_us) {
    return (double)(clock_mono_us() - begun_us) / 1000;
}

double times_cpu_ms(void) {
    struct timespec t = { 0 };
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void times_print(const char *what, double *ms, size_t n) {
    if (n > 0) {
        qsort(ms, n, sizeof *ms, compare);
        printf("%-27s %5zu  p50 %7.2f  p95 %7.2f  p99 %7.2f  max %7.2f ms\n", what, n, ms[n / 2],
               ms[n * 95 / 100], ms[n * 99 / 100], ms[n - 1]);
    }
}
