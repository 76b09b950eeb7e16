"""Generation of a prompt file's shards (archives of images) on a Ray cluster. The workers write the shards.

The command assigns blocks of lines to workers, and receives the records of their shards.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gdm_studio.common import error_log
from gdm_studio.common.errors import DeviceError, ModelError, StudioError
from gdm_studio.jobs.prompt_batch import Callbacks, PromptLine
from gdm_studio.jobs.ray.cluster_workers import (
    MAX_CRASHES,
    SECONDS_TO_LOOK,
    Cluster,
    ClusterWorker,
    Files,
    GenerationWorker,
    Lack,
    Worker,
    crash_error,
    describe_unforeseen,
)
from gdm_studio.jobs.ray.shard_worker import ShardLine, ShardOrder, ShardReply, ShardWorker
from gdm_studio.jobs.shards.shard import Block, BlockResult
from gdm_studio.jobs.shards.shard_job import ShardJob

if TYPE_CHECKING:
    from gdm_studio.models.model_library import Library

# Failed attempts to write a shard after which the run ends.
MAX_PROBLEMS = 3


@dataclass(eq=False)
class _Attempt:
    """Block that is being generated, with what has become known about its lines. `lines` is in the order in which a
    worker generates them: the suspected ones first.
    """

    block: Block
    lines: list[ShardLine]
    failed: list[tuple[int, StudioError]] = field(default_factory=list)
    # Number of lines that the worker has finished.
    done: int = 0
    is_careful: bool = False
    # Crashes of workers by line number, and while the shard was being written.
    crashes: Counter[int] = field(default_factory=Counter)
    problems: int = 0

    @property
    def files(self) -> set[Files]:
        return {line.work.files for line in self.lines}

    def drop(self, line: ShardLine, error: StudioError) -> None:
        """Record a line as failed, so that it is not generated again."""
        self.lines.remove(line)
        self.failed.append((line.number, error))


class ShardCluster(Cluster):
    """Connection to a Ray cluster whose workers write shards. See `Cluster` for the arguments."""

    def __init__(
        self, address: str, library: Library, *, worker: type[Worker] = GenerationWorker, **options: Any
    ) -> None:
        self._inner = worker
        super().__init__(address, library, worker=ShardWorker, **options)
        # Blocks that no worker has, and those that workers have.
        self._ready_blocks: deque[_Attempt] = deque()
        self._attempts: dict[ClusterWorker, _Attempt] = {}
        # Results of blocks that needed no worker.
        self._results: deque[BlockResult] = deque()

    def write(self, blocks: Iterator[Block], job: ShardJob, callbacks: Callbacks) -> Generator[BlockResult, None, None]:
        """Generate the images of blocks on the workers, which write their shards, and yield the result of each block.

        A worker has one block at a time. If it crashes, another worker starts the block again. A line that crashes
        MAX_CRASHES workers is given up. Raises DeviceError if no worker can be used, and StorageError if the target
        cannot be written.
        """
        is_exhausted = False
        while True:
            # One block is read ahead, while the workers are busy.
            if not is_exhausted and len(self._ready_blocks) < 2:
                block = next(blocks, None)
                is_exhausted = block is None
                if block is not None:
                    self._add_block(block)
            self._check_nodes(callbacks)
            self._assign_blocks(job)
            yield from self._take_results()
            if is_exhausted and not self._ready_blocks and not self._attempts:
                return
            can_read = not is_exhausted and bool(self._free_workers) and len(self._ready_blocks) < 2
            if self._tasks:
                for _ in self._receive(callbacks, 0.0 if can_read else SECONDS_TO_LOOK):
                    pass
            yield from self._take_results()

    def _create_actor(self) -> Any:
        return self._actor_class.remote(self._threads, self._has_gpu, self._inner)

    def _mark_free(self, worker: ClusterWorker, tasks: int) -> None:
        """Record that a worker can take a block."""
        if worker in self._workers:
            self._take_free_worker(worker)
            super()._mark_free(worker, 1)

    def _add_block(self, block: Block) -> None:
        """Add a block to those that no worker has yet. A line whose files are missing on this computer fails."""
        attempt = _Attempt(block, [])
        for line in block.lines:
            try:
                attempt.lines.append(ShardLine(line.number, self._build_assignment(line), line.digests))
            except StudioError as error:
                attempt.failed.append((line.number, error))
        self._ready_blocks.append(attempt)

    def _take_results(self) -> Iterator[BlockResult]:
        while self._results:
            yield self._results.popleft()

    def _assign_blocks(self, job: ShardJob) -> None:
        """Send blocks to free workers that have their files."""
        postponed: list[_Attempt] = []
        while self._ready_blocks and self._free_workers:
            attempt = self._ready_blocks.popleft()
            self._drop_lines_without_files(attempt)
            if not attempt.lines:
                self._results.append(BlockResult(attempt.block, None, attempt.failed))
                continue
            suitable = (worker for worker in self._free_workers if attempt.files.isdisjoint(worker.lacks))
            if (worker := next(suitable, None)) is None:
                postponed.append(attempt)
                continue
            self._take_free_worker(worker)
            attempt.done = 0
            self._attempts[worker] = attempt
            failed = [(number, str(error)) for number, error in attempt.failed]
            self._send_order(
                worker, ShardOrder(job.settings, attempt.block.name, tuple(attempt.lines), failed, attempt.is_careful)
            )
        self._ready_blocks.extendleft(reversed(postponed))

    def _send_order(self, worker: ClusterWorker, order: ShardOrder | None) -> None:
        """Send an order to a worker or, with None, let it continue with its shard."""
        task = worker.actor.write_shard.remote(order)
        self._tasks[task] = (worker, list(self._attempts[worker].block.lines))

    def _drop_lines_without_files(self, attempt: _Attempt) -> None:
        """Let those lines of a block fail whose files all computers lack."""
        for line in list(attempt.lines):
            if all(line.work.files in worker.lacks for worker in self._workers):
                attempt.drop(line, ModelError(self._workers[0].lacks[line.work.files]))

    def _handle(self, task: Any, callbacks: Callbacks) -> Iterator[tuple[PromptLine, Any]]:
        """Handle a worker's reply about its shard. Yields nothing, since the results of blocks are in `_results`."""
        worker, lines = self._tasks.pop(task)
        if not lines:
            self._finish_start(task, worker, callbacks)
            return
        attempt = self._attempts[worker]
        try:
            reply: ShardReply = self._ray.get(task)
        except self._ray.exceptions.RayTaskError as error:
            # The worker lives. After its restart, it has no shard to continue with.
            error_log.record_error(error)
            self._note_crash(attempt, StudioError(describe_unforeseen(error)))
            del self._attempts[worker]
            self._mark_free(worker, 1)
            return
        except self._ray.exceptions.RayError:
            self._note_crash(attempt, crash_error())
            del self._attempts[worker]
            if worker in self._workers and worker.is_ready:
                self._submit_start(worker)
            return
        attempt.done = reply.done
        if not (reply.is_finished or reply.lack or reply.problem or reply.refusal):
            self._send_order(worker, None)
            return
        del self._attempts[worker]
        self._mark_free(worker, 1)
        self._finish(attempt, worker, reply, callbacks)
        yield from ()

    def _finish(self, attempt: _Attempt, worker: ClusterWorker, reply: ShardReply, callbacks: Callbacks) -> None:
        """Add the result of a block, or put the block back if another worker must generate it."""
        if reply.is_finished:
            self._results.append(BlockResult.of(attempt.block, reply.record, [*attempt.failed, *reply.failed]))
            return
        self._ready_blocks.appendleft(attempt)
        if reply.lack is not None:
            self._note_missing_files(worker, reply.lack, callbacks)
        if reply.refusal is not None:
            self._remove(worker, reply.refusal, callbacks)
        if reply.problem is not None:
            attempt.problems += 1
            if attempt.problems >= MAX_PROBLEMS:
                raise reply.problem

    def _note_missing_files(self, worker: ClusterWorker, lack: Lack, callbacks: Callbacks) -> None:
        """Remember which model files a worker's computer lacks, so that another computer generates the block."""
        is_known = any(lack.reason == other.lacks.get(lack.files) for other in self._workers)
        worker.lacks[lack.files] = lack.reason
        if not is_known and any(lack.files not in other.lacks for other in self._workers):
            callbacks.note(f"{lack.reason} Other computers generate its images.")

    def _note_crash(self, attempt: _Attempt, error: StudioError) -> None:
        """Put the block of a crashed worker back. If the worker was careful, the crash counts for the line that it
        generated, which then comes first.
        """
        self._ready_blocks.appendleft(attempt)
        if not attempt.is_careful:
            attempt.is_careful = True
            return
        if attempt.done >= len(attempt.lines):
            attempt.problems += 1
            if attempt.problems >= MAX_CRASHES:
                raise DeviceError(
                    f"{MAX_CRASHES} workers crashed while they wrote a shard; use a smaller --shard-size."
                )
            return
        line = attempt.lines[attempt.done]
        attempt.crashes[line.number] += 1
        if attempt.crashes[line.number] >= MAX_CRASHES:
            attempt.drop(line, error)
        else:
            attempt.lines.remove(line)
            attempt.lines.insert(0, line)
