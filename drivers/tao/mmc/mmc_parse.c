// SPDX-License-Identifier: GPL-2.0-only
/*
 * Replies of drives, as structs, and the few things built from structs. No kernel services: bytes
 * in, bytes out.
 *
 * A drive may be anything that calls itself one. A parser looks at no byte beyond what arrived,
 * nor beyond what the reply itself says it has: an adapter that reports no residual leaves zeros
 * there.
 */
#ifdef __KERNEL__
#include <linux/cdrom.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "compat.h"
#endif
#include "mmc.h"
#include "mmc_wire.h"

/* Bytes that a reply has whose length field says what follows it. */
static unsigned int reply_bytes(const u8 *buf, unsigned int len, unsigned int length_bytes)
{
	u32 announced;

	if (len < length_bytes)
		return 0;
	announced = length_bytes == sizeof(u16) ? get_unaligned_be16(buf) : get_unaligned_be32(buf);
	return length_bytes + min_t(u32, announced, len - length_bytes);
}

static bool msf_holds(const u8 *msf)
{
	return msf[0] <= MSF_MINUTES_MAX && msf[1] < MSF_SECONDS && msf[2] < MSF_FRAMES;
}

static s32 parse_msf(const u8 *msf)
{
	return (msf[0] * MSF_SECONDS + msf[1]) * MSF_FRAMES + msf[2] - MSF_OFFSET;
}

/* Where a lead-out or a track may begin: not before the program area. */
static bool parse_program_msf(s32 *lba, const u8 *msf)
{
	s32 value = msf_holds(msf) ? parse_msf(msf) : -1;

	*lba = value < 0 ? 0 : value;
	return value >= 0;
}

/* Where a lead-in may begin: before the program area, its minutes count up to 99. */
static bool parse_lead_in_msf(s32 *lba, const u8 *msf)
{
	if (msf[0] < MSF_LEAD_IN_MINUTE || !msf_holds(msf))
		return false;
	*lba = parse_msf(msf) - MSF_WRAP;
	return true;
}

/* ASCII without blanks at its ends; anything that can't be printed ends it. */
static void copy_text(char *text, unsigned int size, const u8 *buf, unsigned int len)
{
	unsigned int used = 0;
	unsigned int i = 0;

	while (i < len && buf[i] == ' ')
		i++;
	while (i < len && used + 1 < size && buf[i] >= ' ' && buf[i] < 0x7f)
		text[used++] = buf[i++];
	while (used && text[used - 1] == ' ')
		used--;
	text[used] = '\0';
}

static void parse_profile_list(struct tao_features *features, const u8 *desc, unsigned int len)
{
	unsigned int i;

	for (i = FEATURE_HEADER; i + PROFILE_ENTRY_BYTES <= len; i += PROFILE_ENTRY_BYTES) {
		switch (get_unaligned_be16(desc + i)) {
		case TAO_PROFILE_CD_R:
			features->writes_cd_r = true;
			break;
		case TAO_PROFILE_CD_RW:
			features->writes_cd_rw = true;
			break;
		}
	}
}

static void parse_cd_tao(struct tao_features *features, const u8 *desc, unsigned int len)
{
	u8 flags;

	if (len < CD_TAO_BYTES)
		return;
	flags = desc[CD_TAO_FLAGS];
	features->tao = true;
	features->underrun_free |= flags & CD_TAO_BUF;
	features->test_write = flags & CD_TAO_TEST_WRITE;
	features->writes_cd_r = true;
	features->writes_cd_rw |= flags & CD_TAO_CD_RW;
}

static void parse_cd_mastering(struct tao_features *features, const u8 *desc, unsigned int len)
{
	if (len < CD_MASTERING_BYTES)
		return;
	features->mastering = true;
	features->underrun_free |= desc[CD_MASTERING_FLAGS] & CD_MASTERING_BUF;
	features->session_at_once = desc[CD_MASTERING_FLAGS] & CD_MASTERING_SAO;
	features->lead_in_text = desc[CD_MASTERING_FLAGS] & CD_MASTERING_RW;
	features->sheet_bytes_max = get_unaligned_be32(desc + CD_MASTERING_FLAGS) & 0xffffff;
}

static void parse_streaming(struct tao_features *features, const u8 *desc, unsigned int len)
{
	if (len <= STREAMING_FLAGS)
		return;
	features->speed_list = desc[STREAMING_FLAGS] & STREAMING_WSPD;
	features->set_speed = desc[STREAMING_FLAGS] & STREAMING_SCS;
}

static void parse_feature(struct tao_features *features, const u8 *desc, unsigned int len)
{
	switch (get_unaligned_be16(desc + FEATURE_CODE)) {
	case FEATURE_PROFILE_LIST:
		parse_profile_list(features, desc, len);
		break;
	case FEATURE_CD_TAO:
		parse_cd_tao(features, desc, len);
		break;
	case FEATURE_CD_MASTERING:
		parse_cd_mastering(features, desc, len);
		break;
	case FEATURE_STREAMING:
		parse_streaming(features, desc, len);
		break;
	case FEATURE_SERIAL:
		copy_text(features->serial, sizeof(features->serial), desc + FEATURE_HEADER,
			  len - FEATURE_HEADER);
		break;
	}
}

/**
 * tao_parse_features() - GET CONFIGURATION, all features
 * @features: set as a whole
 * @buf: reply
 * @len: bytes that arrived; a last descriptor that is cut off is left out
 *
 * Return: 0, or -EIO
 */
int tao_parse_features(struct tao_features *features, const u8 *buf, unsigned int len)
{
	unsigned int offset = CONFIG_HEADER;
	unsigned int bytes;

	memset(features, 0, sizeof(*features));
	len = reply_bytes(buf, len, CONFIG_LENGTH_BYTES);
	if (len < CONFIG_HEADER)
		return -EIO;
	features->present = true;
	features->profile = get_unaligned_be16(buf + CONFIG_PROFILE);
	while (offset + FEATURE_HEADER <= len) {
		bytes = FEATURE_HEADER + buf[offset + FEATURE_ADDITIONAL];
		if (bytes > len - offset)
			break;
		parse_feature(features, buf + offset, bytes);
		offset += bytes;
	}
	return 0;
}

/* Drives that have no number to tell may call it valid all the same. */
static u32 parse_disc_id(const u8 *bytes)
{
	u32 id = get_unaligned_be32(bytes);

	return id == ~0U ? 0 : id;
}

/**
 * tao_parse_disc_info() - READ DISC INFORMATION
 * @info: set as a whole
 * @buf: reply
 * @len: bytes that arrived
 *
 * Return: 0, or -EIO
 */
int tao_parse_disc_info(struct tao_disc_info *info, const u8 *buf, unsigned int len)
{
	memset(info, 0, sizeof(*info));
	len = reply_bytes(buf, len, DISC_LENGTH_BYTES);
	if (len < DISC_BYTES_MIN)
		return -EIO;
	info->status = buf[DISC_FLAGS] & DISC_STATUS_MASK;
	info->session_state = (buf[DISC_FLAGS] >> 2) & DISC_STATUS_MASK;
	info->erasable = buf[DISC_FLAGS] & DISC_ERASABLE;
	info->disc_type = buf[DISC_TYPE];
	info->first_track = buf[DISC_FIRST_TRACK];
	info->sessions = buf[DISC_SESSIONS_MSB] << 8 | buf[DISC_SESSIONS];
	info->last_track = buf[DISC_LAST_TRACK_MSB] << 8 | buf[DISC_LAST_TRACK];
	if (len >= DISC_BYTES_ID && buf[DISC_VALID] & DISC_ID_VALID)
		info->id = parse_disc_id(buf + DISC_ID);
	if (len >= DISC_BYTES_LEAD_OUT && !buf[DISC_LEAD_IN_HOUR])
		info->lead_in_valid = parse_lead_in_msf(&info->lead_in_lba, buf + DISC_LEAD_IN);
	if (len >= DISC_BYTES_LEAD_OUT && !buf[DISC_LEAD_OUT_HOUR])
		info->lead_out_valid = parse_program_msf(&info->lead_out_lba, buf + DISC_LEAD_OUT);
	return 0;
}

/**
 * tao_parse_track_info() - READ TRACK INFORMATION
 * @info: set as a whole
 * @buf: reply
 * @len: bytes that arrived
 *
 * Return: 0, or -EIO
 */
int tao_parse_track_info(struct tao_track_info *info, const u8 *buf, unsigned int len)
{
	memset(info, 0, sizeof(*info));
	len = reply_bytes(buf, len, TRACK_LENGTH_BYTES);
	if (len < TRACK_BYTES_MIN)
		return -EIO;
	info->track = buf[TRACK_NUMBER];
	info->session = buf[TRACK_SESSION];
	info->control = buf[TRACK_MODE] & TRACK_CONTROL_MASK;
	info->damage = buf[TRACK_MODE] & TRACK_DAMAGE;
	info->blank = buf[TRACK_STATE] & TRACK_BLANK;
	info->nwa_valid = buf[TRACK_VALID] & TRACK_NWA_VALID;
	info->start_lba = get_unaligned_be32(buf + TRACK_START);
	info->nwa = get_unaligned_be32(buf + TRACK_NWA);
	info->free_sectors = get_unaligned_be32(buf + TRACK_FREE);
	info->sectors = get_unaligned_be32(buf + TRACK_SIZE);
	if (len >= TRACK_BYTES_MSB) {
		info->track |= buf[TRACK_NUMBER_MSB] << 8;
		info->session |= buf[TRACK_SESSION_MSB] << 8;
	}
	return 0;
}

static bool is_track_number(unsigned int number)
{
	return number >= 1 && number <= TAO_TRACKS_MAX;
}

/**
 * tao_parse_toc() - READ TOC format 0, in LBA
 * @toc: set as a whole
 * @buf: reply
 * @len: bytes that arrived
 *
 * Return: 0, or -EIO where the entries are not in ascending order or there is no lead-out
 */
int tao_parse_toc(struct tao_toc_list *toc, const u8 *buf, unsigned int len)
{
	struct tao_toc_entry *entry;
	unsigned int offset;
	u8 number = 0;

	memset(toc, 0, sizeof(*toc));
	len = reply_bytes(buf, len, TOC_LENGTH_BYTES);
	for (offset = TOC_HEADER; offset + TOC_ENTRY_BYTES <= len; offset += TOC_ENTRY_BYTES) {
		if (buf[offset + TOC_ENTRY_NUMBER] <= number)
			return -EIO;
		number = buf[offset + TOC_ENTRY_NUMBER];
		if (number != TAO_TOC_LEAD_OUT && !is_track_number(number))
			return -EIO;
		entry = &toc->entries[toc->count++];
		entry->number = number;
		entry->control = buf[offset + TOC_ENTRY_CONTROL] & TOC_CONTROL_MASK;
		entry->start_lba = get_unaligned_be32(buf + offset + TOC_ENTRY_LBA);
		if (number == TAO_TOC_LEAD_OUT)
			break;
	}
	if (number != TAO_TOC_LEAD_OUT || toc->count < 2)
		return -EIO;
	return 0;
}

/**
 * tao_text_bytes() - READ TOC format 5: how long the CD-TEXT behind its header is
 * @buf: reply
 * @len: bytes that arrived
 *
 * Return: bytes, in whole packs
 */
unsigned int tao_text_bytes(const u8 *buf, unsigned int len)
{
	len = reply_bytes(buf, len, TOC_LENGTH_BYTES);
	return len < TOC_HEADER ? 0 : rounddown(len - TOC_HEADER, TAO_TEXT_PACK_BYTES);
}

/*
 * Minutes of a lead-in are 90 to 99. A drive that has 90h to 99h there (Ricoh) speaks BCD, in all
 * of its ATIP.
 */
static void atip_msf(u8 *msf, const u8 *buf, bool bcd)
{
	unsigned int i;

	for (i = 0; i < 3; i++)
		msf[i] = bcd ? (buf[i] >> 4) * 10 + (buf[i] & 0xf) : buf[i];
}

/**
 * tao_parse_atip() - READ TOC format 4
 * @atip: set as a whole; not valid where the drive knows no ATIP, has zeros there, or junk as with
 *   pressed discs
 * @buf: reply
 * @len: bytes that arrived
 *
 * Return: 0, or -EIO
 */
int tao_parse_atip(struct tao_atip *atip, const u8 *buf, unsigned int len)
{
	u8 lead_in[3], lead_out[3];
	bool bcd;

	memset(atip, 0, sizeof(*atip));
	len = reply_bytes(buf, len, TOC_LENGTH_BYTES);
	if (len < TOC_LENGTH_BYTES)
		return -EIO;
	if (len < ATIP_BYTES_MIN)
		return 0;
	bcd = buf[ATIP_LEAD_IN] >= 0x90;
	atip_msf(lead_in, buf + ATIP_LEAD_IN, bcd);
	atip_msf(lead_out, buf + ATIP_LEAD_OUT, bcd);
	if (!parse_lead_in_msf(&atip->lead_in_lba, lead_in) ||
	    !parse_program_msf(&atip->lead_out_lba, lead_out) || !atip->lead_out_lba)
		return 0;
	atip->rw = buf[ATIP_TYPE] & ATIP_RW;
	atip->valid = true;
	return 0;
}

/**
 * tao_parse_mode_page() - find the page in a reply to MODE SENSE(10)
 * @buf: reply
 * @len: bytes that arrived
 * @page: the page that was asked for
 * @data: returned: the page, its header first
 * @data_len: returned: bytes of it that are there, no more than the page says it has
 *
 * Return: 0, or -EIO if this page is not there
 */
int tao_parse_mode_page(const u8 *buf, unsigned int len, u8 page, const u8 **data,
			unsigned int *data_len)
{
	unsigned int offset;

	len = reply_bytes(buf, len, MODE_LENGTH_BYTES);
	if (len < MODE_HEADER)
		return -EIO;
	offset = MODE_HEADER + get_unaligned_be16(buf + MODE_DESCRIPTORS);
	if (offset + MODE_PAGE_HEADER > len || (buf[offset] & MODE_PAGE_CODE_MASK) != page)
		return -EIO;
	*data = buf + offset;
	*data_len = min_t(unsigned int, len - offset, MODE_PAGE_HEADER + buf[offset + 1]);
	return 0;
}

/**
 * tao_kbps_to_sectors_per_second() - nearest number of sectors/s
 * @kbps: kB/s
 */
u32 tao_kbps_to_sectors_per_second(u32 kbps)
{
	return kbps / TAO_SECTOR_SIZE * 1000 +
	       (kbps % TAO_SECTOR_SIZE * 1000 + TAO_SECTOR_SIZE / 2) / TAO_SECTOR_SIZE;
}

/*
 * Insert a speed in its place, fastest first. A duplicate is left out, and so is a number that is
 * not a speed, or has no room.
 */
static void add_speed(struct tao_speed_entry *entries, unsigned int max, unsigned int *count,
		      const struct tao_speed_entry *speed)
{
	unsigned int at = 0;

	if (speed->write_kbps < SPEED_KBPS_MIN || speed->write_kbps > SPEED_KBPS_MAX)
		return;
	while (at < *count && entries[at].write_kbps > speed->write_kbps)
		at++;
	for (; at < *count && entries[at].write_kbps == speed->write_kbps; at++) {
		if (entries[at].flags == speed->flags)
			return;
	}
	if (at == max)
		return;
	if (*count == max)
		*count -= 1;
	memmove(entries + at + 1, entries + at, (*count - at) * sizeof(*entries));
	entries[at] = *speed;
	entries[at].write_sectors_per_second = tao_kbps_to_sectors_per_second(speed->write_kbps);
	*count += 1;
}

static void parse_capabilities_speeds(struct tao_capabilities *capabilities, const u8 *page,
				      unsigned int len)
{
	struct tao_speed_entry speed;
	unsigned int count, i;
	const u8 *desc;

	if (len < CAPS_SPEEDS)
		return;
	count = min_t(unsigned int, get_unaligned_be16(page + CAPS_SPEEDS_COUNT),
		      (len - CAPS_SPEEDS) / CAPS_SPEED_BYTES);
	for (i = 0; i < count; i++) {
		desc = page + CAPS_SPEEDS + i * CAPS_SPEED_BYTES;
		memset(&speed, 0, sizeof(speed));
		speed.write_kbps = get_unaligned_be16(desc + CAPS_SPEED_KBPS);
		if ((desc[CAPS_SPEED_ROTATION] & CAPS_SPEED_ROTATION_MASK) == ROTATION_PURE_CAV)
			speed.flags = TAO_SPEED_PURE_CAV;
		add_speed(capabilities->speeds, TAO_SPEEDS_MAX, &capabilities->speed_count, &speed);
	}
}

/* A speed field of page 2Ah; pages of other makes have something else there. */
static u32 capabilities_kbps(const u8 *page, unsigned int len, unsigned int offset)
{
	u32 kbps;

	if (len < offset + sizeof(u16))
		return 0;
	kbps = get_unaligned_be16(page + offset);
	return kbps < SPEED_KBPS_MIN || kbps > SPEED_KBPS_MAX ? 0 : kbps;
}

/**
 * tao_parse_capabilities() - MODE SENSE, page 2Ah
 * @capabilities: set as a whole
 * @buf: reply
 * @len: bytes that arrived
 *
 * Return: 0, or -EIO
 */
int tao_parse_capabilities(struct tao_capabilities *capabilities, const u8 *buf, unsigned int len)
{
	const u8 *page;

	memset(capabilities, 0, sizeof(*capabilities));
	if (tao_parse_mode_page(buf, len, GPMODE_CAPABILITIES_PAGE, &page, &len) ||
	    len < CAPS_BYTES_MIN)
		return -EIO;
	capabilities->writes_cd_r = page[CAPS_WRITE] & CAPS_WRITE_CD_R;
	capabilities->writes_cd_rw = page[CAPS_WRITE] & CAPS_WRITE_CD_RW;
	capabilities->test_write = page[CAPS_WRITE] & CAPS_WRITE_TEST;
	capabilities->underrun_free = page[CAPS_FLAGS] & CAPS_BUF;
	capabilities->buffer_bytes = get_unaligned_be16(page + CAPS_BUFFER_KIB) * 1024;
	capabilities->current_write_kbps = capabilities_kbps(page, len, CAPS_CURRENT_WRITE);
	if (!capabilities->current_write_kbps)
		capabilities->current_write_kbps = capabilities_kbps(page, len,
								     CAPS_CURRENT_WRITE_OLD);
	if (len > CAPS_ROTATION)
		capabilities->pure_cav =
			(page[CAPS_ROTATION] & CAPS_ROTATION_MASK) == ROTATION_PURE_CAV;
	parse_capabilities_speeds(capabilities, page, len);
	return 0;
}

/**
 * tao_parse_performance() - GET PERFORMANCE, type 03
 * @entries: returned: speeds, fastest first, each only once
 * @max: room in @entries
 * @count: returned: how many
 * @buf: reply
 * @len: bytes that arrived; a drive may announce more than it was asked for
 *
 * Return: 0, or -EIO
 */
int tao_parse_performance(struct tao_speed_entry *entries, unsigned int max, unsigned int *count,
			  const u8 *buf, unsigned int len)
{
	struct tao_speed_entry speed;
	const u8 *desc;

	*count = 0;
	len = reply_bytes(buf, len, PERFORMANCE_LENGTH_BYTES);
	if (len < PERFORMANCE_HEADER)
		return -EIO;
	for (desc = buf + PERFORMANCE_HEADER; desc + PERFORMANCE_BYTES <= buf + len;
	     desc += PERFORMANCE_BYTES) {
		memset(&speed, 0, sizeof(speed));
		speed.write_kbps = get_unaligned_be32(desc + PERFORMANCE_WRITE_KBPS);
		speed.read_kbps = get_unaligned_be32(desc + PERFORMANCE_READ_KBPS);
		if (PERFORMANCE_ROTATION(desc[0]) == ROTATION_PURE_CAV)
			speed.flags = TAO_SPEED_PURE_CAV;
		add_speed(entries, max, count, &speed);
	}
	return 0;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return c >= 'A' && c <= 'Z';
}

static void put_code(u8 *field, const char *code, unsigned int chars)
{
	if (!*code)
		return;
	field[0] = WRITE_CODE_VALID;
	memcpy(field + 1, code, chars);
}

/**
 * tao_build_write_page() - mode page 05h for MODE SELECT
 * @page: returned: the page
 * @size: bytes that the drive's page has, its header included
 * @parameters: what goes into it; everything else is zero, whatever the drive had
 *
 * Return: bytes built, or 0 if the drive's page has no room for the request
 */
unsigned int tao_build_write_page(u8 *page, unsigned int size,
				  const struct tao_write_parameters *parameters)
{
	if (size < WRITE_PAGE_BYTES_MIN || (*parameters->mcn && size < WRITE_PAGE_BYTES_MCN) ||
	    (*parameters->isrc && size < WRITE_PAGE_BYTES_ISRC))
		return 0;
	memset(page, 0, size);
	page[0] = GPMODE_WRITE_PARMS_PAGE;
	page[1] = size - MODE_PAGE_HEADER;
	page[WRITE_PAGE_TYPE] = parameters->at_once ? WRITE_TYPE_SAO : WRITE_TYPE_TAO;
	if (parameters->underrun_free)
		page[WRITE_PAGE_TYPE] |= WRITE_BUFE;
	if (parameters->test_write)
		page[WRITE_PAGE_TYPE] |= WRITE_TEST;
	page[WRITE_PAGE_TRACK] = parameters->multi_session << WRITE_MULTI_SESSION_SHIFT |
				 (parameters->track_mode & WRITE_TRACK_MODE_MASK);
	page[WRITE_PAGE_BLOCK] = parameters->at_once ? parameters->block_type : WRITE_BLOCK_RAW;
	if (parameters->session_format != TAO_DISC_TYPE_UNDEFINED)
		page[WRITE_PAGE_FORMAT] = parameters->session_format;
	put_unaligned_be16(parameters->pause, page + WRITE_PAGE_PAUSE);
	if (size >= WRITE_PAGE_BYTES_MCN)
		put_code(page + WRITE_PAGE_MCN, parameters->mcn, MCN_DIGITS);
	if (size >= WRITE_PAGE_BYTES_ISRC)
		put_code(page + WRITE_PAGE_ISRC, parameters->isrc, ISRC_CHARS);
	return size;
}

/* @chars of a code and a NUL, or empty if the page says there is none */
static void get_code(char *code, const u8 *field, unsigned int chars)
{
	if (field[0] & WRITE_CODE_VALID)
		memcpy(code, field + 1, chars);
}

/**
 * tao_parse_write_parameters() - MODE SENSE, page 05h
 * @parameters: set as a whole
 * @buf: reply
 * @len: bytes that arrived
 *
 * Return: 0, or -EIO
 */
int tao_parse_write_parameters(struct tao_write_parameters *parameters, const u8 *buf,
			       unsigned int len)
{
	const u8 *page;

	memset(parameters, 0, sizeof(*parameters));
	if (tao_parse_mode_page(buf, len, GPMODE_WRITE_PARMS_PAGE, &page, &len) ||
	    len < WRITE_PAGE_BYTES_MIN)
		return -EIO;
	parameters->page_bytes = len;
	parameters->audio_tao = (page[WRITE_PAGE_TYPE] & WRITE_TYPE_MASK) == WRITE_TYPE_TAO &&
				(page[WRITE_PAGE_BLOCK] & WRITE_BLOCK_MASK) == WRITE_BLOCK_RAW;
	parameters->at_once = (page[WRITE_PAGE_TYPE] & WRITE_TYPE_MASK) == WRITE_TYPE_SAO;
	parameters->block_type = page[WRITE_PAGE_BLOCK] & WRITE_BLOCK_MASK;
	parameters->underrun_free = page[WRITE_PAGE_TYPE] & WRITE_BUFE;
	parameters->test_write = page[WRITE_PAGE_TYPE] & WRITE_TEST;
	parameters->multi_session = page[WRITE_PAGE_TRACK] >> WRITE_MULTI_SESSION_SHIFT;
	parameters->track_mode = page[WRITE_PAGE_TRACK] & WRITE_TRACK_MODE_MASK;
	parameters->session_format = page[WRITE_PAGE_FORMAT];
	parameters->pause = get_unaligned_be16(page + WRITE_PAGE_PAUSE);
	if (len >= WRITE_PAGE_BYTES_MCN)
		get_code(parameters->mcn, page + WRITE_PAGE_MCN, MCN_DIGITS);
	if (len >= WRITE_PAGE_BYTES_ISRC)
		get_code(parameters->isrc, page + WRITE_PAGE_ISRC, ISRC_CHARS);
	return 0;
}

/**
 * tao_write_parameters_taken() - the drive has the write parameters that it was given
 * @set: what it was given
 * @sensed: what it has
 *
 * Underrun protection, session format and pause are not compared: drives have their own
 * mind there, and it spoils no disc. A drive may not show a catalogue number or an ISRC, or not
 * have taken it: then the disc is good all the same. A catalogue number that the drive kept from
 * before belongs to the same session; an ISRC that it kept would go to the wrong track.
 */
bool tao_write_parameters_taken(const struct tao_write_parameters *set,
				const struct tao_write_parameters *sensed)
{
	if (sensed->test_write != set->test_write || sensed->multi_session != set->multi_session)
		return false;
	/* The rest is in the cue sheet. */
	if (set->at_once)
		return sensed->at_once && sensed->block_type == set->block_type;
	if (!sensed->audio_tao || sensed->track_mode != set->track_mode)
		return false;
	if (*set->mcn && *sensed->mcn && strcmp(sensed->mcn, set->mcn))
		return false;
	return !*sensed->isrc || !strcmp(sensed->isrc, set->isrc);
}

static void put_toc_entry(u8 *desc, const struct tao_toc_entry *entry)
{
	memset(desc, 0, TOC_ENTRY_BYTES);
	desc[TOC_ENTRY_CONTROL] = TOC_ADR_POSITION << TOC_ADR_SHIFT |
				  (entry->control & TOC_CONTROL_MASK);
	desc[TOC_ENTRY_NUMBER] = entry->number;
	put_unaligned_be32(entry->start_lba, desc + TOC_ENTRY_LBA);
}

/**
 * tao_build_toc_raw() - a reply to READ TOC format 0, in LBA
 * @buf: returned: the reply
 * @size: room in it; %TAO_TOC_RAW_MAX is enough for all
 * @entries: tracks in ascending order, the lead-out last
 * @count: of @entries
 *
 * Return: bytes built, or 0 if there is nothing to build or no room
 */
unsigned int tao_build_toc_raw(u8 *buf, unsigned int size, const struct tao_toc_entry *entries,
			       unsigned int count)
{
	unsigned int bytes = TOC_HEADER + count * TOC_ENTRY_BYTES;
	unsigned int i;

	if (count < 2 || count > TAO_TOC_ENTRIES_MAX || bytes > size)
		return 0;
	put_unaligned_be16(bytes - TOC_LENGTH_BYTES, buf);
	buf[2] = entries[0].number;
	buf[3] = entries[count - 2].number;
	for (i = 0; i < count; i++)
		put_toc_entry(buf + TOC_HEADER + i * TOC_ENTRY_BYTES, entries + i);
	return bytes;
}

/**
 * tao_mcn_valid() - 13 digits, the last of which is the check digit of EAN-13
 * @mcn: NUL-terminated
 */
bool tao_mcn_valid(const char *mcn)
{
	unsigned int sum = 0;
	unsigned int i;

	for (i = 0; i < MCN_DIGITS; i++) {
		if (!is_digit(mcn[i]))
			return false;
		sum += (mcn[i] - '0') * (i % 2 ? 3 : 1);
	}
	return !mcn[MCN_DIGITS] && sum % 10 == 0;
}

/**
 * tao_isrc_valid() - CCOOOYYSSSSS: two letters, three letters or digits, seven digits
 * @isrc: NUL-terminated
 */
bool tao_isrc_valid(const char *isrc)
{
	unsigned int i;

	for (i = 0; i < ISRC_CHARS; i++) {
		if (!(i < 5 && is_letter(isrc[i])) && !(i >= 2 && is_digit(isrc[i])))
			return false;
	}
	return !isrc[ISRC_CHARS];
}
