"""Training of cascades, models that draw a small image from a caption and enlarge it in stages.

Each network is trained in a phase of its own, with equal weight for all timesteps of the cosine schedule (Nichol and
Dhariwal 2021). The base stage learns to predict v = α·ε − σ·x_0. An upsampler sees a smaller image beside the noisy one
(Ho et al. 2021, cascaded diffusion models, arXiv:2106.15282) and predicts x_0: its layers are narrower than a patch of
pixels, so they could not pass on the noise, which v contains.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import Process
from gdm_studio.maths.processes.vp import vp
from gdm_studio.models.families.papers.cascade import StageSpec
from gdm_studio.networks.layers import channels_last
from gdm_studio.networks.papers.cascades.caption_transformer import CaptionTransformer, CaptionTransformerConfig
from gdm_studio.networks.papers.cascades.cascade_unet import CascadeUNet, CascadeUNetConfig
from gdm_studio.networks.papers.cascades.contrastive_text_image_model import ContrastiveConfig, ContrastiveModel
from gdm_studio.papers.system_description import System
from gdm_studio.papers.training.cascade_images import SIDES, CaptionedImages, open_captioned_images
from gdm_studio.papers.training.model_file import load_matching_weights, write_model
from gdm_studio.papers.training.training_images import LICENCE
from gdm_studio.training.ema import Ema
from gdm_studio.training.learning_rate_schedule import Schedule, normal
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import (
    Batch,
    Cooldown,
    Halflife,
    LearningRate,
    Objective,
    Phase,
    Recipe,
    Samples,
    Threads,
    Warmup,
)

# The noise schedule of all stages, and its number of timesteps.
SCHEDULE, TIMESTEPS = "cosine", 1000
# The prediction of the upsamplers, a key of PREDICTIONS.
UPSAMPLER_PREDICTION = "x0"
# The side of the parts of images on which upsamplers are trained, in pixels.
CROP = 64
# The ratio between the image sides of consecutive stages.
FACTOR = 4
# The width of an embedding of the contrastive models.
EMBEDDING = 64
# The names of the networks of the upsamplers, in order.
UPSAMPLERS = ("upsampler", "upsampler-2")
# The widths of their levels, the finest first. The second has less to add: flat drawings change little when enlarged.
UPSAMPLER_WIDTHS = ((32, 48), (16, 32))
# The number of images with which the standard deviation of the data is measured.
MEASURED = 256

Drawings = Annotated[Path, Option("Pictures", "output of `gdm-studio data icons --subset few --size 1024`")]
PhaseSamples = Annotated[int, Option("Other samples", "training samples of each other network", 1, may_change=True)]
# A function that converts the small images of an upsampler's batch: (images, random generator) → (images, level).
Degradation = Callable[[Tensor, np.random.Generator], tuple[Tensor, Tensor | None]]


@cache
def cosine_process() -> Process:
    """Return the forward process that all stages of a cascade share, with the cosine noise schedule."""
    return vp(SCHEDULE, TIMESTEPS)


def random_levels(process: Process, rng: np.random.Generator, count: int, axes: int) -> NoiseLevel:
    """Draw `count` random timesteps of a forward process, and return their noise levels.

    Alpha and sigma have the shape (count, 1, …), with `axes` axes of length one for broadcasting.
    """
    picked = [process.coordinates(process.ratios[int(t)]) for t in rng.integers(len(process.ratios), size=count)]
    alpha, sigma = torch.tensor(picked, dtype=torch.float64).float().unflatten(0, (count, *[1] * axes)).unbind(-1)
    return NoiseLevel(cast(Any, alpha), cast(Any, sigma))


def noisy_batch(rng: np.random.Generator, x0: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Add noise of random levels to the images x0 (N, C, H, W) for training.

    Returns x0, the noisy images, and the alpha and sigma of their noise levels.
    """
    at = random_levels(cosine_process(), rng, len(x0), 3)
    x = at.alpha * x0 + at.sigma * normal(rng, *x0.shape)
    return x0, x, cast(Tensor, at.alpha), cast(Tensor, at.sigma)


def prediction_loss(
    diffusion: Diffusion, network: Callable[[Tensor, Tensor], Tensor], x0: Tensor, *noisy: Tensor
) -> Tensor:
    """Return the mean squared error between a network's output for noisy images and its training target.

    `noisy` contains the noisy images x, and the alpha and sigma of their noise levels.
    """
    x, alpha, sigma = noisy
    at = NoiseLevel(cast(Any, alpha), cast(Any, sigma))
    time = diffusion.of_order_one(diffusion.time(at).flatten().float())
    found: Tensor = diffusion.loss(network(diffusion.scaled_input(x, at), time), x0, x, at)
    return found


@dataclass(frozen=True, kw_only=True)
class CascadePhase(Phase[nn.ModuleDict]):
    """Base class of the training phases of a cascade. Each phase trains one network of the cascade."""

    recipe: CascadeRecipe

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, min(self.warmup, self.samples // 10), self.samples // 2)

    @property
    def draw_seed(self) -> int:
        return self.seed + sum(map(ord, self.name))

    def objective(
        self, loss: Callable[..., Tensor], *networks: nn.Module, optimizer: str = "muon", splits: bool = True
    ) -> Objective:
        """Return the training objective that minimises `loss` over the parameters of the given networks.

        `splits` is False for a loss that compares the samples of a batch with each other. Such a batch cannot be split
        among threads.
        """
        trained = nn.ModuleList(networks)
        optimizers = OPTIMIZERS[optimizer](trained, nn.Module(), self.learning_rate)
        return Objective("loss", loss, list(trained.parameters()), optimizers, splits=splits)


@dataclass(frozen=True, kw_only=True)
class ContrastivePhase(CascadePhase):
    """Training phase of the contrastive model, which learns to match images with their captions as CLIP does.

    A noise-aware model is trained on images at random noise levels (GLIDE), others on clean images (DALL·E 2).
    """

    name: ClassVar[str] = "contrastive"

    is_noise_aware: bool

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        images, ids = self.recipe.images.draw_captioned(rng, self.batch, drop=False)
        if not self.is_noise_aware:
            return images, torch.zeros(self.batch), ids
        diffusion = self.recipe.diffusion
        _, x, *level = noisy_batch(rng, images)
        at = NoiseLevel(*cast(Any, level))
        time = diffusion.of_order_one(diffusion.time(at).flatten().float())
        return diffusion.scaled_input(x, at), time, ids

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        network = cast(ContrastiveModel, model["contrastive"])
        return (self.objective(network.loss, network, optimizer="adamw", splits=False),)


@dataclass(frozen=True, kw_only=True)
class UpsamplerPhase(CascadePhase):
    """Training phase of one upsampler of a cascade, which learns to enlarge random crops of the training images."""

    stage: int
    degrade: Degradation

    @property
    def name(self) -> str:  # type: ignore[override]
        return UPSAMPLERS[self.stage - 1]

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        x0 = self.recipe.images.draw_crops(rng, self.batch, stage=self.stage, side=CROP)
        small, level = self.degrade(F.avg_pool2d(x0, FACTOR), rng)
        return (*noisy_batch(rng, x0), small, *([] if level is None else [level]))

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        network = model[self.name]
        diffusion = Diffusion(cosine_process(), UPSAMPLER_PREDICTION, self.recipe.data_scale)

        def loss(x0: Tensor, x: Tensor, alpha: Tensor, sigma: Tensor, small: Tensor, *level: Tensor) -> Tensor:
            conditioning = {"small": small, **({"level": level[0]} if level else {})}
            return prediction_loss(diffusion, lambda *inputs: network(*inputs, **conditioning), x0, x, alpha, sigma)

        return (self.objective(loss, network),)


@dataclass(frozen=True, kw_only=True)
class CascadeRecipe(Recipe[nn.ModuleDict]):
    """Base class of training recipes for cascades, which generate a small image from a caption and enlarge it.

    The phases of the other networks come first. The recipe itself is the last phase, which trains the base stage.
    """

    system: ClassVar[System]
    # The number of upsamplers.
    upsamplers: ClassVar[int] = 2

    data: Drawings
    samples: Samples = 160_000
    others: PhaseSamples = 60_000
    batch: Batch = 32
    learning_rate: LearningRate = 2e-3
    warmup: Warmup = 4_000
    cooldown: Cooldown = 80_000
    ema_halflife: Halflife = 8_000
    threads: Threads = 1
    init: Annotated[Path | None, Option("Begin from", "a cascade's model file with the initial weights")] = None

    @property
    def product(self) -> str:  # type: ignore[override]
        return f"{self.system.name}.safetensors"

    @cached_property
    def images(self) -> CaptionedImages:
        return open_captioned_images(self.data)

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, min(self.warmup, self.samples // 10), min(self.cooldown, self.samples))

    @cached_property
    def data_scale(self) -> float:
        """Standard deviation of the training images' values, measured on the first images at 64 pixels."""
        return round(float(self.images.small[:MEASURED].std()), 4)

    @cached_property
    def diffusion(self) -> Diffusion:
        """Diffusion for training the base stage of the cascade: cosine schedule and v prediction."""
        return Diffusion(cosine_process(), "v", self.data_scale)

    def phase_settings(self, samples: int) -> dict[str, Any]:
        """Return keyword arguments for a training phase with `samples` training samples: batch size, learning rate,
        seed and warm-up of the recipe.

        They apply to every network but the base stage, which the recipe itself trains.
        """
        shared = {"batch": self.batch, "learning_rate": self.learning_rate, "seed": self.seed, "recipe": self}
        return {**shared, "samples": samples, "warmup": min(self.warmup, samples // 10)}

    def contrastive_phase(self, *, is_noise_aware: bool) -> ContrastivePhase:
        """Return the phase that trains the contrastive model of images and captions.

        Its batches are twice as large as usual, since each image is compared with all captions of its batch.
        """
        settings = self.phase_settings(self.others) | {"batch": 2 * self.batch}
        return ContrastivePhase(**settings, is_noise_aware=is_noise_aware)

    def upsampler_phases(self) -> list[UpsamplerPhase]:
        """Return one training phase for each upsampler of the cascade."""
        return [
            UpsamplerPhase(**self.phase_settings(self.others), stage=stage, degrade=self.degrade)
            for stage in range(1, self.upsamplers + 1)
        ]

    def degrade(self, small: Tensor, rng: np.random.Generator) -> tuple[Tensor, Tensor | None]:
        """Degrade the small input images for training an upsampler. Returns the images and the level of degradation.

        Without degradation, an upsampler learns to trust every detail of the small image, including errors of the
        previous stage. The default does not change the images, and returns None as their level.
        """
        return small, None

    def new_base(self, **settings: Any) -> CascadeUNet:
        """Create the untrained U-Net of the base stage, which generates images of 64 pixels from captions."""
        return CascadeUNet(CascadeUNetConfig(caption=CaptionTransformerConfig(1).width, sketch=32, **settings))

    def new_upsampler(self, stage: int, **settings: Any) -> CascadeUNet:
        """Create an untrained U-Net that enlarges the images of the previous stage fourfold. `stage` counts from 1.

        It has no attention, so that it works at any size.
        """
        shape = {
            "patch": 4,
            "widths": UPSAMPLER_WIDTHS[stage - 1],
            "blocks": (2, 2),
            "attention": (0, 0),
            "embedding": 64,
            "factor": FACTOR,
        }
        return CascadeUNet(CascadeUNetConfig(**cast(Any, shape | settings)))

    def new_contrastive(self) -> ContrastiveModel:
        """Create an untrained contrastive model for the images and the vocabulary of the dataset."""
        words = self.images.words
        return ContrastiveModel(ContrastiveConfig(len(words.words) + 1, width=EMBEDDING, length=words.length))

    def new_caption(self, **settings: Any) -> CaptionTransformer:
        """Create an untrained caption transformer, which encodes captions of the dataset's vocabulary."""
        words = self.images.words
        return CaptionTransformer(CaptionTransformerConfig(len(words.words) + 1, length=words.length, **settings))

    def upsampler_spec(self, stage: int, share: float) -> StageSpec:
        """Return the specification of an upsampler stage: its image size, prediction type and share of the steps.

        `stage` counts from 1. The specification is stored in the model file.
        """
        name = UPSAMPLERS[stage - 1]
        return StageSpec("upsampler", name, SIDES[stage], share, self.data_scale, UPSAMPLER_PREDICTION)

    @abstractmethod
    def networks(self) -> dict[str, nn.Module]:
        """Create all networks of the cascade with random weights, and return them by name."""

    @abstractmethod
    def specs(self) -> tuple[StageSpec, ...]:
        """Return the specifications of the cascade's stages, from the smallest image to the largest."""

    def model(self, out: Path) -> nn.ModuleDict:
        return nn.ModuleDict({name: channels_last(network) for name, network in self.networks().items()})

    def modules(self, model: nn.ModuleDict) -> dict[str, nn.Module]:
        return dict(model.items())

    def fixed_settings(self, model: nn.ModuleDict) -> dict[str, Any]:
        return {name: asdict(cast(Any, network).config) for name, network in model.items()}

    def initialise(self, model: nn.ModuleDict) -> int:
        if self.init is not None:
            load_matching_weights(self.init, model)
        return 0

    def average(self, model: nn.ModuleDict) -> Ema:
        return Ema(list(model.parameters()), self.ema_halflife)

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        x0, ids = self.images.draw_captioned(rng, self.batch)
        return *noisy_batch(rng, x0), ids

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        network, caption = model["base"], model["caption"]
        diffusion = self.diffusion

        def loss(x0: Tensor, x: Tensor, alpha: Tensor, sigma: Tensor, ids: Tensor, *more: Tensor) -> Tensor:
            tokens, pooled = caption(ids)
            conditioning = {"tokens": tokens, "pooled": pooled, **self.more_conditioning(*more)}
            return prediction_loss(diffusion, lambda *inputs: network(*inputs, **conditioning), x0, x, alpha, sigma)

        trained = [network, *([caption] if self.trains_caption else [])]
        optimizers = OPTIMIZERS["muon"](nn.ModuleList(trained), nn.Module(), self.learning_rate)
        parameters = [parameter for each in trained for parameter in each.parameters()]
        return (Objective("loss", loss, parameters, optimizers),)

    # True if the caption transformer is trained together with the base stage.
    trains_caption: ClassVar[bool] = True

    def more_conditioning(self, *more: Tensor) -> dict[str, Tensor]:
        """Convert the additional tensors of a training batch to further conditioning of the base stage's U-Net, as
        keyword arguments.

        The default has none. DALL·E 2 adds image embeddings.
        """
        return {}

    def finish(self, model: nn.ModuleDict, out: Path, seen: int) -> None:
        stages = {"stages": [asdict(spec) for spec in self.specs()], "captions": asdict(self.images.words)}
        write_model(out / self.product, dict(model.items()), self.card(model, seen), stages)

    def card(self, model: nn.ModuleDict, seen: int) -> dict[str, Any]:
        """Return the model card of the trained cascade as a dict.

        `seen` is the number of samples that the base stage was trained on.
        """
        return {
            **self.system.card_entries,
            "licence": LICENCE,
            "size": self.specs()[-1].size,
            "channels": 4,
            "latent": [4, SIDES[0], SIDES[0]],
            "data_scale": self.data_scale,
            "prediction": "v",
            "process": "vp",
            "process_numbers": {"schedule": SCHEDULE, "timesteps": TIMESTEPS},
            "captions": True,
            "figures": {"samples_seen": seen},
            "examples": [{"prompt": text, "seed": 1} for text in EXAMPLES],
            "defaults": dict(sampler="ddim", steps=40, guidance_scale=3.0),
            **self.card_entries,
        }

    # Entries of the card that differ from those of other cascades.
    card_entries: ClassVar[dict[str, Any]] = {}


# Example prompts of all cascades.
EXAMPLES = ("a red apple", "a cat, outlined cartoon", "two yellow lemons", "a green frog, bold flat")
