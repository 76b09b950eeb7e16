"""From a request to pictures: the page a newcomer reads first."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

import torch

from gdm_studio import preferences
from gdm_studio.engine import devices, starts
from gdm_studio.engine.decoding import DecodingError, decoded, decoding
from gdm_studio.engine.denoising import denoising, noise_of, path_of
from gdm_studio.engine.invert import inverting
from gdm_studio.engine.recording import Recorder
from gdm_studio.engine.starts import Source, Start
from gdm_studio.errors import BadRequest, DeviceError, NotFinite
from gdm_studio.maths.path import Step
from gdm_studio.models.fingerprint import fingerprint
from gdm_studio.models.library import Library
from gdm_studio.models.loaded import LoadedModel
from gdm_studio.models.process import start_of
from gdm_studio.request import Request
from gdm_studio.run import Advance, Event, Made, Phase, Result

LARGEST_BATCH = 16


def generate(
    request: Request,
    library: Library,
    *,
    resume: Step | None = None,
    images: Sequence[int] | None = None,
    made: Sequence[Advance] = (),
    steps_budget: int | None = None,
) -> Generator[Event, None, None]:
    """Makes the pictures of `request`, or those named: phases, one Advance a denoising step, one Result a picture.

    Every `next()` is one step, so pausing is not calling it and stopping is `close()`. Raises BadRequest,
    ModelError or DeviceError. Where memory runs out, the pictures in hand are begun again in smaller batches,
    and at last on the CPU; noise is keyed, so they come out the same. Decoding has remedies of its own before that.

    With `resume`, a step of these pictures (a row each, or one for all) or the one they branch from, only the steps
    after it are made, to the same bits. Without, a branch goes its parent's way again up to where it leaves it.
    `made` are steps that a run which ended early made after that: they come again as they were, and the rest follows.

    Every Result carries its trajectory, of at most `steps_budget` bytes, else of what the settings say; 0 keeps none.
    """
    budget = preferences.load().steps_budget if steps_budget is None else steps_budget
    request = library.card(request.model).checked(request)
    place = _Place(devices.resolve(request.device), request.batch)
    images = tuple(range(request.count)) if images is None else tuple(images)
    if resume is not None and len(resume.x) not in (1, len(images)):
        raise BadRequest(f"The step holds {len(resume.x)} pictures, not {len(images)}; ask for as many.")
    row_of = {image: row for row, image in enumerate(images)}
    while images:
        batch = images[: place.batch]
        too_many = 0
        try:
            rows = [row_of[image] for image in batch]
            there = resume and starts.rows_of(resume, rows)
            before = [replace(each, step=starts.rows_of(each.step, rows)) for each in made]
            yield from _make(
                request, batch, library, place.device, resume=there, before=before, steps_budget=budget
            )
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
    source = starts.source_of(advance.model, request)
    made = _made(advance.model, (advance.spent + time.perf_counter() - began) / len(advance.images))
    request = advance.model.card.checked(request)  # with the size of the picture that it leaves, as a finished one has
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


def _make(
    request: Request,
    images: tuple[int, ...],
    library: Library,
    device: torch.device,
    *,
    resume: Step | None,
    before: Sequence[Advance],
    steps_budget: int,
) -> Iterator[Event]:
    dtype = devices.resolve_dtype(request.dtype)
    if not library.is_loaded(request.model, device=device, dtype=dtype):
        yield Phase("loading the model")
    model = library.load(request.model, device=device, dtype=dtype)
    source = starts.source_of(model, request)
    start = yield from _start(model, request, images, source, resume)

    record = Recorder(model, request, images, start, budget=steps_budget)
    spent, there = 0.0, start
    for advance in before:
        there = starts.at_step(advance.step, start.path, like=start.x)
        step = replace(advance.step, x=there.x, denoised=advance.step.denoised.to(model.device), carry=there.carry)
        record.add(step)
        spent += advance.seconds
        yield Advance(images, step, start.path, advance.seconds, model, spent, first=start.index, record=record)
    x, began = there.x, time.perf_counter()
    for step in denoising(model, request, images, source, there):
        record.add(step)
        seconds = time.perf_counter() - began
        x, spent = step.x, spent + seconds
        yield Advance(images, step, start.path, seconds, model, spent, first=start.index, record=record)
        began = time.perf_counter()

    _check_finite(x, model)
    yield Phase("decoding")
    began = time.perf_counter()
    pictures = (yield from decoding(model, x)).numpy()
    made = _made(model, (spent + time.perf_counter() - began) / len(images))
    for row, (image, picture) in enumerate(zip(images, pictures, strict=True)):
        finished = source.finished(picture) if source else picture
        yield Result(image, request.picture(image), finished, made=made, steps=record.to_bytes(row))


def _start(
    model: LoadedModel, request: Request, images: tuple[int, ...], source: Source | None, resume: Step | None
) -> Generator[Phase, None, Start]:
    """Where these pictures begin."""
    like = torch.empty(len(images), *model.latent_shape(request), device=model.device)
    path, branch = path_of(model, request), request.branch
    if resume is not None:
        starts.check_step(resume, request, path, like=like)
        there = Start(resume.x, path, resume.index, resume.carry)
        return there.taken_up(like, keeps_history=starts.keeps_history(request, resume.index))
    if branch is not None:
        parents = images if branch.parent.count > 1 else (0,)
        there = yield from _start(model, branch.parent, parents, source, None)
        if branch.step < there.index:
            raise BadRequest(f"The picture to branch from begins at step {there.index}; branch from there or later.")
        steps = denoising(model, branch.parent, parents, source, there)
        while there.index < branch.step:
            yield Phase(f"going back to step {branch.step}")
            step = next(steps)
            there = Start(step.x, path, step.index, step.carry)
        return there.taken_up(like, keeps_history=starts.keeps_history(request, branch.step))
    if source is None:
        return starts.from_noise(model, path, noise_of(request, images), like=like)
    index = start_of(model.process, path, request.strength)
    if not request.inverted:
        return starts.from_picture(model, source, path, noise_of(request, images), index=index, like=like)
    x = source.latents
    for step in inverting(model, request, source, path[index:]):
        x = step.x
        yield Phase("finding its noise")
    return Start(x.expand_as(like), path, index)


def _check_finite(x: torch.Tensor, model: LoadedModel) -> None:
    """Raises NotFinite, with what helps against it."""
    if not bool(torch.isfinite(x).all()):
        remedy = "fp32" if model.dtype != torch.float32 else "cpu" if model.device.type != "cpu" else "calm"
        way_out = {
            "fp32": "make it again in full precision",
            "cpu": "make it again on the CPU",
            "calm": "try more steps, another scheduler or less guidance",
        }[remedy]
        raise NotFinite(f"The picture ended in numbers beyond all bounds; {way_out}.", remedy=remedy)


def _made(model: LoadedModel, seconds: float) -> Made:
    device, dtype = devices.describe(str(model.device)), devices.name_of(model.dtype)
    return Made(device, dtype, seconds, model_hash=fingerprint(model.card))


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
        sentence = "There is not enough memory for even one picture; close other programs and try again."
        raise DeviceError(sentence, remedy="again")
