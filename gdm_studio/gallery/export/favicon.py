"""What a website asks for: the classic .ico, PNGs for browsers and phones, the manifest, and the lines for its head."""

from __future__ import annotations

import json
from collections.abc import Iterator

from PIL import Image

from gdm_studio.gallery.export.containers import ico
from gdm_studio.gallery.export.master import Colour, Master, over
from gdm_studio.gallery.export.raster import png

FAVICON_SIDE = 512
_ICO = (16, 32, 48)
_TOUCH = 180  # Apple's phones show it without transparency, and round its corners
_TOUCH_SHARE = 0.8
_ANDROID = (192, 512)
_HEAD = """<link rel="icon" href="favicon.ico" sizes="48x48">
<link rel="icon" type="image/png" sizes="32x32" href="favicon-32x32.png">
<link rel="icon" type="image/png" sizes="16x16" href="favicon-16x16.png">
<link rel="apple-touch-icon" sizes="180x180" href="apple-touch-icon.png">
<link rel="manifest" href="site.webmanifest">
"""


def favicon_files(master: Master, ground: Colour) -> Iterator[tuple[str, bytes]]:
    """(name, content) of each file; `ground` is behind Apple's icon and the colour of the manifest."""
    yield "favicon.ico", ico([master.square(side) for side in _ICO])
    for side in _ICO:
        yield f"favicon-{side}x{side}.png", png(master.square(side))
    touch = master.on_plate(_TOUCH, _TOUCH, share=_TOUCH_SHARE, ground=ground)
    yield "apple-touch-icon.png", png(over(touch, ground))
    for side in _ANDROID:
        yield f"android-chrome-{side}x{side}.png", png(master.square(side))
    yield "site.webmanifest", _manifest(master.name, ground)
    yield "head.html", _HEAD.encode()


def favicon_shown(master: Master, ground: Colour) -> list[Image.Image]:
    """The icon of Apple's phones, and those of a browser's tab."""
    touch = master.on_plate(_TOUCH, _TOUCH, share=_TOUCH_SHARE, ground=ground)
    return [touch, *(master.square(side) for side in reversed(_ICO))]


def _manifest(name: str, ground: Colour) -> bytes:
    colour = "#{:02x}{:02x}{:02x}".format(*ground)
    icons = [
        {"src": f"android-chrome-{side}x{side}.png", "sizes": f"{side}x{side}", "type": "image/png"}
        for side in _ANDROID
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
