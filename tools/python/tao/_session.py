# SPDX-License-Identifier: LGPL-2.1-or-later
"""The layout of a session-at-once."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass

from . import _abi
from ._audio import Callbacks, Progress
from ._errors import c_string, call, unsigned
from ._values import SECTOR_SIZE, SessionFlag, TrackFlag


@dataclass(frozen=True)
class LayoutTrack:
    """A track in the layout of a session. Lengths and marks are in sectors: ``pregap_sectors`` of
    audio before its start belong to it (index 0), ``marks`` are index 2, 3 and so on, counted from
    its start."""

    sectors: int
    pregap_sectors: int = 0
    marks: tuple[int, ...] = ()
    isrc: str = ""
    flags: TrackFlag = TrackFlag(0)

    @property
    def size(self) -> int:
        """The bytes of its audio, with the pregap."""
        return (self.pregap_sectors + self.sectors) * SECTOR_SIZE


class Session:
    """All tracks of a session, which are burned in one go and without gaps: *tao_session*\\ (3).
    It belongs to one thread at a time."""

    def __init__(self, first_track: int = 1) -> None:
        self._handle = ctypes.POINTER(_abi.tao_session)()
        call("tao_session_new", ctypes.byref(self._handle))
        call("tao_session_set_first_track", self._handle, first_track)

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            _abi.library().tao_session_free(self._handle)

    @classmethod
    def read(cls, device: object, progress: Progress | None) -> Session:
        session = cls.__new__(cls)
        session._handle = ctypes.POINTER(_abi.tao_session)()
        callbacks = Callbacks()
        with callbacks.raised():
            # Python's signal handlers run in the function: Ctrl-C ends this too.
            call("tao_session_read", device, ctypes.byref(session._handle),
                 callbacks.progress(progress or (lambda _count: False)), None)
        return session

    @property
    def handle(self) -> object:
        """For calls of the library."""
        return self._handle

    def add_track(self, sectors: int, *, pregap_sectors: int = 0, marks: Sequence[int] = (),
                  isrc: str = "", flags: TrackFlag = TrackFlag(0)) -> None:
        """Add a track; the fields are those of :class:`LayoutTrack`. An ISRC needs no flag."""
        track = _abi.tao_layout_track(
            flags | (TrackFlag.ISRC if isrc else 0), unsigned(pregap_sectors, "a pregap"),
            unsigned(sectors, "a length"), len(marks), c_string(isrc.encode(), "the ISRC"))
        array = (ctypes.c_uint32 * len(marks))(*(unsigned(mark, "a mark") for mark in marks))
        call("tao_session_add_track", self._handle, track, array)

    @property
    def first_track(self) -> int:
        return int(_abi.library().tao_session_first_track(self._handle))

    @property
    def flags(self) -> SessionFlag:
        """What could not be read from the disc."""
        return SessionFlag(_abi.library().tao_session_flags(self._handle))

    @property
    def sectors(self) -> int:
        """All audio of the session."""
        return int(_abi.library().tao_session_sectors(self._handle))

    @property
    def tracks(self) -> list[LayoutTrack]:
        count = _abi.library().tao_session_tracks(self._handle)
        return [self._track(index) for index in range(count)]

    def _track(self, index: int) -> LayoutTrack:
        marks = ctypes.POINTER(ctypes.c_uint32)()
        track = _abi.library().tao_session_track(self._handle, index, ctypes.byref(marks)).contents
        return LayoutTrack(track.sectors, track.pregap_sectors, tuple(marks[:track.marks_count]),
                           track.isrc.decode("ascii", "replace"), TrackFlag(track.flags))

    @property
    def mcn(self) -> str:
        """The catalogue number: 13 digits, or empty."""
        return str(_abi.library().tao_session_mcn(self._handle).decode("ascii", "replace"))

    @mcn.setter
    def mcn(self, mcn: str) -> None:
        call("tao_session_set_mcn", self._handle, c_string(mcn.encode(), "the catalogue number"))

    @property
    def text(self) -> bytes:
        """CD-TEXT as packs: :meth:`CdText.encode` makes them, :meth:`CdText.decode` takes them."""
        size = ctypes.c_size_t()
        packs = _abi.library().tao_session_text(self._handle, ctypes.byref(size))
        return ctypes.string_at(packs, size.value) if packs else b""

    @text.setter
    def text(self, packs: bytes) -> None:
        call("tao_session_set_text", self._handle, packs, len(packs))
