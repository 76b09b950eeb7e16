"""Saved states of image sets, and the collections in which they are found."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest

from gdm_studio.gallery import Gallery
from gdm_studio.request.generation_request import Request
from gdm_studio.studio.image_sets import ImageSet, find_image_set, saved_set, set_of_images
from tests.helpers.library import result


def image_set(collection: str, *, subject: str = "fox", picture_id: str = "") -> ImageSet:
    return ImageSet(collection, Request(), Request(), 2, ((subject, Request(prompt=subject), picture_id, True),))


def test_a_saved_state_is_read_again() -> None:
    wanted = image_set("animals")
    assert ImageSet.parse(wanted.to_json()) == wanted
    # Half of a pair of surrogates cannot be encoded in UTF-8.
    halved = replace(wanted, members=(("fox \ud83e", *wanted.members[0][1:]),))
    assert halved.to_json().isascii() and ImageSet.parse(halved.to_json()) == halved


@pytest.mark.parametrize(
    ("old", "new"), [('"seeds_used": 2', '"seeds_used": Infinity'), ('"members": [', '"members": 5, "x": [')]
)
def test_a_damaged_state_is_no_set(old: str, new: str) -> None:
    state = image_set("animals").to_json()
    assert old in state and ImageSet.parse(state.replace(old, new)) is None


def test_the_set_of_an_image_is_not_a_collection_with_one_of_its_images() -> None:
    with closing(Gallery.open()) as gallery:
        saved = [gallery.save(result(prompt, seed=seed)) for seed, prompt in enumerate(("fox", "owl", "bear"))]
        ids = [picture.id for picture in saved]
        animals = gallery.collections.create("animals", ids)
        favourites = gallery.collections.create("favourites", ids[:1])
        assert set_of_images(gallery, animals) is not None
        assert find_image_set(gallery, ids[0]) == animals
        gallery.collections.save_image_set(favourites, image_set(favourites).to_json())
        assert find_image_set(gallery, ids[0]) == favourites


def test_an_image_that_was_removed_from_the_collection_stays_out_of_its_set() -> None:
    with closing(Gallery.open()) as gallery:
        picture = gallery.save(result("fox"))
        collection = gallery.collections.create("animals", [picture.id])
        state = replace(
            image_set(collection, picture_id=picture.id), members=(("fox", picture.request, picture.id, True),)
        )
        gallery.collections.save_image_set(collection, state.to_json())
        saved = saved_set(gallery, collection)
        assert saved is not None and len(saved.load(gallery) or ()) == 1
        gallery.collections.set(collection, [picture.id], on=False)
        assert not saved.load(gallery)
