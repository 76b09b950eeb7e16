"""Images that are not square, not opaque or single frames: as inputs, in films and in outputs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio.common.errors import BadRequest
from gdm_studio.engine import image_inputs
from gdm_studio.engine.animation_file import Film, write_film
from gdm_studio.engine.image_inputs import feathered, load_fitted, load_fitted_mask, restore_original, store
from gdm_studio.request.generation_request import MAX_SIDE


def random_image(height: int, width: int, channels: int = 4) -> np.ndarray:
    return np.random.default_rng(height * width).integers(0, 256, (height, width, channels), np.uint8)


def test_a_start_image_is_stored_once_by_its_visible_content(tmp_path: Path) -> None:
    rgba = random_image(16, 24)
    Image.fromarray(rgba).save(tmp_path / "one.png")
    name = store(rgba)
    assert store(tmp_path / "one.png") == name != store(rgba.transpose(1, 0, 2).copy()) and len(name) == 64
    assert np.array_equal(load_fitted(name, (24, 16)), rgba)
    grey, rgb = rgba[..., 0], rgba[..., :3]
    assert (
        store(grey) == store(np.stack([grey] * 3, axis=-1)) and (load_fitted(store(rgb), (24, 16))[..., 3] == 255).all()
    )
    large = store(np.zeros((8, MAX_SIDE + 4, 3), np.uint8))
    assert image_inputs.load(large).size == (MAX_SIDE, 8)


def test_a_start_image_is_centred_and_complete() -> None:
    wide = store(np.full((8, 16, 4), (200, 100, 50, 255), np.uint8))
    found = load_fitted(wide, (32, 32))
    assert (found[8:24] == (200, 100, 50, 255)).all() and (found[:8, :, 3] == 0).all() and (found[24:, :, 3] == 0).all()
    found = load_fitted(wide, (32, 8))
    assert (found[:, 8:24] == (200, 100, 50, 255)).all() and (found[:, :8, 3] == 0).all()
    rgba = np.zeros((16, 16, 4), np.uint8)
    rgba[:, :8] = (255, 0, 0, 255)
    edge = load_fitted(store(rgba), (64, 64))
    seen = edge[edge[..., 3] > 64]
    assert seen[:, 0].min() > 250, "clear pixels lend no colour to an edge"


def test_a_mask_is_white_only_where_opaque_and_inside() -> None:
    picture = store(random_image(8, 16))
    mask = np.zeros((8, 16, 4), np.uint8)
    mask[:, :8] = 255
    mask[:, 8:12] = (255, 255, 255, 51)
    found = load_fitted_mask(store(mask), picture, (16, 16))
    assert found.shape == (16, 16) and (found[:4] == 0).all() and (found[12:] == 0).all()
    assert (found[4:12, :8] == 1).all() and np.allclose(found[4:12, 8:12], 0.2) and (found[4:12, 12:] == 0).all()
    half = store(np.full((4, 8), 255, np.uint8))
    assert (load_fitted_mask(half, picture, (16, 8)) == 1).all(), "a mask of another size is brought to the picture's"
    nearly, other = (store(np.full((100, width), 255, np.uint8)) for width in (203, 205))
    assert load_fitted_mask(nearly, picture, (16, 8)).min() == 1
    with pytest.raises(BadRequest, match="205x100 and its picture 16x8"):
        load_fitted_mask(other, picture, (16, 8))


def test_new_pixels_fade_in_only_within_the_mask() -> None:
    made, original = random_image(64, 32), random_image(32, 64).transpose(1, 0, 2).copy()
    mask = np.zeros((64, 32))
    mask[16:48] = 1.0
    found = restore_original(made, original, feathered(mask))
    assert np.array_equal(found[:16], original[:16]) and np.array_equal(found[48:], original[48:])
    assert np.array_equal(found[17:47], made[17:47])
    white, black = np.full((64, 32, 4), 255, np.uint8), np.zeros((64, 32, 4), np.uint8)
    black[..., 3] = 255
    first = set(restore_original(white, black, feathered(mask))[16, :, 0])
    assert first == {round(255 * 2 / 3)}, "two of three lines about it are in it"
    clear = np.zeros((64, 32, 4), np.uint8)
    opaque = restore_original(made[..., :3], clear, feathered(mask))
    assert opaque.shape == (64, 32, 3) and (opaque[:16] == 255).all() and np.array_equal(opaque[20], made[20, :, :3])
    halfway = restore_original(white, clear, feathered(np.full((64, 32), 0.5)))
    assert (halfway[..., :3] == 255).all() and (halfway[..., 3] == 64).all(), "the mask weighs twice, once blurred"


def test_an_edge_fades_as_far_in_a_wide_image_as_in_a_tall_one() -> None:
    """Check that the fade is a share of the longer side."""
    white = np.full((32, 256, 4), 255, np.uint8)
    black = np.full((32, 256, 4), (0, 0, 0, 255), np.uint8)
    mask = np.zeros((32, 256))
    mask[:, 100:] = 1.0
    wide = restore_original(white, black, feathered(mask))
    white, black, mask = (each.swapaxes(0, 1).copy() for each in (white, black, mask))
    tall = restore_original(white, black, feathered(mask)).swapaxes(0, 1)
    assert np.abs(wide.astype(int) - tall.astype(int)).max() <= 1
    grey = (wide[16, :, 0] > 0) & (wide[16, :, 0] < 255)
    assert grey.nonzero()[0].tolist() == [100, 101, 102, 103], "a 64th of 256 pixels"


@pytest.mark.parametrize(
    ("sides", "size"),
    [((0, 0, 10, 0), (40, 56)), ((3, 0, 0, 5), (40, 56)), ((0, 9, 0, 0), (32, 64)), ((1, 2, 3, 4), (40, 56))],
)
def test_an_extended_image_and_its_mask_have_the_generated_size(
    sides: tuple[int, int, int, int], size: tuple[int, int]
) -> None:
    """Check that width and height are rounded up separately, to the right and below."""
    image = random_image(50, 30)
    canvas, mask, made = image_inputs.extend(store(image), sides)
    assert made == size
    assert image_inputs.load(canvas).size == image_inputs.load(mask).size == size
    left, top, _, _ = sides
    inside = (slice(top, top + 50), slice(left, left + 30))
    assert np.array_equal(np.asarray(image_inputs.load(canvas))[inside], image)
    white = np.asarray(image_inputs.load(mask))[..., 0] == 255
    assert not white[inside].any() and white.sum() == size[0] * size[1] - 50 * 30


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_films_of_wide_and_single_frames_are_written(suffix: str, tmp_path: Path) -> None:
    wide = [np.full((20, 40, 4), (level, 0, 0, 255), np.uint8) for level in (0, 128, 255)]

    def film(frames: list[np.ndarray], **how: object) -> list[tuple[tuple[int, int], int]]:
        file = tmp_path / f"a{suffix}"
        taken = list(write_film(iter(frames), file, Film(**how)))  # type: ignore[arg-type]
        assert taken == list(range(1, len(frames) + 1))
        found = []
        with Image.open(file) as opened:
            for place in range(opened.n_frames):
                opened.seek(place)
                opened.load()
                found.append((opened.size, round(opened.info.get("duration", 0), -1)))
        return found

    assert film(wide, size=20, fps=10, hold=0.5) == [((20, 10), 100)] * 2 + [((20, 10), 500)]
    assert film([frame.transpose(1, 0, 2) for frame in wide], size=80, fps=10, hold=0)[0] == ((40, 80), 100)
    assert film(wide, fps=10, hold=0.01)[-1] == ((40, 20), 100), "no shorter than the others"
    assert film(wide) == [((40, 20), 120)] * 2 + [((40, 20), 1500)]
    assert film(wide[:2], fps=10, hold=1, loop="back") == [((40, 20), 100), ((40, 20), 1000)]
    assert [seconds for _, seconds in film(wide, fps=10, hold=1, loop="back")] == [100, 100, 1000, 100]
    assert len(film(wide[:1], loop="back")) == len(film(wide[:1])) == 1
