"""Icons of a set: which drawing they start from, without its tile, and in the tone of their style."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from gdm_studio.engine.noise import variations_of
from gdm_studio.maths.processes import edm
from gdm_studio.models.families.icons.model import IconsModel
from gdm_studio.models.families.icons.plain_icons import without_ground
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import BUILT_IN, Request
from gdm_studio.training.evaluation.cached_generator import default_request

PATH = edm().path("karras", 20)


@pytest.fixture(scope="module")
def library() -> Library:
    return Library()


@pytest.fixture(scope="module")
def model(library: Library) -> IconsModel:
    found = library.load(BUILT_IN, device=torch.device("cpu"), dtype=torch.float32)
    assert isinstance(found, IconsModel)
    return found


@pytest.fixture(scope="module")
def request_(library: Library) -> Request:
    return replace(default_request(library), temperature=0.2, seed=1)


def draft(model: IconsModel, request: Request, prompt: str, style: str, *, is_plain: bool = True) -> np.ndarray:
    """Return the draft of a prompt's image, RGBA (H, W, 4)."""
    wanted = replace(request, prompt=prompt, style=style, plain_icon=is_plain)
    (variation,) = variations_of(wanted, (0,), PATH)
    condition = Conditioning(text=prompt, style=style, variation=variation)
    return model.decode(model.conditioning([condition]).sketch)[0].numpy()


def coverage(pixels: np.ndarray) -> float:
    return float((pixels[..., 3] > 127).mean())


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Return the mean difference of the opacity of two drawings, 0 to 1."""
    return float(np.abs(one[..., 3].astype(float) - other[..., 3]).mean() / 255)


def test_a_request_records_a_plain_icon_only_for_models_that_draw_them(library: Library) -> None:
    wanted = Request(prompt="a fox", plain_icon=True)
    kept = {
        name: library.card(name).checked(replace(wanted, model=name, prompt=wanted.prompt if reads else "")).plain_icon
        for name, reads in ((BUILT_IN, True), ("icons-2-fast", True), ("ddpm", False))
    }
    assert kept == {BUILT_IN: True, "icons-2-fast": True, "ddpm": False}


@pytest.mark.parametrize(
    ("word", "style", "drawing"),
    [
        # Another thing to which the wind is added is no wind, but a crescent is a moon and a beach has an umbrella.
        ("wind", "twemoji", "wind"),
        ("moon", "twemoji", "crescent moon"),
        ("beach", "twemoji", "beach with umbrella"),
        ("wine", "twemoji", "wine glass"),
        # The words of a drawing in other styles, in another order or joined.
        ("rain", "streamline-color", "rain cloud"),
        ("snow", "streamline-color", "snow flake"),
        ("umbrella", "streamline-color", "open umbrella"),
        ("knife", "streamline-color", "kitchen knife"),
        # The thing by its own name, from a style of lines.
        ("truck", "icon-park", "truck"),
    ],
)
def test_a_word_means_the_plainest_drawing(model: IconsModel, word: str, style: str, drawing: str) -> None:
    tokenizer = model._tokenizer_of_silhouettes.with_relations().for_icons()
    (subject,) = tokenizer.subjects(word, style)
    assert subject.drawing == drawing


def test_other_requests_mean_what_they_did(model: IconsModel, request_: Request) -> None:
    (subject,) = model._tokenizer_of_silhouettes.with_relations().subjects("wind", "twemoji")
    assert subject.drawing == "leaf fluttering in wind"
    leaf = draft(model, request_, "leaf fluttering in wind", "twemoji", is_plain=False)
    assert difference(draft(model, request_, "wind", "twemoji", is_plain=False), leaf) < 0.02
    assert difference(draft(model, request_, "wind", "twemoji"), leaf) > 0.1


@pytest.mark.slow
@pytest.mark.parametrize("style", ["twemoji", "fluent-emoji-flat"])
def test_a_tile_is_cut_off_and_its_subject_stays(model: IconsModel, request_: Request, style: str) -> None:
    tiled, alone = (draft(model, request_, "sunrise", style, is_plain=plain) for plain in (False, True))
    assert coverage(tiled) > 0.7 and 0.25 * coverage(tiled) < coverage(alone) < 0.85 * coverage(tiled)
    # The sky is gone, and the sea is as before.
    assert alone[40, 24, 3] < 20 < tiled[40, 24, 3]
    sea = np.s_[190:215, 60:200]
    assert alone[sea][..., 3].min() > 230
    assert np.abs(alone[sea][..., :3].astype(int) - tiled[sea][..., :3]).mean() < 12


@pytest.mark.slow
def test_a_tile_without_a_subject_gives_way_to_lines_in_its_tone(model: IconsModel, request_: Request) -> None:
    fog = draft(model, request_, "fog", "twemoji")
    lines = draft(model, request_, "fog", "icon-park", is_plain=False)
    assert difference(fog, lines) < 0.03
    shown = fog[fog[..., 3] > 200][:, :3].astype(int)
    # Grey as the tile was, not black as the lines were.
    assert 100 < np.median(shown) < 190 and np.ptp(np.median(shown, axis=0)) < 40


@pytest.mark.slow
def test_an_object_that_nearly_has_the_shape_of_a_tile_is_none(model: IconsModel, request_: Request) -> None:
    for word in ("calendar", "floppy disk"):
        for style in ("twemoji", "fluent-emoji-flat"):
            pair = [draft(model, request_, word, style, is_plain=plain) for plain in (False, True)]
            assert difference(*pair) < 0.01, (word, style)


@pytest.mark.slow
def test_a_style_of_two_tones_has_them_in_every_icon(model: IconsModel, request_: Request) -> None:
    hues = []
    for word in ("cloud", "sun", "thermometer", "wind"):
        pixels = draft(model, request_, word, "streamline-color")
        shown = pixels[pixels[..., 3] > 230][:, :3].astype(int)
        # Blue: at least as much as the other channels, everywhere.
        hues.append(np.mean(shown[:, 2] >= shown[:, :2].max(1) - 6))
    assert min(hues) > 0.97
    red = draft(model, request_, "red cloud", "streamline-color")
    shown = red[red[..., 3] > 230][:, :3].astype(int)
    assert np.mean(shown[:, 0] > shown[:, 2] + 40) > 0.2, "a colour that is asked for is kept"


def test_a_ground_that_winds_over_the_whole_tile_is_removed() -> None:
    pixels = np.zeros((128, 128, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[..., :3] = (30, 120, 220)
    for turn, row in enumerate(range(8, 128, 12)):
        wall = slice(0, 120) if turn % 2 else slice(8, 128)
        pixels[row : row + 6, wall, :3] = (240, 40, 40)
    cut = without_ground(pixels)
    assert cut is not None and cut[124:, :, 3].max() == 0, "the ground reaches the lower edge"
    assert (cut[10, 20:100, 3] == 255).all() and (cut[17, 20:100, 3] == 0).all()
