# SPDX-License-Identifier: GPL-2.0-only
"""Random drives: any mixture of what MMC leaves to a drive and SCSI to an adapter."""

import os
import re

ROOT = "/sys/kernel/config/cdr-sim/"


def one_of(*values):
    return lambda rng: rng.choice(values)


def between(low, high):
    return lambda rng: rng.randint(low, high)


def word(most):
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-. "
    return lambda rng: "".join(rng.choices(letters, k=rng.randint(1, most))).strip() or "X"


def speeds(rng):
    all_of_them = [1, 2, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 52]
    return " ".join(map(str, sorted(rng.sample(all_of_them, rng.randint(1, 9)))))


FLAG = one_of(0, 1)

CHOICE = {
    "vendor": word(8),
    "product": word(16),
    "revision": word(4),
    "serial": word(20),
    "dma_alignment": one_of(0, 1, 3, 7, 15, 31, 63, 127, 255, 511),
    # SG_IO needs a piece for each page. No adapter of today takes fewer or shorter ones, and
    # libtao can't compare a disc with them.
    "max_sectors": one_of(64, 128, 240, 256, 1024, 2048, 65535),
    "sg_tablesize": one_of(17, 32, 64, 128, 255, 2048),
    "virt_boundary": one_of(0, 4095),
    "can_queue": one_of(1, 2, 32),
    "buffer_size": one_of(131072, 524288, 1000000, 2097152, 4802784, 8388608),
    "speed": speeds,
    "underrun_free": one_of(0, 1, 1),
    "inquiry_version": between(0, 7),
    "inquiry_format": one_of(1, 2),
    "realtime": FLAG,
    "buffer_full": one_of("refuse", "hold"),
    "read_offset": between(-1200, 1200),
    "write_offset": between(-1200, 1200),
    "strict_runout": FLAG,
    "descriptor_sense": FLAG,
    "spin_up_ms": between(0, 1500),
    "in_track": one_of("answer", "refuse", "sequence"),
    "attentions": FLAG,
    "busy_polls": between(0, 5),
    "opc_ms": between(0, 1000),
    "test_write": one_of("stay", "advance", "invalid", "complete"),
    "track_size": one_of(0, 2, 150, 152),
    "echo_codes": FLAG,
    "page05_saved": FLAG,
    "refuse_slow": FLAG,
    "refuse_max": FLAG,
    "needs_start": FLAG,
    "read_open": FLAG,
    "fixed_bufe": FLAG,
    "caps_buffer": one_of(0, 512, 2048, 8192),
    "caps_speeds": one_of("all", "max", "none"),
    "performance": FLAG,
    "profiles": one_of("cd", "dvd"),
    "stale": one_of(*[0] * 9, 1),
    "session_at_once": one_of(0, 1, 1, 1),
    "text": one_of("any", "real", "zero", "real_0", "zero_3", "refuse"),
    "form_00": one_of("refuse", "take", "mute"),
    "skip_leadin": one_of("refuse", "mute", "hang"),
    "need_gap": one_of(*[0] * 4, 1),
    "need_index_0": one_of(*[0] * 4, 1),
    "isrc_plain": FLAG,
    "no_jump": FLAG,
    "sheet_limit": one_of(32, 96, 160, 240, 3072, 8192),
    "hold_off_ms": between(0, 500),
    "lose_session": one_of(*[0] * 9, 1),
    "repair": FLAG,
    "refuse_close": FLAG,
    "zero_crc": FLAG,
}

EXCLUDED = {
    "power": "a drive that is off burns nothing",
    "keep_data": "without the data there is nothing to compare",
    "strict": "sets others, which are chosen one by one",
    "insert": "the disc of the round",
    "eject": "takes the disc out",
    "attention": "is chosen for each command, not for the drive",
    "reset_unseen": "happens once, at a time of its own: tao/recover_test",
    "fault": "is chosen for each round, not for the drive",
    "recorded": "has the answers to one burn",
    **dict.fromkeys(["media", "locked", "device", "write_speed", "stats", "commands"],
                    "reports, and sets nothing"),
}

# An event that MMC lets happen at any time: nothing may fail for it.
HARMLESS = [
    "op=2a nth={n} status=8",
    "op=2a nth={n} status=0x28",
    "op=2a nth={n} times=3 sense=2/04/08",
    "op=2a nth={n} delay=50",
    "op=2a nth={n} after sense=1/17/01",
    "op=35 after delay=50",
    "op=00 times=3 sense=2/04/01",
    "op=5b delay=50",
]

# After an error of the drive the command may fail; it may also have another way.
HARMFUL_WRITE = [
    "op=2a nth={n} sense=3/0c/00",
    "op=2a nth={n} after sense=3/0c/00",
    "op=2a nth={n} sense=4/09/00",
    "op=2a nth={n} sense=5/21/02",
    "op=2a nth={n} sense=b/00/00",
    "op=2a nth={n} host=7",
    "op=2a nth={n} residual=2352",
    "op=2a nth={n} reset",
    "op=2a nth={n} eject",
    "op=2a nth={n} unplug",
    "op=2a nth={n} deferred sense=3/0c/00",
    "op=2a nth={n} hang",
]
HARMFUL = [
    "op=35 sense=3/0c/00",
    "op=35 after sense=4/09/00",
    "op=35 reset",
    "op=35 hang",
    "op=5b after hang",
    "op=51 nth={n} hang",
    "op=5b cdb=2:01 times=0 sense=5/72/04",
    "op=5b cdb=2:02 sense=3/73/03",
    "op=5b cdb=2:02 after sense=6/2e/00",
    "op=5b eject",
    "op=5d times=0 sense=5/26/00",
    "op=55 times=0 sense=5/26/00",
    "op=51 nth={n} garbage",
    "op=52 nth={n} garbage",
    "op=51 nth={n} short=4",
    "op=52 nth={n} short=8",
    "op=46 times=0 sense=5/20/00",
    "op=5c times=0 sense=5/20/00",
    "op=43 cdb=2:04 times=0 short=4",
    "op=1e sense=5/24/00",
    "op=any nth={n} garbage",
    "op=any nth={n} sense=6/29/00",
    "op=any nth={n} host=7",
]


def choose(rng):
    """A profile: few quirks, many, or nearly all at once."""
    share = rng.choice([0.1, 0.3, 0.9])
    profile = {name: str(pick(rng)) for name, pick in CHOICE.items() if rng.random() < share}
    # Protection that a drive does not have is not always on.
    if profile.get("underrun_free") == "0":
        profile.pop("fixed_bufe", None)
    return profile


def choose_fault(rng):
    """A rule and whether a command may fail for it."""
    harmful = rng.random() < 0.6
    rule = rng.choice(rng.choice([HARMFUL_WRITE, HARMFUL]) if harmful else HARMLESS)
    return rule.format(n=rng.randint(1, 25)), harmful


def documented(path):
    """The attributes in the tables of the document."""
    names = set()
    inside = False
    for line in open(path, encoding="utf-8"):
        if line.startswith("Attribute "):
            inside = True
        elif not line.strip():
            inside = False
        elif inside and re.match("[a-z]", line):
            names.add(line.split()[0])
    return names


def forgotten(path, name):
    """Attributes of the document or of the drive that are neither in CHOICE nor in EXCLUDED, and
    attributes in these that do not exist."""
    there = set(os.listdir(ROOT + name))
    known = set(CHOICE) | set(EXCLUDED)
    return sorted((documented(path) | there) ^ known)


class Drive:
    """A simulated recorder that is switched on."""

    def __init__(self, name):
        self.dir = ROOT + name + "/"
        self.image = "/dev/cdr-sim/" + name
        scsi = "/sys/bus/scsi/devices/" + self.get("device")
        self.sr = "/dev/" + os.listdir(scsi + "/block")[0]
        self.tao = next(tao for tao in os.listdir("/sys/class/tao")
                        if os.path.samefile("/sys/class/tao/%s/device" % tao, scsi))

    def get(self, attribute):
        with open(self.dir + attribute, encoding="ascii") as file:
            return file.read().strip()

    def set(self, attribute, value):
        with open(self.dir + attribute, "w", encoding="ascii") as file:
            file.write(value)

    def fault_hits(self):
        return sum(int(line.split()[-1]) for line in self.get("fault").splitlines())

    def stat(self, name):
        return int(re.search(r"^%s (\d+)" % name, self.get("stats"), re.M)[1])

    def own(self, attribute):
        """An attribute of /sys/class/tao; None if the drive is gone."""
        try:
            with open("/sys/class/tao/%s/%s" % (self.tao, attribute), encoding="utf-8") as file:
                return file.read().strip()
        except OSError:
            return None
