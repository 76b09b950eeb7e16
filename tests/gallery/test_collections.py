"""Collections survive index rebuilds, renames and deletions."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery
from tests.helpers.library import result


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")


def prompts_matching(gallery: Gallery, query: str) -> set[str]:
    return {picture.request.prompt for picture in gallery.page(query)}


def save_images(gallery: Gallery, *prompts: str) -> list[str]:
    """Save one image per prompt and return the ids."""
    return [gallery.save(result(prompt, seed=seed)).id for seed, prompt in enumerate(prompts)]


def collection_counts(gallery: Gallery) -> dict[str, int]:
    return {one.name: one.count for one in gallery.collections.all()}


def test_a_collection_is_listed_counted_and_searched(gallery: Gallery) -> None:
    fox, owl, car = save_images(gallery, "a fox", "an owl", "a car")
    assert gallery.collections.create("Forest, spring", [fox, owl]) == "Forest, spring"
    gallery.collections.create("Roads", [car])
    assert collection_counts(gallery) == {"Roads": 1, "Forest, spring": 2}
    assert prompts_matching(gallery, 'collection:"Forest, spring"') == {"a fox", "an owl"}
    assert prompts_matching(gallery, 'collection:"forest, SPRING" owl') == {"an owl"}
    assert prompts_matching(gallery, '-collection:"Forest, spring"') == {"a car"}
    # Only whole names match.
    assert prompts_matching(gallery, "collection:Forest") == set()


def test_names_in_use_get_a_number_and_odd_names_are_cleaned(gallery: Gallery) -> None:
    (fox,) = save_images(gallery, "a fox")
    names = [gallery.collections.create(name, [fox]) for name in ("Set", "set", "", ' a "b"\n c ', "x" * 200, "\udc80")]
    assert names == ["Set", "set 2", "Collection", "a 'b' c", "x" * 80, "?"]
    for name in names:
        assert prompts_matching(gallery, f'collection:"{name}"') == {"a fox"}


def test_names_are_found_in_any_unicode_form(gallery: Gallery) -> None:
    fox, owl = save_images(gallery, "a fox", "an owl")
    composed, decomposed = (unicodedata.normalize(form, "Forêt") for form in ("NFC", "NFD"))
    assert gallery.collections.create(decomposed, [fox]) == composed
    gallery.collections.set(f"{decomposed} ", [owl])
    gallery.tags.set([fox], decomposed)
    for name in (composed, decomposed, f"{decomposed} "):
        assert prompts_matching(gallery, f'collection:"{name}"') == {"a fox", "an owl"}
        assert prompts_matching(gallery, f'tag:"{name}"') == {"a fox"}
    assert gallery.collections.rename(decomposed, "Woods") == "Woods"


def test_renaming_keeps_the_images_and_refuses_a_name_in_use(gallery: Gallery) -> None:
    fox, owl = save_images(gallery, "a fox", "an owl")
    gallery.collections.create("Forest", [fox])
    gallery.collections.create("Birds", [owl])
    assert gallery.collections.rename("Forest", "  Woods ") == "Woods"
    assert gallery.collections.rename("Woods", "WOODS") == "WOODS"
    assert prompts_matching(gallery, "collection:Woods") == {"a fox"} and collection_counts(gallery) == {
        "Birds": 1,
        "WOODS": 1,
    }
    with pytest.raises(StorageError, match="There is a collection called Birds already"):
        gallery.collections.rename("Woods", "Birds")
    assert collection_counts(gallery) == {"Birds": 1, "WOODS": 1}


def test_a_deleted_collection_leaves_its_images_and_can_be_restored(gallery: Gallery) -> None:
    fox, owl = save_images(gallery, "a fox", "an owl")
    gallery.collections.create("Forest", [fox, owl])
    gallery.collections.create("Birds", [owl])
    removed = gallery.collections.delete("forest")
    assert removed is not None and collection_counts(gallery) == {"Birds": 1} and gallery.count() == 2
    assert gallery.collections.delete("Forest") is None
    gallery.collections.restore(removed)
    assert list(collection_counts(gallery).items()) == [("Birds", 1), ("Forest", 2)], "it is no newer than it was"


def test_the_set_of_a_collection_follows_it(gallery: Gallery) -> None:
    (fox,) = save_images(gallery, "a fox")
    collections = gallery.collections
    collections.create("Forest", [fox])
    collections.create("Birds", [fox])
    assert collections.containing(fox) == ["Birds", "Forest"] and collections.image_set("Forest") == ""
    for name in ("Forest", "Birds", "Nowhere"):
        collections.save_image_set(name, f"{name}'s")
    assert collections.image_set("Nowhere") == ""
    collections.rename("Forest", "forest")
    collections.rename("forest", "Woods")
    assert (collections.image_set("Forest"), collections.image_set("Woods")) == ("", "Forest's")
    removed = collections.delete("Woods")
    assert removed is not None and collections.image_set("Woods") == ""
    collections.restore(removed)
    assert collections.image_set("woods") == "Forest's"
    # A hidden collection is replaced by a new one of its name.
    collections.set("Birds", [fox], on=False)
    collections.hide_when_empty("Birds")
    assert collections.create("Birds", [fox]) == "Birds" and collections.image_set("Birds") == ""


def test_images_are_added_once_and_only_to_existing_collections(gallery: Gallery) -> None:
    fox, owl = save_images(gallery, "a fox", "an owl")
    gallery.collections.create("Forest", [fox])
    gallery.collections.set("Forest", [fox, owl])
    gallery.collections.set("Nowhere", [fox])
    assert collection_counts(gallery) == {"Forest": 2}


def test_collections_survive_a_lost_index_and_an_undone_deletion(gallery: Gallery) -> None:
    fox, owl = save_images(gallery, "a fox", "an owl")
    gallery.collections.create("Forest", [fox, owl])
    undo = gallery.trash.delete([fox])
    assert collection_counts(gallery) == {"Forest": 1}
    gallery.trash.restore(undo)
    gallery.rebuild()
    assert collection_counts(gallery) == {"Forest": 2} and prompts_matching(gallery, "collection:Forest") == {
        "a fox",
        "an owl",
    }
    gallery.close()
    gallery.index_path.unlink()
    assert (
        collection_counts(gallery) == {"Forest": 0}
        and gallery.count() == 2
        and collection_counts(gallery) == {"Forest": 2}
    )
