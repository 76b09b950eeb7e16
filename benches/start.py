"""Benchmark of the start: `gdm-studio generate` as a process of its own, from the shell to the saved image."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benches.in_turn import HERE, PAIRS, compare, run_in_turn
from gdm_studio.common.image_file import open_image
from gdm_studio.common.measurement import Measurement

PROMPT = "a red fox"
GENERATE = ("-m", "gdm_studio", "generate", PROMPT, "--seed", "7")


def figures(other: Path | None = None, *, pairs: int = PAIRS, further: tuple[str, ...] = ()) -> Iterator[Measurement]:
    """Measure `gdm-studio generate`, with the additional options `further`, and compare it with another checkout."""
    checkouts = [HERE] if other is None else [HERE, other]
    with TemporaryDirectory() as folder:
        runs = run_in_turn((*GENERATE, *further), checkouts, Path(folder), pairs=pairs)
        yield from compare("generate from the shell", runs, "≤ 0.7")
        if other is not None:
            here, there = (np.asarray(_read(each[-1].output)) for each in runs)
            differing = int((here != there).sum()) if here.shape == there.shape else max(here.size, there.size)
            yield Measurement("values of the image that differ", differing, "", "0")


def _read(output: str) -> np.ndarray:
    """Return the pixels of the image whose path is the last line of a program's output."""
    with open_image(Path(output.strip().rpartition("\n")[2])) as image:
        return np.array(image)
