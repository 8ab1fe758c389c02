# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The appearance of the demo, on the host and in the lab. $log: for the output of commands.
# $colour: not empty on a terminal.

bold='' green='' red='' plain=''
if [ -n "$colour" ]; then
	bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[m'
fi

# title WORD TEXT: a line with a word in the margin; the word may be empty
title()
{
	printf '%s%-9s%s%s\n' "$bold" "$1" "$plain" "$2"
}

note()
{
	printf '%9s%s\n' '' "$1"
}

# prompt COMMAND: shows it as typed at a prompt
prompt()
{
	printf '\n%s  # %s%s\n' "$bold" "$1" "$plain"
}

# number N: prints it with separators for thousands
number()
{
	local n=$1 text=''

	while [ ${#n} -gt 3 ]; do
		text=,${n: -3}$text
		n=${n::-3}
	done
	echo "$n$text"
}

# duration SECTORS: 1:05.40, minutes, seconds, hundredths
duration()
{
	printf '%d:%02d.%02d\n' $(($1 / 4500)) $(($1 / 75 % 60)) $(($1 % 75 * 100 / 75))
}

# fail WHAT [LINES]: prints the step that failed, and the last lines of the log
fail()
{
	printf '\n%sFAILED: %s%s\n' "$red" "$1" "$plain"
	tail -n "${2:-15}" "$log" | sed 's/^/  | /'
	exit 1
}

# quietly WHAT COMMAND...: the output goes to the log; ends the demo if it fails
quietly()
{
	local what=$1
	shift

	echo "--- $what: $*" >> "$log"
	"$@" >> "$log" 2>&1 < /dev/null || fail "$what"
}

# progress WHAT TOTAL COMMAND...: shows the progress of a background job while it runs; COMMAND
# prints how much of TOTAL is done. Only on a terminal.
progress()
{
	local what=$1 total=$2 job=$!
	shift 2

	while [ -n "$colour" ] && kill -0 $job 2> /dev/null; do
		printf '\r%9s%s: %d %%  ' '' "$what" $(($("$@") * 100 / total))
		sleep 0.5
	done
	[ -z "$colour" ] || printf '\r\e[K'
	wait $job
}
