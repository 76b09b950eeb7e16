"""The log of steps: any shapes, memories, large data, and one form for queue, picture and single step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from gdm_studio.engine import devices, resuming, step_codec, steps, trajectory
from gdm_studio.engine.denoising import sampled
from gdm_studio.engine.generate import generate
from gdm_studio.engine.recording import Recorder
from gdm_studio.engine.starts import Start
from gdm_studio.engine.steplog import StepLog, digest_of, whole
from gdm_studio.engine.trajectory import Trajectory
from gdm_studio.maths.path import CLEAN, Point, Step
from gdm_studio.maths.path import Path as NoisePath
from gdm_studio.preferences import Preferences, save
from gdm_studio.request import Request
from gdm_studio.run import Advance, Result
from tests.helpers.gaussian_model import CARD, GaussianLibrary

REQUEST = CARD.checked(
    Request(model="gaussian", prompt="a red disc", seed=3, steps=6, guidance_scale=1.0, device="cpu")
)
LARGE = (4, 128, 128)  # a quarter of a megabyte, in fp32
TWO_STAGES = (Point(1.0, 8.0), Point(1.0, 2.0), CLEAN, Point(1.0, 1.0), CLEAN)  # noise comes back where one has ended


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Large data is slow on threads that others keep busy."""
    with devices.threads_as("CPU · 1 thread"):
        yield


def path_of(request: Request) -> NoisePath:
    model = GaussianLibrary().load("gaussian", device=torch.device("cpu"), dtype=torch.float32)
    return CARD.points(model.process, request.spacing, request.steps)


def made(sampler: str, shape: tuple[int, ...], rows: int = 1, **changes: object) -> tuple[Recorder, list[Step]]:
    """Steps of some data of that shape, and who is to keep them."""
    request = CARD.checked(replace(REQUEST, sampler=sampler, count=rows, **changes))
    model = GaussianLibrary().load("gaussian", device=torch.device("cpu"), dtype=torch.float32)
    path = path_of(request)
    start = Start(torch.randn(rows, *shape, generator=torch.Generator().manual_seed(1)) * path[0].sigma, path)
    recorder = Recorder(model, request, range(rows), start, budget=None)
    images = list(range(rows))
    found = sampled(lambda x, at: x / (1 + at.ratio), request, images, start, card=CARD, process=model.process)
    return recorder, list(kept_by(recorder, found))


def kept_by(recorder: Recorder, found: Iterator[Step]) -> Iterator[Step]:
    for step in found:
        recorder.add(step)
        yield step


def same(one: Step, other: Step) -> bool:
    return digest_of(one) == digest_of(other) and (one.index, one.of, one.at) == (other.index, other.of, other.at)


def test_steps_of_four_megabytes_are_all_kept() -> None:
    recorder, found = made("ddim", (16 * LARGE[0], *LARGE[1:]), steps=2)
    kept = trajectory.load(recorder.to_bytes(0))
    assert all(kept.is_at_hand(step.index) and same(kept.step(step.index, GaussianLibrary()), step) for step in found)


def test_thirty_large_steps_are_kept_and_of_more_every_kth() -> None:
    recorder, found = made("ddim", LARGE, steps=30)
    assert 30 * 2**18 < len(data := recorder.to_bytes(0)) < 32 * 2**18
    assert all(map(trajectory.load(data).is_at_hand, range(1, 31)))
    recorder, found = made("heun", LARGE, steps=30)
    kept = trajectory.load(recorder.to_bytes(0))
    assert list(kept.whole) == list(range(2, 31, 2)) and same(kept.whole[30], found[-1])


def test_whoever_keeps_no_steps_keeps_none_of_large_pictures() -> None:
    save(Preferences(keep_steps=False))
    recorder, _ = made("ddim", LARGE, steps=2)
    assert recorder.to_bytes(0) == b""


@pytest.mark.parametrize("shape", [(7,), (3, 5), (2, 3, 4, 5), (2, 3, 4, 2, 2)], ids=str)
def test_data_of_any_number_of_axes_comes_back(shape: tuple[int, ...]) -> None:
    for sampler in ("euler_a", "dpmpp_2m", "heun"):
        recorder, found = made(sampler, shape, rows=2)
        for row in (0, 1):
            kept = trajectory.load(recorder.to_bytes(row))
            one = [step.each(lambda each, row=row: each[row : row + 1]) for step in found]
            assert all(same(kept.step(step.index, GaussianLibrary()), step) for step in one)


def test_stages_of_different_shapes_and_what_a_denoiser_remembers_are_kept(tmp_path: Path) -> None:
    shapes = {1: (2, 4, 4), 2: (2, 4, 4), 3: (3, 8, 8), 4: (3, 8, 8)}
    found = [
        Step(index, 4, TWO_STAGES[index], torch.randn(1, *shape), torch.randn(1, *shape), (), memory)
        for index, shape in shapes.items()
        if (memory := (torch.randn(1, 5), torch.arange(3).expand(1, 3)) if index > 2 else ()) is not None
    ]
    start = Start(torch.randn(1, 2, 4, 4), TWO_STAGES)
    model = GaussianLibrary().load("gaussian", device=torch.device("cpu"), dtype=torch.float32)
    recorder = Recorder(model, replace(REQUEST, steps=4), (0,), start, budget=None)
    assert list(kept_by(recorder, iter(found))) == found
    kept = trajectory.load(recorder.to_bytes(0))
    assert [step.index for step in found if same(kept.whole[step.index], step)] == [1, 2, 3, 4]
    (saved,) = [kept.saved(4, GaussianLibrary())]
    steps.save(tmp_path / "a.step", saved)
    assert same(steps.load(tmp_path / "a.step").step, found[-1])
    stood = step_codec.to_bytes(StepLog(REQUEST, tuple(map(whole, found)), TWO_STAGES))
    torn = step_codec.read_torn(stood[:-1], REQUEST)
    assert torn is not None and [entry.index for entry in torn.entries] == [1, 2, 3]


def test_what_the_queue_keeps_of_a_picture_is_its_log() -> None:
    stood = bytearray()
    keeper = resuming.StepsKept(lambda data, anew: stood.extend(data))
    events = list(generate(replace(REQUEST, sampler="dpmpp_2m"), GaussianLibrary()))
    for advance in (event for event in events if isinstance(event, Advance)):
        keeper.add(advance)
        if advance.step.index in (2, 5, 6):
            keeper.flush()
    (result,) = (event for event in events if isinstance(event, Result))
    queued, kept = trajectory.load(bytes(stood)), trajectory.load(result.steps)
    assert digests(queued) == digests(kept) and queued.request == kept.request and list(queued.whole) == [*range(1, 7)]


def digests(kept: Trajectory) -> list[str]:
    return [digest_of(kept.step(index, GaussianLibrary())) for index in kept.indices]


@pytest.mark.parametrize("at", range(8))
def test_a_run_whose_steps_were_altered_still_comes_out_the_same(at: int) -> None:
    """Its bytes are not waited for: after the power is lost, anything may stand in the last ones."""
    stood = bytearray()
    keeper = resuming.StepsKept(lambda data, anew: stood.extend(data))
    events = list(generate(REQUEST, GaussianLibrary()))
    for advance in [event for event in events if isinstance(event, Advance)][:4]:
        keeper.add(advance)
    keeper.flush()
    place = at * len(stood) // 8 + 40
    stood[place : place + 900] = bytes(900)
    *_, again = resuming.going_on(REQUEST, GaussianLibrary(), stood=bytes(stood))
    assert (again.rgba == events[-1].rgba).all()
