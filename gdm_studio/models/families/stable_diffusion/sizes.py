"""The sizes of Stable Diffusion's networks, read from the names and shapes of their weights: no torch, no file name."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gdm_studio.networks.stable_diffusion.sizes import AutoencoderConfig, ClipConfig, UNetConfig

Shapes = Mapping[str, tuple[int, ...]]

EIGHT_HEADS = 768  # width of the text of those U-Nets that have eight heads everywhere: Stable Diffusion 1
QUICK = 768  # width of the text encoder that OpenAI trained, with its own activation
HEAD = 64  # channels of a head of CLIP
MOST = 128  # of anything that is numbered: a file that says more is no such model


def unet_config(shapes: Shapes) -> UNetConfig:
    """Of a U-Net's weights under its own names; raises LookupError or ValueError where they are not those of one."""
    channels, in_channels = shapes["input_blocks.0.0.weight"][:2]
    widths: list[int] = []
    down: list[list[int]] = [[]]
    for place in range(1, _count(shapes, r"input_blocks\.(\d+)\.")):
        if f"input_blocks.{place}.0.op.weight" in shapes:
            down.append([])
            continue
        if not down[-1]:
            widths.append(shapes[f"input_blocks.{place}.0.in_layers.2.weight"][0])
        down[-1].append(_depth(shapes, f"input_blocks.{place}.1"))
    up: list[list[int]] = [[]]
    blocks = _count(shapes, r"output_blocks\.(\d+)\.")
    for place in range(blocks):
        up[-1].append(_depth(shapes, f"output_blocks.{place}.1"))
        if any(f"output_blocks.{place}.{part}.conv.weight" in shapes for part in (1, 2)):
            up.append([])
    if any(width % channels for width in widths):
        raise ValueError(f"levels of {widths} channels, the first layer of {channels}")
    context = next(shape[1] for name, shape in shapes.items() if name.endswith(".attn2.to_k.weight"))
    return UNetConfig(
        in_channels=in_channels,
        out_channels=shapes["out.2.weight"][0],
        channels=channels,
        widths=tuple(width // channels for width in widths),
        down=tuple(map(tuple, down)),
        middle=_depth(shapes, "middle_block.1"),
        up=tuple(map(tuple, reversed(up))),
        context=context,
        heads=8 if context == EIGHT_HEADS else 0,
        vector=shapes["label_emb.0.0.weight"][1] if "label_emb.0.0.weight" in shapes else 0,
        guidance=shapes["guidance_proj.weight"][1] if "guidance_proj.weight" in shapes else 0,
    )


def autoencoder_config(shapes: Shapes) -> AutoencoderConfig:
    """The same of an autoencoder's."""
    channels = shapes["encoder.conv_in.weight"][0]
    levels = range(_count(shapes, r"encoder\.down\.(\d+)\."))
    widths = [shapes[f"encoder.down.{level}.block.0.conv1.weight"][0] for level in levels]
    if any(width % channels for width in widths):
        raise ValueError(f"levels of {widths} channels, the first layer of {channels}")
    return AutoencoderConfig(
        channels=channels,
        widths=tuple(width // channels for width in widths),
        blocks=_count(shapes, r"encoder\.down\.0\.block\.(\d+)\."),
        latent=shapes["decoder.conv_in.weight"][1],
        quant="quant_conv.weight" in shapes,
    )


def clip_config(shapes: Shapes) -> ClipConfig:
    """The same of a text encoder's."""
    vocabulary, width = shapes["token_embedding.weight"]
    return ClipConfig(
        width=width,
        layers=layers(shapes),
        heads=width // HEAD,
        vocabulary=vocabulary,
        length=shapes["position_embedding.weight"][0],
        quick=width == QUICK,
        projection=shapes["text_projection.weight"][0] if "text_projection.weight" in shapes else 0,
    )


def layers(shapes: Shapes) -> int:
    """Of a text encoder; raises ValueError for more than any has."""
    return _count(shapes, r"layers\.(\d+)\.")


def _count(shapes: Shapes, pattern: str) -> int:
    """How many there are of what the pattern numbers, from 0 on."""
    numbered = re.compile(pattern)
    count = 1 + max((int(at[1]) for name in shapes if (at := numbered.match(name))), default=-1)
    if count > MOST:
        raise ValueError(f"{count} of {pattern}")
    return count


def _depth(shapes: Shapes, place: str) -> int:
    """The blocks of the transformer at that place; 0 where there is none."""
    return _count(shapes, rf"{re.escape(place)}\.transformer_blocks\.(\d+)\.")
