"""A pseudo-locale for the window: every translated text is 1.4 times as long and enclosed in marks."""

from __future__ import annotations

import lzma
import re
import runpy
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from math import ceil
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QCoreApplication, QModelIndex, Qt, QTranslator
from PySide6.QtGui import QAction, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemDelegate,
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QWidget,
)

UPDATE = runpy.run_path(str(Path(__file__).parents[2] / "resources" / "translations" / "update.py"))
OPENING, CLOSING = "⟦", "⟧"
LENGTH = 1.4
TRANSLATED = re.compile(f"{OPENING}[^{OPENING}{CLOSING}]*{CLOSING}")
# The visible part of a text that was cut to fit.
CUT = re.compile(f"{OPENING}[^{CLOSING}]*…$")
# Keys, numbers with units, absolute paths, names, symbols and tags need no translation.
NO_WORDS = re.compile(
    r"\b((Ctrl|Shift|Alt)[+ ])+(\w+|\S)|\b(Esc|Del|Enter|Space|Home|End|F\d+|[A-Z])\b|GDM Studio|CPU|[αση]|/\S+"
    r"|\b\d[\d.,]* (B|kB|KB|MB|GB|TB|px|ms|s|k|M)\b|<br>"
)
SHARED = ("gdm_studio.ui.widgets", "gdm_studio.ui.theme")
ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
)


@dataclass(frozen=True)
class Shown:
    """Text that the window displays, with its kind, and with the package and class of the widget that displays it."""

    package: str
    owner: str
    kind: str
    text: str

    def untranslated(self) -> str:
        """Return the parts of a displayed text that are not enclosed in the marks of a translation."""
        rest, count = CUT.sub("", self.text), 1
        while count:
            rest, count = TRANSLATED.subn("", rest)
        return rest

    def has_untranslated_words(self, data: Sequence[str] = ()) -> bool:
        """Return True if a displayed text contains a word that was not passed through the translation.

        Names of keys, units, paths and the program are ignored, and so are the texts in `data`, which are shown
        unchanged, such as a prompt or the name of a model.
        """
        rest = self.untranslated()
        for text in sorted(data, key=len, reverse=True):
            if len(text) >= 3 and re.search(r"[^\W\d_]", text):
                rest = rest.replace(text, "")
        return re.search(r"[^\W\d_]", NO_WORDS.sub("", rest)) is not None


def lengthened(text: str) -> str:
    """Translate a text into the pseudo-language: make it 1.4 times as long and enclose it in marks."""
    padding = ceil((LENGTH - 1) * len(text)) - 2
    return f"{OPENING}{text}{'~' * padding}{CLOSING}"


@cache
def _catalogue() -> bytes:
    """Return the compiled catalogue of the pseudo-language. Reading all source files for it takes seconds."""
    texts_of_source = UPDATE["messages"]()
    translated = {each: (lengthened(each[1]),) * (2 if "%n" in each[1] else 1) for each in texts_of_source}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "pseudo.ts"
        UPDATE["write_catalogue"](source, "en", texts_of_source, translated)
        return lzma.decompress(UPDATE["compile_catalogue"](source).read_bytes())


@contextmanager
def pseudo_locale() -> Iterator[None]:
    """Show the window in a pseudo-language within a `with` block.

    All texts are translated that the source code marks for translation.
    """
    content = _catalogue()
    translator = QTranslator()
    assert translator.load(content)
    QCoreApplication.installTranslator(translator)
    try:
        yield
    finally:
        QCoreApplication.removeTranslator(translator)


def texts(root: QWidget) -> Iterator[Shown]:
    """Yield all texts of a widget and its child widgets, including tooltips, accessible names and hidden texts."""
    for widget in (root, *root.findChildren(QWidget)):
        package, owner = _owner(widget)
        for kind, text in (*_texts_of(widget), *_accessible_texts_of(widget)):
            if text:
                yield Shown(package, owner, kind, text)


def _owner(widget: QWidget) -> tuple[str, str]:
    """Return the package of the `ui` part that a widget belongs to, and the class names of the part and the widget."""
    at: QWidget | None = widget
    while at is not None:
        module = type(at).__module__
        if module.startswith("gdm_studio.ui.") and not module.startswith(SHARED):
            return _package(module), f"{type(at).__name__} > {type(widget).__name__}"
        at = at.parentWidget()
    return "widgets", type(widget).__name__


def _package(module: str) -> str:
    """Return the package of a module below `gdm_studio.ui`, with the subpackage for the Create page."""
    names = module.split(".")
    return ".".join(names[2:4]) if names[2] == "create" else names[2]


def _texts_of(widget: QWidget) -> Iterator[tuple[str, str]]:
    if isinstance(widget, QLabel | QAbstractButton):
        yield "text", widget.text()
    if isinstance(widget, QLineEdit) or hasattr(widget, "placeholderText"):
        yield "placeholder", widget.placeholderText()
    if isinstance(widget, QMenu):
        for action in widget.actions():
            yield from _texts_of_action(action)
    if isinstance(widget, QHeaderView):
        model = widget.model()
        for section in range(widget.count()):
            yield "header", str(model.headerData(section, widget.orientation()) or "")
    elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _texts_of_model(widget.model())


def _accessible_texts_of(widget: QWidget) -> Iterator[tuple[str, str]]:
    yield "tooltip", widget.toolTip()
    yield "name", widget.accessibleName()
    yield "description", widget.accessibleDescription()
    if widget.isWindow():
        yield "title", widget.windowTitle()


def _texts_of_action(action: QAction) -> Iterator[tuple[str, str]]:
    yield "action", action.text()


def _texts_of_model(model: QAbstractItemModel) -> Iterator[tuple[str, str]]:
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for row in range(min(model.rowCount(), 500)):
        for column in range(columns):
            index: QModelIndex = model.index(row, column)
            for role in ROLES:
                yield "item", str(index.data(role) or "")


@contextmanager
def painted_texts() -> Iterator[set[Shown]]:
    """Collect the texts that widgets paint themselves within a `with` block.

    Texts that were shortened to fit have the kind "cut". Windows that exist already are left out: another test may have
    left them, with texts in English.
    """
    found: set[Shown] = set()
    earlier = QApplication.topLevelWidgets()
    draw, elide = QPainter.drawText, QFontMetrics.elidedText

    def add(kind: str, text: str) -> None:
        """Record a painted text. Its owner is the nearest widget or delegate on the call stack."""
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            owner = frame.f_locals.get("self")
            widget = owner.parent() if isinstance(owner, QAbstractItemDelegate) else owner
            if isinstance(widget, QWidget):
                if widget.window() not in earlier:
                    found.add(Shown(*_owner(widget), kind, text))
                return
            frame = frame.f_back

    def draw_text(painter: QPainter, *arguments: object) -> object:
        for text in arguments:
            if isinstance(text, str):
                add("painted", text)
        return draw(painter, *arguments)  # type: ignore[call-overload]

    def elided_text(metrics: QFontMetrics, text: str, *arguments: object) -> str:
        shown = elide(metrics, text, *arguments)  # type: ignore[call-overload]
        if shown != text:
            add("cut", text)
        return shown

    QPainter.drawText, QFontMetrics.elidedText = draw_text, elided_text  # type: ignore[method-assign, assignment]
    try:
        yield found
    finally:
        QPainter.drawText, QFontMetrics.elidedText = draw, elide  # type: ignore[method-assign]
