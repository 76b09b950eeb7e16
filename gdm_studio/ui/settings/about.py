"""What this computer is like, line by line: a mark, a name, what was found, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gdm_studio.ui.look import icons
from gdm_studio.ui.look.plain import plain
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import ActionButton, label, wrapped
from gdm_studio.ui.widgets.layouts import empty, in_row, stacked
from gdm_studio.ui.widgets.painting import smooth

if TYPE_CHECKING:
    from gdm_studio.doctor import Finding

MARKS = {"ok": ("check", "ok"), "warn": ("triangle-alert", "warning"), "bad": ("circle-alert", "danger")}
WORDS = {"ok": "fine", "warn": "worth a look", "bad": "wrong"}
NAMES = 132  # width of the column of names


class About(QFrame):
    """Signals: `copy_asked()`, by people. Setter: `show_findings(findings)`."""

    copy_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "bar")
        self._theme = theme
        self._summary = label("Looking…", "entry")
        self._copy = ActionButton(theme, "Copy report", tooltip="Copy all of this as text", name="copy")
        self._copy.setEnabled(False)
        self._copy.clicked.connect(self.copy_asked)
        head = in_row((self._summary, 1), self._copy)
        self._lines = stacked(spacing=6)
        stacked(head, self._lines, on=self, margins=(16, 12, 14, 14), spacing=12)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Each in a line of its own; the summary counts those that are not fine."""
        empty(self._lines)
        for finding in findings:
            self._lines.addWidget(_Line(self._theme, finding))
        amiss = sum(finding.state != "ok" for finding in findings)
        words = (
            "Everything is fine" if not amiss else "1 thing to look at" if amiss == 1 else f"{amiss} things to look at"
        )
        self._summary.setText(words)
        self._copy.setEnabled(True)


class _Line(QWidget):
    def __init__(self, theme: Theme, finding: Finding) -> None:
        super().__init__()
        said = f"{finding.name}: {finding.value}, {WORDS[finding.state]}. {finding.remedy}"
        self.setAccessibleName(plain(said.strip()))
        name, value = wrapped(finding.name), wrapped(finding.value, "value", selectable=True)
        name.setFixedWidth(NAMES)
        for text in (name, value):
            text.setAlignment(Qt.AlignmentFlag.AlignTop)
        words = stacked(value, spacing=1)
        if finding.remedy:
            words.addWidget(wrapped(finding.remedy))
        in_row(
            (_Mark(theme, finding.state), 0, Qt.AlignmentFlag.AlignTop), (name, 0, Qt.AlignmentFlag.AlignTop),
            (words, 1), on=self, spacing=10,
        )


class _Mark(QWidget):
    def __init__(self, theme: Theme, state: str) -> None:
        super().__init__()
        self._theme, self._state = theme, state
        self.setFixedSize(QSize(16, 16))
        self.setToolTip(WORDS[state])
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self)
        name, colour = MARKS[self._state]
        icons.paint(painter, QRectF(1, 1, 14, 14), name, self._theme.colour(colour))
