"""Conversion between OpenAI's images API and the requests and results of the service."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.text_safety import shorten
from gdm_studio.request.conditioning import REFERENCE, ControlImage
from gdm_studio.request.generation_request import SEED_LIMIT, SETTINGS, Request
from gdm_studio.server.image_formats import ImageFormat, image_format
from gdm_studio.server.json_fields import FieldError, FieldRule, Fields, Rules, decode_image_file

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.server.client_requests import SavedImage
    from gdm_studio.server.service import Service

MAX_PARTIAL_IMAGES = 3
# Start strength of an edit without a mask. Inside a mask the image is drawn from pure noise.
EDIT_STRENGTH = 0.75
_AUTO = FieldRule("text", ("auto",))
# Settings of an image beyond OpenAI's API, which its clients send as `extra_body`.
_EXTRA: Rules = {
    "seed": FieldRule("whole", (-1,)),
    "steps": FieldRule("whole"),
    "guidance_scale": FieldRule("number"),
    "negative_prompt": FieldRule("text"),
}
GENERATION: Rules = {
    "prompt": FieldRule("text"),
    "model": FieldRule("text"),
    "n": FieldRule("whole"),
    "size": _AUTO,
    "response_format": FieldRule("text"),
    "output_format": FieldRule("text"),
    "output_compression": FieldRule("whole"),
    "background": _AUTO,
    "quality": _AUTO,
    "moderation": _AUTO,
    "style": FieldRule("text"),
    "user": FieldRule("text"),
    "stream": FieldRule("flag"),
    "partial_images": FieldRule("whole", (0,)),
    **_EXTRA,
}
EDIT: Rules = {**GENERATION, "strength": FieldRule("number"), "input_fidelity": FieldRule("text")}
# Files of an edit, and whether each is a list.
EDIT_FILES = {"image": True, "mask": False}


@dataclass(frozen=True)
class ImageRequest:
    """Request of a client of OpenAI's API: the images, and how they are sent."""

    request: Request
    ignored: tuple[str, ...]
    format: ImageFormat
    background: str
    by_url: bool = False
    streams: bool = False
    partial_images: int = 0
    is_edit: bool = False

    def partial_steps(self, steps: int) -> set[int]:
        """Return the step numbers, in a run of `steps` steps, after which a partial image is sent."""
        count = self.partial_images
        return {steps * (place + 1) // (count + 1) for place in range(count)} - {0, steps}


def request_from(service: Service, fields: Fields) -> ImageRequest:
    """Convert the body of a client's request to OpenAI's /v1/images/generations. Raises BadRequest."""
    card = service.models.card(fields.text("model") or "")
    return _build_wanted(service, card, fields, _read_settings(service, card, fields))


def edit_from(service: Service, fields: Fields, form_files: Mapping[str, Sequence[bytes]]) -> ImageRequest:
    """Convert the form of a client's request to OpenAI's /v1/images/edits.

    An image model that follows reference images gets the images as such unless there is a mask. Every other model
    starts from the first image. Raises BadRequest.
    """
    from gdm_studio.engine import image_inputs

    card = service.models.card(fields.text("model") or "")
    given = _read_settings(service, card, fields)
    files = form_files.get("image", [])
    masks = form_files.get("mask", [])
    if not files:
        raise BadRequest("image must be an image file.")
    fields.skip(*EDIT_FILES)
    pixels = service.limits.input_pixels
    images = [decode_image_file(file, "image", max_pixels=pixels) for file in files]
    strength = fields.number("strength", 0, 1)
    ignored: list[str] = []
    if not masks and card.accepts.references and REFERENCE in card.accepts.hints:
        used = images[: card.accepts.references]
        given["hints"] = tuple(ControlImage(REFERENCE, image_inputs.store(image)) for image in used)
        if strength is not None:
            fields.put_back("strength")
    else:
        used = images[:1]
        height, width = used[0].shape[:2]
        given.setdefault("size", card.made_size((width, height)))
        given["image"] = image_inputs.store(used[0])
        given["strength"] = EDIT_STRENGTH if strength is None else float(strength)
        if masks:
            mask = decode_image_file(masks[0], "mask", max_pixels=pixels)
            given["mask"] = image_inputs.store(_convert_mask(mask, used[0]))
            given["strength"] = 1.0 if strength is None else float(strength)
    ignored += [f"image[{place}]" for place in range(len(used), len(images))]
    ignored += [f"mask[{place}]" for place in range(1, len(masks))]
    return _build_wanted(service, card, fields, given, ignored, is_edit=True)


def _read_settings(service: Service, card: ModelCard, fields: Fields) -> dict[str, Any]:
    """Return the settings in the fields that generations and edits have in common. Raises BadRequest."""
    prompt = fields.text("prompt")
    if prompt is None:
        raise FieldError("prompt is missing.", field="prompt")
    if not prompt.strip() and card.accepts.prompt:
        raise FieldError("prompt is empty; describe the picture.", field="prompt")
    count = fields.whole("n", 1, service.limits.images)
    given: dict[str, Any] = {"prompt": prompt, "count": 1 if count is None else count}
    size = fields.text("size")
    if size not in (None, "", "auto"):
        match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", size or "", re.ASCII)
        if match is None or min(int(match[1]), int(match[2])) < 8:
            raise BadRequest(f"size must be WIDTHxHEIGHT in pixels or auto, not {shorten(size)!r}.")
        given["size"] = int(match[1]), int(match[2])
    seed = fields.whole("seed", -1, SEED_LIMIT - 1)
    if seed is not None and seed >= 0:
        given["seed"] = seed
    if (steps := fields.whole("steps", 1)) is not None:
        given["steps"] = steps
    scale = SETTINGS["guidance_scale"]
    if (guidance := fields.number("guidance_scale", scale.low, scale.high)) is not None:
        given["guidance_scale"] = float(guidance)
    if (negative := fields.text("negative_prompt")) is not None:
        given["negative_prompt"] = negative
    return given


def _build_wanted(
    service: Service,
    card: ModelCard,
    fields: Fields,
    given: dict[str, Any],
    ignored: Sequence[str] = (),
    *,
    is_edit: bool = False,
) -> ImageRequest:
    background = fields.text("background") or "auto"
    if background not in ("auto", "transparent", "opaque"):
        raise BadRequest("background must be auto, transparent or opaque.")
    if background == "transparent" and card.channels != 4:
        fields.put_back("background")
    response_format = fields.text("response_format") or "b64_json"
    if response_format not in ("b64_json", "url"):
        raise BadRequest("response_format must be b64_json or url.")
    compression = fields.whole("output_compression", 0, 100)
    found = image_format(fields.text("output_format"), compression, background)
    if compression is not None and found.name == "png":
        fields.put_back("output_compression")
    streams = fields.flag("stream")
    partial_images = fields.whole("partial_images", 0, MAX_PARTIAL_IMAGES) or 0
    if partial_images and not streams:
        fields.put_back("partial_images")
    if response_format == "url" and streams:
        fields.put_back("response_format")
    request, changed = service.models.create_request(card, **given)
    return ImageRequest(
        request,
        (*fields.ignored(), *ignored, *changed),
        found,
        background,
        response_format == "url",
        streams,
        partial_images if streams else 0,
        is_edit,
    )


def _convert_mask(mask: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Convert a mask of OpenAI's API, whose transparent part is repainted, to a uint8 mask (H, W) whose white part is.

    Raises BadRequest if it has another shape than the image or no transparent part.
    """
    if mask.shape != image.shape:
        raise BadRequest("mask must have the size of the image.")
    alpha = mask[..., 3]
    if (alpha > 0).all():
        raise BadRequest("mask has no transparent part; make transparent what is to be drawn again.")
    return 255 - alpha


def build_response(
    images: Sequence[SavedImage], wanted: ImageRequest, address: Callable[[SavedImage], str]
) -> dict[str, Any]:
    """Return the JSON response to OpenAI's /v1/images/generations and /v1/images/edits, with the images in base64 or
    their addresses.
    """
    data = [
        {"url": address(image)} if wanted.by_url else {"b64_json": _encode_base64(wanted.format.encode(image.png))}
        for image in images
    ]
    seeds = [{"seed": image.request.seed} for image in images]
    return {
        # Of the newest image, so that a repeated request gets the same answer.
        "created": int(max(image.picture.created for image in images)),
        "data": [each | seed for each, seed in zip(data, seeds, strict=True)],
        **_collect_facts(wanted),
        "ignored": list(wanted.ignored),
    }


def partial_event(wanted: ImageRequest, place: int, preview: bytes) -> dict[str, Any]:
    """Return the event that sends a preview (a PNG file) of the image being generated."""
    encoded = _encode_base64(wanted.format.encode(preview))
    return _build_event(wanted, "partial_image") | {"b64_json": encoded, "partial_image_index": place}


def completed_event(wanted: ImageRequest, image: SavedImage) -> dict[str, Any]:
    """Return the event with a finished image."""
    # Clients expect token counts, which have no meaning here.
    usage = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
    usage_details = {"input_tokens_details": {"image_tokens": 0, "text_tokens": 0}}
    return _build_event(wanted, "completed") | {
        "created_at": int(image.picture.created),
        "b64_json": _encode_base64(wanted.format.encode(image.png)),
        "usage": usage | usage_details,
        "seed": image.request.seed,
        "ignored": list(wanted.ignored),
    }


def error_event(sentence: str) -> dict[str, Any]:
    """Return the event that reports the failure of a request whose response has already started."""
    error = {"message": sentence, "type": "server_error", "param": None, "code": None}
    return {"type": "error", "error": error}


def _build_event(wanted: ImageRequest, name: str) -> dict[str, Any]:
    kind = "image_edit" if wanted.is_edit else "image_generation"
    return {"type": f"{kind}.{name}", "created_at": int(time.time()), **_collect_facts(wanted)}


def _collect_facts(wanted: ImageRequest) -> dict[str, Any]:
    return {
        "output_format": wanted.format.name,
        "size": "{}x{}".format(*(wanted.request.size or (0, 0))),
        "quality": "auto",
        "background": wanted.background,
    }


def models(service: Service) -> dict[str, Any]:
    """Return the JSON list of models in the format of OpenAI's /v1/models."""
    return {"object": "list", "data": [_describe_model(card) for card in service.models.cards()]}


def model(service: Service, name: str) -> dict[str, Any]:
    """Return a model in the format of OpenAI's /v1/models/NAME. Raises NotFoundError."""
    return _describe_model(service.models.card(name))


def _describe_model(card: ModelCard) -> dict[str, Any]:
    return {"id": card.name, "object": "model", "created": 0, "owned_by": card.author or "unknown"}


def _encode_base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
