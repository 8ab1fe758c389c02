#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The README's ways to be notified: inotify and udev, with a burn that succeeds and one that fails
# at its end.
# lab: --watch
# timeout: 300
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/readme.bash"

cd "$tmp" || bail "no directory"
audio song.raw 1500000
# Another udev runs it, and does not find anything in this directory.
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
sleep 1	# it does not report that it has started

# seen WORD: the last state that the script printed
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

# The drive fails when it closes the session, and the program is notified. udev keeps the tray
# locked while a disc is inserted.
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
