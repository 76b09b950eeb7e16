"""Compatibility of requests with models: which settings a model supports, the ranges in which its images are good, and
which settings a branch may change.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.maths.numeric_parameters import Param
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.samplers.registry import NEEDS, check_suits
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.models.capabilities import PLAIN, Capabilities, prompt_grammar
from gdm_studio.models.model_card import ModelCard
from gdm_studio.request.generation_request import SETTINGS, Branch, Request, Role
from gdm_studio.request.hires import has_second_pass
from gdm_studio.request.interpolation import replace_prompt, without_prompts
from gdm_studio.request.regions import ATTENTION

Parts = Mapping[str, Collection[str]]

# Prefix of the controls that have no effect without guidance.
OF_GUIDANCE = "guidance_"


def drop_unsupported(request: Request, accepts: Capabilities) -> Request:
    """Return the request without the settings that have no effect with its model, such as a prompt for a model without
    a text encoder.
    """
    guidance = request.guidance_scale if accepts.guidance else 1.0
    begun = accepts.picture and bool(request.image)
    return replace(
        request,
        prompt=request.prompt if accepts.prompt else "",
        template=request.template if accepts.prompt else "",
        prompts=request.prompts if accepts.prompt else (),
        toward=request.toward if accepts.prompt else without_prompts(request.toward),
        negative_prompt=request.negative_prompt if accepts.negative else "",
        grammar=prompt_grammar(accepts, request),
        guidance_scale=guidance,
        steps=request.steps if accepts.steps else 1,
        controls=_find_acting_controls(request.controls, guidance) if request.controls else {},
        cache_interval=request.cache_interval if accepts.caches_features else SETTINGS["cache_interval"].default,
        tile=request.tile if accepts.tiles else 0,
        tile_overlap=request.tile_overlap if accepts.tiles and request.tile else SETTINGS["tile_overlap"].default,
        label=request.label if request.label in accepts.labels else "",
        factors=_find_changed_values(accepts.factors, request.factors),
        hints=tuple(hint for hint in request.hints if hint.kind in accepts.hints),
        regions=request.regions if accepts.regions else (),
        region_mode=request.region_mode if _has_region_mode(request, accepts) else SETTINGS["region_mode"].default,
        image=request.image if begun else "",
        mask=request.mask if begun else "",
        image_prompt=request.image_prompt if begun else "",
        inpaint_area=request.inpaint_area if begun and request.mask else SETTINGS["inpaint_area"].default,
        inpaint_padding=request.inpaint_padding if begun and request.mask else SETTINGS["inpaint_padding"].default,
        inverted=request.inverted and begun,
        vae=request.vae if accepts.vae else "",
        refiner=request.refiner if accepts.refiner else "",
        upscaler=request.upscaler if accepts.second_pass and has_second_pass(request) else "",
    )


def _find_acting_controls(controls: Mapping[str, float], guidance: float) -> dict[str, float]:
    """Return the guidance controls that have an effect with this guidance scale and differ from their defaults."""
    from gdm_studio.maths.guidance_params import GUIDANCE

    acting = [param for param in GUIDANCE if guidance != 1 or not param.name.startswith(OF_GUIDANCE)]
    return _find_changed_values(acting, controls)


def _has_region_mode(request: Request, accepts: Capabilities) -> bool:
    return bool(request.regions) and accepts.regions and accepts.region_attention


def _find_changed_values(params: Sequence[Param], values: Mapping[str, float]) -> dict[str, float]:
    """Return the values of sampler or guidance parameters that differ from the parameters' defaults."""
    defaults = {param.name: param.default for param in params}
    return {name: value for name, value in values.items() if defaults.get(name, value) != value}


def fit_request(request: Request, card: ModelCard, parts: Parts | None = None) -> tuple[Request, list[str]]:
    """Adapt the request to the model of `card`, and return it with the titles of the changed settings. `parts` maps
    settings to the names of installed parts, such as VAEs; with None, all parts count as installed.
    """
    left_out = []
    for title, changes in _find_misfits(request, card, parts):
        request = replace(request, **changes)
        left_out.append(title)
    return request, left_out


def fields_without_effect(request: Request, card: ModelCard) -> list[str]:
    """Return the names of fields that are written into images for other tools and that `fit_request` keeps in the
    request, but that have no effect with the model of `card`, such as a prompt for a model without a text encoder.
    """
    ignored = changed_fields(drop_unsupported(request, card.accepts), request)
    return [name for name in ignored if SETTINGS[name].role & Role.EXPORTED]


def _find_misfits(request: Request, card: ModelCard, parts: Parts | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the title of each unsupported setting in a request, with the field values that replace it."""
    accepts = card.accepts
    default = card.default_request()
    if request.model != card.name:
        yield QT_TRANSLATE_NOOP("Setting", "model"), {"model": card.name}
    titles = {style.id: style.title for style in card.styles}
    if request.style and request.style not in titles:
        nearest = card.style_for(request.style)
        title = f"style, which is drawn in {titles[nearest]} now" if nearest in titles else "style"
        yield title, {"style": nearest if nearest in titles else ""}
    if request.size is not None and not card.can_generate(request.size, request.tile):
        yield QT_TRANSLATE_NOOP("Setting", "size"), {"size": None, "tile": 0}
    elif request.tile and not (accepts.tiles and card.can_generate((request.tile, request.tile))):
        yield QT_TRANSLATE_NOOP("Setting", "tiles"), {"tile": 0}
    if sampler_problem(request.sampler, card):
        yield QT_TRANSLATE_NOOP("Setting", "scheduler"), {"sampler": default.sampler, "knobs": {}}
    if spacing_problem(request.spacing, card):
        yield QT_TRANSLATE_NOOP("Setting", "spacing"), {"spacing": default.spacing}
    if request.image and not accepts.picture:
        yield QT_TRANSLATE_NOOP("Setting", "start picture"), {"image": "", "mask": ""}
    if request.grammar not in ("auto", PLAIN, accepts.prompt):
        yield QT_TRANSLATE_NOOP("Setting", "prompt grammar"), {"grammar": "auto"}
    if request.negative_prompt and not accepts.negative:
        yield QT_TRANSLATE_NOOP("Setting", "negative prompt"), {"negative_prompt": ""}
    if request.regions and not accepts.regions:
        yield QT_TRANSLATE_NOOP("Setting", "regions"), {"regions": ()}
    elif any(region.negative for region in request.regions) and not accepts.negative:
        without = tuple(replace(region, negative="") for region in request.regions)
        yield QT_TRANSLATE_NOOP("Setting", "negative prompts of regions"), {"regions": without}
    if request.regions and request.region_mode == ATTENTION and not accepts.region_attention:
        yield QT_TRANSLATE_NOOP("Setting", "region mode"), {"region_mode": SETTINGS["region_mode"].default}
    if request.label and request.label not in accepts.labels:
        yield QT_TRANSLATE_NOOP("Setting", "class"), {"label": ""}
    if request.cache_interval > 1 and not accepts.caches_features:
        yield QT_TRANSLATE_NOOP("Setting", "feature cache"), {"cache_interval": 1}
    if not {param.name for param in accepts.factors}.issuperset(request.factors):
        yield QT_TRANSLATE_NOOP("Setting", "numbers beside the prompt"), {"factors": {}}
    parts_of_model = (
        (QT_TRANSLATE_NOOP("Setting", "VAE"), "vae", accepts.vae),
        (QT_TRANSLATE_NOOP("Setting", "refiner"), "refiner", accepts.refiner),
    )
    for title, name, takes in parts_of_model:
        asked = getattr(request, name)
        if asked and not (takes and (parts is None or asked in parts[name])):
            yield title, {name: ""}
    has_upscaler = parts is None or request.upscaler in parts["upscaler"]
    if request.upscaler and not (accepts.second_pass and has_upscaler):
        yield QT_TRANSLATE_NOOP("Setting", "upscaler"), {"upscaler": ""}
    if not {hint.kind for hint in request.hints}.issubset(accepts.hints):
        yield QT_TRANSLATE_NOOP("Setting", "pictures to follow"), {"hints": ()}
    elif len(request.hints) > accepts.references > 0:
        yield QT_TRANSLATE_NOOP("Setting", "pictures to follow"), {"hints": request.hints[: accepts.references]}
    if request.branch is not None:
        yield QT_TRANSLATE_NOOP("Setting", "branch"), {"branch": None}


def fit_fields(request: Request, card: ModelCard, parts: Parts | None = None) -> Request:
    """Return the request as the window shows it after the user has switched to another model.

    Unsupported settings that have no effect keep their values, for use with other models. All others are changed as in
    `fit_request`.
    """
    return replace(
        fit_request(request, card, parts)[0], **changed_fields(drop_unsupported(request, card.accepts), request)
    )


def good_range(card: ModelCard | None, name: str, sampler: str) -> tuple[float, float]:
    """Return the lowest and the highest value of a setting at which a model's images are good.

    The limits are infinite if none are known. The steps depend on the sampler, unless the model was distilled for its
    own number.
    """
    low, high = -math.inf, math.inf
    if name == "steps" and not (card is not None and card.fast_of):
        low, high = SAMPLERS[sampler].steps
        if card is not None and sampler == card.default_request().sampler:
            low, high = min(low, card.default_request().steps), max(high, card.default_request().steps)
    if card is None:
        return low, high
    return card.good_from.get(name, low), card.good_until.get(name, high)


def values_outside(request: Request, card: ModelCard) -> dict[str, float]:
    """Return the settings of a request that have an effect with a model and lie outside the limits on its card, as
    {field: value}.

    The recommended steps of a sampler do not count as a limit of the model.
    """
    lows, highs = card.good_from, card.good_until
    without_effect = changed_fields(drop_unsupported(request, card.accepts), request)
    values: dict[str, float] = {
        name: getattr(request, name) for name in {**lows, **highs} if name not in without_effect
    }
    return {
        name: value for name, value in values.items() if not lows.get(name, value) <= value <= highs.get(name, value)
    }


def changed_fields(one: Request, other: Request) -> dict[str, Any]:
    """Compare two requests, and return the fields that differ as a dictionary {field name: value in `other`}."""
    return {
        name: setting.value_in(other)
        for name, setting in SETTINGS.items()
        if setting.value_in(other) != setting.value_in(one)
    }


def fields_to_restore(before: Request, after: Request, current: Request) -> dict[str, Any]:
    """Return the fields that undo a change of the settings from `before` to `after`, as {field name: value}, of the
    settings that are `current` by now.

    Settings that were changed again since are left out, with all that has a meaning only together with them: a mask is
    not restored for another start image, nor a parameter for another sampler.
    """
    stays = set(changed_fields(after, current))
    for name, part in SETTINGS.items():
        is_changed = part.belongs_to in stays or name in stays and not part.is_default(part.value_in(current))
        if part.belongs_to and is_changed:
            stays |= {name, part.belongs_to}

    def is_left_out(name: str) -> bool:
        return name in stays or bool(SETTINGS[name].needs) and is_left_out(SETTINGS[name].needs)

    return {name: value for name, value in changed_fields(after, before).items() if not is_left_out(name)}


def sampler_problem(name: str, card: ModelCard | None) -> str:
    """Return a sentence that explains to the user why the model cannot use a sampler, or "" if it can."""
    spec = SAMPLERS.get(name)
    offers = card.sampler_features() if card else frozenset[str]()
    if spec is None:
        return f"There is no scheduler called {name} here."
    if spec.needs and spec.needs not in offers:
        return f"Needs {NEEDS[spec.needs]}."
    try:
        check_suits(spec, offers)
    except BadRequest as error:
        return str(error)
    return ""


def spacing_problem(name: str, card: ModelCard | None) -> str:
    """Return a sentence that explains to the user why the model cannot use a spacing of noise
    levels, or "" if it can.
    """
    if SPACINGS[name].needs_table and not (card and card.score_norms):
        return "Needs a model with measured score norms."
    return ""


def with_branch_settings(parent: Request, wanted: Request) -> Request:
    """Return a copy of the request `parent` with the device and the branchable settings of the request `wanted`.

    Prompt templates are drawn with the seed of each of the parent's images. Raises BadRequest if a setting is invalid.
    """
    return unchecked_branch_settings(parent, wanted).checked()


def unchecked_branch_settings(parent: Request, wanted: Request) -> Request:
    """Return a copy of the request `parent` with the branchable settings of `wanted`, without validation, because the
    user may still be editing the prompt.
    """
    settings = parent.with_settings(wanted, Role.BRANCHABLE)
    if parent.template and (wanted.template, wanted.seed) == (parent.template, parent.seed):
        # A wildcard file may have changed since the parent's prompts were drawn.
        settings = replace(settings, prompt=parent.prompt, prompts=parent.prompts)
    else:
        # The prompts of `wanted` may belong to another number of images.
        settings = _redrawn(settings)
    toward = replace_prompt(parent.toward, parent.prompt, settings.prompt)
    return replace(settings, toward=toward, device=wanted.device, dtype=wanted.dtype)


def branch_request(parent: Request, step: int, wanted: Request) -> Request:
    """Return a request that branches off `parent` after `step` steps and continues with the settings of `wanted`.

    A parent with one image gets `wanted.count` branches. If it has several images, each gets one.
    """
    count = wanted.count if parent.count == 1 else parent.count
    settings = with_branch_settings(parent, wanted)
    if count != parent.count:
        settings = _redrawn(replace(settings, count=count))
    return replace(settings, batch=wanted.batch, branch=Branch(parent, step))


def _redrawn(request: Request) -> Request:
    # It is imported here, because the window needs it only for branches.
    from gdm_studio.request.prompt_expansion import redrawn

    return redrawn(request)
