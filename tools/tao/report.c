// SPDX-License-Identifier: GPL-2.0-only
/*
 * tao report: the answers of a drive, as a profile that cdr-sim takes.
 *
 * Only queries are sent, which change neither the drive nor the disc. They go through the drive's
 * /dev/sgN, because Linux unlocks the door when /dev/srN is closed. Without the module sg there is
 * no other way than /dev/srN.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "answers.h"
#include "common.h"
#include "report.h"

static struct answer answers[QUESTIONS];

/* --- having the drive alone ------------------------------------------------------------------- */

/*
 * Nobody else may have /dev/sgN open. Returns a negative number if somebody has, with the reason in
 * *@why, and if there is no such node for us, without one.
 */
static int open_generic(struct tao_device *dev, char **why)
{
	char path[64];
	int fd;

	if (!find_generic(dev, path, sizeof(path), NULL))
		return -1;
	fd = open_when_free(dev, path, O_RDWR);
	if (fd == -EBUSY) {
		*why = describe_holders(dev);
		if (!*why)
			*why = xasprintf(NAMED("in-use") "Another program has %s open.", path);
	}
	return fd;
}

/*
 * Whether nobody has /dev/srN exclusively. The module knows without opening it, except if the
 * drive does not tell the state of its disc.
 */
static bool block_is_free(struct tao_device *dev, char **why)
{
	struct tao_medium medium;
	int fd, exit_status;
	char *reason;

	if (!get_medium(dev, &medium) && !(medium.flags & TAO_MEDIUM_STALE))
		return true;
	fd = open_alone(dev, &exit_status, &reason);
	if (fd >= 0) {
		close(fd);
		return true;
	}
	if (exit_status == STATUS_NO_DRIVE) {
		*why = reason;
		return false;
	}
	/* It cannot be found out without the right to open it. */
	*why = xasprintf(NAMED("in-use") "It may be in use by another program. %s", reason);
	free(reason);
	return false;
}

/* Returns a descriptor that takes SG_IO, or -1 with the exit status and the reason. */
static int open_questions(struct tao_device *dev, int *exit_status, char **why)
{
	int fd = open_generic(dev, why);
	bool generic = fd >= 0;

	*exit_status = STATUS_NO_DRIVE;
	if (!generic && !*why)
		fd = open_alone(dev, exit_status, why);
	if (fd < 0)
		return -1;
	if (!stays_used(dev, why) && (!generic || block_is_free(dev, why)))
		return fd;
	close(fd);
	*exit_status = STATUS_NO_DRIVE;
	return -1;
}

/* --- the text --------------------------------------------------------------------------------- */

/* @hidden: bytes that are not printed; NULL: all are. */
static void put_hex(FILE *out, const uint8_t *bytes, const bool *hidden, uint32_t length)
{
	for (uint32_t i = 0; i < length; i++) {
		fputs(i && i % 32 == 0 ? "\n#   " : " ", out);
		if (hidden && hidden[i])
			fputs("**", out);
		else
			fprintf(out, "%02x", bytes[i]);
	}
	fputc('\n', out);
}

static void put_answer(FILE *out, enum question q)
{
	const struct answer *a = &answers[q];
	char text[ANSWER_TEXT];

	fprintf(out, "# %s:", question_name(q));
	if (a->length) {
		put_hex(out, a->bytes, a->hidden, a->length);
	} else if (a->status) {
		fprintf(out, " status %u, sense", a->status);
		put_hex(out, a->sense, NULL, a->sense_length);
	} else {
		fprintf(out, " %s\n", answer_text(a, text));
	}
}

static void put_report(FILE *out, const char *block)
{
	char line[64] = "";
	struct utsname name;
	FILE *version = fopen("/sys/module/tao/version", "re");

	if (version) {
		if (!fgets(line, sizeof(line), version))
			line[0] = '\0';
		line[strcspn(line, "\n")] = '\0';
		fclose(version);
	}
	uname(&name);
	fprintf(out, "# tao report: a profile for `cdr-sim create NAME profile=FILE`\n");
	fprintf(out, "# tao %s, module %s, Linux %s %s\n", tao_version(), line, name.release,
		name.machine);
	put_profile(out, answers, block);
	fprintf(out, "# The replies of the drive. ** is left out: serial numbers, the numbers of\n"
		     "# the disc, and the MCN and ISRC of the latest burn.\n");
	for (int q = 0; q < QUESTIONS; q++)
		put_answer(out, q);
}

/* --- the report ------------------------------------------------------------------------------- */

/* Returns the exit status, with the reason in *@why. */
static int ask_all(struct tao_device *dev, char **why)
{
	struct tao_drive drive;
	char text[ANSWER_TEXT];
	int exit_status, fd = open_questions(dev, &exit_status, why);

	if (fd < 0)
		return exit_status;
	if (tao_get_drive(dev, &drive))
		drive.serial[0] = '\0';
	drive.serial[sizeof(drive.serial) - 1] = '\0';
	ask_drive(fd, answers);
	close(fd);
	cut_answers(answers);
	hide_private(answers, drive.serial);
	if (answers[Q_INQUIRY].length >= 36)
		return STATUS_OK;
	*why = xasprintf(NAMED("no-answer") "%s does not answer INQUIRY: %s.", tao_device_path(dev),
			 answer_text(&answers[Q_INQUIRY], text));
	return STATUS_FAILED;
}

static char *report_text(struct tao_device *dev)
{
	char *text = NULL, path[64] = "/";
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	/* Without the module sr there is no block device. */
	if (tao_block_path(dev, path, sizeof(path)))
		strcpy(path, "/");
	put_report(out, strrchr(path, '/') + 1);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

char *drive_report(struct tao_device *dev, int *exit_status)
{
	char *why = NULL, *text = NULL;

	*exit_status = ask_all(dev, &why);
	if (!why)
		text = report_text(dev);
	if (why)
		complain("%s", why);
	else if (!text)
		*exit_status = report_failure(dev, -EIO);
	free(why);
	return text;
}

int complain_of_lost_answer(struct tao_device *dev)
{
	char text[ANSWER_TEXT];

	for (int q = 0; q < QUESTIONS; q++) {
		if (!answer_lost(&answers[q]))
			continue;
		complain(NAMED("no-answer")
			 "the report is not complete: %s gave no answer to %s (%s).",
			 tao_device_path(dev), question_name(q), answer_text(&answers[q], text));
		return STATUS_FAILED;
	}
	return STATUS_OK;
}

int say_what_is_missing(struct tao_device *dev)
{
	int exit_status = complain_of_lost_answer(dev);

	if (!exit_status && !has_cd_r(answers))
		complain_besides("the report has no speeds: they need a blank CD-R in %s.",
				 tao_device_path(dev));
	return exit_status;
}
