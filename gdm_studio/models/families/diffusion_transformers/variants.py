"""Variants of diffusion transformers: their parts, processes and default settings."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from gdm_studio.maths.processes import sd3_first
from gdm_studio.models.capabilities import size_of_area
from gdm_studio.models.families.diffusion_transformers.configuration import (
    ReadConfig,
    anima_config,
    ernie_image_config,
    flux1_config,
    flux2_config,
    ideogram4_config,
    krea2_config,
    lumina_config,
    qwen_image_config,
    sd3_config,
    z_image_config,
)
from gdm_studio.models.files.recognition import IDEOGRAM_4
from gdm_studio.models.flow_shifts import CONSTANT
from gdm_studio.models.required_parts import (
    FLUX_1_VAE,
    FLUX_2_VAE,
    QWEN_IMAGE_VAE,
    STABLE_DIFFUSION_3_VAE,
    UNCONDITIONAL,
    RequiredPart,
)
from gdm_studio.networks.diffusion_transformers import configurations
from gdm_studio.networks.diffusion_transformers.anima_configuration import anima_weights
from gdm_studio.networks.diffusion_transformers.configurations import Weights
from gdm_studio.networks.diffusion_transformers.ernie_image_configuration import ernie_image_weights
from gdm_studio.networks.diffusion_transformers.ideogram4_configuration import ideogram4_weights
from gdm_studio.networks.diffusion_transformers.krea2_configuration import krea2_weights
from gdm_studio.networks.diffusion_transformers.qwen_image_configuration import qwen_image_weights

Family = Literal[
    "flux1", "chroma", "flux2", "flux2_dev", "sd3", "z_image", "lumina",
    "qwen_image", "qwen_image_edit", "qwen_image_edit_plus", "krea2", "ernie_image", "anima",
    "ideogram4",
]  # fmt: skip
# Eighths of the pooled text of Stable Diffusion 3 that come from CLIP-L and from OpenCLIP bigG.
CLIP_SHARES = (3, 5)
# Sizes (width, height) of the images for which FLUX.1 Kontext was trained.
_NARROW = (
    (672, 1568), (688, 1504), (720, 1456), (752, 1392), (800, 1328), (832, 1248), (880, 1184), (944, 1104),
)  # fmt: skip
KONTEXT_SIZES = (*_NARROW, (1024, 1024), *((height, width) for width, height in reversed(_NARROW)))


def _sizes_of_area(area: int) -> tuple[tuple[int, int], ...]:
    """Return the sizes of an area for all ratios of width to height from 1 : 4 to 4 : 1."""
    shapes = (4 ** (step / 200) for step in range(-200, 201))
    return tuple(dict.fromkeys(size_of_area(area, shape) for shape in shapes))


@dataclass(frozen=True)
class Variant:
    """Properties that all checkpoints of one kind of diffusion transformer share, such as FLUX.1 dev. `name` is the
    variant's name in `files.recognition`.
    """

    name: str
    family: Family
    # Name of the models in the window.
    title: str
    read_config: ReadConfig
    weights: Callable[[Any], Weights]
    vae: RequiredPart
    # Shift of the noise: a key of `flow_shifts.SHIFTS`, or CONSTANT for the value in `process`.
    shift: str
    process: Mapping[str, Any]
    steps: int
    # Default guidance scale, or 1 for models that are not guided.
    guidance: float
    # Default value of the guidance that the network takes as an input, or 0 for none.
    distilled_guidance: float = 0.0
    # True if classifier-free guidance and a negative prompt can be used.
    is_guidable: bool = True
    # Default number of steps and guidance scale of distilled versions, which have the same tensors.
    few_steps: tuple[int, float] | None = None
    # Shift of the noise of distilled versions, which may also name their number of steps, or 0 for the variant's own.
    few_shift: float = 0.0
    # Word in the names of distilled versions, or "not WORD" if the word is in the names of the other versions.
    mark: str = "turbo"
    spacing: str = "trailing"
    sampler: str = "flow_euler"
    # Pixels per latent position, along each side.
    pixels: int = 8
    # Number that is added to the variances of FLUX.2's latents before their square root is taken.
    epsilon: float = 1e-4
    # Maximum number of reference images, and their sizes (width, height). Without sizes, any size is accepted.
    references: int = 0
    reference_sizes: tuple[tuple[int, int], ...] = ()
    # Area in pixels to which reference images are resized instead, since FITS_REFERENCES, or 0.
    reference_area: int = 0
    # Pixels of the images that the text encoder sees beside the prompt, or 0 if it sees none.
    seen_area: int = 0
    # Side of the patches of latents whose norm guidance does not change, or 0 if it may change all.
    normed_patch: int = 0
    # True if the network takes the mask and the unmasked part of the image as additional channels.
    fills: bool = False
    # True if another transformer predicts without the prompt. There is no negative prompt then.
    has_unconditional: bool = False
    # True if latents have Ideogram 4's statistics instead of those in the file of the VAE.
    has_own_statistics: bool = False
    # True if ControlNets from other files can be used.
    follows_controls: bool = False

    def is_distilled(self, name: str) -> bool:
        """Return True if a model's name suggests that it is a distilled version, which needs few steps."""
        if self.few_steps is None:
            return False
        mark = self.mark.removeprefix("not ")
        return (mark in name.casefold()) != self.mark.startswith("not ")

    def list_parts(self, config: Any) -> dict[str, RequiredPart]:
        """Return the text encoders, the VAE and the second transformer that a model with this configuration requires,
        by name.
        """
        second = {UNCONDITIONAL: RequiredPart("ideogram4", config.width)} if self.has_unconditional else {}
        return {**_required_text_encoders(self.family, config), **second, "vae": self.vae}


def _required_text_encoders(family: Family, config: Any) -> dict[str, RequiredPart]:
    context: int = config.context
    if family == "flux1":
        return {"text_encoder": RequiredPart("clip", config.pooled), "text_encoder_2": RequiredPart("t5", context)}
    if family == "sd3":
        names = ("text_encoder", "text_encoder_2")
        clips = (RequiredPart("clip", config.pooled * share // 8) for share in CLIP_SHARES)
        return {**dict(zip(names, clips, strict=True)), "text_encoder_3": RequiredPart("t5", context, is_optional=True)}
    if family == "flux2":
        # Hidden states of three layers are concatenated.
        return {"text_encoder": RequiredPart("qwen3", context // 3)}
    if family == "flux2_dev":
        return {"text_encoder": RequiredPart("mistral", context // 3)}
    if family == "krea2":
        return {"text_encoder": RequiredPart("qwen3vl", config.text)}
    if family == "ernie_image":
        return {"text_encoder": RequiredPart("ministral3", context)}
    if family == "ideogram4":
        return {"text_encoder": RequiredPart("qwen3vl", config.text)}
    if family == "anima":
        return {"text_encoder": RequiredPart("qwen3", config.text)}
    if family.startswith("qwen_image"):
        vision = {} if family == "qwen_image" else {"image_encoder": RequiredPart("qwen25vl_vision", context)}
        return {"text_encoder": RequiredPart("qwen25vl", context), **vision}
    return {"text_encoder": RequiredPart({"chroma": "t5", "z_image": "qwen3", "lumina": "gemma2"}[family], context)}


# Name of the variant whose tensors are the same as FLUX.1 Kontext's.
DEV = "FLUX.1 dev, Krea or Kontext"
# Guidance that FLUX.1 dev takes as an input.
DEV_GUIDANCE = 3.5
_DEV = Variant(
    name=DEV,
    family="flux1",
    title="FLUX.1 dev",
    read_config=flux1_config,
    weights=configurations.flux1_weights,
    vae=FLUX_1_VAE,
    shift="FLUX.1",
    process={},
    steps=28,
    guidance=1.0,
    distilled_guidance=DEV_GUIDANCE,
)
_KLEIN = Variant(
    name="FLUX.2 Klein 4B",
    family="flux2",
    title="FLUX.2 Klein 4B",
    read_config=flux2_config,
    weights=configurations.flux2_weights,
    vae=FLUX_2_VAE,
    shift="FLUX.2",
    process={},
    steps=50,
    guidance=4.0,
    few_steps=(4, 1.0),
    mark="not base",
    pixels=16,
    references=4,
)
_SD3 = Variant(
    name="Stable Diffusion 3 Medium",
    family="sd3",
    title="Stable Diffusion 3 Medium",
    read_config=sd3_config,
    weights=configurations.sd3_weights,
    vae=STABLE_DIFFUSION_3_VAE,
    shift=CONSTANT,
    process={"shift": 3.0, "first": sd3_first(3.0)},
    steps=28,
    guidance=5.0,
    few_steps=(4, 1.0),
    spacing="linspace",
)
_Z_IMAGE = Variant(
    name="Z-Image",
    family="z_image",
    title="Z-Image",
    read_config=z_image_config,
    weights=configurations.z_image_weights,
    vae=FLUX_1_VAE,
    shift=CONSTANT,
    process={"shift": 3.0},
    steps=30,
    guidance=5.0,
    few_steps=(8, 1.0),
    follows_controls=True,
)
# Name of the variant whose tensors are the same as those of Qwen-Image-Edit and Edit 2509.
QWEN_IMAGE = "Qwen-Image or Qwen-Image-Edit"
EDIT, EDIT_2509, EDIT_2511 = "Qwen-Image-Edit", "Qwen-Image-Edit-2509", "Qwen-Image-Edit-2511"
_QWEN_IMAGE = Variant(
    name=QWEN_IMAGE,
    family="qwen_image",
    title="Qwen-Image",
    read_config=qwen_image_config,
    weights=qwen_image_weights,
    vae=QWEN_IMAGE_VAE,
    shift="Qwen-Image",
    process={},
    steps=50,
    guidance=4.0,
    few_steps=(8, 1.0),
    few_shift=3.0,
    mark="lightning",
    spacing="linspace",
    normed_patch=2,
)
_EDIT_PLUS = replace(
    _QWEN_IMAGE,
    name=EDIT_2509,
    family="qwen_image_edit_plus",
    title="Qwen-Image-Edit 2509",
    steps=40,
    references=3,
    reference_sizes=_sizes_of_area(1024 * 1024),
    reference_area=1024 * 1024,
    seen_area=384 * 384,
)
# Name of the variant whose tensors are the same as those of Krea 2 Turbo.
KREA_2, KREA_2_TURBO = "Krea 2", "Krea 2 Turbo"
_KREA_2 = Variant(
    name=KREA_2,
    family="krea2",
    title="Krea 2",
    read_config=krea2_config,
    weights=krea2_weights,
    vae=QWEN_IMAGE_VAE,
    shift="Krea 2",
    process={},
    steps=28,
    guidance=5.5,
)
_ERNIE_IMAGE = Variant(
    name="ERNIE-Image",
    family="ernie_image",
    title="ERNIE-Image",
    read_config=ernie_image_config,
    weights=ernie_image_weights,
    vae=FLUX_2_VAE,
    shift=CONSTANT,
    process={"shift": 4.0},
    steps=50,
    guidance=4.0,
    few_steps=(8, 1.0),
    pixels=16,
    epsilon=1e-5,
)
_ANIMA = Variant(
    name="Anima",
    family="anima",
    title="Anima",
    read_config=anima_config,
    weights=anima_weights,
    vae=QWEN_IMAGE_VAE,
    shift=CONSTANT,
    process={"shift": 3.0},
    steps=30,
    guidance=4.5,
    few_steps=(10, 1.0),
    follows_controls=True,
)
_IDEOGRAM_4 = Variant(
    name=IDEOGRAM_4,
    family="ideogram4",
    title="Ideogram 4",
    read_config=ideogram4_config,
    weights=ideogram4_weights,
    vae=FLUX_2_VAE,
    shift="Ideogram 4",
    process={"spread": 1.5},
    steps=48,
    guidance=7.0,
    pixels=16,
    has_unconditional=True,
    has_own_statistics=True,
)
VARIANTS: Mapping[str, Variant] = {
    each.name: each
    for each in (
        replace(_DEV, follows_controls=True),
        replace(
            _DEV,
            name="FLUX.1 Kontext",
            title="FLUX.1 Kontext",
            distilled_guidance=2.5,
            references=1,
            reference_sizes=KONTEXT_SIZES,
        ),
        replace(_DEV, name="FLUX.1 Fill", title="FLUX.1 Fill", distilled_guidance=30.0, fills=True),
        replace(
            _DEV,
            name="FLUX.1 schnell",
            title="FLUX.1 schnell",
            shift=CONSTANT,
            process={"shift": 1.0},
            steps=4,
            distilled_guidance=0.0,
            follows_controls=True,
        ),
        replace(
            _DEV,
            name="Chroma",
            family="chroma",
            title="Chroma",
            steps=35,
            guidance=5.0,
            distilled_guidance=0.0,
        ),
        _KLEIN,
        replace(_KLEIN, name="FLUX.2 Klein 9B", title="FLUX.2 Klein 9B"),
        replace(_KLEIN, name="FLUX.2", title="FLUX.2 Klein"),
        replace(
            _KLEIN,
            name="FLUX.2 dev",
            family="flux2_dev",
            title="FLUX.2 dev",
            steps=28,
            guidance=1.0,
            distilled_guidance=4.0,
            is_guidable=False,
            few_steps=(8, 1.0),
            mark="turbo",
            references=6,
        ),
        _SD3,
        replace(_SD3, name="Stable Diffusion 3", title="Stable Diffusion 3"),
        replace(_SD3, name="Stable Diffusion 3.5", title="Stable Diffusion 3.5"),
        replace(_SD3, name="Stable Diffusion 3.5 Medium", title="Stable Diffusion 3.5 Medium"),
        replace(_SD3, name="Stable Diffusion 3.5 Large", title="Stable Diffusion 3.5 Large", guidance=4.5),
        _Z_IMAGE,
        replace(
            _Z_IMAGE,
            name="Lumina 2",
            family="lumina",
            title="Lumina 2",
            read_config=lumina_config,
            process={"shift": 6.0},
            guidance=4.0,
            few_steps=None,
            follows_controls=False,
        ),
        _KREA_2,
        replace(
            _KREA_2,
            name=KREA_2_TURBO,
            title="Krea 2 Turbo",
            shift=CONSTANT,
            process={"shift": math.exp(1.15)},
            steps=8,
            guidance=1.0,
        ),
        _ERNIE_IMAGE,
        _ANIMA,
        _IDEOGRAM_4,
        replace(_QWEN_IMAGE, follows_controls=True),
        replace(
            _EDIT_PLUS,
            name=EDIT,
            family="qwen_image_edit",
            title="Qwen-Image-Edit",
            steps=50,
            references=1,
            seen_area=1024 * 1024,
        ),
        _EDIT_PLUS,
        replace(
            _EDIT_PLUS,
            name=EDIT_2511,
            title="Qwen-Image-Edit 2511",
            read_config=partial(qwen_image_config, clean_references=True),
        ),
    )
}
