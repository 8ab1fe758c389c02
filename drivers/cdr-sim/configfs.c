// SPDX-License-Identifier: GPL-2.0-only
/* Drives and their attributes: /sys/kernel/config/cdr-sim. */

#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <scsi/scsi_host.h>

#include "cdr-sim.h"

/* Attributes that can change only while the drive is off. */

static int set_config_u32(struct cdr_drive *d, u32 *field, const char *page, u32 min, u32 max)
{
	u32 value;
	int ret = kstrtou32(page, 0, &value);

	if (ret)
		return ret;
	if (value < min || value > max)
		return -ERANGE;
	mutex_lock(&d->adapter.power_lock);
	if (d->adapter.shost)
		ret = -EBUSY;
	else
		*field = value;
	mutex_unlock(&d->adapter.power_lock);
	return ret;
}

#define CONFIG_U32(name, min, max)						\
static ssize_t cdr_##name##_show(struct config_item *item, char *page)		\
{										\
	return sysfs_emit(page, "%u\n", cdr_from_item(item)->config.name);	\
}										\
static ssize_t cdr_##name##_store(struct config_item *item, const char *page,	\
				  size_t len)					\
{										\
	struct cdr_drive *d = cdr_from_item(item);				\
										\
	return set_config_u32(d, &d->config.name, page, min, max) ?: len;	\
}										\
CONFIGFS_ATTR(cdr_, name)

CONFIG_U32(dma_alignment, 0, PAGE_SIZE - 1);
CONFIG_U32(max_sectors, 8, 65535);
CONFIG_U32(sg_tablesize, 1, 2048);
CONFIG_U32(virt_boundary, 0, PAGE_SIZE - 1);
CONFIG_U32(can_queue, 1, 256);
CONFIG_U32(buffer_size, CDR_RAW, 1 << 30);
CONFIG_U32(inquiry_version, 0, 7);
CONFIG_U32(inquiry_format, 1, 2);

static ssize_t set_config_string(struct cdr_drive *d, char *field, size_t size,
				 const char *page, size_t len)
{
	size_t n = len;
	size_t i;

	while (n && (page[n - 1] == '\n' || page[n - 1] == ' '))
		n--;
	if (!n || n >= size)
		return -EINVAL;
	for (i = 0; i < n; i++)
		if (page[i] < ' ' || page[i] > '~')
			return -EINVAL;
	mutex_lock(&d->adapter.power_lock);
	if (d->adapter.shost) {
		len = -EBUSY;
	} else {
		memcpy(field, page, n);
		field[n] = '\0';
	}
	mutex_unlock(&d->adapter.power_lock);
	return len;
}

#define CONFIG_STRING(name)							\
static ssize_t cdr_##name##_show(struct config_item *item, char *page)		\
{										\
	return sysfs_emit(page, "%s\n", cdr_from_item(item)->config.name);	\
}										\
static ssize_t cdr_##name##_store(struct config_item *item, const char *page,	\
				  size_t len)					\
{										\
	struct cdr_drive *d = cdr_from_item(item);				\
										\
	return set_config_string(d, d->config.name, sizeof(d->config.name), page, len); \
}										\
CONFIGFS_ATTR(cdr_, name)

CONFIG_STRING(vendor);
CONFIG_STRING(product);
CONFIG_STRING(revision);
CONFIG_STRING(serial);

static ssize_t cdr_underrun_free_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", cdr_from_item(item)->config.underrun_free);
}

static ssize_t cdr_underrun_free_store(struct config_item *item, const char *page, size_t len)
{
	struct cdr_drive *d = cdr_from_item(item);
	bool value;
	int ret = kstrtobool(page, &value);

	if (ret)
		return ret;
	mutex_lock(&d->adapter.power_lock);
	if (d->adapter.shost)
		ret = -EBUSY;
	else
		d->config.underrun_free = value;
	mutex_unlock(&d->adapter.power_lock);
	return ret ?: len;
}
CONFIGFS_ATTR(cdr_, underrun_free);

static ssize_t cdr_speed_show(struct config_item *item, char *page)
{
	const struct cdr_config *c = &cdr_from_item(item)->config;
	int len = 0, i;

	for (i = 0; i < c->nspeeds; i++)
		len += sysfs_emit_at(page, len, "%s%u", i ? " " : "", c->speeds[i]);
	return len + sysfs_emit_at(page, len, "\n");
}

/* Parse a list of factors in ascending order. */
static int parse_speeds(char *list, u8 *speeds)
{
	char *word;
	int n = 0;

	while ((word = strsep(&list, " ,\n"))) {
		u8 x;

		if (!*word)
			continue;
		if (n == CDR_SPEEDS || kstrtou8(word, 10, &x) || !x || x > 99 ||
		    (n && x <= speeds[n - 1]))
			return -EINVAL;
		speeds[n++] = x;
	}
	return n ?: -EINVAL;
}

static ssize_t cdr_speed_store(struct config_item *item, const char *page, size_t len)
{
	struct cdr_drive *d = cdr_from_item(item);
	u8 speeds[CDR_SPEEDS];
	char *copy = kstrdup(page, GFP_KERNEL);
	int n;

	if (!copy)
		return -ENOMEM;
	n = parse_speeds(copy, speeds);
	kfree(copy);
	if (n < 0)
		return n;
	mutex_lock(&d->adapter.power_lock);
	if (d->adapter.shost) {
		len = -EBUSY;
	} else {
		memcpy(d->config.speeds, speeds, n);
		d->config.nspeeds = n;
		d->laser.write_x = speeds[n - 1];
	}
	mutex_unlock(&d->adapter.power_lock);
	return len;
}
CONFIGFS_ATTR(cdr_, speed);

/* Current state of the drive */

static ssize_t cdr_write_speed_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%u\n", READ_ONCE(cdr_from_item(item)->laser.write_x));
}
CONFIGFS_ATTR_RO(cdr_, write_speed);

/* Power */

static ssize_t cdr_power_show(struct config_item *item, char *page)
{
	struct cdr_drive *d = cdr_from_item(item);
	bool on;

	mutex_lock(&d->adapter.power_lock);
	on = d->adapter.shost;
	mutex_unlock(&d->adapter.power_lock);
	return sysfs_emit(page, "%d\n", on);
}

static ssize_t cdr_power_store(struct config_item *item, const char *page, size_t len)
{
	struct cdr_drive *d = cdr_from_item(item);
	bool on;
	int ret = kstrtobool(page, &on);

	if (ret)
		return ret;
	mutex_lock(&d->adapter.power_lock);
	if (!on)
		cdr_host_power_off(d);
	else if (!d->adapter.shost)
		ret = cdr_host_power_on(d);
	mutex_unlock(&d->adapter.power_lock);
	return ret ?: len;
}
CONFIGFS_ATTR(cdr_, power);

static ssize_t cdr_device_show(struct config_item *item, char *page)
{
	struct cdr_drive *d = cdr_from_item(item);
	ssize_t len = 0;

	mutex_lock(&d->adapter.power_lock);
	if (d->adapter.shost)
		len = sysfs_emit(page, "%u:0:0:0\n", d->adapter.shost->host_no);
	mutex_unlock(&d->adapter.power_lock);
	return len;
}
CONFIGFS_ATTR_RO(cdr_, device);

/* The disc */

static const struct {
	const char *name;
	enum cdr_medium medium;
	s32 leadout;
} discs[] = {
	{ "cdr80", CDR_MEDIUM_R, 359847 },
	{ "cdr74", CDR_MEDIUM_R, 332847 },
	{ "cdr63", CDR_MEDIUM_R, 283347 },
	{ "cdrw80", CDR_MEDIUM_RW, 359847 },
	{ "cdrw74", CDR_MEDIUM_RW, 332847 },
};

/* Parse "cdr:20000": a disc whose last lead-out can begin at this address. */
static struct cdr_disc *odd_disc(const char *page)
{
	bool rw = str_has_prefix(page, "cdrw:");
	s32 leadout;
	int ret;

	if (!rw && !str_has_prefix(page, "cdr:"))
		return ERR_PTR(-EINVAL);
	ret = kstrtos32(page + (rw ? 5 : 4), 10, &leadout);
	if (ret)
		return ERR_PTR(ret);
	if (leadout < CDR_MIN_LEADOUT || leadout > CDR_MAX_LEADOUT)
		return ERR_PTR(-ERANGE);
	return cdr_disc_new(rw ? CDR_MEDIUM_RW : CDR_MEDIUM_R, leadout) ?: ERR_PTR(-ENOMEM);
}

static struct cdr_disc *new_disc(const char *page)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(discs); i++)
		if (sysfs_streq(page, discs[i].name))
			return cdr_disc_new(discs[i].medium, discs[i].leadout) ?:
			       ERR_PTR(-ENOMEM);
	return odd_disc(page);
}

/* Insert a disc and close the tray; on success the drive owns the disc. */
static int insert_disc(struct cdr_drive *d, struct cdr_disc *disc)
{
	struct cdr_disc *old;

	spin_lock_irq(&d->lock);
	cdr_update(d);
	if (cdr_medium(d)) {
		spin_unlock_irq(&d->lock);
		return -EBUSY;
	}
	old = d->disc;
	d->disc = disc;
	cdr_load(d);
	spin_unlock_irq(&d->lock);
	cdr_disc_free(old);
	return 0;
}

static struct cdr_disc *take_imported(struct cdr_drive *d)
{
	struct cdr_disc *disc;

	spin_lock_irq(&d->lock);
	disc = d->imported;
	d->imported = NULL;
	spin_unlock_irq(&d->lock);
	return disc ?: ERR_PTR(-ENOMEDIUM);
}

/* Load the disc that lies on the open tray. */
static int insert_same(struct cdr_drive *d)
{
	int ret = 0;

	spin_lock_irq(&d->lock);
	if (!d->disc)
		ret = -ENOMEDIUM;
	else if (!d->tray.open)
		ret = -EBUSY;
	else
		cdr_load(d);
	spin_unlock_irq(&d->lock);
	return ret;
}

static ssize_t cdr_insert_store(struct config_item *item, const char *page, size_t len)
{
	struct cdr_drive *d = cdr_from_item(item);
	struct cdr_disc *disc;
	int ret;

	if (sysfs_streq(page, "same"))
		return insert_same(d) ?: len;
	disc = sysfs_streq(page, "image") ? take_imported(d) : new_disc(page);
	if (IS_ERR(disc))
		return PTR_ERR(disc);
	ret = insert_disc(d, disc);
	if (!ret)
		return len;
	cdr_disc_free(disc);
	return ret;
}
CONFIGFS_ATTR_WO(cdr_, insert);

static int eject(struct cdr_drive *d, bool force)
{
	int ret = 0;

	spin_lock_irq(&d->lock);
	cdr_update(d);
	if (force || !(d->tray.locked || d->tray.locked_persistent)) {
		cdr_open_tray(d);
	} else {
		d->tray.event = 1;
		ret = -EBUSY;
	}
	spin_unlock_irq(&d->lock);
	return ret;
}

static ssize_t cdr_eject_store(struct config_item *item, const char *page, size_t len)
{
	bool force = sysfs_streq(page, "force");

	if (!force && !sysfs_streq(page, "1"))
		return -EINVAL;
	return eject(cdr_from_item(item), force) ?: len;
}
CONFIGFS_ATTR_WO(cdr_, eject);

static const char *medium_name(const struct cdr_disc *disc)
{
	static const char * const names[] = { "cdrom", "cdr", "cdrw" };

	return disc ? names[disc->medium] : "none";
}

static const char *medium_state(const struct cdr_disc *disc)
{
	if (!disc)
		return "";
	if (disc->half_blank)
		return " damaged";
	if (!cdr_disc_writable(disc))
		return " complete";
	return disc->ntracks ? " appendable" : " blank";
}

static ssize_t cdr_media_show(struct config_item *item, char *page)
{
	struct cdr_drive *d = cdr_from_item(item);
	ssize_t len;

	spin_lock_irq(&d->lock);
	cdr_update(d);
	len = sysfs_emit(page, "%s%s\n", medium_name(cdr_medium(d)), medium_state(cdr_medium(d)));
	spin_unlock_irq(&d->lock);
	return len;
}
CONFIGFS_ATTR_RO(cdr_, media);

static ssize_t cdr_locked_show(struct config_item *item, char *page)
{
	struct cdr_drive *d = cdr_from_item(item);

	return sysfs_emit(page, "%d\n",
			  READ_ONCE(d->tray.locked) || READ_ONCE(d->tray.locked_persistent));
}
CONFIGFS_ATTR_RO(cdr_, locked);

/* Queue a unit attention, given as "6/3f/00". */
static ssize_t cdr_attention_store(struct config_item *item, const char *page, size_t len)
{
	struct cdr_drive *d = cdr_from_item(item);
	unsigned int asc, ascq;
	char more[2];

	if (sscanf(page, "6/%x/%x%1s", &asc, &ascq, more) != 2 || asc > 0xff || ascq > 0xff)
		return -EINVAL;
	spin_lock_irq(&d->lock);
	cdr_attention_add(d, CDR_SENSE(6, asc, ascq));
	spin_unlock_irq(&d->lock);
	return len;
}
CONFIGFS_ATTR_WO(cdr_, attention);

/* Reset the drive without a unit attention. */
static ssize_t cdr_reset_unseen_store(struct config_item *item, const char *page, size_t len)
{
	struct cdr_drive *d = cdr_from_item(item);

	if (!sysfs_streq(page, "1"))
		return -EINVAL;
	spin_lock_irq(&d->lock);
	cdr_reset_unseen(d);
	spin_unlock_irq(&d->lock);
	return len;
}
CONFIGFS_ATTR_WO(cdr_, reset_unseen);

/* Statistics */

static ssize_t cdr_stats_show(struct config_item *item, char *page)
{
	struct cdr_drive *d = cdr_from_item(item);
	const struct cdr_stats *s = &d->stats;
	ssize_t len = 0;

	spin_lock_irq(&d->lock);
	cdr_update(d);
#define STAT(name) (len += sysfs_emit_at(page, len, #name " %llu\n", (u64)s->name))
	STAT(writes);
	STAT(written_sectors);
	STAT(write_bytes_user);
	STAT(write_bytes_cache);
	STAT(write_bytes_zero);
	STAT(write_bytes_kernel);
	STAT(underruns);
	STAT(buffer_full);
	STAT(short_tracks);
	STAT(out_of_place);
	STAT(text_faults);
	STAT(min_fill);
	STAT(commands);
#undef STAT
	spin_unlock_irq(&d->lock);
	return len;
}
CONFIGFS_ATTR_RO(cdr_, stats);

static ssize_t cdr_commands_show(struct config_item *item, char *page)
{
	struct cdr_drive *d = cdr_from_item(item);
	ssize_t len = 0;
	int i;

	spin_lock_irq(&d->lock);
	for (i = 0; i < 256; i++)
		if (d->stats.count[i])
			len += sysfs_emit_at(page, len, "%02x %s %u errors %u\n", i,
					     cdr_opcode_name(i), d->stats.count[i],
					     d->stats.errors[i]);
	spin_unlock_irq(&d->lock);
	return len;
}

static ssize_t cdr_commands_store(struct config_item *item, const char *page, size_t len)
{
	struct cdr_drive *d = cdr_from_item(item);

	if (!sysfs_streq(page, "0"))
		return -EINVAL;
	spin_lock_irq(&d->lock);
	cdr_reset_stats(d);
	spin_unlock_irq(&d->lock);
	return len;
}
CONFIGFS_ATTR(cdr_, commands);

/* Faults */

static ssize_t cdr_fault_show(struct config_item *item, char *page)
{
	return cdr_fault_list(cdr_from_item(item), page);
}

static ssize_t cdr_fault_store(struct config_item *item, const char *page, size_t len)
{
	char *copy = kstrdup(page, GFP_KERNEL);
	int ret;

	if (!copy)
		return -ENOMEM;
	ret = cdr_fault_add(cdr_from_item(item), copy);
	kfree(copy);
	return ret ?: len;
}
CONFIGFS_ATTR(cdr_, fault);

/* The record of a burn */

static ssize_t cdr_recorded_show(struct config_item *item, char *page)
{
	struct cdr_drive *d = cdr_from_item(item);
	ssize_t len;

	mutex_lock(&d->adapter.power_lock);
	spin_lock_irq(&d->lock);
	len = cdr_playback_show(d, page);
	spin_unlock_irq(&d->lock);
	mutex_unlock(&d->adapter.power_lock);
	return len;
}

static int add_recorded(struct cdr_drive *d, char *line)
{
	int ret = 0;

	mutex_lock(&d->adapter.power_lock);
	if (d->adapter.shost)
		ret = -EBUSY;
	else if (!strcmp(line, "clear"))
		cdr_playback_clear(d);
	else
		ret = cdr_playback_add(d, line);
	mutex_unlock(&d->adapter.power_lock);
	return ret;
}

static ssize_t cdr_recorded_store(struct config_item *item, const char *page, size_t len)
{
	char *copy = kstrdup(page, GFP_KERNEL);
	int ret;

	if (!copy)
		return -ENOMEM;
	ret = add_recorded(cdr_from_item(item), strim(copy));
	kfree(copy);
	return ret ?: len;
}
CONFIGFS_ATTR(cdr_, recorded);

/* The attributes of habits.c are appended. */
static struct configfs_attribute *drive_attrs[96] = {
	&cdr_attr_vendor,
	&cdr_attr_product,
	&cdr_attr_revision,
	&cdr_attr_serial,
	&cdr_attr_dma_alignment,
	&cdr_attr_max_sectors,
	&cdr_attr_sg_tablesize,
	&cdr_attr_virt_boundary,
	&cdr_attr_can_queue,
	&cdr_attr_buffer_size,
	&cdr_attr_inquiry_version,
	&cdr_attr_inquiry_format,
	&cdr_attr_underrun_free,
	&cdr_attr_speed,
	&cdr_attr_write_speed,
	&cdr_attr_power,
	&cdr_attr_device,
	&cdr_attr_insert,
	&cdr_attr_eject,
	&cdr_attr_attention,
	&cdr_attr_reset_unseen,
	&cdr_attr_media,
	&cdr_attr_locked,
	&cdr_attr_stats,
	&cdr_attr_commands,
	&cdr_attr_fault,
	&cdr_attr_recorded,
};

static void drive_release(struct config_item *item)
{
	struct cdr_drive *d = cdr_from_item(item);

	cdr_fault_clear(d);
	cdr_playback_clear(d);
	cdr_disc_free(d->imported);
	cdr_disc_free(d->disc);
	kvfree(d);
}

static struct configfs_item_operations drive_item_ops = {
	.release = drive_release,
};

static const struct config_item_type drive_type = {
	.ct_item_ops	= &drive_item_ops,
	.ct_attrs	= drive_attrs,
	.ct_owner	= THIS_MODULE,
};

static const struct cdr_config default_config = {
	.vendor		= "CDR-SIM",
	.product	= "CD RECORDER",
	.revision	= "1.0",
	.dma_alignment	= 3,
	.max_sectors	= 1024,
	.sg_tablesize	= 128,
	.can_queue	= 1,
	.buffer_size	= 2 << 20,
	.underrun_free	= true,
	.inquiry_version = 5,		/* SPC-3 */
	.inquiry_format	= 2,
	.speeds		= { 4, 8, 16, 24, 32, 40, 48 },
	.nspeeds	= 7,
};

static struct config_item *make_drive(struct config_group *group, const char *name)
{
	struct cdr_drive *d = kvzalloc(sizeof(*d), GFP_KERNEL);
	int ret;

	if (!d)
		return ERR_PTR(-ENOMEM);
	mutex_init(&d->adapter.power_lock);
	cdr_host_setup(d);
	d->config = default_config;
	strscpy(d->config.serial, name, sizeof(d->config.serial));
	d->laser.write_x = d->config.speeds[d->config.nspeeds - 1];
	cdr_mode_setup(d);
	cdr_habits_setup(d);
	cdr_reset_stats(d);
	config_item_init_type_name(&d->item, name, &drive_type);
	ret = cdr_image_register(d, name);
	if (ret) {
		config_item_put(&d->item);
		return ERR_PTR(ret);
	}
	return &d->item;
}

static void drop_drive(struct config_group *group, struct config_item *item)
{
	struct cdr_drive *d = cdr_from_item(item);

	mutex_lock(&d->adapter.power_lock);
	cdr_host_power_off(d);
	mutex_unlock(&d->adapter.power_lock);
	cancel_work_sync(&d->adapter.unplug_work);
	cdr_image_unregister(d);
	config_item_put(item);
}

static struct configfs_group_operations subsystem_ops = {
	.make_item	= make_drive,
	.drop_item	= drop_drive,
};

static const struct config_item_type subsystem_type = {
	.ct_group_ops	= &subsystem_ops,
	.ct_owner	= THIS_MODULE,
};

static struct configfs_subsystem subsystem = {
	.su_group = {
		.cg_item = {
			.ci_namebuf	= "cdr-sim",
			.ci_type	= &subsystem_type,
		},
	},
};

static void __init append_habits(void)
{
	struct configfs_attribute **to = drive_attrs, *const *from = cdr_habit_attrs;

	while (*to)
		to++;
	while (*from && to < drive_attrs + ARRAY_SIZE(drive_attrs) - 1)
		*to++ = *from++;
	WARN_ON(*from);
}

static int __init cdr_sim_init(void)
{
	int ret = cdr_disc_init();

	if (ret)
		return ret;
	cdr_sector_init();
	append_habits();
	config_group_init(&subsystem.su_group);
	mutex_init(&subsystem.su_mutex);
	ret = configfs_register_subsystem(&subsystem);
	if (ret)
		cdr_disc_exit();
	return ret;
}

static void __exit cdr_sim_exit(void)
{
	configfs_unregister_subsystem(&subsystem);
	cdr_disc_exit();
}

module_init(cdr_sim_init);
module_exit(cdr_sim_exit);

MODULE_DESCRIPTION("Simulated CD recorder");
MODULE_LICENSE("GPL");
