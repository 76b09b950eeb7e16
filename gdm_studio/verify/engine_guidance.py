"""Checks of the guidance interval and of the temperature in generated images."""

from __future__ import annotations

from collections.abc import Iterator

from gdm_studio.maths.processes import vp
from gdm_studio.verify.check_result import Row, at_most, equal
from gdm_studio.verify.exact_model import LAWS, DataDistribution, ExactLibrary, furthest, request, run_engine

LINEAR = vp("linear")
STEPS = 10
# Standard deviation of the data in the model's card.
WIDE = 0.5
# Tolerance of the adaptive solver.
TOLERANCE = 1e-6


def check_controls() -> Iterator[Row]:
    """Check that guidance is active only in its interval of steps, and that temperature scales the variance."""
    yield from _check_intervals()
    yield from _check_temperature()


def _check_intervals() -> Iterator[Row]:
    """Check that guidance is active only in its interval: step i of n must evaluate two predictions if from ≤ i/n <
    until, and otherwise one.
    """
    for begin, end in ((0.0, 1.0), (0.2, 0.8), (0.35, 0.75), (0.5, 0.5)):
        interval = {"guidance_from": begin, "guidance_until": end}
        wanted = request(sampler="ddim", steps=STEPS, guidance_scale=3.0, controls=interval)
        run = run_engine(wanted, ExactLibrary(LINEAR, data_scale=WIDE))
        rows = [evaluation.rows // run.start.shape[0] for evaluation in run.evaluations]
        inside = [2 if begin <= i / STEPS < end else 1 for i in range(STEPS)]
        wrong = sum(one != other for one, other in zip(rows, inside, strict=True))
        yield equal(f"guidance from {begin:g} until {end:g}: steps with the wrong predictions", wrong, 0, tolerance=0)


def _check_temperature() -> Iterator[Row]:
    """Check that sampling Gaussian data at temperature tau follows the exact probability-flow ODE of Gaussian data with
    tau times the variance.
    """
    line = LAWS["line"]
    for tau in (0.25, 0.6, 1.7):
        cool = DataDistribution(line.mean, 0.0, tau * line.variance)
        params = {"tolerance": TOLERANCE}
        wanted = request(sampler="ode_rk45", steps=STEPS, knobs=params, temperature=tau, prompt="line")
        run = run_engine(wanted, ExactLibrary(LINEAR, data_scale=WIDE))
        last_level = list(run.ys())[-2]
        exact = cool.flow(run.start / run.path[0].alpha, run.ratios[0], run.ratios[-2])
        title = f"temperature {tau:g}: from the exact flow of colder data, off by"
        yield at_most(title, furthest([last_level], [exact]), 10 * TOLERANCE)
