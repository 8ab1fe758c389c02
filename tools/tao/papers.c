// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include "burn.h"
#include "burn_log.h"
#include "burn_report.h"
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

int papers_open(struct burn_command *c)
{
	int exit_status = STATUS_OK;

	for (int i = 0; i < PAPERS; i++)
		c->papers[i].fd = -1;
	if (c->paper_paths[PAPER_LOG] && c->paper_paths[PAPER_REPORT] &&
	    !strcmp(c->paper_paths[PAPER_LOG], c->paper_paths[PAPER_REPORT]))
		return usage_error("burn", "log and report have to be different files");
	for (int i = 0; i < PAPERS && !exit_status; i++) {
		if (!c->paper_paths[i] || c->dry_run)
			continue;
		exit_status = record_file_open(&c->papers[i], c->paper_paths[i], kinds[i].name,
					       kinds[i].first);
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
	kinds[i].print(out, c, file->start);
	pthread_mutex_unlock(&c->record->lock);
	if (!fclose(out))
		record_file_print(file, text, length);
	free(text);
}

void papers_keep(struct burn_command *c)
{
	if (!record_has_news(c->record))
		return;
	for (int i = 0; i < PAPERS; i++)
		if (c->papers[i].fd >= 0)
			print(c, i);
}

int papers_close(struct burn_command *c, int exit_status)
{
	int paper_status;

	for (int i = 0; c->record && i < PAPERS; i++) {
		paper_status = record_file_close(&c->papers[i]);
		if (!exit_status)
			exit_status = paper_status;
	}
	record_free(c->record);
	return exit_status;
}
