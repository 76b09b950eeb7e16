"""What a network predicts and what it is told: every parameterisation through the engine, to the same steps."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from gdm_studio.engine.verify.exact_model import LAWS, Driven, ExactLibrary, driven, furthest, request
from gdm_studio.engine.verify.row import Row, at_most
from gdm_studio.maths.processes import Process, edm, flow, sub_vp, ve, vp

STEPS = 7
# noise from a prediction of eps costs digits where little of the picture is left: as many as the ratio has
NEAR = 1e-4


def predicting() -> Iterator[Row]:
    """Predictions eps, x0, v, flow and EDM: what the network is told of the noise, and x0 from its answers"""
    linear, endless = vp("linear"), vp("scaled_linear", zero_terminal_snr=True)
    cases: tuple[tuple[str, str, Process], ...] = (
        ("epsilon", "vp", linear),
        ("x0", "vp", linear),
        ("v", "vp", linear),
        ("edm", "vp", linear),
        ("epsilon", "sub-VP", sub_vp()),
        ("epsilon", "ve", ve()),
        ("edm", "edm", edm()),
        ("flow", "flow", flow()),
        ("v", "vp to pure noise", endless),
        ("x0", "vp to pure noise", endless),
    )
    for prediction, title, process in cases:
        for spacing in ("linspace", "karras"):
            run = driven(request(sampler="ddim", spacing=spacing, steps=STEPS), ExactLibrary(process, prediction))
            what = f"{prediction} on {title}, {spacing}"
            names = [_name(prediction, process, ratio) for ratio in run.ratios[:-1]]
            away = furthest([np.array([asked.told for asked in run.asked])], [np.array(names)])
            yield at_most(f"{what}: told of the noise, off by", away, 1e-6)
            yield at_most(f"{what}: x0 off by", _off(run), NEAR)


def _name(prediction: str, process: Process, ratio: float) -> float:
    """log(sigma)/4 (Karras et al. 2022, table 1); a thousand times the flow's time; the timestep of the table."""
    if prediction == "edm":
        return math.log(ratio) / 4
    if prediction == "flow":
        return 1000 * (ratio / (1 + ratio) if ratio < math.inf else 1.0)
    table = np.array(process.ratios)
    if ratio == math.inf:
        return len(table) - 1
    known = table[np.isfinite(table)]
    return float(np.interp(math.log(ratio), np.log(known), np.arange(len(known))))


def _off(run: Driven) -> float:
    """How far each predicted picture is from the mean of the law, given where the run stood."""
    law, x, away = LAWS["right"], run.start, 0.0
    for step, at in zip(run.steps, run.path[:-1], strict=True):
        wanted = law.answer(x / at.alpha, at.ratio) if at.alpha else np.full_like(x, law.mean)
        away = max(away, furthest([step.denoised.double().numpy()], [wanted]))
        x = step.x.double().numpy()
    return away
