"""Processes of the program that the Models page starts: `gdm-studio models …` with JSON output."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment

import gdm_studio

# Milliseconds to wait for a killed process.
KILL_WAIT = 5000


def create_process(parent: QObject) -> QProcess:
    """Create a process that will find the modules of this program, wherever it was started from."""
    process = QProcess(parent)
    environment = QProcessEnvironment.systemEnvironment()
    root = str(Path(gdm_studio.__file__).parent.parent)
    others = environment.value("PYTHONPATH")
    environment.insert("PYTHONPATH", os.pathsep.join([root, others] if others else [root]))
    process.setProcessEnvironment(environment)
    return process


def start_program(process: QProcess, *arguments: str) -> None:
    """Start `gdm-studio` with the given arguments in a process."""
    process.start(sys.executable, ["-P", "-m", "gdm_studio", *arguments])


def end_process(process: QProcess) -> None:
    """Kill a process and wait for its end."""
    process.kill()
    process.waitForFinished(KILL_WAIT)
    process.deleteLater()
