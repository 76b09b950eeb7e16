"""What the words of a prompt did: how much each place of a picture looked at each of them, at some of the steps.

The network is asked once more at such a step, of one picture, its layers watched: the run itself goes as it would
without. What was seen lies behind the steps in their file, in a record of its own.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gdm_studio import atomic, framing
from gdm_studio.engine.course import Course, Leg
from gdm_studio.engine.step_codec import ATTENTION
from gdm_studio.models.loaded import Attend, StageWithWords
from gdm_studio.models.watching import SIDE
from gdm_studio.run import Advance, Event, Result

MOST_BYTES = 56_000  # of what is kept of a picture, but for the words themselves
MOST_RECORD = 60_000  # with them
MOST_STEPS, MOST_WORDS, LONGEST = 12, 40, 40  # LONGEST in letters
DAMAGES = (SafetensorError, ValueError, TypeError, LookupError, AttributeError, RecursionError, struct.error)


@dataclass(frozen=True)
class Attention:
    """Maps (S, W, h, w) of `words` at `steps`, each of 0 … 255, where 255 is `strengths` (S, W): that word's most."""

    words: tuple[str, ...]
    steps: tuple[int, ...]  # counted from 1 on, as of the whole path
    maps: NDArray[np.uint8]
    strengths: NDArray[np.float32]

    def shares(self) -> NDArray[np.float32]:
        """How much each place looks at each word: (S, W, h, w)."""
        shares: NDArray[np.float32] = self.maps.astype(np.float32) / np.float32(255) * self.strengths[..., None, None]
        return shares

    def to_bytes(self) -> bytes:
        """A record to be put behind those of the steps."""
        facts = json.dumps({"words": self.words, "steps": self.steps})
        told = {"format": ATTENTION, "attention": facts}
        data = save({"maps": np.ascontiguousarray(self.maps), "strengths": self.strengths}, told)
        return framing.framed(data)


def read(source: Path | bytes) -> Attention | None:
    """That of a file of steps; None where there is none, or none that was written so. Raises StorageError."""
    data = source if isinstance(source, bytes) else atomic.read(source)
    with suppress(*DAMAGES):
        for each in framing.unframed(data):
            if len(each) <= MOST_RECORD and ATTENTION.encode() in bytes(each):
                return _checked(bytes(each))
    return None


def _checked(data: bytes) -> Attention:
    """Raises what a record that lies can raise."""
    told = framing.told(data)
    facts = json.loads(told["attention"])
    words, steps = tuple(facts["words"]), tuple(facts["steps"])
    if told["format"] != ATTENTION or not 0 < len(words) <= MOST_WORDS or not 0 < len(steps) <= MOST_STEPS:
        raise ValueError("too many words or steps, or none")
    if not all(isinstance(word, str) and len(word) <= LONGEST for word in words):
        raise ValueError("words that are none")
    if not all(type(step) is int and 0 < step < 100_000 for step in steps) or list(steps) != sorted(set(steps)):
        raise ValueError("steps that are none")
    tensors = load(data)
    maps, strengths = tensors["maps"], tensors["strengths"]
    height, width = maps.shape[2:]
    if maps.dtype != np.uint8 or maps.shape[:2] != (len(steps), len(words)) or not 0 < height <= SIDE >= width > 0:
        raise ValueError("maps of another size")
    if strengths.dtype != np.float32 or strengths.shape != maps.shape[:2] or not np.isfinite(strengths).all():
        raise ValueError("strengths of another size")
    return Attention(words, steps, maps, strengths.clip(0, 1))


def with_attention(events: Iterable[Event], course: Course) -> Iterator[Event]:
    """The events of a course, each Result whose steps are kept with what the words of its prompt did behind them."""
    watch: _Watch | None = None
    for event in events:
        if isinstance(event, Advance):
            watch = watch or _Watch(course, event)
            watch.look(event)
        elif isinstance(event, Result) and watch is not None and event.steps:
            found = watch.found(event.image)
            event = replace(event, steps=event.steps + found.to_bytes()) if found is not None else event
        yield event


class _Watch:
    """Looks at the pictures of a course before some of their steps."""

    def __init__(self, course: Course, first: Advance) -> None:
        begun: Any = first.record.start if first.record is not None else None
        self._course = course
        self._x = begun.x if begun is not None else None  # before the step that comes
        self._seen: dict[int, dict[int, dict[str, torch.Tensor]]] = {}  # by picture and step
        self._wanted: set[int] = set()
        self._first = first.index
        self._attending: tuple[int, list[Attend]] = -1, []  # of which stage, and those of its rows

    def look(self, event: Advance) -> None:
        x, self._x = self._x, event.step.x
        index, leg = event.index, self._course.leg_at(event.index)
        stage: Any = leg.stage
        if x is None or not isinstance(stage, StageWithWords) or (leg.given and not leg.joined):
            return
        if self._wanted and index not in self._wanted:
            return
        if self._attending[0] != leg.number:
            self._attending = leg.number, list(self._attends(leg, stage))
        attends = self._attending[1]
        for row, image in enumerate(event.images):
            words, maps = attends[row](x[row if len(x) == len(attends) else 0][None], leg.path[index - 1 - leg.first])
            if words and not self._wanted:
                self._wanted = self._spread(len(words), maps[0].numel(), event.of)
            named = dict(zip(_told_apart(words), maps, strict=True))
            self._seen.setdefault(image, {})[index] = named

    def _attends(self, leg: Leg, stage: StageWithWords) -> Iterator[Attend]:
        """That of each picture: its own prompt first."""
        asks = self._course.asks(leg, guided=self._course.request.guidance_scale != 1)
        for row in range(len(self._course.images)):
            yield stage.attention([asks[row], *asks[:row], *asks[row + 1 :]], leg.path)

    def _spread(self, words: int, places: int, last: int) -> set[int]:
        """The steps that there is room for, evenly from this one to the last."""
        count = max(1, min(MOST_STEPS, MOST_BYTES // (min(words, MOST_WORDS) * (places + 4))))
        return {round(each) for each in np.linspace(self._first, last, min(count, last - self._first + 1))}

    def found(self, image: int) -> Attention | None:
        seen = {index: maps for index, maps in self._seen.get(image, {}).items() if maps}
        words = list(dict.fromkeys(word for maps in seen.values() for word in maps))[:MOST_WORDS]
        if not words:
            return None
        like = torch.zeros_like(next(iter(next(iter(seen.values())).values())))
        shares = torch.stack([torch.stack([maps.get(word, like) for word in words]) for maps in seen.values()])
        most = shares.amax(dim=(2, 3))                                          # (S, W)
        levels = (255 * shares / most.clamp(min=1e-12)[..., None, None]).round().to(torch.uint8)
        names = tuple(word.rpartition("\0")[0][:LONGEST] for word in words)
        return Attention(names, tuple(seen), levels.numpy(), most.float().numpy())


def _told_apart(words: Iterable[str]) -> list[str]:
    """The words, with which of those that are alike each is behind it: two of a kind are two."""
    counts: dict[str, int] = {}
    found = []
    for word in words:
        counts[word] = counts.get(word, 0) + 1
        found.append(f"{word}\0{counts[word]}")
    return found
