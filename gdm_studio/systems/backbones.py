"""Backbones: other networks in the U-Net's place, each beside itself without the one thing that it is known for.

DiT: a transformer whose blocks begin as the identity, for time and class also gate them, by nothing at first
(adaLN-zero); without, they scale and shift alone. U-ViT: time, class and patches are tokens, and what the first half
made goes on into the second; without, it does not. Simple diffusion: a U-Net with a transformer in the middle, whose
noise is shifted by the pictures' side, log-SNR − 2·ln(side / 64); without, it is not. RIN: a few latents do the
thinking, and begin where they ended at the step before; without, they begin anew. All else is DDPM, its loss that of
v = √ᾱ_t·ε − √(1 − ᾱ_t)·x_0. (The paper's DiT is among latents, and predicts noise and variance.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.maths.path import Point
from gdm_studio.maths.processes import Process
from gdm_studio.maths.processes.vp import vp
from gdm_studio.networks.backbones.rin import RIN
from gdm_studio.systems.ddpm import DDPM, DdpmRecipe
from gdm_studio.systems.recipe import NoiseSchedule
from gdm_studio.systems.system import Claim, System
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Samples
from gdm_studio.training.schedule import normal

NETWORKS = ("whole", "ablated")
SIDE = 64  # of the pictures that the cosine schedule was made for
LOOKED, LOG_SNRS = 128, np.linspace(-6, 6, 9)  # pictures, and where on the path, that an error is the mean of


def _like_ddpm(without: str, **facts: Any) -> System:
    """A row of the table: DDPM, but for what is said; `without` is what its ablation lacks."""
    claim = Claim(f"error of its v over that without {without}, trained alike", "error_beside_ablated", 1.0, "less",
                  "retrain")  # fmt: skip
    shared: dict[str, Any] = {"objective": "E‖v − v_θ(x_t, t)‖²", "descends": ("ddpm",), "claim": claim}
    return replace(DDPM, **{**shared, **facts})


DIT = _like_ddpm(
    "gates that begin at zero",
    name="dit",
    title="DiT",
    year=2022,
    authors="Peebles, Xie",
    paper="arXiv:2212.09748",
    tags=("diffusion", "transformer"),
    idea="A transformer over patches takes the U-Net's place; time and class scale, shift and gate each of its layers.",
    learned="v, by a transformer whose every block begins as the identity.",
)
U_VIT = _like_ddpm(
    "long skips",
    name="u-vit",
    title="U-ViT",
    year=2022,
    authors="Bao, Nie, Xue, Cao, Li, Su, Zhu",
    paper="arXiv:2209.12152",
    tags=("diffusion", "transformer"),
    idea="A transformer for which time, class and patches are all tokens, with a U-Net's skips between its halves.",
    learned="v, by a transformer whose first half is heard again in its second.",
)
SIMPLE = _like_ddpm(
    "the shift",
    name="simple",
    title="Simple diffusion",
    year=2023,
    authors="Hoogeboom, Heek, Salimans",
    paper="arXiv:2301.11093",
    tags=("diffusion", "transformer"),
    idea="Large pictures need more noise, for their pixels repeat each other: the schedule is shifted by their side.",
    learned="v, by a U-Net with a transformer in the middle.",
)
RIN_SYSTEM = _like_ddpm(
    "latents of the step before",
    name="rin",
    title="RIN",
    year=2022,
    authors="Jabri, Fleet, Chen",
    paper="arXiv:2212.11972",
    tags=("diffusion", "transformer"),
    idea="A few latent tokens read from the patches, think, and write to them; the next step goes on from them.",
    learned="v, by a network that remembers what it thought at the step before.",
    step="As DDPM's; the latents at its end begin the next.",
)


@dataclass(frozen=True, kw_only=True)
class BackboneRecipe(DdpmRecipe):
    """DDPM by the loss of v with another network, or with its ablation."""

    samples: Samples = 160_000
    even: int = 0  # that loss is even
    target: str = "v"
    network: Annotated[str, Option("Network", "or one without what it is known for", choices=NETWORKS)] = "whole"
    without: ClassVar[dict[str, Any]] = {}  # the sizes of the ablated one that are otherwise

    @property
    def changes(self) -> dict[str, Any]:
        return self.without if self.network == "ablated" else {}

    def error(self, model: nn.ModuleDict) -> float:
        """Mean square error of v: of the same pictures, noised by the same draws to the same log-SNRs."""
        network, rng = model["denoiser"].eval(), np.random.default_rng(0)
        x0, told = self.shown(rng, LOOKED)
        found = []
        for log_snr in LOG_SNRS:
            point = self.process.coordinates(math.exp(-log_snr / 2))
            at = Point(*(torch.full((LOOKED, 1, 1, 1), each) for each in point))  # type: ignore[arg-type]
            x = at.alpha * x0 + at.sigma * normal(rng, *x0.shape)
            with torch.inference_mode():
                answer = _asked(network, self.diffusion.shown(x, at), self.time(at), told)
            found.append(float((answer - self.diffusion.target(x0, x, at)).square().mean()))
        return float(np.mean(found))


@dataclass(frozen=True, kw_only=True)
class DitRecipe(BackboneRecipe):
    name: ClassVar[str] = "dit"
    system: ClassVar[System] = DIT
    without: ClassVar[dict[str, Any]] = {"zero": False}

    backbone: str = "dit"


@dataclass(frozen=True, kw_only=True)
class UVitRecipe(BackboneRecipe):
    name: ClassVar[str] = "u-vit"
    system: ClassVar[System] = U_VIT
    without: ClassVar[dict[str, Any]] = {"skips": False}

    backbone: str = "u-vit"


@dataclass(frozen=True, kw_only=True)
class SimpleRecipe(BackboneRecipe):
    name: ClassVar[str] = "simple"
    system: ClassVar[System] = SIMPLE

    backbone: str = "simple"
    noise: NoiseSchedule = "cosine_snr"

    @property
    def shift(self) -> float:
        """Of the schedule."""
        return 1.0 if self.network == "ablated" else self.size / SIDE

    @cached_property
    def process(self) -> Process:
        return vp(self.noise, self.timesteps, shift=self.shift)

    @property
    def process_numbers(self) -> dict[str, Any]:
        return super().process_numbers | {"shift": self.shift}


@dataclass(frozen=True, kw_only=True)
class RinRecipe(BackboneRecipe):
    name: ClassVar[str] = "rin"
    system: ClassVar[System] = RIN_SYSTEM
    without: ClassVar[dict[str, Any]] = {"conditioned": 0.0}

    backbone: str = "rin"
    noise: NoiseSchedule = "sigmoid"


def _asked(network: nn.Module, x: Tensor, time: Tensor, told: Tensor) -> Tensor:
    """The answer; of a network that remembers, once it has thought about this x before."""
    if isinstance(network, RIN) and network.config.conditioned:
        _, before = network.remembering(x, time, told, network.unremembered(x))
        return network.remembering(x, time, told, before)[0]
    answer: Tensor = network(x, time, told)
    return answer
