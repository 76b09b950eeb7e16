"""Conversion between AUTOMATIC1111's web API and the requests and results of the service."""

from __future__ import annotations

import base64
import io
import json
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageOps

from gdm_studio import __version__
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.gallery.metadata import a1111_parameters
from gdm_studio.gallery.metadata.containers import read_texts
from gdm_studio.gallery.metadata.reader import read
from gdm_studio.gallery.metadata.sampler_names import sampler_and_spacing, sampler_title, spacing_title
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.models.upscalers.built_in_upscaler import NAME as UPSCALER
from gdm_studio.request.generation_request import Request
from gdm_studio.request.hires import SECOND_PASS_SCALE, SECOND_PASS_STEPS, SECOND_PASS_STRENGTH, total_steps
from gdm_studio.server.json_fields import Fields, decode_base64, decode_image, size_from
from gdm_studio.server.limits import NotFoundError

if TYPE_CHECKING:
    from gdm_studio.models.card import ModelCard
    from gdm_studio.server.service import RunningState, SavedImage, Service

TOOL = "AUTOMATIC1111"
# Upscalers that only resample.
RESAMPLING = ("None", "Lanczos", "Nearest")
# Maximum side in pixels of an image before the network enlarges it.
MAX_UPSCALED_SIDE = 1024
MAX_FACTOR = 4.0
# Fields of a request that its answer repeats.
REPEATED = (
    *("prompt", "negative_prompt", "seed", "steps", "cfg_scale", "width", "height", "sampler_name"),
    *("batch_size", "n_iter", "denoising_strength", "enable_hr", "hr_scale"),
)
# Switches that have no counterpart here.
_SWITCHES = ("restore_faces", "tiling")
_FILLED = ("subseed_strength", "mask_blur", "inpaint_full_res", "refiner_checkpoint", "script_name", "styles")


def request_from(service: Service, fields: Fields, *, starts_from_image: bool) -> tuple[Request, list[str]]:
    """Convert the body of a client's txt2img or img2img request to our Request, and return it with the names of ignored
    settings. Images in the body are stored. Raises BadRequest.
    """
    settings = fields.object("override_settings")
    card = model_named(service, settings.text("sd_model_checkpoint"))
    ignored = [name for name in _SWITCHES if fields.flag(name)] + [name for name in _FILLED if fields.is_set(name)]
    given: dict[str, Any] = {
        "prompt": fields.text("prompt") or "",
        "negative_prompt": fields.text("negative_prompt") or "",
        "count": _count(fields),
    }
    seed = fields.whole("seed")
    if seed is not None and seed >= 0:
        given["seed"] = seed
    steps = fields.whole("steps")
    guidance = fields.number("cfg_scale")
    given |= {name: value for name, value in (("steps", steps), ("guidance_scale", guidance)) if value is not None}
    sampler, unknown = _sampler(fields)
    given |= sampler
    if (size := size_from(fields, card)) is not None:
        given["size"] = size
    factors, unused = _factors(fields, settings, card)
    given |= {"factors": factors} if factors else {}
    # Other names are ways to interpolate, such as "Latent".
    if factors.get(SECOND_PASS_SCALE.name, 1.0) > 1 and fields.text("hr_upscaler") in _networks(service):
        given["upscaler"] = fields.text("hr_upscaler")
    if starts_from_image:
        given |= _images(service, fields, card, given.get("size"))
        ignored += ["init_images[1]"] if len(fields.texts("init_images")) > 1 else []
    request, changed = service.fitted(card, **given)
    return request, ignored + unknown + unused + changed


def model_named(service: Service, name: str | None) -> ModelCard:
    """Return the model card for the model name or title that a client of A1111's API has sent.

    Clients send back the title from `models`, with or without the suffix and the hash that A1111 appends.
    """
    plain = (name or "").partition(" [")[0].removesuffix(".safetensors")
    return service.card(plain)


def answer(
    images: Sequence[SavedImage], request: Request, repeated: Mapping[str, Any], ignored: Sequence[str]
) -> dict[str, Any]:
    """Return the JSON response to A1111's txt2img and img2img: the images in base64 with their settings."""
    requests = [image.request for image in images]
    texts = [_infotext(image) for image in images]
    width, height = request.size or (0, 0)
    info = {
        "prompt": request.prompt,
        "all_prompts": [each.prompt for each in requests],
        "negative_prompt": request.negative_prompt,
        "all_negative_prompts": [each.negative_prompt for each in requests],
        "seed": request.seed,
        "all_seeds": [each.seed for each in requests],
        "subseed": -1,
        "all_subseeds": [-1] * len(requests),
        "subseed_strength": 0,
        "width": width,
        "height": height,
        "sampler_name": sampler_title(request.sampler),
        "cfg_scale": request.guidance_scale,
        "steps": request.steps,
        "batch_size": len(requests),
        "restore_faces": False,
        "face_restoration_model": None,
        "sd_model_name": request.model,
        "sd_model_hash": None,
        "seed_resize_from_w": -1,
        "seed_resize_from_h": -1,
        "denoising_strength": request.strength if request.image else None,
        "extra_generation_params": {},
        "index_of_first_image": 0,
        "infotexts": texts,
        "styles": [],
        "job_timestamp": time.strftime("%Y%m%d%H%M%S"),
        "clip_skip": 1,
        "version": f"GDM Studio {__version__}",
        # Settings of the request that were left out or replaced.
        "ignored": list(ignored),
    }
    return {
        "images": [base64.b64encode(image.png).decode() for image in images],
        "parameters": dict(repeated),
        "info": json.dumps(info),
    }


def models(service: Service) -> list[dict[str, Any]]:
    """Return the JSON list of models in A1111's format, with the models' names in place of file paths."""
    return [
        {
            "title": card.name,
            "model_name": card.name,
            "hash": None,
            "sha256": None,
            "filename": card.name,
            "config": None,
        }
        for card in service.cards()
    ]


def samplers() -> list[dict[str, Any]]:
    return [{"name": spec.title, "aliases": [spec.name], "options": {}} for spec in SAMPLERS.values()]


def schedulers() -> list[dict[str, Any]]:
    own = [
        {"name": spec.name, "label": spacing_title(spec.name), "aliases": None}
        for spec in SPACINGS.values()
        if not spec.needs_table
    ]
    listed = [{"name": "automatic", "label": "Automatic", "aliases": None}, *own]
    return [each | {"default_rho": -1, "need_inner_model": False} for each in listed]


def upscalers(service: Service) -> list[dict[str, Any]]:
    """Return the JSON list of upscalers in A1111's format. Upscalers from files have the scale 4, the default
    of A1111.
    """
    return [
        {"name": name, "model_name": None, "model_path": None, "model_url": None, "scale": 2 if name == UPSCALER else 4}
        for name in _upscaler_names(service)
    ]


def options(service: Service) -> dict[str, Any]:
    return {
        "sd_model_checkpoint": service.card().name,
        "sd_checkpoint_hash": "",
        "sd_vae": "Automatic",
        "CLIP_stop_at_last_layers": 1,
        "samples_format": "png",
        "samples_save": True,
        "img2img_color_correction": False,
    }


def progress(state: RunningState) -> dict[str, Any]:
    """Return the JSON response to A1111's progress request. `job_count` is 0 while no request is running."""
    ticket = state.ticket
    return {
        "progress": state.share_done,
        "eta_relative": state.seconds_left,
        "state": {
            "skipped": False,
            "interrupted": ticket is not None and ticket.is_cancelled,
            "stopping_generation": False,
            "job": ticket.id if ticket is not None else "",
            "job_count": ticket.request.count if ticket is not None else 0,
            "job_timestamp": "0",
            "job_no": len(ticket.images) if ticket is not None else 0,
            "sampling_step": state.step,
            "sampling_steps": total_steps(ticket.request) if ticket is not None else 0,
        },
        "current_image": base64.b64encode(state.preview).decode() if state.preview else None,
        "textinfo": None,
    }


def png_info(fields: Fields) -> dict[str, Any]:
    """Read the settings in an image file that a client sent, and return them both as A1111 text and by name.

    Raises BadRequest.
    """
    data = decode_base64(fields.text("image") or "", "image")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "image"
        path.write_bytes(data)
        try:
            text = read_texts(path).settings
            metadata = read(path)
        except StorageError as error:
            raise BadRequest("image is not a picture, or it is damaged; send a PNG, JPEG or WebP file.") from error
    if a1111_parameters.parse_text(text) is None and metadata.request is not None:
        text = a1111_parameters.write_text(metadata.request, size=metadata.size, version=metadata.tool)
    parsed = a1111_parameters.parse_text(text)
    parameters: dict[str, Any] = {}
    if parsed is not None:
        parameters = {"Prompt": parsed.prompt, "Negative prompt": parsed.negative_prompt, **parsed.entries}
    return {"info": text, "items": {"parameters": text} if text else {}, "parameters": parameters}


@dataclass(frozen=True)
class Enlargement:
    """Upscaling task of a client: the image `rgba` (height, width, 4), the size `target` (width, height) and the name
    of the upscaler.
    """

    rgba: np.ndarray
    target: tuple[int, int]
    upscaler: str
    # The file of an upscaler that is a network.
    file: Path | None = None

    @classmethod
    def of(cls, service: Service, fields: Fields) -> Enlargement:
        """Create an upscaling task from the body of A1111's extra-single-image request.

        Raises BadRequest and ModelError.
        """
        name = fields.text("upscaler_1") or UPSCALER
        if name not in (names := _upscaler_names(service)):
            raise NotFoundError(f"There is no upscaler of that name; there are: {', '.join(names)}.")
        rgba = decode_image(fields.text("image") or "", "image", max_pixels=service.limits.input_pixels)
        height, width = rgba.shape[:2]
        file = None if name in RESAMPLING else service.library.upscaler(name)
        found = cls(rgba, _enlarged_size(fields, (width, height), 4 * MAX_UPSCALED_SIDE), name, file)
        if found.needs_network and max(width, height) > MAX_UPSCALED_SIDE:
            raise BadRequest(f"{name} enlarges images of at most {MAX_UPSCALED_SIDE} pixels a side.")
        return found

    @property
    def needs_network(self) -> bool:
        """True if the upscaler is a neural network. In this case, `by_network` must be called before `png`."""
        return self.file is not None and self.target != (self.rgba.shape[1], self.rgba.shape[0])

    def by_network(self, is_wanted: Callable[[], bool]) -> Enlargement:
        """Upscale the image to the target size with the network. Returns the task with the upscaled image.

        `is_wanted` is called before each tile. Raises ModelError, and DeviceError once `is_wanted` returns False.
        """
        from gdm_studio.engine.upscale import Upscaler, finished

        return replace(self, rgba=finished(Upscaler(self.file).steps_to(self.target, self.rgba), is_wanted))

    def png(self) -> bytes:
        """Resize the image to the target size without a network, and encode it as PNG."""
        picture = Image.fromarray(self.rgba)
        if picture.size != self.target:
            filters = {"Nearest": Image.Resampling.NEAREST}
            method = filters.get(self.upscaler, Image.Resampling.LANCZOS)
            picture = picture.convert("RGBa").resize(self.target, method).convert("RGBA")
        buffer = io.BytesIO()
        picture.save(buffer, "PNG")
        return buffer.getvalue()


def _upscaler_names(service: Service) -> tuple[str, ...]:
    return (*RESAMPLING, *_networks(service))


def _networks(service: Service) -> tuple[str, ...]:
    """Return the names of the upscalers that are neural networks: the built-in one and those from files."""
    return (UPSCALER, *service.library.upscalers())


def _enlarged_size(fields: Fields, size: tuple[int, int], limit: int) -> tuple[int, int]:
    """Return the output size (width, height) that a client requests in the body of extra-single-image."""
    if (fields.whole("resize_mode") or 0) == 1:
        wanted = fields.whole("upscaling_resize_w") or 0, fields.whole("upscaling_resize_h") or 0
        if min(wanted) < 1:
            raise BadRequest("upscaling_resize_w and upscaling_resize_h must be sizes in pixels.")
        if not fields.flag("upscaling_crop"):
            fit = min(wanted[0] / size[0], wanted[1] / size[1])
            wanted = max(1, round(size[0] * fit)), max(1, round(size[1] * fit))
    else:
        factor = fields.number("upscaling_resize") if "upscaling_resize" in fields else 2
        if factor is None or not 1 <= factor <= MAX_FACTOR:
            raise BadRequest(f"upscaling_resize must be from 1 to {MAX_FACTOR:g}.")
        wanted = round(size[0] * factor), round(size[1] * factor)
    if max(wanted) > limit or max(wanted[0] / size[0], wanted[1] / size[1]) > MAX_FACTOR:
        raise BadRequest(f"An image can be enlarged {MAX_FACTOR:g} times, to at most {limit} pixels a side.")
    return wanted


def _count(fields: Fields) -> int:
    batch, rounds = fields.whole("batch_size"), fields.whole("n_iter")
    batch, rounds = (1 if value is None else value for value in (batch, rounds))
    if batch < 1 or rounds < 1:
        raise BadRequest("batch_size and n_iter must be at least 1.")
    return batch * rounds


def _sampler(fields: Fields) -> tuple[dict[str, Any], list[str]]:
    """Convert the sampler and schedule in a client's request to our settings.

    Also return the names of fields with unknown values. Raises NotFoundError for an unknown sampler.
    """
    name = fields.text("sampler_name") or fields.text("sampler_index")
    scheduler = fields.text("scheduler") or ""
    if not name:
        return {}, []
    sampler, spacing = sampler_and_spacing(name, scheduler, TOOL)
    if spacing == "normal" and not scheduler:
        # Without a schedule, the sampler gets the one that A1111 calls automatic.
        spacing = sampler_and_spacing(name, "automatic", TOOL)[1]
    if sampler is None:
        # Clients compare this text.
        raise NotFoundError("Sampler not found")
    if spacing is None:
        return {"sampler": sampler}, ["scheduler"]
    return {"sampler": sampler, "spacing": spacing}, []


def _factors(fields: Fields, settings: Fields, card: ModelCard) -> tuple[dict[str, float], list[str]]:
    """Convert fields of a client's request, such as clip skip and the second pass, to factors: optional numeric
    settings of the model.

    Also return the names of fields that the model does not support.
    """
    params = {param.name: param for param in card.accepts.factors}
    factors: dict[str, float] = {}
    unused = []
    skip = settings.whole("CLIP_stop_at_last_layers") or fields.whole("clip_skip") or 1
    if skip > 1:
        if (param := params.get("clip_skip")) is not None and param.low <= skip <= param.high:
            factors["clip_skip"] = float(skip)
        else:
            unused.append("clip_skip")
    if fields.flag("enable_hr"):
        if SECOND_PASS_SCALE.name in params:
            factors[SECOND_PASS_SCALE.name] = float(fields.number("hr_scale") or 2.0)
            if (strength := fields.number("denoising_strength")) is not None:
                factors[SECOND_PASS_STRENGTH.name] = float(strength)
            if hires_steps := fields.whole("hr_second_pass_steps"):
                factors[SECOND_PASS_STEPS.name] = float(hires_steps)
        else:
            unused.append("enable_hr")
    return factors, unused


def _images(service: Service, fields: Fields, card: ModelCard, size: tuple[int, int] | None) -> dict[str, Any]:
    """Store the start image and the mask that a client sent to img2img, and return the settings that refer to them."""
    from gdm_studio.engine import image_inputs
    from gdm_studio.engine.inpainting_masks import mask_levels

    listed = fields.texts("init_images")
    if not listed:
        raise BadRequest("init_images must contain an image file in base64.")
    pixels = service.limits.input_pixels
    start = decode_image(listed[0], "init_images", max_pixels=pixels)
    size = size or (start.shape[1], start.shape[0])
    size = size if card.makes(size) else card.near(size)
    mode = fields.whole("resize_mode") or 0
    given: dict[str, Any] = {"image": image_inputs.store(_resized(start, size, mode)), "size": size}
    if text := fields.text("mask"):
        levels, _ = mask_levels(decode_image(text, "mask", max_pixels=pixels))
        if fields.whole("inpainting_mask_invert"):
            levels = 255 - levels
        white = np.asarray(Image.fromarray(levels).convert("RGBA"))
        given["mask"] = image_inputs.store_mask(_resized(white, size, mode))
    strength = fields.number("denoising_strength")
    given["strength"] = 0.75 if strength is None else float(strength)
    return given


def _resized(rgba: np.ndarray, size: tuple[int, int], mode: int) -> np.ndarray:
    """Resize a client's start image according to A1111's `resize_mode`: 0 stretches, 1 crops. In other modes the image
    is returned unchanged, and the engine resizes it.
    """
    if (rgba.shape[1], rgba.shape[0]) == size or mode not in (0, 1):
        return rgba
    picture = Image.fromarray(rgba).convert("RGBa")
    method = Image.Resampling.LANCZOS
    picture = picture.resize(size, method) if mode == 0 else ImageOps.fit(picture, size, method)
    return np.asarray(picture.convert("RGBA"))


def _infotext(image: SavedImage) -> str:
    version = f"GDM Studio {__version__}"
    return a1111_parameters.write_text(
        image.request, size=image.picture.size, version=version, made_with=image.picture.made_with
    )
