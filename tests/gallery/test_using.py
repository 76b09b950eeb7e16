"""Moving the library while other processes write into it: no announced picture is ever lost from the list."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gdm_studio import paths, preferences
from gdm_studio.cli.main import run
from gdm_studio.errors import StorageError
from gdm_studio.gallery import Gallery
from tests.helpers.library import result

PATIENCE = 120.0  # seconds after which a process hangs
SAVING = """
import sys
from gdm_studio.errors import StorageError
from gdm_studio.gallery import Gallery
from tests.helpers.library import result

gallery = Gallery.open()
print("opened", flush=True)
for line in sys.stdin:  # one picture a line
    try:
        print(gallery.keep(result("saved meanwhile", seed=int(line))).id, flush=True)
    except StorageError as error:
        print(f"refused: {error}", flush=True)
if "crash" in sys.argv:
    import os
    os._exit(1)
gallery.close()
"""


class Saver:
    """A process that saves a picture whenever it is told to."""

    def __init__(self, *arguments: str) -> None:
        environment = dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path))
        self._process = subprocess.Popen(
            [sys.executable, "-c", SAVING, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        assert self._answer() == "opened"

    def save(self, seed: int) -> str:
        """The id of the picture, or why it was refused."""
        assert self._process.stdin
        self._process.stdin.write(f"{seed}\n")
        self._process.stdin.flush()
        return self._answer()

    def end(self) -> None:
        self._process.communicate(timeout=PATIENCE)

    def _answer(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


@pytest.fixture
def saver() -> Iterator[Saver]:
    saver = Saver()
    yield saver
    saver.end()


@pytest.fixture
def library() -> set[str]:
    """Three pictures in the usual folder; their ids."""
    with closing(Gallery.open()) as gallery:
        return {gallery.keep(result(f"picture {seed}", seed=seed)).id for seed in range(3)}


def listed() -> set[str]:
    with closing(Gallery.open()) as gallery:
        gallery.sync()
        return {picture.id for picture in gallery.page()}


def remember(folder: Path) -> None:
    preferences.change({"library": str(folder)})


def test_while_another_process_saves_the_library_stays(
    library: set[str], saver: Saver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    announced = {saver.save(seed) for seed in range(10, 13)}
    assert run(["gallery", "move", str(tmp_path / "new")]) == 2
    assert "Another GDM Studio works with these pictures" in capsys.readouterr().err
    announced.add(saver.save(13))
    assert listed() == library | announced and not list((tmp_path / "new").glob("*.png"))
    saver.end()
    assert run(["gallery", "move", str(tmp_path / "new")]) == 0
    assert listed() == library | announced and preferences.pictures_dir() == tmp_path / "new"


def test_who_begins_to_save_during_the_move_is_refused_and_then_saves_into_the_new_folder(
    library: set[str], saver: Saver, tmp_path: Path
) -> None:
    with closing(Gallery.open()) as gallery:
        for number, _ in enumerate(gallery.moving(tmp_path / "new", remember)):
            if number % 2:
                assert saver.save(20 + number).startswith("refused: The pictures are being moved")
    announced = saver.save(30)
    assert listed() == {*library, announced}
    assert len(list((tmp_path / "new").glob("*.png"))) == 4


def test_a_crash_holds_nothing_up(library: set[str], tmp_path: Path) -> None:
    saver = Saver("crash")
    announced = saver.save(1)
    saver.end()
    assert run(["gallery", "move", str(tmp_path / "new")]) == 0
    assert listed() == {*library, announced}
    assert not [lock for lock in (paths.data_dir() / "using").iterdir() if lock.name.count("-")]


def test_the_one_that_moves_goes_on_saving(library: set[str], tmp_path: Path) -> None:
    with closing(Gallery.open()) as gallery:
        steps = enumerate(gallery.moving(tmp_path / "new", remember))
        kept = {gallery.keep(result(seed=number)).id for number, _ in steps}
        kept.add(gallery.keep(result(seed=99)).id)
    assert listed() == library | kept


def test_two_do_not_move_at_once(library: set[str], tmp_path: Path) -> None:
    with closing(Gallery.open()) as one, closing(Gallery.open()) as other:
        moving = one.moving(tmp_path / "new", remember)
        next(moving)
        with pytest.raises(StorageError, match="being moved already"):
            next(other.moving(tmp_path / "third", remember))
        with pytest.raises(StorageError, match="being moved to another folder"):
            other.delete(library)
        moving.close()
        assert len(other.delete(library).files()) == 3, "the move was given up"
