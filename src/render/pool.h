/* A fixed set of threads that run jobs, each with its own source context (a read connection, date
 * formatters, an arena).
 *
 * There are two queues, each in order of arrival. What anybody can ask for in any number (searches)
 * waits in one of its own: half of the threads at most run such jobs at a time, so that a flood of
 * them leaves the other half to the pages of the paper; and one thread may always, so that a flood
 * of others does not shut them out. */
#ifndef RENDER_POOL_H
#define RENDER_POOL_H

#include "base/status.h"
#include "render/page.h"

struct pool;

typedef void pool_job(void *source_thread, void *arg);

enum pool_queue { POOL_USUAL, POOL_MADE_UP, POOL_QUEUES };

/* LIMIT_RENDER_QUEUE and LIMIT_MADE_UP_QUEUE jobs may wait. */
NODISCARD enum status pool_new(const struct render_source *source, size_t threads,
                               struct pool **ret, struct err *err);
/* Runs what is queued already, then ends the threads. */
void pool_free(struct pool *p);
/* Any thread. False: the queue is full or the pool is ending; the job will not run. */
NODISCARD bool pool_submit(struct pool *p, enum pool_queue queue, pool_job *job, void *arg);

/* How many jobs wait in the usual queue. */
size_t pool_backlog(struct pool *p);

#endif
