"""Pictures that are not square, not opaque or single: into a run, into a film, and out again as they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio.engine import inputs
from gdm_studio.engine.film import Film, filming
from gdm_studio.engine.inputs import composite, fitted, fitted_mask, keep
from gdm_studio.errors import BadRequest
from gdm_studio.request import MAX_SIDE


def random(height: int, width: int, channels: int = 4) -> np.ndarray:
    return np.random.default_rng(height * width).integers(0, 256, (height, width, channels), np.uint8)


def test_a_start_picture_is_kept_once_by_what_is_seen_in_it(tmp_path: Path) -> None:
    rgba = random(16, 24)
    Image.fromarray(rgba).save(tmp_path / "one.png")
    name = keep(rgba)
    assert keep(tmp_path / "one.png") == name != keep(rgba.transpose(1, 0, 2).copy()) and len(name) == 64
    assert np.array_equal(fitted(name, (24, 16)), rgba)
    grey, rgb = rgba[..., 0], rgba[..., :3]
    assert keep(grey) == keep(np.stack([grey] * 3, axis=-1)) and (fitted(keep(rgb), (24, 16))[..., 3] == 255).all()
    large = keep(np.zeros((8, MAX_SIDE + 4, 3), np.uint8))
    assert inputs.load(large).size == (MAX_SIDE, 8)


def test_a_start_picture_lies_whole_in_the_middle_of_what_is_made() -> None:
    wide = keep(np.full((8, 16, 4), (200, 100, 50, 255), np.uint8))
    found = fitted(wide, (32, 32))
    assert (found[8:24] == (200, 100, 50, 255)).all() and (found[:8, :, 3] == 0).all() and (found[24:, :, 3] == 0).all()
    found = fitted(wide, (32, 8))
    assert (found[:, 8:24] == (200, 100, 50, 255)).all() and (found[:, :8, 3] == 0).all()
    rgba = np.zeros((16, 16, 4), np.uint8)
    rgba[:, :8] = (255, 0, 0, 255)
    edge = fitted(keep(rgba), (64, 64))
    seen = edge[edge[..., 3] > 64]
    assert seen[:, 0].min() > 250, "clear pixels lend no colour to an edge"


def test_a_mask_is_white_where_it_is_white_and_solid_and_inside() -> None:
    picture = keep(random(8, 16))
    mask = np.zeros((8, 16, 4), np.uint8)
    mask[:, :8] = 255
    mask[:, 8:12] = (255, 255, 255, 51)
    found = fitted_mask(keep(mask), picture, (16, 16))
    assert found.shape == (16, 16) and (found[:4] == 0).all() and (found[12:] == 0).all()
    assert (found[4:12, :8] == 1).all() and np.allclose(found[4:12, 8:12], 0.2) and (found[4:12, 12:] == 0).all()
    half = keep(np.full((4, 8), 255, np.uint8))
    assert (fitted_mask(half, picture, (16, 8)) == 1).all(), "a mask of another size is brought to the picture's"
    nearly, other = keep(np.zeros((100, 203), np.uint8)), keep(np.zeros((100, 205), np.uint8))
    assert fitted_mask(nearly, picture, (16, 8)).max() == 0
    with pytest.raises(BadRequest, match="205x100 and its picture 16x8"):
        fitted_mask(other, picture, (16, 8))


def test_what_is_painted_anew_fades_in_within_the_mask_alone() -> None:
    made, original = random(64, 32), random(32, 64).transpose(1, 0, 2).copy()
    mask = np.zeros((64, 32))
    mask[16:48] = 1.0
    found = composite(made, original, mask)
    assert np.array_equal(found[:16], original[:16]) and np.array_equal(found[48:], original[48:])
    assert np.array_equal(found[17:47], made[17:47])
    white, black = np.full((64, 32, 4), 255, np.uint8), np.zeros((64, 32, 4), np.uint8)
    black[..., 3] = 255
    assert set(composite(white, black, mask)[16, :, 0]) == {round(255 * 2 / 3)}, "two of three lines about it are in it"
    clear = np.zeros((64, 32, 4), np.uint8)
    opaque = composite(made[..., :3], clear, mask)
    assert opaque.shape == (64, 32, 3) and (opaque[:16] == 255).all() and np.array_equal(opaque[20], made[20, :, :3])
    halfway = composite(white, clear, np.full((64, 32), 0.5))
    assert (halfway[..., :3] == 255).all() and (halfway[..., 3] == 64).all(), "the mask weighs twice, once blurred"


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_films_of_wide_and_single_frames(suffix: str, tmp_path: Path) -> None:
    wide = [np.full((20, 40, 4), (level, 0, 0, 255), np.uint8) for level in (0, 128, 255)]

    def film(frames: list[np.ndarray], **how: object) -> list[tuple[tuple[int, int], int]]:
        file = tmp_path / f"a{suffix}"
        taken = list(filming(iter(frames), file, Film(**how)))  # type: ignore[arg-type]
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
