// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer: arbitrary bytes as a reply of a drive. The first byte selects the kind of reply.
 *
 * Detects accesses beyond the received data (address sanitizer), undefined behaviour, and results
 * that the callers don't expect: more entries than fit, wrong order, text without an end. Bytes
 * behind the announced length must make no difference.
 */
#include <stdio.h>
#include <stdlib.h>
#include "mmc.h"
#include "replies.h"

#define JUNK 64

#define check(condition) do {						\
	if (!(condition)) {						\
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);	\
		abort();						\
	}								\
} while (0)

/* All possible results of the parsers */
union result {
	struct tao_sense sense;
	struct tao_features features;
	struct tao_disc_info disc;
	struct tao_track_info track;
	struct tao_toc_list toc;
	struct tao_atip atip;
	struct tao_capabilities capabilities;
	struct tao_write_parameters write;
	struct {
		unsigned int count;
		struct tao_speed_entry entries[TAO_SPEEDS_MAX];
	} speeds;
};

static void check_text(const char *text, unsigned int size)
{
	unsigned int i;

	check(memchr(text, '\0', size));
	for (i = 0; text[i]; i++)
		check(text[i] >= ' ' && text[i] < 0x7f);
}

static void check_sense(const struct tao_sense *sense)
{
	check(sense->raw_bytes <= TAO_SENSE_SIZE);
	check(sense->key <= 0xf);
	check(sense->valid || !sense->key);
	check(tao_sense_classify(sense) <= TAO_SENSE_FATAL);
	check(tao_sense_errno(sense) <= 0);
	check(*tao_sense_text(sense));
	check(!sense->deferred || tao_sense_errno(sense) == -EIO);
	check(!sense->deferred || !tao_sense_is_buffer_full(sense));
}

static void check_speeds(const struct tao_speed_entry *entries, unsigned int count)
{
	unsigned int i;

	check(count <= TAO_SPEEDS_MAX);
	for (i = 0; i < count; i++) {
		check(entries[i].write_kbps >= 176 && entries[i].write_kbps < 0xffff);
		check(entries[i].write_sectors_per_second >= 75);
		check(!(entries[i].flags & ~TAO_SPEED_PURE_CAV));
		check(!i || entries[i].write_kbps <= entries[i - 1].write_kbps);
		check(!i || entries[i].write_kbps < entries[i - 1].write_kbps ||
		      entries[i].flags != entries[i - 1].flags);
	}
}

static void check_toc(const struct tao_toc_list *toc)
{
	struct tao_toc_list again;
	u8 raw[TAO_TOC_RAW_MAX];
	unsigned int bytes, i;

	check(toc->count >= 2 && toc->count <= TAO_TOC_ENTRIES_MAX);
	check(toc->entries[toc->count - 1].number == TAO_TOC_LEAD_OUT);
	check(toc->entries[0].number >= 1);
	check(toc->entries[toc->count - 2].number <= TAO_TRACKS_MAX);
	for (i = 1; i < toc->count; i++)
		check(toc->entries[i].number > toc->entries[i - 1].number);
	bytes = tao_build_toc_raw(raw, sizeof(raw), toc->entries, toc->count);
	check(bytes);
	check(!tao_parse_toc(&again, raw, bytes));
	check(!memcmp(&again, toc, sizeof(again)));
}

/*
 * Parsed parameters can be written, and are then parsed with the same result, for any page
 * length.
 */
static void check_write(const struct tao_write_parameters *write, unsigned int size)
{
	struct tao_write_parameters again;
	u8 buf[8 + 300] = {};

	check(memchr(write->mcn, '\0', sizeof(write->mcn)));
	check(memchr(write->isrc, '\0', sizeof(write->isrc)));
	size %= 258;
	if (!tao_build_write_page(buf + 8, size, write))
		return;
	buf[0] = (8 + size - 2) >> 8;
	buf[1] = 8 + size - 2;
	check(!tao_parse_write_parameters(&again, buf, 8 + size));
	check(write->at_once ? again.at_once : again.audio_tao);
	check(again.pause == write->pause);
	if (strlen(write->mcn) == 13 && strlen(write->isrc) == 12)
		check(tao_write_parameters_taken(write, &again));
}

static void check_disc(const struct tao_disc_info *disc)
{
	check(disc->status <= TAO_DISC_OTHER && disc->session_state <= TAO_SESSION_COMPLETE);
	check(disc->lead_out_lba >= 0 && disc->lead_out_lba < 450000);
}

static void check_atip(const struct tao_atip *atip)
{
	check(!atip->valid || atip->lead_out_lba > 0);
	check(!atip->valid || (atip->lead_in_lba < -150 && atip->lead_in_lba >= -45150));
}

static int parse(enum reply_type type, union result *result, const u8 *buf, unsigned int len)
{
	memset(result, 0, sizeof(*result));
	switch (type) {
	case REPLY_SENSE:
		tao_sense_parse(&result->sense, buf, len);
		return 0;
	case REPLY_FEATURES:
		return tao_parse_features(&result->features, buf, len);
	case REPLY_DISC_INFO:
		return tao_parse_disc_info(&result->disc, buf, len);
	case REPLY_TRACK_INFO:
		return tao_parse_track_info(&result->track, buf, len);
	case REPLY_TOC:
		check(tao_text_bytes(buf, len) <= len);
		check(tao_text_bytes(buf, len) % TAO_TEXT_PACK_BYTES == 0);
		return tao_parse_toc(&result->toc, buf, len);
	case REPLY_ATIP:
		return tao_parse_atip(&result->atip, buf, len);
	case REPLY_CAPABILITIES:
		return tao_parse_capabilities(&result->capabilities, buf, len);
	case REPLY_WRITE_PARAMETERS:
		return tao_parse_write_parameters(&result->write, buf, len);
	case REPLY_PERFORMANCE:
		return tao_parse_performance(result->speeds.entries, TAO_SPEEDS_MAX,
					     &result->speeds.count, buf, len);
	case REPLY_TYPES:
		break;
	}
	abort();
}

static void check_result(enum reply_type type, const union result *result, unsigned int len)
{
	switch (type) {
	case REPLY_SENSE:
		return check_sense(&result->sense);
	case REPLY_FEATURES:
		check(result->features.present);
		return check_text(result->features.serial, sizeof(result->features.serial));
	case REPLY_DISC_INFO:
		return check_disc(&result->disc);
	case REPLY_TOC:
		return check_toc(&result->toc);
	case REPLY_ATIP:
		return check_atip(&result->atip);
	case REPLY_CAPABILITIES:
		return check_speeds(result->capabilities.speeds, result->capabilities.speed_count);
	case REPLY_WRITE_PARAMETERS:
		return check_write(&result->write, len);
	case REPLY_PERFORMANCE:
		return check_speeds(result->speeds.entries, result->speeds.count);
	default:
		return;
	}
}

/* The number of bytes according to the reply; @len if it has no length or is incomplete */
static unsigned int announced(enum reply_type type, const u8 *buf, unsigned int len)
{
	u32 bytes = len;

	switch (type) {
	case REPLY_SENSE:
		if (len > 7)
			bytes = 8 + buf[7];
		break;
	case REPLY_FEATURES:
	case REPLY_PERFORMANCE:
		if (len >= 4 && get_unaligned_be32(buf) < len)
			bytes = get_unaligned_be32(buf) + 4;
		break;
	default:
		if (len >= 2)
			bytes = get_unaligned_be16(buf) + 2;
	}
	return bytes < len ? bytes : len;
}

/* On the heap, so that the sanitizer detects accesses behind the end */
static int parse_copy(enum reply_type type, union result *result, const u8 *buf, unsigned int len,
		      unsigned int junk)
{
	u8 *copy = malloc(len + junk);
	int ret;

	check(copy);
	memcpy(copy, buf, len);
	memset(copy + len, 0xa5, junk);
	ret = parse(type, result, copy, len + junk);
	free(copy);
	return ret;
}

int fuzz_one(const u8 *data, size_t size) __asm__("LLVMFuzzerTestOneInput");

int fuzz_one(const u8 *data, size_t size)
{
	static union result result, with_junk;
	enum reply_type type;
	unsigned int len, bytes;
	int ret;

	if (size < 1 || size > 4096)
		return 0;
	type = data[0] % REPLY_TYPES;
	data++;
	len = size - 1;
	ret = parse_copy(type, &result, data, len, 0);
	check(ret == 0 || ret == -EIO);
	if (!ret)
		check_result(type, &result, len);
	bytes = announced(type, data, len);
	if (bytes == len)
		return 0;
	check(parse_copy(type, &result, data, bytes, 0) == ret);
	check(parse_copy(type, &with_junk, data, bytes, JUNK) == ret);
	check(!memcmp(&result, &with_junk, sizeof(result)));
	return 0;
}
