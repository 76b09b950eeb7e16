"""Descriptions of an image's settings and origin, and widgets that show them."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from gdm_studio.request.generation_request import SETTINGS, Request, Role, with_role
from gdm_studio.request.setting import Setting
from gdm_studio.ui.gallery.list_model import PictureLike, has_settings, title_of
from gdm_studio.ui.interpolation_texts import CHAINED, target_text
from gdm_studio.ui.setting_texts import value_text
from gdm_studio.ui.theme.safe_text import escape_ampersands, plain, tip
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import date_text, time_text, translate
from gdm_studio.ui.widgets import ActionButton, ElidedLabel, label
from gdm_studio.ui.widgets.layouts import in_row, stacked

OURS = "GDM Studio"
MINUTE_MS = 60_000
# Logical pixels between names and values.
GAP = 8


class Caption(QWidget):
    """Line with an image's title and age on the left, and optional widgets `beside` on the right."""

    def __init__(self, *beside: QWidget) -> None:
        super().__init__()
        self._title = ElidedLabel("", "strong")
        self._date_label = label("", "muted")
        self._created_at = 0.0
        self._minute_timer = QTimer(self, interval=MINUTE_MS)
        self._minute_timer.timeout.connect(self._show_when)
        in_row((self._title, 1), self._date_label, *beside, on=self, spacing=6)

    def show_picture(self, picture: PictureLike) -> None:
        self._created_at = picture.created
        self._title.setText(title_of(picture))
        self._show_when()
        self._minute_timer.start()

    def _show_when(self) -> None:
        self._date_label.setText(when_words(self._created_at))
        self._date_label.setToolTip(exact_words(self._created_at))


class FactRows(QWidget):
    """Table of an image's settings, with names on the left and values on the right.

    Labels are reused to avoid flicker.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[QHBoxLayout, tuple[QLabel, QLabel]]] = []
        self._facts: Sequence[tuple[str, str]] = ()
        self._column = stacked(on=self, spacing=7)

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Replace the rows of the table with these (name, value) pairs, such as ("Steps", "20")."""
        self._facts = facts
        while len(self._rows) < len(facts):
            self._add_row()
        for row, (_, labels) in enumerate(self._rows):
            for part in labels:
                part.setVisible(row < len(facts))
        self._write_texts()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._write_texts()

    def _write_texts(self) -> None:
        room = max(self.width() - GAP, 0)
        for (row, labels), texts in zip(self._rows, self._facts, strict=False):
            name, value = (_width(part, text) for part, text in zip(labels, texts, strict=True))
            # A long value leaves at least a third of the row to its name.
            value = min(value, max(room - name, room * 2 // 3))
            for column, (part, text, width) in enumerate(zip(labels, texts, (room - value, value), strict=True)):
                row.setStretch(column, width)
                _write(part, text, width)

    def _add_row(self) -> None:
        name = label("", "muted")
        value = label("", "strong", align=Qt.AlignmentFlag.AlignRight, selectable=True)
        for part in (name, value):
            # The text is shortened to the width of the row, which must not depend on the text.
            part.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = in_row(name, value, spacing=GAP)
        self._column.addLayout(row)
        self._rows.append((row, (name, value)))


def _width(part: QLabel, text: str) -> int:
    """Return the width in pixels at which a string is not shortened in the label's font."""
    # Until then, the label does not have the font of the style sheet.
    part.ensurePolished()
    # Text is shortened by its exact width, which `horizontalAdvance` rounds.
    return QFontMetrics(part.font()).horizontalAdvance(plain(text)) + 1


def _write(part: QLabel, text: str, room: int) -> None:
    """Set a label's text, shortened with an ellipsis in the middle if it is wider than `room` pixels.

    The tooltip then shows the full text.
    """
    text = plain(text)
    part.setText(QFontMetrics(part.font()).elidedText(text, Qt.TextElideMode.ElideMiddle, room))
    part.setToolTip(tip(text) if part.text() != text else "")


class Link(QWidget):
    """Row of an image's details: a name on the left and a clickable value on the right."""

    clicked = Signal()

    def __init__(self, theme: Theme, name: str, tooltip: str) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self._tooltip = tooltip
        self._colour = "accent"
        self._button = ActionButton(theme, "", tooltip=tooltip, role="inline")
        # A long text is shortened. It must not make the panel wider than its scroll area.
        self._button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._button.clicked.connect(self.clicked)
        theme.changed.connect(self._recolour)
        in_row(label(name, "muted"), (self._button, 1, Qt.AlignmentFlag.AlignRight), on=self, spacing=GAP)

    def show_words(self, words: str, colour: str, tooltip: str = "") -> None:
        self._button.setText(escape_ampersands(words))
        self._button.setAccessibleName(plain(self.tr("{name}: {value}").format(name=self._name, value=words)))
        self._button.setToolTip(tip(tooltip or self._tooltip))
        self._colour = colour
        self._recolour()

    def _recolour(self) -> None:
        self._button.setStyleSheet(f"color: {self._theme.colour(self._colour).name()}")


class OriginLink(Link):
    """Row of an image's details that names the image from which it was branched, and leads to it.

    It is hidden if the image is no branch.
    """

    def __init__(self, theme: Theme) -> None:
        name = translate("OriginLink", "Branch of")
        super().__init__(theme, name, translate("OriginLink", "Show the picture that it branches from"))
        self.hide()

    def show_picture(self, picture: PictureLike | None) -> None:
        branch = picture.request.branch if picture is not None else None
        self.setVisible(branch is not None)
        if branch is not None:
            words = translate("OriginLink", "step {step} of #{seed}")
            self.show_words(words.format(step=branch.step, seed=branch.parent.seed), "accent")


def facts_of(picture: PictureLike, titles: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """Return an image's settings and origin as (name, value) pairs for display.

    `titles` maps model names to their titles, and "model:style" to the titles of styles.
    """
    size = (translate("facts", "Size"), "{} × {}".format(*picture.size))
    if not has_settings(picture):
        return [(translate("facts", "Settings"), translate("facts", "none in its file")), size]
    request, tool = picture.request, getattr(picture, "tool", OURS)
    model = getattr(picture, "model", request.model)
    rows = [
        *_request_facts(request, getattr(picture, "unstated", frozenset())),
        *_interpolation_facts(request),
        (translate("facts", "Stopped at step"), str(getattr(picture, "stopped_at", 0) or "")),
        (translate("facts", "Style"), (titles or {}).get(f"{request.model}:{request.style}", request.style)),
        (translate("facts", "Model"), (titles or {}).get(model, model)),
        (translate("facts", "Made with"), "" if tool == OURS else tool),
        # The name that a program gave to `serve` or `mcp`.
        (translate("facts", "Requested by"), getattr(picture, "made_with", {}).get("asked_by", "")),
        (
            translate("facts", "Edited"),
            translate("facts", "in another program") if getattr(picture, "edited_from", "") else "",
        ),
        size,
    ]
    return [(name, value) for name, value in rows if value]


def _request_facts(request: Request, unstated: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the settings of a request that are shown in an image's details, as (name, value) pairs of strings.

    These are settings with a `detail` title and settings that differ from the default, without those that the image's
    file does not state.
    """
    detail_settings = with_role(SETTINGS, Role.DETAIL)
    # The values of these settings are names of stored files.
    stored = {"image": translate("facts", "a picture"), "mask": translate("facts", "with a mask")}
    for setting in detail_settings:
        value = setting.value_in(request)
        if setting.beside or value == "" or (not setting.detail and value == setting.default):
            continue
        partners = [each for each in detail_settings if each.beside == setting.name]
        beside = [each for each in partners if each.name not in unstated]
        if setting.name in unstated and not beside:
            continue
        values = [_value_text(each, request) for each in beside]
        first = "–" if setting.name in unstated else stored.get(setting.name) or _value_text(setting, request)
        # The title of a pair names both.
        is_alone = bool(partners) and not beside
        title = setting.title if is_alone or not setting.detail else setting.detail
        yield translate("Setting", title), " · ".join([first, *values])


def _interpolation_facts(request: Request) -> Iterator[tuple[str, str]]:
    """Yield two rows for the targets of an interpolation, because one would not be wide enough for a prompt and a
    seed.
    """
    targets = list(request.targets())
    if len(targets) == 1 and targets[0].prompt == request.prompt:
        share = f"{targets[0].amount * 100:.0f} %"
        text = translate("facts", "{share} of seed {seed}").format(share=share, seed=targets[0].seed)
        yield translate("Setting", SETTINGS["toward"].title), text
        return
    yield (
        translate("Setting", SETTINGS["toward"].title),
        CHAINED.join(target_text(each, request.prompt) for each in targets),
    )
    yield translate("facts", "Target seed"), CHAINED.join(str(each.seed) for each in targets)


def _value_text(setting: Setting, request: Request) -> str:
    """Format an image setting's value for display, with names of choices translated."""
    return value_text(setting, setting.exact_text(setting.value_in(request)))


def when_words(created: float, now: float | None = None) -> str:
    """Return a short phrase for an image's creation time, such as "5 min ago", "14:20", "yesterday" or "3 Mar 2024"."""
    now = time.time() if now is None else now
    age = now - created
    moment = datetime.fromtimestamp(created)
    today = datetime.fromtimestamp(now).date()
    if age < 60:
        return translate("facts", "just now")
    if age < 3600:
        return translate("facts", "{minutes} min ago").format(minutes=int(age // 60))
    if moment.date() == today:
        return time_text(moment)
    if moment.date() == today - timedelta(days=1):
        return translate("facts", "yesterday")
    if moment.year == today.year:
        return date_text(moment, translate("dates", "d MMM"))
    return date_text(moment, translate("dates", "d MMM yyyy"))


def exact_words(created: float) -> str:
    """Format a time (in seconds since 1970) with weekday, date and seconds, for the tooltip of an image's age."""
    return date_text(datetime.fromtimestamp(created), translate("dates", "dddd, dd MMMM yyyy, HH:mm:ss"))
