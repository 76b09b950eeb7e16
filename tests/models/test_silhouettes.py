"""Silhouettes of the built-in model: which prompts start from them, their colours, old requests, and damaged files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from gdm_studio.common.errors import ModelError
from gdm_studio.engine.noise import variations_of
from gdm_studio.maths.processes import edm
from gdm_studio.models.families.icons.family import ICONS, reader
from gdm_studio.models.families.icons.family import card as read_card
from gdm_studio.models.families.icons.model import IconsModel
from gdm_studio.models.families.icons.prompt_reader import IconsReader
from gdm_studio.models.families.icons.silhouettes import (
    ANY_COLOUR,
    FREE_COLOURS,
    PALETTE,
    Silhouettes,
    read_silhouettes,
)
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.memory.loaded_model_cache import Store
from gdm_studio.models.model_library import Library
from gdm_studio.models.prompts.prompt_reading import PartState
from gdm_studio.models.prompts.vocabulary import SILHOUETTES_KEY
from gdm_studio.models.prompts.word_classes import forms
from gdm_studio.request.generation_request import BUILT_IN, HAS_SILHOUETTES, PLACES_OBJECTS, Request
from gdm_studio.training.evaluation.cached_generator import default_request
from gdm_studio.training.evaluation.statistics import dominant_hue

FILE = f"{BUILT_IN}.silhouettes.safetensors"
PATH = edm().path("karras", 20)
SIDE = 64


@pytest.fixture(scope="module")
def table(model: IconsModel) -> Silhouettes:
    assert model.silhouettes is not None
    return model.silhouettes


@pytest.fixture
def request_(library: Library) -> Request:
    return replace(default_request(library), style="twemoji", device="cpu")


def draft(model: IconsModel, request: Request, seed: int) -> np.ndarray:
    """Return the decoded draft of a request with a seed."""
    (chosen,) = variations_of(replace(request, seed=seed), (0,), PATH)
    text = model.card.for_rules(request.rules).translate(request.prompt).text
    ask = Conditioning(text=text, style=request.style, variation=chosen)
    return model.decode(model.conditioning([ask]).sketch)[0].numpy()


def copy_of_model(folder: Path) -> Path:
    """Link the built-in model's files into a folder, with a copy of its silhouettes, and return the main file."""
    shipped = Library().card(BUILT_IN).path
    assert shipped is not None
    folder.mkdir()
    for file in shipped.parent.iterdir():
        if file.name != FILE:
            (folder / file.name).symlink_to(file)
    shutil.copyfile(shipped.with_name(FILE), folder / FILE)
    return folder / f"{BUILT_IN}.safetensors"


@pytest.mark.slow
def test_every_name_is_read_as_its_drawing(library: Library, table: Silhouettes) -> None:
    prompt_reader = reader(library.card(BUILT_IN))
    assert prompt_reader is not None and len(table.drawings) > 600
    misread = []
    for name, drawing in table.names.items():
        parts = prompt_reader.read(f"a {name}").parts
        is_read = [(part.text, part.state) for part in parts] == [(name, PartState.DRAWN)]
        # The drawing is named unless it has the name's word or its singular ("clouds").
        drawn_as = "" if drawing in forms(name) else drawing
        # A baker is drawn as a man or a woman who cooks. The styles draw mice differently.
        is_named = name == "baker" or drawn_as in parts[0].drawn_as.split(" or ")
        if not is_read or not is_named:
            misread.append(name)
    assert misread == []


@pytest.mark.slow
def test_other_names_are_read_as_before(library: Library, table: Silhouettes) -> None:
    card = library.card(BUILT_IN)
    now, before = (reader(card.for_rules(rules)) for rules in (HAS_SILHOUETTES, HAS_SILHOUETTES - 1))
    assert isinstance(now, IconsReader) and isinstance(before, IconsReader)
    names = [name for name in before.tokenizer.names.single_drawings() if name not in table.names]
    for name in ["scissors", *names[::40]]:
        assert [part.drawn_as for part in now.read(name).parts] == [part.drawn_as for part in before.read(name).parts]


@pytest.mark.parametrize("name", ["toaster", "anvil", "battle axe", "squirrel"])
def test_an_image_starts_from_the_silhouette(
    model: IconsModel, table: Silhouettes, request_: Request, name: str
) -> None:
    found = draft(model, replace(request_, prompt=f"a {name}", temperature=0.05), 1)
    opaque = found[..., 3] > 127
    shapes = [table.draw(name, table.colours(name)[0], model.card.size)[..., 3] > 127]
    shapes.append(shapes[0][:, ::-1])
    # The pose moves the drawing slightly.
    assert max((opaque & shape).sum() / (opaque | shape).sum() for shape in shapes) > 0.6


@pytest.mark.slow
def test_the_seed_chooses_among_the_colours_of_a_thing(model: IconsModel, request_: Request) -> None:
    request = replace(request_, prompt="a toaster")
    hues = {dominant_hue(draft(model, request, seed)) for seed in range(8)}
    assert len(hues) >= 3


@pytest.mark.parametrize("colour", ["blue", "green", "red"])
def test_a_colour_in_the_prompt_decides(model: IconsModel, request_: Request, colour: str) -> None:
    for prompt in (f"a {colour} toaster", f"a {colour} axolotl"):
        assert dominant_hue(draft(model, replace(request_, prompt=prompt), 3)) == colour


def test_a_name_of_another_drawing(model: IconsModel, request_: Request) -> None:
    queen, princess = (replace(request_, prompt=prompt) for prompt in ("a queen", "a princess"))
    assert np.array_equal(*(draft(model, each, 2) for each in (queen, princess)))


@pytest.mark.parametrize("prompt", ["a toaster", "an anvil", "a queen", "a cat"])
def test_old_requests_do_not_use_silhouettes(model: IconsModel, request_: Request, prompt: str) -> None:
    old = replace(request_, prompt=prompt, rules=HAS_SILHOUETTES - 1)
    now = draft(model, old, 1)
    assert np.array_equal(now, draft(replace(model, silhouettes=None), old, 1))
    assert np.array_equal(now, draft(model, replace(old, rules=HAS_SILHOUETTES), 1)) == (prompt == "a cat")


def test_old_requests_are_read_without_silhouettes(library: Library) -> None:
    card = library.card(BUILT_IN)
    assert card.translate("an anvil").text == "an anvil"
    assert card.for_rules(HAS_SILHOUETTES - 1).translate("an anvil").text == "an block"
    assert card.unknown_words("a trebuchet") == []
    assert [each.word for each in card.for_rules(HAS_SILHOUETTES - 1).unknown_words("a trebuchet")] == ["trebuchet"]


def test_silhouettes_do_not_count_as_weights(library: Library) -> None:
    card = library.card(BUILT_IN)
    assert FILE in {file.name for file in card.files} - {file.name for file in card.weights}


def small_table() -> Silhouettes:
    masks = np.zeros((2, SIDE, SIDE), np.bool_)
    # A ring, and a bar.
    masks[0, 8:56, 8:56] = True
    masks[0, 20:44, 20:44] = False
    masks[1, 28:36] = True
    return Silhouettes(masks, {"ring": (0, "red"), "bar": (1, ANY_COLOUR), "beam": (1, "grey")}, {"queen": "princess"})


def test_a_table_is_written_and_read(tmp_path: Path) -> None:
    table = small_table()
    table.write(tmp_path / "table", part_of="icons")
    found = read_silhouettes(tmp_path / "table")
    assert np.array_equal(found.masks, table.masks)
    assert (found.drawings, found.same_as) == (table.drawings, table.same_as)
    assert found.names == {"ring": "ring", "bar": "bar", "beam": "beam", "queen": "princess"}


def test_a_drawing_has_a_coloured_body_a_dark_outline_and_no_holes() -> None:
    table = small_table()
    ring = table.draw("ring", "red", 128).astype(int)
    assert ring[64, 30, :3].tolist() == pytest.approx(PALETTE["red"], abs=3)
    # The hole is opaque and dark, like the outline.
    assert ring[64, 64, 3] == 255 and ring[64, 64, :3].max() < 70
    assert ring[2, 2, 3] == 0
    assert table.colours("bar") == FREE_COLOURS and table.colours("beam") == ("grey",)


def test_an_open_shape_is_not_filled() -> None:
    mask = np.zeros((1, SIDE, SIDE), np.bool_)
    mask[0, 8:56, 8:56] = True
    mask[0, :44, 20:44] = False
    cup = Silhouettes(mask, {"cup": (0, "blue")}, {}).draw("cup", "blue", 128)
    assert cup[40, 64, 3] == 0


def rewrite(path: Path, change: Callable[[dict[str, Any], np.ndarray], tuple[dict[str, Any], np.ndarray]]) -> None:
    with safe_open(path, "np") as file:
        metadata = file.metadata()
        packed = file.get_tensor("masks")
    head, masks = change(json.loads(metadata[SILHOUETTES_KEY]), packed)
    save_file({"masks": masks}, path, metadata | {SILHOUETTES_KEY: json.dumps(head)})


DAMAGES: dict[str, Callable[[dict[str, Any], np.ndarray], tuple[dict[str, Any], np.ndarray]]] = {
    "masks cut short": lambda head, masks: (head, masks[: len(masks) // 2]),
    "masks that are no archive": lambda head, masks: (head, np.zeros_like(masks)),
    "masks that are too large": lambda head, masks: (head | {"side": 10**6}, masks),
    "side that is no number": lambda head, masks: (head | {"side": "112"}, masks),
    "side below one": lambda head, masks: (head | {"side": 0}, masks),
    "no drawings": lambda head, masks: (head | {"drawings": {}}, masks),
    "row below zero": lambda head, masks: (head | {"drawings": head["drawings"] | {"toaster": [-1, "red"]}}, masks),
    "unknown colour": lambda head, masks: (head | {"drawings": head["drawings"] | {"toaster": [0, "mauve"]}}, masks),
    "row that is no number": lambda head, masks: (head | {"drawings": {"toaster": ["0", "red"]}}, masks),
    "drawings that are a list": lambda head, masks: (head | {"drawings": ["toaster"]}, masks),
    "other names that are a list": lambda head, masks: (head | {"same_as": ["queen"]}, masks),
}


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_table_is_refused(tmp_path: Path, damage: str) -> None:
    path = copy_of_model(tmp_path / "model")
    rewrite(path.with_name(FILE), DAMAGES[damage])
    with pytest.raises((ValueError, TypeError, LookupError, AttributeError, SafetensorError)):
        read_silhouettes(path.with_name(FILE))
    with pytest.raises(ModelError, match="damaged"):
        ICONS.load(read_card(read_entry(path)), torch.device("cpu"), torch.float32, Store())


@pytest.mark.slow
def test_a_model_without_silhouettes_draws_as_before(tmp_path: Path, request_: Request) -> None:
    path = copy_of_model(tmp_path / "model")
    path.with_name(FILE).unlink()
    loaded = ICONS.load(read_card(read_entry(path)), torch.device("cpu"), torch.float32, Store())
    assert isinstance(loaded, IconsModel) and loaded.silhouettes is None
    new, old = (replace(request_, prompt="an anvil", rules=rules) for rules in (HAS_SILHOUETTES, HAS_SILHOUETTES - 1))
    assert np.array_equal(draft(loaded, new, 1), draft(loaded, old, 1))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("prompt", "shorter"), [("a woman without a hat", "a woman"), ("a teacher with a book", "a teacher")]
)
def test_things_that_are_left_out_change_no_draft(
    model: IconsModel, request_: Request, prompt: str, shorter: str
) -> None:
    """Hats and books have any colour, women and teachers have not."""
    for seed in (3, 4):
        drafts = [
            draft(model, replace(request_, prompt=each, rules=PLACES_OBJECTS - 1), seed) for each in (prompt, shorter)
        ]
        assert np.array_equal(*drafts)
