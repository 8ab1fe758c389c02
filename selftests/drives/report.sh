#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What "tao report" prints is a profile: a recorder made of it gives the same report. What the drive
# did not answer is no statement about it. Nobody is disturbed. Here a quarter of those that are
# made again, by the seed; drives/report-long has all.
# lab: --smp 2 --doors --watch
# timeout: 400
# full
. "$(dirname "$0")/../lib.sh"

profiles=$(dirname "$(realpath "$0")")
cd "$tmp" || exit
load tao
load cdr-sim

# drive PROFILE [ATTRIBUTE=VALUE]...: sets $tao
drive()
{
	need cdr-sim create d0 profile="$1" serial=SECRET42 "${@:2}" insert=cdr80
	sim_nodes d0
	settle
}

# of REPORT ATTRIBUTE: its value
of()		{ sed -n "s/^$2 //p" "$1"; }

count=0
for name in pioneer-dvr-108 lite-on-lh-20a1l asus-bw-16d1ht hp-gh40l sony-crx140e \
	plextor-px-w4824a matshita-uj-860 tsstcorp-se-s204n; do
	[ -n "$ALL_DRIVES" ] || [ $((count++ % 4)) -eq $((SEED % 4)) ] || continue
	drive "$profiles/$name.profile"
	check "$name: a report" sh -c 'tao report > one.profile'
	is "$name: all can be simulated" "$(grep -E 'Not simulated|unknown' one.profile)" ''
	sim_remove d0
	for attribute in vendor product revision inquiry_version buffer_size speed; do
		is "$name: $attribute" "$(of one.profile $attribute)" \
			"$(of "$profiles/$name.profile" $attribute)"
	done
	drive one.profile
	check "$name: the same again" sh -c 'tao report | diff one.profile -'
	sim_remove d0
done

drive "$profiles/philips-cdrw1610a.profile"
is "a drive that lists no speeds: its highest" "$(tao report | sed -n 's/^speed //p')" 16
sim_remove d0
drive "$profiles/hp-gh40l.profile" session_at_once=0
check "no serial number" sh -c 'tao report > one.profile; ! grep -q SECRET42 one.profile'
check "not as bytes either" sh -c '! grep -i "53 45 43 52 45 54" one.profile'
check "its place is marked" grep -q '\*\* \*\* \*\*' one.profile
is "a drive without session-at-once" "$(of one.profile session_at_once)" 0
check "JSON" sh -c 'tao report --json | jq -se "map(select(.event == \"report\")) | length == 1"'
sim_set d0 commands 0
need tao report
is "no command but queries" "$(sim_get d0 commands | cut -c 1-2 |
	grep -vxE '00|03|12|25|43|46|4a|51|52|5a|5c|ac')" ''
sim_remove d0

# --- Questions without an answer ---

drive "$profiles/hp-gh40l.profile" text=refuse
is "no CD-TEXT" "$(tao report | sed -n 's/^text //p')" refuse

# says NAME TEXT: a line of the report begins like this
says()		{ check "$1" grep -q "^$2" one.profile; }
says_not()	{ check "$1" sh -c "! grep '^$2' one.profile"; }
report()	{ tao report > one.profile 2> error; }

sim_set d0 eject force
check "without a disc" report
says_not "... it may have GET PERFORMANCE" performance
says "... the speeds are not known" '# speed is unknown: the speeds are those of no disc'
check "... which is said at once" grep -q 'blank CD-R' error

sim_set d0 insert cdrw80
settle "$sr"
check "with a CD-RW" report
says_not "... its speeds are not those of a CD-R" speed
says "... which is said" '# speed is unknown: the speeds are those of a CD-RW'

sim_set d0 eject force
sim_set d0 spin_up_ms 3000
sim_set d0 insert cdr80
check "while the disc spins up" report
says "... it is waited for" "speed $(of "$profiles/hp-gh40l.profile" speed)\$"
sim_set d0 spin_up_ms 0
for sense in 6/3f/00 6/2a/01 6/28/00; do
	sim_set d0 fault "op=46 sense=$sense"
	sim_set d0 fault "op=ac sense=$sense"
	need cp one.profile before.profile
	check "unit attention $sense" report
	check "... makes no difference" diff before.profile one.profile
	sim_set d0 fault clear
done

sim_set d0 fault "op=46 sense=1/18/00 after"
check "a recovered error" report
says "... is an answer" "sheet_limit"
sim_set d0 fault clear
sim_set d0 fault "op=5c sense=5/20/00 times=0"
check "no READ BUFFER CAPACITY" report
says "... is said" '# Not simulated: the drive refuses READ BUFFER CAPACITY (5/20/00)'
sim_set d0 fault clear
sim_set d0 fault "op=ac host=3 times=0"
is "an answer that is lost" "$(report; echo $?)" 1
check "... is named" grep -q 'no answer to GET PERFORMANCE (time-out' error
says_not "... says nothing about GET PERFORMANCE" performance
says "... nothing more is asked" '# READ TOC: not asked'
sim_set d0 fault clear

# --- Others who have the drive ---

# refused NAME PROGRAM FUNCTION: while it runs there is no report
refused()
{
	local name=$1 program=$2 holder

	$3 > /dev/null &
	holder=$!
	sleep 1
	sim_set d0 commands 0
	is "$name: status" "$(report; echo $?)" 3
	check "$name: the program is named" grep -q "$program" error
	is "$name: it is not disturbed" "$(sim_get d0 commands | grep -E '^(12|46|ac|5c)')" ''
	kill $holder
	wait $holder 2> /dev/null
}
on_generic()	{ exec sleep 100 4<> "$sg"; }
on_block()	{ exec sleep 100 4< "$sr"; }
exclusively()	{ exec "$tree/build/selftests/tao/srctl" "$sr" hold=100000; }
refused "on /dev/sg" sleep on_generic
refused "on /dev/sr, not exclusively" sleep on_block
refused "on /dev/sr, exclusively" srctl exclusively

"$tree/build/selftests/tao/srctl" "$sr" hold=100000 > /dev/null &
holder=$!
sleep 1
check_fails "a program of another user" 'in use' setpriv --reuid=nobody --regid=nogroup \
	--groups=cdrom tao report "$tao"
kill $holder
wait $holder 2> /dev/null
check "afterwards" setpriv --reuid=nobody --regid=nogroup --groups=cdrom tao report "$tao"

need sim_set d0 realtime 1
audio song.raw $((1000 * 2352))
exec 3> "$tao"
cat song.raw >&3
fails()		{ ! "$@" > out 2>&1; }
check "a burn is not disturbed" fails tao report
check "... the program is named" grep -q 'cat\|bash\|report' out
exec 3>&-
is_idle()	{ [ "$(tao_attr state)" = idle ]; }
need wait_for 60 is_idle
sim_remove d0

# --- Without the module sg ---

drive "$profiles/hp-gh40l.profile"
check "with sg" sh -c 'tao report > one.profile'
need modprobe -r sg
check "without sg" sh -c 'tao report | diff one.profile -'
