# SPDX-License-Identifier: LGPL-2.1-or-later
"""Drives, and what is done with them."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import threading
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Iterator, TypeVar

from . import _abi
from ._audio import Audio, Callbacks, Progress, Source, source
from ._errors import Error, NotReady, c_string, call, failure, unsigned
from ._session import Session
from ._values import (
    SECTOR_SIZE, SPEED_MAX, Close, DriveError, DriveInfo, Medium, OpenTrack, PrepareFlag, Recovered,
    Speed, SpeedFlag, Speeds, Statistics, Status, StatusFlag, Toc, Track, TrackFlag, Verified,
    Which, error_from_c, from_c, speeds_from_c, toc_from_c)

_ALL = 0xffffffffffffffff
# The library has refused a call, or was not called. Signal handlers raise something else.
_REFUSED = (Error, ValueError, ctypes.ArgumentError)
# A thread that waits for the status looks this often, in seconds, whether the drive is closed.
_WATCH_SLICE = 0.2

Struct = TypeVar("Struct", bound=ctypes.Structure)


def list_drives() -> list[str]:
    """The device nodes of the drives of this computer: ``["/dev/tao0"]``."""
    library = _abi.library()
    drives = ctypes.POINTER(_abi.tao_list)()
    call("tao_list_drives", ctypes.byref(drives))
    try:
        return [os.fsdecode(library.tao_list_path(drives, index))
                for index in range(library.tao_list_count(drives))]
    finally:
        library.tao_list_free(drives)


def version() -> str:
    """The version of the library."""
    return str(_abi.library().tao_version().decode())


class Drive:
    """An open drive: ``"/dev/tao0"``, ``"tao0"``, the ``"/dev/sr0"`` of the same drive, or without
    a path the only drive of the computer. ``write`` makes this its one writer. With ``nonblock``
    calls that would wait raise :exc:`NotReady`, and the same call again goes on.
    :meth:`write_from`, :meth:`burn_track` and :meth:`burn_session` need a drive that was opened
    without it.

    A drive is a context manager that closes it. Its methods may be called from several threads:
    :meth:`close` waits for those that run.
    """

    def __init__(self, path: str | os.PathLike[str] | None = None, *, write: bool = False,
                 nonblock: bool = False) -> None:
        self._handle: Any = ctypes.POINTER(_abi.tao_device)()
        self._write = write
        self._closing = False
        #: the threads that use the handle, once for each call
        self._users: list[int] = []
        self._unused = threading.Condition()
        name = None if path is None else c_string(os.fsencode(path), "the name of a drive")
        flags = (_abi.TAO_OPEN_WRITE if write else 0) | (_abi.TAO_OPEN_NONBLOCK if nonblock else 0)
        call("tao_open", ctypes.byref(self._handle), name, flags)

    # --- The handle ---

    @contextlib.contextmanager
    def _use(self) -> Iterator[Any]:
        """The handle, which stays open in the block. A thread that has it gets it again even while
        another one waits in :meth:`close`."""
        thread = threading.get_ident()
        with self._unused:
            if not self._handle or (self._closing and thread not in self._users):
                raise ValueError("the drive was closed")
            self._users.append(thread)
        try:
            yield self._handle
        finally:
            with self._unused:
                self._users.remove(thread)
                self._unused.notify_all()

    def _call(self, name: str, *arguments: Any) -> int:
        with self._use() as device:
            return call(name, device, *arguments)

    def _take_handle(self) -> Any:
        """The handle, for the one that closes it."""
        with self._unused:
            if threading.get_ident() in self._users:
                raise RuntimeError("the drive can't be closed inside of one of its calls")
            self._closing = True
            self._unused.wait_for(lambda: not self._users)
            handle, self._handle = self._handle, None
            return handle

    def close(self) -> None:
        """Close the drive. This ends a track that was begun by :meth:`write` alone, and raises its
        error. A prepared disc is given back, with its session open.

        Calls in other threads are waited for, those of :meth:`burn_track` and the like too, and
        :meth:`watch` ends with a :exc:`ValueError` as each new call does. A progress function that
        closes its drive gets a :exc:`RuntimeError`."""
        handle = self._take_handle()
        if handle and (result := _abi.library().tao_close(handle)) < 0:
            raise failure(-result)

    def __enter__(self) -> Drive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 traceback: TracebackType | None) -> None:
        # The error of the block comes first: that of close() usually follows from it.
        with contextlib.suppress(*([Error] if error else [])):
            self.close()

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            with contextlib.suppress(Error):
                self.close()

    def fileno(self) -> int:
        """The descriptor, for ``select.poll()``: POLLPRI reports a change of the status."""
        with self._use() as device:
            return int(_abi.library().tao_device_fd(device))

    @property
    def path(self) -> str:
        """The device node, ``"/dev/tao0"``."""
        with self._use() as device:
            return os.fsdecode(_abi.library().tao_device_path(device))

    @property
    def block_path(self) -> str:
        """The block device of the same drive, ``"/dev/sr0"``."""
        path = ctypes.create_string_buffer(4096)
        self._call("tao_block_path", path, len(path))
        return os.fsdecode(path.value)

    # --- Queries, which never disturb a burn ---

    def _get(self, name: str, struct: type[Struct]) -> Struct:
        answer = struct()
        self._call(name, ctypes.byref(answer))
        return answer

    def info(self) -> DriveInfo:
        """Identity and abilities of the drive."""
        return from_c(DriveInfo, self._get("tao_get_drive", _abi.tao_drive))

    def medium(self) -> Medium:
        """The disc."""
        return from_c(Medium, self._get("tao_get_medium", _abi.tao_medium))

    def status(self) -> Status:
        """State and progress."""
        return from_c(Status, self._get("tao_get_status", _abi.tao_status))

    def watch(self, timeout: float | None = None) -> Iterator[Status]:
        """The status now, and after each change. Ends when nothing changes for ``timeout`` seconds,
        if that is given. Raises an :exc:`Error` with ``ENODEV`` once the drive is gone."""
        limit = float("inf") if timeout is None else timeout
        if not limit >= 0:
            raise ValueError(f"a time can't be {timeout}")
        status = _abi.tao_status()
        while self._changes(status, limit):
            yield from_c(Status, status)

    def _changes(self, status: _abi.tao_status, limit: float) -> bool:
        """Whether the status changes within ``limit`` seconds."""
        end = time.monotonic() + limit
        while True:
            left = end - time.monotonic()
            wait = min(max(left, 0), _WATCH_SLICE)
            if self._call("tao_wait_status", ctypes.byref(status), round(wait * 1000)):
                return True
            if left <= _WATCH_SLICE:
                return False

    def error(self, which: Which = Which.FIRST) -> DriveError:
        """The recorded reason of a failure, with sense data. The flag ``VALID`` says if there is
        one."""
        answer = _abi.tao_error()
        self._call("tao_get_error", which, ctypes.byref(answer))
        return error_from_c(answer)

    def toc(self) -> Toc:
        """The table of contents."""
        return toc_from_c(self._get("tao_get_toc", _abi.tao_toc))

    def speeds(self) -> Speeds:
        """The write speeds with this disc."""
        return speeds_from_c(self._get("tao_get_speeds", _abi.tao_speeds))

    def speed(self) -> Speed:
        """The write speed that is set."""
        return from_c(Speed, self._get("tao_get_speed", _abi.tao_speed))

    def statistics(self) -> Statistics:
        """Counters since the drive was attached."""
        return from_c(Statistics, self._get("tao_get_statistics", _abi.tao_statistics))

    def text(self) -> bytes | None:
        """The CD-TEXT of the disc, for :meth:`CdText.decode`; empty if it has none, and None if
        the drive does not answer now."""
        packs = ctypes.create_string_buffer(_abi.TAO_TEXT_BYTES_MAX)
        text = _abi.tao_text(bytes=len(packs), packs=ctypes.addressof(packs))
        self._call("tao_get_text", ctypes.byref(text))
        return None if text.flags & _abi.TAO_TEXT_STALE else packs.raw[:text.bytes]

    def underrun_free(self) -> bool:
        """Whether tracks that begin without :meth:`prepare` have underrun protection."""
        return bool(self._get("tao_get_settings", _abi.tao_settings).underrun_free)

    # --- Settings ---

    def set_underrun_free(self, on: bool) -> None:
        """Switch the underrun protection of such tracks on or off, for this handle."""
        self._call("tao_set_settings", _abi.tao_settings(
            mask=_abi.TAO_SET_UNDERRUN_FREE, underrun_free=on))

    def set_speed(self, kbps: int = SPEED_MAX, flags: SpeedFlag = SpeedFlag(0)) -> Speed:
        """Set the write speed in kB/s (1x is 176.4), and return the speed that the drive took."""
        speed = _abi.tao_speed(flags=flags, requested_kbps=unsigned(kbps, "the speed"))
        self._call("tao_set_speed", ctypes.byref(speed))
        return from_c(Speed, speed)

    # --- Burning, step by step ---

    def prepare(self, flags: PrepareFlag = PrepareFlag(0), *, mcn: str = "", client_name: str = "",
                wait_ms: int = 0, session: Session | None = None) -> None:
        """Hold the disc and prepare it, with the catalogue number ``mcn``, or that of ``session``.
        """
        prepare = _abi.tao_prepare(
            flags=flags | (PrepareFlag.MCN if mcn else 0), wait_ms=unsigned(wait_ms, "a time"),
            mcn=c_string(mcn.encode(), "the catalogue number"),
            client_name=c_string(client_name.encode(), "the name"))
        if session:
            self._call("tao_session_prepare", session.handle, prepare)
        else:
            self._call("tao_prepare", prepare)

    def release(self, close: Close = Close.NOTHING, *, force: bool = False) -> None:
        """Give the disc back, and close its session if ``close`` says so. ``force`` does that even
        if a track failed."""
        self._call("tao_release", close, _abi.TAO_FINALIZE_FORCE if force else 0)

    def begin_track(self, size: int = 0, *, isrc: str = "",
                    flags: TrackFlag = TrackFlag(0)) -> OpenTrack:
        """Begin a track of ``size`` bytes, or of a length that is not known yet."""
        track = _track_to_begin(size, isrc, flags)
        self._call("tao_track_begin", ctypes.byref(track))
        return from_c(OpenTrack, track)

    def begin_session(self, session: Session, close: Close = Close.FINALIZE, *,
                      any_data: bool = False) -> None:
        """Begin a session-at-once on a blank disc that was prepared. The audio of all tracks
        follows, then :meth:`end_track` and :meth:`release`. The drive closes the session itself."""
        self._call("tao_session_begin", session.handle, close,
             _abi.TAO_LAYOUT_ANY_DATA if any_data else 0)

    def end_track(self) -> Track:
        """End the track or the session, and wait until the drive has finished."""
        return from_c(Track, self._get("tao_track_end", _abi.tao_track_end))

    def write(self, audio: bytes | bytearray | memoryview) -> int:
        """Write audio from memory; returns the number of bytes that were taken. These are all,
        except from a drive that was opened with ``nonblock``, whose queue may be full. Pieces of
        :attr:`write_size` bytes are best."""
        view = memoryview(audio).cast("B")
        # ctypes has no address of memory that is read-only, except for bytes.
        data: Any = (bytes(audio) if view.readonly else
                     (ctypes.c_char * len(view)).from_buffer(view))
        address = ctypes.cast(data, ctypes.c_void_p).value or 0
        done = 0
        # A signal may end a call in the middle; Python runs its handler before the next one.
        while done < len(view):
            try:
                done += self._call("tao_write", address + done, len(view) - done)
            except NotReady:
                if not done:
                    raise
                break
        return done

    @property
    def write_size(self) -> int:
        """The best number of bytes for :meth:`write`."""
        with self._use() as device:
            return int(_abi.library().tao_write_size(device))

    def write_from(self, audio: Audio, size: int | None = None,
                   progress: Progress | None = None) -> int:
        """Write ``size`` bytes, or all that there are, without a copy where possible. ``progress``
        gets the number of bytes that the drive has taken; with it, the call waits until the drive
        has all of them. Returns the number of bytes. An :exc:`Error` with ``EMSGSIZE`` says that
        the audio ended early."""
        if size is not None:
            _audio_size(size)
        with self._use(), source(audio) as found:
            self._write_from(found, size, progress)
            return found.done

    def _write_from(self, found: Source, size: int | None, progress: Progress | None,
                    base: int = 0) -> None:
        found.begin()
        found.done = self.write(found.take(size))
        callbacks = Callbacks()
        with callbacks.raised():
            while (result := self._write_fd(found, size, callbacks.progress(
                    progress, base + found.done))) == -errno.EINTR:
                pass
            if result < 0:
                raise failure(-result)

    def _write_fd(self, found: Source, size: int | None, progress: Any) -> int:
        written = ctypes.c_uint64()
        with self._use() as device:
            result = _abi.library().tao_write_fd(
                device, found.fd, _ALL if size is None else size - found.done,
                ctypes.byref(written), progress, None)
        found.done += written.value
        return int(result)

    def cancel(self) -> None:
        """Cancel the open track, which ends with the data that have arrived, or fill the open
        session with silence; a second call stops that session at once. Any thread may do this, on
        any handle of the same user."""
        self._call("tao_cancel")

    # --- Burning, as a whole ---

    @contextlib.contextmanager
    def _begun(self, name: str, *arguments: Any) -> Iterator[None]:
        """A track or a session that is open in the block, and does not stay open if that fails.
        If it was refused, an open track belongs to somebody else, and any handle can cancel it. A
        signal may have come before or after the drive began."""
        begun = False
        try:
            self._call(name, *arguments)
            begun = True
            yield
        except BaseException as error:
            if begun or (self._write and not isinstance(error, _REFUSED)):
                self._cut_short()
            raise

    def _cut_short(self) -> None:
        with contextlib.suppress(Error):
            # Another thread may have done so: twice would stop a session at once.
            if StatusFlag.CANCELLED not in self.status().flags:
                self.cancel()
        with contextlib.suppress(Error):
            self.end_track()

    def burn_track(self, audio: Audio, *, isrc: str = "", flags: TrackFlag = TrackFlag(0),
                   progress: Progress | None = None) -> Track:
        """Burn a track, on a disc that :meth:`prepare` has prepared. If this is stopped, the track
        ends with the data that have arrived, and the session stays open."""
        with self._use(), source(audio) as found:
            track = _track_to_begin(found.size or 0, isrc, flags)
            with self._begun("tao_track_begin", ctypes.byref(track)):
                self._write_from(found, found.size, progress)
                burned = self.end_track()
            _tell_end(progress, found.done)
        return burned

    def burn_session(self, session: Session, audio: Audio | Sequence[Audio],
                     close: Close = Close.FINALIZE, *, progress: Progress | None = None) -> Track:
        """Burn all tracks of a session in one go, on a blank disc that :meth:`prepare` has prepared
        with the session. ``audio`` is that of the whole session, or a list with the audio of each
        track, its pregap first, which is padded with silence to the end of its track. What a pipe
        has beyond that is not read.

        If this is stopped, the rest of the session is silence, which takes as long as the audio
        would have taken: the disc can be played. If a file becomes shorter meanwhile, the rest of
        its track is silence, the others are burned, and an :exc:`Error` with ``EMSGSIZE`` follows.
        The result has the whole session as one track."""
        with self._use(), contextlib.ExitStack() as stack:
            parts = [(stack.enter_context(source(one)), size)
                     for one, size in _parts(session, audio)]
            _check_parts(parts)
            with self._begun("tao_session_begin", session.handle, close, 0):
                short = self._write_parts(parts, progress)
                burned = self.end_track()
        if short:
            raise short
        _tell_end(progress, session.sectors * SECTOR_SIZE)
        return burned

    def _write_parts(self, parts: list[tuple[Source, int]],
                     progress: Progress | None) -> Error | None:
        """The result is the error of the first file that has become shorter."""
        base, first = 0, None
        for found, size in parts:
            short = self._write_padded(found, size, progress, base)
            first = first or short
            base += size
        return first

    def _write_padded(self, found: Source, size: int, progress: Progress | None,
                      base: int) -> Error | None:
        short = None
        try:
            self._write_from(found, size if found.size is None else found.size, progress, base)
        except Error as error:
            if error.errno != errno.EMSGSIZE:
                raise
            # A pipe may end early: nobody knew its size.
            short = None if found.size is None else error
        silence = bytes(self.write_size)
        while found.done < size:
            found.done += self.write(silence[:size - found.done])
        return short

    # --- Discs ---

    def finalize(self, close: Close = Close.FINALIZE, *, force: bool = False) -> None:
        """Close the session of a disc that is not prepared, which makes the disc playable.
        ``force`` does that even if a track failed."""
        self._call("tao_finalize", close, _abi.TAO_FINALIZE_FORCE if force else 0)

    def blank(self, *, full: bool = False) -> None:
        """Blank a CD-RW."""
        self._call("tao_blank", _abi.TAO_BLANK_FULL if full else 0)

    def recover(self, close: Close = Close.NOTHING) -> Recovered:
        """Repair a disc that a power loss or a reset left with an unfinished track or session, and
        close the session if ``close`` says so."""
        recover = _abi.tao_recover(close=close)
        self._call("tao_recover", ctypes.byref(recover))
        return from_c(Recovered, recover)

    def read_session(self, *, progress: Progress | None = None) -> Session:
        """Read the layout of the disc: the audio tracks of its first session, with pregaps, marks,
        ISRCs, catalogue number and CD-TEXT. ``progress`` is called before each part, with 0. The
        drive is held meanwhile."""
        with self._use() as device:
            return Session.read(device, progress)

    def verify_track(self, number: int, audio: Audio, *, previous: Verified | None = None,
                     progress: Progress | None = None) -> Verified:
        """Read a finished track back and compare it with its audio, and the silence after that.
        In a session-at-once the audio reaches up to the start of the next track: the pregap of that
        one ends it. Number 0 is the audio before the first track. ``progress`` gets the number of
        bytes read. All tracks of a disc have the same offset: pass the result for one as
        ``previous`` with the next one. The drive is held meanwhile."""
        verify = _abi.tao_verify(**_as_c(previous)) if previous else _abi.tao_verify()
        callbacks = Callbacks()
        with self._use(), source(audio) as found:
            if found.size is None:
                raise TypeError("a pipe can't be compared: give a file or bytes")
            start = os.lseek(found.fd, 0, os.SEEK_CUR)
            with callbacks.raised():
                differs = self._call("tao_verify_track", unsigned(number, "a track number"),
                                     callbacks.pread(found.fd, start), None, found.size,
                                     ctypes.byref(verify), callbacks.progress(progress), None)
        return from_c(Verified, verify, same=not differs)


def _audio_size(size: int) -> int:
    """The same number; the largest one of 64 bits stands for all that there is."""
    return unsigned(size, "the size of the audio", _ALL - 1)


def _track_to_begin(size: int, isrc: str, flags: TrackFlag) -> _abi.tao_track_begin:
    return _abi.tao_track_begin(flags=flags | (TrackFlag.ISRC if isrc else 0),
                                bytes=_audio_size(size),
                                isrc=c_string(isrc.encode(), "the ISRC"))


def _tell_end(progress: Progress | None, size: int) -> None:
    """The last sectors go to the drive when the track is ended."""
    if progress:
        progress(size)


def _parts(session: Session, audio: Audio | Sequence[Audio]) -> list[tuple[Audio, int]]:
    """Sources of audio, and the number of bytes that the layout has for each."""
    if not isinstance(audio, (list, tuple)):
        return [(audio, session.sectors * SECTOR_SIZE)]  # type: ignore[list-item]
    if len(audio) != len(session.tracks):
        raise ValueError(f"there is audio for {len(audio)} tracks, "
                         f"and the session has {len(session.tracks)}")
    return [(one, track.size) for one, track in zip(audio, session.tracks)]


def _check_parts(parts: list[tuple[Source, int]]) -> None:
    for index, (found, size) in enumerate(parts, 1):
        if found.size is not None and found.size > size:
            raise ValueError(f"audio {index} has {found.size} bytes, "
                             f"and the layout has room for {size}")


def _as_c(verified: Verified) -> dict[str, int]:
    """The fields of the structure, from a result."""
    fields = dict(vars(verified))
    del fields["same"]
    if verified.first_different is None:
        fields["first_different"] = _ALL
    return fields
