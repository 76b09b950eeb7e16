"""Previews: when they are decoded, and how much memory they use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from gdm_studio.engine import preview_memory, previews
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.previews import Previews
from gdm_studio.request.generation_events import Run, StepEvent
from gdm_studio.request.generation_request import Request
from tests.helpers.gaussian_model import GaussianLibrary, GaussianModel

REQUEST = Request(model="gaussian", steps=10, guidance_scale=1.0)
# Bytes of one image.
IMAGE_BYTES = 128 * 128 * 4


class NoDecoderMemory(GaussianModel):
    """A model with memory for steps but not for its decoder."""

    def decode(self, x0: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")


def step_events(request: Request, kind: type[GaussianModel] = GaussianModel) -> Iterator[StepEvent]:
    """Yield only the steps of a run, without requesting later events."""
    left = request.steps * request.count // max(request.batch, 1)
    for event in generate(request, GaussianLibrary(kind=kind)):
        if isinstance(event, StepEvent):
            yield event
            left -= 1
            if not left:
                return


def test_a_decoder_without_memory_falls_back_to_linear_previews() -> None:
    shown = Previews()
    views = [view for advance in step_events(REQUEST, NoDecoderMemory) for view in shown.views(advance)]
    assert [view.index for view in views] == list(range(1, 11))
    assert not any(view.decoded for view in views) and views[-1].predicted.shape == (128, 128, 4)
    assert list(shown.decode_waiting()) == []


@pytest.mark.parametrize(
    ("decoding", "linear", "decoded"),
    (
        # Every step has time for its own, once there is room for one that takes twice as long.
        ((0.08,), 0.01, [1, *range(3, 21)]),
        # Some, evenly.
        ((0.25,), 0.01, [1, 9, 11, 14, 17, 20]),
        # The first decoding takes longer than the others. The next previews make up for it.
        ((0.4, 0.25), 0.01, [1, 14, 15, 16, 19]),
        # The approximations alone take more than there is.
        ((0.25,), 0.1, [1]),
    ),
)
def test_previews_take_their_share_of_the_time(
    monkeypatch: pytest.MonkeyPatch, decoding: tuple[float, ...], linear: float, decoded: list[int]
) -> None:
    """Steps of 1 s, a tenth of which is for previews: the clock tells what each decoding takes."""
    now, durations = [0.0], list(decoding)
    decode, approximate = GaussianModel.fast_decode, GaussianModel.preview

    def slow_decode(self: GaussianModel, x0: torch.Tensor) -> torch.Tensor | None:
        now[0] += durations.pop(0) if len(durations) > 1 else durations[0]
        return decode(self, x0)

    def slow_preview(self: GaussianModel, x0: torch.Tensor) -> torch.Tensor:
        now[0] += linear
        return approximate(self, x0)

    advances = [replace(advance, seconds=1.0) for advance in step_events(replace(REQUEST, steps=20))]
    monkeypatch.setattr(GaussianModel, "fast_decode", slow_decode)
    monkeypatch.setattr(GaussianModel, "preview", slow_preview)
    monkeypatch.setattr(previews.time, "perf_counter", lambda: now[0])
    shown = Previews(0.1)
    views = [view for advance in advances for view in shown.views(advance)]
    assert [view.index for view in views if view.decoded] == decoded
    assert now[0] <= 0.1 * 20 or len(decoded) == 1


def test_the_duration_of_a_step_is_divided_among_its_images() -> None:
    advance = next(step_events(replace(REQUEST, count=4, batch=4)))
    views = Previews().views(advance)
    assert [view.image for view in views] == [0, 1, 2, 3]
    assert sum(view.ms for view in views) == pytest.approx(1000 * advance.seconds)


def test_previews_do_not_retain_their_batch() -> None:
    views = Previews().views(next(step_events(replace(REQUEST, count=3, batch=3))))
    assert all(picture.base is None for view in views for picture in (view.predicted, view.noisy))


def test_a_forgotten_image_releases_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    # Ten steps of two images take sixty image sizes, and latents more.
    monkeypatch.setattr(preview_memory, "MEMORY_LIMIT", 65 * IMAGE_BYTES)
    shown = Previews(budget=1e-9)
    first = step_events(replace(REQUEST, count=2, batch=2))
    for advance in first:
        shown.views(advance)
    assert shown.used_bytes <= 65 * IMAGE_BYTES
    for advance in step_events(REQUEST):
        shown.views(replace(advance, images=(2,)))
    assert shown.used_bytes > 65 * IMAGE_BYTES
    shown.forget(0)
    assert {view.image for view in shown.decode_waiting()} == {1, 2}
    assert shown.used_bytes <= 65 * IMAGE_BYTES


def test_steps_sharing_a_preview_get_their_own_if_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    # Ten steps would take thirty images, so every second step shares one.
    monkeypatch.setattr(preview_memory, "MEMORY_LIMIT", 24 * IMAGE_BYTES)
    shown = Previews()
    views = {view.index: view for advance in step_events(REQUEST) for view in shown.views(advance)}
    assert views[2].predicted is views[1].predicted and not views[2].decoded
    for view in shown.decode_waiting():
        views[view.index] = view
    assert all(view.decoded for view in views.values() if view.index < 6)
    assert views[2].predicted is not views[1].predicted
    held = {id(picture): picture.nbytes for view in views.values() for picture in (view.predicted, view.noisy)}
    assert sum(held.values()) <= 24 * IMAGE_BYTES


def test_noise_is_left_out_until_steps_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Previews(leaves_noise=True)
    views = []
    for advance in step_events(REQUEST):
        # From a larger second pass on, for example, each preview is shared by several steps.
        monkeypatch.setattr(preview_memory, "MEMORY_LIMIT", (9 if advance.index > 3 else 300) * IMAGE_BYTES)
        views += shown.views(advance)
    assert [view.index for view in views if not view.has_noise] == [2, 3]
    shown.give_up()
    drawn = list(shown.draw_noise())
    assert [view.index for view in drawn if view.has_noise] == [2, 3]
    assert np.array_equal(drawn[1].noise, views[3].noise) and views[3].predicted is views[2].predicted


def test_noise_that_was_drawn_replaced_or_forgotten_is_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, advances = Previews(leaves_noise=True), list(step_events(REQUEST))
    views = [view for advance in advances for view in shown.views(advance)]
    of = len(advances)
    assert [view.index for view in views if not view.has_noise] == [*range(2, of)], "the last one has its noise"
    # The images are started again after memory ran out, and somebody looks at their noise.
    shown.leaves_noise = False
    for advance in advances[:3]:
        shown.views(advance)
    assert [view.index for view in shown.draw_noise()] == [*range(4, of)]
    shown.leaves_noise = True
    shown.views(advances[4])
    assert [view.index for view in shown.draw_noise()] == [5]
    monkeypatch.setattr(preview_memory, "MEMORY_LIMIT", 9 * IMAGE_BYTES)
    (shared,) = shown.views(advances[5])
    assert shared.has_noise and not list(shown.draw_noise())
    monkeypatch.undo()
    shown.views(advances[6])
    shown.forget(0)
    assert not list(shown.draw_noise())


def test_a_resumed_run_counts_its_steps_from_one() -> None:
    whole = list(step_events(REQUEST))
    rest = generate(REQUEST, GaussianLibrary(), resume=whole[3].step)
    shown = Previews(budget=1e-9)
    views = [view for event in rest if isinstance(event, StepEvent) for view in shown.views(event)]
    assert [(view.index, view.of) for view in views] == [(index, 6) for index in range(1, 7)]
    assert [view.index for view in views if view.decoded] == [1]
    assert views[-1].at == whole[-1].step.at
    assert sorted(view.index for view in shown.decode_waiting()) == [2, 3, 4, 5, 6]


def test_shared_previews_are_counted_from_the_start_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = list(step_events(REQUEST))
    # Six steps would take eighteen images, so every second step shares those of the previous one.
    monkeypatch.setattr(preview_memory, "MEMORY_LIMIT", 9 * IMAGE_BYTES)
    shown = Previews()
    rest = generate(REQUEST, GaussianLibrary(), resume=whole[3].step)
    views = [view for event in rest if isinstance(event, StepEvent) for view in shown.views(event)]
    assert views[1].predicted is views[0].predicted
    assert [(view.index, view.of) for view in views] == [(index, 6) for index in range(1, 7)]


def test_a_run_has_a_step_count() -> None:
    run = Run(replace(REQUEST, count=2))
    assert run.steps_total == 20
    run.path = ((1.0, 1.0),) * 5
    assert (run.steps, run.steps_total) == (4, 8)
