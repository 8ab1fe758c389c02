#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The environment of a command in the lab, and its results.
# host
# timeout: 600
# long
. "$(dirname "$0")/../lib.sh"
unset TAO_WATCH	# not a test of tao

lab=$PWD/selftests/lab/run

cat > "$tmp/script" <<'END'
echo "to stdout"
echo "to stderr" >&2
pwd
printf '<%s>\n' "$@"
cat	# no stdin: ends at once
exit 42
END
"$lab" --share "$tmp" -- bash "/share/script" "two words" "it's" '$HOME' '' \
	> "$tmp/out" 2> "$tmp/err" < /dev/zero
is "exit status" $? 42
is "stdout, directory and arguments" "$(cat "$tmp/out")" "to stdout
$PWD
<two words>
<it's>
<\$HOME>
<>"
is "stderr" "$(cat "$tmp/err")" "to stderr"

check "--bare: no udevd" "$lab" --bare -- sh -c '! pidof systemd-udevd'
marker=lab-marker.$$
cat > "$tmp/script" <<END
set -e
echo x > /usr/$marker
echo x > $PWD/$marker
echo x > /tmp/$marker
rm -f Makefile
grep -qx x /usr/$marker
echo shared > /share/result
for dir in /proc /sys /dev/shm /run /sys/kernel/config /sys/kernel/debug /sys/kernel/tracing; do
	mountpoint -q \$dir
done
[ "\$(stat -f -c %T "\$TMPDIR")" = tmpfs ]
[ "\$(cat /sys/class/net/lo/flags)" = 0x9 ]
modprobe scsi_mod && grep '^scsi_mod ' /proc/modules
head -c 1000000 /dev/zero | tr '\0' a
END
check "file systems, loopback and kernel modules" sh -c \
	"'$lab' --share '$tmp' -- bash /share/script > '$tmp/out'"
is "all of a long output" "$(tail -n 1 "$tmp/out" | wc -c)" 1000000
is "a file written to --share" "$(cat "$tmp/result")" shared
is "nothing written to the host" \
	"$(ls -d /usr/$marker "$PWD/$marker" /tmp/$marker 2> /dev/null; [ -e Makefile ] || echo no Makefile)" ""

"$lab" -- sh -c 'kill -9 $$'
is "exit status of a killed command" $? 137
"$lab" -- no-such-command > /dev/null 2>&1
is "exit status of a missing command" $? 127
"$lab" -- sh -c 'echo up; sleep 1000' > "$tmp/up" &
pid=$!
wait_for 60 grep -q up "$tmp/up"
began=$SECONDS
kill $pid
wait $pid
is "exit status of one that is terminated" $? 125
check "that does not wait for the command" test $((SECONDS - began)) -lt 30
check_fails "an unknown option" "unknown option" "$lab" --no-such -- true
check_fails "no command" "no command" "$lab"
