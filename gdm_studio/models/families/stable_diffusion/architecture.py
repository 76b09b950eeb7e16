"""Configurations of Stable Diffusion's networks, derived from weight shapes, and the check for missing weights.

This module needs neither torch nor the weights themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from gdm_studio.common.errors import ModelError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.models.families.base import IncompleteModel
from gdm_studio.models.families.stable_diffusion.checkpoint_layout import DIFFERENCE, Layout, Part
from gdm_studio.models.families.stable_diffusion.variants import Variant, name_some
from gdm_studio.models.families.stable_diffusion.weight_names import linear_shape
from gdm_studio.networks.stable_diffusion import configurations
from gdm_studio.networks.stable_diffusion.configurations import (
    HINT_LAYERS,
    AdapterConfig,
    AutoencoderConfig,
    ClipConfig,
    ControlNetConfig,
    IPAdapterConfig,
    ResamplerConfig,
    UNetConfig,
)

Shapes = Mapping[str, tuple[int, ...]]

# Width of the text embeddings of U-Nets that have eight heads in every layer (Stable Diffusion 1).
EIGHT_HEADS = 768
# Width of OpenAI's text encoder, which has another activation function (quick GELU) than the others.
QUICK = 768
# Channels per attention head of CLIP, and of the resampler of an IP-Adapter.
HEAD = 64
# Channels of the control image and side of its squares, by the number of channels into which T2I-Adapters convert both.
ADAPTER_INPUTS = {64: (1, 8), 192: (3, 8), 256: (1, 16), 768: (3, 16)}
# Suffixes of the names of the two factors with which a Control-LoRA changes a weight.
UP, DOWN = ".up", ".down"
# Maximum value of any count. A file with more layers is not such a model.
MOST = 128


def unet_config(shapes: Shapes) -> UNetConfig:
    """Derive the configuration of a U-Net from the shapes of its weights.

    Raises LookupError or ValueError if they are not a U-Net's weights.
    """
    encoder = encoder_config(shapes)
    up: list[list[int]] = [[]]
    blocks = _count_layers(shapes, r"output_blocks\.(\d+)\.")
    for place in range(blocks):
        up[-1].append(_count_blocks(shapes, f"output_blocks.{place}.1"))
        if any(f"output_blocks.{place}.{part}.conv.weight" in shapes for part in (1, 2)):
            up.append([])
    return replace(
        encoder,
        out_channels=shapes["out.2.weight"][0],
        up=tuple(map(tuple, reversed(up))),
        guidance=shapes["guidance_proj.weight"][1] if "guidance_proj.weight" in shapes else 0,
    )


def control_net_config(shapes: Shapes) -> ControlNetConfig:
    """Derive the configuration of a ControlNet from the shapes of its weights.

    Raises LookupError or ValueError if they are not a ControlNet's weights.
    """
    return ControlNetConfig(
        encoder_config(shapes),
        hint=tuple(shapes[f"input_hint_block.{place}.weight"][0] for place in range(0, 2 * HINT_LAYERS, 4)),
        modes=shapes["task_embedding"][0] if "task_embedding" in shapes else 0,
        layers=_count_layers(shapes, r"transformer_layes\.(\d+)\."),
    )


def control_lora_shapes(shapes: Shapes) -> dict[str, tuple[int, ...]]:
    """Return the weight shapes of the complete ControlNet that a Control-LoRA describes in compressed form, given the
    shapes of the Control-LoRA's tensors.

    Weights missing from it are taken from the U-Net. Raises LookupError or ValueError if factors do not match each
    other.
    """
    whole = {name: shape for name, shape in shapes.items() if not name.endswith((UP, DOWN))}
    factors = [name.rpartition(".")[0] for name in shapes if name not in whole]
    for layer in dict.fromkeys(factors):
        out, rank = shapes[layer + UP][:2]
        weight = f"{layer}.weight"
        if rank != shapes[layer + DOWN][0] or weight in whole:
            raise ValueError(f"factors of {layer}")
        whole[weight] = linear_shape(weight, (out, *shapes[layer + DOWN][1:]))
    return dict(configurations.encoder_weights(encoder_config(whole))) | whole


def encoder_config(shapes: Shapes) -> UNetConfig:
    """Derive the configuration of the encoder half of a U-Net from the shapes of its weights.

    Raises LookupError or ValueError if they are not the weights of such a network.
    """
    channels, in_channels = shapes["input_blocks.0.0.weight"][:2]
    widths: list[int] = []
    down: list[list[int]] = [[]]
    for place in range(1, _count_layers(shapes, r"input_blocks\.(\d+)\.")):
        if f"input_blocks.{place}.0.op.weight" in shapes:
            down.append([])
            continue
        if not down[-1]:
            widths.append(shapes[f"input_blocks.{place}.0.in_layers.2.weight"][0])
        down[-1].append(_count_blocks(shapes, f"input_blocks.{place}.1"))
    if any(width % channels for width in widths):
        raise ValueError(f"levels of {widths} channels, the first layer of {channels}")
    context = next((shape[1] for name, shape in shapes.items() if name.endswith(".attn2.to_k.weight")), 0)
    if not context:
        raise ValueError("no attention to a text")
    return UNetConfig(
        in_channels=in_channels,
        channels=channels,
        widths=tuple(width // channels for width in widths),
        down=tuple(map(tuple, down)),
        middle=_count_blocks(shapes, "middle_block.1"),
        up=(),
        context=context,
        heads=8 if context == EIGHT_HEADS else 0,
        vector=shapes["label_emb.0.0.weight"][1] if "label_emb.0.0.weight" in shapes else 0,
    )


def t2i_adapter_config(shapes: Shapes) -> AdapterConfig:
    """Derive the configuration of a T2I-Adapter from the shapes of its weights.

    Raises LookupError or ValueError if they are not the weights of such a network.
    """
    light = "conv_in.weight" not in shapes
    first = shapes["body.0.in_conv.weight" if light else "conv_in.weight"][1]
    if first not in ADAPTER_INPUTS:
        raise ValueError(f"{first} channels of an image")
    last = "out_conv" if light else "resnets.0.block1"
    count = _count_layers(shapes, r"body\.(\d+)\.")
    inputs, unshuffle = ADAPTER_INPUTS[first]
    return AdapterConfig(
        inputs=inputs,
        unshuffle=unshuffle,
        channels=tuple(shapes[f"body.{place}.{last}.weight"][0] for place in range(count)),
        blocks=_count_layers(shapes, r"body\.0\.resnets\.(\d+)\."),
        light=light,
    )


def ip_adapter_config(shapes: Shapes) -> IPAdapterConfig:
    """Derive the configuration of an IP-Adapter from the shapes of its weights.

    Raises LookupError or ValueError if they are not the weights of such a network.
    """
    widths = tuple(
        shapes[f"layers.{place}.to_k.weight"][0] for place in range(_count_layers(shapes, r"layers\.(\d+)\."))
    )
    context = shapes["layers.0.to_k.weight"][1]
    if (latents := shapes.get("image_proj.latents")) is None:
        rows, inputs = shapes["image_proj.proj.weight"]
        return IPAdapterConfig(inputs, rows // context, context, widths)
    width, inputs = shapes["image_proj.proj_in.weight"]
    attention = shapes["image_proj.layers.0.0.to_q.weight"][0]
    if attention % HEAD:
        raise ValueError(f"heads of {attention} channels together")
    resampler = ResamplerConfig(
        width=width,
        layers=_count_layers(shapes, r"image_proj\.layers\.(\d+)\."),
        attention=attention,
        hidden=shapes["image_proj.layers.0.1.1.weight"][0],
    )
    return IPAdapterConfig(inputs, latents[1], context, widths, resampler)


def autoencoder_config(shapes: Shapes) -> AutoencoderConfig:
    """Derive the configuration of an autoencoder from the shapes of its weights.

    Raises LookupError or ValueError if they are not an autoencoder's weights.
    """
    channels = shapes["encoder.conv_in.weight"][0]
    levels = range(_count_layers(shapes, r"encoder\.down\.(\d+)\."))
    widths = [shapes[f"encoder.down.{level}.block.0.conv1.weight"][0] for level in levels]
    if any(width % channels for width in widths):
        raise ValueError(f"levels of {widths} channels, the first layer of {channels}")
    return AutoencoderConfig(
        channels=channels,
        widths=tuple(width // channels for width in widths),
        blocks=_count_layers(shapes, r"encoder\.down\.0\.block\.(\d+)\."),
        latent=shapes["decoder.conv_in.weight"][1],
        quant="quant_conv.weight" in shapes,
        video=not {"encoder.norm_out.bias", "encoder.down.0.block.0.norm1.bias"} & shapes.keys(),
    )


def clip_config(shapes: Shapes) -> ClipConfig:
    """Derive the configuration of a CLIP text encoder from the shapes of its weights.

    Raises LookupError or ValueError if they are not a text encoder's weights.
    """
    vocabulary, width = shapes["token_embedding.weight"]
    return ClipConfig(
        width=width,
        layers=count_layers(shapes),
        heads=width // HEAD,
        vocabulary=vocabulary,
        length=shapes["position_embedding.weight"][0],
        quick=width == QUICK,
        projection=shapes["text_projection.weight"][0] if "text_projection.weight" in shapes else 0,
    )


def count_layers(shapes: Shapes) -> int:
    """Return the number of layers of a text encoder, counted from its weight names. Raises ValueError if there are too
    many.
    """
    return _count_layers(shapes, r"layers\.(\d+)\.")


def _count_layers(shapes: Shapes, pattern: str) -> int:
    """Count the numbered layers of a network: the highest number that the pattern matches in its weight names, plus
    one.
    """
    numbered = re.compile(pattern)
    count = 1 + max((int(at[1]) for name in shapes if (at := numbered.match(name))), default=-1)
    if count > MOST:
        raise ValueError(f"{count} of {pattern}")
    return count


def _count_blocks(shapes: Shapes, place: str) -> int:
    """Return the number of transformer blocks in one layer of the U-Net, given the prefix of the layer's weight
    names.
    """
    return _count_layers(shapes, rf"{re.escape(place)}\.transformer_blocks\.(\d+)\.")


_WEIGHTS: Mapping[str, Callable[[Shapes], configurations.Named]] = {
    "unet": lambda shapes: configurations.unet_weights(unet_config(shapes)),
    "vae": lambda shapes: configurations.autoencoder_weights(autoencoder_config(shapes)),
    "text_encoder": lambda shapes: configurations.clip_weights(clip_config(shapes)),
    "T2I-Adapter": lambda shapes: configurations.t2i_adapter_weights(t2i_adapter_config(shapes)),
    "ControlNet": lambda shapes: configurations.control_net_weights(control_net_config(shapes)),
    "IP-Adapter": lambda shapes: configurations.ip_adapter_weights(ip_adapter_config(shapes)),
    DIFFERENCE: lambda shapes: configurations.control_net_weights(control_net_config(shapes)),
    "Control-LoRA": lambda shapes: configurations.control_net_weights(control_net_config(shapes)),
}
_XL = ((0, 0), (2, 2), (10, 10)), ((0, 0, 0), (2, 2, 2), (10, 10, 10))
_RF = ((0, 0), (4, 4), (4, 4), (0, 0)), ((0, 0, 0), (4, 4, 4), (4, 4, 4), (0, 0, 0))
# Standard U-Nets, to compare with a U-Net whose sizes cannot be read.
_STANDARD = {
    "Stable Diffusion 1": UNetConfig(),
    "Stable Diffusion 2": UNetConfig(context=1024, heads=0),
    "SDXL": UNetConfig(4, 4, 320, (1, 2, 4), _XL[0], 10, _XL[1], context=2048, heads=0, vector=2816),
    "SDXL refiner": UNetConfig(4, 4, 384, (1, 2, 4, 4), _RF[0], 4, _RF[1], context=1280, heads=0, vector=2560),
}


def check_networks(name: str, layout: Layout, kind: Variant) -> None:
    """Raise IncompleteModel if a network of a Stable Diffusion checkpoint has missing or unknown weights.

    The message refers to the checkpoint as `name`.
    """
    parts: tuple[Part, ...] = ("unet", "vae", *kind.texts)
    for part in parts:
        if part in layout.networks:
            check_network(name, part, layout.networks[part].shapes, kind.title)


def check_network(name: str, part: Part, shapes: Shapes, nearest: str = "") -> None:
    """Raise IncompleteModel if weights of a network are missing, unknown or of the wrong shape.

    The message lists the differences from a network of these sizes, or otherwise from a model of the kind
    `nearest`.
    """
    if part == "unet" and not any(weight.startswith("middle_block.") for weight in shapes):
        sentence = "is a distilled U-Net without a middle block, which is not supported yet; choose another model."
        raise ModelError(f"{name} {sentence}")
    if part == "Control-LoRA":
        try:
            shapes = control_lora_shapes(shapes)
        except (LookupError, TypeError, ValueError, ArithmeticError) as error:
            raise ModelError(
                translatable("{name} is damaged or not whole; copy or download it again.", name=name)
            ) from error
    wanted = _find_expected_weights(part, shapes, nearest)
    if wanted is None:
        raise ModelError(translatable("{name} is damaged or not whole; copy or download it again.", name=name))
    unlike = {each for each, shape in wanted.items() if shapes.get(each, shape) != shape}
    found = {
        "lacks {}": wanted.keys() - shapes.keys(),
        "has {}, which are unknown": shapes.keys() - wanted.keys(),
        "has another shape of {}": unlike,
    }
    if flaws := [words.format(name_some(names)) for words, names in found.items() if names]:
        what = f"is nearest to {nearest}, but not whole" if nearest else "is not whole"
        again = "copy or download it again, or choose another model"
        raise IncompleteModel(f"{name} {what}: its {part} {' and '.join(flaws)}; {again}.", nearest)


def _find_expected_weights(part: Part, shapes: Shapes, nearest: str) -> Mapping[str, tuple[int, ...]] | None:
    """Return the names and shapes of the weights that a network should have, judging by the sizes that `shapes` reveal.

    If the sizes are unknown, return those of the standard network, or None if there is none.
    """
    try:
        return dict(_WEIGHTS[part.removesuffix("_2")](shapes))
    except (LookupError, TypeError, ValueError, ArithmeticError) as error:
        standard = _STANDARD.get(nearest) if part == "unet" else None
        if standard is not None:
            return dict(
                configurations.unet_weights(replace(standard, in_channels=shapes["input_blocks.0.0.weight"][1]))
            )
        # The missing key is the name of a weight that is needed to read the sizes.
        return {**shapes, str(error.args[0]): ()} if isinstance(error, KeyError) else None
