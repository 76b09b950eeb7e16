"""What people do to pictures, one or thousands: each of it can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from gdm_studio.ui.past import Act

if TYPE_CHECKING:
    from gdm_studio.gallery import Gallery
    from gdm_studio.ui.gallery.list_model import PictureModel
    from gdm_studio.ui.past import Past
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.tasks import Tasks

T = TypeVar("T")
Work = Callable[["Gallery"], object]


class Pictures(Protocol):
    """The gallery and the lists that show it, as Shelf has them."""

    @property
    def models(self) -> Sequence[PictureModel]: ...
    async def ask(self, work: Callable[[Gallery], T]) -> T: ...
    async def show_anew(self, ids: Sequence[str]) -> None: ...
    def refresh(self) -> None: ...


@dataclass(frozen=True, eq=False)
class Deed:
    """Something done; `take_back` undoes it in the gallery's thread, and may return what does it again."""

    ids: tuple[str, ...]  # of the pictures it was done to
    take_back: Work
    words: str = ""  # what it is, in the notice that tells of it or of its being taken back
    quiet: bool = False  # it is seen where it is done, and not told of
    undone: str = ""  # the title of the notice that offers to do it again


class Deeds:
    """Marks, tags, collects and deletes pictures by their ids, and remembers how to undo it. Raise StorageError.

    One after another, as people do them: the disk may be slower than their hands.
    """

    def __init__(self, shelf: Pictures, past: Past, *, tasks: Tasks, say: Say) -> None:
        self._shelf, self._past, self._tasks, self._say = shelf, past, tasks, say
        self.on_renamed: Callable[[str, str], object] = lambda before, now: None  # called when a collection is

    async def favourite(self, ids: Sequence[str], on: bool) -> None:
        """Makes pictures favourites, or not any more."""
        words = lambda some: f"{some} {'into' if on else 'out of'} the favourites"  # noqa: E731
        await self._turn(ids, on, "is:favourite", lambda gallery, *to: gallery.favourite(*to), words, quiet=len(ids))

    async def tag(self, ids: Sequence[str], name: str, on: bool) -> None:
        """Puts a tag on pictures, or takes it off."""
        words = lambda some: f"{some} tagged {name}" if on else f"{name} taken off {some}"  # noqa: E731
        work = lambda gallery, ids, on: gallery.tag(ids, name, on)  # noqa: E731
        await self._turn(ids, on, f'tag:"{name}"', work, words, quiet=1)

    async def note(self, picture_id: str, text: str) -> None:
        """Writes what is to be remembered of a picture; the field it is typed in has its own undo."""
        await self._shelf.ask(lambda gallery: gallery.note(picture_id, text))
        await self._shelf.show_anew([picture_id])

    async def collect(self, name: str, ids: Sequence[str], on: bool = True) -> None:
        """Puts pictures into a collection that is there, or takes them out."""
        words = lambda some: f"{some} {'added to' if on else 'taken out of'} {name}"  # noqa: E731
        work = lambda gallery, ids, on: gallery.collect(name, ids, on)  # noqa: E731
        if not await self._turn(ids, on, f'collection:"{name}"', work, words):
            self._say(f"In {name} already" if on else f"Not in {name}")

    async def new_collection(self, ids: Sequence[str]) -> str:
        """Makes a collection of pictures, to be named; what it is called until then."""
        async with self._past.turn:
            name = await self._shelf.ask(lambda gallery: gallery.new_collection("New collection", ids))
            words = f"{_number(ids)} made a collection"
            self.note_done(Deed(tuple(ids), lambda gallery: gallery.remove_collection(name), words, quiet=True))
        return name

    async def rename_collection(self, name: str, wanted: str) -> None:
        """Raises StorageError where another collection has that name."""
        async with self._past.turn:
            stored = await self.name_collection(name, wanted)
            if stored != name:
                self._past.note(Act(f"{name} renamed to {stored}", partial(self.name_collection, stored, name)))

    async def name_collection(self, name: str, wanted: str) -> str:
        """Its new name as it was stored, with nothing to take back; raises StorageError where another has it."""
        stored = await self._shelf.ask(lambda gallery: gallery.rename_collection(name, wanted))
        self.on_renamed(name, stored)
        self._shelf.refresh()
        return stored

    async def delete(self, ids: Sequence[str]) -> None:
        """Takes pictures out of the gallery; for a while they wait to be brought back."""
        if not ids:
            return self._say("No picture is selected")
        async with self._past.turn:
            undo = await self._shelf.ask(lambda gallery: gallery.delete(ids))
            for model in self._shelf.models:
                model.remove(ids)
            words = "Picture deleted" if len(ids) == 1 else f"{len(ids)} pictures deleted"
            self._shelf.refresh()
            self.note_done(Deed(tuple(ids), lambda gallery: gallery.restore(undo), words))

    def note_done(self, deed: Deed) -> None:
        """Remembers what somebody else has done, and tells of it where it has words."""
        back = partial(self._take_back, deed)
        if deed.words and not deed.quiet:
            self._say(deed.words, "Ctrl+Z takes it back.", undo=back)
        else:
            self._past.note(Act(deed.words, back))

    async def _take_back(self, deed: Deed) -> None:
        again = await self._shelf.ask(deed.take_back)
        if callable(again):
            back = lambda: self._tasks.start(self._do_again(deed, again))  # noqa: E731
            words = "It is" if len(deed.ids) == 1 else "They are"
            self._say(deed.undone, f"{words} among the recently deleted.", action="Bring back", on_action=back)
        await self._shelf.show_anew(deed.ids)
        self._shelf.refresh()

    async def _do_again(self, deed: Deed, again: Work) -> None:
        async with self._past.turn:
            await self._shelf.ask(again)
            self.note_done(deed)
            self._shelf.refresh()

    async def _turn(
        self, ids: Sequence[str], on: bool, search: str, work: Callable[[Gallery, Sequence[str], bool], object],
        words: Callable[[str], str], *, quiet: int = 0,
    ) -> Sequence[str]:  # fmt: skip
        """Does `work` to those of the pictures that `search` tells it is not done to; `quiet` where they are so few."""
        async with self._past.turn:
            changed = await self._shelf.ask(lambda gallery: _that_change(gallery, ids, search, on))
            if changed:
                await self._shelf.ask(lambda gallery: work(gallery, changed, on))
                await self._shelf.show_anew(changed)
                back: Work = lambda gallery: work(gallery, changed, not on)  # noqa: E731
                self.note_done(Deed(tuple(changed), back, words(_number(changed)), quiet=len(changed) <= quiet))
        return changed


def _that_change(gallery: Gallery, ids: Sequence[str], search: str, on: bool) -> list[str]:
    """Those of the pictures that are not yet as they are to be."""
    marked: set[str] = set()
    before: dict[str, int] = {}
    while moments := gallery.moments(search, **before):
        marked.update(gallery.ids_at(moments))
        before = {"before": moments[-1]}
    return [picture_id for picture_id in ids if (picture_id in marked) != on]


def made(name: str, ids: Sequence[str], take_back: Work | None = None) -> Deed:
    """Pictures that were made into a collection, which leaves with the last of them and comes back with them."""
    return Deed(tuple(ids), take_back or made_back(name, ids), undone=f"{_number(ids)} taken back")


def made_back(name: str, ids: Sequence[str]) -> Callable[[Gallery], Work]:
    """Takes pictures that were made away again, with their collection where nothing is left of it."""

    def work(gallery: Gallery) -> Work:
        undo = gallery.delete(ids)
        gallery.fade_collection(name)
        return lambda gallery: gallery.restore(undo)

    return work


def _number(ids: Sequence[str]) -> str:
    return "1 picture" if len(ids) == 1 else f"{len(ids):,} pictures".replace(",", "\u202f")
