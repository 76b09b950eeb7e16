"""Batch export: copies, a ZIP with a manifest, a contact sheet, and files without metadata."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from gdm_studio.common import text_drawing
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.translation_markers import Sentence
from gdm_studio.gallery import Gallery, Picture, SaveSettings, read
from gdm_studio.gallery.export import copy_images, strip_metadata, write_archive, write_contact_sheet
from gdm_studio.request.generation_request import Request
from tests.helpers.library import result


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    gallery = Gallery(tmp_path / "pictures", tmp_path / "data", tmp_path / "cache")
    yield gallery
    gallery.close()


@pytest.fixture
def pictures(gallery: Gallery) -> list[Picture]:
    """Return a PNG, a WebP with a tag and a note, and a JPEG."""
    made = []
    for seed, form in enumerate(("png", "webp", "jpeg")):
        gallery.saving = SaveSettings(form)
        made.append(gallery.save(result(f"a fox {form}", seed=seed, side=24)))
    gallery.tags.set([made[1].id], "best")
    gallery.notes.set(made[1].id, "for the poster")
    return gallery.page()[::-1]


def pixels(source: Path | bytes) -> np.ndarray:
    with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
        return np.asarray(image.convert("RGBA"))


def test_copies_are_named_after_the_pattern_and_replace_nothing(pictures: list[Picture], tmp_path: Path) -> None:
    out = tmp_path / "out"
    written = list(copy_images(pictures, out, pattern="{n:02}/{prompt}"))
    assert [str(path.relative_to(out)) for path in written] == [
        "01/a fox png.png", "02/a fox webp.webp", "03/a fox jpeg.jpg",
    ]  # fmt: skip
    assert [path.read_bytes() for path in written] == [picture.path.read_bytes() for picture in pictures]
    again = list(copy_images(pictures[:1], out, pattern="{n:02}/{prompt}"))
    assert again[0] != written[0] and written[0].exists() and len(list(out.rglob("*.png"))) == 2
    with pytest.raises(BadRequest, match="choose from"):
        next(copy_images(pictures, out, pattern="{colour}"))


def test_copies_without_metadata_keep_the_pixels_and_contain_no_text(pictures: list[Picture], tmp_path: Path) -> None:
    for picture, copy in zip(pictures, copy_images(pictures, tmp_path / "out", metadata=False), strict=True):
        assert read(picture.path).request is not None and read(copy).request is None
        assert np.array_equal(pixels(copy), pixels(picture.path))
        content = copy.read_bytes()
        assert b"fox" not in content and "fox".encode("utf-16-be") not in content and picture.id.encode() not in content


def test_an_image_rotated_by_exif_stays_upright_without_it(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    picture = Image.new("RGB", (64, 32), (200, 30, 30))
    picture.paste((30, 30, 200), (0, 0, 16, 32))
    picture.save(buffer, "JPEG", exif=exif.tobytes(), quality=95)
    bare = strip_metadata(buffer.getvalue(), tmp_path)
    assert pixels(bare).shape == (64, 32, 4) and pixels(bare)[4, 16, 2] > 150
    assert not Image.open(io.BytesIO(bare)).getexif()


def test_a_webp_chunk_of_odd_length_is_skipped_correctly(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0131] = "a fox"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = Image.new("RGB", (64, 32), (200, 30, 30))
    picture.save(buffer, "WEBP", lossless=True, icc_profile=profile + bytes(1 - len(profile) % 2), exif=exif)
    bare = strip_metadata(buffer.getvalue(), tmp_path)
    assert np.array_equal(pixels(bare)[..., :3], np.asarray(picture)) and b"a fox" not in bare


@pytest.mark.parametrize(("mark", "channels"), [(b"stealth_pngcomp", slice(3, 4)), (b"stealth_rgbinfo", slice(0, 3))])
def test_settings_hidden_in_the_pixels_are_removed(tmp_path: Path, mark: bytes, channels: slice) -> None:
    rgba = np.full((9, 40, 4), 254, np.uint8)
    bits = np.unpackbits(np.frombuffer(mark, np.uint8))
    part = rgba[..., channels].transpose(1, 0, 2).reshape(-1)
    part[: len(bits)] |= bits
    rgba[..., channels] = part.reshape(40, 9, -1).transpose(1, 0, 2)
    buffer = io.BytesIO()
    Image.fromarray(rgba).save(buffer, "PNG")
    bare = pixels(strip_metadata(buffer.getvalue(), tmp_path))
    assert np.abs(bare.astype(int) - rgba).max() <= 1
    assert len(np.unique(bare[..., channels])) == 1, "no bit of it is left"


@pytest.mark.parametrize("damage", [b"", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"\xff\xd8\xff", b"junk" * 9])
def test_a_damaged_file_is_named(tmp_path: Path, damage: bytes) -> None:
    with pytest.raises(StorageError, match="is damaged"):
        strip_metadata(damage, tmp_path / "broken.png")


@pytest.mark.parametrize("metadata", [True, False])
def test_a_zip_contains_every_image_and_a_manifest_of_all_settings(
    pictures: list[Picture], tmp_path: Path, metadata: bool
) -> None:
    path = tmp_path / "new" / "all.zip"
    assert list(write_archive(pictures, path, pattern="{seed}", metadata=metadata)) == [1, 2, 3]
    with zipfile.ZipFile(path) as packed:
        assert packed.testzip() is None
        manifest = json.loads(packed.read("manifest.json"))
        assert {entry["file"] for entry in manifest["pictures"]} | {"manifest.json"} == set(packed.namelist())
        for entry, picture in zip(manifest["pictures"], pictures, strict=True):
            assert np.array_equal(pixels(packed.read(entry["file"])), pixels(picture.path))
            assert Request.from_json(json.dumps(entry["request"])) == picture.request
            assert (entry["id"], entry["tags"], entry["note"]) == (picture.id, list(picture.tags), picture.note)
    assert manifest["pictures"][1]["tags"] == ["best"] and manifest["pictures"][1]["note"] == "for the poster"


def test_names_in_a_zip_do_not_collide(pictures: list[Picture], tmp_path: Path) -> None:
    list(write_archive([pictures[0]] * 3, tmp_path / "all.zip", pattern="same"))
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        assert len(set(packed.namelist())) == 4


def test_a_cancelled_or_failed_zip_leaves_no_file(pictures: list[Picture], tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    begun = write_archive(pictures, path)
    next(begun)
    begun.close()
    assert not path.exists()
    pictures[2].path.unlink()
    with pytest.raises(StorageError, match="is not there"):
        list(write_archive(pictures, path))
    assert not path.exists() and not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_contact_sheet_shows_every_picture(gallery: Gallery, tmp_path: Path, suffix: str) -> None:
    rgba = np.zeros((64, 64, 4), np.uint8)
    rgba[...] = (0, 200, 0, 255)
    made = result("a green square with a name that is far too long to be put on one line of a sheet", side=64)
    picture = gallery.save(type(made)(0, made.request, rgba))
    path = tmp_path / f"sheet{suffix}"
    assert list(write_contact_sheet([picture] * 5, path, columns=3, cell=128)) == [1, 2, 3, 4, 5]
    page = pixels(path).astype(int)
    green = np.abs(page - (0, 200, 0, 255)).max(-1) < 30
    assert abs(green.sum() / (5 * 128 * 128) - 1) < 0.04, "but for edges that JPEG and WebP blur"
    assert green[32 : 32 + 128, 32 : 32 + 128].mean() > 0.96 and (page[165:195, 32:160, :3] < 128).any(), "a label"
    assert green[212 : 212 + 128, 176 : 176 + 128].mean() > 0.96 and (page[345:375, 176:304, :3] < 128).any(), "below"
    assert page[:, -20:].min() == 255 or suffix == ".jpg", "no label leaves its cell"


def test_a_contact_sheet_names_files_that_cannot_be_read(pictures: list[Picture], tmp_path: Path) -> None:
    whole = tmp_path / "whole.png"
    list(write_contact_sheet(pictures, whole, columns=3))
    pictures[1].path.write_bytes(pictures[1].path.read_bytes()[:60])
    pictures[2].path.unlink()
    remarks: list[Sentence] = []
    assert list(write_contact_sheet(pictures, tmp_path / "some.png", columns=3, remarks=remarks)) == [1, 2, 3]
    (remark,) = remarks
    assert f"{pictures[1].path.name}, {pictures[2].path.name}." in str(remark)
    complete, some = pixels(whole), pixels(tmp_path / "some.png")
    assert np.array_equal(some[:, :296], complete[:, :296])
    assert (some[32:288, 304:] == 255).all()
    with pytest.raises(StorageError):
        list(write_contact_sheet(pictures[1:], tmp_path / "none.png"))
    assert not (tmp_path / "none.png").exists()


def write_font(path: Path, glyphs: dict[str, str]) -> None:
    """Write a small TrueType font in which each key of `glyphs` is drawn as a filled box of another height."""
    boxes = [
        b"",
        *(struct.pack(">hhhhh", 1, 100, 0, 900, height) for height in range(300, 300 + 200 * len(glyphs), 200)),
    ]
    points = []
    for box in boxes:
        height = struct.unpack(">5h", box)[4] if box else 0
        # One contour of four points on the curve.
        deltas = struct.pack(">4h4h", 100, 0, 800, 0, 0, height, 0, -height)
        points.append(box + struct.pack(">HH4B", 3, 0, 1, 1, 1, 1) + deltas if box else b"")
    offsets = [sum(map(len, points[:at])) for at in range(len(points) + 1)]
    groups = sorted((ord(char), at) for at, char in enumerate(glyphs, 1))
    cmap = struct.pack(">HHHHI", 0, 1, 3, 10, 12) + struct.pack(">HHIII", 12, 0, 16 + 12 * len(groups), 0, len(groups))
    cmap += b"".join(struct.pack(">III", code, code, glyph) for code, glyph in groups)
    count = len(points)
    tables = {
        b"cmap": cmap,
        b"glyf": b"".join(points),
        b"head": struct.pack(">IIIIHH16x4hHHhhh", 0x10000, 0, 0, 0x5F0F3CF5, 3, 1000, 0, 0, 1000, 1000, 0, 8, 2, 1, 0),
        b"hhea": struct.pack(">IhhhHhhhhhh8xhH", 0x10000, 800, -200, 0, 1000, 0, 0, 1000, 1, 0, 0, 0, count),
        b"hmtx": struct.pack(">Hh", 1000, 100) * count,
        b"loca": struct.pack(f">{count + 1}I", *offsets),
        b"maxp": struct.pack(">IH13H", 0x10000, count, 4, 1, 0, 0, 1, *[0] * 8),
        b"post": struct.pack(">I28x", 0x30000),
    }
    head, body = struct.pack(">IHHHH", 0x10000, len(tables), 0, 0, 0), b""
    for tag, data in sorted(tables.items()):
        head += struct.pack(">4sIII", tag, 0, 12 + 16 * len(tables) + len(body), len(data))
        body += data.ljust(-(-len(data) // 4) * 4, b"\0")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head + body)


@pytest.fixture
def fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the only folder of installed fonts, which is empty."""
    folder = tmp_path / "fonts"
    monkeypatch.setattr(text_drawing, "font_folders", lambda: [folder])
    text_drawing.forget_fonts()
    yield folder
    text_drawing.forget_fonts()


def sheet_of(gallery: Gallery, prompt: str, path: Path, remarks: list[Sentence] | None = None) -> np.ndarray:
    picture = gallery.save(result(prompt, side=24))
    assert list(write_contact_sheet([picture], path, cell=128, remarks=remarks)) == [1]
    return pixels(path)


def test_a_contact_sheet_uses_installed_fonts(gallery: Gallery, fonts: Path, tmp_path: Path) -> None:
    write_font(fonts / "sub" / "Plain.ttf", {"猫": "cat", "犬": "dog", "\U0001f431": "emoji"})
    (fonts / "Damaged.ttf").write_bytes(b"\0\1\0\0\xff\xff" + bytes(99))
    remarks: list[Sentence] = []
    cat, dog, emoji, both = (
        sheet_of(gallery, prompt, tmp_path / "a.png", remarks) for prompt in ("猫", "犬", "\U0001f431", "a 猫 b")
    )
    assert not np.array_equal(cat, dog) and not np.array_equal(cat, emoji) and not np.array_equal(cat, both)
    assert remarks == []


def test_a_contact_sheet_names_characters_without_a_font(gallery: Gallery, fonts: Path, tmp_path: Path) -> None:
    remarks: list[Sentence] = []
    cat, dog = (sheet_of(gallery, prompt, tmp_path / "a.png", remarks) for prompt in ("猫", "犬"))
    assert not np.array_equal(cat, dog)
    says = "No installed font has the characters {}; install a font for them, such as Noto Sans."
    assert remarks == [says.format("猫"), says.format("犬")]
    latin = [sheet_of(gallery, prompt, tmp_path / "a.png", remarks) for prompt in ("Ärger, Ω, жук", "an egg – “x”")]
    assert len(remarks) == 2 and len(latin) == 2


def test_a_non_square_image_is_centred_in_its_cell(gallery: Gallery, tmp_path: Path) -> None:
    for shape, place in (((32, 64), np.s_[64:128, 32:160]), ((64, 32), np.s_[32:160, 64:128])):
        rgba = np.full((*shape, 4), (0, 200, 0, 255), np.uint8)
        picture = gallery.save(type(made := result("a green field"))(0, made.request, rgba))
        list(write_contact_sheet([picture], tmp_path / "sheet.png", cell=128))
        green = np.abs(pixels(tmp_path / "sheet.png").astype(int) - (0, 200, 0, 255)).max(-1) < 30
        assert green[place].all() and green.sum() == 64 * 128


def test_an_empty_oversized_or_unsupported_sheet_is_refused(pictures: list[Picture], tmp_path: Path) -> None:
    for what, path in (([], tmp_path / "a.png"), (pictures * 200, tmp_path / "a.png"), (pictures, tmp_path / "a.gif")):
        with pytest.raises(BadRequest):
            next(write_contact_sheet(what, path))
