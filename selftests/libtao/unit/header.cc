// SPDX-License-Identifier: GPL-2.0-only
// The header is good C++ too, and what it declares can be linked.
#include <tao.h>
#include <tao.h>

int main()
{
	struct tao_medium medium = {};

	return tao_version() && !medium.flags ? 0 : 1;
}
