// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words for numbers, as they stand in sysfs and in uevents.
 */
#include "base.h"

static const char *const state_names[] = {
	[TAO_STATE_IDLE]		= "idle",
	[TAO_STATE_PREPARED]		= "prepared",
	[TAO_STATE_TRACK_OPEN]		= "track-open",
	[TAO_STATE_GONE]		= "gone",
};

/**
 * tao_state_name - name of the state of a drive
 * @state: enum tao_state
 */
const char *tao_state_name(u32 state)
{
	return state_names[state];
}

static const char *const action_names[] = {
	[TAO_ACTION_NONE]		= "none",
	[TAO_ACTION_PREPARING]		= "preparing",
	[TAO_ACTION_WRITING]		= "writing",
	[TAO_ACTION_CLOSING_TRACK]	= "closing-track",
	[TAO_ACTION_CLOSING_SESSION]	= "closing-session",
	[TAO_ACTION_VERIFYING]		= "verifying",
	[TAO_ACTION_BLANKING]		= "blanking",
	[TAO_ACTION_READING]		= "reading",
	[TAO_ACTION_SETTING_SPEED]	= "setting-speed",
	[TAO_ACTION_RECOVERING]		= "recovering",
};

/**
 * tao_action_name - name of the action of a drive
 * @action: enum tao_action
 */
const char *tao_action_name(u32 action)
{
	return action_names[action];
}

static const char *const medium_names[] = {
	[TAO_MEDIUM_NONE]		= "none",
	[TAO_MEDIUM_CD_ROM]		= "cd-rom",
	[TAO_MEDIUM_CD_R]		= "cd-r",
	[TAO_MEDIUM_CD_RW]		= "cd-rw",
	[TAO_MEDIUM_OTHER]		= "other",
	[TAO_MEDIUM_UNKNOWN]		= "unknown",
};

/**
 * tao_medium_name - name of the type of a medium
 * @type: enum tao_medium_type
 */
const char *tao_medium_name(u32 type)
{
	return medium_names[type];
}

static const char *const disc_status_names[] = {
	[TAO_DISC_BLANK]		= "blank",
	[TAO_DISC_APPENDABLE]		= "appendable",
	[TAO_DISC_COMPLETE]		= "complete",
	[TAO_DISC_OTHER]		= "other",
};

/**
 * tao_disc_status_name - name of the status of a disc
 * @status: enum tao_disc_status
 */
const char *tao_disc_status_name(u32 status)
{
	return disc_status_names[status];
}
