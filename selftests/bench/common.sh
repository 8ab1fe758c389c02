# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Functions for all benchmarks. They run under --icount, where an instruction takes a nanosecond:
# time without idle is the number of instructions, including those of the kernel.

tree=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
programs=(bash cat cmp dd head stat tail sleep realpath basename dirname mktemp mkdir mkfifo rmdir ls rm readlink
	id sed tr cut grep sort comm wc sh awk insmod rmmod setsid wodim cdrskin sg_raw)

# Moves all programs and libraries to a tmpfs, which becomes the root: reading from the host makes
# the clock jump, and the time is counted for a random process.
move_to_memory()
{
	local root=/run/bench file files=()

	for file in "${programs[@]}"; do
		files+=("$(command -v "$file")") || exit
	done
	files+=("$tree"/build/tools/*/{tao,cdr-sim} "$tree"/build/selftests/bench/direct)
	mapfile -t -O ${#files[@]} files < <(ldd "${files[@]}" 2> /dev/null | grep -o '/[^ :]*' | sort -u)
	files+=("$tree"/selftests/lib.sh "$tree"/selftests/bench "$tree"/build/selftests/bench/kernel/*.ko
		"$TAO_MODULES"/tao.ko)
	mkdir -p $root/{dev,proc,sys,tmp,usr/bin}
	ln -s usr/bin $root/bin
	for file in "${files[@]}"; do
		[ ! -e "$file" ] || cp -rL --parents "$file" $root || exit
	done
	modprobe -a tao cdr-sim sr_mod sg || exit
	for file in dev proc sys; do
		mount --rbind /$file $root/$file || exit
	done
	[ ! -d /share ] || { mkdir -p $root/share && mount --bind /share $root/share; } || exit
	TMPDIR=/tmp IN_MEMORY=1 exec chroot $root "$(command -v bash)" "$(realpath "$0")" "$@"
}

[ -n "$IN_MEMORY" ] || move_to_memory "$@"

. "$tree/selftests/lib.sh"

kernel=$tree/build/selftests/bench/kernel
write_sectors=32
write_bytes=$((write_sectors * 2352))

# Page 05h for floor.ko: TAO, audio; preceded by the header of MODE SELECT(10)
page05=$(printf '%016d' 0)053241$(printf '%022d' 0)0096$(printf '%072d' 0)

# figure NAME=VALUE...: reports a result; "make bench" collects them in the file $BENCH
figure()
{
	echo "# $*"
	[ -z "$BENCH" ] || echo "$*" >> "$BENCH"
}

# little_endian BYTES NUMBER
little_endian()
{
	local i

	for ((i = 0; i < $1; i++)); do
		printf "\\x$(printf %02x $(($2 >> 8 * i & 255)))"
	done
}

wav_header()
{
	printf RIFF; little_endian 4 $(($1 + 36)); printf 'WAVEfmt '; little_endian 4 16
	little_endian 2 1; little_endian 2 2; little_endian 4 44100; little_endian 4 176400
	little_endian 2 4; little_endian 2 16; printf data; little_endian 4 "$1"
}

# make_audio NAME SECTORS [FROM]: makes $tmp/NAME.raw and .wav
make_audio()
{
	local bytes=$(($2 * 2352))

	head -c $bytes "${3:-/dev/zero}" > "$tmp/$1.raw"
	{ wav_header $bytes; cat "$tmp/$1.raw"; } > "$tmp/$1.wav"
}

new_disc()
{
	sim_set "$1" eject force
	need sim_set "$1" insert cdr80
	sim_set "$1" commands 0
}

# Nanoseconds since boot in which the processor was not idle
busy()
{
	awk '/^now at/ { now = $3 }
	     /\.(idle|iowait)_sleeptime/ { idle += $3 }
	     END { printf "%.0f\n", now - idle }' /proc/timer_list
}

floor()
{
	# shellcheck disable=SC2059 # it is all escapes
	printf "$(sed 's/../\\x&/g' <<< "$page05")" > "$tmp/page05"
	sg_raw "$sg" 00 00 00 00 00 00	# consumes the unit attention of the disc
	sg_raw -s 60 -i "$tmp/page05" "$sg" 55 10 00 00 00 00 00 00 3c 00 &&
		insmod "$kernel/floor.ko" host="${hctl%%:*}" writes="$1" &&
		rmmod floor && sg_raw "$sg" 35 00 00 00 00 00 00 00 00 00
}

# burn PROGRAM NAME: burns $tmp/NAME.raw as a track, and leaves the session open. wodim and
# cdrskin get a WAV file, which they handle best: wodim swaps the bytes of other files.
burn()
{
	local raw=$tmp/$2.raw wav=$tmp/$2.wav

	case $1 in
	floor)		floor $(($(stat -c %s "$raw") / write_bytes)) ;;
	splice|uring|memory) direct "$1" "$tao" "$raw" ;;
	tao)		tao burn -q -y -F -d "$tao" "$raw" ;;
	dd)		dd if="$raw" of="$tao" bs=$write_bytes status=none ;;
	cat)		cat "$raw" > "$tao" ;;
	dd-256k)	dd if="$raw" of="$tao" bs=262144 status=none ;;
	wodim)		CDR_NODMATEST=1 wodim dev="$sr" -tao gracetime=0 -nofix -audio -pad "$wav" ;;
	cdrskin)	cdrskin dev="$sr" -tao gracetime=0 speed=any fs=4m fifo_start_at=0 -multi \
				-audio "$wav" ;;
	null-splice)	direct splice /dev/null "$raw" ;;
	esac
}
