"""Configurations of Stable Diffusion's networks, and the names and shapes of their weights. Does not import torch."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

Shape = tuple[int, ...]
Named = Iterator[tuple[str, Shape]]
# The number of transformer blocks after each residual block, by level.
Depths = tuple[tuple[int, ...], ...]
# Side of the squares of pixels that become channels, in T2I-Adapters for SDXL.
XL_UNSHUFFLE = 16
# Number of convolutions that encode a ControlNet's control image, without the last one.
HINT_LAYERS = 7
# Numbers that encode whether a union of ControlNets has a mode.
MODE_SIZE = 256


@dataclass(frozen=True)
class UNetConfig:
    """Hyperparameters of Stable Diffusion's denoising network `UNet`, such as its layer widths. The defaults are those
    of Stable Diffusion 1. Levels are ordered from fine to coarse.
    """

    # Channels of the input; 9 for inpainting (latents, mask, and latents of the masked image).
    in_channels: int = 4
    out_channels: int = 4
    # Width of the first level.
    channels: int = 320
    # Widths of the levels, in multiples of `channels`.
    widths: tuple[int, ...] = (1, 2, 4, 4)
    down: Depths = ((1, 1), (1, 1), (1, 1), (0, 0))
    middle: int = 1
    up: Depths = ((1, 1, 1), (1, 1, 1), (1, 1, 1), (0, 0, 0))
    # Width of the text tokens.
    context: int = 768
    # Heads of every attention; 0 for heads of 64 channels.
    heads: int = 8
    # Width of the vector of pooled text and image sizes; 0 for none.
    vector: int = 0
    # Number of features that encode the guidance scale of a guidance-distilled model; 0 for other models.
    guidance: int = 0


@dataclass(frozen=True)
class ControlNetConfig:
    """Hyperparameters of a `ControlNet`, such as its layer widths. Its encoder has the sizes of a U-Net's encoder with
    4 input channels.
    """

    encoder: UNetConfig
    # Widths of the convolutions that read the control image, from fine to coarse.
    hint: tuple[int, ...] = (16, 32, 96, 256)
    # Number of modes of a union, such as pose and depth, and of its mode layers; 0 for a ControlNet with a single mode.
    modes: int = 0
    layers: int = 0

    @property
    def hint_layers(self) -> tuple[tuple[int, int], ...]:
        """Channels and stride of each convolution that encodes the control image, as pairs (channels, stride). The last
        convolution is not included.
        """
        first, *others = self.hint
        pairs = zip((first, *others), others, strict=False)
        return ((first, 1), *(layer for width, wider in pairs for layer in ((width, 1), (wider, 2))))


@dataclass(frozen=True)
class AdapterConfig:
    """Hyperparameters of a `T2IAdapter`, such as its layer widths. The defaults are those for Stable Diffusion 1."""

    # Channels of the control image: 3, or 1 for its brightness.
    inputs: int = 3
    # Side of the squares of pixels that become channels: 8, or 16 for SDXL.
    unshuffle: int = 8
    # Channels of the features, from fine to coarse.
    channels: tuple[int, ...] = (320, 640, 1280, 1280)
    # Residual blocks for each of the features.
    blocks: int = 2
    # True if the adapter is the small variant, whose residual blocks have a quarter of the channels.
    light: bool = False

    @property
    def shrinks(self) -> tuple[bool, ...]:
        """Tuple with one flag per feature map, True if the map has half the height and width of the previous one. In
        SDXL, only the third map is smaller.
        """
        places = range(len(self.channels))
        return tuple(place == 2 if self.unshuffle == XL_UNSHUFFLE else place > 0 for place in places)

    @property
    def kernel(self) -> int:
        """Kernel size of the second convolution in each residual block of the T2I-Adapter."""
        return 3 if self.light else 1


@dataclass(frozen=True)
class AutoencoderConfig:
    """Hyperparameters of an `Autoencoder`, such as its layer widths. The defaults are those of Stable Diffusion.

    Levels are ordered from fine to coarse.
    """

    # Width of the first level.
    channels: int = 128
    # Widths of the levels, in multiples of `channels`.
    widths: tuple[int, ...] = (1, 2, 4, 4)
    # Number of residual blocks per level of the encoder. The decoder has one more.
    blocks: int = 2
    # Channels of the latents.
    latent: int = 4
    # True if there is a 1x1 convolution after the encoder and before the decoder.
    quant: bool = True
    # True for the autoencoder of Wan 2.1 and Qwen-Image, applied to a single frame. It normalises each position, and
    # halves the channels where it doubles the resolution.
    video: bool = False


@dataclass(frozen=True)
class ClipConfig:
    """Hyperparameters of CLIP's text encoder `ClipText`, such as its layer widths. The defaults are those of
    ViT-L/14.
    """

    width: int = 768
    layers: int = 12
    heads: int = 12
    vocabulary: int = 49408
    # Number of tokens of a prompt, including the start and the end token.
    length: int = 77
    # True for sigmoid(1.702·x)·x, as in OpenAI's weights, instead of GELU, as in OpenCLIP's.
    quick: bool = True
    # Width of the pooled vector; 0 for none.
    projection: int = 0


@dataclass(frozen=True)
class ResamplerConfig:
    """Hyperparameters of the `Resampler` of an IP-Adapter Plus, such as its layer widths."""

    width: int
    layers: int
    # Width of all heads together, and of the hidden layer of the feed-forward networks.
    attention: int
    hidden: int


@dataclass(frozen=True)
class IPAdapterConfig:
    """Hyperparameters of an `IPAdapter`, such as its layer widths."""

    # Width of the encoded image: the pooled one or, with a resampler, that of each patch.
    inputs: int
    # Number and width of the tokens that the U-Net attends to.
    tokens: int
    context: int
    # Width of each cross-attention layer, in the order of `UNet.cross_attentions`.
    widths: tuple[int, ...]
    resampler: ResamplerConfig | None = None


def unet_weights(config: UNetConfig) -> Named:
    """Yield the name and shape of every weight of a `UNet`. Raises ValueError or IndexError for an impossible
    configuration.
    """
    skips = yield from _iter_encoder(config)
    here = skips[-1]
    widths = [config.channels * width for width in config.widths]
    place = 0
    for level, (width, depths) in reversed(list(enumerate(zip(widths, config.up, strict=True)))):
        for number, depth in enumerate(depths, start=1):
            yield from _iter_block(f"output_blocks.{place}", config, here + skips.pop(), width, depth)
            here = width
            if level > 0 and number == len(depths):
                yield from _iter_layers(f"output_blocks.{place}.{2 if depth else 1}", ("conv", here, here, 3, 3))
            place += 1
    if skips:
        raise ValueError(f"{len(skips)} levels of the downward path have no counterpart on the upward path")
    yield from _iter_layers("out", ("0", here), ("2", config.out_channels, here, 3, 3))


def encoder_weights(config: UNetConfig) -> Named:
    """Yield the name and shape of every weight in the encoder half of a `UNet`, which a `ControlNet` also has."""
    yield from _iter_encoder(config)


def control_net_weights(config: ControlNetConfig) -> Named:
    """Yield the name and shape of every weight of a `ControlNet`. Raises ValueError for an impossible configuration."""
    skips = yield from _iter_encoder(config.encoder)
    first = config.encoder.channels
    here = 3
    for place, (width, _) in enumerate(config.hint_layers):
        yield from _iter_layers("input_hint_block", (str(2 * place), width, here, 3, 3))
        here = width
    yield from _iter_layers("input_hint_block", (str(2 * HINT_LAYERS), first, here, 3, 3))
    if config.modes:
        embedding = 4 * first
        inputs = MODE_SIZE * config.modes
        yield "task_embedding", (config.modes, first)
        yield from _iter_layers("spatial_ch_projs", ("", first, first))
        yield from _iter_layers("control_add_embedding", ("0", embedding, inputs), ("2", embedding, embedding))
    for layer in range(config.layers):
        name = f"transformer_layes.{layer}"
        yield f"{name}.attn.in_proj_weight", (3 * first, first)
        yield f"{name}.attn.in_proj_bias", (3 * first,)
        yield from _iter_layers(name, ("attn.out_proj", first, first), ("ln_1", first), ("ln_2", first))
        yield from _iter_layers(f"{name}.mlp", ("c_fc", 4 * first, first), ("c_proj", first, 4 * first))
    for place, width in enumerate(skips):
        yield from _iter_layers(f"zero_convs.{place}", ("0", width, width, 1, 1))
    yield from _iter_layers("middle_block_out", ("0", skips[-1], skips[-1], 1, 1))


def t2i_adapter_weights(config: AdapterConfig) -> Named:
    """Yield the name and shape of every weight that a `T2IAdapter` of this configuration has."""
    here = config.inputs * config.unshuffle**2
    if not config.light:
        yield from _iter_layers("", ("conv_in", config.channels[0], here, 3, 3))
        here = config.channels[0]
    for place, width in enumerate(config.channels):
        inside = width // 4 if config.light else width
        if here != inside:
            yield from _iter_layers(f"body.{place}", ("in_conv", inside, here, 1, 1))
        for block in range(config.blocks):
            second = ("block2", inside, inside, config.kernel, config.kernel)
            yield from _iter_layers(f"body.{place}.resnets.{block}", ("block1", inside, inside, 3, 3), second)
        if config.light:
            yield from _iter_layers(f"body.{place}", ("out_conv", width, inside, 1, 1))
        here = width


def ip_adapter_weights(config: IPAdapterConfig) -> Named:
    """Yield the name and shape of every weight that an `IPAdapter` of this configuration has."""
    context = config.context
    if (resampler := config.resampler) is None:
        yield from _iter_layers("image_proj", ("proj", config.tokens * context, config.inputs), ("norm", context))
    else:
        width = resampler.width
        yield "image_proj.latents", (1, config.tokens, width)
        yield from _iter_layers("image_proj", ("proj_in", width, config.inputs), ("proj_out", context, width))
        yield from _iter_layers("image_proj", ("norm_out", context))
        for layer in range(resampler.layers):
            name = f"image_proj.layers.{layer}"
            yield from _iter_layers(name, ("0.norm1", width), ("0.norm2", width), ("1.0", width))
            yield f"{name}.0.to_q.weight", (resampler.attention, width)
            yield f"{name}.0.to_kv.weight", (2 * resampler.attention, width)
            yield f"{name}.0.to_out.weight", (width, resampler.attention)
            yield f"{name}.1.1.weight", (resampler.hidden, width)
            yield f"{name}.1.3.weight", (width, resampler.hidden)
    for place, width in enumerate(config.widths):
        yield f"layers.{place}.to_k.weight", (width, context)
        yield f"layers.{place}.to_v.weight", (width, context)


def _iter_encoder(config: UNetConfig) -> Generator[tuple[str, Shape], None, list[int]]:
    """Yield the name and shape of each weight in the first half of a U-Net, from its input to its middle block.

    The generator returns the channel count after each block.
    """
    first = config.channels
    embedding = 4 * config.channels
    widths = [first * width for width in config.widths]
    yield from _iter_layers("time_embed", ("0", embedding, first), ("2", embedding, embedding))
    if config.guidance:
        yield "guidance_proj.weight", (first, config.guidance)
    if config.vector:
        yield from _iter_layers("label_emb.0", ("0", embedding, config.vector), ("2", embedding, embedding))
    yield from _iter_layers("input_blocks.0.0", ("", first, config.in_channels, 3, 3))
    skips = [first]
    here = first
    place = 1
    for level, (width, depths) in enumerate(zip(widths, config.down, strict=True)):
        for depth in depths:
            yield from _iter_block(f"input_blocks.{place}", config, here, width, depth)
            here = width
            place += 1
            skips.append(here)
        if level < len(widths) - 1:
            yield from _iter_layers(f"input_blocks.{place}.0", ("op", here, here, 3, 3))
            place += 1
            skips.append(here)
    yield from _iter_block("middle_block", config, here, here, config.middle)
    yield from _iter_residual(f"middle_block.{2 if config.middle else 1}", here, here, embedding)
    return skips


def autoencoder_weights(config: AutoencoderConfig) -> Named:
    """Yield the name and shape of every weight that an `Autoencoder` of this configuration has."""
    widths = [config.channels * width for width in config.widths]
    first = widths[0]
    last = widths[-1]
    latent = config.latent
    yield from _iter_layers(
        "encoder", ("conv_in", first, 3, 3, 3), ("norm_out", last), ("conv_out", 2 * latent, last, 3, 3)
    )
    yield from _iter_layers(
        "decoder", ("conv_in", last, latent, 3, 3), ("norm_out", first), ("conv_out", 3, first, 3, 3)
    )
    for level, (finer, width, coarser) in enumerate(zip([first, *widths], widths, [*widths[1:], last], strict=False)):
        for place, before, more in (("encoder.down", finer, 0), ("decoder.up", coarser, 1)):
            for number in range(config.blocks + more):
                yield from _iter_autoencoder_residual(
                    f"{place}.{level}.block.{number}", width if number else before, width
                )
        if level < len(widths) - 1:
            yield from _iter_layers(f"encoder.down.{level}", ("downsample.conv", width, width, 3, 3))
        if level:
            yield from _iter_layers(f"decoder.up.{level}", ("upsample.conv", width, width, 3, 3))
    parts = ("q", "k", "v", "proj_out")
    for side in ("encoder.mid", "decoder.mid"):
        yield from _iter_layers(f"{side}.attn_1", ("norm", last), *((part, last, last) for part in parts))
        for part in ("block_1", "block_2"):
            yield from _iter_autoencoder_residual(f"{side}.{part}", last, last)
    if config.quant:
        both = 2 * latent
        yield from _iter_layers("", ("quant_conv", both, both, 1, 1), ("post_quant_conv", latent, latent, 1, 1))


def clip_weights(config: ClipConfig) -> Named:
    """Yield the name and shape of every weight that a text encoder `ClipText` of this configuration has."""
    width = config.width
    parts = ("q_proj", "k_proj", "v_proj", "out_proj")
    yield "token_embedding.weight", (config.vocabulary, width)
    yield "position_embedding.weight", (config.length, width)
    for layer in range(config.layers):
        yield from _iter_layers(f"layers.{layer}", ("layer_norm1", width), ("layer_norm2", width))
        yield from _iter_layers(f"layers.{layer}.self_attn", *((part, width, width) for part in parts))
        yield from _iter_layers(f"layers.{layer}.mlp", ("fc1", 4 * width, width), ("fc2", width, 4 * width))
    yield from _iter_layers("final_layer_norm", ("", width))
    if config.projection:
        yield "text_projection.weight", (config.projection, width)


def _iter_block(name: str, config: UNetConfig, channels_in: int, width: int, depth: int) -> Named:
    """Yield the names and shapes of the weights in one block of a U-Net, which consists of a residual block and `depth`
    transformer blocks.
    """
    yield from _iter_residual(f"{name}.0", channels_in, width, 4 * config.channels)
    if depth:
        yield from _iter_layers(f"{name}.1", ("norm", width), ("proj_in", width, width), ("proj_out", width, width))
    for number in range(depth):
        here = f"{name}.1.transformer_blocks.{number}"
        yield from _iter_layers(here, ("norm1", width), ("norm2", width), ("norm3", width))
        yield from _iter_layers(f"{here}.ff.net", ("0.proj", 8 * width, width), ("2", width, 4 * width))
        for part, seen in ((f"{here}.attn1", width), (f"{here}.attn2", config.context)):
            for each, wide in (("to_q", width), ("to_k", seen), ("to_v", seen)):
                yield f"{part}.{each}.weight", (width, wide)
            yield from _iter_layers(part, ("to_out.0", width, width))


def _iter_residual(name: str, channels_in: int, width: int, embedding: int) -> Named:
    """Yield the name and shape of each weight in a residual block of a U-Net."""
    into = ("in_layers.2", width, channels_in, 3, 3)
    out = ("out_layers.3", width, width, 3, 3)
    yield from _iter_layers(name, ("in_layers.0", channels_in), into, ("emb_layers.1", width, embedding))
    yield from _iter_layers(name, ("out_layers.0", width), out)
    if channels_in != width:
        yield from _iter_layers(name, ("skip_connection", width, channels_in, 1, 1))


def _iter_autoencoder_residual(name: str, channels_in: int, width: int) -> Named:
    """Yield the name and shape of each weight in a residual block of an autoencoder."""
    yield from _iter_layers(name, ("norm1", channels_in), ("conv1", width, channels_in, 3, 3))
    yield from _iter_layers(name, ("norm2", width), ("conv2", width, width, 3, 3))
    if channels_in != width:
        yield from _iter_layers(name, ("nin_shortcut", width, channels_in, 1, 1))


def _iter_layers(name: str, *layers: tuple[str, *Shape]) -> Named:
    """Yield the name and shape of the weight and the bias of each layer. A layer is given as a tuple (name, *shape of
    its weight); `name` is the prefix of all layer names.
    """
    for part, *shape in layers:
        place = ".".join(filter(None, (name, part)))
        yield f"{place}.weight", tuple(shape)
        yield f"{place}.bias", tuple(shape[:1])
