"""Training recipe that teaches the U-Net of `icons` to complete draft images in all poses that can result from
a seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.common.atomic_files import make_folder
from gdm_studio.common.errors import ModelError
from gdm_studio.models.families.icons.memorised_drawings import PrototypeBasis
from gdm_studio.networks.icons.autoencoder import AutoencoderKL
from gdm_studio.networks.icons.special_tokens import ANY_STYLE, PADDING
from gdm_studio.training import sample_sheet
from gdm_studio.training.data.dataset import Pictures, open_pictures
from gdm_studio.training.ema import Ema
from gdm_studio.training.icons import autoencoder_training
from gdm_studio.training.icons.denoiser_recipe import GUIDANCE, Autoencoder, WordTable, denoising_error
from gdm_studio.training.icons.networks import PROTOTYPES, RARE_PROTOTYPES, IconsNetworks, load_averaged
from gdm_studio.training.icons.pose_augmented_pairs import PosedDrawings, pose_drawings
from gdm_studio.training.learning_rate_schedule import normal
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import (
    Batch,
    Cooldown,
    CooldownRecipe,
    Data,
    Halflife,
    LearningRate,
    Objective,
    Optimizers,
    Samples,
    Subset,
    Threads,
    Warmup,
)

InitialRun = Annotated[Path, Option("Begin from", "a run of the third stage with memorised drawings")]
Pairs = Annotated[int, Option("Pairs", "posed drawings with their drafts, made before the training", 1, 10_000_000)]


@dataclass(frozen=True)
class PosedTraining:
    """Networks of `icons` in training, with training pairs that show memorised training images in random poses."""

    networks: IconsNetworks
    pairs: PosedDrawings


@dataclass(frozen=True, kw_only=True)
class PosedRecipe(CooldownRecipe[PosedTraining]):
    """Training recipe for the U-Net of `icons`, which learns to turn a draft of a memorised training image in a random
    pose into a finished image.

    The text encoder, the draft network and the memorised drawings are not changed. Loss and output files are the same
    as in the third training stage.
    """

    name: ClassVar[str] = "icons-posed"

    data: Data
    vae: Autoencoder
    words: WordTable
    init: InitialRun
    subset: Subset = "best"
    pairs: Pairs = 20_000
    samples: Samples = 500_000
    batch: Batch = 48
    learning_rate: LearningRate = 1e-3
    warmup: Warmup = 5_000
    cooldown: Cooldown = 250_000
    optimizer: Optimizers = "muon"
    ema_halflife: Halflife = 15_000
    drop_text: Annotated[float, Option("No text", "share of samples without a prompt, for guidance", 0, 1)] = 0.1
    drop_style: Annotated[float, Option("No style", "share of samples without a style", 0, 1)] = 0.05
    drop_words: Annotated[
        float, Option("No words", "share of prompts reduced to their style, so that the draft is followed", 0, 1)
    ] = 0.1
    log_sigma_mean: Annotated[float, Option("Noise", "mean of the log noise level", -10, 10)] = 0.3
    log_sigma_spread: Annotated[float, Option("Spread of noise", "standard deviation of the log level", 0, 10)] = 1.5
    sheet_minutes: Annotated[float, Option("Sheets", "minutes between sample sheets; 0 for none", may_change=True)] = 0
    threads: Threads = 2

    @property
    def sheet_seconds(self) -> float:
        return 60 * self.sheet_minutes

    @cached_property
    def pictures(self) -> Pictures:
        return open_pictures(self.data)

    @cached_property
    def decoder(self) -> AutoencoderKL:
        return autoencoder_training.load(self.vae).to(self.device)

    def model(self, out: Path) -> PosedTraining:
        networks, _ = load_averaged(self.init, self.words)
        if networks.prototypes is None or networks.unet.sketch is None:
            raise ModelError(f"{self.init} has no memorised drawings; create them with  gdm-studio train recall")
        make_folder(out)
        networks.prototypes.write(out / PROTOTYPES)
        drawings = all_drawings(self.init, networks.prototypes)
        if drawings is not networks.prototypes:
            PrototypeBasis.read(self.init / RARE_PROTOTYPES).write(out / RARE_PROTOTYPES)
        networks = networks.to(self.device)
        pairs = pose_drawings(
            replace(networks, prototypes=drawings),
            self.decoder,
            self.pictures,
            subset=self.subset,
            count=self.pairs,
            seed=self.seed + 1,
        )
        return PosedTraining(networks, pairs)

    def modules(self, model: PosedTraining) -> dict[str, nn.Module]:
        return {"unet": model.networks.unet, "text": model.networks.text}

    def fixed_settings(self, model: PosedTraining) -> dict[str, Any]:
        return {"styles": list(model.networks.tokenizer.styles), "network": asdict(model.networks.unet.config)}

    def average(self, model: PosedTraining) -> Ema:
        return Ema(model.networks.parameters(), self.ema_halflife)

    def objectives(self, model: PosedTraining) -> Sequence[Objective]:
        networks, pairs = model.networks, model.pairs
        networks.freeze()
        if torch.device(self.device).type == "cuda":
            # Most of a step's time is spent on small operations, which the compiler fuses.
            networks.unet.compile()
        prompts = pairs.prompts.to(networks.device)
        empty = torch.tensor(networks.tokenizer.encode(""), device=networks.device)

        def loss(
            rows: Tensor, sigma: Tensor, noise: Tensor, has_text: Tensor, has_style: Tensor, has_words: Tensor
        ) -> Tensor:
            ids = torch.where(has_text[:, None], prompts[rows], empty)
            ids[:, 0] = torch.where(has_style & has_text, ids[:, 0], ANY_STYLE)
            ids[:, 1:] = torch.where(has_words[:, None], ids[:, 1:], PADDING)
            x0 = pairs.latents[rows].float()
            with torch.no_grad():
                tokens, mask, pooled = networks.text(ids)
                typical = networks.draft((tokens, mask, pooled), x0)
                draft = torch.where(has_text[:, None, None, None], pairs.drafts[rows].float(), typical)
            return denoising_error(networks, x0, sigma, noise, (tokens, mask, pooled, draft))

        optimizers = OPTIMIZERS[self.optimizer](networks.unet, networks.text, self.learning_rate)
        return (Objective("loss", loss, networks.trainable_parameters(), optimizers),)

    def draw(self, model: PosedTraining, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        rows = torch.from_numpy(rng.integers(len(model.pairs), size=self.batch))
        log_sigma = self.log_sigma_mean + self.log_sigma_spread * normal(rng, self.batch)
        has_text, has_style, has_words = (
            torch.from_numpy(rng.random(self.batch) >= dropped)
            for dropped in (self.drop_text, self.drop_style, self.drop_words)
        )
        noise = torch.randn(self.batch, *model.pairs.latents.shape[1:], device=model.networks.device)
        return rows, log_sigma.exp(), noise, has_text, has_style, has_words

    def write_sheet(self, model: PosedTraining, out: Path, seen: int) -> None:
        path = out / "sheets" / f"{seen:08}.png"
        latent = model.pairs.latents.shape[1:]
        sample_sheet.write(path, model.networks, self.decoder, latent=latent, guidance=GUIDANCE)


def all_drawings(run: Path, memorised: PrototypeBasis) -> PrototypeBasis:
    """Return all memorised training images of a run, including the rarer ones if the run has a file of them."""
    rare = run / RARE_PROTOTYPES
    return memorised.combine(PrototypeBasis.read(rare)) if rare.exists() else memorised
