"""Generation of a prompt file's images on a Ray cluster. Ray is imported when a `Cluster` is created.

Ray starts workers, restarts crashed ones on any node with room, and transports requests and images. This module chooses
the worker for each line, so that no line waits for a node that is gone.
"""

from __future__ import annotations

import logging
import math
import os
import platform
import time
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gdm_studio import __version__, preferences
from gdm_studio.common import error_log
from gdm_studio.common.errors import BadRequest, DeviceError, ModelError, StudioError
from gdm_studio.common.optional_packages import missing_package
from gdm_studio.jobs.prompt_batch import Callbacks, LineEvent, PromptLine
from gdm_studio.jobs.workers.request_files import request_hashes
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request

if TYPE_CHECKING:
    from gdm_studio.models.model_library import Library

# CPU threads of a worker without a GPU.
DEFAULT_THREADS = 1
# Tasks that a worker has at a time. It starts the second one while the images of the first are being saved.
TASKS_PER_WORKER = 2
# Most images that a worker generates in one task.
IMAGES_PER_TASK = 16
# Seconds that a task of several lines takes. Ray's own work on a task takes milliseconds, as long as a small image.
SECONDS_PER_TASK = 0.2
# Number of crashes of its worker after which a part of a line is given up.
MAX_CRASHES = 5
# Seconds between two checks for nodes that have joined the cluster.
SECONDS_TO_LOOK = 10.0
# Seconds to wait for the cluster's computer to answer.
SECONDS_TO_CONNECT = 10.0


# The hashes of the model files of a request, as `Assignment.weights`.
Files = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Assignment:
    """Images of one prompt line that are assigned to a cluster worker, with the hashes of the model files and the input
    images that the worker needs.
    """

    request: Request
    images: tuple[int, ...]
    # The hashes of the model files, as `request_hashes` returns them.
    weights: Mapping[str, str] = field(default_factory=dict)
    # RGBA pixels of start image, mask and control images by name.
    inputs: Mapping[str, np.ndarray] = field(default_factory=dict)
    # False if the steps of the images are not wanted.
    keeps_steps: bool = True

    @property
    def files(self) -> Files:
        return frozenset(self.weights.items())


@dataclass(frozen=True)
class Refusal:
    """Reply of a cluster worker that cannot generate any images, for example because its program version differs.

    `reason` is a sentence for the user.
    """

    reason: str


@dataclass(frozen=True)
class Lack:
    """Reply of a cluster worker whose computer does not have all model files of a request.

    `reason` is a sentence for the user.
    """

    files: Files
    reason: str


Answer = list[Result] | StudioError | Lack


class Worker(ABC):
    """Base class of a Ray cluster's workers. Ray starts one process for each worker."""

    @abstractmethod
    def __init__(self, threads: int, has_gpu: bool) -> None: ...

    @abstractmethod
    def start(self, version: str) -> Refusal | None:
        """Prepare the worker to generate images. Returns None on success, or a `Refusal` if its computer cannot be
        used, for example because its version of GDM Studio differs from `version`.
        """

    @abstractmethod
    def generate(self, assignment: Assignment) -> Answer:
        """Generate the images of an assignment on this worker."""

    def generate_all(self, works: Sequence[Assignment]) -> tuple[list[Answer], float]:
        """Generate the images of assignments in order, until all are done or SECONDS_PER_TASK have passed.

        Returns the answers to the assignments that were finished, at least one, and the time taken in seconds.
        """
        began = time.monotonic()
        answers: list[Answer] = []
        while len(answers) < len(works) and not (answers and time.monotonic() - began > SECONDS_PER_TASK):
            answers.append(self.generate(works[len(answers)]))
        return answers, time.monotonic() - began


class GenerationWorker(Worker):
    """Worker on one device of a Ray cluster. The model stays loaded between requests."""

    def __init__(self, threads: int, has_gpu: bool) -> None:
        self._threads = threads
        self._has_gpu = has_gpu

    def start(self, version: str) -> Refusal | None:
        if version != __version__:
            return Refusal(
                f"{describe_node()} has GDM Studio {__version__}, not {version}; install the same version there."
            )
        from gdm_studio.engine import torch_startup

        torch_startup.prepare()
        from gdm_studio.jobs.workers.model_name_mapping import RenamedLibrary
        from gdm_studio.models.memory import devices

        devices.use_threads(self._threads)
        self._device = devices.available()[0] if self._has_gpu else "cpu"
        if self._has_gpu and self._device == "cpu":
            return Refusal(f"PyTorch on {describe_node()} cannot use its GPU; install its build for this GPU there.")
        self._library = RenamedLibrary()
        return None

    def generate(self, assignment: Assignment) -> Answer:
        """Generate the images of an assignment on this worker. Pixels and metadata are identical to a run on the user's
        computer.
        """
        from gdm_studio.engine import image_inputs
        from gdm_studio.engine.generation_loop import generate
        from gdm_studio.jobs.workers.model_name_mapping import MissingFiles

        given = assignment.request
        try:
            for picture in assignment.inputs.values():
                image_inputs.store(picture)
            self._library.rename(given, assignment.weights)
            request = replace(given, device=self._device)
            budget = None if assignment.keeps_steps else 0
            events = generate(request, self._library, images=assignment.images, steps_budget=budget)
            return [_restore_request_device(each, given) for each in events if isinstance(each, Result)]
        except MissingFiles as missing:
            if "model_hash" in missing.parts or "refiner_hash" in missing.parts:
                reason = f"{describe_node()} lacks the model {given.model} or its refiner; copy the files there."
            else:
                reason = f"{describe_node()} lacks files of {given.model} ({missing}); copy them there."
            return Lack(assignment.files, reason)
        except StudioError as error:
            return error


def _restore_request_device(result: Result, given: Request) -> Result:
    """Return a worker's result with changed metadata: the device is the one that the user requested, and the version of
    torch is added.
    """
    request = replace(result.request, device=given.device)
    made = result.made
    if made is not None:
        from importlib.metadata import version

        made = replace(made, parts={**made.parts, "torch": version("torch")})
    return replace(result, request=request, made=made)


def describe_node() -> str:
    return f"The cluster's computer {platform.node()}"


def worker_count(nodes: Sequence[Mapping[str, float]], *, has_gpu: bool, threads: int) -> int:
    """Return the number of workers that cluster nodes with these resources can run: one per GPU or, without GPUs, one
    per `threads` CPU threads.
    """
    return sum(int(node.get("GPU", 0) if has_gpu else node.get("CPU", 0) // threads) for node in nodes)


@dataclass(eq=False)
class ClusterWorker:
    """Handle of one worker process in the cluster. `lacks` lists the model files that the worker's
    computer does not have.
    """

    actor: Any
    # False until `start` has returned, even after a crash.
    is_ready: bool = False
    # The files that the worker's computer lacks, with its sentences.
    lacks: dict[Files, str] = field(default_factory=dict)


class Cluster(AbstractContextManager["Cluster"]):
    """Connection to a Ray cluster, with one worker per GPU or, without GPUs, per group of CPU threads.

    `device` is "auto", "cuda" or "cpu"; "auto" uses the GPUs if the cluster has any. `threads` is the number of CPU
    threads of a worker without a GPU, and `worker` the class of the workers. If `count` is greater than the number of
    devices, further workers wait for Ray's autoscaler to start computers. `library` contains the models of the
    requests. Raises StudioError if Ray is not installed, or if the cluster cannot be reached.
    """

    def __init__(
        self,
        address: str,
        library: Library,
        *,
        device: str = "auto",
        threads: int = DEFAULT_THREADS,
        count: int = 0,
        worker: type[Worker] = GenerationWorker,
    ) -> None:
        if device not in ("auto", "cuda", "cpu"):
            raise BadRequest(f"On a cluster, --device is auto, cuda or cpu, not {device!r}.")
        if threads < 1:
            raise BadRequest(f"--cluster-threads must be at least 1, not {threads}.")
        if count < 0:
            raise BadRequest(f"--cluster-workers must not be negative, not {count}.")
        self._ray = _connect(address)
        self._library = library
        self._threads = threads
        self._count = count
        self._keeps_steps = preferences.load().steps_budget > 0
        any_gpu = worker_count(_read_resources(self._list_nodes()), has_gpu=True, threads=threads) > 0
        self._has_gpu = device == "cuda" or (device == "auto" and any_gpu)
        options = {"num_cpus": 1, "num_gpus": 1} if self._has_gpu else {"num_cpus": threads}
        self._actor_class = self._ray.remote(**options, max_restarts=-1)(worker)
        # Workers in use. Ray restarts them after a crash.
        self._workers: list[ClusterWorker] = []
        self._removed_count = 0
        # {task in progress: (its worker, the lines that it generates, or none while the worker starts)}
        self._tasks: dict[Any, tuple[ClusterWorker, list[PromptLine]]] = {}
        # Seconds per image in the last task that generated any, or infinity before the first one.
        self._seconds_per_image = math.inf
        # Queue of workers with free capacity. A worker occurs once for each further task that it can take.
        self._free_workers: deque[ClusterWorker] = deque()
        # Lines that no worker has yet, such as those of crashed workers.
        self._waiting_lines: deque[PromptLine] = deque()
        # Crashes of workers by part of a line.
        self._crashes: Counter[tuple[int, int]] = Counter()
        # {id: name} of the computers at the last check, and names of the computers that have been lost.
        self._computers: dict[str, str] = {}
        self._checked_at = -math.inf

    def generate(self, lines: Iterator[PromptLine], callbacks: Callbacks) -> Generator[LineEvent, None, None]:
        """Generate the lines of a prompt file on all workers of the cluster, yielding the events of each line.

        A line is taken from `lines` only when a worker is free. If a worker crashes, another worker generates its
        lines. Raises DeviceError if no worker can be used.
        """
        if (first := next(lines, None)) is None:
            return
        self.submit(first)
        while True:
            self._check_nodes(callbacks)
            yield from self._assign(lines, callbacks)
            # `_assign` leaves a worker without a line only if the file has no further line.
            if self._free_workers and not self._waiting_lines and not any(taken for _, taken in self._tasks.values()):
                return
            yield from self._receive(callbacks, SECONDS_TO_LOOK)

    def submit(self, line: PromptLine) -> None:
        """Add a line of a prompt file to the queue from which `advance` assigns images to workers.

        A line with many images is split.
        """
        self._waiting_lines.extend(_split(line))

    def discard(self, number: int) -> None:
        """Remove the images of prompt line `number` from the queue. Images that a worker has already started are not
        affected.
        """
        self._waiting_lines = deque(line for line in self._waiting_lines if line.number != number)

    @property
    def room(self) -> int:
        """The number of further prompt lines that the cluster's workers can accept now."""
        return max(0, len(self._free_workers) * self._images_per_task - len(self._waiting_lines))

    @property
    def worker_count(self) -> int:
        """The number of workers that can generate images."""
        return sum(worker.is_ready for worker in self._workers)

    @property
    def is_busy(self) -> bool:
        """True while a prompt line is waiting or being generated, or a worker is starting."""
        return bool(self._waiting_lines or self._tasks)

    def advance(self, callbacks: Callbacks, seconds: float) -> Iterator[LineEvent]:
        """Assign the submitted prompt lines to workers of the cluster, wait up to `seconds` for results, and yield
        their events. Raises DeviceError if no worker can be used.
        """
        self._check_nodes(callbacks)
        yield from self._assign(iter(()), callbacks)
        if self._tasks:
            yield from self._receive(callbacks, seconds)

    def __exit__(self, *failure: object) -> None:
        self._ray.shutdown()

    def _list_nodes(self) -> list[Mapping[str, Any]]:
        return [node for node in self._ray.nodes() if node["Alive"]]

    def _check_nodes(self, callbacks: Callbacks) -> None:
        """Check, at most every SECONDS_TO_LOOK seconds, whether the cluster has lost or gained computers, and start
        workers on new ones. Raises DeviceError if the cluster cannot run any worker.
        """
        if time.monotonic() - self._checked_at < SECONDS_TO_LOOK:
            return
        nodes = self._list_nodes()
        before = self._computers
        self._computers = {node["NodeID"]: node["NodeManagerHostname"] for node in nodes}
        for name in [name for key, name in before.items() if key not in self._computers]:
            callbacks.note(f"The cluster has lost its computer {name}; its images are generated on another one.")
        self._start_workers(nodes)
        self._checked_at = time.monotonic()

    def _start_workers(self, nodes: Sequence[Mapping[str, Any]]) -> None:
        """Start a worker on every device of the cluster that has none.

        Raises DeviceError if the cluster cannot run any worker.
        """
        count = worker_count(_read_resources(nodes), has_gpu=self._has_gpu, threads=self._threads)
        # Ray's autoscaler starts computers for workers that no computer has room for.
        count = max(count, self._count)
        for _ in range(count - len(self._workers) - self._removed_count):
            worker = ClusterWorker(self._create_actor())
            self._workers.append(worker)
            self._submit_start(worker)
        if not self._workers and self._has_gpu:
            raise DeviceError("The cluster has no GPU; use --device auto.")
        if not self._workers:
            raise DeviceError(f"No computer of the cluster has {self._threads} CPU threads; use --cluster-threads.")

    def _create_actor(self) -> Any:
        """Start an actor of the class of workers, without waiting for it."""
        return self._actor_class.remote(self._threads, self._has_gpu)

    def _submit_start(self, worker: ClusterWorker) -> None:
        """Submit the start of a worker as a Ray task, without waiting for it.

        Ray retries the task until a node has free capacity.
        """
        worker.is_ready = False
        # The worker may start on another computer.
        worker.lacks.clear()
        self._take_free_worker(worker)
        self._tasks[worker.actor.start.options(max_task_retries=-1).remote(__version__)] = (worker, [])

    def _assign(self, lines: Iterator[PromptLine], callbacks: Callbacks) -> Iterator[LineEvent]:
        """Send prompt lines to the workers of the cluster that have free capacity. Quick lines share a task.

        Yields an error for each line whose files are missing here or on all computers of the cluster. A line that only
        busy workers can generate waits; the number of waiting lines is limited by the workers' capacity.
        """
        postponed: list[PromptLine] = []
        reserved: list[ClusterWorker] = []
        bundles: dict[ClusterWorker, list[tuple[PromptLine, Assignment]]] = {}
        most = TASKS_PER_WORKER * len(self._workers)
        while self._free_workers:
            if not self._waiting_lines and len(postponed) < most and (line := next(lines, None)) is not None:
                self.submit(line)
            if not self._waiting_lines:
                break
            line = self._waiting_lines.popleft()
            try:
                work = self._build_assignment(line)
                worker = self._free_worker(work)
            except StudioError as error:
                yield line, error
                continue
            if worker is None:
                postponed.append(line)
                continue
            bundle = bundles.get(worker, [])
            is_suspect = _get_part(line) in self._crashes
            images = len(line.images) + sum(len(other.images) for other, _ in bundle)
            if bundle and (is_suspect or images > self._images_per_task):
                self._send(worker, bundles.pop(worker))
                self._waiting_lines.appendleft(line)
            elif is_suspect and self._free_workers.count(worker) < TASKS_PER_WORKER:
                # A crash would end the worker's other task too, so that one is finished first.
                postponed.append(line)
                reserved += self._take_free_worker(worker)
            elif is_suspect:
                self._send(worker, [(line, work)])
                self._take_free_worker(worker)
            else:
                bundles[worker] = [*bundle, (line, work)]
                if images >= self._images_per_task:
                    self._send(worker, bundles.pop(worker))
        for worker, bundle in bundles.items():
            self._send(worker, bundle)
        self._free_workers.extendleft(reserved)
        self._waiting_lines.extendleft(reversed(postponed))

    @property
    def _images_per_task(self) -> int:
        """The largest number of images, at least 1, in a task of several lines. It depends on the speed of the last
        task.
        """
        return max(1, int(min(IMAGES_PER_TASK, SECONDS_PER_TASK / max(self._seconds_per_image, 1e-9))))

    def _send(self, worker: ClusterWorker, bundle: Sequence[tuple[PromptLine, Assignment]]) -> None:
        """Send prompt lines to a worker as one Ray task."""
        self._free_workers.remove(worker)
        task = worker.actor.generate_all.remote([work for _, work in bundle])
        self._tasks[task] = (worker, [line for line, _ in bundle])

    def _take_free_worker(self, worker: ClusterWorker) -> list[ClusterWorker]:
        """Remove a worker from the queue of free ones, and return it once for each task that it could take."""
        taken = [each for each in self._free_workers if each is worker]
        self._free_workers = deque(each for each in self._free_workers if each is not worker)
        return taken

    def _free_worker(self, assignment: Assignment) -> ClusterWorker | None:
        """Return a free worker whose computer is not known to lack the required model files, or None. Raises ModelError
        if all computers lack them.
        """
        if not any(worker.lacks for worker in self._workers):
            return self._free_workers[0]
        files = assignment.files
        if all(files in worker.lacks for worker in self._workers):
            raise ModelError(self._workers[0].lacks[files])
        return next((worker for worker in self._free_workers if files not in worker.lacks), None)

    def _build_assignment(self, line: PromptLine) -> Assignment:
        from gdm_studio.engine import image_inputs

        request = line.request
        weights = request_hashes(self._library, request)
        inputs = {name: np.asarray(image_inputs.load(name)) for name in image_inputs.names_in(request)}
        return Assignment(request, line.images, weights, inputs, self._keeps_steps)

    def _receive(self, callbacks: Callbacks, seconds: float) -> Iterator[LineEvent]:
        """Wait up to `seconds` for a worker to finish a task, and yield the events of all finished tasks."""
        tasks = list(self._tasks)
        finished, _ = self._ray.wait(tasks, num_returns=len(tasks), timeout=0)
        if not finished:
            callbacks.before_wait()
            finished, _ = self._ray.wait(tasks, num_returns=1, timeout=seconds)
        for task in finished:
            yield from self._handle(task, callbacks)

    def _handle(self, task: Any, callbacks: Callbacks) -> Iterator[LineEvent]:
        """Yield the images and errors of a finished Ray task. Mark its worker as free, or restart it after a crash."""
        worker, lines = self._tasks.pop(task)
        if not lines:
            self._finish_start(task, worker, callbacks)
            return
        # A suspect line was the only task of its worker.
        room = TASKS_PER_WORKER if _get_part(lines[0]) in self._crashes else 1
        try:
            answers, seconds = self._ray.get(task)
        except self._ray.exceptions.RayTaskError as error:
            error_log.record_error(error)
            if len(lines) > 1:
                # It is unknown which of the lines failed, so each is tried alone.
                self._mark_free(worker, room)
                yield from self._try_again(lines)
                return
            answers, seconds = [StudioError(describe_unforeseen(error))], 0.0
        except self._ray.exceptions.RayError:
            if worker in self._workers and worker.is_ready:
                self._submit_start(worker)
            yield from self._try_again(lines)
            return
        self._mark_free(worker, room)
        # The worker's time may have been over before the last lines.
        self._waiting_lines.extendleft(reversed(lines[len(answers) :]))
        if images := sum(len(answer) for answer in answers if isinstance(answer, list)):
            self._seconds_per_image = seconds / images
        for line, answer in zip(lines, answers, strict=False):
            yield from self._handle_answer(worker, line, answer, callbacks)

    def _finish_start(self, task: Any, worker: ClusterWorker, callbacks: Callbacks) -> None:
        """Mark a worker that has started as free, or stop using it if it cannot generate images."""
        refusal: Refusal | None
        try:
            refusal = self._ray.get(task)
        except self._ray.exceptions.RayTaskError as error:
            error_log.record_error(error)
            refusal = Refusal(describe_unforeseen(error))
        except self._ray.exceptions.RayError as error:
            reason = " ".join(str(error).split())
            refusal = Refusal(f"A worker cannot start; install GDM Studio on every computer of it ({reason}).")
        if refusal is None:
            self._mark_free(worker, TASKS_PER_WORKER)
        else:
            self._remove(worker, refusal, callbacks)

    def _mark_free(self, worker: ClusterWorker, tasks: int) -> None:
        """Record that a worker can take a number of further tasks."""
        if worker in self._workers:
            self._free_workers.extend([worker] * tasks)
            worker.is_ready = True

    def _handle_answer(
        self, worker: ClusterWorker, line: PromptLine, answer: Answer, callbacks: Callbacks
    ) -> Iterator[LineEvent]:
        """Yield the images or the error of a prompt line. If the worker lacks a file, another one gets the line."""
        if isinstance(answer, Lack):
            self._note_lack(worker, line, answer, callbacks)
            return
        self._crashes.pop(_get_part(line), None)
        if isinstance(answer, StudioError):
            yield line, answer
        else:
            yield from ((line, result) for result in answer)

    def _try_again(self, lines: Sequence[PromptLine]) -> Iterator[LineEvent]:
        """Put the prompt lines of a failed task back into the queue. Each is then sent alone.

        After MAX_CRASHES failures with the same part of a line, yield an error instead.
        """
        for line in lines:
            self._crashes[_get_part(line)] += 1
            if self._crashes[_get_part(line)] < MAX_CRASHES:
                self._waiting_lines.append(line)
                continue
            del self._crashes[_get_part(line)]
            yield line, crash_error()

    def _note_lack(self, worker: ClusterWorker, line: PromptLine, lack: Lack, callbacks: Callbacks) -> None:
        """Put a prompt line back into the queue, and remember which model files the worker's computer lacks, so that
        another computer generates the line.
        """
        self._waiting_lines.append(line)
        is_known = any(lack.reason == other.lacks.get(lack.files) for other in self._workers)
        worker.lacks[lack.files] = lack.reason
        is_somewhere = any(lack.files not in other.lacks for other in self._workers)
        if is_somewhere and not is_known:
            callbacks.note(f"{lack.reason} Other computers generate its images.")

    def _remove(self, worker: ClusterWorker, answer: Refusal, callbacks: Callbacks) -> None:
        """Stop using a worker that cannot generate images, and show its reason to the user.

        Raises DeviceError if it was the last worker.
        """
        if worker not in self._workers:
            return
        self._workers.remove(worker)
        self._take_free_worker(worker)
        self._removed_count += 1
        self._ray.kill(worker.actor)
        if not self._workers:
            raise DeviceError(answer.reason)
        callbacks.note(answer.reason)


def _read_resources(nodes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, float]]:
    return [node["Resources"] for node in nodes]


def crash_error() -> DeviceError:
    """Return the error of a line on which MAX_CRASHES workers crashed."""
    return DeviceError(f"{MAX_CRASHES} workers crashed on it; their computers may lack memory.")


def describe_unforeseen(error: Any) -> str:
    """Return a sentence for the user about an unexpected error in a worker, a RayTaskError."""
    return f"Something unforeseen happened on the cluster ({type(error.cause).__name__}: {error.cause})."


def _get_part(line: PromptLine) -> tuple[int, int]:
    """Return the line number and first image of a line or part of a line, the key under which its crashes are
    counted.
    """
    return line.number, line.images[0]


def _split(line: PromptLine) -> Iterator[PromptLine]:
    """Yield parts of a prompt line with at most IMAGES_PER_TASK images each, so that several workers can generate one
    line and no result is too large.
    """
    if len(line.images) <= IMAGES_PER_TASK:
        yield line
        return
    for first in range(0, len(line.images), IMAGES_PER_TASK):
        yield replace(line, images=line.images[first : first + IMAGES_PER_TASK])


def _connect(address: str) -> Any:
    """Connect this process to a Ray cluster and return the module `ray`.

    Raises StudioError if Ray is not installed or the cluster cannot be reached.
    """
    # Ray would otherwise report its use over the network.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise StudioError(missing_package("cluster")) from error
    if not address:
        raise DeviceError(
            "No cluster is set up; enter its address in Settings, Generation, Cluster: auto or HOST:PORT."
        )
    _silence_errors(ray)
    try:
        _check_reachable(address)
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except Exception as error:
        what = " ".join(str(error).split())
        advice = "run `ray start --head` on one computer, and `ray start --address HOST:6379` on this and the others"
        raise StudioError(f"The cluster at {address!r} cannot be reached: {advice} ({what}).") from error
    return ray


def _silence_errors(ray: Any) -> None:
    """Stop Ray from printing the errors of its own processes, which it prints to standard output despite
    `log_to_driver=False`. There is no option for that. What users need to know is in the notes of `Cluster`.
    """
    internals: Any = getattr(getattr(ray, "_private", None), "worker", None)
    if hasattr(internals, "print_to_stdstream"):
        internals.print_to_stdstream = lambda *data, **options: None


def _check_reachable(address: str) -> None:
    """Raise OSError if no program listens at the cluster's address HOST:PORT.

    Ray itself would retry for several minutes.
    """
    import socket

    host, _, port = address.rpartition(":")
    if host and port.isdecimal() and "/" not in host:
        socket.create_connection((host.strip("[]"), int(port)), SECONDS_TO_CONNECT).close()
