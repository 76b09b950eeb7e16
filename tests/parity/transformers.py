"""Diffusion transformers that both diffusers and we compute: small configurations, their inputs and their weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from gdm_studio.networks.diffusion_transformers import configurations
from gdm_studio.networks.diffusion_transformers.configurations import (
    LUMINA_2,
    Flux1Config,
    Flux2Config,
    SD3Config,
    Weights,
    ZImageConfig,
)
from gdm_studio.networks.diffusion_transformers.flux1 import Flux1
from gdm_studio.networks.diffusion_transformers.flux2 import Flux2
from gdm_studio.networks.diffusion_transformers.sd3 import SD3
from gdm_studio.networks.diffusion_transformers.z_image import ZImage
from tests.parity.numbers import FOLDER
from tests.parity.weights import inputs, weights

ANSWERS = FOLDER / "diffusion_transformers.npz"
KEYS = FOLDER / "diffusion_transformers.json.xz"
ROWS, COLUMNS, TOKENS = 6, 10, 7
# Numbers that diffusers can scale to 0 … 1 and back without rounding.
TIMES = (31.25, 812.5)
GUIDANCE = (3.5, 1.25)


@dataclass(frozen=True)
class Kind:
    """A kind of network: its class, the table of its weights, and the name of diffusers' class."""

    network: Callable[[Any], nn.Module]
    weights: Callable[[Any], Weights]
    theirs: str


FLUX1 = Kind(Flux1, configurations.flux1_weights, "FluxTransformer2DModel")
CHROMA = replace(FLUX1, theirs="ChromaTransformer2DModel")
FLUX2 = Kind(Flux2, configurations.flux2_weights, "Flux2Transformer2DModel")
SD_3 = Kind(SD3, configurations.sd3_weights, "SD3Transformer2DModel")
Z_IMAGE = Kind(ZImage, configurations.z_image_weights, "ZImageTransformer2DModel")
LUMINA = replace(Z_IMAGE, theirs="Lumina2Transformer2DModel")
# By name, the kind of network, our configuration, and diffusers' arguments.
SMALL_FLUX = Flux1Config(
    inputs=16, outputs=16, width=32, heads=2, double=2, single=2, context=24, pooled=12, axes=(4, 6, 6)
)
SMALL_FLUX_2 = Flux2Config(inputs=16, width=32, heads=2, double=2, single=2, context=24, axes=(4, 4, 4, 4))
SMALL_SD_3 = SD3Config(channels=4, width=32, heads=2, depth=3, context=24, pooled=12, positions=9)
SMALL_Z_IMAGE = ZImageConfig(
    channels=4, width=48, heads=3, value_heads=3, depth=2, refiners=1, hidden=128, context=20, time=48, axes=(4, 6, 6)
)
SMALL_LUMINA = replace(
    LUMINA_2, channels=4, width=32, heads=4, value_heads=2, depth=2, refiners=1, hidden=128, context=20, time=32,
    time_hidden=32, axes=(4, 2, 2),
)  # fmt: skip
SMALL: Mapping[str, tuple[Kind, Any]] = {
    "flux1 dev": (FLUX1, SMALL_FLUX),
    "flux1 schnell": (FLUX1, replace(SMALL_FLUX, guided=False)),
    "flux1 fill": (FLUX1, replace(SMALL_FLUX, inputs=24)),
    "chroma": (
        CHROMA,
        replace(SMALL_FLUX, pooled=0, guided=False, approximator=40, approximator_layers=2),
    ),
    "sd3": (SD_3, SMALL_SD_3),
    "sd3.5 medium": (SD_3, replace(SMALL_SD_3, normed=True, dual=2)),
    "sd3.5 large": (SD_3, replace(SMALL_SD_3, normed=True)),
    "z-image": (Z_IMAGE, SMALL_Z_IMAGE),
    "lumina 2": (LUMINA, SMALL_LUMINA),
    "flux2 klein": (FLUX2, SMALL_FLUX_2),
    "flux2 dev": (FLUX2, replace(SMALL_FLUX_2, guided=True)),
}
# Runs whose noise levels are compared: the network, the tokens of the image, and the steps.
RUNS: tuple[tuple[str, int, int], ...] = (
    ("FLUX.1 dev", 4096, 28),
    ("FLUX.1 dev", 1536, 20),
    ("FLUX.1 schnell", 4096, 4),
    ("Z-Image", 4096, 9),
    ("Stable Diffusion 3.5 Medium", 4096, 28),
    ("Stable Diffusion 3.5 Medium", 4096, 4),
    ("FLUX.2 Klein 4B", 4096, 4),
    ("FLUX.2 Klein 4B", 1024, 50),
    ("FLUX.2 Klein 4B", 5184, 4),
)
# The released networks and their published numbers of parameters.
RELEASED: Mapping[str, tuple[Kind, Any, int]] = {
    "FLUX.1 dev": (FLUX1, Flux1Config(), 11_901_408_320),
    "FLUX.1 schnell": (FLUX1, Flux1Config(guided=False), 11_891_178_560),
    "FLUX.1 Fill": (FLUX1, Flux1Config(inputs=384), 11_902_391_360),
    "FLUX.1 Canny": (FLUX1, Flux1Config(inputs=128), 11_901_604_928),
    "Chroma": (CHROMA, Flux1Config(pooled=0, guided=False, approximator=5120), 8_899_983_424),
    "Stable Diffusion 3 Medium": (SD_3, SD3Config(), 2_084_951_104),
    "Stable Diffusion 3.5 Medium": (SD_3, SD3Config(positions=384, normed=True, dual=13), 2_469_663_936),
    "Stable Diffusion 3.5 Large": (SD_3, SD3Config(width=2432, heads=38, depth=38, normed=True), 8_146_280_768),
    "Z-Image": (Z_IMAGE, ZImageConfig(), 6_154_908_736),
    "Lumina 2": (LUMINA, LUMINA_2, 2_609_769_152),
    "FLUX.2 Klein 4B": (FLUX2, Flux2Config(), 3_875_544_576),
    "FLUX.2 Klein 9B": (FLUX2, Flux2Config(width=4096, heads=32, double=8, single=24, context=12288), 9_078_581_248),
    "FLUX.2 dev": (
        FLUX2,
        Flux2Config(width=6144, heads=48, double=8, single=48, context=15360, guided=True),
        32_223_281_152,
    ),
}  # fmt: skip


def made_up(shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """Return made-up weights in fp32 that are large enough for attention to tell tokens apart."""
    return {name: (weight * (4 if weight.ndim > 1 else 1)).float() for name, weight in weights(shapes).items()}


@dataclass(frozen=True)
class Inputs:
    """Inputs of a network for two images."""

    x: Tensor
    times: Tensor
    context: Tensor
    pooled: Tensor | None
    guidance: Tensor | None


def inputs_of(config: Any) -> Inputs:
    if isinstance(config, Flux1Config | Flux2Config):
        channels = config.inputs if isinstance(config, Flux2Config) else config.inputs // 4
    else:
        channels = config.channels
    pooled = getattr(config, "pooled", 0)
    return Inputs(
        inputs("x", 2, channels, ROWS, COLUMNS).float(),
        torch.tensor(TIMES),
        inputs("context", 2, TOKENS, config.context).float(),
        inputs("pooled", 2, pooled).float() if pooled else None,
        torch.tensor(GUIDANCE) if getattr(config, "guided", False) else None,
    )
