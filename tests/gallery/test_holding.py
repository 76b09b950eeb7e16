"""Deleted pictures wait, their steps too, until they are put back or the trash takes them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from gdm_studio.errors import StorageError
from gdm_studio.gallery import Gallery, Picture
from gdm_studio.gallery.holding import MONTH
from tests.helpers.library import result


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    yield gallery
    gallery.close()


def kept(gallery: Gallery, *prompts: str, steps: bytes = b"all of its steps") -> list[Picture]:
    return [gallery.keep(replace(result(prompt, seed=seed), steps=steps)) for seed, prompt in enumerate(prompts)]


def into(folder: Path) -> object:
    """A trash: a folder that files are moved to."""
    folder.mkdir(exist_ok=True)
    return lambda path: shutil.move(path, folder)


def test_steps_lie_beside_the_picture_and_come_and_go_with_it(gallery: Gallery) -> None:
    fox, owl = kept(gallery, "a fox", "an owl")
    place = gallery.pictures / ".steps" / fox.id[:2] / f"{fox.id}.steps"
    assert gallery.steps_file(fox.id) == place and place.read_bytes() == b"all of its steps"
    undo = gallery.delete([fox.id])
    assert not place.exists() and gallery.steps_file(owl.id).exists() and undo.count == 1
    assert len(undo.files()) == 1, "steps are no picture"
    gallery.restore(undo)
    assert place.read_bytes() == b"all of its steps" and gallery.get(fox.id) == fox
    assert gallery.sync() == 0 and gallery.count() == 2


def test_a_picture_without_steps_has_no_file_for_them(gallery: Gallery) -> None:
    (fox,) = kept(gallery, "a fox", steps=b"")
    assert not gallery.steps_file(fox.id).exists() and not (gallery.pictures / ".steps").exists()


def test_steps_that_cannot_be_written_cost_no_picture(gallery: Gallery) -> None:
    gallery.check_writable()
    (gallery.pictures / ".steps").write_text("in the way")
    (fox,) = kept(gallery, "a fox")
    assert fox.path.exists() and gallery.page() == [fox]


def test_the_oldest_steps_are_dropped_first(gallery: Gallery) -> None:
    pictures = kept(gallery, *"abcd", steps=bytes(1000))
    for age, picture in enumerate(pictures):
        os.utime(gallery.steps_file(picture.id), (1_000_000 + age, 1_000_000 + age))
    assert gallery.prune_steps(4000) == 0 and gallery.steps.held() == 4000
    assert gallery.prune_steps(2500) == 2
    assert [gallery.steps_file(picture.id).exists() for picture in pictures] == [False, False, True, True]
    assert gallery.count() == 4


def test_one_of_several_comes_back_alone(gallery: Gallery) -> None:
    fox, owl = kept(gallery, "a fox", "an owl")
    undo = gallery.delete([fox.id, owl.id])
    path = next(path for path in undo.files() if path.name == owl.path.name)
    assert gallery.restore_one(undo, path) == owl and gallery.page() == [owl]
    assert gallery.steps_file(owl.id).exists() and not gallery.steps_file(fox.id).exists()
    (left,) = gallery.held()
    assert left.count == 1
    gallery.restore(left)
    assert gallery.page() == [owl, fox] and gallery.held() == []


def test_what_waits_is_known_to_the_next_session(gallery: Gallery, tmp_path: Path) -> None:
    fox, owl, car = kept(gallery, "a fox", "an owl", "a car")
    gallery.delete([fox.id])
    gallery.delete([owl.id, car.id])
    gallery.close()
    later = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    held = later.held()
    assert sorted(undo.count for undo in held) == [1, 2] and later.count() == 0
    names = {path.name for undo in held for path in undo.files()}
    assert names == {fox.path.name, owl.path.name, car.path.name}
    for undo in held:
        later.restore(undo)
    assert later.page() == [car, owl, fox] and later.held() == []
    later.close()


def test_of_deletions_within_a_second_the_last_comes_first(gallery: Gallery) -> None:
    undos = [gallery.delete([picture.id]) for picture in kept(gallery, "a fox", "an owl", "a hen", "a cat", "a dog")]
    assert [undo.name for undo in gallery.held()] == [undo.name for undo in reversed(undos)]


def test_the_trash_takes_the_pictures_once_they_have_waited(gallery: Gallery, tmp_path: Path) -> None:
    fox, owl = kept(gallery, "a fox", "an owl")
    gallery.delete([fox.id])
    old = gallery.delete([owl.id])
    old.folder.rename(old.folder.with_name("1000000000-abcdef12"))
    trash = into(tmp_path / "trash")
    assert gallery.empty_held(trash, older_than=MONTH) == 1
    assert [path.name for path in (tmp_path / "trash").iterdir()] == [owl.path.name]
    assert gallery.empty_held(trash, older_than=0) == 1 and gallery.held() == []
    assert {path.name for path in (tmp_path / "trash").iterdir()} == {fox.path.name, owl.path.name}
    assert not list((tmp_path / "data" / "deleted").iterdir())


def test_where_nobody_says_when_what_was_deleted_waits_for_a_month(gallery: Gallery, tmp_path: Path) -> None:
    fox, owl = kept(gallery, "a fox", "an owl")
    for picture, days in ((fox, 29), (owl, 31)):
        undo = gallery.delete([picture.id])
        undo.folder.rename(undo.folder.with_name(f"{int(time.time()) - days * 24 * 3600}-abcdef12"))
    assert gallery.empty_held(into(tmp_path / "trash")) == 1
    (waits,) = gallery.held()
    assert [path.name for path in waits.files()] == [fox.path.name]


def test_a_trash_that_refuses_leaves_the_pictures_waiting(gallery: Gallery) -> None:
    (fox,) = kept(gallery, "a fox")
    gallery.delete([fox.id])

    def refuses(path: Path) -> None:
        raise StorageError(f"{path} cannot be put into the trash; delete it yourself.")

    with pytest.raises(StorageError, match="trash"):
        gallery.empty_held(refuses, older_than=0)
    (undo,) = gallery.held()
    gallery.restore(undo)
    assert gallery.page() == [fox]


DELETER = """
import os, signal, sys
from pathlib import Path
from gdm_studio.gallery import Gallery, files
base = Path(sys.argv[1])
gallery = Gallery(base / "pictures", base / "data", base / "cache")
moved = []
def dying(move):
    def dies(source, target, **options):
        moved.append(move(source, target, **options))
        if len(moved) == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
        return moved[-1]
    return dies
files.move, files.move_beside = dying(files.move), dying(files.move_beside)
{what}
"""


@pytest.mark.parametrize("moves", [1, 2, 3])
def test_killed_while_deleting_or_restoring_nothing_is_lost(gallery: Gallery, tmp_path: Path, moves: int) -> None:
    pictures = kept(gallery, "a fox", "an owl", steps=b"steps")
    gallery.close()
    deleting = DELETER.format(what="gallery.delete([picture.id for picture in gallery.page()])")
    subprocess.run([sys.executable, "-c", deleting, str(tmp_path), str(moves)], check=False)
    gallery.sync()
    held = sum(undo.count for undo in gallery.held())
    assert gallery.count() + held == 2
    restoring = DELETER.format(what="gallery.restore(gallery.held()[0])")
    subprocess.run([sys.executable, "-c", restoring, str(tmp_path), "1"], check=False)
    for undo in gallery.held():
        gallery.restore(undo)
    gallery.sync()
    assert {picture.id for picture in gallery.page()} == {picture.id for picture in pictures}
    assert all(gallery.steps_file(picture.id).read_bytes() == b"steps" for picture in pictures)
