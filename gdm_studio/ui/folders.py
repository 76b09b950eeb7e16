"""Showing a folder in the desktop's own way."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from gdm_studio import atomic


async def open_folder(folder: Path) -> None:
    """Shows a folder, made where it is not there yet; raises StorageError."""
    await asyncio.to_thread(atomic.make_folder, folder)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
