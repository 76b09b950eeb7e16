"""Jobs without a window: progress events, early ends, and memory released once images are in the gallery."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from gdm_studio import preferences
from gdm_studio.common.errors import ModelError, StorageError
from gdm_studio.engine import preview_memory, resume
from gdm_studio.gallery import Gallery
from gdm_studio.jobs.executor import Executor
from gdm_studio.jobs.job import Job
from gdm_studio.jobs.runner import Runner
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.preferences import Preferences
from gdm_studio.request.generation_events import Phase, Progress, Result, State, StepEvent, View
from gdm_studio.request.generation_request import Request
from tests.helpers.gaussian_model import CARD, GaussianLibrary

REQUEST = Request(model="gaussian", prompt="a red disc", steps=8, guidance_scale=1.0, seed=7, device="cpu")


@pytest.fixture
def crew() -> Iterator[Executor]:
    with closing(Executor(GaussianLibrary())) as crew:  # type: ignore[arg-type]
        yield crew


def test_a_run_reports_progress_and_releases_saved_images(crew: Executor) -> None:
    done = []
    with closing(Gallery.open()) as gallery:
        runner = Runner(crew, lambda: gallery)
        work = runner.submit(replace(REQUEST, count=2, batch=1))
        for event in runner.run_job(work):
            done.append(work.steps_done())
            if isinstance(event, Result):
                (picture, *_) = gallery.page()
                assert work.run.kept[event.image] == picture.id and not work.run.results
        assert gallery.count() == 2
    assert done == sorted(done) and done[-1] == work.run.steps_total == 16
    assert work.run.state is State.DONE and work.is_complete and work.seconds_left() == 0
    assert work.run.views == [[], []] and work.newest() is None


def test_the_time_left_is_not_estimated_by_the_first_step(crew: Executor) -> None:
    work, seen = Job(REQUEST), []
    for event in crew.run(work):
        if isinstance(event, StepEvent):
            seen.append(work.seconds_left() is not None)
    assert seen == [False] + [True] * (REQUEST.steps - 1)


def test_each_note_is_reported_once(crew: Executor) -> None:
    def noted(request: Request, library: object) -> Iterator[Phase]:
        yield from (Phase("", note=f"note {number}") for number in range(3))

    work, told = Job(REQUEST, source=noted), list[str]()  # type: ignore[arg-type]
    for _ in crew.run(work):
        told += work.new_notes()
    assert told == ["note 0", "note 1", "note 2"] and work.new_notes() == []


def test_single_stepping_makes_exactly_the_requested_steps(crew: Executor) -> None:
    work = Job(REQUEST)
    work.pause()
    work.step_once()
    work.step_once()
    list(crew.run_all(work, between_steps=lambda rest, works: not work.is_waiting))
    assert work.steps_done() == 2 and work.run.state is State.STOPPED


def test_the_oldest_images_release_the_views_of_their_steps_when_saved(
    crew: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    side = CARD.size
    # An image of eight steps needs twenty-four of these units.
    monkeypatch.setattr(preview_memory, "MEMORY_LIMIT", 40 * 4 * side * side)
    with closing(Gallery.open()) as gallery:
        runner = Runner(crew, lambda: gallery)
        work = runner.submit(replace(REQUEST, count=4, batch=1))
        work.previews = preview_memory.PreviewMemory()
        for _ in runner.run_job(work, previews=1e9):
            pass
    assert [len({id(view.noisy) for view in views}) for views in work.run.views] == [1, 1, 1, 8]


@pytest.mark.parametrize(("count", "side", "is_whole"), [(1, 64, True), (4, 64, False), (4, 16, True)])
def test_several_large_images_are_not_held_beside_their_previews(
    count: int, side: int, is_whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview_memory, "MEMORY_LIMIT", 2 * 4 * 64 * 64)
    work = Job(replace(REQUEST, count=count))
    work.previews = preview_memory.PreviewMemory()
    small, level = np.zeros((8, 8, 4), np.uint8), NoiseLevel(1.0, 0.0)
    for image in range(count):
        view = View(image, 1, 1, level, 1.0, small, small, small, decoded=False)
        work.record(Progress((image,), 1, 1, (level, level), 1.0, views=(view,)), 0.0)
        work.record(Result(image, work.run.request, np.ones((side, side, 4), np.uint8)), 0.0)
    for (last,) in work.run.views:
        assert last.predicted.shape[0] == (side if is_whole else 8) and last.decoded == is_whole


@pytest.mark.parametrize("ending", ["cancelled", "closed", "broken off"])
def test_a_job_that_ends_early_has_saved_its_steps(
    crew: Executor, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The test holds even if steps are written rarely during the run.
    monkeypatch.setattr(resume, "WRITE_INTERVAL", 3600.0)
    kept: list[bytes] = []
    work = Job(REQUEST, keep_steps=lambda data, *, from_start: kept.append(data))
    events = crew.run(work)
    steps = [next(event for event in events if isinstance(event, StepEvent)) for _ in range(3)]
    if ending == "cancelled":
        work.cancel()
        assert not [event for event in events if isinstance(event, StepEvent)]
    elif ending == "closed":
        events.close()
    else:
        with pytest.raises(KeyboardInterrupt):
            events.throw(KeyboardInterrupt)
    assert work.run.state is State.STOPPED and not work.is_complete and not work.is_past_steps
    again = resume.resume_run(REQUEST, GaussianLibrary(), progress=b"".join(kept))  # type: ignore[arg-type]
    came = [event for event in again if isinstance(event, StepEvent)]
    assert len(came) == 8 and all(one.step.at == other.step.at for one, other in zip(came, steps, strict=False))
    assert came[2].seconds == steps[2].seconds, "the third was not made again"


def test_a_stop_after_the_last_step_finishes_the_image_and_starts_no_other(crew: Executor) -> None:
    work = Job(replace(REQUEST, count=2, batch=1))
    for event in crew.run(work):
        if isinstance(event, StepEvent) and event.index == event.of:
            work.cancel()
    assert [result.image for result in work.run.results] == [0] and work.run.results[0].stopped_at == 0
    assert work.run.state is State.STOPPED and work.steps_done() == 8


def test_one_failed_job_does_not_stop_the_others(crew: Executor) -> None:
    works = [Job(REQUEST), Job(replace(REQUEST, model="gone")), Job(replace(REQUEST, seed=8))]
    told = [said for work in works for said in crew.run_all(work)]
    assert [work.run.state for work in works] == [State.DONE, State.FAILED, State.DONE]
    (error,) = [event for work, event in told if work is works[1]]
    assert isinstance(error, ModelError) and works[1].run.error is error
    assert [type(event).__name__ for work, event in told if work is works[2]].count("StepEvent") == 8
    assert [event for work, event in told if work is works[2]][-1] is None


@pytest.mark.parametrize("ending", ["done", "stopped", "failed"])
def test_a_finished_job_releases_its_model(crew: Executor, ending: str) -> None:
    work = Job(REQUEST)
    with closing(crew.run_all(work)) as told:
        for _, event in told:
            if isinstance(event, StepEvent) and event.index == 3 and ending == "stopped":
                work.cancel()
            elif isinstance(event, StepEvent) and event.index == 3 and ending == "failed":
                work.record = _refuse  # type: ignore[method-assign]
    assert work.settled and work.run.state is State[ending.upper()]
    assert (work.last_step is not None) == (ending == "stopped")


def _refuse(event: object, began: float) -> None:
    raise StorageError("The disk is full.")


def test_a_job_rests_for_its_share_excluding_the_time_of_step_callbacks(
    crew: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, rests = 0.0, list[float]()

    def works(request: Request, library: object) -> Iterator[Phase]:
        nonlocal now
        for title in ("one", "two"):
            now += 0.01
            yield Phase(title)

    monkeypatch.setattr(time, "perf_counter", lambda: now)
    monkeypatch.setattr(time, "sleep", rests.append)
    for share, rest in ((0.25, [0.03, 0.03]), (1.0, [])):
        preferences.save(Preferences(cpu_share=share))
        rests.clear()
        for _ in crew.run(Job(REQUEST, source=works)):  # type: ignore[arg-type]
            now += 0.3
        assert rests == pytest.approx(rest)
