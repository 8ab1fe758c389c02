// SPDX-License-Identifier: GPL-2.0-only
/* The tracepoints: below all that has something to tell. */

#define CREATE_TRACE_POINTS
#include "trace.h"
