"""Workers that hang, send garbage or end early: other workers do their jobs, and no process is left over."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from benches.workers import generate_with
from gdm_studio.common import error_log
from gdm_studio.common.errors import DeviceError
from gdm_studio.jobs.workers import message_frames, messages, worker_handle
from gdm_studio.jobs.workers import pool as pools
from gdm_studio.jobs.workers.message_frames import BadFrame
from gdm_studio.jobs.workers.pool import Pool
from gdm_studio.jobs.workers.work_items import WorkItem
from gdm_studio.request.generation_events import Event, Phase, Progress, Result
from gdm_studio.request.generation_request import Request
from tests.workers.test_pool import LONG, alone, assert_the_same, no_kill, results

REQUEST = Request(model="tiny", prompt="a red fox", count=4)
LIMIT = 60  # seconds for a test that could wait forever

# Worker without a model. GOOD answers every work item at once; the others fail as their name says.
FAKE = r"""
import os, struct, subprocess, sys, threading, time
from gdm_studio.jobs.workers import message_frames

mode, out, lock = sys.argv[1], sys.stdout.buffer, threading.Lock()
sys.excepthook = threading.excepthook = lambda *args: os._exit(1)  # of a pipe that is closed


def hang():
    open(os.path.join(sys.argv[2], str(os.getpid())), "w").close()
    if mode == "silent after an order":
        os.kill(os.getpid(), 19)
    time.sleep(600)


def say(kind, blobs=(), **facts):
    with lock:
        message_frames.write(out, {"kind": kind, "share": 0} | facts, list(blobs))


def raw(data):
    with lock:
        out.write(data)
        out.flush()


def beat():
    while True:
        say("alive")
        time.sleep(1.5 if mode == "slow beats" else 0.1)


def framed(text):
    return struct.pack("<I", len(text)) + text


def result(make, **other):
    facts = {"request": make["request"], "shape": [2, 2, 4], "stopped_at": 0, "made": None, "share": make["share"]}
    say("result", other.pop("blobs", [bytes(16), b""]), **facts | other)


UNSOUND = {
    "unknown kind": {"kind": "sing"}, "no kind": {}, "kind is a list": {"kind": []},
    "no share": {"kind": "ended", "share": None}, "unasked share": {"kind": "ended", "share": 10**9},
    "negative share": {"kind": "ended", "share": -1}, "title is a number": {"kind": "phase", "title": 5, "note": ""},
    "too many pictures": {"kind": "ready", "pictures": 10**9}, "no pictures": {"kind": "ready"},
    "huge step": {"kind": "progress", "images": [0], "index": 10**30, "seconds": 0, "first": 0, "views": []},
    "step without a path": {"kind": "progress", "images": [0], "index": 3, "seconds": 0, "first": 0, "views": []},
    "images are text": {"kind": "progress", "images": "0", "index": 1, "seconds": 0, "first": 0, "views": []},
    "seconds are not a number": {
        "kind": "progress", "images": [0], "index": 1, "seconds": float("nan"), "first": 0, "views": []
    },
    "view without pictures": {
        "kind": "progress", "images": [0], "index": 1, "seconds": 0, "first": 0, "path": [[1, 1], [1, 0]],
        "views": [{"image": 0, "index": 1, "of": 1, "at": [1, 0], "ms": 1}],
    },
    "path is deep": {
        "kind": "progress", "images": [0], "index": 1, "seconds": 0, "first": 0, "views": [], "path": [[[[1]]]]
    },
    "error is a list": {"kind": "failed", "error": [], "sentence": "", "remedy": "", "model": ""},
    "steps without data": {"kind": "steps", "anew": True}, "anew is text": {"kind": "steps", "anew": "yes"},
}
RAW = {
    "noise": bytes(range(256)) * 40, "not JSON": framed(b"{"), "a list": framed(b"[]"), "a number": framed(b"1"),
    "no sizes": framed(b'{"kind": "ended", "share": 0}'), "sizes are text": framed(b'{"sizes": "1"}'),
    "sizes beyond all bounds": framed(b'{"kind": "ended", "share": 0, "sizes": [10000000000000]}'),
    "negative size": framed(b'{"kind": "ended", "share": 0, "sizes": [-1]}'),
    "digits": framed(b'{"sizes": [1' + b"0" * 400 + b"]}"), "deep": framed(b'{"sizes": ' + b"[" * 100000),
    "too long": struct.pack("<I", 2**32 - 1) + b"x" * 1000, "half": framed(b'{"kind": "ended"')[:9],
}

if mode == "never ready":
    hang()
if mode == "a child keeps its pipes":
    subprocess.Popen(["sleep", "600"])
    hang()
if mode == "ends at once":
    sys.exit(3)
if mode in RAW:
    raw(RAW[mode])
    hang() if mode == "half" else time.sleep(600)
threading.Thread(target=beat, daemon=True).start()
if mode == "escapes":
    sys.stderr.buffer.write(b"\x1b]0;owned\x07 red \x1b[31m\xff\n" + b"long " * 2**17 + b"\n")
    sys.stderr.buffer.flush()
if mode == "ended before it was asked":
    say("ended", share=1)
say("ready", pictures=1)
while (frame := message_frames.read(sys.stdin.buffer)) is not None:
    make = frame[0]
    if make["kind"] != "make":
        continue
    if mode == "silent after an order":
        hang()
    if mode == "ends after an order":
        os._exit(0)
    if mode in UNSOUND:
        raw_facts = {"share": make["share"]} | UNSOUND[mode]
        with lock:
            message_frames.write(out, raw_facts)
        time.sleep(600)
    if mode in ("slow", "slow beats"):
        time.sleep(5)
    if mode == "ended before anything was made":
        say("ended", share=make["share"])
        time.sleep(600)
    for image in make["images"]:
        if mode == "short result":
            result(make, image=image, blobs=[bytes(15), b""])
        elif mode == "result of no request":
            result(make, image=image, request="{}}")
        elif mode == "result of another picture":
            result(make, image=999)
        elif mode == "result twice":
            result(make, image=image), result(make, image=image)
        elif mode == "result without data":
            result(make, image=image, blobs=[])
        elif mode == "made is a list":
            result(make, image=image, made=[1])
        else:
            result(make, image=image)
    say("ended", share=make["share"])
"""
HANGING = ["never ready", "a child keeps its pipes", "silent after an order", "half"]
ENDING = ["ends at once", "ends after an order"]
UNSOUND = [
    "unknown kind", "no kind", "kind is a list", "no share", "unasked share", "negative share", "title is a number",
    "too many pictures", "no pictures", "huge step", "step without a path", "images are text",
    "seconds are not a number", "view without pictures", "path is deep", "error is a list", "steps without data",
    "anew is text", "noise", "not JSON", "a list", "a number", "no sizes", "sizes are text", "sizes beyond all bounds",
    "negative size", "digits", "deep", "too long", "ended before it was asked", "ended before anything was made",
    "short result", "result of no request", "result of another picture", "result without data", "made is a list",
    "result twice",
]  # fmt: skip

pytestmark = [no_kill, pytest.mark.timeout(LIMIT)]


def fake_workers(monkeypatch: pytest.MonkeyPatch, *modes: str, silence: float = LIMIT) -> None:
    """Replace the next workers with fakes of the given modes; the last mode repeats.

    A worker may stay silent for so many seconds, of which a hundred pass in one for those that hang on purpose.
    """
    line = list(modes)
    hanging = Path(os.environ["GDM_STUDIO_HOME"]) / "hanging"
    hanging.mkdir(parents=True)

    def command(device: str, sharing: int) -> list[str]:
        return [sys.executable, "-P", "-c", FAKE, line.pop(0) if len(line) > 1 else line[0], str(hanging)]

    monkeypatch.setattr(worker_handle.Worker, "_build_command", lambda self, sharing: command(self.device, sharing))
    monkeypatch.setattr(pools, "SECONDS_OF_SILENCE", silence)
    hurry_silence(monkeypatch, lambda pid: (hanging / str(pid)).exists())


def hurry_silence(monkeypatch: pytest.MonkeyPatch, hangs: Callable[[int], bool]) -> None:
    """Let a hundred seconds of silence pass in one for the worker processes that hang."""
    add = worker_handle.Worker.add_silence

    def hurried(worker: worker_handle.Worker, seconds: float) -> float:
        return add(worker, 100 * seconds if hangs(worker.pid) else seconds)

    monkeypatch.setattr(worker_handle.Worker, "add_silence", hurried)


def notes(events: list[Event]) -> list[str]:
    return [event.note for event in events if isinstance(event, Phase) and event.note]


def assert_nothing_is_left(threads: int, pids: list[int]) -> None:
    end = time.monotonic() + LIMIT
    while threading.active_count() > threads and time.monotonic() < end:
        time.sleep(0.05)
    assert threading.active_count() <= threads
    for pid in pids:
        assert not Path(f"/proc/{pid}").exists(), "a zombie, or a process that still runs"


@pytest.mark.parametrize("mode", [*UNSOUND, *(pytest.param(each, marks=pytest.mark.slow) for each in HANGING)])
def test_a_faulty_worker_is_replaced_and_its_images_are_generated(
    mode: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], _own_home: Path
) -> None:
    fake_workers(monkeypatch, mode, "good")
    threads = threading.active_count()
    with closing(Pool(["cpu"])) as pool:
        first = pool.workers[0]
        events = list(generate_with(pool, [WorkItem.of(REQUEST)]))
        pids = [first.pid, pool.workers[0].pid]
        assert pool.workers[0] is not first and first.has_ended
    assert results(events).keys() == {0, 1, 2, 3}
    (said,) = notes(events)
    assert said.startswith("The worker on cpu " + ("does not answer" if mode in HANGING else "sent what cannot be"))
    assert_nothing_is_left(threads, pids)
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("mode", ENDING)
def test_another_worker_generates_the_images_of_one_that_ended_early(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_workers(monkeypatch, mode, "good")
    with closing(Pool(["cpu", "cpu"])) as pool:
        events = list(generate_with(pool, [WorkItem.of(REQUEST)]))
    assert results(events).keys() == {0, 1, 2, 3}
    assert all("ended unexpectedly" in note for note in notes(events))


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["ended before anything was made", "silent after an order", "short result"])
def test_a_work_item_that_fails_on_every_worker_ends_with_one_message(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_workers(monkeypatch, mode)
    hired: list[worker_handle.Worker] = []
    make = worker_handle.Worker.generate
    monkeypatch.setattr(
        worker_handle.Worker,
        "generate",
        lambda self, *given, **named: hired.append(self) or make(self, *given, **named),
    )
    threads = threading.active_count()
    with closing(Pool(["cpu"])) as pool:
        with pytest.raises(
            DeviceError, match=r"^3 workers failed on this; the last one, on cpu, .*\. Try again on one"
        ):
            list(generate_with(pool, [WorkItem.of(REQUEST)]))
        pids = [each.pid for each in pool.workers]
    assert len(hired) == pools.MAX_REPLACEMENTS
    assert_nothing_is_left(threads, [*pids, *(each.pid for each in hired)])


@pytest.mark.slow
def test_workers_that_never_become_ready_are_dropped_with_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_workers(monkeypatch, "never ready")
    with (
        closing(Pool(["cpu", "cpu"])) as pool,
        pytest.raises(DeviceError, match=r"does not answer\. No worker is left"),
    ):
        list(generate_with(pool, [WorkItem.of(REQUEST)]))


def test_other_work_items_continue_when_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first worker of each pair is faulty. Its failed item does not end the items of the others."""
    fake_workers(monkeypatch, "good", "short result")
    orders = [WorkItem.of(replace(REQUEST, count=1, seed=seed)) for seed in range(6)]
    line = iter(orders)
    failed, made = set(), set()
    with closing(Pool(["cpu", "cpu"])) as pool, closing(pool.run(lambda: next(line, None))) as told:
        for said in told:
            if said is None:
                continue
            order, event = said
            failed |= {orders.index(order)} if isinstance(event, DeviceError) else set()
            made |= {orders.index(order)} if isinstance(event, Result) else set()
    assert made | failed == set(range(6)) and made and not made & failed


@pytest.mark.slow(seconds=6)
def test_a_slow_worker_that_sends_heartbeats_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_workers(monkeypatch, "slow", "noise", silence=4.0)
    with closing(Pool(["cpu"])) as pool:
        first = pool.workers[0]
        events = list(generate_with(pool, [WorkItem.of(replace(REQUEST, count=1))]))
        assert pool.workers == [first]
    assert results(events).keys() == {0} and not notes(events)


@pytest.mark.slow(seconds=6)
def test_time_in_which_the_program_was_suspended_is_no_worker_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_workers(monkeypatch, "slow beats", "noise", silence=8.0)
    clock, start = time.monotonic, time.monotonic()
    with closing(Pool(["cpu"])) as pool:
        first = pool.workers[0]
        # The program is suspended for minutes repeatedly.
        with monkeypatch.context() as patch:
            patch.setattr(pools.time, "monotonic", lambda: start + 1000 * (clock() - start))
            events = list(generate_with(pool, [WorkItem.of(replace(REQUEST, count=1))]))
        assert pool.workers == [first] and results(events).keys() == {0}


REAL = """
import sys, time
from gdm_studio.jobs.workers import pipes, worker_main

def make(self, facts, stood):
    time.sleep(5)
    raise worker_main.StudioError("slept well")

worker_main.ShareRunner._generate, pipes.SECONDS_BETWEEN_BEATS = make, 0.2
worker_main.main()
"""


@pytest.mark.slow(seconds=6)
def test_a_real_worker_sends_heartbeats_during_a_long_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        worker_handle.Worker,
        "_build_command",
        lambda self, sharing: [sys.executable, "-P", "-c", REAL, self.device, "1"],
    )
    with closing(Pool(["cpu"])) as pool:
        wait_until_ready(pool)
        monkeypatch.setattr(pools, "SECONDS_OF_SILENCE", 4.0)
        with pytest.raises(Exception, match="slept well"):
            list(generate_with(pool, [WorkItem.of(REQUEST)]))


def wait_until_ready(pool: Pool) -> None:
    """Wait until a worker has sent its first message."""
    end = time.monotonic() + LIMIT
    while pool._inbox.empty():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow(seconds=6)
def test_a_suspended_real_worker_is_replaced(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    request, events, victim = replace(LONG, steps=30), [], None
    hurry_silence(monkeypatch, lambda pid: victim is not None and pid == victim.pid)
    for event in generate_with(pool, [WorkItem.of(request)]):
        events.append(event)
        if isinstance(event, Progress) and event.index > 5 and victim is None:
            victim = next(each for each in pool.workers if each.share is not None)
            os.kill(victim.pid, signal.SIGSTOP)
    assert_the_same(results(events), alone([WorkItem.of(request)]))
    assert notes(events)[0].startswith("The worker on cpu does not answer. Its unfinished images are generated again")
    assert victim is not None and victim.has_ended and victim not in pool.workers


@pytest.mark.slow
def test_a_suspended_worker_does_not_delay_closing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker never reads, so its pipe is full and every write into it blocks."""
    fake_workers(monkeypatch, "silent after an order")
    order = WorkItem.of(REQUEST, recorded_steps=bytes(4 * 2**20))
    threads = threading.active_count()
    pool = Pool(["cpu"])
    line = iter([order])
    with closing(pool.run(lambda: next(line, None))) as told:
        # The pool reports that the worker does not answer.
        assert next(told) is not None
    pids = [each.pid for each in pool.workers]
    pool.close()
    assert_nothing_is_left(threads, pids)


def test_worker_output_is_shown_without_control_characters(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    fake_workers(monkeypatch, "escapes")
    with closing(Pool(["cpu"])) as pool:
        list(generate_with(pool, [WorkItem.of(REQUEST)]))
    shown = capfd.readouterr().err
    assert "\x1b" not in shown and "\x07" not in shown and r"\x1b]0;owned\x07 red" in shown
    assert len(shown) < 2 * worker_handle.MAX_ERROR_OUTPUT


@pytest.mark.slow
def test_a_real_worker_ends_at_an_invalid_message(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import subprocess

    for data in (b"\xff" * 100, message_frames.LENGTH.pack(2) + b"{}", message_frames.LENGTH.pack(4) + b"true"):
        command = [sys.executable, "-m", "gdm_studio.jobs.workers.worker_main", "cpu", "1"]
        ended = subprocess.run(command, input=data, capture_output=True, timeout=LIMIT)
        assert ended.returncode == 1 and b"Traceback" not in ended.stderr


def test_the_writer_refuses_a_frame_that_is_too_large() -> None:
    with pytest.raises(BadFrame, match="too long"):
        message_frames.pack({"kind": "phase", "title": "x" * message_frames.MAX_FACTS, "note": ""})


def test_every_kind_of_message_is_checked() -> None:
    for kinds in (messages.FROM_WORKER, messages.TO_WORKER):
        for kind, fields in kinds.items():
            for name in fields:
                with pytest.raises(BadFrame):
                    messages.check(
                        ({"kind": kind, "share": 1, **{other: None for other in fields if other != name}}, []), kinds
                    )


def test_garbage_is_logged_for_the_error_report(monkeypatch: pytest.MonkeyPatch, _own_home: Path) -> None:
    fake_workers(monkeypatch, "ended before anything was made", "good")
    with closing(Pool(["cpu"])) as pool:
        list(generate_with(pool, [WorkItem.of(REQUEST)]))
    assert "BadFrame" in error_log.last_lines(1)[0]
