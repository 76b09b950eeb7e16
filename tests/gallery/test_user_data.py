"""User data is stored and read back field by field, in order, and at its limits."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery, Picture, collections, scanner
from gdm_studio.gallery.annotations import MAX_NOTE
from gdm_studio.request.generation_events import GenerationFacts, Result
from gdm_studio.request.generation_request import Branch, Request
from tests.helpers.library import result


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    yield gallery
    gallery.close()


def save_images(gallery: Gallery, *prompts: str, **settings: object) -> list[Picture]:
    return [gallery.save(result(prompt, seed=seed, **settings)) for seed, prompt in enumerate(prompts)]


def test_an_image_is_read_back_from_the_index_completely(gallery: Gallery) -> None:
    parent = Request(prompt="an owl", steps=7, size=(24, 16))
    request = replace(parent, prompt="a fox", style="noto", sampler="ddim", branch=Branch(parent, 3)).checked()
    made = GenerationFacts("CPU", "fp32", 1.5, "ab12")
    fox = gallery.save(Result(0, request, np.full((16, 24, 4), 7, np.uint8), 5, made), note={"more": "of it"})
    (owl,) = save_images(gallery, "an owl")
    for tag in ("woods", "Beasts", "best"):
        gallery.tags.set([fox.id], tag)
    gallery.notes.set(fox.id, "mine")
    gallery.favourites.set([fox.id, owl.id], True)
    gallery.favourites.set(owl.id, False)
    expected = replace(fox, favourite=True, tags=("Beasts", "best", "woods"), note="mine")
    plain = Picture("", Path(), 0.0, (0, 0), Request())
    assert [each.name for each in fields(Picture) if getattr(expected, each.name) == getattr(plain, each.name)] == [
        "tool", "written", "model_written", "source", "unstated",
    ]  # fmt: skip
    assert (fox.size, fox.seconds, fox.stopped_at, fox.parent) == ((24, 16), 1.5, 5, parent.digest())
    for again in (lambda: None, gallery.rebuild, gallery.close):
        again()
        assert gallery.page() == [owl, expected] and gallery.get(fox.id) == expected
        assert gallery.page("is:branch") == gallery.page("is:stopped") == gallery.page("is:favourite") == [expected]
    gallery.favourites.set(fox.id, False)
    gallery.notes.set(fox.id, "yours")
    gallery.tags.set([fox.id], "BEST", False)
    assert gallery.get(fox.id) == replace(expected, favourite=False, tags=("Beasts", "woods"), note="yours")
    assert gallery.count("note:mine") == gallery.count("tag:best") == 0 and gallery.count("note:yours") == 1


def test_an_overwritten_image_keeps_its_settings(gallery: Gallery) -> None:
    fox = gallery.save(replace(result("a fox", stopped_at=4), made=GenerationFacts("CPU", "bf16", 2.5)))
    Image.new("RGB", (9, 5)).save(fox.path)
    for _ in range(2):
        gallery.rebuild()
        assert gallery.page() == [replace(fox, size=(9, 5))]
        gallery.close()
        shutil.rmtree(gallery.index_path.parent)


def test_a_file_name_reused_by_another_tool_is_another_image(gallery: Gallery) -> None:
    write_a1111_file(gallery.pictures / "00001.png", 1)
    gallery.sync()
    (before,) = gallery.page()
    gallery.favourites.set(before.id, True)
    Image.new("RGB", (9, 5)).save(gallery.pictures / "00001.png")
    gallery.sync()
    (now,) = gallery.page()
    assert now.size == (9, 5) and not now.has_settings and gallery.count("is:favourite") == 0


def test_collections_are_newest_first_and_restored_to_their_place(gallery: Gallery) -> None:
    fox, owl, car = (picture.id for picture in save_images(gallery, "a fox", "an owl", "a car"))
    for title, pictures in (("Forest", [fox, owl]), ("Roads", [car]), ("Nothing", [])):
        gallery.collections.create(title, pictures)
    assert [(one.name, one.count) for one in gallery.collections.all()] == [("Nothing", 0), ("Roads", 1), ("Forest", 2)]
    before = gallery.collections.all()
    gallery.collections.set("roads", [owl, car])
    gallery.collections.set("ROADS", [car, fox], False)
    assert [picture.id for picture in gallery.page("collection:Roads")] == [owl]
    assert gallery.count("collection:Forest") == 2, "another collection is not touched"
    removed = gallery.collections.delete("FOREST")
    assert removed == collections.DeletedCollection(replace(before[2], count=0), tuple(sorted([fox, owl])))
    gallery.collections.create("forest", [car])
    gallery.collections.restore(removed)
    assert [(one.name, one.count) for one in gallery.collections.all()] == [("forest", 3), ("Nothing", 0), ("Roads", 1)]
    gallery.collections.delete("forest")
    gallery.collections.restore(removed)
    assert [one.name for one in gallery.collections.all()] == ["Nothing", "Roads", "Forest"]
    assert [one.created for one in gallery.collections.all()] == [one.created for one in before]
    assert (
        gallery.collections.rename("Forest", " \n") == "Forest"
        and gallery.collections.rename("Roads", "Road") == "Road"
    )
    with pytest.raises(StorageError, match="forest already"):
        gallery.collections.rename("Road", "forest")
    assert [one.name for one in gallery.collections.all()] == ["Nothing", "Road", "Forest"]
    assert (
        gallery.collections.create("road", [fox]) == "road 2" and gallery.collections.create("Road", [fox]) == "Road 3"
    )


def test_notes_and_searches_at_their_limits(gallery: Gallery) -> None:
    (fox,) = save_images(gallery, "a fox")
    gallery.notes.set(fox.id, f"  {'x' * MAX_NOTE}  ")
    with pytest.raises(StorageError, match="20,000 characters, this one has 20,001"):
        gallery.notes.set(fox.id, "x" * (MAX_NOTE + 1))
    found = gallery.get(fox.id)
    assert found is not None and found.note == "x" * MAX_NOTE and gallery.count("is:noted") == 1
    gallery.notes.set(fox.id, " ")
    assert gallery.count("is:noted") == 0
    began = time.time()
    assert gallery.searches.save("b " * 60, " fox ") == ("b " * 40).strip()
    assert gallery.searches.save(' "A"\n', "owl") == "'A'" and gallery.searches.save("", "c") == "c"
    saved = gallery.searches.all()
    assert [(one.name[:3], one.query) for one in saved] == [("'A'", "owl"), ("b b", "fox"), ("c", "c")]
    assert all(began <= one.created <= time.time() for one in saved)
    gallery.searches.delete("nothing")
    assert gallery.searches.all() == saved


def test_tags_count_only_existing_images(gallery: Gallery) -> None:
    fox, owl, car = (picture.id for picture in save_images(gallery, "a fox", "an owl", "a car"))
    gallery.tags.set([owl, fox], "zoo")
    gallery.tags.set([car], "Best")
    gallery.tags.set([fox], "zebra")
    gallery.tags.set([fox], "ZOO", False)
    assert [(tag.name, tag.count) for tag in gallery.tags.all()] == [("Best", 1), ("zebra", 1), ("zoo", 1)]
    gallery.trash.delete([owl, car])
    assert [(tag.name, tag.count) for tag in gallery.tags.all()] == [("Best", 0), ("zebra", 1), ("zoo", 0)]
    assert gallery.count("is:untagged") == 0 and gallery.count("-is:untagged") == 1


def write_a1111_file(path: Path, seed: int) -> None:
    info = PngInfo()
    info.add_text("parameters", f"{path.stem}\nSteps: 12, Sampler: Euler a, Seed: {seed}, Size: 8x8, Model: theirs")
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8), (seed, 0, 0)).save(path, pnginfo=info)


def test_imported_folders_are_listed_in_order_with_their_counts(gallery: Gallery, tmp_path: Path) -> None:
    for number, place in enumerate(("b/one", "a/two", "a/three")):
        write_a1111_file(tmp_path / f"{place}.png", number)
    Image.new("RGB", (8, 8)).save(tmp_path / "a" / "photo.png")
    (tmp_path / "a" / "letter.png").write_bytes(b"no image")
    assert gallery.sources.add(tmp_path / "b" / ".." / "b") == tmp_path / "b"
    gallery.sources.add(tmp_path / "a")
    gallery.sources.add(tmp_path / "b")
    gallery.sync()

    def counts() -> list[tuple[str, int, int, int]]:
        return [(one.folder.name, one.pictures, one.plain, one.unreadable) for one in gallery.sources.all()]

    assert counts() == [("b", 1, 0, 0), ("a", 3, 1, 1)]
    save_images(gallery, "ours", "ours too", model="icons")
    save_images(gallery, "another", model="other")
    assert gallery.suggestions.models(5) == [("theirs", 3), ("icons", 2), ("other", 1)]
    assert gallery.suggestions.models(1) == [("theirs", 3)] and gallery.count('model:"theirs"') == 3
    assert gallery.suggestions.complete("model:", 6) == ["model:theirs", "model:icons", "model:other"]
    gallery.sources.remove(tmp_path / "b")
    assert counts() == [("a", 3, 1, 1)]
    assert {picture.request.prompt for picture in gallery.page("is:imported is:settings")} == {"two", "three"}


def test_the_newest_files_are_scanned_first(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, place in ((3, "a"), (1, "b"), (2, "inside/c")):
        write_a1111_file(gallery.pictures / f"{place}.png", number)
        os.utime(gallery.pictures / f"{place}.png", (10**9 + number, 10**9 + number))
    # A negative slice makes every step read one file.
    monkeypatch.setattr(scanner, "SLICE", -1.0)
    seen = []
    for step in gallery.sync_in_steps():
        seen.append((step, [picture.request.prompt for picture in gallery.page(fill=False)]))
    steps = [step for step, _ in seen]
    assert steps[0][0] == 0 and steps[-1] == (3, 3) and steps == sorted(steps)
    assert list(dict.fromkeys(" ".join(prompts) for _, prompts in seen)) == ["", "a", "a c", "a c b"]


def test_copies_in_the_library_are_preferred_then_the_first_by_name(gallery: Gallery, tmp_path: Path) -> None:
    (fox,) = save_images(gallery, "a fox")
    theirs = tmp_path / "theirs" / "one.png"
    theirs.parent.mkdir()
    copies = [gallery.pictures / "m.png", gallery.pictures / "z.png", theirs]
    for copy in copies[::-1]:
        shutil.copy2(fox.path, copy)
    gallery.sources.add(theirs.parent)
    gallery.sync()
    assert gallery.page() == [fox] and gallery.count("is:imported") == 0
    for gone, shown in zip([fox.path, *copies], [*copies, None], strict=True):
        gone.unlink()
        gallery.sync()
        assert [picture.path for picture in gallery.page()] == ([shown] if shown else [])
        source = str(theirs.parent) if shown == theirs else ""
        assert [picture.source for picture in gallery.page()] == [source] * bool(shown)


def test_deleted_images_are_listed_newest_first(gallery: Gallery, tmp_path: Path) -> None:
    write_a1111_file(tmp_path / "theirs" / "cow.png", 1)
    gallery.sources.add(tmp_path / "theirs")
    gallery.sync()
    (cow,) = gallery.page("cow")
    fox, owl = save_images(gallery, "a fox", "an owl")
    for number, picture in enumerate((owl, cow, fox)):
        undo = gallery.trash.delete([picture.id])
        assert undo.count == 1 and abs(undo.deleted - time.time()) < 600 and undo.name == undo.folder.name
        if picture is not cow:
            undo.folder.rename(undo.folder.with_name(f"{1_000_000_000 + number}-abcdef12"))
    held = gallery.trash.all()
    assert [(undo.count, len(undo.files())) for undo in held] == [(1, 0), (1, 1), (1, 1)]
    assert [undo.deleted for undo in held[1:]] == [1_000_000_002.0, 1_000_000_000.0]
    assert gallery.trash.restore_one(held[1], held[1].files()[0]) == fox and gallery.page() == [fox]
    gallery.trash.restore(held[0])
    gallery.trash.restore(held[2])
    assert {picture.id for picture in gallery.page()} == {owl.id, fox.id, cow.id} and gallery.trash.all() == []


def test_scripts_without_spaces_are_searched_letter_by_letter(gallery: Gallery) -> None:
    save_images(gallery, "한국어 여우", "แมวดำ", "黒い猫", "ひらがな", "カタカナ", "မြန်မာ", "ខ្មែរ")
    for word, prompt in (
        ("국", "한국어 여우"),
        ("มว", "แมวดำ"),
        ("い猫", "黒い猫"),
        ("がな", "ひらがな"),
        ("タカ", "カタカナ"),
    ):
        assert [picture.request.prompt for picture in gallery.page(word)] == [prompt]
    assert gallery.count("여우") == 1 and gallery.count("猫黒") == 0
