#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Kernel-doc comments are complete, according to the kernel's own checker.
# host
. "$(dirname "$0")/../lib.sh"

checker=build/linux-source/scripts/kernel-doc

# complaints FILE...
complaints()
{
	perl "$checker" -none "$@" 2>&1
}

need test -e "$checker"
mapfile -t sources < <(find drivers -name '*.[ch]' | sort)
is "complaints" "$(complaints "${sources[@]}" include/uapi/linux/tao.h)" ""
printf '/**\n * f - a function\n */\nint f(int x);\n' > "$tmp/wrong.c"
check "an incomplete comment is found" grep -q "'x' not described" <(complaints "$tmp/wrong.c")
