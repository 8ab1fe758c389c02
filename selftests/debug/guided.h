/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fuzzer that learns. What a run does follows from the numbers that it draws, so these are noted.
 * KCOV tells which places of the modules its calls went through: a run that came to a new one is
 * kept, and most others are one that was kept, changed a little.
 */
#ifndef GUIDED_H
#define GUIDED_H

#include <linux/kcov.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define GUIDED_NUMBERS	512		/* of a run, at most; what it draws then is not noted */
#define GUIDED_RUNS	2048
#define GUIDED_TRACE	(1 << 16)	/* places in a run, at most */
#define GUIDED_BITS	20

/* The numbers of a run. */
struct guided_run {
	unsigned int count;
	unsigned int numbers[GUIDED_NUMBERS];
};

/* What a thread has of its own. */
struct guided {
	int fd;			/* of KCOV; 0 before it is needed, -1 if there is none */
	unsigned long *trace;	/* how many, then the addresses */
	bool running;
	unsigned int at;	/* the next number */
	struct guided_run run;
};

static struct {
	pthread_mutex_t lock;	/* protects all of it */
	struct guided_run runs[GUIDED_RUNS];
	unsigned int runs_count, places_count;
	bool places[1 << GUIDED_BITS];
} guided_kept = { .lock = PTHREAD_MUTEX_INITIALIZER };

static inline void guided_open(struct guided *g)
{
	g->fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	if (g->fd < 0)
		return;
	if (ioctl(g->fd, KCOV_INIT_TRACE, GUIDED_TRACE))
		sim_die("KCOV_INIT_TRACE");
	g->trace = mmap(NULL, GUIDED_TRACE * sizeof(*g->trace), PROT_READ | PROT_WRITE, MAP_SHARED,
			g->fd, 0);
	if (g->trace == MAP_FAILED)
		sim_die("mmap of KCOV");
}

/* One of those that were kept, cut somewhere and with some other numbers. */
static inline void guided_change(struct guided *g, unsigned int *random,
				 unsigned int (*draw)(unsigned int *random))
{
	struct guided_run *run = &g->run;
	unsigned int changes;

	pthread_mutex_lock(&guided_kept.lock);
	*run = guided_kept.runs[draw(random) % guided_kept.runs_count];
	pthread_mutex_unlock(&guided_kept.lock);
	if (draw(random) % 2)
		run->count = 1 + draw(random) % run->count;
	for (changes = 1 + draw(random) % 4; changes; changes--)
		run->numbers[draw(random) % run->count] = draw(random);
}

/* A run that does not learn is measured all the same. */
static inline void guided_begin(struct guided *g, bool learns, unsigned int *random,
				unsigned int (*draw)(unsigned int *random))
{
	if (!g->fd)
		guided_open(g);
	if (g->fd < 0)
		return;
	g->at = 0;
	g->run.count = 0;
	if (learns && __atomic_load_n(&guided_kept.runs_count, __ATOMIC_RELAXED) &&
	    draw(random) % 4)
		guided_change(g, random, draw);
	g->running = true;
	if (ioctl(g->fd, KCOV_ENABLE, KCOV_TRACE_PC))
		sim_die("KCOV_ENABLE");
	__atomic_store_n(&g->trace[0], 0, __ATOMIC_RELAXED);
}

/* The next number: the one that is noted, or a new one. */
static inline unsigned int guided_draw(struct guided *g, unsigned int *random,
				       unsigned int (*draw)(unsigned int *random))
{
	struct guided_run *run = &g->run;

	if (!g->running || g->at == GUIDED_NUMBERS)
		return draw(random);
	if (g->at == run->count)
		run->numbers[run->count++] = draw(random);
	return run->numbers[g->at++];
}

/* With the lock held. Returns how many places of the run were new. */
static inline unsigned int guided_new_places(const struct guided *g)
{
	unsigned long i, n = __atomic_load_n(&g->trace[0], __ATOMIC_RELAXED);
	unsigned int found = 0;

	for (i = 1; i <= n && i < GUIDED_TRACE; i++) {
		bool *place = &guided_kept.places[g->trace[i] * UINT64_C(0x9e3779b97f4a7c15) >>
						  (64 - GUIDED_BITS)];

		found += !*place;
		*place = true;
	}
	return found;
}

static inline void guided_end(struct guided *g)
{
	unsigned int found;

	if (!g->running)
		return;
	g->running = false;
	if (ioctl(g->fd, KCOV_DISABLE, 0))
		sim_die("KCOV_DISABLE");
	/* What was noted but not drawn this time does not count. */
	g->run.count = g->at;
	pthread_mutex_lock(&guided_kept.lock);
	found = guided_new_places(g);
	guided_kept.places_count += found;
	if (found && g->run.count && guided_kept.runs_count < GUIDED_RUNS)
		guided_kept.runs[guided_kept.runs_count++] = g->run;
	pthread_mutex_unlock(&guided_kept.lock);
}

#endif
