"""Runner that generates a board's missing images as one job."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from gdm_studio.common.remote_device import CLUSTER
from gdm_studio.jobs.job import Job
from gdm_studio.jobs.workers.work_items import single_items
from gdm_studio.request.generation_events import Result, State, View
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.progress import unfinished_phase_text, with_time_left
from gdm_studio.ui.running_jobs import CANVAS, RunningJob
from gdm_studio.ui.translation import sentence_text, translate

if TYPE_CHECKING:
    from gdm_studio.ui.create.board.board_model import Board
    from gdm_studio.ui.create.context import CreateContext


class JobFollower(Protocol):
    """Protocol of a board controller that is notified of the progress and the results of its generation job."""

    def stop(self) -> None:
        """Stop the generation job before its next denoising step."""

    def take_result(self, board: Board, digest: str, result: Result) -> None:
        """Store a newly finished image of the generation job. `digest` identifies its request."""

    def show_progress(self, job: Job, newest: View | None) -> None:
        """Show the newest denoising step of the generation job and the images that are finished."""

    def end_job(self, board: Board, job: Job) -> None:
        """Handle the end of the generation job: update the view, and save the images that are not saved yet."""


class BoardRunner:
    """Runner of the jobs that generate images of boards, one at a time. Starting a job cancels the previous one.

    `requests` maps digests to the requests of the current job.
    """

    def __init__(self, context: CreateContext) -> None:
        self._context = context
        self._runner = context.worker.runner
        self.job: Job | None = None
        self.requests: dict[str, Request] = {}
        # Task that follows the last job.
        self._follow_task: asyncio.Task[None] | None = None
        # True if the worker thread is reserved for the board, so that the queue waits.
        self._is_thread_reserved = False

    def start(
        self,
        board: Board,
        missing: Mapping[str, Request],
        follower: JobFollower,
        *,
        title: str,
        total: int,
        bring_up: Callable[[], object],
        place: str = CANVAS,
        reserve: bool = False,
        on_cluster: bool = False,
    ) -> None:
        """Start a job that generates a board's missing images in order and saves each one immediately.

        `title` and `total` (which includes earlier results) describe the job in the list of running jobs. `bring_up`
        shows the board. With `reserve`, the queue waits until the job ends; otherwise it waits only if no other job is
        running when this one starts. With `on_cluster`, the cluster in the settings generates the images, whatever
        their device.
        """
        self.stop()
        self.job = None
        self.requests = dict(missing)
        if not missing:
            self._context.tasks.start(board.collection.end())
            return
        ordered = list(missing.values())
        whole = replace(ordered[0], count=len(ordered))
        places = (CLUSTER,) if on_cluster else ()
        work_items = single_items(ordered)
        self.job = self._runner.submit(whole, board.collection.target, work_items=work_items, places=places)
        board.collection.expect(self.job, list(missing))
        if reserve or self._context.generation.job is None:
            self._is_thread_reserved = True
            self._context.generation.reserve_thread(True)
        entry = RunningJob(
            title, stop=follower.stop, show=bring_up, place=place, work=self.job, total=total, ends_on_escape=True
        )
        self._context.jobs.begin(entry)
        self._follow_task = self._context.tasks.start(self._follow(entry, self.job, board, list(missing), follower))

    async def stop_and_wait(self) -> None:
        """Cancel the board's generation job and wait until it has ended."""
        self.stop()
        if self._follow_task is not None:
            await asyncio.wait([self._follow_task])

    def stop(self) -> None:
        """Cancel the board's generation job before its next denoising step. Finished images remain."""
        if self.job is not None:
            self._runner.cancel(self.job)

    def is_running(self, missing: Collection[str]) -> bool:
        """Return whether the current job generates all images whose request digests are in `missing`.

        Returns False if `missing` is empty.
        """
        is_active = self.job is not None and not self.job.cancelled
        return is_active and bool(missing) and self.requests.keys() >= set(missing)

    @property
    def is_on_cluster(self) -> bool:
        """True if the board's current job runs on the cluster rather than on this computer."""
        job = self.job
        return job is not None and not job.cancelled and CLUSTER in (*job.places, job.run.request.device)

    def views(self) -> Mapping[str, list[View]]:
        """Return the previews of all denoising steps of the current job so far, as a dict from request digest to
        previews.
        """
        return dict(zip(self.requests, self.job.run.views, strict=True)) if self.job is not None else {}

    def progress_text(self, finished: int, total: int) -> str:
        """Return a progress message such as "3 of 8 · 0:40 left", or the reason why the board's job is waiting."""
        other = self._context.generation.job
        if self.job is not None and self.job.run.state is State.QUEUED:
            if self._runner.is_blocked:
                return translate("BoardRunner", "waits until a picture can be saved")
            if other is not None and other.paused:
                return translate("BoardRunner", "waits while the run is paused")
            if other is not None:
                return translate("BoardRunner", "waits for the run")
        if self.is_on_cluster and self.job is not None and self.job.run.phase and not self.job.run.made:
            return unfinished_phase_text(self.job.run.phase)
        text = translate("BoardRunner", "{finished} of {total}").format(finished=finished, total=total)
        return with_time_left(text, self.job.seconds_left() if self.job is not None else None)

    async def _follow(
        self, entry: RunningJob, job: Job, board: Board, digests: list[str], follower: JobFollower
    ) -> None:
        """Pass the events of a generation job to its board's controller until the job ends."""

        def show(newest: View | None) -> None:
            for result in job.new_results():
                follower.take_result(board, digests[result.image], result)
            follower.show_progress(job, newest)
            for note in job.new_notes():
                self._context.notify(sentence_text(note))

        try:
            await self._context.jobs.follow(entry, show)
        finally:
            self._context.worker.stop_previews(job)
            board.collection.end_job(job)
            if job is self.job:
                self.job = None
            if self.job is None and self._is_thread_reserved:
                self._is_thread_reserved = False
                self._context.generation.reserve_thread(False)
            follower.end_job(board, job)
