"""Colours put on drawings, and the captions that name them."""

import random
from collections import Counter

import numpy as np
import pytest

from gdm_studio.training.data.catalogue import Entry, catalogue
from gdm_studio.training.data.colour_augmentation import HUES, INKS, Pixels, Tinted, colour_versions
from gdm_studio.training.data.colours import dominant_colour
from gdm_studio.training.data.dataset import captions


@pytest.mark.slow
def test_glyphs_are_inked_half_of_them_black() -> None:
    glyph = _picture((0, 0, 0))
    made = [_only(colour_versions(_entry("emojione-monotone", f"thing-{index}"), glyph)) for index in range(200)]
    assert all(dominant_colour(version.pixels) == version.tint for version in made)
    counts = Counter(version.tint for version in made)
    assert 80 < counts["black"] < 130 and len(counts) == 10
    shades: dict[str, set[tuple[int, ...]]] = {version.tint: set() for version in made}
    for version in made:
        shades[version.tint].add(tuple(version.pixels[version.pixels[..., 3] > 0][0, :3].tolist()))
    stated = {name: {tuple(ink.to_bytes(3, "big")) for ink in INKS[name]} for name in INKS}
    assert shades == stated, "each ink in each of its shades"
    assert all((version.pixels[..., 3] == glyph[..., 3]).all() for version in made)


def test_sets_of_one_blue_are_spread_over_the_hues() -> None:
    blue = _picture((60, 120, 250))
    made = [_only(colour_versions(_entry("streamline-color", f"thing-{index}"), blue)) for index in range(70)]
    assert {version.tint for version in made} == set(HUES)
    assert all(dominant_colour(version.pixels) == version.tint for version in made)


def test_things_come_once_more_in_a_colour_that_they_are_not() -> None:
    apple = _picture((220, 30, 40))
    apple[:12, 12:20, :3] = (60, 160, 60)
    twice = [colour_versions(_entry("noto", name, "red apple"), apple) for name in map(str, range(90))]
    others = [pair[1] for pair in twice if len(pair) == 2]
    assert 50 < len(others) < 70
    for plain, other in (pair for pair in twice if len(pair) == 2):
        np.testing.assert_array_equal(plain.pixels, apple)
        assert plain.tint == "" and other.tint in HUES.keys() - {"red"}
        assert dominant_colour(other.pixels) == other.tint
        np.testing.assert_array_equal(other.pixels[:12, 12:20], apple[:12, 12:20])  # the leaf keeps its green


def test_what_has_no_colour_of_its_own_stays_as_it_is() -> None:
    grey = _picture((130, 130, 130))
    assert all(len(colour_versions(_entry("noto", name, "red apple"), grey)) == 1 for name in map(str, range(9)))
    red = _picture((220, 30, 40))
    lines = [colour_versions(_entry("streamline-ultimate-color", name), red) for name in map(str, range(9))]
    assert all(len(made) == 1 and made[0].tint == "" for made in lines)


def test_a_colour_is_given_only_where_people_would_call_it_so() -> None:
    dark_green = _picture((10, 90, 20))
    made = [colour_versions(_entry("noto", name, "red apple"), dark_green) for name in map(str, range(90))]
    tints = {version.tint for pair in made for version in pair[1:]}
    assert "blue" in tints and not tints & {"yellow", "orange"}  # dark yellow is brown


def test_captions_of_a_tinted_picture_name_its_colour_and_no_other() -> None:
    row = {"caption": "red apple", "words": ["red apple", "fruit"], "colour": "green", "tint": "green"}
    rng = random.Random(0)
    said = [captions(row, rng).split() for _ in range(300)]
    assert not any("red" in words for words in said)
    assert 240 < sum("green" in words for words in said) < 300
    assert 20 < sum("fruit" in words for words in said) < 60, "and may be a synonym, an eighth here"


def _only(made: list[Tinted]) -> Tinted:
    (version,) = made
    return version


def _entry(drawn_by: str, name: str, concept: str = "thing") -> Entry:
    hexes = next((e.hex for e in catalogue() if e.concept == concept), "")
    return Entry(
        set=drawn_by, name=name, style=drawn_by, concept=concept, caption=concept, hex=hexes, tone=False, cat=""
    )


def _picture(rgb: tuple[int, int, int]) -> Pixels:
    picture = np.zeros((32, 32, 4), np.uint8)
    picture[4:28, 4:28] = (*rgb, 255)
    return picture
