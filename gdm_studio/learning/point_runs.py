"""Runs of the samplers on 2-D points, for which the score and the true distribution are known exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.exact import seeded
from gdm_studio.maths.exact.densities import DENSITIES, Density, Line, along
from gdm_studio.maths.exact.distance import sliced_w1
from gdm_studio.maths.exact.mixture import Mixture
from gdm_studio.maths.guidance import guided, tempered
from gdm_studio.maths.noise_path import CLEAN, Denoise, History, NoiseLevel, NoisePath, Step, eps_of
from gdm_studio.maths.numeric_parameters import check_number
from gdm_studio.maths.processes import Process, edm, flow, sub_vp, ve, vp
from gdm_studio.maths.samplers import SAMPLERS, SamplerSpec
from gdm_studio.maths.spacings import SPACINGS, SpacingSpec

# Number of points.
COUNT = 2000
# Step counts at which the distance to the truth is measured.
STEP_COUNTS = (2, 3, 4, 6, 8, 12, 20, 32, 50)
# Number of points on which the variance at a noise level is estimated.
VARIANCE_COUNT = 500
# Density whose lines the user draws.
DRAWN = "drawn"
# The reference denoiser that all others are compared with.
EXACT = "exact"
# The denoisers by name, with their titles: the exact one, and networks by the type of their prediction.
DENOISERS = {
    EXACT: QT_TRANSLATE_NOOP("Plane", "Exact"),
    "edm": QT_TRANSLATE_NOOP("Plane", "Network (EDM)"),
    "epsilon": QT_TRANSLATE_NOOP("Plane", "Network (noise)"),
    "x0": QT_TRANSLATE_NOOP("Plane", "Network (data)"),
}
# Expected clean points for noisy points (n, 2) at a noise level, of a class or of all points.
Predict = Callable[[np.ndarray, NoiseLevel, int | None], np.ndarray]
# The processes by name, with their titles, in the order of the menu.
PROCESSES: dict[str, tuple[str, Callable[[], Process]]] = {
    "vp-linear": (QT_TRANSLATE_NOOP("Plane", "VP, linear"), lambda: vp("linear")),
    "vp-cosine": (QT_TRANSLATE_NOOP("Plane", "VP, cosine"), lambda: vp("cosine")),
    "subvp": (QT_TRANSLATE_NOOP("Plane", "Sub-VP"), sub_vp),
    "ve": (QT_TRANSLATE_NOOP("Plane", "VE"), ve),
    "edm": (QT_TRANSLATE_NOOP("Plane", "EDM"), edm),
    "flow": (QT_TRANSLATE_NOOP("Plane", "Rectified flow"), flow),
}


@dataclass(frozen=True)
class PlaneSettings:
    """Settings of an experiment on the Learn page, in which a sampler moves 2-D points from noise towards a density.

    `label` is the class 0 or 1, or None for all points. `lines` are the user's lines for the density DRAWN.
    """

    density: str = "ring"
    process: str = "vp-linear"
    sampler: str = "ddim"
    spacing: str = "trailing"
    steps: int = 20
    label: int | None = None
    guidance_scale: float = 1.0
    temperature: float = 1.0
    seed: int = 1
    denoiser: str = EXACT
    lines: tuple[Line, ...] = ()


def settings_from(values: Mapping[str, str]) -> PlaneSettings:
    """Parse the settings of a sampler run on 2-D points from a mapping of strings, such as {"steps": "10"}.

    `label` is "0", "1" or "none". Networks and drawn lines are not supported. Raises BadRequest for an unknown name or
    an invalid value.
    """
    names = {
        "density": tuple(DENSITIES),
        "process": tuple(PROCESSES),
        "sampler": tuple(spec.name for spec in samplers()),
        "spacing": tuple(spec.name for spec in spacings()),
        "label": ("none", "0", "1"),
    }
    numbers = {"steps": (1, 1000), "guidance_scale": (0, 50), "temperature": (0, 10), "seed": (0, 2**63 - 1)}
    found: dict[str, Any] = {}
    for name, text in values.items():
        if name in names:
            if text not in names[name]:
                raise BadRequest(f"{name} must be one of {', '.join(names[name])}, not {text!r}.")
            found[name] = text if name != "label" else None if text == "none" else int(text)
        elif name in numbers:
            found[name] = _parse_number(name, text, whole=name in ("steps", "seed"))
            check_number(name, found[name], *numbers[name])
        else:
            raise BadRequest(f"There is no setting called {name!r}; there are {', '.join((*names, *numbers))}.")
    return PlaneSettings(**found)


def _parse_number(name: str, text: str, *, whole: bool) -> float:
    try:
        return int(text) if whole else float(text)
    except ValueError:
        raise BadRequest(f"{name} must be a {'whole number' if whole else 'number'}, not {text!r}.") from None


def samplers() -> Iterator[SamplerSpec]:
    """Yield the samplers that work on 2-D points. They require nothing but a denoiser."""
    return (spec for spec in SAMPLERS.values() if not spec.needs)


def spacings() -> Iterator[SpacingSpec]:
    """Yield the noise-level spacings that work on 2-D points. They require no table of measured score norms."""
    return (spec for spec in SPACINGS.values() if spec.group and not spec.needs_table)


@lru_cache(maxsize=8)
def density_of(name: str, lines: tuple[Line, ...] = ()) -> Density:
    """Return a named distribution of 2-D points, such as "ring". For the name DRAWN, it follows the user's `lines`.

    Raises BadRequest for an unknown name, or for drawn lines of zero length.
    """
    if name == DRAWN:
        return along(lines)
    if name not in DENSITIES:
        raise BadRequest(f"There is no density called {name!r}; choose one of {', '.join(DENSITIES)}.")
    return DENSITIES[name][1]()


@lru_cache(maxsize=8)
def process_of(name: str) -> Process:
    """Return a diffusion process by its name, such as "vp-linear". Raises BadRequest for an unknown name."""
    if name not in PROCESSES:
        raise BadRequest(f"There is no process called {name!r}; choose one of {', '.join(PROCESSES)}.")
    return PROCESSES[name][1]()


@dataclass(frozen=True)
class PlaneRun:
    """Result of running a sampler on 2-D points, with the positions of the points at every noise level from noise to
    data.

    `x[i]` (COUNT, 2) are the points at the noise level `path[i]`, and `denoised[i]` the clean points predicted from
    them; the last `denoised` equals the last `x`. `history[i]` is the sampler's history before the step from `path[i]`.
    """

    settings: PlaneSettings
    path: NoisePath
    x: tuple[np.ndarray, ...]
    denoised: tuple[np.ndarray, ...]
    history: tuple[History, ...] = ()

    @property
    def steps(self) -> int:
        return len(self.path) - 1

    @cached_property
    def classes(self) -> np.ndarray:
        """The class (0 or 1) of each final point of the sampler, as an array of shape (COUNT,)."""
        return density_of(self.settings.density, self.settings.lines).class_of(self.x[-1])

    @cached_property
    def distances(self) -> list[float]:
        """The distance between the points and the true noisy distribution, for each noise level of the run."""
        true = true_distribution(self.settings)
        return [measure_distance(x, true, at) for x, at in zip(self.x, self.path, strict=True)]


def run_plane(settings: PlaneSettings, predict: Predict | None = None) -> PlaneRun:
    """Run a sampler on COUNT random 2-D points, and return their positions at every step.

    `predict` replaces the exact prediction, for example by a network's. Raises BadRequest for incompatible settings.
    """
    path, x, steps = _sample(settings, create_denoiser(settings, predict))
    found, denoised = [x], []
    history: list[History] = [()]
    for step in steps:
        found.append(step.x)
        denoised.append(step.denoised)
        history.append(step.history)
    return PlaneRun(settings, path, tuple(found), (*denoised, found[-1]), tuple(history))


def _sample(settings: PlaneSettings, denoise: Denoise) -> tuple[NoisePath, np.ndarray, Iterator[Step]]:
    """Prepare a sampler run on 2-D points. Returns its noise levels, the initial random points (COUNT, 2), and an
    iterator that computes the steps.
    """
    process = process_of(settings.process)
    path = process.path(settings.spacing, settings.steps)
    noise = seeded(settings.seed)
    x = process.prior(noise, np.zeros((COUNT, 2)), path[0])
    return path, x, SAMPLERS[settings.sampler].fn(denoise, x, path, noise)


def forward(settings: PlaneSettings) -> PlaneRun:
    """Run the forward process instead of a sampler: add noise to true points, with each noise level of the run.

    The result is ordered from noise to data, as in `run_plane`.
    """
    process = process_of(settings.process)
    path = process.path(settings.spacing, settings.steps)
    true = true_distribution(settings).sample(COUNT, seed=settings.seed)
    noise = np.random.default_rng(settings.seed).normal(size=true.shape)
    found = tuple(process.degrade(true, at, noise) for at in path)
    return PlaneRun(settings, path, found, (true,) * len(path))


def true_distribution(settings: PlaneSettings) -> Mixture:
    """Return the true distribution that the sampler should reach: that of the class chosen in the settings, or that of
    all points.
    """
    density = density_of(settings.density, settings.lines)
    return density.mixture if settings.label is None else density.only(settings.label)


def exact_prediction(settings: PlaneSettings) -> Predict:
    """Return the ideal denoiser for 2-D points: a function that computes E[x0 | x] from the known density, or from the
    density of one class.
    """
    density = density_of(settings.density, settings.lines)
    by_label = {label: density.mixture if label is None else density.only(label) for label in (None, 0, 1)}
    return lambda x, at, label: by_label[label].denoise(x, at)


def create_denoiser(settings: PlaneSettings, predict: Predict | None = None) -> Denoise:
    """Return the denoiser that the sampler calls, with class guidance and temperature.

    It uses the exact prediction, or `predict` if given.
    """
    predicted, label = predict or exact_prediction(settings), settings.label

    def alone(x: np.ndarray, at: NoiseLevel) -> np.ndarray:
        return predicted(x, at, label)

    denoise: Denoise = alone
    if label is not None and settings.guidance_scale != 1:
        denoise = guided(lambda x, at: (alone(x, at), predicted(x, at, None)), settings.guidance_scale)
    return tempered(denoise, settings.temperature, 1.0, _make_level_variance(true_distribution(settings)))


def measure_distance(x: np.ndarray, true: Mixture, at: NoiseLevel = CLEAN) -> float:
    """Return the sliced Wasserstein-1 distance of points (n, 2) from the true distribution at a noise level, relative
    to the standard deviation of noisy data.
    """
    spread = float(np.hypot(at.alpha, at.sigma))
    return sliced_w1(x / spread, true.sample(len(x), seed=101, at=at) / spread)


def distance_floor(settings: PlaneSettings) -> float:
    """Return the lowest distance that can be expected, even of a perfect sampler: the mean distance of samples of COUNT
    true points from the true distribution.
    """
    true = true_distribution(settings)
    return float(np.mean([measure_distance(true.sample(COUNT, seed=seed), true) for seed in range(102, 107)]))


def distance_curve(settings: PlaneSettings, predict: Predict | None = None) -> list[tuple[int, float]]:
    """Run a sampler on 2-D points with each number of steps in STEP_COUNTS that it supports. Returns pairs (denoiser
    evaluations, distance of the final points).
    """
    true = true_distribution(settings)
    denoise = create_denoiser(settings, predict)
    count = 0

    def counted(x: np.ndarray, at: NoiseLevel) -> np.ndarray:
        nonlocal count
        count += 1
        predicted: np.ndarray = denoise(x, at)
        return predicted

    found = []
    for steps in STEP_COUNTS:
        count = 0
        try:
            _, x, run = _sample(replace(settings, steps=steps), counted)
            for step in run:
                x = step.x
        except BadRequest:
            continue
        found.append((count, measure_distance(x, true)))
    return found


def score_field(
    settings: PlaneSettings, at: NoiseLevel, places: np.ndarray, predict: Predict | None = None
) -> np.ndarray:
    """Return the score of the noisy density at the positions `places` (n, 2), multiplied by sigma: ∇ log p(x) · sigma.

    The arrows point from noise to data and equal minus the predicted noise, (alpha·x0 − x) / sigma. Requires sigma > 0.
    """
    noise: np.ndarray = eps_of(places, create_denoiser(settings, predict)(places, at), at)
    return -noise


def _make_level_variance(mixture: Mixture) -> Callable[[NoiseLevel], float]:
    @lru_cache(maxsize=256)
    def variance(at: NoiseLevel) -> float:
        drawn = mixture.sample(VARIANCE_COUNT, seed=13, at=at)
        # The variance v of Gaussian data with this mean error: 1/error = 1/v + (alpha/sigma)².
        error = float(mixture.posterior_variance(drawn, at).mean())
        return 1 / max(1 / error - (at.alpha / at.sigma) ** 2, 1e-9)

    return variance
