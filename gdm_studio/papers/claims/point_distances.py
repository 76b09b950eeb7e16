"""Measurements of toy-point models: how far a system's predictions, states and points are from their exact
distribution.

The data distribution is known exactly, and therefore also the distribution of x_t at every noise level and the best
prediction E[x_0 | x_t]. A correct system comes close to them, and no system can do better.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gdm_studio.engine.noise import KeyedNoise
from gdm_studio.maths.exact.distance import sliced_w1
from gdm_studio.maths.exact.mixture import Mixture
from gdm_studio.maths.noise_path import NoiseLevel, NoisePath
from gdm_studio.maths.processes.process import gaussian
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.papers.claims.single_steps import step_back
from gdm_studio.papers.claims.toy_point_measurements import COUNT, Plane, PointRun, points_of

# The number of noise levels of a path at which predictions and states are compared.
COMPARED = 8
# The number of points that are predicted.
PREDICTED = 4096
# The largest noise ratio of compared predictions. Beyond, they hardly change a run.
MOST_RATIO = 10.0
# The number of directions of a sliced distance between states.
DIRECTIONS = 16
# The lowest and the highest noise ratio of the steps whose noise is compared by its moments, and the numbers of steps
# and of points of the run.
MOMENT_RATIOS, MOMENT_STEPS, DRAWS = (0.2, 1.0), 16, 100_000
# The standard deviation of points far from the data.
FAR = 5.0
# The number of points whose start is compared with its law.
STARTED = 65_536
# The seed of true samples, beyond all seeds of runs.
TRUE_SEED = 3000

# The values of terms, one per seed, by their names in `TERMS`.
Terms = dict[str, list[float]]


def terms_of_runs(plane: Plane, runs: Iterable[Iterable[PointRun]]) -> Terms:
    """Return the terms "states", "spread", "shares" and "fresh" of the runs of a system's samplers, one value for each
    seed.

    `runs` yields the runs of one seed after the other. The worst run of a seed counts.
    """
    found: Terms = defaultdict(list)
    for seed, of_seed in enumerate(runs):
        each = list(of_seed)
        found["states"].append(max(states_error(plane, run, seed) for run in each))
        found["spread"].append(max((spread(plane, run.points) for run in each), key=lambda value: abs(np.log(value))))
        found["shares"].append(max(plane.mode_error(run.points) for run in each))
        found["fresh"].append(max(map(numbers_error, each)))
    return dict(found)


def states_error(plane: Plane, run: PointRun, seed: int) -> float:
    """Return the largest distance of a run's states from x_t = α·x_0 + σ·ε, the noised data, over its standard
    deviation.

    It is a sliced W1 distance. The last level is that of the final points.
    """
    last = len(run.path) - 1
    # A generator of a single step starts from its result.
    picked = [last] if last == 1 else np.unique(np.linspace(0, last, COMPARED).round().astype(int)).tolist()
    errors = []
    for index in picked:
        # Langevin dynamics takes its steps at the level before.
        at = run.path[index - 1 if run.lags and 0 < index < last else index]
        found = run.points if at.sigma == 0 else points_of(run.states[index])
        true = draw_noised(plane, at, seed)
        errors.append(sliced_w1(found, true, directions=DIRECTIONS) / float(true.std()))
    return max(errors)


def draw_noised(plane: Plane, at: NoiseLevel, seed: int) -> np.ndarray:
    """Draw true points (COUNT, 2) and add the noise of a level to them, by the equation of the forward process.

    Noise that is not Gaussian is drawn by the process.
    """
    law = plane.stage.diffusion.process.law
    if at.sigma == 0 or law is gaussian:
        return plane.mixture.sample(COUNT, seed=TRUE_SEED + seed, at=at)
    noise = law(KeyedNoise([TRUE_SEED + seed])(0, torch.empty(1, 1, COUNT, 2)), at)
    return at.alpha * plane.mixture.sample(COUNT, seed=TRUE_SEED + seed) + at.sigma * points_of(noise)


def spread(plane: Plane, points: np.ndarray) -> float:
    """Return the deviation of points from the means of their modes, over that of a true sample.

    It is the ratio of medians, so that points between the modes do not count.
    """
    true = plane.mixture.sample(len(points), seed=TRUE_SEED)
    own, exact = (np.linalg.norm(each - plane.mixture.means[plane.modes(each)], axis=1) for each in (points, true))
    return float(np.median(own) / np.median(exact))


def prediction_error(
    plane: Plane,
    path: NoisePath,
    seed: int,
    *,
    denoise: Any = None,
    exact: Callable[..., np.ndarray] | None = None,
    mixture: Mixture | None = None,
) -> float:
    """Return the root-mean-square difference between a denoiser's predictions and the exact ones, E[x_0 | x_t], as a
    fraction of the error that the exact predictions have with respect to x_0.

    The result is the mean over noise levels of the path up to MOST_RATIO. `denoise` is by default the model's denoiser,
    and `exact(x, at)` the denoiser of the known distribution. The points are drawn from `mixture`, by default that
    distribution.
    """
    denoise = plane.denoiser(path, seed) if denoise is None else denoise
    exact = plane.mixture.denoise if exact is None else exact
    true = (mixture or plane.mixture).sample(PREDICTED, seed=TRUE_SEED + seed)
    noise = np.random.default_rng(TRUE_SEED + seed).normal(size=true.shape)
    levels = [at for at in path[:-1] if at.ratio <= MOST_RATIO]
    errors = []
    for index in np.unique(np.linspace(0, len(levels) - 1, COMPARED).round().astype(int)).tolist():
        at = levels[index]
        x = at.alpha * true + at.sigma * noise
        with torch.no_grad():
            found = points_of(denoise(torch.from_numpy(x).float()[None, None], at))
        best = exact(x, at)
        errors.append(float(np.sqrt(np.square(found - best).mean() / np.square(true - best).mean())))
    return float(np.mean(errors))


def largest_prediction(plane: Plane, path: NoisePath, seed: int) -> float:
    """Return the largest absolute value of predictions at the low noise levels of a path, for states so far from the
    data that predictions are beyond ±1 unless they are clipped.
    """
    denoise = plane.denoiser(path, seed)
    far = FAR * torch.randn(1, 1, COUNT, 2, generator=torch.manual_seed(seed))
    with torch.no_grad():
        return max(float(denoise(at.alpha * far, at).abs().max()) for at in path[:-1] if at.ratio < 1)


def numbers_error(run: PointRun) -> float:
    """Return the largest error of the random numbers of a run, which are independent and from N(0, 1): of their means,
    their variances and their distances from N(0, 1), and of the correlations of different draws.
    """
    rows = np.stack(run.numbers)
    mean, variance = rows.mean(axis=1), rows.var(axis=1)
    normal = np.sort(np.random.default_rng(TRUE_SEED).normal(size=rows.shape[1]))
    apart = abs(np.sort(rows, axis=1) - normal).mean(axis=1)
    centred = rows - mean[:, None]
    joint = centred @ centred.T / rows.shape[1] / np.sqrt(np.outer(variance, variance) + 1e-30)
    errors = abs(mean), abs(variance - 1), apart, abs(np.triu(joint, 1)).ravel()
    return float(np.concatenate(errors).max())


def start_error(plane: Plane, path: NoisePath, seed: int) -> float:
    """Return the largest error of the start x_T′ = √ᾱ_T′·x′ + √(1 − ᾱ_T′)·ε of a run that begins with the points x′ of
    a generator: of both coefficients, over their values, and of the correlation of ε with the generator's z, which is
    0.
    """
    at, noise = path[0], KeyedNoise([seed])
    like = torch.zeros(1, 1, STARTED, 2)
    z = noise(0, like)
    with torch.no_grad():
        images = points_of(plane.stage.generate(z, plane.stage.conditioning([Conditioning()])))
    start = points_of(plane.stage.start([Conditioning()], path, noise, like))
    signal = float((start * images).mean() / np.square(images).mean())
    rest = start - signal * images
    deviation = float(np.sqrt(np.square(rest).mean()))
    joint = abs(float(np.corrcoef(rest.ravel(), points_of(z).ravel())[0, 1]))
    return max(abs(signal / at.alpha - 1), abs(deviation / at.sigma - 1), joint)


def noise_error(plane: Plane, samplers: Sequence[str], seed: int) -> float:
    """Return the largest error of the variance, the skewness and the kurtosis of the noise that samplers add, over the
    largest of the three in the paper.

    The noise of a step is its deviation from the step's mean, over the step's standard deviation. The steps lead to
    noise ratios where these moments matter.
    """
    law: Any = plane.stage.diffusion.process.law
    path = plane.path(MOMENT_STEPS, "exponential")
    start, errors = torch.zeros(1, 1, DRAWS, 2), []
    for name in samplers:
        states = plane.run(name, MOMENT_STEPS, seed, spacing="exponential", start=start, denoise=_predict_zero).states
        for (at, to), (before, after) in zip(pairwise(path), pairwise(states), strict=True):
            if MOMENT_RATIOS[0] <= to.ratio <= MOMENT_RATIOS[1]:
                mean, deviation = step_back(name, torch.zeros_like(before), before, at, to)
                z = points_of((after - mean) / deviation)
                exact = (1.0, law.skewness(to), 3 + law.excess_kurtosis(to))
                found = [float((z**power).mean()) for power in (2, 3, 4)]
                errors += [abs(one - other) / max(exact) for one, other in zip(found, exact, strict=True)]
    return max(errors)


def _predict_zero(x: Tensor, at: NoiseLevel) -> Tensor:
    return torch.zeros_like(x)
