"""Capabilities of a model, and the check that a request uses only supported settings."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from gdm_studio.common.errors import BadRequest
from gdm_studio.maths.numeric_parameters import Param, checked_params
from gdm_studio.request.conditioning import REFERENCE
from gdm_studio.request.generation_request import ONLY_MASKED, Request
from gdm_studio.request.hires import SECOND_PASS_SCALE, has_second_pass
from gdm_studio.request.regions import ATTENTION, PREDICTIONS

# Multiple of pixels to which Qwen-Image's pipelines resize reference images.
_AREA_UNIT = 32
NO_VAE = "has no VAE of its own; choose one for it, or put one into the models folder first"
# Remedy that the error about a missing VAE suggests.
CHOOSE_VAE = "vae"
# Prompt grammar of plain words.
PLAIN = "plain"
# Prompt grammar of AUTOMATIC1111's web UI, with weights and LoRA tags.
WEB_UI = "webui"


def size_of_area(area: int, shape: float) -> tuple[int, int]:
    """Return the size (width, height) in multiples of 32 pixels that is nearest to an area and to a ratio of width to
    height.
    """
    width = math.sqrt(area * shape)
    return tuple(max(1, round(side / _AREA_UNIT)) * _AREA_UNIT for side in (width, width / shape))  # type: ignore[return-value]


@dataclass(frozen=True)
class Capabilities:
    """Inputs and options that a model supports, such as negative prompts, guidance, labels and image sizes. (The model
    card lists its styles.)
    """

    # Grammar of the model's prompts, or "" if it accepts no prompt.
    prompt: str = PLAIN
    # True if LoRA tags are recognised even in plain prompts.
    tags: bool = False
    # True if the model accepts a negative prompt.
    negative: bool = True
    # True if the model supports classifier-free guidance.
    guidance: bool = True
    # True if AND may join prompts, whose predictions are added. This takes guidance.
    composes: bool = True
    # True if the model denoises in steps. Otherwise it generates an image in one evaluation.
    steps: bool = True
    # True if the deep features of the network can be reused in several steps.
    caches_features: bool = False
    # Class labels on which the model can be conditioned.
    labels: tuple[str, ...] = ()
    # Numbers on which the model can be conditioned, such as an aesthetic score.
    factors: tuple[Param, ...] = ()
    # True if the model can start from an image. This requires an encoder.
    picture: bool = True
    # True if the model can inpaint a part of the start image. The last two axes of its data are then spatial.
    mask: bool = True
    # True if the network takes the mask and the unmasked part of the image as inputs (inpainting models).
    sees_rest: bool = False
    # True if a control model in use takes the mask and the unmasked part of the image as inputs.
    controls_see_rest: bool = False
    # True if the network takes the start image as an additional input, for editing by instructions (InstructPix2Pix).
    edits: bool = False
    # Kinds of control images that the model accepts. With `controls`, these are the names of the installed control
    # models.
    hints: tuple[str, ...] = ()
    # Those of `hints` that are IP-Adapters or Redux, whose images are prompts and not fitted to the size of the image.
    image_prompts: tuple[str, ...] = ()
    # Side of the square to which these images are resized, or 0 for the middle square that CLIP sees.
    image_prompt_side: int = 0
    # Names of damaged or otherwise unusable files, some of which may be control models, with the reasons.
    refused_hints: tuple[tuple[str, str], ...] = ()
    # Maximum number of reference images, and the sizes (width, height) to which they are fitted. Without sizes, images
    # of up to REFERENCE_AREA pixels keep their size.
    references: int = 0
    reference_sizes: tuple[tuple[int, int], ...] = ()
    # Areas in pixels to which reference images are resized instead, since FITS_REFERENCES, and in which the text
    # encoder sees them, or 0.
    reference_area: int = 0
    seen_area: int = 0
    # True if the model can use control models from other files.
    controls: bool = False
    # Image sizes (width, height) to offer. If empty, only the square with the card's size is offered.
    sizes: tuple[tuple[int, int], ...] = ()
    # Image sides can be any multiple of this number of pixels, from eight times the number upwards. If 0, only the
    # listed sizes are supported.
    multiple: int = 0
    # True if the prompts of regions can act by attention, in one evaluation of the network.
    region_attention: bool = False
    # True if the model can generate images in overlapping windows, which may be larger than its own sizes.
    tiles: bool = False
    # Maximum image side in pixels, or 0 for MAX_SIDE.
    largest: int = 0
    # True if another VAE can replace the model's own.
    vae: bool = False
    # True if the user can choose the prediction type and a few-step distillation.
    predictions: bool = False
    # True if the model has no VAE of its own.
    needs_vae: bool = False
    # True if the model can draw plain icons, as for a set.
    plain_icons: bool = False
    # True if a refiner can compute the model's last steps.
    refiner: bool = False
    # True if the model is a refiner, which computes the last steps of another model.
    refines: bool = False

    @property
    def regions(self) -> bool:
        """True if parts of an image can have their own prompts. This takes prompts and spatial data."""
        return bool(self.prompt) and self.mask

    @property
    def second_pass(self) -> bool:
        """True if the model can enlarge a finished image and refine it in a second pass (the "hires fix")."""
        return any(param.name == SECOND_PASS_SCALE.name for param in self.factors)


def prompt_grammar(accepts: Capabilities, request: Request) -> str:
    """Return the grammar with which a request's prompt is parsed: the grammar that the request names, or else the
    model's default.

    Returns "auto" for a model that reads only plain words.
    """
    if accepts.prompt in ("", PLAIN):
        return "auto"
    return accepts.prompt if request.grammar == "auto" else request.grammar


def factors_of(accepts: Capabilities, request: Request) -> dict[str, float]:
    """Return the value of every factor (a numeric control of the model) for a request, by name. Factors that the
    request does not set have their default values. Raises BadRequest for an unknown factor or a value out of range.
    """
    return checked_params(accepts.factors, request.factors, of="This model")


def fit_request(accepts: Capabilities, request: Request, *, by: str) -> Request:
    """Check that a model supports all settings of a request, and return the request in its shortest equivalent form:
    with the prompt grammar resolved, without factors that have their default value, without a region mode if there
    are no regions, and without a plain icon if the model does not know them.

    `by` is the model's name in error messages. Raises BadRequest if the model does not support a setting.
    """
    for reason in _iter_refusals(accepts, request):
        raise BadRequest(f"{by} {reason}.", remedy=CHOOSE_VAE if reason == NO_VAE else "", model=by)
    defaults = {param.name: param.default for param in accepts.factors}
    values = factors_of(accepts, request)
    factors = {name: value for name, value in values.items() if value != defaults[name]}
    return replace(
        request,
        factors=factors,
        grammar=prompt_grammar(accepts, request),
        region_mode=request.region_mode if request.regions else PREDICTIONS,
        plain_icon=request.plain_icon and accepts.plain_icons,
    )


def _iter_refusals(accepts: Capabilities, request: Request) -> Iterator[str]:
    """Yield one clause for each setting of the request that the model does not support. The clause states the problem
    and the remedy, and follows the model's name in an error message.
    """
    if request.regions and not accepts.regions:
        yield "makes whole pictures only; leave out the regions"
    if request.regions and request.region_mode == ATTENTION and not accepts.region_attention:
        yield "has no attention to the prompts of single regions; set the region mode to predictions"
    if request.regions and request.mask and request.inpaint_area == ONLY_MASKED:
        yield "places regions in the whole picture only; set the inpaint area to the whole picture"
    if any(region.negative for region in request.regions) and not accepts.negative:
        yield "knows no negative prompt; leave out those of the regions"
    if not accepts.prompt and any(request.prompt_weights()):
        yield "draws without a prompt; leave it empty"
    if request.grammar not in ("auto", PLAIN, accepts.prompt):
        yield "reads prompts as plain words; leave out the grammar"
    if not accepts.negative and request.negative_prompt:
        yield "knows no negative prompt; leave it empty"
    if not accepts.guidance and request.guidance_scale != 1:
        yield "draws without guidance; set it to 1"
    if request.cache_interval > 1 and not accepts.caches_features:
        yield "cannot reuse features of earlier steps; set the cache interval to 1"
    if request.tile and not accepts.tiles:
        yield "cannot generate a picture in tiles; set the tile to 0"
    if request.tile and request.cache_interval > 1:
        yield "cannot reuse features of earlier steps in tiles; set the cache interval to 1"
    if request.tile and request.attention:
        yield "cannot record where words act in tiles; turn that off"
    if request.label and request.label not in accepts.labels:
        yield f"has no class called {request.label!r}; {_suggest_name(request.label, accepts.labels)}"
    if request.image and not accepts.picture:
        yield "cannot begin from a picture; begin from noise, or choose another model"
    if request.mask and not accepts.mask:
        yield "paints whole pictures; leave out the mask"
    if accepts.needs_vae and not request.vae:
        yield NO_VAE
    if request.vae and not accepts.vae:
        yield "has an autoencoder that is a part of it; leave out the VAE"
    if request.refiner and not accepts.refiner:
        yield "supports no refiner; leave it out"
    if request.upscaler and not accepts.second_pass:
        yield "has no second pass, which would use the upscaler; leave it out"
    elif request.upscaler and not has_second_pass(request):
        yield "uses an upscaler in a second pass only; set its size (enlarged), or leave out the upscaler"
    if sum(hint.kind == REFERENCE for hint in request.hints) > accepts.references > 0:
        yield f"takes at most {accepts.references} reference pictures; leave out the others"
    for hint in request.hints:
        if hint.kind == REFERENCE and (hint.weight, hint.preprocessor, hint.start, hint.end) != (1, "none", 0, 1):
            yield "sees reference pictures as they are; set their weight to 1, from 0 to 1, and no preprocessor"
        if hint.kind in accepts.image_prompts and hint.preprocessor != "none":
            yield f"sees image prompts as they are; leave out the preprocessor of {hint.kind}"
        if hint.kind not in accepts.hints and accepts.controls and hint.kind != REFERENCE:
            # The reason is a complete sentence.
            refused = _find_refusal(hint.kind, dict(accepts.refused_hints))
            missing = f"has no control model called {hint.kind[:80]!r}; {_suggest_name(hint.kind, accepts.hints)}"
            yield f"cannot use {hint.kind[:80]!r}: {refused.removesuffix('.')}" if refused else missing
        elif hint.kind not in accepts.hints:
            yield f"follows no hint of the kind {hint.kind!r}; {_suggest_name(hint.kind, accepts.hints)}"


def _find_refusal(name: str, reasons: Mapping[str, str]) -> str:
    """Return the reason for which the file of a control model is unusable, or "". A union model's mode is ignored."""
    return reasons.get(name) or reasons.get(name.rpartition(":")[0], "")


def _suggest_name(name: str, names: tuple[str, ...]) -> str:
    # It is imported here, because few names are misspelt.
    from difflib import get_close_matches

    near = ", ".join(get_close_matches(name.casefold(), names, cutoff=0.7))
    return f"choose {f'{near}, or another ' if near else 'one '}of {', '.join(names)}" if names else "leave it out"
