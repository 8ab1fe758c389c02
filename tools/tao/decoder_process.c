// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common.h"
#include "decoder_process.h"

#define PROGRAM "tao-decode"
#define STOP_INTERVAL_MS 200
#define ENDING_MAX 8

struct decoder_process {
	pid_t pid;
	int pipe;
	bool ended; /* its last message has arrived */
	bool broke_off; /* it ended without one */
	uint32_t room;
	char *data;
};

/* In the build tree it is next to tao, after installation in a folder of its own. */
static char *find_program(void)
{
	char exe[PATH_MAX], *slash, *path;
	ssize_t length = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	exe[length > 0 ? length : 0] = '\0';
	slash = strrchr(exe, '/');
	if (slash) {
		*slash = '\0';
		path = xasprintf("%s/" PROGRAM, exe);
		if (!access(path, X_OK))
			return path;
		free(path);
		path = xasprintf("%s/../libexec/tao/" PROGRAM, exe);
		if (!access(path, X_OK))
			return path;
		free(path);
	}
	return xstrdup(LIBEXEC "/" PROGRAM);
}

/* "mp3" for ".../Song.MP3"; empty if there is no suitable ending. */
static void copy_ending(const char *path, char ending[ENDING_MAX + 1])
{
	const char *dot = strrchr(path, '.');
	size_t n = 0;

	while (dot && n < ENDING_MAX && isalnum((unsigned char)dot[n + 1])) {
		ending[n] = tolower((unsigned char)dot[n + 1]);
		n++;
	}
	ending[n] = '\0';
}

static int spawn(const struct decoder_task *task, const char *program, int out, pid_t *pid)
{
	const char *arguments[10] = { PROGRAM };
	char ending[ENDING_MAX + 1], skip[24], *nothing[] = { NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	int n = 1, error;

	copy_ending(task->path, ending);
	snprintf(skip, sizeof(skip), "%llu", (unsigned long long)task->skip);
	if (task->downmix)
		arguments[n++] = "-d";
	if (task->narrow)
		arguments[n++] = "-n";
	if (*ending) {
		arguments[n++] = "-x";
		arguments[n++] = ending;
	}
	arguments[n++] = "-s";
	arguments[n++] = skip;
	arguments[n++] = task->mode;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, task->fd, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	/* Ctrl-C is for tao, which then ends it */
	posix_spawnattr_init(&attributes);
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
	error = posix_spawn(pid, program, &actions, &attributes, (char *const *)arguments,
			    nothing);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

struct decoder_process *decoder_process_start(const struct decoder_task *task, char **problem)
{
	struct decoder_process *p = xcalloc(1, sizeof(*p));
	char *program = find_program();
	int ends[2], error = 0;

	if (pipe2(ends, O_CLOEXEC))
		error = errno;
	if (!error) {
		error = spawn(task, program, ends[1], &p->pid);
		close(ends[1]);
		if (error)
			close(ends[0]);
	}
	p->pipe = ends[0];
	if (error == ENOENT)
		*problem = xasprintf(NAMED("no-decoder")
				     "only raw audio can be read: %s is not installed",
				     program);
	else if (error)
		*problem = xasprintf(NAMED("no-decoder")
				     "can't start %s: %s", program, strerror(error));
	free(program);
	if (!error)
		return p;
	free(p);
	return NULL;
}

static bool may_read(struct decoder_process *p, const atomic_bool *stop)
{
	struct pollfd fd = { .fd = p->pipe, .events = POLLIN };

	while (!stop || !atomic_load(stop))
		if (poll(&fd, 1, stop ? STOP_INTERVAL_MS : -1) > 0)
			return true;
	return false;
}

static bool read_all(struct decoder_process *p, void *data, size_t bytes, const atomic_bool *stop)
{
	ssize_t n;

	for (size_t done = 0; done < bytes; done += n) {
		if (!may_read(p, stop))
			return false;
		n = read(p->pipe, (char *)data + done, bytes - done);
		if (n < 0 && errno == EINTR) {
			n = 0;
		} else if (n <= 0) {
			p->broke_off = true;
			return false;
		}
	}
	return true;
}

/* Whether the size fits the type. */
static bool is_valid(const struct wire_head *head)
{
	switch (head->type) {
	case WIRE_INFO:
		return head->bytes == sizeof(struct wire_info);
	case WIRE_TAG:
		return head->bytes <= WIRE_TAG_MAX;
	case WIRE_AUDIO:
		return head->bytes <= WIRE_AUDIO_MAX && head->bytes % 4 == 0;
	case WIRE_FLOAT:
		return head->bytes <= WIRE_AUDIO_MAX && head->bytes % (2 * sizeof(float)) == 0;
	case WIRE_PROGRESS:
		return head->bytes == sizeof(uint64_t);
	case WIRE_END:
		return head->bytes == sizeof(struct wire_end);
	case WIRE_REFUSED:
		return head->bytes == sizeof(struct wire_refused);
	default:
		return false;
	}
}

int decoder_process_next(struct decoder_process *p, struct decoder_message *message,
			 const atomic_bool *stop)
{
	struct wire_head head;

	*message = (struct decoder_message){ 0 };
	if (p->ended)
		return 0;
	if (!read_all(p, &head, sizeof(head), stop) || !is_valid(&head))
		return -1;
	if (head.bytes + 1 > p->room) {
		p->room = head.bytes + 1;
		p->data = xrealloc(p->data, p->room, 1);
	}
	if (!read_all(p, p->data, head.bytes, stop))
		return -1;
	p->data[head.bytes] = '\0';
	p->ended = head.type == WIRE_END || head.type == WIRE_REFUSED;
	*message = (struct decoder_message){ head.type, head.bytes, p->data };
	return 0;
}

static char *describe_end(int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == WIRE_STATUS_OPEN)
		return xstrdup(NAMED("no-seccomp")
			       "is not decoded, for this kernel has no seccomp to shut that in");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGVTALRM)
		return xstrdup(NAMED("damaged-file")
			       "is damaged: it keeps its decoder busy for ever");
	if (WIFSIGNALED(status))
		return xasprintf(NAMED("damaged-file") "is damaged: its decoder broke off (%s)",
				 strsignal(WTERMSIG(status)));
	return xstrdup(NAMED("damaged-file") "is damaged: its decoder broke off");
}

char *decoder_process_end(struct decoder_process *p)
{
	bool broke_off = p->broke_off;
	int status = 0;

	close(p->pipe);
	/* if it broke off, it ends by itself: then its status says why */
	if (!broke_off)
		kill(p->pid, SIGKILL);
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	free(p->data);
	free(p);
	return broke_off ? describe_end(status) : NULL;
}

char *decoder_refusal(const struct decoder_message *message)
{
	const struct wire_refused *refused = message->data;
	int length = strnlen(refused->detail, sizeof(refused->detail));

	switch (refused->reason) {
	case WIRE_NO_AUDIO:
		return xstrdup(NAMED("not-audio") "has no sound in it");
	case WIRE_NO_DECODER:
		return xasprintf(NAMED("unknown-codec")
				 "is encoded in a way that can't be decoded here (%.*s)", length,
				 refused->detail);
	case WIRE_CHANNELS:
		return xasprintf(NAMED("channels")
				 "has %u channels, a CD has two: --downmix mixes them",
				 refused->number);
	case WIRE_RATE:
		return xasprintf(NAMED("sample-rate")
				 "has a sample rate of %u Hz, which can't be converted",
				 refused->number);
	case WIRE_BROKEN:
		return xstrdup(NAMED("damaged-file")
			       "is damaged: it begins like an audio file, but can't be read on");
	default:
		return xstrdup(NAMED("not-audio") "is no audio file that can be read");
	}
}
