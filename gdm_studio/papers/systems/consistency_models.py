"""Consistency models: a network maps every point of a path from noise to an image to the image at its end.

f_θ(x, σ) is the same along a path of the probability-flow ODE, and f_θ(x, σ_min) = x. The boundary condition holds by
the form c_skip·x + c_out·F with c_skip = 1 and c_out = 0 at the end (Song et al. 2023, equation 5), which EDM's scales
fulfil for σ → 0.

Distillation takes a noisy image x_{n+1}, follows the teacher's ODE to the next lower level, x̂_n, and minimises
‖f_θ(x_{n+1}, σ_{n+1}) − f_θ⁻(x̂_n, σ_n)‖² (algorithm 2), where θ⁻ receives no gradient. One evaluation then generates
an image; more evaluations add noise and predict again.

Departures from the paper: the distance is the pseudo-Huber one of Song and Dhariwal 2023, θ⁻ is θ without an average,
and there is no consistency training without a teacher.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor, nn

from gdm_studio.common.errors import StorageError
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import Process, edm
from gdm_studio.models.families.papers import family
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.papers.system_description import NO_GUIDANCE, Claim, Range, System, terms
from gdm_studio.papers.systems.edm import EdmRecipe
from gdm_studio.papers.training.model_file import saved_denoiser
from gdm_studio.papers.training.noise_levels import NoiseLevels, Timesteps, noise_levels_of
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Objective

# The constant of the pseudo-Huber distance (Song and Dhariwal 2023, section 3.3).
ROBUST = 0.03

CONSISTENCY = System(
    name="consistency",
    title="Consistency model",
    year=2023,
    authors="Song, Dhariwal, Chen, Sutskever",
    paper="arXiv:2303.01469",
    tags=("diffusion", "few steps", "distillation"),
    idea=QT_TRANSLATE_NOOP(
        "System", "A network that jumps from any point of a path to its end, distilled from EDM: one step per picture."
    ),
    starts=QT_TRANSLATE_NOOP("System", "Gaussian noise of the largest σ, which hides the picture."),
    learned=QT_TRANSLATE_NOOP("System", "To predict the same picture from all points of a path."),
    step=QT_TRANSLATE_NOOP("System", "Predicts the picture; if steps remain, adds less noise and predicts again."),
    objective="E‖f_θ(x_{n+1}, σ_{n+1}) − f_θ⁻(x̂_n, σ_n)‖²",
    trains=("denoiser",),
    samplers=("lcm",),
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System", "share of points at one of 25 modes minus the error of the modes’ shares, over EDM’s, in 2 steps"
        ),
        "two_step_modes",
        Range(0.3, 0.85),
        "points",
        0.0,
        "EDM’s network, which is not distilled",
        terms=terms(states=0.15, spread=(1, 3.5), shares=0.18, fresh=0.15),
    ),
    parents=("edm",),
    settings=NO_GUIDANCE,
)


@dataclass(frozen=True, kw_only=True)
class ConsistencyRecipe(EdmRecipe):
    """Training recipe for consistency distillation: a student network learns to do in one step what an EDM model, its
    teacher, does in many.

    The student starts from the weights of its teacher, the EDM model.
    """

    name: ClassVar[str] = "consistency"
    system: ClassVar[System] = CONSISTENCY

    start: Annotated[Path | None, Option("Start", "a model file of `train edm`, the teacher")] = None
    noises: Annotated[int, Option("Noise levels", "N, the points of a path that are compared", 2, 10_000)] = 64

    @cached_property
    def teacher(self) -> nn.Module:
        """Denoiser that the consistency model learns from, loaded from the model file `start`.

        Raises StorageError unless the file is an EDM model of the same data.
        """
        if self.start is None or not self.start.is_file():
            raise StorageError("A consistency model has a teacher; choose a model file of `train edm` with --start.")
        card = family.card(read_entry(self.start))
        known = (card.prediction, card.accepts.labels, card.latent[-1])
        if known != (self.predicts, tuple(self.pictures.labels), self.pictures.data.shape[-1]):
            raise StorageError(f"{self.start} is no teacher for {self.data}; train EDM on this data.")
        return saved_denoiser(self.start).eval().requires_grad_(False)

    def networks(self) -> dict[str, nn.Module]:
        # The teacher is loaded first, so that a missing file is reported before anything else.
        teacher, networks = self.teacher, super().networks()
        networks["denoiser"].load_state_dict(teacher.state_dict())
        return networks

    @cached_property
    def process(self) -> Process:
        return edm(self.least, self.most, self.noises)

    @property
    def process_numbers(self) -> dict[str, Any]:
        return super().process_numbers | {"timesteps": self.noises}

    @property
    def training_levels(self) -> NoiseLevels:
        # The lowest level has none below it.
        return Timesteps(self.noise_levels, first=1)

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        network = model["denoiser"]

        def end_of_path(network: nn.Module, x: Tensor, at: NoiseLevel, cond: Tensor) -> Tensor:
            answer = self.predict(network, x, at, cond)
            found: Tensor = self.diffusion.x0(lambda *_: answer, x, at)
            return found

        def loss(x0: Tensor, x: Tensor, levels: Tensor, cond: Tensor) -> Tensor:
            at, to = noise_levels_of(levels)
            with torch.no_grad():
                teacher = self.teacher.to(x.device)
                target = end_of_path(network, self.lower(teacher, x, at, to, cond), to, cond)
            apart = end_of_path(network, x, at, cond) - target
            # The levels' errors differ by orders of magnitude; a robust distance keeps high noise from ruling.
            return (apart.square().flatten(1).sum(dim=1) + ROBUST**2).sqrt().mean() - ROBUST

        optimizers = OPTIMIZERS[self.optimizer](network, nn.Module(), self.learning_rate)
        return (Objective("loss", loss, list(network.parameters()), optimizers),)

    def lower(self, teacher: nn.Module, x: Tensor, at: NoiseLevel, to: NoiseLevel, cond: Tensor) -> Tensor:
        """Lower the noise of x from the level `at` to the level `to`, by one step of Heun's method on the teacher's
        probability-flow ODE.
        """

        def slope(x: Tensor, at: NoiseLevel) -> Tensor:
            answer = self.predict(teacher, x, at, cond)
            return (x - self.diffusion.x0(lambda *_: answer, x, at)) / at.sigma

        first = slope(x, at)
        second = slope(x + (to.sigma - at.sigma) * first, to)
        return x + (to.sigma - at.sigma) * (first + second) / 2

    @property
    def defaults(self) -> dict[str, Any]:
        return super().defaults | {"steps": 2, "spacing": "trailing"}
