#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What "tao report" prints is a profile: a recorder made of it gives the same report.
# lab: --smp 2
# timeout: 300
. "$(dirname "$0")/../lib.sh"

profiles=$(dirname "$(realpath "$0")")
cd "$tmp" || exit
load tao
load cdr-sim

# drive PROFILE [ATTRIBUTE=VALUE]...: sets $tao
drive()
{
	need cdr-sim create d0 profile="$1" serial=SECRET42 "${@:2}" insert=cdr80
	sim_nodes d0
	settle
}

# of REPORT ATTRIBUTE: its value
of()		{ sed -n "s/^$2 //p" "$1"; }

for name in pioneer-dvr-108 lite-on-lh-20a1l asus-bw-16d1ht hp-gh40l sony-crx140e \
	plextor-px-w4824a matshita-uj-860 tsstcorp-se-s204n; do
	drive "$profiles/$name.profile"
	check "$name: a report" sh -c 'tao report > one.profile'
	sim_remove d0
	for attribute in vendor product revision inquiry_version buffer_size speed; do
		is "$name: $attribute" "$(of one.profile $attribute)" \
			"$(of "$profiles/$name.profile" $attribute)"
	done
	drive one.profile
	check "$name: the same again" sh -c 'tao report | diff one.profile -'
	sim_remove d0
done

drive "$profiles/philips-cdrw1610a.profile"
is "a drive that lists no speeds: its highest" "$(tao report | sed -n 's/^speed //p')" 16
sim_remove d0
drive "$profiles/hp-gh40l.profile" session_at_once=0
check "no serial number" sh -c 'tao report > one.profile; ! grep -q SECRET42 one.profile'
check "not as bytes either" sh -c '! grep -i "53 45 43 52 45 54" one.profile'
is "a drive without session-at-once" "$(of one.profile session_at_once)" 0
check "JSON" sh -c 'tao report --json | jq -se "map(select(.event == \"report\")) | length == 1"'
sim_set d0 commands 0
need tao report
is "no command but queries" "$(sim_get d0 commands | cut -c 1-2 |
	grep -vxE '00|03|12|25|43|46|4a|51|52|5a|5c|ac')" ''

need sim_set d0 realtime 1
audio song.raw $((1000 * 2352))
exec 3> "$tao"
cat song.raw >&3
fails()		{ ! "$@" > out 2>&1; }
check "a burn is not disturbed" fails tao report
check "... the program is named" grep -q 'cat\|bash\|report' out
exec 3>&-
