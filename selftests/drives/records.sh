#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A burn that "tao report --burn" recorded is played to the module: the answers and the outcome are
# the same. Each file in drives/records is such a test. A record that differs from what the module
# does fails.
# lab: --icount --bare --watch
# Waiting costs nothing then, and no other program sends commands.
# timeout: 900
# full
. "$(dirname "$0")/../lib.sh"

drives=$(dirname "$(realpath "$0")")
cd "$tmp" || exit
export XDG_STATE_HOME=$tmp/state
load tao
load cdr-sim

# create ATTRIBUTE=VALUE...: sets $tao
create()
{
	need cdr-sim create d0 "$@"
	sim_nodes d0
}

# burn FILE: the report of a burn, whether it succeeds or not
burn()
{
	tao report --burn -y > "$1" 2> error || true
	check "${1%.*}: there is a record" grep -q '^# Outcome: ' "$1"
}

# answers FILE: the commands and their answers, sorted, without the time that they took, and without
# those of the door, which the module may lock more than once. A module may also ask more often, or
# earlier, than the one that made the record.
answers()
{
	sed -n '/ cdb=1e/d; /^recorded/{s/ ms=[0-9]*//; T; / reply=/s/ times=[0-9]*//; p}' "$1" | sort -u
}
outcome()	{ grep -E '^# (Outcome|Error)' "$1"; }
counter()	{ sim_get d0 recorded | awk -v name="$1" '$1 == name { print $2; exit }'; }
said()		{ sed -n 's/^tao: //p' "$1"; }

# as_recorded: all commands that change something came, and no others
as_recorded()
{
	[ "$(counter strays) $(counter left) $(counter differ)" = '0 0 0' ] ||
		{ sim_get d0 recorded; return 1; }
}

# play NAME FILE: burns again, on a drive that has nothing but the file
play()
{
	create profile="$2"
	burn again.txt
	is "$1: the same outcome" "$(outcome again.txt)" "$(outcome "$2")"
	answers again.txt > ours
	answers "$2" > theirs
	is "$1: the same answers" "$(comm -13 ours theirs)" ""
	is "$1: what came besides were questions" "$(comm -23 ours theirs | grep -v ' reply=')" ""
	check "$1: all was played, and nothing else came" as_recorded
	sim_remove d0
}

# --- Records of drives ---

for file in "$drives"/records/*.txt; do
	play "$(basename "$file" .txt)" "$file"
done

[ "$RECORDS" != only ] || exit 0

# --- Drives with faults, recorded and played ---

# record NAME ATTRIBUTES RULE...: writes NAME.txt and NAME.said
record()
{
	local name=$1 rule

	# shellcheck disable=SC2086 # words
	create insert=cdr:30000 serial=SECRET42 $2
	for rule in "${@:3}"; do
		need sim_set d0 fault "$rule"
	done
	burn "$name.txt"
	said error > "$name.said"
	sim_remove d0
}

# replay NAME: the message is the same too
replay()
{
	play "$1" "$1.txt"
	is "$1: the same message" "$(said error)" "$(cat "$1.said")"
}

record odd 'track_size=152 busy_polls=2 attentions=1 echo_codes=0 profiles=dvd' \
	'op=52 cdb=2:000000ff times=0 set=32:00000007'
is "odd: exit status" "$(outcome odd.txt)" '# Outcome: exit status 0, done'
check "odd: no serial number" sh -c '! grep -q SECRET42 odd.txt && ! grep -q 534543524554 odd.txt'
check "odd: the disc" grep -qx 'insert cdr:30000' odd.txt
replay odd
grep -v ^recorded odd.txt > plain.txt
create profile=plain.txt
burn again.txt
otherwise()	{ [ "$(answers again.txt)" != "$(answers odd.txt)" ]; }
check "odd: its profile alone does not answer so" otherwise
sim_remove d0

record close session_at_once=0 'op=5b cdb=2:02 times=0 sense=5/72/00'
check "close: the drive refuses it" grep -q '^# Error: .*5/72/00' close.txt
replay close

random 100 2000
record medium session_at_once=0 "op=2a lba=$random times=0 sense=3/0c/00"
check "medium: an error at $random" grep -q '^recorded state=2a.* lba=.*sense=3/0c/00' medium.txt
replay medium

record lost session_at_once=0 'op=35 sense=4/44/00'
check "lost: the cache can't be written" grep -q '^# Error: .*4/44/00' lost.txt
replay lost

# --- A module that does something else ---

# differs NAME COUNTER VALUE SED: the record is changed, so that the module does not fit it
differs()
{
	sed "$4" close.txt > changed.txt
	check "$1: the record is another one" sh -c '! cmp -s close.txt changed.txt'
	create profile=changed.txt
	burn again.txt
	is "$1: is seen" "$(counter "$2")" "$3"
	sim_remove d0
}

differs "a command that should not come" strays 1 '/^recorded state=35.2 cdb=35/d'
differs "a command that does not come" left 1 \
	'$a recorded state=a1.1 cdb=a10100000000000000000000'
differs "a WRITE elsewhere" strays 36 's/^\(recorded state=2a.1 .*lba=\)0\.\./\15000../; s/5000\.\.[0-9]*/5000..6000/'
differs "sectors that do not come" left 1 's/^\(recorded state=2a.2 .*lba=[0-9]*\.\.\)[0-9]*/\19000/'

# --- Files that are not records ---

refused()
{
	echo "$2" > bad.txt
	check_fails "$1" 'bad.txt:1' cdr-sim create d0 profile=bad.txt
}
refused "no command" 'recorded state=start'
refused "an unknown word" 'recorded state=start cdb=00 x=1'
refused "a query is no state" 'recorded state=52.1 cdb=00'
refused "a change in another state" 'recorded state=35.1 cdb=5b'
refused "a WRITE without an address" 'recorded state=2a.1 cdb=2a'
refused "an address without a WRITE" 'recorded state=start cdb=00 lba=0..1'
refused "a range that ends before it begins" 'recorded state=2a.1 cdb=2a lba=5..4'
refused "half a byte" 'recorded state=start cdb=0'
refused "a CDB of 13 bytes" "recorded state=start cdb=$(printf '%026d' 0)"
refused "a reply of 1025 bytes" "recorded state=start cdb=51 reply=$(printf '%02050d' 0)"
refused "no hex" 'recorded state=start cdb=00 reply=xy'
refused "no sense" 'recorded state=start cdb=00 sense=20/00/00'
for _ in $(seq 1025); do echo 'recorded state=start cdb=00'; done > bad.txt
check_fails "too many lines" 'bad.txt:1025' cdr-sim create d0 profile=bad.txt

# --- What stays behind ---

create insert=cdr:30000
need chmod 666 "$tao"
check_fails "without root" 'needs root' setpriv --reuid=nobody --regid=nogroup --groups=cdrom \
	tao report --burn -y "$tao"
check_fails "nobody agrees" 'nothing was burned' tao report --burn < /dev/null
is "the disc is as it was" "$(sim_get d0 media)" 'cdr blank'
need sim_set d0 realtime 1
tao report --burn -y > again.txt 2> error &
burner=$!
writes() { [ "$(sim_stat d0 writes)" -gt 3 ]; }
check "a burn begins" wait_for 100 writes
need kill "$burner"
wait "$burner"
is "it is cancelled: exit status" $? 8
check "the record says so" grep -q '^# Outcome: exit status 8' again.txt
is "no instance of tracefs stays" "$(ls /sys/kernel/tracing/instances | grep -vx watchman)" ''
is "no tone stays" "$(ls -d /tmp/tao-report-* 2> /dev/null)" ''
