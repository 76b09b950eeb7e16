"""Image to compare, with its title and caption."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.request.generation_request import Request
from gdm_studio.ui.theme.safe_text import make_plain

if TYPE_CHECKING:
    import numpy as np

LETTERS = "ABCDEFGHIJKL"
# Maximum number of pictures to compare.
MOST = len(LETTERS)


@dataclass(frozen=True, eq=False)
class Item:
    """Image to compare with others: uint8 pixels (height, width, 3 or 4), its title and caption, and the request that
    generated it, if known.
    """

    title: str
    rgba: np.ndarray
    request: Request | None = None
    caption: str = ""
    # Titles of the style and the model's own settings.
    words: Mapping[str, str] = field(default_factory=dict)
    # The file of the image's recorded steps, which may not exist.
    steps: Path | None = None
    # The step at which the run was stopped; 0 for a finished run.
    stopped_at: int = 0
    # The image's own file, or None if it has none.
    file: Path | None = None
    # Settings whose values in the request are not known, as of files of other programs.
    unstated: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        make_plain(self, "title", "caption")
