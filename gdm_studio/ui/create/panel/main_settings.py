"""Foldable section of the four most used settings: seed, scheduler, steps and temperature."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.request.generation_request import SETTINGS
from gdm_studio.studio.model_compatibility import drop_unsupported
from gdm_studio.studio.request_draft import LOCK, RequestDraft
from gdm_studio.ui.actions import COMPARE_SCHEDULERS
from gdm_studio.ui.create.panel import menu_entries
from gdm_studio.ui.create.panel.setting_widgets import bind, combo_of, slider_of
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import number_text, translate
from gdm_studio.ui.widgets import Collapsible, Labelled, SeedField, mark_of, side_by_side

if TYPE_CHECKING:
    from gdm_studio.ui.create.panel.interpolation_row import InterpolationRow


class MainSettings(Collapsible):
    """Foldable section with the four most used settings: seed, scheduler, steps and temperature.

    While folded, its header shows their values. Signals: `changed()` when the user edits a setting, and `rolled()` when
    the user requests another seed.
    """

    changed = Signal()
    rolled = Signal()

    def __init__(self, theme: Theme, request_draft: RequestDraft, parent: QWidget | None = None) -> None:
        super().__init__(
            theme, title=translate("MainSettings", "seed, steps, scheduler and temperature"), parent=parent
        )
        self._request_draft = request_draft
        self.seed = SeedField(theme)
        self.sampler_box = combo_of(theme, SETTINGS["sampler"])
        self.sampler_box.set_choices(menu_entries.scheduler_choices(None))
        self.compare = mark_of(theme, COMPARE_SCHEDULERS, size=14)
        # The button must not be taller than the label beside it.
        self.compare.setFixedSize(20, 16)
        self.steps = slider_of(theme, SETTINGS["steps"])
        self.temperature = slider_of(theme, SETTINGS["temperature"])
        self._scheduler = Labelled(translate("Setting", SETTINGS["sampler"].title), self.sampler_box, self.compare)
        # The lock sits beside the label, so that a long seed is not cut off.
        self.seed.lock.setFixedSize(20, 16)
        seed_title = translate("Setting", SETTINGS["seed"].title)
        self.add(side_by_side(Labelled(seed_title, self.seed, self.seed.lock), self._scheduler))
        self.add(side_by_side(self.steps, self.temperature))
        bind(request_draft, "seed", self.seed)
        bind(request_draft, "sampler", self.sampler_box)
        bind(request_draft, LOCK, self.seed.lock)
        request_draft.listen("seed", self._show_summary)
        request_draft.listen("steps", self._show_summary)
        request_draft.listen("sampler", self._show_summary)
        request_draft.listen("temperature", self._show_summary)
        # The text leaves out a target's prompt if it is the prompt itself, or if the model has no prompts.
        request_draft.listen("toward", self._show_interpolation)
        request_draft.listen("prompt", self._show_interpolation)
        request_draft.listen("model", self._show_interpolation)
        self.seed.changed.connect(self.changed)
        self.seed.rolled.connect(self.rolled)
        self.set_open(True)
        self._show_summary()
        self._show_interpolation()

    @cached_property
    def toward(self) -> InterpolationRow:
        """Row of the interpolation, created when there first is one."""
        from gdm_studio.ui.create.panel.interpolation_row import InterpolationRow

        row = InterpolationRow(self._theme)
        self.add(row, at=1)
        row.removed.connect(lambda: self._request_draft.change(toward=None))
        row.removed.connect(self.changed)
        return row

    def set_steps(self, on: bool) -> None:
        """Show the settings for steps and scheduler, or hide both for a model that does not sample in steps."""
        self._scheduler.setVisible(on)
        self.steps.setVisible(on)
        self._show_summary()

    def _show_interpolation(self, _: object = None) -> None:
        written, card = self._request_draft.written, self._request_draft.card
        acting = drop_unsupported(written, card.accepts) if card is not None else written
        if acting.toward is not None or "toward" in vars(self):
            self.toward.show_interpolation(acting.toward, acting.prompt)

    def _head_text(self, opened: bool) -> str:
        return translate("MainSettings", "Sampling") if opened else self._summary

    def _show_summary(self, _: object = None) -> None:
        request_draft = self._request_draft
        texts = [self.tr("Seed {seed}").format(seed=request_draft["seed"])]
        if not self.steps.isHidden():
            texts.append(self.tr("%n step(s)", "", request_draft["steps"]))
            texts.append(translate("Setting", SAMPLERS[request_draft["sampler"]].title))
        if request_draft["temperature"] != request_draft.default("temperature"):
            texts.append(
                self.tr("temperature {temperature}").format(temperature=number_text(request_draft["temperature"], 2))
            )
        self.set_summary(" · ".join(texts))
