"""Base models for LoRA training: their latents, conditioning, noise levels and losses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.models.families.icons.model import IconsModel
from gdm_studio.models.families.stable_diffusion.conditioning import encode_prompts
from gdm_studio.models.families.stable_diffusion.model import StableDiffusion
from gdm_studio.models.families.stable_diffusion.variants import TOKENS
from gdm_studio.models.loaded_model import VARIATION_NUMBERS, Conditioning, Variation
from gdm_studio.models.memory import devices
from gdm_studio.models.memory.precision import dtype_name, fast_autocast
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.models.prompts.a1111_syntax import parse_prompt
from gdm_studio.networks.stable_diffusion.unet import SpatialTransformer
from gdm_studio.training.lora.trainable import is_trainable
from gdm_studio.training.progress_report import fit, generate_images

LAYERS = ("default", "attention", "all")
# Mean and standard deviation of the log noise levels on which Icons is trained.
_LOG_SIGMA = (0.9, 1.4)
# Number of draft candidates of each caption, from different seeds and styles, and number of best matches that are used.
_CANDIDATES = 24
_DRAFTS = 4
_TEMPERATURE = 0.6
# Side of the edge maps by which drafts and images are compared.
_EDGE_MAP_SIDE = 32
# Parts of Stable Diffusion's U-Net that may have adapters.
_BLOCKS = ("input_blocks.", "middle_block.", "output_blocks.")
# Maximum number of sampling steps for an image of a sample sheet.
_MAX_SAMPLE_STEPS = 16


class LoraBase(ABC):
    """Loaded model, such as Stable Diffusion, used as the base for training a LoRA. The model's own weights are not
    changed.

    `network` is the network that the LoRA adapts. The conditions are the network's inputs besides the noisy latents and
    the time, as tensors with one row per conditioning.
    """

    # Layers of the choice "default".
    default_layers: ClassVar[str]
    # True if several threads may encode images at the same time. This is faster for small networks.
    encodes_in_threads: ClassVar[bool] = False

    model: Any
    card: ModelCard
    network: nn.Module
    diffusion: Diffusion
    device: torch.device

    @abstractmethod
    def adaptable(self, layers: str) -> Iterator[str]:
        """Yield the names of the network layers that a LoRA can adapt. `layers` is "attention" or "all"."""

    def encode_image(self, image: Image.Image, size: int) -> Tensor:
        """Encode a training image (RGBA) as latents (1, C, h, w), in fp32 on the CPU.

        The image is cropped around its centre to a square, whose side is `size` pixels.
        """
        rgba = np.asarray(fit(image, (size, size)))
        latents: Tensor = self.model.encode(torch.from_numpy(rgba.copy())[None])
        return latents.float().cpu()

    @abstractmethod
    def encode_caption(
        self, caption: str, latents: Tensor, size: int, rng: np.random.Generator
    ) -> list[tuple[Tensor, ...]]:
        """Encode the caption of a training image as inputs of the network, such as text vectors, on the CPU.

        Returns alternative conditions, equally many for each image; training draws one of them. `latents` (C, h, w) are
        those of the image.
        """

    @abstractmethod
    def encode_empty_prompt(self, size: int) -> tuple[Tensor, ...]:
        """Encode the empty prompt as inputs of the network, on the CPU. Call it after all captions are encoded, because
        it may unload the text encoders.
        """

    @abstractmethod
    def draw_levels(self, rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw random noise levels for a training batch, as alphas (count,) and sigmas (count,)."""

    def level_tensors(self, alphas: np.ndarray, sigmas: np.ndarray) -> tuple[Tensor, Tensor, Tensor]:
        """Convert noise levels to fp32 tensors (n,): alphas, sigmas and the network's time inputs."""
        times = [self.diffusion.time(NoiseLevel(*pair)) for pair in zip(alphas.tolist(), sigmas.tolist(), strict=True)]
        return tuple(torch.tensor(part, dtype=torch.float32) for part in (alphas, sigmas, times))  # type: ignore[return-value]

    def network_output(self, x: Tensor, at: NoiseLevel, times: Tensor, conditions: Sequence[Tensor]) -> Tensor:
        """Evaluate the network on noisy latents x (n, C, h, w), and return its raw output F in fp32.

        The noise levels `at` have the shape (n, 1, 1, 1).
        """
        with fast_autocast(self.device):
            scaled = self.diffusion.scaled_input(x, at)
            found: Tensor = self.network(scaled, times, *conditions)
        return found.float()

    def loss(
        self, x0: Tensor, noise: Tensor, alphas: Tensor, sigmas: Tensor, times: Tensor, conditions: Sequence[Tensor]
    ) -> Tensor:
        """Return the mean squared error of the network's output for noisy latents.

        The noise is added to the latents x0 with the given levels (n,).
        """
        at = level_of(alphas, sigmas)
        x = self.diffusion.process.degrade(x0, at, noise)
        output = self.network_output(x, at, times, conditions)
        found: Tensor = self.diffusion.loss(output, x0, x, at)
        return found

    def sample(self, prompts: Sequence[str], seed: int, size: int) -> Iterator[np.ndarray]:
        """Generate a sample image (H, W, 4), uint8, for each prompt, with the model's default settings but fewer steps.

        `size` is the side in pixels. A model with a fixed size ignores it.
        """
        request = self.card.default_request()
        sides = (size, size) if self.card.accepts.multiple else None
        request = replace(
            request, seed=seed, steps=min(request.steps, _MAX_SAMPLE_STEPS), size=sides, device=str(self.device),
            dtype=dtype_name(self.model.dtype),
        )  # fmt: skip
        yield from generate_images(self.model, (replace(request, prompt=prompt) for prompt in prompts))

    def x0(self, x: Tensor, at: NoiseLevel, times: Tensor, conditions: Sequence[Tensor]) -> Tensor:
        """Predict the clean latents from noisy latents x (n, C, h, w)."""
        found: Tensor = self.diffusion.to_x0(self.network_output(x, at, times, conditions), x, at)
        return found


class IconsBase(LoraBase):
    """Model of the Icons family as the base for training a LoRA.

    Each caption is trained with several draft images, since different seeds choose different drafts.
    """

    default_layers = "all"
    encodes_in_threads = True

    def __init__(self, model: IconsModel) -> None:
        self.model = model
        self.card = model.card
        self.network = model.unet
        self.diffusion = model.diffusion
        self.device = model.device

    def adaptable(self, layers: str) -> Iterator[str]:
        for name, module in self.network.named_modules():
            is_chosen = not name.startswith("sketch.") and (layers == "all" or ".attention." in name)
            if is_chosen and isinstance(module, nn.Linear | nn.Conv2d):
                yield name

    def encode_caption(
        self, caption: str, latents: Tensor, size: int, rng: np.random.Generator
    ) -> list[tuple[Tensor, ...]]:
        styles = ["", *(style.id for style in self.card.styles)]
        candidates = []
        for place in range(_CANDIDATES if self.model.recall is not None else 1):
            numbers = torch.from_numpy(rng.standard_normal(VARIATION_NUMBERS, np.float32))
            variation = Variation(numbers, _TEMPERATURE, True)
            wanted = Conditioning(caption, styles[place % len(styles)], variation=variation)
            candidates.append(self.model.conditioning([wanted]).network_inputs())
        return [tuple(part.cpu() for part in parts) for parts in self._choose_nearest(candidates, latents)]

    def encode_empty_prompt(self, size: int) -> tuple[Tensor, ...]:
        return tuple(part.cpu() for part in self.model.conditioning([Conditioning(negative=True)]).network_inputs())

    def _choose_nearest(self, candidates: Sequence[tuple[Tensor, ...]], image: Tensor) -> list[tuple[Tensor, ...]]:
        """Return those candidate conditions whose draft images are nearest to a training image, compared by their
        edges.

        With other drafts, the network would learn to ignore the layout of its draft.
        """
        if len(candidates) == 1:
            return list(candidates)
        drawn = torch.cat([image[None].to(self.device), *(parts[3] for parts in candidates)])
        edges = _compute_edges(self.model.preview(drawn))
        order = (edges[1:] @ edges[0]).argsort(descending=True, stable=True)
        return [candidates[place] for place in order[:_DRAFTS].tolist()]

    def draw_levels(self, rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        mean, spread = _LOG_SIGMA
        ratios = np.exp(mean + spread * rng.standard_normal(count))
        return np.ones(count), ratios.clip(self.diffusion.process.ratios[0], self.diffusion.process.ratios[-1])


class StableDiffusionBase(LoraBase):
    """Stable Diffusion 1, 2 or XL model as the base for training a LoRA."""

    default_layers = "attention"

    def __init__(self, model: StableDiffusion) -> None:
        self.model = model
        self.card = model.card
        self.network = model.networks.unet
        self.diffusion = model.diffusion
        self.device = model.device

    def adaptable(self, layers: str) -> Iterator[str]:
        modules = self.network.named_modules()
        inside = tuple(f"{name}." for name, module in modules if isinstance(module, SpatialTransformer))
        for name, module in self.network.named_modules():
            is_chosen = name.startswith(_BLOCKS) if layers == "all" else name.startswith(inside)
            if is_chosen and isinstance(module, nn.Linear | nn.Conv2d):
                yield name

    def encode_caption(
        self, caption: str, latents: Tensor, size: int, rng: np.random.Generator
    ) -> list[tuple[Tensor, ...]]:
        return [self._encode_text(caption, size)]

    def encode_empty_prompt(self, size: int) -> tuple[Tensor, ...]:
        found = self._encode_text("", size)
        self.model.networks.texts.rest()
        return found

    def _encode_text(self, caption: str, size: int) -> tuple[Tensor, ...]:
        kind, texts = self.model.kind, list(self.model.networks.texts.values())
        cond = encode_prompts(kind, texts, parse_prompt(caption, 1, plain=True)[0].windows)
        if kind.zeroes_empty_negative and not caption:
            cond = cond.zeros()
        # SDXL is conditioned on the size of the images.
        cond = cond.with_sizes([size, size, 0.0, 0.0, size, size])
        # Longer captions are cut, so that all have the same length.
        context = cond.context[:, :TOKENS].cpu()
        return (context,) if cond.vector is None else (context, cond.vector.cpu())

    def network_output(self, x: Tensor, at: NoiseLevel, times: Tensor, conditions: Sequence[Tensor]) -> Tensor:
        dtype = self.model.dtype
        scaled = self.diffusion.scaled_input(x, at).to(dtype)
        found: Tensor = self.network(scaled, times, *(part.to(dtype) for part in conditions))
        return found.to(torch.promote_types(dtype, torch.float32))

    def draw_levels(self, rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
        process = self.diffusion.process
        drawn = [process.coordinates(process.ratios[t]) for t in rng.integers(len(process.ratios), size=count)]
        return np.array([at.alpha for at in drawn]), np.array([at.sigma for at in drawn])


def load_base(name: str, device: str) -> LoraBase:
    """Load a model by name, as the base for training a LoRA. Raises BadRequest and ModelError.

    A separate copy is loaded, because LoRA layers stay attached to its networks.
    """
    library = Library()
    card = library.card(name)
    if not is_trainable(card):
        raise BadRequest(f"{card.name} cannot be trained; choose Icons, or a base model of Stable Diffusion 1 or XL.")
    request = replace(card.default_request(), model=name, device=device, dtype="fp32" if device == "cpu" else "auto")
    where, dtype = devices.device_and_dtype(request, card)
    model = library.load(name, device=where, dtype=dtype)
    if isinstance(model, IconsModel):
        return IconsBase(model)
    assert isinstance(model, StableDiffusion)
    return StableDiffusionBase(model)


def level_of(alphas: Tensor, sigmas: Tensor) -> NoiseLevel:
    """Convert the noise levels (n,) of a batch to a shape that broadcasts with latents (n, C, h, w)."""
    return NoiseLevel(alphas[:, None, None, None], sigmas[:, None, None, None])  # type: ignore[arg-type]


def _compute_edges(rgba: Tensor) -> Tensor:
    """Return blurred edge maps (N, pixels) of images (N, H, W, 4), for comparing the layouts of images.

    The images are composited over white, and each map has the norm 1.
    """
    levels = rgba.permute(0, 3, 1, 2).float() / 255
    over_white = (levels[:, :3] * levels[:, 3:] + 1 - levels[:, 3:]).mean(1, keepdim=True)
    small = F.interpolate(over_white, (2 * _EDGE_MAP_SIDE, 2 * _EDGE_MAP_SIDE), mode="area")
    down, across = small.diff(dim=2)[..., :-1], small.diff(dim=3)[..., :-1, :]
    blurred = F.adaptive_avg_pool2d((down.square() + across.square()).sqrt(), _EDGE_MAP_SIDE).flatten(1)
    centred = blurred - blurred.mean(1, keepdim=True)
    return centred / centred.norm(dim=1, keepdim=True).clamp_min(1e-6)
