#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# One list on several discs: the image of each has its tracks and no others, also if a disc is
# smaller; CD-TEXT; a CUE sheet with pregaps; hidden audio of a later sheet; Ctrl-C between two discs,
# one that fails, tao resume, and whether the commands that are printed burn the rest.
# lab: --smp 2
# timeout: 300
# full
. "$(dirname "$0")/unit/session-lib"
. "$(dirname "$0")/unit/lab-lib"

# Such a disc has room for two tracks.
small=cdr:1000
sectors=(0 426 350 400 360 426)
echo 'TITLE "Long"' > album.cue
for n in 1 2 3 4 5; do
	audio $n.raw $((sectors[n] * 2352)) $((SEED + n))
	printf 'FILE "%d.raw" BINARY\nTRACK %02d AUDIO\nTITLE "Song %d"\nINDEX 01 00:00:00\n' \
		$n $n $n >> album.cue
done

# change KIND...: takes each disc that comes out, as disc.1 and so on, and puts the next one in
change()
{
	local n=1 kind

	for kind in "$@" ''; do
		wait_for 60 sh -c '[ "$(cat "$1")" = none ]' sh "$sim_root/d0/media" || return
		cp $image disc.$n
		n=$((n + 1))
		[ -z "$kind" ] || sim_set d0 insert "$kind"
	done
}

# insert KIND: that is in the drive now
insert()
{
	rm -f disc.*
	[ "$(sim_get d0 media)" = none ] || need sim_set d0 eject force
	need sim_set d0 insert "$1"
	wait_for 20 sh -c 'tao info | grep -q blank'
}

# from DISC LBA SECTORS
from()
{
	dd if="disc.$1" bs=64k iflag=skip_bytes,count_bytes,fullblock status=none \
		skip=$((131072 + ($2 + 150) * 2352)) count=$(($3 * 2352))
}

# tracks_of DISC: start and length of each
tracks_of()
{
	tr -d '\0' < "disc.$1" |
		sed -n 's/^track .* start \([0-9]*\) length \([0-9]*\) .*/\1 \2/p'
}

# has NAME DISC FILE...: its audio, up to the end of the last track, is that of FILE...
has()
{
	local name=$1 disc=$2 start length
	shift 2

	read -r start length < <(tracks_of "$disc" | tail -n 1)
	cat "$@" > wanted
	from "$disc" 0 $((start + length)) > there
	check "$name" cmp wanted there
}

# has_track NAME DISC TRACK FILE
has_track()
{
	local place

	read -ra place < <(tracks_of "$2" | sed -n "$3p")
	from "$2" "${place[@]}" > there
	check "$1" cmp "$4" there
}

pasted()	{ grep -o '`tao burn[^`]*`' "$1" | tail -n 1 | tr -d '`'; }

# --- Three discs, each read back before it comes out ---

sim_create d0 insert=$small realtime=0
status_is 'too long for the disc' 4 tao burn -y album.cue
cp "$ktap_out" said
check 'too long: which tracks fit' grep -qF 'Tracks 1 to 2 fit' said
is 'too long: the command for several discs' "$(pasted said)" 'tao burn --discs -y album.cue'

change $small $small &
status_is 'three discs' 0 sh -c "$(pasted said)"' --verify --json --log log < /dev/null > objects 2> said'
wait
has 'the first disc' 1 1.raw 2.raw
has 'the second disc' 2 3.raw 4.raw
has 'the third disc' 3 5.raw
is 'each was read back' "$(grep -c '"event":"result".*read back identical' objects)" 3
is 'which disc a result is about' \
	"$(grep '"event":"result"' objects | grep -oE '"(disc|discs|tracks_done)":[0-9]*' | xargs)" \
	'disc:1 discs:3 tracks_done:2 disc:2 discs:3 tracks_done:2 disc:3 discs:3 tracks_done:1'
json_is_valid 'the objects' plan verify session-closed result
check 'the next disc is asked for' grep -q '^disc 2 of 3: There is no disc in .* Waiting for that' said
is 'one log' "$(grep -c '^tao burn: log' log) $(grep -c '^---- .*, disc [123] of 3$' log) $(grep -c 'exit status 0' log)" '1 3 1'
is 'it has all tracks' "$(grep -oE '^        Song [1-5]$' log | xargs)" 'Song 1 Song 2 Song 3 Song 4 Song 5'
need sim_set d0 insert same
wait_for 20 sh -c 'tao info | grep -q finalised'
is 'CD-TEXT: the title of the album, and its own track' "$(texts | sort -u | xargs)" 'TITLE Long TITLE Song 5'

# --- The second disc is smaller, a CUE sheet has pregaps, and Ctrl-C between two discs ---

cat [1-5].raw > all.raw
{
	echo 'FILE "all.raw" BINARY'
	at=0
	for n in 1 2 3 4 5; do
		printf 'TRACK %02d AUDIO\n' $n
		[ $n -eq 1 ] || echo "INDEX 00 $(msf $((at - 40)))"
		echo "INDEX 01 $(msf $at)"
		at=$((at + sectors[n]))
	done
} > all.cue
insert $small
change cdr:600 &
changer=$!
env --default-signal=INT tao burn -y --discs all.cue > said 2>&1 &
burner=$!
wait $changer
has 'a CUE sheet: what is before the next track ends the disc' 1 1.raw 2.raw
has 'a smaller disc gets fewer tracks' 2 3.raw
check 'and the plan says so' grep -q '^Disc 2 of 4: track 3, 0:05 min' said
need wait_for 20 grep -q '^disc 3 of 4: There is no disc' said
kill -INT $burner
wait $burner
is 'Ctrl-C between two discs: exit status' $? 6
is 'Ctrl-C between two discs: what is done' "$(grep -oE 'disc . of . is .*done: .*' said | xargs)" \
	'disc 1 of 4 is done: tracks 1 to 2 disc 2 of 4 is done: track 3'
is 'Ctrl-C between two discs: the command for the rest' "$(pasted said)" \
	'tao burn --from 4 -y --discs all.cue'
insert $small
change &
check 'Ctrl-C between two discs: pasting that' sh -c "$(pasted said)"
wait
has 'the rest is on the third disc' 1 4.raw 5.raw

# --- Two CUE sheets with hidden audio: each begins a disc ---

for n in 1 5; do
	printf 'FILE "%d.raw" BINARY\nTRACK 01 AUDIO\nINDEX 00 00:00:00\nINDEX 01 00:01:25\n' $n > $n.cue
done
printf 'FILE "2.raw" BINARY\nTRACK 02 AUDIO\nINDEX 01 00:00:00\n' >> 5.cue
insert cdr:600
change $small &
status_is 'hidden audio' 0 tao burn -y --discs --verify 1.cue 5.cue
cp "$ktap_out" said
wait
has 'hidden audio of the first disc' 1 1.raw
has 'hidden audio of the second disc' 2 5.raw 2.raw
is 'hidden audio is not left out' "$(grep -c 'left out' said)" 0

# --- One by one; a disc that fails is ended by tao resume ---

insert cdr:1400
tao burn -y -q --discs --mode track [1-5].raw > said 2>&1 &
burner=$!
wait_for 60 sh -c '[ "$(cat "$1")" = none ]' sh "$sim_root/d0/media"
need sim_set d0 fault 'op=2a nth=5 sense=3/0c/00'
need sim_set d0 insert cdr:1400
wait $burner
is 'the second disc fails: exit status' $? 6
check 'the second disc fails: how it goes on' grep -q 'To go on: `tao resume`' said
is 'the second disc fails: the command for the others' "$(pasted said)" \
	'tao burn --from 5 -y -q --discs --mode track 1.raw 2.raw 3.raw 4.raw 5.raw'
change &
status_is 'tao resume' 0 tao resume -y
cp "$ktap_out" said
wait
has_track 'tao resume: the track that failed' 1 2 3.raw
has_track 'tao resume: the other one of this disc' 1 3 4.raw
is 'tao resume: no other one' "$(tracks_of 1 | wc -l)" 3
is 'tao resume: the command for the others' "$(pasted said)" \
	"tao burn --from 5 -d $tao --discs --mode track $(printf "$PWD/%s.raw " 1 2 3 4)$PWD/5.raw"
insert $small
change &
check 'tao resume: pasting that' sh -c "$(pasted said) -y"
wait
has_track 'tao resume: the last disc' 1 1 5.raw

# --- Refused before anything is written ---

audio 6.raw $((1050 * 2352)) 6
insert $small
status_is 'a track that is longer than a disc' 4 tao burn -y --discs 1.raw 2.raw 6.raw
cp "$ktap_out" said
check 'a track that is longer than a disc: which' \
	grep -q 'track 3 (6.raw) needs 0:14 min, and there is room for only 0:11 min' said
is 'a track that is longer than a disc: nothing is written' "$(sim_get d0 media)" 'cdr blank'
sim_remove d0
