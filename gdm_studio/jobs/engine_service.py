"""Engine: owner of everything that needs torch (library, models, runs and step histories), with calls that take and
return plain data.

An engine runs in the thread of its caller (`ThreadEngine`) or in a process of its own (`workers.engine_process`).
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from gdm_studio.jobs.engine_run import EngineRun
from gdm_studio.request.generation_events import View

if TYPE_CHECKING:
    from gdm_studio.models.model_library import Library

T = TypeVar("T")

# Maximum number of objects in memory. The least recently used is closed first, and opened again when it is used.
MAX_OBJECTS: Final = 12
# Maximum number of runs whose last step is in memory.
MAX_RUNS: Final = 8


@dataclass(frozen=True, eq=False)
class EngineObject:
    """Handle of an object in an engine, such as an opened step history. It is passed as an argument of calls.

    `open` is called in the engine with `args` if the object is not in its memory, for example after a restart.
    """

    open: Callable[..., Any]
    args: tuple[Any, ...] = ()
    key: str = field(default_factory=lambda: secrets.token_hex(8))


class EngineService:
    """State of an engine: the models, the runs of jobs, and objects of callers.

    All members must be used in one thread.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self._runs: OrderedDict[str, EngineRun] = OrderedDict()
        self._objects: OrderedDict[str, Any] = OrderedDict()
        # The upscaler that was used last, by its name.
        self._upscalers: dict[str, Any] = {}

    def begin(self, key: str, budget: float | None, *, leaves_noise: bool = False) -> EngineRun:
        """Return the run of a job, which is created by its first work item. See `EngineRun` for `leaves_noise`."""
        from gdm_studio import preferences
        from gdm_studio.models.memory import devices

        devices.use_threads(preferences.load().threads)
        if key not in self._runs:
            self._runs[key] = EngineRun(self.library, budget, leaves_noise=leaves_noise)
        while len(self._runs) > MAX_RUNS:
            self._runs.popitem(last=False)
        return self._runs[key]

    def find_run(self, key: str) -> EngineRun | None:
        """Return the run of a job, or None if it is not in memory."""
        return self._runs.get(key)

    def adopt(self, key: str, run: EngineRun) -> EngineRun:
        """Add a run that was restored from its recorded steps."""
        self._runs[key] = run
        return run

    def call(self, function: Callable[..., T], args: tuple[Any, ...]) -> T:
        """Call a function of this engine. Handles among the arguments are replaced by their objects."""
        return function(self, *map(self._resolve, args))

    def latest_upscaler(self, name: str, create: Callable[[], T]) -> T:
        """Return the upscaler that was used last, or create another one in its place."""
        if name not in self._upscalers:
            self._upscalers = {name: create()}
        upscaler: T = self._upscalers[name]
        return upscaler

    def forget(self, key: str) -> None:
        """Release the object or the run with this key, if it is in memory."""
        self._runs.pop(key, None)
        value = self._objects.pop(key, None)
        if isinstance(value, Generator):
            value.close()

    def improve_preview(self, key: str) -> View | None:
        """Decode one approximate preview of a run exactly. Returns None if none is left to decode."""
        run = self._runs.get(key)
        return None if run is None else run.improve_preview()

    def settle(self, key: str, *, keeps_step: bool) -> None:
        """Release the model and the previews of an ended run."""
        if (run := self._runs.get(key)) is not None:
            run.settle(keeps_step=keeps_step)
            if not keeps_step:
                del self._runs[key]

    def _resolve(self, value: Any) -> Any:
        """Return the object of a handle, which is opened if it is not in memory. Other values are returned
        unchanged.
        """
        if not isinstance(value, EngineObject):
            return value
        if value.key not in self._objects:
            self._put(value.key, value.open(self, *map(self._resolve, value.args)))
        self._objects.move_to_end(value.key)
        return self._objects[value.key]

    def _put(self, key: str, value: Any) -> None:
        self._objects[key] = value
        while len(self._objects) > MAX_OBJECTS:
            self._objects.popitem(last=False)


def next_of(service: EngineService, stream: Iterator[T]) -> T | None:
    """Return the next value of a stream in the engine, or None at its end."""
    return next(stream, None)


def stream_of(create: Callable[..., Iterator[Any]], *args: Any) -> EngineObject:
    """Return the handle of a new stream. `create` is called in the engine when its first value is requested.

    After a restart of the engine, the stream starts again.
    """
    return EngineObject(create, args)


def call_of(service: EngineService, function: Callable[..., T], *args: Any) -> T:
    """Call a function that has no engine parameter, such as one that detects devices, in the engine."""
    return function(*args)
