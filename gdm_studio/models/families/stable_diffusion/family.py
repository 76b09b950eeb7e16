"""Model family of Stable Diffusion 1, 2, XL and its refiner, in single files and diffusers folders."""

from __future__ import annotations

import array
import re
import statistics
import struct
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.common.atomic_files import open_file
from gdm_studio.common.errors import BadRequest, ModelError, StorageError
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP, translatable
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.maths.processes import PROCESSES
from gdm_studio.models.capabilities import WEB_UI, Capabilities
from gdm_studio.models.families.base import Family, IncompleteModel
from gdm_studio.models.families.shared_parts.own_parts import check_lacks_parts
from gdm_studio.models.families.stable_diffusion.checkpoint_layout import (
    CLIP,
    TEXTS,
    Layout,
    Text,
    control_of,
    is_pipeline,
    is_stable_diffusion,
    layout_of,
)
from gdm_studio.models.families.stable_diffusion.variants import (
    EDITING,
    INPAINTING,
    Variant,
    damaged_error,
    missing_texts,
    read_config,
    variant_of,
)
from gdm_studio.models.families.stable_diffusion.yaml_config import read_yaml_config
from gdm_studio.models.few_step_models import SCHEDULERS, few_step_limits
from gdm_studio.models.files.checkpoints import Entry
from gdm_studio.models.files.sidecars import find_sidecars
from gdm_studio.models.files.stated_configuration import CONFIG, SCHEDULER, check_stated_configuration
from gdm_studio.models.files.weight_file_names import name_of
from gdm_studio.models.installed.description import describe_entry
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.required_parts import RequiredPart
from gdm_studio.request.hires import REFINER_SHARE, SECOND_PASS

if TYPE_CHECKING:
    import torch

    from gdm_studio.models.loaded_model import LoadedModel
    from gdm_studio.models.memory.loaded_model_cache import Store
    from gdm_studio.models.memory.memory_and_time_estimate import ImageCost

# Pixels per element of the latents, along each side.
PIXELS = 8
# Minimum and maximum image side that a file may declare.
SIDES = (32, 2048)
# Widths and heights of images, in sixteenths of the square's side.
SHAPES = (
    (16, 16), (18, 14), (19, 13), (21, 12), (24, 16), (16, 24), (12, 21), (13, 19), (14, 18),
)  # fmt: skip
GUIDANCE = 7.0
DEFAULTS: Mapping[str, float | int | str] = dict(steps=25, sampler="dpmpp_2m", spacing="karras")
# An editing model starts from pure noise, because the start image is an additional input.
EDITING_DEFAULTS: Mapping[str, float | int | str] = {"strength": 1.0}
# With a higher value, colours are too strong.
GUIDANCE_LIMIT = 15.0
# Below this, images follow the prompt only loosely. Images of distilled models, which need no guidance, name 1.
LEAST_GUIDANCE = 2.0
AESTHETIC = Param(
    QT_TRANSLATE_NOOP("Setting", "Aesthetic score"),
    0.0,
    10.0,
    QT_TRANSLATE_NOOP("Setting", "How pleasing the picture is meant to be"),
    "aesthetic",
    6.0,
)
SKIP = Param(
    QT_TRANSLATE_NOOP("Setting", "Clip skip"),
    1.0,
    12.0,
    QT_TRANSLATE_NOOP("Setting", "At 2 the last layer of the text encoder is left out, at 3 the last two …"),
    "clip_skip",
    1.0,
    "Stable Diffusion",
)
# Guidance as an input of the U-Net, for models that were distilled from guided models.
DISTILLED_GUIDANCE = Param(
    QT_TRANSLATE_NOOP("Setting", "Distilled guidance"),
    1.0,
    14.0,
    QT_TRANSLATE_NOOP("Setting", "How strictly the picture follows the prompt; the model takes this as an input"),
    "told_guidance",
    8.5,
)
# Second guidance of image-editing models (Brooks et al. 2023, arXiv:2211.09800, equation 3).
IMAGE_GUIDANCE = Param(
    QT_TRANSLATE_NOOP("Setting", "Image guidance"),
    1.0,
    10.0,
    QT_TRANSLATE_NOOP("Setting", "How closely the picture follows the one to edit"),
    "image_guidance",
    1.5,
)
# Number of noise levels that the networks were trained on.
LEVELS = 1000
# Words in the names of schedulers in diffusers that have no betas.
OTHER_PROCESSES = ("EDM", "FlowMatch", "ScoreSde")
BETAS = {"beta_start": 0.00085, "beta_end": 0.012}
# The last alpha-bar of networks that predict the noise, on a schedule with zero terminal SNR, which cannot be 0: in
# diffusers, and in A1111 for files with the mark `ztsnr`.
LAST_ALPHA_BAR, MARKED_LAST_ALPHA_BAR = 2**-24, 4.8973451890853435e-08
# Prediction types by their names in files.
PREDICTIONS = {"epsilon": "epsilon", "v": "v", "v_prediction": "v", "sample": "x0"}
# Spread of BIASES above which a Stable Diffusion 2 model predicts v. Released models are far from this limit.
MARGIN = 0.09
BIASES = "output_blocks.11.1.transformer_blocks.0.norm1.bias"


def card(entry: Entry) -> ModelCard:
    """Create the model card of a Stable Diffusion checkpoint from its headers and configuration files. Raises
    ModelError.
    """
    # The window lists models without the tables of layers, which only a scan of the files needs.
    from gdm_studio.models.families.stable_diffusion.architecture import check_networks

    layout = layout_of(entry)
    kind = variant_of(entry, layout)
    check_networks(entry.path.name, layout, kind)
    for network in layout.networks.values():
        check_stated_configuration(network.files)
    prediction, numbers = _determine_process(entry, kind)
    few_steps, made_for_steps = _detect_few_steps(entry)
    side = _determine_side(entry, kind, prediction)
    purpose = {INPAINTING: ", for inpainting", EDITING: ", for editing by instructions"}.get(layout.channels, "")
    is_distilled = _has_guidance_input(layout)
    guidance = {"guidance_scale": 1.0 if is_distilled else GUIDANCE}
    needs: dict[str, RequiredPart] = {
        part: RequiredPart("clip", CLIP[kind.title][part]) for part in missing_texts(kind, layout)
    }
    if is_pipeline(entry):
        vae = {} if "vae" in layout.networks else {"vae": RequiredPart("vae", 4, kind.title)}
        check_lacks_parts(entry, {**needs, **vae}, kind.title)
    skip = _limit_skip(entry, layout, kind, [part for part in kind.texts if part not in needs])
    weights = tuple(dict.fromkeys(file for part in layout.networks.values() for file in part.files))
    try:
        PROCESSES["vp"](**numbers)
        bytes_ = sum(file.stat().st_size for file in weights)
    except (BadRequest, ArithmeticError, ValueError, TypeError) as error:
        raise damaged_error(entry, SCHEDULER) from error
    except OSError as error:
        raise ModelError(f"{entry.path.name} cannot be read; copy it again.") from error
    return ModelCard(
        name=name_of(entry.path),
        family=FAMILY.name,
        date="",  # filled in from the metadata, or the file's time
        parameters=sum(part.parameters for part in layout.networks.values()),
        author="",
        licence="",
        size=side,
        channels=3,
        latent=(4, side // PIXELS, side // PIXELS),
        prediction=prediction,
        process="vp",
        data_scale=1.0,
        summary=kind.title + purpose,
        defaults={**DEFAULTS, **(EDITING_DEFAULTS if layout.channels == EDITING else {}), **guidance},
        good_from={} if is_distilled or few_steps else {"guidance_scale": LEAST_GUIDANCE},
        good_until=few_step_limits() if is_distilled or few_steps else {"guidance_scale": GUIDANCE_LIMIT},
        base=kind.title,
        needs=needs,
        accepts=_determine_capabilities(kind, layout, side, skip),
        process_numbers=numbers,
        dtypes=("bf16", "fp16", "fp32"),
        path=entry.path,
        weights=weights,
        files=tuple(dict.fromkeys((*weights, *entry.files, *_list_dependencies(entry)))),
        file_bytes=bytes_,
        few_steps="lcm" if is_distilled else few_steps,
        made_for_steps=0 if is_distilled else made_for_steps,
    )


def load(of: ModelCard, device: torch.device, dtype: torch.dtype, store: Store) -> LoadedModel:
    """Load a Stable Diffusion checkpoint onto the device. Raises ModelError if a file is damaged or a network is
    missing.
    """
    from gdm_studio.models.families.stable_diffusion.model import StableDiffusion

    return StableDiffusion.load(of, device, dtype, store)


def image_cost(of: ModelCard, size: tuple[int, int], dtype: torch.dtype) -> ImageCost:
    """Return the memory and operations that a Stable Diffusion model needs for images of `size` (width, height). Raises
    ModelError.
    """
    from gdm_studio.models.families.stable_diffusion.cost import compute_image_cost

    return compute_image_cost(of, size, dtype)


def check_control(entry: Entry) -> None:
    """Raise ModelError unless a file contains a control model, such as a ControlNet, with all its weights."""
    from gdm_studio.models.families.stable_diffusion.architecture import check_network

    try:
        part, network = control_of(entry)
        check_network(entry.path.name, part, network.shapes)
        check_stated_configuration(network.files)
    except IncompleteModel as error:
        raise ModelError(error.sentence) from error


FAMILY = Family(
    "stable_diffusion",
    is_stable_diffusion,
    card,
    load,
    frozenset(),
    control_bases=frozenset(CLIP),
    check_control=check_control,
    image_cost=image_cost,
)


def _has_guidance_input(layout: Layout) -> bool:
    """Return True if the U-Net takes the guidance as an input, because it was distilled from a guided model."""
    return "guidance_proj.weight" in layout.unet


def _limit_skip(entry: Entry, layout: Layout, kind: Variant, texts: Sequence[Text]) -> Param:
    """Return the setting "Clip skip" with the largest number that these text encoders allow. Raises ModelError."""
    from gdm_studio.models.families.stable_diffusion.architecture import count_layers

    try:
        depths = [count_layers(layout.networks[part].shapes) for part in texts]
    except ValueError as error:
        raise ModelError(translatable("{name} is damaged; copy or download it again.", name=entry.path.name)) from error
    depth = min(depths) if depths else round(SKIP.high) + kind.skip - 1
    return replace(SKIP, high=float(max(depth - kind.skip + 1, 1)))


def _determine_capabilities(kind: Variant, layout: Layout, side: int, skip: Param) -> Capabilities:
    """Return the capabilities of a model for square images of `side` pixels. `skip` is its setting "Clip skip"."""
    is_distilled = _has_guidance_input(layout)
    edits = layout.channels == EDITING
    return Capabilities(
        prompt=WEB_UI,
        negative=not is_distilled,
        guidance=not is_distilled,
        factors=(
            skip,
            *((DISTILLED_GUIDANCE,) if is_distilled else ()),
            *((IMAGE_GUIDANCE,) if edits else ()),
            *_determine_factors(kind),
            *SECOND_PASS,
        ),
        sees_rest=layout.channels == INPAINTING,
        edits=edits,
        sizes=_list_sizes(side),
        multiple=PIXELS,
        vae=True,
        predictions=True,
        needs_vae="vae" not in layout.networks,
        refiner=kind.accepts_refiner,
        controls=not kind.has_aesthetic_score,
        refines=kind.has_aesthetic_score,
        caches_features=True,
        region_attention=True,
        tiles=True,
    )


def _determine_factors(kind: Variant) -> tuple[Param, ...]:
    """Return the additional numeric settings that only some variants of Stable Diffusion support, such as the refiner's
    share of the steps.
    """
    return ((AESTHETIC,) if kind.has_aesthetic_score else ()) + ((REFINER_SHARE,) if kind.accepts_refiner else ())


def _list_dependencies(entry: Entry) -> list[Path]:
    """Return the configuration files on which the model card depends, and the folder in which a VAE may appear. A
    change to any of these invalidates the card.
    """
    if entry.kind == "file":
        stated = entry.folder / CONFIG
        return [*find_sidecars(entry.path), *([stated] if stated.exists() else [])]
    components = ("unet", "vae", *TEXTS)
    names = (SCHEDULER, *(f"{component}/{CONFIG}" for component in components), "vae")
    return [entry.folder / name for name in names if is_pipeline(entry) and (entry.folder / name).exists()]


def _detect_few_steps(entry: Entry) -> tuple[str, int]:
    """Detect whether a checkpoint is a few-step model, from its scheduler or metadata. Returns the kind of distillation
    and the recommended number of steps.

    Unknown values are "" and 0. The file name is ignored.
    """
    if is_pipeline(entry):
        return SCHEDULERS.get(str(read_config(entry, SCHEDULER).get("_class_name")), ""), 0
    description = describe_entry(entry)
    return description.few_steps, description.made_for_steps


def _determine_process(entry: Entry, kind: Variant) -> tuple[str, dict[str, Any]]:
    """Determine the prediction type of a checkpoint, and the arguments of its forward process.

    For a folder, they come from the scheduler's configuration. For a single file, they come from its metadata or else
    from the NAME.yaml beside it; otherwise they are guessed.
    """
    if is_pipeline(entry):
        return _read_scheduler(entry)
    marks = {name for header in entry.headers.values() for name in header.shapes}
    if marks & {"edm_mean", "edm_std"}:
        raise ModelError(f"{entry.path.name} uses an unsupported noise process; choose another model file.")
    prediction = PREDICTIONS.get(entry.metadata.get("modelspec.prediction_type", "").lower(), "")
    if "v_pred" in marks:
        prediction = "v"
    config = read_yaml_config(entry.path)
    prediction = prediction or config.prediction
    if not prediction:
        prediction = "v" if kind.title == "Stable Diffusion 2" and _measure_spread(entry) > MARGIN else "epsilon"
    numbers = {"schedule": "scaled_linear", "options": BETAS | dict(config.betas)}
    return prediction, numbers | _terminal_snr(prediction, MARKED_LAST_ALPHA_BAR if "ztsnr" in marks else 0.0)


def _read_scheduler(entry: Entry) -> tuple[str, dict[str, Any]]:
    scheduler = read_config(entry, SCHEDULER)
    schedule = scheduler.get("beta_schedule", "scaled_linear")
    prediction = PREDICTIONS.get(str(scheduler.get("prediction_type", "epsilon")))
    is_other = scheduler.get("trained_betas") is not None or scheduler.get("num_train_timesteps", LEVELS) != LEVELS
    is_other = is_other or scheduler.get("use_flow_sigmas") is True
    is_other = is_other or any(word in str(scheduler.get("_class_name")) for word in OTHER_PROCESSES)
    if schedule not in ("scaled_linear", "linear") or prediction is None or is_other:
        raise ModelError(f"{entry.path.name} uses an unsupported noise process; choose another model.")
    options = {each: scheduler.get(each, usual) for each, usual in BETAS.items()}
    if not all(isinstance(beta, float) and 0 < beta < 0.1 for beta in options.values()):
        raise damaged_error(entry, SCHEDULER)
    last = LAST_ALPHA_BAR if scheduler.get("rescale_betas_zero_snr") is True else 0.0
    return prediction, {"schedule": schedule, "options": options, **_terminal_snr(prediction, last)}


def _terminal_snr(prediction: str, last_alpha_bar: float) -> dict[str, Any]:
    """Return the arguments of the forward process that state whether its schedule has zero terminal SNR, which it does
    not if `last_alpha_bar` is 0.
    """
    numbers = {"zero_terminal_snr": bool(last_alpha_bar)}
    return numbers | ({"last_alpha_bar": last_alpha_bar} if prediction == "epsilon" and last_alpha_bar else {})


def _determine_side(entry: Entry, kind: Variant, prediction: str) -> int:
    """Return the side length, in pixels, of the images on which a checkpoint was trained. It is read from the metadata
    or, failing that, derived from the kind of model.
    """
    resolution = re.match(r"(\d{2,4})x", entry.metadata.get("modelspec.resolution", ""))
    side = int(resolution[1]) if resolution else 0
    if is_pipeline(entry) and type(sample := read_config(entry, "unet/config.json").get("sample_size")) is int:
        side = sample * PIXELS
    if SIDES[0] <= side <= SIDES[1] and side % PIXELS == 0:
        return side
    return 768 if kind.title == "Stable Diffusion 2" and prediction == "v" else kind.side


def _list_sizes(side: int) -> tuple[tuple[int, int], ...]:
    """Return the image sizes (width, height) to offer for a model: a square with the given side, and other aspect
    ratios of about the same area.

    SDXL was trained on such sizes (Podell et al. 2023, appendix I).
    """
    shapes = ((side * width // 16, side * height // 16) for width, height in SHAPES)
    return tuple(shape for shape in shapes if not any(each % PIXELS for each in shape))


def _decode_fp8(byte: int, bits: int) -> float:
    """Decode a number in fp8 with this number of bits for the exponent. NaN and infinity become large numbers."""
    fraction = 7 - bits
    exponent, rest = (byte & 127) >> fraction, (byte & ((1 << fraction) - 1)) / (1 << fraction)
    least = 2 - (1 << (bits - 1))
    size = (1 + rest) * 2.0 ** (exponent - 1 + least) if exponent else rest * 2.0**least
    return -size if byte & 128 else size


def _measure_spread(entry: Entry) -> float:
    """Return the standard deviation of the U-Net's tensor BIASES, or 0 if the tensor does not exist. This value shows
    whether a Stable Diffusion 2 checkpoint predicts v or the noise.
    """
    tensors = ((file, prefix + BIASES) for file in entry.headers for prefix in ("model.diffusion_model.", ""))
    name, tensor = next((each for each in tensors if each[1] in entry.headers[each[0]].shapes), ("", ""))
    if not name:
        return 0.0
    path = entry.folder / name
    kinds = {"F16": "e", "F32": "f", "F64": "d", "BF16": "H", "F8_E5M2": "B", "F8_E4M3": "B"}
    try:
        with open_file(path) as file:
            stored = entry.headers[name].stored[tensor]
            file.seek(stored.begin)
            data = file.read(min(stored.size, 2**20))
            kind = kinds[stored.dtype]
        if kind == "H":  # bf16 is the upper half of a float's bits
            halves = array.array("H", data)
            if sys.byteorder == "big":
                halves.byteswap()
            data = struct.pack(f"<{len(halves)}I", *(half << 16 for half in halves))
            kind = "f"
        numbers = struct.unpack(f"<{len(data) // struct.calcsize(kind)}{kind}", data)
        if kind == "B":
            numbers = tuple(_decode_fp8(byte, 5 if stored.dtype == "F8_E5M2" else 4) for byte in numbers)
        return statistics.pstdev(numbers)
    except (StorageError, OSError, ValueError, KeyError, TypeError, OverflowError, struct.error) as error:
        raise ModelError(translatable("{name} is damaged; copy or download it again.", name=path.name)) from error
