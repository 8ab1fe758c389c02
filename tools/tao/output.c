// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include "common.h"
#include "output.h"
#include "text.h"

/* After this time, signals end a program that only waits for the reader of its output. */
#define PATIENCE_MS 1000

struct piece {
	struct piece *next;
	FILE *file;
	char *text;
};

static struct {
	pthread_mutex_t lock; /* protects all below */
	pthread_cond_t changed;
	pthread_t thread;
	bool running;
	bool stop;
	struct piece *first; /* includes the piece that is being written */
	struct piece *last;
} queue = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

/*
 * errno of the first failed write to standard output; belongs to the writing thread while that
 * runs.
 */
static int write_error;
static char *complaint;

FILE *human_output(void)
{
	return options.json ? stderr : stdout;
}

static void write_text(FILE *file, const char *text)
{
	errno = 0;
	if (fputs(text, file) < 0 && file == stdout && !write_error)
		write_error = errno ? errno : EIO;
}

static void flush_file(FILE *file)
{
	errno = 0;
	if (fflush(file) && file == stdout && !write_error)
		write_error = errno ? errno : EIO;
}

static void *write_queue(void *data)
{
	struct piece *piece;

	(void)data;
	/* what was printed before */
	flush_file(stdout);
	pthread_mutex_lock(&queue.lock);
	for (;;) {
		piece = queue.first;
		if (!piece && queue.stop)
			break;
		if (!piece) {
			pthread_cond_wait(&queue.changed, &queue.lock);
			continue;
		}
		pthread_mutex_unlock(&queue.lock);
		write_text(piece->file, piece->text);
		flush_file(piece->file);
		pthread_mutex_lock(&queue.lock);
		queue.first = piece->next;
		free(piece->text);
		free(piece);
		pthread_cond_broadcast(&queue.changed);
	}
	pthread_mutex_unlock(&queue.lock);
	return NULL;
}

/* Takes ownership of @text. Returns false if there is no writing thread. */
static bool enqueue(FILE *file, char *text)
{
	struct piece *piece;
	bool running;

	pthread_mutex_lock(&queue.lock);
	running = queue.running;
	if (running) {
		piece = xcalloc(1, sizeof(*piece));
		piece->file = file;
		piece->text = text;
		if (queue.first)
			queue.last->next = piece;
		else
			queue.first = piece;
		queue.last = piece;
		pthread_cond_broadcast(&queue.changed);
	}
	pthread_mutex_unlock(&queue.lock);
	return running;
}

void print_text(FILE *file, char *text)
{
	if (enqueue(file, text))
		return;
	/* keeps the order, even if both go to the same file */
	if (file == stderr)
		flush_file(stdout);
	write_text(file, text);
	/* programs read the objects as they arrive */
	if (options.json)
		flush_file(file);
	free(text);
}

void output_begin(void)
{
	sigset_t all, before;

	if (queue.running)
		return;
	/* signals are for the threads that wait for them */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	queue.stop = false;
	queue.running = !pthread_create(&queue.thread, NULL, write_queue, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* Its thread flushes each piece, and holds the lock of the file while nobody reads that. */
void output_flush(void)
{
	bool running;

	pthread_mutex_lock(&queue.lock);
	running = queue.running;
	pthread_mutex_unlock(&queue.lock);
	if (running)
		return;
	flush_file(stdout);
	flush_file(stderr);
}

bool output_waits(void)
{
	bool waits;

	pthread_mutex_lock(&queue.lock);
	waits = queue.first;
	pthread_mutex_unlock(&queue.lock);
	return waits;
}

bool output_is_read(void)
{
	struct pollfd reader = { .fd = STDOUT_FILENO };

	return poll(&reader, 1, 0) <= 0 || !(reader.revents & (POLLERR | POLLNVAL));
}

bool output_drain(int ms)
{
	struct timespec until;
	bool drained;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += ms / 1000;
	pthread_mutex_lock(&queue.lock);
	while (queue.first) {
		if (ms < 0)
			pthread_cond_wait(&queue.changed, &queue.lock);
		else if (pthread_cond_clockwait(&queue.changed, &queue.lock, CLOCK_MONOTONIC,
						&until))
			break;
	}
	drained = !queue.first;
	pthread_mutex_unlock(&queue.lock);
	return drained;
}

/* Only output is left: signals may end the program now, unless they were ignored from the start. */
static void let_signals_end(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action;
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		if (sigaction(signals[i], NULL, &action) || action.sa_handler == SIG_IGN)
			continue;
		signal(signals[i], SIG_DFL);
		sigaddset(&set, signals[i]);
	}
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void stop_queue(void)
{
	if (!queue.running)
		return;
	if (!output_drain(PATIENCE_MS)) {
		let_signals_end();
		output_drain(-1);
	}
	pthread_mutex_lock(&queue.lock);
	queue.running = false;
	queue.stop = true;
	pthread_cond_broadcast(&queue.changed);
	pthread_mutex_unlock(&queue.lock);
	pthread_join(queue.thread, NULL);
}

int output_end(int exit_status)
{
	stop_queue();
	flush_file(stdout);
	if (!write_error)
		return exit_status;
	fprintf(stderr, "tao: can't write to standard output: %s\n", strerror(write_error));
	write_error = 0;
	return exit_status ? exit_status : STATUS_FAILED;
}

static char *plain_text(const char *format, va_list args)
{
	char *text = xvasprintf(format, args), *plain = text_printable(text);

	free(text);
	return plain;
}

void print_plain(FILE *file, const char *format, va_list args)
{
	size_t length = strlen(format);
	char *text = plain_text(format, args);

	/* the final newline became a question mark */
	if (length && format[length - 1] == '\n')
		text[strlen(text) - 1] = '\n';
	print_text(file, text);
}

void say(const char *format, ...)
{
	va_list args;

	if (options.quiet)
		return;
	va_start(args, format);
	print_plain(human_output(), format, args);
	va_end(args);
}

void complain_as(const char *program, const char *text)
{
	char *name = text_name(text), *plain = text_printable(text);

	free(complaint);
	complaint = name ? xasprintf(NAMED("%s") "%s", name, plain) : xstrdup(plain);
	print_text(stderr, xasprintf("%s: %s\n", program, plain));
	free(name);
	free(plain);
}

void complain(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	complain_as("tao", text);
	free(text);
}

void complain_besides(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = plain_text(format, args);
	va_end(args);
	print_text(stderr, xasprintf("tao: %s\n", text));
	free(text);
}

const char *latest_complaint(void)
{
	return complaint;
}

bool confirm(const char *question)
{
	char answer[16] = "", *plain;
	FILE *tty;

	if (options.yes || !isatty(STDIN_FILENO))
		return true;
	/* Audio may come from standard input; the user is at the terminal. */
	tty = fopen("/dev/tty", "r+");
	if (!tty) {
		complain(NAMED("no-terminal")
			 "can't ask \"%s\", for there is no terminal (/dev/tty: %s); "
			 "--yes goes on without asking",
			 question, strerror(errno));
		return false;
	}
	output_flush();
	/* what was typed before it answers nothing */
	tcflush(fileno(tty), TCIFLUSH);
	plain = text_printable(question);
	fprintf(tty, "%s [y/N] ", plain);
	free(plain);
	fflush(tty);
	if (!fgets(answer, sizeof(answer), tty))
		answer[0] = '\0';
	fclose(tty);
	return answer[0] == 'y' || answer[0] == 'Y';
}
