/* SPDX-License-Identifier: GPL-2.0-only */
/* The layout of a session at once: what it must be, and the cue sheet and lead-in made of it. */
#ifndef _TAO_LAYOUT_H
#define _TAO_LAYOUT_H

#ifdef __KERNEL__
#include <linux/kref.h>
#include <linux/types.h>
#endif
#include <linux/tao.h>

/* Bytes of a sector of the lead-in with CD-TEXT: R to W of its sub-channel. */
#define TAO_LEAD_IN_BYTES	96
/* Forms of a cue sheet that drives differ in. */
#define TAO_SHEET_ISRC_PLAIN	0x1	/* ISRCs have CONTROL 0 */
#define TAO_SHEET_INDEX_0	0x2	/* each track has an index 0, of no length if need be */
#define TAO_SHEET_GAP_1		0x4	/* ... of one sector at least */

/**
 * struct tao_plan - a layout as a program gave it
 * @ref: of those that have it
 * @layout: its size and numbers
 * @tracks: the tracks
 * @marks: index marks, the tracks' one after the other
 * @text: CD-TEXT packs
 * @mcn: catalogue number, or empty
 * @lead_in_lba: where the lead-in begins, on the disc that is in
 * @cut: why somebody cut the session short before its audio could come, or 0; tao_device.lock
 * @cancelled: somebody has cancelled the session; tao_device.lock
 * @stop: ... twice, or the machine goes down: no silence in place of the audio either;
 *	tao_device.lock
 */
struct tao_plan {
#ifdef __KERNEL__
	struct kref ref;
#endif
	struct tao_layout layout;
	struct tao_layout_track *tracks;
	__u32 *marks;
	__u8 *text;
	char mcn[TAO_MCN_SIZE];
	__s32 lead_in_lba;
	int cut;
	bool cancelled;
	bool stop;
};

int tao_plan_check(const struct tao_plan *plan);
__u32 tao_plan_sectors(const struct tao_plan *plan);
__u8 tao_plan_number(const struct tao_plan *plan, __u32 track);
__u8 tao_plan_control(const struct tao_plan *plan, __u32 track);
__s32 tao_plan_start(const struct tao_plan *plan, __u32 track);
__u32 tao_plan_track_at(const struct tao_plan *plan, __s32 lba);
unsigned int tao_plan_sheet_bytes(const struct tao_plan *plan, unsigned int form);
void tao_plan_sheet(const struct tao_plan *plan, unsigned int form, bool real_lead_in, __u8 *sheet);
void tao_plan_lead_in(const struct tao_plan *plan, __u32 sector, __u8 *block);

#endif /* _TAO_LAYOUT_H */
