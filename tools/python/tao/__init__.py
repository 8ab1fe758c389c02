# SPDX-License-Identifier: LGPL-2.1-or-later
"""Burn audio CDs track-at-once and session-at-once through /dev/taoN, with libtao.

A track, and the disc finalised::

    import tao

    with tao.Drive(write=True) as drive:
        drive.prepare()
        print(drive.burn_track("song.raw"))
        drive.release(tao.Close.FINALIZE)

Audio is signed 16-bit little-endian, stereo, 44.1 kHz, without a header. Failures are exceptions,
see :exc:`tao.Error`.
"""

from ._audio import Audio, Progress
from ._cdtext import CdText, Charset, Language, TextLoss, TextProblem, TextType
from ._drive import Drive, list_drives, version
from ._errors import Busy, Cancelled, Error, NoDisc, NotFound, NotPermitted, NotReady
from ._session import LayoutTrack, Session
from ._values import (
    SECTOR_SIZE, SECTORS_PER_SECOND, SPEED_MAX, TRACK_MIN_SECTORS, TRACKS_MAX, VERIFY_OFFSET_MAX,
    Action, Close, DiscStatus, DriveError, DriveFlag, DriveInfo, ErrorFlag, Medium, MediumFlag,
    MediumType, OpenTrack, PrepareFlag, Recovered, RecoveredFlag, SessionFlag, Speed, SpeedEntry,
    SpeedFlag, Speeds, State, Statistics, Status, StatusFlag, Toc, TocEntry, TocFlag, Track,
    TrackFlag, Verified, VerifyFlag, Which)

__all__ = [
    "SECTOR_SIZE", "SECTORS_PER_SECOND", "SPEED_MAX", "TRACK_MIN_SECTORS", "TRACKS_MAX", "Action",
    "Audio", "Busy", "Cancelled", "CdText", "Charset", "Close", "DiscStatus", "Drive", "DriveError",
    "DriveFlag", "DriveInfo", "Error", "ErrorFlag", "Language", "LayoutTrack", "Medium",
    "MediumFlag", "MediumType", "NoDisc", "NotFound", "NotPermitted", "NotReady", "OpenTrack",
    "PrepareFlag", "Progress", "Recovered", "RecoveredFlag", "Session", "SessionFlag", "Speed",
    "SpeedEntry", "SpeedFlag", "Speeds", "State", "Statistics", "Status", "StatusFlag", "TextLoss",
    "TextProblem", "TextType", "Toc", "TocEntry", "TocFlag", "Track", "TrackFlag",
    "VERIFY_OFFSET_MAX", "Verified", "VerifyFlag", "Which", "list_drives", "version"]

# They are where users find them, also in the names of exceptions.
for _item in [globals()[_name] for _name in __all__]:
    if isinstance(_item, (type, type(version))):
        _item.__module__ = __name__
