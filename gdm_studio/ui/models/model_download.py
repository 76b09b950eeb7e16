"""Download of a model in a separate process, so that the window itself never opens a connection."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, QProcess, Signal

from gdm_studio.common.translatable_json import sentence_from_json
from gdm_studio.common.translation_markers import Sentence
from gdm_studio.ui.models.program_process import create_process, end_process, start_program
from gdm_studio.ui.translation import sentence_text, translate

# Most characters of an error message that are shown.
MOST_CHARACTERS = 600
# Longest line of the process that is read.
MOST_LINE = 100_000


@dataclass(frozen=True)
class DownloadState:
    """Progress of a download, or its end."""

    # Name or address that the user chose, "" before the first download.
    name: str = ""
    is_running: bool = False
    # File that is being downloaded, and bytes of all files.
    file: str = ""
    done: int = 0
    total: int = 0
    # Remaining seconds, or None if unknown.
    seconds_left: float | None = None
    # Files that were on the disk already.
    here: tuple[str, ...] = ()
    # Paths and names of the models and parts that were added, or the reason why there are none.
    added: tuple[tuple[str, str], ...] = ()
    error: str = ""
    is_cancelled: bool = False


@dataclass
class _Speed:
    """Time and received bytes at the first progress of this process."""

    start: float = 0.0
    bytes: int = field(default=-1)

    def seconds_left(self, done: int, total: int) -> float | None:
        if self.bytes < 0:
            self.start, self.bytes = time.monotonic(), done
        received = done - self.bytes
        return (time.monotonic() - self.start) * (total - done) / received if received > 0 else None


class ModelDownload(QObject):
    """Controller of the process that downloads a model. Signals: `changed()` after progress, and `finished()` when the
    process has ended by itself.
    """

    changed = Signal()
    finished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = DownloadState()
        self._process: QProcess | None = None
        self._speed = _Speed()

    def start(self, name: str) -> None:
        """Start or resume the download of a model. Nothing happens while another one is running."""
        if self._process is not None:
            return
        self.state = DownloadState(name, is_running=True)
        self._speed = _Speed()
        process = self._process = create_process(self)
        process.readyReadStandardOutput.connect(lambda: self._read(process))
        process.finished.connect(lambda: self._on_end(process))
        process.errorOccurred.connect(lambda error: self._on_error(process, error))
        start_program(process, "models", "get", "--json", "--", name)
        self.changed.emit()

    def cancel(self) -> None:
        """End the process. What has arrived stays on the disk, so that `start` resumes the download."""
        if (process := self._process) is not None:
            self._process = None
            end_process(process)
            self.state = replace(self.state, is_running=False, is_cancelled=True)
            self.changed.emit()

    def _read(self, process: QProcess) -> None:
        while process is self._process and process.canReadLine():
            line = bytes(process.readLine(MOST_LINE).data())
            with suppress(ValueError, KeyError, TypeError):
                self._take(json.loads(line))
        if process is self._process:
            self.changed.emit()

    def _take(self, event: dict[str, object]) -> None:
        """Update the state by an event of the process. Raises ValueError, KeyError or TypeError for an unknown one."""
        match event:
            case {"event": "progress", "file": str(file), "done": int(done), "total": int(total)}:
                left = self._speed.seconds_left(done, total)
                self.state = replace(self.state, file=file, done=done, total=total, seconds_left=left)
            case {"event": "plan", "here": list(here)}:
                self.state = replace(self.state, here=tuple(map(str, here)))
            case {"event": "added", "name": str(name), "path": str(path)}:
                self.state = replace(self.state, added=(*self.state.added, (path, name)))
            case {"event": "error", "message": str(message)}:
                sentence: str | Sentence = message
                with suppress(ValueError):
                    sentence = sentence_from_json(event.get("sentence"))
                self.state = replace(self.state, error=sentence_text(sentence)[:MOST_CHARACTERS])

    def _on_error(self, process: QProcess, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._on_end(process)

    def _on_end(self, process: QProcess) -> None:
        if process is not self._process:
            return
        self._read(process)
        error = self.state.error
        if process.exitStatus() is not QProcess.ExitStatus.NormalExit or process.exitCode() != 0:
            error = error or translate("ModelDownload", "The download ended unexpectedly; start it again to resume it.")
        self._process = None
        process.deleteLater()
        self.state = replace(self.state, is_running=False, error=error)
        self.changed.emit()
        self.finished.emit()
