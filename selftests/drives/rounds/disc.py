# SPDX-License-Identifier: GPL-2.0-only
"""The disc in the simulated drive, compared with the one that it is to be."""

import fcntl
import os
import struct

from album import PREGAP, SECTOR

TEXT = 131072
CDROMREADTOCHDR = 0x5305
CDROMREADTOCENTRY = 0x5306
LEADOUT = 0xaa


def pairs(words):
    return dict(zip(words[::2], words[1::2]))


def description(image):
    with open(image, "rb") as file:
        return file.read(TEXT).rstrip(b"\0").decode("ascii")


def describe(disc, medium):
    """What the image has to say of it, without CD-TEXT."""
    lines = ["medium %s leadout %d final %d" % (medium, disc.room, disc.final)]
    number = 0
    for session in disc.sessions:
        lines.append("session state %s leadout %d mcn %s by %s" % (
            "closed" if session.closed else "open", session.leadout, session.mcn or "-",
            session.by))
        for track in session.tracks:
            number += 1
            lines.append("track %d control %d start %d length %d state recorded isrc %s pregap %d"
                         % (number, track.control, track.start, track.length, track.isrc or "-",
                            track.pregap))
            lines += ["index 2 lba %d" % mark for mark in track.marks]
    return lines


def found(text):
    """The same of what it says."""
    lines = []
    for line in text.splitlines():
        words = line.split()
        if words[0] == "cdr-sim-disc":
            lines.append(" ".join(words[2:]))
        elif words[0] == "session":
            lines.append("session " + " ".join(words[4:]))
        elif words[0] == "track":
            lines.append(" ".join(words[:14]))
        elif words[0] == "index":
            lines.append(line)
    return lines


def titles(text):
    """TITLE and PERFORMER of the disc and of its tracks, from the packs of CD-TEXT."""
    kinds = {}
    for line in text.splitlines():
        if line.startswith("text "):
            pack = bytes.fromhex(line[5:])
            kinds[pack[0]] = kinds.get(pack[0], b"") + pack[4:16]
    names = kinds.get(0x80, b"").split(b"\0")
    for at, name in enumerate(names):
        if name == b"\t":
            names[at] = names[at - 1]
    return [name.decode("latin-1") for name in names if name]


def samples_differ(image, lba, data, offset):
    """Where the image has something else, as text. An offset moves samples out at the end."""
    at = TEXT + (lba + PREGAP) * SECTOR + 4 * offset
    with open(image, "rb") as file:
        file.seek(at)
        have = file.read(len(data))
    if len(have) < len(data) - max(0, 4 * offset):
        return "the image ends %d bytes too early" % (len(data) - len(have))
    if have == data[:len(have)]:
        return None
    first = next(i for i, (a, b) in enumerate(zip(have, data)) if a != b)
    return "differs from byte %d of %d on" % (first, len(data))


def audio_differs(image, disc, offset):
    for number, track in enumerate(disc.tracks(), 1):
        bad = samples_differ(image, track.start - len(track.front) // SECTOR,
                             track.front + track.data, offset)
        if bad:
            return "track %d: %s" % (number, bad)
    return None


def differs(image, disc, medium, offset):
    """What is wrong with the disc in the image, as text; None if nothing is."""
    have, want = found(description(image)), describe(disc, medium)
    if have != want:
        return "the disc is\n%s\nand should be\n%s" % ("\n".join(have), "\n".join(want))
    return audio_differs(image, disc, offset)


def toc(device):
    """The drive's table of contents: (number, CONTROL, address) of each track, and the lead-out."""
    node = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    try:
        first, last = fcntl.ioctl(node, CDROMREADTOCHDR, bytes(2))
        entries = []
        for number in [*range(first, last + 1), LEADOUT]:
            request = struct.pack("BBBxiB3x", number, 0, 1, 0, 0)
            entry = struct.unpack("BBBxiB3x", fcntl.ioctl(node, CDROMREADTOCENTRY, request))
            entries.append((number, entry[1] >> 4, entry[3]))
        return entries
    finally:
        os.close(node)


def toc_of(disc):
    closed = [session for session in disc.sessions if session.closed]
    tracks = [track for session in closed for track in session.tracks]
    entries = [(number, track.control, track.start) for number, track in enumerate(tracks, 1)]
    return entries + [(LEADOUT, tracks[-1].control, closed[-1].leadout)]
