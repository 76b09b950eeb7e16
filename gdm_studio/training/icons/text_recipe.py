"""Training recipe that teaches the U-Net of `icons` to draw from the text alone, without a memorised drawing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.common.atomic_files import make_folder
from gdm_studio.common.errors import BadRequest
from gdm_studio.models.families.icons.family import ICONS
from gdm_studio.models.families.icons.model import IconsModel
from gdm_studio.models.memory.loaded_model_cache import Store
from gdm_studio.models.memory.precision import fast_autocast
from gdm_studio.models.model_library import Library
from gdm_studio.networks.icons.special_tokens import ANY_STYLE, FIRST_STYLE, PADDING
from gdm_studio.networks.icons.text_encoder import TextEncoder
from gdm_studio.networks.icons.unet import UNet
from gdm_studio.networks.layers import channels_last
from gdm_studio.request.generation_request import BUILT_IN
from gdm_studio.training import distributed, sample_sheet
from gdm_studio.training.ema import Ema
from gdm_studio.training.icons.denoiser_recipe import denoising_error
from gdm_studio.training.icons.networks import IconsNetworks, at_sigma
from gdm_studio.training.icons.text_drawings import TextDrawings, create_text_drawings, tokenizer_of
from gdm_studio.training.learning_rate_schedule import Deadline, Schedule, TimedSchedule, normal
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import (
    Batch,
    Cooldown,
    CooldownRecipe,
    Halflife,
    LearningRate,
    Objective,
    Optimizers,
    Phase,
    Progress,
    Samples,
    Threads,
    Warmup,
)

# The file with the training drawings, in the folder of the run.
DRAWINGS = "drawings.safetensors"
# Widths of the coarser levels that are added to the U-Net of the model, by size. At 4 × 4 positions a level is cheap,
# and its features decide what is where.
SIZES: dict[str, tuple[int, ...]] = {"shipped": (), "deep": (256,), "wide": (384,)}
# The time between two checkpoints in seconds.
SAVE_SECONDS = 180.0
# The part of a time limit over which the learning rate falls to zero.
TIMED_COOLDOWN = 0.4
# The noise levels at which the errors of x0 are measured, and the number of drawings.
MEASURED_SIGMAS, MEASURED = (10.0, 4.0), 256
MEASURED_SEED = 20_261_128
# The prompts of a sheet, and the guidance scale.
SHEET_PROMPTS, GUIDANCE = 60, 3.0
# The styles of the sheet that are used if the model has them.
SHEET_STYLES = ("twemoji", "noto", "fluent-emoji-flat")
# The log-normal distribution of the noise on noised drafts.
DRAFT_NOISE_MEAN, DRAFT_NOISE_SPREAD = -0.5, 0.8


@dataclass(frozen=True)
class TextTraining:
    """Networks of `icons` in training, with the drawings on which they are trained."""

    networks: IconsNetworks
    drawings: TextDrawings
    # The chances at which drawings are drawn, for `Generator.choice`.
    odds: np.ndarray


@dataclass(frozen=True, kw_only=True)
class PriorPhase(Phase[TextTraining]):
    """Training phase of the prior network and the text encoder, which together predict the mean image of a prompt.

    It is hundreds of times cheaper per sample than the U-Net. The loss is the squared error of the image.
    """

    name: ClassVar[str] = "prior"

    drop_text: float
    drop_style: float
    share: float
    batch: Batch = 128
    warmup: Warmup = 6_400

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, self.warmup, self.samples)

    def draw(self, model: TextTraining, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        return draw_prompts(model, rng, self.batch, self.drop_text, self.drop_style)

    def objectives(self, model: TextTraining) -> Sequence[Objective]:
        networks, drawings = model.networks, model.drawings
        assert networks.unet.sketch is not None
        parameters = [*networks.text.parameters(), *networks.unet.sketch.parameters()]
        optimizer = torch.optim.AdamW(parameters, betas=(0.9, 0.99), weight_decay=0.01, fused=True)

        def loss(rows: Tensor, *prompts: Tensor) -> Tensor:
            x0 = drawings.latents[rows].float()
            _, predicted = encode_prompts(networks, prompt_ids(drawings, rows, *prompts), x0)
            return prior_error(predicted, x0, drawings.lots[rows], self.share)

        return (Objective("loss", loss, parameters, [optimizer]),)


@dataclass(frozen=True, kw_only=True)
class TextRecipe(CooldownRecipe[TextTraining]):
    """Training recipe for `icons` that draws from the text.

    Half of the samples have no memorised drawing as a draft, so that the U-Net starts from the prior network's
    prediction, and a quarter have a noisy one. The model itself contains the drawings, so no other files are needed.
    """

    name: ClassVar[str] = "icons-text"

    init_model: Annotated[str, Option("Model", "name of the model whose drawings and weights are used")] = BUILT_IN
    size: Annotated[str, Option("Size", "size of the U-Net", choices=tuple(SIZES))] = "deep"
    drawings: Annotated[int, Option("Drawings", "number of drawings, chosen at random; 0 for all")] = 0
    poses: Annotated[int, Option("Poses", "further poses of each drawing, made before the training", 0, 1000)] = 0
    minutes: Annotated[
        float, Option("Minutes", "time limit of this start, 0 for none", 0, 100_000, may_change=True)
    ] = 0
    samples: Samples = 2_000_000
    batch: Batch = 48
    learning_rate: LearningRate = 1e-3
    warmup: Warmup = 5_000
    cooldown: Cooldown = 250_000
    optimizer: Optimizers = "muon"
    ema_halflife: Halflife = 15_000
    prior_samples: Annotated[
        int, Option("Prior's samples", "samples of the prior network's first phase", may_change=True)
    ] = 2_000_000
    prior_batch: Annotated[int, Option("Prior's batch", "samples per step of this phase", 1, 65_536)] = 128
    prior_rows: Annotated[int, Option("Prior's rows", "further images per sample for the prior network", 0, 64)] = 2
    prior_weight: Annotated[float, Option("Prior's weight", "weight of its error in the loss", 0, 1000)] = 0.5
    # The drawings that the prior network does not see teach the U-Net how far to trust it for other prompts.
    prior_share: Annotated[float, Option("Prior's share", "share of drawings for the prior network", 0.01, 1)] = 1.0
    prior_width: Annotated[int, Option("Prior's width", "width of the prior network", 1, 4096)] = 704
    drop_draft: Annotated[float, Option("No draft", "share of samples without a drawing as draft", 0, 1)] = 0.5
    noise_draft: Annotated[float, Option("Noisy drafts", "share of samples with a noisy draft", 0, 1)] = 0.25
    drop_text: Annotated[float, Option("No text", "share of samples without a prompt, for guidance", 0, 1)] = 0.1
    drop_style: Annotated[float, Option("No style", "share of samples without a style", 0, 1)] = 0.15
    log_sigma_mean: Annotated[float, Option("Noise", "mean of the log noise level", -10, 10)] = 0.9
    log_sigma_spread: Annotated[float, Option("Spread of noise", "standard deviation of the log level", 0, 10)] = 1.4
    measure: Annotated[
        int, Option("Measure", "samples between two measurements of the text; 0 for none", may_change=True)
    ] = 500_000
    sheet_minutes: Annotated[
        float, Option("Sheets", "minutes between sample sheets; 0 for the last one only", may_change=True)
    ] = 0
    threads: Threads = 2

    @cached_property
    def deadline(self) -> Deadline:
        return Deadline(60 * self.minutes)

    @property
    def is_time_up(self) -> bool:
        return self.deadline.share_left() == 0

    @property
    def schedule(self) -> Schedule | TimedSchedule:  # type: ignore[override]
        schedule = super().schedule
        return TimedSchedule(schedule, self.deadline, TIMED_COOLDOWN) if self.minutes else schedule

    @property
    def save_seconds(self) -> float:
        return SAVE_SECONDS

    @property
    def sheet_seconds(self) -> float:
        return 60 * self.sheet_minutes

    @property
    def measure_samples(self) -> int:
        return self.measure

    @cached_property
    def phases(self) -> Sequence[Phase[TextTraining]]:
        if not self.prior_samples:
            return (self,)
        prior = PriorPhase(
            drop_text=self.drop_text,
            drop_style=self.drop_style,
            share=self.prior_share,
            samples=self.prior_samples,
            batch=self.prior_batch,
            learning_rate=self.learning_rate,
            seed=self.seed + 1,
        )
        return (prior, self)

    @cached_property
    def shipped(self) -> IconsModel:
        """Model with the drawings, on the training device."""
        card = Library().card(self.init_model)
        model = ICONS.load(card, torch.device(self.device), torch.float32, Store()) if card.family == ICONS.name else 0
        if not isinstance(model, IconsModel) or model.unet.sketch is None or not model.recall:
            raise BadRequest(f"{self.init_model} contains no drawings; choose {BUILT_IN} with --init-model.")
        return model

    @property
    def drawing_settings(self) -> str:
        """Settings with which the training drawings are created, as text."""
        return f"{self.init_model}, {self.drawings or 'all'} drawings, {self.poses} poses, seed {self.seed}"

    def prepare(self, out: Path) -> Iterator[Progress]:
        if self.minutes and distributed.process_count() > 1:
            raise BadRequest("--minutes needs a single process; set --samples for several.")
        # The time limit includes the preparation.
        self.deadline  # noqa: B018
        if (out / DRAWINGS).exists():
            return
        for step, made in enumerate(
            create_text_drawings(self.shipped, count=self.drawings, poses=self.poses, seed=self.seed)
        ):
            if isinstance(made, TextDrawings):
                make_folder(out)
                made.write(out / DRAWINGS, self.drawing_settings)
            else:
                yield Progress("drawings", step, *made)

    def model(self, out: Path) -> TextTraining:
        shipped = self.shipped
        text = TextEncoder(shipped.text.config)
        text.load_state_dict(shipped.text.state_dict())
        tokenizer = tokenizer_of(shipped)
        unet = grown_unet(shipped.unet, SIZES[self.size], prior_width=self.prior_width)
        with torch.no_grad():
            for token in tokenizer.styles.values():
                if token - FIRST_STYLE >= len(shipped.tokenizer.styles):
                    text.special.weight[token] = text.special.weight[ANY_STYLE]
        drawings = TextDrawings.read(out / DRAWINGS, self.drawing_settings)
        networks = IconsNetworks(tokenizer, text, channels_last(unet)).to(self.device)
        return TextTraining(networks, drawings.to(torch.device(self.device)), drawings.odds.numpy())

    def modules(self, model: TextTraining) -> dict[str, nn.Module]:
        return {"unet": model.networks.unet, "text": model.networks.text}

    def fixed_settings(self, model: TextTraining) -> dict[str, Any]:
        return {"styles": list(model.networks.tokenizer.styles), "network": asdict(model.networks.unet.config)}

    def average(self, model: TextTraining) -> Ema:
        return Ema(model.networks.parameters(), self.ema_halflife)

    def objectives(self, model: TextTraining) -> Sequence[Objective]:
        networks, drawings = model.networks, model.drawings
        if torch.device(self.device).type == "cuda":
            # Most of a step's time is spent on small operations, which the compiler fuses.
            networks.unet.compile()

        def loss(
            rows: Tensor,
            picks: Tensor,
            has_text: Tensor,
            has_style: Tensor,
            sigma: Tensor,
            noise: Tensor,
            has_draft: Tensor,
            draft_sigma: Tensor,
            draft_noise: Tensor,
            *more: Tensor,
        ) -> Tensor:
            prompts = (rows, picks, has_text, has_style)
            every = tuple(torch.cat([own, others.flatten()]) for own, others in zip(prompts, more, strict=True))
            shown = drawings.latents[every[0]].float()
            cond, prior = encode_prompts(networks, prompt_ids(drawings, *every), shown)
            error = self.prior_weight * prior_error(prior, shown, drawings.lots[every[0]], self.prior_share)
            count = len(rows)
            # The U-Net must not change the prior network, which would drift away from the mean image.
            draft = prior[:count].detach()
            noisy = drawings.drafts[rows].float() + draft_sigma[:, None, None, None] * draft_noise
            draft = torch.where((has_draft & has_text)[:, None, None, None], noisy, draft)
            own = tuple(part[:count] for part in cond)
            return error + denoising_error(networks, shown[:count], sigma, noise, (*own, draft))

        optimizers = OPTIMIZERS[self.optimizer](networks.unet, networks.text, self.learning_rate)
        return (Objective("loss", loss, networks.trainable_parameters(), optimizers),)

    def draw(self, model: TextTraining, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        device = model.networks.device
        count = self.batch
        shape = model.drawings.latents.shape[1:]
        own = draw_prompts(model, rng, count, self.drop_text, self.drop_style)
        more = draw_prompts(model, rng, count * self.prior_rows, self.drop_text, self.drop_style)
        sigma = (self.log_sigma_mean + self.log_sigma_spread * normal(rng, count)).exp()
        kind = torch.from_numpy(rng.random(count))
        has_draft = kind >= self.drop_draft
        is_noisy = has_draft & (kind < self.drop_draft + self.noise_draft)
        level = (DRAFT_NOISE_MEAN + DRAFT_NOISE_SPREAD * normal(rng, count)).exp()
        noise, draft_noise = (torch.randn(count, *shape, device=device) for _ in range(2))
        others = (part.unflatten(0, (count, self.prior_rows)) for part in more)
        return *own, sigma, noise, has_draft, torch.where(is_noisy, level, 0.0), draft_noise, *others

    @torch.no_grad()
    def figures(self, model: TextTraining) -> dict[str, float]:
        """Measure the errors of predicted x0 without a draft, for training drawings and for held-out drawings: with the
        right text, with another drawing's text, and without text.

        `gain` is the fraction by which the error with the right text is smaller than the error without text.
        """
        figures: dict[str, float] = {}
        out = model.drawings.is_held_out
        chance = np.random.default_rng(MEASURED_SEED)
        for which, may in (("seen", ~out), ("unseen", out)):
            rows = (may & model.drawings.is_original).nonzero()[:, 0].numpy()
            if len(rows) < 2:
                continue
            picked = torch.from_numpy(chance.permutation(rows)[:MEASURED])
            for sigma in MEASURED_SIGMAS:
                errors = text_errors(model, picked, sigma)
                figures |= {f"{which}_{sigma:g}_{text}": error for text, error in errors.items()}
                figures[f"{which}_{sigma:g}_gain"] = 1 - errors["right"] / errors["none"]
        return figures

    def write_sheet(self, model: TextTraining, out: Path, seen: int) -> None:
        styles = [each for each in SHEET_STYLES if each in model.networks.tokenizer.styles]
        sample_sheet.write(
            out / "sheets" / f"{seen:08}.png",
            model.networks,
            self.shipped.vae,
            sheet_prompts(),
            latent=model.drawings.latents.shape[1:],
            guidance=GUIDANCE,
            styles=styles,
        )

    def finish(self, model: TextTraining, out: Path, seen: int) -> None:
        self.write_sheet(model, out, seen)


@torch.no_grad()
def grown_unet(unet: UNet, more: Sequence[int], *, prior_width: int) -> UNet:
    """Return a U-Net with the weights of `unet`, `more` coarser levels and an untrained prior network.

    It returns the same images as `unet` from the same drafts, until it is trained.
    """
    old = unet.config
    if old.skip_scale != 1:
        raise BadRequest("A U-Net with scaled skip connections cannot be grown; choose another model.")
    config = replace(
        old,
        channels=(*old.channels, *more),
        blocks=(*old.blocks_of_levels, *(old.blocks_of_levels[-1] for _ in more)),
        attention=(*old.attention, *(True for _ in more)),
        sketch=prior_width,
        components=0,
        transform=False,
    )
    grown = UNet(config)
    weights = {name: weight.clone() for name, weight in unet.state_dict().items() if not name.startswith("sketch.")}
    if more:
        # The first block upwards receives the same features twice, directly and as a skip connection. The skip
        # connection takes over the weights of both, so that the new levels have no effect at first.
        merge = weights[f"up.{len(old.channels) - 1}.merges.0.weight"]
        direct, skip = merge.chunk(2, dim=1)
        skip += direct
        direct.zero_()
    grown.load_state_dict(weights, strict=False)
    return grown


def draw_prompts(
    model: TextTraining, rng: np.random.Generator, count: int, drop_text: float, drop_style: float
) -> tuple[Tensor, ...]:
    """Draw random drawings, with one of their prompts. Returns four tensors (count,): the rows of the drawings, the
    numbers of the prompts, and whether text and style are used.
    """
    rows = torch.from_numpy(rng.choice(len(model.odds), count, p=model.odds))
    picks = torch.from_numpy(rng.integers(model.drawings.prompts.shape[1], size=count))
    has_text, has_style = (torch.from_numpy(rng.random(count) >= dropped) for dropped in (drop_text, drop_style))
    return rows, picks, has_text, has_style


def prompt_ids(drawings: TextDrawings, rows: Tensor, picks: Tensor, has_text: Tensor, has_style: Tensor) -> Tensor:
    """Return the tokens (n, L) of prompts that `draw_prompts` has drawn."""
    ids = drawings.prompts[rows, picks].long()
    first = torch.where(has_style & has_text, ids[:, 0], ANY_STYLE)
    words = torch.where(has_text[:, None], ids[:, 1:], PADDING)
    return torch.cat([first[:, None], words], 1)


def prior_error(predicted: Tensor, x0: Tensor, lots: Tensor, share: float) -> Tensor:
    """Return the mean squared error of predicted images (n, C, h, w) for the `share` of drawings that the prior network
    sees. They are those with the smallest `lots` (n,).
    """
    return ((predicted - x0).square().mean((1, 2, 3)) * (lots < share)).mean() / share


def encode_prompts(networks: IconsNetworks, ids: Tensor, like: Tensor) -> tuple[tuple[Tensor, ...], Tensor]:
    """Encode prompts, given as tokens (n, L). Returns the conditioning, and the prior network's predictions in fp32, in
    the size of the latents `like`.
    """
    with fast_autocast(like.device):
        cond = networks.text(ids)
        prior = networks.draft(cond, like)
    return cond, prior.float()


def text_errors(model: TextTraining, rows: Tensor, sigma: float) -> dict[str, float]:
    """Return the mean squared errors of x0 at a noise level, without drafts, for drawings given by their `rows`: with
    the plain names as prompts ("right"), with the prompts of other drawings ("shuffled"), and without ("none").
    """
    networks, drawings = model.networks, model.drawings
    rows = rows.to(networks.device)
    noise = torch.randn(len(rows), *drawings.latents.shape[1:], generator=torch.Generator().manual_seed(MEASURED_SEED))
    yes, first = torch.ones_like(rows, dtype=torch.bool), torch.zeros_like(rows)
    right = prompt_ids(drawings, rows, first, yes, yes)
    texts = {"right": right, "shuffled": right.roll(1, 0), "none": prompt_ids(drawings, rows, first, ~yes, yes)}
    found = {}
    for name, ids in texts.items():
        total = 0.0
        for part, tokens, normals in zip(rows.split(64), ids.split(64), noise.to(rows.device).split(64), strict=True):
            x0 = drawings.latents[part].float()
            at = at_sigma(torch.full((len(part),), sigma, device=rows.device))
            predicted = networks.denoised(x0 + sigma * normals, at, tokens)
            total += float((predicted - x0).square().mean((1, 2, 3)).sum())
        found[name] = total / len(rows)
    return found


def sheet_prompts() -> tuple[str, ...]:
    """Return the prompts of a sample sheet: the first prompts of the evaluation."""
    file = resources.files("gdm_studio.training.evaluation").joinpath("prompts.json")
    rows = json.loads(file.read_text(encoding="utf-8"))
    return tuple(row["prompt"] for row in rows[:SHEET_PROMPTS])
