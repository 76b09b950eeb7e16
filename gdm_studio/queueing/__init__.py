"""The queue: what is still to be made, on disk, so that it outlives the window, a crash and a power cut."""

from gdm_studio.queueing.awake import Awake, kept_awake
from gdm_studio.queueing.item import Item, ItemState
from gdm_studio.queueing.queue import CRASHES_TO_PAUSE, Queue, Removed
from gdm_studio.queueing.reached import reached
from gdm_studio.queueing.remedies import REMEDIES, Remedy

__all__ = [
    "CRASHES_TO_PAUSE", "REMEDIES", "Awake", "Item", "ItemState", "Queue", "Remedy", "Removed", "kept_awake", "reached",
]  # fmt: skip
