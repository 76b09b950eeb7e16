"""Changes to settings while a run is paused, which turn its remaining steps into a branch."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gdm_studio.jobs.run_calls import reached_step, resume_point
from gdm_studio.request.prompt_expansion import redrawn, undrawn
from gdm_studio.studio.model_compatibility import (
    branch_request,
    changed_fields,
    unchecked_branch_settings,
    with_branch_settings,
)
from gdm_studio.ui.create.queue.editor import TITLE
from gdm_studio.ui.create.steps.branches import late_note
from gdm_studio.ui.denoising_steps.setting_changes import changes_hint, list_changes, request_of_part
from gdm_studio.ui.translation import labelled, translate

if TYPE_CHECKING:
    from gdm_studio.jobs.job import Job
    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.create.context import CreateContext
    from gdm_studio.ui.create.steps.branches import BranchController
    from gdm_studio.ui.create.steps.setting_locks import ControlLocks


class PausedRunEditor:
    """Controller that lets the user change settings while a run is paused, and resumes the run with the changes."""

    def __init__(self, context: CreateContext, branching: BranchController, locks: ControlLocks) -> None:
        self._controls = context.page.controls
        self._bar = context.page.canvas_panel.bar
        self._worker = context.worker
        self._generation = context.generation
        self._tasks = context.tasks
        self._branch_controller = branching
        self._locks = locks
        self._is_resuming = False
        # Settings of the panel at the start of the pause, or when a run was last queued, the editing of a queue item
        # ended or a branch was dismissed during it; None without a pause. They may belong to another picture than the
        # paused one, so that only later edits change the run.
        self._baseline: Request | None = None
        # The baseline before the user chose to use the earlier edits for the run, or None.
        self._earlier_baseline: Request | None = None
        self._bar.paused_changed.connect(self._on_paused)
        self._bar.paused_changed.connect(self._controls.button.set_paused)
        self._controls.button.resume.connect(self.toggle_pause)
        self._bar.continue_clicked.connect(lambda: self._tasks.start(self.resume()))
        self._controls.changed.connect(self._show_changes)
        branching.left.connect(self._show_changes)
        branching.dismissed.connect(self._renew_baseline)
        context.generation.queued.connect(self._renew_baseline)
        context.generation.editor.begun.connect(self._show_changes)
        context.generation.editor.ended.connect(self._renew_baseline)

    def toggle_pause(self) -> None:
        """Pause the current run, or resume it with the settings that were changed during the pause."""
        if self.is_paused and self._list_changes():
            self._tasks.start(self.resume())
        else:
            self._generation.toggle_pause()

    async def resume(self) -> None:
        """Resume the paused run with the changed settings, as a branch of its unfinished images."""
        # A second click is ignored until the first one has taken effect.
        if not self._is_resuming:
            self._is_resuming = True
            try:
                await self._resume()
            finally:
                self._is_resuming = False

    async def _resume(self) -> None:
        job = self._generation.job
        # The engine is asked, because a step that was being computed during the pause may not be reported yet.
        last_step = await self._worker.call_about(job, reached_step) if job is not None else None
        if job is None or last_step is None or last_step.index >= last_step.of:
            # Without a computed step, or with no step left, there is nothing to branch from.
            self._generation.toggle_pause()
            return
        settings, images = self._wanted_settings(job), last_step.images
        parent, count = request_of_part(job.run.request, images)
        branch = branch_request(parent, last_step.index, _request_for_images(settings, images[0], count))
        started = job.run.made | set(images[:count])
        left = [image for image in range(job.run.request.count) if image not in started]
        saved_step = await self._worker.call_about(job, resume_point, branch, count)
        rests: list[Request] = []
        # Images that have no steps yet use the changed settings from the start.
        while left:
            rest, count = request_of_part(job.run.request, tuple(left))
            rests.insert(0, with_branch_settings(rest, _request_for_images(settings, left[0], count)))
            left = left[count:]
        for rest in rests:
            await self._generation.add(rest, first=True)
        await self._generation.continue_from(branch, saved_step, steering=True)

    @property
    def is_paused(self) -> bool:
        """True while the settings panel changes a paused run."""
        return self._baseline is not None

    def _on_paused(self, paused: bool) -> None:
        job = self._generation.job
        has_steps = job is not None and (job.receives_steps or not job.is_distributed)
        is_editable = paused and has_steps and self._generation.item is not None
        self._earlier_baseline = None
        self._baseline = self._controls.request() if is_editable else None
        if is_editable:
            reason = translate("PausedRunEditor", "This cannot change in a paused run; resume or stop it first")
            self._locks.lock(self, reason)
            self._show_changes()
            return
        self._locks.unlock(self)
        self._set_changes("")
        if self._branch_controller.on:
            self._branch_controller.show_changes()
        else:
            self._controls.status.clear()

    def _list_changes(self) -> list[str]:
        """Describe each setting change that would take effect if the paused run were resumed now.

        The list is empty while a queued item or a branch other than the paused run is being edited.
        """
        job = self._generation.job
        if job is None or not self.is_paused or self._generation.editor.item is not None:
            return []
        if self._branch_controller.on and not self._branch_controller.has_generated(job.run.request):
            return []
        return list_changes(job.run.request, unchecked_branch_settings(job.run.request, self._wanted_settings(job)))

    def _unused_settings(self, job: Job) -> str:
        """Return a phrase that names the panel's settings which belong to another picture than the paused one, or that
        says that they are a queue item's. Returns "" if there are none.
        """
        if self._generation.editor.item is not None:
            return translate("QueueEditor", TITLE)
        run = job.run.request
        # Each picture has its own seed.
        current = replace(self._controls.request(), seed=run.seed, count=run.count)
        names = list_changes(undrawn(run), undrawn(unchecked_branch_settings(run, current)))
        title = translate("PausedRunEditor", "For the next picture")
        return labelled(title, ", ".join(names)) if names else ""

    def _wanted_settings(self, job: Job) -> Request:
        """Return the settings for the remaining steps of the paused run.

        They are the settings of the run with the user's edits since the baseline.
        """
        current = self._controls.request()
        if self._baseline is None:
            return job.run.request
        # Prompts that were drawn for another seed or count are no change: only their template is compared.
        names = {*changed_fields(undrawn(self._baseline), undrawn(current))}
        if "sampler" in names:
            names.add("knobs")
        if "prompt" in names:
            names |= {"template", "prompts"}
        return replace(job.run.request, **{name: getattr(current, name) for name in names})

    def _renew_baseline(self) -> None:
        """Count only later edits as changes of the paused run."""
        self._earlier_baseline = None
        self._baseline = self._controls.request() if self.is_paused else None
        self._show_changes()

    def _show_changes(self) -> None:
        job = self._generation.job
        if not self.is_paused or job is None:
            return
        changes = self._list_changes()
        self._set_changes(", ".join(changes))
        if self._branch_controller.on and not changes:
            self._branch_controller.show_changes()
            return
        title = translate("PausedRunEditor", "Paused")
        close_tip = note = ""
        if changes:
            title = translate("PausedRunEditor", "Paused · changed")
            close_tip = translate("PausedRunEditor", "Discard these changes")
            newest = job.newest()
            note = late_note(job.run.request, newest.index) if newest is not None else ""
        text, action = " · ".join(changes) or self._unused_settings(job), ""
        if not changes and text and self._generation.editor.item is None:
            action = translate("PausedRunEditor", "Use for this picture")
        self._controls.status.show_text(
            title,
            text or changes_hint(),
            close_tip=close_tip,
            on_close=self._restore_settings,
            note=note,
            action=action,
            on_action=partial(self._use_for, job),
        )

    def _use_for(self, job: Job) -> None:
        """Count the settings that the user changed before the pause as changes of the paused run."""
        run = undrawn(job.run.request)
        current = self._controls.request()
        wanted = undrawn(unchecked_branch_settings(run, replace(current, seed=run.seed, count=run.count)))
        self._earlier_baseline = self._baseline
        self._baseline = replace(current, **changed_fields(wanted, run))
        self._show_changes()
        # The button that was clicked is hidden.
        self._controls.button.setFocus()

    def _set_changes(self, words: str) -> None:
        self._bar.set_changes(words)
        self._controls.button.set_changes(words)

    def _restore_settings(self) -> None:
        """Discard the user's changes of the paused run, so that the panel shows the settings at the start of the pause
        again.
        """
        self._baseline, self._earlier_baseline = self._earlier_baseline or self._baseline, None
        if self._baseline is not None:
            request = self._controls.request()
            now, before = undrawn(request), undrawn(unchecked_branch_settings(request, self._baseline))
            self._controls.set_request(replace(self._controls.request_draft.written, **changed_fields(now, before)))
            self._show_changes()


def _request_for_images(settings: Request, image: int, count: int) -> Request:
    """Return a request for `count` consecutive images of a batch, with the seeds and prompts that they have in the
    batch. `image` is the index of the first image.
    """
    first = settings.picture(image)
    prompts = settings.prompts[image : image + count]
    return redrawn(replace(settings, seed=first.seed, count=count, prompt=first.prompt, prompts=prompts))
