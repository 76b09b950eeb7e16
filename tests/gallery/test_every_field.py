"""What is kept comes back field by field, in its order, and at the edge of what may be."""

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

from gdm_studio.errors import StorageError
from gdm_studio.gallery import Gallery, Picture, collections, scanning
from gdm_studio.gallery.marks import LONGEST_NOTE
from gdm_studio.request import Branch, Request
from gdm_studio.run import Made, Result
from tests.helpers.library import result


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    yield gallery
    gallery.close()


def kept(gallery: Gallery, *prompts: str, **settings: object) -> list[Picture]:
    return [gallery.keep(result(prompt, seed=seed, **settings)) for seed, prompt in enumerate(prompts)]


def test_a_picture_comes_back_from_the_index_with_all_of_it(gallery: Gallery) -> None:
    parent = Request(prompt="an owl", steps=7, size=(24, 16))
    request = replace(parent, prompt="a fox", style="noto", sampler="ddim", branch=Branch(parent, 3)).checked()
    made = Made("CPU", "fp32", 1.5, "ab12")
    fox = gallery.keep(Result(0, request, np.full((16, 24, 4), 7, np.uint8), 5, made), note={"more": "of it"})
    (owl,) = kept(gallery, "an owl")
    for tag in ("woods", "Beasts", "best"):
        gallery.tag([fox.id], tag)
    gallery.note(fox.id, "mine")
    gallery.favourite([fox.id, owl.id], True)
    gallery.favourite(owl.id, False)
    expected = replace(fox, favourite=True, tags=("Beasts", "best", "woods"), note="mine")
    plain = Picture("", Path(), 0.0, (0, 0), Request())
    assert [each.name for each in fields(Picture) if getattr(expected, each.name) == getattr(plain, each.name)] == [
        "tool", "source",
    ]  # fmt: skip
    assert (fox.size, fox.seconds, fox.stopped_at, fox.parent) == ((24, 16), 1.5, 5, parent.digest())
    for again in (lambda: None, gallery.rebuild, gallery.close):
        again()
        assert gallery.page() == [owl, expected] and gallery.get(fox.id) == expected
        assert gallery.page("is:branch") == gallery.page("is:stopped") == gallery.page("is:favourite") == [expected]
    gallery.favourite(fox.id, False)
    gallery.note(fox.id, "yours")
    gallery.tag([fox.id], "BEST", False)
    assert gallery.get(fox.id) == replace(expected, favourite=False, tags=("Beasts", "woods"), note="yours")
    assert gallery.count("note:mine") == gallery.count("tag:best") == 0 and gallery.count("note:yours") == 1


def test_a_picture_saved_over_keeps_all_that_its_file_had_said(gallery: Gallery) -> None:
    fox = gallery.keep(replace(result("a fox", stopped_at=4), made=Made("CPU", "bf16", 2.5)))
    Image.new("RGB", (9, 5)).save(fox.path)
    for _ in range(2):
        gallery.rebuild()
        assert gallery.page() == [replace(fox, size=(9, 5))]
        gallery.close()
        shutil.rmtree(gallery.index_path.parent)


def test_a_name_that_another_tool_uses_again_is_another_picture(gallery: Gallery) -> None:
    foreign(gallery.pictures / "00001.png", 1)
    gallery.sync()
    (before,) = gallery.page()
    gallery.favourite(before.id, True)
    Image.new("RGB", (9, 5)).save(gallery.pictures / "00001.png")
    gallery.sync()
    assert gallery.page() == [] and gallery.count("is:favourite") == 0


def test_collections_come_newest_first_and_go_back_to_their_place(gallery: Gallery) -> None:
    fox, owl, car = (picture.id for picture in kept(gallery, "a fox", "an owl", "a car"))
    for title, pictures in (("Forest", [fox, owl]), ("Roads", [car]), ("Nothing", [])):
        gallery.new_collection(title, pictures)
    assert [(one.name, one.count) for one in gallery.collections()] == [("Nothing", 0), ("Roads", 1), ("Forest", 2)]
    before = gallery.collections()
    gallery.collect("roads", [owl, car])
    gallery.collect("ROADS", [car, fox], False)
    assert [picture.id for picture in gallery.page("collection:Roads")] == [owl]
    assert gallery.count("collection:Forest") == 2, "another collection is not touched"
    removed = gallery.remove_collection("FOREST")
    assert removed == collections.Removed(replace(before[2], count=0), tuple(sorted([fox, owl])))
    gallery.new_collection("forest", [car])
    gallery.restore_collection(removed)
    assert [(one.name, one.count) for one in gallery.collections()] == [("forest", 3), ("Nothing", 0), ("Roads", 1)]
    gallery.remove_collection("forest")
    gallery.restore_collection(removed)
    assert [one.name for one in gallery.collections()] == ["Nothing", "Roads", "Forest"]
    assert [one.created for one in gallery.collections()] == [one.created for one in before]
    assert (
        gallery.rename_collection("Forest", " \n") == "Forest" and gallery.rename_collection("Roads", "Road") == "Road"
    )
    with pytest.raises(StorageError, match="forest already"):
        gallery.rename_collection("Road", "forest")
    assert [one.name for one in gallery.collections()] == ["Nothing", "Road", "Forest"]
    assert gallery.new_collection("road", [fox]) == "road 2" and gallery.new_collection("Road", [fox]) == "Road 3"


def test_notes_and_searches_at_their_limits(gallery: Gallery) -> None:
    (fox,) = kept(gallery, "a fox")
    gallery.note(fox.id, f"  {'x' * LONGEST_NOTE}  ")
    with pytest.raises(StorageError, match="20,000 characters, this one has 20,001"):
        gallery.note(fox.id, "x" * (LONGEST_NOTE + 1))
    found = gallery.get(fox.id)
    assert found is not None and found.note == "x" * LONGEST_NOTE and gallery.count("is:noted") == 1
    gallery.note(fox.id, " ")
    assert gallery.count("is:noted") == 0
    began = time.time()
    assert gallery.save_search("b " * 60, " fox ") == ("b " * 40).strip()
    assert gallery.save_search(' "A"\n', "owl") == "'A'" and gallery.save_search("", "c") == "c"
    saved = gallery.saved_searches()
    assert [(one.name[:3], one.query) for one in saved] == [("'A'", "owl"), ("b b", "fox"), ("c", "c")]
    assert all(began <= one.created <= time.time() for one in saved)
    gallery.remove_search("nothing")
    assert gallery.saved_searches() == saved


def test_tags_are_counted_where_their_pictures_are(gallery: Gallery) -> None:
    fox, owl, car = (picture.id for picture in kept(gallery, "a fox", "an owl", "a car"))
    gallery.tag([owl, fox], "zoo")
    gallery.tag([car], "Best")
    gallery.tag([fox], "zebra")
    gallery.tag([fox], "ZOO", False)
    assert [(tag.name, tag.count) for tag in gallery.tags()] == [("Best", 1), ("zebra", 1), ("zoo", 1)]
    gallery.delete([owl, car])
    assert [(tag.name, tag.count) for tag in gallery.tags()] == [("Best", 0), ("zebra", 1), ("zoo", 0)]
    assert gallery.count("is:untagged") == 0 and gallery.count("-is:untagged") == 1


def foreign(path: Path, seed: int) -> None:
    info = PngInfo()
    info.add_text("parameters", f"{path.stem}\nSteps: 12, Sampler: Euler a, Seed: {seed}, Size: 8x8, Model: theirs")
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8), (seed, 0, 0)).save(path, pnginfo=info)


def test_imported_folders_come_in_their_order_with_numbers_of_their_own(gallery: Gallery, tmp_path: Path) -> None:
    for number, place in enumerate(("b/one", "a/two", "a/three")):
        foreign(tmp_path / f"{place}.png", number)
    (tmp_path / "a" / "photo.png").write_bytes(b"no settings")
    assert gallery.add_source(tmp_path / "b" / ".." / "b") == tmp_path / "b"
    gallery.add_source(tmp_path / "a")
    gallery.add_source(tmp_path / "b")
    gallery.sync()
    assert [(one.folder.name, one.pictures, one.others) for one in gallery.sources()] == [("b", 1, 0), ("a", 2, 1)]
    kept(gallery, "ours", "ours too", model="icons")
    kept(gallery, "another", model="other")
    assert gallery.models(5) == [("icons", 2), ("other", 1)] and gallery.models(1) == [("icons", 2)]
    assert gallery.complete("model:", 6) == ["model:theirs", "model:icons", "model:other"]
    gallery.remove_source(tmp_path / "b")
    assert [(one.folder.name, one.pictures, one.others) for one in gallery.sources()] == [("a", 2, 1)]
    assert {picture.request.prompt for picture in gallery.page("is:imported")} == {"two", "three"}


def test_the_newest_files_are_looked_at_first(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, place in ((3, "a"), (1, "b"), (2, "inside/c")):
        foreign(gallery.pictures / f"{place}.png", number)
        os.utime(gallery.pictures / f"{place}.png", (10**9 + number, 10**9 + number))
    monkeypatch.setattr(scanning, "SLICE", -1.0)  # a file a step
    seen = []
    for step in gallery.syncing():
        seen.append((step, [picture.request.prompt for picture in gallery.page(fill=False)]))
    steps = [step for step, _ in seen]
    assert steps[0][0] == 0 and steps[-1] == (3, 3) and steps == sorted(steps)
    assert list(dict.fromkeys(" ".join(prompts) for _, prompts in seen)) == ["", "a", "a c", "a c b"]


def test_of_the_copies_that_are_left_the_librarys_own_and_first_by_name_is_shown(
    gallery: Gallery, tmp_path: Path
) -> None:
    (fox,) = kept(gallery, "a fox")
    theirs = tmp_path / "theirs" / "one.png"
    theirs.parent.mkdir()
    copies = [gallery.pictures / "m.png", gallery.pictures / "z.png", theirs]
    for copy in copies[::-1]:
        shutil.copy2(fox.path, copy)
    gallery.add_source(theirs.parent)
    gallery.sync()
    assert gallery.page() == [fox] and gallery.count("is:imported") == 0
    for gone, shown in zip([fox.path, *copies], [*copies, None], strict=True):
        gone.unlink()
        gallery.sync()
        assert [picture.path for picture in gallery.page()] == ([shown] if shown else [])
        source = str(theirs.parent) if shown == theirs else ""
        assert [picture.source for picture in gallery.page()] == [source] * bool(shown)


def test_of_what_waits_the_last_deleted_is_first(gallery: Gallery, tmp_path: Path) -> None:
    foreign(tmp_path / "theirs" / "cow.png", 1)
    gallery.add_source(tmp_path / "theirs")
    gallery.sync()
    (cow,) = gallery.page("cow")
    fox, owl = kept(gallery, "a fox", "an owl")
    for number, picture in enumerate((owl, cow, fox)):
        undo = gallery.delete([picture.id])
        assert undo.count == 1 and abs(undo.deleted - time.time()) < 600 and undo.name == undo.folder.name
        if picture is not cow:
            undo.folder.rename(undo.folder.with_name(f"{1_000_000_000 + number}-abcdef12"))
    held = gallery.held()
    assert [(undo.count, len(undo.files())) for undo in held] == [(1, 0), (1, 1), (1, 1)]
    assert [undo.deleted for undo in held[1:]] == [1_000_000_002.0, 1_000_000_000.0]
    assert gallery.restore_one(held[1], held[1].files()[0]) == fox and gallery.page() == [fox]
    gallery.restore(held[0])
    gallery.restore(held[2])
    assert {picture.id for picture in gallery.page()} == {owl.id, fox.id, cow.id} and gallery.held() == []


def test_words_of_scripts_without_spaces_are_found_letter_by_letter(gallery: Gallery) -> None:
    kept(gallery, "한국어 여우", "แมวดำ", "黒い猫", "ひらがな", "カタカナ", "မြန်မာ", "ខ្មែរ")
    for word, prompt in (
        ("국", "한국어 여우"),
        ("มว", "แมวดำ"),
        ("い猫", "黒い猫"),
        ("がな", "ひらがな"),
        ("タカ", "カタカナ"),
    ):
        assert [picture.request.prompt for picture in gallery.page(word)] == [prompt]
    assert gallery.count("여우") == 1 and gallery.count("猫黒") == 0
