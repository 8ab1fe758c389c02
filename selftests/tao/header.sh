#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The header of the interface compiles on its own, as C and as C++, in 32 and in 64 bit.
# host
. "$(dirname "$0")/../lib.sh"

compiles()	# LANGUAGE OPTION...
{
	local language=$1
	shift

	echo '#include <linux/tao.h>' |
		gcc -x "$language" -Wall -Wextra -Wpadded -Werror -Iinclude/uapi -fsyntax-only "$@" -
}

for bits in -m64 -m32; do
	for standard in gnu89 c99 c11 gnu17; do
		check "$standard $bits" compiles c -std=$standard $bits
	done
	for standard in c++98 c++11 gnu++17 c++20; do
		check "$standard $bits" compiles c++ -std=$standard $bits
	done
done
