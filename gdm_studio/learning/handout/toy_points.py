"""Handouts of runs in which a sampler moves 2-D points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.learning.handout.handout import Cell, Chart, Curve, Handout, Strip, Words
from gdm_studio.learning.point_runs import EXACT, PlaneRun, PlaneSettings, distance_curve
from gdm_studio.learning.step_numbers import plane_settings_code, plane_step
from gdm_studio.maths.samplers import SAMPLERS

# Side of a picture in pixels, and half the side of the square that it shows, in standard deviations of the points.
SIDE = 360
REACH = 2.7
# Colours of the ground and of both classes.
GROUND = (255, 255, 255)
COLOURS = ((53, 99, 224), (176, 96, 0))
_IMPORTS = """from PIL import Image

from gdm_studio.learning.handout.toy_points import draw_points
from gdm_studio.learning.point_runs import PlaneSettings, run_plane"""
_SHOW = """# The last step; choose another by its number.
step = {name}.steps
Image.fromarray(draw_points({name}, step))"""


_RUN = QT_TRANSLATE_NOOP("Handout", "A run on the plane")
_RUNS = QT_TRANSLATE_NOOP("Handout", "Runs on the plane, compared")
_DISTANCE = QT_TRANSLATE_NOOP("Handout", "Distance from the true distribution at each step")
_STEP = QT_TRANSLATE_NOOP("Handout", "step")
_AT_END = QT_TRANSLATE_NOOP("Handout", "Distance at the end")
_EVALUATIONS = QT_TRANSLATE_NOOP("Handout", "evaluations of the denoiser")
_CAPTION = QT_TRANSLATE_NOOP(
    "Handout", "Step {step} of {steps} · α {alpha:.3f} · σ {sigma:.3f} · distance {distance:.3f}"
)
_ABOUT = QT_TRANSLATE_NOOP(
    "Handout",
    "Each point starts as noise, and the sampler moves it towards the data. The notebook runs with the package "
    "`gdm_studio`.",
)
_NETWORK = QT_TRANSLATE_NOOP(
    "Handout", "The network of this run is not part of the notebook. The exact denoiser takes its place."
)
_IN_NUMBERS = QT_TRANSLATE_NOOP("Handout", "Step {step} in numbers")
ENGLISH = Words()


@dataclass(frozen=True)
class PlanePanel:
    """Part of a handout about one sampler run on 2-D points: its title, the run, and a curve of the points' distance
    from the true distribution over the number of evaluations.
    """

    title: str
    run: PlaneRun
    curve: Sequence[tuple[float, float]]


def plane_panel(title: str, run: PlaneRun) -> PlanePanel:
    """Create the part of a handout about a sampler run on 2-D points, including the curve of its distances from the
    true distribution.
    """
    return PlanePanel(title, run, distance_curve(run.settings))


def plane_handout(panels: Sequence[PlanePanel], words: Words = ENGLISH) -> Handout:
    """Create a handout, in the language of `words`, on one sampler run on 2-D points or on a comparison of several.

    Raises BadRequest for a run of the forward process.
    """
    if not all(panel.run.history for panel in panels):
        raise BadRequest("Choose the way from noise to data to export a run.")
    title = words(_RUN if len(panels) == 1 else _RUNS)
    distances = [
        Curve(panel.title, [(float(step), value) for step, value in enumerate(panel.run.distances)]) for panel in panels
    ]
    charts = [
        Chart(words(_DISTANCE), words(_STEP), distances),
        Chart(words(_AT_END), words(_EVALUATIONS), [Curve(panel.title, panel.curve) for panel in panels]),
    ]
    return Handout(
        title, [_build_strip(panel, words) for panel in panels], charts, _build_cells(title, panels, words), words
    )


def draw_points(run: PlaneRun, step: int) -> np.ndarray:
    """Draw the positions of a run's 2-D points after a step, as an image, uint8 (SIDE, SIDE, 3).

    Step 0 is the initial noise. The points are divided by the standard deviation of noisy data, as on the Learn page.
    """
    at = run.path[step]
    places = run.x[step] / np.hypot(at.alpha, at.sigma)
    across = np.floor((places[:, 0] / REACH + 1) * SIDE / 2).astype(int)
    down = np.floor((1 - places[:, 1] / REACH) * SIDE / 2).astype(int)
    pixels = np.empty((SIDE, SIDE, 3), np.uint8)
    pixels[:] = GROUND
    # Each point is a dot of 2 × 2 pixels. Points outside of the square are left out.
    inside = (across >= 0) & (across < SIDE - 1) & (down >= 0) & (down < SIDE - 1)
    colours = np.array(COLOURS, np.uint8)[run.classes[inside]]
    for dx in (0, 1):
        for dy in (0, 1):
            pixels[down[inside] + dy, across[inside] + dx] = colours
    return pixels


def _build_strip(panel: PlanePanel, words: Words) -> Strip:
    run = panel.run
    captions = [
        words(_CAPTION).format(step=step, steps=run.steps, alpha=at.alpha, sigma=at.sigma, distance=distance)
        for step, (at, distance) in enumerate(zip(run.path, run.distances, strict=True))
    ]
    frames = [draw_points(run, step) for step in range(run.steps + 1)]
    return Strip(panel.title, frames, captions, _collect_facts(run.settings))


def _collect_facts(settings: PlaneSettings) -> dict[str, str]:
    values = {name: value for name, value in vars(settings).items() if name != "lines" and value is not None}
    values["sampler"] = SAMPLERS[settings.sampler].title
    return {
        name.replace("_", " "): f"{value:g}" if isinstance(value, float) else str(value)
        for name, value in values.items()
    }


def _build_cells(title: str, panels: Sequence[PlanePanel], words: Words) -> list[Cell]:
    cells = [
        Cell(f"# {title}\n\n{words(_ABOUT)}"),
        Cell(_IMPORTS, is_code=True),
    ]
    for place, panel in enumerate(panels):
        name = "run" if len(panels) == 1 else f"run_{place + 1}"
        cells.append(Cell(f"## {panel.title}"))
        if panel.run.settings.denoiser != EXACT:
            cells.append(Cell(words(_NETWORK)))
        cells.append(
            Cell(f"{name} = run_plane({plane_settings_code(panel.run.settings)})\n{name}.distances[-1]", is_code=True)
        )
        cells.append(Cell(_SHOW.format(name=name), is_code=True))
    first = panels[0].run
    if first.settings.denoiser == EXACT:
        middle = max(1, first.steps // 2)
        cells.append(Cell(f"## {words(_IN_NUMBERS).format(step=middle)}"))
        cells.append(Cell(plane_step(first, middle).code, is_code=True))
    return cells
