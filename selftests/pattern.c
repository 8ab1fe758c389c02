// SPDX-License-Identifier: GPL-2.0-only
/*
 * pattern SEED BYTES: random bytes, always the same for the same seed. A shorter output is a
 * prefix of a longer one.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define WORDS	8192

/* xorshift64*, Vigna 2016 */
static uint64_t next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL;
}

static uint64_t number(const char *text)
{
	char *end;
	uint64_t value;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || *end || end == text) {
		fprintf(stderr, "pattern: not a number: %s\n", text);
		exit(2);
	}
	return value;
}

int main(int argc, char **argv)
{
	uint64_t buffer[WORDS];
	uint64_t state, left;
	size_t i, bytes;

	if (argc != 3) {
		fprintf(stderr, "usage: pattern SEED BYTES\n");
		return 2;
	}
	/* The state must not be 0, and similar seeds must not give similar output. */
	state = (number(argv[1]) + 1) * 0x9e3779b97f4a7c15ULL | 1;
	for (left = number(argv[2]); left; left -= bytes) {
		for (i = 0; i < WORDS; i++)
			buffer[i] = next(&state);
		bytes = left < sizeof(buffer) ? left : sizeof(buffer);
		if (fwrite(buffer, 1, bytes, stdout) != bytes) {
			perror("pattern");
			return 1;
		}
	}
	if (fflush(stdout)) {
		perror("pattern");
		return 1;
	}
	return 0;
}
