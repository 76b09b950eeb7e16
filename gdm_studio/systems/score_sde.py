"""Score SDE: noise grows in continuous time, dx = f(t)·x dt + g(t) dw, and a network learns the score of every x_t.

With the score, time runs backward: dx = [f·x − g²·∇log p_t(x)] dt + g dw̄ (equation 6), each step followed or not by
Langevin steps at the same noise (predictor–corrector, algorithm 1). Without noise, dx = [f·x − g²/2·∇log p_t(x)] dt
(13) has the same laws x_t: an ODE, along which the likelihood of a picture is exact (`gdm-studio likelihood`).
DDPM's chain is one such SDE (VP), NCSN's another (VE); sub-VP has VP's drift and never more of its noise.
All three learn alike, E λ(t)·‖s_θ(x_t, t) − ∇log p(x_t | x_0)‖² with λ = σ_t² (7): they differ in f and g alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar

import numpy as np

from gdm_studio.maths.path import Point
from gdm_studio.maths.processes import Process, sub_vp, ve, vp_sde
from gdm_studio.systems.recipe import EvenlyBegun, usual
from gdm_studio.systems.system import Claim, System
from gdm_studio.training.options import Option

EARLIEST = 1e-3  # of the times that VP learns, where its authors stop sampling
BACK = "Goes back along the SDE and corrects x at the same noise by the score; or follows an ODE, which adds no noise."
OBJECTIVE = "E‖σ_t·s_θ(x_t, t) + z‖², t even in [ε, 1]"


def _system(kind: str, title: str, idea: str, claim: Claim, *, starts: str, descends: tuple[str, ...]) -> System:
    return System(
        name=f"score-sde-{kind}",
        title=f"Score SDE, {title}",
        year=2021,
        authors="Song, Sohl-Dickstein, Kingma, Kumar, Ermon, Poole",
        paper="arXiv:2011.13456",
        tags=("score", "continuous time", "likelihood"),
        idea=idea,
        starts=starts,
        learned="The score, which way pictures are denser, at every time.",
        step=BACK,
        objective=OBJECTIVE,
        trains=("denoiser",),
        samplers=("pc", "ode_rk45", "pc_ancestral"),
        claim=claim,
        descends=descends,
    )


VP = _system(
    "vp", "VP", "DDPM in continuous time: one network for noisy steps back, an ODE, and exact likelihoods.",
    Claim("Fréchet distance of the ODE's pictures over those of the SDE", "frechet_of_ode", 1.25, "less", "weights"),
    starts="Gaussian noise, N(0, I), at time 1.", descends=("ddpm", "ncsn"),
)  # fmt: skip
VE = _system(
    "ve", "VE", "NCSN in continuous time: the picture stays as it is and drowns in ever more noise.",
    Claim("Fréchet distance with the corrector over that without, as many predictor steps", "frechet_of_corrector",
          1.0, "less", "weights"),
    starts="Noise fifty times as wide as pictures are, in which the picture drowns.", descends=("ncsn",),
)  # fmt: skip
SUB_VP = _system(
    "subvp", "sub-VP", "VP's drift with never more of its noise: made for likelihoods.",
    Claim("bits a number less those of VP's network", "bits_beside_vp", 0.0, "less", "pair"),
    starts="Gaussian noise, N(0, I), at time 1.", descends=("score-sde-vp",),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SdeRecipe(EvenlyBegun):
    """The three, by their process. σ²·‖s_θ − ∇log p(x_t | x_0)‖² is what DDPM's loss is, ‖ε − ε_θ‖²."""

    earliest: ClassVar[float] = EARLIEST

    def jumps(self, rng: np.random.Generator, count: int) -> list[tuple[Point, Point]]:
        """Times drawn evenly; there is no point before another."""
        sde = self.process.sde
        assert sde is not None
        times = rng.uniform(self.earliest, sde.t_max, count)
        return [(at, at) for at in map(sde.at, map(float, times))]

    @property
    def defaults(self) -> dict[str, Any]:
        return super().defaults | usual(sampler="pc", steps=50, spacing="linspace")


@dataclass(frozen=True, kw_only=True)
class VpRecipe(SdeRecipe):
    """dx = −β(t)/2·x dt + √β(t) dw (equation 11)."""

    name: ClassVar[str] = "score-sde-vp"
    system: ClassVar[System] = VP

    @cached_property
    def process(self) -> Process:
        return vp_sde()


@dataclass(frozen=True, kw_only=True)
class SubVpRecipe(SdeRecipe):
    """dx = −β(t)/2·x dt + √(β(t)·(1 − e^−2∫β)) dw (equation 12)."""

    name: ClassVar[str] = "score-sde-subvp"
    system: ClassVar[System] = SUB_VP

    @cached_property
    def process(self) -> Process:
        return sub_vp()


@dataclass(frozen=True, kw_only=True)
class VeRecipe(SdeRecipe):
    """dx = √(dσ²/dt) dw, σ(t) = σ_min·(σ_max/σ_min)^t (equation 9); the network sees x scaled as in EDM."""

    name: ClassVar[str] = "score-sde-ve"
    system: ClassVar[System] = VE
    earliest: ClassVar[float] = 1e-5

    most: Annotated[float, Option("Most noise", "sigma at t = 1, as far apart as pictures are", 1, 1000)] = 50.0

    @property
    def predicts(self) -> str:
        return "edm"

    @cached_property
    def process(self) -> Process:
        return ve(sigma_max=self.most)

    @property
    def process_numbers(self) -> dict[str, Any]:
        return {"sigma_max": self.most}

    @property
    def defaults(self) -> dict[str, Any]:
        return super().defaults | {"spacing": "exponential"}
