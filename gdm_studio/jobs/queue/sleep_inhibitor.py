"""Sleep inhibitor, which keeps the computer awake during a run. It ends with this process, even after a crash."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

REASON = "Making pictures"


class SleepInhibitor:
    """Object that prevents the computer from going to sleep during a run.

    It does nothing if the operating system offers no way to do so. Use it from one thread.
    """

    def __init__(self) -> None:
        self._helper: subprocess.Popen[bytes] | None = None
        self.held = False

    def hold(self) -> None:
        """Prevent the computer from going to sleep until `release` is called. The screen may still turn off."""
        if self.held:
            return
        self.held = True
        if sys.platform == "win32":
            _set_execution_state(awake=True)
        elif command := _choose_command():
            with contextlib.suppress(OSError):
                self._helper = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )

    def release(self) -> None:
        """Allow the computer to go to sleep again."""
        if not self.held:
            return
        self.held = False
        if sys.platform == "win32":
            _set_execution_state(awake=False)
        helper, self._helper = self._helper, None
        if helper is not None and helper.stdin is not None:
            # The helper waits for the end of its input.
            helper.stdin.close()
            helper.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                helper.wait(1)


@contextlib.contextmanager
def inhibit_sleep(enabled: bool) -> Iterator[None]:
    """Context manager that prevents the computer from going to sleep, if `enabled`."""
    awake = SleepInhibitor()
    if enabled:
        awake.hold()
    try:
        yield
    finally:
        awake.release()


def _choose_command() -> list[str]:
    """Return a command that keeps the computer awake until its input is closed, or [] if there is none."""
    if sys.platform == "darwin":
        return ["caffeinate", "-i", "-w", str(os.getpid())]
    if shutil.which("systemd-inhibit") and shutil.which("cat"):
        return ["systemd-inhibit", "--what=sleep:idle", "--who=GDM Studio", f"--why={REASON}", "--mode=block", "cat"]
    return []


def _set_execution_state(*, awake: bool) -> None:
    if sys.platform == "win32":
        import ctypes

        continuous, system_required = 0x80000000, 0x00000001
        ctypes.windll.kernel32.SetThreadExecutionState(continuous | (system_required if awake else 0))
