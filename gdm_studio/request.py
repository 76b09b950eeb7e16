"""Everything that makes a picture, in one frozen value: built by window and command line, carried by the file.

A field is described once, by the Setting beside it: what lists, checks, shows, reads or searches fields goes by that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Annotated, Any

from gdm_studio import walk
from gdm_studio.conditions import Hint, check_factors, check_hints, hints_from, is_kept
from gdm_studio.digest import digest_of
from gdm_studio.errors import BadRequest
from gdm_studio.former import ABSENT, up_to_date
from gdm_studio.maths.guidance import GUIDANCE
from gdm_studio.maths.knobs import checked_knobs
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.setting import Role, Setting, check_whole, settings_of, with_role
from gdm_studio.walk import MAX_LEGS, SEED_LIMIT, Toward, check_walk, walk_from

__all__ = ["MAX_LEGS", "SEED_LIMIT", "SETTINGS", "Branch", "Hint", "Request", "Role", "Setting", "Toward", "with_role"]

VERSION = 2
MAX_STEPS = 1000
MAX_COUNT = 1000
MAX_SIDE = 4096
MAX_GENERATIONS = 24  # of branches of branches
GRAMMARS = {"auto": "Automatic", "plain": "Plain words", "webui": "Web UI (weights, LoRAs)"}
DTYPES = {"auto": "Automatic", "fp32": "Full (32 bit)", "bf16": "Half (bfloat16)", "fp16": "Half (float16)"}


def computed_in(dtype: str, device: str) -> str:
    """The number type that a kind of device has for `dtype`: fp32 for fp16 on a CPU."""
    return "fp32" if dtype == "fp16" and device == "cpu" else dtype


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


def _check_kept(word: str, value: Any) -> None:
    if value != "" and not is_kept(value):
        raise BadRequest(f"{word} must be the name of a picture that was kept to begin from, not {value!r}.")


def _check_size(word: str, value: Any) -> None:
    if value is not None:
        for side, pixels in zip(("width", "height"), value, strict=True):
            check_whole(side, pixels, 8, MAX_SIDE)


def _branch_from(value: Mapping[str, Any]) -> Branch:
    return Branch(_from_values(value["parent"]), value["step"])


BUILT_IN = "icons-2"  # the model that comes with the program
_STEERS = Role.STEERS | Role.FACT
_PART = Role.PATH | Role.LOADED | Role.PACE | Role.OPTION | Role.FACT | Role.DETAIL
_MADE = Role.OPTION | Role.FACT | Role.SEARCH | Role.AXIS | Role.TOLD


@dataclass(frozen=True, kw_only=True)
class Request:
    """One order for `count` pictures; picture i has seed (seed + i) mod 2^63 and can be made again alone.

    Its settings stand in the order in which people reach for them.
    """

    # fmt: off
    prompt: Annotated[str, Setting("Prompt", role=_STEERS | Role.TOLD, words="{}")] = ""
    negative_prompt: Annotated[str, Setting(
        "Negative prompt", role=_STEERS | Role.TOLD | Role.OPTION | Role.DETAIL, option="negative",
        usage="what to keep away from",
    )] = ""
    grammar: Annotated[str, Setting(  # of both; "auto", what the model's are in, is known once the model has checked it
        "Prompt grammar", summary="How prompts are read: in plain words a bracket is a bracket and names no weight",
        role=_STEERS | Role.OPTION | Role.FACT | Role.DETAIL, choices=GRAMMARS,
        usage="what the prompts are written in: {choices} (default: auto, as the model's are)",
    )] = "auto"
    style: Annotated[str, Setting(  # one of the model's style ids; "" for none in particular
        "Style", role=_STEERS | _MADE,
        usage="one of the model's styles; '' for none in particular (default: the model's)",
    )] = ""
    label: Annotated[str, Setting(  # one of the model's; "" for none in particular
        "Class", role=_STEERS | Role.DETAIL | _MADE, word="class", usage="one of the model's classes (default: any)",
    )] = ""
    factors: Annotated[dict[str, float], Setting(  # what else a model is told, e.g. {"aesthetic": 6.5}
        "Factors", role=_STEERS | Role.DETAIL, checks=check_factors,
    )] = field(default_factory=dict)
    hints: Annotated[tuple[Hint, ...], Setting(
        "Hints", role=_STEERS | Role.DETAIL, checks=check_hints, read=hints_from,
    )] = ()
    model: Annotated[str, Setting(
        "Model", role=Role.PATH | Role.LOADED | _MADE, words="{}",
        usage="a name from `gdm-studio models`, or a .safetensors file (default: the built-in one)",
    )] = BUILT_IN
    vae: Annotated[str, Setting(  # a file's name, for what is decoded and encoded by another; "" for the model's own
        "VAE", role=_PART, words="{}",
        usage="a VAE's name, to be used in place of the model's own; '' for that (default: as is chosen for the model)",
    )] = ""
    refiner: Annotated[str, Setting(  # the name of the model that makes the last steps; "" for none
        "Refiner", role=_PART, words="{}",
        usage="a model that makes the last steps; '' for none (default: as is chosen for the model)",
    )] = ""
    seed: Annotated[int, Setting(
        "Seed", 0, SEED_LIMIT - 1, role=Role.FREE | Role.DETAIL | _MADE, detail="Seed",
        usage="of the first picture; the next have seed + 1, … (default: random)", example="1-9 or 7, 42, 1207",
    )] = 0
    toward: Annotated[Toward | None, Setting(  # another picture to go some of the way to
        "Towards", role=Role.PREDICTS | Role.FACT, checks=check_walk, read=walk_from,
        form="another picture's prompt, seed and an amount",
    )] = None
    count: Annotated[int, Setting("Pictures", 1, MAX_COUNT, "How many, each with its own seed", role=Role.OPTION)] = 1
    batch: Annotated[int, Setting(  # pictures denoised together; 0 lets the device decide
        "At once", 0, MAX_COUNT, "How many pictures are made together; auto lets the device decide",
        role=Role.MACHINE | Role.OPTION, usage="how many at a time (default: 0, as suits the device)",
    )] = 0
    sampler: Annotated[str, Setting(
        "Scheduler", summary="How each step goes from noise towards the picture", choices=SAMPLERS, words="{}",
        role=_STEERS | Role.PACE | Role.DETAIL | _MADE, beside="steps",
        usage="how each step goes towards the picture: one of {choices}",
    )] = "dpmpp_2m"
    spacing: Annotated[str, Setting(
        "Step spacing", summary="Which levels of noise the steps visit", choices=SPACINGS,
        role=Role.PATH | Role.PACE | _MADE, usage="which noise levels to visit: one of {choices}",
    )] = "karras"
    steps: Annotated[int, Setting(
        "Steps", 1, MAX_STEPS, "More steps take longer and follow the noise more closely", curve=4, words="{} steps",
        role=Role.PATH | Role.PACE | Role.PANEL | Role.DETAIL | _MADE, detail="Steps · scheduler",
        usage="denoising steps, {low:g} to {high:g} (default: the model's)",
    )] = 20
    guidance_scale: Annotated[float, Setting(
        "Guidance", 0.0, 30.0, "How strictly the picture keeps to what is asked", decimals=1, curve=2, word="guidance",
        role=Role.STEERS | Role.PACE | Role.SHOWN, detail="Guidance · temp.", example="2, 4, 6 or 1-7 (+1.5)",
    )] = 4.0
    temperature: Annotated[float, Setting(
        "Temperature", 0.1, 2.0, "How freely the picture may vary: 1 is what the model learnt, lower keeps to the most "
        "likely, higher brings rarer pictures.", ends=("focused", "varied"), beside="guidance_scale",
        role=Role.STEERS | Role.PACE | Role.SHOWN, example="0.7-1.3 (+0.1)",
        usage="{low:g} (focused) to {high:g} (varied) (default: the model's)",
    )] = 1.0
    knobs: Annotated[dict[str, float], Setting(  # the sampler's own settings, e.g. {"eta": 0.5}
        "Scheduler's own", role=_STEERS | Role.PACE,
    )] = field(default_factory=dict)
    controls: Annotated[dict[str, float], Setting(  # the others, e.g. {"guidance_rescale": 0.7}
        "Prediction", role=_STEERS | Role.PACE,
    )] = field(default_factory=dict)
    image: Annotated[str, Setting(  # the picture to begin from, as `engine.inputs.keep` names it; "" for noise
        "Started from", role=Role.PATH | Role.FACT | Role.DETAIL, detail="Started from", checks=_check_kept,
    )] = ""
    mask: Annotated[str, Setting(  # white where that picture is painted anew, black where it stays; "" for everywhere
        "Inpaint", role=Role.PATH, needs="image", checks=_check_kept,
    )] = ""
    strength: Annotated[float, Setting(  # how far back towards noise that picture goes: 1 all the way, 0 hardly
        "Strength", 0.0, 1.0, "How far back towards noise the picture goes before the steps begin: at 0 it hardly "
        "changes, at 1 nothing of it is left. The Noise slider over the picture shows what each strength leaves",
        role=Role.PATH | Role.OPTION | Role.FACT | Role.DETAIL | Role.AXIS, needs="image", beside="image",
        usage="how far back towards noise that picture goes, {low:g} to {high:g} (default: 0.6)",
    )] = 0.6
    inverted: Annotated[bool, Setting(  # its noise is found by inverting the picture, so that it can come back
        "Inverted", summary="Its own noise: found by inverting the picture instead of drawn by the seed, so that it "
        "comes back as far as the prompt is the same", role=Role.PATH | Role.OPTION, needs="image",
        option="invert", usage="find the picture's own noise, not draw it",
    )] = False
    branch: Annotated[Branch | None, Setting(
        "Branch of", role=Role.FACT, read=_branch_from, form="a step of another picture",
    )] = None
    size: Annotated[tuple[int, int] | None, Setting(  # (width, height) in pixels; None is the model's own
        "Size", role=Role.PATH | Role.OPTION, usage="in pixels (default: the model's)", checks=_check_size,
        form="a width and a height in pixels",
    )] = None
    device: Annotated[str, Setting(
        "Device", summary="Where pictures are made", role=Role.MACHINE | Role.LOADED | Role.OPTION,
        usage="auto, cpu, cuda, cuda:1, mps, xpu; all, or several with commas, such as cuda:0,cuda:2, to share the "
        "pictures out among them, a worker process each; cpu,cpu are two workers that share the processor "
        "(default: auto)",
    )] = "auto"
    dtype: Annotated[str, Setting(
        "Precision", summary="Automatic is full precision, which makes the same picture on every device; half is "
        "faster and a little less exact", role=Role.MACHINE | Role.LOADED | Role.OPTION, choices=DTYPES,
        usage="{choices} (default: auto)",
    )] = "auto"
    attention: Annotated[bool, Setting(  # as `engine.attention` keeps it; costs some more evaluations of the network
        "Words", summary="Keeps beside the steps where and when each word of the prompt acted; takes a little longer",
        role=Role.MACHINE | Role.OPTION, usage="keep beside the steps where and when each word of the prompt acted",
    )] = False
    # fmt: on

    def typed(self) -> Request:
        """This request, lists as tuples; raises BadRequest for a value that is not of its field's type."""
        other = {}
        for name, setting in SETTINGS.items():
            value = getattr(self, name)
            if value is setting.default or type(value) is setting.kind:  # nearly all of thousands that a gallery reads
                continue
            if (found := setting.typed(value)) is not value:
                other[name] = found
        return replace(self, **other) if other else self

    def checked(self) -> Request:
        """This request, typed, knobs completed and controls at their default left out; raises BadRequest.

        What it says is one sentence naming the valid choices.
        """
        request = self.typed()
        for setting in SETTINGS.values():
            setting.check(setting.of(request))
        if request.mask and not request.image:
            raise BadRequest("A mask needs the picture it belongs to; choose a picture to begin from.")
        spec, off = SAMPLERS[request.sampler], {knob.name: knob.default for knob in GUIDANCE}
        controls = checked_knobs(GUIDANCE, request.controls, of="The prediction")
        return replace(
            request,
            knobs=checked_knobs(spec.knobs, request.knobs, of=spec.title),
            controls={name: value for name, value in controls.items() if value != off[name]},
            branch=_checked_branch(request),
        )

    @property
    def subject(self) -> str:
        """What it asks for in words: the prompt, or the class where there is none; "" where there is neither."""
        return self.prompt or self.label

    @property
    def title(self) -> str:
        """The same on one line, never empty."""
        return " ".join(self.subject.split()) or "No prompt"

    def picture(self, index: int) -> Request:
        """The request that makes picture `index` of this one again, alone."""
        branch = self.branch and self.branch.picture(index)
        toward = self.toward and self.toward.picture(index)
        return replace(self, seed=(self.seed + index) % SEED_LIMIT, count=1, batch=0, toward=toward, branch=branch)

    def made_by(self, model: str, **parts: Any) -> Request:
        """The same of another model, or other parts of it, and so all that it branches from."""
        branch = self.branch and replace(self.branch, parent=self.branch.parent.made_by(model, **parts))
        return replace(self, model=model, branch=branch, **parts)

    def walked(self, leg: Toward) -> Request:
        """This request, going from where it stands towards another picture."""
        return replace(self, toward=walk.walked(self.toward, leg))

    def legs(self) -> Iterator[Toward]:
        """Of the walk from the request's own picture towards others, one after another."""
        return walk.legs(self.toward)

    def seed_weights(self) -> dict[int, float]:
        """As walk.seed_weights."""
        return walk.seed_weights(self.seed, self.toward)

    def prompt_weights(self) -> dict[str, float]:
        """As walk.prompt_weights."""
        return walk.prompt_weights(self.prompt, self.toward)

    def with_settings(self, other: Request, role: Role) -> Request:
        """This request with the settings of `other` that have that role."""
        return replace(self, **{setting.name: setting.of(other) for setting in with_role(SETTINGS, role)})

    def digest(self) -> str:
        """Names what decides the pixels: 32 hex digits, the same wherever and in whatever batch they are made.

        Of a request as `checked` leaves it. Settings at their default do not count, a sampler's own neither, so those
        that later versions add change no digest.
        """
        return digest_of(self, SETTINGS)

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


SETTINGS = settings_of(Request, ABSENT)  # by name


def alike(one: Request, other: Request, role: Role) -> bool:
    """Whether all settings of that role are the same in both."""
    return all(setting.of(one) == setting.of(other) for setting in with_role(SETTINGS, role))


def _from_values(values: Mapping[str, Any]) -> Request:
    """The request as JSON has it; raises what its values give cause for."""
    data = dict(values.items())
    known: dict[str, Any] = {}
    for name, setting in SETTINGS.items():
        value = data.get(name, setting.absent)
        known[name] = value if value is None or setting.read is None or name not in data else setting.read(value)
    return Request(**known)


def _checked_branch(request: Request) -> Branch | None:
    branch = request.branch
    if branch is None:
        return None
    if not isinstance(branch.parent, Request):
        raise BadRequest(f"branch must be a step of another picture, not {branch!r}.")
    branch = replace(branch, parent=branch.parent.typed())
    check_whole("the step to branch from", branch.step, 0, request.steps - 1)
    for setting in with_role(SETTINGS, Role.PATH):
        if setting.of(branch.parent) != setting.of(request):
            raise BadRequest(f"A branch keeps the {setting.name} of the picture it leaves; begin anew to change it.")
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
