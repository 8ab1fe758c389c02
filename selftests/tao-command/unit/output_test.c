// SPDX-License-Identifier: GPL-2.0-only
/* Questions that can't be asked. */
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../../../tools/tao/options.h"
#include "../../../tools/tao/output.h"
#include "../../libtao/unit/ktap.h"

#define REFUSED 1
#define TOLD 2

/* The result of a question in a session without a terminal, but with one as standard input. */
static int ask_without_terminal(bool yes)
{
	int manager = posix_openpt(O_RDWR | O_NOCTTY), terminal, status;

	if (manager < 0 || grantpt(manager) || unlockpt(manager))
		return -1;
	fflush(stdout);
	if (!fork()) {
		setsid();
		terminal = open(ptsname(manager), O_RDWR | O_NOCTTY);
		if (dup2(terminal, STDIN_FILENO) < 0 || !isatty(STDIN_FILENO))
			_exit(255);
		options.yes = yes;
		status = confirm("Burn this?") ? 0 : REFUSED;
		if (latest_complaint() && strstr(latest_complaint(), "--yes"))
			status |= TOLD;
		_exit(status);
	}
	if (wait(&status) < 0 || !WIFEXITED(status))
		return -1;
	close(manager);
	return WEXITSTATUS(status);
}

int main(void)
{
	ktap_seed();
	check_is(ask_without_terminal(false), REFUSED | TOLD,
		 "nobody can be asked: refused, with the way out");
	check_is(ask_without_terminal(true), 0, "--yes: not asked");
	return ktap_end();
}
