# SPDX-License-Identifier: GPL-2.0-only
"""Rounds of a random drive that burns a random album: rounds SEED FIRST COUNT DOCUMENT.

Prints a line for each: "ok" or "not ok", and what was done. The choices of a round depend on the
seed and on its number only. This program knows tao by its manual alone: what the disc has to
be, and when a command may fail, comes from the album, the profile, and the log of the drive.
"""

import copy
import os
import random
import re
import subprocess
import sys
import time

import album
import disc as discs
import drive as drives

LIMIT = 7200            # seconds of the lab for a command; those in which nothing runs are free
STATUS_UNDECIDED = 10


class Wrong(Exception):
    pass


class Hangs(Exception):
    pass


def wait_for(seconds, condition):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


class Step:
    """A command that burns, and what it asks for."""

    def __init__(self, rng, tracks, disc, close):
        self.tracks = tracks
        self.close = close      # "final", "multi" or "open"
        self.test = False
        self.verify = rng.random() < 0.25 and close != "open"
        self.mode = rng.choice(["auto", "auto", "session", "track"])
        if close == "open" or disc:
            self.mode = rng.choice(["auto", "track"])
        self.sheet = rng.random() < 0.5
        self.title = "the album" if self.sheet else ""
        if self.sheet:
            album.adorn(rng, tracks)
        self.control = 0
        if not self.sheet and rng.random() < 0.3:
            self.control = rng.choice([2, 1])
            for track in tracks:
                track.control = self.control
        if not self.sheet and rng.random() < 0.3:
            for track in tracks:
                track.isrc = album.isrc(rng)
        self.mcn = album.mcn(rng) if rng.random() < 0.3 else ""
        self.speed = rng.choice([1, 4, 7, 16, 48, "max"]) if rng.random() < 0.3 else None
        self.attention = rng.choice(["6/28/00", "6/29/00", "6/3f/00", "6/2a/01"]) \
            if rng.random() < 0.15 else None

    def command(self):
        words = ["tao", "burn", "-y"]
        words += ["--test"] if self.test else []
        words += {"final": [], "multi": ["--multi-session"], "open": ["--no-finalize"]}[self.close]
        words += ["--mode", self.mode] if self.mode != "auto" else []
        words += ["--verify"] if self.verify and not self.test else []
        words += ["--speed", str(self.speed)] if self.speed else []
        if self.sheet:
            return words + [self.tracks[0].name + ".cue"]
        words += ["--mcn", self.mcn] if self.mcn else []
        words += ["--isrc", ",".join(t.isrc for t in self.tracks)] if self.tracks[0].isrc else []
        words += ["--copy-permitted"] if self.control & 2 else []
        words += ["--pre-emphasis"] if self.control & 1 else []
        return words + ["--raw"] + [track.name for track in self.tracks]

    def store_files(self):
        for track in self.tracks:
            with open(track.name, "wb") as file:
                file.write(track.audio)
        if self.sheet:
            with open(self.tracks[0].name + ".cue", "w", encoding="ascii") as file:
                file.write(album.cue(self.tracks, self.mcn, self.title))

    def needs_session(self):
        first = self.tracks[0]
        return len(self.tracks) > 1 or any(t.mark for t in self.tracks) or \
            first.silence or first.before

    def texts(self):
        return [self.title] + [track.title for track in self.tracks] if self.sheet else []


class Round:
    def __init__(self, seed, number, pool):
        self.rng = rng = random.Random("%s round %s" % (seed, number))
        self.profile = drives.choose(rng)
        self.fault, self.harmful = drives.choose_fault(rng) if rng.random() < 0.35 else ("", False)
        self.medium = rng.choice(["cdr", "cdrw"])
        self.log = []
        self.plan(pool)
        self.choose_room()

    def quirk(self, name, default="0"):
        return self.profile.get(name, default)

    def plan(self, pool):
        """One command, or two that add to each other."""
        rng = self.rng
        first = album.choose_tracks(rng, pool, 1)
        self.kind = rng.choice(["whole", "whole", "parts", "sessions", "finalize", "test"])
        close = {"parts": "open", "finalize": "open", "sessions": "multi"}.get(self.kind, "final")
        self.steps = [Step(rng, first, False, close)]
        if self.kind in ("parts", "sessions"):
            more = album.choose_tracks(rng, pool, len(first) + 1)
            self.steps.append(Step(rng, more, True, rng.choice(["final", "multi"])))
        elif self.kind == "test":
            again = copy.copy(self.steps[0])
            self.steps[0].test = True
            self.steps += [again] if rng.random() < 0.6 else []

    def choose_room(self):
        """Usually enough; sometimes what just fits, or just does not."""
        disc = album.Disc()
        for step in self.steps:
            if not step.test:
                self.burn(disc, step)
        if all(step.test for step in self.steps):
            self.burn(disc, self.steps[0])
        end = disc.tracks()[-1].end() + album.RUNOUT
        more = self.rng.choice([0, 1, 150, -1, -400] + 10 * [20000])
        self.room = max(302, end + more)

    def can_session(self):
        return self.quirk("session_at_once", "1") == "1" and self.quirk("underrun_free", "1") == "1"

    def mode_of(self, step, disc):
        if step.mode == "session" or step.mode == "auto" and not disc.sessions and \
                step.close != "open" and self.can_session() and step.needs_session():
            return "session"
        return "track"

    def burn(self, disc, step):
        """Do to the model of the disc what the step does to the disc."""
        mcn = step.mcn if step.sheet or step.mcn else ""
        if self.mode_of(step, disc) == "session":
            album.by_session(disc, step.tracks, mcn, step.texts(), self.quirk("need_gap") == "1")
        else:
            album.by_track(disc, step.tracks, mcn)
        if step.close != "open":
            disc.close(step.close == "final")

    def excuses(self, step, disc):
        """Why this drive with this disc may refuse it."""
        after = copy.deepcopy(disc)
        self.burn(after, step)
        session = self.mode_of(step, disc) == "session"
        excuses = []
        # Drives report the room for a track, which has a run-out.
        if after.end() > self.room - (album.RUNOUT if session else 0):
            excuses.append("room")
        if step.mode == "session" and not self.can_session():
            excuses.append("no session-at-once")
        if session:
            entries = album.sheet_entries(step.tracks, step.mcn, self.quirk("need_gap") == "1")
            if 8 * entries > int(self.quirk("sheet_limit", "8192")):
                excuses.append("sheet limit")
            if any(track.length < album.LEAST for track in after.sessions[-1].tracks):
                excuses.append("no sector for a gap")
            if self.quirk("lose_session") == "1" and not step.test:
                excuses.append("loses sessions")
        if step.test and len(step.tracks) > 1 and not session and \
                self.quirk("test_write") in ("invalid", "complete"):
            excuses.append("one test only")
        if self.quirk("stale") == "1" and step.close != "open" and not step.test:
            excuses.append("stale")
        return excuses

    # --- On the drive ---

    def run(self, *words):
        began = time.monotonic()
        try:
            done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True,
                                  timeout=LIMIT, check=False)
        except subprocess.TimeoutExpired as late:
            self.log.append("$ %s\n%s" % (" ".join(words), (late.stderr or b"").decode()))
            raise Hangs("%s has not ended after %d s" % (" ".join(words[:2]), LIMIT)) from late
        output = done.stdout.decode("utf-8", "replace") + done.stderr.decode("utf-8", "replace")
        self.log.append("$ %s\n%s[status %d, %.1f s]" % (" ".join(words), output, done.returncode,
                                                       time.monotonic() - began))
        return done.returncode, done.stderr.decode("utf-8", "replace")

    def need(self, *words):
        status, complaint = self.run(*words)
        if status:
            raise Wrong("%s: %s" % (words[0], complaint))

    def reload(self):
        self.drive.set("eject", "force")
        self.drive.set("insert", "same")

    def switch_on(self):
        with open("random.profile", "w", encoding="ascii") as file:
            file.writelines("%s %s\n" % item for item in self.profile.items())
        self.need("cdr-sim", "create", "d0", "profile=random.profile",
                  "insert=%s:%d" % (self.medium, self.room))
        self.drive = drives.Drive("d0")
        if self.fault:
            self.drive.set("fault", self.fault)

    def leave(self):
        """Nothing is locked or held, and the drive can go at once."""
        drive = self.drive
        if not wait_for(15, lambda: drive.get("locked") == "0"):
            raise Wrong("the door is still locked")
        if not wait_for(15, lambda: drive.own("state") in ("idle", None)):
            raise Wrong("the drive is still " + drive.own("state"))
        if drive.own("owner_pid") not in ("none", None):
            raise Wrong("the claim is held by process " + drive.own("owner_pid"))
        # No program is started here: reading it makes the clock of the lab jump.
        began = time.monotonic()
        drive.set("power", "0")
        os.rmdir(drive.dir)
        if time.monotonic() - began > 5:
            raise Wrong("the drive was removed only after %d s" % (time.monotonic() - began))

    def differs(self, disc):
        return discs.differs(self.drive.image, disc, self.medium, int(self.quirk("write_offset")))

    def judge_good(self, step, disc):
        bad = self.differs(disc)
        if bad:
            raise Wrong("exit status 0, but " + bad)
        if disc.sessions and disc.sessions[0].text and not step.test:
            have = discs.titles(discs.description(self.drive.image))
            if have != disc.sessions[0].text and not (not have and self.writes_no_text()):
                raise Wrong("CD-TEXT is %s, and should be %s" % (have, disc.sessions[0].text))
        if step.close != "open" and not step.test:
            if self.quirk("stale") == "1":
                self.reload()
            have = discs.toc(self.drive.sr)
            if have != discs.toc_of(disc):
                raise Wrong("the table of contents is %s, and should be %s" % (
                    have, discs.toc_of(disc)))

    def writes_no_text(self):
        return self.quirk("text") == "refuse" or self.quirk("form_00") == "mute"

    def judge_error(self, step, disc, before, complaint, excuses):
        """A true error, named; what was on the disc is still there."""
        if not re.search(r"^tao: \S.*\S", complaint, re.M):
            raise Wrong("no line names the error")
        hits = self.drive.fault_hits()
        if self.quirk("realtime") == "1" and self.drive.stat("underruns"):
            excuses.append("underrun")
        if not excuses and not (self.harmful and hits):
            after = copy.deepcopy(disc)
            self.burn(after, step)
            raise Wrong("it failed, and neither drive nor disc is the reason; the disc: %s" %
                        self.differs(after))
        unplugged = self.fault.endswith(("unplug", "eject")) and hits
        if re.search("nothing was written", complaint, re.I):
            wrote = self.drive.stat("writes") != before[1] and not step.test and \
                self.quirk("lose_session") == "0"
            if discs.description(self.drive.image) != before[0] or wrote:
                raise Wrong("it says that nothing was written")
        if disc.sessions and not unplugged:
            bad = discs.audio_differs(self.drive.image, disc, int(self.quirk("write_offset")))
            if bad:
                raise Wrong("it failed, and what was on the disc before: " + bad)
        safe = re.search(r"(\d+) tracks? (?:is|are) safe", complaint)
        if safe:
            self.judge_safe(step, disc, int(safe[1]))

    def judge_safe(self, step, disc, count):
        after = copy.deepcopy(disc)
        self.burn(after, step)
        for session in after.sessions:
            session.tracks = session.tracks[:count]
        bad = discs.audio_differs(self.drive.image, after, int(self.quirk("write_offset")))
        if bad:
            raise Wrong("%d tracks are safe, but %s" % (count, bad))

    def step(self, step, disc):
        """Burn; returns the reason of a failure, or None."""
        step.store_files()
        excuses = self.excuses(step, disc)
        before = discs.description(self.drive.image), self.drive.stat("writes")
        if step.attention:
            self.drive.set("attention", step.attention)
        status, complaint = self.run(*step.command())
        if status == STATUS_UNDECIDED and self.quirk("stale") == "1" and \
                self.mode_of(step, disc) == "session":
            status = 0      # the manual: it is shown after the disc was loaded anew
        if status:
            self.judge_error(step, disc, before, complaint, excuses)
            return (excuses + ["fault"])[0]
        if not step.test:
            self.burn(disc, step)
        self.judge_good(step, disc)
        return None

    def finalize(self, disc):
        status, complaint = self.run("tao", "finalize")
        if status:
            excuses = ["stale"] if self.quirk("stale") == "1" else []
            self.judge_error(self.steps[0], disc, ("", 0), complaint, excuses)
            return (excuses + ["fault"])[0]
        disc.close(True)
        self.judge_good(self.steps[0], disc)
        return None

    def play(self):
        """Returns the reason of a failure, or None."""
        disc = album.Disc(room=self.room)
        self.switch_on()
        failure = None
        for number, step in enumerate(self.steps):
            if number and (self.quirk("stale") == "1" or self.quirk("test_write") in
                           ("invalid", "complete")):
                self.reload()
            failure = failure or self.step(step, disc)
        if self.kind == "finalize" and not failure:
            failure = self.finalize(disc)
        self.leave()
        return failure

    def title(self):
        quirks = len(self.profile)
        return "%s of %s tracks on %s, %d quirks%s" % (
            self.kind, "+".join(str(len(step.tracks)) for step in self.steps), self.medium, quirks,
            ", fault %s" % self.fault if self.fault else "")

    def tell(self):
        print("# profile:")
        for item in self.profile.items():
            print("#   %s %s" % item)
        print("# disc: %s:%d" % (self.medium, self.room))
        if self.fault:
            print("# fault: " + self.fault)
        for step in self.steps:
            print("# tracks, bytes: " + " ".join(str(len(t.audio)) for t in step.tracks))
            if step.sheet:
                print("# " + album.cue(step.tracks, step.mcn, step.title).replace("\n", "\n# "))
        for entry in self.log:
            print("# " + entry.replace("\n", "\n# "))


def remove_rest():
    try:
        with open(drives.ROOT + "d0/power", "w", encoding="ascii") as file:
            file.write("0")
        os.rmdir(drives.ROOT + "d0")
    except OSError:
        pass


def check_documents(document):
    os.mkdir(drives.ROOT + "d0")
    forgotten = drives.forgotten(document, "d0")
    os.rmdir(drives.ROOT + "d0")
    print("%sok each documented attribute is chosen, or left out with a reason"
          % ("not " if forgotten else ""))
    for name in forgotten:
        print("# " + name)


def main():
    seed, first, count, document = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    sys.stdout.reconfigure(line_buffering=True)
    check_documents(document)
    pool = random.Random(seed).randbytes(4 << 20)
    results = {}
    for number in range(first, first + count):
        this = Round(seed, number, pool)
        try:
            result = this.play() or "good disc"
            print("ok round %d: %s: %s" % (number, this.title(), result))
            results[result] = results.get(result, 0) + 1
            continue
        except (Wrong, Hangs, OSError) as error:
            print("not ok round %d: %s" % (number, this.title()))
            print("# " + str(error).replace("\n", "\n# "))
            this.tell()
            print("# again: selftests/lab/run --icount --bare --watch -- "
                  "env TAO_SEED=%s ROUND=%d selftests/drives/random.sh" % (seed, number))
            if isinstance(error, Hangs):
                break
            remove_rest()
    print("# " + ", ".join("%d %s" % (results[name], name) for name in sorted(results)))
    good = results.get("good disc", 0)
    print("%sok %d of %d rounds end in a good disc" % ("" if 2 * good >= count or count < 8 else
                                                       "not ", good, count))


main()
