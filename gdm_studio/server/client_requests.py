"""Requests of other programs, with their clients, their images and their progress."""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Future
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gdm_studio.common.errors import StudioError
from gdm_studio.common.text_safety import UNSAFE_CHARACTERS, shorten
from gdm_studio.jobs.queue import Item
from gdm_studio.request.generation_events import NewSteps
from gdm_studio.request.generation_request import Request
from gdm_studio.request.hires import total_steps
from gdm_studio.server.fair_queue import Priority
from gdm_studio.server.limits import BusyError

if TYPE_CHECKING:
    from gdm_studio.engine.previews import Previews
    from gdm_studio.gallery import Picture
    from gdm_studio.jobs.job import Job
    from gdm_studio.server.detail_chain import DetailChain

# Maximum number of characters of a program's name.
MAX_NAME = 60
# The turn of the client whose request is being handled, see `Client`. Threads that handle it inherit the value.
client_turn: ContextVar[str] = ContextVar("client_turn", default="")
# The priority that the client has given the request that is being handled.
client_priority: ContextVar[Priority] = ContextVar("client_priority", default=Priority.NORMAL)
# Number of pixels that counts for the work of a request without a size.
_DEFAULT_PIXELS = 512 * 512


@dataclass(frozen=True)
class Client:
    """Client program that requests images from the server. `turn`, the key of the program in the round-robin queue,
    consists of its network address and its User-Agent. `name` is stored in its image files.
    """

    turn: str
    address: str
    name: str

    @classmethod
    def named(cls, address: str, agent: str, via: str) -> Client:
        """Return the client at a network address. `agent` is its User-Agent, such as "Blender/4.2".

        `via`, the name of the API, is used if the client sends no name.
        """
        product = UNSAFE_CHARACTERS.sub("", agent).strip().partition(" ")[0].partition("/")[0]
        if product == "Mozilla":
            product = "a browser"
        return cls(f"{address} {agent[:200]}", address, shorten(f"{product or 'a program'} ({via})", MAX_NAME))


@dataclass(frozen=True)
class SavedImage:
    """Image that was generated for another program and saved in the gallery.

    `png` is a PNG file with the image and its settings.
    """

    index: int
    request: Request
    png: bytes
    picture: Picture

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.picture.size

    @property
    def made_with(self) -> Mapping[str, str]:
        """Facts about the generation, such as the model's hash, that are written into the text with the settings."""
        return self.picture.made_with


@dataclass(frozen=True)
class PartialImage:
    """Image of an interrupted request after its last step, which is not in the gallery.

    `png` is a PNG file of the image without its settings.
    """

    index: int
    request: Request
    png: bytes
    size: tuple[int, int]
    made_with: Mapping[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Ticket:
    """Record of one image request of a client, with its state from its arrival until the response is sent."""

    request: Request
    client: Client
    id: str
    # Resolves to the queue item that represents the request on disk.
    item: Future[Item] = field(default_factory=Future)
    # Resolves when all images are saved or the request was interrupted, and raises the error otherwise.
    answer: Future[list[SavedImage]] = field(default_factory=Future)
    priority: Priority = Priority.NORMAL
    # True if it is in the journal: it survives the end of the connection and of the server. Its images are then read
    # from the gallery, and not kept in `images`.
    is_kept: bool = False
    # Identifies the body in which the client sent it, if it is in the journal.
    digest: str = ""
    # Number of times that a server has restored it.
    restores: int = 0
    job: Job | None = None
    # Ids of its saved images in the gallery, by their numbers.
    pictures: dict[int, str] = field(default_factory=dict)
    images: list[SavedImage] = field(default_factory=list)
    # The unfinished images, if the request was interrupted.
    partial: list[PartialImage] = field(default_factory=list)
    # Details of each image, which follow the run of the request.
    details: DetailChain | None = None
    # True if a client wants to receive the images so far.
    is_interrupted: bool = False
    # True if the client interrupted the request or closed the connection.
    is_cancelled: bool = False
    # True if the user paused its queue item in the window.
    is_paused: bool = False
    # True if the next server continues it.
    is_suspended: bool = False
    storage_error: StudioError | None = None
    # Times of the monotonic clock at which it arrived and was started.
    arrived_at: float = field(default_factory=time.monotonic)
    started_at: float | None = None
    # Filter of the steps of its run, its newest preview as PNG, and the decoder of previews.
    new_steps: NewSteps = field(default_factory=NewSteps)
    preview: bytes = b""
    previews: Previews | None = None

    def set_answer(self, error: Exception | None) -> None:
        """Answer with the images or an error, unless the request has been answered."""
        if self.answer.done():
            return
        if error is not None:
            self.answer.set_exception(error)
        else:
            self.answer.set_result(sorted(self.images, key=lambda image: image.index))

    @property
    def left_out(self) -> list[str]:
        """Names of the fields of details that were left out."""
        return [] if self.details is None else self.details.left_out

    @property
    def has_ended_badly(self) -> bool:
        """True if the request has failed or was stopped, so that it may be generated again."""
        if not self.answer.done() or self.is_suspended:
            return False
        error = self.answer.exception()
        return self.is_cancelled or error is not None and not isinstance(error, BusyError)

    @property
    def work(self) -> float:
        """Work of the request for the division among clients: denoised pixels."""
        width, height = self.request.size or (_DEFAULT_PIXELS, 1)
        return float(self.request.count * max(1, total_steps(self.request)) * width * height)


@dataclass
class RequestSeconds:
    """Seconds for which requests have waited and run. Only the generating thread adds to `waiting`, and only the thread
    for the disk to `running`.
    """

    waiting: float = 0.0
    running: float = 0.0


@dataclass(frozen=True)
class RunningState:
    """Progress of the request for which the server is generating images. `ticket` is None if no request is running."""

    ticket: Ticket | None = None
    share_done: float = 0.0
    seconds_left: float = 0.0
    step: int = 0
    preview: bytes = b""
