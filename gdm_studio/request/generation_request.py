"""The request, a frozen dataclass with all settings for generating images, which is stored with each image.

Each field is described once, by the Setting in its annotation. Validation, the window, the command line and files all
use this description.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Annotated, Any

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.json_reader import MALFORMED, parse_json
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.numeric_parameters import checked_params
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.request import interpolation
from gdm_studio.request.conditioning import (
    ControlImage,
    check_control_images,
    check_factors,
    control_images_from_json,
    is_stored_image_name,
)
from gdm_studio.request.hires import total_steps
from gdm_studio.request.interpolation import (
    MAX_TARGETS,
    SEED_LIMIT,
    Interpolation,
    check_interpolation,
    interpolation_from_json,
)
from gdm_studio.request.migrations import ABSENT, migrate
from gdm_studio.request.prompts import encodable, is_too_long, length_problem, start_of
from gdm_studio.request.regions import PREDICTIONS, REGION_MODES, Region, check_regions, regions_from_json
from gdm_studio.request.setting import Role, Setting, check_whole, settings_of, with_role

__all__ = [
    "MAX_TARGETS",
    "SEED_LIMIT",
    "SETTINGS",
    "Branch",
    "ControlImage",
    "Region",
    "Request",
    "Role",
    "Setting",
    "Interpolation",
    "with_role",
]

VERSION = 2
MAX_STEPS = 1000
MAX_COUNT = 1000
MAX_SIDE = 4096
# The maximum side of an image that is denoised in tiles, in pixels.
MAX_TILED_SIDE = 8192
# The maximum number of steps that share the deep features of one evaluation.
MAX_CACHE_INTERVAL = 5
# The maximum side of a tile and overlap of two tiles in pixels.
MAX_TILE = 2048
MAX_OVERLAP = 1024
# The maximum number of pixels around an inpainting mask.
MAX_PADDING = 256
# The maximum length of a chain of branches.
MAX_GENERATIONS = 24
# The maximum length of a title in characters.
MAX_TITLE = 1000
GRAMMARS = {
    "auto": QT_TRANSLATE_NOOP("Setting", "Automatic"),
    "plain": QT_TRANSLATE_NOOP("Setting", "Plain words"),
    "webui": QT_TRANSLATE_NOOP("Setting", "Web UI (weights, LoRAs)"),
}
DTYPES = {
    "auto": QT_TRANSLATE_NOOP("Setting", "Automatic"),
    "fp32": QT_TRANSLATE_NOOP("Setting", "Full (32 bit)"),
    "bf16": QT_TRANSLATE_NOOP("Setting", "Half (bfloat16)"),
    "fp16": QT_TRANSLATE_NOOP("Setting", "Half (float16)"),
}

# The value of `inpaint_area` with which only the surroundings of the mask are generated.
ONLY_MASKED = "masked"
INPAINT_AREAS = {
    "whole": QT_TRANSLATE_NOOP("Setting", "Whole picture"),
    ONLY_MASKED: QT_TRANSLATE_NOOP("Setting", "Only masked"),
}


def effective_dtype(dtype: str, device: str) -> str:
    """Return the number type, such as "fp32", that a kind of device uses if `dtype` is requested.

    A CPU computes in fp32 instead of fp16.
    """
    return "fp32" if dtype == "fp16" and device == "cpu" else dtype


@dataclass(frozen=True)
class Branch:
    """Branch point of a request: another request (the `parent`), and the step of its run after which this request
    continues with different settings.

    The request branches after the parent's step `step`, where 0 is its initial state. The parent has one image, from
    which all images of the request branch, or as many images as the request.
    """

    parent: Request
    step: int

    def picture(self, index: int) -> Branch:
        """Return the branch point for image number `index` of the branching request.

        If the parent has several images, each image branches from its own.
        """
        return self if self.parent.count == 1 else replace(self, parent=self.parent.picture(index))


def _check_stored_image(word: str, value: Any) -> None:
    if value != "" and not is_stored_image_name(value):
        raise BadRequest(f"{word} must be the name of a stored picture, not {value!r}.")


def _check_prompts(word: str, value: Any) -> None:
    if not all(isinstance(each, str) for each in value):
        raise BadRequest(f"{word} must be a list of texts.")


def _parse_prompts(value: Any) -> tuple[str, ...]:
    return tuple(encodable(each) for each in value)


def _check_size(word: str, value: Any) -> None:
    if value is not None:
        for side, pixels in zip(("width", "height"), value, strict=True):
            # The model checks the lower limit for images that are not tiled.
            check_whole(side, pixels, 8, MAX_TILED_SIDE)


def _parse_branch(value: Mapping[str, Any]) -> Branch:
    return Branch(_create_from_values(value["parent"]), value["step"])


# Name of the built-in model.
BUILT_IN = "icons-2"
# First version of the rules by which a seed also chooses the drawing, and the temperature determines how freely.
SEED_CHOOSES = 2
# First version of the rules by which guidance is rescaled on the network's own prediction, and inpainting models are
# not given the start image again at each step, both as in diffusers.
AS_IN_DIFFUSERS = 3
# First version of the rules by which a model with a dictionary reads other languages and rare words.
READS_LANGUAGES = 3
# First version of the rules by which the seed also chooses among a model's rarer drawings.
HAS_RARE_DRAWINGS = 3
# First version of the rules by which images of additional things start from silhouettes.
HAS_SILHOUETTES = 5
# First version of the rules by which temperature uses the score norms of its base for a derived model, such as Icons
# Fast.
HAS_BASE_NORMS = 5
# First version of the rules by which a second pass keeps the start image outside the mask.
KEEPS_ENLARGED_REST = 5
# First version of the rules by which scheduled prompts and control images change between two steps of any sampler.
SWITCHES_BY_STEP = 6
# First version of the rules by which compounds such as "golf club" and "horse shoe" are read as one name.
READS_COMPOUNDS = 7
# First version of the rules by which a temperature below the model's default draws the seed's choices to the typical
# ones.
FOCUSES = 7
# First version of the rules by which AND separates the parts of a prompt, whose predictions are added.
COMPOSES = 8
# First version of the rules by which images of models without alpha keep the transparency of their start image.
KEEPS_ALPHA = 9
# First version of the rules by which the LoRAs in the prompt of a region act in this region only.
HAS_REGION_ADAPTERS = 10
# First version of the rules by which relations such as "on" and "holding" place the objects of a scene.
PLACES_OBJECTS = 10
# First version of the rules by which two words such as "swim suit" are read as one name.
READS_SYNONYMS = 11
# First version of the rules by which all icons of a set are drawn in the way of its style.
SUITS_STYLE = 12
# First version of the rules by which a prompt without a drawing starts from the one with the nearest name.
DRAWS_NEAREST = 13
# First version of the rules by which all objects of a scene are read and remain visible, misspelt words are read as any
# English word, and unknown German and Dutch compounds as the noun that ends them.
SHOWS_ALL_OBJECTS = 14
# First version of the rules by which reference images of Qwen-Image-Edit are resized as in diffusers.
FITS_REFERENCES = SHOWS_ALL_OBJECTS
# First version of the rules by which plurals and words such as "cheese" are not read as keywords of other drawings, and
# drawings with letters are not mirrored.
CORRECTS_MEANINGS = 15
# First version of the rules by which prompts may be sentences: "can you draw" is no part of the image, the objects of
# all verbs are drawn, materials describe the thing after them, and held things cover the hand.
READS_SENTENCES = 16
# By the same version, a set's icons from glyphs are hollow in a style of lines, and drawings are placed where the
# content of the start image or the mask is.
HOLLOWS_GLYPHS = PLACES_DRAWINGS = READS_SENTENCES
# First version of the rules by which images of memorised drawings are pulled to these at low noise.
FOLLOWS_DRAWINGS = 17
# By the same version, rarely drawn things are read in scenes ("a cat on a fence"), "two glasses" are two of them and no
# pair of spectacles, and no word is corrected to a rare one by two errors.
READS_RARE_THINGS = FOLLOWS_DRAWINGS
RULES = FOLLOWS_DRAWINGS
_STEERING = Role.STEERING | Role.FACT
_MODEL_PART = Role.PATH | Role.LOADED | Role.MODEL_DEFAULT | Role.OPTION | Role.FACT | Role.DETAIL
_LISTED = Role.OPTION | Role.FACT | Role.SEARCH | Role.AXIS | Role.EXPORTED


@dataclass(frozen=True, kw_only=True)
class Request:
    """All settings for generating `count` images. Image i has the seed (seed + i) mod 2^63 and can be generated
    separately. The fields are in the order in which the window shows them.
    """

    prompt: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Prompt"),
            role=_STEERING | Role.EXPORTED | Role.SINGLE | Role.IN_SIGHT,
            words="{}",
        ),
    ] = ""
    # The template from which the prompt was generated, see `prompt_templates`, or "" if there was none.
    template: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Template"),
            summary=QT_TRANSLATE_NOOP("Setting", "The prompt with its variants and wildcards"),
            role=Role.NOTE | Role.BRANCHABLE | Role.FACT | Role.DETAIL | Role.SINGLE | Role.IN_SIGHT,
        ),
    ] = ""
    # The prompt of each image, if they differ; the first is `prompt`.
    prompts: Annotated[
        tuple[str, ...],
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Prompts"),
            role=Role.STEERING | Role.SINGLE | Role.IN_SIGHT,
            checks=_check_prompts,
            read=_parse_prompts,
        ),
    ] = ()
    negative_prompt: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Negative prompt"),
            role=_STEERING | Role.EXPORTED | Role.OPTION | Role.DETAIL,
            option="negative",
            usage="what to avoid",
        ),
    ] = ""
    # The grammar of both prompts. "auto" is replaced by the model's grammar when the request is checked.
    grammar: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Prompt grammar"),
            summary=QT_TRANSLATE_NOOP("Setting", "How prompts are read: in plain words, brackets have no meaning"),
            role=_STEERING | Role.OPTION | Role.FACT,
            choices=GRAMMARS,
            usage="grammar of the prompts: {choices} (default: auto, the model's)",
        ),
    ] = "auto"
    # One of the model's style ids, or "" for no particular style.
    style: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Style"),
            role=_STEERING | _LISTED | Role.IN_SIGHT,
            usage="one of the model's styles; '' for none in particular (default: the model's)",
        ),
    ] = ""
    # One of the model's classes, or "" for no particular class.
    label: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Class"),
            role=_STEERING | Role.DETAIL | _LISTED | Role.IN_SIGHT,
            word="class",
            usage="one of the model's classes (default: any)",
        ),
    ] = ""
    # Other conditioning of the model, such as {"aesthetic": 6.5}.
    factors: Annotated[
        dict[str, float],
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Factors"),
            role=_STEERING | Role.DETAIL,
            contains_numbers=True,
            checks=check_factors,
        ),
    ] = field(default_factory=dict)
    # Control images.
    hints: Annotated[
        tuple[ControlImage, ...],
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Hints"),
            contains_numbers=True,
            role=_STEERING | Role.DETAIL | Role.SINGLE,
            checks=check_control_images,
            read=control_images_from_json,
        ),
    ] = ()
    # Parts of the image with their own prompts.
    regions: Annotated[
        tuple[Region, ...],
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Regions"),
            contains_numbers=True,
            role=_STEERING | Role.DETAIL | Role.SINGLE,
            checks=check_regions,
            read=regions_from_json,
        ),
    ] = ()
    # How the prompts of regions act: one evaluation of the network for each prompt, whose predictions are added, or one
    # evaluation for all of them, in whose attention each position sees the prompts of its regions.
    region_mode: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Region mode"),
            summary=QT_TRANSLATE_NOOP(
                "Setting",
                "Predictions: the network is evaluated once for each prompt. Attention: once for all prompts, each of "
                "which only its own region sees; about as fast as one prompt",
            ),
            role=_STEERING | Role.OPTION | Role.FACT | Role.DETAIL | Role.AXIS | Role.SINGLE,
            needs="regions",
            choices=REGION_MODES,
            words="regions by {}",
            usage="how the prompts of regions act: {choices}; attention evaluates the network once for all of them "
            "(default: predictions)",
        ),
    ] = PREDICTIONS
    model: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Model"),
            role=Role.PATH | Role.LOADED | _LISTED | Role.IN_SIGHT,
            words="{}",
            usage="a name from `gdm-studio models`, or a .safetensors file (default: the built-in one)",
        ),
    ] = BUILT_IN
    # The file name of another autoencoder, or "" for the model's own.
    vae: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "VAE"),
            role=_MODEL_PART,
            words="{}",
            usage="name of a VAE that replaces the model's own; '' for its own (default: as chosen for the model)",
        ),
    ] = ""
    # The name of the model for the last steps, or "" for none.
    refiner: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Refiner"),
            role=_MODEL_PART,
            words="{}",
            usage="a model that makes the last steps; '' for none (default: as chosen for the model)",
        ),
    ] = ""
    # The name of the upscaler that enlarges the image for the second pass, or "" to interpolate its pixels.
    upscaler: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Upscaler"),
            summary=QT_TRANSLATE_NOOP("Setting", "Enlarges the picture for the second pass"),
            role=Role.PATH | Role.LOADED | Role.OPTION | Role.FACT | Role.DETAIL,
            words="{}",
            usage="network that enlarges the image for the second pass (default: none, its pixels are interpolated)",
        ),
    ] = ""
    seed: Annotated[
        int,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Seed"),
            0,
            SEED_LIMIT - 1,
            role=Role.BRANCHABLE | Role.DETAIL | _LISTED | Role.SINGLE,
            detail=QT_TRANSLATE_NOOP("Setting", "Seed"),
            usage="of the first image; the next have seed + 1, … (default: random)",
            example=QT_TRANSLATE_NOOP("Setting", "1-9 or 7, 42, 1207"),
        ),
    ] = 0
    # The image towards which to interpolate.
    toward: Annotated[
        Interpolation | None,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Towards"),
            role=Role.PREDICTION | Role.FACT | Role.SINGLE,
            checks=check_interpolation,
            read=interpolation_from_json,
            form="another picture's prompt, seed and an amount",
        ),
    ] = None
    count: Annotated[
        int,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Pictures"),
            1,
            MAX_COUNT,
            QT_TRANSLATE_NOOP("Setting", "How many, each with its own seed"),
            role=Role.OPTION,
        ),
    ] = 1
    # The number of images that are denoised together; at 0 the device decides.
    batch: Annotated[
        int,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Batch size"),
            0,
            MAX_COUNT,
            QT_TRANSLATE_NOOP("Setting", "How many pictures are made together; auto lets the device decide"),
            role=Role.MACHINE | Role.OPTION,
            usage="how many at a time (default: 0, as suits the device)",
        ),
    ] = 0
    sampler: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Scheduler"),
            summary=QT_TRANSLATE_NOOP("Setting", "How each step goes from noise towards the picture"),
            choices=SAMPLERS,
            words="{}",
            role=_STEERING | Role.MODEL_DEFAULT | Role.DETAIL | _LISTED,
            beside="steps",
            option_alias="scheduler",
            usage="how each step goes towards the image: one of {choices}",
        ),
    ] = "dpmpp_2m"
    spacing: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Step spacing"),
            summary=QT_TRANSLATE_NOOP("Setting", "Which noise levels the steps visit"),
            choices=SPACINGS,
            role=Role.PATH | Role.MODEL_DEFAULT | _LISTED,
            usage="which noise levels to visit: one of {choices}",
        ),
    ] = "karras"
    steps: Annotated[
        int,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Steps"),
            1,
            MAX_STEPS,
            QT_TRANSLATE_NOOP("Setting", "More steps take longer and follow the noise more closely"),
            curve=4,
            words="{} steps",
            role=Role.PATH | Role.MODEL_DEFAULT | Role.PANEL | Role.DETAIL | _LISTED,
            detail=QT_TRANSLATE_NOOP("Setting", "Steps · scheduler"),
            usage="denoising steps, {low:g} to {high:g} (default: the model's)",
        ),
    ] = 20
    guidance_scale: Annotated[
        float,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Guidance"),
            0.0,
            30.0,
            QT_TRANSLATE_NOOP("Setting", "How strictly the picture follows the prompt"),
            decimals=1,
            curve=2,
            word="guidance",
            role=Role.STEERING | Role.MODEL_DEFAULT | Role.SHOWN,
            detail=QT_TRANSLATE_NOOP("Setting", "Guidance · temp."),
            example=QT_TRANSLATE_NOOP("Setting", "2, 4, 6 or 1-7 (+1.5)"),
        ),
    ] = 4.0
    temperature: Annotated[
        float,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Temperature"),
            0.1,
            2.0,
            QT_TRANSLATE_NOOP(
                "Setting",
                "How freely the picture may vary: 1 is as the model was trained, lower gives more typical pictures, "
                "higher rarer ones.",
            ),
            ends=(QT_TRANSLATE_NOOP("Setting", "focused"), QT_TRANSLATE_NOOP("Setting", "varied")),
            beside="guidance_scale",
            role=Role.STEERING | Role.MODEL_DEFAULT | Role.SHOWN,
            example="0.7-1.3 (+0.1)",
            usage="{low:g} (focused) to {high:g} (varied) (default: the model's)",
        ),
    ] = 1.0
    # The version of the rules by which an image is generated. Before SEED_CHOOSES, a seed only determined the noise,
    # and the temperature assumed the same variance at all noise levels. Before AS_IN_DIFFUSERS, guidance was rescaled
    # on x0, and inpainting models (with 9 input channels) got the start image again at each step. Before
    # READS_LANGUAGES, prompts were read in English only, and before HAS_RARE_DRAWINGS, there were no drawings of people
    # in professions. Before HAS_OWN_STEPS, a second pass used part of the request's steps. Before HAS_SILHOUETTES, no
    # image started from a silhouette. Before SWITCHES_BY_STEP, the second evaluation of Heun's method already had the
    # prompt of the next step. Before READS_COMPOUNDS, the last word of a compound chose the drawing. Before
    # FOCUSES, a seed chose nearly as freely at low temperatures. Before COMPOSES, AND was read as "and". Before
    # KEEPS_ALPHA, models without alpha made transparent start images opaque, on white. Before HAS_REGION_ADAPTERS, the
    # LoRAs of a region acted in the whole image. Before PLACES_OBJECTS, only the first object of a relation such as
    # "on" was drawn. Before READS_SYNONYMS, the last word of "swim suit" chose the drawing. Before DRAWS_NEAREST,
    # noodles, which have no drawing, were a blob instead of cup noodles. Before SHOWS_ALL_OBJECTS, the hat of "a cat
    # with hat" was left out, and a bicycle hid the cat that rides it. Before CORRECTS_MEANINGS, "bicycles" were a sign
    # that forbids them. Before READS_SENTENCES, the ball of "a dog chasing a ball" was left out, an umbrella in black
    # stood among icons of lines, and the drawing of an image-to-image run filled the canvas. Before FOLLOWS_DRAWINGS,
    # fine lines were smeared. Before READS_RARE_THINGS, the fence of "a cat on a fence" was left out, "two glasses"
    # were a pair of spectacles, and "al lado de" placed nothing.
    # Before FITS_REFERENCES, a reference image of Qwen-Image-Edit got the nearest size of a list, and the text encoder
    # saw it reduced from there.
    rules: Annotated[
        int,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Rules"),
            1,
            RULES,
            QT_TRANSLATE_NOOP(
                "Setting",
                "Version of the rules: 17; 16 before pictures kept the fine lines of their drawings; "
                "15 before “a dog chasing a ball” was drawn with its ball; "
                "14 before “bicycles” was read as bicycles, and not as the sign that forbids them; "
                "13 before all objects of a scene were drawn and stayed visible, and "
                "reference pictures of Qwen-Image-Edit had the sizes of diffusers; "
                "12 before a part of a name such as “noodles” was read as “cup noodles”; "
                "11 before all icons of a set were drawn in the way of its style; "
                "10 before two words such as “swim suit” were read as one name; "
                "9 before the built-in model placed things by relations such as “on”, and "
                "the LoRAs of a region acted there only; "
                "8 before models without transparency kept that of the start picture; "
                "7 before AND separated the parts of a prompt; 6 before compounds such as "
                "“golf club” were read as one name; 5 before Heun, "
                "Restart and similar samplers kept a prompt to the end of its last step; 4 before the built-in model "
                "had drawings in one colour; 3 before the second pass had steps of its own; 2 before guidance was "
                "rescaled as in diffusers, when inpainting models got the start picture again at each step and "
                "prompts were read in English only; 1 before the seed chose "
                "more than details",
            ),
            role=_STEERING | Role.OPTION | Role.FACT | Role.DETAIL | Role.SINGLE,
            usage="{low:g} to 16 for images as of earlier versions of the program (default: {high:g})",
        ),
    ] = RULES
    # True for an icon of a set: the plainest drawing of its subject, without a tile, in the tone of the set's style.
    plain_icon: Annotated[
        bool,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Plain icon"),
            summary=QT_TRANSLATE_NOOP(
                "Setting", "Draws the thing alone, as for a set: without a tile, and in the tone of its style"
            ),
            word="plain icon",
            option="plain-icon",
            role=Role.STEERING | Role.OPTION | Role.FACT | Role.DETAIL,
            usage="draw the thing alone, as for a set of icons: without a tile, in the tone of its style",
        ),
    ] = False
    # Parameters of the sampler, such as {"eta": 0.5}.
    knobs: Annotated[
        dict[str, float],
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Scheduler's own"),
            role=_STEERING | Role.MODEL_DEFAULT,
            belongs_to="sampler",
        ),
    ] = field(default_factory=dict)
    # Parameters of the prediction, such as {"guidance_rescale": 0.7}.
    controls: Annotated[
        dict[str, float],
        Setting(QT_TRANSLATE_NOOP("Setting", "Prediction"), role=_STEERING | Role.MODEL_DEFAULT),
    ] = field(default_factory=dict)
    # The deep features of the network are computed in every n-th step and reused in between; see
    # `engine.feature_cache`.
    cache_interval: Annotated[
        int,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Feature cache"),
            1,
            MAX_CACHE_INTERVAL,
            QT_TRANSLATE_NOOP(
                "Setting",
                "Computes the deep layers of the network only in every n-th step and reuses their features in "
                "between: faster, and less exact. 1 computes them in every step.",
            ),
            ends=(QT_TRANSLATE_NOOP("Setting", "exact"), QT_TRANSLATE_NOOP("Setting", "fast")),
            word="cache",
            option="cache-interval",
            words="feature cache {}",
            usage="compute the network's deep features in every n-th step only and reuse them in between, which is "
            "faster and less exact, {low:g} to {high:g} (default: 1, every step)",
            example=QT_TRANSLATE_NOOP("Setting", "1, 2, 3"),
        ),
    ] = 1
    # The name of the stored start image, which `engine.image_inputs.store` returns, or "" to start from noise.
    image: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Started from"),
            role=Role.PATH | Role.FACT | Role.DETAIL | Role.SINGLE | Role.IN_SIGHT,
            detail=QT_TRANSLATE_NOOP("Setting", "Started from"),
            checks=_check_stored_image,
        ),
    ] = ""
    # The name of a stored mask, which is white where the start image is repainted and black where it is unchanged. ""
    # repaints everything.
    mask: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Inpaint"),
            role=Role.PATH | Role.DETAIL | Role.SINGLE | Role.IN_SIGHT,
            needs="image",
            belongs_to="image",
            checks=_check_stored_image,
        ),
    ] = ""
    # The prompt that generated the start image, if it is known. With a mask, models that start from drawings draw only
    # what it does not name.
    image_prompt: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Prompt of the start picture"),
            role=Role.PATH | Role.DETAIL | Role.SINGLE,
            needs="image",
            belongs_to="image",
            usage="the prompt of the start image: what it names is not drawn again in the mask",
        ),
    ] = ""
    # The part of the start image that is generated at `size`: all of it, or the surroundings of the mask only. They are
    # then blended into the start image, which keeps its own size.
    inpaint_area: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Inpaint area"),
            summary=QT_TRANSLATE_NOOP(
                "Setting",
                "Only masked: the surroundings of the mask are generated at the full size of the model and put back, "
                "and the picture keeps its size and every pixel outside the mask",
            ),
            role=Role.PATH | Role.OPTION | Role.FACT | Role.DETAIL | Role.SINGLE | Role.AXIS,
            needs="mask",
            choices=INPAINT_AREAS,
            words="inpaint {}",
            usage="what is generated at the given size: {choices}, which is then put back into the start image "
            "(default: whole)",
        ),
    ] = "whole"
    # The number of pixels of the start image around the mask that are generated with it, if only the mask is.
    inpaint_padding: Annotated[
        int,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Masked area padding"),
            0,
            MAX_PADDING,
            QT_TRANSLATE_NOOP("Setting", "Pixels around the mask that the model sees if only the masked area is made"),
            role=Role.PATH | Role.OPTION | Role.AXIS | Role.SINGLE,
            needs="mask",
        ),
    ] = 32
    # The amount of noise that is added to the start image: at 1 nothing of it is left, at 0 it hardly changes.
    strength: Annotated[
        float,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Noise"),
            0.0,
            1.0,
            QT_TRANSLATE_NOOP(
                "Setting",
                "How much noise is added to the picture before the steps begin: at 0 it hardly changes, at 1 nothing "
                "of it is left. Add noise shows what each value leaves",
            ),
            role=Role.PATH | Role.OPTION | Role.FACT | Role.DETAIL | Role.AXIS | Role.SINGLE | Role.IN_SIGHT,
            needs="image",
            beside="image",
            usage="how much noise is added to the start image, {low:g} to {high:g} (default: 0.6)",
        ),
    ] = 0.6
    # True if the noise is found by inverting the start image, so that it can be reconstructed.
    inverted: Annotated[
        bool,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Inverted"),
            summary=QT_TRANSLATE_NOOP(
                "Setting",
                "Finds the noise that leads to the picture instead of drawing it by the seed, so that the same prompt "
                "brings the picture back",
            ),
            role=Role.PATH | Role.OPTION | Role.SINGLE | Role.IN_SIGHT,
            needs="image",
            option="invert",
            usage="find the start image's own noise instead of drawing it",
        ),
    ] = False
    branch: Annotated[
        Branch | None,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Branch of"),
            role=Role.FACT | Role.SINGLE | Role.IN_SIGHT,
            read=_parse_branch,
            form="a step of another picture",
        ),
    ] = None
    # (width, height) in pixels; None for the model's default.
    size: Annotated[
        tuple[int, int] | None,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Size"),
            role=Role.PATH | Role.OPTION,
            usage="in pixels (default: the model's)",
            checks=_check_size,
            form="a width and a height in pixels",
        ),
    ] = None
    # The side of the overlapping windows in which a larger image is denoised, see `models.tiled_model`; 0 for none.
    tile: Annotated[
        int,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Tile"),
            0,
            MAX_TILE,
            QT_TRANSLATE_NOOP(
                "Setting",
                "Side in pixels of the overlapping tiles in which a larger picture is made, best the size of the "
                "model's own pictures; 0 makes it as a whole",
            ),
            role=Role.PATH | Role.OPTION | Role.FACT | Role.DETAIL | Role.AXIS,
            usage="side in pixels of the overlapping tiles in which a larger image is denoised (default: 0, none)",
        ),
    ] = 0
    # The number of pixels by which two tiles overlap at least.
    tile_overlap: Annotated[
        int,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Tile overlap"),
            8,
            MAX_OVERLAP,
            QT_TRANSLATE_NOOP(
                "Setting", "Pixels by which tiles overlap, at most half a tile; their predictions are averaged there"
            ),
            role=Role.PATH | Role.OPTION | Role.FACT | Role.DETAIL | Role.AXIS,
            needs="tile",
            beside="tile",
            usage="pixels by which tiles overlap at least, up to half a tile (default: 64)",
        ),
    ] = 64
    device: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Device"),
            summary=QT_TRANSLATE_NOOP("Setting", "Where pictures are made"),
            role=Role.MACHINE | Role.LOADED | Role.OPTION,
            usage="auto, cpu, cuda, cuda:1, mps, xpu; all, or several with commas, such as cuda:0,cuda:2, to share "
            "the images among worker processes, one for each; cpu,cpu are two workers that share the processor; "
            "ssh:HOST or ssh:HOST/cuda:1 is another computer with this program; cluster is a Ray cluster "
            "(default: auto)",
        ),
    ] = "auto"
    dtype: Annotated[
        str,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Precision"),
            summary=QT_TRANSLATE_NOOP(
                "Setting",
                "Automatic is full precision, which makes the same picture on every device; half is faster and "
                "slightly less exact",
            ),
            role=Role.MACHINE | Role.LOADED | Role.OPTION,
            choices=DTYPES,
            usage="{choices} (default: auto)",
        ),
    ] = "auto"
    # True to record attention maps (see `engine.attention`), which costs further network evaluations.
    attention: Annotated[
        bool,
        Setting(
            QT_TRANSLATE_NOOP("Setting", "Words"),
            summary=QT_TRANSLATE_NOOP(
                "Setting", "Records where and when each word of the prompt acted; takes slightly longer"
            ),
            role=Role.MACHINE | Role.OPTION,
            usage="record where and when each word of the prompt acted",
        ),
    ] = False

    def typed(self) -> Request:
        """Return the request with lists in its fields converted to tuples.

        Raises BadRequest if a value has the wrong type.
        """
        other = {}
        for name, setting in SETTINGS.items():
            value = getattr(self, name)
            # This is a fast path, since a gallery reads thousands of requests.
            is_plain = type(value) is setting.kind and (not isinstance(value, str) or value.isascii())
            if value is setting.default or is_plain or setting.is_default(value):
                continue
            if (found := setting.typed(value)) is not value:
                other[name] = found
        return replace(self, **other) if other else self

    def checked(self) -> Request:
        """Return the validated request, with all sampler parameters filled in and without guidance controls at their
        defaults. Raises BadRequest with a sentence that lists the valid choices.
        """
        request = self.typed()
        for name, setting in SETTINGS.items():
            value = getattr(request, name)
            # Most values are defaults, which are valid.
            if value is not setting.default and not setting.is_default(value):
                setting.check(value)
        if request.mask and not request.image:
            raise BadRequest("A mask needs a picture to start from; choose one.")
        if request.template and request.template == request.prompt:
            # The variants have not been drawn yet, because that failed while the prompt was being written.
            from gdm_studio.request.prompt_templates import draw

            prompts = draw(request.template, request.seeds())
            request = replace(request, prompt=prompts[0], prompts=tuple(prompts))
        spec = SAMPLERS[request.sampler]
        complete: dict[str, Any] = {
            "knobs": checked_params(spec.params, request.knobs, of=spec.title),
            "controls": _remove_defaults(request.controls) if request.controls else {},
            "branch": _check_branch(request),
            "prompts": _check_number_of_prompts(request),
        }
        # Copying a request takes a large part of the time, and most values are empty before and after.
        changed = {name: value for name, value in complete.items() if value or getattr(request, name)}
        return replace(request, **changed) if changed else request

    @property
    def subject(self) -> str:
        """Subject of the images as text: the prompt, or else the class label, or else "".

        If the images have different prompts, it is their template.
        """
        return (self.template if self.prompts else "") or self.prompt or self.label

    @property
    def title(self) -> str:
        """Title of the request for display: the prompt or class label on one line, shortened if it is very long. Never
        empty.
        """
        return " ".join(start_of(self.subject, MAX_TITLE).split()) or "No prompt"

    @property
    def described_prompt(self) -> str:
        """The prompt of the whole image: around a mask, it shows what its start image did."""
        return ", ".join(filter(None, (self.prompt, self.shown_prompt)))

    @property
    def shown_prompt(self) -> str:
        """The prompt of the start image around the mask, or "" without a mask or if it exceeds the length limit."""
        return self.image_prompt if self.mask and not is_too_long(self.image_prompt) else ""

    def seeds(self) -> list[int]:
        """Return the seed of each image of the request."""
        return [(self.seed + image) % SEED_LIMIT for image in range(self.count)]

    def picture(self, index: int) -> Request:
        """Return the request that generates only image number `index` of this request, with its own seed and prompt."""
        branch = self.branch and self.branch.picture(index)
        one = self.with_prompt_of(index)
        toward = one.toward and one.toward.picture(index)
        return replace(one, seed=(self.seed + index) % SEED_LIMIT, count=1, batch=0, toward=toward, branch=branch)

    def with_prompt_of(self, index: int) -> Request:
        """Return a copy of the request in which all images have the prompt of image number `index`.

        The parents of a branch are changed in the same way.
        """
        branch = self.branch and replace(self.branch, parent=self.branch.parent.with_prompt_of(index))
        if index >= len(self.prompts):
            return replace(self, branch=branch) if branch is not self.branch else self
        prompt = self.prompts[index]
        toward = interpolation.replace_prompt(self.toward, self.prompt, prompt)
        return replace(self, prompt=prompt, prompts=(), toward=toward, branch=branch)

    def prompts_of(self, index: int) -> tuple[str, ...]:
        """Return the prompt of image number `index`, followed by the prompts of the parent images that it branched
        from.
        """
        parents = self.branch.parent.prompts_of(index) if self.branch else ()
        return (self.prompts[index] if index < len(self.prompts) else self.prompt, *parents)

    def with_model(self, model: str, **parts: Any) -> Request:
        """Return a copy of the request that uses the model `model` and the given parts, such as the VAE.

        The parents of a branch are changed too.
        """
        branch = self.branch and replace(self.branch, parent=self.branch.parent.with_model(model, **parts))
        return replace(self, model=model, branch=branch, **parts)

    def with_target(self, leg: Interpolation) -> Request:
        """Return a copy of the request whose interpolation continues to one more target, `leg`."""
        return replace(self, toward=interpolation.append_target(self.toward, leg))

    def targets(self) -> Iterator[Interpolation]:
        """Yield the targets (prompt, seed and amount) of the request's interpolation in order.

        Yields nothing without an interpolation.
        """
        return interpolation.iter_targets(self.toward)

    def seed_weights(self) -> dict[int, float]:
        """Return the weight of each seed for mixing the initial noise in an interpolation, as {seed: weight}.

        See `interpolation.seed_weights`.
        """
        return interpolation.seed_weights(self.seed, self.toward)

    def prompt_weights(self) -> dict[str, float]:
        """Return the weight of each prompt for mixing the model's predictions in an interpolation, as {prompt: weight}.
        See `interpolation.prompt_weights`.
        """
        return interpolation.prompt_weights(self.prompt, self.toward)

    def positive_prompts(self) -> list[str]:
        """Return all distinct prompts of the request: those of the interpolation and those of the regions."""
        return list(dict.fromkeys([*self.prompt_weights(), *(region.prompt for region in self.regions)]))

    def negative_prompts(self) -> list[str]:
        """Return the negative prompt of the request, and those of its regions."""
        own = (region.negative for region in self.regions if region.negative)
        return list(dict.fromkeys([self.negative_prompt, *own]))

    def prompt_problem(self) -> str:
        """Return an error message for the first prompt that exceeds the length limit, or "" if there is none.

        (Only prompts from files can exceed the limit.)
        """
        named = [("The prompt", self.prompt), ("The negative prompt", self.negative_prompt)]
        named += [("The prompt", text) for text in self.prompts]
        named += [("The prompt to go towards", leg.prompt) for leg in self.targets()]
        named += [("The prompt of a region", text) for each in self.regions for text in (each.prompt, each.negative)]
        return next(filter(None, (length_problem(text, name) for name, text in named)), "")

    def with_settings(self, other: Request, role: Role) -> Request:
        """Return a copy of the request in which all settings with a given role have the values of another request."""
        return replace(self, **{setting.name: setting.value_in(other) for setting in with_role(SETTINGS, role)})

    def digest(self) -> str:
        """Return 32 hex digits that identify the pixels of the images, regardless of device and batch size.

        The request must be a result of `checked`. See `digest_of` for the settings that are included.
        """
        from gdm_studio.request.digest import digest_of

        return digest_of(self, SETTINGS)

    def to_json(self) -> str:
        """Serialise the request as JSON with a `version`, as it is stored in image files.

        Every later version can read it.
        """
        return json.dumps({"version": VERSION, **asdict(self)}, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Request:
        """Parse a request from the JSON of `to_json`, ignoring unknown fields.

        Raises BadRequest if the JSON is malformed or a value has the wrong type.
        """
        try:
            return _create_from_values(migrate(parse_json(text))).checked()
        except MALFORMED as error:
            raise BadRequest("The settings in this file are damaged and cannot be read.") from error


# The settings by name, in the order of the fields.
SETTINGS = settings_of(Request, ABSENT)


def same_settings(one: Request, other: Request, role: Role) -> bool:
    """Return True if two requests have equal values for all settings with the given role."""
    return all(setting.value_in(one) == setting.value_in(other) for setting in with_role(SETTINGS, role))


def _create_from_values(values: Mapping[str, Any]) -> Request:
    """Convert a parsed JSON object to a request. Missing fields get the values that they had before the field existed.
    May raise any of `MALFORMED`.
    """
    data = dict(values.items())
    known: dict[str, Any] = {}
    for name, setting in SETTINGS.items():
        value = data.get(name, setting.absent)
        known[name] = value if value is None or setting.read is None or name not in data else setting.read(value)
    return Request(**known)


def _remove_defaults(controls: Mapping[str, float]) -> dict[str, float]:
    from gdm_studio.maths.guidance_params import GUIDANCE

    checked = checked_params(GUIDANCE, controls, of="The prediction")
    return {param.name: checked[param.name] for param in GUIDANCE if checked[param.name] != param.default}


def _check_number_of_prompts(request: Request) -> tuple[str, ...]:
    """Check that each image of the request has a prompt, and return the prompts, or () if they are all equal.

    Raises BadRequest if there are fewer prompts than images.
    """
    prompts = request.prompts[: request.count]
    if prompts and len(prompts) < request.count:
        raise BadRequest(f"There are {len(prompts)} prompts for {request.count} pictures; give one for each.")
    return prompts if len(set(prompts)) > 1 else ()


def _check_branch(request: Request) -> Branch | None:
    branch = request.branch
    if branch is None:
        return None
    if not isinstance(branch.parent, Request):
        raise BadRequest(f"branch must be a step of another picture, not {branch!r}.")
    branch = replace(branch, parent=branch.parent.typed())
    check_whole("the step to branch from", branch.step, 0, total_steps(request) - 1)
    for setting in with_role(SETTINGS, Role.PATH):
        if setting.value_in(branch.parent) != setting.value_in(request):
            raise BadRequest(
                f"A branch keeps the {setting.name} of the picture it leaves; start a new picture to change it."
            )
    if branch.parent.count not in (1, request.count):
        raise BadRequest(f"{request.count} pictures cannot branch from {branch.parent.count}; branch from one.")
    if _count_generations(request) > MAX_GENERATIONS:
        raise BadRequest(f"This would be a chain of more than {MAX_GENERATIONS} branches; start a new picture.")
    return replace(branch, parent=branch.parent.checked())


def _count_generations(request: Request) -> int:
    count = 0
    while request.branch is not None:
        count += 1
        request = request.branch.parent
    return count
