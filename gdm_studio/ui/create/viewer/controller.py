"""Controller of the displayed image: denoising step, view mode, live view and playback."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gdm_studio.request.generation_events import Run, State, View
from gdm_studio.ui.create.steps.branch_previews import NOTHING, BranchViews, SharedSteps, shared_views
from gdm_studio.ui.create.viewer.batch_sheet import MAX_PICTURES as SIDE_BY_SIDE
from gdm_studio.ui.create.viewer.canvas_panel import caption_of
from gdm_studio.ui.denoising_steps import view_modes
from gdm_studio.ui.translation import translate

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.ui.create.panel.noise_curve import NoiseCurve
    from gdm_studio.ui.create.viewer.canvas_panel import CanvasPanel

# Minimum and maximum seconds of a playback. Within these limits it lasts as long as the run did.
PLAY_SECONDS = (2.5, 8.0)
# Seconds for which the finished image is shown before the playback repeats.
PAUSE_SECONDS = 0.8
# Maximum number of frames per second.
FRAMES = 60
# Numbers of an image array up to which a difference is drawn on the window's thread.
MAX_DIFFERENCE = 4 * 256 * 256


class Viewer(QObject):
    """Controller that shows a run's denoising steps, or a single image, on the canvas and in the noise level plot.

    `run` is the followed run, usually the one in progress. `on_canvas` is the run whose steps are displayed: the
    followed run, an earlier one, or None for an image without steps. While `live` is True, each new step of the
    followed run is shown as it arrives. Displaying something else does not affect the run.
    """

    # Emitted when another image is shown, or when the displayed image was saved.
    picture_changed = Signal()
    # Emitted when a step is shown, or shown again because its preview or the state of its run has changed.
    shown = Signal()
    # A run of which the view mode shows noise that was not drawn yet.
    noise_missing = Signal(object)
    # A run that the viewer now follows.
    followed = Signal(object)

    def __init__(self, canvas_panel: CanvasPanel, curve: NoiseCurve) -> None:
        super().__init__(canvas_panel)
        self._canvas_panel = canvas_panel
        self._curve = curve
        self.run: Run | None = None
        self.on_canvas: Run | None = None
        # Index of the displayed image in the followed run.
        self.image = 0
        self.live = True
        self.looping = False
        # Displayed step, counted from 1, while not live.
        self._index = 0
        # True if the user has chosen this image of the run.
        self.image_chosen = False
        self._view_mode = view_modes.PREDICTED
        # View mode of the followed run alone, or "" if it is displayed like other runs.
        self._view_mode_of_run = ""
        # True if BOTH is shown during a run.
        self.shows_both_in_runs = True
        # True if BOTH is shown until the followed run ends, because the user has not chosen a mode since it started.
        self._shows_both = False
        # Identity of the current playback. Replacing it ends the playback.
        self._playback: object | None = None
        self._newest: View | None = None
        # Arrays that the canvas shows, to detect changes.
        self._shown_arrays: view_modes.Sources = ()
        # Position of the marker on the noise curve.
        self._marker: tuple[object, ...] = ()
        # Identity of the last choice of a gallery image, until it is shown or the view changes otherwise, or None.
        self.awaited_choice: object | None = None
        # Counter of view changes. Code that waited before showing something checks whether the view has changed.
        self.revision = 0
        # Steps that each image of the followed run shares with its parent.
        self._run_shared: list[SharedSteps] = []
        # Steps that each image of the run on the canvas shares with its parent.
        self._shared_steps: list[SharedSteps] = [NOTHING]
        # Run whose intermediate result the Keep button can save.
        self._saveable_run: Run | None = None
        # Reason why this result cannot be saved now, or "".
        self._saving_refusal = ""
        self._connect()

    def offer_saving(self, run: Run | None, refusal: str = "") -> None:
        """Show a Keep button while a step of `run` is displayed, for saving images that are not in the gallery yet.

        With the reason `refusal`, such as that the image is saved, the button is disabled. Hidden, it would leave its
        place to another button, which a click meant for it would press. None hides the button.
        """
        self._saveable_run = run
        self._saving_refusal = refusal
        self._show_save_button()

    @property
    def shows_run(self) -> bool:
        """True if the canvas shows a denoising step of the followed run, and not an earlier image or an image without
        steps.
        """
        return self.run is not None and self.on_canvas is self.run

    @property
    def view_mode(self) -> str:
        """View mode of the displayed denoising step, such as noisy or predicted; see `set_view_mode`."""
        if self.run is None or self.on_canvas is not self.run:
            return self._view_mode
        if self._shows_both and not self.run.state.ended:
            return view_modes.BOTH
        return self._view_mode_of_run or self._view_mode

    def follow(self, run: Run, *, is_draft: bool = False) -> None:
        """Follow a run that has just started, showing each of its denoising steps when it arrives.

        `is_draft` means that another draft will soon replace the run, so the view mode does not change.
        """
        self.set_view_mode(self._view_mode)
        self._shows_both = self.shows_both_in_runs and not is_draft
        if not _have_same_parent(run, self.run):
            self._run_shared = shared_views(run, (self.on_canvas, self.run))
        if self.run is None and not is_draft:
            # The model of the first run may still have to be loaded, which takes long. Until the first step, an image
            # of an earlier session would appear under the caption of this run.
            self._clear()
        self.run = run
        self._newest = None
        self.image_chosen = False
        awaited_choice = self.awaited_choice
        self._leave_view()
        if is_draft:
            # The image was chosen after the change that the draft shows.
            self.awaited_choice = awaited_choice
        self._canvas_panel.set_finished(False)
        self._canvas_panel.set_running(True)
        self._canvas_panel.filmstrip.set_earlier(False)
        self._show_image_of_run(0)
        if self._has_several_images():
            self._canvas_panel.pictures.begin(len(run.views))
            self._canvas_panel.show_side_by_side(True)
        self._curve.set_current(0)
        if self._has_several_images() or self._canvas_panel.canvas.picture() is None:
            self._canvas_panel.set_caption(run.request.title, "")
        # Otherwise the canvas shows the previous image until the first step, so the caption stays, too.
        self.followed.emit(run)

    def shows_side_by_side(self, run: Run) -> bool:
        """Return True if `run` is the followed run and its images are shown side by side, one cell each."""
        return run is self.run and self._has_several_images()

    def show_image_made_before(self, run: Run, image: int, rgba: np.ndarray) -> None:
        """Show an image (uint8 RGBA) of `run` that an earlier run has generated, in its own cell.

        Does nothing if the viewer follows another run by then.
        """
        if self.shows_side_by_side(run):
            self._canvas_panel.pictures.show_picture(image, rgba)

    def refresh(self, newest: View | None) -> None:
        """Update the display after the run in progress has finished a denoising step.

        `newest` is that step's preview.
        """
        if self.run is None:
            return
        self._canvas_panel.set_running(not self.run.state.ended)
        if newest is None:
            return
        self._newest = newest
        if not self.shows_run or self._canvas_panel.mode():
            return
        if self.live and not self.image_chosen and newest.image != self.image:
            self._show_image_of_run(newest.image)
        self._canvas_panel.filmstrip.set_steps(self._step_count(), lead=self.lead())
        self._show()

    def show_step(self, index: int) -> None:
        """Show the displayed image's denoising step `index`, counted from 1 and limited to the finished steps."""
        self._leave_view()
        self._turn_to(index)

    def step(self, by: int) -> None:
        """Show the denoising step that is `by` steps after the displayed one, or before it if `by` is negative. Moving
        to the newest step of a run in progress returns to live view.
        """
        newest = len(self.views())
        index = (newest if self.live else self._index) + by
        if index >= newest:
            self.go_to_end()
        else:
            self.show_step(index)

    def go_to_end(self) -> None:
        """Show the newest denoising step. For a run in progress, this starts live view; for an earlier image, it is the
        last step.
        """
        if self.shows_run or self.on_canvas is None:
            self.go_live()
        else:
            self.show_step(len(self.views()))

    def go_live(self) -> None:
        """Start live view, which shows the newest denoising step of the run now and whenever another one arrives."""
        self._leave_view()
        if self.run is None:
            return
        if not self.shows_run:
            self._show_image_of_run(self.image)
        self.live = True
        self._canvas_panel.show_side_by_side(self._has_several_images() and not self.image_chosen)
        self._canvas_panel.filmstrip.go_live()
        self._show()

    def show_all_images(self) -> None:
        """Show all images of the current batch side by side."""
        self.image_chosen = False
        self.go_live()

    def choose_image(self, image: int) -> None:
        """Show one image of the current batch with its denoising steps, until another run starts."""
        if self.run is None or not 0 <= image < len(self.run.views):
            return
        self.image_chosen = True
        self._leave_view()
        self._show_image_of_run(image)
        self._show()

    def on_saved(self, run: Run) -> None:
        """Notify listeners that an image of `run` was saved, if this run is being followed."""
        if run is self.run:
            self.picture_changed.emit()

    def picture_id(self) -> str:
        """Return the displayed image's gallery id, or "" if it is not saved or does not belong to the current run."""
        return self.run.kept.get(self.image, "") if self.run is not None and self.shows_run else ""

    def choose_picture(self, picture_id: str) -> bool:
        """Show the image of the current run that has this gallery id. Return False if the run has no such image."""
        kept = self.run.kept if self.run is not None else {}
        images = [image for image, saved_id in kept.items() if saved_id == picture_id]
        for image in images:
            self.choose_image(image)
        return bool(images)

    def set_view_mode(self, mode: str) -> None:
        """Set the view mode of denoising steps, such as noisy or predicted, for the displayed run and later ones."""
        self._view_mode = mode
        self.set_view_mode_for_run("")

    def set_view_mode_for_run(self, mode: str) -> None:
        """Set the view mode of denoising steps, such as noisy or predicted, for the followed run alone.

        "" restores the view mode that the user has chosen.
        """
        self._view_mode_of_run = mode
        self._shows_both = False
        self._show()

    def await_image(self) -> object:
        """Stop all that would still change the view, since the user has chosen another image, which has to be read
        first. Returns the new `awaited_choice`.
        """
        self.stop_playing()
        self.revision += 1
        self.awaited_choice = choice = object()
        return choice

    def show_image(self, rgba: np.ndarray, strong: str, rest: str) -> None:
        """Show a single image with a caption and without denoising steps.

        A run in progress continues in the background.
        """
        self._leave_view()
        self._canvas_panel.tools.set_back("")
        self.on_canvas = None
        self._shown_arrays = ()
        self._show_save_button()
        self._canvas_panel.set_finished(True)
        self._canvas_panel.filmstrip.set_images(1, 0)
        self._canvas_panel.filmstrip.set_earlier(True)
        self._canvas_panel.filmstrip.set_views([], 0)
        self._canvas_panel.show_noisy(None)
        self._canvas_panel.bar.set_words(False)
        self._canvas_panel.canvas.set_title("")
        self._canvas_panel.canvas.set_subject(strong)
        self._canvas_panel.canvas.show_picture(rgba)
        self._canvas_panel.set_caption(strong, rest)
        self._show()
        self.picture_changed.emit()

    def show_earlier_image(self, run: Run, parent: Run | None = None) -> None:
        """Show the last denoising step of an image that was generated earlier, while a run in progress continues.

        `parent` is the run from which the image was branched, if it is loaded.
        """
        self._leave_view()
        self.on_canvas = run
        self._shared_steps = shared_views(run, [parent])
        self._show_save_button()
        self._canvas_panel.filmstrip.set_images(1, 0)
        self._canvas_panel.filmstrip.set_earlier(True)
        self._show_strip()
        self._turn_to(len(self.views()))

    def redraw(self, run: Run) -> None:
        """Redraw the displayed denoising step and the thumbnails after previews of `run` were decoded at higher
        quality, if this run is displayed.
        """
        if self.on_canvas is run and not self._canvas_panel.mode():
            self._canvas_panel.filmstrip.refresh()
            self._show()

    @property
    def is_playing(self) -> bool:
        return self._playback is not None

    def stop_playing(self) -> None:
        """Stop playing the denoising steps, and stay at the displayed step."""
        self._playback = None
        self._canvas_panel.filmstrip.set_playing(False)

    async def replay(self) -> None:
        """Play the image's denoising steps until the user does something else, repeatedly if looping."""
        views = self.views()
        if len(views) < 2:
            return
        playback = self._playback = object()
        self._canvas_panel.filmstrip.set_playing(True)
        seconds = min(max(sum(view.ms for view in views) / 1000, PLAY_SECONDS[0]), PLAY_SECONDS[1])
        while await self._play_once(playback, seconds) and self.looping:
            await asyncio.sleep(PAUSE_SECONDS)
        if self._playback is playback:
            self.go_to_end()

    async def _play_once(self, playback: object, seconds: float) -> bool:
        """Play the denoising steps once from first to last. Return False if the playback was interrupted."""
        began = time.perf_counter()
        index = 0
        count = len(self.views())
        while self._playback is playback and index < count:
            index = min(count, 1 + math.floor((time.perf_counter() - began) / seconds * count))
            self._turn_to(index)
            await asyncio.sleep(max(1 / FRAMES, seconds / count / 2))
        return self._playback is playback

    def view(self) -> View | None:
        """Return the preview of the displayed denoising step, or None if no step is displayed."""
        views = self.views()
        if not views:
            return None
        if not self.live:
            return views[self._index - 1]
        newest = self._newest
        # While a resumed run repeats finished steps, its newest step is not the last one in the list.
        is_here = newest is not None and newest.image == self.image
        return views[self.shared() + newest.index - 1] if newest is not None and is_here else views[-1]

    def lead(self) -> int:
        """Return the number of steps at the start of the displayed branch that cannot be shown, because the parent
        image's previews are not available.
        """
        branch = self.on_canvas and self.on_canvas.request.branch
        return branch.step - self.shared() if branch else 0

    def shared(self) -> int:
        """Return the number of displayed steps that the branch shares with its parent image, or 0 if the image is not a
        branch.
        """
        return self._shared_steps[self._get_image_number()].count if self.on_canvas is not None else 0

    def seed(self) -> int | None:
        """Return the seed of the displayed image, or None if the image has no denoising steps."""
        return None if self.on_canvas is None else self.on_canvas.request.picture(self._get_image_number()).seed

    def views(self) -> Sequence[View]:
        """Return the previews of the displayed image's denoising steps. A branch begins with its parent's steps."""
        if self.on_canvas is None:
            return []
        own, before = self.on_canvas.views[self._get_image_number()], self._shared_steps[self._get_image_number()]
        return BranchViews(before, own, of=self._own_step_count()) if before.count else own

    def source_of(self, view: View) -> tuple[Sequence[View], int]:
        """Return the list that stores a displayed step's preview, and the step's index in that list.

        For the first steps of a branch, this is the parent image's list.
        """
        assert self.on_canvas is not None
        before, place = self._shared_steps[self._get_image_number()], view.index - 1
        own = self.on_canvas.views[self._get_image_number()]
        return (before.views, place) if place < before.count else (own, place - before.count)

    def is_on_canvas(self, views: Sequence[View]) -> bool:
        """Return True if `views` contains the displayed image's own step previews, and not those of its parent
        image.
        """
        return self.on_canvas is not None and views is self.on_canvas.views[self._get_image_number()]

    def _has_several_images(self) -> bool:
        """Return True if the current run has at least two images, but few enough to show them side by side."""
        return self.run is not None and 1 < len(self.run.views) <= SIDE_BY_SIDE

    def _get_image_number(self) -> int:
        return self.image if self.shows_run else 0

    def _own_step_count(self) -> int:
        """Return the number of denoising steps computed for the displayed image, without those inherited from its
        parent.
        """
        run = self.on_canvas
        assert run is not None
        branch = run.request.branch
        return run.steps if run.path or branch is None else run.steps - branch.step

    def _step_count(self) -> int:
        return self.shared() + self._own_step_count()

    def _show_strip(self) -> None:
        """Show thumbnails of the displayed image's denoising steps in the filmstrip."""
        self._canvas_panel.filmstrip.set_views(self.views(), self._step_count())
        self._canvas_panel.filmstrip.set_steps(self._step_count(), lead=self.lead())

    def _leave_view(self) -> None:
        """Stop the playback, and close any tool or view that covers the canvas."""
        self.revision += 1
        self.awaited_choice = None
        self.stop_playing()
        self._canvas_panel.set_mode("")
        self._canvas_panel.show_side_by_side(False)

    def _clear(self) -> None:
        """Remove the image from the canvas."""
        self._shown_arrays = ()
        self._canvas_panel.show_noisy(None)
        self._canvas_panel.canvas.set_title("")
        self._canvas_panel.canvas.show_picture(None)

    def _turn_to(self, index: int) -> None:
        if views := self.views():
            self.live = False
            self._index = min(max(index, 1), len(views))
            self._canvas_panel.filmstrip.select(self._index)
            self._show()

    def _show_image_of_run(self, image: int) -> None:
        assert self.run is not None
        self._canvas_panel.tools.set_back("")
        self.on_canvas = self.run
        self.image = image
        self.live = True
        self._show_save_button()
        self._shared_steps = self._run_shared
        self._canvas_panel.filmstrip.set_earlier(False)
        self._canvas_panel.filmstrip.set_images(len(self.run.views), image)
        self._show_strip()
        self.picture_changed.emit()

    def _show_save_button(self) -> None:
        run = self._saveable_run
        can_save = run is not None and self.on_canvas is run
        if can_save and run is not None and run.state is State.STOPPED:
            # The finished images of the batch are in the gallery.
            can_save = self.image not in run.made
        self._canvas_panel.bar.set_keep(can_save, self._saving_refusal)

    def _show(self) -> None:
        mode = self.view_mode
        self._canvas_panel.bar.set_view_mode(mode)
        self._canvas_panel.bar.set_has_steps(self.on_canvas is not None)
        self._canvas_panel.filmstrip.strip.set_view_mode(mode)
        view, run = self.view(), self.on_canvas
        if view is None or run is None:
            return
        self._canvas_panel.canvas.set_subject(run.request.title)
        if self._canvas_panel.is_side_by_side:
            self._canvas_panel.pictures.fill(run.views, mode)
            self._canvas_panel.pictures.mark(self.image)
        views, index = self.views(), view.index
        if mode == view_modes.NOISE and not all(each.has_noise for each in views):
            self.noise_missing.emit(run)
            if not run.state.ended:
                # Until the noise of this step is drawn, that of an earlier one of this run is shown.
                own = range(index, self.shared(), -1)
                index = next((place for place in own if views[place - 1].has_noise), index)
        sources = view_modes.sources(views, index, mode)
        if not view_modes.is_same(sources, self._shown_arrays):
            self._shown_arrays = sources
            is_last = self.live and view.index == view.of
            if view_modes.is_difference(sources) and sources[0].size > MAX_DIFFERENCE:
                self._draw_difference(view, sources, fades=is_last)
            else:
                lacks_noise = mode == view_modes.NOISE and not views[index - 1].has_noise
                title = translate("Viewer", "The noise of this step was not drawn") if lacks_noise else ""
                drawn = view_modes.picture(sources), title or _explain_grey(view, sources)
                self._show_drawn(drawn, fades=is_last)
        self._canvas_panel.show_noisy(view_modes.noisy_image(view) if mode == view_modes.BOTH else None)
        paused = self.live and run.state is State.PAUSED
        self._canvas_panel.set_caption(*caption_of(view, self._origin_text(run), lead=self.lead(), paused=paused))
        self._mark_noise_level(run, view.index - self.shared())
        self._canvas_panel.set_finished(run.state.ended)
        self._canvas_panel.bar.set_words(run.state.ended and run.request.attention)
        self.shown.emit()

    def _show_drawn(self, drawn: tuple[np.ndarray, str], *, fades: bool) -> None:
        """Show a drawn step on the canvas with its title, which explains why it is uniformly grey."""
        picture, title = drawn
        self._canvas_panel.canvas.show_picture(picture, fades=fades)
        if self.view_mode != view_modes.BOTH:
            self._canvas_panel.canvas.set_title(title)

    def _draw_difference(self, view: View, sources: view_modes.Sources, *, fades: bool) -> None:
        """Draw a large difference on another thread, and show it if the same step is still displayed."""

        def draw() -> tuple[np.ndarray, str]:
            return view_modes.picture(sources), _explain_grey(view, sources)

        def show(future: asyncio.Future[tuple[np.ndarray, str]]) -> None:
            if not future.cancelled() and view_modes.is_same(sources, self._shown_arrays):
                self._show_drawn(future.result(), fades=fades)

        asyncio.get_running_loop().run_in_executor(None, draw).add_done_callback(show)

    def _mark_noise_level(self, run: Run, index: int) -> None:
        """Move the marker in the noise level plot to one of the run's denoising steps, unless it is already there.

        Moving it needlessly could overwrite a curve that already shows changed settings.
        """
        if (marker := (id(run), run.path, index)) != self._marker:
            self._marker = marker
            self._curve.show_run(run.path)
            self._curve.set_current(index)

    def _origin_text(self, run: Run) -> str:
        """Return the part of the caption that tells where the displayed image comes from: its seed or, for an
        inversion, “to its noise”.
        """
        inverts = bool(run.path) and run.path[-1].sigma > 0
        if inverts:
            return translate("Viewer", "to its noise")
        return translate("Viewer", "seed {seed}").format(seed=self.seed())

    def _connect(self) -> None:
        strip = self._canvas_panel.filmstrip
        strip.scrubbed.connect(self.show_step)
        strip.image_chosen.connect(self.choose_image)
        strip.all_asked.connect(self.show_all_images)
        self._canvas_panel.pictures.chosen.connect(self.choose_image)
        strip.loop_toggled.connect(lambda on: setattr(self, "looping", on))
        self._canvas_panel.bar.view_mode_chosen.connect(self.set_view_mode)
        self._curve.picked.connect(lambda index: self.show_step(self.shared() + index))


def _have_same_parent(run: Run, other: Run | None) -> bool:
    """Return True if both runs are branches of the same images from the same step."""
    if other is None or run.request.branch is None:
        return False
    return (run.request.branch, run.request.count) == (other.request.branch, other.request.count)


def _explain_grey(view: View, sources: view_modes.Sources) -> str:
    """Return a message that explains why the displayed difference between two steps is uniformly grey, or "" if it is
    not grey.
    """
    if view_modes.is_difference(sources) and view.index == 1:
        return translate("Viewer", "The first step has no earlier one to compare with")
    if view_modes.is_difference(sources) and view_modes.is_unchanged(sources):
        return translate("Viewer", "This step left the predicted picture unchanged")
    return ""
