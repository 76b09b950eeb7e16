"""A client of ComfyUI's interface, which follows its prompts over a WebSocket."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Ping, RejectConnection, Request, TextMessage

from tests.helpers.http_client import PATIENCE, TOKEN, RunningServer


class ComfyUIClient:
    """WebSocket of the client `client_id`. `status` is 101, or that of the answer that refused the connection."""

    def __init__(self, connection: socket.socket, port: int, client_id: str, headers: dict[str, str]) -> None:
        self._socket = connection
        self._ws = WSConnection(ConnectionType.CLIENT)
        self._texts: list[str] = []
        self._data: list[bytes] = []
        self._found: list[Any] = []
        self.status = 0
        self.is_closed = False
        host = headers.pop("Host", f"127.0.0.1:{port}")
        extra = [(name.encode(), value.encode()) for name, value in headers.items()]
        request = Request(host=host, target=f"/ws?clientId={client_id}", extra_headers=extra)
        connection.sendall(self._ws.send(request))
        while not self.status:
            self._receive()

    def next(self) -> Any:
        """Return the next message: an object, or the bytes of an image."""
        while not self._found:
            assert not self.is_closed
            self._receive()
        return self._found.pop(0)

    def until_end(self) -> list[Any]:
        """Return the messages up to the one that a prompt has ended."""
        found = []
        while True:
            found.append(self.next())
            if isinstance(found[-1], dict) and found[-1]["data"].get("node", "") is None:
                return found

    def send(self, facts: object) -> None:
        self._socket.sendall(self._ws.send(TextMessage(data=json.dumps(facts))))

    def _receive(self) -> None:
        data = self._socket.recv(65536)
        self._ws.receive_data(data or None)
        for event in self._ws.events():
            if isinstance(event, AcceptConnection):
                self.status = 101
            elif isinstance(event, RejectConnection):
                self.status = event.status_code
            elif isinstance(event, TextMessage):
                self._texts.append(event.data)
                if event.message_finished:
                    self._found.append(json.loads("".join(self._texts)))
                    self._texts.clear()
            elif isinstance(event, BytesMessage):
                self._data.append(bytes(event.data))
                if event.message_finished:
                    self._found.append(b"".join(self._data))
                    self._data.clear()
            elif isinstance(event, Ping):
                # The server closes the connection of a client that does not answer, as on a busy machine.
                self._socket.sendall(self._ws.send(event.response()))
            elif isinstance(event, CloseConnection):
                self.is_closed = True
        self.is_closed = self.is_closed or not data


@contextmanager
def comfyui_client(server: RunningServer, client_id: str = "me", **headers: str) -> Iterator[ComfyUIClient]:
    """Connect a client to the server under test within a `with` block."""
    named = {"Authorization": f"Bearer {TOKEN}"} | {name.replace("_", "-"): each for name, each in headers.items()}
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        yield ComfyUIClient(connection, server.port, client_id, named)
