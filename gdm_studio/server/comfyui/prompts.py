"""Prompts of ComfyUI's clients: the queue, the history, and the messages about their progress."""

from __future__ import annotations

import json
import math
import threading
import time
import uuid
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from PIL import Image

from gdm_studio.common import paths
from gdm_studio.common.errors import ModelError, StorageError
from gdm_studio.server.comfyui.conversion import Plan, ShownImages, StageImage, run_stages
from gdm_studio.server.comfyui.errors import GraphError
from gdm_studio.server.comfyui.image_name import CACHE, ImageName
from gdm_studio.server.comfyui.pictures import cache_name, convert_file, encode_image, generated_name
from gdm_studio.server.comfyui.prompt_journal import MAX_STARTS, PromptEntry, PromptJournal
from gdm_studio.server.comfyui.sockets import Message, Socket, picture_message, preview_message
from gdm_studio.server.limits import BusyError, public_sentence
from gdm_studio.server.request_log import LAST_EVENTS

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.request.generation_request import Request
    from gdm_studio.server.client_requests import Client, Ticket
    from gdm_studio.server.comfyui.conversion import Stage, Stages
    from gdm_studio.server.comfyui.graph import Names
    from gdm_studio.server.comfyui.pictures import Pictures
    from gdm_studio.server.comfyui.prompt_files import PromptFiles
    from gdm_studio.server.service import Service

# Maximum number of ended prompts in the history, and of bytes of all graphs as JSON.
MAX_ENDED = 256
MAX_BYTES = 32 * 2**20
# Maximum number of bytes of the images that waiting graphs read again, and of graphs whose values are in memory.
MAX_FILE_BYTES = 256 * 2**20
MAX_RUNNING = 2
# Seconds for which the removal of a waiting prompt may take.
CANCEL_SECONDS = 10.0
# Between the id of a prompt and the number of its request, in the id of a ticket.
_SEPARATOR = "/"


# The plan of a graph that is still to be checked again after a restart.
_UNCHECKED_PLAN = Plan(None, None, (), (), 0, is_plain=False, starts_with_nodes=False)


@dataclass(eq=False)
class Prompt:
    """Graph that a client has submitted, with its state. `journaled` is its entry in the journal. `kept` is what
    clients read again: the graph, and the client's extra data, together `byte_count` bytes as JSON. `files` is what the
    graph reads again when it runs.
    """

    journaled: PromptEntry
    plan: Plan = _UNCHECKED_PLAN
    kept: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {})
    byte_count: int = 0
    files: PromptFiles | None = None
    file_bytes: int = 0
    has_previews: bool = True
    # The stage that runs, its requests that are still to be submitted, and its images so far.
    stage: Stage | None = None
    stage_number: int = 0
    requests: list[Request] = field(default_factory=list)
    images: list[StageImage] = field(default_factory=list)
    # Ids in the gallery of the images of the stage that were saved, by the id of the ticket and their number in it.
    saved: dict[tuple[str, int], str] = field(default_factory=dict)
    # Number of denoised steps of the stage, counted for each image, and of the nodes that have run.
    image_steps: int = 0
    node_count: int = 0
    # The graph that waits for the images of the stage, once the first stage has ended.
    running: Stages | None = None
    ticket: Ticket | None = None
    # Numbers of the tickets, from 1, by their ids, and the number of the last one that has ended.
    ticket_numbers: dict[str, int] = field(default_factory=dict)
    ended_count: int = 0
    # Held from the submission of a request until `ticket` is its ticket: it may end before.
    submitting: threading.Lock = field(default_factory=threading.Lock)
    is_running: bool = False
    has_ended: bool = False
    is_cancelled: bool = False
    outputs: dict[str, Any] = field(default_factory=dict)
    status: dict[str, Any] = field(default_factory=dict)
    messages: list[list[Any]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.journaled.id

    @property
    def number(self) -> int:
        return self.journaled.number

    @property
    def client(self) -> Client:
        return self.journaled.client

    @property
    def client_id(self) -> str:
        return self.journaled.client_id

    @property
    def sampler(self) -> str:
        """The id of the node whose sampler runs, or of the last node of a graph without a sampler."""
        stage = self.stage or self.plan.first
        if stage is not None:
            return stage.sampler
        return (self.plan.order or tuple(self.journaled.body["prompt"]))[-1]

    @property
    def entry(self) -> list[Any]:
        """The prompt as an entry of ComfyUI's queue."""
        graph, extra = self.kept
        return [self.number, self.id, graph, extra, [output.node for output in self.plan.outputs]]

    @property
    def history(self) -> dict[str, Any]:
        """The prompt as an entry of ComfyUI's history."""
        if self.journaled.history:
            return dict(self.journaled.history)
        facts = {"parent_node": None}
        meta = {node: {"node_id": node, "display_node": node, "real_node_id": node} | facts for node in self.outputs}
        return {"prompt": self.entry, "outputs": self.outputs, "status": self.status, "meta": meta}

    def kind_of(self, node: str) -> str:
        return str(self.journaled.body["prompt"][node]["class_type"])


class Prompts:
    """Prompts of all clients, by their ids. Thread-safe. The server's events become messages of ComfyUI's."""

    previews = False

    def __init__(
        self,
        service: Service,
        pictures: Pictures,
        names: Callable[[], Names],
        prepare: Callable[[Prompt], object],
    ) -> None:
        """`names` returns the names that nodes can refer to, and `prepare` plans the run of a prompt that an earlier
        server had accepted.
        """
        self._service = service
        self._pictures = pictures
        self._names = names
        self._prepare = prepare
        self._journal = PromptJournal(paths.data_dir() / "server" / "comfyui" / "prompts")
        self._lock = threading.RLock()
        self._prompts: OrderedDict[str, Prompt] = OrderedDict()
        self._sockets: list[Socket] = []
        self._count = 0
        # Runs the nodes between the stages, and encodes their images.
        self._nodes = ThreadPoolExecutor(1, thread_name_prefix="nodes")
        # Prompts whose first stage has ended, and which wait until fewer graphs are in memory.
        self._ready_prompts: deque[Prompt] = deque()
        service.events.attach(self)
        service.closers.append(self._release_prompts)

    def restore(self) -> None:
        """Continue the prompts that an earlier server had accepted, and read its history. Raises StorageError."""
        for entry in self._journal.restore():
            prompt = Prompt(entry)
            self._count = max(self._count, int(entry.number) + 1)
            with self._lock:
                self._prompts[entry.id] = prompt
            if entry.history:
                prompt.has_ended = True
                prompt.byte_count = len(json.dumps(entry.history))
            else:
                self._run_in_thread(self._reopen, prompt)
        self._limit_history()

    def _release_prompts(self) -> None:
        """Leave the prompts that have not ended to the next server."""
        self._nodes.shutdown()
        self._journal.release_all()

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
            waiting = self._list_open_prompts()
            if sum(each.byte_count for each in waiting) + prompt.byte_count > MAX_BYTES:
                raise BusyError("Too many large graphs are waiting; try again later.")
            if sum(each.file_bytes for each in waiting) + prompt.file_bytes > MAX_FILE_BYTES:
                raise BusyError("Graphs with too many large images are waiting; try again later.")
            is_alone = prompt.plan.first is None
            if is_alone and sum(each.plan.first is None for each in waiting) >= self._service.limits.waiting_per_client:
                raise BusyError("Too many graphs without a sampler are waiting; try again later.")
            not_begun = sum(each.plan.starts_with_nodes and each.stage is None for each in waiting)
            if prompt.plan.starts_with_nodes and not_begun >= self._service.limits.waiting_per_client:
                raise BusyError("Too many requests are waiting; try again later.")
            self._prompts[prompt.id] = prompt
        try:
            self._journal.put(prompt.journaled)
            self._start(prompt)
        except BaseException:
            with self._lock:
                self._prompts.pop(prompt.id, None)
            self._forget_on_disk([prompt.id])
            raise

    def _start(self, prompt: Prompt) -> None:
        """Run the nodes of a prompt, or submit its first request."""
        first = prompt.plan.first
        if first is not None and not prompt.plan.starts_with_nodes:
            self._begin_stage(prompt, first)
            return
        self._broadcast_status()
        self._run_in_thread(self._run_alone if first is None else self._continue, prompt)

    def _reopen(self, prompt: Prompt) -> None:
        """Start a prompt that an earlier server had accepted. Its requests that have ended are not run again."""
        with self._journal.counting_starts(prompt.id) as count:
            _check_starts(count)
            self._prepare(prompt)
        self._start(prompt)

    def _begin_stage(self, prompt: Prompt, stage: Stage) -> None:
        prompt.stage_number += 1
        prompt.saved.clear()
        prompt.stage, prompt.requests, prompt.images, prompt.image_steps = stage, list(stage.requests), [], 0
        self._submit_next(prompt)

    def _submit_next(self, prompt: Prompt) -> None:
        """Submit the next request of the stage. It is not run again if an earlier server has done so. Raises BusyError
        and StorageError.
        """
        request = prompt.requests.pop(0)
        number = len(prompt.ticket_numbers) + 1
        # Events have the id of the ticket.
        ticket_id = _SEPARATOR.join((prompt.id, prompt.journaled.run, str(number)))
        prompt.ticket_numbers[ticket_id] = number
        with prompt.submitting:
            ticket = self._service.accept(request, prompt.client, ticket_id, continues=number > 1)
            with self._lock:
                prompt.ticket = None if prompt.has_ended else ticket
                prompt.saved |= {(ticket_id, image): picture for image, picture in ticket.pictures.items()}
                is_cancelled = prompt.is_cancelled
        if is_cancelled:
            self._service.cancel(ticket)
        if ticket.answer.done() and not self._service.is_closing:
            error = ticket.answer.exception()
            kind = "failed" if error is not None else "stopped" if ticket.is_cancelled else "done"
            self._take_end(prompt, ticket_id, kind, "" if error is None else public_sentence(error))

    def cancel(self, prompts: Iterable[Prompt]) -> None:
        """Stop waiting or running prompts. Their finished images stay in the gallery."""
        for prompt in prompts:
            with self._lock:
                prompt.is_cancelled = True
                ticket = prompt.ticket
            if ticket is None:
                continue
            self._service.cancel(ticket)
            if not prompt.is_running:
                # Clients read the queue next. The end of a waiting request is recorded on disk first.
                wait([ticket.answer], CANCEL_SECONDS)

    def of(self, address: str, *, running: bool) -> list[Prompt]:
        """Return the prompts that clients at a network address may stop: the running one, or those that wait."""
        return [
            each for each in self._list_open_prompts() if each.is_running == running and each.client.address == address
        ]

    def remaining(self) -> int:
        """Return the number of prompts that wait or run."""
        return len(self._list_open_prompts())

    def queue(self) -> dict[str, Any]:
        prompts = self._list_open_prompts()
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
            ended = [
                each
                for each in wanted
                if (prompt := self._prompts.get(each)) is not None
                and prompt.has_ended
                and prompt.client.address == address
            ]
            for each in ended:
                del self._prompts[each]
        self._forget_on_disk(ended)

    def _forget_on_disk(self, ids: Iterable[str]) -> None:
        for each in ids:
            try:
                self._journal.remove(each)
            except StorageError as error:
                self._service.report(error)

    def _list_open_prompts(self) -> list[Prompt]:
        with self._lock:
            return [each for each in self._prompts.values() if not each.has_ended]

    # Sockets

    def connect(self, socket: Socket) -> None:
        """Add the WebSocket of a client, and send it the state."""
        with self._lock:
            self._sockets.append(socket)
            running = next((each for each in self._list_open_prompts() if each.is_running), None)
        socket.post(Message.of("status", self._collect_status() | {"sid": socket.client_id}))
        if running is not None and running.client_id == socket.client_id:
            socket.post(self._create_executing_message(running, running.sampler))

    def disconnect(self, socket: Socket) -> None:
        with self._lock:
            self._sockets.remove(socket)

    def wants_previews(self, client_id: str) -> bool:
        """Return True while a prompt of a client is running whose previews it wants."""
        return any(
            each.is_running and each.has_previews and each.client_id == client_id for each in self._list_open_prompts()
        )

    def _collect_status(self) -> dict[str, Any]:
        return {"status": {"exec_info": {"queue_remaining": self.remaining()}}}

    def _broadcast_status(self) -> None:
        for socket in list(self._sockets):
            socket.post(Message.of("status", self._collect_status()))

    def _post_messages(self, prompt: Prompt, *messages: Message) -> None:
        for socket in list(self._sockets):
            if socket.client_id == prompt.client_id:
                for message in messages:
                    socket.post(message)

    def _post_lasting_message(self, prompt: Prompt, kind: str, **data: Any) -> None:
        """Send a message that stays in the history."""
        facts = {"prompt_id": prompt.id, **data, "timestamp": int(time.time() * 1000)}
        prompt.messages.append([kind, facts])
        self._post_messages(prompt, Message.of(kind, facts))

    @staticmethod
    def _create_executing_message(prompt: Prompt, node: str | None) -> Message:
        display = {"display_node": node} if node is not None else {}
        return Message.of("executing", {"node": node, **display, "prompt_id": prompt.id})

    # Events of the service

    def put(self, event: Mapping[str, Any]) -> None:
        """Receive an event of the server. May be called from any thread."""
        prompt = self._prompts.get(event["id"].partition(_SEPARATOR)[0])
        if prompt is None or prompt.has_ended or event["id"] not in prompt.ticket_numbers:
            return
        kind = event["event"]
        if kind == "queued" and not prompt.is_running:
            self._broadcast_status()
        elif kind == "started":
            self._begin_prompt(prompt)
        elif kind == "step":
            self._step(prompt, event)
        elif kind == "saved":
            prompt.saved[event["id"], event["image"]] = event["picture"]
        elif kind in LAST_EVENTS:
            self._take_end(prompt, event["id"], kind, event.get("error", ""))

    def _take_end(self, prompt: Prompt, ticket_id: str, kind: str, error: str) -> None:
        """Continue a prompt one of whose requests has ended. An end may be found twice: by its event, and when a
        request of an earlier server is submitted again.
        """
        with self._lock:
            number = prompt.ticket_numbers[ticket_id]
            if number <= prompt.ended_count:
                return
            prompt.ended_count = number
        if kind == "failed":
            self._end_prompt(prompt, kind, error)
        elif kind == "done" or (kind == "stopped" and self._is_complete(prompt)):
            if not prompt.is_running:
                self._begin_prompt(prompt)
            # The images are saved, so a client that cancels too late gets them.
            if prompt.plan.is_plain:
                self._finish_plain(prompt)
            else:
                self._run_in_thread(self._continue, prompt)
        elif kind == "stopped":
            self._end_prompt(prompt, kind)

    @staticmethod
    def _is_complete(prompt: Prompt) -> bool:
        """Return True if all images of the last stage were saved."""
        stage = prompt.stage
        if stage is None or prompt.requests or prompt.stage_number < prompt.plan.stage_count:
            return False
        return len(prompt.saved) == stage.image_count

    def _begin_prompt(self, prompt: Prompt) -> None:
        if not prompt.is_running:
            prompt.is_running = True
            self._post_lasting_message(prompt, "execution_start")
            self._post_lasting_message(prompt, "execution_cached", nodes=[])
        self._advance_to(prompt, prompt.sampler)

    def _advance_to(self, prompt: Prompt, node: str | None) -> None:
        """Send the messages that the nodes up to `node`, or all, are executed."""
        order = prompt.plan.order
        end = len(order) if node is None else order.index(node) + 1
        nodes = order[prompt.node_count : end]
        prompt.node_count = max(prompt.node_count, end)
        self._post_messages(prompt, *(self._create_executing_message(prompt, each) for each in nodes))

    def _step(self, prompt: Prompt, event: Mapping[str, Any]) -> None:
        if (stage := prompt.stage) is None:
            return
        if not prompt.is_running:
            # The request of an earlier server was started before its prompt was restored.
            self._begin_prompt(prompt)
        node = stage.sampler
        # The images of a prompt need not be denoised together.
        prompt.image_steps += len(event["images"])
        most = event["of"] - stage.start
        value = min(most, math.ceil(prompt.image_steps / stage.image_count))
        facts = {"value": value, "max": most, "prompt_id": prompt.id, "node": node}
        names = {"node_id": node, "display_node_id": node, "real_node_id": node, "parent_node_id": None}
        state = {"value": value, "max": most, "state": "running", "prompt_id": prompt.id, **names}
        self._post_messages(
            prompt,
            Message.of("progress_state", {"prompt_id": prompt.id, "nodes": {node: state}}, is_droppable=True),
            Message.of("progress", facts, is_droppable=True),
        )
        if prompt.has_previews and event.get("preview"):
            self._post_messages(prompt, preview_message(event["preview"]))

    # The thread for nodes

    def _run_in_thread(self, function: Callable[[Prompt], object], prompt: Prompt) -> None:
        def run() -> None:
            # The next server continues the prompt.
            if self._service.is_closing:
                return
            try:
                function(prompt)
            except Exception as error:
                self._stop_nodes(prompt)
                if self._service.is_closing:
                    return
                self._end_prompt(prompt, "failed", self._service.report(error))

        # The server may just have ended.
        with suppress(RuntimeError):
            self._nodes.submit(run)

    def _continue(self, prompt: Prompt) -> None:
        """Take the images of a request that has ended, and submit the next one, or run the nodes that need them."""
        with prompt.submitting:
            # The ticket has the images, too.
            ticket, prompt.ticket = prompt.ticket, None
        if ticket is not None:
            prompt.images += [StageImage(picture, b"") for _, picture in sorted(ticket.pictures.items())]
        if prompt.is_cancelled and (prompt.requests or prompt.stage_number < prompt.plan.stage_count):
            self._stop_nodes(prompt)
            self._end_prompt(prompt, "stopped")
        elif prompt.requests:
            self._submit_next(prompt)
        elif prompt.running is None and self._count_running() >= MAX_RUNNING:
            self._ready_prompts.append(prompt)
        else:
            self._run_nodes(prompt)

    def _run_alone(self, prompt: Prompt) -> None:
        """Run a graph without a sampler."""
        if prompt.is_cancelled:
            self._end_prompt(prompt, "stopped")
            return
        self._begin_prompt(prompt)
        self._run_nodes(prompt)

    def _count_running(self) -> int:
        return sum(each.running is not None for each in self._list_open_prompts())

    def _run_nodes(self, prompt: Prompt) -> None:
        """Run the nodes of a graph up to its next stage, or to its end."""
        files, graph = prompt.files, prompt.plan.graph
        assert files is not None and graph is not None
        try:
            with self._journal.counting_starts(prompt.id) as count:
                _check_starts(count)
                stage = None
                if prompt.running is None:
                    prompt.running = run_stages(self._service, files.for_run(), self._names(), graph)
                    stage = next(prompt.running)
                # The images of the first stage were generated before its nodes, unless the plan starts with these.
                if stage is None or prompt.stage_number:
                    images, prompt.images = prompt.images, []
                    stage = prompt.running.send(images)
        except StopIteration as end:
            self._stop_nodes(prompt)
            self._finish(prompt, end.value)
            return
        if prompt.is_cancelled:
            self._stop_nodes(prompt)
            self._end_prompt(prompt, "stopped")
            return
        self._begin_stage(prompt, stage)

    def _stop_nodes(self, prompt: Prompt) -> None:
        """Free the values of a graph, and run the next one that waits."""
        if prompt.running is not None:
            prompt.running.close()
            prompt.running = None
        # Also after one that was cancelled before it ran: no other may be running that starts the next at its end.
        if self._ready_prompts and self._count_running() < MAX_RUNNING:
            self._run_in_thread(self._continue, self._ready_prompts.popleft())

    def _finish_plain(self, prompt: Prompt) -> None:
        """End a prompt whose images are the results, as they are in the gallery."""
        pictures = tuple(picture for _, picture in sorted(prompt.saved.items()))
        first = prompt.plan.first
        size = (first is not None and first.requests[0].size) or (0, 0)
        self._finish(prompt, [ShownImages(output, pictures, None, size) for output in prompt.plan.outputs])

    def _finish(self, prompt: Prompt, shown: Sequence[ShownImages]) -> None:
        """Collect the images of the output nodes, and end the prompt."""
        messages: list[Message] = []
        for each in shown:
            messages += self._collect_output(prompt, each)
        self._end_prompt(prompt, "done", messages=messages)

    def _end_prompt(self, prompt: Prompt, kind: str, error: str = "", messages: Sequence[Message] = ()) -> None:
        """Add the prompt to the history, and send the last messages about it."""
        was_running = prompt.is_running
        is_done = kind == "done"
        is_forgotten = kind == "stopped" and not was_running
        with self._lock:
            if prompt.has_ended:
                return
            # Clients read the history when they hear of the end.
            prompt.is_running = False
            prompt.has_ended = True
            prompt.ticket, prompt.files, prompt.file_bytes = None, None, 0
            prompt.plan = replace(prompt.plan, graph=None)
            text = "success" if is_done else "error"
            prompt.status = {"status_str": text, "completed": is_done, "messages": prompt.messages}
            if is_forgotten:
                # A prompt that was deleted from the queue has no history.
                self._prompts.pop(prompt.id, None)
        node = prompt.sampler
        place = {"node_id": node, "node_type": prompt.kind_of(node), "executed": []}
        if prompt.running is not None:
            self._run_in_thread(self._stop_nodes, prompt)
        if is_done:
            self._advance_to(prompt, None)
            self._post_messages(prompt, *messages)
            self._post_lasting_message(prompt, "execution_success")
        elif kind == "failed":
            facts = {"exception_message": error, "exception_type": "StudioError", "traceback": []}
            self._post_lasting_message(
                prompt, "execution_error", **place, **facts, current_inputs={}, current_outputs=[]
            )
        elif was_running:
            self._post_lasting_message(prompt, "execution_interrupted", **place)
        if is_forgotten:
            self._forget_on_disk([prompt.id])
        else:
            self._save_history(prompt)
        self._limit_history()
        if was_running or kind == "failed":
            self._post_messages(prompt, self._create_executing_message(prompt, None))
        self._broadcast_status()

    def _save_history(self, prompt: Prompt) -> None:
        """Write an ended prompt to the journal. If that fails, the next server runs its nodes again."""
        prompt.journaled = replace(prompt.journaled, body={}, history=prompt.history)
        try:
            self._journal.put(prompt.journaled)
        except StorageError as error:
            self._service.report(error)

    def _collect_output(self, prompt: Prompt, shown: ShownImages) -> list[Message]:
        """Return the messages with the images of an output node."""
        output = shown.output
        names = self._name_images(shown)
        if not output.folder:
            return [picture_message(name, output.file_format) for name in names]
        if output.folder == CACHE:
            kind = f"image/{output.file_format.lower()}"
            images = [{"source": "http", "id": name.filename, "content-type": kind, "type": "output"} for name in names]
        else:
            images = [{"filename": each.filename, "subfolder": each.subfolder, "type": each.folder} for each in names]
        prompt.outputs[output.node] = {"images": images}
        facts = {"node": output.node, "display_node": output.node, "output": {"images": images}}
        return [Message.of("executed", {**facts, "prompt_id": prompt.id})]

    def _name_images(self, shown: ShownImages) -> list[ImageName]:
        """Return the names under which clients fetch the images of an output node. Keeps those that are changed."""
        output = shown.output
        found = []
        ids = list(shown.pictures)
        frames: list[np.ndarray | None] = [None] * len(ids)
        if shown.pixels is not None:
            frames = list(shown.pixels.frames)
            ids = [uuid.uuid4().hex for _ in frames]
        for number, (key, frame) in enumerate(zip(ids, frames, strict=True)):
            data = None if frame is None else _encode(frame, output.file_format if output.folder else "PNG")
            if output.folder == CACHE and data is None and output.file_format != "PNG":
                data = convert_file(self._pictures.read(generated_name("", key, "output")), output.file_format)
                key = uuid.uuid4().hex
            size = (frame.shape[1], frame.shape[0]) if frame is not None else shown.size
            if output.folder == CACHE:
                name = cache_name(key)
            else:
                name = generated_name(output.prefix, key, output.folder or "output", number=number, size=size)
            if data is not None:
                self._pictures.keep(name, data)
            found.append(name)
        return found

    def _limit_history(self) -> None:
        removed = []
        with self._lock:
            ended = [each for each in self._prompts.values() if each.has_ended]
            while ended and (len(ended) > MAX_ENDED or sum(each.byte_count for each in ended) > MAX_BYTES):
                removed.append(ended.pop(0).id)
                del self._prompts[removed[-1]]
        self._forget_on_disk(removed)


def _check_starts(count: int) -> None:
    """Raise ModelError if the server has died too often while it ran the nodes of a prompt."""
    if count >= MAX_STARTS:
        raise ModelError(f"The server ended {count} times while it ran this graph, so it is not started again.")


def _encode(rgba: np.ndarray, file_format: str) -> bytes:
    """Return an image, RGBA uint8 (H, W, 4), as a file, without alpha if it is opaque."""
    picture = Image.fromarray(rgba)
    if file_format == "JPEG" or rgba[..., 3].min() == 255:
        picture = picture.convert("RGB")
    return encode_image(picture, file_format, 95)
