"""Measurements of systems on points in the plane, whose distribution is known exactly.

Small images hide the effects that the papers describe: a class has so few 32-pixel drawings that hardly more than one
can be the original of a noisy image. Points of a Gaussian mixture show these effects, and every result can be compared
with the truth. A system's model of points is trained by its own recipe (`--data points:grid`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.engine.noise import KeyedNoise, denoiser_noise
from gdm_studio.maths.exact.distance import sliced_w1, total_variation
from gdm_studio.maths.exact.mixture import Mixture
from gdm_studio.maths.guidance import guided
from gdm_studio.maths.likelihood import log_likelihood
from gdm_studio.maths.noise_path import CLEAN, Array, Denoise, Noise, NoiseLevel, NoisePath
from gdm_studio.maths.optimal_variance import ScoreNorms, analytic_variance
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.families.papers.method_parts import RandomInput, part_of
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.papers.training.training_images import classes, grid, two_modes

# The number of points per seed.
COUNT = 4096
# The distributions of the models that are not trained on the grid, by the end of the model's name.
DISTRIBUTIONS = {"ncsn-points": two_modes, "-classes": classes}
# The number of steps of an ODE's solution that counts as exact.
EXACT_STEPS = 200
# A point belongs to a mode within this distance, in standard deviations of the mode.
NEAR = 3.0
# The step of a central difference, relative to sigma.
DIFFERENCE_STEP = 0.01

# The name of a spacing whose steps differ in log-SNR from the steps before them.
UNEVEN = "uneven"
# The samplers of Langevin dynamics.
LANGEVIN = ("ncsn", "ncsnv2")

T = TypeVar("T")


@dataclass(frozen=True)
class PointRun:
    """Sampling run of points: the state x (1, 1, COUNT, 2) at each noise level of its path, and the final points
    (COUNT, 2).
    """

    path: NoisePath
    states: tuple[Tensor, ...]
    points: np.ndarray
    # True if each state but the last has the noise of the level before, as in Langevin dynamics.
    lags: bool = False
    # The random numbers (COUNT · 2,) that the run used: of its start, of the inputs of its networks, and of its steps.
    numbers: tuple[np.ndarray, ...] = ()


@dataclass(frozen=True)
class Plane:
    """Loaded model that generates 2-D points, with the exact distribution of its training points."""

    card: ModelCard
    stage: Any

    @classmethod
    def load(cls, library: Library, name: str) -> Plane:
        """Load an installed model of 2-D points onto the CPU. Raises StudioError if it is not installed."""
        model = library.load(name, device=torch.device("cpu"), dtype=torch.float32)
        return cls(model.card, model.stages[0])

    @cached_property
    def mixture(self) -> Mixture:
        return next((each for end, each in DISTRIBUTIONS.items() if self.card.name.endswith(end)), grid)()

    @property
    def norms(self) -> ScoreNorms:
        return ScoreNorms(self.card.score_norms)

    def path(self, steps: int, spacing: str = "linspace") -> NoisePath:
        """Return the noise path for sampling the model: the noise levels of `steps` steps, from pure noise to clean
        points.

        The spacing UNEVEN alternates steps of one and of two units of log-SNR.
        """
        process = self.stage.diffusion.process
        if spacing != UNEVEN:
            return self.card.points(process, spacing, steps)
        *levels, last = self.card.points(process, "exponential", steps + (steps - 1) // 2)
        return (*(level for index, level in enumerate(levels) if index % 3 != 2), last)

    def denoiser(self, path: NoisePath, seed: int, *, rows: int = 1, label: str = "") -> Any:
        """Return the model's denoiser, which predicts clean points of the class `label` from noisy ones.

        `rows` is the batch size, and `seed` determines any random inputs of the network.
        """
        noise = denoiser_noise(KeyedNoise([seed] * rows), path, rows)
        return self.stage.denoiser([Conditioning(label=label)] * rows, path, noise)

    def start(self, path: NoisePath, seed: int) -> Tensor:
        """Draw the random initial points (1, 1, COUNT, 2) of a sampling run. `path` contains the noise levels of the
        run.
        """
        like = torch.zeros(1, 1, COUNT, 2)
        found: Tensor = self.stage.start([Conditioning()], path, KeyedNoise([seed]), like)
        return found

    def run(
        self,
        sampler: str,
        steps: int,
        seed: int,
        *,
        spacing: str = "linspace",
        start: Tensor | None = None,
        denoise: Any = None,
        **params: Any,
    ) -> PointRun:
        """Generate points with a sampler of the given name, and return all states of the run.

        `start` replaces the initial points, and `denoise` replaces the model's denoiser. Without them the run is
        cached, because many claims compare with the same ones.
        """

        def generate() -> PointRun:
            path, record = self.path(steps, spacing), NumberRecord()
            found = record.listening(self)._denoise(path, sampler, seed, record, start=start, denoise=denoise, **params)
            points = points_of(self.stage.decode_data(found[-1]))
            return PointRun(path, found, points, lags=sampler in LANGEVIN, numbers=record.numbers)

        if start is not None or denoise is not None:
            return generate()
        return self._get_cached((sampler, steps, seed, spacing, *sorted(params.items())), generate)

    def sample(self, sampler: str, steps: int, seed: int, **settings: Any) -> np.ndarray:
        """Generate points (COUNT, 2) with a sampler of the given name. The settings are those of `run`."""
        return self.run(sampler, steps, seed, **settings).points

    def generate_latents(self, sampler: str, steps: int, seed: int) -> np.ndarray:
        """Generate latents (COUNT, 2) with a sampler, without decoding them to points.

        For models with an autoencoder.
        """
        return points_of(self.run(sampler, steps, seed).states[-1])

    def counted_sample(self, sampler: str, steps: int, seed: int, **settings: Any) -> tuple[np.ndarray, int]:
        """Generate points (COUNT, 2) with a sampler. Returns the points and the number of network evaluations."""
        denoise = self.denoiser(self.path(steps, settings.get("spacing", "linspace")), seed)
        evaluations = 0

        def counted(x: Array, at: NoiseLevel) -> Array:
            nonlocal evaluations
            evaluations += 1
            return denoise(x, at)

        points = self.sample(sampler, steps, seed, denoise=counted, **settings)
        return points, evaluations

    def solve_exact_ends(self, seed: int, spacing: str) -> tuple[Tensor, np.ndarray]:
        """Solve the sampling ODE almost exactly, as a reference for measuring a sampler's error. The solution is
        cached.

        Returns the initial points (1, 1, COUNT, 2), and the points (COUNT, 2) that the ODE reaches from there in
        EXACT_STEPS steps of Heun's method.
        """

        def solve() -> tuple[Tensor, np.ndarray]:
            start = self.start(self.path(10, spacing), seed)
            return start, self.sample("heun", EXACT_STEPS, seed, start=start, spacing=spacing)

        return self._get_cached(("exact ends", seed, spacing), solve)

    def guided(self, path: NoisePath, seed: int, label: str, scale: float) -> Denoise:
        """Return the model's denoiser for the class `label`, with guidance of the given strength."""
        with_class, without = (self.denoiser(path, seed, label=each) for each in (label, ""))
        return guided(lambda x, at: (with_class(x, at), without(x, at)), scale)

    def guided_sample(self, sampler: str, steps: int, seed: int, label: str, scale: float) -> np.ndarray:
        """Generate points (COUNT, 2) of the class `label` with classifier-free or classifier guidance.

        `scale` is the strength of the guidance. The points are cached.
        """

        def generate() -> np.ndarray:
            return self.sample(sampler, steps, seed, denoise=self.guided(self.path(steps), seed, label, scale))

        return self._get_cached(("guided", sampler, steps, seed, label, scale), generate)

    def _get_cached(self, key: Hashable, calculate: Callable[[], T]) -> T:
        """Return the cached result for a key, or call the function and cache its result."""
        if key not in self._cached_results:
            self._cached_results[key] = calculate()
        found: T = self._cached_results[key]
        return found

    @cached_property
    def _cached_results(self) -> dict[Hashable, Any]:
        return {}

    def _denoise(
        self,
        path: NoisePath,
        sampler: str,
        seed: int,
        record: NumberRecord,
        *,
        start: Tensor | None,
        denoise: Any,
        **params: Any,
    ) -> tuple[Tensor, ...]:
        like = torch.zeros(1, 1, COUNT, 2)
        if start is None:
            start = self.stage.start([Conditioning()], path, record.of(KeyedNoise([seed])), like)
            record.end_start()
        denoise = self.denoiser(path, seed) if denoise is None else denoise
        noise: Any = self.stage.diffusion.process.noise(record.of(KeyedNoise([seed])), path)
        states = [start]
        with torch.no_grad():
            for step in SAMPLERS[sampler].fn(denoise, states[0], path, noise, **self.needs(sampler, denoise), **params):
                states.append(step.x)
        return tuple(states)

    def needs(self, sampler: str, denoise: Any) -> dict[str, Any]:
        """Return the extra arguments that a sampler requires, such as the model's learned variance or analytic
        variances, as {name: value}.
        """
        needed = SAMPLERS[sampler].needs
        if needed == "learned_variance":
            return {needed: lambda x, at: denoise.variance}
        if needed == "reverse_variance":
            return {needed: analytic_variance(self.norms, data_scale=self.card.data_scale)}
        return {}

    def excess(self, points: np.ndarray, seed: int = 0) -> float:
        """Return how much farther generated points are from the true distribution than a true sample is (excess
        distance).

        It is the difference of two sliced W1 distances. Both samples have the same number of points.
        """
        true = self.mixture.sample(len(points), seed=1000 + seed)
        return sliced_w1(points, true) - self.floor(len(points))

    def floor(self, count: int = COUNT) -> float:
        """Return the mean sliced W1 distance between two samples of `count` points from the true distribution.

        Even a perfect model has this distance.
        """
        pairs = [
            (self.mixture.sample(count, seed=a), self.mixture.sample(count, seed=50 + a)) for a in range(2000, 2005)
        ]
        return float(np.mean([sliced_w1(one, other) for one, other in pairs]))

    def at_modes(self, points: np.ndarray) -> float:
        """Return the fraction of points that lie within NEAR standard deviations of a mode of the distribution."""
        distances = ((points[:, None] - self.mixture.means) ** 2).sum(axis=2)
        return float((distances < NEAR**2 * self.mixture.variances).any(axis=1).mean())

    def modes(self, points: np.ndarray) -> np.ndarray:
        """Return the index of the nearest mode of the true distribution for each of the points (N, 2), as an array
        (N,).
        """
        distances = ((points[:, None] - self.mixture.means) ** 2).sum(axis=2)
        nearest: np.ndarray = distances.argmin(axis=1)
        return nearest

    def most_probable_modes(self, points: np.ndarray) -> np.ndarray:
        """Return the index of each point's most probable mode, for points (N, 2), as an array (N,)."""
        found: np.ndarray = self.mixture.responsibilities(points, CLEAN).argmax(axis=1)
        return found

    def mode_error(self, points: np.ndarray) -> float:
        """Return the difference between the relative frequencies of the modes among the points and the modes' true
        weights.

        It is the total variation distance, in 0 … 1.
        """
        return total_variation(self.mixture.mode_shares(points), self.mixture.weights)

    def exact_denoiser(self) -> Denoise:
        """Return the ideal denoiser E[x0 | x], computed from the known distribution instead of a network.

        It takes points (N, 1, P, 2).
        """

        def denoise(x: Array, at: NoiseLevel) -> Array:
            found = self.mixture.denoise(points_of(x).astype(float), at)
            return torch.from_numpy(found).to(x).reshape(x.shape)

        return denoise

    def draw_held_out(self, count: int, seed: int = 0) -> Tensor:
        """Draw points (1, 1, count, 2) from the true distribution that no model was trained on."""
        return torch.from_numpy(self.mixture.sample(count, seed=77 + seed)).float()[None, None]

    def log_likelihood(self, count: int, seed: int, *, least: float) -> tuple[float, float]:
        """Return the mean log-likelihood of held-out points under the model, in nats, by the probability-flow ODE, and
        that under the true distribution.

        The ODE is integrated down to the noise ratio `least`, and the points have that much noise.
        """
        process = self.stage.diffusion.process
        most = max(ratio for ratio in process.ratios if math.isfinite(ratio))
        at = process.coordinates(least)
        true = self.draw_held_out(count, seed)
        x = at.alpha * true + at.sigma * torch.from_numpy(np.random.default_rng(seed).normal(size=true.shape))
        path = (process.coordinates(most), at)
        model = self.denoiser(path, seed, rows=2)

        def denoise(x: Array, at: NoiseLevel) -> Array:
            with torch.no_grad():
                return model(x.float(), at).double()

        def jvp(x: Array, at: NoiseLevel, direction: Array) -> Array:
            h = DIFFERENCE_STEP * at.sigma
            return (denoise(x + h * direction, at) - denoise(x - h * direction, at)) / (2 * h)

        # The points are independent. Probing the two coordinates of all points at once therefore gives the exact
        # divergence.
        probes = math.sqrt(2) * torch.eye(2, dtype=torch.float64)[:, None, None].expand(2, 1, count, 2)
        found = log_likelihood(
            denoise, jvp, x.double(), probes, coordinates=process.coordinates, ratios=(least, most), tolerance=1e-4
        )
        true_nats = self.mixture.log_density(points_of(x), at)
        return float(found.nats.mean()) / count, float(true_nats.mean())

    def without_time(self) -> Plane:
        """Return an ablated copy of the model, whose network always receives the same noise level."""
        network = self.stage.networks["denoiser"]

        def blind(x: Tensor, time: Tensor, *rest: Tensor) -> Tensor:
            found: Tensor = network(x, torch.full_like(time, 0.5), *rest)
            return found

        return replace(self, stage=replace(self.stage, networks={**self.stage.networks, "denoiser": blind}))


class NumberRecord:
    """Record of the random numbers that a run of points uses.

    The numbers that a generator gets for the start are recorded as its input. All other draws of the start, all draws
    of the sampler, and all inputs of the networks are recorded too, even if they are equal to recorded ones. A
    generator that gets the same numbers again, for an image that stays, counts once.
    """

    def __init__(self) -> None:
        self._other_noise: list[Tensor] = []
        self._images: list[Tensor] = []
        self._inputs: list[Tensor] = []

    @property
    def numbers(self) -> tuple[np.ndarray, ...]:
        return tuple(each.reshape(-1).double().numpy() for each in (*self._images, *self._inputs, *self._other_noise))

    def of(self, noise: Noise) -> Noise:
        """Return the source of noise, whose draws are recorded."""

        def recorded(step: int, like: Tensor, draw: int = 0) -> Tensor:
            found: Tensor = noise(step, like, draw)
            self._other_noise.append(found)
            return found

        return recorded

    def end_start(self) -> None:
        """Remove the draws that a generator got for the start from the other draws, since they are recorded as its
        input.
        """
        self._other_noise = [each for each in self._other_noise if not _is_among(each, self._images)]

    def listening(self, plane: Plane) -> Plane:
        """Return the plane with networks whose random inputs are recorded."""
        networks = dict(plane.stage.networks)
        random: Any = part_of(plane.stage.parts, RandomInput)
        if "generator" in networks:
            networks["generator"] = self._listen_to_generator(networks["generator"])
        if random is not None:
            networks["denoiser"] = self._listen_to_denoiser(networks["denoiser"], random.latent)
        return replace(plane, stage=replace(plane.stage, networks=networks))

    def _listen_to_generator(self, network: nn.Module) -> Any:
        def listen(z: Tensor, *cond: Tensor) -> Tensor:
            if not _is_among(z, self._images):
                self._images.append(z)
            found: Tensor = network(z, *cond)
            return found

        return listen

    def _listen_to_denoiser(self, network: nn.Module, latent: int) -> Any:
        def listen(x: Tensor, time: Tensor, cond: Tensor) -> Tensor:
            self._inputs.append(cond[..., -latent:])
            found: Tensor = network(x, time, cond)
            return found

        return listen


def _is_among(numbers: Tensor, others: Sequence[Tensor]) -> bool:
    return any(torch.equal(numbers.reshape(-1), each.reshape(-1)) for each in others)


def points_of(x: Tensor) -> np.ndarray:
    """Convert a tensor of points (1, 1, P, 2) to a NumPy array (P, 2) of doubles."""
    found: np.ndarray = x[0, 0].detach().cpu().double().numpy()
    return found
