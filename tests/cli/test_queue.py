"""`gdm-studio queue`: the window's queue items, generated without a window and resumed after a `kill -9`."""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

import numpy as np
import pytest
from PIL import Image

from gdm_studio import preferences
from gdm_studio.cli.main import run
from gdm_studio.gallery import Gallery, read
from gdm_studio.jobs.job import Job
from gdm_studio.jobs.queue import Item, ItemState, Queue
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.request.generation_events import Event, StepEvent
from gdm_studio.request.generation_request import Request
from tests.helpers import tiny_model

PICTURE = ["--steps", "4", "--seed", "7", "--sampler", "euler"]
# Enough steps to be killed in the middle of a run.
STEPS = 200
TINY = ["--model", tiny_model.NAME, "--seed", "7"]


def parse_output(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def image_files(home: Path) -> list[Path]:
    return sorted((home / "pictures").glob("*.png"))


def test_items_are_added_listed_and_removed(capsys: pytest.CaptureFixture[str]) -> None:
    for prompt in ("a red apple", "a blue bird", "a green frog"):
        assert run(["queue", "add", prompt, *PICTURE, "--json"]) == 0
    assert run(["queue", "add", "a gold coin", "--until-stopped"]) == 0
    assert "until stopped" in capsys.readouterr().out
    ids = [item.id for item in Queue.open().items()]
    assert run(["queue", "list", "--json"]) == 0
    assert [(item["id"], item["request"]["prompt"], item["state"]) for item in parse_output(capsys)][:2] == [
        (ids[0], "a red apple", "waiting"), (ids[1], "a blue bird", "waiting"),
    ]  # fmt: skip
    assert run(["queue", "remove", "2", ids[2][:8]]) == 0
    assert [item.id for item in Queue.open().items()] == [ids[0], ids[3]]
    assert run(["queue", "remove", "2"]) == 0, "the last one too"
    assert [item.id for item in Queue.open().items()] == [ids[0]]
    assert run(["queue", "clear"]) == 0 and run(["queue", "list"]) == 0
    assert "The queue is empty" in capsys.readouterr().err


@pytest.mark.usefixtures("_tiny")
def test_titles_are_accepted_in_place_of_ids(capsys: pytest.CaptureFixture[str]) -> None:
    titles = ["--model", "Tiny", "--style", "DARK", "--sampler", "dpm++ 2M SDE", "--spacing", "Exponential"]
    assert run(["queue", "add", "a red fox", *titles]) == 0
    (item,) = Queue.open().items()
    asked = item.request
    assert (asked.model, asked.style, asked.sampler) == (tiny_model.NAME, "dark", "dpmpp_2m_sde")
    assert asked.spacing == "exponential" and asked.steps == SAMPLERS["dpmpp_2m_sde"].default_steps
    assert run(["queue", "add", "a red fox", "--model", "tiny", "--style", "Flat"]) == 2
    assert "choose one of plain, dark" in capsys.readouterr().err


@pytest.mark.usefixtures("_tiny")
def test_a_queue_run_by_another_process_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    run(["queue", "add", "a red fox", *TINY])
    window = Queue.open()
    (item,) = window.items()
    assert window.take(item.id)
    capsys.readouterr()
    assert run(["queue", "run"]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said == [
        "Another GDM Studio, such as the open window, is running 1 entry of the queue; nothing else is waiting."
    ]


@pytest.mark.parametrize("which", ["0", "3", "ffff", ""])
def test_an_unknown_item_cannot_be_removed(which: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["queue", "add", "a red apple"])
    assert run(["queue", "remove", which]) == 2
    assert "queue list" in capsys.readouterr().err and len(Queue.open().items()) == 1


def test_several_numbers_refer_to_one_list() -> None:
    """Remove the first entry without shifting the numbers of the others."""
    queue = Queue.open()
    _, second, _, fourth = (queue.add(Request(prompt=prompt)) for prompt in ("one", "two", "three", "four"))
    assert run(["queue", "remove", "1", "9"]) == 2
    assert len(queue.items()) == 4, "one wrong number removes nothing"
    assert run(["queue", "remove", "1", "3"]) == 0
    assert [item.id for item in queue.items()] == [second.id, fourth.id]


@pytest.mark.usefixtures("_tiny")
def test_waiting_items_are_run_and_failed_ones_stay(_own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["queue", "add", "a red fox", *TINY, "--count", "2"])
    queue = Queue.open()
    broken = queue.add(Request(model="gone", prompt="a broken one"))
    run(["queue", "add", "a blue owl", *TINY])
    capsys.readouterr()
    assert run(["queue", "run", "--json"]) == 2
    captured = capsys.readouterr()
    events = [json.loads(line)["event"] for line in captured.out.splitlines()]
    assert events.count("saved") == 3 and events.count("done") == 2
    assert "There is no model called 'gone'" in captured.err
    (left,) = queue.items()
    assert left.id == broken.id and left.state is ItemState.FAILED and "gone" in left.error
    made = {(read(path).request.prompt, read(path).request.seed) for path in image_files(_own_home)}
    assert made == {("a red fox", 7), ("a red fox", 8), ("a blue owl", 7)}


@pytest.mark.slow
@pytest.mark.usefixtures("_tiny")
def test_a_paused_item_stops_at_its_step_and_resumes(
    _own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["queue", "add", "a red fox", *TINY, "--steps", "40"])
    window, made = Queue.open(), list[int]()
    (item,) = window.items()
    record = Job.record

    def recorded(work: Job, event: Event, began: float) -> None:
        record(work, event, began)
        if isinstance(event, StepEvent):
            made.append(event.index)
            if len(made) == 5:
                window.set_paused(item.id, True)

    monkeypatch.setattr(Job, "record", recorded)
    assert run(["queue", "run"]) == 0 and made == [1, 2, 3, 4, 5] and not image_files(_own_home)
    (held,) = window.items()
    assert held.state is ItemState.PAUSED and window.steps(item.id)
    capsys.readouterr()
    assert run(["queue", "list"]) == 0 and "paused at step 5" in capsys.readouterr().out
    assert run(["queue", "run"]) == 0 and "Nothing is waiting in the queue: 1 paused." in capsys.readouterr().err
    window.set_paused(item.id, False)
    assert run(["queue", "run"]) == 0 and len(image_files(_own_home)) == 1 and not window.items()


@pytest.mark.slow
@pytest.mark.usefixtures("_tiny")
def test_finished_jobs_are_released(monkeypatch: pytest.MonkeyPatch) -> None:
    """Release the model of each item when the item ends."""
    there = WeakSet[Job]()
    held: list[int] = []

    class Followed(Job):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            there.add(self)
            gc.collect()
            held.append(len(there))

    monkeypatch.setattr("gdm_studio.jobs.runner.Job", Followed)
    for number in range(4):
        run(["queue", "add", "a red fox", *TINY[:2], "--seed", str(number), "--steps", "2"])
    assert run(["queue", "run"]) == 0
    # The previous job is released once the next one exists.
    assert len(held) == 4 and max(held) <= 2
    gc.collect()
    assert not there


@pytest.mark.usefixtures("_tiny")
def test_items_stay_waiting_if_no_image_can_be_written(
    _own_home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leave all items waiting, because no later image could be written either."""
    folder = _own_home / "elsewhere"
    preferences.save(preferences.Preferences(library=str(folder)))
    for prompt in ("a red fox", "a blue owl"):
        run(["queue", "add", prompt, *TINY])
    monkeypatch.setattr("gdm_studio.gallery.Gallery.check_writable", lambda gallery: folder.write_text("a file"))
    assert run(["queue", "run"]) == 2
    assert "is a file, not a folder" in capsys.readouterr().err
    assert [(item.request.prompt, item.state) for item in Queue.open().items()] == [
        ("a red fox", ItemState.WAITING), ("a blue owl", ItemState.WAITING),
    ]  # fmt: skip


@contextmanager
def crash_before_recording(count: int) -> Iterator[Item]:
    """Run an item and then restore the queue files to the state before any image was recorded, as after a crash."""
    run(["queue", "add", "a red fox", *TINY, "--count", str(count)])
    (item,) = Queue.open().items()
    file = Queue.open().folder / f"{item.id}.json"
    before = file.read_text()
    assert run(["queue", "run"]) == 0
    yield item
    file.write_text(before)
    (file.parent / "running" / f"{item.id}.lock").touch()


@pytest.mark.slow
@pytest.mark.usefixtures("_tiny")
def test_saved_images_are_not_generated_again_after_a_crash(_own_home: Path) -> None:
    with crash_before_recording(2):
        # Only the steps of the second image are left.
        image_files(_own_home)[-1].unlink()
    assert run(["queue", "run"]) == 0 and not Queue.open().items()
    assert len(image_files(_own_home)) == 2
    assert {read(path).request.seed for path in image_files(_own_home)} == {7, 8}  # type: ignore[union-attr]


@pytest.mark.slow
@pytest.mark.usefixtures("_tiny")
def test_deleted_or_unindexed_images_are_not_generated_again(_own_home: Path) -> None:
    with crash_before_recording(3) as item, closing(Gallery.open()) as gallery:
        gallery.trash.delete([item.picture_id(1)])
        gallery.close()
        for part in gallery.index_path.parent.glob(f"{gallery.index_path.name}*"):
            # Delete the index, so that the deletion is not recorded in it.
            part.unlink()
    assert run(["queue", "run"]) == 0 and not Queue.open().items()
    assert {read(path).request.seed for path in image_files(_own_home)} == {7, 9}  # type: ignore[union-attr]
    assert len(image_files(_own_home)) == 2


@pytest.mark.slow
@pytest.mark.usefixtures("_tiny")
@pytest.mark.skipif(os.name == "nt", reason="there is no kill -9")
def test_a_killed_run_resumes_at_its_step(_own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = ["a red fox", *TINY, "--steps", str(STEPS), "--sampler", "dpmpp_2m"]
    run(["queue", "add", *settings])
    (item,) = Queue.open().items()
    kept = _own_home / "data" / "queue" / "running" / f"{item.id}.steps"
    with subprocess.Popen([sys.executable, "-m", "gdm_studio", "queue", "run"], stdout=subprocess.PIPE) as process:
        end = time.monotonic() + 60
        while not kept.exists() or kept.stat().st_size < 20_000:
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert not image_files(_own_home) and kept.exists()
    capsys.readouterr()
    assert run(["queue", "run", "--json"]) == 0
    captured = capsys.readouterr()
    assert "Resuming after a crash: a red fox" in captured.err
    told = [json.loads(line) for line in captured.out.splitlines()]
    assert [event["step"] for event in told if event["event"] == "step"] == list(range(1, STEPS + 1))
    assert not Queue.open().items() and not kept.exists()
    run(["generate", *settings])
    one, other = (np.asarray(Image.open(path)) for path in image_files(_own_home))
    assert np.array_equal(one, other)
