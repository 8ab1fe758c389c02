// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state of a drive, and everybody who wants to hear of it: poll(), sysfs, udev. State, action
 * and progress are set here alone, but for the state "gone" (session.c). Nothing here sends a
 * command or waits for one.
 */
#include <linux/kobject.h>
#include <linux/math64.h>
#include <linux/sysfs.h>

#include "base.h"
#include "trace.h"

/* How often the passing of time counts as a change while something is in progress. */
#define TAO_TICK_MS	500
/* When the first rush into the drive's buffer is over. */
#define TAO_STEADY_MS	5000

/* --- attributes of sysfs that can be polled --------------------------------------------------- */

static u64 told_state(const struct tao_device *td)
{
	return td->now.state;
}

static u64 told_action(const struct tao_device *td)
{
	return td->now.action;
}

static u64 told_medium(const struct tao_device *td)
{
	return td->found.medium_news;
}

static u64 told_progress(const struct tao_device *td)
{
	return td->now.action == TAO_ACTION_WRITING ? td->stream.sectors_sent : td->now.progress;
}

/* Changes with each new error, and when the errors are forgotten. */
static u64 told_error(const struct tao_device *td)
{
	return td->errors.count * 2ULL + (td->errors.latest.flags & TAO_ERROR_VALID ? 1 : 0);
}

/* The attributes that can be polled, and the things that change with them. */
static const struct {
	const char *name;
	u64 (*value)(const struct tao_device *td);
} polled_attrs[] = {
	{ "state", told_state },
	{ "action", told_action },
	{ "medium", told_medium },
	{ "progress", told_progress },
	{ "last_error", told_error },
};

static_assert(ARRAY_SIZE(polled_attrs) == TAO_POLLED_ATTRS);

/**
 * tao_event_attrs_init - the attributes are there: whoever polls them can be told from now on
 * @td: the drive
 */
void tao_event_attrs_init(struct tao_device *td)
{
	unsigned int i;

	for (i = 0; i < TAO_POLLED_ATTRS; i++) {
		struct kernfs_node *node = sysfs_get_dirent(td->dev.kobj.sd, polled_attrs[i].name);

		spin_lock_irq(&td->lock);
		td->told.polled[i].node = node;
		spin_unlock_irq(&td->lock);
	}
}

/**
 * tao_event_attrs_exit - undo tao_event_attrs_init()
 * @td: the drive, which nobody uses any more
 */
void tao_event_attrs_exit(struct tao_device *td)
{
	unsigned int i;

	for (i = 0; i < TAO_POLLED_ATTRS; i++)
		sysfs_put(td->told.polled[i].node);
}

/* Tells those who poll an attribute that it changed, if it did. */
static void event_notify_attrs(struct tao_device *td)
{
	unsigned int i;

	lockdep_assert_held(&td->lock);
	for (i = 0; i < TAO_POLLED_ATTRS; i++) {
		u64 value = polled_attrs[i].value(td);

		if (value == td->told.polled[i].value)
			continue;
		td->told.polled[i].value = value;
		if (td->told.polled[i].node)
			sysfs_notify_dirent(td->told.polled[i].node);
	}
}

/* --- the state -------------------------------------------------------------------------------- */

/**
 * tao_event_changed - tell those who wait that the status changed
 * @td: the drive
 */
void tao_event_changed(struct tao_device *td)
{
	unsigned long flags;

	spin_lock_irqsave(&td->lock, flags);
	td->now.sequence++;
	event_notify_attrs(td);
	spin_unlock_irqrestore(&td->lock, flags);
	wake_up_all(&td->wait);
}

/**
 * tao_event_gone - the device is about to be removed
 * @td: the drive, which is dead: no uevent begins any more
 *
 * One that has begun names the device by its parents, so they must still be there.
 */
void tao_event_gone(struct tao_device *td)
{
	mutex_lock(&td->told.events);
	mutex_unlock(&td->told.events);
}

/**
 * tao_event_track - number of the track in hand, or 0
 * @td: the drive; its lock is held
 */
u32 tao_event_track(const struct tao_device *td)
{
	lockdep_assert_held(&td->lock);
	if (td->track.number && td->plan)
		return tao_plan_number(td->plan, tao_plan_track_at(td->plan, td->stream.next_lba));
	return td->track.number;
}

/**
 * tao_event_uevent - tell udev of a change of state
 * @td: the drive
 */
void tao_event_uevent(struct tao_device *td)
{
	char state[32], action[32], medium[32], track[32], error[TAO_TEXT_SIZE + 16];
	char *envp[6] = { state, action, medium, track, error };

	spin_lock_irq(&td->lock);
	snprintf(state, sizeof(state), "TAO_STATE=%s", tao_state_name(td->now.state));
	snprintf(action, sizeof(action), "TAO_ACTION=%s", tao_action_name(td->now.action));
	snprintf(medium, sizeof(medium), "TAO_MEDIUM=%s", tao_medium_name(td->found.medium.type));
	snprintf(track, sizeof(track), "TAO_TRACK=%u", tao_event_track(td) ?: td->told.ended);
	td->told.ended = 0;
	snprintf(error, sizeof(error), "TAO_ERROR=%s",
		 td->errors.first.flags & TAO_ERROR_VALID ? td->errors.first.text : "");
	spin_unlock_irq(&td->lock);
	mutex_lock(&td->told.events);
	if (!READ_ONCE(td->now.dead))
		kobject_uevent_env(&td->dev.kobj, KOBJ_CHANGE, envp);
	mutex_unlock(&td->told.events);
}

/**
 * tao_event_set_progress - note how far a long command is
 * @td: the drive
 * @progress: in 1/65536
 */
void tao_event_set_progress(struct tao_device *td, u32 progress)
{
	spin_lock_irq(&td->lock);
	td->now.progress = progress;
	td->now.progress_time = ktime_get();
	spin_unlock_irq(&td->lock);
	tao_event_changed(td);
}

/**
 * tao_event_set_action - the drive begins to do something
 * @td: the drive
 * @action: what
 */
void tao_event_set_action(struct tao_device *td, enum tao_action action)
{
	spin_lock_irq(&td->lock);
	td->now.action = action;
	td->now.action_began = ktime_get();
	td->now.progress = TAO_UNKNOWN;
	spin_unlock_irq(&td->lock);
	trace_tao_state(td);
	tao_event_changed(td);
}

/**
 * tao_event_set_state - the drive is held for something else
 * @td: the drive
 * @state: for what
 */
void tao_event_set_state(struct tao_device *td, enum tao_state state)
{
	bool same;

	spin_lock_irq(&td->lock);
	same = td->now.dead || td->now.state == state;
	if (!same)
		td->now.state = state;
	spin_unlock_irq(&td->lock);
	tao_event_changed(td);
	if (same)
		return;
	trace_tao_state(td);
	tao_event_uevent(td);
}

/* --- time ------------------------------------------------------------------------------------- */

/**
 * tao_event_ticking - let the passing of time count as a change, or no longer
 * @td: the drive
 * @on: whether something is in progress
 */
void tao_event_ticking(struct tao_device *td, bool on)
{
	if (on)
		schedule_delayed_work(&td->told.tick, msecs_to_jiffies(TAO_TICK_MS));
	else
		cancel_delayed_work_sync(&td->told.tick);
}

/* Time passes: measures the speed, and tells those who poll. */
static void event_tick(struct work_struct *work)
{
	struct tao_device *td = container_of(to_delayed_work(work), struct tao_device, told.tick);
	ktime_t now = ktime_get();
	u32 ms, sectors;

	spin_lock_irq(&td->lock);
	ms = max_t(s64, ktime_ms_delta(now, td->measured.rate_time), 1);
	sectors = td->stream.sectors_sent - min(td->measured.rate_sectors, td->stream.sectors_sent);
	/* The mean of now and before, so that the bursts of a buffer do not show. */
	td->measured.rate_kbps = (td->measured.rate_kbps * 3 +
				  (u32)div_u64((u64)sectors * TAO_SECTOR_SIZE, ms)) / 4;
	td->measured.rate_time = now;
	td->measured.rate_sectors = td->stream.sectors_sent;
	if (!td->measured.steady_time && ktime_ms_delta(now, td->track.began) >= TAO_STEADY_MS) {
		td->measured.steady_time = now;
		td->measured.steady_sectors = td->stream.sectors_sent;
	}
	spin_unlock_irq(&td->lock);
	td->told.on_tick(td);
	tao_event_changed(td);
	schedule_delayed_work(&td->told.tick, msecs_to_jiffies(TAO_TICK_MS));
}

/**
 * tao_event_init - prepare a new drive
 * @td: the drive
 * @on_tick: what to do now and again while something is on
 */
void tao_event_init(struct tao_device *td, void (*on_tick)(struct tao_device *td))
{
	td->told.on_tick = on_tick;
	INIT_DELAYED_WORK(&td->told.tick, event_tick);
	td->now.progress = TAO_UNKNOWN;
}
