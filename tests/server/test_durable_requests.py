"""Accepted requests survive a killed server, repeated ones are generated once, and several workers share requests."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gdm_studio import preferences
from gdm_studio.common.errors import StorageError
from gdm_studio.gallery import Gallery
from gdm_studio.jobs.queue import Queue
from gdm_studio.request.generation_request import Request
from gdm_studio.server import durable_requests, request_journal
from gdm_studio.server.client_requests import Client, Ticket
from gdm_studio.server.durable_requests import DurableRequests
from gdm_studio.server.fair_queue import FairQueue, Priority
from gdm_studio.server.request_journal import Entry, RequestJournal
from gdm_studio.server.service import Service
from tests.helpers import stub_gateway
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.http_client import PATIENCE, running_server, until
from tests.helpers.server_process import server_process
from tests.server.test_openai import BODY, GENERATIONS, START, png, post_form
from tests.server.test_queue import following, start_request, until_event
from tests.server.test_requests_by_id import read_events, submit

TXT2IMG = "/sdapi/v1/txt2img"

pytestmark = pytest.mark.usefixtures("forked_processes")


def picture_count() -> int:
    with closing(Gallery.open()) as gallery:
        return gallery.count()


@pytest.mark.slow
def test_a_killed_server_completes_each_accepted_request_once() -> None:
    """It is killed after the first of three images of a request, while another one is waiting."""
    key = "key-00001"
    keyed = {"prompt": "d", "steps": 2, "n_iter": 3}
    with ThreadPoolExecutor(1) as pool, server_process() as (server, _):
        # The connection of this request ends with the server.
        lost = pool.submit(server.post, TXT2IMG, keyed, Idempotency_Key=key)
        until(lambda: server.get(f"/v1/requests/{key}").status == 200)
        name = submit(server, prompt="a", steps=2)
        ((last, _),) = read_events(server, key, at_most=1)
        until(lambda: server.get(f"/v1/requests/{key}").json["images"])
    assert lost.exception(PATIENCE) is not None and picture_count() == 1
    reports: list[str] = []
    with running_server(reports=reports) as server:
        assert reports == ["Continuing 2 requests that an earlier server had accepted."]
        # The client repeats the request whose answer it did not get.
        answers = [server.post(TXT2IMG, keyed, Idempotency_Key=key) for _ in range(2)]
        assert [answer.status for answer in answers] == [200] * 2 and answers[0].body == answers[1].body
        # A client that follows the events continues after those of the killed server, and misses no image.
        for request_id, after, count in ((key, last, 3), (name, 0, 1)):
            events = [event for _, event in read_events(server, request_id, after)]
            assert events[-1]["event"] == "done" and len([e for e in events if e["event"] == "saved"]) == count
            found = server.get(f"/v1/requests/{request_id}").json
            assert found["state"] == "done" and [each["image"] for each in found["images"]] == list(range(count))
            assert server.get(f"/v1/images/{found['images'][-1]['picture']}").status == 200
        seeds = [image["seed"] for image in server.get(f"/v1/requests/{key}").json["images"]]
        assert json.loads(answers[0].json["info"])["all_seeds"] == seeds and len(answers[0].json["images"]) == 3
        assert server.post(TXT2IMG, keyed | {"steps": 3}, Idempotency_Key=key).status == 422
    assert picture_count() == 4 and Queue.open().items() == []


@pytest.mark.slow
def test_a_repeated_request_joins_the_first_one_and_a_broken_connection_cancels_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    strftime = time.strftime
    with running_server(GaussianLibrary(step_seconds=0.05)) as server, following(server) as events:
        body = {"prompt": "x", "steps": 20}
        with ThreadPoolExecutor(2) as pool:
            answers = [pool.submit(server.post, GENERATIONS, BODY, Idempotency_Key="key-00002") for _ in range(2)]
            assert answers[0].result().body == answers[1].result().body and answers[0].result().status == 200
        with closing(start_request(server, body, headers={"Idempotency-Key": "key-00003"})):
            until(lambda: until_event(events, "step")["id"] == "key-00003")
        answer = server.post(TXT2IMG, body, Idempotency_Key="key-00003")
        assert answer.status == 200 and len(answer.json["images"]) == 1
        # An answer of another time has the same time.
        with monkeypatch.context() as patched:
            patched.setattr(time, "strftime", lambda form, of=None: strftime(form, of) if of else "now")
            assert server.post(TXT2IMG, body, Idempotency_Key="key-00003").body == answer.body
        streamed = server.post(GENERATIONS, BODY | {"stream": True}, Idempotency_Key="key-00004")
        again = server.post(GENERATIONS, BODY | {"stream": True}, Idempotency_Key="key-00004")
        # Before the image, there are comments and partial images.
        images = [each.body.split(b"event: image_generation.completed") for each in (streamed, again)]
        assert len(images[0]) == len(images[1]) == 2 and images[0][1] == images[1][1]
        # The boundary of a form differs each time.
        form: Any = {"prompt": "x"}, [("image", png(START))]
        edits = [post_form(server, *form, boundary=each * 20, Idempotency_Key="key-00005") for each in "ab"]
        assert edits[0].body == edits[1].body and edits[0].status == 200
    assert picture_count() == 4
    with running_server() as server:
        assert server.post(TXT2IMG, body, Idempotency_Key="short").status == 422
        units = {"alwayson_scripts": {"ADetailer": {"args": [{"ad_model": "face_yolov8n.pt"}]}}}
        answer = server.post(TXT2IMG, {"prompt": "x"} | units, Idempotency_Key="key-00006")
        assert answer.status == 422 and "ADetailer" in answer.json["detail"]
        assert server.post(TXT2IMG, body, X_Priority="urgent").status == 422


def test_events_that_are_read_while_an_image_is_saved_have_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    note = DurableRequests.note_progress
    with running_server() as server:

        def read_first(kept: DurableRequests, ticket: Ticket) -> None:
            thread = threading.Thread(target=server.service.find_log, args=(ticket.id,))
            thread.start()
            thread.join(PATIENCE)
            note(kept, ticket)

        monkeypatch.setattr(DurableRequests, "note_progress", read_first)
        assert server.post(TXT2IMG, {"prompt": "x"}, Idempotency_Key="key-00001").status == 200
        kinds = [event["event"] for _, event in read_events(server, "key-00001")]
        assert kinds.count("saved") == 1 and kinds[-1] == "done"


def test_a_request_that_failed_may_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    library = GaussianLibrary()

    def fail(*args: object, **named: object) -> None:
        raise ValueError("broken")

    with running_server(library) as server:
        with monkeypatch.context() as patched:
            patched.setattr(library, "load", fail)
            assert server.post(TXT2IMG, {"prompt": "x"}, Idempotency_Key="key-00001").status == 500
        found = server.get("/v1/requests/key-00001").json
        assert found["state"] == "failed" and found["error"].startswith("Something unforeseen")
        # The key belongs to that body.
        other = server.post(TXT2IMG, {"prompt": "y"}, Idempotency_Key="key-00001")
        assert other.status == 422 and "another id" in other.json["detail"]
        assert server.post(TXT2IMG, {"prompt": "x"}, Idempotency_Key="key-00001").status == 200
    assert picture_count() == 1


@pytest.mark.parametrize(("statement", "ends_itself"), [("COMMIT", False), ("INSERT", True)])
def test_requests_are_accepted_again_after_the_disk_was_full(
    statement: str, ends_itself: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite ends the transaction itself on some errors."""
    full = [True]

    class FullDisk(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
            if sql.startswith(statement) and full:
                full.clear()
                if ends_itself:
                    super().execute("ROLLBACK")
                raise sqlite3.OperationalError("database or disk is full")
            return super().execute(sql, parameters)

    connect = sqlite3.connect
    monkeypatch.setattr(request_journal.sqlite3, "connect", partial(connect, factory=FullDisk))
    with closing(RequestJournal.open()) as journal:
        entry = Entry(
            id="a", item="b", request=Request(), client=Client("", "", ""), priority=Priority.NORMAL, digest=""
        )
        with pytest.raises(StorageError, match="disk is full"):
            journal.add(entry)
        assert journal.open_entries() == []
        journal.add(entry)
        assert [each.id for each in journal.open_entries()] == ["a"]


@pytest.mark.slow
def test_two_servers_of_one_folder_generate_a_request_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one gets a request that the first is running, and continues it when the first is killed."""
    body = {"prompt": "x", "steps": 4, "seed": 3}
    find = DurableRequests.find
    with ThreadPoolExecutor(1) as pool, running_server() as second:
        with server_process() as (first, _):
            lost = pool.submit(first.post, TXT2IMG, body, Idempotency_Key="key-00001")
            until(lambda: first.get("/v1/requests/key-00001").status == 200)
            assert second.get("/v1/requests/key-00001").json["state"] == "waiting"
            answer = second.post(TXT2IMG, body, Idempotency_Key="key-00001")
            assert answer.status == 503 and "Another program" in answer.json["detail"]
            # The first one has accepted it just after the second looked for it.
            monkeypatch.setattr(DurableRequests, "find", lambda kept, request_id: None)
            assert second.post(TXT2IMG, body, Idempotency_Key="key-00001").status == 503
            monkeypatch.setattr(DurableRequests, "find", find)
            assert len(Queue.open().items()) == 1
        assert lost.exception(PATIENCE) is not None
        assert second.post(TXT2IMG, body, Idempotency_Key="key-00001").status == 200
    assert picture_count() == 1 and Queue.open().items() == []


@pytest.mark.slow
def test_a_request_during_which_the_server_dies_again_and_again_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable_requests, "MAX_STARTS", 1)
    with server_process() as (server, _):
        name = submit(server, prompt="x", steps=150)
        until(lambda: server.get(f"/v1/requests/{name}").json["state"] == "running")
        assert [event["event"] for _, event in read_events(server, name, at_most=2)] == ["queued", "started"]
        # Answered by the thread that has recorded the start before.
        assert server.get("/v1/images").json["data"] == []
    with running_server() as server:
        found = server.get(f"/v1/requests/{name}").json
        assert found["state"] == "failed" and "ended" in found["error"]
    assert Queue.open().items() == [] and picture_count() == 0


class Order:
    """Follower that notes the events."""

    previews = False

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []

    def put(self, event: Any) -> None:
        self.events.append((event["event"], event["id"]))


@pytest.mark.slow
def test_a_cluster_runs_several_requests_at_once_and_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The cluster cannot be reached at first."""
    stub_gateway.use(monkeypatch)
    away = tmp_path / "away"
    away.touch()
    monkeypatch.setenv(stub_gateway.AWAY, str(away))
    preferences.change({"cluster": "auto"})
    order, gate = Order(), threading.Event()
    reports: list[str] = []
    service = Service(GaussianLibrary(), device="cluster", report=reports.append)  # type: ignore[arg-type]
    with service:
        service.events.add(order)
        service.start()
        service.call(lambda: gate.wait(PATIENCE))
        request, _ = service.models.create_request(service.models.card(), prompt="x", steps=1)
        tickets = [service.submit(request, Client(name, name, name), ticket_id=name) for name in "abc"]
        gate.set()
        assert [len(ticket.answer.result(PATIENCE)) for ticket in tickets] == [1] * 3
        assert service.runner.executor.worker_count == 1
        # A request that arrives while the others are running.
        late = service.submit(request, Client("d", "d", "d"))
        assert len(late.answer.result(PATIENCE)) == 1
    kinds = [event for event in order.events if event[0] in ("started", "done")]
    assert kinds.index(("started", "b")) < kinds.index(("done", "a"))
    assert not away.exists() and any("is tried again" in each for each in reports)


def test_priorities_change_the_order_and_not_the_shares() -> None:
    queue = FairQueue[str]()
    for number in range(6):
        queue.add("eager", f"e{number}", address="x", priority=Priority.HIGH)
        queue.add("plain", f"p{number}", address="y")
    queue.add("modest", "m", address="z", priority=Priority.LOW)
    # "eager" is ahead of its share by three requests at most. A low priority comes last.
    found = [queue.take() for _ in range(13)]
    assert found == ["e0", "e1", "e2", "p0", "p1", "p2", "e3", "p3", "e4", "p4", "e5", "p5", "m"]
    # A low priority is not starved: after 32 others it counts as normal.
    queue.add("modest", "m", address="z", priority=Priority.LOW)
    for number in range(40):
        queue.add("plain", f"p{number}", address="y")
    assert [queue.take() for _ in range(41)].index("m") == 32


def test_the_work_is_shared_by_address_and_then_by_program() -> None:
    """Another name of a program gives an address no larger share, and large requests count for more."""
    queue = FairQueue[str]()
    for _ in range(4):
        for agent in "abc":
            queue.add(f"many {agent}", agent, address="many")
        queue.add("one", "1", address="one")
    found = "".join(filter(None, (queue.take() for _ in range(8))))
    assert found.count("1") == 4 and {found.count(agent) for agent in "abc"} == {1, 2}
    queue.clear()
    for _ in range(4):
        queue.add("large", "L", address="large", cost=3)
        queue.add("small", "s", address="small", cost=1)
    assert "".join(filter(None, (queue.take() for _ in range(8)))) == "LsssLsLL"
