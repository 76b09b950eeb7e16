"""Verdict of a reproduction check, without torch."""

from __future__ import annotations

from dataclasses import dataclass

from gdm_studio.request.generation_events import Result

EXACTLY = "exactly"
NEARLY = "nearly"
NO = "no"


@dataclass(frozen=True)
class Verdict:
    """Result of generating a saved image again and comparing it with the original, both composited on black."""

    # EXACTLY, NEARLY or NO.
    answer: str
    # The largest difference of any channel of any pixel, out of 255. 255 if the images have different sizes.
    largest: int
    # The fraction of pixels that differ.
    share: float
    # Sentences about differences between this machine and the one that generated the image. Empty if the images are
    # equal.
    reasons: tuple[str, ...]
    reproduction: Result
    # True if the images have the same size, so that their pixels were compared.
    is_same_size: bool = True

    def __str__(self) -> str:
        if self.answer == EXACTLY:
            return "It reproduces exactly."
        if self.answer == NEARLY:
            return f"It reproduces nearly: no pixel differs by more than {self.largest} of 255."
        if not self.is_same_size:
            return "It does not reproduce."
        return f"It does not reproduce: pixels differ by up to {self.largest} of 255."
