// SPDX-License-Identifier: GPL-2.0-only
/* Commands that arrive at the simulated recorder, their senders, and the state of its door. */
#include <string.h>

#include "watch.h"

static bool is_ours(const struct drive *d, const struct event *e)
{
	if (e->cdb[0] == WRITE_10)
		return d->write_out && cdb_lba(e->cdb) == d->write_lba &&
		       cdb_sectors(e->cdb) == d->write_sectors;
	for (int i = 0; i < CALLS_MAX; i++)
		if (d->calls[i].used && !memcmp(d->calls[i].cdb, e->cdb, 12) &&
		    d->calls[i].len == e->f[F_LEN])
			return true;
	return false;
}

static enum sender who(const struct drive *d, const struct event *e)
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
	p->used = true;
	p->sender = sender;
	memcpy(p->cdb, e->cdb, 12);
}

static void note_door(struct drive *d, const struct pending *p, bool good, bool locked)
{
	/* After a reset the SCSI layer locks a door again that was locked before. */
	bool relock = p->sender == KERNEL && d->claim;
	bool prevent = p->cdb[4] & 1;

	if (p->sender != TAO && good)
		d->sr_locked = prevent;
	else if (p->sender == TAO && prevent && d->locked_by != TAO)
		d->left_locked = d->sr_locked;
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

	if (p->cdb[0] == PREVENT_ALLOW && p->used)
		note_door(d, p, good, e->f[F_LOCKED]);
	if (p->used && p->sender == TAO && p->cdb[0] == WRITE_10 && good) {
		d->sim_next_lba = cdb_lba(p->cdb) + cdb_sectors(p->cdb);
		/* A drive may have no lock, and another program may have unlocked it. */
		if (!e->f[F_LOCKED] && !d->lock_refused && !d->door_lies &&
		    d->locked_by == NOBODY)
			breach(d, "door", "a WRITE, and the door is not locked");
	}
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
