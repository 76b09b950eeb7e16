"""Everything that makes a picture, in one frozen value: built by window and command line, carried by the file."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from gdm_studio.errors import BadRequest
from gdm_studio.maths.controls import CONTROLS
from gdm_studio.maths.knobs import check_number, checked_knobs
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS

VERSION = 2
SEED_LIMIT = 2**63
MAX_STEPS = 1000
MAX_COUNT = 1000
MAX_SIDE = 4096
TEMPERATURES = (0.1, 2.0)
GUIDANCE = (0.0, 30.0)
STRENGTHS = (0.0, 1.0)
DTYPES = ("auto", "fp32", "bf16")
AMOUNTS = (0.0, 1.0)
MAX_GENERATIONS = 24  # of branches of branches
MAX_LEGS = 24  # of a walk from picture to picture
_FORMER_SPACINGS = {"beta": "beta_0_1"}  # names that stood for others before version 2
# A name in digests, which outlive what is called otherwise since: of two that had the same, the former keeps it.
_DIGESTED = {"beta_0_1": "beta", "beta": "beta of version 2"}
_ELSEWHERE = ("device", "dtype", "batch")  # fields that say where and how a picture is made, not which


@dataclass(frozen=True)
class Branch:
    """Where a picture leaves the path of another: after step `step` of that which `parent` makes, 0 its beginning.

    One parent picture for all pictures of a request, or as many as it has, each then leaving its own.
    """

    parent: Request
    step: int

    def picture(self, index: int) -> Branch:
        """Where picture `index` of the branching request leaves."""
        return self if self.parent.count == 1 else replace(self, parent=self.parent.picture(index))


@dataclass(frozen=True)
class Toward:
    """Another picture's prompt and seed, and how far to go there: 0 stays with the request's own, 1 is all the way.

    `then` goes on from that point between to a third picture, and so on.
    """

    prompt: str
    seed: int
    amount: float
    then: Toward | None = None

    def picture(self, index: int) -> Toward:
        """Where picture `index` of the request goes: towards a seed as much further as its own."""
        return replace(self, seed=(self.seed + index) % SEED_LIMIT, then=self.then and self.then.picture(index))


@dataclass(frozen=True, kw_only=True)
class Request:
    """One order for `count` pictures; picture i has seed (seed + i) mod 2^63 and can be made again alone."""

    prompt: str = ""
    negative_prompt: str = ""
    style: str = ""  # one of the model's style ids; "" for none in particular
    model: str = "icons"
    seed: int = 0
    count: int = 1
    batch: int = 0  # pictures denoised together; 0 lets the device decide
    size: tuple[int, int] | None = None  # (width, height) in pixels; None is the model's own
    sampler: str = "dpmpp_2m"
    spacing: str = "karras"
    steps: int = 20
    knobs: dict[str, float] = field(default_factory=dict)  # the sampler's own settings, e.g. {"eta": 0.5}
    guidance_scale: float = 4.0
    temperature: float = 1.0
    controls: dict[str, float] = field(default_factory=dict)  # the others, e.g. {"guidance_rescale": 0.7}
    image: str = ""  # the picture to begin from, as `engine.inputs.keep` names it; "" to begin from noise
    mask: str = ""  # white where that picture is painted anew, black where it stays; "" for everywhere
    strength: float = 0.6  # how far back towards noise that picture goes: 1 all the way, 0 hardly
    inverted: bool = False  # its noise is found by inverting the picture, not drawn, so that it can come back
    toward: Toward | None = None  # another picture to go some of the way to: noise and predictions are mixed
    branch: Branch | None = None
    device: str = "auto"
    dtype: str = "auto"

    def checked(self) -> Request:
        """This request, knobs completed and controls at their default left out; raises BadRequest.

        What it says is one sentence naming the valid choices.
        """
        for name in ("prompt", "negative_prompt", "style", "model", "device"):
            if not isinstance(getattr(self, name), str):
                raise BadRequest(f"{name} must be text, not {getattr(self, name)!r}.")
        _choice("sampler", self.sampler, SAMPLERS)
        _choice("spacing", self.spacing, SPACINGS)
        _choice("dtype", self.dtype, DTYPES)
        _whole("seed", self.seed, 0, SEED_LIMIT - 1)
        _whole("steps", self.steps, 1, MAX_STEPS)
        _whole("count", self.count, 1, MAX_COUNT)
        _whole("batch", self.batch, 0, MAX_COUNT)
        check_number("temperature", self.temperature, *TEMPERATURES)
        check_number("guidance", self.guidance_scale, *GUIDANCE)
        check_number("strength", self.strength, *STRENGTHS)
        if self.size is not None:
            for name, side in zip(("width", "height"), self.size, strict=True):
                _whole(name, side, 8, MAX_SIDE)
        _check_pictures(self)
        _check_toward(self)
        spec, off = SAMPLERS[self.sampler], {knob.name: knob.default for knob in CONTROLS}
        controls = checked_knobs(CONTROLS, self.controls, of="The prediction")
        return replace(
            self,
            knobs=checked_knobs(spec.knobs, self.knobs, of=spec.title),
            controls={name: value for name, value in controls.items() if value != off[name]},
            branch=_checked_branch(self),
        )

    def picture(self, index: int) -> Request:
        """The request that makes picture `index` of this one again, alone."""
        branch = self.branch and self.branch.picture(index)
        toward = self.toward and self.toward.picture(index)
        return replace(self, seed=(self.seed + index) % SEED_LIMIT, count=1, batch=0, toward=toward, branch=branch)

    def walked(self, leg: Toward) -> Request:
        """This request, going from where it stands towards another picture."""
        return replace(self, toward=_walked(self.toward, leg))

    def legs(self) -> Iterator[Toward]:
        """Of the walk from the request's own picture towards others, one after another."""
        leg = self.toward
        while leg is not None:
            yield leg
            leg = leg.then

    def seed_weights(self) -> dict[int, float]:
        """By seed, how much of its noise goes into the picture's: the squares sum to 1.

        So sums of independent normal draws are normal draws again, of unit variance. A seed of no weight is left out.
        """
        weights = {self.seed: 1.0}
        for leg in self.legs():
            # the sine is exactly 0 and 1 at the ends, which a cosine is not
            weights = {seed: math.sin((1 - leg.amount) * math.pi / 2) * weight for seed, weight in weights.items()}
            weights[leg.seed] = weights.get(leg.seed, 0.0) + math.sin(leg.amount * math.pi / 2)
            length = math.hypot(*weights.values())
            weights = {seed: weight / length for seed, weight in weights.items() if weight}
        return weights

    def prompt_weights(self) -> dict[str, float]:
        """By prompt, how much of the prediction under it goes into the picture's: they sum to 1."""
        weights = {self.prompt: 1.0}
        for leg in self.legs():
            weights = {prompt: (1 - leg.amount) * weight for prompt, weight in weights.items()}
            weights[leg.prompt] = weights.get(leg.prompt, 0.0) + leg.amount
            total = math.fsum(weights.values())
            weights = {prompt: weight / total for prompt, weight in weights.items() if weight}
        return weights

    def digest(self) -> str:
        """Names what decides the pixels: 32 hex digits, the same wherever and in whatever batch they are made.

        Of a request as `checked` leaves it. Settings at their default do not count, a sampler's own neither, so those
        that later versions add change no digest.
        """
        return hashlib.sha256(json.dumps(_deciding(self), sort_keys=True).encode()).hexdigest()[:32]

    def to_json(self) -> str:
        """A JSON object with a `version`, readable by every later version."""
        return json.dumps({"version": VERSION, **asdict(self)}, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Request:
        """The request written by `to_json`; fields that this version does not know are left out.

        Raises BadRequest where the text is not such an object or a value has the wrong type.
        """
        try:
            return _from_values(up_to_date(json.loads(text))).checked()
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            raise BadRequest("The settings in this file are damaged and cannot be read.") from error


def up_to_date(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a request as its version wrote them, under their names of today; raises as `from_json`."""
    found = dict(values.items())
    return _renamed(found) if found.get("version") == 1 else found


def _renamed(values: dict[str, Any]) -> dict[str, Any]:
    found = dict(values)
    if isinstance(spacing := found.get("spacing"), str):
        found["spacing"] = _FORMER_SPACINGS.get(spacing, spacing)
    branch = found.get("branch")
    if isinstance(branch, dict) and isinstance(branch.get("parent"), dict):
        found["branch"] = branch | {"parent": _renamed(branch["parent"])}
    return found


def _deciding(part: Request | Branch | Toward) -> dict[str, Any]:
    """The fields that decide a picture, where they are not at their default; 4 is 4.0 where it may be a fraction."""
    found: dict[str, Any] = {}
    for each in fields(part):
        value = getattr(part, each.name)
        if isinstance(part, Request) and each.name == "knobs":
            usual = {knob.name: knob.default for knob in SAMPLERS[part.sampler].knobs}
            value = {name: number for name, number in value.items() if number != usual.get(name)}
        if each.name in _ELSEWHERE or value in (each.default, {}):
            continue
        if isinstance(value, Request | Branch | Toward):
            value = _deciding(value)
        elif each.name == "spacing":
            value = _DIGESTED.get(value, value)
        found[each.name] = float(value) if each.type == "float" else value
    return found


def _walked(walk: Toward | None, leg: Toward) -> Toward:
    return leg if walk is None else replace(walk, then=_walked(walk.then, leg))


def _choice(name: str, value: Any, choices: Any) -> None:
    if not isinstance(value, str) or value not in choices:
        raise BadRequest(f"There is no {name} called {value!r}; choose one of {', '.join(choices)}.")


def _whole(name: str, value: Any, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadRequest(f"{name} must be a whole number from {low} to {high}, not {value!r}.")


def _from_values(values: Mapping[str, Any]) -> Request:
    """The request as JSON has it; raises what its values give cause for."""
    data = dict(values.items())
    known = {f.name: data[f.name] for f in fields(Request) if f.name in data}
    if known.get("size") is not None:
        width, height = known["size"]
        known["size"] = (width, height)
    if known.get("branch") is not None:
        known["branch"] = Branch(_from_values(known["branch"]["parent"]), known["branch"]["step"])
    known["toward"] = _toward_from(known.get("toward"))
    return Request(**known)


def _toward_from(values: Mapping[str, Any] | None) -> Toward | None:
    if values is None:
        return None
    return Toward(values["prompt"], values["seed"], values["amount"], _toward_from(values.get("then")))


def _check_pictures(request: Request) -> None:
    for name in ("image", "mask"):
        value = getattr(request, name)
        if not isinstance(value, str) or not re.fullmatch(r"([0-9a-f]{64})?", value):
            raise BadRequest(f"{name} must be the name of a picture that was kept to begin from, not {value!r}.")
    if not isinstance(request.inverted, bool):
        raise BadRequest(f"inverted must be true or false, not {request.inverted!r}.")
    if request.mask and not request.image:
        raise BadRequest("A mask needs the picture it belongs to; choose a picture to begin from.")


def _check_toward(request: Request) -> None:
    if request.toward is not None and not isinstance(request.toward, Toward):
        raise BadRequest(f"toward must be another picture's prompt, seed and an amount, not {request.toward!r}.")
    for number, leg in enumerate(request.legs()):
        if not isinstance(leg.prompt, str):
            raise BadRequest(f"The prompt to go towards must be text, not {leg.prompt!r}.")
        _whole("the seed to go towards", leg.seed, 0, SEED_LIMIT - 1)
        check_number("the amount to go towards another picture", leg.amount, *AMOUNTS)
        if number == MAX_LEGS:
            raise BadRequest(f"This is {MAX_LEGS} steps away from the first picture; begin anew from this one.")


_ON_ONE_PATH = ("model", "size", "spacing", "steps", "image", "mask", "strength", "inverted")


def _checked_branch(request: Request) -> Branch | None:
    branch = request.branch
    if branch is None:
        return None
    if not isinstance(branch, Branch) or not isinstance(branch.parent, Request):
        raise BadRequest(f"branch must be a step of another picture, not {branch!r}.")
    _whole("the step to branch from", branch.step, 0, request.steps - 1)
    for name in _ON_ONE_PATH:
        if getattr(branch.parent, name) != getattr(request, name):
            raise BadRequest(f"A branch keeps the {name} of the picture it leaves; begin anew to change it.")
    if branch.parent.count not in (1, request.count):
        raise BadRequest(f"{request.count} pictures cannot branch from {branch.parent.count}; branch from one.")
    if _generations(request) > MAX_GENERATIONS:
        raise BadRequest(f"This would be a branch of {MAX_GENERATIONS} branches; begin anew from the last picture.")
    return replace(branch, parent=branch.parent.checked())


def _generations(request: Request) -> int:
    count = 0
    while request.branch is not None:
        count, request = count + 1, request.branch.parent
    return count
