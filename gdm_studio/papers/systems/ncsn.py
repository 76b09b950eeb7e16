"""NCSN: one network learns the score of the data at many noise levels, and Langevin dynamics follows the score.

The noise levels σ_1 > … > σ_L of x = x_0 + σ_i·z form a geometric sequence. The score of q_σ(x) is learned by denoising
(equation 2), where the weight λ(σ) = σ² balances the levels (6).

Sampling takes several Langevin steps per level, x ← x + a_i·s_θ(x, σ_i) + √(2a_i)·z with a_i ∝ σ_i² (algorithm 1). It
ends with one step to the mean (NCSNv2, section 3.5). The largest σ equals the largest distance between images, so that
one chain can reach all of them (NCSNv2, technique 1).

Departures from the papers: images have values in −1 … 1, the network has EDM's scales and time input, and a phase with
equal weights for all levels precedes the loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar

from torch import Tensor

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import Process, ve
from gdm_studio.papers.system_description import Claim, Range, System, terms
from gdm_studio.papers.training.even_start import EvenStartRecipe
from gdm_studio.training.options import Option

NCSN = System(
    name="ncsn",
    title="NCSN",
    year=2019,
    authors="Song, Ermon",
    paper="arXiv:1907.05600 and 2006.09011",
    tags=("score", "Langevin"),
    idea=QT_TRANSLATE_NOOP(
        "System",
        "A network learns the direction of higher data density at many noise levels; Langevin steps follow it.",
    ),
    starts=QT_TRANSLATE_NOOP("System", "Noise as large as the distance between pictures, which hides the picture."),
    learned=QT_TRANSLATE_NOOP("System", "The score of the data at each of many noise levels."),
    step=QT_TRANSLATE_NOOP(
        "System",
        "Several Langevin steps at one noise level, along the score with fresh noise; then the next lower level.",
    ),
    objective=QT_TRANSLATE_NOOP("System", "mean over σ_i of σ_i²/2·‖s_θ(x, σ_i) + z/σ_i‖²"),
    trains=("denoiser",),
    samplers=("ncsnv2", "ncsn"),
    claim=Claim(
        QT_TRANSLATE_NOOP("System", "error of the shares of two far modes, of weights 0.2 and 0.8"),
        "annealed_weights",
        Range(0, 0.05),
        "points",
        0.3,
        "all Langevin steps at the lowest noise level",
        terms=terms(prediction=0.06, states=0.22, spread=(0.9, 1.23), shares=0.09, fresh=0.15),
    ),
)


@dataclass(frozen=True, kw_only=True)
class NcsnRecipe(EvenStartRecipe):
    """Training recipe for NCSN, which learns the score of the data at L noise levels by denoising score matching."""

    name: ClassVar[str] = "ncsn"
    system: ClassVar[System] = NCSN

    noises: Annotated[int, Option("Noise levels", "L, in a geometric sequence", 2, 10_000)] = 232
    least: Annotated[float, Option("Least noise", "the smallest sigma", 1e-4, 1)] = 0.01
    most: Annotated[float, Option("Most noise", "the largest sigma, the distance between images", 1, 1000)] = 50.0

    @property
    def predicts(self) -> str:
        # EDM scales the input to unit variance. The score follows from its prediction, (x̂_0 − x)/σ².
        return "edm"

    @cached_property
    def process(self) -> Process:
        return ve(self.least, self.most, self.noises)

    @property
    def process_numbers(self) -> dict[str, Any]:
        return {"sigma_min": self.least, "sigma_max": self.most, "timesteps": self.noises}

    def loss(self, output: Tensor, x0: Tensor, x: Tensor, at: NoiseLevel, to: NoiseLevel) -> Tensor:
        """Return λ(σ)/2·‖s_θ(x, σ) + z/σ‖² with λ = σ² (equations 2, 5 and 6), which equals ‖ε − ε_θ‖²/2."""
        return self.noise_error(output, x0, x, at).square().mean() / 2

    @property
    def defaults(self) -> dict[str, Any]:
        return super().defaults | {"spacing": "exponential", "steps": 100}
