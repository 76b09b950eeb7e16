"""Collages of several images."""

from __future__ import annotations

import numpy as np
import pytest

from gdm_studio.models.families.icons.object_collage import make_collage


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("side", [64, 256])
def test_each_image_is_mostly_visible(count: int, side: int) -> None:
    pictures = [np.zeros((side, side, 4), np.uint8) for _ in range(count)]
    quarter = side // 4
    for shade, picture in enumerate(pictures, start=1):
        picture[quarter : 3 * quarter, quarter : 3 * quarter] = (60 * shade, 0, 0, 255)
    whole = make_collage(pictures)
    assert whole.shape == (side, side, 4) and whole.dtype == np.uint8
    nearest = np.round(whole[..., 0] / 60).astype(int)
    areas = [((nearest == shade) & (whole[..., 3] > 250)).sum() / side**2 for shade in range(1, count + 1)]
    assert min(areas) > 0.04 and max(areas) < 1.5 * min(areas)
    assert not whole[0, -1, 3], "a corner stays clear"


def test_the_last_image_is_in_front() -> None:
    red, blue = (np.full((8, 8, 4), colour, np.uint8) for colour in ((255, 0, 0, 255), (0, 0, 255, 255)))
    assert make_collage([red, blue])[4, 4].tolist() == [0, 0, 255, 255]
