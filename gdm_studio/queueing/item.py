"""One order in the queue, and the small file that it is kept in."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from enum import Enum
from typing import Any

from gdm_studio.errors import BadRequest
from gdm_studio.request import SEED_LIMIT, Request

VERSION = 1


class ItemState(Enum):
    WAITING = "waiting"
    RUNNING = "running"
    PAUSED = "paused"  # held until people let it go on
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Item:
    """A request in the queue and how far it has come; the smaller `order`, the sooner it is made."""

    request: Request
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    order: float = 0.0
    state: ItemState = ItemState.WAITING
    made: tuple[int, ...] = ()  # pictures of the request that are in their files
    pictures: int = 0  # all that it has put into files, of the rounds before too
    endless: bool = False  # begins another round with the next seeds until it is stopped
    error: str = ""  # what the last attempt failed with, a sentence
    remedy: str = ""  # the id of what may mend that, as an error has it
    crashes: int = 0  # times that the program ended in the middle of it

    @property
    def left(self) -> int:
        """Pictures of this round still to make."""
        return self.request.count - len(self.made)

    def with_made(self, image: int) -> Item | None:
        """Once picture `image` is in its file: the item as it goes on, or None where that was its last picture."""
        if image in self.made:
            return self
        one_more = replace(self, made=(*self.made, image), pictures=self.pictures + 1)
        if one_more.left:
            return one_more
        return one_more._next_round() if self.endless else None

    def picture_id(self, image: int) -> str:
        """What picture `image` of this round is called in the gallery: after a crash it is known by that."""
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{self.id} {image} {self.request.to_json()}").hex

    def once_more(self) -> Item:
        """Another item of the same request, with the seeds that follow."""
        return Item(request=_further(self.request), order=self.order, endless=self.endless)

    def to_json(self) -> str:
        """A JSON object with a `version`, readable by every later version."""
        values = asdict(self) | {"state": self.state.value, "request": json.loads(self.request.to_json())}
        return json.dumps({"version": VERSION, **values}, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str | bytes) -> Item:
        """What `to_json` wrote; raises BadRequest where it is damaged."""
        try:
            return _checked(json.loads(text))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise BadRequest("This entry of the queue is damaged and cannot be read.") from error

    def _next_round(self) -> Item:
        return replace(self, request=_further(self.request), made=(), crashes=0)


def _further(request: Request) -> Request:
    """The same with the seeds that follow those of its pictures."""
    return replace(request, seed=(request.seed + request.count) % SEED_LIMIT)


def _checked(values: Mapping[str, Any]) -> Item:
    known = {each.name: values[each.name] for each in fields(Item) if each.name in values}
    request = Request.from_json(json.dumps(values["request"]))
    made = tuple(known.get("made", ()))
    if any(type(image) is not int or not 0 <= image < request.count for image in made):
        raise ValueError(made)
    if not len(made) == len(set(made)) < request.count:  # with its last picture an item is gone
        raise ValueError(made)
    item = Item(**known | {"request": request, "made": made, "state": ItemState(values["state"])})
    defaults = Item(request=request)
    for name in ("id", "pictures", "endless", "error", "remedy", "crashes"):
        if type(getattr(item, name)) is not type(getattr(defaults, name)):
            raise TypeError(name)
    return replace(item, order=float(item.order))
