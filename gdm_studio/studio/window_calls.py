"""Functions of the engine that the window calls. All of them take and return plain data."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio import preferences
from gdm_studio.common import remote_device
from gdm_studio.request.generation_events import Event, Phase, StepEvent
from gdm_studio.request.generation_request import Request

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.doctor import Finding
    from gdm_studio.engine.attention_maps import Attention
    from gdm_studio.engine.reproduction_verdict import Verdict
    from gdm_studio.jobs.engine_service import EngineService
    from gdm_studio.learning.handout.image_handout import ImageRun
    from gdm_studio.models.memory.estimate_values import CostEstimate
    from gdm_studio.models.model_library import Library


def find_devices(service: EngineService) -> list[str]:
    """Return the names of all devices that can generate images: the preferred local device, other local devices, then
    other computers.
    """
    from gdm_studio.models.memory import devices

    settings = preferences.load()
    cluster = [remote_device.CLUSTER] if settings.cluster else []
    return [*devices.available(), *remote_device.names_in(settings.remote_devices), *cluster]


def describe(service: EngineService, device: str) -> str:
    """Return a description of a device, such as the name of the GPU, and apply the number of CPU threads from the
    preferences. Raises DeviceError.
    """
    from gdm_studio.models.memory import devices

    devices.use_threads(preferences.load().threads)
    return devices.describe(device)


def check_devices(service: EngineService) -> list[Finding]:
    """Return the findings of the system check about devices."""
    from gdm_studio import doctor

    return list(doctor.list_devices())


def read_drawings(service: EngineService, request: Request, names: Sequence[str]) -> dict[str, np.ndarray]:
    """Read the training images of a model that have these names, and return their pixels keyed by name. Raises
    ModelError or DeviceError.
    """
    from gdm_studio.engine.training_image_thumbnails import read_drawings

    return read_drawings(request, service.library, names)


def load_model(service: EngineService, request: Request) -> None:
    """Load the model of a request, and run one step of each of its stages (such as base model and refiner), so that the
    first generation starts without delay.

    Does nothing for a request to other computers. Raises ModelError or DeviceError.
    """
    from gdm_studio.engine.generation_loop import generate
    from gdm_studio.models.memory import devices

    if all(map(remote_device.is_remote, devices.device_names(request.device))):
        return
    plain = replace(request, count=1, factors={}, image="", mask="", branch=None)
    if plain.tile:
        plain = replace(plain, tile=0, size=None)
    shortest = replace(plain, steps=len(service.library.card(request.model).for_request(plain).stages))
    for _ in generate(shortest, service.library, is_warm_up=True):
        pass


def refresh_library(service: EngineService) -> None:
    """Scan the models folders again, and read the options that the user has chosen for models."""
    service.library.refresh()


def release_models(service: EngineService) -> None:
    """Release the models that no run is using, so that another process can use the memory of their devices."""
    from gdm_studio.models.memory import devices

    for device in service.library.release_models():
        devices.release(device)


def estimate(service: EngineService, model: str) -> CostEstimate | None:
    """Estimate the memory and the time that a model needs for one image. Raises ModelError and DeviceError."""
    from gdm_studio.models.families import estimate_cost

    return estimate_cost(service.library.card(model))


def estimate_run(service: EngineService, request: Request) -> CostEstimate | None:
    """Estimate the memory and the time of a run. Returns None for small models, and if the device has no memory left to
    measure its speed. Raises BadRequest, ModelError and DeviceError.
    """
    from gdm_studio.models.families import estimate_cost, family_of
    from gdm_studio.models.memory import devices
    from gdm_studio.models.model_library import card_for_request, load_arguments

    card = card_for_request(service.library, request)
    family = family_of(card)
    if family is None or family.image_cost is None:
        return None
    device, dtype = devices.device_and_dtype(request, card)
    is_loaded = service.library.is_loaded(request.model, device=device, dtype=dtype, **load_arguments(request))
    try:
        return estimate_cost(card, request.device, request, is_loaded=is_loaded)
    except (RuntimeError, MemoryError) as error:
        if not devices.is_out_of_memory(error):
            raise
        return None


def estimate_downloads(service: EngineService) -> dict[str, float]:
    """Estimate the seconds of an image with each model that can be downloaded, by the model's name. Raises
    DeviceError.
    """
    from gdm_studio.downloads.catalogue import estimate_times

    return estimate_times()


def read_attention(service: EngineService, source: Path | bytes) -> Attention | None:
    """Read the attention maps stored with saved denoising steps, or return None if there are none.

    Raises StorageError.
    """
    from gdm_studio.engine.attention_recording import read

    return read(source)


def select_word(service: EngineService, image: str, word: str, request: Request, made_by: Request | None) -> np.ndarray:
    """Return a mask of the area that a word describes in a stored image, with a small margin, uint8 (H, W) of 0 and
    255.

    `made_by` is the request that generated the image, if it is known; otherwise the model of `request` finds the word.
    Raises BadRequest, ModelError and DeviceError.
    """
    import numpy as np

    from gdm_studio.engine import image_inputs
    from gdm_studio.jobs.mask_from_word import select_for_redrawing

    return select_for_redrawing(np.asarray(image_inputs.load(image)), word, service.library, request, made_by=made_by)


def find_areas(service: EngineService, image: str, word: str, request: Request, made_by: Request | None) -> list[str]:
    """Find the areas that a word describes in a stored image. See `jobs.detail_redrawing.find_areas`."""
    from gdm_studio.jobs.detail_redrawing import find_areas

    return find_areas(image, word, service.library, request, made_by=made_by)


def preview_noised(service: EngineService, request: Request, name: str, share: float) -> np.ndarray:
    """Add noise to the latents of a stored image, and return the decoded result.

    `share` is the position on the noise schedule, from 0 (no noise) to 1.
    """
    from gdm_studio.engine.inversion import preview_noised
    from gdm_studio.models.memory import devices
    from gdm_studio.models.model_library import load_for_request

    device, dtype = devices.device_and_dtype(request, service.library.card(request.model))
    model = load_for_request(service.library, request, device=device, dtype=dtype)
    return preview_noised(model, name, share, seed=request.seed)


def invert(request: Request, library: Library) -> Generator[Event, None, None]:
    """Run an inversion, which finds the noise of an image, and yield its events. It serves as the source of a job."""
    from gdm_studio.engine.inversion import invert

    yield from invert(request, library)


def upscale(
    service: EngineService, name: str, file: Path | None, rgba: np.ndarray
) -> Iterator[tuple[float, np.ndarray | None]]:
    """Upscale an image tile by tile. Yields the finished fraction and the upscaled image, which is None until the last
    tile is done.
    """
    from gdm_studio.engine.upscale import Upscaler, advance

    upscaler = service.latest_upscaler(name, lambda: Upscaler(file))
    work = upscaler.larger(rgba)
    image = None
    while image is None:
        share, image = advance(work)
        yield share, image


def upscale_to(
    service: EngineService, name: str, file: Path | None, rgba: np.ndarray, size: tuple[int, int]
) -> Iterator[tuple[float, np.ndarray | None]]:
    """Upscale an image to a size (width, height), as `upscale` does."""
    from gdm_studio.engine.upscale import Upscaler, advance

    upscaler = service.latest_upscaler(name, lambda: Upscaler(file))
    work = upscaler.steps_to(size, rgba)
    image = None
    while image is None:
        share, image = advance(work)
        yield share, image


@dataclass(frozen=True)
class CheckProgress:
    """Progress of a reproduction check: the title of a phase, or the number of a step.

    `step` is 0 in a phase, and while the images are compared.
    """

    phase: str = ""
    step: int = 0
    steps: int = 0


def check_reproduction(
    service: EngineService,
    rgba: np.ndarray,
    request: Request,
    stopped_at: int,
    made_with: Mapping[str, str],
    jpeg: bool,
    edited: bool,
) -> Iterator[CheckProgress | Verdict]:
    """Generate a saved image again and compare it with the original. Yields the progress, and the verdict at the end.

    See `engine.reproduction.check_reproduction`.
    """
    from gdm_studio.engine.reproduction import check_reproduction

    check = check_reproduction(
        rgba, request, service.library, stopped_at=stopped_at, made_with=made_with, jpeg=jpeg, edited=edited
    )
    while True:
        try:
            event = next(check)
        except StopIteration as end:
            yield end.value
            return
        if isinstance(event, Phase):
            yield CheckProgress(phase=event.title)
        elif isinstance(event, StepEvent):
            yield CheckProgress(step=event.index, steps=event.of)
        else:
            yield CheckProgress()


def with_recorded_steps(service: EngineService, run: ImageRun, file: Path, side: int) -> Iterator[ImageRun]:
    """Decode the recorded steps of an image for a handout. See `learning.handout.image_handout`."""
    from gdm_studio.learning.handout.image_handout import with_recorded_steps

    return with_recorded_steps(run, file, service.library, side=side)
