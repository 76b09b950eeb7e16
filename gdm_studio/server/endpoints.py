"""Endpoints of the HTTP server, with the fields that parse and describe their requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from gdm_studio.common.errors import BadRequest
from gdm_studio.server.json_fields import Rules

Handler = Callable[[Request], Awaitable[Response]]
JSON = "application/json"
EVENTS = "text/event-stream"
# Key of the endpoint in the ASGI scope of a request that it handles.
_KEY = "gdm_studio.endpoint"


@dataclass(frozen=True)
class NumberParam:
    """Whole number in the query string of a URL, from `low` to `high`."""

    default: int
    low: int
    high: int

    def parse(self, name: str, text: str | None) -> int:
        """Return the number in `text`, or the default if that is empty. Raises BadRequest."""
        if not text:
            return self.default
        is_number = text.isascii() and text.isdecimal() and len(text) < 10
        if not (is_number and self.low <= int(text) <= self.high):
            raise BadRequest(f"{name} must be a whole number from {self.low} to {self.high}.")
        return int(text)

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high, "default": self.default}


@dataclass(frozen=True)
class SwitchParam:
    """Switch in the query string of a URL, which is off by default."""

    def parse(self, name: str, text: str | None) -> bool:
        """Return True if the text is "1" or "true"."""
        return (text or "").lower() in ("1", "true")

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "boolean", "default": False}


@dataclass(frozen=True)
class TextParam:
    """Text in the query string of a URL."""

    def parse(self, name: str, text: str | None) -> str:
        return text or ""

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string"}


@dataclass(frozen=True)
class Endpoint:
    """Endpoint of the HTTP server.

    The server parses requests by `body`, `files` and `query`, and describes the endpoint with them.
    """

    method: str
    # Path with placeholders, as Starlette writes them.
    path: str
    handler: Handler
    # Fields of the body, or None if the endpoint reads no body.
    body: Rules | None = None
    # Names of the files in the body, which is a form if there are any, and whether each is a list.
    files: Mapping[str, bool] = field(default_factory=dict)
    query: Mapping[str, NumberParam | SwitchParam | TextParam] = field(default_factory=dict)
    # Status and media types of a successful answer.
    status: int = 200
    answers: tuple[str, ...] = (JSON,)

    @property
    def address(self) -> str:
        """Path with placeholders, as OpenAPI writes them."""
        return self.path.replace(":path}", "}")

    def enter(self, scope: Scope) -> None:
        """Note in the scope of a request that this endpoint handles it."""
        scope[_KEY] = self


class ResponseCounts:
    """Numbers of HTTP responses since the start. Used by the thread of the event loop only."""

    def __init__(self) -> None:
        # {(method, path, status): number}. Method and path are the endpoint's, so that clients cannot add any.
        self.counts: Counter[tuple[str, str, int]] = Counter()

    def add(self, scope: Scope, status: int) -> None:
        """Count a response. Method and path are "" for a request that was refused before it reached an endpoint."""
        endpoint: Endpoint | None = scope.get(_KEY)
        name = (endpoint.method, endpoint.address) if endpoint is not None else ("", "")
        self.counts[*name, status] += 1


def endpoint_of(request: Request) -> Endpoint:
    """Return the endpoint that handles a request."""
    found: Endpoint = request.scope[_KEY]
    return found


def number_param(request: Request, name: str, text: str | None = None) -> int:
    """Return a number in the query string of a request's URL, or in `text` if that is given. Raises BadRequest."""
    param = endpoint_of(request).query[name]
    return int(param.parse(name, request.query_params.get(name) if text is None else text))


def switch_param(request: Request, name: str) -> bool:
    """Return whether a switch in the query string of a request's URL is on."""
    return bool(endpoint_of(request).query[name].parse(name, request.query_params.get(name)))
