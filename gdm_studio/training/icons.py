"""Recipe: train the denoiser and the text encoder of `icons` on latents, as in EDM (Karras et al. 2022)."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gdm_studio.atomic import make_folder
from gdm_studio.errors import BadRequest
from gdm_studio.networks.autoencoder_kl import AutoencoderKL
from gdm_studio.networks.recall import Recall
from gdm_studio.networks.subject import COLOUR_WORDS
from gdm_studio.networks.tokenizer import Tokenizer
from gdm_studio.networks.unet import UNetConfig
from gdm_studio.training import icons_vae, sheets
from gdm_studio.training.data.asked import asked_for
from gdm_studio.training.data.dataset import EMOJI_SETS, Pictures, Row, captions, open_pictures, without_colours
from gdm_studio.training.ema import Ema
from gdm_studio.training.icons_networks import RECALL, Trained, at_sigma, averaged, begin_from, recalled
from gdm_studio.training.icons_sketch import MemoryPhase, SketchPhase
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
from gdm_studio.training.schedule import Schedule, normal

GUIDANCE = 3.0  # of its pictures: of 2, 3 and 4 the one at which held-out pairs come out best
TEMPERATURE = 0.6  # cool, for clean surfaces; held-out pairs are as good as at 0.8, at 0.3 they lose style
# How often a picture is shown, beside one of a word that people seldom use: a word that they use often takes the power
# ASKED_POWER of how often. A network of this size holds a few thousand pictures well; these decide which.
ASKED_POWER = 0.3
NARROW_WEIGHT = 0.7  # of a plain thing that has no such word ("face with tongue")
WIDE_WEIGHT = 0.08  # of what is neither
LINE_WEIGHT = 0.2  # of that in the sets that are not emoji-like, which have few plain things
TINT_WEIGHT = 0.25  # of a picture in a colour that the thing does not have, beside the others of it
TONE_WEIGHT = 0.4  # the same of skin tones
STYLE_POWER = 0.6  # of a style's share by all that: those with few plain things are shown oftener than that

# The sets whose drawings stand for no style in particular: blends of these are whole, of lines and areas they are not.
UNSTYLED = ("twemoji", "noto", "fluent-emoji-flat", "emojione")

Autoencoder = Annotated[Path, Option("Autoencoder", "vae.safetensors of the second stage")]
Table = Annotated[Path, Option("Word table", "the directory of the first stage")]


@dataclass(frozen=True, kw_only=True)
class IconsRecipe(Recipe[Trained]):
    """Everything that decides the denoiser and its text encoder."""

    name: ClassVar[str] = "icons"

    data: Data
    vae: Autoencoder
    words: Table
    init: Annotated[Path | None, Option("Begin from", "the run whose averaged weights it begins from")] = None
    subset: Subset = "best"
    narrow_weight: Annotated[float, Option("Plain things", "how often they are shown", 0, 1000)] = NARROW_WEIGHT
    wide_weight: Annotated[float, Option("Other things", "the same of these", 0, 1000)] = WIDE_WEIGHT
    tint_weight: Annotated[float, Option("Tinted things", "the same of these", 0, 1000)] = TINT_WEIGHT
    samples: Samples = 500_000
    batch: Batch = 48
    learning_rate: LearningRate = 2e-3
    warmup: Warmup = 5_000
    cooldown: Cooldown = 100_000
    optimizer: Optimizers = "muon"
    ema_halflife: Halflife = 25_000
    drop_text: Annotated[float, Option("No text", "share of the captions without, for guidance", 0, 1)] = 0.10
    drop_style: Annotated[float, Option("No style", "the same of the style", 0, 1)] = 0.30
    log_sigma_mean: Annotated[float, Option("Noise", "mean of the logarithm of its level", -10, 10)] = 0.9
    log_sigma_spread: Annotated[float, Option("Spread of noise", "deviation of that logarithm", 0, 10)] = 1.4
    channels: tuple[int, ...] = (128, 192)  # of the U-Net's levels
    attention: tuple[bool, ...] = (False, True)  # which of them have it
    sketch: Annotated[int, Option("Sketch", "width of the U-Net's sketch", 0, 4096)] = 512
    # without the sketch's own error in the loss, it drifts
    sketch_weight: Annotated[float, Option("Sketch's weight", "of its own error in the loss", 0, 1000)] = 0.5
    sketch_samples: Annotated[int, Option("Sketch's samples", "that it is taught with at first")] = 2_000_000
    sketch_rows: int = 1  # more pictures for each one of a batch, for the sketch alone: they cost next to nothing
    memory_samples: Annotated[int, Option("Memory", "samples for a sketch of a settled text encoder")] = 0
    unmet: Annotated[float, Option("Unmet", "share of its prompts in a style or colour that nobody drew", 0, 1)] = 0.3
    named: Annotated[float, Option("Named", "share of prompts beside a sketch of a name, as at work", 0, 1)] = 0.0
    unstyled: Annotated[float, Option("Unstyled", "share of these sketches without the prompt's style", 0, 1)] = 0.4
    sheet_minutes: Annotated[float, Option("Sheets", "minutes between sample sheets; 0 for none")] = 10
    threads: Threads = 2

    @property
    def network(self) -> UNetConfig:
        """Sizes of the U-Net."""
        components = self.recall.width if self.recall else 0
        return UNetConfig(channels=self.channels, attention=self.attention, sketch=self.sketch, components=components)

    @cached_property
    def recall(self) -> Recall | None:
        """What the sketch of the run that it begins from knows by heart, if that learns nothing more."""
        return recalled(self.init) if self.init and self.named else None

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, self.warmup, self.cooldown)

    @property
    def sheet_seconds(self) -> float:
        return 60 * self.sheet_minutes

    @cached_property
    def phases(self) -> Sequence[Phase[Trained]]:
        """The sketch by itself is hundreds of times cheaper to teach than by denoising."""
        phases: list[Phase[Trained]] = []
        if self.sketch and self.sketch_samples:
            phases.append(SketchPhase(
                drawn=self.described, samples=self.sketch_samples, learning_rate=self.learning_rate, seed=self.seed + 1
            ))
        if self.sketch and self.memory_samples:
            phases.append(MemoryPhase(
                picked=self.known, latents=self.latents, samples=self.memory_samples,
                learning_rate=2 * self.learning_rate, seed=self.seed + 2,
            ))
        return (*phases, self)

    @property
    def is_settled(self) -> bool:
        """Whether text encoder and sketch stay as they are while the U-Net learns."""
        return bool(self.sketch and (self.memory_samples or self.named))

    @cached_property
    def pictures(self) -> Pictures:
        return open_pictures(self.data)

    @cached_property
    def latents(self) -> Tensor:
        """(count, C, h, w) fp16, one a picture."""
        return torch.from_numpy(icons_vae.load_latents(self.vae, self.pictures))

    @cached_property
    def chosen(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Indices of the pictures to learn, and the probability of each."""
        return choice(
            self.pictures, self.subset, narrow=self.narrow_weight, wide=self.wide_weight, tint=self.tint_weight
        )

    @cached_property
    def decoder(self) -> AutoencoderKL:
        return icons_vae.load(self.vae).to(self.device)

    def model(self, out: Path) -> Trained:
        styles = [self.pictures.rows[index]["style"] for index in self.chosen[0]]
        model = Trained.new(self.words, list(dict.fromkeys(styles)), network=self.network, recall=self.recall)
        if self.recall:
            make_folder(out)
            self.recall.write(out / RECALL)
        self.latents, self.decoder  # noqa: B018 - read now: what is missing is said before hours of training
        return model

    def begin(self, model: Trained) -> int:
        """From another run's averaged weights, which may know other styles."""
        has_to_know = self.named and not self.memory_samples  # its sketch, which learns nothing more
        if self.init is None:
            if has_to_know:
                raise BadRequest("--named learns beside a sketch that is there; name the run that has it by --init.")
            return 0
        earlier, before = averaged(self.init, self.words)
        if has_to_know and (wide := earlier.unet.config.sketch) != self.sketch:
            raise BadRequest(f"The sketch of {self.init} is another, and would be made anew; add --sketch {wide}.")
        begin_from(earlier, model)
        return before

    def modules(self, model: Trained) -> dict[str, nn.Module]:
        return {"unet": model.unet, "text": model.text}

    def identity(self, model: Trained) -> dict[str, Any]:
        return {"styles": list(model.tokenizer.styles), "network": asdict(model.unet.config)}

    def average(self, model: Trained) -> Ema:
        return Ema(model.parameters(), self.ema_halflife)

    def objectives(self, model: Trained) -> Sequence[Objective]:
        loss = partial(denoising_loss, model, weight=self.sketch_weight)
        if self.is_settled:
            model.settle()
            loss = partial(settled_loss, model)
        optimizers = OPTIMIZERS[self.optimizer](model.unet, model.text, self.learning_rate)
        return (Objective("loss", loss, model.learning(), optimizers),)

    def described(self, model: Trained, rng: np.random.Generator, count: int) -> tuple[Tensor, Tensor]:
        """Latents (count, C, h, w) of pictures drawn by their odds, and token ids (count, L) of a caption of each."""
        picked, ids = self.picked(model, rng, count)
        return self.latents[picked].float(), ids

    def picked(self, model: Trained, rng: np.random.Generator, count: int) -> tuple[NDArray[np.int64], Tensor]:
        """Indices (count,) of pictures drawn by their odds, and token ids (count, L) of a caption of each."""
        picked = rng.choice(self.chosen[0], count, p=self.chosen[1])
        return picked, _ids(model, [self._prompt(index, rng) for index in picked])

    def known(self, model: Trained, rng: np.random.Generator, count: int) -> tuple[NDArray[np.int64], Tensor]:
        """The same for a settled sketch, which would be as sure, and wrong, of what nobody ever drew.

        Some prompts ask for the thing in a style or a colour that there is no drawing of it in: of those the sketch is
        a blend of its other drawings, as it is of prompts without a style.
        """
        picked = rng.choice(self.chosen[0], count, p=self.chosen[1])
        prompts = [
            self._unmet(index, model.tokenizer, rng) if rng.random() < self.unmet else self._prompt(index, rng)
            for index in picked
        ]
        return picked, _ids(model, prompts)

    def _unmet(self, index: int, tokenizer: Tokenizer, rng: np.random.Generator) -> tuple[str, str | None]:
        """A caption of the picture with a style that its thing is not drawn in, or a colour, or both."""
        row = self.pictures.rows[index]
        if row["set"] not in UNSTYLED or row["tint"]:
            return self._prompt(index, rng)
        drawn_in, drawn_as = (drawn[row["concept"]] for drawn in self._drawn)
        text, style = captions(row | {"colour": ""}, random.Random(int(rng.integers(2**31)))), None
        if (styles := [style for style in tokenizer.styles if style not in drawn_in]) and rng.random() < 0.75:
            style = str(rng.choice(styles))
        if (style is None or rng.random() < 0.25) and COLOUR_WORDS.isdisjoint(text.split()):
            text = f"{rng.choice(sorted(COLOUR_WORDS - drawn_as))} {text}"
        return text, style

    @cached_property
    def _drawn(self) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
        """By thing, the styles that it is drawn in, and the colours."""
        styles, colours = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        for index in self.chosen[0]:
            row = self.pictures.rows[index]
            styles[row["concept"]].add(row["style"])
            colours[row["concept"]].add(row["colour"])
        return styles, colours

    def draw(self, model: Trained, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        if self.is_settled:
            return self._beside_sketches(model, rng)
        x0, ids = self.described(model, rng, self.batch * (1 + self.sketch_rows))
        log_sigma = self.log_sigma_mean + self.log_sigma_spread * normal(rng, self.batch)
        noise = normal(rng, self.batch, *x0.shape[1:])
        more = [part[self.batch :].unflatten(0, (self.batch, self.sketch_rows)) for part in (x0, ids)]
        return x0[: self.batch], log_sigma.exp(), noise, ids[: self.batch], *more

    def sheet(self, model: Trained, out: Path, seen: int) -> None:
        path = out / "sheets" / f"{seen:08}.png"
        sheets.write(path, model, self.decoder, latent=self.latents.shape[1:], guidance=GUIDANCE)

    def finish(self, model: Trained, out: Path, seen: int) -> None:
        if self.sheet_minutes:
            self.sheet(model, out, seen)

    def _beside_sketches(self, model: Trained, rng: np.random.Generator) -> tuple[Tensor, ...]:
        """A batch for `settled_loss`."""
        picked = rng.choice(self.chosen[0], self.batch, p=self.chosen[1])
        prompts = [self._prompt(index, rng) for index in picked]
        sketched = [self._sketched(index, *prompt, rng) for index, prompt in zip(picked, prompts, strict=True)]
        log_sigma = self.log_sigma_mean + self.log_sigma_spread * normal(rng, self.batch)
        x0 = self.latents[picked].float()
        return x0, log_sigma.exp(), normal(rng, *x0.shape), _ids(model, prompts), _ids(model, sketched)

    def _sketched(self, index: int, text: str, style: str | None, rng: np.random.Generator) -> tuple[str, str | None]:
        """What is sketched beside a prompt: all of it, or the name of its thing, which may lack that style."""
        is_named, is_unstyled = rng.random(2) < (self.named, self.unstyled)
        if not text or not is_named:
            return text, style
        row = self.pictures.rows[index]
        return without_colours(row["caption"]) if row["tint"] else row["caption"], None if is_unstyled else style

    def _prompt(self, index: int, rng: np.random.Generator) -> tuple[str, str | None]:
        """A caption of the picture and its style; each is left out now and then, for guidance."""
        row = self.pictures.rows[index]
        keep_text, keep_style = rng.random(2) >= (self.drop_text, self.drop_style)
        keep_style |= row["set"] not in UNSTYLED
        text = captions(row, random.Random(int(rng.integers(2**31)))) if keep_text else ""
        return text, row["style"] if keep_style else None


def settled_loss(
    model: Trained,
    x0: Tensor,  # (N, C, h, w)
    sigma: Tensor,  # (N,)
    noise: Tensor,
    ids: Tensor,  # (N, L)
    sketched: Tensor,  # (N, L) of the prompts that are sketched
) -> Tensor:
    """EDM's denoising loss where only the U-Net learns, beside a sketch that knows most pictures.

    Where it is shown the sketch of a name alone, what else the prompt says is left for it to bring in, the style too:
    beside sketches that carry it over it would learn to leave that to them.
    """
    with torch.no_grad():
        told = model.told(ids, sketched, x0, carries=False)
    return _denoising_error(model, x0, sigma, noise, told)


def denoising_loss(
    model: Trained,
    x0: Tensor,  # (N, C, h, w)
    sigma: Tensor,  # (N,)
    noise: Tensor,
    ids: Tensor,  # (N, L)
    more_x0: Tensor,  # (N, K, C, h, w) for the sketch alone
    more_ids: Tensor,  # (N, K, L)
    *,
    weight: float,
) -> Tensor:
    """EDM's denoising loss (equation 8; with its weight 1 / c_out² the error of F itself), and the sketch's error."""
    told = model.text(torch.cat([ids, more_ids.flatten(0, 1)]))
    error = _denoising_error(model, x0, sigma, noise, tuple(part[: len(x0)] for part in told))
    drawn = torch.cat([x0, more_x0.flatten(0, 1)])
    return error + weight * (model.sketched(told, drawn) - drawn).square().mean()


def _denoising_error(model: Trained, x0: Tensor, sigma: Tensor, noise: Tensor, told: tuple[Tensor, ...]) -> Tensor:
    diffusion, at = model.diffusion, at_sigma(sigma)
    x = diffusion.process.degrade(x0, at, noise)
    answer = model.network(diffusion.shown(x, at), diffusion.time(at), *told)
    return (answer - diffusion.target(x0, x, at)).square().mean()


def choice(
    pictures: Pictures,
    subset: str,
    *,
    narrow: float = NARROW_WEIGHT,
    wide: float = WIDE_WEIGHT,
    tint: float = TINT_WEIGHT,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Indices of the pictures of a subset, and the probability that each is to be shown with."""
    chosen = pictures.indices(subset)
    asked, emoji = asked_for(), filter(_is_emoji, pictures.rows)
    named = {row["concept"]: asked[row["caption"]] for row in emoji if row["caption"] in asked}
    rows, weights = [pictures.rows[index] for index in chosen], []
    for row in rows:
        if row["concept"] in named:
            weight = named[row["concept"]] ** ASKED_POWER
        else:
            weight = narrow if row["narrow"] else wide if _is_emoji(row) else wide * LINE_WEIGHT / WIDE_WEIGHT
        weights.append(row["weight"] * weight * (tint if row["tint"] else 1) * (TONE_WEIGHT if row["tone"] else 1))
    shares: Counter[str] = Counter()
    for row, weight in zip(rows, weights, strict=True):
        shares[row["style"]] += weight
    odds = np.array([
        weight * (shares[row["style"]] / shares.total()) ** (STYLE_POWER - 1)
        for row, weight in zip(rows, weights, strict=True)
    ])
    return chosen, odds / odds.sum()


def _ids(model: Trained, prompts: Sequence[tuple[str, str | None]]) -> Tensor:
    """(count, L) of captions with their styles."""
    return torch.tensor([model.tokenizer.encode(*prompt) for prompt in prompts])


def _is_emoji(row: Row) -> bool:
    return row["set"] in EMOJI_SETS
