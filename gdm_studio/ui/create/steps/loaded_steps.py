"""Loader of the saved denoising steps of gallery images."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gdm_studio.common.errors import StudioError
from gdm_studio.studio.step_history_calls import is_loaded
from gdm_studio.ui.denoising_steps.step_history import StepHistory
from gdm_studio.ui.translation import error_text, translate

if TYPE_CHECKING:
    from pathlib import Path

    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.request.generation_events import View
    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.create.context import CreateContext

# Maximum number of cached step histories.
MAX_HISTORIES = 6
# Maximum size of the cache in bytes. Two histories are always cached: an image's and its parent's.
MAX_BYTES = 256 * 2**20


class LoadedSteps:
    """Loader that shows a gallery image on the canvas, then reads its saved denoising steps and caches them.

    The image appears immediately, then its steps as quick previews, which are finally decoded at full quality. The last
    step shows the saved image, because decoding waits for steps that have to be computed again. The
    worker thread reads steps between two steps of a running job, or after the job if another model is needed.
    """

    def __init__(self, context: CreateContext, on_shown: Callable[[Picture], object]) -> None:
        """Create a loader that shows gallery images and their saved denoising steps on the canvas.

        `on_shown(picture)` is called when a gallery image is displayed.
        """
        self._on_shown = on_shown
        self._viewer = context.viewer
        self._strip = context.page.canvas_panel.filmstrip
        self._tools = context.page.canvas_panel.tools
        self._worker = context.worker
        self._library = context.library
        self._gallery = context.gallery
        self._generation = context.generation
        # Step histories by image id, least recently used first.
        self._histories: OrderedDict[str, StepHistory] = OrderedDict()
        # The image that was shown last.
        self.picture: Picture | None = None

    def history(self) -> StepHistory | None:
        """Return the displayed image's saved denoising steps, or None if they are not loaded."""
        on_canvas = self._viewer.on_canvas
        return next((history for history in self._histories.values() if history.run is on_canvas), None)

    def history_with(self, views: Sequence[View]) -> StepHistory | None:
        """Return the cached step history whose first image has the step previews `views`, or None if it is not
        cached.
        """
        return next((history for history in self._histories.values() if history.run.views[0] is views), None)

    async def show(self, picture: Picture) -> None:
        """Show a gallery image on the canvas, then load its saved denoising steps.

        Raises StorageError if the image cannot be read.
        """
        self.picture = picture
        self._tools.set_back("")
        choice = self._viewer.await_image()
        try:
            if picture.id not in self._histories:
                rgba = await self._gallery.pixels_unless_deleted(picture)
                if rgba is None or self._viewer.awaited_choice is not choice:
                    return
                width, height = picture.size
                title, facts = picture.path.stem, "{width} × {height}"
                if picture.has_settings:
                    title, facts = picture.request.title, translate("LoadedSteps", "{width} × {height} · seed {seed}")
                facts = facts.format(width=width, height=height, seed=picture.request.seed)
                self._viewer.show_image(rgba, title, facts)
            self._on_shown(picture)
            await self.show_steps(picture)
        finally:
            if self._viewer.awaited_choice is choice:
                self._viewer.awaited_choice = None

    async def show_steps(self, picture: Picture) -> None:
        """Load the displayed image's saved denoising steps, and show them if the image is still displayed.

        Raises StorageError if the image cannot be read.
        """
        turn = self._viewer.revision

        def hint(words: str) -> None:
            # Another image may have replaced this one in the meantime.
            if self._viewer.revision == turn:
                self._strip.show_message(words)

        history = await self.load_history(picture.id, picture.request, hint=hint)
        if history is not None and not history.run.views[0][-1].decoded:
            rgba = await self._gallery.pixels_unless_deleted(picture)
            if rgba is None:
                return
            history.run.views[0][-1] = replace(history.run.views[0][-1], predicted=rgba, decoded=True)
        parent = await self._parent_of(picture) if history is not None else None
        if history is None or self._viewer.revision != turn:
            return
        self._viewer.show_earlier_image(history.run, parent.run if parent is not None else None)
        await self._sharpen(history, history)
        if parent is not None:
            await self._sharpen(parent, history)

    async def saved_steps_file(self, picture_id: str) -> Path | None:
        """Return the path of the file with a gallery image's saved denoising steps, or None if none were saved."""
        return await self._gallery.ask(partial(_file_of, picture_id=picture_id))

    async def load_history(
        self, picture_id: str, request: Request, *, hint: Callable[[str], object] = lambda why: None
    ) -> StepHistory | None:
        """Return an image's step history (its saved denoising steps), from the cache or from its file.

        Returns None if there are no saved steps or they cannot be read. `hint` receives the reason, or a message to
        show while the steps are being loaded.
        """
        if picture_id in self._histories:
            self._histories.move_to_end(picture_id)
            return self._histories[picture_id]
        file = await self.saved_steps_file(picture_id)
        if file is None:
            hint(translate("LoadedSteps", "No steps were saved with this picture"))
            return None
        # In a new session, the first reply comes only once a model is loaded.
        hint(translate("LoadedSteps", "Loading its steps…"))
        is_here = await self._worker.call(is_loaded, request)
        if not is_here and self._generation.job is not None:
            hint(translate("LoadedSteps", "Its steps appear once the run has ended"))
        try:
            history = await StepHistory.load(self._worker, file, between_jobs=not is_here)
        except StudioError as error:
            hint(error_text(error))
            return None
        self._histories[picture_id] = history
        while len(self._histories) > MAX_HISTORIES or (len(self._histories) > 2 and self._memory_used() > MAX_BYTES):
            self._histories.popitem(last=False)
        return history

    def _memory_used(self) -> int:
        return sum(history.held for history in self._histories.values())

    async def _parent_of(self, picture: Picture) -> StepHistory | None:
        """Return the step history of an image's parent, the image from which it was branched.

        Returns None if that image is not in the gallery or has no saved steps.
        """
        if not picture.parent:
            return None
        family = await self._gallery.ask(lambda gallery: gallery.family(picture.id))
        parent = next((each for each in family if each.is_made_by(picture.parent)), None)
        return None if parent is None else await self.load_history(parent.id, parent.request)

    async def _sharpen(self, history: StepHistory, displayed: StepHistory) -> None:
        """Sharpen the step previews of `history` by decoding them at full quality, while the image of `displayed` is on
        the canvas.

        The worker thread decodes one step at a time when idle.
        """
        while self._viewer.on_canvas is displayed.run and await history.sharpen():
            self._viewer.redraw(displayed.run)


def _file_of(gallery: Gallery, *, picture_id: str) -> Path | None:
    file = gallery.steps.path(picture_id)
    return file if file.exists() else None
