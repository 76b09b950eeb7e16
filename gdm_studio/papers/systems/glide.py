"""GLIDE: a base stage that attends to the tokens of a caption, an upsampler, and guidance without a classifier.

A transformer encodes the caption and is trained together with the U-Net. Its tokens are keys of the U-Net's attention,
and its last token is added to the embedded time (Nichol et al. 2021, section 3.1). A tenth of the captions are empty in
training, so that guidance can compare the predictions with and without a caption (section 2.4). The paper first trains
with all captions, and then fine-tunes with a fifth of them empty.

The alternative is CLIP guidance: a contrastive model embeds noisy images and captions, and the gradient of their
agreement moves the mean of a step, μ + s·Σ·∇ (f(x_t)·g(c)) (equation 8). Both are here, so that they can be compared as
in the paper: the factor "CLIP guidance" of the model adds the second.

For inpainting, the trained base stage is fine-tuned with further input channels: the image with an erased region, and
the mask (section 2.5). Their kernel is zero at first. A share of the images is erased completely, so that the network
still draws without a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.models.families.papers.cascade import StageSpec, known_part
from gdm_studio.models.families.papers.cascade_settings import CLIP_GUIDANCE
from gdm_studio.papers.system_description import Claim, Range, System, terms
from gdm_studio.papers.systems.cascade import CascadeRecipe
from gdm_studio.papers.training.cascade_images import SIDES
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Phase

# The smallest and largest side of an erased rectangle or ellipse, as fractions of the image's side, and the largest
# number of them.
SHORTEST, LONGEST, MOST_SHAPES = 0.2, 0.9, 3

GLIDE = System(
    name="glide",
    title="GLIDE",
    year=2021,
    authors="Nichol, Dhariwal, Ramesh, Shyam, Mishkin, McGrew, Sutskever, Chen",
    paper="arXiv:2112.10741",
    tags=("diffusion", "text", "cascade"),
    idea=QT_TRANSLATE_NOOP(
        "System",
        "A caption guides a small picture by the difference that it makes; a second network enlarges it.",
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise of 64 × 64 pixels; then of 256 × 256."),
    learned=QT_TRANSLATE_NOOP("System", "The noise, given a caption, by two networks, and the encoding of captions."),
    step=QT_TRANSLATE_NOOP("System", "Steps of 64 pixels with and without the caption; then steps of 256 pixels."),
    objective="E‖F − v‖², F of x_t and the caption c; ε̂ = ε_θ(x_t) + s·(ε_θ(x_t, c) − ε_θ(x_t))",
    trains=("caption", "base", "upsampler", "contrastive"),
    samplers=("ddim", "ddpm_large", "dpmpp_2m"),
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System",
            "share of pictures of the right thing, minus the best such share by CLIP guidance",
        ),
        "recognised_beside_clip_guidance",
        Range(0.1, 1),
        "weights",
        0.0,
        "CLIP guidance on both sides",
        terms=terms(variety=(0.2, 1.2)),
    ),
    parents=("ddpm-learned", "classifier-guidance", "cascaded"),
)


@dataclass(frozen=True, kw_only=True)
class GlideRecipe(CascadeRecipe):
    """Training recipe for GLIDE, a text-to-image cascade whose base stage attends to captions.

    It trains a noise-aware contrastive model, then an upsampler, then the base stage; for inpainting, the base stage
    of a trained model.
    """

    name: ClassVar[str] = "glide"
    system: ClassVar[System] = GLIDE
    upsamplers: ClassVar[int] = 1
    card_entries: ClassVar[dict[str, Any]] = {"factors": {CLIP_GUIDANCE: "CLIP guidance"}}

    inpainting: Annotated[
        float, Option("Inpainting", "fine-tunes --init for inpainting: share of images of which a part is known", 0, 1)
    ] = 0.0

    def __post_init__(self) -> None:
        if self.inpainting and self.init is None:
            raise BadRequest("Inpainting is learned by a trained model; name it with --init.")

    @property
    def phases(self) -> Sequence[Phase[nn.ModuleDict]]:
        if self.inpainting:
            return (self,)
        return (self.contrastive_phase(is_noise_aware=True), *self.upsampler_phases(), self)

    def networks(self) -> dict[str, nn.Module]:
        return {
            "caption": self.new_caption(),
            "base": self.new_base(inpainting=self.inpainting > 0),
            "upsampler": self.new_upsampler(1),
            "contrastive": self.new_contrastive(),
        }

    def specs(self) -> tuple[StageSpec, ...]:
        return (
            StageSpec("base", "base", SIDES[0], 0.75, self.data_scale),
            self.upsampler_spec(1, 0.25),
        )

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        x0, *others = super().draw(model, rng, step)
        if not self.inpainting:
            return x0, *others
        masks = random_masks(rng, len(x0), x0.shape[-1])
        masks[torch.from_numpy(rng.random(len(x0)) >= self.inpainting)] = 1
        return x0, *others, known_part(x0, masks)

    def more_conditioning(self, *more: Tensor) -> dict[str, Tensor]:
        return {"known": more[0]} if more else {}


def random_masks(rng: np.random.Generator, count: int, side: int) -> Tensor:
    """Draw random inpainting masks (count, 1, side, side): 1 inside up to MOST_SHAPES rectangles and ellipses, and 0
    elsewhere.
    """
    places = (np.arange(side) + 0.5) / side
    masks = np.zeros((count, 1, side, side), np.float32)
    for mask in masks[:, 0]:
        for _ in range(1 + rng.integers(MOST_SHAPES)):
            height, width = rng.uniform(SHORTEST, LONGEST, 2) / 2
            row, column = rng.random(2)
            down, across = abs(places - row)[:, None] / height, abs(places - column) / width
            is_inside = np.hypot(down, across) < 1 if rng.random() < 0.5 else np.maximum(down, across) < 1
            mask[is_inside] = 1
    return torch.from_numpy(masks)
