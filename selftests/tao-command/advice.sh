#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What tao burn says after a failure is pasted into a shell, and leads where it was said to.
# lab: --smp 2
# timeout: 600
. "$(dirname "$0")/unit/lab-lib"

advice()	{ grep -oE "\`$1[^\`]*\`" complaint | head -n 1 | tr -d '`'; }
fails()		{ ! "$@" > burn.out 2> complaint; }

# disc DRIVE: a fresh one
disc()
{
	sim_set "$1" fault clear
	sim_set "$1" eject force
	need sim_set "$1" insert cdr80
	sim_nodes "$1"
	wait_for 10 sh -c 'tao info "$1" | grep -q blank' sh "$tao"
}

finalised()	{ tao info "$tao" | grep -q "CD-R, finalised, $1 tracks"; }

# goes_on NAME TRACKS: the command that is printed finishes the disc
goes_on()
{
	check "$1: $(advice 'tao burn')" sh -c "$(advice 'tao burn')"
	check "$1: the disc is finalised" finalised "$2"
}

sim_create d0 insert=cdr80
first=$tao
need sim_set d0 realtime 0
for n in 1 2 3; do
	audio $n.raw $((400 * 2352)) $n
	need sox -t raw -r 44100 -e signed -b 16 -c 2 $n.raw $n.wav
done
cat 1.raw 2.raw 3.raw 1.raw 2.raw 3.raw > long.raw
need cp 1.wav $'a \e[2Jb\n.wav'

# 400 sectors are 13 WRITEs.
failed='op=2a nth=20 sense=3/0c/00'

# --- A failed track ---

need sim_set d0 fault "$failed"
check 'a failed track' fails tao burn -y --verify 1.raw 2.raw 3.raw
is 'a failed track: what is offered' "$(advice 'tao burn')" 'tao burn --from 2 --force -y --verify 1.raw 2.raw 3.raw'
status_is 'without --force: refused before anything is written' 4 tao burn --from 2 -y 1.raw 2.raw 3.raw
goes_on 'a failed track' 4
disc d0
need sim_set d0 fault "$failed"
check 'a failed track' fails tao burn -y 1.raw 2.raw 3.raw
check "as it is: $(advice 'tao finalize')" sh -c "$(advice 'tao finalize')"
check 'as it is: the disc is finalised' finalised 2

# --- A catalogue number, which the session has by then ---

disc d0
printf 'CATALOG 4006381333931\n' > mcn.cue
for n in 1 2 3; do
	printf 'FILE %s.wav WAVE\nTRACK %02d AUDIO\nINDEX 01 00:00:00\n' $n $n >> mcn.cue
done
need sim_set d0 fault "$failed"
check 'an album with a catalogue number' fails tao burn -y mcn.cue
goes_on 'an album with a catalogue number' 4
is 'it has its number' "$(tao info "$tao" | sed -n 's/^MCN *//p')" 4006381333931
disc d0
need tao burn -y -F mcn.cue
says 'a second sheet behind --no-finalize' '3 tracks burned, the disc is finalised' tao burn -y mcn.cue

# --- The command line ---

disc d0
need sim_set d0 fault "$failed"
check 'options in short' fails tao burn -yF --fr=1 --no-che $'a \e[2Jb\n.wav' 2.raw 3.raw
is 'options in short: whole, and one --from' "$(advice 'tao burn')" \
	"tao burn --from 2 -y -F --no-check \$'a \\033[2Jb\\012.wav' 2.raw 3.raw"
check 'no control character is printed' sh -c '! cat burn.out complaint | tr -d "\n" | grep -q "[[:cntrl:]]"'
check 'it goes on in bash' bash -c "$(advice 'tao burn')"
disc d0
need sim_set d0 fault "$failed"
check 'standard input' fails sh -c 'cat 1.wav | tao burn -y 2.raw -'
check 'standard input: no command that can not work' test -z "$(advice 'tao burn --from')"
check 'standard input: what is needed' grep -q 'needs track 2 of the input once more' complaint

# --- Cancelled: no track failed ---

disc d0
need sim_set d0 realtime 1
tao burn -y -s 8 1.raw long.raw 3.raw > burn.out 2> complaint &
burner=$!
need wait_for 60 sh -c 'tao status | grep -q "track 2"'
kill -INT $burner
wait $burner
is 'cancelled: exit status' $? 8
need sim_set d0 realtime 0
says 'the speed is set back' 'max asked for' tao speed
goes_on 'cancelled' 4

# --- Signals ---

disc d0
need sim_set d0 realtime 1
for signal in HUP INT; do
	(trap '' $signal; exec tao burn -y -F -s 16 1.raw) > burn.out 2>&1 &
	burner=$!
	need wait_for 60 sh -c 'tao status | grep -q writing'
	kill -$signal $burner
	wait $burner
	is "SIG$signal that is ignored, as by nohup, stays so" $? 0
done
tao burn -y -F -s 4 long.raw > burn.out 2>&1 &
burner=$!
need wait_for 60 sh -c 'tao status | grep -q writing'
kill -TERM $burner
kill -HUP $burner
wait $burner
is 'two signals within an instant are one' $? 8
check 'and the outcome is told' grep -q 'The disc is usable' burn.out
tao burn -y -F -s 4 long.raw 2.raw > burn.out 2>&1 &
burner=$!
need wait_for 60 sh -c 'tao status | grep -q writing'
need sim_set d0 fault 'op=35 delay=4000'
kill -INT $burner
sleep 1.5
kill -INT $burner
wait $burner
check 'the second one does not wait' grep -q 'leaving; the drives end what they have begun' burn.out
check 'the speed of that burn is set back' wait_for 60 sh -c 'tao speed | grep -q "max asked for"'
need sim_set d0 fault clear

# --- Names of drives ---

disc d0
need sim_set d0 realtime 0
need ln -s "$first" burner
need sim_set d0 fault 'longer=65536 times=0 host=7'
check 'a drive named by a link without a slash' fails tao burn -d burner -y -F 1.raw
check 'a link: the command is for the drive' grep -q "/sys/class/tao/${first##*/}/limits" complaint

# --- Several drives ---

sim_create d1 insert=cdr80
need sim_set d1 realtime 0
second=$tao
disc d0
need sim_set d1 fault "$failed"
check 'one of two fails' fails tao burn -y --all --json 1.wav 2.wav 3.wav
cp burn.out objects
tao=$second
is 'one of two fails: what is offered names it' "$(advice 'tao burn')" \
	"tao burn --from 2 --force -d $second -y --json 1.wav 2.wav 3.wav"
is 'one of two fails: so does the other command' "$(advice 'tao finalize')" "tao finalize --force $second"
check 'one of two fails: it is named at once' grep -q "\"event\":\"failed\",\"drive\":\"$second\"" objects
is 'one of two fails: one result each' "$(grep -c '"event":"result"' objects)" 2
goes_on 'one of two fails' 4

# A pipe that gives nothing more does not keep two drives.
disc d0
disc d1
mkfifo pipe
exec 9<> pipe
head -c 1000000 1.raw >&9 &
timeout -s INT 20 tao burn -y -F --all - < pipe > burn.out 2>&1 &
burner=$!
wait $burner
is 'two drives and a pipe that has stalled: the first signal ends it' $? 8
exec 9>&-
json_is_valid 'the objects are as the schema says' failed result
