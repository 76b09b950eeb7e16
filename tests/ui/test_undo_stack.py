"""The undo stack: latest first, one at a time, and an entry that cannot run does not block the others."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from gdm_studio.common.errors import StorageError
from gdm_studio.ui.undo_stack import MAX_ACTIONS, NothingLeft, UndoableAction, UndoStack


def test_entries_are_undone_once_latest_first_and_the_oldest_are_dropped() -> None:
    async def play() -> None:
        past, back = UndoStack(), list[int]()
        acts = [
            UndoableAction(str(number), lambda number=number: back.append(number)) for number in range(MAX_ACTIONS + 2)
        ]  # type: ignore[misc]
        for act in acts:
            past.push(act)
        assert await past.undo(acts[50]) is acts[50] and await past.undo(acts[50]) is None
        while await past.undo() is not None:
            pass
        assert back == [50, *(number for number in range(MAX_ACTIONS + 1, 1, -1) if number != 50)]

    asyncio.run(play())


def test_a_blocked_entry_is_retried_at_once_and_then_after_the_others() -> None:
    async def play() -> None:
        past, back = UndoStack(), list[str]()

        async def barred() -> None:
            back.append("barred")
            raise StorageError("The folder is away.")

        for act in (UndoableAction("first", lambda: back.append("first")), UndoableAction("second", barred)):
            past.push(act)
        for _ in range(2):
            with pytest.raises(StorageError):
                await past.undo()
        taken = await past.undo()
        assert taken is not None and taken.title == "first" and back == ["barred", "barred", "first"]

    asyncio.run(play())


def test_no_other_undo_starts_while_one_is_running() -> None:
    async def play() -> None:
        past, seen = UndoStack(), list[str]()

        async def slow() -> None:
            seen.append("begun")
            await asyncio.sleep(0)
            seen.append("ended")

        past.push(UndoableAction("first", lambda: seen.append("first")))
        past.push(UndoableAction("second", slow))
        await asyncio.gather(past.undo(), past.undo())
        assert seen == ["begun", "ended", "first"]

    asyncio.run(play())


def test_actions_are_redone_in_order_until_there_is_a_new_one() -> None:
    async def play() -> None:
        past, done = UndoStack(), list[str]()

        def do(name: str) -> None:
            async def again() -> None:
                do(name)

            def back() -> object:
                done.remove(name)
                return again

            done.append(name)
            past.push(UndoableAction(name, back))

        for name in ("first", "second", "third"):
            do(name)
        for count in (2, 1, 2):
            assert not past.can_redo()
            for _ in range(count):
                await past.undo()
            for _ in range(count):
                await past.redo()
            assert done == ["first", "second", "third"] and not past.can_redo()
            past.push(UndoableAction("silent", lambda: None))
            assert await past.undo() is not None and not past.can_redo()
        await past.undo()
        do("fourth")
        await past.redo()
        assert done == ["first", "second", "fourth"]

    asyncio.run(play())


def test_an_action_that_returns_its_undo_is_redone_once_for_each_undo() -> None:
    async def play() -> None:
        past, done = UndoStack(), ["it"]

        def back() -> object:
            done.clear()
            return again

        def again() -> object:
            done.append("it")
            return back

        past.push(UndoableAction("It", back))
        for _ in range(3):
            await past.undo()
            assert not done and await past.redo() is not None and done == ["it"] and not past.can_redo()

    asyncio.run(play())


def test_a_redo_that_changes_nothing_says_so() -> None:
    async def play() -> None:
        past = UndoStack()
        past.push(UndoableAction("It", lambda: lambda: NothingLeft.CHANGED_SINCE))
        await past.undo()
        action = await past.redo()
        assert action is not None and action.nothing_left is NothingLeft.CHANGED_SINCE
        assert past.newest() is None and not past.can_redo()

    asyncio.run(play())


def test_redo_waits_for_undo_and_redoes_nothing_twice() -> None:
    async def play() -> None:
        past, done, gate = UndoStack(), list[str](), asyncio.Event()

        async def act(name: str) -> None:
            await gate.wait()
            done.append(name)
            past.push(UndoableAction(name, partial(take_back, name)))

        async def take_back(name: str) -> object:
            await gate.wait()
            done.remove(name)
            return partial(act, name)

        gate.set()
        for name in ("first", "second"):
            await act(name)
        await past.undo()
        gate.clear()
        undo = asyncio.ensure_future(past.undo())
        # Keys are pressed while the disk is slow.
        redos = [asyncio.ensure_future(past.redo()) for _ in range(3)]
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(undo, *redos)
        assert done == ["first", "second"]

    asyncio.run(play())


def test_an_action_that_cannot_be_redone_ends_the_redo() -> None:
    async def play() -> None:
        past, done = UndoStack(), list[str]()
        past.push(UndoableAction("tag", lambda: None))
        past.push(UndoableAction("clear", lambda: lambda: done.append("clear")))
        await past.undo()
        assert past.can_redo()
        await past.undo()
        await past.redo()
        assert done == [] and not past.can_redo(), "the tag was undone last"

    asyncio.run(play())
