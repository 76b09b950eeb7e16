"""Reconnection to a computer whose connection was lost: the delays between attempts, and when to give up."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdm_studio.jobs.workers.work_items import WorkItem

# Maximum number of further attempts to connect to a computer that could not be used yet.
MAX_FIRST_ATTEMPTS = 3
# Seconds before each attempt to restore a lost connection. After the last attempt, the computer is no longer used.
SECONDS_TO_RECONNECT = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 30.0, 30.0)


@dataclass
class Reconnection:
    """State of the connection to a computer on which workers run: the number of failed reconnections and the time of
    the next attempt. It is preserved when a worker is replaced.
    """

    # True once a worker could be used.
    was_ready: bool = False
    # Number of attempts without progress since the connection was lost.
    attempts: int = 0
    # Time of the next attempt, or None.
    due: float | None = None
    # The work item and the last step that the worker has finished.
    item: WorkItem | None = None
    step: int = 0

    def note_step(self, item: WorkItem, step: int) -> None:
        """Reset the number of failed reconnections if the worker has finished a step that was not finished before."""
        if item is not self.item or step > self.step:
            self.attempts = 0
            self.item = item
            self.step = step

    def note_image(self) -> None:
        """Reset the count of failed reconnections and the number of the last step, because the worker has finished an
        image.
        """
        self.attempts = 0
        self.step = 0

    def retry(self) -> bool:
        """Schedule the next attempt to reconnect to the computer. Return False if all attempts have failed."""
        most = len(SECONDS_TO_RECONNECT)
        if self.attempts >= (most if self.was_ready else min(MAX_FIRST_ATTEMPTS, most)):
            return False
        self.due = time.monotonic() + SECONDS_TO_RECONNECT[self.attempts]
        self.attempts += 1
        return True
