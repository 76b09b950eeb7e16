"""Work as it is carried out without a window: followed, ended early, let go of once it is in the gallery."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from gdm_studio import preferences
from gdm_studio.engine import previews, resuming
from gdm_studio.errors import ModelError, StorageError
from gdm_studio.gallery import Gallery
from gdm_studio.preferences import Preferences
from gdm_studio.request import Request
from gdm_studio.run import Advance, Phase, Result, State
from gdm_studio.studio.crew import Crew
from gdm_studio.studio.work import Work
from tests.helpers.gaussian_model import CARD, GaussianLibrary

REQUEST = Request(model="gaussian", prompt="a red disc", steps=8, guidance_scale=1.0, seed=7, device="cpu")


@pytest.fixture
def crew() -> Iterator[Crew]:
    with closing(Crew(GaussianLibrary())) as crew:  # type: ignore[arg-type]
        yield crew


def test_the_run_tells_how_far_it_is_and_holds_no_picture_that_is_kept(crew: Crew) -> None:
    work, done = Work(replace(REQUEST, count=2, batch=1)), []
    with closing(Gallery.open()) as gallery:
        for event in crew.carry_out(work):
            done.append(work.steps_done())
            if isinstance(event, Result):
                picture = work.keep(event, gallery)
                assert work.run.kept[event.image] == picture.id and not work.run.results
        assert gallery.count() == 2
    assert done == sorted(done) and done[-1] == work.run.steps_total == 16
    assert work.run.state is State.DONE and work.is_made and work.seconds_left() == 0
    assert work.run.views == [[], []] and work.newest() is None


def test_what_is_noted_is_told_once_however_often_one_asks(crew: Crew) -> None:
    def noted(request: Request, library: object) -> Iterator[Phase]:
        yield from (Phase("", note=f"note {number}") for number in range(3))

    work, told = Work(REQUEST, source=noted), list[str]()  # type: ignore[arg-type]
    for _ in crew.carry_out(work):
        told += work.fresh_notes()
    assert told == ["note 0", "note 1", "note 2"] and work.fresh_notes() == []


def test_as_many_single_steps_are_made_as_were_asked_for(crew: Crew) -> None:
    work = Work(REQUEST)
    work.pause()
    work.step_once()
    work.step_once()
    list(crew.carry_out_all(work, breathe=lambda rest, works: not work.is_held()))
    assert work.steps_done() == 2 and work.run.state is State.STOPPED


def test_the_oldest_pictures_give_up_the_looks_of_their_steps_though_they_are_kept(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    side = CARD.size
    monkeypatch.setattr(previews, "MEMORY", 40 * 4 * side * side)  # a picture of eight steps takes twenty-four
    work = Work(replace(REQUEST, count=4, batch=1))
    work.previews = previews.Previews(budget=1e9)
    with closing(Gallery.open()) as gallery:
        for event in crew.carry_out(work):
            if isinstance(event, Result):
                work.keep(event, gallery)
    assert [len({id(view.noisy) for view in views}) for views in work.run.views] == [1, 1, 1, 8]


@pytest.mark.parametrize("ending", ["cancelled", "closed", "broken off"])
def test_what_ends_early_has_kept_its_steps(crew: Crew, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resuming, "EVERY", 3600.0)  # however seldom steps are written while it runs
    kept: list[bytes] = []
    work = Work(REQUEST, keep_steps=lambda data, *, anew: kept.append(data))
    events = crew.carry_out(work)
    steps = [next(event for event in events if isinstance(event, Advance)) for _ in range(3)]
    if ending == "cancelled":
        work.cancel()
        assert not [event for event in events if isinstance(event, Advance)]
    elif ending == "closed":
        events.close()
    else:
        with pytest.raises(KeyboardInterrupt):
            events.throw(KeyboardInterrupt)
    assert work.run.state is State.STOPPED and not work.is_made and work.owes_no_step() is False
    again = resuming.going_on(REQUEST, GaussianLibrary(), stood=b"".join(kept))  # type: ignore[arg-type]
    came = [event for event in again if isinstance(event, Advance)]
    assert len(came) == 8 and all(one.step.at == other.step.at for one, other in zip(came, steps, strict=False))
    assert came[2].seconds == steps[2].seconds, "the third was not made again"


def test_a_stop_after_the_last_step_lets_the_picture_be_finished_and_begins_no_other(crew: Crew) -> None:
    work = Work(replace(REQUEST, count=2, batch=1))
    for event in crew.carry_out(work):
        if isinstance(event, Advance) and event.index == event.of:
            work.cancel()
    assert [result.image for result in work.run.results] == [0] and work.run.results[0].stopped_at == 0
    assert work.run.state is State.STOPPED and work.steps_done() == 8


def test_of_several_the_one_that_fails_costs_no_other(crew: Crew) -> None:
    works = [Work(REQUEST), Work(replace(REQUEST, model="gone")), Work(replace(REQUEST, seed=8))]
    told = [said for work in works for said in crew.carry_out_all(work)]
    assert [work.run.state for work in works] == [State.DONE, State.FAILED, State.DONE]
    (error,) = [event for work, event in told if work is works[1]]
    assert isinstance(error, ModelError) and works[1].run.error is error
    assert [type(event).__name__ for work, event in told if work is works[2]].count("Advance") == 8
    assert [event for work, event in told if work is works[2]][-1] is None


@pytest.mark.parametrize("ending", ["done", "stopped", "failed"])
def test_what_has_ended_holds_no_model(crew: Crew, ending: str) -> None:
    work = Work(REQUEST)
    with closing(crew.carry_out_all(work)) as told:
        for _, event in told:
            if isinstance(event, Advance) and event.index == 3 and ending == "stopped":
                work.cancel()
            elif isinstance(event, Advance) and event.index == 3 and ending == "failed":
                work.keep_steps, work.record = None, _refuse  # type: ignore[method-assign]
    assert work.settled and work.run.state is State[ending.upper()]
    assert (work.advance is not None) == (ending == "stopped")
    assert work.advance is None or work.advance.model is None


def _refuse(event: object, began: float) -> None:
    raise StorageError("The disk is full.")


def test_it_rests_as_long_as_it_is_set_to_and_not_for_what_is_done_with_its_steps(
    crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    def works(request: Request, library: object) -> Iterator[Phase]:
        for title in ("one", "two"):
            end = time.perf_counter() + 0.01
            while time.perf_counter() < end:
                pass
            yield Phase(title)

    sleep, rests = time.sleep, list[float]()
    monkeypatch.setattr(time, "sleep", rests.append)
    for share, low, high in ((0.25, 2 * 0.03, 0.5), (1.0, 0.0, 0.0)):
        preferences.save(Preferences(cpu_share=share))
        rests.clear()
        for _ in crew.carry_out(Work(REQUEST, source=works)):  # type: ignore[arg-type]
            sleep(0.3)
        assert low <= sum(rests) <= high and len(rests) == 2 * (share < 1)
