# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Functions for the tests of a bare Debian.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# Some tests of each kind: the build, a checker, the lab, the recorder, the module, the library, the
# command, with programs of that Debian.
some_tests='build_modules build_tools build_selftests docs/build docs/kernel-doc mmc/check
	tao-command/check lab/udev packaging/udev cdr-sim/mmc_test cdr-sim/foreign tao/load tao/tracks
	tao/claim tao/ioctl_test tao/abi32_test tao/reboot tao-sysfs/values stream/flow_test
	tao-command/album readme/commands'

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
	inside make test T="${some_tests//[$'\n\t']/ }"
	is "make test T=..., by $user" $? 0
	echo "# it took $((SECONDS - seconds)) s"
	check "with what it needs" grep -x '[2-9][0-9] passed, 0 failed' "$tmp/log"
	check "on its own kernel" grep "^# Linux $series\..* on Debian GNU/Linux $release" "$tmp/log"

	inside sh -c 'printf "tao info; uname -r\nexit\n" | script -qec "make shell" /dev/null'
	is "make shell" $? 0
	check "it has a recorder with a disc" grep 'CD-R, blank' "$tmp/log"
	check "on its own kernel" grep "^$series\.[0-9]*.*amd64" "$tmp/log"
}
