// SPDX-License-Identifier: LGPL-2.1-or-later
/* watch DRIVE: prints a line whenever the status changes, until the drive is idle again. */
#include <stdio.h>
#include <tao.h>

int main(int argc, char **argv)
{
	struct tao_status status = { 0 };
	struct tao_device *dev;
	int busy = 0;

	if (tao_open(&dev, argc > 1 ? argv[1] : NULL, TAO_OPEN_READ)) {
		fprintf(stderr, "watch: %s\n", tao_last_error());
		return 1;
	}
	/* waits also before any program has begun to burn */
	while (tao_wait_status(dev, &status, -1) >= 0) {
		printf("%s, %s, track %u, %u sectors written\n", tao_state_name(status.state),
		       tao_action_name(status.action), status.track, status.track_sectors);
		fflush(stdout);
		if (status.state != TAO_STATE_IDLE || status.action != TAO_ACTION_NONE)
			busy = 1;
		else if (busy)
			break;
	}
	tao_close(dev);
	return 0;
}
