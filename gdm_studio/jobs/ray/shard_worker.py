"""Worker of a Ray cluster that writes shards itself, so that no pixels pass through the command."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gdm_studio.common import error_log
from gdm_studio.common.errors import StudioError
from gdm_studio.jobs.ray.cluster_workers import (
    Answer,
    Assignment,
    GenerationWorker,
    Lack,
    Refusal,
    Worker,
    describe_node,
)
from gdm_studio.jobs.shards.shard import ShardBuilder, ShardRecord, ShardSettings, load_or_rebuild_record
from gdm_studio.jobs.shards.shard_file import FORMATS
from gdm_studio.jobs.shards.target import open_target

# Seconds after which a worker reports how far a shard is.
SECONDS_PER_REPORT = 5.0


@dataclass(frozen=True)
class ShardLine:
    """One line of a shard: its line number, its images, and the digests of their requests."""

    number: int
    work: Assignment
    digests: Mapping[int, str]


@dataclass(frozen=True)
class ShardOrder:
    """Order to write one shard: its name without suffix, and its lines in the order in which they are generated.

    `failed` are lines that are not generated any more, for the record. A careful worker reports after every line, so
    that the line which crashes it is known.
    """

    settings: ShardSettings
    name: str
    lines: Sequence[ShardLine]
    failed: Sequence[tuple[int, str]] = ()
    is_careful: bool = False


@dataclass(frozen=True)
class ShardReply:
    """Reply of a worker about its shard.

    After `is_finished`, `record` is the record of the shard, or None if all its lines failed. `problem` explains why
    the shard could not be written.
    """

    # Number of finished lines, in the order of `ShardOrder.lines`.
    done: int = 0
    is_finished: bool = False
    record: ShardRecord | None = None
    failed: Sequence[tuple[int, StudioError]] = field(default_factory=tuple)
    lack: Lack | None = None
    problem: StudioError | None = None
    # The reason why this worker cannot write any shard.
    refusal: Refusal | None = None


class ShardWorker(Worker):
    """Worker that writes the images of another worker, of the class `worker`, as shards."""

    def __init__(self, threads: int, has_gpu: bool, worker: type[Worker] = GenerationWorker) -> None:
        self._worker = worker(threads, has_gpu)
        self._run: _ShardRun | None = None

    def start(self, version: str) -> Refusal | None:
        return self._worker.start(version)

    def generate(self, assignment: Assignment) -> Answer:
        return self._worker.generate(assignment)

    def write_shard(self, order: ShardOrder | None) -> ShardReply:
        """Start a shard, or with None continue with the one that was started, for SECONDS_PER_REPORT.

        After the last line, the shard is written. Raises RuntimeError if there is no shard to continue with.
        """
        try:
            if order is not None:
                self._end_run()
                target = open_target(order.settings.target)
                if not target.exists(order.settings.header):
                    return ShardReply(refusal=Refusal(_describe_invisible(order.settings)))
                if target.exists(order.name + FORMATS[order.settings.form]):
                    return ShardReply(
                        is_finished=True, record=load_or_rebuild_record(target, order.settings, order.name)
                    )
                self._run = _ShardRun(order, self._worker)
            if self._run is None:
                raise RuntimeError("there is no shard to continue with")
            reply = self._run.advance()
        except StudioError as error:
            reply = ShardReply(problem=error)
        if reply.is_finished or reply.lack is not None or reply.problem is not None:
            self._end_run()
        return reply

    def _end_run(self) -> None:
        if self._run is not None:
            self._run.builder.close()
            self._run = None


class _ShardRun:
    """Generation of one shard on this worker."""

    def __init__(self, order: ShardOrder, worker: Worker) -> None:
        self.builder = ShardBuilder(order.settings, order.name)
        self._order = order
        self._worker = worker
        self._done_count = 0
        self._failed_lines: list[tuple[int, StudioError]] = []
        for number, reason in order.failed:
            self.builder.fail(number, reason)

    def advance(self) -> ShardReply:
        """Generate lines for SECONDS_PER_REPORT, at least one, and write the shard after the last one.

        Raises StorageError.
        """
        began = time.monotonic()
        lines = self._order.lines
        while self._done_count < len(lines):
            line = lines[self._done_count]
            answer = self._generate(line)
            if isinstance(answer, Lack):
                return ShardReply(self._done_count, lack=answer)
            if isinstance(answer, StudioError):
                self._failed_lines.append((line.number, answer))
                self.builder.fail(line.number, str(answer))
            else:
                for result in answer:
                    self.builder.add(line.number, line.digests[result.image], result)
            self._done_count += 1
            if self._order.is_careful or time.monotonic() - began > SECONDS_PER_REPORT:
                return ShardReply(self._done_count)
        record = self.builder.write(open_target(self._order.settings.target))
        return ShardReply(self._done_count, is_finished=True, record=record, failed=self._failed_lines)

    def _generate(self, line: ShardLine) -> Answer:
        try:
            return self._worker.generate(line.work)
        except Exception as error:
            # One line must not end the others.
            error_log.record_error(error)
            return StudioError(f"Something unforeseen happened on the cluster ({type(error).__name__}: {error}).")


def _describe_invisible(settings: ShardSettings) -> str:
    return f"{describe_node()} cannot see {settings.target}; choose a folder that all computers share, or s3://…."
