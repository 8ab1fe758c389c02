# SPDX-License-Identifier: LGPL-2.1-or-later
"""The texts of a disc."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

from . import _abi
from ._errors import c_string, call
from ._values import Number


class TextType(Number):
    """What a text is. DISC_ID, GENRE and CLOSED are of the disc only."""

    TITLE = 0x80
    PERFORMER = 0x81
    SONGWRITER = 0x82
    COMPOSER = 0x83
    ARRANGER = 0x84
    MESSAGE = 0x85
    DISC_ID = 0x86
    GENRE = 0x87
    CLOSED = 0x8d
    CODE = 0x8e


class Charset(Number):
    ISO_8859_1 = 0x00
    ASCII = 0x01
    MS_JIS = 0x80


class Language(Number):
    """Some languages of EBU Tech 3264; others up to 0x7f are possible."""

    UNKNOWN = 0x00
    GERMAN = 0x08
    ENGLISH = 0x09
    SPANISH = 0x0a
    FRENCH = 0x0f
    ITALIAN = 0x15
    DUTCH = 0x1d
    JAPANESE = 0x69


class TextProblem(Number):
    """A kind of loss."""

    REPLACED = 0
    DROPPED = 1
    SHORTENED = 2
    DAMAGED = 3
    NO_SIZE = 4
    BAD_CHARSET = 5


@dataclass(frozen=True)
class TextLoss:
    """What a text has lost on its way to the disc, or on the disc. ``type`` 0 stands for all of the
    block, ``track`` 0 for the disc."""

    problem: TextProblem
    block: int
    type: int
    track: int
    character: str
    replacement: str


class _Losses(list[TextLoss]):
    """A list that a function for C fills."""

    def function(self) -> Any:
        def note(_data: int | None, pointer: Any) -> None:
            loss = pointer.contents
            self.append(TextLoss(TextProblem(loss.problem), loss.block, loss.type, loss.track,
                                 chr(loss.character) if loss.character else "",
                                 (loss.replacement or b"").decode("utf-8", "replace")))

        return _abi.tao_cdtext_note_fn(note)


class CdText:
    """CD-TEXT: titles and names of a disc and its tracks, in up to eight languages (blocks):
    *tao_cdtext*\\ (3). Players show block 0. It belongs to one thread at a time."""

    def __init__(self, first_track: int, last_track: int) -> None:
        self._handle = ctypes.POINTER(_abi.tao_cdtext)()
        call("tao_cdtext_new", ctypes.byref(self._handle), first_track, last_track)

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            _abi.library().tao_cdtext_free(self._handle)

    @classmethod
    def decode(cls, packs: bytes) -> tuple[CdText, list[TextLoss]]:
        """Texts from packs, and what was damaged."""
        text = cls.__new__(cls)
        text._handle = ctypes.POINTER(_abi.tao_cdtext)()
        losses = _Losses()
        call("tao_cdtext_decode", ctypes.byref(text._handle), packs, len(packs), losses.function(),
             None)
        return text, losses

    def encode(self) -> tuple[bytes, list[TextLoss]]:
        """Packs for :attr:`Session.text`, and what they cannot hold."""
        packs = ctypes.create_string_buffer(_abi.TAO_CDTEXT_BYTES_MAX)
        losses = _Losses()
        size = call("tao_cdtext_encode", self._handle, packs, losses.function(), None)
        return packs.raw[:size], losses

    def add_block(self, language: int = Language.ENGLISH,
                  charset: Charset = Charset.ISO_8859_1) -> int:
        """Add a language; returns the number of its block."""
        return call("tao_cdtext_add_block", self._handle, charset, language)

    def set(self, type: TextType, track: int, text: str, block: int = 0) -> None:
        """Set a text of a track, or of the disc (track 0). An empty text removes it."""
        call("tao_cdtext_set", self._handle, block, type, track,
             c_string(text.encode(), "the text"))

    def get(self, type: TextType, track: int, block: int = 0) -> str | None:
        """A text, or None."""
        text = _abi.library().tao_cdtext_get(self._handle, block, type, track)
        return None if text is None else str(text.decode("utf-8", "replace"))

    @property
    def blocks(self) -> int:
        """The number of blocks."""
        return int(_abi.library().tao_cdtext_blocks(self._handle))

    def language(self, block: int = 0) -> int:
        return int(_abi.library().tao_cdtext_language(self._handle, block))

    def charset(self, block: int = 0) -> Charset:
        return Charset(_abi.library().tao_cdtext_charset(self._handle, block))

    def genre(self, block: int = 0) -> int:
        """The genre code; 0 if it has none."""
        return int(_abi.library().tao_cdtext_genre(self._handle, block))

    def set_genre(self, code: int, block: int = 0) -> None:
        call("tao_cdtext_set_genre", self._handle, block, code)

    @property
    def first_track(self) -> int:
        return int(_abi.library().tao_cdtext_first_track(self._handle))

    @property
    def last_track(self) -> int:
        return int(_abi.library().tao_cdtext_last_track(self._handle))
