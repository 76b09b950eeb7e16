"""Socket, token file and event loop of the HTTP server."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import secrets
import socket
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.server.access_control import Access
from gdm_studio.server.app import create_app

if TYPE_CHECKING:
    from gdm_studio.server.limits import Limits
    from gdm_studio.server.service import Service

# Seconds for which open connections may finish when the server stops.
GRACE = 3
TOKEN_BYTES = 24
MIN_TOKEN = 16


def is_loopback(host: str) -> bool:
    """Return True if only programs on this computer can reach the network address `host`."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_token(*, replace: bool = False) -> str:
    """Return the secret token that clients of this user's server must send, creating it on first use.

    `replace` creates a new one. The token's file is readable only by the user. Raises StorageError.
    """
    path = paths.data_dir() / "server_token"
    if not replace:
        with contextlib.suppress(StorageError):
            token = atomic_files.read(path, max_bytes=1024).decode("ascii", "replace").strip()
            if len(token) >= MIN_TOKEN:
                return token
    token = secrets.token_urlsafe(TOKEN_BYTES)
    atomic_files.make_folder(path.parent)
    with atomic_files.open_replacement(path) as file:
        if hasattr(os, "fchmod"):
            os.fchmod(file.fileno(), 0o600)
        file.write(f"{token}\n".encode())
    return token


def open_socket(host: str, port: int) -> socket.socket:
    """Open a socket that listens for HTTP clients. With port 0, the system chooses a port. Raises BadRequest for an
    unusable address.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except (OSError, OverflowError, UnicodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        # Python repeats the address in brackets.
        why = why.partition(" (")[0]
        raise BadRequest(f"The server cannot use port {port} of {host} ({why}); choose others.") from error


def address_of(listening: socket.socket) -> str:
    """Return the URL of a listening socket for a browser on this computer."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class HttpServer:
    """HTTP server for other programs, on a socket that is already listening.

    `run` blocks until `stop` is called or the process receives a signal.
    """

    def __init__(self, service: Service, access: Access, listening: socket.socket) -> None:
        self._service = service
        self._access = access
        self._socket = listening
        self._server: uvicorn.Server | None = None
        self._is_stopped = False

    def run(self) -> None:
        """Serve HTTP requests until the server is stopped, then close the socket."""
        asyncio.run(self._run())

    @property
    def connection_count(self) -> int:
        """Number of clients that are connected to the server now."""
        return len(self._server.server_state.connections) if self._server is not None else 0

    def stop(self) -> None:
        """Signal the HTTP server to stop, which ends `run`. May be called from any thread."""
        self._is_stopped = True
        if self._server is not None:
            self._server.should_exit = True

    async def _run(self) -> None:
        limits = self._service.limits
        config = uvicorn.Config(
            create_app(self._service, self._access),
            http=_create_timed_protocol(limits),
            ws=_create_timed_socket(limits),
            ws_max_size=limits.socket_bytes,
            ws_per_message_deflate=False,
            ws_ping_timeout=limits.send_seconds,
            loop="asyncio",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            limit_concurrency=limits.connections,
            h11_max_incomplete_event_size=limits.head_bytes,
            # uvicorn passes this on to the event loop, which accepts fractions.
            timeout_keep_alive=limits.idle_seconds,  # type: ignore[arg-type]
            timeout_graceful_shutdown=GRACE,
        )
        self._server = _Server(config, self._service)
        self._server.should_exit = self._is_stopped
        await self._server.serve([self._socket])


class _Server(uvicorn.Server):
    """Subclass of uvicorn's server that cancels the running image requests on shutdown before it waits for their
    connections to close.
    """

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._service.stop()
        await super().shutdown(sockets)


def _create_timed_protocol(limits: Limits) -> type[H11Protocol]:
    """Create a subclass of uvicorn's HTTP protocol with deadlines for slow clients and a limit on unread response data.

    The head of a request must arrive in time, and a client must read at least Limits.send_bytes of a response per
    Limits.send_seconds. Of more than Limits.unread_bytes, the largest response is dropped.
    """

    def unread_bytes(protocol: Any) -> int:
        return protocol.transport.get_write_buffer_size()

    class TimedProtocol(H11Protocol):
        """HTTP protocol that closes the connections of slow clients and limits unread response data."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._head_deadline = _Deadline(self.loop, limits.head_seconds, transport.abort)
            self._unread_deadline = _Deadline(self.loop, limits.send_seconds, self._check_progress)
            self._unread_bytes = 0
            self._head_deadline.start()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.conn.their_state is h11.IDLE:
                self._head_deadline.start()
            else:
                self._head_deadline.stop()

        def pause_writing(self) -> None:
            super().pause_writing()
            self._unread_bytes = self.transport.get_write_buffer_size()
            self._unread_deadline.start()
            others = self.connections - {self}
            if others and sum(map(unread_bytes, self.connections)) > limits.unread_bytes:
                max(others, key=unread_bytes).transport.abort()

        def _check_progress(self) -> None:
            """Close the connection if the client has read too little of its response since the last check.

            Otherwise schedule the next check.
            """
            left = self.transport.get_write_buffer_size()
            if self._unread_bytes - left < limits.send_bytes:
                self.transport.abort()
                return
            self._unread_bytes = left
            self._unread_deadline.restart()

        def resume_writing(self) -> None:
            super().resume_writing()
            self._unread_deadline.stop()

        def connection_lost(self, exc: Exception | None) -> None:
            self._head_deadline.stop()
            self._unread_deadline.stop()
            super().connection_lost(exc)

    return TimedProtocol


# Maximum number of control frames, such as pings, of a client in a period of seconds. More are a flood.
MAX_CONTROL_FRAMES = 64
CONTROL_SECONDS = 10.0


def _create_timed_socket(limits: Limits) -> Any:
    """Create a subclass of uvicorn's WebSocket protocol that closes the connections of clients that read nothing for
    Limits.send_seconds, and of those that send floods of pings. Returns "none" if wsproto is missing, as in an
    installation of an earlier version.
    """
    if find_spec("wsproto") is None:
        return "none"
    from uvicorn.protocols.websockets.wsproto_impl import WSProtocol
    from wsproto.events import Ping, Pong

    class TimedSocket(WSProtocol):
        """WebSocket protocol that closes the connections of slow clients and limits control frames."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._unread_deadline = _Deadline(self.loop, limits.send_seconds, transport.abort)
            # A connection is closed only once the client has read everything.
            self._closing_deadline = _Deadline(self.loop, limits.send_seconds, transport.abort)
            self._period_start = self.loop.time()
            self._control_frames = 0

        def pause_writing(self) -> None:
            super().pause_writing()
            self._unread_deadline.start()

        def resume_writing(self) -> None:
            super().resume_writing()
            self._unread_deadline.stop()

        def handle_ping(self, event: Ping) -> None:
            # The answers to pings would fill the memory, because they do not wait for the client to read.
            if self._counts_as_flood() or not self.writable.is_set():
                self.transport.abort()
                return
            super().handle_ping(event)

        def handle_pong(self, event: Pong) -> None:
            if self._counts_as_flood():
                self.transport.abort()
                return
            super().handle_pong(event)

        def _counts_as_flood(self) -> bool:
            now = self.loop.time()
            if now - self._period_start > CONTROL_SECONDS:
                self._period_start, self._control_frames = now, 0
            self._control_frames += 1
            return self._control_frames > MAX_CONTROL_FRAMES

        def on_task_complete(self, task: asyncio.Task[None]) -> None:
            super().on_task_complete(task)
            if not self.disconnected:
                self._closing_deadline.start()

        def connection_lost(self, exc: Exception | None) -> None:
            self._unread_deadline.stop()
            self._closing_deadline.stop()
            super().connection_lost(exc)

    return TimedSocket


class _Deadline:
    """Timer that calls a function to close a slow connection, unless it is stopped in time."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, callback: Callable[[], object]) -> None:
        self._loop = loop
        self._seconds = seconds
        self._act = callback
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Start the timer for a slow client. Does nothing if it is already running."""
        if self._timer is None:
            self._timer = self._loop.call_later(self._seconds, self._act)

    def restart(self) -> None:
        """Start the timer for a slow client again from zero, after the client has made progress."""
        self.stop()
        self.start()

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
