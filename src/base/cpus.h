/* How many processors this process may use. */
#ifndef BASE_CPUS_H
#define BASE_CPUS_H

#include <stddef.h>

/* At least 1. What taskset or a container's cpuset left counts, not what the machine has. */
size_t cpus_usable(void);

#endif
