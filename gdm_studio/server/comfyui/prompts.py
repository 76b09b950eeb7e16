"""Prompts of ComfyUI's clients: the queue, the history, and the messages about their progress."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gdm_studio.server.comfyui.errors import GraphError
from gdm_studio.server.comfyui.pictures import convert_file, generated_name
from gdm_studio.server.comfyui.sockets import Message, Socket, image_message, preview_message
from gdm_studio.server.limits import BusyError

if TYPE_CHECKING:
    from gdm_studio.server.client_requests import Client, Ticket
    from gdm_studio.server.comfyui.conversion import Converted
    from gdm_studio.server.comfyui.pictures import Pictures
    from gdm_studio.server.comfyui.values import Output
    from gdm_studio.server.service import Service

# Maximum number of ended prompts in the history, and of bytes of all graphs as JSON.
MAX_ENDED = 256
MAX_BYTES = 32 * 2**20
_ENDS = frozenset({"done", "stopped", "failed"})


@dataclass(eq=False)
class Prompt:
    """Graph that a client has submitted, with its state. `kept` is what clients read again: the graph, and the
    client's extra data, together `byte_count` bytes as JSON.
    """

    id: str
    number: float
    client: Client
    client_id: str
    converted: Converted
    kept: tuple[Mapping[str, Any], Mapping[str, Any]]
    byte_count: int
    has_previews: bool = True
    # Number of denoised steps, counted for each image.
    image_steps: int = 0
    ticket: Ticket | None = None
    is_running: bool = False
    has_ended: bool = False
    is_cancelled: bool = False
    # Ids of the generated images in the gallery, by their number in the request.
    pictures: dict[int, str] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    status: dict[str, Any] = field(default_factory=dict)
    messages: list[list[Any]] = field(default_factory=list)

    @property
    def entry(self) -> list[Any]:
        """The prompt as an entry of ComfyUI's queue."""
        graph, extra = self.kept
        return [self.number, self.id, graph, extra, [output.node for output in self.converted.outputs]]

    @property
    def history(self) -> dict[str, Any]:
        """The prompt as an entry of ComfyUI's history."""
        facts = {"parent_node": None}
        meta = {node: {"node_id": node, "display_node": node, "real_node_id": node} | facts for node in self.outputs}
        return {"prompt": self.entry, "outputs": self.outputs, "status": self.status, "meta": meta}

    def kind_of(self, node: str) -> str:
        return str(self.kept[0][node]["class_type"])


class Prompts:
    """Prompts of all clients, by their ids. Thread-safe. The server's events become messages of ComfyUI's."""

    previews = False

    def __init__(self, service: Service) -> None:
        self._service = service
        self._lock = threading.RLock()
        self._prompts: OrderedDict[str, Prompt] = OrderedDict()
        self._sockets: list[Socket] = []
        self._count = 0
        service.events.attach(self)

    # Clients

    def next_number(self) -> int:
        with self._lock:
            self._count += 1
            return self._count - 1

    def submit(self, prompt: Prompt) -> None:
        """Submit a prompt to the service. Raises BusyError, and GraphError for an id that is taken."""
        with self._lock:
            if prompt.id in self._prompts:
                raise GraphError("invalid_prompt_id", "There is a prompt with this prompt_id already; choose another.")
            if sum(each.byte_count for each in self._open()) + prompt.byte_count > MAX_BYTES:
                raise BusyError("Too many large graphs are waiting; try again later.")
            self._prompts[prompt.id] = prompt
        try:
            ticket = self._service.submit(prompt.converted.request, prompt.client, ticket_id=prompt.id)
        except BaseException:
            with self._lock:
                del self._prompts[prompt.id]
            raise
        with self._lock:
            prompt.ticket = ticket
            is_cancelled = prompt.is_cancelled
        if is_cancelled:
            self._service.cancel(ticket)

    def cancel(self, prompts: Iterable[Prompt]) -> None:
        """Stop waiting or running prompts. Their finished images stay in the gallery."""
        for prompt in prompts:
            with self._lock:
                prompt.is_cancelled = True
                ticket = prompt.ticket
            if ticket is not None:
                self._service.cancel(ticket)

    def of(self, address: str, *, running: bool) -> list[Prompt]:
        """Return the prompts that clients at a network address may stop: the running one, or those that wait."""
        return [each for each in self._open() if each.is_running == running and each.client.address == address]

    def remaining(self) -> int:
        """Return the number of prompts that wait or run."""
        return len(self._open())

    def queue(self) -> dict[str, Any]:
        prompts = self._open()
        return {
            "queue_running": [each.entry for each in prompts if each.is_running],
            "queue_pending": [each.entry for each in prompts if not each.is_running],
        }

    def history(self, prompt_id: str = "", *, limit: int = 0, offset: int = -1) -> dict[str, Any]:
        """Return the ended prompts, the oldest first: the one with an id, the last `limit` of them, or `limit` from
        `offset`.
        """
        with self._lock:
            ended = [each for each in self._prompts.values() if each.has_ended and prompt_id in ("", each.id)]
        if limit and offset < 0:
            offset = max(0, len(ended) - limit)
        chosen = ended[max(0, offset) :]
        return {each.id: each.history for each in (chosen[:limit] if limit else chosen)}

    def forget(self, address: str, ids: Iterable[str] | None = None) -> None:
        """Remove ended prompts of clients at a network address from the history: those with the given ids, or all."""
        with self._lock:
            wanted = list(self._prompts) if ids is None else list(ids)
            for each in wanted:
                prompt = self._prompts.get(each)
                if prompt is not None and prompt.has_ended and prompt.client.address == address:
                    del self._prompts[each]

    def _open(self) -> list[Prompt]:
        with self._lock:
            return [each for each in self._prompts.values() if not each.has_ended]

    # Sockets

    def connect(self, socket: Socket) -> None:
        """Add the WebSocket of a client, and send it the state."""
        with self._lock:
            self._sockets.append(socket)
            running = next((each for each in self._open() if each.is_running), None)
        socket.post(Message.of("status", self._status() | {"sid": socket.client_id}))
        if running is not None and running.client_id == socket.client_id:
            socket.post(self._executing(running, running.converted.sampler))

    def disconnect(self, socket: Socket) -> None:
        with self._lock:
            self._sockets.remove(socket)

    def wants_previews(self, client_id: str) -> bool:
        """Return True while a prompt of a client is running whose previews it wants."""
        return any(each.is_running and each.has_previews and each.client_id == client_id for each in self._open())

    def _status(self) -> dict[str, Any]:
        return {"status": {"exec_info": {"queue_remaining": self.remaining()}}}

    def _broadcast_status(self) -> None:
        for socket in list(self._sockets):
            socket.post(Message.of("status", self._status()))

    def _post(self, prompt: Prompt, *messages: Message) -> None:
        for socket in list(self._sockets):
            if socket.client_id == prompt.client_id:
                for message in messages:
                    socket.post(message)

    def _note(self, prompt: Prompt, kind: str, **data: Any) -> None:
        """Send a message that stays in the history."""
        facts = {"prompt_id": prompt.id, **data, "timestamp": int(time.time() * 1000)}
        prompt.messages.append([kind, facts])
        self._post(prompt, Message.of(kind, facts))

    @staticmethod
    def _executing(prompt: Prompt, node: str | None) -> Message:
        display = {"display_node": node} if node is not None else {}
        return Message.of("executing", {"node": node, **display, "prompt_id": prompt.id})

    # Events of the service

    def put(self, event: Mapping[str, Any]) -> None:
        """Receive an event of the server. May be called from any thread."""
        prompt = self._prompts.get(event["id"])
        if prompt is None or prompt.has_ended:
            return
        kind = event["event"]
        if kind == "queued":
            self._broadcast_status()
        elif kind == "started":
            self._begin(prompt)
        elif kind == "step":
            self._step(prompt, event)
        elif kind == "saved":
            prompt.pictures[event["image"]] = event["picture"]
        elif kind in _ENDS:
            self._end(prompt, kind, event.get("error", ""))

    def _begin(self, prompt: Prompt) -> None:
        prompt.is_running = True
        self._note(prompt, "execution_start")
        self._note(prompt, "execution_cached", nodes=[])
        order = prompt.converted.order
        nodes = order[: order.index(prompt.converted.sampler) + 1]
        self._post(prompt, *(self._executing(prompt, node) for node in nodes))

    def _step(self, prompt: Prompt, event: Mapping[str, Any]) -> None:
        node, start = prompt.converted.sampler, prompt.converted.start
        # The images of a prompt need not be denoised together.
        prompt.image_steps += len(event["images"])
        most = event["of"] - start
        value = min(most, math.ceil(prompt.image_steps / prompt.converted.request.count))
        facts = {"value": value, "max": most, "prompt_id": prompt.id, "node": node}
        names = {"node_id": node, "display_node_id": node, "real_node_id": node, "parent_node_id": None}
        state = {"value": value, "max": most, "state": "running", "prompt_id": prompt.id, **names}
        self._post(
            prompt,
            Message.of("progress_state", {"prompt_id": prompt.id, "nodes": {node: state}}, is_droppable=True),
            Message.of("progress", facts, is_droppable=True),
        )
        if prompt.has_previews and event.get("preview"):
            self._post(prompt, preview_message(event["preview"]))

    def _end(self, prompt: Prompt, kind: str, error: str) -> None:
        """Add the prompt to the history, and send the last messages about it."""
        was_running = prompt.is_running
        messages: list[Message] = []
        if kind == "done":
            order = prompt.converted.order
            outputs = {output.node: output for output in prompt.converted.outputs}
            for node in order[order.index(prompt.converted.sampler) + 1 :]:
                messages.append(self._executing(prompt, node))
                if node in outputs:
                    messages += self._collect_output(prompt, outputs[node])
        with self._lock:
            # Clients read the history when they hear of the end.
            prompt.is_running = False
            prompt.has_ended = True
            is_done = kind == "done"
            text = "success" if is_done else "error"
            prompt.status = {"status_str": text, "completed": is_done, "messages": prompt.messages}
            if kind == "stopped" and not was_running:
                # A prompt that was deleted from the queue has no history.
                self._prompts.pop(prompt.id, None)
            self._limit_history()
        self._post(prompt, *messages)
        node = prompt.converted.sampler
        place = {"node_id": node, "node_type": prompt.kind_of(node), "executed": []}
        if is_done:
            self._note(prompt, "execution_success")
        elif kind == "failed":
            facts = {"exception_message": error, "exception_type": "StudioError", "traceback": []}
            self._note(prompt, "execution_error", **place, **facts, current_inputs={}, current_outputs=[])
        elif was_running:
            self._note(prompt, "execution_interrupted", **place)
        if was_running or kind == "failed":
            self._post(prompt, self._executing(prompt, None))
        self._broadcast_status()

    def _collect_output(self, prompt: Prompt, output: Output) -> list[Message]:
        """Return the messages with the images of an output node."""
        ids = [picture for _, picture in sorted(prompt.pictures.items())]
        if not output.folder:
            return [_picture_message(picture, output.file_format) for picture in ids]
        size = prompt.converted.request.size or (0, 0)
        images = []
        for number, picture in enumerate(ids):
            name = generated_name(output.prefix, picture, output.folder, number=number, size=size)
            images.append({"filename": name.filename, "subfolder": name.subfolder, "type": name.folder})
        prompt.outputs[output.node] = {"images": images}
        facts = {"node": output.node, "display_node": output.node, "output": {"images": images}}
        return [Message.of("executed", {**facts, "prompt_id": prompt.id})]

    def _limit_history(self) -> None:
        ended = [each for each in self._prompts.values() if each.has_ended]
        while ended and (len(ended) > MAX_ENDED or sum(each.byte_count for each in ended) > MAX_BYTES):
            del self._prompts[ended.pop(0).id]


def _picture_message(picture: str, file_format: str) -> Message:
    def load(pictures: Pictures) -> bytes:
        png = pictures.read(generated_name("", picture, "output"))
        return image_message(convert_file(png, file_format), file_format)

    return Message(load=load)
