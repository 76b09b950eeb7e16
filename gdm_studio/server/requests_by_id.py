"""HTTP interface of requests by id: submit a request, follow its events, stop it. The page for phones uses it.

A lost connection cancels nothing. The client follows again from the last event that it received.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gdm_studio.common.errors import BadRequest
from gdm_studio.server.client_requests import Client
from gdm_studio.server.endpoints import EVENTS, Endpoint, NumberParam, number_param
from gdm_studio.server.event_stream import CONNECTED, KEEP_ALIVE, NOTHING, EventStream, event_text
from gdm_studio.server.json_fields import FieldRule, Rules
from gdm_studio.server.limits import BusyError, NotFoundError
from gdm_studio.server.request_fields import FIELDS, check_names, models, request_from

if TYPE_CHECKING:
    from gdm_studio.request.generation_request import Request as ImageRequest
    from gdm_studio.server.client_requests import Ticket
    from gdm_studio.server.json_fields import Fields
    from gdm_studio.server.request_log import RequestLog
    from gdm_studio.server.service import Service

T = TypeVar("T")
UNKNOWN = "The server does not know this request; it may have ended long ago."
_ID = re.compile(r"[\w-]{8,64}", re.ASCII)
# Highest number of an event that a client can continue after.
_MAX_NUMBER = 10**9 - 1
_FIELDS: Rules = {"id": FieldRule("text"), **FIELDS}


class ReadBody(Protocol):
    """Function that reads the body of an HTTP request, converts its JSON object, and returns the result with a digest
    of the body.
    """

    def __call__(self, request: Request, convert: Callable[[Fields], T]) -> Awaitable[tuple[T, str]]: ...


def check_id(text: str, name: str) -> None:
    """Raise BadRequest unless a text can be the id of a request. `name` is the name of the field or header."""
    if not _ID.fullmatch(text):
        raise BadRequest(f"{name} must have 8 to 64 letters, digits, - or _.")


class RequestsById:
    """Handlers of the endpoints for requests by id."""

    def __init__(self, service: Service, read_with_digest: ReadBody) -> None:
        self._service = service
        self._read_with_digest = read_with_digest

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints of the HTTP server that this object handles."""
        after = {"after": NumberParam(0, 0, _MAX_NUMBER)}
        return [
            Endpoint("GET", "/v1/model-settings", self.models),
            Endpoint("POST", "/v1/requests", self.submit, _FIELDS, status=202),
            Endpoint("GET", "/v1/requests/{id}", self.state),
            Endpoint("GET", "/v1/requests/{id}/events", self.events, query=after, answers=(EVENTS,)),
            Endpoint("POST", "/v1/requests/{id}/stop", self.stop),
        ]

    async def models(self, request: Request) -> Response:
        """List the models, with the fields that each supports, and the default model."""
        found = await asyncio.to_thread(models, self._service)
        return JSONResponse({"default": self._service.models.card().name, "data": found})

    async def submit(self, request: Request) -> Response:
        """Submit a request and answer at once. Its id is the field `id` or a new one. A client that did not receive the
        answer can send the same id again, and the request is not submitted twice, also if the server was restarted.
        """

        def build(fields: Fields) -> tuple[str, ImageRequest, list[str]]:
            check_names(fields, _FIELDS, kind="field")
            name = fields.text("id")
            if name is not None:
                check_id(name, "id")
            return name or uuid.uuid4().hex, *request_from(self._service, fields)

        (name, wanted, left_out), digest = await self._read_with_digest(request, build)
        address = request.client.host if request.client else ""
        client = Client.named(address, request.headers.get("user-agent", ""), "page")
        accept = partial(self._service.accept, wanted, client, name, digest=digest, with_log=True)
        await asyncio.to_thread(accept)
        return JSONResponse({"id": name, "left_out": left_out}, 202)

    async def state(self, request: Request) -> Response:
        """Return the state of a request, and its saved images."""
        ticket = await self._find_ticket(request)
        return JSONResponse(self._service.state_of(ticket))

    async def events(self, request: Request) -> Response:
        """Stream the events of one request as Server-Sent Events, from the first one, or from the one after the number
        in the header Last-Event-ID or the parameter `after`. The stream ends when the request has ended.
        """
        log = await asyncio.to_thread(self._service.find_log, request.path_params["id"])
        if log is None:
            raise NotFoundError(UNKNOWN)
        after = number_param(request, "after", request.headers.get("last-event-id") or None)
        if len(self._service.events) + self._service.logs.reader_count >= self._service.limits.listeners:
            raise BusyError("Too many programs follow the events; try again later.")
        return EventStream(self._stream_events(log, after))

    async def stop(self, request: Request) -> Response:
        """Stop a request. Images that are finished stay in the gallery. Does nothing if it has ended."""
        ticket = await self._find_ticket(request)
        if not ticket.answer.done():
            self._service.cancel(ticket)
        return JSONResponse(None)

    async def _find_ticket(self, request: Request) -> Ticket:
        ticket = await asyncio.to_thread(self._service.recall, request.path_params["id"])
        if ticket is None:
            raise NotFoundError(UNKNOWN)
        return ticket

    async def _stream_events(self, log: RequestLog, after: int) -> AsyncIterator[str]:
        yield CONNECTED
        async for events in self._service.logs.read(log, after, KEEP_ALIVE):
            yield "".join(event_text(event, number) for number, event in events) or NOTHING
