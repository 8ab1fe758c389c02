// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parsers for replies and sense data of drives, in user space.
 *
 * Expected values come from the tables of MMC, and from other programs' interpretation of the
 * same replies (see replies.h).
 */
#include <stddef.h>
#include <stdlib.h>
#include "kselftest_harness.h"
#include "mmc.h"
#include "layout.h"
#include "replies.h"

/* A truncated reply, at the very end of allocated memory */
static u8 *cut(const u8 *bytes, unsigned int len)
{
	u8 *copy = malloc(len);

	if (!copy)
		abort();
	memcpy(copy, bytes, len);
	return copy;
}

TEST(sense_fixed)
{
	struct tao_sense sense;

	tao_sense_parse(&sense, sense_optiarc_opc, sizeof(sense_optiarc_opc));
	EXPECT_TRUE(sense.valid);
	EXPECT_FALSE(sense.deferred);
	EXPECT_EQ(sense.key, 3);
	EXPECT_EQ(sense.asc, 0x73);
	EXPECT_EQ(sense.ascq, 0x03);
	EXPECT_FALSE(sense.has_progress);
	EXPECT_EQ(sense.raw_bytes, sizeof(sense_optiarc_opc));
	EXPECT_EQ(memcmp(sense.raw, sense_optiarc_opc, sizeof(sense_optiarc_opc)), 0);
	EXPECT_EQ(tao_sense_classify(&sense), TAO_SENSE_FATAL);
	EXPECT_EQ(tao_sense_errno(&sense), -EIO);
}

static void expect_progress(struct __test_metadata *_metadata, const u8 *bytes, unsigned int len)
{
	struct tao_sense sense;

	tao_sense_parse(&sense, bytes, len);
	EXPECT_TRUE(sense.valid);
	EXPECT_EQ(sense.key, 2);
	EXPECT_EQ(sense.asc, 0x04);
	EXPECT_EQ(sense.ascq, 0x07);
	EXPECT_TRUE(sense.has_progress);
	EXPECT_EQ(sense.progress, 0x4000);
	EXPECT_EQ(tao_sense_classify(&sense), TAO_SENSE_BUSY);
	EXPECT_TRUE(tao_sense_is_buffer_full(&sense));
}

TEST(sense_progress_in_both_formats)
{
	expect_progress(_metadata, sense_fixed_progress, sizeof(sense_fixed_progress));
	expect_progress(_metadata, sense_desc_progress, sizeof(sense_desc_progress));
}

/* The sense-key specific bytes are a progress only for "not ready" and "no sense". */
TEST(sense_progress_of_other_keys)
{
	u8 bytes[sizeof(sense_fixed_progress)];
	struct tao_sense sense;

	memcpy(bytes, sense_fixed_progress, sizeof(bytes));
	bytes[2] = 5;
	tao_sense_parse(&sense, bytes, sizeof(bytes));
	EXPECT_FALSE(sense.has_progress);
	bytes[2] = 0;
	bytes[12] = 0;
	bytes[13] = 0;
	tao_sense_parse(&sense, bytes, sizeof(bytes));
	EXPECT_TRUE(sense.has_progress);
	EXPECT_EQ(tao_sense_classify(&sense), TAO_SENSE_BUSY);
	bytes[15] = 0;
	tao_sense_parse(&sense, bytes, sizeof(bytes));
	EXPECT_FALSE(sense.has_progress);
	EXPECT_EQ(tao_sense_classify(&sense), TAO_SENSE_FATAL);
}

/* The additional length limits the sense data, whatever follows. */
TEST(sense_additional_length)
{
	u8 bytes[sizeof(sense_fixed_progress)];
	struct tao_sense sense;

	memcpy(bytes, sense_fixed_progress, sizeof(bytes));
	bytes[7] = 6;
	tao_sense_parse(&sense, bytes, sizeof(bytes));
	EXPECT_EQ(sense.ascq, 0x07);
	EXPECT_FALSE(sense.has_progress);
	EXPECT_EQ(sense.raw_bytes, 14);
	bytes[7] = 5;
	tao_sense_parse(&sense, bytes, sizeof(bytes));
	EXPECT_EQ(sense.asc, 0x04);
	EXPECT_EQ(sense.ascq, 0);
	bytes[7] = 0;
	tao_sense_parse(&sense, bytes, sizeof(bytes));
	EXPECT_TRUE(sense.valid);
	EXPECT_EQ(sense.key, 2);
	EXPECT_EQ(sense.asc, 0);
}

TEST(sense_deferred)
{
	struct tao_sense sense;

	tao_sense_parse(&sense, sense_deferred_write, sizeof(sense_deferred_write));
	EXPECT_TRUE(sense.valid);
	EXPECT_TRUE(sense.deferred);
	EXPECT_EQ(tao_sense_classify(&sense), TAO_SENSE_FATAL);
	EXPECT_EQ(tao_sense_errno(&sense), -EIO);
	EXPECT_STREQ(tao_sense_text(&sense), "write error");
	sense.key = 2;
	sense.asc = 0x04;
	sense.ascq = 0x08;
	EXPECT_FALSE(tao_sense_is_buffer_full(&sense));
	EXPECT_EQ(tao_sense_classify(&sense), TAO_SENSE_FATAL);
}

TEST(sense_of_a_bridge)
{
	struct tao_sense sense;

	tao_sense_parse(&sense, sense_desc_ata, sizeof(sense_desc_ata));
	EXPECT_TRUE(sense.valid);
	EXPECT_EQ(sense.key, 0xb);
	EXPECT_EQ(tao_sense_errno(&sense), -EIO);
}

TEST(sense_garbage)
{
	static const u8 responses[] = { 0x00, 0x6f, 0x74, 0x7e, 0x7f, 0xff };
	u8 bytes[96] = {};
	struct tao_sense sense;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(responses); i++) {
		bytes[0] = responses[i];
		tao_sense_parse(&sense, bytes, sizeof(bytes));
		EXPECT_FALSE(sense.valid);
	}
	tao_sense_parse(&sense, NULL, 0);
	EXPECT_FALSE(sense.valid);
	memset(bytes, 0xff, sizeof(bytes));
	bytes[0] = 0x72;
	tao_sense_parse(&sense, bytes, sizeof(bytes));
	EXPECT_TRUE(sense.valid);
	EXPECT_EQ(sense.raw_bytes, TAO_SENSE_SIZE);
}

static const struct {
	u8 key, asc, ascq;
	enum tao_sense_class class;
	int error;
} sense_table[] = {
	{ 0x0, 0x00, 0x00, TAO_SENSE_FATAL, EIO },
	{ 0x0, 0x00, 0x16, TAO_SENSE_BUSY, EBUSY },
	{ 0x1, 0x17, 0x01, TAO_SENSE_OK, 0 },
	{ 0x1, 0x73, 0x01, TAO_SENSE_OK, 0 },
	{ 0x2, 0x04, 0x00, TAO_SENSE_NOT_REPORTABLE, EBUSY },
	{ 0x2, 0x04, 0x01, TAO_SENSE_BUSY, EBUSY },
	{ 0x2, 0x04, 0x02, TAO_SENSE_NEEDS_START, EBUSY },
	{ 0x2, 0x04, 0x03, TAO_SENSE_FATAL, EIO },
	{ 0x2, 0x04, 0x04, TAO_SENSE_BUSY, EBUSY },
	{ 0x2, 0x04, 0x07, TAO_SENSE_BUSY, EBUSY },
	{ 0x2, 0x04, 0x08, TAO_SENSE_BUSY, EBUSY },
	{ 0x2, 0x30, 0x00, TAO_SENSE_MEDIUM, EMEDIUMTYPE },
	{ 0x2, 0x3a, 0x00, TAO_SENSE_NO_MEDIUM, ENOMEDIUM },
	{ 0x2, 0x3a, 0x01, TAO_SENSE_NO_MEDIUM, ENOMEDIUM },
	{ 0x2, 0x3a, 0x02, TAO_SENSE_NO_MEDIUM, ENOMEDIUM },
	{ 0x2, 0x53, 0x02, TAO_SENSE_LOCKED, EBUSY },
	{ 0x3, 0x02, 0x00, TAO_SENSE_FATAL, EIO },
	{ 0x3, 0x0c, 0x00, TAO_SENSE_FATAL, EIO },
	{ 0x3, 0x0c, 0x07, TAO_SENSE_FATAL, EIO },
	{ 0x3, 0x0c, 0x08, TAO_SENSE_FATAL, EIO },
	{ 0x3, 0x0c, 0x09, TAO_SENSE_UNDERRUN, EIO },
	{ 0x3, 0x0c, 0x0a, TAO_SENSE_OK, 0 },
	{ 0x3, 0x11, 0x05, TAO_SENSE_FATAL, EIO },
	{ 0x3, 0x72, 0x00, TAO_SENSE_SESSION, EIO },
	{ 0x3, 0x72, 0x03, TAO_SENSE_SESSION, EIO },
	{ 0x3, 0x73, 0x00, TAO_SENSE_FATAL, EIO },
	{ 0x3, 0x73, 0x01, TAO_SENSE_CALIBRATION_NOTE, 0 },
	{ 0x3, 0x73, 0x03, TAO_SENSE_FATAL, EIO },
	{ 0x3, 0x73, 0x05, TAO_SENSE_FULL, ENOSPC },
	{ 0x4, 0x08, 0x03, TAO_SENSE_FATAL, EIO },
	{ 0x4, 0x15, 0x01, TAO_SENSE_FATAL, EIO },
	{ 0x5, 0x0c, 0x09, TAO_SENSE_UNDERRUN, EIO },
	{ 0x5, 0x20, 0x00, TAO_SENSE_UNSUPPORTED, EOPNOTSUPP },
	{ 0x5, 0x21, 0x00, TAO_SENSE_ADDRESS, EIO },
	{ 0x5, 0x21, 0x02, TAO_SENSE_ADDRESS, EIO },
	{ 0x5, 0x24, 0x00, TAO_SENSE_BAD_FIELD, EIO },
	{ 0x5, 0x26, 0x02, TAO_SENSE_BAD_FIELD, EIO },
	{ 0x5, 0x27, 0x00, TAO_SENSE_PROTECTED, EROFS },
	{ 0x5, 0x2c, 0x00, TAO_SENSE_FATAL, EIO },
	{ 0x5, 0x30, 0x05, TAO_SENSE_MEDIUM, EMEDIUMTYPE },
	{ 0x5, 0x53, 0x02, TAO_SENSE_LOCKED, EBUSY },
	{ 0x5, 0x63, 0x00, TAO_SENSE_FULL, ENOSPC },
	{ 0x5, 0x63, 0x01, TAO_SENSE_FULL, ENOSPC },
	{ 0x5, 0x64, 0x00, TAO_SENSE_FATAL, EIO },
	{ 0x5, 0x72, 0x04, TAO_SENSE_SESSION, EIO },
	{ 0x5, 0xb5, 0x00, TAO_SENSE_OK, 0 },
	{ 0x6, 0x28, 0x00, TAO_SENSE_CHANGED, EIO },
	{ 0x6, 0x29, 0x00, TAO_SENSE_CHANGED, EIO },
	{ 0x6, 0x2a, 0x01, TAO_SENSE_CHANGED, EIO },
	{ 0x6, 0x2e, 0x00, TAO_SENSE_BUSY, EBUSY },
	{ 0x6, 0x3f, 0x0e, TAO_SENSE_CHANGED, EIO },
	{ 0x6, 0x5a, 0x01, TAO_SENSE_EJECT_REQUEST, EIO },
	{ 0x6, 0xff, 0xff, TAO_SENSE_CHANGED, EIO },
	{ 0x7, 0x27, 0x00, TAO_SENSE_PROTECTED, EROFS },
	{ 0x8, 0x00, 0x00, TAO_SENSE_FATAL, EIO },
	{ 0xb, 0x00, 0x00, TAO_SENSE_FATAL, EIO },
	{ 0xd, 0x00, 0x00, TAO_SENSE_FULL, ENOSPC },
	{ 0xf, 0xff, 0xff, TAO_SENSE_FATAL, EIO },
};

TEST(sense_classes)
{
	struct tao_sense sense = { .valid = true };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sense_table); i++) {
		sense.key = sense_table[i].key;
		sense.asc = sense_table[i].asc;
		sense.ascq = sense_table[i].ascq;
		EXPECT_EQ(tao_sense_classify(&sense), sense_table[i].class)
			TH_LOG("class of %x/%02x/%02x", sense.key, sense.asc, sense.ascq);
		EXPECT_EQ(tao_sense_errno(&sense), -sense_table[i].error)
			TH_LOG("errno of %x/%02x/%02x", sense.key, sense.asc, sense.ascq);
	}
}

/* For a command that transfers data, only a recovered error means that they were transferred. */
TEST(sense_of_data)
{
	struct tao_sense sense = { .valid = true, .data = true };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sense_table); i++) {
		sense.key = sense_table[i].key;
		sense.asc = sense_table[i].asc;
		sense.ascq = sense_table[i].ascq;
		if (sense_table[i].error || sense.key == 0x1) {
			EXPECT_EQ(tao_sense_errno(&sense), -sense_table[i].error);
			continue;
		}
		EXPECT_EQ(tao_sense_errno(&sense), -EIO)
			TH_LOG("errno of %x/%02x/%02x", sense.key, sense.asc, sense.ascq);
		EXPECT_EQ(tao_sense_classify(&sense), TAO_SENSE_FATAL);
	}
}

/* Codes with the same class and errno differ in their text. */
TEST(sense_texts)
{
	static const struct {
		u8 key, asc, ascq;
		const char *word;
	} texts[] = {
		{ 0x1, 0x73, 0x01, "almost full" },
		{ 0x2, 0x04, 0x01, "becoming ready" },
		{ 0x2, 0x04, 0x03, "manual" },
		{ 0x2, 0x3a, 0x01, "closed" },
		{ 0x2, 0x3a, 0x02, "open" },
		{ 0x3, 0x02, 0x00, "seek" },
		{ 0x3, 0x06, 0x00, "reference" },
		{ 0x3, 0x09, 0x01, "tracking" },
		{ 0x3, 0x0c, 0x08, "recovery failed" },
		{ 0x3, 0x11, 0x05, "read" },
		{ 0x3, 0x15, 0x00, "positioning" },
		{ 0x3, 0x72, 0x01, "lead-in" },
		{ 0x3, 0x72, 0x02, "lead-out" },
		{ 0x3, 0x73, 0x03, "calibration" },
		{ 0x3, 0x73, 0x04, "memory area" },
		{ 0x4, 0x08, 0x03, "cable" },
		{ 0x4, 0x09, 0x02, "focus" },
		{ 0x5, 0x21, 0x02, "next writable" },
		{ 0x5, 0x2c, 0x00, "state of the disc" },
		{ 0x5, 0x30, 0x06, "blanked" },
		{ 0x5, 0x30, 0x09, "closed first" },
		{ 0x5, 0x55, 0x00, "resources" },
		{ 0x5, 0x64, 0x00, "mode" },
		{ 0x6, 0x28, 0x00, "changed" },
		{ 0x6, 0x29, 0x02, "reset" },
		{ 0x6, 0x2a, 0x01, "parameters" },
	};
	struct tao_sense sense = { .valid = true };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		sense.key = texts[i].key;
		sense.asc = texts[i].asc;
		sense.ascq = texts[i].ascq;
		EXPECT_NE(strstr(tao_sense_text(&sense), texts[i].word), NULL)
			TH_LOG("\"%s\" is not in \"%s\"", texts[i].word, tao_sense_text(&sense));
	}
}

/* Each code has a text and a class; a code that is not an error is consistently none. */
TEST(sense_all)
{
	struct tao_sense sense = { .valid = true };
	unsigned int code;
	int error;

	for (code = 0; code < 1 << 20; code++) {
		sense.key = code >> 16;
		sense.asc = code >> 8;
		sense.ascq = code;
		error = tao_sense_errno(&sense);
		ASSERT_NE(tao_sense_text(&sense), NULL);
		ASSERT_LE(error, 0);
		ASSERT_LE(tao_sense_classify(&sense), TAO_SENSE_FATAL);
		if (tao_sense_classify(&sense) == TAO_SENSE_FATAL)
			ASSERT_NE(error, 0);
		if (tao_sense_classify(&sense) == TAO_SENSE_OK)
			ASSERT_EQ(error, 0);
		if (tao_sense_is_buffer_full(&sense))
			ASSERT_EQ(tao_sense_classify(&sense), TAO_SENSE_BUSY);
	}
}

TEST(sense_transport)
{
	struct tao_sense sense = {};

	EXPECT_EQ(tao_sense_errno(&sense), 0);
	EXPECT_EQ(tao_sense_classify(&sense), TAO_SENSE_OK);
	sense.host_status = DID_TIME_OUT;
	EXPECT_EQ(tao_sense_errno(&sense), -ETIMEDOUT);
	EXPECT_EQ(tao_sense_classify(&sense), TAO_SENSE_FATAL);
	sense.host_status = DID_NO_CONNECT;
	EXPECT_EQ(tao_sense_errno(&sense), -ENODEV);
	sense.host_status = 0xee;
	EXPECT_EQ(tao_sense_errno(&sense), -EIO);
	sense.host_status = DID_OK;
	sense.status = 0x02;
	EXPECT_EQ(tao_sense_errno(&sense), -EIO);
	EXPECT_EQ(tao_sense_classify(&sense), TAO_SENSE_FATAL);
	sense.status = 0;
	sense.note = TAO_NOTE_BAD_REPLY;
	EXPECT_EQ(tao_sense_errno(&sense), -EIO);
	sense.note = TAO_NOTE_NOT_TAKEN;
	EXPECT_EQ(tao_sense_errno(&sense), -EIO);
	EXPECT_STREQ(tao_sense_text(&sense), "drive did not take the write parameters");
}

TEST(opcode_names)
{
	unsigned int opcode;

	EXPECT_STREQ(tao_opcode_name(0x2a), "WRITE(10)");
	EXPECT_STREQ(tao_opcode_name(0x5b), "CLOSE TRACK/SESSION");
	EXPECT_STREQ(tao_opcode_name(0xff), "unknown command");
	for (opcode = 0; opcode < 256; opcode++)
		EXPECT_NE(tao_opcode_name(opcode), NULL);
}

TEST(features_of_a_writer)
{
	struct tao_features features;

	ASSERT_EQ(tao_parse_features(&features, features_writer, sizeof(features_writer)), 0);
	EXPECT_TRUE(features.present);
	EXPECT_EQ(features.profile, TAO_PROFILE_CD_R);
	EXPECT_TRUE(features.writes_cd_r);
	EXPECT_TRUE(features.writes_cd_rw);
	EXPECT_TRUE(features.tao);
	EXPECT_TRUE(features.test_write);
	EXPECT_TRUE(features.underrun_free);
	EXPECT_TRUE(features.speed_list);
	EXPECT_TRUE(features.set_speed);
	EXPECT_STREQ(features.serial, "KL1G2");
}

TEST(features_of_a_reader)
{
	struct tao_features features;

	ASSERT_EQ(tao_parse_features(&features, features_reader, sizeof(features_reader)), 0);
	EXPECT_TRUE(features.present);
	EXPECT_EQ(features.profile, TAO_PROFILE_NONE);
	EXPECT_FALSE(features.writes_cd_r);
	EXPECT_FALSE(features.writes_cd_rw);
	EXPECT_FALSE(features.tao);
	EXPECT_FALSE(features.speed_list);
	EXPECT_STREQ(features.serial, "");
}

static bool flag(const struct tao_features *features, size_t offset)
{
	return *(const bool *)((const char *)features + offset);
}

/* Each flag alone has its meaning, and no other. */
TEST(features_flags)
{
	static const struct {
		u8 bit;
		size_t offset;
	} tao_flags[] = {
		{ 0x40, offsetof(struct tao_features, underrun_free) },
		{ 0x04, offsetof(struct tao_features, test_write) },
	}, streaming_flags[] = {
		{ 0x08, offsetof(struct tao_features, set_speed) },
		{ 0x02, offsetof(struct tao_features, speed_list) },
	};
	u8 bytes[] = {
		0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x2d, 0x00, 0x04, 0x00, 0x00, 0x12, 0x34,
		0x01, 0x07, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00,
	};
	struct tao_features features;
	unsigned int i, j;

	for (i = 0; i < 8; i++) {
		bytes[12] = 1 << i;
		bytes[20] = 1 << i;
		ASSERT_EQ(tao_parse_features(&features, bytes, sizeof(bytes)), 0);
		for (j = 0; j < ARRAY_SIZE(tao_flags); j++) {
			EXPECT_EQ(flag(&features, tao_flags[j].offset),
				  tao_flags[j].bit == 1 << i);
			EXPECT_EQ(flag(&features, streaming_flags[j].offset),
				  streaming_flags[j].bit == 1 << i);
		}
		EXPECT_EQ(features.writes_cd_rw, i == 1);
	}
}

/* The media that a drive writes are in its list of profiles, or in feature 002Dh. */
TEST(features_profiles)
{
	u8 bytes[] = {
		0x00, 0x00, 0x00, 0x14, 0x00, 0x00, 0x00, 0x08,
		0x00, 0x00, 0x03, 0x0c,
		0x00, 0x10, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x00, 0x09, 0x00, 0x00,
	};
	struct tao_features features;

	ASSERT_EQ(tao_parse_features(&features, bytes, sizeof(bytes)), 0);
	EXPECT_EQ(features.profile, TAO_PROFILE_CD_ROM);
	EXPECT_TRUE(features.writes_cd_r);
	EXPECT_FALSE(features.writes_cd_rw);
	bytes[13] = 0x0a;
	bytes[21] = 0x10;
	ASSERT_EQ(tao_parse_features(&features, bytes, sizeof(bytes)), 0);
	EXPECT_FALSE(features.writes_cd_r);
	EXPECT_TRUE(features.writes_cd_rw);
}

/* Without even a zero behind the text */
TEST(features_long_serial)
{
	u8 bytes[8 + 4 + 40] = {
		0x00, 0x00, 0x00, 0x30, 0x00, 0x00, 0x00, 0x00, 0x01, 0x08, 0x03, 0x28,
	};
	struct tao_features features;

	memset(bytes + 12, 'x', 40);
	ASSERT_EQ(tao_parse_features(&features, bytes, sizeof(bytes)), 0);
	EXPECT_EQ(strlen(features.serial), sizeof(features.serial) - 1);
	memcpy(bytes + 12, "  A 1\x07Z", 8);
	ASSERT_EQ(tao_parse_features(&features, bytes, sizeof(bytes)), 0);
	EXPECT_STREQ(features.serial, "A 1");
}

/* An incomplete descriptor is ignored; one that is not current counts. */
TEST(features_cut_off)
{
	unsigned int tao = 8 + 20 + 8 + 8;
	struct tao_features features;
	u8 *bytes = cut(features_writer, tao + 7);

	ASSERT_EQ(tao_parse_features(&features, bytes, tao + 7), 0);
	EXPECT_TRUE(features.writes_cd_rw);
	EXPECT_FALSE(features.tao);
	free(bytes);
	bytes = cut(features_writer, tao + 8);
	bytes[tao + 2] &= ~1;
	ASSERT_EQ(tao_parse_features(&features, bytes, tao + 8), 0);
	EXPECT_TRUE(features.tao);
	EXPECT_FALSE(features.speed_list);
	free(bytes);
}

TEST(features_of_no_reply)
{
	static const u8 zeros[64];
	struct tao_features features;

	EXPECT_EQ(tao_parse_features(&features, zeros, sizeof(zeros)), -EIO);
	EXPECT_FALSE(features.present);
	EXPECT_EQ(tao_parse_features(&features, features_writer, 7), -EIO);
	EXPECT_EQ(tao_parse_features(&features, zeros, 0), -EIO);
}

TEST(disc_info_blank)
{
	struct tao_disc_info info;

	ASSERT_EQ(tao_parse_disc_info(&info, disc_blank, sizeof(disc_blank)), 0);
	EXPECT_EQ(info.status, TAO_DISC_BLANK);
	EXPECT_EQ(info.session_state, TAO_SESSION_EMPTY);
	EXPECT_FALSE(info.erasable);
	EXPECT_EQ(info.disc_type, TAO_DISC_TYPE_UNDEFINED);
	EXPECT_EQ(info.first_track, 1);
	EXPECT_EQ(info.sessions, 1);
	EXPECT_EQ(info.last_track, 1);
	EXPECT_TRUE(info.lead_out_valid);
	EXPECT_EQ(info.lead_out_lba, 359848);
}

TEST(disc_info_appendable)
{
	struct tao_disc_info info;

	ASSERT_EQ(tao_parse_disc_info(&info, disc_appendable, sizeof(disc_appendable)), 0);
	EXPECT_EQ(info.status, TAO_DISC_APPENDABLE);
	EXPECT_EQ(info.session_state, TAO_SESSION_EMPTY);
	EXPECT_TRUE(info.erasable);
	EXPECT_EQ(info.disc_type, 0);
	EXPECT_EQ(info.sessions, 2);
	EXPECT_EQ(info.last_track, 6);
	EXPECT_EQ(info.lead_out_lba, 359849);
}

/* FF:FF:FF means "not known", not 1166730. */
TEST(disc_info_complete)
{
	struct tao_disc_info info;

	ASSERT_EQ(tao_parse_disc_info(&info, disc_complete, sizeof(disc_complete)), 0);
	EXPECT_EQ(info.status, TAO_DISC_COMPLETE);
	EXPECT_EQ(info.session_state, TAO_SESSION_COMPLETE);
	EXPECT_EQ(info.last_track, 12);
	EXPECT_FALSE(info.lead_out_valid);
	EXPECT_EQ(info.lead_out_lba, 0);
}

/* A different number in each field */
TEST(disc_info_fields)
{
	u8 bytes[34] = {
		0x00, 0x20, 0x07, 0x11, 0x12, 0x13, 0x14, 0xff, 0x16, 0x01, 0x02, 0x03,
		0x21, 0x22, 0x23, 0x24, [17] = 97, 34, 23, 0, 79, 59, 73,
	};
	struct tao_disc_info info;

	ASSERT_EQ(tao_parse_disc_info(&info, bytes, sizeof(bytes)), 0);
	EXPECT_EQ(info.status, TAO_DISC_OTHER);
	EXPECT_EQ(info.session_state, TAO_SESSION_INCOMPLETE);
	EXPECT_FALSE(info.erasable);
	EXPECT_EQ(info.first_track, 0x11);
	EXPECT_EQ(info.sessions, 0x112);
	EXPECT_EQ(info.last_track, 0x314);
	EXPECT_EQ(info.disc_type, 0x16);
	EXPECT_EQ(info.id, 0x21222324);
	bytes[2] = 0x18;
	bytes[7] = 0x7f;
	bytes[16] = 1;
	ASSERT_EQ(tao_parse_disc_info(&info, bytes, sizeof(bytes)), 0);
	EXPECT_EQ(info.id, 0);
	EXPECT_EQ(info.session_state, TAO_SESSION_DAMAGED);
	EXPECT_TRUE(info.erasable);
	EXPECT_TRUE(info.lead_out_valid);
	bytes[7] = 0x80;
	memset(bytes + 12, 0xff, 4);
	bytes[20] = 1;
	ASSERT_EQ(tao_parse_disc_info(&info, bytes, sizeof(bytes)), 0);
	EXPECT_EQ(info.id, 0);
	EXPECT_FALSE(info.lead_out_valid);
}

/* Times at the limits of a CD */
TEST(disc_info_times)
{
	static const struct {
		u8 msf[3];
		bool valid;
		s32 lba;
	} times[] = {
		{ { 0, 0, 0 }, false, 0 },
		{ { 0, 0, 1 }, false, 0 },
		{ { 0, 1, 74 }, false, 0 },
		{ { 0, 2, 0 }, true, 0 },
		{ { 89, 59, 74 }, true, 404849 },
		{ { 90, 0, 0 }, true, 404850 },
		{ { 99, 59, 74 }, true, 449849 },
		{ { 100, 0, 0 }, false, 0 },
		{ { 97, 60, 0 }, false, 0 },
		{ { 97, 0, 75 }, false, 0 },
	};
	struct tao_disc_info info;
	u8 bytes[34] = { 0x00, 0x20 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(times); i++) {
		memcpy(bytes + 21, times[i].msf, 3);
		ASSERT_EQ(tao_parse_disc_info(&info, bytes, sizeof(bytes)), 0);
		EXPECT_EQ(info.lead_out_valid, times[i].valid);
		EXPECT_EQ(info.lead_out_lba, times[i].lba);
	}
}

/* Bytes beyond the announced length are not part of the reply. */
TEST(disc_info_announced)
{
	u8 bytes[sizeof(disc_blank)];
	struct tao_disc_info info;

	memcpy(bytes, disc_blank, sizeof(bytes));
	bytes[1] = 24 - 2;
	ASSERT_EQ(tao_parse_disc_info(&info, bytes, sizeof(bytes)), 0);
	EXPECT_TRUE(info.lead_out_valid);
	bytes[1] = 23 - 2;
	ASSERT_EQ(tao_parse_disc_info(&info, bytes, sizeof(bytes)), 0);
	EXPECT_FALSE(info.lead_out_valid);
	bytes[1] = 12 - 2;
	EXPECT_EQ(tao_parse_disc_info(&info, bytes, sizeof(bytes)), 0);
	bytes[1] = 11 - 2;
	EXPECT_EQ(tao_parse_disc_info(&info, bytes, sizeof(bytes)), -EIO);
}

TEST(disc_info_short)
{
	static const u8 zeros[34];
	struct tao_disc_info info;
	u8 *bytes = cut(disc_blank, 23);

	ASSERT_EQ(tao_parse_disc_info(&info, bytes, 23), 0);
	EXPECT_EQ(info.last_track, 1);
	EXPECT_FALSE(info.lead_out_valid);
	EXPECT_EQ(tao_parse_disc_info(&info, bytes, 11), -EIO);
	EXPECT_EQ(tao_parse_disc_info(&info, zeros, sizeof(zeros)), -EIO);
	free(bytes);
}

TEST(track_info_of_a_real_drive)
{
	struct tao_track_info info;

	ASSERT_EQ(tao_parse_track_info(&info, track_asus_closed, sizeof(track_asus_closed)), 0);
	EXPECT_EQ(info.track, 1);
	EXPECT_EQ(info.session, 1);
	EXPECT_EQ(info.control, TAO_CONTROL_DATA);
	EXPECT_FALSE(info.damage || info.blank);
	EXPECT_FALSE(info.nwa_valid);
	EXPECT_EQ(info.start_lba, 0);
	EXPECT_EQ(info.sectors, 34177);
	ASSERT_EQ(tao_parse_track_info(&info, track_asus_packet, sizeof(track_asus_packet)), 0);
	EXPECT_EQ(info.control, 7);
	EXPECT_FALSE(info.blank);
	EXPECT_EQ(info.sectors, 295264);
}

TEST(track_info_next)
{
	struct tao_track_info info;

	ASSERT_EQ(tao_parse_track_info(&info, track_next, sizeof(track_next)), 0);
	EXPECT_EQ(info.track, 2);
	EXPECT_TRUE(info.blank);
	EXPECT_TRUE(info.nwa_valid);
	EXPECT_EQ(info.start_lba, 18684);
	EXPECT_EQ(info.nwa, 18684);
	EXPECT_EQ(info.free_sectors, 359844 - 18684);
	ASSERT_EQ(tao_parse_track_info(&info, track_liteon_blank, sizeof(track_liteon_blank)), 0);
	EXPECT_TRUE(info.nwa_valid);
	EXPECT_EQ(info.nwa, -150);
	EXPECT_EQ(info.free_sectors, 359844);
}

TEST(track_info_damaged)
{
	struct tao_track_info info;

	ASSERT_EQ(tao_parse_track_info(&info, track_damaged, sizeof(track_damaged)), 0);
	EXPECT_TRUE(info.damage);
	EXPECT_FALSE(info.nwa_valid);
	EXPECT_EQ(tao_parse_track_info(&info, track_damaged, 27), -EIO);
	EXPECT_EQ(tao_parse_track_info(&info, track_damaged, 28), 0);
	EXPECT_EQ(info.sectors, 4096);
}

TEST(track_info_flags)
{
	struct tao_track_info info;
	u8 bytes[36] = { 0x00, 0x22 };
	unsigned int i;

	for (i = 0; i < 8; i++) {
		bytes[5] = 1 << i;
		bytes[6] = 1 << i;
		bytes[7] = 1 << i;
		ASSERT_EQ(tao_parse_track_info(&info, bytes, sizeof(bytes)), 0);
		EXPECT_EQ(info.damage, i == 5);
		EXPECT_EQ(info.control, i < 4 ? 1 << i : 0);
		EXPECT_EQ(info.blank, i == 6);
		EXPECT_EQ(info.nwa_valid, i == 0);
	}
}

/* Each field separately; those at the end only if they exist and are announced */
TEST(track_info_fields)
{
	struct tao_track_info info;
	u8 bytes[36] = { 0x00, 0x22 };
	unsigned int i;

	for (i = 2; i < sizeof(bytes); i++)
		bytes[i] = i;
	ASSERT_EQ(tao_parse_track_info(&info, bytes, sizeof(bytes)), 0);
	EXPECT_EQ(info.track, 0x2002);
	EXPECT_EQ(info.session, 0x2103);
	EXPECT_EQ(info.start_lba, 0x08090a0b);
	EXPECT_EQ(info.nwa, 0x0c0d0e0f);
	EXPECT_EQ(info.free_sectors, 0x10111213);
	EXPECT_EQ(info.sectors, 0x18191a1b);
	bytes[1] = 33 - 2;
	ASSERT_EQ(tao_parse_track_info(&info, bytes, sizeof(bytes)), 0);
	EXPECT_EQ(info.track, 2);
	EXPECT_EQ(info.session, 3);
	bytes[1] = 34 - 2;
	ASSERT_EQ(tao_parse_track_info(&info, bytes, sizeof(bytes)), 0);
	EXPECT_EQ(info.track, 0x2002);
	ASSERT_EQ(tao_parse_track_info(&info, bytes, 33), 0);
	EXPECT_EQ(info.track, 2);
	bytes[1] = 27 - 2;
	EXPECT_EQ(tao_parse_track_info(&info, bytes, sizeof(bytes)), -EIO);
}

TEST(toc)
{
	struct tao_toc_list *toc = malloc(sizeof(*toc));

	ASSERT_EQ(tao_parse_toc(toc, toc_three_tracks, sizeof(toc_three_tracks)), 0);
	ASSERT_EQ(toc->count, 4);
	EXPECT_EQ(toc->entries[0].number, 1);
	EXPECT_EQ(toc->entries[0].start_lba, 0);
	EXPECT_EQ(toc->entries[1].start_lba, 4650);
	EXPECT_EQ(toc->entries[1].control, TAO_CONTROL_COPY_PERMITTED);
	EXPECT_EQ(toc->entries[2].number, 3);
	EXPECT_EQ(toc->entries[2].start_lba, 6300);
	EXPECT_EQ(toc->entries[2].control, TAO_CONTROL_PRE_EMPHASIS);
	EXPECT_EQ(toc->entries[3].number, TAO_TOC_LEAD_OUT);
	EXPECT_EQ(toc->entries[3].start_lba, 7060);
	free(toc);
}

TEST(toc_one_track)
{
	u8 bytes[] = {
		0x00, 0x12, 0x01, 0x01,
		0x00, 0x10, 0x63, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x10, 0xaa, 0x00, 0x00, 0x00, 0x01, 0x2e,
	};
	struct tao_toc_list *toc = malloc(sizeof(*toc));
	u8 raw[sizeof(bytes)];

	ASSERT_EQ(tao_parse_toc(toc, bytes, sizeof(bytes)), 0);
	ASSERT_EQ(toc->count, 2);
	EXPECT_EQ(toc->entries[0].number, 99);
	EXPECT_EQ(tao_build_toc_raw(raw, sizeof(raw), toc->entries, 2), sizeof(raw));
	EXPECT_EQ(raw[3], 99);
	EXPECT_EQ(memcmp(raw + 4, bytes + 4, 16), 0);
	free(toc);
}

TEST(toc_nonsense)
{
	u8 bytes[sizeof(toc_three_tracks)];
	struct tao_toc_list *toc = malloc(sizeof(*toc));

	memcpy(bytes, toc_three_tracks, sizeof(bytes));
	bytes[4 + 8 + 2] = 1;
	EXPECT_EQ(tao_parse_toc(toc, bytes, sizeof(bytes)), -EIO);
	bytes[4 + 8 + 2] = 100;
	EXPECT_EQ(tao_parse_toc(toc, bytes, sizeof(bytes)), -EIO);
	bytes[4 + 8 + 2] = 0;
	EXPECT_EQ(tao_parse_toc(toc, bytes, sizeof(bytes)), -EIO);
	EXPECT_EQ(tao_parse_toc(toc, toc_three_tracks, sizeof(bytes) - 1), -EIO);
	EXPECT_EQ(tao_parse_toc(toc, toc_three_tracks, 4), -EIO);
	EXPECT_EQ(tao_parse_toc(toc, toc_three_tracks, 0), -EIO);
	memcpy(bytes, toc_three_tracks, sizeof(bytes));
	bytes[1] = 2 + 8;
	EXPECT_EQ(tao_parse_toc(toc, bytes, sizeof(bytes)), -EIO);
	free(toc);
}

TEST(toc_raw)
{
	struct tao_toc_list *toc = malloc(sizeof(*toc));
	u8 raw[TAO_TOC_RAW_MAX];
	unsigned int i;

	ASSERT_EQ(tao_parse_toc(toc, toc_three_tracks, sizeof(toc_three_tracks)), 0);
	ASSERT_EQ(tao_build_toc_raw(raw, sizeof(raw), toc->entries, toc->count),
		  sizeof(toc_three_tracks));
	EXPECT_EQ(memcmp(raw, toc_three_tracks, sizeof(toc_three_tracks)), 0);
	EXPECT_EQ(tao_build_toc_raw(raw, 35, toc->entries, toc->count), 0);
	EXPECT_EQ(tao_build_toc_raw(raw, sizeof(raw), toc->entries, 1), 0);
	for (i = 0; i < TAO_TRACKS_MAX; i++)
		toc->entries[i].number = i + 1;
	toc->entries[TAO_TRACKS_MAX].number = TAO_TOC_LEAD_OUT;
	EXPECT_EQ(tao_build_toc_raw(raw, sizeof(raw), toc->entries, TAO_TOC_ENTRIES_MAX), 804);
	EXPECT_EQ(tao_parse_toc(toc, raw, 804), 0);
	EXPECT_EQ(toc->count, TAO_TOC_ENTRIES_MAX);
	EXPECT_EQ(toc->entries[TAO_TRACKS_MAX - 1].number, 99);
	EXPECT_EQ(tao_build_toc_raw(raw, sizeof(raw), toc->entries, 101), 0);
	free(toc);
}

TEST(atip)
{
	struct tao_atip atip;

	ASSERT_EQ(tao_parse_atip(&atip, atip_cd_r, sizeof(atip_cd_r)), 0);
	EXPECT_TRUE(atip.valid);
	EXPECT_FALSE(atip.rw);
	EXPECT_EQ(atip.lead_out_lba, 359846);
	ASSERT_EQ(tao_parse_atip(&atip, atip_cd_rw, sizeof(atip_cd_rw)), 0);
	EXPECT_TRUE(atip.valid);
	EXPECT_TRUE(atip.rw);
	EXPECT_EQ(atip.lead_out_lba, 359849);
	EXPECT_LT(atip.lead_in_lba, -150);
}

TEST(atip_of_odd_drives)
{
	struct tao_atip atip;

	ASSERT_EQ(tao_parse_atip(&atip, atip_ricoh, sizeof(atip_ricoh)), 0);
	EXPECT_TRUE(atip.valid);
	EXPECT_EQ(atip.lead_out_lba, 359846);
	ASSERT_EQ(tao_parse_atip(&atip, atip_yamaha, sizeof(atip_yamaha)), 0);
	EXPECT_FALSE(atip.valid);
	ASSERT_EQ(tao_parse_atip(&atip, atip_liteon_pressed, sizeof(atip_liteon_pressed)), 0);
	EXPECT_FALSE(atip.valid);
	EXPECT_EQ(tao_parse_atip(&atip, atip_cd_r, 16), 0);
	EXPECT_TRUE(atip.valid);
	EXPECT_EQ(tao_parse_atip(&atip, atip_cd_r, 15), 0);
	EXPECT_FALSE(atip.valid);
	EXPECT_EQ(tao_parse_atip(&atip, atip_cd_r, 1), -EIO);
}

/* Lead-ins at the limits of a groove: other values mean that there is no ATIP. */
TEST(atip_lead_in)
{
	static const struct {
		u8 msf[3];
		bool valid;
	} times[] = {
		{ { 89, 59, 74 }, false },
		{ { 90, 0, 0 }, true },
		{ { 99, 59, 74 }, true },
		{ { 100, 0, 0 }, false },
		{ { 97, 60, 0 }, false },
		{ { 97, 0, 75 }, false },
	};
	u8 bytes[sizeof(atip_cd_rw)];
	struct tao_atip atip;
	unsigned int i;

	memcpy(bytes, atip_cd_rw, sizeof(bytes));
	for (i = 0; i < ARRAY_SIZE(times); i++) {
		memcpy(bytes + 8, times[i].msf, 3);
		ASSERT_EQ(tao_parse_atip(&atip, bytes, sizeof(bytes)), 0);
		EXPECT_EQ(atip.valid, times[i].valid);
		EXPECT_EQ(atip.rw, times[i].valid);
		EXPECT_EQ(atip.lead_out_lba, times[i].valid ? 359849 : 0);
	}
}

TEST(capabilities_mmc3)
{
	struct tao_capabilities *caps = malloc(sizeof(*caps));

	ASSERT_EQ(tao_parse_capabilities(caps, caps_mmc3, sizeof(caps_mmc3)), 0);
	EXPECT_TRUE(caps->writes_cd_r);
	EXPECT_TRUE(caps->writes_cd_rw);
	EXPECT_TRUE(caps->test_write);
	EXPECT_TRUE(caps->underrun_free);
	EXPECT_EQ(caps->buffer_bytes, 2048 * 1024);
	EXPECT_EQ(caps->current_write_kbps, 1411);
	EXPECT_FALSE(caps->pure_cav);
	ASSERT_EQ(caps->speed_count, 3);
	EXPECT_EQ(caps->speeds[0].write_kbps, 2823);
	EXPECT_EQ(caps->speeds[0].write_sectors_per_second, 1200);
	EXPECT_EQ(caps->speeds[0].flags, TAO_SPEED_PURE_CAV);
	EXPECT_EQ(caps->speeds[1].write_kbps, 1411);
	EXPECT_EQ(caps->speeds[1].flags, 0);
	EXPECT_EQ(caps->speeds[2].write_kbps, 706);
	EXPECT_EQ(caps->speeds[2].write_sectors_per_second, 300);
	free(caps);
}

TEST(capabilities_mmc1)
{
	struct tao_capabilities *caps = malloc(sizeof(*caps));

	ASSERT_EQ(tao_parse_capabilities(caps, caps_mmc1, sizeof(caps_mmc1)), 0);
	EXPECT_TRUE(caps->writes_cd_r);
	EXPECT_FALSE(caps->underrun_free);
	EXPECT_EQ(caps->buffer_bytes, 512 * 1024);
	EXPECT_EQ(caps->current_write_kbps, 353);
	EXPECT_EQ(caps->speed_count, 0);
	free(caps);
}

/* More descriptors than bytes, and invalid speeds */
TEST(capabilities_nonsense)
{
	struct tao_capabilities *caps = malloc(sizeof(*caps));
	u8 *bytes = cut(caps_mmc3, sizeof(caps_mmc3));

	bytes[8 + 30] = 0xff;
	ASSERT_EQ(tao_parse_capabilities(caps, bytes, sizeof(caps_mmc3)), 0);
	EXPECT_EQ(caps->speed_count, 3);
	bytes[8 + 34] = 0;
	bytes[8 + 35] = 175;
	bytes[8 + 46] = 0xff;
	bytes[8 + 47] = 0xff;
	ASSERT_EQ(tao_parse_capabilities(caps, bytes, sizeof(caps_mmc3)), 0);
	EXPECT_EQ(caps->speed_count, 2);
	bytes[8 + 35] = 176;
	bytes[8 + 47] = 0xfe;
	bytes[8 + 28] = 0;
	bytes[8 + 29] = 176;
	ASSERT_EQ(tao_parse_capabilities(caps, bytes, sizeof(caps_mmc3)), 0);
	ASSERT_EQ(caps->speed_count, 4);
	EXPECT_EQ(caps->speeds[0].write_kbps, 0xfffe);
	EXPECT_EQ(caps->speeds[3].write_kbps, 176);
	EXPECT_EQ(caps->current_write_kbps, 176);
	bytes[6] = 0xff;
	EXPECT_EQ(tao_parse_capabilities(caps, bytes, sizeof(caps_mmc3)), -EIO);
	bytes[6] = 0;
	bytes[8] = 0x05;
	EXPECT_EQ(tao_parse_capabilities(caps, bytes, sizeof(caps_mmc3)), -EIO);
	bytes[8] = 0x6a;
	EXPECT_EQ(tao_parse_capabilities(caps, bytes, sizeof(caps_mmc3)), -EIO);
	EXPECT_EQ(tao_parse_capabilities(caps, bytes, 8), -EIO);
	free(bytes);
	free(caps);
}

TEST(write_parameters)
{
	struct tao_write_parameters parameters;

	ASSERT_EQ(tao_parse_write_parameters(&parameters, write_cdemu_default,
					     sizeof(write_cdemu_default)), 0);
	EXPECT_FALSE(parameters.audio_tao);
	EXPECT_TRUE(parameters.test_write);
	EXPECT_FALSE(parameters.underrun_free);
	EXPECT_EQ(parameters.multi_session, TAO_MULTI_SESSION_FINAL);
	EXPECT_EQ(parameters.track_mode, 5);
	EXPECT_EQ(parameters.pause, TAO_PAUSE_SECTORS);
	EXPECT_STREQ(parameters.mcn, "");
	ASSERT_EQ(tao_parse_write_parameters(&parameters, write_audio, sizeof(write_audio)), 0);
	EXPECT_TRUE(parameters.audio_tao);
	EXPECT_FALSE(parameters.test_write);
	EXPECT_TRUE(parameters.underrun_free);
	EXPECT_EQ(parameters.multi_session, TAO_MULTI_SESSION_OPEN);
	EXPECT_EQ(parameters.track_mode, TAO_CONTROL_COPY_PERMITTED);
	EXPECT_STREQ(parameters.mcn, "4006381333931");
	EXPECT_STREQ(parameters.isrc, "USRC17607839");
}

static const struct tao_write_parameters audio_parameters = {
	.underrun_free = true,
	.multi_session = TAO_MULTI_SESSION_OPEN,
	.track_mode = TAO_CONTROL_COPY_PERMITTED,
	.session_format = TAO_DISC_TYPE_UNDEFINED,
	.mcn = "4006381333931",
	.isrc = "USRC17607839",
	.pause = TAO_PAUSE_SECTORS,
};

TEST(write_page)
{
	struct tao_write_parameters parameters = audio_parameters;
	u8 page[52];

	memset(page, 0xee, sizeof(page));
	ASSERT_EQ(tao_build_write_page(page, sizeof(page), &parameters), sizeof(page));
	EXPECT_EQ(memcmp(page, write_audio + 8, sizeof(page)), 0);
	parameters.test_write = true;
	parameters.underrun_free = false;
	parameters.multi_session = TAO_MULTI_SESSION_FINAL;
	parameters.session_format = 0x20;
	ASSERT_EQ(tao_build_write_page(page, sizeof(page), &parameters), sizeof(page));
	EXPECT_EQ(page[2], 0x11);
	EXPECT_EQ(page[3], 0x02);
	EXPECT_EQ(page[8], 0x20);
}

/* Pages of other lengths: 56 bytes, four of them vendor specific; pages without room for codes */
TEST(write_page_lengths)
{
	struct tao_write_parameters parameters = audio_parameters;
	u8 page[56];

	memset(page, 0xee, sizeof(page));
	ASSERT_EQ(tao_build_write_page(page, 56, &parameters), 56);
	EXPECT_EQ(page[1], 54);
	EXPECT_EQ(page[55], 0);
	EXPECT_EQ(tao_build_write_page(page, 47, &parameters), 0);
	parameters.isrc[0] = '\0';
	EXPECT_EQ(tao_build_write_page(page, 47, &parameters), 47);
	EXPECT_EQ(tao_build_write_page(page, 31, &parameters), 0);
	parameters.mcn[0] = '\0';
	EXPECT_EQ(tao_build_write_page(page, 16, &parameters), 16);
	EXPECT_EQ(tao_build_write_page(page, 15, &parameters), 0);
}

TEST(write_parameters_taken)
{
	struct tao_write_parameters sensed;

	ASSERT_EQ(tao_parse_write_parameters(&sensed, write_audio, sizeof(write_audio)), 0);
	EXPECT_TRUE(tao_write_parameters_taken(&audio_parameters, &sensed));
	sensed.underrun_free = false;
	EXPECT_TRUE(tao_write_parameters_taken(&audio_parameters, &sensed));
	sensed.isrc[11] = '8';
	EXPECT_FALSE(tao_write_parameters_taken(&audio_parameters, &sensed));
	sensed = audio_parameters;
	EXPECT_FALSE(tao_write_parameters_taken(&audio_parameters, &sensed));
	sensed.audio_tao = true;
	EXPECT_TRUE(tao_write_parameters_taken(&audio_parameters, &sensed));
	sensed.test_write = true;
	EXPECT_FALSE(tao_write_parameters_taken(&audio_parameters, &sensed));
	sensed.test_write = false;
	sensed.multi_session = TAO_MULTI_SESSION_FINAL;
	EXPECT_FALSE(tao_write_parameters_taken(&audio_parameters, &sensed));
}

/* Codes that a drive does not show may be on the disc; other codes would be wrong. */
TEST(write_parameters_without_codes)
{
	struct tao_write_parameters set = audio_parameters, sensed = audio_parameters;

	sensed.audio_tao = true;
	sensed.isrc[0] = '\0';
	EXPECT_TRUE(tao_write_parameters_taken(&set, &sensed));
	sensed.mcn[0] = '\0';
	EXPECT_TRUE(tao_write_parameters_taken(&set, &sensed));
	strcpy(sensed.mcn, "4006381333948");
	EXPECT_FALSE(tao_write_parameters_taken(&set, &sensed));
	/* The track has no ISRC, and would get that of the previous track. */
	sensed = audio_parameters;
	sensed.audio_tao = true;
	set.isrc[0] = '\0';
	EXPECT_FALSE(tao_write_parameters_taken(&set, &sensed));
	set = audio_parameters;
	set.mcn[0] = '\0';
	EXPECT_TRUE(tao_write_parameters_taken(&set, &sensed));
}

/* SPC-4: 4/08 and B/08 logical unit communication, B/47 parity errors */
TEST(sense_lost)
{
	static const struct {
		u8 key, asc, ascq;
		bool lost;
	} answers[] = {
		{ 0x4, 0x08, 0x03, true },
		{ 0xb, 0x08, 0x00, true },
		{ 0xb, 0x47, 0x00, true },
		{ 0x0, 0x00, 0x00, true },
		{ 0x4, 0x44, 0x00, false },
		{ 0x3, 0x11, 0x00, false },
		{ 0x0, 0x00, 0x16, false },
		{ 0x6, 0x29, 0x00, false },
	};
	struct tao_sense sense = { .valid = true };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(answers); i++) {
		sense.key = answers[i].key;
		sense.asc = answers[i].asc;
		sense.ascq = answers[i].ascq;
		EXPECT_EQ(tao_sense_is_lost(&sense), answers[i].lost)
			TH_LOG("%x/%02x/%02x", sense.key, sense.asc, sense.ascq);
	}
	sense.key = 0x4;
	sense.asc = 0x08;
	EXPECT_TRUE(tao_sense_is_lost(&sense));
	sense.deferred = true;
	EXPECT_FALSE(tao_sense_is_lost(&sense));
}

TEST(performance)
{
	struct tao_speed_entry speeds[4];
	unsigned int count;

	ASSERT_EQ(tao_parse_performance(speeds, 4, &count, performance_cdemu,
					sizeof(performance_cdemu)), 0);
	ASSERT_EQ(count, 3);
	EXPECT_EQ(speeds[0].write_kbps, 7056);
	EXPECT_EQ(speeds[0].write_sectors_per_second, 3000);
	EXPECT_EQ(speeds[0].read_kbps, 7056);
	EXPECT_EQ(speeds[0].flags, 0);
	EXPECT_EQ(speeds[1].write_kbps, 7056);
	EXPECT_EQ(speeds[1].flags, TAO_SPEED_PURE_CAV);
	EXPECT_EQ(speeds[2].write_kbps, 1764);
	EXPECT_EQ(speeds[2].write_sectors_per_second, 750);
}

/* With little room the fastest ones are kept; a reply may announce more than it has. */
TEST(performance_limits)
{
	u8 *bytes = cut(performance_cdemu, 8 + 31);
	struct tao_speed_entry speed;
	unsigned int count;

	ASSERT_EQ(tao_parse_performance(&speed, 1, &count, performance_cdemu,
					sizeof(performance_cdemu)), 0);
	ASSERT_EQ(count, 1);
	EXPECT_EQ(speed.write_kbps, 7056);
	memset(bytes, 0xff, 4);
	ASSERT_EQ(tao_parse_performance(&speed, 1, &count, bytes, 8 + 31), 0);
	ASSERT_EQ(count, 1);
	EXPECT_EQ(speed.write_kbps, 1764);
	EXPECT_EQ(tao_parse_performance(&speed, 0, &count, performance_cdemu,
					sizeof(performance_cdemu)), 0);
	EXPECT_EQ(count, 0);
	EXPECT_EQ(tao_parse_performance(&speed, 1, &count, bytes, 7), -EIO);
	free(bytes);
}

/* 1x is 176.4 kB/s and 75 sectors/s; drives round up or down. */
TEST(speed_units)
{
	EXPECT_EQ(tao_kbps_to_sectors_per_second(176), 75);
	EXPECT_EQ(tao_kbps_to_sectors_per_second(177), 75);
	EXPECT_EQ(tao_kbps_to_sectors_per_second(706), 300);
	EXPECT_EQ(tao_kbps_to_sectors_per_second(7056), 3000);
	EXPECT_EQ(tao_kbps_to_sectors_per_second(8467), 3600);
	EXPECT_EQ(tao_kbps_to_sectors_per_second(0), 0);
	EXPECT_EQ(tao_kbps_to_sectors_per_second(0xffffffff), 1826091537);
}

/* Check digits: the example of GS1, a pen and a book */
TEST(mcn_valid)
{
	EXPECT_TRUE(tao_mcn_valid("6291041500213"));
	EXPECT_TRUE(tao_mcn_valid("4006381333931"));
	EXPECT_TRUE(tao_mcn_valid("9780201379624"));
	EXPECT_FALSE(tao_mcn_valid("4006381333932"));
	EXPECT_FALSE(tao_mcn_valid("400638133393"));
	EXPECT_FALSE(tao_mcn_valid("40063813339311"));
	EXPECT_FALSE(tao_mcn_valid("400638133393a"));
	EXPECT_FALSE(tao_mcn_valid(""));
}

/* ISO 3901 */
TEST(isrc_valid)
{
	EXPECT_TRUE(tao_isrc_valid("USRC17607839"));
	EXPECT_TRUE(tao_isrc_valid("AA6Q72000047"));
	EXPECT_FALSE(tao_isrc_valid("US-RC1-76-07"));
	EXPECT_FALSE(tao_isrc_valid("usrc17607839"));
	EXPECT_FALSE(tao_isrc_valid("USRC1A607839"));
	EXPECT_FALSE(tao_isrc_valid("USRC1Z607839"));
	EXPECT_FALSE(tao_isrc_valid("USRC1760A839"));
	EXPECT_FALSE(tao_isrc_valid("U1RC17607839"));
	EXPECT_FALSE(tao_isrc_valid("USRC1760783A"));
	EXPECT_FALSE(tao_isrc_valid("USRC1760783"));
	EXPECT_FALSE(tao_isrc_valid("USRC176078390"));
	EXPECT_FALSE(tao_isrc_valid(""));
}

/* --- session-at-once --- */

TEST(write_page_of_a_session_at_once)
{
	struct tao_write_parameters p = {
		.at_once = true, .underrun_free = true, .block_type = 3,
		.multi_session = TAO_MULTI_SESSION_FINAL, .pause = TAO_PAUSE_SECTORS,
	}, sensed = p;
	u8 page[52];

	ASSERT_EQ(tao_build_write_page(page, sizeof(page), &p), sizeof(page));
	EXPECT_EQ(page[2], 0x42);
	EXPECT_EQ(page[3], 0x00);
	EXPECT_EQ(page[4], 3);
	EXPECT_TRUE(tao_write_parameters_taken(&p, &sensed));
	sensed.track_mode = 5;
	EXPECT_TRUE(tao_write_parameters_taken(&p, &sensed));
	sensed.block_type = 0;
	EXPECT_FALSE(tao_write_parameters_taken(&p, &sensed));
	sensed = p;
	sensed.at_once = false;
	EXPECT_FALSE(tao_write_parameters_taken(&p, &sensed));
}

/* MMC-5, 5.3.22: SAO 20h, R to W 01h, then the longest cue sheet */
TEST(features_of_mastering)
{
	static const u8 reply[] = {
		0, 0, 0, 12, 0, 0, 0, 9, 0x00, 0x2e, 0x05, 0x04, 0x61, 0x00, 0x0c, 0x00,
	};
	struct tao_features f;
	u8 *part = cut(reply, sizeof(reply) - 1);

	ASSERT_EQ(tao_parse_features(&f, reply, sizeof(reply)), 0);
	EXPECT_TRUE(f.mastering);
	EXPECT_TRUE(f.session_at_once);
	EXPECT_TRUE(f.lead_in_text);
	EXPECT_EQ(f.sheet_bytes_max, 3072);
	tao_parse_features(&f, part, sizeof(reply) - 1);
	EXPECT_FALSE(f.mastering);
	free(part);
}

/* Refusals that were seen of SEND CUE SHEET, and what no other form would help against */
TEST(sense_form_refused)
{
	static const struct {
		u8 key, asc;
		bool refused;
	} said[] = {
		{ 5, 0x26, true }, { 5, 0x24, true }, { 5, 0x1a, true }, { 5, 0xa8, true },
		{ 5, 0x30, false }, { 5, 0x27, false }, { 5, 0x2c, false }, { 4, 0x08, false },
		{ 2, 0x26, false },
	};
	struct tao_sense sense;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(said); i++) {
		u8 raw[18] = { 0x70, 0, said[i].key, [7] = 10, [12] = said[i].asc };

		tao_sense_parse(&sense, raw, sizeof(raw));
		EXPECT_EQ(tao_sense_is_form_refused(&sense), said[i].refused);
		sense.deferred = true;
		EXPECT_FALSE(tao_sense_is_form_refused(&sense));
	}
	memset(&sense, 0, sizeof(sense));
	EXPECT_FALSE(tao_sense_is_form_refused(&sense));
	sense.note = TAO_NOTE_NOT_TAKEN;
	EXPECT_TRUE(tao_sense_is_form_refused(&sense));
}

TEST(text_bytes)
{
	u8 reply[4 + 40] = { 0, 2 + 36 };

	EXPECT_EQ(tao_text_bytes(reply, sizeof(reply)), 36);
	EXPECT_EQ(tao_text_bytes(reply, 4 + 35), 18);
	EXPECT_EQ(tao_text_bytes(reply, 4), 0);
	EXPECT_EQ(tao_text_bytes(reply, 3), 0);
	EXPECT_EQ(tao_text_bytes(reply, 0), 0);
	reply[1] = 2;
	EXPECT_EQ(tao_text_bytes(reply, sizeof(reply)), 0);
	reply[1] = 0;
	EXPECT_EQ(tao_text_bytes(reply, sizeof(reply)), 0);
	reply[1] = 0xff;
	EXPECT_EQ(tao_text_bytes(reply, sizeof(reply)), 36);
}

/*
 * A sheet written down by hand from MMC-5, 6.33: hidden audio of 3 s; a pregap of 2 s and copies
 * permitted; no gap, pre-emphasis and a mark after 10 s. Each track has 20 s.
 */
static struct tao_layout_track sheet_tracks[3] = {
	{ .flags = TAO_TRACK_ISRC, .pregap_sectors = 225, .sectors = 1500, .isrc = "GBAYE0601234" },
	{ .flags = TAO_TRACK_ISRC | TAO_TRACK_COPY_PERMITTED, .pregap_sectors = 150,
	  .sectors = 1500, .isrc = "GBAYE0601235" },
	{ .flags = TAO_TRACK_PRE_EMPHASIS, .sectors = 1500, .marks_count = 1 },
};

static __u32 sheet_marks[1] = { 750 };

static u8 sheet_text[18] = {
	0x80, 0x00, 0x00, 0x00, 0x4a, 0x6f, 0x79, 0x66, 0x75, 0x6c, 0x20, 0x4e, 0x69, 0x67, 0x68,
	0x74, 0xf0, 0xf7,
};

static const u8 sheet[14][8] = {
	{ 0x02, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37 },
	{ 0x02, 0x38, 0x39, 0x30, 0x31, 0x32, 0x38, 0x00 },
	{ 0x01, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00 },
	{ 0x03, 0x01, 0x47, 0x42, 0x41, 0x59, 0x45, 0x30 },
	{ 0x03, 0x01, 0x36, 0x30, 0x31, 0x32, 0x33, 0x34 },
	{ 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00 },
	{ 0x01, 0x01, 0x01, 0x00, 0x00, 0x00, 0x05, 0x00 },
	{ 0x23, 0x02, 0x47, 0x42, 0x41, 0x59, 0x45, 0x30 },
	{ 0x23, 0x02, 0x36, 0x30, 0x31, 0x32, 0x33, 0x35 },
	{ 0x21, 0x02, 0x00, 0x00, 0x00, 0x00, 0x19, 0x00 },
	{ 0x21, 0x02, 0x01, 0x00, 0x00, 0x00, 0x1b, 0x00 },
	{ 0x11, 0x03, 0x01, 0x00, 0x00, 0x00, 0x2f, 0x00 },
	{ 0x11, 0x03, 0x02, 0x00, 0x00, 0x00, 0x39, 0x00 },
	{ 0x01, 0xaa, 0x01, 0x01, 0x00, 0x01, 0x07, 0x00 },
};

static struct tao_plan sheet_plan(void)
{
	return (struct tao_plan) {
		.layout = { .tracks_count = 3, .marks_count = 1 },
		.tracks = sheet_tracks, .marks = sheet_marks, .text = sheet_text,
		.mcn = "1234567890128", .lead_in_lba = -11634,
	};
}

TEST(cue_sheet)
{
	struct tao_plan plan = sheet_plan();
	u8 made[15][8], *e = made[0];

	EXPECT_EQ(tao_plan_check(&plan), 0);
	EXPECT_EQ(tao_plan_sectors(&plan), 4875);
	ASSERT_EQ(tao_plan_sheet_bytes(&plan, 0), sizeof(sheet));
	tao_plan_sheet(&plan, 0, false, e);
	EXPECT_EQ(memcmp(made, sheet, sizeof(sheet)), 0);
	/* The forms differ in these. */
	tao_plan_sheet(&plan, TAO_SHEET_ISRC_PLAIN, false, e);
	EXPECT_EQ(made[7][0], 0x03);
	EXPECT_EQ(made[8][0], 0x03);
	ASSERT_EQ(tao_plan_sheet_bytes(&plan, TAO_SHEET_INDEX_0), sizeof(sheet) + 8);
	tao_plan_sheet(&plan, TAO_SHEET_INDEX_0, false, e);
	EXPECT_EQ(memcmp(made[11], "\x11\x03\0\0\0\0\x2f\0", 8), 0);
	tao_plan_sheet(&plan, TAO_SHEET_INDEX_0 | TAO_SHEET_GAP_1, false, e);
	EXPECT_EQ(memcmp(made[11], "\x11\x03\0\0\0\0\x2e\x4a", 8), 0);
	plan.layout.text_bytes = 18;
	tao_plan_sheet(&plan, 0, false, e);
	EXPECT_EQ(memcmp(made[2], "\x01\0\0\x41\0\0\0\0", 8), 0);
	/* 97:26:66 */
	tao_plan_sheet(&plan, 0, true, e);
	EXPECT_EQ(memcmp(made[2], "\x01\0\0\x41\0\x61\x1a\x42", 8), 0);
}

/* The pack is libburn's, and its 24 symbols those of its document. */
TEST(lead_in)
{
	static const u8 symbols[24] = {
		0x20, 0x00, 0x00, 0x00, 0x00, 0x04, 0x29, 0x2f, 0x1e, 0x16, 0x19, 0x35,
		0x1b, 0x02, 0x01, 0x0e, 0x1a, 0x16, 0x1d, 0x28, 0x1d, 0x0f, 0x03, 0x37,
	};
	struct tao_plan plan = sheet_plan();
	u8 block[TAO_LEAD_IN_BYTES];
	int i;

	plan.layout.text_bytes = 18;
	EXPECT_EQ(tao_plan_check(&plan), 0);
	tao_plan_lead_in(&plan, 12345, block);
	for (i = 0; i < 4; i++)
		EXPECT_EQ(memcmp(block + 24 * i, symbols, 24), 0);
}

TEST(track_of_an_address)
{
	struct tao_plan plan = sheet_plan();

	EXPECT_EQ(tao_plan_track_at(&plan, 0), 0);
	EXPECT_EQ(tao_plan_track_at(&plan, 1724), 0);
	EXPECT_EQ(tao_plan_track_at(&plan, 1725), 1);
	EXPECT_EQ(tao_plan_track_at(&plan, 3374), 1);
	EXPECT_EQ(tao_plan_track_at(&plan, 3375), 2);
	EXPECT_EQ(tao_plan_track_at(&plan, 4875), 2);
}

TEST_HARNESS_MAIN
