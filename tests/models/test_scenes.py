"""Scenes: the relations between the objects of a prompt, and the places of their drawings."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch

from gdm_studio.common.errors import ModelError
from gdm_studio.engine.noise import variations_of
from gdm_studio.maths.processes import edm
from gdm_studio.models.families import read_prompt
from gdm_studio.models.families.icons.family import KINDS
from gdm_studio.models.families.icons.model import IconsModel
from gdm_studio.models.families.icons.scene_layout import (
    LEAST_VISIBLE,
    SceneObject,
    draw_scene,
    find_visible_shares,
    place_objects,
    resolve,
    shape_as_child,
)
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.models.prompts.object_kinds import (
    CONTAINER,
    HEAD,
    LIVING,
    OPEN,
    PLAIN,
    SKY,
    WORN,
    ObjectKind,
    ObjectKinds,
    read_kinds,
    write_kinds,
)
from gdm_studio.models.prompts.prompt_reading import PartState
from gdm_studio.models.prompts.relations import Arrangement, Background, Link, Relation
from gdm_studio.request.generation_request import BUILT_IN, PLACES_OBJECTS, SHOWS_ALL_OBJECTS, Request
from gdm_studio.training.evaluation.cached_generator import default_request

PATH = edm().path("karras", 20)


@pytest.fixture(scope="module")
def card(library: Library) -> ModelCard:
    return library.card(BUILT_IN)


def conditioning(model: IconsModel, request: Request) -> Conditioning:
    (variation,) = variations_of(request, (0,), PATH)
    text = model.card.for_rules(request.rules).translate(request.prompt).text
    return Conditioning(text=text, style=request.style, variation=variation)


def draft(model: IconsModel, library: Library, prompt: str, rules: int = PLACES_OBJECTS) -> np.ndarray:
    request = replace(default_request(library), prompt=prompt, style="twemoji", seed=1, rules=rules)
    return model.decode(model.conditioning([conditioning(model, request)]).sketch)[0].numpy()


def square(side: int = 64, width: int = 40, height: int = 40) -> np.ndarray:
    pixels = np.zeros((side, side, 4), np.uint8)
    pixels[(side - height) // 2 :, (side - width) // 2 :][:height, :width] = 255
    return pixels


@pytest.mark.parametrize(
    ("prompt", "drawn", "placing", "left_out"),
    [
        ("a cat on a skateboard", "cat, skateboard", "on", ""),
        ("a tree next to a house", "tree, house", "next to", ""),
        ("a frog sitting on a mushroom", "frog, mushroom", "sitting on", ""),
        ("an apple between two bananas", "apple, bananas", "between", ""),
        ("a boat on the sea at night", "boat", "on the sea, at night", ""),
        ("a row of three cups", "cups", "row", ""),
        ("ein Mann reitet ein Pferd", "Mann, Pferd", "reitet", ""),
        ("un chat sur une planche à roulettes", "chat, planche à roulettes", "sur", ""),
        ("a cat on a zorblax", "cat", "", "zorblax"),
        ("a girl with blue eyes", "girl", "", "blue, eyes"),
        ("a penguin with a guitar", "penguin, guitar", "with", ""),
        ("Großmutter mit Brille", "Großmutter, Brille", "mit", ""),
        ("a car with big wheels", "car", "", "big, wheels"),
        ("une tarte aux pommes", "tarte", "", "pommes"),
        ("mountains with a lake", "mountains", "", "lake"),
        ("a cat without a hat", "cat", "", "hat"),
        ("a violin playing cat", "cat", "", "violin, playing"),
        ("a cat not on a skateboard", "cat", "", "not, skateboard"),
        ("a cat isn't on a table", "cat", "", "isn't, table"),
        ("a cat in the style of Picasso", "cat", "", "style, Picasso"),
        ("a cat in the middle", "cat", "", "middle"),
        ("a cat on the back of an elephant", "cat, elephant", "on", "back"),
        ("a house on fire", "house", "", "fire"),
        ("a hammer and a wrench", "hammer, wrench", "", ""),
        ("a cat with hat", "cat, hat", "with", ""),
        ("a bear with boots", "bear, boots", "with", ""),
        ("Katze mit Hut", "Katze, Hut", "mit", ""),
        ("gato con sombrero", "gato, sombrero", "con", ""),
        ("chat avec chapeau", "chat, chapeau", "avec", ""),
        ("a snowman with hat and scarf", "snowman, hat, scarf", "with", ""),
        ("a girl with flowers", "girl, flowers", "with", ""),
        ("a deer with antlers", "deer", "", "antlers"),
        ("a planet with rings", "planet", "", "rings"),
        ("a dog with tongue", "dog", "", "tongue"),
        ("a pizza with cheese", "pizza", "", "cheese"),
        ("a house with chimney", "house", "", "chimney"),
    ],
)
def test_relations_are_read(card: ModelCard, prompt: str, drawn: str, placing: str, left_out: str) -> None:
    parts = read_prompt(card, prompt).parts
    found = [", ".join(part.text for part in parts if part.state is state) for state in PartState]
    assert found[:2] == [drawn, placing]
    assert ", ".join(part.text for part in parts if part.is_ignored) == left_out


def test_earlier_rules_read_only_the_first_object(card: ModelCard) -> None:
    reading = read_prompt(card.for_rules(PLACES_OBJECTS - 1), "a cat on a skateboard")
    assert [part.text for part in reading.parts if part.is_ignored] == ["skateboard"]


@pytest.mark.parametrize("prompt", ["a cat with hat", "man with dog", "Katze mit Hut"])
def test_earlier_rules_leave_out_nouns_without_an_article(card: ModelCard, prompt: str) -> None:
    reading = read_prompt(card.for_rules(SHOWS_ALL_OBJECTS - 1), prompt)
    assert [part.state for part in reading.parts if part.is_ignored] == [PartState.LEFT_OUT]


@pytest.mark.slow
def test_only_prompts_with_relations_are_drawn_otherwise(model: IconsModel, library: Library) -> None:
    for prompt, is_scene in (("a cat on a skateboard", True), ("two cats and a dog", False), ("a red apple", False)):
        now, before = (draft(model, library, prompt, rules) for rules in (PLACES_OBJECTS, PLACES_OBJECTS - 1))
        assert np.array_equal(now, before) != is_scene


def test_the_words_of_a_scene_act_where_their_objects_are(model: IconsModel, library: Library) -> None:
    request = replace(default_request(library), prompt="a cat on a table", style="twemoji", seed=1)
    areas = model._find_areas(conditioning(model, request), (16, 16))
    (cat, table) = (areas[place] for place in sorted(areas))
    rows = torch.arange(16.0)[:, None]
    assert float((cat * rows).sum() / cat.sum()) < float((table * rows).sum() / table.sum()) - 2


@pytest.mark.parametrize(
    ("prompt", "links"),
    [
        ("a boy holding a balloon and a woman holding an umbrella", ["holding 0 1", "beside 2 0", "holding 2 3"]),
        ("a cat on a skateboard, a dog on a bike", ["on 0 1", "beside 2 0", "on 2 3"]),
        ("a cat on a zorblax and a dog with a hat", ["beside 1 0", "with 1 2"]),
        ("a girl with long hair and a hat", ["with 0 1"]),
        ("a cat on a table and a bird above it", ["on 0 1", "above 2 0"]),
    ],
)
def test_a_relation_belongs_to_the_object_before_it(model: IconsModel, prompt: str, links: list[str]) -> None:
    arrangement = model.tokenizer.with_relations().arrangement(prompt)
    assert arrangement is not None
    assert [f"{each.relation} {each.first[0]} {each.second[0]}" for each in arrangement.links] == links


@pytest.mark.parametrize(("kind", "is_on"), [(ObjectKind(0.5), True), (ObjectKind(0.5, HEAD), False)])
def test_a_pronoun_places_what_the_object_is_with(kind: ObjectKind, is_on: bool) -> None:
    """ "A table with a lamp on it", but "a dog with a hat on it"."""
    phrases = ("table",), ("lamp",)
    links = Link(Relation.WITH, (0,), (1,)), Link(Relation.ON, (1,), (0,))
    one, both = (
        draw_scene(
            [SceneObject(square(), ObjectKind(0.5, LIVING)), SceneObject(square(), kind)],
            Arrangement(phrases, each),
            lambda _: 1,
        )
        for each in (links[is_on : is_on + 1], links)
    )
    assert np.array_equal(one[0], both[0])


# Silhouettes and kinds of objects that hide each other in many ways.
SHAPES = {
    "square": np.ones((48, 48), bool),
    "flat": np.ones((12, 56), bool),
    "tall": np.ones((56, 16), bool),
    "frame": np.pad(np.zeros((40, 40), bool), 6, constant_values=True),
    "hill": np.tri(48, dtype=bool),
}
KINDS_OF_SHAPES = [
    *((shape, ObjectKind(1.7, LIVING)) for shape in SHAPES),
    *(("square", ObjectKind(0.09, role)) for role in (LIVING, *sorted(WORN))),
    *(("hill", ObjectKind(9.0, role)) for role in (LIVING, PLAIN, OPEN, CONTAINER, SKY)),
]


def shaped(shape: str) -> np.ndarray:
    mask = SHAPES[shape]
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[: mask.shape[0], : mask.shape[1]][mask] = 255
    return pixels


def shares(
    relation: Relation, *objects: tuple[str, ObjectKind], last: Relation | None = None, shows_all: bool = True
) -> list[float]:
    """Return the visible fractions of two objects in a relation, and of a third one in the same to the first, or in the
    relation `last`.
    """
    links = [Link(relation, (0,), (1,)), *(Link(last or relation, (0,), (at,)) for at in range(2, len(objects)))]
    items = place_objects(
        [SceneObject(shaped(shape), kind) for shape, kind in objects],
        Arrangement((("a",),) * len(objects), tuple(links)),
        lambda _: 1,
        shows_all=shows_all,
    )
    return find_visible_shares(items)


@pytest.mark.parametrize("relation", [each for each in Relation if each is not Relation.BETWEEN])
def test_at_least_half_of_each_object_is_visible(relation: Relation) -> None:
    for first, second in product(KINDS_OF_SHAPES, repeat=2):
        assert min(shares(relation, first, second)) >= LEAST_VISIBLE, (first, second)
    for second, third in product(KINDS_OF_SHAPES[:5], repeat=2):
        assert min(shares(relation, KINDS_OF_SHAPES[0], second, third)) >= LEAST_VISIBLE, (second, third)


@pytest.mark.parametrize(
    ("first", "last", "objects"),
    [
        (Relation.IN, Relation.ON, (15, 2, 11)),
        (Relation.IN, Relation.ABOVE, (1, 2, 0)),
        (Relation.IN, Relation.RIDING, (0, 2, 0)),
        (Relation.WITH, Relation.ON, (1, 11, 1)),
        (Relation.BEHIND, Relation.BEFORE, (7, 1, 9)),
    ],
)
def test_a_third_object_hides_neither_of_the_others(first: Relation, last: Relation, objects: tuple[int, ...]) -> None:
    assert min(shares(first, *(KINDS_OF_SHAPES[at] for at in objects), last=last)) >= LEAST_VISIBLE


def test_a_rider_is_visible_on_a_mount_that_hid_it() -> None:
    rider, mount = ("hill", ObjectKind(0.4, LIVING)), ("square", ObjectKind(1.6))
    assert shares(Relation.RIDING, rider, mount, shows_all=False)[0] < LEAST_VISIBLE
    assert shares(Relation.RIDING, rider, mount)[0] == 1
    upright = shares(Relation.RIDING, ("tall", ObjectKind(1.7, LIVING)), mount)
    assert LEAST_VISIBLE <= upright[0] < 0.7 and upright[1] == 1


@pytest.mark.parametrize(("covers_hands", "share"), [(True, 0.5), (False, 0.2)])
def test_what_is_held_covers_the_hand(covers_hands: bool, share: float) -> None:
    arrangement = Arrangement((("a",), ("b",)), (Link(Relation.HOLDING, (0,), (1,)),))
    objects = [SceneObject(square(), ObjectKind(1.7, LIVING)), SceneObject(square(), ObjectKind(0.3))]
    holder, held = place_objects(objects, arrangement, lambda _: 1, places_clearly=covers_hands)
    overlap = holder.left + holder.width - held.left
    assert held.depth > holder.depth and abs(overlap / held.width - share) < 0.05


@pytest.mark.parametrize(
    ("above", "places_clearly", "is_aside"),
    [
        ("square", True, True),
        ("frame", True, False),
        ("square", False, False),
    ],
)
def test_what_is_under_a_solid_object_stands_at_its_side(above: str, places_clearly: bool, is_aside: bool) -> None:
    arrangement = Arrangement((("a",), ("b",)), (Link(Relation.UNDER, (0,), (1,)),))
    objects = [
        SceneObject(shaped(shape), kind)
        for shape, kind in (("square", ObjectKind(0.3, LIVING)), (above, ObjectKind(9.0)))
    ]
    below, cover = place_objects(objects, arrangement, lambda _: 1, places_clearly=places_clearly)
    offset = below.left + below.width / 2 - cover.left - cover.width / 2
    assert (offset > 0.25 * cover.width) == is_aside and (abs(offset) < 1e-6) != is_aside
    assert below.depth > cover.depth


def test_a_child_is_a_smaller_body_with_the_same_head() -> None:
    adult = np.zeros((128, 128, 4), np.uint8)
    adult[4:24, 54:74] = adult[24:28, 60:68] = adult[28:124, 44:84] = 255
    child = shape_as_child(adult)
    assert child.shape == adult.shape
    rows, columns = np.nonzero(child[..., 3] > 128)
    heights, widths = np.ptp(rows) + 1, [np.ptp(columns[rows == row]) + 1 for row in (10, 70)]
    assert (heights < 0.7 * 120, widths[0], abs(widths[1] - 32) <= 2) == (True, 20, True)


@pytest.mark.parametrize(
    ("relation", "is_left", "is_above"),
    [(Relation.ON, None, True), (Relation.ABOVE, None, True), (Relation.BESIDE, False, None)],
)
def test_objects_are_placed_by_their_relation(relation: Relation, is_left: bool | None, is_above: bool | None) -> None:
    arrangement = Arrangement((("a",), ("b",)), (Link(relation, (0,), (1,)),))
    _, areas = draw_scene([SceneObject(square())] * 2, arrangement, lambda _: 1)
    (above, left), (lower, right) = (np.argwhere(area > 128).mean(0) for area in areas)
    if is_above is not None:
        assert (above < lower - 8) == is_above
    if is_left is not None:
        assert (left < right - 8) != is_left


def test_a_smaller_object_is_drawn_smaller_and_the_field_is_opaque() -> None:
    arrangement = Arrangement((("a",), ("b",)), (Link(Relation.BESIDE, (0,), (1,)),), Background("night", "sea"))
    objects = [SceneObject(square(), ObjectKind(size, LIVING)) for size in (0.1, 4.0)]
    whole, areas = draw_scene(objects, arrangement, lambda _: -1)
    assert 3 * (areas[0] > 128).sum() < (areas[1] > 128).sum()
    assert whole[4:-4, 32, 3].min() == 255 and whole[0, 0, 3] == 0


def test_clothes_are_worn_and_small_things_are_held(card: ModelCard) -> None:
    assert card.path is not None
    kinds = read_kinds(card.path.with_name(KINDS))
    person, hat, balloon, dog = map(kinds.find, ("man standing", "top hat", "balloon", "dog"))
    assert resolve(Relation.WITH, person, hat) is Relation.WEARING
    assert resolve(Relation.WITH, person, balloon) is Relation.HOLDING
    assert resolve(Relation.WITH, person, dog) is Relation.BESIDE
    assert kinds.find("mouse").size < kinds.find("elephant").size < kinds.find("house").size


def test_a_damaged_table_of_kinds_is_refused(tmp_path: Path) -> None:
    path = tmp_path / KINDS
    write_kinds(path, {"cat": ObjectKind(0.4, LIVING)})
    assert read_kinds(path).find("red cats") == ObjectKind(0.4, LIVING)
    with pytest.raises(ValueError, match="no kind"):
        ObjectKinds((), {"cat": 0})
    path.write_bytes(b"no table")
    with pytest.raises(ModelError, match="damaged"):
        read_kinds(path)
