"""Pictures without settings: the gallery shows them, and says nothing about settings that they do not have."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio.common import repair_log
from gdm_studio.common.text_drawing import TextDrawer
from gdm_studio.gallery import Gallery
from gdm_studio.gallery.database import INDEX_SCHEMA
from gdm_studio.gallery.export import copy_images, write_archive, write_contact_sheet
from gdm_studio.gallery.stacks import StackRanges
from gdm_studio.ui.gallery.image_details import facts_of
from tests.helpers.library import result


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    yield gallery
    gallery.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


def write_photo(path: Path, level: int = 0, side: int = 8) -> Path:
    Image.new("RGB", (side, side), (level, 40, 80)).save(path)
    return path


def write_text(path: Path, parameters: str) -> Path:
    info = PngInfo()
    info.add_text("parameters", parameters)
    Image.new("RGB", (8, 8), (len(parameters), 40, 80)).save(path, pnginfo=info)
    return path


def forget_unstated(index: sqlite3.Connection) -> None:
    """Replace the table `settings` by that of versions 9 and 10, which lacks a column."""
    index.execute("CREATE TABLE without AS SELECT row, request, made_with FROM settings")
    index.execute("DROP TABLE settings")
    index.execute("CREATE TABLE settings(row INTEGER PRIMARY KEY, request TEXT NOT NULL, made_with TEXT NOT NULL)")
    index.execute("INSERT INTO settings SELECT * FROM without")
    index.execute("DROP TABLE without")


def names(gallery: Gallery, query: str = "") -> set[str]:
    return {picture.path.name for picture in gallery.page(query)}


def test_every_format_is_shown_and_copies_and_damaged_files_are_counted(gallery: Gallery, folder: Path) -> None:
    suffixes = ("png", "jpg", "webp", "gif", "bmp", "tif", "avif")
    for level, suffix in enumerate(suffixes):
        write_photo(folder / f"{suffix}.{suffix}", 20 * level)
    for number in range(3):
        shutil.copy2(folder / "png.png", folder / f"copy {number}.PNG")
    (folder / "broken.png").write_bytes((folder / "png.png").read_bytes()[:60])
    # A header that claims 2.5 gigapixels.
    bomb = bytearray((folder / "bmp.bmp").read_bytes())
    bomb[18:26] = (50_000).to_bytes(4, "little") * 2
    (folder / "bomb.bmp").write_bytes(bomb)
    gallery.sources.add(folder)
    gallery.sync()
    (source,) = gallery.sources.all()
    assert (source.pictures, source.plain, source.copies, source.unreadable) == (7, 7, 3, 2)
    assert gallery.sources.unreadable(folder, limit=9) == ["bomb.bmp", "broken.png"]
    shown = gallery.page()
    assert {picture.path.suffix.lower() for picture in shown} == {f".{suffix}" for suffix in suffixes}
    assert not any(picture.has_settings or picture.model or picture.digest for picture in shown)
    assert all(small is not None for small in gallery.thumbnails.get(shown, 64).values())


def test_settings_that_a_picture_does_not_have_match_no_search(gallery: Gallery) -> None:
    gallery.create_library()
    fox = gallery.save(result("a fox", seed=3))
    write_photo(gallery.pictures / "evening at the beach.png")
    gallery.sync()
    for query in ("steps:>0", "steps:0..999", "seed:0", "seed:>=0", f"sampler:{fox.request.sampler}", "guidance:<99"):
        assert "evening at the beach.png" not in names(gallery, query), query
    assert names(gallery, "is:settings") == names(gallery, "is:made-here") == {fox.path.name}
    assert (
        names(gallery, "-is:settings")
        == names(gallery, "is:plain")
        == names(gallery, "beach")
        == {"evening at the beach.png"}
    )
    assert names(gallery, "prompt:beach") == set(), "the name of a file is no prompt"
    (photo,) = gallery.page("beach")
    assert [picture.id for picture in gallery.family(photo.id)] == [photo.id]
    assert gallery.suggestions.prompts(5) == ["a fox"]


def test_pictures_are_found_by_the_tool_that_made_them(gallery: Gallery, folder: Path) -> None:
    own = gallery.save(result("a fox"))
    info = PngInfo()
    info.add_text("parameters", "a cow\nSteps: 12, Sampler: Euler a, Seed: 5, Size: 8x8, Version: v1.10.1")
    Image.new("RGB", (8, 8)).save(folder / "cow.png", pnginfo=info)
    for level in range(3):
        write_photo(folder / f"{level}.png", level)
    gallery.sources.add(folder)
    gallery.sync()
    assert gallery.suggestions.tools() == [("", 3), ("AUTOMATIC1111", 1), (own.tool, 1)]
    assert names(gallery, "is:settings -is:made-here") == names(gallery, "tool:automatic1111") == {"cow.png"}


def test_different_photos_of_one_hour_are_no_stack(gallery: Gallery, folder: Path) -> None:
    for level in (0, 250):
        write_photo(folder / f"{level}.png", level, side=64)
    gallery.sources.add(folder)
    gallery.sync()
    list(gallery.stacks.update())
    list(gallery.stacks.compare())
    *_, stacks = gallery.stacks.read()
    assert stacks == StackRanges()


def test_large_files_that_differ_between_the_samples_are_two_pictures(gallery: Gallery, folder: Path) -> None:
    """Only parts of a large file are read for its id, so that a folder of photos is shown soon."""
    path = folder / "one.bmp"
    Image.new("RGB", (1024, 512)).save(path)
    data = bytearray(path.read_bytes())
    # Between the first two of 16 samples.
    data[80_000] = 255
    (folder / "other.bmp").write_bytes(data)
    shutil.copy2(path, folder / "copy.bmp")
    gallery.sources.add(folder)
    gallery.sync()
    (source,) = gallery.sources.all()
    assert (source.pictures, source.copies) == (2, 1)
    assert gallery.sync() == 0


def test_marks_follow_a_photo_that_is_renamed_or_edited(gallery: Gallery, folder: Path) -> None:
    path = write_photo(folder / "one.png")
    write_photo(folder / "other.png", 9)
    gallery.sources.add(folder)
    gallery.sync()
    one = next(picture for picture in gallery.page() if picture.path == path)
    gallery.favourites.set(one.id, True)
    gallery.tags.set([one.id], "sea")
    path = path.rename(folder / "renamed.png")
    gallery.sync()
    assert names(gallery, "is:favourite tag:sea") == {"renamed.png"}
    write_photo(path, 77, side=5)
    gallery.sync()
    (edited,) = gallery.page("is:favourite tag:sea")
    assert edited.path == path and edited.size == (5, 5) and edited.id != one.id


def test_a_photo_is_deleted_and_restored(gallery: Gallery) -> None:
    gallery.create_library()
    path = write_photo(gallery.pictures / "sub.png")
    gallery.sync()
    (photo,) = gallery.page()
    undo = gallery.trash.delete([photo.id])
    gallery.sync()
    assert gallery.page() == [] and not path.exists()
    assert gallery.trash.restore_one(undo, undo.files()[0]) == photo
    assert names(gallery) == {"sub.png"}


def test_exports_of_photos_are_named_after_their_files(gallery: Gallery, folder: Path, tmp_path: Path) -> None:
    write_photo(folder / "evening, at the beach.png")
    gallery.sources.add(folder)
    gallery.sync()
    shown = gallery.page()
    list(copy_images(shown, tmp_path / "copies", pattern="{prompt} {seed} {steps:03} {size}"))
    assert [path.name for path in (tmp_path / "copies").iterdir()] == ["evening, at the beach 8x8.png"]
    list(write_archive(shown, tmp_path / "all.zip"))
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        (entry,) = json.loads(packed.read("manifest.json"))["pictures"]
    assert entry["request"] is None and entry["size"] == "8x8" and "seed" not in entry


# The last two columns of the files in version 9, with a comment between them.
READABLE = "pixels TEXT NOT NULL, -- digest of the pixels\n    readable INTEGER NOT NULL  "


def test_an_index_of_the_version_before_is_kept_and_shows_photos_after_the_next_scan(gallery: Gallery) -> None:
    own = gallery.save(result("a fox"))
    gallery.tags.set([own.id], "red")
    write_photo(gallery.pictures / "photo.png")
    (gallery.pictures / "broken.png").write_text("no picture")
    gallery.sync()
    gallery.close()
    with sqlite3.connect(gallery.index_path) as index:
        # Version 9 listed files without settings like this, and did not show them.
        for table, key in (("settings", "row"), ("words", "rowid"), ("pictures", "row")):
            index.execute(f"DELETE FROM {table} WHERE {key} IN (SELECT row FROM pictures WHERE tool = '')")
        index.execute("CREATE TABLE before AS SELECT * FROM files")
        index.execute("DROP TABLE files")
        for statement in INDEX_SCHEMA.split(";")[:-1]:
            if "TABLE files(" in statement or " ON files(" in statement:
                index.execute(statement.replace("pixels TEXT NOT NULL ", READABLE))
        index.execute("INSERT INTO files SELECT *, 1 FROM before")
        index.execute("DROP TABLE before")
        index.execute("UPDATE files SET claimed = '', picture = '' WHERE path = 'photo.png'")
        forget_unstated(index)
        index.execute("PRAGMA user_version = 9")
    index.close()
    # Read before any scan, from the index of the version before.
    assert gallery.get(own.id).tags == ("red",)
    assert [changed for _, changed in gallery.sync_in_steps()][-1] == 2, "only the other files are read again"
    assert repair_log.take_unreported(gallery.user_data_path.parent) == []
    assert names(gallery) == {own.path.name, "photo.png"} and names(gallery, "tag:red") == {own.path.name}
    assert gallery.sync() == 0


def test_settings_that_a_file_does_not_state_are_not_made_up(
    gallery: Gallery, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request of such an image has defaults, which are neither shown nor found."""
    write_text(folder / "words.png", "just words")
    write_text(folder / "some.png", "a fox\nSteps: 20, Sampler: Euler a, Seed: 7")
    write_text(folder / "all.png", "a cat\nSteps: 30, Sampler: Euler a, CFG scale: 6, Seed: 8")
    gallery.sources.add(folder)
    gallery.sync()
    facts = {picture.path.name: picture.facts for picture in gallery.page()}
    assert facts["words.png"] == {"prompt": "just words", "negative_prompt": "", "size": "8x8"}
    assert facts["some.png"]["steps"] == 20 and "guidance_scale" not in facts["some.png"]
    assert facts["all.png"]["guidance_scale"] == 6.0
    assert names(gallery, "steps:>0") == {"some.png", "all.png"} and names(gallery, "seed:0") == set()
    assert names(gallery, "-steps:20") == {"words.png", "all.png"} and names(gallery, "-sampler:euler") == {"words.png"}
    pattern = "{prompt} {seed} {steps} {sampler} {guidance} {model}"
    copies = copy_images(gallery.page(), folder.with_name("copies"), pattern=pattern)
    assert {path.stem for path in copies} == {"just words", "a fox 7 20 euler_a", "a cat 8 30 euler_a 6"}
    captions: list[str] = []
    monkeypatch.setattr(TextDrawer, "fit", lambda drawer, text, width: captions.append(text) or "")
    assert len(list(write_contact_sheet(gallery.page(), folder / "sheet.png"))) == 3
    assert {*captions[1::2]} == {"", "seed 7 · 20 steps · euler_a", "seed 8 · 30 steps · euler_a · 6"}
    rows = {picture.path.name: dict(facts_of(picture)) for picture in gallery.page()}
    assert set(rows["words.png"]) == {"Made with", "Size"}
    assert rows["some.png"]["Steps · scheduler"] == "20 · Euler a" and "Guidance" not in rows["some.png"]
    assert rows["all.png"]["Guidance"] == "6.0"


def test_an_index_with_made_up_settings_is_brought_up_to_date(gallery: Gallery, folder: Path) -> None:
    """Only the files of other programs are read again."""
    own, _ = gallery.save(result()), write_text(folder / "words.png", "just words")
    write_photo(folder / "photo.png")
    gallery.sources.add(folder)
    gallery.sync()
    gallery.close()
    with sqlite3.connect(gallery.index_path) as index:
        # Version 10 had a default in place of each value.
        index.execute("UPDATE pictures SET steps = 20, seed = 0 WHERE steps IS NULL")
        forget_unstated(index)
        index.execute("PRAGMA user_version = 10")
    index.close()
    assert gallery.get(own.id).request == own.request
    assert [changed for _, changed in gallery.sync_in_steps()][-1] == 1, "only one file is read again"
    assert names(gallery, "steps:20 -is:made-here") == set() and len(names(gallery)) == 3
    assert gallery.sync() == 0


def test_an_outdated_row_is_replaced_by_any_copy_of_its_file(gallery: Gallery, folder: Path) -> None:
    """The drive with the file from which the row was read may come back after the other copies were read."""
    library = folder.with_name("pictures")
    library.mkdir()
    shown = write_text(folder / "words.png", "just words")
    gallery.sources.add(folder)
    gallery.sync()
    shutil.copy2(shown, library / "copy.png")
    gallery.sync()
    assert names(gallery) == {"words.png"}
    gallery.close()
    with sqlite3.connect(gallery.index_path) as index:
        index.execute("UPDATE pictures SET steps = 20, seed = 0")
        forget_unstated(index)
        index.execute("PRAGMA user_version = 10")
    index.close()
    folder.rename(folder.with_name("away"))
    assert gallery.page()[0].facts["steps"] == 20, "not read again yet"
    gallery.sync()
    for _ in range(2):
        assert "steps" not in gallery.page()[0].facts and names(gallery, "steps:20") == set()
        if not folder.exists():
            folder.with_name("away").rename(folder)
        gallery.sync()
    assert len(gallery.page()) == 1


def test_a_photo_is_listed_under_the_moment_at_which_it_was_taken(gallery: Gallery, folder: Path) -> None:
    """A copy of a photo has a new modification time, so the time in the EXIF data counts. Times that cannot be read do
    not.
    """
    later = 1_900_000_000.0

    def write(name: str, tags: dict[int, str]) -> None:
        exif = Image.Exif()
        inner = exif.get_ifd(0x8769)
        inner.update(tags)
        exif[0x8769] = inner
        Image.new("RGB", (8, 8), (30 * len(list(folder.iterdir())), 40, 80)).save(folder / name, exif=exif)
        os.utime(folder / name, (later, later))

    taken = {0x9003: "2019:07:14 12:30:05"}
    write("one.jpg", taken | {0x9011: "+02:00"})
    write("same second.jpg", taken | {0x9011: "+02:00"})
    write("here.png", taken)
    write("scanned.webp", {0x9004: "2001:02:03 04:05:06", 0x9012: "+00:00"})
    write("never.jpg", {0x9003: "0000:00:00 00:00:00"})
    write("nonsense.jpg", {0x9003: "last\0summer"})
    write("none.jpg", {})
    gallery.sources.add(folder)
    gallery.sync()
    created = {picture.path.name: picture.created for picture in gallery.page()}
    utc = datetime(2019, 7, 14, 10, 30, 5, tzinfo=UTC).timestamp()
    assert created["one.jpg"] == pytest.approx(utc, abs=1) == created["same second.jpg"]
    assert created["here.png"] == pytest.approx(datetime(2019, 7, 14, 12, 30, 5).timestamp(), abs=1)
    assert created["scanned.webp"] == pytest.approx(datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC).timestamp(), abs=1)
    assert all(created[name] == pytest.approx(later, abs=1) for name in ("never.jpg", "nonsense.jpg", "none.jpg"))
    assert len(created) == 7 and gallery.page()[-1].path.name == "scanned.webp" and gallery.sync() == 0
