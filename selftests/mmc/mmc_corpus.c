// SPDX-License-Identifier: GPL-2.0-only
/* mmc_corpus DIRECTORY: writes the known replies to files, as seeds for mmc_fuzz. */
#include <stdio.h>
#include <unistd.h>
#include "replies.h"

static int write_reply(const struct reply *reply)
{
	FILE *file = fopen(reply->name, "w");
	int failed;

	if (!file)
		return -1;
	fputc(reply->type, file);
	fwrite(reply->bytes, 1, reply->len, file);
	failed = ferror(file);
	return fclose(file) || failed ? -1 : 0;
}

int main(int argc, char **argv)
{
	unsigned int i;

	if (argc != 2 || chdir(argv[1])) {
		fprintf(stderr, "usage: mmc_corpus DIRECTORY\n");
		return 2;
	}
	for (i = 0; i < ARRAY_SIZE(replies); i++) {
		if (write_reply(&replies[i])) {
			perror(replies[i].name);
			return 1;
		}
	}
	return 0;
}
