"""Orders shared out among real processes: the same bits as in this one, whatever ends in the middle."""

from __future__ import annotations

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
from benches.workers import made_by
from gdm_studio import paths, preferences
from gdm_studio.engine import devices
from gdm_studio.errors import DeviceError, ModelError
from gdm_studio.maths.path import CLEAN, Point, Step
from gdm_studio.models.library import Library
from gdm_studio.request import Request
from gdm_studio.run import Advance, Event, Phase, Progress, Result, View
from gdm_studio.workers.making import made_here, singles
from gdm_studio.workers.messages import Decoder, Encoder, error_in, of_error
from gdm_studio.workers.orders import Order
from gdm_studio.workers.pool import Ended, Pool
from gdm_studio.workers.process import AHEAD
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


def alone(orders: list[Order]) -> dict[int, Result]:
    return results(list(made_here(orders, Library())))


def test_the_pictures_of_a_request_are_those_that_one_process_makes(pool: Pool) -> None:
    request = replace(REQUEST, count=5)
    events = list(made_by(pool, [Order.of(request, made=[1])], previews=0.25))
    assert_the_same(results(events), alone([Order.of(request, made=[1])]))
    steps = [event for event in events if isinstance(event, Progress)]
    assert sorted((image, step.index) for step in steps for image in step.images) == [
        (image, index) for image in (0, 2, 3, 4) for index in (1, 2, 3)
    ]
    assert all(step.of == 3 and len(step.path) == 4 for step in steps)
    views = [view for step in steps for view in step.views]
    assert len(views) == 12 and all(view.predicted.shape == (64, 64, 4) for view in views)


def test_a_step_with_the_picture_of_the_one_before_it_is_not_said_to_be_decoded() -> None:
    path, picture = (Point(1.0, 2.0), Point(1.0, 1.0), CLEAN), np.zeros((4, 4, 4), np.uint8)
    own = View(0, 1, 2, path[1], 5.0, picture, picture, picture, decoded=True)
    shared = replace(own, index=2, at=CLEAN, decoded=False)
    told, heard = Encoder(), Decoder()
    for view in (own, shared):
        step = Step(view.index, 2, view.at, picture, picture)
        event = heard.event(told.advance(Advance((0,), step, path, 0.005, None), [view]))
        assert isinstance(event, Progress)
        (found,) = event.views
        assert (found.index, found.at, found.decoded) == (view.index, view.at, view.decoded)
        assert np.array_equal(found.predicted, picture)


def test_a_workers_share_of_the_threads_is_one_that_gives_the_same_bits() -> None:
    tiny_model.write(paths.models_dir() / tiny_model.NAME)
    preferences.change({"threads": 3})
    with closing(Pool(["cpu"])) as alone:
        (made,) = results(list(made_by(alone, [Order.of(REQUEST)]))).values()
    assert made.made is not None and made.made.device == "CPU · 2 threads"


def test_a_set_is_numbered_by_its_requests_and_an_error_ends_it(pool: Pool) -> None:
    requests = [replace(REQUEST, prompt=prompt, seed=seed) for seed, prompt in enumerate(("a fox", "an owl", "a disc"))]
    events = list(made_by(pool, singles(requests)))
    assert_the_same(results(events), alone(singles(requests)))
    assert {image for event in events if isinstance(event, Progress) for image in event.images} == {0, 1, 2}
    with pytest.raises(ModelError, match="no model called 'gone'"):
        list(made_by(pool, singles([requests[0], replace(REQUEST, model="gone"), *requests])))
    assert len(results(list(made_by(pool, singles(requests))))) == 3


def test_in_this_process_the_pictures_of_a_set_come_one_after_another(pool: Pool) -> None:
    requests = [replace(REQUEST, seed=seed) for seed in (3, 9)]
    events = list(made_here(singles(requests), Library()))
    assert [event.images for event in events if isinstance(event, Advance)] == [(0,)] * 3 + [(1,)] * 3
    assert [result.request.seed for result in results(events).values()] == [3, 9]


def test_no_step_is_made_unseen_and_what_was_reached_can_be_kept(pool: Pool) -> None:
    looked_at, orders = 0, [Order.of(LONG), Order.of(replace(REQUEST, seed=9))]
    line = iter(orders)
    with closing(pool.carry_out(lambda: next(line, None))) as told:
        while looked_at < 6:
            looked_at += isinstance(next(told)[1], Progress)
        time.sleep(0.5)  # for as many steps as a worker that waits for nobody makes
        pool.drop(orders[0], reach=True)
        rest = [said for said in told if said is not None]
    (last,) = (event for order, event in rest if order is orders[0])
    assert isinstance(last, Ended) and last.reached
    for result in last.reached:
        assert 0 < result.stopped_at <= looked_at + AHEAD and result.rgba.shape == (64, 64, 4)
    assert sum(result.stopped_at for result in last.reached) <= looked_at + 2 * AHEAD
    others = results([event for order, event in rest if order is orders[1]])
    assert_the_same(others, alone([Order.of(orders[1].request)]))
    assert rest[-1] == (orders[1], Ended())


def test_orders_that_are_held_wait_for_themselves_alone(pool: Pool) -> None:
    held, steps = set[Order](), Counter[Order]()
    orders = [Order.of(replace(REQUEST, steps=20, seed=seed)) for seed in (3, 9, 27)]
    for order in orders:
        order.is_held = partial(held.__contains__, order)
    line = iter(orders)
    with closing(pool.carry_out(lambda: next(line, None))) as told:
        while len(steps) < 2:  # both workers are at work
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
        pool.nudge()
        rest = [said[1] for said in told if said is not None]
    assert sum(isinstance(event, Progress) for event in rest) == 20 - before and rest[-1] == Ended()


def test_what_workers_are_worth_is_measured(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "ROUNDS", 1)
    found = list(bench.measured(pool, Library(), replace(REQUEST, steps=1)))
    assert [figure.unit for figure in found] == ["s a picture", "× one at a time", "× one process of two threads"]
    assert all(figure.value > 0 for figure in found)


@pytest.mark.slow
@no_kill
def test_the_pictures_of_a_worker_that_was_killed_are_made_by_the_other(pool: Pool) -> None:
    request, events, killed = replace(LONG, steps=30), [], False
    for event in made_by(pool, [Order.of(request)]):
        events.append(event)
        if isinstance(event, Progress) and event.index > 5 and not killed:
            killed = True
            victim = pool.workers[0]
            os.kill(victim.pid, signal.SIGKILL)
    assert_the_same(results(events), alone([Order.of(request)]))
    said = [event.note for event in events if isinstance(event, Phase) and event.note]
    assert len(said) == 1 and said[0].startswith("The worker on cpu ended unexpectedly. What it had in hand is made")
    assert len(results(list(made_by(pool, [Order.of(REQUEST)])))) == 1
    assert victim not in pool.workers and not any(worker.has_ended for worker in pool.workers)


@no_kill
@pytest.mark.timeout(60)
def test_what_was_dropped_is_not_made_again_where_its_worker_ends(pool: Pool) -> None:
    order = Order.of(LONG)
    line = iter([order])
    with closing(pool.carry_out(lambda: next(line, None))) as told:
        while not isinstance(next(told)[1], Progress):
            pass
        victim = next(worker for worker in pool.workers if worker.share is not None)
        os.kill(victim.pid, signal.SIGSTOP)  # before it can say that it has stopped
        pool.drop(order)
        os.kill(victim.pid, signal.SIGKILL)
        rest = [said for said in told if said is not None]
    assert rest == [(order, Ended())] and victim.has_ended


@no_kill
def test_without_a_worker_left_it_is_said_what_to_do(pool: Pool) -> None:
    with closing(made_by(pool, [Order.of(LONG)])) as events:
        while not isinstance(next(events), Progress):
            pass
        for worker in pool.workers:
            os.kill(worker.pid, signal.SIGKILL)
        with pytest.raises(DeviceError, match="No worker is left; try again on one device"):
            list(events)


def test_an_error_says_the_same_once_it_has_come_over() -> None:
    found = error_in(of_error(ModelError("pruned has none.", remedy="vae", model="pruned")))
    assert (type(found), *vars(found).values(), str(found)) == (ModelError, "vae", "pruned", "pruned has none.")


def test_names_of_several_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "available", lambda: ["cuda:0", "cuda:1", "cpu"])
    assert devices.several("all") == ["cuda:0", "cuda:1"] and str(devices.resolve("all")) == "cuda:0"
    assert devices.several("cuda:1, cpu") == ["cuda:1", "cpu"] and devices.several("auto") == ["cuda:0"]
    with pytest.raises(DeviceError, match="no device called 'cuda:2'"):
        devices.several("cuda,cuda:2")
    with pytest.raises(DeviceError, match="more than the 64"):
        devices.several(",".join(["cpu"] * 65))
    monkeypatch.setattr(devices, "available", lambda: ["cpu"])
    assert devices.several("all") == ["cpu"] and devices.describe("cpu,cpu") == "2 × CPU"
