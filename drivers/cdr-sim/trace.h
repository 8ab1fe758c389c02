/* SPDX-License-Identifier: GPL-2.0-only */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM cdr_sim

#if !defined(CDR_SIM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define CDR_SIM_TRACE_H

#include <linux/tracepoint.h>
#include <scsi/scsi_cmnd.h>

TRACE_EVENT(cdr_sim_command,
	TP_PROTO(struct scsi_cmnd *scmd, int ret),
	TP_ARGS(scmd, ret),
	TP_STRUCT__entry(
		__field(u32, host)
		__array(u8, cdb, 12)
		__field(u32, len)
		__field(int, ret)
	),
	TP_fast_assign(
		__entry->host = scmd->device->host->host_no;
		memcpy(__entry->cdb, scmd->cmnd, 12);
		__entry->len = scsi_bufflen(scmd);
		__entry->ret = ret;
	),
	TP_printk("host%u cdb %s data %u %s %x/%02x/%02x",
		  __entry->host, __print_hex(__entry->cdb, 12), __entry->len,
		  __entry->ret < 0 ? "transport" : __entry->ret ? "sense" : "good",
		  __entry->ret > 0 ? __entry->ret >> 16 : 0,
		  __entry->ret > 0 ? __entry->ret >> 8 & 0xff : 0,
		  __entry->ret > 0 ? __entry->ret & 0xff : 0)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
