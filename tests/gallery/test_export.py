"""Exported files are read back by Pillow, Qt and the project's own metadata reader."""

from __future__ import annotations

import io
import json
import os
import re
import struct
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QImageReader, QPainter
from PySide6.QtSvg import QSvgRenderer

from gdm_studio.common.errors import BadRequest, StorageError, StudioError
from gdm_studio.gallery import read, save
from gdm_studio.gallery.export import FORMATS, ExportSource, Options, export, read_master, write_credits
from gdm_studio.gallery.export.icon_files import encode_icns, encode_ico
from gdm_studio.models.credits import credit_text, merge_credits
from gdm_studio.models.model_card import Source
from tests.helpers.foreign_images import SOFTWARE, USER_COMMENT, with_exif
from tests.helpers.gaussian_model import CARD
from tests.helpers.library import result
from tests.helpers.widgets import theme

RED, BLUE, ORANGE = (220, 40, 30), (20, 60, 200), (250, 160, 40)


@cache
def disc(side: int) -> np.ndarray:
    """Return a red disc with a blue left half. Transparent pixels are bright green, which is visible if they bleed."""
    y, x = np.mgrid[0:side, 0:side] - (side - 1) / 2
    alpha = np.clip(0.4 * side - np.hypot(x, y) + 0.5, 0, 1)
    rgba = np.zeros((side, side, 4), np.uint8)
    rgba[..., :3] = np.where((alpha > 0)[..., None], np.where((x < 0)[..., None], BLUE, RED), (0, 255, 0))
    rgba[..., 3] = (255 * alpha).round()
    return rgba


def master(side: int = 64, largest: int = 1024, **texts: str) -> ExportSource:
    """Return a disc with every enlargement up to `largest`, drawn at that size."""
    levels = [disc(side)]
    while len(levels[-1]) < largest:
        levels.append(disc(2 * len(levels[-1])))
    return ExportSource("a disc 42", tuple(levels), texts)


@pytest.fixture(scope="module")
def whole() -> ExportSource:
    return master()


@pytest.fixture(scope="module")
def app_icons(whole: ExportSource, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("apps")
    return export(whole, FORMATS["appicon"], Options(background=ORANGE), out)


def load_image(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.load()
        return image


def is_disc(picture: Image.Image, *, tolerance: int = 3) -> bool:
    """Return whether the right is red, the left blue, the corner transparent, and no pixel green."""
    pixels = np.asarray(picture.convert("RGBA")).astype(int)
    height, width = pixels.shape[:2]
    seen = pixels[pixels[..., 3] > 12]
    right, left = pixels[height // 2, int(0.75 * width)], pixels[height // 2, int(0.25 * width)]
    return bool(
        abs(right - (*RED, 255)).max() <= tolerance
        and abs(left - (*BLUE, 255)).max() <= tolerance
        and pixels[0, 0, 3] == 0
        and (seen[:, 1] <= max(RED[1], BLUE[1]) + 25).all()
    )


@pytest.mark.parametrize("size", [16, 33, 64, 200, 1024])
def test_a_png_of_any_size_has_clean_edges(whole: ExportSource, tmp_path: Path, size: int) -> None:
    path = export(whole, FORMATS["png"], Options(size=size), tmp_path)
    picture = load_image(path)
    assert picture.size == (size, size) and picture.mode == "RGBA" and is_disc(picture, tolerance=8)
    assert path.name == ("a disc 42.png" if size == 64 else f"a disc 42 {size}px.png")


def test_the_requested_size_is_the_longer_side(tmp_path: Path) -> None:
    wide = ExportSource("wide", (np.full((40, 80, 4), 255, np.uint8),))
    assert load_image(export(wide, FORMATS["png"], Options(size=20), tmp_path)).size == (20, 10)
    assert load_image(export(wide, FORMATS["ico"], Options(), tmp_path)).convert("RGBA").getpixel((128, 2))[3] == 0


def test_exports_start_from_the_smallest_sufficient_level(whole: ExportSource) -> None:
    assert np.array_equal(np.asarray(whole.at(64)), whole.levels[0])
    assert np.array_equal(np.asarray(whole.at(256)), whole.levels[2])
    assert not whole.is_short_of(1024) and whole.is_short_of(1025)
    assert not ExportSource("x", whole.levels[:1]).enlarged(whole.levels[1]).is_short_of(128)


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_generation_settings_are_exported_unless_metadata_is_off(tmp_path: Path, kind: str) -> None:
    kept = save(result("ein Füchslein, 🦊", seed=7, side=64, steps=9), tmp_path)
    source = read_master(kept.path)
    told = read(export(source, FORMATS[kind], Options(size=32), tmp_path / "with"))
    assert told.request is not None and told.size == (32, 32)
    assert (told.request.prompt, told.request.seed, told.request.steps) == ("ein Füchslein, 🦊", 7, 9)
    bare = export(source, FORMATS[kind], Options(size=32, metadata=False), tmp_path / "without")
    assert read(bare).request is None and b"chslein" not in bare.read_bytes()


@pytest.mark.parametrize("suffix", ["jpg", "webp", "avif"])
def test_settings_of_another_program_are_exported_from_photo_formats(tmp_path: Path, suffix: str) -> None:
    """Copy only settings of other programs from photo formats into a PNG, which has no place for the rest."""
    comment = b"UNICODE\0" + "a fox\nSteps: 9, Sampler: Euler, Seed: 7".encode("utf-16-be")
    xmp = b"<x:xmpmeta><rdf:RDF><rdf:Description xmp:CreatorTool='A tool'/></rdf:RDF></x:xmpmeta>"
    source = read_master(with_exif(tmp_path / f"x.{suffix}", {SOFTWARE: "A tool"}, {USER_COMMENT: comment}, xmp=xmp))
    assert list(source.texts) == ["parameters"]
    told = read(export(source, FORMATS["png"], Options(size=32), tmp_path / "with"))
    assert told.request is not None and (told.request.prompt, told.request.seed) == ("a fox", 7)
    bare = with_exif(tmp_path / f"y.{suffix}", {}, xmp=xmp)
    assert read_master(bare).texts == {}


def test_jpeg_has_a_background_colour_and_webp_is_exact(whole: ExportSource, tmp_path: Path) -> None:
    jpeg = load_image(export(whole, FORMATS["jpeg"], Options(size=128, background=ORANGE), tmp_path))
    assert jpeg.mode == "RGB" and max(abs(a - b) for a, b in zip(jpeg.getpixel((2, 2)), ORANGE, strict=True)) <= 2
    white = load_image(export(whole, FORMATS["jpeg"], Options(size=128), tmp_path))
    assert min(white.getpixel((2, 2))) >= 253
    webp = np.asarray(load_image(export(whole, FORMATS["webp"], Options(size=128), tmp_path)))
    seen = webp[..., 3] > 0
    assert np.array_equal(webp[seen], np.asarray(whole.at(128))[seen])
    assert np.array_equal(webp[..., 3], disc(128)[..., 3])


def test_png_over_a_colour_is_opaque(whole: ExportSource, tmp_path: Path) -> None:
    picture = load_image(export(whole, FORMATS["png"], Options(size=64, background=ORANGE), tmp_path))
    assert picture.mode == "RGB" and picture.getpixel((0, 0)) == ORANGE


def test_a_windows_icon_has_seven_sizes_with_alpha(whole: ExportSource, tmp_path: Path) -> None:
    path = export(whole, FORMATS["ico"], Options(), tmp_path)
    sides = [16, 24, 32, 48, 64, 128, 256]
    with Image.open(path) as icon:
        assert sorted(icon.info["sizes"]) == [(side, side) for side in sides]
        for side in sides:
            frame = icon.ico.getimage((side, side))  # type: ignore[attr-defined]
            assert frame.size == (side, side) and is_disc(frame, tolerance=12)
    theme()
    reader = QImageReader(str(path))
    for index, side in enumerate(sides):
        assert reader.jumpToImage(index)
        _check_with_qt(reader.read(), side)


def test_the_mask_of_a_windows_icon_is_for_readers_without_alpha() -> None:
    picture = Image.fromarray(disc(24))
    data = encode_ico([picture])
    (length, offset) = struct.unpack_from("<II", data, 6 + 8)
    assert len(data) == offset + length
    mask = np.frombuffer(data[-24 * 4 :], np.uint8).reshape(24, 4)[::-1]
    assert np.array_equal(np.unpackbits(mask, axis=1)[:, :24] == 1, disc(24)[..., 3] == 0)


def test_a_mac_icon_has_every_size(whole: ExportSource, tmp_path: Path) -> None:
    path = export(whole, FORMATS["icns"], Options(), tmp_path)
    asked = {(points, points, scale) for points in (16, 32, 128, 256, 512) for scale in (1, 2)}
    with Image.open(path) as icon:
        assert set(icon.info["sizes"]) == asked
        for points, _, scale in asked:
            frame = icon.icns.getimage((points, points, scale))  # type: ignore[attr-defined]
            assert frame.size == (points * scale, points * scale) and is_disc(frame, tolerance=12)
    theme()
    reader, sides = QImageReader(str(path)), []
    for index in range(reader.imageCount()):
        assert reader.jumpToImage(index)
        image = reader.read()
        sides.append(image.width())
        _check_with_qt(image, image.width())
    assert sorted(sides) == [16, 32, 32, 64, 128, 256, 256, 512, 512, 1024]


def test_run_length_encoding_of_a_mac_icon_is_lossless() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 4), np.uint8)
    noise[8:20] = 77
    pictures = {side: Image.fromarray(disc(side)) for side in (64, 128, 256, 512, 1024)}
    data = encode_icns({16: Image.fromarray(noise[:16, :16]), 32: Image.fromarray(noise), **pictures})
    with Image.open(io.BytesIO(data)) as icon:
        for side in (16, 32):
            frame = icon.icns.getimage((side, side, 1))  # type: ignore[attr-defined]
            assert np.array_equal(np.asarray(frame), noise[:side, :side])


def test_website_icons(whole: ExportSource, tmp_path: Path) -> None:
    folder = export(whole, FORMATS["favicon"], Options(background=ORANGE), tmp_path)
    assert {path.name for path in folder.iterdir()} == {
        "favicon.ico", "favicon-16x16.png", "favicon-32x32.png", "favicon-48x48.png", "apple-touch-icon.png",
        "android-chrome-192x192.png", "android-chrome-512x512.png", "site.webmanifest", "head.html",
    }  # fmt: skip
    assert set(load_image(folder / "favicon.ico").info["sizes"]) == {(16, 16), (32, 32), (48, 48)}
    touch = load_image(folder / "apple-touch-icon.png")
    assert touch.size == (180, 180) and touch.mode == "RGB" and touch.getpixel((0, 0)) == ORANGE
    manifest = json.loads((folder / "site.webmanifest").read_text(encoding="utf-8"))
    assert manifest["background_color"] == "#faa028" and manifest["name"] == "a disc 42"
    for icon in manifest["icons"]:
        picture = load_image(folder / icon["src"])
        assert f"{picture.width}x{picture.height}" == icon["sizes"] and is_disc(picture)
    for name in re.findall(r'href="([^"]+)"', (folder / "head.html").read_text(encoding="utf-8")):
        assert (folder / name).is_file()


@pytest.mark.slow
def test_ios_icons_are_opaque_and_match_contents_json(app_icons: Path) -> None:
    folder = app_icons / "ios" / "AppIcon.appiconset"
    images = json.loads((folder / "Contents.json").read_text(encoding="utf-8"))["images"]
    assert {image["filename"] for image in images} | {"Contents.json"} == {path.name for path in folder.iterdir()}
    for image in images:
        picture = load_image(folder / image["filename"])
        side = float(image["size"].partition("x")[0]) * int(image["scale"].rstrip("x"))
        assert picture.size == (side, side) and picture.mode == "RGB" and picture.getpixel((0, 0)) == ORANGE
    assert {("iphone", "60x60", "3x"), ("ipad", "83.5x83.5", "2x"), ("ios-marketing", "1024x1024", "1x")} <= {
        (image["idiom"], image["size"], image["scale"]) for image in images
    }


def test_android_layers_stay_within_the_safe_zone(app_icons: Path) -> None:
    resources = app_icons / "android" / "res"
    for density, scale in (("mdpi", 1), ("hdpi", 1.5), ("xhdpi", 2), ("xxhdpi", 3), ("xxxhdpi", 4)):
        folder = resources / f"mipmap-{density}"
        assert load_image(folder / "ic_launcher.png").size == (48 * scale, 48 * scale)
        layer = np.asarray(load_image(folder / "ic_launcher_foreground.png"))
        assert layer.shape == (108 * scale, 108 * scale, 4)
        y, x = np.nonzero(layer[..., 3])
        middle = (len(layer) - 1) / 2
        assert np.hypot(y - middle, x - middle).max() <= 33 * scale
        background = load_image(folder / "ic_launcher_background.png")
        assert background.size == layer.shape[:2] and background.getcolors() == [(layer.shape[0] ** 2, ORANGE)]
        disc_icon = load_image(folder / "ic_launcher_round.png")
        assert disc_icon.getpixel((0, 0))[3] == 0 and disc_icon.getpixel((disc_icon.width // 2, 2)) == (*ORANGE, 255)
    for name in ("ic_launcher", "ic_launcher_round"):
        root = ElementTree.parse(resources / "mipmap-anydpi-v26" / f"{name}.xml").getroot()
        for layer_name in root:
            drawable = next(iter(layer_name.attrib.values())).removeprefix("@mipmap/")
            assert (resources / "mipmap-mdpi" / f"{drawable}.png").is_file()


def test_macos_and_windows_icons_have_the_sizes_in_their_names(app_icons: Path) -> None:
    for path in (app_icons / "macos" / "AppIcon.iconset").iterdir():
        points, twice = re.fullmatch(r"icon_(\d+)x\d+(@2x)?\.png", path.name).groups()  # type: ignore[union-attr]
        side = int(points) * (2 if twice else 1)
        assert load_image(path).size == (side, side)
    assert len(list((app_icons / "macos" / "AppIcon.iconset").iterdir())) == 10
    assets = app_icons / "windows" / "Assets"
    assert load_image(assets / "Wide310x150Logo.scale-200.png").size == (620, 300)
    assert load_image(assets / "LargeTile.scale-400.png").size == (1240, 1240)
    assert load_image(assets / "Square44x44Logo.targetsize-24_altform-unplated.png").size == (24, 24)
    assert (app_icons / "windows" / "app.ico").is_file() and (app_icons / "macos" / "AppIcon.icns").is_file()


@pytest.mark.parametrize("background", [None, ORANGE])
def test_an_svg_contains_the_shapes_and_keeps_transparency(
    whole: ExportSource, tmp_path: Path, background: tuple[int, int, int] | None
) -> None:
    path = export(whole, FORMATS["svg"], Options(size=300, background=background), tmp_path)
    root = ElementTree.fromstring(path.read_bytes())
    assert (root.attrib["width"], root.attrib["height"]) == ("300", "300")
    drawn = _render_svg(path.read_bytes(), 128)
    assert tuple(drawn[0, 0]) == ((*background, 255) if background else (0, 0, 0, 0))
    true = disc(128).astype(float) / 255
    shown = drawn.astype(float) / 255
    over = [z[..., :3] * z[..., 3:] + 0.5 * (1 - z[..., 3:]) for z in (shown, true)]
    if background is None:
        assert -10 * np.log10(((over[0] - over[1]) ** 2).mean()) > 28
    assert path.stat().st_size < 8_000


def test_an_svg_of_a_transparent_image_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="nothing opaque"):
        export(ExportSource("empty", (np.zeros((32, 32, 4), np.uint8),)), FORMATS["svg"], Options(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_exports_overwrite_nothing_and_leave_no_partial_files(whole: ExportSource, tmp_path: Path) -> None:
    first = export(whole, FORMATS["png"], Options(size=16), tmp_path)
    second = export(whole, FORMATS["png"], Options(size=16), tmp_path)
    assert (first.name, second.name) == ("a disc 42 16px.png", "a disc 42 16px (2).png")
    one, two = (export(whole, FORMATS["favicon"], Options(), tmp_path) for _ in range(2))
    assert (one.name, two.name) == ("a disc 42 favicon", "a disc 42 favicon (2)")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError):
        export(whole, FORMATS["favicon"], Options(), tmp_path / "file")


def test_credits_are_written_once(tmp_path: Path) -> None:
    first = write_credits("by Ann", tmp_path, merge_credits)
    assert write_credits("by Ann", tmp_path, merge_credits) == first and first.name == "CREDITS.txt"
    assert write_credits("by Bob", tmp_path, merge_credits).name == "CREDITS (2).txt"
    assert first.read_text(encoding="utf-8") == "by Ann"


def test_credits_of_a_folder_are_brought_up_to_date(tmp_path: Path) -> None:
    sources = [Source(name, f"{name}'s author", "MIT", f"https://{name}.org") for name in ("one", "two", "three")]
    origins = [SimpleNamespace(thing=thing, source=source) for thing, source in zip("abc", sources, strict=True)]
    card = replace(CARD, sources=tuple(sources[:2]))
    other = replace(CARD, title="Other", sources=(sources[2],), licence="ISC")
    texts = [credit_text(card, [each]) for each in origins[:2]]  # type: ignore[list-item]
    texts += [credit_text(other), credit_text(card, [origins[0], None]), credit_text(card, origins)]  # type: ignore[list-item]
    paths = {write_credits(text, tmp_path, merge_credits) for text in (*texts, *texts)}
    assert paths == {tmp_path / "CREDITS.txt"}
    # It names what each of the texts names, once, and each model with its own.
    of_card, of_other = paths.pop().read_text(encoding="utf-8").split("\n\nMade with")
    assert of_card == credit_text(card, [*origins, None]).rstrip("\n")  # type: ignore[list-item]
    assert f"Made with{of_other}" == credit_text(other)
    # A file that people have changed is not touched.
    (tmp_path / "CREDITS.txt").write_text(f"{texts[0]}\nThanks to all.\n")
    assert write_credits(texts[1], tmp_path, merge_credits).name == "CREDITS (2).txt"
    assert (tmp_path / "CREDITS.txt").read_text().endswith("Thanks to all.\n")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a FIFO")
def test_credits_get_another_name_beside_a_fifo_or_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "CREDITS.txt")
    (tmp_path / "CREDITS (2).txt").mkdir()
    second = write_credits("by Ann", tmp_path, merge_credits)
    assert second.name == "CREDITS (3).txt" and write_credits("by Ann", tmp_path, merge_credits) == second


@pytest.mark.parametrize("size", [0, 15, 8193])
def test_a_size_out_of_range_names_the_range(whole: ExportSource, tmp_path: Path, size: int) -> None:
    with pytest.raises(BadRequest, match="16 to 8192"):
        export(whole, FORMATS["png"], Options(size=size), tmp_path)


@pytest.mark.parametrize("name", ["junk.png", "missing.png", "."])
def test_a_source_that_is_no_image_is_named_in_the_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "junk.png").write_bytes(b"\x89PNG\r\n\x1a\njunk")
    with pytest.raises(StorageError, match=re.escape(str(tmp_path))):
        read_master(tmp_path / name)


def test_every_format_has_a_preview(whole: ExportSource) -> None:
    for form in FORMATS.values():
        shown = form.preview(whole, Options(size=128))
        assert shown and all(0 < picture.width <= 1024 for picture in shown)
        assert form.side(whole, Options(size=128)) >= shown[0].width * 0.8 or form.folder


def _check_with_qt(image: QImage, side: int) -> None:
    assert image.size() == QSize(side, side) and image.hasAlphaChannel()
    assert image.pixelColor(0, 0).alpha() == 0
    red, green, blue, alpha = image.pixelColor(int(0.75 * side), side // 2).getRgb()
    assert alpha == 255 and max(abs(red - RED[0]), abs(green - RED[1]), abs(blue - RED[2])) <= 12


def _render_svg(svg: bytes, side: int) -> np.ndarray:
    theme()
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(svg).render(painter, QRectF(0, 0, side, side))
    painter.end()
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    return np.array(image.constBits()).reshape(side, side, 4)
