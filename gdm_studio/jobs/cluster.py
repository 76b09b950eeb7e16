"""Generation of the lines of a prompt file on a Ray cluster. Ray is imported only when a `Cluster` is created.

Ray starts the workers, restarts them after a crash on any node that has room, and transports requests and images. This
module decides which worker gets the next line, so that a line never waits for a node that is gone.
"""

from __future__ import annotations

import logging
import math
import os
import platform
import time
from collections import Counter, deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gdm_studio import __version__
from gdm_studio.common import error_log, preferences
from gdm_studio.common.errors import BadRequest, DeviceError, ModelError, StudioError
from gdm_studio.jobs.prompt_batch import Callbacks, LineEvent, PromptLine
from gdm_studio.jobs.workers.request_files import request_hashes
from gdm_studio.request.events import Result
from gdm_studio.request.request import Request

if TYPE_CHECKING:
    from gdm_studio.models.library import Library

# CPU threads of a worker without a GPU.
DEFAULT_THREADS = 1
# Lines that a worker has at a time. It starts the second one while the images of the first are being saved.
LINES_PER_WORKER = 2
# Images of a line that a worker generates at a time.
IMAGES_PER_TASK = 16
# Number of crashes of its worker after which a line is given up.
MAX_CRASHES = 5
# Seconds between two looks for nodes that have joined the cluster.
SECONDS_TO_LOOK = 10.0
# Seconds to wait for the cluster's computer to answer.
SECONDS_TO_CONNECT = 10.0


@dataclass(frozen=True)
class Assignment:
    """The images of a line that a worker generates, with everything that the worker's computer may lack."""

    request: Request
    images: tuple[int, ...]
    # The hashes of the model files, as `request_hashes` returns them.
    weights: Mapping[str, str] = field(default_factory=dict)
    # RGBA pixels of start image, mask and control images by name.
    inputs: Mapping[str, np.ndarray] = field(default_factory=dict)
    # False if the steps of the images are not wanted.
    keeps_steps: bool = True


@dataclass(frozen=True)
class Unsuitable:
    """The answer of a worker that cannot generate these images because of its computer. `reason` is a sentence."""

    reason: str


Answer = list[Result] | StudioError | Unsuitable


class GenerationWorker:
    """A worker on one device of a node. Ray runs it in a process of its own, which holds the loaded model."""

    def __init__(self, threads: int, has_gpu: bool) -> None:
        self._threads = threads
        self._has_gpu = has_gpu

    def start(self, version: str) -> Unsuitable | None:
        """Load the libraries and return None, or the reason why this computer cannot be used."""
        if version != __version__:
            return Unsuitable(f"{_node()} has GDM Studio {__version__}, not {version}; install the same version there.")
        from gdm_studio.engine import torch_startup

        torch_startup.prepare()
        from gdm_studio.engine import devices
        from gdm_studio.jobs.workers.local_names import RenamedLibrary

        devices.use_threads(self._threads)
        self._device = devices.available()[0] if self._has_gpu else "cpu"
        if self._has_gpu and self._device == "cpu":
            return Unsuitable(f"PyTorch on {_node()} cannot use its GPU; install its build for this GPU there.")
        self._library = RenamedLibrary()
        return None

    def generate(self, work: Assignment) -> Answer:
        """Generate the images of an assignment, as a single process would."""
        from gdm_studio.engine import image_inputs
        from gdm_studio.engine.generate import generate
        from gdm_studio.jobs.workers.local_names import MissingFiles

        given = work.request
        try:
            for picture in work.inputs.values():
                image_inputs.store(picture)
            self._library.rename(given, work.weights)
            request = replace(given, device=self._device)
            budget = None if work.keeps_steps else 0
            events = generate(request, self._library, images=work.images, steps_budget=budget)
            return [_as_given(each, given) for each in events if isinstance(each, Result)]
        except MissingFiles as missing:
            if "model_hash" in missing.parts or "refiner_hash" in missing.parts:
                return Unsuitable(f"{_node()} lacks the model {given.model} or its refiner; copy the files there.")
            return ModelError(f"{_node()} lacks files of {given.model} ({missing}); copy them there.")
        except StudioError as error:
            return error


def _as_given(result: Result, given: Request) -> Result:
    """Return a result with the device of the request, and the version of torch."""
    request = replace(result.request, device=given.device)
    made = result.made
    if made is not None:
        from importlib.metadata import version

        made = replace(made, parts={**made.parts, "torch": version("torch")})
    return replace(result, request=request, made=made)


def _node() -> str:
    return f"The cluster's computer {platform.node()}"


def worker_count(nodes: Sequence[Mapping[str, float]], *, has_gpu: bool, threads: int) -> int:
    """Return the number of workers that nodes with these resources have room for."""
    return sum(int(node.get("GPU", 0) if has_gpu else node.get("CPU", 0) // threads) for node in nodes)


@dataclass(eq=False)
class _Hired:
    """A worker as the driver sees it."""

    actor: Any
    # False until `start` has returned, also after a crash.
    is_ready: bool = False


class Cluster(AbstractContextManager["Cluster"]):
    """A connection to a Ray cluster, with one worker for each GPU, or for each group of CPU threads without GPUs.

    `device` is "auto", "cuda" or "cpu"; "auto" uses the GPUs if there are any. `library` contains the models of the
    requests, and `worker` is the class of the workers. Raises StudioError if Ray is not installed, or if the cluster
    cannot be reached.
    """

    def __init__(
        self,
        address: str,
        library: Library,
        *,
        device: str = "auto",
        threads: int = DEFAULT_THREADS,
        worker: type = GenerationWorker,
    ) -> None:
        if device not in ("auto", "cuda", "cpu"):
            raise BadRequest(f"On a cluster, --device is auto, cuda or cpu, not {device!r}.")
        if threads < 1:
            raise BadRequest(f"--cluster-threads must be at least 1, not {threads}.")
        self._ray = _connect(address)
        self._library = library
        self._threads = threads
        self._keeps_steps = preferences.load().steps_budget > 0
        any_gpu = worker_count(self._nodes(), has_gpu=True, threads=threads) > 0
        self._has_gpu = device == "cuda" or (device == "auto" and any_gpu)
        options = {"num_cpus": 1, "num_gpus": 1} if self._has_gpu else {"num_cpus": threads}
        self._actor_class = self._ray.remote(**options, max_restarts=-1)(worker)
        # Workers in use. Ray restarts them after a crash.
        self._hired: list[_Hired] = []
        self._dismissed = 0
        # The worker of each task in progress, and the line that it generates, or None while it starts.
        self._tasks: dict[Any, tuple[_Hired, PromptLine | None]] = {}
        # Contains a worker once for each further line that it can take.
        self._free: deque[_Hired] = deque()
        # Lines whose worker crashed.
        self._again: deque[PromptLine] = deque()
        self._crashes: Counter[int] = Counter()

    def generate(self, lines: Iterator[PromptLine], callbacks: Callbacks) -> Generator[LineEvent, None, None]:
        """Generate lines on all workers and yield their events. A line is taken from `lines` when a worker is free.

        The lines of a worker that crashed are generated by another worker. Raises DeviceError if no worker can be used.
        """
        first = next(lines, None)
        if first is None:
            return
        self._again.extend(_parts(first))
        looked = -math.inf
        while True:
            if time.monotonic() - looked > SECONDS_TO_LOOK:
                self._hire()
                looked = time.monotonic()
            yield from self._assign(lines)
            # With a worker that could take another line, no line is left.
            if self._free and all(line is None for _, line in self._tasks.values()):
                return
            for task in self._wait(callbacks):
                yield from self._handle(task, callbacks)

    def __exit__(self, *failure: object) -> None:
        self._ray.shutdown()

    def _nodes(self) -> list[Mapping[str, float]]:
        return [node["Resources"] for node in self._ray.nodes() if node["Alive"]]

    def _hire(self) -> None:
        """Start workers on devices that have none. Raises DeviceError if the cluster has no room for any."""
        count = worker_count(self._nodes(), has_gpu=self._has_gpu, threads=self._threads)
        for _ in range(count - len(self._hired) - self._dismissed):
            hired = _Hired(self._actor_class.remote(self._threads, self._has_gpu))
            self._hired.append(hired)
            self._start(hired)
        if not self._hired and self._has_gpu:
            raise DeviceError("The cluster has no GPU; use --device auto.")
        if not self._hired:
            raise DeviceError(f"No computer of the cluster has {self._threads} CPU threads; use --cluster-threads.")

    def _start(self, hired: _Hired) -> None:
        """Wait for a worker to start, without blocking. Ray repeats the call until a node has room for the worker."""
        hired.is_ready = False
        self._free = deque(each for each in self._free if each is not hired)
        self._tasks[hired.actor.start.options(max_task_retries=-1).remote(__version__)] = (hired, None)

    def _assign(self, lines: Iterator[PromptLine]) -> Iterator[LineEvent]:
        """Give lines to the workers that can take one. Yield the lines whose files are missing here, with an error."""
        while self._free:
            if not self._again:
                self._again.extend(_parts(next(lines, None)))
            if not self._again:
                return
            line = self._again.popleft()
            try:
                work = self._assignment(line)
            except StudioError as error:
                yield line, error
                continue
            hired = self._free.popleft()
            self._tasks[hired.actor.generate.remote(work)] = (hired, line)

    def _assignment(self, line: PromptLine) -> Assignment:
        from gdm_studio.engine import image_inputs

        request = line.request
        weights = request_hashes(self._library, request)
        inputs = {name: np.asarray(image_inputs.load(name)) for name in image_inputs.names_in(request)}
        return Assignment(request, line.images, weights, inputs, self._keeps_steps)

    def _wait(self, callbacks: Callbacks) -> list[Any]:
        """Return the finished tasks, after waiting for the first one."""
        tasks = list(self._tasks)
        finished, _ = self._ray.wait(tasks, num_returns=len(tasks), timeout=0)
        if not finished:
            callbacks.before_wait()
            finished, _ = self._ray.wait(tasks, num_returns=1, timeout=SECONDS_TO_LOOK)
        return list(finished)

    def _handle(self, task: Any, callbacks: Callbacks) -> Iterator[LineEvent]:
        """Yield the events of a finished task, and let its worker take the next line."""
        hired, line = self._tasks.pop(task)
        answer: Answer | None
        try:
            answer = self._ray.get(task)
        except self._ray.exceptions.RayTaskError as error:
            error_log.record_error(error)
            what = str(error.cause)
            sentence = f"Something unforeseen happened on the cluster ({type(error.cause).__name__}: {what})."
            answer = StudioError(sentence) if line is not None else Unsuitable(sentence)
        except self._ray.exceptions.RayError as error:
            if line is None:
                reason = " ".join(str(error).split())
                answer = Unsuitable(f"A worker cannot start; install GDM Studio on every computer of it ({reason}).")
            else:
                yield from self._recover(hired, line)
                return
        if isinstance(answer, Unsuitable):
            if line is not None:
                self._again.append(line)
            self._dismiss(hired, answer, callbacks)
            return
        if hired in self._hired:
            self._free.extend([hired] * (1 if line is not None else LINES_PER_WORKER))
            hired.is_ready = True
        if line is None:
            return
        self._crashes.pop(line.number, None)
        if isinstance(answer, StudioError):
            yield line, answer
        else:
            yield from ((line, result) for result in answer or ())

    def _recover(self, hired: _Hired, line: PromptLine) -> Iterator[LineEvent]:
        """Repeat a line whose worker has crashed, and wait for the worker to be restarted by Ray."""
        if hired in self._hired and hired.is_ready:
            self._start(hired)
        self._crashes[line.number] += 1
        if self._crashes[line.number] < MAX_CRASHES:
            self._again.append(line)
            return
        del self._crashes[line.number]
        yield line, DeviceError(f"{MAX_CRASHES} workers crashed on it; their computers may lack memory.")

    def _dismiss(self, hired: _Hired, answer: Unsuitable, callbacks: Callbacks) -> None:
        """Stop using a worker. Raises DeviceError if it was the last one."""
        if hired not in self._hired:
            return
        self._hired.remove(hired)
        self._free = deque(each for each in self._free if each is not hired)
        self._dismissed += 1
        self._ray.kill(hired.actor)
        if not self._hired:
            raise DeviceError(answer.reason)
        callbacks.note(answer.reason)


def _parts(line: PromptLine | None) -> Iterator[PromptLine]:
    """Yield a line with many images in parts, which limits the size of an answer and is shared by the workers."""
    images = () if line is None else line.images
    for first in range(0, len(images), IMAGES_PER_TASK):
        assert line is not None
        yield replace(line, images=images[first : first + IMAGES_PER_TASK])


def _connect(address: str) -> Any:
    """Connect this process to a cluster and return the module `ray`. Raises StudioError."""
    # Ray would otherwise report its use over the network.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        sentence = f"A cluster needs Ray, which cannot be loaded ({error}); run `pip install 'gdm-studio[cluster]'`."
        raise StudioError(sentence) from error
    try:
        _check_reachable(address)
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:
        what = " ".join(str(error).split())
        advice = "run `ray start --head` on one computer, and `ray start --address HOST:6379` on this and the others"
        raise StudioError(f"The cluster at {address!r} cannot be reached: {advice} ({what}).") from error
    return ray


def _check_reachable(address: str) -> None:
    """Raise OSError if nothing listens at HOST:PORT. Ray would try for several minutes."""
    import socket

    host, _, port = address.rpartition(":")
    if host and port.isdecimal() and "/" not in host:
        socket.create_connection((host.strip("[]"), int(port)), SECONDS_TO_CONNECT).close()
