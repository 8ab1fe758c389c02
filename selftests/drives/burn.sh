#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each drive that has a profile here burns: tracks at its slowest speed, one more at its fastest
# one, what was burned is verified, the disc is blanked, a test write leaves it blank, and an album
# with CD-TEXT is burned in session-at-once, or refused before the first WRITE by a drive that can't.
# It prints a table of drives and steps. Here an eighth of the drives, by the seed;
# drives/burn-long has all.
# lab: --smp 2 --watch
# timeout: 900
. "$(dirname "$0")/../lib.sh"

cd "$(dirname "$(realpath "$0")")" || exit
load tao
load cdr-sim

# new_drive: sets $sr and $tao
new_drive()
{
	need cdr-sim create d0 profile="$drive.profile" insert=cdrw:9000
	sim_nodes d0
	settle
}

for n in 1 2 3; do
	audio "$tmp/$n.raw" $((320 * 2352)) $n
done
cat > "$tmp/album.cue" <<'END'
PERFORMER "The Band"
TITLE "The Album"
FILE "1.raw" BINARY
  TRACK 01 AUDIO
    TITLE "One"
    INDEX 01 00:00:00
FILE "2.raw" BINARY
  TRACK 02 AUDIO
    TITLE "Two"
    ISRC GBAYE0601498
    INDEX 01 00:00:00
END
steps='attach info burn append verify blank test session'
row=

# step NAME COMMAND...: also a cell of the table
step()
{
	local name=$1
	shift

	if check "$drive: $name" "$@"; then
		row+=$(printf ' %-7s' yes)
	else
		row+=$(printf ' %-7s' NO)
	fi
}

attach()	{ [ -c "$tao" ] && grep -q "^$product *\$" <(cat "/sys/block/${sr#/dev/}/device/model"); }
is_blank()	{ tao info "$tao" | grep -q 'CD-RW, blank'; }
test_write()	{ tao burn -y --test "$tmp/1.raw" && is_blank; }
session()	{ tao burn -y --mode session "$tmp/album.cue" && tao verify -d "$tao" "$tmp/album.cue"; }
refuses()	{ ! session && ! sim_get d0 commands | grep -q ^2a; }
can_session()	{ ! grep -qxE '(session_at_once|underrun_free) 0' "$drive.profile"; }
get()		{ sed -n "s/^$1 //p" "$drive.profile"; }

# shellcheck disable=SC2086 # words
printf "# %-22s$(printf ' %%-7s%.0s' $steps)\n" drive $steps
profiles=(*.profile)
count=0
for file in "${profiles[@]}"; do
	[ -n "$ALL_DRIVES" ] || [ $((count++ % 8)) -eq $((SEED % 8)) ] || continue
	drive=${file%.profile} row=
	product=$(get product) speeds=$(get speed)
	new_drive
	step attach attach
	step info tao info "$tao"
	step burn tao burn -y --no-finalize --speed "${speeds%% *}" "$tmp/1.raw" "$tmp/2.raw"
	step append tao burn -y --speed "${speeds##* }" "$tmp/3.raw"
	step verify tao verify -d "$tao" "$tmp/1.raw" "$tmp/2.raw" "$tmp/3.raw"
	step blank tao blank -y
	step test test_write
	if can_session; then
		step session session
	else
		need sim_set d0 commands 0
		check "$drive: session-at-once is refused in time" refuses
		row+=' refused'
	fi
	printf '# %-22s%s\n' "$drive" "$row"
	sim_remove d0
done
