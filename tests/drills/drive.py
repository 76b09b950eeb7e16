"""Unplugging and reconnecting the library's drive under a running program, which reports it and loses nothing.

    python -m tests.drills.drive --count 10

In one window the image folder vanishes repeatedly, together with its parent folder or leaving an empty folder as a
mount point does, while idle or during a run. Meanwhile the user marks, searches, deletes and generates images. No image
is reported as deleted, new images wait, and once the folder is back everything is as before.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from gdm_studio import preferences
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import read
from gdm_studio.ui.shell.window import Window
from tests.drills.bad_disk import Drive
from tests.drills.home import temporary_home
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.stray_errors import no_strays
from tests.helpers.window import click, notice_button, notices, run_in_window, until

AWAY = "connected"  # "check that its disk is connected", "is not connected; connect it"
STEPS = 6


@dataclass
class Report:
    vanished: int = 0
    in_mid_run: int = 0
    pictures: int = 0
    marks: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"the library vanished {self.vanished} times in {self.seconds:.0f} s, {self.in_mid_run} of them in the "
            f"middle of a run, and came back: {self.pictures} pictures and {self.marks} favourites, all there"
        )


def drill(count: int, seed: int, home: Path) -> Report:
    """Unplug the library of `home` `count` times. Raise AssertionError if the window does not recover."""
    rng, report = random.Random(seed), Report()
    drive = Drive(home / "drive")
    preferences.save(replace(preferences.load(), library=str(drive.library)))

    async def play(window: Window) -> None:
        window.create_page.controls.request_draft.change(steps=STEPS)
        for _ in range(2):
            await _generated(window, report)
        for number in range(count):
            in_mid_run = rng.random() < 0.5
            if in_mid_run:
                click(window.create_page.controls.button)
                await until(lambda: window.generation.job is not None and window.generation.job.run.steps_done > 0)
            drive.pull_out(leaving=number % 2 == 0)
            await _lived_without(window, rng, report, in_mid_run=in_mid_run)
            drive.put_back()
            await _recovered(window, report, drive.library)
            report.vanished += 1
            report.in_mid_run += in_mid_run

    started = time.monotonic()
    try:
        with no_strays():
            run_in_window(play, library=GaussianLibrary(step_seconds=0.02), seconds=60 + 60 * count)
    finally:
        drive.close()
    report.seconds = time.monotonic() - started
    return report


async def _generated(window: Window, report: Report) -> None:
    click(window.create_page.controls.button)
    report.pictures += 1
    await until(lambda: window.gallery.panel_model.rowCount() == report.pictures and window.generation.job is None)


async def _lived_without(window: Window, rng: random.Random, report: Report, *, in_mid_run: bool) -> None:
    """Perform user actions without the library; each works or is refused with a message."""
    if not in_mid_run:
        click(window.create_page.controls.button)
    await until(lambda: any("not lost yet" in text and AWAY in text for text in notices(window)))
    await until(lambda: window.generation.job is None)
    scan = window.tasks.start(window.gallery.scan())
    await asyncio.wait([scan])
    assert isinstance(scan.exception(), StorageError), "the scan did not notice that the library is gone"
    assert any(AWAY in text and "not lost" not in text for text in notices(window)), notices(window)
    assert window.gallery.panel_model.rowCount() == report.pictures, "shown as gone"
    picture = window.gallery.panel_model.picture(rng.randrange(report.pictures))
    assert picture is not None
    await window.gallery.commands.favourite([picture.id], True)  # type: ignore[attr-defined]
    window.gallery.panel_model.set_query("disc")
    await until(lambda: not window.gallery.panel_model.is_waiting())
    assert window.gallery.panel_model.rowCount() == report.pictures
    window.gallery.panel_model.set_query("")
    await until(lambda: not window.gallery.panel_model.is_waiting())
    await _refused(window, lambda: window.gallery.commands.delete([picture.id]))
    assert window.gallery.panel_model.rowCount() == report.pictures
    again = notice_button(window, "Try again")
    assert again is not None
    click(again)
    await until(lambda: any("not lost yet" in text for text in notices(window)))


async def _refused(window: Window, deed: object) -> None:
    before = len(notices(window))
    task = window.tasks.start(deed())  # type: ignore[operator]
    await asyncio.wait([task])
    await until(lambda: len(notices(window)) > before or any(AWAY in text for text in notices(window)))


async def _recovered(window: Window, report: Report, library: Path) -> None:
    """Wait until the library is shown again, by itself or at once with the button."""
    again = notice_button(window, "Try again")
    if again is not None:
        click(again)
    report.pictures += 1
    await until(lambda: window.gallery.panel_model.rowCount() == report.pictures)
    window.create_page.canvas_panel.notices.clear()
    await window.gallery.scan()
    assert window.gallery.panel_model.rowCount() == report.pictures
    assert len(list(library.glob("*.png"))) == report.pictures
    assert all(read(path).request for path in library.glob("*.png"))
    favourites = await window.gallery.ask(lambda gallery: gallery.count("is:favourite"))
    report.marks = max(report.marks, favourites)
    assert favourites == report.marks


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10, help="times that the folder vanishes (default: 10)")
    parser.add_argument("--seed", type=int, default=0, help="of when it does (default: 0)")
    args = parser.parse_args()
    with temporary_home("drive") as home:
        print(drill(args.count, args.seed, home))
    return 0


if __name__ == "__main__":
    sys.exit(main())
