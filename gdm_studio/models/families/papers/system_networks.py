"""Networks of reimplemented published methods, created from the sizes in the header of the model file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path as File
from typing import Any

from torch import Tensor, nn

from gdm_studio.models.memory.loaded_model_cache import Placement
from gdm_studio.networks.bounded_construction import load_network
from gdm_studio.networks.icons.autoencoder import AutoencoderConfig, AutoencoderKL
from gdm_studio.networks.layers import channels_last
from gdm_studio.networks.papers.backbones import saved_backbone
from gdm_studio.networks.papers.cascades.caption_transformer import CaptionTransformer, CaptionTransformerConfig
from gdm_studio.networks.papers.cascades.cascade_unet import CascadeUNet, CascadeUNetConfig
from gdm_studio.networks.papers.cascades.contrastive_text_image_model import ContrastiveConfig, ContrastiveModel
from gdm_studio.networks.papers.cascades.prior_transformer import PriorTransformer, PriorTransformerConfig
from gdm_studio.networks.papers.noisy_classifier import NoisyClassifier, NoisyClassifierConfig
from gdm_studio.networks.papers.point_networks import (
    CouplingFlow,
    CouplingFlowConfig,
    PointAutoencoder,
    PointAutoencoderConfig,
    PointBackbone,
    PointBackboneConfig,
    PointClassifier,
    PointClassifierConfig,
    PointGenerator,
    PointGeneratorConfig,
    PointNetwork,
    PointNetworkConfig,
)
from gdm_studio.networks.papers.small_convolutional_networks import Generator, GeneratorConfig

# Maximum of a size in a header, and maximum number of sizes and layers.
LARGEST, MOST_SIZES = 4096, 32


def _create_denoiser(sizes: dict[str, Any]) -> nn.Module:
    if sizes.get("backbone") == "points":
        return PointBackbone(PointBackboneConfig(**sizes))
    return saved_backbone(sizes)


def _create_generator(sizes: dict[str, Any]) -> nn.Module:
    """Create a generator network. It produces images, or points in the plane if the configuration has no image size."""
    if "size" in sizes:
        return Generator(GeneratorConfig(**sizes))
    if "couplings" in sizes:
        return CouplingFlow(CouplingFlowConfig(**sizes))
    return PointGenerator(PointGeneratorConfig(**sizes))


def _create_classifier(sizes: dict[str, Any]) -> nn.Module:
    """Create a classifier of noisy data for classifier guidance. It takes images, or points in the plane if the
    configuration has no image size.
    """
    if "size" in sizes:
        return NoisyClassifier(NoisyClassifierConfig(**sizes))
    return PointClassifier(PointClassifierConfig(**sizes))


def _create_autoencoder(sizes: dict[str, Any]) -> nn.Module:
    """Create an autoencoder network for images, or for points in the plane if the configuration has no latent
    channels.
    """
    if "latent_channels" in sizes:
        return AutoencoderKL(AutoencoderConfig(**sizes))
    return PointAutoencoder(PointAutoencoderConfig(**sizes))


def _create_cascade_unet(sizes: dict[str, Any]) -> CascadeUNet:
    return CascadeUNet(CascadeUNetConfig(**sizes))


# Constructors of the networks, by name. Each takes the sizes of the network.
NETWORKS: Mapping[str, Callable[[dict[str, Any]], nn.Module]] = {
    "denoiser": _create_denoiser,
    "generator": _create_generator,
    **dict.fromkeys(("drift", "score"), lambda sizes: PointNetwork(PointNetworkConfig(**sizes))),
    "classifier": _create_classifier,
    "autoencoder": _create_autoencoder,
    **dict.fromkeys(("base", "upsampler", "upsampler-2"), _create_cascade_unet),
    "caption": lambda sizes: CaptionTransformer(CaptionTransformerConfig(**sizes)),
    "contrastive": lambda sizes: ContrastiveModel(ContrastiveConfig(**sizes)),
    "prior": lambda sizes: PriorTransformer(PriorTransformerConfig(**sizes)),
}


def load_part(
    name: str, sizes: dict[str, Any], weights: dict[str, Tensor], file: File, placement: Placement
) -> nn.Module:
    """Return one network of a model file, such as its denoiser, from the store of loaded models. If it is not there,
    create it from its weights.
    """
    own = {key.removeprefix(f"{name}."): weight for key, weight in weights.items() if key.startswith(f"{name}.")}
    what = f"systems {name} {json.dumps(sizes, sort_keys=True)}"

    def load() -> nn.Module:
        return channels_last(_build_network(name, sizes, own).to(placement.device)).eval().requires_grad_(False)

    return placement.share(what, [file], 4 * sum(weight.numel() for weight in own.values()), load)


def _build_network(name: str, sizes: dict[str, Any], own: dict[str, Tensor]) -> nn.Module:
    """Create one network from the sizes in a model file's header, and load its weights. Raises LookupError, TypeError
    or ValueError if sizes and weights do not match.
    """
    plain = {key: size for key, size in sizes.items() if key != "backbone"}
    numbers = [each for size in plain.values() for each in (size if isinstance(size, list) else [size])]
    if not all(isinstance(each, bool | int | float) and 0 <= each <= LARGEST for each in numbers):
        raise ValueError("a size is out of range")
    layers = [sizes.get(key, 1) for key in ("blocks", "couplings", "depth", "layers")]
    most = max(max(each, default=0) if isinstance(each, list) else each for each in layers)
    if len(numbers) > MOST_SIZES or most > MOST_SIZES:
        raise ValueError("it has too many layers")
    return load_network(lambda: NETWORKS[name](sizes), own)
