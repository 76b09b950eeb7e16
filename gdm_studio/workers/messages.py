"""The events of a run as frames between two processes, and the errors: nothing but JSON, pixels and kept steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from gdm_studio import errors
from gdm_studio.errors import StudioError
from gdm_studio.maths.path import Path, Point
from gdm_studio.request import Request
from gdm_studio.run import Advance, Made, Phase, Progress, Result, View
from gdm_studio.workers.frames import Frame

if TYPE_CHECKING:
    import numpy as np

_KINDS = {
    kind.__name__: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, StudioError)
}
_PICTURES = ("predicted", "noisy", "noise")  # of a view


class Encoder:
    """Writes the events of one share: its path once, pictures that a view has of the one before it not at all."""

    def __init__(self) -> None:
        self._path: Path = ()
        self._last: dict[int, View] = {}  # by picture

    def phase(self, phase: Phase) -> Frame:
        return {"kind": "phase", "title": phase.title, "note": phase.note}, []

    def advance(self, advance: Advance, views: Sequence[View]) -> Frame:
        facts: dict[str, Any] = {"kind": "progress", "images": advance.images, "index": advance.index}
        facts |= {"seconds": advance.seconds, "first": advance.first}
        if advance.path != self._path:
            facts["path"] = self._path = advance.path
        blobs: list[bytes] = []
        facts["views"] = [self._view(view, blobs) for view in views]
        return facts, blobs

    def result(self, result: Result) -> Frame:
        facts: dict[str, Any] = {"kind": "result", "image": result.image, "request": result.request.to_json()}
        facts |= {"shape": result.rgba.shape, "stopped_at": result.stopped_at}
        facts["made"] = asdict(result.made) if result.made else None
        return facts, [result.rgba.tobytes(), result.steps]

    def _view(self, view: View, blobs: list[bytes]) -> dict[str, Any]:
        last = self._last.get(view.image)
        self._last[view.image] = view
        facts = {"image": view.image, "index": view.index, "of": view.of, "at": view.at, "ms": view.ms}
        if last is not None and last.predicted is view.predicted:
            return facts
        blobs += [getattr(view, name).tobytes() for name in _PICTURES]
        return facts | {"shape": view.predicted.shape, "decoded": view.decoded}


class Decoder:
    """Reads what an Encoder wrote."""

    def __init__(self) -> None:
        self._path: Path = ()
        self._last: dict[int, View] = {}

    def event(self, frame: Frame) -> Phase | Progress | Result:
        facts, blobs = frame
        if facts["kind"] == "phase":
            return Phase(facts["title"], facts["note"])
        if facts["kind"] == "result":
            rgba, steps = blobs
            made = Made(**facts["made"]) if facts["made"] else None
            request, picture = Request.from_json(facts["request"]), _array(rgba, facts["shape"])
            return Result(facts["image"], request, picture, facts["stopped_at"], made, steps)
        if "path" in facts:
            self._path = tuple(Point(*point) for point in facts["path"])
        pictures = iter(blobs)
        views = tuple(self._view(view, pictures) for view in facts["views"])
        of, images = len(self._path) - 1, tuple(facts["images"])
        return Progress(images, facts["index"], of, self._path, facts["seconds"], facts["first"], views)

    def _view(self, facts: dict[str, Any], pictures: Any) -> View:
        said: dict[str, Any] = {name: facts[name] for name in ("image", "index", "of", "ms")}
        said["at"] = Point(*facts["at"])
        if "shape" in facts:
            found: dict[str, Any] = {name: _array(next(pictures), facts["shape"]) for name in _PICTURES}
            view = View(**said, **found, decoded=facts["decoded"])
        else:
            view = replace(self._last[facts["image"]], **said, decoded=False)
        self._last[view.image] = view
        return view


def of_error(error: StudioError) -> dict[str, Any]:
    """The facts of a frame that tells of it."""
    found = {"kind": "failed", "error": type(error).__name__, "sentence": str(error)}
    return {**found, "remedy": error.remedy, "model": error.model}


def error_in(facts: dict[str, Any]) -> StudioError:
    """What `of_error` told of."""
    return _KINDS.get(facts["error"], StudioError)(facts["sentence"], remedy=facts["remedy"], model=facts["model"])


def _array(data: bytes, shape: Sequence[int]) -> np.ndarray:
    """Read-only."""
    import numpy as np

    return np.frombuffer(data, np.uint8).reshape(shape)
