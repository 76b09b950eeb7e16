"""Places of the built-in model's drawings in a start image: its content, or the mask."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from gdm_studio.engine import image_inputs
from gdm_studio.engine.drawing_place import place_in_image, place_in_mask
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.noise import variations_of
from gdm_studio.maths.processes import edm
from gdm_studio.models.families.icons.model import IconsModel
from gdm_studio.models.loaded_model import Conditioning, DrawingPlace
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import ONLY_MASKED, PLACES_DRAWINGS, Request

SIDE = 256
# Pixels of a circle at the lower left.
CIRCLE = (20, 136, 120, 236)
REQUEST = Request(
    prompt="a red apple", style="twemoji", seed=7, steps=4, strength=0.9, guidance_scale=2.0, device="cpu"
)
BEFORE = PLACES_DRAWINGS - 1


def sketch(ground: tuple[int, int, int, int] = (0, 0, 0, 0), size: tuple[int, int] = (SIDE, SIDE)) -> np.ndarray:
    picture = Image.new("RGBA", size, ground)
    ImageDraw.Draw(picture).ellipse(CIRCLE, fill=(210, 30, 40, 255))
    return np.asarray(picture)


def gradient() -> np.ndarray:
    levels = np.linspace(40, 240, SIDE, dtype=np.uint8)
    rows, columns = np.broadcast_arrays(levels[:, None], levels)
    return np.stack([rows, columns, rows[::-1], np.full_like(rows, 255)], axis=-1)


def draw(library: Library, request: Request) -> list[np.ndarray]:
    return [event.rgba for event in generate(request, library) if isinstance(event, Result)]


def limits(marked: np.ndarray) -> np.ndarray:
    """Return the left, top, right and bottom limits of the marked pixels."""
    columns, rows = np.flatnonzero(marked.any(0)), np.flatnonzero(marked.any(1))
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1])


@pytest.mark.parametrize("ground", [(0, 0, 0, 0), (255, 255, 255, 255)])
def test_a_drawing_is_where_the_sketch_is(library: Library, ground: tuple[int, int, int, int]) -> None:
    request = replace(REQUEST, image=image_inputs.store(sketch(ground)))

    def is_drawn(request: Request) -> np.ndarray:
        (rgba,) = draw(library, request)
        is_dark = rgba[..., :3].min(axis=-1) < 128
        return is_dark & (rgba[..., 3] > 128)

    found = is_drawn(request)
    left, top, right, bottom = CIRCLE
    inside = found[top - 12 : bottom + 8, left - 8 : right + 8]
    assert inside.sum() > 0.95 * found.sum() and inside.mean() > 0.4
    before = is_drawn(replace(request, rules=BEFORE))
    assert before.sum() > 2 * found.sum()


@pytest.mark.parametrize("area", ["whole", ONLY_MASKED])
def test_a_drawing_is_whole_in_a_mask(library: Library, area: str) -> None:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[120:200, 30:110] = 255
    image = image_inputs.store(np.zeros((SIDE, SIDE, 4), np.uint8))
    request = replace(REQUEST, prompt="a blue star", image=image, mask=image_inputs.store_mask(mask), strength=1.0)
    shares = []
    for rules in (PLACES_DRAWINGS, BEFORE):
        (rgba,) = draw(library, replace(request, inpaint_area=area, inpaint_padding=64, rules=rules))
        alpha = rgba[120:200, 30:110, 3] > 128
        edge = np.ones_like(alpha)
        edge[8:-8, 8:-8] = False
        # The shares of the middle and the edge of the mask that are drawn. Only the tips of a star touch the edge.
        shares.append((alpha[30:50, 30:50].mean(), alpha[edge].mean()))
    (middle, edge_share), (_, before) = shares
    assert middle > 0.9 and edge_share < 0.15 < 2 * edge_share < before, shares


def test_a_mask_gets_what_the_start_image_does_not_show(library: Library) -> None:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[20:120, 130:230] = 255
    image = image_inputs.store(sketch((255, 255, 255, 255)))
    request = replace(REQUEST, image=image, mask=image_inputs.store_mask(mask), strength=1.0)
    whole = replace(
        request, prompt="a blue dog on a sofa next to a lamp", image_prompt="a cat on a sofa next to a lamp"
    )
    (new,) = draw(library, whole)
    assert np.array_equal(new, *draw(library, replace(request, prompt="a blue dog")))
    # Without the prompt of the start image, or with one that names all or none of this, the prompt describes the whole.
    (old,) = draw(library, replace(whole, image_prompt=""))
    assert not np.array_equal(new, old)
    for shown in (whole.prompt, "a moon"):
        assert np.array_equal(old, *draw(library, replace(whole, image_prompt=shown)))
    # German is read, too.
    german = replace(whole, image_prompt="eine Katze auf einem Sofa neben einer Lampe")
    assert np.array_equal(new, *draw(library, german))


def test_the_surroundings_of_a_mask_are_its_ground(library: Library) -> None:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[120:200, 30:110] = 255
    white = image_inputs.store(np.full((SIDE, SIDE, 4), 255, np.uint8))
    request = replace(REQUEST, prompt="a blue star", image=white, mask=image_inputs.store_mask(mask), strength=1.0)
    (rgba,) = draw(library, request)
    assert rgba[125:195, 35:105, 3].min() > 200


def test_a_photograph_and_earlier_rules_have_no_place(library: Library) -> None:
    request = replace(REQUEST, image=image_inputs.store(gradient()), steps=2, rules=PLACES_DRAWINGS)
    assert np.array_equal(draw(library, request), draw(library, replace(request, rules=BEFORE)))
    place = DrawingPlace((0.0, 0.5, 0.5, 1.0))
    path = edm().path("karras", 20)
    (old,), (new,) = (variations_of(replace(request, rules=rules), (0,), path, place) for rules in (BEFORE, BEFORE + 1))
    assert old is not None and new is not None
    assert (old.place, new.place) == (None, place)


def test_a_picture_is_the_same_alone_and_in_a_batch(library: Library) -> None:
    request = replace(REQUEST, image=image_inputs.store(sketch()), steps=2, count=2, batch=2)
    assert np.array_equal(draw(library, request)[1], draw(library, request.picture(1))[0])


def test_places_of_start_images() -> None:
    box = (20 / SIDE, 136 / SIDE, 121 / SIDE, 237 / SIDE)
    white = (255, 255, 255)
    opaque = (*white, 255)
    assert place_in_image(sketch()) == DrawingPlace(box)
    assert place_in_image(sketch(opaque)) == DrawingPlace(box, white)
    # A wide sketch in a square image has transparent borders above and below.
    fitted = image_inputs.load_fitted(image_inputs.store(sketch(opaque, (512, 256))), (SIDE, SIDE))
    assert place_in_image(fitted) == DrawingPlace(
        (10 / 256, 132 / 256, 61 / 256, 183 / 256), white, (0.0, 0.25, 1.0, 0.75)
    )
    blank = np.full((SIDE, SIDE, 4), 255, np.uint8)
    assert place_in_image(blank) == DrawingPlace((0.0, 0.0, 1.0, 1.0), white)
    assert place_in_image(gradient()) is place_in_image(np.zeros_like(blank)) is None
    mask = np.zeros((SIDE, SIDE))
    mask[64:128, 128:192] = 0.3
    assert place_in_mask(gradient(), mask) == DrawingPlace((0.5, 0.25, 0.75, 0.5), is_masked=True)
    assert place_in_mask(blank, mask) == DrawingPlace((0.5, 0.25, 0.75, 0.5), white, is_masked=True)
    assert place_in_mask(blank, np.ones((SIDE, SIDE))) is None


def test_a_mask_around_a_rectangle_has_no_place() -> None:
    # In outpainting, the prompt describes the whole image, not the new area.
    band = np.zeros((SIDE, SIDE), np.float32)
    band[:, 200:] = 1
    assert place_in_mask(gradient(), band) is None
    band[100:, :200] = 1
    assert place_in_mask(gradient(), band) is None
    inner = np.zeros_like(band)
    inner[80:, 150:] = 1
    assert place_in_mask(gradient(), inner) is not None


@pytest.mark.parametrize(
    ("prompt", "is_masked", "is_placed"),
    [
        ("a red apple", True, True),
        ("a cat and a dog", False, True),
        ("a cat and a dog", True, False),
        ("a boat on the sea", False, False),
    ],
)
def test_drafts_at_a_place(model: IconsModel, prompt: str, is_masked: bool, is_placed: bool) -> None:
    place = DrawingPlace((0.25, 0.25, 0.5, 0.75), is_masked=is_masked)
    (variation,) = variations_of(REQUEST, (0,), edm().path("karras", 20), place)
    assert variation is not None

    def boxes(**given: object) -> list[float]:
        row = Conditioning(text=prompt, style="twemoji", variation=variation, **given)  # type: ignore[arg-type]
        draft = model.decode(model.conditioning([row]).sketch)[0].numpy()
        found: list[float] = (limits(draft[..., 3] > 128) / SIDE).tolist()
        return found

    inside = torch.tensor(boxes()) - torch.tensor(place.box)
    assert (bool((inside[:2] > -0.03).all()) and bool((inside[2:] < 0.03).all())) == is_placed
    if is_placed and not is_masked:
        # The box is high, and both objects fill it above one another.
        found = boxes()
        assert found[1] < 0.35 and found[3] > 0.65
    if prompt == "a red apple":
        # In the left half of a wide image in tiles, half of the image is seen, and the drawing keeps its proportions.
        variation = replace(variation, place=replace(place, shape=2.0))
        left, top, right, bottom = boxes(size=(2 * SIDE, SIDE), window=(0.0, 0.0, 0.5, 1.0))
        assert 0.47 < left < right < 1 and 0.22 < top < bottom < 0.78
        assert right - left > 0.75 * (bottom - top)
