// SPDX-License-Identifier: GPL-2.0-only
/*
 * newer_lab DRIVE: a libtao that is newer than the module, built with an extended header (see the
 * Makefile), works or reports what is wrong.
 */
#include <errno.h>
#include <string.h>
#include <tao.h>
#include "ktap.h"

static bool says(const char *words)
{
	bool found = strstr(tao_last_error(), words);

	if (!found)
		printf("# last error: %s\n", tao_last_error());
	return found;
}

static void test_more_members(struct tao_device *dev)
{
	struct tao_prepare prepare = { .newer = { 0, 1 } };
	struct tao_status status;

	memset(&status, 0xff, sizeof(status));
	check(!tao_get_status(dev, &status) && !status.newer[0] && !status.newer[1],
	      "what the module can't tell is zero");
	check_is(tao_prepare(dev, &prepare), -E2BIG, "what it can't do is refused");
	check(says("the loaded module is too old to know what was asked"), "by name");
	prepare.newer[1] = 0;
	check_is(tao_prepare(dev, &prepare), 0, "what it can do, it does");
	check(!tao_get_status(dev, &status) && status.state == TAO_STATE_PREPARED, "it is done");
	check_is(tao_release(dev, TAO_CLOSE_NOTHING, 0), 0, "release");
}

static void test_new_call(struct tao_device *dev)
{
	struct tao_statistics statistics;

	check_is(tao_get_statistics(dev, &statistics), -ENOTTY, "a call that it does not have");
	check(says("the loaded module does not know this call"), "by name");
}

int main(int argc, char **argv)
{
	struct tao_device *dev;

	if (argc != 2)
		return 2;
	ktap_seed();
	if (!check(!tao_open(&dev, argv[1], TAO_OPEN_WRITE), "open"))
		return ktap_end();
	test_more_members(dev);
	test_new_call(dev);
	check_is(tao_close(dev), 0, "close");
	return ktap_end();
}
