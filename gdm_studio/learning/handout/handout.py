"""Contents of a handout (teaching material about a run) in every format: steps, charts, settings and code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gdm_studio.common.translation_markers import Translate, untranslated

if TYPE_CHECKING:
    import numpy as np


CONTEXT = "Handout"


@dataclass(frozen=True)
class Words:
    """Language of a handout: a BCP 47 tag such as "en", and the function that translates its texts."""

    translate: Translate = untranslated
    language: str = "en"

    def __call__(self, text: str) -> str:
        """Translate a string to the language of the handout."""
        return self.translate(CONTEXT, text)


@dataclass(frozen=True)
class Strip:
    """Row of captioned pictures in a handout, one for each shown step of a run, as RGB or RGBA uint8 arrays (height,
    width, channels). The last picture is the result. `facts` are the run's settings.
    """

    title: str
    frames: Sequence[np.ndarray]
    captions: Sequence[str]
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Curve:
    """Curve of a chart in a handout: its title and its (x, y) points."""

    title: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Chart:
    """Chart in a handout, with curves and a logarithmic y axis. Values that are not positive are left out."""

    title: str
    x_title: str
    curves: Sequence[Curve]


@dataclass(frozen=True)
class Cell:
    """Cell of the Jupyter notebook in a handout. It contains Python if `is_code` is True, and otherwise Markdown."""

    text: str
    is_code: bool = False


@dataclass(frozen=True)
class Handout:
    """Teaching material about one or more runs: pictures of their steps, charts, and the cells of a notebook.

    The pictures are shown side by side and have one slider.
    """

    title: str
    strips: Sequence[Strip]
    charts: Sequence[Chart]
    cells: Sequence[Cell]
    words: Words = Words()
