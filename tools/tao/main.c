// SPDX-License-Identifier: GPL-2.0-only
/*
 * tao: burn audio CDs. This file: the commands and their help.
 */
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "common.h"
#include "explain.h"

static const struct command commands[] = {
	{ "list", cmd_list, "", "show the drives, or why there is none", "" },
	{ "info", cmd_info, "[DRIVE]", "drive, disc, room, and what can be done next", "" },
	{ "burn", cmd_burn, "[OPTION]... FILE|FOLDER|CUE|M3U|-...",
	  "burn tracks, and finalise the disc",
	  "  -n, --dry-run         only show the plan\n"
	  "  -y, --yes             don't ask\n"
	  "  -s, --speed N         write speed: 8, 8x, max\n"
	  "  -t, --test            laser off: the disc stays as it is\n"
	  "  -F, --no-finalize     leave the session open: more tracks can follow\n"
	  "  -m, --multi-session   close the session so that another can follow\n"
	  "  -f, --force           close it although a track on the disc failed\n"
	  "  -v, --verify          read back and compare, sample by sample\n"
	  "  -e, --eject           eject at the end\n"
	  "  -j, --join            all files as one track, without a gap\n"
	  "      --from N          begin with the Nth track of the list\n"
	  "  -w, --wait            wait for a blank disc\n"
	  "      --copies N        as many discs; each comes out, the next is waited for\n"
	  "      --discs           too long for one disc: spread the tracks over several\n"
	  "      --first-time      of a drive: queries, test, burn, comparison, report\n"
	  "      --append          with --wait: or one that has tracks, and room\n"
	  "      --mode MODE       session: all tracks in one go; track; auto (the default)\n"
	  "      --gap SECONDS     silence before tracks that have no pregap (0)\n"
	  "      --write-offset N  samples by which the drive writes too late: N earlier\n"
	  "      --read-offset N   with --verify: by which it reads too early\n"
	  "      --no-cd-text      no titles on the disc\n"
	  "      --isrc CODE       of the tracks in order; repeat it, or commas between\n"
	  "      --mcn NUMBER      catalogue number of the disc, 13 digits\n"
	  "      --copy-permitted  digital copies are allowed\n"
	  "      --pre-emphasis    the audio has 50/15 us pre-emphasis\n"
	  "      --raw             FILE is raw audio, whatever it looks like\n"
	  "      --downmix         mix more than two channels down to two\n"
	  "      --damaged         burn what can be decoded of damaged files\n"
	  "      --normalize HOW   equally loud by their tags; or as measured: album, track\n"
	  "      --no-check        don't decode all files before the burn\n"
	  "      --buffer MIB      audio decoded ahead, for all drives together (64)\n"
	  "      --log FILE        keep a log of the burn in FILE, behind earlier ones\n"
	  "      --report FILE     the same as a page with pictures (HTML)\n"
	  "      --no-underrun-protection\n"
	  "      --all             burn in all drives at once; or repeat --device\n" },
	{ "resume", cmd_resume, "[OPTION]... [DRIVE]",
	  "go on with a burn that was interrupted, on the same disc",
	  "  -y, --yes             don't ask\n" },
	{ "verify", cmd_verify, "[OPTION]... FILE...", "compare the tracks of a disc with files",
	  "  -t, --track N         not the whole disc: the first file is track N\n"
	  "  -j, --join            all files are one track\n"
	  "      --gap SECONDS     of tao burn, if it was given there\n"
	  "      --write-offset N  the same: each sample is to be at its place\n"
	  "      --read-offset N   of the drive, in samples: shows its write offset\n"
	  "      --raw             FILE is raw audio, whatever it looks like\n"
	  "      --downmix         mix more than two channels down to two\n"
	  "      --damaged         compare what can be decoded of damaged files\n"
	  "      --no-check        of tao burn, if it was given there\n"
	  "      --normalize HOW   of tao burn, if it was given there: tags, album, track\n"
	  "      --isrc CODE, --mcn NUMBER, --copy-permitted, --pre-emphasis: the same\n" },
	{ "finalize", cmd_finalize, "[OPTION]... [DRIVE]", "close the disc: a player can play it",
	  "  -f, --force           although a track failed\n"
	  "  -m, --multi-session   another session can follow\n" },
	{ "blank", cmd_blank, "[--full] [DRIVE]", "blank a CD-RW",
	  "  -f, --full            all of the disc; takes as long as to write it\n"
	  "  -y, --yes             don't ask\n" },
	{ "recover", cmd_recover, "[OPTION]... [DRIVE]",
	  "repair a disc that was left open by a power loss",
	  "  -f, --finalize        and close it: nothing can be added\n"
	  "  -m, --multi-session   and close the session; another can follow\n" },
	{ "speed", cmd_speed, "[N] [DRIVE]", "show or set the write speed: 8, 8x, max", "" },
	{ "toc", cmd_toc, "[--cue [--cdtext FILE]] [DRIVE]", "the tracks on the disc, and CD-TEXT",
	  "  -c, --cue             as a CUE sheet, which burns the same disc again\n"
	  "      --cdtext FILE     with --cue: all CD-TEXT goes to FILE, beside the sheet\n" },
	{ "status", cmd_status, "[--follow] [DRIVE]", "what the drive is doing",
	  "  -f, --follow          each change, until Ctrl-C; progress between them\n" },
	{ "cancel", cmd_cancel, "[DRIVE]", "stop the track that is being written", "" },
	{ "eject", cmd_eject, "[DRIVE]", "open the tray", "" },
	{ "load", cmd_load, "[DRIVE]", "close the tray", "" },
	{ "report", cmd_report, "[--burn] [DRIVE]",
	  "the answers of the drive, to add to a bug report",
	  "      --burn            also those to a burn of two tones on a blank disc; root\n"
	  "  -y, --yes             don't ask\n" },
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	if (!strcmp(name, "finalise"))
		return find_command("finalize");
	return NULL;
}

static int help(void)
{
	printf("usage: tao COMMAND [OPTION]... [ARGUMENT]...\n");
	printf("Burns audio CDs, track-at-once and session-at-once.\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-9s %s\n", commands[i].name, commands[i].summary);
	printf("%s      --version         of the command, the library and the module\n",
	       shared_options);
	printf("`tao burn album/` burns a folder. More: `tao help COMMAND`, `tao help ERROR`.\n");
	return STATUS_OK;
}

static int no_command(const char *name)
{
	complain(NAMED("usage") "there is no command \"%s\"; `tao --help` lists them", name);
	return STATUS_USAGE;
}

/* The words with a blank between them; to be freed. */
static char *join_words(int count, char **words)
{
	char *text = xstrdup("");

	for (int i = 0; i < count; i++) {
		char *longer = xasprintf("%s%s%s", text, i ? " " : "", words[i]);

		free(text);
		text = longer;
	}
	return text;
}

static void no_error(const char *error)
{
	const char *nearest = nearest_name(error);

	if (nearest)
		complain(NAMED("usage") "there is no command and no error \"%s\"; `tao help %s`?",
			 error, nearest);
	else
		complain(NAMED("usage")
			 "there is no command and no error \"%s\"; `tao --help` lists the commands, %s",
			 error, "`tao help names` the errors");
}

/* "tao help burn", as with other programs that have commands; "tao help ERROR"; "tao help names" */
static int help_about(int argc, char **argv)
{
	const struct command *command = argc == 1 ? find_command(argv[0]) : NULL;
	char *error;
	bool known;

	if (command)
		return command_help(command);
	if (argc == 1 && !strcmp(argv[0], "names")) {
		list_names();
		return STATUS_OK;
	}
	error = join_words(argc, argv);
	known = explain_error(error);
	if (!known)
		no_error(error);
	free(error);
	return known ? STATUS_OK : STATUS_USAGE;
}

static int version(void)
{
	char module[32] = "not loaded";
	struct tao_list *list;
	struct tao_drive drive;
	struct tao_device *dev;
	FILE *file;

	file = fopen("/sys/module/tao/version", "r");
	if (file) {
		if (!fgets(module, sizeof(module), file))
			module[0] = '\0';
		module[strcspn(module, "\n")] = '\0';
		fclose(file);
	} else if (!tao_list_drives(&list)) {
		if (tao_list_count(list) &&
		    !tao_open(&dev, tao_list_path(list, 0), TAO_OPEN_READ)) {
			if (!tao_get_drive(dev, &drive))
				snprintf(module, sizeof(module), "%s", drive.module_version);
			tao_close(dev);
		}
		tao_list_free(list);
	}
	printf("tao %s, libtao %s, module %s\n", LIBTAO_VERSION, tao_version(), module);
	return STATUS_OK;
}

/*
 * Opens descriptors 0 to 2 if necessary: otherwise the first drive or file would become one of
 * them.
 */
static void open_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY) < 0)
			_exit(STATUS_FAILED);
}

int main(int argc, char **argv)
{
	const struct command *command;

	open_standard_files();
	setlocale(LC_CTYPE, "");
	/* --first-time runs /proc/self/exe, and other programs see this name */
	prctl(PR_SET_NAME, "tao");
	signal(SIGPIPE, SIG_IGN);
	/* a log that reaches the limit must not end a burn */
	signal(SIGXFSZ, SIG_IGN);
	if (argc < 2) {
		help();
		return STATUS_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return output_end(argc > 2 ? help_about(argc - 2, argv + 2) : help());
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		return output_end(version());
	command = find_command(argv[1]);
	if (!command)
		return no_command(argv[1]);
	return run_command(command, argc - 1, argv + 1);
}
