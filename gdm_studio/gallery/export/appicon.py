"""What apps ask for: icon sets of iOS, Android, macOS and Windows, laid out as their build tools expect them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from PIL import Image

from gdm_studio.gallery.export.containers import ICNS_SIDES, ICO_SIDES, icns, ico
from gdm_studio.gallery.export.master import Colour, Master, over
from gdm_studio.gallery.export.raster import png

APPICON_SIDE = 1024
File = tuple[str, bytes]

_IOS = "ios/AppIcon.appiconset"
_IOS_SHARE = 0.8
_IOS_ICONS = (  # idiom, points, scales
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
_LAUNCHER, _ADAPTIVE, _SAFE = 48, 108, 66  # dp: an icon, an adaptive layer, and what of it every mask leaves in sight
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
    """A tile of Windows at scale 100: a clear plate, of whose shorter side the picture takes `share`."""

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


def appicon_files(master: Master, ground: Colour) -> Iterator[File]:
    """(path, content) of every file; `ground` is behind the picture where a system wants no transparency."""
    yield from _ios(master, ground)
    yield from _android(master, ground)
    yield from _macos(master)
    yield from _windows(master)


def appicon_shown(master: Master, ground: Colour) -> list[Image.Image]:
    """The icon of iOS, a round one of Android, one of macOS and one of a Windows task bar."""
    return [
        master.on_plate(_STORE, _STORE, share=_IOS_SHARE, ground=ground),
        master.on_plate(72, 72, share=_DISC_SHARE, ground=ground, disc=True),
        master.square(64),
        master.square(44),
    ]


def _ios(master: Master, ground: Colour) -> Iterator[File]:
    """An asset catalogue's icon set; the store refuses pictures with an alpha channel."""
    images = []
    for idiom, points, scales in _IOS_ICONS:
        for scale in scales:
            side = int(Fraction(points) * scale)
            name = f"Icon-{idiom}-{points}@{scale}x.png"
            plate = master.on_plate(side, side, share=_IOS_SHARE, ground=ground)
            yield f"{_IOS}/{name}", png(over(plate, ground))
            images.append({
                "filename": name, "idiom": idiom, "scale": f"{scale}x", "size": f"{points}x{points}",
            })  # fmt: skip
    contents = {"images": images, "info": {"author": "xcode", "version": 1}}
    yield f"{_IOS}/Contents.json", (json.dumps(contents, indent=2) + "\n").encode()


def _android(master: Master, ground: Colour) -> Iterator[File]:
    """Resources: icons for old versions, the two layers of an adaptive icon for the others, and the store's."""
    for density, scale in _ANDROID_DENSITIES:
        folder = f"android/res/mipmap-{density}"
        side, layer, safe = (int(Fraction(scale) * dp) for dp in (_LAUNCHER, _ADAPTIVE, _SAFE))
        yield f"{folder}/ic_launcher.png", png(master.square(side))
        round_icon = master.on_plate(side, side, share=_DISC_SHARE, ground=ground, disc=True)
        yield f"{folder}/ic_launcher_round.png", png(round_icon)
        # a square inside the safe disc, not only as wide as it
        foreground = master.on_plate(layer, layer, share=0.75 * safe / layer)
        yield f"{folder}/ic_launcher_foreground.png", png(foreground)
        yield f"{folder}/ic_launcher_background.png", png(Image.new("RGB", (layer, layer), ground))
    for name in ("ic_launcher", "ic_launcher_round"):
        yield f"android/res/mipmap-anydpi-v26/{name}.xml", _ADAPTIVE_XML.encode()
    store = master.on_plate(_STORE, _STORE, share=_IOS_SHARE, ground=ground)
    yield "android/ic_launcher-playstore.png", png(store)


def _macos(master: Master) -> Iterator[File]:
    """A folder for `iconutil`, and the .icns it would make of it."""
    for points in _MACOS_POINTS:
        for scale in (1, 2):
            name = f"icon_{points}x{points}{'@2x' if scale == 2 else ''}.png"
            yield f"macos/AppIcon.iconset/{name}", png(master.square(points * scale))
    yield "macos/AppIcon.icns", icns({side: master.square(side) for side in ICNS_SIDES})


def _windows(master: Master) -> Iterator[File]:
    """Assets of a packaged app, and an .ico for a plain one."""
    for tile in _WINDOWS_TILES:
        for scale in _WINDOWS_SCALES:
            width, height = (round(side * scale / 100) for side in (tile.width, tile.height))
            plate = master.on_plate(width, height, share=tile.share)
            yield f"windows/Assets/{tile.name}.scale-{scale}.png", png(plate)
    for side in _WINDOWS_TARGETS:
        for suffix in ("", "_altform-unplated"):
            yield f"windows/Assets/Square44x44Logo.targetsize-{side}{suffix}.png", png(master.square(side))
    yield "windows/app.ico", ico([master.square(side) for side in ICO_SIDES])
