// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include "decode.h"

#define MEMORY_BYTES (UINT64_C(2) << 30)

static int limit(int resource, rlim_t value)
{
	struct rlimit both = { value, value };

	return setrlimit(resource, &both);
}

/*
 * Permits reading standard input, writing standard output and allocating memory; all else is
 * EPERM.
 */
static int allow_calls(scmp_filter_ctx filter)
{
	static const int calls[] = {
		SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
		SCMP_SYS(futex), SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
		SCMP_SYS(setitimer), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
		SCMP_SYS(getrandom), SCMP_SYS(exit), SCMP_SYS(exit_group),
	};
	int error = 0;

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		error |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	error |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(pread64), 1,
				  SCMP_A0(SCMP_CMP_EQ, STDIN_FILENO, 0));
	error |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1,
				  SCMP_A0(SCMP_CMP_EQ, STDOUT_FILENO, 0));
	error |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	error |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				  SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	return error;
}

int shut_in(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int error = -1;

	if (filter && !limit(RLIMIT_CORE, 0) && !limit(RLIMIT_FSIZE, 0) &&
	    !limit(RLIMIT_NPROC, 0) && !limit(RLIMIT_AS, MEMORY_BYTES) && !allow_calls(filter))
		error = seccomp_load(filter);
	seccomp_release(filter);
	return error ? -1 : 0;
}
