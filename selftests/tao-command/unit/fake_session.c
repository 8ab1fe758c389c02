// SPDX-License-Identifier: GPL-2.0-only
/* What only the library may do to a session that was read. */
#include "../../../tools/lib/tao/session.h"

void fake_session_flags(struct tao_session *session, unsigned int flags);

void fake_session_flags(struct tao_session *session, unsigned int flags)
{
	session->flags = flags;
}
