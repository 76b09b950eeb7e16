"""The sheet at work: one job makes a picture with every scheduler, all from the same noise."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from gdm_studio.errors import BadRequest
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.maths.spacings import SPACINGS
from gdm_studio.request import Request
from gdm_studio.run import Run
from gdm_studio.ui import menus
from gdm_studio.ui.progress import duration
from gdm_studio.ui.schedulers import sheet_picture
from gdm_studio.ui.schedulers.chooser import Chooser
from gdm_studio.ui.schedulers.sheet_view import SheetView

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from gdm_studio.models.library import Library
    from gdm_studio.run import Event, Result
    from gdm_studio.ui.jobs import Job
    from gdm_studio.ui.lane import Lane
    from gdm_studio.ui.making import Making, Say
    from gdm_studio.ui.pages.create_page import CreatePage
    from gdm_studio.ui.settings import Settings
    from gdm_studio.ui.tasks import Tasks
    from gdm_studio.ui.theme import Theme
    from gdm_studio.ui.viewer import Viewer

USUAL = ("dpmpp_2m", "unipc", "deis", "euler", "heun", "lms", "euler_a", "dpmpp_2m_sde", "restart")


class Sheet:
    """Opens over the stage and runs at once; it is closed, and its job given up, when the stage turns to anything else.

    What it has made it keeps until other settings are compared.
    """

    def __init__(
        self,
        theme: Theme,
        page: CreatePage,
        viewer: Viewer,
        *,
        lane: Lane,
        settings: Settings,
        making: Making,
        tasks: Tasks,
        say: Say,
    ) -> None:
        self._theme, self._page, self._viewer = theme, page, viewer
        self._lane, self._settings, self._making, self._tasks, self._say = lane, settings, making, tasks, say
        self.chooser = Chooser(theme)
        self.view = SheetView(theme, self.chooser)
        self.job: Job | None = None
        self._base = Request()
        self._names = list(USUAL)
        self._singles: dict[str, Request] = {}  # of the schedulers shown, those that can run
        self._results: dict[tuple[str, bool], Result] = {}  # by scheduler, and whether at its best
        self._saved: set[tuple[str, bool]] = set()  # of the results, those in the gallery
        page.stage.set_sheet(self.view)
        self._connect()

    def open(self) -> None:
        """Compares the schedulers with the settings as they are; the same again are not made again."""
        if self._settings.card is None:
            return
        base = replace(self._page.controls.request(), count=1, batch=0)
        if base != self._base:
            self._base, self._results, self._saved = base, {}, set()
        self._page.stage.set_mode("sheet")
        self._settings.draw_path()  # in the place of the latest run's
        self.view.choose.setChecked(False)
        self._begin()

    def choose(self, names: list[str]) -> None:
        """Compares these schedulers instead; what is made of them stays."""
        self._names = names
        self.view.choose.setChecked(False)
        self._begin()

    def stop(self) -> None:
        """Gives up what is not made yet."""
        if self.job is not None:
            self.job.cancel()

    async def save(self) -> None:
        """Writes the sheet as one labelled picture, and every picture of it into the gallery."""
        base, own = self._base, self._own()
        made = {name: result for name in self._singles if (result := self._result(name)) is not None}
        pictures = [
            sheet_picture.Labelled(SAMPLERS[name].title, _note(self._singles[name]), result.rgba)
            for name, result in made.items()
        ]
        note = f"seed {base.seed} · guidance {base.guidance_scale:g} · temperature {base.temperature:g} · {base.model}"
        sheet = sheet_picture.drawn(self._theme, base.prompt or "No prompt", note, pictures)
        path = Path(await asyncio.to_thread(sheet_picture.save, sheet, base))
        new = [name for name in made if (name, own) not in self._saved]
        self._saved |= {(name, own) for name in new}
        await self._making.keep_run(Run(base, results=[made[name] for name in new]))
        self._say(
            "Sheet saved",
            f"{path.name} lies with your pictures; the single ones are in the gallery.",
            kind="success",
            action="Open folder",
            on_action=lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent))),
        )

    def _begin(self) -> None:
        """Cells for what is compared, and a job for those that are not made yet."""
        choices = menus.scheduler_choices(self._settings.card)
        self._names = [choice.id for choice in choices if choice.id in self._names and not choice.refused]
        self.chooser.set_choices(choices, self._names)
        self.view.begin({name: SAMPLERS[name].title for name in self._names})
        self._singles = {}
        for name in self._names:
            self._add(name)
        missing = [name for name in self._singles if self._result(name) is None]
        self.stop()
        if missing:
            singles = [self._singles[name] for name in missing]
            request = replace(self._base, count=len(singles))
            self.job = self._lane.submit(request, work=partial(_side_by_side, singles))
            self._tasks.start(self._follow(self.job, missing, own=self._own()))
        self._show()

    def _add(self, name: str) -> None:
        """Readies the request of a scheduler; where it cannot be carried out, its cell says why."""
        single, card = self._single(name), self._settings.card
        assert card is not None
        cell = self.view.cells[name]
        try:
            single = card.checked(single)
            if self._settings.process is not None:
                card.points(self._settings.process, single.spacing, single.steps)
        except BadRequest as error:
            cell.set_note(str(error))
            return
        self._singles[name] = single
        cell.set_note(_note(single) if self._own() else "")

    def _single(self, name: str) -> Request:
        spec, base = SAMPLERS[name], self._base
        if name == base.sampler:
            return base
        if self._own():
            return replace(base, sampler=name, knobs={}, steps=spec.default_steps, spacing=spec.default_spacing)
        return replace(base, sampler=name, knobs={})

    async def _follow(self, job: Job, names: Sequence[str], *, own: bool) -> None:
        """One job, from its first step to its last picture."""
        self._making.show_busy(True)
        try:
            async for _ in job:
                for result in job.run.results:
                    self._results[names[result.image], own] = result
                if job is self.job:
                    self._show_steps(job, names)
        finally:
            job.cancel()
            self._lane.spare(job)
            if job is self.job:
                self.job = None
                self._show()
            self._making.show_busy(self._making.job is not None)

    def _show_steps(self, job: Job, names: Sequence[str]) -> None:
        for name, views in zip(names, job.run.views, strict=True):
            if views:
                self.view.cells[name].set_picture(views[-1].predicted)
                self.view.cells[name].set_progress(min(len(views) / views[-1].of, 0.999))
        self._show()

    def _show(self) -> None:
        """What is finished, and what is said of the whole."""
        made = {name: result for name in self._singles if (result := self._result(name)) is not None}
        for name, result in made.items():
            cell = self.view.cells[name]
            cell.set_picture(result.rgba)
            cell.set_progress(1)
            took = duration(result.made.seconds) if result.made is not None else ""
            cell.set_note(" · ".join(filter(None, [_note(self._singles[name]) if self._own() else "", took])))
        running = self.job is not None and len(made) < len(self._singles)
        far = f"{len(made)} of {len(self._singles)}" if running else "click one to use it"
        alike = "" if self._own() else _note(self._base)
        words = (self._base.prompt or "No prompt", f"seed {self._base.seed}", alike, far)
        self.view.set_words(" · ".join(filter(None, words)))
        self.view.set_state(running=running, savable=bool(made) and not running)

    def _take(self, name: str) -> None:
        """Takes over a scheduler with its steps and spacing, and shows its picture."""
        result = self._result(name)
        if result is None:
            return
        self._settings.use(self._singles[name])
        height, width = result.rgba.shape[:2]
        title = SAMPLERS[name].title
        self._viewer.show_still(result.rgba, title, f"{width} × {height} · {_note(self._singles[name])}")
        self._page.controls.changed.emit()

    def _result(self, name: str) -> Result | None:
        return self._results.get((name, self._own()))

    def _own(self) -> bool:
        return self.view.pace.choice() == "own"

    def _on_mode(self, mode: str) -> None:
        if mode != "sheet":
            self.stop()

    def _connect(self) -> None:
        view = self.view
        self._page.controls.compare.connect(self.open)
        self._page.stage.mode_changed.connect(self._on_mode)
        self.chooser.chosen.connect(self.choose)
        view.pace_chosen.connect(lambda _: self._begin())
        view.taken.connect(self._take)
        view.stop_clicked.connect(self.stop)
        view.save_clicked.connect(lambda: self._tasks.start(self.save()))
        view.closed.connect(lambda: self._page.stage.set_mode(""))


def _note(single: Request) -> str:
    return f"{single.steps} steps · {SPACINGS[single.spacing].title}"


def _side_by_side(singles: Sequence[Request], request: Request, library: Library) -> Generator[Event, None, None]:
    from gdm_studio.engine.sets import generate_set

    yield from generate_set(singles, library)
