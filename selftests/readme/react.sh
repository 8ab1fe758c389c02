#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What the README shows for who wants to be told: inotify and udev, in a burn that goes well and in one
# whose end fails.
# timeout: 300
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/readme.bash"

cd "$tmp" || bail "no directory"
audio song.raw 1500000
# udev is run by another one, and finds nothing in this directory.
program=/usr/local/bin/disc-ready
mkdir -p /usr/local/bin
printf '#!/bin/sh\necho "$1: $TAO_ERROR" >> /run/disc-ready\n' > $program
chmod 755 $program
block 5 > /etc/udev/rules.d/70-disc-ready.rules
need udevadm control --reload
sim_create d0 insert=cdr80
settle

name=${tao##*/}
block 4 | sed "s|/dev/tao0|$tao|; s|/tao0/|/$name/|g" > script
bash script > states &
follower=$!
watches() { pgrep -P "$follower" -x inotifywait; }
wait_for 20 watches
sleep 1	# it says nothing when it has begun

# seen WORD: the last state that the script showed
seen() { [ "$(tail -n 1 states)" = "$1" ]; }

exec 9> "$tao"
cat song.raw >&9
check 'inotify: a track is open' wait_for 20 seen track-open
exec 9>&-
check 'inotify: and is no more' wait_for 20 seen idle
settle
check 'udev: a track is no disc' test ! -e /run/disc-ready
check 'the disc is finalised' tao finalize
check 'udev: the disc is ready' wait_for 20 grep -qx "$name: " /run/disc-ready
check 'inotify: it is nobody'"'"'s' wait_for 20 seen idle

# The drive fails when it closes the session: the program is told.
# udev keeps the tray locked while a disc is in.
need sim_set d0 eject force
need sim_set d0 insert cdr80
need sh -c "cat song.raw > $tao"
need sim_set d0 fault 'op=5b sense=3/0c/00'
check_fails 'closing fails' 'tao: ' tao finalize
check 'udev: and with what' wait_for 20 grep -q "^$name: .*CLOSE" /run/disc-ready
sed 's/^/# /' /run/disc-ready
pkill -P "$follower"
kill "$follower" 2> /dev/null
wait
