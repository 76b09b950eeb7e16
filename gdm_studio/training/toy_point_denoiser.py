"""A small network that learns to denoise points in the plane within seconds. It needs no torch, so that the window can
train it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np

from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.exact.densities import Density
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import Process

# Width and number of the hidden layers.
WIDTH = 96
LAYERS = 3
# Frequencies of the sines and cosines of coordinates and of the time, in multiples of π/2. The highest one resolves a
# fiftieth of the plane.
COORDINATE_WAVES = (1.0, 2.0, 4.0, 8.0, 16.0)
TIME_WAVES = (1.0, 2.0, 4.0)
# Decay of the means of Adam, and the number that keeps its division finite.
BETAS, EPSILON = (0.9, 0.999), 1e-8
# Points of a batch.
BATCH = 1024
RATE = 2e-3
# Decay of the averaged weights in one step.
DECAY = 0.995
# Fraction of the points whose class is hidden from the network, as guidance requires.
WITHOUT_CLASS = 0.2
# Points at each of the noise levels on which the error is measured.
MEASURED = 256
LEVELS = 32


class PlaneNetwork:
    """Small network that is being trained, within seconds, to denoise points in the plane.

    `prediction` is "edm", "epsilon" or "x0", and `steps` the number of training steps so far.
    """

    def __init__(self, density: Density, process: Process, prediction: str, *, seed: int = 0) -> None:
        self._density = density
        self._diffusion = Diffusion(process, prediction)
        self._rng = np.random.default_rng(seed)
        self._levels = [process.coordinates(ratio) for ratio in process.ratios if math.isfinite(ratio)]
        self._network = _Network(_initial_parameters(np.random.default_rng(seed)))
        self._averaged_network = _Network(self._network.values.copy())
        # Adam's means of the gradient and of its square.
        self._moments = (np.zeros_like(self._network.values), np.zeros_like(self._network.values))
        self.steps = 0

    def train(self, seconds: float, total: int) -> None:
        """Train the network for `seconds`, or until it has taken `total` steps since its creation. At least one step is
        taken.
        """
        end = time.monotonic() + seconds
        while True:
            self.step()
            if self.steps >= total or time.monotonic() >= end:
                break

    def predictor(self) -> Callable[[np.ndarray, NoiseLevel, int | None], np.ndarray]:
        """Return a function that predicts clean points with a copy of the network, which later training does not
        change.

        It is called with noisy points (n, 2), their noise level and their class (or None for all points), and returns
        the expected clean points. The weights are averages over the most recent steps.
        """
        network = _Network(self._averaged_network.values.copy())

        def predict(x: np.ndarray, at: NoiseLevel, label: int | None) -> np.ndarray:
            labels = np.full(len(x), -1 if label is None else label)
            levels = NoiseLevel(np.full((len(x), 1), at.alpha), np.full((len(x), 1), at.sigma))  # type: ignore[arg-type]
            found = network.evaluate(*_compute_features(x, levels, labels)).astype(np.float64)
            predicted: np.ndarray = self._diffusion.to_x0(found, x, at)
            return predicted

        return predict

    def excess(self) -> float:
        """Return the fraction by which the network's mean squared error exceeds that of the exact denoiser.

        Errors are weighted by 1 + (alpha/sigma)², as in EDM's loss, and averaged over the noise levels of the process.
        0 is the best possible value.
        """
        rng = np.random.default_rng(7)
        predict = self.predictor()
        wrong = least = 0.0
        for index in np.linspace(0, len(self._levels) - 1, LEVELS).round().astype(int):
            at = self._levels[index]
            true, _ = self._sample(rng, MEASURED)
            x = self._diffusion.process.degrade(true, at, rng.normal(size=true.shape))
            weight = 1 + (at.alpha / at.sigma) ** 2
            exact = self._density.mixture.denoise(x, at)
            wrong += float(weight * ((predict(x, at, None) - exact) ** 2).mean())
            least += float(weight * ((exact - true) ** 2).mean())
        return wrong / least

    def step(self) -> None:
        """Train the network on one batch of points, and update the averaged weights."""
        true, labels = self._sample(self._rng, BATCH)
        labels[self._rng.random(BATCH) < WITHOUT_CLASS] = -1
        chosen = [self._levels[index] for index in self._rng.integers(len(self._levels), size=BATCH)]
        alpha, sigma = (np.array(part)[:, None] for part in zip(*chosen, strict=True))
        levels = NoiseLevel(alpha, sigma)  # type: ignore[arg-type]
        x = self._diffusion.process.degrade(true, levels, self._rng.normal(size=true.shape))
        wanted = self._diffusion.target(true, x, levels).astype(np.float32)
        slope = self._network.slope(*_compute_features(x, levels, labels), wanted)
        self.steps += 1
        self._descend(slope)
        # The first step replaces the random initial weights.
        weight = 1.0 if self.steps == 1 else 1 - DECAY
        self._averaged_network.values += np.float32(weight) * (self._network.values - self._averaged_network.values)

    def _descend(self, slope: np.ndarray) -> None:
        """Change the weights by one step of Adam (Kingma & Ba 2014, algorithm 1)."""
        for mean, beta, new in zip(self._moments, BETAS, (slope, slope**2), strict=True):
            mean += np.float32(1 - beta) * (new - mean)
        mean, square = (
            each / np.float32(1 - beta**self.steps) for each, beta in zip(self._moments, BETAS, strict=True)
        )
        self._network.values -= np.float32(RATE) * mean / (np.sqrt(square) + np.float32(EPSILON))

    def _sample(self, rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw random points (count, 2) from the true distribution, with their classes."""
        mixture = self._density.mixture
        modes = rng.choice(len(mixture.weights), size=count, p=mixture.weights)
        spread = np.sqrt(mixture.variances[modes, None])
        return mixture.means[modes] + spread * rng.normal(size=(count, 2)), self._density.classes[modes].copy()


def _compute_features(x: np.ndarray, levels: NoiseLevel, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the features (n, ·) of noisy points, scaled to unit spread, and of their noise levels and classes."""
    spread = np.hypot(levels.alpha, levels.sigma)
    times = np.arctan2(levels.sigma, levels.alpha) / (math.pi / 2)
    is_class = np.stack([labels == 0, labels == 1], axis=1).astype(np.float32)
    points = _append_waves((x / spread).astype(np.float32), COORDINATE_WAVES)
    return points, np.concatenate([_append_waves(times.astype(np.float32), TIME_WAVES), is_class], axis=1)


def _append_waves(numbers: np.ndarray, frequencies: tuple[float, ...]) -> np.ndarray:
    """Append the sines and cosines of numbers (n, d) at several frequencies: (n, d · (1 + 2·len(frequencies)))."""
    scaled = np.array(frequencies, np.float32) * np.float32(math.pi / 2)
    angles = (numbers[..., None] * scaled).reshape(len(numbers), -1)
    return np.concatenate([numbers, np.sin(angles), np.cos(angles)], axis=1)


class _Network:
    """Perceptron whose layers are scaled and shifted by the noise level and the class of a point.

    Its architecture is that of `PointBackbone`. `values` are all parameters in one array; those of a layer are views of
    it.
    """

    def __init__(self, values: np.ndarray) -> None:
        self.values = values
        self._views = _split_parameters(values)

    def evaluate(self, points: np.ndarray, known: np.ndarray) -> np.ndarray:
        """Return the network's outputs (n, 2), given the features of the points and of their conditioning `known`
        (noise level and class).
        """
        return self._run(points, known)[-1][0]

    def slope(self, points: np.ndarray, known: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        """Return the gradient, by `values`, of the mean squared difference of the outputs from `wanted` (n, 2)."""
        *layers, (output,) = self._run(points, known)
        found = np.zeros_like(self.values)
        slopes, views = _split_parameters(found), self._views
        by_output = (output - wanted) * np.float32(2 / wanted.size)
        hidden = layers[-1][-1]
        slopes["last"][...] = hidden.T @ by_output
        slopes["last bias"][...] = by_output.sum(axis=0)
        by_hidden = by_output @ views["last"].T
        for index in reversed(range(LAYERS)):
            before, linear, scale, share, active, _ = layers[index]
            # The derivative of a·σ(a) is σ(a)·(1 + a·(1 − σ(a))).
            by_active = by_hidden * (share * (1 + active * (1 - share)))
            by_modulation = np.concatenate([by_active * linear, by_active], axis=1)
            slopes[f"modulation {index}"][...] = known.T @ by_modulation
            slopes[f"modulation {index} bias"][...] = by_modulation.sum(axis=0)
            by_linear = by_active * scale
            slopes[f"layer {index}"][...] = before.T @ by_linear
            slopes[f"layer {index} bias"][...] = by_linear.sum(axis=0)
            by_hidden = by_linear @ views[f"layer {index}"].T
        return found

    def _run(self, points: np.ndarray, known: np.ndarray) -> list[tuple[np.ndarray, ...]]:
        """Evaluate all layers. Return the intermediate results of each layer, and the output in the last tuple."""
        views = self._views
        found: list[tuple[np.ndarray, ...]] = []
        hidden = points
        for index in range(LAYERS):
            before = hidden
            linear = before @ views[f"layer {index}"] + views[f"layer {index} bias"]
            modulation = known @ views[f"modulation {index}"] + views[f"modulation {index} bias"]
            scale, shift = 1 + modulation[:, :WIDTH], modulation[:, WIDTH:]
            active = linear * scale + shift
            # The logistic function, which does not overflow in this form.
            share = np.float32(0.5) * (1 + np.tanh(np.float32(0.5) * active))
            hidden = active * share
            found.append((before, linear, scale, share, active, hidden))
        return [*found, (hidden @ views["last"] + views["last bias"],)]


def _list_shapes() -> dict[str, tuple[int, ...]]:
    """Return the shape of each parameter, in their order in the array of all parameters."""
    known = 1 + 2 * len(TIME_WAVES) + 2
    shapes: dict[str, tuple[int, ...]] = {}
    for index in range(LAYERS):
        shapes[f"layer {index}"] = (WIDTH if index else 2 * (1 + 2 * len(COORDINATE_WAVES)), WIDTH)
        shapes[f"layer {index} bias"] = (WIDTH,)
        shapes[f"modulation {index}"] = (known, 2 * WIDTH)
        shapes[f"modulation {index} bias"] = (2 * WIDTH,)
    return shapes | {"last": (WIDTH, 2), "last bias": (2,)}


def _split_parameters(values: np.ndarray) -> dict[str, np.ndarray]:
    """Return views of an array of all parameters, by the name of the parameter."""
    views, start = {}, 0
    for name, shape in _list_shapes().items():
        views[name] = values[start : start + math.prod(shape)].reshape(shape)
        start += math.prod(shape)
    return views


def _initial_parameters(rng: np.random.Generator) -> np.ndarray:
    """Return random parameters with the spread of torch's linear layers. The output is zero."""
    values = np.zeros(sum(map(math.prod, _list_shapes().values())), np.float32)
    views = _split_parameters(values)
    for name, view in views.items():
        if not name.startswith("last"):
            inputs = len(views[name.removesuffix(" bias")])
            view[...] = rng.uniform(-1, 1, view.shape) / math.sqrt(inputs)
    return values
