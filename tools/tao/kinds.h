/* SPDX-License-Identifier: GPL-2.0-only */
/* Kinds of files, by the endings of their names. */
#ifndef TAO_KINDS_H
#define TAO_KINDS_H

#include <stdbool.h>

bool is_sheet_name(const char *name);
bool is_playlist_name(const char *name);
/* Files that are meant for listening, even if they can't be burned. */
bool is_music_name(const char *name);
/* Files that belong to an album but are not music: covers, logs, checksums. */
bool is_companion_name(const char *name);

#endif /* TAO_KINDS_H */
