"""Cold Diffusion: images are degraded without noise (blur, pixelation, masks, fading or snow) and restored.

D(x_0, s) degrades an image with severity s, where D(x_0, 0) = x_0. R_θ(x_s, s) learns to restore it (equation 1).

Algorithm 1 restores the image and degrades it again by a little less, x_{s−1} = D(R(x_s), s − 1). It accumulates the
errors of R. Algorithm 2 is x_{s−1} = x_s − D(R(x_s), s) + D(R(x_s), s − 1). It cancels the errors of R if D is smooth:
for a linear D(x, s) = x + s·e, any R gives back x_0 exactly. Other errors still accumulate, so an image may get worse.

New images are generated from one flat colour with a trace of noise, which is needed for variety (section 5.2).

Departures from the paper: one network learns all degradations and is conditioned on their kind, blur and pixelation are
exact linear maps of any severity, and the colour of a new image is drawn from a Gaussian.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import CLEAN, NoiseLevel
from gdm_studio.maths.processes import PROCESSES, Process
from gdm_studio.models.families.papers.method_parts import ConstantInput, Part, header_of
from gdm_studio.papers.system_description import Claim, Range, System
from gdm_studio.papers.training.denoising_loss import DenoisingLossRecipe
from gdm_studio.papers.training.model_file import card_of, write_variant
from gdm_studio.training.learning_rate_schedule import normal
from gdm_studio.training.recipe import Cooldown, Samples

KINDS = ("blur", "pixelate", "mask", "fade", "snow")

COLD = System(
    name="cold",
    title="Cold Diffusion",
    year=2022,
    authors="Bansal, Borgnia, Chu, Li, Kazemi, Huang, Goldblum, Geiping, Goldstein",
    paper="arXiv:2208.09392",
    tags=("no noise", "degradation"),
    idea=QT_TRANSLATE_NOOP(
        "System", "Pictures are degraded without noise, and a network learns to restore them from any severity."
    ),
    starts=QT_TRANSLATE_NOOP(
        "System",
        "A fully degraded picture, e.g. blurred or masked, without noise. For a new picture, a random flat colour.",
    ),
    learned=QT_TRANSLATE_NOOP("System", "To restore the picture from any severity."),
    step=QT_TRANSLATE_NOOP(
        "System", "Restores the picture, and replaces its degradation at this severity by the next lower one."
    ),
    objective="E‖R_θ(D(x_0, s), s) − x_0‖₁",
    trains=("denoiser",),
    samplers=("cold_2", "cold_1"),
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System", "error of blurred held-out pictures restored by algorithm 2 over that by algorithm 1, at 20 steps"
        ),
        "restoration_ratio",
        Range(0.3, 0.95),
        "weights",
        1.0,
        "algorithm 1",
    ),
    parents=("ddpm",),
)


@dataclass(frozen=True, kw_only=True)
class ColdRecipe(DenoisingLossRecipe):
    """Training recipe for Cold Diffusion, in which one network learns to undo several kinds of degradation, such as
    blur and masks.

    The network is conditioned on the kind of degradation. Each kind is a separate model, but all share the weights.
    """

    name: ClassVar[str] = "cold"
    system: ClassVar[System] = COLD
    learns: ClassVar[tuple[str, ...]] = ("images",)

    samples: Samples = 240_000
    cooldown: Cooldown = 120_000

    @property
    def predicts(self) -> str:
        return "x0"

    @cached_property
    def processes(self) -> tuple[Process, ...]:
        """Degradation processes that the network learns to undo, such as blur, pixelation and masks."""
        return tuple(PROCESSES[kind]() for kind in KINDS)

    @property
    def process(self) -> Process:
        """Degradation process of the first kind. For all kinds, it defines how the severity is encoded in the network's
        input.
        """
        return self.processes[0]

    @property
    def cond_width(self) -> int:
        return super().cond_width + len(KINDS)

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        """Return a training batch of degraded images, each with a random kind and severity of degradation."""
        x0, cond = self.random_images(rng, self.batch)
        eps = normal(rng, *x0.shape)
        kinds = rng.integers(len(KINDS), size=self.batch)
        rows, levels = [], []
        for index, kind in enumerate(kinds):
            ratios = self.processes[kind].ratios
            at = self.processes[kind].coordinates(ratios[rng.integers(len(ratios))])
            rows.append(self.processes[kind].degrade(x0[[index]], at, eps[[index]]))
            levels.append([*at, *CLEAN])
        return x0, torch.cat(rows), torch.tensor(levels), torch.cat([cond, torch.eye(len(KINDS))[kinds]], dim=1)

    def loss(self, output: Tensor, x0: Tensor, x: Tensor, at: NoiseLevel, to: NoiseLevel) -> Tensor:
        """Return the training loss, the mean absolute error of restored images: E‖R_θ(D(x_0, s), s) − x_0‖₁ (equation
        1). D degrades an image with severity s, and R_θ is the network.
        """
        return (output - x0).abs().mean()

    def exported_parts(self, model: nn.ModuleDict) -> tuple[Part, ...]:
        return (kind_input(KINDS[0]),)

    @property
    def defaults(self) -> dict[str, Any]:
        return super().defaults | dict(sampler="cold_2", steps=20, guidance_scale=1.0)

    def finish(self, model: nn.ModuleDict, out: Path, seen: int) -> None:
        """Write the trained model for the first kind of degradation, and one variant file for each of the remaining
        kinds.

        Variants have no weights of their own.
        """
        super().finish(model, out, seen)
        for kind, process in zip(KINDS[1:], self.processes[1:], strict=True):
            title = f"{self.title or COLD.title}: {process.title.lower()}"
            facts = {"name": f"{self.model_name}-{kind}", "title": title, "process": kind}
            card = card_of(out / self.product) | facts | {"takes_pictures": False}
            write_variant(
                out / f"{self.model_name}-{kind}.safetensors", out / self.product, card, header_of([kind_input(kind)])
            )


def kind_input(kind: str) -> ConstantInput:
    """Return the constant input that selects a kind of degradation in the network."""
    return ConstantInput(tuple(float(each == kind) for each in KINDS))
