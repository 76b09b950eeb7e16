"""Puts pictures of the sheets into the gallery, each once however often it is asked for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gdm_studio.gallery import Picture
    from gdm_studio.run import Result
    from gdm_studio.ui.shelf import Shelf


class Keeper:
    """Knows a picture by the digest of its request."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._kept: dict[str, Picture] = {}
        self._lock = asyncio.Lock()

    def has(self, digest: str) -> bool:
        """Whether it was kept."""
        return digest in self._kept

    async def keep(self, digest: str, result: Result) -> str:
        """The id of the picture in the gallery, written unless its file is there; raises StorageError."""
        async with self._lock:
            before = self._kept.get(digest)
            if before is None or not await self._shelf.ask(lambda gallery: before.path.exists()):
                self._kept[digest] = await self._shelf.keep(result)
            return self._kept[digest].id
