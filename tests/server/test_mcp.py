"""The MCP server: a conversation over pipes, as an assistant leads it."""

from __future__ import annotations

import base64
import io
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gdm_studio.gallery import Gallery, read
from gdm_studio.models.model_card import ModelCard
from gdm_studio.server.mcp import McpServer
from gdm_studio.server.service import Service
from tests.helpers.gaussian_model import GaussianLibrary

PATIENCE = 60


class Conversation:
    """The client's end of two pipes."""

    def __init__(self, source: Any, output: Any) -> None:
        self._source = source
        self._output = output
        self._lines: queue.Queue[bytes] = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self._number = 0

    def _read(self) -> None:
        for line in self._output:
            self._lines.put(line)

    def send(self, data: bytes) -> None:
        self._source.write(data + b"\n")
        self._source.flush()

    def message(self) -> dict[str, Any]:
        """Return the next message of the server."""
        found = json.loads(self._lines.get(timeout=PATIENCE))
        assert found["jsonrpc"] == "2.0"
        return found

    def ask(self, method: str, **params: object) -> dict[str, Any]:
        """Send a request, and return its answer after all notifications."""
        self._number += 1
        self.notices: list[dict[str, Any]] = []
        self.send(json.dumps({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}).encode())
        while (found := self.message()).get("id") != self._number:
            self.notices.append(found)
        return found

    def call(self, name: str, _meta: object = None, **arguments: object) -> dict[str, Any]:
        meta = {} if _meta is None else {"_meta": _meta}
        return self.ask("tools/call", name=name, arguments=arguments, **meta)["result"]


@contextmanager
def conversation(library: object) -> Iterator[Conversation]:
    """Run a server in another thread and talk to it."""
    to_server, from_server = os.pipe(), os.pipe()
    with Service(library) as service:  # type: ignore[arg-type]
        service.start()
        with (
            open(from_server[0], "rb") as answers,
            open(to_server[0], "rb") as source,
            open(from_server[1], "wb") as output,
        ):
            thread = threading.Thread(target=McpServer(service, source, output).run)
            thread.start()
            with open(to_server[1], "wb") as asking:
                talk = Conversation(asking, answers)
                yield talk
            thread.join(PATIENCE)
            assert not thread.is_alive()
            # The reader ends with the server's end of the pipe, before `answers` is closed.
            output.close()
            talk.reader.join(PATIENCE)


@pytest.fixture
def talk() -> Iterator[Conversation]:
    with conversation(GaussianLibrary()) as talk:
        yield talk


def begin(talk: Conversation, version: str = "2025-06-18") -> dict[str, Any]:
    info = {"name": "Claude Desktop", "version": "1"}
    answer = talk.ask("initialize", protocolVersion=version, capabilities={}, clientInfo=info)
    talk.send(b'{"jsonrpc": "2.0", "method": "notifications/initialized"}')
    return answer["result"]


def test_an_image_is_generated_with_progress_and_its_file(talk: Conversation) -> None:
    found = begin(talk)
    assert found["protocolVersion"] == "2025-06-18" and found["serverInfo"]["name"] == "gdm-studio"
    assert found["capabilities"] == {"tools": {}}
    tools = talk.ask("tools/list")["result"]["tools"]
    assert [tool["name"] for tool in tools] == ["generate_image", "list_models", "search_images", "show_image"]
    assert all(tool["inputSchema"]["type"] == "object" for tool in tools)
    result = talk.call("generate_image", {"progressToken": "p"}, prompt="a red disc", steps=3, seed=7, count=2)
    assert result["isError"] is False
    *pictures, text = result["content"]
    assert [each["mimeType"] for each in pictures] == ["image/png"] * 2
    assert Image.open(io.BytesIO(base64.b64decode(pictures[0]["data"]))).size == (128, 128)
    assert json.loads(text["text"]) == result["structuredContent"]
    facts = result["structuredContent"]["images"]
    assert [each["seed"] for each in facts] == [7, 8] and all(Path(each["file"]).is_file() for each in facts)
    assert read(Path(facts[0]["file"])).made_with["asked_by"] == "Claude-Desktop (MCP)"
    notes = [each["params"] for each in talk.notices]
    assert {each["progressToken"] for each in notes} == {"p"} and notes[-1] == notes[-1] | {"progress": 6, "total": 6}
    done = [each["progress"] for each in notes]
    assert done == sorted(set(done)) and notes[0]["message"] == "Step 1 of 3"


def test_models_and_the_gallery_can_be_read(talk: Conversation) -> None:
    begin(talk)
    answer = talk.call("list_models")
    (text,) = answer["content"]
    (model,) = answer["structuredContent"]["models"]
    assert json.loads(text["text"]) == answer["structuredContent"] and "_meta" not in answer
    assert model | {"name": "gaussian", "sizes": ["128x128"], "prompt": True, "labels": []} == model
    assert talk.call("search_images")["structuredContent"] == {"images": []}
    talk.call("generate_image", prompt="a red disc", steps=1)
    talk.call("generate_image", prompt="a blue disc", steps=1)
    result = talk.call("search_images", query="blue steps:>")
    assert result["isError"] is True and result["content"][0]["text"].startswith("This search is not clear: ")
    listed = talk.call("search_images", query="blue")["structuredContent"]["images"]
    assert [each["prompt"] for each in listed] == ["a blue disc"]
    picture, text = talk.call("show_image", id=listed[0]["id"])["content"]
    assert picture["type"] == "image" and json.loads(text["text"])["images"] == listed


def test_the_tools_are_described(talk: Conversation) -> None:
    begin(talk)
    tools = talk.ask("tools/list")["result"]["tools"]
    for tool in tools:
        assert tool["title"] and tool["annotations"]["title"] == tool["title"]
        assert tool["inputSchema"]["additionalProperties"] is tool["outputSchema"]["additionalProperties"] is False
        assert tool["annotations"]["readOnlyHint"] is (tool["name"] != "generate_image")
        assert tool["annotations"]["openWorldHint"] is False
    assert tools[0]["annotations"]["destructiveHint"] is False
    # What a tool returns has the form that it declares.
    made = talk.call("generate_image", prompt="a red disc", steps=1, style="none such")["structuredContent"]
    assert made["left_out"] == ["style"]
    results = {
        "generate_image": made,
        "list_models": talk.call("list_models")["structuredContent"],
        "search_images": talk.call("search_images")["structuredContent"],
        "show_image": talk.call("show_image", id=made["images"][0]["id"])["structuredContent"],
    }
    for tool in tools:
        assert_conforms(results[tool["name"]], tool["outputSchema"])


def assert_conforms(value: Any, schema: dict[str, Any]) -> None:
    """Check a value against a JSON Schema of the kinds that the server uses."""
    kinds = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
    assert type(value) is kinds[schema["type"]], (value, schema)
    if schema["type"] == "array":
        for each in value:
            assert_conforms(each, schema["items"])
    if schema["type"] == "object":
        assert set(schema["required"]) <= value.keys() <= schema["properties"].keys()
        for name, each in value.items():
            assert_conforms(each, schema["properties"][name])


def test_unknown_arguments_are_refused_by_name(talk: Conversation) -> None:
    begin(talk)
    wrong = {
        "generate_image": ({"prompt": "x", "step": 3}, "no argument 'step'; use steps."),
        "list_models": ({"all": True}, "no argument 'all'; leave it out."),
        "search_images": ({"zzzz": "fox"}, "no argument 'zzzz'; use query, limit."),
        "show_image": ({"id": "x", "ID": "y"}, "no argument 'ID'; use id"),
    }
    for tool, (arguments, says) in wrong.items():
        result = talk.call(tool, **arguments)
        assert result["isError"] is True and says in result["content"][0]["text"], result
    with closing(Gallery.open()) as gallery:
        assert gallery.count() == 0


def test_errors_are_answers(talk: Conversation) -> None:
    # The newest version with this handshake, unless the client's is known.
    for unknown in ("1999-01-01", "2026-07-28", "", 5, None):
        assert begin(talk, unknown)["protocolVersion"] == "2025-11-25"  # type: ignore[arg-type]
    for known in ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"):
        assert begin(talk, known)["protocolVersion"] == known
    for arguments in (
        {},
        {"prompt": 5},
        {"prompt": "\ud800"},
        {"prompt": "x", "steps": 0},
        {"prompt": "x", "steps": 10**9},
        {"prompt": "x", "count": 5},
        {"prompt": "x", "model": "/etc/passwd"},
        {"prompt": "x", "width": 10**9},
        {"prompt": "x", "seed": -1},
        {"prompt": "x", "guidance_scale": 1e9},
    ):
        result = talk.call("generate_image", **arguments)
        (content,) = result["content"]
        assert result["isError"] is True and content["text"].endswith("."), arguments
    # A setting that the model lacks is left out, and the answer says so.
    assert "style" in talk.call("generate_image", prompt="x", steps=1, style="none such")["content"][1]["text"]
    assert "prompt is missing" in talk.call("generate_image", steps=1)["content"][0]["text"]
    assert talk.call("show_image", id="../../etc/passwd")["isError"] is True
    assert talk.call("search_images", limit=10**6)["isError"] is True
    assert talk.ask("no/method")["error"]["code"] == -32601
    assert talk.ask("tools/call", name="no tool")["error"]["code"] == -32602
    assert talk.ask("tools/call", name="list_models", arguments=[])["error"]["code"] == -32602
    assert talk.ask("ping")["result"] == {}


# Messages as the package `mcp` 2.3 sends them.
MODERN = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "mcp", "version": "0.1.0"},
    "io.modelcontextprotocol/clientCapabilities": {},
}


def test_a_modern_client_needs_no_handshake(talk: Conversation) -> None:
    found = talk.ask("server/discover", _meta=MODERN)["result"]
    assert found["resultType"] == "complete" and found["supportedVersions"][0] == "2026-07-28"
    assert {"2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"} <= set(found["supportedVersions"])
    assert found["capabilities"] == {"tools": {}} and found["ttlMs"] >= 0 and found["cacheScope"] == "public"
    server = found["_meta"]["io.modelcontextprotocol/serverInfo"]
    assert server["name"] == "gdm-studio" and server["version"]
    found = talk.ask("tools/list", _meta=MODERN)["result"]
    assert found["resultType"] == "complete" and found["ttlMs"] >= 0 and found["cacheScope"] == "public"
    assert [tool["name"] for tool in found["tools"]][0] == "generate_image"
    call = {"name": "generate_image", "arguments": {"prompt": "a red disc", "steps": 3, "seed": 5}}
    found = talk.ask("tools/call", **call, _meta={**MODERN, "progressToken": 3})["result"]
    assert found["resultType"] == "complete" and "io.modelcontextprotocol/serverInfo" in found["_meta"]
    assert [each["params"]["progress"] for each in talk.notices] == [1, 2, 3]
    # The client is the one that the request names, and no earlier one.
    (image,) = found["structuredContent"]["images"]
    assert read(Path(image["file"])).made_with["asked_by"] == "mcp (MCP)"
    unnamed = {key: value for key, value in MODERN.items() if not key.endswith("clientInfo")}
    found = talk.ask("tools/call", **call, _meta=unnamed)["result"]
    assert read(Path(found["structuredContent"]["images"][0]["file"])).made_with["asked_by"] == "a program (MCP)"
    # Methods of earlier versions do not exist in it.
    for method in ("ping", "initialize", "logging/setLevel"):
        assert talk.ask(method, _meta=MODERN)["error"]["code"] == -32601
    # Both kinds of clients can be served at the same time.
    assert begin(talk)["protocolVersion"] == "2025-06-18" and "resultType" not in talk.ask("tools/list")["result"]


def test_other_versions_and_missing_fields_are_refused(talk: Conversation) -> None:
    key = "io.modelcontextprotocol/protocolVersion"
    for version in ("1900-01-01", "2025-11-25", "2099-01-01", ""):
        error = talk.ask("tools/list", _meta={**MODERN, key: version})["error"]
        assert error["code"] == -32022 and error["data"]["requested"] == version
        assert error["data"]["supported"][:2] == ["2026-07-28", "2025-11-25"]
    for name in ("protocolVersion", "clientCapabilities"):
        for value in (None, 5, [], "absent"):
            meta: dict[str, Any] = {**MODERN, f"io.modelcontextprotocol/{name}": value}
            if value == "absent":
                del meta[f"io.modelcontextprotocol/{name}"]
            assert talk.ask("server/discover", _meta=meta)["error"]["code"] == -32602
    assert talk.ask("server/discover")["error"]["code"] == -32602
    for odd in (5, [], "x", None):
        assert "tools" in talk.ask("tools/list", _meta=odd)["result"]


def test_malformed_messages_are_answered(talk: Conversation) -> None:
    malformed = {
        b"{": -32700,
        b"\xff\xfe{": -32700,
        b"[" * 5000: -32700,
        b"x" * (2**20 + 10): -32700,
        b"[]": -32600,
        b"5": -32600,
        b"null": -32600,
        b'{"jsonrpc": "1.0", "id": 1, "method": "ping"}': -32600,
        b'{"jsonrpc": "2.0", "id": 1}': -32600,
        b'{"jsonrpc": "2.0", "id": {}, "method": "ping"}': -32600,
        b'{"jsonrpc": "2.0", "id": null, "method": "ping"}': -32600,
        b'{"jsonrpc": "2.0", "id": 1, "method": 5}': -32600,
        b'{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []}': -32600,
        b'[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]': -32600,
        b'{"jsonrpc":"2.0","id":1e999,"method":"ping"}': -32600,
    }
    for line, code in malformed.items():
        talk.send(line)
        assert talk.message()["error"]["code"] == code, line[:80]
    talk.send(b'{"jsonrpc": "2.0", "id": 99, "result": {}}\n\n{"jsonrpc": "2.0", "method": "notifications/x"}')
    assert talk.ask("ping")["result"] == {}


@pytest.mark.slow
def test_a_call_can_be_cancelled_and_the_end_of_the_input_cancels_the_rest() -> None:
    with conversation(GaussianLibrary(step_seconds=0.2)) as talk:
        begin(talk)
        call = {"name": "generate_image", "arguments": {"prompt": "x", "steps": 150}, "_meta": {"progressToken": 1}}
        talk.send(json.dumps({"jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": call}).encode())
        assert talk.message()["method"] == "notifications/progress"
        talk.send(b'{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "a"}}')
        # Its answer is left out, as the specification says. The id can be used again.
        talk.send(b'{"jsonrpc": "2.0", "id": "then", "method": "tools/call", "params": {"name": "search_images"}}')
        while "result" not in (found := talk.message()):
            assert found["method"] == "notifications/progress"
        assert found["id"] == "then"
        talk.send(json.dumps({"jsonrpc": "2.0", "id": "b", "method": "tools/call", "params": call}).encode())
        assert talk.message()["method"] == "notifications/progress"
    with closing(Gallery.open()) as gallery:
        assert gallery.count() == 0


def test_a_call_can_be_cancelled_before_its_request_is_submitted() -> None:
    reached, gate = threading.Event(), threading.Event()

    class GatedLibrary(GaussianLibrary):
        def cards(self) -> list[ModelCard]:
            reached.set()
            assert gate.wait(PATIENCE)
            return super().cards()

    with conversation(GatedLibrary(step_seconds=0.2)) as talk:
        call = {"name": "generate_image", "arguments": {"prompt": "x", "steps": 150}}
        talk.send(json.dumps({"jsonrpc": "2.0", "id": "a", "method": "tools/call", "params": call}).encode())
        assert reached.wait(PATIENCE)
        talk.send(b'{"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "a"}}')
        assert talk.ask("ping")["result"] == {}
        gate.set()
        assert talk.call("search_images")["isError"] is False and talk.notices == []
    with closing(Gallery.open()) as gallery:
        assert gallery.count() == 0


@pytest.mark.slow
def test_a_client_that_reads_nothing_stops_neither_its_images_nor_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gdm_studio.server.mcp.SECONDS_TO_READ", 0.2)
    monkeypatch.setattr("gdm_studio.server.mcp.SECONDS_UNREAD", 0.2)
    # The notifications of all steps do not fit either.
    arguments = {"prompt": "a disc", "count": 4, "steps": 100}
    params = {"name": "generate_image", "arguments": arguments, "_meta": {"progressToken": 1}}
    call = {"jsonrpc": "2.0", "id": "image", "method": "tools/call", "params": params}
    # The answers to these do not fit into the pipe, but into the pipe and the server's memory.
    lists = [{"jsonrpc": "2.0", "id": number, "method": "tools/list"} for number in range(60)]
    to_server, from_server = os.pipe(), os.pipe()
    with Service(GaussianLibrary()) as service:  # type: ignore[arg-type]
        service.start()
        with open(to_server[0], "rb") as source, open(from_server[1], "wb", buffering=0) as output:
            server = threading.Thread(target=McpServer(service, source, output).run)
            server.start()
            with open(to_server[1], "wb") as asking:
                for each in (*lists, call):
                    asking.write(json.dumps(each).encode() + b"\n")
                asking.flush()
                end = time.monotonic() + PATIENCE
                while len(service.search("", 10).result()) < 4:
                    assert time.monotonic() < end
                    time.sleep(0.02)
                # The answers to these fit nowhere.
                for each in 10 * lists:
                    asking.write(json.dumps(each).encode() + b"\n")
            server.join(PATIENCE)
            assert not server.is_alive()
            os.close(from_server[0])


@pytest.mark.slow
def test_the_verb_speaks_only_json_on_standard_output() -> None:
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18"}},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
    ]
    ended = subprocess.run(
        [sys.executable, "-m", "gdm_studio", "mcp"],
        input="".join(json.dumps(each) + "\n" for each in messages),
        env=dict(os.environ, PYTHONPATH=os.pathsep.join(sys.path)),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert [json.loads(line)["id"] for line in ended.stdout.splitlines()] == [1, 2]
