"""Programs killed at random: no finished image is lost, no file is half written, and the queue is completed.

    python -m tests.drills.kill --count 200

Processes that generate images, run the queue, import, delete, tag and index are ended by `kill -9`: half of them before
a file is opened, renamed or removed, or in the middle of a write, the others at any moment. After each kill, all files
on disk are checked. Every tenth kill hits a queue that has reported some steps: the next process must resume after
them. At the end the queue runs undisturbed, and interrupted images must be equal to the bit.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.drills import kill_work
from tests.drills.home import forked, temporary_home
from tests.drills.kill_check import Ledger
from tests.drills.kill_work import Doom

MIXES = (
    ("queue",),
    ("queue",),
    ("generate",),
    ("gallery",),
    ("gallery",),
    ("queue", "gallery"),
    ("generate", "gallery"),
    ("move",),
    ("window",),
    ("window", "generate"),
)
LONGEST = 4.0  # seconds from a process's first sign to its end, at most
EVENTS, WRITES = 120, 16  # points, or writes, at which one ends at the latest
ENOUGH = 40  # kills of which some are in the middle of a write
PATIENCE = 120  # seconds for a sign
STAGED = 10  # kills among which one is in the middle of a run whose steps are being kept


@dataclass
class Report:
    kills: int = 0
    by: Counter[str] = field(default_factory=Counter)
    staged: int = 0  # of them: a queue in the middle of a run
    ended: int = 0  # processes that were done before they could be killed
    seconds: float = 0.0
    ledger: Ledger | None = None

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.by.items()))
        return f"{self.kills} kills ({kinds}) in {self.seconds:.0f} s: {self.ledger}"


def drill(count: int, seed: int, home: Path, *, only: str = "") -> Report:
    """Kill `count` processes that work in `home`, of one kind with `only`.

    Raise AssertionError, leaving all files, if a promise is broken.
    """
    rng, report, started = random.Random(seed), Report(), time.monotonic()
    ledger = report.ledger = Ledger(home)
    ledger.prepare(rng)
    while report.kills < count:
        if report.kills // STAGED >= report.staged:
            _stage(ledger, report, home)
            continue
        ledger.fill_queue(rng)
        mix = rng.choice([mix for mix in MIXES if only in ("", *mix)])[: count - report.kills]
        logs = [home / f"log-{report.kills + place}-{kind}" for place, kind in enumerate(mix)]
        with ledger.looked_over(logs):
            killed = _killed(mix, logs, rng, home)
        report.by.update(killed)
        report.kills += len(killed)
        report.ended += len(mix) - len(killed)
        assert report.ended < 10 + count, "the processes end by themselves"
    ledger.fill_queue(rng)
    log = home / "log-in-peace"
    with ledger.looked_over([log]):
        last = _started("queue", log, Doom(), rng.random(), home)
        _join(last, log)
        assert last.exitcode == 0, f"the queue did not come to its end: {last.exitcode}, see {log}"
    ledger.check_all_made()
    assert ledger.torn or count < ENOUGH, "no kill came in the middle of a write"
    report.seconds = time.monotonic() - started
    return report


def _stage(ledger: Ledger, report: Report, home: Path) -> None:
    """Kill the queue after it has saved steps of an image, and check that the next process resumes after them.

    Steps reported before the steps file grew are on disk once it has grown again.
    """
    log, again = home / "log-staged", home / "log-going-on"
    seed, steps = ledger.ask_for_many_steps()
    with ledger.looked_over([log]):
        process = _started("queue", log, Doom(), 0.0, home)
        sure = 0
        for _ in range(2):
            before = _size(steps)
            while _size(steps) <= before:
                _check_alive(process, log)
                sure = max(sure, 0 if before else len(ledger.steps_told(log, seed)))
        process.kill()
        process.join(PATIENCE)
        told = ledger.steps_told(log, seed)
    with ledger.looked_over([again]):
        process = _started("queue", again, Doom(), 0.0, home)
        while len(ledger.steps_told(again, seed)) <= len(told):
            _check_alive(process, again)
        process.kill()
        process.join(PATIENCE)
        ledger.check_went_on(again, seed, told[:sure])
    report.kills += 2
    report.by["queue"] += 2
    report.staged += 1


def _join(process: multiprocessing.process.BaseProcess, log: Path) -> None:
    """Wait for the process to end while it reports progress: the amount of work grows with the kills."""
    size = -1
    while process.is_alive() and (told := _size(log)) != size:
        size = told
        process.join(PATIENCE)


def _check_alive(process: multiprocessing.process.BaseProcess, log: Path) -> None:
    assert process.exitcode is None, f"ended with {process.exitcode} before it was killed, see {log}"
    time.sleep(0.02)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _killed(mix: tuple[str, ...], logs: list[Path], rng: random.Random, home: Path) -> list[str]:
    """Run these processes together until each is dead, and return the kinds of those that were killed."""
    running = []
    for kind, log in zip(mix, logs, strict=True):
        process = _started(kind, log, _doom(rng), rng.random(), home)
        running.append([process, kind, log, rng.uniform(0, LONGEST), None])
    killed, end = [], time.monotonic() + PATIENCE
    while running:
        assert time.monotonic() < end, f"no end of {[kind for _, kind, *_ in running]}"
        for each in list(running):
            process, kind, log, seconds, until = each
            if process.exitcode is not None:
                running.remove(each)
                assert process.exitcode in (0, -signal.SIGKILL), f"{kind} ended with {process.exitcode}, see {log}"
                if process.exitcode:
                    killed.append(kind)
            elif until is None and log.exists():
                each[4] = time.monotonic() + seconds
            elif until is not None and time.monotonic() > until:
                process.kill()
        time.sleep(0.01)
    return killed


def _doom(rng: random.Random) -> Doom:
    """Choose a fault point for half of the processes, in half of these in the middle of a write."""
    match rng.randrange(4):
        case 0:
            return Doom(rng.randint(1, EVENTS))
        case 1:
            return Doom(rng.randint(1, WRITES), torn=True)
        case _:
            return Doom()


def _started(kind: str, log: Path, doom: Doom, seed: float, home: Path) -> multiprocessing.process.BaseProcess:
    process = forked().Process(target=kill_work.work, args=(kind, str(home), str(log), seed, doom))
    process.start()
    return process


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="kills (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="of what is done, and when it is ended (default: 0)")
    parser.add_argument("--only", default="", choices=sorted({kind for mix in MIXES for kind in mix}), help="this kind")
    args = parser.parse_args()
    with temporary_home("kill") as home:
        print(drill(args.count, args.seed, home, only=args.only))
    return 0


if __name__ == "__main__":
    sys.exit(main())
