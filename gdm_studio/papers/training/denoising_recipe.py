"""Training recipes of systems that denoise: a network, a forward process, noisy batches, and a loss per system."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gdm_studio.common.errors import BadRequest
from gdm_studio.engine.score_norms import measure_score_norms
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import Process
from gdm_studio.maths.processes.process import gaussian
from gdm_studio.maths.schedules import SCHEDULES
from gdm_studio.models.families.papers import family
from gdm_studio.models.families.papers.method_parts import header_of
from gdm_studio.models.files.checkpoints import read_entry
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.memory.loaded_model_cache import Store
from gdm_studio.networks.papers.backbones import BACKBONES, Sizes, new_backbone
from gdm_studio.networks.papers.point_networks import PointBackbone, PointBackboneConfig
from gdm_studio.papers.training.model_file import SEEN_BEFORE, card_of, load_matching_weights, write_model
from gdm_studio.papers.training.noise_levels import NoiseLevels, Timesteps
from gdm_studio.papers.training.recipe import SystemRecipe
from gdm_studio.papers.training.training_images import ImageDataset
from gdm_studio.training.options import Option
from gdm_studio.training.recipe import Batch, Cooldown, Samples

# Sample counts for measuring score norms: points and images.
MEASURED_POINTS = 16_384
MEASURED = 64

NoiseSchedule = Annotated[str, Option("Noise schedule", "increase of the noise by step", choices=tuple(SCHEDULES))]


@dataclass(frozen=True, kw_only=True)
class DenoisingRecipe(SystemRecipe):
    """Base class of training recipes for systems with a single denoising network, such as DDPM.

    A system states its forward process, the distribution of noise levels in training, the quantity that the network
    predicts, its loss, and its parts. Everything else is the same for all: the architecture of the network, noisy
    batches, and the model file.
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

    @property
    def training_levels(self) -> NoiseLevels:
        """Distribution of the noise levels in training. The default draws timesteps of the forward process."""
        return Timesteps(self.noise_levels)

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
        parts = self.exported_parts(model)
        if not self.has_gaussian_noise or any(part.is_random for part in parts):
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
        write_model(path, self.exported_networks(model), facts, header_of(parts))

    def is_image_denoiser(self, model: nn.ModuleDict) -> bool:
        if self.pictures.is_points or "autoencoder" in model:
            return False
        return self.has_gaussian_noise and not any(part.is_random for part in self.exported_parts(model))

    @property
    def has_gaussian_noise(self) -> bool:
        return not self.process.cold and self.process.law is gaussian

    def data_of(self, model: nn.ModuleDict, pictures: Tensor) -> Tensor:
        """Convert images (N, 4, S, S) to the data that the network denoises.

        The default returns the images themselves. Latent diffusion encodes them.
        """
        return pictures


def _build_conditioning(pictures: ImageDataset, index: int) -> Conditioning:
    label = pictures.labels[pictures.label[index]] if pictures.label[index] >= 0 else ""
    return Conditioning(
        label=label, factors=dict(zip(pictures.factors, map(float, pictures.shares[index]), strict=True))
    )
