"""The queue on disk: a small file an item, the steps of what runs beside it. The room's one door."""

from __future__ import annotations

import contextlib
import functools
import os
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from gdm_studio import atomic, mended, paths
from gdm_studio.claim import Claim, is_held
from gdm_studio.errors import BadRequest, StorageError
from gdm_studio.queueing.item import Item, ItemState
from gdm_studio.queueing.remedies import REMEDIES
from gdm_studio.request import Request

CRASHES_TO_PAUSE = 2  # in the middle of the same item, after which the queue waits for people
SUFFIX, LOCK, STEPS = ".json", ".lock", ".steps"
_CLOSEST = 1e-6  # between the orders of two neighbours, before all are numbered anew
LONGEST = 5.0  # seconds that a change waits for another's, which takes milliseconds, before it goes on without
_Stamp = tuple[int, int, int]  # time, size and place on the disk: two writings within a tick of its clock differ too
P = ParamSpec("P")
T = TypeVar("T")


def _alone(deed: Callable[Concatenate[Queue, P], T]) -> Callable[Concatenate[Queue, P], T]:
    """One change as a whole: what it reads no other process changes before it has written.

    Where no lock can be had, as on a disk that knows none, it is made all the same.
    """

    @functools.wraps(deed)
    def alone(self: Queue, *given: P.args, **named: P.kwargs) -> T:
        if self.is_changing:
            return deed(self, *given, **named)
        claim = None
        with contextlib.suppress(StorageError):
            claim = Claim.wait(self.folder / "running" / "changing", LONGEST)
        self.is_changing = True
        try:
            return deed(self, *given, **named)
        finally:
            self.is_changing = False
            if claim is not None:
                claim.release()

    return alone


@dataclass(frozen=True)
class Removed:
    """Items taken out together, with the steps they had made, so that they can be put back."""

    items: tuple[Item, ...]
    steps: dict[str, bytes]


class Queue:
    """Every call reads what other processes changed meanwhile: the files are the truth. Methods raise StorageError.

    All calls come from one thread, `keep_steps` from any. Whoever carries out an item `take`s it first and ends with
    `note_made` of its last picture, `put_down`, `fail` or `remove`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.is_changing = False  # in the middle of a change, which may have others in it
        self._running = folder / "running"  # what is beside the items: locks and steps
        self._paused = folder / "paused"
        self._claims: dict[str, Claim] = {}
        self._known: dict[str, tuple[_Stamp, Item]] = {}  # by id: which file it was, what it holds

    @classmethod
    def open(cls) -> Queue:
        """The queue of this machine's user."""
        return cls(paths.data_dir() / "queue")

    # reading

    def items(self) -> list[Item]:
        """All of them in their order; a damaged file is put aside, and said to be."""
        found: dict[str, tuple[_Stamp, Item]] = {}
        for path in self._files():
            if there := self._at(path):
                found[path.stem] = there
        self._known = found
        taken = self._taken()
        items = [_running(item) if item.id in taken else item for _, item in found.values()]
        return sorted(items, key=lambda item: (item.order, item.id))

    def get(self, item_id: str) -> Item | None:
        return next((item for item in self.items() if item.id == item_id), None)

    def is_held(self, item_id: str) -> bool:
        """Whether people let it wait, which its runner asks before every step: only its own file is looked at."""
        found = self._at(self.folder / f"{item_id}{SUFFIX}")
        return found is not None and found[1].state is ItemState.PAUSED

    def next(self) -> Item | None:
        """What is to be made next: in their order, those without an end only where nothing else waits."""
        waiting = [item for item in self.items() if item.state is ItemState.WAITING]
        return min(waiting, key=lambda item: item.endless, default=None)

    @property
    def paused(self) -> bool:
        """Whether the queue waits for people: nothing is begun by itself."""
        return self._paused.exists()

    # what people do

    def add(self, request: Request, *, first: bool = False, steps: bytes = b"") -> Item:
        """A new item at the end, or before all others; with `steps` it goes on after those."""
        item = Item(request=request)
        if steps:
            self.keep_steps(item.id, steps, anew=True)
        return self.put(item, first=first)

    @_alone
    def put(self, item: Item, *, first: bool = False, taken: bool = False) -> Item:
        """An item made by the caller, at the end or before all others; as it was kept.

        With `taken` this process carries it out from the beginning: no other ever sees it wait.
        """
        if taken and (claim := self._claim(item.id)) is not None:
            self._claims[item.id] = claim
        orders = [each.order for each in self.items() if each.id != item.id]
        order = min(orders, default=1.0) - 1 if first else max(orders, default=-1.0) + 1
        return self._write(replace(item, order=order))

    @_alone
    def move(self, item_id: str, *, before: str | None = None) -> None:
        """Puts an item before another one, or at the end."""
        items = self.items()
        moved = next((item for item in items if item.id == item_id), None)
        if moved is None or before == item_id:
            return
        others = [item for item in items if item.id != item_id]
        place = next((row for row, item in enumerate(others) if item.id == before), len(others))
        low = others[place - 1].order if place else others[0].order - 2 if others else 0.0
        high = others[place].order if place < len(others) else low + 2
        if high - low > _CLOSEST:
            self._write(replace(moved, order=(low + high) / 2))
            return
        for order, item in enumerate([*others[:place], moved, *others[place:]]):
            self._write(replace(item, order=float(order)))

    @_alone
    def duplicate(self, item_id: str) -> Item | None:
        """The same once more right after it, with the seeds that follow."""
        items = self.items()
        place = next((row for row, item in enumerate(items) if item.id == item_id), None)
        if place is None:
            return None
        copy = self._write(items[place].once_more())
        self.move(copy.id, before=items[place + 1].id if place + 1 < len(items) else None)
        return self.get(copy.id)

    def edit(self, item_id: str, request: Request) -> Item | None:
        """Another request in the place of one that is not being carried out; what was reached of that is given up."""

        def edited(item: Item) -> Item:
            self._forget_steps(item_id)
            state = ItemState.WAITING if item.state is ItemState.FAILED else item.state
            return Item(request=request, id=item.id, order=item.order, endless=item.endless, state=state)

        return self._change(item_id, edited, also_taken=False)

    def hold(self, item_id: str, on: bool) -> Item | None:
        """Lets an item wait until it is let go on, also one that runs: its runner makes no more steps."""
        wanted = ItemState.PAUSED if on else ItemState.WAITING

        def held(item: Item) -> Item:
            return item if item.state is ItemState.FAILED else replace(item, state=wanted)

        return self._change(item_id, held)

    def set_endless(self, item_id: str, on: bool) -> Item | None:
        """Whether it goes on with the next seeds until it is stopped."""
        return self._change(item_id, lambda item: replace(item, endless=on))

    def retry(self, item_id: str, *, mend: bool = False) -> Item | None:
        """Lets an item that failed or crashed be tried again; with `mend`, changed as its remedy says."""

        def again(item: Item) -> Item:
            remedy = REMEDIES.get(item.remedy) if mend else None
            request = remedy.mended(item.request) if remedy else item.request
            return replace(item, state=ItemState.WAITING, request=request, error="", remedy="")

        return self._change(item_id, again, also_taken=False)

    @_alone
    def remove(self, ids: Iterable[str]) -> Removed:
        """Takes items out, also those that this process carries out; to be put back by `restore`."""
        wanted = set(ids) - (self._taken() - self._claims.keys())
        removed = [item for item in self.items() if item.id in wanted]
        steps = {item.id: data for item in removed if (data := self.steps(item.id))}
        for item in removed:
            self._end(item.id)
        return Removed(tuple(removed), steps)

    def restore(self, removed: Removed) -> None:
        """Puts items back where they were."""
        for item in removed.items:
            if steps := removed.steps.get(item.id):
                self.keep_steps(item.id, steps, anew=True)
            self._write(item)

    def pause(self) -> None:
        """Nothing is begun by itself until `resume`, on this start of the program or a later one."""
        atomic.make_folder(self.folder)
        atomic.write(self._paused, b"")

    def resume(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._unlink(self._paused)

    # what its runners do

    def take(self, item_id: str, kept_of: Callable[[set[str]], set[str]] = lambda ids: set()) -> Item | None:
        """Claims an item that waits; None where it is being carried out, here or elsewhere, or waits no more.

        After a crash those of its pictures that `kept_of` finds, by their `Item.picture_id`, are not made again.
        """
        item = self._take(item_id)
        if item is not None and item.crashes:
            with contextlib.suppress(StorageError):  # then it is made again
                left = {item.picture_id(image): image for image in range(item.request.count) if image not in item.made}
                for picture_id in sorted(kept_of(set(left)), key=left.__getitem__):
                    item = self.note_made(item_id, left[picture_id])
        return item

    @_alone
    def _take(self, item_id: str) -> Item | None:
        if item_id in self._claims or (claim := self._claim(item_id)) is None:
            return None
        self._claims[item_id] = claim
        item = self.get(item_id)
        if item is not None and item.state is ItemState.RUNNING:
            return item
        self._let_go(item_id)
        return None

    def keep_steps(self, item_id: str, data: bytes, *, anew: bool) -> None:
        """Bytes that tell how far the item has come, for whoever goes on with it: after those before, or `anew`.

        Nothing waits for the disk: the last ones may be torn.
        """
        path = self._steps(item_id)
        atomic.make_folder(path.parent)
        try:
            with open(path, "wb" if anew else "ab") as file:
                file.write(data)
        except OSError as error:
            raise atomic.problem(path, error) from error

    def steps(self, item_id: str) -> bytes:
        """All that `keep_steps` was given since it began anew; b"" where there is nothing."""
        try:
            return atomic.read(self._steps(item_id))
        except StorageError:
            return b""

    @_alone
    def note_made(self, item_id: str, image: int) -> Item | None:
        """Once picture `image` is in its file. The last one ends the item, None, or begins its next round."""
        item = self.get(item_id)
        after = item and item.with_made(image)
        if item is None or after is None:
            self._end(item_id)
            return None
        if after.request != item.request:
            self._forget_steps(item_id)
        return self._write(after)

    def put_down(self, item_id: str) -> Item | None:
        """Its runner stops before its end: it goes on another time, unless it is held."""
        self._let_go(item_id)
        return self.get(item_id)

    @_alone
    def fail(self, item_id: str, error: str, *, remedy: str = "") -> Item | None:
        """Its run ended with an error, in a sentence, and perhaps what would mend it."""
        failed = ItemState.FAILED
        after = self._change(item_id, lambda item: replace(item, state=failed, error=error, remedy=remedy))
        self._forget_steps(item_id)
        self._let_go(item_id)
        return after

    def close(self) -> None:
        """Puts down all that this process carries out."""
        for item_id in list(self._claims):
            self._let_go(item_id)

    def recover(self) -> list[Item]:
        """Items whose runner ended in the middle of them, for a lock of it was left; they wait again.

        Where that keeps happening to one of them the queue is paused. To be called on every start, before anything is
        taken; the folder is there afterwards.
        """
        atomic.make_folder(self.folder)
        for part in self.folder.glob(f"*{atomic.PART}"):
            atomic.remove_abandoned(part)
        crashed = []
        for lock in self._locks():
            claim = Claim.take(lock, anew=False) if lock.stem not in self._claims else None
            if claim is None:
                continue  # it is being carried out
            if item := self._note_crash(lock.stem):
                crashed.append(item)
            claim.release()
        self._clear_steps()
        if any(item.crashes >= CRASHES_TO_PAUSE for item in crashed):
            self.pause()
        return crashed

    # files

    def _files(self) -> list[Path]:
        try:
            return [path for path in self.folder.iterdir() if path.suffix == SUFFIX]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise atomic.problem(self.folder, error) from error

    def _clear_steps(self) -> None:
        """Removes steps whose item is gone: its process was killed as it ended."""
        known = {item.id for item in self.items()}
        for path in self._running.glob(f"*{STEPS}"):
            if path.stem not in known:
                atomic.remove_abandoned(path)

    def _claim(self, item_id: str) -> Claim | None:
        return Claim.take(self._running / f"{item_id}{LOCK}")

    def _locks(self) -> list[Path]:
        return list(self._running.glob(f"*{LOCK}"))

    def _taken(self) -> set[str]:
        """Ids of the items that are being carried out, by this process or another: their lock is held."""
        return {lock.stem for lock in self._locks() if lock.stem in self._claims or is_held(lock)}

    def _at(self, path: Path) -> tuple[_Stamp, Item] | None:
        """What the file holds, read again only where it has changed."""
        try:
            status, known = path.stat(), self._known.get(path.stem)
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if known and known[0] == stamp:
                return known
            if (item := self._read(path)) is not None:
                self._known[path.stem] = stamp, item
                return stamp, item
        except FileNotFoundError:
            pass
        except OSError as error:
            raise atomic.problem(path, error) from error
        return None

    def _read(self, path: Path) -> Item | None:
        """What the file holds; one that holds no item is moved away."""
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                raise BadRequest("This entry of the queue is no file.")
            item = Item.from_json(atomic.read(path))
            if item.id != path.stem:
                raise BadRequest("This entry of the queue has the name of another.")
            return item
        except BadRequest:
            aside = self.folder / "damaged" / path.name
            with contextlib.suppress(OSError, StorageError):  # on a disk that cannot be written it stays where it is
                atomic.make_folder(aside.parent)
                os.replace(path, aside)
                sentence = f"An entry of the queue was damaged; it is kept as {paths.shown(aside)}."
                mended.note(self.folder.parent, sentence)
        except StorageError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                raise error.__cause__ from None
        return None

    def _write(self, item: Item) -> Item:
        atomic.make_folder(self.folder)
        atomic.write(self.folder / f"{item.id}{SUFFIX}", _at_rest(item).to_json().encode())
        return item

    @_alone
    def _change(self, item_id: str, changed: Callable[[Item], Item], *, also_taken: bool = True) -> Item | None:
        """The item as it is afterwards; None where it is gone, or is being carried out and that forbids it."""
        item = self.get(item_id)
        if item is None or (not also_taken and item_id in self._taken()):  # one that is held may be, too
            return None
        after = changed(item)
        if after != item:
            self._write(after)
        return self.get(item_id)

    @_alone
    def _note_crash(self, item_id: str) -> Item | None:
        item = self.get(item_id)
        return item and self._write(replace(_at_rest(item), crashes=item.crashes + 1))

    def _end(self, item_id: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._unlink(self.folder / f"{item_id}{SUFFIX}")
        self._let_go(item_id)
        self._forget_steps(item_id)

    def _let_go(self, item_id: str) -> None:
        if claim := self._claims.pop(item_id, None):
            claim.release()

    def _steps(self, item_id: str) -> Path:
        return self._running / f"{item_id}{STEPS}"

    def _forget_steps(self, item_id: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._unlink(self._steps(item_id))

    def _unlink(self, path: Path) -> None:
        try:
            path.unlink()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise atomic.problem(path, error) from error


def _running(item: Item) -> Item:
    return replace(item, state=ItemState.RUNNING) if item.state is ItemState.WAITING else item


def _at_rest(item: Item) -> Item:
    """As its file has it: that it runs is to be seen by its lock alone, which ends with the process."""
    return replace(item, state=ItemState.WAITING) if item.state is ItemState.RUNNING else item
