"""Configuration of ERNIE-Image's transformer, and the names and shapes of its weights. Does not import torch."""

from __future__ import annotations

from dataclasses import dataclass

from gdm_studio.networks.diffusion_transformers.configurations import Weights, linear_weights, norm_weights


@dataclass(frozen=True)
class ErnieImageConfig:
    """Hyperparameters of the transformer `ErnieImage`, such as its layer widths. The defaults are those of
    ERNIE-Image, which are not those of the class in diffusers.
    """

    # Channels of a latent position, which is one token.
    channels: int = 128
    width: int = 4096
    heads: int = 32
    depth: int = 36
    # Width inside the perceptrons.
    hidden: int = 12288
    # Width of the text tokens that the network receives.
    context: int = 3072
    # Channels of a head that are turned by each axis of a token's position.
    axes: tuple[int, ...] = (32, 48, 48)


def ernie_image_weights(config: ErnieImageConfig) -> Weights:
    """Yield the name, shape and file locations of every weight of the transformer `ErnieImage`. The single files have
    the names of diffusers.
    """
    width = config.width
    yield from linear_weights("image_in", (width, config.channels, 1, 1), "x_embedder.proj")
    yield from linear_weights("text_in", (width, config.context), "text_proj", bias=False)
    yield from linear_weights("time_in.0", (width, width), "time_embedding.linear_1")
    yield from linear_weights("time_in.2", (width, width), "time_embedding.linear_2")
    yield from linear_weights("modulation", (6 * width, width), "adaLN_modulation.1")
    for number in range(config.depth):
        ours, theirs = f"blocks.{number}", f"layers.{number}"
        attention = f"{theirs}.self_attention"
        for part, name in (("query", "to_q"), ("key", "to_k"), ("value", "to_v"), ("out", "to_out.0")):
            yield from linear_weights(f"{ours}.attention.{part}", (width, width), f"{attention}.{name}", bias=False)
        for part, name in (("query_norm", "norm_q"), ("key_norm", "norm_k")):
            yield from norm_weights(f"{ours}.attention.{part}", width // config.heads, f"{attention}.{name}")
        for part, name, shape in (
            ("gate", "gate_proj", (config.hidden, width)),
            ("up", "up_proj", (config.hidden, width)),
            ("down", "linear_fc2", (width, config.hidden)),
        ):
            yield from linear_weights(f"{ours}.feed_forward.{part}", shape, f"{theirs}.mlp.{name}", bias=False)
        yield from norm_weights(f"{ours}.attention_norm", width, f"{theirs}.adaLN_sa_ln")
        yield from norm_weights(f"{ours}.feed_forward_norm", width, f"{theirs}.adaLN_mlp_ln")
    yield from linear_weights("last_modulation", (2 * width, width), "final_norm.linear")
    yield from linear_weights("out", (config.channels, width), "final_linear")
