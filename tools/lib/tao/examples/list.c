// SPDX-License-Identifier: LGPL-2.1-or-later
/* list: prints the drives and the discs in them. */
#include <stdio.h>
#include <tao.h>

int main(void)
{
	struct tao_list *list;

	if (tao_list_drives(&list)) {
		fprintf(stderr, "list: %s\n", tao_last_error());
		return 1;
	}
	for (size_t i = 0; i < tao_list_count(list); i++) {
		struct tao_device *dev;
		struct tao_drive drive;
		struct tao_medium medium;

		if (tao_open(&dev, tao_list_path(list, i), TAO_OPEN_READ)) {
			fprintf(stderr, "list: %s\n", tao_last_error());
			continue;
		}
		if (!tao_get_drive(dev, &drive) && !tao_get_medium(dev, &medium))
			printf("%s: %s %s, %u tracks, room for %u sectors\n", tao_device_path(dev),
			       drive.vendor, drive.product, medium.tracks, medium.total_sectors);
		tao_close(dev);
	}
	tao_list_free(list);
	return 0;
}
