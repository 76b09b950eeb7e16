"""Panes of the open page, between which F6 moves the keyboard focus, as in browsers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QSplitter, QStackedWidget, QWidget

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


def _panes_of(page: QWidget) -> list[QWidget]:
    """Return the visible columns of a page, from left to right: those of its splitter, or of its row."""
    layout = page.layout()
    if not isinstance(layout, QBoxLayout) or layout.direction() not in _ROW:
        return [page]
    items = (layout.itemAt(place) for place in range(layout.count()))
    columns = [part for item in items if item is not None and (part := item.widget()) is not None]
    if len(columns) == 1 and isinstance(splitter := columns[0], QSplitter):
        columns = [part for place in range(splitter.count()) if (part := splitter.widget(place)) is not None]
    stacks = (column.currentWidget() if isinstance(column, QStackedWidget) else column for column in columns)
    return [column for column in stacks if column is not None and column.isVisible()]


def _find_stop(pane: QWidget) -> QWidget | None:
    """Return the first widget of a pane at which Tab stops, or None."""
    if _takes_focus(pane) and not isinstance(pane, QScrollArea):
        return pane
    each = pane.nextInFocusChain()
    while each is not None and each is not pane:
        if pane.isAncestorOf(each) and _takes_focus(each):
            return each
        each = each.nextInFocusChain()
    return None


def _takes_focus(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
