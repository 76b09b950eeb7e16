"""Imported folders: shown where they are, never written to, found again whatever becomes of them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio.errors import StorageError
from gdm_studio.gallery import Gallery
from tests.helpers.library import result


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    yield gallery
    gallery.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures of another tool, one of them in a folder inside, and a photo that says nothing."""
    folder = tmp_path / "webui" / "outputs"
    (folder / "txt2img").mkdir(parents=True)
    foreign(folder / "a cat.png", seed=1)
    foreign(folder / "a dog.png", seed=2)
    foreign(folder / "txt2img" / "a cow.png", seed=3)
    Image.new("RGB", (8, 8)).save(folder / "holiday.jpg")
    return folder


def foreign(path: Path, *, seed: int, side: int = 8) -> None:
    """A file as AUTOMATIC1111 writes it, its prompt the file's name."""
    info = PngInfo()
    info.add_text("parameters", f"{path.stem}\nSteps: 12, Sampler: Euler a, Seed: {seed}, Size: 8x8, Version: v1.10.1")
    Image.new("RGB", (side, side), (seed, 0, 0)).save(path, pnginfo=info)


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def prompts(gallery: Gallery, query: str = "") -> set[str]:
    return {picture.request.prompt for picture in gallery.page(query)}


ALL = {"a cat", "a dog", "a cow"}


def test_pictures_are_shown_where_they_are_and_nothing_is_written_there(gallery: Gallery, folder: Path) -> None:
    before = contents(folder)
    own = gallery.keep(result("a fox"))
    gallery.add_source(folder)
    gallery.sync()
    assert prompts(gallery, "is:imported") == ALL and prompts(gallery, "-is:imported") == {"a fox"}
    assert prompts(gallery, "in:txt2img") == {"a cow"} and prompts(gallery, f'in:"{folder}"') == ALL
    (cow,) = gallery.page("cow")
    assert cow.source == str(folder) and cow.path == folder / "txt2img" / "a cow.png" and cow.tool == "AUTOMATIC1111"
    assert gallery.get(own.id).source == ""
    (source,) = gallery.sources()
    assert (source.folder, source.pictures, source.others, source.is_there) == (folder, 3, 1, True)
    gallery.favourite(cow.id, True)
    gallery.tag([cow.id], "beasts")
    gallery.note(cow.id, "black and white")
    gallery.thumbnails(gallery.page(), 64)
    gallery.delete([cow.id])
    gallery.rebuild()
    assert contents(folder) == before


def test_a_deleted_one_stays_on_disk_and_comes_back(gallery: Gallery, folder: Path) -> None:
    gallery.add_source(folder)
    (cow,) = gallery.page("cow")
    own = gallery.keep(result("a fox"))
    undo = gallery.delete([cow.id, own.id])
    for _ in range(2):
        gallery.sync()
        assert prompts(gallery) == ALL - {"a cow"} and cow.path.exists()
        gallery.rebuild()
    gallery.close()
    (held,) = gallery.held()
    assert held.count == 2 and held.folder == undo.folder
    gallery.restore(held)
    assert prompts(gallery) == ALL | {"a fox"} and gallery.held() == []
    gallery.sync()
    assert prompts(gallery) == ALL | {"a fox"}


def test_removing_a_folder_forgets_its_pictures_and_not_what_was_added(gallery: Gallery, folder: Path) -> None:
    gallery.add_source(folder)
    (cow,) = gallery.page("cow")
    gallery.tag([cow.id], "beasts")
    gallery.remove_source(folder)
    assert prompts(gallery) == set() and gallery.sources() == [] and gallery.tags()[0].count == 0
    gallery.add_source(folder)
    gallery.sync()
    assert prompts(gallery, "tag:beasts") == {"a cow"}


def test_a_drive_that_is_away_takes_nothing_along(gallery: Gallery, folder: Path, tmp_path: Path) -> None:
    gallery.keep(result("a fox"))
    gallery.add_source(folder)
    gallery.sync()
    shutil.move(folder.parent, tmp_path / "unplugged")
    gallery.keep(result("an owl"))
    gallery.sync()
    assert prompts(gallery) == ALL | {"a fox", "an owl"} and not gallery.sources()[0].is_there
    shutil.move(tmp_path / "unplugged", folder.parent)
    foreign(folder / "a hen.png", seed=9)
    gallery.sync()
    assert prompts(gallery) == ALL | {"a fox", "an owl", "a hen"} and gallery.sources()[0].is_there


def test_a_mount_point_without_its_disk_takes_nothing_along(
    gallery: Gallery, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery.keep(result("a fox"))
    gallery.add_source(folder)
    gallery.sync()
    for root in (folder, gallery.pictures):
        root.rename(root.with_name("real"))
        root.mkdir()
        with monkeypatch.context() as patched:
            # another disk's number, as that of the folder a disk is mounted on
            patched.setattr("gdm_studio.gallery.scanning._device", lambda path, root=root: 99 if path == root else 1)
            if root == gallery.pictures:
                with pytest.raises(StorageError, match="check that its disk is connected"):
                    gallery.sync()
            else:
                gallery.sync()
        assert prompts(gallery) == ALL | {"a fox"}
        root.rmdir()
        root.with_name("real").rename(root)
    gallery.sync()
    assert prompts(gallery) == ALL | {"a fox"}


def test_a_folder_that_was_emptied_is_empty(gallery: Gallery, folder: Path) -> None:
    gallery.add_source(folder)
    gallery.sync()
    shutil.rmtree(folder)
    folder.mkdir()
    gallery.sync()
    assert prompts(gallery) == set()


def test_what_is_moved_or_edited_by_others_keeps_what_was_added(gallery: Gallery, folder: Path) -> None:
    gallery.add_source(folder)
    (cat,) = gallery.page("cat")
    gallery.favourite(cat.id, True)
    gallery.tag([cat.id], "beasts")
    gallery.note(cat.id, "look")
    gallery.new_collection("Set", [cat.id])
    cat.path.rename(folder / "txt2img" / "renamed.png")
    gallery.sync()
    (moved,) = gallery.page("is:favourite tag:beasts collection:Set look")
    assert moved.id == cat.id and moved.path == folder / "txt2img" / "renamed.png"
    foreign(folder / "a cat.png", seed=1, side=4)  # the same settings, other pixels: cut by another program
    (folder / "a cat.png").replace(moved.path)
    gallery.sync()
    (edited,) = gallery.page("is:favourite tag:beasts collection:Set look")
    assert edited.size == (4, 4) and edited.id != cat.id
    foreign(folder / "another.png", seed=77)
    (folder / "another.png").replace(moved.path)
    gallery.sync()
    assert prompts(gallery, "is:favourite") == set(), "another picture in its place is not the one that was marked"


def test_a_folder_that_may_not_be_read_is_not_empty(
    gallery: Gallery, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery.add_source(folder)
    gallery.sync()
    scandir = os.scandir

    def refused(path: Path) -> object:
        if path == folder / "txt2img":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    (folder / "txt2img" / "a cow.png").rename(folder / "out of sight")
    monkeypatch.setattr(os, "scandir", refused)
    gallery.sync()
    assert prompts(gallery) == ALL
    monkeypatch.undo()
    gallery.sync()
    assert prompts(gallery) == ALL - {"a cow"}


def test_a_folder_that_may_not_be_read_says_nothing_of_its_neighbours(
    gallery: Gallery, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = [folder / "txt2img-grids", folder / "txt", gallery.pictures / "one-more", gallery.pictures / "on"]
    closed = [folder / "txt2img", gallery.pictures / "one"]
    for place in (*beside, *closed):
        place.mkdir(parents=True, exist_ok=True)
        foreign(place / f"in {place.name}.png", seed=7)
    gallery.add_source(folder)
    gallery.sync()
    everything = prompts(gallery)
    scandir = os.scandir

    def refused(path: Path) -> object:
        if path in closed:
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    for place in (*beside, *closed):
        (place / f"in {place.name}.png").unlink()
    monkeypatch.setattr(os, "scandir", refused)
    gallery.sync()
    assert prompts(gallery) == everything - {f"in {place.name}" for place in beside}


def test_only_folders_outside_the_library_can_be_imported(gallery: Gallery, folder: Path, tmp_path: Path) -> None:
    gallery.keep(result())
    (gallery.pictures / "sub").mkdir()
    for inside in (gallery.pictures, gallery.pictures / "sub"):
        with pytest.raises(StorageError, match="belongs to the library already"):
            gallery.add_source(inside)
    with pytest.raises(StorageError, match="is not there"):
        gallery.add_source(tmp_path / "nowhere")
    with pytest.raises(StorageError, match="is a file, not a folder"):
        gallery.add_source(folder / "a cat.png")
    assert gallery.sources() == []


def test_folders_around_each_other_show_each_picture_once(gallery: Gallery, folder: Path) -> None:
    own = gallery.keep(result("a fox"))
    for around in (folder, folder.parent, gallery.pictures.parent):
        gallery.add_source(around)
        gallery.sync()
    assert prompts(gallery) == ALL | {"a fox"} and gallery.count() == 4
    assert gallery.get(own.id).source == ""
    gallery.remove_source(folder)
    gallery.sync()
    assert prompts(gallery) == ALL | {"a fox"}, "they are still in the folder around it"


def test_changes_are_noticed_by_a_glance(gallery: Gallery, folder: Path) -> None:
    gallery.keep(result())
    gallery.add_source(folder)
    gallery.sync()
    assert not gallery.is_outdated()
    gallery.keep(result(seed=2))
    assert not gallery.is_outdated(), "its own pictures are no news"
    foreign(folder / "txt2img" / "new.png", seed=8)
    assert gallery.is_outdated()
    gallery.sync()
    assert not gallery.is_outdated() and prompts(gallery, "new") == {"new"}
