"""Controller of the selected image, which loads the image and its steps and checks its reproducibility."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gdm_studio.common.errors import StudioError
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.engine.reproduction_verdict import Verdict
from gdm_studio.studio import window_calls
from gdm_studio.studio.step_history_calls import is_loaded
from gdm_studio.ui.gallery.list_model import title_of
from gdm_studio.ui.progress import unfinished_phase_text
from gdm_studio.ui.running_jobs import GALLERY, RunningJob
from gdm_studio.ui.translation import error_text, translate

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery, Picture
    from gdm_studio.studio.window_calls import CheckProgress
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.gallery.grid import Grid
    from gdm_studio.ui.gallery.page import GalleryPage

# Seconds that a picture must stay selected before its steps are loaded.
REST = 0.2
# Colour tokens and phrases for the verdicts of a check.
VERDICTS = {
    "exactly": (
        "ok",
        QT_TRANSLATE_NOOP("SelectionController", "exactly"),
        QT_TRANSLATE_NOOP("SelectionController", "It reproduces exactly."),
    ),
    "nearly": (
        "warning",
        QT_TRANSLATE_NOOP("SelectionController", "nearly"),
        QT_TRANSLATE_NOOP(
            "SelectionController", "It reproduces nearly: no pixel differs by more than {difference} of 255."
        ),
    ),
    "no": (
        "danger",
        QT_TRANSLATE_NOOP("SelectionController", "no"),
        QT_TRANSLATE_NOOP("SelectionController", "It does not reproduce: pixels differ by up to {difference} of 255."),
    ),
}


class SelectionController:
    """Controller of the details panel, which loads the selected image and its steps, and checks its reproducibility."""

    def __init__(
        self,
        context: AppContext,
        page: GalleryPage,
    ) -> None:
        tasks = context.tasks
        commands = context.gallery.commands
        self._jobs = context.jobs
        self._page = page
        self._side = page.side
        self._gallery = context.gallery
        self._worker = context.worker
        self._library = context.library
        self._notify = context.notify
        # Results by picture id and modification time of the file.
        self._verdicts: dict[tuple[str, int], Verdict] = {}
        self._step_states: dict[str, str] = {}
        page.selected.connect(lambda picture: tasks.start(self._show(picture)))
        page.side.steps.wanted.connect(lambda: tasks.start(self._load_steps()))
        page.signals.parent_of.connect(lambda picture: tasks.start(self.open_parent(picture, page.grid, page.reveal)))
        page.signals.original_of.connect(lambda picture: tasks.start(self._open_original(picture)))
        page.signals.reproduce.connect(lambda picture: tasks.start(self._reproduce(picture)))
        page.noted.connect(lambda picture, text: tasks.start(commands.note(picture.id, text)))
        page.tag.connect(lambda ids, names, on: tasks.start(commands.tag(ids, names, on)))

    async def _show(self, picture: Picture | None) -> None:
        if picture is None:
            return
        # While an arrow key is held down, only the last picture is loaded.
        await asyncio.sleep(0)
        if not self._is_selected(picture):
            return
        if verdict := self._verdicts.get(await asyncio.to_thread(_version_of, picture)):
            self._show_verdict(picture, verdict)
        if picture.edited_from:
            original = await self._gallery.ask(lambda gallery: gallery.get(picture.edited_from))
            self._side.show_original(
                picture.id, (original.path.name if original else translate("SelectionController", "not in the gallery"))
            )
        rgba = await self._gallery.pixels_unless_deleted(picture, may_shrink=True)
        if rgba is None:
            return
        self._side.show_pixels(picture.id, rgba)
        file = await self._gallery.ask(lambda gallery: gallery.steps.path(picture.id))
        if not await asyncio.to_thread(file.exists) or not self._is_selected(picture):
            return
        self._side.steps.show_message(translate("SelectionController", "Its steps are saved"))
        await asyncio.sleep(REST)
        if self._is_selected(picture):
            await self._show_or_offer_steps(picture, file)

    async def _show_or_offer_steps(self, picture: Picture, file: Path) -> None:
        """Show an image's saved denoising steps if its model is in memory. Otherwise, they are loaded if the user asks
        for them, because a model can take long to load and can displace the current one.
        """
        is_here = await self._worker.call(is_loaded, picture.request, between_jobs=True)
        if not self._is_selected(picture):
            return
        if is_here:
            self._side.steps.show_message(translate("LoadedSteps", "Loading its steps…"))
            await self._show_steps(picture, file)
        else:
            self._side.steps.offer(translate("SelectionController", "Its steps are saved"))

    async def _load_steps(self) -> None:
        """Load the shown image's saved denoising steps, and its model if necessary, and show the steps."""
        picture: Any = self._side.picture()
        if picture is not None:
            self._side.steps.show_message(translate("LoadedSteps", "Loading its steps…"))
            file = await self._gallery.ask(lambda gallery: gallery.steps.path(picture.id))
            # Loading the model of an image that is no longer shown would displace the current one for nothing.
            if self._is_selected(picture):
                await self._show_steps(picture, file)

    async def _show_steps(self, picture: Picture, file: Path) -> None:
        """Show an image's saved denoising steps, after any running generation has ended."""
        from gdm_studio.ui.denoising_steps.step_history import StepHistory

        try:
            history = await StepHistory.load(self._worker, file, between_jobs=True)
        except StudioError as error:
            if self._is_selected(picture):
                # The file of a picture that was deleted meanwhile is gone, which is no error.
                self._side.steps.show_message(error_text(error) if file.exists() else "")
            return
        if self._is_selected(picture):
            self._side.steps.show_views(list(history.run.views[0]), history.run.request.steps)

    async def open_parent(self, picture: Picture, grid: Grid, reveal: Callable[[Picture], object]) -> None:
        """Call `reveal` with the parent image, from which the given image was branched, unless the user chooses another
        image in `grid` meanwhile. Show a notice if the parent is not in the gallery.
        """
        choice = grid.choice()
        parent = await self._gallery.ask(lambda gallery: _find_parent(gallery, picture))
        if parent is None:
            self._notify(
                translate("SelectionController", "Not in the gallery"),
                translate("SelectionController", "The picture that this one branches from was deleted or never saved."),
            )
            return
        if grid.choice() == choice:
            reveal(parent)

    async def _open_original(self, picture: Picture) -> None:
        """Select the generated image from which the given image was made in another program, unless the user chooses
        another image meanwhile. Show a notice if it was deleted.
        """
        choice = self._page.grid.choice()
        original = await self._gallery.ask(lambda gallery: gallery.get(picture.edited_from))
        if original is None:
            self._notify(
                translate("SelectionController", "Not in the gallery"),
                translate("SelectionController", "The picture that this one was edited from was deleted."),
            )
            return
        if self._page.grid.choice() == choice:
            self._page.reveal(original)

    async def _reproduce(self, picture: Picture) -> None:
        """Generate an image again from its settings and compare the pixels, stopping if the user selects another
        image.
        """
        self._side.show_reproduces(picture.id, translate("SelectionController", "waiting…"), "muted")
        version = await asyncio.to_thread(_version_of, picture)
        rgba = await self._gallery.pixels(picture)
        is_jpeg = picture.path.suffix.lower() in (".jpg", ".jpeg")
        made_with, is_edited = dict(picture.made_with), bool(picture.edited_from)
        stopped = translate("SelectionController", "stopped")
        entry = RunningJob(
            translate("SelectionController", "Check of {title}").format(title=title_of(picture)),
            stop=lambda: self._side.show_reproduces(picture.id, stopped, "muted"),
            show=lambda: self._page.reveal(picture),
            place=GALLERY,
            text=translate("SelectionController", "waiting…"),
        )
        self._jobs.begin(entry)
        function, request = window_calls.check_reproduction, picture.request
        stream = self._worker.stream(function, rgba, request, picture.stopped_at, made_with, is_jpeg, is_edited)
        try:
            with stream as check:
                while self._is_selected(picture) and not entry.is_stopped:
                    result = await check.next(between_jobs=True)
                    if entry.is_stopped or result is None:
                        break
                    if isinstance(result, Verdict):
                        self._verdicts[version] = result
                        self._show_verdict(picture, result)
                        break
                    entry.text = _progress_text(result)
                    self._side.show_reproduces(picture.id, entry.text, "muted")
        except StudioError as error:
            not_here = translate("SelectionController", "not here")
            self._side.show_reproduces(picture.id, not_here, "warning", error_text(error))
            self._notify(
                translate("SelectionController", "The picture cannot be generated again here"), error_text(error)
            )
        finally:
            self._jobs.end(entry)

    def _show_verdict(self, picture: Picture, verdict: Verdict) -> None:
        colour, phrase, sentence = VERDICTS[verdict.answer]
        text = translate("SelectionController", sentence).format(difference=verdict.largest)
        phrase = translate("SelectionController", phrase)
        # The pixels of images of different sizes are not compared.
        lines = [text, *verdict.reasons] if verdict.is_same_size else list(verdict.reasons)
        self._side.show_reproduces(picture.id, phrase, colour, "\n".join(lines))
        self._side.show_reasons(picture.id, lines if verdict.reasons else [])

    def _is_selected(self, picture: Picture) -> bool:
        displayed = self._side.picture()
        return displayed is not None and displayed.id == picture.id


def _version_of(picture: Picture) -> tuple[str, int]:
    """Return an image's id and its file's modification time in ns, which together identify a version of the image."""
    try:
        return picture.id, picture.path.stat().st_mtime_ns
    except OSError:
        return picture.id, 0


def _progress_text(progress: CheckProgress) -> str:
    if progress.phase:
        return unfinished_phase_text(progress.phase)
    if not progress.step:
        return translate("SelectionController", "comparing…")
    return translate("SelectionController", "step {step} of {steps}").format(step=progress.step, steps=progress.steps)


def _find_parent(gallery: Gallery, picture: Picture) -> Picture | None:
    return next((one for one in gallery.family(picture.id) if one.is_made_by(picture.parent)), None)
