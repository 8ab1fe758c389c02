/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of messages, which programs and `tao help NAME` know. A name stands in front of its text,
 * as the level of a kernel message does, and goes where that goes: into other texts, too. It is
 * not shown. Documentation/admin-guide/messages.rst has all names.
 */
#ifndef TAO_NAMED_H
#define TAO_NAMED_H

#define NAMED(name)	"\001" name "\002"
#define NAME_BEGIN	0x01
#define NAME_END	0x02

#endif /* TAO_NAMED_H */
