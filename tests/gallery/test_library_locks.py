"""Moving the library while other processes write to it loses no saved image."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gdm_studio import preferences
from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery
from tests.helpers.library import result

# A process counts as hung after this many seconds.
PATIENCE = 120.0
SAVING = """
import sys
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery
from tests.helpers.library import result

gallery = Gallery.open()
print("opened", flush=True)
for line in sys.stdin:  # one picture a line
    try:
        print(gallery.save(result("saved meanwhile", seed=int(line))).id, flush=True)
    except StorageError as error:
        print(f"refused: {error}", flush=True)
if "crash" in sys.argv:
    import os
    os._exit(1)
gallery.close()
"""


class Saver:
    """A child process that saves an image on request."""

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
        """Return the id of the saved image, or the refusal."""
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
    """Save three images in the default folder and return their ids."""
    with closing(Gallery.open()) as gallery:
        return {gallery.save(result(f"picture {seed}", seed=seed)).id for seed in range(3)}


def image_ids() -> set[str]:
    with closing(Gallery.open()) as gallery:
        gallery.sync()
        return {picture.id for picture in gallery.page()}


def save_library_setting(folder: Path) -> None:
    preferences.change({"library": str(folder)})


def test_the_library_is_not_moved_while_another_process_uses_it(
    library: set[str], saver: Saver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    announced = {saver.save(seed) for seed in range(10, 13)}
    assert run(["gallery", "move", str(tmp_path / "new")]) == 2
    assert "Another GDM Studio is using these pictures" in capsys.readouterr().err
    announced.add(saver.save(13))
    assert image_ids() == library | announced and not list((tmp_path / "new").glob("*.png"))
    saver.end()
    assert run(["gallery", "move", str(tmp_path / "new")]) == 0
    assert image_ids() == library | announced and preferences.pictures_dir() == tmp_path / "new"


def test_a_process_started_during_a_move_waits_and_then_saves_to_the_new_folder(
    library: set[str], saver: Saver, tmp_path: Path
) -> None:
    with closing(Gallery.open()) as gallery:
        for number, _ in enumerate(gallery.move_library(tmp_path / "new", save_library_setting)):
            if number % 2:
                assert saver.save(20 + number).startswith("refused: The pictures are being moved")
    announced = saver.save(30)
    assert image_ids() == {*library, announced}
    assert len(list((tmp_path / "new").glob("*.png"))) == 4


def test_a_crashed_process_does_not_block_a_move(library: set[str], tmp_path: Path) -> None:
    saver = Saver("crash")
    announced = saver.save(1)
    saver.end()
    assert run(["gallery", "move", str(tmp_path / "new")]) == 0
    assert image_ids() == {*library, announced}
    assert not [lock for lock in (paths.data_dir() / "using").iterdir() if lock.name.count("-")]


def test_the_moving_process_can_still_save(library: set[str], tmp_path: Path) -> None:
    with closing(Gallery.open()) as gallery:
        steps = enumerate(gallery.move_library(tmp_path / "new", save_library_setting))
        kept = {gallery.save(result(seed=number)).id for number, _ in steps}
        kept.add(gallery.save(result(seed=99)).id)
    assert image_ids() == library | kept


def test_a_second_move_is_refused(library: set[str], tmp_path: Path) -> None:
    with closing(Gallery.open()) as one, closing(Gallery.open()) as other:
        moving = one.move_library(tmp_path / "new", save_library_setting)
        next(moving)
        with pytest.raises(StorageError, match="being moved already"):
            next(other.move_library(tmp_path / "third", save_library_setting))
        with pytest.raises(StorageError, match="being moved to another folder"):
            other.trash.delete(library)
        moving.close()
        assert len(other.trash.delete(library).files()) == 3, "the move was given up"
