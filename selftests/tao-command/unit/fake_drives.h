/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of the library that need no drive call these, as its internal.h has them. */
#ifndef FAKE_DRIVES_H
#define FAKE_DRIVES_H

#include <stdbool.h>
#include <tao.h>

int tao_fail(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));
int tao_fail_text(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));
int tao_call(struct tao_device *dev, unsigned long number, void *arg, const char *what);

/* fake_session.c: TAO_SESSION_* */
void fake_session_flags(struct tao_session *session, unsigned int flags);
/* with CD-TEXT, of which no pack is sound */
int fake_session_damaged(struct tao_session *session);
/* however short it is */
int fake_session_track(struct tao_session *session, const struct tao_layout_track *track);
/*
 * CD-TEXT of the tracks up to @last; only that one has a performer, and the album a quote, and with
 * @code a catalogue number
 */
int fake_session_texts(struct tao_session *session, unsigned int last, unsigned int charset,
		       unsigned int language, bool code);
/* CD-TEXT of an album "Live" and a track "One", without the packs that have the sizes */
int fake_session_unsized(struct tao_session *session);

#endif /* FAKE_DRIVES_H */
