"""A disk that is full at the n-th file operation, for every n: an error or success, and nothing lost.

    python -m tests.drills.every_write
    python -m tests.drills.every_write --only generate

Every operation that writes is repeated: first with no room for its first file, then for half of its first write, and so
on until it succeeds. Writes by SQLite are covered by `tests.drills.disk`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.drills import disk
from tests.drills.bad_disk import Handicap
from tests.drills.disk_work import WRITES
from tests.drills.fault_points import STRUCK
from tests.drills.home import temporary_home

MOST = 400  # points of one deed


@dataclass
class Report:
    points: int = 0
    refused: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"the disk was full at {self.points} points in {self.seconds:.0f} s: {self.refused} times with a sentence, "
            "else the deed was done all the same; nothing lost, all done once there was room"
        )


def drill(names: list[str], home: Path, *, every: int = 1) -> Report:
    """Run these operations in `home`, failing at every n-th point. Raise AssertionError if a promise is broken."""
    report, started = Report(), time.monotonic()
    template = disk.template(home)
    for name in names:
        for point in range(1, MOST, every):
            if not _try(name, point, template, report):
                break
    report.seconds = time.monotonic() - started
    return report


def _try(name: str, point: int, template: Path, report: Report) -> bool:
    """Return whether the operation reached this point."""
    home, bad, log = template.parent / "home", template.parent / "home" / "bad", template.parent / "log"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(template, home)
    bad.mkdir()
    os.environ |= {"GDM_STUDIO_HOME": str(home), "GDM_STUDIO_DRILL_DISK": str(bad)}
    before = disk.found(home)
    status = disk.carried_out(name, home, bad, log, Handicap(full_at=point, home=str(home)))
    said = log.read_text(encoding="utf-8")
    if STRUCK not in said:
        return False
    where = f"{name}, full at its point {point}: {said}"
    disk.check_sentence(status, said.replace(f"{STRUCK}\n", ""), where)
    assert status or disk.done(name), f"ended well, and nothing was done: {where}"
    lost = before - disk.found(home)
    assert not lost, f"lost {sorted(lost)[:5]} by {where}"
    report.points += 1
    report.refused += status == 2
    again = disk.carried_out(name, home, bad, log, Handicap())
    assert again == 0, f"not done once there is room ({again}): {where}\nthen: {log.read_text()}"
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", choices=sorted(WRITES), help="this deed (default: all)")
    parser.add_argument("--every", type=int, default=1, help="only at every n-th point (default: 1)")
    args = parser.parse_args()
    with temporary_home("every-write") as home:
        print(drill([args.only] if args.only else list(WRITES), home, every=args.every))
    return 0


if __name__ == "__main__":
    sys.exit(main())
