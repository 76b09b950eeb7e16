"""A window with an unwritable library: each image waits until there is room, or is saved in another folder.

    python -m tests.drills.disk_window --count 6

The library's disk becomes full or read-only during a run. A notice explains the problem and its remedy. The image is
saved once the disk works again, automatically or with "Try again", or at once with "Save elsewhere…". The queue then
continues, and no image is generated twice.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image
from PySide6.QtWidgets import QDialog, QFileDialog, QPushButton

from gdm_studio import preferences
from gdm_studio.gallery import read
from gdm_studio.ui.shell.window import Window
from tests.drills.bad_disk import Disk
from tests.drills.home import temporary_home
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.stray_errors import no_strays
from tests.helpers.window import click, notice_button, notices, run_in_window, until

WAYS = ("by itself", "Try again", "Save elsewhere…")


@dataclass
class Report:
    faults: Counter[str] = field(default_factory=Counter)
    pictures: int = 0  # in the library
    elsewhere: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        ways = ", ".join(f"{count} {way}" for way, count in sorted(self.faults.items()))
        return (
            f"the disk took nothing {self.faults.total()} times in {self.seconds:.0f} s; then the pictures were saved: "
            f"{ways}. {self.pictures} are in the library, {self.elsewhere} elsewhere, none lost, none made twice"
        )


def drill(count: int, seed: int, home: Path) -> Report | None:
    """Make the disk fail `count` times. Return None if no disk can be mounted; raise AssertionError for a loss."""
    rng, report = random.Random(seed), Report()
    disk = Disk(home / "disk")
    if not disk.mounted:
        disk.close()
        return None
    library, elsewhere = disk.folder / "pictures", home / "elsewhere"
    library.mkdir()
    elsewhere.mkdir()
    preferences.save(replace(preferences.load(), library=str(library)))

    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=6)
        for number in range(count):
            way = WAYS[number % len(WAYS)]
            await _failed_and_saved(window, disk, way, report=report, rng=rng, elsewhere=elsewhere)

    started = time.monotonic()
    try:
        with no_strays():
            run_in_window(play, library=GaussianLibrary(step_seconds=0.06), seconds=60 + 60 * count)
        _check(library, elsewhere, report)
    finally:
        disk.close()
    report.seconds = time.monotonic() - started
    return report


async def _failed_and_saved(
    window: Window, disk: Disk, way: str, *, report: Report, rng: random.Random, elsewhere: Path
) -> None:
    """Generate an image that cannot be saved while another waits in the queue, and save it."""
    before, waiting = window.gallery.panel_model.rowCount(), rng.randint(0, 1)
    click(window.create_page.controls.button)
    window.generation.set_paused(
        True
    )  # until the disk takes nothing: on a busy machine the run may else be done by then
    for _ in range(waiting):
        window.generation.generate()  # which goes to the queue
    await until(lambda: len(window.backlog.items) == 1 + waiting)
    with disk.full(0) if rng.random() < 0.5 else disk.read_only():
        window.generation.set_paused(False)
        await until(lambda: any("not lost yet" in text for text in notices(window)))
        sentence = next(text for text in notices(window) if "not lost yet" in text)
        assert "free some space" in sentence or "choose another folder" in sentence, sentence
        await until(lambda: window.generation.job is None)
        click(_button(window, "Try again"))
        await until(lambda: notice_button(window, "Save elsewhere…"))
        assert window.gallery.panel_model.rowCount() == before
        if way == "Save elsewhere…":
            chooser = await _chooser(window)
            chooser.filesSelected.emit([str(elsewhere)])
            chooser.done(QDialog.DialogCode.Accepted.value)
            await until(lambda: len(list(elsewhere.glob("*.png"))) > report.elsewhere)
            report.elsewhere += 1
        elif way == "Try again":
            (await _chooser(window)).reject()  # which tries again in vain
            await until(lambda: notice_button(window, "Try again"))
    if way == "Try again":
        click(_button(window, "Try again"))
    saved = before + waiting + (way != "Save elsewhere…")
    await until(lambda: window.gallery.panel_model.rowCount() == saved and window.generation.job is None)
    await until(lambda: not window.backlog.items)
    report.pictures += saved - before
    report.faults[way] += 1
    window.create_page.canvas_panel.notices.clear()


def _button(window: Window, words: str) -> QPushButton:
    found = notice_button(window, words)
    assert found is not None, f"no button {words!r} on {notices(window)}"
    return found


async def _chooser(window: Window) -> QFileDialog:
    """Return the dialog that "Save elsewhere…" opens."""
    click(_button(window, "Save elsewhere…"))
    await until(lambda: window.findChild(QFileDialog))
    return window.findChild(QFileDialog)


def _check(library: Path, elsewhere: Path, report: Report) -> None:
    """Check that every image is in exactly one file, readable and with its settings."""
    seeds: list[int] = []
    for folder, count in ((library, report.pictures), (elsewhere, report.elsewhere)):
        files = list(folder.glob("*.png"))
        assert len(files) == count, f"{len(files)} files in {folder}, not {count}"
        for path in files:
            with Image.open(path) as picture:
                picture.load()
            request = read(path).request
            assert request is not None
            seeds.append(request.seed)
    assert len(seeds) == len(set(seeds)), "made twice"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=6, help="times that the disk fails (default: 6)")
    parser.add_argument("--seed", type=int, default=0, help="of how it fails (default: 0)")
    args = parser.parse_args()
    with temporary_home("disk-window") as home:
        print(drill(args.count, args.seed, home) or "no disk can be mounted here: run it as root on Linux")
    return 0


if __name__ == "__main__":
    sys.exit(main())
