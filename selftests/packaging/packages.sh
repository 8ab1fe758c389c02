#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# "make install" and "make deb": the places of all files, no complaints of lintian, and "make
# uninstall" leaves nothing.
# host
# source
# timeout: 900
# full
. "$(dirname "$0")/../lib.sh"

stage=$tmp/stage
version=$(sed -n 's/^#define TAO_MODULE_VERSION[ \t]*"\(.*\)"/\1/p' drivers/tao/tao.h)
deb=$tmp/build/deb
# Not in build/: other tests load the modules there, and this one would rebuild them with other
# options.
quiet="make -s BUILD=$tmp/build"

# Files and links below a directory, without the compression suffix of manuals.
files()
{
	(cd "$1" && find . ! -type d) | sed 's|^\./||; s|\.gz$||' | sort
}

# contents PACKAGE: the same for a package, without what all packages have
contents()
{
	rm -rf "$tmp/contents"
	dpkg-deb -x "$deb/$1"_*.deb "$tmp/contents"
	files "$tmp/contents" | grep -v "^usr/share/doc/$1/\(copyright\|changelog.Debian\)$\|/lintian/"
}

install_to_stage()
{
	$quiet "$1" CFLAGS=-O2 DESTDIR="$stage" PREFIX=/usr libdir=/usr/lib/tao-test \
		udevdir=/usr/lib/udev PYTHON=/usr/bin/python3 TAO_GROUP=burners
}

# The time at which the modules under test were written.
written()
{
	stat -c '%n %y' "build/modules-$KVER"/*.ko
}

commands='usr/bin/tao
usr/libexec/tao/burn-window
usr/libexec/tao/tao-decode
usr/share/applications/invalid.tao.burn.desktop
usr/share/bash-completion/completions/tao
usr/share/fish/vendor_completions.d/tao.fish
usr/share/icons/hicolor/scalable/apps/invalid.tao.burn.svg
usr/share/man/man1/tao.1
usr/share/metainfo/invalid.tao.burn.metainfo.xml
usr/share/tao/tao-json.schema.json'
device='usr/lib/udev/rules.d/60-tao.rules
usr/share/man/man4/tao.4'
python=$(cd tools/python && printf 'usr/lib/python3/dist-packages/%s\n' tao/*.py tao/py.typed)
manuals=$(cd tools/lib/tao/man && printf 'usr/share/man/man3/%s\n' *.3)

# sources MODULE: prints the sources that DKMS builds
sources()
{
	{ find "drivers/$1" -name '*.[ch]'; printf '%s\n' Kbuild "drivers/$1/Kbuild" dkms.conf; } |
		sed "s|^|usr/src/$1-$version/|"
}

is_list()	# NAME GOT EXPECTED...
{
	local name=$1 got=$2
	shift 2

	is "$name" "$got" "$(printf '%s\n' "$@" | sort)"
}

# alone TARGET VARIABLE=VALUE...: builds from scratch, without network, apt and root privileges
alone()
{
	rm -rf "$tmp/alone"
	PATH=$tmp/forbidden:$PATH unshare --map-root-user --net make -s BUILD="$tmp/alone" "$@"
}

mkdir "$tmp/forbidden"
printf '#!/bin/sh\ntouch %s/used\nexit 1\n' "$tmp" > "$tmp/forbidden/apt-get"
chmod +x "$tmp/forbidden/apt-get"
cp "$tmp/forbidden/apt-get" "$tmp/forbidden/sudo"
before=$(written)
check "make modules, alone" alone modules KVER="$KVER"
check "... whatever the compiler of the rest" alone modules KVER="$KVER" CC=clang
is "what it builds" "$(ls "$tmp/alone/modules-$KVER")" "cdr-sim.ko"$'\n'"tao.ko"
check "make tools, alone, with another compiler" alone tools CC=clang CFLAGS=-O1 LDFLAGS=-Wl,-z,now
check "that compiler made it" sh -c 'readelf -p .comment "$0" | grep -q clang' "$tmp/alone/tools/tao/tao"
check "... and the linker had the flag" sh -c 'readelf -d "$0" | grep -q BIND_NOW' \
	"$tmp/alone/tools/lib/tao/libtao.so"
check "neither installs a package" [ ! -e "$tmp/used" ]
check_fails "make modules, for a kernel that is not there" "no headers of Linux 1.2.3" \
	$quiet modules KVER=1.2.3
check "make says for which kernel" sh -c "$quiet all KVER=$KVER | grep 'is built for Linux $KVER, '"
check "... that it is not the one that runs" sh -c \
	"$quiet all KVER=$KVER RUNNING=9.9-other | grep 'Linux 9.9-other, which is running: restart with Linux $KVER'"
check "... or that it is" sh -c \
	"$quiet all KVER=$KVER RUNNING=$KVER | grep 'for Linux $KVER, which is running.'"

check "make install" install_to_stage install
is "it says for which kernel" "$(tail -n 1 "$ktap_out" | grep -o "^Installed for Linux $KVER, ")" \
	"Installed for Linux $KVER, "
is "debug information in the module" \
	"$(readelf -S "$stage/lib/modules/$KVER/updates/tao.ko" | grep -c '\.debug_info')" 0
is_list "what it installs" "$(files "$stage")" "$commands" "$device" "$manuals" "$python" \
	"lib/modules/$KVER/updates/tao.ko" usr/include/{linux/tao,tao,tao_cdtext}.h \
	usr/lib/tao-test/libtao.{a,so,so.1,so.1.0} usr/lib/tao-test/pkgconfig/libtao.pc \
	usr/share/zsh/site-functions/_tao
is "the group" "$(grep -o 'GROUP="[^"]*"' "$stage/usr/lib/udev/rules.d/60-tao.rules")" 'GROUP="burners"'
check "pkg-config finds the library there" \
	grep -qx 'libdir=/usr/lib/tao-test' "$stage/usr/lib/tao-test/pkgconfig/libtao.pc"
check "make cdr_sim_install" install_to_stage cdr_sim_install
check "that is the simulated recorder" test -x "$stage/usr/sbin/cdr-sim"
# As if it had been installed for another kernel too, before an upgrade.
mkdir -p "$stage/lib/modules/9.9/updates/dkms"
touch "$stage/lib/modules/9.9/updates/tao.ko" "$stage/lib/modules/9.9/updates/dkms/tao.ko"
check "make uninstall" install_to_stage uninstall
is "what it leaves: DKMS's" "$(files "$stage")" lib/modules/9.9/updates/dkms/tao.ko
is "... and directories of the system" \
	"$(cd "$stage" && find usr "lib/modules/$KVER" -type d -empty | sort | tr '\n' ' ')" \
	"lib/modules/$KVER usr/bin usr/include usr/lib/python3/dist-packages usr/lib/tao-test usr/sbin usr/share/man "
is "the modules under test" "$(written)" "$before"


# An installation without DESTDIR has a list of file types.
check "make tools_install, without DESTDIR" $quiet tools_install PREFIX="$tmp/prefix"
check "make uninstall there" $quiet uninstall PREFIX="$tmp/prefix"
is "what that leaves" "$(files "$tmp/prefix")" ""

# "rm -rf" would take the part before the space.
mkdir -p "$tmp/a b" "$tmp/a"
git archive HEAD Makefile scripts drivers/tao/tao.h | tar -x -C "$tmp/a b"
check_fails "make clean in a path with a space" "must not contain a space" make -C "$tmp/a b" clean
check "what has the name of its first part is still there" [ -d "$tmp/a" ]
check_fails "make install to a path with a space" "must not contain a space" \
	$quiet install DESTDIR="$tmp/a b"

check "make dist" $quiet dist
sum=$(sha256sum < "$tmp/build/tao-$version.tar.xz")
need $quiet dist
is "it makes the same bytes again" "$(sha256sum < "$tmp/build/tao-$version.tar.xz")" "$sum"
check "make deb" $quiet deb
is "the version of the packages has the time of the commit" \
	"$(dpkg-deb -f "$deb"/tao-utils_*.deb Version)" \
	"$version-1$(git describe --exact-match --match "v$version" > /dev/null 2>&1 ||
		git log -1 --format=+git%cd --date=format:%Y%m%d%H%M%S)"
is "it ends with what to type" "$(tail -n 1 "$ktap_out")" "Next:  sudo apt install \
$deb/{tao-dkms,libtao1,tao-utils}_*.deb linux-headers-amd64 && sudo modprobe tao && tao list"
is "lintian" "$(lintian --allow-root "$deb"/*.changes 2>&1)" ""

is_list "tao-dkms" "$(contents tao-dkms)" "$device" "$(sources tao)" \
	"usr/src/tao-$version/include/uapi/linux/tao.h"
is_list "tao-utils" "$(contents tao-utils)" "$commands" \
	usr/share/doc/tao-utils/{messages,tao}.rst usr/share/zsh/vendor-completions/_tao
lib=usr/lib/$(dpkg-architecture -q DEB_HOST_MULTIARCH)
is_list "libtao1" "$(contents libtao1)" $lib/libtao.so.1{,.0}
is_list "libtao-dev" "$(contents libtao-dev)" "$manuals" usr/include/{linux/tao,tao,tao_cdtext}.h \
	$lib/libtao.{a,so} $lib/pkgconfig/libtao.pc \
	"$(cd tools/lib/tao && printf 'usr/share/doc/libtao-dev/%s\n' examples/*.c)"
is_list "python3-tao" "$(contents python3-tao)" "$python"
is_list "cdr-sim-dkms" "$(contents cdr-sim-dkms)" "$(sources cdr-sim)" \
	usr/sbin/cdr-sim usr/share/man/man1/cdr-sim.1
need contents tao-utils
check "the command is built with Debian's flags" \
	sh -c 'readelf -d "$0" | grep -q BIND_NOW' "$tmp/contents/usr/bin/tao"
