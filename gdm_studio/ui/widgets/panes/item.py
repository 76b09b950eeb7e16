"""A picture to compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gdm_studio.request import Request
from gdm_studio.ui.look.plain import make_plain

if TYPE_CHECKING:
    import numpy as np

LETTERS = "ABCDEFGHIJKL"
MOST = len(LETTERS)  # pictures compared at once


@dataclass(frozen=True, eq=False)
class Item:
    """`rgba` is uint8 (height, width, 3 or 4); `request` makes it, where that is known; `caption` says what else."""

    title: str
    rgba: np.ndarray
    request: Request | None = None
    caption: str = ""
    words: Mapping[str, str] = field(default_factory=dict)  # what people call its style and what its model is told

    def __post_init__(self) -> None:
        make_plain(self, "title", "caption")
