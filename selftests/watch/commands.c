// SPDX-License-Identifier: GPL-2.0-only
/* The commands that the module may send, at what time, and for which jobs. */
#include <string.h>

#include "watch.h"

/* Commands that a query may send */
static bool changes_nothing(uint8_t opcode)
{
	return opcode == TEST_UNIT_READY || opcode == GET_CONFIGURATION ||
	       opcode == READ_DISC_INFO || opcode == READ_TRACK_INFO || opcode == READ_TOC ||
	       opcode == MODE_SENSE_10 || opcode == GET_PERFORMANCE;
}

static void check_claim(struct drive *d, const struct event *e)
{
	uint8_t opcode = e->cdb[0];
	bool probe = !d->has_node && (opcode == GET_CONFIGURATION || opcode == MODE_SENSE_10);
	/* When a drive is removed, the remover unlocks its door. */
	bool unlock = opcode == PREVENT_ALLOW && !(e->cdb[4] & 1) && d->gone;

	if (!d->claim && !probe && !unlock)
		breach(d, "claim", "%s without the claim", opcode_name(opcode));
}

static void check_cause(struct drive *d, const struct event *e)
{
	uint8_t opcode = e->cdb[0];
	bool session = opcode == CLOSE_TRACK && (e->cdb[2] & 7) == 2;

	if (opcode == SYNCHRONIZE_CACHE &&
	    !job_is(d, "session-begin track-end hangup release finalize recover"))
		breach(d, "cause", "SYNCHRONIZE CACHE for %s", job_name(d));
	if (opcode == CLOSE_TRACK && !job_is(d, "release finalize recover"))
		breach(d, "cause", "CLOSE TRACK/SESSION for %s", job_name(d));
	if (session && job_is(d, "release") && !d->prepared)
		breach(d, "cause", "CLOSE SESSION for a release of what was not prepared");
	if (opcode == BLANK && !job_is(d, "blank"))
		breach(d, "cause", "BLANK for %s", job_name(d));
	if (job_is(d, "refresh get-text") && !changes_nothing(opcode) && !d->gone)
		breach(d, "query", "%s for a query", opcode_name(opcode));
}

static bool is_long(uint8_t opcode)
{
	return opcode == SYNCHRONIZE_CACHE || opcode == CLOSE_TRACK || opcode == BLANK;
}

/* The same except for the immediate bit. */
static bool same_command(const uint8_t *a, const uint8_t *b)
{
	uint8_t immediate = a[0] == BLANK ? 0x10 : a[0] == SYNCHRONIZE_CACHE ? 0x02 : 0x01;

	return a[0] == b[0] && (a[1] | immediate) == (b[1] | immediate) &&
	       !memcmp(a + 2, b + 2, 10);
}

static void check_once(struct drive *d, const struct event *e)
{
	if (!is_long(e->cdb[0]))
		return;
	for (int i = 0; i < d->sent_count; i++)
		if (same_command(d->sent[i].cdb, e->cdb))
			breach(d, "once", "%s a second time for %s", opcode_name(e->cdb[0]),
			       job_name(d));
	if (d->sent_count == CALLS_MAX)
		d->sent_count--;
	memcpy(d->sent[d->sent_count++].cdb, e->cdb, 12);
}

/* The drive has refused it, so it may be repeated in another form. */
static void note_refused(struct drive *d, const struct event *e)
{
	if (d->sent_count && d->sent[d->sent_count - 1].cdb[0] == e->f[F_OPCODE] &&
	    (e->f[F_KEY] == 5 || e->f[F_KEY] == 6))
		d->sent_count--;
}

static void check_in_track(struct drive *d, const struct event *e)
{
	uint8_t opcode = e->cdb[0];

	if (!d->track || !d->accepted || d->synced)
		return;
	if (opcode == PREVENT_ALLOW && !(e->cdb[4] & 1))
		breach(d, "door", "unlocked in a track");
	else if (opcode != SYNCHRONIZE_CACHE)
		breach(d, "track", "%s in a track", opcode_name(opcode));
}

void on_command_issue(struct drive *d, const struct event *e)
{
	check_claim(d, e);
	check_cause(d, e);
	check_once(d, e);
	check_in_track(d, e);
	if (e->cdb[0] == SYNCHRONIZE_CACHE) {
		check_length(d);
		d->synced = true;
	}
	for (int i = 0; i < CALLS_MAX; i++) {
		struct call *c = &d->calls[i];

		if (c->used)
			continue;
		c->used = true;
		c->arrived = false;
		c->len = e->f[F_BYTES];
		memcpy(c->cdb, e->cdb, 12);
		return;
	}
}

void on_command_done(struct drive *d, const struct event *e)
{
	bool refused = e->f[F_RET] != 0;

	for (int i = 0; i < CALLS_MAX; i++) {
		struct call *c = &d->calls[i];

		if (!c->used || c->cdb[0] != e->f[F_OPCODE])
			continue;
		c->used = false;
		if (c->cdb[0] == PREVENT_ALLOW && c->cdb[4] & 1)
			d->lock_refused = refused;
		else if (c->cdb[0] == PREVENT_ALLOW)
			d->unlock_refused = refused;
		break;
	}
	note_refused(d, e);
}
