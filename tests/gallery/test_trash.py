"""Deleted images and their saved steps wait until they are restored or moved to the system trash."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery, Picture, trash
from gdm_studio.gallery.saved_image import load
from gdm_studio.gallery.storage.trash_folder import MONTH
from tests.helpers.library import result


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    yield gallery
    gallery.close()


def save_images(gallery: Gallery, *prompts: str, steps: bytes = b"all of its steps") -> list[Picture]:
    return [gallery.save(replace(result(prompt, seed=seed), steps=steps)) for seed, prompt in enumerate(prompts)]


def trash_in(folder: Path) -> object:
    """Return a function that moves files into a folder, as a system trash does."""
    folder.mkdir(exist_ok=True)
    return lambda path: shutil.move(path, folder)


def test_steps_are_deleted_and_restored_with_their_image(gallery: Gallery) -> None:
    fox, owl = save_images(gallery, "a fox", "an owl")
    place = gallery.pictures / ".steps" / fox.id[:2] / f"{fox.id}.steps"
    assert gallery.steps.path(fox.id) == place and place.read_bytes() == b"all of its steps"
    undo = gallery.trash.delete([fox.id])
    assert not place.exists() and gallery.steps.path(owl.id).exists() and undo.count == 1
    assert len(undo.files()) == 1, "steps are no picture"
    gallery.trash.restore(undo)
    assert place.read_bytes() == b"all of its steps" and gallery.get(fox.id) == fox
    assert gallery.sync() == 0 and gallery.count() == 2


def test_an_image_without_steps_has_no_steps_file(gallery: Gallery) -> None:
    (fox,) = save_images(gallery, "a fox", steps=b"")
    assert not gallery.steps.path(fox.id).exists() and not (gallery.pictures / ".steps").exists()


def test_an_image_is_saved_although_its_steps_cannot_be_written(gallery: Gallery) -> None:
    gallery.check_writable()
    (gallery.pictures / ".steps").write_text("in the way")
    (fox,) = save_images(gallery, "a fox")
    assert fox.path.exists() and gallery.page() == [fox]


def test_the_oldest_steps_are_deleted_first(gallery: Gallery) -> None:
    pictures = save_images(gallery, *"abcd", steps=bytes(1000))
    for age, picture in enumerate(pictures):
        os.utime(gallery.steps.path(picture.id), (1_000_000 + age, 1_000_000 + age))
    assert gallery.steps.prune(4000) == 0 and gallery.steps.total_size() == 4000
    assert gallery.steps.prune(2500) == 2
    assert [gallery.steps.path(picture.id).exists() for picture in pictures] == [False, False, True, True]
    assert gallery.count() == 4


def test_one_of_several_deleted_images_is_restored(gallery: Gallery) -> None:
    fox, owl = save_images(gallery, "a fox", "an owl")
    undo = gallery.trash.delete([fox.id, owl.id])
    path = next(path for path in undo.files() if path.name == owl.path.name)
    assert gallery.trash.restore_one(undo, path) == owl and gallery.page() == [owl]
    assert gallery.steps.path(owl.id).exists() and not gallery.steps.path(fox.id).exists()
    (left,) = gallery.trash.all()
    assert left.count == 1
    gallery.trash.restore(left)
    assert gallery.page() == [owl, fox] and gallery.trash.all() == []


def test_hidden_images_of_an_imported_folder_are_listed_and_restored_one_by_one(
    gallery: Gallery, tmp_path: Path
) -> None:
    """Images of imported folders are files of a deletion too. An image that also has a file in the library is listed
    once, and is shown again when that file is restored.
    """
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (fox,) = save_images(gallery, "a fox")
    shutil.copy(fox.path, theirs / "copy of a fox.png")
    for name, shade in (("lake", 40), ("town", 90)):
        Image.new("RGB", (8, 8), (shade, 0, 0)).save(theirs / f"{name}.png")
    gallery.sources.add(theirs)
    gallery.sync()
    undo = gallery.trash.delete([picture.id for picture in gallery.page()])
    assert (undo.count, undo.hidden) == (3, 2) and gallery.page() == []
    (waiting,) = gallery.trash.all()
    names = sorted(path.name for path in gallery.trash.files(waiting))
    assert names == [fox.path.name, "lake.png", "town.png"] and (theirs / "lake.png").is_file()
    lake = next(path for path in gallery.trash.files(waiting) if path.name == "lake.png")
    assert gallery.trash.restore_one(waiting, lake).path == lake
    assert [picture.path for picture in gallery.page()] == [lake] == [theirs / "lake.png"]
    (file,) = waiting.files()
    assert gallery.trash.restore_one(waiting, file) == fox
    assert sorted(picture.path.name for picture in gallery.page()) == sorted([fox.path.name, "lake.png"])
    (left,) = gallery.trash.all()
    assert (left.count, left.hidden) == (1, 1) and gallery.trash.files(left) == [theirs / "town.png"]
    assert gallery.sync() == 0
    gallery.trash.restore(left)
    assert gallery.count() == 3 and gallery.trash.all() == []


def test_an_image_with_a_copy_in_an_imported_folder_counts_once(gallery: Gallery, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (fox,) = save_images(gallery, "a fox")
    shutil.copy(fox.path, gallery.pictures / "the fox again.png")
    shutil.copy(fox.path, theirs / "copy of a fox.png")
    Image.new("RGB", (8, 8), (40, 0, 0)).save(theirs / "lake.png")
    gallery.sources.add(theirs)
    gallery.sync()
    undo = gallery.trash.delete([picture.id for picture in gallery.page()])
    assert (undo.count, undo.hidden) == (2, 1)
    with closing(Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")) as later:
        for trash in (gallery.trash, later.trash):
            (waiting,) = trash.all()
            # Files count, of which the fox has two.
            assert (waiting.count, waiting.hidden) == (3, 1)
            assert [path.name for path in trash.files(waiting)][2:] == ["lake.png"]


def test_the_first_files_of_a_deletion_are_found_without_reading_them(
    gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    save_images(gallery, "a fox", "an owl", "a cat")
    Image.new("RGB", (8, 8), (40, 0, 0)).save(theirs / "lake.png")
    gallery.sources.add(theirs)
    gallery.sync()
    undo = gallery.trash.delete([picture.id for picture in gallery.page()])
    with closing(Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")) as later:
        loaded: list[Path] = []
        monkeypatch.setattr(trash, "load", lambda path: loaded.append(path) or load(path))
        assert later.trash.files(undo, 3) == undo.files() and loaded == []
        for _ in range(2):
            assert later.trash.files(undo, 4) == [*undo.files(), theirs / "lake.png"] and len(loaded) == 3
        assert later.trash.restore_one(undo, undo.files()[0]).request.prompt and len(later.trash.files(undo)) == 3
        assert len(loaded) == 4, "the others are not read again"


def test_deleted_images_are_listed_in_the_next_session(gallery: Gallery, tmp_path: Path) -> None:
    fox, owl, car = save_images(gallery, "a fox", "an owl", "a car")
    gallery.trash.delete([fox.id])
    gallery.trash.delete([owl.id, car.id])
    gallery.close()
    later = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    held = later.trash.all()
    assert sorted(undo.count for undo in held) == [1, 2] and later.count() == 0
    names = {path.name for undo in held for path in undo.files()}
    assert names == {fox.path.name, owl.path.name, car.path.name}
    for undo in held:
        later.trash.restore(undo)
    assert later.page() == [car, owl, fox] and later.trash.all() == []
    later.close()


def test_deletions_within_a_second_are_listed_newest_first(gallery: Gallery) -> None:
    undos = [
        gallery.trash.delete([picture.id])
        for picture in save_images(gallery, "a fox", "an owl", "a hen", "a cat", "a dog")
    ]
    assert [undo.name for undo in gallery.trash.all()] == [undo.name for undo in reversed(undos)]


def test_the_trash_is_emptied_of_old_deletions(gallery: Gallery, tmp_path: Path) -> None:
    fox, owl = save_images(gallery, "a fox", "an owl")
    gallery.trash.delete([fox.id])
    old = gallery.trash.delete([owl.id])
    old.folder.rename(old.folder.with_name("1000000000-abcdef12"))
    trash = trash_in(tmp_path / "trash")
    assert gallery.trash.empty(trash, older_than=MONTH) == 1
    assert [path.name for path in (tmp_path / "trash").iterdir()] == [owl.path.name]
    assert gallery.trash.empty(trash, older_than=0) == 1 and gallery.trash.all() == []
    assert {path.name for path in (tmp_path / "trash").iterdir()} == {fox.path.name, owl.path.name}
    assert not list((tmp_path / "data" / "deleted").iterdir())


def test_deletions_wait_for_a_month_by_default(gallery: Gallery, tmp_path: Path) -> None:
    fox, owl = save_images(gallery, "a fox", "an owl")
    for picture, days in ((fox, 29), (owl, 31)):
        undo = gallery.trash.delete([picture.id])
        undo.folder.rename(undo.folder.with_name(f"{int(time.time()) - days * 24 * 3600}-abcdef12"))
    assert gallery.trash.empty(trash_in(tmp_path / "trash")) == 1
    (waits,) = gallery.trash.all()
    assert [path.name for path in waits.files()] == [fox.path.name]


def test_images_stay_deleted_if_the_system_trash_refuses_them(gallery: Gallery) -> None:
    (fox,) = save_images(gallery, "a fox")
    gallery.trash.delete([fox.id])

    def refuses(path: Path) -> None:
        raise StorageError(f"{path} cannot be put into the trash; delete it yourself.")

    with pytest.raises(StorageError, match="trash"):
        gallery.trash.empty(refuses, older_than=0)
    (undo,) = gallery.trash.all()
    gallery.trash.restore(undo)
    assert gallery.page() == [fox]


DELETER = """
import os, signal, sys
from pathlib import Path
from gdm_studio.gallery import Gallery
from gdm_studio.gallery.storage import file_operations
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
file_operations.move, file_operations.move_beside = dying(file_operations.move), dying(file_operations.move_beside)
{what}
"""


@pytest.mark.slow
@pytest.mark.parametrize("moves", [1, 2, 3])
def test_a_kill_during_deleting_or_restoring_loses_nothing(gallery: Gallery, tmp_path: Path, moves: int) -> None:
    pictures = save_images(gallery, "a fox", "an owl", steps=b"steps")
    gallery.close()
    deleting = DELETER.format(what="gallery.trash.delete([picture.id for picture in gallery.page()])")
    subprocess.run([sys.executable, "-c", deleting, str(tmp_path), str(moves)], check=False)
    gallery.sync()
    held = sum(undo.count for undo in gallery.trash.all())
    assert gallery.count() + held == 2
    restoring = DELETER.format(what="gallery.trash.restore(gallery.trash.all()[0])")
    subprocess.run([sys.executable, "-c", restoring, str(tmp_path), "1"], check=False)
    for undo in gallery.trash.all():
        gallery.trash.restore(undo)
    gallery.sync()
    assert {picture.id for picture in gallery.page()} == {picture.id for picture in pictures}
    assert all(gallery.steps.path(picture.id).read_bytes() == b"steps" for picture in pictures)


def test_a_relative_link_out_of_the_library_is_restored(gallery: Gallery, tmp_path: Path) -> None:
    (fox,) = save_images(gallery, "a fox")
    target = tmp_path / "elsewhere.png"
    fox.path.rename(target)
    fox.path.symlink_to(os.path.relpath(target, fox.path.parent))
    undo = gallery.trash.delete([fox.id])
    assert not os.path.lexists(fox.path) and target.is_file()
    assert gallery.trash.restore(undo) == 1
    assert fox.path.is_symlink() and gallery.get(fox.id) == fox and not undo.folder.exists()


def test_a_relative_link_does_not_block_emptying_the_trash(gallery: Gallery, tmp_path: Path) -> None:
    fox, owl = save_images(gallery, "a fox", "an owl")
    target = tmp_path / "elsewhere.png"
    fox.path.rename(target)
    fox.path.symlink_to(os.path.relpath(target, fox.path.parent))
    gallery.trash.delete([fox.id, owl.id])
    trash = tmp_path / "trash"
    assert gallery.trash.empty(trash_in(trash), older_than=0) == 1
    assert [path.name for path in trash.iterdir()] == [owl.path.name]
    assert target.is_file() and gallery.trash.all() == []


def test_what_two_programs_restore_at_once_is_restored_once(gallery: Gallery, tmp_path: Path) -> None:
    pictures = save_images(gallery, "a fox", "an owl", "a cat")
    deletion = gallery.trash.delete([each.id for each in pictures])
    other = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "other cache")
    restoring = gallery._location.trash_folder.restore(deletion)
    first = next(restoring)
    assert other.trash.restore(deletion) == 2
    assert list(restoring) == [] and first.is_file()
    assert len(list(gallery.pictures.glob("*.png"))) == len(list(gallery.pictures.glob(".steps/*/*"))) == 3
    other.close()


def test_what_another_program_deleted_does_not_count(gallery: Gallery, tmp_path: Path) -> None:
    ids = [each.id for each in save_images(gallery, "a fox", "an owl")]
    other = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "other cache")
    other.sync()
    assert gallery.trash.delete(ids[:1]).count == 1
    assert other.trash.delete(ids).count == 1
    assert gallery.trash.delete(ids).count == 0
    other.close()
