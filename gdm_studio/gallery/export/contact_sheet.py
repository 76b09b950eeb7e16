"""Contact sheets: many images on one page, each with its prompt and settings."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from PIL import Image, ImageDraw

from gdm_studio.common.atomic_files import NewFile, make_folder, open_for_writing, path_of
from gdm_studio.common.colour_profiles import srgb_profile
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.image_file import read_rgba
from gdm_studio.common.text_drawing import TextDrawer
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, Sentence, translatable
from gdm_studio.gallery.saved_image import Picture

MAX_IMAGES = 400
# Default side of a cell in pixels.
_CELL = 256
_GAP = 16
_LINE = 18
# Size of the captions in pixels.
_FONT = 13
_MARGIN = 32
# Settings in the second line of a caption.
_FACTS = ("seed {seed}", "{steps} steps", "{sampler}", "{guidance_scale:g}")
# RGB colours.
_GROUND = (255, 255, 255)
_TEXT = (27, 31, 39)
_MUTED = (105, 114, 132)
_FORMS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}


def write_contact_sheet(
    pictures: Sequence[Picture],
    file: Path | NewFile,
    *,
    columns: int = 0,
    cell: int = _CELL,
    remarks: list[Sentence] | None = None,
) -> Iterator[int]:
    """Write a contact sheet as a .png, .jpg or .webp file and yield the number of images drawn so far.

    Each image gets a cell of `cell` × `cell` pixels. If `columns` is 0, the number is chosen so that the sheet has the
    proportions of a page. Notes about unreadable files and about characters that no font contains are appended to
    `remarks`. Raises BadRequest and StorageError.
    """
    path = path_of(file)
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise BadRequest(f"A contact sheet must be a .png, .jpg or .webp file, not {path.name}.")
    if not 1 <= len(pictures) <= MAX_IMAGES:
        raise BadRequest(f"A contact sheet has 1 to {MAX_IMAGES} pictures, not {len(pictures)}; choose fewer.")
    columns = min(columns or max(1, round(math.sqrt(1.3 * len(pictures)))), len(pictures))
    rows = math.ceil(len(pictures) / columns)
    pitch = cell + _GAP
    line = cell + 2 * _LINE + _GAP
    page = Image.new("RGB", (2 * _MARGIN + columns * pitch - _GAP, 2 * _MARGIN + rows * line - _GAP), _GROUND)
    writer = TextDrawer(ImageDraw.Draw(page), _FONT)
    unread: list[str] = []
    for number, picture in enumerate(pictures):
        corner = (_MARGIN + number % columns * pitch, _MARGIN + number // columns * line)
        try:
            _paste(page, picture, corner, cell)
        except StorageError as error:
            # One damaged file of hundreds does not prevent the sheet.
            unread.append(picture.path.name)
            if len(unread) == len(pictures):
                raise error
        _write_caption(writer, picture, (corner[0], corner[1] + cell + 4), cell)
        yield number + 1
    if remarks is not None and (remark := writer.remark()) is not None:
        remarks.append(remark)
    if remarks is not None and unread:
        names = ", ".join(unread[:3]) + (", …" if len(unread) > 3 else "")
        template = QT_TRANSLATE_NOOP("Errors", "These could not be read, and their places are empty: {files}.")
        remarks.append(translatable(template, files=names))
    make_folder(path.parent)
    with open_for_writing(file) as opened:
        page.save(opened, form, quality=92, icc_profile=srgb_profile())


def _paste(page: Image.Image, picture: Picture, corner: tuple[int, int], cell: int) -> None:
    """Paste a gallery image into the centre of its cell on the contact sheet.

    Small images are enlarged by integer factors, so that they stay sharp.
    """
    image = read_rgba(picture.path, may_shrink=True).convert("RGBa")
    scale = cell / max(image.size)
    scale = max(1, int(scale)) if scale >= 1 else scale
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0).convert("RGBA")
    place = (corner[0] + (cell - size[0]) // 2, corner[1] + (cell - size[1]) // 2)
    page.paste(small, place, small)


def _write_caption(writer: TextDrawer, picture: Picture, corner: tuple[int, int], width: int) -> None:
    """Write the caption below an image on a contact sheet: one line with the prompt, and one with the seed and
    settings.
    """
    if picture.has_settings:
        title, stated, facts = picture.request.title, picture.facts, []
        for fact in _FACTS:
            # The file of another program may not state a setting.
            with suppress(KeyError):
                facts.append(fact.format_map(stated))
    else:
        title, facts = picture.path.stem, ["{} × {}".format(*picture.size)]
    lines = ((title, _TEXT), (" · ".join(facts), _MUTED))
    for number, (text, colour) in enumerate(lines):
        place = (corner[0], corner[1] + number * _LINE)
        writer.text(place, writer.fit(" ".join(text.split()), width), colour)
