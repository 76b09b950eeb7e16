"""Checks of Langevin dynamics: the chain's distribution, the NCSN paper's example, and the benefit of a corrector."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import numpy as np

from gdm_studio.maths.exact import Gaussian, Mixture, gaussian, propagated, seeded, spread, two_modes
from gdm_studio.maths.exact.distance import normal_quantiles, quantiles, w1
from gdm_studio.maths.guidance import tempered
from gdm_studio.maths.noise_path import CLEAN, Array, Denoise, Noise, NoiseLevel, NoisePath, Step
from gdm_studio.maths.processes import vp
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.samplers.registry import SamplerFn
from gdm_studio.verify.check_result import Row, at_most, equal, reported
from gdm_studio.verify.sampler_cases import last_x

TOY = Mixture(np.array([0.2, 0.8]), np.array([[-5.0], [5.0]]), np.ones(2))
SAMPLES = 4096
# Noise level of the chains whose distribution is known, and their number of steps.
LEVEL = 0.5
LONG = 1000.0
STANDARD = Gaussian(np.zeros(1), np.eye(1))
VARIANCE = 0.25
TWO_MODES = two_modes()
LINEAR = vp("linear")
SIDE = 64


def check_langevin() -> Iterator[Row]:
    """Check Langevin dynamics: its stationary distribution, the NCSN paper's example, and correctors."""
    yield from _check_chain()
    yield from _check_toy()
    yield from _check_corrector()


def _check_chain() -> Iterator[Row]:
    """Check the mean and variance to which Langevin steps at one noise level converge, at several temperatures. If the
    data consist of a single image, the samplers must converge to it.
    """
    data = gaussian((VARIANCE,), 0.3)
    path = (NoiseLevel(1.0, LEVEL), NoiseLevel(1.0, LEVEL / 2), CLEAN)
    # `step` is the score's factor, in units of the level's variance.
    for name, step in (("ncsn", 0.1), ("ncsnv2", 0.062)):
        for tau in (0.5, 1.0, 2.0):
            total = tau * VARIANCE + LEVEL**2
            # x <- x − (a/total)·(x − m) + √(2a)·z with a = step·LEVEL² has the variance 2·total / (2 − a/total).
            expected = 2 * total / (2 - step * LEVEL**2 / total)
            denoise = tempered(data.denoise, tau, math.sqrt(VARIANCE))
            found = propagated(partial(_sample_one_level, SAMPLERS[name].fn), denoise, path, start=STANDARD)
            yield equal(f"{name}, tau {tau:g}: variance at a level", found.covariance[0, 0], expected, tolerance=1e-6)
            yield equal(f"{name}, tau {tau:g}: mean at a level", found.mean[0], 0.3, tolerance=1e-6)
        found = propagated(SAMPLERS[name].fn, lambda x, at: 0 * x + 0.7, path, start=STANDARD)
        away = abs(found.mean[0] - 0.7) + found.covariance[0, 0]
        yield equal(f"{name}: distance from the only picture there is", away, 0.0, tolerance=1e-12)


def _sample_one_level(sampler: SamplerFn, denoise: Denoise, x: Array, path: NoisePath, noise: Noise) -> Iterator[Step]:
    yield next(iter(sampler(denoise, x, path, noise, each=LONG)))


def _check_toy() -> Iterator[Row]:
    """Reproduce the example of Song and Ermon 2019, section 3.2.2: plain Langevin dynamics gives two modes wrong
    weights, and annealed Langevin dynamics gives them the correct ones.
    """
    start = 16 * ((np.arange(SAMPLES) + 0.5) / SAMPLES)[:, None] - 8
    noise = seeded(21)
    x = start
    step = 0.1
    for i in range(1000):
        score = TOY.responsibilities(x, CLEAN) @ TOY.means - x
        x = x + step / 2 * score + math.sqrt(step) * noise(i, x)
    yield at_most("modes of 0.2 and 0.8, plain Langevin: share of the right one", np.mean(x > 0), 0.65)
    path = (*(NoiseLevel(1.0, 20.0 ** (1 - i / 9)) for i in range(10)), CLEAN)
    x = last_x(SAMPLERS["ncsn"].fn(TOY.denoise, start, path, seeded(22), each=100.0, step_size=0.1))
    yield equal("modes of 0.2 and 0.8, annealed: share of the right one", np.mean(x > 0), 0.8, tolerance=0.03)


def _check_corrector() -> Iterator[Row]:
    """Compare samplers with and without a Langevin corrector, for the same number of steps and for the same number of
    network evaluations.
    """
    truth = quantiles(TWO_MODES, SAMPLES)[:, 0]
    for name in ("pc", "pc_ancestral"):
        alone = {steps: w1(_sample_pixels(name, steps, 0.0), truth) for steps in (50, 100, 200)}
        for steps in (50, 100):
            both = w1(_sample_pixels(name, steps, 0.16), truth)
            title = f"two modes, {name}, {steps} steps: W1"
            yield reported(f"{title} without its corrector", alone[steps])
            yield reported(f"{title} without it, as many evaluations", alone[2 * steps])
            # The reverse-diffusion predictor is so accurate on these data that nothing is left to correct.
            yield at_most(title, both, alone[steps]) if name == "pc_ancestral" else reported(title, both)


def _sample_pixels(name: str, steps: int, snr: float) -> np.ndarray:
    """Return all pixel values of sampled images whose SIDE² pixels are independent and have two narrow modes. `snr` is
    the corrector's signal-to-noise ratio; 0 disables the corrector.
    """

    def denoise(x: Array, at: NoiseLevel) -> Array:
        return TWO_MODES.denoise(x.reshape(-1, 1), at).reshape(x.shape)

    even = spread(SAMPLES)

    def noise(step: int, like: Array, draw: int = 0) -> Array:
        return even(step, like.reshape(-1, 1), draw).reshape(like.shape)

    x = np.random.default_rng(23).permutation(normal_quantiles(SAMPLES)).reshape(-1, SIDE * SIDE)
    return last_x(SAMPLERS[name].fn(denoise, x, LINEAR.path("linspace", steps), noise, snr=snr)).reshape(-1)
