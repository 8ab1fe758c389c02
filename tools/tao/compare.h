/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TAO_COMPARE_H
#define TAO_COMPARE_H

#include <tao.h>
#include "album.h"

/*
 * Compare track @number of the disc with what @track has become when it was burned. As
 * tao_verify_track(): 0 or 1, or a negative errno. A failure that is not the drive's sets *problem,
 * to be freed.
 */
int compare_track(struct tao_device *dev, unsigned int number, const struct track *track,
		  struct tao_verify *verify, tao_progress_fn progress, void *data, char **problem);
/* "identical; the drive reads 667 samples late..." */
char *describe_verify(const struct tao_verify *verify);
struct json_object *json_verify(const struct tao_verify *verify);

#endif /* TAO_COMPARE_H */
