#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tao burn --first-time: all steps on a CD-RW; a user who does not agree, a drive without test
# write, one that fails. Each time it says where it stops and in which state the disc is, and there
# is a report.
# tao-command/first-long has a test that fails and Ctrl-C, too.
# lab: --smp 2 --watch
# full
# timeout: 300
. "$(dirname "$0")/unit/lab-lib"

sim_create d0 insert=cdrw80 vendor=hp 'product=DVD-RAM GH40L' revision=RB12 dma_alignment=511 \
	realtime=0
audio song.raw 1500000 1

# first [OPTION]...: keeps what it prints in said, and its report in report
first()
{
	local status

	rm -f tao-report-*
	tao burn --first-time "$@" > said 2>&1 < /dev/null
	status=$?
	cp tao-report-*.txt report
	return $status
}

said()		{ check "$1" grep -qF -- "$2" said; }
reports()	{ check "$1" grep -qE -- "$2" report; }
steps()		{ grep -o '^Step [0-9]' said | tr -dc 0-9; }
is_clean()	{ is "$1: nothing else is left" "$(find . -name 'tao-report-*' | wc -l)" 1; }
insert()
{
	[ "$(sim_get d0 media)" = none ] || need sim_set d0 eject force
	need sim_set d0 insert "$1"
	wait_for 20 sh -c 'tao info | grep -q blank'
}

# --- All steps ---

status_is 'a CD-RW: all steps' 0 first -y
is 'a CD-RW: its steps' "$(steps)" 12345
is 'a CD-RW: it has the tones' "$(sim_get d0 media)" 'cdrw complete'
said 'a CD-RW: the test' 'test passed'
is 'a CD-RW: it stays in the drive' "$(grep -c 'loaded anew' said)" 0
said 'a CD-RW: the comparison' 'read back identical'
is 'a CD-RW: the page shows what is printed' \
	"$(sed -n 's/^    \(Step . of\|.* tracks burned, \)/\1/p' "$tree/Documentation/admin-guide/tao.rst")" \
	"$(sed "s|^$tao|/dev/tao0|" said | grep -E '^Step . of|tracks burned, ')"
said 'a CD-RW: where the report is' 'The report is tao-report-hp-dvd-ram-gh40l.txt'
is_clean 'a CD-RW'
is 'the report: both logs' "$(grep -c '^# tao burn: log of' report)" 2
reports 'the report: statistics' '^# Counters: tracks 4, failed 0, WRITEs [1-9]'
reports 'the report: the disc' '^# Result: done .* CD-RW, finalised, 2 tracks$'
check 'the report: nothing of the user' sh -c '! grep -qF "$1" report' sh "$PWD"
need cdr-sim create d1 profile=report
is 'the report is a profile' "$(sim_get d1 product)" 'DVD-RAM GH40L'
wait_for 20 sh -c '[ "$(tao list | wc -l)" = 2 ]'
check_fails 'several drives: one has to be named' 'say which with --device' tao burn --first-time -y
sim_remove d1

status_is 'it is not blank, and nobody agrees' 8 first song.raw
is 'it is not blank, and nobody agrees: it stays' "$(sim_get d0 media)" 'cdrw complete'
is 'it is not blank: the answers are kept' "$(grep -c '^product' report)" 1
json tao burn --first-time -y song.raw < /dev/null
is 'it is blanked: one result' "$(grep -o '"event":"result".*"exit_status":0' objects | wc -l)" 1
is 'it is blanked: the second report' "$(tail -n 1 objects | grep -o '"report":"[^"]*"')" \
	'"report":"tao-report-hp-dvd-ram-gh40l-2.txt"'
json_is_valid 'the objects are as the schema says' step result

# --- A CD-R ---

insert cdr80
status_is 'a CD-R, and nobody agrees' 8 first song.raw
is 'a CD-R, and nobody agrees: it is tested' "$(steps)" 123
is 'a CD-R, and nobody agrees: it is blank' "$(sim_get d0 media)" 'cdr blank'
said 'a CD-R: it is asked' "Burn this CD-R? It can't be blanked afterwards."
need sim_set d0 fault 'op=2a nth=25 sense=3/0c/00'
status_is 'the drive fails' 1 first -y song.raw
said 'the drive fails: the step' 'tao: stopped in the step "burn": failed'
said 'the drive fails: the disc' "the disc in $tao is now: CD-R, 1 track"
reports 'the drive fails: what it reported' '^# Latest error: WRITE.*3/0c/00'
reports 'the drive fails: its sense data' '^# The drive failed 1 time, .*; sense 3/0c/00: 70 00 03'
need cdr-sim create d1 profile=report
sim_remove d1
need sim_set d0 fault clear
status_is 'a CD-R with tracks' 4 first -y song.raw
said 'a CD-R with tracks: what it needs' 'Insert a'
says 'what failed can go on' '1 track burned, the disc is finalised' tao resume -y

check_fails 'a folder that takes no report' 'nothing was burned' sh -c 'cd /sys && tao burn --first-time -y'
need sim_set d0 eject force
status_is 'no disc' 4 first -y
is 'no disc: its steps' "$(steps)" 1

if [ -n "$LONG" ]; then
	. "$(dirname "$0")/unit/first"
fi

# --- No test write ---

# The bit of feature 002Dh
at=$(sed -n '/^# GET CONF/,/^# MODE/s/^#[^:]*:\|^#   \|^# MODE.*//gp' report | tr -d ' \n' |
	grep -ob '002d0[0-9a-f]04' | head -n 1 | cut -d : -f 1)
sim_remove d0
sim_create d0 insert=cdrw80 realtime=0 "fault=op=46 times=0 set=$((at / 2 + 4)):42"
says_not()	{ check "$1" sh -c '! grep -qF -- "$1" said' sh "$2"; }
status_is 'no test write, and nobody agrees' 8 first song.raw
said 'no test write: it says so' 'Step 3 of 5, test write: left out, for the drive has none.'
says_not 'no test write: nothing was burned' 'Step 4'
status_is 'no test write, and --yes' 0 first -y song.raw
is 'no test write, and --yes: all but that' "$(grep -c '^# tao burn: log of' report)" 1
