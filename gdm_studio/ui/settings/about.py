"""Cards with the results of the system check, and with the abilities of GDM Studio on this computer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.doctor import Device, Finding, Size, Value
from gdm_studio.ui.card_translations import device_text
from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import data_size, number_text, sentence_text, translate
from gdm_studio.ui.widgets import ActionButton, label, wrapped
from gdm_studio.ui.widgets.layouts import clear_layout, in_row, stacked
from gdm_studio.ui.widgets.shapes import antialiased_painter

MARKS = {"ok": ("check", "ok"), "warn": ("triangle-alert", "warning"), "bad": ("circle-alert", "danger")}
STATES = {
    "ok": QT_TRANSLATE_NOOP("About", "fine"),
    "warn": QT_TRANSLATE_NOOP("About", "worth a look"),
    "bad": QT_TRANSLATE_NOOP("About", "wrong"),
}
# Width of the column of names.
NAME_WIDTH = 132


class About(QFrame):
    """Card on the Settings page with the results of the system check `doctor`. Its buttons emit `copy_asked()` (to copy
    the results) and `licences_asked()` (to show the licences).
    """

    copy_asked = Signal()
    licences_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "bar")
        self._theme = theme
        self._summary = label(self.tr("Checking…"), "entry")
        self._copy_button = ActionButton(
            theme, self.tr("Copy report"), tooltip=self.tr("Copy the report as text"), name="copy"
        )
        self._copy_button.setEnabled(False)
        self._copy_button.clicked.connect(self.copy_asked)
        self.licences = ActionButton(
            theme, self.tr("Licences"), tooltip=self.tr("Show the licences of the program and its parts")
        )
        self.licences.clicked.connect(self.licences_asked)
        head = in_row((self._summary, 1), self.licences, self._copy_button, spacing=8)
        self._lines = stacked(spacing=6)
        stacked(head, self._lines, on=self, margins=(16, 12, 14, 14), spacing=12)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show one line for each result of the system check, and the number of problems."""
        clear_layout(self._lines)
        for finding in findings:
            self._lines.addWidget(_FindingRow(self._theme, finding, "Doctor"))
        problems = sum(finding.state != "ok" for finding in findings)
        text = self.tr("%n note(s)", "", problems) if problems else self.tr("Everything is fine")
        self._summary.setText(text)
        self._copy_button.setEnabled(True)


class Capabilities(QFrame):
    """Card on the Settings page that lists what GDM Studio can and cannot do on this computer."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "bar")
        self._lines = stacked(on=self, margins=(16, 12, 14, 14), spacing=6)

    def show_capabilities(self, theme: Theme, capabilities: Sequence[Finding]) -> None:
        """Show one line for each ability or restriction of GDM Studio."""
        clear_layout(self._lines)
        for each in capabilities:
            self._lines.addWidget(_FindingRow(theme, each, "Capabilities"))


class _FindingRow(QWidget):
    def __init__(self, theme: Theme, finding: Finding, context: str) -> None:
        super().__init__()
        state = translate("About", STATES[finding.state])
        title, measured, remedy = finding.texts(partial(translate, context), _value_text)
        self.setAccessibleName(plain(f"{title}: {measured}, {state}. {remedy}".strip()))
        name = wrapped(title)
        value = wrapped(measured, "value", selectable=True)
        name.setFixedWidth(NAME_WIDTH)
        for text in (name, value):
            text.setAlignment(Qt.AlignmentFlag.AlignTop)
        words = stacked(value, spacing=1)
        if remedy:
            words.addWidget(wrapped(remedy))
        in_row(
            (_Mark(theme, finding.state), 0, Qt.AlignmentFlag.AlignTop),
            (name, 0, Qt.AlignmentFlag.AlignTop),
            (words, 1),
            on=self,
            spacing=10,
        )


class _Mark(QWidget):
    def __init__(self, theme: Theme, state: str) -> None:
        super().__init__()
        self._theme = theme
        self._state = state
        self.setFixedSize(QSize(16, 16))
        self.setToolTip(translate("About", STATES[state]))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        name, colour = MARKS[self._state]
        icons.paint(painter, QRectF(1, 1, 14, 14), name, self._theme.colour(colour))


def _value_text(value: Value) -> str:
    """Return a value of a finding in the language of the window."""
    if isinstance(value, Size):
        return data_size(value.count)
    if isinstance(value, Device):
        return device_text(value.description)
    return number_text(value) if isinstance(value, int) else sentence_text(value)
