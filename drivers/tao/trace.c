// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tracepoints.
 */
#include "tao.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

void tao_trace_command_issue(struct scsi_device *sdev, const u8 *cdb, u32 bytes)
{
	trace_tao_command_issue(sdev, cdb, bytes);
}

void tao_trace_command_done(struct scsi_device *sdev, u8 opcode, int ret,
			    const struct tao_sense *sense, const u8 *reply, u32 bytes)
{
	trace_tao_command_done(sdev, opcode, ret, sense, reply, bytes);
}
