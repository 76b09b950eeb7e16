"""Two kinds of guidance for DDPM: by a classifier's gradient, or by a network with and without class conditioning.

Since p(x | y) ∝ p(x)·p(y | x), the scores satisfy score(x | y) = score(x) + ∇log p(y | x).

Classifier guidance (Dhariwal and Nichol 2021, algorithms 1 and 2) trains a classifier of noisy images. It follows s
times the classifier's gradient, x̂_0 + s·(σ²/α)·∇log p(y | x). With s = 1 and an exact classifier it samples p(x | y).

Classifier-free guidance (Ho and Salimans 2022, equation 6) uses one network whose class conditioning is dropped for
some of the training images: x̂_0(y) + (s − 1)·(x̂_0(y) − x̂_0(∅)).

Neither method samples p(x | y)·p(y | x)^(s − 1) exactly. With s > 1, images are more typical of the class and less
diverse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.common.errors import StorageError
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes.process import gaussian
from gdm_studio.models.families.papers import family
from gdm_studio.models.families.papers.method_parts import Part, parts_in
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.forward_process import forward_process
from gdm_studio.models.model_card import ModelCard
from gdm_studio.networks.papers.noisy_classifier import NoisyClassifier, NoisyClassifierConfig
from gdm_studio.networks.papers.point_networks import PointClassifier, PointClassifierConfig
from gdm_studio.papers.system_description import Claim, Range, System, terms
from gdm_studio.papers.training.model_file import saved_denoiser
from gdm_studio.papers.training.recipe import SystemRecipe
from gdm_studio.training.learning_rate_schedule import normal
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Cooldown, Objective, Samples

NOISE = QT_TRANSLATE_NOOP("System", "Gaussian noise, N(0, I).")

CLASSIFIER = System(
    name="classifier-guidance",
    title="Classifier guidance",
    year=2021,
    authors="Dhariwal, Nichol",
    paper="arXiv:2105.05233",
    tags=("diffusion", "discrete time", "guidance"),
    idea=QT_TRANSLATE_NOOP(
        "System", "The gradient of a classifier of noisy pictures guides a denoiser, even one without classes."
    ),
    starts=NOISE,
    learned=QT_TRANSLATE_NOOP("System", "To classify a picture at any noise level; DDPM's network is not changed."),
    step=QT_TRANSLATE_NOOP("System", "As DDPM's, moved along the gradient of the classifier's log p(class | x)."),
    objective="−E log p_φ(y | x_t, t)",
    trains=("classifier",),
    samplers=("ddpm_large", "ddpm", "ddim"),
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System", "share of points that lie in their class, of three that overlap, minus that without guidance"
        ),
        "class_by_guidance",
        Range(0.5, 0.668),
        "points",
        0.0,
        "no guidance",
        terms=terms(prediction=0.85, states=0.15, spread=(0.9, 1.25), shares=0.06, step=0.001, fresh=0.15),
    ),
    parents=("ddpm-learned",),
    points="classes",
)
FREE = System(
    name="classifier-free",
    title="Classifier-free guidance",
    year=2022,
    authors="Ho, Salimans",
    paper="arXiv:2207.12598",
    tags=("diffusion", "discrete time", "guidance"),
    idea=QT_TRANSLATE_NOOP(
        "System", "One network predicts with and without the class, and the difference is amplified."
    ),
    starts=NOISE,
    learned=QT_TRANSLATE_NOOP(
        "System", "A network whose class is sometimes dropped: here DDPM's, for a tenth of its pictures."
    ),
    step=QT_TRANSLATE_NOOP(
        "System", "As DDPM's, with two evaluations: x̂_0 is moved away from the prediction without class."
    ),
    objective=QT_TRANSLATE_NOOP("System", "none of its own: DDPM's, with the class sometimes dropped"),
    trains=(),
    samplers=("ddpm_large", "ddpm", "ddim"),
    claim=Claim(
        QT_TRANSLATE_NOOP(
            "System", "share of points that lie in their class, of three that overlap, minus that without guidance"
        ),
        "class_by_guidance",
        Range(0.05, 0.13),
        "points",
        0.0,
        "no guidance",
        terms=terms(prediction=0.63, states=0.15, spread=(0.9, 1.25), shares=0.06, step=0.001, fresh=0.15),
    ),
    weights_from="ddpm",
    parents=("ddpm", "classifier-guidance"),
    points="classes",
)


@dataclass(frozen=True, kw_only=True)
class ClassifierRecipe(SystemRecipe):
    """Training recipe for classifier guidance: a classifier of noisy images that steers a trained DDPM model.

    Both networks are saved in one file.
    """

    name: ClassVar[str] = "classifier-guidance"
    system: ClassVar[System] = CLASSIFIER

    start: Annotated[Path | None, Option("Start", "a model file of `train ddpm`")] = None
    samples: Samples = 160_000
    cooldown: Cooldown = 80_000
    width: Annotated[int, Option("Width", "channels at full size, doubled at half size", 8, 512)] = 32
    widest: Annotated[int, Option("Widest", "maximum number of channels", 8, 1024)] = 96

    @cached_property
    def denoiser_card(self) -> ModelCard:
        """Model card of the denoiser that the classifier will guide.

        Raises StorageError if a classifier cannot guide that model, or if it was trained on other data.
        """
        if self.start is None or not self.start.is_file():
            raise StorageError("A classifier guides another model; choose that model's file with --start.")
        card = family.card(read_entry(self.start))
        if set(self._config["networks"]) != {"denoiser"} or forward_process(card).law is not gaussian:
            raise StorageError(f"A classifier cannot guide {self.start}; choose a model of `train ddpm`.")
        conditioning = (self.pictures.labels, tuple(self.pictures.factors))
        if (card.accepts.labels, tuple(each.name for each in card.accepts.factors)) != conditioning:
            raise StorageError(f"{self.start} was not trained on {self.data}; train it on these images.")
        side = card.latent[-1]
        if not self.pictures.is_points and card.latent != (4, self.size, self.size):
            raise StorageError(f"{self.start} generates images of {side} pixels; use --size {side}.")
        return card

    @cached_property
    def _config(self) -> dict[str, Any]:
        assert self.start is not None
        return family.config_of(read_entry(self.start).metadata)

    @cached_property
    def diffusion(self) -> Diffusion:
        return Diffusion(
            forward_process(self.denoiser_card), self.denoiser_card.prediction, self.denoiser_card.data_scale
        )

    @cached_property
    def noise_levels(self) -> tuple[NoiseLevel, ...]:
        """Noise level of every timestep of the denoiser's forward process."""
        process = self.diffusion.process
        return tuple(process.coordinates(ratio) for ratio in process.ratios)

    @cached_property
    def with_class(self) -> NDArray[np.int64]:
        """Indices of the training images that have a class."""
        learned, _ = self.split
        return learned[self.pictures.label[learned] >= 0]

    def networks(self) -> dict[str, nn.Module]:
        # The denoiser is checked first, so that an unsuitable one is reported before anything else.
        self.denoiser_card.default_request()
        if len(self.pictures.labels) < 2:
            raise StorageError(f"{self.data} has no classes to tell apart; put pictures into a folder for each class.")
        if self.pictures.is_points:
            return {"classifier": PointClassifier(PointClassifierConfig(answers=len(self.pictures.labels)))}
        sizes = {"size": self.size, "width": self.width, "widest": self.widest}
        return {"classifier": NoisyClassifier(NoisyClassifierConfig(answers=len(self.pictures.labels), **sizes))}

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        """Return a training batch of the classifier: images at random noise levels, their time inputs and classes.

        The images are scaled as inputs of the denoiser, and the timesteps are drawn uniformly.
        """
        picked = self.with_class[rng.integers(len(self.with_class), size=self.batch)]
        x0, timesteps = self.pictures.data[picked], rng.integers(len(self.noise_levels), size=self.batch)
        parts = zip(*(self.noise_levels[each] for each in timesteps), strict=True)
        at: Any = NoiseLevel(*(torch.tensor(part, dtype=torch.float32)[:, None, None, None] for part in parts))  # type: ignore[arg-type]
        x = self.diffusion.process.degrade(x0, at, normal(rng, *x0.shape))
        time = self.diffusion.of_order_one(torch.as_tensor(self.diffusion.time(at)).flatten().float())
        return self.diffusion.scaled_input(x, at).float(), time, torch.from_numpy(self.pictures.label[picked])

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        network = model["classifier"]

        def loss(shown: Tensor, time: Tensor, label: Tensor) -> Tensor:
            # A batch has one point per row, whose logits are (N, 1, classes).
            return F.cross_entropy(network(shown, time).flatten(0, -2), label)

        optimizers = OPTIMIZERS[self.optimizer](network, nn.Module(), self.learning_rate)
        return (Objective("loss", loss, list(network.parameters()), optimizers),)

    def exported_networks(self, model: nn.ModuleDict) -> dict[str, nn.Module]:
        assert self.start is not None
        denoiser = saved_denoiser(self.start)
        return {"denoiser": denoiser, "classifier": model["classifier"]}

    def exported_parts(self, model: nn.ModuleDict) -> tuple[Part, ...]:
        return parts_in(self._config)

    @property
    def card_entries(self) -> dict[str, Any]:
        shared = ("prediction", "process", "process_numbers", "learned_variance", "data_scale")
        norms = [list(pair) for pair in self.denoiser_card.score_norms]
        defaults = {**self.denoiser_card.defaults, "guidance_scale": 4.0}
        return {name: getattr(self.denoiser_card, name) for name in shared} | {
            "score_norms": norms,
            "defaults": defaults,
        }
