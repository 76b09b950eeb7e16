"""Our own record in image files: versioned JSON with the complete request and facts about the run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gdm_studio.common.json_reader import MALFORMED, parse_json
from gdm_studio.gallery.metadata.conversion import find_loras
from gdm_studio.gallery.metadata.generation_settings import Metadata, facts_of, interpolation_fact, parse_request
from gdm_studio.request.generation_request import (
    MAX_GENERATIONS,
    MAX_STEPS,
    MAX_TARGETS,
    ONLY_MASKED,
    SETTINGS,
    Request,
)
from gdm_studio.request.regions import ATTENTION

CHUNK = "gdm_studio"
TOOL = "GDM Studio"
VERSION = 1
# Latest timestamp that is accepted, in seconds since 1970: the year 5138.
LATEST = 1e11
# Maximum nesting of values. A Request has two levels, and two more for every branch.
_MAX_DEPTH = 4 + 2 * MAX_GENERATIONS + MAX_TARGETS


@dataclass(frozen=True)
class Record:
    """Our own record of an image's settings, which is stored in the PNG chunk `gdm_studio`.

    `values` are the fields of the request as stored.
    """

    id: str
    # Seconds since 1970.
    created: float
    # The version of GDM Studio that wrote the record.
    app: str
    values: Mapping[str, Any]
    stopped_at: int = 0
    made_with: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """Serialise our own record of an image's settings as ASCII JSON, which preserves every prompt, including lone
        surrogates.
        """
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
        """Parse our own record of an image's settings, written by this or a later version. Returns None if it is
        damaged.
        """
        try:
            data = parse_json(text)
            return cls(
                id=_check_id(data["id"]),
                created=_check_time(data["created"]),
                app=str(data.get("app", "")),
                values=_check_depth(dict(data["request"])),
                stopped_at=_check_step(data.get("stopped_at", 0)),
                made_with={str(key): str(value) for key, value in data.get("made_with", {}).items()},
            )
        except MALFORMED:
            return None

    def metadata(self, size: tuple[int, int]) -> Metadata:
        """Convert our own record to the common metadata format for an image of `size`."""
        request, taken = parse_request(json.dumps(dict(self.values)))
        entries = {name: _format_value(value) for name, value in self.values.items() if name != "version"}
        known = set(SETTINGS)
        return Metadata(
            size=size,
            tool=TOOL,
            request=request,
            fields=self._collect_fields(request, size),
            used={name: entry for name, entry in entries.items() if name in known & taken},
            ignored={name: entry for name, entry in entries.items() if name in known - taken},
            unknown={name: entry for name, entry in entries.items() if name not in known},
            request_fields={name: name for name in entries if name in known & taken},
            stated=frozenset(known),
            id=self.id,
            created=self.created,
            stopped_at=self.stopped_at,
            made_with=dict(self.made_with),
        )

    def _collect_fields(self, request: Request, size: tuple[int, int]) -> dict[str, Any]:
        return {
            **{_FIELD_OF.get(name, name): value for name, value in self.made_with.items()},
            **facts_of(request, request.size or size),
            **_collect_prompt_facts(request, self.made_with),
            "knobs": request.knobs,
            **_collect_input_facts(request),
            "stopped_at": self.stopped_at,
            "version": f"{TOOL} {self.app}".strip(),
            "id": self.id,
            "created": self.created,
        }


# {key of made_with: field}. Other tools use AutoV2 hashes; our own fingerprints get another name.
_HASH_FIELDS = (
    "model", "vae", "refiner", "upscaler", "text_encoder", "text_encoder_2", "text_encoder_3", "image_encoder",
    "image_encoder_1280", "image_encoder_1664", "unconditional_transformer",
)  # fmt: skip
_FIELD_OF = {f"{part}_hash": f"{part}_fingerprint" for part in _HASH_FIELDS}
_FIELD_OF |= {f"{part}_autov2": f"{part}_hash" for part in _HASH_FIELDS}


def _collect_prompt_facts(request: Request, made_with: Mapping[str, str]) -> dict[str, Any]:
    """Return metadata fields for the prompt grammar (if known) and the LoRAs named in the prompts."""
    if request.grammar == "auto":
        return {}
    loras = find_loras("\n".join(request.positive_prompts())) if request.grammar != "plain" else []
    digits = {each["name"]: made_with.get(f"LoRA {each['name']}") for each in loras}
    listed = [each | ({"hash": digest} if (digest := digits[each["name"]]) else {}) for each in loras]
    return {"grammar": request.grammar} | ({"loras": listed} if listed else {})


def _collect_input_facts(request: Request) -> dict[str, Any]:
    """Return the metadata fields for features that only some images use: control images, a start image, an
    interpolation or a branch.
    """
    facts: dict[str, Any] = {"controls": request.controls} if request.controls else {}
    facts |= {"factors": request.factors} if request.factors else {}
    facts |= {"hints": ", ".join(map(str, request.hints))} if request.hints else {}
    facts |= {"regions": "; ".join(map(str, request.regions))} if request.regions else {}
    facts |= {"region_mode": request.region_mode} if request.regions and request.region_mode == ATTENTION else {}
    if request.image:
        facts |= {"image": request.image, "mask": request.mask, "strength": request.strength}
        facts |= {"inverted": "yes"} if request.inverted else {}
        if request.mask and request.inpaint_area == ONLY_MASKED:
            facts |= {"inpaint_area": request.inpaint_area, "inpaint_padding": request.inpaint_padding}
    if request.tile:
        facts |= {"tile": request.tile, "tile_overlap": request.tile_overlap}
    if request.toward is not None:
        facts["toward"] = interpolation_fact(request)
    if request.branch is not None:
        parent = request.branch.parent
        facts["branch"] = f"after step {request.branch.step} of {parent.subject!r}, seed {parent.seed}"
    return facts


def _check_id(value: Any) -> str:
    """Check that the image id in a record is valid and return it.

    Raises ValueError unless it is alphanumeric, because ids become file names.
    """
    if not isinstance(value, str) or not 8 <= len(value) <= 64 or not (value.isascii() and value.isalnum()):
        raise ValueError("not an id")
    return value


def _check_time(value: Any) -> float:
    # NaN fails this comparison too.
    if not 0 <= (seconds := float(value)) <= LATEST:
        raise ValueError("not a time")
    return seconds


def _check_step(value: Any) -> int:
    if not 0 <= (step := int(value)) <= 2 * MAX_STEPS:
        raise ValueError("not a step")
    return step


def _check_depth(values: dict[str, Any]) -> dict[str, Any]:
    """Check that the values in an image's record are not nested too deeply, and return them.

    Raises ValueError if they are nested too deeply to be written back.
    """
    level: list[Any] = [values]
    for _ in range(_MAX_DEPTH):
        level = [each for value in level if isinstance(value, dict | list) for each in _list_children(value)]
    if level:
        raise ValueError("nested too deeply")
    return values


def _list_children(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _format_value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
