/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layouts of MMC commands, replies and mode pages: byte offsets and bits, as far as audio needs
 * them, track-at-once and session-at-once. All numbers of more than one byte are big-endian.
 * Opcodes and mode page codes are in linux/cdrom.h.
 */
#ifndef _TAO_MMC_WIRE_H
#define _TAO_MMC_WIRE_H

/* Times on disc are minute, second and frame; a frame is a sector, and address 0 is 00:02:00. */
#define MSF_SECONDS			60
#define MSF_FRAMES			75
#define MSF_MINUTES_MAX			99
#define MSF_OFFSET			150
/* In a lead-in, from this minute on: before the program area, counted up to 99:59:74. */
#define MSF_LEAD_IN_MINUTE		90
#define MSF_WRAP			450000

/* Where most commands of ten bytes have their allocation or parameter list length */
#define CDB10_LENGTH			7

/* SEND OPC INFORMATION, SEND CUE SHEET */
#define OPC_CALIBRATE			0x01
#define CUE_SHEET_LENGTH		6	/* of three bytes */

/* Sense data: fixed format */
#define SENSE_RESPONSE_MASK		0x7f
#define SENSE_FIXED			0x70
#define SENSE_FIXED_DEFERRED		0x71
#define SENSE_DESCRIPTOR		0x72
#define SENSE_DESCRIPTOR_DEFERRED	0x73
#define SENSE_KEY_MASK			0x0f
#define SENSE_FIXED_KEY			2
#define SENSE_FIXED_ADDITIONAL		7
#define SENSE_FIXED_HEADER		8
#define SENSE_FIXED_ASC			12
#define SENSE_FIXED_ASCQ		13
#define SENSE_FIXED_SKS			15

/* Sense data: descriptor format */
#define SENSE_DESC_KEY			1
#define SENSE_DESC_ASC			2
#define SENSE_DESC_ASCQ			3
#define SENSE_DESC_ADDITIONAL		7
#define SENSE_DESC_HEADER		8
#define SENSE_DESC_TYPE			0
#define SENSE_DESC_LENGTH		1
#define SENSE_DESC_FIRST		2
#define SENSE_DESC_TYPE_SKS		0x02
#define SENSE_DESC_SKS			4

/* Sense-key specific bytes, in both formats */
#define SENSE_SKS_VALID			0x80
#define SENSE_SKS_PROGRESS		1
#define SENSE_SKS_BYTES			3

/* GET CONFIGURATION */
#define CONFIG_LENGTH_BYTES		4	/* at the start: of the rest */
#define CONFIG_PROFILE			6
#define CONFIG_HEADER			8
#define CONFIG_MAX			4096
#define FEATURE_CODE			0
#define FEATURE_ADDITIONAL		3
#define FEATURE_HEADER			4

#define FEATURE_PROFILE_LIST		0x0000
#define PROFILE_ENTRY_BYTES		4

#define FEATURE_CD_TAO			0x002d
#define CD_TAO_FLAGS			4
#define CD_TAO_BUF			0x40
#define CD_TAO_TEST_WRITE		0x04
#define CD_TAO_CD_RW			0x02
#define CD_TAO_BYTES			8

#define FEATURE_CD_MASTERING		0x002e
#define CD_MASTERING_FLAGS		4	/* and three bytes: the longest cue sheet */
#define CD_MASTERING_BUF		0x40
#define CD_MASTERING_SAO		0x20
#define CD_MASTERING_RW			0x01	/* R to W of the sub-channel, so CD-TEXT */
#define CD_MASTERING_BYTES		8

#define FEATURE_STREAMING		0x0107
#define STREAMING_FLAGS			4
#define STREAMING_SCS			0x08
#define STREAMING_WSPD			0x02

#define FEATURE_SERIAL			0x0108

/* READ DISC INFORMATION */
#define DISC_LENGTH_BYTES		2
#define DISC_FLAGS			2
#define DISC_ERASABLE			0x10
#define DISC_STATUS_MASK		0x03
#define DISC_FIRST_TRACK		3
#define DISC_SESSIONS			4
#define DISC_LAST_TRACK			6
#define DISC_VALID			7
#define DISC_ID_VALID			0x80
#define DISC_TYPE			8
#define DISC_SESSIONS_MSB		9
#define DISC_LAST_TRACK_MSB		11
#define DISC_ID				12
#define DISC_LEAD_IN_HOUR		16
#define DISC_LEAD_IN			17
#define DISC_LEAD_OUT_HOUR		20
#define DISC_LEAD_OUT			21
#define DISC_BYTES_MIN			12
#define DISC_BYTES_ID			16
#define DISC_BYTES_LEAD_OUT		24
#define DISC_BYTES			34

/* READ TRACK INFORMATION */
#define TRACK_BY_NUMBER			1
#define TRACK_LENGTH_BYTES		2
#define TRACK_NUMBER			2
#define TRACK_SESSION			3
#define TRACK_MODE			5
#define TRACK_DAMAGE			0x20
#define TRACK_CONTROL_MASK		0x0f
#define TRACK_STATE			6
#define TRACK_BLANK			0x40
#define TRACK_VALID			7
#define TRACK_NWA_VALID			0x01
#define TRACK_START			8
#define TRACK_NWA			12
#define TRACK_FREE			16
#define TRACK_SIZE			24
#define TRACK_NUMBER_MSB		32
#define TRACK_SESSION_MSB		33
#define TRACK_BYTES_MIN			28
#define TRACK_BYTES_MSB			34
#define TRACK_BYTES			36

/* READ TOC/PMA/ATIP */
#define TOC_MSF				0x02	/* byte 1 of the CDB */
#define TOC_FORMAT_TOC			0
#define TOC_FORMAT_ATIP			4
#define TOC_FORMAT_TEXT			5
#define TOC_LENGTH_BYTES		2
#define TOC_HEADER			4
#define TOC_ADR_SHIFT			4
#define TOC_CONTROL_MASK		0x0f
#define TOC_ADR_POSITION		1

/* Format 0 */
#define TOC_ENTRY_BYTES			8
#define TOC_ENTRY_CONTROL		1
#define TOC_ENTRY_NUMBER		2
#define TOC_ENTRY_LBA			4

/* Format 4 */
#define ATIP_TYPE			6
#define ATIP_RW				0x40
#define ATIP_LEAD_IN			8
#define ATIP_LEAD_OUT			12
#define ATIP_BYTES_MIN			16
#define ATIP_BYTES			28

/* MODE SENSE(10) and MODE SELECT(10) */
#define MODE_LENGTH_BYTES		2
#define MODE_DESCRIPTORS		6
#define MODE_HEADER			8
#define MODE_PAGE_CODE_MASK		0x7f	/* and "has sub-pages", as none of ours has */
#define MODE_PAGE_HEADER		2
#define MODE_SELECT_PF			0x10
/* Allocation that the oldest drives and bridges take too. */
#define MODE_FIRST			128
#define MODE_MAX			512

/* Mode page 05h, write parameters */
#define WRITE_PAGE_TYPE			2
#define WRITE_BUFE			0x40
#define WRITE_TEST			0x10
#define WRITE_TYPE_MASK			0x0f
#define WRITE_TYPE_TAO			1
#define WRITE_TYPE_SAO			2
#define WRITE_PAGE_TRACK		3
#define WRITE_MULTI_SESSION_SHIFT	6
#define WRITE_TRACK_MODE_MASK		0x0f
#define WRITE_PAGE_BLOCK		4
#define WRITE_BLOCK_MASK		0x0f
#define WRITE_BLOCK_RAW			0
#define WRITE_PAGE_FORMAT		8
#define WRITE_PAGE_PAUSE		14
#define WRITE_PAGE_MCN			16	/* validity, then the digits */
#define WRITE_PAGE_ISRC			32	/* validity, then the characters */
#define WRITE_CODE_VALID		0x80
#define WRITE_PAGE_BYTES_MIN		16
#define WRITE_PAGE_BYTES_MCN		32
#define WRITE_PAGE_BYTES_ISRC		48

/* Mode page 2Ah, capabilities */
#define CAPS_WRITE			3
#define CAPS_WRITE_CD_R			0x01
#define CAPS_WRITE_CD_RW		0x02
#define CAPS_WRITE_TEST			0x04
#define CAPS_FLAGS			4
#define CAPS_BUF			0x80
#define CAPS_BUFFER_KIB			12
#define CAPS_CURRENT_WRITE_OLD		20
#define CAPS_ROTATION			27
#define CAPS_ROTATION_MASK		0x03
#define CAPS_CURRENT_WRITE		28
#define CAPS_SPEEDS_COUNT		30
#define CAPS_SPEEDS			32
#define CAPS_BYTES_MIN			14
#define CAPS_SPEED_BYTES		4
#define CAPS_SPEED_ROTATION		1
#define CAPS_SPEED_ROTATION_MASK	0x07
#define CAPS_SPEED_KBPS			2
#define ROTATION_PURE_CAV		1

/* GET PERFORMANCE, type 03: write speeds */
#define PERFORMANCE_TYPE_WRITE_SPEED	0x03
#define PERFORMANCE_LENGTH_BYTES	4
#define PERFORMANCE_HEADER		8
#define PERFORMANCE_BYTES		16
#define PERFORMANCE_ROTATION(byte)	(((byte) >> 3) & 3)
#define PERFORMANCE_READ_KBPS		8
#define PERFORMANCE_WRITE_KBPS		12

/* Less than 1x is not a speed. More can't be requested, because FFFFh means "the fastest". */
#define SPEED_KBPS_MIN			176
#define SPEED_KBPS_MAX			0xfffe
#define SPEED_KBPS_FASTEST		0xffff

#define MCN_DIGITS			13
#define ISRC_CHARS			12

/* Byte 1 of START STOP UNIT, CLOSE TRACK/SESSION; of SYNCHRONIZE CACHE; of BLANK */
#define IMMEDIATE			0x01
#define SYNC_IMMEDIATE			0x02
#define BLANK_IMMEDIATE			0x10
#define BLANK_TYPE_MASK			0x07
#define CLOSE_TRACK			1
#define CLOSE_SESSION			2
#define START_UNIT			0x01

#endif /* _TAO_MMC_WIRE_H */
