/* SPDX-License-Identifier: GPL-2.0-only */
/* The pictures in the report of a burn (SVG). */
#ifndef TAO_BURN_PLOT_H
#define TAO_BURN_PLOT_H

#include <stdio.h>
#include "album.h"
#include "record.h"

/* The tracks on the disc. */
void plot_disc(FILE *out, const struct drive_record *d, const struct album *album);
/* Speed and buffer over what was burned, and near misses; nothing if too little is known. */
void plot_speed(FILE *out, const struct drive_record *d);

#endif /* TAO_BURN_PLOT_H */
