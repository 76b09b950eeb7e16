"""`gdm-studio generate --prompts FILE --shards TARGET`: writes the images of a prompt file as shards, exactly once."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing

from gdm_studio import preferences
from gdm_studio.cli.prompt_batch import check_options, cluster_options
from gdm_studio.cli.prompt_file import PromptFile, read_lines
from gdm_studio.cli.prompt_report import PromptReport
from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.jobs.prompt_batch import Callbacks, LineEvent, PromptLine, generate_lines
from gdm_studio.jobs.queue import inhibit_sleep
from gdm_studio.jobs.shards.local_writer import write_shards
from gdm_studio.jobs.shards.shard import Block, BlockResult
from gdm_studio.jobs.shards.shard_job import ShardJob
from gdm_studio.jobs.shards.target import Target, open_target
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_request import Request

# Function that generates and writes the shards of blocks, such as `ShardCluster.write`.
WriteShards = Callable[[Iterator[Block], ShardJob, Callbacks], Generator[BlockResult, None, None]]


def generate_shards(args: argparse.Namespace, *, writer: WriteShards | None = None) -> None:
    """Generate the unfinished images of a prompt file, and write them as shards. Invalid lines are reported and
    skipped, and StudioError is raised at the end. `writer` replaces the one that the options select.
    """
    check_options(args)
    if args.out is not None:
        raise BadRequest("--shards and --out cannot be combined; leave one out.")
    library = Library()
    # The number of lines, for the progress bar. It also finds a file that cannot be read.
    total = sum(1 for _ in read_lines(args.prompts))
    target = open_target(args.shards)
    with ExitStack() as stack:
        writer = writer or _choose_writer(args, library, target, stack)
        stack.enter_context(inhibit_sleep(preferences.load().keep_awake))
        job = ShardJob(target, args.prompts.stem, form=args.shard_format, size=args.shard_size)
        stack.enter_context(job)
        report = PromptReport(total, job.count, as_json=args.json)
        stack.callback(report.end)
        file = PromptFile(args.prompts, args, library, job)
        blocks = job.iter_blocks(_iter_requests(file, report))
        with closing(writer(blocks, job, Callbacks(report.note))) as results:
            for result in results:
                for line, error in result.failed:
                    report.failed(line, error)
                if result.record is not None:
                    report.shard_written(result.record, target.address(result.record.file))
    report.finish(args.prompts)


def _iter_requests(file: PromptFile, report: PromptReport) -> Iterator[tuple[int, Request]]:
    """Yield (line number, request) of the usable lines of a prompt file, and report the others."""
    for number, request in file.requests():
        report.line(number)
        if isinstance(request, StudioError):
            report.failed(number, request)
        else:
            yield number, request


def _choose_writer(args: argparse.Namespace, library: Library, target: Target, stack: ExitStack) -> WriteShards:
    """Return the function that writes shards on this computer or on a cluster, depending on the options.

    Raises StudioError before any line is read.
    """
    if args.cluster is not None:
        from gdm_studio.jobs.ray.shard_cluster import ShardCluster

        found = ShardCluster(args.cluster, library, **cluster_options(args))
        stack.enter_context(found)
        return found.write
    from gdm_studio.models.memory import devices

    places = devices.device_names(args.device)

    def generate(lines: Iterator[PromptLine], callbacks: Callbacks) -> Generator[LineEvent, None, None]:
        return generate_lines(lines, library, places, callbacks)

    def write(blocks: Iterator[Block], job: ShardJob, callbacks: Callbacks) -> Generator[BlockResult, None, None]:
        return write_shards(blocks, target, job.settings, generate, callbacks)

    return write
