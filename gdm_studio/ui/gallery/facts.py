"""What made a picture, in words: the facts that stand beside it, and the rows that show them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gdm_studio.request import SETTINGS, Request, Role, with_role
from gdm_studio.ui.gallery.list_model import PictureLike, title_of
from gdm_studio.ui.look.plain import plain, tip
from gdm_studio.ui.widgets import ElidedLabel, label
from gdm_studio.ui.widgets.layouts import in_grid, in_row

OURS = "GDM Studio"
MINUTE_MS = 60_000
GAP = 8  # logical pixels between names and values


class Caption(QWidget):
    """What a picture is called and how long ago it was made, and at the right what else is given."""

    def __init__(self, *beside: QWidget) -> None:
        super().__init__()
        self._title, self._when, self._created = ElidedLabel("", "strong"), label("", "muted"), 0.0
        self._clock = QTimer(self, interval=MINUTE_MS)
        self._clock.timeout.connect(self._show_when)
        in_row((self._title, 1), self._when, *beside, on=self, spacing=6)

    def show_picture(self, picture: PictureLike) -> None:
        self._created = picture.created
        self._title.setText(title_of(picture))
        self._show_when()
        self._clock.start()

    def _show_when(self) -> None:
        self._when.setText(when_words(self._created))
        self._when.setToolTip(exact_words(self._created))


class FactRows(QWidget):
    """Names at the left, values at the right; written into the labels that are there, so that nothing flickers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[QLabel, QLabel]] = []
        self._facts: Sequence[tuple[str, str]] = ()
        self._grid = in_grid(on=self, across=GAP, down=7)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """(name, value) pairs, and no others."""
        self._facts = facts
        while len(self._rows) < len(facts):
            self._add_row()
        for row, (name, value) in enumerate(self._rows):
            there = row < len(facts)
            name.setVisible(there)
            value.setVisible(there)
            name.setText(facts[row][0] if there else "")
        self._write_values()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._write_values()

    def _write_values(self) -> None:
        room = self.width() - GAP - max((name.sizeHint().width() for name, _ in self._rows), default=0)
        for (_, value), (_, text) in zip(self._rows, self._facts, strict=False):
            _write(value, text, room)

    def _add_row(self) -> None:
        name = label("", "muted")
        value = label("", "strong", align=Qt.AlignmentFlag.AlignRight, selectable=True)
        value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # its text has to fit, not it
        for column, part in enumerate((name, value)):
            self._grid.addWidget(part, len(self._rows), column)
        self._rows.append((name, value))


def _write(value: QLabel, text: str, room: int) -> None:
    """The text, in the middle of which letters give way where it has no room; it stays one to select and copy."""
    value.ensurePolished()  # else its font is not yet the one it is shown in
    text = plain(text)
    value.setText(QFontMetrics(value.font()).elidedText(text, Qt.TextElideMode.ElideMiddle, room))
    value.setToolTip(tip(text) if value.text() != text else "")


def facts_of(picture: PictureLike, titles: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """What made a picture, as (name, value) pairs; `titles` are those of models, by name, and of their styles."""
    request, tool = picture.request, getattr(picture, "tool", OURS)
    rows = [
        *_of_request(request),
        ("Stopped at step", str(getattr(picture, "stopped_at", 0) or "")),
        ("Style", (titles or {}).get(f"{request.model}:{request.style}", request.style)),
        ("Model", (titles or {}).get(request.model, request.model)),
        ("Made with", "" if tool == OURS else tool),
        ("Size", "{} × {}".format(*picture.size)),
    ]
    return [(name, value) for name, value in rows if value]


def _of_request(request: Request) -> Iterator[tuple[str, str]]:
    """The rows of settings; those that head one of their own are always there, others where they were changed."""
    shown = with_role(SETTINGS, Role.DETAIL)
    for setting in shown:
        value = setting.of(request)
        if setting.beside or value == "" or (not setting.detail and value == setting.default):
            continue
        values = [each.exactly(each.of(request)) for each in shown if each.beside == setting.name]
        first = "a picture" if setting.name == "image" else setting.exactly(value)
        yield setting.detail or setting.title, " · ".join([first, *values])


def when_words(created: float, now: float | None = None) -> str:
    """A time as people say it, the shorter the nearer."""
    now = time.time() if now is None else now
    age, made, today = now - created, datetime.fromtimestamp(created), datetime.fromtimestamp(now).date()
    if age < 60:
        return "just now"
    if age < 3600:
        return f"{int(age // 60)} min ago"
    if made.date() == today:
        return made.strftime("%H:%M")
    if made.date() == today - timedelta(days=1):
        return "yesterday"
    return made.strftime("%d %b" if made.year == today.year else "%d %b %Y").lstrip("0")


def exact_words(created: float) -> str:
    """A time in full, for a tooltip."""
    return datetime.fromtimestamp(created).strftime("%A, %d %B %Y, %H:%M:%S")
