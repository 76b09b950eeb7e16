"""Thumbnails: small, cached, right at the edges of transparency."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio.errors import StorageError
from gdm_studio.gallery import Gallery
from gdm_studio.run import Result
from tests.helpers.library import result


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    yield gallery
    gallery.close()


def test_a_small_picture_is_its_own(gallery: Gallery) -> None:
    picture = gallery.keep(result(side=64))
    assert gallery.thumbnail(picture, 64) == picture.path


def test_a_large_one_is_made_once_and_anew_when_the_file_changes(gallery: Gallery) -> None:
    picture = gallery.keep(result(side=64))
    path = gallery.thumbnail(picture, 32)
    with Image.open(path) as image:
        assert image.size == (32, 32) and image.mode == "RGBA"
    made = path.stat().st_mtime_ns
    assert gallery.thumbnail(picture, 32) == path and path.stat().st_mtime_ns == made
    Image.open(picture.path).transpose(Image.Transpose.ROTATE_90).save(picture.path)
    assert gallery.thumbnail(picture, 32) != path
    assert gallery.thumbnail(picture, 16) != gallery.thumbnail(picture, 32)


def test_clear_pixels_do_not_bleed_into_the_edge(gallery: Gallery) -> None:
    rgba = np.zeros((64, 64, 4), np.uint8)  # clear black …
    rgba[:, 31:] = (255, 0, 0, 255)  # … beside solid red
    picture = gallery.keep(Result(0, result(side=64).request, rgba))
    with Image.open(gallery.thumbnail(picture, 32)) as image:
        small = np.asarray(image)
    seen = small[small[..., 3] > 32]
    assert seen[:, 0].min() > 215 and seen[:, 1:3].max() < 40


def test_a_damaged_or_vanished_picture_is_named(gallery: Gallery) -> None:
    picture = gallery.keep(result(side=64))
    picture.path.write_bytes(picture.path.read_bytes()[:500])
    with pytest.raises(StorageError, match="damaged"):
        gallery.thumbnail(picture, 32)
    picture.path.unlink()
    with pytest.raises(StorageError, match="is not there"):
        gallery.thumbnail(picture, 32)
