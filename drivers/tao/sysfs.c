// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/class/tao/taoN: the face to shell scripts. Reading never sends a command to the drive.
 */
#include <linux/device.h>
#include <linux/kobject.h>

#include "tao.h"

static const char *const state_names[] = {
	[TAO_STATE_IDLE]	= "idle",
	[TAO_STATE_PREPARED]	= "prepared",
	[TAO_STATE_TRACK_OPEN]	= "writing",
	[TAO_STATE_GONE]	= "gone",
};

static ssize_t state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", state_names[READ_ONCE(to_tao_device(dev)->state)]);
}
static DEVICE_ATTR_RO(state);

#define STATISTIC(name)										\
static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{												\
	struct tao_device *td = to_tao_device(dev);						\
	u64 value;										\
												\
	spin_lock_irq(&td->lock);								\
	value = td->statistics.name;								\
	spin_unlock_irq(&td->lock);								\
	return sysfs_emit(buf, "%llu\n", value);						\
}												\
static DEVICE_ATTR_RO(name)

STATISTIC(bytes_mapped);
STATISTIC(bytes_copied);

static struct attribute *tao_attrs[] = {
	&dev_attr_state.attr,
	&dev_attr_bytes_mapped.attr,
	&dev_attr_bytes_copied.attr,
	NULL
};

static const struct attribute_group tao_group = {
	.attrs = tao_attrs,
};

const struct attribute_group *tao_groups[] = {
	&tao_group,
	NULL
};

/**
 * tao_sysfs_uevent - tell udev of a change of state
 * @td: the drive
 */
void tao_sysfs_uevent(struct tao_device *td)
{
	char state[32];
	char *envp[] = { state, NULL };

	if (READ_ONCE(td->dead))
		return;
	snprintf(state, sizeof(state), "TAO_STATE=%s", state_names[READ_ONCE(td->state)]);
	kobject_uevent_env(&td->dev.kobj, KOBJ_CHANGE, envp);
}
