"""Sleep prevention while images are generated, and desktop notifications afterwards."""

from __future__ import annotations

import asyncio
import shutil
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QProcess, QTimer
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from gdm_studio import preferences
from gdm_studio.jobs.queue import SleepInhibitor

if TYPE_CHECKING:
    from gdm_studio.ui.tasks import Tasks

# Milliseconds of work after which the computer is prevented from sleeping.
LONG_MS = 15_000
# Milliseconds for which the tray icon is shown. A tray message needs an icon.
TRAY_MS = 12_000


class IdleNotifier(QObject):
    """Controller that keeps the computer awake during long jobs and notifies the user when they have ended.

    Call `work()` when a job starts, and `rest()` after the last job has ended.
    """

    def __init__(self, window: QWidget, *, tasks: Tasks) -> None:
        super().__init__(window)
        self._window = window
        self._tasks = tasks
        self._inhibitor = SleepInhibitor()
        self._is_working = False
        self._long_timer = QTimer(self, interval=LONG_MS, singleShot=True)
        self._long_timer.timeout.connect(lambda: tasks.start(self._stay_awake()))

    def work(self) -> None:
        """Record that a generation job has started. If jobs run for longer than LONG_MS, the computer is kept awake."""
        self._is_working = True
        if not self._long_timer.isActive() and not self._inhibitor.held:
            self._long_timer.start()

    def rest(self, title: str, text: str) -> None:
        """Allow the computer to sleep after the last job.

        If the window is in the background, show a desktop notification.
        """
        if not self._is_working:
            return
        self._is_working = False
        self._long_timer.stop()
        if self._inhibitor.held:
            self._tasks.start(asyncio.to_thread(self._inhibitor.release))
        if not self._window.isActiveWindow():
            self.notify(title, text)

    async def close(self, left: int) -> None:
        """Allow the computer to sleep when the window closes, and notify the user if `left` queued images remain."""
        self._long_timer.stop()
        if left:
            title = self.tr("%n picture(s) still to make", "", left)
            self.notify(title, self.tr("The queue resumes when you open GDM Studio again."))
        await asyncio.to_thread(self._inhibitor.release)

    def notify(self, title: str, text: str) -> None:
        """Show a desktop notification if the preferences allow it."""
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
        if self._is_working and preferences.load().keep_awake:
            await asyncio.to_thread(self._inhibitor.hold)
