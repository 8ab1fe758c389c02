// SPDX-License-Identifier: GPL-2.0-only
/* What only the library may do to a session that was read. */
#include "../../../tools/lib/tao/session.h"
#include "../../../tools/lib/tao/cdtext.h"
#include <tao_cdtext.h>
#include "fake_drives.h"

void fake_session_flags(struct tao_session *session, unsigned int flags)
{
	session->flags = flags;
}

int fake_session_damaged(struct tao_session *session)
{
	/* Some drives leave a checksum out: 0 is none. */
	static const unsigned char pack[TAO_TEXT_PACK_BYTES] = {
		0x80, [TAO_TEXT_PACK_BYTES - 1] = 1
	};

	return tao_session_put_text(session, pack, sizeof(pack));
}

int fake_session_track(struct tao_session *session, const struct tao_layout_track *track)
{
	return tao_session_put_track(session, track, NULL);
}

int fake_session_texts(struct tao_session *session, unsigned int last, unsigned int charset,
		       unsigned int language, bool code)
{
	unsigned char packs[TAO_CDTEXT_BYTES_MAX];
	struct tao_cdtext *text;
	ssize_t bytes;

	if (tao_cdtext_new(&text, tao_session_first_track(session), last))
		return -1;
	tao_cdtext_add_block(text, charset, language);
	if (code)
		tao_cdtext_set(text, 0, TAO_CDTEXT_CODE, 0, "1234567890128");
	tao_cdtext_set(text, 0, TAO_CDTEXT_TITLE, 0, "Say \"Hi\"");
	tao_cdtext_set(text, 0, TAO_CDTEXT_PERFORMER, 0, "Band");
	tao_cdtext_set(text, 0, TAO_CDTEXT_PERFORMER, last, "Guest");
	bytes = tao_cdtext_encode(text, packs, NULL, NULL);
	tao_cdtext_free(text);
	return bytes < 0 ? bytes : tao_session_put_text(session, packs, bytes);
}

int fake_session_unsized(struct tao_session *session)
{
	unsigned char pack[TAO_TEXT_PACK_BYTES] = { 0x80, 0, 0, 0, 'L', 'i', 'v', 'e', '\0',
						    'O', 'n', 'e' };
	uint16_t crc = tao_cdtext_crc(pack);

	pack[TAO_TEXT_PACK_BYTES - 2] = crc >> 8;
	pack[TAO_TEXT_PACK_BYTES - 1] = crc;
	return tao_session_put_text(session, pack, sizeof(pack));
}
