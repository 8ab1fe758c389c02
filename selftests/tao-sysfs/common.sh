# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# What the tests of sysfs have in common, beside those of the module.

. "$(dirname "${BASH_SOURCE[0]}")/../tao/common.sh"

# new_recorder [ATTRIBUTE=VALUE]...: sets $dir, where its attributes are
new_recorder()
{
	sim_create d0 "$@"
	dir=/sys/class/tao/${tao##*/}
}

# recorder NAME: the counters of a simulated recorder as ${sim[COUNTER]}
declare -A sim
recorder()
{
	local name value

	sim=()
	while read -r name value; do
		sim[$name]=$value
	done < "$sim_root/$1/stats"
}

# attr NAME: sets $value. No program is started, so this takes no time.
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

# look: has the drive asked about its disc
look()
{
	need taoctl "$tao:r" medium speeds
}

# hold STEP...: does the steps of taoctl on $tao, then keeps it open till let_go.
# Sets $holder. The steps after "then" come when it is let go.
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
