/* SPDX-License-Identifier: GPL-2.0-only */
/* The ioctls by their permissions; TAO_IOC_CANCEL is in neither group. */
#ifndef CALLS_H
#define CALLS_H

#include <linux/tao.h>

static const unsigned int queries[] = {
	TAO_IOC_GET_DRIVE, TAO_IOC_GET_MEDIUM, TAO_IOC_GET_STATUS, TAO_IOC_GET_ERROR,
	TAO_IOC_GET_TOC, TAO_IOC_GET_SPEEDS, TAO_IOC_GET_SPEED, TAO_IOC_GET_SETTINGS,
	TAO_IOC_GET_STATISTICS, TAO_IOC_GET_TEXT,
};

static const unsigned int orders[] = {
	TAO_IOC_PREPARE, TAO_IOC_RELEASE, TAO_IOC_TRACK_BEGIN, TAO_IOC_TRACK_END,
	TAO_IOC_FINALIZE, TAO_IOC_BLANK, TAO_IOC_SET_SPEED, TAO_IOC_SET_SETTINGS,
	TAO_IOC_RECOVER, TAO_IOC_SESSION_BEGIN,
};

#endif
