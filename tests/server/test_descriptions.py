"""What the server tells other programs about itself: its endpoints for OpenAPI, and its state for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.helpers.http_client import RunningServer
from tests.server.test_openai import BODY, GENERATIONS, START, png, post_form

# {type in the description: a value of another type}
WRONG: dict[str, Any] = {
    "string": 5,
    "integer": 1.5,
    "number": "x",
    "boolean": "x",
    "array": 5,
    "object": [],
}


def described_bodies(server: RunningServer, media_type: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the path of each endpoint that reads a body of a type, and the schemas of the fields."""
    for path, methods in server.get("/openapi.json").json["paths"].items():
        for operation in methods.values():
            content = operation.get("requestBody", {}).get("content", {})
            if media_type in content:
                yield path, content[media_type]["schema"]["properties"]


def test_every_described_field_is_checked_and_may_be_null(server: RunningServer) -> None:
    found = dict(described_bodies(server, "application/json"))
    assert {GENERATIONS, "/sdapi/v1/img2img", "/v1/requests", "/sdapi/v1/options"} <= set(found)
    for path, fields in found.items():
        assert fields
        for name, schema in fields.items():
            kind, null = schema["type"]
            assert null == "null"
            answer = server.post(path, dict.fromkeys(fields) | {name: WRONG[kind]})
            assert answer.status in (400, 422) and f"{name} must be " in str(answer.json), (path, name, answer.body)
    inner = found["/sdapi/v1/txt2img"]["override_settings"]["properties"]
    for name, schema in inner.items():
        body = {"override_settings": {name: WRONG[schema["type"][0]]}}
        assert f"override_settings.{name} must be " in str(server.post("/sdapi/v1/txt2img", body).json)
    assert server.service.events.counts["queued"] == 0


def test_the_form_is_described_with_its_files(server: RunningServer) -> None:
    found = dict(described_bodies(server, "multipart/form-data"))
    assert {"original_ref", "image"} <= set(found["/api/upload/mask"])
    fields = found["/v1/images/edits"]
    assert {"image", "mask", "prompt", "strength"} <= set(fields) and fields["image"]["type"] == "array"
    for name in fields.keys() - {"image", "mask"}:
        if fields[name]["type"][0] != "string":
            answer = post_form(server, {"prompt": "x", name: "a word"}, [("image", png(START))])
            assert answer.status == 400 and f"{name} must be " in answer.json["error"]["message"], name


def test_parameters_of_addresses_are_described_and_checked(server: RunningServer) -> None:
    found = server.get("/openapi.json").json["paths"]
    assert found["/v1/models/{name}"]["get"]["parameters"] == [
        {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
    ]
    (limit,) = found["/v1/images"]["get"]["parameters"]
    assert limit["in"] == "query"
    for number, status in ((limit["schema"]["maximum"], 200), (limit["schema"]["maximum"] + 1, 400)):
        assert server.get(f"/v1/images?{limit['name']}={number}").status == status
    assert list(found["/v1/requests"]["post"]["responses"]) == ["202", "default"]
    assert list(found["/v1/events"]["get"]["responses"]["200"]["content"]) == ["text/event-stream"]
    assert found["/health"]["get"]["security"] == [] and "security" not in found["/metrics"]["get"]


def read_metrics(server: RunningServer) -> dict[str, float]:
    """Return the numbers of the server's metrics by name, and check that each name has a type and a help."""
    answer = server.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.body.decode().splitlines()
    found = {name: float(number) for name, _, number in (x.rpartition(" ") for x in lines if x[0] != "#")}
    for name in found:
        plain = name.partition("{")[0]
        kinds = [line.split()[3] for line in lines if line.startswith(f"# TYPE {plain} ")]
        assert kinds == ["counter" if plain.endswith("_total") else "gauge"]
        assert sum(line.startswith(f"# HELP {plain} ") for line in lines) == 1
    return found


def test_the_state_has_numbers_of_requests_seconds_and_errors(server: RunningServer) -> None:
    assert server.request("GET", "/health").json == {"status": "ok"}
    assert server.request("GET", "/metrics").status == 401
    before = read_metrics(server)
    assert before["gdm_studio_running_seconds_total"] == before["gdm_studio_waiting_seconds_total"] == 0
    assert server.post(GENERATIONS, BODY | {"prompt": "a private prompt", "n": 2}).status == 200
    assert server.post(GENERATIONS, BODY | {"prompt": "a private prompt", "n": 0}).status == 400
    assert server.get("/v1/models/private").status == 404
    assert server.get("/private").status == 404
    found = read_metrics(server)
    counted = {name.removeprefix("gdm_studio_"): found[name] for name in found}
    assert counted["requests_accepted_total"] == counted["requests_done_total"] == 1
    assert counted["images_saved_total"] == 2 and counted["requests_waiting"] == counted["requests_running"] == 0
    assert counted["running_seconds_total"] > 0 and counted["waiting_seconds_total"] > 0
    responses = 'http_responses_total{{method="{}",path="{}",status="{}"}}'
    for method, path, status in (
        ("GET", "/health", 200),
        ("POST", GENERATIONS, 200),
        ("POST", GENERATIONS, 400),
        ("GET", "/v1/models/{name}", 404),
        ("", "", 401),
        ("", "", 404),
    ):
        assert counted[responses.format(method, path, status)] == 1, (method, path, status)
    assert "private" not in str(counted)
