"""Animations of an image's steps, or of an interpolation between two requests, as GIF, WebP or MP4 files."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace

import numpy as np
from PIL import Image

from gdm_studio.common.errors import BadRequest
from gdm_studio.denoising_steps.saved_step import to_device
from gdm_studio.engine.decoding import decode_latents
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.previews import noisy_and_noise
from gdm_studio.engine.step_history import Trajectory
from gdm_studio.models.loaded_model import stage_of
from gdm_studio.models.memory import devices
from gdm_studio.models.model_library import Library, load_for_request
from gdm_studio.models.tiled_model import reduce_for_preview
from gdm_studio.request.generation_events import Event, Result, View
from gdm_studio.request.generation_request import Interpolation, Request
from gdm_studio.request.view_modes import view_of

# The maximum number of images in an interpolation.
MAX_FRAMES = 1000


def frames_of(
    trajectory: Trajectory, library: Library, view_mode: str = "predicted", *, picture: np.ndarray | None = None
) -> Iterator[np.ndarray]:
    """Yield one animation frame per denoising step of an image, RGBA uint8 (height, width, 4), in
    `view_mode`. In the mode "predicted", the last frame is the finished image `picture`. Raises ModelError.
    """
    views: list[View] = []
    for view in views_of(trajectory, library):
        views = [*views[-1:], view]
        at_the_end = view.index == len(trajectory.indices) and view_mode == "predicted"
        if at_the_end and picture is not None and picture.shape[:2] == view.predicted.shape[:2]:
            yield picture
        else:
            yield view_of(views, view_mode)


def views_of(trajectory: Trajectory, library: Library) -> Iterator[View]:
    """Decode every denoising step of a saved image and yield its preview images. A step that is not stored is
    recomputed, which may change its rounding.
    """
    trajectory = trajectory.with_exact_weights(library)
    request = trajectory.request
    device, dtype = devices.nearest_device_and_dtype(request, library.card(request.model))
    model = load_for_request(library, request, device=device, dtype=dtype)
    first = trajectory.first
    of = len(trajectory.path) - 1
    for index in trajectory.indices:
        step = to_device(trajectory.step(index, library, exact=False), model.device)
        stage = stage_of(model, step)
        noisy, noise = (stage.preview(each).numpy()[0] for each in noisy_and_noise(step))
        decoded = decode_latents(stage, reduce_for_preview(stage, step.denoised))
        predicted = np.asarray(Image.fromarray(decoded.numpy()[0]).convert("RGBA"))
        yield View(
            image=0,
            index=index - first,
            of=of - first,
            at=step.at,
            ms=0.0,
            predicted=predicted,
            noisy=noisy,
            noise=noise,
            decoded=True,
        )


def interpolate(start: Request, end: Interpolation, count: int) -> list[Request]:
    """Return the requests for the frames of an interpolation: `count` single images, evenly spaced from `start` to
    `end` inclusive. If `start` is itself an interpolated image, it becomes the first frame. Raises BadRequest unless
    count is 2 to MAX_FRAMES.
    """
    if not isinstance(count, int) or not 2 <= count <= MAX_FRAMES:
        raise BadRequest(f"An interpolation has from 2 to {MAX_FRAMES} pictures, not {count!r}.")
    first = start.picture(0)
    return [first.with_target(replace(end, amount=end.amount * place / (count - 1))) for place in range(count)]


def generate_frames(requests: list[Request], library: Library) -> Generator[Event, None, list[np.ndarray]]:
    """Generate the image of each request as a frame of an animation, and yield the events of the runs.

    The generator returns the images in order. Raises the errors of `generate`.
    """
    pictures = []
    for request in requests:
        for event in generate(request, library, steps_budget=0):
            yield event
            if isinstance(event, Result):
                pictures.append(event.rgba)
    return pictures
