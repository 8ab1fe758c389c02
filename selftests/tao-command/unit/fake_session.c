// SPDX-License-Identifier: GPL-2.0-only
/* What only the library may do to a session that was read. */
#include "../../../tools/lib/tao/session.h"
#include "../../../tools/lib/tao/cdtext.h"
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

int fake_session_unsized(struct tao_session *session)
{
	unsigned char pack[TAO_TEXT_PACK_BYTES] = { 0x80, 0, 0, 0, 'L', 'i', 'v', 'e', '\0',
						    'O', 'n', 'e' };
	uint16_t crc = tao_cdtext_crc(pack);

	pack[TAO_TEXT_PACK_BYTES - 2] = crc >> 8;
	pack[TAO_TEXT_PACK_BYTES - 1] = crc;
	return tao_session_put_text(session, pack, sizeof(pack));
}
