// SPDX-License-Identifier: GPL-2.0-only
/*
 * The layout of the interface never changes: compares sizes and offsets with those that were
 * derived by hand from the header, for 64 bit here and for 32 bit in abi32_test.c.
 * host
 */
#include <stddef.h>
#include <linux/tao.h>
#include "harness.h"

#define SIZE(type, size)	EXPECT_EQ(size, sizeof(struct type))
#define AT(type, field, offset)	EXPECT_EQ(offset, offsetof(struct type, field))

TEST(tao_drive)
{
	SIZE(tao_drive, 176);
	AT(tao_drive, api_version, 0);
	AT(tao_drive, flags, 4);
	AT(tao_drive, vendor, 8);
	AT(tao_drive, product, 24);
	AT(tao_drive, revision, 56);
	AT(tao_drive, serial, 64);
	AT(tao_drive, module_version, 96);
	AT(tao_drive, buffer_bytes, 112);
	AT(tao_drive, dma_alignment, 116);
	AT(tao_drive, quantum_sectors, 120);
	AT(tao_drive, write_sectors, 124);
	AT(tao_drive, write_sectors_max, 128);
	AT(tao_drive, in_flight_bytes, 132);
	AT(tao_drive, cdrom_major, 136);
	AT(tao_drive, cdrom_minor, 140);
	AT(tao_drive, reserved, 144);
}

TEST(tao_medium)
{
	SIZE(tao_medium, 104);
	AT(tao_medium, flags, 0);
	AT(tao_medium, type, 4);
	AT(tao_medium, status, 8);
	AT(tao_medium, profile, 12);
	AT(tao_medium, sessions, 16);
	AT(tao_medium, tracks, 20);
	AT(tao_medium, first_track, 24);
	AT(tao_medium, next_track, 28);
	AT(tao_medium, total_sectors, 32);
	AT(tao_medium, used_sectors, 36);
	AT(tao_medium, free_sectors, 40);
	AT(tao_medium, next_lba, 44);
	AT(tao_medium, lead_out_lba, 48);
	AT(tao_medium, age_ms, 52);
	AT(tao_medium, mcn, 56);
	AT(tao_medium, reserved, 72);
}

TEST(tao_prepare)
{
	SIZE(tao_prepare, 120);
	AT(tao_prepare, flags, 0);
	AT(tao_prepare, wait_ms, 4);
	AT(tao_prepare, client_name, 8);
	AT(tao_prepare, mcn, 72);
	AT(tao_prepare, reserved, 88);
}

TEST(tao_finalize)
{
	SIZE(tao_finalize, 24);
	AT(tao_finalize, flags, 0);
	AT(tao_finalize, close, 4);
	AT(tao_finalize, reserved, 8);
}

TEST(tao_track_begin)
{
	SIZE(tao_track_begin, 56);
	AT(tao_track_begin, flags, 0);
	AT(tao_track_begin, number, 4);
	AT(tao_track_begin, bytes, 8);
	AT(tao_track_begin, isrc, 16);
	AT(tao_track_begin, start_lba, 32);
	AT(tao_track_begin, free_sectors, 36);
	AT(tao_track_begin, reserved, 40);
}

TEST(tao_track_end)
{
	SIZE(tao_track_end, 40);
	AT(tao_track_end, flags, 0);
	AT(tao_track_end, number, 4);
	AT(tao_track_end, start_lba, 8);
	AT(tao_track_end, sectors, 12);
	AT(tao_track_end, padding_bytes, 16);
	AT(tao_track_end, reserved, 24);
}

TEST(tao_status)
{
	SIZE(tao_status, 192);
	AT(tao_status, flags, 0);
	AT(tao_status, state, 4);
	AT(tao_status, action, 8);
	AT(tao_status, track, 12);
	AT(tao_status, start_lba, 16);
	AT(tao_status, sectors, 20);
	AT(tao_status, read_lba, 24);
	AT(tao_status, written_lba, 28);
	AT(tao_status, elapsed_ms, 32);
	AT(tao_status, remaining_ms, 36);
	AT(tao_status, progress, 40);
	AT(tao_status, session_progress, 44);
	AT(tao_status, queue_bytes, 48);
	AT(tao_status, queue_max_bytes, 52);
	AT(tao_status, drive_buffer_bytes, 56);
	AT(tao_status, drive_buffer_fill, 60);
	AT(tao_status, speed_kbps, 64);
	AT(tao_status, track_sectors, 68);
	AT(tao_status, sequence, 72);
	AT(tao_status, owner_pid, 80);
	AT(tao_status, owner_uid, 84);
	AT(tao_status, owner, 88);
	AT(tao_status, underruns, 152);
	AT(tao_status, reserved32, 156);
	AT(tao_status, reserved, 160);
}

TEST(tao_error)
{
	SIZE(tao_error, 232);
	AT(tao_error, which, 0);
	AT(tao_error, flags, 4);
	AT(tao_error, error, 8);
	AT(tao_error, opcode, 12);
	AT(tao_error, key, 13);
	AT(tao_error, asc, 14);
	AT(tao_error, ascq, 15);
	AT(tao_error, lba, 16);
	AT(tao_error, track, 20);
	AT(tao_error, host_status, 24);
	AT(tao_error, sense_bytes, 28);
	AT(tao_error, age_ms, 32);
	AT(tao_error, count, 36);
	AT(tao_error, sense, 40);
	AT(tao_error, text, 72);
	AT(tao_error, reserved, 200);
}

TEST(tao_toc)
{
	SIZE(tao_toc_entry, 16);
	AT(tao_toc_entry, number, 0);
	AT(tao_toc_entry, session, 1);
	AT(tao_toc_entry, control, 2);
	AT(tao_toc_entry, flags, 3);
	AT(tao_toc_entry, start_lba, 4);
	AT(tao_toc_entry, sectors, 8);
	AT(tao_toc_entry, reserved, 12);
	SIZE(tao_toc, 2432);
	AT(tao_toc, flags, 0);
	AT(tao_toc, first_track, 4);
	AT(tao_toc, last_track, 8);
	AT(tao_toc, entries_count, 12);
	AT(tao_toc, raw_bytes, 16);
	AT(tao_toc, reserved32, 20);
	AT(tao_toc, entries, 24);
	AT(tao_toc, raw, 1624);
}

TEST(tao_speed)
{
	SIZE(tao_speed, 40);
	AT(tao_speed, flags, 0);
	AT(tao_speed, requested_kbps, 4);
	AT(tao_speed, actual_kbps, 8);
	AT(tao_speed, requested_sectors_per_second, 12);
	AT(tao_speed, actual_sectors_per_second, 16);
	AT(tao_speed, requested_flags, 20);
	AT(tao_speed, reserved, 24);
	SIZE(tao_speed_entry, 16);
	AT(tao_speed_entry, write_kbps, 0);
	AT(tao_speed_entry, write_sectors_per_second, 4);
	AT(tao_speed_entry, read_kbps, 8);
	AT(tao_speed_entry, flags, 12);
	SIZE(tao_speeds, 1032);
	AT(tao_speeds, flags, 0);
	AT(tao_speeds, count, 4);
	AT(tao_speeds, entries, 8);
}

TEST(tao_blank)
{
	SIZE(tao_blank, 24);
	AT(tao_blank, flags, 0);
	AT(tao_blank, reserved32, 4);
	AT(tao_blank, reserved, 8);
}

TEST(tao_recover)
{
	SIZE(tao_recover, 32);
	AT(tao_recover, flags, 0);
	AT(tao_recover, close, 4);
	AT(tao_recover, done, 8);
	AT(tao_recover, track, 12);
	AT(tao_recover, reserved, 16);
}

TEST(tao_layout)
{
	SIZE(tao_layout_track, 48);
	AT(tao_layout_track, flags, 0);
	AT(tao_layout_track, pregap_sectors, 4);
	AT(tao_layout_track, sectors, 8);
	AT(tao_layout_track, marks_count, 12);
	AT(tao_layout_track, isrc, 16);
	AT(tao_layout_track, reserved, 32);
	SIZE(tao_layout, 80);
	AT(tao_layout, flags, 0);
	AT(tao_layout, close, 4);
	AT(tao_layout, first_track, 8);
	AT(tao_layout, tracks_count, 12);
	AT(tao_layout, tracks, 16);
	AT(tao_layout, marks, 24);
	AT(tao_layout, text, 32);
	AT(tao_layout, marks_count, 40);
	AT(tao_layout, text_bytes, 44);
	AT(tao_layout, reserved, 48);
}

TEST(tao_text)
{
	SIZE(tao_text, 32);
	AT(tao_text, flags, 0);
	AT(tao_text, bytes, 4);
	AT(tao_text, packs, 8);
	AT(tao_text, reserved, 16);
}

TEST(tao_settings)
{
	SIZE(tao_settings, 40);
	AT(tao_settings, mask, 0);
	AT(tao_settings, underrun_free, 4);
	AT(tao_settings, reserved, 8);
}

TEST(tao_statistics)
{
	SIZE(tao_statistics, 128);
	AT(tao_statistics, tracks, 0);
	AT(tao_statistics, tracks_failed, 8);
	AT(tao_statistics, sessions, 16);
	AT(tao_statistics, writes, 24);
	AT(tao_statistics, sectors, 32);
	AT(tao_statistics, bytes_mapped, 40);
	AT(tao_statistics, bytes_copied, 48);
	AT(tao_statistics, bytes_padding, 56);
	AT(tao_statistics, buffer_full, 64);
	AT(tao_statistics, reserved, 72);
}

/* Direction, size, 0xcd, number, as include/uapi/asm-generic/ioctl.h packs them. */
TEST(ioctl_numbers)
{
	EXPECT_EQ(0x80b0cd20, TAO_IOC_GET_DRIVE);
	EXPECT_EQ(0x8068cd21, TAO_IOC_GET_MEDIUM);
	EXPECT_EQ(0x80c0cd22, TAO_IOC_GET_STATUS);
	EXPECT_EQ(0xc0e8cd23, TAO_IOC_GET_ERROR);
	EXPECT_EQ(0x8980cd24, TAO_IOC_GET_TOC);
	EXPECT_EQ(0x8408cd25, TAO_IOC_GET_SPEEDS);
	EXPECT_EQ(0x8028cd26, TAO_IOC_GET_SPEED);
	EXPECT_EQ(0x8028cd27, TAO_IOC_GET_SETTINGS);
	EXPECT_EQ(0x8080cd28, TAO_IOC_GET_STATISTICS);
	EXPECT_EQ(0xc020cd29, TAO_IOC_GET_TEXT);
	EXPECT_EQ(0x0000cd2f, TAO_IOC_CANCEL);
	EXPECT_EQ(0x4078cd30, TAO_IOC_PREPARE);
	EXPECT_EQ(0x4018cd31, TAO_IOC_RELEASE);
	EXPECT_EQ(0xc038cd32, TAO_IOC_TRACK_BEGIN);
	EXPECT_EQ(0xc028cd33, TAO_IOC_TRACK_END);
	EXPECT_EQ(0x4018cd34, TAO_IOC_FINALIZE);
	EXPECT_EQ(0x4018cd35, TAO_IOC_BLANK);
	EXPECT_EQ(0xc028cd36, TAO_IOC_SET_SPEED);
	EXPECT_EQ(0x4028cd37, TAO_IOC_SET_SETTINGS);
	EXPECT_EQ(0xc020cd38, TAO_IOC_RECOVER);
	EXPECT_EQ(0x4050cd39, TAO_IOC_SESSION_BEGIN);
}

TEST_HARNESS_MAIN
