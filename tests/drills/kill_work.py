"""Processes that `tests.drills.kill` ends: each logs an operation when it starts and when it is done."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from gdm_studio import preferences
from gdm_studio.cli.main import run
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery, Picture
from gdm_studio.models.model_library import Library
from gdm_studio.ui.shell.window import Window
from tests.drills import fault_points
from tests.helpers import tiny_model
from tests.helpers.window import click, run_in_window

WINDOW = 100.0  # seconds after which a window that nobody kills closes
PROMPTS = ("a red disc", "a blue fox", "an owl", "ein größerer Fuchs 🦊")
TAGS = ("forest", "for Anna", "Größe")


@dataclass(frozen=True)
class Doom:
    """Fault point at which a process kills itself, before or within a file operation; 0 means never."""

    operations: int = 0
    torn: bool = False  # only in the middle of a write


def work(kind: str, home: str, log: str, seed: float, doom: Doom) -> None:
    """Run the process body for this `kind` of work, with its events in `log`."""
    os.environ["GDM_STUDIO_HOME"] = home
    os.environ.pop("GDM_STUDIO_DEBUG", None)
    sys.stdout = open(log, "w", buffering=1, encoding="utf-8")  # noqa: SIM115 - for as long as it lives
    sys.stderr = sys.stdout
    _tell({"event": "begun", "kind": kind})
    if doom.operations:
        fault_points.install(doom.operations, _die, within=Path(home), torn=doom.torn, trees=True)
    rng = random.Random(seed)
    bodies = {"queue": _queue, "generate": _generate, "gallery": _gallery, "move": _move, "window": _window}
    status = bodies[kind](rng, Path(home))
    sys.stdout.flush()
    os._exit(status)


def _tell(event: dict[str, Any]) -> None:
    """Write one line at once, because a window logs from two threads."""
    sys.stdout.write(f"{json.dumps(event)}\n")


def _die(inside: bool) -> None:
    _tell({"event": "struck", "inside": inside})
    fault_points.kill(inside)


def _queue(rng: random.Random, home: Path) -> int:
    return run(["queue", "run", "--json"])


def _generate(rng: random.Random, home: Path) -> int:
    status = 0
    while not status:
        seed, count = rng.randrange(2**40, 2**41), rng.randint(1, 4)
        options = ["--model", tiny_model.NAME, "--seed", str(seed), "--count", str(count), "--steps", "4", "--json"]
        status = run(["generate", rng.choice(PROMPTS), *options])
    return status


def _gallery(rng: random.Random, home: Path) -> int:
    """Perform user actions in the gallery endlessly, logging the intended change before and after each."""
    with closing(Gallery.open()) as gallery:
        deeds = Deeds(gallery, rng, home)
        while True:
            rng.choice(deeds.all())()


def _window(rng: random.Random, home: Path) -> int:
    """Run the real window on queued and new requests while a user organises the gallery."""

    async def play(window: Window) -> None:
        told: set[str] = set()
        window.create_page.controls.request_draft.change(steps=4)
        while True:
            _tell_saved(window, told)
            if window.generation.job is None and rng.random() < 0.5:
                click(window.create_page.controls.button)
            elif rng.random() < 0.3:
                await window.gallery.ask(partial(_sort, rng=rng, home=home))
            await asyncio.sleep(0.02)

    run_in_window(play, library=_Tiny(), seconds=WINDOW)
    return 0


def _sort(gallery: Gallery, rng: random.Random, home: Path) -> None:
    """Perform one action. Ignores the error that another process is moving the library, which users would see."""
    try:
        rng.choice(Deeds(gallery, rng, home).of_the_gallery())()
    except StorageError as error:
        if "being moved" not in str(error):
            raise


class _Tiny(tiny_model.TinyLibrary):
    """Existing tiny model; writing it again would hide it from other processes for a moment."""

    def __init__(self) -> None:
        Library.__init__(self)


def _tell_saved(window: Window, told: set[str]) -> None:
    """Log that the image shown beside the canvas has been saved."""
    model = window.gallery.panel_model
    for row in range(min(model.rowCount(), 8)):
        picture = model.picture(row)
        if picture is not None and picture.id not in told and not getattr(picture, "source", ""):
            told.add(picture.id)
            _tell({"event": "saved", "path": str(picture.path), "id": picture.id})


def _move(rng: random.Random, home: Path) -> int:
    """Move the library from folder to folder, each of them new."""
    with closing(Gallery.open()) as gallery:
        while True:
            folder = home / "libraries" / f"{rng.randrange(2**32):08x}"
            for _ in gallery.move_library(folder, _remember):
                pass


def _remember(folder: Path) -> None:
    preferences.save(replace(preferences.load(), library=str(folder)))


class Deeds:
    """Random gallery actions, logged as {"favourite": {id: …}, "tag NAME": {id: …}, "note": {id: …}, …}."""

    def __init__(self, gallery: Gallery, rng: random.Random, home: Path) -> None:
        self._gallery, self._rng, self._home = gallery, rng, home

    def all(self) -> list[Callable[[], None]]:
        return [*self.of_the_gallery(), self.prefer]

    def of_the_gallery(self) -> list[Callable[[], None]]:
        """Return the gallery actions without settings, which a window keeps in memory."""
        often = [self.favourite, self.tag, self.note, self.delete, self.restore]
        return [
            *often, *often, self.import_folder, self.forget_folder, self.rebuild, self.sync, self.search, self.collect,
            self.trash, self.thumbnails, self.rename,
        ]  # fmt: skip

    def favourite(self) -> None:
        ids, on = self._ids(), self._rng.random() < 0.6
        self._do({"favourite": dict.fromkeys(ids, on)}, lambda: self._gallery.favourites.set(ids, on))

    def tag(self) -> None:
        ids, on, name = self._ids(), self._rng.random() < 0.6, self._rng.choice(TAGS)
        self._do({f"tag {name}": dict.fromkeys(ids, on)}, lambda: self._gallery.tags.set(ids, name, on))

    def note(self) -> None:
        for one in self._ids(1):
            text = f"written {self._rng.random()}"
            self._do({"note": {one: text}}, lambda one=one, text=text: self._gallery.notes.set(one, text))

    def delete(self) -> None:
        ids = self._ids()
        self._do({"deleted": dict.fromkeys(ids, True)}, lambda: self._gallery.trash.delete(ids))

    def restore(self) -> None:
        if held := self._gallery.trash.all():
            undo = self._rng.choice(held)
            self._do({"restored": {undo.name: True}}, lambda: self._gallery.trash.restore(undo))

    def import_folder(self) -> None:
        folder = self._rng.choice(sorted((self._home / "others").iterdir()))
        self._do({"source": {str(folder): True}}, lambda: self._gallery.sources.add(folder))
        self.sync()

    def forget_folder(self) -> None:
        for source in self._gallery.sources.all()[:1]:
            where = source.folder
            self._do({"source": {str(where): False}}, lambda where=where: self._gallery.sources.remove(where))

    def rebuild(self) -> None:
        self._do({}, self._gallery.rebuild)

    def sync(self) -> None:
        self._do({}, self._gallery.sync)

    def search(self) -> None:
        name, query = self._rng.choice("abc"), f"seed:{self._rng.randrange(99)}"
        self._do({"search": {name: query}}, lambda: self._gallery.searches.save(name, query))

    def collect(self) -> None:
        ids = self._ids()
        if ids and not any(each.name == "Kept" for each in self._gallery.collections.all()):
            self._do({"collection": {"Kept": True}}, lambda: self._gallery.collections.create("Kept", ids))
        elif ids:
            self._do({}, lambda: self._gallery.collections.set("Kept", ids))

    def trash(self) -> None:
        """Delete old trash some time after a deletion, as a closing window does."""
        bin_folder = self._home / "trash"
        bin_folder.mkdir(exist_ok=True)
        if self._rng.random() < 0.2:
            self._do({}, lambda: self._gallery.trash.empty(lambda path: shutil.move(path, bin_folder), older_than=20))

    def thumbnails(self) -> None:
        pictures = self._gallery.page(limit=20)
        self._do({}, lambda: self._gallery.thumbnails.get(pictures, 128, seconds=0.2))

    def rename(self) -> None:
        """Rename a file outside the program, as a file manager does."""
        for picture in self._own(1):
            to = picture.path.with_name(f"renamed {self._rng.randrange(2**32):08x}{picture.path.suffix}")
            with suppress(FileNotFoundError):  # where others have moved it meanwhile
                self._do({}, lambda picture=picture, to=to: os.rename(picture.path, to))

    def prefer(self) -> None:
        wanted = replace(preferences.load(), theme=self._rng.choice([*preferences.THEMES]))
        self._do({"theme": {"": wanted.theme}}, lambda: preferences.save(wanted))

    def _ids(self, most: int = 12) -> list[str]:
        pictures = self._gallery.page(limit=200)
        return [each.id for each in self._rng.sample(pictures, min(len(pictures), self._rng.randint(1, most)))]

    def _own(self, most: int) -> list[Picture]:
        there = [each for each in self._gallery.page(limit=200) if not each.source and each.path.exists()]
        return self._rng.sample(there, min(len(there), most))

    def _do(self, changes: dict[str, dict[str, Any]], deed: Callable[[], object]) -> None:
        _tell({"event": "deed", "changes": changes})
        deed()
        _tell({"event": "did"})
