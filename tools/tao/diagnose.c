// SPDX-License-Identifier: GPL-2.0-only
/* Finds the reason why no drive can be used. */
#include <ctype.h>
#include <dirent.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common.h"

/* First line of a file, trimmed, or "". */
static void read_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "r");

	line[0] = '\0';
	if (!file)
		return;
	if (!fgets(line, size, file))
		line[0] = '\0';
	fclose(file);
	for (size_t n = strlen(line); n && isspace((unsigned char)line[n - 1]); n--)
		line[n - 1] = '\0';
}

static bool exists(const char *root, const char *path)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", root, path);
	return !access(full, F_OK);
}

/* "updates/tao.ko.xz: kernel/drivers/cdrom/cdrom.ko.xz" in modules.dep */
static bool is_our_line(const char *line)
{
	const char *colon = strchr(line, ':'), *name = colon;

	while (name && name > line && name[-1] != '/')
		name--;
	return name && !strncmp(name, "tao.ko", 6) && (name[6] == ':' || name[6] == '.');
}

/*
 * Finds the file from which modprobe would load the module. It is in modules.dep, one file
 * instead of thousands. To be freed; NULL if modules.dep does not have it.
 */
static char *find_module(const char *root, const char *release)
{
	char *dir = xasprintf("%s/lib/modules/%s", root, release);
	char *name = xasprintf("%s/modules.dep", dir), *line = NULL, *path = NULL;
	FILE *file = fopen(name, "r");
	size_t size = 0;

	while (file && !path && getline(&line, &size, file) > 0)
		if (is_our_line(line))
			path = xasprintf("%s/%.*s", dir, (int)strcspn(line, ":"), line);
	if (file)
		fclose(file);
	free(line);
	free(name);
	free(dir);
	return path;
}

/* A compressed module can't be inspected; assume that it is signed. */
static bool module_signed(const char *path)
{
	static const char magic[] = "~Module signature appended~\n";
	char end[sizeof(magic)] = "";
	FILE *file;

	if (strcmp(path + strlen(path) - 3, ".ko"))
		return true;
	file = fopen(path, "r");
	if (!file)
		return true;
	if (fseek(file, -(long)(sizeof(magic) - 1), SEEK_END) ||
	    fread(end, 1, sizeof(magic) - 1, file) == 0)
		end[0] = '\0';
	fclose(file);
	return !memcmp(end, magic, sizeof(magic) - 1);
}

/* Whether the kernel accepts only signed modules. */
static bool signature_enforced(const char *root)
{
	char path[PATH_MAX], line[128];

	snprintf(path, sizeof(path), "%s/sys/module/module/parameters/sig_enforce", root);
	read_line(path, line, sizeof(line));
	if (line[0] == 'Y' || line[0] == '1')
		return true;
	snprintf(path, sizeof(path), "%s/sys/kernel/security/lockdown", root);
	read_line(path, line, sizeof(line));
	return strstr(line, "[integrity]") || strstr(line, "[confidentiality]");
}

static const char not_loaded[] = "The tao module is not loaded: sudo modprobe tao.";

/* The key with which this computer signs modules: of DKMS, or of Ubuntu. */
static const char *signing_key(const char *root)
{
	static const char ubuntu[] = "/var/lib/shim-signed/mok/MOK.der";

	return exists(root, ubuntu) ? ubuntu : "/var/lib/dkms/mok.pub";
}

/* The module exists for this kernel, but is not loaded. */
static char *load_problem(const char *root, const char *path)
{
	if (!signature_enforced(root))
		return xstrdup(not_loaded);
	if (module_signed(path))
		return xasprintf("%s If its key is rejected, Secure Boot does not know it;"
				 " sudo mokutil --import %s, and restart.", not_loaded,
				 signing_key(root));
	return xasprintf("The tao module is refused by Secure Boot: %s is not signed;"
			 " sign it by a key that this computer knows (mokutil),%s", path,
			 " or install the package tao-dkms, which does that");
}

static int select_release(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* The newest kernel that has the module, or NULL; to be freed. */
static char *other_release(const char *root)
{
	char *dir = xasprintf("%s/lib/modules", root), *found = NULL;
	struct dirent **releases = NULL;
	int n = scandir(dir, &releases, select_release, versionsort);

	for (int i = n - 1; i >= 0; i--) {
		char *path = found ? NULL : find_module(root, releases[i]->d_name);

		if (path)
			found = xstrdup(releases[i]->d_name);
		free(path);
		free(releases[i]);
	}
	free(releases);
	free(dir);
	return found;
}

/* A source that DKMS builds: /usr/src/tao-VERSION/dkms.conf */
static bool has_dkms_source(const char *root)
{
	char *pattern = xasprintf("%s/usr/src/tao-[0-9]*/dkms.conf", root);
	glob_t found;
	bool any = !glob(pattern, 0, NULL, &found);

	if (any)
		globfree(&found);
	free(pattern);
	return any;
}

/* The first step if the headers of this kernel are missing, else "". */
static char *way_to_headers(const char *root, const char *release)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "/lib/modules/%s/build/Makefile", release);
	if (exists(root, path))
		return xstrdup("");
	if (exists(root, "/usr/bin/apt-get"))
		return xasprintf("sudo apt install linux-headers-%s; ", release);
	return xstrdup("install the headers of this kernel; ");
}

/* How to build the module for this kernel, depending on how the command was installed. */
static char *way_to_build(const char *root, const char *release)
{
	char *first = way_to_headers(root, release), *text;
	static const char load[] = "sudo modprobe tao";

	if (has_dkms_source(root))
		text = xasprintf("%ssudo dkms autoinstall; %s", first, load);
	else if (exists(root, "/usr/share/doc/tao-utils/copyright"))
		text = xasprintf("its package is missing: %ssudo apt install %s; %s", first,
				 "tao-dkms (or ./tao-dkms_*.deb)", load);
	else
		text = xasprintf("%sin its source: make && sudo make install; %s", first, load);
	free(first);
	return text;
}

/* This kernel does not have the module; another one, @other, may have it. */
static char *build_text(const char *other, const char *release, const char *way)
{
	static const char restart[] =
		"restart the computer with the other kernel, or build it for this one";

	if (!other)
		return xasprintf("The tao module is not built for this kernel (%s); %s", release,
				 way);
	return xasprintf("The tao module is built for Linux %s, and Linux %s is running: %s (%s)",
			 other, release, restart, way);
}

static char *build_problem(const char *root, const char *release)
{
	char *other = other_release(root), *way = way_to_build(root, release);
	char *text = build_text(other, release, way);

	free(other);
	free(way);
	return text;
}

static char *module_problem(const char *root, const char *release)
{
	char *path, *text;

	if (exists(root, "/sys/module/tao"))
		return NULL;
	path = find_module(root, release);
	text = path ? load_problem(root, path) : build_problem(root, release);
	free(path);
	return text;
}

/*
 * Whether drive @name writes CD-R, from the table in /proc/sys/dev/cdrom/info: a line with names,
 * and lines with 0 and 1 below.
 */
static int can_write(const char *root, const char *name)
{
	char path[PATH_MAX], line[512];
	int column = -1, answer = -1;
	FILE *file;

	snprintf(path, sizeof(path), "%s/proc/sys/dev/cdrom/info", root);
	file = fopen(path, "r");
	if (!file)
		return -1;
	while (answer < 0 && fgets(line, sizeof(line), file)) {
		char *rest = strchr(line, ':');
		int n = 0;

		if (!rest)
			continue;
		*rest++ = '\0';
		for (char *word = strtok(rest, " \t\n"); word; word = strtok(NULL, " \t\n"), n++) {
			if (!strcmp(line, "drive name") && !strcmp(word, name))
				column = n;
			if (!strcmp(line, "Can write CD-R") && n == column)
				answer = atoi(word);
		}
	}
	fclose(file);
	return answer;
}

static const char *drive_problem(const char *root, const char *name)
{
	if (can_write(root, name) == 0)
		return "is not a writer";
	return "is not used by the tao module: the kernel log says why (sudo dmesg | grep tao)";
}

static int select_sr(const struct dirent *entry)
{
	return !strncmp(entry->d_name, "sr", 2);
}

static char *no_drive_at_all(const char *root)
{
	bool sim = exists(root, "/usr/sbin/cdr-sim") || exists(root, "/usr/local/sbin/cdr-sim");

	return xasprintf("No CD drive was found. Is it plugged in, and has it power?%s%s",
			 exists(root, "/sys/module/sr_mod") ? "" :
			 " The module for CD drives is not loaded either: sudo modprobe sr_mod",
			 sim ? " For tests, sudo cdr-sim create makes a simulated one." : "");
}

/* The module is loaded, but has accepted no drive: find out why. */
static char *drives_problem(const char *root)
{
	char path[PATH_MAX], vendor[32], model[64];
	struct dirent **drives = NULL;
	char *text = NULL;
	int n;

	snprintf(path, sizeof(path), "%s/sys/class/block", root);
	n = scandir(path, &drives, select_sr, versionsort);
	for (int i = 0; i < n; i++) {
		const char *name = drives[i]->d_name;
		char *more;

		snprintf(path, sizeof(path), "%s/sys/class/block/%s/device/vendor", root, name);
		read_line(path, vendor, sizeof(vendor));
		snprintf(path, sizeof(path), "%s/sys/class/block/%s/device/model", root, name);
		read_line(path, model, sizeof(model));
		more = xasprintf("%s%s/dev/%s (%s %s) %s", text ? text : "", text ? "; " : "", name,
				 vendor, model, drive_problem(root, name));
		free(text);
		text = more;
		free(drives[i]);
	}
	free(drives);
	return text ? text : no_drive_at_all(root);
}

char *diagnose_no_drive(const char *root, const char *release)
{
	char *module = module_problem(root, release);
	char *text = module ? module : drives_problem(root), *named;

	named = xasprintf("%s%s", module ? NAMED("no-module") : NAMED("no-drive"), text);
	free(text);
	return named;
}
