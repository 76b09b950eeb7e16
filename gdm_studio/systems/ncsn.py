"""NCSN: one network learns the score of the data under many sizes of noise, and Langevin steps climb it.

Each x = x_0 + σ_i·z, σ_1 > … > σ_L by one factor; the score of q_σ(x) is learned by denoising it (equation 2).
Every size counts alike by the weight λ(σ) = σ² (6). Pictures are drawn by some Langevin steps at each size in turn,
x ← x + a_i·s_θ(x, σ_i) + √(2a_i)·z, a_i ∝ σ_i² (algorithm 1), and at last one step to the mean (NCSNv2, section 3.5).
The largest σ is as large as pictures are apart, so that one chain can reach all of them (NCSNv2, technique 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar

from torch import Tensor

from gdm_studio.maths.path import Point
from gdm_studio.maths.processes import Process, ve
from gdm_studio.systems.recipe import EvenlyBegun
from gdm_studio.systems.system import Claim, System
from gdm_studio.training.options import Option

NCSN = System(
    name="ncsn",
    title="NCSN",
    year=2019,
    authors="Song, Ermon",
    paper="arXiv:1907.05600 and 2006.09011",
    tags=("score", "Langevin"),
    idea="A network learns which way pictures are denser, at many sizes of noise; Langevin steps follow it.",
    starts="Noise as wide as pictures are apart, in which the picture drowns.",
    learned="The score of the data under each of many sizes of noise.",
    step="Some Langevin steps at one size of noise, along the score with fresh noise; then at the next smaller size.",
    objective="mean over σ_i of σ_i²/2·‖s_θ(x, σ_i) + z/σ_i‖²",
    trains=("denoiser",),
    samplers=("ncsnv2", "ncsn"),
    claim=Claim("share of real pictures that its own come near", "coverage", 0.6, "more", "weights"),
)


@dataclass(frozen=True, kw_only=True)
class NcsnRecipe(EvenlyBegun):
    """Denoising score matching at L sizes of noise."""

    name: ClassVar[str] = "ncsn"
    system: ClassVar[System] = NCSN

    noises: Annotated[int, Option("Sizes of noise", "L, from the least to the most by one factor", 2, 10_000)] = 232
    least: Annotated[float, Option("Least noise", "its sigma", 1e-4, 1)] = 0.01
    most: Annotated[float, Option("Most noise", "sigma, as far apart as pictures are", 1, 1000)] = 50.0

    @property
    def predicts(self) -> str:
        return "edm"  # the input scaled to unit variance; the score is (x̂_0 − x)/σ²

    @cached_property
    def process(self) -> Process:
        return ve(self.least, self.most, self.noises)

    @property
    def process_numbers(self) -> dict[str, Any]:
        return {"sigma_min": self.least, "sigma_max": self.most, "timesteps": self.noises}

    def loss(self, answer: Tensor, x0: Tensor, x: Tensor, at: Point, to: Point) -> Tensor:
        """σ²/2·‖s_θ + z/σ‖² = ‖ε − ε_θ‖²/2."""
        return super().loss(answer, x0, x, at, to) / 2

    @property
    def defaults(self) -> dict[str, Any]:
        return super().defaults | {"spacing": "exponential", "steps": 100}
