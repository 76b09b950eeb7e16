"""Short view of pip's output: a line for each large download, with a progress bar on a terminal."""

from __future__ import annotations

import re
import shutil
import sys

WORTH_A_LINE = re.compile(r"\s+Downloading (\S+?)(?:\.whl|\.tar\.gz|\.zip)? \((.* [MG]B)\)")
BYTES = re.compile(r"Progress (\d+) of (\d+)")
UNPACKING = re.compile(r"Installing collected packages: (.*)")


class PipView:
    """Filter of pip's output with `--progress-bar raw`."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._download = ""
        # True while the last line is a progress bar.
        self._open = False

    def line(self, text: str) -> None:
        """Process one line of pip's output."""
        if match := BYTES.match(text):
            self._draw_bar(int(match[1]), int(match[2]))
            return
        self.close()
        self._download = ""
        if match := WORTH_A_LINE.match(text):
            name, version = [*match[1].split("-"), ""][:2]
            self._download = f"  {name} {version}, {match[2]}"
            self._write(self._download)
        elif match := UNPACKING.match(text):
            count = len(match[1].split(","))
            self._write(f"  unpacking {count} package{'s' if count > 1 else ''} ...")
            self.close()

    def close(self) -> None:
        """End the line of the progress bar, if one is shown."""
        if self._open:
            print(file=sys.stderr, flush=True)
            self._open = False

    def _draw_bar(self, done: int, total: int) -> None:
        if not (self._download and self._terminal and total):
            return
        width = max(10, min(30, shutil.get_terminal_size().columns - len(self._download) - 10))
        full = width * done // total
        print(
            f"\r{self._download}  {'━' * full}{'┄' * (width - full)} {100 * done // total:3d} %",
            end="",
            file=sys.stderr,
            flush=True,
        )

    def _write(self, text: str) -> None:
        print(text, end="", file=sys.stderr, flush=True)
        self._open = True
