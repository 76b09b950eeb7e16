"""DALL·E 2 (unCLIP): a prior draws an image embedding from a caption, and a decoder draws the image from the embedding.

A contrastive model embeds images and captions in one space. A caption has many fitting images, but its embedding is a
single point, which is the embedding of none of them. The prior therefore draws an image embedding z_i given the
caption: a causal transformer predicts the clean z_i from a noisy one (Ramesh et al. 2022, section 2.2). It draws two,
and keeps the one whose agreement with the caption is larger.

The decoder is GLIDE's base stage, conditioned on z_i too. Embeddings are missing for a tenth of its training images,
and captions for half of them (section 2.1). Two upsamplers follow, which are trained on blurred and slightly noisy
smaller images. The paper's second one is trained with compression artefacts too.

An image can be encoded instead of drawn by the prior. Its variations share what the embedding says: start from a
picture, and choose how much noise its embedding gets. Embeddings of two images are mixed by spherical interpolation,
and the difference of two texts changes an image, such as "winter" − "summer" (section 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.models.families.papers.cascade import StageSpec
from gdm_studio.networks.papers.cascades.contrastive_text_image_model import ContrastiveModel
from gdm_studio.networks.papers.cascades.prior_transformer import PriorTransformer, PriorTransformerConfig
from gdm_studio.papers.system_description import Claim, Range, System, terms
from gdm_studio.papers.systems.cascade import (
    EMBEDDING,
    CascadePhase,
    CascadeRecipe,
    cosine_process,
    prediction_loss,
    random_levels,
)
from gdm_studio.papers.training.cascade_images import EMPTY_CAPTIONS, SIDES
from gdm_studio.training.learning_rate_schedule import normal
from gdm_studio.training.recipe import Objective, Phase

# The shares of the decoder's training images without embedding, and without caption.
NO_EMBEDDING, NO_CAPTION = 0.1, 0.5
# The number of images that are embedded at a time.
EMBEDDED = 256
# The prediction of the prior, a key of PREDICTIONS: the clean embedding itself.
PRIOR_PREDICTION = "x0"

UNCLIP = System(
    name="unclip",
    title="DALL·E 2",
    year=2022,
    authors="Ramesh, Dhariwal, Nichol, Chu, Chen",
    paper="arXiv:2204.06125",
    tags=("diffusion", "text", "cascade"),
    idea=QT_TRANSLATE_NOOP(
        "System",
        "A first network draws the meaning of the picture, an embedding; others draw the picture from it.",
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise of 64 numbers, an embedding; then of pictures of three sizes."),
    learned=QT_TRANSLATE_NOOP(
        "System", "Embeddings of pictures and captions; the clean embedding; then the noise in a picture, given it."
    ),
    step=QT_TRANSLATE_NOOP(
        "System", "Steps of two embeddings, of which the better is kept; then steps of 64, 256 and 1024 pixels."
    ),
    objective="E‖z_i − f_θ(z_i^t, c)‖²; then E‖F − v‖², F of x_t, z_i and the caption c",
    trains=("contrastive", "prior", "caption", "base", "upsampler", "upsampler-2"),
    samplers=("ddim", "ddpm_large", "dpmpp_2m"),
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System", "share of pictures of the right thing by the prior, minus that with the caption’s own embedding"
        ),
        "recognised_beside_text_embedding",
        Range(0.1, 0.5),
        "weights",
        0.0,
        "the caption's embedding on both sides",
        terms=terms(variety=(0.2, 1.2), chosen=(0.99, 1)),
    ),
    parents=("glide",),
)


@dataclass(frozen=True, kw_only=True)
class PriorPhase(CascadePhase):
    """Training phase of DALL·E 2's prior, which learns to generate the image embedding of a caption.

    The embeddings come from the contrastive model, which is already trained.
    """

    name: ClassVar[str] = "prior"

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        images, ids = self.recipe.images.draw_captioned(rng, self.batch)
        at = random_levels(cosine_process(), rng, self.batch, 1)
        alpha, sigma = cast(Tensor, at.alpha), cast(Tensor, at.sigma)
        return images, ids, normal(rng, self.batch, EMBEDDING), alpha, sigma

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        prior = cast(PriorTransformer, model["prior"])
        contrastive = cast(ContrastiveModel, model["contrastive"])
        caption = model["caption"]
        diffusion = Diffusion(cosine_process(), PRIOR_PREDICTION, 1.0)
        with torch.no_grad():
            parts = self.recipe.images.small.split(EMBEDDED)
            prior.fit(torch.cat([contrastive.embed_images(part.to(prior.mean.device)) for part in parts]))

        def loss(images: Tensor, ids: Tensor, eps: Tensor, alpha: Tensor, sigma: Tensor) -> Tensor:
            with torch.no_grad():
                z = prior.scaled(contrastive.embed_images(images))
                text = contrastive.embed_captions(ids)
            tokens, _ = caption(ids)
            x = alpha * z + sigma * eps
            return prediction_loss(diffusion, lambda *inputs: prior(*inputs, tokens, text), z, x, alpha, sigma)

        return (self.objective(loss, prior, caption, optimizer="adamw"),)


@dataclass(frozen=True, kw_only=True)
class UnclipRecipe(CascadeRecipe):
    """Training recipe for DALL·E 2 (unCLIP), a text-to-image cascade that generates an image embedding first.

    It trains a contrastive model, then the prior, the upsamplers and the decoder. Decoder and prior share the caption
    transformer, which is trained only with the prior.
    """

    name: ClassVar[str] = "unclip"
    system: ClassVar[System] = UNCLIP
    trains_caption: ClassVar[bool] = False
    card_entries: ClassVar[dict[str, Any]] = {"takes_masks": False, "latent": [1, 2, EMBEDDING]}

    @property
    def phases(self) -> Sequence[Phase[nn.ModuleDict]]:
        prior = PriorPhase(**self.phase_settings(self.others) | {"batch": 4 * self.batch})
        return (self.contrastive_phase(is_noise_aware=False), prior, *self.upsampler_phases(), self)

    def networks(self) -> dict[str, nn.Module]:
        caption = self.new_caption()
        config = PriorTransformerConfig(embedding=EMBEDDING, caption=caption.config.width, length=caption.config.length)
        return {
            "caption": caption,
            "contrastive": self.new_contrastive(),
            "prior": PriorTransformer(config),
            "base": self.new_base(image_embedding=EMBEDDING),
            "upsampler": self.new_upsampler(1),
            "upsampler-2": self.new_upsampler(2),
        }

    def degrade(self, small: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor | None]:
        """Degrade the small images that an upsampler is trained with, so that it tolerates errors of earlier stages.

        Half of the images are blurred by 0.4 to 1 pixels, and a quarter get noise of up to 8 levels.
        """
        blurred = blur(small, torch.from_numpy(rng.uniform(0.4, 1.0, len(small)).astype(np.float32)))
        is_blurred = torch.from_numpy(rng.random((len(small), 1, 1, 1)) < 0.5)
        amount = rng.uniform(0, 8 / 127.5, (len(small), 1, 1, 1)) * (rng.random((len(small), 1, 1, 1)) < 0.25)
        noise = torch.from_numpy(amount.astype(np.float32)) * normal(rng, *small.shape)
        return torch.where(is_blurred, blurred, small) + noise, None

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        x0, x, alpha, sigma, ids = super().draw(model, rng, step)
        # Some captions are empty already.
        dropped = (NO_CAPTION - EMPTY_CAPTIONS) / (1 - EMPTY_CAPTIONS)
        ids = ids * torch.from_numpy(rng.random((len(ids), 1)) >= dropped)
        has_embedding = torch.from_numpy(rng.random((len(ids), 1)) >= NO_EMBEDDING)
        contrastive = cast(ContrastiveModel, model["contrastive"])
        with torch.no_grad():
            embeddings = contrastive.embed_images(x0.to(contrastive.log_scale.device))
        return x0, x, alpha, sigma, ids, embeddings.cpu().masked_fill(~has_embedding, torch.nan)

    def more_conditioning(self, *more: Tensor) -> dict[str, Tensor]:
        return {"image": more[0]}

    def specs(self) -> tuple[StageSpec, ...]:
        return (
            StageSpec("prior", "prior", 0, 0.3, 1.0, PRIOR_PREDICTION),
            StageSpec("base", "base", SIDES[0], 0.5, self.data_scale),
            self.upsampler_spec(1, 0.1),
            self.upsampler_spec(2, 0.1),
        )


def blur(images: Tensor, sigmas: Tensor) -> Tensor:
    """Blur images (N, C, H, W) with a 5 × 5 Gaussian kernel. `sigmas` (N,) are the standard deviations in pixels."""
    places = torch.arange(-2.0, 3.0)
    line = torch.exp(-0.5 * (places[None] / sigmas[:, None]) ** 2)
    line = line / line.sum(dim=1, keepdim=True)  # (N, 5)
    kernel = line[:, :, None] * line[:, None, :]  # (N, 5, 5)
    channels = images.shape[1]
    flat = F.pad(images, (2, 2, 2, 2), mode="replicate").flatten(0, 1)[None]  # (1, N · C, H + 4, W + 4)
    kernels = kernel.repeat_interleave(channels, dim=0)[:, None]
    return F.conv2d(flat, kernels, groups=len(kernels))[0].unflatten(0, images.shape[:2])
