"""Conversion between AUTOMATIC1111's web API and the requests and results of the service."""

from __future__ import annotations

import base64
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
from gdm_studio.gallery.export.export_source import copied_texts
from gdm_studio.gallery.export.raster import encode_png
from gdm_studio.gallery.metadata import a1111_parameters, regional_prompter
from gdm_studio.gallery.metadata.containers import read_texts
from gdm_studio.gallery.metadata.generation_settings import GUIDANCE_FACTOR
from gdm_studio.gallery.metadata.reader import read
from gdm_studio.gallery.metadata.sampler_names import (
    has_spacing_in_name,
    implied_params,
    sampler_and_spacing,
    sampler_title,
    spacing_title,
)
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.models.upscalers.built_in_upscaler import NAME as UPSCALER
from gdm_studio.request.generation_request import ONLY_MASKED, SEED_LIMIT, SETTINGS, Request
from gdm_studio.request.hires import SECOND_PASS_SCALE, SECOND_PASS_STEPS, SECOND_PASS_STRENGTH, total_steps
from gdm_studio.server.a1111_field_rules import SECOND_PASS, WITHOUT_MASK
from gdm_studio.server.adetailer import RequestedDetail, check_count, split_segments, take_units
from gdm_studio.server.client_requests import PartialImage, SavedImage
from gdm_studio.server.controlnet import control_images, skip_if_off
from gdm_studio.server.json_fields import Fields, decode_base64, decode_image, decode_image_file, size_from
from gdm_studio.server.limits import NotFoundError, UnknownSamplerError
from gdm_studio.server.tiled_diffusion import take_tiles

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.server.client_requests import RunningState
    from gdm_studio.server.service import Service

TOOL = "AUTOMATIC1111"
# Upscalers that only resample.
RESAMPLING = ("None", "Lanczos", "Nearest")
# Maximum side in pixels of an image before the network enlarges it.
MAX_UPSCALED_SIDE = 1024
MAX_FACTOR = 4.0
# The last `resize_mode` of A1111, which stretches the latents.
_LATENT_MODE = 3
# Fields of a request that its answer repeats.
REPEATED = (
    *("prompt", "negative_prompt", "seed", "steps", "cfg_scale", "width", "height", "sampler_name"),
    *("batch_size", "n_iter", "denoising_strength", "enable_hr", "hr_scale"),
)


def request_from(
    service: Service, fields: Fields, *, starts_from_image: bool
) -> tuple[Request, tuple[RequestedDetail, ...], list[str]]:
    """Convert the body of a client's txt2img or img2img request to our Request, and return it with the details that
    follow it and the names of ignored settings. Images in the body are stored. Raises BadRequest.
    """
    options = fields.object("override_settings")
    card = model_named(service, options.text("sd_model_checkpoint"))
    prompt, segments = split_segments(fields.text("prompt") or "")
    given: dict[str, Any] = {
        "prompt": prompt,
        "negative_prompt": fields.text("negative_prompt") or "",
        "count": _count(fields),
    }
    seed = fields.whole("seed", high=SEED_LIMIT - 1)
    if seed is not None and seed >= 0:
        given["seed"] = seed
    steps = fields.whole("steps", 1)
    guidance = fields.number("cfg_scale", SETTINGS["guidance_scale"].low, SETTINGS["guidance_scale"].high)
    given |= {name: value for name, value in (("steps", steps), ("guidance_scale", guidance)) if value is not None}
    given |= _convert_sampler(fields)
    if (size := size_from(fields, card)) is not None:
        # A size that the model does not make is replaced by `service.fitted`, which reports it.
        given["size"] = size
    factors, unused = _convert_clip_skip(fields, options, card)
    factors |= _convert_distilled_guidance(fields, card)
    if starts_from_image:
        _skip_second_pass(fields)
    else:
        more, upscaler = _convert_second_pass(service, fields, card)
        factors |= more
        given |= {"upscaler": upscaler} if upscaler else {}
    given |= {"factors": factors} if factors else {}
    given |= take_tiles(fields, card)
    if starts_from_image:
        given |= _store_images(service, fields, card, size, given.get("tile", 0))
    details, left_out = _take_details(fields, card, prompt, segments)
    given["hints"] = control_images(
        fields,
        card,
        _control_image_size(card, given),
        start_image=given.get("image", ""),
        max_pixels=service.limits.input_pixels,
        resize=_resize,
    )
    # `control_images` has counted all other scripts as ignored.
    take_tiles(fields, card)
    given |= _take_regions(fields, given["prompt"], given["negative_prompt"])
    request, changed = service.models.create_request(card, **given)
    ignored = fields.ignored() + unused + left_out
    if starts_from_image and len(fields.texts("init_images")) > 1:
        ignored.append("init_images[1]")
    return request, details, ignored + changed


def _take_details(
    fields: Fields, card: ModelCard, prompt: str, segments: tuple[RequestedDetail, ...]
) -> tuple[tuple[RequestedDetail, ...], list[str]]:
    """Return the details of a request, ADetailer's units and then the segments of the prompt, and the names of the
    segments that a model ignores because it cannot repaint a part of an image. Such a model ignores the units, too.
    """
    if not (card.accepts.picture and card.accepts.mask and card.accepts.prompt):
        return (), [each.field for each in segments]
    details = (*take_units(fields, prompt), *segments)
    check_count(details)
    return details, []


def _take_regions(fields: Fields, prompt: str, negative: str) -> dict[str, Any]:
    """Return the prompts and regions that the script Regional Prompter in `alwayson_scripts` makes of the prompts.

    Returns {} without the script, or if it does not divide the image by ratios, in which case it is ignored.
    """
    scripts = fields.object("alwayson_scripts")
    name = next((each for each in scripts.names() if each.lower() == regional_prompter.SCRIPT), None)
    if name is None:
        return {}
    value = scripts.raw(name)
    arguments = value.get("args") if isinstance(value, dict) else value
    listed = arguments if isinstance(arguments, list) else []
    settings = regional_prompter.settings_of_script(listed)
    found = regional_prompter.read_regions(prompt, negative, settings)
    if found is None:
        skip_if_off(scripts, name)
        return {}
    return {
        "prompt": found.prompt,
        "negative_prompt": found.negative_prompt,
        "regions": found.regions,
        "region_mode": found.mode,
    }


def model_named(service: Service, name: str | None) -> ModelCard:
    """Return the model card for the model name or title that a client of A1111's API has sent.

    Clients send back the title from `models`, with or without the suffix and the hash that A1111 appends.
    """
    plain = (name or "").partition(" [")[0].removesuffix(".safetensors")
    return service.models.card(plain)


def build_response(
    images: Sequence[SavedImage | PartialImage],
    request: Request,
    repeated: Mapping[str, Any],
    ignored: Sequence[str],
    *,
    sends_images: bool = True,
) -> dict[str, Any]:
    """Return the JSON response to A1111's txt2img and img2img: the images in base64 with their settings.

    With `sends_images` False, it only has the settings.
    """
    requests = [image.request for image in images]
    texts = [_format_infotext(image) for image in images]
    created = [image.picture.created for image in images if isinstance(image, SavedImage)]
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
        # Of the newest image, so that a repeated request gets the same answer.
        "job_timestamp": time.strftime("%Y%m%d%H%M%S", time.localtime(max(created, default=None))),
        "clip_skip": round(request.factors.get("clip_skip", 1)),
        "version": f"GDM Studio {__version__}",
        # Settings of the request that were left out or replaced.
        "ignored": list(ignored),
    }
    return {
        "images": [base64.b64encode(image.png).decode() for image in images] if sends_images else [],
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
        for card in service.models.cards()
    ]


def loras(names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the JSON list of LoRAs in A1111's format, with their names in place of file paths."""
    return [{"name": name, "alias": name, "path": name, "metadata": {}} for name in names]


def embeddings(names: Sequence[str]) -> dict[str, Any]:
    """Return the JSON object of embeddings in A1111's format, without their sizes."""
    unknown = {"step": None, "sd_checkpoint": None, "sd_checkpoint_name": None, "shape": 0, "vectors": 0}
    return {"loaded": {name: unknown for name in names}, "skipped": {}}


def samplers() -> list[dict[str, Any]]:
    return [{"name": spec.title, "aliases": [spec.name], "options": {}} for spec in SAMPLERS.values()]


def schedulers() -> list[dict[str, Any]]:
    """Return the JSON list of spacings in A1111's format, under names that a request can send back.

    A name that A1111 uses for another spacing is left out.
    """
    own = []
    for spec in SPACINGS.values():
        labels = [name for name in (spacing_title(spec.name), spec.title) if _find_spacing(name) == spec.name]
        if labels and not spec.needs_table:
            name = spec.name if _find_spacing(spec.name) == spec.name else labels[0]
            own.append({"name": name, "label": labels[0], "aliases": None})
    listed = [{"name": "automatic", "label": "Automatic", "aliases": None}, *own]
    return [each | {"default_rho": -1, "need_inner_model": False} for each in listed]


def upscalers(service: Service) -> list[dict[str, Any]]:
    """Return the JSON list of upscalers in A1111's format. Upscalers from files have the scale 4, the default
    of A1111.
    """
    return [
        {"name": name, "model_name": None, "model_path": None, "model_url": None, "scale": 2 if name == UPSCALER else 4}
        for name in _list_upscaler_names(service)
    ]


def options(service: Service) -> dict[str, Any]:
    return {
        "sd_model_checkpoint": service.models.card().name,
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
    ignored = {"ignored": names} if (names := fields.ignored()) else {}
    return {"info": text, "items": {"parameters": text} if text else {}, "parameters": parameters, **ignored}


@dataclass(frozen=True)
class UpscalingTask:
    """Upscaling task of a client: the image `rgba` (height, width, 4), the size `target` (width, height), the name of
    the upscaler and the metadata texts of the client's file, by keyword.
    """

    rgba: np.ndarray
    target: tuple[int, int]
    upscaler: str
    texts: Mapping[str, str]
    # The file of an upscaler that is a network.
    file: Path | None = None

    @classmethod
    def of(cls, service: Service, fields: Fields, image: str | None = None, label: str = "image") -> UpscalingTask:
        """Create an upscaling task from the body of A1111's extra-single-image request, or for one `image` in base64 of
        an extra-batch-images request, which errors call `label`.

        Raises BadRequest and ModelError.
        """
        name = fields.text("upscaler_1") or UPSCALER
        if name not in (names := _list_upscaler_names(service)):
            raise NotFoundError(f"There is no upscaler of that name; there are: {', '.join(names)}.")
        data = decode_base64((fields.text("image") if image is None else image) or "", label)
        rgba = decode_image_file(data, label, max_pixels=service.limits.input_pixels)
        height, width = rgba.shape[:2]
        file = None if name in RESAMPLING else service.library.upscaler(name)
        target = _compute_output_size(fields, (width, height), 4 * MAX_UPSCALED_SIDE)
        found = cls(rgba, target, name, _read_texts(data, label), file)
        if found.needs_network and max(width, height) > MAX_UPSCALED_SIDE:
            raise BadRequest(f"{name} enlarges images of at most {MAX_UPSCALED_SIDE} pixels a side.")
        return found

    @property
    def needs_network(self) -> bool:
        """True if the upscaler is a neural network. In this case, `upscale_by_network` must be called before `png`."""
        return self.file is not None and self.target != (self.rgba.shape[1], self.rgba.shape[0])

    def upscale_by_network(self, is_wanted: Callable[[], bool]) -> UpscalingTask:
        """Upscale the image to the target size with the network. Returns the task with the upscaled image.

        `is_wanted` is called before each tile. Raises ModelError, and DeviceError once `is_wanted` returns False.
        """
        from gdm_studio.engine.upscale import Upscaler, finish_upscaling

        return replace(self, rgba=finish_upscaling(Upscaler(self.file).steps_to(self.target, self.rgba), is_wanted))

    def png(self) -> bytes:
        """Resize the image to the target size without a network, and encode it as PNG with the texts of its file."""
        picture = Image.fromarray(self.rgba)
        if picture.size != self.target:
            filters = {"Nearest": Image.Resampling.NEAREST}
            method = filters.get(self.upscaler, Image.Resampling.LANCZOS)
            picture = picture.convert("RGBa").resize(self.target, method).convert("RGBA")
        return encode_png(picture, texts=self.texts)


def enlargements(service: Service, fields: Fields) -> list[UpscalingTask]:
    """Create the upscaling tasks of A1111's extra-batch-images request, one for each image in `imageList`.

    Raises BadRequest and ModelError.
    """
    listed = fields.array("imageList")
    if not listed or len(listed) > service.limits.images:
        raise BadRequest(f"imageList must contain from 1 to {service.limits.images} images.")
    tasks = []
    for place, each in enumerate(listed):
        label = f"imageList[{place}]"
        data = each.get("data") if isinstance(each, dict) else None
        if not isinstance(data, str):
            raise BadRequest(f"{label} must have data, an image file in base64.")
        tasks.append(UpscalingTask.of(service, fields, data, label))
    return tasks


def _read_texts(data: bytes, label: str) -> Mapping[str, str]:
    """Return the texts that a copy of a client's image file contains; none if its metadata are damaged."""
    try:
        return copied_texts(read_texts(Path(label), data))
    except StorageError:
        return {}


def _list_upscaler_names(service: Service) -> tuple[str, ...]:
    return (*RESAMPLING, *_list_networks(service))


def _list_networks(service: Service) -> tuple[str, ...]:
    """Return the names of the upscalers that are neural networks: the built-in one and those from files."""
    return (UPSCALER, *service.library.upscalers())


def _compute_output_size(fields: Fields, size: tuple[int, int], limit: int) -> tuple[int, int]:
    """Return the output size (width, height) that a client requests in the body of extra-single-image."""
    sides = ("upscaling_resize_w", "upscaling_resize_h", "upscaling_crop")
    if (fields.whole("resize_mode") or 0) == 1:
        fields.skip("upscaling_resize")
        wanted = fields.whole("upscaling_resize_w") or 0, fields.whole("upscaling_resize_h") or 0
        if min(wanted) < 1:
            raise BadRequest("upscaling_resize_w and upscaling_resize_h must be sizes in pixels.")
        if not fields.flag("upscaling_crop"):
            fit = min(wanted[0] / size[0], wanted[1] / size[1])
            wanted = max(1, round(size[0] * fit)), max(1, round(size[1] * fit))
    else:
        fields.skip(*sides)
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


def _convert_sampler(fields: Fields) -> dict[str, Any]:
    """Convert the sampler and schedule in a client's request to our settings.

    Raises UnknownSamplerError. A schedule without a counterpart is ignored.
    """
    name = fields.text("sampler_name") or fields.text("sampler_index")
    fields.skip("sampler_index")
    scheduler = fields.text("scheduler") or "Automatic"
    scheduler = "Automatic" if scheduler.lower() in ("automatic", "default") else scheduler
    if not name:
        # The model's sampler gets the schedule.
        spacing = _find_spacing(scheduler) if scheduler != "Automatic" else None
        if spacing is None and scheduler != "Automatic":
            fields.put_back("scheduler")
        return {"spacing": spacing} if spacing else {}
    sampler, spacing = sampler_and_spacing(name, scheduler, TOOL, is_api=True)
    if sampler is None:
        raise UnknownSamplerError(name)
    given: dict[str, Any] = {"sampler": sampler}
    overrides = has_spacing_in_name(name) and sampler_and_spacing(name, "Automatic", TOOL, is_api=True)[1]
    if spacing is None or (overrides and scheduler != "Automatic" and spacing != _find_spacing(scheduler)):
        fields.put_back("scheduler")
    if spacing is not None:
        given["spacing"] = spacing
    params = implied_params(sampler, TOOL)
    if "eta" in {param.name for param in SAMPLERS[sampler].params} and (eta := fields.number("eta")) is not None:
        params["eta"] = float(eta)
    return given | {"knobs": params} if params else given


def _find_spacing(scheduler: str) -> str | None:
    return sampler_and_spacing("Euler", scheduler, TOOL, is_api=True)[1]


def _convert_clip_skip(fields: Fields, settings: Fields, card: ModelCard) -> tuple[dict[str, float], list[str]]:
    """Convert the clip skip of a client's request to a factor: an optional numeric setting of the model.

    Also return the name of the field if the model does not support its value.
    """
    skip = settings.whole("CLIP_stop_at_last_layers") or fields.whole("clip_skip") or 1
    fields.skip("clip_skip")
    if skip <= 1:
        return {}, []
    param = next((param for param in card.accepts.factors if param.name == "clip_skip"), None)
    if param is not None and param.low <= skip <= param.high:
        return {param.name: float(skip)}, []
    return {}, ["clip_skip"]


def _convert_distilled_guidance(fields: Fields, card: ModelCard) -> dict[str, float]:
    """Convert Forge's distilled guidance to a factor if the model's network takes one as an input."""
    param = next((param for param in card.accepts.factors if param.name == GUIDANCE_FACTOR), None)
    value = None if param is None else fields.number("distilled_cfg_scale", param.low, param.high)
    return {} if param is None or value is None else {param.name: float(value)}


def _convert_second_pass(service: Service, fields: Fields, card: ModelCard) -> tuple[dict[str, float], str]:
    """Convert the fields of A1111's second pass to factors, which are optional numeric settings of the model, and the
    name of an upscaler or "".
    """
    params = {param.name: param for param in card.accepts.factors}
    scale = params.get(SECOND_PASS_SCALE.name)
    if scale is None or not fields.flag("enable_hr"):
        _skip_second_pass(fields)
        fields.skip("denoising_strength")
        return {}, ""
    factors = {scale.name: float(fields.number("hr_scale", scale.low, scale.high) or 2.0)}
    strength = params[SECOND_PASS_STRENGTH.name]
    if (value := fields.number("denoising_strength", strength.low, strength.high)) is not None:
        factors[strength.name] = float(value)
    steps = params[SECOND_PASS_STEPS.name]
    if value := fields.whole("hr_second_pass_steps", 0, int(steps.high)):
        factors[steps.name] = float(value)
    name = fields.text("hr_upscaler") or "None"
    if name in _list_networks(service):
        return factors, name if factors[scale.name] > 1 else ""
    # Without a network the pixels are interpolated. A way to interpolate latents has no counterpart.
    if name not in RESAMPLING:
        fields.put_back("hr_upscaler")
    return factors, ""


def _skip_second_pass(fields: Fields) -> None:
    """Count the fields of the second pass as used. If the client requests one, `enable_hr` is ignored."""
    fields.skip(*SECOND_PASS)
    if fields.flag("enable_hr"):
        fields.put_back("enable_hr")


def _store_images(
    service: Service, fields: Fields, card: ModelCard, size: tuple[int, int] | None, tile: int
) -> dict[str, Any]:
    """Store the start image and the mask that a client sent to img2img, and return the settings that refer to them.

    `size` (width, height) is the requested size; without one, the settings contain that of the start image. `tile` is
    the side of the requested tiles, or 0.
    """
    from gdm_studio.engine import image_inputs
    from gdm_studio.engine.inpainting_masks import mask_levels

    listed = fields.texts("init_images")
    if not listed:
        raise BadRequest("init_images must contain an image file in base64.")
    pixels = service.limits.input_pixels
    start = decode_image(listed[0], "init_images", max_pixels=pixels)
    whole = start.shape[1], start.shape[0]
    made = card.made_size(size or whole, tile)
    mode = fields.whole("resize_mode", 0, _LATENT_MODE) or 0
    text = fields.text("mask")
    is_region = bool(text) and (fields.flag("inpaint_full_res") or "inpaint_full_res" not in fields)
    if is_region:
        # The picture keeps its size, and only the area around the mask is resized.
        mode = 0
    elif mode == _LATENT_MODE:
        # The pixels are stretched instead of the latents.
        fields.put_back("resize_mode")
    fitted = whole if is_region else made
    given: dict[str, Any] = {"image": image_inputs.store(_resize(start, fitted, mode)), "size": size or made}
    if text:
        levels, _ = mask_levels(decode_image(text, "mask", max_pixels=pixels))
        if fields.whole("inpainting_mask_invert"):
            levels = 255 - levels
        white = np.asarray(Image.fromarray(levels).convert("RGBA"))
        given["mask"] = image_inputs.store_mask(_resize(white, fitted, mode))
    else:
        fields.skip_default(**WITHOUT_MASK)
    if is_region:
        # Both have A1111's defaults, which differ from ours.
        padding = SETTINGS["inpaint_padding"]
        given["inpaint_area"] = ONLY_MASKED
        given["inpaint_padding"] = fields.whole("inpaint_full_res_padding", 0, int(padding.high)) or 0
        inputs = {name: given[name] for name in ("image", "mask", "inpaint_area", "inpaint_padding")}
        given["size"] = size or image_inputs.size_for(card, Request(**inputs))
    else:
        fields.skip("inpaint_full_res_padding")
    strength = fields.number("denoising_strength", 0, 1)
    given["strength"] = 0.75 if strength is None else float(strength)
    return given


def _control_image_size(card: ModelCard, given: Mapping[str, Any]) -> tuple[int, int]:
    """Return the size (width, height) to which a client's control images are resized: that of the generated image, or
    of the whole start image if only its masked area is generated.
    """
    from gdm_studio.engine import image_inputs

    if given.get("inpaint_area") == ONLY_MASKED:
        return image_inputs.load(given["image"]).size
    return card.made_size(given.get("size") or card.sizes()[0], given.get("tile", 0))


def _resize(rgba: np.ndarray, size: tuple[int, int], mode: int) -> np.ndarray:
    """Resize a client's start image or mask to `size` (width, height) according to A1111's `resize_mode`: 1 crops, 2
    fits the image into the size and repeats its edges, and the others stretch.
    """
    if (rgba.shape[1], rgba.shape[0]) == size:
        return rgba
    picture = Image.fromarray(rgba).convert("RGBa")
    method = Image.Resampling.LANCZOS
    if mode == 1:
        return np.asarray(ImageOps.fit(picture, size, method).convert("RGBA"))
    if mode != 2:
        return np.asarray(picture.resize(size, method).convert("RGBA"))
    fit = min(size[0] / picture.width, size[1] / picture.height)
    inside = max(1, round(picture.width * fit)), max(1, round(picture.height * fit))
    across, down = (((whole - part) // 2, -((part - whole) // 2)) for whole, part in zip(size, inside, strict=True))
    return np.pad(np.asarray(picture.resize(inside, method).convert("RGBA")), (down, across, (0, 0)), mode="edge")


def _format_infotext(image: SavedImage | PartialImage) -> str:
    version = f"GDM Studio {__version__}"
    return a1111_parameters.write_text(image.request, size=image.size, version=version, made_with=image.made_with)
