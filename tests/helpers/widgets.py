"""Widget tests: the theme, widgets on screen, made-up images and views."""

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

from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.request.generation_events import View
from gdm_studio.request.generation_request import Request
from gdm_studio.ui.create.panel.settings_panel import Controls
from gdm_studio.ui.shell.app import application
from gdm_studio.ui.theme.theme import Theme

W = TypeVar("W", bound=QWidget)
SignalCalls = list[tuple[Any, ...]]


def theme() -> Theme:
    """Return the window's theme, which all tests in this process share."""
    app = QApplication.instance() or application()
    assert isinstance(app, QApplication)
    return app.findChild(Theme) or Theme(app)


def show_widget(widget: W, width: int = 320, height: int = 0) -> W:
    """Show a widget on the screen as an active window, and return it."""
    widget.resize(width, height or max(widget.sizeHint().height(), 1))
    widget.show()
    widget.activateWindow()
    # A widget that has no size while it is empty would be waited for in vain.
    if not widget.size().isEmpty():
        QTest.qWaitForWindowExposed(widget)
    return widget


def record_signal(signal: Any) -> SignalCalls:
    """Connect to a Qt signal, and return a list to which the arguments of every emission are appended."""
    calls: SignalCalls = []
    signal.connect(lambda *args: calls.append(args))
    return calls


def drag(widget: QWidget, start: QPoint, end: QPoint) -> None:
    """Simulate dragging in a widget with the left mouse button, from `start` to `end`."""
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(widget, (start + end) / 2)
    QTest.mouseMove(widget, end)
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=end)


def wait_until(reason: Callable[[], object], seconds: float = 60.0) -> bool:
    """Run Qt's event loop until `reason()` is true. Returns False if that takes more than `seconds`."""
    end = time.monotonic() + seconds
    while not reason() and time.monotonic() < end:
        QTest.qWait(5)
    return bool(reason())


@contextmanager
def mute_platform() -> Iterator[None]:
    """Suppress the messages that Qt's offscreen platform logs when a tooltip or menu opens."""
    before = qInstallMessageHandler(lambda kind, context, text: None)
    try:
        yield
    finally:
        qInstallMessageHandler(before)


def flat_image(red: int, green: int, blue: int, *, side: int = 16, alpha: int = 255) -> np.ndarray:
    """Create an RGBA image of one colour, uint8 (side, side, 4)."""
    return np.full((side, side, 4), (red, green, blue, alpha), np.uint8)


def make_view(index: int, of: int, *, predicted: np.ndarray | None = None) -> View:
    """Create the preview images of a denoising step: a red predicted image, a blue noisy image and cyan noise."""
    at = NoiseLevel(1.0, float(of - index))
    picture = flat_image(255, 0, 0) if predicted is None else predicted
    return View(0, index, of, at, 31.0, picture, flat_image(0, 0, 255), flat_image(0, 255, 255), True)


@dataclass(frozen=True)
class MadeUpPicture:
    """Gallery image of tests that has no file."""

    id: str
    created: float = 0.0
    request: Request = Request(prompt="a red apple", seed=7)
    favourite: bool = False
    size: tuple[int, int] = (128, 128)

    @property
    def path(self) -> Path:
        return Path("/pictures") / f"{self.id}.png"


def unfold(controls: Controls) -> None:
    """Open the section More of the settings panel, and the advanced settings in it."""
    controls.main_settings.set_open(True)
    controls.more.set_open(True)
