/* Times of many of the same thing, for people. */
#ifndef GENERATOR_TIMES_H
#define GENERATOR_TIMES_H

#include <stddef.h>
#include <stdint.h>

/* Milliseconds on the wall since a clock_mono_us(). */
double times_since_ms(int64_t begun_us);
/* What this thread has used: on a busy machine nearer to the truth than the clock. */
double times_cpu_ms(void);
/* One line: how many, p50, p95, p99, the most. Sorts them. */
void times_print(const char *what, double *ms, size_t n);

#endif
