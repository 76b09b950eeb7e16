"""The order of requests, the events that tell of it, and what happens to a request whose client goes away."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import pytest

from gdm_studio.common import paths
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery
from gdm_studio.jobs.queue import ItemState, Queue
from gdm_studio.request.generation_request import Request
from gdm_studio.server.a1111 import UpscalingTask
from gdm_studio.server.client_requests import Client
from gdm_studio.server.fair_queue import FairQueue
from gdm_studio.server.limits import BusyError, Limits
from gdm_studio.server.service import Service
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.http_client import (
    PATIENCE,
    TOKEN,
    Answer,
    RunningServer,
    image_of,
    png_base64,
    running_server,
    until,
)

TXT2IMG = "/sdapi/v1/txt2img"
Events = Iterator[dict[str, Any]]


@contextmanager
def following(server: RunningServer, *, previews: bool = False) -> Iterator[Events]:
    """Follow the events of the server from now on."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)) as connection:
        path = "/v1/events?previews=1" if previews else "/v1/events"
        connection.request("GET", path, headers={"Authorization": f"Bearer {TOKEN}"})
        answer = connection.getresponse()
        assert answer.getheader("content-type") == "text/event-stream; charset=utf-8"
        assert answer.readline() == b": connected\n"

        def read() -> Events:
            while line := answer.readline():
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])

        yield read()


def start_request(
    server: RunningServer, body: object, *, path: str = TXT2IMG, headers: Mapping[str, str] | None = None
) -> socket.socket:
    """Send a request, by default of txt2img, and return its connection without waiting for the answer."""
    data = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        + "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        + "\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
    connection.sendall(head.encode() + data)
    return connection


def until_event(events: Events, name: str) -> dict[str, Any]:
    return next(event for event in events if event["event"] == name)


@pytest.fixture
def slow_server() -> Iterator[RunningServer]:
    with running_server(GaussianLibrary(step_seconds=0.2)) as running:
        yield running


def test_the_events_tell_of_every_step(server: RunningServer) -> None:
    with following(server, previews=True) as events, following(server) as plain:
        body = {"prompt": "x", "steps": 3, "seed": 7, "batch_size": 2, "force_task_id": "mine"}
        answer = server.post(TXT2IMG, body, User_Agent="curl/8.0")
        assert answer.status == 200
        found = []
        while not found or found[-1]["event"] != "done":
            found.append(next(events))
        names = [event["event"] for event in found if event["event"] != "phase"]
        assert names[:2] == ["queued", "started"] and names[-1] == "done"
        assert {event["id"] for event in found} == {"mine"}
        assert found[0] | {"asked_by": "curl (A1111 API)", "images": 2, "steps": 3} == found[0]
        steps = [event for event in found if event["event"] == "step"]
        assert sum(len(event["images"]) for event in steps) == 6 and {event["of"] for event in steps} == {3}
        assert all(event["preview"].startswith("data:image/png;base64,") for event in steps)
        saved = [event for event in found if event["event"] == "saved"]
        assert [(event["image"], event["seed"]) for event in saved] == [(0, 7), (1, 8)]
        assert "preview" not in until_event(plain, "step")
    with closing(Gallery.open()) as gallery:
        assert {event["picture"] for event in saved} == {picture.id for picture in gallery.page()}


def test_the_progress_shows_the_running_request(slow_server: RunningServer) -> None:
    server = slow_server
    with following(server) as events, closing(start_request(server, {"prompt": "x", "steps": 100})):
        assert server.get("/sdapi/v1/progress?skip_current_image=true").json["current_image"] is None
        server.get("/sdapi/v1/progress")
        until_event(events, "step")
        until(lambda: server.get("/sdapi/v1/progress").json["current_image"])
        found = server.get("/sdapi/v1/progress").json
        assert 0 < found["progress"] < 1 and found["state"]["job_count"] == 1
        assert found["state"]["sampling_steps"] == 100 and found["state"]["sampling_step"] >= 1


def test_an_interrupted_request_is_answered_with_its_images_so_far(slow_server: RunningServer) -> None:
    server = slow_server
    with following(server) as events:
        with ThreadPoolExecutor(1) as pool:
            body = {"prompt": "x", "steps": 100, "n_iter": 3}
            answer = pool.submit(server.post, TXT2IMG, body)
            until_event(events, "step")
            assert server.post("/sdapi/v1/interrupt").json == {}
            assert answer.result().status == 200
            (image,) = answer.result().json["images"]
            assert image_of(image).size == (128, 128) and len(image_of(image).getcolors(128 * 128) or []) > 1
            assert len(json.loads(answer.result().json["info"])["infotexts"]) == 1
        until_event(events, "stopped")
    assert Queue.open().items() == []
    with closing(Gallery.open()) as gallery:
        assert gallery.count() == 0, "as in A1111, an incomplete image is not saved"
    assert server.post(TXT2IMG, {"prompt": "x", "steps": 1}).status == 200


@pytest.mark.slow
def test_an_interrupt_spares_the_requests_of_other_programs_on_the_same_computer(slow_server: RunningServer) -> None:
    server = slow_server
    with following(server) as events, ThreadPoolExecutor(2) as pool:

        def start(name: str) -> Future[Answer]:
            body = {"prompt": name, "steps": 150, "force_task_id": name}
            return pool.submit(server.post, TXT2IMG, body, User_Agent=f"{name}/1.0")

        krita = start("krita")
        until_event(events, "step")
        chat = start("chat")
        assert until_event(events, "queued")["id"] == "chat"
        server.post("/sdapi/v1/interrupt", User_Agent="chat/1.0")
        assert until_event(events, "stopped")["id"] == "chat"
        assert chat.result().status == 200 and chat.result().json["images"] == []
        assert not krita.done()
        chat = start("chat")
        assert until_event(events, "queued")["id"] == "chat"
        server.post("/sdapi/v1/interrupt", User_Agent="krita/1.0")
        assert until_event(events, "stopped")["id"] == "krita"
        assert len(krita.result().json["images"]) == 1
        assert next(event for event in events if event["event"] == "step")["id"] == "chat"
        # A program without requests of its own, such as curl, can stop any request of this computer.
        server.post("/sdapi/v1/interrupt", User_Agent="curl/8.0")
        assert until_event(events, "stopped")["id"] == "chat"


@pytest.mark.slow
def test_a_client_that_hangs_up_gives_up_its_requests(slow_server: RunningServer) -> None:
    """One request is running and another one is waiting when their connections are closed."""
    server = slow_server
    with following(server) as events:
        running = start_request(server, {"prompt": "a", "steps": 150, "force_task_id": "a"})
        until_event(events, "step")
        waiting = start_request(server, {"prompt": "b", "steps": 150, "force_task_id": "b"})
        until_event(events, "queued")
        until(lambda: len(Queue.open().items()) == 2)
        assert {(item.state, item.asked_by) for item in Queue.open().items()} == {
            (ItemState.RUNNING, "a program (A1111 API)")
        }
        waiting.close()
        assert until_event(events, "stopped")["id"] == "b"
        running.close()
        assert until_event(events, "stopped")["id"] == "a"
    until(lambda: Queue.open().items() == [])
    assert server.post(TXT2IMG, {"prompt": "x", "steps": 1}).status == 200


def test_a_request_can_be_paused_in_the_window(slow_server: RunningServer) -> None:
    server = slow_server
    with following(server) as events, ThreadPoolExecutor(1) as pool:
        answer = pool.submit(server.post, TXT2IMG, {"prompt": "x", "steps": 150})
        until_event(events, "step")
        (item,) = Queue.open().items()
        Queue.open().set_paused(item.id, True)
        assert answer.result().status == 503 and "paused" in answer.result().json["detail"]
        # A client that repeated the request would get the images twice.
        assert answer.result().headers["x-should-retry"] == "false" and "retry-after" not in answer.result().headers
    (left,) = Queue.open().items()
    assert left.state is ItemState.PAUSED and left.request.prompt == "x"


@pytest.mark.slow
def test_fifty_clients_at_once_are_all_answered(server: RunningServer) -> None:
    def ask(number: int) -> tuple[int, list[int]]:
        body = {"prompt": "x", "steps": 1, "seed": 1000 * number, "batch_size": 1 + number % 2}
        answer = server.post(TXT2IMG, body, User_Agent=f"client-{number}/1")
        return answer.status, json.loads(answer.json["info"])["all_seeds"] if answer.status == 200 else answer.json

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(ask, range(50)))
    assert [status for status, _ in answers] == [200] * 50
    assert [seeds[0] for _, seeds in answers] == [1000 * number for number in range(50)]
    with closing(Gallery.open()) as gallery:
        assert gallery.count() == 75
    assert Queue.open().items() == []


@pytest.mark.slow
def test_a_client_with_many_requests_delays_no_other() -> None:
    """Twenty requests of one client wait before those of nine others. Each of those has its turn in the first round."""
    started: list[str] = []

    class Order:
        previews = False

        def put(self, event: Any) -> None:
            if event["event"] == "started":
                started.append(event["id"])

    gate = threading.Event()
    with Service(GaussianLibrary()) as service:  # type: ignore[arg-type]
        service.events.add(Order())
        service.start()
        service.call(lambda: gate.wait(PATIENCE))
        card = service.models.card()
        tickets = []
        for name in [*["greedy"] * 20, *(f"client {number}" for number in range(9))]:
            request, _ = service.models.create_request(card, prompt="x", steps=1)
            ticket_id = f"{name} {len(tickets)}"
            tickets.append(service.submit(request, Client(name, name, name), ticket_id=ticket_id))
        gate.set()
        for ticket in tickets:
            assert len(ticket.answer.result(PATIENCE)) == 1
    first_round = [name.rpartition(" ")[0] for name in started[:10]]
    assert sorted(first_round) == sorted(["greedy", *(f"client {number}" for number in range(9))])
    assert all(name.startswith("greedy") for name in started[10:]) and len(started) == 29


def test_the_queue_takes_turns_and_keeps_the_order_of_each_client() -> None:
    queue = FairQueue[str]()
    for entry in ("a1", "a2", "a3", "b1", "c1", "c2"):
        queue.add(entry[0], entry)
    assert queue.remove("a", "a2") and not queue.remove("a", "a2") and not queue.remove("d", "d1")
    assert len(queue) == 5 and queue.count_of("a") == 2
    assert [queue.take() for _ in range(6)] == ["a1", "b1", "c1", "a3", "c2", None]
    assert queue.clear() == []


def test_too_many_waiting_requests_are_refused() -> None:
    limits = Limits(waiting=3, waiting_per_client=2)
    gate = threading.Event()
    with running_server(limits=limits) as server, ThreadPoolExecutor(8) as pool:
        server.service.call(lambda: gate.wait(PATIENCE))
        body = {"prompt": "x", "steps": 1}
        first = [pool.submit(server.post, TXT2IMG, body, User_Agent="a/1") for _ in range(2)]
        until(lambda: server.service.waiting_count() == 2)
        refused = server.post(TXT2IMG, body, User_Agent="a/1")
        assert refused.status == 429 and refused.headers["retry-after"] == "5"
        first.append(pool.submit(server.post, TXT2IMG, body, User_Agent="b/1"))
        until(lambda: server.service.waiting_count() == 3)
        refused = server.post("/v1/images/generations", body, User_Agent="c/1")
        assert refused.status == 503 and refused.headers["retry-after"] == "5"
        assert server.post("/v1/requests", body, User_Agent="c/1").status == 503
        by_address = b'gdm_studio_requests_waiting_by_address{address="127.0.0.1"} 3'
        assert by_address in server.get("/metrics").body
        assert refused.json["error"]["type"] == "server_error"
        gate.set()
        assert [each.result().status for each in first] == [200] * 3


def test_images_that_wait_to_be_enlarged_delay_no_other_request() -> None:
    gate = threading.Event()
    with running_server() as server, ThreadPoolExecutor(8) as pool:
        held = server.service.call(lambda: gate.wait(PATIENCE))
        with following(server) as events:
            body = {"image": png_base64((16, 16)), "upscaling_resize": 2}
            enlarged = [pool.submit(server.post, "/sdapi/v1/extra-single-image", body) for _ in range(6)]
            until(lambda: server.http.connection_count == 7)
            drawn = pool.submit(server.post, TXT2IMG, {"prompt": "x", "steps": 1})
            until_event(events, "queued")
            gate.set()
            assert held.result()
            assert [each.result().status for each in (*enlarged, drawn)] == [200] * 7


def test_an_enlargement_stops_if_its_client_hangs_up(monkeypatch: pytest.MonkeyPatch) -> None:
    started, stopped = threading.Event(), threading.Event()

    def upscale_by_network(image: UpscalingTask, is_wanted: Callable[[], bool]) -> UpscalingTask:
        started.set()
        until(lambda: not is_wanted())
        stopped.set()
        return image

    monkeypatch.setattr(UpscalingTask, "upscale_by_network", upscale_by_network)
    with running_server() as server:
        body = {"image": png_base64((16, 16)), "upscaling_resize": 2}
        with closing(start_request(server, body, path="/sdapi/v1/extra-single-image")):
            assert started.wait(PATIENCE) and not stopped.is_set()
        assert stopped.wait(PATIENCE)
        assert server.post(TXT2IMG, {"prompt": "x", "steps": 1}).status == 200


def test_a_call_that_waits_when_the_service_stops_is_answered() -> None:
    started, gate = threading.Event(), threading.Event()

    def wait() -> bool:
        started.set()
        return gate.wait(PATIENCE)

    with Service(GaussianLibrary()) as service:  # type: ignore[arg-type]
        service.start()
        running, waiting = service.call(wait), service.call(lambda: None)
        assert started.wait(PATIENCE)
        service.stop()
        gate.set()
        assert running.result(PATIENCE)
        assert isinstance(waiting.exception(PATIENCE), BusyError)


@pytest.mark.slow
def test_waiting_requests_keep_no_body_in_memory() -> None:
    bodies = [{"prompt": "a disc", "steps": 150, "scheduler": "x" * 2**20} for _ in range(12)]
    with running_server(GaussianLibrary(step_seconds=0.2)) as server, ExitStack() as stack:
        tracemalloc.start()
        stack.callback(tracemalloc.stop)
        for number, body in enumerate(bodies):
            stack.enter_context(closing(start_request(server, body)))
            until(lambda: server.service.waiting_count() >= number)  # noqa: B023
        until(lambda: tracemalloc.get_traced_memory()[0] < 8 * 2**20)


def test_listeners_are_limited() -> None:
    with running_server(limits=Limits(listeners=1)) as server, following(server):
        assert server.get("/v1/events").status == 503


def test_a_full_disk_fails_the_request_and_not_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    reports: list[str] = []
    secret = "/home/ursula/Pictures is full."
    save = Gallery.save

    def refuse(*args: object, **named: object) -> None:
        raise StorageError(secret)

    with running_server(reports=reports) as server:
        monkeypatch.setattr(Gallery, "save", refuse)
        answer = server.post(TXT2IMG, {"prompt": "x", "steps": 1})
        assert answer.status == 500 and b"ursula" not in answer.body
        assert answer.json["detail"] == "The file cannot be used; the server's terminal shows more."
        assert secret in reports
        monkeypatch.setattr(Gallery, "save", save)
        assert server.post(TXT2IMG, {"prompt": "x", "steps": 1}).status == 200
    assert Queue.open().items() == []


def test_an_unforeseen_error_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    reports: list[str] = []
    library = GaussianLibrary()

    def fail(*args: object, **named: object) -> None:
        raise ValueError("secret")

    with running_server(library, reports=reports) as server:
        monkeypatch.setattr(library, "load", fail)
        answer = server.post(TXT2IMG, {"prompt": "x", "steps": 1})
        assert answer.status == 500 and b"secret" not in answer.body
        assert any("secret" in each for each in reports)
        monkeypatch.undo()
        assert server.post(TXT2IMG, {"prompt": "x", "steps": 1}).status == 200


def test_a_killed_server_leaves_its_requests_in_the_queue() -> None:
    """The window resumes them, as it does with its own."""
    queue = Queue(paths.data_dir() / "queue")
    with Service(GaussianLibrary()) as service:  # type: ignore[arg-type]
        gate = threading.Event()
        service.start()
        service.call(lambda: gate.wait(PATIENCE))
        request, _ = service.models.create_request(service.models.card(), prompt="x", steps=1)
        ticket = service.submit(request, Client("a", "a", "Blender (A1111 API)"))
        item = ticket.item.result(PATIENCE)
        (stored,) = queue.items()
        assert stored.state is ItemState.RUNNING and stored.asked_by == "Blender (A1111 API)"
        assert queue.take(item.id) is None and Request.from_json(stored.request.to_json()) == request
        gate.set()
        ticket.answer.result(PATIENCE)
    assert queue.items() == []
