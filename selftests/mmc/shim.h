/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of the kernel that sense.c, mmc_parse.c and layout.c use, for user space. */
#ifndef _TAO_SHIM_H
#define _TAO_SHIM_H

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <linux/cdrom.h>
#include <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __s32 s32;

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#endif

#define rounddown(x, y) ({		\
	typeof(x) down_x = (x);		\
	down_x - down_x % (y);		\
})

#define min_t(type, x, y) ({		\
	type min_x = (x);		\
	type min_y = (y);		\
	min_x < min_y ? min_x : min_y;	\
})

/* enum scsi_host_status */
enum {
	DID_OK			= 0x00,
	DID_NO_CONNECT		= 0x01,
	DID_BUS_BUSY		= 0x02,
	DID_TIME_OUT		= 0x03,
	DID_BAD_TARGET		= 0x04,
	DID_ABORT		= 0x05,
	DID_PARITY		= 0x06,
	DID_ERROR		= 0x07,
	DID_RESET		= 0x08,
};

static inline u16 get_unaligned_be16(const void *from)
{
	const u8 *bytes = from;

	return bytes[0] << 8 | bytes[1];
}

static inline u32 get_unaligned_be32(const void *from)
{
	const u8 *bytes = from;

	return (u32)get_unaligned_be16(bytes) << 16 | get_unaligned_be16(bytes + 2);
}

static inline void put_unaligned_be16(u16 value, void *to)
{
	u8 *bytes = to;

	bytes[0] = value >> 8;
	bytes[1] = value;
}

static inline void put_unaligned_be32(u32 value, void *to)
{
	put_unaligned_be16(value >> 16, to);
	put_unaligned_be16(value, (u8 *)to + 2);
}

#endif /* _TAO_SHIM_H */
