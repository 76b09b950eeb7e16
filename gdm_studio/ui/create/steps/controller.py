"""Controller for the denoising steps of the displayed image: show, play, save, branch, compare and export them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.jobs.run_calls import unfinished_history
from gdm_studio.request.generation_events import Run, View
from gdm_studio.request.generation_request import ONLY_MASKED
from gdm_studio.studio.window_calls import read_attention
from gdm_studio.ui import window_actions
from gdm_studio.ui.create.steps.ancestry_popup import FamilyController
from gdm_studio.ui.create.steps.branches import BranchController
from gdm_studio.ui.create.steps.loaded_steps import LoadedSteps
from gdm_studio.ui.create.steps.paused_run import PausedRunEditor
from gdm_studio.ui.create.steps.setting_locks import ControlLocks
from gdm_studio.ui.denoising_steps import view_modes
from gdm_studio.ui.denoising_steps.step_history import StepHistory
from gdm_studio.ui.theme.imaging import to_qimage
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets.menu import menu_of
from gdm_studio.ui.window_actions import Action

if TYPE_CHECKING:
    import numpy as np
    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QMenu

    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.create.context import CreateContext
    from gdm_studio.ui.create.generation.mode_controller import GenerationModes
    from gdm_studio.ui.create.steps.animation_export import FilmExport

# Placeholder file name in the code of a step whose image was not saved.
UNSAVED_STEPS = "picture.steps"


class StepsController:
    """Controller for all actions on the displayed image's denoising steps.

    Each feature has its own controller: `loaded_steps`, `branching`, `paused_run`, `family` and `film_export`.
    """

    def __init__(self, context: CreateContext, modes: GenerationModes) -> None:
        self._context = context
        self._theme = context.theme
        self._page = context.page
        self._viewer = context.viewer
        self._worker = context.worker
        self._library = context.library
        self._generation = context.generation
        self._tasks = context.tasks
        self._live_mode = modes.live
        self._notify = context.notify
        self._strip = context.page.canvas_panel.filmstrip
        self.family = FamilyController(context, open_picture=self._show_relative)
        self.loaded_steps = LoadedSteps(context, on_shown=lambda picture: self.family.show_family_of(picture.id))
        locks = ControlLocks(context.page.controls)
        self.branching = BranchController(context, modes, locks)
        self.paused_run = PausedRunEditor(context, self.branching, locks)
        self._connect()

    @cached_property
    def film_export(self) -> FilmExport:
        """Controller that exports denoising steps as a film, created on first use."""
        from gdm_studio.ui.create.steps.animation_export import FilmExport

        return FilmExport(self._context)

    def show(self, picture: Picture) -> None:
        """Show a gallery image and its saved denoising steps on the canvas, in a background task."""
        self._tasks.start(self.loaded_steps.show(picture))

    def show_steps(self, picture: Picture) -> None:
        """Load and show the saved denoising steps of the gallery image that is displayed."""
        self._tasks.start(self.loaded_steps.show_steps(picture))

    def generate(self) -> bool:
        """Generate a branch of an existing image if branch mode is on.

        Returns False if the caller must generate instead.
        """
        return self.branching.generate()

    def use(self, request: Request) -> list[str]:
        """Apply all settings of a generation request, including its branch point.

        Return the names of the settings that could not be applied.
        """
        return self.branching.use(request)

    def unusable_fields(self, request: Request) -> set[str]:
        """Return the names of the fields in `request` that `use` cannot apply, or that have no effect."""
        return self.branching.unusable_fields(request)

    def branch(self) -> None:
        """Start branch mode at the displayed denoising step, from which the Generate button then continues, and move
        the keyboard focus to the prompt.
        """
        self._tasks.start(self._begin_branch())

    def keep(self) -> None:
        """Save the clean image predicted at the displayed denoising step to the gallery."""
        self._tasks.start(self._keep_image())

    async def picture(self) -> np.ndarray | None:
        """Return the pixels of the displayed image as RGB or RGBA. If an earlier denoising step is displayed, return
        the image predicted at that step.

        The shape is (height, width, channels). Returns None if no image is displayed. Raises BadRequest if only a quick
        preview of the step is available.
        """
        run, view = self._viewer.on_canvas, self._viewer.view()
        if run is None or view is None:
            return self._page.canvas_panel.canvas.picture()
        if view.index == view.of:
            result = next((result for result in run.results if result.image == view.image), None)
            if result is not None:
                return result.rgba
        return (await self.decode(view)).predicted

    async def decode(self, view: View) -> View:
        """Decode a denoising step at full quality, for example to export it, and return its view.

        Raises BadRequest if only a quick preview of the step is available.
        """
        if view.decoded:
            return view
        views, place = self._viewer.source_of(view)
        history = self.loaded_steps.history_with(views)
        decoded_view = await self._worker.decode_preview(views, place) if history is None else None
        if decoded_view is None and history is None and self._viewer.is_on_canvas(views):
            history = await self._history()
        if decoded_view is None and history is not None:
            picture = await history.decoded(place + 1)
            decoded_view = replace(view, predicted=picture, decoded=True)
        if decoded_view is None:
            text = translate("Steps", "Only a rough preview of step {number} is available; choose another step.")
            raise BadRequest(text.format(number=self._shown_number(view)))
        return decoded_view

    def compare(self) -> None:
        """Compare the displayed denoising step with the last step on the Compare page."""
        self._tasks.start(self._compare_with_last())

    def copy(self) -> None:
        """Copy the displayed denoising step's image to the clipboard, in the current view mode."""
        self._tasks.start(self._copy())

    def film(self) -> None:
        """Open the dialog that exports the displayed image's denoising steps as a film."""
        self._tasks.start(self._open_film())

    def show_words(self) -> None:
        """Show the effect of each prompt word on the displayed image, from saved attention maps."""
        self._tasks.start(self._show_words())

    def show_numbers(self) -> None:
        """Open an overlay with the numbers behind the displayed denoising step: its formula, noise levels and
        coefficients.
        """
        self._tasks.start(self._show_numbers())

    def play(self) -> None:
        """Play the image's denoising steps, or stop playing at the current step."""
        if self._viewer.is_playing:
            self._viewer.stop_playing()
        else:
            self._tasks.start(self._viewer.replay())

    def present(self) -> None:
        """Present the displayed denoising step's noisy and predicted images in full screen."""
        from gdm_studio.ui.create.steps.presentation import Presentation

        Presentation(self._theme, self._viewer, self.play_or_pause, parent=self._page.window()).open_up()

    def play_or_pause(self, *, any_run: bool = False) -> None:
        """Pause or resume the displayed run if it is in progress. Otherwise play the denoising steps of the displayed
        image, or stop their playback.

        With `any_run`, a run in progress is paused or resumed even if another image is displayed.
        """
        is_displayed = self._viewer.shows_run and not self._has_ended()
        if self._generation.job is not None and (any_run or is_displayed):
            self.paused_run.toggle_pause()
        else:
            self.play()

    def show_menu(self, position: QPoint) -> QMenu | None:
        """Open the displayed denoising step's menu at `position`, in screen coordinates.

        Return None if no step is displayed.
        """
        view = self._viewer.view()
        if view is None:
            return None
        text = translate("Steps", "Step {number} of {steps}")
        title = text.format(number=self._shown_number(view), steps=view.of + self._viewer.lead())
        return menu_of(self._strip, self._theme, self._step_actions(), title=title, at=position)

    def close(self) -> None:
        """Close the film export dialog and cancel its export, before the window closes."""
        if "film_export" in vars(self):
            self.film_export.close()

    def actions(self) -> list[Action]:
        """Return the actions on denoising steps, for keyboard shortcuts and the command palette."""
        return [
            window_actions.PLAY.bind(self.play, self._can_play),
            window_actions.PRESENT.bind(self.present, self._can_play),
            *self._step_actions(),
            window_actions.LEAVE_BRANCH.bind(self.branching.dismiss, lambda: self.branching.on),
            window_actions.FAMILY.bind(self.family.open, lambda: len(self.family.pictures) > 1),
        ]

    def _step_actions(self) -> list[Action]:
        """Return the actions on the displayed denoising step, in the order of its menu."""
        return [
            window_actions.KEEP.bind(self.keep, self._can_keep, self._keep_disabled_reason),
            window_actions.BRANCH.bind(self.branch, self._can_branch, self._branch_disabled_reason),
            window_actions.COMPARE_FINAL.bind(self.compare, self._can_compare, self._compare_disabled_reason),
            window_actions.COPY.bind(self.copy, self._can_play),
            window_actions.WORDS.bind(self.show_words, self._can_show_words, self._words_disabled_reason),
            window_actions.NUMBERS.bind(self.show_numbers, self._can_keep, self._keep_disabled_reason),
            window_actions.FILM.bind(self.film, self._can_film, self._film_disabled_reason),
        ]

    async def _begin_branch(self) -> None:
        request = self._request()
        view = self._viewer.view()
        run = self._viewer.on_canvas
        if request is None or view is None or run is None or not self._can_branch():
            return
        branch = request.branch
        step = self._shown_number(view) if branch else run.first + view.index
        # The image shares this step with its parent, so the branch starts from the parent.
        if branch is not None and step <= branch.step:
            self.branching.begin(branch.parent, step)
        else:
            is_unfinished = partial(_is_unfinished, run, view.image)
            self.branching.begin(request, step, await self._history(), is_unfinished=is_unfinished)
        if self.branching.on:
            self._page.controls.prompt.focus_all()

    async def _compare_with_last(self) -> None:
        from gdm_studio.ui.widgets.image_comparison.compared_image import Item

        request = self._request()
        views = self._viewer.views()
        view = self._viewer.view()
        if request is not None and view is not None:
            self._live_mode.keep_start_image(request.image)
            step_title = translate("Steps", "Step {number}").format(number=self._shown_number(view))
            step, last = await self.decode(view), await self.decode(views[-1])
            self._context.navigator.compare(
                [
                    Item(step_title, step.predicted, request),
                    Item(translate("Steps", "Final"), last.predicted, request),
                ]
            )

    async def _copy(self) -> None:
        views = self._viewer.views()
        view = self._viewer.view()
        view_mode = self._viewer.view_mode
        if view is None:
            return
        seen = views[max(view.index - 2, 0) : view.index] if view_mode == view_modes.DIFFERENCE else [view]
        # The other view modes always show quick linear previews.
        if view_mode in (view_modes.BOTH, view_modes.PREDICTED, view_modes.DIFFERENCE):
            seen = [await self.decode(each) for each in seen]
        picture = view_modes.side_by_side(
            [view_modes.picture(view_modes.sources(seen, len(seen), mode)) for mode in view_modes.rows(view_mode)]
        )
        QGuiApplication.clipboard().setImage(to_qimage(picture))
        title = translate("Steps", "Step {number} copied").format(number=self._shown_number(view))
        self._notify(title, translate("Steps", "Paste it into any program."), kind="success")

    async def _open_film(self) -> None:
        request = self._request()
        if request is not None:
            self._live_mode.keep_start_image(request.image)
            own = self._viewer.views()[self._viewer.shared() :]
            view_mode = view_modes.rows(self._viewer.view_mode)[-1]
            first = self._shown_number(own[0]) - 1 if own else 0
            self.film_export.open(request, own, await self._history(), first=first, view_mode=view_mode)

    async def _show_words(self) -> None:
        from gdm_studio.ui.denoising_steps.words_view import WordsView

        views, source = self._viewer.views(), await self._saved_steps()
        attention = await self._worker.call(read_attention, source) if source is not None else None
        if attention is None or not views:
            self._offer_words()
            return
        request = self._request()
        # The maps of an inpainting of the masked area cover that area, which the last step does not show alone.
        is_part = request is not None and request.inpaint_area == ONLY_MASKED and bool(request.mask)
        picture = views[-2 if is_part and len(views) > 1 else -1].predicted
        WordsView(self._theme, picture, attention, parent=self._page.window()).open_up()

    async def _show_numbers(self) -> None:
        from gdm_studio.ui.learn.step_numbers_view import StepNumbersView

        view, request = self._viewer.view(), self._request()
        history = await self._history()
        if history is None or view is None or request is None:
            return
        source = await self._saved_steps()
        file = str(source) if isinstance(source, Path) else UNSAVED_STEPS
        index = view.index - self._viewer.shared()
        numbers = await history.numbers(index, file)
        can_measure = request.guidance_scale != 1
        overlay = StepNumbersView(self._theme, numbers, can_measure=can_measure, parent=self._page.window())

        async def measure() -> None:
            measured_numbers = await history.measured_numbers(index, file)
            if overlay.isVisible():
                overlay.set_numbers(measured_numbers)
                overlay.measure.hide()

        overlay.guidance_asked.connect(lambda: self._tasks.start(measure()))
        overlay.open_up()

    def _offer_words(self) -> None:
        """Offer to generate the displayed image again, because the effects of its prompt words were not recorded."""
        request = self._request()
        again = None
        if request is not None and request.prompt and request.branch is None:
            again = replace(request, attention=True)
        self._notify(
            translate("Steps", "The effect of its words was not recorded"),
            translate("Steps", "Generate it again to record it. No copy is saved."),
            action="" if again is None else translate("Steps", "Generate it again"),
            on_action=None if again is None else lambda: self._tasks.start(self._record_words(again)),
        )

    async def _record_words(self, request: Request) -> None:
        """Generate an image again with attention maps, without saving it a second time, then show the effect of its
        prompt words.

        Nothing is shown if the user is viewing something else by then.
        """
        run = await self._generation.generate_unqueued(request)
        if run is not None and self._viewer.shows_run and self._viewer.run is run and run.results:
            await self._show_words()

    def _on_words_switched(self, is_on: bool) -> None:
        """Show the effect of each prompt word when the user turns on the setting that records it."""
        if is_on and self._can_show_words():
            self.show_words()

    async def _saved_steps(self) -> Path | bytes | None:
        """Return the displayed image's saved denoising steps as a file path or bytes, or None if there are none."""
        run, image = self._viewer.run, self._viewer.image
        if run is not None and self._viewer.shows_run:
            result = next((result for result in run.results if result.image == image), None)
            if result is not None and result.steps:
                return result.steps
        picture_id = self._viewer.picture_id() or (self.loaded_steps.picture.id if self.loaded_steps.picture else "")
        return await self.loaded_steps.saved_steps_file(picture_id) if picture_id else None

    async def _keep_image(self) -> None:
        view, run = self._viewer.view(), self._viewer.on_canvas
        history = await self._history()
        if history is None or view is None or run is None:
            return
        result = await history.picture(view.index - self._viewer.shared())
        if not await self._generation.save(result):
            return
        self._notify(
            translate("Steps", "Step {number} saved").format(number=self._shown_number(view)),
            translate("Steps", "The picture predicted at this step is in the gallery."),
            kind="success",
        )

    async def _history(self) -> StepHistory | None:
        """Return the displayed image's step history, possibly unfinished, or None if its steps are not stored."""
        if (history := self.loaded_steps.history()) is not None:
            return history
        run, image = self._viewer.run, self._viewer.image
        if run is None or not self._viewer.shows_run:
            return None
        result = next((result for result in run.results if result.image == image), None)
        job = self._generation.job
        if result is not None and result.steps:
            return await StepHistory.load(self._worker, result.steps)
        # The steps were saved to a file and are no longer in memory.
        if picture_id := self._viewer.picture_id():
            return await self.loaded_steps.load_history(picture_id, run.request)
        if job is not None and job.run is run:
            steps = await self._worker.call_about(job, unfinished_history, image)
            return await StepHistory.load(self._worker, steps) if steps else None
        return None

    def _shown_number(self, view: View) -> int:
        """Return the number under which a denoising step is shown. In a branch, the steps shared with the parent image
        count, too.
        """
        return self._viewer.lead() + view.index

    def _request(self) -> Request | None:
        """Return the request for the displayed image alone, without the rest of its batch. Returns None if no image of
        a run is displayed.
        """
        run = self._viewer.on_canvas
        image = self._viewer.image if self._viewer.shows_run else 0
        return None if run is None else run.request.picture(image)

    def _show_relative(self, picture: Picture) -> None:
        """Show a related image from the family tree on the canvas, and select it in the gallery."""
        self._page.gallery.mark(picture.id)
        if not self._viewer.choose_picture(picture.id):
            self.show(picture)

    def _on_picture(self) -> None:
        """Update the family button and the gallery selection when another image is displayed."""
        picture_id = self._viewer.picture_id()
        self.family.show_family_of(picture_id)
        # The last images of a batch may be saved before their steps are displayed.
        if self._viewer.shows_run and (self._viewer.image_chosen or picture_id):
            self._page.gallery.mark(picture_id)

    def _has_ended(self) -> bool:
        run = self._viewer.on_canvas
        return run is not None and run.state.ended

    def _can_play(self) -> bool:
        return self._viewer.view() is not None

    def _can_branch(self) -> bool:
        """Return True if a branch can start at the displayed denoising step.

        It cannot start at the last step, nor from an inversion, which no request generates.
        """
        run, view = self._viewer.on_canvas, self._viewer.view()
        return run is not None and view is not None and view.index < view.of and run.path[-1].sigma == 0

    def _branch_disabled_reason(self) -> str:
        run, view = self._viewer.on_canvas, self._viewer.view()
        if run is None or view is None or self._can_branch():
            return ""
        if run.path[-1].sigma != 0:
            return translate("Steps", "These steps add noise, so no picture can branch off them.")
        return translate("Steps", "This is the last step. Choose an earlier one.")

    def _can_keep(self) -> bool:
        run, view = self._viewer.on_canvas, self._viewer.view()
        job = self._generation.job
        at_hand = run is not None and (bool(run.results) or (job is not None and job.run is run))
        own = view is not None and view.index > self._viewer.shared()
        return own and (self.loaded_steps.history() is not None or at_hand)

    def _keep_disabled_reason(self) -> str:
        view = self._viewer.view()
        if view is None or self._can_keep():
            return ""
        if view.index > self._viewer.shared():
            return translate("LoadedSteps", "No steps were saved with this picture")
        return translate("Steps", "The branch shares this step with its parent. Open the parent for it.")

    def _film_disabled_reason(self) -> str:
        run = self._viewer.on_canvas
        return "" if run is None or run.state.ended else translate("Steps", "Wait until the picture is finished.")

    def _compare_disabled_reason(self) -> str:
        view = self._viewer.view()
        if view is None or not self._has_ended():
            return self._film_disabled_reason()
        return translate("Steps", "This is the last step. Choose an earlier one.")

    def _can_film(self) -> bool:
        return len(self._viewer.views()) > 1 and self._has_ended()

    def _can_show_words(self) -> bool:
        return self._has_ended() and self._viewer.view() is not None

    def _words_disabled_reason(self) -> str:
        run = self._viewer.on_canvas
        if run is None or run.state.ended:
            return ""
        return translate("Steps", "The effect of each word can be shown once the picture is finished.")

    def _can_compare(self) -> bool:
        view = self._viewer.view()
        return self._has_ended() and view is not None and view.index < len(self._viewer.views())

    async def _show_images_made_before(self, run: Run) -> None:
        """Show the images of a resumed run that were generated before it was interrupted, beside the new ones."""
        gallery = self._context.gallery
        for image, picture_id in run.before.items():
            if not self._viewer.shows_side_by_side(run):
                return
            # The user may have deleted the image or its file.
            with suppress(StorageError):
                picture = await gallery.ask(partial(_picture_of, picture_id=picture_id))
                if picture is not None:
                    self._viewer.show_image_made_before(run, image, await gallery.pixels(picture))

    def _connect(self) -> None:
        strip = self._strip
        self._viewer.followed.connect(lambda run: self._tasks.start(self._show_images_made_before(run)))
        self._viewer.picture_changed.connect(self._on_picture)
        # Moving the focus out of the prompt lets Space pause the run.
        self.branching.started.connect(lambda: self._page.canvas_panel.setFocus())
        self._page.canvas_panel.bar.words_clicked.connect(self.show_words)
        self._page.controls.more.attention.clicked.connect(self._on_words_switched)
        strip.play_clicked.connect(self.play)
        strip.menu_asked.connect(self.show_menu)
        strip.live_asked.connect(lambda: self._page.gallery.mark(""))


def _picture_of(gallery: Gallery, picture_id: str) -> Picture | None:
    return gallery.get(picture_id)


def _is_unfinished(run: Run, image: int) -> bool:
    """Return True if a run has ended before the last step of an image."""
    return run.state.ended and len(run.views[image]) < run.steps
