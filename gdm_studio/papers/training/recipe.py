"""Base classes of the systems' training recipes, and writing of their model files."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, cast

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from gdm_studio.common.atomic_files import make_folder, write
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.engine.score_norms import measure_score_norms
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import CLEAN, NoiseLevel
from gdm_studio.maths.processes import Process
from gdm_studio.maths.processes.process import gaussian
from gdm_studio.maths.schedules import SCHEDULES
from gdm_studio.models.families.papers import family
from gdm_studio.models.families.papers.system_networks import NETWORKS
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.memory.loaded_model_cache import Store
from gdm_studio.models.weight_storage.int8_channels import SCALE, dequantized, quantize
from gdm_studio.networks.bounded_construction import load_network
from gdm_studio.networks.layers import channels_last
from gdm_studio.networks.papers.backbones import BACKBONES, Sizes, new_backbone
from gdm_studio.networks.papers.point_networks import (
    POINT_NETWORKS,
    PointBackbone,
    PointBackboneConfig,
    PointEncoder,
    PointEncoderConfig,
    PointGenerator,
    PointGeneratorConfig,
)
from gdm_studio.networks.papers.small_convolutional_networks import Encoder, EncoderConfig, Generator, GeneratorConfig
from gdm_studio.papers.system_description import System
from gdm_studio.papers.training.images import ImageDataset, open_dataset
from gdm_studio.papers.training.report import SystemReport
from gdm_studio.training.captions import FolderProblems
from gdm_studio.training.ema import Ema
from gdm_studio.training.live_state import FEWEST, check_title
from gdm_studio.training.optim import OPTIMIZERS
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import (
    Batch,
    Cooldown,
    Halflife,
    LearningRate,
    Objective,
    Optimizers,
    Phase,
    Recipe,
    Samples,
    Threads,
    Warmup,
)
from gdm_studio.training.schedule import Schedule, normal

# The side in pixels to which small images are enlarged for display, by repeating pixels.
DISPLAY_SIZE = 256
# The key, in a model's measurements, of the number of samples that its initial weights had been trained on.
SEEN_BEFORE = "samples_seen_before"
# The number of points that a model of points generates together, and the length of z for each point.
POINTS_SHOWN = 512
POINT_LATENT = 2
# The fields of recipes that contain the samples of a phase.
PHASE_SAMPLES = ("samples", "even", "vae_samples")
# Sample counts for measuring score norms: points and images.
MEASURED_POINTS = 16_384
MEASURED = 64

Pictures = Annotated[Path, Option("Pictures", "output of `gdm-studio data icons`, or one folder of images per class")]
Size = Annotated[int, Option("Size", "side of the images in pixels, 4 · 2^n", 8, 1024)]
NoiseSchedule = Annotated[str, Option("Noise schedule", "increase of the noise by step", choices=tuple(SCHEDULES))]


@dataclass(frozen=True, kw_only=True)
class SystemRecipe(Recipe[nn.ModuleDict]):
    """Base class of training recipes for published systems, such as DDPM or a GAN.

    The training data are points in the plane, or images with classes and factors.
    """

    system: ClassVar[System]
    # The kinds of training data.
    learns: ClassVar[tuple[str, ...]] = ("images", "points")

    data: Pictures
    size: Size = 32
    samples: Samples = 320_000
    batch: Batch = 64
    learning_rate: LearningRate = 2e-3
    warmup: Warmup = 4_000
    cooldown: Cooldown = 120_000
    optimizer: Optimizers = "muon"
    ema_halflife: Halflife = 12_000
    drop_label: Annotated[float, Option("No class", "share of images without class, for guidance", 0, 1)] = 0.10
    drop_factors: Annotated[float, Option("No factors", "share of images without style and colour", 0, 1)] = 0.30
    title: Annotated[str, Option("Name", "name of the model; by default the system's")] = ""
    hold_out: Annotated[float, Option("Held out", "share of images held out for the diagnosis", 0, 0.5)] = 0.0
    sheet_minutes: Annotated[float, Option("Sheets", "minutes between sheets and diagnoses; 0 for none")] = 0.0
    threads: Threads = 2

    def __post_init__(self) -> None:
        if self.title:
            check_title(self.title)

    @property
    def product(self) -> str:  # type: ignore[override]
        """File name of the trained model that the recipe exports."""
        return f"{self.model_name}.safetensors"

    @property
    def model_name(self) -> str:
        """Name of the trained model: the user's title, or else the system's name.

        The default name of a model of points has a suffix, so that it differs from the name of a model of images.
        """
        if self.title:
            return self.title
        return f"{self.system.name}-{self.pictures.model_suffix}" if self.pictures.is_points else self.system.name

    @cached_property
    def pictures(self) -> Any:
        """Dataset of images or points on which the system is trained, loaded on first use.

        Raises BadRequest if the system cannot learn from this kind of data.
        """
        found = open_dataset(self.data, self.size)
        if found.is_points and "points" not in self.learns:
            raise BadRequest(f"{self.system.title} learns from images; choose a folder of images instead of points.")
        if not found.is_points and "images" not in self.learns:
            raise BadRequest(f"{self.system.title} learns from points; use --data points:grid.")
        return found

    @property
    def problems(self) -> FolderProblems:
        # Some systems learn from other data, and never load images.
        loaded = vars(self).get("pictures")
        return FolderProblems() if loaded is None else loaded.problems

    @cached_property
    def split(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Indices of the training images, and of the images that are held out for the diagnosis."""
        count = round(self.hold_out * len(self.pictures)) if len(self.pictures) >= FEWEST else 0
        order = np.random.default_rng([self.seed, 0]).permutation(len(self.pictures))
        return np.sort(order[count:]), np.sort(order[:count])

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, min(self.warmup, self.samples // 10), min(self.cooldown, self.samples))

    @property
    def sheet_seconds(self) -> float:
        return 60 * self.sheet_minutes

    @cached_property
    def report(self) -> SystemReport:
        """Reporter that writes test images and a diagnosis of this training run."""
        return SystemReport(self)

    @property
    def latent_numbers(self) -> int:
        """Length of the generator's latent vector z: the recipe's option `latent` for images, or a constant for 2-D
        points.
        """
        option: int = getattr(self, "latent", 0)
        return POINT_LATENT if self.pictures.is_points else option

    def new_generator(self, latent: int, **sizes: Any) -> nn.Module:
        """Create an untrained generator of images or points from a latent vector z.

        For images, z has the length `latent`.
        """
        if self.pictures.is_points:
            return PointGenerator(PointGeneratorConfig(latent=POINT_LATENT))
        return Generator(GeneratorConfig(latent=latent, told=self.pictures.cond_width, size=self.size, **sizes))

    def new_encoder(self, *, told: int = 0, moved: int = 0, channels: int = 4, **sizes: Any) -> nn.Module:
        """Create an untrained network that takes images or points as its input: an encoder or a discriminator.

        `told` is the width of the conditioning for a discriminator's output projection, and `moved` its width for
        shifting an encoder's output.
        """
        if self.pictures.is_points:
            plain = {name: sizes[name] for name in ("answers", "spread") if name in sizes}
            return PointEncoder(PointEncoderConfig(told=told + moved, channels=channels // 4, **plain))
        return Encoder(EncoderConfig(told=told, moved=moved, channels=channels, size=self.size, **sizes))

    @abstractmethod
    def networks(self) -> dict[str, nn.Module]:
        """Create all networks of the system with random weights, and return them by name, such as "denoiser"."""

    def model(self, out: Path) -> nn.ModuleDict:
        return nn.ModuleDict({name: channels_last(network) for name, network in self.networks().items()})

    def modules(self, model: nn.ModuleDict) -> dict[str, nn.Module]:
        return dict(model.items())

    def fixed_settings(self, model: nn.ModuleDict) -> dict[str, Any]:
        return {"size": self.size, "labels": list(self.pictures.labels)}

    def average(self, model: nn.ModuleDict) -> Ema:
        return Ema(list(model.parameters()), self.ema_halflife)

    def random_images(self, rng: np.random.Generator, count: int) -> tuple[Tensor, Tensor]:
        """Draw random training images (count, 4, S, S), and return them with their conditioning vectors (count, T).

        For classifier-free guidance, a fraction `drop_label` of the images has no class, and a fraction `drop_factors`
        has no factors.
        """
        picked = self.split[0][rng.integers(len(self.split[0]), size=count)]
        label, factors = rng.random((2, count)) >= np.array([[self.drop_label], [self.drop_factors]])
        return self.pictures.data[picked], self.pictures.conditioning(picked, label=label, factors=factors)

    @property
    @abstractmethod
    def card_entries(self) -> dict[str, Any]:
        """Fields of the model card that depend on the recipe: forward process, prediction type and default settings."""

    @property
    def earlier_training(self) -> dict[str, Any]:
        """Fields of the model card that describe how the initial weights were trained, or an empty dictionary for new
        weights.
        """
        return {}

    def exported_networks(self, model: nn.ModuleDict) -> dict[str, nn.Module]:
        """Return the networks to write to the model file: all that are needed for sampling."""
        return dict(model.items())

    def is_image_denoiser(self, model: nn.ModuleDict) -> bool:
        """Return True if the recipe trains a denoiser that works on images instead of latents and samples from pure
        Gaussian noise.

        Only the denoising errors of such a recipe can be diagnosed.
        """
        return False

    def traits(self, model: nn.ModuleDict) -> dict[str, Any]:
        """Return the non-default values of `SystemTraits` for the exported model, as a dictionary from field names to
        values.
        """
        return {}

    def paired_errors(self, model: nn.ModuleDict) -> tuple[str, NDArray[np.float64]] | None:
        return self.report.paired_errors(model) if self.sheet_minutes else None

    def write_sheet(self, model: nn.ModuleDict, out: Path, seen: int) -> None:
        """Write the current model, a sheet (one file) of sample images and a diagnosis, so that the user can follow the
        training.

        The classes and the noise of the sample images are always the same.
        """
        self._write_product(model, out, seen)
        self._report(model, out, seen)

    def finish(self, model: nn.ModuleDict, out: Path, seen: int) -> None:
        self._write_product(model, out, seen)
        if self.sheet_minutes:
            self._report(model, out, seen)

    def _write_product(self, model: nn.ModuleDict, out: Path, seen: int) -> None:
        write_model(out / self.product, self.exported_networks(model), self.card(model, seen), self.traits(model))

    def _report(self, model: nn.ModuleDict, out: Path, seen: int) -> None:
        was_training = {name: network.training for name, network in model.items()}
        self.report.write(model.eval(), out, seen)
        for name, network in model.items():
            network.train(was_training[name])

    def card(self, model: nn.ModuleDict, seen: int) -> dict[str, Any]:
        """Return the model card (name, licence, size, defaults, …) of the trained model as a dict.

        `seen` is the number of samples that the model was trained on.
        """
        pixel = max(1, DISPLAY_SIZE // self.size)
        card = {
            **self.system.card_entries,
            "licence": self.pictures.licence,
            "size": self.size * pixel,
            "channels": 4,
            "latent": [4, self.size, self.size],
            "data_scale": round(self.pictures.scale, 4),
            "labels": list(self.pictures.labels),
            "factors": self.pictures.factors,
            "figures": {"samples_seen": seen, **self.earlier_training, **self.figures(model)},
            **self.card_entries,
        }
        if self.title:
            card |= {"name": self.title, "title": self.title, "author": ""}
        if not self.pictures.is_points:
            return card
        return card | {
            "name": self.model_name,
            "title": self.title or f"{self.system.title}: {self.pictures.model_suffix}",
            "size": DISPLAY_SIZE,
            "latent": [1, POINTS_SHOWN, 2],
            "takes_pictures": False,
        }


@dataclass(frozen=True, kw_only=True)
class DenoisingRecipe(SystemRecipe):
    """Base class of training recipes for systems with a single denoising network, such as DDPM.

    Most systems only override `process` and `loss`.
    """

    backbone: Annotated[str, Option("Backbone", "architecture of the network", choices=tuple(BACKBONES))] = "unet"
    width: Annotated[int, Option("Width", "channels of the finest level", 16, 1024)] = 64
    widest: Annotated[int, Option("Widest", "channels of the coarsest level, a multiple of its heads'", 16, 1024)] = 80
    levels: Annotated[int, Option("Levels", "resolution levels, each half the size of the previous one", 1, 6)] = 2
    blocks: Annotated[int, Option("Blocks", "residual blocks per level, in each half of the network", 1, 8)] = 1
    patch: Annotated[int, Option("Patch", "side of the pixel squares that form one input position", 1, 8)] = 2
    dropout: Annotated[float, Option("Dropout", "share of activations set to zero", 0, 0.9)] = 0.0
    samples: Samples = 80_000
    batch: Batch = 32
    cooldown: Cooldown = 60_000
    init: Annotated[Path | None, Option("Begin from", "a system's model file with the initial weights")] = None

    def initialise(self, model: nn.ModuleDict) -> int:
        """Initialise the network from the model file `init`, if one is given, with all weights that match by name and
        shape.

        Returns 0, the number of samples seen in this run.
        """
        if self.init is not None:
            load_matching_weights(self.init, model)
        return 0

    @property
    def earlier_training(self) -> dict[str, Any]:
        if self.init is None:
            return {}
        card = card_of(self.init)
        seen = [card["figures"].get(name, 0) for name in ("samples_seen", SEEN_BEFORE)]
        return {"begun_from": card["name"], SEEN_BEFORE: sum(seen)}

    @property
    @abstractmethod
    def process(self) -> Process:
        """Forward process, which defines how noise is added to the data at each timestep."""

    @property
    def predicts(self) -> str:
        """Name of the quantity that the network predicts, a key of PREDICTIONS. It does not depend on the loss.

        The default is v, which is close to the image at high noise and to the noise at low noise. A noise prediction
        would have to be divided by alpha to give the image, and no small network is accurate enough for that at high
        noise.
        """
        return "v"

    @property
    def cond_width(self) -> int:
        """Length of the conditioning vector that the network receives with each image."""
        return self.pictures.cond_width

    @property
    def outputs(self) -> int:
        return 1

    @cached_property
    def diffusion(self) -> Diffusion:
        return Diffusion(self.process, self.predicts, self.data_scale)

    @property
    def data_scale(self) -> float:
        """Standard deviation of the data that are noised, images or latents."""
        return self.pictures.scale

    @property
    def backbone_overrides(self) -> dict[str, Any]:
        """Fields of the network's configuration that replace the values derived from `sizes`."""
        return {}

    def networks(self) -> dict[str, nn.Module]:
        if self.pictures.is_points:
            sizes = self.sizes
            config = PointBackboneConfig(told=sizes.told, answers=sizes.answers, channels=sizes.channels // 4)
            return {"denoiser": PointBackbone(config)}
        try:
            return {"denoiser": new_backbone(self.backbone, self.sizes, **self.backbone_overrides)}
        except ValueError as error:
            raise BadRequest(f"The network {self.backbone} cannot have these sizes: {error}.") from error

    @property
    def sizes(self) -> Sizes:
        """Sizes of the denoising network: input shape, channels of each level, and blocks.

        Each width is rounded down to a multiple of 16.
        """
        steps = np.linspace(self.width, self.widest, self.levels)
        widths = tuple(int(width) // 16 * 16 for width in steps)
        return Sizes(
            size=self.size,
            channels=4,
            answers=self.outputs,
            told=self.cond_width,
            patch=self.patch,
            widths=widths,
            blocks=self.blocks,
            dropout=self.dropout,
        )

    def fixed_settings(self, model: nn.ModuleDict) -> dict[str, Any]:
        sized = {name: cast(Any, network) for name, network in model.items() if hasattr(network, "config")}
        sizes = {name: asdict(network.config) for name, network in sized.items()}
        return super().fixed_settings(model) | {"process": self.process.name, "predicts": self.predicts, **sizes}

    @cached_property
    def noise_levels(self) -> tuple[NoiseLevel, ...]:
        """Noise level (alpha and sigma) of every timestep of the forward process."""
        return tuple(self.process.coordinates(ratio) for ratio in self.process.ratios)

    def noise_level_pairs(self, rng: np.random.Generator, count: int) -> list[tuple[NoiseLevel, NoiseLevel]]:
        """Draw `count` random timesteps, and return pairs of noise levels: that of each timestep and that of the
        preceding one.
        """
        picked = rng.integers(len(self.noise_levels), size=count)
        return [(self.noise_levels[t], self.noise_levels[t - 1] if t else CLEAN) for t in picked]

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        pictures, cond = self.random_images(rng, self.batch)
        return self.noisy_batch(rng, self.data_of(model, pictures), cond)

    def noisy_batch(self, rng: np.random.Generator, x0: Tensor, cond: Tensor) -> tuple[Tensor, ...]:
        """Add noise of random levels to the clean images x0, and return a training batch.

        The batch is (x0, noisy x, levels (N, 4), conditioning). Each row of `levels` contains the alpha and sigma of x,
        then the alpha and sigma of the previous noise level.
        """
        jumps = self.noise_level_pairs(rng, self.batch)
        eps = normal(rng, *x0.shape)
        if self.process.cold or self.process.law is not gaussian:
            # These processes accept only one noise level per call.
            rows = [self.process.degrade(x0[[i]], at, eps[[i]]) for i, (at, _) in enumerate(jumps)]
            x = torch.cat(rows)
        else:
            x = self.process.degrade(x0, _build_level([at for at, _ in jumps]), eps)
        levels = torch.tensor([[*at, *to] for at, to in jumps], dtype=torch.float32)
        return x0, x, levels, cond

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        network = model["denoiser"]

        def loss(x0: Tensor, x: Tensor, levels: Tensor, cond: Tensor, *beside: Tensor) -> Tensor:
            at, to = noise_levels_of(levels)
            return self.loss(self.predict(network, x, at, cond, *beside), x0, x, at, to)

        optimizers = OPTIMIZERS[self.optimizer](network, nn.Module(), self.learning_rate)
        return (Objective("loss", loss, list(network.parameters()), optimizers),)

    def predict(self, network: nn.Module, x: Tensor, at: NoiseLevel, cond: Tensor, *beside: Tensor) -> Tensor:
        """Evaluate the network on noisy images x, with one noise level for each image. The inputs are scaled in the
        same way as for sampling.
        """
        found: Tensor = network(self.diffusion.scaled_input(x, at), self.time(at), cond)
        return found

    def time(self, at: NoiseLevel) -> Tensor:
        """Return the time input (N,) of the network, computed from the noise level of each image and scaled to the
        order of one.
        """
        time: Tensor = self.diffusion.of_order_one(self.diffusion.time(at).flatten().float())
        return time

    def loss(self, answer: Tensor, x0: Tensor, x: Tensor, at: NoiseLevel, to: NoiseLevel) -> Tensor:
        """Return the training loss of the network's output `answer` for noisy images x at the noise level `at`.

        The default is DDPM's loss E‖ε − ε_θ‖². `to` is the previous noise level, which the losses of some recipes need.
        """
        return self.noise_error(answer, x0, x, at).square().mean()

    def noise_error(self, answer: Tensor, x0: Tensor, x: Tensor, at: NoiseLevel) -> Tensor:
        """Return the error of the predicted noise, ε − ε_θ, converted from the network's output of any prediction type.

        It equals α/σ·(x̂_0 − x_0).
        """
        return (self.diffusion.x0(lambda *_: answer, x, at) - x0) * (at.alpha / at.sigma)

    @property
    def process_numbers(self) -> dict[str, Any]:
        """Parameters of the forward process that are stored in the model card."""
        return {}

    @property
    def defaults(self) -> dict[str, Any]:
        """Default settings of the trained model: sampler, steps, spacing and guidance scale."""
        sampler = self.system.samplers[0]
        return dict(sampler=sampler, steps=100, spacing="linspace", guidance_scale=2.0)

    @property
    def card_entries(self) -> dict[str, Any]:
        return {
            "prediction": self.predicts,
            "process": self.card_process,
            "process_numbers": self.process_numbers,
            "learned_variance": self.outputs == 2,
            "defaults": self.defaults if self.pictures.cond_width else self.defaults | {"guidance_scale": 1.0},
        }

    @property
    def card_process(self) -> str:
        """Name of the forward process in the model card, a key of PROCESSES."""
        return self.process.name

    def finish(self, model: nn.ModuleDict, out: Path, seen: int) -> None:
        """Write the trained model to its file. If its noise is Gaussian, the file includes measured score norms.

        A denoiser with additional random inputs has no score norms, because these inputs are unknown for a given image.
        """
        super().finish(model, out, seen)
        traits = self.traits(model)
        if self.process.cold or self.process.law is not gaussian or traits.keys() & {"latent", "beside"}:
            return
        path = out / self.product
        card = family.card(read_entry(path))
        (stage,) = family.load(card, torch.device(self.device), torch.float32, Store()).stages
        if self.pictures.is_points:
            # All points are evaluated together, as if they were one image.
            latents = self.data_of(model, self.pictures.data[:MEASURED_POINTS]).reshape(1, 1, -1, 2)
            asks = [Conditioning()]
        else:
            indices: NDArray[np.int64] = np.arange(len(self.pictures))[:: -(-len(self.pictures) // MEASURED)]
            asks = [_build_conditioning(self.pictures, index) for index in indices]
            latents = self.data_of(model, self.pictures.data[indices])
        *_, norms = measure_score_norms(stage, latents.to(self.device), asks)
        facts = card_of(path) | {"score_norms": [[round(a, 4), g] for a, g in norms.table]}
        write_model(path, self.exported_networks(model), facts, traits)

    def is_image_denoiser(self, model: nn.ModuleDict) -> bool:
        if self.pictures.is_points or "autoencoder" in model:
            return False
        has_noise = not self.process.cold and self.process.law is gaussian
        return has_noise and not self.traits(model).keys() & {"latent", "beside"}

    def data_of(self, model: nn.ModuleDict, pictures: Tensor) -> Tensor:
        """Convert images (N, 4, S, S) to the data that the network denoises.

        The default returns the images themselves. Latent diffusion encodes them.
        """
        return pictures


@dataclass(frozen=True, kw_only=True)
class OutputLossRecipe(DenoisingRecipe):
    """Base class of training recipes whose loss weights the error of the network's output equally at all noise
    levels.
    """

    def loss(self, answer: Tensor, x0: Tensor, x: Tensor, at: NoiseLevel, to: NoiseLevel) -> Tensor:
        found: Tensor = self.diffusion.loss(answer, x0, x, at)
        return found


@dataclass(frozen=True, kw_only=True)
class EvenPhase(Phase[nn.ModuleDict]):
    """First training phase of a denoiser, in which the loss weights all noise levels equally.

    Its loss is E‖F − target‖² of the network output F. The optimum does not depend on the weighting, but losses like
    DDPM's give hardly any weight to high noise levels. With such a loss alone, a small network learns textures first,
    and takes about a hundred times as long to learn shapes.
    """

    name: ClassVar[str] = "even"

    recipe: DenoisingRecipe

    @property
    def draw_seed(self) -> int:
        return self.seed + 1

    def draw(self, model: nn.ModuleDict, rng: np.random.Generator, step: int) -> tuple[Tensor, ...]:
        return self.recipe.draw(model, rng, step)

    def objectives(self, model: nn.ModuleDict) -> Sequence[Objective]:
        recipe, network = self.recipe, model["denoiser"]

        def loss(x0: Tensor, x: Tensor, levels: Tensor, cond: Tensor, *beside: Tensor) -> Tensor:
            at, _ = noise_levels_of(levels)
            answer, *_ = recipe.predict(network, x, at, cond, *beside).chunk(recipe.outputs, dim=1)
            found: Tensor = recipe.diffusion.loss(answer, x0, x, at)
            return found

        (own,) = recipe.objectives(model)
        return (replace(own, name="loss", loss=loss),)


@dataclass(frozen=True, kw_only=True)
class EvenStartRecipe(DenoisingRecipe):
    """Base class of training recipes whose own loss neglects high noise levels, so that a phase with equal weights
    precedes it.

    Training starts with an `EvenPhase`, unless it starts from another model's weights.
    """

    even: Annotated[int, Option("Even start", "samples with equal noise weights, before the own loss", 0)] = 160_000

    @property
    def phases(self) -> Sequence[Phase[nn.ModuleDict]]:
        if not self.even or self.init is not None:
            return (self,)
        even_phase = EvenPhase(
            samples=self.even,
            batch=self.batch,
            learning_rate=self.learning_rate,
            seed=self.seed,
            recipe=self,
            warmup=min(self.warmup, self.even // 10),
        )
        return even_phase, self

    @property
    def earlier_training(self) -> dict[str, Any]:
        return super().earlier_training or {SEEN_BEFORE: self.even}


def total_samples(recipe: SystemRecipe) -> int:
    """Return the number of training samples in all phases of a recipe.

    Unlike `phases`, this does not load the images.
    """
    return sum(getattr(recipe, name, 0) for name in PHASE_SAMPLES)


def with_total_samples(recipe: SystemRecipe, samples: int) -> SystemRecipe:
    """Return a copy of the recipe whose phases are scaled by one factor, to `samples` samples in total."""
    factor = samples / total_samples(recipe)
    lengths = [name for name in (*PHASE_SAMPLES, "cooldown") if getattr(recipe, name, 0)]
    return replace(recipe, **{name: max(1, round(factor * getattr(recipe, name))) for name in lengths})


def for_size(kind: type[SystemRecipe], size: int) -> dict[str, int]:
    """Return options for training a recipe on images of `size` pixels at about constant cost.

    The number of network positions stays about constant: at 64 pixels, a network has an additional level; at 128
    pixels, its patches are also twice as large.
    """
    known: dict[str, Any] = {field.name: field.default for field in fields(kind)}
    options = {"size": size}
    if size > 32 and "levels" in known:
        options["levels"] = known["levels"] + 1
    if size > 64 and "patch" in known:
        options["patch"] = 2 * known["patch"]
    return options


def saved_denoiser(path: Path) -> nn.Module:
    """Load the denoising network of a system's model file, with its weights as fp32."""
    sizes = family.config_of(read_entry(path).metadata)["networks"]["denoiser"]
    weights = dequantized(load_file(path))
    own = {key.removeprefix("denoiser."): each for key, each in weights.items() if key.startswith("denoiser.")}
    network: nn.Module = load_network(lambda: NETWORKS["denoiser"](sizes), own)
    return network


def card_of(path: Path) -> dict[str, Any]:
    """Read the model card from the header of a system's model file, as a dict."""
    facts: dict[str, Any] = family.config_of(read_entry(path).metadata)["card"]
    return facts


def load_matching_weights(path: Path, model: nn.ModuleDict) -> None:
    """Copy the weights of a model file that match by name and shape into the networks.

    Raises StorageError if the file is not a model, or if none of its weights match.
    """
    try:
        known = dequantized(load_file(path))
    except (SafetensorError, OSError, ValueError, LookupError) as error:
        raise StorageError(f"{path} is not a model file of a system; choose the output of `train`.") from error
    own = model.state_dict()
    fitting = {name: value for name, value in known.items() if name in own and own[name].shape == value.shape}
    if not fitting:
        raise StorageError(f"Nothing in {path} fits these networks; choose a model of the same sizes.")
    model.load_state_dict(fitting, strict=False)


def _build_conditioning(pictures: ImageDataset, index: int) -> Conditioning:
    label = pictures.labels[pictures.label[index]] if pictures.label[index] >= 0 else ""
    return Conditioning(
        label=label, factors=dict(zip(pictures.factors, map(float, pictures.shares[index]), strict=True))
    )


def noise_levels_of(levels: Tensor) -> tuple[NoiseLevel, NoiseLevel]:
    """Split rows (N, 4), each with alpha and sigma of two noise levels, into two `NoiseLevel` objects with arrays of
    shape (N, 1, 1, 1).
    """
    parts: list[Any] = list(levels[:, :, None, None, None].unbind(1))
    return NoiseLevel(*parts[:2]), NoiseLevel(*parts[2:])


def _build_level(points: Sequence[NoiseLevel]) -> NoiseLevel:
    alphas, sigmas = torch.tensor(points, dtype=torch.float64)[:, :, None, None, None].unbind(1)
    return NoiseLevel(alphas.float(), sigmas.float())  # type: ignore[arg-type]


def write_model(path: Path, networks: dict[str, nn.Module], card: dict[str, Any], traits: dict[str, Any]) -> None:
    """Write the networks and the card of a trained system to a single model file.

    Matrices and kernels are quantised to int8. `traits` are the fields of `SystemTraits` that differ from their
    defaults.
    """
    weights: dict[str, Tensor] = {}
    for part, network in networks.items():
        for key, value in network.state_dict().items():
            name = f"{part}.{key}"
            if isinstance(network, POINT_NETWORKS):
                weights[name] = value.detach().cpu().half().contiguous()
            elif value.ndim > 1 and len(value) > 1:
                weights[name], scale = quantize(value.detach().cpu().contiguous())
                # Half precision moves a weight by a fraction of the error of int8.
                weights[name + SCALE] = scale.half()
            else:
                weights[name] = value.detach().cpu().contiguous().clone()
    count = sum(value.numel() for network in networks.values() for value in network.parameters())
    sizes = {part: asdict(cast(Any, network.config)) for part, network in networks.items()}
    _write(path, weights, {"card": {**card, "parameters": count}, "networks": sizes, **traits})


def write_variant(path: Path, base: Path, card: dict[str, Any], traits: dict[str, Any]) -> None:
    """Write a model file without weights, a variant that uses the networks of the file `base` in the same folder.

    Its card and traits differ from the ones in `base`.
    """
    parameters = family.card(read_entry(base)).parameters
    _write(path, {}, {"card": {**card, "parameters": parameters}, "base": base.name, **traits})


def _write(path: Path, weights: dict[str, Tensor], config: dict[str, Any]) -> None:
    make_folder(path.parent)
    write(path, save(weights, {"format": "gdm-studio", "family": "systems", "config": json.dumps(config)}))
