// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "keeper.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8u
#endif

/* --- In the process --- */

#define SOCKET 3
#define FIRST_MAX 128

struct keeper {
	const char *path;
	int fd;
	off_t start; /* what is before it stays */
	bool created;
	bool written;
};

static struct keeper_reply failed(int error)
{
	return (struct keeper_reply){ .result = KEEPER_FAILED, .error = error };
}

/* Created here, it does not follow a link, and is ours to remove. */
static int open_new(struct keeper *k)
{
	k->fd = open(k->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
	k->created = k->fd >= 0;
	return k->fd;
}

/* A device or a pipe is not even opened: that may have consequences. */
static struct keeper_reply open_regular(struct keeper *k)
{
	struct keeper_reply good = { 0 };
	struct stat st;

	if (open_new(k) >= 0)
		return good;
	if (errno != EEXIST || stat(k->path, &st))
		return failed(errno);
	if (!S_ISREG(st.st_mode))
		return (struct keeper_reply){ .result = KEEPER_NOT_REGULAR };
	k->fd = open(k->path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return k->fd < 0 ? failed(errno) : good;
}

/* Audio, for example, if its name was put behind the option by mistake. */
static bool is_ours(int fd, off_t size, const char *first)
{
	size_t length = strlen(first);
	char line[FIRST_MAX];

	if (!size)
		return true;
	return length <= sizeof(line) && pread(fd, line, length, 0) == (ssize_t)length &&
	       !memcmp(line, first, length);
}

static struct keeper_reply take(struct keeper *k, const char *first)
{
	struct stat st;

	/* Some file systems have no locks. */
	if (flock(k->fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) {
		/* another burn was faster, and has it now */
		k->created = false;
		return (struct keeper_reply){ .result = KEEPER_BUSY };
	}
	if (fstat(k->fd, &st) || !is_ours(k->fd, st.st_size, first))
		return (struct keeper_reply){ .result = KEEPER_FOREIGN };
	k->start = st.st_size;
	return (struct keeper_reply){ .again = st.st_size };
}

static struct keeper_reply open_file(struct keeper *k, const char *first)
{
	struct keeper_reply reply = open_regular(k);

	return reply.result ? reply : take(k, first);
}

static int write_at(int fd, const char *text, size_t length, off_t at)
{
	ssize_t n;

	for (size_t done = 0; done < length; done += n) {
		n = pwrite(fd, text + done, length - done, at + done);
		if (n <= 0)
			return n ? errno : ENOSPC;
	}
	return ftruncate(fd, at + length) ? errno : 0;
}

/* @memory has the text. */
static struct keeper_reply print_text_of(struct keeper *k, int memory)
{
	struct stat st;
	char *text;
	int error;

	if (fstat(memory, &st))
		return failed(errno);
	text = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, memory, 0);
	if (text == MAP_FAILED)
		return failed(errno);
	error = write_at(k->fd, text, st.st_size, k->start);
	munmap(text, st.st_size);
	k->written = true;
	return error ? failed(error) : (struct keeper_reply){ 0 };
}

/* A file system across the network may say only now that it is full. */
static struct keeper_reply end(struct keeper *k)
{
	int fd = k->fd;

	if (k->created && !k->written)
		unlink(k->path);
	k->fd = -1;
	return close(fd) ? failed(errno) : (struct keeper_reply){ 0 };
}

/* Returns the descriptor of a text, or -1 at the end. */
static int receive(void)
{
	char byte, room[CMSG_SPACE(sizeof(int))];
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = room, .msg_controllen = sizeof(room),
	};
	struct cmsghdr *header;
	int fd;

	if (recvmsg(SOCKET, &message, MSG_CMSG_CLOEXEC) <= 0)
		return -1;
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}

static void answer(struct keeper_reply reply)
{
	send(SOCKET, &reply, sizeof(reply), MSG_NOSIGNAL);
}

/*
 * It holds nothing of the command but the socket: neither a pipe that somebody reads to its end,
 * nor the terminal. Ctrl-C is for the command, whose end is the end of the socket.
 */
static void stand_alone(int socket)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	int null = open("/dev/null", O_RDWR);

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		signal(signals[i], SIG_IGN);
	setsid();
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	if (socket != SOCKET)
		dup2(socket, SOCKET);
	close_range(SOCKET + 1, ~0U, 0);
}

static void keep(const char *path, const char *first)
{
	struct keeper k = { .path = path, .fd = -1 };
	struct keeper_reply reply = open_file(&k, first);
	int memory;

	answer(reply);
	while (!reply.result && (memory = receive()) >= 0) {
		answer(print_text_of(&k, memory));
		close(memory);
	}
	/* one that was refused has something in it, or was not created */
	answer(end(&k));
}

/* --- In the command --- */

int keeper_start(const char *path, const char *first)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	pid = fork();
	if (!pid) {
		stand_alone(ends[1]);
		keep(path, first);
		_exit(0);
	}
	close(ends[1]);
	if (pid > 0)
		return ends[0];
	close(ends[0]);
	return -EAGAIN;
}

static int send_descriptor(int socket, int fd)
{
	char byte = 0, room[CMSG_SPACE(sizeof(int))] = "";
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = room, .msg_controllen = sizeof(room),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/*
 * Memory takes a text of any length at once, which a socket does not. From Linux 6.3 on, a system
 * may forbid memory that could be executed; before, the flag is EINVAL.
 */
static int make_memory(void)
{
	int memory = memfd_create("text", MFD_CLOEXEC | MFD_NOEXEC_SEAL);

	return memory < 0 && errno == EINVAL ? memfd_create("text", MFD_CLOEXEC) : memory;
}

int keeper_print(int keeper, const char *text, size_t length)
{
	int memory = make_memory(), error = 0;
	ssize_t n;

	if (memory < 0)
		return -errno;
	for (size_t done = 0; done < length && !error; done += n) {
		n = write(memory, text + done, length - done);
		error = n < 0 ? -errno : 0;
	}
	if (!error)
		error = send_descriptor(keeper, memory);
	close(memory);
	return error;
}

void keeper_end(int keeper)
{
	shutdown(keeper, SHUT_WR);
}

int keeper_reply(int keeper, struct keeper_reply *reply, int ms)
{
	struct pollfd fd = { .fd = keeper, .events = POLLIN };
	int ready = poll(&fd, 1, ms);
	ssize_t n;

	if (ready <= 0)
		return ready && errno != EINTR ? -errno : 0;
	n = recv(keeper, reply, sizeof(*reply), MSG_DONTWAIT);
	return n == sizeof(*reply) ? 1 : n < 0 ? -errno : -EPIPE;
}
