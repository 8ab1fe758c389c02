# SPDX-License-Identifier: LGPL-2.1-or-later
"""The sources of audio: files, descriptors and memory."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import io
import os
import stat
import sys
import threading
from typing import IO, Any, Callable, Iterator, Union

from . import _abi

#: Audio: the name of a file, a file that was opened with mode "rb", a descriptor, or bytes. Signed
#: 16-bit little-endian, stereo, 44.1 kHz, without a header.
Audio = Union[str, "os.PathLike[str]", IO[bytes], int, bytes, bytearray, memoryview]

#: Called from time to time with the number of bytes so far. A true result stops the burn or the
#: comparison with :exc:`Cancelled`; an exception stops it too.
Progress = Callable[[int], object]


class Source:
    """Audio from the position of a descriptor on."""

    def __init__(self, fd: int, *, start: int | None = None,
                 buffer: io.BufferedReader | None = None) -> None:
        self.fd = fd
        self._start = start
        self._buffer = buffer
        self.size = self._size()
        #: bytes that the drive was given
        self.done = 0

    def _size(self) -> int | None:
        """Bytes up to the end; None if that is not known."""
        status = os.fstat(self.fd)
        if not stat.S_ISREG(status.st_mode):
            return None
        return max(0, status.st_size - os.lseek(self.fd, 0, os.SEEK_CUR))

    def begin(self) -> None:
        """The descriptor goes to where the audio begins: another source may have used it since."""
        if self._start is not None:
            os.lseek(self.fd, self._start, os.SEEK_SET)

    def take(self, size: int | None) -> bytes:
        """What a file has read from its descriptor already; ``size`` bytes at most. The file keeps
        the rest, for the next source of the same one."""
        if not self._buffer or size == 0:
            return b""
        found = len(self._buffer.peek())
        return self._buffer.read(found if size is None else min(found, size))


def _raw(file: Any) -> io.FileIO:
    """Others that have a descriptor, as gzip.GzipFile, read something else than is behind it."""
    raw = file.raw if isinstance(file, (io.BufferedReader, io.BufferedRandom)) else file
    if not isinstance(raw, io.FileIO):
        raise TypeError(f"audio can't be taken from {type(file).__name__}: "
                        "give a name, a file of mode 'rb', a descriptor or bytes")
    return raw


@contextlib.contextmanager
def _at(fd: int, position: int) -> Iterator[Source]:
    """A file keeps the position that it has, which may be before that of its descriptor."""
    before = os.lseek(fd, 0, os.SEEK_CUR)
    os.lseek(fd, position, os.SEEK_SET)
    try:
        yield Source(fd, start=position)
    finally:
        os.lseek(fd, before, os.SEEK_SET)


@contextlib.contextmanager
def _of_file(file: Any) -> Iterator[Source]:
    raw = _raw(file)
    if not file.seekable():
        if raw is not file:
            file.peek() # The drive does not begin before audio has come.
        yield Source(raw.fileno(), buffer=None if raw is file else file)
        return
    file.flush()
    with _at(raw.fileno(), file.tell()) as found:
        yield found


@contextlib.contextmanager
def _of_memory(data: Any) -> Iterator[Source]:
    fd = os.memfd_create("audio")
    try:
        left = memoryview(data).cast("B")
        while left:
            left = left[os.write(fd, left):]
        with _at(fd, 0) as found:
            yield found
    finally:
        os.close(fd)


@contextlib.contextmanager
def _of_name(name: str | os.PathLike[str]) -> Iterator[Source]:
    with open(name, "rb") as file, _of_file(file) as found:
        yield found


def source(audio: Audio) -> contextlib.AbstractContextManager[Source]:
    if isinstance(audio, int):
        return contextlib.nullcontext(Source(audio))
    if isinstance(audio, (bytes, bytearray, memoryview)):
        return _of_memory(audio)
    if isinstance(audio, (str, os.PathLike)):
        return _of_name(audio)
    return _of_file(audio)


class Callbacks:
    """Functions for C, whose exceptions are kept until the call has returned."""

    def __init__(self) -> None:
        self._exception: BaseException | None = None
        self._codes: set[Any] = set()

    def _for_c(self, kind: Any, function: Any) -> Any:
        self._codes.add(function.__code__)
        return kind(function)

    def progress(self, function: Progress | None, base: int = 0) -> Any:
        if not function:
            return _abi.tao_progress_fn(0)
        tell: Progress = function

        def report(_data: int | None, count: int) -> int:
            try:
                return self._exception is not None or bool(tell(base + count))
            except BaseException as exception:
                self._exception = exception
                return 1

        return self._for_c(_abi.tao_progress_fn, report)

    def pread(self, fd: int, start: int) -> Any:
        """Reads the audio that begins at ``start`` in a file."""
        def read(_data: int | None, buffer: int, count: int, offset: int) -> int:
            try:
                data = os.pread(fd, count, start + offset)
                ctypes.memmove(buffer, data, len(data))
                return -errno.EIO if self._exception else len(data)
            except OSError as exception:
                return -(exception.errno or errno.EIO)
            except BaseException as exception:
                self._exception = exception
                return -errno.EIO

        return self._for_c(_abi.tao_source_fn, read)

    def _has_raised(self, unraisable: sys.UnraisableHookArgs) -> bool:
        """Whether the outermost Python function is one of these: C has called it."""
        trace = unraisable.exc_traceback
        return trace is not None and trace.tb_frame.f_code in self._codes

    @contextlib.contextmanager
    def _unraisable(self) -> Iterator[None]:
        """A signal handler, that of Ctrl-C for example, may run in a function before its ``try``.
        ctypes prints what it raises, and goes on. Only the main thread runs these handlers."""
        previous = sys.unraisablehook

        def keep(unraisable: sys.UnraisableHookArgs) -> None:
            if self._has_raised(unraisable):
                self._exception = unraisable.exc_value
            else:
                previous(unraisable)

        if threading.current_thread() is threading.main_thread():
            sys.unraisablehook = keep
        try:
            yield
        finally:
            if sys.unraisablehook is keep:
                sys.unraisablehook = previous

    @contextlib.contextmanager
    def raised(self) -> Iterator[None]:
        """Around the call: the exception of a function comes before that of the call."""
        try:
            with self._unraisable():
                yield
        except OSError:
            if self._exception:
                raise self._exception from None
            raise
        if self._exception:
            raise self._exception
