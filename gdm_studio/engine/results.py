"""From the data of the last step to pictures: looked over, decoded, with what made them."""

from __future__ import annotations

import time
from collections.abc import Generator
from itertools import chain

import torch

from gdm_studio.engine import devices
from gdm_studio.engine.course import Course
from gdm_studio.engine.decoding import decoded, decoding
from gdm_studio.engine.sources import source_of
from gdm_studio.errors import NotFinite
from gdm_studio.models.fingerprint import fingerprint, for_others, of_parts, of_texts
from gdm_studio.models.loaded import LoadedModel, stage_of
from gdm_studio.models.precision import name_of
from gdm_studio.models.weights import check_files
from gdm_studio.request import Request
from gdm_studio.run import Advance, Made, Phase, Result


def results(course: Course, x: torch.Tensor, spent: float) -> Generator[Phase | Result, None, None]:
    """The pictures of a course whose last step left x (N, …), after so many seconds for all of its steps.

    Raises ModelError or NotFinite where x, or what it is decoded to, is no numbers.
    """
    model, request, images = course.model, course.request, course.images
    if not bool(torch.isfinite(x).all()):
        raise _lost(model)
    yield Phase("decoding")
    began = time.perf_counter()
    try:
        pictures = (yield from decoding(model.stages[-1], x)).numpy()
    except NotFinite as error:
        raise _lost(model) from error
    made = _made(model, request, (spent + time.perf_counter() - began) / len(images))
    for image, picture in zip(images, pictures, strict=True):
        finished = course.source.finished(picture) if course.source else picture
        yield Result(image, request.picture(image), finished, made=made)


def reached(request: Request, advance: Advance) -> list[Result]:
    """What the pictures of a stopped run had become: the predictions of the last step made, decoded."""
    began = time.perf_counter()
    model: LoadedModel = advance.model
    request = model.card.checked(request)  # with the size of the picture that it leaves, as a finished one has
    pictures = decoded(stage_of(model, advance.step), advance.step.denoised).numpy()
    source = source_of(model.card, request)
    made = _made(model, request, (advance.spent + time.perf_counter() - began) / len(advance.images))
    return [
        Result(
            image,
            request.picture(image),
            source.finished(picture) if source else picture,
            stopped_at=advance.step.index,
            made=made,
            steps=advance.record.to_bytes(row, last=advance.step) if advance.record else b"",
        )
        for row, (image, picture) in enumerate(zip(advance.images, pictures, strict=True))
    ]


def _lost(model: LoadedModel) -> NotFinite:
    """With what helps against it; raises ModelError where it is the weights that are no numbers."""
    check_files(chain(model.card.weights, *model.card.weights_beside().values()))
    remedy = "fp32" if model.dtype != torch.float32 else "cpu" if model.device.type != "cpu" else "calm"
    way_out = {
        "fp32": "make it again in full precision",
        "cpu": "make it again on the CPU",
        "calm": "try more steps, another scheduler or less guidance",
    }[remedy]
    return NotFinite(f"The picture ended in numbers beyond all bounds; {way_out}.", remedy=remedy)


def _made(model: LoadedModel, request: Request, seconds: float) -> Made:
    device, dtype = devices.describe(str(model.device)), name_of(model.dtype)
    weights, parts = fingerprint(model.card), of_parts(model.card) | of_texts(model.card, request)
    return Made(device, dtype, seconds, model_hash=weights, parts=parts | for_others(model.card))
