"""Loader of shared parts. A part is read completely or not at all, and only once for all models that use it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from gdm_studio.common.errors import ModelError, StorageError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.models.families.shared_parts.clip_tokenizer import with_words_of_folder
from gdm_studio.models.families.shared_parts.part_layout import Kind, Part, Shapes
from gdm_studio.models.families.stable_diffusion.architecture import autoencoder_config, clip_config
from gdm_studio.models.families.stable_diffusion.variants import name_some
from gdm_studio.models.files.checkpoints import read_json_object
from gdm_studio.models.files.clip_words import tokenizer_files
from gdm_studio.models.files.stated_configuration import read_stated_configuration
from gdm_studio.models.files.weights import open_weights
from gdm_studio.models.memory.loaded_model_cache import Placement
from gdm_studio.models.memory.residency import place_network
from gdm_studio.networks.bounded_construction import at_most
from gdm_studio.networks.diffusion_transformers.redux import SiglipVision
from gdm_studio.networks.diffusion_transformers.redux_configuration import SiglipVisionConfig
from gdm_studio.networks.diffusion_transformers.scaled_autoencoder import (
    EPSILON,
    QWEN_IMAGE_DEVIATION,
    QWEN_IMAGE_MEAN,
    LatentScale,
    LatentStatistics,
    ScaledAutoencoder,
    with_batch_norm,
    with_channel_statistics,
    with_latent_scale,
    with_statistics,
)
from gdm_studio.networks.stable_diffusion.autoencoder import Autoencoder
from gdm_studio.networks.stable_diffusion.clip import ClipText
from gdm_studio.networks.stable_diffusion.clip_vision import SIDE, ClipVision, ClipVisionConfig
from gdm_studio.networks.text_encoders.decoder import Decoder, DecoderConfig
from gdm_studio.networks.text_encoders.gemma2 import gemma2_config
from gdm_studio.networks.text_encoders.mistral import ministral3_config, mistral_config
from gdm_studio.networks.text_encoders.qwen3 import qwen3_config, qwen3_vl_config
from gdm_studio.networks.text_encoders.qwen25_vl import Vision, VisionConfig, qwen25_config
from gdm_studio.networks.text_encoders.t5 import T5Config, T5Encoder

N = TypeVar("N", bound=nn.Module)

# Maximum number of layers. A file with more layers does not contain such a part.
MOST_LAYERS = 128
# Channels per head of language models without normalised heads.
HEADS: Mapping[Kind, int] = {"gemma2": 256, "qwen25vl": 128, "mistral": 128, "ministral3": 128}
# Channels per head of CLIP's small image encoders, and the number of heads of the larger ones.
CLIP_HEAD, MOST_HEADS = 64, 16
# Channels per head of SigLIP so400m.
SIGLIP_HEAD = 72
# Widths of OpenAI's image encoders, which have another activation function (quick GELU) than OpenCLIP's.
OPENAI_WIDTHS = (768, 1024)
# Kinds of autoencoders.
VAES: tuple[Kind, ...] = ("vae", "wan_vae")
# The statistics of FLUX.2's latents, stored beside the weights of its autoencoder.
STATISTICS = ("bn.running_mean", "bn.running_var")


def load_t5(part: Part, placement: Placement) -> T5Encoder:
    """Load a T5 or UMT5 text encoder onto the device, unless it is in the store. Raises ModelError."""
    return _load_network(part, lambda shapes: T5Encoder(t5_config(shapes)), placement)


def load_decoder(part: Part, placement: Placement) -> Decoder:
    """Load a language model that serves as a text encoder, Qwen3 or Gemma 2, unless it is in the store. Raises
    ModelError.
    """
    return _load_network(part, lambda shapes: Decoder(decoder_config(part.kind, shapes)), placement)


def load_vision(part: Part, placement: Placement) -> Vision:
    """Load the image encoder of Qwen2.5-VL onto the device, unless it is in the store. Raises ModelError."""
    return _load_network(part, lambda shapes: Vision(vision_config(shapes)), placement)


def load_clip(part: Part, placement: Placement) -> ClipText:
    """Load a CLIP text encoder onto the device, unless it is in the store. Raises ModelError."""
    encoder = _load_network(part, lambda shapes: ClipText(clip_config(shapes)), placement)
    return with_words_of_folder(encoder, part.network.files, part.path.name)


def load_clip_vision(part: Part, placement: Placement) -> ClipVision:
    """Load CLIP's image encoder onto the device, unless it is in the store. Raises ModelError."""
    return _load_network(part, lambda shapes: ClipVision(clip_vision_config(shapes)), placement)


def load_siglip_vision(part: Part, placement: Placement) -> SiglipVision:
    """Load SigLIP's image encoder onto the device, unless it is in the store. Raises ModelError."""
    return _load_network(part, lambda shapes: SiglipVision(siglip_vision_config(shapes)), placement)


def load_part(part: Part, placement: Placement) -> nn.Module:
    """Load a text encoder or autoencoder of any kind, unless it is in the store. Raises ModelError."""
    if part.kind in VAES:
        return load_vae(part, placement, LatentScale(0.0, 1.0))
    if part.kind == "qwen25vl_vision":
        return load_vision(part, placement)
    if part.kind == "clip_vision":
        return load_clip_vision(part, placement)
    if part.kind == "siglip_vision":
        return load_siglip_vision(part, placement)
    load = {"clip": load_clip, "t5": load_t5, "umt5": load_t5}.get(part.kind, load_decoder)
    found: nn.Module = load(part, placement)
    return found


def load_vae(
    part: Part,
    placement: Placement,
    scale: LatentScale,
    epsilon: float = EPSILON,
    own: LatentStatistics | None = None,
) -> ScaledAutoencoder:
    """Load an image autoencoder onto the device, unless it is in the store. Raises ModelError.

    `scale` is the default scale of its latents. It is used unless the file or the configuration in its folder states
    another one. `epsilon` is added to the variances in the file of FLUX.2's autoencoder. With `own`, its folded latents
    have these statistics instead of those in its file.
    """
    used = _read_declared_scale(part) or scale
    device, dtype = placement.device, placement.dtype
    statistics = _read_declared_statistics(part) if part.kind == "wan_vae" else ()

    def load() -> ScaledAutoencoder:
        inner = _build(part, lambda shapes: Autoencoder(autoencoder_config(shapes)), placement, but=STATISTICS)
        inner = inner.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        if part.kind == "wan_vae":
            return with_channel_statistics(inner, *statistics).to(device, dtype)
        if not all(name in part.network.shapes for name in STATISTICS):
            return with_latent_scale(inner, used).to(device, dtype)
        if own is not None:
            return with_statistics(inner, own).to(device, dtype)
        mean, variance = _read_weights(part, STATISTICS, device, torch.float32).values()
        if {len(mean), len(variance)} != {4 * inner.config.latent}:
            raise ValueError(f"{len(mean)} statistics of {inner.config.latent} channels")
        return with_batch_norm(inner, mean, variance, epsilon).to(device, dtype)

    return _load_from_store(part, placement, load, f"{used} {statistics} {epsilon} {own is not None}")


def _read_declared_scale(part: Part) -> LatentScale | None:
    """Return the scale of an autoencoder's latents from the configuration in its folder, or None if it does not state
    one. Raises ModelError.
    """
    with _configuration_of(part) as found:
        shift, scale = (found.get(each) or 0.0 for each in ("shift_factor", "scaling_factor"))
        if not scale:
            return None
        if any(isinstance(each, bool) or not abs(float(each)) < 1e6 for each in (shift, scale)) or abs(scale) < 1e-6:
            raise ValueError(f"{shift} and {scale}")
        return LatentScale(float(shift), float(scale))


def _read_declared_statistics(part: Part) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the mean and the standard deviation of each channel of an autoencoder's latents: those in the
    configuration in its folder or, if it states none, those of Qwen-Image. Raises ModelError.
    """
    with _configuration_of(part) as found:
        means = found.get("latents_mean") or QWEN_IMAGE_MEAN
        deviations = found.get("latents_std") or QWEN_IMAGE_DEVIATION
        numbers = tuple(map(float, means)), tuple(map(float, deviations))
        is_usable = all(abs(mean) < 1e6 for mean in numbers[0]) and all(1e-6 < each < 1e6 for each in numbers[1])
        if not is_usable or {*map(len, numbers)} != {part.width}:
            raise ValueError(f"{len(means)} and {len(deviations)} statistics of {part.width} channels")
        return numbers


@contextmanager
def _configuration_of(part: Part) -> Iterator[dict[str, Any]]:
    """Context manager that returns the configuration in the folder of a part or beside its file, or {} if there is
    none, and converts errors from reading its values to ModelError.
    """
    name = f"{part.component}/config.json" if part.component else "config.json"
    try:
        if part.path.is_dir():
            yield read_json_object(part.path / name) if (part.path / name).is_file() else {}
        else:
            yield read_stated_configuration(part.network.files)
    except (StorageError, OSError, ValueError, TypeError, RecursionError) as error:
        raise ModelError(f"{name} of {part.path.name} is damaged; copy or download the model again.") from error


def t5_config(shapes: Shapes) -> T5Config:
    """Derive the configuration of a T5 encoder from the shapes of its weights. Raises LookupError or ValueError if they
    are not a T5 encoder's weights.
    """
    vocabulary, width = shapes["tokens.weight"]
    buckets, heads = shapes["biases.0.weight"]
    return T5Config(
        vocabulary=vocabulary,
        width=width,
        layers=_count_layers(shapes),
        heads=heads,
        head=shapes["layers.0.attention.q.weight"][0] // heads,
        hidden=shapes["layers.0.mlp.gate_proj.weight"][0],
        buckets=buckets,
        own_biases="biases.1.weight" in shapes,
    )


def decoder_config(kind: Kind, shapes: Shapes) -> DecoderConfig:
    """Derive the configuration of a decoder-only language model, such as Qwen3, from the shapes of its weights.

    Raises LookupError, ValueError or ArithmeticError if they are not the weights of such a model.
    """
    vocabulary, width = shapes["embed_tokens.weight"]
    first = "layers.0.self_attn"
    head = HEADS[kind] if kind in HEADS else shapes[f"{first}.q_norm.weight"][0]
    creators: dict[str, Callable[..., DecoderConfig]] = {
        "gemma2": gemma2_config, "mistral": mistral_config, "ministral3": ministral3_config,
        "qwen25vl": qwen25_config, "qwen3vl": qwen3_vl_config,
    }  # fmt: skip
    return creators.get(kind, qwen3_config)(
        width,
        _count_layers(shapes),
        shapes[f"{first}.q_proj.weight"][0] // head,
        shapes["layers.0.mlp.up_proj.weight"][0],
        key_heads=shapes[f"{first}.k_proj.weight"][0] // head,
        head=head,
        vocabulary=vocabulary,
    )


def clip_vision_config(shapes: Shapes) -> ClipVisionConfig:
    """Derive the configuration of CLIP's image encoder from the shapes of its weights. Raises LookupError or ValueError
    if they are not the weights of such an encoder for images of SIDE pixels.
    """
    width, _, patch, _ = shapes["patch_embedding.weight"]
    patches = shapes["position_embedding.weight"][0] - 1
    if not patch or patches != (SIDE // patch) ** 2:
        raise ValueError(f"{patches} patches of side {patch}")
    return ClipVisionConfig(
        width=width,
        layers=_count_layers(shapes),
        heads=width // CLIP_HEAD if width < MOST_HEADS * CLIP_HEAD else MOST_HEADS,
        hidden=shapes["layers.0.mlp.fc1.weight"][0],
        patch=patch,
        patches=patches,
        quick=width in OPENAI_WIDTHS,
        projection=shapes["projection.weight"][0] if "projection.weight" in shapes else 0,
    )


def siglip_vision_config(shapes: Shapes) -> SiglipVisionConfig:
    """Derive the configuration of SigLIP's image encoder from the shapes of its weights. Raises LookupError or
    ValueError if they are not the weights of such an encoder.
    """
    width, _, _, patch = shapes["patch_embedding.weight"]
    if width % SIGLIP_HEAD:
        raise ValueError(f"heads of width {width}")
    return SiglipVisionConfig(
        width=width,
        layers=_count_layers(shapes),
        heads=width // SIGLIP_HEAD,
        hidden=shapes["layers.0.mlp.fc1.weight"][0],
        patch=patch,
        patches=shapes["position_embedding.weight"][0],
    )


def vision_config(shapes: Shapes) -> VisionConfig:
    """Derive the configuration of Qwen2.5-VL's image encoder from the shapes of its weights. Raises LookupError or
    ValueError if they are not the weights of such an encoder.
    """
    width, *_ = shapes["patch_embed.proj.weight"]
    return VisionConfig(
        width=width,
        layers=_count_layers(shapes),
        hidden=shapes["blocks.0.mlp.gate_proj.weight"][0],
        out=shapes["merger.mlp.2.weight"][0],
    )


def _count_layers(shapes: Shapes) -> int:
    numbers = (int(at[1]) for name in shapes if (at := _LAYER.match(name)))
    count = 1 + max(numbers, default=-1)
    if count > MOST_LAYERS:
        raise ValueError(f"{count} layers")
    return count


def _load_network(part: Part, make: Callable[[Shapes], N], placement: Placement) -> N:
    """Return a network from the store of loaded models, or else create it and load its weights. Raises ModelError."""
    return _load_from_store(part, placement, lambda: _build(part, make, placement))


def _load_from_store(part: Part, placement: Placement, load: Callable[[], N], variant: str = "") -> N:
    """Return a text encoder or autoencoder from the store of loaded models, or else load it by calling `load`. Raises
    ModelError if a file is damaged.
    """
    files = (*part.network.files, *tokenizer_files(part.network.files))
    size = part.network.bytes_in(placement.dtype.itemsize)
    try:
        return placement.share(f"{part.kind} {part.width} {variant}", files, size, load)
    except (LookupError, TypeError, ValueError, ArithmeticError, OSError) as error:
        raise ModelError(
            translatable("{name} is damaged or not whole; copy or download it again.", name=part.path.name)
        ) from error


def _build(
    part: Part,
    make: Callable[[Shapes], N],
    placement: Placement,
    *,
    but: tuple[str, ...] = (),
) -> N:
    """Create a text encoder or autoencoder on the device and load its weights, except the weights named in `but`.

    Raises ModelError if a weight is missing, unknown or of the wrong shape.
    """
    shapes = {name: shape for name, shape in part.network.shapes.items() if name not in but}
    # A network with somewhat more weights is built, so that the missing ones can be named.
    with at_most(2 * len(shapes)), torch.device("meta"):
        network = make(shapes)
    _check_names(part, {name: tuple(weight.shape) for name, weight in network.state_dict().items()}, shapes)
    device, dtype = placement.device, placement.dtype
    network.load_state_dict(_read_weights(part, shapes, device, dtype), assign=True)
    network.eval().requires_grad_(False)
    return network if part.kind in VAES else place_network(network, device, dtype)


def _check_names(part: Part, wanted: Shapes, found: Shapes) -> None:
    flaws = {
        "lacks {}": wanted.keys() - found.keys(),
        "has {}, which are unknown": found.keys() - wanted.keys(),
        "has another shape of {}": {name for name, shape in found.items() if wanted.get(name, shape) != shape},
    }
    if texts := [text.format(name_some(names)) for text, names in flaws.items() if names]:
        raise ModelError(f"{part.path.name} is not whole: it {' and '.join(texts)}; copy or download it again.")


def _read_weights(part: Part, names: Iterable[str], device: torch.device, dtype: torch.dtype) -> dict[str, Tensor]:
    """Read the weights of a text encoder or VAE, and return them by their names in this program. The weights of a VAE
    are on the device and converted to `dtype`.

    The weights of text encoders are memory-mapped. Their quantised matrices stay compressed, as do 16-bit matrices on a
    CPU.
    """
    files = open_weights(part.network.files)
    places = {name: part.network.weights[name] for name in names}
    for file, place in places.values():
        files[file].expect(place.name)
    found: dict[str, Tensor] = {}
    for name, (file, place) in places.items():
        shape = part.network.shapes[name]
        is_matrix = part.kind not in VAES and place.is_whole and len(shape) > 1
        compact = files[file].compact(place.name, dtype, device) if is_matrix else None
        if compact is not None:
            found[name] = compact.reshaped(shape)
            continue
        own = files[file][place.name]
        plain = own.to(device, dtype) if part.kind in VAES else own
        found[name] = place.of(plain).reshape(shape).contiguous()
    return found


_LAYER = re.compile(r"(?:layers|blocks)\.(\d+)\.")
