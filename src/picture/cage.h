/* Taking every right away from this process that a decoder does not need, for good.
 *
 * Afterwards it can reckon, allocate memory up to its limit, start threads, and use the descriptors
 * that it has: receive on its socket, map what it receives, write to it. It cannot open a file by
 * any name, make a socket, start a program or a process, look at other processes, or make memory
 * executable. What it tries of that fails with EPERM, or ends it where no decoder would ever try.
 * This needs no privileges and no user namespaces, so that it works in plain containers. */
#ifndef PICTURE_CAGE_H
#define PICTURE_CAGE_H

#include "base/status.h"

/* To be called while the process has one thread. memory_bytes: what it may allocate from now on.
 * Errors: FORBIDDEN (the system does not let it: the message names the remedy), IO. After an error
 * the process must not touch untrusted bytes. */
NODISCARD enum status cage_enter(size_t memory_bytes, struct err *err);

#endif
