// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names of constants, as in sysfs. */
#include "internal.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *name_of(const char *const *names, size_t count, uint32_t value)
{
	return value < count ? names[value] : "unknown";
}

const char *tao_state_name(uint32_t state)
{
	static const char *const names[] = {
		[TAO_STATE_IDLE] = "idle",
		[TAO_STATE_PREPARED] = "prepared",
		[TAO_STATE_TRACK_OPEN] = "track-open",
		[TAO_STATE_GONE] = "gone",
	};

	return name_of(names, COUNT(names), state);
}

const char *tao_action_name(uint32_t action)
{
	static const char *const names[] = {
		[TAO_ACTION_NONE] = "none",
		[TAO_ACTION_PREPARING] = "preparing",
		[TAO_ACTION_WRITING] = "writing",
		[TAO_ACTION_CLOSING_TRACK] = "closing-track",
		[TAO_ACTION_CLOSING_SESSION] = "closing-session",
		[TAO_ACTION_VERIFYING] = "verifying",
		[TAO_ACTION_BLANKING] = "blanking",
		[TAO_ACTION_READING] = "reading",
		[TAO_ACTION_SETTING_SPEED] = "setting-speed",
		[TAO_ACTION_RECOVERING] = "recovering",
	};

	return name_of(names, COUNT(names), action);
}
