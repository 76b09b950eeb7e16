"""Imported folders: shown where they are, never written to, and found again when they return."""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery
from gdm_studio.gallery.export import image_facts
from gdm_studio.gallery.imported_folders import Source
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.gallery.image_details import facts_of
from tests.helpers.library import result


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    yield gallery
    gallery.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Create a folder of another tool with three images, one of them in a subfolder, and a photo without settings."""
    folder = tmp_path / "webui" / "outputs"
    (folder / "txt2img").mkdir(parents=True)
    write_a1111_file(folder / "a cat.png", seed=1)
    write_a1111_file(folder / "a dog.png", seed=2)
    write_a1111_file(folder / "txt2img" / "a cow.png", seed=3)
    Image.new("RGB", (8, 8)).save(folder / "holiday.jpg")
    return folder


def write_a1111_file(path: Path, *, seed: int, side: int = 8) -> None:
    """Write a file as AUTOMATIC1111 does, with the file's name as the prompt."""
    info = PngInfo()
    info.add_text("parameters", f"{path.stem}\nSteps: 12, Sampler: Euler a, Seed: {seed}, Size: 8x8, Version: v1.10.1")
    Image.new("RGB", (side, side), (seed, 0, 0)).save(path, pnginfo=info)


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {str(path): (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*") if path.is_file()}


def prompts(gallery: Gallery, query: str = "") -> set[str]:
    return {picture.request.prompt or picture.path.stem for picture in gallery.page(query)}


ALL = {"a cat", "a dog", "a cow", "holiday"}


def test_imported_images_are_shown_without_writing_to_their_folder(gallery: Gallery, folder: Path) -> None:
    before = contents(folder)
    own = gallery.save(result("a fox"))
    gallery.sources.add(folder)
    gallery.sync()
    assert prompts(gallery, "is:imported") == ALL and prompts(gallery, "-is:imported") == {"a fox"}
    assert prompts(gallery, "in:txt2img") == {"a cow"} and prompts(gallery, f'in:"{folder}"') == ALL
    (cow,) = gallery.page("cow")
    assert cow.source == str(folder) and cow.path == folder / "txt2img" / "a cow.png" and cow.tool == "AUTOMATIC1111"
    assert gallery.get(own.id).source == ""
    (source,) = gallery.sources.all()
    assert (source.folder, source.pictures, source.plain, source.copies, source.is_there) == (folder, 4, 1, 0, True)
    gallery.favourites.set(cow.id, True)
    gallery.tags.set([cow.id], "beasts")
    gallery.notes.set(cow.id, "black and white")
    gallery.thumbnails.get(gallery.page(), 64)
    gallery.trash.delete([cow.id])
    gallery.rebuild()
    assert contents(folder) == before


def test_an_image_that_names_no_model_is_of_none(gallery: Gallery, tmp_path: Path) -> None:
    folder = tmp_path / "without"
    folder.mkdir()
    for name, model in (("a cow", ""), ("an owl", ", Model: dream")):
        chunks = PngInfo()
        chunks.add_text("parameters", f"{name}\nSteps: 5, Sampler: Euler, CFG scale: 2, Seed: 1{model}")
        Image.new("RGB", (8, 8)).save(folder / f"{name}.png", pnginfo=chunks)
    own = gallery.save(result("a fox"))
    gallery.sources.add(folder)
    gallery.sync()
    models = {picture.request.prompt: picture.model for picture in gallery.page()}
    assert models == {"a cow": "", "an owl": "dream", "a fox": own.model}
    default = Request().model
    assert prompts(gallery, f"model:{default}") == ({"a fox"} if own.model == default else set())
    assert prompts(gallery, default) == prompts(gallery, f"model:{default}")
    assert prompts(gallery, "model:dream") == {"an owl"}
    (cow,) = gallery.page("cow")
    assert "Model" not in dict(facts_of(cow)) and image_facts(cow)["model"] == ""
    assert cow.request.model == default, "with which its settings are used"


def test_unreadable_files_are_counted_and_images_without_settings_shown(gallery: Gallery, folder: Path) -> None:
    for suffix in ("png", "jpg", "webp"):
        whole = folder / f"whole.{suffix}"
        image = Image.effect_noise((64, 64), 64).convert("RGB")
        thumbnail = io.BytesIO()
        image.resize((8, 8)).save(thumbnail, "JPEG")
        # The thumbnail of a photo is a whole image, even if the photo is cut.
        image.save(whole, exif=b"Exif\0\0" + thumbnail.getvalue())
        data = whole.read_bytes()
        (folder / f"cut.{suffix}").write_bytes(data[: len(data) // 2])
        # Some cameras append a video to a photo.
        (folder / f"video.{suffix}").write_bytes(data + bytes(100_000))
    (folder / "letter.png").write_text("Not an image.")
    gallery.sources.add(folder)
    gallery.sync()
    (source,) = gallery.sources.all()
    assert (source.pictures, source.plain, source.copies, source.unreadable) == (10, 7, 0, 4)
    shutil.copy2(folder / "whole.png", folder / "cut.png")
    gallery.sync()
    (source,) = gallery.sources.all()
    assert (source.pictures, source.copies, source.unreadable) == (10, 1, 3), "it is a copy of another file now"


def test_pictures_of_other_formats_are_counted_in_imported_folders_only(gallery: Gallery, folder: Path) -> None:
    (source,) = _import_and_list(gallery, folder)
    gallery.pictures.mkdir(parents=True, exist_ok=True)
    for place in (folder, gallery.pictures):
        Image.new("RGB", (8, 8)).save(place / "targa.tga")
        (place / "photo.jxl").write_bytes(b"\xff\x0a" + bytes(40))
    (after,) = _import_and_list(gallery, folder)
    assert (after.pictures, after.unreadable) == (source.pictures, source.unreadable + 2)
    assert gallery.sources.unreadable(folder, limit=9) == ["photo.jxl", "targa.tga"]


def _import_and_list(gallery: Gallery, folder: Path) -> list[Source]:
    gallery.sources.add(folder)
    gallery.sync()
    return gallery.sources.all()


def test_a_copied_file_of_another_program_is_imported(gallery: Gallery, folder: Path) -> None:
    own = gallery.save(result("a fox"))
    file = next(folder.glob("*.png"))
    copied = gallery.pictures / "copied.png"
    assert gallery.find_copy(file) is None and gallery.find_copy(own.path).id == own.id
    shutil.copy2(file, copied)
    gallery.sync()
    (imported,) = gallery.page("is:imported")
    assert imported.path == copied and gallery.find_copy(file) == imported
    # It still has the id of the original.
    Image.open(own.path).transpose(Image.Transpose.ROTATE_180).save(folder / "edited.png")
    assert gallery.find_copy(folder / "edited.png") is None


def test_an_incomplete_copy_of_an_own_image_is_unreadable_and_not_an_edited_version(
    gallery: Gallery, folder: Path
) -> None:
    own = gallery.save(result("a fox", side=64))
    data = own.path.read_bytes()
    (folder / "cut.png").write_bytes(data[: len(data) - 40])
    gallery.sources.add(folder)
    gallery.sync()
    (source,) = gallery.sources.all()
    assert (source.pictures, source.plain, source.unreadable) == (4, 1, 1) and gallery.count("is:edited") == 0
    assert gallery.sources.unreadable(folder, limit=3) == ["cut.png"]


def test_a_folder_lists_and_counts_the_same_images(gallery: Gallery, folder: Path) -> None:
    own = gallery.save(result("a fox"))
    shutil.copy2(own.path, folder / "copy.png")
    gallery.sources.add(folder)
    gallery.sync()

    def listed() -> set[str]:
        (source,) = gallery.sources.all()
        found = prompts(gallery, f'in:"{folder}"')
        assert source.pictures == gallery.count(f'in:"{folder}"') == len(found) and source.plain == 1
        assert source.pictures - source.in_library == gallery.count("is:imported")
        return found

    assert listed() == ALL | {"a fox"} and gallery.count() == 5 and prompts(gallery, f'-in:"{folder}"') == set()
    assert prompts(gallery, "is:imported") == ALL and gallery.get(own.id).path == own.path
    (cow,) = gallery.page("cow")
    gallery.trash.delete([cow.id])
    assert listed() == ALL - {"a cow"} | {"a fox"}
    (folder / "copy.png").unlink()
    gallery.sync()
    assert listed() == ALL - {"a cow"} and gallery.get(own.id).path == own.path


def test_a_deleted_imported_image_stays_on_disk_and_can_be_restored(gallery: Gallery, folder: Path) -> None:
    gallery.sources.add(folder)
    (cow,) = gallery.page("cow")
    own = gallery.save(result("a fox"))
    undo = gallery.trash.delete([cow.id, own.id])
    for _ in range(2):
        gallery.sync()
        assert prompts(gallery) == ALL - {"a cow"} and cow.path.exists()
        gallery.rebuild()
    gallery.close()
    (held,) = gallery.trash.all()
    assert held.count == 2 and held.folder == undo.folder
    gallery.trash.restore(held)
    assert prompts(gallery) == ALL | {"a fox"} and gallery.trash.all() == []
    gallery.sync()
    assert prompts(gallery) == ALL | {"a fox"}


def test_removing_a_folder_keeps_the_user_data_of_its_images(gallery: Gallery, folder: Path) -> None:
    gallery.sources.add(folder)
    (cow,) = gallery.page("cow")
    gallery.tags.set([cow.id], "beasts")
    gallery.sources.remove(folder)
    assert prompts(gallery) == set() and gallery.sources.all() == [] and gallery.tags.all()[0].count == 0
    gallery.sources.add(folder)
    gallery.sync()
    assert prompts(gallery, "tag:beasts") == {"a cow"}


def test_images_on_a_missing_drive_stay_listed(gallery: Gallery, folder: Path, tmp_path: Path) -> None:
    gallery.save(result("a fox"))
    gallery.sources.add(folder)
    gallery.sync()
    shutil.move(folder.parent, tmp_path / "unplugged")
    gallery.save(result("an owl"))
    gallery.sync()
    assert prompts(gallery) == ALL | {"a fox", "an owl"} and not gallery.sources.all()[0].is_there
    shutil.move(tmp_path / "unplugged", folder.parent)
    write_a1111_file(folder / "a hen.png", seed=9)
    gallery.sync()
    assert prompts(gallery) == ALL | {"a fox", "an owl", "a hen"} and gallery.sources.all()[0].is_there


def test_images_below_an_empty_mount_point_stay_listed(
    gallery: Gallery, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery.save(result("a fox"))
    gallery.sources.add(folder)
    gallery.sync()
    for root in (folder, gallery.pictures):
        root.rename(root.with_name("real"))
        root.mkdir()
        with monkeypatch.context() as patched:
            # Report another disk for the mount point, as when its disk is not mounted.
            patched.setattr(
                "gdm_studio.gallery.scanner._read_device", lambda path, root=root: 99 if path == root else 1
            )
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


@pytest.mark.parametrize("looked", [False, True])
def test_the_disk_of_the_library_is_recorded_at_the_first_save(
    gallery: Gallery, looked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is recorded also if the folder did not exist at the last scan."""
    if looked:
        gallery.sync()
    gallery.save(result("a fox"))
    gallery.pictures.rename(gallery.pictures.with_name("real"))
    gallery.pictures.mkdir()
    with monkeypatch.context() as patched:
        patched.setattr("gdm_studio.gallery.scanner._read_device", lambda path: 99)
        with pytest.raises(StorageError, match="check that its disk is connected"):
            gallery.sync()
    assert prompts(gallery) == {"a fox"}


def test_deleting_restoring_and_moving_are_refused_below_an_empty_mount_point(
    gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (gallery.save(result(prompt, seed=seed)) for seed, prompt in enumerate(("a fox", "an owl")))
    undo = gallery.trash.delete([second.id])
    gallery.pictures.rename(gallery.pictures.with_name("real"))
    gallery.pictures.mkdir()
    with monkeypatch.context() as patched:
        patched.setattr("gdm_studio.gallery.scanner._read_device", lambda path: 99)
        for deed in (
            lambda: gallery.trash.delete([first.id]),
            lambda: gallery.trash.restore(undo),
            lambda: gallery.trash.restore_one(undo, undo.files()[0]),
            lambda: list(gallery.move_library(tmp_path / "elsewhere", lambda folder: None)),
        ):
            with pytest.raises(StorageError, match="check that its disk is connected"):
                deed()
    assert not list(gallery.pictures.iterdir()) and prompts(gallery) == {"a fox"}
    gallery.pictures.rmdir()
    gallery.pictures.with_name("real").rename(gallery.pictures)
    gallery.trash.restore(undo)
    gallery.sync()
    assert prompts(gallery) == {"a fox", "an owl"}


def test_a_drive_that_is_disconnected_during_a_scan_is_reported(gallery: Gallery, tmp_path: Path) -> None:
    """Otherwise the disk of the mount point would be recorded as the library's, and its empty folder would later count
    as an emptied library.
    """
    gallery.save(result("a fox"))
    steps = gallery.sync_in_steps()
    next(steps)
    gallery.pictures.rename(tmp_path / "away")
    with pytest.raises(StorageError, match="check that its disk is connected"):
        list(steps)
    assert prompts(gallery) == {"a fox"}
    (tmp_path / "away").rename(gallery.pictures)
    gallery.sync()
    assert prompts(gallery) == {"a fox"}


def test_images_of_an_emptied_folder_are_removed(gallery: Gallery, folder: Path) -> None:
    gallery.sources.add(folder)
    gallery.sync()
    shutil.rmtree(folder)
    folder.mkdir()
    gallery.sync()
    assert prompts(gallery) == set()


def test_user_data_survives_moving_and_editing_by_other_programs(gallery: Gallery, folder: Path) -> None:
    gallery.sources.add(folder)
    (cat,) = gallery.page("cat")
    gallery.favourites.set(cat.id, True)
    gallery.tags.set([cat.id], "beasts")
    gallery.notes.set(cat.id, "look")
    gallery.collections.create("Set", [cat.id])
    cat.path.rename(folder / "txt2img" / "renamed.png")
    gallery.sync()
    (moved,) = gallery.page("is:favourite tag:beasts collection:Set look")
    assert moved.id == cat.id and moved.path == folder / "txt2img" / "renamed.png"
    # The settings are equal and the pixels differ, as after cropping in another program.
    write_a1111_file(folder / "a cat.png", seed=1, side=4)
    (folder / "a cat.png").replace(moved.path)
    gallery.sync()
    (edited,) = gallery.page("is:favourite tag:beasts collection:Set look")
    assert edited.size == (4, 4) and edited.id != cat.id
    write_a1111_file(folder / "another.png", seed=77)
    (folder / "another.png").replace(moved.path)
    gallery.sync()
    assert prompts(gallery, "is:favourite") == set(), "another picture in its place is not the one that was marked"


def test_images_in_an_unreadable_folder_stay_listed(
    gallery: Gallery, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gallery.sources.add(folder)
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


def test_an_unreadable_folder_does_not_affect_its_neighbours(
    gallery: Gallery, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = [folder / "txt2img-grids", folder / "txt", gallery.pictures / "one-more", gallery.pictures / "on"]
    closed = [folder / "txt2img", gallery.pictures / "one"]
    for place in (*beside, *closed):
        place.mkdir(parents=True, exist_ok=True)
        write_a1111_file(place / f"in {place.name}.png", seed=7)
    gallery.sources.add(folder)
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
    gallery.save(result())
    (gallery.pictures / "sub").mkdir()
    for inside in (gallery.pictures, gallery.pictures / "sub"):
        with pytest.raises(StorageError, match="belongs to the library already"):
            gallery.sources.add(inside)
    with pytest.raises(StorageError, match="is not there"):
        gallery.sources.add(tmp_path / "nowhere")
    with pytest.raises(StorageError, match="is a file, not a folder"):
        gallery.sources.add(folder / "a cat.png")
    assert gallery.sources.all() == []


def test_nested_folders_show_each_image_once(gallery: Gallery, folder: Path) -> None:
    own = gallery.save(result("a fox"))
    for around in (folder, folder.parent, gallery.pictures.parent):
        gallery.sources.add(around)
        gallery.sync()
    assert prompts(gallery) == ALL | {"a fox"} and gallery.count() == 5
    assert gallery.get(own.id).source == ""
    gallery.sources.remove(folder)
    gallery.sync()
    assert prompts(gallery) == ALL | {"a fox"}, "they are still in the folder around it"


def test_outdated_folders_are_detected_quickly(gallery: Gallery, folder: Path) -> None:
    gallery.save(result())
    gallery.sources.add(folder)
    gallery.sync()
    assert not gallery.is_outdated()
    gallery.save(result(seed=2))
    assert not gallery.is_outdated(), "its own pictures are no news"
    write_a1111_file(folder / "txt2img" / "new.png", seed=8)
    assert gallery.is_outdated()
    gallery.sync()
    assert not gallery.is_outdated() and prompts(gallery, "new") == {"new"}
