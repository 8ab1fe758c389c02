# SPDX-License-Identifier: LGPL-2.1-or-later
"""The C interface of libtao: the structures of <linux/tao.h>, <tao.h> and <tao_cdtext.h>, and the
functions of the library, all with their names in C."""

from __future__ import annotations

import ctypes
import functools
from ctypes import POINTER, c_char, c_char_p, c_int, c_int32, c_size_t, c_ssize_t
from ctypes import c_uint, c_uint8, c_uint32, c_uint64, c_void_p
from pathlib import Path
from typing import Any

SONAME = "libtao.so.1"

TAO_OPEN_WRITE = 1 << 0
TAO_OPEN_NONBLOCK = 1 << 1
TAO_FINALIZE_FORCE = 1 << 0
TAO_LAYOUT_ANY_DATA = 1 << 0
TAO_BLANK_FULL = 1 << 0
TAO_SET_UNDERRUN_FREE = 1 << 0
TAO_TEXT_STALE = 1 << 0
TAO_TEXT_BYTES_MAX = 36864
TAO_CDTEXT_BYTES_MAX = 36864


class tao_drive(ctypes.Structure):
    _fields_ = [
        ("api_version", c_uint32),
        ("flags", c_uint32),
        ("vendor", c_char * 16),
        ("product", c_char * 32),
        ("revision", c_char * 8),
        ("serial", c_char * 32),
        ("module_version", c_char * 16),
        ("buffer_bytes", c_uint32),
        ("dma_alignment", c_uint32),
        ("quantum_sectors", c_uint32),
        ("write_sectors", c_uint32),
        ("write_sectors_max", c_uint32),
        ("in_flight_bytes", c_uint32),
        ("cdrom_major", c_uint32),
        ("cdrom_minor", c_uint32),
        ("reserved", c_uint64 * 4),
    ]


class tao_medium(ctypes.Structure):
    _fields_ = [
        ("flags", c_uint32),
        ("type", c_uint32),
        ("status", c_uint32),
        ("profile", c_uint32),
        ("sessions", c_uint32),
        ("tracks", c_uint32),
        ("first_track", c_uint32),
        ("next_track", c_uint32),
        ("total_sectors", c_uint32),
        ("used_sectors", c_uint32),
        ("free_sectors", c_uint32),
        ("next_lba", c_int32),
        ("lead_out_lba", c_int32),
        ("age_ms", c_uint32),
        ("mcn", c_char * 16),
        ("reserved", c_uint64 * 4),
    ]


class tao_prepare(ctypes.Structure):
    _fields_ = [
        ("flags", c_uint32),
        ("wait_ms", c_uint32),
        ("client_name", c_char * 64),
        ("mcn", c_char * 16),
        ("reserved", c_uint64 * 4),
    ]


class tao_track_begin(ctypes.Structure):
    _fields_ = [
        ("flags", c_uint32),
        ("number", c_uint32),
        ("bytes", c_uint64),
        ("isrc", c_char * 16),
        ("start_lba", c_int32),
        ("free_sectors", c_uint32),
        ("reserved", c_uint64 * 2),
    ]


class tao_layout_track(ctypes.Structure):
    _fields_ = [
        ("flags", c_uint32),
        ("pregap_sectors", c_uint32),
        ("sectors", c_uint32),
        ("marks_count", c_uint32),
        ("isrc", c_char * 16),
        ("reserved", c_uint64 * 2),
    ]


class tao_text(ctypes.Structure):
    _fields_ = [
        ("flags", c_uint32),
        ("bytes", c_uint32),
        ("packs", c_uint64),
        ("reserved", c_uint64 * 2),
    ]


class tao_track_end(ctypes.Structure):
    _fields_ = [
        ("flags", c_uint32),
        ("number", c_uint32),
        ("start_lba", c_int32),
        ("sectors", c_uint32),
        ("padding_bytes", c_uint64),
        ("reserved", c_uint64 * 2),
    ]


class tao_status(ctypes.Structure):
    _fields_ = [
        ("flags", c_uint32),
        ("state", c_uint32),
        ("action", c_uint32),
        ("track", c_uint32),
        ("start_lba", c_int32),
        ("sectors", c_uint32),
        ("read_lba", c_int32),
        ("written_lba", c_int32),
        ("elapsed_ms", c_uint32),
        ("remaining_ms", c_uint32),
        ("progress", c_uint32),
        ("session_progress", c_uint32),
        ("queue_bytes", c_uint32),
        ("queue_max_bytes", c_uint32),
        ("drive_buffer_bytes", c_uint32),
        ("drive_buffer_fill", c_uint32),
        ("speed_kbps", c_uint32),
        ("track_sectors", c_uint32),
        ("sequence", c_uint64),
        ("owner_pid", c_uint32),
        ("owner_uid", c_uint32),
        ("owner", c_char * 64),
        ("underruns", c_uint32),
        ("reserved32", c_uint32),
        ("reserved", c_uint64 * 4),
    ]


class tao_error(ctypes.Structure):
    _fields_ = [
        ("which", c_uint32),
        ("flags", c_uint32),
        ("error", c_int32),
        ("opcode", c_uint8),
        ("key", c_uint8),
        ("asc", c_uint8),
        ("ascq", c_uint8),
        ("lba", c_int32),
        ("track", c_uint32),
        ("host_status", c_uint32),
        ("sense_bytes", c_uint32),
        ("age_ms", c_uint32),
        ("count", c_uint32),
        ("sense", c_uint8 * 32),
        ("text", c_char * 128),
        ("reserved", c_uint64 * 4),
    ]


class tao_toc_entry(ctypes.Structure):
    _fields_ = [
        ("number", c_uint8),
        ("session", c_uint8),
        ("control", c_uint8),
        ("flags", c_uint8),
        ("start_lba", c_int32),
        ("sectors", c_uint32),
        ("reserved", c_uint32),
    ]


class tao_toc(ctypes.Structure):
    _fields_ = [
        ("flags", c_uint32),
        ("first_track", c_uint32),
        ("last_track", c_uint32),
        ("entries_count", c_uint32),
        ("raw_bytes", c_uint32),
        ("reserved32", c_uint32),
        ("entries", tao_toc_entry * 100),
        ("raw", c_uint8 * 808),
    ]


class tao_speed(ctypes.Structure):
    _fields_ = [
        ("flags", c_uint32),
        ("requested_kbps", c_uint32),
        ("actual_kbps", c_uint32),
        ("requested_sectors_per_second", c_uint32),
        ("actual_sectors_per_second", c_uint32),
        ("requested_flags", c_uint32),
        ("reserved", c_uint64 * 2),
    ]


class tao_speed_entry(ctypes.Structure):
    _fields_ = [
        ("write_kbps", c_uint32),
        ("write_sectors_per_second", c_uint32),
        ("read_kbps", c_uint32),
        ("flags", c_uint32),
    ]


class tao_speeds(ctypes.Structure):
    _fields_ = [
        ("flags", c_uint32),
        ("count", c_uint32),
        ("entries", tao_speed_entry * 64),
    ]


class tao_recover(ctypes.Structure):
    _fields_ = [
        ("flags", c_uint32),
        ("close", c_uint32),
        ("done", c_uint32),
        ("track", c_uint32),
        ("reserved", c_uint64 * 2),
    ]


class tao_settings(ctypes.Structure):
    _fields_ = [
        ("mask", c_uint32),
        ("underrun_free", c_uint32),
        ("reserved", c_uint64 * 4),
    ]


class tao_statistics(ctypes.Structure):
    _fields_ = [
        ("tracks", c_uint64),
        ("tracks_failed", c_uint64),
        ("sessions", c_uint64),
        ("writes", c_uint64),
        ("sectors", c_uint64),
        ("bytes_mapped", c_uint64),
        ("bytes_copied", c_uint64),
        ("bytes_padding", c_uint64),
        ("buffer_full", c_uint64),
        ("reserved", c_uint64 * 7),
    ]


class tao_verify(ctypes.Structure):
    _fields_ = [
        ("flags", c_uint32),
        ("offset_samples", c_int32),
        ("samples", c_uint64),
        ("compared_samples", c_uint64),
        ("edge_samples", c_uint64),
        ("different_samples", c_uint64),
        ("first_different", c_uint64),
        ("unreadable_sectors", c_uint32),
        ("shift_samples", c_int32),
        ("reserved", c_uint64 * 4),
    ]


class tao_cdtext_note(ctypes.Structure):
    _fields_ = [
        ("problem", c_uint),
        ("block", c_uint),
        ("type", c_uint),
        ("track", c_uint),
        ("character", c_uint32),
        ("replacement", c_char_p),
    ]


# Only their addresses are used.
class tao_device(ctypes.Structure):
    pass


class tao_list(ctypes.Structure):
    pass


class tao_session(ctypes.Structure):
    pass


class tao_cdtext(ctypes.Structure):
    pass


tao_progress_fn = ctypes.CFUNCTYPE(c_int, c_void_p, c_uint64)
tao_source_fn = ctypes.CFUNCTYPE(c_ssize_t, c_void_p, c_void_p, c_size_t, c_uint64)
tao_cdtext_note_fn = ctypes.CFUNCTYPE(None, c_void_p, POINTER(tao_cdtext_note))

_device = POINTER(tao_device)
_session = POINTER(tao_session)
_cdtext = POINTER(tao_cdtext)
_track = POINTER(tao_layout_track)
_marks = POINTER(c_uint32)

# Name: the type of the result, and those of the arguments.
FUNCTIONS: dict[str, tuple[Any, ...]] = {
    "tao_version": (c_char_p,),
    "tao_last_error": (c_char_p,),
    "tao_list_drives": (c_int, POINTER(POINTER(tao_list))),
    "tao_list_count": (c_size_t, POINTER(tao_list)),
    "tao_list_path": (c_char_p, POINTER(tao_list), c_size_t),
    "tao_list_free": (None, POINTER(tao_list)),
    "tao_open": (c_int, POINTER(_device), c_char_p, c_uint),
    "tao_open_fd": (c_int, POINTER(_device), c_int),
    "tao_close": (c_int, _device),
    "tao_device_fd": (c_int, _device),
    "tao_device_path": (c_char_p, _device),
    "tao_block_path": (c_int, _device, c_char_p, c_size_t),
    "tao_get_drive": (c_int, _device, POINTER(tao_drive)),
    "tao_get_medium": (c_int, _device, POINTER(tao_medium)),
    "tao_get_status": (c_int, _device, POINTER(tao_status)),
    "tao_get_error": (c_int, _device, c_uint, POINTER(tao_error)),
    "tao_get_toc": (c_int, _device, POINTER(tao_toc)),
    "tao_get_speeds": (c_int, _device, POINTER(tao_speeds)),
    "tao_get_speed": (c_int, _device, POINTER(tao_speed)),
    "tao_get_settings": (c_int, _device, POINTER(tao_settings)),
    "tao_get_statistics": (c_int, _device, POINTER(tao_statistics)),
    "tao_get_text": (c_int, _device, POINTER(tao_text)),
    "tao_wait_status": (c_int, _device, POINTER(tao_status), c_int),
    "tao_state_name": (c_char_p, c_uint32),
    "tao_action_name": (c_char_p, c_uint32),
    "tao_prepare": (c_int, _device, POINTER(tao_prepare)),
    "tao_release": (c_int, _device, c_uint, c_uint),
    "tao_track_begin": (c_int, _device, POINTER(tao_track_begin)),
    "tao_track_end": (c_int, _device, POINTER(tao_track_end)),
    "tao_write": (c_ssize_t, _device, c_void_p, c_size_t),
    "tao_write_size": (c_size_t, _device),
    "tao_write_fd": (c_int, _device, c_int, c_uint64, POINTER(c_uint64), tao_progress_fn,
                     c_void_p),
    "tao_finalize": (c_int, _device, c_uint, c_uint),
    "tao_cancel": (c_int, _device),
    "tao_blank": (c_int, _device, c_uint),
    "tao_recover": (c_int, _device, POINTER(tao_recover)),
    "tao_set_speed": (c_int, _device, POINTER(tao_speed)),
    "tao_set_settings": (c_int, _device, POINTER(tao_settings)),
    "tao_session_new": (c_int, POINTER(_session)),
    "tao_session_free": (None, _session),
    "tao_session_set_first_track": (c_int, _session, c_uint),
    "tao_session_add_track": (c_int, _session, _track, _marks),
    "tao_session_set_mcn": (c_int, _session, c_char_p),
    "tao_session_set_text": (c_int, _session, c_void_p, c_size_t),
    "tao_session_flags": (c_uint, _session),
    "tao_session_first_track": (c_uint, _session),
    "tao_session_tracks": (c_uint, _session),
    "tao_session_track": (_track, _session, c_uint, POINTER(_marks)),
    "tao_session_mcn": (c_char_p, _session),
    "tao_session_text": (c_void_p, _session, POINTER(c_size_t)),
    "tao_session_sectors": (c_uint32, _session),
    "tao_session_prepare": (c_int, _device, _session, POINTER(tao_prepare)),
    "tao_session_begin": (c_int, _device, _session, c_uint, c_uint),
    "tao_session_read": (c_int, _device, POINTER(_session), tao_progress_fn, c_void_p),
    "tao_verify_track": (c_int, _device, c_uint, tao_source_fn, c_void_p, c_uint64,
                         POINTER(tao_verify), tao_progress_fn, c_void_p),
    "tao_cdtext_new": (c_int, POINTER(_cdtext), c_uint, c_uint),
    "tao_cdtext_free": (None, _cdtext),
    "tao_cdtext_add_block": (c_int, _cdtext, c_uint, c_uint),
    "tao_cdtext_blocks": (c_uint, _cdtext),
    "tao_cdtext_charset": (c_uint, _cdtext, c_uint),
    "tao_cdtext_language": (c_uint, _cdtext, c_uint),
    "tao_cdtext_first_track": (c_uint, _cdtext),
    "tao_cdtext_last_track": (c_uint, _cdtext),
    "tao_cdtext_set": (c_int, _cdtext, c_uint, c_uint, c_uint, c_char_p),
    "tao_cdtext_get": (c_char_p, _cdtext, c_uint, c_uint, c_uint),
    "tao_cdtext_set_genre": (c_int, _cdtext, c_uint, c_uint),
    "tao_cdtext_genre": (c_uint, _cdtext, c_uint),
    "tao_cdtext_encode": (c_ssize_t, _cdtext, c_void_p, tao_cdtext_note_fn, c_void_p),
    "tao_cdtext_decode": (c_int, POINTER(_cdtext), c_void_p, c_size_t, tao_cdtext_note_fn,
                          c_void_p),
}


def _load() -> ctypes.CDLL:
    # One that was installed for a single user is where the dynamic linker does not look.
    beside = Path(__file__).resolve().parents[3] / SONAME
    try:
        return ctypes.CDLL(str(beside) if beside.exists() else SONAME)
    except OSError as error:
        raise ImportError(f"libtao can't be loaded; is it installed? {error}") from None


@functools.cache
def library() -> ctypes.CDLL:
    """The library, loaded at its first use, so that this module can be read without it."""
    loaded = _load()
    for name, (result, *arguments) in FUNCTIONS.items():
        function = getattr(loaded, name)
        function.restype = result
        function.argtypes = arguments
    return loaded
