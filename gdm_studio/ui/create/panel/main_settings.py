"""Foldable section "More" with all settings that a first picture does not need, such as seed and steps, and chips of
the changed settings while it is folded.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QAbstractButton, QWidget

from gdm_studio.request.generation_request import SETTINGS
from gdm_studio.studio.model_compatibility import drop_unsupported
from gdm_studio.studio.request_draft import GIVEN, LOCK, RequestDraft
from gdm_studio.ui.create.panel import menu_entries
from gdm_studio.ui.create.panel.bound_setting_widgets import bind, combo_of, slider_of
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate, within_text
from gdm_studio.ui.widgets import Collapsible, Labelled, SeedField, mark_of, side_by_side
from gdm_studio.ui.window_actions import COMPARE_SCHEDULERS, FAST

if TYPE_CHECKING:
    from gdm_studio.ui.create.panel.changed_settings import Change, ChangedSettings
    from gdm_studio.ui.create.panel.interpolation_row import InterpolationRow


class MainSettings(Collapsible):
    """Foldable section More with all settings that a first picture does not need: at the top the button `fast`, the
    number field `count`, seed, scheduler, steps and temperature, then those that the panel adds.

    While it is folded, `changes` shows a chip for each setting that differs from the model's default, and resets it.
    Signals: `changed()` when the user edits a setting, `rolled()` when the user requests another seed, and
    `needed()` when its widgets are needed, which `fill` then creates.
    """

    changed = Signal()
    rolled = Signal()
    needed = Signal()

    def __init__(
        self, theme: Theme, request_draft: RequestDraft, fast: QAbstractButton, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, title=translate("MainSettings", "More"), parent=parent)
        self._request_draft = request_draft
        # Button of the fast version of the model, which has other default settings.
        self._fast = fast
        fast.setParent(self.body)
        # Changes of several settings are shown together.
        self._pause_timer = QTimer(self, singleShot=True, interval=0)
        self._pause_timer.timeout.connect(self.show_changes)
        for name in (*SETTINGS, LOCK, GIVEN):
            request_draft.listen(name, lambda _: self._pause_timer.start())
        fast.toggled.connect(lambda _: self._pause_timer.start())
        self.toggled.connect(lambda _: self.show_changes())
        self._ignored_settings: tuple[str, ...] = ()
        # False for a model that does not sample in steps.
        self._has_steps = True
        self._is_filled = False
        # False until the first paint, which the modules that describe changes would delay.
        self._is_started = False
        self.show_changes()

    def fill(self, count: QWidget) -> None:
        """Create the section's widgets, which are hidden until it is unfolded, and add the number field `count`."""
        theme, request_draft, fast = self._theme, self._request_draft, self._fast
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
        self.add(side_by_side(fast, count))
        self.add(side_by_side(Labelled(seed_title, self.seed, self.seed.lock), self._scheduler))
        self.add(side_by_side(self.steps, self.temperature))
        bind(request_draft, "seed", self.seed)
        bind(request_draft, "sampler", self.sampler_box)
        bind(request_draft, LOCK, self.seed.lock)
        # The text leaves out a target's prompt if it is the prompt itself, or if the model has no prompts.
        request_draft.listen("toward", self._show_interpolation)
        request_draft.listen("prompt", self._show_interpolation)
        request_draft.listen("model", self._show_interpolation)
        self.seed.changed.connect(self.changed)
        self.seed.rolled.connect(self.rolled)
        self._is_filled = True
        self._show_steps()
        self._show_interpolation()

    @cached_property
    def changes(self) -> ChangedSettings:
        """Chips of the changed settings, created when a setting is changed for the first time."""
        from gdm_studio.ui.create.panel.changed_settings import ChangedSettings

        changes = ChangedSettings(self._theme, self.head)
        self.add_below(changes)
        changes.cleared.connect(self._reset)
        return changes

    @cached_property
    def toward(self) -> InterpolationRow:
        """Row that shows the interpolation, created when there is an interpolation for the first time."""
        from gdm_studio.ui.create.panel.interpolation_row import InterpolationRow

        if not self._is_filled:
            self.needed.emit()
        row = InterpolationRow(self._theme)
        self.add(row, at=2)
        row.removed.connect(lambda: self._request_draft.change(toward=None))
        row.removed.connect(self.changed)
        return row

    def set_steps(self, on: bool) -> None:
        """Show the settings for steps and scheduler, or hide both for a model that does not sample in steps."""
        self._has_steps = on
        if self._is_filled:
            self._show_steps()
        self.show_changes()

    def _show_steps(self) -> None:
        self._scheduler.setVisible(self._has_steps)
        self.steps.setVisible(self._has_steps)

    def _on_toggle(self, opened: bool) -> None:
        if opened and not self._is_filled:
            self.needed.emit()
        super()._on_toggle(opened)

    def _show_interpolation(self, _: object = None) -> None:
        written, card = self._request_draft.written, self._request_draft.card
        acting = drop_unsupported(written, card.accepts) if card is not None else written
        if acting.toward is not None or "toward" in vars(self):
            self.toward.show_interpolation(acting.toward, acting.prompt)

    def set_ignored(self, *names: str) -> None:
        """Set the names of the settings that currently have no effect and therefore get no chips."""
        self._ignored_settings = names
        self.show_changes()

    def begin(self) -> None:
        """Begin to show the changed settings, after the first paint."""
        self._is_started = True
        self.show_changes()

    def show_changes(self) -> None:
        """Show the settings that differ from the model's defaults: as chips while the section is folded, and in the
        name of its heading for screen readers.
        """
        if not self._is_started:
            self.set_summary(self._summarise_contents())
            return
        from gdm_studio.ui.create.panel.changed_settings import Change, list_changes

        changes = [change for change in list_changes(self._request_draft) if change.name not in self._ignored_settings]
        if self._fast.isChecked() and not self._fast.isHidden():
            changes.insert(0, Change("model", FAST.title))
        self.set_summary(self._summarise_contents(), note=", ".join(change.text for change in changes))
        if changes or "changes" in vars(self):
            self.changes.show_changes([] if self.is_open() else changes)

    def _summarise_contents(self) -> str:
        """Return the titles of the most used settings in this section, which its heading names while it is folded."""
        names = ("seed", "temperature") if not self._has_steps else ("seed", "steps")
        return ", ".join(within_text(translate("Setting", SETTINGS[name].title)) for name in names)

    def _reset(self, change: Change) -> None:
        from gdm_studio.ui.create.panel.changed_settings import reset_change

        if change.name == "model":
            self._fast.click()
            return
        reset_change(self._request_draft, change)
        self.changed.emit()
