"""Two ways to lead DDPM to a class: by the gradient of a classifier, or by a network that is told the class or not.

p(x | y) ∝ p(x)·p(y | x), so that score(x | y) = score(x) + ∇log p(y | x). Classifier guidance (Dhariwal and Nichol
2021, algorithms 1 and 2) trains a classifier of noisy pictures and follows s times its gradient, x̂_0 + s·(σ²/α)·∇log
p(y | x), which for s = 1 and an exact classifier samples p(x | y). Classifier-free guidance (Ho and Salimans 2022,
equation 6) finds the gradient with one network, told the class of most pictures and nothing of the others: x̂_0 told +
(s − 1)·(x̂_0 told − x̂_0 untold). Neither samples p(x | y)·p(y | x)^(s − 1): with s above 1 pictures are more of their
class, and more alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.errors import StorageError
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.path import Point
from gdm_studio.maths.processes.process import gaussian
from gdm_studio.models.card import ModelCard
from gdm_studio.models.checkpoints import read_entry
from gdm_studio.models.families import systems
from gdm_studio.models.families.systems_model import habits_in
from gdm_studio.models.process import process_of
from gdm_studio.models.quantised import restored
from gdm_studio.networks.backbones import saved_backbone
from gdm_studio.networks.noisy_classifier import NoisyClassifier, NoisyClassifierConfig
from gdm_studio.systems.recipe import SystemRecipe, usual
from gdm_studio.systems.system import Claim, System
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Cooldown, Objective, Samples
from gdm_studio.training.schedule import normal

NOISE = "Gaussian noise, N(0, I)."

CLASSIFIER = System(
    name="classifier-guidance",
    title="Classifier guidance",
    year=2021,
    authors="Dhariwal, Nichol",
    paper="arXiv:2105.05233",
    tags=("diffusion", "discrete time", "guidance"),
    idea="A classifier of noisy pictures leads a network, even one that knows no classes, along its gradient.",
    starts=NOISE,
    learned="To name the class of a picture under any amount of noise; DDPM's network stays as it is.",
    step="As DDPM's, moved along the gradient of the classifier's log p(class | x), which is asked there and back.",
    objective="−E log p_φ(y | x_t, t)",
    trains=("classifier",),
    samplers=("ddpm_large", "ddpm", "ddim"),
    claim=Claim("share of its pictures whose class is recognised, less that without guidance", "accuracy_by_guidance",
                0.5, "more", "weights"),
    descends=("ddpm-learned",),
)  # fmt: skip
FREE = System(
    name="classifier-free",
    title="Classifier-free guidance",
    year=2022,
    authors="Ho, Salimans",
    paper="arXiv:2207.12598",
    tags=("diffusion", "discrete time", "guidance"),
    idea="One network, told the class or nothing, is asked both ways: what the class changes is taken further.",
    starts=NOISE,
    learned="One network, told no class now and then: here DDPM's, in a tenth of its pictures.",
    step="As DDPM's, the network asked twice: x̂_0 is taken further away from what it says when it is told nothing.",
    objective="none of its own: DDPM's, with no class told now and then",
    trains=(),
    samplers=("ddpm_large", "ddpm", "ddim"),
    claim=Claim("share of its pictures whose class is recognised, less that without guidance", "accuracy_by_guidance",
                0.0, "more", "weights"),
    weights_of="ddpm",
    descends=("ddpm", "classifier-guidance"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ClassifierRecipe(SystemRecipe):
    """The classifier alone; the denoiser is given, and goes into the same file."""

    name: ClassVar[str] = "classifier-guidance"
    system: ClassVar[System] = CLASSIFIER

    start: Annotated[Path | None, Option("Start", "the model file that `train ddpm` wrote")] = None
    samples: Samples = 160_000
    cooldown: Cooldown = 80_000
    width: Annotated[int, Option("Width", "channels at full size, twice as many at half of it", 8, 512)] = 32
    widest: Annotated[int, Option("Widest", "channels at most", 8, 1024)] = 96

    @cached_property
    def given(self) -> ModelCard:
        """The card of the file; raises StorageError where it is none that a classifier can lead."""
        if self.start is None or not self.start.is_file():
            raise StorageError("A classifier leads another model's steps; name the file of one by --start.")
        card = systems.card(read_entry(self.start))
        if set(self._config["networks"]) != {"denoiser"} or process_of(card).law is not gaussian:
            raise StorageError(f"{self.start} is none that a classifier can lead; name a model of `train ddpm`.")
        told = (self.pictures.labels, tuple(self.pictures.factors))
        if (card.accepts.labels, tuple(each.name for each in card.accepts.factors)) != told:
            raise StorageError(f"{self.start} learned other pictures than those in {self.data}; train it with these.")
        side = card.latent[-1]
        if card.latent != (4, self.size, self.size):
            raise StorageError(f"{self.start} makes pictures of {side} pixels; give --size {side}.")
        return card

    @cached_property
    def _config(self) -> dict[str, Any]:
        assert self.start is not None
        return systems.config_of(read_entry(self.start).metadata)

    @cached_property
    def diffusion(self) -> Diffusion:
        return Diffusion(process_of(self.given), self.given.prediction, self.given.data_scale)

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Of every timestep."""
        process = self.diffusion.process
        return tuple(process.coordinates(ratio) for ratio in process.ratios)

    def networks(self) -> dict[str, nn.Module]:
        self.given.usual()  # what cannot be led is said before anything else
        if len(self.pictures.labels) < 2:
            raise StorageError(f"{self.data} has no classes to tell apart; put pictures into a folder for each class.")
        sizes = {"size": self.size, "width": self.width, "widest": self.widest}
        return {"classifier": NoisyClassifier(NoisyClassifierConfig(answers=len(self.pictures.labels), **sizes))}

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        """Noisy pictures at timesteps drawn evenly, as the network sees them, these times, and classes."""
        classed = np.flatnonzero(self.pictures.label >= 0)
        picked = classed[rng.integers(len(classed), size=self.batch)]
        x0, timesteps = self.pictures.data[picked], rng.integers(len(self.points), size=self.batch)
        parts = zip(*(self.points[each] for each in timesteps), strict=True)
        at: Any = Point(*(torch.tensor(part, dtype=torch.float32)[:, None, None, None] for part in parts))  # type: ignore[arg-type]
        x = self.diffusion.process.degrade(x0, at, normal(rng, *x0.shape))
        time = self.diffusion.of_order_one(torch.as_tensor(self.diffusion.time(at)).flatten().float())
        return self.diffusion.shown(x, at).float(), time, torch.from_numpy(self.pictures.label[picked])

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        network = model["classifier"]

        def loss(shown: Tensor, time: Tensor, label: Tensor) -> Tensor:
            return F.cross_entropy(network(shown, time), label)

        optimizers = OPTIMIZERS[self.optimizer](network, nn.Module(), self.learning_rate)
        return (Objective("loss", loss, list(network.parameters()), optimizers),)

    def served(self, model: nn.ModuleDict) -> dict[str, nn.Module]:
        assert self.start is not None
        denoiser = saved_backbone(self._config["networks"]["denoiser"])
        weights = restored(load_file(self.start))
        own = {key.removeprefix("denoiser."): value for key, value in weights.items() if key.startswith("denoiser.")}
        denoiser.load_state_dict(own)
        return {"denoiser": denoiser, "classifier": model["classifier"]}

    def habits(self, model: nn.ModuleDict) -> dict[str, Any]:
        return habits_in(self._config)

    @property
    def facts(self) -> dict[str, Any]:
        shared = ("prediction", "process", "process_numbers", "learned_variance", "data_scale")
        norms = [list(pair) for pair in self.given.score_norms]
        defaults = {**self.given.defaults, **usual(guidance_scale=4.0)}
        return {name: getattr(self.given, name) for name in shared} | {"score_norms": norms, "defaults": defaults}
