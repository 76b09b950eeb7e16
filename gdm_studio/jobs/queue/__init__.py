"""Persistent queue of requests on disk. It survives a restart, a crash and a power failure."""

from gdm_studio.jobs.queue.item import REMEDIES, Item, ItemState, Remedy
from gdm_studio.jobs.queue.queue import CRASHES_TO_PAUSE, Queue, Removed, progress_of
from gdm_studio.jobs.queue.sleep_inhibitor import SleepInhibitor, inhibit_sleep

__all__ = [
    "CRASHES_TO_PAUSE",
    "REMEDIES",
    "SleepInhibitor",
    "Item",
    "ItemState",
    "Queue",
    "Remedy",
    "Removed",
    "inhibit_sleep",
    "progress_of",
]
