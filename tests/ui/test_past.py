"""Taking back: the latest first, one at a time, and no way back that is barred stands before the others for ever."""

from __future__ import annotations

import asyncio

import pytest

from gdm_studio.errors import StorageError
from gdm_studio.ui.past import MOST, Act, Past


def test_the_latest_is_taken_back_first_each_once_and_the_oldest_are_forgotten() -> None:
    async def play() -> None:
        past, back = Past(), list[int]()
        acts = [Act(str(number), lambda number=number: back.append(number)) for number in range(MOST + 2)]  # type: ignore[misc]
        for act in acts:
            past.note(act)
        assert await past.take_back(acts[50]) is acts[50] and await past.take_back(acts[50]) is None
        while await past.take_back() is not None:
            pass
        assert back == [50, *(number for number in range(MOST + 1, 1, -1) if number != 50)]

    asyncio.run(play())


def test_what_is_barred_is_tried_again_at_once_and_then_after_the_others() -> None:
    async def play() -> None:
        past, back = Past(), list[str]()

        async def barred() -> None:
            back.append("barred")
            raise StorageError("The folder is away.")

        for act in (Act("first", lambda: back.append("first")), Act("second", barred)):
            past.note(act)
        for _ in range(2):
            with pytest.raises(StorageError):
                await past.take_back()
        taken = await past.take_back()
        assert taken is not None and taken.title == "first" and back == ["barred", "barred", "first"]

    asyncio.run(play())


def test_a_way_back_is_waited_for_while_no_other_begins() -> None:
    async def play() -> None:
        past, seen = Past(), list[str]()

        async def slow() -> None:
            seen.append("begun")
            await asyncio.sleep(0)
            seen.append("ended")

        past.note(Act("first", lambda: seen.append("first")))
        past.note(Act("second", slow))
        await asyncio.gather(past.take_back(), past.take_back())
        assert seen == ["begun", "ended", "first"]

    asyncio.run(play())
