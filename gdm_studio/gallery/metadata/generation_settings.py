"""Generation settings of an image, both as stored in the file and as a request that restores them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.json_reader import parse_json
from gdm_studio.request.generation_request import SETTINGS, Request, Role, with_role
from gdm_studio.request.hires import (
    REFINER_SHARE,
    SECOND_PASS_SCALE,
    SECOND_PASS_STEPS,
    has_second_pass,
    second_pass_strength,
)
from gdm_studio.request.migrations import migrate

# Factor of a request: the guidance that a distilled network takes as an input.
GUIDANCE_FACTOR = "told_guidance"
_TEXTS = tuple(name for name, setting in SETTINGS.items() if setting.kind is str)
# {name of a setting: name of the field in other tools, if different}
FIELD_OF = {"spacing": "scheduler", "label": "class"}
EXPORTED = {FIELD_OF.get(setting.name, setting.name): setting for setting in with_role(SETTINGS, Role.EXPORTED)}
# The fields that are shown first, by the names that most tools use, in their order.
FIELD_NAMES = tuple(dict.fromkeys((
    *("prompt", "negative_prompt", "seed", "steps", "sampler", "scheduler", "guidance_scale", "size", "model"),
    *("model_hash", "clip_skip", "hires_upscale", "hires_steps", "hires_upscaler", "denoising_strength"),
    "distilled_guidance",
    *("loras", "vae", "refiner", "refiner_switch"),
    *("temperature", "style"),
    *EXPORTED,
    "version",
)))  # fmt: skip


@dataclass(frozen=True)
class Metadata:
    """Generation settings read from an image file: common fields, the restored request, and a list of how each entry of
    the file was used.

    `fields` contains the values as the tool wrote them under common names: prompt, negative_prompt, seed, steps,
    sampler, scheduler, guidance_scale, size, model, model_hash, … The entries of the file, under their own names, are
    divided into `used` (with the restored values), `ignored` (recognised but not used) and `unknown`.
    """

    # (width, height) of the image in pixels.
    size: tuple[int, int]
    tool: str = ""
    # Request that restores the settings, or None if the file has no settings.
    request: Request | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)
    ignored: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    # {name of a used entry: field of Request that it set}
    request_fields: dict[str, str] = field(default_factory=dict)
    # {name of an entry: name in `fields`}
    common_names: dict[str, str] = field(default_factory=dict)
    # Fields of Request whose values the file states. The others have defaults, which say nothing about the image.
    stated: frozenset[str] = frozenset()
    # Whether the file has content credentials, and the software that they name. Neither is verified.
    c2pa: bool = False
    maker: str = ""
    # When the image was created, or taken by a camera, in seconds since 1970. 0 if the file does not contain that.
    created: float = 0.0
    # The following fields are set only for images of this program.
    id: str = ""
    stopped_at: int = 0
    # {"torch": version, "device": …, "dtype": …, "seconds": …, …}
    made_with: dict[str, str] = field(default_factory=dict)


_INVALID_ERRORS = (BadRequest, TypeError, ValueError, AttributeError, OverflowError)
# Fields of Request that are validated against other fields, and therefore set last.
_READ_LAST = ("knobs", "branch", "mask")


def facts_of(request: Request, size: tuple[int, int]) -> dict[str, Any]:
    """Return the settings of an image under the names that other tools use, such as `guidance_scale`.

    `scheduler` is the spacing of the steps.
    """
    found = {name: setting.value_in(request) for name, setting in EXPORTED.items()} | {"size": "{}x{}".format(*size)}
    found |= _collect_checkpoint_facts(request)
    return {name: found[name] for name in FIELD_NAMES if name in found}


def _collect_checkpoint_facts(request: Request) -> dict[str, Any]:
    """Return the settings that only some checkpoints have (clip skip, distilled guidance, second pass, refiner, VAE)
    under the names that other tools use.
    """
    factors = request.factors
    found: dict[str, Any] = {"clip_skip": int(factors["clip_skip"])} if "clip_skip" in factors else {}
    found |= {"distilled_guidance": factors[GUIDANCE_FACTOR]} if GUIDANCE_FACTOR in factors else {}
    if has_second_pass(request):
        found |= {"hires_upscale": factors[SECOND_PASS_SCALE.name], "denoising_strength": second_pass_strength(factors)}
        if steps := round(factors.get(SECOND_PASS_STEPS.name, 0)):
            found["hires_steps"] = steps
        found |= {"hires_upscaler": request.upscaler} if request.upscaler else {}
    if request.refiner:
        share = factors.get(REFINER_SHARE.name, REFINER_SHARE.default)
        found |= {"refiner": request.refiner, "refiner_switch": round(1 - share, 4)}
    return found | ({"vae": request.vae} if request.vae else {})


def interpolation_fact(request: Request) -> str:
    """Describe the targets of an image's interpolation in English. Returns "" if the image is not interpolated."""
    return ", then ".join(f"{leg.amount:g} of the way to {leg.prompt!r}, seed {leg.seed}" for leg in request.targets())


def parse_request(text: str) -> tuple[Request, set[str]]:
    """Parse a request from the JSON of `Request.to_json`. Also return the names of the fields that were used.

    Values from an older or newer version that are invalid in this one are replaced by the default.
    """
    try:
        request = Request.from_json(text)
    except BadRequest:
        request = None
    if request is not None and all(isinstance(getattr(request, name), str) for name in _TEXTS):
        return request, set(SETTINGS)
    values = migrate(parse_json(text))
    request, taken = build_request(sorted(values.items(), key=lambda entry: entry[0] in _READ_LAST))
    return request, set(taken)


def build_request(values: Iterable[tuple[str, Any]]) -> tuple[Request, dict[str, Any]]:
    """Build a valid request from (field, value) pairs that were read from an image, skipping invalid values.

    Also return the values that were used. If a field has several values, the first valid one is used. A sampler must
    precede its parameters.
    """
    pairs = list(values)
    taken = dict(reversed(pairs))
    if all(isinstance(taken[name], str) for name in _TEXTS if name in taken):
        try:
            return Request(**taken).checked(), taken
        except _INVALID_ERRORS:
            pass
    request = Request()
    taken = {}
    for name, value in pairs:
        if name in taken or (name in _TEXTS and not isinstance(value, str)):
            continue
        try:
            candidate = replace(request, **{name: value})
            candidate.checked()
        except _INVALID_ERRORS:
            continue
        request = candidate
        taken[name] = value
    return request.checked(), taken


def number(value: float) -> str:
    """Format a number as briefly as possible, such as "4" for 4.0 and "0.85" for 0.85."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))
