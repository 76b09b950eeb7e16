"""Icons of a website (favicons) or of an app on iOS, Android, macOS and Windows, as folders of files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from PIL import Image

from gdm_studio.gallery.export.export_source import Colour, ExportSource, on_background
from gdm_studio.gallery.export.icon_files import ICNS_SIDES, ICO_SIDES, encode_icns, encode_ico
from gdm_studio.gallery.export.raster import encode_png

FAVICON_SIDE = 512
APPICON_SIDE = 1024
# (path in the folder of the set, content)
File = tuple[str, bytes]

_FAVICON_ICO = (16, 32, 48)
# iOS shows the touch icon without transparency and rounds its corners.
_TOUCH = 180
_TOUCH_SHARE = 0.8
_ANDROID_CHROME = (192, 512)
_HEAD = """<link rel="icon" href="favicon.ico" sizes="48x48">
<link rel="icon" type="image/png" sizes="32x32" href="favicon-32x32.png">
<link rel="icon" type="image/png" sizes="16x16" href="favicon-16x16.png">
<link rel="apple-touch-icon" sizes="180x180" href="apple-touch-icon.png">
<link rel="manifest" href="site.webmanifest">
"""

_IOS = "ios/AppIcon.appiconset"
_IOS_SHARE = 0.8
# (idiom, points, scales)
_IOS_ICONS = (
    ("iphone", "20", (2, 3)),
    ("iphone", "29", (2, 3)),
    ("iphone", "40", (2, 3)),
    ("iphone", "60", (2, 3)),
    ("ipad", "20", (1, 2)),
    ("ipad", "29", (1, 2)),
    ("ipad", "40", (1, 2)),
    ("ipad", "76", (1, 2)),
    ("ipad", "83.5", (2,)),
    ("ios-marketing", "1024", (1,)),
)
_ANDROID_DENSITIES = (("mdpi", "1"), ("hdpi", "1.5"), ("xhdpi", "2"), ("xxhdpi", "3"), ("xxxhdpi", "4"))
# Sizes in dp: a launcher icon, a layer of an adaptive icon, and the part of the layer that every mask leaves visible.
_LAUNCHER = 48
_ADAPTIVE = 108
_SAFE = 66
_DISC_SHARE = 0.68
_STORE = 512
_ADAPTIVE_XML = """<?xml version="1.0" encoding="utf-8"?>
<adaptive-icon xmlns:android="http://schemas.android.com/apk/res/android">
    <background android:drawable="@mipmap/ic_launcher_background" />
    <foreground android:drawable="@mipmap/ic_launcher_foreground" />
</adaptive-icon>
"""
_MACOS_POINTS = (16, 32, 128, 256, 512)
_WINDOWS_SCALES = (100, 125, 150, 200, 400)
_WINDOWS_TARGETS = (16, 24, 32, 48, 256)


@dataclass(frozen=True)
class _Tile:
    """Size of a tile icon for a Windows app. Width and height are in pixels at 100 % scale, and the image takes up the
    fraction `share` of the shorter side.
    """

    name: str
    width: int
    height: int
    share: float


_WINDOWS_TILES = (
    _Tile("Square44x44Logo", 44, 44, 1.0),
    _Tile("SmallTile", 71, 71, 0.66),
    _Tile("Square150x150Logo", 150, 150, 0.5),
    _Tile("Wide310x150Logo", 310, 150, 0.5),
    _Tile("LargeTile", 310, 310, 0.5),
    _Tile("StoreLogo", 50, 50, 1.0),
)


def favicon_files(master: ExportSource, ground: Colour) -> Iterator[tuple[str, bytes]]:
    """Yield the (path, content) of each icon file that an export creates for a website.

    `ground` is the background of the touch icon and the theme colour.
    """
    yield "favicon.ico", encode_ico([master.square(side) for side in _FAVICON_ICO])
    for side in _FAVICON_ICO:
        yield f"favicon-{side}x{side}.png", encode_png(master.square(side))
    touch = master.on_plate(_TOUCH, _TOUCH, share=_TOUCH_SHARE, ground=ground)
    yield "apple-touch-icon.png", encode_png(on_background(touch, ground))
    for side in _ANDROID_CHROME:
        yield f"android-chrome-{side}x{side}.png", encode_png(master.square(side))
    yield "site.webmanifest", _build_manifest(master.name, ground)
    yield "head.html", _HEAD.encode()


def favicon_preview(master: ExportSource, ground: Colour) -> list[Image.Image]:
    """Return a preview of the icons that an export creates for a website: the touch icon and the browser tab icons."""
    touch = master.on_plate(_TOUCH, _TOUCH, share=_TOUCH_SHARE, ground=ground)
    return [touch, *(master.square(side) for side in reversed(_FAVICON_ICO))]


def _build_manifest(name: str, ground: Colour) -> bytes:
    colour = "#{:02x}{:02x}{:02x}".format(*ground)
    icons = [
        {"src": f"android-chrome-{side}x{side}.png", "sizes": f"{side}x{side}", "type": "image/png"}
        for side in _ANDROID_CHROME
    ]
    manifest = {
        "name": name,
        "short_name": name,
        "icons": icons,
        "theme_color": colour,
        "background_color": colour,
        "display": "standalone",
    }
    return (json.dumps(manifest, indent=2, ensure_ascii=False) + "\n").encode()


def appicon_files(master: ExportSource, ground: Colour) -> Iterator[File]:
    """Yield the (path, content) of each icon file that an export creates for an app on all operating systems.

    `ground` is the background where icons cannot be transparent.
    """
    yield from _export_ios(master, ground)
    yield from _export_android(master, ground)
    yield from _export_macos(master)
    yield from _export_windows(master)


def appicon_preview(master: ExportSource, ground: Colour) -> list[Image.Image]:
    """Return a preview of the icons that an export creates for an app: on iOS, Android (round), macOS and the Windows
    taskbar.
    """
    return [
        master.on_plate(_STORE, _STORE, share=_IOS_SHARE, ground=ground),
        master.on_plate(72, 72, share=_DISC_SHARE, ground=ground, disc=True),
        master.square(64),
        master.square(44),
    ]


def _export_ios(master: ExportSource, ground: Colour) -> Iterator[File]:
    """Yield the iOS icon files of an app as an asset catalogue.

    They have no alpha channel, as the App Store requires.
    """
    images = []
    for idiom, points, scales in _IOS_ICONS:
        for scale in scales:
            side = int(Fraction(points) * scale)
            name = f"Icon-{idiom}-{points}@{scale}x.png"
            plate = master.on_plate(side, side, share=_IOS_SHARE, ground=ground)
            yield f"{_IOS}/{name}", encode_png(on_background(plate, ground))
            images.append(
                {"filename": name, "idiom": idiom, "scale": f"{scale}x", "size": f"{points}x{points}"},
            )
    contents = {"images": images, "info": {"author": "xcode", "version": 1}}
    yield f"{_IOS}/Contents.json", (json.dumps(contents, indent=2) + "\n").encode()


def _export_android(master: ExportSource, ground: Colour) -> Iterator[File]:
    """Yield the Android icon files of an app: legacy icons, the two layers of the adaptive icon, and the store icon."""
    for density, scale in _ANDROID_DENSITIES:
        folder = f"android/res/mipmap-{density}"
        side, layer, safe = (int(Fraction(scale) * dp) for dp in (_LAUNCHER, _ADAPTIVE, _SAFE))
        yield f"{folder}/ic_launcher.png", encode_png(master.square(side))
        round_icon = master.on_plate(side, side, share=_DISC_SHARE, ground=ground, disc=True)
        yield f"{folder}/ic_launcher_round.png", encode_png(round_icon)
        # The square fits into the visible disc with its corners.
        foreground = master.on_plate(layer, layer, share=0.75 * safe / layer)
        yield f"{folder}/ic_launcher_foreground.png", encode_png(foreground)
        yield f"{folder}/ic_launcher_background.png", encode_png(Image.new("RGB", (layer, layer), ground))
    for name in ("ic_launcher", "ic_launcher_round"):
        yield f"android/res/mipmap-anydpi-v26/{name}.xml", _ADAPTIVE_XML.encode()
    store = master.on_plate(_STORE, _STORE, share=_IOS_SHARE, ground=ground)
    yield "android/ic_launcher-playstore.png", encode_png(store)


def _export_macos(master: ExportSource) -> Iterator[File]:
    """Yield the macOS icon files of an app: an icon set for `iconutil`, and the .icns file that `iconutil` would create
    from it.
    """
    for points in _MACOS_POINTS:
        for scale in (1, 2):
            name = f"icon_{points}x{points}{'@2x' if scale == 2 else ''}.png"
            yield f"macos/AppIcon.iconset/{name}", encode_png(master.square(points * scale))
    yield "macos/AppIcon.icns", encode_icns({side: master.square(side) for side in ICNS_SIDES})


def _export_windows(master: ExportSource) -> Iterator[File]:
    """Yield the Windows icon files of an app: the tiles of a packaged app, and the .ico file of an unpackaged one."""
    for tile in _WINDOWS_TILES:
        for scale in _WINDOWS_SCALES:
            width = round(tile.width * scale / 100)
            height = round(tile.height * scale / 100)
            plate = master.on_plate(width, height, share=tile.share)
            yield f"windows/Assets/{tile.name}.scale-{scale}.png", encode_png(plate)
    for side in _WINDOWS_TARGETS:
        for suffix in ("", "_altform-unplated"):
            yield f"windows/Assets/Square44x44Logo.targetsize-{side}{suffix}.png", encode_png(master.square(side))
    yield "windows/app.ico", encode_ico([master.square(side) for side in ICO_SIDES])
