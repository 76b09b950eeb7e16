"""Server of the Model Context Protocol over standard input and output: JSON-RPC 2.0, one message per line.

Specification: modelcontextprotocol.io. Only tools are provided. A request of version 2026-07-28 or later names its
version and client in its field `_meta`, and needs no request before it. Earlier versions begin with `initialize`.
"""

from __future__ import annotations

import base64
import io
import json
import queue
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from gdm_studio import __version__
from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.common.json_reader import parse_json
from gdm_studio.common.text_safety import shorten
from gdm_studio.request.hires import total_steps
from gdm_studio.server.client_requests import Client
from gdm_studio.server.json_fields import MAX_DEPTH, Fields, check_values
from gdm_studio.server.mcp_tools import ARGUMENTS, MAX_FOUND, MAX_IMAGES, TOOLS
from gdm_studio.server.png_files import reduced_png
from gdm_studio.server.request_fields import check_names, models, request_from

if TYPE_CHECKING:
    from gdm_studio.gallery import Picture
    from gdm_studio.server.client_requests import Ticket
    from gdm_studio.server.service import Service

# Versions in which every request names its version, and versions that begin with `initialize`, the newest first.
MODERN = ("2026-07-28",)
HANDSHAKE = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
# Fields of `_meta`.
VERSION_KEY = "io.modelcontextprotocol/protocolVersion"
CAPABILITIES_KEY = "io.modelcontextprotocol/clientCapabilities"
CLIENT_KEY = "io.modelcontextprotocol/clientInfo"
SERVER_KEY = "io.modelcontextprotocol/serverInfo"
SERVER = {"name": "gdm-studio", "title": "GDM Studio", "version": __version__}
# Milliseconds for which a client may cache the list of tools, which changes only with the version of GDM Studio.
LIFETIME = 3_600_000
# Maximum length of a message in bytes, and number of calls at the same time.
MAX_MESSAGE = 2**20
MAX_CALLS = 16
# Maximum side in pixels of an image in an answer. The file has the full size.
MAX_SIDE = 768
# Maximum number of messages that the client has not read, and seconds to wait for the client to read, also at the end.
MAX_UNREAD = 64
SECONDS_UNREAD = 60.0
SECONDS_TO_READ = 5.0
PARSE_ERROR = -32700
INVALID_REQUEST = -32600
NO_METHOD = -32601
INVALID_PARAMS = -32602
UNSUPPORTED_VERSION = -32022

# Content of a tool's result, and the same facts as an object.
ToolResult = tuple[list[dict[str, Any]], dict[str, Any]]
Tool = Callable[[Fields, "_Call"], ToolResult]


@dataclass(frozen=True)
class _Call:
    """Call of a tool. `key` is the id of its request as JSON, and `progress` the client's token for notifications."""

    number: str | int
    key: str
    client: Client
    progress: object
    is_modern: bool


# Additional fields of results that a client of a MODERN version may cache.
_CACHEABLE = {"ttlMs": LIFETIME, "cacheScope": "public"}
ANONYMOUS = Client("mcp", "mcp", "a program (MCP)")


class McpServer:
    """MCP server for one client. `run` reads messages until the input ends.

    Responses are written to `output`, which nothing else may write to. Tool calls run concurrently. While the client
    reads nothing, notifications are dropped but its images are still generated. A client that leaves MAX_UNREAD
    responses unread for SECONDS_UNREAD is disconnected.
    """

    def __init__(self, service: Service, source: BinaryIO, output: BinaryIO) -> None:
        self._service = service
        self._source = source
        self._output = output
        # Messages that the writer thread has not written yet. None ends the thread.
        self._unwritten_messages: queue.Queue[bytes | None] = queue.Queue(MAX_UNREAD)
        # True once the client has closed its end of the output, or was given up.
        self._is_broken = False
        self._writer = threading.Thread(target=self._write_all, name="mcp output", daemon=True)
        # The client that sent `initialize`.
        self._client = ANONYMOUS
        # Requests being generated, by the id of their call.
        self._tickets: dict[str, Ticket] = {}
        self._calls: set[str] = set()
        # Calls that the client no longer waits for. Their requests may not be submitted yet.
        self._cancelled: set[str] = set()
        self._tools: dict[str, Tool] = {
            "generate_image": self._generate_image,
            "list_models": self._list_models,
            "search_images": self._search_images,
            "show_image": self._show_image,
        }

    def run(self) -> None:
        """Handle JSON-RPC messages until the input ends, then cancel the unfinished requests."""
        self._writer.start()
        try:
            self._read_all()
        finally:
            self._finish()

    def _read_all(self) -> None:
        with ThreadPoolExecutor(MAX_CALLS, thread_name_prefix="mcp") as pool:
            try:
                while not self._is_broken and (line := self._source.readline(MAX_MESSAGE + 1)):
                    if len(line) > MAX_MESSAGE:
                        while line and not line.endswith(b"\n"):
                            line = self._source.readline(MAX_MESSAGE)
                        self._write_error(None, PARSE_ERROR, "The message is too long.")
                    elif line.strip():
                        self._handle_line(line, pool)
            finally:
                for key in list(self._calls):
                    self._cancel(key)

    def _handle_line(self, line: bytes, pool: ThreadPoolExecutor) -> None:
        try:
            message = parse_json(line, max_bytes=MAX_MESSAGE, max_depth=MAX_DEPTH)
        except (ValueError, MemoryError):
            self._write_error(None, PARSE_ERROR, "The message is not valid JSON.")
            return
        # The message is an answer, but this server sends no requests.
        if isinstance(message, dict) and "method" not in message and ("result" in message or "error" in message):
            return
        number = message.get("id") if isinstance(message, dict) else None
        is_named = isinstance(number, str | int) and not isinstance(number, bool)
        if (
            not isinstance(message, dict)
            or message.get("jsonrpc") != "2.0"
            or not isinstance(message.get("method"), str)
            or not isinstance(message.get("params", {}), dict)
            or ("id" in message and not is_named)
        ):
            self._write_error(number if is_named else None, INVALID_REQUEST, "This is no JSON-RPC 2.0 request.")
            return
        params = message.get("params", {})
        method = message["method"]
        if "id" not in message:
            self._handle_notification(method, params)
            return
        meta = params.get("_meta")
        meta = meta if isinstance(meta, dict) else {}
        is_modern = VERSION_KEY in meta or method == "server/discover"
        if is_modern and (problem := _find_problem(meta)) is not None:
            self._write({"id": number, "error": problem})
        elif method == "tools/call":
            self._call(number, params, meta, pool, is_modern=is_modern)
        else:
            self._handle_request(number, method, params, is_modern=is_modern)

    def _handle_notification(self, method: str, params: Mapping[str, Any]) -> None:
        if method == "notifications/cancelled":
            key = json.dumps(params.get("requestId"))
            if key in self._calls:
                self._cancel(key)

    def _cancel(self, key: str) -> None:
        self._cancelled.add(key)
        if (ticket := self._tickets.get(key)) is not None:
            self._service.cancel(ticket)

    def _handle_request(self, number: object, method: str, params: Mapping[str, Any], *, is_modern: bool) -> None:
        capabilities: dict[str, Any] = {"tools": {}}
        if method == "tools/list":
            result: dict[str, Any] = {"tools": TOOLS} | (_CACHEABLE if is_modern else {})
        elif method == "server/discover":
            result = {"supportedVersions": [*MODERN, *HANDSHAKE], "capabilities": capabilities, **_CACHEABLE}
        elif method == "initialize" and not is_modern:
            self._client = _identify_client(params.get("clientInfo")) or self._client
            wanted = params.get("protocolVersion")
            version = wanted if wanted in HANDSHAKE else HANDSHAKE[0]
            result = {"protocolVersion": version, "capabilities": capabilities, "serverInfo": SERVER}
        elif method == "ping" and not is_modern:
            result = {}
        else:
            self._write_error(number, NO_METHOD, f"There is no method {shorten(method)!r}.")
            return
        self._write({"id": number, "result": _complete_result(result) if is_modern else result})

    def _call(
        self,
        number: Any,
        params: Mapping[str, Any],
        meta: Mapping[str, Any],
        pool: ThreadPoolExecutor,
        *,
        is_modern: bool,
    ) -> None:
        name = params.get("name")
        arguments = {} if params.get("arguments") is None else params["arguments"]
        if not isinstance(name, str) or name not in self._tools or not isinstance(arguments, dict):
            self._write_error(number, INVALID_PARAMS, "Name a tool of tools/list and its arguments.")
            return
        key = json.dumps(number)
        if key in self._calls or len(self._calls) >= MAX_CALLS:
            self._write_error(number, INVALID_REQUEST, "Too many calls at a time, or two with the same id.")
            return
        self._calls.add(key)
        client = (_identify_client(meta.get(CLIENT_KEY)) or ANONYMOUS) if is_modern else self._client
        call = _Call(number, key, client, meta.get("progressToken"), is_modern)
        pool.submit(self._run_tool, name, arguments, call)

    def _run_tool(self, name: str, arguments: Mapping[str, Any], call: _Call) -> None:
        try:
            check_values(arguments)
            fields = Fields(arguments)
            check_names(fields, ARGUMENTS[name], kind="argument")
            content, facts = self._tools[name](fields, call)
            result: dict[str, Any] = {"content": content, "structuredContent": facts, "isError": False}
        except StudioError as error:
            result = {"content": [_build_text(str(error))], "isError": True}
        except Exception as error:
            result = {"content": [_build_text(self._service.report(error))], "isError": True}
        finally:
            is_cancelled = call.key in self._cancelled
            self._calls.discard(call.key)
            self._tickets.pop(call.key, None)
            self._cancelled.discard(call.key)
        # Nobody waits for the answer to a cancelled call.
        if not is_cancelled:
            self._write({"id": call.number, "result": _complete_result(result) if call.is_modern else result})

    def _generate_image(self, arguments: Fields, call: _Call) -> ToolResult:
        count = arguments.whole("count")
        if count is not None and not 1 <= count <= MAX_IMAGES:
            raise BadRequest(f"count must be from 1 to {MAX_IMAGES}.")
        request, left_out = request_from(self._service, arguments)
        ticket = self._service.submit(request, call.client)
        self._tickets[call.key] = ticket
        if call.key in self._cancelled:
            self._service.cancel(ticket)
        follower = _ProgressNotifier(self._notify, ticket, call.progress)
        self._service.events.add(follower)
        try:
            images = ticket.answer.result()
        finally:
            self._service.events.remove(follower)
        if not images:
            raise BadRequest("The request was cancelled.")
        facts = {"images": [_collect_facts(image.picture) for image in images], "left_out": left_out}
        return [
            *(_build_image(Path("image.png"), io.BytesIO(image.png)) for image in images),
            _build_json(facts),
        ], facts

    def _list_models(self, arguments: Fields, call: _Call) -> ToolResult:
        facts = {"models": models(self._service)}
        return [_build_json(facts)], facts

    def _search_images(self, arguments: Fields, call: _Call) -> ToolResult:
        limit = arguments.whole("limit")
        limit = 10 if limit is None else limit
        if not 1 <= limit <= MAX_FOUND:
            raise BadRequest(f"limit must be from 1 to {MAX_FOUND}.")
        pictures = self._service.search(arguments.text("query") or "", limit).result()
        facts = {"images": [_collect_facts(picture) for picture in pictures]}
        return [_build_json(facts)], facts

    def _show_image(self, arguments: Fields, call: _Call) -> ToolResult:
        picture = self._service.find(arguments.text("id") or "").result()
        if picture is None:
            raise BadRequest("There is no image with this id; search_images lists them.")
        facts = {"images": [_collect_facts(picture)]}
        return [_build_image(picture.path), _build_json(facts)], facts

    def _write(self, message: Mapping[str, Any]) -> None:
        """Queue a message for the client. If MAX_UNREAD messages are unread, wait up to SECONDS_UNREAD, and then
        disconnect the client.
        """
        if self._is_broken:
            return
        try:
            self._unwritten_messages.put(_encode_line(message), timeout=SECONDS_UNREAD)
        except queue.Full:
            self._is_broken = True

    def _notify(self, message: Mapping[str, Any]) -> None:
        """Queue a notification for the client without waiting. It is dropped if the client has too many unread
        messages.
        """
        with suppress(queue.Full):
            self._unwritten_messages.put_nowait(_encode_line(message))

    def _write_all(self) -> None:
        """Write the queued messages to the client until a None arrives. If the client has closed its end, the messages
        are discarded.
        """
        try:
            while (line := self._unwritten_messages.get()) is not None:
                left = memoryview(line)
                while left:
                    left = left[self._output.write(left) :]
                self._output.flush()
        except (OSError, ValueError):
            self._is_broken = True
            while self._unwritten_messages.get() is not None:
                pass

    def _finish(self) -> None:
        """Give the client a short time to read the last messages before the server ends, in case the client has stopped
        reading.
        """
        with suppress(queue.Full):
            self._unwritten_messages.put(None, timeout=SECONDS_TO_READ)
            self._writer.join(SECONDS_TO_READ)

    def _write_error(self, number: object, code: int, sentence: str) -> None:
        self._write({"id": number, "error": {"code": code, "message": sentence}})


class _ProgressNotifier:
    """Listener that sends the MCP client a progress notification for each denoising step, if the client supplied a
    progress `token`.
    """

    previews = False

    def __init__(self, notify: Callable[[Mapping[str, Any]], None], ticket: Ticket, token: object) -> None:
        self._notify = notify
        self._id = ticket.id
        self._token = token
        self._done = 0
        self._total = ticket.request.count * total_steps(ticket.request)

    def put(self, event: Mapping[str, Any]) -> None:
        """Send the client a progress notification for a step of its request. The progress value increases with each, as
        MCP requires.
        """
        if not isinstance(self._token, str | int) or event["id"] != self._id or event["event"] != "step":
            return
        if self._done == self._total:
            return
        self._done = min(self._done + len(event["images"]), self._total)
        message = f"Step {event['step']} of {event['of']}"
        params = {"progressToken": self._token, "progress": self._done, "total": self._total, "message": message}
        self._notify({"method": "notifications/progress", "params": params})


def _encode_line(message: Mapping[str, Any]) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n"


def _build_text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _build_image(path: Path, data: BinaryIO | None = None) -> dict[str, Any]:
    """Return an image file as MCP content in base64, downscaled to MAX_SIDE.

    `data` is the file's content, if already read.
    """
    png = reduced_png(path, MAX_SIDE, data)
    return {"type": "image", "data": base64.b64encode(png).decode(), "mimeType": "image/png"}


def _build_json(facts: Mapping[str, Any]) -> dict[str, Any]:
    return _build_text(json.dumps(facts, ensure_ascii=False))


def _collect_facts(picture: Picture) -> dict[str, Any]:
    """Return the file, the id and the most important settings of a gallery image."""
    return {
        "file": str(picture.path),
        "id": picture.id,
        "prompt": shorten(picture.request.prompt, 200),
        "label": picture.request.label,
        "model": picture.model,
        **{name: value for name, value in picture.facts.items() if name in ("seed", "steps")},
        "size": "{}x{}".format(*picture.size),
    }


def _complete_result(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result with the fields that MODERN versions require."""
    return {"resultType": "complete", **result, "_meta": {SERVER_KEY: SERVER}}


def _find_problem(meta: Mapping[str, Any]) -> dict[str, Any] | None:
    """Check the `_meta` of a request in a MODERN version. Returns a JSON-RPC error, or None if `_meta` is valid."""
    version = meta.get(VERSION_KEY)
    if not isinstance(version, str) or not isinstance(meta.get(CAPABILITIES_KEY), dict):
        return {"code": INVALID_PARAMS, "message": f"_meta needs {VERSION_KEY} and {CAPABILITIES_KEY}."}
    if version not in MODERN:
        data = {"supported": [*MODERN, *HANDSHAKE], "requested": shorten(version)}
        return {"code": UNSUPPORTED_VERSION, "message": "Unsupported protocol version", "data": data}
    return None


def _identify_client(info: object) -> Client | None:
    """Return the client that an MCP client names, or None if it names none."""
    name = info.get("name") if isinstance(info, dict) else None
    return Client.named("mcp", name.replace(" ", "-"), "MCP") if isinstance(name, str) and name else None
