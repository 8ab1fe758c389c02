// SPDX-License-Identifier: GPL-2.0-only
/*
 * tao report, and with --burn also the answers to each command of a burn. That is the burn of a
 * user, by this program again, so that the record has what users meet.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common.h"
#include "json.h"
#include "program.h"
#include "recorded.h"
#include "report.h"
#include "text.h"
#include "tones.h"
#include "tracing.h"

#define FORMAT 1 /* of the record */
enum { OPTION_BURN = 2000 };

static const struct option report_options[] = { { "burn", no_argument, NULL, OPTION_BURN }, {} };

struct burn {
	struct tao_device *dev;
	struct tao_drive drive;
	struct tao_medium medium; /* before the burn */
	struct tracing tracing;
	char folder[32]; /* for the tones */
	char *tones[TONES];
	int64_t began_ms;
	int exit_status; /* of `tao burn` */
};

/* --- Signals ---------------------------------------------------------------------------------- */

static atomic_bool stop;

static void stop_burn(int number)
{
	(void)number;
	atomic_store(&stop, true);
}

/* --- The burn --------------------------------------------------------------------------------- */

static int check_disc(struct burn *b)
{
	const char *path = tao_device_path(b->dev);
	int error = await_medium(b->dev, &b->medium, &stop);
	char *problem;

	if (atomic_load(&stop)) {
		complain(NAMED("cancelled") "cancelled");
		return STATUS_CANCELLED;
	}
	if (error)
		return report_failure(b->dev, error);
	problem = why_not_ready(b->dev, &b->medium);
	if (!problem)
		problem = medium_problem(&b->medium, path, 0);
	if (!problem && b->medium.status != TAO_DISC_BLANK)
		problem = xasprintf(NAMED("disc-not-blank")
				    "The disc in %s has tracks. Insert a blank CD-R or CD-RW.",
				    path);
	if (!problem)
		return STATUS_OK;
	complain("%s", problem);
	free(problem);
	return STATUS_DISC;
}

static int agree(void)
{
	bool asked = options.yes || isatty(STDIN_FILENO);

	if (asked && confirm("Burn two tones of 15 s, and close the disc?"))
		return STATUS_OK;
	complain(asked ? NAMED("not-agreed") "nothing was burned" :
			 NAMED("no-terminal")
			 "there is no terminal to ask on: --yes agrees; nothing was burned");
	return STATUS_CANCELLED;
}

static int make_tones(struct burn *b)
{
	bool made;

	strcpy(b->folder, "/tmp/tao-report-XXXXXX");
	made = mkdtemp(b->folder);
	if (!made)
		b->folder[0] = '\0';
	for (int i = 0; i < TONES && made; i++) {
		b->tones[i] = xasprintf("%s/%d.raw", b->folder, i + 1);
		made = write_tone(b->tones[i], i);
	}
	if (made)
		return STATUS_OK;
	complain(NAMED("no-temporary-space")
		 "can't write the tones to /tmp: %s; nothing was burned", strerror(errno));
	return STATUS_INPUT;
}

static void remove_tones(struct burn *b)
{
	for (int i = 0; i < TONES; i++) {
		if (b->tones[i])
			unlink(b->tones[i]);
		free(b->tones[i]);
	}
	if (b->folder[0])
		rmdir(b->folder);
}

static void burn_tones(struct burn *b)
{
	const char *argv[9] = { "tao", "burn", options.quiet ? "-yq" : "-y", "--raw", "-d",
				tao_device_path(b->dev), b->tones[0], b->tones[1] };

	b->began_ms = now_ms();
	b->exit_status = run_tao(argv, true, &stop);
	if (b->exit_status)
		complain_besides("the tones are not kept: `tao resume` can't go on with them");
}

/* --- The text --------------------------------------------------------------------------------- */

/* "0:0:0:0"; "" if there is no such link. */
static const char *scsi_name(const char *node, char name[PATH_MAX])
{
	char *link = xasprintf("/sys/class/tao/%s/device", node);
	ssize_t length = readlink(link, name, PATH_MAX - 1);

	free(link);
	name[length > 0 ? length : 0] = '\0';
	return strrchr(name, '/') ? strrchr(name, '/') + 1 : name;
}

static void put_disc(FILE *out, const struct tao_medium *medium)
{
	if (medium->lead_out_lba > 0)
		fprintf(out, "insert %s:%d\n", medium->type == TAO_MEDIUM_CD_RW ? "cdrw" : "cdr",
			medium->lead_out_lba);
	else
		fputs("# The size of the disc is unknown\n", out);
}

static void put_outcome(FILE *out, const struct burn *b)
{
	struct tao_error error;

	fprintf(out, "# Outcome: exit status %d, %s\n", b->exit_status,
		result_name(b->exit_status));
	if (!tao_get_error(b->dev, TAO_ERROR_LATEST, &error) && error.flags & TAO_ERROR_VALID &&
	    error.age_ms <= now_ms() - b->began_ms) {
		char *text = text_printable(error.text[0] ? error.text : strerror(error.error));

		fprintf(out, "# Error: %s\n", text);
		free(text);
	}
}

/* Returns the exit status. */
static int put_commands(FILE *out, struct burn *b)
{
	const char *node = strrchr(tao_device_path(b->dev), '/') + 1;
	FILE *trace = tracing_stop(&b->tracing);
	char name[PATH_MAX];
	unsigned long lost;

	if (!trace) {
		complain(NAMED("no-tracing") "the trace can't be read: %s", strerror(errno));
		return STATUS_FAILED;
	}
	lost = put_recorded(out, trace, scsi_name(node, name), node, b->drive.serial);
	fclose(trace);
	if (!lost)
		return STATUS_OK;
	fprintf(out, "# Not complete: %lu events were lost\n", lost);
	complain(NAMED("record-incomplete")
		 "the record is not complete: %lu events were lost", lost);
	return STATUS_FAILED;
}

static int put_record(FILE *out, struct burn *b)
{
	int exit_status;

	fprintf(out, "# A burn by `tao report --burn`, format %d, as cdr-sim plays it: state,\n"
		     "# command, how often it came, the longest time in ms, answer.\n", FORMAT);
	put_disc(out, &b->medium);
	exit_status = put_commands(out, b);
	put_outcome(out, b);
	return b->exit_status ? b->exit_status : exit_status;
}

/* Appends to @text, which it takes over. */
static char *add_record(struct burn *b, char *text, int *exit_status)
{
	char *all = NULL;
	size_t size;
	FILE *out = open_memstream(&all, &size);

	if (!out) {
		*exit_status = report_failure(b->dev, -ENOMEM);
		return text;
	}
	fputs(text, out);
	free(text);
	*exit_status = put_record(out, b);
	fclose(out);
	return all;
}

/* Takes over @text, and returns it with the record, if there was a burn. */
static char *burn_and_record(struct burn *b, char *text, int *exit_status)
{
	*exit_status = check_disc(b);
	if (!*exit_status)
		*exit_status = agree();
	/* somebody may have put in another one meanwhile */
	if (!*exit_status && !options.yes)
		*exit_status = check_disc(b);
	if (!*exit_status)
		*exit_status = make_tones(b);
	if (!*exit_status && atomic_load(&stop)) {
		complain(NAMED("cancelled") "cancelled");
		*exit_status = STATUS_CANCELLED;
	}
	if (!*exit_status) {
		burn_tones(b);
		text = add_record(b, text, exit_status);
	}
	remove_tones(b);
	return text;
}

/* --- The command ------------------------------------------------------------------------------ */

/* Takes over @text. */
static void print_report(struct tao_device *dev, char *text)
{
	struct json_object *event;

	if (!options.json) {
		print_text(stdout, text);
		return;
	}
	event = json_event("report", tao_device_path(dev));
	json_add_string(event, "profile", text);
	json_print(event);
	free(text);
}

static int report(struct burn *b, bool burn)
{
	int exit_status, burned = STATUS_OK;
	char *text = drive_report(b->dev, &exit_status);

	if (!text)
		return exit_status;
	if (burn)
		text = burn_and_record(b, text, &burned);
	print_report(b->dev, text);
	exit_status = say_what_is_missing(b->dev);
	return burned ? burned : exit_status;
}

static int report_and_burn(struct burn *b)
{
	int exit_status;

	catch_signals(stop_burn);
	if (tao_get_drive(b->dev, &b->drive))
		b->drive.serial[0] = '\0';
	b->drive.serial[sizeof(b->drive.serial) - 1] = '\0';
	exit_status = tracing_begin(&b->tracing);
	if (!exit_status)
		exit_status = report(b, true);
	tracing_end(&b->tracing);
	return exit_status;
}

int cmd_report(int argc, char **argv)
{
	int exit_status = STATUS_OK, letter;
	struct burn b = { 0 };
	bool burn = false;

	while ((letter = next_option(argc, argv, "", report_options)) != -1)
		burn |= letter == OPTION_BURN;
	b.dev = open_drive(drive_argument(argc, argv), TAO_OPEN_READ, &exit_status);
	if (!b.dev)
		return exit_status;
	exit_status = burn ? report_and_burn(&b) : report(&b, false);
	tao_close(b.dev);
	return exit_status;
}
