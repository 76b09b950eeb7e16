"""The request that a command line asks for: its options, and what they mean over a model's or a step's settings."""

from __future__ import annotations

import argparse
import re
import secrets
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from gdm_studio.errors import BadRequest
from gdm_studio.maths.controls import CONTROLS
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.models.card import ModelCard
from gdm_studio.models.families import runnable
from gdm_studio.request import Request, Toward

MODEL = "icons"  # where no other is asked for


def add_options(parser: argparse.ArgumentParser) -> None:
    """All options that decide what a picture becomes."""
    parser.add_argument("prompt", nargs="?", help='what to draw, e.g. "a red apple"')
    parser.add_argument("--model", help=f"a name from `gdm-studio models`, or a .safetensors file (default: {MODEL})")
    parser.add_argument("--negative", metavar="PROMPT", help="what to keep away from")
    parser.add_argument("--style", help="one of the model's styles; '' for none in particular (default: the model's)")
    parser.add_argument("--steps", help="denoising steps, 1 to 1000 (default: the model's)")
    parser.add_argument("--sampler", help=f"one of {', '.join(spec.name for spec in runnable())}")
    spacings = ", ".join(spec.name for spec in SPACINGS.values() if spec.group)
    parser.add_argument("--spacing", help=f"which noise levels to visit: one of {spacings}")
    parser.add_argument("--eta", help="fresh noise in a step, 0 to 1, for samplers that have it")
    parser.add_argument("--set", action="append", metavar="NAME=NUMBER", default=[], help=_SET_HELP)
    parser.add_argument("--seed", help="of the first picture; the next have seed + 1, … (default: random)")
    parser.add_argument("--count", help="how many pictures (default: 1)")
    parser.add_argument("--batch", help="how many at a time (default: as suits the device)")
    parser.add_argument("--guidance", help="how strictly to follow the prompt, 0 to 30 (default: the model's)")
    parser.add_argument("--temperature", help="0.1 (focused) to 2 (varied) (default: the model's)")
    parser.add_argument("--size", metavar="WxH", help="in pixels (default: the model's)")
    parser.add_argument("--image", type=Path, metavar="FILE", help="a picture to begin from, of any size")
    parser.add_argument("--mask", type=Path, metavar="FILE", help="white where that picture is painted anew")
    parser.add_argument("--strength", help="how far back towards noise that picture goes, 0 to 1 (default: 0.6)")
    parser.add_argument("--invert", action="store_true", default=None, help="find the picture's own noise, not draw it")
    parser.add_argument("--toward-seed", metavar="SEED", help="go towards the picture of that seed")
    parser.add_argument("--toward-prompt", metavar="PROMPT", help="go towards what that prompt makes")
    parser.add_argument("--toward", metavar="AMOUNT", help="how far, 0 to 1, both ends exact (default: 0.5)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, mps, xpu (default: auto)")
    parser.add_argument("--dtype", default="auto", help="auto, fp32, bf16 (default: auto)")


_SET_HELP = f"""another setting of the sampler, or of the prediction: {", ".join(knob.name for knob in CONTROLS)};
may be repeated"""


def asked(args: argparse.Namespace, card: ModelCard) -> Request:
    """The request that the arguments describe, over the card's and the sampler's defaults; raises StudioError."""
    if args.prompt is None:
        raise BadRequest('There is no prompt; say what to draw, such as  gdm-studio generate "a red apple"')
    if args.image is None and (args.mask or args.strength is not None or args.invert):
        raise BadRequest("--mask, --strength and --invert are for a picture to begin from; name it with --image.")
    settings: dict[str, Any] = {"seed": secrets.randbelow(2**32)} | dict(card.defaults)
    if args.sampler in SAMPLERS and args.sampler != settings.get("sampler"):
        spec = SAMPLERS[args.sampler]
        settings |= {"steps": spec.default_steps, "spacing": spec.default_spacing}
    return _on_its_way(args, Request(**settings | {"model": args.model or MODEL} | _given(args)))


def with_pictures(args: argparse.Namespace, request: Request) -> Request:
    """The request beginning from the pictures that the arguments name, which are kept: it should be sound by then.

    Raises StorageError.
    """
    from gdm_studio.engine import inputs

    image = request.image if args.image is None else inputs.keep(args.image)
    mask = request.mask if args.mask is None else inputs.keep(args.mask)
    return replace(request, image=image, mask=mask)


def asked_over(args: argparse.Namespace, settings: Request) -> Request:
    """What the arguments change of `settings`; a sampler's own settings go with it. Raises StudioError."""
    if args.image is not None or args.mask is not None:
        raise BadRequest("What goes on from a step keeps the picture it began from; leave out --image and --mask.")
    given = _given(args)
    if args.sampler in (None, settings.sampler):
        given["knobs"] = settings.knobs | given.get("knobs", {})
    else:
        given.setdefault("knobs", {})
    given["controls"] = settings.controls | given.get("controls", {})
    given |= {"model": args.model or settings.model, "batch": given.get("batch", 0)}
    return _on_its_way(args, replace(settings, **given))


def _on_its_way(args: argparse.Namespace, request: Request) -> Request:
    leg = toward(args, request)
    return request if leg is None else request.walked(leg)


def _given(args: argparse.Namespace) -> dict[str, Any]:
    """The fields of a Request that the arguments name."""
    knobs, controls = _settings(args.set)
    if args.eta is not None:
        knobs["eta"] = number(args.eta)
    given = {
        "prompt": args.prompt,
        "negative_prompt": args.negative,
        "steps": whole(args.steps),
        "seed": whole(args.seed),
        "count": whole(args.count),
        "batch": whole(args.batch),
        "guidance_scale": number(args.guidance),
        "temperature": number(args.temperature),
        "size": _size(args.size),
        "style": args.style,
        "sampler": args.sampler,
        "spacing": args.spacing,
        "knobs": knobs or None,
        "controls": controls or None,
        "strength": number(args.strength),
        "inverted": args.invert,
        "device": args.device,
        "dtype": args.dtype,
    }
    return {name: value for name, value in given.items() if value is not None}


def _settings(texts: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(the sampler's, the prediction's) of `NAME=NUMBER`."""
    knobs: dict[str, Any] = {}
    controls: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise BadRequest(f"--set must be NAME=NUMBER, such as clip=2, not {text!r}.")
        (controls if name in {knob.name for knob in CONTROLS} else knobs)[name] = number(value)
    return knobs, controls


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


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,6})[xX×](\d{1,6})", text)
    if not match:
        raise BadRequest(f"--size must be WIDTHxHEIGHT in pixels, such as 128x128, not {text!r}.")
    return int(match[1]), int(match[2])
