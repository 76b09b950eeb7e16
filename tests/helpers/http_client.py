"""A server of the tests on a free port, and a client that speaks to it over real sockets."""

from __future__ import annotations

import asyncio
import base64
import http.client
import io
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from types import SimpleNamespace
from typing import Any, NamedTuple
from unittest import mock

import numpy as np
import uvicorn
from PIL import Image

from gdm_studio.server.access_control import Access
from gdm_studio.server.http_server import HttpServer, open_socket
from gdm_studio.server.limits import Limits
from gdm_studio.server.service import Service
from tests.helpers.gaussian_model import GaussianLibrary

TOKEN = "token-of-the-tests-0123456789"
PATIENCE = 60


class Answer(NamedTuple):
    """Response of the HTTP server under test. `json` is None if the body is not JSON."""

    status: int
    json: Any
    headers: Mapping[str, str]
    body: bytes


class RunningServer:
    """HTTP server under test, running in another thread, with a client that has its access token."""

    def __init__(self, service: Service, http: HttpServer, port: int) -> None:
        self.service = service
        self.http = http
        self.port = port

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)) as connection:
            connection.request(method, path, body, dict(headers or {}))
            answer = connection.getresponse()
            data = answer.read()
        try:
            found = json.loads(data)
        except ValueError:
            found = None
        return Answer(answer.status, found, {k.lower(): v for k, v in answer.getheaders()}, data)

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, headers=self._headers(headers))

    def post(self, path: str, body: object = None, **headers: str) -> Answer:
        data = b"" if body is None else json.dumps(body).encode()
        return self.request("POST", path, data, self._headers(headers | {"Content-Type": "application/json"}))

    def raw(self, data: bytes) -> bytes:
        """Send bytes to the server, and return everything that it sends until it closes the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            found = b""
            try:
                connection.sendall(data)
                while part := connection.recv(65536):
                    found += part
            # The server may close the connection before it has read everything.
            except (BrokenPipeError, ConnectionResetError):
                pass
            return found

    @staticmethod
    def _headers(headers: Mapping[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Authorization": f"Bearer {TOKEN}"} | named


@contextmanager
def running_server(
    library: object | None = None,
    *,
    access: Access | None = None,
    limits: Limits | None = None,
    reports: list[str] | None = None,
) -> Iterator[RunningServer]:
    """Run an HTTP server in another thread within a `with` block, by default with the Gaussian model."""
    reported = [] if reports is None else reports
    library = library or GaussianLibrary()
    listening = open_socket("127.0.0.1", 0)
    port = listening.getsockname()[1]
    with closing(listening), Service(library, limits=limits or Limits(), report=reported.append) as service:  # type: ignore[arg-type]
        service.start()
        server = HttpServer(service, access or Access(TOKEN), listening)
        thread = threading.Thread(target=server.run)
        with mock.patch.object(uvicorn.server, "asyncio", SimpleNamespace(**vars(asyncio) | {"sleep": _doze})):
            thread.start()
            try:
                yield RunningServer(service, server, port)
            finally:
                server.stop()
                thread.join(PATIENCE)
                assert not thread.is_alive()


async def _doze(seconds: float) -> None:
    """Sleep at most 10 ms. uvicorn looks every 100 ms whether it is to stop, and then waits for 100 ms more."""
    await asyncio.sleep(min(seconds, 0.01))


def until(condition: Callable[[], object]) -> None:
    """Wait for a condition."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def png_base64(size: tuple[int, int] = (128, 128), colour: tuple[int, ...] = (200, 30, 40, 255)) -> str:
    """Create a PNG image of one colour, encoded in base64 as in the server's JSON requests."""
    buffer = io.BytesIO()
    Image.new("RGBA", size, colour).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def image_of(text: str) -> Image.Image:
    """Decode an image from base64, as in the server's JSON responses."""
    image = Image.open(io.BytesIO(base64.b64decode(text)))
    image.load()
    return image


def pixels_of(text: str) -> np.ndarray:
    return np.asarray(image_of(text).convert("RGBA"))
