// SPDX-License-Identifier: GPL-2.0-only
/* The disc: sessions, tracks and sectors. */

#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "cdr-sim.h"

/*
 * The first pregap is stored too. A write offset may also move samples of the first sectors into
 * it.
 */
#define DISC_FIRST_LBA	(-CDR_PREGAP)

/**
 * struct cdr_store - the bytes in the program area of a disc
 * @pages:	the pages; a missing page is silence
 * @work:	frees the store
 */
struct cdr_store {
	struct xarray pages;
	struct work_struct work;
};

/* Frees the contents of blanked discs, which takes longer than a command may take. */
static struct workqueue_struct *free_queue;

static void store_free(struct cdr_store *store)
{
	unsigned long index;
	struct page *page;

	xa_for_each(&store->pages, index, page) {
		__free_page(page);
		cond_resched();
	}
	xa_destroy(&store->pages);
	kfree(store);
}

static void store_free_fn(struct work_struct *work)
{
	store_free(container_of(work, struct cdr_store, work));
}

static struct cdr_store *store_new(gfp_t gfp)
{
	struct cdr_store *store = kzalloc(sizeof(*store), gfp);

	if (!store)
		return NULL;
	xa_init_flags(&store->pages, XA_FLAGS_LOCK_IRQ);
	INIT_WORK(&store->work, store_free_fn);
	return store;
}

struct cdr_disc *cdr_disc_new(enum cdr_medium medium, s32 last_leadout)
{
	struct cdr_disc *disc = kvzalloc(sizeof(*disc), GFP_KERNEL);

	if (!disc)
		return NULL;
	disc->store = store_new(GFP_KERNEL);
	if (!disc->store) {
		kvfree(disc);
		return NULL;
	}
	disc->medium = medium;
	disc->last_leadout = last_leadout;
	return disc;
}

void cdr_disc_free(struct cdr_disc *disc)
{
	if (!disc)
		return;
	store_free(disc->store);
	kvfree(disc);
}

/**
 * cdr_disc_erase() - make a CD-RW blank
 * @disc:	the disc
 *
 * Return: 0, or -ENOMEM if memory is short at the moment
 */
int cdr_disc_erase(struct cdr_disc *disc)
{
	struct cdr_store *store = store_new(GFP_NOWAIT | __GFP_NOWARN);

	if (!store)
		return -ENOMEM;
	queue_work(free_queue, &disc->store->work);
	disc->store = store;
	disc->final = false;
	disc->half_blank = false;
	disc->id = 0;
	disc->before = 0;
	disc->ntracks = 0;
	disc->nsessions = 0;
	disc->nmarks = 0;
	disc->npacks = 0;
	memset(disc->track, 0, sizeof(disc->track));
	memset(disc->session, 0, sizeof(disc->session));
	return 0;
}

/**
 * cdr_disc_set_id() - the first track begins: give the disc a number that other discs do not have
 * @disc:	the disc
 *
 * It is in the PMA, which pressed discs and sessions recorded at once do not use.
 */
void cdr_disc_set_id(struct cdr_disc *disc)
{
	disc->id = get_random_u32() | 1;
}

int cdr_disc_init(void)
{
	free_queue = alloc_workqueue("cdr-sim", WQ_UNBOUND, 0);
	return free_queue ? 0 : -ENOMEM;
}

void cdr_disc_exit(void)
{
	destroy_workqueue(free_queue);
}

struct cdr_track *cdr_disc_open_track(struct cdr_disc *disc)
{
	struct cdr_track *last;

	if (!disc->ntracks)
		return NULL;
	last = &disc->track[disc->ntracks - 1];
	return last->open ? last : NULL;
}

struct cdr_session *cdr_disc_open_session(struct cdr_disc *disc)
{
	struct cdr_session *last;

	if (!disc->nsessions)
		return NULL;
	last = &disc->session[disc->nsessions - 1];
	return last->closed ? NULL : last;
}

/* The last session has half a lead-in or lead-out: nothing can follow until it is closed. */
bool cdr_disc_half_closed(const struct cdr_disc *disc)
{
	return disc->nsessions && disc->session[disc->nsessions - 1].damaged;
}

int cdr_disc_closed_sessions(const struct cdr_disc *disc)
{
	int n = disc->nsessions;

	return n && !disc->session[n - 1].closed ? n - 1 : n;
}

/**
 * cdr_disc_session_last() - the last track of a session
 * @disc:	session number, from 1
 * @session:	its number, from 1
 *
 * Return: the track's number
 */
int cdr_disc_session_last(const struct cdr_disc *disc, int session)
{
	if (session < disc->nsessions)
		return disc->session[session].first - 1;
	return disc->ntracks;
}

/* The start of the first track of a session, given the end of the previous session. */
static s32 next_session_start(const struct cdr_disc *disc)
{
	int n = disc->nsessions;
	s32 leadout = n == 1 ? CDR_LEADOUT_FIRST : CDR_LEADOUT_NEXT;

	return disc->session[n - 1].leadout + leadout + CDR_LEADIN + CDR_PREGAP;
}

/**
 * cdr_disc_next_start() - the start of the user data of the next track
 * @disc:	a disc without an open track
 *
 * Return: the address, even if there is no room
 */
s32 cdr_disc_next_start(const struct cdr_disc *disc)
{
	if (!disc->ntracks)
		return 0;
	if (disc->session[disc->nsessions - 1].closed)
		return next_session_start(disc);
	return cdr_disc_end(disc) + CDR_PREGAP;
}

/**
 * cdr_disc_leadin() - the start of the lead-in of a later session
 * @disc:	the disc
 * @session:	session number, from 2; may be the session that has not begun
 *
 * Return: the address
 */
s32 cdr_disc_leadin(const struct cdr_disc *disc, int session)
{
	s32 leadout = session == 2 ? CDR_LEADOUT_FIRST : CDR_LEADOUT_NEXT;

	return disc->session[session - 2].leadout + leadout;
}

/**
 * cdr_disc_end() - the end of the readable area
 * @disc:	the disc
 *
 * Return: the first address behind the start of the last lead-out or, in an open session, behind
 * the last track
 */
s32 cdr_disc_end(const struct cdr_disc *disc)
{
	const struct cdr_track *last = &disc->track[disc->ntracks - 1];

	return disc->ntracks ? cdr_track_end(last) + last->runout : 0;
}

bool cdr_disc_writable(const struct cdr_disc *disc)
{
	return disc->medium != CDR_MEDIUM_ROM && !disc->final && !disc->half_blank;
}

/**
 * cdr_disc_end_track() - end the open track and enter it in the PMA
 * @disc:	a disc with an open track
 *
 * A track that is too short is padded with silence.
 */
void cdr_disc_end_track(struct cdr_disc *disc)
{
	struct cdr_track *track = cdr_disc_open_track(disc);

	track->length = max_t(u32, track->length, CDR_MIN_TRACK);
	track->open = false;
}

void cdr_disc_close_session(struct cdr_disc *disc, bool final)
{
	struct cdr_session *session = cdr_disc_open_session(disc);

	session->leadout = cdr_disc_end(disc);
	session->closed = true;
	session->damaged = false;
	session->cut = false;
	disc->final = final;
}

/**
 * cdr_disc_pos() - the position of a sector in the store
 * @lba:	address of the sector
 *
 * Return: the position for cdr_disc_store() and cdr_disc_load()
 */
u64 cdr_disc_pos(s32 lba)
{
	return (u64)max(lba - DISC_FIRST_LBA, 0) * CDR_RAW;
}

static struct page *disc_page(struct cdr_disc *disc, unsigned long index)
{
	struct page *page = xa_load(&disc->store->pages, index);

	if (page)
		return page;
	page = alloc_page(GFP_NOWAIT | __GFP_NOWARN | __GFP_ZERO);
	if (!page)
		return NULL;
	if (xa_err(xa_store(&disc->store->pages, index, page, GFP_NOWAIT | __GFP_NOWARN))) {
		__free_page(page);
		return NULL;
	}
	return page;
}

/**
 * cdr_disc_store() - store bytes; silence on an unallocated page uses no memory
 * @disc:	the disc
 * @pos:	position
 * @buf:	the bytes
 * @len:	their number
 *
 * Return: 0, or -ENOMEM if memory is short at the moment. A partial result does no harm: the
 * caller repeats the call.
 */
int cdr_disc_store(struct cdr_disc *disc, u64 pos, const void *buf, u32 len)
{
	while (len) {
		unsigned long index = pos >> PAGE_SHIFT;
		u32 offset = offset_in_page(pos);
		u32 n = min_t(u32, len, PAGE_SIZE - offset);
		struct page *page;

		if (xa_load(&disc->store->pages, index) || memchr_inv(buf, 0, n)) {
			page = disc_page(disc, index);
			if (!page)
				return -ENOMEM;
			memcpy_to_page(page, offset, buf, n);
		}
		pos += n;
		buf += n;
		len -= n;
	}
	return 0;
}

/**
 * cdr_disc_load() - read bytes
 * @disc:	the disc
 * @pos:	position
 * @buf:	destination
 * @len:	number of bytes
 */
void cdr_disc_load(struct cdr_disc *disc, u64 pos, void *buf, u32 len)
{
	while (len) {
		struct page *page = xa_load(&disc->store->pages, pos >> PAGE_SHIFT);
		u32 offset = offset_in_page(pos);
		u32 n = min_t(u32, len, PAGE_SIZE - offset);

		if (page)
			memcpy_from_page(buf, page, offset, n);
		else
			memset(buf, 0, n);
		pos += n;
		buf += n;
		len -= n;
	}
}
