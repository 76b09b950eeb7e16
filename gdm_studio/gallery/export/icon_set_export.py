"""Icon sets of several images: one folder with the files that developers use, in one palette and size, centred."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import quoteattr

import numpy as np
from PIL import Image, ImageDraw

from gdm_studio.common.text_drawing import TextDrawer
from gdm_studio.gallery.export.export_source import ExportSource
from gdm_studio.gallery.export.flat_colours import FlatImage, FlatStyle, flatten_set, render
from gdm_studio.gallery.export.icon_files import ICNS_SIDES, ICO_SIDES, encode_icns, encode_ico
from gdm_studio.gallery.export.raster import encode_png
from gdm_studio.gallery.export.svg import TRACED_SIDE, document, shapes
from gdm_studio.gallery.filename_pattern import clean_name

# Side of the PNG files in pixels, at 1 ×, and the factors of the larger ones.
PNG_SIDE = 64
_PNG_FACTORS = (1, 2, 3)
# Share of an icon's side that its subject fills.
_SUBJECT_SHARE = 7 / 8
_MOST_NAME = 60
# Sides of each icon on the contact sheet, and its other sizes in pixels.
_SHOWN_SIDES = (128, 64, 32, 16)
_CELL = (312, 188)
_GAP = 24
_FONT = 14
_TEXT = (27, 31, 39)
_README = """{title}
{line}

svg/         each icon as shapes, for any size
png/         {side} pixels, @2x and @3x for dense screens
ico/, icns/  for Windows and macOS programs
contact-sheet.png  all icons, at 128, 64, 32 and 16 pixels
sprite.svg   all icons in one file: <svg><use href="sprite.svg#NAME"/></svg>

Colours, those of most icons first: {colours}
{credits}"""
_CREDITS = """
CREDITS.txt names the authors whose drawings the icons resemble. Publish it together with them.
"""

# (path in the folder, content)
File = tuple[str, bytes]


def icon_set_files(
    masters: Sequence[tuple[str, ExportSource]], style: FlatStyle, credit: str = "", *, title: str = ""
) -> Iterator[tuple[int, list[File]]]:
    """Yield the files of an icon set, with the number of icons done, for (name, image) pairs.

    All icons get the colours of one palette, and their subjects are equally large. `credit` is the text of CREDITS.txt,
    and `title` the heading of README.txt. Raises StudioError if an image has no opaque pixels.
    """
    drawn = [(name, _scale_subject(master)) for name, master in masters]
    symbols = []
    flats = []
    colourings = flatten_set([picture for _, picture in drawn], style)
    for number, ((name, _), flat) in enumerate(zip(drawn, colourings, strict=True), 1):
        symbol, files = _create_icon_files(name, flat)
        symbols.append(symbol)
        flats.append((name, flat))
        yield number, files
    used = Counter(f"#{bytes(colour).hex()}" for _, flat in flats for colour in flat.palette)
    colours = ", ".join(colour for colour, _ in used.most_common())
    sprite = '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"
    heading = " ".join(title.split()) or "Icons"
    line = "=" * len(heading)
    readme = _README.format(
        title=heading, line=line, side=PNG_SIDE, colours=colours, credits=_CREDITS if credit else ""
    )
    files = [
        ("sprite.svg", sprite.encode()),
        ("contact-sheet.png", _draw_contact_sheet(flats)),
        ("README.txt", readme.encode()),
    ]
    if credit:
        files.append(("CREDITS.txt", credit.encode()))
    yield len(drawn), files


def preview_icon_set(
    masters: Sequence[ExportSource], style: FlatStyle, side: int
) -> Iterator[tuple[np.ndarray, int, int]]:
    """Yield previews of an icon set: the images as they are, and one after each icon that is drawn in flat colours.

    A preview is a page of all icons as RGBA (height, width, 4), at most `side` pixels wide and high, with the size in
    bytes and the number of shapes of the SVG files of the icons drawn so far. Raises StudioError if no image has opaque
    pixels.
    """
    drawn = [_scale_subject(master) for master in masters]
    columns = math.ceil(math.sqrt(len(drawn)))
    cell = side // columns
    page = np.zeros((math.ceil(len(drawn) / columns) * cell, columns * cell, 4), np.uint8)
    boxes = []
    for number, picture in enumerate(drawn):
        top, left = (place * cell for place in divmod(number, columns))
        box = slice(top, top + cell), slice(left, left + cell)
        page[box] = np.asarray(picture.resize((cell, cell), Image.Resampling.BILINEAR))
        boxes.append(box)
    yield page.copy(), 0, 0
    size = 0
    count = 0
    for box, flat in zip(boxes, flatten_set(drawn, style), strict=True):
        paths = shapes(flat)
        size += len(document(paths, width=TRACED_SIDE, height=TRACED_SIDE, size=PNG_SIDE, title=""))
        count += paths.count("<path")
        page[box] = render(flat, cell)
        yield page.copy(), size, count


def icon_names(subjects: Sequence[str]) -> list[str]:
    """Return unique file names for icons, derived from the object that each shows: lower-case letters, digits and
    hyphens, after an underscore if Windows reserves the name.
    """
    names: list[str] = []
    taken: set[str] = set()
    for subject in subjects:
        plain = unicodedata.normalize("NFKD", subject.lower())
        letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
        words = re.sub(r"[^\w]+|_", " ", re.sub(r"^(an?|the) ", "", letters)).split()
        name = clean_name("-".join(words)[:_MOST_NAME].strip("-")) or "icon"
        number, unique = 1, name
        while unique in taken:
            number += 1
            unique = f"{name}-{number}"
        taken.add(unique)
        names.append(unique)
    return names


def _scale_subject(master: ExportSource) -> Image.Image:
    """Return an image whose subject is scaled to the fraction _SUBJECT_SHARE of a square, and in its middle.

    Where a model draws a subject depends on the seed, so that its height above the ground is no baseline. As on the
    keylines of icon sets, tall subjects stand on one line, and wide ones such as a cloud are as far above it as they
    are below the upper edge.
    """
    picture = master.square(TRACED_SIDE)
    box = picture.getchannel("A").point(lambda alpha: 255 * (alpha >= 128)).getbbox()
    if box is None:
        return picture
    wanted = _SUBJECT_SHARE * TRACED_SIDE
    scale = wanted / max(box[2] - box[0], box[3] - box[1])
    subject = picture.crop(box).convert("RGBa")
    width, height = (max(1, round(side * scale)) for side in subject.size)
    square = Image.new("RGBA", picture.size)
    resized = subject.resize((width, height), Image.Resampling.BICUBIC).convert("RGBA")
    square.paste(resized, ((TRACED_SIDE - width) // 2, (TRACED_SIDE - height) // 2))
    return square


def _draw_contact_sheet(flats: Sequence[tuple[str, FlatImage]]) -> bytes:
    """Return a PNG that shows all icons with their names, large and at the sizes of programs."""
    columns = min(len(flats), math.ceil(math.sqrt(len(flats) * 4 / 3)))
    rows = math.ceil(len(flats) / columns)
    width, height = _CELL
    page = Image.new("RGB", (columns * width + _GAP, rows * height + _GAP), "white")
    writer = TextDrawer(ImageDraw.Draw(page), _FONT)
    for number, (name, flat) in enumerate(flats):
        left, top = _GAP + number % columns * width, _GAP + number // columns * height
        right = left
        for side in _SHOWN_SIDES:
            small = _render_picture(flat, side)
            page.paste(small, (right, top + _SHOWN_SIDES[0] - side), small)
            right += side + _GAP // 2
        writer.text((left, top + _SHOWN_SIDES[0] + 8), writer.fit(name, width - _GAP), _TEXT)
    return encode_png(page)


def _create_icon_files(name: str, flat: FlatImage) -> tuple[str, list[File]]:
    """Return the sprite's symbol of an icon, and the files of the icon."""
    paths = shapes(flat)
    side = len(flat.areas)
    symbol = f'<symbol id={quoteattr(name)} viewBox="0 0 {side} {side}">{paths}</symbol>'
    files = [(f"svg/{name}.svg", document(paths, width=side, height=side, size=PNG_SIDE, title=name))]
    for factor in _PNG_FACTORS:
        suffix = "" if factor == 1 else f"@{factor}x"
        files.append((f"png/{name}{suffix}.png", encode_png(_render_picture(flat, factor * PNG_SIDE))))
    files.append((f"ico/{name}.ico", encode_ico([_render_picture(flat, side) for side in ICO_SIDES])))
    files.append((f"icns/{name}.icns", encode_icns({side: _render_picture(flat, side) for side in ICNS_SIDES})))
    return symbol, files


def _render_picture(flat: FlatImage, side: int) -> Image.Image:
    return Image.fromarray(render(flat, side))
