// SPDX-License-Identifier: GPL-2.0-only
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common.h"
#include "json.h"
#include "options.h"
#include "output.h"
#include "text.h"

#define OPTIONS_MAX 64

const char shared_options[] =
	"  -d, --device DRIVE    /dev/tao0, tao0, /dev/sr0; where there are several\n"
	"      --json            objects, one per line, on standard output\n"
	"  -q, --quiet           errors only\n"
	"  -h, --help\n";

static const struct command *running;
static char *about;

void result_is_about(const char *drive)
{
	free(about);
	about = drive ? xstrdup(drive) : NULL;
}

bool is_one_of_several(void)
{
	struct tao_list *list;
	bool several;

	if (tao_list_drives(&list))
		return true;
	several = tao_list_count(list) > 1;
	tao_list_free(list);
	return several;
}

char *drive_command(const char *command, const char *path)
{
	bool named = is_one_of_several();

	return xasprintf("`%s%s%s`", command, named ? " " : "", named ? path : "");
}

/* For somebody at a terminal. The usage was shown already, and who cancels knows why. */
static void point_to_help(int exit_status, const char *message)
{
	char *name = message ? text_name(message) : NULL;

	if (name && exit_status && exit_status != STATUS_CANCELLED && strcmp(name, "usage") &&
	    isatty(STDERR_FILENO))
		complain_besides("`tao help %s` says more", name);
	free(name);
}

/* Each run ends with a result, even if its command line is wrong. */
static int finish(int exit_status)
{
	const char *message = latest_complaint();

	point_to_help(exit_status, message);
	if (!exit_status || !message)
		message = exit_status == STATUS_CANCELLED ? NAMED("cancelled") "cancelled" :
							    result_name(exit_status);
	if (options.json && !json_results())
		json_result(about, running->name, exit_status, message);
	result_is_about(NULL);
	return output_end(exit_status);
}

void leave(int exit_status)
{
	exit(running ? finish(exit_status) : exit_status);
}

/* An argument before --json may be wrong: the result has to be JSON even then. */
static bool wants_json(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++)
		if (!strcmp(argv[i], "--json"))
			return true;
	return false;
}

int run_command(const struct command *command, int argc, char **argv)
{
	running = command;
	options.json = wants_json(argc, argv);
	return finish(command->run(argc, argv));
}

int command_help(const struct command *command)
{
	printf("usage: tao %s%s%s\n\n%c%s.\n\n%s%s", command->name, *command->arguments ? " " : "",
	       command->arguments, command->summary[0] - 'a' + 'A', command->summary + 1,
	       command->options, shared_options);
	return STATUS_OK;
}

int usage_error(const char *name, const char *format, ...)
{
	char *program = xasprintf("tao %s", name), *text, *named;
	va_list args;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	named = xasprintf(NAMED("usage") "%s", text);
	complain_as(program, named);
	free(named);
	free(text);
	free(program);
	if (running)
		fprintf(stderr, "usage: tao %s%s%s\n", running->name,
			*running->arguments ? " " : "", running->arguments);
	return STATUS_USAGE;
}

/* The options of a command and the common ones. */
struct known {
	struct option options[OPTIONS_MAX];
	char letters[OPTIONS_MAX];
};

static void join_options(struct known *known, const char *before, const char *letters,
			 const struct option *own)
{
	static const struct option shared[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "all", no_argument, NULL, OPTION_ALL },
		{ "json", no_argument, NULL, OPTION_JSON },
		{ "quiet", no_argument, NULL, 'q' },
		{ "yes", no_argument, NULL, 'y' },
		{ "help", no_argument, NULL, 'h' },
	};
	const size_t shared_count = sizeof(shared) / sizeof(*shared);
	size_t n = 0;

	memset(known, 0, sizeof(*known));
	for (; own && own[n].name && n + shared_count + 1 < OPTIONS_MAX; n++)
		known->options[n] = own[n];
	memcpy(known->options + n, shared, sizeof(shared));
	snprintf(known->letters, sizeof(known->letters), "%sd:qyh%s", before, letters);
}

static int option_error(const char *name, int letter, const char *word)
{
	if (letter == ':')
		usage_error(name, "option '%s' requires an argument", word);
	else if (optopt && optopt <= CHAR_MAX)
		usage_error(name, "unrecognized option '-%c'", optopt);
	else
		usage_error(name, "unrecognized option '%s'", word);
	fprintf(stderr, "Try `tao %s --help`.\n", name);
	return STATUS_USAGE;
}

/* Handles common options; returns false for an option of the command itself. */
static bool take_shared(const char *name, int letter)
{
	switch (letter) {
	case 'd':
		if (options.devices_count == DRIVES_MAX)
			leave(usage_error(name, "too many drives"));
		options.devices[options.devices_count++] = optarg;
		return true;
	case OPTION_ALL:
		options.all = true;
		return true;
	case OPTION_JSON:
		options.json = true;
		return true;
	case 'q':
		options.quiet = true;
		return true;
	case 'y':
		options.yes = true;
		return true;
	case 'h':
		options.json = false;
		leave(command_help(running));
	default:
		return false;
	}
}

int next_option(int argc, char **argv, const char *letters, const struct option *own)
{
	struct known known;
	int letter;

	join_options(&known, ":", letters, own);
	opterr = 0;
	do {
		letter = getopt_long(argc, argv, known.letters, known.options, NULL);
		if (letter == '?' || letter == ':')
			leave(option_error(argv[0], letter, argv[optind - 1]));
	} while (letter != -1 && take_shared(argv[0], letter));
	return letter;
}

struct words {
	char **all;
	size_t count;
};

/* Takes over @word. */
static void add_word(struct words *words, char *word)
{
	words->all = xrealloc(words->all, words->count + 1, sizeof(*words->all));
	words->all[words->count++] = word;
}

/* getopt_long() has its state in global variables, and each drive has a thread. */
static pthread_mutex_t getopt_lock = PTHREAD_MUTEX_INITIALIZER;

static void add_argument(struct words *words, int letter, const char *word,
			 char *(*renew)(int letter, const char *word))
{
	add_word(words, renew ? renew(letter, word) : xstrdup(word));
}

static void add_option(struct words *words, const struct option *option, int letter,
		       char *(*renew)(int letter, const char *word))
{
	add_word(words, option ? xasprintf("--%s", option->name) : xasprintf("-%c", letter));
	if (optarg)
		add_argument(words, letter, optarg, renew);
}

char **retype_words(int argc, char **argv, const char *letters, const struct option *own,
		    bool (*drop)(int letter), char *(*renew)(int letter, const char *word))
{
	char **typed = xcalloc(argc + 1, sizeof(*typed));
	struct words words = { 0 };
	struct known known;
	int letter, number = -1;

	/* getopt_long() may change the order; "-" makes it return other words in their place */
	memcpy(typed, argv, argc * sizeof(*typed));
	join_options(&known, "-:", letters, own);
	pthread_mutex_lock(&getopt_lock);
	optind = 0;
	while ((letter = getopt_long(argc, typed, known.letters, known.options, &number)) != -1) {
		if (letter == WORD_ALONE)
			add_argument(&words, letter, optarg, renew);
		else if (!drop || !drop(letter))
			add_option(&words, number < 0 ? NULL : &known.options[number], letter,
				   renew);
		number = -1;
	}
	if (optind < argc)
		add_word(&words, xstrdup("--"));
	for (int i = optind; i < argc; i++)
		add_argument(&words, WORD_ALONE, typed[i], renew);
	pthread_mutex_unlock(&getopt_lock);
	add_word(&words, NULL);
	free(typed);
	return words.all;
}

void free_words(char **words)
{
	for (size_t i = 0; words && words[i]; i++)
		free(words[i]);
	free(words);
}

char *retype(int argc, char **argv, const char *letters, const struct option *own,
	     bool (*drop)(int letter))
{
	char **words = retype_words(argc, argv, letters, own, drop, NULL), *line = NULL, *quoted;
	size_t size;
	FILE *out = open_memstream(&line, &size);

	for (size_t i = 0; words[i]; i++) {
		quoted = shell_quote(words[i]);
		fprintf(out, " %s", quoted);
		free(quoted);
	}
	fclose(out);
	free_words(words);
	return line;
}
