// SPDX-License-Identifier: GPL-2.0-only
/*
 * What surrounds a sector's user data: sync, header, EDC and ECC of a mode 1
 * frame (ECMA-130, clause 14 and annex A), and the Q sub-channel.
 */

#include <linux/bcd.h>
#include <linux/string.h>

#include "compat.h"
#include "cdr-sim.h"

#define EDC_POLYNOMIAL	0xd8018001	/* bits reversed */
#define EDC_OFFSET	2064
#define ECC_FIRST	12
#define P_OFFSET	2076
#define Q_OFFSET	2248
/* From here on M:S:F runs through the lead-in, up to 99:59:74 before 0. */
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
 * One Reed-Solomon code word: @count bytes from @first, @step apart in a ring of
 * @ring bytes; its two parity bytes go to @parity and @distance behind it.
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
 * cdr_put_msf() - an address as minute, second and frame
 * @p:		three bytes
 * @lba:	the address
 */
void cdr_put_msf(u8 *p, s32 lba)
{
	u32 frames = lba + CDR_PREGAP < 0 ? lba + CDR_PREGAP + MSF_WRAP : lba + CDR_PREGAP;

	p[0] = frames / (60 * CDR_SECTORS_PER_SECOND);
	p[1] = frames / CDR_SECTORS_PER_SECOND % 60;
	p[2] = frames % CDR_SECTORS_PER_SECOND;
}

void cdr_put_bcd_msf(u8 *p, s32 lba)
{
	u8 msf[3];
	int i;

	cdr_put_msf(msf, lba);
	for (i = 0; i < 3; i++)
		p[i] = bin2bcd(msf[i]);
}

/**
 * cdr_sector_frame() - make a mode 1 frame around its user data
 * @frame:	2352 bytes with the user data in their place
 * @lba:	the sector's address
 */
void cdr_sector_frame(u8 *frame, s32 lba)
{
	memset(frame, 0xff, 12);
	frame[0] = 0;
	frame[11] = 0;
	cdr_put_bcd_msf(frame + 12, lba);
	frame[15] = 1;
	put_unaligned_le32(edc(frame, EDC_OFFSET), frame + EDC_OFFSET);
	memset(frame + EDC_OFFSET + 4, 0, 8);
	ecc(frame);
}

/* The sub-channel's CRC: x^16 + x^12 + x^5 + 1, inverted. */
static u16 q_crc(const u8 *p, u32 len)
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

/* The track that an address belongs to, its pregap included. */
static const struct cdr_track *track_at(const struct cdr_disc *disc, s32 lba, int *number)
{
	int i = disc->ntracks - 1;

	while (i > 0 && lba < disc->track[i].start - CDR_PREGAP)
		i--;
	*number = i + 1;
	return &disc->track[i];
}

/**
 * cdr_sector_q() - the Q sub-channel of a sector
 * @disc:	a disc with tracks
 * @lba:	the sector's address
 * @q:		12 bytes: mode 1 with times in BCD, CRC at the end
 */
void cdr_sector_q(const struct cdr_disc *disc, s32 lba, u8 *q)
{
	int number;
	const struct cdr_track *track = track_at(disc, lba, &number);
	s32 relative = lba - track->start;

	q[0] = track->control << 4 | 1;
	q[1] = bin2bcd(number);
	q[2] = relative >= 0;
	cdr_put_bcd_msf(q + 3, (relative < 0 ? -relative : relative) - CDR_PREGAP);
	q[6] = 0;
	cdr_put_bcd_msf(q + 7, lba);
	put_unaligned_be16(q_crc(q, 10), q + 10);
}
