"""Requests that survive the end of their connection and of the server: accepted once, generated once, and found again
under their ids.

The journal says which requests were accepted. The queue says which of their images are saved, and the ids of the images
in the gallery follow from the queue item, so that each image is saved once whenever the server is killed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.jobs.queue import Item, ItemState, Queue
from gdm_studio.server.client_requests import Ticket
from gdm_studio.server.limits import BusyError, PausedError
from gdm_studio.server.request_journal import DONE, FAILED, OPEN, STOPPED, Entry, RequestJournal

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery

# Number of starts without a saved image, each ended by a crash of the server, after which a request fails.
MAX_STARTS = 5
ELSEWHERE = "Another program on the server's computer is generating this request; ask again later."
CRASHED = f"The server ended {MAX_STARTS} times while it was generating this request, so it is not started again."


class DurableRequests:
    """Accepted requests on disk. All methods must be called from the thread of the queue and the gallery, and may raise
    StorageError.
    """

    def __init__(self, queue: Queue, open_gallery: Callable[[], Gallery]) -> None:
        self._queue = queue
        self._open_gallery = open_gallery
        self._journal = RequestJournal.open()

    def close(self) -> None:
        self._journal.close()

    def add(self, ticket: Ticket, item: Item) -> Item:
        """Add a request to the queue and the journal. Once this has returned, it is generated whatever happens.

        Raises IdTakenError if another server has accepted a request with this id meanwhile.
        """
        item = self._queue.put(item, taken=True)
        try:
            self._journal.add(
                Entry(
                    id=ticket.id,
                    item=item.id,
                    request=item.request,
                    client=ticket.client,
                    priority=ticket.priority,
                    digest=ticket.digest,
                )
            )
        except StudioError:
            self._queue.remove([item.id])
            raise
        return item

    def open_items(self) -> set[str]:
        """Return the ids of the queue items of the requests that have not ended."""
        return {entry.item for entry in self._journal.open_entries()}

    def restore_all(self) -> list[Ticket]:
        """Return the requests of an earlier server that this process must generate, in the order of their arrival."""
        restored = map(self._restore, self._journal.open_entries())
        return [ticket for ticket in restored if ticket is not None]

    def find(self, request_id: str) -> Ticket | None:
        """Return a request that is not running in this server, or None. If it has not ended and can be generated now,
        its ticket has no answer, and the caller must generate it.
        """
        entry = self._journal.find(request_id)
        if entry is not None and entry.state == OPEN:
            if (ticket := self._restore(entry)) is not None:
                return ticket
            entry = self._journal.find(request_id)
        return None if entry is None else self._recall(entry)

    def note_start(self, ticket: Ticket) -> None:
        self._journal.note_start(ticket.id)

    def note_progress(self, ticket: Ticket) -> None:
        """Record that an image was saved, or that the request was suspended."""
        self._journal.note_progress(ticket.id)

    def end(self, ticket: Ticket, error: str = "") -> None:
        """Record the end of a request: its error, or its images."""
        state = FAILED if error else STOPPED if ticket.is_cancelled else DONE
        self._journal.end(ticket.id, state, ticket.pictures, error)

    def _restore(self, entry: Entry) -> Ticket | None:
        """Lock the queue item of a request that has not ended, and return its ticket. Returns None if it has ended
        meanwhile, is paused, or is run by another process.
        """
        item = self._queue.take(entry.item)
        stored = item or self._queue.get(entry.item)
        request = entry.request if stored is None else stored.request
        ids = {n: Item(request=request, id=entry.item).picture_id(n) for n in range(request.count)}
        if stored is not None and item is None:
            if stored.state is ItemState.FAILED:
                self._journal.end(entry.id, FAILED, {}, stored.error)
                self._queue.remove([entry.item])
            return None
        saved = self._open_gallery().saved_ids(set(ids.values()))
        pictures = {n: picture for n, picture in ids.items() if picture in saved}
        for number in pictures:
            if item is not None and number not in item.made:
                item = self._queue.mark_saved(item.id, number)
        if item is None:
            # Without its item and some of its images, the user has removed it from the queue.
            self._journal.end(entry.id, DONE if len(pictures) == request.count else STOPPED, pictures)
            return None
        if entry.starts >= MAX_STARTS and not pictures:
            self._journal.end(entry.id, FAILED, {}, CRASHED)
            self._queue.remove([item.id])
            return None
        entry = replace(entry, restores=entry.restores + 1, pictures=pictures)
        self._journal.put(entry)
        ticket = _create_ticket(entry)
        ticket.request = request
        ticket.item.set_result(item)
        return ticket

    def _recall(self, entry: Entry) -> Ticket:
        """Return the ticket of a request that this server does not generate, with its answer."""
        ticket = _create_ticket(replace(entry, restores=entry.restores + 1))
        if entry.state == OPEN:
            stored = self._queue.get(entry.item)
            is_paused = stored is not None and stored.state is ItemState.PAUSED
            ticket.is_paused = is_paused
            ticket.answer.set_exception(PausedError() if is_paused else BusyError(ELSEWHERE))
        elif entry.state == FAILED:
            ticket.answer.set_exception(BadRequest(entry.error))
        else:
            ticket.is_cancelled = entry.state == STOPPED
            ticket.answer.set_result([])
        return ticket


def _create_ticket(entry: Entry) -> Ticket:
    ticket = Ticket(entry.request, entry.client, entry.id, priority=entry.priority, is_kept=True, digest=entry.digest)
    ticket.restores = entry.restores
    ticket.pictures = dict(entry.pictures)
    return ticket
