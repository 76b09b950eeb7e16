"""Previews: what is decoded when, and what they hold in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch

from gdm_studio.engine import previews
from gdm_studio.engine.generate import generate
from gdm_studio.engine.previews import Previews
from gdm_studio.request import Request
from gdm_studio.run import Advance, Run
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel

REQUEST = Request(model="gaussian", steps=10, guidance_scale=1.0)
PICTURE = 128 * 128 * 4  # bytes


class Cramped(GaussianModel):
    """Has memory for steps and none for its decoder."""

    def decode(self, x0: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")


def advances(request: Request, kind: type[GaussianModel] = GaussianModel) -> Iterator[Advance]:
    """The steps alone: what comes after them is not asked for."""
    left = request.steps * request.count // max(request.batch, 1)
    for event in generate(request, GaussianLibrary(kind=kind)):
        if isinstance(event, Advance):
            yield event
            left -= 1
            if not left:
                return


def test_a_decoder_without_memory_gives_linear_previews_and_is_not_asked_again() -> None:
    shown = Previews()
    views = [view for advance in advances(REQUEST, Cramped) for view in shown.views(advance)]
    assert [view.index for view in views] == list(range(1, 11))
    assert not any(view.decoded for view in views) and views[-1].predicted.shape == (128, 128, 4)
    assert list(shown.develop()) == []


def test_the_time_of_a_step_is_told_for_each_picture() -> None:
    advance = next(advances(replace(REQUEST, count=4, batch=4)))
    views = Previews().views(advance)
    assert [view.image for view in views] == [0, 1, 2, 3]
    assert sum(view.ms for view in views) == pytest.approx(1000 * advance.seconds)


def test_no_picture_holds_the_rest_of_its_batch() -> None:
    views = Previews().views(next(advances(replace(REQUEST, count=3, batch=3))))
    assert all(picture.base is None for view in views for picture in (view.predicted, view.noisy))


def test_a_forgotten_picture_gives_its_memory_back_and_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "MEMORY", 65 * PICTURE)  # ten steps of two pictures take sixty, and latents
    shown = Previews(budget=1e-9)
    first = advances(replace(REQUEST, count=2, batch=2))
    for advance in first:
        shown.views(advance)
    assert not shown.is_full()
    for advance in advances(REQUEST):
        shown.views(replace(advance, images=(2,)))
    assert shown.is_full()
    shown.forget(0)
    assert {view.image for view in shown.develop()} == {1, 2}
    assert not shown.is_full()


def test_steps_that_share_a_picture_get_their_own_as_far_as_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "MEMORY", 24 * PICTURE)  # ten steps would take thirty: every second shares
    shown = Previews()
    views = {view.index: view for advance in advances(REQUEST) for view in shown.views(advance)}
    assert views[2].predicted is views[1].predicted and not views[2].decoded
    for view in shown.develop():
        views[view.index] = view
    assert all(view.decoded for view in views.values() if view.index < 6)
    assert views[2].predicted is not views[1].predicted
    held = {id(picture): picture.nbytes for view in views.values() for picture in (view.predicted, view.noisy)}
    assert sum(held.values()) <= 24 * PICTURE


def test_a_run_that_begins_further_on_shows_its_steps_from_the_first() -> None:
    whole = list(advances(REQUEST))
    rest = generate(REQUEST, GaussianLibrary(), resume=whole[3].step)
    shown = Previews(budget=1e-9)
    views = [view for event in rest if isinstance(event, Advance) for view in shown.views(event)]
    assert [(view.index, view.of) for view in views] == [(index, 6) for index in range(1, 7)]
    assert [view.index for view in views if view.decoded] == [1, 5, 6]
    assert views[-1].at == whole[-1].step.at
    assert sorted(view.index for view in shown.develop()) == [2, 3, 4]


def test_a_run_knows_how_many_steps_it_makes() -> None:
    run = Run(replace(REQUEST, count=2))
    assert run.steps_total == 20
    run.path = ((1.0, 1.0),) * 5
    assert (run.steps, run.steps_total) == (4, 8)
