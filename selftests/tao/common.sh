# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Functions for the tests of the module, in addition to ../lib.sh.

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

PATH=$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../../build/selftests/tao:$PATH

# From the Red Book and MMC.
sector_size=2352
min_sectors=300
gap_sectors=152		# pregap 150 and run-out 2

# The guest is emulated: commands inside the shell take microseconds, a program that it starts
# takes a tenth of a second.

# sectors_of BYTES: sets $sectors, the length of a track with these bytes
sectors_of()
{
	sectors=$((($1 + sector_size - 1) / sector_size))
	[ $sectors -ge $min_sectors ] || sectors=$min_sectors
}

# ask STEP...: a query with taoctl on $tao, opened for reading; stores each NAME=value in
# ${got[NAME]}
declare -A got
ask()
{
	local word

	answer=$(taoctl "$tao:r" "$@")
	got=()
	for word in $answer; do
		[[ $word != *=* ]] || got[${word%%=*}]=${word#*=}
	done
}

# medium FIELD, status FIELD, statistic FIELD: for $tao
medium()	{ ask medium; echo "${got[$1]}"; }
status()	{ ask status; echo "${got[$1]}"; }
statistic()	{ ask stats; echo "${got[$1]}"; }

# last_error: the text of the first error of the last operation
last_error()	{ ask error; echo "${answer##*text=}"; }

# burned_as NAME WRITTEN READ: READ is WRITTEN padded with silence
burned_as()
{
	local size
	size=$(stat -c %s "$2")
	sectors_of "$size"
	cp "$2" "$tmp/expected"
	truncate -s $((sectors * sector_size)) "$tmp/expected"
	check "$1" cmp "$tmp/expected" "$3"
}

# idle: nothing holds the disc any more
idle()		{ ask status; [ "${got[state]} ${got[action]}" = '0 0' ]; }

# wait_idle: the jobs of a closed descriptor continue in the background
wait_idle()
{
	wait_for 60 idle
}

# read_back LBA SECTORS FILE
read_back()
{
	readcd "$sr" "$1" "$2" > "$3"
}
