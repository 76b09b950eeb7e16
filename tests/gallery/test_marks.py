"""Tags, notes and saved searches, also in a database of the first version."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery
from gdm_studio.gallery.database import USER_DATA_VERSION
from tests.helpers.library import result


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    yield gallery
    gallery.close()


def save_images(gallery: Gallery, *prompts: str) -> list[str]:
    """Save one image per prompt and return the ids."""
    return [gallery.save(result(prompt, seed=seed)).id for seed, prompt in enumerate(prompts)]


def prompts_matching(gallery: Gallery, query: str) -> set[str]:
    pictures = gallery.page(query)
    assert gallery.count(query) == len(pictures) == len(gallery.timeline.moments(query))
    return {picture.request.prompt for picture in pictures}


def test_tags_are_added_removed_counted_and_found(gallery: Gallery) -> None:
    fox, owl, car = save_images(gallery, "a fox", "an owl", "a car")
    gallery.tags.set([fox, owl], "In the woods")
    gallery.tags.set([fox], "best")
    assert [(tag.name, tag.count) for tag in gallery.tags.all()] == [("best", 1), ("In the woods", 2)]
    assert gallery.get(fox).tags == ("best", "In the woods") and gallery.get(car).tags == ()
    assert prompts_matching(gallery, 'tag:"in THE woods"') == {"a fox", "an owl"}
    assert prompts_matching(gallery, "tag:in") == set(), "a name counts whole"
    assert prompts_matching(gallery, "-tag:best") == {"an owl", "a car"} and prompts_matching(
        gallery, "is:untagged"
    ) == {"a car"}
    assert prompts_matching(gallery, "woods") == {"a fox", "an owl"}, "its words are found too"
    gallery.tags.set([fox, owl], "In the woods", False)
    assert (
        gallery.tags.all()[0].name == "best"
        and len(gallery.tags.all()) == 1
        and prompts_matching(gallery, "woods") == set()
    )


def test_a_tag_keeps_its_first_spelling(gallery: Gallery) -> None:
    fox, owl = save_images(gallery, "a fox", "an owl")
    gallery.tags.set([fox], "Beasts")
    gallery.tags.set([owl, fox], "beasts")
    assert [(tag.name, tag.count) for tag in gallery.tags.all()] == [("Beasts", 2)]
    assert gallery.get(owl).tags == gallery.get(fox).tags == ("Beasts",)
    gallery.tags.set([owl], ' a "b"\n c ')
    assert prompts_matching(gallery, "tag:\"a 'b' c\"") == {"an owl"}
    with pytest.raises(StorageError, match="needs a name"):
        gallery.tags.set([owl], "  \n")


def test_notes_are_found_by_their_words(gallery: Gallery) -> None:
    fox, owl = save_images(gallery, "a fox", "an owl")
    gallery.notes.set(fox, "For the poster,\nsecond try")
    assert gallery.get(fox).note == "For the poster,\nsecond try"
    assert (
        prompts_matching(gallery, "poster")
        == prompts_matching(gallery, "note:post")
        == prompts_matching(gallery, "is:noted")
        == {"a fox"}
    )
    assert prompts_matching(gallery, "note:fox") == set()
    gallery.notes.set(fox, "  ")
    assert gallery.get(fox).note == "" and prompts_matching(gallery, "poster") == set()
    with pytest.raises(StorageError, match="shorten it"):
        gallery.notes.set(owl, "x" * 20_001)


def test_saved_searches_are_replaced_and_deleted_by_name(gallery: Gallery) -> None:
    assert gallery.searches.save("Foxes", "fox is:favourite") == "Foxes"
    assert gallery.searches.save("", "owl") == "owl"
    gallery.searches.save("foxes", "fox")
    assert [(one.name, one.query) for one in gallery.searches.all()] == [("foxes", "fox"), ("owl", "owl")]
    gallery.searches.delete("FOXES")
    assert [one.name for one in gallery.searches.all()] == ["owl"]
    with pytest.raises(StorageError, match="search for something first"):
        gallery.searches.save(" ", "")


def test_marks_survive_a_lost_index_and_an_undone_deletion(gallery: Gallery) -> None:
    fox, _ = save_images(gallery, "a fox", "an owl")
    gallery.tags.set([fox], "best")
    gallery.notes.set(fox, "mine")
    gallery.favourites.set([fox], True)
    gallery.trash.restore(gallery.trash.delete([fox]))
    gallery.close()
    shutil.rmtree(gallery.index_path.parent)
    again = next(picture for picture in gallery.page() if picture.id == fox)
    assert (again.tags, again.note, again.favourite) == (("best",), "mine", True)
    assert prompts_matching(gallery, "tag:best mine") == {"a fox"}


FIRST = """
CREATE TABLE favourites(id TEXT PRIMARY KEY, added REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE collections(name TEXT PRIMARY KEY COLLATE NOCASE, created REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE collected(
    collection TEXT NOT NULL COLLATE NOCASE, picture TEXT NOT NULL, PRIMARY KEY (collection, picture)
) WITHOUT ROWID;
"""


def test_a_database_of_the_first_version_is_migrated(gallery: Gallery) -> None:
    fox, owl = save_images(gallery, "a fox", "an owl")
    gallery.close()
    gallery.user_data_path.unlink()
    old = sqlite3.connect(gallery.user_data_path)
    old.executescript(FIRST)
    old.execute("PRAGMA journal_mode = WAL")
    old.execute("INSERT INTO favourites VALUES (?, 1.0)", (fox,))
    old.execute("INSERT INTO collections VALUES ('Set', 1.0)")
    old.execute("INSERT INTO collected VALUES ('Set', ?)", (owl,))
    old.commit()
    old.close()
    gallery.tags.set([owl], "new")
    assert prompts_matching(gallery, "is:favourite") == {"a fox"}
    assert prompts_matching(gallery, "collection:set") == prompts_matching(gallery, "tag:new") == {"an owl"}
    gallery.close()
    with sqlite3.connect(gallery.user_data_path) as now:
        assert now.execute("PRAGMA user_version").fetchone()[0] == USER_DATA_VERSION > 0
    now.close()
    assert not list(gallery.user_data_path.parent.glob("*damaged*"))


def test_a_database_of_a_later_version_keeps_its_version(gallery: Gallery) -> None:
    (fox,) = save_images(gallery, "a fox")
    gallery.favourites.set(fox, True)
    gallery.close()
    with sqlite3.connect(gallery.user_data_path) as later:
        later.execute("CREATE TABLE more(x)")
        later.execute("PRAGMA user_version = 99")
    later.close()
    assert prompts_matching(gallery, "is:favourite") == {"a fox"}
    gallery.close()
    with sqlite3.connect(gallery.user_data_path) as later:
        assert later.execute("PRAGMA user_version").fetchone()[0] == 99
    later.close()
