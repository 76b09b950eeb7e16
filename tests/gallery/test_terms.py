"""A search taken apart into chips, and completed as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from gdm_studio.gallery import Gallery, completed, terms, without
from tests.helpers.library import result


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("", []),
        ("red fox", ["red", "fox"]),
        ('"red fox" -owl', ["“red fox”", "not owl"]),
        ("is:favourite -is:stopped", ["Favourites", "not stopped early"]),
        ("model:icons steps:>20 steps:<=30", ["Model icons", "Steps > 20", "Steps ≤ 30"]),
        ('tag:"in the woods" -note:later', ["Tag in the woods", "not note later"]),
        ("fox OR owl OR is:favourite snow", ["fox or owl or Favourites", "snow"]),
        ("OR fox OR", ["OR", "fox", "OR"]),
        ("a OR OR b", ["a or OR", "b"]),
        ("date:2026-11 in:holiday", ["Date 2026-11", "In holiday"]),
        ("nonsense:fox", ["nonsense:fox"]),
    ],
)
def test_chips_say_what_has_to_hold(query: str, labels: list[str]) -> None:
    assert [term.label for term in terms(query)] == labels


@pytest.mark.parametrize(
    "query", ["red fox", 'tag:"a b"  -owl   c', "a OR b c OR d", "  x  ", 'open "phrase', "OR a OR"]
)
def test_terms_know_their_place_and_can_be_taken_out(query: str) -> None:
    found = terms(query)
    for term in found:
        assert query[term.start :].startswith(term.text)
        left = terms(without(query, term))
        assert [one.text for one in left] == [one.text for one in found if one is not term]
    for term in found:
        query = without(query, next(one for one in terms(query) if one.text == term.text))
    assert query == ""


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    (fox,) = [gallery.keep(result("a fox", model="icons", sampler="ddim", style="noto")).id]
    for _ in range(2):
        gallery.keep(result("an owl", model="Other model", sampler="dpmpp_2m"))
    gallery.tag([fox], "Foxes in snow")
    gallery.new_collection("Forest", [fox])
    yield gallery
    gallery.close()


@pytest.mark.parametrize(
    ("query", "choices"),
    [
        ("", []),
        ("mod", ["model:"]),
        ("i", ["is:", "in:", "is:imported", "model:icons"]),
        ("fo", ['tag:"Foxes in snow"', "collection:Forest"]),
        ("model:", ['model:"Other model"', "model:icons"]),
        ("model:O", ['model:"Other model"']),
        ("red -model:ic", ["-model:icons"]),
        ("sampler:d", ["sampler:dpmpp_2m", "sampler:ddim"]),
        ("scheduler:", ["scheduler:dpmpp_2m", "scheduler:ddim", "scheduler:karras"]),
        ("is:f", ["is:favourite", "is:favorite"]),
        ("date:y", ["date:yesterday"]),
        ('tag:"foxes i', ['tag:"Foxes in snow"']),
        ("steps:2", []),
        ("model:icons", []),
        ("nonsense:f", []),
        ("is:favourite ", []),
    ],
)
def test_completions_come_from_fields_and_from_what_there_is(gallery: Gallery, query: str, choices: list[str]) -> None:
    assert gallery.complete(query, len(query)) == choices


def test_the_word_at_the_cursor_is_completed(gallery: Gallery) -> None:
    assert gallery.complete("mod snow", 3) == ["model:"]
    assert completed("mod snow", 3, "model:") == ("model:snow", 6)
    assert completed("red model:ic", 12, "model:icons") == ("red model:icons ", 16)
    assert completed('tag:"foxes i', 12, 'tag:"Foxes in snow"') == ('tag:"Foxes in snow" ', 20)
    assert completed("a fo b", 4, "collection:Forest") == ("a collection:Forest b", 20)


def test_a_new_picture_s_names_are_offered(gallery: Gallery) -> None:
    assert gallery.complete("model:t", 7) == []
    gallery.keep(result(model="third"))
    assert gallery.complete("model:t", 7) == ["model:third"]
