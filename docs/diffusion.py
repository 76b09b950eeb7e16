"""Diffusion from its formulas, on one page: `python docs/diffusion.py moons.png` learns to draw moons in a minute.

Inputs and outputs are numpy arrays; torch is used for the network and its gradients. At the end, a few lines with
`gdm_studio.maths`, which implements the same formulas in general, generate the same moons from the same noise.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes.vp import vp
from gdm_studio.maths.samplers import SAMPLERS

Array = NDArray[np.floating[Any]]
SIDE, T = 12, 200  # pixels; timesteps


# The data: x0, pictures of (N, 12 · 12) numbers in −1 … 1.


def moons(count: int, rng: np.random.Generator) -> Array:
    """Draw crescents in random orientations: a bright disc that is partly covered by a dark one."""
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    angle = rng.uniform(0, 2 * np.pi, (count, 1, 1))
    bright = 4.5 - np.hypot(x, y)
    dark = 4 - np.hypot(x - 2.5 * np.cos(angle), y - 2.5 * np.sin(angle))
    return (2 * (np.clip(bright, 0, 1) * (1 - np.clip(dark, 0, 1))) - 1).reshape(count, -1)


# The schedule: how much noise each step adds, and what is left of the picture after t of them (Ho et al. 2020).

BETA = np.linspace(1e-4, 0.1, T)  # beta_t: the variance that step t adds
ALPHA_BAR = np.cumprod(1 - BETA)  # the share of the picture's variance that is left after it


# Forward: from a picture to noise, step by step or in one.


def forward_step(x: Array, t: int, eps: Array) -> Array:
    """Sample q(x_t | x_{t−1}): x_t = √(1 − β_t)·x_{t−1} + √β_t·ε (equation 2)."""
    return np.sqrt(1 - BETA[t]) * x + np.sqrt(BETA[t]) * eps


def noised(x0: Array, t: NDArray[Any], eps: Array) -> Array:
    """q(x_t | x_0), all steps up to t at once: x_t = √ᾱ_t·x_0 + √(1 − ᾱ_t)·ε (equation 4), t one a picture."""
    left = ALPHA_BAR[t][:, None]
    return np.sqrt(left) * x0 + np.sqrt(1 - left) * eps


# The network says which noise is in a picture; what it learns from is nothing but that.


class Residual(torch.nn.Sequential):
    """Residual block h + f(h), which preserves the features of earlier layers."""

    def forward(self, h: torch.Tensor) -> torch.Tensor:
        return h + super().forward(h)


class Network:
    """Noise predictor ε_θ(x_t, t): a perceptron with a sinusoidal embedding of the timestep."""

    def __init__(self, width: int = 384) -> None:
        torch.manual_seed(0)
        linear, norm, silu = torch.nn.Linear, torch.nn.LayerNorm, torch.nn.SiLU
        blocks = [Residual(norm(width), linear(width, width), silu(), linear(width, width)) for _ in range(3)]
        self._layers = torch.nn.Sequential(linear(SIDE**2 + 32, width), *blocks, linear(width, SIDE**2))
        self._descent = torch.optim.Adam(self._layers.parameters(), lr=1e-3)

    def __call__(self, x: Array, t: NDArray[Any]) -> Array:
        """Predict the noise in images x (N, 144) at timesteps t (N,)."""
        with torch.no_grad():
            return self._answer(x, t).double().numpy()

    def learn(self, x: Array, t: NDArray[Any], eps: Array, rate: float) -> float:
        """Take a gradient step on the ε-loss E‖ε − ε_θ(x_t, t)‖² (equation 14), and return its mean over pixels."""
        self._descent.param_groups[0]["lr"] = rate
        loss = (torch.tensor(eps, dtype=torch.float32) - self._answer(x, t)).square().mean()
        self._descent.zero_grad()
        loss.backward()
        self._descent.step()
        return loss.item()

    def _answer(self, x: Array, t: NDArray[Any]) -> torch.Tensor:
        angle = t[:, None] / T * np.pi * 2.0 ** np.arange(-1, 15) / 8
        told = np.concatenate([x, np.sin(angle), np.cos(angle)], axis=1)
        answer: torch.Tensor = self._layers(torch.tensor(told, dtype=torch.float32))
        return answer


def train(steps: int, *, batch: int = 128, say: Callable[[str], None] = print) -> Network:
    """Train the network to predict the noise in an image at a random timestep (algorithm 1)."""
    network, rng = Network(), np.random.default_rng(0)
    for step in range(steps):
        x0, t = moons(batch, rng), rng.integers(0, T, batch)
        eps = rng.standard_normal(x0.shape)
        loss = network.learn(noised(x0, t, eps), t, eps, rate=2e-3 * (1 - step / steps))
        if step % max(1, steps // 10) == 0:
            say(f"step {step:5}  loss {loss:.3f}")
    return network


# Backward: from noise to a picture, one small step after another.


def reverse_step(network: Network, x: Array, t: int, eps: Array) -> Array:
    """p(x_{t−1} | x_t): (x_t − β_t/√(1 − ᾱ_t)·ε_θ)/√(1 − β_t) + √β_t·ε (algorithm 2, equation 11), ε none at t = 0."""
    predicted = network(x, np.full(len(x), t))
    mean = (x - BETA[t] / np.sqrt(1 - ALPHA_BAR[t]) * predicted) / np.sqrt(1 - BETA[t])
    return mean + (np.sqrt(BETA[t]) * eps if t > 0 else 0)


def sample(network: Network, draws: Array) -> Array:
    """Generate images from `draws` (T + 1, N, 144): the initial noise, then the noise of each step."""
    x = draws[0]
    for t in reversed(range(T)):
        x = reverse_step(network, x, t, draws[T - t])
    return x


def sample_by_the_library(network: Network, draws: Array) -> Array:
    """The same by `gdm_studio.maths`: a process, what its network predicts, and any of its samplers."""
    diffusion = Diffusion(vp("linear", T, options={"beta_start": BETA[0], "beta_end": BETA[-1]}), "epsilon")

    def denoise(x: Array, at: NoiseLevel) -> Array:
        return diffusion.x0(lambda shown, t: network(shown, np.full(len(shown), t)), x, at)

    steps = SAMPLERS["ddpm_large"].fn(
        denoise, draws[0], diffusion.process.path("linspace", T), lambda step, like, draw=0: draws[step]
    )
    *_, last = steps
    pictures: Array = last.x
    return pictures


if __name__ == "__main__":
    torch.set_num_threads(1)  # the network is too small to be worth sharing out
    trained = train(5000)
    drawn = sample(trained, np.random.default_rng(7).standard_normal((T + 1, 32, SIDE**2)))
    rows = np.clip(drawn, -1, 1).reshape(4, 8, SIDE, SIDE).swapaxes(1, 2).reshape(4 * SIDE, 8 * SIDE)
    Image.fromarray(np.uint8(127.5 * (rows + 1))).resize((1024, 512), Image.Resampling.NEAREST).save(sys.argv[1])
