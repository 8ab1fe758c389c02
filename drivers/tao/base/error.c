// SPDX-License-Identifier: GPL-2.0-only
/*
 * Errors are kept until they are read: the first one since an operation began, because the later
 * ones usually result from it, and the latest.
 */
#include <linux/device.h>
#include <linux/stdarg.h>

#include "base.h"

/**
 * tao_error_begin - an operation begins: the next error will be its first
 * @td: the drive
 */
void tao_error_begin(struct tao_device *td)
{
	unsigned long flags;

	spin_lock_irqsave(&td->lock, flags);
	td->errors.first.flags = 0;
	spin_unlock_irqrestore(&td->lock, flags);
}

/**
 * tao_error_forget - forget the errors when their disc is gone
 * @td: the drive
 */
void tao_error_forget(struct tao_device *td)
{
	unsigned long flags;

	spin_lock_irqsave(&td->lock, flags);
	td->errors.first.flags = 0;
	td->errors.latest.flags = 0;
	spin_unlock_irqrestore(&td->lock, flags);
	tao_event_changed(td);
}

static void error_keep(struct tao_device *td, struct tao_error *error)
{
	unsigned long flags;

	error->flags |= TAO_ERROR_VALID;
	spin_lock_irqsave(&td->lock, flags);
	error->track = tao_event_track(td);
	error->count = ++td->errors.count;
	td->errors.latest = *error;
	td->errors.latest_time = ktime_get();
	/* An error of a query does not belong to the operation before it. */
	if (!(td->errors.first.flags & TAO_ERROR_VALID) && td->now.action != TAO_ACTION_READING) {
		td->errors.first = *error;
		td->errors.first_time = td->errors.latest_time;
	}
	spin_unlock_irqrestore(&td->lock, flags);
	tao_event_changed(td);
	dev_err_ratelimited(&td->dev, "%s\n", error->text);
}

static void error_set_sense(struct tao_error *error, const struct tao_sense *sense)
{
	if (sense->valid) {
		error->flags |= TAO_ERROR_SENSE | (sense->deferred ? TAO_ERROR_DEFERRED : 0);
		error->key = sense->key;
		error->asc = sense->asc;
		error->ascq = sense->ascq;
		error->sense_bytes = min_t(u32, sense->raw_bytes, TAO_SENSE_SIZE);
		memcpy(error->sense, sense->raw, error->sense_bytes);
	} else if (sense->host_status) {
		error->flags |= TAO_ERROR_TRANSPORT;
		error->host_status = sense->host_status;
	}
}

static void error_set_text(struct tao_error *error, const struct tao_sense *sense)
{
	int n = scnprintf(error->text, sizeof(error->text), "%s", tao_opcode_name(error->opcode));

	if (error->flags & TAO_ERROR_LBA)
		n += scnprintf(error->text + n, sizeof(error->text) - n, " at %d", error->lba);
	n += scnprintf(error->text + n, sizeof(error->text) - n, ": %s", tao_sense_text(sense));
	if (error->flags & TAO_ERROR_SENSE)
		scnprintf(error->text + n, sizeof(error->text) - n, " (%x/%02x/%02x)", error->key,
			  error->asc, error->ascq);
}

/**
 * tao_error_command - keep the error of a command
 * @td: the drive
 * @error: negative errno
 * @opcode: the command
 * @lba: its address; holds for WRITE
 * @sense: sense data of the drive
 *
 * Return: @error.
 */
int tao_error_command(struct tao_device *td, int error, u8 opcode, s32 lba,
		      const struct tao_sense *sense)
{
	struct tao_error e = {
		.error = -error,
		.opcode = opcode,
		.lba = lba,
	};

	if (opcode == WRITE_10)
		e.flags |= TAO_ERROR_LBA;
	error_set_sense(&e, sense);
	error_set_text(&e, sense);
	error_keep(td, &e);
	return error;
}

/**
 * tao_error_text - keep an error that does not come from a command
 * @td: the drive
 * @error: negative errno
 * @fmt: text for the user
 *
 * Return: @error.
 */
int tao_error_text(struct tao_device *td, int error, const char *fmt, ...)
{
	struct tao_error e = { .error = -error };
	va_list args;

	va_start(args, fmt);
	vscnprintf(e.text, sizeof(e.text), fmt, args);
	va_end(args);
	error_keep(td, &e);
	return error;
}

/**
 * tao_error_get - read one of the errors
 * @td: the drive
 * @error: @which says which one; the rest is filled in
 */
void tao_error_get(struct tao_device *td, struct tao_error *error)
{
	u32 which = error->which;
	unsigned long flags;
	ktime_t when;

	spin_lock_irqsave(&td->lock, flags);
	*error = which == TAO_ERROR_FIRST ? td->errors.first : td->errors.latest;
	when = which == TAO_ERROR_FIRST ? td->errors.first_time : td->errors.latest_time;
	spin_unlock_irqrestore(&td->lock, flags);
	if (error->flags & TAO_ERROR_VALID)
		error->age_ms = min_t(s64, ktime_ms_delta(ktime_get(), when), TAO_UNKNOWN - 1);
	else
		memset(error, 0, sizeof(*error));
	error->which = which;
}
