"""Images that branched from each other are found together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gdm_studio.engine.generation_loop import generate
from gdm_studio.gallery import Gallery, Picture
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Branch, Request
from tests.helpers.gaussian_model import GaussianLibrary

FIRST = Request(model="gaussian", prompt="a calm blue disc", steps=4, guidance_scale=2.0, device="cpu", seed=5)


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    yield gallery
    gallery.close()


def save_generated(gallery: Gallery, request: Request) -> list[Picture]:
    return [gallery.save(event) for event in generate(request, GaussianLibrary()) if isinstance(event, Result)]


def test_a_family_contains_parents_children_and_siblings(gallery: Gallery) -> None:
    first, beside = save_generated(gallery, replace(FIRST, count=2))
    (child,) = save_generated(gallery, replace(FIRST, prompt="red", branch=Branch(FIRST.picture(0), 2)))
    (sibling,) = save_generated(gallery, replace(first.request, prompt="green", branch=Branch(first.request, 1)))
    (grandchild,) = save_generated(gallery, replace(sibling.request, prompt="blue", branch=Branch(sibling.request, 3)))
    assert child.parent == sibling.parent == first.digest and grandchild.parent == sibling.digest
    assert first.parent == beside.parent == ""
    for picture in (first, child, sibling, grandchild):
        assert gallery.family(picture.id) == [grandchild, sibling, child, first]
    assert gallery.family(beside.id) == [beside] and gallery.count("is:branch") == 3
    gallery.trash.delete([sibling.id])
    gallery.rebuild()
    assert gallery.family(grandchild.id) == [grandchild, child, first], "also where one in between is gone"
    assert gallery.family("nobody") == []
