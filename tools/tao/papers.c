// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include "burn.h"
#include "burn_log.h"
#include "burn_report.h"
#include "json.h"
#include "papers.h"
#include "record.h"

static const struct {
	const char *name;
	const char *first;
	void (*print)(FILE *out, const struct burn_command *c, bool again);
} kinds[PAPERS] = {
	[PAPER_LOG] = { "log", BURN_LOG_FIRST, burn_log_print },
	[PAPER_REPORT] = { "report", BURN_REPORT_FIRST, burn_report_print },
};

int papers_open(struct burn_command *c, const atomic_bool *stop)
{
	int exit_status = STATUS_OK;

	for (int i = 0; i < PAPERS; i++)
		c->papers[i].keeper = -1;
	if (c->paper_paths[PAPER_LOG] && c->paper_paths[PAPER_REPORT] &&
	    !strcmp(c->paper_paths[PAPER_LOG], c->paper_paths[PAPER_REPORT]))
		return usage_error("burn", "log and report have to be different files");
	for (int i = 0; i < PAPERS && !exit_status; i++) {
		if (!c->paper_paths[i] || c->dry_run)
			continue;
		exit_status = record_file_open(&c->papers[i], c->paper_paths[i], kinds[i].name,
					       kinds[i].first, stop);
		if (!exit_status && !c->record)
			c->record = record_new();
	}
	return exit_status;
}

static void print(struct burn_command *c, enum paper i)
{
	struct record_file *file = &c->papers[i];
	size_t length;
	char *text;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return;
	pthread_mutex_lock(&c->record->lock);
	kinds[i].print(out, c, file->again);
	pthread_mutex_unlock(&c->record->lock);
	if (!fclose(out))
		record_file_print(file, text, length);
	free(text);
	file->outdated = false;
}

/* Where the file system is slow, it gets the latest of what came meanwhile. */
static void keep_until(struct burn_command *c, int64_t until_ms)
{
	bool news = record_has_news(c->record);

	for (int i = 0; i < PAPERS; i++) {
		struct record_file *file = &c->papers[i];

		file->outdated |= news;
		if (file->keeper >= 0 && file->outdated && record_file_is_ready(file, until_ms))
			print(c, i);
	}
}

void papers_keep(struct burn_command *c)
{
	keep_until(c, now_ms());
}

/* Takes over @why. */
static void tell_unwritten(const struct record_file *file, char *why)
{
	struct json_object *event;
	char *text;

	text = xasprintf("%s: can't write the %s: %s", file->path, file->kind, why);
	complain_besides("%s", text);
	if (options.json) {
		event = json_event("record-failed", NULL);
		json_add_string(event, "record", file->kind);
		json_add_string(event, "file", file->path);
		json_add_string(event, "message", why);
		json_print(event);
	}
	free(text);
	free(why);
}

int papers_close(struct burn_command *c, int ms, int exit_status)
{
	int64_t until_ms = now_ms() + ms;
	char *why;

	keep_until(c, until_ms);
	for (int i = 0; c->record && i < PAPERS; i++) {
		why = record_file_close(&c->papers[i], until_ms);
		c->papers_failed |= !!why;
		if (why)
			tell_unwritten(&c->papers[i], why);
	}
	return c->papers_failed && !exit_status ? STATUS_FAILED : exit_status;
}
