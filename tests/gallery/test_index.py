"""The index follows the files, repairs itself and never loses user data."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio.common import repair_log
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery, Picture
from gdm_studio.gallery.index import Index
from gdm_studio.gallery.metadata import generation_settings
from gdm_studio.gallery.saved_image import load
from gdm_studio.request.generation_request import Request
from gdm_studio.request.prompt_expansion import drawn
from tests.helpers.library import fill_index, result


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    yield gallery
    gallery.close()


def save_images(gallery: Gallery, count: int) -> list[Picture]:
    """Save `count` images and return them, newest first."""
    return [gallery.save(result(f"picture {number}", seed=number)) for number in range(count)][::-1]


def ids(pictures: list[Picture]) -> list[str]:
    return [picture.id for picture in pictures]


def write_a1111_file(path: Path, prompt: str) -> None:
    """Write a file as AUTOMATIC1111 does."""
    info = PngInfo()
    info.add_text("parameters", f"{prompt}\nSteps: 12, Sampler: Euler a, Seed: 5, Size: 8x8, Version: v1.10.1")
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)


def test_pages_are_newest_first_and_continue_after_the_last_image(gallery: Gallery) -> None:
    everything = save_images(gallery, 7)
    first = gallery.page(limit=3)
    second = gallery.page(after=first[-1], limit=3)
    # A new image must not shift the next page.
    gallery.save(result("newer"))
    third = gallery.page(after=second[-1], limit=3)
    assert first + second + third == everything
    assert gallery.page(after=third[-1]) == []


def test_suggested_prompts_are_distinct_and_newest_first(gallery: Gallery) -> None:
    for seed, prompt in enumerate(("a fox", "an owl", "a fox", "", "a car")):
        gallery.save(result(prompt, seed=seed))
    assert gallery.suggestions.prompts(9) == ["a car", "a fox", "an owl"] and gallery.suggestions.prompts(2) == [
        "a car",
        "a fox",
    ]


def test_suggested_prompts_are_escaped_only_where_they_would_change(gallery: Gallery) -> None:
    as_drawn = {
        "one {cat|dog": "one {cat|dog",
        "a {red} fox}": "a {red} fox}",
        "a {red|blue} fox": "a \\{red|blue\\} fox",
        "a __colour__ fox": "a \\__colour__ fox",
        "a \\{red fox": "a \\\\{red fox",
        # A template may have at most 1000 variants.
        "{a|b}" * 1001: "\\{a|b\\}" * 1001,
    }
    for seed, prompt in enumerate(reversed(as_drawn)):
        gallery.save(result(prompt, seed=seed))
    assert gallery.suggestions.prompts(9) == [*as_drawn.values()]
    assert [drawn(Request(prompt=prompt)).prompt for prompt in [*as_drawn.values()]] == [*as_drawn]


def test_a_listed_image_reads_its_request_on_first_use(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    long = gallery.save(result("long " * 5000))
    pictures = [*save_images(gallery, 3), long]
    requests = [picture.request for picture in pictures]
    parsed: list[str] = []

    def parse_request(text: str) -> tuple[Request, set[str]]:
        parsed.append(text)
        return generation_settings.parse_request(text)

    monkeypatch.setattr("gdm_studio.gallery.saved_image.parse_request", parse_request)
    found = gallery.timeline.images(gallery.timeline.moments())
    assert [(picture.id, picture.size) for picture in found] == [(picture.id, picture.size) for picture in pictures]
    assert parsed == []
    assert found[1].request == found[1].request == requests[1] and len(parsed) == 1
    assert found == pictures and len(parsed) == 3, "the long request was parsed with its row"
    assert replace(found[0], favourite=True).request == requests[0]


def test_a_page_can_follow_a_deleted_image(gallery: Gallery) -> None:
    everything = save_images(gallery, 4)
    gallery.trash.delete([everything[1].id])
    assert gallery.page(after=everything[1]) == everything[2:]


def test_sync_detects_added_removed_and_moved_files(gallery: Gallery) -> None:
    newest, middle, oldest = save_images(gallery, 3)
    newest.path.unlink()
    (gallery.pictures / "sub").mkdir()
    moved = middle.path.rename(gallery.pictures / "sub" / "renamed.png")
    elsewhere = Gallery(gallery.pictures.parent / "other", gallery.pictures.parent, gallery.pictures.parent)
    added = elsewhere.save(result("from elsewhere"))
    elsewhere.close()
    shutil.copy2(added.path, gallery.pictures)
    (gallery.pictures / "notes.txt").write_text("not a picture")
    (gallery.pictures / "junk.png").write_text("not a picture either")
    Image.new("RGB", (8, 8)).save(gallery.pictures / "holiday.jpg")
    gallery.sync()
    (holiday,) = gallery.page("-is:settings")
    assert holiday.path.name == "holiday.jpg"
    assert ids(gallery.page()) == [holiday.id, added.id, middle.id, oldest.id]
    assert gallery.get(middle.id).path == moved
    assert gallery.get(newest.id) is None
    assert gallery.sync() == 0


def test_an_edited_file_shows_its_new_size(gallery: Gallery) -> None:
    (picture,) = save_images(gallery, 1)
    info = PngInfo()
    with Image.open(picture.path) as image:
        for keyword, value in image.text.items():
            info.add_text(keyword, value)
        smaller = image.resize((5, 5))
    smaller.save(picture.path, pnginfo=info)
    gallery.sync()
    (edited,) = gallery.page()
    assert (edited.id, edited.size) == (picture.id, (5, 5))


def test_an_image_overwritten_by_another_program_keeps_its_data(gallery: Gallery) -> None:
    picture, other = save_images(gallery, 2)
    gallery.tags.set([picture.id], "best")
    with Image.open(picture.path) as image:
        edited = image.resize((5, 5))
    # The save drops the text chunks.
    edited.save(picture.path)
    gallery.sync()
    (again,) = gallery.page("tag:best")
    assert (again.id, again.size, again.request) == (picture.id, (5, 5), picture.request)
    picture.path.rename(gallery.pictures / "elsewhere.png")
    gallery.rebuild()
    (again,) = gallery.page("tag:best")
    assert (again.id, again.path.name, again.created) == (picture.id, "elsewhere.png", picture.created)
    other.path.write_bytes(b"no picture at all")
    gallery.sync()
    assert ids(gallery.page()) == [picture.id]


def test_a_copy_replaces_a_removed_original(gallery: Gallery) -> None:
    (picture,) = save_images(gallery, 1)
    copy = Path(shutil.copy(picture.path, gallery.pictures / "copy.png"))
    gallery.sync()
    assert gallery.page() == [picture]
    picture.path.unlink()
    gallery.sync()
    assert [found.path for found in gallery.page()] == [copy]


def test_images_of_other_tools_are_shown(gallery: Gallery) -> None:
    gallery.pictures.mkdir()
    for name in ("one", "same"):
        write_a1111_file(gallery.pictures / f"{name}.png", "a cat")
    (picture,) = gallery.page("cat")
    assert (picture.tool, picture.request.sampler, picture.request.steps) == ("AUTOMATIC1111", "euler_a", 12)
    gallery.favourites.set(picture.id, True)
    gallery.rebuild()
    assert gallery.page("is:favourite") == gallery.page()


def test_malformed_files_do_not_hide_the_others(gallery: Gallery) -> None:
    (sound,) = save_images(gallery, 1)
    with Image.open(sound.path) as image:
        record = json.loads(image.text["gdm_studio"])
    deep = "[" * 400 + "]" * 400
    odd = {
        "guidance": (record | {"request": record["request"] | {"guidance_scale": 10**400}}, ""),
        "knobs": (record | {"request": record["request"] | {"knobs": {"eta": 10**400}, "sampler": "ddim"}}, ""),
        "text": (record | {"request": record["request"] | {"knobs": {"eta": "x"}, "sampler": "ddim"}}, ""),
        "stopped": (record | {"stopped_at": 10**23}, ""),
        "deep": (record | {"request": record["request"] | {"later": "DEEP"}}, deep),
        "deeper": (record | {"later": "DEEP"}, deep * 100),
    }
    for number, (name, (content, inside)) in enumerate(odd.items()):
        info = PngInfo()
        text = json.dumps(content | {"id": f"{number:032}"})
        info.add_text("gdm_studio", text.replace('"DEEP"', inside))
        Image.new("RGB", (8, 8)).save(gallery.pictures / f"{name}.png", pnginfo=info)
    write_a1111_file(gallery.pictures / "late.png", "written in another age")
    os.utime(gallery.pictures / "late.png", ns=(2**63, 2**63))
    gallery.sync()
    assert sound.id in ids(gallery.page())
    found = {picture.path.stem: picture.request for picture in gallery.page()}
    # The valid parts of a damaged record still count.
    assert found.keys() >= {"guidance", "knobs", "text", "late"}
    assert found["guidance"].seed == sound.request.seed
    assert gallery.sync() == 0


def test_a_broken_link_hides_no_other_file(gallery: Gallery) -> None:
    pictures = save_images(gallery, 3)
    for name in ("0.png", "a link.png", "zzz.png"):
        (gallery.pictures / name).symlink_to(gallery.pictures / "gone.png")
    gallery.rebuild()
    assert ids(gallery.page()) == ids(pictures)


def test_a_file_deleted_during_reading_raises_a_storage_error(
    gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_a1111_file(tmp_path / "cat.png", "a cat")
    monkeypatch.setattr(Path, "stat", lambda path, **_: os.stat(path / "gone"))
    monkeypatch.setattr("gdm_studio.gallery.saved_image._digest_file", lambda path: "0" * 32)
    with pytest.raises(StorageError, match=r"cat\.png cannot be used"):
        load(tmp_path / "cat.png")


def test_pages_without_fill_return_only_indexed_images(gallery: Gallery) -> None:
    pictures = save_images(gallery, 3)
    gallery.close()
    gallery.index_path.unlink()
    assert gallery.page(fill=False) == [] and gallery.count(fill=False) == 0
    newest = gallery.save(result("newest"))
    assert gallery.page(fill=False) == [newest] and gallery.count("newest", fill=False) == 1
    for _ in gallery.sync_in_steps():
        pass
    assert gallery.page(fill=False) == [newest, *pictures]


def test_files_of_the_same_time_have_a_stable_order(gallery: Gallery) -> None:
    gallery.pictures.mkdir()
    for number in range(5):
        write_a1111_file(gallery.pictures / f"{number}.png", f"cat {number}")
        os.utime(gallery.pictures / f"{number}.png", (1_000_000_000, 1_000_000_000))
    found = gallery.page()
    assert len(found) == 5 and len({picture.created for picture in found}) == 5
    assert gallery.page(after=found[1], limit=2) == found[2:4]


def test_favourites_survive_renaming_deleting_and_a_lost_index(gallery: Gallery) -> None:
    first, second, third = save_images(gallery, 3)
    for picture in (first, third):
        gallery.favourites.set(picture.id, True)
    gallery.favourites.set(third.id, False)
    first.path.rename(gallery.pictures / "another name.png")
    gallery.rebuild()
    assert ids(gallery.page("is:favourite")) == [first.id]
    gallery.trash.restore(gallery.trash.delete([first.id]))
    gallery.close()
    shutil.rmtree(gallery.index_path.parent)
    assert [picture.favourite for picture in gallery.page()] == [True, False, False]


def test_restored_images_return_to_their_places(gallery: Gallery) -> None:
    first, second, third = save_images(gallery, 3)
    content = first.path.read_bytes()
    undo = gallery.trash.delete([first.id, third.id])
    assert gallery.page() == [second] and not first.path.exists() and undo.count == 2
    gallery.trash.restore(undo)
    assert gallery.page() == [first, second, third] and first.path.read_bytes() == content
    assert gallery.sync() == 0 and not undo.folder.exists()


def test_restoring_overwrites_nothing(gallery: Gallery) -> None:
    (picture,) = save_images(gallery, 1)
    undo = gallery.trash.delete([picture.id])
    picture.path.write_text("something new")
    gallery.trash.restore(undo)
    assert picture.path.read_text() == "something new"
    assert gallery.get(picture.id).path.name == f"{picture.path.stem} (2).png"


def test_deleting_an_image_deletes_its_copies(gallery: Gallery) -> None:
    (picture,) = save_images(gallery, 1)
    shutil.copy(picture.path, gallery.pictures / "copy.png")
    gallery.sync()
    undo = gallery.trash.delete([picture.id])
    gallery.rebuild()
    assert gallery.page() == [] and list(gallery.pictures.iterdir()) == []
    gallery.trash.restore(undo)
    assert gallery.count() == 1 and len(list(gallery.pictures.iterdir())) == 2


def test_a_delete_that_fails_half_way_deletes_nothing(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = save_images(gallery, 3)
    rename, calls = os.rename, []

    def second_fails(source: Path, target: Path) -> None:
        calls.append(source)
        if len(calls) == 2:
            raise OSError(13, "Permission denied")
        rename(source, target)

    monkeypatch.setattr(os, "rename", second_fails)
    with pytest.raises(StorageError, match="permission is missing"):
        gallery.trash.delete(ids(pictures))
    assert gallery.page() == pictures and all(picture.path.exists() for picture in pictures)


def test_moving_to_another_disk_keeps_the_file(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    (picture,) = save_images(gallery, 1)
    before, content = picture.path.stat().st_mtime_ns, picture.path.read_bytes()

    def other_disk(source: Path, target: Path) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "rename", other_disk)
    gallery.trash.restore(gallery.trash.delete([picture.id]))
    assert picture.path.read_bytes() == content and picture.path.stat().st_mtime_ns == before


@pytest.mark.parametrize("version", [0, 1, 999])
@pytest.mark.parametrize("is_whole", [True, False])
def test_an_index_of_another_version_is_rebuilt(gallery: Gallery, version: int, is_whole: bool) -> None:
    pictures = save_images(gallery, 3)
    gallery.close()
    with sqlite3.connect(gallery.index_path) as index:
        if not is_whole:
            index.execute("DROP TABLE files")
            index.execute("CREATE TABLE later(x)")
        index.execute(f"PRAGMA user_version = {version}")
    index.close()
    assert gallery.page() == pictures and ids(gallery.page("picture")) == ids(pictures)
    # The file was not reported as damaged.
    assert repair_log.take_unreported(gallery.user_data_path.parent) == []


@pytest.mark.parametrize("damage", ["junk", "cut", "scrambled", "empty", "gone"])
def test_a_damaged_index_is_rebuilt(gallery: Gallery, damage: str) -> None:
    pictures = save_images(gallery, 3)
    gallery.favourites.set(pictures[0].id, True)
    gallery.close()
    content = bytearray(gallery.index_path.read_bytes())
    match damage:
        case "junk":
            content[:] = b"not a database" * 1000
        case "cut":
            del content[len(content) // 2 :]
        case "scrambled":
            content[4096:] = bytes(byte ^ 0x5A for byte in content[4096:])
        case "empty":
            content.clear()
    gallery.index_path.unlink() if damage == "gone" else gallery.index_path.write_bytes(content)
    assert ids(gallery.page()) == ids(pictures)
    assert gallery.count("is:favourite") == 1
    gallery.save(result("one more"))
    assert gallery.count("picture") == 3 and gallery.count() == 4


def test_an_interrupted_first_scan_is_completed_later(gallery: Gallery) -> None:
    pictures = save_images(gallery, 3)
    gallery.close()
    shutil.rmtree(gallery.index_path.parent)

    def stop(looked: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gallery.sync(stop)
    gallery.close()
    assert gallery.page() == pictures


@pytest.mark.slow
def test_other_calls_work_between_the_steps_of_a_sync(gallery: Gallery) -> None:
    save_images(gallery, 1)
    (original,) = gallery.pictures.iterdir()
    for number in range(450):
        shutil.copy(original, gallery.pictures / f"copy {number}.png")
    gallery.close()
    shutil.rmtree(gallery.index_path.parent)
    progress = []
    for step in gallery.sync_in_steps():
        progress.append(step)
        assert gallery.count() == (step[0] > 0)
    seen = [looked for looked, _ in progress]
    assert seen == sorted(seen) and progress[-1] == (451, 451) and len(set(progress)) > 2


def test_each_gallery_folder_has_its_own_index(gallery: Gallery) -> None:
    pictures = save_images(gallery, 2)
    gallery.close()
    base = gallery.pictures.parent
    other = Gallery(base / "others", base / "data", base / "cache")
    assert other.page() == []
    other.close()
    gallery.pictures.rename(base / "others")
    other.sync()
    assert other.index_path != gallery.index_path
    assert ids(other.page()) == ids(pictures)
    other.close()


WRITER = """
import sys
from pathlib import Path
from gdm_studio.gallery import Gallery
from tests.helpers.library import result
base = Path(sys.argv[1])
gallery = Gallery(base / "pictures", base / "data", base / "cache")
for number in range(25):
    picture = gallery.save(result(f"writer {sys.argv[2]}", seed=number))
    gallery.favourites.set(picture.id, True)
    assert gallery.get(picture.id).favourite
"""


@pytest.mark.slow
def test_several_processes_write_at_the_same_time(gallery: Gallery, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [subprocess.Popen([*command, name], stderr=subprocess.PIPE) for name in ("one", "two", "three")]
    for number in range(10):
        gallery.save(result("window", seed=number))
        gallery.sync()
    for writer in writers:
        _, complaint = writer.communicate(timeout=120)
        assert writer.returncode == 0, complaint.decode()
    assert gallery.count() == len(list(gallery.pictures.glob("*.png"))) == 85
    assert gallery.count("is:favourite") == 75 and gallery.sync() == 0


@pytest.mark.slow
def test_searching_thousands_of_images_takes_no_more_work_than_reading_a_page(gallery: Gallery) -> None:
    """A search takes less than twice SQLite's instructions for a page of all images; a full scan takes ten times."""
    images = 5_000
    fill_index(gallery, images)
    index = Index(gallery.index_path, user_data=gallery.user_data_path, root=gallery.pictures)
    # The latest images need no search.
    reading = _instructions(index, "")
    for query in ("f", "fox", "red fox", '"red fox"', "fox -red", "is:favourite", "zzz"):
        assert _instructions(index, query) < 2 * reading, query
    # A limit of a setting is looked for in all rows, without reading more of them than this setting.
    assert _instructions(index, "steps:>60") < 4 * images
    index.close()


def _instructions(index: Index, query: str) -> int:
    """Return how many instructions SQLite's virtual machine executes to find a page of 20 images."""
    executed = 0

    def count() -> None:
        nonlocal executed
        executed += 1

    index.connection.set_progress_handler(count, 1)
    index.page(query, after=None, limit=20)
    index.connection.set_progress_handler(None, 1)
    return executed
