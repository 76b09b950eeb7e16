"""Saved state of image sets, in the window's session and with their gallery collections, and their restoration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakSet

from gdm_studio.studio.image_sets import ImageSet, saved_set, set_of_images
from gdm_studio.ui.create.board.image_set_board import SetBoard
from gdm_studio.ui.create.board.image_set_settings import typical_temperature

if TYPE_CHECKING:
    from gdm_studio.gallery import Picture
    from gdm_studio.request.generation_events import Result
    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.create.board.board_collections import BoardSaver
    from gdm_studio.ui.create.context import CreateContext


class SetStorage:
    """Storage of image sets, which saves their states and restores their boards.

    `remembered` is the set of the last session as JSON, until it is loaded. `on_change()` is called when a restored
    board's collection has changed.
    """

    def __init__(self, context: CreateContext, saver: BoardSaver, on_change: Callable[[], object]) -> None:
        self._gallery = context.gallery
        self._library = context.library
        self._saver = saver
        self._on_change = on_change
        self.remembered = ""
        # Contents and JSON of the set when `session_state` last returned it.
        self._last_state: tuple[object, str] = None, ""
        # The sets of this session that undo can show again, and the one that is shown.
        self._boards = WeakSet[SetBoard]()

    def add(self, board: SetBoard) -> None:
        """Let `load` find a set of this session."""
        self._boards.add(board)

    def session_state(self, board: SetBoard | None, next_settings: Request | None) -> str:
        """Return the set that is shown as JSON, for the next session, or the remembered one if there is none.
        `next_settings` are those that the user has changed for the next set.
        """
        if board is None:
            return self.remembered
        contents = replace(self._state_of(board), next_settings=next_settings)
        # The session is compared every few seconds, in which time a large set seldom changes.
        if contents != self._last_state[0]:
            self._last_state = contents, contents.to_json()
        return self._last_state[1]

    async def save(self, board: SetBoard) -> None:
        """Save the state of a set that is no longer shown, with which `load` can open it again. Raises StorageError."""
        await self._saver.settle(board.collection)
        if name := board.collection.name:
            state = self._state_of(board).to_json()
            await self._gallery.ask(lambda gallery: gallery.collections.save_image_set(name, state))
            # The Gallery page offers to open it.
            self._gallery.changed.emit()

    def opened(self, collection: str) -> SetBoard | None:
        """Return the set of this session with this gallery collection, or None if there is none."""
        return next((board for board in self._boards if board.collection.name == collection), None)

    async def load(self, collection: str) -> SetBoard | None:
        """Return the image set of a gallery collection as it was saved, or otherwise as its images say. Return None if
        they are no set.
        """
        image_set = await self._gallery.ask(partial(saved_set, collection=collection))
        if image_set is None:
            image_set = await self._gallery.ask(partial(set_of_images, collection=collection))
            image_set = image_set and self._with_default_temperature(image_set)
        found = await self._gallery.ask(image_set.load) if image_set is not None else None
        # The user may have asked twice.
        if (board := self.opened(collection)) is not None:
            return board
        return self._restore(image_set, found) if image_set is not None and found is not None else None

    async def load_last(self) -> tuple[SetBoard, ImageSet] | None:
        """Return the set of the last session as a board and as it was saved, or None if its collection is no longer in
        the gallery.
        """
        remembered = ImageSet.parse(self.remembered)
        found = await self._gallery.ask(remembered.load) if remembered is not None else None
        # It is part of the session until then.
        self.remembered = ""
        return (self._restore(remembered, found), remembered) if remembered is not None and found is not None else None

    async def find_missing(self, board: SetBoard, image_set: ImageSet) -> dict[str, tuple[Picture, Result]]:
        """Return the missing images of a restored set that the gallery has by now: a killed program saved their files,
        but not their entries in the index.
        """
        loaded = await self._gallery.ask(image_set.load) or {}
        return {digest: loaded[digest] for digest in board.missing() if digest in loaded}

    def add_found(self, board: SetBoard, found: Mapping[str, tuple[Picture, Result]]) -> None:
        """Add images that `find_missing` has returned to their set."""
        board.results.update({digest: result for digest, (_, result) in found.items()})
        pictures = {digest: picture for digest, (picture, _) in found.items()}
        board.collection.adopt(board.collection.name, board.collection.pictures | pictures)

    def _state_of(self, board: SetBoard) -> ImageSet:
        members = [
            (thing, request, self._saver.picture_id(digest), digest in board.locked)
            for (thing, request), digest in zip(board.members(), board.digests, strict=True)
        ]
        return ImageSet(board.collection.name, board.settings, board.family, board.seeds_used, tuple(members))

    def _restore(self, image_set: ImageSet, found: Mapping[str, tuple[Picture, Result]]) -> SetBoard:
        """Return the board of a saved set, with its images by the digests of their cells."""
        results = {digest: result for digest, (_, result) in found.items()}
        collection = self._saver.collection(image_set.collection, results, self._on_change)
        board = SetBoard(
            [request for _, request, _, _ in image_set.members],
            collection,
            settings=image_set.settings,
            family=image_set.family,
            things=[thing for thing, _, _, _ in image_set.members],
            seeds_used=image_set.seeds_used,
            locked={request.digest() for _, request, _, is_locked in image_set.members if is_locked},
        )
        collection.adopt(image_set.collection, {digest: picture for digest, (picture, _) in found.items()})
        return board

    def _with_default_temperature(self, image_set: ImageSet) -> ImageSet:
        """Return a set that was read from its images with the default temperature of its model in the settings, if its
        images have the one that belongs to it.
        """
        cards = self._library.cards()
        card = next((card for card in cards if card.name == image_set.settings.model), None)
        settings = image_set.settings
        if card is None or not settings.style:
            return image_set
        default = card.default_request().temperature
        if settings.temperature != typical_temperature(default):
            return image_set
        return replace(image_set, settings=replace(settings, temperature=default))
