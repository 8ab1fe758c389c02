#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# scripts/house counts correctly. The expected figures are counted by hand in the sources below.
# host
# source
. "$(dirname "$0")/../lib.sh"

small=$tmp/small
mkdir -p "$small"

cat > "$small/small.h" <<'END'
/* SPDX */
struct small {
	int one;
	union {
		int two;
		long three;
	};
	struct pair { int first; } *pairs;
};
int lower(int x);
END

# The words in the literals are none of the code, and "two" is another's member.
cat > "$small/low.c" <<'END'
// SPDX
#include "small.h"

static int count;
int changed;
static const char *const names[] = { "goto out; /* till */", "if" };
static const struct {
	int three;
} kinds[] = { { 3 } };

/*
 * @x: till it is made for who asks.
 * What is this? What it does is no question.
 */
int lower(int x)
{
	static int calls;

	for (int i = 0; i < x && count; i++)
		if (names[i])
			x += kinds[0].three ?: 2;
	return x;
}
END

cat > "$small/high.c" <<'END'
#include "small.h"

static int both(int a, int b)
{
#ifdef ONE
	if (a) {
#else
	if (b) {
#endif
		a = lower(b);
	}
	return a ? b : 0;
}

int high(struct small *s)
{
	int names = 0;

	if (s->one)
		goto out;
	else if (s->two)
		names = 1;
	do {
		if (s->three) {
			list_for_each(names) {
				names += both(1, 2);
			}
		}
	} while (names);
out:
	return s->ping;
}
END

# Each needs the other.
for name in ping:pong pong:ping; do
	cat > "$small/${name%:*}.c" <<-END
		int ${name%:*}(void)
		{
			return ${name#*:}();
		}

		static long the_same_of_both(const char *text, long number)
		{
			return number ? number * 2 + text[0] : text[1] - text[2] - text[3];
		}
	END
done

need sh -c '"$1" "$2" > "$3"' sh "$tree/scripts/house" "$small" "$tmp/table"

# figure ROW: its value, as the table has it
figure()
{
	awk -v row="$1" 'index($0, row "  ") == 1 { sub(/^.*  +/, ""); print }' "$tmp/table"
}

while IFS='|' read -r row value; do
	is "$row" "$(figure "$row")" "$value"
done <<'END'
files: .c, .h|4, 1
lines|83
lines with comment, %|7.2
lines of a .c file, 50 / 90 / max|16 / 32 / 32
lines of a header, 50 / 90 / max|10 / 10 / 10
functions|7
functions per .c file|1.8
lines of a function, 50 / 90 / max|4 / 18 / 18
functions over 40 lines|0
parameters, 50 / 90 / max|1 / 2 / 2
nesting, 50 / 90 / max|0 / 3 / 3
functions nested 3 deep or more, %|14.3
cyclomatic, 50 / 90 / max|2 / 6 / 6
members of a struct, 50 / 90 / max|3 / 5 / 5
functions: static, external|3, 4
names exported|0
mutable variables: static, external|2, 1
pairs of files: one needs another|3
pairs of files: both need each other|1
files in the largest circle|2
calls upward|-
goto|1
?: without a middle|1
@param lines|1
functions named as another with a prefix|0
functions with the body of another|1
functions with the name of another|1
words of comment|19
headless "who" per 1000 words|52.63
headless "what" per 1000 words|52.63
"till" per 1000 words|52.63
END

is "functions that are defined twice" "$("$tree/scripts/house" --twice "$small")" \
	"same body: $small/ping.c:6:the_same_of_both $small/pong.c:6:the_same_of_both
same name: $small/ping.c:6:the_same_of_both $small/pong.c:6:the_same_of_both"
check "a file stands for itself" grep -q '^files: .c, .h *  1, 0$' \
	<("$tree/scripts/house" "$small/low.c")
check_fails "a directory without sources is an error" "no C sources" \
	"$tree/scripts/house" "$tree/Documentation"

# Of this tree: no value is missing, and the figures that other tests hold are theirs.
need sh -c '"$1" > "$2"' sh "$tree/scripts/house" "$tmp/table"
check "all places" grep -q 'drivers/tao  *drivers/cdr-sim  *tools/tao  *tools/lib/tao  *selftests' \
	"$tmp/table"
is "calls upward" "$(grep '^calls upward' "$tmp/table" | tr -s ' ')" "calls upward 0 0 0 - -"
