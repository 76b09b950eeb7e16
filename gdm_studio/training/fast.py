"""Recipe: distil a trained `icons` into one that draws in four steps, guidance and temperature built in.

Progressive distillation (Salimans and Ho 2022, arXiv:2202.00512, section 3) in a single stage: the teacher's
deterministic path from noise to picture is cut at four noise levels, and the student learns to cross each piece in one
DDIM step.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gdm_studio.maths import processes
from gdm_studio.maths.controls import guided, tempered
from gdm_studio.maths.path import CLEAN, Point
from gdm_studio.maths.path import Path as NoisePath
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.training.data.dataset import captions, open_pictures
from gdm_studio.training.ema import Ema
from gdm_studio.training.icons import (
    CHECKPOINT,
    DATA_SCALE,
    GUIDANCE,
    SIGMA_MAX,
    IconsRecipe,
    Trained,
    at_sigma,
    averaged,
    choice,
)
from gdm_studio.training.icons_vae import config_for
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

SIGMA_LAST = 0.7  # from here one step leads to the picture
PATHS = "paths.pt"


@dataclass(frozen=True)
class FastRecipe:
    """Everything that decides the result, but for the pictures' captions and the teacher."""

    subset: str = "best"
    paths: int = 6_000  # of the teacher, each from its own noise under its own caption
    steps: int = 4  # of the student
    substeps: int = 3  # of the teacher for each of them
    guidance_scale: float = GUIDANCE
    temperature: float = 0.8
    samples: int = 80_000
    batch: int = 48
    learning_rate: float = 5e-4
    warmup: int = 2_000
    jitter: float = 0.02  # noise on the student's input, as a share of its level: its own steps are a little off too
    optimizer: str = "muon"
    ema_halflife: float = 5_000
    device: str = "cpu"
    threads: int = 2
    seed: int = 0


def train(data: Path, table: Path, run: Path, out: Path, *, recipe: FastRecipe) -> Path:
    """Draws the teacher's paths (kept in `out`, so that a second run finds them), then trains; returns the checkpoint.

    `run` is the teacher's folder. SIGINT or SIGTERM ends it after the step, with a checkpoint. Raises StorageError.
    """
    teacher, _ = averaged(run, table)
    device = torch.device(recipe.device)
    log = Log(out / "log.jsonl")
    levels = processes.edm(SIGMA_LAST, SIGMA_MAX).path("exponential", recipe.steps)
    drawn = load_checkpoint(out / PATHS)
    if drawn is None:
        drawn = draw_paths(teacher.to(device), data, levels, recipe=recipe, log=log)
        save_checkpoint(out / PATHS, drawn)
    student, _ = averaged(run, table)
    student = student.to(device)
    student.text.requires_grad_(False)
    return _learn(student, drawn["ids"], drawn["x"], levels, out=out, recipe=recipe, log=log)


def draw_paths(
    teacher: Trained, data: Path, levels: NoisePath, *, recipe: FastRecipe, log: Log
) -> dict[str, Tensor]:
    """Where the teacher's paths stand at each of `levels`: {"ids": (n, L), "x": (n, steps + 1, C, h, w) fp16}."""
    pictures = open_pictures(data)
    chosen, odds = choice(pictures, IconsRecipe(subset=recipe.subset))
    fine = _refined(levels, recipe.substeps)
    side = pictures.size // config_for(pictures.size).factor
    latent = (teacher.unet.config.in_channels, side, side)
    report, ids, stands = Every(30), [], []
    with torch.inference_mode():
        for start in range(0, recipe.paths, recipe.batch):
            rng = step_rng(recipe.seed, start)
            rows = [pictures.rows[index] for index in rng.choice(chosen, recipe.batch, p=odds)]
            told = [captions(row, random.Random(int(rng.integers(2**31)))) for row in rows]
            styles = [row["style"] if rng.random() < 0.95 else None for row in rows]
            x = SIGMA_MAX * normal(rng, len(rows), *latent).to(teacher.device)
            ids.append(torch.tensor([teacher.tokenizer.encode(*prompt) for prompt in zip(told, styles, strict=True)]))
            against = torch.tensor([teacher.tokenizer.encode("")] * len(rows))  # no words, no style: as in the engine
            stands.append(_path(teacher, x, fine, torch.cat([ids[-1], against]), recipe=recipe))
            if report.due():
                log.write(paths=start + recipe.batch)
    return {"ids": torch.cat(ids), "x": torch.cat(stands)}


def _path(teacher: Trained, x: Tensor, fine: NoisePath, ids: Tensor, *, recipe: FastRecipe) -> Tensor:
    """(n, steps + 1, C, h, w): the start, and where every `substeps`-th step of the teacher stands."""
    told = teacher.text(ids.to(teacher.device))

    def pair(x: Tensor, at: Point) -> tuple[Tensor, Tensor]:
        with_prompt, without = teacher.diffusion.x0(teacher.network, torch.cat([x, x]), at, *told).chunk(2)
        return with_prompt, without

    denoise = tempered(guided(pair, recipe.guidance_scale), recipe.temperature, DATA_SCALE)
    stands = [x.half().cpu()]
    for step in SAMPLERS["dpmpp_2m"].fn(denoise, x, fine, normal):
        if step.index % recipe.substeps == 0:
            stands.append(step.x.half().cpu())
    return torch.stack(stands, 1)


def _refined(levels: NoisePath, substeps: int) -> NoisePath:
    """Each piece of the path in `substeps` of even log sigma; the last one falls to a thirtieth before it is clean."""
    sigmas = [point.sigma for point in levels[:-1]]
    ends = [*sigmas[1:], sigmas[-1] / 30]
    fine = [
        high * (low / high) ** (step / (substeps if low in sigmas else substeps - 1))
        for high, low in zip(sigmas, ends, strict=True)
        for step in range(substeps)
    ]
    return (*(Point(1.0, sigma) for sigma in fine), CLEAN)


def _learn(
    student: Trained, ids: Tensor, stands: Tensor, levels: NoisePath, *, out: Path, recipe: FastRecipe, log: Log
) -> Path:
    parameters = list(student.unet.parameters())
    optimizers = OPTIMIZERS[recipe.optimizer](student.unet, student.text, recipe.learning_rate)
    ema = Ema(student.parameters(), recipe.ema_halflife)
    gradients = ShardedGradients(parameters, recipe.threads if student.device.type == "cpu" else 1)
    schedule = Schedule(recipe.samples, recipe.warmup, recipe.samples // 2)
    report, losses, seen = Every(30), [], 0
    log.write(**asdict(recipe))
    with stop_signals() as stopped:
        for step in range(recipe.samples // recipe.batch):
            if stopped():
                break
            rng = step_rng(recipe.seed + 1, step)
            rows, pieces = rng.integers(0, len(ids), recipe.batch), rng.integers(0, recipe.steps, recipe.batch)
            x, target, sigma = crossed(stands[rows].float(), levels, pieces.tolist())
            x = x + recipe.jitter * sigma[:, None, None, None] * normal(rng, *x.shape)
            set_rate(optimizers, recipe.learning_rate * schedule(seen))
            part = (x, target, sigma, ids[rows])
            losses.append(gradients(lambda *p: _loss(student, *p), *(value.to(student.device) for value in part)))
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            for optimizer in optimizers:
                optimizer.step()
            seen += recipe.batch
            ema.update(recipe.batch, seen)
            if report.due():
                log.write(samples=seen, loss=float(np.mean(losses)))
                losses.clear()
    state = {"ema": ema.averages, "styles": list(student.tokenizer.styles), "network": asdict(student.unet.config)}
    save_checkpoint(out / CHECKPOINT, state | {"seen": seen})
    return out / CHECKPOINT


def crossed(stands: Tensor, levels: NoisePath, pieces: Sequence[int]) -> tuple[Tensor, Tensor, Tensor]:
    """Inputs x, targets x0 and noise levels for rows of paths (n, steps + 1, C, h, w), row i at its piece pieces[i].

    The target is the prediction with which one DDIM step, x' = x0 + (sigma'/sigma)(x − x0), lands where the path does.
    """
    rows = torch.arange(len(stands))
    which = torch.as_tensor(pieces)
    sigmas = torch.tensor([point.sigma for point in levels])
    x, to = stands[rows, which], stands[rows, which + 1]
    left = (sigmas[which + 1] / sigmas[which])[:, None, None, None]
    return x, (to - left * x) / (1 - left), sigmas[which]


def _loss(student: Trained, x: Tensor, target: Tensor, sigma: Tensor, ids: Tensor) -> Tensor:
    diffusion, at = student.diffusion, at_sigma(sigma)
    answer = student.network(diffusion.shown(x, at), diffusion.time(at), *student.text(ids))
    return (answer - diffusion.target(target, x, at)).square().mean()
