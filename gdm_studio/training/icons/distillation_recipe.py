"""Training recipe for a four-step student of `icons` with built-in guidance and temperature.

This is progressive distillation (Salimans and Ho 2022, arXiv:2202.00512, section 3) in a single stage. The teacher's
deterministic path from noise to image is divided at four noise levels. The student learns to cross each segment in a
single DDIM step.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gdm_studio.common.atomic_files import make_folder
from gdm_studio.maths import processes
from gdm_studio.maths.guidance import guided, tempered
from gdm_studio.maths.noise_path import CLEAN, NoiseLevel
from gdm_studio.maths.noise_path import NoisePath as NoisePath
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.training.checkpoint import load_checkpoint, save_checkpoint
from gdm_studio.training.data.dataset import Pictures, captions, open_pictures, without_colours
from gdm_studio.training.ema import Ema
from gdm_studio.training.icons import autoencoder_training
from gdm_studio.training.icons.autoencoder_training import config_for
from gdm_studio.training.icons.decoder_recipe import DenoiserRun
from gdm_studio.training.icons.denoiser_recipe import GUIDANCE, WordTable, sampling_probabilities
from gdm_studio.training.icons.networks import DATA_SCALE, SIGMA_MAX, IconsNetworks, at_sigma, load_averaged
from gdm_studio.training.icons.pose_augmented_pairs import pose_drawings
from gdm_studio.training.icons.posed_drafts_recipe import all_drawings
from gdm_studio.training.learning_rate_schedule import normal, step_rng
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

# The lowest noise level of the student. Its last step leads from here to the image.
SIGMA_LAST = 0.7
PATHS = "paths.pt"


@dataclass(frozen=True)
class Student:
    """Student model in training, which generates in four steps, with sampling trajectories of its teacher as training
    data.
    """

    networks: IconsNetworks
    # The prompt tokens of each path, (n, L).
    ids: Tensor
    # The draft of each path, (n, C, h, w) in fp16; zeros for networks without drafts.
    drafts: Tensor
    # The teacher's states at the noise levels of the student, (n, steps + 1, C, h, w) in fp16.
    states: Tensor


@dataclass(frozen=True, kw_only=True)
class FastRecipe(Recipe[Student]):
    """Training recipe that distils an `icons` model into a student that generates images in four steps."""

    name: ClassVar[str] = "icons-fast"

    data: Data
    words: WordTable
    run: DenoiserRun
    vae: Annotated[
        Path | None,
        Option("Autoencoder", "vae.safetensors of the second stage, to pose memorised drawings"),
    ] = None
    subset: Subset = "best"
    # Each path has its own noise and caption.
    paths: Annotated[int, Option("Paths", "number of teacher paths, saved in the output folder", 1)] = 6_000
    # The number of steps of the student.
    steps: int = 4
    # The number of the teacher's steps per step of the student.
    substeps: int = 3
    guidance_scale: float = GUIDANCE
    # This is lower than the teacher's default, because sampling in few steps blurs more.
    temperature: float = 0.5
    drop_style: Annotated[float, Option("No style", "share of the paths without a style", 0, 1)] = 0.4
    other_style: Annotated[float, Option("Other style", "share of the paths in a random style", 0, 1)] = 0.15
    samples: Samples = 80_000
    batch: Batch = 48
    learning_rate: LearningRate = 5e-4
    warmup: Warmup = 2_000
    # The noise that is added to the student's input, relative to the noise level. It imitates the errors of the
    # student's own steps.
    jitter: float = 0.02
    optimizer: Optimizers = "muon"
    ema_halflife: Halflife = 5_000
    threads: Threads = 2

    @property
    def draw_seed(self) -> int:
        # The seed itself is used for generating the paths.
        return self.seed + 1

    @cached_property
    def levels(self) -> NoisePath:
        """Noise levels at which the student's four steps start and end."""
        return processes.edm(SIGMA_LAST, SIGMA_MAX).path("exponential", self.steps)

    def prepare(self, out: Path) -> Iterator[Progress]:
        """Sample the teacher, and save its sampling trajectories in `out` as training data unless an earlier run has
        saved them.

        Yields the progress.
        """
        if "drafts" in (load_checkpoint(out / PATHS) or {}):
            return
        teacher, _ = load_averaged(self.run, self.words)
        parts = []
        for part in self._sample_teacher(teacher.to(self.device)):
            parts.append(part)
            yield Progress("paths", len(parts), len(parts) * self.batch, self.paths)
        make_folder(out)
        ids, drafts, states = (torch.cat(column) for column in zip(*parts, strict=True))
        save_checkpoint(out / PATHS, {"ids": ids, "drafts": drafts, "x": states})

    def model(self, out: Path) -> Student:
        drawn = load_checkpoint(out / PATHS)
        # `prepare` has saved the paths.
        assert drawn is not None
        student, _ = load_averaged(self.run, self.words)
        student.freeze()
        return Student(student, drawn["ids"], drawn["drafts"], drawn["x"])

    def modules(self, model: Student) -> dict[str, nn.Module]:
        return {"unet": model.networks.unet, "text": model.networks.text}

    def fixed_settings(self, model: Student) -> dict[str, Any]:
        return {"styles": list(model.networks.tokenizer.styles), "network": asdict(model.networks.unet.config)}

    def average(self, model: Student) -> Ema:
        return Ema(model.networks.parameters(), self.ema_halflife)

    def objectives(self, model: Student) -> Sequence[Objective]:
        trained = model.networks

        def loss(x: Tensor, target: Tensor, sigma: Tensor, ids: Tensor, drafts: Tensor) -> Tensor:
            diffusion, at = trained.diffusion, at_sigma(sigma)
            answer = trained.network(
                diffusion.scaled_input(x, at), diffusion.time(at), *trained.text(ids), drafts.float()
            )
            return (answer - diffusion.target(target, x, at)).square().mean()

        optimizers = OPTIMIZERS[self.optimizer](trained.unet, trained.text, self.learning_rate)
        return (Objective("loss", loss, trained.trainable_parameters(), optimizers),)

    def draw(self, model: Student, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        rows, pieces = rng.integers(0, len(model.ids), self.batch), rng.integers(0, self.steps, self.batch)
        x, target, sigma = segment_targets(model.states[rows].float(), self.levels, pieces.tolist())
        x = x + self.jitter * sigma[:, None, None, None] * normal(rng, *x.shape)
        return x, target, sigma, model.ids[rows], model.drafts[rows]

    def _sample_teacher(self, teacher: IconsNetworks) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """Sample the teacher with random prompts, and yield its sampling trajectories in batches.

        Each batch has prompt tokens (n, L), drafts (n, C, h, w) and the states at the student's noise levels (n, steps
        + 1, C, h, w).
        """
        pictures = open_pictures(self.data)
        fine = _refine(self.levels, self.substeps)
        side = pictures.size // config_for(pictures.size).factor
        latent = (teacher.unet.config.in_channels, side, side)
        prompts = self._iterate_random_prompts(teacher, pictures, latent)
        if self.vae is not None and teacher.prototypes is not None:
            prompts = self._iterate_posed_prompts(teacher, self.vae, pictures)
        for place, (ids, drafts) in enumerate(prompts):
            # Random prompts are drawn from the same bits. The released student was trained so, and the noise of one
            # trajectory in a batch hardly depends on which prompts the batch has.
            rng = step_rng(self.seed, place * self.batch)
            x = SIGMA_MAX * normal(rng, len(ids), *latent).to(teacher.device)
            yield ids.cpu(), drafts.half().cpu(), self._compute_path(teacher, x, fine, ids, drafts)

    def _iterate_posed_prompts(
        self, teacher: IconsNetworks, vae: Path, pictures: Pictures
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield batches of prompt tokens and draft latents, from which the teacher starts. The drafts show memorised
        training images in random poses.
        """
        assert teacher.prototypes is not None
        drawings = all_drawings(self.run, teacher.prototypes)
        pairs = pose_drawings(
            replace(teacher, prototypes=drawings),
            autoencoder_training.load(vae),
            pictures,
            subset=self.subset,
            count=self.paths,
            seed=self.seed,
        )
        yield from zip(pairs.prompts.split(self.batch), pairs.drafts.float().split(self.batch), strict=True)

    def _iterate_random_prompts(
        self, teacher: IconsNetworks, pictures: Pictures, latent: tuple[int, ...]
    ) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield batches of random prompt tokens and draft latents, from which the teacher starts. The draft network
        predicts them from the names of the subjects.
        """
        chosen, odds = sampling_probabilities(pictures, self.subset)
        known = [*teacher.tokenizer.styles]
        for start in range(0, self.paths, self.batch):
            rng = step_rng(self.seed, start)
            rows = [pictures.rows[index] for index in rng.choice(chosen, self.batch, p=odds)]
            texts = [captions(row, random.Random(int(rng.integers(2**31)))) for row in rows]
            styles = [self._choose_style(row["style"], known, rng) for row in rows]
            things = [without_colours(row["caption"]) if row["tint"] else row["caption"] for row in rows]
            own = [style if style == row["style"] else None for row, style in zip(rows, styles, strict=True)]
            ids, draft_ids = (
                torch.tensor([teacher.tokenizer.encode(*prompt) for prompt in zip(words, word_styles, strict=True)])
                for words, word_styles in ((texts, styles), (things, own))
            )
            yield ids, _predict_drafts(teacher, ids, draft_ids, torch.zeros(len(ids), *latent))

    def _choose_style(self, own: str, styles: Sequence[str], rng: np.random.Generator) -> str | None:
        """Choose a style at random for sampling the teacher. It is the training image's own style `own`, any of
        `styles`, or None for no style.
        """
        share = rng.random() - self.drop_style
        if share < 0:
            return None
        return styles[int(rng.integers(len(styles)))] if share < self.other_style else own

    @torch.no_grad()
    def _compute_path(self, teacher: IconsNetworks, x: Tensor, fine: NoisePath, ids: Tensor, drafts: Tensor) -> Tensor:
        """Compute the path of the teacher's sampling from the noise x, and return the states at the student's noise
        levels.

        The states are (n, steps + 1, C, h, w). The first is x, the others follow every `substeps`-th step of the path
        `fine`.
        """
        # The unconditional prediction for guidance has neither words nor style, as in the engine.
        empty = torch.tensor([teacher.tokenizer.encode("")] * len(ids))
        both = torch.cat([ids.cpu(), empty]).to(teacher.device)
        typical = _predict_drafts(teacher, empty, empty, x)
        cond = (*teacher.text(both), torch.cat([drafts.to(teacher.device), typical.to(teacher.device)]))

        def pair(x: Tensor, at: NoiseLevel) -> tuple[Tensor, Tensor]:
            with_prompt, without = teacher.diffusion.x0(teacher.network, torch.cat([x, x]), at, *cond).chunk(2)
            return with_prompt, without

        denoise = tempered(guided(pair, self.guidance_scale), self.temperature, DATA_SCALE)
        states = [x.half().cpu()]
        for step in SAMPLERS["dpmpp_2m"].fn(denoise, x, fine, normal):
            if step.index % self.substeps == 0:
                states.append(step.x.half().cpu())
        return torch.stack(states, 1)


@torch.no_grad()
def _predict_drafts(teacher: IconsNetworks, ids: Tensor, draft_ids: Tensor, like: Tensor) -> Tensor:
    """Return the draft latents (n, C, h, w) that the teacher predicts for prompts, at the size of `like`. They are
    zeros for a teacher without a draft network.
    """
    if teacher.unet.sketch is None:
        return torch.zeros_like(like, device=teacher.device)
    like = like.to(teacher.device)
    return teacher.conditioning(ids.to(teacher.device), draft_ids.to(teacher.device), like)[3]


def _refine(levels: NoisePath, substeps: int) -> NoisePath:
    """Divide each step of the student into `substeps` smaller steps for the teacher, evenly spaced in log sigma.

    The last segment goes down to a thirtieth of its noise level before the final step to zero.
    """
    sigmas = [point.sigma for point in levels[:-1]]
    ends = [*sigmas[1:], sigmas[-1] / 30]
    fine = [
        high * (low / high) ** (step / (substeps if low in sigmas else substeps - 1))
        for high, low in zip(sigmas, ends, strict=True)
        for step in range(substeps)
    ]
    return (*(NoiseLevel(1.0, sigma) for sigma in fine), CLEAN)


def segment_targets(states: Tensor, levels: NoisePath, pieces: Sequence[int]) -> tuple[Tensor, Tensor, Tensor]:
    """Return the inputs, targets and noise levels of a training batch for the student, with one segment of each of the
    teacher's trajectories.

    `states` (n, steps + 1, C, h, w) are the paths, and `pieces` the index of each path's segment. If the student
    predicts the target, one DDIM step, x' = x0 + (sigma'/sigma)(x − x0), ends exactly on the path.
    """
    rows = torch.arange(len(states))
    segment = torch.as_tensor(pieces)
    sigmas = torch.tensor([point.sigma for point in levels])
    x = states[rows, segment]
    end = states[rows, segment + 1]
    ratio = (sigmas[segment + 1] / sigmas[segment])[:, None, None, None]
    return x, (end - ratio * x) / (1 - ratio), sigmas[segment]
