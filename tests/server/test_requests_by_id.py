"""Requests by id: submission, events after a lost connection, stopping, and models without prompts."""

from __future__ import annotations

import http.client
import io
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from gdm_studio.models.model_card import ModelCard
from gdm_studio.server import durable_requests, request_log
from tests.helpers.gaussian_model import CARD, GaussianLibrary
from tests.helpers.http_client import PATIENCE, TOKEN, RunningServer, running_server, until

ENDS = ("done", "stopped", "failed")


@pytest.fixture
def server() -> Iterator[RunningServer]:
    with running_server() as running:
        yield running


def submit(server: RunningServer, **fields: object) -> str:
    answer = server.post("/v1/requests", fields)
    assert answer.status == 202, answer.json
    return str(answer.json["id"])


def read_events(
    server: RunningServer, name: str, after: int = 0, *, at_most: int = 10**6, header: bool = False
) -> list[tuple[int, dict[str, Any]]]:
    """Read events of a request, until it ends or until `at_most` have arrived, and close the connection."""
    found: list[tuple[int, dict[str, Any]]] = []
    headers = {"Authorization": f"Bearer {TOKEN}"} | ({"Last-Event-ID": str(after)} if header else {})
    path = f"/v1/requests/{name}/events" + ("" if header else f"?after={after}")
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        assert answer.status == 200 and answer.getheader("content-type", "").startswith("text/event-stream")
        number = 0
        while len(found) < at_most and (line := answer.readline()):
            if line.startswith(b"id: "):
                number = int(line[4:])
            elif line.startswith(b"data: "):
                found.append((number, json.loads(line[6:])))
    return found


def test_the_id_comes_at_once_and_the_events_from_the_first_one(server: RunningServer) -> None:
    name = submit(server, prompt="a red disc", steps=4, seed=7, count=2)
    events = read_events(server, name)
    numbers = [number for number, _ in events]
    assert numbers == list(range(1, len(events) + 1))
    kinds = [event["event"] for _, event in events if event["event"] != "phase"]
    assert kinds[:2] == ["queued", "started"] and kinds[-1] == "done" and kinds.count("saved") == 2
    assert all(event["id"] == name for _, event in events)
    steps = [event for _, event in events if event["event"] == "step"]
    assert {event["of"] for event in steps} == {4} and all(event["preview"].startswith("data:") for event in steps)
    # All of it can be read again, also after the end, and from any number on.
    assert read_events(server, name) == events
    assert read_events(server, name, numbers[-3]) == events[-2:]
    assert read_events(server, name, numbers[-3], header=True) == events[-2:]
    # The image is the file of the gallery, with its settings.
    saved = next(event for _, event in events if event["event"] == "saved")
    png = server.get(f"/v1/images/{saved['picture']}").body
    assert "a red disc" in str(Image.open(io.BytesIO(png)).info)


@pytest.mark.slow
def test_a_dropped_line_cancels_nothing_and_a_reader_misses_nothing() -> None:
    with running_server(GaussianLibrary(step_seconds=0.05)) as server:
        name = submit(server, prompt="a red disc", steps=12)
        first = read_events(server, name, at_most=5)
        until(lambda: server.service.logs.reader_count == 0)
        until(lambda: server.get("/v1/images").json["data"])
        rest = read_events(server, name, first[-1][0])
        numbers = [number for number, _ in first + rest]
        assert numbers == list(range(1, numbers[-1] + 1)) and rest[-1][1]["event"] == "done"
        steps = [event for _, event in first + rest if event["event"] == "step"]
        # The steps that nobody saw have previews, too.
        assert [event["step"] for event in steps] == list(range(1, 13)) and all(event["preview"] for event in steps)


def test_a_repeated_submission_is_the_same_request(server: RunningServer) -> None:
    own = "my-request-01"
    assert submit(server, id=own, prompt="a red disc", steps=1) == own
    assert submit(server, id=own, prompt="a red disc", steps=1) == own
    read_events(server, own)
    assert submit(server, id=own, prompt="a red disc", steps=1) == own
    (image,) = server.get("/v1/images").json["data"]
    found = server.get(f"/v1/requests/{own}").json
    expected = {"image": 0, "seed": image["seed"], "picture": image["id"]}
    assert found == {"id": own, "state": "done", "images": [expected]}
    other = server.post("/v1/requests", {"id": own, "prompt": "a blue disc", "steps": 1})
    assert other.status == 422 and "Another request" in other.json["error"]["message"]


def test_only_stop_stops_a_request() -> None:
    with running_server(GaussianLibrary(step_seconds=0.1)) as server:
        running, waiting = (submit(server, prompt=f"disc {each}", steps=150) for each in range(2))
        assert read_events(server, running, at_most=4)
        assert server.post(f"/v1/requests/{waiting}/stop").status == 200
        assert [event["event"] for _, event in read_events(server, waiting)] == ["queued", "stopped"]
        assert server.post(f"/v1/requests/{running}/stop").status == 200
        assert read_events(server, running)[-1][1]["event"] == "stopped"
        assert server.post(f"/v1/requests/{running}/stop").status == 200
        assert server.get("/v1/images").json["data"] == []


@pytest.mark.slow
def test_a_stopping_server_ends_the_streams_and_the_next_one_continues_the_requests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # An orderly end is no crash.
    monkeypatch.setattr(durable_requests, "MAX_STARTS", 1)
    with running_server(GaussianLibrary(step_seconds=0.1)) as server:
        name = submit(server, prompt="a disc", steps=150)
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)) as connection:
            connection.request("GET", f"/v1/requests/{name}/events", headers={"Authorization": f"Bearer {TOKEN}"})
            answer = connection.getresponse()
            while answer.readline() != b"event: step\n":
                pass
            server.http.stop()
            rest = answer.read()
            assert not any(f"event: {end}".encode() in rest for end in ENDS)
    with running_server() as server:
        events = [event for _, event in read_events(server, name, 10**5)]
        assert events[0]["event"] == "queued" and events[-1]["event"] == "done"
        assert [event["event"] for event in events].count("saved") == 1


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "prompt is missing"),
        ({"prompt": "x", "stepps": 5}, "no field 'stepps'; use steps"),
        ({"prompt": "x", "qqqq": 5}, "no field 'qqqq'; use id, prompt"),
        ({"prompt": "x", "id": "short"}, "id must have 8 to 64"),
        ({"prompt": "x", "id": "../../../etc/passwd"}, "id must have 8 to 64"),
        ({"prompt": "x", "id": 7}, "id must be text"),
        ({"prompt": "x", "steps": 151}, "at most 150 steps"),
        ({"prompt": "x", "count": 17}, "at most 16 images"),
        ({"prompt": "x", "model": "none"}, "no model of that name"),
        ({"prompt": "x", "seed": -1}, "seed"),
    ],
)
def test_a_wrong_request_is_refused_at_once(server: RunningServer, body: dict[str, Any], says: str) -> None:
    answer = server.post("/v1/requests", body)
    assert answer.status in (400, 404) and says in answer.json["error"]["message"], answer.json
    assert server.service.waiting_count() == 0


def test_unknown_requests_and_numbers_are_refused(server: RunningServer) -> None:
    for method, path in (("GET", "events"), ("POST", "stop")):
        answer = server.request(method, f"/v1/requests/unknown1/{path}", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status == 404 and "does not know this request" in answer.json["error"]["message"]
    name = submit(server, prompt="x", steps=1)
    for after in ("-1", "x", "9" * 30, "%00"):
        assert server.get(f"/v1/requests/{name}/events?after={after}").status == 400
    assert server.request("GET", f"/v1/requests/{name}/events").status == 401
    # A number that is too high waits for events that never come, but ends with the request.
    assert read_events(server, name, 999) == []


def test_the_logs_are_bounded(monkeypatch: pytest.MonkeyPatch, server: RunningServer) -> None:
    monkeypatch.setattr(request_log, "MAX_EVENTS", 10)
    monkeypatch.setattr(request_log, "MAX_ENDED", 2)
    monkeypatch.setattr(request_log, "MAX_PREVIEW_BYTES", 1)
    names = [submit(server, prompt="x", steps=steps, seed=steps) for steps in (30, 2, 2, 2)]
    events = [event for _, event in read_events(server, names[-1])]
    assert events[-1]["event"] == "done" and not any(event.get("preview") for event in events)
    submit(server, prompt="x", steps=1)
    # Of a removed log, the journal has the images and the end.
    assert server.service.logs.find(names[0]) is None
    events = [event for _, event in read_events(server, names[0])]
    assert [event["event"] for event in events] == ["queued", "saved", "done"]
    name = submit(server, prompt="x", steps=30)
    until(lambda: read_events(server, name)[-1][1]["event"] == "done")
    kinds = [event["event"] for _, event in read_events(server, name)]
    assert len(kinds) == 10 and kinds[0] == "queued" and kinds[-2:] == ["saved", "done"]


class UnpromptedLibrary(GaussianLibrary):
    """Library whose model has classes and no prompt."""

    def cards(self) -> list[ModelCard]:
        accepts = replace(CARD.accepts, prompt="", negative=False, guidance=False, labels=("cat", "dog"))
        return [replace(CARD, accepts=accepts, styles=(), defaults={"steps": 4, "guidance_scale": 1.0})]

    def card(self, name: str) -> ModelCard:
        super().card(name)
        return self.cards()[0]


def test_a_model_without_prompts_needs_none() -> None:
    with running_server(UnpromptedLibrary()) as server:
        found = server.get("/v1/model-settings").json
        assert found["default"] == "gaussian"
        (model,) = found["data"]
        assert model["prompt"] is model["negative_prompt"] is False
        assert model["labels"] == ["cat", "dog"] and model["styles"] == [] and model["denoises_in_steps"] is True
        for fields in ({}, {"label": "dog"}):
            name = submit(server, model="gaussian", **fields)
            assert read_events(server, name)[-1][1]["event"] == "done"
        assert [each["label"] for each in server.get("/v1/images").json["data"]] == ["dog", ""]
        answer = server.post("/v1/requests", {"prompt": "a dog"})
        assert answer.status == 400 and "draws without a prompt" in answer.json["error"]["message"]
        # A class that it does not know is left out, and the answer says so.
        answer = server.post("/v1/requests", {"label": "bird"})
        assert answer.status == 202 and answer.json["left_out"] == ["class"]


class TwoModels(GaussianLibrary):
    def cards(self) -> list[ModelCard]:
        return [CARD, replace(CARD, name="other", title="Other")]


def test_a_client_selects_a_model_for_itself_only() -> None:
    with running_server(TwoModels()) as server:
        path = "/sdapi/v1/options"
        assert server.post(path, {"sd_model_checkpoint": "other"}, User_Agent="Blender/4.2").json is None
        chosen = {
            agent: server.get(path, User_Agent=agent).json["sd_model_checkpoint"]
            for agent in ("Blender/4.2", "Krita/5")
        }
        assert chosen == {"Blender/4.2": "other", "Krita/5": "gaussian"}
        assert server.get("/v1/model-settings", User_Agent="Mozilla/5.0").json["default"] == "gaussian"


def test_the_streams_of_requests_count_as_listeners() -> None:
    from gdm_studio.server.limits import Limits

    with running_server(GaussianLibrary(step_seconds=0.1), limits=Limits(listeners=1)) as server:
        name = submit(server, prompt="x", steps=150)
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)) as connection:
            connection.request("GET", f"/v1/requests/{name}/events", headers={"Authorization": f"Bearer {TOKEN}"})
            assert connection.getresponse().status == 200
            until(lambda: server.service.logs.reader_count == 1)
            assert server.get(f"/v1/requests/{name}/events").status == 503
            assert server.get("/v1/events").status == 503
        until(lambda: server.service.logs.reader_count == 0)
        assert server.post(f"/v1/requests/{name}/stop").status == 200
