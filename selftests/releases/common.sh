# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Functions for the tests of a bare Debian.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# Some tests of each kind: the build, the recorder, the module, the command, with programs of that
# Debian. With LONG=1 also slow ones: a checker, the library, the lab, streams.
some_tests='build_modules build_tools build_selftests docs/build docs/kernel-doc packaging/udev
	cdr-sim/mmc_test tao/load tao/tracks tao/claim tao/abi32_test tao-sysfs/values
	tao-command/album readme/commands'
[ -z "$LONG" ] || some_tests+=' cdr-sim/foreign mmc/check tao-command/check libtao/check lab/udev tao/ioctl_test
	tao/reboot stream/flow_test'

# inside COMMAND...: its output goes to $tmp/log, and to stdout as comments
inside()
{
	selftests/kernels/root "$release" selftests/releases/as "$user" "$@" > "$tmp/log" 2>&1
	local status=$?

	sed 's/^/# | /' "$tmp/log"
	return $status
}

# bare_debian RELEASE SERIES USER: runs the two commands and the shell in the README
bare_debian()
{
	local series=$2 seconds=$SECONDS
	release=$1 user=$3

	[ "$(id -u)" -eq 0 ] || sudo -n true 2> /dev/null || skip 'only root may enter a root file system'
	selftests/kernels/root --new "$release" true > "$tmp/log" 2>&1 || bail "$(cat "$tmp/log")"
	echo "# $((SECONDS - seconds)) s to make a bare Debian $release"
	check_fails "it has no compiler yet" "gcc" inside gcc --version

	seconds=$SECONDS
	inside make run
	is "make run, by $user" $? 0
	echo "# it took $((SECONDS - seconds)) s"
	check "it burned" grep -F 'What was read from the disc is what cat wrote, bit for bit.' "$tmp/log"
	check "on its own kernel" grep -E "Linux version $series\." "build/debian-$release/demo/console"

	seconds=$SECONDS
	# One that fails by chance runs again, as in a run of all tests.
	inside env -u LONG RETRY=1 make test T="${some_tests//[$'\n\t']/ }"
	is "make test T=..., by $user" $? 0
	grep -A 30 '^not ok' "$tmp/log" | sed 's/^/# failed: /'
	echo "# it took $((SECONDS - seconds)) s"
	check "with what it needs" grep -xE \
		"$(wc -w <<< "$some_tests") passed, 0 failed(, [0-9] at the second try)?" "$tmp/log"
	check "on its own kernel" grep "^# Linux $series\..* on Debian GNU/Linux $release" "$tmp/log"

	inside selftests/releases/type 'make shell' 'tao info; uname -r' exit
	is "make shell" $? 0
	check "it has a recorder with a disc" grep 'CD-R, blank' "$tmp/log"
	check "on its own kernel" grep "^$series\.[0-9]*.*amd64" "$tmp/log"
}
