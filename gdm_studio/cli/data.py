"""`gdm-studio data icons`: make the pictures that the built-in model is trained on."""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdm_studio.training.data.build import Progress

_BAR = 30  # characters


def add(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the verb."""
    parser = verbs.add_parser("data", help="make pictures to train on")
    kinds = parser.add_subparsers(dest="kind", required=True)
    icons = kinds.add_parser(
        "icons",
        help="render open icon sets with captions",
        description="Fetch open icon sets with npm and render them with captions. Run again to go on after a stop.",
    )
    icons.add_argument("--out", type=Path, required=True, help="the directory to write")
    icons.add_argument("--size", type=int, default=128, help="pixels a side (default: %(default)s)")
    icons.add_argument(
        "--subset",
        choices=("narrow", "emoji", "all"),
        default="emoji",
        help="narrow: things that most emoji sets draw; emoji: eight emoji sets; all: 21 colour sets (default: emoji)",
    )
    icons.add_argument("--source", type=Path, help="a folder with the npm archives, instead of fetching them")
    icons.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="default: one a core")
    icons.set_defaults(main=main)


def main(args: argparse.Namespace) -> int:
    """Build the pictures, showing progress on standard error."""
    from gdm_studio.training.data.build import BuildConfig, build

    config = BuildConfig(
        out=args.out, size=args.size, subset=args.subset, source=args.source, processes=args.processes
    )
    bar = _Bar()
    for progress in build(config):
        bar.show(progress)
    bar.end()
    print(args.out)
    return 0


class _Bar:
    """One line that is redrawn a few times a second: phase, bar, count, time left."""

    def __init__(self) -> None:
        self._phase = ""
        self._began = self._shown = 0.0
        self._done_before = 0

    def show(self, progress: "Progress") -> None:
        now = time.monotonic()
        if progress.phase != self._phase:
            self.end()
            self._phase, self._began, self._done_before = progress.phase, now, progress.done
        elif now - self._shown < 0.2 and progress.done < progress.total:
            return
        self._shown = now
        filled = _BAR * progress.done // max(progress.total, 1)
        bar = "#" * filled + "." * (_BAR - filled)
        left = self._time_left(progress, now)
        print(
            f"\r{progress.phase:10} [{bar}] {progress.done}/{progress.total} {left:10}",
            end="",
            file=sys.stderr,
            flush=True,
        )

    def end(self) -> None:
        if self._phase:
            print(file=sys.stderr)
        self._phase = ""

    def _time_left(self, progress: "Progress", now: float) -> str:
        made = progress.done - self._done_before
        if made == 0 or progress.done >= progress.total:
            return ""
        seconds = round((now - self._began) / made * (progress.total - progress.done))
        return f"{seconds // 60}:{seconds % 60:02} left"
