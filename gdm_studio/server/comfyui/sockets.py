"""WebSockets of ComfyUI's clients, with the messages that wait for each."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from gdm_studio.common.errors import StudioError
from gdm_studio.server.comfyui.pictures import convert_file
from gdm_studio.server.image_formats import ImageFormat

if TYPE_CHECKING:
    from gdm_studio.server.comfyui.pictures import ImageName, Pictures

# Maximum number of messages that wait for a client. Of more, the oldest previews and steps are dropped.
BACKLOG = 256
# Kind of a binary message with an image, and its formats, as 32-bit numbers before the file.
_IMAGE = 1
_FORMATS = {"JPEG": 1, "PNG": 2}
_PREVIEW = ImageFormat("jpeg", quality=90)
# WebSocket close codes: the server ends; the client reads too slowly.
GOING_AWAY = 1001
TOO_SLOW = 1008


@dataclass(frozen=True)
class Message:
    """Message for a client: JSON, or a binary message that `load` creates when it is sent. Of those that are droppable,
    a client that reads slowly loses the oldest.
    """

    facts: Mapping[str, Any] | None = None
    load: Callable[[Pictures], Awaitable[bytes]] | None = None
    is_droppable: bool = False

    @classmethod
    def of(cls, kind: str, data: Mapping[str, Any], *, is_droppable: bool = False) -> Message:
        return cls({"type": kind, "data": data}, is_droppable=is_droppable)


def preview_message(png: bytes) -> Message:
    """Return the message with a preview, as JPEG. Clients take PNG files for results."""

    async def load(pictures: Pictures) -> bytes:
        return await pictures.in_thread(lambda: image_message(_PREVIEW.encode(png), "JPEG"))

    return Message(load=load, is_droppable=True)


def picture_message(name: ImageName, file_format: str) -> Message:
    """Return the message with an image that `Pictures` has, in the format "PNG" or "JPEG"."""

    async def load(pictures: Pictures) -> bytes:
        png = await pictures.fetch(name)
        return await pictures.in_thread(lambda: image_message(convert_file(png, file_format), file_format))

    return Message(load=load)


def image_message(file: bytes, file_format: str) -> bytes:
    """Return the binary message with an image file in the format "PNG" or "JPEG"."""
    return struct.pack(">II", _IMAGE, _FORMATS[file_format]) + file


class Socket:
    """WebSocket of a client. It follows the server's events, so that it counts as one of their listeners."""

    def __init__(self, socket: WebSocket, client_id: str, wants_previews: Callable[[str], bool]) -> None:
        self.client_id = client_id
        self._socket = socket
        self._wants_previews = wants_previews
        self._loop = asyncio.get_running_loop()
        self._message_added = asyncio.Event()
        self._unsent_messages: deque[Message] = deque()
        # Code with which the connection is closed, or 0.
        self._close_code = 0

    @property
    def previews(self) -> bool:
        """True while a request of the client is running that has previews."""
        return self._wants_previews(self.client_id)

    def put(self, event: Mapping[str, Any]) -> None:
        """Close the connection when the server stops. May be called from any thread."""
        if event["event"] == "end":
            self._close(GOING_AWAY)

    def post(self, message: Message) -> None:
        """Add a message to those that wait for the client. May be called from any thread."""
        if len(self._unsent_messages) >= BACKLOG:
            oldest = next((each for each in list(self._unsent_messages) if each.is_droppable), None)
            if oldest is None:
                self._close(TOO_SLOW)
                return
            # The loop may take messages meanwhile, so the place of a message in the queue is not reliable.
            with contextlib.suppress(ValueError, IndexError):
                self._unsent_messages.remove(oldest)
        self._unsent_messages.append(message)
        self._wake()

    def _close(self, code: int) -> None:
        self._close_code = self._close_code or code
        self._wake()

    def _wake(self) -> None:
        # The loop may just have ended.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._message_added.set)

    async def run(self, pictures: Pictures, seconds: float, on_text: Callable[[Any], Message | None]) -> None:
        """Send messages until the client closes the connection or does not read one for `seconds`.

        `on_text` answers a JSON object of the client.
        """
        reader = asyncio.create_task(self._read(on_text))
        writer = asyncio.create_task(self._write(pictures, seconds))
        tasks: set[asyncio.Task[None]] = {reader, writer}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self, on_text: Callable[[Any], Message | None]) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                message = await self._socket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                try:
                    data = json.loads(message.get("text") or "null")
                except (ValueError, RecursionError):
                    continue
                if isinstance(data, dict) and (answer := on_text(data)) is not None:
                    self.post(answer)

    async def _write(self, pictures: Pictures, seconds: float) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError, OSError, TimeoutError):
            while not self._close_code:
                await self._message_added.wait()
                self._message_added.clear()
                while self._unsent_messages and not self._close_code:
                    await self._send(self._unsent_messages.popleft(), pictures, seconds)
            async with asyncio.timeout(seconds):
                await self._socket.close(self._close_code)

    async def _send(self, message: Message, pictures: Pictures, seconds: float) -> None:
        if message.load is None:
            async with asyncio.timeout(seconds):
                await self._socket.send_text(json.dumps(message.facts))
            return
        try:
            data = await message.load(pictures)
        except (StudioError, OSError):
            # The image was deleted in the meantime.
            return
        async with asyncio.timeout(seconds):
            await self._socket.send_bytes(data)
