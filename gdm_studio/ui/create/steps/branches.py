"""Branch mode, in which Generate continues an existing image from one of its steps with changed settings."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.request.generation_request import Branch, Request
from gdm_studio.request.hires import total_steps
from gdm_studio.studio.model_compatibility import changed_fields, unchecked_branch_settings
from gdm_studio.ui.create.prompt.prompt_chips import ChipLook, PromptChip
from gdm_studio.ui.denoising_steps.setting_changes import changes_hint, list_changes
from gdm_studio.ui.translation import labelled, quote, translate
from gdm_studio.ui.window_actions import LEAVE_BRANCH, STOP, with_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from gdm_studio.gallery import Picture
    from gdm_studio.jobs.job import Job
    from gdm_studio.request.generation_events import Result
    from gdm_studio.ui.create.context import CreateContext
    from gdm_studio.ui.create.generation.mode_controller import GenerationModes
    from gdm_studio.ui.create.steps.setting_locks import ControlLocks
    from gdm_studio.ui.denoising_steps.step_history import StepHistory

# The last fifth of the steps only refines details.
_LATE_FRACTION = 5
# Title of the notice about a branch without changes.
UNCHANGED = QT_TRANSLATE_NOOP("BranchController", "Nothing is changed yet")
# Titles of the notices about a branch that was requested before.
QUEUED = QT_TRANSLATE_NOOP("BranchController", "This branch is queued already")
MADE = QT_TRANSLATE_NOOP("BranchController", "This branch is made already")
# With fewer steps, every step changes the image a lot.
_FEWEST_STEPS = 4


@dataclass(eq=False)
class _RequestedBranch:
    """Branch that the user has requested, with its progress."""

    request: Request
    # True while the step that it continues is being read, before it is added to the queue.
    is_loading: bool = False
    # Numbers of its finished images that were saved.
    saved: set[int] = field(default_factory=set)


class BranchController(QObject):
    """Controller of branch mode, in which Generate continues an image from one of its denoising steps with changed
    settings.

    The step is read from the image's step history, or recomputed if there is none.
    """

    # Emitted after the branch mode has ended.
    left = Signal()
    # Emitted after the user has ended the branch mode, when the earlier settings are restored.
    dismissed = Signal()
    # Emitted before a branch is generated from loaded steps.
    started = Signal()

    def __init__(self, context: CreateContext, modes: GenerationModes, locks: ControlLocks) -> None:
        super().__init__(context.page)
        self._controls = context.page.controls
        self._worker = context.worker
        self._settings = context.settings
        self._generation = context.generation
        self._tasks = context.tasks
        self._notify = context.notify
        self._withdraw_notice = context.withdraw
        self._locks = locks
        self._modes = modes
        self._history: StepHistory | None = None
        # Returns True if the image was stopped, so that a branch without changes finishes it.
        self._is_unfinished: Callable[[], bool] = lambda: False
        # Last request for a branch. The same request would generate the same image again.
        self._last_request: _RequestedBranch | None = None
        # Settings before branch mode was started, with whether the user had set the seed, and a function that restores
        # them.
        self._settings_before: tuple[Request, bool] | None = None
        self._restore: Callable[[], object] = self.leave
        context.settings.replacing.connect(self.leave)
        context.generation.saves.image_saved.connect(self._on_image_saved)
        self._controls.changed.connect(self.show_changes)

    @property
    def on(self) -> bool:
        return self._controls.request_draft.branch_point is not None

    def begin(
        self,
        parent: Request,
        step: int,
        history: StepHistory | None = None,
        *,
        is_unfinished: Callable[[], bool] = lambda: False,
    ) -> None:
        """Start branch mode, in which the Generate button continues the image of `parent` after `step` steps.

        `history` is that image's step history, or None if unavailable. `is_unfinished()` returns True if the image was
        stopped, so that a branch without changes finishes it.
        """
        self._leave_other_modes()
        # A branch that follows another one does not change which settings are restored.
        draft = self._controls.request_draft
        before, is_seed_given = self._settings_before or (draft.written, draft.is_seed_given)
        if "model" in self._settings.use(parent):
            self._notify(
                translate("BranchController", "The model of this picture is missing"),
                translate("BranchController", "Put {model} into the models folder to branch from it.").format(
                    model=parent.model
                ),
            )
            return
        self._start(Branch(parent, step), history, is_unfinished)
        self._settings_before = before, is_seed_given
        self._restore = self._settings.undo_to(before, draft.branch_point, is_seed_given=is_seed_given)
        if changed_fields(before, draft.written):
            # The panel below the settings shows the branch, and its button restores them too.
            undo = partial(self._undo_branch, self._restore)
            self._controls.follow_action(undo)
            self._notify("", undo=undo)

    def use(self, request: Request) -> list[str]:
        """Apply all settings of a request and, if it is a branch, start branch mode at its branch point.

        Return the names of the settings that could not be applied.
        """
        if request.branch is not None and "model" not in self._settings.unusable_fields(request):
            # Set mode restores the settings of the single image when it ends.
            self._leave_other_modes()
        left_out = self._settings.use(request)
        if request.branch is None or "model" in left_out:
            return left_out
        self._start(request.branch)
        return [each for each in left_out if each != "branch"]

    def unusable_fields(self, request: Request) -> set[str]:
        """Return the names of the fields in `request` that cannot be applied by `use`, or that have no effect."""
        unusable = self._settings.unusable_fields(request)
        return unusable if "model" in unusable else unusable - {"branch"}

    def _leave_other_modes(self) -> None:
        """Turn off Live mode and set mode, neither of which can be combined with branch mode."""
        if self._modes.live.on:
            self._modes.turn_live(False)
        self._modes.leave_set()

    def _start(
        self,
        branch_point: Branch,
        history: StepHistory | None = None,
        is_unfinished: Callable[[], bool] = lambda: False,
    ) -> None:
        self._controls.request_draft.branch_point = branch_point
        self._history = history
        self._is_unfinished = is_unfinished
        self._last_request = None
        self._settings.draw_path()
        reason = translate(
            "BranchController", "A branch shares this with its picture; press × below to leave the branch and change it"
        )
        self._locks.lock(self, reason)
        tooltip = translate("BranchController", "Continue from step {step} with the settings above")
        self._controls.button.set_purpose(
            self, translate("BranchController", "Generate branch"), tooltip.format(step=branch_point.step)
        )
        self.show_changes()

    def dismiss(self) -> None:
        """End branch mode and restore the earlier settings, except those that the user has changed since."""
        self._undo_branch(self._restore)

    def _undo_branch(self, restore: Callable[[], object]) -> object:
        was_on = self.on
        nothing_left = restore()
        # If the branch was left before, as by applying other settings, a late undo is an edit like others.
        if was_on and not self.on:
            self.dismissed.emit()
        return nothing_left

    def leave(self) -> None:
        """End branch mode without changing settings, so that new images start from noise again."""
        if self.on:
            self._controls.request_draft.branch_point = None
            self._history = None
            self._settings_before = None
            self._restore = self.leave
            self._settings.draw_path()
            self._locks.unlock(self)
            self._controls.button.set_purpose(self, "", "")
            self._controls.status.clear()
            self._controls.prompt.show_mode(None)
            self.left.emit()

    def has_generated(self, request: Request) -> bool:
        """Return True if branch mode has generated `request` since it began, or if `request` branches off such a
        request.
        """
        branch = request.branch
        while branch is not None and branch != self._controls.request_draft.branch_point:
            branch = branch.parent.branch
        return branch is not None and self._last_request is not None

    def generate(self) -> bool:
        """Generate a branch of the image chosen in branch mode, with the current settings.

        Returns False if the caller must generate instead, because branch mode is off or no step history is loaded.
        """
        branch_point = self._controls.request_draft.branch_point
        if branch_point is None:
            return False
        request = self._settings.next_request()
        if refusal := self._refusal(request):
            self._notify(*refusal)
            return True
        self._last_request = _RequestedBranch(request)
        for title in (UNCHANGED, QUEUED, MADE):
            self._withdraw_notice(translate("BranchController", title), "")
        if self._history is None:
            return False
        self._last_request.is_loading = True
        self.started.emit()
        self._tasks.start(self._continue(self._last_request, branch_point.step, self._history))
        return True

    def _refusal(self, request: Request) -> tuple[str, str] | None:
        """Return the title and message of the notice for a branch that would only repeat an image, or None for a new
        one.
        """
        if request.count == 1 and not self._list_changes() and not self._is_unfinished():
            return (
                translate("BranchController", UNCHANGED),
                translate(
                    "BranchController",
                    "The branch would be the same picture. Change a setting, or leave the branch with ×.",
                ),
            )
        latest = self._last_request
        if latest is None or request != latest.request:
            return None
        if latest.is_loading or self._generation.is_queued(request):
            title = QUEUED
        elif len(latest.saved) == request.count:
            title = MADE
        else:
            # It was removed from the queue, stopped or failed.
            return None
        text = translate("BranchController", "Change a setting for another one, or leave the branch with ×.")
        return translate("BranchController", title), text

    def _on_image_saved(self, job: Job, result: Result, _: Picture | None) -> None:
        item, latest = job.item, self._last_request
        if item is not None and latest is not None and item.request == latest.request and not result.stopped_at:
            latest.saved.add(result.image)

    async def _continue(self, branch: _RequestedBranch, step: int, history: StepHistory) -> None:
        try:
            saved_step = await history.resume_point(step - history.run.first, branch.request)
            self._generation.continue_from(branch.request, saved_step)
        except BadRequest:
            # The steps were saved on another machine. Compute them again here.
            self._generation.generate()
        finally:
            branch.is_loading = False

    def _list_changes(self) -> list[str]:
        branch_point = self._controls.request_draft.branch_point
        if branch_point is None:
            return []
        return list_changes(
            branch_point.parent, unchecked_branch_settings(branch_point.parent, self._controls.request())
        )

    def show_changes(self) -> None:
        """Show the branch point and the changed settings in the status panel and below the prompt, if branch mode is
        on.
        """
        branch_point = self._controls.request_draft.branch_point
        if branch_point is not None:
            subject = branch_point.parent.subject
            subject = quote(subject) if subject else translate("BranchController", "a picture without a prompt")
            title = translate("BranchController", "Branch from step {step} of {subject}")
            title = title.format(step=branch_point.step, subject=subject)
            close_tip = with_keys(LEAVE_BRANCH.description, STOP.keys)
            # Branch mode stays on for further branches. The chip tells this a user who types the next prompt.
            chip = translate("BranchController", "Continues step {step} of {subject}")
            chip = chip.format(step=branch_point.step, subject=subject)
            tooltip = f"{chip}\n{close_tip}"
            self._controls.prompt.show_mode(PromptChip(chip, ChipLook.SUGGESTION, chip, tooltip, leave=self.dismiss))
            changed = " · ".join(self._list_changes())
            text = labelled(translate("BranchController", "Changed"), changed) if changed else changes_hint()
            self._controls.status.show_text(
                title,
                text,
                close_tip=close_tip,
                on_close=self.dismiss,
                note=late_note(branch_point.parent, branch_point.step),
            )


def late_note(parent: Request, step: int) -> str:
    """Return a warning if a branch starts so late that its image will be almost equal to the image of `parent`, or
    "". `step` is the last step that they share.
    """
    total = total_steps(parent)
    remaining = total - step
    if total < _FEWEST_STEPS or remaining > max(1, total // _LATE_FRACTION):
        return ""
    return translate("BranchController", "Only %n step(s) left: the picture will hardly change", "", remaining)
