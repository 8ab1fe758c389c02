#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# scripts/into-tree copies drivers, documents and tests into a kernel tree: they are where the
# kernel looks for them, its checkers accept them, its documentation builds, and the second run
# changes nothing. In build/into-tree-long the modules and the tests also build there, without a
# warning.
# host
# source
# timeout: 600
# long
. "$(dirname "$0")/../lib.sh"

source=$tree/build/linux-tree
linux=$tree/build/into-tree.$$
trap 'status=$?; rm -rf "$linux"; (exit $status); ktap_end' EXIT

need scripts/unpack-linux-source --tree "$source"
need cp -al "$source" "$linux"

# state: the time of each file of the tree
state()
{
	find "$linux" -type f ! -name '*.pyc' -printf '%P %T@\n' | sort
}

# copy NAME: a small tree that looks like that of a kernel
copy()
{
	rm -rf "$tmp/$1"
	mkdir -p "$tmp/$1"
	(cd "$source" && cp -r --parents Makefile Kbuild MAINTAINERS scripts/unifdef.c \
		drivers/scsi/{Kconfig,Makefile} Documentation/{ABI/testing,userspace-api/ioctl} \
		Documentation/{admin-guide,driver-api,userspace-api}/index.rst \
		tools/testing/selftests/Makefile include/uapi/linux/types.h "$tmp/$1")
}

# with_version MAJOR.MINOR: sets $tmp/copy to a kernel of that version
with_version()
{
	copy copy
	sed -i "1,10s/^VERSION = .*/VERSION = ${1%.*}/; 1,10s/^PATCHLEVEL = .*/PATCHLEVEL = ${1#*.}/" \
		"$tmp/copy/Makefile"
}

# --- Where it refuses -----------------------------------------------------------------------------

check_fails "no directory" 'no such directory' scripts/into-tree "$tmp/none"
check_fails "no kernel tree" 'is not a kernel tree' scripts/into-tree "$tmp"
need with_version 6.0
check_fails "a kernel that is too old" 'is Linux 6.0' scripts/into-tree "$tmp/copy"

# refuses NAME FILE: a tree that has this file of somebody else
refuses()
{
	need with_version 6.1
	need mkdir -p "$tmp/copy/$(dirname "$2")"
	echo theirs > "$tmp/copy/$2"
	rm -rf "$tmp/before"
	need cp -r "$tmp/copy" "$tmp/before"
	check_fails "$1 of the same name" 'not of this project' scripts/into-tree "$tmp/copy"
	check "$1 of the same name: nothing is changed" diff -r "$tmp/before" "$tmp/copy"
}

refuses 'a driver' drivers/scsi/tao/main.c
refuses 'a header' include/uapi/linux/tao.h
for dir in admin-guide driver-api userspace-api; do
	refuses "a directory of $dir" Documentation/$dir/tao/theirs.rst
done
refuses 'an interface' Documentation/ABI/testing/sysfs-class-tao
refuses 'a directory of tests' tools/testing/selftests/tao/theirs.c

# --- What it copies -------------------------------------------------------------------------------

check "it copies" scripts/into-tree "$linux"
before=$(state)
need sleep 0.01
check "it runs again" scripts/into-tree "$linux"
is "the second run changes nothing" "$(state)" "$before"
is "the source itself is unchanged" "$(grep -rl 'CHR_DEV_TAO\|linux/tao\.h' "$source" --include=Kconfig \
	--include=Makefile --include=MAINTAINERS --include='ioctl-number.rst')" ""
cd "$linux" || exit

for file in drivers/scsi/{tao,cdr-sim}/{Kconfig,Makefile,compat.h} include/uapi/linux/tao.h \
		Documentation/{admin-guide,driver-api,userspace-api}/tao/index.rst \
		Documentation/ABI/testing/sysfs-class-tao tools/testing/selftests/tao/{config,settings,sim.h}; do
	check "$file" test -s "$file"
done
is "kernel versions" "$(grep -rlE 'KERNEL_VERSION|__KERNEL__|version\.h' drivers/scsi/{tao,cdr-sim})" ""
# For a new kernel, no code for old ones stays.
need with_version 7.3
check "the newest kernel" "$tree/scripts/into-tree" "$tmp/copy"
is "its versions" "$(grep -rlE 'KERNEL_VERSION|__KERNEL__|__scsi_execute|FMODE_EXCL' "$tmp/copy/drivers/scsi")" ""

# accepted FILE: its options that Kconfig accepts
accepted()
{
	need make -s KCONFIG_ALLCONFIG="$1" allnoconfig
	grep -xFf "$1" .config
}

printf 'CONFIG_%s\n' 64BIT=y SMP=y MODULES=y BLOCK=y BLK_DEV=y PM=y SUSPEND=y PRINTK=y PROC_FS=y SYSFS=y \
	CONFIGFS_FS=y SCSI=y SCSI_LOWLEVEL=y IA32_EMULATION=y FTRACE=y ENABLE_DEFAULT_TRACERS=y \
	CHR_DEV_TAO=m SCSI_CDR_SIM=m > "$tmp/config"
is "Kconfig accepts" "$(accepted "$tmp/config" | sort)" "$(sort "$tmp/config")"
is "options of the tests that do not exist" "$(sed 's/^CONFIG_\(.*\)=.*/\1/' tools/testing/selftests/tao/config |
	while read -r option; do
		grep -rqxE --include='Kconfig*' "(menu)?config $option" . || echo "$option"
	done)" ""

# maintainers FILE...
maintainers()
{
	perl scripts/get_maintainer.pl --nogit --nogit-fallback --norolestats -f "$@" 2>&1
}

for file in drivers/scsi/tao/mmc/mmc.c drivers/scsi/cdr-sim/host.c include/uapi/linux/tao.h \
		Documentation/userspace-api/tao/tao.rst tools/testing/selftests/tao/sim.h \
		Documentation/ABI/testing/sysfs-class-tao; do
	check "get_maintainer finds us for $file" grep -q 'tao developers' <(maintainers "$file")
done
for file in $(sed -n 's/^F:\t//p' "$tree/packaging/kernel/MAINTAINERS"); do
	check "$file in MAINTAINERS" test -e "$file"
done
is "our files come to nobody else's driver" "$(maintainers drivers/scsi/sr.c | grep 'tao developers')" ""

# changes: a patch without the C files, which "checkpatch" has seen already
changes()
{
	printf 'Subject: [PATCH] scsi: tao: add a driver\n\nIt burns audio CDs.\n---\n'
	diff -urN -x '*.[ch]' -x '.config*' -x include -x scripts -x tools -x arch "$source" "$linux" |
		sed "s|^diff .* $linux/\(.*\)|diff --git a/\1 b/\1|; s|^--- $source/|--- a/|; s|^+++ $linux/|+++ b/|"
}

changes > "$tmp/changes.patch"
check "there are changes" grep -q '^+TAO AUDIO CD' "$tmp/changes.patch"

# complaints PATCH: of checkpatch
complaints()
{
	perl scripts/checkpatch.pl --no-signoff --terse --show-types --no-summary \
		--ignore FILE_PATH_CHANGES,SPDX_LICENSE_TAG,COMMIT_MESSAGE,LONG_LINE "$1" 2>&1 |
		grep -E '(ERROR|WARNING|CHECK):'
}

is "checkpatch" "$(complaints "$tmp/changes.patch")" ""
sed 's/^+config CHR_DEV_TAO$/& /' "$tmp/changes.patch" > "$tmp/blank.patch"
is "checkpatch finds a blank at the end of a line" \
	"$(complaints "$tmp/blank.patch" | grep -c TRAILING_WHITESPACE)" 1
is "get_abi" "$(perl scripts/get_abi.pl validate --dir Documentation/ABI 2>&1 | grep tao)" ""

for dir in admin-guide driver-api userspace-api; do
	is "htmldocs of $dir/tao" "$(make -s htmldocs SPHINXDIRS=$dir/tao BUILDDIR="$tmp/html" 2>&1 |
		grep -E "/tao/.*(WARNING|ERROR)|(WARNING|ERROR).*/tao/")" ""
	check "a page of $dir/tao" test -s "$tmp/html/$dir/tao/tao.html"
done

# The Makefile lists the tests that need no machine of their own.
listed()
{
	sed -n 's/^TEST_GEN_PROGS [+:]= //p' tools/testing/selftests/tao/Makefile | tr ' ' '\n' | sort
}

beside_others()
{
	grep -LE '^ \* lab: .*--(icount|bare)|^ \* build: .*-m32' "$tree"/selftests/{tao,stream}/*_test.c |
		sed 's|.*/||; s|\.c$||' | grep -vx suspend_test | sort
}

is "tests" "$(listed)" "$(beside_others)"
for test in $(listed); do
	check "$test" test -s "tools/testing/selftests/tao/$test.c"
done

[ -n "$ALL_BUILDS" ] || exit 0

# --- Builds ---------------------------------------------------------------------------------------

# Names of the symbols that modules may use; without them each is a warning.
need cp "/usr/src/linux-headers-$KVER/Module.symvers" .
need make -s modules_prepare
for driver in tao cdr-sim; do
	is "$driver builds without a warning" "$(make -s "M=drivers/scsi/$driver" W=1 2>&1)" ""
	check "$driver.ko" test -s "drivers/scsi/$driver/$driver.ko"
done
need make -s headers
check "the header is installed" test -s usr/include/linux/tao.h
echo '#include <linux/tao.h>' > "$tmp/header.c"
check "... and compiles" gcc -Iusr/include -Wall -Wextra -Werror -c -o "$tmp/header.o" "$tmp/header.c"
check "the tests build" make -s -C tools/testing/selftests TARGETS=tao USERCFLAGS=-Werror
for test in $(listed); do
	check "$test is built" test -x "tools/testing/selftests/tao/$test"
done
