# SPDX-License-Identifier: GPL-2.0-only
"""Random albums, and the discs that they are to become, as tao(1) and MMC have it."""

from dataclasses import dataclass, field

SECTOR = 2352
LEAST = 300
RUNOUT = 2
PREGAP = 150
LEADIN = 4500


@dataclass
class Track:
    name: str
    audio: bytes
    isrc: str = ""
    control: int = 0
    silence: int = 0    # sectors of PREGAP
    before: int = 0     # sectors of the file in front of INDEX 01
    mark: int = 0       # INDEX 02, sectors behind INDEX 01
    title: str = ""


@dataclass
class Burned:
    """A track on the disc."""
    start: int
    length: int
    control: int
    isrc: str
    pregap: int
    marks: list = field(default_factory=list)
    data: bytes = b""
    front: bytes = b""  # audio in front of it that belongs to it

    def end(self):
        return self.start + self.length


@dataclass
class Session:
    by: str
    closed: bool
    mcn: str
    tracks: list
    text: list = field(default_factory=list)
    leadout: int = 0


@dataclass
class Disc:
    room: int = 0
    final: bool = False
    sessions: list = field(default_factory=list)

    def open(self):
        return bool(self.sessions) and not self.sessions[-1].closed

    def tracks(self):
        return [track for session in self.sessions for track in session.tracks]

    def next_start(self):
        if not self.sessions:
            return 0
        if self.open():
            return self.tracks()[-1].end() + RUNOUT + PREGAP
        leadout = 6750 if len(self.sessions) == 1 else 2250
        return self.sessions[-1].leadout + leadout + LEADIN + PREGAP

    def end(self):
        """Where a lead-out can begin."""
        if not self.sessions:
            return 0
        last = self.tracks()[-1].end()
        return last + (RUNOUT if self.sessions[-1].by == "track" else 0)

    def close(self, final):
        self.sessions[-1].closed = True
        self.sessions[-1].leadout = self.end()
        self.final = final


def sectors(size):
    return -(-size // SECTOR)


def padded(data, count):
    return data + bytes(count * SECTOR - len(data))


def by_track(disc, tracks, mcn):
    """Track-at-once: what a sheet has in front of a track ends the one before."""
    start = disc.next_start()
    if not disc.open():
        disc.sessions.append(Session("track", False, mcn, []))
    for number, track in enumerate(tracks):
        data = track.audio[track.before * SECTOR:]
        if number + 1 < len(tracks):
            data += tracks[number + 1].audio[:tracks[number + 1].before * SECTOR]
        length = max(LEAST, sectors(len(data)))
        disc.sessions[-1].tracks.append(Burned(start, length, track.control, track.isrc, PREGAP,
                                               data=padded(data, length)))
        start += length + RUNOUT + PREGAP


def by_session(disc, tracks, mcn, text, need_gap):
    """Session-at-once on a blank disc: one stream, whose tracks begin at whole sectors. If the
    drive wants a gap before each track, the track before gives a sector."""
    stream = bytearray()
    gaps, starts, burned = [], [], []
    for track in tracks:
        gaps.append(len(stream) // SECTOR)
        stream += bytes(track.silence * SECTOR) + track.audio[:track.before * SECTOR]
        starts.append(len(stream) // SECTOR)
        stream += track.audio[track.before * SECTOR:]
        stream += bytes(max(0, (starts[-1] + LEAST) * SECTOR - len(stream)))
    for number in range(1, len(tracks)):
        gaps[number] -= need_gap and gaps[number] == starts[number]
    end = sectors(len(stream))
    stream = padded(bytes(stream), end)
    for number, track in enumerate(tracks):
        stop = gaps[number + 1] if number + 1 < len(tracks) else end
        marks = [starts[number] + track.mark] if track.mark else []
        first = 0 if not number else gaps[number]
        data = stream[first * SECTOR:stop * SECTOR]
        pregap = starts[number] - gaps[number] + (0 if number else PREGAP)
        split = (starts[number] - first) * SECTOR
        burned.append(Burned(starts[number], stop - starts[number], track.control, track.isrc,
                             pregap, marks, data[split:], data[:split]))
    disc.sessions.append(Session("session", False, mcn, burned, text))


def sheet_entries(tracks, mcn, need_gap):
    """The entries that a cue sheet of these tracks has at least."""
    count = 2 + (2 if mcn else 0)
    for number, track in enumerate(tracks):
        gap = not number or track.silence or track.before or need_gap
        count += (2 if track.isrc else 0) + (1 if gap else 0) + 1 + (1 if track.mark else 0)
    return count


# --- Random ones ---

def size(rng):
    """In bytes: of a few samples, of the shortest tracks, and longer ones."""
    kind = rng.random()
    if kind < 0.1:
        return 4 * rng.randint(1, LEAST * 588)
    if kind < 0.3:
        return LEAST * SECTOR + 4 * rng.randint(-2, 2)
    if kind < 0.6:
        return rng.randint(LEAST, 400) * SECTOR
    return 4 * rng.randint(LEAST * 588, 500 * 588)


def isrc(rng):
    return "".join(rng.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=5)) + "%07d" % rng.randrange(10**7)


def mcn(rng):
    digits = [rng.randrange(10) for _ in range(12)]
    check = -sum(d * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10
    return "".join(map(str, digits + [check]))


def choose_tracks(rng, pool, first):
    tracks = []
    for number in range(rng.choice([1, 1, 2, 2, 2, 3, 3, 4, 5, 8])):
        length = size(rng)
        at = 4 * rng.randrange((len(pool) - length) // 4)
        tracks.append(Track("%d.raw" % (first + number), pool[at:at + length]))
    return tracks


def adorn(rng, tracks):
    """What only a CUE sheet can say."""
    for track in tracks:
        whole = len(track.audio) // SECTOR
        track.title = "".join(rng.choices("abcdefgh ", k=rng.randint(1, 30))).strip() or "x"
        track.isrc = isrc(rng) if rng.random() < 0.4 else ""
        track.control = rng.choice([0, 0, 0, 2, 1, 3])
        if rng.random() < 0.25:
            track.silence = rng.randint(1, 200)
        elif whole > LEAST + 60 and rng.random() < 0.3:
            track.before = rng.randint(1, whole - LEAST - 2)
        if whole - track.before > LEAST and rng.random() < 0.25:
            track.mark = rng.randint(2, LEAST - 10)


def msf(count):
    return "%02d:%02d:%02d" % (count // 4500, count // 75 % 60, count % 75)


def cue(tracks, catalog, title):
    lines = ["CATALOG " + catalog] if catalog else []
    lines.append('TITLE "%s"' % title)
    for number, track in enumerate(tracks, 1):
        lines += ['FILE "%s" BINARY' % track.name, "  TRACK %02d AUDIO" % number,
                  '    TITLE "%s"' % track.title]
        flags = ["DCP"] * (track.control >> 1) + ["PRE"] * (track.control & 1)
        lines += ["    FLAGS " + " ".join(flags)] if flags else []
        lines += ["    ISRC " + track.isrc] if track.isrc else []
        lines += ["    PREGAP " + msf(track.silence)] if track.silence else []
        lines += ["    INDEX 00 00:00:00"] if track.before else []
        lines.append("    INDEX 01 " + msf(track.before))
        lines += ["    INDEX 02 " + msf(track.before + track.mark)] if track.mark else []
    return "\n".join(lines) + "\n"
