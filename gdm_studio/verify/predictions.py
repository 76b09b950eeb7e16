"""Checks of prediction types and time inputs: every parameterisation of the network must give the same predictions in
the engine.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from gdm_studio.maths.processes import Process, edm, flow, sub_vp, ve, vp
from gdm_studio.verify.check_result import Row, at_most
from gdm_studio.verify.exact_model import LAWS, ExactLibrary, RecordedRun, furthest, request, run_engine

STEPS = 7
# x0 from a predicted eps loses as many digits as the ratio has, since little of the image is left.
NEAR = 1e-4


def check_predictions() -> Iterator[Row]:
    """Check the network's time input, and x0 from its output, for eps, x0, v, flow and EDM predictions."""
    linear = vp("linear")
    endless = vp("scaled_linear", zero_terminal_snr=True)
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
            run = run_engine(request(sampler="ddim", spacing=spacing, steps=STEPS), ExactLibrary(process, prediction))
            what = f"{prediction} on {title}, {spacing}"
            names = [_compute_time_input(prediction, process, ratio) for ratio in run.ratios[:-1]]
            away = furthest([np.array([evaluation.time for evaluation in run.evaluations])], [np.array(names)])
            yield at_most(f"{what}: time input off by", away, 1e-6)
            yield at_most(f"{what}: x0 off by", _measure_error(run), NEAR)


def _compute_time_input(prediction: str, process: Process, ratio: float) -> float:
    """Return the number by which the network identifies a noise ratio, its time input. It is log(sigma)/4 for EDM
    (Karras et al. 2022, table 1), 1000 times the time for flow matching, and otherwise the timestep.
    """
    if prediction == "edm":
        return math.log(ratio) / 4
    if prediction == "flow":
        return 1000 * (ratio / (1 + ratio) if ratio < math.inf else 1.0)
    table = np.array(process.ratios)
    if ratio == math.inf:
        return len(table) - 1
    known = table[np.isfinite(table)]
    return float(np.interp(math.log(ratio), np.log(known), np.arange(len(known))))


def _measure_error(run: RecordedRun) -> float:
    """Return the largest error of the x0 predictions in a run, compared with the exact conditional mean E[x0 | x] at
    each step.
    """
    law = LAWS["right"]
    x = run.start
    away = 0.0
    for step, at in zip(run.steps, run.path[:-1], strict=True):
        wanted = law.answer(x / at.alpha, at.ratio) if at.alpha else np.full_like(x, law.mean)
        away = max(away, furthest([step.denoised.double().numpy()], [wanted]))
        x = step.x.double().numpy()
    return away
