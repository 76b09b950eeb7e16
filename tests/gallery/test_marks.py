"""Tags, notes and saved searches: found, counted, kept beside the index, and in a database of the first version too."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from gdm_studio.errors import StorageError
from gdm_studio.gallery import Gallery
from gdm_studio.gallery.database import KEPT_VERSION
from tests.helpers.library import result


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    yield gallery
    gallery.close()


def kept(gallery: Gallery, *prompts: str) -> list[str]:
    """The ids of new pictures."""
    return [gallery.keep(result(prompt, seed=seed)).id for seed, prompt in enumerate(prompts)]


def found(gallery: Gallery, query: str) -> set[str]:
    pictures = gallery.page(query)
    assert gallery.count(query) == len(pictures) == len(gallery.moments(query))
    return {picture.request.prompt for picture in pictures}


def test_tags_are_put_on_taken_off_counted_and_found(gallery: Gallery) -> None:
    fox, owl, car = kept(gallery, "a fox", "an owl", "a car")
    gallery.tag([fox, owl], "In the woods")
    gallery.tag([fox], "best")
    assert [(tag.name, tag.count) for tag in gallery.tags()] == [("best", 1), ("In the woods", 2)]
    assert gallery.get(fox).tags == ("best", "In the woods") and gallery.get(car).tags == ()
    assert found(gallery, 'tag:"in THE woods"') == {"a fox", "an owl"}
    assert found(gallery, "tag:in") == set(), "a name counts whole"
    assert found(gallery, "-tag:best") == {"an owl", "a car"} and found(gallery, "is:untagged") == {"a car"}
    assert found(gallery, "woods") == {"a fox", "an owl"}, "its words are found too"
    gallery.tag([fox, owl], "In the woods", False)
    assert gallery.tags()[0].name == "best" and len(gallery.tags()) == 1 and found(gallery, "woods") == set()


def test_a_tag_is_spelt_as_it_was_first(gallery: Gallery) -> None:
    fox, owl = kept(gallery, "a fox", "an owl")
    gallery.tag([fox], "Beasts")
    gallery.tag([owl, fox], "beasts")
    assert [(tag.name, tag.count) for tag in gallery.tags()] == [("Beasts", 2)]
    assert gallery.get(owl).tags == gallery.get(fox).tags == ("Beasts",)
    gallery.tag([owl], ' a "b"\n c ')
    assert found(gallery, "tag:\"a 'b' c\"") == {"an owl"}
    with pytest.raises(StorageError, match="needs a name"):
        gallery.tag([owl], "  \n")


def test_notes_are_found_by_their_words(gallery: Gallery) -> None:
    fox, owl = kept(gallery, "a fox", "an owl")
    gallery.note(fox, "For the poster,\nsecond try")
    assert gallery.get(fox).note == "For the poster,\nsecond try"
    assert found(gallery, "poster") == found(gallery, "note:post") == found(gallery, "is:noted") == {"a fox"}
    assert found(gallery, "note:fox") == set()
    gallery.note(fox, "  ")
    assert gallery.get(fox).note == "" and found(gallery, "poster") == set()
    with pytest.raises(StorageError, match="shorten it"):
        gallery.note(owl, "x" * 20_001)


def test_saved_searches(gallery: Gallery) -> None:
    assert gallery.save_search("Foxes", "fox is:favourite") == "Foxes"
    assert gallery.save_search("", "owl") == "owl"
    gallery.save_search("foxes", "fox")
    assert [(one.name, one.query) for one in gallery.saved_searches()] == [("foxes", "fox"), ("owl", "owl")]
    gallery.remove_search("FOXES")
    assert [one.name for one in gallery.saved_searches()] == ["owl"]
    with pytest.raises(StorageError, match="search for something first"):
        gallery.save_search(" ", "")


def test_all_of_it_outlives_the_index_and_a_deletion(gallery: Gallery) -> None:
    fox, _ = kept(gallery, "a fox", "an owl")
    gallery.tag([fox], "best")
    gallery.note(fox, "mine")
    gallery.favourite([fox], True)
    gallery.restore(gallery.delete([fox]))
    gallery.close()
    shutil.rmtree(gallery.index_path.parent)
    again = next(picture for picture in gallery.page() if picture.id == fox)
    assert (again.tags, again.note, again.favourite) == (("best",), "mine", True)
    assert found(gallery, "tag:best mine") == {"a fox"}


FIRST = """
CREATE TABLE favourites(id TEXT PRIMARY KEY, added REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE collections(name TEXT PRIMARY KEY COLLATE NOCASE, created REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE collected(
    collection TEXT NOT NULL COLLATE NOCASE, picture TEXT NOT NULL, PRIMARY KEY (collection, picture)
) WITHOUT ROWID;
"""


def test_a_database_of_the_first_version_is_brought_up_to_date(gallery: Gallery) -> None:
    fox, owl = kept(gallery, "a fox", "an owl")
    gallery.close()
    gallery.favourites_path.unlink()
    old = sqlite3.connect(gallery.favourites_path)
    old.executescript(FIRST)
    old.execute("PRAGMA journal_mode = WAL")
    old.execute("INSERT INTO favourites VALUES (?, 1.0)", (fox,))
    old.execute("INSERT INTO collections VALUES ('Set', 1.0)")
    old.execute("INSERT INTO collected VALUES ('Set', ?)", (owl,))
    old.commit()
    old.close()
    gallery.tag([owl], "new")
    assert found(gallery, "is:favourite") == {"a fox"}
    assert found(gallery, "collection:set") == found(gallery, "tag:new") == {"an owl"}
    gallery.close()
    with sqlite3.connect(gallery.favourites_path) as now:
        assert now.execute("PRAGMA user_version").fetchone()[0] == KEPT_VERSION > 0
    now.close()
    assert not list(gallery.favourites_path.parent.glob("*damaged*"))


def test_one_of_a_later_version_is_left_as_it_is(gallery: Gallery) -> None:
    (fox,) = kept(gallery, "a fox")
    gallery.favourite(fox, True)
    gallery.close()
    with sqlite3.connect(gallery.favourites_path) as later:
        later.execute("CREATE TABLE more(x)")
        later.execute("PRAGMA user_version = 99")
    later.close()
    assert found(gallery, "is:favourite") == {"a fox"}
    gallery.close()
    with sqlite3.connect(gallery.favourites_path) as later:
        assert later.execute("PRAGMA user_version").fetchone()[0] == 99
    later.close()
