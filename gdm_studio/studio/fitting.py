"""What a model can carry out of what was asked for, and what another picture's path leaves to be chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gdm_studio.errors import BadRequest
from gdm_studio.maths.guidance import GUIDANCE
from gdm_studio.maths.knobs import Knob
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.samplers.spec import NEEDS, check_suits
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.models.accepts import PLAIN, Accepts, grammar_of
from gdm_studio.models.card import ModelCard
from gdm_studio.request import SETTINGS, Branch, Request, Role

Parts = Mapping[str, Collection[str]]

OF_GUIDANCE = "guidance_"  # how the names of controls begin that mean nothing without guidance


def taken(request: Request, accepts: Accepts) -> Request:
    """The request without what such a model is not told, and without what means nothing beside the rest."""
    guidance = request.guidance_scale if accepts.guidance else 1.0
    acting = [knob for knob in GUIDANCE if guidance != 1 or not knob.name.startswith(OF_GUIDANCE)]
    begun = accepts.picture and bool(request.image)
    return replace(
        request,
        prompt=request.prompt if accepts.prompt else "",
        negative_prompt=request.negative_prompt if accepts.negative else "",
        grammar=grammar_of(accepts, request),
        guidance_scale=guidance,
        steps=request.steps if accepts.steps else 1,
        controls=_changed(acting, request.controls),
        label=request.label if request.label in accepts.labels else "",
        factors=_changed(accepts.factors, request.factors),
        hints=tuple(hint for hint in request.hints if hint.kind in accepts.hints),
        image=request.image if begun else "",
        mask=request.mask if begun else "",
        inverted=request.inverted and begun,
        vae=request.vae if accepts.vae else "",
        refiner=request.refiner if accepts.refiner else "",
    )


def _changed(knobs: Sequence[Knob], values: Mapping[str, float]) -> dict[str, float]:
    """The values of these that are not at their default."""
    usual = {knob.name: knob.default for knob in knobs}
    return {name: value for name, value in values.items() if usual.get(name, value) != value}


def fitted(request: Request, card: ModelCard, parts: Parts | None = None) -> tuple[Request, list[str]]:
    """`request` as far as the model of `card` can carry it out, and the names of the settings that had to go.

    `parts` are the names of what is here of them, by the settings that name it; without, all of it counts as here.
    """
    left_out = []
    for title, changes in _misfits(request, card, parts):
        request = replace(request, **changes)
        left_out.append(title)
    return request, left_out


def _misfits(request: Request, card: ModelCard, parts: Parts | None) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the model does not take: what people call it, and what stands in its place."""
    accepts, usual = card.accepts, card.usual()
    if request.model != card.name:
        yield "model", {"model": card.name}
    titles = {style.id: style.title for style in card.styles}
    if request.style and request.style not in titles:
        nearest = card.style_for(request.style)
        title = f"style, which is drawn in {titles[nearest]} now" if nearest in titles else "style"
        yield title, {"style": nearest if nearest in titles else ""}
    if request.size is not None and not card.makes(request.size):
        yield "size", {"size": None}
    if sampler_refused(request.sampler, card):
        yield "scheduler", {"sampler": usual.sampler, "knobs": {}}
    if spacing_refused(request.spacing, card):
        yield "spacing", {"spacing": usual.spacing}
    if request.image and not accepts.picture:
        yield "start picture", {"image": "", "mask": ""}
    if request.grammar not in ("auto", PLAIN, accepts.prompt):
        yield "prompt grammar", {"grammar": "auto"}
    if request.negative_prompt and not accepts.negative:
        yield "negative prompt", {"negative_prompt": ""}
    if request.label and request.label not in accepts.labels:
        yield "class", {"label": ""}
    if not {knob.name for knob in accepts.factors}.issuperset(request.factors):
        yield "numbers beside the prompt", {"factors": {}}
    for title, name, takes in (("VAE", "vae", accepts.vae), ("refiner", "refiner", accepts.refiner)):
        asked = getattr(request, name)
        if asked and not (takes and (parts is None or asked in parts[name])):
            yield title, {name: ""}
    if not {hint.kind for hint in request.hints}.issubset(accepts.hints):
        yield "pictures to follow", {"hints": ()}
    if request.branch is not None:
        yield "branch", {"branch": None}


def standing(request: Request, card: ModelCard, parts: Parts | None = None) -> Request:
    """`request` as it can stand in the fields beside that model: what it is just not told stays, for another one."""
    return replace(fitted(request, card, parts)[0], **differing(taken(request, card.accepts), request))


def differing(one: Request, other: Request) -> dict[str, Any]:
    """The fields of `other` that are not as in `one`."""
    return {name: setting.of(other) for name, setting in SETTINGS.items() if setting.of(other) != setting.of(one)}


def sampler_refused(name: str, card: ModelCard | None) -> str:
    """Why the model cannot be run by that sampler; "" where it can."""
    spec, offers = SAMPLERS.get(name), card.offers() if card else frozenset[str]()
    if spec is None:
        return f"There is no scheduler called {name} here."
    if spec.needs and spec.needs not in offers:
        return f"Needs {NEEDS[spec.needs]}."
    try:
        check_suits(spec, offers)
    except BadRequest as error:
        return str(error)
    return ""


def spacing_refused(name: str, card: ModelCard | None) -> str:
    """Why the model has no such spacing; "" where it has."""
    if SPACINGS[name].needs_table and not (card and card.score_norms):
        return "Needs a model with measured score norms."
    return ""


def steered(parent: Request, wanted: Request) -> Request:
    """`parent` with the settings of `wanted` that a branch may change, and made where `wanted` is."""
    free = parent.with_settings(wanted, Role.FREE)
    return replace(free, device=wanted.device, dtype=wanted.dtype).checked()


def branched(parent: Request, step: int, wanted: Request) -> Request:
    """The branch that leaves `parent` after `step` steps of its path and goes on as `wanted` says.

    One parent picture serves as many as are wanted; of several each leaves its own.
    """
    count = wanted.count if parent.count == 1 else parent.count
    return replace(steered(parent, wanted), count=count, batch=wanted.batch, branch=Branch(parent, step))
