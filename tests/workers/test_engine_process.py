"""The engine in a process of its own: the same bits as in a thread, also if it is killed, and nothing lost."""

from __future__ import annotations

import asyncio
import errno
import io
import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch

from gdm_studio.common import paths
from gdm_studio.common.errors import DeviceError, ModelError, StorageError, StudioError
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.preview_memory import PreviewMemory
from gdm_studio.engine.previews import Previews
from gdm_studio.jobs import run_calls
from gdm_studio.jobs.engine_run import EngineRun
from gdm_studio.jobs.engine_service import EngineService, call_of
from gdm_studio.jobs.executor import Executor
from gdm_studio.jobs.job import Job
from gdm_studio.jobs.runner import Runner
from gdm_studio.jobs.workers import message_frames, process_start, shared_file
from gdm_studio.jobs.workers.engine_loop import EngineLoop
from gdm_studio.jobs.workers.engine_process import ProcessEngine
from gdm_studio.jobs.workers.fallback_engine import FallbackEngine
from gdm_studio.jobs.workers.message_frames import BadFrame
from gdm_studio.jobs.workers.pipes import OutputPipe
from gdm_studio.jobs.workers.process_start import WorkerProcess
from gdm_studio.jobs.workers.work_items import WorkItem
from gdm_studio.models.loaded_model import stage_of
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Event, Result, State, StepEvent, View
from gdm_studio.request.generation_request import Request
from gdm_studio.studio import step_history_calls, window_calls
from gdm_studio.ui.denoising_steps.step_history import StepHistory
from gdm_studio.ui.worker_thread import WorkerThread
from tests.helpers import tiny_model
from tests.helpers.paused_job import pause_after
from tests.workers.test_faulty_workers import hurry_silence

forked = pytest.mark.usefixtures("forked_processes")
no_kill = pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
REQUEST = Request(model="tiny", prompt="a red fox", seed=3, steps=60, device="cpu")


@pytest.fixture(autouse=True)
def _tiny(_own_home: Path) -> None:
    tiny_model.write(paths.models_dir() / tiny_model.NAME)


@pytest.fixture
def pixels() -> np.ndarray:
    """Return the image of REQUEST that an engine in this thread generates."""
    with closing(Executor(Library())) as executor:
        (result,) = [event for event in executor.run(Job(REQUEST)) if isinstance(event, Result)]
    return result.rgba


@pytest.fixture
def steps() -> list[StepEvent]:
    """Return the steps of REQUEST, computed in this thread."""
    return [event for event in generate(REQUEST, Library()) if isinstance(event, StepEvent)]


def assert_right(views: list[View], steps: list[StepEvent]) -> None:
    """Compare all images of the first views of a run with those of the same steps' tensors."""
    for view, event in zip(views, steps, strict=False):
        step, stage = event.step, stage_of(event.model, event.step)
        alpha, sigma = step.at
        noise = (step.x - alpha * step.denoised) / (sigma or torch.inf)
        noisy = step.x / math.hypot(alpha, sigma)
        assert np.array_equal(view.noisy, stage.preview(noisy)[0]) and np.array_equal(
            view.noise, stage.preview(noise)[0]
        )
        decoded = [stage.decode(step.denoised), stage.fast_decode(step.denoised)]
        expected = decoded if view.decoded else [stage.preview(step.denoised)]
        assert any(np.array_equal(view.predicted, each[0]) for each in expected)


def played(
    play: Callable[[WorkerThread, ProcessEngine], Coroutine[Any, Any, None]], engine: ProcessEngine | None = None
) -> None:
    """Run `play(worker, engine)` with a worker thread whose engine is another process."""

    given = engine

    async def main() -> None:
        engine = given or ProcessEngine()
        worker = WorkerThread(Runner(Executor(Library(), engine), keeps_results=True))
        worker.start()
        try:
            await asyncio.wait_for(play(worker, engine), 120)
        finally:
            worker.stop()
            assert await asyncio.to_thread(worker.wait, 30_000), "the worker thread did not stop"

    asyncio.run(main())


async def until(job: Job, reason: Callable[[], bool]) -> None:
    async for _ in job:
        if reason():
            return
    raise AssertionError("the run ended first")


async def ended(job: Job) -> None:
    async for _ in job:
        pass


def tensor(service: EngineService) -> torch.Tensor:
    """Return what no engine may send."""
    return torch.zeros(1)


def generate_without_record(request: Request, library: Library, *, steps: int) -> Iterator[Event]:
    """Yield the first steps of a run, like an inversion, whose steps are not recorded."""
    for event in generate(request, library, steps_budget=0):
        if isinstance(event, StepEvent):
            yield replace(event, record=None)
            if event.index == steps:
                return


def refuse(path: str) -> None:
    """Raise an error of this program."""
    raise StorageError(f"{path} is full.")


@pytest.mark.slow
@forked
def test_a_run_is_paused_stepped_branched_and_decoded_with_the_same_bits(
    pixels: np.ndarray, steps: list[StepEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Which steps come with their noise.
    has_noise: list[bool] = []
    add = PreviewMemory.add
    monkeypatch.setattr(
        PreviewMemory, "add", lambda memory, view: has_noise.append(view.has_noise) or add(memory, view)
    )

    async def play(worker: WorkerThread, engine: ProcessEngine) -> None:
        saved: list[bytes] = []
        job = Job(REQUEST, keep_steps=lambda data, *, from_start: saved.append(data))
        worker.runner.enqueue(pause_after(job, made := 3))
        await until(job, lambda: job.run.state is State.PAUSED)
        while not saved or not all(view.decoded for view in job.run.views[0]):
            await asyncio.sleep(0.05)
        assert job.run.steps_done == made and has_noise[:3] == [True, False, False]
        assert_right(job.run.views[0], steps)
        worker.show_noise(job.run)
        has_noise.clear()
        job.step_once()
        await until(job, lambda: job.run.steps_done > made and job.run.state is State.PAUSED)
        await asyncio.sleep(0.2)
        assert job.run.steps_done == made + 1 and job.run.state is State.PAUSED
        point = await worker.call_about(job, run_calls.resume_point, REQUEST, 1)
        history = await StepHistory.load(worker, await worker.call_about(job, run_calls.unfinished_history, 0))
        assert point and len(history.run.views[0]) == made + 1
        assert (await history.decoded(made)).shape == (64, 64, 4)
        with history.frames("predicted") as frames:
            assert await frames.next() is not None
        job.resume()
        await ended(job)
        assert np.array_equal(job.run.results[0].rgba, pixels) and all(has_noise)
        async for _ in job.developing():
            pass
        assert job.settled and all(view.decoded for view in job.run.views[0])
        assert_right(job.run.views[0], steps)
        source = Job(REQUEST, source=partial(generate_without_record, steps=3))
        await ended(worker.runner.enqueue(source))
        assert source.run.state is State.DONE and len(source.run.views[0]) == 3
        lost = worker.runner.enqueue(Job(Request(model="gone")))
        with pytest.raises(ModelError, match="gone"):
            await ended(lost)
        with pytest.raises(StorageError, match="^/x is full.$"):
            await worker.call(call_of, refuse, "/x")
        with pytest.raises(Exception, match="object of torch"):
            await worker.call(tensor)
        with pytest.raises(StudioError, match="ZeroDivisionError"):
            await worker.call(call_of, divmod, 1, 0)

    played(play)


@pytest.mark.slow
@forked
@no_kill
@pytest.mark.parametrize("end", [signal.SIGKILL, pytest.param(signal.SIGSTOP, marks=pytest.mark.slow)])
def test_a_run_survives_the_death_of_its_engine(
    end: signal.Signals, pixels: np.ndarray, steps: list[StepEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = 0
    hurry_silence(monkeypatch, lambda pid: pid == dead)

    async def play(worker: WorkerThread, engine: ProcessEngine) -> None:
        nonlocal dead
        job = worker.runner.enqueue(pause_after(Job(REQUEST), 20))
        await until(job, lambda: job.run.state is State.PAUSED)
        history = await StepHistory.load(worker, await worker.call_about(job, run_calls.unfinished_history, 0))
        last = await history.decoded(5)
        # The steps are sent shortly after the pause.
        while not engine.recorded_steps(job.run.id):
            await asyncio.sleep(0.05)
        dead = engine.pid
        os.kill(dead, end)
        while not job.run.notes:
            await asyncio.sleep(0.05)
        # What the dead engine had in memory is restored from its recorded steps.
        assert np.array_equal(await history.decoded(5), last)
        # The engine has no time after this job.
        following = worker.runner.enqueue(Job(replace(REQUEST, steps=2)))
        job.resume()
        await ended(job)
        await ended(following)
        assert engine.pid != dead and job.run.state is State.DONE
        assert_right(job.run.views[0], steps)
        assert len(job.run.results) == 1 and np.array_equal(job.run.results[0].rgba, pixels)
        (note,) = job.run.notes
        reason = "did not answer" if end is signal.SIGSTOP else "ended unexpectedly"
        assert reason in note and "another one continues at the last recorded step" in note

    played(play)


def test_the_noise_of_finished_images_and_of_a_failed_run_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    # The images and the numbers of steps whose noise is sent late, and the kinds of other messages.
    sent: list[object] = []

    def send(facts: dict[str, Any], blobs: object) -> None:
        sent.append((facts["image"], facts["index"]) if facts["kind"] == "view" else facts["kind"])

    compute = EngineRun._iter_events

    def fail_in_second_image(run: EngineRun, item: WorkItem) -> Generator[Event, None, None]:
        for event in compute(run, item):
            yield event
            if isinstance(event, StepEvent) and (event.images, event.index) == ((1,), 3):
                raise DeviceError("broken")

    def fail_to_draw(previews: Previews, left: object) -> View:
        raise RuntimeError("broken")

    monkeypatch.setattr(EngineRun, "_iter_events", fail_in_second_image)
    request = replace(REQUEST, steps=4, count=2, batch=1).to_json()
    facts = {"images": [0, 1], "first": 0, "request": request, "source": False, "keep": False}
    for key in ("first", "second"):
        loop = EngineLoop(SimpleQueue(), cast(OutputPipe, SimpleNamespace(send=send)), Library())
        loop._steps_allowed = 9
        loop._generate({**facts, "key": key, "previews": 0.0, "cpu_share": 1.0}, [b""])
        monkeypatch.setattr(Previews, "_draw_noise", fail_to_draw)
    steps: list[object] = ["progress"] * 3
    assert [each for each in sent if each != "phase"] == [
        *(*steps, "progress", "result", (0, 2), (0, 3), *steps, (1, 2), (1, 3), "failed"),
        *(*steps, "progress", "result", *steps, "failed"),
    ]


@forked
@pytest.mark.slow
@no_kill
def test_a_second_death_at_the_same_step_offers_a_remedy() -> None:
    async def play(worker: WorkerThread, engine: ProcessEngine) -> None:
        job = worker.runner.enqueue(pause_after(Job(REQUEST), 3))
        await until(job, lambda: job.run.state is State.PAUSED)
        for _ in range(2):
            # An engine that ends before it is ready is not counted.
            await worker.call(call_of, int)
            deaths = len(job.run.notes)
            os.kill(engine.pid, signal.SIGKILL)
            while len(job.run.notes) == deaths and not job.run.state.ended:
                await asyncio.sleep(0.05)
        assert isinstance(job.run.error, DeviceError) and job.run.error.remedy == "again"
        assert "ended twice at step" in str(job.run.error)
        # The next run has an engine again.
        again = worker.runner.enqueue(Job(REQUEST))
        await ended(again)
        assert again.run.state is State.DONE and again.run.notes == []

    played(play)


@forked
@pytest.mark.slow
@no_kill
def test_an_idle_engine_that_ends_is_replaced_and_gives_back_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(worker: WorkerThread, engine: ProcessEngine) -> None:
        told: list[str] = []
        monkeypatch.setattr(engine, "on_death", told.append)
        assert not await worker.call(step_history_calls.is_loaded, REQUEST)
        await worker.load_model(REQUEST)
        assert await worker.call(step_history_calls.is_loaded, REQUEST)
        first = engine.pid
        worker.free_memory()
        assert not await worker.call(step_history_calls.is_loaded, REQUEST)
        assert engine.pid != first and told == []
        os.kill(engine.pid, signal.SIGKILL)
        while not told:
            await asyncio.sleep(0.05)
        assert told == ["The engine ended unexpectedly. It was started again."]
        assert "cpu" in await worker.call(window_calls.find_devices)

    played(play)


@pytest.mark.slow
@forked
@no_kill
@pytest.mark.parametrize("ends_early", [True, False])
def test_the_thread_generates_images_if_no_engine_can_be_started(
    pixels: np.ndarray, ends_early: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start_broken() -> WorkerProcess:
        return WorkerProcess([sys.executable, "-c", "raise SystemExit(3)"], {})

    async def play(worker: WorkerThread, engine: ProcessEngine) -> None:
        told: list[str] = []
        engine.on_death = lambda sentence: told.append(str(sentence))
        job = Job(REQUEST)
        worker.runner.enqueue(job if ends_early else pause_after(job, 20))
        if not ends_early:
            await until(job, lambda: job.run.state is State.PAUSED)
            monkeypatch.setattr(process_start, "start_engine", start_broken)
            os.kill(engine.pid, signal.SIGKILL)
            job.resume()
        call = worker.call(window_calls.find_devices)
        await ended(job)
        assert np.array_equal(job.run.results[0].rgba, pixels) and job.run.steps_done == 60
        assert "cpu" in await call and "cpu" in await worker.call(window_calls.find_devices)
        assert told == ["No engine process can be started; the window generates images itself, but slower."]
        assert engine.pid == 0 and not engine.is_process
        second = worker.runner.enqueue(pause_after(Job(REQUEST), 3))
        await until(second, lambda: second.run.state is State.PAUSED)
        second.resume()
        await ended(second)
        assert np.array_equal(second.run.results[0].rgba, pixels)

    if ends_early:
        monkeypatch.setattr(process_start, "start_engine", start_broken)
    played(play, FallbackEngine(None, Library()))


@pytest.mark.slow
def test_the_window_never_imports_torch(_own_home: Path) -> None:
    program = Path(__file__).with_name("window_without_torch.py")
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, str(program)], env=environment, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-3:] == ["branch done a blue disc True", "saved 2", "torch []"]


def large_image(service: EngineService, side: int) -> np.ndarray:
    """Return an image that goes through the shared file."""
    return np.arange(4 * side * side, dtype=np.uint32).astype(np.uint8).reshape(side, side, 4)


def shared_files() -> set[int]:
    """Return the inodes of the files in memory that this process has open or mapped."""
    opened = {
        os.stat(f"/proc/self/fd/{each}").st_ino
        for each in os.listdir("/proc/self/fd")
        if _is_open(each) and "memfd:gdm-studio" in os.readlink(f"/proc/self/fd/{each}")
    }
    mapped = Path("/proc/self/maps").read_text().splitlines()
    return opened | {int(each.split()[4]) for each in mapped if "memfd:gdm-studio" in each}


def _is_open(descriptor: str) -> bool:
    return os.path.lexists(f"/proc/self/fd/{descriptor}")


@pytest.mark.slow
@forked
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_large_images_pass_through_a_file_of_which_a_killed_engine_leaves_nothing() -> None:
    # An engine of an earlier test may wait to be collected.
    others = shared_files()
    with closing(ProcessEngine()) as engine:
        first = shared_files() - others
        assert first
        for side in (1024, 300, 2048):
            assert np.array_equal(engine.call(large_image, side), large_image(None, side))
        # The pages of images that were read are free.
        used = [Path(f"/proc/{engine.pid}/fd/{each}") for each in os.listdir(f"/proc/{engine.pid}/fd")]
        file = next(each for each in used if "memfd:gdm-studio" in os.readlink(each))
        with file.open("rb") as header:
            assert not any(header.read(shared_file.PAGES))
        pid = engine.pid
        waiting = engine.submit(large_image, 4096)
        os.kill(pid, signal.SIGKILL)
        assert np.array_equal(waiting.result(120), large_image(None, 4096))
        second = shared_files() - others
        assert engine.pid != pid and len(second) == len(first) and not second & first
    assert shared_files() <= others


def test_without_room_for_a_shared_file_none_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse_file() -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(shared_file, "_create_file", refuse_file)
    assert shared_file.SharedFile.create() is None and shared_file.SharedFile.open([]) is None


def test_data_beyond_the_room_of_a_shared_file_pass_through_the_pipe() -> None:
    file = shared_file.SharedFile.create()
    assert file is not None
    with closing(file):
        half = bytes(range(256)) * (shared_file.PAGES * shared_file.PAGE // 512)
        stream = io.BytesIO()
        for number in range(3):
            message_frames.write(stream, {"number": number}, [half, b"small"], file)
        # The third message has no room in the file.
        assert len(half) < len(stream.getvalue()) < 2 * len(half)
        stream.seek(0)
        for number in range(3):
            facts, blobs = message_frames.read(stream, shared=file)
            assert facts["number"] == number and blobs == [half, b"small"]
        stream.seek(0)
        with pytest.raises(BadFrame, match="missing"):
            message_frames.read(stream)
    for pages in ([0], [600], [-1], ["0"], {}):
        stream = io.BytesIO()
        message_frames.write(stream, {"pages": pages}, [b"x"])
        stream.seek(0)
        with pytest.raises(BadFrame):
            message_frames.read(stream)
