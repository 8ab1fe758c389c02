#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The disc is ejected at once, although udev inspects each disc and locks its door.
# lab: --watch
# timeout: 900
. "$(dirname "$0")/../lib.sh"

rounds=5
PATH=$tree/build/selftests/tao:$PATH

# out NAME COMMAND...: COMMAND returns 0, and then the tray is open
out()
{
	local name=$1
	shift

	check "$name" "$@" && is "$name: the tray is open" "$(sim_get d0 media)" none
}

# locked: udev has inspected the disc
locked() { [ "$(sim_get d0 locked)" = 1 ]; }

sim_create d0 insert=cdr80
audio "$tmp/song.raw" 800000
need wait_for 60 locked
out "a disc that is there from the start" tao eject

for ((i = 1; i <= rounds; i++)); do
	need sim_set d0 insert same
	out "$i: right after it went in" tao eject
done
for ((i = 1; i <= rounds; i++)); do
	need sim_set d0 insert same
	sleep 3
	out "$i: 3 s later" tao eject
done
for ((i = 1; i <= rounds; i++)); do
	need sim_set d0 insert same
	need wait_for 60 locked
	out "$i: once the door is locked" tao eject
done
for ((i = 1; i <= rounds; i++)); do
	need sim_set d0 insert cdr80
	out "$i: tao burn --eject" tao burn --yes --eject "$tmp/song.raw"
done
for ((i = 1; i <= rounds; i++)); do
	need sim_set d0 insert cdr80
	check "$i: cat" sh -c "cat '$tmp/song.raw' > $tao"
	check "$i: finalised" tao finalize
	out "$i: after cat and tao finalize" tao eject
done

# status_is NAME STATUS TEXT COMMAND...
status_is()
{
	local name=$1 expected=$2 text=$3 status
	shift 3

	"$@" > "$ktap_out" 2>&1
	status=$?
	{ [ $status -eq "$expected" ] && grep -qF -- "$text" "$ktap_out"; } && { ok "$name"; return; }
	not_ok "$name" "exit status $status, expected $expected and \"$text\""
	sed 's/^/# | /' "$ktap_out"
}

# A good disc is still a success if the tray stays closed.
need sim_set d0 insert cdr80
need sim_set d0 fault 'op=1b cdb=4:02 times=0 sense=5/24/00'
status_is "a drive that does not open: exit status 9" 9 \
	"1 track burned, the disc is finalised. It is still in the drive: can't eject the disc. The drive refuses." \
	tao burn --yes --eject "$tmp/song.raw"
status_is "... tao eject: 1" 1 "can't eject the disc. The drive refuses." tao eject
need sim_set d0 fault clear
out "... it opens once the drive is willing" tao eject

# Nobody's disc is taken away, even if it is not opened exclusively.
need sim_set d0 insert cdr80
settle "$sr"
sleep 1000 < "$sr" &
reader=$!
status_is "a program reads the disc: exit status 3" 3 "It is held by sleep" tao eject
kill "$reader"
out "... it comes out when that has ended" tao eject

# A program holds the drive for a while, or permanently; tests both the module's and the
# processes' information.
need sim_set d0 insert cdr80
srctl "$sr" hold=1000 > "$tmp/held" &
holder=$!
need wait_for 60 grep -q yes "$tmp/held"
status_is "held by another program: named" 3 "It is held by srctl (process" tao eject
# A user who may not see the open files of others
status_is "... for a user" 3 "It is " setpriv --reuid=nobody --regid=cdrom --clear-groups tao eject
status_is "... and for load" 3 "It is held by srctl (process" tao load
kill $holder
wait $holder 2> /dev/null
out "... let go" tao eject
status_is "load" 0 "the tray is closed." tao load
status_is "load: again" 0 "the tray is closed already, with a disc in it." tao load

# The command line in the man page for many discs
sim_create d1
audio "$tmp/other.raw" 900000 2
tao burn --all --wait --yes --eject "$tmp/song.raw" "$tmp/other.raw" > "$tmp/all" 2>&1 &
burner=$!
sleep 2
need sim_set d1 insert cdr80
wait $burner
is "in all drives: exit status" $? 0 || sed 's/^/# | /' "$tmp/all"
is "... both trays are open" "$(sim_get d0 media) $(sim_get d1 media)" "none none"

need sim_set d0 insert cdr80
need sim_set d1 insert cdr80
need sim_set d1 fault 'op=1b cdb=4:02 times=0 sense=5/24/00'
status_is "one does not open: exit status 9" 9 "It is still in the drive" \
	tao burn --all --yes --eject --json "$tmp/song.raw"
is "... as its object says" "$(grep -o '"result":"not-ejected","exit_status":9' "$ktap_out")" \
	'"result":"not-ejected","exit_status":9'
sim_remove d1
sim_remove d0
