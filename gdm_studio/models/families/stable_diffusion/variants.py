"""Variants of Stable Diffusion, recognised by the widths of their weights and by configuration files."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gdm_studio.common.errors import ModelError, StorageError
from gdm_studio.common.translation_markers import translatable
from gdm_studio.models.families.stable_diffusion.checkpoint_layout import (
    LATENTS,
    Layout,
    Network,
    Text,
    is_pipeline,
    latent_shape,
)
from gdm_studio.models.files.checkpoints import PIPELINE, Entry
from gdm_studio.models.files.stated_configuration import SCHEDULER, read_stated_configuration
from gdm_studio.models.files.weight_file_names import name_of

# Input channels of a U-Net: plain, for inpainting, and for editing by instructions (InstructPix2Pix).
PLAIN, INPAINTING, EDITING = 4, 9, 8
# Widths of the text embeddings of U-Nets for editing. Other U-Nets with 8 channels have different inputs.
EDITING_TEXTS = (768, 2048)
# Length of the embedding of each size that a U-Net is conditioned on.
SIZES = 256
# Number of layers of the complete text encoder of Stable Diffusion 2.
DEPTH_2 = 24
# Number of tokens that a text encoder reads at once.
TOKENS = 77


@dataclass(frozen=True)
class Variant:
    """Properties that all checkpoints of one version of Stable Diffusion share, such as SDXL or an inpainting
    version.
    """

    title: str
    # Side of the training images in pixels.
    side: int
    # Scale factor from the autoencoder's latents to those of the U-Net.
    scale: float
    # Text encoders, whose outputs are concatenated.
    texts: tuple[Text, ...]
    # Layer whose output is used, counted from the end. 1 is the last layer.
    skip: int
    # True if that output is normalised like the output of the last layer.
    norm: bool = True
    # Padding token after the prompt, by text encoder. If empty, it is the end token.
    pads: tuple[int, ...] = ()
    # Number of sizes that the U-Net is conditioned on, in addition to the pooled text.
    size_count: int = 0
    # True if the last of the sizes is an aesthetic score.
    has_aesthetic_score: bool = False
    # True if an empty negative prompt is encoded as zeros.
    zeroes_empty_negative: bool = False
    # True if a refiner can compute the model's last steps.
    accepts_refiner: bool = False
    # True if the model is a refiner. Adapters in prompts are then not applied to it.
    is_refiner: bool = False


# Variants by the width of the text embeddings in the U-Net's cross-attention.
KINDS: Mapping[int, Variant] = {
    768: Variant("Stable Diffusion 1", 512, 0.18215, ("text_encoder",), 1),
    1024: Variant("Stable Diffusion 2", 512, 0.18215, ("text_encoder",), 2, pads=(0,)),
    1280: Variant(
        "SDXL refiner",
        1024,
        0.13025,
        ("text_encoder_2",),
        2,
        norm=False,
        pads=(0,),
        size_count=5,
        has_aesthetic_score=True,
    ),
    2048: Variant(
        "SDXL",
        1024,
        0.13025,
        ("text_encoder", "text_encoder_2"),
        2,
        norm=False,
        pads=(49407, 0),
        size_count=6,
        zeroes_empty_negative=True,
        accepts_refiner=True,
    ),
}


def variant_of(entry: Entry, layout: Layout) -> Variant:
    """Determine which version of Stable Diffusion a checkpoint is. Raises ModelError if it is unknown or incomplete."""
    try:
        kind = _detect_kind(entry.path.name, layout)
    except (LookupError, StopIteration) as error:  # a required weight is missing, or has the wrong shape
        raise ModelError(
            translatable("{name} is damaged or not whole; copy or download it again.", name=entry.path.name)
        ) from error
    return _configure(entry, kind, has_own_vae="vae" not in layout.from_elsewhere) if is_pipeline(entry) else kind


def _detect_kind(name: str, layout: Layout) -> Variant:
    kind = KINDS.get(layout.context)
    inputs = (PLAIN, INPAINTING, *((EDITING,) if layout.context in EDITING_TEXTS else ()))
    if kind is None or layout.channels not in inputs:
        raise ModelError(
            f"{name} is an unsupported variant of Stable Diffusion ({layout.channels} channels, text width "
            f"{layout.context}); choose another model file."
        )
    if left := layout.left or [part for part in layout.networks if part not in ("unet", "vae", *kind.texts)]:
        raise ModelError(f"{name} contains {name_some(left)}, which {kind.title} lacks; choose another model file.")
    fits = "vae" not in layout.networks or latent_shape(layout.networks["vae"].shapes) == LATENTS
    drawn = layout.unet.get("out.2.weight", (PLAIN,))[0]
    if drawn != PLAIN or not (fits and _fits_text_encoders(kind, layout)):
        raise ModelError(f"{name} has networks that do not match each other; choose another model file.")
    return _adjust_depth(kind, layout)


def missing_texts(kind: Variant, layout: Layout) -> tuple[Text, ...]:
    """Return the text encoders that a checkpoint requires but does not contain. They must come from other files."""
    return tuple(part for part in kind.texts if part not in layout.networks)


def _fits_text_encoders(kind: Variant, layout: Layout) -> bool:
    """Return True if the text encoders have the widths that the U-Net requires.

    Missing text encoders are assumed to fit, because they are chosen by their widths.
    """
    if missing_texts(kind, layout):
        return bool(layout.vector) == bool(kind.size_count)
    texts = [layout.networks[part].shapes for part in kind.texts]
    pooled = texts[-1].get("text_projection.weight", (0,))[0]
    vector = pooled + SIZES * kind.size_count if kind.size_count else 0
    widths = sum(text["token_embedding.weight"][1] for text in texts), vector
    reads = min(text.get("position_embedding.weight", (TOKENS,))[0] for text in texts) >= TOKENS
    return widths == (layout.context, layout.vector) and reads


def _adjust_depth(kind: Variant, layout: Layout) -> Variant:
    """Adjust the choice of the text encoder's layer if the encoder comes from another file and lacks its last layer.

    diffusers omits the last layer of Stable Diffusion 2's text encoder, which is not used.
    """
    first = kind.texts[0]
    if not kind.norm or kind.skip == 1 or first not in layout.from_elsewhere:
        return kind
    shortened = f"layers.{DEPTH_2 - 1}.mlp.fc1.weight" not in layout.networks[first].shapes
    return replace(kind, skip=1) if shortened else kind


def name_some(names: Collection[str]) -> str:
    """Describe weights in an error message: by name if there is only one, else by a count with an example, such as "12
    weights such as NAME".
    """
    first = repr(min(names)[:80])
    return first if len(names) == 1 else f"{len(names):,} weights such as {first}"


def _configure(entry: Entry, kind: Variant, *, has_own_vae: bool) -> Variant:
    """Adjust the description of a Stable Diffusion variant to the configuration files in a diffusers folder. Raises
    ModelError for unsupported values.
    """
    # The latents of another autoencoder have another scale.
    vae_config = read_config(entry, "vae/config.json") if has_own_vae else {}
    if _has_other_latents(vae_config):
        raise ModelError(f"{entry.path.name} has unsupported latents; choose another model.")
    scale = vae_config.get("scaling_factor", kind.scale)
    if not _is_scale(scale):
        raise damaged_error(entry, "vae/config.json")
    silent = read_config(entry, PIPELINE).get("force_zeros_for_empty_prompt", kind.zeroes_empty_negative)
    # In folders, the text encoder of Stable Diffusion 2 comes without its last layer, which is not used.
    skip = 1 if kind.norm else kind.skip
    return replace(kind, scale=float(scale), zeroes_empty_negative=silent is True, skip=skip)


def with_scale_of(kind: Variant, vae: Network) -> Variant:
    """Return a copy of a variant with the scale of the latents that the configuration beside an autoencoder states, if
    there is one. Raises ModelError for unsupported latents.
    """
    stated = read_stated_configuration(vae.files)
    scale = stated.get("scaling_factor", kind.scale)
    if _has_other_latents(stated) or not _is_scale(scale):
        raise ModelError(f"{name_of(vae.files[0])} is a VAE with unsupported latents; choose another, or none.")
    return replace(kind, scale=float(scale))


def _has_other_latents(vae_config: Mapping[str, Any]) -> bool:
    return bool(vae_config.get("latents_mean") or vae_config.get("shift_factor"))


def _is_scale(scale: Any) -> bool:
    return not isinstance(scale, bool) and isinstance(scale, int | float) and 1e-6 < scale < 1e6


def read_config(entry: Entry, name: str) -> dict[str, Any]:
    """Read a JSON configuration file of a diffusers folder, such as "vae/config.json". Returns {} if it does not exist.
    Raises ModelError if it is damaged.
    """
    try:
        # diffusers writes -Infinity as a limit of its DPM-Solver into the configuration of the scheduler.
        return entry.object(name, is_finite=name != SCHEDULER) if (entry.folder / name).is_file() else {}
    except (StorageError, OSError, ValueError, TypeError, RecursionError) as error:
        raise damaged_error(entry, name) from error


def damaged_error(entry: Entry, name: str) -> ModelError:
    """Return the error for a damaged configuration file of a model."""
    return ModelError(f"{name} of {entry.path.name} is damaged; copy or download the model again.")
