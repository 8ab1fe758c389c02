#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The cdr-sim command: exports discs as BIN and CUE files that other programs can read, and
# imports them without changes; and its error messages.
# lab: --doors --no-watch "tao is not loaded"
# The discs are exchanged at any time, as if by hand, in a drive that nobody locks.
# timeout: 240
# full
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/lib.sh"

burn()	# OPTION...
{
	need env CDR_NODMATEST=1 wodim gracetime=0 dev="$sr" -audio -tao -pad "$@"
}

songs 3
cd "$tmp" || exit
check_fails "create without a name" 'needs a NAME' cdr-sim create
check_fails "an attribute that is not there" 'no attribute speeds' cdr-sim create d0 speeds=3
check_fails "a value that is wrong" 'buffer_full: "maybe"' cdr-sim create d0 buffer_full=maybe
printf '# a drive\n\nproduct A B\nspeed 4 8\nfault op=00 nth=99 hang\n' > good.profile
printf 'speed 4\nproduct\n' > short.profile
printf '# speeds\nspeed 8 4\n' > wrong.profile
check_fails "a profile that is not there" 'cannot read the profile none' cdr-sim create d0 profile=none
check_fails "a profile without a value" 'short.profile:2: "product" has no value' \
	cdr-sim create d0 profile=short.profile
check_fails "a profile with a wrong value" 'wrong.profile:2: speed: "8 4"' cdr-sim create d0 profile=wrong.profile
is "nothing is left of them" "$(cdr-sim list)" ''
new_recorder d0 profile=good.profile revision=2.0 insert=cdr80
is "a profile: the product" "$(sim_get d0 product)" 'A B'
is "... the speeds" "$(sim_get d0 speed)" '4 8'
is "... the fault" "$(sim_get d0 fault | grep -c hang)" 1
is "... and what the command line adds" "$(sim_get d0 revision)" 2.0
sim_remove d0
new_recorder d0 insert=cdr80 serial=A1
check_fails "the same name twice" 'already' cdr-sim create d0
check_fails "a second disc" 'a disc is in' cdr-sim insert d0 cdr80
check_fails "an unknown disc" '"dvd" is not valid' sh -c 'cdr-sim eject d0; cdr-sim insert d0 dvd'
check_fails "no room for a track" 'out of range' cdr-sim insert d0 cdr:100
check_fails "an attribute while it is on" 'while the recorder is off' cdr-sim set d0 can_queue=2
check_fails "an attribute that can only be read" 'only be read' cdr-sim set d0 media=cdr
check_fails "an unknown recorder" 'no recorder d9' cdr-sim insert d9 cdr80
check_fails "export without a disc" 'no disc' sh -c 'cdr-sim insert d0 cdr80; cdr-sim eject d0
	cdr-sim insert d0 same && cdr-sim export d9 x.bin || cdr-sim create d8 > /dev/null
	cdr-sim export d8 x.bin'
need cdr-sim remove d8

burn -multi mcn=1234567890123 isrc=DEABC2600001 song1.wav isrc=DEABC2600002 song2.wav
burn -nofix song3.wav
check "export of a disc with an open session" cdr-sim export d0 a.bin
check "... cmp of its first track" cmp -n "$(stat -c %s song1.raw)" song1.raw a.bin
check "... cmp of its last track" cmp song3.raw \
	<(tail -c "$(stat -c %s song3.raw)" a.bin)
check "cdrdao reads the CUE sheet" cdrdao show-toc a.cue
is "... three tracks" "$(cdrdao show-toc a.cue 2> /dev/null | grep -c '^TRACK')" 3

new_recorder d1
check "import in another recorder" cdr-sim import d1 a.cue
is "... the session is open" "$(sim_get d1 media)" 'cdr appendable'
check "export from there" cdr-sim export d1 b.bin
check "... the same sectors" cmp a.bin b.bin
is "... the same sheet" "$(sed s/a.bin/b.bin/ a.cue)" "$(cat b.cue)"
burn song2.wav
is "a program goes on where the first one stopped" "$(tracks | sed -n '3,4p')" \
	"$(awk 'BEGIN { n = 3 } $3 == "track" && $4 == 3 {
		print 3, $8, "audio"; print 4, $8 + $10 + 152, "audio" }' a.cue)"

need cdr-sim eject d1
need sed -i '/REM CDR-SIM/d; /REM SESSION 02/,$d' a.cue
need truncate -s $(($(awk '/lead/ { next } { n += $1 } END { print n }' < <(
	stat -c %s song1.raw song2.raw)) + 152 * 2352)) a.bin
check "import of a sheet of another program" cdr-sim import d1 a.cue
is "... is a pressed disc" "$(sim_get d1 media)" 'cdrom complete'
is "... with its tracks" "$(tracks | wc -l)" 3
read_back "... track 1" 1 song1.raw
read_back "... track 2" 2 song2.raw
check_fails "import over a disc" 'a disc is in' cdr-sim import d1 a.cue
need cdr-sim eject d1
need sed -i 's/AUDIO/MODE2\/2352/' a.cue
check_fails "import of what is not known" "can't be imported" cdr-sim import d1 a.cue
check_fails "import of nothing" 'cannot read' cdr-sim import d1 none.cue

check "a disc is kept while the tray is open" sh -c 'cdr-sim insert d1 cdr80 &&
	cdr-sim eject d1 && cdr-sim insert d1 same'
# The new disc causes a unit attention.
wait_for 20 sg_raw "$sg" 00 00 00 00 00 00
# A program that closes the block device last, as udev does after its look, unlocks the door.
settle "$sr"
need sg_raw "$sg" 1e 00 00 00 01 00
check_fails "a locked tray" 'locked' cdr-sim eject d1
check "... by force" cdr-sim eject d1 --force
check "stats" cdr-sim stats d1
check "stats --reset" cdr-sim stats d1 --reset
is "... are 0" "$(sim_stat d1 writes)" 0
check "16 recorders at once" sh -c 'for i in $(seq 16); do cdr-sim create m$i > /dev/null || exit; done'
is "... are there" "$(cdr-sim list | grep -c '^m.*/dev/sr')" 16
check "... and go" sh -c 'for i in $(seq 16); do cdr-sim remove m$i || exit; done'
need cdr-sim remove d1
check "remove" cdr-sim remove d0
is "nothing is left" "$(cdr-sim list)" ''
check "the module goes too" rmmod cdr_sim
