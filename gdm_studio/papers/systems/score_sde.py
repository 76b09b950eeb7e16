"""Score SDE: noise grows in continuous time, and a network learns the score of every x_t.

The forward process is dx = f(t)·x dt + g(t) dw. The score reverses it: dx = [f·x − g²·∇log p_t(x)] dt + g dw̄ (equation
6). Each step may be followed by Langevin steps at the same noise level (predictor–corrector, algorithm 1).

The probability-flow ODE dx = [f·x − g²/2·∇log p_t(x)] dt (13) adds no noise and has the same marginals x_t. It gives
the exact likelihood of an image (`gdm-studio likelihood`).

VP is the continuous limit of DDPM, and VE that of NCSN. Sub-VP has VP's drift and at most VP's noise. All three
minimise E λ(t)·‖s_θ(x_t, t) − ∇log p(x_t | x_0)‖² with λ = σ_t² (7) and differ only in f and g.

Departures from the paper: the network predicts v (VP, sub-VP) or has EDM's scales (VE), from which the score is
computed; a phase with equal weights for all levels precedes the loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar

from torch import Tensor

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import Process, sub_vp, ve, vp_sde
from gdm_studio.papers.system_description import Claim, Range, System, terms
from gdm_studio.papers.training.even_start import EvenStartRecipe
from gdm_studio.papers.training.noise_levels import NoiseLevels, UniformTimes
from gdm_studio.training.options import Option

# The earliest training time of VP and sub-VP. The paper stops sampling at this time.
EARLIEST = 1e-3
BACK = QT_TRANSLATE_NOOP(
    "System", "Follows the reverse SDE with score-based corrections at each noise level, or an ODE that adds no noise."
)
OBJECTIVE = "E‖σ_t·s_θ(x_t, t) + z‖², t uniform in [ε, 1]"


def _describe_system(
    kind: str, title: str, idea: str, claim: Claim, *, starts: str, parents: tuple[str, ...]
) -> System:
    return System(
        name=f"score-sde-{kind}",
        title=f"Score SDE, {title}",
        year=2020,
        authors="Song, Sohl-Dickstein, Kingma, Kumar, Ermon, Poole",
        paper="arXiv:2011.13456",
        tags=("score", "continuous time", "likelihood"),
        idea=idea,
        starts=starts,
        learned=QT_TRANSLATE_NOOP("System", "The score, the direction of higher data density, at every time."),
        step=BACK,
        objective=OBJECTIVE,
        trains=("denoiser",),
        samplers=("pc", "ode_rk45", "pc_ancestral"),
        claim=claim,
        parents=parents,
    )


VP = _describe_system(
    "vp",
    "VP",
    QT_TRANSLATE_NOOP(
        "System", "DDPM in continuous time: one network for noisy steps back, an ODE, and exact likelihoods."
    ),
    Claim(
        QT_TRANSLATE_NOOP(
            "System", "distance of the points of the ODE from those of the SDE, minus that of two samples"
        ),
        "ode_law",
        Range(-0.01, 0.01),
        "points",
        0.3,
        "an ODE along the whole score instead of half of it",
        terms=terms(prediction=0.115, states=0.12, spread=(0.7, 1.1), shares=0.12, local=0.15, fresh=0.15),
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise, N(0, I), at time 1."),
    parents=("ddpm", "ncsn"),
)
VE = _describe_system(
    "ve",
    "VE",
    QT_TRANSLATE_NOOP("System", "NCSN in continuous time: the picture is not scaled, and growing noise hides it."),
    Claim(
        QT_TRANSLATE_NOOP(
            "System", "excess distance of points with corrector minus that without, at equal evaluations"
        ),
        "corrector_excess",
        Range(-0.02, -0.002),
        "points",
        0.0,
        "a corrector that does nothing",
        terms=terms(prediction=0.055, states=0.1, spread=(0.85, 1.15), shares=0.1, local=0.15, fresh=0.15),
    ),
    starts=QT_TRANSLATE_NOOP("System", "Noise fifty times as large as the picture's values, which hides the picture."),
    parents=("ncsn",),
)
SUB_VP = _describe_system(
    "subvp",
    "sub-VP",
    QT_TRANSLATE_NOOP("System", "VP's drift with at most its noise: designed for likelihoods."),
    Claim(
        QT_TRANSLATE_NOOP(
            "System", "−log p of held-out points in nats minus that by VP’s network, after equal training"
        ),
        "nats_beside_vp",
        Range(-0.1, -0.02),
        "points",
        0.0,
        "VP’s network on both sides",
        terms=terms(prediction=0.085, states=0.15, spread=(0.9, 1.35), shares=0.12, above=0.12, local=0.15, fresh=0.15),
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise, N(0, I), at time 1."),
    parents=("score-sde-vp",),
)


@dataclass(frozen=True, kw_only=True)
class SdeRecipe(EvenStartRecipe):
    """Base class of training recipes for diffusion in continuous time, described by one of three SDEs.

    Times are drawn with equal density.
    """

    earliest: ClassVar[float] = EARLIEST

    @property
    def training_levels(self) -> NoiseLevels:
        sde = self.process.sde
        assert sde is not None
        return UniformTimes(sde.at, self.earliest, sde.t_max)

    def loss(self, output: Tensor, x0: Tensor, x: Tensor, at: NoiseLevel, to: NoiseLevel) -> Tensor:
        """Return the training loss, the weighted squared error of the score: E λ(t)·‖s_θ(x_t, t) − ∇log p(x_t | x_0)‖²
        with λ = σ_t² (equation 7). It equals ‖ε − ε_θ‖².
        """
        return self.noise_error(output, x0, x, at).square().mean()

    @property
    def defaults(self) -> dict[str, Any]:
        return super().defaults | dict(sampler="pc", steps=50, spacing="linspace")


@dataclass(frozen=True, kw_only=True)
class VpRecipe(SdeRecipe):
    """Training recipe for score-based diffusion with the variance-preserving SDE.

    The SDE is dx = −β(t)/2·x dt + √β(t) dw (equation 11).
    """

    name: ClassVar[str] = "score-sde-vp"
    system: ClassVar[System] = VP

    @cached_property
    def process(self) -> Process:
        return vp_sde()


@dataclass(frozen=True, kw_only=True)
class SubVpRecipe(SdeRecipe):
    """Training recipe for score-based diffusion with the sub-VP SDE, whose variance is at most that of the VP SDE.

    The SDE is dx = −β(t)/2·x dt + √(β(t)·(1 − e^−2∫β)) dw (equation 12).
    """

    name: ClassVar[str] = "score-sde-subvp"
    system: ClassVar[System] = SUB_VP

    @cached_property
    def process(self) -> Process:
        return sub_vp()


@dataclass(frozen=True, kw_only=True)
class VeRecipe(SdeRecipe):
    """Training recipe for score-based diffusion with the variance-exploding SDE.

    The SDE is dx = √(dσ²/dt) dw (equation 9). σ(t) is σ_min·(σ_max/σ_min)^t, and the network's input is scaled as in
    EDM.
    """

    name: ClassVar[str] = "score-sde-ve"
    system: ClassVar[System] = VE
    earliest: ClassVar[float] = 1e-5

    most: Annotated[float, Option("Most noise", "sigma at t = 1, the distance between images", 1, 1000)] = 50.0

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
