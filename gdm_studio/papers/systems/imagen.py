"""Imagen: a frozen text encoder, a base stage, and two upsamplers conditioned on the noise in their input.

The text encoder is trained on text alone: it fills in missing words of captions and of lists of synonyms. Its weights
do not change while the images are learned (Saharia et al. 2022, section 2.1).

In training, the smaller image of an upsampler is noised by a random amount, and the amount is an input of the network
(noise conditioning augmentation, section 2.4). At sampling, a little noise hides the errors of the stage before, and
the upsampler draws these details anew. "Noise in the smaller picture" is a setting of the model.

Large guidance drives predictions out of the range of images. Dynamic thresholding divides each prediction by a quantile
of its absolute values (section 2.3). It is a control of all models here, "Dynamic threshold".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.models.families.papers.caption_vocabulary import split
from gdm_studio.models.families.papers.cascade import StageSpec, noise_of_amount
from gdm_studio.models.families.papers.cascade_settings import AUGMENTATION
from gdm_studio.networks.papers.cascades.caption_transformer import EMPTY, CaptionTransformer
from gdm_studio.papers.system_description import Claim, Range, System, terms
from gdm_studio.papers.systems.cascade import CascadePhase, CascadeRecipe
from gdm_studio.papers.training.cascade_images import SIDES
from gdm_studio.training.learning_rate_schedule import normal
from gdm_studio.training.recipe import Objective, Phase

# The largest amount of noise in a smaller image in training, and the amount at sampling, from 0 to 1.
MOST_NOISE, NOISE = 0.5, 0.1
# The fraction of a caption's words that are replaced by EMPTY, for the encoder to fill in.
MISSING = 0.3
# The efficient U-Net of the upsamplers: most blocks are at the lower resolution, and skip connections have the factor
# 2^(−1/2) (Saharia et al. 2022, appendix B.1).
EFFICIENT: Mapping[str, Any] = {"augmented": True, "blocks": (1, 3), "skip_scale": 2**-0.5}

IMAGEN = System(
    name="imagen",
    title="Imagen",
    year=2022,
    authors="Saharia, Chan, Saxena, Li, Whang, Denton and others",
    paper="arXiv:2205.11487",
    tags=("diffusion", "text", "cascade"),
    idea=QT_TRANSLATE_NOOP(
        "System", "A text encoder that never saw a picture conditions a small one, which two networks enlarge."
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise of 64 × 64 pixels; then of 256 × 256, and of 1024 × 1024."),
    learned=QT_TRANSLATE_NOOP("System", "Text by itself; then the noise, given text or a noisy smaller picture."),
    step=QT_TRANSLATE_NOOP("System", "As GLIDE's, with predictions scaled into range; then larger pictures."),
    objective="E‖F − v‖², F of x_t and τ(c), τ fixed; for upsamplers, F of x_t, α_s·y + σ_s·ε and s",
    trains=("caption", "base", "upsampler", "upsampler-2"),
    samplers=("ddim", "ddpm_large", "dpmpp_2m"),
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System", "share of fully saturated pixels at guidance 10, over that with clipping, at the same classes"
        ),
        "saturation_beside_clipping",
        Range(0, 0.8),
        "weights",
        1.0,
        "clipping on both sides",
        # Of 16,384 values, the quantile 0.995 leaves 82 at the end of the range.
        terms=terms(range=(0.999, 1.001), clipped=(0.0045, 0.0055)),
    ),
    parents=("glide",),
)

CASCADED = System(
    name="cascaded",
    title="Cascaded diffusion",
    year=2021,
    authors="Ho, Saharia, Chan, Fleet, Norouzi, Salimans",
    paper="arXiv:2106.15282",
    tags=("diffusion", "cascade"),
    idea=QT_TRANSLATE_NOOP(
        "System", "One network draws a small picture; others enlarge it, after noise is added to it."
    ),
    starts=IMAGEN.starts,
    learned=QT_TRANSLATE_NOOP("System", "Nothing: it uses Imagen's networks."),
    step=QT_TRANSLATE_NOOP("System", "Steps of the small picture; then of larger ones, given the noised smaller one."),
    objective=IMAGEN.objective,
    trains=(),
    samplers=IMAGEN.samplers,
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System", "gap in detail between enlarged generated and real pictures, over that without noise in them"
        ),
        "detail_gap_beside_clean",
        Range(0, 0.8),
        "weights",
        1.0,
        "no noise on both sides",
    ),
    weights_from="imagen",
    parents=("ddpm-learned",),
)


@dataclass(frozen=True, kw_only=True)
class TextPhase(CascadePhase):
    """Training phase of Imagen's text encoder, which learns to fill in missing words of captions.

    See Devlin et al. 2018, task 1.
    """

    name: ClassVar[str] = "text"

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        images = self.recipe.images
        rows = []
        for index in rng.integers(len(images), size=self.batch):
            text = images.compose_caption(int(index), rng)
            # Lists of synonyms say which words mean the same.
            if rng.random() < 0.5:
                text = " ".join(rng.permutation([name for name in images.names[index]]))
            rows.append(images.words.encode(" ".join(split(text))))
        ids = torch.tensor(rows)
        is_missing = torch.from_numpy(rng.random(ids.shape) < MISSING) & (ids != EMPTY)
        return ids.masked_fill(is_missing, EMPTY), ids, is_missing

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        network = cast(CaptionTransformer, model["caption"])

        def loss(shown: Tensor, ids: Tensor, is_missing: Tensor) -> Tensor:
            errors = F.cross_entropy(network.word_scores(shown).transpose(1, 2), ids, reduction="none")
            return (errors * is_missing).sum() / is_missing.sum().clamp(min=1)

        return (self.objective(loss, network, optimizer="adamw"),)


@dataclass(frozen=True, kw_only=True)
class ImagenRecipe(CascadeRecipe):
    """Training recipe for Imagen, a text-to-image cascade with a frozen text encoder.

    It trains the text encoder, then the upsamplers, then the base stage.
    """

    name: ClassVar[str] = "imagen"
    system: ClassVar[System] = IMAGEN
    trains_caption: ClassVar[bool] = False
    card_entries: ClassVar[dict[str, Any]] = {
        "factors": {AUGMENTATION: "Noise in the smaller picture"},
        "factor_defaults": {AUGMENTATION: NOISE},
    }

    @property
    def phases(self) -> Sequence[Phase[nn.ModuleDict]]:
        text = TextPhase(**self.phase_settings(self.others) | {"batch": 4 * self.batch})
        return (text, *self.upsampler_phases(), self)

    def networks(self) -> dict[str, nn.Module]:
        return {
            "caption": self.new_caption(answers=len(self.images.words.words) + 1),
            "base": self.new_base(),
            "upsampler": self.new_upsampler(1, **EFFICIENT),
            "upsampler-2": self.new_upsampler(2, **EFFICIENT),
        }

    def degrade(self, small: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor | None]:
        level = noise_of_amount(torch.from_numpy(rng.uniform(0, MOST_NOISE, len(small)).astype(np.float32)))
        alpha, sigma = level[:, :, None, None, None].unbind(1)
        return alpha * small + sigma * normal(rng, *small.shape), level

    def specs(self) -> tuple[StageSpec, ...]:
        return (
            StageSpec("base", "base", SIDES[0], 0.7, self.data_scale),
            self.upsampler_spec(1, 0.2),
            self.upsampler_spec(2, 0.1),
        )
