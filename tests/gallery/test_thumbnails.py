"""Thumbnails: small, cached, upright, and correct at transparent edges."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from gdm_studio.common.errors import StorageError
from gdm_studio.common.image_file import open_image, read_rgba
from gdm_studio.gallery import Gallery, Picture
from gdm_studio.gallery.thumbnails import Thumbnails
from gdm_studio.request.generation_events import Result
from tests.helpers.library import result


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    yield gallery
    gallery.close()


def thumbnail(gallery: Gallery, picture: Picture, side: int) -> np.ndarray | None:
    return gallery.thumbnails.get([picture], side)[picture.id]


def write_image(path: Path, size: tuple[int, int], colour: tuple[int, ...], **options: object) -> None:
    """Write an opaque image with settings, as another tool does."""
    info = PngInfo()
    info.add_text("parameters", f"{path.stem}\nSteps: 12, Sampler: Euler a, Seed: 5, Size: 8x8, Version: v1.10.1")
    path.parent.mkdir(exist_ok=True)
    Image.new("RGB", size, colour).save(path, pnginfo=info, **options)


def test_a_small_image_is_its_own_thumbnail(gallery: Gallery) -> None:
    made = result(side=64)
    picture = gallery.save(made)
    shown = np.where(made.rgba[..., 3:] > 0, made.rgba, 0)
    again = thumbnail(gallery, picture, 256)
    assert np.array_equal(np.where(again[..., 3:] > 0, again, 0), shown)


@pytest.mark.parametrize(("side", "kept"), [(32, 64), (100, 128), (128, 128), (129, 256), (256, 256), (512, 512)])
def test_thumbnails_have_fixed_sizes_and_keep_the_aspect_ratio(gallery: Gallery, side: int, kept: int) -> None:
    write_image(gallery.pictures / "wide.png", (800, 400), (200, 30, 30))
    (picture,) = gallery.page()
    found = thumbnail(gallery, picture, side)
    assert found.shape == (kept // 2, kept, 4)
    assert np.abs(found.astype(int) - (200, 30, 30, 255)).max() < 8


@pytest.mark.slow
def test_a_photo_of_more_pixels_than_are_edited_is_shown(gallery: Gallery, tmp_path: Path) -> None:
    path = gallery.pictures / "photo.jpg"
    path.parent.mkdir(exist_ok=True)
    Image.new("RGB", (8400, 8000), (200, 30, 30)).save(path)
    (picture,) = gallery.page()
    found = thumbnail(gallery, picture, 128)
    assert found is not None and found.shape == (122, 128, 4)
    assert np.abs(found.astype(int) - (200, 30, 30, 255)).max() < 8
    with pytest.raises(StorageError, match="8192x8192"):
        read_rgba(path)
    with open_image(path, may_shrink=True, least_side=128) as file:
        assert file.size == (1050, 1000), "no more pixels than needed are decoded"
    # A decoder of progressive JPEGs or of separate channels stores six bytes or more for each pixel.
    data, separate = path.read_bytes(), tmp_path / "separate.jpg"
    at = data.index(b"\xff\xda")
    separate.write_bytes(data[:at] + b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" + data[at + 14 :])
    Image.open(path).save(tmp_path / "progressive.jpg", progressive=True)
    for name in ("separate.jpg", "progressive.jpg"):
        with pytest.raises(StorageError, match="8192x8192"), open_image(tmp_path / name, may_shrink=True, least_side=8):
            pass


def test_a_narrow_image_is_scaled_by_its_longer_side(gallery: Gallery) -> None:
    write_image(gallery.pictures / "strip.png", (800, 100), (200, 30, 30))
    (picture,) = gallery.page()
    found = thumbnail(gallery, picture, 512)
    assert found is not None and found.shape == (64, 512, 4)


def test_a_small_image_is_cached_once_for_all_sizes(gallery: Gallery) -> None:
    picture = gallery.save(result(side=64))
    before = thumbnail(gallery, picture, 32)
    stamp = picture.path.stat().st_mtime_ns
    picture.path.write_bytes(b"junk of the same age")
    os.utime(picture.path, ns=(stamp, stamp))
    assert before.shape == (64, 64, 4) and np.array_equal(thumbnail(gallery, picture, 512), before)


def test_a_thumbnail_is_recreated_only_when_the_file_changes(gallery: Gallery) -> None:
    write_image(gallery.pictures / "one.png", (600, 600), (200, 30, 30))
    (picture,) = gallery.page()
    before = thumbnail(gallery, picture, 64)
    stamp = picture.path.stat().st_mtime_ns
    picture.path.write_bytes(b"junk of the same age")
    os.utime(picture.path, ns=(stamp, stamp))
    assert np.array_equal(thumbnail(gallery, picture, 64), before), "what is kept needs no file"
    write_image(picture.path, (600, 600), (30, 30, 200))
    os.utime(picture.path, ns=(stamp + 1, stamp + 1))
    assert thumbnail(gallery, picture, 64)[0, 0, 2] > 190


def test_thumbnails_are_available_in_later_sessions_without_the_drive(gallery: Gallery, tmp_path: Path) -> None:
    picture = gallery.save(result(side=64))
    before = thumbnail(gallery, picture, 32)
    gallery.close()
    gallery.pictures.rename(tmp_path / "away")
    assert np.array_equal(thumbnail(gallery, picture, 32), before)


def test_transparent_pixels_do_not_bleed_into_edges(gallery: Gallery) -> None:
    # Transparent black …
    rgba = np.zeros((260, 260, 4), np.uint8)
    # … beside solid red.
    rgba[:, 131:] = (255, 0, 0, 255)
    picture = gallery.save(Result(0, result(side=260).request, rgba))
    found = thumbnail(gallery, picture, 128)
    assert found.shape == (128, 128, 4)
    seen = found[found[..., 3] > 32]
    assert seen[:, 0].min() > 215 and seen[:, 1:3].max() < 40


def test_a_rotated_photo_is_shown_upright(gallery: Gallery) -> None:
    exif = Image.Exif()
    # The image is upright after a turn of 90° to the right.
    exif[0x0112] = 6
    gallery.pictures.mkdir()
    comment = b"UNICODE\0" + "a\nSteps: 1, Sampler: Euler, Seed: 1, Size: 8x8".encode("utf-16-be")
    exif.get_ifd(0x8769)[0x9286] = comment
    picture = Image.new("RGB", (600, 300), (200, 30, 30))
    # The blue left edge is at the top when upright.
    picture.paste((30, 30, 200), (0, 0, 100, 300))
    picture.save(gallery.pictures / "turned.jpg", exif=exif.tobytes(), quality=95)
    (found,) = gallery.page()
    upright = thumbnail(gallery, found, 128)
    assert upright.shape == (128, 64, 4) and upright[3, 32, 2] > 150 and upright[115, 32, 0] > 150


def test_an_avif_has_a_thumbnail(gallery: Gallery) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + "a\nSteps: 1, Sampler: Euler, Seed: 1, Size: 8x8".encode("utf-16-be")
    gallery.pictures.mkdir()
    Image.new("RGB", (300, 200), (200, 30, 30)).save(gallery.pictures / "one.avif", exif=exif.tobytes())
    (picture,) = gallery.page()
    assert thumbnail(gallery, picture, 128).shape[1] == 128


def test_a_damaged_or_missing_image_has_none_as_its_thumbnail(gallery: Gallery) -> None:
    whole, damaged, gone = (gallery.save(result(side=64, seed=seed)) for seed in range(3))
    damaged.path.write_bytes(damaged.path.read_bytes()[:500])
    gone.path.unlink()
    found = gallery.thumbnails.get([whole, damaged, gone], 32)
    assert found[whole.id] is not None and found[damaged.id] is None and found[gone.id] is None
    others = [gallery.save(result(side=64, seed=seed)) for seed in range(3, 6)]
    assert len(gallery.thumbnails.get(others, 32, seconds=0)) == 1, "the rest can be asked for again"


def test_missing_thumbnails_are_created_in_steps(gallery: Gallery) -> None:
    pictures = [gallery.save(result(side=40, seed=seed)) for seed in range(4)]
    gallery.thumbnails.get(pictures[1:2], 32)
    assert sum(gallery.create_thumbnails()) == 3
    # A step without a thumbnail lets other calls of the gallery in while thousands of images are passed.
    assert list(gallery.create_thumbnails()) == [0]


def test_thumbnails_are_created_without_a_usable_cache(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    picture = gallery.save(result(side=64))
    blocked = Thumbnails(picture.path / "thumbnails.sqlite")
    assert blocked.get([picture], 32)[picture.id].shape == (64, 64, 4)
    (tmp_path / "junk.sqlite").write_bytes(b"not a database" * 1000)
    mended = Thumbnails(tmp_path / "junk.sqlite")
    assert mended.get([picture], 32)[picture.id].shape == (64, 64, 4) and not mended.missing([picture.id])


@pytest.mark.slow
def test_the_oldest_thumbnails_are_removed_above_the_limit(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    pictures = [gallery.save(result(side=32, seed=seed)) for seed in range(70)]
    few = Thumbnails(tmp_path / "few.sqlite", limit=400_000)
    for picture in pictures:
        few.get([picture], 32)
    left = {picture.id for picture in pictures} - few.missing([picture.id for picture in pictures])
    assert pictures[-1].id in left and pictures[0].id not in left
    # The file does not shrink, but deleted rows have made room.
    assert len(left) > 30
    few.close()
    assert few.path.stat().st_size < 500_000


def test_several_threads_can_read_thumbnails(gallery: Gallery) -> None:
    pictures = [gallery.save(result(side=64, seed=seed)) for seed in range(12)]
    found: list[int] = []
    ask = lambda: found.append(len(gallery.thumbnails.get(pictures, 32)))  # noqa: E731
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [12] * 4
