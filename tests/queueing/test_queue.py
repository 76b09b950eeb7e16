"""The queue on real files: its order, what people do to it, two processes at it, and what is left after a crash."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from gdm_studio import atomic, mended
from gdm_studio.claim import is_held
from gdm_studio.errors import StorageError
from gdm_studio.queueing import REMEDIES, Item, ItemState, Queue
from gdm_studio.request import SEED_LIMIT, Branch, Request


@pytest.fixture
def queue(tmp_path: Path) -> Queue:
    return Queue(tmp_path / "queue")


def another(queue: Queue) -> Queue:
    """The same folder, as another window or the command line sees it."""
    return Queue(queue.folder)


def filled(queue: Queue, *prompts: str) -> list[str]:
    """Items of these prompts; their ids."""
    return [queue.add(Request(prompt=prompt)).id for prompt in prompts]


def prompts(queue: Queue) -> list[str]:
    return [item.request.prompt for item in queue.items()]


def state(queue: Queue, item_id: str) -> ItemState:
    item = queue.get(item_id)
    assert item is not None
    return item.state


def test_items_are_found_again_as_they_were_in_their_order(queue: Queue) -> None:
    parent = Request(prompt="a fox", steps=8)
    branch = replace(parent, prompt="an owl", knobs={"eta": 0.5}, sampler="ddim", branch=Branch(parent, 3)).checked()
    queue.put(Item(request=branch, made=(), endless=True, crashes=1, pictures=7))
    queue.add(Request(prompt="a red apple", count=3))
    queue.add(Request(prompt="at once"), first=True)
    found = another(queue).items()
    assert [item.request.prompt for item in found] == ["at once", "an owl", "a red apple"]
    assert found == queue.items() and found[1].request == branch
    assert (found[1].endless, found[1].crashes, found[1].pictures) == (True, 1, 7)


def test_items_move_before_others_and_to_the_end(queue: Queue) -> None:
    a, b, c, d = filled(queue, "a", "b", "c", "d")
    queue.move(d, before=b)
    assert prompts(queue) == ["a", "d", "b", "c"]
    queue.move(a)
    assert prompts(queue) == ["d", "b", "c", "a"]
    queue.move(c, before=d)
    assert prompts(another(queue)) == ["c", "d", "b", "a"]
    queue.move(c, before=c)
    queue.move("gone", before=a)
    assert prompts(queue) == ["c", "d", "b", "a"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_moving_to_and_fro_for_ever_keeps_the_order_exact(queue: Queue, place: int) -> None:
    ids = filled(queue, *"abcde")
    one, other = ids[place + 1], ids[place + 2]
    for _ in range(40):  # each halves the room between two orders twice, and a float has 53 bits
        queue.move(other, before=one)
        assert prompts(queue).index("abcde"[place + 2]) == place + 1
        queue.move(one, before=other)
        assert prompts(queue) == list("abcde")


def test_a_duplicate_follows_with_the_next_seeds(queue: Queue) -> None:
    first = queue.add(Request(prompt="a", seed=SEED_LIMIT - 2, count=4))
    filled(queue, "b")
    copy = queue.duplicate(first.id)
    assert copy is not None and copy.request == replace(first.request, seed=2)
    assert prompts(queue) == ["a", "a", "b"]


def test_editing_replaces_what_waits_and_forgets_how_far_it_was(queue: Queue) -> None:
    (item_id,) = filled(queue, "a")
    queue.keep_steps(item_id, b"far", anew=True)
    edited = queue.edit(item_id, Request(prompt="b", steps=5))
    assert edited is not None and edited.request == Request(prompt="b", steps=5)
    assert queue.steps(item_id) == b"" and edited.id == item_id
    assert queue.take(item_id) is not None
    assert queue.edit(item_id, Request(prompt="c")) is None and prompts(queue) == ["b"]
    queue.hold(item_id, True)
    assert queue.edit(item_id, Request(prompt="c")) is None, "held in the middle, it is what its runner goes on with"
    assert another(queue).edit(item_id, Request(prompt="c")) is None and prompts(queue) == ["b"]
    assert another(queue).remove([item_id]).items == ()
    queue.put_down(item_id)
    assert queue.edit(item_id, Request(prompt="c")) is not None


def test_what_is_held_is_passed_over_until_it_is_let_go_on(queue: Queue) -> None:
    a, b = filled(queue, "a", "b")
    queue.hold(a, True)
    assert queue.next() == queue.get(b) and state(another(queue), a) is ItemState.PAUSED
    assert queue.take(a) is None
    queue.hold(a, False)
    assert queue.next() == queue.get(a)


def test_pausing_outlives_the_program(queue: Queue) -> None:
    filled(queue, "a")
    queue.pause()
    assert another(queue).paused
    queue.resume()
    queue.resume()
    assert not another(queue).paused


def test_only_one_takes_an_item(queue: Queue) -> None:
    a, b = filled(queue, "a", "b")
    other = another(queue)
    assert queue.take(a) is not None and other.take(a) is None
    assert state(other, a) is ItemState.RUNNING and other.next() == other.get(b)
    assert other.remove([a]).items == () and prompts(queue) == ["a", "b"]
    assert other.retry(a) is None
    queue.put_down(a)
    assert state(other, a) is ItemState.WAITING and other.take(a) is not None


def test_what_is_being_carried_out_is_not_taken_again(queue: Queue) -> None:
    (item_id,) = filled(queue, "a")
    assert queue.take(item_id) is not None and queue.take(item_id) is None
    assert state(queue, item_id) is ItemState.RUNNING


def test_what_begins_at_once_never_waits_for_another_to_take_it(queue: Queue) -> None:
    begun = queue.put(Item(request=Request(prompt="a")), taken=True)
    assert another(queue).next() is None and another(queue).take(begun.id) is None
    queue.put_down(begun.id)
    assert another(queue).take(begun.id) is not None


def test_looking_at_the_queue_keeps_nobody_from_taking(queue: Queue) -> None:
    """Whoever asks what runs has the lock for a moment."""
    (item_id,) = filled(queue, "a")
    lock = queue.folder / "running" / f"{item_id}.lock"
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            is_held(lock)
            time.sleep(0.0005)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        for _ in range(100):
            lock.parent.mkdir(exist_ok=True)
            lock.touch()  # as a crash leaves it, so that there is something to look at
            assert queue.take(item_id) is not None
            queue.put_down(item_id)
    finally:
        ended.set()
        watcher.join()


def test_steps_of_what_is_gone_are_cleared_away(queue: Queue) -> None:
    (item_id,) = filled(queue, "a")
    for name in (item_id, "gone", "new"):
        queue.keep_steps(name, b"far", anew=True)
    for name in (item_id, "gone"):
        os.utime(queue.folder / "running" / f"{name}.steps", (0, 0))
    queue.recover()
    assert queue.steps(item_id) == b"far" and queue.steps("gone") == b"" and queue.steps("new") == b"far"


def test_two_changes_within_a_tick_of_the_clock_are_both_seen(queue: Queue) -> None:
    (item_id,) = filled(queue, "a")
    file, other = queue.folder / f"{item_id}.json", another(queue)
    other.edit(item_id, Request(prompt="b"))
    status = file.stat()
    assert prompts(queue) == ["b"]
    other.edit(item_id, Request(prompt="c"))
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert file.stat().st_size == status.st_size and prompts(queue) == ["c"]


def test_an_item_ends_with_its_last_picture(queue: Queue) -> None:
    item = queue.add(Request(prompt="a", count=2))
    queue.take(item.id)
    queue.keep_steps(item.id, b"far", anew=True)
    after = queue.note_made(item.id, 1)
    assert after is not None and after.made == (1,) and after.left == 1
    assert queue.note_made(item.id, 1) == after  # told twice
    assert queue.note_made(item.id, 0) is None and queue.items() == []
    assert not list(queue.folder.rglob("*.steps")) and not list(queue.folder.rglob("*.lock"))


def test_without_an_end_it_goes_on_with_the_next_seeds_and_lets_others_go_first(queue: Queue) -> None:
    endless = queue.add(Request(prompt="a", seed=10, count=2))
    queue.set_endless(endless.id, True)
    later = queue.add(Request(prompt="b"))
    assert queue.next() == later
    queue.take(endless.id)
    for image in (0, 1):
        after = queue.note_made(endless.id, image)
    assert after is not None and (after.request.seed, after.made, after.pictures) == (12, (), 2)
    queue.put_down(endless.id)
    queue.remove([later.id])
    assert queue.next() == queue.get(endless.id)


def test_a_next_round_begins_anew_and_a_round_under_way_keeps_how_far_it_is(queue: Queue) -> None:
    item = queue.add(Request(prompt="a", seed=10, count=2))
    queue.set_endless(item.id, True)
    queue.take(item.id)
    queue.keep_steps(item.id, b"far", anew=True)
    queue.note_made(item.id, 0)
    assert queue.steps(item.id) == b"far"
    queue.note_made(item.id, 1)
    assert queue.steps(item.id) == b""  # of other seeds: gone on with, they would be the old pictures


def test_two_at_a_time_lose_nothing_of_what_either_changes(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that was told of would be made again."""
    item = queue.add(Request(prompt="a", count=16))
    queue.take(item.id)
    (queue.folder / "running" / "changing").touch()  # as one leaves it that was killed in the middle of a change
    write = atomic.write

    def slowly(path: Path, data: bytes) -> None:
        time.sleep(0.002)
        write(path, data, durable=False)

    monkeypatch.setattr(atomic, "write", slowly)

    def change() -> None:
        for turn in range(15):
            another(queue).set_endless(item.id, turn % 2 == 0)

    other = threading.Thread(target=change)
    other.start()
    for image in range(15):
        queue.note_made(item.id, image)
    other.join()
    found = queue.get(item.id)
    assert found is not None and found.made == tuple(range(15)) and found.endless
    queue.close()
    assert list((queue.folder / "running").iterdir()) == []


def test_what_was_removed_can_be_put_back_with_its_steps(queue: Queue) -> None:
    a, b, c = filled(queue, "a", "b", "c")
    queue.keep_steps(b, b"far", anew=True)
    removed = queue.remove([b, a, "gone"])
    assert prompts(queue) == ["c"] and queue.steps(b) == b""
    queue.restore(removed)
    assert prompts(queue) == ["a", "b", "c"] and queue.steps(b) == b"far"


def test_a_failed_item_stays_and_its_remedy_mends_it(queue: Queue) -> None:
    (item_id,) = filled(queue, "a")
    queue.take(item_id)
    queue.fail(item_id, "The picture overflowed.", remedy="fp32")
    failed = another(queue).get(item_id)
    assert failed is not None and failed.state is ItemState.FAILED and failed.error == "The picture overflowed."
    assert queue.next() is None and queue.hold(item_id, True) == failed
    again = queue.retry(item_id, mend=True)
    assert again is not None and again.request.dtype == "fp32" and again.error == "" and queue.next() == again


@pytest.mark.parametrize("name", sorted(REMEDIES))
def test_every_remedy_gives_a_sound_request(name: str) -> None:
    request = Request(prompt="a", batch=4, dtype="bf16", guidance_scale=20.0)
    mended = REMEDIES[name].mended(request).checked()
    assert mended == REMEDIES[name].mended(mended) and (mended != request.checked() or name == "again")
    branch = replace(mended, branch=Branch(mended, 2), steps=mended.steps, sampler="ddim")
    assert REMEDIES[name].mended(branch).checked().branch == branch.branch


DAMAGE = ["", "{", "[]", '{"version": 1}', '{"id": "x", "request": {"steps": -1}, "state": "waiting"}', "\x00" * 40]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_entry_is_put_aside_and_told_of(queue: Queue, damage: str) -> None:
    filled(queue, "a", "b")
    victim = next(path for path in queue.folder.glob("*.json") if '"a"' in path.read_text())
    victim.write_text(damage)
    assert prompts(another(queue)) == ["b"]
    assert (queue.folder / "damaged" / victim.name).read_text() == damage and not victim.exists()
    assert prompts(another(queue)) == ["b"]
    (said,) = mended.unsaid(queue.folder.parent)
    assert victim.name in said


@pytest.mark.parametrize(
    "change", [{"made": [5]}, {"state": "dreaming"}, {"crashes": "2"}, {"order": None}, {"endless": 1}], ids=str
)
def test_values_that_cannot_be_are_damage_too(queue: Queue, change: dict[str, object]) -> None:

    (item_id,) = filled(queue, "a")
    path = queue.folder / f"{item_id}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert another(queue).items() == [] and (queue.folder / "damaged" / path.name).exists()


def test_a_folder_that_cannot_be_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "queue").write_text("a file")
    with pytest.raises(StorageError):
        Queue(tmp_path / "queue").add(Request(prompt="a"))


RUNNER = """
import sys, time
from pathlib import Path
from gdm_studio.queueing import Queue
queue = Queue(Path(sys.argv[1]))
assert queue.take(queue.next().id)
print("taken", flush=True)
time.sleep(60)
"""


def killed_in_the_middle(queue: Queue) -> None:
    """Another process takes the next item and is killed."""
    process = subprocess.Popen([sys.executable, "-c", RUNNER, str(queue.folder)], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"taken\n"
    assert queue.next() is None and queue.recover() == []  # it is alive
    process.kill()
    process.wait()
    process.stdout.close()


def test_after_a_crash_it_waits_again_and_after_the_second_the_queue_does(queue: Queue) -> None:
    (item_id,) = filled(queue, "a")
    killed_in_the_middle(queue)
    (crashed,) = queue.recover()
    assert (crashed.id, crashed.crashes, crashed.state) == (item_id, 1, ItemState.WAITING) and not queue.paused
    assert queue.recover() == []  # it is told once
    killed_in_the_middle(queue)
    (crashed,) = queue.recover()
    assert crashed.crashes == 2 and queue.paused and queue.next() == crashed
    queue.retry(item_id)
    assert queue.take(item_id) is not None


def test_what_a_killed_process_was_writing_is_cleared_away_once_nobody_can_be_at_it(queue: Queue) -> None:
    filled(queue, "a")
    old, new = queue.folder / ".old.part", queue.folder / ".new.part"
    for part in (old, new):
        part.write_bytes(b"{")
    os.utime(old, (0, 0))
    queue.recover()
    assert not old.exists() and new.exists() and prompts(queue) == ["a"]


def test_what_ends_in_order_is_no_crash(queue: Queue) -> None:
    filled(queue, "a")
    item = queue.next()
    assert item is not None and queue.take(item.id) is not None
    queue.close()
    assert another(queue).recover() == [] and another(queue).next() == item
