"""Configuration of Qwen-Image's transformer, and the names and shapes of its weights. Does not import torch."""

from __future__ import annotations

from dataclasses import dataclass

from gdm_studio.networks.diffusion_transformers.configurations import (
    WAVES,
    Source,
    Weights,
    linear_weights,
    norm_weights,
)


@dataclass(frozen=True)
class QwenImageConfig:
    """Hyperparameters of the transformer `QwenImage`, such as its layer widths. The defaults are those of
    Qwen-Image.
    """

    channels: int = 16
    width: int = 3072
    heads: int = 24
    depth: int = 60
    # Width of the text tokens.
    context: int = 3584
    # Channels of a head that are rotated by each axis of a token's position.
    axes: tuple[int, ...] = (16, 56, 56)
    # True if the tokens of reference images are modulated as images without noise (Edit 2511).
    clean_references: bool = False


_STREAMS = {
    "image": ("img", ("to_q", "to_k", "to_v"), ("norm_q", "norm_k"), "to_out.0"),
    "text": ("txt", ("add_q_proj", "add_k_proj", "add_v_proj"), ("norm_added_q", "norm_added_k"), "to_add_out"),
}


def qwen_image_weights(config: QwenImageConfig) -> Weights:
    """Yield the name, shape and file location of every weight of the transformer `QwenImage`. The original layout has
    the names of diffusers.
    """
    width = config.width
    yield from linear_weights("image_in", (width, 4 * config.channels), "img_in")
    yield from norm_weights("text_norm", config.context, "txt_norm")
    yield from linear_weights("text_in", (width, config.context), "txt_in")
    time = "time_text_embed.timestep_embedder"
    yield from linear_weights("time_in.0", (width, WAVES), f"{time}.linear_1")
    yield from linear_weights("time_in.2", (width, width), f"{time}.linear_2")
    for number in range(config.depth):
        for stream, (theirs, parts, norms, out) in _STREAMS.items():
            ours, block = f"blocks.{number}.{stream}", f"transformer_blocks.{number}"
            yield from linear_weights(f"{ours}_modulation", (6 * width, width), f"{block}.{theirs}_mod.1")
            for part, name in zip(("query", "key", "value"), parts, strict=True):
                yield from linear_weights(f"{ours}.attention.{part}", (width, width), f"{block}.attn.{name}")
            for part, name in zip(("query_norm", "key_norm"), norms, strict=True):
                yield from norm_weights(f"{ours}.attention.{part}", width // config.heads, f"{block}.attn.{name}")
            yield from linear_weights(f"{ours}.attention.out", (width, width), f"{block}.attn.{out}")
            perceptron = f"{block}.{theirs}_mlp.net"
            yield from linear_weights(f"{ours}.feed_forward.up", (4 * width, width), f"{perceptron}.0.proj")
            yield from linear_weights(f"{ours}.feed_forward.down", (width, 4 * width), f"{perceptron}.2")
    for index, part in enumerate(("scale", "shift")):
        rows = Source("norm_out.linear", index * width, 2 * width)
        yield from linear_weights(f"last_modulation.{part}", (width, width), rows)
    yield from linear_weights("out", (4 * config.channels, width), "proj_out")
