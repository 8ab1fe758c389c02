// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/class/tao/taoN: the face to shell scripts; Documentation/ABI/testing/sysfs-class-tao says
 * what is in which file. Reading one never sends a command to the drive: it prints what is known.
 *
 * A number that does not exist now reads "none", one that can't be told "unknown"; a text that does
 * not exist is an empty line.
 */
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "face.h"

#define NONE	S64_MIN
/* A day */
#define TAO_STARVE_SECONDS_MAX	86400

static ssize_t emit_number(char *buf, s64 value)
{
	if (value == NONE)
		return sysfs_emit(buf, "none\n");
	if (value == TAO_UNKNOWN)
		return sysfs_emit(buf, "unknown\n");
	return sysfs_emit(buf, "%lld\n", value);
}

/* @progress is in 1/65536; scripts get percent. */
static ssize_t emit_percent(char *buf, u32 progress)
{
	u32 hundredths;

	if (progress == TAO_UNKNOWN)
		return sysfs_emit(buf, "unknown\n");
	hundredths = DIV_ROUND_CLOSEST_ULL(min(progress, 65536U) * 10000ULL, 65536);
	return sysfs_emit(buf, "%u.%02u\n", hundredths / 100, hundredths % 100);
}

/* An attribute whose value follows from the status @s. */
#define STATUS_ATTR(_name, _emit)								\
static ssize_t _name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{												\
	struct tao_status s;									\
												\
	tao_status_get(to_tao_device(dev), &s);						\
	return _emit;										\
}												\
static DEVICE_ATTR_RO(_name)

/* An attribute that is a number which follows from @m, what is known of the disc. */
#define MEDIUM_ATTR(_name, _value)								\
static ssize_t _name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{												\
	struct tao_medium m;									\
												\
	tao_medium_get(to_tao_device(dev), &m);							\
	return emit_number(buf, m.type == TAO_MEDIUM_UNKNOWN ? TAO_UNKNOWN : (s64)(_value));	\
}												\
static DEVICE_ATTR_RO(_name)

/* An attribute that is a number in struct tao_device, @td. */
#define DEVICE_NUMBER_SHOW(_name, _value)							\
static ssize_t _name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
{												\
	struct tao_device *td = to_tao_device(dev);						\
	s64 value;										\
												\
	spin_lock_irq(&td->lock);								\
	value = (_value);									\
	spin_unlock_irq(&td->lock);								\
	return emit_number(buf, value);								\
}

/* --- what goes on ----------------------------------------------------------------------------- */

/* A number that exists only while a track is being written. */
#define OF_TRACK(_value)	emit_number(buf, s.track ? (s64)(_value) : NONE)
/* One that exists only while something is being done. */
#define OF_ACTION(_value)	emit_number(buf, s.action ? (s64)(_value) : NONE)

STATUS_ATTR(state, sysfs_emit(buf, "%s\n", tao_state_name(s.state)));
STATUS_ATTR(action, sysfs_emit(buf, "%s\n", tao_action_name(s.action)));
STATUS_ATTR(owner, sysfs_emit(buf, "%s\n", s.owner));
STATUS_ATTR(owner_pid, emit_number(buf, s.owner_pid ?: NONE));
STATUS_ATTR(owner_uid, emit_number(buf, s.owner_uid == TAO_UNKNOWN ? NONE : s.owner_uid));
STATUS_ATTR(progress, emit_percent(buf, s.progress));
STATUS_ATTR(session_progress, emit_percent(buf, s.session_progress));
STATUS_ATTR(elapsed_ms, OF_ACTION(s.elapsed_ms));
STATUS_ATTR(remaining_ms, OF_ACTION(s.remaining_ms));
STATUS_ATTR(test_write, emit_number(buf, !!(s.flags & TAO_STATUS_TEST_WRITE)));
STATUS_ATTR(track, OF_TRACK(s.track));
STATUS_ATTR(track_start_lba, OF_TRACK(s.start_lba));
STATUS_ATTR(track_sectors, OF_TRACK(s.track_sectors));
STATUS_ATTR(track_announced_sectors, OF_TRACK(s.sectors));
STATUS_ATTR(read_lba, OF_TRACK(s.read_lba));
STATUS_ATTR(written_lba, OF_TRACK(s.written_lba));
STATUS_ATTR(queue_bytes, emit_number(buf, s.queue_bytes));
STATUS_ATTR(drive_buffer_bytes, emit_number(buf, s.drive_buffer_bytes ?: TAO_UNKNOWN));
STATUS_ATTR(drive_buffer_fill, OF_TRACK(s.drive_buffer_fill));
STATUS_ATTR(near_misses, OF_TRACK(s.underruns));
STATUS_ATTR(measured_speed, emit_number(buf, s.speed_kbps));

/* --- the disc --------------------------------------------------------------------------------- */

static ssize_t medium_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tao_medium m;

	tao_medium_get(to_tao_device(dev), &m);
	return sysfs_emit(buf, "%s\n", tao_medium_name(m.type));
}
static DEVICE_ATTR_RO(medium);

static ssize_t disc_status_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tao_medium m;

	tao_medium_get(to_tao_device(dev), &m);
	if (m.type == TAO_MEDIUM_NONE || m.type == TAO_MEDIUM_UNKNOWN)
		return sysfs_emit(buf, "%s\n", tao_medium_name(m.type));
	return sysfs_emit(buf, "%s\n", tao_disc_status_name(m.status));
}
static DEVICE_ATTR_RO(disc_status);

MEDIUM_ATTR(erasable, !!(m.flags & TAO_MEDIUM_ERASABLE));
MEDIUM_ATTR(writable, !!(m.flags & TAO_MEDIUM_WRITABLE));
MEDIUM_ATTR(session_open, !!(m.flags & TAO_MEDIUM_SESSION_OPEN));
MEDIUM_ATTR(track_damaged, !!(m.flags & TAO_MEDIUM_TRACK_DAMAGED));
MEDIUM_ATTR(session_damaged, !!(m.flags & TAO_MEDIUM_SESSION_DAMAGED));
MEDIUM_ATTR(track_failed, !!(m.flags & TAO_MEDIUM_TRACK_FAILED));
MEDIUM_ATTR(sessions, m.sessions);
MEDIUM_ATTR(tracks, m.tracks);
MEDIUM_ATTR(first_track, m.first_track ?: NONE);
MEDIUM_ATTR(next_track, m.next_track ?: NONE);
MEDIUM_ATTR(next_lba, m.flags & TAO_MEDIUM_WRITABLE ? (u32)m.next_lba : NONE);
MEDIUM_ATTR(total_sectors, m.total_sectors);
MEDIUM_ATTR(used_sectors, m.used_sectors);
MEDIUM_ATTR(free_sectors, m.free_sectors);
MEDIUM_ATTR(lead_out_lba, m.lead_out_lba ?: NONE);
MEDIUM_ATTR(medium_age_ms, m.age_ms);

static ssize_t mcn_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tao_medium m;

	tao_medium_get(to_tao_device(dev), &m);
	return sysfs_emit(buf, "%s\n", m.mcn);
}
static DEVICE_ATTR_RO(mcn);

/* While nobody holds the disc it may be changed; while a track grows, so does what is on it. */
static ssize_t stale_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tao_device *td = to_tao_device(dev);
	struct tao_medium m;
	bool held = READ_ONCE(td->now.state) == TAO_STATE_PREPARED &&
		    READ_ONCE(td->held.hold) != TAO_HOLD_NONE;

	tao_medium_get(td, &m);
	return emit_number(buf, !held || m.flags & TAO_MEDIUM_STALE);
}
static DEVICE_ATTR_RO(stale);

static ssize_t refresh_store(struct device *dev, struct device_attribute *attr, const char *buf,
			     size_t count)
{
	bool yes;
	int err;

	err = kstrtobool(buf, &yes);
	if (!err && !yes)
		err = -EINVAL;
	return err ?: tao_query_look(to_tao_device(dev)) ?: count;
}
static DEVICE_ATTR_WO(refresh);

/* --- speed and settings ----------------------------------------------------------------------- */

/* Prints a number for each write speed, fastest first. */
static ssize_t emit_speeds(struct device *dev, char *buf,
			   int (*emit)(char *buf, int at, const struct tao_speed_entry *speed))
{
	struct tao_device *td = to_tao_device(dev);
	int at = 0;
	u32 i;

	spin_lock_irq(&td->lock);
	for (i = 0; i < td->found.speeds.count; i++) {
		at += sysfs_emit_at(buf, at, i ? " " : "");
		at += emit(buf, at, &td->found.speeds.entries[i]);
	}
	spin_unlock_irq(&td->lock);
	return at + sysfs_emit_at(buf, at, "\n");
}

static int emit_speed_kbps(char *buf, int at, const struct tao_speed_entry *speed)
{
	return sysfs_emit_at(buf, at, "%u", speed->write_kbps);
}

static int emit_speed_x(char *buf, int at, const struct tao_speed_entry *speed)
{
	u32 x = DIV_ROUND_CLOSEST(speed->write_sectors_per_second, TAO_SECTORS_PER_SECOND);

	return sysfs_emit_at(buf, at, "%u", x);
}

static int emit_speed_cav(char *buf, int at, const struct tao_speed_entry *speed)
{
	return sysfs_emit_at(buf, at, "%d", !!(speed->flags & TAO_SPEED_PURE_CAV));
}

static ssize_t speeds_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return emit_speeds(dev, buf, emit_speed_kbps);
}
static DEVICE_ATTR_RO(speeds);

static ssize_t speeds_x_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return emit_speeds(dev, buf, emit_speed_x);
}
static DEVICE_ATTR_RO(speeds_x);

static ssize_t speeds_cav_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return emit_speeds(dev, buf, emit_speed_cav);
}
static DEVICE_ATTR_RO(speeds_cav);

/* "max", kB/s as "1411", or a multiple of the speed of a CD player as "8x". */
static int parse_speed(const char *buf, u32 *kbps)
{
	char text[16];
	size_t len;
	bool x;
	int err;

	if (sysfs_streq(buf, "max")) {
		*kbps = TAO_SPEED_MAX;
		return 0;
	}
	if (strscpy(text, buf, sizeof(text)) < 0)
		return -EINVAL;
	len = strcspn(text, "x\n");
	x = text[len] == 'x';
	if (text[len] && !sysfs_streq(text + len + x, ""))
		return -EINVAL;
	text[len] = '\0';
	err = kstrtouint(text, 10, kbps);
	if (err)
		return err;
	if (!*kbps || *kbps > (x ? 1000 : 1000000))
		return -ERANGE;
	if (x)
		*kbps = DIV_ROUND_CLOSEST(*kbps * TAO_SECTORS_PER_SECOND * TAO_SECTOR_SIZE, 1000);
	return 0;
}

static ssize_t write_speed_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	u32 kbps = READ_ONCE(to_tao_device(dev)->wanted.speed.requested_kbps);

	return kbps == TAO_SPEED_MAX ? sysfs_emit(buf, "max\n") : emit_number(buf, kbps);
}

static ssize_t write_speed_store(struct device *dev, struct device_attribute *attr,
				 const char *buf, size_t count)
{
	struct tao_device *td = to_tao_device(dev);
	struct tao_speed speed = { .flags = READ_ONCE(td->wanted.speed.requested_flags) };
	int err = parse_speed(buf, &speed.requested_kbps);

	return err ?: tao_query_set_speed(td, &speed) ?: count;
}
static DEVICE_ATTR_RW(write_speed);

DEVICE_NUMBER_SHOW(write_speed_actual, td->wanted.speed.actual_kbps ?: TAO_UNKNOWN)
static DEVICE_ATTR_RO(write_speed_actual);

DEVICE_NUMBER_SHOW(write_cav, !!(td->wanted.speed.requested_flags & TAO_SPEED_PURE_CAV))

static ssize_t write_cav_store(struct device *dev, struct device_attribute *attr,
			       const char *buf, size_t count)
{
	struct tao_device *td = to_tao_device(dev);
	struct tao_speed speed = { .requested_kbps = READ_ONCE(td->wanted.speed.requested_kbps) };
	bool cav;
	int err = kstrtobool(buf, &cav);

	if (!err && cav)
		speed.flags = TAO_SPEED_PURE_CAV;
	return err ?: tao_query_set_speed(td, &speed) ?: count;
}
static DEVICE_ATTR_RW(write_cav);

DEVICE_NUMBER_SHOW(write_cav_actual, !!(td->wanted.speed.flags & TAO_SPEED_PURE_CAV))
static DEVICE_ATTR_RO(write_cav_actual);

DEVICE_NUMBER_SHOW(underrun_free, td->wanted.settings.underrun_free)

static ssize_t underrun_free_store(struct device *dev, struct device_attribute *attr,
				   const char *buf, size_t count)
{
	struct tao_device *td = to_tao_device(dev);
	bool on;
	int err = kstrtobool(buf, &on);

	if (err)
		return err;
	spin_lock_irq(&td->lock);
	td->wanted.settings.underrun_free = on;
	spin_unlock_irq(&td->lock);
	tao_event_changed(td);
	return count;
}
static DEVICE_ATTR_RW(underrun_free);

/* --- errors ----------------------------------------------------------------------------------- */

static ssize_t emit_error_text(struct device *dev, char *buf, u32 which)
{
	struct tao_error e = { .which = which };

	tao_error_get(to_tao_device(dev), &e);
	return sysfs_emit(buf, "%s\n", e.text);
}

/* Prints the parts of an error that exist. */
static ssize_t emit_error_codes(struct device *dev, char *buf, u32 which)
{
	struct tao_error e = { .which = which };
	int at = 0;

	tao_error_get(to_tao_device(dev), &e);
	if (e.flags & TAO_ERROR_VALID)
		at += sysfs_emit_at(buf, at, "errno=%d age_ms=%u", e.error, e.age_ms);
	if (e.track)
		at += sysfs_emit_at(buf, at, " track=%u", e.track);
	if (e.flags & (TAO_ERROR_SENSE | TAO_ERROR_TRANSPORT))
		at += sysfs_emit_at(buf, at, " opcode=%02x", e.opcode);
	if (e.flags & TAO_ERROR_LBA)
		at += sysfs_emit_at(buf, at, " lba=%d", e.lba);
	if (e.flags & TAO_ERROR_SENSE)
		at += sysfs_emit_at(buf, at, " sense=%x/%02x/%02x", e.key, e.asc, e.ascq);
	if (e.flags & TAO_ERROR_DEFERRED)
		at += sysfs_emit_at(buf, at, " deferred=1");
	if (e.flags & TAO_ERROR_TRANSPORT)
		at += sysfs_emit_at(buf, at, " host_status=%02x", e.host_status);
	return at + sysfs_emit_at(buf, at, "\n");
}

static ssize_t first_error_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return emit_error_text(dev, buf, TAO_ERROR_FIRST);
}
static DEVICE_ATTR_RO(first_error);

static ssize_t first_error_codes_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return emit_error_codes(dev, buf, TAO_ERROR_FIRST);
}
static DEVICE_ATTR_RO(first_error_codes);

static ssize_t last_error_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return emit_error_text(dev, buf, TAO_ERROR_LATEST);
}
static DEVICE_ATTR_RO(last_error);

static ssize_t last_error_codes_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return emit_error_codes(dev, buf, TAO_ERROR_LATEST);
}
static DEVICE_ATTR_RO(last_error_codes);

/* --- the drive -------------------------------------------------------------------------------- */

/* INQUIRY pads with blanks. */
static ssize_t emit_padded(char *buf, const char *text, size_t len)
{
	while (len && (text[len - 1] == ' ' || !text[len - 1]))
		len--;
	return sysfs_emit(buf, "%.*s\n", (int)len, text);
}

static ssize_t vendor_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return emit_padded(buf, to_tao_device(dev)->sdev->vendor, 8);
}
static DEVICE_ATTR_RO(vendor);

static ssize_t product_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return emit_padded(buf, to_tao_device(dev)->sdev->model, 16);
}
static DEVICE_ATTR_RO(product);

static ssize_t revision_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return emit_padded(buf, to_tao_device(dev)->sdev->rev, 4);
}
static DEVICE_ATTR_RO(revision);

static ssize_t serial_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", to_tao_device(dev)->attach.features.serial);
}
static DEVICE_ATTR_RO(serial);

static ssize_t capabilities_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	static const struct {
		u32 flag;
		const char *name;
	} names[] = {
		{ TAO_DRIVE_CD_R, "cd-r" },
		{ TAO_DRIVE_CD_RW, "cd-rw" },
		{ TAO_DRIVE_TEST_WRITE, "test-write" },
		{ TAO_DRIVE_UNDERRUN_FREE, "underrun-free" },
		{ TAO_DRIVE_SPEED_LIST, "speed-list" },
		{ TAO_DRIVE_SET_SPEED, "set-speed" },
		{ TAO_DRIVE_SESSION_AT_ONCE, "session-at-once" },
		{ TAO_DRIVE_CD_TEXT, "cd-text" },
	};
	u32 flags = tao_drive_flags(to_tao_device(dev));
	unsigned int i;
	int at = 0;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (flags & names[i].flag)
			at += sysfs_emit_at(buf, at, "%s%s", at ? " " : "", names[i].name);
	return at + sysfs_emit_at(buf, at, "\n");
}
static DEVICE_ATTR_RO(capabilities);

static struct attribute *tao_attrs[] = {
	&dev_attr_state.attr,
	&dev_attr_action.attr,
	&dev_attr_owner.attr,
	&dev_attr_owner_pid.attr,
	&dev_attr_owner_uid.attr,
	&dev_attr_progress.attr,
	&dev_attr_session_progress.attr,
	&dev_attr_elapsed_ms.attr,
	&dev_attr_remaining_ms.attr,
	&dev_attr_test_write.attr,
	&dev_attr_track.attr,
	&dev_attr_track_start_lba.attr,
	&dev_attr_track_sectors.attr,
	&dev_attr_track_announced_sectors.attr,
	&dev_attr_read_lba.attr,
	&dev_attr_written_lba.attr,
	&dev_attr_queue_bytes.attr,
	&dev_attr_drive_buffer_bytes.attr,
	&dev_attr_drive_buffer_fill.attr,
	&dev_attr_near_misses.attr,
	&dev_attr_measured_speed.attr,
	&dev_attr_medium.attr,
	&dev_attr_disc_status.attr,
	&dev_attr_erasable.attr,
	&dev_attr_writable.attr,
	&dev_attr_session_open.attr,
	&dev_attr_session_damaged.attr,
	&dev_attr_track_damaged.attr,
	&dev_attr_track_failed.attr,
	&dev_attr_sessions.attr,
	&dev_attr_tracks.attr,
	&dev_attr_first_track.attr,
	&dev_attr_next_track.attr,
	&dev_attr_next_lba.attr,
	&dev_attr_total_sectors.attr,
	&dev_attr_used_sectors.attr,
	&dev_attr_free_sectors.attr,
	&dev_attr_lead_out_lba.attr,
	&dev_attr_mcn.attr,
	&dev_attr_medium_age_ms.attr,
	&dev_attr_stale.attr,
	&dev_attr_refresh.attr,
	&dev_attr_speeds.attr,
	&dev_attr_speeds_x.attr,
	&dev_attr_speeds_cav.attr,
	&dev_attr_write_speed.attr,
	&dev_attr_write_speed_actual.attr,
	&dev_attr_write_cav.attr,
	&dev_attr_write_cav_actual.attr,
	&dev_attr_underrun_free.attr,
	&dev_attr_first_error.attr,
	&dev_attr_first_error_codes.attr,
	&dev_attr_last_error.attr,
	&dev_attr_last_error_codes.attr,
	&dev_attr_vendor.attr,
	&dev_attr_product.attr,
	&dev_attr_revision.attr,
	&dev_attr_serial.attr,
	&dev_attr_capabilities.attr,
	NULL
};

static const struct attribute_group tao_group = {
	.attrs = tao_attrs,
};

/* --- statistics/ ------------------------------------------------------------------------------ */

/* The prefix keeps the names of the variables apart from those above; the files have none. */
#define STATISTIC(_name, _value)								\
	DEVICE_NUMBER_SHOW(statistics_##_name, _value)						\
	static struct device_attribute statistics_##_name =					\
		__ATTR(_name, 0444, statistics_##_name##_show, NULL)

STATISTIC(tracks, td->measured.statistics.tracks);
STATISTIC(tracks_failed, td->measured.statistics.tracks_failed);
STATISTIC(sessions, td->measured.statistics.sessions);
STATISTIC(writes, td->measured.statistics.writes);
STATISTIC(sectors, td->measured.statistics.sectors);
STATISTIC(bytes_mapped, td->measured.statistics.bytes_mapped);
STATISTIC(bytes_copied, td->measured.statistics.bytes_copied);
STATISTIC(bytes_padding, td->measured.statistics.bytes_padding);
STATISTIC(buffer_full, td->measured.statistics.buffer_full);
STATISTIC(errors, td->errors.count);

static struct attribute *statistics_attrs[] = {
	&statistics_tracks.attr,
	&statistics_tracks_failed.attr,
	&statistics_sessions.attr,
	&statistics_writes.attr,
	&statistics_sectors.attr,
	&statistics_bytes_mapped.attr,
	&statistics_bytes_copied.attr,
	&statistics_bytes_padding.attr,
	&statistics_buffer_full.attr,
	&statistics_errors.attr,
	NULL
};

static const struct attribute_group statistics_group = {
	.name	= "statistics",
	.attrs	= statistics_attrs,
};

/* --- limits/ ---------------------------------------------------------------------------------- */

DEVICE_NUMBER_SHOW(dma_alignment, td->stream.limits.dma_mask)
static DEVICE_ATTR_RO(dma_alignment);

DEVICE_NUMBER_SHOW(quantum_sectors, td->stream.limits.quantum_sectors ?: NONE)
static DEVICE_ATTR_RO(quantum_sectors);

DEVICE_NUMBER_SHOW(write_sectors_max, td->stream.limits.write_sectors_max)
static DEVICE_ATTR_RO(write_sectors_max);

DEVICE_NUMBER_SHOW(write_sectors, td->stream.limits.write_sectors)

static ssize_t write_sectors_store(struct device *dev, struct device_attribute *attr,
				   const char *buf, size_t count)
{
	u32 sectors;
	int err = kstrtou32(buf, 10, &sectors);

	return err ?: tao_chunk_set_write_sectors(to_tao_device(dev), sectors) ?: count;
}
static DEVICE_ATTR_RW(write_sectors);

DEVICE_NUMBER_SHOW(in_flight_bytes, td->stream.queue_max)

static ssize_t in_flight_bytes_store(struct device *dev, struct device_attribute *attr,
				     const char *buf, size_t count)
{
	u32 bytes;
	int err = kstrtou32(buf, 10, &bytes);

	return err ?: tao_stream_set_queue_max(to_tao_device(dev), bytes) ?: count;
}
static DEVICE_ATTR_RW(in_flight_bytes);

DEVICE_NUMBER_SHOW(ignore_residue, td->stream.limits.ignore_residue)

static ssize_t ignore_residue_store(struct device *dev, struct device_attribute *attr,
				    const char *buf, size_t count)
{
	bool ignore;
	int err = kstrtobool(buf, &ignore);

	if (err)
		return err;
	WRITE_ONCE(to_tao_device(dev)->stream.limits.ignore_residue, ignore);
	return count;
}
static DEVICE_ATTR_RW(ignore_residue);

DEVICE_NUMBER_SHOW(starve_seconds, td->stream.starve_seconds)

static ssize_t starve_seconds_store(struct device *dev, struct device_attribute *attr,
				    const char *buf, size_t count)
{
	u32 seconds;
	int err = kstrtou32(buf, 10, &seconds);

	if (err)
		return err;
	if (!seconds || seconds > TAO_STARVE_SECONDS_MAX)
		return -EINVAL;
	WRITE_ONCE(to_tao_device(dev)->stream.starve_seconds, seconds);
	return count;
}
static DEVICE_ATTR_RW(starve_seconds);

static struct attribute *limits_attrs[] = {
	&dev_attr_dma_alignment.attr,
	&dev_attr_quantum_sectors.attr,
	&dev_attr_write_sectors.attr,
	&dev_attr_write_sectors_max.attr,
	&dev_attr_in_flight_bytes.attr,
	&dev_attr_ignore_residue.attr,
	&dev_attr_starve_seconds.attr,
	NULL
};

static const struct attribute_group limits_group = {
	.name	= "limits",
	.attrs	= limits_attrs,
};

const struct attribute_group *tao_groups[] = {
	&tao_group,
	&statistics_group,
	&limits_group,
	NULL
};
