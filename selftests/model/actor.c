// SPDX-License-Identifier: GPL-2.0-only
/*
 * The programs that make the calls: one process each, with its own files and user. Each executes
 * one call at a time.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model.h"

#define GROUP		24	/* cdrom */
#define CALL_SECONDS	30

const char *const actor_names[ACTORS] = { "root", "alice", "bob", "namespace", "stranger" };

/* The fourth is root in its user namespace, and bob outside. */
static const struct {
	int user;
	bool in_group, in_namespace;
} identities[ACTORS] = {
	{ 0, true, false }, { 1001, true, false }, { 1002, true, false }, { 1002, true, true },
	{ 1003, false, false },
};

struct request {
	int call;
	bool writer, leave;
	unsigned int arg;
	char path[64];
};

/* The thread of an actor for calls without waiting; shared with it. */
struct late {
	int socket;
	pid_t tid;
};

static struct {
	pid_t pid;
	int socket, late_socket;
	struct late *late;
} actors[ACTORS];

static struct fds fds = { -1, -1 };

static void die(const char *what)
{
	printf("Bail out! actor: %s: %s\n", what, strerror(errno));
	fflush(stdout);
	exit(1);
}

int actor_user(enum person actor)
{
	return identities[actor].user;
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (!f || fputs(text, f) == EOF || fclose(f))
		die(path);
}

static void enter_namespace(int user)
{
	char map[32];

	/* Otherwise /proc/self/uid_map could not be written after the change of user. */
	prctl(PR_SET_DUMPABLE, 1);
	if (unshare(CLONE_NEWUSER))
		die("unshare");
	snprintf(map, sizeof(map), "0 %d 1", user);
	write_file("/proc/self/uid_map", map);
}

static void become(enum person actor)
{
	gid_t group = GROUP;
	int user = identities[actor].user;

	if (!user)
		return;
	if (setgroups(identities[actor].in_group, &group) || setresgid(user, user, user) ||
	    setresuid(user, user, user))
		die("setuid");
	if (identities[actor].in_namespace)
		enter_namespace(user);
}

static struct answer obey(const struct request *r)
{
	struct answer a = { 0 };

	strcpy(tao_path, r->path);
	calls[r->call].fn(&fds, r->writer ? fds.writer : fds.reader, r->arg, &a);
	return a;
}

static void serve(int socket)
{
	struct request r;

	while (read(socket, &r, sizeof(r)) == sizeof(r)) {
		struct answer a;

		if (r.leave)
			_exit(0);
		a = obey(&r);
		if (write(socket, &a, sizeof(a)) != sizeof(a))
			_exit(1);
	}
}

static void *serve_late(void *arg)
{
	struct late *late = arg;

	__atomic_store_n(&late->tid, gettid(), __ATOMIC_RELEASE);
	serve(late->socket);
	return NULL;
}

static void no_handler(int signal)
{
	(void)signal;
}

/* Signals must interrupt calls: they are not restarted. */
static void live(int socket, struct late *late)
{
	struct sigaction act = { .sa_handler = no_handler };
	pthread_t thread;

	sigaction(SIGUSR1, &act, NULL);
	if (pthread_create(&thread, NULL, serve_late, late))
		die("thread");
	serve(socket);
	_exit(0);
}

static void close_others(int a, int b)
{
	int i;

	for (i = 3; i < 256; i++)
		if (i != a && i != b)
			close(i);
}

static void make_sockets(int *pair)
{
	const struct timeval limit = { .tv_sec = CALL_SECONDS };

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) ||
	    setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		die("socketpair");
}

static void start(enum person actor)
{
	struct late *late = actors[actor].late;
	int pair[2], late_pair[2];

	make_sockets(pair);
	make_sockets(late_pair);
	late->socket = late_pair[1];
	late->tid = 0;
	fflush(stdout);
	actors[actor].pid = fork();
	if (actors[actor].pid < 0)
		die("fork");
	if (!actors[actor].pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close_others(pair[1], late_pair[1]);
		become(actor);
		live(pair[1], late);
	}
	close(pair[1]);
	close(late_pair[1]);
	actors[actor].socket = pair[0];
	actors[actor].late_socket = late_pair[0];
}

void actors_start(void)
{
	int i;

	for (i = 0; i < ACTORS; i++) {
		if (!actors[i].late)
			actors[i].late = mmap(NULL, sizeof(struct late), PROT_READ | PROT_WRITE,
					      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (actors[i].late == MAP_FAILED)
			die("memory");
		start(i);
	}
}

static void stop(enum person actor)
{
	waitpid(actors[actor].pid, NULL, 0);
	close(actors[actor].socket);
	close(actors[actor].late_socket);
}

void actors_end(void)
{
	int i;

	for (i = 0; i < ACTORS; i++) {
		kill(actors[i].pid, SIGKILL);
		stop(i);
	}
}

static void ask(int socket, int call, bool writer, unsigned int arg)
{
	struct request r = { .call = call, .writer = writer, .arg = arg };

	strcpy(r.path, tao_path);
	if (write(socket, &r, sizeof(r)) != sizeof(r))
		die(calls[call].name);
}

/* If the call has not returned, the answer is ETIME, which no call returns. */
static struct answer hear(int socket)
{
	struct answer a;

	if (read(socket, &a, sizeof(a)) == sizeof(a))
		return a;
	if (errno != EAGAIN)
		die("answer");
	return (struct answer){ .error = ETIME };
}

struct answer actor_call(enum person actor, int call, bool writer, unsigned int arg)
{
	ask(actors[actor].socket, call, writer, arg);
	return hear(actors[actor].socket);
}

void actor_start_call(enum person actor, int call, unsigned int arg)
{
	ask(actors[actor].late_socket, call, true, arg);
}

bool actor_has_answer(enum person actor)
{
	struct pollfd p = { .fd = actors[actor].late_socket, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

struct answer actor_answer(enum person actor)
{
	return hear(actors[actor].late_socket);
}

void actor_interrupt(enum person actor)
{
	pid_t tid = __atomic_load_n(&actors[actor].late->tid, __ATOMIC_ACQUIRE);

	if (syscall(SYS_tgkill, actors[actor].pid, tid, SIGUSR1))
		die("tgkill");
}

void actor_end(enum person actor, bool kill_it)
{
	struct request r = { .leave = true };

	if (kill_it)
		kill(actors[actor].pid, SIGKILL);
	else if (write(actors[actor].socket, &r, sizeof(r)) != sizeof(r))
		die("leave");
	stop(actor);
	start(actor);
}
