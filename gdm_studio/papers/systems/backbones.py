"""Backbones that replace DDPM's U-Net. Each is compared with an ablation that lacks its characteristic feature.

DiT is a transformer whose blocks are scaled, shifted and gated by time and class. The gates are initialised to zero
(adaLN-zero), so that every block starts as the identity. Its ablation has no gates.

U-ViT is a transformer in which time, class and patches are all tokens. Long skips connect its first half to its second.
Its ablation has no skips.

Simple diffusion is a U-Net with a transformer in the middle. Its noise schedule is shifted by the size of the images,
to log-SNR − 2·ln(side / 64). Its ablation has the unshifted schedule.

RIN does most of its computation in a few latent tokens, which are passed on from each sampling step to the next. In its
ablation they are initialised at every step.

Everything else is the same as in DDPM, with a loss of v = √ᾱ_t·ε − √(1 − ᾱ_t)·x_0. (DiT's paper works in latent space
and predicts the noise and its variance.)
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import Process
from gdm_studio.maths.processes.vp import vp
from gdm_studio.networks.papers.backbones.rin import RIN
from gdm_studio.papers.system_description import Claim, Range, System
from gdm_studio.papers.systems.ddpm import DDPM, DdpmRecipe
from gdm_studio.papers.training.denoising_recipe import NoiseSchedule
from gdm_studio.training.learning_rate_schedule import normal
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Samples

NETWORKS = ("whole", "ablated")
# The side of the images for which the cosine schedule was designed, in pixels.
SIDE = 64
# The images and noise levels over which the error of a network is averaged.
ERROR_IMAGES = 128
LOG_SNRS = np.linspace(-6, 6, 9)


def _describe_backbone(claim_text: str, ablation: str, **facts: Any) -> System:
    """Return a `System` like DDPM's for a different backbone, whose claim is a lower error than that of its ablation.

    `facts` are further fields of `System` to replace.
    """
    claim = Claim(claim_text, "error_beside_ablated", Range(0.5, 0.98), "retrain", 1.0, ablation)
    shared: dict[str, Any] = {"objective": "E‖v − v_θ(x_t, t)‖²", "parents": ("ddpm",), "claim": claim}
    return replace(DDPM, **{**shared, **facts})


DIT = _describe_backbone(
    QT_TRANSLATE_NOOP("System", "error of v over that without gates initialised to zero, after equal training"),
    "the network without gates initialised to zero",
    name="dit",
    title="DiT",
    year=2022,
    authors="Peebles, Xie",
    paper="arXiv:2212.09748",
    tags=("diffusion", "transformer"),
    idea=QT_TRANSLATE_NOOP(
        "System",
        "A transformer over patches replaces the U-Net; time and class scale, shift and gate each of its layers.",
    ),
    learned=QT_TRANSLATE_NOOP("System", "v, by a transformer whose blocks start as the identity."),
)
U_VIT = _describe_backbone(
    QT_TRANSLATE_NOOP("System", "error of v over that without long skips, after equal training"),
    "the network without long skips",
    name="u-vit",
    title="U-ViT",
    year=2022,
    authors="Bao, Nie, Xue, Cao, Li, Su, Zhu",
    paper="arXiv:2209.12152",
    tags=("diffusion", "transformer"),
    idea=QT_TRANSLATE_NOOP(
        "System",
        "A transformer in which time, class and patches are all tokens, with a U-Net's skips between its halves.",
    ),
    learned=QT_TRANSLATE_NOOP("System", "v, by a transformer with skips from its first half to its second."),
)
SIMPLE = _describe_backbone(
    QT_TRANSLATE_NOOP("System", "error of v over that without the shift, after equal training"),
    "the network without the shift",
    name="simple",
    title="Simple diffusion",
    year=2023,
    authors="Hoogeboom, Heek, Salimans",
    paper="arXiv:2301.11093",
    tags=("diffusion", "transformer"),
    idea=QT_TRANSLATE_NOOP(
        "System",
        "Large pictures need more noise because neighbouring pixels are redundant: the schedule is shifted by size.",
    ),
    learned=QT_TRANSLATE_NOOP("System", "v, by a U-Net with a transformer in the middle."),
)
RIN_SYSTEM = _describe_backbone(
    QT_TRANSLATE_NOOP("System", "error of v over that without latents of the previous step, after equal training"),
    "the network without latents of the previous step",
    name="rin",
    title="RIN",
    year=2022,
    authors="Jabri, Fleet, Chen",
    paper="arXiv:2212.11972",
    tags=("diffusion", "transformer"),
    idea=QT_TRANSLATE_NOOP(
        "System", "A few latent tokens read from the patches, compute, and write back; the next step reuses them."
    ),
    learned=QT_TRANSLATE_NOOP("System", "v, by a network that reuses its latents of the previous step."),
    step=QT_TRANSLATE_NOOP("System", "As DDPM's; its final latents initialise those of the next step."),
)


@dataclass(frozen=True, kw_only=True)
class BackboneRecipe(DdpmRecipe):
    """Training recipe for DDPM with a different network architecture, such as DiT, and the v-prediction loss.

    It can also train an ablation of that architecture, which lacks its characteristic feature.
    """

    samples: Samples = 160_000
    # No even phase is needed, since the v loss already weights all noise levels equally.
    even: int = 0
    target: str = "v"
    network: Annotated[str, Option("Network", "the whole network or its ablation", choices=NETWORKS)] = "whole"
    # The fields of the network's configuration that define its ablation.
    ablation: ClassVar[dict[str, Any]] = {}

    @property
    def backbone_overrides(self) -> dict[str, Any]:
        return self.ablation if self.network == "ablated" else {}

    def error(self, model: nn.ModuleDict) -> float:
        """Return the trained network's mean squared error in predicting v.

        The images, the noise and the noise levels are always the same, so that two networks can be compared.
        """
        network, rng = model["denoiser"].eval(), np.random.default_rng(0)
        x0, cond = self.random_images(rng, ERROR_IMAGES)
        found = []
        for log_snr in LOG_SNRS:
            point = self.process.coordinates(math.exp(-log_snr / 2))
            at = NoiseLevel(*(torch.full((ERROR_IMAGES, 1, 1, 1), each) for each in point))  # type: ignore[arg-type]
            x = at.alpha * x0 + at.sigma * normal(rng, *x0.shape)
            with torch.inference_mode():
                answer = _evaluate(network, self.diffusion.scaled_input(x, at), self.time(at), cond)
            found.append(float((answer - self.diffusion.target(x0, x, at)).square().mean()))
        return float(np.mean(found))


@dataclass(frozen=True, kw_only=True)
class DitRecipe(BackboneRecipe):
    """Training recipe for DiT, a transformer with gated blocks."""

    name: ClassVar[str] = "dit"
    system: ClassVar[System] = DIT
    learns: ClassVar[tuple[str, ...]] = ("images",)
    ablation: ClassVar[dict[str, Any]] = {"zero": False}

    backbone: str = "dit"


@dataclass(frozen=True, kw_only=True)
class UVitRecipe(BackboneRecipe):
    """Training recipe for U-ViT, a transformer with long skip connections."""

    name: ClassVar[str] = "u-vit"
    system: ClassVar[System] = U_VIT
    learns: ClassVar[tuple[str, ...]] = ("images",)
    ablation: ClassVar[dict[str, Any]] = {"skips": False}

    backbone: str = "u-vit"


@dataclass(frozen=True, kw_only=True)
class SimpleRecipe(BackboneRecipe):
    """Training recipe for simple diffusion, whose noise schedule is shifted by the image size."""

    name: ClassVar[str] = "simple"
    system: ClassVar[System] = SIMPLE
    learns: ClassVar[tuple[str, ...]] = ("images",)

    backbone: str = "simple"
    noise: NoiseSchedule = "cosine_snr"

    @property
    def shift(self) -> float:
        """Shift factor of the noise schedule for the image size: the side in pixels divided by 64. It is 1 in the
        ablation.
        """
        return 1.0 if self.network == "ablated" else self.size / SIDE

    @cached_property
    def process(self) -> Process:
        return vp(self.noise, self.timesteps, shift=self.shift)

    @property
    def process_numbers(self) -> dict[str, Any]:
        return super().process_numbers | {"shift": self.shift}


@dataclass(frozen=True, kw_only=True)
class RinRecipe(BackboneRecipe):
    """Training recipe for RIN, which computes mostly on a few latent tokens."""

    name: ClassVar[str] = "rin"
    system: ClassVar[System] = RIN_SYSTEM
    learns: ClassVar[tuple[str, ...]] = ("images",)
    ablation: ClassVar[dict[str, Any]] = {"conditioned": 0.0}

    backbone: str = "rin"
    noise: NoiseSchedule = "sigmoid"


def _evaluate(network: nn.Module, x: Tensor, time: Tensor, cond: Tensor) -> Tensor:
    """Return a network's prediction for the noisy images x, evaluating it as often as sampling does.

    RIN is evaluated twice: its second evaluation receives the latents of the first.
    """
    if isinstance(network, RIN) and network.config.conditioned:
        _, latents = network.forward_with_latents(x, time, cond, network.initial_latents(x))
        return network.forward_with_latents(x, time, cond, latents)[0]
    answer: Tensor = network(x, time, cond)
    return answer
