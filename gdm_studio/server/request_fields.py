"""Fields of an image request under this program's own names, for the page for phones, its HTTP interface and MCP."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.text_safety import shorten
from gdm_studio.server.json_fields import FieldRule, Rules, size_from

if TYPE_CHECKING:
    from gdm_studio.request.generation_request import Request
    from gdm_studio.server.json_fields import Fields
    from gdm_studio.server.service import Service

_TEXT = {"type": "string"}
_WHOLE = {"type": "integer"}
# JSON Schema of each field.
PROPERTIES: dict[str, dict[str, Any]] = {
    "prompt": _TEXT | {"description": "What the image shows; needed unless the model has no prompt"},
    "negative_prompt": _TEXT | {"description": "What to avoid"},
    "model": _TEXT | {"description": "A name from list_models; the built-in model by default"},
    "style": _TEXT | {"description": "One of the model's styles from list_models"},
    "label": _TEXT | {"description": "One of the model's classes from list_models, for a model that has classes"},
    "width": _WHOLE | {"description": "Width in pixels; the nearest size of the model is used", "minimum": 8},
    "height": _WHOLE | {"description": "Height in pixels", "minimum": 8},
    "steps": _WHOLE | {"description": "Denoising steps; the model's default by default", "minimum": 1},
    "guidance_scale": {"type": "number", "description": "How strictly the image follows the prompt"},
    "seed": _WHOLE | {"description": "The same seed and settings make the same image; random by default", "minimum": 0},
    "count": _WHOLE | {"description": "Number of images", "minimum": 1},
}
# Types of the fields in a request over HTTP.
FIELDS: Rules = {
    name: FieldRule({"string": "text", "integer": "whole", "number": "number"}[schema["type"]])
    for name, schema in PROPERTIES.items()
}


def check_names(fields: Fields, known: Mapping[str, object], *, kind: str) -> None:
    """Raise BadRequest if a client sent a field that is not in `known`. `kind` is the word for a field in the error
    message.
    """
    if unknown := sorted(set(fields.names()) - known.keys()):
        near = get_close_matches(unknown[0], known, 1)
        advice = f"use {near[0]}" if near else f"use {', '.join(known)}" if known else "leave it out"
        raise BadRequest(f"There is no {kind} {shorten(unknown[0])!r}; {advice}.")


def request_from(service: Service, fields: Fields) -> tuple[Request, list[str]]:
    """Convert a client's fields, named as in PROPERTIES, to a request, and return it with the titles of settings that
    the model does not support and that were left out. Raises BadRequest.
    """
    card = service.models.card(fields.text("model") or "")
    prompt = fields.text("prompt")
    if prompt is None and card.accepts.prompt:
        raise BadRequest("prompt is missing.")
    given: dict[str, Any] = {"prompt": prompt or ""}
    for name in ("negative_prompt", "style", "label"):
        if (text := fields.text(name)) is not None:
            given[name] = text
    for name in ("steps", "seed", "count"):
        if (number := fields.whole(name)) is not None:
            given[name] = number
    if (guidance := fields.number("guidance_scale")) is not None:
        given["guidance_scale"] = guidance
    if (size := size_from(fields, card)) is not None:
        given["size"] = size
    return service.models.create_request(card, **given)


def models(service: Service) -> list[dict[str, Any]]:
    """Describe all models that clients can use: names, sizes, and which fields of a request they support."""
    return [
        {
            "name": card.name,
            "title": card.title or card.name,
            "summary": card.summary,
            "sizes": ["{}x{}".format(*size) for size in card.sizes()],
            "steps": card.default_request().steps,
            "styles": [style.id for style in card.styles],
            "labels": list(card.accepts.labels),
            "prompt": bool(card.accepts.prompt),
            "negative_prompt": card.accepts.negative and bool(card.accepts.prompt),
            "denoises_in_steps": card.accepts.steps,
        }
        for card in service.models.cards()
    ]
