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
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

Wanted = Callable[[Path | None], bool]
LOCK = "window.lock"
TAKEN, CLOSING = b"ok\n", b"closing\n"  # what the first answers
PATIENCE = 8.0  # seconds that the first has for an answer: it may be starting itself, or closing
PAUSE = 0.1
SILENT = "GDM Studio is open already, but does not answer; close it, or end its process, then start again."


class Single(QObject):
    """Where `is_first()`, `serve` the later ones; else `hand_over` to the first, or take its place as it closes.

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
        self._server: QLocalServer | None = None

    def is_first(self) -> bool:
        """Takes the lock, if no other window has it."""
        try:
            atomic.make_folder(paths.data_dir())
        except StorageError:
            return True  # what cannot be written is said where it matters
        return self._lock.tryLock(0) or self._lock.error() != QLockFile.LockError.LockFailedError

    def serve(self, wanted: Wanted) -> None:
        """From now on calls `wanted(picture)`, which says whether it took it, when the program is started once more."""
        from PySide6.QtNetwork import QLocalServer

        self._server = server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(lambda: self._hear(server.nextPendingConnection(), wanted))
        QLocalServer.removeServer(self._name)  # of a first that was killed: the lock is ours
        server.listen(self._name)

    def hand_over(self, picture: Path | None) -> bool:
        """Has the first window come to the front and open `picture`; False where it closed, and this one is first now.

        Raises StudioError where it stays silent.
        """
        from PySide6.QtNetwork import QLocalSocket

        message = {"open": str(picture.absolute()) if picture else "", "token": os.environ.get(TOKEN, "")}
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            socket = QLocalSocket()
            socket.connectToServer(self._name)
            if socket.waitForConnected(1000):
                socket.write(json.dumps(message).encode() + b"\n")
                heard = socket.waitForBytesWritten(1000) and socket.waitForReadyRead(int(1000 * PATIENCE))
                if heard and bytes(socket.readLine().data()) == TAKEN:
                    socket.disconnectFromServer()
                    return True
            if self.is_first():
                return False
            time.sleep(PAUSE)
        raise StudioError(SILENT)

    def release(self) -> None:
        """Lets another be the first."""
        if self._server is not None:
            self._server.close()  # while the socket is still ours to remove
        self._lock.unlock()

    def _hear(self, socket: QLocalSocket, wanted: Wanted) -> None:
        socket.disconnected.connect(socket.deleteLater)
        socket.readyRead.connect(lambda: _read(socket, wanted))
        if socket.canReadLine():
            _read(socket, wanted)


TOKEN = "XDG_ACTIVATION_TOKEN"  # with which a Wayland desktop lets one program raise another's window


def _read(socket: QLocalSocket, wanted: Wanted) -> None:
    """One line of what a later start says; what is no message of ours is passed over."""
    if not socket.canReadLine():
        return
    try:
        message = json.loads(bytes(socket.readLine().data()))
        picture, token = message["open"], message["token"]
    except (ValueError, TypeError, KeyError):
        return
    if token:
        os.environ[TOKEN] = token
    socket.write(TAKEN if wanted(Path(picture) if picture else None) else CLOSING)
    socket.flush()
