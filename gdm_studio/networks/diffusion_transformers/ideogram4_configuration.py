"""Configuration of Ideogram 4's transformers, and the names and shapes of their weights. Does not import torch."""

from __future__ import annotations

from dataclasses import dataclass

from gdm_studio.networks.diffusion_transformers.configurations import Source, Weights, linear_weights, norm_weights


@dataclass(frozen=True)
class Ideogram4Config:
    """Hyperparameters of the transformer `Ideogram4`, such as its layer widths. The defaults are those of Ideogram 4,
    whose conditional and unconditional transformers have the same.
    """

    # Channels of a latent position, which is one token.
    channels: int = 128
    width: int = 4608
    heads: int = 18
    depth: int = 34
    # Width inside the perceptrons.
    hidden: int = 12288
    # Width of the embedded time from which the blocks compute their modulations.
    condition: int = 512
    # Width of a hidden state of the text encoder, and number of its layers whose states are concatenated.
    text: int = 4096
    taps: int = 13
    # Pairs of channels of a head that are rotated by a token's time, row and column, in turn; the rest by its time.
    sections: tuple[int, int, int] = (24, 20, 20)

    @property
    def context(self) -> int:
        """Width of the text tokens that the network receives."""
        return self.text * self.taps


def ideogram4_weights(config: Ideogram4Config) -> Weights:
    """Yield the name, shape and file locations of every weight of the transformer `Ideogram4`."""
    width = config.width
    yield from linear_weights("image_in", (width, config.channels), "input_proj")
    yield from norm_weights("text_norm", config.context, "llm_cond_norm")
    yield from linear_weights("text_in", (width, config.context), "llm_cond_proj")
    yield from linear_weights("time_in.0", (width, width), "t_embedding.mlp_in")
    yield from linear_weights("time_in.2", (width, width), "t_embedding.mlp_out")
    yield from linear_weights("condition_in", (config.condition, width), "adaln_proj")
    yield from linear_weights("roles", (2, width), "embed_image_indicator", bias=False)
    for number in range(config.depth):
        ours, theirs = f"blocks.{number}", f"layers.{number}"
        attention = f"{theirs}.attention"
        for index, (part, letter) in enumerate((("query", "q"), ("key", "k"), ("value", "v"))):
            places = Source(f"{attention}.qkv", index * width, 3 * width), f"{attention}.to_{letter}"
            yield from linear_weights(f"{ours}.attention.{part}", (width, width), *places, bias=False)
        out = f"{attention}.o", f"{attention}.to_out.0"
        yield from linear_weights(f"{ours}.attention.out", (width, width), *out, bias=False)
        for part, letter in (("query_norm", "q"), ("key_norm", "k")):
            yield from norm_weights(f"{ours}.attention.{part}", width // config.heads, f"{attention}.norm_{letter}")
        for part, name, shape in (
            ("gate", "w1", (config.hidden, width)),
            ("up", "w3", (config.hidden, width)),
            ("down", "w2", (width, config.hidden)),
        ):
            yield from linear_weights(f"{ours}.feed_forward.{part}", shape, f"{theirs}.feed_forward.{name}", bias=False)
        for part, name in (("attention", "attention"), ("feed_forward", "ffn")):
            yield from norm_weights(f"{ours}.{part}_norm", width, f"{theirs}.{name}_norm1")
            yield from norm_weights(f"{ours}.{part}_out_norm", width, f"{theirs}.{name}_norm2")
        yield from linear_weights(f"{ours}.modulation", (4 * width, config.condition), f"{theirs}.adaln_modulation")
    yield from linear_weights("last_scale", (width, config.condition), "final_layer.adaln_modulation")
    yield from linear_weights("out", (config.channels, width), "final_layer.linear")
