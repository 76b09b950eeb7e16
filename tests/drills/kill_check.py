"""Invariants after a kill at any moment: a ledger of everything requested, generated and added."""

from __future__ import annotations

import json
import random
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gdm_studio import preferences
from gdm_studio.common import paths
from gdm_studio.common.atomic_files import PART
from gdm_studio.engine import step_history
from gdm_studio.engine.generation_loop import generate
from gdm_studio.gallery import Gallery, SaveSettings, read, save
from gdm_studio.jobs.queue import Queue
from gdm_studio.jobs.queue.queue import STEPS
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from tests.drills.kill_work import PROMPTS
from tests.helpers import library as made_up
from tests.helpers import tiny_model

LIBRARY, HELD, TRASH = "library", "held", "trash"
MANY = 500  # steps of a picture that is broken off: seconds, of which less than one is needed
IMPORTED = 12  # pictures in each of the folders of other tools
_TABLES = {  # of what people added: (kind of change, its rows as key and value)
    "favourite": "SELECT id, 1 FROM favourites",
    "note": "SELECT picture, text FROM notes",
    "search": "SELECT name, query FROM searches",
    "source": "SELECT folder, 1 FROM sources",
    "collection": "SELECT name, 1 FROM collections",
}


class Ledger:
    """Everything that was seen on disk, or reported by a process that was killed later."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.expected: dict[str, dict[str, Any]] = {}  # by kind of change: what people have added
        self.reported: dict[str, str] = {}  # names of picture files that were said to be saved: their ids
        self.places: dict[str, str] = {}  # of the library's pictures, by id
        self.asked: dict[int, Request] = {}  # by seed: the queue's pictures
        self.seeds: dict[str, int] = {}  # by id: of the pictures that the queue has made
        self.parts = self.went_on = self.compared = self.steps = 0
        self.torn = 0  # kills in the middle of a write
        self._sound: dict[Path, tuple[tuple[int, int], str]] = {}  # files that have been opened: as they were, their id
        self._stood: dict[int, list[tuple[float, float]]] = {}  # by seed: (noise, ms) of the steps last made
        self._library = Library()
        self._next_seed = 1

    def __str__(self) -> str:
        twice = len(self.seeds) - len(set(self.seeds.values()))
        where = Counter(self.places.values())
        places = f"{where[LIBRARY]} in the library, {where[HELD]} deleted, {where[TRASH]} in the trash"
        return (
            f"{self.torn} in the middle of a write: {len(self.places)} pictures ({places}), {len(self.reported)} "
            "reported as saved, none lost, no half file "
            f"among them and their {self.steps} files of steps; {len(self.asked)} asked of the queue and all made, "
            f"{twice} of them twice; {self.went_on} went on at the step they had reached, {self.compared} compared "
            f"to the bit; {self.parts} hidden remains of writes"
        )

    @property
    def made(self) -> set[int]:
        """Return the seeds of the queue's images that exist."""
        return set(self.seeds.values())

    def prepare(self, rng: random.Random) -> None:
        """Create a tiny model, some images, and folders of other tools to import."""
        tiny_model.write(paths.models_dir() / tiny_model.NAME)
        for name in ("one", "two", "drei ü"):
            folder = self.home / "others" / name
            folder.mkdir(parents=True)
            for number in range(IMPORTED):
                form = ("png", "jpeg", "webp")[number % 3]
                picture = made_up.result(rng.choice(PROMPTS), seed=rng.randrange(2**40))
                save(picture, folder, saving=SaveSettings(form=form))
        with closing(Gallery.open()) as gallery:
            for number in range(12):
                gallery.save(made_up.result(PROMPTS[0], seed=2**42 + number))
        self._look_over([])

    def fill_queue(self, rng: random.Random) -> None:
        """Add some items to the queue, each with seeds of its own."""
        queue = Queue.open()
        while len(queue.items()) < 4:
            count, steps = rng.choice((1, 1, 2, 3)), rng.choice((4, 4, 4, 12, 40))
            request = Request(
                prompt=rng.choice(PROMPTS), model=tiny_model.NAME, seed=self._next_seed, count=count, steps=steps,
                batch=rng.choice((0, 2)), sampler=rng.choice(("dpmpp_2m", "ddim", "euler_a")), spacing="karras",
            )  # fmt: skip
            item = queue.add(request.checked())
            for image in range(count):
                self.asked[self._next_seed + image] = item.request.picture(image)
            self._next_seed += count

    def ask_for_many_steps(self) -> tuple[int, Path]:
        """Queue first an image with enough steps that a kill interrupts it, and return its seed and steps."""
        seed, self._next_seed = self._next_seed, self._next_seed + 1
        request = Request(prompt=PROMPTS[0], model=tiny_model.NAME, seed=seed, steps=MANY, sampler="ddim")
        queue = Queue.open()
        item = queue.add(request.checked(), first=True)
        self.asked[seed] = item.request.picture(0)
        return seed, queue.folder / "running" / f"{item.id}{STEPS}"

    def steps_told(self, log: Path, seed: int) -> list[tuple[float, float]]:
        """Return (noise, ms) of the steps of that image that a process has reported so far."""
        told, begun = [], False
        for event in _told(log) if log.exists() else []:
            if event["event"] == "start":
                begun = event["request"]["seed"] == seed
            elif event["event"] == "step" and begun:
                told.append((event["sigma"], event["ms"]))
        return told

    def check_went_on(self, log: Path, seed: int, sure: list[tuple[float, float]]) -> None:
        """Check that the steps known to be on disk are in this log unchanged, none of them computed again."""
        told = self.steps_told(log, seed)
        assert sure, "no step was told of"
        assert told[: len(sure)] == sure, f"made anew after a kill: {len(sure)} steps, the first of them {sure[:2]}"

    @contextmanager
    def looked_over(self, logs: Sequence[Path]) -> Iterator[None]:
        """Check all files once the processes of these logs, started in the block, are dead."""
        yield
        told = [_told(log) for log in logs]
        self._look_over([event for events in told for event in events])
        for events in told:
            self._note_steps(events)
            self.torn += any(event["event"] == "struck" and event["inside"] for event in events)
        for log in logs:
            log.unlink()

    def check_all_made(self) -> None:
        missing = [seed for seed in self.asked if seed not in self.made]
        assert not missing, f"asked of the queue and never made: seeds {missing}"
        assert not Queue.open().items(), "something is left in the queue"

    def _look_over(self, events: list[dict[str, Any]]) -> None:
        deeds = _deeds(events)
        here = self._files()
        for event in events:
            if event["event"] == "saved":
                name = Path(event["path"]).name
                there = [each for each, path in here.items() if path.name == name or each == event.get("id")]
                renamed = [each for each in here if each[:4] == _id_in(name) and each not in self.places]
                assert there or renamed, f"reported as saved, and gone: {event}"
                self.reported[name] = (there or renamed)[0]
        self._check_places(here, deeds)
        self._check_small_files()
        self._check_added(deeds)
        self._check_index(here)
        self._check_queue(here)

    def _files(self) -> dict[str, Path]:
        """Return {id: path} of every image that is not imported, after opening each of its files."""
        found: dict[str, Path] = {}
        roots = (preferences.pictures_dir(), paths.data_dir() / "deleted", self.home / "trash")
        self.parts = 0
        for path in (path for root in roots for path in sorted(root.rglob("*")) if path.is_file()):
            if path.name.endswith(PART):
                assert path.name.startswith("."), path
                self.parts += 1
            elif picture_id := self._opened(path):
                assert picture_id not in found, f"twice: {path} and {found[picture_id]}"
                found[picture_id] = path
        return found

    def _opened(self, path: Path) -> str:
        """Open the file and return its image id; "" for a steps file."""
        stamp, picture_id = self._sound.get(path, (None, ""))
        now = (path.stat().st_mtime_ns, path.stat().st_size)
        if stamp != now:
            if path.suffix == step_history.SUFFIX:
                assert step_history.load(path).indices
                self.steps += 1
            else:
                picture_id = self._read_picture(path)
            self._sound[path] = (now, picture_id)
        return picture_id

    def _read_picture(self, path: Path) -> str:
        with Image.open(path) as picture:
            pixels = np.asarray(picture)  # reads it to its end
        found = read(path)
        assert found.request is not None and found.id, f"says nothing of how it was made: {path}"
        seed = found.request.seed
        if seed in self.asked and found.id not in self.seeds:
            self.seeds[found.id] = seed
            if seed in self._stood or seed % 5 == 0:
                expected = [each for each in generate(self.asked[seed], self._library) if isinstance(each, Result)]
                assert np.array_equal(pixels, expected[0].rgba), f"another picture than uninterrupted: {path}"
                self.compared += 1
        return found.id

    def _check_places(self, here: dict[str, Path], deeds: list[dict[str, Any]]) -> None:
        places = {picture_id: _place(path) for picture_id, path in here.items()}
        missing = set(self.places) - set(places)
        assert not missing, f"lost: {missing}"
        deleted = {each for deed in deeds for each in deed["changes"].get("deleted", ())}
        restored = any("restored" in deed["changes"] for deed in deeds)
        for picture_id, before in self.places.items():
            match before, places[picture_id]:
                case ("library", "held" | "trash"):
                    assert picture_id in deleted, f"nobody deleted {here[picture_id]}"
                case ("held", "library"):
                    assert restored, f"nobody restored {here[picture_id]}"
        if not restored:
            done = {each for deed in deeds if deed["done"] for each in deed["changes"].get("deleted", ())}
            back = [each for each in done if places.get(each) == LIBRARY]
            assert not back, f"deleted, and there again: {back}"
        self.places = places

    def _check_small_files(self) -> None:
        for path in paths.data_dir().rglob("*.json"):
            json.loads(path.read_text(encoding="utf-8"))
        damaged = [path for path in paths.data_dir().rglob("*") if "damaged" in path.name]
        assert not damaged, f"put aside as damaged: {damaged}"

    def _check_added(self, deeds: list[dict[str, Any]]) -> None:
        """Check that user data is unchanged, and that an interrupted change is complete or absent."""
        for deed in deeds:
            if deed["done"]:
                for kind, changes in deed["changes"].items():
                    self.expected.setdefault(kind, {}).update(changes)
        found = self._added()
        for deed in deeds:
            if not deed["done"]:
                self._settle_pending(deed["changes"], found)
        for kind, values in found.items():
            wanted = {key: value for key, value in self.expected.get(kind, {}).items() if value}
            assert wanted == values, f"{kind}: {sorted(wanted.items() ^ values.items())}"

    def _settle_pending(self, changes: dict[str, dict[str, Any]], found: dict[str, dict[str, Any]]) -> None:
        for kind, pending in changes.items():
            before = self.expected.setdefault(kind, {})
            if kind in found and all((found[kind].get(key) or False) == value for key, value in pending.items()):
                before.update(pending)

    def _added(self) -> dict[str, dict[str, Any]]:
        with closing(sqlite3.connect(paths.data_dir() / "favourites.sqlite")) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            found = {kind: dict(db.execute(rows).fetchall()) for kind, rows in _TABLES.items()}
            for picture, tag in db.execute("SELECT picture, tag FROM tags"):
                found.setdefault(f"tag {tag}", {})[picture] = 1
        for kind in self.expected:
            if kind.startswith("tag "):
                found.setdefault(kind, {})
        # Before the first completed change, the theme is not known.
        found["theme"] = {"": preferences.load().theme} if self.expected.get("theme") else {}
        return found

    def _check_index(self, here: dict[str, Path]) -> None:
        """Check that the index opens and one scan finds every file with its user data."""
        with closing(Gallery.open()) as gallery:
            gallery.sync()
            shown = {picture.id: picture for picture in gallery.page(limit=100_000)}
            held = gallery.trash.all()
        own = {picture_id for picture_id, picture in shown.items() if not picture.source}
        there = {picture_id for picture_id, place in self.places.items() if place == LIBRARY}
        assert own == there, f"the index has {own - there} too many, {there - own} too few"
        for picture_id in own:
            assert shown[picture_id].path == here[picture_id]
        assert sum(len(undo.files()) for undo in held) == sum(place == HELD for place in self.places.values())
        for picture_id, picture in shown.items():
            told = {"favourite": picture.favourite, "note": picture.note}
            told |= {kind: kind[4:] in picture.tags for kind in self.expected if kind.startswith("tag ")}
            for kind, value in told.items():
                assert (self.expected.get(kind, {}).get(picture_id) or False) == (value or False), (kind, picture.path)

    def _check_queue(self, here: dict[str, Path]) -> None:
        """Check that every requested image is either generated or still queued."""
        queue = Queue.open()
        items = queue.items()
        assert not (damaged := list(queue.folder.glob("damaged/*"))), damaged
        waiting = {
            item.request.seed + image for item in items for image in range(item.request.count) if image not in item.made
        }
        lost = [seed for seed in self.asked if seed not in waiting and seed not in self.made]
        assert not lost, f"neither made nor waiting: seeds {lost}"

    def _note_steps(self, events: list[dict[str, Any]]) -> None:
        """Count images whose first steps were unchanged, and remember how far the latest ones came."""
        begun = 0
        made: dict[int, list[tuple[float, float]]] = {}
        for event in events:
            if event["event"] == "start":
                begun = event["request"]["seed"] if event["request"]["seed"] in self.asked else 0
            elif event["event"] == "step" and begun:
                made.setdefault(begun + event["image"], []).append((event["sigma"], event["ms"]))
            elif event["event"] == "saved" and begun:
                self._count(begun + event["image"], made.pop(begun + event["image"], []))
                self._stood.pop(begun + event["image"], None)
        for seed, steps in made.items():
            self._count(seed, steps)
        self._stood |= made

    def _count(self, seed: int, steps: list[tuple[float, float]]) -> None:
        before = self._stood.get(seed)
        self.went_on += bool(before and steps[:1] == before[:1])  # to the microsecond the same: it was not made again


def _told(log: Path) -> list[dict[str, Any]]:
    """Return the events of a log without messages to the user. Its last line may be incomplete."""
    events = []
    for line in log.read_text(encoding="utf-8").splitlines():
        if line.startswith("{"):
            try:
                events.append(json.loads(line))
            except ValueError:
                continue
    return events


def _deeds(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    deeds: list[dict[str, Any]] = []
    for event in events:
        if event["event"] == "deed":
            deeds.append({"changes": event["changes"], "done": False})
        elif event["event"] == "did":
            deeds[-1]["done"] = True
    return deeds


def _id_in(name: str) -> str:
    return Path(name).stem.split()[-1]


def _place(path: Path) -> str:
    if path.is_relative_to(preferences.pictures_dir()):
        return LIBRARY
    return HELD if path.is_relative_to(paths.data_dir() / "deleted") else TRASH
