"""Reproduction check, which generates an image again from the settings in its file and compares the result with the
original.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from importlib.metadata import version

import numpy as np

from gdm_studio import __version__
from gdm_studio.common.errors import BadRequest
from gdm_studio.engine.decoding import decode_partial_results
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.reproduction_verdict import EXACTLY, NEARLY, NO, Verdict
from gdm_studio.models.memory import devices
from gdm_studio.models.model_card import CONTROL_PART
from gdm_studio.models.model_library import Library, with_recorded_weights
from gdm_studio.models.required_parts import UNCONDITIONAL
from gdm_studio.request.generation_events import Event, Result, StepEvent
from gdm_studio.request.generation_request import DTYPES, Request, effective_dtype

# Two images are nearly equal if no channel of any pixel differs by more than this, out of 255.
NEAR = 16


def check_reproduction(
    rgba: np.ndarray,
    request: Request,
    library: Library,
    *,
    stopped_at: int = 0,
    made_with: Mapping[str, str],
    unread: Sequence[str] = (),
    jpeg: bool = False,
    edited: bool = False,
) -> Generator[Event, None, Verdict]:
    """Generate a saved image again from its request and compare the result with the original. The generator yields the
    events of the run and returns the verdict.

    It yields the events of `generate`. `rgba` is the original, uint8 (height, width, 3 or 4). `made_with` is the
    metadata of its file ("torch", "device", "dtype", "model_hash", "version", …), and `unread` lists the settings in
    the file that could not be read. Set `jpeg` if the original was composited on white, and `edited` if another tool
    changed the file. Raises the errors of `generate`.
    """
    wanted = _use_original_device(with_recorded_weights(library, request, made_with), made_with)
    events = regenerate(wanted, library, stopped_at=stopped_at)
    again = yield from _run_with_threads(made_with.get("device", ""), events)
    made = _composite_on_white(again.rgba) if jpeg else again.rgba
    if made.shape[:2] != rgba.shape[:2]:
        height, width = rgba.shape[:2]
        reason = f"The file is {width}x{height} pixels, but its settings give another size: it was changed."
        return Verdict(NO, 255, 1.0, (reason,), again, is_same_size=False)
    apart = np.abs(_premultiply(made) - _premultiply(rgba)).max(axis=-1)
    largest = int(np.ceil(apart.max()))
    if largest == 0:
        return Verdict(EXACTLY, 0, 0.0, (), again)
    here = {"version": f"GDM Studio {__version__}", "torch": version("torch")}
    here |= again.made.note() if again.made else {}
    reasons = [sentence.format(", ".join(unread)) for sentence in (_UNREAD_SETTINGS,) if unread] + [_JPEG] * jpeg
    reasons += [_EDITED] * edited
    reasons += [
        sentence.format(_describe_weights(made_with, name), _describe_weights(here, name))
        for name, sentence in _DIFFERENCES.items()
        if made_with.get(name) and here.get(name) and made_with[name] != here[name]
    ]
    reasons += _describe_own_parts(made_with, here)
    reasons += _describe_changed_files(made_with, here)
    answer = NEARLY if largest <= NEAR else NO
    return Verdict(answer, largest, float((apart > 0).mean()), tuple(reasons or [_UNKNOWN]), again)


def _describe_weights(facts: Mapping[str, str], name: str) -> str:
    """Return a hash or other fact for a sentence, with the name of the file if it is recorded."""
    file = facts.get(f"{name.removesuffix('_hash')}_file") if name.endswith("_hash") else None
    return f"{facts[name]} ({file})" if file else facts[name]


def _describe_own_parts(made_with: Mapping[str, str], here: Mapping[str, str]) -> list[str]:
    """Return a sentence for the user about each part that came from another file originally, and is now the model's
    own.
    """
    return [
        f"Its {part.replace('_', ' ')} came from {made_with[f'{part}_file']}; here the model's own is used."
        for part in _BORROWED_PARTS
        if f"{part}_file" in made_with and f"{part}_hash" not in here
    ]


def _describe_changed_files(made_with: Mapping[str, str], here: Mapping[str, str]) -> list[str]:
    """Return a sentence for the user about each LoRA, embedding or control model that differs from the one that
    generated the original.
    """
    then, now = (
        {file: digits for file, digits in each.items() if file.startswith(("LoRA ", "embedding ", CONTROL_PART))}
        for each in (made_with, here)
    )
    found = [
        f"Its {file} had the hash {digits}; {f'the one here has {now[file]}' if file in now else 'it is not here'}."
        for file, digits in then.items()
        if now.get(file) != digits
    ]
    # A file that names no LoRA or embedding may come from a version that did not record them.
    return found + [f"The {file} is used here, and was not there then." for file in now if then and file not in then]


# Parts that a model may take from other files.
_BORROWED_PARTS = ("text_encoder", "text_encoder_2", "text_encoder_3", "image_encoder", UNCONDITIONAL)
_UNREAD_SETTINGS = "This version cannot read some of its settings: {}."
_EDITED = "It was edited in another program after it was generated."
_JPEG = "Its file is a JPEG, which keeps no exact pixels."
_UNKNOWN = "No difference is known; the file's pixels or its settings may have been changed."
_DIFFERENCES = {
    "version": "It was made by {}; this is {}.",
    "torch": "It was made with torch {}; here is {}.",
    "device": "It was made on {}; here it was made on {}.",
    "dtype": "It was made in {}; here in {}.",
    "model_hash": "Its model had the weights {}; those here are {}.",
    "prediction": "Its model was assumed to predict {}; here it is assumed to predict {}.",
    "vae_hash": "Its VAE had the weights {}; those here are {}.",
    "refiner_hash": "Its refiner had the weights {}; those here are {}.",
    "upscaler_hash": "Its upscaler had the weights {}; those here are {}.",
    "text_encoder_hash": "Its text encoder had the weights {}; those here are {}.",
    "text_encoder_2_hash": "Its second text encoder had the weights {}; those here are {}.",
    "text_encoder_3_hash": "Its third text encoder had the weights {}; those here are {}.",
    f"{UNCONDITIONAL}_hash": "Its unconditional transformer had the weights {}; those here are {}.",
    **dict.fromkeys(
        ("image_encoder_hash", "image_encoder_1280_hash", "image_encoder_1664_hash"),
        "Its image encoder had the weights {}; those here are {}.",
    ),
}


def regenerate(
    request: Request, library: Library, *, stopped_at: int = 0, steps_budget: int = 0
) -> Generator[Event, None, Result]:
    """Generate the image of a request again to reproduce it, and yield the events.

    The generator returns the image. If `stopped_at` is not 0, it returns the image after that step. Raises BadRequest
    if the request has no image.
    """
    with closing(generate(request, library, steps_budget=steps_budget)) as events:
        for event in events:
            yield event
            if isinstance(event, Result):
                return event
            if isinstance(event, StepEvent) and event.step.index == stopped_at:
                return decode_partial_results(request, event)[0]
    raise BadRequest("The file contains no picture that could be made.")


def _run_with_threads(described: str, events: Generator[Event, None, Result]) -> Generator[Event, None, Result]:
    """Yield the events of a run that is computed with the original number of CPU threads. `described` contains this
    number, as in "CPU · 2 threads".

    The previous thread count is restored after each event.
    """
    with closing(events):
        while True:
            with devices.threads_of(described):
                try:
                    event = next(events)
                except StopIteration as end:
                    again: Result = end.value
                    return again
            yield event


def _use_original_device(request: Request, made_with: Mapping[str, str]) -> Request:
    """Return the request for a single image with the device type and the number type of the original run, as far as
    this computer supports them.
    """
    device = "cpu" if made_with.get("device", "").startswith("CPU") else str(devices.nearest(request.device))
    dtype = made_with.get("dtype", request.dtype)
    dtype = effective_dtype(dtype if dtype in DTYPES else request.dtype, device)
    return replace(request.picture(0), device=device, dtype=dtype)


def _composite_on_white(rgba: np.ndarray) -> np.ndarray:
    alpha = rgba[..., 3:] / 255 if rgba.shape[-1] == 4 else 1.0
    return np.asarray((alpha * rgba[..., :3] + (1 - alpha) * 255).round(), dtype=np.uint8)


def _premultiply(rgba: np.ndarray) -> np.ndarray:
    """Multiply the colours of an image by its alpha, as floats in 0 … 255, so that a comparison ignores the colour of
    transparent pixels.
    """
    levels = rgba.astype(np.float64)
    if levels.shape[-1] == 3:
        return np.concatenate([levels, np.full_like(levels[..., :1], 255)], axis=-1)
    levels[..., :3] *= levels[..., 3:] / 255
    return levels
