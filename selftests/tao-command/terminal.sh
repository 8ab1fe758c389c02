#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tao burn on a terminal: the question, the progress, Ctrl-C; and the report about the disc
# afterwards.
# timeout: 600
# full
on_terminal=$(realpath "$(dirname "$0")/unit/on-terminal")
. "$(dirname "$0")/unit/lab-lib"

sim_create d0 insert=cdr80
need sim_set d0 realtime 1
need tao speed 8
audio song.raw 6000000 1
audio long.raw 60000000 2

check 'n is no: nothing is written' "$on_terminal" --answer n --status 8 --sees 'Burn this? [y/N]' \
	--sees 'nothing was written' -- tao burn song.raw
check 'and the disc is blank' sh -c 'tao info | grep -q blank'
# The audio fits into the queue, so all is passed on at once. Nevertheless the progress shows what
# the drive has taken.
check 'y is yes; the line has percent, speed, buffer and time' "$on_terminal" --answer y --status 0 \
	--sees 'Track  1/1  song.raw' --sees-like '  [3-7][0-9] %    *[0-9.]*x  buffer .*  0:[0-9][0-9] left' \
	--sees '100 %  ending the track' --sees 'done' --sees 'the session is open' -- tao burn -F song.raw
check 'no question with --yes' "$on_terminal" --status 0 --not 'Burn this?' -- tao burn -F --yes song.raw
check 'Ctrl-C: cancelled, and what is safe' "$on_terminal" --interrupt 'Track  2/2' --status 8 \
	--sees 'Cancelling' --sees '1 track is safe.' --sees 'was cut short and stays on the disc' \
	--sees 'The disc is usable' --sees 'tao burn --from 2 -F --yes song.raw long.raw' \
	-- env -u HOME tao burn -F --yes song.raw long.raw
is 'the cut track is on the disc' "$(tao toc --json | grep -o '"number"' | wc -l)" 4
check 'it can be gone on as it was said' tao burn --from 2 -F --yes song.raw song.raw
tao burn -F --yes long.raw > burn.log 2>&1 &
wait_for 20 sh -c 'tao status | grep -q writing'
check 'cancel from another terminal' tao cancel
wait $!
is 'the burn that was cancelled: exit status' $? 8
check 'the burn that was cancelled says so' grep -q 'ancelled' burn.log
tao burn -F --yes long.raw > plain.log 2>&1 &
burner=$!
wait_for 60 grep -q '%' plain.log
check 'no terminal: plain lines' grep -qE 'Track  1/1  long.raw +[0-9]+ %' plain.log
kill -TERM $burner
wait $burner
is 'SIGTERM cancels too' $? 8
check 'no terminal: no control characters' sh -c '! grep -q "[[:cntrl:]]" plain.log'
