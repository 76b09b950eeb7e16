"""Controller of the Train page, which reads a folder of images, starts a training process and shows its progress."""

from __future__ import annotations

import asyncio
import math
import shutil
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage, QPixmap

from gdm_studio.common import atomic
from gdm_studio.common.errors import StorageError, StudioError
from gdm_studio.studio.training import TrainingRun, TrainingSettings, training_run
from gdm_studio.training.captions import CaptionedImage, read_folder, save_caption
from gdm_studio.training.diagnosis_messages import MESSAGES
from gdm_studio.training.live_state import Finding, LiveState
from gdm_studio.training.lora.trainable import is_trainable
from gdm_studio.ui.folders import ask_folder
from gdm_studio.ui.train.page import THUMBNAIL
from gdm_studio.ui.translation import number_text, translate
from gdm_studio.ui.widgets import Choice

if TYPE_CHECKING:
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.train.page import TrainPage

# Interval for reading the state of the run.
POLL_MS = 500
# Maximum number of images whose thumbnails are shown.
SHOWN = 200
# Fewest images that give a diagnosis, as in the recipe, whose module imports torch.
FEWEST = 10


@dataclass(frozen=True)
class _View:
    """Snapshot of a run, as the page shows it."""

    state: LiveState | None
    finding: Finding
    # The latest sheet, and its image if it is another one than before.
    sheet: Path | None
    image: QImage | None


class TrainController:
    """Controller of the Train page. One run is open at a time."""

    def __init__(self, context: AppContext, page: TrainPage) -> None:
        self._context = context
        self._page = page
        self._folder: Path | None = None
        self._images: list[CaptionedImage] = []
        self._run: TrainingRun | None = None
        self._sheet: Path | None = None
        self._is_stopping = False
        # Folders of deleted runs, which Undo restores until the program ends.
        self._discarded: list[Path] = []
        self._timer = QTimer(page, interval=POLL_MS)
        self._timer.timeout.connect(lambda: context.tasks.start(self._poll()))
        self._polling = asyncio.Lock()
        controls = page.controls
        controls.choose.clicked.connect(self._ask_folder)
        controls.start.clicked.connect(lambda: context.tasks.start(self._start()))
        controls.pause.clicked.connect(lambda: context.tasks.start(self._pause()))
        controls.stop.clicked.connect(lambda: context.tasks.start(self._discard()))
        controls.use.clicked.connect(lambda: context.tasks.start(self._use()))
        page.caption_edited.connect(lambda row, text: context.tasks.start(self._save_caption(row, text)))
        self._show_buttons()

    def show(self) -> None:
        """Update the list of models. Called when the page is opened."""
        cards = [card for card in self._context.library.cards() if is_trainable(card)]
        self._page.controls.base.set_choices([Choice(card.name, card.title or card.name) for card in cards])
        self._show_buttons()

    async def open_folder(self, folder: Path) -> None:
        """Show the images of a folder."""
        try:
            images = await asyncio.to_thread(read_folder, folder)
        except StudioError as error:
            self._context.notify(error.title, str(error), kind="error")
            return
        self._folder = folder
        self._images = images
        page = self._page
        page.controls.folder.setText(
            self._page.tr("{folder}: {count} pictures").format(folder=folder.name, count=len(images))
        )
        page.set_images([(each.path.name, each.caption) for each in images])
        page.finding.setText(self._hint())
        self._show_buttons()
        for row, each in enumerate(images[:SHOWN]):
            thumbnail = await asyncio.to_thread(_thumbnail, each.path)
            if self._images is not images:
                return
            if thumbnail is not None:
                page.set_thumbnail(row, QPixmap.fromImage(thumbnail))

    async def close(self) -> None:
        """Stop the run after a checkpoint, so that it can be resumed, and delete the discarded runs."""
        self._timer.stop()
        if self._run is not None and self._run.is_active:
            self._run.request_stop()
            await asyncio.to_thread(self._run.wait)
        for folder in self._discarded:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    def _ask_folder(self) -> None:
        title = translate("TrainPage", "Choose the pictures to learn from")
        ask_folder(self._page, title, lambda folder: self._context.tasks.start(self.open_folder(folder)))

    async def _save_caption(self, row: int, text: str) -> None:
        self._images[row] = await asyncio.to_thread(save_caption, self._images[row].path, text)

    async def _start(self) -> None:
        if self._folder is None or (self._run is not None and self._run.is_active):
            return
        controls = self._page.controls
        settings = TrainingSettings(
            images=str(self._folder),
            base=controls.base.choice(),
            title=controls.title.text().strip(),
            samples=round(controls.samples.value()),
            rank=round(controls.rank.value()),
            prompts=controls.prompts.text(),
        )
        try:
            run = training_run(settings.title)
            await asyncio.to_thread(run.start, settings)
        except StudioError as error:
            self._context.notify(error.title, str(error), kind="error")
            self._show_buttons()
            return
        # The button that deletes the run's folder is enabled from here on.
        self._run = run
        self._sheet = None
        self._is_stopping = False
        self._page.status.setText(translate("TrainPage", "Preparing…"))
        self._timer.start()
        self._show_buttons()

    async def _pause(self) -> None:
        if self._run is not None and self._run.is_active:
            self._is_stopping = True
            self._page.status.setText(translate("TrainPage", "Saving…"))
            await asyncio.to_thread(self._run.request_stop)
            self._show_buttons()

    async def _discard(self) -> None:
        run = self._run
        if run is None:
            return
        await self._pause()
        await asyncio.to_thread(run.wait)
        discarded = await asyncio.to_thread(_set_aside, run.folder)
        self._discarded.append(discarded)
        self._timer.stop()
        self._run = None
        self._sheet = None
        page = self._page
        title = translate("TrainPage", "The run was deleted.")
        self._context.notify(title, undo=partial(self._restore, run, discarded))
        page.status.setText(title)
        page.time.setText("")
        page.finding.setText(self._hint())
        page.set_warning("")
        page.chart.set_points((), 1)
        page.sheet.set_pixmap(QPixmap())
        self._show_buttons()

    async def _restore(self, run: TrainingRun, discarded: Path) -> None:
        """Restore a discarded run, and show it unless another one is in training. Raises StorageError."""
        await asyncio.to_thread(_move, discarded, run.folder)
        self._discarded.remove(discarded)
        if self._run is not None and self._run.is_active:
            return
        self._run = run
        self._show(await asyncio.to_thread(_view_of, run, None))
        self._show_buttons()

    async def _use(self) -> None:
        run = self._run
        settings = run.settings if run is not None else None
        if run is None or settings is None:
            return
        try:
            name = await asyncio.to_thread(run.install)
        except StudioError as error:
            self._context.notify(error.title, str(error), kind="info")
            return
        await self._context.navigator.scan_models()
        card = self._context.library.card(settings.base)
        prompt = f"{self._images[0].caption if self._images else ''} <lora:{name}:1>".strip()
        request = replace(card.default_request(), model=card.name, prompt=prompt)
        self._context.navigator.use_request(request, is_new=True)

    async def _poll(self) -> None:
        """Read and show the state of the run."""
        run = self._run
        if run is None or self._polling.locked():
            return
        async with self._polling:
            is_active = run.is_active
            view = await asyncio.to_thread(_view_of, run, self._sheet)
            if self._run is not run:
                return
            self._is_stopping &= is_active
            self._show(view)
            if not is_active:
                self._timer.stop()
                self._show_end(run, view.state)
            self._show_buttons()

    def _show(self, view: _View) -> None:
        page = self._page
        if view.state is not None:
            page.status.setText(_status_text(view.state) if not self._is_stopping else page.status.text())
            page.time.setText(_time_text(view.state))
            page.chart.set_points(view.state.losses, view.state.samples)
        if finding := view.finding.message:
            page.finding.setText(translate("Diagnosis", MESSAGES[finding]).format(**view.finding.values))
        else:
            page.finding.setText(self._hint())
        copies = view.finding.copies
        text = translate("TrainPage", "%n test picture(s) are closer to your pictures than new ones are.", "", copies)
        page.set_warning(text if copies else "")
        if view.image is not None:
            self._sheet = view.sheet
            page.sheet.set_pixmap(QPixmap.fromImage(view.image))

    def _hint(self) -> str:
        """Return the text that is shown in place of a diagnosis."""
        if len(self._images) < FEWEST:
            return translate("TrainPage", "Choose a folder of pictures. Ten or more give a diagnosis.")
        return translate("TrainPage", "Double-click to change the caption")

    def _show_end(self, run: TrainingRun, state: LiveState | None) -> None:
        """Show a notice after the end of the process: the finished LoRA, or an error."""
        title = translate("TrainPage", "Training has stopped")
        if run.ended_badly or state is None:
            text = translate("TrainPage", "The process ended unexpectedly. Start it again; at most a minute is lost.")
            self._context.notify(title, text, kind="error")
            self._page.status.setText(title)
        elif state.status == "failed":
            self._context.notify(title, state.error, kind="error")
        elif state.status == "done":
            text = translate("TrainPage", "The LoRA is ready.")
            self._context.notify(text, kind="success")

    def _show_buttons(self) -> None:
        controls = self._page.controls
        is_active = self._run is not None and self._run.is_active
        has_base = bool(controls.base.choice())
        controls.start.setEnabled(not is_active and bool(self._images) and has_base)
        controls.pause.setEnabled(is_active and not self._is_stopping)
        controls.stop.setEnabled(self._run is not None and not self._is_stopping)
        controls.use.setEnabled(self._sheet is not None)
        for widget in controls.inputs():
            widget.setEnabled(not is_active)


def _view_of(run: TrainingRun, shown: Path | None) -> _View:
    sheets = run.sheets()
    sheet = sheets[-1] if sheets else None
    image = QImage(str(sheet)) if sheet is not None and sheet != shown else None
    return _View(run.state(), run.finding(), sheet, image)


def _set_aside(folder: Path) -> Path:
    """Rename the folder of a run, and return its new path. Raises StorageError."""
    aside = folder.with_name(f".{folder.name}.deleted")
    shutil.rmtree(aside, ignore_errors=True)
    _move(folder, aside)
    return aside


def _move(folder: Path, target: Path) -> None:
    try:
        atomic.rename_without_replacing(folder, target)
    except OSError as error:
        raise atomic.storage_error(target, error) from error


def _thumbnail(path: Path) -> QImage | None:
    """Return a small copy of an image file, or None if it cannot be read."""
    from gdm_studio.common.image_file import read_rgba

    try:
        image = read_rgba(path)
    except StorageError:
        return None
    image.thumbnail((2 * THUMBNAIL, 2 * THUMBNAIL))
    rgba = np.ascontiguousarray(np.asarray(image))
    found = QImage(rgba.data, image.width, image.height, 4 * image.width, QImage.Format.Format_RGBA8888)
    return found.copy()


def _status_text(state: LiveState) -> str:
    texts = {
        "preparing": translate("TrainPage", "Preparing…"),
        "running": translate("TrainPage", "Training"),
        "paused": translate("TrainPage", "Paused. Start resumes it."),
        "done": translate("TrainPage", "Done"),
        "failed": translate("TrainPage", "Training has stopped"),
    }
    return texts.get(state.status, "")


def _time_text(state: LiveState) -> str:
    """Return the number of samples, the speed and the time left."""
    if not state.samples:
        return ""
    counts = translate("TrainPage", "{seen} of {samples} samples").format(
        seen=number_text(min(state.seen, state.samples), 0), samples=number_text(state.samples, 0)
    )
    if state.status != "running" or not math.isfinite(state.seconds_left):
        return counts
    minutes = max(1, round(state.seconds_left / 60))
    speed = translate("TrainPage", "{speed} per second").format(speed=number_text(state.speed, 1))
    left = translate("TrainPage", "%n minute(s) left", "", minutes)
    return f"{counts} · {speed} · {left}"
