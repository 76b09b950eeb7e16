"""Disks that take nothing more and folders that may not be written: a sentence with a remedy, and nothing is lost."""

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

from gdm_studio.errors import StorageError
from gdm_studio.gallery import Gallery, save
from gdm_studio.gallery.export import archive, copies, sheet
from tests.helpers.library import result

resource = pytest.importorskip("resource", reason="only Unix limits the size of files")


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    """Three pictures with steps, one of them marked in every way, one deleted; an imported folder."""
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    pictures = [gallery.keep(replace(result(f"a fox {seed}", seed=seed), steps=b"steps")) for seed in range(3)]
    gallery.tag([pictures[0].id], "best")
    gallery.note(pictures[0].id, "look")
    gallery.favourite(pictures[0].id, True)
    gallery.new_collection("Set", [pictures[0].id])
    gallery.save_search("Foxes", "fox")
    gallery.delete([pictures[2].id])
    (tmp_path / "outputs").mkdir()
    yield gallery
    gallery.close()


@contextlib.contextmanager
def full() -> Iterator[None]:
    """No file can grow: what a full disk is to a program, made by the system itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def state(gallery: Gallery) -> object:
    """All that people made and entered, as a new session finds it."""
    gallery.close()
    files = {str(path): path.read_bytes() for path in gallery.pictures.rglob("*") if path.is_file()}
    entered = gallery.tags(), gallery.saved_searches(), gallery.collections(), gallery.sources(), gallery.page()
    return files, entered, [(undo.count, len(undo.files())) for undo in gallery.held()]


WRITES: dict[str, Callable[[Gallery], object]] = {
    "keep": lambda gallery: gallery.keep(result("new")),
    "tag": lambda gallery: gallery.tag([gallery.page(fill=False)[0].id], "new"),
    "note": lambda gallery: gallery.note(gallery.page(fill=False)[0].id, "new"),
    "favourite": lambda gallery: gallery.favourite(gallery.page(fill=False)[0].id, True),
    "collection": lambda gallery: gallery.new_collection("New", [gallery.page(fill=False)[0].id]),
    "search": lambda gallery: gallery.save_search("New", "new"),
    "source": lambda gallery: gallery.add_source(gallery.pictures.parent / "outputs"),
    "rebuild": lambda gallery: gallery.rebuild(),
    "move": lambda gallery: list(gallery.moving(gallery.pictures.parent / "new", lambda folder: None)),
    "copies": lambda gallery: list(copies(gallery.page(fill=False), gallery.pictures.parent / "out")),
    "zip": lambda gallery: list(archive(gallery.page(fill=False), gallery.pictures.parent / "all.zip")),
    "sheet": lambda gallery: list(sheet(gallery.page(fill=False), gallery.pictures.parent / "all.png")),
}


@pytest.mark.parametrize("write", WRITES)
def test_where_nothing_can_be_written_a_sentence_says_so_and_nothing_is_lost(gallery: Gallery, write: str) -> None:
    before = state(gallery)
    with full(), pytest.raises(StorageError) as raised:
        WRITES[write](gallery)
    sentence = str(raised.value)
    assert sentence.endswith(".") and "\n" not in sentence and str(gallery.pictures.parent) in sentence
    assert state(gallery) == before
    WRITES[write](gallery)


def test_of_the_two_databases_the_one_is_named_that_cannot_be_used(gallery: Gallery) -> None:
    gallery.close()
    sound = gallery.favourites_path.read_bytes()
    gallery.favourites_path.write_bytes(sound[:100] + b"\x55" * 3996 + sound[4096:])
    with full(), pytest.raises(StorageError) as raised:
        gallery.tags()
    assert str(gallery.favourites_path) in str(raised.value) and "index" not in str(raised.value)
    assert [tag.name for tag in gallery.tags()] == ["best"], "mended as soon as there is room"


def test_reading_goes_on_where_nothing_can_be_written(gallery: Gallery) -> None:
    gallery.close()
    with full():
        pictures = gallery.page("fox")
        assert len(pictures) == gallery.count() == 2
        assert all(small is not None for small in gallery.thumbnails(pictures, 16).values())
        assert gallery.get(pictures[0].id) == pictures[0] and len(gallery.held()) == 1


def test_what_came_meanwhile_is_found_where_nothing_can_be_written(gallery: Gallery, tmp_path: Path) -> None:
    save(result("a late fox", seed=9), gallery.pictures)
    for path in (None, gallery.index_path):  # and where there is no index at all
        gallery.close()
        if path is not None:
            path.unlink()
        with full():
            gallery.sync()
            assert gallery.count("fox") == 3 and gallery.count("is:favourite tag:best note:look") == 1
            with pytest.raises(StorageError, match="full|takes no file as large"):
                gallery.tag([gallery.page()[0].id], "new")
        gallery.tag([gallery.page()[0].id], "new")
        assert gallery.count("tag:new") == 1, "there is room again"
        gallery.tag([gallery.page()[0].id], "new", False)


def test_where_nothing_was_ever_written_the_pictures_are_shown(gallery: Gallery, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    other = Gallery(gallery.pictures, tmp_path / "empty", tmp_path / "empty")
    with full():
        assert other.sync() > 0 and other.count("fox") == 2 and other.tags() == []
        for write in (lambda: other.favourite(other.page()[0].id, True), lambda: other.save_search("New", "new")):
            with pytest.raises(StorageError, match="full|takes no file as large"):
                write()
        assert other.count("is:favourite") == 0, "nothing is kept in what is gone with the program"
    other.close()


def test_a_delete_that_the_index_cannot_follow_loses_nothing(gallery: Gallery) -> None:
    """Files are renamed, which needs no room; the index hears of it at the next look."""
    ids = {picture.id for picture in gallery.page()}
    with full(), contextlib.suppress(StorageError):
        gallery.delete(ids)
    gallery.sync()
    for undo in gallery.held():
        gallery.restore(undo)
    assert {picture.id for picture in gallery.page()} >= ids and gallery.count() == 3


VISITOR = """
import email.parser, os, sys
from pathlib import Path
from gdm_studio.errors import StorageError
from gdm_studio.gallery import Gallery
from gdm_studio.gallery import thumbnails, moving
from PIL import Image
from tests.helpers.library import result
Image.init()
base = Path(sys.argv[1])
gallery = Gallery(base / "pictures", base / "data", base / "cache")
made = result("new")
os.setuid(65534)
pictures = gallery.page()
assert len(pictures) == 2, pictures
assert all(small is not None for small in gallery.thumbnails(pictures, 8).values())
gallery.tag([pictures[0].id], "mine")
for write in (
    lambda: gallery.keep(made),
    lambda: gallery.check_writable(),
    lambda: gallery.delete([picture.id for picture in pictures]),
):
    try:
        write()
    except StorageError as error:
        print(error)
assert len(gallery.page("fox")) == 2 and len(gallery.page("tag:mine")) == 1 and gallery.sync() == 0
"""


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="needs to become another user")
def test_a_library_that_may_only_be_read_is_shown_and_left_alone() -> None:
    base = Path(tempfile.mkdtemp())
    try:
        base.chmod(0o755)
        gallery = Gallery(base / "pictures", base / "data", base / "cache")
        for seed in range(2):
            gallery.keep(result("a fox", seed=seed))
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


def test_a_drive_that_vanishes_is_missed_and_welcomed_back(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "disk" / "pictures", tmp_path / "data", tmp_path / "cache")
    first = gallery.keep(result("a fox", seed=1, side=32))
    gallery.tag([first.id], "best")
    first = gallery.get(first.id)
    small = gallery.thumbnails([first], 32)[first.id]
    gallery.sync()
    shutil.move(tmp_path / "disk", tmp_path / "unplugged")
    for attempt in (gallery.sync, gallery.check_writable, lambda: gallery.keep(result(seed=2))):
        with pytest.raises(StorageError, match="check that its disk is connected"):
            attempt()
    assert not gallery.is_outdated()
    assert gallery.page("tag:best") == [first] and (gallery.thumbnails([first], 32)[first.id] == small).all()
    with pytest.raises(StorageError, match="check that its disk is connected"):
        gallery.delete([first.id])
    assert gallery.count() == 1 and gallery.held() == []
    shutil.move(tmp_path / "unplugged", tmp_path / "disk")
    assert gallery.is_outdated(), "a window that looks now and then finds it again"
    assert gallery.sync() == 0 and gallery.page() == [first]
    gallery.keep(result(seed=2))
    assert gallery.count() == 2
    gallery.close()
