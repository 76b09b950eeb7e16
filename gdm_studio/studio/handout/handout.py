"""The contents of a handout: pictures of steps, charts, facts and code, to be written as a web page or a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Strip:
    """The pictures of a run, RGB or RGBA uint8 (height, width, channels), each with a caption. The last is the result.

    `facts` are settings and their values.
    """

    title: str
    frames: Sequence[np.ndarray]
    captions: Sequence[str]
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Curve:
    """A curve with its title and its (x, y) points."""

    title: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Chart:
    """A chart of curves. The y axis is logarithmic, so values that are not above 0 are left out."""

    title: str
    x_title: str
    curves: Sequence[Curve]


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook: a text in Markdown, or Python if `is_code`."""

    text: str
    is_code: bool = False


@dataclass(frozen=True)
class Handout:
    """A run, or several to compare, with strips side by side that share one slider."""

    title: str
    strips: Sequence[Strip]
    charts: Sequence[Chart]
    cells: Sequence[Cell]
