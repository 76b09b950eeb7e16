"""Showing a folder in the desktop's own way."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from gdm_studio import atomic
from gdm_studio.errors import StorageError


async def open_folder(folder: Path, *, make: bool = False) -> None:
    """Shows a folder, with `make` a new one where it is not there yet; raises StorageError."""
    if make:
        await asyncio.to_thread(atomic.make_folder, folder)
    elif not await asyncio.to_thread(folder.is_dir):
        raise StorageError(f"{folder} is not there. If it is on another disk, connect that; then try again.")
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
