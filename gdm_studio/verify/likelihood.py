"""Checks of log-likelihoods computed with the probability-flow ODE, against densities known in closed form."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from gdm_studio.maths.exact import Mixture, ring, two_modes
from gdm_studio.maths.likelihood import Jvp, difference_jvp, log_likelihood, solve_flow
from gdm_studio.maths.processes import Process, sub_vp, ve, vp_sde
from gdm_studio.verify.check_result import Row, at_most, reported

# Scalar images near both modes and between them.
PLACES = (-1.06, -0.97, 0.5, 1.02)
SIGNS = np.where(np.random.default_rng(5).random((1000, 2)) < 0.5, -1.0, 1.0)


def check_likelihood() -> Iterator[Row]:
    """Check log-likelihoods by the probability-flow ODE, with exact divergence and Hutchinson's estimate."""
    line = two_modes()
    plane = ring()
    for process in (vp_sde(), sub_vp(), ve()):
        away = max(
            abs(_measure_errors(process, line, np.array([[place]]), line.jvp, np.ones((1, 1)))[0]) for place in PLACES
        )
        yield at_most(f"{process.name}, two modes: exact divergence, nats off", away, 1e-3)
        x = np.array([[0.55, 0.4]])
        units = np.sqrt(2.0) * np.eye(2)
        away = abs(_measure_errors(process, plane, x, plane.jvp, units).mean())
        yield at_most(f"{process.name}, ring of 8: exact divergence, nats off", away, 1e-3)
        away = abs(_measure_errors(process, plane, x, difference_jvp(plane.denoise), units).mean())
        yield at_most(f"{process.name}, ring of 8: divergence by differences, nats off", away, 1e-3)
        drawn = _measure_errors(process, plane, x, plane.jvp, SIGNS)
        error = drawn.std(ddof=1) / math.sqrt(len(SIGNS))
        yield reported(f"{process.name}, ring of 8: {len(SIGNS)} probes, standard error in nats", error)
        away = abs(drawn.mean()) / error
        yield at_most(f"{process.name}, ring of 8: {len(SIGNS)} probes, standard errors off", away, 3.0)
        away = _measure_round_trip_error(process, plane)
        yield at_most(f"{process.name}, ring of 8: there and back by the ODE, off by", away, 1e-4)


def _measure_errors(process: Process, data: Mixture, x: np.ndarray, jvp: Jvp, probes: np.ndarray) -> np.ndarray:
    """Return the error in nats of the log-likelihood computed with each probe vector. The small error from
    approximating the noisiest distribution by a Gaussian is removed.
    """
    least = process.ratios[0]
    most = process.ratios[-1]
    end = process.coordinates(most)
    found = log_likelihood(
        data.denoise, jvp, x, probes, coordinates=process.coordinates, ratios=(least, most), tolerance=1e-6
    )
    variance = end.alpha**2 + end.sigma**2
    d = x.shape[1]
    prior = -(found.latent**2).sum() / (2 * variance) - d / 2 * math.log(2 * math.pi * variance)
    mismatch = data.log_density(found.latent, end)[0] - prior
    return np.asarray(found.nats) + mismatch - data.log_density(x, process.coordinates(least))[0]


def _measure_round_trip_error(process: Process, data: Mixture) -> float:
    least = process.ratios[0]
    most = process.ratios[-1]
    x = data.sample(8, seed=7, at=process.coordinates(least))
    there = solve_flow(data.denoise, x, coordinates=process.coordinates, ratios=(least, most), tolerance=1e-8)
    back = solve_flow(data.denoise, there, coordinates=process.coordinates, ratios=(most, least), tolerance=1e-8)
    return float(np.abs(back - x).max())
