"""Autoencoders of Wan 2.1 and Qwen-Image with few random weights, in the layouts of diffusers and of Wan."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import torch

from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder, AutoencoderConfig

Shape = tuple[int, ...]
# Names of the layers of a residual block in the original layout.
_ORIGINAL = {
    "norm1": "residual.0", "conv1": "residual.2", "norm2": "residual.3", "conv2": "residual.6",
    "nin_shortcut": "shortcut",
}  # fmt: skip


def wan_vae_shapes(config: AutoencoderConfig) -> dict[str, tuple[str, Shape]]:
    """Return by diffusers' name of each tensor its name in the original layout, and its shape.

    The convolutions over time are among them.
    """
    with torch.device("meta"):
        network = Autoencoder(config)
    ours = {name: tuple(weight.shape) for name, weight in network.state_dict().items()}
    return dict(_iter_tensors(config, ours))


def _iter_tensors(config: AutoencoderConfig, ours: Mapping[str, Shape]) -> Iterator[tuple[str, tuple[str, Shape]]]:
    levels = len(config.widths)
    for name, shape in ours.items():
        layer, _, kind = name.rpartition(".")
        is_norm = layer.rpartition(".")[2].startswith("norm")
        kind = "gamma" if is_norm else kind
        if at := re.fullmatch(
            r"(encoder|decoder)\.(?:down|up)\.(\d+)\.(?:block\.(\d+)\.(\w+)|(?:down|up)sample\.conv)", layer
        ):
            side, level = at[1], int(at[2])
            each = config.blocks + (1 if side == "encoder" else 2)
            place = level if side == "encoder" else levels - 1 - level
            block = int(at[3]) if at[3] else each - 1
            flat = f"{side}.{'downsamples' if side == 'encoder' else 'upsamples'}.{place * each + block}"
            new = f"encoder.down_blocks.{place * each + block}"
            if side == "decoder":
                new = f"decoder.up_blocks.{place}.{f'resnets.{block}' if at[3] else 'upsamplers.0'}"
            if at[3]:
                theirs = at[4].replace("nin_shortcut", "conv_shortcut")
                yield f"{new}.{theirs}.{kind}", (f"{flat}.{_ORIGINAL[at[4]]}.{kind}", _over_time(shape, is_norm))
                continue
            yield f"{new}.resample.1.{kind}", (f"{flat}.resample.1.{kind}", shape)
            # The finest level is not halved or doubled over time.
            is_over_time = level > 0 if side == "encoder" else level > 1
            if is_over_time:
                width = shape[1] if len(shape) > 1 else ours[f"{layer}.weight"][1]
                rows = width if side == "encoder" else 2 * width
                more = (rows, width, 3, 1, 1) if kind == "weight" else (rows,)
                yield f"{new}.time_conv.{kind}", (f"{flat}.time_conv.{kind}", more)
        elif at := re.fullmatch(r"(encoder|decoder)\.mid\.(?:block_([12])\.(\w+)|attn_1\.(\w+))", layer):
            if at[2]:
                new = f"{at[1]}.mid_block.resnets.{int(at[2]) - 1}.{at[3]}"
                flat = f"{at[1]}.middle.{2 * int(at[2]) - 2}.{_ORIGINAL[at[3]]}"
                yield f"{new}.{kind}", (f"{flat}.{kind}", _over_time(shape, is_norm))
                continue
            if at[4] in "kv":
                continue
            theirs = {"q": "to_qkv", "proj_out": "proj", "norm": "norm"}[at[4]]
            rows = shape[0] * (3 if at[4] == "q" else 1)
            whole = (rows, *shape[1:], *((1, 1) if is_norm or len(shape) > 1 else ()))
            yield f"{at[1]}.mid_block.attentions.0.{theirs}.{kind}", (f"{at[1]}.middle.1.{theirs}.{kind}", whole)
        else:
            side, _, end = layer.rpartition(".")
            old = {"conv_in": "conv1", "norm_out": "head.0", "conv_out": "head.2", "quant_conv": "conv1"}
            theirs = ".".join(filter(None, (side, old.get(end, "conv2"))))
            yield f"{layer}.{kind}", (f"{theirs}.{kind}", _over_time(shape, is_norm))


def _over_time(shape: Shape, is_norm: bool) -> Shape:
    """Return the shape of a weight with the axis of time."""
    if is_norm:
        return *shape, 1, 1, 1
    return (*shape[:2], shape[-1], *shape[2:]) if len(shape) > 1 else shape
