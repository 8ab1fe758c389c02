// SPDX-License-Identifier: GPL-2.0-only
/*
 * The parts of libtao that work without a drive: the list, bad arguments, errors, and the
 * transfer of audio from a descriptor, with a file or a pipe instead of the drive.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "../../../tools/lib/tao/internal.h"
#include "ktap.h"

static void test_list(void)
{
	static const char *const names[] = { "tao10", "tao2", "tao0", "taox", "other", "tao" };
	struct tao_list *list = NULL;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		mkdir(ktap_path(names[i]), 0755);
	check_is(tao_list_scan(&list, ktap_path(""), "/dev"), 0, "list");
	check_is(tao_list_count(list), 3, "list: drives only");
	check(!strcmp(tao_list_path(list, 0), "/dev/tao0") &&
	      !strcmp(tao_list_path(list, 1), "/dev/tao2") &&
		      !strcmp(tao_list_path(list, 2), "/dev/tao10"),
	      "list: in the order of their numbers");
	check(!tao_list_path(list, 3), "list: NULL beyond the last");
	tao_list_free(list);
	check_is(tao_list_scan(&list, ktap_path("missing"), "/dev"), 0,
		 "list: no module is no error");
	check_is(tao_list_count(list), 0, "list: no module, no drives");
	tao_list_free(list);
	tao_list_free(NULL);
}

static void test_open(void)
{
	struct tao_device *dev = NULL;

	check_is(tao_open(&dev, ktap_path("missing"), TAO_OPEN_READ), -ENOENT,
		 "open: what is not there");
	check(strstr(tao_last_error(), "missing"), "open: the error names the file");
	tao_open(&dev, "/dev/none\nor \033[31m\177", TAO_OPEN_READ);
	check(strstr(tao_last_error(), "/dev/none?or ?[31m?:"),
	      "open: no control character of a name is in the error");
	tao_open(&dev, "/dev/\302\23331m\23331m\303\251\304\233\342\202\254\302\240",
		 TAO_OPEN_READ);
	check(strstr(tao_last_error(),
		     "/dev/??31m?31m\303\251\304\233\342\202\254\302\240:"),
	      "open: nor one beyond ASCII, but its letters are");
	check_is(tao_open(&dev, "/dev/null", TAO_OPEN_READ), -ENOTTY,
		 "open: what is no tao device");
	check_is(tao_open(&dev, "/dev/null", 1U << 20), -EINVAL, "open: unknown flags");
	check_is(tao_open(&dev, "/dev/sr99", TAO_OPEN_READ), -ENODEV,
		 "open: a block device without drive");
	check_is(tao_open_fd(&dev, 99), -EBADF, "open_fd: a bad descriptor");
	check(!dev, "open: a failure leaves the pointer alone");
	check_is(tao_close(NULL), 0, "close: NULL is fine");
	check(!strcmp(tao_version(), LIBTAO_VERSION), "version");
}

/*
 * A program without standard output must not get a drive in its place: its output would be
 * burned.
 */
static void test_descriptors(void)
{
	int saved[3], fd;

	fflush(stdout);
	for (int i = 0; i < 3; i++) {
		saved[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
		close(i);
	}
	fd = tao_open_file("/dev/null", O_RDWR);
	for (int i = 0; i < 3; i++) {
		dup2(saved[i], i);
		close(saved[i]);
	}
	check(fd > STDERR_FILENO, "a drive is never descriptor 0, 1 or 2");
	check(fcntl(fd, F_GETFD) & FD_CLOEXEC, "nor that of a program that is started");
	close(fd);
	check(tao_open_file(ktap_path("missing"), O_RDONLY) < 0 && errno == ENOENT,
	      "what is not there");
}

/* Names from udev: a link, and longer than any node. */
static void test_long_name(void)
{
	struct tao_device *dev = NULL;
	char name[200];

	snprintf(name, sizeof(name), "usb-%0150d-0:0", 1);
	check(!symlink("/dev/null", ktap_path(name)), "set-up: a link");
	check_is(tao_open(&dev, ktap_path(name), TAO_OPEN_READ), -ENOTTY, "open: a long name");
	check(strstr(tao_last_error(), "/dev/null is no tao device"),
	      "open: it is the device that is meant");
}

static void *other_thread(void *data)
{
	struct tao_device *dev;

	(void)data;
	tao_open(&dev, "/dev/null", TAO_OPEN_READ);
	return NULL;
}

static void test_error_thread(void)
{
	struct tao_device *dev;
	pthread_t thread;
	char before[256];

	tao_open(&dev, ktap_path("missing"), TAO_OPEN_READ);
	snprintf(before, sizeof(before), "%s", tao_last_error());
	pthread_create(&thread, NULL, other_thread, NULL);
	pthread_join(thread, NULL);
	check(!strcmp(before, tao_last_error()), "the last error is that of the thread");
}

/* The names in sysfs */
static void test_names(void)
{
	check(!strcmp(tao_state_name(TAO_STATE_TRACK_OPEN), "track-open"), "name of a state");
	check(!strcmp(tao_action_name(TAO_ACTION_RECOVERING), "recovering"), "name of an action");
	check(!strcmp(tao_state_name(4), "unknown") && !strcmp(tao_action_name(10), "unknown") &&
	      !strcmp(tao_action_name(UINT32_MAX), "unknown"), "numbers that have none");
}

static void test_write_size(void)
{
	struct tao_device dev = { .quantum_sectors = 32 };

	check_is(tao_write_size(&dev), 75264, "write size on 512-byte alignment");
	dev.quantum_sectors = 1;
	check_is(tao_write_size(&dev), 75264, "write size on 4-byte alignment");
	dev.quantum_sectors = 48;
	check_is(tao_write_size(&dev) % (48 * TAO_SECTOR_SIZE), 0, "write size: whole quanta");
}

#define AUDIO_BYTES (1000 * 1000 + 7)

static char audio[AUDIO_BYTES];

/* Compares the file that replaces the drive. */
static bool arrived(const char *path, const char *expected, size_t bytes)
{
	char *got = malloc(bytes + 1);
	FILE *file = fopen(path, "r");
	size_t n = file ? fread(got, 1, bytes + 1, file) : 0;
	bool same = n == bytes && !memcmp(got, expected, bytes);

	if (file)
		fclose(file);
	free(got);
	return same;
}

static int open_target(struct tao_device *dev)
{
	*dev = (struct tao_device){ .quantum_sectors = 1, .path = "test" };
	dev->fd = open(ktap_path("target"), O_RDWR | O_CREAT | O_TRUNC, 0600);
	return dev->fd;
}

static void write_from(int fd, uint64_t bytes, const char *expected, size_t expected_bytes,
		       const char *name)
{
	struct tao_device dev;
	uint64_t written = 0;
	char text[128];

	open_target(&dev);
	snprintf(text, sizeof(text), "%s: no error", name);
	check_is(tao_write_fd(&dev, fd, bytes, &written, NULL, NULL), 0, text);
	snprintf(text, sizeof(text), "%s: all was written", name);
	check_is(written, expected_bytes, text);
	snprintf(text, sizeof(text), "%s: and arrived", name);
	check(arrived(ktap_path("target"), expected, expected_bytes), text);
	close(dev.fd);
}

static void *fill(void *data)
{
	int fd = *(int *)data;
	size_t n;

	for (size_t done = 0; done < AUDIO_BYTES; done += n) {
		n = 1 + rand() % 100000;
		if (n > AUDIO_BYTES - done)
			n = AUDIO_BYTES - done;
		if (write(fd, audio + done, n) != (ssize_t)n)
			break;
	}
	close(fd);
	return NULL;
}

/* If a file has become shorter, the call fails. */
static void test_short_source(int file)
{
	struct tao_device dev;
	uint64_t written = 0;

	open_target(&dev);
	lseek(file, 0, SEEK_SET);
	check_is(tao_write_fd(&dev, file, AUDIO_BYTES + 1, &written, NULL, NULL), -EMSGSIZE,
		 "a source that is too short");
	check_is(written, AUDIO_BYTES, "a source that is too short: what it has is written");
	check(strstr(tao_last_error(), "ends after"), "a source that is too short: in words");
	close(dev.fd);
}

static void test_write_fd(void)
{
	int file, ends[2];
	pthread_t thread;

	file = open(ktap_path("source"), O_RDWR | O_CREAT, 0600);
	if (write(file, audio, AUDIO_BYTES) != AUDIO_BYTES)
		check(false, "set-up");
	lseek(file, 0, SEEK_SET);
	write_from(file, UINT64_MAX, audio, AUDIO_BYTES, "a file");
	lseek(file, 44, SEEK_SET);
	write_from(file, 5000, audio + 44, 5000, "a part of a file");
	check_is(lseek(file, 0, SEEK_CUR), 5044, "a part of a file: no more is read");
	write_from(file, 0, audio, 0, "nothing");
	test_short_source(file);
	close(file);

	check(!pipe(ends), "set-up: a pipe");
	pthread_create(&thread, NULL, fill, &ends[1]);
	write_from(ends[0], UINT64_MAX, audio, AUDIO_BYTES, "a pipe");
	pthread_join(thread, NULL);
	close(ends[0]);

	check(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "set-up: a socket");
	pthread_create(&thread, NULL, fill, &ends[1]);
	write_from(ends[0], UINT64_MAX, audio, AUDIO_BYTES, "a socket");
	pthread_join(thread, NULL);
	close(ends[0]);
}

/* Reads from the drive's end, slowly and in odd pieces. */
static void *drain(void *data)
{
	int *ends = data;
	char piece[3001];
	ssize_t n;

	while ((n = read(ends[0], piece, 1 + rand() % 3000)) > 0) {
		if (write(ends[1], piece, n) != n)
			break;
		usleep(200);
	}
	return NULL;
}

static void no_wakeup(int number)
{
	(void)number;
}

/* Interrupts the thread @data again and again. */
static void *interrupt(void *data)
{
	for (int i = 0; i < 300; i++) {
		pthread_kill(*(pthread_t *)data, SIGUSR1);
		usleep(500);
	}
	return NULL;
}

/* With a drive that blocks, and signals, all data read from the source arrive exactly once. */
static void write_held_up(int fd, const char *name)
{
	int drive[2], sink = open(ktap_path("drained"), O_RDWR | O_CREAT | O_TRUNC, 0600), error;
	struct tao_device dev = { .quantum_sectors = 1, .path = "test" };
	pthread_t self = pthread_self(), drainer, interrupter;
	uint64_t written, done = 0;
	unsigned int tries = 0;
	int ends[2];
	char text[128];

	check(!pipe2(drive, O_CLOEXEC) && !fcntl(drive[1], F_SETFL, O_NONBLOCK), "set-up");
	dev.fd = drive[1];
	ends[0] = drive[0];
	ends[1] = sink;
	pthread_create(&drainer, NULL, drain, ends);
	pthread_create(&interrupter, NULL, interrupt, &self);
	do {
		error = tao_write_fd(&dev, fd, AUDIO_BYTES - done, &written, NULL, NULL);
		done += written;
		if (error == -EAGAIN)
			usleep(1000);
	} while ((error == -EAGAIN || error == -EINTR) && ++tries < 100000);
	pthread_join(interrupter, NULL);
	close(drive[1]);
	pthread_join(drainer, NULL);
	snprintf(text, sizeof(text), "%s: no error in the end", name);
	check_is(error, 0, text);
	snprintf(text, sizeof(text), "%s: all arrived, once and in order", name);
	check(arrived(ktap_path("drained"), audio, AUDIO_BYTES), text);
	close(drive[0]);
	close(sink);
}

static void test_write_held_up(void)
{
	struct sigaction action = { .sa_handler = no_wakeup };
	pthread_t thread;
	int ends[2], fd;

	sigaction(SIGUSR1, &action, NULL);
	check(!socketpair(AF_UNIX, SOCK_STREAM, 0, ends), "set-up: a socket");
	pthread_create(&thread, NULL, fill, &ends[1]);
	write_held_up(ends[0], "a drive that makes a socket wait");
	pthread_join(thread, NULL);
	close(ends[0]);
	fd = open(ktap_path("source"), O_RDONLY);
	write_held_up(fd, "a drive that makes a file wait");
	close(fd);
}

/* The status that the ioctl reports; NULL: that of a drive */
static struct tao_status *reported;
static unsigned int reports;

/* That of the C library */
int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	if (!reported || request != TAO_IOC_GET_STATUS)
		return syscall(SYS_ioctl, fd, request, arg);
	/* the drive takes a sector each time */
	if (reported->queue_bytes)
		reported->queue_bytes -= TAO_SECTOR_SIZE;
	*(struct tao_status *)arg = *reported;
	reports++;
	return 0;
}

static int count_told(void *data, uint64_t bytes)
{
	(void)bytes;
	++*(unsigned int *)data;
	return 0;
}

static int write_waiting(struct tao_device *dev, uint64_t bytes, uint32_t flags, int queued)
{
	struct tao_status status = {
		.state = TAO_STATE_TRACK_OPEN,
		.flags = flags,
		.queue_bytes = queued * TAO_SECTOR_SIZE,
	};
	int file = open(ktap_path("source"), O_RDONLY), ret;
	unsigned int told = 0;

	reported = &status;
	reports = 0;
	ret = tao_write_fd(dev, file, bytes, NULL, count_told, &told);
	reported = NULL;
	check(told, "progress is told");
	close(file);
	return ret;
}

/* The data have been passed on, and wait for the drive. */
static void test_wait_for_drive(void)
{
	struct tao_device dev;
	int ends[2];
	int64_t began;

	open_target(&dev);
	check_is(write_waiting(&dev, 5000, 0, 5), 0, "with progress, the drive is waited for");
	check(reports >= 5, "until it has all");
	check_is(write_waiting(&dev, 5000, TAO_STATUS_CANCELLED, 5), -ECANCELED,
		 "another thread cancels the track");
	check(strstr(tao_last_error(), "cancelled"), "and it is said so");
	check_is(write_waiting(&dev, 0, TAO_STATUS_CANCELLED, 0), 0,
		 "the track before was cancelled");
	fcntl(dev.fd, F_SETFL, O_NONBLOCK);
	check_is(write_waiting(&dev, 5000, 0, 10000), 0, "a handle that does not wait");
	check(reports < 5, "does not wait");
	close(dev.fd);

	/* nobody reads this pipe: poll() returns at once, with POLLERR */
	check(!pipe(ends), "set-up: a pipe");
	close(ends[0]);
	dev.fd = ends[1];
	began = tao_clock_ms();
	check_is(write_waiting(&dev, 0, 0, 5), 0, "a track that was cut short is waited for");
	check(tao_clock_ms() - began >= 300, "without haste");
	close(dev.fd);
}

static int stop_late(void *data, uint64_t bytes)
{
	(void)data;
	return bytes > 400000;
}

static void test_write_stops(void)
{
	struct tao_device dev;
	uint64_t written = 0;
	int file;

	file = open(ktap_path("source"), O_RDONLY);
	open_target(&dev);
	check_is(tao_write_fd(&dev, file, UINT64_MAX, &written, stop_late, NULL), -ECANCELED,
		 "the progress function stops it");
	check(written > 400000 && written < AUDIO_BYTES, "and what was written is known");
	close(dev.fd);
	close(file);
}

/* /dev/full accepts nothing: ENOSPC, like a full disc. */
static void test_write_fails(void)
{
	struct tao_device dev = { .quantum_sectors = 1, .path = "/dev/full" };
	uint64_t written = 1;
	int file;

	file = open(ktap_path("source"), O_RDONLY);
	dev.fd = open("/dev/full", O_WRONLY);
	check_is(tao_write(&dev, audio, 1000), -ENOSPC, "write: the error of the drive");
	check(strstr(tao_last_error(), "room on the disc"), "write: in words");
	check_is(tao_write_fd(&dev, file, UINT64_MAX, &written, NULL, NULL), -ENOSPC,
		 "write_fd: the error of the drive");
	check_is(written, 0, "write_fd: nothing was written");
	close(dev.fd);
	close(file);

	open_target(&dev);
	check_is(tao_write_fd(&dev, 99, UINT64_MAX, NULL, NULL, NULL), -EBADF,
		 "write_fd: the error of the source");
	check_is(tao_write(&dev, audio, 0), 0, "write: nothing is nothing");
	close(dev.fd);
}

/* EIO of the source, which is not EIO of the drive: memory that is not there can't be read. */
static void test_unreadable_source(void)
{
	struct tao_device dev = { 0 };
	uint64_t written = 1;
	int memory = open("/proc/self/mem", O_RDONLY);

	open_target(&dev);
	check_is(tao_write_fd(&dev, memory, AUDIO_BYTES, &written, NULL, NULL), -EREMOTEIO,
		 "write_fd: a source that can't be read");
	check_is(written, 0, "write_fd: nothing of it was written");
	check(strstr(tao_last_error(), "the audio can't be read"), "write_fd: and whose fault");
	close(memory);
	close(dev.fd);
}

int main(void)
{
	srand(ktap_seed());
	for (size_t i = 0; i < AUDIO_BYTES; i++)
		audio[i] = rand();
	test_list();
	test_open();
	test_descriptors();
	test_long_name();
	test_error_thread();
	test_names();
	test_write_size();
	test_write_fd();
	test_write_held_up();
	test_wait_for_drive();
	test_write_stops();
	test_write_fails();
	test_unreadable_source();
	return ktap_end();
}
