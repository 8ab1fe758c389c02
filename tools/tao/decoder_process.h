/* SPDX-License-Identifier: GPL-2.0-only */
/* tao-decode working on one file: a process without rights that sends messages through a pipe. */
#ifndef TAO_DECODER_PROCESS_H
#define TAO_DECODER_PROCESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "../tao-decode/wire.h"

struct decoder_process;

struct decoder_task {
	int fd; /* of the file; its position does not matter */
	const char *path; /* used for the ending of its name */
	const char *mode; /* "info", "count", "audio", "float" */
	bool downmix;
	bool narrow; /* the lower bits of samples wider than 16 bits are known to be 0 */
	uint64_t skip; /* frames on the CD */
};

/* One message; its contents are valid until the next call. */
struct decoder_message {
	enum wire_type type; /* 0: there are no more */
	uint32_t bytes;
	const void *data;
};

/* Returns NULL with *problem, without the name of the file, to be freed. */
struct decoder_process *decoder_process_start(const struct decoder_task *task, char **problem);
/* Returns 0, or -1 if there are no more messages: the process broke off, or *stop (may be NULL). */
int decoder_process_next(struct decoder_process *process, struct decoder_message *message,
			 const atomic_bool *stop);
/* End the process. Returns why it broke off, without the name of the file; or NULL. To be freed. */
char *decoder_process_end(struct decoder_process *process);
/* The text for WIRE_REFUSED, without the name of the file. To be freed. */
char *decoder_refusal(const struct decoder_message *message);

#endif /* TAO_DECODER_PROCESS_H */
