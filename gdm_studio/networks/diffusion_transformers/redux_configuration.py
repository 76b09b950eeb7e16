"""Configurations of FLUX.1 Redux and of SigLIP's image encoder. Does not import torch."""

from __future__ import annotations

from dataclasses import dataclass

from gdm_studio.networks.diffusion_transformers.configurations import Weights, linear_weights

# Side of the images that SigLIP encodes, in pixels.
SIDE = 384


@dataclass(frozen=True)
class ReduxConfig:
    """Widths of the layers of `Redux`. The defaults are those of the released network."""

    inputs: int = 1152
    hidden: int = 12288
    context: int = 4096


@dataclass(frozen=True)
class SiglipVisionConfig:
    """Hyperparameters of SigLIP's image encoder. The defaults are those of so400m-patch14-384."""

    width: int = 1152
    layers: int = 27
    heads: int = 16
    # Width of the hidden layer of the feed-forward networks.
    hidden: int = 4304
    # Side of a patch in pixels, and number of patches.
    patch: int = 14
    patches: int = 729


def redux_weights(config: ReduxConfig) -> Weights:
    """Yield the name, shape and file location of every weight of FLUX.1 Redux."""
    yield from linear_weights("up", (config.hidden, config.inputs), "redux_up")
    yield from linear_weights("down", (config.context, config.hidden), "redux_down")
