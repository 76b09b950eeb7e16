"""The four settings that people turn to first, in one calm block: seed, scheduler, steps, temperature."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.request import SETTINGS
from gdm_studio.studio.draft import LOCK, Draft
from gdm_studio.ui.actions import COMPARE_SCHEDULERS
from gdm_studio.ui.create.exploring.toward_row import TowardRow
from gdm_studio.ui.create.panel import menus
from gdm_studio.ui.create.panel.binding import bind
from gdm_studio.ui.create.panel.setting_widgets import combo_of, slider_of
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import Folded, Labelled, SeedField, mark_of, side_by_side


class CalmRow(Folded):
    """"Fewer" above it puts it away; what it stands at is said there then.

    Parts: `seed`, `toward`, `sampler_box`, `compare` a button, `steps`, `temperature`. Signals: `changed()`, by people
    only; `rolled()` for another seed. Setters: `show_steps_hint()`, `set_steps(on)`.
    """

    changed = Signal()
    rolled = Signal()

    def __init__(self, theme: Theme, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(theme, title="seed, steps, scheduler and temperature", parent=parent)
        self._draft = draft
        self.seed = SeedField(theme)
        self.toward = TowardRow(theme)
        self.sampler_box = combo_of(theme, SETTINGS["sampler"])
        self.sampler_box.set_choices(menus.scheduler_choices(None))
        self.compare = mark_of(theme, COMPARE_SCHEDULERS, size=14)
        self.compare.setFixedSize(20, 16)  # no higher than the name it stands beside
        self.steps = slider_of(theme, SETTINGS["steps"])
        self.temperature = slider_of(theme, SETTINGS["temperature"])
        self._scheduler = Labelled(SETTINGS["sampler"].title, self.sampler_box, self.compare)
        self.seed.lock.setFixedSize(20, 16)  # beside the name: a long seed is seen whole
        self.add(side_by_side(Labelled(SETTINGS["seed"].title, self.seed, self.seed.lock), self._scheduler))
        self.add(self.toward)
        self.add(side_by_side(self.steps, self.temperature))
        bind(draft, "seed", self.seed)
        bind(draft, "toward", self.toward)
        bind(draft, "sampler", self.sampler_box)
        bind(draft, LOCK, self.seed.lock)
        self._shown = dict(seed="Seed {}", steps="{} steps", sampler="{}", temperature="temperature {:.2f}")
        for name in self._shown:
            draft.listen(name, self._say_shown)
        for part in (self.seed, self.toward):
            part.changed.connect(self.changed)
        self.seed.rolled.connect(self.rolled)
        self.set_open(True)
        self._say_shown()

    def set_steps(self, on: bool) -> None:
        """Whether there are steps, and a scheduler of them."""
        self._scheduler.setVisible(on)
        self.steps.setVisible(on)
        self._say_shown()

    def show_steps_hint(self) -> None:
        """Says where the steps are out of proportion to the scheduler."""
        draft = self._draft
        steps, sampler, usual = draft["steps"], draft["sampler"], draft.default("steps")
        fine = steps == usual or (draft.card is not None and draft.card.fast_of)
        hint = menus.steps_hint(sampler, steps, usual if sampler == draft.default("sampler") else None)
        # in the room beside the temperature's words, so that nothing moves
        self.steps.set_hint("" if fine else hint)

    def _words(self, opened: bool) -> str:
        return "Fewer" if opened else self._summary

    def _say_shown(self, _: object = None) -> None:
        said = {name: words.format(self._draft[name]) for name, words in self._shown.items()}
        said["sampler"] = SAMPLERS[said["sampler"]].title
        if self.steps.isHidden():
            del said["steps"], said["sampler"]
        if self._draft["temperature"] == self._draft.default("temperature"):
            del said["temperature"]
        self.set_summary(" · ".join(said.values()))
