"""From a request to pictures: the page a newcomer reads first."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

import torch

from gdm_studio.engine import devices
from gdm_studio.engine.decoding import DecodingError, decoded, decoding
from gdm_studio.engine.noise import KeyedNoise
from gdm_studio.errors import DeviceError
from gdm_studio.maths.controls import guided, tempered
from gdm_studio.maths.path import Denoise, Point
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.library import Library
from gdm_studio.models.loaded import LoadedModel, Prompt
from gdm_studio.request import Request
from gdm_studio.run import Advance, Event, Made, Phase, Result

LARGEST_BATCH = 16


def generate(request: Request, library: Library) -> Generator[Event, None, None]:
    """Makes the pictures of `request`: phases, one Advance a denoising step, one Result a picture.

    Every `next()` is one step, so pausing is not calling it and stopping is `close()`. Raises BadRequest,
    ModelError or DeviceError. Where memory runs out, the pictures in hand are begun again in smaller batches,
    and at last on the CPU; noise is keyed, so they come out the same. Decoding has remedies of its own before that.
    """
    request = library.card(request.model).checked(request)
    place = _Place(devices.resolve(request.device), request.batch)
    images = tuple(range(request.count))
    while images:
        batch = images[: place.batch]
        too_many = 0
        try:
            yield from _make(request, batch, library, place.device)
        except (RuntimeError, MemoryError) as error:
            if not devices.is_out_of_memory(error):
                raise
            # what could not be decoded even in tiles will not fit in a smaller batch either
            too_many = 1 if isinstance(error, DecodingError) else len(batch)
        if too_many:
            devices.release(place.device)  # not before the handler's end: until then the traceback holds the tensors
            place, remedy = place.smaller(too_many)
            yield Phase("making room", note=remedy)
        else:
            images = images[len(batch) :]


def reached(request: Request, advance: Advance) -> list[Result]:
    """What the pictures of a stopped run had become: the predictions of the last step made, decoded."""
    began = time.perf_counter()
    pictures = decoded(advance.model, advance.step.denoised).numpy()
    made = _made(advance.model, (advance.spent + time.perf_counter() - began) / len(advance.images))
    size = (pictures.shape[2], pictures.shape[1])
    return [
        Result(image, replace(request.picture(image), size=size), picture, stopped_at=advance.step.index, made=made)
        for image, picture in zip(advance.images, pictures, strict=True)
    ]


def _make(request: Request, images: tuple[int, ...], library: Library, device: torch.device) -> Iterator[Event]:
    dtype = devices.resolve_dtype(request.dtype)
    if not library.is_loaded(request.model, device=device, dtype=dtype):
        yield Phase("loading the model")
    model = library.load(request.model, device=device, dtype=dtype)
    path = model.process.path(request.spacing, request.steps)
    singles = [request.picture(image) for image in images]
    noise = KeyedNoise([single.seed for single in singles])
    x = model.process.prior(noise, torch.empty(len(images), *model.latent_shape(request), device=device), path[0])
    denoise = tempered(_denoiser(model, request, len(images)), request.temperature, model.card.data_scale)

    spent, began = 0.0, time.perf_counter()
    for step in SAMPLERS[request.sampler].fn(denoise, x, path, noise, **request.knobs):
        seconds = time.perf_counter() - began
        spent += seconds
        yield Advance(images, step, path, seconds, model, spent)
        began = time.perf_counter()

    yield Phase("decoding")
    began = time.perf_counter()
    pictures = (yield from decoding(model, step.x)).numpy()
    made = _made(model, (spent + time.perf_counter() - began) / len(images))
    for image, single, picture in zip(images, singles, pictures, strict=True):
        yield Result(image, single, picture, made=made)


def _made(model: LoadedModel, seconds: float) -> Made:
    return Made(devices.describe(str(model.device)), devices.name_of(model.dtype), seconds)


def _denoiser(model: LoadedModel, request: Request, count: int) -> Denoise:
    """The model under the request's prompt; with and without it in one evaluation where guidance compares them."""
    told = Prompt(request.prompt, request.style)
    if request.guidance_scale == 1:
        conditioning = model.encode([told] * count)
        return lambda x, at: model.denoised(x, at, conditioning)

    # the style is kept on both sides, so that guidance strengthens what is drawn and not how
    against = Prompt(request.negative_prompt, request.style)
    conditioning = model.encode([told] * count + [against] * count)

    def pair(x: torch.Tensor, at: Point) -> tuple[torch.Tensor, torch.Tensor]:
        with_prompt, without = model.denoised(torch.cat([x, x]), at, conditioning).chunk(2)
        return with_prompt, without

    return guided(pair, request.guidance_scale)


@dataclass(frozen=True)
class _Place:
    """Where and in how large batches pictures are made."""

    device: torch.device
    wished: int  # 0: as many as suit the device

    @property
    def batch(self) -> int:
        if self.wished or self.device.type != "cpu":
            return self.wished or LARGEST_BATCH
        # with guidance a picture is two rows, so that these keep every core busy; more would only delay the first
        return min(LARGEST_BATCH, max(1, torch.get_num_threads() // 2))

    def smaller(self, failed: int) -> tuple[_Place, str]:
        """The next place to try after a batch of `failed` pictures did not fit, and what to tell people."""
        if failed > 1:
            half = failed // 2
            return replace(self, wished=half), f"Out of memory: going on with {half} at a time."
        if self.device.type != "cpu":
            return _Place(torch.device("cpu"), 0), "Out of memory on the device: going on on the CPU."
        raise DeviceError("There is not enough memory for even one picture; close other programs and try again.")
