"""Estimate of the memory and the time that an image takes, without torch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CostEstimate:
    """Estimated memory (bytes) and time (seconds) needed for an image with a model's default settings on one device."""

    # Width and height in pixels.
    size: tuple[int, int]
    # Memory use with all weights in memory, and with weights that are read from the disk at each step.
    memory: int
    least: int
    # Memory that models may use on the device, or None if it is unknown.
    limit: int | None
    steps: int
    seconds: float
    # True if the time comes from earlier images of this model on this device.
    measured: bool

    @property
    def fits(self) -> bool:
        """True if the device's memory is large enough for all weights of the model at once."""
        return self.limit is None or self.memory <= self.limit

    @property
    def expected_memory(self) -> int:
        """Memory that the run will take. A model that does not fit takes as much as it may use."""
        return self.memory if self.limit is None or self.fits else max(self.least, self.limit)

    @property
    def is_possible(self) -> bool:
        """True if the device has enough memory for an image at all, if necessary with weights that are read from the
        disk at each step.
        """
        return self.limit is None or self.least <= self.limit
