"""A contact sheet: many pictures on one page, each with what it is."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from gdm_studio import paths
from gdm_studio.atomic import NewFile, make_folder, path_of, writing
from gdm_studio.errors import BadRequest
from gdm_studio.gallery.picture import Picture
from gdm_studio.picture_file import read_rgba

MOST = 400  # pictures on a sheet
_CELL, _GAP, _LINE, _MARGIN = 256, 16, 18, 32  # pixels
_GROUND, _TEXT, _MUTED = (255, 255, 255), (27, 31, 39), (105, 114, 132)
_FORMS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}


def sheet(pictures: Sequence[Picture], file: Path | NewFile, *, columns: int = 0, cell: int = _CELL) -> Iterator[int]:
    """Writes the sheet to a file (.png, .jpg, .webp), one picture a step; how many are on it so far.

    As many `columns` as make it about a page wide where they are 0; `cell` pixels for each picture. The file appears
    when all is on it. Raises BadRequest, StorageError.
    """
    path = path_of(file)
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise BadRequest(f"A contact sheet is a .png, .jpg or .webp file, not {path.name}; choose such a name.")
    if not 1 <= len(pictures) <= MOST:
        raise BadRequest(f"A contact sheet has from 1 to {MOST} pictures, not {len(pictures)}; choose fewer.")
    columns = min(columns or max(1, round(math.sqrt(1.3 * len(pictures)))), len(pictures))
    rows = math.ceil(len(pictures) / columns)
    pitch, line = cell + _GAP, cell + 2 * _LINE + _GAP
    page = Image.new("RGB", (2 * _MARGIN + columns * pitch - _GAP, 2 * _MARGIN + rows * line - _GAP), _GROUND)
    writer = _Writer(page, cell)
    for number, picture in enumerate(pictures):
        corner = (_MARGIN + number % columns * pitch, _MARGIN + number // columns * line)
        _paste(page, picture, corner, cell)
        writer.label(picture, (corner[0], corner[1] + cell + 4))
        yield number + 1
    make_folder(path.parent)
    with writing(file) as opened:
        page.save(opened, form, quality=92)


def _paste(page: Image.Image, picture: Picture, corner: tuple[int, int], cell: int) -> None:
    """In the middle of its cell, never enlarged beyond whole multiples."""
    image = read_rgba(picture.path).convert("RGBa")
    scale = cell / max(image.size)
    scale = max(1, int(scale)) if scale >= 1 else scale
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0).convert("RGBA")
    place = (corner[0] + (cell - size[0]) // 2, corner[1] + (cell - size[1]) // 2)
    page.paste(small, place, small)


class _Writer:
    """Two lines below a picture: its prompt, and its seed and settings."""

    def __init__(self, page: Image.Image, width: int) -> None:
        fonts = paths.resources() / "fonts"
        with (fonts / "Inter-Regular.ttf").open("rb") as file:
            self._font = ImageFont.truetype(io.BytesIO(file.read()), 13)
        self._draw, self._width = ImageDraw.Draw(page), width

    def label(self, picture: Picture, corner: tuple[int, int]) -> None:
        request = picture.request
        facts = (f"seed {request.seed}", f"{request.steps} steps", request.sampler, f"{request.guidance_scale:g}")
        lines = ((request.title, _TEXT), (" · ".join(facts), _MUTED))
        for number, (text, colour) in enumerate(lines):
            self._draw.text((corner[0], corner[1] + number * _LINE), self._fitted(text), font=self._font, fill=colour)

    def _fitted(self, text: str) -> str:
        if self._font.getlength(text) <= self._width:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self._font.getlength(text[:middle].rstrip() + "…") <= self._width:
                low = middle
            else:
                high = middle - 1
        return text[:low].rstrip() + "…"
