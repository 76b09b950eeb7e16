"""Reader of image files: orientation, colour modes, animations, size limits and damaged files."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import zlib
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from gdm_studio.common.errors import StorageError
from gdm_studio.common.image_file import read_rgba
from gdm_studio.engine import image_inputs
from gdm_studio.gallery import Picture, read
from gdm_studio.gallery.export import read_master, strip_metadata
from gdm_studio.gallery.storage import file_operations
from gdm_studio.gallery.thumbnails import Thumbnails
from gdm_studio.request.generation_request import Request


def test_photos_are_rotated_upright(tmp_path: Path) -> None:
    picture = Image.fromarray(np.random.default_rng(1).integers(0, 256, (3, 5, 4), np.uint8))
    exif = Image.Exif()
    # EXIF has orientations 1 … 8; 6 is a camera turned on its side.
    for held in range(10):
        exif[274] = held
        picture.save(tmp_path / "a.png", exif=exif)
        with Image.open(tmp_path / "a.png") as file:
            turned = ImageOps.exif_transpose(file)
        assert np.array_equal(read_rgba(tmp_path / "a.png"), turned), held
    exif[274] = 6
    Image.new("RGB", (40, 20)).save(tmp_path / "a.jpg", exif=exif)
    assert read_rgba(tmp_path / "a.jpg").size == (20, 40)


@pytest.mark.parametrize(("mode", "suffix"), [("1", "png"), ("L", "png"), ("P", "gif"), ("CMYK", "jpg"), ("LA", "png")])
def test_every_mode_is_converted_to_rgba(mode: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{suffix}"
    Image.new("RGB", (8, 8), "white").convert(mode).save(path)
    picture = read_rgba(path)
    assert picture.mode == "RGBA" and np.asarray(picture).min() >= 250


def test_16_bit_grey_becomes_8_bit(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    for suffix in ("png", "tiff"):
        Image.fromarray(ramp).save(tmp_path / f"a.{suffix}")
        grey = np.asarray(read_rgba(tmp_path / f"a.{suffix}"))[..., 0]
        assert np.abs(grey.ravel().astype(int) - np.arange(256)).max() <= 1


def test_the_first_frame_of_an_animation_is_read(tmp_path: Path) -> None:
    first, *others = (Image.new("RGB", (8, 8), name) for name in ("red", "lime", "blue"))
    first.save(tmp_path / "a.webp", save_all=True, append_images=others, lossless=True)
    assert read_rgba(tmp_path / "a.webp").getpixel((4, 4)) == (255, 0, 0, 255)


def test_unreadable_files_raise_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "junk.png").write_bytes(b"not a picture")
    Image.new("RGB", (64, 64), "red").save(tmp_path / "cut.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "cut.png").read_bytes()[:100])
    (tmp_path / "folder.png").mkdir()
    for name, says in (("junk", "damaged"), ("cut", "damaged"), ("folder", "is a folder"), ("none", "is not there")):
        with pytest.raises(StorageError, match=f"{name}.png.*{says}"):
            read_rgba(tmp_path / f"{name}.png")


OPENING = """
import json, re, sys, time
from pathlib import Path
from gdm_studio.engine import image_inputs
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery.export import read_master
from gdm_studio.gallery.thumbnails import _load_small
from gdm_studio.common.image_file import read_rgba
def peak():
    return 1024 * int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
ways = (read_rgba, image_inputs.store, read_master, lambda path: _load_small(path, 256))
for path in map(Path, sys.argv[1:]):  # a small one first: it brings what Pillow loads with the first picture
    for way in ways:
        before, began, said = peak(), time.process_time(), ""
        try:
            way(path)
        except StorageError as error:
            said = str(error)
        print(json.dumps([said, peak() - before, time.process_time() - began]))
"""


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """Return a black 8-bit RGB PNG with additional chunks before its pixels."""
    packer = zlib.compressobj(1)
    row = bytes(1 + 3 * width)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), *chunks, (b"IDAT", packed), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process is read there")
@pytest.mark.parametrize("kind", ["bomb", "cut", "text", "large"])
def test_refusing_a_file_takes_little_time_and_memory(kind: str, tmp_path: Path) -> None:
    small, path = tmp_path / "small.png", tmp_path / "a.png"
    small.write_bytes(png(8, 8))
    if kind == "large":
        with open(path, "wb") as file:
            file.write(b"RIFF\0\0\0\xe0WEBPVP8L")
            file.truncate(3_000_000_000)
    else:
        path.write_bytes({
            "bomb": lambda: png(13_000, 13_000),
            "cut": lambda: png(8192, 8192)[:-10_000],
            "text": lambda: png(8, 8, (b"tEXt", b"parameters\0" + bytes(89_000_000))),
        }[kind]())  # fmt: skip
    command = [sys.executable, "-c", OPENING, str(small), str(path)]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    costs = [json.loads(line) for line in printed.splitlines()]
    assert len(costs) == 8 and not any(said for said, _, _ in costs[:4])
    for said, memory, seconds in costs[4:]:
        assert {"bomb": "8192x8192", "large": "280 MB"}.get(kind, "damaged") in said and said.startswith(str(path))
        assert memory < 300e6 and seconds < 20


@pytest.mark.slow
def test_the_largest_size_is_opened(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(2**14, 2**12))
    assert read_rgba(tmp_path / "a.png").size == (2**14, 2**12)
    (tmp_path / "a.png").write_bytes(png(2**14, 2**12 + 1))
    with pytest.raises(StorageError, match="more pixels than 8192x8192"):
        read_rgba(tmp_path / "a.png")


EXPORTING = """
import gc, json, re, sys
from pathlib import Path
from gdm_studio.cli.main import run
from gdm_studio.models.memory.cpu_allocator import return_freed_memory
for arguments in json.loads(sys.argv[1]):
    gc.collect()
    return_freed_memory()
    if Path("/proc/self/clear_refs").exists():
        Path("/proc/self/clear_refs").write_text("5")  # the peak is measured from here on
    if status := run(["export", *arguments]):
        sys.exit(status)
    print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""
# Pixels of a side of the largest supported image, and of an image with a quarter of its pixels.
SIDE = 8190
HALF = SIDE // 2
# Memory in kilobytes that the export of an image with these sides may take. At both sizes, another copy of the image
# would exceed it.
MOST = {SIDE: 750_000, HALF: 260_000}


def export_in_process(*exports: tuple[Path, tuple[str, ...]]) -> subprocess.CompletedProcess[str]:
    """Export images one after another in a child process, which prints the file name and the peak memory in kilobytes
    for each.
    """
    arguments = [[str(path), "--out", str(path.parent / "out"), *options] for path, options in exports]
    command = [sys.executable, "-c", EXPORTING, json.dumps(arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def grey_levels(side: int) -> np.ndarray:
    """Return diagonal stripes of 251 levels, `side` × `side` bytes."""
    # Every row is the row above moved by one pixel.
    diagonal = (np.arange(2 * side - 1) // 64 % 251).astype(np.uint8)
    return np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(diagonal, side))


@cache
def rgba_png(side: int) -> bytes:
    """Return a square PNG with transparency, which several tests export."""
    file = io.BytesIO()
    Image.merge("RGBA", [Image.fromarray(grey_levels(side))] * 4).save(file, "PNG", compress_level=1)
    return file.getvalue()


def save_image(path: Path, kind: str, side: int) -> None:
    """Save an image of this format, which is `side` pixels high, or very wide."""
    levels = grey_levels(side)
    grey = Image.fromarray(levels)
    colours = Image.merge("RGB", [grey] * 3)
    exif = Image.Exif()
    exif[274] = 6
    match kind:
        case "RGB.png":
            colours.save(path, compress_level=1)
        case "RGBA.png":
            path.write_bytes(rgba_png(side))
        case "turned.jpg":
            colours.save(path, exif=exif)
        case "palette.gif":
            palette = Image.fromarray(levels // 16)
            # Coloured, as a palette of greys is opened as a grey image.
            palette.putpalette([channel for level in range(16) for channel in (level, 0, 255 - level)])
            palette.save(path)
        case "sixteen.png":
            Image.fromarray(levels.astype(np.uint16) * 257).save(path, compress_level=1)
        case "whole.tif":
            Image.fromarray(levels.astype(np.int32) * 257).save(path, compression="tiff_lzw")
        case "float.tif":
            Image.fromarray(levels.astype(np.float32)).save(path, compression="tiff_lzw")
        case "ink.tif":
            colours.convert("CMYK").save(path, compression="tiff_lzw")
        case "small.avif":
            colours.save(path, speed=10)
        case "small.webp":
            colours.crop((0, 0, side * 7 // 8, side)).save(path, lossless=True, method=0)
        case "wide.png":
            Image.new("1", (65_000, 1_000)).save(path)


LARGEST = [("RGBA.png", SIDE, ("--as", "jpeg")), ("wide.png", SIDE, ("--size", "64"))]
# Copies of these have the size of the image. A smaller one takes less time.
SMALLER = [
    ("RGBA.png", HALF, ("--as", "png", "--background", "white")),
    ("RGBA.png", HALF, ("--without-metadata",)),
    *((kind, HALF, ("--size", "64")) for kind in (
        "RGB.png", "small.avif", "small.webp",
        "turned.jpg", "palette.gif", "sixteen.png", "whole.tif", "float.tif", "ink.tif",
    )),
]  # fmt: skip


@pytest.mark.slow(seconds=6)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process is read there")
@pytest.mark.parametrize("cases", [LARGEST, SMALLER], ids=["largest", "smaller"])
def test_exporting_the_largest_image_takes_less_than_a_gigabyte(
    cases: list[tuple[str, int, tuple[str, ...]]], tmp_path: Path
) -> None:
    exports = []
    for number, (kind, side, options) in enumerate(cases):
        path = tmp_path / str(number) / kind
        path.parent.mkdir()
        save_image(path, kind, side)
        exports.append((path, options))
    done = export_in_process(*exports)
    assert done.returncode == 0, done.stderr
    printed = done.stdout.splitlines()
    for (kind, side, options), name, peak in zip(cases, printed[::2], printed[1::2], strict=True):
        # The decoders of AVIF and WebP take more memory than others.
        most = {"small.avif": 300_000, "small.webp": 360_000}.get(kind, MOST[side])
        assert Path(name).is_file() and int(peak) < most, (kind, options, peak)


@pytest.mark.slow
def test_an_image_with_too_long_a_side_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "thin.png"
    Image.new("1", (67_000_000, 1)).save(path)
    done = export_in_process((path, ("--size", "64")))
    assert done.returncode == 2
    limit = "has more than 65,500 pixels on a side, which is the limit"
    assert done.stderr == f"gdm-studio: {path} {limit}; choose a smaller copy of it.\n"
    for way in (read_rgba, read_master, image_inputs.store):
        with pytest.raises(StorageError, match="more than 65,500 pixels on a side"):
            way(path)
    thumbnails = Thumbnails(tmp_path / "thumbnails")
    assert thumbnails.get([Picture("1", path, 0.0, (67_000_000, 1), Request())], 128) == {"1": None}
    thumbnails.close()


def test_an_image_too_large_for_webp_is_refused(tmp_path: Path) -> None:
    # The image is longer than the WebP limit.
    Image.new("1", (16_384, 16)).save(tmp_path / "wide.png")
    done = export_in_process((tmp_path / "wide.png", ("--as", "webp")))
    assert done.returncode == 2 and "choose a smaller size, or PNG.\n" in done.stderr


def test_a_less_common_format_does_not_import_those_of_all_programs(tmp_path: Path) -> None:
    for kind in ("webp", "tiff", "gif"):
        Image.new("RGB", (8, 8)).save(tmp_path / f"one.{kind}")
    code = (
        "import sys, pathlib; from gdm_studio.common.image_file import open_image\n"
        f"for path in sorted(pathlib.Path({str(tmp_path)!r}).iterdir()):\n"
        "    with open_image(path) as image: print(image.format)\n"
        "print('PIL.PdfImagePlugin' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["GIF", "TIFF", "WEBP", "False"]


def test_no_program_is_started_for_an_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A fake Ghostscript records its start.
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "gs").write_text(f"#!/bin/sh\necho started > '{tmp_path}/started'\n")
    (tmp_path / "gs").chmod(0o755)
    path = tmp_path / "cute.png"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 20 20\n%%EndComments\nshowpage\n%%EOF\n")
    picture = Picture("1", path, 0.0, (20, 20), Request())
    for way in (
        read_rgba,
        read,
        read_master,
        image_inputs.store,
        lambda path: file_operations.read(path) and strip_metadata(b"", path),
    ):
        with pytest.raises(StorageError):
            way(path)
    thumbnails = Thumbnails(tmp_path / "thumbnails")
    assert thumbnails.get([picture], 128) == {"1": None}
    thumbnails.close()
    assert not (tmp_path / "started").exists()


def test_a_pipe_named_like_an_image_does_not_block(tmp_path: Path) -> None:
    path = tmp_path / "cute.png"
    os.mkfifo(path)
    for way in (read_rgba, read, read_master, image_inputs.store, file_operations.read):
        with pytest.raises(StorageError, match="is not a file"):
            way(path)
    thumbnails = Thumbnails(tmp_path / "thumbnails")
    assert thumbnails.get([Picture("1", path, 0.0, (20, 20), Request())], 128) == {"1": None}
    thumbnails.close()


def test_a_damaged_exif_orientation_is_ignored(tmp_path: Path) -> None:
    Image.new("RGB", (40, 20)).save(tmp_path / "a.jpg", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12" * 40)
    assert read_rgba(tmp_path / "a.jpg").size == (40, 20)
