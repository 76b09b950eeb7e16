"""Our own record in a picture: a versioned JSON of the full request and of what it was made with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gdm_studio.gallery.metadata.facts import Metadata, facts_of, request_from
from gdm_studio.gallery.metadata.telling import loras_in
from gdm_studio.request import MAX_GENERATIONS, MAX_LEGS, MAX_STEPS, SETTINGS, Request

CHUNK = "gdm_studio"
TOOL = "GDM Studio"
VERSION = 1
LATEST = 1e11  # seconds since 1970: the year 5138
_MAX_DEPTH = 4 + 2 * MAX_GENERATIONS + MAX_LEGS  # of values within values; a Request has two, and two for every branch


@dataclass(frozen=True)
class Record:
    """What the chunk `gdm_studio` holds. `values` are the fields of a Request as the file has them."""

    id: str
    created: float  # seconds since 1970
    app: str  # the version of GDM Studio that made it
    values: Mapping[str, Any]
    stopped_at: int = 0
    made_with: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """ASCII only, so that any text of a prompt, lone surrogates included, comes back as it was."""
        return json.dumps(
            {
                "version": VERSION,
                "id": self.id,
                "created": self.created,
                "app": self.app,
                "stopped_at": self.stopped_at,
                "made_with": dict(self.made_with),
                "request": dict(self.values),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Record | None:
        """The record in a chunk of this or a later version; None where it is missing or damaged."""
        try:
            data = json.loads(text)
            return cls(
                id=_id(data["id"]),
                created=_time(data["created"]),
                app=str(data.get("app", "")),
                values=_shallow(dict(data["request"])),
                stopped_at=_step(data.get("stopped_at", 0)),
                made_with={str(key): str(value) for key, value in data.get("made_with", {}).items()},
            )
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
            return None

    def metadata(self, size: tuple[int, int]) -> Metadata:
        """As the reader gives it, for a picture of `size`."""
        request, taken = request_from(json.dumps(dict(self.values)))
        entries = {name: _shown(value) for name, value in self.values.items() if name != "version"}
        known = set(SETTINGS)
        return Metadata(
            size=size,
            tool=TOOL,
            request=request,
            fields=self._fields(request, size),
            used={name: entry for name, entry in entries.items() if name in known & taken},
            ignored={name: entry for name, entry in entries.items() if name in known - taken},
            unknown={name: entry for name, entry in entries.items() if name not in known},
            became={name: name for name in entries if name in known & taken},
            id=self.id,
            created=self.created,
            stopped_at=self.stopped_at,
            made_with=dict(self.made_with),
        )

    def _fields(self, request: Request, size: tuple[int, int]) -> dict[str, Any]:
        return {
            **{_CALLED.get(name, name): said for name, said in self.made_with.items()},
            **facts_of(request, request.size or size),
            **_naming(request, self.made_with),
            "knobs": request.knobs,
            **_beginning(request),
            "stopped_at": self.stopped_at,
            "version": f"{TOOL} {self.app}".strip(),
            "id": self.id,
            "created": self.created,
        }


# Our own digits are nobody else's: what other tools call a hash is AutoV2.
_CALLED = {f"{part}_hash": f"{part}_fingerprint" for part in ("model", "vae", "refiner")}
_CALLED |= {f"{part}_autov2": f"{part}_hash" for part in ("model", "vae", "refiner")}


def _naming(request: Request, made_with: Mapping[str, str]) -> dict[str, Any]:
    """How its prompts are read, where that is known, and the LoRAs that they name."""
    if request.grammar == "auto":
        return {}
    loras = loras_in("\n".join(request.prompt_weights())) if request.grammar != "plain" else []
    digits = {each["name"]: made_with.get(f"LoRA {each['name']}") for each in loras}
    listed = [each | ({"hash": said} if (said := digits[each["name"]]) else {}) for each in loras]
    return {"grammar": request.grammar} | ({"loras": listed} if listed else {})


def _beginning(request: Request) -> dict[str, Any]:
    """What only some pictures have: controls, factors, pictures that they follow, a picture or a step that they began
    from, another that they go to."""
    facts: dict[str, Any] = {"controls": request.controls} if request.controls else {}
    facts |= {"factors": request.factors} if request.factors else {}
    facts |= {"hints": ", ".join(map(str, request.hints))} if request.hints else {}
    if request.image:
        facts |= {"image": request.image, "mask": request.mask, "strength": request.strength}
        facts |= {"inverted": "yes"} if request.inverted else {}
    if request.toward is not None:
        facts["toward"] = ", then ".join(
            f"{leg.amount:g} of the way to {leg.prompt!r}, seed {leg.seed}" for leg in request.legs()
        )
    if request.branch is not None:
        parent = request.branch.parent
        facts["branch"] = f"after step {request.branch.step} of {parent.subject!r}, seed {parent.seed}"
    return facts


def _id(value: Any) -> str:
    """Ids end up in names of files, so nothing but letters and digits will do."""
    if not isinstance(value, str) or not 8 <= len(value) <= 64 or not (value.isascii() and value.isalnum()):
        raise ValueError("not an id")
    return value


def _time(value: Any) -> float:
    if not 0 <= (seconds := float(value)) <= LATEST:  # NaN fails too
        raise ValueError("not a time")
    return seconds


def _step(value: Any) -> int:
    if not 0 <= (step := int(value)) <= MAX_STEPS:
        raise ValueError("not a step")
    return step


def _shallow(values: dict[str, Any]) -> dict[str, Any]:
    """What is nested more deeply than this cannot be surely written again."""
    level: list[Any] = [values]
    for _ in range(_MAX_DEPTH):
        level = [each for value in level if isinstance(value, dict | list) for each in _inside(value)]
    if level:
        raise ValueError("nested too deeply")
    return values


def _inside(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
