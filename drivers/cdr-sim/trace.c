// SPDX-License-Identifier: GPL-2.0-only
/* The tracepoints: the lowest layer, as all the others may use them. */

#define CREATE_TRACE_POINTS
#include "trace.h"
