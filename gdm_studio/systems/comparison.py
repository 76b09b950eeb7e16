"""The one comparison: quality against network evaluations, of all trained systems, by one judge, resumable.

Every point is `SEEDS` batches of pictures, each of other seeds, and its figures are their mean with the least and the
most of them: Fréchet distance and coverage in what the judge sees, and the share whose class it recognises. Pictures
are kept by weights and settings, and points are written as they come, so that a run which was stopped goes on.
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

from gdm_studio.atomic import make_folder, write
from gdm_studio.engine.generate import generate
from gdm_studio.engine.verify.chart import Axes, Curve, Panel, chart
from gdm_studio.errors import BadRequest, ModelError
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.card import ModelCard
from gdm_studio.models.families.systems_model import SystemModel
from gdm_studio.models.header import strict_json
from gdm_studio.models.library import load_for
from gdm_studio.models.process import process_of
from gdm_studio.models.typed import from_plain
from gdm_studio.request import Request
from gdm_studio.run import Advance
from gdm_studio.systems import systems
from gdm_studio.systems.figures import Bench, over
from gdm_studio.systems.judge import coverage
from gdm_studio.systems.system import Figure, System
from gdm_studio.training.evaluation.drawing import weights_digest
from gdm_studio.training.evaluation.statistics import frechet_distance

STEPS = (2, 5, 10, 20, 50)
MOST = 100  # evaluations a picture, guidance and correctors counted: beyond it a point takes as long as all others
NO_PICTURES = {"binary", "points"}  # tags of systems that draw none a judge could see
QUICK, OTHERS, GAUSSIAN = "Few steps, and latents", "Other noise, other time", "DDPM and its samplers"  # panels


@dataclass(frozen=True)
class Quality:
    """A point: what a system's pictures are like at so many evaluations of its networks a picture."""

    system: str
    steps: int
    evaluations: int
    pictures: int
    weights: str  # a digest of those
    frechet: Figure
    coverage: Figure
    accuracy: Figure


def compared(bench: Bench, chosen: Mapping[str, System], folder: Path) -> Iterator[Quality | str]:
    """Every point of the systems that have weights here, those in the folder's file too; why others are left out.

    The file, the table and the chart are written anew after each. Raises StorageError, and ModelError without a judge.
    """
    bench.judge.features(np.zeros((1, 8, 8, 4), np.uint8))  # without one nothing begins
    found, settled = read_points(folder), dict[tuple[Any, ...], str]()
    for system in chosen.values():
        if not system.samplers or NO_PICTURES & set(system.tags):
            yield f"{system.name}: draws no pictures"
            continue
        try:
            card = bench.card(system.model)
        except ModelError as error:
            yield f"{system.name}: {error}"
            continue
        same = settled.setdefault((system.model, system.samplers[0], system.request(card).spacing), system.name)
        if same != system.name:
            yield f"{system.name}: by its weights and settings the same as {same}"
            continue
        for steps in steps_of(system, card):
            key = (system.name, steps, bench.each, weights_digest(card))
            if key not in found:
                try:
                    found[key] = _measured(bench, system, card, steps)
                except BadRequest as error:
                    yield f"{system.name}, {steps} steps: {error}"
                    continue
                write_points(folder, found.values())
            yield found[key]


def steps_of(system: System, card: ModelCard) -> tuple[int, ...]:
    """The numbers of steps that it is measured at, its own among them: no more than its chain has or than take MOST
    evaluations, and one for what draws in one go."""
    if not card.accepts.steps:
        return (1,)
    usual = card.usual()
    each = SAMPLERS[system.samplers[0]].calls_per_step * (1 if usual.guidance_scale == 1 else 2)
    longest = min(MOST // each, len(process_of(card).ratios))
    return tuple(sorted({steps for steps in (*STEPS, usual.steps) if steps <= longest}))


def _measured(bench: Bench, system: System, card: ModelCard, steps: int) -> Quality:
    changes: dict[str, Any] = {"sampler": system.samplers[0], "steps": steps}
    changes["spacing"] = system.request(card).spacing
    made, labels, judge = bench.drawn(system.model, **changes), bench.labels(card), bench.judge
    features = [judge.features(each) for each in made]
    return Quality(
        system.name,
        steps,
        evaluations(bench, replace(card.usual(), model=card.name, label=labels[0], **changes)),
        bench.each,
        weights_digest(card),
        over([frechet_distance(each, judge.real) for each in features]),
        over([coverage(judge.real, each) for each in features]),
        over([judge.accuracy(each, labels) for each in made]),
    )


def evaluations(bench: Bench, request: Request) -> int:
    """How often the networks are asked for one picture, the negative side of guidance counted as well."""
    from gdm_studio.engine import devices

    device, dtype = devices.nearest_place(request, bench.library.card(request.model))
    model = load_for(bench.library, request, device=device, dtype=dtype)
    assert isinstance(model, SystemModel)
    if "denoiser" not in model.networks:
        return 1  # asked again at the only step, it says the same
    counted = 0

    def count(network: nn.Module, inputs: tuple[Any, ...], answers: Any) -> None:
        nonlocal counted
        counted += len(inputs[0])

    parts = [network for name, network in model.networks.items() if name in ("denoiser", "generator")]
    handles = [network.register_forward_hook(count) for network in parts]
    try:
        steps = sum(isinstance(event, Advance) for event in generate(request, bench.library, steps_budget=0))
    finally:
        for handle in handles:
            handle.remove()
    return counted or steps  # RIN is asked by another door, once a step and side


def read_points(folder: Path) -> dict[tuple[str, int, int, str], Quality]:
    """Those of the folder's file by system, steps, pictures and weights; none where it is damaged."""
    try:
        points = from_plain(tuple[Quality, ...], strict_json((folder / "comparison.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError, KeyError, ArithmeticError, RecursionError):
        return {}
    return {(each.system, each.steps, each.pictures, each.weights): each for each in points}


def write_points(folder: Path, points: Any) -> None:
    """`comparison.json`, `comparison.md` and `comparison.png`; raises StorageError."""
    import io

    every = tuple(points)
    make_folder(folder)
    write(folder / "comparison.json", json.dumps([asdict(each) for each in every], indent=1).encode())
    write(folder / "comparison.md", table(every).encode())
    drawn = io.BytesIO()
    drawing(every).quantize(64).save(drawn, "PNG", optimize=True)
    write(folder / "comparison.png", drawn.getvalue())


def table(points: Sequence[Quality]) -> str:
    """Of all points, in Markdown: the mean of three seeds, and the least and the most of them."""
    lines = [
        "| system | steps | evaluations | Fréchet distance | coverage | class recognised |",
        "|---|---|---|---|---|---|",
    ]
    for each in points:
        figures = (each.frechet, each.coverage, each.accuracy)
        said = " | ".join(f"{one.value:.3g} ({one.low:.3g} … {one.high:.3g})" for one in figures)
        lines.append(f"| {each.system} | {each.steps} | {each.evaluations} | {said} |")
    return "\n".join(lines) + "\n"


def drawing(points: Sequence[Quality]) -> Any:
    """Fréchet distance against evaluations as a picture, the systems in panels by what they change."""
    known, panels = systems(), defaultdict[str, list[Curve]](list)
    for name in dict.fromkeys(each.system for each in points):
        rising = sorted((each for each in points if each.system == name), key=lambda each: each.evaluations)
        errors = tuple(max(each.frechet.value, 1e-3) for each in rising)  # of an axis of logarithms
        panels[_panel_of(known[name])].append(
            Curve(known[name].title, tuple(each.evaluations for each in rising), errors)
        )
    powers = tuple(math.log10(error) for curves in panels.values() for curve in curves for error in curve.errors)
    most = max(2, *(each.evaluations for each in points))
    bounds = (10.0 ** math.floor(min(powers)), 10.0 ** math.floor(max(powers) + 1))
    axes = Axes((1, 1.3 * most), bounds, "evaluations of the networks a picture")
    note = f"{points[0].pictures} pictures of each of three seeds a point; the lower the better"
    shown = [Panel(title, tuple(panels[title])) for title in (GAUSSIAN, OTHERS, QUICK) if title in panels]
    return chart("Quality against network evaluations", "Fréchet distance in what the judge sees", note, shown, axes)


def _panel_of(system: System) -> str:
    if {"few steps", "one step", "latents"} & set(system.tags):
        return QUICK
    return OTHERS if {"score", "non-Gaussian", "no noise"} & set(system.tags) else GAUSSIAN
