"""Log-log charts with several panels, drawn with Pillow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from gdm_studio.common import paths

# Pixels per unit, for high-resolution screens.
SCALE = 2
# Size of a panel.
PANEL = (420, 484)
# Left, top, right and bottom of a panel's axes.
PLOT = (62, 46, 400, 340)
HEAD = 74
FOOT = 34
WHITE = "#ffffff"
INK = "#1d2433"
PALE = "#667085"
GRID = "#e4e7ec"
# Okabe and Ito's colours, and two more.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#7a5195", "#444444")


@dataclass(frozen=True)
class Curve:
    """Line in a chart that shows the error of one sampler against the number of steps."""

    label: str
    steps: tuple[int, ...]
    errors: tuple[float, ...]


@dataclass(frozen=True)
class Panel:
    """Single diagram within a chart: error curves on logarithmic axes. If `slope` is not 0, a dashed guide line shows
    an error that falls as steps^(-slope). If `floor` is not 0, a dashed line shows the lowest possible error.
    """

    title: str
    curves: tuple[Curve, ...]
    slope: int = 0
    floor: float = 0.0


@dataclass(frozen=True)
class Axes:
    """Axis ranges that all diagrams of a chart share, and the label of the horizontal axis."""

    steps: tuple[float, float]
    errors: tuple[float, float]
    across: str = "steps"

    def place(self, steps: float, error: float, corner: tuple[float, float]) -> tuple[float, float]:
        """Convert a data point (steps, error) to a pixel position in a diagram whose top left corner is `corner`. An
        error outside the axis range is moved to the nearest edge.
        """
        left, top, right, bottom = PLOT
        low, high = (math.log(error) for error in self.errors)
        across = math.log(steps / self.steps[0]) / math.log(self.steps[1] / self.steps[0])
        up = (math.log(min(max(error, self.errors[0]), self.errors[1])) - low) / (high - low)
        x = corner[0] + left + across * (right - left)
        y = corner[1] + bottom - up * (bottom - top)
        return SCALE * x, SCALE * y


def chart(title: str, subtitle: str, note: str, panels: Sequence[Panel], axes: Axes) -> Image.Image:
    """Draw a chart as an image: the panels side by side, with a title above and a note below."""
    size = (PANEL[0] * len(panels), HEAD + PANEL[1] + FOOT)
    image = Image.new("RGB", (SCALE * size[0], SCALE * size[1]), WHITE)
    draw = ImageDraw.Draw(image)
    _draw_text(draw, (24, 18), title, size=20, weight="SemiBold")
    _draw_text(draw, (24, 46), subtitle, size=13, colour=PALE)
    for index, panel in enumerate(panels):
        _draw_panel(draw, panel, axes, (PANEL[0] * index, HEAD))
    _draw_text(draw, (24, size[1] - 26), note, size=12, colour=PALE)
    return image


def _draw_panel(draw: ImageDraw.ImageDraw, panel: Panel, axes: Axes, corner: tuple[float, float]) -> None:
    left, top, right, bottom = (side + corner[i % 2] for i, side in enumerate(PLOT))
    _draw_text(draw, (left, top - 28), panel.title, size=14, weight="SemiBold")
    for error, words in _list_ticks(axes.errors):
        x, y = axes.place(axes.steps[0], error, corner)
        draw.line((x, y, SCALE * right, y), fill=GRID, width=SCALE)
        _draw_text(draw, (left - 8, y / SCALE), words, size=11, colour=PALE, anchor="rm")
    for steps in _list_doublings(axes.steps):
        x, _ = axes.place(steps, axes.errors[0], corner)
        draw.line((x, SCALE * top, x, SCALE * bottom), fill=GRID, width=SCALE)
        _draw_text(draw, (x / SCALE, bottom + 8), f"{steps:g}", size=11, colour=PALE, anchor="mt")
    _draw_text(draw, ((left + right) / 2, bottom + 27), axes.across, size=12, colour=PALE, anchor="mt")
    if panel.slope:
        _draw_guide(draw, panel, axes, corner)
    if panel.floor:
        _draw_floor(draw, panel.floor, axes, corner)
    # At most eight lines, since more could not be distinguished.
    for curve, colour in zip(panel.curves, COLOURS, strict=False):
        inside = [point for point in zip(curve.steps, curve.errors, strict=True) if point[1] >= axes.errors[0]]
        line = [axes.place(*point, corner) for point in inside]
        draw.line(line, fill=colour, width=2 * SCALE, joint="curve")
        for x, y in line:
            draw.ellipse((x - 3 * SCALE, y - 3 * SCALE, x + 3 * SCALE, y + 3 * SCALE), fill=colour)
    _draw_legend(draw, panel, (left, bottom + 62))


def _draw_legend(draw: ImageDraw.ImageDraw, panel: Panel, corner: tuple[float, float]) -> None:
    """Draw a diagram's legend below its axes, in two columns. A name that is too long for a column gets a row of its
    own.
    """
    column = (PLOT[2] - PLOT[0]) / 2
    place = 0
    for curve, colour in zip(panel.curves, COLOURS, strict=False):
        is_long = _load_font(12).getlength(curve.label) / SCALE > column - 28
        place += is_long and place % 2
        left = corner[0] + place % 2 * column
        middle = corner[1] + place // 2 * 18
        place += 2 if is_long else 1
        draw.line((SCALE * left, SCALE * middle, SCALE * (left + 18), SCALE * middle), fill=colour, width=3 * SCALE)
        _draw_text(draw, (left + 25, middle), curve.label, size=12, anchor="lm")


def _draw_guide(draw: ImageDraw.ImageDraw, panel: Panel, axes: Axes, corner: tuple[float, float]) -> None:
    """Draw a dashed guide line whose slope is the expected order of convergence, slightly above the end of the highest
    curve.
    """
    last = max(curve.errors[-1] for curve in panel.curves) * 3
    first = axes.steps[1] / 8
    count = 24
    for i in range(0, count, 2):
        ends = [first * 8 ** ((i + part) / count) for part in (0, 1)]
        line = [axes.place(steps, last * (axes.steps[1] / steps) ** panel.slope, corner) for steps in ends]
        draw.line(line, fill=PALE, width=SCALE)
    x, y = axes.place(first, last * 8**panel.slope, corner)
    _draw_text(draw, (x / SCALE + 6, y / SCALE - 4), f"slope −{panel.slope}", size=11, colour=PALE, anchor="lb")


def _draw_floor(draw: ImageDraw.ImageDraw, floor: float, axes: Axes, corner: tuple[float, float]) -> None:
    """Draw a dashed horizontal line at the lowest possible error."""
    first, last = (math.log(each) for each in axes.steps)
    for i in range(0, 48, 2):
        ends = [math.exp(first + (last - first) * part / 48) for part in (i, i + 1)]
        draw.line([axes.place(steps, floor, corner) for steps in ends], fill=PALE, width=SCALE)


def _list_ticks(bounds: tuple[float, float]) -> list[tuple[float, str]]:
    """Return (error, label) pairs for the ticks of the error axis: powers of ten or, for a short axis, also 2 and 5
    times these powers.
    """
    first = math.ceil(math.log10(bounds[0]) - 1e-9)
    last = math.floor(math.log10(bounds[1]) + 1e-9)
    if last - first > 2:
        every = 1 if last - first <= 6 else 2
        return [(10.0**power, _format_power(power)) for power in range(last, first - 1, -every)]
    fine = (digit * 10.0**power for power in range(first - 1, last + 1) for digit in (1, 2, 5))
    return [(error, f"{error:g}") for error in fine if bounds[0] <= error * 1.001 and error <= bounds[1] * 1.001]


def _list_doublings(bounds: tuple[float, float]) -> list[float]:
    count = math.floor(math.log2(bounds[1] / bounds[0]) + 1e-9)
    return [bounds[0] * 2**i for i in range(count + 1)]


def _format_power(power: int) -> str:
    """Format a power of ten as an axis label with superscript digits, such as 10⁻⁴."""
    return "10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")) if power else "1"


def _draw_text(
    draw: ImageDraw.ImageDraw,
    place: tuple[float, float],
    text: str,
    *,
    size: int,
    colour: str = INK,
    anchor: str = "la",
    weight: str = "Regular",
) -> None:
    draw.text((SCALE * place[0], SCALE * place[1]), text, fill=colour, font=_load_font(size, weight), anchor=anchor)


def _load_font(size: int, weight: str = "Regular") -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(paths.resources() / "fonts" / f"Inter-{weight}.ttf"), SCALE * size)
