# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Functions for the tests of sysfs, in addition to those of the module.

. "$(dirname "${BASH_SOURCE[0]}")/../tao/common.sh"

# new_recorder [ATTRIBUTE=VALUE]...: sets $dir, the directory of its attributes
new_recorder()
{
	sim_create d0 "$@"
	dir=/sys/class/tao/${tao##*/}
}

# recorder NAME: stores the counters of a simulated recorder in ${sim[COUNTER]}
declare -A sim
recorder()
{
	local name value

	sim=()
	while read -r name value; do
		sim[$name]=$value
	done < "$sim_root/$1/stats"
}

# attr NAME: sets $value. It starts no program, so this takes no time.
attr()
{
	value=
	IFS= read -r value < "$dir/$1"
}

# attr_is NAME VALUE, set_attr NAME VALUE
attr_is()	{ attr "$1"; [ "$value" = "$2" ]; }
set_attr()	{ echo "$2" > "$dir/$1"; }

# attrs_are WHAT NAME=VALUE...: each attribute has this value; "" is an empty line
attrs_are()
{
	local what=$1 pair got='' expected=''
	shift

	for pair in "$@"; do
		attr "${pair%%=*}"
		got+="${pair%%=*}=$value"$'\n'
		expected+=$pair$'\n'
	done
	is "$what" "$got" "$expected"
}

# look: makes tao examine the disc
look()
{
	need taoctl "$tao:r" medium speeds
}

# hold STEP...: executes the steps of taoctl on $tao, then keeps it open until let_go. Sets
# $holder. The steps after "then" are executed by let_go.
hold()
{
	mkfifo "$tmp/hold"
	taoctl "$tao" "$@" < "$tmp/hold" > "$tmp/held" 2>&1 &
	holder=$!
	exec {hold_fd}> "$tmp/hold"
	rm "$tmp/hold"
}

let_go()
{
	exec {hold_fd}>&-
	wait $holder
}
