"""The terms of a search as chips, and the completion of a term."""

from __future__ import annotations

from pathlib import Path

import pytest

from gdm_studio.gallery import Gallery, insert_completion, parse_terms, remove_term
from gdm_studio.gallery.search_terms import with_english_fields
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
def test_chips_are_labelled(query: str, labels: list[str]) -> None:
    assert [term.label for term in parse_terms(query)] == labels


def test_names_of_fields_may_be_capitalized() -> None:
    titles = {"Seed": "Semilla", "Tag": "Etiqueta"}
    query = with_english_fields(
        "Seed:5 -STEPS:20 Semilla:7 ETIQUETA:Viaje Http:Fox", lambda _, text: titles.get(text, text)
    )
    assert query == "seed:5 -steps:20 seed:7 tag:Viaje Http:Fox"


@pytest.mark.parametrize(
    "query", ["red fox", 'tag:"a b"  -owl   c', "a OR b c OR d", "  x  ", 'open "phrase', "OR a OR"]
)
def test_terms_have_a_position_and_can_be_removed(query: str) -> None:
    found = parse_terms(query)
    for term in found:
        assert query[term.start :].startswith(term.text)
        left = parse_terms(remove_term(query, term))
        assert [one.text for one in left] == [one.text for one in found if one is not term]
    for term in found:
        query = remove_term(query, next(one for one in parse_terms(query) if one.text == term.text))
    assert query == ""


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    (fox,) = [gallery.save(result("a fox", model="icons", sampler="ddim", style="noto")).id]
    for _ in range(2):
        gallery.save(result("an owl", model="Other model", sampler="dpmpp_2m"))
    gallery.tags.set([fox], "Foxes in snow")
    gallery.collections.create("Forest", [fox])
    yield gallery
    gallery.close()


@pytest.mark.parametrize(
    ("query", "choices"),
    [
        ("", []),
        ("mod", ["model:"]),
        ("fi", ["file:"]),
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
def test_completions_come_from_fields_and_existing_values(gallery: Gallery, query: str, choices: list[str]) -> None:
    assert gallery.suggestions.complete(query, len(query)) == choices


def test_the_word_at_the_cursor_is_completed(gallery: Gallery) -> None:
    assert gallery.suggestions.complete("mod snow", 3) == ["model:"]
    assert insert_completion("mod snow", 3, "model:") == ("model:snow", 6)
    assert insert_completion("red model:ic", 12, "model:icons") == ("red model:icons ", 16)
    assert insert_completion('tag:"foxes i', 12, 'tag:"Foxes in snow"') == ('tag:"Foxes in snow" ', 20)
    assert insert_completion("a fo b", 4, "collection:Forest") == ("a collection:Forest b", 20)


def test_names_from_a_new_image_are_offered(gallery: Gallery) -> None:
    assert gallery.suggestions.complete("model:t", 7) == []
    gallery.save(result(model="third"))
    assert gallery.suggestions.complete("model:t", 7) == ["model:third"]
