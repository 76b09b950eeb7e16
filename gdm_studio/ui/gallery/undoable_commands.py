"""Undoable commands on gallery images: favourites, tags, collections and deletion."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal

from gdm_studio.ui.translation import joined_sentences, translate, with_separators
from gdm_studio.ui.undo_stack import NothingLeft, UndoableAction

if TYPE_CHECKING:
    from gdm_studio.gallery import Deletion, Gallery
    from gdm_studio.ui.gallery.list_model import PictureModel
    from gdm_studio.ui.notifier import Notify
    from gdm_studio.ui.tasks import Tasks
    from gdm_studio.ui.undo_stack import UndoStack

T = TypeVar("T")
Work = Callable[["Gallery"], object]


class Pictures(Protocol):
    """Interface through which undoable commands access the gallery and the views' image lists.

    `GalleryService` implements it.
    """

    @property
    def lists(self) -> Sequence[PictureModel]: ...
    async def ask(self, function: Callable[[Gallery], T]) -> T: ...
    async def reload(self, ids: Sequence[str]) -> None: ...
    def refresh(self) -> None: ...


@dataclass(frozen=True, eq=False)
class GalleryCommand:
    """Command on gallery images that has been executed and can be undone.

    `take_back(gallery)` undoes it on the gallery's thread. It may return a function that redoes it, or how many
    pictures were changed: 0 if another program has undone the command already.
    """

    # The pictures that the command changed.
    ids: tuple[str, ...]
    take_back: Work
    # Title of the notice about the command.
    words: str = ""
    # True if no notice is shown, because the user sees the change.
    quiet: bool = False
    # Title of the notice after the command was undone. If `take_back` returns a function, the notice offers to redo it.
    undone: str = ""
    # Name of the collection of generated pictures, which that notice shows.
    collection: str = ""
    # True if undoing the command restores pictures, which are then selected.
    restores: bool = False
    # Sentence of the notice about the command, before the one on how to undo it.
    remark: str = ""
    # Function that executes the command again after it was undone, as a new one, or None if `take_back` returns it.
    again: Callable[[], Awaitable[object]] | None = None


class GalleryCommands(QObject):
    """Undoable commands that change gallery images, which are identified by their ids.

    All methods raise StorageError on failure. Commands run in the order in which the user issued them, even on a slow
    disk.
    """

    # The former and the new name of a collection.
    renamed = Signal(str, str)
    # A deletion will be undone.
    restoring = Signal()
    # Ids of pictures that were restored by undoing their deletion.
    restored = Signal(list)
    # Ids of pictures after any command on them was undone.
    undone = Signal(list)

    def __init__(
        self, gallery: Pictures, undo_stack: UndoStack, tasks: Tasks, notify: Notify, *, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._gallery = gallery
        self._undo_stack = undo_stack
        self._tasks = tasks
        self._notify = notify

    async def favourite(self, ids: Sequence[str], on: bool) -> None:
        """Mark images as favourites, or remove the mark if `on` is False."""

        def words(count: int) -> str:
            if on:
                text = translate("GalleryCommands", "%n picture(s) added to the favourites", "", count)
            else:
                text = translate("GalleryCommands", "%n picture(s) removed from the favourites", "", count)
            return with_separators(text, count)

        await self._set_mark(
            ids, on, "is:favourite", lambda gallery, *to: gallery.favourites.set(*to), words, quiet=len(ids)
        )

    async def tag(self, ids: Sequence[str], names: Sequence[str], on: bool) -> None:
        """Add tags to images as one undoable command, or remove them if `on` is False."""

        def words(count: int) -> str:
            if on:
                text = translate("GalleryCommands", "%n picture(s) tagged {name}", "", count)
            else:
                text = translate("GalleryCommands", "{name} removed from %n picture(s)", "", count)
            return with_separators(text, count).format(name=", ".join(names))

        def set_tags(gallery: Gallery, changes: Mapping[str, Sequence[str]], on: bool) -> int:
            return sum(gallery.tags.set(changed, name, on) for name, changed in changes.items())

        async with self._undo_stack.lock:
            changes = await self._gallery.ask(
                lambda gallery: {name: _ids_to_change(gallery, ids, f'tag:"{name}"', on) for name in names}
            )
            changed = list(dict.fromkeys(each for those in changes.values() for each in those))
            if changed:
                await self._gallery.ask(lambda gallery: set_tags(gallery, changes, on))
                await self._gallery.reload(changed)
                back: Work = lambda gallery: set_tags(gallery, changes, not on)  # noqa: E731
                # A single tag is removed by its chip, but a new one may be below the visible part of the details.
                is_seen = not on and len(changed) == 1
                again = partial(self.tag, changed, names, on)
                self.note_done(GalleryCommand(tuple(changed), back, words(len(changed)), quiet=is_seen, again=again))

    async def note(self, picture_id: str, text: str) -> None:
        """Save the user's note on an image, without an undo command because the text field has its own undo."""
        await self._gallery.ask(lambda gallery: gallery.notes.set(picture_id, text))
        await self._gallery.reload([picture_id])

    async def collect(self, name: str, ids: Sequence[str], on: bool = True) -> None:
        """Add images to an existing collection, or remove them if `on` is False."""

        def words(count: int) -> str:
            if on:
                text = translate("GalleryCommands", "%n picture(s) added to {name}", "", count)
            else:
                text = translate("GalleryCommands", "%n picture(s) removed from {name}", "", count)
            return with_separators(text, count).format(name=name)

        work = lambda gallery, ids, on: gallery.collections.set(name, ids, on)  # noqa: E731
        if not await self._set_mark(ids, on, f'collection:"{name}"', work, words):
            text = (
                translate("GalleryCommands", "In {name} already")
                if on
                else translate("GalleryCommands", "Not in {name}")
            )
            self._notify(text.format(name=name))

    async def new_collection(self, ids: Sequence[str]) -> str:
        """Create a collection of the given images and return its provisional name, for the user to change."""
        title = translate("GalleryCommands", "New collection")
        async with self._undo_stack.lock:
            name = await self._gallery.ask(lambda gallery: gallery.collections.create(title, ids))
            text = translate("GalleryCommands", "Collection of %n picture(s) created", "", len(ids))
            words = with_separators(text, len(ids))
            self.note_done(
                GalleryCommand(
                    tuple(ids),
                    lambda gallery: int(gallery.collections.delete(name) is not None),
                    words,
                    quiet=True,
                    again=partial(self.new_collection, tuple(ids)),
                )
            )
            self._gallery.refresh()
        return name

    async def rename_collection(self, name: str, wanted: str) -> None:
        """Rename a collection as an undoable command. Raises StorageError if another collection has the name."""
        async with self._undo_stack.lock:
            stored = await self.name_collection(name, wanted)
            if stored != name:
                words = translate("GalleryCommands", "{before} renamed to {now}").format(before=name, now=stored)
                self._undo_stack.push(UndoableAction(words, partial(self._rename_back, stored, name)))

    async def _rename_back(self, stored: str, name: str) -> object:
        """Rename a collection back, unless another program has renamed or deleted it. Returns the function that renames
        it again.
        """
        names = await self._gallery.ask(lambda gallery: [each.name for each in gallery.collections.all()])
        if stored not in names:
            return NothingLeft.DONE_ELSEWHERE
        return partial(self.rename_collection, await self.name_collection(stored, name), stored)

    async def name_collection(self, name: str, wanted: str) -> str:
        """Rename a collection without adding the change to the undo stack, and return the name that was stored.

        Raises StorageError if another collection has that name.
        """
        stored = await self._gallery.ask(lambda gallery: gallery.collections.rename(name, wanted))
        self.renamed.emit(name, stored)
        self._gallery.refresh()
        return stored

    async def delete(self, ids: Sequence[str], *, quiet: bool = False) -> None:
        """Move images to the gallery's trash, from which they can be restored until it is emptied.

        With `quiet`, no notice is shown.
        """
        if not ids:
            return self._notify(translate("GalleryCommands", "No picture is selected"))
        async with self._undo_stack.lock:
            undo, files = await self._gallery.ask(partial(_delete, ids=ids))
            for model in self._gallery.lists:
                model.remove(ids)
            words = translate("GalleryCommands", "Picture deleted")
            if len(ids) > 1:
                words = translate("GalleryCommands", "%n picture(s) deleted", "", len(ids))
            if 0 < undo.hidden == undo.count:
                words = translate("GalleryCommands", "Picture hidden")
                if len(ids) > 1:
                    words = translate("GalleryCommands", "%n picture(s) hidden", "", len(ids))
            if files > len(ids):
                words += translate("GalleryCommands", " (%n file(s))", "", files)
            self._gallery.refresh()
            undone = translate("GalleryCommands", "Picture restored")
            if len(ids) > 1:
                undone = translate("GalleryCommands", "%n picture(s) restored", "", len(ids))
            back: Work = lambda gallery: gallery.trash.restore(undo)  # noqa: E731
            remark = translate("GalleryCommands", "Imported folders are not changed.") if undo.hidden else ""
            again = partial(self.delete, ids, quiet=quiet)
            self.note_done(
                GalleryCommand(tuple(ids), back, words, quiet, undone, restores=True, remark=remark, again=again)
            )

    def note_done(self, command: GalleryCommand) -> None:
        """Add a finished command to the undo stack, and show a notice unless the command is `quiet`."""
        back = partial(self._take_back, command)
        if command.words and not command.quiet:
            hint = joined_sentences([command.remark, translate("GalleryCommands", "Ctrl+Z undoes it.")])
            self._notify(command.words, hint, undo=back, undone=command.undone)
        else:
            self._undo_stack.push(UndoableAction(command.words, back, command.undone))

    async def _take_back(self, command: GalleryCommand) -> object:
        if command.restores:
            self.restoring.emit()
        redo = await self._gallery.ask(command.take_back)
        if callable(redo):
            back = lambda: self._tasks.start(self._redo(command, redo))  # noqa: E731
            words = translate("GalleryCommands", "They are under Recently deleted.")
            if len(command.ids) == 1:
                words = translate("GalleryCommands", "It is under Recently deleted.")
            if command.collection:
                words = f"{command.collection} · {words}"
            self._notify(command.undone, words, action=translate("GalleryCommands", "Restore"), on_action=back)
        await self._gallery.reload(command.ids)
        self._gallery.refresh()
        if redo == 0:
            return NothingLeft.DONE_ELSEWHERE
        if command.restores:
            self.restored.emit(list(command.ids))
        self.undone.emit(list(command.ids))
        return partial(self._redo, command, redo) if callable(redo) else command.again

    async def _redo(self, command: GalleryCommand, redo: Work) -> None:
        async with self._undo_stack.lock:
            # A notice offers it, too, and may have been used before.
            if await self._gallery.ask(redo) == 0:
                return
            self.note_done(command)
            self._gallery.refresh()

    async def _set_mark(
        self,
        ids: Sequence[str],
        on: bool,
        search: str,
        function: Callable[[Gallery, Sequence[str], bool], object],
        words: Callable[[int], str],
        *,
        quiet: int = 0,
    ) -> Sequence[str]:
        """Set a mark, such as a tag, on the given images, or remove it if `on` is False. Return the ids of the images
        that were changed.

        `search` is the query that matches marked images. `work(gallery, ids, on)` changes the mark. No notice is shown
        if at most `quiet` images change.
        """
        async with self._undo_stack.lock:
            changed = await self._gallery.ask(lambda gallery: _ids_to_change(gallery, ids, search, on))
            if changed:
                await self._gallery.ask(lambda gallery: function(gallery, changed, on))
                await self._gallery.reload(changed)
                back: Work = lambda gallery: function(gallery, changed, not on)  # noqa: E731
                again = partial(self._set_mark, changed, on, search, function, words, quiet=quiet)
                is_quiet = len(changed) <= quiet
                self.note_done(GalleryCommand(tuple(changed), back, words(len(changed)), is_quiet, again=again))
        return changed


def _ids_to_change(gallery: Gallery, ids: Sequence[str], search: str, on: bool) -> list[str]:
    """Return the ids of the given images that do not have a mark, such as a tag, yet. If `on` is False, return those
    that have it.

    The query `search` matches all marked images.
    """
    marked: set[str] = set()
    before: dict[str, int] = {}
    while moments := gallery.timeline.moments(search, **before):
        marked.update(gallery.timeline.ids(moments))
        before = {"before": moments[-1]}
    return [picture_id for picture_id in ids if (picture_id in marked) != on]


def generation_command(name: str, ids: Sequence[str], take_back: Work | None = None) -> GalleryCommand:
    """Return the undoable command for images that a run has generated and saved into a collection.

    Undoing it deletes the images, and also the collection if that becomes empty.
    """
    return GalleryCommand(
        tuple(ids),
        take_back or undo(name, ids),
        undone=with_separators(translate("GalleryCommands", "%n picture(s) taken back", "", len(ids)), len(ids)),
        collection=name,
    )


def undo(name: str, ids: Sequence[str]) -> Callable[[Gallery], Work | int]:
    """Return a function that undoes a generation. It deletes the images `ids` from the gallery, and hides their
    collection `name` if it becomes empty.
    """

    def work(gallery: Gallery) -> Work | int:
        if not gallery.trash.count_files(ids):
            return 0
        undo = gallery.trash.delete(ids)
        gallery.collections.hide_when_empty(name)
        return lambda gallery: gallery.trash.restore(undo)

    return work


def _delete(gallery: Gallery, ids: Sequence[str]) -> tuple[Deletion, int]:
    """Move images to the gallery's trash.

    Return the `Deletion` record that restores them, and the number of moved files.
    """
    undo = gallery.trash.delete(ids)
    return undo, len(undo.files())
