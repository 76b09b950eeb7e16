"""Queue order compared with a plain list under random operations, and the fields that each operation preserves."""

from __future__ import annotations

import json
import os
import random
from dataclasses import replace
from pathlib import Path

import pytest

from gdm_studio.common import repair_log
from gdm_studio.jobs.queue import CRASHES_TO_PAUSE, Item, ItemState, Queue
from gdm_studio.request.generation_request import Request

LONG_AGO = (1, 1)


@pytest.fixture
def queue(tmp_path: Path) -> Queue:
    return Queue(tmp_path / "queue")


def ids(queue: Queue) -> list[str]:
    return [item.id for item in queue.items()]


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_equals_that_of_a_list_after_random_operations(queue: Queue, seed: int) -> None:
    chance, expected = random.Random(seed), list[str]()
    for turn in range(60):
        one = chance.choice([*expected, "gone"])
        other = chance.choice([*expected, None, "gone"])
        match chance.choice(["last", "first", "move", "move", "move", "duplicate", "away", "again"]):
            case "last":
                expected.append(queue.add(Request(prompt=str(turn))).id)
            case "first":
                expected.insert(0, queue.add(Request(prompt=str(turn)), first=True).id)
            case "move":
                queue.move(one, before=other)
                if one != "gone" and one != other:
                    expected.remove(one)
                    expected.insert(expected.index(other) if other in expected else len(expected), one)
            case "duplicate":
                copy = queue.duplicate(one)
                assert (copy is None) == (one == "gone")
                if copy is not None:
                    expected.insert(expected.index(one) + 1, copy.id)
            case "away":
                some = chance.sample(expected, min(2, len(expected)))
                removed = queue.remove(some)
                assert ids(queue) == [each for each in expected if each not in some]
                queue.restore(removed)
            case "again" if one != "gone":  # The item is put back as its runner saved it.
                item, first = queue.get(one), chance.random() < 0.5
                assert item is not None
                queue.put(item, first=first)
                expected.remove(one)
                expected.insert(0 if first else len(expected), one)
        assert ids(queue) == expected
    assert ids(Queue(queue.folder)) == expected and len(expected) > 5


def kept(queue: Queue, **values: object) -> Item:
    """Write an item with these field values to its file and return it."""
    item = replace(Item(request=Request(prompt="a", count=4, seed=7).checked()), **values)  # type: ignore[arg-type]
    queue.put(item)
    found = queue.get(item.id)
    assert found is not None
    return found


def test_an_edited_item_keeps_its_place_and_id_but_no_progress(queue: Queue) -> None:
    first = kept(queue, made=(1,), pictures=9, endless=True, crashes=1, error="It failed.", state=ItemState.FAILED)
    last, wanted = kept(queue, state=ItemState.PAUSED), Request(prompt="b").checked()
    edited = queue.edit(first.id, wanted)
    assert edited == Item(request=wanted, id=first.id, order=first.order, endless=True)
    assert queue.edit(last.id, wanted) == replace(last, request=wanted), "still held"
    assert ids(queue) == [first.id, last.id] and queue.edit("gone", wanted) is None


def test_a_retry_resumes_and_applies_the_remedy_only_on_request(queue: Queue) -> None:
    failed = kept(queue, made=(1,), pictures=9, crashes=1, error="Too large.", remedy="batch", state=ItemState.FAILED)
    again = replace(failed, state=ItemState.WAITING, error="", remedy="")
    assert queue.retry(failed.id) == again
    queue.fail(failed.id, "Too large.", remedy="batch")
    assert queue.retry(failed.id, mend=True) == replace(again, request=replace(again.request, batch=1))
    queue.fail(failed.id, "Nobody knows.")
    assert (found := queue.get(failed.id)) is not None and (found.error, found.remedy) == ("Nobody knows.", "")
    assert queue.retry(failed.id, mend=True) == queue.next() and queue.retry("gone") is None


def test_a_failure_drops_progress_and_releases_the_item(queue: Queue) -> None:
    item = kept(queue)
    queue.take(item.id)
    queue.keep_steps(item.id, b"far", from_start=True)
    queue.fail(item.id, "The picture overflowed.")
    other = Queue(queue.folder)
    assert queue.steps(item.id) == b"" and other.retry(item.id) is not None and other.take(item.id) is not None
    assert queue.fail("gone", "It failed.") is None


def test_steps_are_appended_unless_they_start_again(queue: Queue) -> None:
    item = queue.add(Request(prompt="a"), steps=b"one ")
    queue.keep_steps(item.id, b"two ", from_start=False)
    queue.keep_steps(item.id, b"three", from_start=False)
    assert Queue(queue.folder).steps(item.id) == b"one two three"
    queue.keep_steps(item.id, b"other", from_start=True)
    assert queue.steps(item.id) == b"other" and queue.steps("gone") == b""


def test_a_running_item_can_be_paused_and_stays_paused_when_released(queue: Queue) -> None:
    item = kept(queue)
    queue.take(item.id)
    held = queue.set_paused(item.id, True)
    assert held is not None and held.state is ItemState.PAUSED
    put_down = queue.unlock(item.id)
    assert put_down == held and queue.take(item.id) is None
    queue.set_paused(item.id, False)
    taken = queue.take(item.id)
    assert taken is not None and taken.state is ItemState.RUNNING and queue.set_paused(item.id, False) == taken
    assert queue.unlock(item.id) == item and queue.set_paused("gone", True) is None


def test_endless_repetition_can_be_turned_off(queue: Queue) -> None:
    item = kept(queue)
    assert queue.set_endless(item.id, True) == replace(item, endless=True)
    assert queue.set_endless(item.id, False) == item == Queue(queue.folder).get(item.id)


def test_the_first_of_two_endless_items_is_next(queue: Queue) -> None:
    first, second = kept(queue, endless=True), kept(queue, endless=True)
    assert queue.next() == first
    queue.move(second.id, before=first.id)
    found = queue.next()
    assert found is not None and found.id == second.id


def test_an_item_running_here_can_be_removed_and_restored_as_waiting(queue: Queue) -> None:
    item, other = kept(queue, made=(2,), pictures=1), kept(queue)
    queue.take(item.id)
    queue.keep_steps(item.id, b"far", from_start=True)
    removed = queue.remove([item.id, other.id])
    assert [each.id for each in removed.items] == [item.id, other.id] and removed.steps == {item.id: b"far"}
    assert [path.name for path in queue.folder.rglob("*") if path.is_file()] == []
    queue.restore(removed)
    assert queue.items() == [item, other] and queue.steps(item.id) == b"far"
    assert Queue(queue.folder).take(item.id) is not None


def test_an_image_of_a_removed_item_does_not_restore_the_item(queue: Queue) -> None:
    item = kept(queue)
    queue.take(item.id)
    queue.remove([item.id])
    assert queue.mark_saved(item.id, 0) is None and queue.items() == []


def crashed(queue: Queue, *items: Item) -> list[Item]:
    """Leave these items as if their runner had ended in the middle of them."""
    for item in items:
        (queue.folder / "running").mkdir(exist_ok=True)
        (queue.folder / "running" / f"{item.id}.lock").touch()
    return Queue(queue.folder).recover()


def test_only_a_recent_crash_pauses_the_queue(queue: Queue) -> None:
    once, twice = kept(queue), kept(queue, crashes=CRASHES_TO_PAUSE)
    gone = replace(once, id="gone")
    assert crashed(queue, once, gone) == [replace(once, crashes=1)] and not queue.is_paused
    assert list((queue.folder / "running").iterdir()) == []
    assert {each.id for each in crashed(queue, once, twice)} == {once.id, twice.id} and queue.is_paused
    assert ids(queue) == [once.id, twice.id]


def test_an_item_paused_at_a_crash_stays_paused(queue: Queue) -> None:
    held = kept(queue, state=ItemState.PAUSED)
    assert crashed(queue, held) == [held] and queue.next() is None


def test_the_end_of_a_paused_queue_is_no_crash(queue: Queue) -> None:
    item = kept(queue)
    queue.pause()
    assert crashed(queue, item) == crashed(queue, item) == [item]
    queue.resume()
    assert crashed(queue, item) == [replace(item, crashes=1)] and not queue.is_paused


def test_a_file_overwritten_in_place_is_read_again(queue: Queue) -> None:
    item = kept(queue)
    file = queue.folder / f"{item.id}.json"
    text = file.read_text()
    queue.items()
    file.write_text(text.replace('"a"', '"b"'))
    os.utime(file, LONG_AGO)
    assert [each.request.prompt for each in queue.items()] == ["b"]
    file.write_text(text.replace('"a"', '"a longer one"'))
    os.utime(file, LONG_AGO)
    assert [each.request.prompt for each in queue.items()] == ["a longer one"]


def test_a_file_under_the_wrong_id_is_reported_once_it_can_be_moved(queue: Queue) -> None:
    item = kept(queue)
    (queue.folder / "damaged").write_text("in the way")
    stranger = queue.folder / "stranger.json"
    stranger.write_text(json.dumps(json.loads(item.to_json())))
    for _ in range(2):
        assert queue.items() == [item] and stranger.exists() and repair_log.take_unreported(queue.folder.parent) == []
    (queue.folder / "damaged").unlink()
    assert queue.items() == [item] and (queue.folder / "damaged" / "stranger.json").exists() and not stranger.exists()
    (said,) = repair_log.take_unreported(queue.folder.parent)
    assert "stranger.json" in said and queue.items() == [item] and repair_log.take_unreported(queue.folder.parent) == []
