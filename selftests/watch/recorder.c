// SPDX-License-Identifier: GPL-2.0-only
/* Commands that arrive at the simulated recorder, their senders, and the state of its door. */
#include <string.h>

#include "watch.h"

/* A command that udev sends at the same time may be the same, so each is taken once. */
static struct call *call_of(struct drive *d, const uint8_t *cdb, int64_t len, bool arrived)
{
	for (int i = 0; i < CALLS_MAX; i++) {
		struct call *c = &d->calls[i];

		if (c->used && c->arrived == arrived && c->len == len && !memcmp(c->cdb, cdb, 12))
			return c;
	}
	return NULL;
}

static bool is_ours(struct drive *d, const struct event *e)
{
	struct call *c;

	if (e->cdb[0] == WRITE_10)
		return d->write_out && cdb_lba(e->cdb) == d->write_lba &&
		       cdb_sectors(e->cdb) == d->write_sectors;
	c = call_of(d, e->cdb, e->f[F_LEN], false);
	if (!c)
		return false;
	c->arrived = true;
	return true;
}

static enum sender who(struct drive *d, const struct event *e)
{
	if (is_ours(d, e))
		return TAO;
	/* Commands of the SCSI layer and sr themselves, in the context of any process */
	if (!strncmp(e->comm, "kworker/", 8) || !strncmp(e->comm, "scsi_eh", 7) ||
	    !strncmp(e->comm, "ksoftirqd", 9) || !strcmp(e->comm, "interrupt"))
		return KERNEL;
	if (strstr(e->comm, "udev") || !strcmp(e->comm, "cdrom_id") || !strcmp(e->comm, "scsi_id"))
		return UDEV;
	return PROGRAM;
}

static struct pending *pending_of(struct drive *d, const struct event *e)
{
	return &d->pending[e->f[F_TAG] & (TAGS_MAX - 1)];
}

void on_arrival(struct drive *d, const struct event *e)
{
	struct pending *p = pending_of(d, e);
	enum sender sender = who(d, e);

	d->is_sim = true;
	d->commands[sender]++;
	if (sender == TAO && e->cdb[0] == WRITE_10) {
		for (int i = 0; i < TAGS_MAX; i++)
			if (d->pending[i].used && d->pending[i].sender == TAO &&
			    d->pending[i].cdb[0] == WRITE_10)
				breach(d, "write", "two WRITEs at the drive");
		if (cdb_lba(e->cdb) != d->sim_next_lba)
			breach(d, "write", "the drive has WRITEs up to %lld, and gets one for %lld",
			       (long long)d->sim_next_lba, (long long)cdb_lba(e->cdb));
	}
	if (sender == TAO && e->cdb[0] == PREVENT_ALLOW && e->cdb[4] & 1 && !d->asked) {
		d->asked = true;
		d->left_locked = d->sr_locked;
	}
	p->used = true;
	p->sender = sender;
	p->len = e->f[F_LEN];
	memcpy(p->cdb, e->cdb, 12);
}

static void note_door(struct drive *d, const struct pending *p, bool good, bool locked)
{
	/* After a reset the SCSI layer locks a door again that was locked before. */
	bool relock = p->sender == KERNEL && d->claim;
	bool prevent = p->cdb[4] & 1;

	/* sr does not hear of an unlock by SG_IO. */
	if (p->sender != TAO && good && (prevent || p->sender != PROGRAM))
		d->sr_locked = prevent;
	if (p->sender == TAO && good && prevent != locked)
		d->door_lies = true;
	if (locked && !d->locked)
		d->locked_by = relock ? TAO : p->sender;
	else if (!locked)
		d->locked_by = d->locked && p->sender != TAO ? p->sender : NOBODY;
	d->locked = locked;
}

/* With sense key 1, RECOVERED ERROR, the command has done its work. */
static bool is_good(long long ret)
{
	return !ret || (ret > 0 && (ret >> 16 & 0xf) == 1);
}

void on_answer(struct drive *d, const struct event *e)
{
	struct pending *p = pending_of(d, e);
	bool good = is_good(e->f[F_RET]);
	struct call *c;

	if (p->cdb[0] == PREVENT_ALLOW && p->used)
		note_door(d, p, good, e->f[F_LOCKED]);
	if (p->used && p->sender == TAO && p->cdb[0] == WRITE_10 && good) {
		d->sim_next_lba = cdb_lba(p->cdb) + cdb_sectors(p->cdb);
		/* A drive may have no lock, and another program may have unlocked it. */
		if (!e->f[F_LOCKED] && !d->lock_refused && !d->door_lies &&
		    d->locked_by == NOBODY)
			breach(d, "door", "a WRITE, and the door is not locked");
	}
	/* The SCSI layer may send it again. */
	c = p->used && p->sender == TAO && !good ? call_of(d, p->cdb, p->len, true) : NULL;
	if (c)
		c->arrived = false;
	p->used = false;
}

void on_sim_drive(struct drive *d, const struct event *e)
{
	const char *what = symbol(e->type, "what", e->f[F_WHAT]);

	d->is_sim = true;
	d->on = strcmp(what, "off");
	d->locked = false;
	d->locked_by = NOBODY;
}

/* The claim was given back. */
void check_door(struct drive *d)
{
	if (d->is_sim && d->on && d->locked && d->locked_by == TAO && !d->left_locked &&
	    !d->unlock_refused && !d->door_lies)
		breach(d, "door", "given back with its door locked");
}
