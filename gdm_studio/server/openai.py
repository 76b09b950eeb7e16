"""Conversion between OpenAI's images API and the requests and results of the service."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.text_safety import shorten
from gdm_studio.request.generation_request import Request
from gdm_studio.server.json_fields import Fields

if TYPE_CHECKING:
    from gdm_studio.server.service import SavedImage, Service

# Values of fields that request unsupported features.
_UNSUPPORTED = {
    "response_format": ("url", "The server has no addresses for images; use response_format b64_json."),
    "output_format": ("jpeg", "The server sends PNG files; use output_format png."),
}


def request_from(service: Service, fields: Fields) -> Request:
    """Convert the body of a client's request to OpenAI's /v1/images/generations to our Request. Raises BadRequest."""
    prompt = fields.text("prompt")
    if prompt is None:
        raise BadRequest("prompt is missing.")
    for name, (value, sentence) in _UNSUPPORTED.items():
        if fields.text(name) == value:
            raise BadRequest(sentence)
    if fields.flag("stream"):
        raise BadRequest("The server sends images when they are finished; leave out stream.")
    card = service.card(fields.text("model") or "")
    count = fields.whole("n")
    given: dict[str, Any] = {"prompt": prompt, "count": 1 if count is None else count}
    size = fields.text("size")
    if size not in (None, "", "auto"):
        match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", size or "")
        if match is None or min(int(match[1]), int(match[2])) < 8:
            raise BadRequest(f"size must be WIDTHxHEIGHT in pixels or auto, not {shorten(size)!r}.")
        given["size"] = int(match[1]), int(match[2])
    return service.fitted(card, **given)[0]


def answer(images: Sequence[SavedImage], request: Request) -> dict[str, Any]:
    """Return the JSON response to OpenAI's /v1/images/generations, with the images in base64."""
    return {
        "created": int(time.time()),
        "data": [{"b64_json": base64.b64encode(image.png).decode()} for image in images],
        "output_format": "png",
        "size": "{}x{}".format(*(request.size or (0, 0))),
    }


def models(service: Service) -> dict[str, Any]:
    """Return the JSON list of models in the format of OpenAI's /v1/models."""
    listed = [
        {"id": card.name, "object": "model", "created": 0, "owned_by": card.author or "unknown"}
        for card in service.cards()
    ]
    return {"object": "list", "data": listed}
