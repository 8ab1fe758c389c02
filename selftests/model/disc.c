// SPDX-License-Identifier: GPL-2.0-only
/* The contents of a disc: the text of cdr-sim's image, and the arithmetic of MMC. */
#include <string.h>

#include "model.h"

/* Sectors between tracks, and between the lead-out of a session and the next track (MMC). */
#define TRACK_GAP		152
#define FIRST_SESSION_GAP	11400
#define SESSION_GAP		6900

static const char *const kinds[] = { "none", "cdr", "cdrw", "cdrom" };

static int parse_head(struct disc *d, const char *line)
{
	char kind[16];
	int final;
	size_t i;

	if (sscanf(line, "cdr-sim-disc 1 medium %15s leadout %d final %d", kind, &d->last_leadout,
		   &final) != 3)
		return -1;
	d->final = final;
	for (i = 1; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kind, kinds[i]))
			d->kind = i;
	return d->kind ? 0 : -1;
}

static int parse_session(struct disc *d, const char *line)
{
	struct session *s = &d->sessions[d->sessions_count];
	char state[16];

	if (d->sessions_count == TRACKS_ROOM ||
	    sscanf(line, "session %*u format %*u state %15s leadout %d", state, &s->leadout) != 2)
		return -1;
	s->first = d->tracks_count;
	s->closed = !strcmp(state, "closed");
	s->damaged = !strcmp(state, "damaged");
	d->sessions_count++;
	return 0;
}

static int parse_track(struct disc *d, const char *line)
{
	struct track *t = &d->tracks[d->tracks_count];
	char state[16];

	if (d->tracks_count == TRACKS_ROOM ||
	    sscanf(line, "track %*u control %*u start %d length %u state %15s", &t->start,
		   &t->length, state) != 3)
		return -1;
	t->open = !strcmp(state, "open");
	d->tracks_count++;
	return 0;
}

int disc_parse(struct disc *d, char *text)
{
	char *save, *line;
	int err = 0;

	memset(d, 0, sizeof(*d));
	for (line = strtok_r(text, "\n", &save); line && !err; line = strtok_r(NULL, "\n", &save)) {
		if (!d->kind)
			err = parse_head(d, line);
		else if (!strncmp(line, "session", 7))
			err = parse_session(d, line);
		else
			err = parse_track(d, line);
	}
	return err;
}

void disc_describe(const struct disc *d, char *text, size_t size)
{
	const struct session *s = disc_last_session(d);
	size_t n = snprintf(text, size, "%s, %d tracks, %d sessions", kinds[d->kind],
			    d->tracks_count, d->sessions_count);

	if (d->sessions_count)
		n += snprintf(text + n, size - n, ", the last %s", s->closed ? "closed" :
			      s->damaged ? "half closed" : "open");
	if (d->final)
		n += snprintf(text + n, size - n, ", finalised");
	if (d->tracks_count)
		snprintf(text + n, size - n, ", the last track %u sectors%s",
			 disc_last_track(d)->length,
			 disc_last_track(d)->open ? ", unfinished" : "");
}

bool disc_session_open(const struct disc *d)
{
	return d->sessions_count && !disc_last_session(d)->closed;
}

/* The end of the last track, or of its session, plus the gap before the next one. */
static int next_start(const struct disc *d)
{
	const struct track *t = disc_last_track(d);
	const struct session *s = disc_last_session(d);

	if (!d->tracks_count)
		return 0;
	if (disc_session_open(d))
		return t->start + t->length + TRACK_GAP;
	return s->leadout + (d->sessions_count == 1 ? FIRST_SESSION_GAP : SESSION_GAP);
}

int disc_room(const struct disc *d)
{
	return d->last_leadout - next_start(d);
}

static bool is_left_open(const struct disc *d)
{
	return d->tracks_count && disc_last_track(d)->open;
}

static bool is_half_closed(const struct disc *d)
{
	return d->sessions_count && disc_last_session(d)->damaged;
}

words_t disc_words(const struct disc *d)
{
	words_t w = words(COL_DISC, kinds[d->kind]);

	if (d->flawed)
		w |= words(COL_DISC, "flawed");
	if (d->kind == KIND_NONE)
		return w;
	if (d->final)
		return w | words(COL_DISC, "final");
	if (is_left_open(d))
		return w | words(COL_DISC, "unfinished");
	if (is_half_closed(d))
		return w | words(COL_DISC, "half-closed");
	w |= words(COL_DISC, !d->sessions_count ? "blank" :
		   disc_session_open(d) ? "open" : "closed");
	if (d->tracks_count == TRACKS_MAX)
		return w | words(COL_DISC, "ninety-nine");
	return w | (disc_room(d) < TRACK_MIN ? words(COL_DISC, "full") : 0);
}

void disc_add_track(struct disc *d, unsigned int length)
{
	int start = next_start(d);

	if (!disc_session_open(d)) {
		d->sessions[d->sessions_count] = (struct session){ .first = d->tracks_count };
		d->sessions_count++;
	}
	d->tracks[d->tracks_count] = (struct track){ .start = start, .length = length };
	d->tracks_count++;
}

static bool tracks_differ(const struct disc *a, const struct disc *b)
{
	int i;

	for (i = 0; i < a->tracks_count; i++)
		if (a->tracks[i].start != b->tracks[i].start ||
		    a->tracks[i].length != b->tracks[i].length ||
		    a->tracks[i].open != b->tracks[i].open)
			return true;
	return false;
}

static bool sessions_differ(const struct disc *a, const struct disc *b)
{
	int i;

	for (i = 0; i < a->sessions_count; i++)
		if (a->sessions[i].first != b->sessions[i].first ||
		    a->sessions[i].closed != b->sessions[i].closed ||
		    a->sessions[i].damaged != b->sessions[i].damaged)
			return true;
	return false;
}

bool disc_differs(const struct disc *expected, const struct disc *found, char *why, size_t size)
{
	char a[160], b[160];

	if (expected->kind == found->kind && expected->final == found->final &&
	    expected->tracks_count == found->tracks_count &&
	    expected->sessions_count == found->sessions_count && !tracks_differ(expected, found) &&
	    !sessions_differ(expected, found))
		return false;
	disc_describe(expected, a, sizeof(a));
	disc_describe(found, b, sizeof(b));
	snprintf(why, size, "on the disc is: %s; has to be: %s", b, a);
	return true;
}
