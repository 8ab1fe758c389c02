/* SPDX-License-Identifier: GPL-2.0-only */
/* Results of a test program in KTAP format. */
#ifndef TEST_KTAP_H
#define TEST_KTAP_H

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <stdint.h>

static unsigned int ktap_count, ktap_failed;
static char ktap_dir[256];

static inline bool ktap_result(bool good, const char *name, const char *file, int line)
{
	printf("%sok %u %s\n", good ? "" : "not ", ++ktap_count, name);
	if (!good) {
		ktap_failed++;
		printf("# %s:%d\n", file, line);
	}
	return good;
}

/* check(condition, "description of the condition") */
#define check(condition, name) ktap_result(condition, name, __FILE__, __LINE__)

/* check_is(number, number, "description"): prints both if they differ */
static inline bool ktap_equal(int64_t got, int64_t expected, const char *name, const char *file,
			      int line)
{
	bool good = ktap_result(got == expected, name, file, line);

	if (!good)
		printf("# got %lld, expected %lld\n", (long long)got, (long long)expected);
	return good;
}

#define check_is(got, expected, name) ktap_equal(got, expected, name, __FILE__, __LINE__)

/* Seed for all random numbers of a test: TAO_SEED, or a new one each time. Prints it. */
static inline unsigned int ktap_seed(void)
{
	const char *given = getenv("TAO_SEED");
	unsigned int seed = given ? strtoul(given, NULL, 10) : (unsigned int)time(NULL);

	printf("TAP version 13\n# seed %u\n", seed);
	return seed;
}

static inline int ktap_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/*
 * A path in a temporary directory of this test, which is removed at the end. Valid for four
 * calls.
 */
static inline char *ktap_path(const char *name)
{
	static char path[4][512];
	static unsigned int n;

	if (!ktap_dir[0]) {
		const char *tmp = getenv("TMPDIR");

		snprintf(ktap_dir, sizeof(ktap_dir), "%s/test.XXXXXX", tmp ? tmp : "/tmp");
		if (!mkdtemp(ktap_dir)) {
			perror(ktap_dir);
			exit(1);
		}
	}
	n = (n + 1) % 4;
	snprintf(path[n], sizeof(path[n]), "%s/%s", ktap_dir, name);
	return path[n];
}

static inline void ktap_write(const char *name, const char *text)
{
	FILE *file = fopen(ktap_path(name), "w");

	fputs(text, file);
	fclose(file);
}

static inline int ktap_end(void)
{
	if (ktap_dir[0])
		nftw(ktap_dir, ktap_remove, 16, FTW_DEPTH | FTW_PHYS);
	printf("1..%u\n", ktap_count);
	return ktap_failed || !ktap_count;
}

#endif /* TEST_KTAP_H */
