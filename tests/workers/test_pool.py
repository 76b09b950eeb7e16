"""Work shared among real processes gives the same bits as one process, even if a worker ends early."""

from __future__ import annotations

import json
import math
import os
import signal
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from benches import workers as bench
from benches.workers import generate_with
from gdm_studio import preferences
from gdm_studio.common import paths
from gdm_studio.common.errors import DeviceError, ModelError
from gdm_studio.common.translatable_json import MAX_DEPTH, MAX_FIELDS, MAX_TEMPLATE, MAX_TEXT
from gdm_studio.common.translation_markers import Sentence, translatable
from gdm_studio.jobs.workers.messages import Decoder, Encoder, error_in, of_error
from gdm_studio.jobs.workers.pool import Pool
from gdm_studio.jobs.workers.work_items import Ended, WorkItem, generate_here, single_items
from gdm_studio.jobs.workers.worker_main import AHEAD
from gdm_studio.maths.noise_path import CLEAN, NoiseLevel, Step
from gdm_studio.models.memory import devices
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Event, Phase, Progress, Result, StepEvent, View
from gdm_studio.request.generation_request import Branch, Request
from tests.helpers import tiny_model

REQUEST = Request(model="tiny", prompt="a red fox", seed=3, steps=3, sampler="euler_a", device="cpu")
LONG = Request(model="tiny", prompt="a red fox", seed=3, steps=200, count=4, device="cpu")
no_kill = pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")


def results(events: list[Event]) -> dict[int, Result]:
    return {event.image: event for event in events if isinstance(event, Result)}


def assert_the_same(made: dict[int, Result], here: dict[int, Result]) -> None:
    assert made.keys() == here.keys()
    for image, result in made.items():
        assert np.array_equal(result.rgba, here[image].rgba)
        assert result.request == here[image].request and bool(result.steps) == bool(here[image].steps)


def alone(orders: list[WorkItem]) -> dict[int, Result]:
    return results(list(generate_here(orders, Library())))


@pytest.mark.slow
def test_workers_generate_the_same_images_as_one_process(pool: Pool) -> None:
    request = replace(REQUEST, count=5)
    events = list(generate_with(pool, [WorkItem.of(request, made=[1])], previews=0.25))
    assert_the_same(results(events), alone([WorkItem.of(request, made=[1])]))
    steps = [event for event in events if isinstance(event, Progress)]
    assert sorted((image, step.index) for step in steps for image in step.images) == [
        (image, index) for image in (0, 2, 3, 4) for index in (1, 2, 3)
    ]
    assert all(step.of == 3 and len(step.path) == 4 for step in steps)
    views = [view for step in steps for view in step.views]
    assert len(views) == 12 and all(view.predicted.shape == (64, 64, 4) for view in views)


def test_a_step_shown_with_the_previous_preview_is_not_marked_as_decoded() -> None:
    path, picture = (NoiseLevel(1.0, 2.0), NoiseLevel(1.0, 1.0), CLEAN), np.zeros((4, 4, 4), np.uint8)
    own = View(0, 1, 2, path[1], 5.0, picture, picture, picture, decoded=True)
    shared = replace(own, index=2, at=CLEAN, decoded=False)
    told, heard = Encoder(), Decoder()
    for view in (own, shared):
        step = Step(view.index, 2, view.at, picture, picture)
        event = heard.event(told.step(StepEvent((0,), step, path, 0.005, None), [view]))
        assert isinstance(event, Progress)
        (found,) = event.views
        assert (found.index, found.at, found.decoded) == (view.index, view.at, view.decoded)
        assert np.array_equal(found.predicted, picture)


@pytest.mark.slow
def test_a_worker_uses_a_thread_count_that_gives_the_same_bits() -> None:
    tiny_model.write(paths.models_dir() / tiny_model.NAME)
    preferences.change({"threads": 3})
    with closing(Pool(["cpu"])) as alone:
        (made,) = results(list(generate_with(alone, [WorkItem.of(REQUEST)]))).values()
    assert made.made is not None and made.made.device == "CPU · 2 threads"


def test_set_images_are_numbered_by_request_and_an_error_ends_the_set(pool: Pool) -> None:
    requests = [replace(REQUEST, prompt=prompt, seed=seed) for seed, prompt in enumerate(("a fox", "an owl", "a disc"))]
    events = list(generate_with(pool, single_items(requests)))
    assert_the_same(results(events), alone(single_items(requests)))
    assert {image for event in events if isinstance(event, Progress) for image in event.images} == {0, 1, 2}
    with pytest.raises(ModelError, match="no model called 'gone'"):
        list(generate_with(pool, single_items([requests[0], replace(REQUEST, model="gone"), *requests])))
    assert len(results(list(generate_with(pool, single_items(requests))))) == 3


def test_step_numbers_of_a_branch_continue_from_its_first_step(pool: Pool) -> None:
    branch = replace(REQUEST, prompt="an owl", count=2, branch=Branch(REQUEST, 1))
    events = list(generate_with(pool, [WorkItem.of(branch)], previews=0.25))
    assert_the_same(results(events), alone([WorkItem.of(branch)]))
    steps = [event for event in events if isinstance(event, Progress)]
    assert sorted((image, step.index) for step in steps for image in step.images) == [(0, 2), (0, 3), (1, 2), (1, 3)]
    assert {(step.first, step.of) for step in steps} == {(1, 3)}
    assert {(view.index, view.of) for step in steps for view in step.views} == {(1, 2), (2, 2)}


def test_one_process_generates_the_images_of_a_set_in_sequence(pool: Pool) -> None:
    requests = [replace(REQUEST, seed=seed) for seed in (3, 9)]
    events = list(generate_here(single_items(requests), Library()))
    assert [event.images for event in events if isinstance(event, StepEvent)] == [(0,)] * 3 + [(1,)] * 3
    assert [result.request.seed for result in results(events).values()] == [3, 9]


@pytest.mark.slow
def test_every_step_is_reported_and_a_partial_image_can_be_saved(pool: Pool) -> None:
    looked_at, orders = 0, [WorkItem.of(LONG), WorkItem.of(replace(REQUEST, seed=9))]
    line = iter(orders)
    with closing(pool.run(lambda: next(line, None))) as told:
        while looked_at < 6:
            looked_at += isinstance(next(told)[1], Progress)
        # This is time enough for the steps of a worker that does not wait.
        time.sleep(0.5)
        pool.drop(orders[0], decode=True)
        rest = [said for said in told if said is not None]
    (last,) = (event for order, event in rest if order is orders[0])
    assert isinstance(last, Ended) and last.partial_results
    for result in last.partial_results:
        assert 0 < result.stopped_at <= looked_at + AHEAD and result.rgba.shape == (64, 64, 4)
    assert sum(result.stopped_at for result in last.partial_results) <= looked_at + 2 * AHEAD
    others = results([event for order, event in rest if order is orders[1]])
    assert_the_same(others, alone([WorkItem.of(orders[1].request)]))
    assert rest[-1] == (orders[1], Ended())


@pytest.mark.slow
def test_paused_work_items_do_not_delay_others(pool: Pool) -> None:
    held, steps = set[WorkItem](), Counter[WorkItem]()
    orders = [WorkItem.of(replace(REQUEST, steps=20, seed=seed)) for seed in (3, 9, 27)]
    for order in orders:
        order.is_paused = partial(held.__contains__, order)
    line = iter(orders)
    with closing(pool.run(lambda: next(line, None))) as told:
        while not steps:
            if isinstance((said := next(told))[1], Progress):
                steps[said[0]] += 1
        first = next(iter(steps))
        held.add(first)
        before, ended = steps[first], []
        while len(ended) < 2:
            order, event = next(told)
            assert order is not first
            ended += [order] * isinstance(event, Ended)
        held.clear()
        pool.wake()
        rest = [said[1] for said in told if said is not None]
    assert sum(isinstance(event, Progress) for event in rest) == 20 - before and rest[-1] == Ended()


def test_worker_speeds_are_measured(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "ROUNDS", 1)
    found = list(bench.measured(pool, Library(), replace(REQUEST, steps=1)))
    assert [figure.unit for figure in found] == ["s a picture", "× one at a time", "× one process of two threads"]
    assert all(figure.value > 0 for figure in found)


@pytest.mark.slow
@no_kill
def test_the_other_worker_generates_the_images_of_a_killed_one(pool: Pool) -> None:
    request, events, killed = replace(LONG, steps=30), [], False
    for event in generate_with(pool, [WorkItem.of(request)]):
        events.append(event)
        if isinstance(event, Progress) and event.index > 5 and not killed:
            killed = True
            victim = pool.workers[0]
            os.kill(victim.pid, signal.SIGKILL)
    assert_the_same(results(events), alone([WorkItem.of(request)]))
    said = [event.note for event in events if isinstance(event, Phase) and event.note]
    assert len(said) == 1 and said[0].startswith("The worker on cpu ended unexpectedly. Its unfinished images")
    assert len(results(list(generate_with(pool, [WorkItem.of(REQUEST)])))) == 1
    assert victim not in pool.workers and not any(worker.has_ended for worker in pool.workers)


@pytest.mark.slow
@no_kill
@pytest.mark.timeout(60)
def test_a_dropped_work_item_is_not_repeated_after_its_worker_ends(pool: Pool) -> None:
    order = WorkItem.of(LONG)
    line = iter([order])
    with closing(pool.run(lambda: next(line, None))) as told:
        while not isinstance(next(told)[1], Progress):
            pass
        victim = next(worker for worker in pool.workers if worker.share is not None)
        # The worker is suspended before it can report that it has stopped.
        os.kill(victim.pid, signal.SIGSTOP)
        pool.drop(order)
        os.kill(victim.pid, signal.SIGKILL)
        rest = [said for said in told if said is not None]
    assert rest == [(order, Ended())] and victim.has_ended


@pytest.mark.slow
@no_kill
def test_the_error_without_any_worker_left_says_what_to_do(pool: Pool) -> None:
    with closing(generate_with(pool, [WorkItem.of(LONG)])) as events:
        while not isinstance(next(events), Progress):
            pass
        for worker in pool.workers:
            os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(DeviceError, match="No worker is left; try again on one device"):
            list(events)


def test_an_error_keeps_its_message_across_processes() -> None:
    found = error_in(of_error(ModelError("pruned has none.", remedy="vae", model="pruned")))
    assert (type(found), *vars(found).values(), str(found)) == (ModelError, "vae", "pruned", "pruned has none.")
    sent = of_error(ModelError(translatable("{name} is cut short; copy or download it again.", name="pruned")))
    found = error_in(json.loads(json.dumps(sent)))
    assert isinstance(found.sentence, Sentence) and found.sentence.values == {"name": "pruned"}


@pytest.mark.slow
def test_sentences_within_the_error_of_a_worker_keep_their_templates(pool: Pool) -> None:
    with pytest.raises(ModelError, match="did you mean gan-points or ddgan-points or gamma-points") as raised:
        list(generate_with(pool, [WorkItem.of(replace(REQUEST, model="ganpoints"))]))
    sentence: object = raised.value.sentence
    for name in ("names", "first"):
        assert isinstance(sentence, Sentence)
        sentence = sentence.values[name]
    assert isinstance(sentence, Sentence) and sentence.template == "{first} or {second}"


@pytest.mark.parametrize(
    ("template", "values"),
    [
        ("", {}),
        (5, {}),
        ("{name}", None),
        ("{name}", {}),
        ("{name", {"name": "x"}),
        ("{name.__class__}", {"name": "x"}),
        ("{name[0]}", {"name": "x"}),
        ("{}", {"name": "x"}),
        ("{name:>999999999}", {"name": "x"}),
        ("{name:{name}}", {"name": ">999999999"}),
        ("{name!a}", {"name": "x"}),
        ("{name:,}", {"name": "x"}),
        ("{name:,}", {"name": 2**63}),
        ("{name}", {"name": math.inf}),
        ("{name}", {"name": []}),
        ("{name}", {"name": True}),
        ("{name}", {"name": "x", "other": None}),
        ("{name}", {"name": "x" * (MAX_TEXT + 1)}),
        ("x" * (MAX_TEMPLATE + 1), {}),
        ("\ud800", {}),
        ("\x1b[31m", {}),
        ("{name}" * (MAX_FIELDS + 1), {"name": "x"}),
        ("{name}", {"name": "x"} | {f"x{number}": 1 for number in range(MAX_FIELDS)}),
        ("{name}", {"name": {"template": "{name:>9}", "values": {"name": "x"}}}),
        ("{name}", {"name": {"template": "{name}" * MAX_FIELDS, "values": {"name": "x" * (MAX_TEXT // 2)}}}),
    ],
)
def test_a_template_that_could_give_any_text_is_ignored(template: object, values: object) -> None:
    sent = of_error(ModelError("A plain sentence.")) | {"template": template, "values": values}
    error = error_in(json.loads(json.dumps(sent)))
    assert (str(error), isinstance(error.sentence, Sentence)) == ("A plain sentence.", False)


def test_a_sentence_nested_too_deeply_is_ignored() -> None:
    nested: object = "x"
    for depth in range(1, MAX_DEPTH + 2):
        sent = of_error(ModelError("A plain sentence.")) | {"template": "{name}", "values": {"name": nested}}
        assert str(error_in(sent)) == ("x" if depth <= MAX_DEPTH else "A plain sentence.")
        nested = {"template": "{name}", "values": {"name": nested}}


def test_names_of_several_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "available", lambda: ["cuda:0", "cuda:1", "cpu"])
    assert devices.device_names("all") == ["cuda:0", "cuda:1"] and str(devices.resolve("all")) == "cuda:0"
    assert devices.device_names("cuda:1, cpu") == ["cuda:1", "cpu"] and devices.device_names("auto") == ["cuda:0"]
    with pytest.raises(DeviceError, match="no device called 'cuda:2'"):
        devices.device_names("cuda,cuda:2")
    with pytest.raises(DeviceError, match="more than the 64"):
        devices.device_names(",".join(["cpu"] * 65))
    monkeypatch.setattr(devices, "available", lambda: ["cpu"])
    assert devices.device_names("all") == ["cpu"] and devices.describe("cpu,cpu") == "2 × CPU"
