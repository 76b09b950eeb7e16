"""Controller of the Train page, which reads a folder of images, starts a training process and shows its progress."""

from __future__ import annotations

import asyncio
import json
import math
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage, QPixmap

from gdm_studio.common import atomic_files
from gdm_studio.common.errors import StorageError, StudioError
from gdm_studio.jobs.engine_service import call_of
from gdm_studio.studio.training import (
    FINE_TUNE,
    LORA,
    TrainableSystem,
    TrainingRun,
    TrainingSettings,
    read_prompt,
    trainable_systems,
    training_dir,
    training_run,
    training_runs,
)
from gdm_studio.training.captioned_folder import (
    CaptionedImage,
    FolderProblems,
    changed_sentence,
    classes_of,
    left_out_sentence,
    read_folder,
    save_caption,
)
from gdm_studio.training.diagnosis_messages import MESSAGES
from gdm_studio.training.lora.trainable import is_fine_tunable, is_trainable
from gdm_studio.training.run_comparison import Comparison, PairedErrors, compare
from gdm_studio.training.run_state_file import FEWEST, FEWEST_HELD_OUT, HELD_OUT, Finding, LiveState
from gdm_studio.ui.folder_dialogs import ask_folder
from gdm_studio.ui.running_jobs import TRAIN, RunningJob
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.train.loss_chart import Overlay
from gdm_studio.ui.train.page import THUMBNAIL
from gdm_studio.ui.translation import (
    count_of_pictures,
    error_text,
    error_title,
    joined_sentences,
    labelled,
    number_text,
    translate,
    with_decimal_point,
)
from gdm_studio.ui.widgets import Choice
from gdm_studio.ui.widgets.file_drops import only_used

if TYPE_CHECKING:
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.train.page import TrainPage

# Interval for reading the state of the run.
POLL_MS = 500
# Maximum number of images whose thumbnails are shown.
SHOWN = 200
# Entries of the lists of runs for none of them. The names of runs start with a letter or digit.
NEW_RUN = "+"
NO_RUN = "-"
# Default samples and learning rate of the methods that change a model, and fewest and most samples.
CHANGE_NUMBERS = {LORA: (8_000, 0.0005), FINE_TUNE: (16_000, 0.0001)}
CHANGE_SAMPLES = (500, 64_000)
# Default names of a LoRA and of any other model.
NAMES = ("my-lora", "my-model")


@dataclass(frozen=True)
class _RunSnapshot:
    """Snapshot of a training run's files, for showing its progress on the page."""

    state: LiveState | None
    finding: Finding
    # The newest sheet. If it is new, also its image, unless it was drawn before the first step.
    sheet: Path | None
    image: QImage | None
    # The sheet that was drawn before the first step, if `sheet` is new.
    before: QImage | None
    overlay: Overlay | None
    # Comparison with the earlier run, or None if it is impossible.
    comparison: Comparison | None


class TrainController:
    """Controller of the Train page, which starts, pauses and deletes training runs and shows their progress. One run is
    open at a time.

    `prepared` is what `prepared()` returned in the last session. It is shown when the page is first opened or, if that
    opens a paused run, when that is closed.
    """

    def __init__(self, context: AppContext, page: TrainPage, prepared: str = "") -> None:
        self._context = context
        self._page = page
        self._folder: Path | None = None
        self._images: list[CaptionedImage] = []
        self._problems = FolderProblems()
        # Number of the last folder to open. The images of an earlier one are not shown.
        self._folder_number = 0
        # Number of the last run to open. An earlier one that is still being read is not opened.
        self._choice_number = 0
        self._run: TrainingRun | None = None
        # The image folder of the open run. The page may show another one.
        self._run_folder: Path | None = None
        # Runs that this window has started or opened, by their title.
        self._runs_by_title: dict[str, TrainingRun] = {}
        self._systems: dict[str, TrainableSystem] = {}
        self._load_lock = asyncio.Lock()
        self._shown_sheet: Path | None = None
        self._is_stopping = False
        # True if the open run is paused.
        self._is_paused = False
        # True after the page has been opened.
        self._is_opened = False
        # The prepared run of the last session, until the page shows it.
        self._prepared = prepared
        # Titles of all runs, and the title that the page has suggested for a new run.
        self._titles: frozenset[str] = frozenset()
        self._suggested_title = ""
        # The entry of the open run in the list of running jobs, while the run is active.
        self._job_entry: RunningJob | None = None
        # Title of a run that `close` has paused, or "".
        self.paused_title = ""
        # Folders of deleted runs, which Undo restores until the window closes.
        self._discarded_folders: list[Path] = []
        self._timer = QTimer(page, interval=POLL_MS)
        self._timer.timeout.connect(lambda: context.tasks.start(self._poll()))
        self._poll_lock = asyncio.Lock()
        controls = page.controls
        controls.choose.clicked.connect(self._ask_folder)
        controls.start.clicked.connect(lambda: context.tasks.start(self._start()))
        controls.pause.clicked.connect(lambda: context.tasks.start(self._pause()))
        controls.stop.clicked.connect(lambda: context.tasks.start(self._discard()))
        controls.use.clicked.connect(lambda: context.tasks.start(self._use()))
        controls.method.chosen.connect(lambda method: context.tasks.start(self._choose_method(method)))
        controls.runs.chosen.connect(lambda title: context.tasks.start(self._choose_run(title)))
        controls.title.textChanged.connect(lambda _: self._show_start())
        controls.keeps_running.toggled.connect(lambda _: context.tasks.start(self._save_keeps_running()))
        page.compared.chosen.connect(lambda _: context.tasks.start(self._poll()))
        page.folder_dropped.connect(self._open_dropped)
        page.caption_edited.connect(lambda row, text: context.tasks.start(self._save_caption(row, text)))
        controls.method.set_choices(_list_change_methods())
        controls.runs.set_choices([_new_run_choice()])
        self._show_method()
        self._show_buttons()

    def show(self) -> None:
        """Update the lists of models, training methods and training runs. The window calls this when the page is
        opened.
        """
        self._show_bases(self._page.controls.method.choice())
        self._context.tasks.start(self._load_systems())
        self._context.tasks.start(self._show_runs())
        self._show_buttons()

    def prepared(self) -> str:
        """Return the settings of the run that the user has prepared and not started as JSON, or "" if there is none."""
        if self._prepared or self._run is not None:
            return self._prepared
        return json.dumps(asdict(self._settings_for(self._folder)))

    async def _show_prepared(self) -> None:
        """Show the run that was prepared in the last session, unless the user types or opens another one meanwhile."""
        settings, before = TrainingSettings.parse(self._prepared), self._typed()
        if settings is not None and settings.is_system:
            await self._load_systems()
        if self._run is not None:
            return
        self._prepared = ""
        if settings is None or self._typed() != before:
            return
        self._set_controls(settings)
        # A run may have been given its title since.
        self._suggest_title()
        folder = Path(settings.images)
        is_there = await asyncio.to_thread(folder.is_dir)
        if settings.images and is_there and self._typed()[0] == before[0]:
            await self.open_folder(folder)

    def _typed(self) -> tuple[Path | None, str, bool]:
        """Return the open folder, the prompts, and whether the user has typed a title."""
        controls = self._page.controls
        return self._folder, controls.prompts.text(), controls.title.isModified()

    def _open_dropped(self, folder: Path, others: list[Path]) -> None:
        """Open the first of the dropped folders, and say that the others are not used."""
        self._context.tasks.start(self.open_folder(folder))
        if others:
            self._context.notify(*only_used(folder, others), kind="warning")

    async def open_folder(self, folder: Path) -> None:
        """Open a folder of training images: show their names and captions, then load their thumbnails."""
        await self._show_folder(folder)
        await self._show_thumbnails()

    async def _show_folder(self, folder: Path, run: TrainingRun | None = None) -> None:
        """Show the names of the images in a folder, without thumbnails. If the folder cannot be read, show an error and
        keep the previous folder. The folder of a run is not shown if another run is open by then.
        """
        is_system = self._is_system
        self._folder_number = number = self._folder_number + 1
        problems = FolderProblems()
        try:
            images = await asyncio.to_thread(read_folder, folder, read_prompt, nested=is_system, problems=problems)
            classes = await asyncio.to_thread(classes_of, folder, images) if is_system else []
        except StudioError as error:
            self._context.tasks.report(error)
            return
        if number != self._folder_number or run not in (None, self._run):
            return
        self._folder = folder
        self._images = images
        self._problems = problems
        page = self._page
        page.controls.folder.setText(labelled(folder.name, count_of_pictures(len(images))))
        names = [each.path.relative_to(folder).as_posix() for each in images]
        texts = classes or [each.caption for each in images]
        page.set_images(list(zip(names, texts, strict=True)), has_classes=is_system)
        page.finding.setText(self._hint())
        self._show_warning()
        self._show_buttons()

    async def _show_thumbnails(self) -> None:
        """Load and show the thumbnails of the training images one by one, until another folder is opened."""
        images = self._images
        for row, each in enumerate(images[:SHOWN]):
            thumbnail = await asyncio.to_thread(_read_thumbnail, each.path)
            if self._images is not images:
                return
            if thumbnail is not None:
                self._page.set_thumbnail(row, QPixmap.fromImage(thumbnail))

    async def close(self) -> list[tuple[str, str]]:
        """Stop the training runs when the window closes, except for those that the user wants to continue. Each run
        saves a checkpoint first.

        Return the title and text of a notification for each active run, which say whether it is paused or continues.
        """
        self._timer.stop()
        paused = _status_text("paused")
        continues = translate("TrainPage", "It continues without the window.")
        active = await asyncio.to_thread(self._stop_runs)
        for folder in self._discarded_folders:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        self.paused_title = next((run.folder.name for run, is_stopped in active if is_stopped), "")
        return [(_job_title(run), paused if is_stopped else continues) for run, is_stopped in active]

    def resume(self, title: str) -> None:
        """Open a paused run and continue it."""
        # The page, which has just been opened, must not open another run instead.
        self._is_opened = True
        self._context.tasks.start(self._resume(title))

    async def _resume(self, title: str) -> None:
        await self._choose_run(title)
        if self._run is not None and self._run.folder.name == title and self._is_paused:
            await self._start()

    def _stop_runs(self) -> list[tuple[TrainingRun, bool]]:
        """Stop the active training runs, except for those that the user wants to continue. Return all active runs, each
        with True if it was stopped.
        """
        active = []
        for run in self._runs_by_title.values():
            if run.is_active:
                settings = run.settings
                is_stopped = settings is None or not settings.keeps_running
                if is_stopped:
                    run.request_stop()
                active.append((run, is_stopped))
        for run, is_stopped in active:
            if is_stopped:
                run.wait()
        return active

    @property
    def _compared_name(self) -> str:
        """Name of the earlier training run with which the open run is compared, or "" if there is none."""
        return self._page.compared.choice().removeprefix(NO_RUN)

    @property
    def _is_system(self) -> bool:
        return self._page.controls.method.choice() not in CHANGE_NUMBERS

    async def _load_systems(self) -> None:
        """Add the published diffusion systems that can be trained from scratch, such as DDPM, to the list of training
        methods.
        """
        async with self._load_lock:
            if self._systems:
                return
            systems = await self._context.worker.call(call_of, trainable_systems)
            self._systems = {each.name: each for each in systems}
            group = translate("TrainPage", "From scratch")
            choices = [
                Choice(each.name, f"{each.title} ({each.year})", translate("System", each.idea), group)
                for each in systems
            ]
            self._page.controls.method.set_choices([*_list_change_methods(), *choices])

    async def _choose_method(self, method: str) -> None:
        self._show_method()
        if self._folder is not None:
            await self.open_folder(self._folder)

    def _show_method(self) -> None:
        """Show the settings that the selected training method uses, with the defaults of the method."""
        controls = self._page.controls
        method = controls.method.choice()
        system = self._systems.get(method)
        backbones = system.backbones if system is not None else ()
        controls.show_settings_of(is_lora=method == LORA, has_base=system is None, has_backbones=bool(backbones))
        controls.backbone.set_choices([Choice(name, name) for name in backbones])
        if system is not None:
            low, high, samples, rate = 1_000, 1_000_000, system.samples, system.learning_rate
        else:
            low, high = CHANGE_SAMPLES
            samples, rate = CHANGE_NUMBERS[method]
            self._show_bases(method)
        self._suggest_title()
        self._page.introduction.set_steps(*_steps_of(method))
        controls.samples.set_range(low, high)
        for row, value in ((controls.samples, samples), (controls.learning_rate, rate)):
            row.set_default(value)
            row.set_value(value)

    def _suggest_title(self) -> None:
        """Suggest an unused title for a new run, in place of an earlier suggestion or the title of an existing run.

        With that title, Start would continue the earlier run and replace its product. Another title that the user has
        typed stays, and so does that of an open run.
        """
        title = self._page.controls.title
        name = title.text()
        if name in (*NAMES, self._suggested_title):
            name = NAMES[self._page.controls.method.choice() != LORA]
        if self._run is not None or name == title.text() and name not in self._titles:
            return
        numbered = (f"{name}-{number}" for number in count(2))
        self._suggested_title = next(each for each in chain([name], numbered) if each not in self._titles)
        title.setText(self._suggested_title)

    def _show_bases(self, method: str) -> None:
        """Fill the list of models with those that the training method can change."""
        can_change = is_fine_tunable if method == FINE_TUNE else is_trainable
        cards = [card for card in self._context.library.cards() if can_change(card)]
        self._page.controls.base.set_choices([Choice(card.name, card.title or card.name) for card in cards])

    async def _show_runs(self) -> None:
        """Update the list of training runs. When the page is opened for the first time, open the newest run if it is
        paused or still training, since closing the window pauses a run.
        """
        rows = await self._list_runs()
        is_first, self._is_opened = not self._is_opened, True
        if is_first and self._run is None and self._folder is None and rows:
            title, status = rows[0]
            if status in ("paused", "running"):
                await self._choose_run(title)
        if self._run is None and self._prepared:
            if self._folder is None:
                await self._show_prepared()
            else:
                # The user prepares another one already.
                self._prepared = ""

    async def _list_runs(self) -> list[tuple[str, str]]:
        """Update the list of training runs, which includes runs of earlier sessions. Returns their titles and statuses,
        newest first.
        """
        rows = await asyncio.to_thread(_run_rows)
        self._titles = frozenset(title for title, _ in rows)
        self._suggest_title()
        controls = self._page.controls
        current = self._run.folder.name if self._run is not None else NEW_RUN
        group = translate("TrainPage", "Earlier runs")
        choices = [Choice(title, title, _status_text(status), group) for title, status in rows]
        controls.runs.set_choices([_new_run_choice(), *choices])
        controls.runs.set_choice(current)
        nothing = Choice(NO_RUN, translate("TrainPage", "No comparison"))
        others = [Choice(title, title, "", group) for title, _ in rows if title != current]
        self._page.compared.set_choices([nothing, *others])
        return rows

    async def _choose_run(self, title: str) -> None:
        """Open the training run with this title, or start a new one if the user has chosen "New run"."""
        self._choice_number = number = self._choice_number + 1
        if title == NEW_RUN:
            self._show_no_run("")
            self._suggest_title()
            if self._prepared:
                await self._show_prepared()
            return
        run = self._runs_by_title.setdefault(title, TrainingRun(training_dir() / title))
        settings = await asyncio.to_thread(lambda: run.settings)
        if settings is None:
            await self._list_runs()
            return
        await self._load_systems()
        if number != self._choice_number:
            return
        # The previous run may still be training. A poll would report the end of a run that ended long ago.
        self._timer.stop()
        self._run = run
        self._run_folder = Path(settings.images)
        self._shown_sheet = None
        self._page.sheet.set_pixmap(QPixmap())
        self._page.before.set_pixmap(QPixmap())
        self._is_stopping = False
        self._set_controls(settings)
        await self._show_folder(Path(settings.images), run)
        await self._list_runs()
        view = await asyncio.to_thread(_read_snapshot, run, None, self._compared_name)
        if self._run is not run:
            return
        self._show(view)
        self._show_job(view.state)
        if run.is_active:
            self._timer.start()
        self._show_buttons()
        await self._show_thumbnails()

    def _set_controls(self, settings: TrainingSettings) -> None:
        controls = self._page.controls
        controls.method.set_choice(settings.method)
        self._show_method()
        controls.base.set_choice(settings.base)
        controls.backbone.set_choice(settings.backbone)
        controls.side.set_choice(str(settings.size))
        controls.title.setText(settings.title)
        controls.prompts.setText(settings.prompts)
        controls.samples.set_value(settings.samples)
        controls.rank.set_value(settings.rank)
        if settings.learning_rate:
            controls.learning_rate.set_value(settings.learning_rate)
        controls.keeps_running.setChecked(settings.keeps_running)

    def _settings_for(self, folder: Path | None) -> TrainingSettings:
        """Return the settings for a training run on the images in `folder`, if there is one, as the user has entered
        them.
        """
        controls = self._page.controls
        return TrainingSettings(
            images=str(folder or ""),
            base="" if self._is_system else controls.base.choice(),
            title=controls.title.text().strip(),
            samples=round(controls.samples.value()),
            rank=round(controls.rank.value()),
            prompts=controls.prompts.text(),
            method=controls.method.choice(),
            backbone=controls.backbone.choice(),
            size=int(controls.side.choice()),
            learning_rate=controls.learning_rate.value(),
            keeps_running=controls.keeps_running.isChecked(),
        )

    async def _save_keeps_running(self) -> None:
        if self._run is not None:
            await asyncio.to_thread(self._run.set_keeps_running, self._page.controls.keeps_running.isChecked())

    def _ask_folder(self) -> None:
        title = translate("TrainPage", "Choose the pictures to learn from")
        ask_folder(self._page, title, lambda folder: self._context.tasks.start(self.open_folder(folder)))

    async def _save_caption(self, row: int, text: str) -> None:
        # Another folder may be opened meanwhile.
        images = self._images
        images[row] = await asyncio.to_thread(save_caption, images[row].path, text)

    async def _start(self) -> None:
        if self._folder is None or (self._run is not None and self._run.is_active):
            return
        settings = self._settings_for(self._folder)
        # A second click must not start a second process.
        self._page.controls.start.setEnabled(False)
        try:
            run = training_run(settings.title)
            run = self._runs_by_title.get(run.folder.name, run)
            await asyncio.to_thread(partial(run.start, settings, is_new=run is not self._run))
        except StudioError as error:
            self._context.tasks.report(error)
            self._show_buttons()
            return
        is_other = run is not self._run
        # The button that deletes the run's folder is enabled from here on.
        self._run = self._runs_by_title[run.folder.name] = run
        self._choice_number += 1
        self._run_folder = Path(settings.images)
        self._shown_sheet = None
        self._is_stopping = self._is_paused = False
        if is_other:
            self._clear_progress()
        self._page.set_status(translate("TrainPage", "Preparing…"))
        self._show_job(None)
        self._timer.start()
        self._show_buttons()
        await self._list_runs()

    async def _pause(self) -> None:
        if self._run is not None:
            await self._stop(self._run)

    async def _stop(self, run: TrainingRun) -> None:
        """Request the end of the open training run, if it is active, and show that its process is stopping."""
        if run.is_active:
            self._is_stopping = True
            state = await asyncio.to_thread(run.state)
            is_preparing = state is None or state.status == "preparing"
            text = translate("TrainPage", "Pausing…") if is_preparing else translate("TrainPage", "Saving…")
            # Another run may have been opened meanwhile.
            if self._run is run:
                self._page.set_status(text)
            await asyncio.to_thread(run.request_stop)
            self._show_buttons()
            # Ends the process only if it has taken no step; loading a model cannot be interrupted.
            await asyncio.to_thread(run.end_preparation)

    async def _discard(self) -> None:
        run = self._run
        if run is None:
            return
        await self._stop(run)
        await asyncio.to_thread(run.wait)
        discarded = await asyncio.to_thread(_rename_deleted, run.folder)
        self._discarded_folders.append(discarded)
        self._runs_by_title.pop(run.folder.name, None)
        title = translate("TrainPage", "The run was deleted.")
        undone = translate("TrainPage", "The run was restored.")
        self._context.notify(title, undo=partial(self._restore, run, discarded), undone=undone)
        # Another run may have been opened meanwhile.
        if self._run is run:
            self._show_no_run(title)
            if self._prepared:
                await self._show_prepared()
        await self._list_runs()

    def _show_no_run(self, status: str) -> None:
        """Clear the progress on the page, because no training run is open, and show the message `status`."""
        self._timer.stop()
        self._run = None
        self._shown_sheet = None
        self._is_stopping = self._is_paused = False
        page = self._page
        page.controls.runs.set_choice(NEW_RUN)
        self._clear_progress()
        page.set_status(status)
        self._show_job(None)
        self._show_buttons()

    def _clear_progress(self) -> None:
        """Remove what the page shows of another training run: the time, the diagnosis, the chart and the samples."""
        page = self._page
        page.time.setText("")
        page.finding.setText(self._hint())
        self._show_warning()
        page.verdict.setText("")
        page.chart.set_overlay(None)
        page.chart.set_points((), 1)
        page.sheet.set_pixmap(QPixmap())
        page.before.set_pixmap(QPixmap())

    async def _restore(self, run: TrainingRun, discarded: Path) -> None:
        """Restore a training run that the user has deleted, and open it unless another run is training. Raises
        StorageError.
        """
        await asyncio.to_thread(_move, discarded, run.folder)
        self._discarded_folders.remove(discarded)
        self._runs_by_title[run.folder.name] = run
        if self._run is not None and self._run.is_active:
            await self._list_runs()
        else:
            await self._choose_run(run.folder.name)

    async def _use(self) -> None:
        run = self._run
        settings = run.settings if run is not None else None
        if run is None or settings is None:
            return
        try:
            path = await asyncio.to_thread(run.install)
        except StudioError as error:
            self._context.notify(error_title(error), error_text(error), kind="info")
            return
        await self._context.navigator.scan_models()
        name = path.stem if settings.method == LORA else path.parent.name
        if name != settings.title:
            title = translate("TrainPage", "Added as {name}").format(name=name)
            text = translate("TrainPage", "Another model is called {title} and is kept.").format(title=settings.title)
            self._context.notify(title, text)
        if settings.method != LORA:
            # Another model may have the same name, so that this one was renamed.
            card = next((each for each in self._context.library.cards() if each.path == path), None)
            card = card or self._context.library.card(settings.title)
            prompt = self._images[0].caption if self._images and not settings.is_system else ""
            request = replace(card.default_request(), model=card.name, prompt=prompt)
        else:
            card = self._context.library.card(settings.base)
            prompt = f"{self._images[0].caption if self._images else ''} <lora:{path.stem}:1>".strip()
            request = replace(card.default_request(), model=card.name, prompt=prompt)
        self._context.navigator.use_request(request, is_new=True)

    async def _poll(self) -> None:
        """Read the state of the open training run from its files, and show it."""
        run = self._run
        if run is None or self._poll_lock.locked():
            return
        async with self._poll_lock:
            is_active = run.is_active
            view = await asyncio.to_thread(_read_snapshot, run, self._shown_sheet, self._compared_name)
            if self._run is not run:
                return
            self._is_stopping &= is_active
            self._show(view)
            self._show_job(view.state)
            has_ended = not is_active and self._timer.isActive()
            if has_ended:
                self._timer.stop()
                self._show_end(run, view.state)
            self._show_buttons()
        if has_ended:
            await self._list_runs()

    def _show(self, view: _RunSnapshot) -> None:
        page = self._page
        self._is_paused = view.state is not None and view.state.status == "paused"
        if view.state is not None:
            page.status.setText(_status_text(view.state.status) if not self._is_stopping else page.status.text())
            page.time.setText(_time_text(view.state))
            page.chart.set_points(view.state.losses, view.state.samples)
        if finding := view.finding.message:
            has_ended = view.state is not None and view.state.status == "done"
            # No later diagnosis follows.
            message = "short" if finding == "early" and has_ended else finding
            page.finding.setText(_finding_text(message, view.finding.values))
        else:
            page.finding.setText(self._hint())
        if view.finding.copies is None and view.finding.kind != "copying":
            note = translate(
                "TrainPage", "Copies among the test pictures are only found with {count} pictures or more."
            )
            note = note.format(count=round(FEWEST_HELD_OUT / HELD_OUT))
            page.finding.setText(joined_sentences([page.finding.text(), note]))
        # The notice of a failure disappears, and the run may be opened later.
        self._show_warning(view.finding.copies or 0, view.state)
        page.chart.set_overlay(view.overlay)
        page.verdict.setText(_describe_comparison(self._compared_name, view.comparison) if self._compared_name else "")
        if view.sheet != self._shown_sheet:
            self._shown_sheet = view.sheet
            page.sheet.set_pixmap(QPixmap() if view.image is None else QPixmap.fromImage(view.image))
            page.before.set_pixmap(QPixmap() if view.before is None else QPixmap.fromImage(view.before))
        page.show_progress()

    def _show_job(self, state: LiveState | None) -> None:
        """Show the open run among the running jobs in the top bar until it ends, since it slows down everything else.
        "Stop all running jobs" pauses it.
        """
        jobs, entry, run = self._context.jobs, self._job_entry, self._run
        is_active = run is not None and run.is_active
        title = _job_title(run) if run is not None else ""
        if entry is not None and (not is_active or entry.title != title):
            jobs.end(entry)
            self._job_entry = entry = None
        if run is None or not is_active:
            return
        is_preparing = state is None or state.status == "preparing"
        status = _status_text("preparing") if is_preparing else ""
        text = " · ".join(filter(None, (status, _time_text(state) if state else "")))
        done = total = 0
        if state is not None:
            done, total = (state.encoded, state.images) if is_preparing else (state.seen, state.samples)
        share = min(done / total, 1.0) if total else 0.0
        if entry is None:
            entry = RunningJob(title, lambda: self._context.tasks.start(self._stop(run)), lambda: None, TRAIN)
        entry.text = text
        entry.share = share
        if self._job_entry is None:
            self._job_entry = jobs.begin(entry)

    def _show_warning(self, copies: int = 0, state: LiveState | None = None) -> None:
        """Show warnings about the open run: the reason for a failure, the number of test images that copy training
        images (`copies`), and problems in the image folder.
        """
        problems = self._problems
        is_of_run = self._folder == self._run_folder
        left_out = ""
        if state is not None and state.left_out > (len(problems.unreadable) if is_of_run else 0):
            # Images were deleted after the page had read the folder, or the page shows another folder.
            left_out = left_out_sentence(state.left_out, state.first_left_out, translate)
            problems = replace(problems, unreadable=[]) if is_of_run else problems
        failure = state.error if state is not None else ""
        text = translate("TrainPage", "%n test picture(s) is(are) almost the same as yours.", "", copies)
        changed = changed_sentence(state.changed, translate) if state is not None and state.changed else ""
        texts = [failure, text if copies else "", changed, left_out, *problems.sentences(translate)]
        self._page.set_warning(plain(joined_sentences(texts)))

    def _hint(self) -> str:
        """Return a sentence that tells the user what to do next, as long as there is no diagnosis of the training."""
        if len(self._images) < FEWEST:
            return translate("TrainPage", "Ten or more pictures give a diagnosis.")
        if self._run is not None and self._run.is_active:
            return translate("TrainPage", "The first test pictures and the diagnosis follow in a few minutes.")
        return _steps_of(self._page.controls.method.choice())[1]

    def _show_end(self, run: TrainingRun, state: LiveState | None) -> None:
        """Show a notice that the process of a training run has finished, failed or ended unexpectedly."""
        title = translate("TrainPage", "Training has stopped")
        if run.ended_badly:
            text = translate("TrainPage", "The process ended unexpectedly. Start it again; at most a minute is lost.")
            self._context.notify(title, text, kind="error")
            self._page.set_status(title)
        elif state is None:
            self._is_paused = True
            self._page.set_status(_status_text("paused"))
        elif state.status == "failed":
            self._context.notify(title, state.error, kind="error")
        elif state.status == "done":
            text = translate("TrainPage", "Training is finished.")
            self._context.notify(text, kind="success")

    def _show_buttons(self) -> None:
        controls = self._page.controls
        is_active = self._run is not None and self._run.is_active
        has_base = self._is_system or bool(controls.base.choice())
        controls.start.setEnabled(not is_active and bool(self._images) and has_base)
        self._show_start()
        controls.pause.setEnabled(is_active and not self._is_stopping)
        controls.stop.setEnabled(self._run is not None and not self._is_stopping)
        # The first sheet shows the model before training.
        controls.use.setEnabled(self._shown_sheet is not None and int(self._shown_sheet.stem) > 0)
        for widget in controls.inputs():
            widget.setEnabled(not is_active)
        self._page.show_introduction(self._run is None and not self._images)

    def _show_start(self) -> None:
        """Label the start button according to its effect: with another title, it would start another run."""
        controls, run = self._page.controls, self._run
        is_of_run = run is not None and controls.title.text().strip() == run.folder.name
        controls.show_start(resumes=is_of_run and self._is_paused)


def _job_title(run: TrainingRun) -> str:
    return translate("TrainPage", "Training {name}").format(name=run.folder.name)


def _finding_text(message: str, values: Mapping[str, str]) -> str:
    """Return a message of the diagnosis in the window's language, with its numbers and the name of its layer."""
    shown = {name: value if name == "layer" else with_decimal_point(value) for name, value in values.items()}
    return translate("Diagnosis", MESSAGES[message]).format(**shown)


def _read_snapshot(run: TrainingRun, shown: Path | None, compared: str) -> _RunSnapshot:
    """Read the state of a training run from its files, and compare it with the run `compared`, if given. The sample
    images are loaded only if they are newer than `shown`.
    """
    sheets = run.sheets()
    sheet = sheets[-1] if sheets else None
    is_new = sheet is not None and sheet != shown
    before = QImage(str(sheets[0])) if is_new and int(sheets[0].stem) == 0 else None
    image = QImage(str(sheet)) if is_new and (before is None or len(sheets) > 1) else None
    overlay = comparison = None
    if compared:
        errors, earlier = (PairedErrors.load(folder) for folder in (run.folder, run.folder.with_name(compared)))
        comparison = compare(errors, earlier)
        if comparison is not None:
            overlay = Overlay(compared, errors.curve(), earlier.curve(), comparison.band)
    state = run.state()
    if state is not None and run.was_interrupted:
        state = state.with_status("paused", "")
    elif state is not None and run.ended_badly:
        state = state.with_status("failed", "")
    return _RunSnapshot(state, run.finding(), sheet, image, before, overlay, comparison)


def is_paused(title: str) -> bool:
    """Return True if there is a training run with this title that is paused."""
    return (title, "paused") in _run_rows()


def _run_rows() -> list[tuple[str, str]]:
    """Return (title, status) pairs of all training runs, newest first."""
    rows = []
    for run in training_runs():
        state = run.state()
        if run.is_active:
            status = "running"
        elif run.was_interrupted:
            status = "paused"
        else:
            status = "failed" if run.ended_badly or state is None else state.status
        rows.append((run.folder.name, status))
    return rows


def _describe_comparison(name: str, comparison: Comparison | None) -> str:
    """Return a sentence that says whether the open training run is better or worse than the run `name`, or that they
    cannot be compared.
    """
    if comparison is None:
        text = translate("TrainPage", "{run} has no errors of the same pictures, so it cannot be compared.")
    elif comparison.sign < 0:
        text = translate("TrainPage", "Better than {run}; the difference is significant.")
    elif comparison.sign > 0:
        text = translate("TrainPage", "Worse than {run}; the difference is significant.")
    else:
        text = translate("TrainPage", "No significant difference from {run}.")
    return text.format(run=name)


def _steps_of(method: str) -> tuple[str, str, str]:
    """Return three sentences about a training method: how many images it needs, how it uses captions, and what it
    produces.
    """
    amount = translate("TrainPage", "Twenty of one style, or of one thing, are a good start.")
    captions = translate("TrainPage", "Check the captions. Later, you ask for pictures in the same words.")
    if method == LORA:
        result = translate("TrainPage", "You get a LoRA: a small file that adds this style or thing to any prompt.")
    elif method == FINE_TUNE:
        result = translate("TrainPage", "You get a copy of the model that draws more like your pictures.")
    else:
        amount = translate("TrainPage", "Some hundreds of one kind are a good start.")
        captions = translate("TrainPage", "Pictures with the same caption, or in the same folder, form a class.")
        result = translate("TrainPage", "You get a small model that draws nothing but pictures like yours.")
    return amount, captions, result


def _list_change_methods() -> list[Choice]:
    """Return the training methods that change an existing model: LoRA and fine-tuning."""
    group = translate("TrainPage", "Change a model")
    added = translate("TrainPage", "A small file that adds a style or a thing to a model")
    whole = translate("TrainPage", "Trains the whole network: another model that can change more")
    tuned = translate("TrainPage", "Fine-tuning")
    return [Choice(LORA, translate("TrainPage", "LoRA"), added, group), Choice(FINE_TUNE, tuned, whole, group)]


def _new_run_choice() -> Choice:
    return Choice(NEW_RUN, translate("TrainPage", "New run"))


def _rename_deleted(folder: Path) -> Path:
    """Rename the folder of a deleted training run, so that the deletion can be undone. Return the new path. Raises
    StorageError.
    """
    aside = folder.with_name(f".{folder.name}.{secrets.token_hex(8)}.deleted")
    _move(folder, aside)
    return aside


def _move(folder: Path, target: Path) -> None:
    try:
        atomic_files.rename_without_replacing(folder, target)
    except OSError as error:
        raise atomic_files.storage_error(target, error) from error


def _read_thumbnail(path: Path) -> QImage | None:
    """Read an image file and return a small copy of it, or None if the file cannot be read."""
    from gdm_studio.common.image_file import read_rgba

    try:
        image = read_rgba(path)
    except StorageError:
        return None
    image.thumbnail((2 * THUMBNAIL, 2 * THUMBNAIL))
    rgba = np.ascontiguousarray(np.asarray(image))
    thumbnail = QImage(rgba.data, image.width, image.height, 4 * image.width, QImage.Format.Format_RGBA8888)
    return thumbnail.copy()


def _status_text(status: str) -> str:
    texts = {
        "preparing": translate("TrainPage", "Preparing…"),
        "running": translate("TrainPage", "Training"),
        "paused": translate("TrainPage", "Paused. Resume continues it."),
        "done": translate("TrainPage", "Done"),
        "failed": translate("TrainPage", "Training has stopped"),
    }
    return texts.get(status, "")


def _time_text(state: LiveState) -> str:
    """Return a phrase for the progress of a training run: the number of samples, the speed and the remaining time."""
    is_preparing = state.status == "preparing" or (state.status == "paused" and not state.seen)
    if is_preparing and state.images:
        text = translate("TrainPage", "{done} of {count} pictures encoded")
        return text.format(done=number_text(state.encoded, 0), count=number_text(state.images, 0))
    if not state.samples:
        return ""
    counts = translate("TrainPage", "{seen} of {samples} samples").format(
        seen=number_text(min(state.seen, state.samples), 0), samples=number_text(state.samples, 0)
    )
    if state.status != "running" or not math.isfinite(state.seconds_left):
        return counts
    speed = translate("TrainPage", "{speed} per second").format(speed=number_text(state.speed, 1))
    if state.seconds_left < 60:
        left = translate("TrainPage", "less than a minute left")
    else:
        left = translate("TrainPage", "%n minute(s) left", "", round(state.seconds_left / 60))
    return f"{counts} · {speed} · {left}"
