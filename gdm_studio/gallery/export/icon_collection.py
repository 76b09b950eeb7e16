"""Icon sets of several images: one folder with the files that developers use, in one palette and one size."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import quoteattr

from PIL import Image

from gdm_studio.gallery.export.export_source import ExportSource
from gdm_studio.gallery.export.flat_colours import FlatImage, FlatStyle, flatten, render, with_shared_palette
from gdm_studio.gallery.export.icon_files import ICNS_SIDES, ICO_SIDES, encode_icns, encode_ico
from gdm_studio.gallery.export.raster import encode_png
from gdm_studio.gallery.export.svg import TRACED_SIDE, document, shapes

# Side of the PNG files in pixels, at 1 ×, and the factors of the larger ones.
PNG_SIDE = 64
_PNG_FACTORS = (1, 2, 3)
# Share of an icon's side that its subject fills.
_SUBJECT_SHARE = 7 / 8
_MOST_NAME = 60
_README = """Icons
=====

svg/         each icon as shapes, for any size
png/         {side} pixels, @2x and @3x for dense screens
ico/, icns/  for Windows and macOS programs
sprite.svg   all icons in one file: <svg><use href="sprite.svg#NAME"/></svg>

All icons share these colours: {colours}
"""

# (path in the folder, content)
File = tuple[str, bytes]


def icon_set_files(masters: Sequence[tuple[str, ExportSource]], style: FlatStyle) -> Iterator[tuple[int, list[File]]]:
    """Yield the files of an icon set, with the number of icons done, for (name, image) pairs.

    All icons get the colours of one palette, and their subjects are centred and equally large. Raises StudioError if an
    image has no opaque pixels.
    """
    drawn = [(name, _centre(master)) for name, master in masters]
    style = with_shared_palette(style, [picture for _, picture in drawn])
    symbols = []
    for number, (name, picture) in enumerate(drawn, 1):
        flat = flatten(picture, style)
        symbol, files = _icon_files(name, flat)
        symbols.append(symbol)
        yield number, files
    colours = ", ".join(f"#{bytes(colour).hex()}" for colour in style.palette)
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    yield (
        len(drawn),
        [
            ("sprite.svg", sprite.encode()),
            ("README.txt", _README.format(side=PNG_SIDE, colours=colours).encode()),
        ],
    )


def icon_names(subjects: Sequence[str]) -> list[str]:
    """Return names for the files of icons, from what they show: lower-case letters, digits and hyphens, each once."""
    names: list[str] = []
    taken: set[str] = set()
    for subject in subjects:
        plain = unicodedata.normalize("NFKD", subject.lower())
        letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
        words = re.sub(r"[^\w]+|_", " ", re.sub(r"^(an?|the) ", "", letters)).split()
        name = "-".join(words)[:_MOST_NAME].strip("-") or "icon"
        number, unique = 1, name
        while unique in taken:
            number += 1
            unique = f"{name}-{number}"
        taken.add(unique)
        names.append(unique)
    return names


def _centre(master: ExportSource) -> Image.Image:
    """Return an image with its subject in the centre of a square, whose side it fills by _SUBJECT_SHARE."""
    box = master.at(TRACED_SIDE).getchannel("A").point(lambda alpha: 255 * (alpha >= 128)).getbbox()
    if box is None:
        return master.square(TRACED_SIDE)
    wanted = _SUBJECT_SHARE * TRACED_SIDE
    scale = wanted / max(box[2] - box[0], box[3] - box[1])
    picture = master.at(TRACED_SIDE).crop(box).convert("RGBa")
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    subject = picture.resize(size, Image.Resampling.BICUBIC).convert("RGBA")
    square = Image.new("RGBA", (TRACED_SIDE, TRACED_SIDE))
    square.paste(subject, ((TRACED_SIDE - size[0]) // 2, (TRACED_SIDE - size[1]) // 2))
    return square


def _icon_files(name: str, flat: FlatImage) -> tuple[str, list[File]]:
    """Return the sprite's symbol of an icon, and the files of the icon."""
    paths = shapes(flat)
    side = len(flat.areas)
    symbol = f'<symbol id={quoteattr(name)} viewBox="0 0 {side} {side}">{paths}</symbol>'
    files = [(f"svg/{name}.svg", document(paths, width=side, height=side, size=PNG_SIDE, title=name))]
    for factor in _PNG_FACTORS:
        suffix = "" if factor == 1 else f"@{factor}x"
        files.append((f"png/{name}{suffix}.png", encode_png(_picture(flat, factor * PNG_SIDE))))
    files.append((f"ico/{name}.ico", encode_ico([_picture(flat, side) for side in ICO_SIDES])))
    files.append((f"icns/{name}.icns", encode_icns({side: _picture(flat, side) for side in ICNS_SIDES})))
    return symbol, files


def _picture(flat: FlatImage, side: int) -> Image.Image:
    return Image.fromarray(render(flat, side))
