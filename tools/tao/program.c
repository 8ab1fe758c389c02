// SPDX-License-Identifier: GPL-2.0-only
/* This program again. */
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "common.h"
#include "program.h"

#define LOOK_MS 50 /* for its end, and for signals */

static int wait_for_program(pid_t pid, atomic_bool stop[static 1])
{
	bool stopped = false;
	int status = 0;
	pid_t ended;

	while (!(ended = waitpid(pid, &status, WNOHANG))) {
		/* From a terminal it has got the signal too: within a second they are one. */
		if (atomic_exchange(stop, false)) {
			kill(pid, SIGTERM);
			stopped = true;
		}
		pause_ms(LOOK_MS);
	}
	if (stopped)
		atomic_store(stop, true);
	if (ended < 0 || (WIFEXITED(status) && WEXITSTATUS(status) > STATUS_UNDECIDED))
		return STATUS_FAILED;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return stopped || WTERMSIG(status) == SIGINT ? STATUS_CANCELLED : STATUS_FAILED;
}

int run_tao(const char **argv, bool apart, atomic_bool stop[static 1])
{
	posix_spawn_file_actions_t actions;
	int error, exit_status = STATUS_FAILED;
	pid_t pid;

	signal(SIGCHLD, SIG_DFL);
	output_flush();
	posix_spawn_file_actions_init(&actions);
	if (apart)
		posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
	error = posix_spawn(&pid, "/proc/self/exe", &actions, NULL, (char **)argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error)
		complain(NAMED("no-resources") "can't run tao again: %s", strerror(error));
	else
		exit_status = wait_for_program(pid, stop);
	return exit_status;
}
