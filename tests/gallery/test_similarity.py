"""Search by the meaning of prompts and by similarity to an image."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing

import numpy as np
import pytest

from gdm_studio.gallery import Gallery, Picture, find_unclear
from gdm_studio.gallery.similarity import Floats
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Interpolation, Request
from gdm_studio.studio.prompt_embedding import PromptEmbedding

PROMPTS = ("a red fox", "a grey wolf", "a fast car", "")


class Meaning:
    """Vectors in which a fox and a wolf are alike. It counts the texts that it embeds."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, texts: Sequence[str]) -> Floats:
        self.count += len(texts)
        rows = {"fox": (1.0, 0.0), "wolf": (0.8, 0.6), "car": (0.0, 1.0), "animal": (0.9, 0.43589)}
        zero = (0.0, 0.0)
        return np.array([next((rows[word] for word in text.split() if word in rows), zero) for text in texts], "f4")


def save(gallery: Gallery, prompt: str, seed: int, pixels: int = 0, toward: Interpolation | None = None) -> Picture:
    rgba = np.zeros((32, 32, 4), np.uint8)
    rgba[:, :16] = pixels
    rgba[..., 3] = 255
    request = Request(model="gaussian", prompt=prompt, seed=seed, steps=2, toward=toward)
    return gallery.save(Result(0, request, rgba))


@pytest.fixture
def gallery() -> Iterator[Gallery]:
    with closing(Gallery.open()) as gallery:
        gallery.similarity.embed = Meaning()
        for seed, prompt in enumerate(PROMPTS):
            save(gallery, prompt, seed, pixels=60 * seed)
        yield gallery


def found(gallery: Gallery, query: str) -> list[str]:
    return [picture.request.prompt for picture in gallery.page(query)]


def test_a_text_finds_prompts_of_a_similar_meaning(gallery: Gallery) -> None:
    assert found(gallery, "like:fox") == ["a grey wolf", "a red fox"]
    assert found(gallery, "like:car") == ["a fast car", "a grey wolf"]
    assert found(gallery, 'like:"an animal" -wolf') == ["a red fox"]
    assert found(gallery, "like:fox OR car") == ["a fast car", "a grey wolf", "a red fox"]
    assert found(gallery, "like:unknown") == []
    assert gallery.count("like:fox") == len(gallery.timeline.moments("like:fox")) == 2
    assert not find_unclear("like:fox similar:0a") and find_unclear("like:-")


def test_a_general_word_finds_all_its_kinds(gallery: Gallery) -> None:
    gallery.similarity.embed = PromptEmbedding(Library())
    prompts = ["a dog", "a pig", "a goldfish", "a rabbit", "a red car", "a house with a garden", "a pizza", "a guitar"]
    for seed, prompt in enumerate(prompts, start=10):
        save(gallery, prompt, seed)
    animals = set(found(gallery, "like:animal"))
    assert {"a grey wolf", "a dog", "a pig", "a goldfish", "a rabbit"} <= animals
    assert animals.isdisjoint({"a fast car", "a red car", "a house with a garden", "a pizza", "a guitar"})
    assert set(found(gallery, 'like:"an animal with fur"')) >= {"a dog", "a rabbit"}, "a prompt has the word with"
    # Prompts that name the text itself leave out those that are only related.
    for text in ("fox", "foxs,"):
        assert set(found(gallery, f"like:{text}")) == {"a red fox"}


def test_only_new_prompts_are_embedded_and_new_images_are_found(gallery: Gallery) -> None:
    meaning = gallery.similarity.embed
    assert isinstance(meaning, Meaning)
    assert len(found(gallery, "like:fox")) == 2
    before = meaning.count
    assert len(found(gallery, "like:fox")) == 2 and meaning.count == before, "the answer is cached"
    save(gallery, "a red fox", 9)
    save(gallery, "another fox", 10)
    assert found(gallery, "like:fox") == ["another fox", "a red fox", "a grey wolf", "a red fox"]
    assert meaning.count == before + 2, "one new prompt, and the text of the search"
    gallery.trash.delete([gallery.page("another")[0].id])
    assert len(found(gallery, "like:fox")) == 3


def test_similar_images_share_meaning_or_else_look(gallery: Gallery) -> None:
    fox = save(gallery, "a red fox", 20, pixels=200)
    other_look = save(gallery, "a red fox", 21, pixels=20)
    other_meaning = save(gallery, "a fast car", 22, pixels=200)
    without = save(gallery, "", 23, pixels=195)
    result = {picture.id for picture in gallery.page(f"similar:{fox.id}")}
    assert {fox.id, other_look.id, without.id} <= result and other_meaning.id not in result
    alike = {picture.id for picture in gallery.page(f"similar:{without.id}")}
    assert {without.id, fox.id, other_meaning.id} <= alike and other_look.id not in alike
    assert found(gallery, "similar:" + "0" * 32) == []


def test_an_interpolation_is_similar_to_images_of_the_same_prompts(gallery: Gallery) -> None:
    # `Meaning` knows only the word of the target.
    toward = Interpolation("the car", 8, 0.5)
    one, other = (save(gallery, "a road", seed, pixels, toward) for seed, pixels in ((20, 200), (21, 20)))
    assert {one.id, other.id} <= {picture.id for picture in gallery.page(f"similar:{one.id}")}


def test_an_empty_gallery_has_no_similar_images() -> None:
    with closing(Gallery.open()) as gallery:
        gallery.similarity.embed = Meaning()
        assert found(gallery, "like:fox") == found(gallery, "similar:" + "0" * 32) == []


def test_without_meaning_only_looks_count(gallery: Gallery) -> None:
    gallery.similarity.embed = None
    assert found(gallery, "like:fox") == []
    own = gallery.page("fox")[0]
    assert own.id in {picture.id for picture in gallery.page(f"similar:{own.id}")}


def test_hostile_prompts_and_texts_are_cut(gallery: Gallery) -> None:
    gallery.similarity.embed = PromptEmbedding(Library())
    save(gallery, "fox " * 20_000, 30)
    save(gallery, "\x00\ud800 \u202e" + "x" * 5_000, 31)
    assert len(found(gallery, "like:" + "wolf" * 5_000)) <= len(PROMPTS) + 2


def test_the_words_of_the_built_in_model_have_meaning() -> None:
    meaning = PromptEmbedding(Library())
    texts = ["a cat", "a fish", "an owl", "a car", "a bicycle", "a hammer", "a t-shirt"]
    vectors = meaning(texts)
    assert vectors.dtype == np.float32 and np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    for word, best in (("animal", {"a cat", "a fish"}), ("vehicle", {"a car", "a bicycle"}), ("tool", {"a hammer"})):
        order = np.argsort(-(vectors @ meaning([word])[0]))
        assert {texts[place] for place in order[: len(best)]} == best, word
    assert not meaning(["", "the", "…"]).any()
