"""Base class of the training recipes of all systems: their data, networks and model file."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from gdm_studio.common.errors import BadRequest
from gdm_studio.models.families.papers.method_parts import Part, header_of
from gdm_studio.networks.layers import channels_last
from gdm_studio.networks.papers.point_networks import (
    PointEncoder,
    PointEncoderConfig,
    PointGenerator,
    PointGeneratorConfig,
)
from gdm_studio.networks.papers.small_convolutional_networks import Encoder, EncoderConfig, Generator, GeneratorConfig
from gdm_studio.papers.system_description import System
from gdm_studio.papers.training.model_file import write_model
from gdm_studio.papers.training.report import SystemReport
from gdm_studio.papers.training.training_images import open_dataset
from gdm_studio.training.captioned_folder import FolderProblems
from gdm_studio.training.ema import Ema
from gdm_studio.training.learning_rate_schedule import Schedule
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import (
    Batch,
    Cooldown,
    Halflife,
    LearningRate,
    Optimizers,
    Phase,
    Recipe,
    Samples,
    Threads,
    Warmup,
)
from gdm_studio.training.run_state_file import FEWEST, check_title

# The side in pixels to which small images are enlarged for display, by repeating pixels.
DISPLAY_SIZE = 256
# The number of points that a model of points generates together, and the length of z for each point.
POINTS_SHOWN = 512
POINT_LATENT = 2
# The fields of recipes that contain the samples of a phase.
PHASE_SAMPLES = ("samples", "even", "vae_samples")

Pictures = Annotated[Path, Option("Pictures", "output of `gdm-studio data icons`, or one folder of images per class")]
Size = Annotated[int, Option("Size", "side of the images in pixels, 4 · 2^n", 8, 1024)]


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
    title: Annotated[str, Option("Name", "name of the model; by default the system's", may_change=True)] = ""
    hold_out: Annotated[float, Option("Held out", "share of images held out for the diagnosis", 0, 0.5)] = 0.0
    sheet_minutes: Annotated[
        float, Option("Sheets", "minutes between sheets and diagnoses; 0 for none", may_change=True)
    ] = 0.0
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
        found = open_dataset(self.data, self.size, self.read_prompt)
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

    def new_encoder(self, *, condition_width: int = 0, moved: int = 0, channels: int = 4, **sizes: Any) -> nn.Module:
        """Create an untrained network that takes images or points as its input: an encoder or a discriminator.

        `condition_width` is the width of the conditioning for a discriminator's output projection, and `moved` its
        width for shifting an encoder's output.
        """
        if self.pictures.is_points:
            plain = {name: sizes[name] for name in ("answers", "spread") if name in sizes}
            return PointEncoder(PointEncoderConfig(told=condition_width + moved, channels=channels // 4, **plain))
        return Encoder(EncoderConfig(told=condition_width, moved=moved, channels=channels, size=self.size, **sizes))

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

    def exported_parts(self, model: nn.ModuleDict) -> tuple[Part, ...]:
        """Return the parts by which the exported model differs from a plain diffusion model."""
        return ()

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
        write_model(
            out / self.product,
            self.exported_networks(model),
            self.card(model, seen),
            header_of(self.exported_parts(model)),
        )

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


@dataclass(frozen=True, kw_only=True)
class AutoencoderPhase(Phase[nn.ModuleDict]):
    """Base class of a first training phase, in which only an autoencoder is trained, before the diffusion model."""

    # A function that draws a number of images with their conditioning.
    random_images: Callable[[np.random.Generator, int], tuple[Tensor, Tensor]]

    @property
    def draw_seed(self) -> int:
        # The seed itself and the next one are those of the phases after it.
        return self.seed + 2

    @property
    def schedule(self) -> Schedule:
        return Schedule(self.samples, self.warmup, self.samples)
