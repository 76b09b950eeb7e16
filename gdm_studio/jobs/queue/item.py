"""Queue items, which store a request with its progress, and remedies for failed requests."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import Enum
from typing import Any

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.json_reader import MALFORMED, parse_json
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.request.generation_request import SEED_LIMIT, Request, effective_dtype
from gdm_studio.request.prompt_expansion import redrawn

VERSION = 1
# Limit of the numbers in an item. Below it, adding 1 to a float always changes the float.
LIMIT = 2**53


class ItemState(Enum):
    """State of a queue item: waiting, running, paused or failed."""

    WAITING = "waiting"
    RUNNING = "running"
    # The item waits until the user resumes it.
    PAUSED = "paused"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Item:
    """Request stored in the queue, with its progress. Items run in ascending `order`."""

    request: Request
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    order: float = 0.0
    state: ItemState = ItemState.WAITING
    # Numbers of the images of this round that are saved.
    made: tuple[int, ...] = ()
    # Number of saved images, including those of earlier rounds.
    pictures: int = 0
    # True if the item starts another round with the next seeds until it is stopped.
    endless: bool = False
    # Error of the last run, one sentence.
    error: str = ""
    # Id of the remedy for that error, or "".
    remedy: str = ""
    # Number of times that a process crashed while it was running this item.
    crashes: int = 0
    # Name of the other program that requested the images, or "" for the user.
    asked_by: str = ""

    @property
    def left(self) -> int:
        """Number of images of the queue item that remain to be generated and saved in the current round.

        An endless item has many rounds.
        """
        return self.request.count - len(self.made)

    def with_saved(self, image: int) -> Item | None:
        """Return the queue item with image number `image` marked as saved, so that it is not generated again.

        After the last image, an endless item starts the next round, and any other item becomes None.
        """
        if image in self.made:
            return self
        after = replace(self, made=(*self.made, image), pictures=self.pictures + 1)
        if after.left:
            return after
        return after._start_next_round() if self.endless else None

    def picture_id(self, image: int) -> str:
        """Return the id under which the gallery stores image number `image` of the current round.

        After a crash, the image is found in the gallery by this id.
        """
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{self.id} {image} {self.request.to_json()}").hex

    def repeated(self) -> Item:
        """Return a new queue item that repeats the request with new seeds, which follow the seeds already used."""
        return Item(request=_advance_seeds(self.request), order=self.order, endless=self.endless)

    def to_json(self) -> str:
        """Serialise the queue item as JSON with a `version`, so that later versions of GDM Studio can read it."""
        values = asdict(self) | {"state": self.state.value, "request": json.loads(self.request.to_json())}
        return json.dumps({"version": VERSION, **values}, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str | bytes) -> Item:
        """Parse the JSON of a queue item that `to_json` wrote. Raises BadRequest if it is damaged."""
        try:
            return _parse_item(parse_json(text))
        except MALFORMED as error:
            raise BadRequest("This entry of the queue is damaged and cannot be read.") from error

    def _start_next_round(self) -> Item:
        return replace(self, request=_advance_seeds(self.request), made=(), crashes=0)


def _advance_seeds(request: Request) -> Request:
    """Return the request with new seeds, which start after the last seed of its images."""
    return redrawn(replace(request, seed=(request.seed + request.count) % SEED_LIMIT))


def _parse_item(values: Mapping[str, Any]) -> Item:
    known = {each.name: values[each.name] for each in fields(Item) if each.name in values}
    request = Request.from_json(json.dumps(values["request"]))
    made = tuple(known.get("made", ()))
    if any(type(image) is not int or not 0 <= image < request.count for image in made):
        raise ValueError(made)
    # An item whose images are all saved has left the queue.
    if not len(made) == len(set(made)) < request.count:
        raise ValueError(made)
    item = Item(**known | {"request": request, "made": made, "state": ItemState(values["state"])})
    defaults = Item(request=request)
    for name in ("id", "pictures", "endless", "error", "remedy", "crashes", "asked_by"):
        if type(getattr(item, name)) is not type(getattr(defaults, name)):
            raise TypeError(name)
    for name in ("pictures", "crashes"):
        if not 0 <= getattr(item, name) <= LIMIT:
            raise ValueError(name)
    # NaN fails this check too.
    if type(item.order) not in (int, float) or not abs(item.order) <= LIMIT:
        raise ValueError("order")
    return replace(item, order=float(item.order))


@dataclass(frozen=True)
class Remedy:
    """Change of a request that may prevent its failure. `title` labels the button that applies the change and runs the
    request again.
    """

    title: str
    apply: Callable[[Request], Request]


def _move_to_cpu(request: Request) -> Request:
    """Return a copy of the request that runs on the CPU, with a number type that a CPU supports."""
    return replace(request, device="cpu", dtype=effective_dtype(request.dtype, "cpu"))


def _restore_defaults(request: Request) -> Request:
    """Return the request with the default sampler, and with guidance limited to the default.

    This is a remedy for images with NaN values. A branch retains its noise levels.
    """
    default = Request()
    path: dict[str, Any] = {}
    if not request.branch:
        path = {"spacing": default.spacing, "steps": max(request.steps, default.steps)}
    return replace(
        request,
        sampler=default.sampler,
        knobs={},
        controls={},
        guidance_scale=min(request.guidance_scale, default.guidance_scale),
        temperature=default.temperature,
        cache_interval=default.cache_interval,
        **path,
    )


REMEDIES = {
    "batch": Remedy(QT_TRANSLATE_NOOP("Remedy", "One at a time"), lambda request: replace(request, batch=1)),
    "cpu": Remedy(QT_TRANSLATE_NOOP("Remedy", "Use the CPU"), _move_to_cpu),
    "here": Remedy(QT_TRANSLATE_NOOP("Remedy", "Use this computer"), lambda request: replace(request, device="auto")),
    "fp32": Remedy(QT_TRANSLATE_NOOP("Remedy", "Use full precision"), lambda request: replace(request, dtype="fp32")),
    "calm": Remedy(QT_TRANSLATE_NOOP("Remedy", "Use calmer settings"), _restore_defaults),
    "again": Remedy(QT_TRANSLATE_NOOP("Remedy", "Try again"), lambda request: request),
}
