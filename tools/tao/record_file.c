// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "common.h"
#include "keeper.h"
#include "record_file.h"

/* *stop is looked at so often. */
#define INTERVAL_MS 100

static const char silent[] = "the file system does not answer";

/* Returns 1 if there is a reply, 0 if there is none until @until_ms, or a negative errno. */
static int await_reply(const struct record_file *file, struct keeper_reply *reply,
		       int64_t until_ms, const atomic_bool *stop)
{
	int64_t left;
	int ret = 0;

	do {
		left = until_ms - now_ms();
		ret = keeper_reply(file->keeper, reply,
				   left < 0 ? 0 : left < INTERVAL_MS ? left : INTERVAL_MS);
	} while (!ret && left > 0 && !(stop && atomic_load(stop)));
	return ret;
}

static void forget(struct record_file *file)
{
	close(file->keeper);
	file->keeper = -1;
}

/* Why it was not opened; NULL if it was. */
static const char *refusal(const struct keeper_reply *reply)
{
	switch (reply->result) {
	case KEEPER_DONE:
		return NULL;
	case KEEPER_NOT_REGULAR:
		return "not a regular file";
	default:
		return strerror(reply->error);
	}
}

static int report_open(const struct record_file *file, const struct keeper_reply *reply)
{
	const char *why = refusal(reply);

	if (!why)
		return STATUS_OK;
	if (reply->result == KEEPER_BUSY)
		complain(NAMED("record-exists")
			 "%s: another burn keeps its %s there; name another file", file->path,
			 file->kind);
	else if (reply->result == KEEPER_FOREIGN)
		complain(NAMED("record-exists")
			 "%s: is there already, and is not a %s; name another file", file->path,
			 file->kind);
	else
		complain(NAMED("record-failed")
			 "%s: can't keep a %s there: %s", file->path, file->kind, why);
	return STATUS_USAGE;
}

static int await_open(struct record_file *file, const atomic_bool *stop)
{
	struct keeper_reply reply = { 0 };
	int ret = await_reply(file, &reply, now_ms() + RECORD_FILE_MS, stop);

	if (!ret && atomic_load(stop)) {
		complain(NAMED("cancelled") "nothing was written");
		return STATUS_CANCELLED;
	}
	if (ret > 0) {
		file->again = reply.again;
		return report_open(file, &reply);
	}
	complain(NAMED("record-failed") "%s: can't keep a %s there: %s", file->path, file->kind,
		 ret ? strerror(-ret) : silent);
	return STATUS_USAGE;
}

int record_file_open(struct record_file *file, const char *path, const char *kind,
		     const char *first, const atomic_bool *stop)
{
	int exit_status;

	*file = (struct record_file){ .path = path, .kind = kind };
	file->keeper = keeper_start(path, first);
	if (file->keeper < 0) {
		complain(NAMED("record-failed")
			 "%s: can't keep a %s there: %s", path, kind, strerror(-file->keeper));
		return STATUS_FAILED;
	}
	exit_status = await_open(file, stop);
	if (exit_status)
		forget(file);
	return exit_status;
}

bool record_file_is_ready(struct record_file *file, int64_t until_ms)
{
	struct keeper_reply reply = { 0 };
	int ret;

	if (!file->waits)
		return true;
	ret = await_reply(file, &reply, until_ms, NULL);
	if (!ret)
		return false;
	file->waits = false;
	file->error = ret < 0 ? -ret : reply.error;
	return true;
}

void record_file_print(struct record_file *file, const char *text, size_t length)
{
	int error = keeper_print(file->keeper, text, length);

	file->error = -error;
	file->waits = !error;
}

static char *why_unwritten(struct record_file *file, int64_t until_ms)
{
	struct keeper_reply reply = { 0 };
	int ret;

	if (!record_file_is_ready(file, until_ms))
		return xstrdup(silent);
	keeper_end(file->keeper);
	ret = await_reply(file, &reply, until_ms, NULL);
	if (!ret)
		return xstrdup(silent);
	if (!file->error)
		file->error = ret < 0 ? -ret : reply.error;
	return file->error ? xstrdup(strerror(file->error)) : NULL;
}

char *record_file_close(struct record_file *file, int64_t until_ms)
{
	char *why;

	if (file->keeper < 0)
		return NULL;
	why = why_unwritten(file, until_ms);
	forget(file);
	return why;
}
