"""Restriction to one window per library. A second start raises the first window and passes it the image to open."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile, QObject, QTimer

from gdm_studio.common import atomic_files, paths
from gdm_studio.common.errors import BadRequest, StorageError, StudioError
from gdm_studio.common.json_reader import parse_json
from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.ui.translation import error_text, translate

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

OnRequest = Callable[[Path | None], bool]
LOCK = "window.lock"
# File in the data folder with the address of the window's socket.
ADDRESS = "window.address"
# Replies from the first window.
TAKEN = b"ok\n"
CLOSING = b"closing\n"
REFUSED = b"refused\n"
# Seconds to wait for a reply: the first window may be starting.
PATIENCE = 8.0
# Seconds to wait for a window that is closing, from its last answer. It answers until its trainings have saved their
# checkpoints.
CLOSING_SECONDS = 60.0
PAUSE = 0.1
# Bytes of a message and of a path.
MAX_MESSAGE = 64 * 1024
MAX_PATH = 4096
MAX_CONNECTIONS = 16
# Longest duration of a connection.
MESSAGE_SECONDS = 5.0
# Environment variable with the token by which a Wayland desktop lets one program raise the window of another.
TOKEN = "XDG_ACTIVATION_TOKEN"
_TOKEN = re.compile("[\x21-\x7e]{0,1024}")
SILENT = QT_TRANSLATE_NOOP(
    "SingleInstance",
    "GDM Studio is open already, but does not answer; close it, or end its process, then start again.",
)
STRANGER = QT_TRANSLATE_NOOP(
    "SingleInstance",
    "Another user's program answers in place of GDM Studio; close all its windows, then start again.",
)
NOT_TAKEN = QT_TRANSLATE_NOOP(
    "SingleInstance", "The open window cannot read the path of this picture; move the picture and try again."
)
TOO_LONG = QT_TRANSLATE_NOOP(
    "SingleInstance", "The path of this picture is longer than {limit} bytes; move the picture and try again."
)
DEAF = QT_TRANSLATE_NOOP(
    "SingleInstance", "Pictures opened outside will not reach this window; restart GDM Studio to try again ({why})."
)


class SingleInstance(QObject):
    """Lock and local socket that allow only one window per library. A later start passes its image to the first window.

    If `try_lock()` returns True, call `serve` to listen for later starts, or else `hand_over`. The lock of a killed
    process is ignored. If no lock can be created, every start counts as the first.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data = Path(os.path.abspath(paths.data_dir()))
        self._lock = QLockFile(str(self._data / LOCK))
        self._lock.setStaleLockTime(0)
        self._server: QLocalServer | None = None
        self._connections: set[QLocalSocket] = set()

    def try_lock(self) -> bool:
        """Try to lock the library for this window. Return True if it is the first one, or False if another running
        window holds the lock.
        """
        try:
            atomic_files.make_folder(self._data)
        except StorageError:
            # Whatever needs the folder reports the error later.
            return True
        return self._lock.tryLock(0) or self._lock.error() != QLockFile.LockError.LockFailedError

    def serve(self, wanted: OnRequest) -> str:
        """Listen on a local socket for later starts of GDM Studio. Return an error message, or "" on success.

        `wanted(picture)` is called for each later start, and returns False if the window does not accept the request.
        """
        from PySide6.QtNetwork import QLocalServer

        if not self._lock.isLocked():
            # Without a lock, each later start is treated as the first one.
            return ""
        self._server = server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(lambda: self._receive(server.nextPendingConnection(), wanted))
        try:
            if _listen(server, self._data):
                atomic_files.write(self._data / ADDRESS, os.fsencode(server.fullServerName()))
                return ""
            reason = server.errorString() or self.tr("no private folder")
            problem = StorageError(self.tr(DEAF).format(why=reason))
        except StorageError as error:
            problem = StorageError(self.tr(DEAF).format(why=error_text(error)))
        server.close()
        from gdm_studio.common import error_log

        error_log.record_error(problem)
        return str(problem)

    def hand_over(self, picture: Path | None) -> bool:
        """Raise the window that is already open, and let it open the image `picture`. Return True on success.

        Returns False if that window has closed in the meantime, so that this window is the first; waits for a window
        that is closing. Raises StudioError if the first window does not answer, refuses the image or belongs to another
        user. Raises BadRequest if the path is too long.
        """
        from PySide6.QtNetwork import QLocalSocket

        from gdm_studio.ui.shell.socket_peer import is_own_peer

        message = _encode_message(picture)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            socket = QLocalSocket()
            if address := _read_address(self._data / ADDRESS):
                socket.connectToServer(address)
            if address and socket.waitForConnected(1000):
                if not is_own_peer(int(socket.socketDescriptor())):
                    raise StudioError(self.tr(STRANGER))
                socket.write(message)
                is_answered = socket.waitForBytesWritten(1000) and socket.waitForReadyRead(int(1000 * PATIENCE))
                reply = bytes(socket.readLine(64).data()) if is_answered else b""
                if reply == TAKEN:
                    socket.disconnectFromServer()
                    return True
                if reply == REFUSED:
                    raise StudioError(self.tr(NOT_TAKEN))
                if reply == CLOSING:
                    until = time.monotonic() + CLOSING_SECONDS
            if self.try_lock():
                return False
            time.sleep(PAUSE)
        raise StudioError(self.tr(SILENT))

    def release(self) -> None:
        """Release the lock and close the socket, so that another window of the same library can open."""
        if self._server is not None and self._server.isListening():
            folder = Path(self._server.fullServerName()).parent
            with suppress(OSError):
                (self._data / ADDRESS).unlink()
            # Close before the lock is released, as this removes the socket file.
            self._server.close()
            if folder.name.startswith("gdm-studio-"):
                with suppress(OSError):
                    folder.rmdir()
        self._lock.unlock()

    def _receive(self, socket: QLocalSocket | None, wanted: OnRequest) -> None:
        """Read a message from a later start of GDM Studio and answer it, within MESSAGE_SECONDS.

        Connections from other users are closed without a reply.
        """
        if socket is None:
            return
        from gdm_studio.ui.shell.socket_peer import is_own_peer

        socket.setReadBufferSize(MAX_MESSAGE)
        socket.disconnected.connect(socket.deleteLater)
        if len(self._connections) >= MAX_CONNECTIONS or not is_own_peer(int(socket.socketDescriptor())):
            socket.abort()
            return
        self._connections.add(socket)
        socket.disconnected.connect(lambda: self._connections.discard(socket))
        timer = QTimer(socket)
        timer.setSingleShot(True)
        # `abort` is no slot, and cannot be connected directly.
        timer.timeout.connect(lambda: socket.abort())
        timer.start(int(1000 * MESSAGE_SECONDS))
        read = _Reader(socket, wanted)
        socket.readyRead.connect(read)
        read()


class _Reader:
    """Callback that reads and answers the first message of a socket connection and ignores all later messages."""

    def __init__(self, socket: QLocalSocket, wanted: OnRequest) -> None:
        self._socket = socket
        self._on_request = wanted
        self._has_answered = False

    def __call__(self) -> None:
        is_whole = self._socket.canReadLine()
        if self._has_answered or not (is_whole or self._socket.bytesAvailable() >= MAX_MESSAGE):
            return
        self._has_answered = True
        self._socket.write(self._reply_to(bytes(self._socket.readLine(MAX_MESSAGE).data())))
        self._socket.flush()
        self._socket.disconnectFromServer()

    def _reply_to(self, line: bytes) -> bytes:
        try:
            picture, token = message_in(line)
        except ValueError:
            return REFUSED
        if token:
            os.environ[TOKEN] = token
        return TAKEN if self._on_request(picture) else CLOSING


def message_in(line: bytes) -> tuple[Path | None, str]:
    """Parse a message from a later start of GDM Studio into (image to open or None, desktop activation token).

    Raises ValueError if the message is malformed.
    """
    message = parse_json(line, max_bytes=MAX_MESSAGE, max_depth=2)
    if not isinstance(message, dict):
        raise ValueError("not an object")
    picture = message.get("open")
    token = message.get("token")
    if not isinstance(picture, str) or not isinstance(token, str):
        raise ValueError("not text")
    if not _TOKEN.fullmatch(token):
        raise ValueError("not an activation token")
    if not picture:
        return None, token
    if "\0" in picture or len(os.fsencode(picture)) > MAX_PATH or not Path(picture).is_absolute():
        raise ValueError("not an absolute path")
    return Path(picture), token


def _encode_message(picture: Path | None) -> bytes:
    """Encode the message that asks the first window to open an image. Raises BadRequest if the path is too long."""
    path = str(picture.absolute()) if picture else ""
    token = os.environ.get(TOKEN, "")
    if len(os.fsencode(path)) > MAX_PATH:
        raise BadRequest(translate("SingleInstance", TOO_LONG).format(limit=MAX_PATH))
    return json.dumps({"open": path, "token": token if _TOKEN.fullmatch(token) else ""}).encode() + b"\n"


def _listen(server: QLocalServer, data: Path) -> bool:
    """Listen on the first socket address that the operating system accepts. Return False if it accepts none."""
    for name in _socket_paths(data):
        # Since this process has the lock, an existing socket belongs to a killed one.
        server.removeServer(name)
        if server.listen(name):
            return True
    return False


def _socket_paths(data: Path) -> Iterator[str]:
    """Yield possible addresses for the window's socket.

    These are paths in private folders or, on Windows, a name that other users cannot guess.
    """
    if sys.platform == "win32":
        yield f"gdm-studio-{secrets.token_hex(16)}"
        return
    from gdm_studio.ui.shell.socket_peer import MAX_SOCKET_PATH, private_folders

    # The name does not change, so that a socket left by a killed process is found and removed.
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    for folder in private_folders(data):
        path = folder / f"gdm-studio-{digest}.sock"
        if len(os.fsencode(path)) <= MAX_SOCKET_PATH:
            yield str(path)


def _read_address(file: Path) -> str:
    """Read the socket address that the first window has written to a file.

    Returns "" if there is none or it belongs to another user.
    """
    try:
        address = os.fsdecode(atomic_files.read(file, max_bytes=MAX_PATH))
        if sys.platform == "win32":
            return address
        status = os.lstat(address)
        is_ours = file.stat().st_uid == status.st_uid == os.getuid()
    except (OSError, ValueError, StorageError):
        return ""
    return address if is_ours and stat.S_ISSOCK(status.st_mode) else ""
