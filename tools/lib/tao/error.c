// SPDX-License-Identifier: LGPL-2.1-or-later
/* Last error: what was tried, the meaning of the errno, the report of the drive. */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include "internal.h"

static __thread char last_error[512];

const char *tao_last_error(void)
{
	return last_error[0] ? last_error : "no error";
}

int64_t tao_clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

const char *tao_errno_text(int error)
{
	switch (error) {
	case ENOMEDIUM:
		return "there is no disc in the drive";
	case EMEDIUMTYPE:
		return "the disc is not a CD-R or CD-RW that audio can be written to";
	case EROFS:
		return "the disc is finalised; nothing can be added";
	case ENOSPC:
		return "there is not enough room on the disc";
	case EMLINK:
		return "the disc has 99 tracks, the most there can be";
	case EFBIG:
		return "that is more than the announced length of the track";
	case EBUSY:
		return "the drive is in use";
	case ECANCELED:
		return "cancelled";
	case ENODEV:
	case ENXIO:
		return "the drive is gone";
	case EACCES:
	case EPERM:
		return "permission denied";
	case EINTR:
		return "interrupted by a signal; the drive goes on with what it does";
	case EAGAIN:
		return "the drive is not ready yet";
	case EMSGSIZE:
		return "the lengths differ";
	case EREMOTEIO:
		return "the audio can't be read";
	case ENODATA:
		return "no track is open";
	case ENOTTY:
		return "the loaded module does not know this call, or this is no tao device";
	case E2BIG:
		return "the loaded module is too old to know what was asked";
	case EBADF:
		return "the drive was not opened for writing";
	default:
		return strerror(error);
	}
}

/* A control character, or a byte that is one where the terminal does not expect UTF-8. */
static bool is_control(unsigned char c)
{
	return c < ' ' || (c >= 0x7f && c < 0xa0);
}

/* The bytes of the character of UTF-8 that begins here; 1 if none does. */
static size_t character_bytes(const char *c)
{
	unsigned char first = *c;
	size_t bytes = 1;

	if (first >= 0xc2 && first < 0xf5)
		bytes = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	for (size_t i = 1; i < bytes; i++)
		if ((c[i] & 0xc0) != 0x80)
			return 1;
	return bytes;
}

/* The text may contain names that others have chosen; it is one line for terminals and logs. */
static void clean_error(void)
{
	size_t bytes;

	for (char *c = last_error; *c; c += bytes) {
		bytes = character_bytes(c);
		if (bytes == 1 ? is_control(*c) : bytes == 2 && *c == '\xc2' && is_control(c[1]))
			memset(c, '?', bytes);
	}
}

int tao_fail(int error, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(last_error, sizeof(last_error), format, args);
	va_end(args);
	if (length >= 0 && (size_t)length < sizeof(last_error))
		snprintf(last_error + length, sizeof(last_error) - length, ": %s",
			 tao_errno_text(error));
	clean_error();
	return -error;
}

int tao_fail_text(int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(last_error, sizeof(last_error), format, args);
	va_end(args);
	clean_error();
	return -error;
}

/*
 * Finds the error of the drive that belongs to a call which began at @since_ms. This is the first
 * error, because later ones usually result from it. An EIO without a new error repeats an old
 * one, for example of a track that failed at its end.
 */
static int find_drive_error(const struct tao_device *dev, int error, int64_t since_ms,
			    struct tao_error *found)
{
	static const enum tao_error_which order[] = { TAO_ERROR_FIRST, TAO_ERROR_LATEST };
	int64_t call_ms = tao_clock_ms() - since_ms;

	for (unsigned int i = 0; i < 2; i++) {
		*found = (struct tao_error){ .which = order[i] };
		if (ioctl(dev->fd, TAO_IOC_GET_ERROR, found) || !(found->flags & TAO_ERROR_VALID))
			return 0;
		if (found->error == error && found->age_ms <= call_ms + 100)
			return 1;
	}
	if (error != EIO)
		return 0;
	*found = (struct tao_error){ .which = TAO_ERROR_FIRST };
	return !ioctl(dev->fd, TAO_IOC_GET_ERROR, found) && found->error == EIO;
}

static void append(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void append(const char *format, ...)
{
	size_t length = strlen(last_error);
	va_list args;

	va_start(args, format);
	vsnprintf(last_error + length, sizeof(last_error) - length, format, args);
	va_end(args);
	clean_error();
}

/* The module's own reason, which is more precise than the general meaning of an errno. */
static int is_reason(const struct tao_error *drive)
{
	return drive->text[0] && !drive->opcode &&
	       !(drive->flags & (TAO_ERROR_SENSE | TAO_ERROR_TRANSPORT));
}

int tao_fail_drive(const struct tao_device *dev, int error, int64_t since_ms, const char *what)
{
	struct tao_error drive;

	tao_fail(error, "%s: %s", dev->path, what);
	if (!find_drive_error(dev, error, since_ms, &drive))
		return -error;
	drive.text[sizeof(drive.text) - 1] = '\0';
	if (is_reason(&drive)) {
		last_error[0] = '\0';
		append("%s: %s: %s", dev->path, what, drive.text);
		return -error;
	}
	if (drive.text[0])
		append(" (%s)", drive.text);
	return -error;
}
