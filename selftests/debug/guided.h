/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A fuzzer that learns. The random numbers that a run draws determine what it does, so they are
 * recorded. KCOV shows which code of the modules its calls reached. A run that reached new code
 * is kept, and most new runs are slight variations of one that was kept.
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

#define GUIDED_NUMBERS	512		/* per run; further ones are not recorded */
#define GUIDED_RUNS	2048
#define GUIDED_TRACE	(1 << 16)	/* addresses per run */
#define GUIDED_BITS	20

/* The numbers of a run. */
struct guided_run {
	unsigned int count;
	unsigned int numbers[GUIDED_NUMBERS];
};

/* Per-thread data. */
struct guided {
	int fd;			/* KCOV; 0 before its first use, -1 if there is none */
	unsigned long *trace;	/* count, then the addresses */
	bool running;
	unsigned int at;	/* index of the next number */
	struct guided_run run;
};

static struct {
	pthread_mutex_t lock;	/* protects all members */
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

/* Selects a run that was kept, truncates it and replaces some numbers. */
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

/* Coverage is measured even if the run does not learn. */
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

/* Returns the next recorded number, or a new one. */
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

/* Call it with the lock held. Returns the number of new addresses in the run. */
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
	/* Recorded numbers that were not drawn this time do not count. */
	g->run.count = g->at;
	pthread_mutex_lock(&guided_kept.lock);
	found = guided_new_places(g);
	guided_kept.places_count += found;
	if (found && g->run.count && guided_kept.runs_count < GUIDED_RUNS)
		guided_kept.runs[guided_kept.runs_count++] = g->run;
	pthread_mutex_unlock(&guided_kept.lock);
}

#endif
