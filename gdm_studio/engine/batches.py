"""Where and in how large batches pictures are made, by the memory there is, and what is tried where it runs out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from gdm_studio.errors import DeviceError
from gdm_studio.models.store import free_on

FIRST = 16  # pictures in a batch, at most, before it is known how much memory one takes
LARGEST = 64  # and after: more at once are hardly faster, and the first would be seen late
PIXEL = 4096  # bytes of memory for a pixel of the picture that a batch is thought to take before one was measured
SHARE = 0.8  # of the free memory that a batch may take


@dataclass(frozen=True)
class Place:
    """Where pictures of one size are made."""

    device: torch.device
    wished: int  # pictures in a batch; 0: as many as suit the device
    size: tuple[int, int]  # (width, height)
    each: int = 0  # bytes that a picture was seen to take; 0 where that is not known

    @property
    def batch(self) -> int:
        """Pictures to be made at once."""
        return self.wished or min(most_on(self.device.type), room_for(free_on(self.device), self.each, self.size))

    def after(self, made: int, taken: int) -> Place:
        """The same after a batch of `made` pictures took that many bytes, 0 where it is not known."""
        return replace(self, each=max(self.each, taken // made))

    def smaller(self, failed: int) -> tuple[Place, str]:
        """The next place to try after a batch of `failed` pictures did not fit, and what to tell people."""
        if failed > 1:
            half = failed // 2
            return replace(self, wished=half), f"Out of memory: going on with {half} at a time."
        if self.device.type != "cpu":
            return Place(torch.device("cpu"), 0, self.size), "Out of memory on the device: going on on the CPU."
        sentence = "There is not enough memory for even one picture; close other programs and try again."
        raise DeviceError(sentence, remedy="again")


def most_on(kind: str) -> int:
    """Pictures of whatever size that are made at once on a device of that type, however much memory it has."""
    # with guidance a picture is two rows, so that these keep every core busy; more would only delay the first
    return min(FIRST, max(1, torch.get_num_threads() // 2)) if kind == "cpu" else LARGEST


def room_for(free: int | None, each: int, size: tuple[int, int]) -> int:
    """How many pictures of that size fit into `free` bytes of a device, at least one.

    `each` is what one was seen to take, or 0: then it is guessed, and there are not many at first.
    """
    if free is None:
        return FIRST
    width, height = size
    return max(1, min(LARGEST if each else FIRST, int(SHARE * free) // (each or PIXEL * width * height)))
