"""What may be asked of a model: of what it does not name, a request is refused in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches

from gdm_studio.errors import BadRequest
from gdm_studio.maths.knobs import Knob, checked_knobs
from gdm_studio.request import Request

NO_VAE = "has no VAE of its own; choose one for it, or put one into the models folder first"
CHOOSE_VAE = "vae"  # the remedy of the error that says so
PLAIN = "plain"  # the grammar of prompts that are words and nothing else
WEIGHTS = "webui"  # that of AUTOMATIC1111's, which has weights and calls LoRAs


@dataclass(frozen=True)
class Accepts:
    """What a model is conditioned on beside its styles. Without any of it, it draws what it draws."""

    prompt: str = PLAIN  # the grammar of its prompts; "" for a model without any
    negative: bool = True
    guidance: bool = True  # it knows a second side, of which guidance leads away
    steps: bool = True  # it draws in steps; one that does not draws in one go
    labels: tuple[str, ...] = ()  # its classes
    factors: tuple[Knob, ...] = ()  # numbers it is told, e.g. an aesthetic score
    picture: bool = True  # to begin from, or to see: it has an encoder
    mask: bool = True  # of such a picture; the last two axes of its data are then the picture's
    sees_rest: bool = False  # it is shown what stays of a masked picture, and where the mask is
    hints: tuple[str, ...] = ()  # the kinds of pictures its control networks follow
    sizes: tuple[tuple[int, int], ...] = ()  # (width, height); () for the square of the card's own size
    multiple: int = 0  # pixels: sides may be any multiple of them from eight times that on; 0 for those sizes alone
    vae: bool = False  # another autoencoder in place of its own
    needs_vae: bool = False  # it has none of its own
    refiner: bool = False  # another model for the last steps
    refines: bool = False  # it is one that makes the last steps of others


def grammar_of(accepts: Accepts, request: Request) -> str:
    """Of the request's prompts: as it says, or the model's; "auto" where that reads nothing but plain words."""
    if accepts.prompt in ("", PLAIN):
        return "auto"
    return accepts.prompt if request.grammar == "auto" else request.grammar


def factors_of(accepts: Accepts, request: Request) -> dict[str, float]:
    """The value of every factor; raises BadRequest for one there is not, or out of its range."""
    return checked_knobs(accepts.factors, request.factors, of="This model")


def fitted(accepts: Accepts, request: Request, *, by: str) -> Request:
    """The request, its grammar the one that the model reads it by, factors at their default left out.

    Raises BadRequest for what the model called `by` refuses.
    """
    for reason in _refusals(accepts, request):
        raise BadRequest(f"{by} {reason}.", remedy=CHOOSE_VAE if reason == NO_VAE else "", model=by)
    usual = {knob.name: knob.default for knob in accepts.factors}
    told = factors_of(accepts, request)
    factors = {name: value for name, value in told.items() if value != usual[name]}
    return replace(request, factors=factors, grammar=grammar_of(accepts, request))


def _refusals(accepts: Accepts, request: Request) -> Iterator[str]:
    """What the model does not do that the request asks for, and what to do about it."""
    if not accepts.prompt and any(request.prompt_weights()):
        yield "draws without a prompt; leave it empty"
    if request.grammar not in ("auto", PLAIN, accepts.prompt):
        yield "reads prompts as plain words; leave out the grammar"
    if not accepts.negative and request.negative_prompt:
        yield "knows no negative prompt; leave it empty"
    if not accepts.guidance and request.guidance_scale != 1:
        yield "draws without guidance; set it to 1"
    if request.label and request.label not in accepts.labels:
        yield f"has no class called {request.label!r}; {_choose(request.label, accepts.labels)}"
    if request.image and not accepts.picture:
        yield "cannot begin from a picture; begin from noise, or choose another model"
    if request.mask and not accepts.mask:
        yield "paints whole pictures; leave out the mask"
    if accepts.needs_vae and not request.vae:
        yield NO_VAE
    if request.vae and not accepts.vae:
        yield "has an autoencoder that is a part of it; leave out the VAE"
    if request.refiner and not accepts.refiner:
        yield "goes on with no refiner; leave it out"
    for hint in request.hints:
        if hint.kind not in accepts.hints:
            yield f"follows no hint of the kind {hint.kind!r}; {_choose(hint.kind, accepts.hints)}"


def _choose(said: str, names: tuple[str, ...]) -> str:
    near = ", ".join(get_close_matches(said.casefold(), names, cutoff=0.7))
    return f"choose {f'{near}, or another ' if near else 'one '}of {', '.join(names)}" if names else "leave it out"
