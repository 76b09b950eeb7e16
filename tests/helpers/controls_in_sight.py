"""Count of the controls that a person sees in the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QScrollBar,
    QSplitterHandle,
    QWidget,
)

from gdm_studio.ui.create.viewer.canvas import Canvas

KINDS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
)
# The picture itself, the lines between panels, texts that can be selected, and scroll bars are not seen as controls.
OTHERS = (Canvas, QSplitterHandle, QLabel, QScrollBar, QScrollArea)


def controls_in_sight(window: QWidget) -> list[QWidget]:
    """Return the controls of a window that are in sight: everything that can be clicked, typed into or reached by Tab,
    enabled or not. A list without entries, or a slider without a range, offers nothing.
    """
    return [widget for widget in window.findChildren(QWidget) if _is_control(widget)]


def _is_control(widget: QWidget) -> bool:
    if isinstance(widget, OTHERS) or not widget.isVisible() or widget.visibleRegion().isEmpty():
        return False
    if isinstance(widget, QAbstractItemView) and not (widget.model() and widget.model().rowCount()):
        return False
    if isinstance(widget, QAbstractSlider) and widget.minimum() == widget.maximum():
        return False
    return isinstance(widget, KINDS) or bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
