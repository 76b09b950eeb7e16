"""Pictures that branched from each other are found together, as the engine makes them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gdm_studio.engine.generate import generate
from gdm_studio.gallery import Gallery, Picture
from gdm_studio.request import Branch, Request
from gdm_studio.run import Result
from tests.helpers.gaussian_model import GaussianLibrary

FIRST = Request(model="gaussian", prompt="a calm blue disc", steps=4, guidance_scale=2.0, device="cpu", seed=5)


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    yield gallery
    gallery.close()


def made(gallery: Gallery, request: Request) -> list[Picture]:
    return [gallery.keep(event) for event in generate(request, GaussianLibrary()) if isinstance(event, Result)]


def test_parents_children_and_siblings_are_one_family(gallery: Gallery) -> None:
    first, beside = made(gallery, replace(FIRST, count=2))
    (child,) = made(gallery, replace(FIRST, prompt="red", branch=Branch(FIRST.picture(0), 2)))
    (sibling,) = made(gallery, replace(first.request, prompt="green", branch=Branch(first.request, 1)))
    (grandchild,) = made(gallery, replace(sibling.request, prompt="blue", branch=Branch(sibling.request, 3)))
    assert child.parent == sibling.parent == first.digest and grandchild.parent == sibling.digest
    assert first.parent == beside.parent == ""
    for picture in (first, child, sibling, grandchild):
        assert gallery.family(picture.id) == [grandchild, sibling, child, first]
    assert gallery.family(beside.id) == [beside] and gallery.count("is:branch") == 3
    gallery.delete([sibling.id])
    gallery.rebuild()
    assert gallery.family(grandchild.id) == [grandchild, child, first], "also where one in between is gone"
    assert gallery.family("nobody") == []
