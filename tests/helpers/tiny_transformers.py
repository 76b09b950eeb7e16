"""Diffusion transformers with few random weights in the real layouts, with their text encoders and VAEs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from gdm_studio.networks.diffusion_transformers import configurations
from gdm_studio.networks.diffusion_transformers.anima_configuration import AnimaConfig, anima_weights
from gdm_studio.networks.diffusion_transformers.anima_control_configuration import (
    TARGETS,
    AnimaControlConfig,
    anima_control_weights,
)
from gdm_studio.networks.diffusion_transformers.configurations import (
    LUMINA_2,
    Flux1Config,
    Flux2Config,
    SD3Config,
    Weight,
    ZImageConfig,
)
from gdm_studio.networks.diffusion_transformers.control_configuration import (
    Flux1ControlConfig,
    QwenImageControlConfig,
    ZImageControlConfig,
    flux1_control_weights,
    qwen_image_control_weights,
    z_image_control_weights,
)
from gdm_studio.networks.diffusion_transformers.ernie_image_configuration import ErnieImageConfig, ernie_image_weights
from gdm_studio.networks.diffusion_transformers.ideogram4_configuration import Ideogram4Config, ideogram4_weights
from gdm_studio.networks.diffusion_transformers.krea2_configuration import Krea2Config, krea2_weights
from gdm_studio.networks.diffusion_transformers.qwen_image_configuration import QwenImageConfig, qwen_image_weights
from gdm_studio.networks.diffusion_transformers.redux import SiglipVision
from gdm_studio.networks.diffusion_transformers.redux_configuration import (
    ReduxConfig,
    SiglipVisionConfig,
    redux_weights,
)
from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder, AutoencoderConfig
from gdm_studio.networks.stable_diffusion.clip import ClipConfig, ClipText
from gdm_studio.networks.text_encoders.decoder import Decoder
from gdm_studio.networks.text_encoders.gemma2 import gemma2_config
from gdm_studio.networks.text_encoders.mistral import ministral3_config, mistral_config
from gdm_studio.networks.text_encoders.qwen3 import qwen3_config, qwen3_vl_config
from gdm_studio.networks.text_encoders.qwen25_vl import Vision, VisionConfig, qwen25_config
from gdm_studio.networks.text_encoders.t5 import T5Config, T5Encoder
from tests.helpers.tekken import tekken
from tests.helpers.tiny_stable import vae_to_diffusers
from tests.helpers.wan_vae import wan_vae_shapes
from tests.parity.weights import weights as random_weights

SIDE = 128
# Component with the transformer that predicts without the prompt.
UNCONDITIONAL = "unconditional_transformer"
# Rows of a large table of tokens that are random; the others repeat them.
ROWS = 512
VAE = AutoencoderConfig(channels=32, widths=(1, 1, 1, 1), blocks=1, latent=16, quant=False)
FLUX = Flux1Config(width=128, heads=1, double=2, single=2, context=32, pooled=64)
CLIP_L = ClipConfig(width=64, heads=1, layers=2, quick=False, projection=64)
T5 = T5Config(width=32, layers=2, heads=2, head=16, hidden=48)
QWEN = qwen3_config(32, 3, 2, 48, key_heads=1, head=16)
KREA_2 = Krea2Config(
    width=256, heads=2, value_heads=1, depth=2, hidden=96, text=32, text_heads=2, text_hidden=48, fusing=1, refining=1
)
# Its denoiser takes hidden states of up to the 35th layer.
QWEN3_VL = qwen3_vl_config(32, 36, 2, 48, key_heads=1, head=16)
# Stable Diffusion 3 takes three eighths of its pooled text from CLIP-L and five from OpenCLIP bigG.
SD3_CLIPS = (replace(CLIP_L, width=192, heads=3, projection=192), replace(CLIP_L, width=320, heads=5, projection=320))
SD3 = SD3Config(width=128, heads=2, depth=3, context=512, pooled=512, positions=24)
Z_IMAGE = ZImageConfig(width=128, heads=1, value_heads=1, depth=2, refiners=1, hidden=341, context=32, time=128)
LUMINA = replace(
    LUMINA_2, width=192, heads=2, value_heads=1, depth=2, refiners=1, hidden=512, context=32, time=192, time_hidden=192
)
QWEN_IMAGE = QwenImageConfig(width=256, heads=2, depth=2, context=256)
WAN_VAE = AutoencoderConfig(channels=4, widths=(1, 2, 4, 4), blocks=1, latent=16, video=True)
# Its heads have 128 channels.
QWEN25 = qwen25_config(256, 2, 2, 48, key_heads=1)
# Every eighth layer attends to the whole image.
VISION = VisionConfig(width=64, layers=8, hidden=48, out=256)
# Its heads have 128 channels, and its denoiser takes hidden states of up to the 30th layer.
MISTRAL = mistral_config(32, 30, 2, 48, key_heads=1)
FLUX_2 = Flux2Config(width=128, heads=1, double=1, single=2, context=96)
FLUX_CONTROL = Flux1ControlConfig(replace(FLUX, double=2, single=3))
FLUX_UNION = replace(FLUX_CONTROL, modes=10)
QWEN_CONTROL = QwenImageControlConfig(QWEN_IMAGE)
# Versions of the ControlNets for Z-Image.
Z_IMAGE_DEEP = replace(Z_IMAGE, width=256, heads=2, value_heads=2, depth=5, refiners=2, hidden=682, time=256)
Z_IMAGE_CONTROL = ZImageControlConfig(replace(Z_IMAGE_DEEP, depth=2, context=0))
Z_IMAGE_CONTROL_2 = replace(Z_IMAGE_CONTROL, inputs=33, refining="refiners")
SIGLIP = SiglipVisionConfig(width=144, layers=2, heads=2, hidden=96, patch=96, patches=16)
REDUX = ReduxConfig(SIGLIP.width, 96, FLUX.context)
ERNIE_IMAGE = ErnieImageConfig(width=256, heads=2, depth=2, hidden=96, context=32)
ANIMA = AnimaConfig(
    width=256, heads=2, depth=2, hidden=96, rank=16, context=32, text=32, text_heads=2, text_depth=2, text_hidden=48
)
ANIMA_CONTROL = AnimaControlConfig(
    AnimaConfig(0, ANIMA.width, 0, ANIMA.depth, 0, 0, 0, 0, 0, 0, 0, 0),
    tuple(sorted(f"blocks_{block}_{layer}" for block in range(ANIMA.depth) for layer in TARGETS)),
    channels=16,
    embedding=8,
    dilations=(1, 2, 4),
    hidden=24,
)
# Its heads have 256 channels.
IDEOGRAM_4 = Ideogram4Config(width=512, heads=2, depth=2, hidden=96, condition=16, text=32)
MINISTRAL = ministral3_config(32, 26, 2, 48, key_heads=1)


@dataclass(frozen=True)
class Kind:
    """Kind of diffusion transformer for tests: its network, text encoders and VAE.

    The text encoders have the names of diffusers' components.
    """

    config: Any
    weights: Callable[[Any], Iterable[Weight]]
    texts: Mapping[str, Any]
    vae: AutoencoderConfig = VAE
    # Image encoder beside the text encoder.
    vision: VisionConfig | None = None
    # True if a second transformer predicts without the prompt.
    unconditional: bool = False


_QWEN_IMAGE_KIND = Kind(QWEN_IMAGE, qwen_image_weights, {"text_encoder": QWEN25}, WAN_VAE, VISION)
_ERNIE_IMAGE_KIND = Kind(
    ERNIE_IMAGE, ernie_image_weights, {"text_encoder": MINISTRAL}, replace(VAE, latent=32, quant=True)
)
_FLUX_TEXTS = {"text_encoder": CLIP_L, "text_encoder_2": T5}
_SD3_TEXTS = {"text_encoder": SD3_CLIPS[0], "text_encoder_2": SD3_CLIPS[1], "text_encoder_3": replace(T5, width=512)}
KINDS: Mapping[str, Kind] = {
    "flux1 dev": Kind(FLUX, configurations.flux1_weights, _FLUX_TEXTS),
    # Numbers of blocks that are not multiples of a ControlNet's.
    "flux1 deep": Kind(replace(FLUX, double=3, single=5), configurations.flux1_weights, _FLUX_TEXTS),
    "flux1 schnell": Kind(replace(FLUX, guided=False), configurations.flux1_weights, _FLUX_TEXTS),
    "flux1 kontext": Kind(FLUX, configurations.flux1_weights, _FLUX_TEXTS),
    "flux1 fill": Kind(replace(FLUX, inputs=384), configurations.flux1_weights, _FLUX_TEXTS),
    "chroma": Kind(
        replace(FLUX, guided=False, pooled=0, approximator=64, approximator_layers=2),
        configurations.flux1_weights,
        {"text_encoder": T5},
    ),
    "z-image": Kind(Z_IMAGE, configurations.z_image_weights, {"text_encoder": QWEN}),
    "z-image deep": Kind(Z_IMAGE_DEEP, configurations.z_image_weights, {"text_encoder": QWEN}),
    "lumina 2": Kind(
        LUMINA, configurations.z_image_weights, {"text_encoder": gemma2_config(32, 3, 2, 48, key_heads=1, head=256)}
    ),
    "klein": Kind(
        FLUX_2,
        configurations.flux2_weights,
        {"text_encoder": replace(QWEN, layers=28)},
        replace(VAE, latent=32, quant=True),
    ),
    "flux2 dev": Kind(
        replace(FLUX_2, width=256, heads=2, guided=True),
        configurations.flux2_weights,
        {"text_encoder": MISTRAL},
        replace(VAE, latent=32, quant=True),
    ),
    "ernie-image": _ERNIE_IMAGE_KIND,
    "ernie-image turbo": _ERNIE_IMAGE_KIND,
    "anima": Kind(ANIMA, anima_weights, {"text_encoder": QWEN}, WAN_VAE),
    "anima turbo": Kind(ANIMA, anima_weights, {"text_encoder": QWEN}, WAN_VAE),
    "ideogram 4": Kind(
        IDEOGRAM_4,
        ideogram4_weights,
        {"text_encoder": QWEN3_VL},
        replace(VAE, latent=32, quant=True),
        unconditional=True,
    ),
    "qwen-image": _QWEN_IMAGE_KIND,
    "qwen-image deep": replace(_QWEN_IMAGE_KIND, config=replace(QWEN_IMAGE, depth=3)),
    "qwen-image edit": _QWEN_IMAGE_KIND,
    "qwen-image edit 2509": _QWEN_IMAGE_KIND,
    "qwen-image edit 2511": replace(_QWEN_IMAGE_KIND, config=replace(QWEN_IMAGE, clean_references=True)),
    "krea 2": Kind(KREA_2, krea2_weights, {"text_encoder": QWEN3_VL}, WAN_VAE),
    "krea 2 turbo": Kind(KREA_2, krea2_weights, {"text_encoder": QWEN3_VL}, WAN_VAE),
    "sd3": Kind(SD3, configurations.sd3_weights, _SD3_TEXTS),
    "sd3.5 medium": Kind(replace(SD3, normed=True, dual=2), configurations.sd3_weights, _SD3_TEXTS),
}
# Kinds whose text encoder has Mistral's tokenizer.
TEKKEN = ("flux2 dev", "ernie-image", "ernie-image turbo")
# Files of text encoders by the class of their configuration, and of VAEs by their channels.
FILES = {ClipConfig: "clip", T5Config: "t5xxl_fp16"}


def components(name: str) -> dict[str, dict[str, Tensor]]:
    """Return random weights of all parts of a diffusion transformer.

    Their names are those of diffusers and transformers.
    """
    kind = KINDS[name]
    found = {"transformer": dict(_denoiser(name))}
    if kind.unconditional:
        found[UNCONDITIONAL] = dict(_denoiser(name, UNCONDITIONAL))
    for part, config in kind.texts.items():
        found[part] = dict(_text(config))
    if kind.vision is not None:
        found["text_encoder"] |= _vision(kind.vision)
    found["vae"] = dict(_vae(kind.vae))
    return found


def transformer_in_one_file(name: str, part: str = "transformer") -> dict[str, Tensor]:
    """Return random weights of a diffusion transformer's network, under the names of the original release."""
    theirs = _denoiser(name, part)
    kind = KINDS[name]
    file: dict[str, Tensor] = {}
    for weight in kind.weights(kind.config):
        source = weight.sources[0]
        tensor = file.setdefault(source.name, torch.full(weight.source_shape(source), float("nan")))
        tensor[source.begin : source.begin + weight.shape[0]] = weight.read(theirs)
    return file


ControlConfig = Flux1ControlConfig | QwenImageControlConfig | ZImageControlConfig | ReduxConfig | AnimaControlConfig
_CONTROL_WEIGHTS: Mapping[type, Callable[[Any], Iterable[Weight]]] = {
    Flux1ControlConfig: flux1_control_weights,
    QwenImageControlConfig: qwen_image_control_weights,
    ZImageControlConfig: z_image_control_weights,
    ReduxConfig: redux_weights,
    AnimaControlConfig: anima_control_weights,
}


def control_shapes(config: ControlConfig) -> dict[str, tuple[int, ...]]:
    """Return the names and shapes of a ControlNet's weights, in the layout of diffusers."""
    return _shapes_in_diffusers(
        _CONTROL_WEIGHTS[type(config)](config), has_lumina=not isinstance(config, ZImageControlConfig)
    )


def control_net(config: ControlConfig) -> dict[str, Tensor]:
    """Return random weights of a ControlNet, in the layout of diffusers."""
    return _random("control", control_shapes(config))


def image_encoder() -> dict[str, Tensor]:
    """Return random weights of SigLIP's image encoder, under the names of transformers."""
    rules = {
        r"((?:patch|position)_embedding\..+)": r"vision_model.embeddings.\1",
        r"(layers\..+)": r"vision_model.encoder.\1",
        r"post_layer_norm\.(.+)": r"vision_model.post_layernorm.\1",
    }
    return _renamed(SiglipVision(SIGLIP), rules)


def write_files(folder: Path, name: str, *, file: str = "tiny.safetensors") -> Path:
    """Write a diffusion transformer as single files: the network in the original layout, text encoders and VAE."""
    folder.mkdir(parents=True, exist_ok=True)
    _save(transformer_in_one_file(name), folder / file)
    for part, weights in components(name).items():
        if part == "vae" and KINDS[name].vae.video:
            names = wan_vae_shapes(KINDS[name].vae)
            weights = {names[theirs][0]: weight for theirs, weight in weights.items()}
        if part == "text_encoder" and name in TEKKEN:
            weights["tekken_model"] = torch.frombuffer(bytearray(tekken()), dtype=torch.uint8)
        if part == UNCONDITIONAL:
            weights = transformer_in_one_file(name, part)
        if part != "transformer":
            _save(weights, folder / f"{name} {part}.safetensors")
    return folder / file


def write_folder(folder: Path, name: str) -> Path:
    """Write a small diffusion transformer in the folder layout of diffusers."""
    parts = components(name)
    is_anima = isinstance(KINDS[name].config, AnimaConfig)
    if is_anima:
        start = "text_conditioner."
        whole = parts["transformer"]
        parts["text_conditioner"] = {
            each[len(start) :]: whole.pop(each) for each in list(whole) if each.startswith(start)
        }
    for part, weights in parts.items():
        file = "model" if part.startswith("text_encoder") else "diffusion_pytorch_model"
        (folder / part).mkdir(parents=True)
        _save(weights, folder / part / f"{file}.safetensors")
    if name in TEKKEN:
        (folder / "tokenizer").mkdir()
        (folder / "tokenizer" / "tekken.json").write_bytes(tekken())
    index = "modular_model_index.json" if is_anima else "model_index.json"
    (folder / index).write_text(json.dumps({each: ["diffusers", "x"] for each in parts}), "utf-8")
    return folder


def _save(weights: Mapping[str, Tensor], file: Path) -> None:
    save_file({name: weight.contiguous() for name, weight in weights.items()}, file)


def _diffusers_shapes(kind: Kind) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a network's weights by their names in diffusers.

    The blocks of Z-Image have other names than Lumina 2's.
    """
    is_z_image = isinstance(kind.config, ZImageConfig) and not kind.config.lumina
    return _shapes_in_diffusers(kind.weights(kind.config), has_lumina=not is_z_image)


def _shapes_in_diffusers(weights: Iterable[Weight], *, has_lumina: bool) -> dict[str, tuple[int, ...]]:
    found = {}
    for weight in weights:
        named = [source for source in weight.sources if has_lumina or not _OF_LUMINA.search(source.name)]
        found[named[-1].name] = weight.source_shape(named[-1])
    return found


@cache
def _denoiser(name: str, part: str = "transformer") -> Mapping[str, Tensor]:
    """Create the random weights of one of a kind's transformers once in a process. Callers must not change them."""
    kind = KINDS[name]
    found = _random(name if part == "transformer" else f"unconditional {name}", _diffusers_shapes(kind))
    if isinstance(kind.config, Krea2Config):
        # Its normalised values are multiplied by 1 + weight.
        found = {each: weight - 1 if re.search(r"norm\w*\.weight$", each) else weight for each, weight in found.items()}
    if kind.unconditional:
        # The embedded time turns by 10,000 radians, so that rounded times would change an image.
        found["t_embedding.mlp_in.weight"] *= 0.01
    return found


@cache
def _text(config: Any) -> Mapping[str, Tensor]:
    if isinstance(config, ClipConfig):
        return _renamed(ClipText(config), _CLIP)
    if isinstance(config, T5Config):
        return _renamed(T5Encoder(config), _T5)
    if config.bias or config.theta == QWEN3_VL.theta:
        found = _renamed(Decoder(config), {r"(.+)": r"model.language_model.\1"})
        # A weight of the image encoder, which distinguishes Qwen3-VL from Qwen3.
        return found if config.bias else found | {"model.visual.merger.norm.weight": torch.ones(4)}
    if config.yarn is not None:
        # Ministral 3 is recognised by the image encoder beside it.
        found = _renamed(Decoder(config), {r"(.+)": r"language_model.model.\1"})
        return found | {"vision_tower.ln_pre.weight": torch.ones(4)}
    return _renamed(Decoder(config), _DECODER)


@cache
def _vision(config: VisionConfig) -> Mapping[str, Tensor]:
    return _renamed(Vision(config), {r"(.+)": r"model.visual.\1"})


@cache
def _vae(config: AutoencoderConfig) -> Mapping[str, Tensor]:
    if config.video:
        return _random("vae", {name: shape for name, (_, shape) in wan_vae_shapes(config).items()})
    shapes = {vae_to_diffusers(name): tuple(w.shape) for name, w in _on_meta(lambda: Autoencoder(config)).items()}
    found = _random("vae", shapes)
    if config.latent == 32:
        statistics = random_weights({"bn.running_mean": (128,), "bn.running_var": (128,)})
        found |= {name: weight.float() for name, weight in statistics.items()}
        found["bn.running_var"] = found["bn.running_var"].abs() + 0.5
    return found


def _renamed(network: nn.Module, rules: Mapping[str, str]) -> dict[str, Tensor]:
    shapes = {}
    for name, weight in network.state_dict().items():
        for pattern, theirs in rules.items():
            if at := re.fullmatch(pattern, name):
                shapes[at.expand(theirs)] = tuple(weight.shape)
                break
    return _random(type(network).__name__, shapes)


def _on_meta(make: Callable[[], nn.Module]) -> Mapping[str, Tensor]:
    with torch.device("meta"):
        return make().state_dict()


def _random(prefix: str, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """Create random fp32 weights that are large enough for attention to distinguish tokens."""
    few = {f"{prefix} {name}": (min(shape[0], ROWS), *shape[1:]) for name, shape in shapes.items()}
    found = random_weights(few)
    made = {}
    for name, shape in shapes.items():
        weight = found[f"{prefix} {name}"].float()
        weight = 2 * weight if weight.ndim > 1 else weight
        made[name] = weight.repeat(-(-shape[0] // ROWS), *[1] * (weight.ndim - 1))[: shape[0]]
    return made


# Names of Lumina 2's blocks in diffusers.
_OF_LUMINA = re.compile(r"\.feed_forward\.linear_|\.norm[12]\.")
_CLIP = {
    r"(token_embedding|position_embedding)\.weight": r"text_model.embeddings.\1.weight",
    r"(layers\..+)": r"text_model.encoder.\1",
    r"(final_layer_norm\..+)": r"text_model.\1",
    r"(text_projection\.weight)": r"\1",
}
_T5 = {
    r"tokens\.weight": "shared.weight",
    r"biases\.(\d+)\.weight": r"encoder.block.\1.layer.0.SelfAttention.relative_attention_bias.weight",
    r"layers\.(\d+)\.attention\.(.)\.weight": r"encoder.block.\1.layer.0.SelfAttention.\2.weight",
    r"layers\.(\d+)\.norm1\.weight": r"encoder.block.\1.layer.0.layer_norm.weight",
    r"layers\.(\d+)\.norm2\.weight": r"encoder.block.\1.layer.1.layer_norm.weight",
    r"layers\.(\d+)\.mlp\.gate_proj\.weight": r"encoder.block.\1.layer.1.DenseReluDense.wi_0.weight",
    r"layers\.(\d+)\.mlp\.up_proj\.weight": r"encoder.block.\1.layer.1.DenseReluDense.wi_1.weight",
    r"layers\.(\d+)\.mlp\.down_proj\.weight": r"encoder.block.\1.layer.1.DenseReluDense.wo.weight",
    r"norm\.weight": "encoder.final_layer_norm.weight",
}
_DECODER = {r"(.+)": r"model.\1"}
