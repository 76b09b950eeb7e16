"""Cold diffusion: pictures are blurred, pixelated, masked, faded or snowed in, without noise, and restored.

D(x_0, s) degrades a picture by the severity s, D(x_0, 0) = x_0; R_θ(x_s, s) learns to undo it (equation 1).
Algorithm 1 restores and degrades again, x_{s−1} = D(R(x_s), s − 1), and piles up what R gets wrong. Algorithm 2,
x_{s−1} = x_s − D(R(x_s), s) + D(R(x_s), s − 1), lets the errors of a smooth D cancel: for a linear D(x, s) = x + s·e
any R, however wrong, gives x_0 back exactly. Pictures are made anew from one flat colour and a trace of noise, lest all
be alike (5.2). Errors that do not cancel add up: a picture may end worse than it began.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.maths.path import CLEAN, Point
from gdm_studio.maths.processes import PROCESSES, Process
from gdm_studio.systems.recipe import DenoisingRecipe, said_of, usual, write_variant
from gdm_studio.systems.system import Claim, System
from gdm_studio.training.recipe import Cooldown, Samples
from gdm_studio.training.schedule import normal

KINDS = ("blur", "pixelate", "mask", "fade", "snow")

COLD = System(
    name="cold",
    title="Cold Diffusion",
    year=2022,
    authors="Bansal, Borgnia, Chu, Li, Kazemi, Huang, Goldblum, Geiping, Goldstein",
    paper="arXiv:2208.09392",
    tags=("no noise", "degradation"),
    idea="Pictures are degraded without noise, and a network learns to restore them from any severity.",
    starts="A wholly degraded picture: blurred, masked, snowed in. No noise. For a new one, a flat colour at random.",
    learned="To restore the picture from any severity.",
    step="Restores the picture; its degradation at this severity goes, that at one less comes in its place.",
    objective="E‖R_θ(D(x_0, s), s) − x_0‖₁",
    trains=("denoiser",),
    samplers=("cold_2", "cold_1"),
    claim=Claim(
        "Fréchet distance of pictures made in 20 steps by algorithm 2 over that by algorithm 1",
        "cold_ratio", 0.98, "less", "weights",
    ),
    descends=("ddpm",),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ColdRecipe(DenoisingRecipe):
    """One network, told the kind of the degradation; a model for each kind, all of the same weights."""

    name: ClassVar[str] = "cold"
    system: ClassVar[System] = COLD

    samples: Samples = 240_000
    cooldown: Cooldown = 120_000

    @property
    def predicts(self) -> str:
        return "x0"

    @cached_property
    def processes(self) -> tuple[Process, ...]:
        """Of each kind."""
        return tuple(PROCESSES[kind]() for kind in KINDS)

    @property
    def process(self) -> Process:
        """The first of them, by which the severity is told in all."""
        return self.processes[0]

    @property
    def told(self) -> int:
        return super().told + len(KINDS)

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        """Kinds and severities drawn evenly."""
        x0, told = self.shown(rng, self.batch)
        eps = normal(rng, *x0.shape)
        kinds = rng.integers(len(KINDS), size=self.batch)
        rows, levels = [], []
        for place, kind in enumerate(kinds):
            ratios = self.processes[kind].ratios
            at = self.processes[kind].coordinates(ratios[rng.integers(len(ratios))])
            rows.append(self.processes[kind].degrade(x0[[place]], at, eps[[place]]))
            levels.append([*at, *CLEAN])
        return x0, torch.cat(rows), torch.tensor(levels), torch.cat([told, torch.eye(len(KINDS))[kinds]], dim=1)

    def loss(self, answer: Tensor, x0: Tensor, x: Tensor, at: Point, to: Point) -> Tensor:
        return (answer - x0).abs().mean()

    def habits_of(self, kind: str) -> dict[str, Any]:
        """What the model of that kind is told of itself."""
        return {"always": [float(each == kind) for each in KINDS]}

    def habits(self, model: nn.ModuleDict) -> dict[str, Any]:
        return self.habits_of(KINDS[0])

    @property
    def defaults(self) -> dict[str, Any]:
        return super().defaults | usual(sampler="cold_2", steps=20, guidance_scale=1.0)

    def finish(self, model: nn.ModuleDict, out: Path, seen: int) -> None:
        """Writes the model of the first kind, and beside it those of the others."""
        super().finish(model, out, seen)
        for kind, process in zip(KINDS[1:], self.processes[1:], strict=True):
            facts = {"name": f"{COLD.name}-{kind}", "title": f"{COLD.title}: {process.title.lower()}", "process": kind}
            card = said_of(out / self.product) | facts | {"takes_pictures": False}
            write_variant(out / f"{COLD.name}-{kind}.safetensors", out / self.product, card, self.habits_of(kind))
