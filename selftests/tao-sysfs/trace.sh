#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The tracepoints agree with the recorder.
# timeout: 300
. "$(dirname "$0")/common.sh"

tracing=/sys/kernel/tracing

# trace EVENT: prints its lines, starting with the name of the event
trace()
{
	sed -n "s/^.*: tao_$1: //p" "$tmp/trace"
}

count()
{
	trace "$1" | wc -l
}

# opcode HEX EVENT: counts the commands with this opcode in the trace
opcode()
{
	trace "$2" | grep -c "opcode=$1 "
}

new_recorder insert=cdr80 realtime=1 speed=4 buffer_size=524288
is "the events" "$(cd $tracing/events/tao && echo tao_*)" "tao_buffer_full tao_chunk \
tao_claim tao_command_done tao_command_issue tao_drive tao_job_begin tao_job_drop tao_job_end tao_job_join tao_job_queue tao_near_miss \
tao_state tao_track_begin tao_track_end tao_write_done tao_write_issue"
look
echo 16384 > $tracing/buffer_size_kb
echo 1 > $tracing/events/tao/enable
echo 0 > "$sim_root/d0/commands"

# Three seconds at 4x, so that the drive's buffer gets full; then the program sleeps until it is
# nearly empty, and continues.
audio "$tmp/song.raw" 2352000	# 1000 sectors
check "a track is burned" taoctl "$tao" begin,bytes=2352000 write="$tmp/song.raw",bs=75264 end
check "another, with a break" taoctl "$tao" begin write="$tmp/song.raw",bs=75264 sleep=900 \
	write="$tmp/song.raw",bs=75264 end
wait_idle
echo 0 > $tracing/events/tao/enable
cp $tracing/trace "$tmp/trace"
recorder d0

# The recorder's counters.
is "WRITEs that were taken" "$(trace write_done | grep -c ' ret=0 ')" "${sim[writes]}"
is "WRITEs that were sent" "$(count write_issue)" "$(sim_commands d0 2a)"
is "WRITEs that the drive had no room for" "$(count buffer_full)" "${sim[buffer_full]}"
check "... there were some" [ "${sim[buffer_full]}" -gt 0 ]
is "sectors" "$(trace write_done | awk '/ ret=0 / { split($3, s, "="); n += s[2] } END { print n }')" \
	"${sim[written_sectors]}"
for code in 52 55 35; do
	is "commands $code" "$(opcode $code command_done)" "$(sim_commands d0 $code)"
	is "... that were sent" "$(opcode $code command_issue)" "$(opcode $code command_done)"
done
check "commands have names" grep -q '(READ_TRACK_INFORMATION)' "$tmp/trace"
is "commands without one" "$(grep 'opcode=' "$tmp/trace" | grep -vc '([A-Z_0-9]*[A-Z][A-Z_0-9]*)')" 0

is "tracks begin" "$(trace track_begin | sed "s/^${tao##*/} //")" $'track=1 lba=0\ntrack=2 lba=1152'
is "... and end" "$(trace track_end | sed "s/^${tao##*/} //; s/mapped=.*copied=[0-9]* //")" \
	$'track=1 sectors=1000 ret=0\ntrack=2 sectors=2000 ret=0'
is "states" "$(trace state | sed 's/.*state=\([a-z-]*\) .*/\1/' | uniq | xargs)" \
	"idle prepared track-open prepared idle prepared track-open prepared idle"
is "claims" "$(trace claim | cut -d ' ' -f 2 | xargs)" "held free held free"
is "jobs" "$(trace job_end | sed 's/.* kind=\([a-z-]*\) .* ret=\([-0-9]*\) .*/\1 \2/' | xargs)" \
	"track-begin 0 track-end 0 track-begin 0 track-end 0"
is "... in their order" "$(trace job_queue | cut -d ' ' -f 2)" "$(trace job_end | cut -d ' ' -f 2)"
is "... one at a time" "$(trace 'job_[be][a-z]*' | cut -d ' ' -f 3 | uniq -c | awk '$1 != 2' | wc -l)" 0
is "chunks that are left" "$(trace chunk | awk '{ held[$2] += $3 == "held" ? 1 : -1 }
	END { for (c in held) n += held[c] != 0; print n + 0 }')" 0
check "actions" grep -q 'action=closing-track' <(trace state)

# The break is after the first 1000 sectors of the track at 1152. On a busy host there may be
# further ones.
is "the break is a near-miss" "$(trace near_miss | sed 's/.* lba=\([0-9]*\) .*/\1/' |
	awk '$1 > 2080 && $1 <= 2152' | wc -l)" 1
is "near-misses: size of the buffer" \
	"$(trace near_miss | sed 's/.*buffer_bytes=//' | sort -u)" 524288
echo "# lowest fill of the recorder's buffer: ${sim[min_fill]} bytes"
sim_remove d0
