#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Several drives at once: all succeed, one fails, one has no disc; and waiting for a disc.
# lab: --smp 2 --watch
# timeout: 1200
# long
. "$(dirname "$0")/unit/lab-lib"

for n in 0 1 2; do
	sim_create d$n insert=cdr80
	need sim_set d$n realtime 0
	drive[n]=$tao
	block[n]=$sr
done
audio song.raw 3000000 1
audio other.raw 2000000 2
for file in song other; do
	need flac -s --endian=little --sign=signed --channels=2 --bps=16 --sample-rate=44100 $file.raw
done

check_fails 'which drive?' 'there are several drives' tao burn -y song.raw
status_is 'which drive: exit status 2' 2 tao info
says 'all drives: done' '2 tracks burned' tao burn -y --all --verify song.flac other.flac
cp "$ktap_out" said
for n in 0 1 2; do
	check "all drives: a result for drive $n" grep -q "^${drive[n]}: 2 tracks burned, the disc is finalised, read back identical" said
done
need sim_set d0 eject force
need sim_set d2 eject force
need sim_set d0 insert cdr80
need sim_set d2 insert cdr80
wait_for 10 sh -c 'tao info "$1" | grep -q blank && tao info "$2" | grep -q blank' sh "${drive[0]}" "${drive[2]}"
tao burn -n --all song.flac other.flac > said 2>&1
check 'one disc does not suit: it does not decide how the others burn' grep -q 'Session-at-once' said
status_is 'one disc does not suit: exit status 6' 6 tao burn -y -F --all song.flac
cp "$ktap_out" said
check 'one disc does not suit: it is named' grep -q "The disc in ${drive[1]} is finalised" said
check 'one disc does not suit: the others are burned' test "$(grep -c '1 track burned' said)" -eq 2
status_is 'two drives by name' 0 tao burn -y -F -d "${drive[0]}" -d "${block[2]}" other.flac
status_is 'no disc suits: exit status 4' 4 tao burn -y -d "${drive[1]}" song.flac

# opens COMMAND...: counts how often song.flac is opened meanwhile. inotify merges two identical
# events.
opens()
{
	local tracing=/sys/kernel/tracing

	need sh -c "echo 'p:opens do_filp_open name=+0(+0(\$arg2)):string' > $tracing/kprobe_events"
	need sh -c "echo 'name ~ \"*song.flac\"' > $tracing/events/kprobes/opens/filter"
	: > $tracing/trace
	echo 1 > $tracing/events/kprobes/opens/enable
	need "$@"
	echo 0 > $tracing/events/kprobes/opens/enable
	grep -c 'song.flac"' $tracing/trace
	: > $tracing/kprobe_events
}

once=$(opens tao burn -y -F -d "${drive[0]}" song.flac)
check 'for one drive a file is read' test "$once" -gt 0
is 'for two drives a file is read as often as for one' \
	"$(opens tao burn -y -F -d "${drive[0]}" -d "${drive[2]}" song.flac)" "$once"

# A slow drive does not delay the other one if the buffer holds the whole track.
need sim_set d2 realtime 1
need tao speed 8 "${drive[0]}"
need tao speed 8 "${drive[2]}"
status_is 'a slow drive' 0 sh -c 'tao burn -y -F -d "$1" -d "$2" --json song.flac > slow.json' sh "${drive[0]}" "${drive[2]}"
is 'a slow drive: it writes on when the other is done' \
	"$(sed -n '/"track-end"/,$p' slow.json | grep -oE '"event":"(track-end|progress)","drive":"[^"]*"' | cut -d'"' -f4,8 | uniq)" \
	"track-end\"${drive[0]}"$'\n'"progress\"${drive[2]}"$'\n'"track-end\"${drive[2]}"

# If it does not: when the other drive has finished, the slow one has received all except the
# buffer (1 MiB), its queue (1 MB) and the data of two seconds.
audio long.raw 20000000 3
need flac -s --endian=little --sign=signed --channels=2 --bps=16 --sample-rate=44100 long.raw
limits=/sys/class/tao/${drive[2]##*/}/limits
queue=$(< "$limits/in_flight_bytes")
need sh -c 'echo "$2" > "$1"' sh "$limits/in_flight_bytes" $(($(< "$limits/write_sectors_max") * 2 * 2352))
status_is 'a small buffer' 0 sh -c 'tao burn -y -F --buffer 1 -d "$1" -d "$2" --json long.flac > small.json' \
	sh "${drive[0]}" "${drive[2]}"
need sh -c 'echo "$2" > "$1"' sh "$limits/in_flight_bytes" "$queue"
written=$(sed '/"track-end"/,$d' small.json | grep "progress.*${drive[2]}" |
	sed -n '$s/.*"written_sectors":\([0-9]*\).*/\1/p')
check "a small buffer: $written sectors of the slow drive" test "$written" -ge 6482

# A drive that is unplugged in mid-burn does not stop the other one.
need sim_set d0 realtime 1
tao burn -y -F -d "${drive[0]}" -d "${drive[2]}" --json long.flac > burn.json 2> burn.err &
burner=$!
wait_for 60 sh -c 'tao status "$1" | grep -q writing && tao status "$2" | grep -q writing' sh "${drive[0]}" "${drive[2]}"
sleep 2
need sim_set d0 power 0
wait $burner
is 'a drive that goes away: exit status 6' $? 6
check 'a drive that goes away: a result for each' test "$(grep -c '"event":"result"' burn.json)" -eq 2
check 'a drive that goes away: it is the one that failed' \
	grep -q "\"event\":\"result\",\"drive\":\"${drive[0]}\",.*\"result\":\"failed\"" burn.json
check 'a drive that goes away: the other is done' \
	grep -q "\"event\":\"result\",\"drive\":\"${drive[2]}\",.*\"result\":\"done\"" burn.json
cp burn.json objects
json_is_valid 'the objects are as the schema says' plan track-begin progress track-end result

# Waiting
need sim_set d1 eject force
wait_for 10 sh -c 'tao info "$1" | grep -q "no disc"' sh "${drive[1]}"
tao burn -y -F --wait -d "${drive[1]}" song.flac > wait.log 2>&1 &
burner=$!
check 'waits, and says for what' wait_for 60 grep -q 'There is no disc in .* Waiting for that' wait.log
need sim_set d1 insert cdr80
wait $burner
is 'and burns when a disc is put in' $? 0

# A file that has changed since the check is not burned.
need sim_set d1 eject force
wait_for 10 sh -c 'tao info "$1" | grep -q "no disc"' sh "${drive[1]}"
cp song.flac changes.flac
tao burn -y -F --wait -d "${drive[1]}" changes.flac > wait.log 2>&1 &
burner=$!
need wait_for 60 grep -q 'Waiting for that' wait.log
touch changes.flac
need sim_set d1 insert cdr80
wait $burner
is 'a file that changes meanwhile: exit status' $? 5
check 'a file that changes meanwhile: it is named' \
	grep -q 'changes.flac: was changed since it was looked at' wait.log
is 'a file that changes meanwhile: nothing is written' "$(sim_get d1 media)" 'cdr blank'

# --- Copies ---

# feed DRIVE DISCS [LOG]: puts the next blank disc in whenever one has come out, and LOG says so
feed()
{
	for ((n = 0; n < $2; n++)); do
		wait_for 60 sh -c '[ "$(cat "$1")" = none ]' sh "$sim_root/$1/media" || return
		[ $# -lt 3 ] || wait_for 60 sh -c '[ "$(grep -c "There is no disc" "$1")" -gt "$2" ]' sh "$3" $n || return
		sim_set "$1" insert cdr80
	done
}

need sim_set d2 realtime 0
need sim_set d2 eject force
feed d1 2 copies.err &
status_is 'copies' 0 sh -c 'tao burn -y --copies 3 -d "$1" --json song.raw other.raw > copies.json 2> copies.err' sh "${drive[1]}"
wait
is 'copies: one result each' "$(grep '"event":"result"' copies.json | grep -oE '"(copy|copies|tracks_done)":[0-9]*' | xargs)" \
	'copy:1 copies:3 tracks_done:2 copy:2 copies:3 tracks_done:2 copy:3 copies:3 tracks_done:2'
is 'copies: the plan, and the question, come once' "$(grep -c '"event":"plan"' copies.json)" 1
check 'copies: what is waited for' grep -q 'copy 2 of 3: There is no disc in .* Waiting for that' copies.err
is 'copies: the last one comes out too' "$(sim_get d1 media)" none
cp copies.json objects
json_is_valid 'copies: the objects' plan session-closed result

# One in each drive, and the one that is left in the first; then one fails.
feed d1 2 &
feed d2 1 &
status_is 'copies in two drives' 0 tao burn -y --copies 3 -d "${drive[1]}" -d "${drive[2]}" song.raw
wait
is 'copies in two drives: all came out' "$(sim_get d1 media) $(sim_get d2 media)" 'none none'
need sim_set d1 insert cdr80
need sim_set d2 insert cdr80
wait_for 10 sh -c 'tao info "$1" | grep -q blank && tao info "$2" | grep -q blank' sh "${drive[1]}" "${drive[2]}"
need sim_set d2 fault 'op=2a nth=20 sense=3/0c/00'
status_is 'a copy that fails' 6 sh -c 'tao burn -y --copies 4 -d "$1" -d "$2" song.raw > copies.out 2>&1' sh "${drive[1]}" "${drive[2]}"
check 'a copy that fails: it is named' grep -q "^tao: copy 2 of 4: ${drive[2]}: can't write" copies.out
check 'a copy that fails: the count' grep -q '^tao: 1 of 4 copies is done. The others: ' copies.out
advice=$(grep -o '`tao burn --copies[^`]*`' copies.out | tr -d '`')
is 'a copy that fails: the others' "$advice" "tao burn --copies 2 -y -d ${drive[1]} -d ${drive[2]} song.raw"
need sim_set d2 eject force
feed d1 1 &
feed d2 1 &
check 'a copy that fails: pasting that' sh -c "$advice"
wait
