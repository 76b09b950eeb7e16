"""Collections: named groups of pictures that outlive the index, renaming, and deleting."""

from __future__ import annotations

from pathlib import Path

import pytest

from gdm_studio.errors import StorageError
from gdm_studio.gallery import Gallery
from tests.helpers.library import result


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")


def found(gallery: Gallery, query: str) -> set[str]:
    return {picture.request.prompt for picture in gallery.page(query)}


def kept(gallery: Gallery, *prompts: str) -> list[str]:
    """The ids of new pictures."""
    return [gallery.keep(result(prompt, seed=seed)).id for seed, prompt in enumerate(prompts)]


def listed(gallery: Gallery) -> dict[str, int]:
    return {one.name: one.count for one in gallery.collections()}


def test_a_collection_is_listed_counted_and_searched(gallery: Gallery) -> None:
    fox, owl, car = kept(gallery, "a fox", "an owl", "a car")
    assert gallery.new_collection("Forest, spring", [fox, owl]) == "Forest, spring"
    gallery.new_collection("Roads", [car])
    assert listed(gallery) == {"Roads": 1, "Forest, spring": 2}
    assert found(gallery, 'collection:"Forest, spring"') == {"a fox", "an owl"}
    assert found(gallery, 'collection:"forest, SPRING" owl') == {"an owl"}
    assert found(gallery, '-collection:"Forest, spring"') == {"a car"}
    assert found(gallery, "collection:Forest") == set()  # a name counts whole


def test_a_name_that_is_taken_is_numbered_and_no_name_is_too_odd(gallery: Gallery) -> None:
    (fox,) = kept(gallery, "a fox")
    names = [gallery.new_collection(name, [fox]) for name in ("Set", "set", "", ' a "b"\n c ', "x" * 200, "\udc80")]
    assert names == ["Set", "set 2", "Collection", "a 'b' c", "x" * 80, "?"]
    for name in names:
        assert found(gallery, f'collection:"{name}"') == {"a fox"}


def test_renaming_takes_the_pictures_along_and_refuses_a_name_in_use(gallery: Gallery) -> None:
    fox, owl = kept(gallery, "a fox", "an owl")
    gallery.new_collection("Forest", [fox])
    gallery.new_collection("Birds", [owl])
    assert gallery.rename_collection("Forest", "  Woods ") == "Woods"
    assert gallery.rename_collection("Woods", "WOODS") == "WOODS"
    assert found(gallery, "collection:Woods") == {"a fox"} and listed(gallery) == {"Birds": 1, "WOODS": 1}
    with pytest.raises(StorageError, match="There is a collection called Birds already"):
        gallery.rename_collection("Woods", "Birds")
    assert listed(gallery) == {"Birds": 1, "WOODS": 1}


def test_one_taken_apart_leaves_its_pictures_and_can_be_put_together_again(gallery: Gallery) -> None:
    fox, owl = kept(gallery, "a fox", "an owl")
    gallery.new_collection("Forest", [fox, owl])
    gallery.new_collection("Birds", [owl])
    removed = gallery.remove_collection("forest")
    assert removed is not None and listed(gallery) == {"Birds": 1} and gallery.count() == 2
    assert gallery.remove_collection("Forest") is None
    gallery.restore_collection(removed)
    assert list(listed(gallery).items()) == [("Birds", 1), ("Forest", 2)], "it is no newer than it was"


def test_pictures_are_added_once_and_only_to_what_is_there(gallery: Gallery) -> None:
    fox, owl = kept(gallery, "a fox", "an owl")
    gallery.new_collection("Forest", [fox])
    gallery.collect("Forest", [fox, owl])
    gallery.collect("Nowhere", [fox])
    assert listed(gallery) == {"Forest": 2}


def test_collections_outlive_the_index_and_a_deletion_that_is_undone(gallery: Gallery) -> None:
    fox, owl = kept(gallery, "a fox", "an owl")
    gallery.new_collection("Forest", [fox, owl])
    undo = gallery.delete([fox])
    assert listed(gallery) == {"Forest": 1}
    gallery.restore(undo)
    gallery.rebuild()
    assert listed(gallery) == {"Forest": 2} and found(gallery, "collection:Forest") == {"a fox", "an owl"}
    gallery.close()
    gallery.index_path.unlink()
    assert listed(gallery) == {"Forest": 0} and gallery.count() == 2 and listed(gallery) == {"Forest": 2}
