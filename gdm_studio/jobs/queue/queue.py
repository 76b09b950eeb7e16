"""The queue on disk. Each item is a small file; a running item also has a file of recorded steps."""

from __future__ import annotations

import contextlib
import functools
import os
import stat
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from gdm_studio.common import atomic_files, paths, repair_log
from gdm_studio.common.errors import BadRequest, StorageError
from gdm_studio.common.file_lock import FileLock, is_locked
from gdm_studio.common.json_reader import MALFORMED, MAX_BYTES, parse_json
from gdm_studio.common.translation_markers import translatable
from gdm_studio.denoising_steps.length_prefixed_records import read_header, unpack
from gdm_studio.jobs.queue.item import REMEDIES, Item, ItemState
from gdm_studio.request.generation_request import Request

# Number of crashes while running the same item after which the queue pauses.
CRASHES_TO_PAUSE = 2
SUFFIX = ".json"
LOCK = ".lock"
STEPS = ".steps"
# Minimum distance between the `order` of two neighbours. Below it, all items are renumbered.
_MIN_ORDER_DISTANCE = 1e-6
# Seconds to wait for a change by another process, which takes milliseconds, before continuing without the lock.
LOCK_TIMEOUT = 5.0
# Time, size and inode of a file. They differ even between two writes at the same clock time.
_Stamp = tuple[int, int, int]
P = ParamSpec("P")
T = TypeVar("T")


def _lock_during(method: Callable[Concatenate[Queue, P], T]) -> Callable[Concatenate[Queue, P], T]:
    """Decorate a method of Queue so that it locks the queue on disk against changes by other processes.

    On a file system without locks, the method runs without one.
    """

    @functools.wraps(method)
    def locked(self: Queue, *given: P.args, **named: P.kwargs) -> T:
        if self.is_changing:
            return method(self, *given, **named)
        lock = None
        with contextlib.suppress(StorageError):
            lock = FileLock.wait(self.folder / "running" / "changing", LOCK_TIMEOUT)
        self.is_changing = True
        try:
            return method(self, *given, **named)
        finally:
            self.is_changing = False
            if lock is not None:
                lock.release()

    return locked


@dataclass(frozen=True)
class Removed:
    """Queue items that were removed together, with their recorded steps, so that `Queue.restore` can undo the
    removal.
    """

    items: tuple[Item, ...]
    steps: dict[str, bytes]


class Queue:
    """The user's queue of requests on disk, shared by all processes. Every method reads the current files and may raise
    StorageError.

    All methods except `keep_steps` and `steps` must be called from one thread. A runner calls `take` before it runs an
    item, and at the end one of `mark_saved` (for the last image), `unlock`, `fail` and `remove`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # True while a locked method runs. It may call other locked methods.
        self.is_changing = False
        # Folder with the locks and recorded steps of running items.
        self._running_folder = folder / "running"
        self._paused = folder / "paused"
        # Locks of the items that this process runs.
        self._locks: dict[str, FileLock] = {}
        # Cached items by id, with the stamp of their file.
        self._cached_items: dict[str, tuple[_Stamp, Item]] = {}

    @classmethod
    def open(cls) -> Queue:
        """Open the current user's queue in the data folder."""
        return cls(paths.data_dir() / "queue")

    # Reading

    def items(self) -> list[Item]:
        """Return all items of the queue in the order in which they will run.

        A damaged file is renamed, and this is recorded in the repair log.
        """
        found: dict[str, tuple[_Stamp, Item]] = {}
        for path in self._list_files():
            if there := self._load_cached(path):
                found[path.stem] = there
        self._cached_items = found
        taken = self._find_running_ids()
        items = [_mark_running(item) if item.id in taken else item for _, item in found.values()]
        return sorted(items, key=lambda item: (item.order, item.id))

    def get(self, item_id: str) -> Item | None:
        return next((item for item in self.items() if item.id == item_id), None)

    def is_item_paused(self, item_id: str) -> bool:
        """Return True if a queue item is paused. Reads only one file, because runners call this before every step."""
        found = self._load_cached(self.folder / f"{item_id}{SUFFIX}")
        return found is not None and found[1].state is ItemState.PAUSED

    def next(self) -> Item | None:
        """Return the queue item that should run next, or None if no item is waiting. Endless items come last."""
        waiting = [item for item in self.items() if item.state is ItemState.WAITING]
        return min(waiting, key=lambda item: item.endless, default=None)

    @property
    def is_paused(self) -> bool:
        """True if the whole queue is paused, so that no item starts automatically."""
        return self._paused.exists()

    # Commands of the user

    def add(self, request: Request, *, first: bool = False, steps: bytes = b"") -> Item:
        """Add a request to the end or the front of the queue and return its item.

        If recorded `steps` are given, the run resumes from them.
        """
        item = Item(request=request)
        if steps:
            self.keep_steps(item.id, steps, from_start=True)
        return self.put(item, first=first)

    @_lock_during
    def put(self, item: Item, *, first: bool = False, taken: bool = False) -> Item:
        """Add an item to the end or the front of the queue, and return the item with its new position.

        With `taken`, this process locks the item, so that no other process runs it.
        """
        if taken and (lock := self._lock_item(item.id)) is not None:
            self._locks[item.id] = lock
        orders = [each.order for each in self.items() if each.id != item.id]
        order = min(orders, default=1.0) - 1 if first else max(orders, default=-1.0) + 1
        return self._write(replace(item, order=order))

    @_lock_during
    def move(self, item_id: str, *, before: str | None = None) -> None:
        """Move an item of the queue directly before the item `before`, or to the end."""
        items = self.items()
        moved = next((item for item in items if item.id == item_id), None)
        if moved is None or before == item_id:
            return
        others = [item for item in items if item.id != item_id]
        place = next((row for row, item in enumerate(others) if item.id == before), len(others))
        low = others[place - 1].order if place else others[0].order - 2 if others else 0.0
        high = others[place].order if place < len(others) else low + 2
        if high - low > _MIN_ORDER_DISTANCE:
            self._write(replace(moved, order=(low + high) / 2))
            return
        for order, item in enumerate([*others[:place], moved, *others[place:]]):
            self._write(replace(item, order=float(order)))

    @_lock_during
    def duplicate(self, item_id: str) -> Item | None:
        """Add a copy of a queue item, with the next seeds, directly after it and return the copy.

        Returns None if the item is gone.
        """
        items = self.items()
        place = next((row for row, item in enumerate(items) if item.id == item_id), None)
        if place is None:
            return None
        copy = self._write(items[place].repeated())
        self.move(copy.id, before=items[place + 1].id if place + 1 < len(items) else None)
        return self.get(copy.id)

    def edit(self, item_id: str, request: Request) -> Item | None:
        """Replace the request of a queue item that is not running, and return the item.

        Its recorded steps are discarded.
        """

        def edited(item: Item) -> Item:
            self._forget_steps(item_id)
            state = ItemState.WAITING if item.state is ItemState.FAILED else item.state
            return Item(request=request, id=item.id, order=item.order, endless=item.endless, state=state)

        return self._change_item(item_id, edited, also_taken=False)

    def set_paused(self, item_id: str, on: bool) -> Item | None:
        """Pause a queue item, or resume it if `on` is False. A running item stops before its next step."""
        state = ItemState.PAUSED if on else ItemState.WAITING

        def changed(item: Item) -> Item:
            return item if item.state is ItemState.FAILED else replace(item, state=state)

        return self._change_item(item_id, changed)

    def set_endless(self, item_id: str, on: bool) -> Item | None:
        """Set whether a queue item is endless. An endless item starts again after its last image, with new seeds each
        time, until the user stops it.
        """
        return self._change_item(item_id, lambda item: replace(item, endless=on))

    def set_device(self, item_id: str, device: str) -> Item | None:
        """Set the device on which a queue item will run. Running items are not changed. Recorded steps are retained."""

        def placed(item: Item) -> Item:
            return replace(item, request=replace(item.request, device=device))

        return self._change_item(item_id, placed, also_taken=False)

    def retry(self, item_id: str, *, mend: bool = False) -> Item | None:
        """Mark a failed or crashed queue item as waiting, so that it runs again. With `mend`, the suggested remedy is
        first applied to its request.
        """

        def again(item: Item) -> Item:
            remedy = REMEDIES.get(item.remedy) if mend else None
            request = remedy.apply(item.request) if remedy else item.request
            return replace(item, state=ItemState.WAITING, request=request, error="", remedy="")

        return self._change_item(item_id, again, also_taken=False)

    @_lock_during
    def remove(self, ids: Iterable[str]) -> Removed:
        """Remove items from the queue, except items that other processes are running.

        Pass the result to `restore` to undo the removal.
        """
        wanted = set(ids) - (self._find_running_ids() - self._locks.keys())
        removed = [item for item in self.items() if item.id in wanted]
        steps = {item.id: data for item in removed if (data := self.steps(item.id))}
        for item in removed:
            self._end_item(item.id)
        return Removed(tuple(removed), steps)

    def restore(self, removed: Removed) -> None:
        """Add removed items to the queue again, at their former positions."""
        for item in removed.items:
            if steps := removed.steps.get(item.id):
                self.keep_steps(item.id, steps, from_start=True)
            self._write(item)

    def pause(self) -> None:
        """Pause the whole queue, so that no item starts automatically until `resume` is called, even after a
        restart.
        """
        atomic_files.make_folder(self.folder)
        atomic_files.write(self._paused, b"")

    def resume(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._unlink(self._paused)

    # Methods for runners

    def take(self, item_id: str, kept_of: Callable[[set[str]], set[str]] = lambda ids: set()) -> Item | None:
        """Lock a waiting item of the queue, so that only this process runs it, and return it.

        Returns None if the item is not waiting or another process runs it. `kept_of` takes a set of picture ids and
        returns the ids that are in the gallery, so that images saved before a crash are marked as saved.
        """
        item = self._take_item(item_id)
        if item is not None and item.crashes:
            # If the gallery cannot be read, the images are generated again.
            with contextlib.suppress(StorageError):
                left = {item.picture_id(image): image for image in range(item.request.count) if image not in item.made}
                for picture_id in sorted(kept_of(set(left)), key=left.__getitem__):
                    item = self.mark_saved(item_id, left[picture_id])
        return item

    @_lock_during
    def _take_item(self, item_id: str) -> Item | None:
        if item_id in self._locks or (lock := self._lock_item(item_id)) is None:
            return None
        self._locks[item_id] = lock
        item = self.get(item_id)
        if item is not None and item.state is ItemState.RUNNING:
            return item
        self._release(item_id)
        return None

    def keep_steps(self, item_id: str, data: bytes, *, from_start: bool) -> None:
        """Append recorded steps, from which a queue item can resume, to its steps file.

        With `from_start`, replace the earlier steps. The file is not flushed to disk, so it may be truncated after a
        crash.
        """
        path = self._get_steps_path(item_id)
        atomic_files.make_folder(path.parent)
        try:
            with open(path, "wb" if from_start else "ab") as file:
                file.write(data)
        except OSError as error:
            raise atomic_files.storage_error(path, error) from error

    def steps(self, item_id: str) -> bytes:
        """Return the recorded steps from which a queue item can resume, or b"" if it has none."""
        try:
            return atomic_files.read(self._get_steps_path(item_id))
        except StorageError:
            return b""

    @_lock_during
    def mark_saved(self, item_id: str, image: int) -> Item | None:
        """Record in the queue that image number `image` of an item has been saved.

        After the last image, an endless item starts its next round, and any other item is removed.
        """
        item = self.get(item_id)
        after = item and item.with_saved(image)
        if item is None or after is None:
            self._end_item(item_id)
            return None
        if after.request != item.request:
            self._forget_steps(item_id)
        return self._write(after)

    def unlock(self, item_id: str) -> Item | None:
        """Release this process's lock on an unfinished queue item. The item runs again later unless it is paused."""
        self._release(item_id)
        return self.get(item_id)

    @_lock_during
    def fail(self, item_id: str, error: str, *, remedy: str = "") -> Item | None:
        """Mark a queue item as failed, with an error message for the user and the id of a suggested remedy, if any."""
        failed = ItemState.FAILED
        after = self._change_item(item_id, lambda item: replace(item, state=failed, error=error, remedy=remedy))
        self._forget_steps(item_id)
        self._release(item_id)
        return after

    def close(self) -> None:
        """Release the locks on all queue items that this process runs."""
        for item_id in list(self._locks):
            self._release(item_id)

    def recover(self) -> list[Item]:
        """Find the queue items that were running when their process crashed, set them to wait again, and return them.

        They are detected by the lock files that the process left behind. The queue is paused if the same item has
        crashed repeatedly. The end of a process whose queue or item was paused is no crash of the item. Call this at
        every start, before `take`. It also creates the queue's folder.
        """
        atomic_files.make_folder(self.folder)
        for part in self.folder.glob(f"*{atomic_files.PART}"):
            atomic_files.remove_abandoned(part)
        crashed = []
        for path in self._list_lock_files():
            lock = FileLock.take(path, create=False) if path.stem not in self._locks else None
            # Without a lock, the item is running.
            if lock is None:
                continue
            if item := self._note_crash(path.stem):
                crashed.append(item)
            lock.release()
        self._clear_steps()
        if any(item.crashes >= CRASHES_TO_PAUSE for item in crashed):
            self.pause()
        return crashed

    @_lock_during
    def remove_orphans(self, accepted: Container[str] = ()) -> list[Item]:
        """Remove the items that clients of a crashed server process requested, and return them.

        The clients lost their connections with that process. Items of the user, paused items and those with ids in
        `accepted` remain.
        """
        removed = []
        for path in self._list_lock_files():
            if path.stem in accepted:
                continue
            there = self._load_cached(self.folder / f"{path.stem}{SUFFIX}")
            if there is None or not there[1].asked_by or there[1].state is ItemState.PAUSED:
                continue
            lock = FileLock.take(path, create=False) if path.stem not in self._locks else None
            if lock is not None:
                self._end_item(path.stem)
                lock.release()
                removed.append(there[1])
        return removed

    # Files

    def _list_files(self) -> list[Path]:
        try:
            return [path for path in self.folder.iterdir() if path.suffix == SUFFIX]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise atomic_files.storage_error(self.folder, error) from error

    def _clear_steps(self) -> None:
        """Delete recorded steps that belong to no queue item. Such steps remain if a process is killed while it removes
        an item.
        """
        known = {item.id for item in self.items()}
        for path in self._running_folder.glob(f"*{STEPS}"):
            if path.stem not in known:
                atomic_files.remove_abandoned(path)

    def _lock_item(self, item_id: str) -> FileLock | None:
        return FileLock.take(self._running_folder / f"{item_id}{LOCK}")

    def _list_lock_files(self) -> list[Path]:
        return list(self._running_folder.glob(f"*{LOCK}"))

    def _find_running_ids(self) -> set[str]:
        """Return the ids of the queue items that any process is running. Running items are recognised by their
        locks.
        """
        return {lock.stem for lock in self._list_lock_files() if lock.stem in self._locks or is_locked(lock)}

    def _load_cached(self, path: Path) -> tuple[_Stamp, Item] | None:
        """Return the queue item in a file and a stamp of the file's version, or None if the file is missing or damaged.

        The result is cached until the file changes.
        """
        try:
            status = path.stat()
            known = self._cached_items.get(path.stem)
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if known and known[0] == stamp:
                return known
            if (item := self._read(path)) is not None:
                self._cached_items[path.stem] = stamp, item
                return stamp, item
        except FileNotFoundError:
            pass
        except OSError as error:
            raise atomic_files.storage_error(path, error) from error
        return None

    def _read(self, path: Path) -> Item | None:
        """Read the queue item in a file. A damaged file is renamed, and None is returned."""
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                raise BadRequest("This entry of the queue is not a file.")
            item = Item.from_json(atomic_files.read(path, max_bytes=MAX_BYTES))
            if item.id != path.stem:
                raise BadRequest("This entry of the queue has the name of another.")
            return item
        except BadRequest:
            aside = self.folder / "damaged" / path.name
            # On a read-only disk the file cannot be moved.
            with contextlib.suppress(OSError, StorageError):
                atomic_files.make_folder(aside.parent)
                os.replace(path, aside)
                sentence = translatable(
                    "An entry of the queue was damaged; it was moved to {file}.", file=paths.display_path(aside)
                )
                repair_log.record_repair(self.folder.parent, sentence)
        except StorageError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                raise error.__cause__ from None
        return None

    def _write(self, item: Item) -> Item:
        atomic_files.make_folder(self.folder)
        atomic_files.write(self.folder / f"{item.id}{SUFFIX}", _mark_at_rest(item).to_json().encode())
        return item

    @_lock_during
    def _change_item(self, item_id: str, changed: Callable[[Item], Item], *, also_taken: bool = True) -> Item | None:
        """Replace a queue item with `changed(item)`, and return the stored item, or None if the item no longer exists.

        A running item is changed only with `also_taken`; otherwise the result is None.
        """
        item = self.get(item_id)
        # A paused item may be running too.
        if item is None or (not also_taken and item_id in self._find_running_ids()):
            return None
        after = changed(item)
        if after != item:
            self._write(after)
        return self.get(item_id)

    @_lock_during
    def _note_crash(self, item_id: str) -> Item | None:
        item = self.get(item_id)
        if item is None:
            return None
        ran = not self.is_paused and item.state is not ItemState.PAUSED
        return self._write(replace(_mark_at_rest(item), crashes=item.crashes + ran))

    def _end_item(self, item_id: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._unlink(self.folder / f"{item_id}{SUFFIX}")
        self._release(item_id)
        self._forget_steps(item_id)

    def _release(self, item_id: str) -> None:
        if lock := self._locks.pop(item_id, None):
            lock.release()

    def _get_steps_path(self, item_id: str) -> Path:
        return self._running_folder / f"{item_id}{STEPS}"

    def _forget_steps(self, item_id: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._unlink(self._get_steps_path(item_id))

    def _unlink(self, path: Path) -> None:
        try:
            path.unlink()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise atomic_files.storage_error(path, error) from error


def progress_of(steps: bytes) -> int:
    """Return the number of the last complete denoising step in the data of `Queue.steps`, or 0.

    The tensors are not decoded.
    """
    last = 0
    with contextlib.suppress(*MALFORMED):
        for record in unpack(steps):
            if "step" in (facts := read_header(record)):
                last = int(parse_json(facts["step"])["index"])
    return last


def _mark_running(item: Item) -> Item:
    return replace(item, state=ItemState.RUNNING) if item.state is ItemState.WAITING else item


def _mark_at_rest(item: Item) -> Item:
    """Return a queue item in the form in which it is stored on disk. A running item is stored as waiting, because only
    its lock marks it as running.
    """
    return replace(item, state=ItemState.WAITING) if item.state is ItemState.RUNNING else item
