"""Everything that makes a picture, in one frozen value: built by window and command line, carried by the file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from gdm_studio.errors import BadRequest
from gdm_studio.maths.knobs import check_number, checked_knobs
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS

VERSION = 1
SEED_LIMIT = 2**63
MAX_STEPS = 1000
MAX_COUNT = 1000
MAX_SIDE = 4096
TEMPERATURES = (0.1, 2.0)
GUIDANCE = (0.0, 30.0)
DTYPES = ("auto", "fp32", "bf16")


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
    device: str = "auto"
    dtype: str = "auto"

    def checked(self) -> Request:
        """This request, knobs completed; raises BadRequest with one sentence naming the valid choices."""
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
        if self.size is not None:
            for name, side in zip(("width", "height"), self.size, strict=True):
                _whole(name, side, 8, MAX_SIDE)
        spec = SAMPLERS[self.sampler]
        return replace(self, knobs=checked_knobs(spec.knobs, self.knobs, of=spec.title))

    def picture(self, index: int) -> Request:
        """The request that makes picture `index` of this one again, alone."""
        return replace(self, seed=(self.seed + index) % SEED_LIMIT, count=1, batch=0)

    def to_json(self) -> str:
        """A JSON object with a `version`, readable by every later version."""
        return json.dumps({"version": VERSION, **asdict(self)}, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Request:
        """The request written by `to_json`; fields that this version does not know are left out.

        Raises BadRequest where the text is not such an object or a value has the wrong type.
        """
        try:
            data = dict(json.loads(text).items())
            known = {f.name: data[f.name] for f in fields(cls) if f.name in data}
            if known.get("size") is not None:
                width, height = known["size"]
                known["size"] = (width, height)
            return cls(**known).checked()
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            raise BadRequest("The settings in this file are damaged and cannot be read.") from error


def _choice(name: str, value: Any, choices: Any) -> None:
    if not isinstance(value, str) or value not in choices:
        raise BadRequest(f"There is no {name} called {value!r}; choose one of {', '.join(choices)}.")


def _whole(name: str, value: Any, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadRequest(f"{name} must be a whole number from {low} to {high}, not {value!r}.")
