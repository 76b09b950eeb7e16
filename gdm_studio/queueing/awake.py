"""Keeps the machine from going to sleep while there is work; what does so ends with this process, however it ends."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

WHY = "Making pictures"


class Awake:
    """`hold` and `release`, from one thread; where the system offers nothing, nothing happens."""

    def __init__(self) -> None:
        self._helper: subprocess.Popen[bytes] | None = None
        self.held = False

    def hold(self) -> None:
        """No sleep until `release`; the screen may go dark."""
        if self.held:
            return
        self.held = True
        if sys.platform == "win32":
            _set_execution_state(awake=True)
        elif command := _command():
            with contextlib.suppress(OSError):
                self._helper = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )

    def release(self) -> None:
        """The machine may sleep again."""
        if not self.held:
            return
        self.held = False
        if sys.platform == "win32":
            _set_execution_state(awake=False)
        helper, self._helper = self._helper, None
        if helper is not None and helper.stdin is not None:
            helper.stdin.close()  # which is what it waits for
            helper.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                helper.wait(1)


@contextlib.contextmanager
def kept_awake(wanted: bool) -> Iterator[None]:
    """No sleep during the block, where that is wanted."""
    awake = Awake()
    if wanted:
        awake.hold()
    try:
        yield
    finally:
        awake.release()


def _command() -> list[str]:
    """What keeps this system awake as long as it runs, and ends where our end of its input closes; [] for nothing."""
    if sys.platform == "darwin":
        return ["caffeinate", "-i", "-w", str(os.getpid())]
    if shutil.which("systemd-inhibit") and shutil.which("cat"):
        return ["systemd-inhibit", "--what=sleep:idle", "--who=GDM Studio", f"--why={WHY}", "--mode=block", "cat"]
    return []


def _set_execution_state(*, awake: bool) -> None:
    if sys.platform == "win32":
        import ctypes

        continuous, system_required = 0x80000000, 0x00000001
        ctypes.windll.kernel32.SetThreadExecutionState(continuous | (system_required if awake else 0))
