"""Reference trajectories of public samplers: their cases, and their files in tests/data/parity."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path as File

import numpy as np
import torch

from gdm_studio.maths.noise_path import NoiseLevel, NoisePath

FOLDER = File(__file__).parents[1] / "data" / "parity"
SPACINGS = FOLDER / "spacings.json"
SHAPE = (1, 2, 4, 4)
SEED = 7919
STEPS = 64  # that there are draws for, two a step


@dataclass(frozen=True)
class Case:
    """Run of a public implementation, described by our settings.

    `x` contains the initial x and then the compared values: x after the steps numbered in `steps`, counted from 1, or
    the predictions of these steps, as `shows` says.
    """

    name: str
    sampler: str  # ours; "invert" is inversion
    path: NoisePath
    steps: tuple[int, ...]
    x: np.ndarray  # (1 + len(steps), *SHAPE)
    knobs: dict[str, float] = field(default_factory=dict)
    shows: str = "x"
    start: int = 0  # steps of the path before its beginning
    times: tuple[int, ...] = ()  # of the path's points, where the denoiser is a consistency function
    learned: bool = False  # whether the model tells its variance


def draws() -> np.ndarray:
    """Return standard normal draws (STEPS, 2, *SHAPE). The draws of step 0 are the initial noise."""
    generator = torch.Generator().manual_seed(SEED)
    return torch.randn((STEPS, 2, *SHAPE), generator=generator).numpy()


def keyed(table: np.ndarray, dtype: torch.dtype) -> Callable[..., torch.Tensor]:
    """Return the draws of a table as a noise source for samplers."""

    def noise(step: int, like: object = None, draw: int = 0) -> torch.Tensor:
        return torch.from_numpy(table[step, draw]).to(dtype)

    return noise


def denoise(x: torch.Tensor, at: NoiseLevel) -> torch.Tensor:
    """Predict x0 by a nonlinear function that differs between elements: images near a pattern."""
    pattern = torch.linspace(-1, 1, SHAPE[-1] * SHAPE[-2], dtype=torch.float64).sin().reshape(SHAPE[-2:]).to(x.dtype)
    known = at.alpha / (at.alpha**2 + 4 * at.sigma**2)
    return torch.tanh(pattern + known * (x - at.alpha * pattern))


def consistent(x: torch.Tensor, at: NoiseLevel, time: int) -> torch.Tensor:
    """Apply `denoise` as a consistency function, with the boundary condition of Luo et al. 2023, arXiv:2310.04378."""
    scaled = 10 * time
    return 0.25 / (scaled**2 + 0.25) * x + scaled / (scaled**2 + 0.25) ** 0.5 * denoise(x, at)


def variance() -> torch.Tensor:
    """Return the variance output of a model with a learned variance, from 0 to 1, in the shape of an image."""
    return torch.linspace(0.05, 0.95, int(np.prod(SHAPE))).reshape(SHAPE)


def save(file: File, cases: Iterable[Case], *, versions: dict[str, str]) -> None:
    """Write cases with their noise draws into a file. The same cases give the same bytes."""
    cases = list(cases)
    names = ("name", "sampler", "steps", "knobs", "shows", "start", "times", "learned")
    told = [{"points": len(case.path)} | {name: getattr(case, name) for name in names} for case in cases]
    np.savez_compressed(
        file,
        about=np.array(json.dumps({"versions": versions, "seed": SEED, "cases": told})),
        draws=draws(),
        points=np.concatenate([np.array(case.path, dtype=np.float64) for case in cases]),
        x=np.concatenate([case.x for case in cases]),
    )


def load(file: File) -> tuple[list[Case], np.ndarray]:
    """Load the cases of a file and their noise draws."""
    with np.load(file) as found:
        told = json.loads(str(found["about"]))["cases"]
        draws, points, x = (found[name] for name in ("draws", "points", "x"))
    cases = []
    for each in told:
        count, steps, times = each.pop("points"), tuple(each.pop("steps")), tuple(each.pop("times"))
        path = tuple(NoiseLevel(*map(float, point)) for point in points[:count])
        cases.append(Case(path=path, steps=steps, times=times, x=x[: 1 + len(steps)], **each))
        points, x = points[count:], x[1 + len(steps) :]
    return cases, draws
