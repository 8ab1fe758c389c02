// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common.h"
#include "first_report.h"
#include "text.h"

#define REPORTS_MAX 99 /* of one model in a folder */

/* Upload forms take .txt. */
static char *name_of(const struct tao_drive *drive)
{
	char *name = xasprintf("tao-report-%s-%s", drive->vendor, drive->product);
	size_t length = 0;

	for (const char *c = name; *c; c++) {
		if (isalnum((unsigned char)*c))
			name[length++] = tolower((unsigned char)*c);
		else if (length && name[length - 1] != '-')
			name[length++] = '-';
	}
	while (length && name[length - 1] == '-')
		length--;
	name[length] = '\0';
	return name;
}

static int create(struct first_report *r, const char *name)
{
	int fd = -1;

	for (int n = 1; fd < 0 && n <= REPORTS_MAX; n++) {
		free(r->path);
		r->path = n == 1 ? xasprintf("%s.txt", name) : xasprintf("%s-%d.txt", name, n);
		fd = open(r->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	return fd;
}

int first_report_open(struct first_report *r, const struct tao_drive *drive)
{
	char *name = name_of(drive);
	int fd = create(r, name);

	free(name);
	r->file = fd < 0 ? NULL : fdopen(fd, "w");
	r->folder = xasprintf("%s.XXXXXX", r->path);
	if (r->file && mkdtemp(r->folder)) {
		r->log = xasprintf("%s/log", r->folder);
		return STATUS_OK;
	}
	complain(NAMED("record-failed")
		 "%s: can't write the report: %s; nothing was burned", r->path, strerror(errno));
	if (r->file)
		first_report_close(r);
	return STATUS_USAGE;
}

void first_report_begin(struct first_report *r, const char *profile)
{
	fputs(profile, r->file);
	r->begun = true;
}

bool first_report_has_begun(const struct first_report *r)
{
	return r->begun;
}

void first_report_note(struct first_report *r, const char *format, ...)
{
	char *text, *plain;
	va_list args;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	plain = text_printable(text);
	fprintf(r->file, "#%s%s\n", *plain ? " " : "", plain);
	fflush(r->file);
	free(plain);
	free(text);
}

void first_report_add_log(struct first_report *r)
{
	FILE *log = fopen(r->log, "re");
	size_t size = 0;
	char *line = NULL;

	while (log && getline(&line, &size, log) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "Folder ", 7) && strncmp(line, "Command ", 8))
			first_report_note(r, "%s", line);
	}
	free(line);
	if (log)
		fclose(log);
}

bool first_report_failed(const struct first_report *r)
{
	return ferror(r->file);
}

void first_report_close(struct first_report *r)
{
	fclose(r->file);
	if (!r->begun)
		unlink(r->path);
	if (r->log)
		unlink(r->log);
	rmdir(r->folder);
	free(r->log);
	free(r->folder);
	free(r->path);
}
