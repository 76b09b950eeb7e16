"""Image generation for other programs, shared by the HTTP server and the MCP server.

Requests go through the same runner, queue and gallery as the window's requests.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from gdm_studio import preferences
from gdm_studio.common import error_log
from gdm_studio.common.errors import BadRequest, StorageError, StudioError
from gdm_studio.common.text_safety import shorten
from gdm_studio.jobs.executor import Executor, sleep_between_steps
from gdm_studio.jobs.job import NOTHING
from gdm_studio.jobs.queue import Item, Queue
from gdm_studio.jobs.runner import Runner, UnsavedImage
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import NewSteps, Phase, Progress, Result, State, StepEvent, View
from gdm_studio.request.generation_request import Request
from gdm_studio.request.hires import total_steps
from gdm_studio.server.client_models import ClientModels
from gdm_studio.server.client_requests import (
    Client,
    PartialImage,
    RequestSeconds,
    RunningState,
    SavedImage,
    Ticket,
    client_priority,
    client_turn,
)
from gdm_studio.server.detail_chain import DetailChain
from gdm_studio.server.durable_requests import ELSEWHERE, DurableRequests
from gdm_studio.server.events import Broadcast
from gdm_studio.server.fair_queue import FairQueue
from gdm_studio.server.limits import (
    LIMITS,
    BusyError,
    IdReusedError,
    LibraryMissingError,
    Limits,
    NotFoundError,
    PausedError,
    TooManyRequestsError,
    public_sentence,
)
from gdm_studio.server.png_files import encode_pixels, read_saved_png
from gdm_studio.server.request_journal import IdTakenError, read_item_ids
from gdm_studio.server.request_log import RequestLog, RequestLogs

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.jobs.job import Job
    from gdm_studio.server.adetailer import RequestedDetail

T = TypeVar("T")
# Maximum side of a preview in pixels.
PREVIEW_SIDE = 256
# Seconds for which previews are decoded after a client has asked for the progress.
PREVIEW_SECONDS = 10.0
# Maximum number of characters of an unforeseen error in the terminal.
MAX_REPORT = 500
# Maximum number of tasks that wait for the generating thread.
MAX_TASKS = 16
STOPPING = "The server is stopping; try again later."
# The events of a request after a restart have higher numbers than before, by a multiple of this.
NUMBERS_OF_A_RESTART = 10**6
MAX_RESTARTS = 900


class Service(AbstractContextManager["Service"]):
    """Thread-safe service that generates images for other programs. One thread generates images or passes them to
    workers, another uses the gallery and the queue. The callback `report` receives sentences for the server's terminal.

    Several workers (several devices, or the cluster at `cluster_address`) run several requests at once. By default,
    the `device` is that of the settings. With `keeps_requests`, requests that `accept` has accepted survive the end of
    the process.
    """

    def __init__(
        self,
        library: Library | None = None,
        *,
        limits: Limits = LIMITS,
        report: Callable[[str], object] = lambda sentence: None,
        device: str = "",
        cluster_address: str = "",
        keeps_requests: bool = True,
    ) -> None:
        self.library = Library() if library is None else library
        self.limits = limits
        self.models = ClientModels(self.library, limits, device)
        self.events = Broadcast()
        self.logs = RequestLogs()
        self.seconds = RequestSeconds()
        # Functions that end what uses the service, called before the gallery is closed.
        self.closers: list[Callable[[], object]] = []
        self._report = report
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="disk")
        self._gallery: Gallery | None = None
        # True once the folder of the gallery exists.
        self._has_started = False
        self._queue = Queue.open()
        executor = Executor(self.library, cluster_address=cluster_address, waits_for_cluster=True)
        self.runner = Runner(executor, self._open_gallery, self._queue, on_disk=self._run_on_disk)
        self.runner.on_saved = self._note_saved
        self.runner.on_storage_error = self._note_storage_error
        # The request would run a second time after a crash, which does no harm.
        self.runner.on_queue_error = lambda error: report(str(error))
        # Guards the fields below.
        self._state_changed = threading.Condition()
        self._waiting_tickets: FairQueue[Ticket] = FairQueue()
        # Calls that wait for the generating thread, with the futures of their results.
        self._tasks: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._is_closing = False
        self._tickets: dict[Job, Ticket] = {}
        # The running requests, in the order of their starts.
        self._running_tickets: list[Ticket] = []
        # Requests that survive the end of the process and have not ended, by their ids.
        self._durable_tickets: dict[str, Ticket] = {}
        self._keeps_requests = keeps_requests
        # Used on the disk thread only.
        self._durable_requests: DurableRequests | None = None
        # Held while a request is accepted, so that no id is accepted twice.
        self._accepting = threading.Lock()
        self._progress_read_at = -PREVIEW_SECONDS
        self._thread = threading.Thread(target=self._run_jobs, name="generation", daemon=True)

    def start(self) -> None:
        """Start the threads that generate and save images for other programs.

        Requests that an earlier server had accepted are continued. Those whose clients' connections ended with it are
        dropped. Raises StorageError if images cannot be saved.
        """
        self._disk.submit(self._restore).result()
        self._thread.start()

    def stop(self) -> None:
        """Reject other programs' new requests, cancel all waiting and running ones, and send the event "end" to all
        followers. Requests that survive the process are suspended instead.
        """
        with self._state_changed:
            self._is_closing = True
            tickets = self._waiting_tickets.clear()
            running = list(self._running_tickets)
            for ticket in (*tickets, *running):
                ticket.is_suspended = ticket.is_kept and not ticket.is_cancelled
            self._state_changed.notify_all()
        for ticket in tickets:
            self._end_waiting(ticket, BusyError(STOPPING))
        for ticket in running:
            job = ticket.job
            if not ticket.is_suspended:
                self.cancel(ticket)
            elif job is not None:
                job.cancel()
        self._wake_workers()
        self.logs.close()
        self.events.send({"event": "end", "id": ""})

    def close(self) -> None:
        """Cancel all requests, end the threads and close the gallery."""
        self.stop()
        if self._thread.ident is not None:
            self._thread.join()
        for close in self.closers:
            close()
        self.runner.close()
        self._disk.submit(self._close_storage).result()
        self._disk.shutdown()

    def __exit__(self, *failure: object) -> None:
        self.close()

    # Requests

    def submit(
        self,
        request: Request,
        client: Client,
        *,
        ticket_id: str = "",
        with_log: bool = False,
        details: Sequence[RequestedDetail] = (),
        continues: bool = False,
    ) -> Ticket:
        """Add another program's request to the waiting requests and return its ticket.

        `with_log` adds its events to `logs`, under its id. The `details` of each image are generated after the request,
        and the image with them is saved, too. Raises BusyError if too many are waiting, unless the request `continues`
        work that has begun.
        """
        ticket = Ticket(request, client, ticket_id or uuid.uuid4().hex)
        if details:
            ticket.details = DetailChain(details, self.library, self._report)
        ticket.priority = client_priority.get()
        with self._state_changed:
            self._check_room(client, continues=continues)
            if with_log:
                self.logs.begin(ticket.id, ticket)
            ticket.item = self._disk.submit(self._enqueue, ticket)
            self._add(ticket)
        self._wake_workers()
        return ticket

    def accept(
        self,
        request: Request,
        client: Client,
        request_id: str,
        *,
        digest: str = "",
        with_log: bool = False,
        repeats_failed: bool = False,
        continues: bool = False,
    ) -> Ticket:
        """Accept a request that survives the end of its connection and of the process, and return its ticket once it is
        on disk. Blocks the thread.

        A request with the same id is the same request, also if a server that was killed had accepted it, and its ticket
        is returned: it is not generated again unless it has failed or was stopped and `repeats_failed` is True.
        `digest` identifies the body. Raises IdReusedError for an id of another body, and BusyError if too many are
        waiting, unless the request `continues` work that has begun.
        """
        with self._accepting:
            found = self.recall(request_id)
            if found is not None and digest != found.digest:
                raise IdReusedError
            if found is not None and not (repeats_failed and found.has_ended_badly):
                return found
            with self._state_changed:
                self._check_room(client, continues=continues)
            ticket = Ticket(request, client, request_id, is_kept=True, digest=digest)
            ticket.priority = client_priority.get()
            ticket.item.set_result(self._disk.submit(self._enqueue, ticket).result())
            with self._state_changed:
                # The log of an attempt that has failed ends with that.
                if with_log or self.logs.find(request_id) is not None:
                    self.logs.begin(ticket.id, ticket)
                self._add(ticket)
            self._wake_workers()
            return ticket

    def recall(self, request_id: str) -> Ticket | None:
        """Return the request that was accepted under an id, by this server or an earlier one, or None. Blocks the
        thread.
        """
        if (ticket := self._durable_tickets.get(request_id)) is not None:
            return ticket
        return self._disk.submit(self._recall, request_id).result()

    def find_log(self, request_id: str) -> RequestLog | None:
        """Return the events of an accepted request, or None if the id is unknown. Blocks the thread. Raises BusyError
        if the request is paused, or another process generates it.

        After a restart it begins with what is known of the request, and its numbers are higher than before.
        """
        if (log := self.logs.find(request_id)) is not None or (ticket := self.recall(request_id)) is None:
            return log
        if ticket.answer.done() and isinstance(error := ticket.answer.exception(), BusyError):
            raise error
        with self._state_changed:
            if self.logs.find(request_id) is None:
                self.logs.begin(request_id, ticket, NUMBERS_OF_A_RESTART * min(ticket.restores, MAX_RESTARTS) + 1)
                for message in self._describe(ticket):
                    self.logs.put(message)
        return self.logs.find(request_id)

    def state_of(self, ticket: Ticket) -> dict[str, Any]:
        """Describe a request and its saved images for its client."""
        facts: dict[str, Any] = {"id": ticket.id, "state": "running" if ticket in self._running_tickets else "waiting"}
        images = sorted(ticket.pictures.items())
        facts["images"] = [
            {"image": number, "seed": ticket.request.picture(number).seed, "picture": picture}
            for number, picture in images
        ]
        if ticket.answer.done():
            error = ticket.answer.exception()
            if isinstance(error, PausedError):
                facts["state"] = "paused"
            elif isinstance(error, BusyError) and not isinstance(error, LibraryMissingError):
                facts["state"] = "waiting"
            else:
                facts["state"] = "failed" if error else "stopped" if ticket.is_cancelled else "done"
            if error is not None:
                facts["error"] = public_sentence(error)
        return facts

    def load_images(self, ticket: Ticket) -> list[SavedImage]:
        """Return the images of an ended request, in order. Blocks the thread.

        Raises NotFoundError if one was deleted.
        """
        if not ticket.is_kept:
            return ticket.answer.result()
        images = []
        for number, picture_id in sorted(ticket.pictures.items()):
            picture = self.find(picture_id).result()
            if picture is None:
                raise NotFoundError("An image of this request was deleted; send it again under another id.")
            images.append(SavedImage(number, picture.request, read_saved_png(picture.path), picture))
        return images

    def cancel(self, ticket: Ticket) -> None:
        """Stop another program's request. Its finished images stay in the gallery. Does nothing if the request has
        ended.
        """
        with self._state_changed:
            ticket.is_cancelled = True
            is_waiting = self._waiting_tickets.remove(ticket.client.turn, ticket)
            job = ticket.job
        self._wake_workers()
        if is_waiting:
            self._end_waiting(ticket, None)
        elif job is not None:
            self.runner.cancel(job)
            # A job that had not started has no event.
            if job.run.state.ended:
                self._finish_later(ticket, None)

    def interrupt(self, client: Client) -> None:
        """Stop a client's running request or, if it has none, the first of its waiting requests.

        A client without requests, such as a command line tool, stops the running request of another program on the same
        computer.
        """
        with self._state_changed:
            running = list(self._running_tickets)
            own = next((each for each in running if each.client.turn == client.turn), None)
            own = own or self._waiting_tickets.first_of(client.turn)
        own = own or next((each for each in running if each.client.address == client.address), None)
        if own is not None:
            own.is_interrupted = True
            self.cancel(own)

    def is_healthy(self) -> bool:
        """Return True if the service accepts requests and the folder of its images exists."""
        is_there = self._gallery is not None and self._gallery.pictures.is_dir()
        return is_there and self._thread.is_alive() and not self._is_closing

    @property
    def is_closing(self) -> bool:
        """True once the server is shutting down and rejects new requests."""
        return self._is_closing

    def call(self, task: Callable[[], T]) -> Future[T]:
        """Call a function on the thread that generates images, between two steps.

        Raises BusyError if too many calls are waiting. The future raises BusyError if the service stops before the
        call.
        """
        answer: Future[T] = Future()
        with self._state_changed:
            if self._is_closing or len(self._tasks) >= MAX_TASKS:
                raise BusyError("Too many images are waiting to be enlarged; try again later.")
            self._tasks.append((task, answer))
            self._state_changed.notify_all()
        self._wake_workers()
        return answer

    def state(self, *, with_preview: bool = False) -> RunningState:
        """Return the progress of the client's running request or, if it has none, of the one that started first.

        Previews are decoded only if a client asked for one within the last few seconds.
        """
        if with_preview:
            self._progress_read_at = time.monotonic()
        running = list(self._running_tickets)
        turn = client_turn.get()
        ticket = next((each for each in running if each.client.turn == turn), running[0] if running else None)
        job = ticket.job if ticket is not None else None
        if ticket is None or job is None:
            return RunningState()
        step = max(job.progress.values(), default=0)
        left = job.seconds_left() or 0.0
        return RunningState(ticket, job.share_done(), left, step, ticket.preview if with_preview else b"")

    def waiting_count(self) -> int:
        """Return the number of requests that are waiting for their turn."""
        return len(self._waiting_tickets)

    def running_count(self) -> int:
        """Return the number of requests that are running."""
        return len(self._running_tickets)

    def waiting_by_address(self) -> dict[str, int]:
        """Return the number of waiting requests of each network address."""
        with self._state_changed:
            return self._waiting_tickets.counts_by_address()

    # The gallery

    def search(self, query: str, limit: int) -> Future[list[Picture]]:
        """Search the gallery. Returns a future, whose result is a list of the newest matching images, at most
        `limit`. Raises BadRequest if a part of the query is unclear.
        """
        from gdm_studio.gallery import find_unclear

        if unclear := find_unclear(query):
            raise BadRequest(f"This search is not clear: {'; '.join(unclear)}.")
        return self._disk.submit(lambda: self._open_gallery().page(query, limit=limit))

    def find(self, picture_id: str) -> Future[Picture | None]:
        """Look up a gallery image by its id. Returns a future, whose result is the image or None."""
        return self._disk.submit(lambda: self._open_gallery().get(picture_id))

    def report(self, error: BaseException) -> str:
        """Show an error in the server's terminal, and return the sentence that the client receives."""
        sentence = public_sentence(error)
        if not isinstance(error, StudioError):
            error_log.record_error(error)
            self._report(shorten(f"{type(error).__name__}: {error}", MAX_REPORT))
        elif sentence != str(error):
            self._report(str(error))
        return sentence

    def free_memory(self) -> None:
        """Release the models that no run is using, between two steps. Raises BusyError."""

        from gdm_studio.models.memory.devices import release as release_device

        def release() -> None:
            for device in self.library.release_models():
                release_device(device)

        self.call(release)

    # The generating thread

    def _run_jobs(self) -> None:
        while self._wait_for_work():
            self._run_tasks()
            try:
                events = self.runner.run(
                    refill=self._submit_next,
                    between_steps=self._run_between_steps,
                    previews=preferences.load().preview_share,
                )
                with closing(events):
                    for job, event in events:
                        self._take_event(job, event)
            except Exception as error:
                for job, ticket in list(self._tickets.items()):
                    if job.run.state.ended or ticket in self._running_tickets:
                        self._finish_later(ticket, error)
                if not isinstance(error, StudioError):
                    self.report(error)
        for _, answer in self._tasks:
            if answer.set_running_or_notify_cancel():
                answer.set_exception(BusyError(STOPPING))

    def _wait_for_work(self) -> bool:
        """Wait until there is a request or a task for the thread that generates images. Returns False when the service
        is closing.
        """
        with self._state_changed:
            self._state_changed.wait_for(lambda: self._is_closing or self._tasks or len(self._waiting_tickets))
            return not self._is_closing

    def _submit_next(self, running_job: Job | None) -> None:
        """Submit the next waiting request to the runner, dividing the work among the clients.

        Several run at a time if there are several workers: the runner calls this when one of them is free, with one of
        the running jobs.
        """
        while True:
            with self._state_changed:
                ticket = None if self._is_closing else self._waiting_tickets.take()
            if ticket is None:
                return
            try:
                item = ticket.item.result()
            except Exception as error:
                self._end_waiting(ticket, error)
                continue
            # A restored request continues with its recorded steps.
            job = self.runner.submit(item, steps=None if ticket.restores else b"", shares=True)
            with self._state_changed:
                ticket.job = job
                self._tickets[job] = ticket
                self._running_tickets.append(ticket)
                ticket.is_suspended = self._is_closing and ticket.is_kept and not ticket.is_cancelled
                is_unwanted = ticket.is_cancelled or self._is_closing
            if ticket.is_suspended:
                job.cancel()
            elif is_unwanted:
                self.cancel(ticket)
                continue
            if ticket.is_kept:
                self._run_on_disk(partial(self._record_durable, DurableRequests.note_start, ticket))
            with self._state_changed:
                ticket.started_at = time.monotonic()
                self._send(ticket, "started")
            self.seconds.waiting += ticket.started_at - ticket.arrived_at
            return

    def _take_event(self, job: Job, event: Any) -> None:
        ticket = self._tickets.get(job)
        if ticket is None:
            # A request that was cancelled at its end has been answered.
            return
        if isinstance(event, Result) and ticket.details is not None:
            ticket.details.take_result(event)
        elif event is None or isinstance(event, StudioError):
            if event is None and job.run.state is State.DONE and self._submit_detail(ticket):
                return
            if event is None and ticket.is_interrupted and job.item is not None:
                ticket.partial = self._decode_partial_images(job)
            self._finish_later(ticket, event)
        elif isinstance(event, Phase):
            if event.note and not event.title:
                # It concerns the workers, not the request.
                self._report(event.note)
            self._send(ticket, "phase", title=event.title)
        elif isinstance(event, StepEvent | Progress):
            images = ticket.new_steps.images(event)
            if not images:
                # A worker on another computer repeats its steps after a lost connection.
                return
            facts: dict[str, Any] = {"step": event.index, "of": event.of, "images": list(images)}
            wants_previews = self.events.wants_previews or self.logs.wants_previews
            if wants_previews or time.monotonic() - self._progress_read_at < PREVIEW_SECONDS:
                view = _find_view(ticket, event)
                ticket.preview = encode_pixels(view.predicted, PREVIEW_SIDE) if view is not None else b""
                facts["preview"] = ticket.preview
            self._send(ticket, "step", **facts)
            self._disk.submit(self._check_paused, ticket)

    def _submit_detail(self, ticket: Ticket) -> bool:
        """Submit the next run for the details of a client's images. Returns False if there is none."""
        request = None if ticket.details is None else ticket.details.next_request()
        if request is None:
            return False
        job = self.runner.submit(request, NOTHING, shares=True)
        with self._state_changed:
            if ticket.job is not None:
                # After its images are saved.
                self._disk.submit(self._tickets.pop, ticket.job, None)
            ticket.job = job
            self._tickets[job] = ticket
            ticket.new_steps = NewSteps()
            ticket.previews = None
        if ticket.is_cancelled or self._is_closing:
            self.cancel(ticket)
        return True

    def _save_details(self, ticket: Ticket) -> None:
        """Save the images of a client's request with their details, and answer with them instead of those without."""
        if ticket.details is None:
            return
        for number, result in ticket.details.results.items():
            note = {"asked_by": ticket.client.name, "title": ticket.details.titles[number]}
            try:
                picture = self._open_gallery().save(result, note=note)
            except StorageError as error:
                ticket.storage_error = error
                return
            image = SavedImage(number, result.request, read_saved_png(picture.path, result.rgba), picture)
            ticket.images = [each for each in ticket.images if each.index != number] + [image]
            self._send(ticket, "saved", image=number, picture=picture.id, seed=result.request.seed)
        ticket.details.results.clear()

    def _decode_partial_images(self, job: Job) -> list[PartialImage]:
        """Decode the unfinished images of an interrupted request. If that fails, there are none."""
        try:
            results = self.runner.partial_results(job)
        except StudioError as error:
            self._report(str(error))
            return []
        return [
            PartialImage(each.image, each.request, encode_pixels(each.rgba), (each.rgba.shape[1], each.rgba.shape[0]))
            for each in results
        ]

    def _run_between_steps(self, seconds: float, jobs: Sequence[Job]) -> bool:
        self._run_tasks()
        return sleep_between_steps(seconds, jobs)

    def _run_tasks(self) -> None:
        while self._tasks and not self._is_closing:
            task, answer = self._tasks.popleft()
            if not answer.set_running_or_notify_cancel():
                continue
            try:
                answer.set_result(task())
            except BaseException as error:
                answer.set_exception(error)

    # The disk thread

    def _run_on_disk(self, task: Callable[[], object]) -> None:
        def run() -> None:
            try:
                task()
            except Exception as error:
                self.report(error)

        self._disk.submit(run)

    def _open_gallery(self) -> Gallery:
        if self._gallery is None:
            from gdm_studio.gallery import Gallery

            self._gallery = Gallery.open()
        # The gallery would create the folder again, perhaps on another disk.
        if self._has_started and not self._gallery.pictures.is_dir():
            raise LibraryMissingError
        return self._gallery

    def _close_storage(self) -> None:
        if self._durable_requests is not None:
            self._durable_requests.close()
        if self._gallery is not None:
            self._gallery.close()

    def _restore(self) -> None:
        """Open the gallery, continue the accepted requests of an earlier server, and drop its other requests."""
        self._open_gallery().check_writable()
        self._has_started = True
        tickets: list[Ticket] = []
        if self._keeps_requests:
            self._durable_requests = DurableRequests(self._queue, self._open_gallery)
            accepted = self._durable_requests.open_items()
            tickets = self._durable_requests.restore_all()
        else:
            accepted = read_item_ids()
        if dropped := self._queue.remove_orphans(accepted):
            names = ", ".join(sorted({item.asked_by for item in dropped}))
            count = f"{len(dropped)} requests" if len(dropped) > 1 else "1 request"
            self._report(f"Dropped {count} of a server that ended unexpectedly, from {names}; send them again.")
        for ticket in tickets:
            self._resume(ticket)
        if tickets:
            count = f"{len(tickets)} requests" if len(tickets) > 1 else "1 request"
            self._report(f"Continuing {count} that an earlier server had accepted.")

    def _recall(self, request_id: str) -> Ticket | None:
        if (ticket := self._durable_tickets.get(request_id)) is not None or self._durable_requests is None:
            return ticket
        ticket = self._durable_requests.find(request_id)
        if ticket is not None and not ticket.answer.done():
            self._resume(ticket)
        return ticket

    def _resume(self, ticket: Ticket) -> None:
        with self._state_changed:
            self._add(ticket)
        self._wake_workers()

    def _enqueue(self, ticket: Ticket) -> Item:
        """Add a client's request to the queue on disk and lock its item, so that no other process runs it. Add a kept
        request to the journal, too.
        """
        self._open_gallery()
        item = Item(request=ticket.request, asked_by=ticket.client.name)
        if not ticket.is_kept:
            return self._queue.put(item, taken=True)
        if self._durable_requests is None:
            raise BusyError(STOPPING)
        try:
            return self._durable_requests.add(ticket, item)
        except IdTakenError:
            raise BusyError(ELSEWHERE) from None

    def _record_durable(self, change: Callable[[DurableRequests, Ticket], object], ticket: Ticket) -> None:
        """Record a change of a kept request on disk. An error is reported: after a crash, the next server finds out
        from the queue and the gallery.
        """
        if self._durable_requests is None:
            return
        try:
            change(self._durable_requests, ticket)
        except StorageError as error:
            self._report(str(error))

    def _check_paused(self, ticket: Ticket) -> None:
        if ticket.job is None or ticket.job.item is None:
            return
        with suppress(StorageError):
            if self._queue.is_item_paused(ticket.job.item.id):
                ticket.is_paused = True
                ticket.job.cancel()

    def _note_saved(self, job: Job, result: Result, picture: Picture) -> None:
        ticket = self._tickets[job]
        if ticket.is_kept:
            self._record_durable(DurableRequests.note_progress, ticket)
        else:
            image = SavedImage(result.image, result.request, read_saved_png(picture.path, result.rgba), picture)
            ticket.images.append(image)
        # A log that begins meanwhile has the event from `_describe` or from here, and not from both.
        with self._state_changed:
            ticket.pictures[result.image] = picture.id
            self._send(ticket, "saved", image=result.image, picture=picture.id, seed=result.request.seed)

    def _note_storage_error(self, unsaved: UnsavedImage, error: StudioError) -> None:
        """Discard the images of a client's request that cannot be saved, so that other requests can continue.

        The client receives the error.
        """
        self._tickets[unsaved.job].storage_error = error
        self.runner.discard_unsaved()

    def _finish_later(self, ticket: Ticket, error: Exception | None) -> None:
        """Send the response to a client's request once its images are saved."""
        with self._state_changed:
            if ticket in self._running_tickets:
                self._running_tickets.remove(ticket)
        self._disk.submit(self._finish, ticket, error)

    def _finish(self, ticket: Ticket, error: Exception | None) -> None:
        if ticket.answer.done():
            # A run that failed ends those requests again that had just ended, and so does a late cancellation.
            if ticket.job is not None:
                self._tickets.pop(ticket.job, None)
            return
        self._save_details(ticket)
        error = error or ticket.storage_error
        if ticket.started_at is not None and not ticket.answer.done():
            self.seconds.running += time.monotonic() - ticket.started_at
        if ticket.job is not None:
            self._tickets.pop(ticket.job, None)
            has_stopped = error is None and ticket.job.run.state is State.STOPPED
            if has_stopped and ticket.is_paused and not ticket.is_cancelled:
                self._durable_tickets.pop(ticket.id, None)
                self._answer_ticket(ticket, PausedError())
                return
            if has_stopped and self._is_closing:
                error = BusyError(STOPPING)
                if ticket.is_suspended:
                    self._record_durable(DurableRequests.note_progress, ticket)
                    ticket.set_answer(error)
                    return
        self._note_end(ticket, error)
        self._answer_ticket(ticket, error)

    def _end_waiting(self, ticket: Ticket, error: Exception | None) -> None:
        """Remove a request that has not started from the queue, and send its client the response or the error. A
        suspended one stays in the queue.
        """
        if ticket.is_suspended:
            ticket.set_answer(error)
            return
        ended = self._disk.submit(self._note_end, ticket, error)
        if ticket.is_kept:
            # Whoever asks for it later must not find it waiting.
            ended.add_done_callback(lambda _: self._answer_ticket(ticket, error))
        else:
            self._answer_ticket(ticket, error)

    def _note_end(self, ticket: Ticket, error: Exception | None) -> None:
        """Record the end of a client's request in the journal, and remove it from the queue on disk. Errors are
        ignored, because the client receives the answer anyway.
        """
        if ticket.is_kept:
            sentence = "" if error is None else public_sentence(error)
            self._record_durable(lambda kept, ended: kept.end(ended, sentence), ticket)
            self._durable_tickets.pop(ticket.id, None)
        if ticket.item.done() and ticket.item.exception() is None:
            with suppress(StorageError):
                self._queue.remove([ticket.item.result().id])

    # All threads

    def _check_room(self, client: Client, *, continues: bool = False) -> None:
        """Raise BusyError if a client's request cannot wait. Called with `_state_changed` held."""
        if self._is_closing:
            raise BusyError(STOPPING)
        if continues:
            return
        if self._waiting_tickets.count_of(client.turn) >= self.limits.waiting_per_client:
            raise TooManyRequestsError("This program has too many requests waiting; try again when some are done.")
        if len(self._waiting_tickets) >= self.limits.waiting:
            raise BusyError("Too many requests are waiting; try again later.")

    def _add(self, ticket: Ticket) -> None:
        """Add a request to the queue, or suspend it if the service is closing. Called with `_state_changed` held."""
        if ticket.is_kept:
            self._durable_tickets[ticket.id] = ticket
        if self._is_closing:
            ticket.is_suspended = True
            ticket.set_answer(BusyError(STOPPING))
            return
        # "queued" must be sent before the generating thread can send "started".
        self._send(ticket, "queued", place=len(self._waiting_tickets) + 1, **_queued_facts(ticket))
        client = ticket.client
        self._waiting_tickets.add(
            client.turn, ticket, address=client.address, cost=ticket.work, priority=ticket.priority
        )
        self._state_changed.notify_all()

    def _wake_workers(self) -> None:
        """Make a run on several workers look for new requests and tasks."""
        bell = self.runner.executor.bell
        with bell:
            bell.notify_all()

    def _describe(self, ticket: Ticket) -> list[dict[str, Any]]:
        """Return the events that lead to the present state of a request. Called with `_state_changed` held."""
        found: list[dict[str, Any]] = [{"event": "queued", "id": ticket.id, "place": 1, **_queued_facts(ticket)}]
        if ticket in self._running_tickets and ticket.started_at is not None:
            found.append({"event": "started", "id": ticket.id})
        state = self.state_of(ticket)
        found += [{"event": "saved", "id": ticket.id, **image} for image in state["images"]]
        if state["state"] in ("done", "stopped"):
            found.append({"event": state["state"], "id": ticket.id})
        elif "error" in state:
            found.append({"event": "failed", "id": ticket.id, "error": state["error"]})
        return found

    def _answer_ticket(self, ticket: Ticket, error: Exception | None) -> None:
        # A log that begins in between would have no end.
        with self._state_changed:
            if ticket.answer.done():
                return
            if error is not None:
                self._send(ticket, "failed", error=public_sentence(error))
            else:
                self._send(ticket, "stopped" if ticket.is_cancelled else "done")
            ticket.set_answer(error)

    def _send(self, ticket: Ticket, event: str, **facts: object) -> None:
        message = {"event": event, "id": ticket.id, **facts}
        self.logs.put(message)
        self.events.send(message)


def _queued_facts(ticket: Ticket) -> dict[str, Any]:
    """Return the fields of the event "queued" of a request, except its place in the queue."""
    return {"images": ticket.request.count, "steps": total_steps(ticket.request), "asked_by": ticket.client.name}


def _find_view(ticket: Ticket, event: StepEvent | Progress) -> View | None:
    if isinstance(event, Progress):
        return event.views[0] if event.views else None
    if ticket.previews is None:
        from gdm_studio.engine.previews import Previews

        ticket.previews = Previews(preferences.load().preview_share)
    views = ticket.previews.views(event)
    for view in views:
        # Only the newest preview is sent.
        ticket.previews.forget(view.image)
    return views[0]
