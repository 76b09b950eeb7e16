"""The queue on real files: order, user operations, two processes at once, and recovery after a crash."""

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

from gdm_studio.common import atomic_files, repair_log
from gdm_studio.common.errors import StorageError
from gdm_studio.common.file_lock import is_locked
from gdm_studio.jobs.queue import REMEDIES, Item, ItemState, Queue
from gdm_studio.request.generation_request import SEED_LIMIT, Branch, Request


@pytest.fixture
def queue(tmp_path: Path) -> Queue:
    return Queue(tmp_path / "queue")


def another(queue: Queue) -> Queue:
    """Return a second queue on the same folder, as another window or the command line opens it."""
    return Queue(queue.folder)


def filled(queue: Queue, *prompts: str) -> list[str]:
    """Add an item for each prompt and return their ids."""
    return [queue.add(Request(prompt=prompt)).id for prompt in prompts]


def prompts(queue: Queue) -> list[str]:
    return [item.request.prompt for item in queue.items()]


def state(queue: Queue, item_id: str) -> ItemState:
    item = queue.get(item_id)
    assert item is not None
    return item.state


def test_items_are_read_back_unchanged_and_in_order(queue: Queue) -> None:
    parent = Request(prompt="a fox", steps=8)
    branch = replace(parent, prompt="an owl", knobs={"eta": 0.5}, sampler="ddim", branch=Branch(parent, 3)).checked()
    queue.put(Item(request=branch, made=(), endless=True, crashes=1, pictures=7))
    queue.add(Request(prompt="a red apple", count=3))
    queue.add(Request(prompt="at once"), first=True)
    found = another(queue).items()
    assert [item.request.prompt for item in found] == ["at once", "an owl", "a red apple"]
    assert found == queue.items() and found[1].request == branch
    assert (found[1].endless, found[1].crashes, found[1].pictures) == (True, 1, 7)


def test_items_can_be_moved_before_others_and_to_the_end(queue: Queue) -> None:
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
def test_many_moves_keep_the_order_exact(queue: Queue, place: int) -> None:
    ids = filled(queue, *"abcde")
    one, other = ids[place + 1], ids[place + 2]
    # Each move halves the gap between two positions twice, and a float has 53 bits.
    for _ in range(40):
        queue.move(other, before=one)
        assert prompts(queue).index("abcde"[place + 2]) == place + 1
        queue.move(one, before=other)
        assert prompts(queue) == list("abcde")


def test_a_duplicate_follows_its_item_with_the_next_seeds(queue: Queue) -> None:
    first = queue.add(Request(prompt="a", seed=SEED_LIMIT - 2, count=4))
    filled(queue, "b")
    copy = queue.duplicate(first.id)
    assert copy is not None and copy.request == replace(first.request, seed=2)
    assert prompts(queue) == ["a", "a", "b"]


def test_editing_replaces_the_request_and_drops_progress(queue: Queue) -> None:
    (item_id,) = filled(queue, "a")
    queue.keep_steps(item_id, b"far", from_start=True)
    edited = queue.edit(item_id, Request(prompt="b", steps=5))
    assert edited is not None and edited.request == Request(prompt="b", steps=5)
    assert queue.steps(item_id) == b"" and edited.id == item_id
    assert queue.take(item_id) is not None
    assert queue.edit(item_id, Request(prompt="c")) is None and prompts(queue) == ["b"]
    queue.set_paused(item_id, True)
    assert queue.edit(item_id, Request(prompt="c")) is None, "held in the middle, it is what its runner goes on with"
    assert another(queue).edit(item_id, Request(prompt="c")) is None and prompts(queue) == ["b"]
    assert another(queue).remove([item_id]).items == ()
    queue.unlock(item_id)
    assert queue.edit(item_id, Request(prompt="c")) is not None


def test_a_paused_item_is_skipped_until_it_is_resumed(queue: Queue) -> None:
    a, b = filled(queue, "a", "b")
    queue.set_paused(a, True)
    assert queue.next() == queue.get(b) and state(another(queue), a) is ItemState.PAUSED
    assert queue.take(a) is None
    queue.set_paused(a, False)
    assert queue.next() == queue.get(a)


def test_a_pause_survives_a_restart(queue: Queue) -> None:
    filled(queue, "a")
    queue.pause()
    assert another(queue).is_paused
    queue.resume()
    queue.resume()
    assert not another(queue).is_paused


def test_only_one_process_takes_an_item(queue: Queue) -> None:
    a, b = filled(queue, "a", "b")
    other = another(queue)
    assert queue.take(a) is not None and other.take(a) is None
    assert state(other, a) is ItemState.RUNNING and other.next() == other.get(b)
    assert other.remove([a]).items == () and prompts(queue) == ["a", "b"]
    assert other.retry(a) is None
    queue.unlock(a)
    assert state(other, a) is ItemState.WAITING and other.take(a) is not None


def test_a_running_item_is_not_taken_again(queue: Queue) -> None:
    (item_id,) = filled(queue, "a")
    assert queue.take(item_id) is not None and queue.take(item_id) is None
    assert state(queue, item_id) is ItemState.RUNNING


def test_an_item_that_starts_at_once_cannot_be_taken_by_another_process(queue: Queue) -> None:
    begun = queue.put(Item(request=Request(prompt="a")), taken=True)
    assert another(queue).next() is None and another(queue).take(begun.id) is None
    queue.unlock(begun.id)
    assert another(queue).take(begun.id) is not None


def test_reading_the_queue_does_not_block_taking(queue: Queue) -> None:
    """A reader that checks which items run takes the lock for a moment."""
    (item_id,) = filled(queue, "a")
    lock = queue.folder / "running" / f"{item_id}.lock"
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            is_locked(lock)
            time.sleep(0.0005)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        for _ in range(100):
            lock.parent.mkdir(exist_ok=True)
            # A crash leaves such a file, which readers then examine.
            lock.touch()
            assert queue.take(item_id) is not None
            queue.unlock(item_id)
    finally:
        ended.set()
        watcher.join()


def test_steps_of_removed_items_are_deleted(queue: Queue) -> None:
    (item_id,) = filled(queue, "a")
    for name in (item_id, "gone", "new"):
        queue.keep_steps(name, b"far", from_start=True)
    for name in (item_id, "gone"):
        os.utime(queue.folder / "running" / f"{name}.steps", (0, 0))
    queue.recover()
    assert queue.steps(item_id) == b"far" and queue.steps("gone") == b"" and queue.steps("new") == b"far"


def test_two_changes_within_one_clock_tick_are_both_detected(queue: Queue) -> None:
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
    queue.keep_steps(item.id, b"far", from_start=True)
    after = queue.mark_saved(item.id, 1)
    assert after is not None and after.made == (1,) and after.left == 1
    # The second report has no effect.
    assert queue.mark_saved(item.id, 1) == after
    assert queue.mark_saved(item.id, 0) is None and queue.items() == []
    assert not list(queue.folder.rglob("*.steps")) and not list(queue.folder.rglob("*.lock"))


def test_an_endless_item_continues_with_the_next_seeds_behind_the_others(queue: Queue) -> None:
    endless = queue.add(Request(prompt="a", seed=10, count=2))
    queue.set_endless(endless.id, True)
    later = queue.add(Request(prompt="b"))
    assert queue.next() == later
    queue.take(endless.id)
    for image in (0, 1):
        after = queue.mark_saved(endless.id, image)
    assert after is not None and (after.request.seed, after.made, after.pictures) == (12, (), 2)
    queue.unlock(endless.id)
    queue.remove([later.id])
    assert queue.next() == queue.get(endless.id)


def test_a_new_round_starts_at_zero_and_a_current_one_keeps_its_progress(queue: Queue) -> None:
    item = queue.add(Request(prompt="a", seed=10, count=2))
    queue.set_endless(item.id, True)
    queue.take(item.id)
    queue.keep_steps(item.id, b"far", from_start=True)
    queue.mark_saved(item.id, 0)
    assert queue.steps(item.id) == b"far"
    queue.mark_saved(item.id, 1)
    # The steps belong to other seeds: resuming from them would give the old images.
    assert queue.steps(item.id) == b""


def test_two_processes_lose_no_change_of_either(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lost change would generate a finished image again."""
    item = queue.add(Request(prompt="a", count=16))
    queue.take(item.id)
    # A process killed in the middle of a change leaves such a file.
    (queue.folder / "running" / "changing").touch()
    write = atomic_files.write

    def slowly(path: Path, data: bytes) -> None:
        time.sleep(0.002)
        write(path, data, durable=False)

    monkeypatch.setattr(atomic_files, "write", slowly)

    def change() -> None:
        for turn in range(15):
            another(queue).set_endless(item.id, turn % 2 == 0)

    other = threading.Thread(target=change)
    other.start()
    for image in range(15):
        queue.mark_saved(item.id, image)
    other.join()
    found = queue.get(item.id)
    assert found is not None and found.made == tuple(range(15)) and found.endless
    queue.close()
    assert list((queue.folder / "running").iterdir()) == []


def test_a_removed_item_can_be_restored_with_its_steps(queue: Queue) -> None:
    a, b, c = filled(queue, "a", "b", "c")
    queue.keep_steps(b, b"far", from_start=True)
    removed = queue.remove([b, a, "gone"])
    assert prompts(queue) == ["c"] and queue.steps(b) == b""
    queue.restore(removed)
    assert prompts(queue) == ["a", "b", "c"] and queue.steps(b) == b"far"


def test_a_failed_item_stays_and_its_remedy_fixes_it(queue: Queue) -> None:
    (item_id,) = filled(queue, "a")
    queue.take(item_id)
    queue.fail(item_id, "The picture overflowed.", remedy="fp32")
    failed = another(queue).get(item_id)
    assert failed is not None and failed.state is ItemState.FAILED and failed.error == "The picture overflowed."
    assert queue.next() is None and queue.set_paused(item_id, True) == failed
    again = queue.retry(item_id, mend=True)
    assert again is not None and again.request.dtype == "fp32" and again.error == "" and queue.next() == again


@pytest.mark.parametrize("name", sorted(REMEDIES))
def test_every_remedy_gives_a_valid_request(name: str) -> None:
    request = Request(prompt="a", batch=4, dtype="bf16", guidance_scale=20.0, device="cluster")
    mended = REMEDIES[name].apply(request).checked()
    assert mended == REMEDIES[name].apply(mended) and (mended != request.checked() or name == "again")
    branch = replace(mended, branch=Branch(mended, 2), steps=mended.steps, sampler="ddim")
    assert REMEDIES[name].apply(branch).checked().branch == branch.branch


DAMAGE = ["", "{", "[]", '{"version": 1}', '{"id": "x", "request": {"steps": -1}, "state": "waiting"}', "\x00" * 40]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_item_is_renamed_and_reported(queue: Queue, damage: str) -> None:
    filled(queue, "a", "b")
    victim = next(path for path in queue.folder.glob("*.json") if '"a"' in path.read_text())
    victim.write_text(damage)
    assert prompts(another(queue)) == ["b"]
    assert (queue.folder / "damaged" / victim.name).read_text() == damage and not victim.exists()
    assert prompts(another(queue)) == ["b"]
    (said,) = repair_log.take_unreported(queue.folder.parent)
    assert victim.name in said


@pytest.mark.parametrize(
    "change", [{"made": [5]}, {"state": "dreaming"}, {"crashes": "2"}, {"order": None}, {"endless": 1}], ids=str
)
def test_impossible_values_count_as_damage(queue: Queue, change: dict[str, object]) -> None:

    (item_id,) = filled(queue, "a")
    path = queue.folder / f"{item_id}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    assert another(queue).items() == [] and (queue.folder / "damaged" / path.name).exists()


def test_an_unusable_folder_gives_an_error_message(tmp_path: Path) -> None:
    (tmp_path / "queue").write_text("a file")
    with pytest.raises(StorageError):
        Queue(tmp_path / "queue").add(Request(prompt="a"))


RUNNER = """
import sys, time
from pathlib import Path
from gdm_studio.jobs.queue import Queue
queue = Queue(Path(sys.argv[1]))
assert queue.take(queue.next().id)
print("taken", flush=True)
time.sleep(60)
"""


def killed_in_the_middle(queue: Queue) -> None:
    """Take the next item in another process and kill that process."""
    process = subprocess.Popen([sys.executable, "-c", RUNNER, str(queue.folder)], stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdout.readline() == b"taken\n"
    # The process that runs the item is alive.
    assert queue.next() is None and queue.recover() == []
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_crashed_item_waits_again_and_a_second_crash_pauses_the_queue(queue: Queue) -> None:
    (item_id,) = filled(queue, "a")
    killed_in_the_middle(queue)
    (crashed,) = queue.recover()
    assert (crashed.id, crashed.crashes, crashed.state) == (item_id, 1, ItemState.WAITING) and not queue.is_paused
    # The crash is reported only once.
    assert queue.recover() == []
    killed_in_the_middle(queue)
    (crashed,) = queue.recover()
    assert crashed.crashes == 2 and queue.is_paused and queue.next() == crashed
    queue.retry(item_id)
    assert queue.take(item_id) is not None


def test_temporary_files_of_a_killed_process_are_deleted_once_unused(queue: Queue) -> None:
    filled(queue, "a")
    old, new = queue.folder / ".old.part", queue.folder / ".new.part"
    for part in (old, new):
        part.write_bytes(b"{")
    os.utime(old, (0, 0))
    queue.recover()
    assert not old.exists() and new.exists() and prompts(queue) == ["a"]


def test_a_normal_end_is_no_crash(queue: Queue) -> None:
    filled(queue, "a")
    item = queue.next()
    assert item is not None and queue.take(item.id) is not None
    queue.close()
    assert another(queue).recover() == [] and another(queue).next() == item
