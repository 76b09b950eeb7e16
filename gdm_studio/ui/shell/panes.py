"""Panes of the open page, between which F6 moves the keyboard focus, as in browsers."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QLayout, QScrollArea, QSplitter, QStackedWidget, QWidget

_ROW = (QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.RightToLeft)


def focus_next_pane(page: QWidget, others: list[QWidget], *, forwards: bool) -> None:
    """Move the keyboard focus to the next pane of a page, or to one of the widgets `others` after the last one.

    A pane gets the focus where it had it last.
    """
    panes = [pane for pane in (*_panes_of(page), *others) if _find_stop(pane) is not None]
    focused = page.window().focusWidget()
    places = [place for place, pane in enumerate(panes) if pane is focused or pane.isAncestorOf(focused)]
    if panes:
        step = 1 if forwards else -1
        place = places[0] + step if places else 0 if forwards else -1
        focus_in(panes[place % len(panes)])


def focus_page(page: QWidget) -> None:
    """Move the keyboard focus into a page, to where it was last, unless it is there."""
    if not page.isAncestorOf(page.window().focusWidget()):
        last = page.focusWidget()
        for pane in [*([page] if last is not None else []), *_panes_of(page)]:
            if _find_stop(pane) is not None:
                focus_in(pane)
                break


def focus_in(pane: QWidget) -> None:
    """Move the keyboard focus to the widget of a pane that had it last, or else to the first that takes it."""
    last = pane.focusWidget()
    stop = last if last is not None and _takes_focus(last) and pane.isAncestorOf(last) else _find_stop(pane)
    if stop is not None:
        stop.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _panes_of(part: QWidget) -> Iterator[QWidget]:
    """Yield the visible columns of a page, from left to right: the panes of its splitter, or the items of its row."""
    if isinstance(part, QStackedWidget):
        yield from _panes_of(part.currentWidget())
        return
    layout = part.layout()
    if isinstance(layout, QBoxLayout) and layout.count() == 1 and isinstance(layout.itemAt(0).widget(), QSplitter):
        splitter = layout.itemAt(0).widget()
        assert isinstance(splitter, QSplitter)
        for place in range(splitter.count()):
            column = splitter.widget(place)
            yield column.currentWidget() if isinstance(column, QStackedWidget) else column
    elif isinstance(layout, QBoxLayout) and layout.direction() in _ROW:
        yield from (widget for widget in _widgets_of(layout) if widget.isVisible())
    else:
        yield part


def _widgets_of(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if (widget := item.widget()) is not None:
            yield widget
        elif (inner := item.layout()) is not None:
            yield from _widgets_of(inner)


def _find_stop(pane: QWidget) -> QWidget | None:
    """Return the first widget of a pane at which Tab stops, or None."""
    if not pane.isVisible():
        return None
    if _takes_focus(pane) and not isinstance(pane, QScrollArea):
        return pane
    each = pane.nextInFocusChain()
    seen = 0
    while each is not pane and seen < 10_000:
        if pane.isAncestorOf(each) and _takes_focus(each):
            return each
        each = each.nextInFocusChain()
        seen += 1
    return None


def _takes_focus(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
