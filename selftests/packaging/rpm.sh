#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The RPM packages; and the source in the akmod builds the module, in the same way as akmods.
# host
# source
# long
# timeout: 600
. "$(dirname "$0")/../lib.sh"

version=$(sed -n 's/^#define TAO_MODULE_VERSION[ \t]*"\(.*\)"/\1/p' drivers/tao/tao.h)
rpms=$tmp/build/rpm/RPMS

# contents NAME: prints the files of a package
contents()
{
	rpm -qp --list "$rpms"/*/"$1-$version"-*.rpm 2> "$tmp/rpm.log"
}

# Builds what the akmod package installs, as akmods does for each kernel.
rebuild()
{
	(cd "$tmp" && rpm2cpio "$rpms"/*/akmod-tao-*.rpm | busybox cpio -i -d) &&
	rpmbuild --rebuild --nodeps --define "_topdir $tmp/akmods" --define "kernels $KVER" \
		"$tmp/usr/src/akmods/tao-kmod.latest"
}

check "make rpm" make -s rpm BUILD="$tmp/build"
check "versions" [ "$(rpm -qp --qf '%{VERSION}\n' "$rpms"/*/*.rpm | sort -u)" = "$version" ]
for file in /usr/bin/tao /usr/libexec/tao/tao-decode /usr/lib/udev/rules.d/60-tao.rules /usr/share/man/man4/tao.4; do
	check "tao: $file" grep -q "^$file" <(contents tao)
done
check "libtao" grep -q '/libtao.so.1$' <(contents libtao)
check "libtao-devel" grep -qx /usr/include/linux/tao.h <(contents libtao-devel)
check "python3-tao" grep -q '/tao/py.typed$' <(contents python3-tao)
is "simulated recorders" "$(rpm -qp --list "$rpms"/*/*.rpm | grep cdr.sim)" ""
check "akmods builds it for $KVER" rebuild
is "it is the module" "$(rpm -qp --list "$tmp"/akmods/RPMS/*/kmod-tao-"$KVER"-*.rpm | grep ko)" \
	"/lib/modules/$KVER/extra/tao/tao.ko"
