"""When nobody looks: the machine stays awake while there is work, and the desktop says when it is done."""

from __future__ import annotations

import asyncio
import shutil
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, QTimer
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from gdm_studio import preferences
from gdm_studio.queueing import Awake

if TYPE_CHECKING:
    from gdm_studio.ui.tasks import Tasks

LONG_MS = 15_000  # of work, after which the machine might go to sleep over it
TRAY_MS = 12_000  # that the icon which a message needs stays


class Away(QObject):
    """`work()` as a job begins, `rest()` after the last."""

    def __init__(self, window: QWidget, *, tasks: Tasks) -> None:
        super().__init__(window)
        self._window, self._tasks = window, tasks
        self._awake = Awake()
        self._works, self._unseen = False, 0
        self._long = QTimer(self, interval=LONG_MS, singleShot=True)
        self._long.timeout.connect(lambda: tasks.start(self._stay_awake()))

    def work(self) -> None:
        self._works = True
        if not self._long.isActive() and not self._awake.held:
            self._long.start()

    def rest(self, title: str, text: str) -> None:
        """Nothing is left to do, or can be; what to say of that where nobody looks."""
        if not self._works:
            return
        self._works = False
        self._long.stop()
        if self._awake.held:
            self._tasks.start(asyncio.to_thread(self._awake.release))
        if not self._window.isActiveWindow():
            self.tell(title, text)

    async def close(self, left: int) -> None:
        """The window goes, `left` pictures are still to make: the machine may sleep."""
        self._long.stop()
        if left:
            self.tell(f"{in_words(left)} will go on", "when you open GDM Studio again.")
        await asyncio.to_thread(self._awake.release)

    def tell(self, title: str, text: str) -> None:
        """A message of the desktop's, where people want them."""
        if not preferences.load().notify:
            return
        sender = shutil.which("notify-send") if sys.platform.startswith("linux") else None
        if sender:
            QProcess.startDetached(sender, ["--app-name=GDM Studio", "--icon=gdm-studio", title, text])
        elif QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            tray = QSystemTrayIcon(self._window.windowIcon(), self)
            tray.show()
            tray.showMessage(title, text)
            QTimer.singleShot(TRAY_MS, tray, tray.deleteLater)

    async def _stay_awake(self) -> None:
        if self._works and preferences.load().keep_awake:
            await asyncio.to_thread(self._awake.hold)


def in_words(pictures: int) -> str:
    return "1 picture" if pictures == 1 else f"{pictures} pictures"
