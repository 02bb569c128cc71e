/* A fixed set of threads that run jobs in order of arrival, each with its own source context
 * (a read connection, date formatters, an arena). */
#ifndef RENDER_POOL_H
#define RENDER_POOL_H

#include "base/status.h"
#include "render/page.h"

struct pool;

typedef void pool_job(void *source_thread, void *arg);

/* queue_max: jobs that may wait. */
NODISCARD enum status pool_new(const struct render_source *source, size_t threads, size_t queue_max,
                               struct pool **ret, struct err *err);
/* Runs what is queued already, then ends the threads. */
void pool_free(struct pool *p);
/* Any thread. False: the queue is full or the pool is ending; the job will not run. */
NODISCARD bool pool_submit(struct pool *p, pool_job *job, void *arg);

#endif
