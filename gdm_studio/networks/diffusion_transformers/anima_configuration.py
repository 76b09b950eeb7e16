"""Configuration of Anima's transformer, and the names and shapes of its weights. Does not import torch."""

from __future__ import annotations

from dataclasses import dataclass

from gdm_studio.networks.diffusion_transformers.configurations import Source, Weights, linear_weights, norm_weights


@dataclass(frozen=True)
class AnimaConfig:
    """Hyperparameters of the transformer `Anima`, such as its layer widths. The defaults are those of Anima."""

    channels: int = 16
    width: int = 2048
    heads: int = 16
    depth: int = 28
    # Width inside the perceptrons.
    hidden: int = 8192
    # Width between the two layers that compute a modulation.
    rank: int = 256
    # Width of the text tokens, which the text adapter computes.
    context: int = 1024
    # Width of the text encoder's hidden states, which the text adapter reads.
    text: int = 1024
    # Size of T5's vocabulary, and heads, blocks and width inside the perceptrons of the text adapter.
    vocabulary: int = 32128
    text_heads: int = 16
    text_depth: int = 6
    text_hidden: int = 4096
    # Channels of a head that are rotated by each axis of a token's position.
    axes: tuple[int, ...] = (44, 42, 42)


# Layers of a block in the order of diffusers' numbers: our name, the original name and that of diffusers.
_LAYERS = (
    ("self_attention", "self_attn", "attn1"),
    ("attention", "cross_attn", "attn2"),
    ("feed_forward", "mlp", "ff"),
)


def anima_weights(config: AnimaConfig) -> Weights:
    """Yield the name, shape and file locations of every weight of the transformer `Anima`: the names of the original
    release and those of diffusers, where the text adapter is a network of its own.
    """
    width, rank = config.width, config.rank
    shape = width, 4 * (config.channels + 1)
    yield from linear_weights("image_in", shape, "x_embedder.proj.1", "patch_embed.proj", bias=False)
    for number, name, rows in ((0, "linear_1", width), (2, "linear_2", 3 * width)):
        places = f"t_embedder.1.{name}", f"time_embed.t_embedder.{name}"
        yield from linear_weights(f"time_in.{number}", (rows, width), *places, bias=False)
    yield from norm_weights("time_norm", width, "t_embedding_norm", "time_embed.norm")
    for number in range(config.depth):
        ours, new = f"blocks.{number}", f"transformer_blocks.{number}"
        for index, (layer, theirs, named) in enumerate(_LAYERS, 1):
            places = f"{ours}.adaln_modulation_{theirs}", f"{new}.norm{index}.linear"
            yield from _iter_modulation(f"{ours}.{layer}_modulation", width, rank, 3, *places)
            if layer == "feed_forward":
                continue
            source = config.context if layer == "attention" else width
            for part, name, columns in (("query", "q", width), ("key", "k", source), ("value", "v", source)):
                places = f"{ours}.{theirs}.{name}_proj", f"{new}.{named}.to_{name}"
                yield from linear_weights(f"{ours}.{layer}.{part}", (width, columns), *places, bias=False)
            for part, name in (("query_norm", "q"), ("key_norm", "k")):
                places = f"{ours}.{theirs}.{name}_norm", f"{new}.{named}.norm_{name}"
                yield from norm_weights(f"{ours}.{layer}.{part}", width // config.heads, *places)
            places = f"{ours}.{theirs}.output_proj", f"{new}.{named}.to_out.0"
            yield from linear_weights(f"{ours}.{layer}.out", (width, width), *places, bias=False)
        for part, theirs, named, shape in (
            ("0", "layer1", "0.proj", (config.hidden, width)),
            ("2", "layer2", "2", (width, config.hidden)),
        ):
            places = f"{ours}.mlp.{theirs}", f"{new}.ff.net.{named}"
            yield from linear_weights(f"{ours}.feed_forward.{part}", shape, *places, bias=False)
    yield from _iter_modulation("last_modulation", width, rank, 2, "final_layer.adaln_modulation", "norm_out.linear")
    yield from linear_weights("out", (4 * config.channels, width), "final_layer.linear", "proj_out", bias=False)
    yield from _iter_adapter(config)


def _iter_modulation(ours: str, width: int, rank: int, count: int, old: str, new: str) -> Weights:
    """Yield the weights of the two layers that compute `count` shifts, scales and gates."""
    yield from linear_weights(f"{ours}.0", (rank, width), f"{old}.1", f"{new}_1", bias=False)
    yield from linear_weights(f"{ours}.1", (count * width, rank), f"{old}.2", f"{new}_2", bias=False)


def _iter_adapter(config: AnimaConfig) -> Weights:
    """Yield the weights of the text adapter, which has the same names in diffusers, below another prefix."""
    for weight in _iter_adapter_weights(config):
        (source,) = weight.sources
        starts = "llm_adapter", "text_conditioner"
        yield weight._replace(sources=tuple(Source(f"{start}.{source.name}") for start in starts))


def _iter_adapter_weights(config: AnimaConfig) -> Weights:
    width, head = config.context, config.context // config.text_heads
    yield from linear_weights("text_adapter.tokens", (config.vocabulary, width), "embed", bias=False)
    for number in range(config.text_depth):
        ours, theirs = f"text_adapter.blocks.{number}", f"blocks.{number}"
        for layer, named, source in (("self_attention", "self_attn", width), ("attention", "cross_attn", config.text)):
            yield from norm_weights(f"{ours}.{layer}_norm", width, f"{theirs}.norm_{named}")
            place = f"{theirs}.{named}"
            for part, name, columns in (("query", "q", width), ("key", "k", source), ("value", "v", source)):
                shape = width, columns
                yield from linear_weights(f"{ours}.{layer}.{part}", shape, f"{place}.{name}_proj", bias=False)
            for part, name in (("query_norm", "q"), ("key_norm", "k")):
                yield from norm_weights(f"{ours}.{layer}.{part}", head, f"{place}.{name}_norm")
            yield from linear_weights(f"{ours}.{layer}.out", (width, width), f"{place}.o_proj", bias=False)
        yield from norm_weights(f"{ours}.feed_forward_norm", width, f"{theirs}.norm_mlp")
        yield from linear_weights(f"{ours}.feed_forward.0", (config.text_hidden, width), f"{theirs}.mlp.0")
        yield from linear_weights(f"{ours}.feed_forward.2", (width, config.text_hidden), f"{theirs}.mlp.2")
    yield from linear_weights("text_adapter.out", (width, width), "out_proj")
    yield from norm_weights("text_adapter.norm", width, "norm")
