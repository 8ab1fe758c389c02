// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>
#include <unistd.h>
#include "decode.h"

static void write_all(const void *data, size_t bytes)
{
	ssize_t n;

	for (size_t done = 0; done < bytes; done += n) {
		n = write(STDOUT_FILENO, (const char *)data + done, bytes - done);
		if (n <= 0)
			exit(1);
	}
}

void put_message(enum wire_type type, const void *data, size_t bytes)
{
	struct wire_head head = { type, bytes };

	write_all(&head, sizeof(head));
	write_all(data, bytes);
}
