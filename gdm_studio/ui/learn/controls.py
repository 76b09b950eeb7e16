"""Settings panel of the Learn page: the density, the settings of the sampler run, and one changed setting for a second
run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.learning.point_runs import DENOISERS, DRAWN, PROCESSES, PlaneSettings, samplers, spacings
from gdm_studio.maths.exact.densities import DENSITIES, Line
from gdm_studio.maths.samplers import SamplerSpec
from gdm_studio.maths.spacings import SpacingSpec
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import number_text, translate
from gdm_studio.ui.widgets import (
    ActionButton,
    Choice,
    Combo,
    FramedSegmented,
    Labelled,
    Segmented,
    horizontal_rule,
    label,
    scrolled,
    wrapped,
)
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.slider_row import SliderRow

# Titles of the settings that a second run may change, in the order of the menu.
CHANGES = {
    "process": QT_TRANSLATE_NOOP("PlaneControls", "Noise"),
    "denoiser": QT_TRANSLATE_NOOP("PlaneControls", "Denoiser"),
    "sampler": QT_TRANSLATE_NOOP("PlaneControls", "Scheduler"),
    "spacing": QT_TRANSLATE_NOOP("PlaneControls", "Step spacing"),
    "steps": QT_TRANSLATE_NOOP("PlaneControls", "Steps"),
    "temperature": QT_TRANSLATE_NOOP("PlaneControls", "Temperature"),
    "guidance_scale": QT_TRANSLATE_NOOP("PlaneControls", "Guidance"),
}
# Value of a changed setting when it is chosen; the sampler adds noise, where the first one does not.
CHANGED = {
    "sampler": "ddpm",
    "steps": 5,
    "spacing": "karras",
    "process": "vp-cosine",
    "denoiser": "edm",
    "temperature": 0.5,
    "guidance_scale": 4.0,
}
# Labels of the classes, and their ids in the menu.
LABELS: dict[str, int | None] = {"both": None, "first": 0, "second": 1}


@dataclass(frozen=True)
class SettingEditor:
    """Widget in which the user edits one setting, with functions that return and set its value."""

    widget: QWidget
    value: Callable[[], Any]
    set_value: Callable[[Any], None]


class PlaneControls(QFrame):
    """Panel of the Learn page with the settings of both sampler runs. It emits `changed()` when a setting changes."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._theme = theme
        self._seed = PlaneSettings().seed
        self._lines: tuple[Line, ...] = ()
        self.density = Combo(theme, name=self.tr("Density"))
        drawn = Choice(DRAWN, self.tr("Draw your own"), self.tr("Draw lines into the plane"))
        titles = [Choice(name, translate("Density", title)) for name, (title, _) in DENSITIES.items()]
        self.density.set_choices([*titles, drawn])
        self.editors = {name: self._create_editor(name) for name in CHANGES}
        self.label = Segmented(
            theme,
            [
                Choice("both", self.tr("Both"), self.tr("Points of both classes")),
                Choice("first", self.tr("First"), self.tr("Points of the first class")),
                Choice("second", self.tr("Second"), self.tr("Points of the second class")),
            ],
            name=self.tr("Class"),
        )
        self.noise = ActionButton(theme, self.tr("New noise"), tooltip=self.tr("Start from other noise"), name="dices")
        self.noise.repeats = True
        self.clear = ActionButton(theme, self.tr("Clear"), tooltip=self.tr("Remove the drawn lines"), name="eraser")
        self.clear.setEnabled(False)
        self.change = Combo(theme, name=self.tr("One change"))
        self.change.set_choices(
            [
                Choice("", self.tr("Nothing")),
                *(Choice(name, translate("PlaneControls", title)) for name, title in CHANGES.items()),
            ]
        )
        self.change.setToolTip(self.tr("A second run from the same noise in which one setting differs"))
        self.changed_editors = {name: self._create_editor(name) for name in CHANGES}
        self._lay_out()
        self._show(PlaneSettings())
        self.change.set_choice("sampler")
        self._show_change()
        self._connect()

    def settings(self) -> PlaneSettings:
        """Return the settings of the first sampler run, as the user has chosen them in the panel."""
        values = {name: editor.value() for name, editor in self.editors.items()}
        label_chosen = LABELS[self.label.choice()]
        return PlaneSettings(
            density=self.density.choice(), label=label_chosen, seed=self._seed, lines=self._lines, **values
        )

    def changed_settings(self) -> PlaneSettings | None:
        """Return the settings of the comparison run: those of the first run with the change that the user chose.
        Returns None if no change is chosen.
        """
        name = self.change.choice()
        if not name:
            return None
        return replace(self.settings(), **{name: self.changed_editors[name].value()})

    def title(self, settings: PlaneSettings) -> str:
        """Return the title of a run: its value of the setting that differs between the runs. If there is only one run,
        the title is the name of its sampler.
        """
        name = self.change.choice() or "sampler"
        value = getattr(settings, name)
        if choices := _choices_for(name):
            return next(choice.title for choice in choices if choice.id == value)
        return f"{translate('PlaneControls', CHANGES[name])} {number_text(value)}"

    def set_settings(self, settings: PlaneSettings) -> None:
        """Fill the panel with the settings of a single run, and emit `changed()`."""
        self._seed, self._lines = settings.seed, settings.lines
        self.clear.setEnabled(bool(settings.lines))
        self.label.set_choice(next(choice for choice, value in LABELS.items() if value == settings.label))
        self.change.set_choice("")
        self._show(settings)
        self._show_change()
        self.changed.emit()

    def set_change(self, name: str, value: str | float) -> None:
        """Add a second run that differs only in the setting `name` (one of CHANGES), and emit `changed()`."""
        self.change.set_choice(name)
        self._show_change()
        self.changed_editors[name].set_value(value)
        self.changed.emit()

    def add_line(self, line: Line) -> None:
        """Add a line that the user has drawn to the density of the points, and emit `changed()`."""
        self._lines = (*self._lines, tuple(line))
        self.clear.setEnabled(True)
        self.changed.emit()

    def is_drawing(self) -> bool:
        """Return True if the user draws the density of the points, and False for a predefined density."""
        return self.density.choice() == DRAWN

    def _create_editor(self, name: str) -> SettingEditor:
        title = translate("PlaneControls", CHANGES[name])
        if choices := _choices_for(name):
            combo = Combo(self._theme, name=title)
            combo.set_choices(choices)
            combo.chosen.connect(lambda _: self.changed.emit())
            return SettingEditor(Labelled(title, combo), combo.choice, combo.set_choice)
        bounds = {
            "steps": {"low": 1, "high": 100, "default": 20},
            "temperature": {"low": 0.1, "high": 2.0, "default": 1.0, "decimals": 2, "step": 0.05},
            "guidance_scale": {"low": 0.0, "high": 8.0, "default": 1.0, "decimals": 1, "step": 0.1},
        }[name]
        row = SliderRow(self._theme, title=title, **bounds)  # type: ignore[arg-type]
        # The arrow keys have no other use on this page, so that a click may take the focus.
        row.track.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        row.changed.connect(lambda _: self.changed.emit())
        return SettingEditor(row, (lambda: round(row.value())) if name == "steps" else row.value, row.set_value)

    def _show(self, settings: PlaneSettings) -> None:
        self.density.set_choice(settings.density)
        for name, editor in self.editors.items():
            editor.set_value(getattr(settings, name))
        self._show_guidance()

    def _show_guidance(self) -> None:
        """Enable the guidance setting only while a single class of points is selected, because guidance requires a
        class.
        """
        has_class = self.label.choice() != "both"
        for editors in (self.editors, self.changed_editors):
            widget = editors["guidance_scale"].widget
            widget.setEnabled(has_class)
            widget.setToolTip("" if has_class else self.tr("Choose a class first"))

    def _show_change(self) -> None:
        """Show only the editor of the setting that differs between the two sampler runs."""
        chosen = self.change.choice()
        for name, editor in self.changed_editors.items():
            editor.widget.setVisible(name == chosen)
        if chosen:
            self.changed_editors[chosen].set_value(CHANGED[chosen])

    def _connect(self) -> None:
        self.density.chosen.connect(lambda _: self.changed.emit())
        self.label.chosen.connect(self._on_label)
        self.noise.clicked.connect(self._roll)
        self.clear.clicked.connect(self._clear)
        self.change.chosen.connect(self._on_change)

    def _on_label(self) -> None:
        self._show_guidance()
        self.changed.emit()

    def _on_change(self) -> None:
        self._show_change()
        self.changed.emit()

    def _roll(self) -> None:
        self._seed += 1
        self.changed.emit()

    def _clear(self) -> None:
        self._lines = ()
        self.clear.setEnabled(False)
        self.changed.emit()

    def _lay_out(self) -> None:
        inside = QWidget()
        buttons = in_row(self.noise, self.clear, ..., spacing=SPACE.small)
        stacked(
            Labelled(self.tr("Density"), self.density),
            buttons,
            *(self.editors[name].widget for name in CHANGES if name != "guidance_scale"),
            Labelled(self.tr("Class"), FramedSegmented(self.label)),
            self.editors["guidance_scale"].widget,
            horizontal_rule(),
            label(self.tr("Change one thing"), "strong", buddy=self.change),
            wrapped(self.tr("Two runs from the same noise differ in one setting."), "muted"),
            self.change,
            *(editor.widget for editor in self.changed_editors.values()),
            ...,
            on=inside,
            margins=(SPACE.edge, 0, SPACE.edge, SPACE.edge),
            spacing=SPACE.medium,
        )
        stacked(scrolled(inside, self.tr("Settings of the plane")), on=self)
        self.setFixedWidth(SPACE.controls_width)


def _choices_for(name: str) -> list[Choice]:
    """Return the values from which the user chooses a setting of a sampler run, or an empty list if the setting is a
    number.
    """
    specs: dict[str, Callable[[], Iterator[SamplerSpec | SpacingSpec]]] = {"sampler": samplers, "spacing": spacings}
    if name in specs:
        return [
            Choice(
                spec.name,
                translate("Setting", spec.title),
                translate("Setting", spec.summary),
                translate("Setting", spec.group),
            )
            for spec in specs[name]()
        ]
    titles = {"process": {each: title for each, (title, _) in PROCESSES.items()}, "denoiser": DENOISERS}
    return [Choice(each, translate("Plane", title)) for each, title in titles.get(name, {}).items()]
