"""Generated regions: the box around a mask, its size, and the blend back into the picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from gdm_studio.common.errors import BadRequest
from gdm_studio.engine import image_inputs
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.inpainting_crop import Region, blend, region_around
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from tests.helpers.gaussian_model import CARD, SIDE, GaussianLibrary

WIDTH, HEIGHT = 300, 200
MASKED = Request(prompt="a red disc", model="gaussian", steps=2, strength=1.0, inpaint_area="masked")


def photo(seed: int = 0, size: tuple[int, int] = (WIDTH, HEIGHT)) -> np.ndarray:
    """Return a smooth picture of many colours, RGBA uint8."""
    coarse = np.random.default_rng(seed).integers(0, 256, (12, 16, 3), np.uint8)
    return np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).convert("RGBA"))


def random_mask(random: np.random.Generator) -> np.ndarray:
    """Return a mask with one to three marks: boxes, ellipses, strokes or soft spots, also at the edges."""
    mask = Image.new("L", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(mask)
    for _ in range(random.integers(1, 4)):
        x, y = random.integers(-20, WIDTH), random.integers(-20, HEIGHT)
        box = (int(x), int(y), int(x + random.integers(1, 120)), int(y + random.integers(1, 120)))
        level = int(random.choice([255, 255, 128]))
        shape = random.integers(3)
        if shape == 0:
            draw.rectangle(box, level)
        elif shape == 1:
            draw.ellipse(box, level)
        else:
            draw.line(box, level, int(random.integers(1, 9)))
    draw.point((int(random.integers(WIDTH)), int(random.integers(HEIGHT))), 255)
    return np.asarray(mask)


def made_from(request: Request) -> np.ndarray:
    events = list(generate(request, GaussianLibrary()))
    return next(event.rgba for event in events if isinstance(event, Result))


@pytest.mark.parametrize(
    ("marks", "padding", "shape", "expected"),
    [
        ((50, 60, 90, 100), 0, None, Region(50, 60, 40, 40)),
        ((50, 60, 90, 100), 10, None, Region(40, 50, 60, 60)),
        ((0, 60, 90, 200), 10, None, Region(0, 50, 100, 150)),
        # The shorter side grows to the proportions, on both sides, and stays inside the picture.
        ((50, 60, 90, 100), 0, (2, 1), Region(30, 60, 80, 40)),
        ((0, 60, 40, 100), 0, (2, 1), Region(0, 60, 80, 40)),
        ((260, 60, 300, 100), 0, (2, 1), Region(220, 60, 80, 40)),
        ((50, 60, 130, 100), 0, (1, 1), Region(50, 40, 80, 80)),
        # A region that the picture cannot hold extends over both edges.
        ((0, 90, 300, 100), 0, (1, 1), Region(0, -50, 300, 300)),
    ],
)
def test_the_box_of_a_mask(
    marks: tuple[int, int, int, int], padding: int, shape: tuple[int, int] | None, expected: Region
) -> None:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[marks[1] : marks[3], marks[0] : marks[2]] = 255
    assert region_around(mask, padding, shape) == expected


def test_a_crop_repeats_the_edges_and_is_pasted_back_exactly() -> None:
    picture = photo()
    region = Region(-7, 150, 40, 80)
    crop = region.crop(picture)
    assert crop.shape == (80, 40, 4) and (crop[:, :7] == crop[:, 7:8]).all() and (crop[50:] == crop[49]).all()
    assert np.array_equal(region.paste(picture, crop), picture)
    changed = region.paste(picture, 255 - crop)
    inside = np.zeros((HEIGHT, WIDTH), bool)
    inside[150:, :33] = True
    assert ((changed != picture).any(axis=-1) == inside).all()


def test_the_seam_rises_smoothly_inside_the_mask() -> None:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[40:168, 100:228] = 255
    region = Region(100, 40, 128, 128)
    assert region.seam == 4
    weights = region.seam_weights(mask)
    rise = [1 / 4, 1 / 2, 3 / 4, 1, 1]
    expected = [6 * t**5 - 15 * t**4 + 10 * t**3 for t in rise]
    assert weights[64, :5].tolist() == pytest.approx(expected)
    assert weights[64, :-6:-1].tolist() == pytest.approx(expected)
    # The edge of the picture is no edge of the mask, a stroke that is thinner than the seam reaches its middle, and
    # grey marks in part.
    mask[:] = 0
    mask[0:40, 0:40], mask[100:103, 100:200], mask[150:190, 200:240] = 255, 255, 51
    whole = Region(0, 0, WIDTH, HEIGHT).seam_weights(mask)
    assert whole[0, 0] == 1 and whole[101, 150] == 1 and 0 < whole[100, 150] < 1
    assert whole[170, 220] == pytest.approx(0.2)
    assert not whole[mask == 0].any() and (whole <= mask / 255 + 1e-6).all()


@pytest.mark.slow
def test_pixels_outside_a_hundred_random_masks_keep_their_bytes() -> None:
    random = np.random.default_rng(5)
    unchanged = 0
    for case in range(100):
        picture, mask = photo(case), random_mask(random)
        if case % 3 == 0:
            picture = picture.copy()
            picture[..., 3] = random_mask(random)
        size = (SIDE, int(random.choice([SIDE, 96, 192])))
        region = image_inputs.MaskedRegion(picture, mask, region_around(mask, int(random.integers(0, 60)), size))
        made = random.integers(0, 256, (size[1], size[0], 4), np.uint8)
        result = region.blend_in(made)
        assert result.shape == picture.shape
        unchanged += bool((result == picture)[mask == 0].all()) and bool((result != picture)[mask > 200].any())
    assert unchanged == 100


def test_the_seam_is_no_steeper_than_the_picture() -> None:
    """Check that the step across the edge of the mask is at most 1.1 times the steps inside it, although the generated
    part is another picture.
    """
    random = np.random.default_rng(8)
    across, inside = [], []
    for case in range(10):
        picture, mask = photo(case, (256, 256)), np.zeros((256, 256), np.uint8)
        left, top = random.integers(30, 100, 2)
        mask[top : top + 110, left : left + 100] = 255
        region = image_inputs.MaskedRegion(picture, mask, region_around(mask, 32, (SIDE, SIDE)))
        made = photo(case + 50, (SIDE, SIDE))
        steps = np.abs(np.diff(region.blend_in(made)[..., :3].astype(int), axis=1)).mean(axis=-1)
        rows = steps[top : top + 110]
        across += [rows[:, left - 1].mean(), rows[:, left + 99].mean()]
        inside.append(rows[:, left : left + 99].mean())
    assert np.mean(across) <= 1.1 * np.mean(inside)


def test_a_run_of_the_masked_area_keeps_the_picture_and_its_size() -> None:
    picture = photo()
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[90:150, 200:260] = 255
    request = replace(MASKED, image=image_inputs.store(picture), mask=image_inputs.store_mask(mask), size=(SIDE, SIDE))
    result = made_from(request)
    assert result.shape == picture.shape
    assert (result[mask == 0] == picture[mask == 0]).all()
    assert (result[mask > 0] != picture[mask > 0]).any(axis=-1).mean() > 0.9
    assert np.array_equal(made_from(request), result)
    # The region is generated at the size of the model: it is what the run makes of the crop alone.
    region = region_around(mask, 32, (SIDE, SIDE))
    crop, marks = (Image.fromarray(region.crop(each)).resize((SIDE, SIDE), 1) for each in (picture, mask))
    alone = replace(
        request, image=image_inputs.store(np.asarray(crop)), mask=image_inputs.store_mask(np.asarray(marks))
    )
    made = made_from(replace(alone, inpaint_area="whole"))
    inside = np.s_[110:130, 220:240]
    expected = np.asarray(Image.fromarray(made).convert("RGBa").resize(region.size, 1).convert("RGBA"))
    expected = region.paste(picture, expected)
    assert np.abs(result[inside].astype(int) - expected[inside]).mean() < 2
    assert not np.array_equal(made_from(replace(request, inpaint_padding=0)), result)


def test_the_size_that_suits_the_masked_area() -> None:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[90:110, 100:180] = 255
    request = replace(MASKED, image=image_inputs.store(photo()), mask=image_inputs.store_mask(mask), inpaint_padding=0)
    card = replace(CARD, accepts=replace(CARD.accepts, multiple=8))
    assert image_inputs.size_for(card, request) == (256, 64)
    assert image_inputs.size_for(card, replace(request, inpaint_area="whole")) == card.near((WIDTH, HEIGHT))


def test_an_empty_mask_has_no_region() -> None:
    with pytest.raises(BadRequest, match="marks nothing"):
        region_around(np.zeros((8, 8), np.uint8), 4)


def test_blending_premultiplies_colours() -> None:
    clear, red = np.array([[[0, 255, 0, 0]]], np.uint8), np.array([[[255, 0, 0, 255]]], np.uint8)
    assert blend(red, clear, np.array([[0.5]])).tolist() == [[[255, 0, 0, 128]]]
