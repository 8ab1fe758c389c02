// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The layout of a disc: its table of contents has where tracks begin; pregaps, marks, codes and
 * texts are in the sub-channels.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cdtext.h"
#include "session.h"

#define OP_READ_SUB_CHANNEL 0x42
#define FORMAT_MCN 2
#define FORMAT_ISRC 3
#define SUB_Q 0x40
#define CODE_BYTES 24
#define CODE_AT 9
#define CODE_VALID 0x80 /* in the byte before it */

/* Control field of a track */
#define CONTROL_PRE_EMPHASIS 1
#define CONTROL_COPY_PERMITTED 2
#define CONTROL_DATA 4

/* So often a code is read; it counts if two answers are the same. */
#define CODE_TRIES 3
/* The least number of a track that Q has in another form in BCD */
#define TWO_DIGITS 10

/* So many sectors in a row may have something else in the Q sub-channel than their position. */
#define Q_TRIES 4

struct position {
	unsigned int track;
	unsigned int index;
};

static unsigned int number_in_q(const struct tao_disc_job *job, uint8_t value)
{
	return job->binary_q ? value : (value >> 4) * 10 + (value & 0xf);
}

/*
 * Where the number of a track is known, Q shows how the drive gives numbers. Some drives show the Q
 * of the sector before, which is another track's.
 */
static int find_coding(struct tao_disc_job *job, const struct tao_toc_entry *track)
{
	uint8_t bcd = track->number / 10 << 4 | track->number % 10, q[TAO_Q_BYTES];
	int ret;

	for (int32_t i = 0; i < Q_TRIES && track->number >= TWO_DIGITS; i++) {
		ret = job->q(job->data, track->start_lba + i, q);
		if (ret && ret != -EIO)
			return ret;
		if (ret || (q[0] & 0xf) != 1 || (q[1] != track->number && q[1] != bcd))
			continue;
		job->binary_q = q[1] != bcd;
		return 0;
	}
	return 0;
}

/*
 * Of the last sector up to @lba that tells, but none before @low. Some have a code instead of their
 * position, and the run-out of a track can't be read.
 */
static int read_position(const struct tao_disc_job *job, int32_t low, int32_t lba,
			 struct position *position)
{
	uint8_t q[TAO_Q_BYTES];
	int ret;

	for (int i = 0; i < Q_TRIES; i++, lba--) {
		if (lba < low)
			return -ERANGE;
		ret = job->q(job->data, lba, q);
		if (ret && ret != -EIO)
			return ret;
		if (ret || (q[0] & 0xf) != 1)
			continue;
		position->track = number_in_q(job, q[1]);
		position->index = number_in_q(job, q[2]);
		return 0;
	}
	return tao_fail_text(ENODATA, "no sub-channel up to sector %d", lba + Q_TRIES);
}

/*
 * Where index @index of track @track begins: not before @low, and not behind @high. A sector
 * without an answer counts as the one before it.
 */
static int find_index(const struct tao_disc_job *job, int32_t low, int32_t high,
		      unsigned int track, unsigned int index, int32_t *lba)
{
	struct position at = { 0 };
	int ret;

	while (low < high) {
		int32_t middle = low + (high - low) / 2;

		ret = read_position(job, low, middle, &at);
		if (ret && ret != -ERANGE)
			return ret;
		if (!ret && (at.track > track || (at.track == track && at.index >= index)))
			high = middle;
		else
			low = middle + 1;
	}
	*lba = low;
	return 0;
}

/* What lies before @track, from @low on, and is counted to it: index 0. */
static int read_pregap(const struct tao_disc_job *job, int32_t low,
		       const struct tao_toc_entry *track, uint32_t *sectors)
{
	struct position at;
	int32_t start;
	int ret;

	ret = read_position(job, low, track->start_lba - 1, &at);
	if (ret == -ERANGE)
		return 0;
	if (ret || at.track != track->number || at.index)
		return ret;
	ret = find_index(job, low, track->start_lba, track->number, 0, &start);
	if (!ret)
		*sectors = track->start_lba - start;
	return ret;
}

static int read_marks(const struct tao_disc_job *job, const struct tao_toc_entry *track,
		      struct tao_layout_track *t, uint32_t *marks)
{
	int32_t start = track->start_lba, end = start + t->sectors, from = start, lba;
	struct position last;
	int ret;

	ret = read_position(job, start, end - 1, &last);
	if (ret || last.track != track->number)
		return ret == -ERANGE ? 0 : ret;
	for (unsigned int i = 2; i <= last.index && t->marks_count < TAO_TRACK_MARKS_MAX; i++) {
		ret = find_index(job, from + 1, end, track->number, i, &lba);
		if (ret)
			return ret;
		if (lba >= end)
			break;
		marks[t->marks_count++] = lba - start;
		from = lba;
	}
	return 0;
}

static bool is_audio_of_first_session(const struct tao_toc_entry *entry)
{
	return entry->number <= TAO_TRACKS_MAX && entry->session <= 1 &&
	       !(entry->control & CONTROL_DATA);
}

/* The first of the tracks that are laid out, and how many; the rest of the disc does not count. */
static unsigned int count_tracks(const struct tao_toc *toc)
{
	unsigned int n = 0;

	while (n < toc->entries_count && n < TAO_TRACKS_MAX &&
	       is_audio_of_first_session(&toc->entries[n]))
		n++;
	return n;
}

/* Without the sub-channel the rest is known all the same. */
static int without_marks(struct tao_session *session, int ret)
{
	if (ret != -ENODATA && ret != -ETIMEDOUT)
		return ret;
	session->flags |= TAO_SESSION_NO_MARKS;
	return 0;
}

/* From where on the pregap of a track may be: the one before it has four seconds, if it can. */
static int32_t least_start(const struct tao_toc_entry *before, const struct tao_toc_entry *track)
{
	int32_t low = before->start_lba + TAO_TRACK_MIN_SECTORS;

	return low < track->start_lba ? low : before->start_lba + 1;
}

/* Lengths are without the pregap of the track behind. */
static int read_pregaps(const struct tao_disc_job *job, struct tao_session *session,
			struct tao_layout_track *all, unsigned int count)
{
	const struct tao_toc_entry *e = job->toc->entries;
	int ret;

	all[0].pregap_sectors = e[0].start_lba > 0 ? e[0].start_lba : 0;
	all[count - 1].sectors = e[count - 1].sectors;
	for (unsigned int i = 1; i < count; i++) {
		ret = session->flags & TAO_SESSION_NO_MARKS ? 0 :
		      read_pregap(job, least_start(&e[i - 1], &e[i]), &e[i],
				  &all[i].pregap_sectors);
		ret = without_marks(session, ret);
		if (ret)
			return ret;
		all[i - 1].sectors = e[i].start_lba - e[i - 1].start_lba - all[i].pregap_sectors;
	}
	return 0;
}

/*
 * Now and then a drive gives no code, or that of the track beside it. One that hangs is not asked
 * again: each time takes a minute.
 */
static int read_code(struct tao_disc_job *job, struct tao_session *session, unsigned int number,
		     char *code)
{
	char all[CODE_TRIES][TAO_MCN_SIZE] = { 0 };
	int ret;

	for (unsigned int i = 0; i < CODE_TRIES && !job->code_hangs; i++) {
		ret = job->code(job->data, number, all[i]);
		job->code_hangs = ret == -ETIMEDOUT;
		if (ret && ret != -EIO && ret != -ETIMEDOUT)
			return ret;
		if (ret)
			break;
		for (unsigned int j = 0; j < i; j++) {
			if (strcmp(all[i], all[j]))
				continue;
			strcpy(code, all[i]);
			return 0;
		}
	}
	session->flags |= TAO_SESSION_NO_CODES;
	return 0;
}

static int read_track(struct tao_disc_job *job, struct tao_session *session, unsigned int i,
		      struct tao_layout_track *t)
{
	const struct tao_toc_entry *entry = &job->toc->entries[i];
	uint32_t marks[TAO_TRACK_MARKS_MAX];
	int ret = 0;

	if (!(session->flags & TAO_SESSION_NO_MARKS))
		ret = without_marks(session, read_marks(job, entry, t, marks));
	if (!ret)
		ret = read_code(job, session, entry->number, t->isrc);
	if (ret)
		return ret;
	t->flags = (entry->control & CONTROL_PRE_EMPHASIS ? TAO_TRACK_PRE_EMPHASIS : 0) |
		   (entry->control & CONTROL_COPY_PERMITTED ? TAO_TRACK_COPY_PERMITTED : 0) |
		   (t->isrc[0] ? TAO_TRACK_ISRC : 0);
	return tao_session_put_track(session, t, marks);
}

/* Some drives show the last pack without its checksum. */
static void mend_last(uint8_t *packs, size_t bytes)
{
	uint8_t *last = packs + bytes - TAO_TEXT_PACK_BYTES;
	uint16_t crc = tao_cdtext_crc(last);

	if (last[CDTEXT_CRC_AT] || last[CDTEXT_CRC_AT + 1])
		return;
	last[CDTEXT_CRC_AT] = crc >> 8;
	last[CDTEXT_CRC_AT + 1] = crc;
}

static int read_text(const struct tao_disc_job *job, struct tao_session *session)
{
	uint8_t *packs = malloc(TAO_TEXT_BYTES_MAX);
	int ret = packs ? job->text(job->data, packs) : tao_fail(ENOMEM, "can't read CD-TEXT");

	if (ret > 0) {
		mend_last(packs, ret);
		ret = tao_session_put_text(session, packs, ret);
	}
	free(packs);
	return ret;
}

/* Tracks in their order, on a disc: what is counted from here on stays within bounds. */
static bool is_sound(const struct tao_toc_entry *e, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		if (e[i].start_lba < 0 || e[i].start_lba > TAO_LAYOUT_SECTORS_MAX ||
		    e[i].sectors > TAO_LAYOUT_SECTORS_MAX || !e[i].number ||
		    (i && (e[i].start_lba <= e[i - 1].start_lba ||
			   e[i].number != e[i - 1].number + 1)))
			return false;
	}
	return true;
}

static int read_all(struct tao_disc_job *job, struct tao_session *session)
{
	struct tao_layout_track all[TAO_TRACKS_MAX] = { 0 };
	unsigned int count = count_tracks(job->toc);
	int ret;

	if (!count)
		return tao_fail_text(ENODATA, "the disc has no audio tracks");
	if (!is_sound(job->toc->entries, count))
		return tao_fail(EIO, "the drive reports a table of contents that no disc has");
	ret = tao_session_set_first_track(session, job->toc->entries[0].number);
	if (!ret)
		ret = without_marks(session, find_coding(job, &job->toc->entries[count - 1]));
	if (!ret)
		ret = read_pregaps(job, session, all, count);
	for (unsigned int i = 0; i < count && !ret; i++)
		ret = read_track(job, session, i, &all[i]);
	if (!ret)
		ret = read_code(job, session, 0, session->mcn);
	return ret ? ret : read_text(job, session);
}

int tao_session_read_job(const struct tao_disc_job *job, struct tao_session **session)
{
	struct tao_disc_job own = *job;
	struct tao_session *s;
	int ret = tao_session_new(&s);

	if (ret)
		return ret;
	ret = read_all(&own, s);
	if (ret)
		tao_session_free(s);
	else
		*session = s;
	return ret;
}

/* --- A drive --- */

struct drive {
	int fd; /* its block device */
	uint8_t *packs;
	size_t bytes;
	tao_progress_fn progress; /* or NULL */
	void *progress_data;
};

static int check_stop(const struct drive *drive)
{
	if (drive->progress && drive->progress(drive->progress_data, 0))
		return tao_fail(ECANCELED, "the layout of the disc");
	return 0;
}

/* The meaning of a failed read that was sent at @began_ms: a drive that hung will do so again. */
static int read_error(int ret, int64_t began_ms)
{
	return ret == -EIO && tao_clock_ms() - began_ms >= TAO_SG_TIMEOUT_MS ? -ETIMEDOUT : ret;
}

static int q_of_drive(void *data, int32_t lba, uint8_t q[TAO_Q_BYTES])
{
	const struct drive *drive = data;
	int ret = check_stop(drive);
	int64_t began = tao_clock_ms();

	return ret ? ret : read_error(tao_read_q(drive->fd, lba, q), began);
}

static int code_of_drive(void *data, unsigned int number, char *code)
{
	uint8_t cdb[10] = { OP_READ_SUB_CHANNEL, 0, SUB_Q, number ? FORMAT_ISRC : FORMAT_MCN,
			    0,			 0, number, 0, CODE_BYTES };
	char text[TAO_MCN_SIZE] = ""; /* longer than an ISRC */
	uint8_t reply[CODE_BYTES] = { 0 };
	const struct drive *drive = data;
	int ret = check_stop(drive);
	int64_t began = tao_clock_ms();

	if (ret)
		return ret;
	ret = tao_sg_read(drive->fd, cdb, sizeof(cdb), reply, sizeof(reply),
			  number ? "an ISRC" : "the catalogue number");
	if (ret < 0)
		return read_error(ret, began);
	if (!(reply[CODE_AT - 1] & CODE_VALID))
		return 0;
	memcpy(text, reply + CODE_AT, number ? 12 : 13);
	if (number ? tao_isrc_is_valid(text) : tao_mcn_is_valid(text) && strspn(text, "0") < 13)
		strcpy(code, text);
	return 0;
}

/* The module reads this, and needs the drive for it: before others hold that, we included. */
static int read_drive_text(struct tao_device *dev, struct drive *drive)
{
	struct tao_text text = { .bytes = TAO_TEXT_BYTES_MAX, .packs = (uintptr_t)drive->packs };
	int ret = tao_get_text(dev, &text);

	if (ret)
		return ret;
	if (text.flags & TAO_TEXT_STALE)
		return tao_fail(EAGAIN, "%s: can't read CD-TEXT", dev->path);
	drive->bytes = text.bytes < TAO_TEXT_BYTES_MAX ? text.bytes : TAO_TEXT_BYTES_MAX;
	return 0;
}

static int text_of_drive(void *data, uint8_t *packs)
{
	const struct drive *drive = data;

	memcpy(packs, drive->packs, drive->bytes);
	return drive->bytes - drive->bytes % TAO_TEXT_PACK_BYTES;
}

static int read_drive(struct tao_device *dev, struct drive *drive, struct tao_session **session)
{
	struct tao_toc toc;
	struct tao_disc_job job = {
		.toc = &toc,
		.q = q_of_drive,
		.code = code_of_drive,
		.text = text_of_drive,
		.data = drive,
	};
	int ret;

	ret = check_stop(drive);
	if (!ret)
		ret = tao_toc_now(dev, &toc);
	if (!ret)
		ret = check_stop(drive);
	if (!ret)
		ret = read_drive_text(dev, drive);
	if (ret)
		return ret;
	drive->fd = tao_open_alone(dev);
	if (drive->fd < 0)
		return drive->fd;
	ret = tao_session_read_job(&job, session);
	close(drive->fd);
	return ret;
}

int tao_session_read(struct tao_device *dev, struct tao_session **session,
		     tao_progress_fn progress, void *data)
{
	struct drive drive = {
		.packs = calloc(1, TAO_TEXT_BYTES_MAX),
		.progress = progress,
		.progress_data = data,
	};
	int ret = -ENOMEM;

	if (drive.packs)
		ret = read_drive(dev, &drive, session);
	else
		tao_fail(ENOMEM, "can't read CD-TEXT");
	free(drive.packs);
	return ret;
}
