"""The step log: any shapes, memories and large data, in one format for queue, image and single step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from gdm_studio.denoising_steps import file_format, saved_step
from gdm_studio.denoising_steps.step_log import StepLog, digest_of, full_entry
from gdm_studio.engine import resume, step_history
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.guided_denoiser import sample
from gdm_studio.engine.initial_state import RunState
from gdm_studio.engine.recorder import Recorder
from gdm_studio.engine.step_history import Trajectory
from gdm_studio.maths.noise_path import CLEAN, NoiseLevel, Step
from gdm_studio.maths.noise_path import NoisePath as NoisePath
from gdm_studio.models.memory import devices
from gdm_studio.preferences import Preferences, save
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import Request
from tests.helpers.gaussian_model import CARD, GaussianLibrary

REQUEST = CARD.checked(
    Request(model="gaussian", prompt="a red disc", seed=3, steps=6, guidance_scale=1.0, device="cpu")
)
# A quarter of a megabyte in fp32.
LARGE = (4, 128, 128)
TWO_STAGES = (
    NoiseLevel(1.0, 8.0),
    NoiseLevel(1.0, 2.0),
    CLEAN,
    NoiseLevel(1.0, 1.0),
    CLEAN,
    # The noise rises again where the first stage ends.
)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Use one thread, because large data is slow on threads shared with other processes."""
    with devices.threads_of("CPU · 1 thread"):
        yield


def path_of(request: Request) -> NoisePath:
    model = GaussianLibrary().load("gaussian", device=torch.device("cpu"), dtype=torch.float32)
    return CARD.points(model.process, request.spacing, request.steps)


def record_run(sampler: str, shape: tuple[int, ...], rows: int = 1, **changes: object) -> tuple[Recorder, list[Step]]:
    """Return the steps of data of this shape, and their recorder."""
    request = CARD.checked(replace(REQUEST, sampler=sampler, count=rows, **changes))
    model = GaussianLibrary().load("gaussian", device=torch.device("cpu"), dtype=torch.float32)
    path = path_of(request)
    start = RunState(torch.randn(rows, *shape, generator=torch.Generator().manual_seed(1)) * path[0].sigma, path)
    recorder = Recorder(CARD, model.process, request, range(rows), start, budget=None)
    images = list(range(rows))
    found = sample(lambda x, at: x / (1 + at.ratio), request, images, start, card=CARD, process=model.process)
    return recorder, list(recorded(recorder, found))


def recorded(recorder: Recorder, found: Iterator[Step]) -> Iterator[Step]:
    for step in found:
        recorder.add(step)
        yield step


def are_equal(one: Step, other: Step) -> bool:
    return digest_of(one) == digest_of(other) and (one.index, one.of, one.at) == (other.index, other.of, other.at)


def test_steps_of_four_megabytes_are_all_saved() -> None:
    recorder, found = record_run("ddim", (16 * LARGE[0], *LARGE[1:]), steps=2)
    kept = step_history.load(recorder.to_bytes(0))
    assert all(
        kept.is_stored(step.index) and are_equal(kept.step(step.index, GaussianLibrary()), step) for step in found
    )


def test_thirty_large_steps_are_saved_and_of_more_every_kth() -> None:
    recorder, found = record_run("ddim", LARGE, steps=30)
    assert 30 * 2**18 < len(data := recorder.to_bytes(0)) < 32 * 2**18
    assert all(map(step_history.load(data).is_stored, range(1, 31)))
    recorder, found = record_run("heun", LARGE, steps=30)
    kept = step_history.load(recorder.to_bytes(0))
    assert list(kept.full_steps) == list(range(2, 31, 2)) and are_equal(kept.full_steps[30], found[-1])


def test_no_large_steps_are_saved_if_saving_is_off() -> None:
    save(Preferences(keep_steps=False))
    recorder, _ = record_run("ddim", LARGE, steps=2)
    assert recorder.to_bytes(0) == b""


@pytest.mark.parametrize("shape", [(7,), (3, 5), (2, 3, 4, 5), (2, 3, 4, 2, 2)], ids=str)
def test_data_of_any_shape_is_restored(shape: tuple[int, ...]) -> None:
    for sampler in ("euler_a", "dpmpp_2m", "heun"):
        recorder, found = record_run(sampler, shape, rows=2)
        for row in (0, 1):
            kept = step_history.load(recorder.to_bytes(row))
            one = [step.each(lambda each, row=row: each[row : row + 1]) for step in found]
            assert all(are_equal(kept.step(step.index, GaussianLibrary()), step) for step in one)


def test_stages_of_different_shapes_and_denoiser_memories_are_saved(tmp_path: Path) -> None:
    shapes = {1: (2, 4, 4), 2: (2, 4, 4), 3: (3, 8, 8), 4: (3, 8, 8)}
    found = [
        Step(index, 4, TWO_STAGES[index], torch.randn(1, *shape), torch.randn(1, *shape), (), memory)
        for index, shape in shapes.items()
        if (memory := (torch.randn(1, 5), torch.arange(3).expand(1, 3)) if index > 2 else ()) is not None
    ]
    start = RunState(torch.randn(1, 2, 4, 4), TWO_STAGES)
    model = GaussianLibrary().load("gaussian", device=torch.device("cpu"), dtype=torch.float32)
    recorder = Recorder(CARD, model.process, replace(REQUEST, steps=4), (0,), start, budget=None)
    assert list(recorded(recorder, iter(found))) == found
    kept = step_history.load(recorder.to_bytes(0))
    assert [step.index for step in found if are_equal(kept.full_steps[step.index], step)] == [1, 2, 3, 4]
    (saved,) = [kept.saved_step(4, GaussianLibrary())]
    saved_step.save(tmp_path / "a.step", saved)
    assert are_equal(saved_step.load(tmp_path / "a.step").step, found[-1])
    stood = file_format.to_bytes(StepLog(REQUEST, tuple(map(full_entry, found)), TWO_STAGES))
    torn = file_format.read_intact(stood[:-1], REQUEST)
    assert torn is not None and [entry.index for entry in torn.entries] == [1, 2, 3]


def test_the_queue_and_the_image_save_the_same_log() -> None:
    stood = bytearray()
    keeper = resume.StepWriter(lambda data, from_start: stood.extend(data))
    events = list(generate(replace(REQUEST, sampler="dpmpp_2m"), GaussianLibrary()))
    for advance in (event for event in events if isinstance(event, StepEvent)):
        keeper.add(advance)
        if advance.step.index in (2, 5, 6):
            keeper.flush()
    (result,) = (event for event in events if isinstance(event, Result))
    queued, kept = step_history.load(bytes(stood)), step_history.load(result.steps)
    assert (
        step_digests(queued) == step_digests(kept)
        and queued.request == kept.request
        and list(queued.full_steps) == [*range(1, 7)]
    )


def step_digests(kept: Trajectory) -> list[str]:
    return [digest_of(kept.step(index, GaussianLibrary())) for index in kept.indices]


@pytest.mark.parametrize("at", range(8))
def test_a_run_with_damaged_progress_gives_the_same_image(at: int) -> None:
    """Damage the last bytes, which are not synchronised to disk and may be lost with the power."""
    stood = bytearray()
    keeper = resume.StepWriter(lambda data, from_start: stood.extend(data))
    events = list(generate(REQUEST, GaussianLibrary()))
    for advance in [event for event in events if isinstance(event, StepEvent)][:4]:
        keeper.add(advance)
    keeper.flush()
    place = at * len(stood) // 8 + 40
    stood[place : place + 900] = bytes(900)
    *_, again = resume.resume_run(REQUEST, GaussianLibrary(), progress=bytes(stood))
    assert (again.rgba == events[-1].rgba).all()
