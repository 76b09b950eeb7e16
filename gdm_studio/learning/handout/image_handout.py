"""Handouts of generated images with their steps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.learning.handout.handout import Cell, Chart, Curve, Handout, Strip, Words
from gdm_studio.learning.handout.web_page import spread_indices
from gdm_studio.maths.noise_path import CLEAN, NoiseLevel
from gdm_studio.request.generation_request import SETTINGS, Request
from gdm_studio.request.hires import total_steps

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.models.model_library import Library

_IMPORTS = """from PIL import Image

from gdm_studio import Studio
from gdm_studio.request import Request

studio = Studio()"""
_GENERATE = """{name} = Request.from_json(
    {request!r}
)
{name}_steps = list(studio.make({name}))"""
_SHOW = """# The finished image is the last step; [0] is the first one.
Image.fromarray({name}_steps[-1].image)"""
_LEVELS = """# The noise level after each step, as the ratio of noise to signal.
[(step.index, step.sigma) for step in {name}_steps]"""


_COMPARED = QT_TRANSLATE_NOOP("Handout", "Images, compared")
_NOISE = QT_TRANSLATE_NOOP("Handout", "Noise after each step, as the ratio of noise to signal")
_STEP = QT_TRANSLATE_NOOP("Handout", "step")
_STEP_OF = QT_TRANSLATE_NOOP("Handout", "Step {step} of {steps}")
_ABOUT = QT_TRANSLATE_NOOP(
    "Handout",
    "The request below determines the image completely. Running it again generates the same image, step by step.",
)
_UNKNOWN = QT_TRANSLATE_NOOP("Handout", "Nothing is known about how this image was made.")
ENGLISH = Words()


@dataclass(frozen=True)
class ImageRun:
    """Generated image for a handout, with the picture and the noise level of each of its denoising steps.

    The first step has the number `first` + 1. `request` is None for an image without known settings, which is then
    named by `title`.
    """

    request: Request | None
    frames: Sequence[np.ndarray]
    levels: Sequence[NoiseLevel]
    first: int
    of: int
    title: str = ""


def run_of_still_image(rgba: np.ndarray, request: Request | None, title: str) -> ImageRun:
    """Return the handout's data for a finished image whose steps were not recorded, as an `ImageRun` with a single
    picture.
    """
    steps = total_steps(request) if request else 1
    return ImageRun(request, [rgba], [CLEAN], steps - 1, steps, title)


def with_recorded_steps(run: ImageRun, file: Path, library: Library, *, side: int) -> Iterator[ImageRun]:
    """Decode the recorded steps of an image for a handout, and yield the extended run after each step. At most
    MAX_FRAMES steps get their own picture, reduced to `side` pixels; others repeat the previous picture. Raises
    StorageError and ModelError.
    """
    from gdm_studio.engine import step_history
    from gdm_studio.engine.step_animation import frames_of

    steps = step_history.load(file)
    levels = [steps.path[index] for index in steps.indices]
    shown = set(spread_indices(len(levels)))
    frames: list[np.ndarray] = []
    for place, frame in enumerate(frames_of(steps, library, picture=run.frames[-1])):
        frames.append(_reduce(frame, side) if place in shown else frames[-1])
        yield replace(run, frames=list(frames), levels=levels[: place + 1], first=steps.first, of=len(steps.path) - 1)


def _reduce(frame: np.ndarray, side: int) -> np.ndarray:
    import numpy as np
    from PIL import Image

    if max(frame.shape[:2]) <= side:
        return frame
    picture = Image.fromarray(np.ascontiguousarray(frame))
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    return np.asarray(picture)


def image_handout(runs: Sequence[ImageRun], words: Words = ENGLISH) -> Handout:
    """Create a handout, in the language of `words`, on one generated image or on a comparison of several."""
    names = _number_titles(runs)
    title = names[0] if len(runs) == 1 else words(_COMPARED)
    strips = [_build_strip(run, name, words) for run, name in zip(runs, names, strict=True)]
    levels = [
        Curve(name, [(float(run.first + place + 1), _compute_ratio(run, place)) for place in range(len(run.frames))])
        for run, name in zip(runs, names, strict=True)
    ]
    charts = [Chart(words(_NOISE), words(_STEP), levels)]
    return Handout(title, strips, charts, _build_cells(title, runs, names, words), words)


def _number_titles(runs: Sequence[ImageRun]) -> list[str]:
    """Return the titles of the images in a handout, numbered if there are several."""
    titles = [run.request.title if run.request else run.title for run in runs]
    return titles if len(runs) == 1 else [f"{place}. {title}" for place, title in enumerate(titles, 1)]


def _build_strip(run: ImageRun, name: str, words: Words) -> Strip:
    captions = []
    for place in range(len(run.frames)):
        ratio = _compute_ratio(run, place)
        level = f" · σ/α {ratio:.3g}" if ratio else ""
        captions.append(words(_STEP_OF).format(step=run.first + place + 1, steps=run.of) + level)
    return Strip(name, run.frames, captions, _collect_facts(run, words))


def _compute_ratio(run: ImageRun, place: int) -> float:
    ratio = run.levels[place].ratio
    return ratio if math.isfinite(ratio) else 0.0


def _collect_facts(run: ImageRun, words: Words) -> dict[str, str]:
    """Return the settings of an image as {title: value} for the table in a handout."""
    from gdm_studio.gallery.metadata.generation_settings import facts_of

    height, width = run.frames[-1].shape[:2]
    if run.request is None:
        return {_translate_title("size", words): f"{width}x{height}"}
    found = {name: value for name, value in facts_of(run.request, (width, height)).items() if value not in ("", {}, [])}
    return {
        _translate_title(name, words): f"{value:g}" if isinstance(value, float) else str(value)
        for name, value in found.items()
    }


def _translate_title(name: str, words: Words) -> str:
    """Return the title of a setting in the handout's language. In English, it is the setting's name in code with spaces
    instead of underscores.
    """
    if name not in SETTINGS or words.language == "en":
        return name.replace("_", " ")
    return words.translate("Setting", SETTINGS[name].title)


def _build_cells(title: str, runs: Sequence[ImageRun], names: Sequence[str], words: Words) -> list[Cell]:
    cells = [Cell(f"# {_escape_markdown(title)}\n\n{words(_ABOUT)}"), Cell(_IMPORTS, is_code=True)]
    for place, (run, heading) in enumerate(zip(runs, names, strict=True), 1):
        if run.request is None:
            cells.append(Cell(f"## {_escape_markdown(heading)}\n\n{words(_UNKNOWN)}"))
            continue
        name = "request" if len(runs) == 1 else f"request_{place}"
        if len(runs) > 1:
            cells.append(Cell(f"## {_escape_markdown(heading)}"))
        generate = _GENERATE.format(name=name, request=run.request.to_json())
        cells += [Cell(code, is_code=True) for code in (generate, _SHOW.format(name=name), _LEVELS.format(name=name))]
    return cells


def _escape_markdown(text: str) -> str:
    """Escape the special characters of Markdown and HTML in a string, so that a notebook shows them unchanged."""
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]()<>#+-.!|&$~" else letter for letter in " ".join(text.split()))
