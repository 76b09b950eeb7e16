"""The program's side of a worker: its process, what is said to it, and what it says."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import gdm_studio
from gdm_studio.errors import DeviceError
from gdm_studio.workers import frames
from gdm_studio.workers.frames import Frame
from gdm_studio.workers.messages import Decoder
from gdm_studio.workers.orders import Order

SECONDS_TO_END = 2.0  # after which a worker that was let go of is killed
_numbers = count(1)


@dataclass(eq=False)
class Share:
    """Pictures of an order in the hands of one worker."""

    order: Order
    images: list[int]  # that are not finished
    keeps_steps: bool
    decoder: Decoder = field(default_factory=Decoder)
    number: int = field(default_factory=_numbers.__next__)


Said = tuple["Worker", Frame | None]


class Worker:
    """One process. What it says comes into `inbox` with the worker itself, at last None, once it has ended.

    Raises DeviceError where it cannot be started.
    """

    def __init__(self, device: str, sharing: int, inbox: SimpleQueue[Said | None]) -> None:
        self.device = device
        self.pictures = 0  # to have in hand at a time; 0 until it is ready
        self.share: Share | None = None
        self.is_alive = True
        command = [sys.executable, "-P", "-m", "gdm_studio.workers.process", device, str(sharing)]
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=_environment(), **_APART
            )
        except OSError as error:
            sentence = f"A worker for {device} cannot be started: {error.strerror or error}; try again on one device."
            raise DeviceError(sentence, remedy="cpu") from error
        self._listening = threading.Thread(target=self._listen, args=(inbox,), daemon=True)
        self._listening.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    @property
    def is_free(self) -> bool:
        """Whether it waits for something to do."""
        return self.is_alive and bool(self.pictures) and self.share is None

    @property
    def is_held(self) -> bool:
        """Whether what it says has to wait, for the order that it carries out does."""
        return self.share is not None and not self.share.order.is_dropped and self.share.order.is_held()

    def make(self, share: Share, *, previews: float | None) -> None:
        """Has it make these pictures; with `previews`, the share of a step's time for its views."""
        self.share, order = share, share.order
        facts = {"images": share.images, "request": order.request.to_json(), "keep": share.keeps_steps}
        self._say("make", [order.stood], **facts, previews=previews)

    def more(self) -> None:
        """Allows it one more step."""
        self._say("more")

    def stop(self, *, reach: bool = False) -> None:
        """Has it make no more of its share; with `reach` it tells what the pictures have become."""
        self._say("stop", reach=reach)

    def bury(self) -> None:
        """Once it has ended by itself, or says what nobody understands."""
        self.is_alive, self.pictures, self.share = False, 0, None
        self._process.kill()
        self.close()

    def let_go(self) -> None:
        """Ends it; `close` waits for that."""
        with suppress(OSError):
            self._stdin.close()

    def close(self) -> None:
        """Waits for its end, and sees to it."""
        self.let_go()
        try:
            self._process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listening.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    @property
    def _stdin(self) -> Any:
        return self._process.stdin

    def _say(self, kind: str, blobs: list[bytes] | None = None, **facts: Any) -> None:
        assert self.share is not None
        with suppress(OSError, ValueError):  # it has ended, which is learnt from its silence
            frames.write(self._stdin, {"kind": kind, "share": self.share.number, **facts}, blobs or [])

    def _listen(self, inbox: SimpleQueue[Said | None]) -> None:
        assert self._process.stdout is not None
        try:
            with suppress(OSError, ValueError):
                while (frame := frames.read(self._process.stdout)) is not None:
                    inbox.put((self, frame))
        finally:  # else whoever waits for it waits for ever
            inbox.put((self, None))


def _environment() -> dict[str, str]:
    """Ours, with this very package before others of its name."""
    root = str(Path(gdm_studio.__file__).parent.parent)
    others = os.environ.get("PYTHONPATH")
    return os.environ | {"PYTHONPATH": os.pathsep.join([root, others] if others else [root])}


# Ctrl-C in a terminal is for the program alone, which tells its workers what to do
_APART: dict[str, Any]
if sys.platform == "win32":
    _APART = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
else:
    _APART = {"process_group": 0}
