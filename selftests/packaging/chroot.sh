#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The Debian packages in a clean Debian 12: installed, upgraded, removed. Runs as root; Debian's
# packages are kept in ~/.cache/tao, so the network is needed once.
# host
# long
# timeout: 1200
. "$(dirname "$0")/../lib.sh"

suite=bookworm
needs=linux-headers-amd64,kmod
downloads='dkms pkgconf libc6-dev libavformat59 libavcodec59 libswresample4 libseccomp2 libjson-c5 libuchardet0 libutf8proc2 libexpat1 libebur128-1 zlib1g'
cache=${XDG_CACHE_HOME:-$HOME/.cache}/tao
base=$cache/packaging-$suite.tar
root=$tmp/root

# The dependencies of the packages are not included: apt resolves them, from its cache.
make_base()
{
	mkdir -p "$cache" &&
	mmdebstrap --quiet --mode=root --variant=apt --include=$needs --skip=cleanup/apt \
		--customize-hook="chroot \"\$1\" apt-get -y --no-install-recommends \
			--download-only install $downloads" \
		$suite "$base.new.tar" && mv "$base.new.tar" "$base"
}

# build VERSION DIRECTORY: builds the packages of a version, as "make deb" does
build()
{
	rm -rf "$tmp/tao-$1" &&
	git -C "$tree" archive --prefix="tao-$1/" HEAD | tar -x -C "$tmp" &&
	sed -i "s/\(TAO_MODULE_VERSION[ \t]*\)\".*\"/\1\"$1\"/" "$tmp/tao-$1/drivers/tao/tao.h" &&
	sed -i "1s/(.*)/($1-1)/" "$tmp/tao-$1/packaging/debian/changelog" &&
	tar -cJf "$tmp/tao-$1.tar.xz" -C "$tmp" "tao-$1" &&
	"$tree/packaging/build-deb" "$tmp/tao-$1.tar.xz" "$root/debs-$1"
}

# inside COMMAND...: runs it in the chroot, with its own /proc and without network
inside()
{
	unshare --mount --pid --net --fork --mount-proc="$root/proc" \
		env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
		DEBIAN_FRONTEND=noninteractive chroot "$root" "$@"
}

# apt COMMAND PACKAGE|FILE...: only packages in its cache are available
apt()
{
	inside apt-get -y -q --no-install-recommends "$@"
}

# debs VERSION PACKAGE...: sets $debs to their files inside the chroot
debs()
{
	local version=$1 name file
	shift

	debs=()
	for name in "$@"; do
		for file in "$root/debs-$version/${name}_"*.deb; do
			debs+=("${file#"$root"}")
		done
	done
}

drivers()	# of drives
{
	inside modprobe -S "$kernel" -R scsi:t-0x05 2> /dev/null | sort | tr '\n' ' '
}

dkms_status()
{
	inside dkms status | sed 's/,.*:/:/' | sort | tr '\n' ' '
}

ours()
{
	inside find / -xdev \( -name '*tao*' -o -name '*cdr[-_]sim*' \) ! -path '/proc/*' \
		! -path '/debs-*' | sort
}

[ "$(id -u)" -eq 0 ] || skip 'only root may set up a chroot'
[ -e "$base" ] || need make_base
mkdir "$root"
need tar -xf "$base" -C "$root"
kernel=$(cd "$root/lib/modules" && ls)
need build 0.1.0 && need build 0.1.1
before=$(ours)
is "drivers of drives before that; no kernel is installed, but its headers" "$(drivers)" ""

debs 0.1.0 tao-dkms tao-utils libtao1
check "driver and command are installed" apt install "${debs[@]}"
is "DKMS has built the driver, and no other module" "$(dkms_status)" "tao/0.1.0: installed "
is "a drive loads it" "$(drivers)" "tao "
is "version of the module" "$(inside modinfo -k "$kernel" -F version tao)" 0.1.0
check "the command runs" inside tao --version
check "udev rules" test -e "$root/usr/lib/udev/rules.d/60-tao.rules"

debs 0.1.0 cdr-sim-dkms libtao-dev
check "simulated recorder and headers are installed" apt install "${debs[@]}" pkgconf libc6-dev
is "DKMS has built that too" "$(dkms_status)" "cdr-sim/0.1.0: installed tao/0.1.0: installed "
check "a program is built with the library" inside sh -c \
	'gcc-12 -o /tmp/list /usr/share/doc/libtao-dev/examples/list.c $(pkg-config --cflags --libs libtao)'

debs 0.1.1 tao-dkms tao-utils libtao1 cdr-sim-dkms libtao-dev
check "upgrade" apt install "${debs[@]}"
is "the new modules in place of the old" "$(dkms_status)" \
	"cdr-sim/0.1.1: installed tao/0.1.1: installed "
is "version of the new module" "$(inside modinfo -k "$kernel" -F version tao)" 0.1.1
is "old sources" "$(find "$root/usr/src" -name '*-0.1.0')" ""

check "removal" apt purge tao-dkms tao-utils libtao1 cdr-sim-dkms libtao-dev
is "files that stay" "$(ours)" "$before"
is "DKMS after that" "$(dkms_status)" ""
is "drivers of drives after that" "$(drivers)" ""
