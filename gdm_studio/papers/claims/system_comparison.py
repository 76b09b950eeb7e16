"""Comparison of all trained systems by image quality and number of network evaluations.

Each point of the comparison measures one system at one number of steps. The same judge measures the Fréchet distance
and the coverage of the images in its feature space, and the fraction of images whose class it recognises. Each value is
a mean over `SEEDS` batches with different seeds, with its minimum and maximum.

Images are cached by weights and settings, and every point is saved at once, so that an interrupted run can be resumed.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from gdm_studio.common import paths
from gdm_studio.common.atomic_files import make_folder, write
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.engine.generation_loop import generate
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.dataclass_json import from_json
from gdm_studio.models.families.papers.model import SystemModel
from gdm_studio.models.files.header import strict_json
from gdm_studio.models.forward_process import forward_process
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import load_for_request
from gdm_studio.papers import all_systems
from gdm_studio.papers.claims.claim_inputs import ClaimContext, summarise
from gdm_studio.papers.system_description import Measurement, System
from gdm_studio.papers.training.quality_classifier import coverage
from gdm_studio.request.generation_events import StepEvent
from gdm_studio.request.generation_request import Request
from gdm_studio.training.evaluation.cached_generator import weights_digest
from gdm_studio.training.evaluation.statistics import frechet_distance
from gdm_studio.verify.chart import Axes, Curve, Panel, chart

STEPS = (2, 5, 10, 20, 50)
# The limit of network evaluations per image, including those of correctors. A point beyond the limit would take as long
# as all others together. A sampler that needs more is measured once, with its model's default steps.
MOST = 100
# The tags of systems that do not generate images, which the judge cannot measure.
NO_PICTURES = {"binary", "points"}
# The titles of the chart's panels.
QUICK = "Few steps, and latents"
OTHERS = "Other noise, other time"
GAUSSIAN = "DDPM and its samplers"


@dataclass(frozen=True)
class Quality:
    """Image quality of a published system, measured at one number of sampling steps. It is a point in the comparison
    chart.
    """

    system: str
    steps: int
    # Network evaluations per image.
    evaluations: int
    # Images per seed.
    pictures: int
    # A digest of the weights.
    weights: str
    frechet: Measurement
    coverage: Measurement
    accuracy: Measurement
    # The guidance scale; 1 is without guidance.
    guidance: float = 1.0
    # True if the weights ship with the program.
    shipped: bool = False
    # The Fréchet distance of equally many real images.
    floor: float | None = None


def compare_systems(context: ClaimContext, chosen: Mapping[str, System], folder: Path) -> Iterator[Quality | str]:
    """Measure the image quality of the chosen systems at several step counts, and yield each result.

    A message is yielded instead if a system or a point is skipped. Points already saved in the folder are reused. After
    each new point, the data file, the table and the chart are rewritten. Raises StorageError if they cannot be written,
    and ModelError if the judge cannot be loaded.
    """
    # Fail now if the judge cannot be loaded, before any image is generated.
    context.judge.features(np.zeros((1, 8, 8, 4), np.uint8))
    found = read_points(folder)
    measured = dict[tuple[Any, ...], str]()
    for system in chosen.values():
        if not system.samplers or NO_PICTURES & set(system.tags):
            yield f"{system.name}: does not generate images"
            continue
        try:
            card = context.card(system.model)
        except ModelError as error:
            has_points = any(each.name == system.points_model for each in context.library.cards())
            yield f"{system.name}: {'its weights generate points, not images' if has_points else error}"
            continue
        if card.accepts.prompt:
            yield f"{system.name}: draws from captions, not from classes"
            continue
        settings = (system.model, system.samplers[0], system.request(card).spacing)
        same = measured.setdefault(settings, system.name)
        if same != system.name:
            yield f"{system.name}: has the same weights and settings as {same}"
            continue
        for steps in step_counts(system, card):
            key = (system.name, steps, context.images_per_seed, weights_digest(card))
            if key not in found:
                try:
                    found[key] = _measure(context, system, card, steps)
                except BadRequest as error:
                    yield f"{system.name}, {steps} steps: {error}"
                    continue
                write_points(folder, found.values())
            yield found[key]


def step_counts(system: System, card: ModelCard) -> tuple[int, ...]:
    """Return the step counts at which a system's image quality is measured, including the default of its model.

    They are limited by the length of the system's chain and by MOST network evaluations. For a one-step system, returns
    (1,).
    """
    if not card.accepts.steps:
        return (1,)
    default, spec = card.default_request(), SAMPLERS[system.samplers[0]]
    if default.steps * spec.calls_per_step > MOST:
        return (default.steps,)
    longest = min(MOST // spec.calls_per_step, len(forward_process(card).ratios))
    return tuple(sorted({steps for steps in (*STEPS, default.steps) if steps <= longest}))


def _measure(context: ClaimContext, system: System, card: ModelCard, steps: int) -> Quality:
    changes: dict[str, Any] = {"sampler": system.samplers[0], "steps": steps}
    changes["spacing"] = system.request(card).spacing
    if card.accepts.guidance:
        changes["guidance_scale"] = 1.0
    images, labels, judge = context.generate_images(system.model, **changes), context.labels(card), context.judge
    features = [judge.features(each) for each in images]
    return Quality(
        system.name,
        steps,
        count_evaluations(context, replace(card.default_request(), model=card.name, label=labels[0], **changes)),
        context.images_per_seed,
        weights_digest(card),
        summarise([frechet_distance(each, judge.real) for each in features]),
        summarise([coverage(judge.real, each) for each in features]),
        summarise([judge.accuracy(each, labels) for each in images]),
        shipped=card.path is not None and paths.is_shipped(card.path),
        floor=context.frechet_floor,
    )


def count_evaluations(context: ClaimContext, request: Request) -> int:
    """Run a request and count how often its network is evaluated for each image.

    Unconditional evaluations for guidance are included.
    """
    from gdm_studio.models.memory import devices

    device, dtype = devices.nearest_device_and_dtype(request, context.library.card(request.model))
    model = load_for_request(context.library, request, device=device, dtype=dtype)
    assert isinstance(model, SystemModel)
    if "denoiser" not in model.networks:
        # A one-step generator is evaluated once, with any sampler.
        return 1
    counted = 0

    def count(network: nn.Module, inputs: tuple[Any, ...], answers: Any) -> None:
        nonlocal counted
        counted += len(inputs[0])

    parts = [network for name, network in model.networks.items() if name in ("denoiser", "generator")]
    handles = [network.register_forward_hook(count) for network in parts]
    try:
        steps = sum(isinstance(event, StepEvent) for event in generate(request, context.library, steps_budget=0))
    finally:
        for handle in handles:
            handle.remove()
    # RIN is not called through `forward`, so the hooks count nothing. It is evaluated once per step.
    return counted or steps


def read_points(folder: Path) -> dict[tuple[str, int, int, str], Quality]:
    """Load the saved results of comparing the systems, as a dictionary with keys (system, steps, images, weights).

    Returns {} if the file is missing or damaged.
    """
    try:
        points = from_json(tuple[Quality, ...], strict_json((folder / "comparison.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError, KeyError, ArithmeticError, RecursionError):
        return {}
    return {(each.system, each.steps, each.pictures, each.weights): each for each in points}


def write_points(folder: Path, points: Any) -> None:
    """Write the results of comparing the systems' image quality to a folder: as data, as a table and as a chart.

    The files are `comparison.json`, `comparison.md` and `comparison.png`. Raises StorageError.
    """
    import io

    points = tuple(points)
    make_folder(folder)
    write(folder / "comparison.json", json.dumps([asdict(each) for each in points], indent=1).encode())
    write(folder / "comparison.md", table(points).encode())
    png = io.BytesIO()
    chart_of(points).quantize(64).save(png, "PNG", optimize=True)
    write(folder / "comparison.png", png.getvalue())


def table(points: Sequence[Quality]) -> str:
    """Return the measured image quality of the compared systems as a Markdown table, with the mean, minimum and maximum
    over the seeds.
    """
    lines = [
        "| system | weights | steps | evaluations | guidance | Fréchet distance | coverage | class recognised |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for each in points:
        figures = (each.frechet, each.coverage, each.accuracy)
        cells = " | ".join(f"{figure.value:.3g} ({figure.low:.3g} … {figure.high:.3g})" for figure in figures)
        weights = "shipped" if each.shipped else "not shipped"
        counts = f"{each.steps} | {each.evaluations} | {each.guidance:g}"
        lines.append(f"| {each.system} | {weights} | {counts} | {cells} |")
    return "\n".join(lines) + "\n"


def chart_of(points: Sequence[Quality]) -> Any:
    """Draw a chart of the Fréchet distance against the network evaluations per image. Each system is a curve, and each
    group of systems has a panel.
    """
    known = all_systems()
    panels = defaultdict[str, list[Curve]](list)
    for name in dict.fromkeys(each.system for each in points):
        rising = sorted((each for each in points if each.system == name), key=lambda each: each.evaluations)
        # The axis is logarithmic and cannot show 0.
        errors = tuple(max(each.frechet.value, 1e-3) for each in rising)
        title = known[name].title if rising[0].shipped else f"{known[name].title} *"
        curve = Curve(title, tuple(each.evaluations for each in rising), errors)
        panels[_find_panel(known[name])].append(curve)
    powers = tuple(math.log10(error) for curves in panels.values() for curve in curves for error in curve.errors)
    most = max(2, *(each.evaluations for each in points))
    bounds = (10.0 ** math.floor(min(powers)), 10.0 ** math.floor(max(powers) + 1))
    axes = Axes((1, 1.3 * most), bounds, "network evaluations per image")
    scales = sorted({each.guidance for each in points})
    notes = [
        f"{points[0].pictures} images for each of three seeds per point; lower is better",
        f"guidance {' or '.join(f'{scale:g}' for scale in scales)}",
        *(["* weights not shipped"] if not all(each.shipped for each in points) else []),
    ]
    floors = [each.floor for each in points if each.floor is not None]
    floor = sum(floors) / len(floors) if floors else 0.0
    if floor:
        notes.append(f"dashed: as many real images, {floor:.3g}")
    note = "; ".join(notes)
    shown = [Panel(title, tuple(panels[title]), floor=floor) for title in (GAUSSIAN, OTHERS, QUICK) if title in panels]
    return chart("Quality against network evaluations", "Fréchet distance in the judge's features", note, shown, axes)


def _find_panel(system: System) -> str:
    if {"few steps", "one step", "latents"} & set(system.tags):
        return QUICK
    return OTHERS if {"score", "non-Gaussian", "no noise"} & set(system.tags) else GAUSSIAN
