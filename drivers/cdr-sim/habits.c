// SPDX-License-Identifier: GPL-2.0-only
/* Differences between drives: attributes that may change at any time, under the drive's lock. */

#include <linux/string.h>
#include <scsi/scsi_host.h>

#include "cdr-sim.h"

#define MAX_OFFSET	(100 * CDR_RAW / CDR_SAMPLE)

static bool offset_valid(s32 value)
{
	return value >= -MAX_OFFSET && value <= MAX_OFFSET;
}

#define LIVE(name, type, format, parse, valid)					\
static ssize_t cdr_##name##_show(struct config_item *item, char *page)		\
{										\
	return sysfs_emit(page, format "\n", READ_ONCE(cdr_from_item(item)->habits.name)); \
}										\
static ssize_t cdr_##name##_store(struct config_item *item, const char *page,	\
				  size_t len)					\
{										\
	struct cdr_drive *d = cdr_from_item(item);				\
	type value;								\
	int ret = parse;							\
										\
	if (ret)								\
		return ret;							\
	if (!(valid))								\
		return -ERANGE;							\
	spin_lock_irq(&d->lock);						\
	cdr_update(d);								\
	d->habits.name = value;							\
	spin_unlock_irq(&d->lock);						\
	return len;								\
}										\
CONFIGFS_ATTR(cdr_, name)

LIVE(realtime, bool, "%d", kstrtobool(page, &value), true);
LIVE(keep_data, bool, "%d", kstrtobool(page, &value), true);
LIVE(descriptor_sense, bool, "%d", kstrtobool(page, &value), true);
LIVE(strict_runout, bool, "%d", kstrtobool(page, &value), true);
LIVE(read_offset, s32, "%d", kstrtos32(page, 0, &value), offset_valid(value));
LIVE(write_offset, s32, "%d", kstrtos32(page, 0, &value), offset_valid(value));
LIVE(spin_up_ms, u32, "%u", kstrtou32(page, 0, &value), value <= 600000);

LIVE(attentions, bool, "%d", kstrtobool(page, &value), true);
LIVE(track_size, u32, "%u", kstrtou32(page, 0, &value), value <= 152);
LIVE(busy_polls, u32, "%u", kstrtou32(page, 0, &value), value <= 1000);
LIVE(opc_ms, u32, "%u", kstrtou32(page, 0, &value), value <= 600000);
LIVE(echo_codes, bool, "%d", kstrtobool(page, &value), true);
LIVE(page05_saved, bool, "%d", kstrtobool(page, &value), true);
LIVE(read_open, bool, "%d", kstrtobool(page, &value), true);
LIVE(refuse_slow, bool, "%d", kstrtobool(page, &value), true);
LIVE(refuse_max, bool, "%d", kstrtobool(page, &value), true);
LIVE(needs_start, bool, "%d", kstrtobool(page, &value), true);
LIVE(stale, bool, "%d", kstrtobool(page, &value), true);

LIVE(session_at_once, bool, "%d", kstrtobool(page, &value), true);
LIVE(need_gap, bool, "%d", kstrtobool(page, &value), true);
LIVE(need_index_0, bool, "%d", kstrtobool(page, &value), true);
LIVE(isrc_plain, bool, "%d", kstrtobool(page, &value), true);
LIVE(no_jump, bool, "%d", kstrtobool(page, &value), true);
LIVE(sheet_limit, u32, "%u", kstrtou32(page, 0, &value), value >= 32 && value <= CDR_REPLY_SIZE);
LIVE(hold_off_ms, u32, "%u", kstrtou32(page, 0, &value), value <= 600000);
LIVE(lose_session, bool, "%d", kstrtobool(page, &value), true);
LIVE(repair, bool, "%d", kstrtobool(page, &value), true);
LIVE(refuse_close, bool, "%d", kstrtobool(page, &value), true);
LIVE(zero_crc, bool, "%d", kstrtobool(page, &value), true);

LIVE(caps_buffer, u32, "%u", kstrtou32(page, 0, &value), value <= 0xffff);
LIVE(fixed_bufe, bool, "%d", kstrtobool(page, &value), true);
LIVE(performance, bool, "%d", kstrtobool(page, &value), true);

/* An attribute that is one of several words, stored as an index */
#define WORDS(name)								\
static ssize_t cdr_##name##_show(struct config_item *item, char *page)		\
{										\
	return sysfs_emit(page, "%s\n",						\
			  name##_words[READ_ONCE(cdr_from_item(item)->habits.name)]);	\
}										\
static ssize_t cdr_##name##_store(struct config_item *item, const char *page,	\
				  size_t len)					\
{										\
	int value = sysfs_match_string(name##_words, page);			\
										\
	if (value < 0)								\
		return value;							\
	WRITE_ONCE(cdr_from_item(item)->habits.name, value);			\
	return len;								\
}										\
CONFIGFS_ATTR(cdr_, name)

static const char * const in_track_words[] = { "answer", "refuse", "sequence" };
static const char * const text_words[] = { "refuse", "any", "real", "zero", "real_0", "zero_3" };
static const char * const form_00_words[] = { "take", "refuse", "mute" };
static const char * const skip_leadin_words[] = { "refuse", "mute", "hang" };
static const char * const test_write_words[] = { "stay", "advance", "invalid", "complete" };
static const char * const profiles_words[] = { "cd", "dvd" };
static const char * const caps_speeds_words[] = { "all", "max", "none" };

WORDS(in_track);
WORDS(text);
WORDS(form_00);
WORDS(skip_leadin);
WORDS(test_write);
WORDS(profiles);
WORDS(caps_speeds);

static ssize_t cdr_buffer_full_show(struct config_item *item, char *page)
{
	bool hold = READ_ONCE(cdr_from_item(item)->habits.hold_when_full);

	return sysfs_emit(page, "%s\n", hold ? "hold" : "refuse");
}

static ssize_t cdr_buffer_full_store(struct config_item *item, const char *page, size_t len)
{
	bool hold = sysfs_streq(page, "hold");

	if (!hold && !sysfs_streq(page, "refuse"))
		return -EINVAL;
	WRITE_ONCE(cdr_from_item(item)->habits.hold_when_full, hold);
	return len;
}
CONFIGFS_ATTR(cdr_, buffer_full);

/* The most lenient or the strictest setting for behaviour that MMC leaves to the drive. */
static void set_strictness(struct cdr_habits *h, bool strict)
{
	h->in_track = strict ? CDR_IN_TRACK_REFUSE : CDR_IN_TRACK_ANSWER;
	h->attentions = strict;
	h->test_write = strict ? CDR_TEST_ADVANCE : CDR_TEST_STAY;
	h->track_size = strict ? CDR_RUNOUT + CDR_PREGAP : 0;
	h->busy_polls = strict ? 2 : 0;
	h->echo_codes = !strict;
	h->page05_saved = strict;
	h->refuse_slow = strict;
	h->needs_start = strict;
	h->strict_runout = strict;
	h->text = strict ? CDR_TEXT_REAL : CDR_TEXT_ANY;
}

static ssize_t cdr_strict_show(struct config_item *item, char *page)
{
	struct cdr_drive *d = cdr_from_item(item);
	struct cdr_habits strictest;
	bool strict;

	spin_lock_irq(&d->lock);
	memcpy(&strictest, &d->habits, sizeof(strictest));
	set_strictness(&strictest, true);
	strict = !memcmp(&strictest, &d->habits, sizeof(strictest));
	spin_unlock_irq(&d->lock);
	return sysfs_emit(page, "%d\n", strict);
}

static ssize_t cdr_strict_store(struct config_item *item, const char *page, size_t len)
{
	struct cdr_drive *d = cdr_from_item(item);
	bool strict;
	int ret = kstrtobool(page, &strict);

	if (ret)
		return ret;
	spin_lock_irq(&d->lock);
	cdr_update(d);
	set_strictness(&d->habits, strict);
	spin_unlock_irq(&d->lock);
	return len;
}
CONFIGFS_ATTR(cdr_, strict);

/**
 * cdr_habits_setup() - set the defaults of a new drive
 * @d:	the drive
 */
void cdr_habits_setup(struct cdr_drive *d)
{
	d->habits.keep_data = true;
	d->habits.read_open = true;
	d->habits.session_at_once = true;
	d->habits.form_00 = CDR_FORM_REFUSE;
	d->habits.sheet_limit = CDR_REPLY_SIZE;
	d->habits.performance = true;
	set_strictness(&d->habits, false);
}

struct configfs_attribute *const cdr_habit_attrs[] = {
	&cdr_attr_strict,
	&cdr_attr_in_track,
	&cdr_attr_attentions,
	&cdr_attr_test_write,
	&cdr_attr_track_size,
	&cdr_attr_busy_polls,
	&cdr_attr_opc_ms,
	&cdr_attr_echo_codes,
	&cdr_attr_page05_saved,
	&cdr_attr_read_open,
	&cdr_attr_refuse_slow,
	&cdr_attr_refuse_max,
	&cdr_attr_needs_start,
	&cdr_attr_stale,
	&cdr_attr_session_at_once,
	&cdr_attr_text,
	&cdr_attr_form_00,
	&cdr_attr_skip_leadin,
	&cdr_attr_need_gap,
	&cdr_attr_need_index_0,
	&cdr_attr_isrc_plain,
	&cdr_attr_no_jump,
	&cdr_attr_sheet_limit,
	&cdr_attr_hold_off_ms,
	&cdr_attr_lose_session,
	&cdr_attr_repair,
	&cdr_attr_refuse_close,
	&cdr_attr_zero_crc,
	&cdr_attr_profiles,
	&cdr_attr_caps_buffer,
	&cdr_attr_caps_speeds,
	&cdr_attr_fixed_bufe,
	&cdr_attr_performance,
	&cdr_attr_realtime,
	&cdr_attr_buffer_full,
	&cdr_attr_keep_data,
	&cdr_attr_descriptor_sense,
	&cdr_attr_strict_runout,
	&cdr_attr_read_offset,
	&cdr_attr_write_offset,
	&cdr_attr_spin_up_ms,
	NULL,
};
