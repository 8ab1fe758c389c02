# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# bash completion of tao. The commands and options come from --help, the errors from help names.

_tao_commands()
{
	tao --help 2> /dev/null | sed -n 's/^  \([a-z]\+\) .*/\1/p'
}

_tao_names()
{
	tao help names 2> /dev/null
}

_tao_options()
{
	tao "$1" --help 2> /dev/null | grep -o -e '--[a-z-]*' | sort -u
}

_tao_drives()
{
	compgen -G '/dev/tao[0-9]*'
}

_tao()
{
	local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}

	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_tao_commands) help --help --version" -- "$word")
		return
	fi
	case $previous in
	-d | --device)
		mapfile -t COMPREPLY < <(compgen -W "$(_tao_drives)" -- "$word")
		return
		;;
	-s | --speed)
		mapfile -t COMPREPLY < <(compgen -W 'max 4 8 16 24 32 40 48' -- "$word")
		return
		;;
	--cdtext)
		compopt -o filenames 2> /dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		return
		;;
	--mode)
		mapfile -t COMPREPLY < <(compgen -W 'auto session track' -- "$word")
		return
		;;
	--normalize)
		mapfile -t COMPREPLY < <(compgen -W 'tags album track' -- "$word")
		return
		;;
	esac
	if [[ $word = -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_tao_options "${COMP_WORDS[1]}")" -- "$word")
		return
	fi
	case ${COMP_WORDS[1]} in
	help)
		mapfile -t COMPREPLY < <(compgen -W "$(_tao_commands) $(_tao_names)" -- "$word")
		;;
	burn | verify)
		compopt -o filenames 2> /dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -W "$(_tao_drives)" -- "$word")
		;;
	esac
}

complete -F _tao tao
