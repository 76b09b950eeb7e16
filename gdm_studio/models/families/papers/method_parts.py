"""Parts by which a reimplemented method differs from an ordinary diffusion model. Each is one idea of one paper.

A system is composed of its networks and of a few parts. Its training recipe lists the parts, the header of its model
file stores them, and a loaded model wraps its denoiser in them. Training and sampling call the same methods of a part.

A network is a function (scaled input, time, conditioning) → output, and a prediction a function (x, noise level,
conditioning) → x̂_0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, TypeVar

import torch
from torch import Tensor

from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import Process
from gdm_studio.models.dataclass_json import from_json
from gdm_studio.models.loaded_model import NoiseAt

Network = Callable[[Tensor, float, Tensor], Tensor]
Predict = Callable[[Tensor, NoiseLevel, Tensor], Tensor]


@dataclass(frozen=True)
class SamplingRun:
    """Random inputs of one sampling run, for the parts that need them."""

    # Noise for the denoiser: (noise level, tensor of the shape) → random numbers, one row per image.
    noise: NoiseAt
    # Function x → the generator's images for the rows of x, the same all the way.
    generate: Callable[[Tensor], Tensor]
    # True if x are points of the plane, (N, 1, points, 2).
    has_points: bool


@dataclass(frozen=True)
class Part:
    """Base class of the parts. The fields of a part are entries of the header of a model file."""

    # True if the prediction depends on random numbers besides x.
    is_random: ClassVar[bool] = False

    def around_network(self, network: Network, run: SamplingRun) -> Network:
        """Return the network function that includes this part."""
        return network

    def around_prediction(self, predict: Predict, run: SamplingRun) -> Predict:
        """Return the prediction function that includes this part."""
        return predict


@dataclass(frozen=True)
class GeneratedInput(Part):
    """Image x̂ of a generator beside the noisy image x, as input of the denoiser (DiffuseVAE).

    The input is (x, x̂), or (x + x̂, x̂) if the noisy states are centred on x̂ (formulation 2).
    """

    is_random: ClassVar[bool] = True

    # "picture", or "sum" for formulation 2.
    beside: str

    def join(self, x: Tensor, image: Tensor) -> Tensor:
        """Return the input of the network, with twice the channels of x."""
        return torch.cat([x + image if self.beside == "sum" else x, image], dim=1)

    @staticmethod
    def own_channels(output: Tensor, channels: int) -> Tensor:
        """Return the channels of the network's output that belong to x. The network also has outputs for x̂, which are
        not used.
        """
        return torch.cat([answer[:, :channels] for answer in output.split(2 * channels, dim=1)], dim=1)

    def around_network(self, network: Network, run: SamplingRun) -> Network:
        image = torch.zeros(0)

        def joined(shown: Tensor, time: float, cond: Tensor) -> Tensor:
            nonlocal image
            if len(image) < len(shown):
                image = run.generate(shown)
            output = network(self.join(shown, image[: len(shown)]), time, cond)
            return self.own_channels(output, shown.shape[1])

        return joined


@dataclass(frozen=True)
class RandomInput(Part):
    """Normal random numbers z as a network input, besides the class: x̂_0 = G(x_t, z, t) (DDGAN). New numbers are drawn
    for every step.
    """

    is_random: ClassVar[bool] = True

    # Length of z. Every point of the plane has its own z.
    latent: int

    @staticmethod
    def append(cond: Tensor, z: Tensor) -> Tensor:
        """Return the conditioning (N, T) with z (N, Z) appended, or (N, P, T + Z) for one z per point, (N, P, Z)."""
        rows = cond if z.ndim == 2 else cond[:, None].expand(-1, z.shape[1], -1)
        return torch.cat([rows, z], dim=-1)

    def around_prediction(self, predict: Predict, run: SamplingRun) -> Predict:
        def with_z(x: Tensor, at: NoiseLevel, cond: Tensor) -> Tensor:
            noise = run.noise(at, x)
            z = noise[:, 0] if run.has_points else noise.flatten(1)[:, : self.latent]
            return predict(x, at, self.append(cond, z))

        return with_z


@dataclass(frozen=True)
class Mixing(Part):
    """Mixture of the network's prediction with the exact one for data from N(0, I), α·x (LSGM)."""

    # Weight of the network's prediction in each channel.
    mixes: tuple[float, ...]

    def around_prediction(self, predict: Predict, run: SamplingRun) -> Predict:
        def mixed(x: Tensor, at: NoiseLevel, cond: Tensor) -> Tensor:
            found = predict(x, at, cond)
            return mix(at.alpha * x, found, torch.tensor(self.mixes, device=x.device)[:, None, None])

        return mixed


@dataclass(frozen=True)
class Clipping(Part):
    """Clipping of predictions to −1 … 1, as in the code of DDPM's authors."""

    clips: bool = True

    def around_prediction(self, predict: Predict, run: SamplingRun) -> Predict:
        return lambda x, at, cond: predict(x, at, cond).clamp(-1, 1)


@dataclass(frozen=True)
class ConstantInput(Part):
    """Constant numbers after the classes and factors of the conditioning, such as the kind of degradation (Cold
    Diffusion).
    """

    always: tuple[float, ...]


@dataclass(frozen=True)
class NoisedStart(Part):
    """Start from a generator's image x′ with noise, x_T′ = √ᾱ_T′·x′ + √(1 − ᾱ_T′)·ε (TDPM, ES-DDPM).

    Without this part, a generator's image is itself the start.
    """

    begins: str = "noised"

    @staticmethod
    def add_noise(process: Process, images: Tensor, first: NoiseLevel, eps: Tensor) -> Tensor:
        """Return the generator's images with the noise of the first level of the chain."""
        noised: Tensor = process.degrade(images, first, eps)
        return noised


# All parts, from the network outwards.
PARTS: tuple[type[Part], ...] = (GeneratedInput, RandomInput, Mixing, Clipping, ConstantInput, NoisedStart)

SomePart = TypeVar("SomePart", bound=Part)


def parts_in(config: Mapping[str, Any]) -> tuple[Part, ...]:
    """Return the parts that the header of a model file contains.

    Raises ValueError or TypeError if an entry has a wrong type.
    """
    found: list[Part] = []
    for kind in PARTS:
        (name,) = (each.name for each in fields(kind))
        if name in config:
            part = from_json(kind, {name: config[name]})
            # An entry without effect, such as a z of length 0, is no part.
            found += [part] if getattr(part, name) else []
    return tuple(found)


def header_of(parts: Sequence[Part]) -> dict[str, Any]:
    """Return the entries of a model file's header that describe the parts."""
    return {each.name: getattr(part, each.name) for part in parts for each in fields(part)}


def part_of(parts: Sequence[Part], kind: type[SomePart]) -> SomePart | None:
    """Return the part of one kind, or None if there is none."""
    return next((part for part in parts if isinstance(part, kind)), None)


def mix(linear: Tensor, found: Tensor, shares: Tensor) -> Tensor:
    """Mix the network's prediction with the exact prediction for Gaussian data: (1 − m)·linear + m·found (N, C, H, W),
    with one m per channel in `shares` (C, 1, 1).

    `linear` is the exact prediction for data from N(0, I), and `found` the network's prediction.
    """
    return torch.lerp(linear, found, shares)
