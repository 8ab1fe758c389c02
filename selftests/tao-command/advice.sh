#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Commands that tao burn prints after a failure can be pasted into a shell, and have the announced
# result.
# lab: --smp 2 --watch
# timeout: 600
# full
. "$(dirname "$0")/unit/lab-lib"

advice()	{ grep -oE "\`$1[^\`]*\`" complaint | head -n 1 | tr -d '`'; }
fails()		{ ! "$@" > burn.out 2> complaint; }

# disc DRIVE [MEDIUM]: inserts a new one
disc()
{
	sim_set "$1" fault clear
	sim_set "$1" eject force
	need sim_set "$1" insert "${2:-cdr80}"
	sim_nodes "$1"
	wait_for 10 sh -c 'tao info "$1" | grep -q blank' sh "$tao"
}

finalised()	{ tao info "$tao" | grep -q "CD-R, finalised, $1 tracks"; }

# goes_on NAME TRACKS: the printed command finishes the disc, and no record is left
goes_on()
{
	local command

	command=$(advice 'tao [br][ue]')
	check "$1: $command" sh -c "$command > went.on 2>&1"
	check "$1: the disc is finalised" finalised "$2"
	is "$1: no record is left" "$(ls -A "$records" 2> /dev/null)" ''
}

# Without a home there are no records, and the advice is the whole command.
homeless()	{ env -u HOME -u XDG_STATE_HOME "$@"; }

export XDG_STATE_HOME=$tmp/state
records=$XDG_STATE_HOME/tao
sim_create d0 insert=cdr80
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
check 'a failed track' fails tao burn -y --mode track --verify 1.raw 2.raw 3.raw
is 'a failed track: what is offered' "$(advice tao)" 'tao resume'
is 'a failed track: only the user reads the record' "$(stat -c '%a %F' "$records" "$records"/* | xargs)" \
	'700 directory 600 regular file'
cp -p 3.raw kept.raw
touch 3.raw
status_is 'a file that changed: exit status' 5 tao resume
check_fails 'a file that changed: it is named' '3.raw: was changed since the burn began' tao resume
need mv kept.raw 3.raw
status_is 'without --force: refused before anything is written' 4 tao burn --from 2 -y 1.raw 2.raw 3.raw
goes_on 'a failed track' 4
is 'a failed track: the tracks before it are compared too' "$(grep -c '^Track .* identical' went.on)" 3
check_fails 'nothing to go on with' 'there is nothing to resume' tao resume
disc d0
need sim_set d0 fault "$failed"
check 'a failed track' fails tao burn -y --mode track 1.raw 2.raw 3.raw
check "as it is: $(advice 'tao finalize')" sh -c "$(advice 'tao finalize')"
check 'as it is: the disc is finalised' finalised 2
check_fails 'as it is: nothing can follow' 'was closed meanwhile' tao resume
disc d0
status_is 'another disc: exit status' 4 tao resume
check_fails 'another disc: it is refused' 'is not that of an interrupted burn' tao resume
need rm "$records"/*

# All tracks are on the disc, and it could not be closed.
need sim_set d0 fault 'op=5b times=0 sense=5/72/00'
check 'closing fails' fails tao burn -y --mode track --verify 1.raw 2.raw
need sim_set d0 fault clear
goes_on 'closing fails' 2
check 'closing fails: what is left to do is done' grep -q \
	'all tracks were on it, the disc is finalised, read back identical' went.on

# Nothing is written where a link leads.
disc d0
need rm -r "$records"
need mkdir elsewhere
need ln -s "$tmp/elsewhere" "$records"
need sim_set d0 fault "$failed"
check 'a link in place of the folder' fails tao burn -y --mode track 1.raw 2.raw 3.raw
is 'a link in place of the folder: it is not followed' "$(ls -A elsewhere)" ''
check 'a link in place of the folder: the whole command' test -n "$(advice 'tao burn --from 2 --force')"
need rm "$records"

# --- A session-at-once that is cut short in a track ---

for medium in cdr80 cdrw80; do
	disc d0 $medium
	need sim_set d0 fault 'op=2a nth=30 sense=3/0c/00'
	check "a cut session, $medium" fails tao burn -y --mode session 1.raw 2.raw 3.raw
	need sim_set d0 fault clear
	check "a cut session, $medium: what it is" grep -q 'was cut short in a track' complaint
	check "a cut session, $medium: the drive can not close it" fails tao recover --finalize
	check "a cut session, $medium: what that means" grep -q 'with others .* is lost' complaint
	for command in 'finalize' 'finalize --force' 'burn -y 1.raw' 'resume'; do
		check "a cut session, $medium: tao $command" fails sh -c "tao $command"
		check "a cut session, $medium: tao $command leads nowhere in a circle" \
			sh -c '! grep -e recover -e "tao finalize --force" complaint'
	done
done
check 'a cut session, CD-RW: info names the remedy' sh -c 'tao info | grep "^Next.*tao blank"'
check 'a cut session, CD-RW: the remedy' tao blank -y
check 'a cut session, CD-RW: it is blank' sh -c 'tao info | grep -q "CD-RW, blank"'

# --- A failed track in its middle, and the disc as it is ---

disc d0
need sim_set d0 fault 'op=2a nth=10 sense=3/0c/00'
check 'a track fails in its middle' fails tao burn -y --mode track 1.raw 2.raw
need sim_set d0 fault clear
check_fails 'finalize: says no more than is known' 'a track on this disc failed; ' tao finalize
need rm -f "$records"/*

# --- A catalogue number, which the session already has ---

disc d0
printf 'CATALOG 4006381333931\n' > mcn.cue
for n in 1 2 3; do
	printf 'FILE %s.wav WAVE\nTRACK %02d AUDIO\nINDEX 01 00:00:00\n' $n $n >> mcn.cue
done
need sim_set d0 fault "$failed"
check 'an album with a catalogue number' fails homeless tao burn -y --mode track mcn.cue
goes_on 'an album with a catalogue number' 4
is 'it has its number' "$(tao info "$tao" | sed -n 's/^MCN *//p')" 4006381333931
disc d0
need tao burn -y -F mcn.cue
says 'a second sheet behind --no-finalize' '3 tracks burned, the disc is finalised' tao burn -y mcn.cue

# --- The command line ---

disc d0
need sim_set d0 fault "$failed"
check 'options in short' fails homeless tao burn -yF --fr=1 --no-che $'a \e[2Jb\n.wav' 2.raw 3.raw
is 'options in short: whole, and one --from' "$(advice 'tao burn')" \
	"tao burn --from 2 -y -F --no-check \$'a \\033[2Jb\\012.wav' 2.raw 3.raw"
check 'no control character is printed' sh -c '! cat burn.out complaint | tr -d "\n" | grep -q "[[:cntrl:]]"'
check 'it goes on in bash' bash -c "$(advice 'tao burn')"
disc d0
need sim_set d0 fault "$failed"
check 'standard input' fails sh -c 'cat 1.wav | tao burn -y --mode track 2.raw -'
check 'standard input: no command that can not work' test -z "$(advice 'tao burn --from')"
check 'standard input: what is needed' grep -q 'needs track 2 of the input once more' complaint

