"""One window for a library: a second start raises the first one, and hands over the picture it was given."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject

from gdm_studio import atomic, paths
from gdm_studio.errors import StorageError, StudioError

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalSocket

LOCK = "window.lock"
PATIENCE = 6.0  # seconds that the first has for an answer; it may be starting itself
PAUSE = 0.1
SILENT = "GDM Studio is open already, but does not answer; close it, or end its process, then start again."


class Single(QObject):
    """`is_first()` decides, for good; then either `serve` the later ones or `hand_over` to the first.

    Who holds the lock in the data folder is the first: a lock left by a process that was killed counts for nothing,
    and where none can be made every start is a first one.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        folder = paths.data_dir()
        digest = hashlib.sha256(os.fsencode(os.path.abspath(folder))).hexdigest()[:16]
        self._name = f"gdm-studio-{digest}"
        self._lock = QLockFile(str(folder / LOCK))
        self._lock.setStaleLockTime(0)

    def is_first(self) -> bool:
        """Takes the lock, if no other window has it."""
        try:
            atomic.make_folder(paths.data_dir())
        except StorageError:
            return True  # what cannot be written is said where it matters
        return self._lock.tryLock(0) or self._lock.error() != QLockFile.LockError.LockFailedError

    def serve(self, wanted: Callable[[Path | None], object]) -> None:
        """From now on calls `wanted(picture)` whenever the program is started once more."""
        from PySide6.QtNetwork import QLocalServer

        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(lambda: self._hear(server.nextPendingConnection(), wanted))
        QLocalServer.removeServer(self._name)  # of a first that was killed: the lock is ours
        server.listen(self._name)

    def hand_over(self, picture: Path | None) -> None:
        """Has the first window come to the front and open `picture`. Raises StudioError where it stays silent."""
        from PySide6.QtNetwork import QLocalSocket

        message = {"open": str(picture.absolute()) if picture else "", "token": os.environ.get(TOKEN, "")}
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            socket = QLocalSocket()
            socket.connectToServer(self._name)
            if socket.waitForConnected(1000):
                socket.write(json.dumps(message).encode() + b"\n")
                if socket.waitForBytesWritten(1000) and socket.waitForReadyRead(int(1000 * PATIENCE)):
                    socket.disconnectFromServer()
                    return
            time.sleep(PAUSE)
        raise StudioError(SILENT)

    def release(self) -> None:
        """Lets another be the first."""
        self._lock.unlock()

    def _hear(self, socket: QLocalSocket, wanted: Callable[[Path | None], object]) -> None:
        socket.disconnected.connect(socket.deleteLater)
        socket.readyRead.connect(lambda: _read(socket, wanted))
        if socket.canReadLine():
            _read(socket, wanted)


TOKEN = "XDG_ACTIVATION_TOKEN"  # with which a Wayland desktop lets one program raise another's window


def _read(socket: QLocalSocket, wanted: Callable[[Path | None], object]) -> None:
    """One line of what a later start says; what is no message of ours is passed over."""
    if not socket.canReadLine():
        return
    try:
        message = json.loads(bytes(socket.readLine().data()))
        picture, token = message["open"], message["token"]
    except (ValueError, TypeError, KeyError):
        return
    socket.write(b"ok\n")
    socket.flush()
    if token:
        os.environ[TOKEN] = token
    wanted(Path(picture) if picture else None)
