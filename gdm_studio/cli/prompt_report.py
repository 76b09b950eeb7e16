"""Report of `gdm-studio generate --prompts` about a run over a prompt file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.cli.output import print_json, print_lines, print_notice
from gdm_studio.cli.progress_bar import ProgressBar
from gdm_studio.common.errors import StudioError
from gdm_studio.request.generation_events import Result

if TYPE_CHECKING:
    from gdm_studio.jobs.shards.shard import ShardRecord


class PromptReport:
    """Report about a run over a prompt file. It prints a path or a JSON object per image or shard, a notice per
    unusable line, and a progress bar.
    """

    def __init__(self, lines: int, finished: int, *, as_json: bool) -> None:
        self._lines = lines
        self._finished_before = finished
        self._as_json = as_json
        self._started_at = time.monotonic()
        self._bar = ProgressBar(titles=False)
        self._read_count = 0
        self._saved_count = 0
        self._shards = 0
        self._failed_count = 0
        if finished and not as_json:
            print_notice(f"Continuing: {_format_count(finished)} finished before.")

    def line(self, number: int) -> None:
        self._read_count += 1
        self._bar.show("line", self._read_count, self._lines)

    def note(self, note: str) -> None:
        if self._as_json:
            print_json({"event": "phase", "title": "", "note": note})
        else:
            self._bar.end()
            print_notice(note)

    def failed(self, number: int, error: StudioError) -> None:
        self._failed_count += 1
        if self._as_json:
            print_json({"event": "failed", "line": number, "message": str(error)})
        self._bar.end()
        print_notice(f"gdm-studio: Line {number}: {error}")

    def saved(self, number: int, result: Result, path: Path) -> None:
        self._saved_count += 1
        if self._as_json:
            facts = {"image": result.image, "path": str(path), "seed": result.request.seed}
            print_json({"event": "saved", "line": number, **facts})
        else:
            self._bar.end()
            print_lines(path)

    def shard_written(self, record: ShardRecord, address: str) -> None:
        self._saved_count += len(record.images)
        self._shards += 1
        if self._as_json:
            lines = [record.images[0][0], record.images[-1][0]]
            facts = {"path": address, "sha256": record.sha256, "bytes": record.size, "images": len(record.images)}
            print_json({"event": "shard", **facts, "lines": lines, "failed": [line for line, _ in record.failed]})
        else:
            self._bar.end()
            print_lines(address)

    def end(self) -> None:
        self._bar.end()

    def finish(self, path: Path) -> None:
        """Report at the end of a run how many images of the prompt file were generated. Raises StudioError if invalid
        lines were skipped.
        """
        if self._as_json:
            seconds = round(time.monotonic() - self._started_at, 3)
            before = self._finished_before
            shards = {"shards": self._shards} if self._shards else {}
            facts = {"pictures": self._saved_count, "finished_before": before, "seconds": seconds}
            print_json({"event": "done", **facts, **shards})
        if not (self._saved_count or self._finished_before or self._failed_count):
            raise StudioError(f"{path} contains no prompts; write one JSON object per line.")
        if not (self._as_json or self._saved_count or self._failed_count):
            print_notice(f"All images of {path} are finished.")
        if self._failed_count:
            lines, them = ("1 line", "it") if self._failed_count == 1 else (f"{self._failed_count} lines", "them")
            raise StudioError(f"{lines} of {path} failed; correct {them}, and start the command again.")


def _format_count(count: int) -> str:
    return "1 image was" if count == 1 else f"{count} images were"
