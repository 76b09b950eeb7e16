"""Files with the same image id: copies, or images edited by another program."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from gdm_studio.gallery import Gallery, database, id_conflicts
from gdm_studio.gallery.export import write_archive
from gdm_studio.gallery.folder_scan import read_file, stamp_of
from gdm_studio.gallery.index import Index
from gdm_studio.gallery.scanner import resolve_copies
from gdm_studio.ui.denoising_steps.image_ancestry import build_family_tree
from tests.helpers.library import result

Change = Callable[[Image.Image], Image.Image]


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    yield gallery
    gallery.close()


def edit(source: Path, target: Path, change: Change = ImageOps.mirror, **options: int) -> Path:
    """Save a changed version with the same text chunks, as most editors do, a minute after the original."""
    info = PngInfo()
    with Image.open(source) as image:
        for keyword, value in image.text.items():
            info.add_text(keyword, value)
        changed = change(image)
    moment = source.stat().st_mtime_ns + 60 * 10**9
    target.parent.mkdir(exist_ok=True)
    changed.save(target, pnginfo=info, **options)
    os.utime(target, ns=(moment, moment))
    return target


def recompress(source: Path, target: Path) -> Path:
    """Save the same pixels in other bytes."""
    edit(source, target, lambda image: image.copy(), compress_level=0)
    assert target.read_bytes() != source.read_bytes()
    return target


def forget_index(gallery: Gallery) -> None:
    gallery.close()
    gallery.index_path.unlink()


def visible_names(gallery: Gallery, query: str = "") -> set[str]:
    return {picture.path.name for picture in gallery.page(query)}


def changed_pixel(number: int) -> Change:
    """Return a change of a single pixel."""

    def change(image: Image.Image) -> Image.Image:
        changed = image.copy()
        changed.putpixel((number % image.width, number // image.width), (0, 0, 0, 1))
        return changed

    return change


def ids(gallery: Gallery, query: str = "") -> set[str]:
    return {picture.id for picture in gallery.page(query)}


def mover_to(folder: Path) -> Callable[[Path], object]:
    folder.mkdir(exist_ok=True)
    return lambda path: path.rename(folder / path.name)


def png_names(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*.png")}


def test_an_edited_file_becomes_a_separate_image(gallery: Gallery) -> None:
    fox = gallery.save(result("a fox"))
    retouched = edit(fox.path, gallery.pictures / "my hour of retouching.png")
    gallery.sync()
    (own,) = gallery.page("is:edited")
    assert visible_names(gallery) == {fox.path.name, retouched.name}
    assert own.path == retouched and own.id != fox.id and own.edited_from == fox.id
    assert own.request == fox.request and not fox.edited_from
    assert gallery.get(fox.id) == fox
    gallery.rebuild()
    assert gallery.get(own.id) == own and gallery.get(fox.id) == fox
    forget_index(gallery)
    assert gallery.get(own.id) == own and gallery.get(fox.id) == fox
    assert gallery.sync() == 0


@pytest.mark.parametrize("again", [None, Gallery.rebuild, forget_index])
def test_deleting_an_image_leaves_its_edited_version(gallery: Gallery, again: Callable[[Gallery], object]) -> None:
    fox = gallery.save(replace(result("a fox"), steps=b"steps"))
    retouched = edit(fox.path, gallery.pictures / "retouched.png")
    content = retouched.read_bytes()
    shutil.copy2(fox.path, gallery.pictures / "copy.png")
    recompress(fox.path, gallery.pictures / "recompressed.png")
    gallery.sync()
    (own,) = gallery.page("is:edited")
    assert (
        gallery.count() == 2 and gallery.trash.count_files([fox.id]) == 3 and gallery.trash.count_files([own.id]) == 1
    )
    gallery.tags.set([own.id], "mine")
    undo = gallery.trash.delete([fox.id])
    assert len(undo.files()) == 3
    if again:
        again(gallery)
    assert ids(gallery) == ids(gallery, "tag:mine") == {own.id} and retouched.read_bytes() == content
    assert gallery.get(fox.id) is None and gallery.saved_ids({fox.id}) == {fox.id}
    assert gallery.trash.restore(undo) == 1
    assert gallery.count() == 2 and gallery.page("tag:mine")[0].id == own.id
    assert gallery.steps.path(fox.id).read_bytes() == b"steps" and not gallery.steps.path(own.id).exists()


def test_deleting_the_edited_version_leaves_the_original(gallery: Gallery) -> None:
    fox = gallery.save(replace(result("a fox"), steps=b"steps"))
    edit(fox.path, gallery.pictures / "retouched.png")
    gallery.sync()
    (own,) = gallery.page("is:edited")
    undo = gallery.trash.delete([own.id])
    assert gallery.page() == [fox] and gallery.steps.path(fox.id).exists()
    forget_index(gallery)
    assert gallery.trash.restore_one(undo, undo.files()[0]).id == own.id
    assert visible_names(gallery) == {fox.path.name, "retouched.png"}


def test_images_deleted_together_are_restored_each_with_its_own_steps(gallery: Gallery) -> None:
    fox = gallery.save(replace(result("a fox"), steps=b"steps"))
    edit(fox.path, gallery.pictures / "retouched.png")
    gallery.sync()
    (own,) = gallery.page("is:edited")
    undo = gallery.trash.delete([own.id, fox.id])
    edited, original = sorted(undo.files(), key=lambda path: path.name != "retouched.png")
    assert gallery.trash.restore_one(undo, edited).id == own.id and not gallery.steps.path(fox.id).exists()
    assert gallery.trash.restore_one(undo, original).id == fox.id and gallery.steps.path(fox.id).exists()


def test_deleting_originals_moves_no_edited_file_to_the_trash(gallery: Gallery, tmp_path: Path) -> None:
    originals = [gallery.save(result(f"fox {seed}", seed=seed)) for seed in range(3)]
    for number, original in enumerate(originals):
        for turn in range(4):
            edit(original.path, gallery.pictures / f"{number} {turn}.png", changed_pixel(turn))
        shutil.copy2(original.path, gallery.pictures / f"copy {number}.png")
    gallery.sync()
    assert gallery.count() == 15 and gallery.count("is:edited") == 12
    assert gallery.trash.count_files([picture.id for picture in gallery.page()]) == 18
    gallery.trash.delete([original.id for original in originals])
    gallery.trash.empty(mover_to(tmp_path / "trash"), older_than=0.0)
    names = {original.path.name for original in originals} | {f"copy {number}.png" for number in range(3)}
    assert png_names(tmp_path / "trash") == names
    assert visible_names(gallery) == png_names(gallery.pictures) and len(visible_names(gallery)) == 12


def test_emptying_the_trash_returns_edited_files_deleted_by_earlier_versions(gallery: Gallery, tmp_path: Path) -> None:
    fox = gallery.save(result("a fox"))
    undo = gallery.trash.delete([fox.id])
    (held,) = undo.files()
    edit(held, held.with_name("retouched.png"))
    recompress(held, held.with_name("copy.png"))
    undo.folder.rename(undo.folder.with_name(undo.name.removesuffix("-listed")))
    gallery.trash.empty(mover_to(tmp_path / "trash"), older_than=0.0)
    assert png_names(tmp_path / "trash") == {fox.path.name, "copy.png"}
    gallery.sync()
    assert visible_names(gallery) == {"retouched.png"}


def test_a_file_edited_in_place_keeps_its_id(gallery: Gallery) -> None:
    fox = gallery.save(result("a fox"))
    gallery.tags.set([fox.id], "mine")
    edit(fox.path, fox.path)
    gallery.sync()
    (same,) = gallery.page("tag:mine")
    assert same.id == fox.id and gallery.count() == 1


def test_an_unchanged_copy_becomes_the_original_of_a_file_edited_in_place(gallery: Gallery) -> None:
    fox = gallery.save(result("a fox"))
    gallery.tags.set([fox.id], "mine")
    backup = Path(shutil.copy2(fox.path, gallery.pictures / "backup.png"))
    gallery.sync()
    edit(fox.path, fox.path)
    gallery.sync()
    assert gallery.get(fox.id).path == backup
    (own,) = gallery.page("is:edited")
    assert own.path == fox.path and own.edited_from == fox.id
    assert visible_names(gallery, "tag:mine") == {backup.name, fox.path.name}, "both are what was marked"


def test_an_edited_image_keeps_its_marks_when_edited_again(gallery: Gallery) -> None:
    fox = gallery.save(result("a fox"))
    retouched = edit(fox.path, gallery.pictures / "retouched.png")
    gallery.sync()
    (own,) = gallery.page("is:edited")
    gallery.favourites.set(own.id, True)
    edit(retouched, retouched, ImageOps.flip)
    gallery.sync()
    assert visible_names(gallery, "is:favourite") == {"retouched.png"} and gallery.count() == 2
    with Image.open(retouched) as image:
        again = ImageOps.mirror(image)
    # This save drops the text chunks.
    again.save(retouched)
    gallery.sync()
    assert visible_names(gallery, "is:favourite") == {"retouched.png"} and gallery.count() == 2
    assert gallery.get(fox.id) == fox


def test_a_copy_that_is_edited_after_it_was_indexed_is_not_deleted(gallery: Gallery) -> None:
    fox = gallery.save(result("a fox"))
    copy = Path(shutil.copy2(fox.path, gallery.pictures / "copy.png"))
    gallery.sync()
    edit(copy, copy)
    # The folder was not scanned since the edit.
    undo = gallery.trash.delete([fox.id])
    assert [path.name for path in undo.files()] == [fox.path.name]
    assert visible_names(gallery) == {"copy.png"}


def test_renaming_and_moving_change_nothing(gallery: Gallery, tmp_path: Path) -> None:
    fox = gallery.save(result("a fox"))
    retouched = edit(fox.path, gallery.pictures / "retouched.png")
    gallery.sync()
    (own,) = gallery.page("is:edited")
    gallery.tags.set([own.id], "mine")
    (gallery.pictures / "sub").mkdir()
    retouched.rename(gallery.pictures / "sub" / "other.png")
    fox.path.rename(gallery.pictures / "sub" / "fox.png")
    gallery.sync()
    assert gallery.get(fox.id).path.name == "fox.png" and gallery.page("tag:mine")[0].path.name == "other.png"
    for _ in gallery.move_library(tmp_path / "elsewhere", lambda folder: None):
        pass
    gallery.sync()
    assert gallery.get(fox.id).path == tmp_path / "elsewhere" / "sub" / "fox.png"
    assert gallery.page("tag:mine")[0].id == own.id and gallery.count() == 2


def test_an_edited_file_of_an_imported_folder_is_shown_beside_the_library(gallery: Gallery, tmp_path: Path) -> None:
    fox = gallery.save(result("a fox"))
    theirs = edit(fox.path, tmp_path / "imported" / "edited.png")
    shutil.copy2(fox.path, theirs.with_name("copy.png"))
    gallery.sources.add(theirs.parent)
    gallery.sync()
    (source,) = gallery.sources.all()
    assert visible_names(gallery) == {fox.path.name, "edited.png"} and (source.pictures, source.copies) == (2, 0)
    (own,) = gallery.page("is:edited")
    undo = gallery.trash.delete([fox.id])
    assert gallery.page() == [own] and png_names(theirs.parent) == {"edited.png", "copy.png"}
    assert gallery.trash.restore(undo) == 1 and fox.path.exists()
    assert ids(gallery) == {fox.id, own.id}


def test_files_stay_visible_while_the_drive_of_their_original_is_missing(gallery: Gallery, tmp_path: Path) -> None:
    away, drive = tmp_path / "away", tmp_path / "drive"
    fox = gallery.save(result("a fox"))
    drive.mkdir()
    theirs = fox.path.rename(drive / fox.path.name)
    gallery.sources.add(drive)
    gallery.sync()
    edited = edit(theirs, gallery.pictures / "edited.png")
    drive.rename(away)
    gallery.sync()
    (own,) = gallery.page("is:edited")
    assert own.path == edited
    away.rename(drive)
    gallery.sync()
    assert visible_names(gallery) == {fox.path.name, "edited.png"}
    gallery.trash.delete([fox.id])
    assert edited.exists()


def test_pixels_are_compared_only_where_files_share_an_id(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[Path] = []
    real = id_conflicts._digest_pixels
    monkeypatch.setattr(id_conflicts, "_digest_pixels", lambda path: decoded.append(path) or real(path))
    pictures = [gallery.save(result(f"fox {seed}", seed=seed)) for seed in range(20)]
    for number, picture in enumerate(pictures[:5]):
        shutil.copy2(picture.path, gallery.pictures / f"copy {number}.png")
    gallery.sync()
    gallery.rebuild()
    assert decoded == [], "nor where their bytes are equal"
    edited = edit(pictures[0].path, gallery.pictures / "edited.png")
    gallery.sync()
    gallery.sync()
    gallery.rebuild()
    assert len(decoded) == 2 and edited in decoded


@pytest.mark.slow
def test_a_huge_image_of_the_same_id_is_not_decoded(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    fox = gallery.save(result("a fox"))
    edit(fox.path, gallery.pictures / "huge.png", lambda image: Image.new("L", (8000, 8000)))
    loaded = []
    real = Image.Image.tobytes
    monkeypatch.setattr(Image.Image, "tobytes", lambda image, *of: loaded.append(image.size) or real(image, *of))
    gallery.sync()
    assert gallery.count() == 2 and (8000, 8000) not in loaded


def test_many_files_of_one_id_are_compared_in_linear_time(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    fox = gallery.save(result("a fox"))
    for number in range(60):
        edit(fox.path, gallery.pictures / f"{number}.png", changed_pixel(number))
    decoded: list[Path] = []
    real = id_conflicts._digest_pixels
    monkeypatch.setattr(id_conflicts, "_digest_pixels", lambda path: decoded.append(path) or real(path))
    gallery.sync()
    assert gallery.count("is:edited") == 60 and len(decoded) == 61


def test_an_id_cannot_be_forged_to_hide_a_file_behind_an_edited_image(gallery: Gallery) -> None:
    fox = gallery.save(result("a fox"))
    edit(fox.path, gallery.pictures / "edited.png")
    gallery.sync()
    (own,) = gallery.page("is:edited")
    forged = PngInfo()
    with Image.open(fox.path) as image:
        for keyword, value in image.text.items():
            forged.add_text(keyword, value.replace(fox.id, own.id))
    Image.new("RGB", (9, 9)).save(gallery.pictures / "forged.png", pnginfo=forged)
    gallery.sync()
    gallery.trash.delete([own.id])
    assert (gallery.pictures / "forged.png").exists()


OLD = """
DROP TABLE files;
CREATE TABLE files(
    path TEXT PRIMARY KEY, source TEXT NOT NULL, mtime INTEGER NOT NULL, bytes INTEGER NOT NULL, picture TEXT NOT NULL
) WITHOUT ROWID;
PRAGMA user_version = 3;
"""


def test_an_index_of_version_3_shows_edited_files_after_migration(gallery: Gallery) -> None:
    fox = gallery.save(result("a fox"))
    gallery.favourites.set(fox.id, True)
    retouched = edit(fox.path, gallery.pictures / "retouched.png")
    gallery.close()
    with closing(sqlite3.connect(gallery.index_path)) as index:
        index.executescript(OLD)
        for path in (fox.path, retouched):
            status = path.stat()
            row = (path.name, "", status.st_mtime_ns, status.st_size, fox.id)
            index.execute("INSERT INTO files VALUES (?, ?, ?, ?, ?)", row)
        index.commit()
    with closing(sqlite3.connect(gallery.user_data_path)) as added:
        added.execute("DROP TABLE originals")
        added.execute("PRAGMA user_version = 3")
        added.commit()
    assert visible_names(gallery) == {fox.path.name, "retouched.png"}
    assert gallery.get(fox.id).favourite and gallery.get(fox.id).path == fox.path
    gallery.trash.delete([fox.id])
    assert retouched.exists() and not list(gallery.user_data_path.parent.glob("*damaged*"))


def test_an_interrupted_scan_is_completed_later(gallery: Gallery) -> None:
    fox = gallery.save(result("a fox"))
    gallery.sync()
    edit(fox.path, gallery.pictures / "edited.png")
    for _ in gallery.sync_in_steps():
        if gallery._connection.run(lambda index: index.unresolved_ids()):
            break
    gallery.close()
    gallery.trash.delete([fox.id])
    gallery.sync()
    assert visible_names(gallery) == {"edited.png"}


def test_the_family_of_an_image_includes_its_edited_version(gallery: Gallery) -> None:
    fox = gallery.save(result("a fox"))
    edit(fox.path, gallery.pictures / "edited.png")
    gallery.sync()
    lines = build_family_tree(gallery.family(fox.id))
    assert [(line.picture.edited_from, line.generation) for line in lines] == [("", 0), (fox.id, 1)]
    assert lines[1].text == "edited in another program"


def test_an_archive_manifest_names_the_original_of_an_edited_image(gallery: Gallery, tmp_path: Path) -> None:
    fox = gallery.save(result("a fox"))
    edit(fox.path, gallery.pictures / "edited.png")
    gallery.sync()
    for _ in write_archive(gallery.page(), tmp_path / "all.zip"):
        pass
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        entries = json.loads(packed.read("manifest.json"))["pictures"]
    assert {entry["edited_from"] for entry in entries} == {"", fox.id}


def test_edited_files_are_listed_with_a_read_only_database(gallery: Gallery) -> None:
    fox = gallery.save(result("a fox"))
    gallery.close()
    edited = edit(fox.path, gallery.pictures / "edited.png")
    with closing(sqlite3.connect(gallery.user_data_path)) as added:
        added.execute("DROP TABLE originals")
        added.execute("PRAGMA user_version = 3")
        added.commit()
    refused = sqlite3.OperationalError("attempt to write a readonly database")
    index = Index(gallery.index_path, user_data=gallery.user_data_path, root=gallery.pictures, refused=refused)
    with closing(index):
        assert isinstance(index.connection, database.ReadOnly)
        index.add([read_file(gallery.pictures, edited.name, stamp_of(edited.stat()))])
        for _ in resolve_copies(lambda question: question(index), gallery.pictures):
            pass
        assert {picture.path for picture in index.page("", after=None, limit=9)} == {fox.path, edited}
        assert index.get(fox.id).path == fox.path
