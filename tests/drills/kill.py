"""Programs killed at random: no finished picture is lost, no file is half written, and the queue comes to its end.

    python -m tests.drills.kill --count 200

Processes that make pictures, carry out the queue, import, delete, tag and index are ended by `kill -9`, half of them
in front of a file being opened, renamed or removed, the others at any moment. After each kill everything on disk is
looked over; at the end the queue is carried out in peace, and what had been broken off has to come out to the bit.
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
)
LONGEST = 4.0  # seconds from a process's first sign to its end, at most
EVENTS = 120  # file operations after which one ends at the latest
PATIENCE = 120  # seconds for a first sign, and for the queue's end


@dataclass
class Report:
    kills: int = 0
    by: Counter[str] = field(default_factory=Counter)
    ended: int = 0  # processes that were done before they could be killed
    seconds: float = 0.0
    ledger: Ledger | None = None

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.by.items()))
        return f"{self.kills} kills ({kinds}) in {self.seconds:.0f} s: {self.ledger}"


def drill(count: int, seed: int, home: Path) -> Report:
    """Kills `count` processes that work in `home`; raises AssertionError, all left there, where something is broken."""
    rng, report, started = random.Random(seed), Report(), time.monotonic()
    ledger = report.ledger = Ledger(home)
    ledger.prepare(rng)
    while report.kills < count:
        ledger.fill_queue(rng)
        mix = rng.choice(MIXES)[: count - report.kills]
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
        last.join(PATIENCE)
        assert last.exitcode == 0, f"the queue did not come to its end: {last.exitcode}, see {log}"
    ledger.check_all_made()
    report.seconds = time.monotonic() - started
    return report


def _killed(mix: tuple[str, ...], logs: list[Path], rng: random.Random, home: Path) -> list[str]:
    """Runs these together until each is dead; the kinds of those that were killed."""
    running = []
    for kind, log in zip(mix, logs, strict=True):
        events = rng.randint(1, EVENTS) if rng.random() < 0.5 else 0
        process = _started(kind, log, Doom(events), rng.random(), home)
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
        time.sleep(0.002)
    return killed


def _started(kind: str, log: Path, doom: Doom, seed: float, home: Path) -> multiprocessing.process.BaseProcess:
    process = forked().Process(target=kill_work.work, args=(kind, str(home), str(log), seed, doom))
    process.start()
    return process


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="kills (default: 200)")
    parser.add_argument("--seed", type=int, default=0, help="of what is done, and when it is ended (default: 0)")
    args = parser.parse_args()
    with temporary_home("kill") as home:
        print(drill(args.count, args.seed, home))
    return 0


if __name__ == "__main__":
    sys.exit(main())
