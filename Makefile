# SPDX-License-Identifier: GPL-2.0-only
#
# "make help" lists the targets. What is built goes to build/.

TREE	:= $(CURDIR)
BUILD	:= $(TREE)/build

CC	?= gcc
CFLAGS	?= -O2 -g
PREFIX	?= /usr/local
udevdir	?= $(PREFIX)/lib/udev
STRIP	?= strip
# Who may burn.
TAO_GROUP ?= cdrom
export CC CFLAGS LDFLAGS PREFIX DESTDIR

# Neither make nor Kbuild can have them, and "rm -rf" would get two names.
$(foreach name,CURDIR BUILD DESTDIR PREFIX libdir udevdir pythondir,$(if $(word 2,$($(name))),\
	$(error The path $(name) must not contain a space: $($(name)))))

# The module has the compiler of its kernel: CC is for the rest, and reaches that by the environment.
MAKEOVERRIDES := $(subst +space+,\ ,$(filter-out CC=%,$(subst \ ,+space+,$(MAKEOVERRIDES))))

VERSION	:= $(shell sed -n 's/^.define TAO_MODULE_VERSION[ \t]*"\(.*\)"/\1/p' drivers/tao/tao.h)

# The lab boots the newest installed kernel of this Debian that modules can be built
# for, or the one that KERNEL names: a series, as 6.12, or an image, as
# /boot/vmlinuz-6.12.1.
LAB_KVER := $(shell KERNEL='$(KERNEL)' scripts/lab-kernel)

# Modules are built for the running kernel where its headers are installed, as
# whoever has a drive wants it; else, as in a container, for the lab's.
RUNNING	:= $(shell uname -r)
comma	:= ,
ifdef KDIR
KVER	?= $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' $(KDIR)/include/generated/utsrelease.h)
else
ifdef KERNEL
KVER	?= $(LAB_KVER)
else
KVER	?= $(if $(wildcard /lib/modules/$(RUNNING)/build/Makefile),$(RUNNING),$(LAB_KVER))
endif
KDIR	:= $(firstword $(wildcard $(dir $(KERNEL))lib/modules/$(KVER)/build \
	/lib/modules/$(KVER)/build /usr/src/linux-headers-$(KVER)))
endif
# For whoever did not choose it.
other_kernel := restart with Linux $(KVER), or install the headers of $(RUNNING) and make again
target := Linux $(KVER)$(comma) $(if $(filter $(KVER),$(RUNNING)),which is running,and not for \
	Linux $(RUNNING)$(comma) which is running: $(other_kernel))
KBUILD	:= $(BUILD)/kbuild-$(KVER)
MODULES	:= $(BUILD)/modules-$(KVER)

# The library comes first: the commands link it.
TOOLS	:= tools/lib/tao tools/python tools/tao-decode tools/tao tools/cdr-sim

all: modules tools
	@echo 'The module is built for $(target).'

help:
	@echo 'Try it, without a drive:'
	@echo '  make run          burn and read back a disc in a simulated recorder'
	@echo '                    (AUDIO=file, folder, M3U or CUE: your own music)'
	@echo '  make shell        a shell in the same lab, with a blank disc in the recorder'
	@echo
	@echo 'Use it, with a drive:'
	@echo '  make              build the kernel modules and the tools'
	@echo '  make install      install them, without the simulated recorder (PREFIX=$(PREFIX),'
	@echo '                    DESTDIR, libdir, udevdir=PREFIX/lib/udev, TAO_GROUP=cdrom)'
	@echo '  make uninstall    remove them'
	@echo '  make deb          Debian packages of all that, into build/deb (make rpm: RPM)'
	@echo
	@echo 'Work on it:'
	@echo '  make modules      the kernel modules (KVER=version or KDIR=directory, W=1)'
	@echo '  make tools        the library and the commands (CC, CFLAGS, LDFLAGS)'
	@echo '  make test         the checks and most tests (T=name: one test, SEED=n:'
	@echo '                    the same random numbers again, V=1: all output,'
	@echo '                    KERNEL=6.12 or an image: on another kernel)'
	@echo '  make test-full    all tests but the longest'
	@echo '  make test-long    all tests, also those that take many minutes or hours'
	@echo '  make test-debug   the tests that matter most on a kernel with KASAN, lockdep...'
	@echo '                    (SMOKE=1: a few of them, LONG=1: all that the lab runs)'
	@echo '  make test-races   the tests with many threads on a kernel with KCSAN'
	@echo '  make test-kernels all tests on the kernels of Debian 12, 13 and its backports'
	@echo '                    (SMOKE=1: a few on the others, T and KERNELS: only these)'
	@echo '  make test-arch    burn on other processors: arm64, s390x'
	@echo '                    (ARCHS: only these)'
	@echo '  make coverage     which lines of drivers/tao the tests execute'
	@echo '  make bench        what burning costs, measured against others'
	@echo '  make house        figures about the form of the sources: lengths, nesting, circles'
	@echo '  make docs         the documentation, as HTML (python3-sphinx, mandoc)'
	@echo '  make dist         the sources of HEAD, build/tao-$(VERSION).tar.xz'
	@echo '  make check-style  checkpatch, sparse and the coccinelle rules of the kernel'
	@echo '  make deps         install the Debian packages that all this needs'
	@echo '  make clean        remove what was built'

# --- Kernel modules ---

modules:
	@[ -n "$(KDIR)" ] || { echo 'There are no headers of Linux $(or $(KVER),$(RUNNING)): install the' \
		'Debian package linux-headers-$(or $(KVER),$(RUNNING)), or give KDIR=directory' >&2; exit 1; }
	@scripts/link-sources $(KBUILD) Kbuild drivers include
	$(MAKE) -C $(KDIR) M=$(KBUILD) modules
	@mkdir -p $(MODULES)
	@cp -u $(KBUILD)/drivers/*/*.ko $(MODULES)

# --- Library and commands ---

tools:
	@for dir in $(TOOLS); do $(MAKE) -C $$dir O=$(BUILD) all || exit; done

# --- Installation ---

# depmod and ldconfig are not in everybody's PATH.
root_path := PATH="$$PATH:/usr/sbin:/sbin"
module_dir = $(DESTDIR)/lib/modules/$(KVER)/updates
rules_dir = $(DESTDIR)$(udevdir)/rules.d

# Where it is loaded already, the new one comes in its place. Not told where somebody packs it.
load = $(if $(wildcard /sys/module/tao),sudo modprobe -r tao && )sudo modprobe tao && tao list
restart = $(if $(filter $(KVER),$(RUNNING)),,restart with Linux $(KVER) - not $(RUNNING) - and then:  )

install: modules_install tools_install udev_install
	@echo
	@echo 'Installed for $(target).'
	$(if $(DESTDIR),,@echo 'Next:  $(restart)$(load)')

modules_install: modules
	install -D -m 644 -t $(module_dir) $(MODULES)/tao.ko
	$(STRIP) --strip-debug $(module_dir)/tao.ko
	$(if $(DESTDIR),,$(root_path) depmod $(KVER))

# Anybody may install these below a PREFIX of their own.
tools_install: tools
	for dir in $(filter-out tools/cdr-sim,$(TOOLS)); do $(MAKE) -C $$dir O=$(BUILD) install || exit; done
	$(if $(DESTDIR),,[ "$$(id -u)" -ne 0 ] || $(root_path) ldconfig)

udev_install:
	install -d $(rules_dir)
	sed 's/GROUP="cdrom"/GROUP="$(TAO_GROUP)"/' packaging/udev/60-tao.rules > $(rules_dir)/60-tao.rules
	chmod 644 $(rules_dir)/60-tao.rules

# The simulated recorder is for tests, and comes only to who asks for it.
cdr_sim_install: modules tools
	install -D -m 644 -t $(module_dir) $(MODULES)/cdr-sim.ko
	$(STRIP) --strip-debug $(module_dir)/cdr-sim.ko
	$(MAKE) -C tools/cdr-sim O=$(BUILD) install
	$(if $(DESTDIR),,$(root_path) depmod $(KVER))

uninstall:
	for dir in $(TOOLS); do $(MAKE) -C $$dir O=$(BUILD) uninstall || exit; done
	rm -f $(rules_dir)/60-tao.rules
	scripts/rmdir-empty $(rules_dir) $(DESTDIR)$(udevdir)
	scripts/uninstall-modules $(DESTDIR)
	$(if $(DESTDIR),,[ "$$(id -u)" -ne 0 ] || $(root_path) ldconfig)
	$(if $(DESTDIR),,$(if $(wildcard /sys/module/tao),@echo 'Next:  sudo modprobe -r tao'))

clean:
	rm -rf $(BUILD)

# --- Packages ---

# The same bytes from the same commit.
dist:
	@[ -z "$$(git status --porcelain)" ] || echo 'dist: what is not committed is not in it' >&2
	@mkdir -p $(BUILD)
	git archive --prefix=tao-$(VERSION)/ -o $(BUILD)/tao-$(VERSION).tar HEAD
	xz -9 -T1 -f $(BUILD)/tao-$(VERSION).tar

# Packages of a later commit upgrade those of an earlier one. Only a release has the plain version.
deb_suffix = $(shell git describe --exact-match --match 'v$(VERSION)' > /dev/null 2>&1 || \
	git log -1 --format=+git%cd --date=format:%Y%m%d%H%M%S)

deb: dist
	@scripts/deps package
	@packaging/build-deb $(BUILD)/tao-$(VERSION).tar.xz $(BUILD)/deb $(deb_suffix)

rpm: dist
	@scripts/deps package
	@packaging/build-rpm $(BUILD)/tao-$(VERSION).tar.xz $(BUILD)/rpm

# --- Documentation ---

docs:
	sphinx-build -q -W --keep-going -b html Documentation $(BUILD)/docs
	@echo 'Documentation: $(BUILD)/docs/index.html'

# --- Tests; these build for the lab's kernel ---

SELFTESTS := $(BUILD)/selftests
LINUX_SOURCE := $(BUILD)/linux-source
KSELFTEST := $(LINUX_SOURCE)/tools/testing/selftests
SELFTEST_CFLAGS = $(CFLAGS) -Wall -Wextra -Iinclude/uapi -Itools/lib/tao/include -I$(KSELFTEST)
# A directory with a Makefile of its own builds and runs its tests by "check".
SELFTEST_DIRS := $(filter-out $(dir $(wildcard selftests/*/Makefile)),$(wildcard selftests/*/))
# One program of many files each
MODEL := $(SELFTESTS)/model/model
MODEL_SOURCES := $(wildcard selftests/model/*.c)
WATCHMAN := $(SELFTESTS)/watch/watchman
WATCHMAN_SOURCES := $(wildcard selftests/watch/*.c)
SELFTEST_PROGS := $(MODEL) $(WATCHMAN) $(patsubst selftests/%.c,$(SELFTESTS)/%,\
	$(filter-out $(MODEL_SOURCES) $(WATCHMAN_SOURCES),$(wildcard selftests/*.c $(addsuffix *.c,$(SELFTEST_DIRS)))))
SELFTEST_MODULES := lab/splat watch/module bench/kernel tao/fail_call tao/hold_memory stream/bvec

deps:
	@scripts/deps build lab run test source

# Parts of the kernel's source that no other Debian package has.
$(LINUX_SOURCE)/.unpacked: scripts/unpack-linux-source
	@scripts/unpack-linux-source $(@D)

check-style: $(LINUX_SOURCE)/.unpacked
	@scripts/check-style

selftests: tools $(SELFTEST_PROGS)
	$(MAKE) -C tools/demo O=$(BUILD) all
	@cd selftests && ../scripts/link-sources $(SELFTESTS) $(SELFTEST_MODULES)
	@for dir in $(SELFTEST_MODULES); do \
		$(MAKE) -C $(KDIR) M=$(SELFTESTS)/$$dir modules || exit; done

# A test that needs more than the C library says so: "build: -l:libtao.a -lpthread".
$(SELFTESTS)/%: selftests/%.c $(LINUX_SOURCE)/.unpacked
	@mkdir -p $(@D)
	$(CC) $(SELFTEST_CFLAGS) -MMD -MP -MF $@.d -MT $@ -o $@ $< -L$(BUILD)/tools/lib/tao $(LDFLAGS) \
		$$(sed -n '1,20s|^ \* build: ||p' $<)

$(MODEL): $(MODEL_SOURCES) $(wildcard $(addprefix selftests/,*.h model/*.h tao/*.h debug/*.h)) \
		$(LINUX_SOURCE)/.unpacked
	@mkdir -p $(@D)
	$(CC) $(SELFTEST_CFLAGS) -o $@ $(MODEL_SOURCES) $(LDFLAGS)

$(WATCHMAN): $(WATCHMAN_SOURCES) selftests/watch/watch.h
	@mkdir -p $(@D)
	$(CC) $(SELFTEST_CFLAGS) -Wno-unused-parameter -o $@ $(WATCHMAN_SOURCES) $(LDFLAGS) -l:libtraceevent.a

-include $(SELFTEST_PROGS:=.d)

test:
	@selftests/run $(T)

test-full:
	@FULL=1 selftests/run $(T)

test-long:
	@LONG=1 selftests/run $(T)

# Kernels that report what goes wrong, see Documentation/testing.rst.
SMOKE_TESTS = debug/fuzz debug/stress tao/lifetime_test
test-debug test-races:
	@scripts/deps build lab test debug
	@kernel=$$(selftests/lab/debug-kernel $(@:test-%=%)) && \
		DEBUG=$(@:test-%=%) LONG=$(LONG) KERNEL=$$kernel/bzImage \
		selftests/run $(or $(T),$(if $(SMOKE),$(SMOKE_TESTS)))

test-kernels:
	@KERNELS='$(KERNELS)' SMOKE='$(SMOKE)' selftests/kernels/run $(T)

test-arch:
	@selftests/arch/run $(ARCHS)

# One that counts which lines of drivers/tao are executed.
coverage:
	@scripts/deps build lab test debug
	@rm -rf $(BUILD)/coverage
	@mkdir -p $(BUILD)/coverage
	@kernel=$$(selftests/lab/debug-kernel coverage) || exit; export KERNEL=$$kernel/bzImage; \
	DEBUG=coverage LONG=$(LONG) COVERAGE=$(BUILD)/coverage selftests/run $(T); status=$$?; \
	scripts/coverage $(BUILD)/kbuild-$$(scripts/lab-kernel)/drivers/tao $(BUILD)/coverage \
		$(if $(T),,selftests/not-covered) && \
		exit $$status

bench:
	@scripts/deps build lab test
	@mkdir -p $(BUILD)
	@$(MAKE) -s KVER=$$(scripts/lab-kernel) modules tools selftests > $(BUILD)/bench.log 2>&1 || \
		{ cat $(BUILD)/bench.log; exit 1; }
	@selftests/bench/run

# Calls upward are counted in the objects.
house:
	@scripts/deps build lab test
	@mkdir -p $(BUILD)
	@$(MAKE) -s KVER=$$(scripts/lab-kernel) modules tools > $(BUILD)/house.log 2>&1 || \
		{ cat $(BUILD)/house.log; exit 1; }
	@scripts/house

run:
	@scripts/deps build lab run
	@selftests/lab/demo

shell:
	@scripts/deps build lab run
	@mkdir -p $(BUILD)
	@{ $(MAKE) -s KVER=$$(scripts/lab-kernel) modules tools && \
		$(MAKE) -s -C tools/demo O=$(BUILD) all; } > $(BUILD)/shell.log 2>&1 || \
		{ cat $(BUILD)/shell.log; exit 1; }
	@selftests/lab/run --interactive -- selftests/lab/shell

.PHONY: all help modules tools clean install modules_install tools_install udev_install
.PHONY: cdr_sim_install uninstall dist deb rpm deps check-style selftests test test-full test-long test-debug
.PHONY: test-races test-kernels test-arch coverage bench house run shell docs
