// SPDX-License-Identifier: GPL-2.0-only
/* Where drives differ: attributes that may change at any time, under the drive's lock. */

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

static ssize_t cdr_buffer_full_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%s\n",
			  READ_ONCE(cdr_from_item(item)->habits.hold_when_full) ? "hold" : "refuse");
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

struct configfs_attribute *const cdr_habit_attrs[] = {
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
