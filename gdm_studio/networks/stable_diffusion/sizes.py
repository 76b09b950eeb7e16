"""The sizes of the networks of Stable Diffusion, and by them the weights of each: names and shapes, no torch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

Shape = tuple[int, ...]
Named = Iterator[tuple[str, Shape]]
Depths = tuple[tuple[int, ...], ...]  # by level, the blocks of the transformer behind each residual block; 0: none


@dataclass(frozen=True)
class UNetConfig:
    """Sizes of a `UNet`; those of Stable Diffusion 1 unless others are given. Levels go from fine to coarse."""

    in_channels: int = 4  # 9 for inpainting: latents, mask, latents of the masked picture
    out_channels: int = 4
    channels: int = 320  # width of the first level
    widths: tuple[int, ...] = (1, 2, 4, 4)  # of the levels, in those
    down: Depths = ((1, 1), (1, 1), (1, 1), (0, 0))
    middle: int = 1
    up: Depths = ((1, 1, 1), (1, 1, 1), (1, 1, 1), (0, 0, 0))
    context: int = 768  # width of the text tokens
    heads: int = 8  # of every attention; 0 for as many as have 64 channels each
    vector: int = 0  # width of the vector of pooled text and sizes; 0 for none
    guidance: int = 0  # sines of the guidance that it was distilled with and is told; 0 where it is not


@dataclass(frozen=True)
class AutoencoderConfig:
    """Sizes of an `Autoencoder`; those of Stable Diffusion unless others are given. Levels go from fine to coarse."""

    channels: int = 128  # width of the first level
    widths: tuple[int, ...] = (1, 2, 4, 4)  # of the levels, in those
    blocks: int = 2  # residual blocks of a level of the encoder; the decoder has one more
    latent: int = 4  # channels of the latents
    quant: bool = True  # a 1x1 convolution after the encoder and before the decoder


@dataclass(frozen=True)
class ClipConfig:
    """Sizes of a `ClipText`; those of ViT-L/14 unless others are given."""

    width: int = 768
    layers: int = 12
    heads: int = 12
    vocabulary: int = 49408
    length: int = 77  # tokens, the first and the last included
    quick: bool = True  # sigmoid(1.702·x)·x in place of GELU: OpenAI's weights, not OpenCLIP's
    projection: int = 0  # width of the pooled vector; 0 for none


def unet_weights(config: UNetConfig) -> Named:
    """Of a `UNet` of that configuration. Raises ValueError or IndexError where there can be none."""
    first, embedding = config.channels, 4 * config.channels
    widths = [first * width for width in config.widths]
    yield from _perceptron("time_embed", first, embedding)
    if config.guidance:
        yield "guidance_proj.weight", (first, config.guidance)
    if config.vector:
        yield from _perceptron("label_emb.0", config.vector, embedding)
    yield from _conv("input_blocks.0.0", config.in_channels, first)
    skips, here, place = [first], first, 1
    for level, (width, depths) in enumerate(zip(widths, config.down, strict=True)):
        for depth in depths:
            yield from _block(f"input_blocks.{place}", config, here, width, depth)
            here, place = width, place + 1
            skips.append(here)
        if level < len(widths) - 1:
            yield from _conv(f"input_blocks.{place}.0.op", here, here)
            place += 1
            skips.append(here)
    yield from _block("middle_block", config, here, here, config.middle)
    yield from _residual(f"middle_block.{2 if config.middle else 1}", here, here, embedding)
    place = 0
    for level, (width, depths) in reversed(list(enumerate(zip(widths, config.up, strict=True)))):
        for number, depth in enumerate(depths, start=1):
            yield from _block(f"output_blocks.{place}", config, here + skips.pop(), width, depth)
            here = width
            if level > 0 and number == len(depths):
                yield from _conv(f"output_blocks.{place}.{2 if depth else 1}.conv", here, here)
            place += 1
    if skips:
        raise ValueError(f"{len(skips)} levels of the way down meet none of the way up")
    yield from _norm("out.0", here)
    yield from _conv("out.2", here, config.out_channels)


def autoencoder_weights(config: AutoencoderConfig) -> Named:
    """The same of an `Autoencoder`."""
    widths = [config.channels * width for width in config.widths]
    latent, last = config.latent, len(widths) - 1
    yield from _conv("encoder.conv_in", 3, widths[0])
    for level, (before, width) in enumerate(zip([widths[0], *widths], widths, strict=False)):
        yield from _level(f"encoder.down.{level}", before, width, config.blocks)
        if level < last:
            yield from _conv(f"encoder.down.{level}.downsample.conv", width, width)
    yield from _conv("decoder.conv_in", latent, widths[-1])
    for level, (before, width) in enumerate(zip([*widths[1:], widths[-1]], widths, strict=True)):
        yield from _level(f"decoder.up.{level}", before, width, config.blocks + 1)
        if level:
            yield from _conv(f"decoder.up.{level}.upsample.conv", width, width)
    for side, width, made in (("encoder", widths[-1], 2 * latent), ("decoder", widths[0], 3)):
        yield from _shrunk(f"{side}.mid.block_1", widths[-1], widths[-1])
        yield from _norm(f"{side}.mid.attn_1.norm", widths[-1])
        for part in ("q", "k", "v", "proj_out"):
            yield from _linear(f"{side}.mid.attn_1.{part}", widths[-1], widths[-1])
        yield from _shrunk(f"{side}.mid.block_2", widths[-1], widths[-1])
        yield from _norm(f"{side}.norm_out", width)
        yield from _conv(f"{side}.conv_out", width, made)
    if config.quant:
        yield from _conv("quant_conv", 2 * latent, 2 * latent, 1)
        yield from _conv("post_quant_conv", latent, latent, 1)


def clip_weights(config: ClipConfig) -> Named:
    """The same of a `ClipText`."""
    width = config.width
    yield "token_embedding.weight", (config.vocabulary, width)
    yield "position_embedding.weight", (config.length, width)
    for layer in range(config.layers):
        for part in ("layer_norm1", "layer_norm2"):
            yield from _norm(f"layers.{layer}.{part}", width)
        for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
            yield from _linear(f"layers.{layer}.self_attn.{part}", width, width)
        yield from _linear(f"layers.{layer}.mlp.fc1", width, 4 * width)
        yield from _linear(f"layers.{layer}.mlp.fc2", 4 * width, width)
    yield from _norm("final_layer_norm", width)
    if config.projection:
        yield "text_projection.weight", (config.projection, width)


def _block(name: str, config: UNetConfig, channels_in: int, channels_out: int, depth: int) -> Named:
    """A residual block, and a transformer of that depth where it has any."""
    yield from _residual(f"{name}.0", channels_in, channels_out, 4 * config.channels)
    if not depth:
        return
    yield from _norm(f"{name}.1.norm", channels_out)
    for part in ("proj_in", "proj_out"):
        yield from _linear(f"{name}.1.{part}", channels_out, channels_out)
    for number in range(depth):
        here = f"{name}.1.transformer_blocks.{number}"
        for part, width in (("attn1", channels_out), ("attn2", config.context)):
            yield f"{here}.{part}.to_q.weight", (channels_out, channels_out)
            yield f"{here}.{part}.to_k.weight", (channels_out, width)
            yield f"{here}.{part}.to_v.weight", (channels_out, width)
            yield from _linear(f"{here}.{part}.to_out.0", channels_out, channels_out)
        for part in ("norm1", "norm2", "norm3"):
            yield from _norm(f"{here}.{part}", channels_out)
        yield from _linear(f"{here}.ff.net.0.proj", channels_out, 8 * channels_out)
        yield from _linear(f"{here}.ff.net.2", 4 * channels_out, channels_out)


def _residual(name: str, channels_in: int, channels_out: int, embedding: int) -> Named:
    yield from _norm(f"{name}.in_layers.0", channels_in)
    yield from _conv(f"{name}.in_layers.2", channels_in, channels_out)
    yield from _linear(f"{name}.emb_layers.1", embedding, channels_out)
    yield from _norm(f"{name}.out_layers.0", channels_out)
    yield from _conv(f"{name}.out_layers.3", channels_out, channels_out)
    if channels_in != channels_out:
        yield from _conv(f"{name}.skip_connection", channels_in, channels_out, 1)


def _level(name: str, before: int, width: int, blocks: int) -> Named:
    for number in range(blocks):
        yield from _shrunk(f"{name}.block.{number}", before if number == 0 else width, width)


def _shrunk(name: str, channels_in: int, channels_out: int) -> Named:
    """A residual block of an autoencoder."""
    yield from _norm(f"{name}.norm1", channels_in)
    yield from _conv(f"{name}.conv1", channels_in, channels_out)
    yield from _norm(f"{name}.norm2", channels_out)
    yield from _conv(f"{name}.conv2", channels_out, channels_out)
    if channels_in != channels_out:
        yield from _conv(f"{name}.nin_shortcut", channels_in, channels_out, 1)


def _perceptron(name: str, channels_in: int, channels_out: int) -> Named:
    yield from _linear(f"{name}.0", channels_in, channels_out)
    yield from _linear(f"{name}.2", channels_out, channels_out)


def _linear(name: str, channels_in: int, channels_out: int) -> Named:
    yield f"{name}.weight", (channels_out, channels_in)
    yield f"{name}.bias", (channels_out,)


def _conv(name: str, channels_in: int, channels_out: int, kernel: int = 3) -> Named:
    yield f"{name}.weight", (channels_out, channels_in, kernel, kernel)
    yield f"{name}.bias", (channels_out,)


def _norm(name: str, channels: int) -> Named:
    yield f"{name}.weight", (channels,)
    yield f"{name}.bias", (channels,)
