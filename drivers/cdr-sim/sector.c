// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parts of a sector other than its user data: sync, header, EDC and ECC of a mode 1 frame
 * (ECMA-130, clause 14 and annex A), and the Q sub-channel.
 */

#include <linux/bcd.h>
#include <linux/ctype.h>
#include <linux/string.h>

#include "compat.h"
#include "cdr-sim.h"

#define EDC_POLYNOMIAL	0xd8018001	/* bit-reversed */
#define EDC_OFFSET	2064
#define ECC_FIRST	12
#define P_OFFSET	2076
#define Q_OFFSET	2248
/* Each code occurs once in this many sectors; at least one in a hundred is required. */
#define Q_CODE_EVERY	96
/* The M:S:F of the lead-in starts here and runs up to 99:59:74, which precedes 0. */
#define MSF_WRAP	450000

/* Multiplication by x and by the inverse of x + 1 in GF(2^8). */
static u8 gf_double[256];
static u8 gf_split[256];

void cdr_sector_init(void)
{
	int i;

	for (i = 0; i < 256; i++) {
		gf_double[i] = i << 1 ^ (i & 0x80 ? 0x1d : 0);
		gf_split[i ^ gf_double[i]] = i;
	}
}

static u32 edc(const u8 *p, u32 len)
{
	u32 crc = 0;
	int bit;

	while (len--) {
		crc ^= *p++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? EDC_POLYNOMIAL : 0);
	}
	return crc;
}

/*
 * Compute a Reed-Solomon code word: @count bytes from @first, @step apart in a ring of @ring
 * bytes. The two parity bytes go to @parity and @distance behind it.
 */
static void ecc_word(const u8 *data, u32 first, u32 step, u32 ring, u32 count,
		     u8 *parity, u32 distance)
{
	u8 weighted = 0, sum = 0;
	u32 at = first;

	while (count--) {
		weighted = gf_double[weighted ^ data[at]];
		sum ^= data[at];
		at += step;
		if (at >= ring)
			at -= ring;
	}
	weighted = gf_split[gf_double[weighted] ^ sum];
	parity[0] = weighted;
	parity[distance] = weighted ^ sum;
}

static void ecc(u8 *frame)
{
	const u8 *data = frame + ECC_FIRST;
	u32 i;

	for (i = 0; i < 86; i++)
		ecc_word(data, i, 86, 86 * 24, 24, frame + P_OFFSET + i, 86);
	for (i = 0; i < 52; i++)
		ecc_word(data, (i >> 1) * 86 + (i & 1), 88, 52 * 43, 43,
			 frame + Q_OFFSET + i, 52);
}

/**
 * cdr_put_msf() - convert an address to minute, second and frame
 * @p:		destination, three bytes
 * @lba:	the address
 */
void cdr_put_msf(u8 *p, s32 lba)
{
	u32 frames = lba + CDR_PREGAP < 0 ? lba + CDR_PREGAP + MSF_WRAP : lba + CDR_PREGAP;

	p[0] = frames / (60 * CDR_SECTORS_PER_SECOND);
	p[1] = frames / CDR_SECTORS_PER_SECOND % 60;
	p[2] = frames % CDR_SECTORS_PER_SECOND;
}

static void put_bcd_msf(u8 *p, s32 lba)
{
	u8 msf[3];
	int i;

	cdr_put_msf(msf, lba);
	for (i = 0; i < 3; i++)
		p[i] = bin2bcd(msf[i]);
}

/**
 * cdr_sector_frame() - build a mode 1 frame around its user data
 * @frame:	2352 bytes with the user data in place
 * @lba:	address of the sector
 */
void cdr_sector_frame(u8 *frame, s32 lba)
{
	memset(frame, 0xff, 12);
	frame[0] = 0;
	frame[11] = 0;
	put_bcd_msf(frame + 12, lba);
	frame[15] = 1;
	put_unaligned_le32(edc(frame, EDC_OFFSET), frame + EDC_OFFSET);
	memset(frame + EDC_OFFSET + 4, 0, 8);
	ecc(frame);
}

/**
 * cdr_crc() - the checksum of Q and of CD-TEXT: x^16 + x^12 + x^5 + 1, inverted
 * @p:		the data
 * @len:	number of bytes
 *
 * Return: the checksum
 */
u16 cdr_crc(const u8 *p, u32 len)
{
	u16 crc = 0;
	int bit;

	while (len--) {
		crc ^= *p++ << 8;
		for (bit = 0; bit < 8; bit++)
			crc = crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0);
	}
	return ~crc;
}

/* The track that an address belongs to, by its number from 1 on; a track includes its pregap. */
static int track_at(const struct cdr_disc *disc, s32 lba)
{
	int i = disc->ntracks - 1;

	while (i > 0 && lba < disc->track[i].start - (s32)disc->track[i].pregap)
		i--;
	return i + 1;
}

static u8 index_at(const struct cdr_disc *disc, int track, s32 lba)
{
	u8 index = lba >= disc->track[track - 1].start;
	int i;

	for (i = 0; i < disc->nmarks && disc->mark[i].lba <= lba; i++)
		if (disc->mark[i].track == track)
			index = disc->mark[i].index;
	return index;
}

/**
 * cdr_sector_position() - the position of a sector as the Q sub-channel has it in mode 1
 * @disc:	a disc with tracks
 * @lba:	address of the sector
 * @position:	filled in
 */
void cdr_sector_position(const struct cdr_disc *disc, s32 lba, struct cdr_position *position)
{
	int track = track_at(disc, lba);

	position->track = &disc->track[track - 1];
	position->number = cdr_number(disc, track);
	position->index = index_at(disc, track, lba);
	position->relative = lba - position->track->start;
}

static void put_position(const struct cdr_disc *disc, s32 lba, u8 *q)
{
	struct cdr_position at;

	cdr_sector_position(disc, lba, &at);
	q[0] = at.track->control << 4 | 1;
	q[1] = bin2bcd(at.number);
	q[2] = bin2bcd(at.index);
	put_bcd_msf(q + 3, abs(at.relative) - CDR_PREGAP);
	put_bcd_msf(q + 7, lba);
}

static bool all_digits(const char *p, int n)
{
	while (n && isdigit(*p)) {
		p++;
		n--;
	}
	return !n;
}

bool cdr_mcn_valid(const char *mcn)
{
	return all_digits(mcn, 13);
}

/* CC OOO YY SSSSS: letters, letters or digits, digits */
bool cdr_isrc_valid(const char *p)
{
	return isupper(p[0]) && isupper(p[1]) &&
	       (isupper(p[2]) || isdigit(p[2])) &&
	       (isupper(p[3]) || isdigit(p[3])) &&
	       (isupper(p[4]) || isdigit(p[4])) && all_digits(p + 5, 7);
}

/* 13 digits, two per byte */
static void put_mcn(const struct cdr_track *track, const char *mcn, u8 *q)
{
	int i;

	q[0] = track->control << 4 | 2;
	for (i = 0; i < 13; i++)
		q[1 + i / 2] |= (mcn[i] - '0') << (i % 2 ? 0 : 4);
}

/* Five characters of six bits, two unused bits, then seven digits */
static void put_isrc(const struct cdr_track *track, const char *isrc, u8 *q)
{
	u32 bits = 0;
	int i;

	q[0] = track->control << 4 | 3;
	for (i = 0; i < 5; i++)
		bits = bits << 6 | (isrc[i] - '0');
	put_unaligned_be32(bits << 2, q + 1);
	for (i = 0; i < 7; i++)
		q[5 + i / 2] |= (isrc[5 + i] - '0') << (i % 2 ? 0 : 4);
}

/* One in a hundred sectors has the catalogue number, and one the ISRC of its track. */
static void put_code(const struct cdr_disc *disc, s32 lba, u8 *q)
{
	const struct cdr_track *track = &disc->track[track_at(disc, lba) - 1];
	const char *mcn = disc->session[track->session - 1].mcn;
	u32 turn = (u32)(lba + CDR_PREGAP) % Q_CODE_EVERY;

	if (lba < track->start)
		return;
	if (turn == Q_CODE_EVERY / 4 && cdr_mcn_valid(mcn))
		put_mcn(track, mcn, q);
	else if (turn == Q_CODE_EVERY / 2 && cdr_isrc_valid(track->isrc))
		put_isrc(track, track->isrc, q);
}

/**
 * cdr_sector_q() - the Q sub-channel of a sector
 * @disc:	a disc with tracks
 * @lba:	address of the sector
 * @q:		12 bytes: the data of a mode, with the CRC at the end; times in BCD
 */
void cdr_sector_q(const struct cdr_disc *disc, s32 lba, u8 *q)
{
	memset(q, 0, 12);
	put_code(disc, lba, q);
	if (q[0])
		q[9] = bin2bcd((u32)(lba + CDR_PREGAP) % CDR_SECTORS_PER_SECOND);
	else
		put_position(disc, lba, q);
	put_unaligned_be16(cdr_crc(q, 10), q + 10);
}
