"""Full disks and read-only folders: a message with a remedy, and no loss of data."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery, save
from gdm_studio.gallery.export import copy_images, write_archive, write_contact_sheet
from tests.helpers.library import result

resource = pytest.importorskip("resource", reason="only Unix limits the size of files")


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    """Create a gallery of three images with steps, one of them with all kinds of marks and one deleted."""
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    pictures = [gallery.save(replace(result(f"a fox {seed}", seed=seed), steps=b"steps")) for seed in range(3)]
    gallery.tags.set([pictures[0].id], "best")
    gallery.notes.set(pictures[0].id, "look")
    gallery.favourites.set(pictures[0].id, True)
    gallery.collections.create("Set", [pictures[0].id])
    gallery.searches.save("Foxes", "fox")
    gallery.trash.delete([pictures[2].id])
    (tmp_path / "outputs").mkdir()
    yield gallery
    gallery.close()


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """Forbid files to grow, as on a full disk, by a limit of the operating system."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def state(gallery: Gallery) -> object:
    """Return all images and user data as a new session finds them."""
    gallery.close()
    files = {str(path): path.read_bytes() for path in gallery.pictures.rglob("*") if path.is_file()}
    entered = (
        gallery.tags.all(),
        gallery.searches.all(),
        gallery.collections.all(),
        gallery.sources.all(),
        gallery.page(),
    )
    return files, entered, [(undo.count, len(undo.files())) for undo in gallery.trash.all()]


WRITES: dict[str, Callable[[Gallery], object]] = {
    "keep": lambda gallery: gallery.save(result("new")),
    "tag": lambda gallery: gallery.tags.set([gallery.page(fill=False)[0].id], "new"),
    "note": lambda gallery: gallery.notes.set(gallery.page(fill=False)[0].id, "new"),
    "favourite": lambda gallery: gallery.favourites.set(gallery.page(fill=False)[0].id, True),
    "collection": lambda gallery: gallery.collections.create("New", [gallery.page(fill=False)[0].id]),
    "search": lambda gallery: gallery.searches.save("New", "new"),
    "source": lambda gallery: gallery.sources.add(gallery.pictures.parent / "outputs"),
    "rebuild": lambda gallery: gallery.rebuild(),
    "move": lambda gallery: list(gallery.move_library(gallery.pictures.parent / "new", lambda folder: None)),
    "copies": lambda gallery: list(copy_images(gallery.page(fill=False), gallery.pictures.parent / "out")),
    "zip": lambda gallery: list(write_archive(gallery.page(fill=False), gallery.pictures.parent / "all.zip")),
    "sheet": lambda gallery: list(write_contact_sheet(gallery.page(fill=False), gallery.pictures.parent / "all.png")),
}


@pytest.mark.parametrize("write", WRITES)
def test_refused_writes_raise_a_message_and_lose_nothing(gallery: Gallery, write: str) -> None:
    before = state(gallery)
    with full_disk(), pytest.raises(StorageError) as raised:
        WRITES[write](gallery)
    sentence = str(raised.value)
    assert sentence.endswith(".") and "\n" not in sentence and str(gallery.pictures.parent) in sentence
    assert state(gallery) == before
    WRITES[write](gallery)


def test_the_error_names_the_damaged_database(gallery: Gallery) -> None:
    gallery.close()
    sound = gallery.user_data_path.read_bytes()
    gallery.user_data_path.write_bytes(sound[:100] + b"\x55" * 3996 + sound[4096:])
    with full_disk(), pytest.raises(StorageError) as raised:
        gallery.tags.all()
    assert str(gallery.user_data_path) in str(raised.value) and "index" not in str(raised.value)
    assert [tag.name for tag in gallery.tags.all()] == ["best"], "mended as soon as there is room"


def test_reading_works_on_a_full_disk(gallery: Gallery) -> None:
    gallery.close()
    with full_disk():
        pictures = gallery.page("fox")
        assert len(pictures) == gallery.count() == 2
        assert all(small is not None for small in gallery.thumbnails.get(pictures, 16).values())
        assert gallery.get(pictures[0].id) == pictures[0] and len(gallery.trash.all()) == 1


def test_new_files_are_found_on_a_full_disk(gallery: Gallery, tmp_path: Path) -> None:
    save(result("a late fox", seed=9), gallery.pictures)
    # The second pass has no index at all.
    for path in (None, gallery.index_path):
        gallery.close()
        if path is not None:
            path.unlink()
        with full_disk():
            gallery.sync()
            assert gallery.count("fox") == 3 and gallery.count("is:favourite tag:best note:look") == 1
            with pytest.raises(StorageError, match="full|is too large for the disk"):
                gallery.tags.set([gallery.page()[0].id], "new")
        gallery.tags.set([gallery.page()[0].id], "new")
        assert gallery.count("tag:new") == 1, "there is room again"
        gallery.tags.set([gallery.page()[0].id], "new", False)


def test_images_are_shown_without_any_database(gallery: Gallery, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    other = Gallery(gallery.pictures, tmp_path / "empty", tmp_path / "empty")
    with full_disk():
        assert other.sync() > 0 and other.count("fox") == 2 and other.tags.all() == []
        for write in (
            lambda: other.favourites.set(other.page()[0].id, True),
            lambda: other.searches.save("New", "new"),
        ):
            with pytest.raises(StorageError, match="full|is too large for the disk"):
                write()
        assert other.count("is:favourite") == 0, "nothing is kept in what is gone with the program"
    other.close()


def test_a_delete_on_a_full_disk_loses_nothing(gallery: Gallery) -> None:
    """Restore all files after a delete without disk space.

    Renames need none, and the index follows at the next scan.
    """
    ids = {picture.id for picture in gallery.page()}
    with full_disk(), contextlib.suppress(StorageError):
        gallery.trash.delete(ids)
    gallery.sync()
    for undo in gallery.trash.all():
        gallery.trash.restore(undo)
    assert {picture.id for picture in gallery.page()} >= ids and gallery.count() == 3


VISITOR = """
import email.parser, os, sys
from pathlib import Path
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery
from gdm_studio.gallery import thumbnails
from gdm_studio.gallery.storage import library_move
from PIL import Image
from tests.helpers.library import result
Image.init()
base = Path(sys.argv[1])
gallery = Gallery(base / "pictures", base / "data", base / "cache")
made = result("new")
os.setuid(65534)
pictures = gallery.page()
assert len(pictures) == 2, pictures
assert all(small is not None for small in gallery.thumbnails.get(pictures, 8).values())
gallery.tags.set([pictures[0].id], "mine")
for write in (
    lambda: gallery.save(made),
    lambda: gallery.check_writable(),
    lambda: gallery.trash.delete([picture.id for picture in pictures]),
):
    try:
        write()
    except StorageError as error:
        print(error)
assert len(gallery.page("fox")) == 2 and len(gallery.page("tag:mine")) == 1 and gallery.sync() == 0
"""


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs to become another user")
def test_a_read_only_library_is_shown_and_not_changed() -> None:
    # The folder of temporary files may be closed to other users.
    base = Path(tempfile.mkdtemp(dir="/tmp"))
    try:
        base.chmod(0o755)
        gallery = Gallery(base / "pictures", base / "data", base / "cache")
        for seed in range(2):
            gallery.save(result("a fox", seed=seed))
        gallery.close()
        before = sorted(gallery.pictures.rglob("*"))
        for folder in (base / "data", base / "cache"):
            folder.chmod(0o777)
            for path in folder.rglob("*"):
                path.chmod(0o666)
        done = subprocess.run([sys.executable, "-c", VISITOR, str(base)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        said = done.stdout.splitlines()
        assert len(said) == 3
        assert all("permission is missing; choose another place or allow it" in line for line in said)
        assert sorted(gallery.pictures.rglob("*")) == before
    finally:
        shutil.rmtree(base)


def test_a_disconnected_drive_is_reported_and_found_again(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "disk" / "pictures", tmp_path / "data", tmp_path / "cache")
    first = gallery.save(result("a fox", seed=1, side=32))
    gallery.tags.set([first.id], "best")
    first = gallery.get(first.id)
    small = gallery.thumbnails.get([first], 32)[first.id]
    gallery.sync()
    shutil.move(tmp_path / "disk", tmp_path / "unplugged")
    for attempt in (gallery.sync, gallery.check_writable, lambda: gallery.save(result(seed=2))):
        with pytest.raises(StorageError, match="check that its disk is connected"):
            attempt()
    assert not gallery.is_outdated()
    assert gallery.page("tag:best") == [first] and (gallery.thumbnails.get([first], 32)[first.id] == small).all()
    with pytest.raises(StorageError, match="check that its disk is connected"):
        gallery.trash.delete([first.id])
    assert gallery.count() == 1 and gallery.trash.all() == []
    shutil.move(tmp_path / "unplugged", tmp_path / "disk")
    assert gallery.is_outdated(), "a window that looks now and then finds it again"
    assert gallery.sync() == 0 and gallery.page() == [first]
    gallery.save(result(seed=2))
    assert gallery.count() == 2
    gallery.close()
