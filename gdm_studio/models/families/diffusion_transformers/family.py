"""Model family of diffusion transformers: FLUX.1, Chroma, FLUX.2, Stable Diffusion 3, Z-Image, Lumina 2,
Qwen-Image, Krea 2, ERNIE-Image, Anima and Ideogram 4.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.common.errors import ModelError
from gdm_studio.models.capabilities import Capabilities
from gdm_studio.models.families.base import Family
from gdm_studio.models.families.diffusion_transformers.checkpoint_layout import (
    Layout,
    is_transformer,
    layout_of,
    missing_parts,
    unknown_weights,
)
from gdm_studio.models.families.diffusion_transformers.control_layout import CONTROL_BASES, check_control
from gdm_studio.models.families.diffusion_transformers.stated_schedule import SCHEDULER, with_stated_schedule
from gdm_studio.models.families.diffusion_transformers.variants import VARIANTS
from gdm_studio.models.families.shared_parts.own_parts import check_lacks_parts
from gdm_studio.models.families.shared_parts.part_layout import parts_of
from gdm_studio.models.families.stable_diffusion.family import DISTILLED_GUIDANCE, SHAPES
from gdm_studio.models.few_step_models import few_step_limits, step_count_in
from gdm_studio.models.files.checkpoints import Entry
from gdm_studio.models.files.stated_configuration import CONFIG, check_stated_configuration
from gdm_studio.models.files.weight_file_names import name_of
from gdm_studio.models.flow_shifts import CONSTANT, TOKEN
from gdm_studio.models.installed.description import describe_entry
from gdm_studio.models.model_card import ModelCard
from gdm_studio.networks.diffusion_transformers.configurations import SD3Config
from gdm_studio.networks.diffusion_transformers.redux_configuration import SIDE as SIGLIP_SIDE
from gdm_studio.request.conditioning import REFERENCE
from gdm_studio.request.generation_request import MAX_SIDE
from gdm_studio.request.hires import SECOND_PASS

if TYPE_CHECKING:
    import torch

    from gdm_studio.models.loaded_model import LoadedModel
    from gdm_studio.models.memory.loaded_model_cache import Store
    from gdm_studio.models.memory.memory_and_time_estimate import ImageCost

# Side of the training images in pixels.
SIDE = 1024
# Maximum guidance that a distilled network takes as its input. Inpainting with FLUX.1 Fill often uses 30.
MOST_GUIDANCE = 30.0
# With a higher guidance scale, colours are too strong.
GUIDANCE_LIMIT = 8.0


def card(entry: Entry) -> ModelCard:
    """Create the model card of a diffusion transformer from the headers of its files. Raises ModelError."""
    layout = layout_of(entry)
    variant = layout.variant
    wanted = variant.list_parts(layout.config)
    parts = parts_of(entry)
    check_stated_configuration(layout.files(entry))
    needs = missing_parts(entry, wanted, parts)
    check_lacks_parts(entry, needs, variant.title, unknown_weights(entry, layout, parts))
    files = layout.files(entry) if entry.kind == "file" else entry.weights
    try:
        size = sum(file.stat().st_size for file in files)
    except OSError as error:
        raise ModelError(f"{entry.path.name} cannot be read; copy it again.") from error
    steps, guidance, limits = variant.steps, variant.guidance, {"guidance_scale": GUIDANCE_LIMIT}
    title = f"{name_of(entry.path)} {describe_entry(entry).title}"
    if variant.few_steps is not None and variant.is_distilled(title):
        (steps, guidance), limits = variant.few_steps, few_step_limits()
        if variant.few_shift:
            steps = step_count_in(title) or steps
            variant = replace(variant, shift=CONSTANT, process={"shift": variant.few_shift}, spacing="trailing")
    variant = with_stated_schedule(entry, variant)
    side = min(SIDE, _largest_side(layout) or SIDE)
    found = ModelCard(
        name=name_of(entry.path),
        family=FAMILY.name,
        date="",  # filled in from the metadata, or the file's time
        parameters=layout.parameters,
        author="",
        licence="",
        size=side,
        channels=3,
        latent=(variant.vae.width, side // variant.pixels, side // variant.pixels),
        prediction="flow",
        process="flow",
        data_scale=1.0,
        summary=variant.title,
        defaults=dict(steps=steps, guidance_scale=guidance, sampler=variant.sampler, spacing=variant.spacing),
        good_until=limits if variant.is_guidable else {},
        base=variant.title,
        needs=needs,
        accepts=_determine_capabilities(layout, side),
        process_numbers=dict(variant.process),
        shift=variant.shift,
        normed_patch=variant.normed_patch,
        dtypes=("bf16", "fp32"),
        path=entry.path,
        weights=files,
        files=tuple(dict.fromkeys((*files, *entry.files, *_list_configurations(entry)))),
        file_bytes=size,
    )
    return found.for_request(found.default_request())


def load(of: ModelCard, device: torch.device, dtype: torch.dtype, store: Store) -> LoadedModel:
    """Load a diffusion transformer, such as FLUX.1, onto the device. Raises ModelError if a file is damaged or
    missing.
    """
    from gdm_studio.models.families.diffusion_transformers.model import DiffusionTransformer

    return DiffusionTransformer.load(of, device, dtype, store)


def image_cost(of: ModelCard, size: tuple[int, int], dtype: torch.dtype) -> ImageCost:
    """Return the memory and operations that a diffusion transformer needs for images of `size` (width, height). Raises
    ModelError.
    """
    from gdm_studio.models.families.diffusion_transformers.cost import compute_image_cost

    return compute_image_cost(of, size, dtype)


FAMILY = Family(
    "diffusion_transformers",
    is_transformer,
    card,
    load,
    frozenset(),
    control_bases=CONTROL_BASES,
    check_control=check_control,
    recognised=frozenset(VARIANTS),
    image_cost=image_cost,
)


def _list_configurations(entry: Entry) -> list[Path]:
    """Return the configuration files on which the model card depends. A change to any of these invalidates it."""
    files = (*(file.parent / CONFIG for file in entry.weights), entry.folder / SCHEDULER)
    return [file for file in dict.fromkeys(files) if file.exists()]


def _determine_capabilities(layout: Layout, side: int) -> Capabilities:
    variant = layout.variant
    largest = _largest_side(layout)
    sizes = ((side * width // 16, side * height // 16) for width, height in SHAPES)
    distilled = replace(DISTILLED_GUIDANCE, high=MOST_GUIDANCE, default=variant.distilled_guidance)
    return Capabilities(
        tags=True,
        negative=variant.is_guidable and not variant.has_unconditional,
        guidance=variant.is_guidable,
        # The images of FLUX.1 are seldom guided, and its prompts are sentences, in which AND is a word.
        composes=variant.guidance != 1,
        factors=(*((distilled,) if variant.distilled_guidance else ()), *SECOND_PASS),
        sizes=tuple(size for size in sizes if max(size) <= (largest or MAX_SIDE)),
        multiple=TOKEN,
        # Other autoencoders with as many channels have other latents.
        vae=variant.vae.kind == "vae",
        largest=largest,
        sees_rest=variant.fills,
        hints=(REFERENCE,) if variant.references else (),
        controls=variant.follows_controls,
        image_prompt_side=SIGLIP_SIDE,
        references=variant.references,
        reference_sizes=variant.reference_sizes,
        reference_area=variant.reference_area,
        seen_area=variant.seen_area,
        caches_features=True,
        region_attention=True,
        tiles=True,
    )


def _largest_side(layout: Layout) -> int:
    """Return the largest image side, in pixels, for which a Stable Diffusion 3 model has position embeddings. For other
    models, which have no such limit, return 0.
    """
    positions = layout.config.positions if isinstance(layout.config, SD3Config) else 0
    return min(positions * TOKEN, MAX_SIDE)
