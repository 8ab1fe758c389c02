#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Each attribute is in Documentation/ABI, and each entry there is an attribute.
. "$(dirname "$0")/../lib.sh"

doc=$tree/Documentation/ABI/testing/sysfs-class-tao

# Attributes that the driver core provides for every device are documented elsewhere.
attributes()
{
	(cd "$1" && find . -type f) | sed 's|^\./||' |
		grep -vxE 'dev|uevent|(power|wakeup[0-9]*)/.*' | sort
}

# The names in a document, and the fields that an entry lacks.
entries()
{
	sed -n 's|^What:[[:space:]]*/sys/class/tao/tao<N>/\(..*\)|\1|p' "$1" | sort
}

incomplete()
{
	awk '
	function check(	i) {
		for (i = 1; name && i <= n; i++)
			if (!(field[i] in has))
				print name " has no " field[i]
	}
	BEGIN { n = split("Date KernelVersion Contact Description Users", field) }
	/^What:/ && last != "What" { check(); name = $2; delete has }
	/^[A-Za-z]+:/ { last = $1; sub(":", "", last); sub("^[A-Za-z]+:", "") }
	/[^[:space:]]/ { has[last] }
	END { check() }' "$1"
}

sim_create d0 insert=cdr80
dir=/sys/class/tao/${tao##*/}
attributes "$dir" > "$tmp/attributes"
entries "$doc" > "$tmp/entries"

is "attributes without an entry" "$(comm -23 "$tmp/attributes" "$tmp/entries")" ""
is "entries without an attribute" "$(comm -13 "$tmp/attributes" "$tmp/entries")" ""
is "entries that stand twice" "$(uniq -d "$tmp/entries")" ""
is "entries that are not complete" "$(incomplete "$doc")" ""

# The checks can fail.
sed '/tao<N>\/state$/d; s/^Users:.*//' "$doc" > "$tmp/doc"
is "a missing entry is found" "$(entries "$tmp/doc" | comm -23 "$tmp/attributes" -)" state
check "a missing field is found" grep -q 'has no Users' <(incomplete "$tmp/doc")

# One line each, possibly empty; write-only attributes can't be read.
odd=
while read -r name; do
	[ "$name" != refresh ] || continue
	mapfile -t lines < "$dir/$name" || odd+=" $name"
	[ ${#lines[@]} -eq 1 ] || odd+=" $name:${#lines[@]}"
done < "$tmp/attributes"
is "attributes that are not one line" "$odd" ""
is "attributes that others than root may write" \
	"$(cd "$dir" && xargs stat -c '%a %n' < "$tmp/attributes" | grep -vE '^(444|644|200) ')" ""
is "attributes that root may write" \
	"$(cd "$dir" && xargs stat -c '%a %n' < "$tmp/attributes" | sed -n 's/^[62].. //p' | xargs)" \
	"limits/ignore_residue limits/in_flight_bytes limits/starve_seconds limits/write_sectors refresh underrun_free write_cav write_speed"
sim_remove d0
