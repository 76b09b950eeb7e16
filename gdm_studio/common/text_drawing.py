"""Drawing of single lines in any script with Pillow, in the font Inter and in installed fonts for other characters."""

from __future__ import annotations

import bisect
import io
import os
import struct
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from gdm_studio.common import paths
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, Sentence, translatable

# RGB, or a name such as "#5a6272".
Colour = tuple[int, int, int] | str
# The maximum number of font files that are searched, and the maximum size of one.
_MOST_FONTS = 5000
_MOST_BYTES = 200_000_000
_SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
# Parts of the file names of fonts that are not plain sans-serif. These fonts come last.
_PLAINER = ("bold", "italic", "oblique", "light", "thin", "black", "mono", "serif", "cond", "medium", "semi", "heavy")
# The maximum number of missing characters that a remark names.
_NAMED = 12
# Sizes of the pictures in fonts of coloured emoji, which have no other sizes.
_STRIKES = (109, 128, 136, 160, 96, 64)
# Code points that need no glyph: joiners, direction marks, variation selectors.
_INVISIBLE = frozenset([0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10)])
# A code point that is not a character, for which fonts draw a placeholder box.
_NO_CHARACTER = 0xFFFF
_SKIN_TONES = range(0x1F3FB, 0x1F400)
# Directions of letters (Unicode, bidirectional classes).
_STRONG = ("L", "R", "AL")


class _Face:
    """Font file with the code points that it covers."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ranges = _read_covered_ranges(path)
        self._range_starts = [first for first, _ in self._ranges]

    def covers(self, text: str) -> bool:
        """Return True if the font has a glyph for every visible code point."""
        return all(self._has_glyph(ord(char)) for char in text if ord(char) not in _INVISIBLE)

    @property
    def is_scalable(self) -> bool:
        """True for ordinary fonts. False for fonts of coloured pictures, whose spaces are as wide as the pictures."""
        found = self.at(16)
        return found is not None and found[1] == 1

    def _has_glyph(self, code: int) -> bool:
        at = bisect.bisect_right(self._range_starts, code) - 1
        return at >= 0 and code <= self._ranges[at][1]

    @cache  # noqa: B019 - faces live as long as the program
    def at(self, size: int) -> tuple[ImageFont.FreeTypeFont, float] | None:
        """Return the font at a size, and the factor by which its glyphs must be scaled to that size, or None."""
        data = _read_font(self.path)
        for strike in (size, *_STRIKES):
            try:
                return ImageFont.truetype(io.BytesIO(data), strike), size / strike
            except (OSError, ValueError):
                continue
        return None


class _Inter(_Face):
    """The installed font Inter, whose compressed file Pillow reads, but not `_read_covered_ranges`."""

    def __init__(self) -> None:
        super().__init__(paths.resources() / "fonts" / "Inter-Regular.ttf")

    @cache  # noqa: B019 - there is one object
    def _has_glyph(self, code: int) -> bool:
        return self._render_code_point(code) != self._render_code_point(_NO_CHARACTER)

    def _render_code_point(self, code: int) -> tuple[object, bytes]:
        found = self.at(32)
        assert found is not None
        mask = found[0].getmask(chr(code))
        return mask.size, bytes(mask)


@dataclass
class TextDrawer:
    """Drawer of lines of text on an image, at one size. `missing` collects the characters that no font has."""

    draw: ImageDraw.ImageDraw
    size: int
    missing: set[str] = field(default_factory=set)

    def length(self, text: str) -> float:
        """Return the width of a line in pixels."""
        return sum(_measure_length(face, part, self.size) for face, part in self._find_runs(text))

    def text(self, place: tuple[float, float], text: str, colour: Colour, *, anchor: str = "la") -> None:
        """Draw a line at a position, which is its left end, or its middle if the anchor begins with "m"."""
        left, top = place
        if anchor[0] == "m":
            left -= self.length(text) / 2
        runs = self._find_runs(text)
        # Pillow orders the words within a run. The runs of a line that begins with Arabic or Hebrew follow leftwards.
        for face, part in reversed(runs) if _is_rtl(text) else runs:
            self._draw_run(face, part, (left, top), colour, anchor[1])
            left += _measure_length(face, part, self.size)

    def fit(self, text: str, width: float) -> str:
        """Return a line shortened to a width in pixels, with an ellipsis."""
        if self.length(text) <= width:
            return text
        parts = _split_into_clusters(text)
        low, high = 0, len(parts)
        while low < high:
            middle = (low + high + 1) // 2
            if self.length("".join(parts[:middle]).rstrip() + "…") <= width:
                low = middle
            else:
                high = middle - 1
        return "".join(parts[:low]).rstrip() + "…"

    def remark(self) -> Sentence | None:
        """Return a sentence that names the missing characters, or None if there are none."""
        if not self.missing:
            return None
        template = QT_TRANSLATE_NOOP(
            "Errors", "No installed font has the characters {characters}; install a font for them, such as Noto Sans."
        )
        return translatable(template, characters=" ".join(sorted(self.missing)[:_NAMED]))

    def _find_runs(self, text: str) -> list[tuple[_Face, str]]:
        runs, missing = _split_into_runs(text)
        self.missing |= missing
        return runs

    def _draw_run(self, face: _Face, text: str, place: tuple[float, float], colour: Colour, anchor: str) -> None:
        found = face.at(self.size)
        assert found is not None
        font, scale = found
        if scale == 1:
            # Every font is drawn on the baseline of Inter.
            inter = _load_inter().at(self.size)
            assert inter is not None
            base = inter[0].getmetrics()[0] if anchor == "a" else inter[0].getmetrics()[0] / 2
            top = place[1] + (base if anchor == "a" else base * 0.7)
            self.draw.text((place[0], top), text, font=font, fill=colour, anchor="ls", embedded_color=True)
            return
        width, height = max(1, round(font.getlength(text))), font.size
        tile = Image.new("RGBA", (width, round(1.3 * height)))
        ImageDraw.Draw(tile).text((0, height), text, font=font, anchor="ls", fill=colour, embedded_color=True)
        tile = tile.resize((max(1, round(width * scale)), max(1, round(tile.height * scale))), Image.Resampling.LANCZOS)
        top = place[1] if anchor == "a" else place[1] - self.size / 2
        page = self.draw._image
        page.paste(tile, (round(place[0]), round(top)), tile)


def _measure_length(face: _Face, text: str, size: int) -> float:
    found = face.at(size)
    assert found is not None
    return found[0].getlength(text) * found[1]


@lru_cache(maxsize=1000)
def _split_into_runs(text: str) -> tuple[list[tuple[_Face, str]], set[str]]:
    """Split a line into runs of one font each, in the order of reading. Also return the characters that no font has.

    A missing character is written as its number, such as [732B], so that different lines remain different.
    """
    text = unicodedata.normalize("NFC", text)
    inter = _load_inter()
    lacking = "".join(sorted({part for part in _split_into_clusters(text) if not inter.covers(part)}))
    # One font for the whole line, if there is one, so that its characters match.
    whole = _find_face(lacking) if lacking else None
    runs: list[tuple[_Face, str]] = []
    missing: set[str] = set()
    for part in _split_into_clusters(text):
        face: _Face | None
        last = runs[-1][0] if runs else inter
        is_word = any(unicodedata.category(char)[0] in "LN" for char in part)
        if not is_word and last.covers(part) and last.is_scalable:
            face = last
        elif inter.covers(part):
            face = inter
        else:
            face = whole or _find_face(part)
        if face is None:
            missing.update(char for char in part if ord(char) not in _INVISIBLE)
            face = inter
            part = "".join(f"[{ord(char):04X}]" for char in part if ord(char) not in _INVISIBLE)
        if runs and face is last:
            runs[-1] = (face, runs[-1][1] + part)
        else:
            runs.append((face, part))
    return runs, missing


def _split_into_clusters(text: str) -> list[str]:
    """Split a line into characters with the marks, joiners and skin tones that belong to them."""
    parts: list[str] = []
    for char in text:
        code = ord(char)
        joins = unicodedata.category(char)[0] == "M" or code in _INVISIBLE or code in _SKIN_TONES
        if parts and (joins or parts[-1].endswith("\u200d")):
            parts[-1] += char
        else:
            parts.append(char)
    return parts


def _is_rtl(text: str) -> bool:
    """Return True if the first letter of a line is Arabic, Hebrew or of another script written from right to left."""
    kinds = (unicodedata.bidirectional(char) for char in text)
    return next((kind != "L" for kind in kinds if kind in _STRONG), False)


@cache
def _load_inter() -> _Inter:
    return _Inter()


@lru_cache(maxsize=1000)
def _find_face(text: str) -> _Face | None:
    """Return the first installed font that covers a string and can draw it, or None."""
    return next((face for face in _find_installed_fonts() if face.covers(text) and _can_draw(face, text)), None)


def _can_draw(face: _Face, text: str) -> bool:
    """Return True if a font draws visible pixels, unlike some kinds of coloured fonts in Pillow."""
    found = face.at(16)
    return found is not None and found[0].getmask(text, "RGBA").getbbox() is not None


@cache
def _find_installed_fonts() -> tuple[_Face, ...]:
    """Return the installed fonts, plain sans-serif ones first."""
    files = islice((path for folder in font_folders() for path in _iter_fonts_in(folder)), _MOST_FONTS)
    plain = sorted(files, key=lambda path: (sum(word in path.name.lower() for word in _PLAINER), path.name, str(path)))
    return tuple(face for path in plain if (face := _Face(path))._ranges)


def forget_fonts() -> None:
    """Search the installed fonts again on next use."""
    for cached in (_find_installed_fonts, _find_face, _split_into_runs):
        cached.cache_clear()


def font_folders() -> list[Path]:
    """Return the folders that contain the fonts of this system."""
    home = Path.home()
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
        return [Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts", local / "Microsoft" / "Windows" / "Fonts"]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library" / "Fonts"]
    data = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    own = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return [*(Path(each) / "fonts" for each in data.split(":") if each), own / "fonts", home / ".fonts"]


def _iter_fonts_in(folder: Path) -> Iterator[Path]:
    for at, _, names in os.walk(folder):
        yield from (Path(at, name) for name in names if name.lower().endswith(_SUFFIXES))


def _read_font(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MOST_BYTES)


def _read_covered_ranges(path: Path) -> list[tuple[int, int]]:
    """Return the ranges (first, last) of code points for which a font file has glyphs, or [] if it is damaged."""
    try:
        with path.open("rb") as file:
            return _merge_ranges(_read_ranges(file))
    except (OSError, struct.error, ValueError, IndexError, StopIteration):
        return []


def _read_ranges(file: io.BufferedReader) -> list[tuple[int, int]]:
    """Read the table `cmap` of a font: its subtable of Unicode in format 12, or else 4. Of a collection, the first font
    is read.
    """
    head = file.read(16)
    start = 0
    if head[:4] == b"ttcf":
        (start,) = struct.unpack_from(">I", head, 12)
    file.seek(start)
    (count,) = struct.unpack(">4xH6x", file.read(12))
    records = [struct.unpack(">4s4xII", file.read(16)) for _ in range(count)]
    at, length = next((at, length) for tag, at, length in records if tag == b"cmap")
    file.seek(at)
    cmap = file.read(min(length, 10_000_000))
    (tables,) = struct.unpack_from(">2xH", cmap)
    found: dict[int, int] = {}
    for index in range(tables):
        platform, encoding, offset = struct.unpack_from(">HHI", cmap, 4 + 8 * index)
        if platform == 0 or (platform == 3 and encoding in (1, 10)):
            found.setdefault(struct.unpack_from(">H", cmap, offset)[0], offset)
    if 12 in found:
        (groups,) = struct.unpack_from(">I", cmap, found[12] + 12)
        return [
            (first, last)
            for first, last, _ in struct.iter_unpack(">III", cmap[found[12] + 16 : found[12] + 16 + 12 * groups])
            if first <= last <= sys.maxunicode
        ]
    return _read_segment_ranges(cmap[found[4] :]) if 4 in found else []


def _read_segment_ranges(table: bytes) -> list[tuple[int, int]]:
    """Return the code points of a subtable in format 4, whose segments may contain code points without a glyph."""
    (double,) = struct.unpack_from(">6xH", table)
    count = double // 2
    lasts = struct.unpack_from(f">{count}H", table, 14)
    firsts = struct.unpack_from(f">{count}H", table, 16 + double)
    deltas = struct.unpack_from(f">{count}H", table, 16 + 2 * double)
    offsets = struct.unpack_from(f">{count}H", table, 16 + 3 * double)
    ranges = []
    for index, (first, last, delta, offset) in enumerate(zip(firsts, lasts, deltas, offsets, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code + delta
            if offset:
                place = 16 + 3 * double + 2 * index + offset + 2 * (code - first)
                glyph = struct.unpack_from(">H", table, place)[0]
                glyph = glyph + delta if glyph else 0
            if glyph & 0xFFFF:
                ranges.append((code, code))
    return ranges


def _merge_ranges(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return sorted ranges with neighbours joined."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
