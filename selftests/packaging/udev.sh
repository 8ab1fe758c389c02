#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# A recorder that appears loads the module; its permissions; its persistent names.
# timeout: 120
# full
. "$(dirname "$0")/../lib.sh"

user=4711	# sits at the computer, according to files in /run/systemd/seats

# Adds the aliases that depmod would add for an installed module. Aliases in the configuration
# hide those of depmod, so the other driver for such drives is included.
add_aliases()
{
	{ modinfo -F alias "$TAO_MODULES/tao.ko" | sed 's/^/alias /; s/$/ tao/'
	  modinfo -F alias sr_mod | sed 's/^/alias /; s/$/ sr_mod/'
	} > /run/modprobe.d/tao-alias.conf
}

as_user()
{
	setpriv --reuid $user --regid $user --clear-groups --inh-caps=-all "$@"
}

# power_on NAME ATTRIBUTE=VALUE...: only cdr-sim is loaded by hand
power_on()
{
	local name=$1 pair
	shift

	need mkdir "$sim_root/$name"
	for pair in "$@"; do
		need sim_set "$name" "${pair%%=*}" "${pair#*=}"
	done
	need sim_set "$name" power 1
	wait_for 30 sim_nodes "$name" || bail "no device nodes for the recorder $name"
	settle
	sim_nodes "$name"
}

add_aliases
load cdr-sim
cat > /run/udev/rules.d/61-tao-local.rules <<END
SUBSYSTEM=="tao", ATTR{product}=="CD Writer 9", GROUP="audio"
ACTION=="add", SUBSYSTEM=="tao", ATTR{product}=="CD Writer 9", ATTR{limits/write_sectors}="26"
END
need udevadm control --reload
mkdir -p /run/systemd/seats
echo "ACTIVE_UID=$user" > /run/systemd/seats/seat0

check "the module is not there before a recorder is" [ ! -e /sys/module/tao ]
power_on d0 vendor=ACME "product=CD Writer 9" serial=S123 insert=cdr80
check "a recorder loads the module" [ -e /sys/module/tao ]
is "a rule of one's own sets the group" "$(stat -c '%G %a' "$tao")" "audio 660"
is "... and a limit, for this model" "$(tao_attr limits/write_sectors)" 26
check "who sits at the computer may burn" as_user test -w "$tao"
is "/dev/tao/by-id" "$(readlink -f "/dev/tao/by-id/scsi-ACME_CD_Writer_9_S123")" "$tao"
path=$(udevadm info -q property --property ID_PATH --value "$sr")
check "the block device has a path" [ -n "$path" ]
is "/dev/tao/by-path, as that of the block device" \
	"$(readlink -f "/dev/tao/by-path/$path")" "$tao"

need udevadm trigger --action=change "/sys/class/tao/${tao##*/}"
settle
is "after a change, links" "$(find /dev/tao -type l | wc -l)" 2
check "after a change, who sits at the computer may burn" as_user test -w "$tao"

rm /run/systemd/seats/seat0
power_on d1 serial=/../../../x/y insert=cdr80
is "group and mode of another model" "$(stat -c '%G %a' "$tao")" "cdrom 660"
is "a serial number with slashes makes no link" \
	"$(find /dev -type l -lname "*${tao##*/}" ! -path '/dev/char/*' ! -path '/dev/tao/by-path/*')" ""
is "who does not sit at the computer" "$(as_user test -w "$tao" && echo may burn)" ""

sim_remove d0
settle
check "the names go with the recorder" [ ! -e /dev/tao/by-id/scsi-ACME_CD_Writer_9_S123 ]
sim_remove d1
