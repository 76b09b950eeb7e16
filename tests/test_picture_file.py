"""Pictures in files, read as people see them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio.errors import StorageError
from gdm_studio.picture_file import read_rgba


def test_a_photograph_is_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6  # the camera was held on its side
    Image.new("RGB", (40, 20)).save(tmp_path / "a.jpg", exif=exif)
    assert read_rgba(tmp_path / "a.jpg").size == (20, 40)


@pytest.mark.parametrize(("mode", "suffix"), [("1", "png"), ("L", "png"), ("P", "gif"), ("CMYK", "jpg"), ("LA", "png")])
def test_any_kind_of_picture_has_colour_and_alpha(mode: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.new("RGB", (8, 8), "white").convert(mode).save(path)
    picture = read_rgba(path)
    assert picture.mode == "RGBA" and np.asarray(picture).min() >= 250


def test_sixteen_bits_of_grey_become_eight(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    for suffix in ("png", "tiff"):
        Image.fromarray(ramp).save(tmp_path / f"a.{suffix}")
        grey = np.asarray(read_rgba(tmp_path / f"a.{suffix}"))[..., 0]
        assert np.abs(grey.ravel().astype(int) - np.arange(256)).max() <= 1


def test_of_an_animation_the_first_picture_counts(tmp_path: Path) -> None:
    first, *others = (Image.new("RGB", (8, 8), name) for name in ("red", "lime", "blue"))
    first.save(tmp_path / "a.webp", save_all=True, append_images=others, lossless=True)
    assert read_rgba(tmp_path / "a.webp").getpixel((4, 4)) == (255, 0, 0, 255)


def test_what_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "junk.png").write_bytes(b"not a picture")
    Image.new("RGB", (64, 64), "red").save(tmp_path / "cut.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "cut.png").read_bytes()[:100])
    (tmp_path / "folder.png").mkdir()
    for name, says in (("junk", "damaged"), ("cut", "damaged"), ("folder", "is a folder"), ("none", "is not there")):
        with pytest.raises(StorageError, match=f"{name}.png.*{says}"):
            read_rgba(tmp_path / f"{name}.png")
