"""Does it reproduce? A picture made again from what its file says, and compared."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np

from gdm_studio import __version__
from gdm_studio.engine import devices
from gdm_studio.engine.generate import generate
from gdm_studio.engine.results import reached
from gdm_studio.errors import BadRequest
from gdm_studio.models.library import Library, as_made
from gdm_studio.request import DTYPES, Request, computed_in
from gdm_studio.run import Advance, Event, Result

EXACTLY, NEARLY, NO = "exactly", "nearly", "no"
NEAR = 16  # of 255: what differs by no more in any pixel is nearly the same picture


@dataclass(frozen=True)
class Verdict:
    """How a picture made again compares; differences are of colours as they are seen on black."""

    answer: str  # EXACTLY, NEARLY or NO
    largest: int  # difference of any channel of any pixel, of 255
    share: float  # of the pixels that differ at all
    reasons: tuple[str, ...]  # sentences: what is otherwise here than where it was made; empty where exactly
    again: Result

    def __str__(self) -> str:
        if self.answer == EXACTLY:
            return "It reproduces exactly."
        if self.answer == NEARLY:
            return f"It reproduces nearly: no pixel differs by more than {self.largest} of 255."
        return f"It does not reproduce: pixels differ by up to {self.largest} of 255."


def reproducing(
    rgba: np.ndarray,
    request: Request,
    library: Library,
    *,
    stopped_at: int = 0,
    made_with: Mapping[str, str],
    unread: Sequence[str] = (),
    jpeg: bool = False,
) -> Generator[Event, None, Verdict]:
    """Makes the picture of `request` again; the events of `generate`, and the verdict as the return value.

    `rgba` is the picture, uint8 (height, width, 3 or 4); `made_with` what its file says of where it was made ("torch",
    "device", "dtype", "model_hash", "version", …); `unread` names settings in it that could not be read; a `jpeg` has
    white where the picture is clear. Raises as `generate`, where it cannot be made here at all.
    """
    wanted = _as_it_was_made(as_made(library, request, made_with), made_with)
    events = made_again(wanted, library, stopped_at=stopped_at)
    again = yield from _with_threads(made_with.get("device", ""), events)
    made = _on_white(again.rgba) if jpeg else again.rgba
    if made.shape[:2] != rgba.shape[:2]:
        height, width = rgba.shape[:2]
        reason = f"The file is {width}x{height} pixels, but its settings are those of another size: it was changed."
        return Verdict(NO, 255, 1.0, (reason,), again)
    apart = np.abs(_as_seen(made) - _as_seen(rgba)).max(axis=-1)
    largest = int(np.ceil(apart.max()))
    if largest == 0:
        return Verdict(EXACTLY, 0, 0.0, (), again)
    here = {"version": f"GDM Studio {__version__}", "torch": version("torch")} | (
        again.made.note() if again.made else {}
    )
    reasons = [sentence.format(", ".join(unread)) for sentence in (_UNREAD,) if unread] + [_JPEG] * jpeg
    reasons += [
        sentence.format(made_with[name], here[name])
        for name, sentence in _OTHERWISE.items()
        if made_with.get(name) and here.get(name) and made_with[name] != here[name]
    ]
    reasons += _files_otherwise(made_with, here)
    answer = NEARLY if largest <= NEAR else NO
    return Verdict(answer, largest, float((apart > 0).mean()), tuple(reasons or [_UNKNOWN]), again)


def _files_otherwise(made_with: Mapping[str, str], here: Mapping[str, str]) -> list[str]:
    """What is to be said of the LoRAs and embeddings that its file names, and of those that its prompts name here."""
    then, now = (
        {file: digits for file, digits in each.items() if file.startswith(("LoRA ", "embedding "))}
        for each in (made_with, here)
    )
    found = [
        f"Its {file} had the hash {digits}; {f'the one here has {now[file]}' if file in now else 'it is not here'}."
        for file, digits in then.items()
        if now.get(file) != digits
    ]
    # a file that names none may be of a time when none were named
    return found + [f"The {file} is used here, and was not there then." for file in now if then and file not in then]


_UNREAD = "This version cannot read some of its settings: {}."
_JPEG = "Its file is a JPEG, which keeps no exact pixels."
_UNKNOWN = "Nothing is known to be otherwise here; the file's pixels or its settings may have been changed since."
_OTHERWISE = {
    "version": "It was made by {}; this is {}.",
    "torch": "It was made with torch {}; here is {}.",
    "device": "It was made on {}; here it was made on {}.",
    "dtype": "It was made in {}; here in {}.",
    "model_hash": "Its model had the weights {}; those here are {}.",
    "prediction": "Its model was taken to predict {}; here it is taken to predict {}.",
    "vae_hash": "Its VAE had the weights {}; those here are {}.",
    "refiner_hash": "Its refiner had the weights {}; those here are {}.",
}


def made_again(
    request: Request, library: Library, *, stopped_at: int = 0, steps_budget: int = 0
) -> Generator[Event, None, Result]:
    """The events of `generate`; the return value is the one picture, as it stood after step `stopped_at` if not 0."""
    with closing(generate(request, library, steps_budget=steps_budget)) as events:
        for event in events:
            yield event
            if isinstance(event, Result):
                return event
            if isinstance(event, Advance) and event.step.index == stopped_at:
                return reached(request, event)[0]
    raise BadRequest("Its file names no picture that could be made.")


def _with_threads(described: str, events: Generator[Event, None, Result]) -> Generator[Event, None, Result]:
    """The events, each made with as many threads as that device had: between them others may have their own."""
    with closing(events):
        while True:
            with devices.threads_as(described):
                try:
                    event = next(events)
                except StopIteration as end:
                    again: Result = end.value
                    return again
            yield event


def _as_it_was_made(request: Request, made_with: Mapping[str, str]) -> Request:
    """On the kind of device and in the number type that made it, as far as they are here."""
    device = "cpu" if made_with.get("device", "").startswith("CPU") else str(devices.nearest(request.device))
    dtype = made_with.get("dtype", request.dtype)
    dtype = computed_in(dtype if dtype in DTYPES else request.dtype, device)
    return replace(request.picture(0), device=device, dtype=dtype)


def _on_white(rgba: np.ndarray) -> np.ndarray:
    alpha = rgba[..., 3:] / 255 if rgba.shape[-1] == 4 else 1.0
    return np.asarray((alpha * rgba[..., :3] + (1 - alpha) * 255).round(), dtype=np.uint8)


def _as_seen(rgba: np.ndarray) -> np.ndarray:
    """Colours times alpha, and alpha, in 0 … 255: a colour nobody can see makes no difference."""
    levels = rgba.astype(np.float64)
    if levels.shape[-1] == 3:
        return np.concatenate([levels, np.full_like(levels[..., :1], 255)], axis=-1)
    levels[..., :3] *= levels[..., 3:] / 255
    return levels
