"""Detection of a diffusion transformer's configuration from the shapes of its weights. Does not import torch."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import partial

from gdm_studio.common.errors import ModelError
from gdm_studio.networks.diffusion_transformers import configurations
from gdm_studio.networks.diffusion_transformers.anima_configuration import AnimaConfig, anima_weights
from gdm_studio.networks.diffusion_transformers.anima_control_configuration import (
    ENCODER,
    LAYERS,
    TARGETS,
    AnimaControlConfig,
)
from gdm_studio.networks.diffusion_transformers.configurations import (
    LUMINA_2,
    Flux1Config,
    Flux2Config,
    SD3Config,
    Shape,
    Weights,
    ZImageConfig,
)
from gdm_studio.networks.diffusion_transformers.control_configuration import (
    Flux1ControlConfig,
    QwenImageControlConfig,
    ZImageControlConfig,
    flux1_control_weights,
    z_image_control_weights,
)
from gdm_studio.networks.diffusion_transformers.ernie_image_configuration import ErnieImageConfig, ernie_image_weights
from gdm_studio.networks.diffusion_transformers.ideogram4_configuration import Ideogram4Config, ideogram4_weights
from gdm_studio.networks.diffusion_transformers.krea2_configuration import Krea2Config, krea2_weights
from gdm_studio.networks.diffusion_transformers.qwen_image_configuration import QwenImageConfig, qwen_image_weights
from gdm_studio.networks.diffusion_transformers.redux_configuration import ReduxConfig

Config = (
    Flux1Config
    | Flux2Config
    | SD3Config
    | ZImageConfig
    | QwenImageConfig
    | Krea2Config
    | ErnieImageConfig
    | AnimaConfig
    | Ideogram4Config
)
# Maximum number of blocks of one kind. A file with more blocks is rejected.
MOST = 128
# Channels of an attention head in Stable Diffusion 3.
SD3_HEAD = 64
FLUX_HEAD = 128
# Pairs of channels of an attention head in Ideogram 4, and layers of the text encoder whose states it gets.
IDEOGRAM_4_PAIRS, IDEOGRAM_4_TAPS = 128, 13
Z_IMAGE = ZImageConfig()
# Names of the layers, residual blocks and branches in a ControlNet-LLLite for Anima.
_LLLITE_LAYER = re.compile(rf"blocks_(\d{{1,4}})_(?:{'|'.join(TARGETS)})")
_LLLITE_RESIDUAL = re.compile(rf"{re.escape(ENCODER)}resblocks\.(\d{{1,4}})\.")
_LLLITE_BRANCH = re.compile(rf"{re.escape(ENCODER)}aspp\.branches\.(\d{{1,4}})\.")


class Tensors:
    """Shapes of a diffusion transformer's tensors in a file, looked up by the weight names of this program's network.

    `template` lists the weights of a network with all optional parts and one block of each kind.
    """

    def __init__(self, shapes: Mapping[str, Shape], template: Weights) -> None:
        self._shapes = shapes
        self._weights = {weight.name: weight for weight in template}

    def has(self, name: str) -> bool:
        """Return True if the file contains the tensor for this weight of the network."""
        return any(source.name in self._shapes for source in self._weights[name].sources)

    def shape(self, name: str) -> Shape:
        """Return the shape of the tensor in the file that contains a weight, alone or fused with other weights.

        Raises KeyError if the file does not contain it.
        """
        return self._shapes[self._weights[name].source_in(self._shapes).name]

    def rows(self, name: str) -> int:
        """Return the number of rows of a weight's tensor in the file. Raises KeyError if it is missing, or ValueError
        for a wrong number of axes.
        """
        rows, *_ = self.shape(name)
        return rows

    def columns(self, name: str) -> int:
        """Return the number of columns of a weight's matrix in the file. Raises KeyError if it is missing, or
        ValueError for a wrong number of axes.
        """
        _, columns, *_ = self.shape(name)
        return columns

    def count(self, name: str) -> int:
        """Count the blocks or layers of a network in the file, given the name of a weight in the first one. Raises
        ValueError if there are too many.
        """
        source = self._weights[name].source_in(self._shapes).name
        before, _, after = source.partition(".0.")
        pattern = re.compile(rf"{re.escape(before)}\.(\d{{1,4}})\.{re.escape(after)}")
        found = 1 + max(int(at[1]) for each in self._shapes if (at := pattern.fullmatch(each)))
        if found > MOST:
            raise ValueError(f"{found} blocks")
        return found


def flux1_config(name: str, shapes: Mapping[str, Shape]) -> Flux1Config:
    """Derive the configuration of a FLUX.1 or Chroma network from the shapes of its tensors."""
    found = Tensors(
        shapes, configurations.flux1_weights(Flux1Config(double=1, single=1, approximator=1, approximator_layers=1))
    )
    width = found.rows("image_in.weight")
    small = found.has("approximator.into.weight")
    return Flux1Config(
        inputs=found.columns("image_in.weight"),
        outputs=found.rows("out.weight"),
        width=width,
        heads=_flux_heads(name, width, found.rows("joint.0.image.attention.key_norm.weight")),
        double=found.count("joint.0.image.attention.key_norm.weight"),
        single=found.count("parallel.0.out.weight"),
        context=found.columns("text_in.weight"),
        pooled=found.columns("pooled_in.0.weight") if found.has("pooled_in.0.weight") else 0,
        guided=found.has("guidance_in.0.weight"),
        approximator=found.rows("approximator.into.weight") if small else 0,
        approximator_layers=found.count("approximator.norms.0.weight") if small else 5,
    )


def flux1_control_config(name: str, shapes: Mapping[str, Shape]) -> Flux1ControlConfig:
    """Derive the configuration of a ControlNet for FLUX.1 from the shapes of its tensors."""
    template = Flux1ControlConfig(Flux1Config(double=1, single=1), modes=1)
    found = Tensors(shapes, flux1_control_weights(template))
    width = found.rows("image_in.weight")
    inputs = found.columns("image_in.weight")
    single = "parallel.0.attention.key_norm.weight"
    blocks = Flux1Config(
        inputs=inputs,
        outputs=inputs,
        width=width,
        heads=_flux_heads(name, width, found.rows("joint.0.image.attention.key_norm.weight")),
        double=found.count("joint.0.image.attention.key_norm.weight"),
        single=found.count(single) if found.has(single) else 0,
        context=found.columns("text_in.weight"),
        pooled=found.columns("pooled_in.0.weight"),
        guided=found.has("guidance_in.0.weight"),
    )
    return Flux1ControlConfig(blocks, found.rows("modes.weight") if found.has("modes.weight") else 0)


def qwen_image_control_config(name: str, shapes: Mapping[str, Shape]) -> QwenImageControlConfig:
    """Derive the configuration of a ControlNet for Qwen-Image from the shapes of its tensors."""
    if shapes["controlnet_x_embedder.weight"] != shapes["img_in.weight"]:
        raise ModelError(f"{name} is a ControlNet for inpainting, which is not supported; choose another one.")
    return QwenImageControlConfig(qwen_image_config(name, shapes))


def z_image_control_config(name: str, shapes: Mapping[str, Shape]) -> ZImageControlConfig:
    """Derive the configuration of a ControlNet for Z-Image from the shapes of its tensors."""
    template = ZImageControlConfig(ZImageConfig(depth=1, refiners=1), refining="refiners")
    found = Tensors(shapes, z_image_control_weights(template))
    width = found.rows("control_in.weight")
    inputs = found.columns("control_in.weight") // 4
    first = "control_layers.0.attention"
    head = found.rows(f"{first}.query_norm.weight")
    _check_head(name, head, sum(ZImageConfig.axes))
    # The tensor of keys may be fused with the queries before them and the values after them.
    keys = found.rows(f"{first}.key.weight")
    is_fused = found.rows(f"{first}.query.weight") > width
    # Versions 2 see a mask and a masked image too.
    has_rest = inputs % 2 == 1
    has_residuals = found.has("control_noise_refiner.0.before_proj.weight")
    blocks = ZImageConfig(
        channels=(inputs - 1) // 2 if has_rest else inputs,
        width=width,
        heads=width // head,
        value_heads=((keys - width) // 2 if is_fused else keys) // head,
        depth=found.count(f"{first}.query_norm.weight"),
        refiners=found.count("control_noise_refiner.0.attention.query_norm.weight")
        if has_residuals or not has_rest
        else 0,
        hidden=found.rows("control_layers.0.feed_forward.gate.weight"),
        context=0,
        time=found.columns("control_layers.0.modulation.weight"),
    )
    return ZImageControlConfig(blocks, inputs, "refiners" if has_residuals else "layers" if has_rest else "none")


def anima_control_config(name: str, shapes: Mapping[str, Shape], metadata: Mapping[str, str]) -> AnimaControlConfig:
    """Derive the configuration of ControlNet-LLLite for Anima from the shapes of its tensors, and from the metadata of
    its file, which state what shapes do not.
    """
    starts = {each.removeprefix(LAYERS).partition(".")[0] for each in shapes if each.startswith(LAYERS)}
    places = {each: _LLLITE_LAYER.fullmatch(each) for each in starts}
    if unknown := sorted(each for each, at in places.items() if at is None):
        raise ModelError(f"{name} changes the layer {unknown[0][:80]!r}, which is not supported; choose another one.")
    numbers = [int(at[1]) for at in places.values() if at is not None]
    layer = f"{LAYERS}{min(starts)}"
    hidden, width = shapes[f"{layer}.down.weight"]
    channels, inputs = shapes[f"{ENCODER}conv3.weight"][0], shapes[f"{ENCODER}conv1.weight"][1]
    blocks = [int(at[1]) for each in shapes if (at := _LLLITE_RESIDUAL.match(each))]
    branches = [int(at[1]) for each in shapes if (at := _LLLITE_BRANCH.match(each))]
    dilations: tuple[int, ...] = ()
    if branches:
        stated = metadata.get("lllite.aspp_dilations", "1,2,4,8").split(",")
        dilations = tuple(int(each) for each in stated if each.strip())
    depth = max(numbers) + 1
    sizes = (depth, max(blocks, default=0), len(dilations), *dilations)
    if max(sizes) > MOST or min(dilations, default=1) < 1 or inputs not in (3, 4) or channels % 2:
        raise ValueError(f"sizes {sizes}, {inputs} channels")
    if branches and len(dilations) != max(branches) + 1:
        raise ValueError(f"{len(dilations)} dilations for {max(branches) + 1} branches")
    return AnimaControlConfig(
        AnimaConfig(0, width, 0, depth, 0, 0, 0, 0, 0, 0, 0, 0),
        tuple(sorted(starts)),
        inputs,
        channels,
        embedding=shapes[f"{ENCODER}proj.weight"][0],
        residual_blocks=max(blocks, default=-1) + 1,
        dilations=dilations,
        hidden=hidden,
        masked=metadata.get("lllite.inpaint_masked_input", "").lower() == "true",
    )


def redux_config(name: str, shapes: Mapping[str, Shape]) -> ReduxConfig:
    """Derive the configuration of FLUX.1 Redux from the shapes of its tensors."""
    hidden, inputs = shapes["redux_up.weight"]
    context, _ = shapes["redux_down.weight"]
    return ReduxConfig(inputs, hidden, context)


def flux2_config(name: str, shapes: Mapping[str, Shape]) -> Flux2Config:
    """Derive the configuration of a FLUX.2 network from the shapes of its tensors."""
    found = Tensors(shapes, configurations.flux2_weights(Flux2Config(double=1, single=1, guided=True)))
    width = found.rows("image_in.weight")
    return Flux2Config(
        inputs=found.columns("image_in.weight"),
        width=width,
        heads=_flux_heads(name, width, found.rows("joint.0.image.attention.key_norm.weight")),
        double=found.count("joint.0.image.attention.key_norm.weight"),
        single=found.count("parallel.0.out.weight"),
        context=found.columns("text_in.weight"),
        guided=found.has("guidance_in.0.weight"),
    )


def sd3_config(name: str, shapes: Mapping[str, Shape]) -> SD3Config:
    """Derive the configuration of a Stable Diffusion 3 network from the shapes of its tensors."""
    found = Tensors(shapes, configurations.sd3_weights(SD3Config(depth=2, normed=True, dual=1)))
    width, channels, *_ = found.shape("image_in.weight")
    *_, positions, _ = found.shape("positions")
    second = "blocks.0.second.out.weight"
    return SD3Config(
        channels=channels,
        width=width,
        heads=width // SD3_HEAD,
        depth=found.count("blocks.0.image.attention.out.weight"),
        context=found.columns("text_in.weight"),
        pooled=found.columns("pooled_in.0.weight"),
        positions=math.isqrt(positions),
        normed=found.has("blocks.0.image.attention.query_norm.weight"),
        dual=found.count(second) if found.has(second) else 0,
    )


def z_image_config(name: str, shapes: Mapping[str, Shape], *, base: ZImageConfig = Z_IMAGE) -> ZImageConfig:
    """Derive the configuration of a Z-Image network or, with LUMINA_2 as `base`, of a Lumina 2 network from the shapes
    of its tensors.
    """
    template = configurations.z_image_weights(
        ZImageConfig(depth=1, refiners=1, padded=True, lumina=base.lumina, hidden=base.hidden)
    )
    found = Tensors(shapes, template)
    width = found.rows("image_in.weight")
    head = found.rows("layers.0.attention.query_norm.weight")
    _check_head(name, head, sum(base.axes))
    # The tensor of keys may be fused with the queries before them and the values after them.
    keys = found.rows("layers.0.attention.key.weight")
    query = found.rows("layers.0.attention.query.weight")
    is_fused = query > width
    return ZImageConfig(
        channels=found.columns("image_in.weight") // 4,
        width=width,
        heads=width // head,
        value_heads=((keys - width) // 2 if is_fused else keys) // head,
        depth=found.count("layers.0.attention.query_norm.weight"),
        refiners=found.count("noise_refiner.0.attention.query_norm.weight"),
        hidden=found.rows("layers.0.feed_forward.gate.weight"),
        context=found.columns("text_in.weight"),
        time=found.rows("time_in.2.weight"),
        time_hidden=found.rows("time_in.0.weight"),
        padded=found.has("text_pad"),
        lumina=base.lumina,
        axes=base.axes,
        theta=base.theta,
    )


def qwen_image_config(name: str, shapes: Mapping[str, Shape], *, clean_references: bool = False) -> QwenImageConfig:
    """Derive the configuration of a Qwen-Image network from the shapes of its tensors."""
    found = Tensors(shapes, qwen_image_weights(QwenImageConfig(depth=1)))
    width = found.rows("image_in.weight")
    head = found.rows("blocks.0.image.attention.key_norm.weight")
    _check_head(name, head, FLUX_HEAD)
    return QwenImageConfig(
        channels=found.columns("image_in.weight") // 4,
        width=width,
        heads=width // head,
        depth=found.count("blocks.0.image.attention.key_norm.weight"),
        context=found.columns("text_in.weight"),
        clean_references=clean_references,
    )


def krea2_config(name: str, shapes: Mapping[str, Shape]) -> Krea2Config:
    """Derive the configuration of a Krea 2 network from the shapes of its tensors."""
    found = Tensors(shapes, krea2_weights(Krea2Config(depth=1, fusing=1, refining=1)))
    width = found.rows("image_in.weight")
    head = found.rows("blocks.0.attention.key_norm.weight")
    _check_head(name, head, sum(Krea2Config.axes))
    text = found.rows("text_norm.weight")
    return Krea2Config(
        channels=found.columns("image_in.weight") // 4,
        width=width,
        heads=width // head,
        value_heads=found.rows("blocks.0.attention.key.weight") // head,
        depth=found.count("blocks.0.attention.key_norm.weight"),
        hidden=found.rows("blocks.0.feed_forward.gate.weight"),
        text=text,
        taps=found.columns("fusion.projector.weight"),
        text_heads=text // found.rows("fusion.fusing.0.attention.key_norm.weight"),
        text_hidden=found.rows("fusion.fusing.0.feed_forward.gate.weight"),
        fusing=found.count("fusion.fusing.0.attention.key_norm.weight"),
        refining=found.count("fusion.refining.0.attention.key_norm.weight"),
    )


def ernie_image_config(name: str, shapes: Mapping[str, Shape]) -> ErnieImageConfig:
    """Derive the configuration of an ERNIE-Image network from the shapes of its tensors."""
    found = Tensors(shapes, ernie_image_weights(ErnieImageConfig(depth=1)))
    width, channels, *_ = found.shape("image_in.weight")
    head = found.rows("blocks.0.attention.key_norm.weight")
    _check_head(name, head, sum(ErnieImageConfig.axes))
    return ErnieImageConfig(
        channels=channels,
        width=width,
        heads=width // head,
        depth=found.count("blocks.0.attention.key_norm.weight"),
        hidden=found.rows("blocks.0.feed_forward.gate.weight"),
        context=found.columns("text_in.weight"),
    )


def anima_config(name: str, shapes: Mapping[str, Shape]) -> AnimaConfig:
    """Derive the configuration of an Anima network from the shapes of its tensors."""
    found = Tensors(shapes, anima_weights(AnimaConfig(depth=1, text_depth=1)))
    width = found.rows("image_in.weight")
    head = found.rows("blocks.0.self_attention.key_norm.weight")
    _check_head(name, head, sum(AnimaConfig.axes))
    vocabulary, context = found.shape("text_adapter.tokens.weight")
    return AnimaConfig(
        channels=found.columns("image_in.weight") // 4 - 1,
        width=width,
        heads=width // head,
        depth=found.count("blocks.0.self_attention.key_norm.weight"),
        hidden=found.rows("blocks.0.feed_forward.0.weight"),
        rank=found.rows("last_modulation.0.weight"),
        context=context,
        text=found.columns("text_adapter.blocks.0.attention.key.weight"),
        vocabulary=vocabulary,
        text_heads=context // found.rows("text_adapter.blocks.0.attention.key_norm.weight"),
        text_depth=found.count("text_adapter.blocks.0.attention.key_norm.weight"),
        text_hidden=found.rows("text_adapter.blocks.0.feed_forward.0.weight"),
    )


def ideogram4_config(name: str, shapes: Mapping[str, Shape]) -> Ideogram4Config:
    """Derive the configuration of one of Ideogram 4's networks from the shapes of its tensors."""
    found = Tensors(shapes, ideogram4_weights(Ideogram4Config(depth=1)))
    width = found.rows("image_in.weight")
    head = found.rows("blocks.0.attention.key_norm.weight")
    _check_head(name, head, 2 * IDEOGRAM_4_PAIRS)
    text = found.rows("text_norm.weight")
    if text % IDEOGRAM_4_TAPS:
        raise ValueError(f"{text} features of the text")
    return Ideogram4Config(
        channels=found.columns("image_in.weight"),
        width=width,
        heads=width // head,
        depth=found.count("blocks.0.attention.key_norm.weight"),
        hidden=found.rows("blocks.0.feed_forward.gate.weight"),
        condition=found.rows("condition_in.weight"),
        text=text // IDEOGRAM_4_TAPS,
    )


# Function (name of the model, shapes of its tensors) -> configuration. Raises LookupError or ValueError for tensors of
# another network, and ModelError for a size that is not supported.
ReadConfig = Callable[[str, Mapping[str, Shape]], Config]
lumina_config: ReadConfig = partial(z_image_config, base=LUMINA_2)


def _flux_heads(name: str, width: int, head: int) -> int:
    _check_head(name, head, FLUX_HEAD)
    return width // head


def _check_head(name: str, head: int, expected: int) -> None:
    """Raise ModelError unless the attention heads have the width of the rotary position embedding."""
    if head != expected:
        raise ModelError(
            f"{name} has attention heads of {head} numbers, and models of its kind have {expected};"
            " choose another model."
        )
