# SPDX-License-Identifier: LGPL-2.1-or-later
"""Failed calls of libtao as exceptions."""

from __future__ import annotations

import errno
from typing import Any

from . import _abi


class Error(OSError):
    """A call failed. ``errno`` is one of those of *tao*\\ (3), and ``strerror`` is one line for a
    person: what was tried, the reason, and the report of the drive if it made one."""

    def __str__(self) -> str:
        return str(self.strerror)


class NoDisc(Error):
    """There is no disc in the drive (``ENOMEDIUM``)."""


class Busy(Error):
    """Somebody else has the drive (``EBUSY``)."""


class Cancelled(Error):
    """The track was cancelled, or the progress function stopped it (``ECANCELED``)."""


class NotReady(Error, BlockingIOError):
    """The call would wait, or the drive is not ready yet (``EAGAIN``)."""


class NotFound(Error, FileNotFoundError):
    """There is no such drive or track (``ENOENT``)."""


class NotPermitted(Error, PermissionError):
    """The user may not do this (``EACCES``, ``EPERM``)."""


_CLASSES: dict[int, type[Error]] = {
    errno.ENOMEDIUM: NoDisc,
    errno.EBUSY: Busy,
    errno.ECANCELED: Cancelled,
    errno.EAGAIN: NotReady,
    errno.ENOENT: NotFound,
    errno.EACCES: NotPermitted,
    errno.EPERM: NotPermitted,
}


def failure(number: int) -> Error:
    """The exception for the call that failed last in this thread."""
    text = _abi.library().tao_last_error().decode("utf-8", "replace")
    return _CLASSES.get(number, Error)(number, text)


def call(name: str, *arguments: Any) -> int:
    """Call a function that returns a negative errno if it fails. Python's signal handlers run
    between two attempts, so Ctrl-C ends the wait."""
    function = getattr(_abi.library(), name)
    while (result := function(*arguments)) == -errno.EINTR:
        pass
    if result < 0:
        raise failure(-result)
    return int(result)


def c_string(text: bytes, what: str) -> bytes:
    """The same text, unless C would see only its beginning."""
    if b"\0" in text:
        raise ValueError(f"{what} has a NUL character")
    return text


def unsigned(number: int, what: str, limit: int = 0xffffffff) -> int:
    """The same number, unless it does not fit into the 32 bits, or others, that it has in C."""
    if not 0 <= number <= limit:
        raise ValueError(f"{what} can't be {number}")
    return number
