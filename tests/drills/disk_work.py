"""Operations that write, each carried out once by a child process of `tests.drills.disk`."""

from __future__ import annotations

import os
import sqlite3
import sys
import traceback
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from gdm_studio import preferences
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import StudioError
from gdm_studio.engine import image_inputs
from gdm_studio.gallery import Gallery, read
from gdm_studio.jobs.queue import ItemState, Queue
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.window_state_file import Session
from tests.drills.bad_disk import Handicap
from tests.helpers import tiny_model

TINY = ("--model", tiny_model.NAME, "--steps", "4")


def _with_gallery(deed: Callable[[Gallery], object]) -> int:
    with closing(Gallery.open()) as gallery:
        deed(gallery)
    return 0


def _first(gallery: Gallery) -> str:
    return gallery.page(limit=1)[0].id


def _of_queue(deed: Callable[[Queue], object]) -> int:
    deed(Queue.open())
    return 0


def _moved(folder: Path) -> int:
    """Return whether the library was moved, even if only its index could not follow at first."""
    return 0 if preferences.pictures_dir() == folder else run(["gallery", "move", str(folder)])


def _done(_: object) -> int:
    return 0


def _some() -> str:
    """Return an image of the library that was generated here and has steps."""
    return str(next(iter(sorted(preferences.pictures_dir().glob("*.png")))))


def _out(name: str) -> str:
    """Return a path on the bad disk."""
    return str(Path(os.environ["GDM_STUDIO_DRILL_DISK"]) / name)


WRITES: dict[str, Callable[[], int]] = {
    "generate": lambda: run(["generate", "a red disc", *TINY, "--seed", "7"]),
    "generate --keep-steps": lambda: run(["generate", "a fox", *TINY, "--keep-steps", _out("steps")]),
    "queue add": lambda: run(["queue", "add", "an owl", *TINY]),
    "queue run": lambda: run(["queue", "run"]),
    "queue remove": lambda: run(["queue", "clear"]),
    "queue hold": lambda: _of_queue(lambda queue: queue.set_paused(queue.items()[0].id, True)),
    "queue pause": lambda: _of_queue(Queue.pause),
    "queue steps": lambda: _of_queue(lambda queue: queue.keep_steps("x", b"steps" * 10_000, from_start=True)),
    "grid": lambda: run(["grid", "a fox", *TINY, "--x", "seed=1,2", "--out", _out("grid.png")]),
    "film": lambda: run(["film", _some(), "--to", _out("film.gif")]),
    "export": lambda: run(["export", _some(), "--out", _out("out"), "--as", "favicon"]),
    "gallery export": lambda: run(["gallery", "export", "--out", _out("copies"), "disc"]),
    "gallery export --zip": lambda: run(["gallery", "export", "--zip", _out("all.zip"), "disc"]),
    "gallery export --sheet": lambda: run(["gallery", "export", "--sheet", _out("all.png"), "disc"]),
    "gallery tag": lambda: run(["gallery", "tag", "disc", "--name", "tried", "--yes"]),
    "gallery import": lambda: run(["gallery", "import", os.environ["GDM_STUDIO_DRILL_OTHERS"]]),
    "gallery delete": lambda: run(["gallery", "delete", "disc", "--yes"]),
    "gallery undelete": lambda: run(["gallery", "undelete"]),
    "gallery rebuild": lambda: run(["gallery", "rebuild"]),
    "gallery move": lambda: _moved(Path(_out("moved"))),
    "favourite": lambda: _with_gallery(lambda gallery: gallery.favourites.set(_first(gallery), True)),
    "note": lambda: _with_gallery(lambda gallery: gallery.notes.set(_first(gallery), "tried")),
    "collection": lambda: _with_gallery(lambda gallery: gallery.collections.create("Tried", [_first(gallery)])),
    "saved search": lambda: _with_gallery(lambda gallery: gallery.searches.save("Tried", "disc")),
    "thumbnails": lambda: _with_gallery(lambda gallery: [made for made in gallery.create_thumbnails()]),
    "preferences": lambda: _done(preferences.save(replace(preferences.load(), theme="light"))),
    "session": lambda: _done(Session(request=Request(prompt="tried")).save(paths.data_dir())),
    "start picture": lambda: _done(image_inputs.store(np.full((64, 64, 4), 200, np.uint8))),
}


def _of_added(rows: str) -> bool:
    with closing(sqlite3.connect(paths.data_dir() / "favourites.sqlite")) as db:
        return bool(db.execute(rows).fetchone())


def _is_picture(name: str) -> bool:
    with Image.open(_out(name)) as picture:
        picture.load()
    return True


DONE: dict[str, Callable[[], bool]] = {  # whether what ended well has been done
    "generate": lambda: any(_seed(path) == 7 for path in preferences.pictures_dir().glob("*.png")),
    "queue add": lambda: any(item.request.prompt == "an owl" for item in Queue.open().items()),
    "queue hold": lambda: Queue.open().items()[0].state is ItemState.PAUSED,
    "queue pause": lambda: Queue.open().is_paused,
    "queue steps": lambda: Queue.open().steps("x") == b"steps" * 10_000,
    "queue run": lambda: not Queue.open().items(),
    "grid": lambda: _is_picture("grid.png"),
    "film": lambda: _is_picture("film.gif"),
    "gallery export --sheet": lambda: _is_picture("all.png"),
    "gallery export --zip": lambda: zipfile.ZipFile(_out("all.zip")).testzip() is None,
    "gallery tag": lambda: _of_added("SELECT 1 FROM tags WHERE tag = 'tried'"),
    "favourite": lambda: _of_added("SELECT 1 FROM favourites LIMIT 1 OFFSET 1"),
    "note": lambda: _of_added("SELECT 1 FROM notes WHERE text = 'tried'"),
    "collection": lambda: _of_added("SELECT 1 FROM collections WHERE name = 'Tried'"),
    "saved search": lambda: _of_added("SELECT 1 FROM searches WHERE name = 'Tried'"),
    "preferences": lambda: preferences.load().theme == "light",
    "session": lambda: Session.load(paths.data_dir()).request == Request(prompt="tried"),
}


def _seed(path: Path) -> int:
    found = read(path).request
    return found.seed if found else -1


def work(name: str, home: str, log: str, environment: dict[str, str], handicap: Handicap) -> None:
    """Run the operation `name` and exit with its status: 2 after an error message, 3 after anything else."""
    os.environ.update(environment, GDM_STUDIO_HOME=home, GDM_STUDIO_DEBUG="1")
    sys.stdout = sys.stderr = open(log, "w", buffering=1, encoding="utf-8")  # noqa: SIM115 - for as long as it lives
    handicap.take_on()
    try:
        status = WRITES[name]()
    except StudioError as error:
        print(f"gdm-studio: {error}", flush=True)
        status = 2
    except BaseException:
        traceback.print_exc()
        status = 3
    sys.stdout.flush()
    os._exit(status)
