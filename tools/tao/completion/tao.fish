# SPDX-License-Identifier: GPL-2.0-only
#
# fish completion of tao. The commands and options come from --help, the errors from help names.

function __tao_commands
    tao --help 2> /dev/null | string replace -rf '^  ([a-z]+)  +(.*)' '$1\t$2'
    printf '%s\n' help --help --version
end

function __tao_options
    tao $argv[1] --help 2> /dev/null |
        string replace -rf '^  (?:-., |    )(--[a-z-]+)(?: [A-Z]+)? *(.*)' '$1\t$2'
end

function __tao_drives
    set -l nodes /dev/tao*
    string match -r '^/dev/tao[0-9]+$' -- $nodes
end

function __tao_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)

    if test (count $words) -eq 1
        __tao_commands
        return
    end
    switch $words[-1]
        case -d --device
            __tao_drives
            return
        case -s --speed
            printf '%s\n' max 4 8 16 24 32 40 48
            return
        case --mode
            printf '%s\n' auto session track
            return
        case --normalize
            printf '%s\n' tags album track
            return
        case --cdtext --log --report
            __fish_complete_path $word
            return
        case help
            __tao_commands
            tao help names 2> /dev/null
            return
    end
    if string match -q -- '-*' $word
        __tao_options $words[2]
    else if contains -- $words[2] burn verify
        __fish_complete_path $word
    else
        __tao_drives
    end
end

complete -c tao -f -a '(__tao_complete)'
