"""Recipe: train the denoiser and the text encoder of `icons` on latents, as in EDM (Karras et al. 2022)."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor

from gdm_studio.errors import StorageError
from gdm_studio.maths import processes
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.path import Point
from gdm_studio.networks.autoencoder_kl import AutoencoderKL
from gdm_studio.networks.layers import channels_last
from gdm_studio.networks.text_encoder import TextConfig, TextEncoder
from gdm_studio.networks.tokenizer import ANY_STYLE, FIRST_STYLE, Tokenizer
from gdm_studio.networks.unet import UNet, UNetConfig
from gdm_studio.training import icons_vae, lexicon, sheets, words
from gdm_studio.training.data.dataset import Pictures, captions, open_pictures
from gdm_studio.training.ema import Ema
from gdm_studio.training.loop import (
    Every,
    Log,
    Schedule,
    load_checkpoint,
    normal,
    save_checkpoint,
    step_rng,
    stop_signals,
)
from gdm_studio.training.optim import OPTIMIZERS, set_rate
from gdm_studio.training.shards import ShardedGradients

DATA_SCALE = 1.0  # the autoencoder's latents have unit variance
SIGMA_MIN, SIGMA_MAX = 0.01, 40.0  # where its pictures begin and end
GUIDANCE = 4.0  # that they are drawn with unless people choose another
SAVE_EVERY = 180  # seconds
REPORT_EVERY = 30
SKETCH_BATCH = 128
CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True)
class IconsRecipe:
    """Everything that decides the result, but for the pictures, the autoencoder and the word table."""

    subset: str = "best"  # narrow, emoji, best or all
    narrow_weight: float = 4.0  # how much oftener plain things are shown than their weight says
    tint_weight: float = 0.4  # the same of pictures in a colour that the thing does not have
    samples: int = 500_000  # to be seen in all, those before a restart included
    batch: int = 48
    learning_rate: float = 2e-3
    warmup: int = 5_000  # samples
    cooldown: int = 100_000  # samples at the end over which the rate falls to zero
    optimizer: str = "muon"
    ema_halflife: float = 25_000  # samples
    drop_text: float = 0.10
    drop_style: float = 0.30
    log_sigma_mean: float = 0.9
    log_sigma_spread: float = 1.4
    channels: tuple[int, ...] = (128, 192)  # of the U-Net's levels
    attention: tuple[bool, ...] = (False, True)  # which of them have it
    sketch: int = 512  # width of the U-Net's sketch
    sketch_weight: float = 0.5  # of the sketch's own error in the loss, without which it drifts
    sketch_samples: int = 2_000_000  # that the sketch is taught with before anything else
    sketch_rows: int = 1  # more pictures for each one of a batch, for the sketch alone: they cost next to nothing
    sheet_minutes: float = 10  # between sample sheets; 0 for none
    device: str = "cpu"  # or cuda
    threads: int = 2  # that share a batch on the CPU
    seed: int = 0

    @property
    def network(self) -> UNetConfig:
        return UNetConfig(channels=self.channels, attention=self.attention, sketch=self.sketch)


@dataclass(frozen=True)
class Trained:
    """The parts that learn, with what turns prompts into their input."""

    tokenizer: Tokenizer
    text: TextEncoder
    unet: UNet

    @classmethod
    def new(cls, table: Path, styles: Sequence[str], *, network: UNetConfig) -> Trained:
        """Fresh networks around the word table in folder `table`."""
        try:
            vocabulary = json.loads((table / words.VOCABULARY).read_text(encoding="utf-8"))
            vectors = load_file(table / words.TABLE)
        except OSError as error:
            raise StorageError(f"There is no word table in {table}; make it with  gdm-studio train words") from error
        config = TextConfig(words=len(vectors["table"]), word_width=vectors["table"].shape[1])
        text = TextEncoder(config)
        text.table.copy_(vectors["table"])
        text.table_scale.copy_(vectors["scale"])
        tokenizer = Tokenizer(vocabulary["vocab"], styles, config.length, vocabulary["emoji"], lexicon.read(table))
        return cls(tokenizer, text, channels_last(UNet(network)))

    def to(self, device: torch.device) -> Trained:
        return Trained(self.tokenizer, self.text.to(device), self.unet.to(device))

    @property
    def diffusion(self) -> Diffusion:
        """The process that its pictures are drawn along, and what the U-Net predicts on it."""
        return Diffusion(processes.edm(SIGMA_MIN, SIGMA_MAX), "edm", DATA_SCALE)

    @property
    def device(self) -> torch.device:
        return self.text.special.weight.device

    def parameters(self) -> list[torch.nn.Parameter]:
        return [*self.unet.parameters(), *self.text.parameters()]

    def denoised(self, x: Tensor, at: Point, ids: Tensor) -> Tensor:
        """x0 (N, C, h, w) predicted from x; `at` holds arrays (N, 1, 1, 1) where samples stand at different points."""
        return self.diffusion.x0(self.network, x, at, *self.text(ids))

    def network(self, scaled: Tensor, time: Tensor | float, *told: Tensor) -> Tensor:
        """The U-Net's own answer F in fp32, for input already scaled by c_in and what the text encoder gave."""
        c_noise = torch.as_tensor(time, device=scaled.device).flatten().expand(len(scaled))
        with torch.autocast(scaled.device.type, torch.bfloat16):
            return self.unet(scaled, c_noise, *told).float()

    def sketched(self, told: tuple[Tensor, Tensor, Tensor], like: Tensor) -> Tensor:
        """The sketch of each prompt, at the size of the latents `like`; zeros where the U-Net has none."""
        sketch = self.unet.sketch
        return torch.zeros_like(like) if sketch is None else sketch(told[2], like.shape[-2:])


def at_sigma(sigma: Tensor) -> Point:
    """The point of each of a batch on the path without alpha, from noise levels (N,)."""
    return Point(1.0, sigma[:, None, None, None])  # type: ignore[arg-type]


def train(
    data: Path, vae: Path, table: Path, out: Path, *, recipe: IconsRecipe, init: Path | None = None
) -> None:
    """Train until `recipe.samples` have been seen; goes on from `out/checkpoint.pt`, if it is of the same networks.

    A new run begins from the averaged weights of the run in `init`, if given, which may know other styles. SIGINT or
    SIGTERM ends it after the step, with a checkpoint. Raises StorageError.
    """
    pictures = open_pictures(data)
    chosen, odds = choice(pictures, recipe)
    latents = torch.from_numpy(icons_vae.load_latents(vae, pictures))
    torch.manual_seed(recipe.seed)
    device = torch.device(recipe.device)
    model = Trained.new(table, styles_of(pictures, chosen), network=recipe.network)
    before = 0
    if init and not (out / CHECKPOINT).exists():
        earlier, before = averaged(init, table)
        _begin_from(earlier, model)
    model = model.to(device)
    optimizers = OPTIMIZERS[recipe.optimizer](model.unet, model.text, recipe.learning_rate)
    parameters = model.parameters()
    ema = Ema(parameters, recipe.ema_halflife)
    gradients = ShardedGradients(parameters, recipe.threads if device.type == "cpu" else 1)
    resumed = _resume(out, model, ema, optimizers)
    step, seen, before = resumed or (0, 0, before)
    log = Log(out / "log.jsonl")
    if resumed is None:
        learn_sketch(model, latents, pictures, recipe=recipe, log=log)
        _save(out, model, ema, optimizers, step=step, seen=seen, before=before)  # a kill now costs no second lesson
    decoder = icons_vae.load(vae).to(device)
    schedule = Schedule(recipe.samples, recipe.warmup, recipe.cooldown)
    report, save, sheet = Every(REPORT_EVERY), Every(SAVE_EVERY), Every(60 * recipe.sheet_minutes)
    losses: list[float] = []
    with stop_signals() as stopped:
        log.write(step=step, seen=seen, pictures=len(chosen), **asdict(recipe))
        while seen < recipe.samples and not stopped():
            rng = step_rng(recipe.seed, step)
            picked = rng.choice(chosen, recipe.batch * (1 + recipe.sketch_rows), p=odds)
            ids = torch.tensor([prompt_ids(pictures, index, model.tokenizer, recipe, rng) for index in picked])
            set_rate(optimizers, recipe.learning_rate * schedule(seen))
            x0 = latents[picked].float().to(device)
            losses.append(_update(model, gradients, optimizers, x0, ids=ids, recipe=recipe, rng=rng))
            step, seen = step + 1, seen + recipe.batch
            ema.update(recipe.batch, seen)
            if report.due():
                log.write(step=step, samples=seen, loss=float(np.mean(losses)))
                losses.clear()
            if save.due():
                _save(out, model, ema, optimizers, step=step, seen=seen, before=before)
            if recipe.sheet_minutes and sheet.due():
                _sheet(out, model, ema, decoder, latent=latents.shape[1:], seen=seen)
    _save(out, model, ema, optimizers, step=step, seen=seen, before=before)
    if recipe.sheet_minutes:
        _sheet(out, model, ema, decoder, latent=latents.shape[1:], seen=seen)


def learn_sketch(model: Trained, latents: Tensor, pictures: Pictures, *, recipe: IconsRecipe, log: Log) -> None:
    """Teaches text encoder and sketch the mean latents of each prompt: hundreds of times cheaper than by denoising."""
    if model.unet.sketch is None:
        return
    chosen, odds = choice(pictures, recipe)
    sketch, device = model.unet.sketch, model.device
    parameters = [*model.text.parameters(), *sketch.parameters()]
    optimizer = torch.optim.AdamW(parameters, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    gradients = ShardedGradients(parameters, recipe.threads if device.type == "cpu" else 1)
    schedule = Schedule(recipe.sketch_samples, SKETCH_BATCH * 50, recipe.sketch_samples)
    report, losses = Every(REPORT_EVERY), []

    def loss(x0: Tensor, ids: Tensor) -> Tensor:
        return (model.sketched(model.text(ids), x0) - x0).square().mean()

    for step in range(recipe.sketch_samples // SKETCH_BATCH):
        rng = step_rng(recipe.seed + 1, step)
        picked = rng.choice(chosen, SKETCH_BATCH, p=odds)
        ids = torch.tensor([prompt_ids(pictures, index, model.tokenizer, recipe, rng) for index in picked])
        optimizer.param_groups[0]["lr"] = recipe.learning_rate * schedule(step * SKETCH_BATCH)
        losses.append(gradients(loss, latents[picked].float().to(device), ids.to(device)))
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        if report.due():
            log.write(sketch_samples=(step + 1) * SKETCH_BATCH, loss=float(np.mean(losses)))
            losses.clear()


def _update(
    model: Trained,
    gradients: ShardedGradients,
    optimizers: Sequence[torch.optim.Optimizer],
    x0: Tensor,  # (N, C, h, w), those for the sketch alone last
    *,
    ids: Tensor,  # (N, L)
    recipe: IconsRecipe,
    rng: np.random.Generator,
) -> float:
    log_sigma = recipe.log_sigma_mean + recipe.log_sigma_spread * normal(rng, recipe.batch)
    noise = normal(rng, recipe.batch, *x0.shape[1:]).to(x0.device)
    sigma = log_sigma.exp()
    ids = ids.to(x0.device)
    batch, rest = (slice(recipe.batch), slice(recipe.batch, None))
    more = [part.unflatten(0, (recipe.batch, recipe.sketch_rows)) for part in (x0[rest], ids[rest])]
    loss = gradients(
        lambda *part: _loss(model, *part, weight=recipe.sketch_weight), x0[batch], sigma, noise, ids[batch], *more
    )
    torch.nn.utils.clip_grad_norm_(gradients.parameters, 1.0)
    for optimizer in optimizers:
        optimizer.step()
    return loss


def _loss(
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
    diffusion, at = model.diffusion, at_sigma(sigma.to(x0.device))
    x = x0 + at.sigma * noise
    told = model.text(torch.cat([ids, more_ids.flatten(0, 1)]))
    answer = model.network(diffusion.shown(x, at), diffusion.time(at), *_first(told, len(x0)))
    error = (answer - diffusion.target(x0, x, at)).square().mean()
    drawn = torch.cat([x0, more_x0.flatten(0, 1)])
    return error + weight * (model.sketched(told, drawn) - drawn).square().mean()


def _first(told: tuple[Tensor, Tensor, Tensor], count: int) -> tuple[Tensor, Tensor, Tensor]:
    tokens, mask, pooled = told
    return tokens[:count], mask[:count], pooled[:count]


def prompt_ids(
    pictures: Pictures, index: int, tokenizer: Tokenizer, recipe: IconsRecipe, rng: np.random.Generator
) -> list[int]:
    """Token ids of a caption of the picture; text and style are each left out now and then, for guidance."""
    row = pictures.rows[index]
    keep_text, keep_style = rng.random(2) >= (recipe.drop_text, recipe.drop_style)
    text = captions(row, random.Random(int(rng.integers(2**31)))) if keep_text else ""
    return tokenizer.encode(text, row["style"] if keep_style else None)


def styles_of(pictures: Pictures, chosen: NDArray[np.int64]) -> list[str]:
    """The styles of the chosen pictures, in the order in which they come."""
    return list(dict.fromkeys(pictures.rows[index]["style"] for index in chosen))


def choice(pictures: Pictures, recipe: IconsRecipe) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Indices of the pictures to learn, and the probability of each."""
    chosen = pictures.indices(recipe.subset)
    rows = [pictures.rows[index] for index in chosen]
    weights = np.array([
        row["weight"] * (recipe.narrow_weight if row["narrow"] else 1.0) * (recipe.tint_weight if row["tint"] else 1.0)
        for row in rows
    ])
    return chosen, weights / weights.sum()


def averaged(run: Path, table: Path) -> tuple[Trained, int]:
    """The model with the averaged weights of the checkpoint in folder `run`, and the samples it has seen in all."""
    state = load_checkpoint(run / CHECKPOINT)
    if state is None:
        raise StorageError(f"There is no checkpoint in {run}; train first, with  gdm-studio train icons --out {run}")
    model = Trained.new(table, state["styles"], network=UNetConfig(**state["network"]))
    with torch.no_grad():
        for parameter, average in zip(model.parameters(), state["ema"], strict=True):
            parameter.copy_(average)
    return model, state["seen"] + state.get("before", 0)


@torch.no_grad()
def _begin_from(earlier: Trained, model: Trained) -> None:
    """Give `model` the weights of `earlier`; a style that it did not know begins as any style."""
    special = model.text.special.weight.clone()
    model.unet.load_state_dict(earlier.unet.state_dict())
    model.text.load_state_dict(earlier.text.state_dict())
    known = earlier.text.special.weight
    special[:FIRST_STYLE] = known[:FIRST_STYLE]
    for style, place in model.tokenizer.styles.items():
        special[place] = known[earlier.tokenizer.styles.get(style, ANY_STYLE)]
    model.text.special.weight.copy_(special)


def _sheet(
    out: Path, model: Trained, ema: Ema, decoder: AutoencoderKL, *, latent: Sequence[int], seen: int
) -> None:
    ema.swap()
    sheets.write(out / "sheets" / f"{seen:08}.png", model, decoder, latent=latent, guidance=GUIDANCE)
    ema.swap()


def _save(
    out: Path,
    model: Trained,
    ema: Ema,
    optimizers: Sequence[torch.optim.Optimizer],
    *,
    step: int,
    seen: int,  # samples, in this run
    before: int,  # the same of the runs that it began from
) -> None:
    save_checkpoint(out / CHECKPOINT, {
        "unet": model.unet.state_dict(),
        "text": model.text.state_dict(),
        "ema": ema.averages,
        "optimizers": [optimizer.state_dict() for optimizer in optimizers],
        "step": step,
        "seen": seen,
        "before": before,
        "styles": list(model.tokenizer.styles),
        "network": asdict(model.unet.config),
    })


def _resume(
    out: Path, model: Trained, ema: Ema, optimizers: Sequence[torch.optim.Optimizer]
) -> tuple[int, int, int] | None:
    """Step, samples seen and seen before, of the checkpoint in `out`, which is loaded; None where there is none."""
    path = out / CHECKPOINT
    state = load_checkpoint(path)
    if state is None:
        return None
    known = {"styles": state.get("styles"), **state.get("network", {})}
    for name, value in {"styles": list(model.tokenizer.styles), **asdict(model.unet.config)}.items():
        if known.get(name) != value:
            raise StorageError(
                f"The checkpoint {path} was begun with other settings ({name}: {known.get(name)}, now {value}); "
                "remove it to begin again, or choose another --out."
            )
    try:
        model.unet.load_state_dict(state["unet"])
        model.text.load_state_dict(state["text"])
        for average, saved in zip(ema.averages, state["ema"], strict=True):
            average.copy_(saved)
        for optimizer, saved in zip(optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        return state["step"], state["seen"], state.get("before", 0)
    except (KeyError, ValueError, RuntimeError) as error:
        raise StorageError(
            f"The checkpoint {path} does not fit these networks and this optimizer; remove it to begin again, or "
            "choose another --out."
        ) from error
