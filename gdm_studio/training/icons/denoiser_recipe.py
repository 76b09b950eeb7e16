"""Training recipe for the denoiser and the text encoder of `icons`, in latent space, as in EDM (Karras et al. 2022)."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gdm_studio.common.atomic_files import make_folder
from gdm_studio.common.errors import BadRequest
from gdm_studio.models.families.icons.memorised_drawings import PrototypeBasis
from gdm_studio.models.prompts.word_classes import COLOUR_WORDS
from gdm_studio.models.prompts.word_tokenizer import Tokenizer
from gdm_studio.networks.icons.autoencoder import AutoencoderKL
from gdm_studio.networks.icons.unet import UNetConfig
from gdm_studio.training import sample_sheet
from gdm_studio.training.data.catalogue import load_demand
from gdm_studio.training.data.dataset import EMOJI_SETS, Pictures, Row, captions, open_pictures, without_colours
from gdm_studio.training.ema import Ema
from gdm_studio.training.icons import autoencoder_training
from gdm_studio.training.icons.draft_network_training import DraftPhase, MemorisationPhase
from gdm_studio.training.icons.networks import (
    PROTOTYPES,
    IconsNetworks,
    at_sigma,
    copy_weights,
    load_averaged,
    load_prototypes,
)
from gdm_studio.training.learning_rate_schedule import Schedule, normal
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import (
    Batch,
    Cooldown,
    Data,
    Halflife,
    LearningRate,
    Objective,
    Optimizers,
    Phase,
    Recipe,
    Samples,
    Subset,
    Threads,
    Warmup,
)

# The default guidance scale. Higher scales spoil the colours of runs with few steps.
GUIDANCE = 2.0
# The default temperature, which is low for clean surfaces. Held-out pairs are as good as at 0.8, and at 0.3 they lose
# their style.
TEMPERATURE = 0.6
# The following constants define the sampling weights of training images. A network of this size memorises only a few
# thousand images well, and the weights decide which. An image of a common word has its word frequency to this power as
# its weight.
FREQUENCY_POWER = 0.3
# The weight of a plain object without a common word ("face with tongue").
NARROW_WEIGHT = 0.7
# The weight of all other images.
WIDE_WEIGHT = 0.08
# The weight of other images in sets that are not emoji-like, which have few plain objects.
LINE_WEIGHT = 0.2
# The factor for an image that was tinted in an unusual colour.
TINT_WEIGHT = 0.25
# The factor for a skin-tone variant.
TONE_WEIGHT = 0.4
# The power that is applied to a style's fraction of the weights. Small styles are thus sampled more often than their
# fraction.
STYLE_POWER = 0.6

# The number of similar drawings towards whose mixture a draft is moved.
NEIGHBOURS = 8

# The sets that serve as the neutral style. Blends of their drawings stay coherent, unlike blends with line drawings.
NEUTRAL_SETS = ("twemoji", "noto", "fluent-emoji-flat", "emojione")

Autoencoder = Annotated[Path, Option("Autoencoder", "vae.safetensors of the second stage")]
WordTable = Annotated[Path, Option("Word table", "output folder of the first stage")]


@dataclass(frozen=True, kw_only=True)
class IconsRecipe(Recipe[IconsNetworks]):
    """Training recipe for the `icons` model, a latent diffusion model of icons.

    It trains the denoiser and the text encoder. The autoencoder is trained beforehand, by another recipe.
    """

    name: ClassVar[str] = "icons"

    data: Data
    vae: Autoencoder
    words: WordTable
    init: Annotated[Path | None, Option("Begin from", "a run whose load_averaged weights initialise this one")] = None
    subset: Subset = "best"
    narrow_weight: Annotated[float, Option("Plain things", "sampling weight of plain things", 0, 1000)] = NARROW_WEIGHT
    wide_weight: Annotated[float, Option("Other things", "sampling weight of other things", 0, 1000)] = WIDE_WEIGHT
    tint_weight: Annotated[float, Option("Tinted things", "weight factor of tinted things", 0, 1000)] = TINT_WEIGHT
    samples: Samples = 500_000
    batch: Batch = 48
    learning_rate: LearningRate = 2e-3
    warmup: Warmup = 5_000
    cooldown: Cooldown = 100_000
    optimizer: Optimizers = "muon"
    ema_halflife: Halflife = 25_000
    drop_text: Annotated[float, Option("No text", "share of samples without caption, for guidance", 0, 1)] = 0.10
    drop_style: Annotated[float, Option("No style", "share of samples without style", 0, 1)] = 0.30
    log_sigma_mean: Annotated[float, Option("Noise", "mean of the log noise level", -10, 10)] = 0.9
    log_sigma_spread: Annotated[float, Option("Spread of noise", "standard deviation of the log level", 0, 10)] = 1.4
    # The channels of the U-Net's levels.
    channels: tuple[int, ...] = (128, 192)
    # The U-Net's levels that have attention.
    attention: tuple[bool, ...] = (False, True)
    sketch: Annotated[int, Option("Sketch", "width of the draft network, which predicts a draft image", 0, 4096)] = 512
    # The loss includes the error of the draft network, since the network drifts otherwise.
    sketch_weight: Annotated[float, Option("Sketch's weight", "weight of its error in the loss", 0, 1000)] = 0.5
    sketch_samples: Annotated[
        int, Option("Sketch's samples", "samples of its own first training phase", may_change=True)
    ] = 2_000_000
    # The number of additional images per sample that only the draft network sees. They cost very little.
    sketch_rows: int = 1
    memory_samples: Annotated[int, Option("Memory", "sketch samples with a frozen text encoder", may_change=True)] = 0
    unmet: Annotated[float, Option("Unmet", "share of these prompts in an undrawn style or colour", 0, 1)] = 0.3
    named: Annotated[float, Option("Named", "share of prompts whose sketch uses the thing's name", 0, 1)] = 0.0
    unstyled: Annotated[float, Option("Unstyled", "share of these sketches without the prompt's style", 0, 1)] = 0.4
    drafts_spread: Annotated[
        float, Option("Spread of drafts", "largest share of a draft's way to similar drawings of its style", 0, 1)
    ] = 0.0
    sheet_minutes: Annotated[
        float, Option("Sheets", "minutes between sample sample_sheet; 0 for none", may_change=True)
    ] = 10
    threads: Threads = 2

    @property
    def network(self) -> UNetConfig:
        """Configuration of the denoising network, a U-Net: its channels, its attention layers and its draft network."""
        components = self.prototypes.width if self.prototypes else 0
        return UNetConfig(channels=self.channels, attention=self.attention, sketch=self.sketch, components=components)

    @cached_property
    def prototypes(self) -> PrototypeBasis | None:
        """Prototypes (memorised training images) of the run `init`. None if the draft network is trained in this run,
        too.
        """
        return load_prototypes(self.init) if self.init and self.named else None

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, self.warmup, self.cooldown)

    @property
    def sheet_seconds(self) -> float:
        return 60 * self.sheet_minutes

    @cached_property
    def phases(self) -> Sequence[Phase[IconsNetworks]]:
        """Phases of the training. The draft network, if there is one, is trained before the denoiser, because its
        training is hundreds of times cheaper.
        """
        phases: list[Phase[IconsNetworks]] = []
        if self.sketch and self.sketch_samples:
            phases.append(
                DraftPhase(
                    draw_latents=self.draw_latents,
                    samples=self.sketch_samples,
                    learning_rate=self.learning_rate,
                    seed=self.seed + 1,
                )
            )
        if self.sketch and self.memory_samples:
            phases.append(
                MemorisationPhase(
                    draw_indices=self.draw_for_draft,
                    latents=self.latents,
                    samples=self.memory_samples,
                    learning_rate=2 * self.learning_rate,
                    seed=self.seed + 2,
                )
            )
        return (*phases, self)

    @property
    def is_draft_frozen(self) -> bool:
        """True if the draft network and the text encoder are frozen in the last phase, which then trains only the
        U-Net.
        """
        return bool(self.sketch and (self.memory_samples or self.named))

    @cached_property
    def pictures(self) -> Pictures:
        return open_pictures(self.data)

    @cached_property
    def latents(self) -> Tensor:
        """Latents (count, C, h, w) of all images of the dataset in fp16, encoded by the autoencoder."""
        return torch.from_numpy(autoencoder_training.load_latents(self.vae, self.pictures))

    @cached_property
    def training_images(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Indices of the images used for training, and their sampling probabilities."""
        return sampling_probabilities(
            self.pictures, self.subset, narrow=self.narrow_weight, wide=self.wide_weight, tint=self.tint_weight
        )

    @cached_property
    def decoder(self) -> AutoencoderKL:
        return autoencoder_training.load(self.vae).to(self.device)

    def model(self, out: Path) -> IconsNetworks:
        styles = [self.pictures.rows[index]["style"] for index in self.training_images[0]]
        model = IconsNetworks.new(
            self.words, list(dict.fromkeys(styles)), network=self.network, prototypes=self.prototypes
        )
        if self.prototypes:
            make_folder(out)
            self.prototypes.write(out / PROTOTYPES)
        # Load the files now, so that a missing file is reported before a training of hours.
        self.latents, self.decoder  # noqa: B018
        return model

    def initialise(self, model: IconsNetworks) -> int:
        """Initialise the networks with the averaged weights of the run `init`, which may have other styles.

        Returns the number of samples that the weights were trained on, 0 for new weights.
        """
        # The frozen draft network must come from the initial run.
        needs_draft = self.named and not self.memory_samples
        if self.init is None:
            if needs_draft:
                raise BadRequest("--named needs a trained sketch; choose its run with --init.")
            return 0
        earlier, before = load_averaged(self.init, self.words)
        if earlier.unet.config.transform:
            raise BadRequest(
                f"{self.init} stores its drawings by a transform; train it on with  gdm-studio train icons-posed"
            )
        if needs_draft and (width := earlier.unet.config.sketch) != self.sketch:
            raise BadRequest(f"The sketch of {self.init} has another width; add --sketch {width}.")
        copy_weights(earlier, model)
        return before

    def modules(self, model: IconsNetworks) -> dict[str, nn.Module]:
        return {"unet": model.unet, "text": model.text}

    def fixed_settings(self, model: IconsNetworks) -> dict[str, Any]:
        return {"styles": list(model.tokenizer.styles), "network": asdict(model.unet.config)}

    def average(self, model: IconsNetworks) -> Ema:
        return Ema(model.parameters(), self.ema_halflife)

    def objectives(self, model: IconsNetworks) -> Sequence[Objective]:
        loss = partial(denoising_loss, model, weight=self.sketch_weight)
        if self.is_draft_frozen:
            model.freeze()
            loss = partial(frozen_draft_loss, model)
        optimizers = OPTIMIZERS[self.optimizer](model.unet, model.text, self.learning_rate)
        return (Objective("loss", loss, model.trainable_parameters(), optimizers),)

    def draw_latents(self, model: IconsNetworks, rng: np.random.Generator, count: int) -> tuple[Tensor, Tensor]:
        """Draw random training images, and return their latents (count, C, h, w) and caption tokens (count, L)."""
        picked, ids = self.draw_indices(model, rng, count)
        return self.latents[picked].float(), ids

    def draw_indices(
        self, model: IconsNetworks, rng: np.random.Generator, count: int
    ) -> tuple[NDArray[np.int64], Tensor]:
        """Draw random training images, and return their indices (count,) and caption tokens (count, L)."""
        picked = rng.choice(self.training_images[0], count, p=self.training_images[1])
        return picked, _tokenise(model, [self._compose_prompt(index, rng) for index in picked])

    def draw_for_draft(
        self, model: IconsNetworks, rng: np.random.Generator, count: int
    ) -> tuple[NDArray[np.int64], Tensor]:
        """Draw random training images for training the draft network. Returns the image indices (count,) and the prompt
        tokens (count, L).

        Some prompts request a style or colour that no drawing of the object has. They teach the draft network to
        predict a blend of the object's drawings, where it would otherwise be confident and wrong.
        """
        picked = rng.choice(self.training_images[0], count, p=self.training_images[1])
        prompts = [
            self._compose_undrawn_prompt(index, model.tokenizer, rng)
            if rng.random() < self.unmet
            else self._compose_prompt(index, rng)
            for index in picked
        ]
        return picked, _tokenise(model, prompts)

    def _compose_undrawn_prompt(
        self, index: int, tokenizer: Tokenizer, rng: np.random.Generator
    ) -> tuple[str, str | None]:
        """Compose a prompt for a combination that was never drawn: the subject of a training image in a style or colour
        that no training image of it has.
        """
        row = self.pictures.rows[index]
        if row["set"] not in NEUTRAL_SETS or row["tint"]:
            return self._compose_prompt(index, rng)
        drawn_in, drawn_as = (drawn[row["concept"]] for drawn in self._drawn_styles_and_colours)
        text, style = captions(row | {"colour": ""}, random.Random(int(rng.integers(2**31)))), None
        if (styles := [style for style in tokenizer.styles if style not in drawn_in]) and rng.random() < 0.75:
            style = str(rng.choice(styles))
        if (style is None or rng.random() < 0.25) and COLOUR_WORDS.isdisjoint(text.split()):
            text = f"{rng.choice(sorted(COLOUR_WORDS - drawn_as))} {text}"
        return text, style

    @cached_property
    def _drawn_styles_and_colours(self) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """Two dicts, from each concept to the styles and to the colours in which training images show it."""
        styles, colours = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        for index in self.training_images[0]:
            row = self.pictures.rows[index]
            styles[row["concept"]].add(row["style"])
            colours[row["concept"]].add(row["colour"])
        return styles, colours

    def draw(self, model: IconsNetworks, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        if self.is_draft_frozen:
            return self._draw_frozen_draft_batch(model, rng)
        x0, ids = self.draw_latents(model, rng, self.batch * (1 + self.sketch_rows))
        log_sigma = self.log_sigma_mean + self.log_sigma_spread * normal(rng, self.batch)
        noise = normal(rng, self.batch, *x0.shape[1:])
        more = [part[self.batch :].unflatten(0, (self.batch, self.sketch_rows)) for part in (x0, ids)]
        return x0[: self.batch], log_sigma.exp(), noise, ids[: self.batch], *more

    def write_sheet(self, model: IconsNetworks, out: Path, seen: int) -> None:
        path = out / "sheets" / f"{seen:08}.png"
        sample_sheet.write(path, model, self.decoder, latent=self.latents.shape[1:], guidance=GUIDANCE)

    def finish(self, model: IconsNetworks, out: Path, seen: int) -> None:
        if self.sheet_minutes:
            self.write_sheet(model, out, seen)

    def _draw_frozen_draft_batch(self, model: IconsNetworks, rng: np.random.Generator) -> tuple[Tensor, ...]:
        """Draw a training batch for a U-Net with a frozen draft network. Each image has one prompt for the U-Net and
        another one for the draft network.
        """
        picked = rng.choice(self.training_images[0], self.batch, p=self.training_images[1])
        prompts = [self._compose_prompt(index, rng) for index in picked]
        draft_prompts = [
            self._choose_draft_prompt(index, *prompt, rng) for index, prompt in zip(picked, prompts, strict=True)
        ]
        log_sigma = self.log_sigma_mean + self.log_sigma_spread * normal(rng, self.batch)
        x0 = self.latents[picked].float()
        batch = x0, log_sigma.exp(), normal(rng, *x0.shape), _tokenise(model, prompts), _tokenise(model, draft_prompts)
        if not self.drafts_spread:
            return batch
        shares = torch.from_numpy(self.drafts_spread * rng.random(self.batch)).float()
        return *batch, normal(rng, self.batch, NEIGHBOURS), shares

    def _choose_draft_prompt(
        self, index: int, text: str, style: str | None, rng: np.random.Generator
    ) -> tuple[str, str | None]:
        """Return the prompt that the draft network receives for a training image. It is the denoiser's prompt or, at
        random, only the subject's name.

        The name comes with or without the style.
        """
        is_named, is_unstyled = rng.random(2) < (self.named, self.unstyled)
        if not text or not is_named:
            return text, style
        row = self.pictures.rows[index]
        return without_colours(row["caption"]) if row["tint"] else row["caption"], None if is_unstyled else style

    def _compose_prompt(self, index: int, rng: np.random.Generator) -> tuple[str, str | None]:
        """Compose a random prompt for a training image, a caption and a style.

        Either is sometimes dropped, as classifier-free guidance requires.
        """
        row = self.pictures.rows[index]
        keep_text, keep_style = rng.random(2) >= (self.drop_text, self.drop_style)
        keep_style |= row["set"] not in NEUTRAL_SETS
        text = captions(row, random.Random(int(rng.integers(2**31)))) if keep_text else ""
        return text, row["style"] if keep_style else None


def frozen_draft_loss(
    model: IconsNetworks,
    x0: Tensor,
    sigma: Tensor,
    noise: Tensor,
    ids: Tensor,
    draft_ids: Tensor,
    *moves: Tensor,
) -> Tensor:
    """Return the denoising loss of the U-Net, which starts from draft images predicted by a frozen draft network.

    x0 and noise are (N, C, h, w), sigma is (N,), and the prompt tokens `ids` and draft prompt tokens `draft_ids` are
    (N, L). A draft from the name alone lacks the style, which the U-Net learns to add. With `moves`, numbers (N,
    NEIGHBOURS) and shares (N,), drafts are interpolated towards similar drawings, as a seed does, so that the U-Net
    learns to generate clean drawings from such drafts.
    """
    with torch.no_grad():
        cond = model.conditioning(ids, draft_ids, x0, carries=False, moves=moves or None)  # type: ignore[arg-type]
    return denoising_error(model, x0, sigma, noise, cond)


def denoising_loss(
    model: IconsNetworks,
    x0: Tensor,
    sigma: Tensor,
    noise: Tensor,
    ids: Tensor,
    more_x0: Tensor,
    more_ids: Tensor,
    *,
    weight: float,
) -> Tensor:
    """Return the training loss of the denoiser (EDM's, equation 8), plus the weighted error of the draft network, which
    predicts draft latents from prompts.

    EDM's weight 1 / c_out² makes the loss the error of the network output F. x0 and noise are (N, C, h, w), sigma is
    (N,), and ids are (N, L). more_x0 (N, K, C, h, w) and more_ids (N, K, L) are only used for the draft network.
    """
    cond = model.text(torch.cat([ids, more_ids.flatten(0, 1)]))
    error = denoising_error(model, x0, sigma, noise, tuple(part[: len(x0)] for part in cond))
    drawn = torch.cat([x0, more_x0.flatten(0, 1)])
    return error + weight * (model.draft(cond, drawn) - drawn).square().mean()


def denoising_error(model: IconsNetworks, x0: Tensor, sigma: Tensor, noise: Tensor, cond: tuple[Tensor, ...]) -> Tensor:
    diffusion, at = model.diffusion, at_sigma(sigma)
    x = diffusion.process.degrade(x0, at, noise)
    answer = model.network(diffusion.scaled_input(x, at), diffusion.time(at), *cond)
    error: Tensor = diffusion.loss(answer, x0, x, at)
    return error


def sampling_probabilities(
    pictures: Pictures,
    subset: str,
    *,
    narrow: float = NARROW_WEIGHT,
    wide: float = WIDE_WEIGHT,
    tint: float = TINT_WEIGHT,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the indices of the images in a dataset subset, and their sampling probabilities for training.

    Objects that users often request are drawn more often. `narrow`, `wide` and `tint` are weights of plain, other and
    tinted objects.
    """
    chosen = pictures.indices(subset)
    asked = load_demand()
    emoji = filter(_is_emoji, pictures.rows)
    named = {row["concept"]: asked[row["caption"]] for row in emoji if row["caption"] in asked}
    rows = [pictures.rows[index] for index in chosen]
    weights = []
    for row in rows:
        if row["concept"] in named:
            weight = named[row["concept"]] ** FREQUENCY_POWER
        else:
            weight = narrow if row["narrow"] else wide if _is_emoji(row) else wide * LINE_WEIGHT / WIDE_WEIGHT
        weights.append(row["weight"] * weight * (tint if row["tint"] else 1) * (TONE_WEIGHT if row["tone"] else 1))
    shares: Counter[str] = Counter()
    for row, weight in zip(rows, weights, strict=True):
        shares[row["style"]] += weight
    odds = np.array(
        [
            weight * (shares[row["style"]] / shares.total()) ** (STYLE_POWER - 1)
            for row, weight in zip(rows, weights, strict=True)
        ]
    )
    return chosen, odds / odds.sum()


def first_images(
    pictures: Pictures, tokenizer: Tokenizer, subset: str, is_usable: Callable[[Row], bool]
) -> tuple[dict[tuple[int, ...], int], NDArray[np.int64], NDArray[np.float64]]:
    """Find the most probable image for each name and style in a dataset subset, by its sampling probability in
    training. Only usable images are considered.

    Returns a dict from the tokens of style and name to the image's position in the subset, most probable first. Also
    returns the indices and probabilities of all images of the subset.
    """
    chosen, odds = sampling_probabilities(pictures, subset)
    found: dict[tuple[int, ...], int] = {}
    for place in np.argsort(-odds, kind="stable").tolist():
        row = pictures.rows[chosen[place]]
        if is_usable(row):
            found.setdefault(tuple(tokenizer.encode(row["caption"], row["style"])), place)
    return found, chosen, odds


def drawings_of_styles(
    pictures: Pictures, tokenizer: Tokenizer, subset: str
) -> tuple[dict[tuple[int, ...], int], NDArray[np.int64], NDArray[np.float64]]:
    """Find a representative training image for each name and style that a model knows. The results have the same format
    as those of `first_images`.

    Drawings with a skin tone are left out, and recoloured ones too, except in styles whose drawings are all recoloured,
    such as one-colour styles.
    """
    rows = [pictures.rows[index] for index in pictures.indices(subset)]
    with_own_colours = {row["style"] for row in rows if not row["tint"]}

    def is_usable(row: Row) -> bool:
        is_recoloured = row["tint"] and row["style"] in with_own_colours
        return row["style"] in tokenizer.styles and not row["tone"] and not is_recoloured

    return first_images(pictures, tokenizer, subset, is_usable)


def _tokenise(model: IconsNetworks, prompts: Sequence[tuple[str, str | None]]) -> Tensor:
    """Convert prompts, given as (caption, style) pairs, to tokens (count, L)."""
    return torch.tensor([model.tokenizer.encode(*prompt) for prompt in prompts])


def _is_emoji(row: Row) -> bool:
    return row["set"] in EMOJI_SETS
