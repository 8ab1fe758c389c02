#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The messages with which the command fails, and the notes of a plan, have names, which the admin guide and "tao help NAME"
# explain.
# host
# source
. "$(dirname "$0")/../lib.sh"

page=Documentation/admin-guide/messages.rst

in_source()
{
	grep -oh 'NAMED("[a-z-]*")' tools/tao/*.c | cut -d '"' -f 2 | sort -u
}

in_page()
{
	sed -n 's/^   \* - \([a-z-]*\)$/\1/p' $page | sort
}

# nameless FILE...: messages that have neither a name nor, at the end, a text that has one
nameless()
{
	perl -0777 -ne '
		while (/(?:\b(?:complain\(|problem\(album,|album_note\([^,]*,|fail\(r,\ STATUS_[A-Z]+,)
				|\*(?:problem|reason|why|lost)\ =)
			\s*(?:xstrdup\(|xasprintf\()?\s*("(?:\\.|[^"\\])*"[^;]*;)/gx) {
			my $message = $1;

			print "$ARGV: $message\n" if $message !~ /^(?:"[^"]*"\s*)*"[^"]*%s\.?",/ ||
				$message =~ /strerror|tao_last_error/;
		}
		while (/\b((?:report_refusal|report_other_disc|refuse_disc)\([^;]*;)/g) {
			my $call = $1;

			print "$ARGV: $call\n" if $call =~ /,\s*"[^" ]* /;
		}' "$@"
}

is "names without an entry" "$(comm -23 <(in_source) <(in_page))" ""
is "entries without a message" "$(comm -13 <(in_source) <(in_page))" ""
is "messages without a name" "$(nameless tools/tao/*.c)" ""
is "tao help names" "$(tao help names | sort)" "$(in_page)"

# unexplained: the names for which "tao help NAME" prints no meaning, or nothing to do
unexplained()
{
	local name

	while read -r name; do
		[ "$(tao help "$name" | grep -c '^    ')" -ge 2 ] &&
			[ "$(tao help "$name" | head -n 1)" = "$name" ] || echo "$name"
	done < <(in_page)
}

is "tao help explains them" "$(unexplained)" ""
check "a section shows all of it" sh -c "tao help comparing | grep -qx undecided"
check_fails "a slip of the pen" "\`tao help disc-closed\`?" tao help dics-closed
check_fails "nothing like it" "\`tao help names\` the errors" tao help flux-capacitor

cat > "$tmp/nameless.c" <<'END'
complain("the disc is round");
complain("%s: %s", path, strerror(errno));
problem(album,
	"%s: is %s here", path, what);
*why = xstrdup("It rains.");
return report_refusal(dev, "blank", STATUS_DISC, "the disc is round");
complain(NAMED("round") "the disc is round");
report_refusal(dev, "blank", STATUS_DISC, NAMED("round") "the disc is round");
complain("%s: %s", path, why);
END
is "messages without a name are found" "$(nameless "$tmp/nameless.c" | wc -l)" 5
