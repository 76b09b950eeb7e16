"""Counter of the memory that the previews of a run use. Does not import torch."""

from __future__ import annotations

from collections.abc import Callable

from gdm_studio.request.generation_events import View

# The size limit in bytes of the preview images of one run. Beyond it, steps reuse the images of an earlier step.
MEMORY_LIMIT = 256 * 2**20


class PreviewMemory:
    """Counter of the memory that the previews of a job use in this process.

    `on_forget(image)` is called when the previews of a finished image are released.
    """

    def __init__(self, on_forget: Callable[[int], object] = lambda image: None) -> None:
        self._on_forget = on_forget
        # The memory in bytes that each step uses alone, by image and step.
        self._bytes_by_step: dict[int, dict[int, int]] = {}
        # The last view of each image, whose images later steps may share.
        self._last_views: dict[int, View] = {}
        self._bytes = 0

    def add(self, view: View) -> None:
        """Count a new preview, or one that replaces the preview of the same step."""
        last = self._last_views.get(view.image)
        held = self._bytes_by_step.setdefault(view.image, {})
        shares_images = last is not None and last.index < view.index and last.noisy is view.noisy
        size = 0 if shares_images else image_bytes(view)
        self._bytes += size - held.get(view.index, 0)
        held[view.index] = size
        if last is None or last.index <= view.index:
            self._last_views[view.image] = view

    def is_full(self) -> bool:
        """Return True if the previews use more than MEMORY_LIMIT, so that the previews of finished images should be
        released with `forget`.
        """
        return self._bytes > MEMORY_LIMIT

    def forget(self, image: int) -> None:
        """Stop counting the memory of a finished image's previews. The caller must then free all of them except the
        last.
        """
        self._bytes -= sum(self._bytes_by_step.pop(image, {}).values())
        self._last_views.pop(image, None)
        self._on_forget(image)


def image_bytes(view: View) -> int:
    """Return the memory that the images of one preview use, in bytes."""
    return view.predicted.nbytes + view.noisy.nbytes + view.noise.nbytes
