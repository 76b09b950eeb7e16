"""A slim scroll bar that lies over its view, so that nothing moves when it comes or goes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QScrollBar

WIDTH = 10


class OverlayScrollBar(QScrollBar):
    """Stands in for the vertical scroll bar of `view`, at its right edge, while there is something to scroll."""

    def __init__(self, view: QAbstractScrollArea) -> None:
        super().__init__(Qt.Orientation.Vertical, view)
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view = view
        self._true = view.verticalScrollBar()
        self._true.rangeChanged.connect(self._follow)
        self._true.valueChanged.connect(self._follow)
        self.valueChanged.connect(self._true.setValue)
        view.installEventFilter(self)
        self._follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._view.width() - WIDTH, 0, WIDTH, self._view.height())
            self._follow()
        return False

    def _follow(self) -> None:
        with QSignalBlocker(self):
            self.setRange(self._true.minimum(), self._true.maximum())
            self.setPageStep(self._true.pageStep())
            self.setSingleStep(self._true.singleStep())
            self.setValue(self._true.value())
        self.setVisible(self.maximum() > self.minimum())
        self.raise_()
