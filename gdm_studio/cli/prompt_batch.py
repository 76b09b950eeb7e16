"""`gdm-studio generate --prompts FILE`: generates the images of a prompt file, on this computer or a cluster."""

from __future__ import annotations

import argparse
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio import preferences
from gdm_studio.cli.prompt_file import PromptFile, read_lines
from gdm_studio.cli.prompt_report import PromptReport
from gdm_studio.common.errors import BadRequest, StudioError
from gdm_studio.jobs.finished_log import SUFFIX, FinishedLog
from gdm_studio.jobs.prompt_batch import Callbacks, LineEvent, PromptLine, generate_lines
from gdm_studio.jobs.queue import inhibit_sleep
from gdm_studio.jobs.ray import cluster_workers
from gdm_studio.jobs.shards.shard_file import DEFAULT_SIZE, FORMATS, WEBDATASET
from gdm_studio.request.generation_events import Result

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.models.model_library import Library

PROMPTS_HELP = """generate every line of a file, a JSON object such as {"prompt": "a red fox", "steps": 8} of these
options. Started again, the command continues, and generates finished images no second time"""
CLUSTER_HELP = """generate the lines of --prompts on a Ray cluster: auto for the cluster of this computer, or
HOST:PORT; needs the package ray"""
THREADS_HELP = "CPU threads of a worker on a cluster without GPUs (default: {default})"
WORKERS_HELP = """request this number of workers: Ray's autoscaler starts computers for those that have no device yet
(default: one per device of the cluster)"""
SHARDS_HELP = """write the images of --prompts as shards for training, each image once: to a folder, or to an address of
fsspec such as s3://bucket/folder. With --cluster, the workers write them, and all must reach the folder"""
FORMAT_HELP = f"format of the shards: {', '.join(FORMATS)} (default: {WEBDATASET})"
SIZE_HELP = f"images per shard (default: {DEFAULT_SIZE})"
# Threads that encode and write images, and the number of images that may wait for them in memory.
WRITERS = 8
MAX_WRITING = 2 * WRITERS
# Options that concern a single image, which the lines of a file cannot share.
_SINGLE = ("from_step", "branch", "step", "keep_steps", "detail", "detail_strength")

# Function that generates lines and yields their events, such as `generate_lines` without its other arguments.
GenerateLines = Callable[[Iterator[PromptLine], Callbacks], Generator[LineEvent, None, None]]


def add_prompt_options(parser: argparse.ArgumentParser) -> None:
    """Add the command-line options for generating a prompt file, on this computer or a cluster, to images or shards."""
    parser.add_argument("--prompts", type=Path, metavar="FILE", help=PROMPTS_HELP)
    parser.add_argument("--cluster", metavar="ADDRESS", help=CLUSTER_HELP)
    usage = THREADS_HELP.format(default=cluster_workers.DEFAULT_THREADS)
    parser.add_argument("--cluster-threads", type=int, metavar="NUMBER", help=usage)
    parser.add_argument("--cluster-workers", type=int, metavar="NUMBER", help=WORKERS_HELP)
    parser.add_argument("--shards", metavar="TARGET", help=SHARDS_HELP)
    parser.add_argument("--shard-format", choices=tuple(FORMATS), metavar="FORMAT", help=FORMAT_HELP)
    parser.add_argument("--shard-size", type=int, metavar="IMAGES", help=SIZE_HELP)


def check_options(args: argparse.Namespace) -> None:
    """Raise BadRequest if the command line contains an option that a prompt file cannot be combined with."""
    if given := [name for name in _SINGLE if getattr(args, name) is not None]:
        raise BadRequest(f"--prompts and --{given[0].replace('_', '-')} cannot be combined; leave one out.")


def cluster_options(args: argparse.Namespace) -> dict[str, Any]:
    """Return the arguments of a `Cluster` that the command line contains."""
    given = {"device": args.device, "threads": args.cluster_threads, "count": args.cluster_workers}
    return {name: value for name, value in given.items() if value is not None}


def generate_prompts(args: argparse.Namespace, *, generator: GenerateLines | None = None) -> None:
    """Generate, save and log the unfinished images of a prompt file. Invalid lines are reported and skipped, and
    StudioError is raised at the end. `generator` replaces the image generator selected by the options.
    """
    from gdm_studio.gallery.gallery import Gallery
    from gdm_studio.models.model_library import Library

    check_options(args)
    library = Library()
    # The number of lines, for the progress bar. It also finds a file that cannot be read.
    total = sum(1 for _ in read_lines(args.prompts))
    with ExitStack() as stack:
        generator = generator or _choose_generator(args, library, stack)
        gallery = stack.enter_context(closing(Gallery.open(args.out)))
        gallery.check_writable()
        stack.enter_context(inhibit_sleep(preferences.load().keep_awake))
        log = stack.enter_context(FinishedLog(gallery.pictures / f"{args.prompts.stem}{SUFFIX}"))
        if log.is_resumed:
            # After a crash, the gallery's index may lack the last image.
            gallery.sync()
        report = PromptReport(total, log.count, as_json=args.json)
        stack.callback(report.end)
        run = _PromptRun(PromptFile(args.prompts, args, library, log), log, gallery, report)
        run.save_all(generator)
    report.finish(args.prompts)


def _choose_generator(args: argparse.Namespace, library: Library, stack: ExitStack) -> GenerateLines:
    """Return the function that generates the lines of a prompt file on this computer or on a cluster, depending on the
    options. Raises StudioError before any line is read.
    """
    if args.cluster is None:
        from gdm_studio.models.memory import devices

        places = devices.device_names(args.device)
        return lambda lines, callbacks: generate_lines(lines, library, places, callbacks)
    return stack.enter_context(cluster_workers.Cluster(args.cluster, library, **cluster_options(args))).generate


class _PromptRun:
    """Run over a prompt file that generates, saves and logs its images. Several threads encode and write images, since
    a single one cannot keep up with a cluster.
    """

    def __init__(self, file: PromptFile, log: FinishedLog, gallery: Gallery, report: PromptReport) -> None:
        self._file = file
        self._log = log
        self._gallery = gallery
        self._report = report
        # Images that are being written, oldest first.
        self._images_being_written: deque[tuple[PromptLine, Result, Future[Picture]]] = deque()

    def save_all(self, generator: GenerateLines) -> None:
        """Generate and save all images of the prompt file that are not in its log.

        Images generated before an error are saved and logged too.
        """
        callbacks = Callbacks(self._report.note, before_wait=lambda: self._log_written(0))
        with ThreadPoolExecutor(WRITERS, thread_name_prefix="writing") as pool:
            try:
                with closing(generator(self._iterate_unfinished(), callbacks)) as events:
                    for line, event in events:
                        if isinstance(event, StudioError):
                            self._report.failed(line.number, event)
                            continue
                        self._gallery.create_library()
                        picture_id = self._log.picture_id(line.digests[event.image])
                        written = pool.submit(self._gallery.write, event, picture_id=picture_id)
                        self._images_being_written.append((line, event, written))
                        self._log_written(MAX_WRITING)
            finally:
                self._log_written(0)

    def _log_written(self, limit: int) -> None:
        """Add an entry to the log of the prompt file for each image whose file has been written.

        Wait until at most `limit` images are still being written.
        """
        while self._images_being_written and (
            len(self._images_being_written) > limit or self._images_being_written[0][2].done()
        ):
            line, result, written = self._images_being_written.popleft()
            picture = self._gallery.add(written.result())
            self._log.add(line.digests[result.image], line=line.number, path=picture.path)
            self._report.saved(line.number, result, picture.path)

    def _iterate_unfinished(self) -> Iterator[PromptLine]:
        """Yield the lines of the prompt file that have unfinished images. Images that also occur in an earlier line are
        skipped.
        """
        for number, request in self._file.requests():
            self._report.line(number)
            if isinstance(request, StudioError):
                self._report.failed(number, request)
                continue
            digests = {image: request.picture(image).digest() for image in range(request.count)}
            if images := tuple(image for image, digest in digests.items() if self._is_needed(number, digest)):
                yield PromptLine(number, request, images, digests)

    def _is_needed(self, number: int, digest: str) -> bool:
        if not self._log.claim(digest):
            return False
        found = self._gallery.find(self._log.picture_id(digest)) if self._log.is_resumed else None
        if found is not None:
            self._log.add(digest, line=number, path=found.path)
        return found is None
