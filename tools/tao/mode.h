/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tao burn: track-at-once or session-at-once, and what the session looks like.
 */
#ifndef TAO_MODE_H
#define TAO_MODE_H

#include <tao.h>
#include "burn.h"

/* The room of most blank discs, 79:57.74 min */
#define USUAL_ROOM_SECTORS 359849

/*
 * Decide how the album is burned in the drives that were opened, and lay it out. Returns the exit
 * status; what is not possible was complained of.
 */
int choose_mode(struct burn_command *c);
/* The mode that choose_mode() will most likely take for a blank disc. */
enum album_mode likely_mode(const struct burn_command *c);
/*
 * The layout of an album that was laid out so, NULL with tao_last_error() if no disc can have it.
 * @text may be NULL.
 */
struct tao_session *album_session(const struct album *album, size_t from,
				  const struct disc_text *text);
/* The layout for one drive, NULL with tao_last_error() if no disc can have it. */
struct tao_session *make_session(const struct burn_command *c, struct tao_device *drive);
/* Whether the drive gets CD-TEXT: it is one that says that it can, or says nothing. */
bool writes_text(struct tao_device *drive);

#endif /* TAO_MODE_H */
