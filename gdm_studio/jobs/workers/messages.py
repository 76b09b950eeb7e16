"""Messages between a process and its workers. Events and errors are JSON; pixels and recorded steps are binary."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from gdm_studio.common import errors
from gdm_studio.common.errors import StudioError
from gdm_studio.common.json_reader import MALFORMED
from gdm_studio.common.translatable_json import sentence_from_json, sentence_to_json
from gdm_studio.jobs.workers.message_frames import MAX_BLOBS, BadFrame, Frame
from gdm_studio.jobs.workers.shared_file import Blob
from gdm_studio.maths.noise_path import NoiseLevel, NoisePath
from gdm_studio.request.conditioning import is_stored_image_name
from gdm_studio.request.generation_events import GenerationFacts, Phase, Progress, Result, StepEvent, View
from gdm_studio.request.generation_request import MAX_COUNT, Request

if TYPE_CHECKING:
    import numpy as np

_KINDS = {
    kind.__name__: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, StudioError)
}
# Names of the images in a preview. The last one is not sent while it `lacks_noise`.
_PICTURES = ("predicted", "noisy", "noise")
# Maximum characters of a title, a note or an error.
MAX_TEXT = 100_000
# Maximum number of model files that a request can need.
MAX_HASHES = 10_000
# Maximum number of noise levels.
MAX_PATH = 100_000
# Maximum pixels per side.
MAX_SIDE = 65_535

Check = Callable[[Any], bool]
# Message with its binary data, which may be memory of an array.
SentFrame = tuple[dict[str, Any], list[Blob]]


def _is_whole(low: int, high: int) -> Check:
    return lambda value: type(value) is int and low <= value <= high


def _is_list(is_entry: Check, most: int, least: int = 0) -> Check:
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(is_entry, value))


def _is_optional(check: Check) -> Check:
    return lambda value: value is None or check(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_TEXT


def _is_json(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) < 1e15


def _is_made(value: Any) -> bool:
    return isinstance(value, dict) and _has_fields(value, _MADE)


def _is_texts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _is_hashes(value: Any) -> bool:
    return _is_texts(value) and len(value) <= MAX_HASHES


def _is_view(value: Any) -> bool:
    return isinstance(value, dict) and _has_fields(value, _VIEW | (_VIEW_PICTURES if "shape" in value else {}))


_is_step = _is_whole(0, MAX_PATH)
_is_image = _is_whole(0, MAX_COUNT - 1)
_is_point = _is_list(_is_number, 2, 2)
_is_shape = _is_list(_is_whole(1, MAX_SIDE), 3, 3)
_MADE: Mapping[str, Check] = {
    "device": _is_text,
    "dtype": _is_text,
    "seconds": _is_number,
    "model_hash": _is_text,
    "parts": _is_texts,
}
_VIEW: dict[str, Check] = {
    "image": _is_image,
    "index": _is_step,
    "of": _is_step,
    "at": _is_point,
    "ms": _is_number,
}
_VIEW_PICTURES: dict[str, Check] = {"shape": _is_shape, "decoded": _is_flag}
_SHARE: dict[str, Check] = {"share": _is_whole(0, 2**53)}
# Kinds of messages from a worker, with their fields.
FROM_WORKER: Mapping[str, Mapping[str, Check]] = {
    "alive": {},
    "ready": {"pictures": _is_whole(1, MAX_COUNT)},
    "phase": {"title": _is_text, "note": _is_text},
    "progress": {
        "images": _is_list(_is_image, MAX_COUNT, 1),
        "index": _is_step,
        "seconds": _is_number,
        "first": _is_step,
        "views": _is_list(_is_view, MAX_COUNT),
    },
    "result": {
        "image": _is_image,
        "request": _is_json,
        "shape": _is_shape,
        "stopped_at": _is_step,
        "made": _is_optional(_is_made),
    },
    "steps": {"anew": _is_flag},
    "ended": {},
    "failed": {"error": _is_text, "sentence": _is_text, "remedy": _is_text, "model": _is_text},
}
# Kinds of messages from a worker on another computer. `models` is the folder of its models, and `parts` are the keys of
# the hashes of files that it does not have.
FROM_REMOTE: Mapping[str, Mapping[str, Check]] = {
    **FROM_WORKER,
    "hello": {"protocol": _is_whole(0, 2**31), "version": _is_text, "torch": _is_text, "models": _is_text},
    "missing": {"parts": _is_list(_is_text, MAX_HASHES, 1)},
}
# Kinds of messages to a worker.
TO_WORKER: Mapping[str, Mapping[str, Check]] = {
    "make": {
        "images": _is_list(_is_image, MAX_COUNT, 1),
        "request": _is_json,
        "keep": _is_flag,
        "previews": _is_optional(_is_number),
    },
    "more": {},
    "stop": {"reach": _is_flag},
}
# Kinds of messages to a worker on another computer. `inputs` are the names of the images that follow as data, and
# `hashes` those of the model files.
TO_REMOTE: Mapping[str, Mapping[str, Check]] = {
    **TO_WORKER,
    "make": {**TO_WORKER["make"], "inputs": _is_list(is_stored_image_name, MAX_COUNT), "hashes": _is_hashes},
    "alive": {},
}
# Kinds of messages from an engine. An "answer" to a call is pickled, because an engine is a part of this program; its
# images follow as further `parts`.
# "view" is a preview that was decoded exactly or drawn with its noise, and "settled" says that none is left to decode.
FROM_ENGINE: Mapping[str, Mapping[str, Check]] = {
    **FROM_WORKER,
    "alive": {"memory": _is_whole(0, 2**60)},
    "answer": {"call": _is_whole(0, 2**53), "is_error": _is_flag, "parts": _is_whole(1, MAX_BLOBS)},
    "view": {"key": _is_text, **_VIEW, **_VIEW_PICTURES},
    "settled": {"key": _is_text},
}
# Kinds of messages to an engine. `first` is the number of the work item's first image, `source` is True if a pickled
# source follows, and `steps` is the number of steps of a share that the engine may take in all.
TO_ENGINE: Mapping[str, Mapping[str, Check]] = {
    "make": {
        **TO_WORKER["make"],
        "key": _is_text,
        "first": _is_image,
        "source": _is_flag,
        "cpu_share": _is_number,
    },
    "stop": TO_WORKER["stop"],
    "allow": {"steps": _is_whole(0, 2**53)},
    "call": {"call": _is_whole(0, 2**53), "between_jobs": _is_flag},
    "settle": {"key": _is_text, "keeps_step": _is_flag},
}
# Kinds of messages from the gateway of a cluster. `count` is the number of further shares that the cluster can take.
# "idle" is the last message of a gateway that ends because it had no work.
FROM_CLUSTER: Mapping[str, Mapping[str, Check]] = {
    **{kind: FROM_WORKER[kind] for kind in ("alive", "result", "failed")},
    "connected": {},
    "room": {"count": _is_whole(1, 2**31)},
    "workers": {"count": _is_whole(0, 2**31)},
    "note": {"text": _is_text},
    "idle": {},
}
# Kinds of messages to the gateway of a cluster.
TO_CLUSTER: Mapping[str, Mapping[str, Check]] = {"make": TO_WORKER["make"], "stop": {}}
_BLOBS = {"steps": 1, "result": 2, "call": 1}
_is_path = _is_list(_is_point, MAX_PATH + 1, 1)


def check(frame: Frame, kinds: Mapping[str, Mapping[str, Check]]) -> None:
    """Validate a message from another process before it is used: its kind, its fields and the size of its binary data.

    Raises BadFrame unless the message is of one of `kinds` and all its fields have valid types and sizes.
    """
    facts, blobs = frame
    kind = facts.get("kind")
    if not isinstance(kind, str) or kind not in kinds:
        raise BadFrame("a message is of an unknown kind")
    if not _has_fields(facts, {**kinds[kind], **_SHARE}) or not _is_path(facts.get("path", [[0, 0]])):
        raise BadFrame(f"a field of a message is wrong ({kind})")
    if len(blobs) != _count_blobs(facts):
        raise BadFrame(f"a message has too little or too much data ({kind})")


def _has_fields(facts: Mapping[str, Any], checks: Mapping[str, Check]) -> bool:
    return all(name in facts and is_valid(facts[name]) for name, is_valid in checks.items())


def _count_blobs(facts: Mapping[str, Any]) -> int:
    if facts["kind"] in ("progress", "view"):
        return sum(len(_pictures_of(view)) for view in facts.get("views", [facts]))
    if facts["kind"] == "make":
        return 1 + len(facts.get("inputs", ())) + facts.get("source", False)
    if facts["kind"] == "answer":
        parts: int = facts["parts"]
        return parts
    return _BLOBS.get(facts["kind"], 0)


def _pictures_of(facts: Mapping[str, Any]) -> Sequence[str]:
    """Return the names of the images that are sent with a view."""
    if "shape" not in facts:
        return ()
    return _PICTURES[:-1] if facts.get("lacks_noise") else _PICTURES


class Encoder:
    """Encoder of a worker's events (steps, previews, finished images) for the pipe to its parent process.

    The noise levels are sent only once, and preview images that have not changed since the last step are left out.
    """

    def __init__(self) -> None:
        self._path: NoisePath = ()
        # Last view of each image.
        self._last: dict[int, View] = {}

    def phase(self, phase: Phase) -> SentFrame:
        return {"kind": "phase", "title": phase.title, "note": phase.note}, []

    def step(self, event: StepEvent, views: Sequence[View]) -> SentFrame:
        facts: dict[str, Any] = {"kind": "progress", "images": event.images, "index": event.index}
        facts |= {"seconds": event.seconds, "first": event.first}
        if event.path != self._path:
            facts["path"] = self._path = event.path
        blobs: list[Blob] = []
        facts["views"] = [self.view(view, blobs) for view in views]
        return facts, blobs

    def result(self, result: Result) -> SentFrame:
        facts: dict[str, Any] = {"kind": "result", "image": result.image, "request": result.request.to_json()}
        facts |= {"shape": result.rgba.shape, "stopped_at": result.stopped_at}
        facts["made"] = asdict(result.made) if result.made else None
        return facts, [encode_array(result.rgba), result.steps]

    def view(self, view: View, blobs: list[Blob]) -> dict[str, Any]:
        """Return the fields of a view, and append its images to `blobs`."""
        last = self._last.get(view.image)
        self._last[view.image] = view
        facts = {"image": view.image, "index": view.index, "of": view.of, "at": view.at, "ms": view.ms}
        if last is not None and last.noise is view.noise:
            return facts
        facts |= {"shape": view.predicted.shape, "decoded": view.decoded, "lacks_noise": not view.has_noise}
        blobs += [encode_array(getattr(view, name)) for name in _pictures_of(facts)]
        return facts


class Decoder:
    """Decoder that converts the messages written by a worker's `Encoder` back into engine events."""

    def __init__(self) -> None:
        self._path: NoisePath = ()
        self._last: dict[int, View] = {}

    def event(self, frame: Frame) -> Phase | Progress | Result:
        """Convert a checked message from a worker back into an engine event.

        Raises BadFrame if its fields contradict each other or earlier messages.
        """
        try:
            return self._decode_event(frame)
        except (*MALFORMED, StudioError) as error:
            raise BadFrame("a message contradicts itself or those before it") from error

    def _decode_event(self, frame: Frame) -> Phase | Progress | Result:
        facts, blobs = frame
        if facts["kind"] == "phase":
            return Phase(facts["title"], facts["note"])
        if facts["kind"] == "result":
            rgba, steps = blobs
            made = GenerationFacts(**facts["made"]) if facts["made"] else None
            request = Request.from_json(facts["request"])
            picture = decode_array(rgba, facts["shape"])
            return Result(facts["image"], request, picture, facts["stopped_at"], made, steps)
        if "path" in facts:
            self._path = tuple(NoiseLevel(*point) for point in facts["path"])
        pictures = iter(blobs)
        views = tuple(self.view(view, pictures) for view in facts["views"])
        of = len(self._path) - 1
        images = tuple(facts["images"])
        if not 0 < facts["index"] <= of:
            raise ValueError("not a step of the path")
        return Progress(images, facts["index"], of, self._path, facts["seconds"], facts["first"], views)

    def view(self, facts: dict[str, Any], pictures: Iterator[bytes]) -> View:
        """Convert the checked fields of a view and its images back. Raises ValueError or KeyError."""
        fields: dict[str, Any] = {name: facts[name] for name in ("image", "index", "of", "ms")}
        fields["at"] = NoiseLevel(*facts["at"])
        if "shape" in facts:
            images: dict[str, Any] = {
                name: decode_array(next(pictures), facts["shape"]) for name in _pictures_of(facts)
            }
            images.setdefault("noise", images["noisy"])
            view = View(**fields, **images, decoded=facts["decoded"])
        else:
            view = replace(self._last[facts["image"]], **fields, decoded=False)
        self._last[view.image] = view
        return view


def of_error(error: StudioError) -> dict[str, Any]:
    """Return the JSON fields of the message in which a worker reports an error to its parent process."""
    found = {"kind": "failed", "error": type(error).__name__, "sentence": str(error)}
    found |= {"remedy": error.remedy, "model": error.model}
    encoded = sentence_to_json(error.sentence)
    return found | encoded if isinstance(encoded, dict) else found


def error_in(facts: dict[str, Any]) -> StudioError:
    """Recreate the error that a worker reported, from the JSON fields of its message. This is the inverse of
    `of_error`. A sentence without a valid template is not translated.
    """
    sentence: str = facts["sentence"]
    if "template" in facts:
        with suppress(ValueError):
            sentence = sentence_from_json(facts)
    return _KINDS.get(facts["error"], StudioError)(sentence, remedy=facts["remedy"], model=facts["model"])


def encode_array(picture: np.ndarray) -> memoryview:
    """Return the bytes of a uint8 image array, without a copy if the array is contiguous."""
    import numpy as np

    return np.ascontiguousarray(picture).data.cast("B")


def decode_array(data: bytes, shape: Sequence[int]) -> np.ndarray:
    """Convert bytes received from another process to a read-only uint8 image array of the given shape.

    Raises ValueError if the shape is invalid or does not match the number of bytes.
    """
    import numpy as np

    if len(data) != math.prod(shape) or shape[2] not in (3, 4):
        raise ValueError("not an image")
    return np.frombuffer(data, np.uint8).reshape(shape)
