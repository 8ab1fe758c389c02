// SPDX-License-Identifier: GPL-2.0-only
/* Events as text, and breaches with the events before them. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "watch.h"

#define BREACHES_MAX	3	/* printed breaches per drive */

unsigned long breaches;
FILE *report;
static const char *left_out = "";

const char *opcode_name(uint8_t opcode)
{
	static const struct {
		uint8_t opcode;
		const char *name;
	} names[] = {
		{ 0x00, "TEST UNIT READY" }, { 0x03, "REQUEST SENSE" }, { 0x12, "INQUIRY" },
		{ 0x1b, "START STOP UNIT" }, { 0x1e, "PREVENT ALLOW" }, { 0x25, "READ CAPACITY" },
		{ 0x28, "READ" }, { 0x2a, "WRITE" }, { 0x35, "SYNCHRONIZE CACHE" },
		{ 0x43, "READ TOC/PMA/ATIP" }, { 0x46, "GET CONFIGURATION" },
		{ 0x4a, "GET EVENT STATUS" }, { 0x51, "READ DISC INFORMATION" },
		{ 0x52, "READ TRACK INFORMATION" }, { 0x55, "MODE SELECT" },
		{ 0x5a, "MODE SENSE" }, { 0x5b, "CLOSE TRACK/SESSION" },
		{ 0x5c, "READ BUFFER CAPACITY" }, { 0xa1, "BLANK" }, { 0xac, "GET PERFORMANCE" },
		{ 0xbb, "SET CD SPEED" }, { 0xbe, "READ CD" }, { 0, NULL },
	};
	static char other[16];

	for (int i = 0; names[i].name; i++)
		if (names[i].opcode == opcode)
			return names[i].name;
	snprintf(other, sizeof(other), "command %02x", opcode);
	return other;
}

int64_t cdb_lba(const uint8_t *cdb)
{
	return (int32_t)((uint32_t)cdb[2] << 24 | cdb[3] << 16 | cdb[4] << 8 | cdb[5]);
}

int64_t cdb_sectors(const uint8_t *cdb)
{
	return cdb[7] << 8 | cdb[8];
}

static void tell_cdb(const uint8_t *cdb)
{
	fprintf(report, "%s", opcode_name(cdb[0]));
	if (cdb[0] == WRITE_10)
		fprintf(report, " lba=%lld sectors=%lld", (long long)cdb_lba(cdb),
			(long long)cdb_sectors(cdb));
	else
		for (int i = 1; i < 12; i++)
			fprintf(report, "%s%02x", i == 1 ? " " : ".", cdb[i]);
}

static void tell_sense(const struct event *e)
{
	long long ret = e->f[F_RET];

	if (e->type != SIM_ANSWER)
		fprintf(report, " ret=%lld sense=%llx/%02llx/%02llx", ret, (long long)e->f[F_KEY],
			(long long)e->f[F_ASC], (long long)e->f[F_ASCQ]);
	else if (ret > 0)
		fprintf(report, ": %llx/%02llx/%02llx", ret >> 16, ret >> 8 & 255, ret & 255);
	else
		fprintf(report, ret ? ": no answer" : ": good");
}

static void tell_drive(const struct event *e)
{
	fprintf(report, e->type == SIM_DRIVE ? "the recorder: %s" : "tao%s",
		e->type == SIM_DRIVE ? symbol(SIM_DRIVE, "what", e->f[F_WHAT]) : "");
}

static void tell(const struct event *e)
{
	fprintf(report, "  %12.6f  ", seconds(e->tsc));
	switch (e->type) {
	case SIM_ARRIVAL:
		fprintf(report, "drive < %s[%lld] tag %lld: ", e->comm, (long long)e->f[F_PID],
			(long long)e->f[F_TAG]);
		tell_cdb(e->cdb);
		break;
	case SIM_ANSWER:
		fprintf(report, "drive > tag %lld: ", (long long)e->f[F_TAG]);
		tell_cdb(e->cdb);
		tell_sense(e);
		fprintf(report, "%s%s", e->f[F_LOCKED] ? ", door locked" : "",
			e->f[F_FAULTY] ? ", by a fault" : "");
		break;
	case TAO_COMMAND_ISSUE:
		fprintf(report, "tao sends ");
		tell_cdb(e->cdb);
		break;
	case TAO_COMMAND_DONE:
		fprintf(report, "tao got   %s", opcode_name(e->f[F_OPCODE]));
		tell_sense(e);
		break;
	case TAO_WRITE_ISSUE:
	case TAO_WRITE_DONE:
		fprintf(report, "tao %s WRITE lba=%lld sectors=%lld",
			e->type == TAO_WRITE_ISSUE ? "sends" : "got  ", (long long)e->f[F_LBA],
			(long long)e->f[F_SECTORS]);
		if (e->type == TAO_WRITE_DONE)
			tell_sense(e);
		break;
	case TAO_STATE:
		fprintf(report, "tao state %s, ", symbol(e->type, "state", e->f[F_STATE]));
		fprintf(report, "%s", symbol(e->type, "action", e->f[F_ACTION]));
		break;
	case TAO_JOB_QUEUE:
	case TAO_JOB_BEGIN:
	case TAO_JOB_END:
	case TAO_JOB_DROP:
	case TAO_JOB_JOIN:
		fprintf(report, "%s %s (%llx) by %s[%lld]", strchr(event_name(e->type), '/') + 5,
			e->kind, (long long)e->f[F_JOB] & 0xffffff, e->comm,
			(long long)e->f[F_PID]);
		if (e->type == TAO_JOB_END)
			fprintf(report, ": %lld", (long long)e->f[F_RET]);
		break;
	case TAO_CLAIM:
		fprintf(report, "tao claim %s", e->f[F_HELD] ? "held" : "free");
		break;
	case TAO_CHUNK:
		fprintf(report, "tao chunk %s", e->f[F_HELD] ? "held" : "free");
		break;
	case TAO_TRACK_BEGIN:
		fprintf(report, "tao track %lld begins at %lld", (long long)e->f[F_TRACK],
			(long long)e->f[F_LBA]);
		break;
	case TAO_TRACK_END:
		fprintf(report, "tao track %lld ends: %lld", (long long)e->f[F_TRACK],
			(long long)e->f[F_RET]);
		break;
	case AWAKE:
	case ASLEEP:
		fprintf(report, "%s %s", e->kind,
			e->type == AWAKE ? "keeps the machine awake" : "lets the machine sleep");
		break;
	default:
		tell_drive(e);
	}
	fputc('\n', report);
}

bool in_words(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = words; (at = strstr(at, word)); at++)
		if ((at == words || at[-1] == ' ') && (!at[n] || at[n] == ' '))
			return true;
	return false;
}

static void tell_history(const struct drive *d)
{
	unsigned long i = d->events > HISTORY ? d->events - HISTORY : 0;

	for (; i < d->events; i++)
		tell(&d->history[i % HISTORY]);
}

void tell_open(const char *path, const char *rules_left_out)
{
	left_out = rules_left_out;
	report = fopen(path, "w");
	if (!report)
		die(path);
}

void breach(struct drive *d, const char *rule, const char *fmt, ...)
{
	va_list args;

	if (in_words(left_out, rule))
		return;
	if (d && d->breaches++ >= BREACHES_MAX)
		return;
	breaches++;
	fprintf(report, "breach of \"%s\": ", rule);
	if (d && d->has_node)
		fprintf(report, "tao%lld, ", (long long)d->minor);
	if (d)
		fprintf(report, "host%lld: ", (long long)d->host);
	va_start(args, fmt);
	vfprintf(report, fmt, args);
	va_end(args);
	fprintf(report, d ? "; what came before, the last line being it:\n" : "\n");
	if (d)
		tell_history(d);
	fflush(report);
}
