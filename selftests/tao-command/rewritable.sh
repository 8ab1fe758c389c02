#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# tao with a CD-RW: blanking, sessions, a drive that is in use, output options.
# timeout: 600
. "$(dirname "$0")/unit/lab-lib"

sim_create d0
need sim_set d0 realtime 0
audio song.raw 1500000 1
audio other.raw 3000000 2

# --- CD-RW ---

need sim_set d0 insert cdrw80
wait_for 10 sh -c 'tao info | grep -q CD-RW'
says 'CD-RW: burn and verify' 'read back identical' tao burn -y --verify song.raw
check_fails 'CD-RW: finalised' 'Blank this CD-RW with `tao blank`' tao burn -y song.raw
says 'CD-RW: blank' 'blank.' tao blank -y
says 'CD-RW: is blank' 'CD-RW, blank' tao info
json tao burn -y --verify --isrc GBAYE0601498 song.raw other.raw
json tao blank -y
says 'CD-RW: multi-session' 'the session is closed' tao burn -y --multi-session song.raw
says 'CD-RW: another session can follow' 'another can follow' tao info
says 'CD-RW: second session' '1 track burned, the disc is finalised' tao burn -y other.raw
is 'CD-RW: two sessions' "$(tao toc --json | grep -o '"session":[0-9]' | xargs)" 'session:1 session:2'
says 'CD-RW: full blank' 'blank.' tao blank -y --full

# --- Held by another program ---

exec 9<> "$tao"
check_fails 'a drive that is in use' 'It is held by' tao burn -y song.raw
status_is 'a drive that is in use: exit status 3' 3 tao burn -y song.raw
exec 9>&-
says 'and free again' 'the session is open' tao burn -y -F song.raw

# --- Output options ---

need tao blank -y
is 'quiet' "$(tao burn -y -q song.raw 2>&1)" ''
need tao blank -y
tao burn -y --json song.raw > burn.json 2> burn.err
check 'with --json, text goes to standard error' grep -q 'the disc is finalised' burn.err
check 'with --json, there are only objects on standard output' sh -c '! grep -v "^{" burn.json'
cat burn.json >> objects

# The tray opens only after complete success.
need tao blank -y
says 'eject: after verifying' 'read back identical' tao burn -y --verify --eject song.raw
is 'eject: the disc is out' "$(sim_get d0 media)" none
need sim_set d0 insert cdrw80
wait_for 10 sh -c 'tao info | grep -q CD-RW'
need sim_set d0 fault 'op=35 sense=3/0c/00'
status_is 'eject: a track that fails: exit status 1' 1 tao burn -y --eject song.raw
is 'eject: the disc stays in' "$(sim_get d0 media)" 'cdrw appendable'
json_is_valid 'the objects are as the schema says' plan track-begin track-end session-closed verify result
