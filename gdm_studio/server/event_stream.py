"""Server-Sent Events as HTTP responses."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

# Seconds without an event after which a comment line is sent to a listener, so that the connection stays open.
KEEP_ALIVE = 15.0
# The first line tells the client that no later event will be missed.
CONNECTED = ": connected\n\n"
NOTHING = ": nothing happened\n\n"


class EventStream(StreamingResponse):
    """HTTP response that streams Server-Sent Events. `close` is called at its end, even if nothing was sent."""

    def __init__(self, content: AsyncIterator[str], close: Callable[[], object] = lambda: None) -> None:
        super().__init__(content, media_type="text/event-stream")
        self._close = close

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            # A generator that was never started would not run its own `finally`.
            self._close()


def event_text(event: Mapping[str, Any], number: int | None = None) -> str:
    """Return an event of the server as text of an event stream. A client that reconnects sends the last `number`."""
    facts = dict(event)
    preview = facts.pop("preview", None)
    if preview:
        facts["preview"] = f"data:image/png;base64,{base64.b64encode(preview).decode()}"
    head = "" if number is None else f"id: {number}\n"
    return f"{head}event: {facts['event']}\ndata: {json.dumps(facts)}\n\n"
