"""Configuration of Krea 2's transformer, and the names and shapes of its weights. Does not import torch."""

from __future__ import annotations

from dataclasses import dataclass

from gdm_studio.networks.diffusion_transformers.configurations import WAVES, Source, Weight, Weights, linear_weights


@dataclass(frozen=True)
class Krea2Config:
    """Hyperparameters of the transformer `Krea2`, such as its layer widths. The defaults are those of Krea 2."""

    channels: int = 16
    width: int = 6144
    heads: int = 48
    # Heads of keys and values, each shared by several heads of queries.
    value_heads: int = 12
    depth: int = 28
    # Width inside the perceptrons.
    hidden: int = 16384
    # Width of a hidden state of the text encoder, and number of its layers whose states are fused.
    text: int = 2560
    taps: int = 12
    # Heads and width inside the perceptrons of the network that fuses them.
    text_heads: int = 20
    text_hidden: int = 6912
    # Its blocks that attend to the layers of a token, and those that attend to the tokens.
    fusing: int = 2
    refining: int = 2
    # Channels of a head that are rotated by each axis of a token's position.
    axes: tuple[int, ...] = (32, 48, 48)

    @property
    def context(self) -> int:
        """Width of the text tokens that the network receives."""
        return self.text * self.taps


def krea2_weights(config: Krea2Config) -> Weights:
    """Yield the name, shape and file locations of every weight of the transformer `Krea2`."""
    width, text = config.width, config.text
    yield from linear_weights("image_in", (width, 4 * config.channels), "first", "img_in")
    yield from linear_weights("time_in.0", (width, WAVES), "tmlp.0", "time_embed.linear_1")
    yield from linear_weights("time_in.2", (width, width), "tmlp.2", "time_embed.linear_2")
    yield from linear_weights("modulation", (6 * width, width), "tproj.1", "time_mod_proj")
    for group, theirs, count in (
        ("fusion.fusing", "layerwise_blocks", config.fusing),
        ("fusion.refining", "refiner_blocks", config.refining),
    ):
        for number in range(count):
            places = f"txtfusion.{theirs}.{number}", f"text_fusion.{theirs}.{number}"
            sizes = text, config.text_heads, config.text_heads, config.text_hidden
            yield from _iter_block(f"{group}.{number}", *sizes, *places)
    yield from linear_weights(
        "fusion.projector", (1, config.taps), "txtfusion.projector", "text_fusion.projector", bias=False
    )
    yield from _iter_vector("text_norm.weight", text, "txtmlp.0.scale", "txt_in.norm.weight")
    yield from linear_weights("text_in.0", (width, text), "txtmlp.1", "txt_in.linear_1")
    yield from linear_weights("text_in.2", (width, width), "txtmlp.3", "txt_in.linear_2")
    for number in range(config.depth):
        ours, old, new = (f"{start}.{number}" for start in ("blocks", "blocks", "transformer_blocks"))
        yield from _iter_vector(f"{ours}.table", 6 * width, f"{old}.mod.lin", f"{new}.scale_shift_table")
        yield from _iter_block(ours, width, config.heads, config.value_heads, config.hidden, old, new)
    yield from _iter_vector("last_table", 2 * width, "last.modulation.lin", "final_layer.scale_shift_table")
    yield from _iter_vector("last_norm.weight", width, "last.norm.scale", "final_layer.norm.weight")
    yield from linear_weights("out", (4 * config.channels, width), "last.linear", "final_layer.linear")


def _iter_block(ours: str, width: int, heads: int, value_heads: int, hidden: int, old: str, new: str) -> Weights:
    """Yield the weights of a block: a gated attention and a gated perceptron, each after a normalisation."""
    head = width // heads
    for part, theirs, rows in (
        ("query", "q", width),
        ("key", "k", value_heads * head),
        ("value", "v", value_heads * head),
        ("gate", "gate", width),
    ):
        first = f"{old}.attn.{'gate' if part == 'gate' else f'w{theirs}'}"
        places = first, f"{new}.attn.to_{theirs}"
        yield from linear_weights(f"{ours}.attention.{part}", (rows, width), *places, bias=False)
    places = f"{old}.attn.wo", f"{new}.attn.to_out.0"
    yield from linear_weights(f"{ours}.attention.out", (width, width), *places, bias=False)
    for part, letter in (("query_norm", "q"), ("key_norm", "k")):
        names = f"{old}.attn.qknorm.{letter}norm.scale", f"{new}.attn.norm_{letter}.weight"
        yield from _iter_vector(f"{ours}.attention.{part}.weight", head, *names)
    for part, shape in (("gate", (hidden, width)), ("up", (hidden, width)), ("down", (width, hidden))):
        places = f"{old}.mlp.{part}", f"{new}.ff.{part}"
        yield from linear_weights(f"{ours}.feed_forward.{part}", shape, *places, bias=False)
    yield from _iter_vector(f"{ours}.attention_norm.weight", width, f"{old}.prenorm.scale", f"{new}.norm1.weight")
    yield from _iter_vector(f"{ours}.feed_forward_norm.weight", width, f"{old}.postnorm.scale", f"{new}.norm2.weight")


def _iter_vector(ours: str, size: int, *places: str) -> Weights:
    """Yield a one-dimensional weight, with its names in the file layouts."""
    yield Weight(ours, (size,), tuple(map(Source, places)))
