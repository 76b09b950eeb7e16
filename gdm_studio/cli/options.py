"""Command line options that describe a request, and their conversion to a request."""

from __future__ import annotations

import argparse
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio import preferences
from gdm_studio.cli.output import print_notice
from gdm_studio.common.errors import BadRequest, ModelError
from gdm_studio.common.translation_markers import Sentence
from gdm_studio.maths.guidance_params import GUIDANCE
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.models.families import usable_samplers
from gdm_studio.models.model_card import ModelCard, fast_version
from gdm_studio.papers import REGISTRY, all_systems
from gdm_studio.request.conditioning import PREPROCESSORS, ControlImage
from gdm_studio.request.generation_request import (
    BUILT_IN,
    MAX_TILED_SIDE,
    ONLY_MASKED,
    SETTINGS,
    Interpolation,
    Region,
    Request,
    Role,
    Setting,
    with_role,
)
from gdm_studio.request.prompt_expansion import drawn
from gdm_studio.request.regions import parse_region_and_mask
from gdm_studio.request.setting import match_choice
from gdm_studio.studio import presets

if TYPE_CHECKING:
    from gdm_studio.models.model_library import Library

# Default model.
MODEL = BUILT_IN
# Settings with a command-line option.
_OPTIONS = with_role(SETTINGS, Role.OPTION)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add a command-line option for every setting that determines an image to the parser."""
    parser.add_argument("prompt", nargs="?", help=_PROMPT_HELP)
    for setting in _OPTIONS:
        _add_option(parser, setting)
    parser.add_argument("--preset", metavar="NAME", type=nonempty_text, help=_PRESET_HELP)
    parser.add_argument("--fast", action="store_true", help=_FAST_HELP)
    parser.add_argument("--eta", help="fresh noise in a step, 0 to 1, for samplers that have it")
    parser.add_argument("--set", action="append", metavar="NAME=NUMBER", default=[], help=_SET_HELP)
    parser.add_argument("--factor", action="append", metavar="NAME=NUMBER", default=[], help=_FACTOR_HELP)
    parser.add_argument("--hint", action="append", metavar="KIND=FILE[:WEIGHT]", default=[], help=_HINT_HELP)
    for option, metavar, usage in _HINT_OPTIONS:
        parser.add_argument(option, action="append", metavar=metavar, default=[], help=usage)
    parser.add_argument("--region", action="append", metavar="AREA: PROMPT", default=[], help=_REGION_HELP)
    parser.add_argument("--image", type=Path, metavar="FILE", help="a start image of any size")
    parser.add_argument(
        "--mask", type=Path, metavar="FILE", help="white, or a transparent hole, where the start image is painted over"
    )
    parser.add_argument("--mask-word", metavar="WORD", type=nonempty_text, help=_MASK_WORD_HELP)
    parser.add_argument("--extend", metavar="LEFT,TOP,RIGHT,BOTTOM", help=_EXTEND_HELP)
    parser.add_argument("--enlarge", metavar="FACTOR", help=_ENLARGE_HELP)
    parser.add_argument("--toward-seed", metavar="SEED", help="interpolate towards the image of this seed")
    parser.add_argument("--toward-prompt", metavar="PROMPT", help="interpolate towards the image of this prompt")
    parser.add_argument("--toward", metavar="AMOUNT", help="how far, 0 to 1, both ends exact (default: 0.5)")


def _add_option(parser: argparse.ArgumentParser, setting: Setting) -> None:
    options = [f"--{option}" for option in (setting.option, setting.option_alias) if option]
    default = setting.default if Role.MACHINE in setting.role else None
    usage = _format_usage(setting)
    if setting.kind is bool:
        parser.add_argument(*options, dest=setting.name, action="store_true", default=None, help=usage)
        return
    form = nonempty_text if setting.name == "model" else str
    metavar = _METAVARS.get(setting.name, "NUMBER" if setting.is_number else setting.option.upper())
    parser.add_argument(*options, dest=setting.name, default=default, type=form, metavar=metavar, help=usage)


def _format_usage(setting: Setting) -> str:
    """Return the help text of a setting's command-line option in argparse style: lower case, without a full stop."""
    if setting.usage:
        return setting.usage.format(choices=_list_choices(setting), low=setting.low, high=setting.high)
    summary = setting.summary[:1].lower() + setting.summary[1:].rstrip(".")
    limits = f", {setting.low:g} to {setting.high:g}" if setting.is_number else ""
    default = "the model's" if Role.MODEL_DEFAULT in setting.role else setting.text(setting.default)
    return f"{summary}{limits} (default: {default})"


def _list_choices(setting: Setting) -> str:
    """Return the choices of a setting as text for its help. Samplers are listed only if an installed model can use
    them.
    """
    offered = {"sampler": [spec.name for spec in usable_samplers()]}
    offered["spacing"] = [spec.name for spec in SPACINGS.values() if spec.group]
    return ", ".join(offered.get(setting.name, setting.choices))


# Titles of the step spacings, which other programs call schedulers.
_SPACING_TITLES = {spec.name: spec.title for spec in SPACINGS.values()}
# Placeholders in the help for values that are not numbers.
_METAVARS = {"negative_prompt": "PROMPT", "size": "WxH"}
_PROMPT_HELP = 'what to draw, such as "a red apple"; <lora:NAME:0.8> adds a LoRA to a Stable Diffusion model'
_PRESET_HELP = "start from the settings of a preset that was saved in the window; other options override them"
_FAST_HELP = "use the fast version of the model, which needs few steps"
_SET_HELP = f"""another setting of the sampler or of the guidance: {", ".join(param.name for param in GUIDANCE)};
may be repeated"""
_FACTOR_HELP = """a number that conditions the model besides the prompt; for Stable Diffusion clip_skip=2, enlarged=1.5
(a high-resolution pass), enlarged_strength=0.4 and, with a refiner, refined=0.2; may be repeated"""
_HINT_HELP = """a control image: NAME=FILE:0.8 with the name of a control model for Stable Diffusion, FLUX.1,
Qwen-Image, Z-Image or Anima, or of an IP-Adapter or Redux (an image prompt), meaning=FILE:0.5 for DALL·E 2; may be
repeated"""
_HINT_OPTIONS = (
    (
        "--preprocessor",
        "NAME",
        f"what is done to the control image first: {', '.join(PREPROCESSORS)} (default: none); the n-th of several is "
        "for the n-th --hint",
    ),
    ("--hint-start", "FRACTION", "fraction of the steps before the control image acts (default: 0); also several"),
    ("--hint-end", "FRACTION", "fraction of the steps after which it no longer acts (default: 1); also several"),
)
_REGION_HELP = """a part of the image with its own prompt, such as "0,0,0.5,1: a red fox": the left, top, right and
bottom of its box from 0 to 1; "0,0,0.5,1*0.8: a fox NOT snow" has the weight 0.8 and a negative prompt; "sky.png: a
kite" is the part that is white in the mask sky.png; a <lora:NAME:WEIGHT> acts in its region only, unless the
--region-mode is attention; may be repeated"""
_MASK_WORD_HELP = "repaint what this word describes in the start image, such as hat"
_ENLARGE_HELP = """enlarge the start image so many times by the network --upscaler (default: the built-in one), and
refine it in tiles with the noise --strength (default: 0.3)"""
_EXTEND_HELP = "pixels to paint around the start image, which stays unchanged: outpainting"


def nonempty_text(text: str) -> str:
    """Check a command-line argument and return it unchanged. Raises an argparse error if it is empty."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty; write a name, or leave it out")
    return text


def request_from(args: argparse.Namespace, card: ModelCard) -> Request:
    """Convert the command-line arguments to a request, with the defaults of the model and the sampler filled in.

    Raises StudioError for bad arguments.
    """
    preset = presets.load(args.preset) if args.preset else None
    if args.prompt is None and args.region:
        args.prompt = ""
    if args.region_mode and not args.region:
        raise BadRequest("--region-mode needs regions; name them with --region.")
    if args.prompt is None and card.accepts.prompt and not (preset and preset.has_prompt):
        raise BadRequest('There is no prompt; write one in quotes, such as "a red apple".')
    if args.extend and (args.image is None or args.mask or args.size):
        raise BadRequest("--extend needs --image, and sets the mask and the size itself.")
    if args.enlarge and (args.image is None or args.mask or args.mask_word or args.extend or args.size):
        raise BadRequest("--enlarge needs --image, and sets the size itself; leave out --mask, --extend and --size.")
    if args.mask_word and (args.mask or args.extend):
        raise BadRequest("--mask-word finds the mask itself; leave out --mask and --extend.")
    if args.image is None and (args.mask or args.mask_word or args.strength is not None or args.inverted):
        raise BadRequest("--mask, --mask-word, --strength and --invert need a start image; name it with --image.")
    if (args.inpaint_area or args.inpaint_padding) and not (args.mask or args.mask_word or args.extend):
        raise BadRequest("--inpaint-area and --inpaint-padding need a mask; name it with --mask or --mask-word.")
    defaults = card.default_request()
    seed = defaults.seed if "seed" in card.defaults else secrets.randbelow(2**32)
    defaults = replace(defaults, model=MODEL, seed=seed)
    if preset:
        defaults = replace(preset.applied_to(defaults), model=MODEL)
    if args.sampler in SAMPLERS and args.sampler != defaults.sampler:
        spec = SAMPLERS[args.sampler]
        defaults = replace(defaults, knobs={}, steps=spec.default_steps, spacing=spec.default_spacing)
    if notice := card.style_note(args.style or ""):
        print_notice(notice)
    given = _collect_fields(args)
    if args.enlarge:
        # The network enlarges the start image, and no second pass.
        given.pop("upscaler", None)
    return drawn(_apply_interpolation(args, _apply_fields(args, defaults, given)))


def card_for(args: argparse.Namespace, library: Library, *, default: str = MODEL) -> ModelCard:
    """Return the model card of the model that the command line names, or of the model `default` if it names none.

    Raises StudioError if it is unusable. Replaces titles in the arguments with ids: users may write models, styles,
    classes, samplers and spacings as the window shows them, in any case. With `--fast`, returns the card of the model's
    fast version and sets `args.model` to its name.
    """
    if args.preset and not args.model:
        args.model = presets.load(args.preset).model
    if args.model:
        args.model = match_choice(args.model, {each.name: each.title for each in library.cards()}) or args.model
    try:
        card = library.card(args.model or default)
    except ModelError:
        if args.model not in REGISTRY:
            raise
        system = all_systems()[args.model]
        how = f"choose {system.weights_from}" if system.weights_from else f"run gdm-studio train {args.model}"
        if system.family != "systems":
            how = "add one by gdm-studio models add FILE"
        raise ModelError(f"{system.title} has no weights of its own here; {how}.") from None
    if args.fast:
        card = _find_fast_card(card, library)
        args.model = card.name
    styles = {style.id: style.title for style in card.styles}
    styles |= {former.id: former.title for former in card.former_styles}
    of_card = {"style": styles, "label": {each: each for each in card.accepts.labels}}
    for setting in _OPTIONS:
        text = getattr(args, setting.name)
        if not isinstance(text, str) or text in of_card.get(setting.name, setting.choices):
            continue
        titles = of_card.get(setting.name) or {each: setting.text(each) for each in setting.choices}
        choice = match_choice(text, titles)
        if choice is None and setting.name == "sampler" and (spacing := match_choice(text, _SPACING_TITLES)):
            raise BadRequest(f"{text!r} is a step spacing, not a scheduler; write --spacing {spacing}.")
        if choice is None and setting.choices:
            raise BadRequest(f"There is no {setting.word} called {text!r}; choose one of {_list_choices(setting)}.")
        setattr(args, setting.name, text if choice is None else choice)
    return card


def _find_fast_card(card: ModelCard, library: Library) -> ModelCard:
    """Return the model card of the distilled, fast version of a model, which the option `--fast` selects.

    If the model is fast itself, return its own card. Raises BadRequest if there is no fast version.
    """
    found = card if card.fast_of else fast_version(card, library.cards())
    if found is None:
        raise BadRequest(f"{card.title or card.name} has no fast version; leave out --fast.")
    return found


def with_input_images(args: argparse.Namespace, request: Request, card: ModelCard, library: Library) -> Request:
    """Store the start image, mask and control images from the command line, and add them to the request.

    Without a size of its own, the request gets the one that is nearest to the start image. Remarks about the images are
    printed. Call this after all other checks, because it writes files. Raises StorageError, and for a word of the mask
    the errors of `word_maps.select_word`.
    """
    from gdm_studio.engine import image_inputs

    remarks: list[Sentence] = []
    image = request.image if args.image is None else image_inputs.store(args.image, remarks=remarks)
    if args.image is not None:
        # The prompt of the settings' own start image.
        request = replace(request, image_prompt="")
    mask = request.mask if args.mask is None else image_inputs.store_mask(args.mask, image=image, remarks=remarks)
    if args.region:
        request = replace(request, regions=_regions_of(args))
    if args.mask_word is not None:
        from gdm_studio.jobs.mask_from_word import select_for_redrawing

        selected = select_for_redrawing(args.image, args.mask_word, library, replace(request, prompt=""))
        mask = image_inputs.store_mask(selected)
        print_notice(f"The mask of {args.mask_word!r} covers {(selected > 0).mean():.0%} of the start image.")
    hints = tuple(
        ControlImage(kind, image_inputs.store(file, remarks=remarks), weight, **more)
        for (kind, file, weight), more in zip(map(_parse_hint, args.hint), _collect_hint_settings(args), strict=True)
    )
    if args.extend is not None:
        image, mask, size = image_inputs.extend(image, _parse_sides(args.extend))
        # The new area has no content to preserve.
        strength = 1.0 if args.strength is None else request.strength
        request = replace(request, image=image, mask=mask, size=size, strength=strength)
    elif args.enlarge is not None:
        request = _enlarge_start(args, request, card, library, image)
        image = request.image
    elif args.image is not None:
        request = _apply_start_size(args, replace(request, image=image, mask=mask), card, remarks)
    print_notice(*remarks)
    if (image, mask, hints) == (request.image, request.mask, ()):
        return request
    return replace(request, image=image, mask=mask, hints=hints or request.hints)


def _regions_of(args: argparse.Namespace) -> tuple[Region, ...]:
    """Return the regions on the command line, whose masks are stored. Raises StorageError and BadRequest."""
    from gdm_studio.engine.region_masks import store_region_mask

    parsed = map(parse_region_and_mask, args.region)
    return tuple(store_region_mask(region, Path(file)) if file else region for region, file in parsed)


def _enlarge_start(
    args: argparse.Namespace, request: Request, card: ModelCard, library: Library, image: str
) -> Request:
    """Enlarge the stored image `image` by an upscaler, and return the request that refines it."""
    import numpy as np

    from gdm_studio.engine import image_inputs
    from gdm_studio.engine.upscale import Upscaler, finish_upscaling
    from gdm_studio.jobs.enlargement import Enlargement, enlarged_size, refining_request, tile_for

    given = {} if args.strength is None else {"strength": request.strength}
    enlargement = Enlargement(parse_number(args.enlarge), upscaler=args.upscaler or "", **given)  # type: ignore[arg-type]
    rgba = np.asarray(image_inputs.load(image))
    size = enlarged_size(card, (rgba.shape[1], rgba.shape[0]), enlargement.factor, tile_for(card, request))
    refining = refining_request(card, request, enlargement, size)
    network = Upscaler(library.upscaler(enlargement.upscaler) if enlargement.upscaler else None)
    larger = image_inputs.store(finish_upscaling(network.steps_to(size, rgba)), max_side=MAX_TILED_SIDE)
    return replace(refining, image=larger)


def _apply_start_size(args: argparse.Namespace, request: Request, card: ModelCard, remarks: list[Sentence]) -> Request:
    """Return the request with the size that suits its start image, unless the command line or a preset chooses the
    size. Remarks say which size that is, and whether the image fits.
    """
    from gdm_studio.engine import image_inputs

    chosen = args.size is not None or request.size not in (None, card.sizes()[0])
    size = (request.size or card.sizes()[0]) if chosen else image_inputs.size_for(card, request)
    if request.mask and request.inpaint_area == ONLY_MASKED:
        # The image keeps its size, and the area around the mask is generated in this one.
        return replace(request, size=size)
    start = image_inputs.load(request.image).size
    words = {"width": size[0], "height": size[1], "of": f"{start[0]}x{start[1]}"}
    if not chosen and size != card.sizes()[0]:
        template = "The size is {width}x{height}, the nearest to the start image ({of}); --size sets another."
        remarks.append(Sentence(template.format(**words)))
    if not image_inputs.image_fits(start, size):
        # A JPEG file has no transparency.
        colour = "white" if preferences.load().format == "jpeg" else "transparent"
        template = "The start image ({of}) has other proportions than {width}x{height}, and gets {colour} borders."
        remarks.append(Sentence(template.format(**words, colour=colour)))
    return replace(request, size=size)


def _collect_hint_settings(args: argparse.Namespace) -> list[dict[str, Any]]:
    """Return the preprocessor and the step range of each control image on the command line.

    If an option has fewer values than there are images, its last value applies to the others.
    """
    given = {"preprocessor": args.preprocessor, "start": args.hint_start, "end": args.hint_end}
    if any(given.values()) and not args.hint:
        raise BadRequest("--preprocessor, --hint-start and --hint-end need a control image; name it with --hint.")
    read: dict[str, Callable[[str], Any]] = {"preprocessor": str, "start": parse_number, "end": parse_number}
    return [
        {name: read[name](texts[min(place, len(texts) - 1)]) for name, texts in given.items() if texts}
        for place in range(len(args.hint))
    ]


def request_over(args: argparse.Namespace, settings: Request) -> Request:
    """Return the request of a resumed or branched image, `settings`, with the settings on the command line in place of
    its own.

    If the sampler changes, the parameters of the old sampler are dropped.
    """
    if args.preset:
        raise BadRequest("A resumed step keeps its settings; leave out --preset.")
    control = args.hint or args.preprocessor or args.hint_start or args.hint_end
    if args.image is not None or args.mask is not None or control or args.extend or args.enlarge:
        raise BadRequest("A resumed step keeps its start image; leave out --image, --mask, --hint and --extend.")
    given = _collect_fields(args)
    if args.region:
        given["regions"] = _regions_of(args)
    if args.sampler in (None, settings.sampler):
        given["knobs"] = settings.knobs | given.get("knobs", {})
    else:
        given.setdefault("knobs", {})
    given["controls"] = settings.controls | given.get("controls", {})
    if args.prompt is None:
        return _apply_interpolation(args, _apply_fields(args, settings, given))
    return drawn(_apply_interpolation(args, _apply_fields(args, replace(settings, template="", prompts=()), given)))


def _apply_fields(args: argparse.Namespace, settings: Request, given: dict[str, Any]) -> Request:
    """Return the request with the given fields. Raises BadRequest if `--set` names a setting that it lacks."""
    request = replace(settings, **given)
    spec = SAMPLERS[request.sampler]
    known = [param.name for param in (*spec.params, *GUIDANCE)]
    for name in (text.partition("=")[0] for text in args.set):
        if name not in known:
            raise BadRequest(f"{spec.title} has no setting called {name!r}; --set takes {', '.join(known)}.")
    return request


def _apply_interpolation(args: argparse.Namespace, request: Request) -> Request:
    interpolation = interpolation_from(args, request)
    return request if interpolation is None else request.with_target(interpolation)


def _collect_fields(args: argparse.Namespace) -> dict[str, Any]:
    """Return the request fields that the command line sets, as {field: value}."""
    params, controls = _parse_settings(args.set)
    if args.eta is not None:
        params["eta"] = parse_number(args.eta)
    given: dict[str, Any] = {"knobs": params or None, "controls": controls or None}
    given["factors"] = dict(_parse_named_number(text, "--factor") for text in args.factor) or None
    if args.prompt == "-":
        raise BadRequest("- is not a prompt; write the prompt in quotes, or its file with --prompts.")
    given["prompt"] = args.prompt
    # Their masks are stored when all options have been checked.
    given["regions"] = tuple(region for region, _ in map(parse_region_and_mask, args.region)) or None
    for setting in _OPTIONS:
        text = getattr(args, setting.name)
        given[setting.name] = (
            _parse_size(text) if setting.name == "size" else _READERS.get(setting.kind, _return_text)(text)
        )
    return {name: value for name, value in given.items() if value is not None}


def _parse_settings(texts: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parse the `NAME=NUMBER` arguments of the option `--set`. Return the sampler parameters and the guidance
    parameters among them, as two dictionaries.
    """
    params: dict[str, Any] = {}
    controls: dict[str, Any] = {}
    for text in texts:
        name, value = _parse_named_number(text, "--set")
        (controls if name in {param.name for param in GUIDANCE} else params)[name] = value
    return params, controls


def _parse_named_number(text: str, option: str) -> tuple[str, float | str | None]:
    name, equals, value = text.partition("=")
    if not equals:
        raise BadRequest(f"{option} must be NAME=NUMBER, such as clip=2, not {text!r}.")
    return name, parse_number(value)


def _parse_sides(text: str) -> tuple[int, int, int, int]:
    if not re.fullmatch(r"\d{1,5}(,\d{1,5}){3}", text):
        raise BadRequest(f"--extend must be LEFT,TOP,RIGHT,BOTTOM in pixels, such as 0,0,256,0, not {text!r}.")
    left, top, right, bottom = map(int, text.split(","))
    return left, top, right, bottom


def _parse_hint(text: str) -> tuple[str, Path, float]:
    """Parse a control image ("hint") on the command line, KIND=FILE or KIND=FILE:WEIGHT, into (kind, file, weight).

    The file name may contain a colon.
    """
    kind, equals, rest = text.partition("=")
    if not equals or not rest:
        raise BadRequest(f"--hint must be KIND=FILE or KIND=FILE:WEIGHT, such as canny=house.png:0.8, not {text!r}.")
    file, _, weight = rest.rpartition(":")
    with suppress(ValueError):
        if file:
            return kind, Path(file), float(weight)
    return kind, Path(rest), 1.0


def interpolation_from(args: argparse.Namespace, request: Request) -> Interpolation | None:
    """Return the interpolation that the command line describes, or None if it describes none.

    By default it stops halfway.
    """
    amount = getattr(args, "toward", None)
    if args.toward_seed is None and args.toward_prompt is None:
        if amount is not None:
            raise BadRequest("--toward needs --toward-seed or --toward-prompt.")
        return None
    seed, prompt = parse_whole(args.toward_seed), args.toward_prompt
    fields: Any = {
        "prompt": request.prompt if prompt is None else prompt,
        "seed": request.seed if seed is None else seed,
        "amount": 0.5 if amount is None else parse_number(amount),
    }
    return Interpolation(**fields)


def parse_colour(text: str | None) -> tuple[int, int, int] | None:
    """Parse a colour on the command line, a name or hexadecimal digits, to (red, green, blue) in 0 … 255.

    Raises BadRequest if the colour is unknown.
    """
    from PIL import ImageColor

    if text is None:
        return None
    # The # is optional because a shell starts a comment with it.
    digits = re.fullmatch("#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", text)
    with suppress(ValueError):
        red, green, blue, *_ = ImageColor.getrgb(f"#{digits[1]}" if digits else text)
        return red, green, blue
    raise BadRequest(f"{text!r} is not a colour; write a name such as white, or six digits such as ff8800.")


def parse_whole(text: str | None) -> int | str | None:
    """Convert a command-line argument to an integer. Other text is returned unchanged, because the request's validation
    rejects it and names the allowed range.
    """
    try:
        return None if text is None else int(text)
    except ValueError:
        return text


def parse_number(text: str | None) -> float | str | None:
    """Convert a command-line argument to a float. Other text is returned unchanged, because the request's validation
    rejects it and names the allowed range.
    """
    try:
        return None if text is None else float(text)
    except ValueError:
        return text


def _return_text(text: Any) -> Any:
    return text


_READERS: Mapping[type, Callable[[Any], Any]] = {int: parse_whole, float: parse_number}


def _parse_size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,6})[xX×](\d{1,6})", text)
    if not match:
        raise BadRequest(f"--size must be WIDTHxHEIGHT in pixels, such as 128x128, not {text!r}.")
    return int(match[1]), int(match[2])
