"""Server of the Model Context Protocol over standard input and output: JSON-RPC 2.0, one message per line.

Specification: modelcontextprotocol.io, versions 2024-11-05 to 2025-06-18. Only tools are provided.
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
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from gdm_studio import __version__
from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.common.json_reader import parse_json
from gdm_studio.common.text_safety import shorten
from gdm_studio.request.hires import total_steps
from gdm_studio.server.json_fields import MAX_DEPTH, Fields, size_from
from gdm_studio.server.reduced_images import reduced_png
from gdm_studio.server.service import Client

if TYPE_CHECKING:
    from gdm_studio.gallery import Picture
    from gdm_studio.server.service import Service, Ticket

VERSIONS = ("2025-06-18", "2025-03-26", "2024-11-05")
# Maximum length of a message in bytes, and number of calls at the same time.
MAX_MESSAGE = 2**20
MAX_CALLS = 16
# Maximum side in pixels of an image in an answer. The file has the full size.
MAX_SIDE = 768
MAX_IMAGES = 4
MAX_FOUND = 50
# Maximum number of messages that wait until the client reads them, and seconds to wait for it, also at the end.
MAX_UNREAD = 64
SECONDS_UNREAD = 60.0
SECONDS_TO_READ = 5.0
PARSE_ERROR = -32700
INVALID_REQUEST = -32600
NO_METHOD = -32601
INVALID_PARAMS = -32602

_TEXT = {"type": "string"}
_WHOLE = {"type": "integer"}
TOOLS: list[dict[str, Any]] = [
    {
        "name": "generate_image",
        "description": "Generate images from a prompt on this machine. Returns each image and the path of its file.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "prompt": _TEXT | {"description": "What the image shows"},
                "negative_prompt": _TEXT | {"description": "What to avoid"},
                "model": _TEXT | {"description": "A name from list_models; the built-in model by default"},
                "style": _TEXT | {"description": "One of the model's styles from list_models"},
                "width": _WHOLE | {"description": "Width in pixels; the nearest size of the model is used"},
                "height": _WHOLE | {"description": "Height in pixels"},
                "steps": _WHOLE | {"description": "Denoising steps; the model's default by default"},
                "guidance_scale": {"type": "number", "description": "How strictly the image follows the prompt"},
                "seed": _WHOLE | {"description": "The same seed and settings make the same image; random by default"},
                "count": _WHOLE | {"description": f"Number of images, 1 to {MAX_IMAGES}"},
            },
            "required": ["prompt"],
        },
    },
    {
        "name": "list_models",
        "description": "List the installed models with their sizes, default steps and styles.",
        "inputSchema": {"type": "object", "properties": {}},
    },
    {
        "name": "search_images",
        "description": "Search the gallery for images by their prompts and settings, newest first.",
        "inputSchema": {
            "type": "object",
            "properties": {
                "query": _TEXT | {"description": "Words of the prompt, or terms such as model:NAME; all by default"},
                "limit": _WHOLE | {"description": f"Maximum number of images, 1 to {MAX_FOUND}; 10 by default"},
            },
        },
    },
    {
        "name": "show_image",
        "description": "Return an image of the gallery by its id from search_images.",
        "inputSchema": {"type": "object", "properties": {"id": _TEXT}, "required": ["id"]},
    },
]


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
        self._unread: queue.Queue[bytes | None] = queue.Queue(MAX_UNREAD)
        # True once the client has closed its end of the output, or was given up.
        self._is_broken = False
        self._writer = threading.Thread(target=self._write_all, name="mcp output", daemon=True)
        self._client = Client("mcp", "mcp", "a program (MCP)")
        # Requests being generated, by the id of their call.
        self._tickets: dict[str, Ticket] = {}
        self._calls: set[str] = set()
        # Calls that the client no longer waits for. Their requests may not be submitted yet.
        self._cancelled: set[str] = set()
        self._tools: dict[str, Callable[[Fields, str, Any], list[dict[str, Any]]]] = {
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
                        self._take(line, pool)
            finally:
                for key in list(self._calls):
                    self._cancel(key)

    def _take(self, line: bytes, pool: ThreadPoolExecutor) -> None:
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
        if "id" not in message:
            self._notice(message["method"], params)
        elif message["method"] == "tools/call":
            self._call(number, params, pool)
        else:
            self._answer(number, message["method"], params)

    def _notice(self, method: str, params: Mapping[str, Any]) -> None:
        if method == "notifications/cancelled":
            key = json.dumps(params.get("requestId"))
            if key in self._calls:
                self._cancel(key)

    def _cancel(self, key: str) -> None:
        self._cancelled.add(key)
        if (ticket := self._tickets.get(key)) is not None:
            self._service.cancel(ticket)

    def _answer(self, number: object, method: str, params: Mapping[str, Any]) -> None:
        if method == "initialize":
            self._write({"id": number, "result": self._initialize(params)})
        elif method == "ping":
            self._write({"id": number, "result": {}})
        elif method == "tools/list":
            self._write({"id": number, "result": {"tools": TOOLS}})
        else:
            self._write_error(number, NO_METHOD, f"There is no method {shorten(method)!r}.")

    def _initialize(self, params: Mapping[str, Any]) -> dict[str, Any]:
        info = params.get("clientInfo")
        name = info.get("name") if isinstance(info, dict) else None
        if isinstance(name, str) and name:
            self._client = Client.named("mcp", name.replace(" ", "-"), "MCP")
        wanted = params.get("protocolVersion")
        return {
            "protocolVersion": wanted if wanted in VERSIONS else VERSIONS[0],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "gdm-studio", "title": "GDM Studio", "version": __version__},
        }

    def _call(self, number: object, params: Mapping[str, Any], pool: ThreadPoolExecutor) -> None:
        tool = self._tools.get(params.get("name", "")) if isinstance(params.get("name"), str) else None
        arguments = {} if params.get("arguments") is None else params["arguments"]
        if tool is None or not isinstance(arguments, dict):
            self._write_error(number, INVALID_PARAMS, "Name a tool of tools/list and its arguments.")
            return
        key = json.dumps(number)
        if key in self._calls or len(self._calls) >= MAX_CALLS:
            self._write_error(number, INVALID_REQUEST, "Too many calls at a time, or two with the same id.")
            return
        self._calls.add(key)
        meta = params.get("_meta")
        progress = meta.get("progressToken") if isinstance(meta, dict) else None
        pool.submit(self._run_tool, tool, number, key, Fields(arguments), progress)

    def _run_tool(
        self,
        tool: Callable[[Fields, str, Any], list[dict[str, Any]]],
        number: object,
        key: str,
        arguments: Fields,
        progress: object,
    ) -> None:
        try:
            result: dict[str, Any] = {"content": tool(arguments, key, progress), "isError": False}
        except StudioError as error:
            result = {"content": [_text(str(error))], "isError": True}
        except Exception as error:
            result = {"content": [_text(self._service.report(error))], "isError": True}
        finally:
            self._calls.discard(key)
            self._tickets.pop(key, None)
            self._cancelled.discard(key)
        self._write({"id": number, "result": result})

    def _generate_image(self, arguments: Fields, key: str, progress: object) -> list[dict[str, Any]]:
        prompt = arguments.text("prompt")
        if prompt is None:
            raise BadRequest("prompt is missing.")
        card = self._service.card(arguments.text("model") or "")
        count = arguments.whole("count")
        count = 1 if count is None else count
        if not 1 <= count <= MAX_IMAGES:
            raise BadRequest(f"count must be from 1 to {MAX_IMAGES}.")
        given: dict[str, Any] = {"prompt": prompt, "count": count}
        if (seed := arguments.whole("seed")) is not None:
            given["seed"] = seed
        for name in ("negative_prompt", "style"):
            if (text := arguments.text(name)) is not None:
                given[name] = text
        if (steps := arguments.whole("steps")) is not None:
            given["steps"] = steps
        if (guidance := arguments.number("guidance_scale")) is not None:
            given["guidance_scale"] = guidance
        if (size := size_from(arguments, card)) is not None:
            given["size"] = size
        request, changed = self._service.fitted(card, **given)
        ticket = self._service.submit(request, self._client)
        self._tickets[key] = ticket
        if key in self._cancelled:
            self._service.cancel(ticket)
        follower = _ProgressNotifier(self._notify, ticket, progress)
        self._service.events.add(follower)
        try:
            images = ticket.answer.result()
        finally:
            self._service.events.remove(follower)
        if not images:
            raise BadRequest("The request was cancelled.")
        note = f" Not supported by {card.name} and left out: {', '.join(changed)}." if changed else ""
        found: list[dict[str, Any]] = []
        for image in images:
            found.append(_image(Path("image.png"), io.BytesIO(image.png)))
            found.append(_text(f"{_described(image.picture)}{note}"))
        return found

    def _list_models(self, arguments: Fields, key: str, progress: object) -> list[dict[str, Any]]:
        models = [
            {
                "name": card.name,
                "title": card.title,
                "summary": card.summary,
                "sizes": ["{}x{}".format(*size) for size in card.sizes()],
                "steps": card.default_request().steps,
                "styles": [style.id for style in card.styles],
            }
            for card in self._service.cards()
        ]
        return [_text(json.dumps(models, ensure_ascii=False))]

    def _search_images(self, arguments: Fields, key: str, progress: object) -> list[dict[str, Any]]:
        limit = arguments.whole("limit")
        limit = 10 if limit is None else limit
        if not 1 <= limit <= MAX_FOUND:
            raise BadRequest(f"limit must be from 1 to {MAX_FOUND}.")
        pictures = self._service.search(arguments.text("query") or "", limit).result()
        return [_text("\n".join(map(_described, pictures)) or "No image matches.")]

    def _show_image(self, arguments: Fields, key: str, progress: object) -> list[dict[str, Any]]:
        picture = self._service.find(arguments.text("id") or "").result()
        if picture is None:
            raise BadRequest("There is no image with this id; search_images lists them.")
        return [_image(picture.path), _text(_described(picture))]

    def _write(self, message: Mapping[str, Any]) -> None:
        """Queue a message for the client. If MAX_UNREAD messages are unread, wait up to SECONDS_UNREAD, and then
        disconnect the client.
        """
        if self._is_broken:
            return
        try:
            self._unread.put(_line_of(message), timeout=SECONDS_UNREAD)
        except queue.Full:
            self._is_broken = True

    def _notify(self, message: Mapping[str, Any]) -> None:
        """Queue a notification for the client without waiting. It is dropped if the client has too many unread
        messages.
        """
        with suppress(queue.Full):
            self._unread.put_nowait(_line_of(message))

    def _write_all(self) -> None:
        """Write the queued messages to the client until a None arrives. If the client has closed its end, the messages
        are discarded.
        """
        try:
            while (line := self._unread.get()) is not None:
                left = memoryview(line)
                while left:
                    left = left[self._output.write(left) :]
                self._output.flush()
        except (OSError, ValueError):
            self._is_broken = True
            while self._unread.get() is not None:
                pass

    def _finish(self) -> None:
        """Give the client a short time to read the last messages before the server ends, in case the client has stopped
        reading.
        """
        with suppress(queue.Full):
            self._unread.put(None, timeout=SECONDS_TO_READ)
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
        """Send the client a progress notification for a step of its request. The progress value never decreases, as MCP
        requires.
        """
        if not isinstance(self._token, str | int) or event["id"] != self._id or event["event"] != "step":
            return
        self._done = min(self._done + len(event["images"]), self._total)
        params = {"progressToken": self._token, "progress": self._done, "total": self._total}
        self._notify({"method": "notifications/progress", "params": params})


def _line_of(message: Mapping[str, Any]) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n"


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _image(path: Path, data: BinaryIO | None = None) -> dict[str, Any]:
    """Return an image file as MCP content in base64, downscaled to MAX_SIDE.

    `data` is the file's content, if already read.
    """
    png = reduced_png(path, MAX_SIDE, data)
    return {"type": "image", "data": base64.b64encode(png).decode(), "mimeType": "image/png"}


def _described(picture: Picture) -> str:
    """Return a line of JSON for the client with the file, the id and the most important settings of a gallery image."""
    facts = {
        "file": str(picture.path),
        "id": picture.id,
        "prompt": shorten(picture.request.prompt, 200),
        "model": picture.request.model,
        "seed": picture.request.seed,
        "steps": picture.request.steps,
        "size": "{}x{}".format(*picture.size),
    }
    return json.dumps(facts, ensure_ascii=False)
