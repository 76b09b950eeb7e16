"""A plain log-log chart of several panels, drawn with Pillow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from gdm_studio import paths

SCALE = 2  # drawn twice as large as it reads, for fine screens
PANEL, PLOT = (420, 390), (62, 46, 400, 340)  # a panel's size; its axes' left, top, right, bottom
HEAD, FOOT = 74, 34
WHITE, INK, PALE, GRID = "#ffffff", "#1d2433", "#667085", "#e4e7ec"
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#7a5195", "#444444")  # Okabe and Ito


@dataclass(frozen=True)
class Curve:
    """One line: errors at rising numbers of steps."""

    label: str
    steps: tuple[int, ...]
    errors: tuple[float, ...]


@dataclass(frozen=True)
class Panel:
    """Curves on axes of their own; `slope` draws a guide that falls with that power of the steps."""

    title: str
    curves: tuple[Curve, ...]
    slope: int = 0


@dataclass(frozen=True)
class Axes:
    """The ranges all panels share."""

    steps: tuple[float, float]
    errors: tuple[float, float]

    def place(self, steps: float, error: float, corner: tuple[float, float]) -> tuple[float, float]:
        """Where a point lies in the picture; errors out of range lie on its edge."""
        left, top, right, bottom = PLOT
        low, high = (math.log(error) for error in self.errors)
        across = math.log(steps / self.steps[0]) / math.log(self.steps[1] / self.steps[0])
        up = (math.log(min(max(error, self.errors[0]), self.errors[1])) - low) / (high - low)
        x, y = corner[0] + left + across * (right - left), corner[1] + bottom - up * (bottom - top)
        return SCALE * x, SCALE * y


def chart(title: str, subtitle: str, note: str, panels: Sequence[Panel], axes: Axes) -> Image.Image:
    """The panels side by side under a heading, with a note at the foot."""
    size = (PANEL[0] * len(panels), HEAD + PANEL[1] + FOOT)
    image = Image.new("RGB", (SCALE * size[0], SCALE * size[1]), WHITE)
    draw = ImageDraw.Draw(image)
    _text(draw, (24, 18), title, size=20, weight="SemiBold")
    _text(draw, (24, 46), subtitle, size=13, colour=PALE)
    for index, panel in enumerate(panels):
        _panel(draw, panel, axes, (PANEL[0] * index, HEAD))
    _text(draw, (24, size[1] - 26), note, size=12, colour=PALE)
    return image


def _panel(draw: ImageDraw.ImageDraw, panel: Panel, axes: Axes, corner: tuple[float, float]) -> None:
    left, top, right, bottom = (side + corner[i % 2] for i, side in enumerate(PLOT))
    _text(draw, (left, top - 28), panel.title, size=14, weight="SemiBold")
    for error in _decades(axes.errors):
        x, y = axes.place(axes.steps[0], error, corner)
        draw.line((x, y, SCALE * right, y), fill=GRID, width=SCALE)
        _text(draw, (left - 8, y / SCALE), _power(error), size=11, colour=PALE, anchor="rm")
    for steps in _doublings(axes.steps):
        x, _ = axes.place(steps, axes.errors[0], corner)
        draw.line((x, SCALE * top, x, SCALE * bottom), fill=GRID, width=SCALE)
        _text(draw, (x / SCALE, bottom + 8), f"{steps:g}", size=11, colour=PALE, anchor="mt")
    _text(draw, ((left + right) / 2, bottom + 27), "steps", size=12, colour=PALE, anchor="mt")
    if panel.slope:
        _guide(draw, panel, axes, corner)
    for curve, colour in zip(panel.curves, COLOURS, strict=False):  # more than eight lines nobody could tell apart
        inside = [point for point in zip(curve.steps, curve.errors, strict=True) if point[1] >= axes.errors[0]]
        line = [axes.place(*point, corner) for point in inside]
        draw.line(line, fill=colour, width=2 * SCALE, joint="curve")
        for x, y in line:
            draw.ellipse((x - 3 * SCALE, y - 3 * SCALE, x + 3 * SCALE, y + 3 * SCALE), fill=colour)
    _legend(draw, panel, (left + 8, bottom - 8))


def _legend(draw: ImageDraw.ImageDraw, panel: Panel, foot: tuple[float, float]) -> None:
    """In the lower left corner, which falling curves leave free."""
    left, y = foot
    rows = list(zip(panel.curves, COLOURS, strict=False))
    widest = max(_font(12).getlength(curve.label) for curve, _ in rows) / SCALE + 30
    box = (left - 4, y - 18 * len(rows) - 2, left + widest, y + 2)
    draw.rectangle([SCALE * side for side in box], fill=WHITE)
    for row, (curve, colour) in enumerate(rows):
        middle = y - 18 * (len(rows) - row) + 9
        draw.line((SCALE * left, SCALE * middle, SCALE * (left + 18), SCALE * middle), fill=colour, width=3 * SCALE)
        _text(draw, (left + 25, middle), curve.label, size=12, anchor="lm")


def _guide(draw: ImageDraw.ImageDraw, panel: Panel, axes: Axes, corner: tuple[float, float]) -> None:
    """A dashed line of the panel's slope, a little above the highest curve's end."""
    last = max(curve.errors[-1] for curve in panel.curves) * 3
    first, count = axes.steps[1] / 8, 24
    for i in range(0, count, 2):
        ends = [first * 8 ** ((i + part) / count) for part in (0, 1)]
        line = [axes.place(steps, last * (axes.steps[1] / steps) ** panel.slope, corner) for steps in ends]
        draw.line(line, fill=PALE, width=SCALE)
    x, y = axes.place(first, last * 8**panel.slope, corner)
    _text(draw, (x / SCALE + 6, y / SCALE - 4), f"slope −{panel.slope}", size=11, colour=PALE, anchor="lb")


def _decades(bounds: tuple[float, float]) -> list[float]:
    first, last = (round(math.log10(bound)) for bound in bounds)
    every = 1 if last - first <= 6 else 2
    return [10.0**power for power in range(last, first - 1, -every)]


def _doublings(bounds: tuple[float, float]) -> list[float]:
    count = round(math.log2(bounds[1] / bounds[0]))
    return [bounds[0] * 2**i for i in range(count + 1)]


def _power(error: float) -> str:
    """10⁻⁴ in the superscripts of the font."""
    digits = str(round(math.log10(error)))
    return "1" if digits == "0" else "10" + digits.translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _text(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    *,
    size: int,
    colour: str = INK,
    anchor: str = "la",
    weight: str = "Regular",
) -> None:
    draw.text((SCALE * place[0], SCALE * place[1]), text, fill=colour, font=_font(size, weight), anchor=anchor)


def _font(size: int, weight: str = "Regular") -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(paths.resources() / "fonts" / f"Inter-{weight}.ttf"), SCALE * size)
