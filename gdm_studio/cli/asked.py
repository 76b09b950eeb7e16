"""The request that a command line asks for: its options, and what they mean over a model's or a step's settings."""

from __future__ import annotations

import argparse
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.cli.saying import remark
from gdm_studio.conditions import Hint
from gdm_studio.errors import BadRequest, ModelError
from gdm_studio.maths.guidance import GUIDANCE
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.models.card import ModelCard
from gdm_studio.models.families import runnable
from gdm_studio.request import BUILT_IN, SETTINGS, Request, Role, Setting, Toward, with_role
from gdm_studio.setting import chosen
from gdm_studio.systems import ROWS, systems

if TYPE_CHECKING:
    from gdm_studio.models.library import Library

MODEL = BUILT_IN  # where no other is asked for


def add_options(parser: argparse.ArgumentParser) -> None:
    """All options that decide what a picture becomes."""
    parser.add_argument("prompt", nargs="?", help=_PROMPT_HELP)
    for setting in with_role(SETTINGS, Role.OPTION):
        _add_option(parser, setting)
    parser.add_argument("--eta", help="fresh noise in a step, 0 to 1, for samplers that have it")
    parser.add_argument("--set", action="append", metavar="NAME=NUMBER", default=[], help=_SET_HELP)
    parser.add_argument("--factor", action="append", metavar="NAME=NUMBER", default=[], help=_FACTOR_HELP)
    parser.add_argument("--hint", action="append", metavar="KIND=FILE[:WEIGHT]", default=[], help=_HINT_HELP)
    parser.add_argument("--image", type=Path, metavar="FILE", help="a picture to begin from, of any size")
    parser.add_argument("--mask", type=Path, metavar="FILE", help="white where that picture is painted anew")
    parser.add_argument("--extend", metavar="LEFT,TOP,RIGHT,BOTTOM", help=_EXTEND_HELP)
    parser.add_argument("--toward-seed", metavar="SEED", help="go towards the picture of that seed")
    parser.add_argument("--toward-prompt", metavar="PROMPT", help="go towards what that prompt makes")
    parser.add_argument("--toward", metavar="AMOUNT", help="how far, 0 to 1, both ends exact (default: 0.5)")


def _add_option(parser: argparse.ArgumentParser, setting: Setting) -> None:
    option, default = f"--{setting.option}", setting.default if Role.MACHINE in setting.role else None
    usage = _usage(setting)
    if setting.kind is bool:
        parser.add_argument(option, dest=setting.name, action="store_true", default=None, help=usage)
        return
    form = named if setting.name == "model" else str
    metavar = _FORMS.get(setting.name, "NUMBER" if setting.is_number else setting.option.upper())
    parser.add_argument(option, dest=setting.name, default=default, type=form, metavar=metavar, help=usage)


def _usage(setting: Setting) -> str:
    """What its help says, in the words of the others: without a capital letter or a full stop."""
    if setting.usage:
        return setting.usage.format(choices=_listed(setting), low=setting.low, high=setting.high)
    said = setting.summary[:1].lower() + setting.summary[1:].rstrip(".")
    reach = f", {setting.low:g} to {setting.high:g}" if setting.is_number else ""
    default = "the model's" if Role.PACE in setting.role else setting.said(setting.default)
    return f"{said}{reach} (default: {default})"


def _listed(setting: Setting) -> str:
    """Its choices that are to be offered: such as a model here can be run by."""
    offered = {"sampler": [spec.name for spec in runnable()]}
    offered["spacing"] = [spec.name for spec in SPACINGS.values() if spec.group]
    return ", ".join(offered.get(setting.name, setting.choices))


_FORMS = {"negative_prompt": "PROMPT", "size": "WxH"}  # of values that are no numbers
_PROMPT_HELP = 'what to draw, e.g. "a red apple"; in it <lora:NAME:0.8> adds a LoRA to a Stable Diffusion'
_SET_HELP = f"""another setting of the sampler, or of the prediction: {", ".join(knob.name for knob in GUIDANCE)};
may be repeated"""
_FACTOR_HELP = """a number that the model is told beside the prompt; a Stable Diffusion knows clip_skip=2, enlarged=1.5
(a second pass, as the web UI's hires fix), enlarged_strength=0.4 and, with a refiner, refined=0.2; may be repeated"""
_HINT_HELP = "a picture that the model follows, such as edges=FILE:0.8; may be repeated"


_EXTEND_HELP = "pixels to be painted around that picture, which stays as it is: the size is that of both together"


def named(text: str) -> str:
    """A name or other text that cannot be empty, for argparse."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; write a name, or leave it out")
    return text


def asked(args: argparse.Namespace, card: ModelCard) -> Request:
    """The request that the arguments describe, over the card's and the sampler's defaults; raises StudioError."""
    if args.prompt is None and card.accepts.prompt:
        raise BadRequest('There is no prompt; say what to draw, in quotes, such as "a red apple".')
    if args.extend and (args.image is None or args.mask or args.size):
        raise BadRequest("--extend is for a picture named with --image, and decides the mask and the size itself.")
    if args.image is None and (args.mask or args.strength is not None or args.inverted):
        raise BadRequest("--mask, --strength and --invert are for a picture to begin from; name it with --image.")
    usual = replace(card.usual(), model=MODEL)
    if "seed" not in card.defaults:
        usual = replace(usual, seed=secrets.randbelow(2**32))
    if args.sampler in SAMPLERS and args.sampler != usual.sampler:
        spec = SAMPLERS[args.sampler]
        usual = replace(usual, steps=spec.default_steps, spacing=spec.default_spacing)
    if said := card.about_style(args.style or ""):
        remark(said)
    return _on_its_way(args, replace(usual, **_given(args)))


def card_for(args: argparse.Namespace, library: Library, *, usual: str = MODEL) -> ModelCard:
    """The card of the model that the arguments name, else of the `usual` one; raises ModelError.

    From then on the arguments name it, and its style, class, sampler and spacing, by their ids: people may write the
    titles that the window shows, in any case.
    """
    if args.model:
        args.model = chosen(args.model, {each.name: each.title for each in library.cards()}) or args.model
    try:
        card = library.card(args.model or usual)
    except ModelError:
        if args.model not in ROWS:
            raise
        system = systems()[args.model]
        how = f"choose {system.weights_of}" if system.weights_of else f"train them by gdm-studio train {args.model}"
        raise ModelError(f"{system.title} has no weights of its own here; {how}.") from None
    styles = {style.id: style.title for style in card.styles}
    styles |= {former.id: former.title for former in card.former_styles}
    of_card = {"style": styles, "label": {each: each for each in card.accepts.labels}}
    for setting in with_role(SETTINGS, Role.OPTION):
        text = getattr(args, setting.name)
        titles = of_card.get(setting.name) or {each: setting.said(each) for each in setting.choices}
        if not isinstance(text, str) or text in titles:
            continue
        choice = chosen(text, titles)
        if choice is None and setting.choices:
            raise BadRequest(f"There is no {setting.word} called {text!r}; choose one of {_listed(setting)}.")
        setattr(args, setting.name, text if choice is None else choice)
    return card


def with_pictures(args: argparse.Namespace, request: Request) -> Request:
    """The request beginning from the pictures that the arguments name, which are kept: it should be sound by then.

    Raises StorageError.
    """
    from gdm_studio.engine import inputs

    image = request.image if args.image is None else inputs.keep(args.image)
    mask = request.mask if args.mask is None else inputs.keep(args.mask)
    hints = tuple(Hint(kind, inputs.keep(file), weight) for kind, file, weight in map(_hint, args.hint))
    if args.extend is not None:
        image, mask, size = inputs.extended(image, _sides(args.extend))
        strength = 1.0 if args.strength is None else request.strength  # nothing is there to be kept of
        request = replace(request, image=image, mask=mask, size=size, strength=strength)
    return replace(request, image=image, mask=mask, hints=hints or request.hints)


def asked_over(args: argparse.Namespace, settings: Request) -> Request:
    """What the arguments change of `settings`; a sampler's own settings go with it. Raises StudioError."""
    if args.image is not None or args.mask is not None or args.hint or args.extend:
        raise BadRequest(
            "What goes on from a step keeps the pictures it began with; leave out --image, --mask, --hint and --extend."
        )
    given = _given(args)
    if args.sampler in (None, settings.sampler):
        given["knobs"] = settings.knobs | given.get("knobs", {})
    else:
        given.setdefault("knobs", {})
    given["controls"] = settings.controls | given.get("controls", {})
    return _on_its_way(args, replace(settings, **given))


def _on_its_way(args: argparse.Namespace, request: Request) -> Request:
    leg = toward(args, request)
    return request if leg is None else request.walked(leg)


def _given(args: argparse.Namespace) -> dict[str, Any]:
    """The fields of a Request that the arguments name."""
    knobs, controls = _settings(args.set)
    if args.eta is not None:
        knobs["eta"] = number(args.eta)
    given: dict[str, Any] = {"knobs": knobs or None, "controls": controls or None}
    given["factors"] = dict(_named_number(text, "--factor") for text in args.factor) or None
    given["prompt"] = args.prompt
    for setting in with_role(SETTINGS, Role.OPTION):
        text = getattr(args, setting.name)
        given[setting.name] = _size(text) if setting.name == "size" else _READ.get(setting.kind, _as_it_is)(text)
    return {name: value for name, value in given.items() if value is not None}


def _settings(texts: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(the sampler's, the prediction's) of `NAME=NUMBER`."""
    knobs: dict[str, Any] = {}
    controls: dict[str, Any] = {}
    for text in texts:
        name, value = _named_number(text, "--set")
        (controls if name in {knob.name for knob in GUIDANCE} else knobs)[name] = value
    return knobs, controls


def _named_number(text: str, option: str) -> tuple[str, float | str | None]:
    name, equals, value = text.partition("=")
    if not equals:
        raise BadRequest(f"{option} must be NAME=NUMBER, such as clip=2, not {text!r}.")
    return name, number(value)


def _sides(text: str) -> tuple[int, int, int, int]:
    if not re.fullmatch(r"\d{1,5}(,\d{1,5}){3}", text):
        raise BadRequest(f"--extend must be LEFT,TOP,RIGHT,BOTTOM in pixels, such as 0,0,256,0, not {text!r}.")
    left, top, right, bottom = map(int, text.split(","))
    return left, top, right, bottom


def _hint(text: str) -> tuple[str, Path, float]:
    """(kind, file, weight) of KIND=FILE or KIND=FILE:WEIGHT; a file's name may hold a colon."""
    kind, equals, rest = text.partition("=")
    if not equals or not rest:
        raise BadRequest(f"--hint must be KIND=FILE or KIND=FILE:WEIGHT, such as edges=house.png:0.8, not {text!r}.")
    file, _, weight = rest.rpartition(":")
    with suppress(ValueError):
        if file:
            return kind, Path(file), float(weight)
    return kind, Path(rest), 1.0


def toward(args: argparse.Namespace, request: Request) -> Toward | None:
    """Where the arguments send the pictures of `request`: half of the way, unless they say how far."""
    amount = getattr(args, "toward", None)
    if args.toward_seed is None and args.toward_prompt is None:
        if amount is not None:
            raise BadRequest("--toward says how far to go; say where with --toward-seed or --toward-prompt.")
        return None
    seed, prompt = whole(args.toward_seed), args.toward_prompt
    found: Any = {
        "prompt": request.prompt if prompt is None else prompt,
        "seed": request.seed if seed is None else seed,
        "amount": 0.5 if amount is None else number(amount),
    }
    return Toward(**found)


def colour(text: str | None) -> tuple[int, int, int] | None:
    """Red, green and blue of a name or of hexadecimal digits; raises BadRequest."""
    from PIL import ImageColor

    if text is None:
        return None
    digits = re.fullmatch("#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", text)  # a shell takes a bare # for a comment
    with suppress(ValueError):
        red, green, blue, *_ = ImageColor.getrgb(f"#{digits[1]}" if digits else text)
        return red, green, blue
    raise BadRequest(f"{text!r} is no colour; write a name such as white, or six digits such as ff8800.")


def whole(text: str | None) -> int | str | None:
    """The number; what is none is left as it is, for the request to refuse with its range."""
    try:
        return None if text is None else int(text)
    except ValueError:
        return text


def number(text: str | None) -> float | str | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return text


def _as_it_is(text: Any) -> Any:
    return text


_READ: Mapping[type, Callable[[Any], Any]] = {int: whole, float: number}


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,6})[xX×](\d{1,6})", text)
    if not match:
        raise BadRequest(f"--size must be WIDTHxHEIGHT in pixels, such as 128x128, not {text!r}.")
    return int(match[1]), int(match[2])
