"""Constant memory use of one window over thousands of images.

    python -m tests.drills.memory --count 2000

Each image is generated with the Generate button on a small real network, and saved in the gallery. Memory after the
first tenth is compared with memory at the end; it may grow by less than 1 %.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import dataclass, field

from gdm_studio.common import memory
from gdm_studio.ui.shell.window import Window
from tests.drills.home import temporary_home
from tests.helpers.stray_errors import no_strays
from tests.helpers.tiny_model import TinyLibrary
from tests.helpers.window import click, run_in_window, until

STEPS = 4
PAGES = ("models", "settings", "compare", "learn", "train", "family-tree", "create")
MOST = 0.01  # of what was held after the first tenth
AROUND = 20  # pictures whose middle is compared, so that no moment's buffer decides
PATIENCE = 5.0  # seconds a picture may take


@dataclass
class Report:
    held: list[int] = field(default_factory=list)  # bytes of physical memory, after each picture
    seconds: float = 0.0

    @property
    def settled(self) -> float:
        """Return the bytes after the first tenth."""
        tenth = len(self.held) // 10
        return statistics.median(self.held[max(0, tenth - AROUND) : tenth + AROUND])

    @property
    def growth(self) -> float:
        """Return the growth since then as a fraction."""
        return statistics.median(self.held[-AROUND:]) / self.settled - 1

    def __str__(self) -> str:
        count = len(self.held)
        return (
            f"{count} pictures of {STEPS} steps in {self.seconds:.0f} s: {memory.format_bytes(round(self.settled))} "
            f"after the first {count // 10}, {self.growth:+.2%} at the end"
        )


def drill(count: int) -> Report:
    """Generate `count` images in a window, in the current home."""
    # torch imports its compiler when the first estimate creates layers, once the window waits between two images.
    import torch._dynamo  # noqa: F401

    report = Report()

    async def play(window: Window) -> None:
        # The window creates its other pages whenever it is idle, so that they would count as growth on a busy machine.
        for page in PAGES:
            window.open_page(page)
        controls = window.create_page.controls
        controls.request_draft.change(steps=STEPS)
        for number in range(1, count + 1):
            click(controls.button)
            await until(
                lambda number=number: window.gallery.panel_model.rowCount() == number and window.generation.job is None
            )
            report.held.append(memory.in_use() or 0)

    started = time.monotonic()
    with no_strays():
        run_in_window(play, library=TinyLibrary(), seconds=60 + count * PATIENCE)
    report.seconds = time.monotonic() - started
    return report


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000, help="pictures to make (default: 2000)")
    parser.add_argument("--most", type=float, default=MOST, help="growth that is too much (default: %(default)s)")
    args = parser.parse_args()
    with temporary_home("memory"):
        report = drill(args.count)
        print(report)
        for number in range(0, args.count, max(1, args.count // 20)):
            print(f"  {number + 1:>6} {memory.format_bytes(report.held[number])}")
    return int(report.growth >= args.most)


if __name__ == "__main__":
    sys.exit(main())
