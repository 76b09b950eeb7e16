"""The ways to make pictures, as the buttons under Generate choose: one run after another, Fast, Live, or a set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdm_studio.ui.actions import FAST, LIVE, SET, Action
from gdm_studio.ui.create.live import Live
from gdm_studio.ui.create.sets.sets import Sets

if TYPE_CHECKING:
    from gdm_studio.ui.create.desk import Desk


class Ways:
    """Owns `live` and `sets`, and turns from one way to another."""

    def __init__(self, desk: Desk) -> None:
        self._page, self.settings, self._making, self._tasks = desk.page, desk.settings, desk.making, desk.tasks
        self.live = Live(
            desk.page, desk.viewer, lane=desk.lane, shelf=desk.shelf, settings=desk.settings, making=desk.making,
            tasks=desk.tasks, say=desk.say,
        )  # fmt: skip
        self.sets, self.draft = Sets(desk), desk.page.controls.draft
        self._fast_for_live = False  # Fast was turned on by Live, and goes off with it
        modes = desk.page.controls.modes
        modes.fast_toggled.connect(self.turn_fast)
        modes.live_toggled.connect(self.turn_live)
        modes.set_toggled.connect(self.turn_set)

    def generate(self) -> None:
        """Makes what is asked for: the set of the list, or a run, unless Live has made just that already.

        The focus leaves the prompt, so that Space and the arrow keys are the run's.
        """
        if self.sets.on:
            self._page.sheet.grid.setFocus()
            self.sets.generate()
        elif not self.live.take():
            run = self._making.generate()
            if run is not None:
                self._page.stage.setFocus()
                run.add_done_callback(lambda _: self.live.refresh())  # the controls may have moved on meanwhile

    def turn_fast(self, on: bool) -> None:
        """The quicker version of the model, or the full one."""
        self._fast_for_live = False
        if self.settings.set_fast(on):
            self._tasks.start(self.settings.load_model())
            self.live.refresh()

    def turn_live(self, on: bool) -> None:
        """Live goes with the quicker version of the model, where there is one."""
        if on and self.sets.on:
            self._page.controls.modes.live.setChecked(False)
            return
        if on and not self.settings.is_fast():
            self.turn_fast(True)
            self._fast_for_live = True
        self.live.toggle(on)
        if not on and self._fast_for_live:
            self.turn_fast(False)

    def turn_set(self, on: bool) -> None:
        """The list and the sheet of a set; Live rests meanwhile."""
        if on:
            self.turn_live(False)
        self.sets.toggle(on)

    def actions(self) -> list[Action]:
        modes = self._page.controls.modes
        return [
            FAST.does(lambda: self.turn_fast(not self.settings.is_fast()), lambda: not modes.fast.isHidden()),
            LIVE.does(lambda: self.turn_live(not self.live.on)),
            SET.does(lambda: self.turn_set(not self.sets.on)),
        ]
