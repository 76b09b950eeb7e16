"""What tests of single widgets need: the theme, a widget on the screen, pictures and views made up."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from PySide6.QtCore import QPoint, Qt, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from gdm_studio.maths.path import Point
from gdm_studio.request import Request
from gdm_studio.run import View
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.shell.app import application

W = TypeVar("W", bound=QWidget)
Heard = list[tuple[Any, ...]]


def theme() -> Theme:
    """The one theme of the test process."""
    app = QApplication.instance() or application()
    assert isinstance(app, QApplication)
    return app.findChild(Theme) or Theme(app)


def shown(widget: W, width: int = 320, height: int = 0) -> W:
    """The widget as a window that is on the screen and active."""
    widget.resize(width, height or max(widget.sizeHint().height(), 1))
    widget.show()
    widget.activateWindow()
    QTest.qWaitForWindowExposed(widget)
    return widget


def heard(signal: Any) -> Heard:
    """A list that gets the arguments of every emission."""
    calls: Heard = []
    signal.connect(lambda *args: calls.append(args))
    return calls


def drag(widget: QWidget, start: QPoint, end: QPoint) -> None:
    """A drag with the left button."""
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(widget, (start + end) / 2)
    QTest.mouseMove(widget, end)
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=end)


def wait_until(reason: Callable[[], object], seconds: float = 60.0) -> bool:
    """Lets the event loop run until something is true; False where it did not happen in time."""
    end = time.monotonic() + seconds
    while not reason() and time.monotonic() < end:
        QTest.qWait(5)
    return bool(reason())


@contextmanager
def platform_unheard() -> Iterator[None]:
    """Drops what the offscreen platform says about itself when a tooltip or menu opens."""
    before = qInstallMessageHandler(lambda kind, context, text: None)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def flat(red: int, green: int, blue: int, *, side: int = 16, alpha: int = 255) -> np.ndarray:
    """A picture of one colour."""
    return np.full((side, side, 4), (red, green, blue, alpha), np.uint8)


def view(index: int, of: int, *, predicted: np.ndarray | None = None) -> View:
    """A step whose predicted picture is red, whose noisy one is blue and whose noise is cyan."""
    at = Point(1.0, float(of - index))
    picture = flat(255, 0, 0) if predicted is None else predicted
    return View(0, index, of, at, 31.0, picture, flat(0, 0, 255), flat(0, 255, 255), True)


@dataclass(frozen=True)
class MadeUpPicture:
    """A picture of the gallery that has no file."""

    id: str
    created: float = 0.0
    request: Request = Request(prompt="a red apple", seed=7)
    favourite: bool = False
    size: tuple[int, int] = (128, 128)

    @property
    def path(self) -> Path:
        return Path("/pictures") / f"{self.id}.png"
