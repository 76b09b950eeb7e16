"""Recipe: distil a trained `icons` into one that draws in four steps, guidance and temperature built in.

Progressive distillation (Salimans and Ho 2022, arXiv:2202.00512, section 3) in a single stage: the teacher's
deterministic path from noise to picture is cut at four noise levels, and the student learns to cross each piece in one
DDIM step.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.atomic import make_folder
from gdm_studio.maths import processes
from gdm_studio.maths.guidance import guided, tempered
from gdm_studio.maths.path import CLEAN, Point
from gdm_studio.maths.path import Path as NoisePath
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.training.checkpoint import load_checkpoint, save_checkpoint
from gdm_studio.training.data.dataset import captions, open_pictures, without_colours
from gdm_studio.training.ema import Ema
from gdm_studio.training.icons import GUIDANCE, Table, choice
from gdm_studio.training.icons_decoder import Run
from gdm_studio.training.icons_networks import DATA_SCALE, SIGMA_MAX, Trained, at_sigma, averaged
from gdm_studio.training.icons_vae import config_for
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import (
    Batch,
    Data,
    Halflife,
    LearningRate,
    Objective,
    Optimizers,
    Progress,
    Recipe,
    Samples,
    Subset,
    Threads,
    Warmup,
)
from gdm_studio.training.schedule import normal, step_rng

SIGMA_LAST = 0.7  # from here one step leads to the picture
PATHS = "paths.pt"


@dataclass(frozen=True)
class Student:
    """The networks, and what they learn from: ids (n, L), those of what was sketched, and where the teacher's paths
    stand, (n, steps + 1, C, h, w) fp16."""

    trained: Trained
    ids: Tensor
    sketched: Tensor
    stands: Tensor


@dataclass(frozen=True, kw_only=True)
class FastRecipe(Recipe[Student]):
    """Everything that decides the student, but for its teacher's weights."""

    name: ClassVar[str] = "icons-fast"

    data: Data
    words: Table
    run: Run
    subset: Subset = "best"
    # each from its own noise under its own caption
    paths: Annotated[int, Option("Paths", "of the teacher, kept in the directory", 1)] = 6_000
    steps: int = 4  # of the student
    substeps: int = 3  # of the teacher for each of them
    guidance_scale: float = GUIDANCE
    temperature: float = 0.5  # cooler than its teacher at work: few steps smear more
    drop_style: Annotated[float, Option("No style", "share of the paths without one", 0, 1)] = 0.4
    other_style: Annotated[float, Option("Other style", "share of those in any style, drawn so or not", 0, 1)] = 0.15
    samples: Samples = 80_000
    batch: Batch = 48
    learning_rate: LearningRate = 5e-4
    warmup: Warmup = 2_000
    jitter: float = 0.02  # noise on the student's input, as a share of its level: its own steps are a little off too
    optimizer: Optimizers = "muon"
    ema_halflife: Halflife = 5_000
    threads: Threads = 2

    @property
    def draw_seed(self) -> int:
        return self.seed + 1  # by the seed itself, the paths were drawn

    @cached_property
    def levels(self) -> NoisePath:
        """Where the student's steps begin and end."""
        return processes.edm(SIGMA_LAST, SIGMA_MAX).path("exponential", self.steps)

    def prepare(self, out: Path) -> Iterator[Progress]:
        """Draws the teacher's paths; they are kept in `out`, so that a second run finds them."""
        if "sketched" in (load_checkpoint(out / PATHS) or {}):
            return
        teacher, _ = averaged(self.run, self.words)
        parts = []
        for part in self._drawn(teacher.to(self.device)):
            parts.append(part)
            yield Progress("paths", len(parts), len(parts) * self.batch, self.paths)
        make_folder(out)
        ids, sketched, stands = (torch.cat(column) for column in zip(*parts, strict=True))
        save_checkpoint(out / PATHS, {"ids": ids, "sketched": sketched, "x": stands})

    def model(self, out: Path) -> Student:
        drawn = load_checkpoint(out / PATHS)
        assert drawn is not None  # `prepare` has left them
        student, _ = averaged(self.run, self.words)
        student.settle()
        return Student(student, drawn["ids"], drawn["sketched"], drawn["x"])

    def modules(self, model: Student) -> dict[str, nn.Module]:
        return {"unet": model.trained.unet, "text": model.trained.text}

    def identity(self, model: Student) -> dict[str, Any]:
        return {"styles": list(model.trained.tokenizer.styles), "network": asdict(model.trained.unet.config)}

    def average(self, model: Student) -> Ema:
        return Ema(model.trained.parameters(), self.ema_halflife)

    def objectives(self, model: Student) -> Sequence[Objective]:
        trained = model.trained

        def loss(x: Tensor, target: Tensor, sigma: Tensor, ids: Tensor, sketched: Tensor) -> Tensor:
            diffusion, at = trained.diffusion, at_sigma(sigma)
            answer = trained.network(diffusion.shown(x, at), diffusion.time(at), *trained.told(ids, sketched, x))
            return (answer - diffusion.target(target, x, at)).square().mean()

        optimizers = OPTIMIZERS[self.optimizer](trained.unet, trained.text, self.learning_rate)
        return (Objective("loss", loss, trained.learning(), optimizers),)

    def draw(self, model: Student, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        rows, pieces = rng.integers(0, len(model.ids), self.batch), rng.integers(0, self.steps, self.batch)
        x, target, sigma = crossed(model.stands[rows].float(), self.levels, pieces.tolist())
        x = x + self.jitter * sigma[:, None, None, None] * normal(rng, *x.shape)
        return x, target, sigma, model.ids[rows], model.sketched[rows]

    def _drawn(self, teacher: Trained) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Token ids (n, L), those of what is sketched, and where the paths under them stand at each of the levels
        (n, steps + 1, C, h, w)."""
        pictures = open_pictures(self.data)
        chosen, odds = choice(pictures, self.subset)
        fine = _refined(self.levels, self.substeps)
        side, known = pictures.size // config_for(pictures.size).factor, [*teacher.tokenizer.styles]
        latent = (teacher.unet.config.in_channels, side, side)
        for start in range(0, self.paths, self.batch):
            rng = step_rng(self.seed, start)
            rows = [pictures.rows[index] for index in rng.choice(chosen, self.batch, p=odds)]
            told = [captions(row, random.Random(int(rng.integers(2**31)))) for row in rows]
            styles = [self._style(row["style"], known, rng) for row in rows]
            x = SIGMA_MAX * normal(rng, len(rows), *latent).to(teacher.device)
            things = [without_colours(row["caption"]) if row["tint"] else row["caption"] for row in rows]
            own = [style if style == row["style"] else None for row, style in zip(rows, styles, strict=True)]
            ids, sketched = (
                torch.tensor([teacher.tokenizer.encode(*prompt) for prompt in zip(words, drawn_in, strict=True)])
                for words, drawn_in in ((told, styles), (things, own))
            )
            against = torch.tensor([teacher.tokenizer.encode("")] * len(rows))  # no words, no style: as in the engine
            both = (torch.cat([ids, against]), torch.cat([sketched, against]))
            yield ids, sketched, self._path(teacher, x, fine, *both)

    def _style(self, own: str, styles: Sequence[str], rng: np.random.Generator) -> str | None:
        share = rng.random() - self.drop_style
        if share < 0:
            return None
        return styles[int(rng.integers(len(styles)))] if share < self.other_style else own

    @torch.no_grad()
    def _path(self, teacher: Trained, x: Tensor, fine: NoisePath, ids: Tensor, sketched: Tensor) -> Tensor:
        """(n, steps + 1, C, h, w): the start, and where every `substeps`-th step of the teacher stands."""
        told = teacher.told(ids.to(teacher.device), sketched.to(teacher.device), x)

        def pair(x: Tensor, at: Point) -> tuple[Tensor, Tensor]:
            with_prompt, without = teacher.diffusion.x0(teacher.network, torch.cat([x, x]), at, *told).chunk(2)
            return with_prompt, without

        denoise = tempered(guided(pair, self.guidance_scale), self.temperature, DATA_SCALE)
        stands = [x.half().cpu()]
        for step in SAMPLERS["dpmpp_2m"].fn(denoise, x, fine, normal):
            if step.index % self.substeps == 0:
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
