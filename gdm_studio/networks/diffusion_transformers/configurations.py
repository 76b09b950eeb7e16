"""Configurations of diffusion transformers, and the names, shapes and sources of their weights. Does not import torch.

Queries, keys, values, gates, shifts and scales are separate layers here. Files often store several of them as rows of
one tensor, so a weight is read as a view of some rows.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor

Shape = tuple[int, ...]


class Source(NamedTuple):
    """Location of a weight in a checkpoint file: the name of a tensor, and the rows of it that contain the weight."""

    name: str
    # Index of the first row.
    begin: int = 0
    # Number of rows of the whole tensor; 0 if it has no other rows.
    rows: int = 0


class Weight(NamedTuple):
    """Name and shape of a network's weight, with its possible locations in checkpoint files of the original layout and
    of diffusers.
    """

    name: str
    shape: Shape
    sources: tuple[Source, ...]

    def source_in(self, names: Container[str]) -> Source:
        """Return the location of the weight in a file that contains tensors with these names. Raises KeyError if the
        weight is missing.
        """
        for source in self.sources:
            if source.name in names:
                return source
        raise KeyError(self.sources[0].name)

    def source_shape(self, source: Source) -> Shape:
        """Return the expected shape of the tensor at a location in a checkpoint file. It has more rows than the weight
        if it also contains other weights.
        """
        return (source.rows or self.shape[0], *self.shape[1:])

    def read(self, tensors: Mapping[str, Tensor]) -> Tensor:
        """Extract the weight from a file's tensors, as a view without a copy.

        Raises KeyError if it is missing, and ValueError if its tensor has another shape.
        """
        source = self.source_in(tensors)
        tensor = tensors[source.name]
        if tuple(tensor.shape) != self.source_shape(source):
            raise ValueError(f"{source.name} has the shape {tuple(tensor.shape)}")
        return tensor[source.begin : source.begin + self.shape[0]]


Weights = Iterator[Weight]
# A source as it is written below: the name of a layer, or some rows of it.
Place = Source | str


@dataclass(frozen=True)
class Flux1Config:
    """Hyperparameters of the transformer `Flux1`, such as its layer widths. The defaults are those of FLUX.1 dev."""

    # Channels per input token: 64, or more with a masked image (Fill) or a control image (Canny, Depth).
    inputs: int = 64
    outputs: int = 64
    width: int = 3072
    heads: int = 24
    # Blocks with separate weights for text and image, and blocks with the same weights for both.
    double: int = 19
    single: int = 38
    # Width of the text tokens.
    context: int = 4096
    # Width of the pooled text; 0 for none (Chroma).
    pooled: int = 768
    # True if the network is conditioned on the guidance scale (dev).
    guided: bool = True
    # Width and number of layers of the network that computes all modulations from the time; 0 for none (Chroma).
    approximator: int = 0
    approximator_layers: int = 5
    # Channels of a head that are rotated by each axis of a token's position.
    axes: tuple[int, ...] = (16, 56, 56)


@dataclass(frozen=True)
class Flux2Config:
    """Hyperparameters of the transformer `Flux2`, such as its layer widths. The defaults are those of FLUX.2
    Klein 4B.
    """

    inputs: int = 128
    width: int = 3072
    heads: int = 24
    double: int = 5
    single: int = 20
    context: int = 7680
    guided: bool = False
    axes: tuple[int, ...] = (32, 32, 32, 32)


@dataclass(frozen=True)
class SD3Config:
    """Hyperparameters of the transformer `SD3`, such as its layer widths. The defaults are those of Stable Diffusion 3
    Medium.
    """

    channels: int = 16
    width: int = 1536
    heads: int = 24
    depth: int = 24
    context: int = 4096
    pooled: int = 2048
    # Side of the square table of positions, in patches.
    positions: int = 192
    # True if queries and keys are normalised (3.5).
    normed: bool = False
    # Number of first blocks with a second attention of the image to itself (13 in 3.5 Medium).
    dual: int = 0


@dataclass(frozen=True)
class ZImageConfig:
    """Hyperparameters of the transformer `ZImage`, such as its layer widths. The defaults are those of Z-Image, and
    `LUMINA_2` contains those of Lumina 2.
    """

    channels: int = 16
    width: int = 3840
    heads: int = 30
    # Heads of keys and values, each shared by several heads of queries.
    value_heads: int = 30
    depth: int = 30
    # Blocks for the text alone, and for the image alone.
    refiners: int = 2
    hidden: int = 10240
    context: int = 2560
    # Widths of the time embedding, and of the layer before it.
    time: int = 256
    time_hidden: int = 1024
    # True if text and image are padded to multiples of 32 tokens by learned tokens.
    padded: bool = True
    # True for Lumina 2: other names, SiLU before each modulation, times from 0 to 1, text positions from 0.
    lumina: bool = False
    axes: tuple[int, ...] = (32, 48, 48)
    theta: float = 256.0


LUMINA_2 = ZImageConfig(
    width=2304,
    heads=24,
    value_heads=8,
    depth=26,
    hidden=9216,
    context=2304,
    time=1024,
    padded=False,
    lumina=True,
    axes=(32, 32, 32),
    theta=10000.0,
)
# Number of sines that encode a time or a guidance scale, and number of sines that encode an index in Chroma.
WAVES, INDEX_WAVES = 256, 32


class _Stream(NamedTuple):
    """Names of the layers for one stream (text or image) of a joint transformer block in diffusers' file layout."""

    modulation: str
    query: str
    key: str
    value: str
    query_norm: str
    key_norm: str
    out: str
    feed_forward: str


_STREAMS = {
    "image": _Stream(
        "norm1.linear", "attn.to_q", "attn.to_k", "attn.to_v", "attn.norm_q", "attn.norm_k", "attn.to_out.0", "ff"
    ),
    "text": _Stream(
        "norm1_context.linear",
        *("attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj"),
        *("attn.norm_added_q", "attn.norm_added_k"),
        *("attn.to_add_out", "ff_context"),
    ),
}
_TIME = "time_text_embed.timestep_embedder"
_POOLED = "time_text_embed.text_embedder"
_ABBREVIATIONS = {"image": "img", "text": "txt"}


def flux1_weights(config: Flux1Config) -> Weights:
    """Yield the name, shape and file locations of every weight of the transformer `Flux1`."""
    width = config.width
    yield from linear_weights("image_in", (width, config.inputs), "img_in", "x_embedder")
    yield from linear_weights("text_in", (width, config.context), "txt_in", "context_embedder")
    if not config.approximator:
        yield from perceptron_weights("time_in", (WAVES, width, width), "time_in", _TIME)
    if config.pooled:
        yield from perceptron_weights("pooled_in", (config.pooled, width, width), "vector_in", _POOLED)
    if config.guided:
        guidance = "time_text_embed.guidance_embedder"
        yield from perceptron_weights("guidance_in", (WAVES, width, width), "guidance_in", guidance)
    if config.approximator:
        yield from _iter_approximator(config)
    for number in range(config.double):
        for stream, theirs in _STREAMS.items():
            ours = f"joint.{number}.{stream}"
            old = f"double_blocks.{number}.{_ABBREVIATIONS[stream]}"
            new = f"transformer_blocks.{number}"
            if not config.approximator:
                places = f"{old}_mod.lin", f"{new}.{theirs.modulation}"
                yield from linear_weights(f"{ours}_modulation", (6 * width, width), *places)
            yield from _iter_flux_attention(f"{ours}.attention", config, f"{old}_attn", new, theirs, bias=True)
            ff = f"{new}.{theirs.feed_forward}.net"
            yield from linear_weights(f"{ours}.feed_forward.up", (4 * width, width), f"{old}_mlp.0", f"{ff}.0.proj")
            yield from linear_weights(f"{ours}.feed_forward.down", (width, 4 * width), f"{old}_mlp.2", f"{ff}.2")
    for number in range(config.single):
        ours, old = f"parallel.{number}", f"single_blocks.{number}"
        new = f"single_transformer_blocks.{number}"
        if not config.approximator:
            places = f"{old}.modulation.lin", f"{new}.norm.linear"
            yield from linear_weights(f"{ours}.modulation", (3 * width, width), *places)
        rows = 7 * width
        for index, part in enumerate(("query", "key", "value")):
            rows_of = Source(f"{old}.linear1", index * width, rows)
            yield from linear_weights(f"{ours}.attention.{part}", (width, width), rows_of, f"{new}.attn.to_{part[0]}")
        yield from _iter_qk_norms(f"{ours}.attention", width // config.heads, f"{old}.norm", f"{new}.attn")
        rows_of = Source(f"{old}.linear1", 3 * width, rows)
        yield from linear_weights(f"{ours}.feed_forward.up", (4 * width, width), rows_of, f"{new}.proj_mlp")
        yield from linear_weights(f"{ours}.out", (width, 5 * width), f"{old}.linear2", f"{new}.proj_out")
    if not config.approximator:
        yield from _iter_last_modulation(width, bias=True)
    yield from linear_weights("out", (config.outputs, width), "final_layer.linear", "proj_out")


def flux2_weights(config: Flux2Config) -> Weights:
    """Yield the name, shape and file locations of every weight of the transformer `Flux2`."""
    width = config.width
    hidden = 3 * width
    yield from linear_weights("image_in", (width, config.inputs), "img_in", "x_embedder", bias=False)
    yield from linear_weights("text_in", (width, config.context), "txt_in", "context_embedder", bias=False)
    embedders = {"time": "timestep_embedder"} | ({"guidance": "guidance_embedder"} if config.guided else {})
    for ours, embedder in embedders.items():
        place = f"time_guidance_embed.{embedder}"
        yield from perceptron_weights(f"{ours}_in", (WAVES, width, width), f"{ours}_in", place, bias=False)
    for ours, place, count in (
        ("image_modulation", "double_stream_modulation_img", 6),
        ("text_modulation", "double_stream_modulation_txt", 6),
        ("single_modulation", "single_stream_modulation", 3),
    ):
        yield from linear_weights(ours, (count * width, width), f"{place}.lin", f"{place}.linear", bias=False)
    for number in range(config.double):
        for stream, theirs in _STREAMS.items():
            ours = f"joint.{number}.{stream}"
            old = f"double_blocks.{number}.{_ABBREVIATIONS[stream]}"
            new = f"transformer_blocks.{number}"
            yield from _iter_flux_attention(f"{ours}.attention", config, f"{old}_attn", new, theirs, bias=False)
            ff = f"{new}.{theirs.feed_forward}"
            for index, part in enumerate(("gate", "up")):
                places = [Source(name, index * hidden, 2 * hidden) for name in (f"{old}_mlp.0", f"{ff}.linear_in")]
                yield from linear_weights(f"{ours}.feed_forward.{part}", (hidden, width), *places, bias=False)
            down = f"{old}_mlp.2", f"{ff}.linear_out"
            yield from linear_weights(f"{ours}.feed_forward.down", (width, hidden), *down, bias=False)
    for number in range(config.single):
        ours, old = f"parallel.{number}", f"single_blocks.{number}"
        new = f"single_transformer_blocks.{number}.attn"
        begin = 0
        for part, rows in (
            ("attention.query", width),
            ("attention.key", width),
            ("attention.value", width),
            ("feed_forward.gate", hidden),
            ("feed_forward.up", hidden),
        ):
            layers = f"{old}.linear1", f"{new}.to_qkv_mlp_proj"
            places = [Source(layer, begin, 3 * width + 2 * hidden) for layer in layers]
            yield from linear_weights(f"{ours}.{part}", (rows, width), *places, bias=False)
            begin += rows
        yield from _iter_qk_norms(f"{ours}.attention", width // config.heads, f"{old}.norm", new)
        yield from linear_weights(f"{ours}.out", (width, width + hidden), f"{old}.linear2", f"{new}.to_out", bias=False)
    yield from _iter_last_modulation(width, bias=False)
    yield from linear_weights("out", (config.inputs, width), "final_layer.linear", "proj_out", bias=False)


def sd3_weights(config: SD3Config) -> Weights:
    """Yield the name, shape and file locations of every weight of the transformer `SD3`."""
    width = config.width
    places = Source("pos_embed"), Source("pos_embed.pos_embed")
    yield Weight("positions", (1, config.positions**2, width), places)
    yield from linear_weights("image_in", (width, config.channels, 2, 2), "x_embedder.proj", "pos_embed.proj")
    yield from linear_weights("text_in", (width, config.context), "context_embedder", "context_embedder")
    yield from perceptron_weights("time_in", (WAVES, width, width), "t_embedder.mlp", _TIME)
    yield from perceptron_weights("pooled_in", (config.pooled, width, width), "y_embedder.mlp", _POOLED)
    for number in range(config.depth):
        new = f"transformer_blocks.{number}"
        is_last = number == config.depth - 1
        for stream, theirs in _STREAMS.items():
            ours = f"blocks.{number}.{stream}"
            old = f"joint_blocks.{number}.{'x_block' if stream == 'image' else 'context_block'}"
            is_short = is_last and stream == "text"
            modulation = f"{old}.adaLN_modulation.1", f"{new}.{theirs.modulation}"
            if is_short:
                yield from _iter_shift_and_scale(f"{ours}_modulation", width, *modulation)
            else:
                count = 9 if stream == "image" and number < config.dual else 6
                yield from linear_weights(f"{ours}_modulation", (count * width, width), *modulation)
            yield from _iter_sd3_attention(
                f"{ours}.attention", config, f"{old}.attn", new, theirs, has_out=not is_short
            )
            if stream == "image" and number < config.dual:
                second = theirs._replace(
                    **{part: name.replace("attn.", "attn2.") for part, name in theirs._asdict().items()}
                )
                yield from _iter_sd3_attention(f"blocks.{number}.second", config, f"{old}.attn2", new, second)
            if not is_short:
                ff = f"{new}.{theirs.feed_forward}.net"
                yield from linear_weights(
                    f"{ours}.feed_forward.up", (4 * width, width), f"{old}.mlp.fc1", f"{ff}.0.proj"
                )
                yield from linear_weights(f"{ours}.feed_forward.down", (width, 4 * width), f"{old}.mlp.fc2", f"{ff}.2")
    yield from _iter_last_modulation(width, bias=True)
    yield from linear_weights("out", (4 * config.channels, width), "final_layer.linear", "proj_out")


def z_image_weights(config: ZImageConfig) -> Weights:
    """Yield the name, shape and file locations of every weight of the transformer `ZImage`."""
    width = config.width
    numbers = 4 * config.channels
    new = "time_caption_embed.caption_embedder" if config.lumina else "cap_embedder"
    image = "x_embedder" if config.lumina else "all_x_embedder.2-1"
    last = ("norm_out.linear_1", "norm_out.linear_2")
    if not config.lumina:
        last = ("all_final_layer.2-1.adaLN_modulation.1", "all_final_layer.2-1.linear")
    yield from linear_weights("image_in", (width, numbers), "x_embedder", image)
    yield from norm_weights("text_norm", config.context, "cap_embedder.0", f"{new}.0")
    yield from linear_weights("text_in", (width, config.context), "cap_embedder.1", f"{new}.1")
    sizes = WAVES, config.time_hidden, config.time
    time = "time_caption_embed.timestep_embedder" if config.lumina else "t_embedder.mlp"
    yield from perceptron_weights("time_in", sizes, "t_embedder.mlp", time)
    if config.padded:
        for ours, theirs in (("image_pad", "x_pad_token"), ("text_pad", "cap_pad_token")):
            yield Weight(ours, (1, width), (Source(theirs),))
    for group, count in (
        ("noise_refiner", config.refiners),
        ("context_refiner", config.refiners),
        ("layers", config.depth),
    ):
        for number in range(count):
            yield from z_image_block_weights(f"{group}.{number}", config, modulated=group != "context_refiner")
    yield from linear_weights("last_scale", (width, config.time), "final_layer.adaLN_modulation.1", last[0])
    yield from linear_weights("out", (numbers, width), "final_layer.linear", last[1])


def z_image_block_weights(block: str, config: ZImageConfig, *, modulated: bool) -> Weights:
    """Yield the weights of one transformer block of Z-Image, whose layers have the same names in all file layouts."""
    width = config.width
    head = width // config.heads
    values = config.value_heads * head
    rows = width + 2 * values
    attention = f"{block}.{'attn' if config.lumina else 'attention'}"
    begin = 0
    for part, count in (("query", width), ("key", values), ("value", values)):
        places = Source(f"{block}.attention.qkv", begin, rows), f"{attention}.to_{part[0]}"
        yield from linear_weights(f"{block}.attention.{part}", (count, width), *places, bias=False)
        begin += count
    for part in "qk":
        ours = f"{block}.attention.{'query' if part == 'q' else 'key'}_norm"
        yield from norm_weights(ours, head, f"{block}.attention.{part}_norm", f"{attention}.norm_{part}")
    out = f"{block}.attention.out", f"{attention}.to_out.0"
    yield from linear_weights(f"{block}.attention.out", (width, width), *out, bias=False)
    for part, number, shape in (
        ("gate", 1, (config.hidden, width)),
        ("down", 2, (width, config.hidden)),
        ("up", 3, (config.hidden, width)),
    ):
        names = f"{block}.feed_forward.w{number}", f"{block}.feed_forward.linear_{number}"
        yield from linear_weights(f"{block}.feed_forward.{part}", shape, *names, bias=False)
    norm = f"{block}.norm1.norm" if modulated else f"{block}.norm1"
    yield from norm_weights(f"{block}.attention_norm", width, f"{block}.attention_norm1", norm)
    yield from norm_weights(f"{block}.attention_out_norm", width, f"{block}.attention_norm2", f"{block}.norm2")
    yield from norm_weights(f"{block}.feed_forward_norm", width, f"{block}.ffn_norm1")
    yield from norm_weights(f"{block}.feed_forward_out_norm", width, f"{block}.ffn_norm2")
    if modulated:
        modulation = f"{block}.adaLN_modulation.{int(config.lumina)}", f"{block}.norm1.linear"
        yield from linear_weights(f"{block}.modulation", (4 * width, config.time), *modulation)


def _iter_approximator(config: Flux1Config) -> Weights:
    """Yield the weights of Chroma's approximator, the network that computes the modulations of all transformer
    blocks.
    """
    theirs = "distilled_guidance_layer"
    wide = config.approximator
    yield from linear_weights("approximator.into", (wide, 2 * INDEX_WAVES), f"{theirs}.in_proj")
    for number in range(config.approximator_layers):
        ours, layer = f"approximator.layers.{number}", f"{theirs}.layers.{number}"
        yield from _iter_scale(f"approximator.norms.{number}", wide, f"{theirs}.norms.{number}")
        yield from linear_weights(f"{ours}.0", (wide, wide), f"{layer}.in_layer", f"{layer}.linear_1")
        yield from linear_weights(f"{ours}.2", (wide, wide), f"{layer}.out_layer", f"{layer}.linear_2")
    yield from linear_weights("approximator.out", (config.width, wide), f"{theirs}.out_proj")


def _iter_flux_attention(
    ours: str, config: Flux1Config | Flux2Config, old: str, new: str, theirs: _Stream, *, bias: bool
) -> Weights:
    width = config.width
    for index, (part, name) in enumerate((("query", theirs.query), ("key", theirs.key), ("value", theirs.value))):
        places = Source(f"{old}.qkv", index * width, 3 * width), f"{new}.{name}"
        yield from linear_weights(f"{ours}.{part}", (width, width), *places, bias=bias)
    for part, name in (("query_norm", theirs.query_norm), ("key_norm", theirs.key_norm)):
        yield from _iter_scale(f"{ours}.{part}", width // config.heads, f"{old}.norm.{part}", f"{new}.{name}")
    yield from linear_weights(f"{ours}.out", (width, width), f"{old}.proj", f"{new}.{theirs.out}", bias=bias)


def _iter_sd3_attention(
    ours: str, config: SD3Config, old: str, new: str, theirs: _Stream, *, has_out: bool = True
) -> Weights:
    width = config.width
    for index, (part, name) in enumerate((("query", theirs.query), ("key", theirs.key), ("value", theirs.value))):
        places = Source(f"{old}.qkv", index * width, 3 * width), f"{new}.{name}"
        yield from linear_weights(f"{ours}.{part}", (width, width), *places)
    for part, name in (("query_norm", theirs.query_norm), ("key_norm", theirs.key_norm)) if config.normed else ():
        yield from norm_weights(f"{ours}.{part}", width // config.heads, f"{old}.ln_{part[0]}", f"{new}.{name}")
    if has_out:
        yield from linear_weights(f"{ours}.out", (width, width), f"{old}.proj", f"{new}.{theirs.out}")


def _iter_qk_norms(ours: str, width: int, old: str, new: str) -> Weights:
    """Yield the weights of the query and key normalisations (QK norm) of an attention layer with a single stream of
    tokens.
    """
    yield from _iter_scale(f"{ours}.query_norm", width, f"{old}.query_norm", f"{new}.norm_q")
    yield from _iter_scale(f"{ours}.key_norm", width, f"{old}.key_norm", f"{new}.norm_k")


def _iter_last_modulation(width: int, *, bias: bool) -> Weights:
    places = "final_layer.adaLN_modulation.1", "norm_out.linear"
    return _iter_shift_and_scale("last_modulation", width, *places, bias=bias)


def _iter_shift_and_scale(ours: str, width: int, old: str, new: str, *, bias: bool = True) -> Weights:
    """Yield the weights of a layer that computes a shift and a scale, which the original layout and diffusers store in
    opposite order.
    """
    for index, part in enumerate(("shift", "scale")):
        places = Source(old, index * width, 2 * width), Source(new, (1 - index) * width, 2 * width)
        yield from linear_weights(f"{ours}.{part}", (width, width), *places, bias=bias)


def perceptron_weights(ours: str, sizes: tuple[int, int, int], old: str, new: str, *, bias: bool = True) -> Weights:
    """Yield the weights of a two-layer perceptron with the given input, hidden and output sizes."""
    names = ("0", "2") if old.endswith(".mlp") else ("in_layer", "out_layer")
    for index, (into, out) in enumerate((sizes[:2], sizes[1:])):
        theirs = f"{new}.{names[index]}" if new == old else f"{new}.linear_{index + 1}"
        yield from linear_weights(f"{ours}.{2 * index}", (out, into), f"{old}.{names[index]}", theirs, bias=bias)


def linear_weights(ours: str, shape: Shape, *places: Place, bias: bool = True) -> Weights:
    """Yield the weight and the bias of a linear layer. `places` are its names or locations in the file layouts."""
    for end, size in (("weight", shape), ("bias", shape[:1])) if bias else (("weight", shape),):
        sources = (Source(place) if isinstance(place, str) else place for place in places)
        yield Weight(f"{ours}.{end}", size, tuple(source._replace(name=f"{source.name}.{end}") for source in sources))


def norm_weights(ours: str, width: int, *places: str) -> Weights:
    """Yield the weight of a normalisation layer."""
    yield Weight(f"{ours}.weight", (width,), tuple(Source(f"{place}.weight") for place in places))


def _iter_scale(ours: str, width: int, *places: str) -> Weights:
    """Yield the weight of a normalisation layer that is called "scale" in the original layout and "weight" in ComfyUI's
    files.
    """
    for weight in norm_weights(ours, width, *places):
        yield weight._replace(sources=(Source(f"{places[0]}.scale"), *weight.sources))
