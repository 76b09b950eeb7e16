"""A small network that learns to denoise points in the plane within seconds."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from copy import deepcopy

import numpy as np
import torch
from torch import Tensor

from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.exact.densities import Density
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import Process
from gdm_studio.networks.papers.point_networks import PointBackbone, PointBackboneConfig

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
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self._network = PointBackbone(PointBackboneConfig(told=2))
        self._averaged = deepcopy(self._network)
        self._optimiser = torch.optim.Adam(self._network.parameters(), RATE, fused=True)
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
        network = deepcopy(self._averaged)

        def predict(x: np.ndarray, at: NoiseLevel, label: int | None) -> np.ndarray:
            labels = np.full(len(x), -1 if label is None else label)
            levels = NoiseLevel(np.full((len(x), 1), at.alpha), np.full((len(x), 1), at.sigma))  # type: ignore[arg-type]
            with torch.no_grad():
                found = self._predict(network, x, levels, labels).double().numpy()
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
        wanted = torch.from_numpy(self._diffusion.target(true, x, levels)).float()
        loss = (self._predict(self._network, x, levels, labels) - wanted).square().mean()
        self._optimiser.zero_grad()
        loss.backward()
        self._optimiser.step()
        self.steps += 1
        self._update_average()

    def _update_average(self) -> None:
        """Update the averaged weights after a step. The first step replaces the random initial weights."""
        weight = 1.0 if self.steps == 1 else 1 - DECAY
        with torch.no_grad():
            torch._foreach_lerp_(list(self._averaged.parameters()), list(self._network.parameters()), weight)

    def _sample(self, rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw random points (count, 2) from the true distribution, with their classes."""
        mixture = self._density.mixture
        modes = rng.choice(len(mixture.weights), size=count, p=mixture.weights)
        spread = np.sqrt(mixture.variances[modes, None])
        return mixture.means[modes] + spread * rng.normal(size=(count, 2)), self._density.classes[modes].copy()

    def _predict(self, network: torch.nn.Module, x: np.ndarray, levels: NoiseLevel, labels: np.ndarray) -> Tensor:
        """Evaluate the network on noisy points, scaled to unit spread, and return its outputs (n, 2)."""
        spread = np.hypot(levels.alpha, levels.sigma)
        times = np.arctan2(levels.sigma, levels.alpha) / (math.pi / 2)
        one_hot = np.stack([labels == 0, labels == 1], axis=1).astype(np.float32)
        points = torch.from_numpy(x / spread).float()[:, None, None]
        given = torch.from_numpy(one_hot)
        found: Tensor = network(points, torch.from_numpy(times[:, 0]).float(), given)
        return found[:, 0, 0]
