"""What the processes do that `tests.drills.kill` ends: each tells in its log what it begins and what it has done."""

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
from gdm_studio.errors import StorageError
from gdm_studio.gallery import Gallery, Picture
from gdm_studio.models.library import Library
from gdm_studio.ui.shell.window import Window
from tests.drills import fault_points
from tests.helpers import tiny_model
from tests.helpers.opened import click, opened

WINDOW = 100.0  # seconds after which a window that nobody kills closes
PROMPTS = ("a red disc", "a blue fox", "an owl", "ein größerer Fuchs 🦊")
TAGS = ("forest", "for Anna", "Größe")


@dataclass(frozen=True)
class Doom:
    """At which point a process kills itself, in front of a file operation or in the middle of a write; 0 for never."""

    operations: int = 0
    torn: bool = False  # only in the middle of a write


def work(kind: str, home: str, log: str, seed: float, doom: Doom) -> None:
    """The body of a process: `kind` of work, told in `log`."""
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
    """A line in one piece: a window tells of things from two threads."""
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
    """What people do in the gallery, without end: each deed is told of with what it will change and again after."""
    with closing(Gallery.open()) as gallery:
        deeds = Deeds(gallery, rng, home)
        while True:
            rng.choice(deeds.all())()


def _window(rng: random.Random, home: Path) -> int:
    """The real window: it makes what waits, and what is asked of it, while people sort what there is."""
    async def play(window: Window) -> None:
        told: set[str] = set()
        window.create_page.controls.draft.change(steps=4)
        while True:
            _tell_saved(window, told)
            if window.making.job is None and rng.random() < 0.5:
                click(window.create_page.controls.button)
            elif rng.random() < 0.3:
                await window.shelf.ask(partial(_sort, rng=rng, home=home))
            await asyncio.sleep(0.02)

    opened(play, library=_Tiny(), seconds=WINDOW)
    return 0


def _sort(gallery: Gallery, rng: random.Random, home: Path) -> None:
    """One deed; while another process moves the library, which people are told, none is done."""
    try:
        rng.choice(Deeds(gallery, rng, home).of_the_gallery())()
    except StorageError as error:
        if "being moved" not in str(error):
            raise


class _Tiny(tiny_model.TinyLibrary):
    """Of the model that is there: written once more it would be missing to others for a moment."""

    def __init__(self) -> None:
        Library.__init__(self)


def _tell_saved(window: Window, told: set[str]) -> None:
    """What is to be seen beside the canvas has been saved."""
    model = window.shelf.beside
    for row in range(min(model.rowCount(), 8)):
        picture = model.picture(row)
        if picture is not None and picture.id not in told and not getattr(picture, "source", ""):
            told.add(picture.id)
            _tell({"event": "saved", "path": str(picture.path), "id": picture.id})


def _move(rng: random.Random, home: Path) -> int:
    """Moves the library from folder to folder, each of them new."""
    with closing(Gallery.open()) as gallery:
        while True:
            folder = home / "libraries" / f"{rng.randrange(2**32):08x}"
            for _ in gallery.moving(folder, _remember):
                pass


def _remember(folder: Path) -> None:
    preferences.save(replace(preferences.load(), library=str(folder)))


class Deeds:
    """What is changed is told as {"favourite": {id: …}, "tag NAME": {id: …}, "note": {id: …}, …}."""

    def __init__(self, gallery: Gallery, rng: random.Random, home: Path) -> None:
        self._gallery, self._rng, self._home = gallery, rng, home

    def all(self) -> list[Callable[[], None]]:
        return [*self.of_the_gallery(), self.prefer]

    def of_the_gallery(self) -> list[Callable[[], None]]:
        """Without the settings, which a window keeps in mind."""
        often = [self.favourite, self.tag, self.note, self.delete, self.restore]
        return [
            *often, *often, self.import_folder, self.forget_folder, self.rebuild, self.sync, self.search, self.collect,
            self.trash, self.thumbnails, self.rename,
        ]  # fmt: skip

    def favourite(self) -> None:
        ids, on = self._ids(), self._rng.random() < 0.6
        self._do({"favourite": dict.fromkeys(ids, on)}, lambda: self._gallery.favourite(ids, on))

    def tag(self) -> None:
        ids, on, name = self._ids(), self._rng.random() < 0.6, self._rng.choice(TAGS)
        self._do({f"tag {name}": dict.fromkeys(ids, on)}, lambda: self._gallery.tag(ids, name, on))

    def note(self) -> None:
        for one in self._ids(1):
            text = f"written {self._rng.random()}"
            self._do({"note": {one: text}}, lambda one=one, text=text: self._gallery.note(one, text))

    def delete(self) -> None:
        ids = self._ids()
        self._do({"deleted": dict.fromkeys(ids, True)}, lambda: self._gallery.delete(ids))

    def restore(self) -> None:
        if held := self._gallery.held():
            undo = self._rng.choice(held)
            self._do({"restored": {undo.name: True}}, lambda: self._gallery.restore(undo))

    def import_folder(self) -> None:
        folder = self._rng.choice(sorted((self._home / "others").iterdir()))
        self._do({"source": {str(folder): True}}, lambda: self._gallery.add_source(folder))
        self.sync()

    def forget_folder(self) -> None:
        for source in self._gallery.sources()[:1]:
            where = source.folder
            self._do({"source": {str(where): False}}, lambda where=where: self._gallery.remove_source(where))

    def rebuild(self) -> None:
        self._do({}, self._gallery.rebuild)

    def sync(self) -> None:
        self._do({}, self._gallery.sync)

    def search(self) -> None:
        name, query = self._rng.choice("abc"), f"seed:{self._rng.randrange(99)}"
        self._do({"search": {name: query}}, lambda: self._gallery.save_search(name, query))

    def collect(self) -> None:
        ids = self._ids()
        if ids and not any(each.name == "Kept" for each in self._gallery.collections()):
            self._do({"collection": {"Kept": True}}, lambda: self._gallery.new_collection("Kept", ids))
        elif ids:
            self._do({}, lambda: self._gallery.collect("Kept", ids))

    def trash(self) -> None:
        """Some time after a deletion, as the window does it when it closes."""
        bin_folder = self._home / "trash"
        bin_folder.mkdir(exist_ok=True)
        if self._rng.random() < 0.2:
            self._do({}, lambda: self._gallery.empty_held(lambda path: shutil.move(path, bin_folder), older_than=20))

    def thumbnails(self) -> None:
        pictures = self._gallery.page(limit=20)
        self._do({}, lambda: self._gallery.thumbnails(pictures, 128, seconds=0.2))

    def rename(self) -> None:
        """What a file manager does behind the gallery's back."""
        for picture in self._own(1):
            to = picture.path.with_name(f"renamed {self._rng.randrange(2**32):08x}{picture.path.suffix}")
            with suppress(FileNotFoundError):  # where others have moved it meanwhile
                self._do({}, lambda picture=picture, to=to: os.rename(picture.path, to))

    def prefer(self) -> None:
        wanted = replace(preferences.load(), theme=self._rng.choice(preferences.THEMES))
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
