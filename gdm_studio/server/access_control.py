"""Access control of the HTTP server: token, Host and Origin checks, size limits and timeouts."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import hmac
import ipaddress
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gdm_studio.server.endpoints import ResponseCounts
from gdm_studio.server.limits import Limits

# Pages that contain nothing private. The page asks for the token itself.
PUBLIC = frozenset({"/", "/favicon.ico", "/health"})
# Prefix of addresses that contain their own signature instead of the token.
SIGNED = "/v1/files/"
# Address that accepts multipart forms besides JSON.
FORMS = "/v1/images/edits"
FORM_TYPE = "multipart/form-data"
# ComfyUI's addresses: each also exists with this prefix. Those for uploads accept forms, too.
API_PREFIX = "/api"
UPLOADS = ("/upload/image", "/upload/mask")
_COMFYUI = frozenset(
    {"prompt", "queue", "interrupt", "history", "view", "upload", "object_info", "system_stats", "models"}
    | {"embeddings", "features", "ws", "etn", "free"}
)
_NOT_COMFYUI = "/queue/status"
SLOW = "The request took too long."
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"x-frame-options", b"DENY"),
)
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class HttpError(Exception):
    """Error for a rejected request, with an HTTP status and one sentence for the client."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Access:
    """Rules for access to the server: the required token (or None), and the allowed hosts and origins."""

    token: str | None
    # Names of this machine that clients may use, besides "localhost" and IP addresses.
    hosts: Collection[str] = ()
    # Origins of web pages, such as "http://localhost:3000", that may use the server.
    origins: Collection[str] = field(default_factory=tuple)

    def check(self, path: str, method: str, headers: Mapping[str, str]) -> None:
        """Raise HttpError if a client may not make an HTTP request, because its token, Host or Origin is wrong.

        The names in `headers` are lower-case.
        """
        host = headers.get("host", "")
        if not self._is_known(host):
            # Protects from DNS rebinding, where a page reaches this machine under the name of its site.
            raise HttpError(
                403, "This server is not known by that name; use its address, or start it with --allow-host."
            )
        origin = headers.get("origin")
        is_allowed = origin in self.origins
        if origin is not None and not is_allowed and origin != f"http://{host}":
            raise HttpError(403, "Pages of this origin may not use the server; start it with --allow-origin.")
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not is_allowed and path != "/":
            raise HttpError(403, "Pages of other sites may not use the server; start it with --allow-origin.")
        # A browser's preflight request, which asks whether the page's origin is allowed, has no token.
        is_preflight = method == "OPTIONS" and is_allowed
        is_public = path in PUBLIC or path.startswith(SIGNED)
        if not is_public and not is_preflight and not self._has_token(headers.get("authorization", "")):
            raise HttpError(401, "The token is missing or wrong; the server's terminal shows it.")

    def _is_known(self, host: str) -> bool:
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() and not host.endswith("]") else host
        name = name.lower().removesuffix(".")
        if name == "localhost" or name in self.hosts:
            return True
        try:
            ipaddress.ip_address(name[1:-1] if name.startswith("[") and name.endswith("]") else name)
        except ValueError:
            return False
        return True

    def _has_token(self, authorization: str) -> bool:
        """Return True if the Authorization header contains the server's token: as a Bearer token, a Basic password, or
        the whole Basic value.
        """
        if self.token is None:
            return True
        kind, _, value = authorization.strip().partition(" ")
        given = [value.strip().encode()] if kind.lower() == "bearer" else []
        if kind.lower() == "basic":
            try:
                credentials = base64.b64decode(value.strip(), validate=True)
            except (binascii.Error, ValueError):
                credentials = b""
            given = [credentials, credentials.partition(b":")[2]]
        wanted = self.token.encode()
        # Every candidate is compared, and in constant time.
        return any([hmac.compare_digest(wanted, each) for each in given])


def is_comfyui(path: str) -> bool:
    """Return True if the URL path `path` belongs to ComfyUI's interface."""
    first = path.removeprefix(API_PREFIX).split("/")[1:2]
    return path != _NOT_COMFYUI and not _COMFYUI.isdisjoint(first)


def error_response(
    path: str, status: int, sentence: str, *, detail: str = "", field: str | None = None, may_retry: bool = True
) -> JSONResponse:
    """Return an error as a JSON response. It has the format of OpenAI's or ComfyUI's API if the URL path `path` belongs
    to one of them, and otherwise A1111's, in which clients compare the string `detail`. `field` is the invalid field of
    the request, which only OpenAI's format has. The response asks the client to retry later if the server is busy and
    `may_retry` is True, and otherwise not to retry automatically.
    """
    kind = _TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")
    body: dict[str, Any]
    if path.startswith("/v1/"):
        body = {"error": {"message": sentence, "type": kind, "param": field, "code": None}}
    elif is_comfyui(path):
        error = {"type": kind, "message": sentence, "details": sentence, "extra_info": {}}
        body = {"error": error, "node_errors": {}}
    else:
        body = {"error": HTTPStatus(status).phrase, "detail": detail or sentence, "body": "", "errors": sentence}
    headers = {"www-authenticate": 'Basic realm="GDM Studio"'} if status == 401 and path.startswith("/sdapi") else {}
    if status in (429, 503) and may_retry:
        headers["retry-after"] = "5"
    elif status >= 500:
        # OpenAI's own client would otherwise generate the images two more times.
        headers["x-should-retry"] = "false"
    return JSONResponse(body, status, headers)


class Guard:
    """ASGI middleware of the HTTP server that checks access rights, limits the size of a request's body, and sets a
    deadline for slow clients. It counts the responses.
    """

    def __init__(
        self,
        app: ASGIApp,
        access: Access,
        limits: Limits,
        responses: ResponseCounts,
        is_known: Callable[[Scope], bool],
    ) -> None:
        """`is_known` returns True if the application has an endpoint for a request."""
        self._app = app
        self._is_known = is_known
        self._responses = responses
        self._access = access
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._connect(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        body = _Body(scope, receive, self._limits)
        has_started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                self._responses.add(scope, message["status"])
                if message["status"] >= 400:
                    await body.discard()
                # The rest of an unread body would have no deadline.
                close = () if body.is_complete else ((b"connection", b"close"),)
                message["headers"] = [*message.get("headers", ()), *_HEADERS, *close]
            await send(message)

        try:
            self._check(scope)
            await self._app(scope, body.receive, send_with_headers)
        except HttpError as refused:
            # The server closes a connection whose answer is incomplete.
            if not has_started:
                await error_response(path, refused.status, str(refused))(scope, receive, send_with_headers)

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on the handshake of a WebSocket, or refuse it as an HTTP request would be."""
        try:
            self._access.check(scope["path"], "GET", self._read_headers(scope))
        except HttpError as refused:
            self._responses.add(scope, refused.status)
            response = error_response(scope["path"], refused.status, str(refused))
            headers = [*response.raw_headers, *_HEADERS, (b"connection", b"close")]
            await send({"type": "websocket.http.response.start", "status": refused.status, "headers": headers})
            await send({"type": "websocket.http.response.body", "body": response.body})
            return
        await self._app(scope, receive, send)

    @staticmethod
    def _read_headers(scope: Scope) -> dict[str, str]:
        """Return the headers of an HTTP request by their names in lower case. Raises HttpError."""
        headers: dict[str, str] = {}
        for name, value in scope["headers"]:
            key = name.decode("latin-1")
            if key in headers and key in ("host", "origin", "authorization", "content-length", "content-type"):
                raise HttpError(400, f"The header {key} was sent twice.")
            headers[key] = value.decode("latin-1")
        return headers

    def _check(self, scope: Scope) -> None:
        """Check the headers of an HTTP request without reading its body.

        Raises HttpError if the request must be rejected.
        """
        headers = self._read_headers(scope)
        if scope["http_version"] not in ("1.0", "1.1"):
            raise HttpError(505, "The server understands HTTP/1.0 and HTTP/1.1.")
        self._access.check(scope["path"], scope["method"], headers)
        if "transfer-encoding" in headers:
            raise HttpError(411, "Send the length of the body in Content-Length.")
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdecimal()):
            raise HttpError(400, "Content-Length must be a number.")
        if len(length) > 12 or int(length) > self._limits.body_bytes:
            raise HttpError(413, f"A body can have at most {self._limits.body_bytes // 2**20} MiB.")
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        # A page of another site can send other types without asking the server first. A form needs the token, too, and
        # `Access.check` has refused the origin of such a page.
        path = scope["path"]
        is_form = kind == FORM_TYPE and (path == FORMS or path.removeprefix(API_PREFIX) in UPLOADS)
        # ComfyUI reads JSON of any type, and its own examples send another one. Browsers name the page's origin.
        is_untyped = is_comfyui(path) and "origin" not in headers and "sec-fetch-site" not in headers
        is_refused = int(length) and kind != "application/json" and not is_form and not is_untyped
        # The application answers an unknown address or method by 404 or 405, whatever the body is.
        if is_refused and self._is_known(scope):
            raise HttpError(415, "Send the body as application/json.")


class _Body:
    """Body of an HTTP request, with a deadline, a minimum rate and a size limit."""

    def __init__(self, scope: Scope, receive: Receive, limits: Limits) -> None:
        self._receive = receive
        self._started_at = asyncio.get_running_loop().time()
        self._limits = limits
        self._size = 0
        # Such a client sends the body when the server asks for it.
        self._waits_for_continue = any(name == b"expect" for name, _ in scope["headers"])
        # True once all of the body was received.
        self.is_complete = not any(
            name == b"transfer-encoding" or (name == b"content-length" and value != b"0")
            for name, value in scope["headers"]
        )

    async def receive(self) -> Message:
        """Receive the next part of the body, as an ASGI function. Raises HttpError."""
        if self.is_complete:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._compute_deadline()):
                message = await self._receive()
        except TimeoutError as error:
            raise HttpError(408, SLOW) from error
        self._size += len(message.get("body", b""))
        if self._size > self._limits.body_bytes:
            raise HttpError(413, "The body is larger than its Content-Length.")
        self.is_complete = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def discard(self) -> None:
        """Receive the rest of the body without using it, until the client pauses or the body is complete.

        If the server closed the connection earlier, the client would not receive the reason for which its request was
        refused.
        """
        with contextlib.suppress(HttpError, TimeoutError):
            while not self._waits_for_continue and not self.is_complete:
                async with asyncio.timeout(self._limits.refused_seconds):
                    await self.receive()

    def _compute_deadline(self) -> float:
        """Return the time by which the next part must arrive: later, the more has arrived, but never too late."""
        limits = self._limits
        return self._started_at + min(limits.body_seconds, limits.body_grace + self._size / limits.body_rate)
