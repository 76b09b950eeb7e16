"""Charts of sampling error against the number of steps, for all samplers that reproduce the data's distribution, saved
as two PNG files.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from gdm_studio.common import atomic_files
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.verify.chart import Axes, Curve, Panel, chart
from gdm_studio.verify.convergence_order import VP, mixture_errors
from gdm_studio.verify.sampler_cases import EDM, SamplerCase, deterministic, stochastic
from gdm_studio.verify.samplers_on_gaussians import LINE, VARIANCE, law

STEPS = (5, 10, 20, 40, 80, 160, 320)
# Errors below this are not drawn.
EXACT = 1e-9
# Curves that differ by less than this share are drawn as one.
ALIKE = 0.02

ORDERS = {1: "First order", 2: "Second order", 3: "Third order and more"}


def draw(folder: Path) -> list[Path]:
    """Save charts of all samplers' errors in an existing folder, as `errors-deterministic.png` and
    `errors-stochastic.png`, and return the paths of both files.
    """
    pictures = {"errors-deterministic.png": _draw_deterministic(), "errors-stochastic.png": _draw_stochastic()}
    written = []
    for name, picture in pictures.items():
        data = io.BytesIO()
        picture.quantize(64).save(data, "PNG", optimize=True)
        atomic_files.write(folder / name, data.getvalue())
        written.append(folder / name)
    return written


def _draw_deterministic() -> Image.Image:
    rigs = list(deterministic(VP))
    panels = []
    for order, title in ORDERS.items():
        mine = [rig for rig in rigs if min(rig.spec.order, 3) == order]
        curves = [Curve(_format_label(rig), STEPS, tuple(mixture_errors(rig, STEPS))) for rig in mine]
        panels.append(Panel(title, _merge(curves), slope=order))
    return chart(
        "Samplers without noise: error against steps",
        "Distance from the exact probability-flow ODE on two overlapping modes, from full noise to little (VP, Karras)",
        "Drawn by gdm-studio verify --plot. ×2: two evaluations a step. RK45 uses a tolerance of 10⁻⁴.",
        panels,
        Axes((STEPS[0], STEPS[-1]), (1e-8, 1.0)),
    )


def _draw_stochastic() -> Image.Image:
    rigs = [rig for rig in (*stochastic(), SamplerCase(SAMPLERS["edm"], EDM)) if rig.spec.affine]
    curves = {rig.name: Curve(_format_label(rig), STEPS[1:], tuple(_measure_variance_errors(rig))) for rig in rigs}
    exact = [curve.label for curve in curves.values() if max(curve.errors) < EXACT]
    merged = _merge([curve for curve in curves.values() if max(curve.errors) >= EXACT])
    # The variance of many samplers converges faster than their order; the panels separate by the measured rate.
    slow = tuple(curve for curve in merged if curve.errors[-2] < 3 * curve.errors[-1])
    fast = tuple(curve for curve in merged if curve not in slow)
    panels = [Panel("Falling as 1 / steps, or slower", slow, slope=1), Panel("Falling faster", fast, slope=2)]
    return chart(
        "Samplers with noise: error of the variance against steps",
        "Relative error of the variance made of data N(0.3, 0.25), carried through exactly (Karras, σ 80 to 0)",
        f"Drawn by gdm-studio verify --plot. Exact at any number of steps: {', '.join(exact) or 'none'}.",
        panels,
        Axes((STEPS[1], STEPS[-1]), (1e-6, 10.0)),
    )


def _measure_variance_errors(rig: SamplerCase) -> list[float]:
    found = (law(rig, LINE, EDM.path("karras", steps)).covariance[0, 0] for steps in STEPS[1:])
    return [abs(float(variance) / VARIANCE - 1) for variance in found]


def _format_label(rig: SamplerCase) -> str:
    spec = rig.spec
    return f"{spec.title} ×{spec.calls_per_step}" if 1 < spec.calls_per_step < 5 else spec.title


def _merge(curves: Sequence[Curve]) -> tuple[Curve, ...]:
    """Merge curves that coincide into one curve, labelled with the names of all samplers that it represents."""
    kept: list[Curve] = []
    for curve in curves:
        twin = next((i for i, other in enumerate(kept) if _are_alike(curve, other)), None)
        if twin is None:
            kept.append(curve)
        else:
            kept[twin] = Curve(f"{kept[twin].label} · {curve.label}", curve.steps, kept[twin].errors)
    return tuple(kept)


def _are_alike(one: Curve, other: Curve) -> bool:
    return all(abs(a - b) <= ALIKE * max(a, b) for a, b in zip(one.errors, other.errors, strict=True))
