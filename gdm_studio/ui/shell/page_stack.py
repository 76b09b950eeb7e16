"""Stack of the window's pages, each created at the start, while nothing happens, or when it is first opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QStackedWidget, QWidget


@dataclass(frozen=True, kw_only=True)
class _Entry:
    create: Callable[[], QWidget]
    on_open: Callable[[], object]
    on_leave: Callable[[], object]


class PageStack(QStackedWidget):
    """Widget that shows one page of the window at a time, and creates pages when they are needed.

    A page is known by its id, such as "gallery".
    """

    def __init__(self) -> None:
        super().__init__()
        self._entries: dict[str, _Entry] = {}
        self._widgets: dict[str, QWidget] = {}

    def register(
        self,
        page: str,
        create: Callable[[], QWidget],
        *,
        on_open: Callable[[], object] = lambda: None,
        on_leave: Callable[[], object] = lambda: None,
    ) -> None:
        """Register a page, whose widget `create()` returns.

        `on_open()` is called whenever the page is opened, also if it was open already, and `on_leave()` when another
        page is opened in its place.
        """
        self._entries[page] = _Entry(create=create, on_open=on_open, on_leave=on_leave)

    def add(self, page: str, widget: QWidget) -> None:
        """Register a page whose widget exists already."""
        self.register(page, lambda: widget)
        self.ensure(page)

    def is_registered(self, page: str) -> bool:
        """Return True if `open` can show a page."""
        return page in self._entries

    def ensure(self, page: str) -> QWidget:
        """Return the widget of a registered page, which is created now unless it exists."""
        if page not in self._widgets:
            self._widgets[page] = widget = self._entries[page].create()
            self.addWidget(widget)
        return self._widgets[page]

    def is_created(self, page: str) -> bool:
        """Return True if the widget of a page exists."""
        return page in self._widgets

    def not_created(self) -> list[str]:
        """Return the ids of the registered pages whose widgets do not exist yet, in the order of registration."""
        return [page for page in self._entries if page not in self._widgets]

    def current_page(self) -> str:
        """Return the id of the open page."""
        return next(page for page, widget in self._widgets.items() if widget is self.currentWidget())

    def open(self, page: str) -> None:
        """Show a registered page."""
        left = self.current_page()
        self.setCurrentWidget(self.ensure(page))
        if left != page:
            self._entries[left].on_leave()
        self._entries[page].on_open()
