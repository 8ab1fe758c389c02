# SPDX-License-Identifier: LGPL-2.1-or-later
"""Numbers, flags and results. The classes have the fields of the structures in <linux/tao.h>, where
each is described."""

from __future__ import annotations

import ctypes
import enum
import functools
import typing
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from . import _abi

SECTOR_SIZE = 2352
SECTORS_PER_SECOND = 75
TRACK_MIN_SECTORS = 300
TRACKS_MAX = 99
SPEED_MAX = 0xffffffff
VERIFY_OFFSET_MAX = 4000


class Number(enum.IntEnum):
    """A number with a name. One that only a newer module or drive knows has the name UNNAMED."""

    @classmethod
    def _missing_(cls, value: object) -> Number | None:
        if not isinstance(value, int):
            return None
        unnamed = int.__new__(cls, value)
        unnamed._name_ = "UNNAMED"
        unnamed._value_ = value
        return unnamed


class State(Number):
    IDLE = 0
    PREPARED = 1
    TRACK_OPEN = 2
    GONE = 3


class Action(Number):
    NONE = 0
    PREPARING = 1
    WRITING = 2
    CLOSING_TRACK = 3
    CLOSING_SESSION = 4
    VERIFYING = 5
    BLANKING = 6
    READING = 7
    SETTING_SPEED = 8
    RECOVERING = 9


class DriveFlag(enum.IntFlag):
    CD_R = 1 << 0
    CD_RW = 1 << 1
    TEST_WRITE = 1 << 2
    UNDERRUN_FREE = 1 << 3
    SPEED_LIST = 1 << 4
    SET_SPEED = 1 << 5
    SESSION_AT_ONCE = 1 << 6
    CD_TEXT = 1 << 7


class MediumType(Number):
    NONE = 0
    CD_ROM = 1
    CD_R = 2
    CD_RW = 3
    OTHER = 4
    UNKNOWN = 5


class DiscStatus(Number):
    BLANK = 0
    APPENDABLE = 1
    COMPLETE = 2
    OTHER = 3


class MediumFlag(enum.IntFlag):
    STALE = 1 << 0
    ERASABLE = 1 << 1
    SESSION_OPEN = 1 << 2
    TRACK_DAMAGED = 1 << 3
    TRACK_FAILED = 1 << 4
    WRITABLE = 1 << 5
    TEST_WRITTEN = 1 << 6
    SESSION_DAMAGED = 1 << 7


class PrepareFlag(enum.IntFlag):
    TEST_WRITE = 1 << 0
    NO_UNDERRUN_FREE = 1 << 1
    MCN = 1 << 2
    VERIFY = 1 << 3


class Close(Number):
    """What becomes of the session."""

    NOTHING = 0
    SESSION = 1
    FINALIZE = 2


class TrackFlag(enum.IntFlag):
    COPY_PERMITTED = 1 << 0
    PRE_EMPHASIS = 1 << 1
    ISRC = 1 << 2
    ANY_DATA = 1 << 3


class StatusFlag(enum.IntFlag):
    TEST_WRITE = 1 << 0
    CANCELLED = 1 << 1
    FAILED = 1 << 2
    EXPLICIT = 1 << 3
    BUFFER_ESTIMATED = 1 << 4


class Which(Number):
    """Which of the two errors that the module keeps."""

    FIRST = 0
    LATEST = 1


class ErrorFlag(enum.IntFlag):
    VALID = 1 << 0
    SENSE = 1 << 1
    LBA = 1 << 2
    TRANSPORT = 1 << 3
    DEFERRED = 1 << 4


class TocFlag(enum.IntFlag):
    STALE = 1 << 0
    EXPECTED = 1 << 1


class SpeedFlag(enum.IntFlag):
    PURE_CAV = 1 << 0
    ADJUSTED = 1 << 1
    ROTATION_ADJUSTED = 1 << 2
    STALE = 1 << 3
    PENDING = 1 << 4


class RecoveredFlag(enum.IntFlag):
    TRACK = 1 << 0
    SESSION = 1 << 1


class SessionFlag(enum.IntFlag):
    NO_MARKS = 1 << 0
    NO_CODES = 1 << 1


class VerifyFlag(enum.IntFlag):
    NO_OFFSET = 1 << 0
    AMBIGUOUS = 1 << 1
    OFFSET_KNOWN = 1 << 2
    SHIFTED = 1 << 3
    UNDECIDED = 1 << 4
    GIVEN_UP = 1 << 5


@dataclass(frozen=True)
class DriveInfo:
    """Identity and abilities of a drive (``struct tao_drive``)."""

    api_version: int
    flags: DriveFlag
    vendor: str
    product: str
    revision: str
    serial: str
    module_version: str
    buffer_bytes: int
    dma_alignment: int
    quantum_sectors: int
    write_sectors: int
    write_sectors_max: int
    in_flight_bytes: int
    cdrom_major: int
    cdrom_minor: int


@dataclass(frozen=True)
class Medium:
    """The disc in a drive (``struct tao_medium``)."""

    flags: MediumFlag
    type: MediumType
    status: DiscStatus
    profile: int
    sessions: int
    tracks: int
    first_track: int
    next_track: int
    total_sectors: int
    used_sectors: int | None
    free_sectors: int | None
    next_lba: int | None
    lead_out_lba: int
    age_ms: int | None
    mcn: str


@dataclass(frozen=True)
class Status:
    """State and progress (``struct tao_status``)."""

    flags: StatusFlag
    state: State
    action: Action
    track: int
    start_lba: int
    sectors: int | None
    read_lba: int
    written_lba: int
    elapsed_ms: int
    remaining_ms: int | None
    progress: int | None
    session_progress: int | None
    queue_bytes: int
    queue_max_bytes: int
    drive_buffer_bytes: int
    drive_buffer_fill: int
    speed_kbps: int
    track_sectors: int
    sequence: int
    owner_pid: int
    owner_uid: int | None
    owner: str
    underruns: int


@dataclass(frozen=True)
class DriveError:
    """The reason of a failure, with the sense data of the drive (``struct tao_error``)."""

    which: Which
    flags: ErrorFlag
    error: int
    opcode: int
    key: int
    asc: int
    ascq: int
    lba: int
    track: int
    host_status: int
    sense_bytes: int
    age_ms: int
    count: int
    sense: bytes
    text: str


@dataclass(frozen=True)
class TocEntry:
    """A track in a table of contents; the number of the lead-out is 0xaa."""

    number: int
    session: int
    control: int
    flags: int
    start_lba: int
    sectors: int


@dataclass(frozen=True)
class Toc:
    """A table of contents (``struct tao_toc``): the tracks in order, then the lead-out."""

    flags: TocFlag
    first_track: int
    last_track: int
    entries_count: int
    raw_bytes: int
    entries: tuple[TocEntry, ...]
    raw: bytes


@dataclass(frozen=True)
class Speed:
    """Requested and actual write speed (``struct tao_speed``). 1x is 176.4 kB/s."""

    flags: SpeedFlag
    requested_kbps: int
    actual_kbps: int
    requested_sectors_per_second: int
    actual_sectors_per_second: int
    requested_flags: SpeedFlag


@dataclass(frozen=True)
class SpeedEntry:
    """A write speed of the drive with this disc."""

    write_kbps: int
    write_sectors_per_second: int
    read_kbps: int
    flags: SpeedFlag


@dataclass(frozen=True)
class Speeds:
    """The write speeds of the drive with this disc, fastest first."""

    flags: SpeedFlag
    count: int
    entries: tuple[SpeedEntry, ...]


@dataclass(frozen=True)
class Statistics:
    """Counters since the drive was attached (``struct tao_statistics``)."""

    tracks: int
    tracks_failed: int
    sessions: int
    writes: int
    sectors: int
    bytes_mapped: int
    bytes_copied: int
    bytes_padding: int
    buffer_full: int


@dataclass(frozen=True)
class OpenTrack:
    """A track that was begun: its number, its start, and its maximum length."""

    number: int
    start_lba: int
    free_sectors: int


@dataclass(frozen=True)
class Track:
    """A track that was burned. ``sectors`` includes the padding."""

    number: int
    start_lba: int
    sectors: int
    padding_bytes: int


@dataclass(frozen=True)
class Recovered:
    """What was repaired, and the number of the track that was unfinished."""

    done: RecoveredFlag
    track: int


@dataclass(frozen=True)
class Verified:
    """The result of a comparison (``struct tao_verify``). ``same`` is true if everything was
    compared and is the same."""

    same: bool
    flags: VerifyFlag
    offset_samples: int
    samples: int
    compared_samples: int
    edge_samples: int
    different_samples: int
    first_different: int | None
    unreadable_sectors: int
    shift_samples: int


Result = TypeVar("Result")

# All bits are 1, in the types of C.
_UNKNOWN = (-1, 0xffffffff, 0xffffffffffffffff)


@functools.cache
def _types(cls: Any) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _value(wanted: Any, value: Any) -> Any:
    if wanted == int | None:
        return None if value in _UNKNOWN else value
    if wanted is str:
        return value.decode("utf-8", "replace")
    return wanted(value)


def from_c(cls: type[Result], struct: ctypes.Structure, **others: Any) -> Result:
    """An object with the fields of a structure, and with ``others``."""
    values = dict(others)
    for name, wanted in _types(cast(Any, cls)).items():
        if name not in others:
            values[name] = _value(wanted, getattr(struct, name))
    return cls(**values)


def toc_from_c(struct: _abi.tao_toc) -> Toc:
    return from_c(Toc, struct, entries=_first(TocEntry, struct.entries, struct.entries_count),
                  raw=bytes(struct.raw[:struct.raw_bytes]))


def speeds_from_c(struct: _abi.tao_speeds) -> Speeds:
    return from_c(Speeds, struct, entries=_first(SpeedEntry, struct.entries, struct.count))


def _first(cls: type[Result], array: Any, count: int) -> tuple[Result, ...]:
    return tuple(from_c(cls, one) for one in array[:count])


def error_from_c(struct: _abi.tao_error) -> DriveError:
    return from_c(DriveError, struct, sense=bytes(struct.sense[:struct.sense_bytes]))
