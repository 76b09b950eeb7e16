"""Repeated starts of the program: one window for each library, raised by every later start.

    python -m tests.drills.two_windows --count 20

Each round makes two to four simultaneous starts with one library or two, some after a first process was killed. One
window of each library remains; the other starts exit with status 0, and that window is raised and given their images.
"""

from __future__ import annotations

import argparse
import multiprocessing.process
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.drills import two_windows_work
from tests.drills.home import forked, temporary_home

PATIENCE = 90.0  # seconds for whatever has to happen
Process = multiprocessing.process.BaseProcess


@dataclass
class Report:
    starts: int = 0
    raised: int = 0
    killed: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.starts} starts in {self.seconds:.0f} s: {self.raised} raised the window there was and ended with "
            f"0, others opened the only one of their library, {self.killed} of these windows ended by kill -9"
        )


def drill(count: int, seed: int, home: Path) -> Report:
    """Start the program about `count` times. Raise AssertionError if two windows of a library are open."""
    rng, report, started = random.Random(seed), Report(), time.monotonic()
    homes = [home / name for name in ("one", "other ü")]
    first: dict[Path, Process | None] = dict.fromkeys(homes)
    try:
        while report.starts < count:
            _round(rng.choices(homes, k=rng.randint(2, 4)), first, report)
            for place, window in first.items():
                if window is not None and rng.random() < 0.4:
                    window.kill()
                    window.join(PATIENCE)
                    first[place] = None
                    report.killed += 1
        for window in filter(None, first.values()):
            window.terminate()  # as at the end of a session of the desktop
            window.join(PATIENCE)
            assert window.exitcode == 0, f"ended with {window.exitcode}"
    finally:
        for window in filter(None, first.values()):
            window.kill()
    report.seconds = time.monotonic() - started
    return report


def _round(homes: list[Path], first: dict[Path, Process | None], report: Report) -> None:
    """Start the program once in each of these homes simultaneously, and wait until only the first ones run."""
    begun = forked()
    heard = {place: Counter(_heard(place)) for place in first}
    starts = []
    for place in homes:
        report.starts += 1
        picture = f"{report.starts}.png"
        # a daemon, so that one window too many does not outlive the drill
        process = begun.Process(target=two_windows_work.start, args=(place, picture), daemon=True)
        starts.append((place, picture, process))
    for _, _, process in starts:
        process.start()
    end = time.monotonic() + PATIENCE
    for place in set(homes):
        ours = [(picture, process) for where, picture, process in starts if where == place]
        alone = first[place] is None
        while sum(process.exitcode is None for _, process in ours) > alone:
            assert time.monotonic() < end, f"{len(ours)} starts in {place}: no end of all but one"
            time.sleep(0.02)
        left = [process for _, process in ours if process.exitcode is None]
        assert len(left) == alone, f"{len(left)} windows stay in {place}"
        first[place] = left[0] if alone else first[place]
        wanted = Counter(picture for picture, process in ours if process not in left)
        assert {process.exitcode for _, process in ours if process not in left} <= {0}, f"not all ended well in {place}"
        while Counter(_heard(place)) - heard[place] != wanted:
            assert time.monotonic() < end, f"raised with {Counter(_heard(place)) - heard[place]}, not {wanted}"
            time.sleep(0.02)
        report.raised += wanted.total()
    assert all(window is None or window.is_alive() for window in first.values()), "a window has ended"


def _heard(place: Path) -> list[str]:
    """Return the images with which windows in that home were raised."""
    try:
        return (place / two_windows_work.RAISED).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20, help="starts (default: 20)")
    parser.add_argument("--seed", type=int, default=0, help="of how many at once, and what is killed (default: 0)")
    args = parser.parse_args()
    with temporary_home("two-windows") as home:
        print(drill(args.count, args.seed, home))
    return 0


if __name__ == "__main__":
    sys.exit(main())
